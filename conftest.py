"""Share the cores among pytest's workers; let no kernel hang when it stops;
say what wasn't tested and why; show why a notebook's cell fails."""

import difflib
import os
import re
import sys

import pytest
from jupyter_client.channels import HBChannel
from nbval.plugin import IPyNbCell, NbCellError

# Grading wants Linux; `python -m tools.grading` says so elsewhere.
collect_ignore = [] if sys.platform == "linux" else ["tests/grading"]
# They have no outputs to compare.
collect_ignore_glob = ["notebooks/live/*"]

# What some tests need beside the course, and what brings it.
OPTIONAL = {
    "bubblewrap": "apt-get install bubblewrap",
    "postgresql": "apt-get install postgresql",
    "cluster": 'pip install -e ".[cluster]"',
    "triton": 'pip install -e ".[ci]"',
    "web": 'pip install -e ".[web]"',
    "playwright": 'pip install -e ".[ci]"',
    "chromium": "apt-get install chromium",
}

CHECKS = "# @title Check", "# @title Test"  # what their cells begin with


# nbval starts a kernel's heartbeat and never listens to it. When the kernel is
# stopped, the heartbeat's thread may wait for ever, and the tests with it.
HBChannel.start = lambda channel: None


def pytest_configure(config):
    # Notebooks that each take all cores slow one another down several times.
    # The workers, and their kernels, inherit what the first process sets.
    workers = config.getoption("numprocesses", None) or 1
    threads = max(1, os.cpu_count() // workers)
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    os.environ.setdefault("COURSE_STRICT", "1")  # see checking.expect


@pytest.fixture(scope="session")
def require():
    """Return a function for tests that need something OPTIONAL.

    `require(there, name)` does nothing if `there` is true. Else it skips the
    test, and in CI fails it: a job that lacks something says so, by its name
    in COURSE_WITHOUT, a list with spaces.
    """

    def require(there, name):
        reason = f"not tested without {name} ({OPTIONAL[name]})"
        if not there:
            declared = os.environ.get("COURSE_WITHOUT", "").split()
            if os.environ.get("CI") and name not in declared:
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)

    return require


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    error = call.excinfo and call.excinfo.value
    if isinstance(item, IPyNbCell) and isinstance(error, NbCellError):
        reason = str(error)
        detail = re.sub(r"\x1b\[[\d;]*m", "", error.inner_traceback or "")
        if reason == "Cell outputs differ":
            detail = _difference(item) or detail
        elif reason == "Cell execution caused an exception":
            last = item.test_outputs[-1]
            reason = f"{last.ename}: {last.evalue}"
            # What this cell should have defined, the later ones miss: nbval
            # then expects them to fail.
            item.parent.timed_out = True
        number = item.cell.execution_count
        report.longrepr = (
            f"{reason}\n\nIn [{number}]:\n{error.source}\n{detail}"
        )
    elif report.when == "call" and report.passed and _is_solved(item):
        printed = "\n".join(_lines(item.test_outputs))
        if "✓" not in printed or re.search("[✗…]", printed):
            report.outcome, report.longrepr = "failed", f"No tick:\n{printed}"
    return report


def _is_solved(item):
    """Tell whether a cell checks an answer of a solved assignment."""
    return (
        isinstance(item, IPyNbCell)
        and "solutions" in item.path.parts
        and item.cell.source.partition("\n")[0] in CHECKS
    )


def _difference(item):
    """Compare the text that is saved with the text of this run."""
    saved, now = map(_lines, (item.cell.outputs, item.test_outputs))
    difference = difflib.unified_diff(
        saved, now, "saved in the notebook", "printed now", lineterm=""
    )
    return "".join(f"\n{line}" for line in difference)


def _lines(outputs):
    return [
        line
        for output in outputs
        for text in (
            output.get("text"),
            output.get("data", {}).get("text/plain"),
        )
        for line in (text or "").splitlines()
    ]
