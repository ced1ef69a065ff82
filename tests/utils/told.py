"""What the tests of checks share: answers, and what a check says of them."""

import contextlib
import io
import re
import signal

import pytest

from utils import checking
from utils.checking import check

timers = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="Windows has no timers"
)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    yield
    checking._outcomes.clear()
    checking._cells.clear()
    checking._late.clear()


def told(body, exercise=1, seconds=5, check=check):
    """Run body() in a check; return what it printed, without line breaks."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        with check("a title", exercise=exercise, seconds=seconds):
            body()
    plain = re.sub(r"\x1b\[\d*m", "", printed.getvalue())
    return " ".join(plain.split())


def in_notebook(source, **names):
    """Run a cell; return its namespace."""
    namespace = {"__name__": "__main__", **names}
    exec(source, namespace)
    return namespace


STUB = "def answer():\n    raise NotImplementedError"
unanswered = in_notebook(STUB)["answer"]


def recurse():
    return recurse()


def hang():
    while True:
        try:
            pass
        except Exception:
            pass
