"""What the answers of assignment a15 are held to: examples and properties.

Each function takes a student's function or class; it is called in the block
of a check, and stops at the first thing that is wrong. The lifts of exercise
3 and the basement of exercises 4 and 6 stand here, too.
"""

import functools
import inspect
import re
from pathlib import Path

import numpy as np

from utils import checking, comparing, ready_made

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")
    built_in = {
        1: "is something of the example built in (five waits)? There may be "
        "none; begin may be 0, and rate 0, which isn't None.",
        2: "is something of the example built in (five lifts), or t taken for "
        "the sum of tries? A lift may have no ride, none or only successes.",
        3: "is the example's number of lifts built in? And what if rides are "
        "told that choose wasn't asked for, if there is one lift only, if "
        "none or all of the rides come?",
        4: "is something of the example built in (four places), or a number "
        "of sweeps? Rewards may all be below 0, gamma may be near 1, and the "
        "distance from the solution must be at most tolerance.",
        5: "is something of the example built in (its table, its five lines)? "
        "The log may be empty, rewards fractions, values below 0; and "
        "`truncated` doesn't end the sum of what comes later.",
        6: "is something of the corridor built in (its number of places, "
        "where its goal is)? After either flag, terminated or truncated, a "
        "new delivery is begun, and all luck comes from rng.",
        7: "is something of the example built in (four steps)? gamma and lam "
        "may be 0, so may last_value, a value like any other; there may be "
        "one step, and the given numbers whole.",
        9: "is something of the example built in (two places, three actions)?",
    }


READY_MADE = {
    *("scipy", "sklearn", "torch", "keras", "tensorflow", "jax", "pandas"),
    *("gymnasium", "checks", "comparing", "checking"),
}
GENERATORS = {"default_rng", "RandomState", "PCG64", "Random"}
AGAIN = (
    "it is given all that it needs: does it keep something from the first "
    "call, or draw random numbers?"
)
WHOLE = (
    "your result holds whole numbers: is what you write into it cut? "
    "np.zeros(n) holds floats, np.zeros_like(a) what a holds."
)


def is_own_work(function):
    """Make sure that a function uses nothing ready-made."""
    check.own_work(inspect.unwrap(function), READY_MADE)


def with_lists(function):
    """Let a function return lists of numbers where an array is meant."""

    @functools.wraps(function)
    def returning_arrays(*arguments):
        found = function(*arguments)
        listed = isinstance(found, (list, tuple))
        if listed and comparing.is_numeric(list(found)):
            return np.array(found, dtype=float)
        return found

    return returning_arrays


def compare(function, *arguments, gives, advise=None):
    """Call a function two times, and compare what it returns.

    Parameters: function, the student's; arguments; gives, the right result,
    an array of floats; advise, as for `check.equal`.
    """
    is_own_work(function)

    def told(found):
        if np.asarray(found).dtype.kind in "iub":
            return WHOLE
        return advise(found) if advise else ""

    found = check.call(
        with_lists(function), *arguments, gives=gives, advise=told
    )
    again = check.call(with_lists(function), *arguments)
    check.that(
        comparing.same(again, found),
        "called a second time, the function gives another result.",
        AGAIN,
    )


# 1 · A lift that was repaired

WAITS = np.array([10, 0, 8, 2, 5])


def estimates_of_five(estimates, rate):
    right = (
        [10, 5, 6, 5, 5] if rate is None else [4, 3, 4.25, 3.6875, 4.015625]
    )
    compare(
        *(estimates, WAITS, rate, 2.0),
        gives=np.array(right, dtype=float),
        advise=_about_estimates,
    )


def _about_many(right):
    """Return what says up to where the estimates are right."""

    def advise(found):
        first = int(np.argmin(np.isclose(found, right)))
        if first:
            return (
                f"up to [{first - 1}] all is right, from the next on entries "
                "aren't: is anything of the example built in? All waits so "
                "far count."
            )
        return (
            "the first entry is wrong already. These waits have fractions: is "
            "anything cut? And does the first wait count as the exercise "
            "says?"
        )

    return advise


def _about_estimates(found):
    return (
        "go through the first three waits, 10, 0 and 8, by hand, and compare "
        "with what your function has in between."
    )


def estimates_of_none(estimates):
    for rate in None, 0.5:
        compare(estimates, np.zeros(0), rate, 3.0, gives=np.zeros(0))


def estimates_at_the_ends(estimates):
    compare(
        *(estimates, WAITS, 0.0, 2.0),
        gives=np.full(5, 2.0),
        advise=lambda _: "a step of 0 changes nothing: `begin` stays.",
    )
    compare(
        *(estimates, WAITS, 1.0, 2.0),
        gives=WAITS.astype(float),
        advise=lambda found: (
            "with a step of 1 only the last wait counts."
            + " Is anything divided by 1 - rate?" * bool(np.isnan(found).any())
        ),
    )
    compare(estimates, WAITS, 0, 2, gives=np.full(5, 2.0))
    compare(
        *(estimates, WAITS, 0.25, 2),
        gives=np.array([4, 3, 4.25, 3.6875, 4.015625]),
        advise=lambda _: (
            "begin is 2 here, not 2.0: an array filled with it holds whole "
            "numbers only."
        ),
    )
    compare(
        *(estimates, WAITS, 0.5, 0.0),
        gives=np.array([5, 2.5, 5.25, 3.625, 4.3125]),
        advise=lambda _: "begin is 0 here, an estimate like any other.",
    )


def estimates_of_many(estimates, seed, n, rate):
    """Compare with weighted sums: no recursion is used."""
    rng = np.random.default_rng(seed)
    for _ in range(2):
        waits, begin = rng.exponential(20, n), rng.normal(30, 5)
        right_ones = {
            None: np.cumsum(waits) / np.arange(1, n + 1),
            rate: _weighted(waits, rate, begin),
        }
        for step, right in right_ones.items():
            compare(
                *(estimates, waits, step, begin),
                gives=right,
                advise=_about_many(right),
            )


def _weighted(waits, rate, begin):
    found = []
    for n in range(1, len(waits) + 1):
        fades = (1 - rate) ** np.arange(n - 1, -1, -1)
        found.append((1 - rate) ** n * begin + rate * fades @ waits[:n])
    return np.array(found)


# 2 · How good could it be?

WINS, TRIES = np.array([3, 0, 14, 5, 0]), np.array([10, 4, 20, 5, 0])


def bounds(wins, tries, t):
    """Return the bounds (k,), found for all lifts at once."""
    wins, tries = np.asarray(wins, float), np.asarray(tries, float)
    p = wins / np.maximum(tries, 1)
    low, high = p.copy(), np.ones(len(p))
    for _ in range(60):
        q = (low + high) / 2
        credible = np.maximum(tries, 1) * divergence(p, q) <= np.log(t)
        low, high = np.where(credible, q, low), np.where(credible, high, q)
    return np.where(tries == 0, 1.0, np.round(low, 12))


def divergence(p, q):
    """Return KL(p, q) of two coins; infinite where only q is 0 or 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hit = np.where(p > 0, p * np.log(p / q), 0)
        miss = np.where(p < 1, (1 - p) * np.log((1 - p) / (1 - q)), 0)
    return hit + miss


BELOW = (
    "a bound is never below the share of successes. Does the search begin at "
    "p, and is what it finds kept as it is (an array like wins holds whole "
    "numbers)?"
)


def _about_bounds(wins, tries, t):
    def advise(found):
        if np.isnan(found).any():
            return (
                "something is not a number: 0 times the logarithm of 0, or "
                "0 divided by 0? Which lifts need care?"
            )
        right, floor = bounds(wins, tries, t), wins / np.maximum(tries, 1)
        if np.any(found > 1 + 1e-6):
            return "a chance is never above 1."
        if np.any(found < floor - 1e-6):
            return BELOW
        off = np.abs(found - right)
        never, wrong = (wins == 0) & (tries > 0), off > 2e-6
        usual = (wins > 0) & (wins < tries)
        if not wrong[tries > 0].any():
            return "a lift without any ride could be anything: its bound is 1."
        if off.max() < 2e-3 and wrong[~never].any():
            return (
                f"nearly right, but off by up to {off.max():.2g}. When does "
                "your search stop? Go by the width of the interval, which "
                "reaches up to 1."
            )
        if usual.any() and not wrong[~never].any():
            return (
                "only lifts that have never come are wrong, by up to "
                f"{off.max():.2g}. For them p is 0, not a little more, and "
                "the first term is 0, not nan (which is never <= ln t); and "
                "does the search end when its interval is narrow enough?"
            )
        other = bounds(wins, tries, max(1, sum(tries)))
        if np.abs(found - other).max() < 1e-5:
            return (
                "this goes by the rides of these lifts, the sum of tries; how "
                "many there have been in the house is given, t."
            )
        i = int(np.argmax(off))
        ridden = f"lift {i} has {wins[i]} successes in {tries[i]} rides."
        if found[i] > 1 - 1e-12:
            return (
                f"{ridden} At your bound of 1 the divergence is infinite: "
                "where it is at most ln t, q is smaller."
            )
        spent = tries[i] * divergence(floor[i], found[i])
        single = int(usual[~wrong].sum() == 1 and usual[wrong].any())
        return (
            f"{ridden} At your {found[i]:.6g} the divergence times the rides "
            f"is {spent:.4g}, ln t is {np.log(t):.4g}: which is the largest q "
            "where it isn't more?" + " Is each searched by itself?" * single
        )

    return advise


def _compare_bounds(upper_bounds, wins, tries, t, advise=None):
    """Compare; what is off by less than was asked for counts as right."""
    right = bounds(wins, tries, t)

    @functools.wraps(upper_bounds)
    def snapped(*arguments):
        found = with_lists(upper_bounds)(*arguments)
        if not comparing.same_form(found, right):
            return found
        return np.where(np.abs(found - right) <= 2e-6, right, found)

    compare(
        *(snapped, wins, tries, t),
        gives=right,
        advise=advise or _about_bounds(wins, tries, t),
    )


def bounds_of_five(upper_bounds, t=50):
    _compare_bounds(upper_bounds, WINS, TRIES, t)


def bounds_at_first(upper_bounds):
    wins, tries = np.array([0, 1, 0, 2]), np.array([1, 1, 0, 5])
    p = wins / np.maximum(tries, 1)
    _compare_bounds(
        *(upper_bounds, wins, tries, 1),
        lambda found: (
            BELOW
            if np.any(found < p - 1e-6)
            else "the logarithm of 1 is 0, so only q = p is credible: p, if "
            "there was a ride at all. (Others come after a lift without one.)"
        ),
    )


def bounds_of_many(upper_bounds, seed, k, t):
    rng = np.random.default_rng(seed)
    tries = rng.integers(0, 40, k)
    wins = rng.binomial(tries, rng.random(k))
    tries[0] = 7
    tries[1:2] = wins[1:2] = 0  # not the last one
    wins[0] = 2  # one at least is ordinary
    # one is well known, and one isn't known at all
    tries, wins = np.append(tries, [100, 0]), np.append(wins, [90, 0])
    _compare_bounds(upper_bounds, wins, tries, t)


# 3 · Which lift?

RIDES, HOUSES = 600, 40
# Rides missed in the mean: about 144 at random, 72 by Greedy, 65 by Careful,
# 50 with three random rides in ten; 33 with one in ten, 24 by Thompson's rule.
FLOOR = 45


def house(number):
    """Return the chances (5,) of the lifts of a house."""
    rng = np.random.default_rng([15, number])
    chances = np.array([0.1, 0.2, 0.2, 0.3, 0.5]) + rng.uniform(0, 0.05)
    return rng.permutation(chances)


class Uniform:
    """Who chooses at random."""

    def __init__(self, num_arms, rng):
        self.num_arms, self.rng = num_arms, rng

    def choose(self):
        return int(self.rng.integers(self.num_arms))

    def learn(self, arm, reward):
        pass


class Greedy(Uniform):
    """Who takes the lift with the best record, each of them once at first."""

    def __init__(self, num_arms, rng):
        super().__init__(num_arms, rng)
        self.tries, self.wins = np.zeros((2, num_arms))

    def choose(self):
        share = self.wins / np.maximum(self.tries, 1)
        share[self.tries == 0] = 2
        return int((share + 1e-9 * self.rng.random(self.num_arms)).argmax())

    def learn(self, arm, reward):
        self.tries[arm] += 1
        self.wins[arm] += reward


class Careful(Greedy):
    """UCB with Hoeffding's inequality, as in notebook 15."""

    def choose(self):
        n, t = np.maximum(self.tries, 1), self.tries.sum() + 1
        bound = self.wins / n + np.sqrt(2 * np.log(t) / n)
        bound[self.tries == 0] = np.inf
        return int(bound.argmax())


def made(Chooser, num_arms, seed):
    """Make a chooser, and make sure that it has its two methods."""
    check.that(isinstance(Chooser, type), "Chooser isn't a class.")
    chooser = Chooser(num_arms, np.random.default_rng([seed, 1]))
    for name in ("choose", "learn"):
        check.that(
            callable(getattr(chooser, name, None)),
            f"a Chooser has no method {name}.",
        )
    return chooser


def chosen(chooser, num_arms):
    """Return the lift that a chooser wants, a whole number."""
    arm = chooser.choose()
    if arm is None:
        raise comparing.NoAnswer("choose returns None: is a return missing?")
    if not _is_whole(arm):
        check.that(
            False,
            f"choose returns {str(arm)[:40]}, which is no whole number but "
            f"{type(arm).__name__}.",
            "return the number of a single lift. argmax gives one; "
            "flatnonzero, argwhere, choice(..., 1) give arrays, max a value.",
        )
    if not 0 <= arm < num_arms:
        check.that(
            False,
            f"choose returns {arm}; the {num_arms} lifts are 0 to "
            f"{num_arms - 1}.",
            "lifts are numbered from 0 on, and how many there are says "
            "num_arms.",
        )
    return int(arm)


def _is_whole(number):
    return np.ndim(number) == 0 and np.asarray(number).dtype.kind in "iu"


def ride(chooser, chances, num_rides, seed):
    """Let a chooser take some rides; return the lifts (num_rides,)."""
    luck = np.random.default_rng([seed, 2]).random(num_rides)
    arms = []
    for u in luck:
        arm = chosen(chooser, len(chances))
        chooser.learn(arm, int(u < chances[arm]))
        arms.append(arm)
    return np.array(arms)


def chooses_among_three(Chooser):
    for name in "__init__", "choose", "learn":
        is_own_work(getattr(Chooser, name, None))
        own = ready_made.used_by(getattr(Chooser, name, None), GENERATORS)
        check.that(
            not own,
            f"your rule makes a generator of its own, by {own}.",
            "random numbers come from rng, which __init__ is given.",
        )
    runs = []
    for _ in range(2):
        chooser = made(Chooser, 3, seed=0)
        chooser.learn(2, 1)
        arms = [chosen(chooser, 3) for _ in range(5)]  # nothing is learnt
        runs.append([*arms, *ride(chooser, [0.3, 0.6, 0.4], 60, seed=0)])
    check.that(
        runs[0] == runs[1],
        "with the same seed and the same luck, two choosers choose "
        "differently.",
        "random numbers come from rng only, and each chooser begins with a "
        "memory of its own.",
    )


NOTED = (
    "learn is told which lift was taken: note the ride for that one, whether "
    "or not choose has asked for it. And let choose go by what is noted; with "
    "so much known it need hardly try the others."
)
BETA = (
    "Beta(a, b) needs numbers above 0, and a lift without a success or "
    "without a failure gives 0: begin with wins + 1 and losses + 1."
)
AVOIDS = (
    "it avoids the best lift. Does a success make a lift less likely here, "
    "are successes and failures exchanged, or aren't failures noted at all?"
)


def told(chooser, arm, best, ride_number):
    """Tell of a ride: the best lift comes in 9 of 10, others in 1 of 10."""
    chooser.learn(arm, int(ride_number % 10 < (9 if arm == best else 1)))


def listens_to_nurses(Chooser, num_arms=3):
    """Tell choosers of many rides before they are asked for the first."""
    for seldom in 1, 10:  # how seldom the nurses take the best one
        first = []
        for seed in range(30):
            chooser, best = made(Chooser, num_arms, seed), seed % num_arms
            for i in range(400):
                for arm in range(num_arms):
                    if arm != best or i % seldom == 0:
                        told(chooser, arm, best, i // seldom)
            first.append(chosen(chooser, num_arms) == best)
        check.that(
            np.mean(first) >= 0.6,
            f"nurses have told of {400 // seldom} rides with the best of "
            f"{num_arms} lifts, which came in 9 of 10, and of 400 with each "
            f"other one, in 1 of 10. Of 30 choosers only {sum(first)} begin "
            "with the best one.",
            NOTED if sum(first) > 3 else AVOIDS,
        )


def keeps_houses_apart(Chooser):
    """Use two choosers in turn; each has its own best lift."""
    right = []
    for seed in range(0, 20, 2):
        pair = [made(Chooser, 4, seed + i) for i in (0, 1)]
        for i in range(800):
            told(pair[0], i % 4, 0, i // 4)
            told(pair[1], i % 4, 3, i // 4)
        right += [chosen(pair[0], 4) == 0, chosen(pair[1], 4) == 3]
    check.that(
        np.mean(right) >= 0.6,
        "of two choosers that are in use at the same time, in houses with "
        f"different lifts, only {sum(right)} of 20 take what is better in "
        "theirs.",
        AVOIDS
        if not any(right)
        else "keep what is learnt in self, made in __init__: not in a global "
        "variable, and not in the class. (And learn may be told of rides that "
        "choose wasn't asked for.)",
    )


def chooses_among_others(Chooser):
    for num_arms in 1, 2, 9:
        chances = np.linspace(0.1, 0.9, num_arms)
        try:
            ride(made(Chooser, num_arms, seed=3), chances, 50, seed=3)
        except (IndexError, ValueError, ZeroDivisionError) as error:
            check.that(
                False,
                f"with {num_arms} lifts: {type(error).__name__}: {error}",
                BETA
                if re.fullmatch("[ab] <= 0", str(error))
                else "a house may have one lift, or nine: then there is no "
                "second one, or more than in the example.",
            )
    for came in 0, 1:
        ride(made(Chooser, 4, seed=4), np.full(4, came), 50, seed=4)


def lifts(Chooser, first_house=0):
    """Let it ride in all houses; return lifts and chances."""
    chances = [house(first_house + i) for i in range(HOUSES)]
    arms = [
        ride(
            made(Chooser, 5, first_house + i),
            chances[i],
            RIDES,
            first_house + i,
        )
        for i in range(HOUSES)
    ]
    return np.array(arms), np.array(chances)


def regrets(Chooser, first_house=0):
    """Return what each ride misses, (houses, rides)."""
    return _missed(*lifts(Chooser, first_house))


def _missed(arms, chances):
    got = np.take_along_axis(chances, arms, axis=1)
    return chances.max(axis=1, keepdims=True) - got


def regret(Chooser):
    """Return the mean regret in the forty houses of the test."""
    return float(regrets(Chooser).sum(axis=1).mean())


def misses_little(Chooser, first_house=0):
    arms, chances = lifts(Chooser, first_house)
    missed = _missed(arms, chances)
    late = arms[:, -200:] == chances.argmax(axis=1)[:, None]
    lost = int((late.mean(axis=1) < 0.05).sum())
    used = [np.mean(arms[:, -200:] == arm, axis=1) for arm in range(5)]
    check.that(
        missed.sum(axis=1).mean() <= FLOOR,
        f"in the mean of {HOUSES} houses your rule misses "
        f"{missed.sum(axis=1).mean():.1f} of {RIDES} rides, at most {FLOOR} "
        f"are asked for. In the last 200 it takes the best lift in "
        f"{late.mean():.0%} of the rides; in {lost} houses hardly ever.",
        _about_rides(lost, np.max(used, axis=0).mean(), late.mean()),
    )


def _about_rides(lost, favourite, late):
    if lost >= 4:
        return STUCK
    if favourite < 0.4:
        return AIMLESS
    return UNSURE if late < 0.65 else RESTLESS


STUCK = (
    "does your rule ever go back to a lift that has had bad luck, as long as "
    "little is known about it?"
)
AIMLESS = (
    "even in the end no lift is taken clearly more often than the others: "
    "does choose use what learn has noted, and does learn change the entry of "
    "the lift that was taken only?"
)
UNSURE = (
    "even in the end it often takes another lift than the best. Does each "
    "ride count alike, also the early ones (nothing changes in a house), and "
    "does it try the others more and more seldom?"
)
RESTLESS = (
    "it finds the best lift, but goes on trying the others for longer than "
    "it needs to. Are failures counted, too? Then explore less, the more is "
    "known."
)


# 4 · With a map


def solved(P, R, gamma, ends):
    """Return the best values (S,), by a very long value iteration."""
    P = np.where(ends[:, None, None], 0, P)
    R = np.where(ends[:, None], 0, R)
    V = np.zeros(len(R))
    while True:
        new = np.max(R + gamma * np.einsum("sap,p->sa", P, V), axis=1)
        if np.abs(new - V).max() < 1e-13 * (1 + np.abs(V).max()):
            return new
        V = new


P_FOUR = np.array(
    [
        [[0, 1, 0, 0], [0.5, 0, 0.5, 0]],
        [[0, 0, 1, 0], [0, 0, 0, 1]],
        [[0, 0, 1, 0], [0, 0, 1, 0]],
        [[0.25, 0, 0, 0.75], [0, 1, 0, 0]],
    ]
)
R_FOUR = np.array([[0, 1], [6, 2], [5, 5], [2, 1]])
ENDS_FOUR = np.array([False, False, True, False])


def values_of_four(best_values):
    compare(
        *(best_values, P_FOUR, R_FOUR, 0.5, ENDS_FOUR, 1e-6),
        gives=np.array([3.0, 6.0, 0.0, 4.0]),
        advise=_about_four,
    )


def _about_four(found):
    if np.abs(found).max() > 100:
        return "the values grow and grow: is all that comes later discounted?"
    return (
        "in the end V(1) is 6, by action 0, which ends there; so V(3) is 1 + "
        "0.5 times 6, by action 1. Print your V after each sweep."
    )


ZEROS = (
    "all values are 0. Is a sweep made at all, do you return what came out of "
    "the last one, and does anything keep a value from falling below 0?"
)
FIRST = (
    "these are the values after the first sweep: why does it stop there? Is "
    "the old guess a copy, is a change taken by its absolute value, and is "
    "the sum of all further changes at most `tolerance`?"
)


def values_without_future(best_values):
    for scale in 1, -1:
        right = np.where(ENDS_FOUR, 0, (scale * R_FOUR).max(axis=1))
        compare(
            *(best_values, P_FOUR, scale * R_FOUR, 0.0, ENDS_FOUR, 1e-6),
            gives=right.astype(float),
            advise=lambda found: (
                ZEROS * (not found.any())
                or "with gamma = 0 only the next reward counts."
            ),
        )


def values_without_end(best_values):
    none = np.zeros(4, bool)
    compare(
        *(best_values, P_FOUR, R_FOUR, 0.5, none, 1e-6),
        gives=solved(P_FOUR, R_FOUR, 0.5, none),
        advise=lambda found: (
            _about_values(found, P_FOUR, R_FOUR, 0.5, none, 1e-6)
            if found[2]
            else "no place is an end here, so place 2 has a value, too."
        ),
    )
    costs = -1.0 - R_FOUR.max() + R_FOUR  # all rewards are below 0
    compare(
        *(best_values, P_FOUR, costs, 0.5, none, 1e-7),
        gives=solved(P_FOUR, costs, 0.5, none),
        advise=lambda found: (
            _about_stopping(found, costs, none)
            or "all rewards are below 0: their size says what is to come."
        ),
    )


def _about_stopping(found, R, ends):
    if comparing.same(found, np.where(ends, 0, R.max(axis=1))):
        return FIRST
    return "" if found.any() else ZEROS


def values_within(best_values, seed, S, A, gamma, off, mean=-1.0):
    """Look at a random world whose values must be right within `off`."""
    is_own_work(best_values)
    rng = np.random.default_rng(seed)
    P = rng.dirichlet(np.full(S, 0.3), (S, A))
    R = rng.normal(mean, 4, (S, A))
    ends = np.arange(S) == rng.integers(S)
    P[:, :, ends] *= 0.01  # deliveries are long
    P /= P.sum(axis=2, keepdims=True)
    P[ends], R[ends] = rng.random((A, S)), 7.0  # it doesn't matter what
    right = solved(P, R, gamma, ends)
    found = check.call(with_lists(best_values), P, R, gamma, ends, off)
    if not comparing.same_form(found, right):
        check.equal(found, right)
    check.that(
        np.asarray(found).dtype.kind in "fi" and np.isfinite(found).all(),
        "not all values are finite numbers.",
    )
    s = int(np.abs(found - right).argmax())
    error = abs(found[s] - right[s])
    check.that(
        not np.any(found[ends]),
        "the value of an end isn't 0.",
        "set it to 0 in each sweep, whatever stands in its rows.",
    )
    check.that(
        error <= off * (1 + 1e-6) + 1e-9,
        f"with gamma {gamma:g} and tolerance {off:g} the value of place {s} "
        f"is off by {error:.3g}.",
        _about_values(found, P, R, gamma, ends, off),
    )


def _about_values(found, P, R, gamma, ends, off):
    if stopped := _about_stopping(found, R, ends):
        return stopped
    exact = (P.astype(np.float32) == P).all()  # its values may be, too
    if not exact and (found.astype(np.float32) == found).all():
        return (
            "your values have single precision (float32), which rounds too "
            "much here: compute in float64."
        )
    after = R + gamma * np.einsum("sap,p->sa", P, found)
    change = np.abs(np.where(ends, 0, after.max(axis=1)) - found).max()
    if change <= off:
        return (
            f"one more sweep would change no value by more than {change:.3g}, "
            "and yet so much is still to come: take the largest change of "
            "the last sweep, add up what all further ones may change, and "
            "return what the last one gave."
        )
    still = f"one more sweep would still change a value by {change:.3g}"
    if change * (1 - gamma) > off:
        return (
            f"{still}. Is each sweep right (print the values after each), and "
            "are sweeps made until hardly anything changes?"
        )
    return (
        f"{still}, and each further change may be gamma times the one before: "
        "the sum of all that may come is to be at most `tolerance`, however "
        "large the values are."
    )


# 5 · Somebody else's nights

Q_THREE = np.array([[0, 4], [2, -2], [8, 6]])
LOG = [
    (0, 1, 2, 1, False, False),
    (1, 0, 1, 2, False, False),
    (0, 1, 2, 1, False, False),
    (1, 1, -3, 0, True, False),
    (2, 1, 4, 0, False, True),
]


def _about_log(found):
    return (
        "the five lines write, one after the other, [0, 1] 3.75, [1, 0] 2.75, "
        "[0, 1] 3.65625, [1, 1] -2.25 and [2, 1] 5.957. Print your table "
        "after each line: where does it first differ?"
    )


def log_of_five(learn_from_log):
    compare(
        *(learn_from_log, Q_THREE, LOG, 0.25, 0.5),
        gives=np.array([[0, 3.65625], [2.75, -2.25], [8, 5.95703125]]),
        advise=_about_log,
    )


def log_of_none(learn_from_log):
    found = check.call(with_lists(learn_from_log), *(Q_THREE, [], 0.25, 0.5))
    check.that(
        np.asarray(found).dtype.kind == "f",
        "the table that is returned holds whole numbers.",
        "also for an empty log return a new table of floats: np.array(Q, "
        "dtype=float).",
    )
    compare(learn_from_log, Q_THREE, [], 0.25, 0.5, gives=Q_THREE * 1.0)
    Q = np.array([[0.5, 1.5, -1.0]])
    found = check.call(with_lists(lambda *a: learn_from_log(Q, *a)), [], 1, 1)
    check.that(
        not np.shares_memory(found, Q),
        "the table that is returned is the old one.",
        "return a new one also if the log is empty: np.array(Q, "
        "dtype=float) is a copy, np.asarray needn't be one.",
    )


def log_with_both(learn_from_log):
    log = [(2, 0, 1, 0, True, True), (0, 0, -1, 2, True, True)]
    compare(
        *(learn_from_log, Q_THREE, log, 0.5, 0.5),
        gives=np.array([[-0.5, 4], [2, -2], [4.5, 6]]),
        advise=lambda _: "if both flags are True, it has ended.",
    )


def log_of_many(learn_from_log, seed, S, A, n):
    rng = np.random.default_rng(seed)
    Q, log = rng.normal(0, 3, (S, A)), []
    for _ in range(n):
        flags = [(True, False), (False, True), (False, False)]
        terminated, truncated = flags[min(2, rng.integers(6))]
        s, a, z = (int(rng.integers(k)) for k in (S, A, S))
        log.append((s, a, float(rng.normal()), z, terminated, truncated))
    table = Q.tolist()
    for s, a, r, z, terminated, _ in log:
        y = r if terminated else r + 0.8 * max(table[z])
        table[s][a] = 0.7 * table[s][a] + 0.3 * y
    compare(learn_from_log, Q, log, 0.3, 0.8, gives=np.array(table))


# 6 · Without a map

GAMMA = 0.95
PLAN = ("###...###", "S.oov..G.", ".#######.", ".........")
LARGER = ("####....###", ".G...#voo.S", ".#########.", "...........")
CORRIDOR = ("S..G.",)
LONG = ("S" + 28 * "." + "G",)  # first deliveries are cut off
SHARE = 0.92  # the long way round is worth 0.85
DIRECTIONS = (-1, 0), (0, 1), (1, 0), (0, -1)  # up, right, down, left
STEPS, LIMIT = 20_000, 100


@functools.cache
def built(plan):
    """Return what is known of a basement.

    Parameters: plan, rows of letters: S the pharmacy, G the lift, v stairs,
    o polished, # walls.
    Returns: P (S, 4, S), R (S, 4), ends (S,), the places (S, 2), the start.
    """
    grid = np.array([list(row) for row in plan])
    places = np.argwhere(grid != "#")
    number = {tuple(place): s for s, place in enumerate(places.tolist())}
    letters = grid[grid != "#"]
    reward = (letters == "G") * 1.0 - (letters == "v")
    ends = reward != 0
    P = np.zeros((len(places), 4, len(places)))
    for s, place in enumerate(places):
        for a, direction in enumerate(DIRECTIONS):
            first = number.get(tuple((place + direction).tolist()), s)
            slides = letters[first] == "o" and first != s
            further = (places[first] + direction).tolist()
            second = number.get(tuple(further), first) if slides else first
            P[s, a, first] += 0.5
            P[s, a, second] += 0.5
    P[ends] = 0
    return P, P @ reward, ends, places, int(np.flatnonzero(letters == "S")[0])


START = built(PLAN)[4]


def survey():
    """Return P, R and ends of the basement, as the maker sells them."""
    P, R, ends, *_ = built(PLAN)
    return P.copy(), R.copy(), ends.copy()


class Basement:
    """A basement to walk in. Attributes: num_states, num_actions, gamma,
    steps_left; arrived and fallen, how often a delivery ended so; earned,
    arrivals minus falls after each step.

    Parameters: plan; seed, which decides the numbers of places and actions,
    and the luck.
    """

    def __init__(self, plan, seed):
        P, _, _, _, _ = built(plan)
        self.num_states, self.num_actions, _ = P.shape
        self.gamma = GAMMA
        self.arrived = self.fallen = 0
        self.earned = []
        self.reset, self.step, self._left = _walk(self, plan, seed)

    @property
    def steps_left(self):
        return self._left()


def _numbers(plan, seed):
    """Return the places' numbers (S,) and the directions of actions (4,)."""
    rng = np.random.default_rng([seed, 3])
    return rng.permutation(len(built(plan)[0])), rng.permutation(4)


def _walk(world, plan, seed):
    """Return reset, step and left; what they know is in no attribute."""
    P, _, ends, _, start = built(plan)
    names, directions = (numbers.tolist() for numbers in _numbers(plan, seed))
    letters = [letter for row in plan for letter in row if letter != "#"]
    # of two places where an action may lead each has one half
    leads = [[np.flatnonzero(row).tolist() for row in rows] for rows in P]
    luck = np.random.default_rng([seed, 4])
    now = {"at": None, "steps": 0, "left": STEPS}

    def reset():
        now.update(at=start, steps=0)
        return names[start]

    def step(action):
        if now["at"] is None:
            check.that(
                False,
                "step is called while no delivery is under way.",
                "call reset at the beginning, and after a step with either "
                "flag, terminated or truncated.",
            )
        if not now["left"]:
            raise RuntimeError("the night is over: no steps are left")
        if (
            type(action) is not int
            and not _is_whole(action)
            or not (0 <= action < 4)
        ):
            raise ValueError(f"{str(action)[:40]} is no action: 0 to 3 are")
        now["left"] -= 1
        now["steps"] += 1
        ways = leads[now["at"]][directions[action]]
        new = ways[luck.random() < 0.5 if len(ways) > 1 else 0]
        terminated, reward = bool(ends[new]), 0.0
        if terminated:
            reward = 1.0 if letters[new] == "G" else -1.0
            world.arrived += reward > 0
            world.fallen += reward < 0
        truncated = now["steps"] >= LIMIT and not terminated
        now["at"] = None if terminated or truncated else new
        world.earned.append(world.arrived - world.fallen)
        return names[new], reward, terminated, truncated

    return reset, step, lambda: now["left"]


def basement(seed=0):
    """Return a basement to walk in, for a night of 20,000 steps."""
    return Basement(PLAN, seed)


def learnt(explore, plan, seed):
    """Let a robot learn; return its table in the survey's numbers, and its
    world."""
    is_own_work(explore)
    world = Basement(plan, seed)
    rng = np.random.default_rng([seed, 5])
    Q = check.call(with_lists(explore), world, rng)
    shape = world.num_states, world.num_actions
    check.that(isinstance(Q, np.ndarray), "the result isn't an array.")
    check.that(
        Q.shape == shape,
        f"the table has the shape {Q.shape}, not {shape}.",
        "a row for each place, a column for each action.",
    )
    check.that(
        Q.dtype.kind in "fiu" and not np.isnan(Q).any(),
        "not all entries of the table are numbers.",
    )
    names, directions = _numbers(plan, seed)
    own = np.zeros(shape)
    policy = Q.argmax(axis=1)
    own[np.arange(len(own)), directions[policy[names]]] = 1
    return own, world, Q


def value_of(own, plan):
    """Return the value (S,) of a policy, one-hot (S, 4), in the survey's
    numbers."""
    P, R, *_ = built(plan)
    P_own = np.einsum("sa,saz->sz", own, P)
    return np.linalg.solve(
        np.eye(len(P)) - GAMMA * P_own, (own * R).sum(axis=1)
    )


def share_of(own, plan):
    """Return what a policy is worth at the start, and what is possible."""
    P, R, ends, _, start = built(plan)
    return value_of(own, plan)[start], solved(P, R, GAMMA, ends)[start]


def worth(explore, seed=0):
    """Say what a robot reaches in one basement, and what happened."""
    own, world, _ = learnt(explore, PLAN, seed)
    value, best = share_of(own, PLAN)
    return {
        "share": round(float(value / best), 3),
        "arrived": int(world.arrived),
        "fallen": int(world.fallen),
        "steps left": int(world.steps_left),
    }


def learns_a_corridor(explore):
    learns_basements(explore, seeds=(4,), plan=CORRIDOR)


def learns_basements(explore, seeds=(1, 2, 3), plan=PLAN):
    """Look at the share of what is possible: the middle one of the nights'."""
    nights = [learnt(explore, plan, seed) for seed in seeds]
    worlds, tables = [night[1] for night in nights], [n[2] for n in nights]
    arrived = sum(world.arrived for world in worlds)
    fallen = sum(world.fallen for world in worlds)
    shares = [
        round(value / best, 3) + 0.0
        for value, best in (share_of(n[0], plan) for n in nights)
    ]
    met = f"it has arrived {arrived} times and fallen {fallen}"
    first = float(tables[0][0, 0])
    check.that(
        any((Q != Q[0, 0]).any() for Q in tables),
        f"all entries of the table are the same, {first:g}.",
        "is it the table that has learnt? Then you began with hope, and "
        "nothing has made it fade: is world.gamma in y?"
        if first > 0
        else "is it the table that has learnt? Then the robot has met no "
        "reward: argmax takes the first of equal entries, so choose at random "
        "among equals, or begin with hope.",
    )
    check.that(
        all(Q.dtype.kind == "f" for Q in tables) or np.median(shares) >= SHARE,
        "the table holds whole numbers.",
        "each update is cut then: make it of floats.",
    )
    rows = [np.flatnonzero((Q != Q[:, :1]).any(axis=1)) for Q in tables]
    starts = [_numbers(plan, seed)[0][built(plan)[4]] for seed in seeds]
    stays = all(np.array_equal(r, [s]) for r, s in zip(rows, starts))
    check.that(
        arrived,
        f"in {sum(STEPS - w.steps_left for w in worlds)} steps the robot "
        "has never arrived.",
        STAYS
        if stays
        else "is each step noted in the row of the place where it began? And "
        "does the robot try out all actions, also where its table knows "
        "nothing yet? Among equal entries choose at random, or begin with "
        "hope.",
    )
    told = ", ".join(f"{share:.0%}" for share in shares)
    check.that(
        np.median(shares) >= SHARE,
        f"in a basement of {worlds[0].num_states} places the learnt behaviour "
        f"is worth {told} of the best possible (one number for each night). "
        f"While it learnt, {met} times.",
        STILL if stays else _about_learning(worlds, shares, rows, tables),
    )


STAYS = (
    "only in the row of the pharmacy do entries differ. Does the robot repeat "
    "one action, against a wall? Then choose at random among equals, or begin "
    "with hope. Or isn't it moved on? The next step begins where it stands, "
    "if reset isn't called."
)
STILL = (
    "only in the row of the pharmacy do entries differ. Each step belongs to "
    "the place where it began: is the robot's place noted after each?"
)


def _about_learning(worlds, shares, rows, tables):
    left = max(world.steps_left for world in worlds)
    if left == STEPS:
        return (
            "in one of the nights not a single step was taken: is a table "
            "kept from another night? Each basement has its own numbers."
        )
    if left > STEPS / 2:
        return "the night has 20,000 steps: most of them were never used."
    differ, places = max(map(len, rows)), worlds[0].num_states
    often = min(world.arrived for world in worlds) >= 20
    if max(shares) <= 0 and often and differ < places / 2:
        return (
            f"entries differ in no more than {differ} of {places} rows of the "
            "table: does what is known of the new place, gamma times its "
            "largest entry, come back to the one before?"
        )
    if max(shares) <= 0 and np.max(tables) > 1 + 1e-6:
        return (
            "no action is worth more than an arrival, 1, yet an entry of your "
            f"table is {np.max(tables):.4g}. Is it made of rewards only, or "
            "is it hope that doesn't fade? At an end y is the reward alone."
        )
    if max(shares) <= 0:
        return (
            "who follows the largest entries of the table doesn't arrive. "
            "Print the table: where is it wrong, or still as it began?"
        )
    if min(shares) <= 0:
        return (
            "in some nights it learns a way, in others none. Is the table new "
            "in each, does it try enough, and is the luck of steps averaged?"
        )
    return (
        "it has found a way, but not the best one. Does y count the largest "
        "entry of the new place, or what the exploring robot does next (who "
        "stumbles shuns the stairs)? Is every action tried often enough also "
        "when one way is known, and is the luck of single steps averaged?"
    )


def draws_from_rng(explore):
    nights = []
    for _ in range(2):
        world = Basement(LONG, 8)
        Q = check.call(with_lists(explore), world, np.random.default_rng(9))
        nights.append((Q, np.array(world.earned)))
    check.that(
        comparing.same(*nights),
        "in the same world, with the same seed, a second robot behaves or "
        "learns differently.",
        "draw from rng only, and begin with a new table in each call.",
    )


def earned_while(explore, seed=0):
    """Return arrivals minus falls after each step of a night."""
    world = Basement(PLAN, seed)
    explore(world, np.random.default_rng([seed, 5]))
    return np.array(world.earned)


def earned_with_survey(seed=0):
    P, R, ends, _, _ = built(PLAN)
    best = (R + GAMMA * P @ solved(P, R, GAMMA, ends)).argmax(axis=1)
    names, directions = _numbers(PLAN, seed)
    place_of, action_of = np.argsort(names), np.argsort(directions)
    world = Basement(PLAN, seed)
    at = world.reset()
    while world.steps_left:
        at, _, terminated, truncated = world.step(
            int(action_of[best[place_of[at]]])
        )
        if terminated or truncated:
            at = world.reset()
    return np.array(world.earned)


def draw_basement(ax, V, Q, plan=PLAN):
    """Draw values as colours, and as arrows the best actions."""
    from matplotlib.patches import Rectangle

    grid = np.array([list(row) for row in plan])
    _, _, ends, places, _ = built(plan)
    image = np.full(grid.shape, np.nan)
    image[grid != "#"] = V
    ax.set_facecolor("0.35")
    drawn = ax.imshow(image, cmap="Blues", vmin=0, vmax=1)
    ax.figure.colorbar(drawn, ax=ax, label="value", shrink=0.7)
    for row, column in np.argwhere(grid == "o"):
        box = column - 0.5, row - 0.5
        style = {"hatch": "//", "fill": False, "ec": "0.5"}
        ax.add_patch(Rectangle(box, 1, 1, **style))
    for letter in "SGv":
        for row, column in np.argwhere(grid == letter):
            corner = column - 0.3, row + 0.28
            ax.text(*corner, letter, ha="center", va="center", weight="bold")
    best = (Q > Q.max(axis=1, keepdims=True) - 1e-9) & ~ends[:, None]
    s, a = np.nonzero(best)
    (row, column), (down, right) = places[s].T, np.array(DIRECTIONS)[a].T
    style = {"angles": "xy", "scale_units": "xy", "scale": 1.6}
    style |= {"pivot": "mid", "width": 0.007, "color": "C1"}
    ax.quiver(column, row, right, down, **style)
    ax.set(xticks=[], yticks=[])
    ax.grid(False)


# 7 · Praise and blame

REWARDS, VALUES = np.array([2, 0, -1, 4]), np.array([1, 3, 4, 2])


def advantages_of_four(advantages, lam):
    right = {
        0.8: [1.844, -1.64, -1.6, 6],
        0.0: [2.5, -1, -4, 6],
        1.0: [1.75, -1.5, -1, 6],
    }
    compare(
        *(advantages, REWARDS, VALUES, 8, 0.5, lam),
        gives=np.array(right[lam], dtype=float),
        advise=lambda found: _about_four_steps(found, lam),
    )


def _about_four_steps(found, lam):
    if np.isnan(found).any():
        return "lam and gamma may be 0: is 0 divided by 0?"
    if lam == 0:
        return (
            "with lam = 0 they are the surprises themselves, 2.5, -1, -4 and "
            '6. If you have these, is a lam of 0 taken for "not given"?'
        )
    if np.allclose(found[:3] - 0.5 * lam * found[1:], [2.5, -1, -4]):
        return (
            "the last advantage is the last surprise, 4 + 0.5 times 8 - 2 = "
            "6: is last_value in yours, and nothing else added?"
        )
    return (
        "the surprises of the four steps, one by one, are 2.5, -1, -4 and 6. "
        "If yours are, look at how they are added: that of step t + 2 counts "
        "(gamma lam)**2 in A[t]."
    )


def advantages_of_one(advantages):
    one = np.array([3.0]), np.array([5.0])
    compare(advantages, *one, 0, 0.5, 0.3, gives=np.array([-2.0]))
    compare(advantages, *one, 4.0, 0.5, 0.3, gives=np.array([0.0]))
    compare(
        *(advantages, REWARDS, VALUES, 8, 0, 0.5),
        gives=np.array([1.0, -3, -5, 2]),
        advise=lambda found: (
            "gamma is 0 here, so what comes later doesn't count. "
            + "Is 0 divided by 0?" * bool(np.isnan(found).any())
        ),
    )
    compare(
        *(advantages, np.ones(7), np.zeros(7), 0, 0.5, 1),
        gives=2 - 0.5 ** np.arange(6, -1, -1),
        advise=lambda _: "here are seven steps: are the four built in?",
    )
    compare(
        *(advantages, np.array([1, 2]), np.array([3, 4]), 0.5, 0.5, 0),
        gives=np.array([0.0, -1.75]),
        advise=lambda found: (
            "the rewards and values are whole numbers here, and last_value "
            "isn't: is it cut?"
            if found[1] == -2
            else "lam is 0 here: what counts are the surprises, 0 and -1.75."
        ),
    )


def advantages_of_many(advantages, seed, T, gamma, lam):
    """Compare with the sum of all later errors, each place by itself."""
    rng = np.random.default_rng(seed)
    rewards, values = rng.normal(size=(2, T))
    last = float(rng.normal())
    V = [*values, last]
    right = []
    for t in range(T):
        steps = [rewards[i] + gamma * V[i + 1] - V[i] for i in range(t, T)]
        right.append(
            sum((gamma * lam) ** k * step for k, step in enumerate(steps))
        )
    compare(
        *(advantages, rewards, values, last, gamma, lam),
        gives=np.array(right),
    )


# 9 · Challenge

SCORES = np.log([[1, 2, 1], [3, 1, 4]])
P_TWO = np.array([[[1, 0], [0.5, 0.5], [0, 1]], [[0, 1], [1, 0], [0.5, 0.5]]])
R_TWO = np.array([[1, 0, 2], [0, 4, -1]])


def slope(scores, P, R, gamma, start):
    """Return the gradient of the start's value, by differences."""

    def value(scores):
        probs = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs = probs / probs.sum(axis=1, keepdims=True)
        A = np.eye(len(P)) - gamma * np.einsum("sa,saz->sz", probs, P)
        return np.linalg.solve(A, (probs * R).sum(axis=1))[start]

    return comparing.numeric_gradient(value, scores, 1e-4)


def _about_slope(right):
    def advise(found):
        sums, off = np.sum(found, axis=1), np.abs(found - right).max()
        if off < 5e-3:
            return (
                f"nearly right, but off by up to {off:.1g}: a difference "
                "quotient or a sum that ends too early isn't exact enough."
            )
        if np.abs(sums).max() > 1e-6:
            return (
                "adding the same to all scores of a place changes nothing, so "
                "each row sums to 0; yours sum to "
                f"{np.round(sums, 4).tolist()}. Do the probabilities of each "
                "place sum to 1, and is V the mean of Q with them?"
            )
        return (
            "each row sums to 0, as it must. Are the probabilities right "
            "(those of the example are 1/4, 1/2, 1/4 and 3/8, 1/8, 1/2)? And "
            "how often is one in each place, from `start` on and for ever, "
            "if step t counts gamma**t?"
        )

    return advise


def slope_of_two(slope_of_worth):
    for start in 0, 1:
        right = slope(SCORES, P_TWO, R_TWO, 0.5, start)
        compare(
            *(slope_of_worth, SCORES, P_TWO, R_TWO, 0.5, start),
            gives=right,
            advise=_about_slope(right),
        )


def slope_by_differences(slope_of_worth, seed, S, A):
    rng = np.random.default_rng(seed)
    P, R = rng.dirichlet(np.ones(S), (S, A)), rng.normal(size=(S, A))
    scores = rng.normal(size=(S, A))
    right = slope(scores, P, R, 0.9, 1)
    compare(
        *(slope_of_worth, scores, P, R, 0.9, 1),
        gives=right,
        advise=_about_slope(right),
    )
    whole = np.arange(S * A).reshape(S, A) % 3
    compare(
        *(slope_of_worth, whole, P, R, 0.9, 1),
        gives=slope(whole, P, R, 0.9, 1),
        advise=lambda _: (
            "the scores are whole numbers here: are the probabilities cut?"
        ),
    )
