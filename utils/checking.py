"""Checks: is this answer right, is this gradient right?

In a student's notebook a check prints a tick, or a cross with the reason and
a hint, and never raises. Under nbgrader it raises `CheckError`, so that the
test gives no points.
"""

import builtins
import contextlib
import dis
import inspect
import io
import linecache
import os
import re
import sys
import textwrap
import traceback
import warnings
from collections import Counter

import numpy as np

import utils
from utils import comparing, limits, mistakes, originals, ready_made
from utils.comparing import gradient_error, numeric_gradient

__all__ = [
    "CheckError",
    "check",
    "expect",
    "gradient_error",
    "numeric_gradient",
    "once_right",
    "summary",
]

PRINTED_LINES = 5  # shown of what a student's code prints in a check
PICTURE_SECONDS = 60
HURRY = 5  # a part of these is left to an exercise that has run out of them
_MARKS = {  # and their ANSI colours
    "right": ("✓", 32),
    "wrong": ("✗", 31),
    "not yet": ("…", 33),
    "half run": ("–", 34),
    "not run": ("–", 34),
}
_OWN = __file__, comparing.__file__
_GRADING = bool(os.environ.get("NBGRADER_EXECUTION"))  # at the start
_FLOAT_ERRORS = np.geterr()
_replaced = []  # names that a student's code had overwritten
_outcomes = {}  # (exercise, title of the check): "right", "wrong", "not yet"
_cells = {}  # (exercise, title of the check): the cells in which it ran
_late = {}  # exercise: titles of the checks since it ran out of time
_running = []  # the check whose block runs
_failed = {}  # (exercise, title of the check): step, what it saw, the hint


class CheckError(AssertionError):
    """Why a check failed, in one line, for nbgrader."""

    def _render_traceback_(self):  # all that IPython shows
        return [f"CheckError: {self}"]


class _Wrong(Exception):
    """What is wrong with an answer.

    Parameters: reason; hint; saw, by what a mistake can be known (see
    `utils.mistakes`); instead, the (reason, hint) if no mistake is known.
    """

    def __init__(self, reason, hint="", saw=None, instead=None):
        super().__init__(reason)
        self.reason, self.hint = reason, hint
        self.saw, self.instead = saw or {"reason": reason}, instead


class check:
    """Check an answer: ``with check("the sum is 1", exercise=2): ...``

    In the block, `check.call`, `check.equal` and `check.that` compare what
    the student's code gives with what it should. Whatever happens there (an
    error, an exit, a loop without end, a million lines of output) is told in
    a few lines. An answer that is None, or still the stub that raises
    NotImplementedError, is "not yet".

    A subclass with `mistakes`, the path of a table, adds to what is wrong the
    hint of the mistake that looks the same: see `utils.mistakes`. Where
    nothing is known, and all checks before were right, it asks the question
    of `built_in`, {exercise: question}.

    Parameters: title, a few words that say what is checked; exercise, its
    number; seconds of computing, after which the student's code is stopped
    (see `limits.TimeLimit`).
    Raises: CheckError under nbgrader (NBGRADER_EXECUTION is set) if the
    check fails; KeyboardInterrupt.
    """

    mistakes = None
    built_in = {}

    def __init__(self, title, exercise, seconds=10):
        _put_back()  # before `with` looks up __enter__ and __exit__
        self.title, self.exercise, self.seconds = title, exercise, seconds
        self.step = 0  # the number of what is compared

    def __enter__(self):
        cell = _cell()
        _cells.setdefault((self.exercise, self.title), set()).add(cell)
        self.limit = limits.TimeLimit(_seconds(self))
        self.printed = _Excerpt()
        self.stack = contextlib.ExitStack()
        enter = self.stack.enter_context
        enter(contextlib.redirect_stdout(self.printed))
        enter(contextlib.redirect_stderr(self.printed))
        enter(np.errstate(**_FLOAT_ERRORS))
        self.warned = enter(warnings.catch_warnings(record=True))
        enter(self.limit)
        _running.append(self)

    def __exit__(self, kind, error, trace):
        self.limit.running = False
        _running.remove(self)
        self.stack.close()
        _put_back()
        if isinstance(error, KeyboardInterrupt):
            return False
        if self.limit.reason:  # also if the student's code went on
            error = limits.TimeUp(self.limit)
            _late.setdefault(self.exercise, set())
        if self.exercise in _late:
            _late[self.exercise].add(self.title)
        verdict, lines = _judge(error, self)
        if verdict == "wrong":
            lines += {f"Warning: {w.message}": 0 for w in self.warned}
        if _replaced:
            names = ", ".join(dict.fromkeys(_replaced))
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
    def call(function, *arguments, gives=None, advise=None):
        """Call a student's function, compare and return what it returns.

        The function gets copies (see `comparing.copied`), which it must not
        change. A change is told when the result is right, or when no known
        mistake explains it.

        Parameters: function; arguments; gives, what it should return, and
        advise, see `check.equal` (default: anything but None is right).
        """
        _next_step()
        given = comparing.copied(arguments)
        answer = function(*given)
        changed = comparing.changed_argument(function, arguments, given)
        if gives is not None or answer is None:
            _compare(answer, gives, "the result", advise, changed)
        if changed:
            raise _Wrong(*changed)
        return answer

    @staticmethod
    def equal(answer, expected, what="the result", advise=None):
        """Compare an answer with what is expected; say how it differs.

        Parameters: answer, the student's; expected, a number, an array,
        nested lists of numbers (then any real dtype will do) or a tuple of
        such; what, the answer's name in a sentence; advise, a function that
        is given the answer and returns the hint, or "", where no mistake is
        known that looks the same. How far floats may be off says
        `comparing.tolerance`.
        """
        _next_step()
        _compare(answer, expected, what, advise)

    @staticmethod
    def that(condition, reason, hint=""):
        """Complain with a reason, and a hint, unless the condition holds."""
        _next_step()
        if not condition:
            raise _Wrong(reason, hint)

    @staticmethod
    def own_work(function, forbidden):
        """Complain if a function uses something ready-made.

        Parameters: function; forbidden, names: see `ready_made.used_by`.
        """
        used = ready_made.used_by(function, forbidden)
        check.that(
            not used,
            f"your function uses a ready-made {used}.",
            "the exercise is to write it yourself.",
        )

    @classmethod
    def version(cls, notebook):
        """Say in a line if a notebook and the table don't belong together.

        Parameters: notebook, the version that `make assignments` has written
        into it ("" in an instructors' notebook, which goes with any).
        """
        fault = cls.mistakes and mistakes.fault(cls.mistakes, notebook)
        if fault:
            cls.mistakes = None
            print(textwrap.fill(fault, 72))


def once_right(exercise):
    """Decorate a function that draws: it runs at once if the exercise is
    right; otherwise, and if it fails, a sentence stands in for the picture.
    (Under COURSE_STRICT, see `expect`, what fails raises.)

    Parameters: exercise, the number that the checks above it have.
    """

    def run(draw):
        _put_back()
        if _grading():
            print("No pictures while grading.")
        elif _state(exercise) not in ("right", "half run"):
            print(f"A picture appears here when exercise {exercise} is right.")
        else:
            figures = _figures()
            try:
                with limits.TimeLimit(PICTURE_SECONDS):
                    draw()
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                for number in _figures() - figures:  # half drawn
                    sys.modules["matplotlib.pyplot"].close(number)
                if _strict():
                    raise
                print("No picture:", *_explain(error))

    return run


def expect(condition, claim, real=None):
    """Make sure that what a lecture claims holds in this run.

    A reader who tries other settings is told in a line what no longer holds,
    and the notebook runs on. Where COURSE_STRICT is 1, as in all tests, it
    raises.

    Parameters: condition, true or false; claim, what the text says; real,
    data sets from `utils.data`, one or a tuple, without which the claim says
    nothing: if one of them is a stand-in, nothing is expected.
    Raises: AssertionError, under COURSE_STRICT.
    """
    needed = real if type(real) is tuple else (real,)
    if condition or not all(data.is_real for data in needed if data):
        return
    if _strict():
        raise AssertionError(f"this no longer holds: {claim}")
    print(f"With your settings this no longer holds: {claim}")


def _strict():
    return os.environ.get("COURSE_STRICT") == "1"


def summary(points, by_hand=0):
    """Print the points so far and what is left, from this kernel's checks.

    An exercise has a cell with its check and one with its test: its points
    count when both have run.

    Parameters: points, {exercise: its points}; by_hand, the points of the
    questions that a person grades.
    """
    words = {
        "wrong": "not right yet",
        "not yet": "not yet answered",
        "half run": "right so far, but not all of its checks have run",
    }
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
    keys = [key for key in _outcomes if key[0] == exercise]
    found = {_outcomes[key] for key in keys}
    cells = set().union(*(_cells.get(key, ()) for key in keys))
    if found == {"right"} and len(cells) == 1 and None not in cells:
        return "half run"
    states = ("wrong", "not yet", "right")
    return next((state for state in states if state in found), "not run")


def _cell():
    """Return the source of the cell that runs, None in a script."""
    frame = sys._getframe()
    while frame.f_back and frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        frame = frame.f_back
    name = frame.f_code.co_filename
    if os.path.exists(name):
        return None
    return "".join(linecache.getlines(name)) or frame.f_code


def _seconds(this):
    """Return how long a check's code may compute.

    An exercise that ran out of time gets less for its further checks, until
    one of them is run again.
    """
    titles = _late.get(this.exercise)
    if titles is None or this.title in titles:
        _late.pop(this.exercise, None)
        return this.seconds
    return min(this.seconds, max(2, this.seconds / HURRY))


def _mark(verdict):
    mark, color = _MARKS[verdict]
    return (
        f"\x1b[{color}m{mark}\x1b[0m" if "ipykernel" in sys.modules else mark
    )


def _grading():
    return _GRADING or bool(os.environ.get("NBGRADER_EXECUTION"))


def _figures():
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


class _Excerpt(io.StringIO):
    """What is printed, cut before it fills the memory."""

    def write(self, text):
        super().write(text[: max(0, 2000 - self.tell())])
        return len(text)

    def close(self):
        """Stay open, whatever a student's code closes."""

    def lines(self):
        lines = [f"printed: {x[:60]}" for x in self.getvalue().splitlines()]
        more = ["(and more)"] if len(lines) > PRINTED_LINES else []
        return lines[:PRINTED_LINES] + more


# What went wrong


def _next_step():
    _put_back()
    np.seterr(**_FLOAT_ERRORS)
    if _running:
        _running[-1].step += 1


def _compare(answer, expected, what, advise, instead=None):
    _put_back()
    np.seterr(**_FLOAT_ERRORS)
    if reason := comparing.difference(answer, expected):
        known = comparing.is_numeric(answer)
        if known and not comparing.same(answer, expected):
            saw = {"numbers": answer}
        else:  # the numbers are right, or there are none
            saw = {"reason": reason}
        hint = ""
        with contextlib.suppress(Exception):  # it expects another answer
            if advise and comparing.same_form(answer, expected):
                hint = advise(answer)
        raise _Wrong(f"{what} {reason}.", hint, saw, instead)


def _judge(error, this):
    """Return the verdict on a check and, in a few sentences, why."""
    if error is None:
        return "right", []
    if isinstance(error, comparing.NoAnswer) or _is_stub(error):
        return "not yet", [f"Not yet answered. {error}".strip()]
    if _is_missing(error):
        return "not yet", [f"{error.name} isn't there: run its cell first."]
    saw = _saw(error)
    _, entries = mistakes.read(this.mistakes) if this.mistakes else ("", [])
    hint = mistakes.hint(entries, this.exercise, this.title, this.step, saw)
    if isinstance(error, _Wrong):
        if not hint and error.instead:
            error = _Wrong(*error.instead)
        hint = hint or error.hint
    hint = hint or _question(error, this)
    _failed[this.exercise, this.title] = this.step, saw, hint
    return "wrong", _explain(error) + ([f"Hint: {hint}"] if hint else [])


def _question(error, this):
    """Return what to ask of an answer that is right for the example only."""
    question = this.built_in.get(this.exercise)
    before = []
    for (exercise, title), outcome in _outcomes.items():
        if (exercise, title) == (this.exercise, this.title):
            break
        before += [outcome] if exercise == this.exercise else []
    known = isinstance(error, (limits.TimeUp, AttributeError, TypeError))
    if not question or known or set(before) != {"right"}:
        return ""
    return f"other inputs are right, and these aren't: {question}"


def _saw(error):
    if isinstance(error, _Wrong):
        return error.saw
    return {"error": type(error).__name__, "message": _told(error)}


def _is_missing(error):
    """Tell whether a name that the check's own cell uses isn't defined."""
    if not isinstance(error, NameError):
        return False
    *_, trace = _entries(error)
    return not trace.tb_frame.f_code.co_flags & inspect.CO_OPTIMIZED


def _is_stub(error):
    """Tell whether a `raise NotImplementedError` of the notebook ran.

    A framework raises it, too, for what it can't do.
    """
    if not isinstance(error, NotImplementedError):
        return False
    *_, trace = _entries(error)
    code = trace.tb_frame.f_code.co_code
    return trace.tb_frame.f_globals.get("__name__") == "__main__" and (
        dis.opname[code[trace.tb_lasti]] == "RAISE_VARARGS"
    )


def _entries(error):
    trace = error.__traceback__
    while trace:
        yield trace
        trace = trace.tb_next


def _explain(error):
    """Say in a sentence or two why a check failed."""
    if isinstance(error, limits.TimeUp):
        return [str(error)]
    if isinstance(error, SystemExit):
        return ["Your code calls exit: leave a function with return."]
    if isinstance(error, _Wrong):
        return [error.reason[0].upper() + error.reason[1:]]
    line, told = _line(error), _told(error)
    told = told[0].upper() + told[1:]
    return [told, *([f"In the line: {line}"] if line else [])]


def _told(error):
    """Return the first line of an error, without addresses in memory."""
    if isinstance(error, RecursionError) and (told := _recursion(error)):
        return told
    told = traceback.TracebackException(type(error), error, None)
    told.__notes__ = None  # JAX's say nothing about the error
    *_, text = told.format_exception_only()
    text = re.sub(r" at 0x[0-9a-f]+", "", text.strip())
    return text.splitlines()[0][:300]


def _recursion(error):
    frames = [trace.tb_frame.f_code for trace in _entries(error)]
    code, times = Counter(frames).most_common(1)[0]
    if times < 50:  # something else is too deep, nested lists for example
        return ""
    return (
        f"your function {code.co_name} calls itself, {times} calls deep, "
        "which is all that Python allows: does it ever end?"
    )


def _line(error):
    """Return the line of the student's function where an error arose."""
    line = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if name in _OWN or _is_checks(frame) or _grading():
            line = ""  # what comes before is the test, which may be hidden
        elif frame.f_globals.get("__name__") == "__main__":
            line = linecache.getline(name, number)
    return line.strip()


def _is_checks(frame):
    """Tell whether code is an assignment's checks.py."""
    return frame.f_globals.get("__name__", "").endswith(".checks")


def _put_back():
    """Put back what checks rely on, and remember it for the report."""
    _replaced.extend(_restore())


_restore = originals.Originals(
    [builtins, np, np.linalg, np.random, utils, comparing, limits, mistakes]
    + [originals, sys.modules[__name__]]
).put_back
