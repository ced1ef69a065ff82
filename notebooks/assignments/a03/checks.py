"""What the answers of assignment a03 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

from pathlib import Path

import numpy as np
from scipy import special, stats
from scipy.optimize import minimize_scalar

from utils import checking, comparing, ready_made

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")


READY_MADE = {
    *("stats", "statsmodels", "sklearn", "torch", "tensorflow", "keras"),
    *("jax", "numeric_gradient", "approx_fprime", "checks"),
}
OWN = {"ferry_path", "error_of", "fitted_temperature", "gaussian_nll"}
NEARLY = (
    "nearly: is something rounded, float32, cut off, added, approximated, or "
    "found by differences, where a formula is asked for?"
)


# What the island has written down


def fairs():
    """Return the hour and the visitors in it, of ten fairs: (60,) each."""
    hour = np.repeat(np.arange(9, 15), 10)
    rate = np.exp(0.9 + 1.3 * (hour - 11.5) / 2)
    return hour, np.random.default_rng(3).poisson(rate)


def crossings(n=400, seed=0):
    """Return wind and delay in minutes of the crossings: (n,) each."""
    rng = np.random.default_rng(seed)
    wind = rng.uniform(1, 8, n)
    x = (wind - 4.5) / 2
    y = 0.2 + 0.8 * x + np.exp(-0.8 + 0.5 * x) * rng.normal(size=n)
    return wind, 10 + 8 * y


def weather(n=3000):
    """Return forecasts, too bold, and whether it rained: (n,) each."""
    rng = np.random.default_rng(5)
    log_odds = rng.normal(-0.9, 1.1, n)
    rained = rng.random(n) < special.expit(log_odds)
    return special.expit(2 * log_odds), rained.astype(int)


# What every function is held to

_returned = {}  # function: its results so far, each with a copy


def called(function, *arguments, allowed=()):
    """Call a function twice; return what it gives, a list as a tuple.

    What it has returned before must have stayed as it was.
    """
    check.own_work(function, READY_MADE.difference(allowed) | OWN)
    found = comparing.copied(check.call(function, *arguments))
    again = check.call(function, *arguments)
    found, again = (tuple(f) if type(f) is list else f for f in (found, again))
    check.that(
        comparing.same(again, found) or not comparing.is_numeric(found),
        "called a second time, the function gives another result.",
        "it keeps something from the first call, or begins at random?",
    )
    earlier = _returned.setdefault(function, [])
    check.that(
        all(comparing.same(result, copy) for result, copy in earlier),
        "this call has changed what an earlier call returned.",
        "make new arrays in each call, and keep none to fill it again.",
    )
    if comparing.is_numeric(found):
        earlier.append((again, comparing.copied(again)))
    return found


def as_array(found):
    """Return lists of numbers as an array, all else as it is."""
    if isinstance(found, (list, tuple)) and comparing.is_numeric([*found]):
        return np.array(found)
    return found


def is_number(found):
    """Tell whether a result is a single number."""
    if isinstance(found, (list, tuple)) or not comparing.is_numeric(found):
        return False
    return np.ndim(found) == 0


def kind_of(value):
    """Say what a value is: its type, and its shape or length."""
    kind = f"of type {type(value).__name__}"
    if isinstance(value, np.ndarray):
        return f"{kind} and shape {value.shape}"
    sized = isinstance(value, (tuple, list))
    return f"{kind} and length {len(value)}" if sized else kind


def has_parts(found, n, hint):
    """Make sure that a result consists of n things; return them."""
    if isinstance(found, np.ndarray) and len(np.shape(found)) == 2:
        found = tuple(found)
    right = isinstance(found, (tuple, list)) and len(found) == n
    check.that(right, f"the result is {kind_of(found)}.", hint)
    return found


def has_shape(found, right, what, hint):
    """Make sure that numbers have the right shape."""
    no_array = isinstance(found, (list, tuple)) or found is None
    is_numeric = not no_array and comparing.is_numeric(found)
    shape = np.shape(found) if is_numeric else ()
    check.that(
        shape == np.shape(right) or not is_numeric,
        f"{what} has shape {shape}, not {np.shape(right)}.",
        hint,
    )


def about_factor(found, right, n):
    """Say what it means if a gradient is off by a common factor."""
    for factor, told in {
        n: "the loss is a mean over n, so its gradient has the factor 1/n.",
        1 / n: "it is divided by n twice: once is enough.",
        2: "where does the factor 2 come from?",
        0.5: "where does the factor ½ come from?",
    }.items():
        for sign, also in (1, ""), (-1, " And the sign is the other one."):
            if n > 1 and comparing.same(found, sign * factor * right):
                return told + also
    return ""


def listed(values):
    """Write a few numbers for a hint."""
    return ", ".join(f"{value + 0:.4g}" for value in np.ravel(values))


# 1 · Likelihoods of dice


def _die(function, k, n, shares):
    shares = np.array(shares)
    logs = stats.binom.logpmf(k, n, shares)
    right = np.exp(logs - logs.max())

    def advise(found):
        if not np.isfinite(found).all():
            zero = (k == 0) & (shares == 0) | (k == n) & (shares == 1)
            return (
                "what is "
                + "0 times the logarithm of 0, " * bool(zero.any())
                + "0 divided by 0, or infinity minus infinity, in NumPy?"
                + " And how small is a power with so many throws?" * (n > 500)
            )
        if (found < 0).any():
            return "these look like logarithms: no likelihood is negative."
        if not np.any(found):
            return "everything is 0: are these powers too small for a float?"
        if abs(found.max() - 1) > 1e-6:
            return (
                "divided by the largest, the largest becomes 1, but here it "
                f"is {found.max():.4g}."
            )
        certain = (shares == 0) | (shares == 1)
        if comparing.same(found[~certain], right[~certain]):
            return (
                "only shares of 0 and 1 are wrong. What can't happen has the "
                "likelihood 0, exactly; what is certain has 1, before you "
                "divide."
            )
        if np.allclose(found, right, 0.05, 1e-6):
            return f"{NEARLY} Is each of the n throws counted?"
        off = int(np.argmax(np.abs(found - right)))
        return (
            f"work out {k} of {n} for the share {shares[off]:.4g} by hand "
            "(it is number "
            f"{off}, counted from 0), and print each factor of yours."
        )

    what = f"for {k} of {n} and the shares {listed(shares)} the result"
    found = as_array(called(function, k, n, shares))
    has_shape(found, right, what, "one number for each of the dice.")
    check.equal(found, right.tolist(), what, advise)


def die_of_ten(function):
    _die(function, 2, 10, np.arange(7) / 6)
    _die(function, 0, 10, [0.0, 0.1, 0.5, 1.0])


def die_of_many(function):
    _die(function, 2000, 10_000, [0.19, 0.20, 0.21])


def die_of_four(function):
    _die(function, 3, 4, [0.2, 0.9, 0.5])
    _die(function, 1, 3, [0.5, 0.25, 0.0])


def die_that_is_certain(function, k=4):
    _die(function, k, k, [0, 1])
    _die(function, 0, k, [0, 1])
    _die(function, k, k, [0.5, 1.0, 0.0, 0.9])
    _die(function, k, k + 2, [0.0, 0.5, 1.0])


def die_of_a_million(function):
    shares = [0.0, 0.2995, 0.3, 0.301, 0.7, 1.0]
    _die(function, 300_000, 1_000_000, shares)
    _die(function, 0, 1_000_000, [1e-6, 0.0, 0.5])
    _die(function, 1, 1_000_000, [0.0, 0.01])


def die_of_random(function, seed, n, m):
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, n))
    shares = k / n + rng.normal(0, 0.5, m) / np.sqrt(n)
    _die(function, k, n, shares.clip(0.01, 0.99))


# 2 · A die from its throws


def _throws(function, throws, num_faces, *extra):
    throws, add = np.array(throws), (*extra, 0)[0]
    counts = np.array([np.sum(throws == c) for c in range(num_faces)])
    right = (counts + add) / (len(throws) + num_faces * add)

    def advise(found):
        if not np.isfinite(found).all():
            return "is something divided by 0, or the logarithm of 0 taken?"
        if abs(found.sum() - 1) > 1e-6:
            return f"probabilities sum to 1, but these to {found.sum():.4g}."
        return (
            f"the {num_faces} faces fell {listed(counts)} times"
            + (f", and {add} times more each" if add else "")
            + ": print what you count, and what you divide by."
        )

    what = f"for {len(throws)} throws, {num_faces} faces and extra={add} the"
    found = as_array(called(function, throws, num_faces, *extra))
    hint = "an entry for every one of the num_faces faces, fallen or not."
    has_shape(found, right, f"{what} result", hint)
    check.equal(found, right.tolist(), f"{what} result", advise)


EIGHT = [0, 0, 1, 3, 5, 5, 5, 5]


def throws_of_eight(function):
    _throws(function, EIGHT, 6)
    _throws(function, EIGHT, 7)


def throws_with_extra(function):
    _throws(function, EIGHT, 6, 1)
    _throws(function, EIGHT, 7, 0.5)
    _throws(function, EIGHT, 6, 0)


def throws_of_nine(function):
    nine = [3, 3, 1, 0, 3, 1, 1, 3, 3]
    _throws(function, nine, 4)
    _throws(function, nine, 5, 2)
    _throws(function, nine, 8, 0.25)


def throws_of_random(function, seed, n, faces):
    rng = np.random.default_rng(seed)
    throws = rng.choice(faces, n, p=rng.dirichlet(np.ones(faces)))
    _throws(function, throws, faces)
    _throws(function, throws, faces, 3)


# 3 · Counts


def _counts(function, X, y, w):
    X, y, w = np.array(X), np.array(y), np.array(w, dtype=float)
    rate = np.exp(X @ w)

    def loss(w):
        return -np.mean(stats.poisson.logpmf(y, np.exp(X @ w)))

    def about_loss(found):
        if not np.isfinite(found) and y.max() > 20:
            return (
                "which probability is too small for a float, which power or "
                "factorial too large? Take the logarithm on paper."
            )
        if not np.isfinite(found):
            return "which logarithm, or which factorial, isn't finite?"
        if np.isclose(found, loss(w), 1e-3):
            factorial = " log y! is `special.gammaln(y + 1)`."
            return NEARLY + factorial * bool(max(y) > 1)
        costs = -stats.poisson.logpmf(y, rate)
        return (
            f"the counts cost {listed(costs[:6])}{', …' * (len(costs) > 6)}: "
            "print yours, one by one, and their shapes."
        )

    def about_gradient(found):
        by_score = (rate - y) / len(y)
        if told := about_factor(found, right, len(y)):
            return told
        if np.allclose(found, right, 5e-3, 1e-3 * np.abs(right).max()):
            return NEARLY
        return (
            "with respect to the scores, which comes first, the gradient is "
            f"{listed(by_score[:4])}{', …' * (len(y) > 4)}: print yours."
        )

    hint = "return two things: the loss, a number, and the gradient, (d,)."
    loss_found, found = has_parts(called(function, X, y, w), 2, hint)
    what = "the loss" if len(y) > 1 else "the loss of a single count"
    check.equal(loss_found, loss(w), what, about_loss)
    right, found = X.T @ (rate - y) / len(y), as_array(found)
    has_shape(found, right, "the gradient", _about_features(found, len(y)))
    check.equal(found, right.tolist(), "the gradient", about_gradient)


def _about_features(found, n):
    shape = getattr(found, "shape", ())
    if shape == (n,):
        return (
            "the gradient has one entry for each feature, not for each count: "
            "on to w by the chain rule, and sum over the counts."
        )
    if shape == ():
        return "one number? Each entry of w has its own derivative."
    return "the gradient has one entry for each entry of w: sum over counts."


def counts_of_four(function):
    X = [[1, 0], [1, 1], [1, 2], [1, 3]]
    _counts(function, X, [1, 2, 4, 9], [0.0, 0.7])


def counts_of_zero(function, n=5):
    rng = np.random.default_rng(n)
    _counts(function, rng.normal(size=(n, 2)), np.zeros(n, int), [0.5, -1.0])
    _counts(function, rng.integers(-1, 2, (n, 3)), np.arange(n), [0.1, 0, 1])
    _counts(function, np.ones((2, 1)), np.array([1, 0]), [-20.0])


def counts_of_random(function, seed, n, d):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(n, d)), rng.normal(size=d)
    _counts(function, X, rng.poisson(3, n), w)


def counts_of_crowds(function, y):
    X = np.stack([np.ones(len(y)), np.arange(len(y)) - 1], axis=1)
    _counts(function, X, y, [5, 2.5])


# 4 · Mean and spread


def gaussian_loss(mean, log_spread, y):
    """Return the mean negative log-likelihood of y under a bell curve, and
    its gradients by the means and by the logarithms of the spreads.

    mean, log_spread, y: (n,). Returns: a number; (n,); (n,).
    """
    nll, by_mean, by_log = gaussian_nll(mean, log_spread, y)
    return np.mean(nll), by_mean / len(y), by_log / len(y)


def gaussian_nll(mean, log_spread, y):
    precision = np.exp(-2 * np.asarray(log_spread))
    squares = (y - mean) ** 2
    nll = (np.log(2 * np.pi) + squares * precision) / 2 + log_spread
    return nll, (mean - y) * precision, 1 - squares * precision


def _spread(function, mean, log_spread, y):
    case = [np.array(part, dtype=float) for part in (mean, log_spread, y)]
    nll = -stats.norm.logpdf(case[2], case[0], np.exp(case[1]))
    hint = "return three things: the loss, and two gradients, (n,) each."
    found = has_parts(called(function, *case), 3, hint)
    _, by_mean, by_log = gaussian_loss(*case)
    spread, z = np.exp(case[1]), (case[2] - case[0]) / np.exp(case[1])

    def about_loss(found):
        if not np.isfinite(found) and np.abs(z).max() > 30:
            return (
                "so many spreads away the density is too small for a float "
                "and becomes 0: take the logarithm on paper."
            )
        if not np.isfinite(found):
            return (
                "something is infinite, or no number: is log_spread the "
                "spread, or its logarithm?"
            )
        return (
            f"the crossings cost {listed(nll[:4])}{', …' * (len(nll) > 4)}: "
            "print yours, one by one."
        )

    def advise(right):
        def about_gradient(found):
            if told := about_factor(found, right, len(nll)):
                return told
            if not np.isfinite(found).all():
                return "is something divided by a number that may be 0?"
            off = int(np.argmax(~np.isclose(found, right, 1e-5, 1e-9)))
            if np.allclose(found, right, 1e-3, 1e-5):
                return f"{NEARLY} The formula seems right."
            return (
                f"look at crossing {off}: error {z[off] * spread[off]:.4g}, "
                f"spread {spread[off]:.4g}, and "
                f"{len(nll)} crossings in the mean. Differentiate its loss "
                "once more, on paper."
            )

        return about_gradient

    check.equal(found[0], nll.mean(), "the loss", about_loss)
    for i, right, of in (1, by_mean, "means"), (2, by_log, "log-spreads"):
        what = f"the gradient with respect to the {of}"
        hint = "one entry for each crossing: nothing is added up."
        has_shape(as_array(found[i]), right, what, hint)
        check.equal(as_array(found[i]), right.tolist(), what, advise(right))


def spread_of_three(function):
    _spread(function, [2, 0, -1], np.log([1, 4, 0.2]), [3, 0, -1.5])


def spread_of_four(function):
    _spread(function, [0, 1, 5, -2], np.log([3, 0.2, 1, 2]), [1, 1.1, 3, -6])


def spread_of_random(function, seed, n):
    mean, log_spread, y = np.random.default_rng(seed).normal(size=(3, n))
    _spread(function, mean, log_spread / 2, y)


def spread_far_away(function, z):
    mean, spread = np.array([0, 10, -3, 2]), np.array([0.5, 0.001, 20, 0.03])
    y = mean + spread * [z, 2, -1, -z / 2]
    _spread(function, mean, np.log(spread), y)


# 5 · The ferry


def ferry_path(x, y, lr, num_steps):
    params = np.zeros(4)
    features = np.stack([np.ones(len(x)), x], axis=1)  # (n, 2)
    for _ in range(num_steps):
        outputs = features @ params.reshape(2, 2).T  # (n, 2)
        grads = gaussian_loss(*outputs.T, y)[1:]  # (2, n)
        params = params - lr * (np.stack(grads) @ features).ravel()
    return params


def _ferry(function, x, y, lr, num_steps):
    x, y = np.array(x, dtype=float), np.array(y, dtype=float)
    right = ferry_path(x, y, lr, num_steps)

    def advise(found):
        if not np.isfinite(found).all():
            return "the steps grow without end: are they too large, or uphill?"
        if num_steps == 0:
            return "no step, so four zeros: does it begin there and make none?"
        more = called(function, x, y, lr, num_steps + 1, allowed=["checks"])
        if np.any(found) and comparing.same(more, found):
            return (
                "one step more gives the very same: are num_steps made, or "
                "do you stop early, or return the best parameters so far?"
            )
        for steps in num_steps - 1, num_steps + 1, 2 * num_steps:
            if comparing.same(found, ferry_path(x, y, lr, steps)):
                return f"this is right after {steps} steps."
        order = [int(i) for i in np.argsort(right)]
        if comparing.same(np.sort(found), right[order]):
            return "the right numbers, in another order: a, b, c, d."
        off = int(np.argmax(~np.isclose(found, right, 1e-5, 1e-9)))
        if num_steps == 1:
            start = gaussian_loss(0 * x, 0 * x, y)[1 + off // 2]
            return (
                f"{'abcd'[off]} is the first that differs. At the start the "
                "gradients with respect to the "
                f"{('means', 'log-spreads')[off // 2]} are "
                f"{listed(start[:4])}: what of them is {'abcd'[off]}'s?"
            )
        few = called(function, x, y, lr, 3, allowed=["checks"])
        if num_steps > 3 and comparing.same(few, ferry_path(x, y, lr, 3)):
            return "right for 3 steps: is a gradient or spread cut off later?"
        before = ferry_path(x, y, lr, num_steps - 1)
        return (
            f"{'abcd'[off]} is the first that differs. After step "
            f"{num_steps - 1} the parameters are {listed(before)}: print "
            "yours."
        )

    found = called(function, x, y, lr, num_steps, allowed=["checks"])
    what = f"a, b, c, d after {num_steps} steps with lr={lr}"
    what = what if num_steps != 1 else f"a, b, c, d after one step (lr={lr})"
    found = as_array(found)
    has_shape(found, right, what, _about_four(found, len(x)))
    check.equal(found, right.tolist(), what, advise)


def _about_four(found, n):
    shape = getattr(found, "shape", ())
    if shape == (4, n):
        return (
            "each parameter is one number: with respect to it the gradient "
            "is a sum over the crossings."
        )
    if len(shape) == 2 and shape[1] == 4:
        return "return the last parameters only, (4,), not all of them."
    return "return a, b, c, d in one array (4,)."


def ferry_after(function, num_steps):
    _ferry(function, [1, -1, 0.5], [3, 0, -1], 0.1, num_steps)


def ferry_of_four(function, num_steps=3, lr=0.05):
    x, y = [0.5, -1.5, 2, 0.3], [1, -2, 4, -0.5]
    _ferry(function, x, y, lr, num_steps)
    _ferry(function, y, x, lr, num_steps)


def ferry_of_crossings(function, seed, num_steps=1000, lr=0.1):
    wind, delay = crossings(200, seed)
    _ferry(function, (wind - 4.5) / 2, (delay - 10) / 8, lr, num_steps)


# 6 · Reliability


def reliability(probs, happened, num_bins):
    """Return mean forecast, share of rain and number of days of each bin
    that isn't empty, three arrays.

    probs: (n,) forecasts from 0 to 1; happened: (n,) 0 or 1; num_bins: of
    equal width, from 0 to 1.
    """
    probs, happened = np.asarray(probs), np.asarray(happened)
    bins = np.clip(np.floor(probs * num_bins), 0, num_bins - 1)
    days = [bins == b for b in np.unique(bins)]
    means = np.array([probs[day].mean() for day in days])
    shares = np.array([happened[day].mean() for day in days])
    return means, shares, np.array([day.sum() for day in days])


def _days(function, probs, happened, num_bins):
    probs, happened = np.array(probs, dtype=float), np.array(happened)
    right = reliability(probs, happened, num_bins)
    hint = "return three arrays: mean forecasts, shares, numbers of days."
    found = called(function, probs, happened, num_bins)
    found = has_parts(found, 3, hint)
    found = [as_array(part) for part in found]
    check.that(
        comparing.is_numeric(tuple(found)),
        "not all of the result are numbers.",
        hint,
    )
    sizes = [np.size(part) for part in found]
    check.that(
        sizes == [len(right[0])] * 3,
        f"of {num_bins} bins {len(right[0])} aren't empty, but the arrays "
        f"have {sizes[0]}, {sizes[1]} and {sizes[2]} entries. They begin "
        + ", ".join(f"[{listed(np.ravel(part)[:6])}]" for part in found)
        + ".",
        _about_sizes(sizes, found, right, num_bins),
    )

    def about_days(own):
        if comparing.same(own, found[2]):
            order = np.argsort(found[0], kind="stable")
            if comparing.same(own[order], right[2]):
                return "in which order? From the lowest bin up."
        if own.sum() != len(probs):
            return (
                f"there are {len(probs)} days, but yours sum to "
                f"{own.sum():.4g}: is one lost, or counted twice?"
            )
        return (
            "the bins hold other days: print the bin of each day. Where do "
            "0, 1 and the edges belong?"
        )

    def about_means(own):
        if not np.any(own % 1):
            return "whole numbers only: does an array of ints hold them?"
        return (
            "each is the mean of the forecasts themselves that are in this "
            "bin: print those of the first."
        )

    def about_shares(own):
        if not np.any(own % 1) and np.any(right[1] % 1):
            return (
                "whole numbers only: is a division rounded, or does an array "
                "of ints hold them?"
            )
        return (
            "each is the number of rainy days of this bin, divided by the "
            "number of its days: print both for the first bin."
        )

    for i, what, advise in (
        (2, "the number of days of the bins", about_days),
        (0, "the mean forecast of the bins", about_means),
        (1, "the share of rainy days of the bins", about_shares),
    ):
        has_shape(found[i], right[i], what, "arrays, also for a single bin.")
        check.equal(found[i], right[i].tolist(), what, advise)


def _about_sizes(sizes, found, right, num_bins):
    if len(set(sizes)) > 1:
        return "all three have an entry for the same bins."
    means, days = np.ravel(found[0]), np.ravel(found[2])
    if sizes[0] == num_bins and (days == 0).any():
        return "empty bins are left out."
    if sizes[0] == len(right[0]) + 1 and means[-1] == 1 > means[-2]:
        return "does the forecast 1 have a bin of its own?"
    if sizes[0] < len(right[0]):
        missing = [x for x in right[0] if not np.isclose(x, means).any()]
        if len(missing) == len(right[0]) - sizes[0]:
            return (
                "where is the bin whose forecasts have the mean "
                f"{missing[0]:.4g}?"
            )
        if num_bins > 255:
            return "are bins' numbers too large for their type, or rounded?"
    return "which bins are there, and which days are in each? Print them."


FIVE_BINS = [0.05, 0.1, 0.15, 0.5, 0.55, 0.55, 0.9, 1.0]
EIGHT_DAYS = [0, 0, 1, 1, 0, 1, 1, 1]
FIVE_PROBS, FIVE_DAYS = [0.0, 0.25, 1.0, 0.25, 0.75], [0, 1, 1, 0, 0]
TEN_PROBS = [0.9, 0.2, 0.6, 0.35, 0.05, 0.95, 0.1, 0.99, 0.65, 0.3]
TEN_DAYS = [1, 0, 1, 0, 1, 0, 0, 1, 1, 1]


def days_in_five_bins(function):
    _days(function, FIVE_BINS, EIGHT_DAYS, 5)


def days_on_edges(function):
    _days(function, FIVE_PROBS, FIVE_DAYS, 4)


def days_of_ten(function):
    _days(function, TEN_PROBS, TEN_DAYS, 4)
    _days(function, TEN_PROBS, TEN_DAYS, 1)
    _days(function, [0.55, 0.3, 0.45, 0.65], [1, 0, 0, 1], 4)
    _days(function, [0.5, 0.05, 0.55, 0.95], [1, 0, 0, 1], 10)


def days_on_eighths(function):
    probs = np.array([8, 1, 0, 3, 3, 6, 7, 1]) / 8
    _days(function, probs, [1, 0, 0, 1, 0, 1, 0, 1], 8)
    _days(function, probs, [1, 0, 0, 1, 0, 1, 0, 1], 512)


def days_of_random(function, seed, n, num_bins):
    rng = np.random.default_rng(seed)
    probs = rng.beta(0.8, 1.2, n)
    _days(function, probs, (rng.random(n) < probs).astype(int), num_bins)


# 7 · The calibration error


def error_of(means, shares, days):
    return float(np.average(np.abs(means - shares), weights=days))


def _error(function, probs, happened, num_bins):
    probs, happened = np.array(probs, dtype=float), np.array(happened)
    means, shares, days = reliability(probs, happened, num_bins)

    def advise(found):
        if found < 0:
            return "a gap is never negative, and so is no mean of gaps."
        if len(means) > 8:
            return ""
        return (
            f"the gaps of the bins are {listed(np.abs(means - shares))}, "
            f"their days {listed(days)}: print yours."
        )

    found = called(function, probs, happened, num_bins, allowed=["checks"])
    check.that(
        is_number(found),
        f"the result is {kind_of(found)}.",
        "one number is asked for, for all bins together.",
    )
    what = f"for {len(probs)} days and {num_bins} bins the result"
    right = error_of(means, shares, days)
    check.equal(found, right, what, advise)


def error_of_eight(function):
    _error(function, FIVE_BINS, EIGHT_DAYS, 5)


def error_of_five(function):
    _error(function, FIVE_PROBS, FIVE_DAYS, 4)


def error_of_one_bin(function):
    _error(function, FIVE_BINS, EIGHT_DAYS, 1)
    _error(function, [0.5, 0.5], [1, 0], 4)
    _error(function, [1.0, 0.25, 0.2, 1.0], [0, 1, 0, 1], 4)


def error_of_ten(function):
    _error(function, TEN_PROBS, TEN_DAYS, 4)
    _error(function, TEN_PROBS, TEN_DAYS, 2)
    _error(function, [0.02, 0.07, 0.52, 0.97], [1, 0, 0, 1], 20)


def error_of_random(function, seed, n, num_bins):
    rng = np.random.default_rng(seed)
    probs = rng.beta(0.8, 1.2, n)
    _error(function, probs, rng.integers(0, 2, n), num_bins)


# 8 · The temperature


def _nll_at(T, probs, happened):
    signed = special.logit(probs) * (2 * happened - 1)
    return float(np.mean(np.logaddexp(0, -signed / T)))


def fitted_temperature(probs, happened, loss=_nll_at):
    best = minimize_scalar(
        lambda log_T: loss(np.exp(log_T), probs, happened),
        bounds=(-3, 3),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(np.exp(best.x))


def _temperature(function, probs, happened):
    probs, happened = np.array(probs, dtype=float), np.array(happened)
    T = fitted_temperature(probs, happened)
    check.that(
        not ready_made.used_by(function, {"checks"}),
        "your function uses checks.",
        "nothing of it is needed here: which number is to be smallest? The "
        "mean of -log of the mended forecast for what happened.",
    )
    found = called(function, probs, happened)
    check.that(
        is_number(found),
        f"the result is {kind_of(found)}.",
        "return the temperature, one number.",
    )
    check.that(
        np.isfinite(found),
        f"the result is {found}.",
        "is a logarithm infinite, or an exponential too large?",
    )
    least = _nll_at(T, probs, happened)
    told = f"The result is {found:.4g}. "
    if found > 0:
        own = _nll_at(found, probs, happened)
        told += f"With it the mean negative log-likelihood is {own:.5f}; "
        told += f"it can be {least:.5f}."
    if abs(found - T) > 0.0102 * T:
        hint = _about_temperature(found, T, least)
        if 0.01 < found < T and (_mended(found, probs) == 1).any():
            hint = (
                "for so small a T a bold forecast becomes 1 to the last "
                "digit. Print your mean at T = 0.1: is it nan (which "
                "np.argmin takes for the smallest)? Take the logarithm only "
                "of what happened. Is it infinite, as 1 - q becomes 0? Then "
                "special.log_expit(-log-odds / T) is log (1 - q) without it."
            )
        if abs(found - np.round(found, 1)) > 1e-9:
            hint = _wrong_loss(found, T, probs, happened) or hint
        check.that(False, told, hint)


def _surprise(q, happened):
    q = np.clip(q, 1e-12, 1 - 1e-12)
    return -np.mean(np.log(np.where(happened == 1, q, 1 - q)))


def _mended(T, probs):
    return special.expit(special.logit(probs) / T)


WRONG_LOSSES = {
    "this is 1/T: the log-odds are divided by T, not multiplied.": (
        lambda T, p, y: _nll_at(1 / T, p, y)
    ),
    "the forecast is divided by T, not its log-odds.": (
        lambda T, p, y: _surprise(p / T, y)
    ),
    "log p is divided by T, but the odds are p / (1 - p).": (
        lambda T, p, y: _surprise(special.expit(np.log(p) / T), y)
    ),
    "this is p to the power 1/T; the odds are p / (1 - p).": (
        lambda T, p, y: _surprise(p ** (1 / T), y)
    ),
    "q is p to the power 1/T, divided by that plus (1 - p) to the power 1/T; "
    "the second power is forgotten.": (
        lambda T, p, y: _surprise(1 / (1 + (1 - p) / p ** (1 / T)), y)
    ),
    "the odds are divided by T, not their logarithm.": (
        lambda T, p, y: _surprise(1 / (1 + (1 - p) / p * T), y)
    ),
    "the forecasts, from 0 to 1, are taken for the log-odds.": (
        lambda T, p, y: _surprise(special.expit(p / T), y)
    ),
    "only the days with rain count here; on a dry day it is -log(1 - q).": (
        lambda T, p, y: -np.mean(y * np.log(_mended(T, p)))
    ),
    "only the dry days count here; on a day with rain it is -log q.": (
        lambda T, p, y: -np.mean((1 - y) * np.log(_mended(T, 1 - p)))
    ),
    "this makes the squared error smallest; the likelihood is asked for.": (
        lambda T, p, y: np.mean((_mended(T, p) - y) ** 2)
    ),
}


def _wrong_loss(found, T, probs, happened):
    """Say which wrong loss is smallest at a T that was found, if one is."""
    for hint, loss in WRONG_LOSSES.items():
        wrong = fitted_temperature(probs, happened, loss)
        apart = abs(wrong - T) > 0.05 * T and 0.06 < wrong < 18
        if apart and abs(found - wrong) < 0.004 * wrong:
            return hint
    return ""


def _about_temperature(found, T, least):
    def near(value):
        return abs(found - value) <= 0.015 * abs(value)

    if near(np.log(T)):
        return "this is the logarithm of T."
    if near(least):
        return "this is the negative log-likelihood, not the temperature."
    if found <= 0:
        return "a temperature is positive."
    if near(T**2) or near(T**0.5):
        return (
            "print the mended forecasts for one T, and work one out by hand."
        )
    if found < 0.01:
        return "so small: does your search run away, or is the mean nan there?"
    if found <= 0.205 or found >= 4.9:
        return (
            "this is an end of the search, so what you make smallest or "
            "largest has no best place between: is a sign wrong, a logarithm "
            "missing, are rain and no rain exchanged, or does it hardly "
            "change with T?"
        )
    if abs(found - np.round(found, 1)) < 1e-9:
        return (
            "so round a number: is it an end of your search, or are there too "
            "few candidates? T may be anything from 0.2 to 5."
        )
    if abs(found - T) < 0.08 * T:
        return (
            "nearly: is the search too coarse, or stopped too early? Is "
            "something cut off? Or is what you make best not exactly the mean "
            "of -log of the mended forecasts, with T alone (1/2 stays 1/2)?"
        )
    return (
        "print your mean negative log-likelihood at your T, and at a T 10 % "
        "larger and smaller: is one of them lower? Then the search isn't "
        "finished. If not, compare it for T = 1 with the mean of -log p on "
        "rainy days and -log(1 - p) on the others."
    )


EIGHT_PROBS = [0.97, 0.85, 0.9, 0.6, 0.1, 0.2, 0.03, 0.6]


def temperature_of_eight(function):
    _temperature(function, EIGHT_PROBS, [1, 0, 1, 1, 0, 1, 0, 1])


def temperature_of_random(function, seed, factor, shift=0, spread=1.5):
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(0, spread, 500)
    happened = (rng.random(500) < special.expit(log_odds)).astype(int)
    _temperature(function, special.expit(factor * log_odds + shift), happened)


# 10 · Two dice


def _dice(function, counts, n, start, num_steps):
    counts, right = np.array(counts), np.array(start, dtype=float)
    for _ in range(num_steps):
        first, second = stats.binom.logpmf(counts[:, None], n, right).T
        of_first = special.expit(first - second)
        weights = np.stack([of_first, 1 - of_first])  # (2, m)
        right = weights @ counts / (n * weights.sum(axis=1))

    def advise(found):
        if not np.isfinite(found).all():
            return (
                "is something 0 divided by 0? The likelihood of so many "
                "throws may be too small for a float, its logarithm isn't. "
                "Of two logarithms subtract the larger, in each round."
            )
        if comparing.same(found[::-1], right):
            return "the first die is the one that begins with start[0]."
        return (
            "print the probabilities that it was the first die (are they all "
            "1/2?), and the two shares, after each step: does each step begin "
            "with the newest shares, and are all num_steps made?"
        )

    what = f"the two shares after {num_steps} steps"
    found = called(function, counts, n, np.array(start), num_steps)
    check.equal(as_array(found), right.tolist(), what, advise)


def dice_of_four(function):
    for num_steps in 1, 50, 0:
        _dice(function, [1, 2, 6, 5], 10, [0.4, 0.3], num_steps)


def dice_of_five(function):
    for num_steps in 2, 0, 1:
        _dice(function, [3, 1, 6, 2, 4], 7, [0.2, 0.6], num_steps)
        _dice(function, [3, 1, 6, 2, 4], 7, [0.4, 0.4], num_steps)
        _dice(function, [0, 1, 0, 2, 0], 1000, [1e-3, 2e-3], num_steps)


def dice_of_many(function, seed, n=20):
    rng = np.random.default_rng(seed)
    counts = rng.binomial(n, rng.choice([0.2, 0.5], 500))
    _dice(function, counts, n, [0.6, 0.3], 20)
