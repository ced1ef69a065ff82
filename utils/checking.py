"""Checks: is this answer right, is this gradient right?

In a student's notebook a check prints a tick, or a cross with the reason and
a hint, and never raises. Under nbgrader it raises `CheckError`, so that the
test gives no points.
"""

import contextlib
import inspect
import io
import linecache
import numbers
import os
import re
import signal
import sys
import textwrap
import threading
import traceback
import warnings

import numpy as np

PRINTED_LINES = 5  # shown of what a student's code prints in a check
PICTURE_SECONDS = 60
_MARKS = {  # and their ANSI colours
    "right": ("✓", 32),
    "wrong": ("✗", 31),
    "not yet": ("…", 33),
    "not run": ("–", 34),
}
_NUMPY = [(m, dict(vars(m))) for m in (np, np.linalg, np.random)]
_replaced = []  # names in NumPy that a student's code had overwritten
_outcomes = {}  # (exercise, title of the check): "right", "wrong", "not yet"


class CheckError(AssertionError):
    """Why a check failed, in one line, for nbgrader."""

    def _render_traceback_(self):  # all that IPython shows
        return [f"CheckError: {self}"]


class _Wrong(Exception):
    """What is wrong with an answer and, second, the hint that fits."""


class _TimeUp(BaseException):  # passes through `except Exception`
    """The seconds that a student's code was given are over."""


class check:
    """Check an answer: ``with check("the sum is 1", exercise=2): ...``

    In the block, `check.call`, `check.equal` and `check.that` compare what
    the student's code gives with what it should. Whatever happens there (an
    error, an exit, a loop without end, a million lines of output) is told in
    a few lines. An answer that is None or NotImplementedError is "not yet".

    Parameters: title, a few words that say what is checked; exercise, its
    number; seconds, after which the student's code is stopped (in the main
    thread, where the system has timers).
    Raises: CheckError under nbgrader (NBGRADER_EXECUTION is set) if the
    check fails; KeyboardInterrupt.
    """

    def __init__(self, title, exercise, seconds=10):
        self.title, self.exercise, self.seconds = title, exercise, seconds

    def __enter__(self):
        _put_numpy_back()
        self.printed = _Excerpt()
        self.stack = contextlib.ExitStack()
        enter = self.stack.enter_context
        enter(contextlib.redirect_stdout(self.printed))
        enter(contextlib.redirect_stderr(self.printed))
        self.warned = enter(warnings.catch_warnings(record=True))
        enter(_time_limit(self.seconds))

    def __exit__(self, kind, error, trace):
        self.stack.close()
        if isinstance(error, KeyboardInterrupt):
            return False
        _put_numpy_back()
        verdict, lines = "right", []
        if isinstance(error, NotImplementedError):
            verdict, lines = "not yet", [f"Not yet answered. {error}".strip()]
        elif error is not None:
            verdict, lines = "wrong", _explain(error)
            lines += {f"Warning: {w.message}": 0 for w in self.warned}
        if _replaced:
            names = ", ".join(_replaced)
            lines.append(f"Your code had replaced {names}: put back.")
            _replaced.clear()
        _outcomes[self.exercise, self.title] = verdict
        name = f"Exercise {self.exercise}: {self.title}"
        if _grading() and verdict != "right":
            raise CheckError(" ".join([f"{name}.", *lines])) from None
        lines = [textwrap.fill(line, 72) for line in lines]
        lines += self.printed.lines()
        details = textwrap.indent("\n".join(lines), "    ")
        print(f"{_mark(verdict)} {name}", *filter(None, [details]), sep="\n")
        return True

    @staticmethod
    def call(function, *arguments, gives=None, mistakes=None):
        """Call a student's function, compare and return what it returns.

        The function gets copies of the arrays and must not change them.

        Parameters: function; arguments; gives, what it should return, see
        `check.equal` (default: anything but None); mistakes, {hint: what a
        function with this mistake returns, or the class of its error}.
        """
        mistakes = mistakes or {}
        given = [
            value.copy() if isinstance(value, np.ndarray) else value
            for value in arguments
        ]
        try:
            answer = function(*given)
        except NotImplementedError:  # a RuntimeError, but no mistake
            raise
        except Exception as error:
            for hint, wrong in mistakes.items():
                if isinstance(wrong, type) and isinstance(error, wrong):
                    raise _Wrong(_told(error), hint) from None
            raise
        if gives is not None or answer is None:
            check.equal(answer, gives, mistakes)
        for i, (before, after) in enumerate(zip(arguments, given)):
            if isinstance(before, np.ndarray) and not _same(after, before):
                name = list(inspect.signature(function).parameters)[i]
                raise _Wrong(
                    f"the function changes its argument {name}.",
                    f"work on a copy, {name}.copy(), or write x = x - 1 "
                    "where you have x -= 1.",
                )
        return answer

    @staticmethod
    def equal(answer, expected, mistakes=None):
        """Compare an answer with what is expected; say how it differs.

        Parameters: answer, the student's; expected, a number, an array,
        nested lists of numbers (then any real dtype will do) or a tuple of
        such; mistakes, {hint: what one gets by this mistake}. Floats may
        differ by 1e-5 of their size.
        """
        _put_numpy_back()
        if reason := _difference(answer, expected):
            wrong = (mistakes or {}).items()
            hints = [hint for hint, result in wrong if _same(answer, result)]
            raise _Wrong(f"the result {reason}.", *hints[:1])

    @staticmethod
    def that(condition, reason, *hint):
        """Complain with a reason, and a hint, unless the condition holds."""
        if not condition:
            raise _Wrong(reason, *hint)


def once_right(exercise):
    """Decorate a function that draws: it runs at once if the exercise is
    right; otherwise, and if it fails, a sentence stands in for the picture.

    Parameters: exercise, the number that the checks above it have.
    """

    def run(draw):
        if _grading():
            print("No pictures while grading.")
        elif _state(exercise) != "right":
            print(f"A picture appears here when exercise {exercise} is right.")
        else:
            try:
                with _time_limit(PICTURE_SECONDS):
                    draw()
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                print("No picture:", *_explain(error))

    return run


def summary(points, by_hand=0):
    """Print the points so far and what is left, from this kernel's checks.

    Parameters: points, {exercise: its points}; by_hand, the points of the
    questions that a person grades.
    """
    words = {"wrong": "not right yet", "not yet": "not yet answered"}
    earned = 0
    for exercise, worth in points.items():
        state = _state(exercise)
        got = worth * (state == "right")
        earned += got
        score = f"{got} of {worth} points" if worth else "optional"
        line = f"Exercise {exercise}: {score}, {words.get(state, state)}"
        print(_mark(state), line)
    print(
        f"So far {earned} of {sum(points.values())} points. A person gives "
        f"up to {by_hand} for your explanation.\nThe grading runs further "
        "tests, with other numbers."
    )


def _state(exercise):
    found = [v for (number, _), v in _outcomes.items() if number == exercise]
    states = ("wrong", "not yet", "right", "not run")
    return next(state for state in states if state in [*found, "not run"])


def _mark(verdict):
    mark, color = _MARKS[verdict]
    return (
        f"\x1b[{color}m{mark}\x1b[0m" if "ipykernel" in sys.modules else mark
    )


def _grading():
    return bool(os.environ.get("NBGRADER_EXECUTION"))


def _put_numpy_back():
    """Undo `np.sum = ...`, and remember it for the check's report."""
    for module, own in _NUMPY:
        now = vars(module)
        changed = [name for name in own if now.get(name) is not own[name]]
        now.update(own)
        _replaced.extend(f"{module.__name__}.{name}" for name in changed)


class _Excerpt(io.StringIO):
    """What is printed, cut before it fills the memory."""

    def write(self, text):
        super().write(text[: max(0, 2000 - self.tell())])
        return len(text)

    def lines(self):
        lines = [f"printed: {x[:60]}" for x in self.getvalue().splitlines()]
        more = ["(and more)"] if len(lines) > PRINTED_LINES else []
        return lines[:PRINTED_LINES] + more


@contextlib.contextmanager
def _time_limit(seconds):
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_):
        raise _TimeUp(seconds)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)  # again if swallowed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _explain(error):
    """Say in a few sentences why a check failed."""
    if isinstance(error, _TimeUp):
        return [f"Stopped after {error} seconds: does a loop never end?"]
    if isinstance(error, SystemExit):
        return ["Your code calls exit: leave a function with return."]
    if isinstance(error, RecursionError):
        return ["Your function calls itself without end."]
    if isinstance(error, _Wrong):
        reason, *hints = error.args
        lines = [reason, *(f"Hint: {hint}" for hint in hints)]
    else:
        line = _line(error)
        lines = [_told(error), *([f"In the line: {line}"] if line else [])]
    return [line[0].upper() + line[1:] for line in lines]


def _told(error):
    """Return the first line of an error, without addresses in memory."""
    text = traceback.format_exception_only(error)[-1].strip()
    return re.sub(r" at 0x[0-9a-f]+", "", text.splitlines()[0])[:300]


def _line(error):
    """Return the line of the student's function where an error arose."""
    line = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == __file__ or _grading():
            line = ""  # what comes before is the test, which may be hidden
        elif frame.f_globals.get("__name__") == "__main__":
            line = linecache.getline(frame.f_code.co_filename, number)
    return line.strip()


def _difference(answer, expected):
    """Say how an answer differs from what is expected; '' if it doesn't.

    Raises NotImplementedError if there is no answer.
    """
    if answer is None:
        raise NotImplementedError("The result is None: is a return missing?")
    if isinstance(expected, tuple):
        if not isinstance(answer, tuple) or len(answer) != len(expected):
            return f"is not a tuple of {len(expected)} values"
        for i, pair in enumerate(zip(answer, expected), start=1):
            if reason := _difference(*pair):
                return f"number {i} of {len(expected)} {reason}"
        return ""
    exact, expected = isinstance(expected, np.ndarray), np.asarray(expected)
    kind = "array" if expected.ndim else "number"
    types = (np.ndarray, np.generic, *[numbers.Number] * (not expected.ndim))
    if not isinstance(answer, types):
        return f"is a {type(answer).__name__}, not a NumPy {kind}"
    answer = np.asarray(answer)
    if answer.shape != expected.shape:
        change = "is transposed: its" if _same(answer.T, expected) else "has"
        return f"{change} shape {answer.shape}, not {expected.shape}"
    given, wanted = (
        a.dtype.kind.replace("u", "i") for a in (answer, expected)
    )
    if given != wanted and (exact or given not in "if"):
        return f"has dtype {answer.dtype}, not {expected.dtype}"
    return "" if _same(answer, expected) else _pattern(answer, expected)


def _pattern(answer, expected):
    """Say how two arrays of one shape differ in their values."""
    wrong = ~np.isclose(answer, expected, 1e-5, _slack(expected), True)
    strange = wrong & ~np.isfinite(answer)
    first = tuple(np.argwhere(strange if strange.any() else wrong)[0].tolist())
    value = f"{answer[first]:.6g}"
    if not first:
        return f"is {value}, not {expected[first]:.6g}"
    if strange.any():
        return f"is {value} at {list(first)} ({strange.sum()} such entries)"
    finite = np.where(np.isfinite(expected), expected, 0).astype(float)
    factor = np.sum(answer * finite) / max(np.sum(finite**2), 1e-300)
    if factor and _same(answer, factor * expected):
        if np.isclose(factor, -1):
            return "has the wrong sign everywhere"
        return f"is {factor:.4g} times what it should be, everywhere"
    if answer.ndim > 1 and _same(answer.T, expected):
        return "is transposed"
    if answer.ndim > 1 and not wrong[0].any():
        return "is right in the first row only"
    return (
        f"is wrong in {wrong.sum()} of {wrong.size} entries; at "
        f"{list(first)} it is {value}, not {expected[first]:.6g}"
    )


def _same(answer, expected):
    """Tell whether two results are equal but for rounding."""
    if isinstance(expected, tuple):
        return (
            isinstance(answer, tuple)
            and len(answer) == len(expected)
            and all(map(_same, answer, expected))
        )
    try:
        answer, expected = np.asarray(answer), np.asarray(expected)
        return answer.shape == expected.shape and np.allclose(
            answer, expected, 1e-5, _slack(expected), equal_nan=True
        )
    except (TypeError, ValueError):  # not numbers, or ragged lists
        return False


def _slack(expected):
    """Return the absolute error that rounding in float32 explains."""
    return 1e-6 * np.abs(expected[np.isfinite(expected)]).max(initial=0)


def numeric_gradient(f, x, step=1e-5):
    """Estimate the gradient of ``f`` at ``x`` by central differences.

    Each entry is (f(x + step e) - f(x - step e)) / (2 step) with one entry
    moved at a time. The error is of order step**2 (truncation) plus
    1e-16 / step (rounding); 1e-5 balances the two in float64.

    Parameters: f, a function of one array that returns a scalar; x, an array
    of floats of any shape (it is not changed); step, in the units of x.
    Returns: a float64 array of the shape of x.
    Raises: ValueError if f returns something other than one number.
    """
    x = np.array(x, dtype=np.float64)  # a copy
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        middle = x[i]
        values = []
        for moved in (middle + step, middle - step):
            x[i] = moved
            value = np.asarray(f(x))
            if value.size != 1:
                raise ValueError(
                    f"f must return one number, not shape {value.shape}: "
                    "sum or average over the examples first"
                )
            values.append(float(value.reshape(())))
        x[i] = middle
        gradient[i] = (values[0] - values[1]) / (2 * step)
    return gradient


def gradient_error(f, x, gradient, step=1e-5):
    """Compare a gradient with finite differences.

    Parameters: f, x, step as for `numeric_gradient`; gradient, an array of
    the shape of x.
    Returns: the largest difference divided by the largest entry of either
    (a float without unit): about 1e-9 for a right gradient in float64, and
    1e-2 or more for a wrong one.
    Raises: ValueError if the shapes differ.
    """
    gradient = np.asarray(gradient)
    numeric = numeric_gradient(f, x, step)
    if gradient.shape != numeric.shape:
        raise ValueError(
            f"the gradient has shape {gradient.shape}, x has shape "
            f"{numeric.shape}: a gradient has one entry for each of x"
        )
    scale = max(np.abs(gradient).max(), np.abs(numeric).max(), 1e-12)
    return float(np.abs(gradient - numeric).max() / scale)
