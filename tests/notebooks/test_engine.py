"""Random shapes, types and programs against JAX and finite differences."""

from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from notebooks import engine
from notebooks.engine import Tensor
from utils import checking

settings.register_profile(
    "course",
    deadline=None,
    derandomize=True,  # the same examples on every machine
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("course")

OURS = SimpleNamespace(
    **{name: getattr(engine, name) for name in ("exp", "log", "tanh", "relu")},
    **{name: getattr(engine, name) for name in ("sigmoid", "maximum")},
    sum=engine.total,
    mean=engine.mean,
    max=engine.largest,
)
THEIRS = SimpleNamespace(
    **{name: getattr(jnp, name) for name in ("exp", "log", "tanh")},
    **{name: getattr(jnp, name) for name in ("maximum", "sum", "mean", "max")},
    relu=jax.nn.relu,
    sigmoid=jax.nn.sigmoid,
)
# Kept tame, so that a long program neither overflows nor meets a kink.
BINARY = [
    lambda lib, a, b: a + b,
    lambda lib, a, b: a - b,
    lambda lib, a, b: a * b,
    lambda lib, a, b: a / (b * b + 1),
    lambda lib, a, b: (a * a + 0.5) ** lib.tanh(b),
    lambda lib, a, b: lib.maximum(a, b),
    lambda lib, a, b: 2 - b * a**2,
]
UNARY = [
    lambda lib, a: -a,
    lambda lib, a: lib.exp(lib.tanh(a)),
    lambda lib, a: lib.log(a * a + 1),
    lambda lib, a: lib.sigmoid(a),
    lambda lib, a: lib.relu(a),
    lambda lib, a: 1 / (2 + lib.tanh(a)),
    lambda lib, a: lib.sum(a, axis=last(a), keepdims=True),
    lambda lib, a: lib.mean(a, axis=last(a), keepdims=True),
    lambda lib, a: lib.max(a, axis=last(a), keepdims=True),
    lambda lib, a: a[..., None][..., 0],
    lambda lib, a: a[None][0],
]
SHAPES = [(), (3,), (1,), (2, 1), (1, 3), (2, 3)]
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(autouse=True, scope="module")
def double_precision():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def last(a):
    return -1 if len(a.shape) else None


def normal(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


def gradients(function, arrays, seed=0):
    """Value and gradients of function, by us and by JAX, in float64."""
    leaves = [Tensor(array) for array in arrays]
    result = function(OURS, *leaves)
    weights = normal(seed, *result.shape)
    (result * weights).sum().backward()

    def loss(arrays):
        value = function(THEIRS, *arrays)
        return (value * weights).sum(), value

    # as one program: JAX compiles each operation by itself otherwise
    gradient = jax.jit(jax.grad(loss, has_aux=True))
    theirs, value = gradient([jnp.asarray(array) for array in arrays])
    ours = [np.broadcast_to(leaf.grad, leaf.shape) for leaf in leaves]
    return [result.data, *ours], [*map(np.asarray, (value, *theirs))]


def assert_same(function, *arrays, seed=0):
    for ours, theirs in zip(*gradients(function, arrays, seed), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-11)


# Programs


@st.composite
def programs(draw):
    """A program: (shapes of its leaves, its steps)."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4))
    steps, known = [], len(shapes)
    for _ in range(draw(st.integers(1, 12))):
        place = st.integers(0, known - 1)
        if draw(st.booleans()):
            operation = draw(st.sampled_from(BINARY))
            steps.append((operation, draw(place), draw(place)))
        else:
            steps.append((draw(st.sampled_from(UNARY)), draw(place)))
        known += 1
    return shapes, steps


def run(steps):
    """The program as a function; all results count, used or not."""

    def function(lib, *leaves):
        values = list(leaves)
        for operation, *places in steps:
            values.append(operation(lib, *[values[i] for i in places]))
        total = values[-1]
        for value in values:
            total = total + 0.1 * lib.tanh(value)
        return total

    return function


@given(programs(), seeds)
def test_programs(program, seed):
    shapes, steps = program
    arrays = [normal([seed, i], *s) for i, s in enumerate(shapes)]
    assert_same(run(steps), *arrays, seed=seed)


@given(programs(), seeds)
def test_programs_by_finite_differences(program, seed):
    shapes, steps = program
    arrays = [normal([seed, i], *s) for i, s in enumerate(shapes)]
    leaves = [Tensor(array) for array in arrays]
    run(steps)(OURS, *leaves).sum().backward()

    def loss(moved):  # plain arrays: no graph
        return run(steps)(OURS, moved, *arrays[1:]).sum()

    differences = [
        checking.numeric_gradient(loss, arrays[0], h) for h in (1e-5, 1e-6)
    ]
    smooth = np.isclose(*differences, rtol=1e-4, atol=1e-6)  # no kink here
    np.testing.assert_allclose(
        np.where(smooth, leaves[0].grad, 0),
        np.where(smooth, differences[0], 0),
        rtol=1e-4,
        atol=1e-5,
    )


@given(programs(), st.sampled_from(["f2", "f4", "f8"]), seeds)
def test_gradients_have_the_type_and_shape_of_their_leaf(program, kind, seed):
    shapes, steps = program
    arrays = [normal([seed, i], *s) for i, s in enumerate(shapes)]
    arrays[0] = arrays[0].astype(kind)
    leaves = [Tensor(array) for array in arrays]
    run(steps)(OURS, *leaves).sum().backward()
    for leaf, array in zip(leaves, arrays):
        assert leaf.data.dtype == array.dtype
        assert np.asarray(leaf.grad).dtype == array.dtype
        assert np.shape(leaf.grad) == array.shape


@given(programs(), seeds)
def test_arrays_alone_give_arrays(program, seed):
    shapes, steps = program
    arrays = [normal([seed, i], *s) for i, s in enumerate(shapes)]
    plain = run(steps)(OURS, *arrays)
    assert not isinstance(plain, Tensor)
    remembered = run(steps)(OURS, *map(Tensor, arrays))
    np.testing.assert_array_equal(plain, remembered.data)


# Single operations


@given(
    st.sampled_from(BINARY),
    hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3),
    seeds,
)
def test_broadcasting(operation, shapes, seed):
    a, b = (normal([seed, i], *s) for i, s in enumerate(shapes.input_shapes))
    assert_same(operation, a, b, seed=seed)


@given(
    hnp.mutually_broadcastable_shapes(
        signature=np.matmul.signature, max_dims=1, max_side=3
    ),
    seeds,
)
def test_matrix_products(shapes, seed):
    a, b = (normal([seed, i], *s) for i, s in enumerate(shapes.input_shapes))
    assert_same(lambda lib, a, b: a @ b, a, b, seed=seed)
    ours = Tensor(b)
    ((a @ ours) * normal(seed, *(a @ b).shape)).sum().backward()
    assert ours.grad.shape == b.shape
    if a.ndim and b.ndim:
        right = (Tensor(a) @ b.tolist()).data
        np.testing.assert_allclose(right, a @ b, atol=1e-12)


@given(st.data(), hnp.array_shapes(max_dims=3, max_side=4), seeds)
def test_reductions(data, shape, seed):
    axis = data.draw(
        st.none()
        | st.integers(-len(shape), len(shape) - 1)
        | hnp.valid_tuple_axes(len(shape), min_size=1)
    )
    keepdims = data.draw(st.booleans())
    a = normal(seed, *shape).round(data.draw(st.sampled_from([0, 8])))  # ties
    assert_same(
        lambda lib, a: (
            lib.sum(a, axis=axis, keepdims=keepdims)
            + 2 * lib.mean(a, axis=axis, keepdims=keepdims)
            + 3 * lib.max(a, axis=axis, keepdims=keepdims)
        ),
        a,
        seed=seed,
    )
    for name in ("sum", "mean", "max"):
        numpy_s = getattr(a, name)(axis=axis, keepdims=keepdims)
        function, method = getattr(OURS, name), getattr(Tensor(a), name)
        np.testing.assert_allclose(function(a, axis, keepdims), numpy_s)
        np.testing.assert_allclose(method(axis, keepdims).data, numpy_s)


@given(st.data(), hnp.array_shapes(max_dims=3, max_side=4), seeds)
def test_indexing(data, shape, seed):
    a = normal(seed, *shape)
    basic = hnp.basic_indices(shape, allow_newaxis=True)
    fancy = hnp.integer_array_indices(shape)
    index = data.draw(basic | fancy)
    assert_same(lambda lib, a: a[index], a, seed=seed)


@settings(max_examples=8)  # of 20 shapes
@given(st.integers(1, 5), st.integers(1, 4), seeds)
def test_cross_entropy(n, k, seed):
    scores = 1000 + 30 * normal(seed, n, k)  # exp of them overflows
    labels = np.random.default_rng(seed).integers(0, k, size=n)

    def function(lib, scores):
        if lib is OURS:
            return engine.cross_entropy(scores, labels)
        rows = jnp.arange(n)
        return -jax.nn.log_softmax(scores)[rows, labels].mean()

    assert_same(function, scores, seed=seed)


@pytest.mark.parametrize("base", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("exponent", [0, 1, 2, 0.5])
def test_powers_at_zero(base, exponent):
    with np.errstate(divide="ignore"):  # the slope of a root at 0
        assert_same(lambda lib, a: a**exponent, np.array(base))
        assert_same(lambda lib, b: base**b, np.array(float(exponent)))


def test_zero_to_the_power_of_zero():  # JAX gives nan for a float exponent
    a, b = Tensor(0), Tensor(0)
    (a**b).backward()
    assert (a.grad, b.grad) == (0, 0)


def test_ties_of_two_arguments_lose_nothing():
    a, b = Tensor([1, 2, 3]), Tensor([1, 5, 0])
    engine.maximum(a, b).sum().backward()
    assert (a.grad + b.grad).tolist() == [1, 1, 1]


def test_the_mean_of_nothing_is_numpy_s():
    a = Tensor(np.empty((2, 0)))
    with pytest.warns(RuntimeWarning):
        assert np.isnan(a.mean(axis=1).data).all()
    assert a.sum(axis=1).data.tolist() == [0, 0]


# Graphs


@given(st.integers(1, 60))
def test_a_node_is_visited_once(n):
    start = result = Tensor(1)
    for _ in range(n):
        result = result + result
    result.backward()
    assert start.grad == 2.0**n and len(engine.ordered(result)) == n + 1


def test_a_deep_graph():
    start = result = Tensor(1)
    for _ in range(20_000):
        result = -result
    result.backward()
    assert start.grad == 1


def test_gradients_add_up():
    x = Tensor([1, 2])
    loss = (x * x).sum()
    loss.backward()
    loss.backward()
    assert x.grad.tolist() == [4, 8]


# Manners


@given(hnp.arrays(st.sampled_from([np.float32, np.float64]), (2, 3)))
def test_a_leaf_has_a_copy_of_its_own(array):
    before = array.copy()
    leaf = Tensor(array)
    leaf.data[:] = -1
    np.testing.assert_array_equal(array, before)
    part = leaf[0]
    part.data[:] = 5
    assert (leaf.data == -1).all()


@pytest.mark.parametrize("value", [3, True, [1, 2], np.uint8([7]), [[1.5]]])
def test_whatever_is_a_number_becomes_a_float(value):
    assert Tensor(value).data.dtype == np.float64
    assert Tensor(value).data.tolist() == np.array(value).tolist()


def test_how_a_tensor_looks():
    assert repr(Tensor([1, 2], "x")) == "Tensor([1., 2.], 'x')"
    assert repr(Tensor(2) * 3) == "Tensor(6., 'multiply')"
    assert len(repr(Tensor(np.zeros((1000, 1000))))) < 300


def test_rows_are_iterated():
    assert [row.data.tolist() for row in Tensor([[1, 2], [3, 4]])] == [
        [1, 2],
        [3, 4],
    ]


x, four = Tensor([[1, 2, 3], [4, 5, 6]]), Tensor([1, 2, 3, 4])
WRONG = {
    "a word": (lambda: Tensor("a"), TypeError, "real numbers"),
    "a Tensor": (lambda: Tensor(Tensor(3)), TypeError, "real numbers"),
    "Tensors": (lambda: Tensor([x, x]), TypeError, "real numbers"),
    "complex": (lambda: Tensor(1j), TypeError, "real numbers"),
    "ragged": (lambda: Tensor([[1], [1, 2]]), ValueError, "inhomogeneous"),
    "sum": (lambda: x + four, ValueError, r"shapes \(2,3\) \(4,\)"),
    "product": (lambda: x @ four, ValueError, r"\(2, 3\) @ \(4,\)"),
    "from the left": (lambda: np.ones(3) @ x, ValueError, r"\(3,\) @ \(2"),
    "a number": (lambda: x @ 2, ValueError, r"\(2, 3\) @ \(\)"),
    "numbers": (lambda: Tensor(1) @ 2, ValueError, r"\(\) @ \(\)"),
    "axis": (lambda: x.sum(axis=2), ValueError, "axis 2 is out of bounds"),
    "index": (lambda: x[5], IndexError, "out of bounds"),
    "equality": (lambda: x == 3, TypeError, "compare the arrays"),
    "inequality": (lambda: x != x, TypeError, "compare the arrays"),
    "order": (lambda: x > 3, TypeError, "not supported"),
    "a number's rows": (lambda: list(Tensor(3)), TypeError, "unsized"),
    "backward": (lambda: x.backward(), ValueError, "needs one number"),
    "columns": (
        lambda: engine.cross_entropy(x, [[0], [1]]),
        ValueError,
        "n labels",
    ),
    "one label": (lambda: engine.cross_entropy(x, [0]), ValueError, "labels"),
    "below 0": (
        lambda: engine.cross_entropy(x, [0, -1]),
        ValueError,
        "from 0",
    ),
    "label k": (lambda: engine.cross_entropy(x, [0, 3]), IndexError, "bounds"),
    "a vector": (lambda: engine.cross_entropy(four, [0]), ValueError, "needs"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_at_once(name):
    function, error, words = WRONG[name]
    with pytest.raises(error, match=words):
        function()
