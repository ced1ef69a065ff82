"""What the answers of assignment a01 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

import contextlib
import functools
import itertools
from pathlib import Path

import numpy as np

from utils import checking, comparing, data

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")
    built_in = dict.fromkeys(
        (1, 2, 4, 5, 6, 8, 10),
        "is something of the example built in? All sizes may be others, 1 "
        "or equal ones, too, and numbers may be fractions, large or negative.",
    )


# Modules in which answers are found.
READY_MADE = {
    *("jax", "keras", "notebooks", "scipy", "sklearn"),
    *("tensorflow", "torch", "utils"),
}
# Two images of four pixels, and the weights of plane, car and truck.
IMAGES = np.array([[12, 48, 96, 18], [4, 18, 2, 96]])
WEIGHTS = np.array(
    [[1.4, -2.0, 0.2], [0.5, 0.1, 0.9], [0.7, 0.2, -0.2], [1.2, -0.7, 0.5]]
)
BIASES = np.array([0.5, 1.2, 0.2])
# Two photos of 2 x 2 pixels.
PHOTOS = np.array(
    [
        [[[12, 155, 240], [48, 6, 70]], [[96, 30, 21], [18, 88, 5]]],
        [[[1, 11, 101], [2, 12, 102]], [[3, 13, 103], [4, 14, 104]]],
    ]
)
# Five images' scores for three classes.
SCORES = np.array(
    [
        [0.15, 0.7, 0.15],
        [1.75, -1.5, 1.0],
        [-0.5, -3.0, -4.0],
        [-0.5, -1.75, 3.0],
        [-0.5, 1.0, 0.5],
    ]
)
LABELS = np.array([0, 1, 1, 2, 1])
# Scores and labels at which a hint has to fit, too.
PROBE = (
    np.array(
        [
            [1.3, -0.7, 0.4, 0.9],
            [-2.5, -1.45, -3.2, -1.1],
            [0.3, 7.9, 2.2, -1.7],
            [6.1, 5.6, 0.2, 1.8],
            [4.4, -3.3, 2.25, -2.6],
            [-9.3, -4.1, -6.4, -7.7],
            [0.85, 0.15, 0.6, -0.35],
        ]
    ),
    np.array([3, 0, 2, 1, 0, 1, 2]),
)


def is_own_work(function):
    """Make sure that a function uses nothing but Python and NumPy."""
    check.own_work(function, READY_MADE)


# What every function is held to

_returned = {}  # function: its results so far, each with a copy
KEPT = (
    "this call has changed what an earlier call returned.",
    "make new arrays in each call, and keep none to fill it again.",
)


def called(function, *arguments):
    """Call a function twice; return what it gives, a list as an array.

    What it has returned before must have stayed as it was.
    """
    is_own_work(function)
    raw = check.call(function, *arguments)
    found = comparing.copied(as_array(raw))
    again = check.call(function, *arguments)
    if comparing.is_numeric(found):
        check.that(
            comparing.same(as_array(again), found),
            "called a second time, the function gives another result.",
            "it keeps something from the first call, or draws at random?",
        )
    earlier = _returned.setdefault(function, [])
    check.that(
        not _is_kept(raw, again, arguments)
        and all(comparing.same(result, copy) for result, copy in earlier),
        *KEPT,
    )
    if comparing.is_numeric(again):
        earlier.append((again, comparing.copied(again)))
    return found


def _is_kept(result, again, arguments):
    """Tell whether two calls return one array that isn't an argument's."""
    arrays = [a for a in arguments if isinstance(a, np.ndarray)]
    return (
        isinstance(result, np.ndarray)
        and isinstance(again, np.ndarray)
        and np.shares_memory(result, again)
        and not any(np.shares_memory(again, array) for array in arrays)
    )


def as_array(found):
    """Return lists of numbers as an array, all else as it is."""
    if isinstance(found, list) and comparing.is_numeric(found):
        return np.array(found)
    if isinstance(found, list) and all(
        isinstance(f, np.ndarray) for f in found
    ):
        with contextlib.suppress(ValueError):
            return np.stack(found)
    return found


def judge(function, *arguments, gives, slips, probe, where=None, axes=()):
    """Call a function and compare; if the result is wrong, find a hint.

    Parameters: function; arguments; gives, the right result; slips, a
    function of the arguments that yields (hint, the result that it fits);
    probe, other arguments, at which a hint has to fit, too; where, a function
    that is given the arguments, the result and the index of its first wrong
    entry, and returns a hint; axes, what each axis of the result counts.
    """
    found = called(function, *arguments)
    try:
        check.equal(found, gives)
    except Exception as error:
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            error.hint = _hint(found, gives, arguments, where, axes)
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            fits = known_slip(function, slips, arguments, found, probe)
            error.hint = fits or error.hint
        raise


def known_slip(function, slips, arguments, found, probe):
    """Return the hint that fits the results for two inputs, or ''."""

    def fitting(arguments, found):
        return [h for h, r in slips(*arguments) if comparing.same(found, r)]

    hints = fitting(arguments, found)
    if hints:
        again = as_array(function(*comparing.copied(probe)))
        both = {*fitting(probe, again)}
        hints = [hint for hint in hints if hint in both]
    return hints[0] if hints else ""


def _hint(found, right, arguments, where, axes):
    right = np.asarray(right)
    if isinstance(found, tuple):
        return "return the result alone." if len(found) > 1 else ""
    if isinstance(found, list) and len({*map(np.shape, found)}) > 1:
        return "parts differ in shape: is something kept from an earlier call?"
    if np.shape(found) != right.shape:
        if comparing.same(np.ravel(found), right.ravel()):
            return f"the numbers are right; the shape is to be {right.shape}."
        return _about_shape(np.shape(found), right.shape, axes)
    if comparing.same(found, np.trunc(right)):
        return "fractions are lost: is an array one of whole numbers?"
    if any(comparing.same(found, np.round(right, n)) for n in range(6)):
        return "is it rounded? Return all digits."
    wrong = np.argwhere(~np.isclose(found, right, 1e-4, 1e-9))
    if not len(wrong):
        return "nearly right: is a number rounded, or kept in too few bits?"
    return where(*arguments, found, *wrong[0].tolist()) if where else ""


def _about_shape(shape, right, axes):
    if not axes:
        return "return one number."
    if len(shape) != len(right):
        return f"the result has an axis for each of these: {', '.join(axes)}."
    i = next(i for i, size in enumerate(right) if size != shape[i])
    return f"axis {i} counts the {axes[i]}: {right[i]} of them."


def combined(*parts, most=2):
    """Yield what is wrong, and how, for combinations of choices.

    Parameters: parts, lists of pairs (hint, choice); that of the right choice
    is "". First come the combinations with the fewest hints; most, of them.
    """
    every = [
        ([hint for hint, _ in pairs if hint], [choice for _, choice in pairs])
        for pairs in itertools.product(*parts)
    ]
    for hints, choices in sorted(every, key=lambda one: len(one[0])):
        if 0 < len(hints) <= most:
            yield " And ".join(hints), choices


def listed(values):
    return ", ".join(f"{value:.6g}" for value in np.ravel(values))


# 1 · Scores of a batch


def slips_of_scores(X, W, b):
    d, (n, k) = X.shape[1], (len(X), W.shape[1])
    ends = X[:, -1:] @ W[-1:], X[:, :1] @ W[:1]
    products = [
        ("", X @ W),
        ("the products are added up: sum, not mean.", X @ W / d),
        ("use the pixels as they are, not divided by 255.", X @ W / 255),
        ("nothing is divided by the number of images.", X @ W / n),
        ("the last pixel is left out: range(d) ends by itself.",
         X @ W - ends[0]),
        ("the first pixel is left out: a loop begins at 0.", X @ W - ends[1]),
        ("only the last pixel counts: add the products up.", ends[0]),
        ("the pixels lose their fractions: multiply them as they are.",
         np.trunc(X) @ W),
    ]  # fmt: skip
    own = np.arange(n) < min(n, k)
    biases = [
        ("", b),
        ("the bias is missing: each class adds its own entry of b.", 0 * b),
        ("the biases are added, not subtracted.", -b),
        ("the bias is added twice; add it once.", 2 * b),
        ("the bias is added once for each pixel; add it outside of the sum.",
         d * b),
        ("the bias belongs to the class, not to the image: b[j] of column j.",
         np.where(own, np.resize(b, n), np.nan)[:, None]),
    ]  # fmt: skip
    orders = [
        ("", lambda scores: scores),
        ("a row for each image, a column for each class: transpose.",
         lambda scores: scores.T),
        ("leave the scores in the order of the classes: don't sort.",
         lambda scores: np.sort(scores, axis=1)),
        ("scores are no shares: don't divide them by their sum.",
         lambda scores: scores / scores.sum(axis=1, keepdims=True)),
        ("a score may be negative; don't clip it.",
         lambda scores: np.maximum(scores, 0)),
        ("scores are not probabilities; leave them as they are.",
         lambda scores: 1 / (1 + np.exp(-scores))),
        ("leave the scores as they are, not divided by the largest.",
         lambda scores: scores / scores.max()),
    ]  # fmt: skip
    for hint, (product, bias, order) in combined(products, biases, orders):
        yield hint, order(product + bias)
    last = np.ones((n, 1))
    yield (
        "pixels and weights don't meet: is the 1 in front of the pixels, but "
        "b below the weights?",
        np.c_[last, X] @ np.vstack([W, b]),
    )


def about_a_score(X, W, b, found, i, j):
    if X.shape[1] > 6:
        return "work one entry out by hand, and print its parts."
    return (
        f"[{i}, {j}]: the products of image {i} and class {j} are "
        f"{listed(X[i] * W[:, j])}, and the bias is {b[j]:.4g}. Print yours."
    )


def _scores(function, X, W, b, right):
    probe = (
        np.arange(1, 13).reshape(3, 4) ** 2,
        np.array([[0.5, -1.5], [2.5, 0.7], [-1.1, 1.3], [0.3, -0.2]]),
        np.array([0.7, -1.6]),
    )
    judge(
        function, X, W, b, gives=right, slips=slips_of_scores, probe=probe,
        where=about_a_score, axes=("images", "classes"),
    )  # fmt: skip


def scores_of_two_images(compute_scores):
    right = [[130.1, -11.4, 35.6], [131.7, -71.8, 64.8]]
    _scores(compute_scores, IMAGES, WEIGHTS, BIASES, right)


def scores_of_single_pixels(compute_scores):
    X = np.arange(25).reshape(5, 5) / 4
    W = 0.5 * np.eye(5)[:, [4, 0, 1, 3, 2]]  # class 0 looks at pixel 4, ...
    first = [10.5, -10.0, 4.125, -2.625, 8.25]
    right = [[score + 0.625 * i for score in first] for i in range(5)]
    _scores(compute_scores, X, W, np.array([10.0, -10, 4, -3, 8]), right)


def scores_of_bytes(compute_scores):
    X = np.array([[200, 0, 130, 255]])
    W = np.array(
        [[0.26, -1.5, 0.03], [9.0, 5.0, -7.0], [0.5, -0.7, 1.11], [-2, 1, 0]]
    )
    b, right = np.array([-0.25, -0.75, -0.05]), [[-393.25, -136.75, 150.25]]
    for kind in np.uint8, np.int64:
        _scores(compute_scores, X.astype(kind), W, b, right)


def scores_at_random(compute_scores, seed, n, d, k):
    rng = np.random.default_rng(seed)
    X, W, b = rng.random((n, d)), rng.normal(size=(d, k)), rng.normal(size=k)
    right = np.array([[x @ w for w in W.T] for x in X]) + b
    _scores(compute_scores, X, W, b, right.tolist())


# 2 · Unrolling


def slips_of_unrolling(images, by):
    pixels, channels = (_unrolled(images, order) for order in ORDERS)
    n, right = len(images), (pixels if by == "pixel" else channels)
    if by == "channel":
        yield "this is the order by pixel: move the colour axis first.", pixels
        backwards = _unrolled(images[..., ::-1], by)
        yield "the order of the channels is red, green, blue.", backwards
        bands = images.transpose(0, 1, 3, 2).reshape(n, -1)
        yield (
            "the colours change at the end of each row of the image; first "
            "all reds, then all greens: the colour axis goes before both.",
            bands,
        )
        mixed = images.transpose(3, 0, 1, 2).reshape(n, -1)
        yield "numbers of different images are mixed: axis 0 stays.", mixed
        red = images[..., 0].reshape(n, -1)
        yield "this is one channel of three.", red
        two = channels[:, : 2 * red.shape[1]]
        yield "a channel is missing: range(3) counts 0, 1, 2.", two
    else:
        yield "this is the order by channel.", channels
    down = _unrolled(images.transpose(0, 2, 1, 3), by)
    yield "this walks down the columns; walk along the rows.", down
    yield "don't sort the numbers: their places count.", np.sort(right, axis=1)
    yield "return the numbers as they are, not divided.", right / 255
    last = right * (np.arange(n) < n - 1)[:, None]
    yield "the last image is missing: range(n) ends by itself.", last
    first = right * (np.arange(n) < 1)[:, None]
    yield "only the first image is done.", first


def _unrolled(images, by):
    """Unroll by the definition."""
    places = _places(images, by)
    return np.array([[image[place] for place in places] for image in images])


def _places(images, by):
    places = list(np.ndindex(images.shape[1:]))
    return sorted(places, key=lambda p: p[2] if by == "channel" else 0)


ORDERS = "pixel", "channel"


def about_a_place(images, by, found, i, j):
    """Say which number belongs in a place, and which one stands there."""
    right = _unrolled(images, by)
    if comparing.same(found / found.max(), right / right.max()):
        return "unrolling only moves numbers: are they scaled?"

    def told(i, row, column, colour):
        colour = ("red", "green", "blue")[colour]
        return f"image {i}, row {row}, column {column}, {colour}"

    wanted = told(i, *_places(images, by)[j])
    spots = np.argwhere(np.isclose(images, found[i, j]))
    stands = "no number of the images" if not len(spots) else ""
    if len(spots) == 1:
        stands = told(*spots[0].tolist())
    stands = stands and f" There stands {stands}."
    return f"[{i}, {j}] is the place of {wanted}.{stands}"


def _rows(function, images, by, right):
    photos = np.arange(36).reshape(2, 3, 2, 3) * 3 + 1.5
    judge(
        function, images, by, gives=right, slips=slips_of_unrolling,
        probe=(photos, by), where=about_a_place,
        axes=("images", "numbers of each, 3 * height * width"),
    )  # fmt: skip


def photos_by_pixel(unroll):
    right = [
        [12, 155, 240, 48, 6, 70, 96, 30, 21, 18, 88, 5],
        [1, 11, 101, 2, 12, 102, 3, 13, 103, 4, 14, 104],
    ]
    _rows(unroll, PHOTOS, "pixel", right)


def photos_by_channel(unroll):
    right = [
        [12, 48, 96, 18, 155, 6, 30, 88, 240, 70, 21, 5],
        [1, 2, 3, 4, 11, 12, 13, 14, 101, 102, 103, 104],
    ]
    _rows(unroll, PHOTOS, "channel", right)


def fractions_unrolled(unroll, by, n, height, width):
    """Unroll images of numbers from 0 to 1."""
    images = np.random.default_rng(n).random((n, height, width, 3)).round(3)
    _rows(unroll, images, by, _unrolled(images, by).tolist())


# 3 · Minibatches


def one_epoch(minibatches, n, batch_size):
    is_own_work(minibatches)
    first, second = _epochs(minibatches, n, batch_size, seed=0)
    uses_every_example(first, n, batch_size)
    check.that(
        len(second) == len(first),
        f"the first call gives {len(first)} batches, the second "
        f"{len(second)}.",
        "begin each call with a new list: one in a default argument is kept.",
    )
    uses_every_example(second, n, batch_size)


def order_of_epochs(minibatches, n, batch_size):
    is_shuffled(
        lambda seed: _epochs(minibatches, n, batch_size, seed), n, batch_size
    )


def _epochs(minibatches, n, batch_size, seed):
    """Return two epochs of a generator, each a list of arrays."""
    rng = np.random.default_rng(seed)
    first = _batches(minibatches, n, batch_size, rng)
    before = comparing.copied(first)
    second = _batches(minibatches, n, batch_size, rng)
    check.that(all(map(np.array_equal, first, before)), *KEPT)
    return first, second


def _batches(minibatches, n, batch_size, rng):
    found = check.call(minibatches, n, batch_size, rng)
    check.that(
        hasattr(found, "__iter__") and not isinstance(found, dict),
        f"the result is a {type(found).__name__}, not a list of batches.",
        "return a list with one array of indices for each batch.",
    )
    found = [_of_indices(batch) for batch in found]
    check.that(
        all(
            isinstance(b, np.ndarray) and b.ndim == 1 and b.dtype.kind in "iu"
            for b in found
        ),
        "the batches are not all rows of whole numbers.",
        "return a list with an array (m,) of m integers for each batch.",
    )
    return found


def _of_indices(batch):
    """Return a list of whole numbers as an array, all else as it is."""
    if isinstance(batch, (list, tuple)) and comparing.is_numeric([*batch]):
        return np.array(batch, dtype=None if len(batch) else int)
    return batch


def uses_every_example(batches, n, batch_size):
    """Look at one epoch, a list of arrays of indices."""
    used = [i for batch in batches for i in batch.tolist()]
    wrong = next((i for i in used if not 0 <= i < n), None)
    check.that(
        wrong is None,
        f"there is an index {wrong}; those of {n} examples run from 0 to "
        f"{n - 1}.",
        f"shuffle the numbers from 0 to {n - 1}.",
    )
    sizes, wanted = [len(batch) for batch in batches], _sizes(n, batch_size)
    check.that(
        sizes == wanted,
        f"the batches have the sizes {sizes}, not {wanted}.",
        _about_sizes(sizes, wanted, n, batch_size),
    )
    check.that(
        len(set(used)) == n,
        "some examples are used twice in one epoch, and others never.",
        "draw without replacement, and shuffle once, before you cut: "
        "rng.permutation(n) has every number once.",
    )


def _about_sizes(sizes, wanted, n, batch_size):
    if not sizes:
        return "there is a batch even where there are fewer than batch_size."
    if 0 in sizes and sum(sizes) == n:
        return (
            "there is an empty batch: where n is a multiple of batch_size "
            "nothing is left over, or range goes one too far."
        )
    if sizes == wanted[:-1]:
        return "the last batch is missing: it holds what is left."
    if sizes == wanted[:1]:
        return "there is only one batch: is the return inside of the loop?"
    if sorted(sizes) == sorted(wanted):
        return (
            "the small batch must come last: do you cut off the rest first, "
            "or shuffle finished batches?"
        )
    if n % batch_size == 0 and sizes == [*wanted, n]:
        return "nothing is left for another batch; order[-0:] is everything."
    if max(sizes) > batch_size:
        return "a rest is a batch of its own, even one example."
    return f"all but the last hold {batch_size}, and the last what is left."


def _sizes(n, batch_size):
    return [min(batch_size, n - i) for i in range(0, n, batch_size)]


def is_shuffled(epochs_of, n, batch_size):
    """Look at how examples are shuffled; epochs_of: returns two
    epochs of a seed, each a list of arrays of indices."""
    for epoch in epochs_of(0):
        uses_every_example(epoch, n, batch_size)
    first, last = map(np.concatenate, epochs_of(0))
    check.that(
        (first != np.arange(n)).any(),
        "the examples come in their old order.",
        "shuffle them: the files may be sorted by class. rng.permutation "
        "returns a shuffled copy, rng.shuffle works in place.",
    )
    check.that(
        (first != last).any(),
        "the second epoch has the same batches as the first.",
        "shuffle anew in each epoch, with the rng that you are given, and "
        "don't make a new one: it goes on to other numbers.",
    )
    again, _ = map(np.concatenate, epochs_of(0))
    check.that(
        (first == again).all(),
        "with the same seed the batches are different.",
        "all chance comes from rng, not from np.random, and nothing is kept "
        "from the call before: otherwise nobody can repeat your experiment.",
    )
    other, _ = map(np.concatenate, epochs_of(1))
    check.that(
        (first != other).any(),
        "the order of the examples doesn't depend on rng.",
        "shuffle with the rng that you are given.",
    )
    firsts = [epochs_of(seed)[0][0].tolist() for seed in range(10 * n)]
    begins = {*map(frozenset, firsts)}
    check.that(
        len(begins) > 1,
        "the first batch always holds the same examples.",
        "shuffle before you cut, not within the batches.",
    )
    check.that(
        len(begins) > n,
        f"in {10 * n} epochs the first batch is one of only a few.",
        "shuffle the examples, not the order of the batches, and don't just "
        "begin at another place.",
    )
    check.that(
        len(frozenset.union(*begins)) == n,
        f"in {10 * n} epochs some examples are never in the first batch.",
        "shuffle all examples, not a part of them.",
    )
    together = [
        frozenset.intersection(*(begin for begin in begins if i in begin))
        for i in range(n)
    ]
    check.that(
        max(map(len, together)) == 1,
        f"in {10 * n} epochs some examples are always in one batch.",
        "shuffle single examples, not pairs or groups of them.",
    )


# 4 · The hinge loss


INSIDE = (
    "an image that leads by 1 costs 0: is the true class left out of the "
    "maximum, and the 1 inside of the other?"
)
RIGHT_BY_LESS = (
    "an image that is right, but by less than 1, still pushes: is the lead "
    "compared with 1, and the true class left out when you look for the rival?"
)


def rivals_of(scores, y):
    """Yield (hint, score of the rival, its class), right and wrong."""
    rows, scores = np.arange(len(y)), scores.astype(float)

    def chosen(hint, others):
        best = others.argmax(axis=1)
        return hint, others[rows, best], best

    hidden = scores.copy()
    hidden[rows, y] = -np.inf
    yield chosen("", hidden)
    yield chosen(INSIDE, scores)
    for number in (0, -1, -10, -100, -1000):
        hidden = scores.copy()
        hidden[rows, y] = number
        told = (
            "by such a number the true class isn't hidden: all rivals may "
            "be lower. Take -np.inf."
        )
        yield chosen(told, hidden)
    hidden[rows, y] = np.inf
    worst = hidden.argmin(axis=1)
    hint = "take the best of the rivals, not the worst."
    yield hint, scores[rows, worst], worst
    second = scores.argsort(axis=1)[:, -2]
    hint = (
        "the second highest score is the best rival only where the true "
        "class has the highest."
    )
    yield hint, scores[rows, second], second
    for step in 1, -1:
        near = (y + step) % scores.shape[1]
        hint = "any other class may be the best rival, not just a neighbour."
        yield hint, scores[rows, near], near
    others = np.array([np.delete(row, c) for row, c in zip(scores, y)])
    place = others.argmax(axis=1)
    hint = (
        "without the true class the others are counted anew: the place "
        "among them isn't the class."
    )
    yield hint, scores[rows, place], place


MARGINS = [
    ("", 1),
    ("the true class must lead by 1: where is the 1?", 0),
    ("the 1 has the wrong sign.", -1),
    ("the lead is 1, not 0.5.", 0.5),
    ("the lead is 1, not 2.", 2),
]


def slips_of_loss(scores, y):
    n, k = scores.shape
    true = scores[np.arange(n), y]
    clips = [
        ("", lambda m, lead: np.maximum(0, m - lead)),
        ("each image's cost is clipped at 0, before the mean.",
         lambda m, lead: m - lead),
        ("max(0, …), not the absolute value.",
         lambda m, lead: np.abs(m - lead)),
        ("the cost isn't squared.",
         lambda m, lead: np.maximum(0, m - lead) ** 2),
        ("half the square is another loss.",
         lambda m, lead: np.maximum(0, m - lead) ** 2 / 2),
        ("a cost may be larger than 1.",
         lambda m, lead: np.clip(m - lead, 0, 1)),
        ("max(0, …), not min.", lambda m, lead: np.minimum(0, m - lead)),
        (INSIDE,
         lambda m, lead: m + np.maximum(0, -lead)),
        ("the 1 is added to the difference; it isn't what a cost is at least.",
         lambda m, lead: np.maximum(m, -lead)),
        ("true score and rival are exchanged.",
         lambda m, lead: np.maximum(0, m + lead)),
        ("the sign: this grows with the lead.",
         lambda m, lead: np.maximum(0, lead - m)),
        ("costs have fractions: no whole numbers.",
         lambda m, lead: np.trunc(np.maximum(0, m - lead))),
        ("a hinge has a corner, and no exp or log.",
         lambda m, lead: np.logaddexp(0, m - lead)),
    ]  # fmt: skip
    means = [
        ("", np.mean),
        ("take the mean over the images, not the sum.", np.sum),
        ("divide by the number of images, not of classes.",
         lambda c: c.sum() / k),
        ("divide by the number of images, not of all scores.",
         lambda c: c.sum() / (n * k)),
        ("divide by the number of all images, not of those that cost.",
         lambda c: c.sum() / np.sum(c > 0)),
        ("divide by n, not n - 1.", lambda c: c.sum() / max(n - 1, 1)),
        ("there is no factor 1/2.", lambda c: c.mean() / 2),
        ("the median is no mean.", np.median),
        ("this is the largest cost; take the mean.", np.max),
        ("only the last image counts.", lambda c: c[-1]),
        ("only the last image counts.", lambda c: c[-1] / n),
        ("only the first image counts.", lambda c: c[0]),
        ("only the first image counts.", lambda c: c[0] / n),
        ("these are the single images' costs: return their mean.",
         lambda c: c),
        ("the sign: a loss is never negative.", lambda c: -c.mean()),
    ]  # fmt: skip
    found = [(hint, rival) for hint, rival, _ in rivals_of(scores, y)]
    mean = (scores.sum(axis=1) - true) / (k - 1)
    found.append(("the best rival counts, not the mean of the rivals.", mean))
    parts = found, MARGINS, clips, means
    for hint, (rival, margin, clip, mean) in combined(*parts):
        yield hint, mean(clip(margin, true - rival))
    leads = true[:, None] - np.array(
        [np.delete(row, c) for row, c in zip(scores, y)]
    )
    every = (leads, "all rivals are added up; only the best one counts.")
    own = (
        true[:, None] - scores,
        "all classes are added up, the true one too.",
    )
    for (leads, told), (more, margin), (hint, mean) in itertools.product(
        (every, own), MARGINS, means
    ):
        costs = np.maximum(0, margin - leads).sum(axis=1)
        yield " And ".join(filter(None, [told, more, hint])), mean(costs)


def about_the_loss(scores, y, found, *_):
    if len(y) > 6:
        return "work a few images out by hand, and print their costs."
    costs = [
        max(0, 1 + np.delete(row, c).max() - row[c])
        for row, c in zip(scores, y)
    ]
    k = scores.shape[1]
    return f"the images cost {listed(costs)}. Print yours." + (k > 3) * (
        f" There are {k} classes; any but the true one may be the rival."
    )


def _loss(function, scores, y, right):
    judge(
        function, scores, y, gives=right, slips=slips_of_loss, probe=PROBE,
        where=about_the_loss,
    )  # fmt: skip


def loss_of_five_images(hinge_loss):
    _loss(hinge_loss, SCORES, LABELS, 1.96)


def loss_of_zeros(hinge_loss):
    _loss(hinge_loss, np.zeros((5, 10)), np.array([3, 1, 4, 1, 5]), 1.0)


def loss_of_whole_numbers(hinge_loss):
    low = -60_000_000
    scores = np.array(
        [
            [low - 9, low + 1, low, low - 4],
            [8, 2, 5, 7],
            [low, low - 7, low - 2, 1],
        ]
    )
    _loss(hinge_loss, scores, np.array([1, 0, 0]), (2 - low) / 3)


def loss_of_large_scores(hinge_loss):
    """In float32 the first would be alike; no mask is below the second."""
    big = 60_000_000
    scores = np.array(
        [[big + 2, big, 5], [7, big + 1, big], [0, big, big - 1], [1, 4, 6]]
    )
    _loss(hinge_loss, scores, np.array([0, 1, 2, 0]), 2.0)
    _loss(hinge_loss, np.array([[-3e37, -2e37, -4e37]]), np.array([0]), 1e37)


def loss_at_random(hinge_loss, seed, n, k, size):
    scores, y = _random_scores(seed, n, k, size)
    losses = [
        max(0, 1 + np.delete(row, c).max() - row[c])
        for row, c in zip(scores, y)
    ]
    _loss(hinge_loss, scores, y, float(np.mean(losses)))


def _random_scores(seed, n, k, size):
    rng = np.random.default_rng(seed)
    return size * rng.normal(-1, 1, (n, k)), rng.integers(0, k, n)


# 5 · Its gradient


def slips_of_gradient(scores, y):
    (n, k), rows = scores.shape, np.arange(len(y))
    true = scores[rows, y].astype(float)
    found = [(h, (rival, best)) for h, rival, best in rivals_of(scores, y)]
    rival = found[0][1][0]
    found[1] = RIGHT_BY_LESS, found[1][1]
    found += [(hint, (rival, best)) for hint, (_, best) in found[2:]]
    yield (
        "the gradient is still zero. Is its array one of whole numbers, did "
        "// cut off 1/n, or did you fill a copy, such as G[costly] is?",
        np.zeros((n, k)),
    )
    which = [
        ("", lambda lead: lead < 1),
        (RIGHT_BY_LESS, lambda lead: lead < 0),
        *[(hint, lambda lead, m=m: lead < m) for hint, m in MARGINS[2:]],
        ("images that lead by more than 1 don't push: their rows are zero.",
         lambda lead: lead < np.inf),
        ("those images push that cost nothing: turn the condition round.",
         lambda lead: lead > 1),
    ]  # fmt: skip
    signs = [
        ("", (-1, 1)),
        ("the sign: a higher true score makes the loss smaller.", (1, -1)),
        ("both entries have one sign.", (1, 1)),
        ("both entries have one sign.", (-1, -1)),
        ("the rival is pushed, but not the true class.", (0, 1)),
        ("the true class is pushed, but not its rival.", (-1, 0)),
        ("the true class's entry isn't divided by n.", (-n, 1)),
        ("the rival's entry isn't divided by n.", (-1, n)),
    ]
    scales = [
        ("", lambda on: 1 / n),
        ("the loss is a mean over n images.", lambda on: 1),
        ("divide by the number of images, not of classes.", lambda on: 1 / k),
        ("divide by n, not by the number of all scores.",
         lambda on: 1 / (n * k)),
        ("divide by the number of all images, not of those that cost.",
         lambda on: 1 / np.sum(on)),
        ("divide by n once, not by n twice.", lambda on: 1 / n**2),
        ("divide by n, not by 2 n.", lambda on: 0.5 / n),
        ("there is no factor 2: the cost isn't squared.", lambda on: 2 / n),
    ]  # fmt: skip

    def pushed(on, best, sign, scale):
        gradient = np.zeros((n, k))
        gradient[rows, y] += sign[0] * on * scale
        gradient[rows, best] += sign[1] * on * scale
        return gradient

    for hint, ((rival, best), on, sign, scale) in combined(
        found, which, signs, scales
    ):
        on = on(true - rival)
        yield hint, pushed(on, best, sign, scale(on))
    rival, best = found[0][1]
    costs = np.maximum(0, 1 + rival - true)
    for hint, sign in signs:
        told = "entries are -1/n and 1/n, however large the cost is."
        for scale, more in (
            (1 / n, ""),
            (1, "The loss is a mean over n images."),
        ):
            told_all = " And ".join(filter(None, [told, hint, more]))
            yield told_all, pushed(costs, best, sign, scale)
    for hint, scale in scales:
        near = 1 + scores - true[:, None] > 0
        near[rows, y] = False
        gradient = near * scale(near.any(axis=1))
        told = "only the *best* rival is in the loss, not all within 1."
        told = " And ".join(filter(None, [told, hint]))
        yield told, gradient
        gradient[rows, y] = -gradient.sum(axis=1)
        yield told, gradient
        gradient = near * scale(near.any(axis=1))
        gradient[rows, y] = -gradient.max(axis=1)
        yield told, gradient
    cost = np.maximum(0, 1 + rival - true)
    for told, step in (
        ("this is what the loss does for a step of 1, which crosses a kink: "
         "take a small one, or the formula.", 1.0),
        ("differences need a small step, and are divided by it.", 0.1),
        ("differences need a small step, and are divided by it.", 0.01),
    ):  # fmt: skip
        up, down = (_moved_costs(scores, y, by) for by in (step, -step))
        yield told, (up - cost[:, None]) / n
        yield told, (up - cost[:, None]) / n / step
        yield told, (up - down) / n / (2 * step)
    wide = pushed(true - rival < 1, best, (0, 1), 1 / n)
    for kept in 1, 0:  # G[:, y] -= ..., and G[:, y] = ...
        wide[:, y] = kept * wide[:, y] - (true - rival < 1) / n
        yield "[:, y] is columns of *every* row: [np.arange(n), y].", wide
    right = pushed(true - rival < 1, best, (-1, 1), 1 / n)
    yield "a row for each image, a column for each class: transpose.", right.T
    yield "keep the images apart: a row for each.", right.sum(axis=0)


def _moved_costs(scores, y, by):
    """Return what each image costs when one of its scores is moved."""
    costs = np.zeros(scores.shape)
    for i, j in np.ndindex(scores.shape):
        row = scores[i].astype(float)
        row[j] += by
        costs[i, j] = max(0, 1 + np.delete(row, y[i]).max() - row[y[i]])
    return costs


def about_a_row(scores, y, found, i, *_):
    if scores.dtype.kind in "iu" and np.abs(found).max() > 99:
        return "do whole numbers cut off your steps? Step in a copy of floats."
    if len(y) > 6:
        return "work a few rows out by hand: who leads, and by how much?"
    others = {j: v for j, v in enumerate(scores[i]) if j != y[i]}
    best = max(others, key=others.get)
    lead = scores[i, y[i]] - others[best]
    ahead = "leads by" if lead > 0 else "is behind by"
    return (
        f"in row {i} the true class is {y[i]} and its best rival {best}; it "
        f"{ahead} {abs(lead):.4g}. What does the loss do if one of the scores "
        "rises a little?"
    )


def _gradient(function, scores, y, right):
    judge(
        function, scores, y, gives=right, slips=slips_of_gradient,
        probe=PROBE, where=about_a_row, axes=("images", "classes"),
    )  # fmt: skip


def gradient_of_five_images(hinge_gradient):
    first, last = [-0.2, 0.2, 0], [0, -0.2, 0.2]
    right = [first, [0.2, -0.2, 0], [0.2, -0.2, 0], [0, 0, 0], last]
    _gradient(hinge_gradient, SCORES, LABELS, right)


def gradient_of_two_images(hinge_gradient):
    scores = np.array([[5.0, 5.5, -1.0, 5.25], [-4.0, -9.0, -5.5, -8.0]])
    right = [[0, -0.5, 0, 0.5], [0, 0, 0, 0]]
    _gradient(hinge_gradient, scores, np.array([1, 0]), right)


def gradient_of_whole_numbers(hinge_gradient):
    scores = np.array([[-1, -4, -2], [0, -3, 7], [3, 1, 5], [-8, -7, -9]])
    right = [[0.25, 0, -0.25], [0, 0, 0], [-0.25, 0, 0.25], [-0.25, 0.25, 0]]
    _gradient(hinge_gradient, scores, np.array([2, 2, 0, 0]), right)


def gradient_of_large_scores(hinge_gradient):
    """In float32 the first would be alike; few masks are below the others."""
    big, low = 60_000_000, -4e12
    scores = np.array(
        [[big + 2, big, 5], [big, 7, big + 2], [3, 1, 9], [5, big, big + 4]]
    )
    right = [[0, 0, 0], [-0.25, 0, 0.25], [-0.25, 0, 0.25], [0, 0, 0]]
    _gradient(hinge_gradient, scores, np.array([0, 0, 0, 2]), right)
    scores = np.array(
        [[low, low - 3, low - 9], [8, low, 9], [-1e37, -2e37, -3e37]]
    )
    right = [[1 / 3, -1 / 3, 0], [0, -1 / 3, 1 / 3], [0, 0, 0]]
    _gradient(hinge_gradient, scores, np.array([1, 1, 0]), right)


def gradient_close_to_kinks(hinge_gradient):
    scores = np.array(
        [[1, 0.003, 0], [-2, 0, 1.003], [0.2, 0.747, 0.75], [2, 2.5, 1.997]]
    )
    right = [[-0.25, 0.25, 0], [0, 0, 0], [-0.25, 0, 0.25], [0.25, -0.25, 0]]
    _gradient(hinge_gradient, scores, np.array([0, 2, 0, 1]), right)


def gradient_at_random(hinge_gradient, seed, n, k, size):
    scores, y = _random_scores(seed, n, k, size)
    right = np.zeros((n, k))
    for row, s, c in zip(right, scores, y):
        best = max(set(range(k)) - {c}, key=s.item)
        if s[c] < 1 + s[best]:
            row[c], row[best] = -1 / n, 1 / n
    _gradient(hinge_gradient, scores, y, right.tolist())


# 6 · Training


def constant(step):
    return np.ones((2, 10)), np.full(10, 2.0)


def varied(step):
    """Make gradients of both signs, in every third step zeros."""
    factor = 25.0 * (step + 1) * (step % 3 - 1)
    dW = 0 + factor * (np.arange(20).reshape(2, 10) - 9)
    return dW, 0 + factor * (4 - np.arange(10))


class MadeUp:
    """A loss with the gradients `of` each step. It notes what it is asked
    about; image i begins with the number i."""

    def __init__(self, of):
        self.of, self.given = of, []
        self.batches, self.labels, self.weights, self.biases = [], [], [], []

    def __call__(self, X, y, W, b):
        check.that(
            np.ndim(X) == 2 and len(X) == np.size(y),
            f"gradients is asked about X of shape {np.shape(X)} and y of "
            f"shape {np.shape(y)}.",
            "give it the rows of X and the entries of y that a batch has.",
        )
        asked = np.array(X)[:, 0].astype(int), *map(np.array, (y, W, b))
        notes = self.batches, self.labels, self.weights, self.biases
        last = [note[-1] for note in notes if note]
        if not last or not all(map(np.array_equal, last, asked)):
            for note, new in zip(notes, asked):  # once in a step
                note.append(new)
            self.given.append(self.of(len(self.given)))
        return self.given[-1]


def steps(train, n, lr, batch_size, num_epochs, of=constant):
    """See where the steps lead, and from where."""
    is_own_work(train)
    count = len(_sizes(n, batch_size)) * num_epochs
    given = [of(step) for step in range(count)]
    W, b = (  # before each step, and at the end
        -lr * np.cumsum([0 * some[0], *some], axis=0) for some in zip(*given)
    )
    first = None
    for _ in range(2):
        answer, asked = _trained(train, n, lr, batch_size, num_epochs, 0, of)
        check.that(
            first is None or not _is_kept(first[0], answer[0], ()),
            "called again, the function returns the very same W.",
            "make new arrays in each call, and keep none to fill it again.",
        )
        first = answer
        most = max(map(len, asked.batches))
        check.that(
            most <= batch_size,
            f"gradients is asked about {most} images at once; a batch holds "
            f"{batch_size} at most.",
            "give it the rows of X and the entries of y that a batch has.",
        )
        check.that(
            not (asked.weights[0].any() or asked.biases[0].any()),
            "training doesn't begin from zero.",
            "keep W and b as the first line makes them.",
        )
        check.that(
            all(map(comparing.same, asked.given, given)),
            "the function changes what gradients has returned.",
            "dW and db stay with gradients, which may need them again: write "
            "W = W - lr * dW, without dW *= lr before.",
        )
        advise = functools.partial(_about_steps, asked, lr)
        check.equal(answer, (W[-1], b[-1]), advise=advise)
        check.that(
            all(map(np.allclose, asked.weights, W))
            and all(map(np.allclose, asked.biases, b)),
            "gradients is asked about another W or b than the step before "
            "has left.",
            "make a step with each minibatch, and give gradients the W and b "
            "of this moment.",
        )


def _about_steps(asked, lr, answer):
    """Say at which step W or b moves otherwise than it should."""
    for name, k, before in ("W", 0, asked.weights), ("b", 1, asked.biases):
        after = [*before[1:], answer[k]]
        for step, (old, new, told) in enumerate(
            zip(before, after, asked.given), start=1
        ):
            right = old - lr * told[k]
            for i in map(tuple, np.argwhere(~np.isclose(new, right)).tolist()):
                place = f"{name}{[*i]}"
                if step == len(before):
                    return (
                        f"after the last step {place} is to be {right[i]:.6g},"
                        f" and you return {new[i]:.6g}. Is that step right, "
                        f"and do you return the {name} after it?"
                    )
                return (
                    f"in step {step} of {len(before)}, gradients is told that "
                    f"{place} is {old[i]:.6g} and answers {told[k][i]:.6g}; "
                    f"with a rate of {lr:g} the next {place} is "
                    f"{right[i]:.6g}, and yours is {new[i]:.6g}."
                )
    return ""


def every_image_counts(train, n, batch_size):
    """Look at which images are in the batches."""
    _, asked = _trained(train, n, 0.1, batch_size, num_epochs=2)
    pairs = zip(asked.batches, asked.labels)
    check.that(
        all(np.array_equal(images % 10, labels) for images, labels in pairs),
        "images and labels don't belong together.",
        "shuffle once, and use the same indices for X and y.",
    )
    for epoch in _halves(asked.batches):
        uses_every_example(epoch, n, batch_size)


def order_of_images(train, n, batch_size):
    def epochs_of(seed):
        _, asked = _trained(train, n, 0.1, batch_size, 2, seed)
        return _halves(asked.batches)

    is_shuffled(epochs_of, n, batch_size)


def _halves(batches):
    middle = len(batches) // 2
    return batches[:middle], batches[middle:]


def _trained(train, n, lr, batch_size, num_epochs, seed=0, of=constant):
    """Train with the made-up gradients of each step; count the steps."""
    numbers, asked = np.arange(n), MadeUp(of)
    X = np.stack([numbers, numbers + 0.5], axis=1)
    rng = np.random.default_rng(seed)
    settings = lr, batch_size, num_epochs, rng
    answer = check.call(train, X, numbers % 10, asked, *settings)
    one, found = len(_sizes(n, batch_size)), asked.batches
    check.that(
        all(map(len, found)),
        "gradients is asked about a batch without images.",
        "is there one more where n is a multiple of batch_size? Then nothing "
        "is left over.",
    )
    again = sum(map(np.array_equal, found, found[1:]))
    check.that(
        not again or len(found) - again != one * num_epochs,
        "gradients is asked twice in a step, the second time with another W "
        "or b.",
        "ask once, dW, db = gradients(...), and then move both.",
    )
    check.that(
        len(found) in (0, one * num_epochs) or asked.given[-1][0].any(),
        f"{len(found)} steps were made; in the last all gradients are 0.",
        f"there should be {one * num_epochs}: the next batch has others.",
    )
    check.that(
        len(found) == one * num_epochs,
        f"{len(found)} steps were made; {n} images in batches of "
        f"{batch_size} make {one} in each of {num_epochs} epochs.",
        _about_count(len(found), n, batch_size, num_epochs),
    )
    return answer, asked


def _about_count(found, n, batch_size, num_epochs):
    one = len(_sizes(n, batch_size))
    few = "fewer images than batch_size still make one minibatch."
    ask = few if n < batch_size else "ask it with each minibatch."
    for steps, hint in (
        (0, f"gradients is never called: {ask}"),
        (1, "a single step: is the return inside of both loops?"),
        (one, "only one epoch was trained: is the return inside the loop?"),
        (num_epochs, "one step in each epoch; make one with each minibatch."),
        (n // batch_size * num_epochs, "the last, smaller batch is missing."),
        (one * (num_epochs + 1), "one epoch too many."),
        (one * (num_epochs - 1), "one epoch too few."),
        (n * num_epochs, "a step for each image; make one for each batch."),
        (
            min(n, batch_size) * num_epochs,
            "batch_size is the number of images in a batch, not of batches.",
        ),
    ):
        if found == steps:
            return hint
    return "make one with each minibatch of each epoch."


# 7 · Settings


def sensible_settings(settings):
    found = check.call(settings)
    check.that(
        isinstance(found, (tuple, list)) and len(found) == 3,
        "settings returns lr, batch_size, num_epochs: three numbers.",
    )
    lr, batch_size, num_epochs = found
    whole = all(isinstance(n, (int, np.integer)) for n in found[1:])
    check.that(
        whole and batch_size >= 1 and num_epochs >= 1,
        "batch_size and num_epochs are whole numbers from 1.",
    )
    check.that(
        np.isreal(lr) and lr > 0, "the learning rate is a number above 0."
    )
    return found


def validation_accuracy(settings, seeds=(0, 1, 2), floor=0.82):
    """Train with different shuffles and look at the worst run; if that isn't
    enough, tell what other rates reach."""
    lr, *others = sensible_settings(settings)
    worst = min(accuracy(lr, *others, seed) for seed in seeds)
    if worst >= floor:
        return
    rates = lr / 30, lr / 5, lr * 5
    reached = [accuracy(rate, *others, seeds[0]) for rate in (lr, *rates)]
    told = [f"{x:.1%} with {rate:.2g}" for rate, x in zip(rates, reached[1:])]
    hint = (
        f"other learning rates would reach {', '.join(told)}. More epochs or "
        "another batch size may help, too."
    )
    if np.ptp(reached) < 0.01:
        hint = (
            f"from {rates[0]:.2g} to {rates[2]:.2g} the rate hardly matters. "
            "Try very different ones, ten or a hundred times as large or as "
            "small, until the result changes."
        )
    made = len(_sizes(50_000, others[0])) * others[1]
    if made < 100:
        hint = f"too few steps, {made} in all: smaller batches or more epochs."
    check.that(
        False,
        f"in the worst of three runs {worst:.1%} of the validation garments "
        f"are sorted correctly; {floor:.0%} are asked for.",
        hint,
    )


@functools.cache
def accuracy(lr, batch_size, num_epochs, seed):
    X, signs, X_valid, y_valid = _garments()
    rng, lr = np.random.default_rng(seed), np.float32(lr)
    W, b = np.zeros((784, 10), np.float32), np.zeros(10, np.float32)
    with np.errstate(all="ignore"):
        for _ in range(num_epochs):
            order = rng.permutation(len(X))
            for start in range(0, len(X), batch_size):
                batch = order[start : start + batch_size]
                x, sign = X[batch], signs[batch]
                costs = sign * (x @ W + b) < 1
                G = -sign * costs / np.float32(len(x))
                W, b = W - lr * x.T @ G, b - lr * G.sum(axis=0)
        return np.mean((X_valid @ W + b).argmax(axis=1) == y_valid)


@functools.cache
def _garments():
    garments = data.fashion_mnist()
    X = garments.train_images.reshape(-1, 784) / np.float32(255)
    y = garments.train_labels
    signs = 2 * np.eye(10, dtype=np.float32)[y[:50_000]] - 1
    return X[:50_000], signs, X[50_000:], y[50_000:]


# 8 · Templates


def slips_of_templates(W, height, width):
    right = W.T.reshape(-1, height, width)
    mixed = W.reshape(-1, height, width)
    hint = (
        "the classes are mixed: reshape reads W row by row, but a class is "
        "a column. Transpose first."
    )
    as_they_are = "return the weights as they are."
    for told, templates in (("", right), (hint, mixed)):
        for more, found in (
            ("", templates),
            ("keep the classes in their order.", templates[::-1]),
            ("the first row of pixels is the top.", templates[:, ::-1]),
            ("left and right are exchanged.", templates[:, :, ::-1]),
            ("the last class is missing.", templates[:-1]),
            ("return the weights as they are, not from 0 to 1.",
             (templates - templates.min()) / np.ptp(templates)),
            (as_they_are, templates / np.abs(templates).max()),
            (as_they_are, templates - templates.mean()),
            ("weights may be negative; keep their signs.", np.abs(templates)),
            ("weights may be negative; keep them.", np.maximum(templates, 0)),
            ("these are transposed images: rows became columns.",
             templates.swapaxes(1, 2)),
        ):  # fmt: skip
            if told or more:
                yield " And ".join(filter(None, [told, more])), found
    columns = W.T.reshape(-1, width, height).swapaxes(1, 2)
    yield "this fills the image column by column; go along the rows.", columns
    zeros = np.zeros((max(0, len(W) - len(right)), height, width))
    hint = (
        "there is an image for each class, a column of W, not for each pixel."
    )
    yield hint, np.concatenate([right, zeros])


def about_a_weight(W, height, width, found, i, row, column):
    pixel = row * width + column
    spots = np.argwhere(W == found[i, row, column])
    stands = f"{found[i, row, column]:.4g}"
    if len(spots) == 1:
        stands += ", that of pixel {}, class {}".format(*spots[0])
    return (
        f"[{i}, {row}, {column}] is the place of the weight of pixel {pixel}, "
        f"class {i}, {W[pixel, i]:.4g}. There stands {stands}."
    )


def _templates(function, W, height, width, right):
    judge(
        function, W, height, width, gives=right, slips=slips_of_templates,
        probe=(np.arange(1, 25).reshape(8, 3) ** 2, 4, 2),
        where=about_a_weight,
        axes=("classes", "rows of pixels", "columns of pixels"),
    )  # fmt: skip


def templates_of_two_classes(read_templates):
    first = np.arange(1, 7)
    W = np.stack([first, 10 * first], axis=1)
    right = [[[1, 2], [3, 4], [5, 6]], [[10, 20], [30, 40], [50, 60]]]
    _templates(read_templates, W, 3, 2, right)


def templates_of_single_pixels(read_templates):
    W, right = np.zeros((12, 3)), np.zeros((3, 3, 4))
    W[[0, 5, 11], [0, 1, 2]] = 0.5, -0.5, 0.125
    right[[0, 1, 2], [0, 1, 2], [0, 1, 3]] = 0.5, -0.5, 0.125
    _templates(read_templates, W, 3, 4, right.tolist())


def templates_of_sizes(read_templates, k, height, width):
    numbers = np.arange(k * height * width) * 41 % (k * height * width)
    images = (numbers / 7 - len(numbers) / 28).reshape(k, height, width)
    W = np.stack([image.ravel() for image in images], axis=1)
    _templates(read_templates, W, height, width, images.tolist())


# 10 · Evidence


def slips_of_evidence(x, W, c, r):
    mine, other, d = W[:, c], W[:, r], len(x)
    weights = [
        ("", mine - other),
        ("this is the evidence for r against c.", other - mine),
        ("the evidence for r counts against c.", mine + other),
        ("this is the score of c alone.", mine),
        ("this is the score of r alone.", other),
        ("contributions may be negative.", np.abs(mine - other)),
        ("the weights are subtracted, not multiplied.", mine * other),
    ]
    pixels = [
        ("", x),
        ("these are weights; a dark pixel contributes nothing.", 1),
        ("a pixel counts once, not squared.", x**2),
        ("the pixels as they are, not divided by 255.", x / 255),
        ("the pixels lose their fractions: multiply them as they are.",
         np.trunc(x)),
    ]  # fmt: skip
    after = [
        ("", lambda e: e),
        ("nothing is divided by the number of pixels.", lambda e: e / d),
        ("keep the pixels apart: no sum.", np.sum),
        ("these are shares of the whole.", lambda e: e / e.sum()),
        ("the contributions as they are.", lambda e: e / np.abs(e).max()),
        ("the contributions as they are.", lambda e: np.cumsum(e)),
    ]
    for hint, (weight, pixel, change) in combined(weights, pixels, after):
        yield hint, change(pixel * weight)
    yield "the contributions are subtracted, not divided.", mine / other
    yield "both weights are multiplied by the pixel.", x * mine - other
    yield (
        "what is subtracted is the pixel times its other weight.",
        x * mine - x,
    )
    every = "two classes are compared: one number for each pixel."
    yield every, x[:, None] * W
    best = max(set(range(W.shape[1])) - {c}, key=(x @ W).item)
    told = "the rival is class r, not the best of the others."
    yield told, x * (mine - W[:, best])


def about_a_pixel(x, W, c, r, found, i):
    if comparing.same(np.sort(found), np.sort(x * (W[:, c] - W[:, r]))):
        return "right numbers in wrong places: entry j belongs to pixel j."
    return (
        f"pixel {i} is {x[i]:g} bright; its weight is {W[i, c]:g} for class "
        f"{c} and {W[i, r]:g} for class {r}."
    )


def _evidence(function, x, W, c, r, right):
    probe = np.array([3, 5, 2, 7, 1]), np.sqrt(np.arange(2, 22)).reshape(5, 4)
    judge(
        function, x, W, c, r, gives=right, slips=slips_of_evidence,
        probe=(*probe, 3, 1), where=about_a_pixel, axes=("pixels",),
    )  # fmt: skip


def evidence_for_a_plane(evidence):
    right = [14.4, -19.2, 86.4, 12.6]
    _evidence(evidence, IMAGES[0], WEIGHTS, 0, 2, right)


def evidence_of_dark_pixels(evidence):
    W, x = np.eye(4)[:, [2, 0, 1]] * 0.5, np.array([5, 8, 0, 9])
    _evidence(evidence, x, W, 2, 1, [-2.5, 4.0, 0.0, 0.0])


def evidence_of_fractions(evidence, d, k, c, r):
    x, numbers = np.arange(d, 2 * d) / (1.7 * d), np.arange(d * k) * 7
    W = (numbers % (d * k) / 9 - 1).reshape(d, k)
    right = [pixel * (row[c] - row[r]) for pixel, row in zip(x, W)]
    _evidence(evidence, x, W, c, r, right)
