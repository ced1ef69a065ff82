"""A notebook that doesn't survive its readers is found out."""

import subprocess
import sys
from functools import partial

import pytest
from nbformat.v4 import new_code_cell

from tools.notebooks import __main__, files, rerun


def code(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)})


def faults(path):
    return [fault.removeprefix(f"{path}, ") for fault in rerun.rerun(path)]


SLIDER = """\
from ipywidgets import interact

@interact(x=({low}, 9), kind=["a", "b"])
def show(x=2, kind="a"):
    print(1 / x, {{"a": 1, "b": 2}}[kind])"""


def test_what_can_be_run_again_has_no_fault(save):
    path = save(
        "01_good.ipynb",
        code("import numpy as np\nX = np.ones(3)"),
        code("print(X.sum())", "nbval-check-output"),
        code("import time\nprint(time.time())"),
        code(SLIDER.format(low=1)),
    )
    before = path.read_bytes()
    assert faults(path) == []
    assert path.read_bytes() == before


def test_a_rebound_name_is_found(save):
    path = save(
        "01_bad.ipynb",
        code("X = 1\n\ndef f():\n    return X"),
        code("print(f() + 1)", "nbval-check-output"),
        code("print(f() + 1)"),
        code("print(X[0]) if type(X) is list else None"),
        code("print('error', X * 1e-16)", "nbval-check-output"),
        code("X = 3"),
        code("Y = X + 1\nX = [X]"),
    )
    assert faults(path) == [
        "cell 6 (Y = X + 1), run again: TypeError: can only concatenate list "
        '(not "int") to list',
        "cell 1 (print(f() + 1)), run again: printed '2', now '4'",
    ]


def test_training_in_place_is_found(save):
    path = save(
        "01_in_place.ipynb",
        code("W = [1]"),
        code("W[0] += 1"),
        code("print(W)", "nbval-check-output"),
    )
    # From the last to the first, the print comes before the training.
    assert faults(path) == [
        "cell 2 (print(W)), at the end: printed '[2]', now '[1]'"
    ]


def test_text_is_compared_as_nbval_does(save):
    path = save(
        "01_tiny.ipynb",
        code("n = 0"),
        code("n += 1; print(f'error {n * 1e-16}')", "nbval-check-output"),
        code("n += 1; print(f'p {n * 1e-16}')", "nbval-check-output"),
    )
    (fault,) = faults(path)
    assert fault.startswith("cell 2 ") and fault.endswith("now 'p 3e-16'")


FAILS_AT_AN_END = [
    ("(1, 9)", "(0, 9)", "x of {} at 0: ZeroDivisionError: division by"),
    ("1 / x", "1 / (9 - x)", "x of {} at 9: ZeroDivisionError: division"),
    ('"b": 2', '"c": 2', "kind of {} at b: KeyError: 'b'"),
    ("(1, 9)", "(0.0, 9.0)", "x of {} at 0.0: ZeroDivisionError: "),
    ("(1, 9)", "[1, 0, 9]", "x of {} at 0: ZeroDivisionError: "),
    ("(1, 9)", "True", "x of {} at False: ZeroDivisionError: "),
]


def test_a_slider_that_fails_at_an_end_is_found(save):
    cells = [
        SLIDER.format(low=1).replace(old, new).replace("show", f"show_{i}")
        for i, (old, new, _) in enumerate(FAILS_AT_AN_END)
    ]
    path = save("01_slider.ipynb", *(code(cell, "slider") for cell in cells))
    found = faults(path)
    assert len(found) == len(FAILS_AT_AN_END)
    for i, (_, _, fault) in enumerate(FAILS_AT_AN_END):
        (own,) = [line for line in found if f" show_{i} " in line]
        assert own.startswith(f"slider {fault.format(f'show_{i}')}")


def test_a_notebook_that_fails_at_once_is_named(save):
    path = save("01_bad.ipynb", code("1 / 0"))
    with pytest.raises(
        files.NotebookError, match=r"bad.ipynb, cell 0 \(1 / 0\): Z"
    ):
        faults(path)


def test_the_command_prints_each_fault_and_fails(save):
    bad = save("01_bad.ipynb", code("n = 0"), code("n += 1\n1 / (n < 2)"))
    worse = save("02_worse.ipynb", code("1 / 0"))
    good = save("03_good.ipynb", code("1"))
    done = subprocess.run(
        [sys.executable, "-m", "tools.notebooks", "rerun", bad, worse, good],
        cwd=files.ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{bad}, cell 1 (n += 1), run again: ZeroDivisionError: division by "
        "zero",
        f"{worse}, cell 0 (1 / 0): ZeroDivisionError: division by zero",
    ]


def test_the_command_says_nothing_of_what_is_good(save, monkeypatch, capfd):
    good = save("03_good.ipynb", code("1"))
    monkeypatch.setattr(sys, "argv", ["notebooks", "rerun", str(good)])
    with pytest.raises(SystemExit, match="^0$"):
        __main__.main()
    assert capfd.readouterr() == ("", "")


def test_without_a_notebook_all_lectures_are_run_again(
    root, save, monkeypatch, capsys
):
    for name in "01_one.ipynb", "02_two.ipynb":
        save(name, code("1 / 0"))
    monkeypatch.setattr(
        files, "lecture_paths", partial(files.lecture_paths, root)
    )
    monkeypatch.setattr(sys, "argv", ["notebooks", "rerun"])
    with pytest.raises(SystemExit, match="1"):
        __main__.main()
    first, second = capsys.readouterr().out.splitlines()
    assert "01_one.ipynb, cell 0 (1 / 0): ZeroDivisionError" in first
    assert "02_two.ipynb, cell 0 (1 / 0): ZeroDivisionError" in second


@pytest.mark.parametrize(
    "text, compared",
    [
        ("error 3e-16", "error tiny"),
        ("largest error: 1.25e-11\n", "largest error: tiny\n"),
        ("Errors = 9.9e-08, 2", "Errors = tiny, 2"),
        ("error 0e+00.", "error tiny."),
        ("error 0.0e+00", "error tiny"),
        ("error 0", "error tiny"),
        ("error 2e-310", "error tiny"),
        *(
            (text, text)
            for text in (
                "error 3e-3",
                "error 1e-07",
                "error 0.05",
                "error 0.0001",
                "error 10",
                "error 3e-160x",
                "p = 3.5e-62",
                "mirror 3e-16",
                "error of p: 3e-16",
            )
        ),
    ],
)
def test_only_errors_near_rounding_are_tiny(text, compared):
    assert rerun.sanitized(text) == compared
