"""What the answers of assignment a14 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong. The last part simulates the
city, its bins and the service.
"""

import functools
import math
import numbers
from pathlib import Path

import numpy as np
from scipy.stats import beta, binom

from utils import checking, comparing

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")
    built_in = {
        1: "is something of the example built in (sixteen bins, four "
        "quarters), or anything kept from the last call? And are counts and "
        "shares of a type that holds them?",
        2: "is something of the example built in (z = 1.96)? Counts may be "
        "arrays of any shape, 0, and as large as n.",
        3: "does the search try each n from 1 to 250, with each c from 0 to "
        "n? Is anything kept from the last call, or rounded?",
        4: "is something of the example built in (three quarters, two "
        "lights)? A quarter that isn't known mustn't end the loop, nor touch "
        "the others.",
        5: "is something of the example built in, or kept from the last call? "
        "The search ends when the limits of p are close together.",
        6: "is something of the example built in (three weeks, few bins), or "
        "kept from the last call? A limit may be 0, or larger than all bins.",
        7: "is something of the example built in (three kinds), or kept from "
        "the last call? Single counts may be 0.",
        9: "is something of the example built in (twelve weeks with 50 bins)?",
    }


READY_MADE = {
    *("statsmodels", "sklearn", "pandas", "torch", "tensorflow", "jax"),
    *("binomtest", "proportion_ci", "checks", "comparing", "checking"),
}


def is_own_work(function):
    """Make sure that a function uses nothing ready-made."""
    check.own_work(function, READY_MADE)


def twice(function, *arguments, gives, advise=None):
    """Call a function two times: it may keep nothing from the first."""
    check.call(function, *arguments, gives=gives, advise=advise)
    again = check.call(function, *arguments)
    check.that(
        comparing.same(again, gives),
        "called again with the same arguments, the function returns "
        "something else.",
        "it may keep nothing between calls: no global names, and no list as "
        "a default that it appends to.",
    )


def in_arrays(function, several=False):
    """Let a function return lists of numbers where arrays are meant.

    Parameters: function; several, does it return more than one result? These
    may also be the rows of one array.
    """

    @functools.wraps(function)
    def returning_arrays(*arguments):
        found = function(*arguments)
        is_array = isinstance(found, np.ndarray) and found.ndim > 0
        if several and (is_array or isinstance(found, (tuple, list))):
            return tuple(map(_as_array, found))
        return found if several else _as_array(found)

    return returning_arrays


def to_within(function, right, allowed):
    """Let a function be off by as much as the text allows."""

    @functools.wraps(function)
    def rounded(*arguments):
        found = function(*arguments)
        if not comparing.same_form(found, right):
            return found
        off = np.abs(np.subtract(found, right, dtype=float))
        return right if (off <= allowed).all() else found

    return rounded


ROUNDED = "the numbers look rounded: return them as they are."


def _is_rounded(found, right):
    """Tell whether numbers are what is right, with two to five digits."""
    near = [
        np.allclose(found, np.round(right, digits), 0, 1e-9, equal_nan=True)
        for digits in range(2, 6)
    ]
    return bool(np.any(found)) and any(near)


def _as_array(found):
    return np.array(found) if _are_numbers(found) else found


def _are_numbers(value):
    """Tell whether a value is a list of numbers, or of such lists of one
    length."""
    if not isinstance(value, (list, tuple)) or not value:
        return False
    if all(isinstance(part, numbers.Number) for part in value):
        return True
    return all(map(_are_numbers, value)) and len(set(map(len, value))) == 1


# 1 · Who is accused?

SIXTEEN = (
    np.array([0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0]) == 1,
    np.array([0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0]) == 1,
    np.array([0, 1, 0, 2, 1, 0, 0, 1, 0, 1, 2, 0, 1, 0, 1, 0]),
)
NAN = float("nan")


def about_report(right):
    """Return what tells which of the three arrays is wrong, and where."""

    def advise(found):
        cases, right_cases = np.asarray(found[0]), np.asarray(right[0])
        if comparing.same(cases[:, ::-1], right_cases):
            return "the clean bins come first, then the spoilt ones."
        off = np.flatnonzero((cases != right_cases).any(axis=1))
        if len(off):
            clean, bad = right_cases[off[0]]
            return (
                f"quarter {off[0]} has {clean} clean bins and {bad} spoilt "
                "ones, accused or not."
            )
        for share, wanted, name in zip(found[1:], right[1:], NAMES):
            share, wanted = np.asarray(share), np.asarray(wanted)
            if share.dtype.kind == "O":
                return f"{name} holds something else than numbers; use np.nan."
            if share.dtype.kind != "f":
                return (
                    f"cases is right. {name} holds no fractions: use floats."
                )
            known = ~np.isnan(wanted)
            if not comparing.same(share[known], wanted[known]):
                about = ROUNDED if _is_rounded(share, wanted) else NAMES[name]
                return f"cases is right. {name}: {about}"
            if not np.isnan(share[~known]).all():
                return (
                    f"cases is right. {name} must be nan where there is no "
                    "bin that it could count."
                )
        return ""

    return advise


NAMES = {
    "false_alarms": "which share of the quarter's clean bins is accused?",
    "misses": "which share of the quarter's spoilt bins isn't accused?",
}


def report_of_sixteen(report):
    is_own_work(report)
    right = (
        [[5, 3], [4, 2], [2, 0], [0, 0]],
        [0.2, 0.75, 0.0, NAN],
        [1 / 3, 1.0, NAN, NAN],
    )
    twice(
        *(in_arrays(report, several=True), *SIXTEEN, 4),
        gives=right,
        advise=about_report(right),
    )


def report_without_clean(report):
    is_own_work(report)
    spoilt = np.array([1, 1, 0, 1, 0, 1, 0, 1]) == 1
    accused = np.array([0, 1, 1, 1, 0, 1, 0, 1]) == 1
    quarter = np.array([1, 1, 2, 1, 2, 1, 2, 2])
    right = (
        [[0, 0], [0, 4], [3, 1]],
        [NAN, NAN, 1 / 3],
        [NAN, 0.25, 0.0],
    )
    check.call(
        *(in_arrays(report, several=True), spoilt, accused, quarter, 3),
        gives=right,
        advise=about_report(right),
    )


def report_of_many(report, seed, num_quarters, n, empty=False):
    """empty: the first two quarters and the last one have no bins."""
    rng = np.random.default_rng(seed)
    inhabited = np.arange(2 * empty, num_quarters - empty)
    quarter = rng.choice(inhabited, n)
    spoilt, accused = rng.random((2, n)) < [[0.3], [0.4]]
    table = np.zeros((num_quarters, 2, 2))  # spoilt?, accused?
    for g, is_spoilt, is_accused in zip(quarter, spoilt, accused):
        table[g, int(is_spoilt), int(is_accused)] += 1
    cases = table.sum(axis=2)
    with np.errstate(invalid="ignore"):
        shares = table[:, [0, 1], [1, 0]] / cases
    right = cases.astype(int).tolist(), *shares.T.tolist()
    check.call(
        in_arrays(report, several=True),
        *(spoilt, accused, quarter, num_quarters),
        gives=right,
        advise=about_report(right),
    )


# 2 · Is it chance?


def about_difference(right, added, exchanged, counts):
    """added: what comes out if the distances are simply added; exchanged: if
    each limit has the other's."""
    lower, upper = right

    def advise(found):
        low, high = found = tuple(map(np.asarray, found))
        if _is_rounded(found, right):
            return ROUNDED
        if comparing.same(found, (upper, lower)):
            return "the lower limit comes first, then the upper one."
        if comparing.same((low, -high), right):
            return "the upper limit has the wrong sign."
        if comparing.same((-low, high), right):
            return "the lower limit has the wrong sign."
        wrong = ~np.isclose(low, lower, 0, 2e-6)
        wrong |= ~np.isclose(high, upper, 0, 2e-6)
        turned = np.isclose(-high, lower) & np.isclose(-low, upper)
        if (wrong & turned).any():
            return (
                "this is an interval for p2 - p1; the difference is p1 - p2, "
                "whichever is larger."
            )
        if comparing.same(found, exchanged):
            return (
                "each limit has the distance of the other one: the low end "
                "needs the first share's lower limit and the second's upper."
            )
        if comparing.same(found, added):
            return (
                "the distances of both shares are simply added; they add "
                "like the legs of a right triangle."
            )
        if (low > high).any():
            return "the lower limit that you return is above the upper one."
        if comparing.same(low, lower):
            return (
                "the lower limit is right. The upper one has distances of its "
                "own: that of the first share to its upper limit, and that of "
                "the second to its lower one."
            )
        if comparing.same(high, upper):
            return "the upper limit is right; go through the lower one again."
        if not wrong.any():
            return ""
        k1, n1, k2, n2, z = (
            np.broadcast_to(part, wrong.shape)[wrong][0] for part in counts
        )
        (l1, u1), (l2, u2) = _wilson(k1, n1, z), _wilson(k2, n2, z)
        return (
            f"Wilson's limits are {l1:.4g} and {u1:.4g} for {k1} of {n1}, "
            f"{l2:.4g} and {u2:.4g} for {k2} of {n2}. If yours agree, look at "
            "the distances: each goes from a share itself to a limit."
        )

    return advise


def _two_limits(function, shape):
    """Complain if a function returns something else than two limits."""

    @functools.wraps(function)
    def returning_limits(*arguments):
        found = in_arrays(function, several=True)(*arguments)
        several = isinstance(found, tuple)
        shapes = [np.shape(limit) for limit in found] if several else []
        check.that(
            not several or shapes == 2 * [shape],
            f"with counts of shape {shape} the limits that are returned have "
            f"the shapes {str(shapes)[1:-1]}.",
            "two limits, first the lower and then the upper one; each has the "
            "shape of the counts: a number for numbers, else an array.",
        )
        return found

    return returning_limits


def _wilson(k, n, z):
    """Return both limits, the roots of a quadratic."""
    a, b, c = n + z * z, 2 * k + z * z, k * k / n
    root = np.sqrt(b * b - 4 * a * c)
    return (b - root) / (2 * a), (b + root) / (2 * a)


def _differences(k1, n1, k2, n2, z):
    """Return both limits, and what they are with the distances added, and
    with each other's."""
    (low1, high1), (low2, high2) = _wilson(k1, n1, z), _wilson(k2, n2, z)
    p, q = k1 / n1, k2 / n2
    low = np.sqrt((p - low1) ** 2 + (high2 - q) ** 2)
    high = np.sqrt((high1 - p) ** 2 + (q - low2) ** 2)
    right, exchanged = (p - q - low, p - q + high), (p - q - high, p - q + low)
    return right, (low1 - high2, high1 - low2), exchanged


def difference_of(difference_interval, k1, n1, k2, n2, z):
    counts = k1, n1, k2, n2, z
    right, *slips = _differences(*counts)
    limits = _two_limits(difference_interval, np.shape(k1))
    twice(
        *(to_within(limits, right, 2e-6), *counts),
        gives=right,
        advise=about_difference(right, *slips, counts),
    )


def difference_of_the_text(difference_interval):
    is_own_work(difference_interval)
    difference_of(difference_interval, 40, 200, 87, 300, 1.96)


def difference_from_nobody(difference_interval):
    is_own_work(difference_interval)
    difference_of(difference_interval, 0, 10, 5, 20, 1.96)


def difference_of_arrays(difference_interval):
    is_own_work(difference_interval)
    k1, n1 = np.array([30, 0, 9]), np.array([70, 12, 9])
    k2, n2 = np.array([11, 8, 0]), np.array([50, 8, 40])
    difference_of(difference_interval, k1, n1, k2, n2, 1.96)
    columns = (counts[:, None] for counts in (k1, n1, k2, n2))
    difference_of(difference_interval, *columns, 1.96)


def difference_with_another_z(difference_interval):
    difference_of(difference_interval, 33, 50, 12, 80, 1.2816)
    difference_of(difference_interval, 5, 50, 70, 80, 3.0)


def difference_of_many(difference_interval, seed, shape, z):
    rng = np.random.default_rng(seed)
    n1, n2 = rng.integers(5, 400, (2, *shape))
    k1, k2 = (rng.integers(0, n + 1) for n in (n1, n2))
    if not shape:
        k1, n1, k2, n2 = map(int, (k1, n1, k2, n2))
    difference_of(difference_interval, k1, n1, k2, n2, z)


# 3 · How many bins must be opened?


def _plan(good, bad, firm_risk, city_risk):
    """Return the smallest plan, by the binomial's quantile function."""
    n, c = 0, 0
    while not n or binom.cdf(c, n, bad) > city_risk:
        n += 1
        c = int(binom.ppf(1 - firm_risk, n, good))
    return n, c


def about_plan(good, bad, firm_risk, city_risk):
    """Return what computes the promises that a plan keeps or breaks."""

    def advise(found):
        n, c = map(float, found)
        if n != int(n) or c != int(c) or not 0 <= c <= n:
            return "n and c are whole numbers, n first, and c is at most n."
        fails, passes = binom.sf(c, n, good), binom.cdf(c, n, bad)
        told = f"with n = {n:.0f} and c = {c:.0f} "
        if fails > firm_risk:
            return (
                f"{told}a service with the rate {good} fails with the "
                f"probability {fails:.4f}, and {firm_risk} is allowed."
            )
        if passes > city_risk:
            return (
                f"{told}a service with the rate {bad} passes with the "
                f"probability {passes:.4f}, and {city_risk} is allowed. (It "
                "passes with any number from 0 to c.)"
            )
        m, d = _plan(good, bad, firm_risk, city_risk)
        exact = binom.sf(d, m, good), binom.cdf(d, m, bad)
        if exact == (firm_risk, city_risk):
            return (
                f"n = {m} with c = {d} keeps both promises, since each is "
                'reached exactly: "at most" is <= (with sums of your own '
                "allow for 1e-12), and n begins at 1."
            )
        return (
            f"{told}both promises are kept, but so they are with n = {m} and "
            f"c = {d}: a good service fails with {exact[0]:.4g}, a bad one "
            f"passes with {exact[1]:.4g}. Try each n, from 1 up, and for each "
            "n each c, from 0 to n."
        )

    return advise


def returning_a_plan(plan):
    """Complain if a search has ended without a result."""

    @functools.wraps(plan)
    def returning(*promise):
        found = plan(*promise)
        check.that(
            found is not None,
            f"nothing is returned for plan{promise}.",
            "does your search end too early? n may be as large as 250, and c "
            "as large as n.",
        )
        return found

    return in_arrays(returning, several=True)


def plan_of(plan, *promise):
    check.call(
        *(in_arrays(plan, several=True), *promise),
        gives=_plan(*promise),
        advise=about_plan(*promise),
    )


CONTRACT = 0.03, 0.1, 0.05, 0.1


def plans_of_the_text(plan):
    is_own_work(plan)
    plan_of(plan, 0.1, 0.6, 0.2, 0.2)
    twice(
        *(returning_a_plan(plan), *CONTRACT),
        gives=_plan(*CONTRACT),
        advise=about_plan(*CONTRACT),
    )
    plan_of(plan, 0.25, 0.625, 0.25, 0.375)


def plans_with_unequal_risks(plan):
    is_own_work(plan)
    plan_of(plan, 0.2, 0.5, 0.3, 0.02)
    plan_of(plan, 0.2, 0.5, 0.02, 0.3)
    plan_of(plan, 0.05, 0.9, 0.1, 0.15)
    plan_of(returning_a_plan(plan), 0.04, 0.085, 0.1, 0.08)
    plan_of(returning_a_plan(plan), 0.7, 0.9, 0.15, 0.25)


def other_plans(plan):
    plan_of(plan, 0.04, 0.15, 0.1, 0.05)
    plan_of(plan, 0.3, 0.45, 0.12, 0.21)
    plan_of(plan, 0.01, 0.5, 0.2, 0.3)
    plan_of(plan, 0.3125, 0.5625, 0.3125, 0.4375)  # reached exactly
    plan_of(returning_a_plan(plan), 0.02, 0.06, 0.05, 0.06)


# 4 · In the same light

TABLES = (
    np.array([[10, 8], [1, 27], [4, 0]]),
    np.array([[200, 40], [50, 150], [40, 0]]),
)


def about_rates(accused, cases, mix, right):
    """Return what tells which quarter is wrong, with its rates."""

    def advise(found):
        found, nan = np.asarray(found), np.isnan(right)
        if _is_rounded(found, right):
            return ROUNDED
        if found.dtype.kind in "iub":
            return WHOLE
        total = mix.sum()
        if total != 1 and comparing.same(found, right * total):
            return (
                "divide by the sum of the mix: its entries need not sum to 1."
            )
        kept = (cases > 0).all(axis=0) & (mix > 0)
        if not kept.all() and kept.any():
            rates = accused[:, kept] / cases[:, kept]
            if comparing.same(found, rates @ mix[kept] / mix[kept].sum()):
                return DROPPED
        for g in np.flatnonzero(np.isnan(found) != nan):
            if nan[g]:
                return (
                    f"quarter {g} has no cases in a light that has a weight, "
                    "so its rate is nan."
                )
            return (
                f"quarter {g} has cases in each light that has a weight, so "
                "its rate is a number."
            )
        off = np.flatnonzero(~np.isclose(found, right, equal_nan=True))
        if len(off) == 0 or not (cases[off[0]] > 0).all():
            return ""
        rates = ", ".join(f"{r:.4g}" for r in accused[off[0]] / cases[off[0]])
        return (
            f"the rates of quarter {off[0]}, light by light, are {rates}: "
            "weigh them by the mix."
        )

    return advise


WHOLE = (
    "these are whole numbers, which hold no fractions: make the array with "
    "np.zeros of its length, not like an array of counts."
)
DROPPED = (
    "a light is left out for all quarters since one of them has no cases in "
    "it. Only that quarter gets nan; for the others the light counts."
)


def for_each_quarter(function, num_quarters):
    """Complain if a function returns another number of rates."""

    @functools.wraps(function)
    def returning_rates(*arguments):
        found = function(*arguments)
        is_list = isinstance(found, np.ndarray) and found.ndim == 1
        check.that(
            not is_list or len(found) == num_quarters,
            f"the result has shape {np.shape(found)}, not ({num_quarters},)."
            if is_list
            else "",
            f"one rate for each quarter, here {num_quarters}: the mix belongs "
            "to the lights, and the sum runs over them, the columns (axis=1).",
        )
        return found

    return returning_rates


def _standardized(accused, cases, mix):
    """Return the rates, by loops."""
    found = []
    for errors, counts in zip(accused.tolist(), cases.tolist()):
        total = 0.0
        for k, n, m in zip(errors, counts, mix.tolist()):
            if m:
                total += m * k / n if n else NAN
        found.append(total / math.fsum(mix.tolist()))
    return np.array(found)


def standardized_as(standardized, accused, cases, mix):
    right = _standardized(accused, cases, mix)
    twice(
        for_each_quarter(in_arrays(standardized), len(cases)),
        *(accused, cases, mix),
        gives=right.tolist(),
        advise=about_rates(accused, cases, mix, right),
    )


def standardized_of_the_text(standardized):
    is_own_work(standardized)
    standardized_as(standardized, *TABLES, np.array([3, 1]))


def standardized_by_day(standardized):
    is_own_work(standardized)
    standardized_as(standardized, *TABLES, np.array([5, 0]))


def standardized_by_shares(standardized):
    is_own_work(standardized)
    accused, cases = TABLES
    standardized_as(standardized, accused, cases, np.array([0.25, 0.75]))
    standardized_as(standardized, accused, cases, np.array([0.0, 0.5]))
    standardized_as(standardized, accused[:2], cases[:2], np.array([6, 2]))


def standardized_of_many(standardized, seed, num_quarters, num_lights):
    rng = np.random.default_rng(seed)
    cases = rng.integers(3, 90, (num_quarters, num_lights))
    cases[0, -1] = 1
    accused = rng.integers(0, cases + 1)
    mix = rng.integers(1, 400, num_lights)
    standardized_as(standardized, accused, cases, mix)
    if num_lights > 1:
        cases[[0, -1], 0], accused[[0, -1], 0] = 0, 0
        standardized_as(standardized, accused, cases, mix)
        mix[0] = 0
        standardized_as(standardized, accused, cases, mix / 7)


# 5 · The best of forty


def about_bound(right, n, versions, risk, expected):
    """Return what computes how great a surprise the score is at a bound."""

    def advise(found):
        p = float(found)
        if right == 0:
            return "if no answer is right, nothing is a surprise: return 0."
        if not 0 <= p <= 1:
            return "p is a probability, a number from 0 to 1."
        if not 1e-3 < p < 1 - 1e-3:
            return (
                "this is an end of the range, or nearly. Print the "
                "probability at a few p in between: it rises from 0 to 1."
            )
        if abs(p - right / n) < 1e-5:
            side = "above" if expected > p else "below"
            return (
                "this is the score itself, right / n, or a search that ends "
                f"there. Here the bound lies {side} it; search from 0 to 1."
            )
        alone = binom.sf(right - 1, n, p)
        chance = -math.expm1(versions * math.log1p(-min(alone, 1 - 1e-15)))
        many = f"the best of {versions}" if versions > 1 else "one version"
        return (
            f"with p = {p:.6f}, {many} is right for at least {right} of {n} "
            f"with the probability {chance:.4g}; risk is {risk}."
        )

    return advise


def bound_of(at_least, right, n, versions, risk):
    expected = 0.0
    if right:
        tail = -math.expm1(math.log1p(-risk) / versions)
        expected = float(beta.ppf(tail, right, n - right + 1))
    twice(
        *(to_within(at_least, expected, 3.5e-6), right, n, versions, risk),
        gives=expected,
        advise=about_bound(right, n, versions, risk, expected),
    )


def bounds_of_the_text(at_least):
    is_own_work(at_least)
    bound_of(at_least, 188, 200, 1, 0.05)
    bound_of(at_least, 188, 200, 40, 0.05)
    bound_of(at_least, 3, 7, 2, 0.2)


def bounds_at_the_ends(at_least):
    is_own_work(at_least)
    bound_of(at_least, 0, 12, 5, 0.1)
    bound_of(at_least, 12, 12, 5, 0.1)
    bound_of(at_least, 12, 12, 5, 0.4)
    bound_of(at_least, 1, 400, 3, 0.1)
    bound_of(at_least, 4, 9, 1, 0.8)
    bound_of(at_least, 90, 100, 1, 0.001)


def other_bounds(at_least):
    bound_of(at_least, 77, 120, 1000, 0.01)
    bound_of(at_least, 30, 31, 7, 0.5)
    bound_of(at_least, 0, 5, 1, 0.3)
    bound_of(at_least, 1, 1, 1, 0.3)
    bound_of(at_least, 2, 11, 2, 0.9)


# 6 · Looking every week


def about_stops(right, sizes, limits):
    def advise(found):
        found = np.asarray(found)
        if _is_rounded(found, right):
            return ROUNDED
        wrong = np.flatnonzero(~np.isclose(found, right, 1e-5, 1e-9))
        if not len(wrong):
            return ""
        if found.dtype.kind in "iub":
            return WHOLE
        if np.abs(found - right).max() < 0.012:
            return (
                "close to the right ones, but not exact: simulated, rounded, "
                "or changed by an earlier call? The list of the text, begun "
                "anew in each call, gives them exactly."
            )
        if (found < -1e-9).any() or found.sum() > 1 + 1e-9:
            return (
                "these are probabilities of things that exclude each other: "
                "none is below 0, and their sum is at most 1."
            )
        week = wrong[0]
        told = (
            f"week {week + 1} has {sizes[week]} bins, and more than "
            f"{limits[week]} in all so far stop the trial"
        )
        if week:
            return (
                f"week 1 is right. {told}: print the list before and after "
                "it. What lies above the limit stops now, wherever it was "
                "before; the rest goes on. (A trial that is never above goes "
                "on to the end, so the sum may be below 1.)"
            )
        return f"already week 1 is wrong: {told}."

    return advise


def _stops(rate, sizes, limits):
    """Return the probabilities, count by count, in a dictionary."""
    going_on, found = {0: 1.0}, []
    for n, limit in zip(sizes.tolist(), limits.tolist()):
        after = {}
        for count, weight in going_on.items():
            for j in range(n + 1):
                p = math.comb(n, j) * rate**j * (1 - rate) ** (n - j)
                after[count + j] = after.get(count + j, 0) + weight * p
        found.append(sum(p for count, p in after.items() if count > limit))
        going_on = {i: p for i, p in after.items() if i <= limit}
    return np.array(found, dtype=float)


def stops_as(stops, rate, sizes, limits):
    sizes, limits = np.array(sizes), np.array(limits)
    right = _stops(rate, sizes, limits)
    twice(
        *(in_arrays(stops), rate, sizes, limits),
        gives=right.tolist(),
        advise=about_stops(right, sizes, limits),
    )


def stops_of_the_text(stops):
    is_own_work(stops)
    stops_as(stops, 0.2, [2, 3, 1], [1, 2, 1])


def stops_of_one_limit(stops):
    is_own_work(stops)
    stops_as(stops, 0.2, [2, 3, 1], [9, 2, 9])


def stops_of_one_week(stops):
    is_own_work(stops)
    stops_as(stops, 0.3, [4], [2])
    stops_as(stops, 0.3, [4], [0])
    stops_as(stops, 0.3, [4], [4])


def stops_of_many(stops, seed, num_weeks):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 12, num_weeks)
    rate = rng.uniform(0.1, 0.5)
    limits = np.floor(np.cumsum(sizes) * rate).astype(int)
    limits = limits + rng.integers(0, 3, num_weeks)
    limits[rng.integers(num_weeks - 1)] = 1000
    stops_as(stops, rate, sizes, limits)
    stops_as(stops, 0.9, [30, 25], [28, 50])


# 7 · A month that nobody checked

AUDITED = np.array([[80, 10, 10], [10, 30, 10], [2, 4, 14]])


def about_shares(audited, verdicts, right):
    """Return what puts the shares into the equations of the text."""

    def advise(found):
        found = np.asarray(found)
        if _is_rounded(found, right):
            return ROUNDED
        if found.dtype.kind in "iub":
            return WHOLE
        if comparing.same(found, right * verdicts.sum()):
            return (
                "these are numbers of bins: divide the verdicts by their sum."
            )
        clipped = np.clip(right, 0, 1)
        cut = (found == clipped) & (clipped != right)
        for warned in clipped, clipped / clipped.sum():
            if cut.any() or comparing.same(found, warned):
                return (
                    "an entry below 0 or above 1 is a warning: leave it as it "
                    "is, and the others, too."
                )
        called = audited / audited.sum(axis=1, keepdims=True)
        q = verdicts / verdicts.sum()
        if abs(found.sum() - 1) > 1e-6:
            return (
                f"shares sum to 1, yours to {found.sum():.4g}. Those that "
                "solve the equations of the text do so by themselves, where "
                "each row of C sums to 1, unrounded, and each verdict gives "
                "an equation, also one that never occurred."
            )
        wanted, gives = q[0], found @ called[:, 0]
        if abs(gives - wanted) < 1e-6:
            return "put your shares into each of the equations for q."
        return (
            f"put into the equation for the first verdict, your shares give "
            f"{gives:.4f}; {wanted:.4f} was observed."
        )

    return advise


def shares_as(true_shares, audited, verdicts):
    called = audited / audited.sum(axis=1, keepdims=True)
    right = (verdicts / verdicts.sum()) @ np.linalg.inv(called)
    twice(
        *(in_arrays(true_shares), audited, verdicts),
        gives=right,
        advise=about_shares(audited, verdicts, right),
    )


def shares_of_the_text(true_shares):
    is_own_work(true_shares)
    shares_as(true_shares, AUDITED, np.array([96, 54, 50]))


def shares_with_a_warning(true_shares):
    is_own_work(true_shares)
    shares_as(true_shares, AUDITED, np.array([390, 60, 50]))
    shares_as(true_shares, AUDITED, np.array([150, 50, 0]))


def shares_of_two(true_shares):
    is_own_work(true_shares)
    audited = np.array([[950, 50], [21, 39]])
    shares_as(true_shares, audited, np.array([700, 300]))
    shares_as(true_shares, audited, np.array([97, 3]))
    shares_as(true_shares, np.array([[51, 49], [48, 52]]), np.array([100, 98]))
    shares_as(true_shares, np.array([[40, 60], [45, 55]]), np.array([43, 57]))
    shares_as(true_shares, np.array([[40, 0], [7, 21]]), np.array([60, 10]))


def shares_of_many(true_shares, seed, num_kinds):
    rng = np.random.default_rng(seed)
    audited = rng.integers(1, 30, (num_kinds, num_kinds))
    audited += np.diag(rng.integers(60, 300, num_kinds))
    verdicts = rng.integers(20, 600, num_kinds)
    shares_as(true_shares, audited, verdicts)


# 9 · A rule that keeps its promise


def _going_on(rate, sizes, limits):
    """Return the probability that no week so far has stopped, (L,)."""
    counts, found = np.ones(1), []
    for n, limit in zip(sizes, limits):
        added = binom.pmf(np.arange(n + 1), n, rate)
        counts = np.convolve(counts, added)[: limit + 1]
        found.append(counts.sum())
    return np.array(found)


def _rule(safe_limits, rate, sizes, risk, surely, weeks):
    """Judge limits: surely, how often twice the rate must be stopped; weeks,
    after how many on average at most."""
    found = check.call(safe_limits, rate, sizes, risk)
    found = np.asarray(found)
    check.that(
        found.shape == sizes.shape and found.dtype.kind in "if",
        f"the result isn't an array of {len(sizes)} numbers.",
    )
    check.that(
        np.isfinite(found).all()
        and (found >= 0).all()
        and (found == np.floor(found)).all(),
        "not all limits are whole numbers from 0 up.",
        "a limit is a number of bins: np.floor rounds down.",
    )
    found = np.minimum(found, sizes.sum()).astype(int)
    stopped = max(0.0, 1 - _going_on(rate, sizes, found)[-1])
    advice = (
        "the promise holds for all weeks together, and for the limits that "
        "you return: with these, the results of exercise 6 must sum to the "
        "risk at most."
    )
    bins = np.cumsum(sizes)
    low = np.flatnonzero(found < bins * rate)
    if len(low):
        week = low[0]
        advice = (
            f"a limit is for all weeks so far. By week {week + 1} a good "
            f"service accuses {bins[week] * rate:.1f} of {bins[week]} bins on "
            f"average, and your limit is {found[week]}."
        )
    check.that(
        stopped <= 1.02 * risk,  # a margin for limits that were simulated
        f"a good service is stopped with the probability {stopped:.4f}, and "
        f"{risk} is allowed.",
        advice,
    )
    going_on = _going_on(2 * rate, sizes, found)
    caught = max(0.0, 1 - going_on[-1])
    check.that(
        caught >= surely,
        f"the promise is kept, but a service with twice the rate is stopped "
        f"in {caught:.1%} of the trials only; {surely:.0%} are asked for.",
        f"of the risk, {risk}, you use {stopped:.4f}: lower limits may use "
        "more of it.",
    )
    mean = 1 + going_on[:-1].sum()
    check.that(
        mean <= weeks,
        f"the promise is kept, but a service with twice the rate is stopped "
        f"after {mean:.2f} weeks on average; {weeks} are asked for.",
        f"of the risk, {risk}, you use {stopped:.4f}. Lower limits in the "
        "first weeks stop such a service earlier.",
    )


def rule_for_twelve_weeks(safe_limits):
    is_own_work(safe_limits)
    _rule(safe_limits, 0.05, np.full(12, 50), 0.05, surely=0.98, weeks=4.0)


def rule_for_another_trial(safe_limits):
    is_own_work(safe_limits)
    sizes = np.array([40, 20, 20, 40, 15, 30, 25, 45])
    _rule(safe_limits, 0.08, sizes, 0.1, surely=0.96, weeks=3.1)


# The city

QUARTERS = {  # bins, share spoilt, shares of the lights, rates by light
    "Hill": (4800, 0.04, (0.70, 0.20, 0.10), (0.020, 0.060, 0.170)),
    "Harbour": (3200, 0.07, (0.10, 0.20, 0.70), (0.018, 0.050, 0.150)),
    "Mill": (2400, 0.05, (0.60, 0.25, 0.15), (0.055, 0.095, 0.200)),
    "Castle": (60, 0.0, (0.80, 0.20, 0.00), (0.020, 0.060, 0.170)),
}
MISSED = np.array([0.25, 0.35, 0.55])  # of spoilt bins, by light


@functools.cache
def _opened():
    rng, columns = np.random.default_rng(14), []
    for g, (n, bad, mix, rates) in enumerate(QUARTERS.values()):
        light = rng.choice(3, n, p=mix)
        spoilt = rng.random(n) < bad
        rate = np.where(spoilt, 1 - MISSED[light], np.array(rates)[light])
        columns.append((np.full(n, g), light, spoilt, rng.random(n) < rate))
    columns = [np.concatenate(column) for column in zip(*columns)]
    order = rng.permutation(len(columns[0]))
    return [column[order] for column in columns]


def opened_bins():
    """Return quarter, light, spoilt and accused of simulated bins, (n,)."""
    return [column.copy() for column in _opened()]
