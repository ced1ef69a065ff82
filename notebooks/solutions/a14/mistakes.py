"""Answers to assignment a14: wrong ones with their hints, and right ones that
must be accepted."""

import itertools
import math

import numpy as np
from scipy.optimize import brentq
from scipy.stats import beta, binom, norm

from tools.mistakes import accepted, mistake

# 1 · Who is accused?


def counted(spoilt, accused, quarter, num_quarters):
    """Return counts (G, 2, 2): quarter, spoilt?, accused?"""
    table = np.zeros((num_quarters, 2, 2), dtype=int)
    np.add.at(table, (quarter, spoilt * 1, accused * 1), 1)
    return table


def quotients(parts, wholes):
    parts, wholes = np.asarray(parts, float), np.asarray(wholes, float)
    with np.errstate(all="ignore"):
        return parts / wholes


def reported(spoilt, accused, quarter, num_quarters):
    table = counted(spoilt, accused, quarter, num_quarters)
    cases = table.sum(axis=2)
    return (
        cases,
        quotients(table[:, 0, 1], cases[:, 0]),
        quotients(table[:, 1, 0], cases[:, 1]),
    )


@mistake("report", "the clean bins come first, then the spoilt ones.")
def spoilt_first(spoilt, accused, quarter, num_quarters):
    cases, *shares = reported(spoilt, accused, quarter, num_quarters)
    return cases[:, ::-1], *shares


@mistake(
    "report",
    "you divide by all bins of the quarter. Only a clean bin can become a "
    "false alarm, only a spoilt one can be missed.",
)
def shares_of_the_quarter(spoilt, accused, quarter, num_quarters):
    table = counted(spoilt, accused, quarter, num_quarters)
    sizes = table.sum(axis=(1, 2))
    return (
        table.sum(axis=2),
        quotients(table[:, 0, 1], sizes),
        quotients(table[:, 1, 0], sizes),
    )


@mistake(
    "report",
    "this is the share of the *accused* bins that are clean; asked for is the "
    "share of the clean bins that are accused.",
)
def shares_of_the_accused(spoilt, accused, quarter, num_quarters):
    table = counted(spoilt, accused, quarter, num_quarters)
    cases, _, misses = reported(spoilt, accused, quarter, num_quarters)
    return cases, quotients(table[:, 0, 1], table[:, :, 1].sum(axis=1)), misses


@mistake(
    "report",
    "misses holds the spoilt bins that *are* accused; a miss isn't.",
)
def found_for_missed(spoilt, accused, quarter, num_quarters):
    cases, alarms, misses = reported(spoilt, accused, quarter, num_quarters)
    return cases, alarms, 1 - misses


@mistake(
    "report",
    "a share of no bins isn't 0, which would be the best of all results; it "
    "is nan.",
)
def zero_for_no_bins(spoilt, accused, quarter, num_quarters):
    cases, *shares = reported(spoilt, accused, quarter, num_quarters)
    return cases, *map(np.nan_to_num, shares)


@mistake(
    "report",
    "a quarter without bins is missing: the quarters are 0 to num_quarters - "
    "1, whichever of them occur.",
)
def only_quarters_that_occur(spoilt, accused, quarter, num_quarters):
    found = reported(spoilt, accused, quarter, num_quarters)
    return [part[np.unique(quarter)] for part in found]


@mistake("report", "exchange the last two: first false alarms, then misses.")
def misses_first(spoilt, accused, quarter, num_quarters):
    cases, alarms, misses = reported(spoilt, accused, quarter, num_quarters)
    return cases, misses, alarms


@mistake(
    "report",
    "quarter 2 has clean bins, though no spoilt one: its false_alarms is a "
    "number, only its misses is nan.",
)
def nan_for_the_whole_quarter(spoilt, accused, quarter, num_quarters):
    cases, alarms, misses = reported(spoilt, accused, quarter, num_quarters)
    gaps = np.isnan(alarms) | np.isnan(misses)
    alarms[gaps], misses[gaps] = np.nan, np.nan
    return cases, alarms, misses


@mistake(
    "report",
    "these are numbers of false alarms and misses; shares are asked for.",
)
def numbers_for_shares(spoilt, accused, quarter, num_quarters):
    table = counted(spoilt, accused, quarter, num_quarters)
    return table.sum(axis=2), table[:, 0, 1], table[:, 1, 0]


@mistake(
    "report",
    "return three things for all quarters: one array of cases, one of false "
    "alarms and one of misses, not three for each quarter.",
)
def a_row_for_each_quarter(spoilt, accused, quarter, num_quarters):
    return list(zip(*reported(spoilt, accused, quarter, num_quarters)))


@mistake(
    "report",
    "there are num_quarters quarters, here 3; your arrays have another "
    "length.",
)
def always_four_quarters(spoilt, accused, quarter, num_quarters):
    return reported(spoilt, accused, quarter, 4)


POSITIONS = (
    "cases is right. false_alarms: 1 - spoilt holds whole numbers, 0 and 1, "
    "which pick bins by their position; ~spoilt picks those where it is True."
)


@mistake("report", POSITIONS)
def positions_for_a_mask(spoilt, accused, quarter, num_quarters):
    cases, alarms, misses = reported(spoilt, accused, quarter, num_quarters)
    for g in np.flatnonzero(cases[:, 0]):
        alarms[g] = accused[(quarter == g) & (1 - spoilt)].mean()
    return cases, alarms, misses


@mistake("report", POSITIONS)
def positions_in_the_quarter(spoilt, accused, quarter, num_quarters):
    cases, alarms, misses = reported(spoilt, accused, quarter, num_quarters)
    for g in np.flatnonzero(cases[:, 0]):
        here = quarter == g
        alarms[g] = accused[here][1 - spoilt[here]].mean()
    return cases, alarms, misses


@accepted("report")
def by_counting(spoilt, accused, quarter, num_quarters):
    cases, alarms, misses = [], [], []
    for g in range(num_quarters):
        bins = [(s, a) for s, a, q in zip(spoilt, accused, quarter) if q == g]
        clean = [a for s, a in bins if not s]
        bad = [a for s, a in bins if s]
        cases.append([len(clean), len(bad)])
        alarms.append(sum(clean) / len(clean) if clean else float("nan"))
        misses.append(1 - sum(bad) / len(bad) if bad else float("nan"))
    return cases, alarms, misses


@accepted("report")
def by_bincount(spoilt, accused, quarter, num_quarters):
    def number(marked):
        return np.bincount(quarter[marked], minlength=num_quarters)

    clean, bad = number(~spoilt), number(spoilt)
    with np.errstate(invalid="ignore"):
        alarms = number(accused & ~spoilt) / clean
        misses = number(spoilt > accused) / bad
    return [np.stack([clean, bad], axis=1), alarms, misses]


@accepted("report")
def by_one_hot(spoilt, accused, quarter, num_quarters):
    G = np.eye(num_quarters)[quarter].T  # (G, n)
    kinds = np.stack([~spoilt, spoilt], axis=1)
    cases = G @ kinds
    wrong = G @ (kinds & (accused != spoilt)[:, None])
    alarms, misses = np.float32(wrong / cases).T
    return cases, alarms, misses


# 2 · Is it chance?


def limits_of(k, n, z):
    middle = (k + z**2 / 2) / (n + z**2)
    half = z * np.sqrt(k * (n - k) / n + z**2 / 4) / (n + z**2)
    return middle - half, middle + half


def distances(k1, n1, k2, n2, z):
    """Return p1 - l1, u1 - p1, p2 - l2, u2 - p2."""
    (l1, u1), (l2, u2) = limits_of(k1, n1, z), limits_of(k2, n2, z)
    p1, p2 = k1 / n1, k2 / n2
    return p1 - l1, u1 - p1, p2 - l2, u2 - p2


@mistake(
    "difference_interval",
    "the distances of both shares are simply added; they add like the legs "
    "of a right triangle.",
)
def distances_added(k1, n1, k2, n2, z):
    (l1, u1), (l2, u2) = limits_of(k1, n1, z), limits_of(k2, n2, z)
    return l1 - u2, u1 - l2


@mistake(
    "difference_interval",
    "this is the textbook's interval, from the deviations at the observed "
    "shares; use Wilson's limits.",
)
def textbook_interval(k1, n1, k2, n2, z):
    p, q = k1 / n1, k2 / n2
    half = z * np.sqrt(p * (1 - p) / n1 + q * (1 - q) / n2)
    return p - q - half, p - q + half


@mistake(
    "difference_interval",
    "the lower limit is right. The upper one has distances of its own: which "
    "limit of each share makes the difference as large as it can be?",
)
def same_distance_twice(k1, n1, k2, n2, z):
    a, _, _, d = distances(k1, n1, k2, n2, z)
    p = k1 / n1 - k2 / n2
    return p - np.hypot(a, d), p + np.hypot(a, d)


@mistake(
    "difference_interval",
    "the lower limit is right. For the upper one the first share is at its "
    "upper limit, and the second at its *lower* one.",
)
def both_shares_up(k1, n1, k2, n2, z):
    a, b, _, d = distances(k1, n1, k2, n2, z)
    p = k1 / n1 - k2 / n2
    return p - np.hypot(a, d), p + np.hypot(b, d)


@mistake(
    "difference_interval",
    "this is an interval for p2 - p1; the difference is p1 - p2.",
)
def second_minus_first(k1, n1, k2, n2, z):
    a, b, c, d = distances(k1, n1, k2, n2, z)
    p = k2 / n2 - k1 / n1
    return p - np.hypot(b, c), p + np.hypot(a, d)


@mistake(
    "difference_interval", "the lower limit comes first, then the upper one."
)
def upper_first(k1, n1, k2, n2, z):
    a, b, c, d = distances(k1, n1, k2, n2, z)
    p = k1 / n1 - k2 / n2
    return p + np.hypot(b, c), p - np.hypot(a, d)


@mistake("difference_interval", "the upper limit has the wrong sign.")
def sign_not_turned_back(k1, n1, k2, n2, z):
    a, b, c, d = distances(k1, n1, k2, n2, z)
    p = k1 / n1 - k2 / n2
    return p - np.hypot(a, d), -p - np.hypot(b, c)


@mistake(
    "difference_interval",
    "this is built around the middles of Wilson's intervals; it begins at "
    "the observed difference, with distances from the observed shares.",
)
def around_the_middles(k1, n1, k2, n2, z):
    (l1, u1), (l2, u2) = limits_of(k1, n1, z), limits_of(k2, n2, z)
    half = np.hypot(u1 - l1, u2 - l2) / 2
    middle = (l1 + u1 - l2 - u2) / 2
    return middle - half, middle + half


@mistake(
    "difference_interval",
    "z is an argument: it isn't 1.96 here.",
)
def z_fixed(k1, n1, k2, n2, z):
    a, b, c, d = distances(k1, n1, k2, n2, 1.96)
    p = k1 / n1 - k2 / n2
    return p - np.hypot(a, d), p + np.hypot(b, c)


@mistake(
    "difference_interval",
    "an if or max asks an array for one answer; np.maximum and np.where go "
    "entry by entry. (Wilson's limits need neither.)",
    message="truth value of an array",
)
def with_max(k1, n1, k2, n2, z):
    (l1, u1), (l2, u2) = limits_of(k1, n1, z), limits_of(k2, n2, z)
    l1, l2, u1, u2 = max(l1, 0), max(l2, 0), min(u1, 1), min(u2, 1)
    p, q = k1 / n1, k2 / n2
    return p - q - np.hypot(p - l1, u2 - q), p - q + np.hypot(u1 - p, q - l2)


@mistake(
    "difference_interval",
    "math's functions take one number only; np.sqrt works entry by entry.",
    message="scalar",
)
def with_math(k1, n1, k2, n2, z):
    a, b, c, d = distances(k1, n1, k2, n2, z)
    p = k1 / n1 - k2 / n2
    return p - math.sqrt(a * a + d * d), p + math.sqrt(b * b + c * c)


@mistake(
    "difference_interval",
    "the limits of the second share are exchanged: the difference is lowest "
    "where the second share is *highest*.",
)
def second_limits_exchanged(k1, n1, k2, n2, z):
    a, b, c, d = distances(k1, n1, k2, n2, z)
    p = k1 / n1 - k2 / n2
    return p - np.hypot(a, c), p + np.hypot(b, d)


@mistake(
    "difference_interval",
    "this is built around the size of the difference; the difference is p1 - "
    "p2, which is negative here.",
)
def around_the_size(k1, n1, k2, n2, z):
    a, b, c, d = distances(k1, n1, k2, n2, z)
    p = abs(k1 / n1 - k2 / n2)
    return p - np.hypot(a, d), p + np.hypot(b, c)


@accepted("difference_interval")
def entry_by_entry(k1, n1, k2, n2, z):
    def single(k1, n1, k2, n2):
        a, b, c, d = distances(k1, n1, k2, n2, z)
        p = k1 / n1 - k2 / n2
        return p - (a * a + d * d) ** 0.5, p + (b * b + c * c) ** 0.5

    return np.vectorize(single)(k1, n1, k2, n2)


@accepted("difference_interval")
def by_the_roots(k1, n1, k2, n2, z):
    def roots(p, n):  # of (1 + z²/n) x² - (2 p + z²/n) x + p²
        a, b = 1 + z**2 / n, -(2 * p + z**2 / n)
        disc = np.sqrt(b**2 - 4 * a * p**2)
        return (-b - disc) / (2 * a), (-b + disc) / (2 * a)

    p, q = np.asarray(k1) / n1, np.asarray(k2) / n2
    (l1, u1), (l2, u2) = roots(p, n1), roots(q, n2)
    low = p - q - np.sqrt((p - l1) ** 2 + (u2 - q) ** 2)
    high = p - q + np.sqrt((u1 - p) ** 2 + (q - l2) ** 2)
    return [low, high]


@accepted("difference_interval")
def by_search(k1, n1, k2, n2, z):
    if np.ndim(k1):
        shape, counts = np.shape(k1), map(np.ravel, (k1, n1, k2, n2))
        ends = [by_search(*map(int, four), z) for four in zip(*counts)]
        return [np.reshape(end, shape) for end in zip(*ends)]

    def plausible(k, n):  # as in notebook 14
        p = np.linspace(0, 1, 1_000_001)
        far = np.abs(k / n - p) > z * np.sqrt(p * (1 - p) / n)
        return p[~far][[0, -1]]

    (l1, u1), (l2, u2) = plausible(k1, n1), plausible(k2, n2)
    p, q = k1 / n1, k2 / n2
    low = ((p - l1) ** 2 + (u2 - q) ** 2) ** 0.5
    return p - q - low, p - q + ((u1 - p) ** 2 + (q - l2) ** 2) ** 0.5


@accepted("difference_interval")
def as_one_array(k1, n1, k2, n2, z):
    k, n = np.array([k1, k2]), np.array([n1, n2])
    p, (low, high) = k / n, limits_of(k, n, z)
    down, up = (p - low) ** 2, (high - p) ** 2
    ends = -np.sqrt(down[0] + up[1]), np.sqrt(up[0] + down[1])
    return np.array([p[0] - p[1] + end for end in ends])


# 3 · How many bins must be opened?


def search(fair, safe, first=1):
    """Return the first (n, c), from n = first on, that is fair and safe."""
    for n in range(first, 2000):
        c = np.arange(n + 1)
        fits = fair(n, c) & safe(n, c)
        if fits.any():
            return n, int(fits.argmax())
    return 2000, 0


def promises(good, bad, firm_risk, city_risk):
    return (
        lambda n, c: binom.sf(c, n, good) <= firm_risk,
        lambda n, c: binom.cdf(c, n, bad) <= city_risk,
    )


ONE_BIN = (
    "with one bin and c = 0 a bad service passes with the probability 0.4, "
    "and 0.2 is allowed. Look at the promise to the city: a service passes "
    "with at most c accused bins, c included."
)


@mistake(
    "plan",
    "here a service with exactly c accused bins fails; it passes with at "
    "most c, c included.",
)
def fewer_than_c(good, bad, firm_risk, city_risk):
    return search(
        lambda n, c: binom.sf(c - 1, n, good) <= firm_risk,
        lambda n, c: binom.cdf(c - 1, n, bad) <= city_risk,
    )


@mistake(
    "plan",
    ONE_BIN,
)
def bad_needs_fewer(good, bad, firm_risk, city_risk):
    fair, _ = promises(good, bad, firm_risk, city_risk)
    return search(fair, lambda n, c: binom.cdf(c - 1, n, bad) <= city_risk)


@mistake(
    "plan",
    "the risks are exchanged: firm_risk is that a good service fails, "
    "city_risk that a bad one passes.",
)
def risks_exchanged(good, bad, firm_risk, city_risk):
    return search(*promises(good, bad, city_risk, firm_risk))


@mistake(
    "plan",
    "the promise to the firm isn't kept: with this n and c a good service "
    "fails too often.",
)
def only_for_the_city(good, bad, firm_risk, city_risk):
    _, safe = promises(good, bad, firm_risk, city_risk)
    return search(lambda n, c: c >= 0, safe)


@mistake(
    "plan",
    ONE_BIN,
)
def only_for_the_firm(good, bad, firm_risk, city_risk):
    fair, _ = promises(good, bad, firm_risk, city_risk)
    return search(fair, lambda n, c: c >= 0)


@mistake("plan", "n comes first, then c.")
def c_first(good, bad, firm_risk, city_risk):
    return search(*promises(good, bad, firm_risk, city_risk))[::-1]


@mistake(
    "plan",
    "both promises are kept, but fewer bins will do: c may be any number, "
    "not only the one in the middle between good and bad.",
)
def c_in_the_middle(good, bad, firm_risk, city_risk):
    fair, safe = promises(good, bad, firm_risk, city_risk)

    def middle(n, c):
        return c == int(n * (good + bad) / 2)

    return search(lambda n, c: fair(n, c) & middle(n, c), safe)


@mistake(
    "plan",
    "the right n is smaller: you went on for one step after both promises "
    "were kept.",
)
def one_step_too_far(good, bad, firm_risk, city_risk):
    n, c = search(*promises(good, bad, firm_risk, city_risk))
    return n + 1, c


@mistake(
    "plan",
    "a good service mustn't fail: it fails with the probability "
    "binom.sf(c, n, good). You limit the probability that it passes.",
)
def good_may_not_pass(good, bad, firm_risk, city_risk):
    _, safe = promises(good, bad, firm_risk, city_risk)
    return search(lambda n, c: binom.cdf(c, n, good) <= firm_risk, safe)


EXACTLY = (
    "n = 1 with c = 0 keeps both promises, since each is reached exactly: "
    '"at most" is <= (with sums of your own allow for 1e-12), and n begins at '
    "1."
)


@mistake("plan", EXACTLY)
def strictly_below(good, bad, firm_risk, city_risk):
    return search(
        lambda n, c: binom.sf(c, n, good) < firm_risk,
        lambda n, c: binom.cdf(c, n, bad) < city_risk,
    )


@mistake("plan", EXACTLY)
def strictly_below_for_the_firm(good, bad, firm_risk, city_risk):
    _, safe = promises(good, bad, firm_risk, city_risk)
    return search(lambda n, c: binom.sf(c, n, good) < firm_risk, safe)


@mistake("plan", EXACTLY)
def strictly_below_for_the_city(good, bad, firm_risk, city_risk):
    fair, _ = promises(good, bad, firm_risk, city_risk)
    return search(fair, lambda n, c: binom.cdf(c, n, bad) < city_risk)


@mistake("plan", EXACTLY)
def from_two_bins_on(good, bad, firm_risk, city_risk):
    return search(*promises(good, bad, firm_risk, city_risk), first=2)


@mistake("plan", "does your search end too early? n may be as large as 250.")
def not_beyond_150(good, bad, firm_risk, city_risk):
    n, c = search(*promises(good, bad, firm_risk, city_risk))
    return (n, c) if n <= 150 else None


@mistake(
    "plan",
    "with n = 116 and c = 7 both promises are kept, but fewer bins will do. "
    "(A larger n may fail where a smaller one works: try each n, from 1 up.)",
)
def by_halving(good, bad, firm_risk, city_risk):
    fair, safe = promises(good, bad, firm_risk, city_risk)

    def fitting(n):
        c = np.arange(n + 1)
        return np.flatnonzero(fair(n, c) & safe(n, c))

    low, high = 0, 512
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fitting(middle).size else (middle, high)
    return high, int(fitting(high)[0])


@accepted("plan")
def by_sums_of_pmf(good, bad, firm_risk, city_risk):
    for n in itertools.count(1):
        c = np.arange(n + 1)
        fails = 1 - binom.pmf(c, n, good).cumsum()
        passes = binom.pmf(c, n, bad).cumsum()
        fits = (fails <= firm_risk) & (passes <= city_risk)
        if fits.any():
            return n, fits.argmax()


@accepted("plan")
def by_quantiles(good, bad, firm_risk, city_risk):
    for n in itertools.count(1):
        c = binom.ppf(1 - firm_risk, n, good)
        if binom.cdf(c, n, bad) <= city_risk:
            return np.int64(n), np.int64(c)


@accepted("plan")
def by_combinations(good, bad, firm_risk, city_risk):
    n = 0
    while True:
        n += 1
        fails, passes = 1.0, 0.0
        for c in range(n + 1):
            ways = math.comb(n, c)
            fails -= ways * good**c * (1 - good) ** (n - c)
            passes += ways * bad**c * (1 - bad) ** (n - c)
            if fails <= firm_risk and passes <= city_risk:
                return [n, c]


@accepted("plan")
def by_two_loops(good, bad, firm_risk, city_risk):
    for n in range(1, 251):
        for c in range(n + 1):
            if binom.cdf(c, n, bad) > city_risk:
                break
            if 1 - binom.cdf(c, n, good) <= firm_risk:
                return np.array([n, c])


# 4 · In the same light


def rates_of(accused, cases):
    return quotients(accused, cases)


@mistake(
    "standardized",
    "these are the rates as they are, in each quarter's own mix of lights.",
)
def crude_rates(accused, cases, mix):
    return quotients(accused.sum(axis=1), cases.sum(axis=1))


@mistake("standardized", "the mix isn't used: this is the plain mean.")
def plain_mean(accused, cases, mix):
    return rates_of(accused, cases).mean(axis=1)


@mistake(
    "standardized",
    "divide by the sum of the mix: its entries need not sum to 1.",
)
def not_divided(accused, cases, mix):
    return rates_of(accused, cases) @ mix


@mistake(
    "standardized",
    "divide by the sum of the mix, not by the number of lights.",
)
def divided_by_the_lights(accused, cases, mix):
    return (rates_of(accused, cases) * mix).mean(axis=1)


@mistake(
    "standardized",
    "a light without weight must not matter, even where a quarter has no "
    "cases in it. (0 times nan is nan.)",
)
def nan_without_weight(accused, cases, mix):
    return rates_of(accused, cases) @ mix / mix.sum()


@mistake(
    "standardized",
    "without cases the rate isn't 0: a quarter without cases in a light that "
    "has a weight gets nan.",
)
def zero_without_cases(accused, cases, mix):
    return np.nan_to_num(rates_of(accused, cases)) @ mix / mix.sum()


@mistake(
    "standardized",
    "a light without cases is left out here; but it has a weight, so the "
    "standardized rate of that quarter isn't known: nan.",
)
def lights_left_out(accused, cases, mix):
    rates = rates_of(accused, cases)
    weights = np.where(np.isnan(rates), 0, mix)
    return (np.nan_to_num(rates) * weights).sum(axis=1) / weights.sum(axis=1)


@mistake(
    "standardized",
    "each quarter's own numbers of cases are still in the weights; the mix "
    "alone weighs the rates.",
)
def weighted_counts(accused, cases, mix):
    return quotients(accused @ mix, cases @ mix)


@mistake(
    "standardized",
    "the mix has an entry for each light, and lights are the columns.",
    message="broadcast",
)
def mix_for_quarters(accused, cases, mix):
    return (rates_of(accused, cases) * mix[:, None]).sum(axis=1) / mix.sum()


@mistake(
    "standardized",
    "the rate is accused / cases, and here it is the other way round.",
)
def rates_upside_down(accused, cases, mix):
    return rates_of(cases, accused) @ mix / mix.sum()


IN_PLACE = (
    "/= writes into the caller's own array, and whole numbers can't hold the "
    "quotients: make a new array, x = x / y."
)


@mistake("standardized", IN_PLACE, message="Cannot cast ufunc 'divide'")
def divided_in_place(accused, cases, mix):
    mix /= mix.sum()
    return rates_of(accused, cases) @ mix


@mistake(
    "standardized",
    "one rate for each quarter, here 3: the mix belongs to the lights, and "
    "the sum runs over them, the columns (axis=1).",
)
def summed_over_the_quarters(accused, cases, mix):
    return np.nansum(rates_of(accused, cases) * mix, axis=0) / mix.sum()


@mistake(
    "standardized",
    "a light is left out for all quarters since one of them has no cases in "
    "it. Only that quarter gets nan; for the others the light counts.",
)
def light_dropped_for_all(accused, cases, mix):
    kept = (cases > 0).all(axis=0)
    return rates_of(accused, cases)[:, kept] @ mix[kept] / mix[kept].sum()


@mistake(
    "standardized",
    "these are whole numbers, which hold no fractions: make the array with "
    "np.zeros of its length, not like an array of counts.",
)
def whole_rates(accused, cases, mix):
    rates = rates_of(accused, cases) @ mix / mix.sum()
    return np.nan_to_num(rates).astype(int)


@accepted("standardized")
def by_masked_average(accused, cases, mix):
    rates = np.ma.array(rates_of(accused, cases))
    found = np.average(np.nan_to_num(rates), axis=1, weights=mix)
    unknown = ((cases == 0) & (np.asarray(mix) > 0)).any(axis=1)
    return np.where(unknown, np.nan, found)


@accepted("standardized")
def by_plain_loops(accused, cases, mix):
    found = []
    for g in range(len(cases)):
        total = 0
        for light in range(len(mix)):
            if mix[light] == 0:
                continue
            if cases[g][light] == 0:
                total = float("nan")
            else:
                total += mix[light] * accused[g][light] / cases[g][light]
        found.append(total / sum(mix))
    return found


@accepted("standardized")
def by_einsum(accused, cases, mix):
    w = np.float32(mix) / np.float32(mix.sum())
    rates = np.float32(rates_of(accused, cases))
    terms = np.where(w > 0, np.einsum("gl,l->gl", rates, w), 0)
    return terms.sum(axis=1)


# 5 · The best of forty


def bisect(chance, risk):
    """Return where a rising chance(p) reaches the risk."""
    low, high = 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        low, high = (p, high) if chance(p) < risk else (low, p)
    return high


@mistake(
    "at_least",
    "this is the score of the best version itself; asked for is the lowest p "
    "for which such a score is no great surprise.",
)
def the_score(right, n, versions, risk):
    return right / n


@mistake(
    "at_least",
    "with 40 versions the bound must be lower: the number of versions isn't "
    "used.",
)
def versions_ignored(right, n, versions, risk):
    return bisect(lambda p: binom.sf(right - 1, n, p), risk)


@mistake(
    "at_least",
    "at least k is k or more: the probability of at most k - 1 is needed, "
    "and you use that of at most k.",
)
def more_than_k(right, n, versions, risk):
    return bisect(lambda p: 1 - binom.cdf(right, n, p) ** versions, risk)


@mistake(
    "at_least",
    "this is the probability that *all* versions are right for so many; "
    "asked for is that the best one is.",
)
def all_of_them(right, n, versions, risk):
    return bisect(lambda p: binom.sf(right - 1, n, p) ** versions, risk)


@mistake(
    "at_least",
    "this is the upper end: the p for which so few right answers are a "
    "surprise.",
)
def upper_end(right, n, versions, risk):
    return bisect(lambda p: 1 - binom.cdf(right, n, p) ** versions, 1 - risk)


@mistake(
    "at_least",
    "with one version this is right. With more, risk / versions is an "
    "approximation; the formula in the text is exact.",
)
def risk_divided(right, n, versions, risk):
    return bisect(lambda p: binom.sf(right - 1, n, p), risk / versions)


@mistake(
    "at_least",
    "the risk is on one side only: half of it is used here.",
)
def half_the_risk(right, n, versions, risk):
    def chance(p):
        return 1 - binom.cdf(right - 1, n, p) ** versions

    return bisect(chance, risk / 2)


@mistake(
    "at_least",
    "this comes from a bell curve; count with the binomial itself.",
)
def by_wilson(right, n, versions, risk):
    z = norm.ppf((1 - risk) ** (1 / versions))
    return limits_of(right, n, z)[0]


@mistake(
    "at_least",
    "nearly: this p has three digits. Search on, in smaller steps.",
)
def coarse_search(right, n, versions, risk):
    p = np.linspace(0, 1, 1001)
    chance = 1 - binom.cdf(right - 1, n, p) ** versions
    return p[np.argmax(chance >= risk)]


@mistake(
    "at_least",
    "this is the score itself, right / n, or a search that ends there. Here "
    "the bound lies above it; search from 0 to 1.",
)
def never_above_the_score(right, n, versions, risk):
    def chance(p):
        return 1 - binom.cdf(right - 1, n, p) ** versions

    return min(bisect(chance, risk), right / n)


@mistake(
    "at_least",
    "with `right` = 0 the probability is 1 for each p, so a root finder has "
    "no change of sign to work with: return 0 first.",
)
def a_root_finder_alone(right, n, versions, risk):
    return brentq(
        lambda p: 1 - binom.cdf(right - 1, n, p) ** versions - risk, 0, 1
    )


@accepted("at_least")
def by_a_root_finder(right, n, versions, risk):
    def surplus(p):
        return 1 - binom.cdf(right - 1, n, p) ** versions - risk

    return brentq(surplus, 0, 1) if right else 0.0


@accepted("at_least")
def by_the_beta_distribution(right, n, versions, risk):
    if right == 0:
        return 0
    return beta.ppf(1 - (1 - risk) ** (1 / versions), right, n - right + 1)


@accepted("at_least")
def by_a_fine_grid(right, n, versions, risk):
    low, high = 0.0, 1.0
    for _ in range(3):
        p = np.linspace(low, high, 1001)
        enough = 1 - binom.cdf(right - 1, n, p) ** versions >= risk
        i = enough.argmax()
        low, high = p[max(i - 1, 0)], p[i]
    return np.array(high)


@accepted("at_least")
def by_sums(right, n, versions, risk):
    low, high = 0.0, 1.0
    while high - low > 1e-6:
        p = (low + high) / 2
        below = sum(
            math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(right)
        )
        if 1 - below**versions >= risk:
            high = p
        else:
            low = p
    return low


# 6 · Looking every week


def convolved(rate, sizes, limits, keep=lambda after, limit: after[:limit]):
    """Return the stops, where `keep` says what goes on after limit + 1."""
    going_on, found = np.ones(1), []
    for n, limit in zip(sizes, limits):
        added = binom.pmf(np.arange(n + 1), n, rate)
        going_on = np.convolve(going_on, added)
        found.append(going_on[limit + 1 :].sum())
        going_on = keep(going_on, limit + 1)
    return np.array(found)


CONDITIONAL = (
    "this is the probability that the week stops it *if it comes to that "
    "week*; asked for is the one seen from before the first week. (So the "
    "list need not sum to 1 after a stop.)"
)


@mistake(
    "stops",
    "a trial that has stopped can't stop again: take it off the list.",
)
def never_taken_off(rate, sizes, limits):
    return convolved(rate, sizes, limits, lambda after, limit: after)


@mistake(
    "stops",
    "a trial stops when *more* than the limit were accused; here the limit "
    "itself stops it.",
)
def limit_reached(rate, sizes, limits):
    return convolved(rate, sizes, np.asarray(limits) - 1)


@mistake(
    "stops",
    "the limit is for all weeks so far, and here each week begins at 0 again.",
)
def each_week_anew(rate, sizes, limits):
    chance = binom.sf(limits, sizes, rate)
    return chance * np.cumprod([1, *(1 - chance)])[:-1]


@mistake(
    "stops",
    CONDITIONAL,
)
def if_it_comes_to_that(rate, sizes, limits):
    found = convolved(rate, sizes, limits)
    return found / (1 - np.cumsum(found) + found)


@mistake(
    "stops",
    "this is the probability to have stopped by then; asked for is that of "
    "stopping in this very week.",
)
def stopped_by_then(rate, sizes, limits):
    return np.cumsum(convolved(rate, sizes, limits))


@mistake(
    "stops",
    "this is the probability that the trial still goes on after the week; "
    "asked for is that it stops in this very week.",
)
def still_going_on(rate, sizes, limits):
    return 1 - np.cumsum(convolved(rate, sizes, limits))


@mistake(
    "stops",
    "the count so far depends on the weeks before: the probabilities of "
    "exceeding the limits can't be multiplied as if weeks were independent.",
)
def as_if_independent(rate, sizes, limits):
    chance = binom.sf(limits, np.cumsum(sizes), rate)
    return chance * np.cumprod([1, *(1 - chance)])[:-1]


@mistake(
    "stops",
    "in the third week trials count that had stopped in the first: what goes "
    "on must have passed *all* weeks before.",
)
def only_the_week_before(rate, sizes, limits):
    found, bins = [], np.cumsum(sizes)
    for i, (n, limit) in enumerate(zip(sizes, limits)):
        if i == 0:
            found.append(binom.sf(limit, n, rate))
            continue
        counts = np.arange(min(limits[i - 1], bins[i - 1]) + 1)
        before = binom.pmf(counts, bins[i - 1], rate)
        found.append(before @ binom.sf(limit - counts, n, rate))
    return np.array(found)


@mistake(
    "stops",
    CONDITIONAL,
)
def renormalized(rate, sizes, limits):
    def keep(after, limit):
        return after[:limit] / after[:limit].sum()

    return convolved(rate, sizes, limits, keep)


@mistake(
    "stops",
    "these are differences of the probabilities to be above the limit, "
    "stopped before or not. But a trial that has stopped stays stopped: "
    "carry the list of the text.",
)
def differences_of_the_weeks(rate, sizes, limits):
    return np.diff(binom.sf(limits, np.cumsum(sizes), rate), prepend=0)


@mistake(
    "stops",
    "close to the right ones, but not exact: simulated, rounded, or changed "
    "by an earlier call? The list of the text, begun anew in each call, gives "
    "them exactly.",
)
def simulated(rate, sizes, limits):
    rng = np.random.default_rng(0)
    counts = rng.binomial(sizes, rate, (200_000, len(sizes))).cumsum(axis=1)
    over = counts > limits
    first = over.argmax(axis=1)
    ends = np.where(over.any(axis=1), first, len(sizes))
    return np.bincount(ends, minlength=len(sizes) + 1)[:-1] / len(counts)


@mistake(
    "stops",
    "the third week can stop the trial, too: its one bin can't exceed the "
    "limit alone, but the count so far can. Add the bins of every week to the "
    "list.",
)
def weeks_skipped(rate, sizes, limits):
    kept = limits < sizes
    found = np.zeros(len(sizes))
    found[kept] = convolved(rate, sizes[kept], limits[kept])
    return found


@mistake(
    "stops", "the example's three weeks are built in: there are len(sizes)."
)
def always_three_weeks(rate, sizes, limits):
    found, before = np.zeros(3), np.ones(1)
    for week in range(3):
        added = np.arange(sizes[week] + 1)
        after = np.convolve(before, binom.pmf(added, sizes[week], rate))
        found[week] = after[limits[week] + 1 :].sum()
        before = after[: limits[week] + 1]
    return found


@accepted("stops")
def by_two_loops_over_counts(rate, sizes, limits):
    before, found = [1.0], []
    for n, limit in zip(sizes, limits):
        after = [0.0] * (len(before) + n)
        for i, p in enumerate(before):
            for j in range(n + 1):
                after[i + j] += p * binom.pmf(j, n, rate)
        found.append(sum(after[limit + 1 :]))
        before = after[: limit + 1]
    return found


@accepted("stops")
def bin_by_bin(rate, sizes, limits):
    counts, found = np.zeros(sum(sizes) + 1), []
    counts[0] = 1
    for n, limit in zip(sizes, limits):
        for _ in range(n):  # one bin after the other
            counts = counts * (1 - rate) + rate * np.r_[0, counts[:-1]]
        over = np.arange(len(counts)) > limit
        found.append(counts[over].sum())
        counts = np.where(over, 0, counts)
    return np.array(found)


@accepted("stops")
def by_what_goes_on(rate, sizes, limits):
    going_on, left = np.ones(1), [1.0]
    for n, limit in zip(sizes, limits):
        shift = np.arange(len(going_on) + n)[:, None]
        step = binom.pmf(shift - np.arange(len(going_on)), n, rate)
        going_on = (step @ going_on)[: limit + 1]
        left.append(going_on.sum())
    return -np.diff(left)


# 7 · A month that nobody checked


def called_as(audited):
    return audited / audited.sum(axis=1, keepdims=True)


def solved_shares(audited, verdicts):
    return np.linalg.solve(called_as(audited).T, verdicts / verdicts.sum())


@mistake(
    "true_shares",
    "the sum runs over i, the *rows* of C: solve with its transpose.",
)
def not_transposed(audited, verdicts):
    return np.linalg.solve(called_as(audited), verdicts / verdicts.sum())


@mistake(
    "true_shares",
    "this asks, of what is called j, how much was truly i *in the audit*. "
    "That depends on the old shares, which have changed; C is each row "
    "divided by its sum.",
)
def as_in_the_audit(audited, verdicts):
    return (audited / audited.sum(axis=0)) @ (verdicts / verdicts.sum())


@mistake(
    "true_shares",
    "each *row* of the table, a true kind, is divided by its sum; here the "
    "columns are.",
)
def columns_divided(audited, verdicts):
    by_column = audited / audited.sum(axis=0)
    return np.linalg.solve(by_column.T, verdicts / verdicts.sum())


@mistake(
    "true_shares",
    "the sums of the rows must stay a column: keepdims=True. Here each column "
    "is divided by the sum of a row.",
)
def without_keepdims(audited, verdicts):
    called = audited / audited.sum(axis=1)
    return np.linalg.solve(called.T, verdicts / verdicts.sum())


@mistake(
    "true_shares",
    "this is q, the shares of the verdicts, mistakes and all.",
)
def shares_of_verdicts(audited, verdicts):
    return verdicts / verdicts.sum()


@mistake(
    "true_shares",
    "these are numbers of bins: divide the verdicts by their sum.",
)
def numbers_of_bins(audited, verdicts):
    return np.linalg.solve(called_as(audited).T, verdicts)


@mistake(
    "true_shares",
    "this makes the service's mistakes once more, on its verdicts; they are "
    "to be undone: solve the equations.",
)
def mistakes_again(audited, verdicts):
    return verdicts / verdicts.sum() @ called_as(audited)


@mistake(
    "true_shares",
    "the table is divided by its total, so the audit's own shares are left "
    "in it; divide each row by its sum.",
)
def table_by_its_total(audited, verdicts):
    joint = audited / audited.sum()
    return np.linalg.solve(joint.T, verdicts / verdicts.sum())


@mistake(
    "true_shares",
    "the counts of the audit are used as they are, so the audit's own shares "
    "are left in them; divide each row by its sum.",
)
def counts_as_they_are(audited, verdicts):
    found = np.linalg.solve(audited.T, verdicts)
    return found / found.sum()


@mistake(
    "true_shares",
    "each kind is corrected alone, against all the rest. But how the rest is "
    "called depends on its mix: solve all the equations together.",
)
def each_kind_alone(audited, verdicts):
    own, sums = np.diag(audited), audited.sum(axis=1)
    others = (audited.sum(axis=0) - own) / (sums.sum() - sums)
    return (verdicts / verdicts.sum() - others) / (own / sums - others)


@mistake(
    "true_shares",
    "an entry below 0 is a warning: leave it as it is, and the others, too.",
)
def clipped(audited, verdicts):
    return np.clip(solved_shares(audited, verdicts), 0, 1)


@mistake("true_shares", IN_PLACE, message="Cannot cast ufunc 'divide'")
def table_divided_in_place(audited, verdicts):
    audited /= audited.sum(axis=1, keepdims=True)
    return np.linalg.solve(audited.T, verdicts / verdicts.sum())


@mistake(
    "true_shares",
    "the example's three kinds are built in: there are len(verdicts).",
)
def always_three_kinds(audited, verdicts):
    equations, q = np.zeros((3, 3)), np.zeros(3)
    for i in range(3):
        for j in range(3):
            equations[j, i] = audited[i, j] / audited[i].sum()
        q[i] = verdicts[i] / verdicts.sum()
    return np.linalg.solve(equations, q)


@mistake(
    "true_shares",
    "corrections by what is left over come closer only slowly where the kinds "
    "are often taken for each other: solve the equations.",
)
def by_sixty_corrections(audited, verdicts):
    called, q = called_as(audited), verdicts / verdicts.sum()
    shares = q
    for _ in range(60):
        shares = shares + q - shares @ called
    return shares


@mistake(
    "true_shares",
    "a 0 in the audit stays a 0: the rows are divided by their sums, and "
    "nothing is added.",
)
def zeros_raised(audited, verdicts):
    called = called_as(np.maximum(audited, 1))
    return np.linalg.solve(called.T, verdicts / verdicts.sum())


@accepted("true_shares")
def by_the_inverse(audited, verdicts):
    C = np.float32(called_as(audited))
    return np.linalg.inv(C).T @ np.float32(verdicts / verdicts.sum())


@accepted("true_shares")
def by_least_squares(audited, verdicts):
    found, *_ = np.linalg.lstsq(called_as(audited).T, verdicts, rcond=None)
    return found / verdicts.sum()


@accepted("true_shares")
def by_elimination(audited, verdicts):
    k = len(verdicts)
    total = sum(verdicts.tolist())
    rows = [
        [audited[i, j] / sum(audited[i]) for i in range(k)]
        + [verdicts[j] / total]
        for j in range(k)
    ]
    for i in range(k):
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for j in range(k):
            if j != i:
                factor = rows[j][i]
                rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i])]
    return [row[-1] for row in rows]


# 9 · A rule that keeps its promise


def lines(rate, sizes, z):
    bins = np.cumsum(sizes)
    high = bins * rate + z * np.sqrt(bins * rate * (1 - rate))
    return np.floor(high).astype(int)


FOR_ALL_WEEKS = (
    "the promise holds for all weeks together, and for the limits that you "
    "return: with these, the results of exercise 6 must sum to the risk at "
    "most."
)


@mistake("safe_limits", FOR_ALL_WEEKS)
def chance_for_other_limits(rate, sizes, risk):
    z = 0.0
    while convolved(rate, sizes, lines(rate, sizes, z) + 1).sum() > risk:
        z += 0.02
    return lines(rate, sizes, z)


@mistake(
    "safe_limits",
    "a limit is for all weeks so far. By week 3 a good service accuses 7.5 of "
    "150 bins on average, and your limit is 7.",
)
def of_each_week_alone(rate, sizes, risk):
    return binom.ppf(1 - risk / len(sizes), sizes, rate)


@mistake("safe_limits", FOR_ALL_WEEKS)
def as_for_one_look(rate, sizes, risk):
    return lines(rate, sizes, norm.ppf(1 - risk))


@mistake(
    "safe_limits",
    "of the risk, 0.05, you use 0.0000: lower limits may use more of it.",
)
def nobody_is_stopped(rate, sizes, risk):
    return np.cumsum(sizes)


@mistake(
    "safe_limits",
    "of the risk, 0.05, you use 0.0420. Lower limits in the first weeks stop "
    "such a service earlier.",
)
def only_at_the_end(rate, sizes, risk):
    bins = np.cumsum(sizes)
    last = binom.ppf(1 - risk, bins[-1], rate)
    return np.where(bins == bins[-1], last, bins[-1])


@mistake(
    "safe_limits",
    "of the risk, 0.05, you use 0.0154. Lower limits in the first weeks stop "
    "such a service earlier.",
)
def risk_by_the_weeks(rate, sizes, risk):
    return binom.ppf(1 - risk / len(sizes), np.cumsum(sizes), rate)


@accepted("safe_limits")
def by_simulation(rate, sizes, risk):
    rng, bins = np.random.default_rng(0), np.cumsum(sizes)
    counts = rng.binomial(sizes, rate, (20_000, len(sizes))).cumsum(axis=1)
    far = (counts - bins * rate) / np.sqrt(bins * rate * (1 - rate))
    return lines(rate, sizes, np.quantile(far.max(axis=1), 1 - 0.8 * risk))


@accepted("safe_limits")
def whole_numbers_in_a_list(rate, sizes, risk):
    z = 1.0
    while convolved(rate, sizes, lines(rate, sizes, z)).sum() > risk:
        z += 0.01
    return [float(limit) for limit in lines(rate, sizes, z)]
