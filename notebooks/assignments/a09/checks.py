"""What the answers of assignment a09 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

import contextlib
import itertools
from functools import partial
from pathlib import Path

import numpy as np

from utils import checking, comparing, ready_made

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")


READY_MADE = {
    *("torch", "tensorflow", "keras", "jax", "scipy", "sklearn"),
    *("kl_divergence", "Normal", "NormalDist", "checks"),
    *("numeric_gradient", "gradient_error"),
}
LOG_2PI = np.log(2 * np.pi)


def called(function, *arguments):
    """Call a function of the student's own twice; return its result."""
    check.own_work(function, READY_MADE)
    return called_twice(function, *arguments)


def called_twice(function, *arguments):
    found, again = (check.call(function, *arguments) for _ in "ab")
    check.that(
        not comparing.is_numeric(found) or comparing.same(found, again),
        "called a second time, the function gives another result.",
        "it is given all that it needs: does it draw random numbers of its "
        "own, or keep something from the first call?",
    )
    return found


def compare(found, right, shape, last, slips=dict, what="the result"):
    """Compare a result with the right one, and find a hint if it is wrong.

    Parameters: found; right; shape, the hint for a result of another shape;
    last, a function that is given the index of the first wrong entry and
    returns the hint for it; slips, a function that returns {hint: results to
    which that hint fits}; what, the name of the result.
    """
    try:
        check.equal(found, right, what)
    except Exception as error:
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            error.hint = _hint(found, right, shape, last, slips)
        raise


def _hint(found, right, shape, last, slips):
    if isinstance(found, (list, tuple)):
        return "np.array(...) makes one array of it."
    found, sizes = np.asarray(found), np.shape(right)
    numbers = found.astype(float)
    if found.shape == sizes and found.dtype.kind in "iu":
        return FRACTIONS
    if found.ndim > len(sizes) and comparing.same(
        np.ravel(numbers), np.ravel(right)
    ):
        return f"the numbers are right: remove axes until it is {sizes}."
    if np.isfinite(numbers).all():
        for hint, results in slips().items():
            if any(comparing.same(numbers, result) for result in results):
                return hint
    if found.shape != sizes:
        return shape
    wrong = np.argwhere(~np.isclose(found, right))
    return last(*wrong[0].tolist())


def simplest(function, reference, names, shapes, cases):
    """Return the first simple case in which a function is wrong, in words.

    Parameters: function, the student's; reference, a right one; names and
    shapes of the arguments; cases, a list of the numbers that fill them.
    """
    for numbers in cases:
        arguments = [
            np.full(shape, float(number)) if shape else number
            for number, shape in zip(numbers, shapes)
        ]
        right = reference(*arguments)
        found = function(*comparing.copied(arguments))
        if not comparing.same(found, right):
            words = ", ".join(
                f"{name} {number:.4g}"
                if np.prod(shape) == 1
                else f"{name} of shape {shape} full of {number:.4g}"
                for name, number, shape in zip(names.split(), numbers, shapes)
            )
            digits = 4 if shown(right) != shown(found) else 9
            right, found = shown(right, digits), shown(found, digits)
            return f"with {words}, the right result is {right}, yours {found}."
    return ""


def shown(numbers, digits=4):
    return ", ".join(f"{number:.{digits}g}" for number in np.ravel(numbers))


def random_clouds(seed, shape, width=2):
    """Return random means and log-variances."""
    rng = np.random.default_rng(seed)
    return 2 * rng.normal(size=shape), rng.uniform(-width, width, shape)


def random_noise(seed, shape):
    return np.random.default_rng(seed + 100).normal(size=shape)


def in_whole_numbers(*arrays):
    """Yield the arrays again and again, each time others of them rounded to
    whole numbers, from none to all."""
    for rounded in itertools.product([False, True], repeat=len(arrays)):
        yield [
            np.rint(array).astype(int) if whole else array
            for array, whole in zip(arrays, rounded)
        ]


# 1 · A code that is a cloud

MEAN = np.array([[1, -2, 0], [0, 10, 5]])
LOG_VAR = np.log([[4, 1, 9], [0.25, 16, 1]])
NOISE = np.array(
    [
        [[1, 1, -1], [1, 1, 1]],
        [[-1, 0, 2], [2, -0.5, 0]],
        [[0, 3, -1], [0, 0, -2]],
    ]
)
FRACTIONS = (
    "fractions are lost: is the result written into an array of whole numbers?"
)
ALL_DRAWS = "each garment is drawn m times: the result is (m, n, d)."


def draws(mean, log_var, noise):
    return mean + np.sqrt(np.exp(log_var)) * noise


def slips_of_draws(mean, log_var, noise):
    std = np.sqrt(np.exp(log_var))
    right = mean + std * noise
    return {
        FRACTIONS: [
            np.trunc(right),
            mean + np.trunc(std * noise),
            np.trunc(mean) + std * noise,
        ],
        "all garments get the cloud of one of them.": [
            mean[k] + std[k] * noise for k in (0, -1)
        ],
        "all garments get the noise of one of them.": [
            mean + std * noise[:, [k]] for k in (0, -1)
        ],
        "a code's numbers each have a cloud and noise of their own.": [
            *(mean + std * noise[..., [k]] for k in (0, -1)),
            *(mean + std[:, [k]] * noise for k in (0, -1)),
        ],
        "each draw has noise of its own.": [
            mean + std * noise[[k] * len(noise)] for k in (0, -1)
        ],
    }


def _draws(draw_codes, mean, log_var, noise, right=None):
    arguments = mean, log_var, noise
    right = draws(*arguments) if right is None else right
    found = called(draw_codes, *arguments)

    def last(k, i, j):
        shapes = (1, 1), (1, 1), (1, 1, 1)
        cases = [[5, 0, 0], [0, 0, 1], [0, 0, -2], [5, 0, 1], [0, 2, 1]]
        cases += [[0, -2, 1], [5, 2, -1], [0, 30, 1], [0, -30, 1]]
        std = np.sqrt(np.exp(log_var[i, j]))
        of = shown([mean[i, j], std, noise[k, i, j]])
        names = "mean log_var noise"
        return simplest(draw_codes, draws, names, shapes, cases) or (
            f"at [{k}, {i}, {j}] mean, standard deviation and noise are {of}: "
            "is each number combined with its own?"
        )

    slips = partial(slips_of_draws, *arguments)
    compare(found, right, ALL_DRAWS, last, slips)


def draws_of_the_text(draw_codes):
    right = [
        [[3.0, -1.0, -3.0], [0.5, 14.0, 6.0]],
        [[-1.0, -2.0, 6.0], [1.0, 8.0, 5.0]],
        [[1.0, 1.0, -3.0], [0.0, 10.0, 3.0]],
    ]
    _draws(draw_codes, MEAN, LOG_VAR, NOISE, np.array(right))


def draws_of_random_codes(draw_codes, seed, shape, width=2):
    """shape: (m, n, d); width: log-variances are between -width and width."""
    clouds = random_clouds(seed, shape[1:], width)
    for arguments in in_whole_numbers(*clouds, random_noise(seed, shape)):
        _draws(draw_codes, *arguments)


def draws_of_narrow_and_wide_clouds(draw_codes, seed, shape):
    """Draw from clouds around 0, where something tiny is noticed, and wide
    ones."""
    for middle in (-28, 28):
        log_var = random_clouds(seed, shape[1:])[1] + middle
        noise = random_noise(seed, shape)
        _draws(draw_codes, np.zeros(shape[1:]), log_var, noise)


# 2 · The way back through a draw

DZ = np.array(
    [
        [[1, 2, 4], [0, 1, -1]],
        [[3, 1, 1], [2, 4, 5]],
        [[5, 1, 2], [7, 0, 3]],
    ]
)
BACK_SHAPES = (
    "mean and log_var are (n, d), so their gradients are, too: what the m "
    "draws send back is gathered."
)
GATHERED = (
    "each number of each garment has a gradient of its own; only the draws "
    "are gathered."
)
SUM = "a garment's draws are added up, not averaged: dz holds all factors."
OTHER_AXES = 1, 2, (0, 1), (0, 2), (1, 2), None
ONE_DRAW = "this comes from one draw only; gather all."


def backward(dz, log_var, noise):
    right, left = (draws(0, log_var + step, 1) for step in (1e-5, -1e-5))
    slope = (right - left) / 2e-5  # of sigma
    return dz.sum(axis=0), (dz * noise * slope).sum(axis=0)


def slips_of_dmean(dz, log_var, noise):
    std = np.sqrt(np.exp(log_var))
    return {
        SUM: [dz.mean(axis=0)],
        ONE_DRAW: [dz[0], dz[-1]],
        GATHERED: [dz.sum(axis=axes) for axes in OTHER_AXES],
        "dmean comes first, then dlog_var.": [
            (dz * noise).sum(axis=0) * factor
            for factor in (std / 2, 1 / 2, std**2 / 2, std**2)
        ],
    }


def slips_of_dlog_var(dz, log_var, noise):
    terms = dz * noise * np.sqrt(np.exp(log_var)) / 2
    return {
        SUM: [terms.mean(axis=0), 2 * terms.mean(axis=0)],
        ONE_DRAW: [terms[0], terms[-1]],
        GATHERED: [terms.sum(axis=axes) for axes in OTHER_AXES],
        FRACTIONS: [np.trunc(terms.sum(axis=0)), np.trunc(terms).sum(axis=0)],
    }


def _backward(draw_backward, dz, log_var, noise, right=None):
    arguments = dz, log_var, noise
    right = backward(*arguments) if right is None else right
    found = called(draw_backward, *arguments)
    told = "return the pair dmean, dlog_var."
    check.that(
        isinstance(found, (tuple, list)) or np.ndim(found) == 3,
        f"the result is of type {type(found).__name__}, not a tuple.",
        told,
    )
    check.that(len(found) == 2, f"the result has {len(found)} parts.", told)
    shapes = [(1, 1, 1), (1, 1), (1, 1, 1)]
    cases = [[1, 0, 0], [1, 0, 1], [1, 0, 3], [1, 2, 1], [5, -2, 3]]
    cases += [[1, 20, 1]]
    slips = slips_of_dmean, slips_of_dlog_var
    for k, name in enumerate(["dmean", "dlog_var"]):

        def last(i, j):
            simple = simplest(
                lambda *given: draw_backward(*given)[k],
                lambda *given: backward(*given)[k],
                *("dz log_var noise", shapes, cases),
            )
            return simple or (
                f"at [{i}, {j}] the draws send back {shown(dz[:, i, j])}; "
                f"their noise is {shown(noise[:, i, j])}."
            )

        known = partial(slips[k], *arguments)
        compare(found[k], right[k], BACK_SHAPES, last, known, name)


def backward_of_the_text(draw_backward):
    dmean = [[9, 4, 7], [9, 5, 7]]  # a sum of whole numbers may be whole
    dlog_var = [[-2.0, 2.5, -6.0], [1.0, -2.0, -3.5]]
    _backward(draw_backward, DZ, LOG_VAR, NOISE, (dmean, dlog_var))


def backward_of_random_codes(draw_backward, seed, shape, width=2):
    """shape: (m, n, d); width: log-variances are between -width and width."""
    dz, noise = 2 * random_noise(seed, shape), random_noise(seed + 1, shape)
    _, log_var = random_clouds(seed, shape[1:], width)
    for arguments in in_whole_numbers(dz, log_var, noise):
        dmean, dlog_var = backward(*arguments)
        _backward(draw_backward, *arguments, (dmean.tolist(), dlog_var))


# 3 · KL in closed form

A_NUMBER_EACH = "each garment has one number: sum over its code, axis 1."


def log_ratios(mean, log_var, noise):
    """Return log q(z) - log p(z) of drawn codes, (m, n, d)."""
    return (draws(mean, log_var, noise) ** 2 - noise**2 - log_var) / 2


def kl(mean, log_var):
    """Return KL divergences (n,): one draw at each side of the mean is
    enough, since only squares are averaged."""
    sides = np.ones(np.shape(mean)) * np.array([1, -1])[:, None, None]
    return log_ratios(mean, log_var, sides).mean(axis=0).sum(axis=1)


def _kl(kl_to_standard, mean, log_var, right=None):
    right = kl(mean, log_var) if right is None else right
    found = called(kl_to_standard, mean, log_var)

    def last(i):
        if not np.all(np.isfinite(found)):
            return (
                "the variance of a tiny cloud is 0 for a computer, and its "
                "logarithm infinite; but log_var is that logarithm already."
                if log_var.min() < -100
                else "a logarithm or a root of 0, or of a negative number? "
                "log_var is a logarithm already."
            )
        names, shape = "mean log_var", (1, 1)
        cases = [[0, 0], [3, 0], [-3, 0], [0, 1], [0, -1], [3, 1]]
        cases += [[0, 30], [0, -1000]]
        return (
            simplest(kl_to_standard, kl, names, [shape] * 2, cases)
            or simplest(kl_to_standard, kl, names, [(1, 2)] * 2, [[1, 0]])
            or A_NUMBER_EACH
        )

    compare(found, right, A_NUMBER_EACH, last)


def kl_of_the_text(kl_to_standard):
    mean = np.array([[1, 0, -1, 2], [0, 0, 0, 0], [3, 0, 0, 0]])
    log_var = np.array([[0, 1, -1, 0.5], [0, 0, 0, 0], [0, 0, 0, 0]])
    e, root = np.exp(1), np.exp(0.5)
    first = (1 + (e - 2) + (1 + 1 / e) + (4 + root - 1.5)) / 2
    _kl(kl_to_standard, mean, log_var, np.array([first, 0, 4.5]))


def kl_of_random_clouds(kl_to_standard, seed, shape, width=2):
    for clouds in in_whole_numbers(*random_clouds(seed, shape, width)):
        _kl(kl_to_standard, *clouds)


def kl_of_tiny_and_wide_clouds(kl_to_standard):
    mean = np.array([[0.0, 2.0, -1.0], [0.0, 0.0, 1.0]])
    log_var = np.array([[-1000.0, 0.0, -800.0], [0.0, -1000.0, 0.0]])
    right = np.array([(999 + 4 + 800) / 2, (999 + 1) / 2])
    _kl(kl_to_standard, mean, log_var, right)
    _kl(kl_to_standard, *random_clouds(0, (3, 2), width=25))


# 4 · KL by drawing

BY_DRAWING = (
    "each garment has one number: a sum over its code, axis 2, and a mean "
    "over the draws, axis 0."
)


def drawn_kl(mean, log_var, noise):
    """Return estimated KL divergences (n,)."""
    return log_ratios(mean, log_var, noise).sum(axis=2).mean(axis=0)


def _drawing(kl_by_drawing, mean, log_var, noise, right=None):
    arguments = mean, log_var, noise
    right = drawn_kl(*arguments) if right is None else right
    found = called(kl_by_drawing, *arguments)

    def last(i):
        names, one = "mean log_var noise", [(1, 1), (1, 1), (1, 1, 1)]
        pair, draws = [(1, 2), (1, 2), (1, 1, 2)], [(1, 1), (1, 1), (2, 1, 1)]
        cases = [[0, 0, 0], [0, 0, 1], [1, 0, 0], [1, 0, 1], [0, 1, 0]]
        cases += [[0, 1, 1], [1, -1, 2], [0, 2, 1]]
        return (
            simplest(kl_by_drawing, drawn_kl, names, one, cases)
            or simplest(kl_by_drawing, drawn_kl, names, pair, [[1, 0, 1]])
            or simplest(kl_by_drawing, drawn_kl, names, draws, [[1, 0, 1]])
            or BY_DRAWING
        )

    compare(found, right, BY_DRAWING, last)


def drawing_of_the_text(kl_by_drawing):
    mean, log_var = np.array([[1, 0], [0, 3]]), np.log([[1, 4], [1, 1]])
    noise = np.array([[[0, 2], [1, 2]], [[1, -1], [0, -1]], [[2, 0], [2, 0]]])
    right = np.array([4 - np.log(2), 5.5])
    _drawing(kl_by_drawing, mean, log_var, noise, right)


def drawing_of_random_clouds(kl_by_drawing, seed, shape, width=2):
    """shape: (m, n, d)."""
    clouds = random_clouds(seed, shape[1:], width)
    for arguments in in_whole_numbers(*clouds, random_noise(seed, shape)):
        _drawing(kl_by_drawing, *arguments)


def drawing_below_zero(kl_by_drawing):
    mean = np.array([[0.5, -0.5], [3, 0], [-10, 10]])
    log_var = np.array([[1, 2], [1, 1], [3, -3]])
    noise = np.array(
        [[[0, 0], [2, -1], [-3, 0]], [[-0.5, 0.5], [1, 1], [1, 2]]]
    )
    _drawing(kl_by_drawing, mean, log_var, noise)


def drawing_agrees(kl_by_drawing, seed, shape):
    """Take one draw at each side of the mean, which gives KL exactly."""
    mean, log_var = random_clouds(seed, shape, width=3)
    noise = np.ones(shape) * np.array([-1, 1])[:, None, None]
    var = np.exp(log_var)
    right = (mean**2 + var - 1 - log_var).sum(axis=1) / 2
    _drawing(kl_by_drawing, mean, log_var, noise, right)


# 5 · What a picture costs

A_PHOTO_EACH = "each photo has one number: sum over its pixels, axis 1."
HUGE = (
    "s(1000) is 1 and s(-1000) is 0 for a computer, and log 0 is infinite. "
    "Both logarithms can be written with the logit itself."
)


def pixel_logs(x, logits):
    """Return the log-likelihood of each pixel, (n, p)."""
    return (
        x * logits - np.maximum(logits, 0) - np.log1p(np.exp(-np.abs(logits)))
    )


def likelihood(x, logits):
    return pixel_logs(x, logits).sum(axis=1)


def _pixels(log_likelihood, x, logits, right=None):
    right = likelihood(x, logits) if right is None else right
    found = called(log_likelihood, x, logits)

    def last(i):
        certain = np.abs(logits).max(axis=1) > 20
        if certain[~np.isclose(found, right)].all():
            return "it is right but where a logit is huge. " + HUGE
        if not np.isfinite(found[~certain]).all():
            return (
                "a logarithm of 0 or of a negative number? A logit isn't a "
                "brightness yet: s(a) is."
            )
        names, three = "x logits", np.log(3)
        cases = [[1, 0], [0, 0], [1, three], [0, three], [0.5, three]]
        cases += [[1, -three], [0.5, 0], [1, -1000], [0, 1000], [0, -40]]
        return (
            simplest(log_likelihood, likelihood, names, [(1, 1)] * 2, cases)
            or simplest(log_likelihood, likelihood, names, [(1, 2)] * 2, cases)
            or A_PHOTO_EACH
        )

    compare(found, right, A_PHOTO_EACH, last)


def pixels_of_the_text(log_likelihood):
    x = np.array([[1, 1, 0], [0.5, 0, 0.25], [1, 0, 0]])
    odds = [0, np.log(3), -np.log(3)]
    logits = np.array([odds, odds, [1000, -1000, 1000]])
    first = np.log(1 / 2 * 3 / 4 * 3 / 4)
    second = np.log(1 / 2) + np.log(1 / 4) * 5 / 4 + np.log(3 / 4) * 3 / 4
    right = np.array([first, second, -1000])
    _pixels(log_likelihood, x, logits, right)


def pixels_that_are_certain(log_likelihood):
    x = np.array([[0.5, 0.5], [0, 1], [1, 0], [0.25, 1]])
    logits = np.array([[0, 0], [-900, 800], [-900, 800], [1000, -700]])
    right = np.array([2 * np.log(1 / 2), 0, -1700, -1450])
    _pixels(log_likelihood, x, logits, right)
    x, logits = np.array([[1, 0], [0, 1]]), np.array([[-25, 25], [45, -35]])
    _pixels(log_likelihood, x, logits, np.array([-50.0, -80.0]))
    x, logits = np.array([[1, 0], [0, 1]]), np.array([[8, -9], [6, -7]])
    _pixels(log_likelihood, x, logits)


def pixels_of_random_photos(log_likelihood, seed, shape):
    rng = np.random.default_rng(seed)
    photos = rng.uniform(size=shape), 2 * rng.normal(size=shape)
    for x, logits in in_whole_numbers(*photos):
        s = 1 / (1 + np.exp(-logits))
        right = np.log(s**x * (1 - s) ** (1 - x)).sum(axis=1)
        _pixels(log_likelihood, x, logits, right)


# 6 · A bound

A_GARMENT_EACH = "each garment has one number, (n,): nothing is summed."


def exact_elbo(x, mean, log_var, of_kl, w, error_var):
    """Return ELBOs (n,): the squares are those of two codes, a deviation left
    and right of the mean."""
    std = np.sqrt(np.exp(log_var))
    squares = sum((x - w * (mean + e * std)) ** 2 for e in (-1, 1)) / 2
    return -(LOG_2PI + np.log(error_var) + squares / error_var) / 2 - of_kl


def _elbo(elbo, x, mean, log_var, w, error_var, right=None):
    of_kl = kl(mean[:, None], log_var[:, None])
    if np.all(of_kl % 1 == 0):  # this array, too, may hold whole numbers
        of_kl = of_kl.astype(int)
    arguments = x, mean, log_var, of_kl, w, error_var
    right = exact_elbo(*arguments) if right is None else right
    found = called(elbo, *arguments)

    def last(i):
        names, shapes = "x mean log_var kl w error_var", [(1,)] * 4 + [()] * 2
        cases = [[0, 0, 0, 0, 0, 1], [0, 0, 0, 3, 0, 1], [0, 0, 0, 0, 0, 4]]
        cases += [[3, 0, 0, 0, 0, 1], [3, 0, 0, 0, 0, 4], [0, 1, -99, 0, 3, 1]]
        cases += [[0, 0, 0, 0, 1, 1], [0, 0, 1, 0, 1, 1], [0, 0, 0, 0, 3, 1]]
        cases += [[4, 1, -99, 0, 3, 1], [4, 1, -1, 0, -3, 1]]
        cases += [[0, 0, 0, 0, 0, 0.01]]
        return (
            simplest(elbo, exact_elbo, names, shapes, cases) or A_GARMENT_EACH
        )

    compare(found, right, A_GARMENT_EACH, last)


def elbo_of_the_text(elbo):
    clouds = np.array([1, 0]), np.log([0.5, 1])
    constant = -(LOG_2PI + np.log(0.2)) / 2
    right = np.array([constant - 7.5 - (0.5 + np.log(2)) / 2, constant - 20])
    _elbo(elbo, np.array([3, -2]), *clouds, 2, 0.2, right=right)
    clouds = np.array([0, 0.5]), np.log([1, 0.5])
    truth = -np.log(4 * np.pi) / 2 - 0.25
    right = np.array([-1 - LOG_2PI / 2, truth])
    _elbo(elbo, np.array([1, 1]), *clouds, 1, 1, right=right)


def random_world(seed, n, w):
    rng = np.random.default_rng(seed)
    return 3 * rng.normal(size=n), w, float(rng.uniform(0.2, 3))


def elbo_of_random_worlds(elbo, seed, *sizes):
    for n in sizes:
        for w in (-1.5, 0.3, 0, 2):
            x, _, error_var = random_world(seed, n, w)
            for garments in in_whole_numbers(x, *random_clouds(seed, n)):
                _elbo(elbo, *garments, w, error_var)
    whole = np.array([3, -1, 2]), np.array([2, 0, -2]), np.array([0, 0, 0])
    _elbo(elbo, *whole, -3, 2)


def elbo_above_zero(elbo):
    """Take tiny errors, so that a density is above 1."""
    x, mean = np.array([0.01, 0.05, -0.1]), np.array([0.1, 0.3, -1.0])
    log_var = np.array([0.0, -0.4, -1.0])
    for w in (0, 0.05, -0.1, 1.5):
        _elbo(elbo, x, mean, log_var, w, 0.01)


def elbo_that_is_tight(elbo, seed, n, w):
    """Take the cloud of the codes that a garment can come from: with it the
    bound is log p(x)."""
    x, w, error_var = random_world(seed, n, w)
    total = w**2 + error_var
    mean = w * x / total
    log_var = np.full(n, np.log(error_var / total))
    right = -(LOG_2PI + np.log(total) + x**2 / total) / 2
    _elbo(elbo, x, mean, log_var, w, error_var, right=right)


# 7 · The apprentice's program

CERTAIN = [30.0, -30.0, 60.0, -60.0, 100.0, -100.0, 18.0]


def negative_elbo(x, logits, q):
    """Return the loss of a batch, a tensor."""
    pixels = logits.clamp(min=0) + (-logits.abs()).exp().log1p() - x * logits
    codes = (q.mean**2 + q.stddev**2 - 1) / 2 - q.stddev.log()
    return (pixels.sum() + codes.sum()) / len(x)


def loss_parts(x, logits, mean, stddev):
    """Return what pixels (n, p) and codes (n, d) cost, arrays."""
    pixels = np.logaddexp(0, logits) - x * logits
    return pixels, (mean**2 + stddev**2 - 1) / 2 - np.log(stddev)


def loss_of_arrays(*arrays):
    return sum(part.sum(axis=1).mean() for part in loss_parts(*arrays))


def slips_of_loss(*arrays):
    (n, p), (_, d) = np.shape(arrays[0]), np.shape(arrays[2])
    right = loss_of_arrays(*arrays)
    return {
        "pixels and codes are in the right relation, but the loss is to be "
        "in nats a photo: all of it is divided once more.": [
            right / size for size in (p, d, p + d, n, n * p, n * d, p * d, 2)
        ]
    }


def _loss(mended_loss, *arrays):
    """Compare loss and gradients for arrays x, logits, mean, stddev."""
    import torch
    from torch.distributions import Normal

    def loss_of(x, logits, mean, stddev):
        q = Normal(mean, stddev, validate_args=False)
        return check.call(mended_loss, x, logits, q)

    def number(*arrays):  # with no check, for simple cases
        x, logits, *cloud = map(torch.tensor, arrays)
        return mended_loss(x, logits, Normal(*cloud)).item()

    def last():
        cases = [[1, 0, 0, 1], [0, 0, 0, 1], [1, 2, 0, 1], [0.5, 2, 0, 1]]
        cases += [[1, 0, 2, 1], [1, 0, 0, 2], [1, 0, 2, 2]]
        names, p, d = "x logits q.mean q.stddev", (1, 3), (1, 2)
        shapes = [[(1, 1)] * 4, [p, p, (1, 1), (1, 1)], [p, p, d, d]]
        shapes += [[(2, 3), (2, 3), (2, 2), (2, 2)]]
        hints = (
            simplest(number, loss_of_arrays, names, shape, cases)
            for shape in shapes
        )
        return next(filter(None, hints), "")

    check.that(
        not ready_made.used_by(mended_loss, {"checks"}),
        "your function uses the checks.",
        "the exercise is to write it yourself, with PyTorch.",
    )
    arrays = [np.float32(array).astype(float) for array in arrays]
    right, slips = loss_of_arrays(*arrays), partial(slips_of_loss, *arrays)
    with torch.enable_grad():
        x, *leaves = (
            torch.tensor(array, dtype=torch.float32, requires_grad=i > 0)
            for i, array in enumerate(arrays)
        )
        loss, again = (loss_of(x, *leaves) for _ in "ab")
        check.that(
            isinstance(loss, torch.Tensor),
            f"the result is of type {type(loss).__name__}, not a tensor.",
            "return one tensor, with both parts in it; item() and NumPy cut "
            "the way back.",
        )
        found = loss.detach().numpy()
        check.that(
            comparing.same(again.detach().numpy(), found),
            "called a second time, the function gives another loss.",
            "it is given all that it needs: no further draw.",
        )
        axes = "one number for the batch, without axes."
        compare(found, np.array(right), axes, last, slips, "the loss")
        check.that(
            loss.requires_grad,
            "no gradient flows through the result.",
            "detach, item, torch.tensor(...) and no_grad cut the way back.",
        )
        found = torch.autograd.grad(loss, leaves, allow_unused=True)
    x, logits, mean, stddev = arrays
    gradients = {
        "logits": 1 / (1 + np.exp(-logits)) - x,
        "the means of q": mean,
        "the deviations of q": stddev - 1 / stddev,
    }
    for (name, gradient), own in zip(gradients.items(), found):
        check.that(
            own is not None,
            f"no gradient flows to {name}.",
            "is it used, and not detached?",
        )
        what = f"the gradient by {name}"
        check.equal(own.numpy(), gradient / len(x), what)


def loss_of_the_text(mended_loss):
    x = np.array([[1, 1, 0, 1], [0.5, 0, 0.25, 0], [0, 1, 1, 0.5]])
    logits = np.array([[0, np.log(3), -np.log(3), 0]] * 3)
    mean = np.array([[1.0, 0], [0, 2], [-1, 2]])
    stddev = np.array([[1.0, 2], [1, 1], [1, 1]])
    _loss(mended_loss, x, logits, mean, stddev)


def loss_of_random_batches(mended_loss, seed, *sizes, certain=False):
    """sizes: photos, pixels, numbers of a code; certain: logits are between
    -100 and 100."""
    rng = np.random.default_rng(seed)
    for n, p, d in sizes:
        x, logits = rng.uniform(size=(n, p)), 2 * rng.normal(size=(n, p))
        mean, stddev = rng.normal(size=(n, d)), rng.uniform(0.2, 2, (n, d))
        if certain:
            x[:, ::2] = np.rint(x[:, ::2])
            logits = rng.permuted(np.resize(CERTAIN, (n, p)))
        _loss(mended_loss, x, logits, mean, stddev)


def nats(book, photos):
    """Return what photos cost on average, (pixels, code), in nats."""
    import torch

    x = torch.tensor(photos)
    with torch.no_grad():
        q = book.encode(x)
        arrays = x, book.decode(q.mean), q.mean, q.stddev
        parts = loss_parts(*(array.double().numpy() for array in arrays))
    return [part.sum(axis=1).mean() for part in parts]


def pages(book, photos, codes):
    """Return photos, the same redrawn, and sketches from codes, (3n, p)."""
    import torch

    with torch.no_grad():
        redrawn = book.decode(book.encode(torch.tensor(photos)).mean)
        drawn = torch.sigmoid(torch.cat([redrawn, book.decode(codes)]))
    return np.concatenate([photos, drawn.numpy()])


def in_numpy(book):
    """Return encode and decode of a book as functions of arrays."""
    import torch

    def tensor(array):
        return torch.tensor(np.asarray(array, np.float32))

    def encode(x):
        with torch.no_grad():
            q = book.encode(tensor(x))
            return q.mean.numpy(), (q.stddev**2).log().numpy()

    def decode(z):
        with torch.no_grad():
            return book.decode(tensor(z)).numpy()

    return encode, decode


# 8 · A walk

FRAMES = "the walk is an array (num, p): a picture a row, both ends included."


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


def slips_of_walk(encode, decode, first, last, num):
    photos = np.array([first, last], float)
    means, log_vars = encode(photos)
    stds = np.sqrt(np.exp(log_vars))
    t = np.linspace(0, 1, num)[:, None]

    def drawn(ends, t):
        return sigmoid(decode(ends[0] + t * (ends[1] - ends[0])))

    k = np.arange(num + 2)
    gaps = [k[:num] / (num + 1), k[1 : num + 1] / (num + 1), k[1:-1] / num]
    gaps += [k[: num + 1] / num, k / (num + 1), k[1:num] / num]
    gaps += [k[1 : num - 1] / (num - 1), k[: num - 1] / (num - 1)]
    gaps += [k[: num - 1] / max(num - 2, 1)]
    return {
        "num pictures in all, the first at one end of the line, the last at "
        "the other: how many gaps lie between them?": [
            drawn(means, gap[:, None]) for gap in gaps
        ],
        "walk from mean to mean, without the clouds' widths.": [
            drawn(ends, t) for ends in (stds, means - stds, means + log_vars)
        ],
    }


def _walk(walk, *arguments, right):
    found = called_twice(walk, *arguments)

    def last(k, _):
        if not np.isfinite(found).all():
            return (
                "e to a power above 88 is infinite in float32: does one "
                "infinite number stand above another?"
            )
        encode, decode, first, last, num = arguments
        start, end = encode(np.array([first, last], float))[0]
        code = np.linspace(start, end, num)[[k]]
        return (
            f"picture {k} is drawn from the code [{shown(code)}], with the "
            f"logits [{shown(decode(code))}]: print yours."
        )

    slips = partial(slips_of_walk, *arguments)
    compare(found, right, FRAMES, last, slips)


def walk_of_the_text(walk):
    def encode(x):
        mean = x[:, [0]] ** 2 - x[:, [2]]
        return mean, 0 * mean - 2

    def decode(z):
        return np.log(9) * np.hstack([z, 1 - 2 * z**2, -z])

    left = np.array([0.9, 0.75, 0.5, 0.25, 0.1])
    right = np.stack([left, [0.1, 0.75, 0.9, 0.75, 0.1], 1 - left], axis=1)
    ends = np.array([1, 0, 0]), np.array([0, 0, 1])
    _walk(walk, encode, decode, *ends, 5, right=right)


def random_encoder(rng, p, d, whole=False):
    """Return encode of a random world; whole: with whole numbers for means
    of whole photos."""
    A, C = rng.normal(size=(2, p, d))
    A = np.rint(2 * A).astype(int) if whole else A
    return lambda x: tuple(np.einsum("np,pd->nd", x**2, M) for M in (A, C))


def _walks(walk, encode, decode, ends, nums):
    (start, end), _ = encode(np.array(ends))
    for num in nums:
        codes = [start + (end - start) * k / (num - 1) for k in range(num)]
        right = sigmoid(decode(np.array(codes)).astype(float))
        _walk(walk, encode, decode, *ends, num, right=right)


def walk_in_a_random_world(walk, seed, sizes, nums, whole=False):
    """sizes: pixels, numbers of a code; nums: of pictures; whole: photos and
    means are whole numbers."""
    rng = np.random.default_rng(seed)
    encode, B = random_encoder(rng, *sizes, whole), rng.normal(size=sizes).T

    def decode(z):
        return np.einsum("nd,dp->np", z + 0.5 * z**2, B)

    ends = np.eye(2, sizes[0], dtype=int)
    ends = ends if whole else rng.uniform(size=ends.shape)
    _walks(walk, encode, decode, ends, nums)


def walk_of_certain_pictures(walk, seed, sizes, nums):
    """Draw logits between -100 and 100, in float64 and in float32."""
    rng = np.random.default_rng(seed)
    encode, B = random_encoder(rng, *sizes), rng.normal(size=sizes).T
    for dtype in ("f8", "f4"):

        def decode(z):
            return (100 * np.sin(np.einsum("nd,dp->np", z, B))).astype(dtype)

        ends = rng.uniform(size=(2, sizes[0]))
        _walks(walk, encode, decode, ends, nums)


# 10 · The logarithm of a mean


def evidence(log_weights):
    total = np.logaddexp.reduce(log_weights, axis=0)
    return total - np.log(len(log_weights))


def _evidence(log_of_mean, log_weights, right):
    found = called(log_of_mean, log_weights)

    def last(i):
        if np.isneginf(found).any():
            return (
                "e to the power of -2000 is 0 for a computer: subtract the "
                "largest logarithm of a garment first, and add it in the end."
            )
        if not np.isfinite(found).all():
            return (
                "e to a power above 709 is infinite for a computer: what must "
                "be subtracted, so that no power is positive?"
            )
        name, cases = "log_weights", [[3.0], [-2000.0], [1500.0]]
        return (
            simplest(log_of_mean, evidence, name, [(1, 1)], cases)
            or simplest(log_of_mean, evidence, name, [(2, 1)], cases)
            or f"garment {i} has the logarithms {shown(log_weights[:, i])}: "
            "which weights are these, and what is their mean?"
        )

    compare(found, right, "each garment has one number, (n,).", last)


def evidence_of_the_text(log_of_mean):
    columns = [[1, 2, 3], [4, 4, 4], [9, 5, 1]]
    log_weights = np.vstack([np.log(columns), [-2000] * 3]).T
    right = np.array([np.log(2), np.log(4), np.log(5), -2000])
    _evidence(log_of_mean, log_weights, right)


def evidence_of_random_weights(log_of_mean, seed, *shapes):
    rng = np.random.default_rng(seed)
    for shape in shapes:
        log_weights = 3 * rng.normal(size=shape)
        right = np.log(np.exp(log_weights).mean(axis=0))
        far = np.resize([-2000.0, 1500.0], shape[1])
        _evidence(log_of_mean, log_weights + far, right + far)


def evidence_of_far_apart_draws(log_of_mean):
    log_weights = np.array([[-2000, 1500, 0], [1500, 1500, -900]])
    right = np.array([1500, 1500, 0]) - np.log([2, 1, 2])
    _evidence(log_of_mean, log_weights, right)
