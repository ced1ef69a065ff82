"""Answers to assignment a03: wrong ones with their hints, and right ones that
must be accepted."""

import math
from collections import Counter

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, gamma, gammaln, logit, xlogy

from notebooks.assignments.a03 import checks
from tools.mistakes import accepted, mistake


def mistakes(replaces, hint, **answers):
    """Note short wrong answers of one hint by their names."""
    for name, answer in answers.items():
        answer.__name__ = name
        mistake(replaces, hint)(answer)


# 1 · Likelihoods of dice


def log_likelihoods(k, n, shares):
    return xlogy(k, shares) + xlogy(n - k, 1 - shares)


def over_the_largest(logs):
    return np.exp(logs - logs.max())


@mistake(
    "relative_likelihoods",
    "these sum to 1, as beliefs would; divide by the largest instead.",
)
def divided_by_the_sum(k, n, shares):
    likelihoods = np.exp(log_likelihoods(k, n, shares))
    return likelihoods / likelihoods.sum()


@mistake(
    "relative_likelihoods",
    "these are the likelihoods themselves: divide them by the largest.",
)
def not_divided(k, n, shares):
    return math.comb(n, k) * np.exp(log_likelihoods(k, n, shares))


@mistake(
    "relative_likelihoods",
    "these are the chances of one order of throws: divide by the largest.",
)
def one_order_not_divided(k, n, shares):
    return np.exp(log_likelihoods(k, n, shares))


ONE_FIXED_DIE = (
    "the largest should become 1: whose likelihood do you divide by? It has "
    "to be the largest among the dice given."
)


@mistake("relative_likelihoods", ONE_FIXED_DIE)
def divided_by_that_of_k_over_n(k, n, shares):
    best = log_likelihoods(k, n, np.array(k / n))
    return np.exp(log_likelihoods(k, n, shares) - best)


@mistake(
    "relative_likelihoods",
    "these are logarithms: at the end you want the likelihoods.",
)
def logarithms(k, n, shares):
    logs = log_likelihoods(k, n, shares)
    return logs - logs.max()


@mistake(
    "relative_likelihoods",
    "these are logarithms: at the end you want the likelihoods, divided by "
    "the largest.",
)
def bare_logarithms(k, n, shares):
    with np.errstate(divide="ignore"):
        return np.log(np.exp(log_likelihoods(k, n, shares)))


@mistake(
    "relative_likelihoods",
    "the throws without a dollar sign have happened, too.",
)
def dollar_signs_only(k, n, shares):
    return over_the_largest(xlogy(k, shares))


@mistake(
    "relative_likelihoods",
    "how many of the n throws did not show the dollar sign?",
)
def n_without(k, n, shares):
    return over_the_largest(xlogy(k, shares) + xlogy(n, 1 - shares))


@mistake(
    "relative_likelihoods",
    "k throws have shown the dollar sign, whose probability is p; the other "
    "n - k have not.",
)
def exchanged(k, n, shares):
    return over_the_largest(log_likelihoods(n - k, n, shares))


@mistake(
    "relative_likelihoods",
    "each throw is counted once: p to the power k, and 1 - p to the power "
    "n - k.",
)
def no_powers(k, n, shares):
    found = np.asarray(shares) * (1 - np.asarray(shares))
    return found / found.max()


UNDERFLOW = (
    "with so many throws a power is smaller than any float and becomes 0, "
    "and a factorial infinite: what else has its largest value at the same "
    "place, and is an ordinary number?"
)


@mistake("relative_likelihoods", UNDERFLOW)
def powers(k, n, shares):
    with np.errstate(all="ignore"):
        found = shares**k * (1 - shares) ** (n - k)
        return found / found.max()


@mistake("relative_likelihoods", UNDERFLOW)
def exponentials_of_the_logs(k, n, shares):
    with np.errstate(all="ignore"):
        found = np.exp(log_likelihoods(k, n, shares))
        return found / found.max()


@mistake("relative_likelihoods", UNDERFLOW)
def powers_with_a_floor(k, n, shares):
    found = shares**k * (1 - shares) ** (n - k)
    return found / max(found.max(), 1e-300)


@mistake(
    "relative_likelihoods",
    "the number of orders is too large for a float; it is the same for all "
    "dice, so is it needed?",
    message="int too large to convert to float",
)
def with_comb(k, n, shares):
    found = math.comb(n, k) * shares**k * (1 - shares) ** (n - k)
    return found / found.max()


@mistake("relative_likelihoods", UNDERFLOW)
def factorials(k, n, shares):
    with np.errstate(all="ignore"):
        fall = [float(f) for f in np.exp(gammaln([n + 1, k + 1]))]
        orders = fall[0] / fall[1] / np.exp(gammaln(n - k + 1))
        found = orders * shares**k * (1 - shares) ** (n - k)
        return found / found.max()


ZERO_TIMES_INFINITY = (
    "0 times the logarithm of 0 is nan in NumPy; here it should count as 0."
)


@mistake("relative_likelihoods", ZERO_TIMES_INFINITY)
def logs_with_nan(k, n, shares):
    with np.errstate(all="ignore"):
        logs = k * np.log(shares) + (n - k) * np.log(1 - shares)
        return np.exp(logs - logs.max())


@mistake("relative_likelihoods", ZERO_TIMES_INFINITY)
def logs_with_nanmax(k, n, shares):
    with np.errstate(all="ignore"):
        logs = k * np.log(shares) + (n - k) * np.log(1 - shares)
        return np.exp(logs - np.nanmax(logs))


@mistake(
    "relative_likelihoods",
    "a share of 0 is possible as long as no dollar sign has been seen, and a "
    "share of 1 as long as nothing else has: 0 to the power 0 is 1.",
)
def nan_becomes_0(k, n, shares):
    with np.errstate(all="ignore"):
        logs = k * np.log(shares) + (n - k) * np.log(1 - shares)
        return np.nan_to_num(np.exp(logs - np.nanmax(logs)))


@mistake(
    "relative_likelihoods",
    "a share that is moved away from 0 makes the impossible a little "
    "possible: treat 0 and 1 as they are.",
)
def eps_in_the_log(k, n, shares):
    logs = k * np.log(shares + 1e-8) + (n - k) * np.log(1 - shares + 1e-8)
    return np.exp(logs - logs.max())


@mistake("relative_likelihoods", ONE_FIXED_DIE)
def relative_to_the_first(k, n, shares):
    with np.errstate(all="ignore"):
        logs = log_likelihoods(k, n, shares)
        return np.exp(logs - logs[0])


@mistake("relative_likelihoods", ONE_FIXED_DIE)
def relative_to_the_last(k, n, shares):
    with np.errstate(all="ignore"):
        likelihoods = np.exp(log_likelihoods(k, n, shares))
        return likelihoods / likelihoods[-1]


@mistake(
    "relative_likelihoods",
    "the logarithms are divided by the largest, or smallest, logarithm; a "
    "quotient of likelihoods is a difference of logarithms.",
)
def quotient_of_logarithms(k, n, shares):
    with np.errstate(all="ignore"):
        logs = log_likelihoods(k, n, shares)
        return np.exp(logs / logs.max())


@mistake(
    "relative_likelihoods",
    "only the likeliest die is told; return the likelihood of each, divided "
    "by the largest.",
)
def the_likeliest_only(k, n, shares):
    logs = log_likelihoods(k, n, shares)
    return (logs == logs.max()).astype(float)


mistakes(
    "relative_likelihoods",
    "the shares themselves say nothing of k and n: how likely is k of n under "
    "each?",
    shares_over_the_largest=lambda k, n, shares: shares / shares.max(),
    likelihood_of_one_throw=lambda k, n, shares: shares,
)


@mistake(
    "relative_likelihoods",
    "an array made like whole-number shares can't hold logarithms or "
    "fractions: make one of floats.",
    message="cannot convert float",
)
def zeros_like_whole_numbers(k, n, shares):
    found = np.zeros_like(shares)
    for i, p in enumerate(shares):
        found[i] = xlogy(k, p) + xlogy(n - k, 1 - p)
    return np.exp(found - found.max())


@mistake(
    "relative_likelihoods",
    "a share that is moved away from 0 makes the impossible a little "
    "possible: treat 0 and 1 as they are.",
)
def shares_clipped(k, n, shares):
    p = np.clip(shares, 1e-6, 1 - 1e-6)
    return over_the_largest(log_likelihoods(k, n, p))


@mistake(
    "relative_likelihoods",
    "after the loop only the last die's is left, or all dice got one number: "
    "keep one for each.",
)
def the_last_die_only(k, n, shares):
    return np.array([1.0])


@mistake(
    "relative_likelihoods",
    "this is e to the difference, but of logarithms to another base: use "
    "natural ones, np.log.",
)
def tenfold_logarithms(k, n, shares):
    logs = log_likelihoods(k, n, shares) / np.log(10)
    return over_the_largest(logs)


@mistake(
    "relative_likelihoods",
    "the log-likelihood is a sum over all throws, not their mean.",
)
def mean_log_likelihood(k, n, shares):
    return over_the_largest(log_likelihoods(k, n, shares) / n)


@mistake("relative_likelihoods", "one number for each of the dice.")
def the_best_share(k, n, shares):
    return shares[np.argmax(log_likelihoods(k, n, shares))]


@mistake(
    "relative_likelihoods",
    "(1 - p) to the power n - k, not 1 - p to the power n - k.",
)
def power_before_the_difference(k, n, shares):
    found = shares**k * (1 - shares ** (n - k))
    return found / found.max()


@mistake(
    "relative_likelihoods",
    "this is divided by the smallest likelihood; divide by the largest.",
)
def relative_to_the_smallest(k, n, shares):
    logs = log_likelihoods(k, n, shares)
    return np.exp(logs - logs[np.isfinite(logs)].min())


@mistake(
    "relative_likelihoods",
    "a bell curve only comes near these likelihoods: the formula is exact.",
)
def bell_curve(k, n, shares):
    variance = n * shares * (1 - shares) + 1e-12
    return over_the_largest(-((k - n * shares) ** 2) / 2 / variance)


@mistake(
    "relative_likelihoods",
    "the smallest becomes 0 and the largest 1: is the smallest subtracted?",
)
def from_0_to_1(k, n, shares):
    likelihoods = over_the_largest(log_likelihoods(k, n, shares))
    return (likelihoods - likelihoods[1]) / np.ptp(likelihoods)


@mistake(
    "relative_likelihoods",
    "0 has no logarithm in the math module: shares of 0 and 1 need a line of "
    "their own.",
    message="math domain error",
)
def logarithm_of_zero(k, n, shares):
    return [k * math.log(p) + (n - k) * math.log(1 - p) for p in shares]


@mistake(
    "relative_likelihoods",
    "each likelihood at the place of its share: nothing is to be sorted.",
)
def sorted_likelihoods(k, n, shares):
    return np.sort(over_the_largest(log_likelihoods(k, n, shares)))[::-1]


@mistake(
    "relative_likelihoods",
    "each likelihood at the place of its share: nothing is to be sorted.",
)
def sorted_upwards(k, n, shares):
    return np.sort(over_the_largest(log_likelihoods(k, n, shares)))


@accepted("relative_likelihoods")
def by_a_loop(k, n, shares):
    logs = []
    for p in shares:
        log = 0.0
        if k > 0:
            log += k * math.log(p) if p > 0 else -math.inf
        if n > k:
            log += (n - k) * math.log(1 - p) if p < 1 else -math.inf
        logs.append(log)
    return [math.exp(log - max(logs)) for log in logs]


@accepted("relative_likelihoods")
def by_where(k, n, shares):
    with np.errstate(all="ignore"):
        first = np.where(k == 0, 0.0, k * np.log(shares))
        second = np.where(n == k, 0.0, (n - k) * np.log1p(-shares))
    logs = first + second
    return np.exp(logs - np.max(logs))


@accepted("relative_likelihoods")
def with_the_binomial_coefficient(k, n, shares):
    orders = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    logs = log_likelihoods(k, n, np.asarray(shares, float)) + orders
    return np.exp(logs - logs.max())


# 2 · A die from its throws


def counted(throws, num_faces):
    return np.array([np.sum(throws == c) for c in range(num_faces)])


@mistake(
    "fit_die", "an entry for every one of the num_faces faces, fallen or not."
)
def bincount_without_minlength(throws, num_faces, extra=0):
    counts = np.bincount(throws) + extra
    return counts / counts.sum()


@mistake(
    "fit_die", "an entry for every one of the num_faces faces, fallen or not."
)
def unique_faces(throws, num_faces, extra=0):
    _, counts = np.unique(throws, return_counts=True)
    return (counts + extra) / (counts + extra).sum()


@mistake("fit_die", "these are counts, not probabilities: they sum to 1.")
def counts_themselves(throws, num_faces, extra=0):
    return counted(throws, num_faces) + extra


@mistake(
    "fit_die",
    "divide by the number of throws, not by the number of faces.",
)
def divided_by_the_faces(throws, num_faces, extra=0):
    return (counted(throws, num_faces) + extra) / num_faces


@mistake(
    "fit_die",
    "divide by the number of throws: these are divided by the largest count.",
)
def divided_by_the_most_frequent(throws, num_faces, extra=0):
    counts = counted(throws, num_faces) + extra
    return counts / counts.max()


@mistake(
    "fit_die",
    "this is the observed share squared, or its softmax: at the best place "
    "the slopes n/p of all faces are equal.",
)
def squares(throws, num_faces, extra=0):
    counts = (counted(throws, num_faces) + extra) ** 2
    return counts / counts.sum()


@mistake(
    "fit_die",
    "a softmax of the counts isn't the most likely die: at the best place the "
    "slopes n/p of all faces are equal.",
)
def softmax_of_the_counts(throws, num_faces, extra=0):
    exps = np.exp(counted(throws, num_faces) + extra)
    return exps / exps.sum()


@mistake(
    "fit_die",
    "logarithms are only the way to the best place: which p make the sum of "
    "n log p largest?",
)
def shares_of_logarithms(throws, num_faces, extra=0):
    logs = np.log1p(counted(throws, num_faces) + extra)
    return logs / logs.sum()


@mistake("fit_die", "the faces are numbered from 0, not from 1.")
def faces_from_one(throws, num_faces, extra=0):
    counts = np.array([np.sum(throws == c + 1) for c in range(num_faces)])
    return (counts + extra) / (len(throws) + num_faces * extra)


@mistake(
    "fit_die",
    "`extra` has no effect: each face, also one that hasn't fallen, gets so "
    "many throws more.",
)
def extra_ignored(throws, num_faces, extra=0):
    return counted(throws, num_faces) / len(throws)


@mistake(
    "fit_die",
    "every face is thought to have fallen `extra` times more, not only those "
    "that didn't fall.",
)
def extra_for_the_unseen(throws, num_faces, extra=0):
    counts = counted(throws, num_faces)
    counts = np.where(counts == 0, extra, counts)
    return counts / counts.sum()


@mistake(
    "fit_die",
    "with the extra throws there are more throws in all: do yours sum to 1?",
)
def extra_not_in_the_sum(throws, num_faces, extra=0):
    return (counted(throws, num_faces) + extra) / len(throws)


@mistake(
    "fit_die",
    "each face has fallen `extra` times more: how many throws is that for all "
    "faces together?",
)
def extra_once_in_the_sum(throws, num_faces, extra=0):
    return (counted(throws, num_faces) + extra) / (len(throws) + extra)


@mistake(
    "fit_die",
    "each face has fallen `extra` times more; this spreads `extra` throws "
    "over all faces.",
)
def extra_shared_by_the_faces(throws, num_faces, extra=0):
    counts = counted(throws, num_faces) + extra / num_faces
    return counts / (len(throws) + extra)


@mistake(
    "fit_die",
    "`extra` is a number of throws of each face: add it to the counts as it "
    "is.",
)
def extra_added_to_the_shares(throws, num_faces, extra=0):
    shares = counted(throws, num_faces) / len(throws) + extra
    return shares / shares.sum()


@mistake(
    "fit_die",
    "`extra` may be a fraction, such as 0.5: is it rounded, or stored in an "
    "array of whole numbers?",
)
def extra_as_a_whole_number(throws, num_faces, extra=0):
    counts = np.full(num_faces, int(extra))
    for face in throws:
        counts[face] += 1
    return counts / counts.sum()


@mistake(
    "fit_die",
    "in the denominator of the number of throws and faces there is no 1 by "
    "itself: how many throws are there, seen and imagined?",
)
def faces_in_the_sum_but_extra(throws, num_faces, extra=0):
    return (counted(throws, num_faces) + extra) / (len(throws) + num_faces)


@mistake(
    "fit_die",
    "without `extra` nothing is added: a face that didn't fall gets 0.",
)
def always_one_more(throws, num_faces, extra=0):
    counts = counted(throws, num_faces) + extra + 1
    return counts / counts.sum()


@mistake(
    "fit_die",
    "np.histogram's bins reach from the smallest throw to the largest, unless "
    "you give it the edges.",
)
def histogram_from_the_smallest(throws, num_faces, extra=0):
    counts = np.histogram(throws, bins=num_faces)[0] + extra
    return counts / counts.sum()


@mistake(
    "fit_die",
    "`extra` is a number of throws of each face; this mixes the shares with "
    "equal ones.",
)
def mixed_with_equal_shares(throws, num_faces, extra=0):
    shares = counted(throws, num_faces) / len(throws)
    return (shares + extra / num_faces) / (1 + extra)


@mistake(
    "fit_die",
    "every face is thought to have fallen `extra` times more, not `extra` "
    "times in all, nor at least.",
)
def counts_times_extra(throws, num_faces, extra=0):
    counts = counted(throws, num_faces) * (1 + extra) + extra
    return counts / counts.sum()


@mistake(
    "fit_die",
    "each count is divided by a number of its own; they all are parts of one "
    "sum.",
)
def odds_of_the_faces(throws, num_faces, extra=0):
    counts = counted(throws, num_faces) + extra
    return counts / (counts.sum() - counts)


@mistake(
    "fit_die",
    "an entry for each *face*, not for each throw.",
)
def share_of_each_throw(throws, num_faces, extra=0):
    counts = counted(throws, num_faces) + extra
    return (counts / counts.sum())[throws]


@mistake(
    "fit_die",
    "these are logarithms of probabilities.",
)
def log_shares(throws, num_faces, extra=0):
    counts = counted(throws, num_faces) + extra
    with np.errstate(divide="ignore"):
        return np.log(counts / counts.sum())


@mistake("fit_die", "return an array, with a number for each face.")
def a_dictionary_of_faces(throws, num_faces, extra=0):
    return dict(enumerate(counted(throws, num_faces) / len(throws)))


@mistake(
    "fit_die",
    "`extra` tells how often, and may be a fraction: here a half counts as a "
    "whole throw.",
)
def always_one_extra(throws, num_faces, extra=0):
    counts = counted(throws, num_faces) + (extra > 0)
    return counts / counts.sum()


@mistake(
    "fit_die",
    "`extra` tells how often, and may be a fraction: here a half counts as a "
    "whole throw.",
)
def extra_rounded_up(throws, num_faces, extra=0):
    counts = counted(throws, num_faces) + math.ceil(extra)
    return counts / counts.sum()


mistakes(
    "fit_die",
    "nothing is to be rounded.",
    rounded_shares=lambda throws, num_faces, extra=0: np.round(
        counted(throws, num_faces) / len(throws), 2
    ),
)


@mistake(
    "fit_die",
    "the counts of the faces that fell belong at the places of these faces, "
    "not one after the other.",
)
def counts_without_gaps(throws, num_faces, extra=0):
    _, counts = np.unique(throws, return_counts=True)
    found = np.full(num_faces, float(extra))
    found[: len(counts)] += counts
    return found / found.sum()


@mistake(
    "fit_die",
    "every face has fallen `extra` times more, also those that haven't "
    "fallen yet: how many throws is that in all?",
)
def extra_of_the_seen_in_the_sum(throws, num_faces, extra=0):
    total = len(throws) + extra * len(np.unique(throws))
    return (counted(throws, num_faces) + extra) / total


@mistake(
    "fit_die",
    "the faces that have fallen get `extra` throws more, too, and all are "
    "divided by one sum.",
)
def unseen_faces_afterwards(throws, num_faces, extra=0):
    counts, n = counted(throws, num_faces), len(throws)
    unseen = extra / (n + num_faces * extra)
    return np.where(counts == 0, unseen, counts / n)


@accepted("fit_die")
def by_a_dictionary(throws, num_faces, extra=0):
    counts = Counter(throws.tolist())
    total = len(throws) + extra * num_faces
    return [(counts[c] + extra) / total for c in range(num_faces)]


@accepted("fit_die")
def by_one_hot_rows(throws, num_faces, extra=0):
    sums = np.eye(num_faces)[throws].sum(axis=0) + extra
    return sums / sums.sum()


@accepted("fit_die")
def by_a_histogram(throws, num_faces, extra=0):
    counts, _ = np.histogram(throws, np.arange(num_faces + 1) - 0.5)
    return (counts + extra) / (counts.sum() + extra * num_faces)


# 3 · Counts


def costs(X, y, w):
    s = X @ w
    return np.exp(s) - y * s + gammaln(y + 1)


def slope(X, y, w):
    return X.T @ (np.exp(X @ w) - y) / len(y)


@mistake(
    "count_loss",
    "a term is missing: what becomes of y! in the logarithm?",
)
def without_the_factorial(X, y, w):
    s = X @ w
    return np.mean(np.exp(s) - y * s), slope(X, y, w)


@mistake("count_loss", "the loss is a mean over the counts, not a sum.")
def sum_in_the_loss(X, y, w):
    return costs(X, y, w).sum(), slope(X, y, w)


@mistake("count_loss", "the loss is a mean over the counts, not a sum.")
def sums_in_both(X, y, w):
    return costs(X, y, w).sum(), len(y) * slope(X, y, w)


@mistake(
    "count_loss",
    "this is the log-likelihood; a loss is what one makes small: minus it.",
)
def log_likelihood(X, y, w):
    return -costs(X, y, w).mean(), -slope(X, y, w)


@mistake(
    "count_loss",
    "this is the log-likelihood; a loss is what one makes small: minus it.",
)
def log_likelihood_and_the_gradient_of_the_loss(X, y, w):
    return -costs(X, y, w).mean(), slope(X, y, w)


@mistake(
    "count_loss",
    "y! stands in the denominator: which sign has its logarithm in the "
    "*negative* log-likelihood?",
)
def factorial_subtracted(X, y, w):
    s = X @ w
    return np.mean(np.exp(s) - y * s - gammaln(y + 1)), slope(X, y, w)


@mistake("count_loss", "gammaln(y + 1) is log y!; gammaln(y) is log (y - 1)!")
def gammaln_of_y(X, y, w):
    with np.errstate(all="ignore"):
        s = X @ w
        return np.mean(np.exp(s) - y * s + gammaln(y)), slope(X, y, w)


@mistake(
    "count_loss",
    "the factorial itself is added; its logarithm is what comes from -log P.",
)
def factorial_without_logarithm(X, y, w):
    s = X @ w
    factorials = np.exp(gammaln(y + 1))
    return np.mean(np.exp(s) - y * s + factorials), slope(X, y, w)


@mistake(
    "count_loss",
    "gammaln is a logarithm already.",
)
def logarithm_of_gammaln(X, y, w):
    s = X @ w
    with np.errstate(all="ignore"):
        logs = np.log(gammaln(y + 1))
    return np.mean(np.exp(s) - y * s + logs), slope(X, y, w)


@mistake(
    "count_loss",
    "the factorial of an array isn't in the math module: use gammaln(y + 1).",
    message="only",
)
def factorial_of_an_array(X, y, w):
    s = X @ w
    logs = np.log(math.factorial(y))
    return np.mean(np.exp(s) - y * s + logs), slope(X, y, w)


@mistake(
    "count_loss",
    "the rate is e to the score, and it is taken for the score itself.",
)
def score_as_rate(X, y, w):
    rate = X @ w
    with np.errstate(all="ignore"):
        loss = np.mean(rate - y * np.log(rate) + gammaln(y + 1))
        return loss, X.T @ (1 - y / rate) / len(y)


@mistake(
    "count_loss",
    "the term of the rate is wrong: minus the logarithm of e to the power of "
    "minus the rate is the rate, e to the score.",
)
def score_for_the_term_of_the_rate(X, y, w):
    s = X @ w
    return np.mean(s - y * s + gammaln(y + 1)), slope(X, y, w)


@mistake(
    "count_loss",
    "the logarithm of the rate is the score; here y is multiplied by the rate "
    "itself.",
)
def y_times_the_rate(X, y, w):
    rate = np.exp(X @ w)
    return np.mean(rate - y * rate + gammaln(y + 1)), slope(X, y, w)


@mistake("count_loss", "the term with y has the other sign.")
def plus_y_times_s(X, y, w):
    s = X @ w
    return np.mean(np.exp(s) + y * s + gammaln(y + 1)), slope(X, y, w)


@mistake("count_loss", "the term of the rate has the other sign.")
def minus_the_rate(X, y, w):
    s = X @ w
    return np.mean(-np.exp(s) - y * s + gammaln(y + 1)), slope(X, y, w)


@mistake("count_loss", "the term of the rate is missing.")
def without_the_rate(X, y, w):
    return np.mean(gammaln(y + 1) - y * (X @ w)), slope(X, y, w)


@mistake(
    "count_loss",
    "this is half a squared error; minus the logarithm of P is asked for.",
)
def half_the_squared_error(X, y, w):
    return np.mean((np.exp(X @ w) - y) ** 2) / 2, slope(X, y, w)


@mistake(
    "count_loss",
    "this is a squared error; minus the logarithm of P is asked for.",
)
def squared_error(X, y, w):
    return np.mean((np.exp(X @ w) - y) ** 2), slope(X, y, w)


@mistake(
    "count_loss",
    "this is the likelihood of all counts; take minus the mean of the "
    "logarithms.",
)
def likelihood(X, y, w):
    return np.exp(-costs(X, y, w).sum()), slope(X, y, w)


@mistake("count_loss", "these are the losses one by one: take their mean.")
def losses_one_by_one(X, y, w):
    return costs(X, y, w), slope(X, y, w)


@mistake(
    "count_loss", "return the loss and the gradient, both, in this order."
)
def loss_only(X, y, w):
    return costs(X, y, w).mean()


@mistake("count_loss", "first the loss, then the gradient.")
def gradient_first(X, y, w):
    return slope(X, y, w), costs(X, y, w).mean()


mistakes(
    "count_loss",
    "the loss is right; its gradient points the other way: how does it "
    "change if the rate is too large?",
    observed_minus_expected=lambda X, y, w: (
        costs(X, y, w).mean(),
        -slope(X, y, w),
    ),
)
mistakes(
    "count_loss",
    "the loss is a mean over n, so its gradient has the factor 1/n.",
    sum_in_the_gradient=lambda X, y, w: (
        costs(X, y, w).mean(),
        slope(X, y, w) * len(y),
    ),
)
mistakes(
    "count_loss",
    "half of it: is the mean over all entries of X, or is there a ½, as "
    "before a square?",
    mean_over_all_entries=lambda X, y, w: (
        costs(X, y, w).mean(),
        slope(X, y, w) / X.shape[1],
    ),
)
mistakes(
    "count_loss",
    "the derivative of e to the score is e to the score, and of y times the "
    "score it is y: print both.",
    score_minus_y=lambda X, y, w: (
        costs(X, y, w).mean(),
        X.T @ (X @ w - y) / len(y),
    ),
    rate_minus_y_times_s=lambda X, y, w: (
        costs(X, y, w).mean(),
        X.T @ (np.exp(X @ w) - y * (X @ w)) / len(y),
    ),
    one_minus_y=lambda X, y, w: (
        costs(X, y, w).mean(),
        X.T @ (1 - y) / len(y),
    ),
    rate_plus_y=lambda X, y, w: (
        costs(X, y, w).mean(),
        X.T @ (np.exp(X @ w) + y) / len(y),
    ),
)
mistakes(
    "count_loss",
    "this is the derivative by the rate, 1 - y / rate; the score comes "
    "before it, so a factor is missing.",
    derivative_by_the_rate=lambda X, y, w: (
        costs(X, y, w).mean(),
        X.T @ (1 - y / np.exp(X @ w)) / len(y),
    ),
)
mistakes(
    "count_loss",
    "the factor e to the score is there twice: with respect to the score the "
    "derivative is already the rate minus y.",
    rate_once_more=lambda X, y, w: (
        costs(X, y, w).mean(),
        X.T @ ((np.exp(X @ w) - y) * np.exp(X @ w)) / len(y),
    ),
)


@mistake(
    "count_loss",
    "which sizes do the two have, (n, d), (d,) or (n,)? The gradient has d "
    "entries, so the sum runs over n.",
    message="mismatch in its core dimension",
)
def X_without_transpose(X, y, w):
    return costs(X, y, w).mean(), X @ (np.exp(X @ w) - y) / len(y)


def costs_and(gradient):
    """Return an answer of which only the gradient is wrong."""

    def count_loss(X, y, w):
        return costs(X, y, w).mean(), gradient(X, y, np.exp(X @ w), X @ w)

    return count_loss


ONE_EACH = (
    "the gradient has one entry for each feature, not for each count: on to w "
    "by the chain rule, and sum over the counts."
)
mistakes(
    "count_loss",
    ONE_EACH,
    gradient_by_the_scores=costs_and(lambda X, y, rate, s: rate - y),
    summed_over_the_features=costs_and(
        lambda X, y, rate, s: ((rate - y)[:, None] * X).mean(axis=1)
    ),
)
mistakes(
    "count_loss",
    "the gradient has one entry for each entry of w: sum over counts.",
    gradient_not_summed=costs_and(
        lambda X, y, rate, s: X * (rate - y)[:, None] / len(y)
    ),
)
mistakes(
    "count_loss",
    "one number? Each entry of w has its own derivative.",
    gradient_summed_up=costs_and(lambda X, y, rate, s: np.mean(rate - y)),
    gradient_summed_over_all=costs_and(
        lambda X, y, rate, s: np.sum(X.T @ (rate - y)) / len(y)
    ),
)
mistakes(
    "count_loss",
    "rate and count are multiplied here; what is expected and what was "
    "observed are subtracted.",
    product_of_rate_and_count=costs_and(
        lambda X, y, rate, s: X.T @ (rate * (1 - y)) / len(y)
    ),
)
mistakes(
    "count_loss",
    "the residual is averaged before X comes in: each count has its own row.",
    residual_averaged_first=costs_and(
        lambda X, y, rate, s: X.mean(axis=0) * np.mean(rate - y)
    ),
    residual_averaged_then_summed=costs_and(
        lambda X, y, rate, s: X.sum(axis=0) * np.mean(rate - y)
    ),
)
mistakes(
    "count_loss",
    "in this gradient the counts are missing, or the rates.",
    rates_only=costs_and(lambda X, y, rate, s: X.T @ rate / len(y)),
    counts_only=costs_and(lambda X, y, rate, s: -X.T @ y / len(y)),
)
mistakes(
    "count_loss",
    "twice what it should be: is it divided by the number of features, or "
    "is there a factor 2, as of a square?",
    mean_over_features=costs_and(
        lambda X, y, rate, s: X.T @ (rate - y) / X.shape[1]
    ),
    twice_the_gradient=costs_and(
        lambda X, y, rate, s: 2 * X.T @ (rate - y) / len(y)
    ),
)
mistakes(
    "count_loss",
    "the digamma function, or a term with y! at all, has no place in the "
    "gradient: y! doesn't depend on w.",
    factorial_in_the_gradient=costs_and(
        lambda X, y, rate, s: X.T @ (rate - y + gammaln(y + 1)) / len(y)
    ),
)


@mistake(
    "count_loss",
    "of log y!, too, the mean is taken, not the sum.",
)
def sum_of_the_factorials_only(X, y, w):
    s = X @ w
    loss = np.mean(np.exp(s) - y * s) + gammaln(y + 1).sum()
    return loss, slope(X, y, w)


@mistake(
    "count_loss",
    "the rate is e to the score, without 1 + and a logarithm around it.",
)
def softplus_as_rate(X, y, w):
    rate = np.log1p(np.exp(X @ w))
    return np.mean(rate - y * np.log(rate) + gammaln(y + 1)), slope(X, y, w)


@mistake(
    "count_loss",
    "the rate is e to the score; a sigmoid would keep it below 1.",
)
def sigmoid_as_rate(X, y, w):
    rate = expit(X @ w)
    return np.mean(rate - y * np.log(rate) + gammaln(y + 1)), slope(X, y, w)


@mistake(
    "count_loss",
    "the logarithm of the mean probability isn't the mean of the logarithms.",
)
def log_of_the_mean_probability(X, y, w):
    return -np.log(np.mean(np.exp(-costs(X, y, w)))), slope(X, y, w)


@mistake(
    "count_loss",
    "these are probabilities, not minus their logarithms.",
)
def mean_probability(X, y, w):
    return np.mean(np.exp(-costs(X, y, w))), slope(X, y, w)


def with_count_loss(loss):
    """Return an answer of which only the loss is wrong."""

    def count_loss(X, y, w):
        s = X @ w
        return np.mean(loss(s, y, gammaln(y + 1))), slope(X, y, w)

    return count_loss


mistakes(
    "count_loss",
    "natural logarithms, also of y!: np.log, not np.log10.",
    decimal_logarithms=with_count_loss(
        lambda s, y, f: np.exp(s) - y * s + f / np.log(10)
    ),
    decimal_logarithms_everywhere=with_count_loss(
        lambda s, y, f: (np.exp(s) - y * s + f) / np.log(10)
    ),
)
mistakes(
    "count_loss",
    "the rate is e to the score, not to minus the score.",
    rate_of_minus_the_score=with_count_loss(
        lambda s, y, f: np.exp(-s) + y * s + f
    ),
    rate_of_minus_the_score_once=with_count_loss(
        lambda s, y, f: np.exp(-s) - y * s + f
    ),
)
mistakes(
    "count_loss",
    "the logarithm of the rate is the score, so y is multiplied by the score, "
    "and by the logarithm of nothing else.",
    logarithm_of_the_score=with_count_loss(
        lambda s, y, f: np.exp(s) - y * np.log(np.abs(s) + 1e-12) + f
    ),
    y_divided=with_count_loss(lambda s, y, f: np.exp(s) - s + f),
    rate_times_s=with_count_loss(
        lambda s, y, f: np.exp(s) - np.exp(s) * s + f
    ),
    y_alone=with_count_loss(lambda s, y, f: np.exp(s) - y + f),
)
mistakes(
    "count_loss",
    "(y/rate - 1) is minus the derivative by the rate; with respect to the "
    "score a factor is added, and the loss has a minus.",
    minus_the_derivative_by_the_rate=costs_and(
        lambda X, y, rate, s: X.T @ (y / rate - 1) / len(y)
    ),
)
mistakes(
    "count_loss",
    "the loss is a mean over n, so its gradient has the factor 1/n. And the "
    "sign is the other one.",
    gradient_without_n_and_sign=costs_and(
        lambda X, y, rate, s: X.T @ (y - rate)
    ),
)


mistakes(
    "count_loss",
    "log y! is approximated; gammaln(y + 1) is exact.",
    stirling=with_count_loss(
        lambda s, y, f: np.exp(s) - y * s + xlogy(y, y) - y
    ),
)
mistakes(
    "count_loss",
    "of log y!, the mean is taken over the counts; it isn't the log y! of the "
    "mean count.",
    factorial_of_the_mean=with_count_loss(
        lambda s, y, f: np.exp(s) - y * s + gammaln(y.mean() + 1)
    ),
)
mistakes(
    "count_loss",
    "the loss is twice, or half, what it should be.",
    twice_the_loss=with_count_loss(
        lambda s, y, f: 2 * (np.exp(s) - y * s + f)
    ),
    half_the_loss=with_count_loss(lambda s, y, f: (np.exp(s) - y * s + f) / 2),
)
mistakes(
    "count_loss",
    "X multiplies the whole residual, rate minus count, not the rate alone.",
    X_times_the_rate_only=costs_and(
        lambda X, y, rate, s: np.mean(rate[:, None] * X - y[:, None], axis=0)
    ),
    X_times_the_count_only=costs_and(
        lambda X, y, rate, s: np.mean(rate[:, None] - X * y[:, None], axis=0)
    ),
)
mistakes(
    "count_loss",
    "w itself is added: that would belong to a penalty on w.",
    weights_added=lambda X, y, w: (
        costs(X, y, w).mean(),
        slope(X, y, w) + w,
    ),
)
TOO_LARGE = (
    "from a certain count on its factorial is too large for a number of this "
    "kind; its logarithm isn't."
)


@mistake("count_loss", TOO_LARGE)
def logarithm_of_the_factorial(X, y, w):
    s = X @ w
    with np.errstate(all="ignore"):
        logs = np.log(gamma(y + 1.0))
    return np.mean(np.exp(s) - y * s + logs), slope(X, y, w)


@mistake("count_loss", TOO_LARGE)
def factorial_in_whole_numbers(X, y, w):
    s = X @ w
    with np.errstate(all="ignore"):
        logs = [np.log(np.prod(np.arange(1, k + 1))) for k in y]
    return np.mean(np.exp(s) - y * s + logs), slope(X, y, w)


@mistake(
    "count_loss",
    "with many visitors a probability is too small for a float, and a power "
    "too large: take the logarithm on paper.",
)
def logarithm_of_the_probability(X, y, w):
    rate = np.exp(X @ w)
    with np.errstate(all="ignore"):
        probs = rate**y * np.exp(-rate) / gamma(y + 1.0)
        return -np.mean(np.log(probs)), slope(X, y, w)


@mistake(
    "count_loss",
    "scores are cut off: here they are -20, elsewhere rates go into the "
    "thousands.",
)
def scores_cut_off(X, y, w):
    s = np.clip(X @ w, -5, 5)
    rate = np.exp(s)
    loss = np.mean(rate - y * s + gammaln(y + 1))
    return loss, X.T @ (rate - y) / len(y)


@mistake(
    "count_loss",
    "the factorials of large counts don't fit into NumPy's whole numbers: "
    "special.gammaln(y + 1) is log y!",
    message="loop of ufunc does not support argument 0 of type int",
)
def logarithms_of_long_factorials(X, y, w):
    s = X @ w
    logs = np.log(np.array([math.factorial(int(count)) for count in y]))
    return np.mean(np.exp(s) - y * s + logs), slope(X, y, w)


@accepted("count_loss")
def counts_by_loops(X, y, w):
    loss, gradient = 0.0, [0.0] * len(w)
    for x, count in zip(X, y):
        s = sum(a * b for a, b in zip(x, w))
        loss += math.exp(s) - count * s + math.lgamma(count + 1)
        for j in range(len(w)):
            gradient[j] += x[j] * (math.exp(s) - count) / len(y)
    return loss / len(y), gradient


@accepted("count_loss")
def counts_by_probabilities(X, y, w):
    rate = np.exp(np.einsum("ij,j->i", X, w))
    logs = xlogy(y, rate) - rate - gammaln(y + 1.0)
    return [-np.average(logs), ((rate - y)[:, None] * X).mean(axis=0)]


@accepted("count_loss")
def counts_by_cumulative_sums(X, y, w):
    log_factorials = np.array(
        [np.log(np.arange(1, count + 1)).sum() for count in y]
    )
    s = X.dot(w)
    return (np.exp(s) - y * s + log_factorials).mean(), slope(X, y, w)


# 4 · Mean and spread


def parts(mean, log_spread, y):
    spread = np.exp(log_spread)
    z = (y - mean) / spread
    nll = np.log(2 * np.pi) / 2 + log_spread + z**2 / 2
    return nll, -z / spread, 1 - z**2


def with_loss(loss):
    """Return an answer of which only the loss is wrong."""

    def gaussian_loss(mean, log_spread, y):
        nll, by_mean, by_log = parts(mean, log_spread, y)
        wrong = loss(mean, np.exp(log_spread), y, nll)
        return wrong, by_mean / len(y), by_log / len(y)

    return gaussian_loss


HALF_LOG_2PI = np.log(2 * np.pi) / 2

mistakes(
    "gaussian_loss",
    "the constant is missing: what becomes of the root of 2π?",
    no_constant=with_loss(lambda m, s, y, nll: np.mean(nll) - HALF_LOG_2PI),
)
mistakes(
    "gaussian_loss",
    "the root of 2π gives *half* the logarithm of 2π.",
    whole_log_2pi=with_loss(lambda m, s, y, nll: np.mean(nll) + HALF_LOG_2PI),
)
mistakes(
    "gaussian_loss",
    "2π stands in the denominator of the density, so minus the logarithm has "
    "plus half of log 2π.",
    constant_subtracted=with_loss(
        lambda m, s, y, nll: np.mean(nll) - 2 * HALF_LOG_2PI
    ),
)
mistakes(
    "gaussian_loss",
    "the constant is half the logarithm of 2π: is the 2 or the π lost?",
    log_pi=with_loss(lambda m, s, y, nll: np.mean(nll) - np.log(2) / 2),
    log_2=with_loss(lambda m, s, y, nll: np.mean(nll) - np.log(np.pi) / 2),
)
mistakes(
    "gaussian_loss",
    "the root of 2π itself is added, not its logarithm.",
    root_of_2pi=with_loss(
        lambda m, s, y, nll: np.mean(nll) - HALF_LOG_2PI + np.sqrt(2 * np.pi)
    ),
)
mistakes(
    "gaussian_loss",
    "the loss is a mean over the crossings, not a sum.",
    spread_sum=with_loss(lambda m, s, y, nll: np.sum(nll)),
)


@mistake("gaussian_loss", "the loss is a mean over the crossings, not a sum.")
def spread_sums_everywhere(mean, log_spread, y):
    nll, by_mean, by_log = parts(mean, log_spread, y)
    return nll.sum(), by_mean, by_log


mistakes(
    "gaussian_loss",
    "a loss is minus the log-likelihood.",
    spread_log_likelihood=with_loss(lambda m, s, y, nll: -np.mean(nll)),
)
mistakes(
    "gaussian_loss",
    "these are the losses one by one: take their mean.",
    spread_one_by_one=with_loss(lambda m, s, y, nll: nll),
)
mistakes(
    "gaussian_loss",
    "log_spread is the logarithm of the spread, not of the variance.",
    logarithm_of_the_variance=with_loss(
        lambda m, s, y, nll: np.mean(
            HALF_LOG_2PI + np.log(s) / 2 + (y - m) ** 2 / s / 2
        )
    ),
)
mistakes(
    "gaussian_loss",
    "the squared error is divided by twice the *square* of the spread.",
    divided_by_the_spread_once=with_loss(
        lambda m, s, y, nll: np.mean(
            HALF_LOG_2PI + np.log(s) + (y - m) ** 2 / s / 2
        )
    ),
)
mistakes(
    "gaussian_loss",
    "the ½ before the squared error is lost.",
    without_a_half=with_loss(
        lambda m, s, y, nll: np.mean(
            HALF_LOG_2PI + np.log(s) + (y - m) ** 2 / s**2
        )
    ),
)
mistakes(
    "gaussian_loss",
    "the logarithm of the spread is there twice: the density is divided by "
    "the spread once.",
    log_spread_twice=with_loss(lambda m, s, y, nll: np.mean(nll + np.log(s))),
)
mistakes(
    "gaussian_loss",
    "the logarithm of the spread is missing: the density is divided by the "
    "spread.",
    without_log_spread=with_loss(
        lambda m, s, y, nll: np.mean(nll - np.log(s))
    ),
)
mistakes(
    "gaussian_loss",
    "the logarithm of the spread is halved, or only the variance's root; the "
    "density is divided by the spread itself.",
    half_log_spread=with_loss(
        lambda m, s, y, nll: np.mean(nll - np.log(s) / 2)
    ),
)
mistakes(
    "gaussian_loss",
    "the logarithm of the spread has the other sign: the density is divided "
    "by the spread.",
    minus_log_spread=with_loss(
        lambda m, s, y, nll: np.mean(nll - 2 * np.log(s))
    ),
)
mistakes(
    "gaussian_loss",
    "the spread itself is added, not its logarithm.",
    spread_for_log_spread=with_loss(
        lambda m, s, y, nll: np.mean(nll - np.log(s) + s)
    ),
)
mistakes(
    "gaussian_loss",
    "log_spread is taken for the spread: the spread is e to the power of it.",
    log_spread_as_spread=with_loss(
        lambda m, s, y, nll: np.mean(
            HALF_LOG_2PI
            + np.log(np.abs(np.log(s)) + 1e-12)
            + (y - m) ** 2 / (np.log(s) + 1e-12) ** 2 / 2
        )
    ),
)
mistakes(
    "gaussian_loss",
    "the squared error has the other sign.",
    minus_the_square=with_loss(
        lambda m, s, y, nll: np.mean(nll - (y - m) ** 2 / s**2)
    ),
)
mistakes(
    "gaussian_loss",
    "this is the density, or a product of them; minus the mean of its "
    "logarithms is the loss.",
    mean_density=with_loss(lambda m, s, y, nll: np.mean(np.exp(-nll))),
    product_of_densities=with_loss(lambda m, s, y, nll: np.prod(np.exp(-nll))),
)
mistakes(
    "gaussian_loss",
    "take the logarithm of each density first, then the mean: not the other "
    "way round.",
    log_of_the_mean_density=with_loss(
        lambda m, s, y, nll: -np.log(np.mean(np.exp(-nll)))
    ),
)


def with_gradients(by_mean=None, by_log=None):
    """Return an answer with a right loss and these wrong gradients of one
    crossing's loss."""

    def gaussian_loss(mean, log_spread, y):
        nll, right_mean, right_log = parts(mean, log_spread, y)
        e, s, n = y - mean, np.exp(log_spread), len(y)
        first = by_mean(e, s, n) if by_mean else right_mean / n
        second = by_log(e, s, n) if by_log else right_log / n
        return np.mean(nll), first, second

    return gaussian_loss


WRONG_WAY = (
    "the loss is right, but this gradient points the other way: a mean that "
    "is too small has a negative gradient."
)
mistakes(
    "gaussian_loss",
    WRONG_WAY,
    mean_gradient_with_the_wrong_sign=with_gradients(
        lambda e, s, n: e / s**2 / n
    ),
)
mistakes(
    "gaussian_loss",
    "the loss is a mean over n crossings, so each crossing has 1/n of it, and "
    "so has its gradient.",
    mean_gradient_without_n=with_gradients(lambda e, s, n: -e / s**2),
    mean_gradient_without_n_both=with_gradients(
        lambda e, s, n: -e / s**2, lambda e, s, n: 1 - e**2 / s**2
    ),
)
mistakes(
    "gaussian_loss",
    "the sign and the factor 1/n: a mean that is too small has a negative "
    "gradient, and each crossing has 1/n of the mean.",
    mean_gradient_without_n_and_sign=with_gradients(lambda e, s, n: e / s**2),
)
mistakes(
    "gaussian_loss",
    "the square of the error is divided by the spread twice, and so is its "
    "derivative.",
    mean_gradient_over_the_spread=with_gradients(lambda e, s, n: -e / s / n),
)
mistakes(
    "gaussian_loss",
    "the spread is missing in this gradient: where the spread is large, an "
    "error is less of a reason to move.",
    mean_gradient_without_the_spread=with_gradients(lambda e, s, n: -e / n),
)
mistakes(
    "gaussian_loss",
    "the derivative of ½ z² is z, without a factor 2 or ½.",
    mean_gradient_twice=with_gradients(lambda e, s, n: -2 * e / s**2 / n),
    mean_gradient_half=with_gradients(lambda e, s, n: -e / s**2 / n / 2),
)
mistakes(
    "gaussian_loss",
    "the loss is a mean over n crossings, so this gradient has the factor "
    "1/n, too.",
    log_gradient_without_n=with_gradients(
        None, lambda e, s, n: 1 - e**2 / s**2
    ),
)
mistakes(
    "gaussian_loss",
    "this gradient points the other way: where the error is 0, a larger "
    "spread makes the loss larger.",
    log_gradient_with_the_wrong_sign=with_gradients(
        None, lambda e, s, n: (e**2 / s**2 - 1) / n
    ),
)
mistakes(
    "gaussian_loss",
    "this is the derivative by the spread; by its logarithm, t, it is that "
    "times the derivative of e to the power t.",
    gradient_by_the_spread=with_gradients(
        None, lambda e, s, n: (1 / s - e**2 / s**3) / n
    ),
)
mistakes(
    "gaussian_loss",
    "1/σ, from log σ, is a derivative by σ; by t, of which log σ is itself, "
    "the first term is another.",
    one_over_the_spread_first=with_gradients(
        None, lambda e, s, n: (1 / s - e**2 / s**2) / n
    ),
)
mistakes(
    "gaussian_loss",
    "the second term is the derivative by σ: by t it has another power of "
    "the spread.",
    cube_of_the_spread=with_gradients(
        None, lambda e, s, n: (1 - e**2 / s**3) / n
    ),
    spread_not_squared=with_gradients(
        None, lambda e, s, n: (1 - e**2 / s) / n
    ),
    squares_without_the_spread=with_gradients(
        None, lambda e, s, n: (1 - e**2) / n
    ),
)
mistakes(
    "gaussian_loss",
    "½ z² with z = e/σ: σ stands there squared, so what does its derivative "
    "by t have in place of the ½?",
    half_the_square=with_gradients(
        None, lambda e, s, n: (1 - e**2 / s**2 / 2) / n
    ),
    twice_the_square=with_gradients(
        None, lambda e, s, n: (1 - 2 * e**2 / s**2) / n
    ),
)
mistakes(
    "gaussian_loss",
    "the derivative of t itself is missing in this gradient.",
    square_only=with_gradients(None, lambda e, s, n: -(e**2) / s**2 / n),
)
mistakes(
    "gaussian_loss",
    "the sign of the second term: a larger spread makes the squared error "
    "count *less*.",
    plus_the_square=with_gradients(
        None, lambda e, s, n: (1 + e**2 / s**2) / n
    ),
)
mistakes(
    "gaussian_loss",
    "the sign of the first term: the loss itself grows with log_spread.",
    minus_one=with_gradients(None, lambda e, s, n: (-1 - e**2 / s**2) / n),
)
mistakes(
    "gaussian_loss",
    "this contains log σ itself; what is the derivative of t by t?",
    log_spread_in_the_gradient=with_gradients(
        None, lambda e, s, n: (np.log(s) - e**2 / s**2) / n
    ),
)
mistakes(
    "gaussian_loss",
    "these are first the gradient by the log-spreads, then that by the "
    "means: the other way round.",
    gradients_exchanged=lambda m, t, y: (
        parts(m, t, y)[0].mean(),
        parts(m, t, y)[2] / len(y),
        parts(m, t, y)[1] / len(y),
    ),
)
mistakes(
    "gaussian_loss",
    "return the loss and two gradients, three things.",
    spread_loss_only=lambda m, t, y: parts(m, t, y)[0].mean(),
)


mistakes(
    "gaussian_loss",
    "the sign, and the factor 1/n: where the error is 0, a larger spread "
    "makes the loss larger, and each crossing has 1/n of the mean.",
    log_gradient_without_n_and_sign=with_gradients(
        None, lambda e, s, n: e**2 / s**2 - 1
    ),
)
mistakes(
    "gaussian_loss",
    "the derivative of t by t is a plain 1, without the spread.",
    spread_for_one=with_gradients(None, lambda e, s, n: (s - e**2 / s**2) / n),
    spread_times_all=with_gradients(None, lambda e, s, n: (s - e**2 / s) / n),
)
mistakes(
    "gaussian_loss",
    "this looks like the derivative by the variance, or by its logarithm: a "
    "factor ½ too much.",
    by_the_log_variance=with_gradients(
        None, lambda e, s, n: (1 - e**2 / s**2) / n / 2
    ),
    by_the_variance=with_gradients(
        None, lambda e, s, n: (1 / s**2 - e**2 / s**4) / n / 2
    ),
)
mistakes(
    "gaussian_loss",
    "a constant has no derivative: ½ log 2π isn't in the gradient.",
    constant_in_the_gradient=with_gradients(
        None, lambda e, s, n: (HALF_LOG_2PI + 1 - e**2 / s**2) / n
    ),
)
mistakes(
    "gaussian_loss",
    "the *square* of z stands in this gradient: a large error asks for a "
    "larger spread whatever its sign.",
    z_not_squared=with_gradients(None, lambda e, s, n: (1 - e / s) / n),
    size_of_z=with_gradients(None, lambda e, s, n: (1 - np.abs(e) / s) / n),
)
mistakes(
    "gaussian_loss",
    "the derivative of a square is the error itself, with its sign.",
    square_in_the_mean_gradient=with_gradients(
        lambda e, s, n: -(e**2) / s**2 / n
    ),
    size_in_the_mean_gradient=with_gradients(
        lambda e, s, n: -np.abs(e) / s**2 / n
    ),
    sign_in_the_mean_gradient=with_gradients(
        lambda e, s, n: -np.sign(e) / s / n
    ),
)
mistakes(
    "gaussian_loss",
    "in the gradient by the mean the square of the spread is in the "
    "denominator, neither a third power nor a root.",
    cube_in_the_mean_gradient=with_gradients(lambda e, s, n: -e / s**3 / n),
    fourth_power_in_the_mean_gradient=with_gradients(
        lambda e, s, n: -e / s**4 / n
    ),
)
mistakes(
    "gaussian_loss",
    "this gradient is multiplied by the spread where it is to be divided.",
    mean_gradient_times_the_spread=with_gradients(lambda e, s, n: -e * s / n),
    mean_gradient_times_the_variance=with_gradients(
        lambda e, s, n: -e * s**2 / n
    ),
)
mistakes(
    "gaussian_loss",
    "one entry for each crossing: nothing is added up.",
    mean_gradient_summed=with_gradients(
        lambda e, s, n: np.mean(-e / s**2), lambda e, s, n: np.mean(1 - e**2)
    ),
    log_gradient_summed=with_gradients(
        None, lambda e, s, n: np.mean(1 - e**2 / s**2)
    ),
)


mistakes(
    "gaussian_loss",
    "a / 2 * b is a times b, halved: the square of the spread belongs in the "
    "denominator, in parentheses.",
    times_the_variance=with_loss(
        lambda m, s, y, nll: np.mean(
            HALF_LOG_2PI + np.log(s) + (y - m) ** 2 / 2 * s**2
        )
    ),
    times_the_spread=with_loss(
        lambda m, s, y, nll: np.mean(
            HALF_LOG_2PI + np.log(s) + (y - m) ** 2 / 2 * s
        )
    ),
)
mistakes(
    "gaussian_loss",
    "the error stands there squared, z²; here it is its size, or without the "
    "square.",
    size_of_the_error=with_loss(
        lambda m, s, y, nll: np.mean(
            HALF_LOG_2PI + np.log(s) + np.abs(y - m) / s
        )
    ),
    half_the_size_of_the_error=with_loss(
        lambda m, s, y, nll: np.mean(
            HALF_LOG_2PI + np.log(s) + np.abs(y - m) / s / 2
        )
    ),
    error_not_squared=with_loss(
        lambda m, s, y, nll: np.mean(
            HALF_LOG_2PI + np.log(s) + (y - m) / s / 2
        )
    ),
)
mistakes(
    "gaussian_loss",
    "the factor before the exponential comes into the loss by its logarithm.",
    factor_subtracted=with_loss(
        lambda m, s, y, nll: np.mean(
            nll - HALF_LOG_2PI - 1 / np.sqrt(2 * np.pi)
        )
    ),
    factor_with_the_spread_subtracted=with_loss(
        lambda m, s, y, nll: np.mean(
            (y - m) ** 2 / s**2 / 2 - 1 / np.sqrt(2 * np.pi) / s
        )
    ),
)
mistakes(
    "gaussian_loss",
    "the squared error isn't divided by anything of the spread: see the "
    "exponent.",
    error_without_the_spread=with_loss(
        lambda m, s, y, nll: np.mean(
            HALF_LOG_2PI + np.log(s) + (y - m) ** 2 / 2
        )
    ),
)
mistakes(
    "gaussian_loss",
    "it is divided by n twice: once is enough.",
    mean_gradient_over_n_twice=with_gradients(
        lambda e, s, n: -e / s**2 / n**2
    ),
    log_gradient_over_n_twice=with_gradients(
        None, lambda e, s, n: (1 - e**2 / s**2) / n**2
    ),
)
mistakes(
    "gaussian_loss",
    "to go from σ to t multiply the derivative by dσ/dt, which is σ itself, "
    "and not by t.",
    chain_rule_with_t=with_gradients(
        None, lambda e, s, n: (1 / s - e**2 / s**3) * np.log(s) / n
    ),
    chain_rule_divided=with_gradients(
        None, lambda e, s, n: (1 / s - e**2 / s**3) / s / n
    ),
)


mistakes(
    "gaussian_loss",
    "two things: the sign (a mean that is too small has a negative gradient) "
    "and the power of the spread.",
    z_for_the_mean_gradient=with_gradients(lambda e, s, n: e / s / n),
    error_for_the_mean_gradient=with_gradients(lambda e, s, n: e / n),
)
mistakes(
    "gaussian_loss",
    "the *root* of 2πσ² stands before the exponential: half of its logarithm.",
    whole_log_of_the_variance=with_loss(
        lambda m, s, y, nll: np.mean(nll + HALF_LOG_2PI + np.log(s))
    ),
)
mistakes(
    "gaussian_loss",
    "of the factor before the exponential the logarithm is missing.",
    factor_added=with_loss(
        lambda m, s, y, nll: np.mean(
            np.sqrt(2 * np.pi) * s + (y - m) ** 2 / s**2 / 2
        )
    ),
)


@mistake(
    "gaussian_loss",
    "so many spreads away the density is too small for a float and becomes 0: "
    "take the logarithm on paper.",
)
def logarithm_of_the_density(mean, log_spread, y):
    _, by_mean, by_log = parts(mean, log_spread, y)
    spread = np.exp(log_spread)
    density = np.exp(-((y - mean) ** 2) / 2 / spread**2)
    with np.errstate(all="ignore"):
        nll = -np.log(density / spread / np.sqrt(2 * np.pi))
    return nll.mean(), by_mean / len(y), by_log / len(y)


@mistake(
    "gaussian_loss",
    "small spreads are made larger: a spread may be tiny.",
)
def spread_of_a_tenth_at_least(mean, log_spread, y):
    log_spread = np.maximum(log_spread, np.log(0.1))
    nll, by_mean, by_log = parts(mean, log_spread, y)
    return nll.mean(), by_mean / len(y), by_log / len(y)


@accepted("gaussian_loss")
def spread_by_loops(mean, log_spread, y):
    n, loss, by_mean, by_log = len(y), 0, [], []
    for m, t, value in zip(mean, log_spread, y):
        variance = math.exp(t) ** 2
        square = (value - m) ** 2
        loss += math.log(math.sqrt(2 * math.pi * variance)) / n
        loss += square / 2 / variance / n
        by_mean.append((m - value) / variance / n)
        by_log.append((1 - square / variance) / n)
    return loss, by_mean, by_log


@accepted("gaussian_loss")
def spread_as_a_list(mean, log_spread, y):
    nll, by_mean, by_log = parts(mean, log_spread, y)
    return [float(nll.mean()), by_mean / y.size, by_log / y.size]


@accepted("gaussian_loss")
def spread_by_the_precision(mean, log_spread, y):
    precision = np.exp(-2 * log_spread)
    error = mean - y
    loss = 0.5 * (error**2 * precision - np.log(precision / 2 / np.pi))
    gradients = np.stack([error * precision, 1 - error**2 * precision])
    return loss.mean(), *(gradients / len(y))


# 5 · The ferry


def ferry(
    start=(0, 0, 0, 0),
    sizes=(1, 1, 1, 1),
    mean=True,
    features=lambda x: x,
    result=lambda path: path[-1],
    more=0,
):
    """Return an answer that differs in one of these."""

    def fit_ferry(x, y, lr, num_steps):
        params, path = np.array(start, dtype=float), []
        X = np.stack([np.ones(len(x)), features(x)], axis=1)
        path.append(params)
        for _ in range(max(0, num_steps + more)):
            outputs = X @ params[:2], X @ params[2:]
            _, *by = checks.gaussian_loss(*outputs, y)
            grads = np.concatenate([X.T @ part for part in by])
            params = params - lr * grads * sizes * (1 if mean else len(y))
            path.append(params)
        return result(path)

    return fit_ferry


mistakes(
    "fit_ferry",
    "the parameters move against the gradient, downhill; yours go uphill.",
    uphill=ferry(sizes=(-1, -1, -1, -1)),
)
mistakes(
    "fit_ferry",
    "gaussian_loss is a mean already: multiply by n nowhere.",
    sum_of_the_losses=ferry(mean=False),
)
mistakes(
    "fit_ferry",
    "the gradients already have 1/n, since the loss is a mean: sum them over "
    "the crossings.",
    another_mean=lambda x, y, lr, num_steps: ferry(
        sizes=np.full(4, 1 / len(x))
    )(x, y, lr, num_steps),
)
mistakes(
    "fit_ferry",
    "d never moves, or moves without x: the log-spread depends on x, too.",
    d_fixed=ferry(sizes=(1, 1, 1, 0)),
)
mistakes(
    "fit_ferry",
    "b never moves: the mean depends on x, too.",
    b_fixed=ferry(sizes=(1, 0, 1, 1)),
)
mistakes(
    "fit_ferry",
    "c and d never move: the spread is to be learnt, too.",
    spread_fixed=ferry(sizes=(1, 1, 0, 0)),
)
mistakes(
    "fit_ferry",
    "a and b never move.",
    mean_fixed=ferry(sizes=(0, 0, 1, 1)),
)
mistakes(
    "fit_ferry",
    "begin with a = b = c = d = 0.",
    from_ones=ferry(start=(1, 1, 1, 1)),
    log_spread_from_one=ferry(start=(0, 0, 1, 0)),
)
mistakes(
    "fit_ferry",
    "nothing has moved: are the parameters whole numbers, [0, 0, 0, 0], or is "
    "there one step too few?",
    one_step_less=ferry(more=-1),
)
mistakes(
    "fit_ferry",
    "too many steps: num_steps of them, and no other number.",
    one_step_more=ferry(more=1),
)
mistakes(
    "fit_ferry",
    "return the last parameters only, (4,), not all of them.",
    history=ferry(result=lambda path: np.array(path)),
    history_without_the_start=ferry(result=lambda path: np.array(path[1:])),
)
mistakes(
    "fit_ferry",
    "return a, b, c, d in one array (4,).",
    two_pairs=ferry(result=lambda path: (path[-1][:2], path[-1][2:])),
    two_by_two=ferry(result=lambda path: path[-1].reshape(2, 2)),
)
mistakes(
    "fit_ferry",
    "return the parameters in the order a, b, c, d.",
    another_order=ferry(result=lambda path: path[-1][[0, 2, 1, 3]]),
)
mistakes(
    "fit_ferry",
    "the learning rate `lr` is ignored, or halved.",
    without_the_rate_given=lambda x, y, lr, num_steps: ferry()(
        x, y, 1.0, num_steps
    ),
    rate_of_a_hundredth=lambda x, y, lr, num_steps: ferry()(
        x, y, 0.01, num_steps
    ),
)


@mistake(
    "fit_ferry",
    "b and d are slopes: their gradients sum up what belongs to a and c, "
    "multiplied by x.",
)
def slopes_without_x(x, y, lr, num_steps):
    a, b, c, d = np.zeros(4)
    for _ in range(num_steps):
        _, by_mean, by_log = checks.gaussian_loss(a + b * x, c + d * x, y)
        a, b = a - lr * by_mean.sum(), b - lr * by_mean.sum()
        c, d = c - lr * by_log.sum(), d - lr * by_log.sum()
    return np.array([a, b, c, d])


@mistake(
    "fit_ferry",
    "d is a slope, too: multiply by x before you sum.",
)
def d_without_x(x, y, lr, num_steps):
    a, b, c, d = np.zeros(4)
    for _ in range(num_steps):
        _, by_mean, by_log = checks.gaussian_loss(a + b * x, c + d * x, y)
        a, b = a - lr * by_mean.sum(), b - lr * by_mean @ x
        c, d = c - lr * by_log.sum(), d - lr * by_log.sum()
    return np.array([a, b, c, d])


@mistake(
    "fit_ferry",
    "all four parameters move at once: c and d are changed with gradients "
    "that already know the new a and b.",
)
def one_after_the_other(x, y, lr, num_steps):
    a, b, c, d = np.zeros(4)
    for _ in range(num_steps):
        _, by_mean, _ = checks.gaussian_loss(a + b * x, c + d * x, y)
        a, b = a - lr * by_mean.sum(), b - lr * by_mean @ x
        _, _, by_log = checks.gaussian_loss(a + b * x, c + d * x, y)
        c, d = c - lr * by_log.sum(), d - lr * by_log @ x
    return np.array([a, b, c, d])


@mistake(
    "fit_ferry",
    "all four parameters move at once: compute the four gradients at the same "
    "place.",
)
def each_after_the_other(x, y, lr, num_steps):
    params = np.zeros(4)
    for _ in range(num_steps):
        for j in range(4):
            outputs = params[0] + params[1] * x, params[2] + params[3] * x
            by = checks.gaussian_loss(*outputs, y)[1 + j // 2]
            params[j] -= lr * (by @ x if j % 2 else by.sum())
    return params


@mistake(
    "fit_ferry",
    "the second output is the logarithm of the spread already: c + dx goes "
    "into the loss as it is.",
)
def exponential_of_the_second_output(x, y, lr, num_steps):
    a, b, c, d = np.zeros(4)
    for _ in range(num_steps):
        outputs = a + b * x, np.exp(c + d * x)
        _, by_mean, by_log = checks.gaussian_loss(*outputs, y)
        a, b = a - lr * by_mean.sum(), b - lr * by_mean @ x
        c, d = c - lr * by_log.sum(), d - lr * by_log @ x
    return np.array([a, b, c, d])


@mistake(
    "fit_ferry",
    "the gradients of the first step are used in all steps: compute them "
    "anew in each.",
)
def gradients_once(x, y, lr, num_steps):
    first = ferry()(x, y, lr, min(1, num_steps))
    return first * max(1, num_steps)


@mistake(
    "fit_ferry",
    "this is the line of least squares; a few steps downhill are asked for.",
)
def least_squares(x, y, lr, num_steps):
    b, a = np.polyfit(x, y, 1)
    misses = y - a - b * x
    return np.array([a, b, np.log(np.std(misses)), 0.0])


mistakes(
    "fit_ferry",
    "the learning rate is fixed here: use lr.",
    always_a_tenth=lambda x, y, lr, num_steps: ferry()(x, y, 0.1, num_steps),
)
mistakes(
    "fit_ferry",
    "after the first step it stops: is the return inside the loop?",
    one_step_only=lambda x, y, lr, num_steps: ferry()(
        x, y, lr, min(1, num_steps)
    ),
)
mistakes(
    "fit_ferry",
    "too many steps: num_steps of them, and no other number.",
    always_two_steps=lambda x, y, lr, num_steps: ferry()(x, y, lr, 2),
)
mistakes(
    "fit_ferry",
    "one step more changes nothing: does num_steps count them?",
    always_a_thousand_steps=lambda x, y, lr, num_steps: ferry()(
        x, y, lr, 1000
    ),
)


@mistake(
    "fit_ferry",
    "the steps have a memory; plain gradient descent moves by lr times the "
    "gradient and nothing else.",
)
def momentum(x, y, lr, num_steps):
    params, velocity, before = np.zeros(4), np.zeros(4), np.zeros(4)
    for step in range(num_steps):
        before = params
        grads = (params - _one_step(params, x, y, lr)) / lr
        velocity = 0.9 * velocity + grads
        params = before - lr * velocity
    return params


def _one_step(params, x, y, lr):
    a, b, c, d = params
    _, by_mean, by_log = checks.gaussian_loss(a + b * x, c + d * x, y)
    grads = by_mean.sum(), by_mean @ x, by_log.sum(), by_log @ x
    return params - lr * np.array(grads)


@mistake(
    "fit_ferry",
    "what belongs to the mean and what to the log-spread is exchanged: in the "
    "outputs, in the gradients, or in the result.",
)
def parts_exchanged(x, y, lr, num_steps):
    a, b, c, d = np.zeros(4)
    for _ in range(num_steps):
        _, by_log, by_mean = checks.gaussian_loss(a + b * x, c + d * x, y)
        a, b = a - lr * by_mean.sum(), b - lr * by_mean @ x
        c, d = c - lr * by_log.sum(), d - lr * by_log @ x
    return np.array([a, b, c, d])


@mistake(
    "fit_ferry",
    "what belongs to the mean and what to the log-spread is exchanged: in the "
    "outputs, in the gradients, or in the result.",
)
def spread_first(x, y, lr, num_steps):
    return ferry()(x, y, lr, num_steps)[[2, 3, 0, 1]]


@mistake(
    "fit_ferry",
    "with respect to b each crossing counts with its x, not with the mean of "
    "x, and to d, too.",
)
def mean_of_x(x, y, lr, num_steps):
    params = np.zeros(4)
    for _ in range(num_steps):
        a, b, c, d = params
        _, by_mean, by_log = checks.gaussian_loss(a + b * x, c + d * x, y)
        grads = [by_mean.sum(), by_mean.sum() * x.mean()]
        grads += [by_log.sum(), by_log.sum() * x.mean()]
        params = params - lr * np.array(grads)
    return params


def own_loss(by_mean, by_log):
    """Return an answer that has its own, wrong gradients."""

    def fit_ferry(x, y, lr, num_steps):
        params = np.zeros(4)
        for _ in range(num_steps):
            e = y - params[0] - params[1] * x
            s = np.exp(params[2] + params[3] * x)
            first, second = by_mean(e, s), by_log(e, s)
            grads = [first.mean(), (first * x).mean()]
            grads += [second.mean(), (second * x).mean()]
            params = params - lr * np.array(grads)
        return params

    return fit_ferry


mistakes(
    "fit_ferry",
    "one step is right, since every spread is 1 there; later a power of the "
    "spread is wrong in your gradients.",
    spread_once=own_loss(lambda e, s: -e / s, lambda e, s: 1 - e**2 / s),
    spread_once_for_the_mean=own_loss(
        lambda e, s: -e / s, lambda e, s: 1 - e**2 / s**2
    ),
    spread_once_for_the_log=own_loss(
        lambda e, s: -e / s**2, lambda e, s: 1 - e**2 / s
    ),
    by_the_spread=own_loss(
        lambda e, s: -e / s**2, lambda e, s: 1 / s - e**2 / s**3
    ),
    no_spread_for_the_mean=own_loss(
        lambda e, s: -e, lambda e, s: 1 - e**2 / s**2
    ),
)


mistakes(
    "fit_ferry",
    "c and d go uphill, a and b downhill: all four go against the gradient.",
    spread_uphill=ferry(sizes=(1, 1, -1, -1)),
)
mistakes(
    "fit_ferry",
    "a and b go uphill, c and d downhill: all four go against the gradient.",
    mean_uphill=ferry(sizes=(-1, -1, 1, 1)),
)


@mistake("fit_ferry", "the learning rate is the same in all steps.")
def smaller_and_smaller_steps(x, y, lr, num_steps):
    params = np.zeros(4)
    for step in range(num_steps):
        params = _one_step(params, x, y, lr / (step + 1))
    return params


@mistake(
    "fit_ferry",
    "one step uses all crossings together; here each crossing has a step of "
    "its own.",
)
def a_step_for_each_crossing(x, y, lr, num_steps):
    params = np.zeros(4)
    for _ in range(num_steps):
        for i in range(len(x)):
            params = _one_step(params, x[i : i + 1], y[i : i + 1], lr)
    return params


@mistake(
    "fit_ferry",
    "parameters that begin as whole numbers stay whole: begin with floats, "
    "np.zeros(4).",
    message="Cannot cast",
)
def whole_numbers_in_place(x, y, lr, num_steps):
    params = np.array([0, 0, 0, 0])
    params -= lr * np.ones(4)
    return params


@mistake(
    "fit_ferry",
    "nothing has moved: are the parameters whole numbers, [0, 0, 0, 0], or is "
    "there one step too few?",
)
def whole_numbers(x, y, lr, num_steps):
    params = np.array([0, 0, 0, 0])
    for _ in range(num_steps):
        params[:] = _one_step(params, x, y, lr)
    return params


@mistake(
    "fit_ferry",
    "each parameter is one number: with respect to it the gradient is a sum "
    "over the crossings.",
)
def not_summed(x, y, lr, num_steps):
    a = b = c = d = 0.0
    for _ in range(num_steps):
        _, by_mean, by_log = checks.gaussian_loss(a + b * x, c + d * x, y)
        a, b = a - lr * by_mean, b - lr * by_mean * x
        c, d = c - lr * by_log, d - lr * by_log * x
    return np.array([a, b, c, d])


mistakes(
    "fit_ferry",
    "x and y are standardized already, or nearly so: use them as they are.",
    x_centred=lambda x, y, lr, num_steps: ferry()(
        x - x.mean(), y, lr, num_steps
    ),
    x_standardized=lambda x, y, lr, num_steps: ferry()(
        (x - x.mean()) / x.std(), y, lr, num_steps
    ),
    both_standardized=lambda x, y, lr, num_steps: ferry()(
        (x - x.mean()) / x.std(), (y - y.mean()) / y.std(), lr, num_steps
    ),
)


@mistake(
    "fit_ferry",
    "with num_steps=0 the loop doesn't run: what you return needs a value "
    "before it, the start.",
    message="cannot access local variable",
)
def bound_in_the_loop_only(x, y, lr, num_steps):
    for steps in range(num_steps):
        found = ferry()(x, y, lr, steps + 1)
    return found


@accepted("fit_ferry")
def with_own_loss(x, y, lr, num_steps):
    params = [0.0] * 4
    for _ in range(num_steps):
        a, b, c, d = params
        spread = np.exp(c + d * x)
        z = (y - a - b * x) / spread
        by_mean, by_log = -z / spread, 1 - z**2
        grads = (by_mean, by_mean * x, by_log, by_log * x)
        params = [p - lr * g.mean() for p, g in zip(params, grads)]
    return params


@accepted("fit_ferry")
def with_matrices(x, y, lr, num_steps):
    X, W = np.c_[np.ones_like(x), x], np.zeros((2, 2))
    for _ in range(num_steps):
        by = checks.gaussian_loss(*(X @ W).T, y)[1:]
        W -= lr * X.T @ np.array(by).T
    return W.T.ravel()


# 6 · Reliability


def bins_of(probs, num_bins):
    return np.minimum((probs * num_bins).astype(int), num_bins - 1)


def by_bins(
    bins=bins_of,
    mean=lambda probs, day, b, num_bins: probs[day].mean(),
    share=lambda happened, day: happened[day].mean(),
    count=lambda day: day.sum(),
    order=lambda used: used,
):
    """Return an answer that differs in one of these."""

    def reliability(probs, happened, num_bins):
        of_day = bins(probs, num_bins)
        used = order(np.unique(of_day))
        days = [of_day == b for b in used]
        return (
            np.array(
                [mean(probs, d, b, num_bins) for d, b in zip(days, used)]
            ),
            np.array([share(happened, day) for day in days]),
            np.array([count(day) for day in days]),
        )

    return reliability


mistakes(
    "reliability",
    "these are the middles of the bins; take the mean of the forecasts "
    "themselves.",
    middle_of_the_bin=by_bins(
        mean=lambda probs, day, b, num_bins: (b + 0.5) / num_bins
    ),
)
mistakes(
    "reliability",
    "these are edges of the bins; take the mean of the forecasts themselves.",
    lower_edge=by_bins(mean=lambda probs, day, b, num_bins: b / num_bins),
    upper_edge=by_bins(
        mean=lambda probs, day, b, num_bins: (b + 1) / num_bins
    ),
)
mistakes(
    "reliability",
    "this is the median of the forecasts; the mean is asked for.",
    median=by_bins(mean=lambda probs, day, b, num_bins: np.median(probs[day])),
)
mistakes(
    "reliability",
    "these are sums; divide each by the number of days in its bin.",
    sums_of_forecasts=by_bins(
        mean=lambda probs, day, b, num_bins: probs[day].sum()
    ),
)
mistakes(
    "reliability",
    "these are numbers of rainy days; the share is that divided by the days "
    "of the bin.",
    rainy_days=by_bins(share=lambda happened, day: happened[day].sum()),
)
mistakes(
    "reliability",
    "the rainy days of a bin are divided by all days; divide by the days of "
    "that bin.",
    shares_of_all_days=by_bins(
        share=lambda happened, day: happened[day].sum() / len(happened)
    ),
)
mistakes(
    "reliability",
    "this is the share of *dry* days.",
    dry_days=by_bins(share=lambda happened, day: 1 - happened[day].mean()),
)
mistakes(
    "reliability",
    "this is the share of days on which rain was rightly said or denied; the "
    "share of days with rain is asked for.",
    right_days=lambda probs, happened, num_bins: by_bins()(
        probs, (probs >= 0.5) == happened, num_bins
    ),
)
mistakes(
    "reliability",
    "the number of days is asked for, not their share.",
    shares_of_days=by_bins(count=lambda day: day.mean()),
)
mistakes(
    "reliability",
    "the number of all days of a bin is asked for, rainy or not.",
    rainy_days_for_days=lambda probs, happened, num_bins: (
        *by_bins()(probs, happened, num_bins)[:2],
        np.array(
            [
                happened[bins_of(probs, num_bins) == b].sum()
                for b in np.unique(bins_of(probs, num_bins))
            ]
        ),
    ),
)
mistakes(
    "reliability",
    "from the lowest bin up.",
    highest_bin_first=by_bins(order=lambda used: used[::-1]),
)
mistakes(
    "reliability",
    "first the mean forecasts, then the shares, then the numbers of days.",
    shares_first=lambda probs, happened, num_bins: tuple(
        by_bins()(probs, happened, num_bins)[i] for i in (1, 0, 2)
    ),
    days_first=lambda probs, happened, num_bins: tuple(
        by_bins()(probs, happened, num_bins)[i] for i in (2, 0, 1)
    ),
)
mistakes(
    "reliability",
    "forecast 1 has got a bin of its own: it belongs to the last one.",
    one_in_its_own_bin=by_bins(
        bins=lambda probs, num_bins: (probs * num_bins).astype(int)
    ),
    one_in_its_own_bin_by_digitize=by_bins(
        bins=lambda probs, num_bins: np.digitize(
            probs, np.linspace(0, 1, num_bins + 1)
        )
    ),
)


def of_intervals(inside):
    def reliability(probs, happened, num_bins):
        edges, rows = np.linspace(0, 1, num_bins + 1), []
        for low, high in zip(edges, edges[1:]):
            day = inside(probs, low, high)
            if day.any():
                rows.append(
                    (probs[day].mean(), happened[day].mean(), sum(day))
                )
        return tuple(np.array(part) for part in zip(*rows))

    return reliability


mistakes(
    "reliability",
    "a day is lost: in which bin is the forecast 1?",
    one_is_lost=of_intervals(lambda p, low, high: (p >= low) & (p < high)),
)
mistakes(
    "reliability",
    "a forecast on an edge belongs to the bin above the edge, and the "
    "forecast 0 to the first.",
    edges_below_without_zero=of_intervals(
        lambda p, low, high: (p > low) & (p <= high)
    ),
    edges_below=by_bins(
        bins=lambda probs, num_bins: np.maximum(
            np.ceil(probs * num_bins).astype(int) - 1, 0
        )
    ),
)
mistakes(
    "reliability",
    "a day on an edge is counted in two bins: it belongs to the upper one.",
    edges_in_both=of_intervals(lambda p, low, high: (p >= low) & (p <= high)),
)
mistakes(
    "reliability",
    "a forecast is rounded to the nearest bin; bin 0 begins at 0 and ends at "
    "1 / num_bins.",
    rounded=by_bins(
        bins=lambda probs, num_bins: np.minimum(
            np.round(probs * num_bins).astype(int), num_bins - 1
        )
    ),
    rounded_to_one_bin_less=by_bins(
        bins=lambda probs, num_bins: np.round(probs * (num_bins - 1)).astype(
            int
        )
    ),
)
mistakes(
    "reliability",
    "the bins have equal *width*, from 0 to 1; here they have equally many "
    "days, or reach from the smallest forecast to the largest.",
    equally_many_days=lambda probs, happened, num_bins: by_bins(
        bins=lambda p, n: np.argsort(np.argsort(p)) * n // len(p)
    )(probs, happened, num_bins),
    from_the_smallest=lambda probs, happened, num_bins: by_bins(
        bins=lambda p, n: np.minimum(
            ((p - p.min()) / max(np.ptp(p), 1e-9) * n).astype(int), n - 1
        )
    )(probs, happened, num_bins),
)
mistakes(
    "reliability",
    "the forecasts are sorted, but what happened isn't: they no longer belong "
    "to the same days.",
    rain_in_another_order=lambda probs, happened, num_bins: by_bins()(
        np.sort(probs), happened, num_bins
    ),
)


def all_bins(empty):
    def reliability(probs, happened, num_bins):
        bins, rows = bins_of(probs, num_bins), []
        for b in range(num_bins):
            day = bins == b
            row = (
                (probs[day].mean(), happened[day].mean())
                if any(day)
                else (empty, empty)
            )
            rows.append((*row, day.sum()))
        return tuple(np.array(part) for part in zip(*rows))

    return reliability


mistakes(
    "reliability",
    "empty bins are left out.",
    empty_bins_as_zero=all_bins(0.0),
    empty_bins_as_nan=all_bins(np.nan),
)


@mistake(
    "reliability",
    "this takes the surer side, as for a classifier's answer; the forecast of "
    "rain is what it is, also below ½.",
)
def the_surer_side(probs, happened, num_bins):
    sure = np.maximum(probs, 1 - probs)
    return by_bins()(sure, (probs >= 0.5) == happened, num_bins)


@mistake(
    "reliability",
    "these are rows, one for each bin; return three arrays.",
)
def rows_of_the_table(probs, happened, num_bins):
    return np.transpose(by_bins()(probs, happened, num_bins))


@mistake(
    "reliability",
    "the forecast 1 has no bin of its own: it belongs to the last one.",
    message="out of bounds",
)
def bin_beyond_the_last(probs, happened, num_bins):
    days = np.zeros(num_bins)
    for p in probs:
        days[int(p * num_bins)] += 1
    return days, days, days


mistakes(
    "reliability",
    "the rainy days of a bin are divided by all rainy days; divide by the "
    "days of that bin.",
    shares_of_all_rain=lambda probs, happened, num_bins: by_bins(
        share=lambda happened, day: (
            happened[day].sum() / max(1, happened.sum())
        )
    )(probs, happened, num_bins),
)
mistakes(
    "reliability",
    "the forecasts' sum in a bin is divided by all days; divide by the days "
    "of that bin.",
    forecasts_over_all_days=by_bins(
        mean=lambda probs, day, b, num_bins: probs[day].sum() / len(probs)
    ),
)
mistakes(
    "reliability",
    "the share is a number, not 0 or 1: it isn't rounded, nor the majority.",
    majority=by_bins(
        share=lambda happened, day: float(happened[day].mean() >= 0.5)
    ),
)
mistakes(
    "reliability",
    "the mean of the *gap* isn't asked for here: forecasts and rain each have "
    "a mean.",
    gap_for_the_share=by_bins(
        share=lambda happened, day: abs(happened[day].mean() - 0.5)
    ),
)


mistakes(
    "reliability",
    "the number of bins is fixed here: use num_bins.",
    always_of_width_a_tenth=lambda probs, happened, num_bins: by_bins()(
        probs, happened, 10
    ),
)
mistakes(
    "reliability",
    "the forecast 1 has come to the first bin: it belongs to the last.",
    one_in_the_first_bin=by_bins(
        bins=lambda probs, num_bins: (probs * num_bins).astype(int) % num_bins
    ),
)
mistakes(
    "reliability",
    "a bin without rain has a share, too: 0.",
    without_dry_bins=lambda probs, happened, num_bins: by_bins(
        order=lambda used: np.unique(bins_of(probs, num_bins)[happened == 1])
    )(probs, happened, num_bins),
)


@mistake("reliability", "in which order? From the lowest bin up.")
def in_order_of_appearance(probs, happened, num_bins):
    bins = bins_of(probs, num_bins).tolist()
    used = np.array(list(dict.fromkeys(bins)))
    return by_bins(order=lambda _: used)(probs, happened, num_bins)


mistakes(
    "reliability",
    "this is the mean forecast of the rainy days; that of all days of the bin "
    "is asked for.",
    forecasts_of_rainy_days=lambda probs, happened, num_bins: by_bins(
        mean=lambda probs, day, b, num_bins: (probs * happened)[day].mean()
    )(probs, happened, num_bins),
)


@accepted("reliability")
def reliability_by_histograms(probs, happened, num_bins):
    edges = np.linspace(0, 1, num_bins + 1)
    days = np.histogram(probs, edges)[0]
    sums = np.histogram(probs, edges, weights=probs)[0]
    rain = np.histogram(probs, edges, weights=happened)[0]
    used = days > 0
    return sums[used] / days[used], rain[used] / days[used], days[used]


@accepted("reliability")
def reliability_by_digitize(probs, happened, num_bins):
    edges = np.arange(1, num_bins) / num_bins
    bins = np.digitize(probs, edges)
    rows = [
        [probs[bins == b].mean(), happened[bins == b].mean(), sum(bins == b)]
        for b in sorted(set(bins))
    ]
    return np.array(rows).T


@accepted("reliability")
def reliability_by_dictionaries(probs, happened, num_bins):
    days = {}
    for p, rain in zip(probs, happened):
        b = min(int(p * num_bins), num_bins - 1)
        days.setdefault(b, []).append((p, rain))
    table = [days[b] for b in sorted(days)]
    return (
        [sum(p for p, _ in rows) / len(rows) for rows in table],
        [sum(int(r) for _, r in rows) / len(rows) for rows in table],
        [len(rows) for rows in table],
    )


# 7 · The calibration error


def from_table(error):
    def calibration_error(probs, happened, num_bins):
        return error(*checks.reliability(probs, happened, num_bins))

    return calibration_error


mistakes(
    "calibration_error",
    "this is the mean over the bins; a bin with more days counts for more.",
    mean_over_bins=from_table(lambda p, r, n: np.mean(np.abs(p - r))),
)
mistakes(
    "calibration_error",
    "a gap is a distance, without a square.",
    squared_gaps=from_table(
        lambda p, r, n: np.average((p - r) ** 2, weights=n)
    ),
    root_of_squares=from_table(
        lambda p, r, n: np.average((p - r) ** 2, weights=n) ** 0.5
    ),
    mean_of_squares_over_bins=from_table(
        lambda p, r, n: np.mean((p - r) ** 2)
    ),
)
mistakes(
    "calibration_error",
    "gaps of different sign cancel here: a gap has no sign.",
    signed_gaps=from_table(lambda p, r, n: np.average(p - r, weights=n)),
    signed_gaps_the_other_way=from_table(
        lambda p, r, n: np.average(r - p, weights=n)
    ),
    size_of_the_signed_mean=from_table(
        lambda p, r, n: abs(np.average(r - p, weights=n))
    ),
)
mistakes(
    "calibration_error",
    "this is a sum; which number makes it a mean over all days?",
    not_divided_by_the_days=from_table(lambda p, r, n: np.sum(n * abs(p - r))),
    sum_of_gaps=from_table(lambda p, r, n: np.sum(np.abs(p - r))),
)
mistakes(
    "calibration_error",
    "the mean is over the days, so the weighted gaps are divided by the "
    "number of days, not of bins.",
    divided_by_the_used_bins=from_table(
        lambda p, r, n: np.mean(n * np.abs(p - r))
    ),
    divided_by_all_bins=lambda probs, happened, num_bins: from_table(
        lambda p, r, n: np.sum(n * np.abs(p - r)) / num_bins
    )(probs, happened, num_bins),
)
mistakes(
    "calibration_error",
    "this is the mean over all bins, empty ones too, each counted once; a bin "
    "counts by its days.",
    gaps_over_all_bins=lambda probs, happened, num_bins: from_table(
        lambda p, r, n: np.sum(np.abs(p - r)) / num_bins
    )(probs, happened, num_bins),
)
mistakes(
    "calibration_error",
    "this is the largest gap; the mean over the days is asked for.",
    largest_gap=from_table(lambda p, r, n: np.max(np.abs(p - r))),
)
mistakes(
    "calibration_error",
    "this is the distance of each forecast from its own day; first the means "
    "of a bin, then the gap.",
    distance_of_each_day=lambda probs, happened, num_bins: np.mean(
        np.abs(probs - happened)
    ),
    squares_of_each_day=lambda probs, happened, num_bins: np.mean(
        (probs - happened) ** 2
    ),
)
mistakes(
    "calibration_error",
    "these are the gaps of the bins; one number is asked for.",
    gaps_one_by_one=from_table(lambda p, r, n: np.abs(p - r)),
    weighted_gaps=from_table(lambda p, r, n: n * np.abs(p - r) / n.sum()),
)
mistakes(
    "calibration_error",
    "the gap is the difference of the two numbers, not relative to one of "
    "them.",
    relative_gap=from_table(
        lambda p, r, n: np.average(np.abs(p - r) / p, weights=n)
    ),
)
mistakes(
    "calibration_error",
    "the number of bins is ignored: use num_bins.",
    always_ten_bins=lambda probs, happened, num_bins: from_table(
        lambda p, r, n: np.average(np.abs(p - r), weights=n)
    )(probs, happened, 10),
)
mistakes(
    "calibration_error",
    "the error is a share, not a percentage.",
    in_percent=from_table(
        lambda p, r, n: 100 * np.average(np.abs(p - r), weights=n)
    ),
)


mistakes(
    "calibration_error",
    "the weights are shares of the days, which sum to 1 already: sum, and "
    "take no further mean.",
    mean_of_weighted_gaps=from_table(
        lambda p, r, n: np.mean(np.abs(p - r) * n / n.sum())
    ),
)
mistakes(
    "calibration_error",
    "a bin counts by all its days, not by the rainy ones, nor by its "
    "forecasts.",
    weighted_by_rain=from_table(
        lambda p, r, n: np.average(np.abs(p - r), weights=n * r)
    ),
    weighted_by_forecasts=from_table(
        lambda p, r, n: np.average(np.abs(p - r), weights=p)
    ),
)
mistakes(
    "calibration_error",
    "a gap is the difference of mean forecast and share of rain; print the "
    "two for each bin.",
    distance_from_the_middle=from_table(
        lambda p, r, n: np.average(np.abs(p - 0.5), weights=n)
    ),
    one_minus_the_gap=from_table(
        lambda p, r, n: 1 - np.average(np.abs(p - r), weights=n)
    ),
)


mistakes(
    "calibration_error",
    "the mean forecast of a bin, not its middle, is compared.",
    middles_of_the_bins=lambda probs, happened, num_bins: (
        sum(
            np.sum(bins_of(probs, num_bins) == b)
            * abs(
                (b + 0.5) / num_bins
                - happened[bins_of(probs, num_bins) == b].mean()
            )
            for b in np.unique(bins_of(probs, num_bins))
        )
        / len(probs)
    ),
)
mistakes(
    "calibration_error",
    "nothing is to be rounded.",
    rounded_error=from_table(
        lambda p, r, n: round(np.average(np.abs(p - r), weights=n), 2)
    ),
)
mistakes(
    "calibration_error",
    "this takes the surer side, as for a classifier's answer; the forecast of "
    "rain is what it is.",
    surer_side=lambda probs, happened, num_bins: from_table(
        lambda p, r, n: np.average(np.abs(p - r), weights=n)
    )(np.maximum(probs, 1 - probs), (probs >= 0.5) == happened, num_bins),
)
mistakes(
    "calibration_error",
    "this is the median of the gaps; their mean over the days is asked for.",
    median_gap=from_table(lambda p, r, n: np.median(np.abs(p - r))),
)


mistakes(
    "calibration_error",
    "days of one bin are counted in another: are there num_bins bins, and "
    "does a forecast on an edge belong to the upper one?",
    one_bin_more=lambda probs, happened, num_bins: from_table(
        lambda p, r, n: np.average(np.abs(p - r), weights=n)
    )(probs, happened, num_bins + 1),
)
mistakes(
    "calibration_error",
    "a bin with twice the days counts twice: the weights are the days.",
    root_of_the_days=from_table(
        lambda p, r, n: np.average(np.abs(p - r), weights=np.sqrt(n))
    ),
    square_of_the_days=from_table(
        lambda p, r, n: np.average(np.abs(p - r), weights=n**2)
    ),
)


@mistake(
    "calibration_error",
    "a day is lost: in which bin is the forecast 1?",
)
def last_day_is_lost(probs, happened, num_bins):
    edges, error = np.linspace(0, 1, num_bins + 1), 0
    for low, high in zip(edges, edges[1:]):
        day = (probs >= low) & (probs < high)
        if day.any():
            gap = probs[day].mean() - happened[day].mean()
            error += day.sum() * abs(gap) / len(probs)
    return error


@accepted("calibration_error")
def error_by_a_loop(probs, happened, num_bins):
    error = 0
    for p, r, n in zip(*checks.reliability(probs, happened, num_bins)):
        error += n / len(probs) * abs(p - r)
    return error


@accepted("calibration_error")
def error_from_sums(probs, happened, num_bins):
    bins = bins_of(probs, num_bins)
    gaps = np.bincount(bins, weights=probs - happened)
    return np.abs(gaps).sum() / len(probs)


@accepted("calibration_error")
def error_by_np_average(probs, happened, num_bins):
    means, shares, days = checks.reliability(probs, happened, num_bins)
    return np.average(abs(np.subtract(means, shares)), weights=days)


# 8 · The temperature

GRID = np.geomspace(0.05, 20, 6001)


def best_of(nll, candidates=GRID, result=lambda T, nll: T):
    """Return an answer that takes the T with the smallest nll(T, probs,
    happened)."""

    def best_temperature(probs, happened):
        with np.errstate(all="ignore"):
            values = [nll(T, probs, happened) for T in candidates]
        i = int(np.argmin(values))
        return result(candidates[i], values[i])

    return best_temperature


def nll_of(q, happened):
    return -np.mean(np.where(happened == 1, np.log(q), np.log1p(-q)))


def mended(T, probs):
    return expit(logit(probs) / T)


def right_nll(T, probs, happened):
    return nll_of(mended(T, probs), happened)


for number, (told, loss) in enumerate(checks.WRONG_LOSSES.items()):
    mistakes("best_temperature", told, **{f"loss_{number}": best_of(loss)})

mistakes(
    "best_temperature",
    "T runs to the end of the search: is the likelihood made smallest, or is "
    "the distance from what happened, which is smallest for bold forecasts?",
    likelihood_made_smallest=best_of(lambda T, p, y: -right_nll(T, p, y)),
    distance=best_of(lambda T, p, y: np.mean(np.abs(mended(T, p) - y))),
)
mistakes(
    "best_temperature",
    "the calibration error is made smallest; the likelihood is asked for.",
    smallest_calibration_error=best_of(
        lambda T, p, y: checks.error_of(
            *checks.reliability(mended(T, p), y, 5)
        )
    ),
    smallest_error_of_ten_bins=best_of(
        lambda T, p, y: checks.error_of(
            *checks.reliability(mended(T, p), y, 10)
        )
    ),
)
mistakes(
    "best_temperature",
    "rain and forecast belong to each other: is -log q taken on dry days, "
    "and -log(1 - q) on rainy ones?",
    rain_and_sun_exchanged=best_of(lambda T, p, y: right_nll(T, p, 1 - y)),
)
mistakes(
    "best_temperature",
    "this is the first of the candidates: is the loss made largest, or are "
    "wrong guesses counted, which no T changes?",
    most_right=best_of(
        lambda T, p, y: np.mean((mended(T, p) > 0.5) != y),
        candidates=np.geomspace(0.1, 10, 999),
    ),
)
mistakes(
    "best_temperature",
    "this is the smallest negative log-likelihood; return the T that belongs "
    "to it.",
    nll_returned=best_of(right_nll, result=lambda T, nll: nll),
)
mistakes(
    "best_temperature",
    "this is the logarithm of T.",
    log_T=best_of(right_nll, result=lambda T, nll: np.log(T)),
)
mistakes(
    "best_temperature",
    "this is where the number stands among the candidates; return the "
    "candidate itself.",
    index_of_T=best_of(
        right_nll,
        candidates=np.geomspace(0.1, 10, 2000),
        result=lambda T, nll: int(
            np.argmin(abs(GRID[:0].sum() + T - np.geomspace(0.1, 10, 2000)))
        ),
    ),
)
mistakes(
    "best_temperature",
    "the search is too coarse: T may be off by 1 %.",
    whole_tenths=best_of(right_nll, candidates=np.arange(1, 51) / 10),
    halves=best_of(right_nll, candidates=np.arange(1, 11) / 2),
)
mistakes(
    "best_temperature",
    "the search ends too early: T may be up to 5.",
    up_to_two=best_of(right_nll, candidates=np.linspace(0.2, 2, 500)),
)
mistakes(
    "best_temperature",
    "the search begins too late: T may be as small as 0.2.",
    from_one=best_of(right_nll, candidates=np.linspace(1, 5, 2001)),
    from_a_half=best_of(right_nll, candidates=np.linspace(0.5, 5, 2001)),
)
mistakes(
    "best_temperature",
    "something is added to the forecasts before their logarithm, or they are "
    "kept from 0 and 1: what a very bold forecast costs is then too little.",
    eps_in_the_nll=best_of(
        lambda T, p, y: (
            -np.mean(
                np.log(np.where(y == 1, mended(T, p), mended(T, 1 - p)) + 1e-3)
            )
        )
    ),
)


@accepted("best_temperature")
def temperature_by_scipy(probs, happened):
    found = minimize_scalar(
        lambda T: right_nll(T, probs, happened), bounds=(0.1, 10)
    )
    return found.x


@accepted("best_temperature")
def temperature_by_powers(probs, happened):
    best, least = 0.0, math.inf
    for T in np.arange(0.2, 6, 0.002):
        up, down = probs ** (1 / T), (1 - probs) ** (1 / T)
        q = up / (up + down)
        nll = -(happened * np.log(q) + (1 - happened) * np.log(1 - q)).sum()
        if nll < least:
            best, least = T, nll
    return float(best)


@accepted("best_temperature")
def temperature_by_newton(probs, happened):
    odds, beta = logit(probs), 1.0
    for _ in range(2000):
        beta -= 0.3 * np.mean((expit(beta * odds) - happened) * odds)
    return np.array(1 / beta)


# 10 · Two dice


def em(weights, shares):
    def two_dice(counts, n, start, num_steps):
        p = np.array(start, dtype=float)
        for _ in range(num_steps):
            logs = xlogy(counts[:, None], p) + xlogy(
                n - counts[:, None], 1 - p
            )
            p = shares(weights(logs), counts, n)
        return p

    return two_dice


def posterior(logs):
    of_each = np.exp(logs - logs.max(axis=1, keepdims=True))
    return of_each / of_each.sum(axis=1, keepdims=True)


def weighted(weights, counts, n):
    return counts @ weights / (n * weights.sum(axis=0))


mistakes(
    "two_dice",
    "each round counts for both dice, with its two probabilities; here it "
    "belongs to the likelier die only.",
    hard_choice=em(
        lambda logs: (logs == logs.max(axis=1, keepdims=True)) * 1.0, weighted
    ),
)
mistakes(
    "two_dice",
    "the two probabilities of a round sum to 1; here those of all rounds do.",
    normalized_over_rounds=em(
        lambda logs: np.exp(logs) / np.exp(logs).sum(axis=0), weighted
    ),
)
mistakes(
    "two_dice",
    "divide by the throws that belong to this die, not by all of them.",
    divided_by_all_throws=em(
        posterior, lambda w, counts, n: counts @ w / (n * len(counts))
    ),
)
mistakes(
    "two_dice",
    "these are dollar signs a round; a share is that divided by n.",
    not_divided_by_n=em(
        posterior, lambda w, counts, n: counts @ w / w.sum(axis=0) / 100
    ),
)


@mistake(
    "two_dice",
    "both new shares come from the same probabilities: here the second die's "
    "come after the first share has changed.",
)
def one_die_after_the_other(counts, n, start, num_steps):
    shares = np.array(start, dtype=float)
    for _ in range(num_steps):
        for i in range(2):
            logs = xlogy(counts[:, None], shares)
            logs += xlogy(n - counts[:, None], 1 - shares)
            shares[i] = weighted(posterior(logs), counts, n)[i]
    return shares


@mistake(
    "two_dice",
    "either die is taken with probability ½, in all steps.",
)
def prior_learnt(counts, n, start, num_steps):
    shares, prior = np.array(start, dtype=float), np.array([0.5, 0.5])
    for _ in range(num_steps):
        logs = xlogy(counts[:, None], shares)
        logs += xlogy(n - counts[:, None], 1 - shares)
        weights = posterior(logs + np.log(prior))
        shares, prior = weighted(weights, counts, n), weights.mean(axis=0)
    return shares


@mistake(
    "two_dice",
    "the throws without a dollar sign have happened, too.",
)
def successes_only(counts, n, start, num_steps):
    shares = np.array(start, dtype=float)
    for _ in range(num_steps):
        weights = posterior(xlogy(counts[:, None], shares))
        shares = weighted(weights, counts, n)
    return shares


@accepted("two_dice")
def dice_by_loops(counts, n, start, num_steps):
    p, q = start
    for _ in range(num_steps):
        sums = [0.0] * 4
        for k in counts:
            odds = k * math.log(q / p) + (n - k) * math.log((1 - q) / (1 - p))
            first = float(expit(-odds))
            for i, part in enumerate((first, 1 - first)):
                sums[i] += k * part
                sums[i + 2] += n * part
        p, q = sums[0] / sums[2], sums[1] / sums[3]
    return [p, q]
