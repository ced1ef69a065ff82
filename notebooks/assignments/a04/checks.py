"""What the answers of assignment a04 are held to: examples and properties.

Each function takes a student's function or class; it is called in the block
of a check, and stops at the first thing that is wrong. The networks' random
parameters are replaced by known numbers, so that scores can be compared with
those that NumPy computes from the same numbers, and, if they differ, with
those of networks that have one or two slips.
"""

import contextlib
import functools
import itertools
import warnings
from pathlib import Path

import numpy as np
from scipy import special

from utils import checking, comparing, data

once_right = checking.once_right


ANY_NETWORK = (
    "is something of the example built in? There may be no hidden layer, or "
    "several of one size; one image is possible, too, and pixels are no whole "
    "numbers."
)
ANY_WEIGHTS = (
    "is something of the example built in? There may be any number of layers, "
    "also square ones, and the weights may be float64."
)


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")
    built_in = {
        1: "is a number of layers built in? There may be any, two sizes may "
        "be equal, and the count may be billions.",
        **dict.fromkeys((2, 3, 4, 6, 10), ANY_NETWORK),
        5: "is something of the example built in? The layers may be as many "
        "as you like, of any sizes; each draws with its own d.",
        7: "is something of the example built in? There may be any number of "
        "layers; each array has its own gradient, and all have one lr.",
        **dict.fromkeys((8, 9), ANY_WEIGHTS),
        11: "is something of the example built in? There may be any number "
        "of images, classes and steps, and the loss may grow.",
        13: "is something of the example built in? The tree may be any, with "
        "matrices in it, the loss any function, and a label a fraction or a "
        "whole number.",
    }


def explained(found, table, most=2):
    """Return the hints of the one or two slips that give what was found.

    Parameters: found(**changes), whether a computation with these changes
    gives the same; table, {name: {hint: way}}: the names of what slips
    change, and what takes its place (or a list of such); most, 1 or 2 slips
    at a time.
    Returns: '' if they don't explain it.
    """
    slips = [
        (hint, name, way)
        for name, ways in table.items()
        for hint, some in ways.items()
        for way in (some if isinstance(some, list) else [some])
    ]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(1, most + 1):
            for some in itertools.combinations(slips, number):
                hints, names, ways = zip(*some)
                changes = dict(zip(names, ways))
                if len(changes) == number and found(**changes):
                    return " And ".join(hints)
    return ""


# A network in NumPy, right or with slips


def relu(z):
    return z.clip(0)


def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)


def softmax(z, axis=1):
    powers = np.exp(z - z.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def log_softmax(z):
    return np.log(softmax(z))


def softplus(z):
    return np.logaddexp(0, z)


def elu(z, alpha=1):
    return np.where(z > 0, z, alpha * np.expm1(z))


def gelu_by_tanh(z):
    return z / 2 * (1 + np.tanh(0.7978846 * (z + 0.044715 * z**3)))


def scores_by_hand(weights, X, hidden=relu):
    """Return the scores (n, k) of a network [W1, b1, W2, b2, ...], each W of
    shape (d, k); hidden: the function after each hidden layer."""
    *layers, last = zip(weights[::2], weights[1::2])
    for W, b in layers:
        X = hidden(X @ W + b)
    return X @ last[0] + last[1]


def scores_with_slips(
    weights,
    X,
    bend=relu,
    bare=lambda i, widths: False,
    bias=lambda i, n: 1,
    around=lambda z, b, bend: bend(z + b),
    start=lambda X: X,
    end=lambda scores: scores,
):
    """Return the scores of a network that may be wrong.

    Parameters: weights, [W1, b1, W2, b2, ...]; X; bend, after each hidden
    layer; bare, which of them have none; bias, which biases count (1) or not
    (0); around, how product, bias and bend come together; start, end, what
    happens to images and scores.
    """
    X, n = start(X), len(weights) // 2
    widths = [len(b) for b in weights[1::2]]
    for i, (W, b) in enumerate(zip(weights[::2], weights[1::2])):
        z, b = X @ W, b * bias(i, n)
        if i == n - 1:
            return end(z + b)
        X = z + b if bare(i, widths) else around(z, b, bend)


NOT_RELU = {
    "a sigmoid": special.expit,
    "a tanh": np.tanh,
    "a softmax": softmax,
    "a log_softmax": log_softmax,
    "a GELU": lambda z: z / 2 * (1 + special.erf(z / 2**0.5)),
    "a GELU (by tanh)": gelu_by_tanh,
    "an ELU": elu,
    "a SELU": lambda z: 1.0507010 * elu(z, 1.6732632),
    "a softplus": softplus,
    "a SiLU (swish)": lambda z: z * special.expit(z),
    "a ReLU6": lambda z: z.clip(0, 6),
    "a square": np.square,
    "a step, 0 or 1,": lambda z: (z > 0) + 0.0,
    "a hard tanh": lambda z: z.clip(-1, 1),
}
SCALES = [  # of images: a middle is subtracted, then a size divides
    (np.mean, np.std),
    (np.mean, functools.partial(np.std, ddof=1)),
    (np.mean, lambda X, **how: 1),
    (np.min, np.ptp),
    (lambda X, **how: 0, np.max),
    (lambda X, **how: 0, np.linalg.norm),
]
NUMBERS = [(0.5, 0.5), (0.5, 1), (0.286, 0.353), (0, -1)]  # such two, fixed
NETWORK_SLIPS = {
    "bend": {
        "there is no bend between the layers, so together they are one "
        "linear layer: is the ReLU missing, never reached (a slice too "
        "short, an if), or is its result thrown away?": lambda z: z,
        **{
            f"{name} stands where the ReLU should be.": way
            for name, way in NOT_RELU.items()
        },
        "the absolute value folds what is negative; a ReLU makes it "
        "0.": np.abs,
        "the ReLU is upside down: it keeps what is above 0.": [
            lambda z: z.clip(max=0),
            lambda z: relu(-z),
        ],
        "the ReLU cuts off at 0, not at 1.": lambda z: z.clip(1),
        "the ReLU keeps all that is above 0 as it is, also above "
        "1.": lambda z: z.clip(0, 1),
        "a leaky ReLU stands where the ReLU should be: below 0 it gives 0.": [
            functools.partial(leaky_relu, slope=slope)
            for slope in (0.01, 0.1, 0.2, 0.25, 0.3)
        ],
    },
    "bare": {
        "the first hidden layer has no ReLU: all of them need one, also "
        "one that is as wide as the scores.": lambda i, widths: i == 0,
        "only the first hidden layer has its ReLU: all of them need "
        "one.": lambda i, widths: i > 0,
        "the last hidden layer has no ReLU: all of them need "
        "one.": lambda i, widths: i == len(widths) - 2,
        "only the last hidden layer has its ReLU: all of them need "
        "one.": lambda i, widths: i < len(widths) - 2,
        "every second hidden layer has no ReLU: all of them need "
        "one.": lambda i, widths: i % 2 == 1,
        "hidden layers that are as wide as the scores have no ReLU: all "
        "of them need one.": lambda i, widths: widths[i] == widths[-1],
    },
    "bias": {
        "the biases are missing: each layer adds its b.": lambda i, n: 0,
        "the last layer's bias is missing.": lambda i, n: i < n - 1,
        "the hidden layers' biases are missing.": lambda i, n: i == n - 1,
        "the first layer's bias is missing.": lambda i, n: i > 0,
        "the biases are subtracted where they should be added.": lambda i, n: (
            -1
        ),
        "the biases are added twice.": lambda i, n: 2,
    },
    "around": {
        "the ReLU stands before the bias: relu(X @ W + b), with the bias "
        "inside.": lambda z, b, bend: bend(z) + b,
        "the ReLU is applied before the bias, and again after it: once "
        "is enough, relu(X @ W + b).": lambda z, b, bend: bend(bend(z) + b),
    },
    "start": {
        "the images go into the first layer as they are: no ReLU there.": relu,
        "the images are divided by 255 inside the network: take them as "
        "they are.": lambda X: X / 255,
        "the images lose their fractions: no integers here.": np.trunc,
        "the images are rounded: take them as they are.": [
            np.round,
            np.floor,
        ],
        "the images lose their sign: take them as they are.": np.abs,
        "the images are shifted or scaled inside the network (are they "
        "standardized?): take them as they are.": [
            lambda X, axis=axis, middle=middle, size=size: (
                (X - middle(X, axis=axis, keepdims=True))
                / size(X, axis=axis, keepdims=True)
            )
            for axis in (0, 1, None)
            for middle, size in SCALES
        ]
        + [
            lambda X, middle=middle, size=size: (X - middle) / size
            for middle, size in NUMBERS
        ],
        "the images are cut off inside the network: take them as they are.": [
            lambda X: X.clip(0, 1),
            lambda X: X.clip(-1, 1),
        ],
    },
    "end": {
        "no activation after the last layer: a score may be negative.": relu,
        **{
            f"no activation after the last layer, not {name} either.": way
            for name, way in [
                ("this sigmoid", special.expit),
                ("this tanh", np.tanh),
                ("this softplus", softplus),
                ("a leaky ReLU", leaky_relu),
            ]
        },
        "these are logarithms of probabilities; return the scores "
        "themselves.": [log_softmax, lambda z: log_softmax(relu(z))],
        "no softmax, in no direction: the loss applies it. Return the "
        "scores.": [
            lambda z: softmax(z, 0),
            lambda z: np.exp(z) / np.exp(z).sum(),
        ],
        "these are powers of e: a part of the softmax, which the loss "
        "applies.": np.exp,
        "the scores are rounded: return them as they are.": [
            functools.partial(np.round, decimals=n) for n in range(5)
        ],
        "the scores have the wrong sign.": np.negative,
        "the largest score of each image is subtracted: return the "
        "scores as they are.": lambda z: z - z.max(1, keepdims=True),
        "each row is shifted or scaled: return the scores as they are.": [
            lambda z: z - z.mean(1, keepdims=True),
            lambda z: z / np.linalg.norm(z, axis=1, keepdims=True),
            lambda z: z / z.sum(1, keepdims=True),
        ],
    },
}


def about_scores(scores, networks, X):
    """Say which slips in one of these networks explain its scores.

    Parameters: networks, lists [W1, b1, ...]: two slips at once are looked
    for in the first.
    """

    def found(weights, **changes):
        mine = scores_with_slips(weights, X, **changes)
        return comparing.same(scores, mine)

    for most, some in (1, networks), (2, networks[:1]):
        for weights in some:
            like = functools.partial(found, weights)
            if told := explained(like, NETWORK_SLIPS, most):
                return told
    return _about_the_way(scores, networks[0], X)


def _about_the_way(scores, weights, X):
    """Say in which other order these scores go through the layers."""
    layers = [*zip(weights[::2], weights[1::2])]
    n = len(layers)
    ways = [
        way for m in (1, 2, 3) for way in itertools.product(range(n), repeat=m)
    ]
    ways += itertools.permutations(range(n))
    for way in ways:
        for bends in itertools.product([True, False], repeat=min(len(way), 2)):
            values = X
            try:
                for i, place in enumerate(way):
                    W, b = layers[place]
                    values = values @ W + b
                    if bends[0] if i < len(way) - 1 else not bends[-1]:
                        values = relu(values)
            except ValueError:  # the layers don't fit
                continue
            if way != tuple(range(n)) and comparing.same(scores, values):
                names = ", ".join(str(place + 1) for place in way)
                return (
                    f"of the layers 1 to {n} the images go through {names}: "
                    "each should be used once, in its turn."
                )
    return ""


def shapes_of(sizes):
    """Return the shapes of [W1, b1, W2, b2, ...], each W (d, k)."""
    pairs = zip(sizes, sizes[1:])
    return [shape for d, k in pairs for shape in ((d, k), (k,))]


def about_shapes(found, sizes):
    """Say which slip explains the shapes of a network's parameters.

    Parameters: found, the shapes, where W may be (d, k) or (k, d); sizes.
    """
    found = [tuple(sorted(shape)) for shape in found]
    for in_order in True, False:
        for shapes, hint in _shape_slips(sizes):
            slip = [tuple(sorted(shape)) for shape in shapes]
            if found == slip or not in_order and sorted(found) == sorted(slip):
                return hint
    return ""


def _shape_slips(sizes):
    """Yield (shapes, hint) of parameters that are wrong."""
    right = shapes_of(sizes)
    (d, *hidden, k), W = sizes, right[::2]
    a, z = hidden[:1], hidden[-1:]
    too_many = (
        "a layer too many: the inputs are no layer, and the scores are one. "
        "Four sizes make three layers."
        if hidden
        else "two sizes make one layer: here there is no hidden layer."
    )
    once = dict.fromkeys(zip(right[::2], right[1::2]))
    slips = {
        "layers of the same size are the same layer: each has weights of its "
        "own.": [[shape for pair in once for shape in pair]],
        "the biases are missing: every neuron has one.": [W],
        "there is no hidden layer. Is the loop over them left out, or does it "
        "end too early?": [shapes_of([d, k])],
        "the last layer is missing, or kept where nobody finds it: the "
        "scores need weights too.": [
            right[:-2],
            [*right[:-2], right[-1]],
        ],
        "all layers are alike: each is made from its own two sizes.": [
            right[-2:] * len(W),
            right[:2] * len(W),
        ],
        "only the last layer is found. Where are the hidden layers kept, and "
        "does the library look there?": [right[-2:]],
        "the first hidden layer is missing: sizes[1] is its size.": [
            shapes_of([d, *sizes[2:]]),
            right[2:],
        ],
        "only one hidden layer is there: all of sizes[1:-1] are hidden.": [
            shapes_of([d, *a, k]),
            shapes_of([d, *z, k]),
        ],
        "the network runs backwards: sizes goes from the inputs to the "
        "scores.": [shapes_of(sizes[::-1])],
        "the hidden layers stand in the wrong order.": [
            shapes_of([d, *hidden[::-1], k])
        ],
        too_many: [
            shapes_of([d, *sizes]),
            shapes_of([*sizes, k]),
            shapes_of([d, *sizes, k]),
            shapes_of([d, *hidden, *z, k]),
            shapes_of([d, *a, *hidden, k]),
        ],
        "the last hidden layer is missing: the hidden sizes are "
        "sizes[1:-1].": [shapes_of([d, *hidden[:-1], k])],
        "all hidden layers have the same size: each has its own.": [
            shapes_of([d, *(a * len(hidden)), k]),
            shapes_of([d, *(z * len(hidden)), k]),
        ],
        "a layer has as many biases as outputs, not as inputs.": [
            [s for W in W for s in (W, W[:1])]
        ],
        "a layer has a bias for each output, not one in all.": [
            [s for W in W for s in (W, (1,))],
            [s for W in W for s in (W, ())],
        ],
        "the last layer's neurons have biases, too.": [right[:-1]],
        "the hidden layers' neurons have biases, too.": [[*W, right[-1]]],
        "each layer is there twice.": [right * 2, right + right[:-2]],
        "there are more arrays than W and b of each layer: a normalization, "
        "or a layer too many? Here are dense layers only.": [
            *([*right, *extra] for extra in _extras(hidden))
        ],
    }
    for hint, found in slips.items():
        for shapes in found:
            if shapes and shapes != right:
                yield shapes, hint


def _extras(hidden):
    """Yield the shapes of normalizations and slopes beside the layers."""
    for each in 1, 2, 4:
        yield [(k,) for k in hidden] * each
    yield [(1,)] * len(hidden)
    yield [(1,)]


def numbers(shapes, seed=0, dtype=np.float32):
    """Return arrays of these shapes, which begin where JAX can use a NumPy
    array as it is, without a copy: at multiples of 64 bytes."""
    rng = np.random.default_rng(seed)
    arrays = []
    for shape in shapes:
        values = rng.normal(size=shape) / max(shape) ** 0.5
        memory = np.empty(values.nbytes + 64, np.uint8)
        start = -memory.ctypes.data % 64
        array = np.ndarray(shape, dtype, memory, start)
        array[...] = values
        arrays.append(array)
    return arrays


def images(n, d, scale=8):
    """Return images (n, d), large enough for a ReLU6 to cut something off."""
    rng = np.random.default_rng(n)
    return (scale * rng.normal(size=(n, d))).astype(np.float32)


# 1 · The number of parameters


COUNT_SLIPS = {
    "weights": {
        "the last layer's weights are missing: the scores are a layer, "
        "too.": lambda s: products(s[:-1]),
        "the first layer's weights are missing.": lambda s: products(s[1:]),
        "only the first layer's weights are counted: does the return "
        "stand in the loop?": lambda s: s[0] * s[1],
        "only the last layer's weights are counted: does the sum begin "
        "anew in the loop?": lambda s: s[-2] * s[-1],
        "multiply the sizes of *neighbours*, and add these products.": np.prod,
        "a layer has a weight for each *pair* of an input and an output: "
        "multiply, don't add.": lambda s: sum(s[:-1]) + sum(s[1:]),
        "the weights are missing: each neuron has one for each "
        "input.": lambda s: 0,
        "sizes[-1] is the *last* size: a sum that begins at i = 0 must "
        "not look at sizes[i - 1].": lambda s: products([s[-1], *s]),
        "a layer has d inputs and k outputs: no size is multiplied by "
        "itself.": lambda s: sum(d * d for d in s[:-1]),
        "each weight is counted twice.": lambda s: 2 * products(s),
        "only some layers' weights are counted: there may be any number "
        "of layers.": [
            lambda s: products(s[:3]),
            lambda s: products(s[:2] + s[2:][-1:]),
            lambda s: s[0] * s[1] + s[-2] * s[-1],
        ],
    },
    "biases": {
        "the biases are missing: one for each neuron.": lambda s: 0,
        "the inputs have no bias, only neurons have.": sum,
        "one bias for each neuron, not one for each layer.": [
            lambda s: len(s) - 1,
            len,
        ],
        "one bias for each neuron, not one in all.": lambda s: 1,
        "a layer has as many biases as *outputs*.": lambda s: sum(s[:-1]),
        "a layer has biases for its outputs only.": lambda s: (
            sum(s[:-1]) + sum(s[1:])
        ),
        "the last layer's neurons have biases, too.": lambda s: sum(s[1:-1]),
        "the hidden neurons have biases, too.": lambda s: s[-1],
        "only the first layer's biases are counted.": lambda s: s[1],
        "the first layer's biases are missing.": lambda s: sum(s[2:]),
        "each bias is counted twice.": lambda s: 2 * sum(s[1:]),
        "the hidden neurons' biases are counted twice.": lambda s: (
            sum(s[1:]) + sum(s[1:-1])
        ),
        "only some layers' biases are counted.": [
            lambda s: sum(s[1:3]),
            lambda s: sum(s[1:2] + s[2:][-1:]),
            lambda s: s[1] + s[-1],
        ],
        "the biases are subtracted where they should be added.": lambda s: (
            -sum(s[1:])
        ),
        "one bias for each neuron, and no further one for each "
        "layer.": lambda s: sum(s[1:]) + len(s) - 1,
    },
}


def products(sizes):
    """Return the number of weights between neighbours."""
    return sum(d * k for d, k in zip(sizes, sizes[1:]))


def parameters(count_params, sizes, gives):
    def advise(answer):
        others = [3, 7, 2, 5, 8, 4], [6, 4], [2, 9, 9, 4, 3]
        counts = [(sizes, answer), *((s, count_params([*s])) for s in others)]

        def found(weights=products, biases=lambda s: sum(s[1:])):
            return all(n == weights(s) + biases(s) for s, n in counts)

        return (
            explained(found, COUNT_SLIPS)
            or _about_bits(answer, gives)
            or _about_equal_sizes(counts)
        )

    answer = check.call(count_params, sizes)
    check.equal(answer, gives, advise=advise)
    check.that(
        np.asarray(answer).dtype.kind in "iu",
        f"a number of parameters is an integer, not {answer!r}.",
        "`/` and `np.sum` of floats make floats, and a sum that begins with "
        "0.0 stays a float; `//` and `int` don't.",
    )
    check.that(
        comparing.same(check.call(count_params, sizes), gives),
        "called a second time, the function gives another result.",
        "it keeps something from the first call: is a number added up "
        "outside the function?",
    )


def _about_bits(answer, gives):
    """Say whether a count has overflowed."""
    for bits in 16, 32:
        lost = int(answer) - gives
        if lost and abs(answer) < 2**bits and lost % 2**bits == 0:
            return (
                f"these are the last {bits} bits of the right number, which "
                "has more: Python's own integers are large enough, and so is "
                "NumPy's int64."
            )
    return ""


def _about_equal_sizes(counts):
    """Say whether a count goes wrong only where two sizes are equal.

    Parameters: counts, pairs (sizes, what the function returns for them).
    """
    wrong = [s for s, n in counts if n != products(s) + sum(s[1:])]
    if any(len({*s}) == len(s) for s in wrong):
        return ""
    return (
        "where all sizes are different, the count is right. Does it look for "
        "a layer by its size? index finds only the first of equal numbers, "
        "and a dict or a set keeps only one of them."
    )


# Networks of Keras and PyTorch


def parameters_fit(arrays, sizes, right, lost=""):
    """Make sure that a network has the parameters that its sizes ask for.

    Parameters: arrays; right, their usual shapes; lost, a hint if only some
    are found. In which order they stand doesn't matter, nor whether a W is
    (d, k) or (k, d).
    """

    def kinds(shapes):
        return sorted(sorted(k for k in shape if k > 1) for shape in shapes)

    found = [tuple(array.shape) for array in arrays]
    few = not found or found == right[-2:] != right
    check.that(
        kinds(found) == kinds(right),
        f"the parameters have the shapes {found}, not {right}."
        if found
        else "the network has no parameters.",
        lost if lost and few else about_shapes(found, sizes),
    )
    starts = [np.asarray(array) for array in arrays if array.ndim > 1]
    check.that(
        all(np.ptp(W) > 0 for W in starts if W.size > 1),
        "at the start, all weights of a layer are the same.",
        "so its neurons would stay the same for ever: leave the weights as "
        "the library draws them.",
    )


def scores_fit(scores, arrays, sizes, X):
    """Compare the scores of a network with those by hand.

    Parameters: scores, a NumPy array; arrays, its parameters, in any order;
    X, the images.
    """
    if any(
        comparing.same(scores, scores_by_hand(weights, X))
        for weights in _readings(arrays, sizes)
    ):
        return
    networks = [*itertools.islice(_readings(arrays, sizes), 3)]
    right = scores_by_hand(networks[0], X)
    compare_scores(scores, right, networks, X, "what the network returns")


def compare_scores(scores, right, networks, X, what="the result"):
    """Compare scores with the right ones of the first of these networks."""
    check.that(
        np.ndim(scores) != 2
        or comparing.same(scores, right)
        or not np.allclose(scores.sum(axis=1), 1, atol=1e-4),
        "each row of the result sums to 1.",
        "return the scores. The loss applies the softmax itself, and twice "
        "is once too often.",
    )
    shape, told = np.shape(scores), ""
    if shape != right.shape:
        told = about_scores(scores, networks, X) or _about_the_shape(
            shape, X, right
        )
    check.that(not told, f"{what} has shape {shape}, not {right.shape}.", told)
    check.equal(
        scores,
        right,
        what,
        advise=lambda scores: about_scores(scores, networks, X),
    )


def _about_the_shape(shape, X, right):
    n, k = right.shape
    if shape == X.shape:
        return "these are as many numbers as the images have pixels."
    if shape == () or shape == (1,):
        return "this is one number: a loss, a mean, a sum? Return all scores."
    if shape == (n,):
        return (
            "this is one number for each image: its class, or its largest "
            "score? Return all scores."
        )
    if shape == (k,) and n == 1:
        return (
            "the scores of one image are a row, too, (1, k): is there a "
            "squeeze, a flatten, or an index [0]?"
        )
    if shape == (k,):
        return (
            "these are the scores of one image only, or something taken over "
            "all of them: a mean, a maximum?"
        )
    if shape == (k, n):
        return "the scores are transposed: one row for each image."
    if len(shape) == 2 and shape[0] == n:
        return (
            "a row for each image, but not the scores in it: is the last "
            "layer used?"
        )
    return ""


def _readings(arrays, sizes):
    """Yield all ways to take arrays as [W1, b1, W2, b2, ...]."""
    if len(sizes) == 1:
        yield []
        return
    d, k = sizes[:2]
    for i, W in enumerate(arrays):
        for j, b in enumerate(arrays):
            if i == j or b.size != k:
                continue
            rest = [a for n, a in enumerate(arrays) if n not in (i, j)]
            for own in (W, W.T):
                if own.shape == (d, k):
                    for others in _readings(rest, sizes[1:]):
                        yield [own, b.ravel(), *others]


def gives_the_same_again(scores, again):
    check.that(
        np.array_equal(scores, again),
        "the same images get other scores the second time.",
        "a dense network has no dropout, nor anything else that is random, "
        "and keeps nothing from one call to the next.",
    )


def are_apart(networks):
    """Make sure that two networks have no parameters in common.

    Parameters: networks, the lists of their parameters.
    """
    mine, others = [{id(p) for p in params} for params in networks]
    check.that(
        len(mine) == len(others) and not mine & others,
        "two networks share their layers.",
        "each network needs layers of its own: make them anew each time, in "
        "__init__ if there is one, not in a global list, in the class or in a "
        "default argument: `layers=[]` is one list for all calls.",
    )


# 2 and 3 · Keras


@contextlib.contextmanager
def plain_errors():
    """Let Keras's errors say what is wrong in their first line."""
    import keras

    filtering = keras.config.is_traceback_filtering_enabled()
    keras.config.disable_traceback_filtering()
    try:
        yield
    finally:
        if filtering:
            keras.config.enable_traceback_filtering()


@contextlib.contextmanager
def gradients_on():
    """Leave PyTorch as it was, whatever an answer switches off."""
    import torch

    with torch.enable_grad():
        yield


@plain_errors()
def keras_sequence(keras_list, sizes, n=6):
    import keras

    models = [check.call(keras_list, sizes) for _ in "ab"]
    check.that(
        isinstance(models[0], keras.Sequential),
        f"the result is a {type(models[0]).__name__}.",
        "return keras.Sequential([...]), with the layers in the list.",
    )
    check.that(
        models[0].built,
        "the network has no weights yet.",
        "how large is W1? Nobody has told Keras the number of inputs: begin "
        "the list with keras.Input((number,)).",
    )
    _examine_keras(models, sizes, n)


REUSED = (
    "a layer gets another number of inputs than it was made for. Has each "
    "its own place and its turn? Are all still there when call runs again "
    "(a generator, a zip and a map are empty then), or are those of an "
    "earlier network there, too?"
)


@plain_errors()
def keras_network(KerasMLP, sizes, n=6):
    models = [check.call(KerasMLP, sizes) for _ in "ab"]
    for model in models:
        try:
            scores = model(images(2, sizes[0]))
        except ValueError as error:
            told, *_ = str(error).splitlines()
            *others, expected = told.split(" is incompatible with the layer: ")
            check.that(not others, f"a layer {expected}.", REUSED)
            raise
        check.that(
            scores is not None,
            "call returns None.",
            "it ends with return: what are the scores?",
        )
    check.that(
        models[0].weights,
        "the network has no weights, even after it was called.",
        "Keras only finds layers that __init__ stores in self. Those made in "
        "call are new at every call, with new weights.",
    )
    _examine_keras(models, sizes, n)


def _examine_keras(models, sizes, n):
    import tensorflow as tf

    model = models[0]
    are_apart([model.weights for model in models])
    parameters_fit(model.weights, sizes, shapes_of(sizes))
    check.that(
        len(model.trainable_weights) == len(model.weights),
        "not all weights can learn.",
        "leave trainable as it is.",
    )
    model.set_weights(numbers([w.shape for w in model.weights]))
    X = images(n, sizes[0])
    with tf.GradientTape() as tape:
        scores = model(X, training=True)
        total = tf.reduce_sum(tf.square(tf.cast(scores, tf.float32)))
    gives_the_same_again(scores, model(X, training=True))
    scores_fit(np.asarray(scores), model.get_weights(), sizes, X)
    grads = tape.gradient(total, model.trainable_variables)
    check.that(
        all(grad is not None for grad in grads),
        "some weights get no gradient.",
        "what cuts them off in call? NumPy is invisible to TensorFlow (take "
        "keras.ops, or the layers' own activation), and stop_gradient stops.",
    )


# 4 · PyTorch

REGISTER = (
    "PyTorch finds the layers that are stored in self, and doesn't look into "
    "plain lists: put them into a torch.nn.ModuleList."
)
GRADIENTS = (
    "stay with torch in forward: no NumPy, no detach, no no_grad, no argmax."
)


@gradients_on()
def torch_network(TorchMLP, sizes, n=6):
    module, other = [check.call(TorchMLP, sizes) for _ in "ab"]
    are_apart([list(m.parameters()) for m in (module, other)])
    examine_torch(module, sizes, n, REGISTER)


def examine_torch(module, sizes, n, lost):
    """Look at the parameters of a module, and at its scores of n images.

    Parameters: lost, the hint if some parameters aren't found.
    """
    import torch

    check.that(
        type(module).forward is not torch.nn.Module.forward,
        f"{type(module).__name__} has no method forward.",
        "PyTorch calls the method forward; call is Keras's name for it.",
    )
    params = list(module.parameters())
    right = [shape[::-1] for shape in shapes_of(sizes)]
    parameters_fit([p.detach().numpy() for p in params], sizes, right, lost)
    check.that(
        all(p.requires_grad for p in params),
        "not all parameters can learn.",
        "leave their requires_grad as it is.",
    )
    values = numbers([p.shape for p in params])
    with torch.no_grad():
        for param, value in zip(params, values):
            param.copy_(torch.tensor(value))
    X = images(n, sizes[0])
    scores = module(torch.tensor(X))
    check.that(
        scores is not None,
        "forward returns None.",
        "it ends with return: what are the scores?",
    )
    check.that(
        isinstance(scores, torch.Tensor) and scores.requires_grad,
        "the scores don't know where they come from: no gradients.",
        GRADIENTS,
    )
    scores = scores.detach().numpy()
    gives_the_same_again(scores, module(torch.tensor(X)).detach().numpy())
    scores_fit(scores, [value.T for value in values], sizes, X)
    module(torch.tensor(X)).square().sum().backward()
    check.that(
        all(p.grad is not None for p in params),
        "some parameters get no gradient.",
        GRADIENTS,
    )


# 5 to 7 · JAX


def leaves(tree):
    """Return the arrays of a tree as a tuple of NumPy arrays."""
    import jax

    return tuple(np.array(leaf) for leaf in jax.tree.leaves(tree))


def random_tree(sizes, seed=0):
    import jax.numpy as jnp

    arrays = map(jnp.array, numbers(shapes_of(sizes), seed))
    return [{"W": W, "b": b} for W, b in zip(arrays, arrays)]


def is_list_of_dicts(params):
    check.that(
        isinstance(params, (list, tuple)),
        f"the result is of type {type(params).__name__}, not a list.",
        "make a list: [... for ...], or list(...).",
    )
    check.that(
        all(isinstance(layer, dict) for layer in params)
        and all(set(layer) == {"W", "b"} for layer in params),
        "the result is not a list of dicts with the keys W and b.",
        "one dict for each layer: [{'W': ..., 'b': ...}, ...].",
    )
    each_its_dict(params)


def each_its_dict(params):
    check.that(
        len({id(layer) for layer in params}) == len(params),
        "all layers are one and the same dict.",
        "it holds what was written last: make a new dict for each layer.",
    )


def shapes_fit(params, sizes):
    """Make sure that the arrays of a tree have the right shapes."""
    found = [np.shape(layer[name]) for layer in params for name in "Wb"]
    right = shapes_of(sizes)
    hint = about_shapes(found, sizes)
    if found == [shape[::-1] for shape in right]:
        hint = "W has one row for each *input*: (d, k)."
    elif [tuple(k for k in s if k > 1) for s in found] == [
        tuple(k for k in s if k > 1) for s in right
    ]:
        hint = "b has one axis, (k,), and W has two, (d, k)."
    elif found[::2] == right[1::2] and found[1::2] == right[::2]:
        hint = "W and b are exchanged."
    check.that(
        found == right,
        f"the arrays have the shapes {found}, not {right}.",
        hint,
    )


def random_params(init_params, sizes):
    import jax

    keys = [jax.random.key(seed) for seed in (0, 0, 1)]
    params, again, others = [
        check.call(init_params, key, sizes) for key in keys
    ]
    is_list_of_dicts(params)
    check.that(
        all(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(params)),
        "not all parameters are JAX arrays.",
        "jax.random.normal(key, shape) and jnp.zeros(shape) make them; "
        "NumPy's generator would be hidden state.",
    )
    shapes_fit(params, sizes)
    check.that(
        all(leaf.dtype == "float32" for leaf in jax.tree.leaves(params)),
        "not all parameters are float32.",
        "what is to learn must be floats: jnp.zeros makes them by itself.",
    )
    check.that(
        all(map(np.array_equal, leaves(params), leaves(again))),
        "the same key gives other parameters the second time.",
        "all randomness must come from key: no np.random, no counter.",
    )
    check.that(
        not any(
            np.array_equal(one["W"], other["W"])
            for one, other in zip(params, others)
        ),
        "another key gives the same weights.",
        "use the key that you are given, for each layer; don't make one "
        "inside.",
    )
    check.that(
        not any(np.any(layer["b"]) for layer in params),
        "the biases are not zero.",
        "only the weights need to be different: jnp.zeros for b.",
    )
    drawn = {np.array(layer["W"]).tobytes() for layer in params}
    check.that(
        len(drawn) == len(params),
        "different layers have the same weights.",
        "one key gives the same numbers every time: split it, and use "
        "another for each layer.",
    )


def spread_of_params(init_params, d, k, seed=0):
    """Look at the distribution of a first and a second layer's weights."""
    _spread(init_params, [d, k, 7], 0, seed)
    _spread(init_params, [7, d, k], 1, seed)


def _spread(init_params, sizes, place, seed):
    import jax

    params = check.call(init_params, jax.random.key(seed), sizes)
    is_list_of_dicts(params)
    shapes_fit(params, sizes)
    (d, k), W = sizes[place : place + 2], np.array(params[place]["W"])
    check.that(
        len(np.unique(W)) > 0.9 * W.size,
        "many weights of a layer are the same.",
        "draw all of them at once: jax.random.normal(key, (d, k)).",
    )
    mean, spread, right = W.mean(), W.std(), (2 / d) ** 0.5
    check.that(
        abs(mean) < 0.1 * spread,
        f"the weights have mean {mean:.2g}, not 0.",
        "no weight is negative: draw from jax.random.normal, whose numbers "
        "lie on both sides of 0 (those of uniform begin at 0)."
        if W.min() >= 0
        else "jax.random.normal has the mean 0: multiply, but add nothing.",
    )
    largest = np.abs(W).max() / spread
    tails = np.abs(W).mean() / spread  # 0.798 for a normal distribution
    check.that(
        tails > 0.78,
        "too many weights are near 0, and too many far away: this is no "
        "normal distribution.",
        "draw from jax.random.normal.",
    )
    check.that(
        largest > 3.5,
        f"no weight is larger than {largest:.1f} standard deviations: this "
        "is no normal distribution.",
        "the ready-made initializers and truncated_normal cut off the tails, "
        "and clip does: draw from jax.random.normal."
        if largest > 2
        else "draw from jax.random.normal.",
    )
    ways = {
        "the factor sqrt(2 / d) is missing.": 1,
        "2 / d is the variance: take its square root.": 2 / d,
        "it is 2 / d: the ReLU loses half of it.": (1 / d) ** 0.5,
        "it is sqrt(2 / d), not its inverse.": [(d / 2) ** 0.5, d / 2],
        "the root is of the whole quotient: sqrt(2 / d).": [
            2**0.5 / d,
            2 / d**0.5,
        ],
        "this is Glorot's; He's is sqrt(2 / d).": [
            (2 / (d + k)) ** 0.5,
            (1 / (d + k)) ** 0.5,
        ],
        "d is the number of inputs, not of outputs.": [
            (2 / k) ** 0.5,
            (1 / k) ** 0.5,
        ],
        "d is the number of inputs, without outputs.": [
            (2 / (d * k)) ** 0.5,
            (4 / (d + k)) ** 0.5,
        ],
        "d is the number of inputs of each layer.": [
            (2 / n) ** 0.5 for n in (7, sizes[-1], sum(sizes), len(sizes))
        ],
        "6 / d and 3 / d belong to a uniform distribution.": [
            (6 / d) ** 0.5,
            (3 / d) ** 0.5,
        ],
        "it is sqrt(2 / d), with this 2 and one root.": [
            2**0.5,
            1 / d,
            4 / d**2,
            (2 / d) ** 0.25,
        ],
        "the factor depends on the number of inputs.": [0.01, 0.1],
    }
    close = abs(spread / right - 1) < 0.02
    told = explained(
        lambda way: abs(spread / way - 1) < 0.01 < abs(way / right - 1),
        {"way": ways},
        most=1,
    )
    check.that(
        close and not told,
        f"with {d} inputs and {k} outputs the weights have standard "
        f"deviation {spread:.4f}, not {right:.4f}.",
        told
        or f"they are {spread / right:.3g} times as wide as they should be: "
        "what is each multiplied by?",
    )


def forward_on_paper(forward):
    import jax.numpy as jnp

    W1, b1 = [[1.0, -1, 2, 0], [0, 1, -1, 1]], [0.0, 1, -2, -1]
    W2 = [[1.0, 0, -1], [2, -1, 0], [0, 1, 1], [-1, 1, 2]]
    paper = [
        {"W": jnp.array(W1), "b": jnp.array(b1)},
        {"W": jnp.array(W2), "b": jnp.array([0.5, -3, 1])},
    ]
    _forward(forward, paper, np.array([[1.0, 2.0], [3.0, 1.0]]), [2, 4, 3])


def forward_of_layers(forward, sizes, n=6):
    _forward(forward, random_tree(sizes), images(n, sizes[0]), sizes)


def _forward(forward, params, X, sizes):
    import jax

    arrays = leaves(params)
    scores = check.call(forward, params, X)
    check.that(
        not np.array_equal(
            scores, check.call(forward, random_tree(sizes, seed=1), X)
        ),
        "with other parameters, forward gives the same scores.",
        "use the argument params, not parameters outside the function.",
    )
    check.that(
        isinstance(scores, (jax.Array, np.ndarray)),
        f"the result is of type {type(scores).__name__}.",
        "return one array, (n, k).",
    )
    scores, right = np.asarray(scores), scores_by_hand(arrays, X)
    compare_scores(scores, right, [arrays], X)
    compiled = check.call(jax.jit(forward), params, X)
    check.equal(np.asarray(compiled), scores, "under jax.jit the result")
    total = jax.grad(lambda params: (forward(params, X) ** 2).sum())
    grads = jax.jit(total)(params)
    check.that(
        all(np.any(grad) for grad in leaves(grads)),
        "some parameters get no gradient.",
        "what cuts them off? NumPy, stop_gradient, integers and rounding do: "
        "jnp and jax.nn are enough.",
    )


def one_step(sgd_step):
    import jax.numpy as jnp

    def layer(W, b):
        return [{"W": jnp.array([[W, 2 * W]]), "b": jnp.array([b])}]

    _step(sgd_step, layer(4.0, 1.0), layer(2.0, 6.0), 0.5)


def step_of_layers(sgd_step, sizes, lr, seed=0):
    _step(sgd_step, random_tree(sizes, seed), random_tree(sizes, seed + 1), lr)


STEP_SLIPS = {
    "step": {
        "you walk uphill: subtract.": lambda p, g, lr: p + lr * g,
        "multiply the gradient by lr.": lambda p, g, lr: p - g,
        "multiply the gradient by lr, and subtract.": lambda p, g, lr: p + g,
        "multiply the gradient by lr, don't divide.": lambda p, g, lr: (
            p - g / lr
        ),
        "this is only the change; add it to the old "
        "parameters.": lambda p, g, lr: -lr * g,
        "this is only the change; subtract it from the "
        "parameters.": lambda p, g, lr: lr * g,
        "these are the old parameters: nothing has moved.": lambda p, g, lr: p,
        "these are the gradients: take a step.": lambda p, g, lr: g,
        "lr multiplies the gradient only: p - lr * g, not (p - g) times "
        "lr.": lambda p, g, lr: lr * (p - g),
        "lr multiplies g, and their product is subtracted from p: no "
        "brackets.": lambda p, g, lr: (p - lr) * g,
        "params and grads are exchanged: the gradient is multiplied by "
        "lr.": lambda p, g, lr: g - lr * p,
        "the sign is the other one: p - lr * g.": lambda p, g, lr: lr * g - p,
        "the gradient has no part in it: p - lr * g.": [
            lambda p, g, lr: p - lr * p,
            lambda p, g, lr: p - lr,
        ],
        "lr multiplies the gradient, instead of being "
        "subtracted.": lambda p, g, lr: p - lr - g,
        "subtract the step: p - lr * g.": lambda p, g, lr: p * lr * g,
        "the step is lr * g, without p.": lambda p, g, lr: p - lr * g * p,
        "the step is lr times the gradient itself, not its square, sign "
        "or absolute value.": [
            lambda p, g, lr: p - lr * g * g,
            lambda p, g, lr: p - lr * np.sign(g),
            lambda p, g, lr: p - lr * np.abs(g),
        ],
        "1 - lr has no place here: p - lr * g.": [
            lambda p, g, lr: (1 - lr) * p - lr * g,
            lambda p, g, lr: (1 - lr) * p + lr * g,
        ],
        "lr is multiplied twice.": lambda p, g, lr: p - lr * lr * g,
        "the gradient is divided by a length or a number of entries: "
        "take it as it is.": [
            lambda p, g, lr: p - lr * g / np.linalg.norm(g),
            lambda p, g, lr: p - lr * g / len(g),
            lambda p, g, lr: p - lr * g / g.size,
        ],
        "the gradient is averaged or summed: each entry has its own.": [
            lambda p, g, lr: p - lr * g.mean(),
            lambda p, g, lr: p - lr * g.sum(),
        ],
        "the rate is lr, whatever it is.": [
            lambda p, g, lr: p - 0.1 * g,
            lambda p, g, lr: p - 0.01 * g,
        ],
    },
    "moves": {
        "the biases take a step too.": lambda i, n: i % 2 == 0,
        "the weights take a step too.": lambda i, n: i % 2 == 1,
        "only some of the layers take a step: all of them do.": [
            lambda i, n: i < 2,
            lambda i, n: i >= n - 2,
            lambda i, n: i < n - 2,
            lambda i, n: i >= 2,
        ],
    },
}


def _step(sgd_step, params, grads, lr):
    import jax

    old, slopes = leaves(params), leaves(grads)

    def stepped(step=lambda p, g, lr: p - lr * g, moves=lambda i, n: True):
        n = len(old)
        return tuple(
            step(p, g, lr) if moves(i, n) else p
            for i, (p, g) in enumerate(zip(old, slopes))
        )

    def advise(answer):
        told = explained(
            lambda **changes: comparing.same(answer, stepped(**changes)),
            STEP_SLIPS,
        )
        moved, right = [
            np.concatenate([np.ravel(a - p) for a, p in zip(tree, old)])
            for tree in (answer, stepped())
        ]
        factor = moved @ right / (right @ right)
        if not told and comparing.same(
            answer, stepped(lambda p, g, lr: p - factor * lr * g)
        ):
            told = (
                f"the step is {factor:.3g} times as long as it should be: "
                "lr * g, with no other factor."
            )
        return told

    for time in "once", "again":
        after = check.call(sgd_step, params, grads, lr)
        check.that(
            not isinstance(after, list) or not 0 < len(after) < len(params),
            f"layers come out: {len(after)}; went in: {len(params)}.",
            "does the return stand in the loop, or does the loop end early?",
        )
        check.that(
            isinstance(after, list)
            and len(after) == len(params)
            and all(isinstance(layer, dict) for layer in after)
            and all(set(layer) == {"W", "b"} for layer in after),
            "the result doesn't have the form of params.",
            "a list of dicts goes in, a list of dicts comes out: "
            "jax.tree.map keeps the form of a tree.",
        )
        each_its_dict(after)
        found = jax.tree.leaves(after)
        check.that(
            [np.shape(leaf) for leaf in found] == [p.shape for p in old],
            "an array of the result doesn't have its old shape.",
            "each p has a g of its own shape: p - lr * g has it, too.",
        )
        found = tuple(map(np.array, found))
        check.that(
            time == "once" or comparing.same(found, stepped()),
            "called a second time, the function gives another result.",
            "it keeps something from the first call (a velocity, a mean?): "
            "only the arguments count.",
        )
        check.equal(found, stepped(), "what the tree holds", advise)


# 8 and 9 · One set of weights


def keras_tanh(sizes):
    """Return a network of Keras with tanh after each hidden layer."""
    import keras

    inputs = values = keras.Input((sizes[0],))
    for k in sizes[1:-1]:
        values = keras.layers.Dense(k, "tanh")(values)
    return keras.Model(inputs, keras.layers.Dense(sizes[-1])(values))


def tanh_module(sizes):
    """Return a network of PyTorch with tanh after each hidden layer."""
    import torch

    parts = []
    for d, k in zip(sizes, sizes[1:]):
        parts += [torch.nn.Linear(d, k), torch.nn.Tanh()]
    module = torch.nn.Sequential(*parts[:-1])
    values = numbers(shapes_of(sizes), seed=1)
    with torch.no_grad():
        for param, value in zip(module.parameters(), values):
            param.copy_(torch.tensor(value.T))
    return module


def jax_scores(params, X):
    """Return the scores of a tree with tanh after each hidden layer."""
    import jax
    import jax.numpy as jnp

    return scores_by_hand(jax.tree.leaves(params), X, jnp.tanh)


def _carry(load, weights):
    """Call load(weights); return what it returns.

    It gets the very arrays, no copies of them: a network must not keep them.
    """
    before = [array.copy() for array in weights]
    given = list(weights)
    loaded = check.call(lambda: load(given))
    check.that(
        len(given) == len(weights)
        and all(map(np.array_equal, weights, before))
        and all(one is other for one, other in zip(given, weights)),
        "the function changes the weights that it was given.",
        "others still need them: no pop, no -=, no assignment to a part.",
    )
    return loaded


def _keeps_nothing(numbers_of, weights):
    """Make sure that a network has copies of the weights.

    Parameters: numbers_of(), its numbers; weights, which it was given.
    """
    before = np.array(numbers_of())
    for array in weights:
        array *= 0
    check.that(
        np.array_equal(numbers_of(), before),
        "when the NumPy arrays change, the network changes too.",
        "they share their memory: torch.tensor(W) and jnp.array(W) copy, "
        "torch.from_numpy(W), jax.device_put(W) and W itself don't.",
    )


def _about_copies(found, right, old):
    """Say what is in the first array of a network that is wrong, or ''.

    Parameters: found, right, old, lists of arrays [W1, b1, ...], each W of
    shape (d, k): what the network holds, should hold, and held.
    """
    names = [f"{'Wb'[i % 2]}{i // 2 + 1}" for i in range(len(right))]
    for name, mine, wanted, before in zip(names, found, right, old):
        if comparing.same(mine, wanted):
            continue
        for value, told in [
            (before, "still has its old values"),
            (wanted.T, "isn't transposed; a square one has to be, too"),
            (
                wanted.reshape(wanted.shape[::-1]).T,
                "has its rows and columns mixed: reshape keeps the order of "
                "the numbers, so transpose: W.T",
            ),
            (0 * wanted, "has become 0"),
            (0 * wanted + 1, "has become 1"),
            (before + wanted, "is added to the old values, which must go"),
            ((before + wanted) / 2, "is the mean of the old and the new"),
            (-wanted, "has the wrong sign"),
            (np.trunc(wanted), "has lost its fractions"),
            (wanted[::-1], "has its rows in reversed order"),
            (wanted[..., ::-1], "has its columns in reversed order"),
            *(
                (array, f"holds the values of {other}")
                for other, array in zip(names, right)
            ),
        ]:
            if comparing.same(mine, value):
                return f"{name} {told}."
    return ""


@gradients_on()
def loaded_torch(load_torch, sizes, dtype=np.float32):
    import torch

    module, X = tanh_module(sizes), images(4, sizes[0], scale=1)
    old = [p.detach().numpy().T.copy() for p in module.parameters()]
    weights = numbers(shapes_of(sizes), dtype=dtype)
    copies = [array.copy() for array in weights]
    right = scores_by_hand(weights, X, np.tanh)
    (loaded,) = _carry(lambda given: [load_torch(module, given)], weights)
    params = list(module.parameters())
    if all(
        np.array_equal(p.detach().numpy().T, a) for p, a in zip(params, old)
    ):
        check.call(lambda: loaded)  # None: not yet answered
    check.that(
        loaded is module,
        f"the result is of type {type(loaded).__name__}: it is not the "
        "module.",
        "copy the weights into the module that you are given, and return it.",
    )
    check.that(
        all(p.dtype == torch.float32 for p in params),
        f"the parameters have become {params[0].dtype}.",
        "assigning to data changes the type. param.copy_(tensor) writes into "
        "the old parameter and converts.",
    )
    check.that(
        len(params) == len(weights) and all(p.requires_grad for p in params),
        "not all parameters can learn any more.",
        "they are still those that module.parameters() gives, and their "
        "requires_grad stays True; torch.no_grad() ends by itself.",
    )
    found = [p.detach().numpy().T for p in params]
    shapes = [tuple(p.shape) for p in params]
    check.that(
        [a.shape for a in found] == shapes_of(sizes),
        f"the parameters have now the shapes {shapes}.",
        "PyTorch stores one row for each output: transpose W.",
    )

    def scores():
        return module(torch.tensor(X)).detach().numpy()

    check.equal(
        scores(),
        right,
        "what the network returns",
        lambda _: _about_copies(found, copies, old),
    )
    _keeps_nothing(scores, weights)
    check.that(
        torch.is_grad_enabled(),
        "your function has switched off gradients for everybody.",
        "with torch.no_grad(): ... switches them on again at its end.",
    )


def tree_of_weights(jax_tree, sizes, dtype=np.float32):
    import jax

    weights = numbers(shapes_of(sizes), dtype=dtype)
    right = tuple(array.copy() for array in weights)
    params = _carry(jax_tree, weights)
    is_list_of_dicts(params)
    check.that(
        all(isinstance(p, jax.Array) for p in jax.tree.leaves(params)),
        "the tree holds other things than JAX arrays.",
        "NumPy arrays can be changed; jnp.array(W) makes a JAX array of one.",
    )
    shapes_fit(params, sizes)
    check.that(
        all(p.dtype.kind == "f" for p in leaves(params)),
        "not all arrays are floats.",
        "the weights have lost their fractions: leave their type as it is.",
    )
    check.equal(
        leaves(params),
        right,
        "what the tree holds",
        lambda found: _about_copies(found, right, right),
    )
    _keeps_nothing(
        lambda: np.concatenate([*map(np.ravel, leaves(params))]), weights
    )


# 10 and 11 · The letter from Turin


@gradients_on()
def mended_network(MendedNet, sizes, n=6):
    module, other = [check.call(MendedNet, sizes) for _ in "ab"]
    bases = [base.__name__ for base in MendedNet.__mro__]
    inside = [type(part).__name__ for part in module.modules()]
    check.that(
        "TorchMLP" not in bases + inside,
        "MendedNet is made from TorchMLP.",
        "copy Chiara's lines and mend them: class MendedNet(torch.nn.Module).",
    )
    are_apart([list(m.parameters()) for m in (module, other)])
    examine_torch(
        module,
        sizes,
        n,
        "the optimizer trains only what parameters() finds. Where are the "
        "layers kept, and does PyTorch look there?",
    )


@gradients_on()
def network_learns(MendedNet):
    import torch

    X, y = _garments()
    torch.manual_seed(0)
    losses = train_torch(check.call(MendedNet, [784, 50, 30, 10]), X, y, 0.1)
    check.that(
        losses[-1] < 0.7,
        f"the loss is {losses[-1]:.2f} after 200 steps.",
        "it should fall below 0.7. Are the weights at the start those that "
        "Linear draws?",
    )


def probe_steps(mended_train):
    _probe(mended_train, [2.0, 1.0, 5.0, 3.0, 4.0], [1] * 5, 1.0, 0.25, 4)


def probe_with_labels(mended_train, n, lr, num_steps, seed=0, classes=2):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(1, 9, n).astype(float)
    y = rng.integers(0, classes, n)
    _probe(mended_train, pixels, y, 2.0, lr, num_steps)


ONE_RATE = (
    "a step is lr times the gradient of the mean loss, every time. Is the "
    "optimizer SGD with nothing but lr, and the loss cross_entropy?"
)
LOGARITHM = (
    "nan comes from numbers that aren't finite. Is there an exp of a large "
    "score, or a log of 0? cross_entropy takes the scores as they are, and "
    "avoids both."
)
ALL_IMAGES = "each step takes all images at once, not some of them."
PLAIN = (
    "the mending is to be in the loop; the optimizer stays SGD, with nothing "
    "but lr."
)
NOTHING_MOVES = (
    "nothing moves: after each step the parameter is what it was. Is backward "
    "called, does the loss get the scores as they are, is the step made at "
    "all, and is there still a gradient then? By hand, `p = p - ...` only "
    "gives the name p to a new tensor; `p -= ...` in `torch.no_grad()` "
    "changes the parameter itself."
)
TRAINING_SLIPS = {
    "adds_up": {
        "the steps become larger and larger: backward *adds* to the "
        "gradients of all steps before.": True
    },
    "rate": {
        "use the rate lr that the function is given.": [
            lambda lr, n: 0.1,
            lambda lr, n: 0.01,
            lambda lr, n: 0.001,
            lambda lr, n: 1,
        ],
        "the loss is a mean over the images, not a sum.": lambda lr, n: lr * n,
        "the loss is a mean over the images already: don't divide by "
        "their number again.": lambda lr, n: lr / n,
        "each step is made twice, or is twice as long.": lambda lr, n: 2 * lr,
        "each step is half as long as it should be.": lambda lr, n: lr / 2,
        "it walks uphill: the loss grows.": lambda lr, n: -lr,
        "lr is multiplied twice.": lambda lr, n: lr * lr,
    },
    "count": {
        NOTHING_MOVES: lambda m: 0,
        "only one step was made: what stands in the loop, and is the "
        "return inside it?": lambda m: 1,
        "one step too many: range(num_steps).": lambda m: m + 1,
        "one step too few: num_steps losses and num_steps steps, one "
        "after each loss, also after the last.": lambda m: m - 1,
        "twice as many steps as num_steps.": lambda m: 2 * m,
        "make num_steps steps, however many they are.": lambda m: 200,
    },
    "images": {
        ALL_IMAGES: [
            lambda x: x[-1:],
            *(lambda x, m=m: x[:m] for m in (1, 10, 16, 32, 50, 64)),
        ]
    },
    "momentum": {PLAIN: [lambda m=m: m for m in (0.9, 0.5, 0.99)]},
    "decay": {PLAIN: [lambda c=c: c for c in (1e-4, 1e-3, 0.01)]},
}


def probe_path(
    pixels,
    start,
    lr,
    num_steps,
    adds_up=False,
    rate=lambda lr, n: lr,
    count=lambda m: m,
    images=lambda x: x,
    momentum=lambda: 0,
    decay=lambda: 0,
):
    """Return the probe's w before each step and after the last.

    Parameters: pixels, 0 where the true class is the first; the others
    change the training, see TRAINING_SLIPS.
    """
    lr, path, grad, speed = rate(lr, len(pixels)), [start], 0, 0
    pull = float(np.mean(images(pixels)))
    for _ in range(count(num_steps)):
        grad = adds_up * grad - pull
        speed = momentum() * speed + grad + decay() * path[-1]
        path.append(path[-1] - lr * speed)
    return np.array(path)


@gradients_on()
def _probe(mended_train, pixels, y, start, lr, num_steps):
    """Train the network of one parameter that the text describes."""
    import torch

    class Probe(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w = torch.nn.Parameter(torch.tensor(start))

        def forward(self, X):
            seen.add(len(X))
            return torch.cat([torch.full_like(X, 1000), self.w * X], dim=1)

    seen = set()  # how many images at once
    pulls = np.array(pixels) * np.array(y)
    right = probe_path(pulls, start, lr, num_steps)

    def about_w(w):
        if np.isnan(w):
            return LOGARITHM
        if seen != {len(y)}:
            return ALL_IMAGES
        probe, other = Probe(), (0.375, 7)
        mended_train(probe, X, y, *other)
        ends = [((lr, num_steps), w), (other, probe.w.item())]

        def found(**changes):
            return all(
                comparing.same(
                    w, probe_path(pulls, start, *how, **changes)[-1]
                )
                for how, w in ends
            )

        return explained(found, TRAINING_SLIPS) or ONE_RATE

    X, y = torch.tensor(pixels, dtype=torch.float32)[:, None], torch.tensor(y)
    all_losses = 1000 * float(y.float().mean()) - pulls.mean() * right
    for probe in Probe(), Probe():
        losses = check.call(mended_train, probe, X, y, lr, num_steps)
        w = probe.w.item()
        check.equal(w, right[-1], f"after {num_steps} steps w", about_w)
        _losses_fit(losses, all_losses, len(pixels))


def _losses_fit(losses, right, n):
    """Compare a list of losses with the right ones, to which the loss after
    the last step is added."""
    check.that(
        isinstance(losses, list),
        f"the result is of type {type(losses).__name__}, not a list.",
        "return the losses of all steps, in a list.",
    )
    others = [loss for loss in losses if type(loss) is not float]
    check.that(
        not others,
        f"the list holds {len(others)} losses that aren't floats, of type "
        f"{type(others[0]).__name__}."
        if others
        else "",
        "loss.item() is the number; the tensor loss would keep the whole "
        "graph of its step in memory."
        if others and hasattr(others[0], "backward")
        else "loss.item() is a float of Python's: note it as it is.",
    )
    num_steps = len(right) - 1
    check.that(
        len(losses) == num_steps,
        f"the list has {len(losses)} losses after {num_steps} steps.",
        "one loss for each step, computed before it. Is append in the loop, "
        "the list made before it, and does nothing end it early, as when the "
        "loss is 0 or grows?",
    )
    check.equal(
        np.array(losses),
        right[:-1],
        "the list of losses",
        lambda losses: _about_losses(losses, right, n),
    )


def _about_losses(losses, right, n):
    """Say which slip explains these losses."""
    before, m = right[:-1], len(right) - 1
    ways = {
        "these are the losses after the steps: each must be noted before its "
        "step.": right[1:],
        "cross_entropy is a mean already: don't divide it.": before / n,
        "these are sums over the images, not means.": before * n,
        "these are sums over all steps so far.": np.cumsum(before),
        "these are means over all steps so far.": (
            np.cumsum(before) / np.arange(1, m + 1)
        ),
        "the list runs backwards.": before[::-1],
        "don't divide by the number of steps.": before / m,
        "this is the first loss, again and again.": 0 * before + before[0],
        "this is the last loss, again and again.": 0 * before + before[-1],
        "the losses are rounded: note them as they are.": [
            np.round(before, digits) for digits in range(5)
        ],
    }
    return explained(
        lambda way: comparing.same(losses, way), {"way": ways}, most=1
    )


@gradients_on()
def training_of_a_network(mended_train, lr, num_steps):
    X, y = _garments()
    right = train_torch(tanh_module([784, 20, 10]), X, y, lr, num_steps + 1)
    module = tanh_module([784, 20, 10])
    losses = check.call(mended_train, module, X, y, lr, num_steps)
    _losses_fit(losses, np.array(right), len(y))


def train_torch(module, X, y, lr, num_steps=200):
    import torch

    optimizer = torch.optim.SGD(module.parameters(), lr=lr)
    losses = []
    for _ in range(num_steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(module(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _garments():
    import torch

    garments = data.fashion_mnist()
    X = garments.train_images[:300].reshape(-1, 784) / np.float32(255)
    return torch.tensor(X), torch.tensor(garments.train_labels[:300])


# 13 · Who pulls hardest


def three_lengths(gradient_lengths):
    X, y = [[2.0, -2.0], [4.0, 8.0], [0.0, 0.0]], [1.0, -2.0, 5.0]
    _lengths(gradient_lengths, linear_loss, VECTOR, X, y, [3, 18, 5])


def other_lengths(gradient_lengths):
    X, y, right = [[2.0, 3.0]], [10.0], [1400**0.5]
    _lengths(gradient_lengths, linear_loss, VECTOR, X, y, right)
    X, y = [[1.0, 1.0]] * 2 + [[4.0, 0.5]] * 2, [1.5, 2.0, 0.0, -0.5]
    right = [6.75**0.5, 12**0.5, 0, 17.25**0.5 / 2]
    _lengths(gradient_lengths, linear_loss, VECTOR, X, y, right)


def lengths_of_layers(gradient_lengths):
    """Try a list of dicts and a dict of dicts, each with one layer, and two
    losses with curves."""
    W, b = numbers([(2, 3), (3,)])
    X = images(5, 2, scale=1)
    z, y = X @ W + b, np.array([1.5, -0.5, 2, 0, 1])
    ones = (X**2).sum(axis=1) + 1
    slopes = (y * X.T)[..., None] * z + W[:, None]  # (d, n, k)
    right = ((slopes**2).sum(axis=(0, 2)) + y**2 * (z**2).sum(axis=1)) ** 0.5
    layer = {"W": W, "b": b}
    _lengths(gradient_lengths, square_loss, [layer], X, y, right)
    y = np.array([2, 0, 1, 1, 2])
    right = np.abs(z[np.arange(5), y]) * ones**0.5
    tree = {"first": layer}
    _lengths(gradient_lengths, chosen_loss, tree, X, y, right)


VECTOR = {"w": np.array([5.0, 7.0]), "b": np.array(9.0)}


def linear_loss(params, x, y):
    return y * (params["w"] @ x + params["b"])


def square_loss(params, x, y):
    W, b = params[0]["W"], params[0]["b"]
    return (y * ((x @ W + b) ** 2).sum() + (W**2).sum()) / 2


def chosen_loss(params, x, label):
    first = params["first"]
    return (x @ first["W"] + first["b"])[label] ** 2 / 2


def _lengths(gradient_lengths, loss, params, X, y, right):
    import jax
    import jax.numpy as jnp

    params = jax.tree.map(jnp.array, params)
    X, y = jnp.array(X), jnp.array(y)
    lengths = check.call(gradient_lengths, loss, params, X, y)
    check.equal(
        np.asarray(lengths),
        np.array(right, float).tolist(),
        advise=lambda lengths: _about_lengths(lengths, loss, params, X, y),
    )
    check.that(
        isinstance(lengths, jax.Array),
        f"the result is of type {type(lengths).__name__}.",
        "return a JAX array: jnp.stack and jnp.array make one of a list.",
    )


def _about_lengths(lengths, loss, params, X, y):
    """Say which slip explains these lengths."""
    import jax

    def parts(X=X, y=y, about=0):
        each = jax.vmap(jax.grad(loss, about), (None, 0, 0))(params, X, y)
        return [g.reshape(len(y), -1) for g in leaves(each)]

    def length(*parts):
        return sum((g**2).sum(axis=1) for g in parts) ** 0.5

    def summed(g):
        """Sum the squares over an axis that single numbers don't have."""
        return (g**2).sum(axis=1 if g.shape[1] > 1 else None)

    def found(way):
        with contextlib.suppress(TypeError):  # the label may be an integer
            return comparing.same(lengths, way())

    grads, n = parts(), len(y)
    right, size = length(*grads), sum(g.shape[1] for g in grads)
    ways = {
        "these are the squares of the lengths.": lambda: right**2,
        "the lengths of the parts are added; add their squares, then take "
        "the root.": lambda: sum(map(length, grads)),
        "the absolute values are added; the length is the root of the sum of "
        "squares.": lambda: sum(np.abs(g).sum(axis=1) for g in grads),
        "the squares are averaged: add them up.": lambda: right / size**0.5,
        "this is the largest entry of each gradient: the length is the root "
        "of the sum of squares.": lambda: np.max(
            [np.abs(g).max(axis=1) for g in grads], axis=0
        ),
        "all lengths are those of the average gradient: each image has its "
        "own.": lambda: 0 * right + length(*(g.mean(0)[None] for g in grads)),
        "all lengths are those of the sum of all gradients: each image has "
        "its own.": lambda: (
            0 * right + length(*(g.sum(0)[None] for g in grads))
        ),
        "this is one length of all gradients together; each image has its "
        "own.": lambda: 0 * right + (right**2).sum() ** 0.5,
        "the gradients are divided by the number of images: each image's own "
        "loss counts, no mean.": lambda: right / n,
        "a leaf with one number for each image is summed over the images: "
        "add up all axes but the first.": lambda: (
            sum(map(summed, grads)) ** 0.5
        ),
        "these are gradients for the image: jax.grad takes the parameters, "
        "its first argument.": lambda: length(*parts(about=1)),
        "these are gradients for the label: jax.grad takes the parameters, "
        "its first argument.": lambda: length(*parts(about=2)),
        "the label has no part in it: the loss gets it as it is.": lambda: (
            right / np.abs(y)
        ),
        "the labels lose their fractions: leave them as they are.": lambda: (
            length(*parts(y=np.trunc(y)))
        ),
        "the images lose their fractions: leave them as they are.": lambda: (
            length(*parts(X=np.trunc(X)))
        ),
        "a leaf is missing: take all leaves of the tree.": [
            lambda i=i: length(*grads[:i], *grads[i + 1 :])
            for i in range(len(grads))
        ],
        "only one leaf is there: take all leaves of the tree.": [
            lambda g=g: length(g) for g in grads
        ],
    }
    return explained(found, {"way": ways}, most=1)


# For the pictures


@functools.cache
def old_machine():
    """Train the old machine; return its weights [W1, b1, W2, b2]."""
    from sklearn.neural_network import MLPClassifier
    from threadpoolctl import threadpool_limits

    garments = data.fashion_mnist()
    X = garments.train_images[:10_000].reshape(-1, 784) / np.float32(255)
    settings = {"activation": "tanh", "max_iter": 8, "random_state": 0}
    machine = MLPClassifier((100,), **settings)
    with warnings.catch_warnings(), threadpool_limits(1, "blas"):
        warnings.simplefilter("ignore")  # it would like to train longer
        machine.fit(X, garments.train_labels[:10_000])
    pairs = zip(machine.coefs_, machine.intercepts_)
    return [array for pair in pairs for array in pair]


def on_the_line(start, end, t):
    """Return the tree at place t of the line from start (0) to end (1)."""
    import jax

    return jax.tree.map(lambda a, b: a + t * (b - a), start, end)


def loss_of_one(params, x, label):
    """Return the old machine's loss of one image x (d,), for JAX."""
    import jax

    return -jax.nn.log_softmax(jax_scores(params, x))[label]
