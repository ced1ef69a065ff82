"""Pencil: the gradients of NumPy programs, by backpropagation.

    x = Tensor([1.0, 2.0])
    loss = (x * x).sum()
    loss.backward()
    x.grad  # array([2., 4.])

Notebook 05 (05_backpropagation.ipynb) explains each line. This file is made
of its cells by `make format`: change them there.
"""

from functools import wraps

import numpy as np


class Methods:
    """What a Tensor can do: it learns one method after the other, below."""


def answer_to(operator, function):
    """Let function compute a Python operator, from either side."""
    setattr(Methods, f"__{operator}__", function)
    setattr(Methods, f"__r{operator}__", lambda a, b: function(b, a))


class Tensor(Methods):
    """An array that remembers how it was computed."""

    __array_ufunc__ = None  # in array + Tensor, NumPy lets Tensor answer

    def __init__(self, data, name="", edges=()):
        data = np.asarray(data) if edges else np.array(data)  # a copy
        if data.dtype.kind not in "fiub":
            raise TypeError(f"a Tensor holds real numbers, not {data!r:.50}")
        self.data = data if data.dtype.kind == "f" else data.astype(float)
        self.name, self.edges = name, edges  # pairs (input, rule)
        self.grad = 0  # after backward: as data, in shape and dtype

    @property
    def shape(self):
        return self.data.shape

    def __repr__(self):
        style = {"separator": ", ", "prefix": "Tensor(", "threshold": 20}
        return f"Tensor({np.array2string(self.data, **style)}, {self.name!r})"


def plain(x):
    """The array of a Tensor; a list as an array; all else as it is."""
    if isinstance(x, Tensor):
        return x.data
    return np.asarray(x) if isinstance(x, list) else x


def operation(compute):
    """Let compute(*arrays) -> (value, a rule for each) take Tensors."""

    @wraps(compute)
    def apply(*inputs, **settings):
        value, *rules = compute(*map(plain, inputs), **settings)
        pairs = zip(inputs, rules)
        edges = [(x, rule) for x, rule in pairs if isinstance(x, Tensor)]
        return Tensor(value, compute.__name__, edges) if edges else value

    return apply


@operation
def add(a, b):
    return a + b, lambda g: g, lambda g: g  # copies


@operation
def subtract(a, b):
    return a - b, lambda g: g, lambda g: -g


@operation
def multiply(a, b):
    return a * b, lambda g: g * b, lambda g: g * a  # switches


@operation
def maximum(a, b):
    return np.maximum(a, b), lambda g: g * (a > b), lambda g: g * (a <= b)


answer_to("add", add)
answer_to("sub", subtract)
answer_to("mul", multiply)


def fit(gradient, shape):
    """Bring a gradient to an input's shape: sum copies, repeat sums."""
    if gradient.shape == shape:
        return gradient
    extra = gradient.ndim - len(shape)
    ones = [i for i, size in enumerate(shape, extra) if size == 1]
    kept = gradient.sum(axis=(*range(extra), *ones), keepdims=True)
    g = kept.reshape(kept.shape[extra:])
    return g if g.shape == shape else np.broadcast_to(g, shape)


def ordered(root):
    """List the Tensors that root was computed from, inputs first."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, inputs_listed = stack.pop()
        if inputs_listed:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((x, False) for x, _ in node.edges)
    return order


def backward(self):
    """Add d(self)/dx to x.grad, for each Tensor x behind self."""
    if self.data.size != 1:
        raise ValueError("backward needs one number: use a sum or a mean")
    grads = {self: np.ones_like(self.data)}
    for node in reversed(ordered(self)):
        g = grads.pop(node)
        node.grad = node.grad + g
        for x, rule in node.edges:
            sent = fit(rule(g), x.shape).astype(x.data.dtype, copy=False)
            grads[x] = grads[x] + sent if x in grads else sent


Methods.backward = backward


@operation
def exp(a):
    value = np.exp(a)
    return value, lambda g: g * value


@operation
def log(a):
    return np.log(a), lambda g: g / a


@operation
def tanh(a):
    value = np.tanh(a)
    return value, lambda g: g * (1 - value**2)


def relu(a):
    return maximum(a, 0)


def sigmoid(a):
    return 0.5 + 0.5 * tanh(0.5 * a)


def drop(kept, axis, keepdims):
    """Drop the axes, now of size 1, that a reduction has kept."""
    return kept if keepdims else kept.squeeze(axis)


@operation
def total(a, axis=None, keepdims=False):
    kept = a.sum(axis=axis, keepdims=True)
    return drop(kept, axis, keepdims), lambda g: g.reshape(kept.shape)


@operation
def mean(a, axis=None, keepdims=False):
    kept = a.mean(axis=axis, keepdims=True)
    share, value = kept.size / max(a.size, 1), drop(kept, axis, keepdims)
    return value, lambda g: g.reshape(kept.shape) * share


Methods.sum, Methods.mean = total, mean


@operation
def largest(a, axis=None, keepdims=False):
    kept = a.max(axis=axis, keepdims=True)
    wins = a == kept
    share = wins / wins.sum(axis=axis, keepdims=True, dtype=a.dtype)
    value = drop(kept, axis, keepdims)
    return value, lambda g: g.reshape(kept.shape) * share


@operation
def pick(a, index):
    def put_back(g):
        gradient = np.zeros_like(a)
        np.add.at(gradient, index, g)
        return gradient

    return np.array(a[index]), put_back


Methods.max, Methods.__getitem__ = largest, pick


@operation
def matmul(a, b):
    if not np.ndim(a) or np.shape(a)[-1:] != np.shape(b)[-2:][:1]:
        raise ValueError(f"{np.shape(a)} @ {np.shape(b)}: inner sizes differ")
    A = a if a.ndim > 1 else a[None, :]  # a vector is a row on the left,
    B = b if b.ndim > 1 else b[:, None]  # a column on the right
    axes = (-2,) * (a.ndim == 1) + (-1,) * (b.ndim == 1)  # not in a @ b
    product = A @ B

    def to_a(g):
        return g.reshape(product.shape) @ B.swapaxes(-1, -2)

    def to_b(g):
        G = A.swapaxes(-1, -2) @ g.reshape(product.shape)
        return G if b.ndim > 1 else G[..., 0]

    return product.squeeze(axes), to_a, to_b


answer_to("matmul", matmul)


@operation
def cross_entropy(scores, labels):
    """Mean of -log softmax(scores)[label]; scores (n, k), labels (n,)."""
    rows, labels = np.arange(len(scores)), np.asarray(labels)
    fitting = scores.ndim == 2 and labels.shape == rows.shape
    if not fitting or labels.min(initial=0) < 0:
        raise ValueError("needs scores (n, k) and n labels from 0 to k - 1")
    shifted = scores - scores.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    sums = exps.sum(axis=1, keepdims=True)

    def rule(g):
        P_minus_Y = exps / sums
        P_minus_Y[rows, labels] -= 1
        return g / len(labels) * P_minus_Y

    return (np.log(sums[:, 0]) - shifted[rows, labels]).mean(), rule


@operation
def negative(a):
    return -a, lambda g: -g


@operation
def divide(a, b):
    value = a / b
    return value, lambda g: g / b, lambda g: -g * value / b


Methods.__neg__ = negative
answer_to("truediv", divide)


@operation
def power(a, b):
    value = a**b
    return (
        value,
        lambda g: g * b * a ** (b - (b != 0)),
        lambda g: g * value * np.log(a + (a == 0)),
    )


answer_to("pow", power)


def entries(self):
    return (self[i] for i in range(len(self.data)))


def refuse(self, other):
    raise TypeError("compare the arrays: x.data == 3")


Methods.__iter__, Methods.__eq__ = entries, refuse
