"""What the answers of assignment a02 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

import functools
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar

from utils import checking, comparing, data

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")


READY_MADE = {
    *("softmax", "log_softmax", "logsumexp", "cross_entropy", "kl_div"),
    *("rel_entr", "entropy", "numeric_gradient", "approx_fprime", "checks"),
}
# Probabilities that one can see: scores are their logarithms, but for a
# number that is added to a row and must not matter.
EIGHTHS = np.array([[1, 2, 5], [3, 3, 2]]) / 8
SCORES = np.log([[1, 2, 5], [3, 3, 2]]) + [[0], [7]]
LABELS = np.array([2, 0])


def is_own_work(function, *allowed):
    """Make sure that a function uses nothing ready-made, unless allowed."""
    check.own_work(function, READY_MADE.difference(allowed))


def twice(function, *arguments, **keywords):
    """Call a function two times: it may keep nothing from the first."""
    check.call(function, *arguments, **keywords)
    check.call(function, *arguments, **keywords)


BOUNDS = (
    "e to a large power is infinity, e to a very negative one is 0: the "
    "formula of exercise 1 avoids both."
)


# 1 · Log-softmax


def about_logarithms(found):
    if not np.isfinite(found).all():
        return BOUNDS
    sums = np.exp(found).sum(axis=1)
    off = np.argmax(np.abs(sums - 1) > 1e-6)
    if abs(sums[off] - 1) <= 1e-6:
        return ""
    return (
        f"the probabilities of a row sum to 1, but those of row {off} sum to "
        f"{sums[off]:.4g}."
    )


def log_of_eighths(log_softmax):
    is_own_work(log_softmax)
    twice(
        log_softmax,
        SCORES,
        gives=np.log(EIGHTHS),
        advise=about_logarithms,
    )


def log_of_huge_scores(log_softmax):
    third = np.log(1 / 3)
    scores = np.array([[1000.0, 2000.0, 3000.0], [-1000.0] * 3])
    right = [[-2000, -1000, 0], [third, third, third]]
    check.call(log_softmax, scores, gives=right, advise=about_logarithms)


def log_of_equal_scores(log_softmax):
    is_own_work(log_softmax)
    scores = np.array([[5] * 10, [-100_000] * 10, [100_000] * 10])
    check.call(
        log_softmax,
        scores,
        gives=np.full((3, 10), -np.log(10)),
        advise=about_logarithms,
    )


def log_of_scores_far_apart(log_softmax):
    scores = np.array([[0.0, -4000.0], [90.0, 0.0]])
    check.call(
        log_softmax,
        scores,
        gives=[[0.0, -4000.0], [0.0, -90.0]],
        advise=about_logarithms,
    )
    scores, half = np.array([[-800.0, -800.0]]), np.log(1 / 2)
    check.call(
        log_softmax, scores, gives=[[half, half]], advise=about_logarithms
    )


def log_of_random_scores(log_softmax, seed, n, k, size):
    scores = size * np.random.default_rng(seed).normal(size=(n, k))
    right = [row - np.logaddexp.reduce(row) for row in scores]
    check.call(
        log_softmax, scores, gives=np.array(right), advise=about_logarithms
    )


# 2 · Cross-entropy


def about_surprise(found):
    return "" if np.isfinite(found) else BOUNDS


def about_eighths(found):
    return (
        "the two images cost -log 5/8 = 0.4700 and -log 3/8 = 0.9808: print "
        "what yours cost, one by one."
    )


def surprise_of_eighths(cross_entropy):
    is_own_work(cross_entropy, "log_softmax")
    right = -(np.log(5 / 8) + np.log(3 / 8)) / 2
    twice(cross_entropy, SCORES, LABELS, gives=right, advise=about_eighths)


def surprise_that_is_huge(cross_entropy):
    scores = np.array([[1000.0, 2000.0, 3000.0], [0.0, -3000.0, 0.0]])
    right = 1000 + np.log(2) / 2
    check.call(
        cross_entropy,
        scores,
        np.array([0, 2]),
        gives=right,
        advise=about_surprise,
    )


def surprise_of_the_untrained(cross_entropy):
    is_own_work(cross_entropy, "log_softmax")
    y = np.array([3, 1, 4, 1, 5, 2])
    check.call(cross_entropy, np.zeros((6, 10)), y, gives=np.log(10))


def surprise_of_the_certain(cross_entropy):
    scores = np.array([[0.0, 800.0], [900.0, 0.0]])
    check.call(cross_entropy, scores, np.array([1, 0]), gives=0.0)


def surprise_at_random_scores(cross_entropy, seed, n, k, size):
    rng = np.random.default_rng(seed)
    scores, y = size * rng.normal(size=(n, k)), rng.integers(0, k, n)
    losses = [np.logaddexp.reduce(s) - s[c] for s, c in zip(scores, y)]
    check.call(cross_entropy, scores, y, gives=np.mean(losses))


# 3 · The gradient


def about_gradient(found):
    if not np.isfinite(found).all():
        return BOUNDS
    sums = np.sum(found, axis=1)
    off = np.argmax(np.abs(sums) > 1e-6)
    if abs(sums[off]) > 1e-6:
        return (
            "the probabilities of a row sum to 1 and its labels too, so its "
            f"gradient sums to 0; that of row {off} sums to {sums[off]:.4g}."
        )
    return (
        "each row sums to 0, as it must. So look at one row: what is its "
        "probability of the true class, and what did you subtract?"
    )


def gradient_of_eighths(gradient):
    is_own_work(gradient, "softmax", "log_softmax", "cross_entropy")
    right = np.array([[1, 2, -3], [-5, 3, 2]]) / 16
    twice(gradient, SCORES, LABELS, gives=right, advise=about_gradient)


def gradient_of_huge_scores(gradient):
    big = 1000 + np.log(3)
    scores = np.array([[1000.0, big], [-2000.0, -2000.0], [1e15, 0.0]])
    right = np.array([[0.25, -0.25], [-0.5, 0.5], [1, -1]]) / 3
    check.call(
        gradient,
        scores,
        np.array([1, 0, 1]),
        gives=right,
        advise=about_gradient,
    )


def gradient_of_whole_scores(gradient):
    is_own_work(gradient, "softmax", "log_softmax", "cross_entropy")
    right = [[0.25, -0.75, 0.25, 0.25]]
    check.call(gradient, np.zeros((1, 4), int), np.array([1]), gives=right)


def gradient_by_differences(gradient, seed, n, k):
    rng = np.random.default_rng(seed)
    scores, y = 2 * rng.normal(size=(n, k)), rng.integers(0, k, n)

    def loss(scores):
        sums = np.logaddexp.reduce(scores, axis=1)
        return np.mean(sums - scores[np.arange(n), y])

    right = comparing.numeric_gradient(loss, scores)
    check.call(gradient, scores, y, gives=right)


# 4 · KL divergence


def about_kl(found):
    if np.isnan(found).any():
        return (
            "0 times infinity is not a number: which terms count as 0, and "
            "which are infinite?"
        )
    if np.any(found < -1e-9):
        return "a wrong belief never saves anything: KL is never negative."
    return ""


def about_four_pairs(found):
    return about_kl(found) or (
        "the terms of the first pair are 0.5 log 2, 0.5 log 2 and 0: print "
        "yours."
    )


def kl_of_four_pairs(kl_divergence):
    is_own_work(kl_divergence)
    P = np.array([[4, 4, 0], [1, 2, 5], [8, 0, 0], [4, 2, 2]]) / 8
    Q = np.array([[2, 2, 4], [1, 2, 5], [2, 6, 0], [1, 1, 6]]) / 8
    last = 1.25 * np.log(2) - 0.25 * np.log(3)
    right = [np.log(2), 0, np.log(4), last]
    twice(kl_divergence, P, Q, gives=right, advise=about_four_pairs)


def kl_of_the_impossible(kl_divergence):
    is_own_work(kl_divergence)
    P, Q = np.array([[0.5, 0.5], [1, 0]]), np.array([[1.0, 0.0]] * 2)
    check.call(kl_divergence, P, Q, gives=[np.inf, 0], advise=about_kl)


def kl_of_a_one_hot_label(kl_divergence):
    P, Q = np.array([[1, 0]]), np.array([[0.5, 0.5]])
    check.call(kl_divergence, P, Q, gives=[np.log(2)])


def kl_of_random_pairs(kl_divergence, seed, n, k):
    P, Q = np.random.default_rng(seed).dirichlet(np.ones(k), (2, n))
    P[0], Q[0] = np.eye(k)[1], np.eye(k)[1]
    right = [
        sum(p * np.log(p / q) for p, q in zip(*rows) if p > 0)
        for rows in zip(P, Q)
    ]
    check.call(kl_divergence, P, Q, gives=np.array(right))


# 5 · A gradient checker


def about_cubes(found):
    return (
        "with 0.9 and 1.1 at [0, 0] the function is 12.354 and 13.956; their "
        "difference, divided by 0.2, is 8.01. Print what it is in yours."
    )


def gradient_of_cubes(numeric_gradient):
    def cubes(x):
        return (x**3).sum() + 10 * x[0, 0] * x[1, 1]

    is_own_work(numeric_gradient)
    x = np.array([[1.0, 2.0], [-1.0, 0.5]])
    right = [[8.01, 12.01], [3.01, 10.76]]
    twice(numeric_gradient, cubes, x, 0.1, gives=right, advise=about_cubes)


def gradient_at_whole_numbers(numeric_gradient):
    def cubes(x):
        return (x**3).sum()

    x = np.array([1, 2])
    check.call(numeric_gradient, cubes, x, 0.5, gives=[3.25, 12.25])


def gradient_of_a_product(numeric_gradient):
    is_own_work(numeric_gradient)
    weights = np.arange(12.0).reshape(2, 3, 2) - 5
    x = np.ones((2, 3, 2)).T  # its rows don't lie one after the other

    def product(x):
        return (weights * x).sum()

    check.call(numeric_gradient, product, x, gives=weights)


def gradient_with_another_step(numeric_gradient):
    x = np.array([0.0, 2.0, -3.0])
    right = 4 * x**3 + 4 * x * 0.5**2
    check.call(numeric_gradient, _quartic, x, 0.5, gives=right)


def gradient_of_what_uses_x(numeric_gradient):
    """Make sure that x is as it was whenever f is called."""
    x, moved = np.array([1.0, -2.0, 3.0]), []

    def f(z):
        moved.append(x.tolist() != [1.0, -2.0, 3.0])
        return _squares(z)

    check.call(lambda: numeric_gradient(f, x, 0.5), gives=[2, -4, 6])
    check.that(
        not any(moved),
        "x isn't what it was while f is computed, and f may use it, too.",
        "move an entry of a copy: np.array(x, dtype=float) makes one, "
        "np.asarray doesn't.",
    )


def gradient_of_other_functions(numeric_gradient, seed):
    x = np.random.default_rng(seed).normal(size=(3, 4))
    call = functools.partial(check.call, numeric_gradient)
    call(lambda x: np.sin(x).sum(), x, gives=np.cos(x))
    norm = np.sqrt(_squares(x))
    call(lambda x: np.sqrt(_squares(x)), x, 1e-4, gives=x / norm)
    call(_quartic, x, 0.2, gives=4 * x**3 + 4 * x * 0.2**2)
    call(_squares, np.arange(4), gives=2.0 * np.arange(4))


def _squares(x):
    return (x**2).sum()


def _quartic(x):
    return (x**4).sum()


# 6 · Training


def about_one_step(found):
    return (
        "at the start each class has the probability 1/3, so G is "
        "[[-1/3, 1/6, 1/6], [1/6, 1/6, -1/3]]: print yours."
    )


def about_ten_steps(found):
    return (
        "one step was right: what is different in the next, and with scores "
        "that are larger?"
    )


def one_step(train):
    is_own_work(train, "softmax", "log_softmax")
    X, y = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([0, 2])
    W = np.array([[0.2, -0.1, -0.1], [-0.2, -0.2, 0.4]])
    b = np.array([0.1, -0.2, 0.1])
    for seed in 0, 1:
        rng = np.random.default_rng(seed)
        settings = 0.6, 2, 1, rng
        check.call(
            *(train, X, y, 3, *settings),
            gives=(W, b),
            advise=about_one_step,
        )


def every_image_counts(train, n, batch_size):
    """Train for one epoch in steps too small to matter to one another.

    Image i lights pixel i only. So row i of W tells how often the image was
    used, and what share of its batch it was.
    """
    y, rate, alone = np.arange(n) % 3, 1e-6, set()
    sizes = [min(batch_size, n - i) for i in range(0, n, batch_size)]
    right = np.sort(np.repeat(1 / np.array(sizes), sizes))
    for seed in range(20):
        W, _ = _train(train, np.eye(n), y, batch_size, 1, seed, rate)
        check.that(
            np.isfinite(W).all(),
            "W is not finite.",
            "print the size and the loss of each batch: is a batch empty?",
        )
        used = W[np.arange(n), y] / rate * 3 / 2
        check.that(
            (W.argmax(axis=1) == y).all() or not used.all(),
            "images and labels don't belong together.",
            "shuffle both by the same indices.",
        )
        check.that(
            (np.abs(used) > 1e-3).all(),
            "in one epoch some images have no influence on the weights.",
            "use every image once: shuffle without replacement, and don't "
            "drop the last, smaller batch.",
        )
        if not np.allclose(np.sort(used), right, rtol=1e-3):
            _blame_the_batches(np.sort(used), n, batch_size)
        alone.add(tuple(np.flatnonzero(used > used.min() * 1.1)))
    check.that(
        len(alone) > 1,
        "the last, smaller batch always holds the same images.",
        "shuffle all images, not within the batches, nor only their order.",
    )


def _blame_the_batches(used, n, batch_size):
    kinds = {
        1 / n: (
            f"each step uses all {n} images, or divides by their number.",
            f"take {batch_size} images for a step, and divide by how many "
            "they are.",
        ),
        1 / batch_size: (
            "the images of the last, smaller batch count too little.",
            "divide by the number of images in this batch.",
        ),
        1: (
            f"each image counts as if it were alone, in batches of "
            f"{batch_size}.",
            "the loss is a mean over the batch.",
        ),
    }
    for share, told in kinds.items():
        check.that(not np.allclose(used, share, rtol=1e-3), *told)
    check.that(
        False,
        "in one epoch the images don't all count once, with the share that "
        "their batch gives them.",
        f"walk through the shuffled images in batches of {batch_size}, the "
        "last of which may be smaller.",
    )


def epochs_and_order(train, n, batch_size):
    """Look at whole runs: what further epochs and other seeds change."""

    def weights(num_epochs, seed, lr=0.1):
        return _train(train, X, y, batch_size, num_epochs, seed, lr)[0]

    X, y = np.eye(n), np.arange(n) % 3
    first = weights(1, seed=0)
    check.that(
        (weights(2, seed=0) != first).any(),
        "a second epoch changes nothing.",
        "is the return inside the loop over the epochs?",
    )
    way, way_of_three = (
        np.abs(weights(num_epochs, seed=0, lr=1e-6)).sum()
        for num_epochs in (1, 3)
    )
    check.that(
        np.isclose(way_of_three, 3 * way, rtol=1e-3),
        "three epochs of tiny steps don't go three times as far as one.",
        "W and b go on from where the epoch before has left them, with the "
        "same learning rate.",
    )
    three = weights(3, seed=0)  # by chance, two orders of one may be alike
    check.that(
        (weights(3, seed=1) != three).any(),
        "the order of the images doesn't depend on rng.",
        "shuffle with rng, at the start of each epoch.",
    )
    check.that(
        (weights(3, seed=0) == three).all(),
        "with the same seed the result is different.",
        "use rng to shuffle, not np.random, and start from zero.",
    )
    states = []
    for num_epochs in 1, 3:
        rng = np.random.default_rng(0)
        check.call(train, X, y, 3, 0.1, batch_size, num_epochs, rng)
        states.append(rng.bit_generator.state)
    check.that(
        states[0] != states[1],
        "three epochs draw no more random numbers than one.",
        "shuffle anew in each epoch.",
    )


def ten_steps(train, seed, scale):
    """Compare ten steps, each with all images; scale: of the pixels."""
    rng = np.random.default_rng(seed)
    X, y = scale * rng.normal(size=(9, 4)), rng.integers(0, 5, 9)
    W, b = fit(X, y, 5, 0.02, 9, 10, np.random.default_rng(0))
    rng = np.random.default_rng(0)
    check.call(
        *(train, X, y, 5, 0.02, 9, 10, rng),
        gives=(W, b),
        advise=about_ten_steps,
    )


def _train(train, X, y, batch_size, num_epochs, seed, lr=0.1):
    rng = np.random.default_rng(seed)
    return check.call(train, X, y, 3, lr, batch_size, num_epochs, rng)


def fit(X, y, k, lr, batch_size, num_epochs, rng):
    W, b = np.zeros((X.shape[1], k), X.dtype), np.zeros(k, X.dtype)
    Y = np.eye(k, dtype=X.dtype)[y]
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            P = np.exp(_log_softmax(X[batch] @ W + b))
            G = (P - Y[batch]) / len(batch)
            W, b = W - lr * X[batch].T @ G, b - lr * G.sum(axis=0)
    return W, b


def _log_softmax(scores):
    return scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)


# 7 · Settings


def sensible_settings(settings):
    found = check.call(settings)
    check.that(
        isinstance(found, (tuple, list)) and len(found) == 3,
        "the result is not three numbers.",
        "return three numbers, in this order: lr, batch_size, num_epochs.",
    )
    lr, *whole = found
    check.that(
        all(isinstance(number, (int, np.integer)) for number in whole),
        "the batch size or the number of epochs isn't a whole number.",
        "return three numbers, in this order: lr, batch_size, num_epochs.",
    )
    check.that(
        min(whole) >= 1,
        "the batch size and the number of epochs must be 1 or more.",
    )
    check.that(
        lr > 0,
        f"the learning rate is {lr}.",
        "it must be above 0: a rate of 0 stands still, a negative one climbs.",
    )
    return found


def validation_accuracy(settings, seeds=(0, 1, 2), floor=0.82):
    """Train with different shuffles and look at the worst run; if that isn't
    enough, tell what other rates reach."""
    lr, *others = sensible_settings(settings)
    worst = min(accuracy(lr, *others, seed) for seed in seeds)
    if worst >= floor:
        return
    rates = [lr / 30, lr / 5, lr * 5]
    reached = ", ".join(
        f"{accuracy(rate, *others, seeds[0]):.1%} with {rate:.2g}"
        for rate in rates
    )
    check.that(
        False,
        f"in the worst of three runs {worst:.1%} of the validation garments "
        f"are named correctly; {floor:.0%} are asked for.",
        f"other learning rates would reach {reached}. Smaller batches and "
        "more epochs may help, too.",
    )


@functools.cache
def accuracy(lr, batch_size, num_epochs, seed):
    X, y, X_valid, y_valid = _garments()
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        W, b = fit(X, y, 10, X.dtype.type(lr), batch_size, num_epochs, rng)
        return np.mean((X_valid @ W + b).argmax(axis=1) == y_valid)


@functools.cache
def _garments():
    garments = data.fashion_mnist()
    X = garments.train_images.reshape(-1, 784) / np.float32(255)
    y = garments.train_labels
    return X[:50_000], y[:50_000], X[50_000:], y[50_000:]


# 9 · Temperature


def temperature(best_temperature, factor, shift, seed):
    """Make scores whose labels follow their softmax; multiply and shift."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 1.5, (3000, 4))
    noise = rng.gumbel(size=scores.shape)  # makes argmax follow softmax
    y = (scores + noise).argmax(axis=1)
    scores = factor * scores + shift

    def loss(log_T):
        return -np.mean(_log_softmax(scores / np.exp(log_T))[range(3000), y])

    best = np.exp(minimize_scalar(loss, (-2, 2)).x)
    T = check.call(best_temperature, scores, y)
    check.that(
        np.ndim(T) == 0 and np.isreal(T), "the result is not one number."
    )
    check.that(np.isfinite(T), f"T is {T}.", "look for nan in the losses.")
    check.that(
        abs(T - 1) > 1e-9,
        "T is 1, which leaves everything as it was.",
        "the accuracy is the same for every T; minimize the cross-entropy, "
        "over temperatures below 1 and above.",
    )
    told = f"T is {T:.4g}; it should be {best:.4g}, to within one percent."
    check.that(
        abs(T * best - 1) > 0.01,
        told,
        "this is 1 / T: the scores are divided by T, not multiplied.",
    )
    check.that(
        min(abs(T - 0.1), abs(T - 10)) > 1e-3,
        f"T is {T:.4g}, an end of the range; it should be {best:.4g}.",
        "look at the mean cross-entropy there: is it nan, or is it the "
        "largest?",
    )
    off = abs(T / best - 1)
    check.that(
        not 0.01 < off < 0.15,
        told,
        "close: minimize the mean cross-entropy itself, over temperatures "
        "that are less than one percent apart.",
    )
    check.that(
        off <= 0.01,
        told,
        "try many T, from 0.1 to 10, and take the one with the smallest mean "
        "cross-entropy.",
    )
