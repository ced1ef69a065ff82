"""A notebook that gives another result turns the tests red, and says why."""

import re
import shutil
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, RunningKernel

from tools.notebooks import files


def code(source, printed="", tags=()):
    outputs = [new_output("stream", name="stdout", text=printed)]
    return new_code_cell(
        source,
        execution_count=1,
        outputs=outputs if printed else [],
        metadata={"tags": list(tags)},
    )


COMPARED = ["nbval-check-output"]
SIZES = "print(f'error {2e-16}, p {2e-16}')"
LOSS = "print('shape', (2, 3))\nprint('loss', 2.25)"
NOTEBOOKS = {
    "01_as_saved.ipynb": [code("print(4)", "4\n", COMPARED), code("x = 1")],
    "live/01_as_saved.ipynb": [code("1 / 0")],
    "01_rounded.ipynb": [
        code(SIZES, "error 0e+00, p 2e-16\n", COMPARED),
        code(SIZES, "error 2e-16, p 3e-16\n", COMPARED),
        code("import os\nprint(os.environ['COURSE_STRICT'])", "1\n", COMPARED),
    ],
    "02_changed.ipynb": [
        code(LOSS, "not compared\n"),
        code(LOSS, "shape (2, 3)\nloss 2.26\n", COMPARED),
        code("print(4)", "4\n", COMPARED),
    ],
    "solutions/a01/a01_ticks.ipynb": [
        code("# @title Check\nprint('✓ sizes')", "✓ shapes\n"),
        code("# @title Check\nprint('✓ sizes, ✗ shapes')", "✓\n"),
        code("# @title Test\nprint('nothing')", "✓\n"),
        code("# @title A picture\nprint(0.92)", "0.91\n"),
    ],
    "03_raises.ipynb": [
        code("x = 1"),
        code("y = x / 0"),
        code("print(y)"),
        code("print(y)"),
    ],
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run pytest as the course does, on the notebooks above."""
    course = tmp_path_factory.mktemp("course")
    for folder in "live", "solutions/a01":
        (course / "notebooks" / folder).mkdir(parents=True)
    (course / "tools" / "notebooks").mkdir(parents=True)
    for name in (
        "pyproject.toml",
        "conftest.py",
        "tools/notebooks/sanitize.cfg",
    ):
        shutil.copy(files.ROOT / name, course / name)
    for name, cells in NOTEBOOKS.items():
        nb = new_notebook(cells=cells)
        files.write(course / "notebooks" / name, nb)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "notebooks"],
        cwd=course,
        capture_output=True,
        text=True,
    )


def test_a_changed_number_and_an_error_fail(run):
    assert run.returncode == 1
    assert re.findall(r"^FAILED (\S+ \d) - (.*)$", run.stdout, re.M) == [
        ("notebooks/01_rounded.ipynb::Cell 1", "Cell outputs differ"),
        ("notebooks/02_changed.ipynb::Cell 1", "Cell outputs differ"),
        (
            "notebooks/03_raises.ipynb::Cell 1",
            "ZeroDivisionError: division by zero",
        ),
        ("notebooks/solutions/a01/a01_ticks.ipynb::Cell 1", "No tick:"),
        ("notebooks/solutions/a01/a01_ticks.ipynb::Cell 2", "No tick:"),
    ]
    assert "5 failed, 9 passed, 2 xfailed" in run.stdout


def test_a_changed_number_is_shown_beside_the_saved_one(run):
    assert f"In [2]:\n{LOSS}" in run.stdout
    assert "\n shape (2, 3)\n-loss 2.26\n+loss 2.25\n" in run.stdout


def test_an_error_is_shown_once_and_plainly(run):
    assert "----> 1 y = x / 0" in run.stdout
    assert "NameError" not in run.stdout
    assert "\x1b[" not in run.stdout


def test_a_kernel_without_a_heartbeat_runs_and_stops():
    kernel = RunningKernel(CURRENT_ENV_KERNEL_NAME)
    try:
        assert not kernel.kc.hb_channel.is_alive()
        assert kernel.is_alive()
    finally:
        kernel.stop()
