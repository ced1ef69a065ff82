"""Feedback on answers: what it says, and that nothing a student does breaks
it."""

import contextlib
import io
import re
import sys
import time

import numpy as np
import pytest

from utils import checking
from utils.checking import CheckError, check

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]])


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(checking, "_outcomes", {})


def told(body, exercise=1, seconds=5):
    """Run body() in a check; return what it printed, without line breaks."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        with check("a title", exercise=exercise, seconds=seconds):
            body()
    plain = re.sub(r"\x1b\[\d*m", "", printed.getvalue())
    return " ".join(plain.split())


def comparing(answer, expected=X, mistakes=None):
    return told(lambda: check.equal(answer, expected, mistakes))


def test_right_answer_gets_a_tick():
    assert comparing(X * (1 + 1e-7)).endswith("Exercise 1: a title")
    assert "✓" in comparing(X.astype(np.float32))


@pytest.mark.parametrize(
    "answer, reason",
    [
        (X.tolist(), "is a list, not a NumPy array"),
        (lambda: X, "is a function, not a NumPy array"),
        ("text", "is a str, not a NumPy array"),
        (X[0], "has shape (3,), not (2, 3)"),
        (X.T, "is transposed: its shape (3, 2), not (2, 3)"),
        (X.astype(int), "has dtype int64, not float64"),
        (X.astype(str), "has dtype <U32, not float64"),
        (X > 2, "has dtype bool, not float64"),
        (np.where(X == 3, np.nan, X), "is nan at [0, 2] (1 such entries)"),
        (np.where(X > 3, np.inf, X), "is inf at [1, 0] (3 such entries)"),
        (3 * X, "is 3 times what it should be, everywhere"),
        (-X, "has the wrong sign everywhere"),
        (X + [[0], [1]], "is right in the first row only"),
        (
            X + [0, 0, 1],
            "is wrong in 2 of 6 entries; at [0, 2] it is 4, not 3",
        ),
        (0 * X, "is wrong in 6 of 6 entries; at [0, 0] it is 0, not 1"),
    ],
)
def test_difference_is_named(answer, reason):
    printed = comparing(answer)
    assert "✗" in printed and f"The result {reason}." in printed


@pytest.mark.parametrize(
    "answer, expected, reason",
    [
        (2.5, 1.25, "is 2.5, not 1.25"),
        (np.nan, 1.0, "is nan, not 1"),
        (np.ones(1), 1.0, "has shape (1,), not ()"),
        ([1.0], 1.0, "is a list, not a NumPy number"),
        (X[:2, :2].T, X[:2, :2], "is transposed"),
        ((X, 1.0), (X, 2.0), "number 2 of 2 is 1, not 2"),
        (X, (X, X), "is not a tuple of 2 values"),
        (np.array([0.0]), np.array([np.inf]), "it is 0, not inf"),
        (np.array([1.0, 2.0]), np.array([1, 2]), "has dtype float64"),
    ],
)
def test_difference_of_other_kinds(answer, expected, reason):
    assert reason in comparing(answer, expected)


def test_nested_lists_leave_the_dtype_open():
    assert "✓" in comparing(np.array([1.0, 2.0]), [1, 2])
    assert "✓" in comparing(2, 2.0)


def test_mistake_gives_its_hint():
    mistakes = {"not this.": X + 1, "add the bias.": X.sum(axis=0)}
    printed = comparing(X.sum(axis=0), mistakes=mistakes)
    assert printed.endswith("not (2, 3). Hint: add the bias.")
    assert "Hint" not in comparing(X + 7, mistakes=mistakes)


def test_error_of_a_call_gives_its_hint():
    def multiply(X):
        return X @ X

    printed = told(
        lambda: check.call(
            multiply, X, gives=X, mistakes={"transpose.": ValueError}
        )
    )
    assert "ValueError: matmul" in printed
    assert printed.endswith("Hint: transpose.")


def test_changed_argument_is_noticed_and_harmless():
    own = X.copy()

    def normalise(images):
        images -= images.mean()
        return images

    printed = told(lambda: check.call(normalise, own, gives=X - X.mean()))
    assert "changes its argument images" in printed
    assert "images.copy()" in printed
    assert (own == X).all()


def test_condition():
    assert "✓" in told(lambda: check.that(True, "too few.", "add some."))
    printed = told(lambda: check.that(False, "too few.", "add some."))
    assert printed.endswith("Too few. Hint: add some.")


def unanswered():
    raise NotImplementedError


@pytest.mark.parametrize(
    "function, reason",
    [
        (unanswered, "Not yet answered."),
        (lambda: None, "Not yet answered. The result is None: is a return"),
    ],
)
def test_not_yet(function, reason):
    for gives in (None, X):
        printed = told(
            lambda: check.call(
                function, gives=gives, mistakes={"A hint.": RuntimeError}
            )
        )
        assert "…" in printed and reason in printed
        assert "✗" not in printed and "A hint." not in printed


# Nothing that a student does stops the notebook


def recurse():
    return recurse()


def hang():
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            pass


class Unprintable(Exception):
    def __str__(self):
        raise ValueError


@pytest.mark.parametrize(
    "body, reason",
    [
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda: sys.exit(0), "Your code calls exit"),
        (recurse, "calls itself without end"),
        (lambda: bytearray(2**62), "MemoryError"),
        (lambda: np.ones(3) + np.ones(4), "(3,) (4,)"),
    ],
)
def test_errors_are_told(body, reason):
    printed = told(body)
    assert "✗" in printed and reason in printed


def test_error_that_cannot_be_printed():
    def body():
        raise Unprintable

    assert "Unprintable" in told(body)


def test_addresses_are_left_out():
    def body():
        raise ValueError(object())

    assert "<object object>" in told(body)


def test_code_without_end_is_stopped():
    assert "Stopped after 0.2 seconds" in told(hang, seconds=0.2)


def test_timer_is_off_after_a_check():
    told(lambda: None, seconds=0.1)
    time.sleep(0.2)  # an alarm would end the test


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


# Under nbgrader


@pytest.mark.parametrize(
    "body", [hang, unanswered, recurse, sys.exit, lambda: check.that(0, "no.")]
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


# Pictures and summary


def draw(exercise, picture, capsys):
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


def test_summary_counts_points(capsys):
    told(lambda: None, exercise=1)
    told(unanswered, exercise=2)
    with contextlib.redirect_stdout(io.StringIO()):
        with check("one", exercise=3):
            check.that(False, "no.")
        with check("two", exercise=3):
            pass
    checking.summary({1: 2, 2: 3, 3: 4, 4: 5, 5: 0}, by_hand=3)
    lines = capsys.readouterr().out.splitlines()
    assert [line[line.index("Exercise") :] for line in lines[:5]] == [
        "Exercise 1: 2 of 2 points, right",
        "Exercise 2: 0 of 3 points, not yet answered",
        "Exercise 3: 0 of 4 points, not right yet",
        "Exercise 4: 0 of 5 points, not run",
        "Exercise 5: optional, not run",
    ]
    assert "So far 2 of 14 points" in lines[5] and "up to 3" in lines[5]


# Gradients


def test_numeric_gradient_of_a_cubic():
    gradient = checking.numeric_gradient(lambda x: (x**3).sum(), X, step=0.1)
    np.testing.assert_allclose(gradient, 3 * X**2 + 0.01)


def test_numeric_gradient_of_integers_leaves_them():
    x = np.array([1, 2])
    gradient = checking.numeric_gradient(lambda x: x[0] * x[1], x)
    np.testing.assert_allclose(gradient, [2, 1])
    assert x.tolist() == [1, 2]


def test_numeric_gradient_wants_one_number():
    with pytest.raises(ValueError, match=r"not shape \(2, 3\): sum or"):
        checking.numeric_gradient(lambda x: x, X)


def test_gradient_error():
    def f(x):
        return np.sin(x).sum()

    assert checking.gradient_error(f, X, np.cos(X)) < 1e-8
    assert checking.gradient_error(f, X, 1.01 * np.cos(X)) > 5e-3
    with pytest.raises(ValueError, match=r"shape \(3, 2\), x has shape"):
        checking.gradient_error(f, X, np.cos(X).T)
