"""Feedback on answers: what it says, and that nothing a student does breaks
it."""

import builtins
import contextlib
import functools
import io
import signal
import sys
import threading
import time

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

from utils import checking, comparing, limits
from utils.checking import check

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]])


def test_right_answer_gets_a_tick():
    printed = told(lambda: check.equal(X * (1 + 1e-7), X))
    assert printed.startswith("✓") and printed.endswith("Exercise 1: a title")


def numbers(array):
    return {"numbers": array.tolist()}


def test_wrong_answer_gets_the_reason_and_the_hint_of_its_mistake(knowing):
    known = {"not this.": numbers(X + 1), "sum.": numbers(X.sum(axis=0))}
    known = knowing(known)
    printed = told(lambda: check.equal(X.sum(axis=0), X), check=known)
    assert printed.endswith(
        "The result has shape (3,), not (2, 3). Hint: sum."
    )
    assert "Hint" not in told(lambda: check.equal(X + 7, X), check=known)


def test_a_mistake_is_known_at_its_own_step_only(knowing):
    def two_steps(first, second):
        check.equal(first, X)
        check.call(lambda: second, gives=X)

    known = knowing({"add one.": numbers(X + 1)}, step=2)
    assert "add one" in told(lambda: two_steps(X, X + 1), check=known)
    assert "add one" not in told(lambda: two_steps(X + 1, X), check=known)


def test_error_of_a_call_gives_the_hint_of_its_message(knowing):
    def multiply(X):
        return X @ X

    for message in ("matmul", "another"):
        saw = {"error": "ValueError", "message": message}
        printed = told(
            lambda: check.call(multiply, X, gives=X),
            check=knowing({"transpose.": saw}),
        )
        assert "ValueError: matmul" in printed
        assert printed.endswith("Hint: transpose.") == (message == "matmul")


def test_what_is_not_numbers_is_known_by_its_reason(knowing):
    saw = {"reason": "is a list, not a NumPy array"}
    known = knowing({"make an array.": saw})
    printed = told(lambda: check.equal(X.tolist(), X), check=known)
    assert printed.endswith("Hint: make an array.")
    known = knowing({"leave.": {"reason": "too few."}})
    printed = told(lambda: check.that(False, "too few.", "add"), check=known)
    assert printed.endswith("Too few. Hint: leave.")


def test_an_answer_that_closes_the_output_stops_nothing():
    printed = told(lambda: check.call(sys.stdout.close, gives=X))
    assert "…" in printed and "The result is None" in printed


def test_advice_is_given_where_no_mistake_is_known(knowing):
    known = knowing({"add one.": numbers(X + 1)})

    def advise(answer):
        return "all are too large." if (answer > X).all() else ""

    def body(answer):
        check.equal(answer, X, "the sum", advise)

    printed = told(lambda: body(X + 1), check=known)
    assert printed.endswith("Hint: add one.")
    printed = told(lambda: body(X + 2), check=known)
    assert "The sum is" in printed
    assert printed.endswith("Hint: all are too large.")
    for unfit in X - 1, [[1]], "a text", (X + 2).T, (X + 2).tolist():
        printed = told(functools.partial(body, unfit), check=known)
        assert "✗" in printed and "Hint" not in printed
    printed = told(
        lambda: check.call(lambda: X + 2, gives=X, advise=advise), check=known
    )
    assert printed.endswith("Hint: all are too large.")


class asking(check):
    built_in = {1: "is the 3 built in?"}


def asks(first, second, body=lambda: check.equal(X[:, :2] + 1, X[:, :2])):
    """Tell whether a question stands below the third of three checks."""
    for title, right in ("first", first), ("second", second):
        with asking(title, exercise=1):
            check.that(right, "wrong.")
    return "other inputs are right, and these aren't: is the 3 built in?" in (
        told(body, check=asking)
    )


def test_who_is_right_for_the_example_only_is_asked_what_is_built_in():
    assert asks(True, True)
    checking._outcomes.clear()
    assert "built in" not in told(lambda: check.equal(X, X), check=asking)


@pytest.mark.parametrize("first, second", [(False, True), (True, False)])
def test_nothing_is_asked_where_a_check_before_has_failed(first, second):
    assert not asks(first, second)


def test_nothing_is_asked_where_something_is_known():
    assert not asks(True, True, lambda: check.that(False, "no.", "a hint."))
    assert not asks(True, True, lambda: check.equal(X, X))
    assert "built in" not in told(lambda: check.that(False, "no."))
    assert not asks(True, True, lambda: [].shape)
    assert not asks(True, True, lambda: [] + 1)


def test_a_check_that_fails_later_does_not_count():
    assert asks(True, True)
    with asking("fourth", exercise=1):
        check.that(False, "wrong.")
    assert asks(True, True)


@timers
def test_nothing_is_asked_of_who_ran_out_of_time():
    with asking("first", exercise=1):
        pass
    assert "built in" not in told(hang, seconds=0.2, check=asking)


def test_an_answer_whose_cell_has_not_run_is_not_yet():
    printed = told(lambda: in_notebook("check.call(softmax)", check=check))
    assert "… Exercise 1: a title softmax isn't there: run" in printed
    printed = told(in_notebook("def f():\n    return softmax")["f"])
    assert "✗" in printed and "name 'softmax' is not defined" in printed


def normalise(images):
    images -= images.mean()
    return images


def shift_first(layers):
    layers[0]["W"] += 1
    return layers[0]["W"]


def test_changed_argument_is_noticed_and_harmless():
    own = X.copy()
    printed = told(lambda: check.call(normalise, own, gives=X - X.mean()))
    assert "The function changes its argument images." in printed
    assert "images.copy()" in printed
    nested = [{"W": own}]
    printed = told(lambda: check.call(shift_first, nested))
    assert "changes its argument layers[0]['W']." in printed
    assert (own == X).all()


def test_changed_argument_is_told_before_a_result_that_nothing_explains(
    knowing,
):
    printed = told(lambda: check.call(normalise, X, gives=X))
    assert "changes its argument images" in printed
    known = knowing({"leave the mean.": numbers(X - X.mean())})
    printed = told(lambda: check.call(normalise, X, gives=X), check=known)
    assert printed.endswith("Hint: leave the mean.")


def test_condition():
    assert "✓" in told(lambda: check.that(True, "too few.", "add some."))
    printed = told(lambda: check.that(False, "too few.", "add some."))
    assert printed.endswith("Too few. Hint: add some.")


def test_ready_made_work_is_named():
    own, lent = (lambda x: np.sort(x)), (lambda x: np.median(x))
    assert "✓" in told(lambda: check.own_work(own, {"median"}))
    printed = told(lambda: check.own_work(lent, {"median"}))
    assert "function uses a ready-made median. Hint: the" in printed


@pytest.mark.parametrize(
    "function, reason",
    [
        (unanswered, "Not yet answered."),
        (lambda: None, "Not yet answered. The result is None: is a return"),
    ],
)
def test_not_yet(function, reason, knowing):
    saw = {"error": "NotImplementedError", "message": ""}
    for gives in (None, X):
        printed = told(
            lambda: check.call(function, gives=gives),
            check=knowing({"A hint.": saw}),
        )
        assert "…" in printed and reason in printed
        assert "✗" not in printed and "A hint." not in printed


def missing_in_a_framework():
    raise NotImplementedError("no forward")


def test_a_framework_s_own_not_implemented_is_an_error():
    # A function of a framework, called from the notebook, and one in C.
    calls = in_notebook("def answer():\n    f()", f=missing_in_a_framework)
    printed = told(lambda: check.call(calls["answer"]))
    assert "✗" in printed and "NotImplementedError: no forward" in printed
    dates = in_notebook(
        "import datetime\ndef answer():\n    datetime.tzinfo().utcoffset(None)"
    )
    printed = told(lambda: check.call(dates["answer"]))
    assert "✗" in printed and "a tzinfo subclass must" in printed


# Nothing that a student does stops the notebook


def hang_for_good():
    while True:
        try:
            time.sleep(0.001)
            sum(range(10**5))
        except:  # noqa: E722
            pass


def give_up_late():
    try:
        hang()
    except BaseException:
        return X


class Unprintable(Exception):
    def __str__(self):
        raise ValueError


@pytest.mark.parametrize(
    "body, reason",
    [
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: sys.exit(0), "Your code calls exit"),
        (recurse, "Your function recurse calls itself, "),
        (lambda: bytearray(2**62), "MemoryError"),
        (lambda: np.ones(3) + np.ones(4), "(3,) (4,)"),
    ],
)
def test_errors_are_told(body, reason):
    printed = told(body)
    assert "✗" in printed and reason in printed


def test_a_note_does_not_hide_the_error():
    def body():
        error = ValueError("the shapes differ\nin two places")
        error.add_note("Frames have been removed.")
        raise error

    assert told(body).endswith("ValueError: the shapes differ")


def test_error_that_cannot_be_printed():
    def body():
        raise Unprintable

    assert "Unprintable" in told(body)


def test_addresses_are_left_out():
    def body():
        raise ValueError(object())

    assert "<object object>" in told(body)


@timers
@pytest.mark.parametrize("body", [hang, hang_for_good, give_up_late])
def test_code_without_end_is_stopped(body):
    assert "✗ Exercise 1: a title Stopped after" in told(body, seconds=0.2)


def test_an_exercise_out_of_time_has_less_until_a_check_is_run_again():
    def run(title, reason="", exercise=1):
        this = check(title, exercise, seconds=25)
        with contextlib.redirect_stdout(io.StringIO()), this:
            this.limit.reason = reason
        return this.limit.seconds

    assert run("a") == 25
    assert run("a", "Stopped") == 25
    assert [run("b"), run("c"), run("d", exercise=2)] == [5, 5, 25]
    assert [run("b"), run("c")] == [25, 25]
    run("a", "Stopped")
    assert [run("a"), run("b")] == [25, 25]


def test_timer_is_off_after_a_check():
    told(lambda: None, seconds=0.1)
    time.sleep(0.2)  # an alarm would end the test


def test_without_timers_or_in_a_thread_there_is_no_limit(monkeypatch):
    said = []

    def body():
        said.append(told(lambda: time.sleep(0.1), seconds=0.01))

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    monkeypatch.delattr(signal, "setitimer", raising=False)
    body()
    assert said == ["✓ Exercise 1: a title"] * 2


def test_keyboard_interrupt_goes_through():
    def body():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        told(body)


def test_prints_are_cut(capfd):
    def body():
        print("line 0", file=sys.stderr)
        for i in range(1, 10**5):
            print("line", i)

    printed = told(body)
    assert "printed: line 0 printed: line 1" in printed
    assert printed.endswith("printed: line 4 (and more)")
    assert capfd.readouterr() == ("", "")


def test_prints_do_not_fill_the_memory():
    excerpt = checking._Excerpt()
    for _ in range(100):
        assert excerpt.write("x" * 1000) == 1000
    assert len(excerpt.getvalue()) == 2000


def test_warnings_explain_a_failure_once(capfd):
    def body():
        np.log(np.zeros(2))
        np.log(np.zeros(3))
        check.that(False, "no.")

    printed = told(body)
    assert printed.endswith("Warning: divide by zero encountered in log")
    assert printed.count("Warning") == 1
    assert "Warning" not in told(lambda: np.log(np.zeros(2)))
    assert capfd.readouterr() == ("", "")


def test_numpy_is_put_back():
    own = np.sum, np.allclose, np.asarray

    def spoil():
        np.sum = np.allclose = np.asarray = lambda *_, **__: True
        return X

    printed = told(lambda: check.call(spoil, gives=X + 1))
    assert "✗" in printed
    assert "replaced" in printed and "numpy.sum" in printed
    assert (np.sum, np.allclose, np.asarray) == own
    np.mean = None
    assert "numpy.mean" in told(lambda: np.mean(X))


def test_what_is_replaced_last_is_put_back_at_the_end():
    own = np.sum

    def spoil():
        np.sum = None

    assert "numpy.sum: put back" in told(spoil)
    assert np.sum is own


def deceive():
    """Replace what would notice a wrong answer."""
    builtins.isinstance = lambda *_: False
    check.equal = check.that = staticmethod(lambda *_, **__: None)
    check.__exit__ = lambda *_: True
    checking._grading = lambda: False
    comparing.same.__code__ = (lambda *_: True).__code__
    limits.TimeLimit = contextlib.nullcontext
    return X


def blind():
    comparing.same.__code__ = (lambda *_: True).__code__
    return X


def test_checks_themselves_are_put_back():
    def wrong():
        return X + 1

    printed = told(lambda: check.call(deceive, gives=X + 1))
    assert "✗" in printed and "utils.comparing.same" in printed
    assert "✗" in told(lambda: check.equal(blind(), X + 1))
    deceive()  # in a cell of its own
    printed = told(lambda: check.call(wrong, gives=X))
    assert "✗" in printed and "builtins.isinstance" in printed
    assert "replaced" not in told(lambda: check.call(wrong, gives=X + 1))


def test_settings_for_float_errors_are_those_of_the_course():
    def divide():
        np.seterr(all="ignore")
        return np.ones(1) / 0

    with np.errstate(all="raise"):
        assert "✓" in told(lambda: check.call(divide, gives=[np.inf]))
        assert np.geterr()["divide"] == "raise"


def test_line_of_the_student_is_shown_and_no_line_of_a_test(tmp_path):
    path = tmp_path / "cell.py"
    path.write_text(
        "def divide(x):\n"
        "    return x / 0\n"
        "def hidden(call):\n"
        "    call(float, 'x', gives=1.0)\n"
    )
    cell = {"__name__": "__main__"}
    exec(compile(path.read_text(), str(path), "exec"), cell)
    printed = told(lambda: check.call(cell["divide"], 1, gives=1))
    assert printed.endswith("In the line: return x / 0")
    printed = told(lambda: cell["hidden"](check.call))
    assert "could not convert" in printed and "line" not in printed
