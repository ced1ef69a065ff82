"""Seconds and memory are measured and written into README.md."""

import re

import pytest
from nbformat.v4 import new_code_cell

from tools.notebooks import files, timings

README = """\
# A course

<!-- timings:start -->
| lecture | badge | seconds | memory (MB) |
|---|---|---|---|
| [Small](notebooks/01_small.ipynb) | a | 7 | 8 |
| [Large](notebooks/02_large.ipynb) | b | ? | ? |
<!-- timings:end -->

The end.
"""


@pytest.fixture
def readme(root):
    """Return the path of a course's README."""
    path = root / "README.md"
    path.write_text(README)
    return path


def figures(text):
    """Return seconds and megabytes of each row, and the text without them."""
    row = r"(ipynb\) \| [ab]) \| (\S+) \| (\S+) \|"
    return [found[1:] for found in re.findall(row, text)], re.sub(
        row, r"\1", text
    )


def test_timings_fill_the_last_two_columns(root, save, readme):
    source = "x = bytearray(3 * 10**8); del x"
    paths = [
        save("01_small.ipynb", new_code_cell("x = 1")),
        save("02_large.ipynb", new_code_cell(source)),
    ]
    before = [path.read_bytes() for path in paths]
    timings.write_timings(root)
    assert [path.read_bytes() for path in paths] == before
    (small, large), rest = figures(readme.read_text())
    assert all(number.isdigit() for number in (*small, *large))
    assert int(large[1]) - int(small[1]) > 200
    assert rest == figures(README)[1]


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
def test_timings_name_what_is_missing(root, save, readme, missing):
    save("01_small.ipynb", new_code_cell("1 / 0"))
    readme.write_text(README.replace(missing, ""))
    with pytest.raises(files.NotebookError, match="^README.md: .+$"):
        timings.write_timings(root)
    assert readme.read_text() == README.replace(missing, "")
