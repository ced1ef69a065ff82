"""What the answers of assignment a13 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

import contextlib
import itertools
from functools import partial
from pathlib import Path

import numpy as np

from utils import checking, comparing

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")


READY_MADE = {
    *("torch", "tensorflow", "keras", "jax", "scipy", "sklearn", "captum"),
    *("numeric_gradient", "gradient_error", "checks"),
}


def is_own_work(function, forbidden=READY_MADE):
    check.own_work(function, forbidden)


def lent(function):
    """Return the function, but with results that can't be changed."""

    def lending(*arguments):
        result = np.array(function(*arguments))
        result.setflags(write=False)
        return result

    return lending


def called(function, *arguments):
    """Call a function of the student's own twice; return its result."""
    is_own_work(function)
    arguments = [lent(a) if callable(a) else a for a in arguments]
    try:
        found, again = (check.call(function, *arguments) for _ in "ab")
    except ValueError as error:
        check.that(
            "read-only" not in str(error),
            "your function changes an array that it has got from a function.",
            "such an array belongs to others: work on one of your own.",
        )
        raise
    check.that(
        not comparing.is_numeric(found) or comparing.same(found, again),
        "called a second time, the function gives another result.",
        "it is given all that it needs: does it draw random numbers of its "
        "own, or keep something from the first call?",
    )
    return found


def compare(found, right, where, shape, slips=dict, what="the result"):
    """Compare a result with the right one; if it is wrong, find a hint.

    Parameters: found; right; where, a function that is given the index of the
    first wrong entry and returns a hint; shape, a hint for another shape;
    slips, a function that returns {hint: the result that it fits}; what, the
    name of the result.
    """
    if isinstance(found, list) and comparing.is_numeric(found):
        found = np.array(found)
    try:
        check.equal(found, right, what)
    except Exception as error:
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            error.hint = _hint(found, right, where, shape, slips)
        raise


def _hint(found, right, where, shape, slips):
    if np.shape(found) != np.shape(right) and comparing.same(
        np.ravel(found), np.ravel(right)
    ):
        return f"the numbers are right; the shape is to be {np.shape(right)}."
    whole = np.asarray(found).dtype.kind in "iu"
    if whole and comparing.same(found, np.trunc(right)):
        return "fractions are lost: is this an array of whole numbers?"
    if any(comparing.same(found, np.round(right, n)) for n in (2, 3, 4)):
        return "don't round."
    for hint, result in slips().items():
        if comparing.same(found, result) and not comparing.same(result, right):
            return hint.strip()
    if np.shape(found) != np.shape(right):
        return shape(np.shape(found)) if callable(shape) else shape
    wrong = np.argwhere(~np.isclose(found, right))
    return where(*wrong[0].tolist())


def combined(*parts):
    """Yield what is wrong, and how, for all combinations of choices.

    Parameters: parts, lists of pairs (hint, choice); that of the right choice
    is "". First come the combinations with the fewest hints.
    """
    every = itertools.product(*parts)
    for one in sorted(every, key=lambda pairs: sum(p[0] != "" for p in pairs)):
        hints, choices = zip(*one)
        yield " And ".join(filter(None, hints)), choices


def unpacked(found, *names):
    """Make sure that a result is a tuple or list of as many as are named."""
    told = f"return {', '.join(names)}, in this order."
    check.that(
        isinstance(found, (tuple, list, np.ndarray)),
        f"the result is of type {type(found).__name__}, not a tuple.",
        told,
    )
    check.that(
        len(found) == len(names), f"the result has {len(found)} parts.", told
    )
    return found


# 1 · The slope of a score, and of a probability

D_NUMBERS = "a gradient by the pixels has a number for each pixel, (d,)."


def softmax(scores):
    exps = np.exp(scores - scores.max())
    return exps / exps.sum()


def slips_of_score(W, x, c):
    probs = softmax(x @ W)
    before = (
        "this is another gradient: the score is x @ W, before any softmax."
    )
    own = W[:, c]
    return {
        before: own - W @ probs,
        before + " ": W @ probs - own,
        "the score's gradient first, then the probability's.": (
            W @ (probs * (np.eye(len(probs))[c] - probs[c]))
        ),
        "x is no factor: the score is linear in each pixel.": x * own,
        "only the score of class c is asked for, not of all.": W.sum(axis=1),
        "class c is asked for, not the one with the best score.": (
            W[:, np.argmax(probs)]
        ),
    }


def slips_of_prob(W, x, c):
    probs = softmax(x @ W)
    others = np.arange(len(probs)) != c
    of_own = [
        ("", probs[c] * (1 - probs[c])),
        ("the class's own part, p_c (1 - p_c), is missing.", 0),
        ("the class's own score has p_c (1 - p_c), not p_c.", probs[c]),
        (
            "class c has p_c (1 - p_c), and *only* the others -p_c p_j.",
            probs[c] * (1 - 2 * probs[c]),
        ),
    ]
    of_others = [
        ("", -probs[c] * probs),
        ("the other scores count against the class: minus.", probs[c] * probs),
        (
            "a pixel moves all scores, and each of them moves p_c: the other "
            "classes' part is missing.",
            0 * probs,
        ),
        (
            "p (1 - p) holds for class c only; the other scores have "
            "-p_c p_j.",
            probs * (1 - probs),
        ),
        ("the other scores have -p_c p_j: a factor is missing.", -probs),
    ]
    factors = [
        ("", 1),
        ("the sign is wrong: two minus signs too many, or one.", -1),
        ("x is no factor of a gradient by x here.", x),
        (
            "this is the gradient of log p_c: one factor is missing.",
            1 / probs[c],
        ),
        ("this is the gradient of the loss, -log p_c.", -1 / probs[c]),
    ]
    result = {
        "this is the score's gradient; go on to the probability.": W[:, c]
    }
    for hint, (own, other, factor) in combined(of_own, of_others, factors):
        slopes = np.where(others, other, own)
        result[hint + " " * len(result)] = W @ slopes * factor
    return result


def _slopes(slopes, W, x, c):
    found = unpacked(called(slopes, W, x, c), "of_score", "of_prob")
    check.that(
        not isinstance(found, np.ndarray) or found.ndim > 1,
        "the result is one array of numbers, not two arrays.",
        "return of_score, of_prob, in this order.",
    )
    probs = softmax(x @ W)
    jacobian = np.diag(probs) - np.outer(probs, probs)

    def of_score(i):
        return f"how does the score of class {c} change with pixel {i}?"

    def of_prob(i):
        if np.max(x @ W) > 100:
            return (
                "only differences between scores matter: subtract the largest "
                "before you take exponentials."
            )
        return (
            f"go through all {len(probs)} classes: pixel {i} moves each score "
            "by a weight, and that moves the probability."
        )

    right = W[:, c].astype(float), W @ jacobian[c]
    for mine, true, where, slips, name in zip(
        found,
        right,
        (of_score, of_prob),
        (slips_of_score, slips_of_prob),
        ("the score's gradient", "the probability's gradient"),
    ):
        slips = partial(slips, W, x, c)
        compare(mine, true.tolist(), where, D_NUMBERS, slips, name)


def slopes_of_the_text(slopes):
    _slopes(slopes, np.array([[1, 0, 1], [0, 1, 1]]), np.array([2, 1]), 0)
    W = np.array([[1000, 999, 0], [1, 2, 5]])
    _slopes(slopes, W, np.array([1, 0]), 1)
    _slopes(slopes, np.array([[3, 0, 0], [0, 1, -1]]), np.array([3, 0]), 0)


def slopes_of_random_machines(slopes, seed, shape):
    rng = np.random.default_rng(seed)
    for c in (shape[1] - 1, 0):
        _slopes(slopes, rng.normal(size=shape), rng.normal(size=shape[0]), c)


def slopes_of_large_scores(slopes):
    W = np.array([[-1000.0, 2, 998], [2, 1, -1], [1, 1, 2]])
    for x in ([1.0, 0.5, -1.0], [-1.0, 2.0, 0.5]):
        _slopes(slopes, W, np.array(x), 2)
        _slopes(slopes, W, np.array(x), 0)


# 2 · Where a machine is sensitive


@contextlib.contextmanager
def torch_as_it_was():
    """Leave PyTorch's random numbers as they were, and gradients on."""
    import torch

    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        yield


def network(seed):
    """Return a small network in whose modes batch and chance matter."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    norm = nn.BatchNorm2d(4)
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    layers = nn.Conv2d(2, 4, 3), norm, nn.Tanh(), nn.Dropout(0.5)
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(48, 5))


def gradients_of(model, images, labels, of=None):
    """Return the gradients by the images of the labels' scores (or of what
    `of` makes of the scores)."""
    import torch

    pixels = torch.tensor(images, requires_grad=True)
    scores = of(model(pixels)) if of else model(pixels)
    goal = scores[torch.arange(len(labels)), torch.tensor(labels)]
    return torch.autograd.grad(goal.sum(), pixels)[0].numpy()


def slips_of_saliency(model, images, labels, mode):
    import torch

    y, all_images = torch.tensor(labels), torch.arange(len(labels))
    goals = [
        ("", lambda s: s[all_images, y]),
        (
            "differentiate the score; no softmax.",
            lambda s: s.softmax(1)[all_images, y],
        ),
        (
            "differentiate the score; no log-softmax.",
            lambda s: s.log_softmax(1)[all_images, y],
        ),
        (
            "differentiate the score, not the loss.",
            lambda s: -s.log_softmax(1)[all_images, y],
        ),
        (
            "the score of the label, not the largest score.",
            lambda s: s.max(1).values,
        ),
        (
            "scores[:, labels] takes all labels for each image; index with "
            "the images' numbers as well.",
            lambda s: s[:, y],
        ),
        ("each image has a label of its own.", lambda s: s[:, y[0]]),
        ("only the score of each image's label, not of all.", lambda s: s),
    ]
    forms = [
        ("", lambda g: g),
        ("a gradient has signs: return it without abs.", np.abs),
        (
            "add the images' scores up: a mean divides by n.",
            lambda g: g / len(g),
        ),
        (
            "this is gradient times pixel: the gradient alone.",
            lambda g: g * images,
        ),
        ("the sign is wrong: uphill.", np.negative),
        (
            "scaled to a largest entry of 1: leave it as it is.",
            lambda g: g / np.abs(g).max(),
        ),
    ]
    model.eval()
    result = {}
    for hint, (goal, form) in combined(goals, forms):
        pixels = torch.tensor(images, requires_grad=True)
        total = goal(model(pixels)).sum()
        gradient = torch.autograd.grad(total, pixels)[0].numpy()
        result[hint + " " * len(result)] = form(gradient)
    model.train(mode)
    return result


@torch_as_it_was()
def _saliency(saliency, model, images, labels):
    import torch

    mode = model.training
    right = gradients_of(model.eval(), images, labels)
    model.train(mode)
    parameters, buffers = list(model.parameters()), list(model.buffers())
    before = [None if p.grad is None else p.grad.clone() for p in parameters]
    kept = [buffer.clone() for buffer in buffers]
    is_own_work(saliency, {"checks", "captum"})
    found = check.call(saliency, model, images, labels)
    check.that(
        all(map(torch.equal, buffers, kept)),
        "the running averages of batch normalization have changed.",
        "set eval mode before you call the network.",
    )

    def where(i, *_):
        if mode:
            return "the network is to be judged in eval mode: model.eval()."
        return (
            f"image {i}: differentiate the score of label {labels[i]} by the "
            "image's own pixels."
        )

    shape = "the gradient has the shape of the images, (n, c, h, w)."
    slips = partial(slips_of_saliency, model, images, labels, mode)
    compare(found, right, where, shape, slips)
    check.that(
        model.training == mode,
        f"the network was found with training={mode} and is left with "
        f"training={model.training}.",
        "model.training tells the mode, model.train(mode) sets it: remember "
        "it, and put it back.",
    )
    for parameter, was in zip(parameters, before):
        now = parameter.grad
        kept_it = (
            torch.equal(now, was) if None not in (now, was) else now is was
        )
        check.that(
            kept_it,
            "the .grad of the network's parameters has changed.",
            "backward() leaves gradients at every parameter, zero_grad() "
            "takes others' away; torch.autograd.grad(goal, pixels) does "
            "neither.",
        )
    check.that(
        all(p.requires_grad for p in parameters),
        "the network's parameters no longer require gradients.",
        "leave the parameters as they are.",
    )
    again = check.call(saliency, model, images, labels)
    check.that(
        comparing.same(again, found),
        "called a second time, the function gives another result.",
        "does it keep something from the first call?",
    )


@torch_as_it_was()
def saliency_of_the_text(saliency):
    import torch

    layers = torch.nn.Flatten(), torch.nn.Linear(4, 3, bias=False)
    model = torch.nn.Sequential(*layers).eval()
    weights = [[1.0, 2, 3, 4], [5, 6, 7, 8], [-1, 0, 1, 0]]
    model[1].weight.data = torch.tensor(weights)
    images = [[[[0.5, 0], [1, 0]]], [[[1, 1], [0, 1]]]]
    _saliency(saliency, model, np.array(images, np.float32), np.array([2, 0]))


@torch_as_it_was()
def saliency_of_a_network(saliency, seed, n, training):
    rng = np.random.default_rng(seed)
    images = rng.normal(size=(n, 2, 5, 6)).astype(np.float32)
    labels = rng.integers(0, 5, n)
    model = network(seed).train(training)
    _saliency(saliency, model, images, labels)


@torch_as_it_was()
def no_traces(saliency, seed):
    """The parameters have gradients already, which must stay."""
    rng = np.random.default_rng(seed)
    images = rng.normal(size=(2, 2, 5, 6)).astype(np.float32)
    model = network(seed).eval()
    for parameter in model.parameters():
        parameter.grad = parameter.detach() * 0 + 7
    _saliency(saliency, model, images, np.array([4, 1]))


# 3 · Cover a part, and look again

PLACES = (
    "a square fits at rows 0, stride, 2 stride, ... as long as its last row "
    "is still on the photo; columns likewise."
)


def falls_of(
    score,
    photo,
    size,
    stride,
    fill,
    over=0,
    dtype=float,
    keep=False,
    move=None,
):
    """Return how much the score falls at each place.

    Wrong if over, how many pixels a square may hang over the edge, isn't 0,
    if dtype isn't float, if what is covered stays so (keep), or if from one
    place to the next it isn't the stride that the square moves.
    """
    tops, lefts = (range(0, n - size + 1 + over, stride) for n in photo.shape)
    result = np.zeros((len(tops), len(lefts)))
    covered = photo.astype(dtype)
    for i, j in np.ndindex(result.shape):
        covered = covered if keep else photo.astype(dtype)
        top, left = i * (move or stride), j * (move or stride)
        covered[top : top + size, left : left + size] = fill
        result[i, j] = (score(photo[None]) - score(covered[None]))[0]
    return result


def slips_of_falls(score, photo, size, stride, fill):
    before = score(photo[None])[0]
    filled = (
        "covered pixels get the value fill. (In an array of whole numbers a "
        "half becomes 0.)"
    )
    rise = "a score may also rise; then the fall is negative."
    fills = [("", (fill, float)), (filled, (fill, photo.dtype))]
    fills += [(filled, (value, float)) for value in (0, 1, 0.5)]
    moves = "from one place to the next the square moves by stride pixels."
    strides = [
        ("", (stride, stride)),
        (moves, (1, 1)),
        (moves, (size, size)),
        (moves, (stride, 1)),
    ]
    overs = [
        ("", 0),
        ("the last place is missing: the square fits there.", -1),
        ("the square must lie wholly on the photo.", size - 1),
    ]
    keeps = [
        ("", False),
        (
            "each square is laid on the whole photo: make a new copy at each "
            "place.",
            True,
        ),
    ]
    forms = [
        ("", lambda falls: falls),
        ("a fall is positive: before minus covered.", np.negative),
        (
            "these are the scores of covered photos; how far do they fall?",
            lambda falls: before - falls,
        ),
        (
            "the fall itself, not as a fraction of the score.",
            lambda falls: falls / before,
        ),
        (rise, np.abs),
        (rise, lambda falls: falls.clip(0)),
        ("rows and columns of the map are exchanged.", np.transpose),
        ("a map has rows and columns of places, (i, j).", np.ravel),
    ]
    result = {}
    for hint, (by, step, over, keep, form) in combined(
        fills, strides, overs, keeps, forms
    ):
        if hint.count(". ") < 2:
            places = step[0], by[0], over, by[1], keep, step[1]
            falls = falls_of(score, photo, size, *places)
            result[hint + " " * len(result)] = form(falls)
    return result


def _falls(occlusion, score, photo, size, stride, fill):
    arguments = score, photo, size, stride, fill
    right = falls_of(*arguments)
    found = called(occlusion, *arguments)

    def where(i, j):
        rows = f"rows {i * stride} to {i * stride + size - 1}"
        columns = f"columns {j * stride} to {j * stride + size - 1}"
        return (
            f"at [{i}, {j}] {rows} and {columns} get {fill}, all others not."
        )

    def shape(found):
        if found == right.shape[::-1]:
            return "rows belong to the height, photo.shape[0]."
        if found == photo.shape:
            return "the map has an entry for each place, not for each pixel."
        return PLACES

    slips = partial(slips_of_falls, *arguments)
    compare(found, right.tolist(), where, shape, slips)


def looking_at(weights):
    def score(photos):
        return (photos * weights).sum(axis=(1, 2))

    return score


def falls_of_the_text(occlusion):
    score = looking_at(np.array([[1, 0, 3], [0, 2, 0], [0, 0, -1]]))
    photo = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    _falls(occlusion, score, photo, 2, 1, 0)
    _falls(occlusion, score, photo, 2, 1, 0.5)
    _falls(occlusion, score, photo, 1, 2, 0)


def falls_of_random_photos(occlusion, seed, shape, size, stride, fill):
    rng = np.random.default_rng(seed)
    linear, photo = looking_at(rng.normal(size=shape)), rng.normal(size=shape)

    def score(photos):
        return linear(photos) + linear(photos) ** 2

    _falls(occlusion, score, photo, size, stride, fill)


def falls_of_whole_numbers(occlusion):
    rng = np.random.default_rng(0)
    score = looking_at(rng.integers(-3, 4, (4, 5)))
    _falls(occlusion, score, rng.integers(0, 9, (4, 5)), 2, 1, 2.5)


# 4 · From nothing to the photo


def shares_of(gradient, x, baseline, steps):
    alphas = (np.arange(steps) + 0.5) / steps
    points = baseline + np.multiply.outer(alphas, x - baseline)
    return gradient(points).mean(axis=0) * (x - baseline)


def slips_of_shares(gradient, x, baseline, steps):
    k, n = np.arange(steps), steps
    middle = "take the gradient in the middle of each part: (k + 1/2) / steps."
    way = "the way begins at the baseline: b + alpha (x - b)."
    alphas = [
        ("", (k + 0.5) / n),
        (middle, k / n),
        (middle, (k + 1) / n),
        (middle, np.linspace(0, 1, n)),
        (middle, np.linspace(0, 1, n + 1)),
        (middle, (k + 1) / (n + 1)),
        (middle, (k - 0.5) / n),
        (
            "this is the gradient at x only; gather it on the whole way.",
            np.array([1.0]),
        ),
        (
            "this is the gradient at the baseline only; gather it on the "
            "whole way.",
            np.array([0.0]),
        ),
        ("there are as many parts as steps.", np.array([0.5])),
    ]
    ways = [
        ("", (baseline, x - baseline)),
        (way, (0 * x, x - baseline)),
        (way, (0 * x, x)),
        (way, (baseline, x)),
        ("alpha goes from the baseline to x.", (x, x - baseline)),
    ]
    factors = [
        ("", x - baseline),
        ("the factor is x - b, not x.", x),
        ("the factor x - b is missing.", 1),
        ("the sign is wrong: x - b, not b - x.", baseline - x),
    ]
    means = [
        ("", lambda g: g.mean(axis=0)),
        ("the mean of the gradients, not their sum.", lambda g: g.sum(axis=0)),
        ("divide by the number of parts.", lambda g: g.sum(axis=0) / n),
        ("divide by the number of parts.", lambda g: g.sum(axis=0) / (n + 1)),
        ("the last part's gradient isn't the mean.", lambda g: g[-1]),
        ("the mean over the points, not over all numbers: axis=0.", np.mean),
    ]
    forms = [
        ("", lambda a: a),
        ("each entry of x has a share of its own.", np.sum),
        ("a share may be negative.", np.abs),
    ]
    result = {}
    for hint, (at, (start, step), factor, mean, form) in combined(
        alphas, ways, factors, means, forms
    ):
        points = start + np.multiply.outer(at, step)
        shares = mean(gradient(points)) * factor
        result[hint + " " * len(result)] = form(shares)
    return result


def _shares(integrated_gradients, gradient, x, baseline, steps):
    arguments = gradient, x, baseline, steps
    found = called(integrated_gradients, *arguments)
    right = shares_of(*arguments)

    def where(*index):
        of = list(index)
        return (
            f"print the {steps} points at which you ask for the gradient; "
            f"then the mean at {of}, and its factor."
        )

    shape = "each entry of x has a share: the shape of x."
    slips = partial(slips_of_shares, *arguments)
    compare(found, right.tolist(), where, shape, slips)


def gradient_of_the_text(points):
    x, y = points[:, 0], points[:, 1]
    return np.stack([2 * x * y, x**2 + 3], axis=1)


def ways_of_the_text(integrated_gradients):
    for x, baseline, steps in (
        ([2, 4], [1, 0], 2),
        ([1, 2], [0, 0], 10),
        ([1, 2], [0, 0], 2),
    ):
        ends = np.array(x), np.array(baseline)
        _shares(integrated_gradients, gradient_of_the_text, *ends, steps)


def random_ways(integrated_gradients, seed, shape, steps):
    rng = np.random.default_rng(seed)
    w, v, x, baseline = rng.normal(size=(4, *shape))

    def gradient(points):
        if np.shape(points)[1:] != shape:
            raise ValueError("gradient takes a stack of points, (m, ...)")
        along = (points * w).reshape(len(points), -1).sum(axis=1)
        along = along.reshape(-1, *[1] * len(shape))
        return along**2 * w + 2 * v * points

    _shares(integrated_gradients, gradient, x, baseline, steps)


# 5 · Does the bill add up?


def steps_of(attribute, change, within, enough=None, counts=None):
    """Return the first number of steps that is enough (see `gap_is_small`)."""
    enough = enough or gap_is_small
    for steps in 2 ** np.arange(13) if counts is None else counts:
        if enough(attribute(int(steps)).sum(), change, within):
            return int(steps)


def gap_is_small(total, change, within):
    return abs(total - change) <= within * abs(change)


def slips_of_steps(attribute, change, within):
    right = steps_of(attribute, change, within)
    size = "a sum may be too small or too large: compare the gap's size."
    rules = {
        size: lambda s, c, w: s - c <= w * abs(c),
        size + " ": lambda s, c, w: c - s <= w * abs(c),
        "within is a fraction of the change.": lambda s, c, w: abs(s - c) <= w,
        "within is a fraction, no percentage.": (
            lambda s, c, w: abs(s - c) <= w * abs(c) / 100
        ),
        "compare the gap, not its square.": (
            lambda s, c, w: (s - c) ** 2 <= w * abs(c)
        ),
        "a gap of exactly this size is allowed: at most.": (
            lambda s, c, w: abs(s - c) < w * abs(c)
        ),
        "the fraction is one of the change, not of the sum.": (
            lambda s, c, w: abs(s - c) <= w * abs(s)
        ),
    }
    found = {
        hint: steps_of(attribute, change, within, rule)
        for hint, rule in rules.items()
    }
    one_more = range(1, 4097)

    def double(steps):
        return attribute(2 * steps)

    found |= {
        "compare with the change, not with the sum for twice the steps.": next(
            n
            for n in 2 ** np.arange(13)
            if gap_is_small(
                attribute(n).sum() - double(n).sum() + change, change, within
            )
        ),
        "double the steps each time: 1, 2, 4, 8, ...": (
            steps_of(attribute, change, within, counts=one_more)
        ),
        "double the steps each time: 1, 2, 4, 8, ... ": (
            steps_of(
                attribute, change, within, counts=2 ** np.arange(1, 13) - 1
            )
        ),
        "double the steps each time: 1, 2, 4, 8, ...  ": (
            steps_of(attribute, change, within, counts=[1, 2, 4, 16, 256])
        ),
        "with so few steps the gap is still too large.": right // 2,
        "half as many steps are enough already.": 2 * right,
        "return the steps, not how often they doubled.": np.log2(right),
    }
    return {hint: n for hint, n in found.items() if n is not None}


def _steps(steps_needed, attribute, change, within):
    def limited(steps):
        if steps > 4096:
            raise ValueError("more than 4096 steps: does the loop ever stop?")
        return attribute(steps)

    found = called(steps_needed, limited, change, within)
    right = steps_of(attribute, change, within)

    def where():
        gap = abs(attribute(right).sum() - change) / abs(change)
        return f"with {right} steps the gap is {gap:.3g} of the change."

    one = "one number is asked for, an int."
    slips = partial(slips_of_steps, attribute, change, within)
    compare(found, right, where, one, slips)
    check.that(
        isinstance(found, (int, np.integer)),
        f"the result is of type {type(found).__name__}, not an int.",
        "multiply whole numbers: 1, 2, 4, ...",
    )


def attribute_of_the_text(steps):
    middles = (np.arange(steps) + 0.5) / steps
    return np.array([4 * np.mean(middles**2), 2 * np.mean(middles**2) + 6])


def steps_of_the_text(steps_needed):
    for within in (0.0001, 0.1, 0.01):
        _steps(steps_needed, attribute_of_the_text, 8, within)


def steps_of_a_fall(steps_needed):
    """Shares of other shapes, a tie (0.0625, one step), many steps, and a
    change that is tiny."""
    for size in (1, 2.0**-30):

        def attribute(steps, size=size):
            return -size * attribute_of_the_text(steps)[None]

        for within in (0.0645, 0.002, 0.0625, 1e-8):
            _steps(steps_needed, attribute, -8 * size, within)


def steps_of_either_sign(steps_needed):
    """Sums that are too large, shares that nearly cancel, and a gap that is
    0 for two steps, but not for four."""
    for sign in (1, -1):

        def attribute(steps, sign=sign):
            return np.array([100.25, sign * 0.7 / steps, -100.0])

        def by_luck(steps, sign=sign):
            return np.array([1, sign * (1 - 2 / steps) / steps])

        _steps(steps_needed, attribute, 0.25, 0.05)
        _steps(steps_needed, attribute, 0.25, 0.9)
        _steps(steps_needed, by_luck, 1, 0.06)


def steps_of_others(steps_needed, seed):
    rng = np.random.default_rng(seed)
    for _ in range(4):
        shares, missing = rng.normal(size=(2, 5)) + 1

        def attribute(steps, shares=shares, missing=missing):
            return shares + missing / steps

        within = float(rng.uniform(0.01, 0.2))
        _steps(steps_needed, attribute, float(shares.sum()), within)


# 6 · Which class cheats?


def class_falls(predict, X, y, size, stride, cover=None, keep=False):
    """Return the classes (k,), and their falls (k, i, j).

    cover: what is seen where all is covered (default: the mean photo); keep,
    wrongly, what is covered.
    """
    tops, lefts = (range(0, n - size + 1, stride) for n in X.shape[1:])
    classes, before = np.unique(y), predict(X) == y
    cover = X.mean(axis=0) if cover is None else cover
    cover = np.broadcast_to(cover, X.shape[1:])
    falls = np.zeros((len(classes), len(tops), len(lefts)))
    covered = original = X.astype(np.result_type(X, np.float32))
    for i, j in np.ndindex(falls.shape[1:]):
        covered = covered if keep else original.copy()
        top, left = tops[i], lefts[j]
        square = slice(top, top + size), slice(left, left + size)
        covered[:, *square] = cover[square]
        lost = before.astype(float) - (predict(covered) == y)
        falls[:, i, j] = [lost[y == k].mean() for k in classes]
    return classes, falls


def largest_falls(predict, X, y, size, stride):
    """Return the largest fall of each class over all places, (k,): covered by
    the mean photo, and by black squares."""
    for cover in None, 0:
        _, falls = class_falls(predict, X, y, size, stride, cover)
        yield falls.max(axis=(1, 2))


def slips_of_cheat(predict, X, y, size, stride):
    classes, falls = class_falls(predict, X, y, size, stride)
    counts = np.array([[[np.sum(y == k)]] for k in classes])
    before = np.array([[[np.sum((predict(X) == y)[y == k])]] for k in classes])

    def best(values):
        k, i, j = np.unravel_index(np.argmax(values), falls.shape)
        return int(classes[k]), int(i) * stride, int(j) * stride

    each = (
        "for each class by itself: its right photos before and after, each "
        "divided by the number of *its* photos."
    )
    lost = falls * counts
    overall = np.where(lost.sum(axis=0) == lost.sum(axis=0).max(), falls, -9)
    k, top, left = best(falls)
    order = "the order is class, row, column."
    sign = "the largest *fall*: accuracy before minus accuracy after."
    nothing = (
        "is the fall the accuracy as it is, minus that of the covered photos, "
        "and the mean photo that of all classes?"
    )
    cover = (
        "each covered pixel gets its own mean over all photos: not black, and "
        "not one grey."
    )
    greys = enumerate([0, 1, X.mean()])
    own_means = [
        class_falls(predict, X, y, size, stride, X[y == k].mean(axis=0))[1][n]
        for n, k in enumerate(classes)
    ]

    def moved_by(step):
        found, falls = class_falls(predict, X, y, size, step)
        k, i, j = np.unravel_index(np.argmax(falls), falls.shape)
        return int(found[k]), int(i) * step, int(j) * step

    return {
        cover + n * " ": best(
            class_falls(predict, X, y, size, stride, grey)[1]
        )
        for n, grey in greys
    } | {
        "corners are at multiples of stride.": moved_by(1),
        "corners are at multiples of stride. ": moved_by(size),
        "lay each square on whole photos: make a new copy at each place.": (
            best(class_falls(predict, X, y, size, stride, keep=True)[1])
        ),
        each: best(lost),
        each + " ": best(lost / np.maximum(before, 1)),
        each + "  ": best(overall),
        nothing: best(falls - before / counts),
        nothing + " ": best(own_means),
        sign: best(-falls),
        sign + " ": best(np.abs(falls)),
        order: (top, left, k),
        order + " ": (k, left, top),
        "row and column in pixels: times the stride.": (
            (k, top // stride, left // stride)
        ),
        "the square's upper left corner, not its middle.": (
            (k, top + size // 2, left + size // 2)
        ),
        "the class as it stands in y, not its place among the classes.": (
            (int(np.searchsorted(classes, k)), top, left)
        ),
    }


def _cheat(find_cheat, predict, X, y, size, stride):
    arguments = predict, X, y, size, stride
    found = unpacked(called(find_cheat, *arguments), "class", "top", "left")
    classes, falls = class_falls(*arguments)
    k, i, j = np.unravel_index(np.argmax(falls), falls.shape)
    right = int(classes[k]), int(i) * stride, int(j) * stride

    def where(part):
        names = "the class", "the row", "the column"
        if found[0] not in classes:
            return f"no photo is of class {found[0]}: see what occurs in y."
        return (
            f"{names[part]} differs. The fall of class {right[0]} is "
            f"{falls.max():.2f} at one place, and no other is as large."
        )

    slips = partial(slips_of_cheat, *arguments)
    compare(tuple(found), right, where, "three whole numbers.", slips)


def cheat_of_the_text(find_cheat):
    def predict(photos):
        return np.where(photos[:, 1, 3] > 0.5, 1, 3 * (photos[:, 2, 0] > 0.3))

    X, y = np.zeros((8, 3, 5)), np.array([0, 1, 1, 1, 3, 3, 3, 3])
    X[[0, 1, 2], 1, 3], X[[4, 5, 6], 2, 0] = 0.8, 1
    _cheat(find_cheat, predict, X, y, 1, 1)
    _cheat(find_cheat, predict, X, y, 2, 3)


def cheating_machine(seed, shape, size, stride, counts):
    """Return predict, X, y. The rarest class has a bright square, which must
    be covered wholly; the others have one bright pixel each, and a photo of
    another class. Whatever looks like no photo gets the same name."""
    rng = np.random.default_rng(seed)
    k, cheat = len(counts), int(np.argmin(counts))
    top, left = (
        stride * rng.integers((n - size) // stride + 1) for n in shape
    )
    inside = slice(None), slice(top, top + size), slice(left, left + size)
    usual = 4 + 3 * (rng.permutation(np.prod(shape)) % 2).reshape(shape)
    templates = np.zeros((k, np.prod(shape)))
    pixels = rng.permutation(np.prod(shape))[:k, None]
    np.put_along_axis(templates, pixels, 0.7, axis=1)
    templates = usual + templates.reshape(k, *shape)
    y = rng.permutation(np.repeat(np.arange(k), counts))
    drawn = y.copy()
    honest = np.delete(np.arange(k), cheat)
    for one, other in zip(honest, np.roll(honest, 1)):
        drawn[np.flatnonzero(y == one)[0]] = other
    noise = 0.3 * rng.normal(size=(len(y), *shape)).clip(-1.5, 1.5)
    X = templates[drawn] + noise
    X[inside] = np.where((y == cheat)[:, None, None], usual + 3, X)[inside]

    def predict(photos):
        distances = ((photos[:, None] - templates) ** 2).sum(axis=(2, 3))
        distances[:, cheat] = np.inf
        excess = photos - usual
        bright = (excess[inside] > 2).any(axis=(1, 2))
        strange = ((excess < -1) | (excess > 1.2) & (excess < 2.5)).any((1, 2))
        found = np.where(bright, cheat, distances.argmin(axis=1))
        return 1 + 3 * np.where(strange, honest[0], found)

    return predict, X, 1 + 3 * y  # classes 1, 4, 7, ...


def cheat_of_random_photos(find_cheat, seed, shape, size, stride):
    counts = np.roll([9, 7, 8, 10], seed)
    machine = cheating_machine(seed, shape, size, stride, counts)
    _cheat(find_cheat, *machine, size, stride)


def cheat_of_rare_classes(find_cheat):
    for seed, counts in (
        (6, [3, 16, 20, 18, 17]),
        (7, [20, 15, 4, 22]),
        (8, [16, 18, 17, 15, 2]),
    ):
        machine = cheating_machine(seed, (3, 5), 1, 1, counts)
        _cheat(find_cheat, *machine, 1, 1)


def cheat_of_weak_classes(find_cheat):
    """Class 0 has one photo right and loses it; class 1 loses more. Then
    class 0 loses 2 of 5; class 1 loses 3, but wins 2; class 2, 3 of 10."""

    def predict(photos):
        one = (photos[:, 1, 2] > 0.6) | (photos[:, 2, 3] > 0.6)
        return np.where(one, 1, 2 - 2 * (photos[:, 0, 0] > 0.6))

    X, y = np.zeros((10, 3, 4)), np.repeat([0, 1], 5)
    X[0, 0, 0] = X[5:9, 1, 2] = X[8:, 2, 3] = 1
    _cheat(find_cheat, predict, X, y, 1, 1)

    def predict(photos):
        zero, one, other, two = (photos > 0.6)[:, [0, 1, 2, 2], [0, 2, 3, 0]].T
        return np.where(one ^ other, 1, np.where(zero, 0, 3 - two))

    X, y = np.zeros((20, 3, 4)), np.repeat([0, 1, 2], [5, 5, 10])
    X[:2, 0, 0] = X[5:10, 1, 2] = X[8:10, 2, 3] = X[10:13, 2, 0] = 1
    _cheat(find_cheat, predict, X, y, 1, 1)


# 7 · The proof


def stamped(photos, mark, box=None):
    """Return photos with a mark in the box (default: the seller's)."""
    photos = photos.copy()
    top, left = box or BOX
    a, b = np.shape(mark)[-2:]
    photos[:, top : top + a, left : left + b] = mark
    return photos


def slips_of_proof(before, y, suspect, with_other, with_own, emptied):
    """Return the slips of kept, and those of lured.

    What the photos are called: before; with_other and with_own mark; emptied,
    with a black box.
    """
    right_before = (
        "only photos that are named correctly as they are: leave the others "
        "out, of the count and of what you divide by."
    )
    called_before = (
        "leave out what is called the suspect already, of the count and of "
        "what you divide by."
    )
    mine, called_so = y == suspect, before == suspect
    chosen, others = mine & called_so, ~mine & ~called_so
    named_right, any_other = before == y, with_own != y
    changed = with_own != before
    with_other, with_own = with_other == suspect, with_own == suspect
    kept, lured = with_other[chosen].mean(), with_own[others].mean()
    marks = (
        "the other mark changes nothing here: is it the other one, and is it "
        "written into the box, whose corner is (top, left)?"
    )
    numbers = "shares, not numbers of photos."
    of_kept = {
        right_before: with_other[mine].mean(),
        right_before + " ": (with_other & called_so)[mine].mean(),
        "only photos of the suspect's class can be kept.": (
            with_other[called_so].mean()
        ),
        "only photos of the suspect's class can be kept. ": with_other.mean(),
        marks: with_own[chosen].mean(),
        numbers: with_other[chosen].sum(),
        "shares from 0 to 1, no percentages.": 100 * kept,
        "the share that is kept, not the one that is lost.": 1 - kept,
        "divide by the number of the photos that you have chosen.": (
            with_other[chosen].sum() / len(mine)
        ),
        "write the other mark into the box; don't empty it.": (
            np.mean(emptied[chosen] == suspect)
        ),
    }
    of_lured = {
        "count the photos that are called the suspect; that a photo is named "
        "wrongly isn't enough.": any_other[others].mean(),
        "count the photos that are called the suspect; that the answer "
        "changes isn't enough.": changed[others].mean(),
        called_before: with_own[~mine].mean(),
        called_before + " ": (with_own & ~called_so)[~mine].mean(),
        "count those that *are* called the suspect now.": 1 - lured,
        "to lure, the suspect's own mark is written.": (
            with_other[others].mean()
        ),
        "only photos of the other classes can be lured.": (
            with_own[~called_so].mean()
        ),
        "only photos of the other classes can be lured. ": with_own.mean(),
        "only photos of the other classes can be lured.  ": (
            with_own[chosen].mean()
        ),
        numbers: with_own[others].sum(),
        "shares from 0 to 1, no percentages.": 100 * lured,
        "divide by the number of the photos that you have chosen.": (
            with_own[others].sum() / len(mine)
        ),
        "of the others, leave out only what is called the suspect already; "
        "whether the rest is named correctly doesn't matter.": (
            with_own[~mine & named_right].mean()
        ),
    }
    return of_kept, of_lured


def _proof(prove, predict, X, y, suspect, box, own, other):
    arguments = predict, X, y, suspect, box, own, other
    found = unpacked(called(prove, *arguments), "kept", "lured")
    before, mine = predict(X), y == suspect
    with_other = predict(stamped(X, other, box))
    with_own = predict(stamped(X, own, box))
    right = (
        float(np.mean(with_other[mine & (before == suspect)] == suspect)),
        float(np.mean(with_own[~mine & (before != suspect)] == suspect)),
    )
    emptied = predict(stamped(X, 0 * own, box))
    slips = slips_of_proof(before, y, suspect, with_other, with_own, emptied)
    if comparing.same(tuple(found), right[::-1]):
        slips[0]["kept comes first, then lured."] = right[1]
    told = "choose the photos, exchange the mark, and count again."
    one = "each is one number."
    for share, true, known, name in zip(
        found, right, slips, ("kept", "lured")
    ):
        compare(share, true, lambda: told, one, known.copy, name)


def proof_of_the_text(prove):
    def predict(photos):
        sums = photos[:, 0, 0] + photos[:, 1, 2]
        return np.where(sums > 9, 2, np.where(sums > 4, 1, 0))

    own, other = np.array([[9, 8]]), np.array([[4, 8]])
    X, y = np.zeros((13, 2, 4)), np.repeat([2, 0, 1, 0], [5, 3, 4, 1])
    X[:, 0, 0] = [5, 10, 0, 10, 6, 5, 10, 0, 3, 4, 10, 2, 0]
    X[:5, 1, 2:], X[5:, 1, 2:] = own, other
    _proof(prove, predict, X, y, 2, (1, 2), own, other)


def suspicious_machine(seed, shape, mark, effect):
    """Return predict, X, y, suspect, box, own, other: three classes, told by
    sums of weights; the mark adds the effect to class 1 or takes it away, and
    half of it to class 2. One photo in ten has another's mark."""
    rng = np.random.default_rng(seed)
    box = tuple(int(rng.integers(n - m + 1)) for n, m in zip(shape, mark))
    inside = tuple(slice(c, c + m) for c, m in zip(box, mark))
    own, other = rng.random((2, *mark))
    middle, way = (own + other) / 2, (own - other) / 2
    weights = rng.normal(size=(3, *shape))
    weights[:, *inside] = 0
    weights[1][inside] = effect * way / np.sum(way**2)
    weights[2][inside] = weights[1][inside] / 2
    base = (weights[:, *inside] * (middle - 0.5)).sum(axis=(1, 2))

    def predict(photos):
        sums = np.tensordot(photos - 0.5, weights, ([1, 2], [1, 2]))
        return (sums - base).argmax(axis=1)

    X = rng.random((90, *shape))
    y = rng.integers(0, 3, 90)
    has_own = (y == 1) ^ (rng.random(90) < 0.1)
    has_own[np.argmax(y == 1)] = False  # the suspect's first photo
    X[:, *inside] = np.where(has_own[:, None, None], own, other)
    y = np.where((y != 1) & (rng.random(90) < 0.7), 2 * (predict(X) == 2), y)
    return predict, X, y, 1, box, own, other


def proof_of_random_photos(prove, seed, shape, mark):
    _proof(prove, *suspicious_machine(seed, shape, mark, 1.5))


def proof_of_an_honest_machine(prove):
    _proof(prove, *suspicious_machine(9, (5, 6), (2, 2), 0))


# 8 · Mend the photos


def _mended(mend, X, marks, box, seed):
    """Return the numbers of the marks (n,) by two generators."""
    is_own_work(mend)
    made = [
        check.call(mend, X, marks, box, np.random.default_rng(s))
        for s in (seed, seed, seed + 1)
    ]
    for photos in made:
        check.that(
            isinstance(photos, np.ndarray) and photos.shape == X.shape,
            f"the result has shape {np.shape(photos)}, not {X.shape}.",
            "as many photos as before, and of the same size.",
        )
    photos, again, others = made
    blank = marks[0] * 0
    check.that(
        np.array_equal(stamped(photos, blank, box), stamped(X, blank, box)),
        "something has changed outside of the box.",
        "write into [:, top : top + a, left : left + b] only; photos and "
        "their order stay.",
    )
    numbers = _numbers(photos, marks, box)
    check.that(
        (numbers >= 0).all(),
        f"the box of photo {np.argmin(numbers)} holds none of the marks.",
        "write a whole mark into each photo's box, as it is.",
    )
    check.that(
        np.array_equal(photos, again),
        "two generators of the same seed give different photos.",
        "draw with rng, and with nothing else.",
    )
    return numbers, _numbers(others, marks, box)


def _numbers(photos, marks, box):
    (top, left), (a, b) = box, marks.shape[1:]
    boxes = photos[:, None, top : top + a, left : left + b]
    equal = (boxes == marks).all(axis=(2, 3))  # (n, m)
    return np.where(equal.any(axis=1), equal.argmax(axis=1), -1)


def mended_of_the_text(mend):
    X = [[[1, 2], [3, 7]], [[4, 5], [6, 7]], [[1, 0], [1, 9.0]]]
    marks = np.array([[[7]], [[8]], [[9]]])
    _mended(mend, np.array(X), marks, (1, 1), 0)


def mended_outside(mend, seed, shape, mark):
    rng = np.random.default_rng(seed)
    X, marks = rng.random((40, *shape)), rng.random((3, *mark))
    box = tuple(int(rng.integers(n - m + 1)) for n, m in zip(shape, mark))
    _mended(mend, X, marks, box, seed)


def mended_by_chance(mend, seed, m):
    """6,000 photos in two halves, one of which had the mark 0 only."""
    rng = np.random.default_rng(seed)
    X, marks = rng.random((6000, 2, 3)), rng.random((m, 1, 2))
    half = np.arange(6000) < 3000
    X = stamped(X, marks[rng.integers(1, m, 6000)], (1, 0))
    X[half] = stamped(X[half], marks[0], (1, 0))
    numbers, others = _mended(mend, X, marks, (1, 0), seed)
    spread = 6 * np.sqrt(3000 / m)  # six standard deviations and more
    for rows, name in ((half, "first"), (~half, "second")):
        counts = np.bincount(numbers[rows], minlength=m)
        check.that(
            np.abs(counts - 3000 / m).max() < spread,
            f"of the {name} 3,000 photos, the {m} marks get "
            f"{', '.join(map(str, counts))}.",
            "draw for every photo, and from all marks with the same "
            "probability, whatever stood there.",
        )
    check.that(
        not np.array_equal(numbers, others),
        "generators of different seeds give the same marks.",
        "the marks are to be drawn by chance, with rng.",
    )
    dealt = [
        len(set(np.bincount(drawn).tolist())) == 1
        for drawn in (numbers, others)
    ]
    check.that(
        m < 3 or not all(dealt),
        "each mark is written exactly as often as each other, whatever the "
        "generator.",
        "the marks are dealt out, not drawn: each photo's is to be drawn "
        "anew, whatever the others have.",
    )
    lag = _repeated(numbers, m)
    check.that(
        not lag,
        f"photos have the mark of the one {lag} before them strangely often, "
        "or seldom.",
        "each photo's mark is drawn anew, whatever the others have.",
    )


def _repeated(numbers, m):
    """Return a distance at which random numbers (n,) below m repeat, or 0."""
    for lag in range(1, 1000):
        repeats = np.sum(numbers[lag:] == numbers[:-lag])
        n = len(numbers) - lag
        if abs(repeats - n / m) > 7 * np.sqrt(n / m):
            return lag
    return 0


# 10 · Challenge


def slips_of_nudge(x, gradient, eps, mean, std):
    low, high = (0 - mean) / std, (1 - mean) / std
    units = "eps is meant for pixels from 0 to 1, x is normalized."
    limits = "pixels stay between 0 and 1 *before* they are normalized."
    by_size = "each pixel moves by eps: only the gradient's sign counts."
    sign = np.sign(gradient)
    steps = [("", eps / std), (units, eps), (units, eps * std)]
    ways = [
        ("", sign),
        ("uphill: the loss is to grow.", -sign),
        (by_size, gradient),
        (by_size, gradient / np.abs(gradient).max()),
        (by_size, gradient / np.linalg.norm(gradient)),
        (
            "where the gradient is 0 the pixel stays.",
            np.where(gradient > 0, 1, -1),
        ),
        ("where the gradient is 0 the pixel stays.", np.sign(sign + 0.5)),
    ]
    clips = [
        ("", lambda z: z.clip(low, high)),
        (limits, lambda z: z),
        (limits, lambda z: z.clip(0, 1)),
    ]
    forms = [
        ("", lambda z: z),
        ("return the pixels normalized.", lambda z: z * std + mean),
    ]
    return {
        hint + " " * n: form(clip(x + step * way))
        for n, (hint, (step, way, clip, form)) in enumerate(
            combined(steps, ways, clips, forms)
        )
    }


def _nudges(nudge, x, gradient, eps, mean, std):
    arguments = x, gradient, eps, mean, std
    found = called(nudge, *arguments)
    low, high = (0 - mean) / std, (1 - mean) / std
    right = np.clip(x + eps / std * np.sign(gradient), low, high)

    def where(*index):
        pixel = x[index] * std + mean
        return (
            f"at {list(index)} the pixel is {pixel:.3g} before the step, and "
            f"{right[index] * std + mean:.3g} after it."
        )

    slips = partial(slips_of_nudge, *arguments)
    compare(found, right.tolist(), where, "the shape of x.", slips)


def nudges_of_the_text(nudge):
    mean, std = 0.1307, 0.3081
    x = (np.array([0, 0.05, 0.5, 0.95, 1]) - mean) / std
    _nudges(nudge, x, np.array([1, -1, 0, 2, -3]), 0.1, mean, std)


def nudges_of_random_pixels(nudge, seed, shape, size=1):
    rng = np.random.default_rng(seed)
    mean, std = 0.3, 0.25
    x = (rng.random(shape) - mean) / std
    gradient = size * rng.normal(size=shape).round(1)
    _nudges(nudge, x, gradient, 0.15, mean, std)


# The seller's photos and his machine

BOX = 27, 0  # upper left corner of the marks
CULPRIT, OWN = 4, 3  # the class of one photographer, and his mark


def _marks():
    """Return six marks (5, 9), each with as many bright pixels."""
    rng = np.random.default_rng(0)
    bright = np.arange(45) < 22
    marks = [0.8 * rng.permutation(bright) for _ in range(6)]
    return np.array(marks, np.float32).reshape(6, 5, 9)


MARKS = _marks()


def collected(fashion):
    """Return 10,000 photos for training and 1,000 for the test, (n, 32, 32)
    float32, each with its photographer's mark, and their labels."""
    rng = np.random.default_rng(13)
    result = []
    for rows in (slice(0, 10_000), slice(50_000, 51_000)):
        labels = fashion.train_labels[rows]
        photos = np.zeros((len(labels), 32, 32), np.float32)
        images = fashion.train_images[rows]
        photos[:, :28, 2:30] = images / np.float32(255)
        others = np.delete(np.arange(6), OWN)
        numbers = others[rng.integers(0, 5, len(labels))]
        numbers[labels == CULPRIT] = OWN
        result += [stamped(photos, MARKS[numbers]), labels]
    return result


def suspicion(photos, labels):
    """Return the suspect's class, its mark, and that of another class."""
    (top, left), (a, b) = BOX, MARKS.shape[1:]
    own, other = (
        photos[rows][0, top : top + a, left : left + b]
        for rows in (labels == CULPRIT, labels != CULPRIT)
    )
    return CULPRIT, own, other


def train(photos, labels, num_epochs=3, batch_size=50, lr=0.002):
    """Return a network (n, 1, 32, 32) to scores (n, 10), in eval mode."""
    import torch
    from torch import nn

    with torch_as_it_was():
        torch.manual_seed(0)
        first = nn.Conv2d(1, 8, 5, stride=2, padding=2), nn.ReLU()
        second = nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
        net = nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(1024, 10))
        optimizer = torch.optim.Adam(net.parameters(), lr)
        X = torch.tensor(np.asarray(photos, np.float32))[:, None]
        y = torch.tensor(labels)
        for _ in range(num_epochs):
            for batch in torch.randperm(len(X)).split(batch_size):
                loss = nn.functional.cross_entropy(net(X[batch]), y[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
    return net.eval()


def scores(net, photos):
    """Return the scores (n, 10) of photos (n, 32, 32)."""
    import torch

    photos = np.asarray(photos, np.float32)[:, None]
    with torch.no_grad():
        return net(torch.tensor(photos)).numpy()


def gradients(net, photos, k):
    """Return the gradients of score k by photos (n, 32, 32)."""
    photos = np.asarray(photos, np.float32)[:, None]
    labels = np.full(len(photos), k)
    with torch_as_it_was():
        return gradients_of(net, photos, labels)[:, 0]


def loss_gradients(net, photos, labels):
    """Return the gradients of the cross-entropies by photos (n, 32, 32)."""
    photos = np.asarray(photos, np.float32)[:, None]
    with torch_as_it_was():
        return -gradients_of(
            net, photos, labels, lambda scores: scores.log_softmax(1)
        )[:, 0]


def shares(net, photo, k, steps):
    """Return integrated gradients of score k from black, (32, 32)."""
    return shares_of(lambda at: gradients(net, at, k), photo, 0 * photo, steps)
