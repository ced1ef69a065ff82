"""What checks lead to: points while grading, pictures, the summary."""

import contextlib
import io
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from told import (
    fresh,  # noqa: F401
    hang,
    in_notebook,
    recurse,
    timers,
    told,
    unanswered,
)

from utils import checking
from utils.checking import CheckError, check

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]])


# Under nbgrader


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(hang, marks=timers),
        unanswered,
        recurse,
        sys.exit,
        lambda: check.that(0, "no."),
    ],
)
def test_failure_raises_while_grading(body, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(CheckError, match="^Exercise 1: a title") as raised:
        told(body, seconds=0.2)
    (line,) = raised.value._render_traceback_()
    assert "\n" not in line and line.startswith("CheckError: Exercise 1")
    assert raised.value.__suppress_context__


def test_grading_shows_no_code(tmp_path, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    path = tmp_path / "cell.py"
    path.write_text("def hidden():\n    return 1 / 0\n")
    cell = {"__name__": "__main__"}
    exec(compile(path.read_text(), str(path), "exec"), cell)
    with pytest.raises(CheckError, match="division by zero$"):
        told(cell["hidden"])


def test_success_is_silent_while_grading(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert told(lambda: check.equal(X, X)).startswith("✓")


def test_whether_it_grades_is_decided_when_the_kernel_starts():
    code = (
        "import os\n"
        "from utils import checking\n"
        "os.environ.clear()\n"
        "checking._GRADING = False\n"
        "with checking.check('a title', exercise=1):\n"
        "    checking.check.that(False, 'no.')\n"
    )
    environment = {**os.environ, "NBGRADER_EXECUTION": "autograde"}
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert "CheckError: Exercise 1: a title. No." in ended.stderr


# Pictures and summary


def draw(exercise, picture, capsys):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COURSE_STRICT", raising=False)
        checking.once_right(exercise)(picture)
    return capsys.readouterr().out


def test_picture_waits_for_its_exercise(capsys):
    def picture():
        print("drawn")

    assert "when exercise 1 is right" in draw(1, picture, capsys)
    told(unanswered)
    assert "drawn" not in draw(1, picture, capsys)
    told(lambda: None)
    assert draw(1, picture, capsys) == "drawn\n"
    told(lambda: None, exercise=2)
    assert "No picture: ZeroDivisionError" in draw(2, lambda: 1 / 0, capsys)
    assert "No picture: Your code" in draw(2, sys.exit, capsys)


def test_a_picture_that_fails_fails_the_tests(monkeypatch):
    told(lambda: None)
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(ZeroDivisionError):
        checking.once_right(1)(lambda: 1 / 0)


def test_a_half_drawn_figure_is_not_left_behind(capsys):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.close("all")
    before = pyplot.figure()

    def picture():
        pyplot.figure()
        raise ValueError("too few points")

    told(lambda: None)
    assert "No picture: ValueError" in draw(1, picture, capsys)
    assert pyplot.get_fignums() == [before.number]
    draw(1, pyplot.figure, capsys)
    assert len(pyplot.get_fignums()) == 2
    pyplot.close("all")


CELL = """\
with check("{}", exercise={}):
    check.that({}, "no.")"""


def run_cell(title, exercise, condition):
    with contextlib.redirect_stdout(io.StringIO()):
        in_notebook(CELL.format(title, exercise, condition), check=check)


def test_summary_counts_points(capsys):
    run_cell("check", 1, True)
    run_cell("test", 1, True)
    told(unanswered, exercise=2)
    run_cell("check", 3, False)
    run_cell("test", 3, True)
    for _ in range(2):
        run_cell("check", 6, True)
    checking.summary({1: 2, 2: 3, 3: 4, 4: 5, 5: 0, 6: 1}, by_hand=3)
    *lines, end, _ = capsys.readouterr().out.splitlines()
    assert [line[line.index("Exercise") :] for line in lines] == [
        "Exercise 1: 2 of 2 points, right",
        "Exercise 2: 0 of 3 points, not yet answered",
        "Exercise 3: 0 of 4 points, not right yet",
        "Exercise 4: 0 of 5 points, not run",
        "Exercise 5: optional, not run",
        "Exercise 6: 0 of 1 points, right so far, but not all of its checks "
        "have run",
    ]
    assert "So far 2 of 15 points" in end and "up to 3" in end


def test_summary_of_a_notebook_that_became_a_script(tmp_path):
    script = tmp_path / "notebook.py"
    script.write_text(
        "from utils.checking import check, summary\n"
        f"{CELL.format('check', 1, True)}\n{CELL.format('test', 1, True)}\n"
        "summary({1: 2})\n"
    )
    printed = subprocess.check_output([sys.executable, script], text=True)
    assert "So far 2 of 2 points" in printed


def test_jupyter_replaces_nothing_and_runs_cells():
    checks = (
        CELL.format("check", 1, True) + "\n" + CELL.format("more", 1, True)
    )
    cells = [
        "from utils.checking import check, summary",
        checks,
        checks,
        "summary({1: 2})",
        CELL.format("test", 1, True),
        "summary({1: 2})",
    ]
    code = (
        "from ipykernel.inprocess import InProcessKernelManager\n"
        "manager = InProcessKernelManager()\n"
        "manager.start_kernel()\n"
        "shell = manager.kernel.shell\n"
        f"for cell in {cells!r}:\n"
        "    shell.run_cell(cell, store_history=True)\n"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert re.findall(r"So far \d of 2", printed) == [
        "So far 0 of 2",
        "So far 2 of 2",
    ]
    assert "replaced" not in printed
