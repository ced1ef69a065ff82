"""How answers differ, which arguments were changed, gradients."""

import dataclasses
import functools
from types import SimpleNamespace

import numpy as np
import pytest

from utils import comparing

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]])


# Results


@pytest.mark.parametrize(
    "answer, reason",
    [
        (X.tolist(), "is a list, not a NumPy array"),
        (lambda: X, "is a function, not a NumPy array"),
        ("text", "is a str, not a NumPy array"),
        (3, "is an int, not a NumPy array"),
        (X[0], "has shape (3,), not (2, 3)"),
        (X.T, "is transposed: its shape (3, 2), not (2, 3)"),
        (X.astype(int), "has dtype int64, not float64"),
        (X.astype(str), "has dtype <U32, not float64"),
        (X > 2, "has dtype bool, not float64"),
        (np.where(X == 3, np.nan, X), "is nan at [0, 2] (1 such entries)"),
        (np.where(X > 3, np.inf, X), "is inf at [1, 0] (3 such entries)"),
        (3 * X, "is 3 times what it should be, everywhere"),
        (-X, "has the wrong sign everywhere"),
        (
            1.009 * X,
            "is wrong in 6 of 6 entries; at [0, 0] it is 1.009, not 1",
        ),
        (X + [[0], [1]], "is right in the first row only"),
        (
            X + [0, 0, 1],
            "is wrong in 2 of 6 entries; at [0, 2] it is 4, not 3",
        ),
        (0 * X, "is wrong in 6 of 6 entries; at [0, 0] it is 0, not 1"),
    ],
)
def test_difference_is_named(answer, reason):
    assert comparing.difference(answer, X) == reason


@pytest.mark.parametrize(
    "answer, expected, reason",
    [
        (2.5, 1.25, "is 2.5, not 1.25"),
        (np.nan, 1.0, "is nan, not 1"),
        (True, False, "is True, not False"),
        (np.ones(1), 1.0, "has shape (1,), not ()"),
        ([1.0], 1.0, "is a list, not a NumPy number"),
        (X[:2, :2].T, X[:2, :2], "is transposed"),
        ((X, 1.0), (X, 2.0), "number 2 of 2 is 1, not 2"),
        (X, (X, X), "is not a tuple of 2 values"),
        ((X, X), (X,), "has 2 values, not 1"),
        (
            np.array([0.0]),
            np.array([np.inf]),
            "is wrong in 1 of 1 entries; at [0] it is 0, not inf",
        ),
        (
            np.array([1.0, 2.0]),
            np.array([1, 2]),
            "has dtype float64, not int64",
        ),
        (
            np.eye(3)[:, :2],
            np.array([[1.0, 0], [0, 2], [0, 0]]),
            "is wrong in 1 of 6 entries; at [1, 1] it is 1, not 2",
        ),
        (1234567, 1234568, "is 1234567, not 1234568"),
        (12345678.0, 12345900.0, "is 1.23457e+07, not 1.23459e+07"),
        (7 / 3, 2, "is 2.33333, not 2"),
        (1234561.0, 1234564, "is 1234561.0, not 1234564"),
        (
            np.array([True, True]),
            np.array([True, False]),
            "is wrong in 1 of 2 entries; at [1] it is True, not False",
        ),
    ],
)
def test_difference_of_other_kinds(answer, expected, reason):
    assert comparing.difference(answer, expected) == reason


@pytest.mark.parametrize(
    "answer, expected",
    [
        (X * (1 + 1e-7), X),
        (np.array([1.0, 2.0]), [1, 2]),
        (np.array([1, 2]), [1.0, 2.0]),
        (2, 2.0),
        (np.array([1, 2], np.uint8), np.array([1, 2])),
        ([X, 1.0], (X, 1.0)),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (2**60, 2**60),
    ],
)
def test_no_difference(answer, expected):
    assert comparing.difference(answer, expected) == ""


def test_no_answer_is_told_wherever_it_is():
    for answer, expected in [(None, X), ((X, None), (X, X))]:
        with pytest.raises(comparing.NoAnswer, match="is a return missing"):
            comparing.difference(answer, expected)


SINGLE = np.float32


@pytest.mark.parametrize(
    "answer, expected, right",
    [
        # Each entry is judged by its own size
        ([1e6, 0.1], [1e6, 1.0], False),
        (SINGLE([1e6, 0.1]), [1e6, 1.0], False),
        ([1e6, 0.1], [1e6, 0.0], False),
        ([1.0, 2e-30], [1.0, 1e-30], True),  # 1 - 1 is not exactly 0
        ([2e-30], [1e-30], False),
        ([1e-30, 3e-30], [1e-30, 2e-30], False),
        ([0.0], [1e-30], False),
        (1.00002, 1.0, False),
        (1.000002, 1.0, True),
        # Rounding
        ([0.5, 1e-17], [0.5, 0.0], True),
        ([1e-17], [0.0], True),
        ([1e-5], [0.0], False),
        (SINGLE([1e-7]), [0.0], True),
        (SINGLE([1e-4]), [0.0], False),
        ([0.0, 3.0], [4e-12, 3.0], True),  # of finite differences
        ([0.0195774, 0.8], [0.019577, 0.8], True),  # six digits
        ([0.0199, 0.8], [0.0196, 0.8], False),
        (SINGLE([1.00005]), [1.0], True),
        (SINGLE([1.0005]), [1.0], False),
        (np.float16([1.005]), [1.0], True),
        # Whole numbers
        (1000001, 1000000, False),
        (1000001.0, 1000000, False),
        (2**60 + 1, 2**60, False),
        # What is no number
        ([np.nan], [1.0], False),
        ([1.0], [np.nan], False),
        ([np.inf], [-np.inf], False),
        ([np.inf, 1.5], [np.inf, 1.0], False),
        ("a", "a", False),
        ([[1], [2, 3]], [1, 2], False),
        (1.0, ValueError, False),
    ],
)
def test_what_is_the_same(answer, expected, right):
    answer = np.array(answer) if isinstance(answer, list) and right else answer
    assert comparing.same(answer, expected) == right


def test_a_product_in_float32_is_as_good_as_one_in_float64():
    rng = np.random.default_rng(0)
    A, B = rng.normal(size=(50, 784)), rng.normal(size=(784, 300))
    rounded = A.astype(np.float32) @ B.astype(np.float32)
    assert comparing.same(rounded, A @ B)
    assert not comparing.same(A @ B + 1e-2, A @ B)


# Arguments


@dataclasses.dataclass
class Settings:
    lr: float
    sizes: list


class Model:
    def __init__(self):
        self.W = np.ones(2)


def set_entry(value):
    value[0] = 5.0


def scale(value):
    value *= 2


@pytest.mark.parametrize(
    "argument, function, where",
    [
        (np.ones(3), scale, "value"),
        (np.array([np.nan, 1.0]), set_entry, "value"),
        (np.array(["a", "b"]), set_entry, "value"),
        ([1, 2], lambda value: value.pop(), "value"),
        ([3, 1], lambda value: value.sort(), "value[0]"),
        ([np.ones(2)], lambda value: scale(value[0]), "value[0]"),
        ({"W": [X]}, lambda value: scale(value["W"][0]), "value['W'][0]"),
        ({"W": 1}, lambda value: value.update(b=2), "value"),
        ({"W": 1}, lambda value: value.clear(), "value"),
        ((1, {2}), lambda value: value[1].add(3), "value[1]"),
        (
            Settings(0.1, [3]),
            lambda value: value.sizes.append(4),
            "value.sizes",
        ),
        (
            SimpleNamespace(lr=0.1),
            lambda value: setattr(value, "lr", 1),
            "value.lr",
        ),
        ([np.ones(2)], lambda value: set_entry(value), "value[0]"),
        (
            np.array([[1], [2, 3]], object),  # rows of different lengths
            lambda value: value[1].append(4),
            "value",
        ),
    ],
)
def test_changed_argument_is_named_and_the_original_is_not_changed(
    argument, function, where
):
    (given,) = comparing.copied((argument,))
    assert comparing.change(argument, given) is None
    before = repr(argument)
    function(given)
    assert repr(argument) == before

    def student_function(value):
        pass

    told, hint = comparing.changed_argument(
        student_function, (argument,), (given,)
    )
    assert told == f"the function changes its argument {where}."
    assert hint


def identity(*images):
    pass


def second_by_keyword(X, *, y):
    pass


class Layer:
    def forward(self, batch):
        pass

    def __call__(self, *args):
        pass


@pytest.mark.parametrize(
    "function, name",
    [
        (identity, "images[1]"),
        (second_by_keyword, "number 2"),
        (min, "number 2"),
        (lambda a, b: None, "b"),
        (functools.partial(lambda a, b, c: None, 0), "c"),
    ],
)
def test_argument_has_the_student_s_name(function, name):
    told, _ = comparing.changed_argument(function, (1.0, X), (1.0, X + 1))
    assert told == f"the function changes its argument {name}."


def test_argument_of_a_layer_is_that_of_its_forward():
    told, hint = comparing.changed_argument(Layer(), (X,), (X + 1,))
    assert told == "the function changes its argument batch."
    assert "batch.copy()" in hint


def test_what_has_an_identity_is_passed_as_it_is():
    rng, model = np.random.default_rng(0), Model()
    things = [rng, model, model.__init__, print, iter([]), Model]
    given = comparing.copied(things)
    assert given is not things
    assert all(one is other for one, other in zip(given, things))
    rng.random()
    assert comparing.change(things, given) is None
    given[1] = Model()
    assert comparing.change(things, given) == "[1].W" or "[1]"


def test_what_stands_twice_is_one_thing_in_the_copy_too():
    first, second, inner = comparing.copied((X, X, [X]))
    assert first is second is inner[0] and first is not X


def test_values_that_hold_themselves_come_to_an_end():
    loop = [1]
    loop.append(loop)
    given = comparing.copied(loop)
    assert given[1] is given and comparing.change(loop, given) is None
    given[0] = 2
    assert comparing.change(loop, given) == "[0]"


def test_what_can_t_be_copied_or_compared_is_passed_over():
    class Odd:
        def __eq__(self, other):
            raise ValueError

        def __deepcopy__(self, memo):
            raise TypeError

    odd = Odd()
    assert comparing.copied([odd])[0] is odd
    assert comparing.change(SimpleNamespace(a=1), 3) == ""


def test_tensors_and_variables_of_the_frameworks():
    torch = pytest.importorskip("torch")
    jnp = pytest.importorskip("jax.numpy")
    tensor, weight = torch.ones(2), torch.ones(2, requires_grad=True)
    before = [tensor, weight, jnp.ones(2)]
    given = comparing.copied(before)
    assert given[1] is weight
    assert comparing.change(before, given) is None
    given[0] += 1
    assert comparing.change(before, given) == "[0]"
    assert tensor.tolist() == [1, 1]
    given = comparing.copied(before)
    given[2] = given[2] + 1
    assert comparing.change(before, given) == "[2]"


# Gradients


def test_numeric_gradient_of_a_cubic():
    gradient = comparing.numeric_gradient(lambda x: (x**3).sum(), X, step=0.1)
    np.testing.assert_allclose(gradient, 3 * X**2 + 0.01)


def test_numeric_gradient_of_integers_leaves_them():
    x = np.array([1, 2])
    gradient = comparing.numeric_gradient(lambda x: x[0] * x[1], x)
    np.testing.assert_allclose(gradient, [2, 1])
    assert x.tolist() == [1, 2]


def test_numeric_gradient_wants_one_number():
    with pytest.raises(ValueError, match=r"not shape \(2, 3\): sum or"):
        comparing.numeric_gradient(lambda x: x, X)


def test_gradient_error():
    def f(x):
        return np.sin(x).sum()

    assert comparing.gradient_error(f, X, np.cos(X)) < 1e-8
    assert comparing.gradient_error(f, X, 1.01 * np.cos(X)) > 5e-3
    with pytest.raises(ValueError, match=r"shape \(3, 2\), x has shape"):
        comparing.gradient_error(f, X, np.cos(X).T)
