"""Minutes are computed, seconds and memory measured; all are written."""

import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.notebooks import anatomy, files, timings

README = """\
# A course

<!-- timings:start -->
| lecture | badge | minutes | seconds | memory (MB) |
|---|---|---|---|---|
| [Small](notebooks/01_small.ipynb) | a | 6 | 7 | 8 |
| [Large](notebooks/02_large.ipynb) | b | ? | ? | ? |
<!-- timings:end -->

| week | another table | |
|---|---|---|
| 1 | [Small](notebooks/01_small.ipynb) | x | y | z |
"""
OPENING = (
    "L0 · about 1 minutes in class · about 1 seconds to run on two CPU cores"
)


@pytest.fixture
def readme(root):
    """Return the path of a course's README."""
    path = root / "README.md"
    path.write_text(README)
    return path


@pytest.fixture
def lecture(save):
    """Return a function that saves a lecture of one teaching cell."""
    return lambda name, source: save(
        name, new_markdown_cell(OPENING), new_code_cell(source)
    )


def figures(text):
    """Return minutes, seconds and megabytes of each row, and the text without
    them."""
    row = r"(ipynb\) \| [ab]) \| (\S+) \| (\S+) \| (\S+) \|"
    return [found[1:] for found in re.findall(row, text)], re.sub(
        row, r"\1", text
    )


def test_timings_fill_the_last_three_columns_and_the_header(
    root, lecture, readme
):
    source = "x = bytearray(3 * 10**8); del x"
    paths = [
        lecture("01_small.ipynb", "x = 1"),
        lecture("02_large.ipynb", source),
    ]
    timings.write_timings(paths, root)
    rows, rest = figures(readme.read_text())
    small, large = rows
    assert all(number.isdigit() for number in (*small, *large))
    assert small[0] == large[0] == "2"
    assert int(large[2]) - int(small[2]) > 200
    assert rest == figures(README)[1]
    for path, (minutes, seconds, _) in zip(paths, rows):
        assert files.read(path).cells[0].source == (
            f"L0 · about {minutes} minutes in class · about {seconds} seconds "
            "to run on two CPU cores"
        )
        assert files.read(path).cells[1].execution_count is None
    assert list(files.live_complaints(root)) == []


def test_timings_of_one_leave_the_others(root, lecture, readme):
    path = lecture("02_large.ipynb", "x = 1")
    timings.write_timings([path], root)
    assert figures(readme.read_text())[0][0] == ("6", "7", "8")
    assert timings.row(root, "01_small.ipynb") == ("6", "7", "8")
    assert timings.row(root, "02_large.ipynb")[0] == "2"
    assert timings.row(root, "03_missing.ipynb") is None


def test_timings_count_children(save):
    child = "import time; x = bytearray(2 * 10**8); time.sleep(3)"
    path = save(
        "02_large.ipynb",
        new_code_cell(
            "import subprocess, sys\n"
            f"subprocess.run([sys.executable, '-c', {child!r}])"
        ),
    )
    assert timings.measure(path).megabytes > 250


@pytest.mark.parametrize("missing", ["<!-- timings:start -->", "01_small"])
def test_timings_name_what_is_missing(root, lecture, readme, missing):
    path = lecture("01_small.ipynb", "1 / 0")
    readme.write_text(README.replace(missing, ""))
    with pytest.raises(files.NotebookError, match="^README.md: .+$"):
        timings.write_timings([path], root)
    assert readme.read_text() == README.replace(missing, "")


def test_timings_want_a_header_to_fill(root, save, readme):
    path = save("01_small.ipynb", new_markdown_cell("L0"))
    with pytest.raises(files.NotebookError, match="^[^\n]+the first cell"):
        timings.write_timings([path], root)


# What is computed


def cell(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)})


def test_minutes_are_computed_from_what_comes_before_the_recap():
    cells = [
        new_markdown_cell("word " * 150),
        cell("1", "setup"),
        cell("1"),
        cell("1", "nbval-check-output"),
        *(cell("1", kind) for kind in ("figure", "slider", "proof")),
        new_markdown_cell("**Predict.**" + " word" * 149),
    ]
    assert anatomy.minutes(new_notebook(cells=cells)) == 2 + 2 * 2 + 3 + 1
    rest = [new_markdown_cell("## Recap\n" + "word " * 900), cell("1")]
    assert anatomy.minutes(new_notebook(cells=cells + rest)) == 10
    assert (
        anatomy.minutes(new_notebook(cells=cells + [cell("1", "answer")]))
        == 10
    )
