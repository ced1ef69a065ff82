"""What the answers of assignment a08 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

import contextlib
import functools
from pathlib import Path

import numpy as np

from utils import checking, comparing, data

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")


READY_MADE = {
    *("torch", "tensorflow", "keras", "jax", "scipy", "cv2", "skimage"),
    *("numeric_gradient", "checks"),
}


def is_own_work(function):
    """Make sure that a function uses nothing ready-made."""
    check.own_work(function, READY_MADE)


@contextlib.contextmanager
def shape_explained(right, explain):
    """Add a hint to what a check says of a result of another shape.

    Parameters: right, the right result; explain, a function that is given the
    two shapes and returns the hint.
    """
    try:
        yield
    except Exception as error:
        found = np.shape(getattr(error, "saw", {}).get("numbers", right))
        if found != np.shape(right):
            error.hint = explain(found, np.shape(right))
        raise


def about_places(found, right):
    """Say what is wrong with the shape (n, channels, rows, columns) of what a
    stencil or a window gives."""
    if len(found) != 4:
        return "the result has four axes: images, channels, rows, columns."
    if found[:2] != right[:2]:
        if found[:2] == right[1::-1]:
            return "images and channels are exchanged: images come first."
        return "something is missing: all channels of the output, all images?"
    if found[2:] == right[:1:-1]:
        return "rows and columns are exchanged."
    if found[3] == found[2] == right[2]:
        return (
            "as many columns as rows: neither images nor stencils need be "
            "squares, so each of the two has its own count."
        )
    more = np.subtract(found, right)
    if more.max() <= 1 and more.min() >= 0:
        return (
            "there are places too many: rows and columns that are left over "
            "are ignored, so round down."
        )
    return (
        "how many places are there? Count them for rows and for columns, as "
        "in exercise 1: with the stride, with all of the padding, and with "
        "the first."
    )


# 1 to 3 · Counting


def _counts(function, cases, right):
    """Compare the whole numbers that a function gives for some cases, each
    the arguments of a call, with the right ones; then call it again."""
    is_own_work(function)
    found = [check.call(function, *case) for case in cases]
    check.that(
        all(np.ndim(n) == 0 and comparing.is_numeric(n) for n in found),
        "the result is not one number.",
    )
    again = [check.call(function, *case) for case in cases]
    check.that(
        np.array_equal(again, found, equal_nan=True),
        "called a second time, the function gives another result.",
        "it keeps something from the first call: a variable outside of the "
        "function, or a list or dict as a default value?",
    )
    told = f"the list of results, {_shown(found)},"
    check.equal(np.array(found), right, told, _first_wrong(cases, right))
    check.that(
        all(isinstance(n, (int, np.integer)) for n in found),
        f"the result is of type {type(found[0]).__name__}, not an int.",
        "a size or a number of parameters is a whole number: // divides "
        "without a remainder.",
    )


def _first_wrong(cases, right):
    def advise(found):
        i = np.argmin(np.isclose(found, right))
        settings = ", ".join(map(str, cases[i]))
        return f"look at one that is wrong, for the arguments {settings}."

    return advise


def _shown(numbers):
    return ", ".join(f"{number:g}" for number in numbers)


def sizes_of_the_text(output_size):
    cases = [(28, 3), (28, 5, 2), (28, 3, 1, 1), (7, 3, 2, 2), (9, 3, 2, 0, 2)]
    _counts(output_size, cases, [26, 12, 28, 5, 3])


def sizes_at_the_border(output_size):
    cases = [(5, 5), (1, 1, 3), (8, 1, 3), (2, 3, 2, 1), (3, 3, 1, 1, 2)]
    _counts(output_size, cases, [1, 1, 3, 1, 1])


def sizes_of_others(output_size, seed, n=40):
    rng, cases, right = np.random.default_rng(seed), [], []
    while len(cases) < n:
        case = rng.integers([5, 1, 1, 0, 1], [40, 6, 5, 4, 4]).tolist()
        size, kernel, stride, padding, dilation = case
        last = size + 2 * padding - dilation * (kernel - 1)
        if last >= 1:
            cases.append(case)
            right.append(len(range(0, last, stride)))
    _counts(output_size, cases, right)


def fields_of_the_text(receptive_field):
    layers = [(5, 2, 1), (3, 2, 1), (3, 1, 3)]
    cases = [(layers[:n],) for n in (1, 2, 3)]
    _counts(receptive_field, cases, [5, 9, 33])


def fields_of_small_stacks(receptive_field):
    cases = [[], [(1, 1, 1)], [(2, 2, 1)] * 3, [(3, 1, 1)] * 4, [(3, 1, 5)]]
    cases += [[(3, 1, 2), (3, 1, 2)]]
    right = [1, 1, 8, 9, 11, 9]
    _counts(receptive_field, [(case,) for case in cases], right)


def fields_of_others(receptive_field, seed, n=20):
    rng, cases, right = np.random.default_rng(seed), [], []
    for _ in range(n):
        depth = rng.integers(1, 5)
        layers = rng.integers(1, [6, 4, 4], (depth, 3)).tolist()
        cases.append(([tuple(layer) for layer in layers],))
        right.append(_pixels_seen(layers))
    _counts(receptive_field, cases, right)


def _pixels_seen(layers):
    """Walk back from one neuron to the first and the last pixel it sees."""
    first = last = 0
    for kernel, stride, dilation in reversed(layers):
        first, last = first * stride, last * stride + (kernel - 1) * dilation
    return last - first + 1


def conv(inputs, outputs, kernel, bias=True):
    return {
        **{"kind": "conv", "inputs": inputs, "outputs": outputs},
        **{"kernel": kernel, "bias": bias},
    }


def dense(inputs, outputs, bias=True):
    return {
        **{"kind": "dense", "inputs": inputs, "outputs": outputs},
        **{"bias": bias},
    }


POOL = {"kind": "pool", "kernel": 2}


def parameters_of_the_text(count_params):
    first, second = conv(1, 8, 5), conv(8, 16, 3, bias=False)
    cases = [first], [first, POOL, second], [dense(16, 10)]
    cases += ([first, POOL, second, POOL, dense(784, 10, False)],)
    _counts(count_params, [(c,) for c in cases], [208, 1360, 170, 9200])


def parameters_of_single_layers(count_params):
    cases = [], [POOL], [conv(3, 1, 1)], [conv(3, 7, 2, False)]
    cases += [dense(5, 1, False)], [dense(1, 5)], 2 * [conv(4, 4, 3)]
    _counts(count_params, [(c,) for c in cases], [0, 0, 4, 84, 5, 10, 296])


def parameters_of_others(count_params, seed, n=12):
    rng, cases, right = np.random.default_rng(seed), [], []
    for _ in range(n):
        layers, sizes = [], []
        for _ in range(rng.integers(1, 6)):
            a, b, k = rng.integers(1, [20, 20, 7]).tolist()
            bias = bool(rng.integers(2))
            kind = rng.integers(3)
            weights = [a * b * k * k, a * b, 0][kind]
            layers.append([conv(a, b, k, bias), dense(a, b, bias), POOL][kind])
            sizes.append(weights + b * (bias and kind < 2))
        cases.append((layers,))
        right.append(int(sum(sizes)))
    _counts(count_params, cases, right)


# 4 · A filter by hand


def edges(edge_filter, dark, bright):
    """Lay the filter on pictures of two brightnesses, and nothing else."""
    kernel = check.call(edge_filter)
    check.that(
        isinstance(kernel, (np.ndarray, list, tuple))
        and comparing.is_numeric(kernel),
        f"the result is of type {type(kernel).__name__}, not an array.",
    )
    kernel = np.asarray(kernel)
    check.that(
        kernel.shape == (3, 3),
        f"the result has shape {kernel.shape}, not (3, 3).",
        "nine weights are asked for: three rows of three.",
    )
    check.that(np.isfinite(kernel).all(), "not all entries are numbers.")
    rounding = 1e-6 * np.abs(kernel).max() * (abs(dark) + abs(bright))
    step = np.where(np.arange(8) < 4, dark, bright) + np.zeros((8, 8))
    even = correlated(np.full((8, 8), bright), kernel)
    check.that(
        np.abs(even).max() <= rounding,
        f"where all is equally bright, {bright:g}, the answer is "
        f"{even[0, 0]:.4g}, not 0.",
        "what must the nine numbers sum to?",
    )
    across = correlated(step.T, kernel)
    check.that(
        np.abs(across).max() <= rounding,
        "where the upper half is dark and the lower half bright, the answer "
        f"is {across[np.abs(across[:, 0]).argmax(), 0]:.4g} somewhere, not 0.",
        "this is an edge, but a horizontal one. Each row of the kernel by "
        "itself must give 0 where all is equally bright.",
    )
    along = correlated(step, kernel)[0, 2:4]  # the stencils over the edge
    check.that(
        (along > rounding).any() or (along < -rounding).any(),
        "the filter doesn't see the vertical edge: its answer there is 0.",
        "the right column must count for more than the left one.",
    )
    check.that(
        not (along <= rounding).all(),
        f"from dark to bright, going right, the answers are {along[0]:.4g} "
        f"and {along[1]:.4g}; both must be positive.",
        "the kernel is laid on the picture as it is, not mirrored: which "
        "side must be positive?",
    )
    check.that(
        (along > rounding).all(),
        f"where the stencil lies over the edge, the answers are {along[0]:.4g}"
        f" and {along[1]:.4g}; both must be positive.",
        "there are two such places: the bright half under the right column "
        "only, or under the two right columns.",
    )


def correlated(image, kernel):
    """Return the answers of a kernel at all places of a picture (h, w)."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijab,ab->ij", windows, kernel)


# 5 · A convolutional layer, forward


def convolution(x, w, b, stride, padding):
    """Return what a convolutional layer does with images x (n, c, h, w)."""
    x = np.pad(x, [(0, 0)] * 2 + [(padding, padding)] * 2)
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], (2, 3))
    windows = windows[:, :, ::stride, ::stride]  # (n, c, i, j, s, t)
    return np.einsum("ncijst,kcst->nkij", windows, w) + b[:, None, None]


MIRRORED = np.s_[:, :, ::-1, ::-1]


def slips_of_forward(x, w, b, stride, padding):
    """Yield (what a slip gives, hint)."""
    right = convolution(x, w, b, stride, padding)
    yield (
        convolution(x, w[MIRRORED], b, stride, padding),
        "the kernels are mirrored; a layer lays them on as they are.",
    )
    yield (
        right - b[:, None, None],
        "it is right but for the biases: each filter adds its own.",
    )
    for count in w.shape[1], w[0].size:
        yield (
            right + (count - 1) * b[:, None, None],
            "the bias is added too often: once for each output, not for each "
            "of its products.",
        )
    _, _, height, width = right.shape
    yield (
        convolution(x, w, b, 1, padding)[:, :, :height, :width],
        "the size is right, but the stencil moves one pixel at a time.",
    )
    for channel in 0, -1:
        yield (
            convolution(x[:, [channel]], w[:, [channel]], b, stride, padding),
            "a single channel counts; the answers of all are added.",
        )
    yield (
        convolution(x, w, b * 0, stride, padding) / w[0].size
        + b[:, None, None],
        "the products are summed; this is their mean.",
    )
    at_each = convolution(x, w, b, 1, padding)
    for slip in (
        at_each[:, :, ::stride, :width],
        at_each[:, :, :height, ::stride],
    ):
        yield (
            slip,
            "the stride is missing for one of the two, rows or columns: both "
            "begin at a multiple of it.",
        )
    yield (
        np.broadcast_to(b[:, None, None], right.shape),
        "the answers are the biases alone: does the stencil meet nothing but "
        "zeros?",
    )
    yield (
        (right - b[:, None, None]).sum(axis=0) + b[:, None, None] + 0 * right,
        "all images are added up: each has an answer of its own.",
    )
    yield (
        right[:1].repeat(len(x), axis=0),
        "all images get the answer to the first one.",
    )
    yield (
        right[:, :1].repeat(len(w), axis=1),
        "all filters give the answer of the first one.",
    )


def about_forward(*layer):
    """Return a function that says which slip gives a result, or where to
    look first."""

    def advise(found):
        for slip, hint in slips_of_forward(*layer):
            if comparing.same(found, slip):
                return hint
        right = convolution(*layer)
        off = ~np.isclose(found, right)
        if (found[off] == 0).all():
            if (right[off] < 0).all():
                return (
                    "negative answers have become 0: this layer has no ReLU."
                )
            return (
                "all that is wrong is 0: do the loops end too early, is a "
                "return inside of one?"
            )
        n, k, i, j = np.argwhere(off)[0].tolist()
        *_, stride, padding = layer
        return (
            f"at [{n}, {k}, {i}, {j}] filter {k} lies on image {n}, its upper "
            f"left corner at row {stride * i - padding}, column "
            f"{stride * j - padding} of the image. Compute this one by hand."
        )

    return advise


def _forward(conv2d, x, w, b, stride, padding, gives=None):
    arguments = x, w, b, stride, padding
    right = convolution(*arguments) if gives is None else gives
    advise = about_forward(*arguments)
    with shape_explained(right, about_places):
        check.call(conv2d, *arguments, gives=right, advise=advise)


def forward_of_five_by_five(conv2d):
    is_own_work(conv2d)
    x = np.arange(25.0).reshape(1, 1, 5, 5)
    w, b = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([100.0])
    right = np.array([[[[141.0, 161.0], [241.0, 261.0]]]])
    for _ in range(2):
        _forward(conv2d, x, w, b, 2, 0, right)
    right = np.array([[[[100, 111, 125], [150, 201, 221], [210, 301, 321]]]])
    _forward(conv2d, x, w, b, 2, 1, right.astype(float))


def forward_of_channels(conv2d):
    x = np.array([[[[1, 2, 3]], [[10, 20, 30]]], [[[0, 0, 0]], [[1, 0, 0]]]])
    w = np.array([[[[1, 1]], [[1, 1]]], [[[1, 0]], [[0, 0]]], [[[0, 0]]] * 2])
    b = np.array([0, 1, 0.5])
    right = [[[[33, 55]], [[2, 3]], [[0.5, 0.5]]]]
    right += [[[[1, 0]], [[1, 1]], [[0.5, 0.5]]]]
    _forward(conv2d, x, w, b, 1, 0, np.array(right, float).tolist())


def forward_of_random_images(conv2d, seed, shape, filters, stride, padding):
    """Compare with random images of a shape (n, c, h, w), and filters
    (k, s, t): how many, and their size."""
    is_own_work(conv2d)
    x, w, b = random_layer(seed, shape, filters)
    _forward(conv2d, x, w, b, stride, padding)


def random_layer(seed, shape, filters):
    rng = np.random.default_rng(seed)
    k, *kernel = filters
    x, w = rng.normal(size=shape), rng.normal(size=(k, shape[1], *kernel))
    return x, w, rng.normal(size=k)


# 6 · A convolutional layer, backward


def gradients(dy, x, w, stride, padding, add=np.add):
    """Return dx, dw, db. add: how dx gathers what comes from one place."""
    sides = [(0, 0)] * 2 + [(padding, padding)] * 2
    padded, (_, _, *kernel) = np.pad(x, sides), w.shape
    dx, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for place in np.ndindex(dy.shape[2:]):
        rows, columns = (
            slice(stride * i, stride * i + s) for i, s in zip(place, kernel)
        )
        here = dy[:, :, *place]  # (n, k)
        dw += np.einsum("nk,ncst->kcst", here, padded[:, :, rows, columns])
        part = np.einsum("nk,kcst->ncst", here, w)
        dx[:, :, rows, columns] = add(dx[:, :, rows, columns], part)
    inside = [slice(padding, padding + size) for size in x.shape[2:]]
    return dx[:, :, *inside], dw, dy.sum(axis=(0, 2, 3))


KERNEL_TURNED = (
    "the kernel is mirrored: the output at (i, j) took pixel (i + a, j + b) "
    "times w[a, b], so this weight is also the way back."
)


def slips_of_gradients(dy, x, w, stride, padding):
    """Yield (name, what a slip gives, hint)."""
    dx, dw, db = gradients(dy, x, w, stride, padding)
    turned, *_ = gradients(dy, x, w[MIRRORED], stride, padding)
    yield "dx", turned, KERNEL_TURNED
    overwritten, *_ = gradients(dy, x, w, stride, padding, lambda _, b: b)
    yield (
        *("dx", overwritten),
        "where stencils overlap, a pixel gets gradients from each of them: "
        "they add up.",
    )
    begin = "it begins with the {} themselves: begin with zeros."
    yield "dx", dx + x, begin.format("images")
    yield "dw", dw + w, begin.format("filters")
    for channel in 0, -1:
        alone = np.zeros((w.shape[1], 1, 1))
        alone[channel] = 1
        for name, slip in ("dx", dx * alone), ("dw", dw * alone):
            yield name, slip, "only one of the channels gets something."
    yield (
        *("dx", dx.sum(axis=0) + 0 * dx),
        "all images get the same: each its own, from its own part of dy.",
    )
    yield (
        *("dw", dw.sum(axis=0) + 0 * dw),
        "all filters get the same: filter k, from dy[:, k].",
    )
    yield (
        *("dw", dw[MIRRORED]),
        "this is mirrored: the weight w[a, b] met the pixel (i + a, j + b).",
    )
    _, dw_first, db_first = gradients(dy[:1], x[:1], w, stride, padding)
    yield "dw", dw_first, "this is what the first image alone gives: sum."
    yield "db", db_first, "this is what the first image alone gives: sum."
    for name, right in zip(("dx", "dw", "db"), (dx, dw, db)):
        for count, what in (
            (dy[0, 0].size, "positions"),
            (len(dy), "images"),
            (dy[:, 0].size, "images and positions"),
        ):
            yield (
                *(name, right / count),
                f"the sum is divided by the number of {what}: dy already "
                "holds all factors, it stays a sum.",
            )


SHAPES = {
    "dx": "dx has the size of the images. Where a stride skips pixels, or "
    "some are left over, they get 0, but are there.",
    "dw": "dw has the shape of w: an entry for each weight.",
    "db": "db has one entry for each filter, summed over images, rows and "
    "columns.",
}
THREE = "return dx, dw, db, in this order."
WHERE_FROM = {
    "dx": "a pixel goes into several outputs, of all filters. Move it by 1: "
    "by how much does each of them change, and what is that worth?",
    "dw": "a weight goes into the outputs at all places of all images, times "
    "the pixel that lies under it there.",
    "db": "a bias is added at all places of all images, for its own filter.",
}


def _backward(conv2d_backward, dy, x, w, stride, padding, right=None):
    """Compare gradients with (dx, dw, db), or what `gradients` gives."""
    arguments = dy, x, w, stride, padding
    right = right or gradients(*arguments)
    for _ in "ab":
        found = check.call(conv2d_backward, *arguments)
        check.that(
            isinstance(found, (tuple, list)),
            f"the result is of type {type(found).__name__}.",
            THREE,
        )
        check.that(
            len(found) == 3, f"the result has {len(found)} parts.", THREE
        )
        for own, (name, hint), gradient in zip(
            found, WHERE_FROM.items(), right
        ):
            check.that(
                np.size(own),
                f"{name} is empty, its shape is {np.shape(own)}.",
                "without padding, the slice padding:-padding is empty.",
            )
            with shape_explained(gradient, lambda *_: SHAPES[name]):
                check.equal(own, gradient, name, _about(arguments, name))


def _about(arguments, name):
    def advise(found):
        for which, slip, hint in slips_of_gradients(*arguments):
            if which == name and comparing.same(found, slip):
                return hint
        return WHERE_FROM[name]

    return advise


def backward_of_five_by_five(conv2d_backward):
    is_own_work(conv2d_backward)
    x = np.arange(25.0).reshape(1, 1, 5, 5)
    w = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    dx = np.kron(w, w)
    dx = np.pad(dx, [(0, 0)] * 2 + [(0, 1)] * 2)
    right = dx, np.array([[[[82.0, 92.0], [132.0, 142.0]]]]), np.array([10.0])
    _backward(conv2d_backward, w.copy(), x, w, 2, 0, right)


def backward_where_stencils_overlap(conv2d_backward):
    x, w = np.array([[[[1.0, 2.0, 3.0]]]]), np.array([[[[10.0, 20.0]]]])
    dy = np.array([[[[1.0, 3.0]]]])
    right = [[[[10.0, 50.0, 60.0]]]], [[[[7.0, 11.0]]]], [4.0]
    _backward(conv2d_backward, dy, x, w, 1, 0, right)


def backward_of_one_padded_pixel(conv2d_backward):
    x, w = np.array([[[[5]]]]), np.arange(1, 10).reshape(1, 1, 3, 3)
    dy = np.array([[[[0.5]]]])
    dw = 2.5 * (w == 5)
    right = [[[[2.5]]]], dw, [0.5]
    _backward(conv2d_backward, dy, x, w, 1, 1, right)


def backward_of_random_images(
    conv2d_backward, seed, shape, filters, stride, padding
):
    is_own_work(conv2d_backward)
    x, w, b = random_layer(seed, shape, filters)
    y = convolution(x, w, b, stride, padding)
    dy = np.random.default_rng(seed + 1).normal(size=y.shape)
    _backward(conv2d_backward, dy, x, w, stride, padding)


# 7 and 8 · Max-pooling


def windows_of(x, size, stride):
    """Return the windows (n, c, i, j, size, size) of images (n, c, h, w)."""
    sides = size, size
    windows = np.lib.stride_tricks.sliding_window_view(x, sides, (2, 3))
    return windows[:, :, ::stride, ::stride]


def about_pool(x, size, stride):
    def advise(found):
        right = windows_of(x, size, stride).max(axis=(4, 5))
        n, c, i, j = np.argwhere(~np.isclose(found, right))[0].tolist()
        window = windows_of(x, size, stride)[n, c, i, j].round(3).tolist()
        if np.array_equal(found, np.trunc(right)):
            return "fractions are lost: an array of whole numbers?"
        return f"at [{n}, {c}, {i}, {j}] the window is {window}."

    return advise


def _pool(max_pool, x, size, stride, gives=None):
    if gives is None:
        gives = windows_of(x, size, stride).max(axis=(4, 5)).tolist()
    advise = about_pool(x, size, stride)
    for _ in "ab":
        with shape_explained(gives, about_places):
            check.call(max_pool, x, size, stride, gives=gives, advise=advise)


TWELVE = np.array([[[[1, 2, 0, 5], [4, 3, -1, -2], [-5, -6, -7, -8]]]])


def pool_of_twelve(max_pool):
    is_own_work(max_pool)
    _pool(max_pool, TWELVE, 2, 1, [[[[4, 3, 5], [4, 3, -1]]]])
    _pool(max_pool, TWELVE, 2, 2, [[[[4, 5]]]])


def pool_of_the_dark(max_pool):
    x = -1001 * np.arange(1, 17).reshape(1, 2, 2, 4)  # whole numbers
    _pool(max_pool, x, 2, 2, [[[[-1001, -3003]], [[-9009, -11011]]]])


def pool_of_random_images(max_pool, seed, shape, size, stride):
    is_own_work(max_pool)
    x = np.random.default_rng(seed).normal(size=shape)
    _pool(max_pool, x, size, stride)


def pooled_back(dy, x, size, stride, step=None):
    """Return dx; of several largest pixels the first gets the gradient.

    step: how far apart the windows are when it is put there.
    """
    step = step or stride
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        top, left = i * stride, j * stride
        window = x[n, c, top : top + size, left : left + size]
        a, b = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, i * step + a, j * step + b] += dy[n, c, i, j]
    return dx


def slips_of_pooled_back(dy, x, size, stride):
    """Yield (what a slip gives, hint)."""
    yield (
        pooled_back(dy, x, size, stride) + x,
        "it begins with the images themselves: begin with zeros.",
    )
    yield (
        pooled_back(dy, x, size, stride, step=1),
        "the windows are right, but the winner's row in the image is i * "
        "stride + its row in the window; so with columns.",
    )
    for axes in (0, 1), 0, 1:
        largest = np.broadcast_to(x.max(axis=axes, keepdims=True), x.shape)
        yield (
            pooled_back(dy, largest, size, stride),
            "one winner for several images or channels: each has its own.",
        )
    anywhere = np.zeros(x.shape)
    largest = windows_of(x, size, stride).max(axis=(4, 5))
    for n, c, i, j in np.ndindex(dy.shape):
        row, column = np.argwhere(x[n, c] == largest[n, c, i, j])[0]
        anywhere[n, c, row, column] += dy[n, c, i, j]
    yield (
        anywhere,
        "the winner is looked for in the whole image, where an equal pixel "
        "may come first: look in the window only.",
    )


def about_pooled_back(dy, x, size, stride):
    right = pooled_back(dy, x, size, stride)

    def advise(found):
        for slip, hint in slips_of_pooled_back(dy, x, size, stride):
            if comparing.same(found, slip):
                return hint
        if np.isclose(found.sum(), dy.sum()):
            told = (
                "in all, as much arrives as was sent, but not always at the "
                "largest pixel, and of several at the first."
            )
        else:
            told = (
                f"the entries of dy sum to {dy.sum():.4g}, those of your dx "
                f"to {found.sum():.4g}: each must arrive exactly once."
            )
        n, c, i, j = np.argwhere(~np.isclose(found, right))[0].tolist()
        return f"{told} Look at the windows around [{n}, {c}, {i}, {j}]."

    return advise


def _pool_back(max_pool_backward, dy, x, size, stride, gives=None):
    if gives is None:
        gives = pooled_back(dy, x, size, stride)
    advise = about_pooled_back(dy, x, size, stride)
    for _ in "ab":
        with shape_explained(gives, lambda *_: SHAPES["dx"]):
            check.call(
                *(max_pool_backward, dy, x, size, stride),
                gives=gives,
                advise=advise,
            )


def gradient_of_ties(max_pool_backward):
    is_own_work(max_pool_backward)
    x = np.array([[[[1, 2, 7], [3, 7, 1], [2, 7, 7]]]])
    right = np.array([[[[0, 0, 0.25], [0, 0, 0], [0, 0, 0]]]])
    dy = np.array([[[[0.25]]]])
    _pool_back(max_pool_backward, dy, x, 3, 3, right)


def gradient_of_overlaps(max_pool_backward):
    x = np.array([[[[1.0, 2, 3, 0], [4, 9, 5, 0], [6, 7, 8, 0]]]])
    dy = np.array([[[[1.0, 2.0, 10.0], [3.0, 4.0, 20.0]]]])
    right = [[0, 0, 0, 0], [0, 10, 10, 0], [0, 0, 20, 0]]
    _pool_back(max_pool_backward, dy, x, 2, 1, np.array([[right]], float))


def gradient_of_random_images(
    max_pool_backward, seed, shape, size, stride, levels
):
    """levels: how many values pixels have; few make ties, 0 near ties."""
    is_own_work(max_pool_backward)
    rng = np.random.default_rng(seed)
    x = rng.integers(-(levels or 3), 0, shape)
    if not levels:
        x = x + rng.normal(0, 1e-7, shape)
    places = windows_of(x, size, stride).shape[:4]
    dy = rng.normal(size=places)
    _pool_back(max_pool_backward, dy, x, size, stride)


# 9 and 11 · An eye of your own

NUMBERS, PRODUCTS = 20_000, 2_000_000  # that the chip holds; does a photo
FLOOR = 0.62
SCORES = (
    "return the scores: the loss applies the softmax itself, and twice is "
    "once too often."
)


def studio(images):
    """Return photos (n, 1, 36, 36) float32, each garment in the middle."""
    return _photos(images, np.full((len(images), 2), 4))


def chute(images, rng):
    """Return such photos, each garment where it happens to lie."""
    return _photos(images, rng.integers(0, 9, (len(images), 2)))


def _photos(images, corners):
    photos = np.zeros((len(images), 1, 36, 36), np.float32)
    for photo, image, (top, left) in zip(photos, images, corners):
        photo[0, top : top + 28, left : left + 28] = image / np.float32(255)
    return photos


@functools.cache
def garments():
    """Return tensors: 6,000 photos of the studio and their labels; 2,000
    others as in the studio, the same as in the chute, and their labels."""
    import torch

    images, labels, *_ = data.fashion_mnist()
    laid, valid = slice(6000), slice(50_000, 52_000)
    fallen = chute(images[valid], np.random.default_rng(0))
    arrays = studio(images[laid]), labels[laid]
    arrays += studio(images[valid]), fallen, labels[valid]
    return [torch.tensor(array) for array in arrays]


def accuracy(eye, photos, labels):
    """Return the share of photos whose class an eye names."""
    import torch

    eye.eval()
    with torch.no_grad():
        scores = torch.cat([eye(part.clone()) for part in photos.split(500)])
    return (scores.argmax(dim=1) == labels).float().mean().item()


def train(eye, seed, num_epochs=4, batch_size=50, lr=0.003):
    """Train a module on 6,000 photos of the studio, and return it.

    Adam; the rate rises to lr and falls to zero again.
    """
    import torch

    X, y, *_ = garments()
    torch.manual_seed(seed)
    num_steps = num_epochs * len(X) // batch_size
    optimizer = torch.optim.Adam(eye.parameters(), lr)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, num_steps)
    eye.train()
    for _ in range(num_epochs):
        for batch in torch.randperm(len(X)).split(batch_size):
            loss = torch.nn.functional.cross_entropy(eye(X[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rates.step()
    return eye.eval()


@contextlib.contextmanager
def torch_as_it_was():
    """Leave PyTorch's random numbers as they were, and gradients on."""
    import torch

    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        yield


@torch_as_it_was()
def eye_for_the_chip(build, numbers=NUMBERS):
    """Make sure that an eye has the form that is asked for, and fits."""
    import torch

    eye, other = _new_eye(build, 0), _new_eye(build, 1)
    photos = garments()[2][:3]
    with torch.no_grad():
        scores = _scores(eye.eval(), photos)
        other.eval()(photos.clone())
        alone = eye(photos[:1].clone())
    check.that(
        tuple(alone.shape) == (1, 10)
        and torch.allclose(alone[0], scores[0], atol=1e-4, rtol=1e-3),
        "a photo alone gets other scores than among others.",
        "each row of the result must depend on its own photo only.",
    )
    mine, others = ({id(t) for t in _stored(e)} for e in (eye, other))
    check.that(
        not mine & others,
        "two eyes share their parameters.",
        "make all layers anew in each call of build.",
    )
    held = sum(t.numel() for t in _stored(eye))
    learnt = sum(p.numel() for p in eye.parameters())
    check.that(
        any(p.requires_grad for p in eye.parameters()),
        "there is nothing to learn: no parameters.",
        "layers that are stored in plain lists are not found: "
        "torch.nn.Sequential and torch.nn.ModuleList find them.",
    )
    check.that(
        held <= numbers,
        f"the eye holds {held:,} numbers; the chip holds {numbers:,}.",
        f"the {learnt:,} parameters alone would fit; buffers are held, too: "
        "the means and variances of BatchNorm."
        if learnt <= numbers
        else f"most of them, {_largest(eye)}.",
    )
    products = _products(eye, photos[:1])
    check.that(
        products <= PRODUCTS,
        f"the eye needs {products:,.0f} multiplications for a photo; the "
        f"chip has time for {PRODUCTS:,.0f}.",
        "an early stride or pooling leaves less to compute for all that "
        "comes behind; so do fewer channels where images are large.",
    )


def _new_eye(build, seed):
    import torch

    torch.manual_seed(seed)
    eye = check.call(build)
    check.that(
        isinstance(eye, torch.nn.Module),
        f"the result is of type {type(eye).__name__}, not a torch module.",
        "return a module, torch.nn.Sequential(...) or one of a class of your "
        "own: the module itself, an instance.",
    )
    return eye


def _scores(eye, photos):
    import torch

    given = photos.clone()
    scores = eye(given)
    check.that(
        torch.equal(given, photos),
        "forward changes the photos that it is given.",
        "x = x - 0.5 makes a new tensor, x -= 0.5 changes the one given.",
    )
    check.that(
        scores is not None, "forward returns None.", "return the scores."
    )
    check.that(
        isinstance(scores, torch.Tensor)
        and tuple(scores.shape) == (len(photos), 10),
        f"for {len(photos)} photos the scores have the shape "
        f"{tuple(getattr(scores, 'shape', ()))}, not ({len(photos)}, 10).",
        "the last layer has ten outputs, one for each class, and before a "
        "dense layer the image must become a row: torch.nn.Flatten().",
    )
    check.that(
        bool(torch.isfinite(scores).all()), "not all scores are numbers."
    )
    sums = scores.sum(dim=1)
    check.that(
        not torch.allclose(sums, torch.ones_like(sums), atol=1e-4),
        "each row of the scores sums to 1.",
        SCORES,
    )
    return scores


def _stored(eye):
    return [*eye.parameters(), *eye.buffers()]


def _largest(eye):
    name, tensor = max(
        eye.named_parameters(), key=lambda named: named[1].numel()
    )
    shape = " x ".join(map(str, tensor.shape))
    return f"{tensor.numel():,}, are in {name}, which is {shape}"


def _products(eye, photo):
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        eye(photo.clone())
    return counter.get_total_flops() / 2  # a product and a sum are two


trained = {}  # build: its eye, how well that sees fallen and laid garments


@torch_as_it_was()
def sees_in_the_chute(build, seed, floor=FLOOR, numbers=NUMBERS):
    """Train an eye on photos of the studio, look how well it sees in the
    chute; if it isn't enough, tell how well it sees in the studio."""
    eye_for_the_chip(build, numbers)
    eye = _new_eye(build, seed)
    *_, laid, fallen, labels = garments()
    before = accuracy(eye, fallen, labels)
    check.that(
        before < 0.5,
        f"untrained it already names {before:.0%} of the garments.",
        "an eye comes with random weights; the test trains it.",
    )
    train(eye, seed)
    sees, of_laid = (accuracy(eye, seen, labels) for seen in (fallen, laid))
    trained[build] = eye, sees, of_laid
    if sees >= floor:
        return
    far = of_laid - sees > 0.1
    check.that(
        False,
        f"in the chute {sees:.1%} are named correctly, {floor:.0%} are asked "
        f"for; laid in the middle it would be {of_laid:.1%}.",
        "so the eye sees, but it wants garments in their place. What in it "
        "depends on the place: a dense layer behind Flatten, or strides that "
        "skip places?"
        if far
        else "so it isn't the place; it has learnt too little. More channels, "
        "another layer, or layers that learn faster?",
    )


@torch_as_it_was()
def sees_others(build, seed, floor=FLOOR - 0.02):
    """Show a trained eye other garments in the chute."""
    import torch

    images, labels, *_ = data.fashion_mnist()
    others = slice(52_000, 55_000)
    fallen = chute(images[others], np.random.default_rng(seed))
    fallen, labels = map(torch.tensor, (fallen, labels[others]))
    check.that(build in trained, "the eye isn't trained yet.")
    eye, *_ = trained[build]
    sees = accuracy(eye, fallen, labels)
    check.that(
        sees >= floor,
        f"of other garments in the chute {sees:.1%} are named correctly; "
        f"{floor:.0%} are asked for.",
    )
