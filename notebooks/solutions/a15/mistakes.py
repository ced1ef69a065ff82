"""Answers to assignment a15: wrong ones with their hints, and right ones that
must be accepted."""

import math

import numpy as np

from tools.mistakes import accepted, mistake

# 1 · A lift that was repaired


def followed(waits, part, begin):
    """Return estimates; part: what of the surprise counts, for each n."""
    found, m = [], begin
    for n, wait in enumerate(waits, start=1):
        m = m + part(n) * (wait - m)
        found.append(m)
    return np.array(found, dtype=float)


def means(waits):
    return np.cumsum(waits) / np.arange(1, len(waits) + 1)


@mistake(
    "estimates",
    "the first wait counts as if it were the second: at the n-th wait the "
    "part is 1/n, and n begins with 1, so that `begin` plays no part.",
)
def mean_with_begin(waits, rate, begin):
    if rate is None:
        return followed(waits, lambda n: 1 / (n + 1), begin)
    return followed(waits, lambda n: rate, begin)


@mistake(
    "estimates",
    "this is the mean of all waits, at each place: after the n-th wait only "
    "the first n are known.",
)
def mean_of_all(waits, rate, begin):
    if rate is None:
        return np.full(len(waits), np.sum(waits) / max(len(waits), 1))
    return followed(waits, lambda n: rate, begin)


@mistake(
    "estimates",
    "each sum is divided by the number of all waits: divide by how many there "
    "have been so far.",
)
def divided_by_all(waits, rate, begin):
    if rate is None:
        return np.cumsum(waits) / max(len(waits), 1)
    return followed(waits, lambda n: rate, begin)


@mistake(
    "estimates",
    "the part gets smaller with each wait; a constant step is the same each "
    "time.",
)
def step_that_falls(waits, rate, begin):
    if rate is None:
        return means(waits)
    return followed(waits, lambda n: rate / n, begin)


@mistake("estimates", "these are sums of the waits: divide by how many.")
def sums_for_means(waits, rate, begin):
    if rate is None:
        return np.cumsum(waits, dtype=float)
    return followed(waits, lambda n: rate, begin)


@mistake(
    "estimates",
    "these are the estimates *before* each wait: correct first, then note.",
)
def noted_too_early(waits, rate, begin):
    found = followed(waits, lambda n: rate or 1 / n, begin)
    return np.array([begin, *found][: len(waits)])


@mistake(
    "estimates",
    "return floats, not whole numbers: // cuts quotients, and an array like "
    "waits, as np.zeros_like makes one, cuts what you write into it.",
)
def cut_to_whole(waits, rate, begin):
    found = np.zeros_like(waits)
    found[:] = followed(
        waits, lambda n: 1 / n if rate is None else rate, begin
    )
    return found


@mistake(
    "estimates",
    "this is the last estimate only; return the one after each wait.",
)
def last_estimate(waits, rate, begin):
    found = followed(waits, lambda n: 1 / n if rate is None else rate, begin)
    return float(found[-1]) if len(found) else np.zeros(0)


@mistake(
    "estimates",
    "the two weights are exchanged: the new wait counts by `rate`, the old "
    "estimate by 1 - rate.",
)
def weights_exchanged(waits, rate, begin):
    if rate is None:
        return means(waits)
    return followed(waits, lambda n: 1 - rate, begin)


@mistake(
    "estimates",
    "with a constant step, too, you begin with the first wait; the estimate "
    "before it is `begin`.",
)
def begins_with_first_wait(waits, rate, begin):
    if rate is None or not len(waits):
        return means(waits)
    return followed(waits, lambda n: rate, waits[0])


@mistake(
    "estimates",
    "each wait is compared with `begin`: compare it with the estimate as it "
    "is by then.",
)
def always_from_begin(waits, rate, begin):
    if rate is None:
        return means(waits)
    return np.array([begin + rate * (wait - begin) for wait in waits])


@mistake(
    "estimates",
    "the second wait replaces the first: at the n-th wait the part is 1/n, "
    "and n begins with 1.",
)
def mean_without_first(waits, rate, begin):
    if rate is None:
        return followed(waits, lambda n: 1 / max(n - 1, 1), begin)
    return followed(waits, lambda n: rate, begin)


@mistake(
    "estimates",
    "each wait changes the estimate before it: the newest counts by `rate`, "
    "older ones less and less. Do your weights fade the other way?",
)
def weights_reversed(waits, rate, begin):
    if rate is None:
        return means(waits)
    fades = rate * (1 - rate) ** np.arange(len(waits))
    kept = (1 - rate) ** np.arange(1, len(waits) + 1)
    return kept * begin + np.cumsum(fades * waits)


@mistake(
    "estimates",
    "each surprise is taken against `begin`: the second one is 0 - 4, against "
    "the estimate after the first wait, not 0 - 2.",
)
def surprises_of_begin_added(waits, rate, begin):
    if rate is None:
        return means(waits)
    return begin + np.cumsum(rate * (waits - begin))


@mistake(
    "estimates",
    "a step of 0 is taken for None here: it means that nothing changes. Ask "
    "`rate is None`.",
)
def zero_is_none(waits, rate, begin):
    return followed(waits, lambda n: rate if rate else 1 / n, begin)


@mistake(
    "estimates",
    "without any wait there is nothing to look at, waits[0] neither: return "
    "an array without entries.",
)
def looks_at_the_first_wait(waits, rate, begin):
    assert waits[0] is not None
    if rate is None:
        return means(waits)
    return followed(waits, lambda n: rate, begin)


@mistake(
    "estimates",
    "there is an estimate after each wait, so without waits there is none, "
    "and begin isn't one.",
)
def begin_without_waits(waits, rate, begin):
    if not len(waits):
        return np.array([begin])
    if rate is None:
        return means(waits)
    return followed(waits, lambda n: rate, begin)


@mistake(
    "estimates",
    "the example's five waits are built in: there are len(waits).",
)
def always_five_waits(waits, rate, begin):
    if rate is None and len(waits):
        return np.cumsum(waits) / np.arange(1, 6)
    return followed(waits, lambda n: rate, begin)


@accepted("estimates")
def estimates_in_a_list(waits, rate, begin):
    if rate is None:
        return [sum(waits[: n + 1]) / (n + 1) for n in range(len(waits))]
    found = [begin]
    for wait in waits:
        found.append((1 - rate) * found[-1] + rate * wait)
    return found[1:]


@accepted("estimates")
def estimates_by_a_matrix(waits, rate, begin):
    n = np.arange(len(waits))
    lag = n[:, None] - n
    if rate is None:
        return np.tril(np.ones(lag.shape)) @ waits / (n + 1)
    fades = np.where(lag >= 0, (1.0 - rate) ** np.maximum(lag, 0), 0)
    return rate * fades @ waits + (1 - rate) ** (n + 1) * begin


@accepted("estimates")
def estimates_in_float32(waits, rate, begin):
    found = followed(waits, lambda n: 1 / n if rate is None else rate, begin)
    return found.astype(np.float32)


# 2 · How good could it be?


def kl(p, q):
    hit = p * np.log(p / q) if p > 0 else 0.0
    return hit + ((1 - p) * np.log((1 - p) / (1 - q)) if p < 1 else 0.0)


def searched(credible, wins, tries):
    """Return bounds by halving; credible: a function of p, q, n."""
    found = []
    for w, n in zip(wins.tolist(), tries.tolist()):
        p = w / n if n else 0.0
        low, high = p, 1.0
        for _ in range(50):
            q = (low + high) / 2
            low, high = (q, high) if credible(p, q, n) else (low, q)
        found.append(1.0 if n == 0 or w == n else low)
    return np.array(found)


@mistake(
    "upper_bounds",
    "the divergence counts once for each ride: n times KL, not KL alone, is "
    "compared with ln t.",
)
def divergence_once(wins, tries, t):
    return searched(lambda p, q, n: kl(p, q) <= np.log(t), wins, tries)


@mistake(
    "upper_bounds",
    "p and q are exchanged: p is the share of successes, and comes first.",
)
def divergence_exchanged(wins, tries, t):
    def credible(p, q, n):
        if p == 0:
            return q == 0
        return n * kl(q, p) <= np.log(t)

    return searched(credible, wins, tries)


@mistake(
    "upper_bounds",
    "this compares with t itself; the limit is the logarithm of t.",
)
def without_logarithm(wins, tries, t):
    return searched(lambda p, q, n: n * kl(p, q) <= t, wins, tries)


@mistake(
    "upper_bounds",
    "logarithms of two kinds are mixed: both are natural ones, np.log.",
)
def logarithm_of_base_two(wins, tries, t):
    return searched(lambda p, q, n: n * kl(p, q) <= np.log2(t), wins, tries)


@mistake(
    "upper_bounds",
    "2 ln t belongs to Hoeffding's bound in notebook 15; here it is ln t.",
)
def twice_the_logarithm(wins, tries, t):
    return searched(lambda p, q, n: n * kl(p, q) <= 2 * np.log(t), wins, tries)


def hoeffding(width):
    def answer(wins, tries, t):
        n = np.maximum(tries, 1)
        return np.where(tries, wins / n + np.sqrt(width * np.log(t) / n), 1.0)

    return answer


@mistake(
    "upper_bounds",
    "this is UCB's bound of notebook 15, which may be above 1; here the "
    "divergence says what is credible.",
)
def bound_of_the_lecture(wins, tries, t):
    return hoeffding(2)(wins, tries, t)


@mistake(
    "upper_bounds",
    "this is a bound by Hoeffding's inequality, p + sqrt(ln t / 2n), cut at "
    "1: here the divergence says what is credible.",
)
def hoeffding_cut_at_one(wins, tries, t):
    return np.minimum(hoeffding(0.5)(wins, tries, t), 1.0)


@mistake(
    "upper_bounds",
    "this is the bound on the other side, the smallest credible chance: "
    "search between p and 1.",
)
def lower_bounds(wins, tries, t):
    return 1 - searched(
        lambda p, q, n: n * kl(p, q) <= np.log(t), tries - wins, tries
    )


@mistake(
    "upper_bounds",
    "the second term of the divergence is missing: failures count, too.",
)
def successes_only(wins, tries, t):
    return searched(
        lambda p, q, n: n * abs(p * np.log(p / q) if p else 0) <= np.log(t),
        wins,
        tries,
    )


@mistake(
    "upper_bounds",
    "the search is stopped too early, or its grid is too coarse: the bounds "
    "are to be right to 0.000001.",
)
def ten_halvings(wins, tries, t):
    found = []
    for w, n in zip(wins.tolist(), tries.tolist()):
        p = w / n if n else 0.0
        low, high = p, 1.0
        for _ in range(10):
            q = (low + high) / 2
            good = n * kl(p, q) <= np.log(t)
            low, high = (q, high) if good else (low, q)
        found.append(1.0 if n == 0 or w == n else low)
    return np.array(found)


@mistake(
    "upper_bounds",
    "a lift without any ride could be anything: its bound is 1.",
)
def untried_is_zero(wins, tries, t):
    found = searched(lambda p, q, n: n * kl(p, q) <= np.log(t), wins, tries)
    return np.where(tries == 0, 0.0, found)


@mistake(
    "upper_bounds",
    "something is not a number: 0 times the logarithm of 0, or 0 divided by "
    "0? Which lifts need care?",
)
def without_care(wins, tries, t):
    with np.errstate(all="ignore"):
        low, high = wins / tries, np.ones(len(tries))
        p = low
        for _ in range(50):
            q = (low + high) / 2
            D = p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
            good = tries * D <= np.log(t)
            low = np.where(good, q, np.where(np.isnan(D), np.nan, low))
            high = np.where(good, high, q)
    return low


@mistake(
    "upper_bounds",
    "the example's five lifts are built in: there are len(wins).",
)
def always_five_lifts(wins, tries, t):
    found = searched(lambda p, q, n: n * kl(p, q) <= np.log(t), wins, tries)
    return np.array([found[i] for i in range(5)])


@accepted("upper_bounds")
def bounds_by_newton(wins, tries, t):
    found = np.ones(len(tries))
    for i, (w, n) in enumerate(zip(wins, tries)):
        if w == n:
            continue
        p, target = w / n, np.log(t) / n
        q = 1 - (1 - p) * np.exp(-target) * 1e-3  # from the right: convex
        for _ in range(200):
            slope = (q - p) / (q * (1 - q))
            if kl(p, q) <= target or slope == 0:
                break
            q = q - (kl(p, q) - target) / slope
        found[i] = max(q, p)
    return found


@accepted("upper_bounds")
def bounds_on_a_grid(wins, tries, t):
    found = []
    for w, n in zip(wins, tries):
        if w == n:
            found.append(1)
            continue
        q = np.linspace(w / n, 1, 400_001)[:-1]
        D = (1 - w / n) * np.log((1 - w / n) / (1 - q))
        if w:
            D = D + w / n * np.log(w / n / q)
        found.append(float(q[n * D <= np.log(t) + 1e-12][-1]))
    return found


@accepted("upper_bounds")
def bounds_at_once(wins, tries, t):
    n = np.where(tries == 0, 1, tries)
    p = wins / n
    low, high = p.astype(float), np.ones(len(p))
    for _ in range(45):
        q = (low + high) / 2
        D = (1 - p) * (np.log1p(-np.minimum(p, 0.999999)) - np.log1p(-q))
        D += p * (np.log(np.where(p > 0, p, 1)) - np.log(q))
        good = (n * D <= np.log(t)) | (p == 1) | (tries == 0)
        low, high = np.where(good, q, low), np.where(good, high, q)
    return low


# 3 · Which lift?


class Counting:
    """What a right chooser counts; the classes below choose."""

    def __init__(self, num_arms, rng):
        self.num_arms, self.rng = num_arms, rng
        self.tries, self.wins = np.zeros(num_arms), np.zeros(num_arms)

    def learn(self, arm, reward):
        self.tries[arm] += 1
        self.wins[arm] += reward

    def best(self, values):
        return int((values + 1e-9 * self.rng.random(self.num_arms)).argmax())

    def shares(self):
        return self.wins / np.maximum(self.tries, 1)

    def thompson(self):
        return self.rng.beta(self.wins + 1, self.tries - self.wins + 1)


@mistake(
    "Chooser",
    "Beta(a, b) needs numbers above 0, and a lift without a success or "
    "without a failure gives 0: begin with wins + 1 and losses + 1.",
)
class BetaFromZero(Counting):
    def choose(self):
        return int(self.rng.beta(self.wins, self.tries - self.wins).argmax())


@mistake(
    "Chooser",
    "Beta(a, b) needs numbers above 0: b is losses + 1. Are the rides counted "
    "in learn, also those that nurses tell of?",
    message="b <= 0",
)
class CountsInChoose(Counting):
    def choose(self):
        arm = int(self.thompson().argmax())
        self.tries[arm] += 1
        return arm

    def learn(self, arm, reward):
        self.wins[arm] += reward


@mistake(
    "Chooser",
    "the clock is moved by choose only; rides that nurses tell of count, too: "
    "t is the sum of the rides in learn.",
)
class ClockOfItsOwn(Counting):
    t = 0

    def choose(self):
        untried = np.flatnonzero(self.tries == 0)
        if not len(untried):
            width = math.log(self.t)
            bounds = self.shares() + np.sqrt(0.5 * width / self.tries)
        self.t += 1
        return int(untried[0] if len(untried) else bounds.argmax())


@accepted("Chooser")
class EpsilonFalls(Counting):
    def choose(self):
        if self.rng.random() < min(1, 8 / (self.tries.sum() + 1)):
            return int(self.rng.integers(self.num_arms))
        return self.best(self.shares())


@accepted("Chooser")
class TunedBound(Counting):
    def choose(self):
        untried = np.flatnonzero(self.tries == 0)
        if len(untried):
            return untried[0]  # a NumPy integer
        t = self.tries.sum()
        width = np.sqrt(0.5 * np.log(t) / self.tries)
        return np.argmax(self.shares() + width)


@accepted("Chooser")
class ThompsonInLists:
    def __init__(self, num_arms, rng):
        self.rng = rng
        self.a, self.b = [1] * num_arms, [1] * num_arms

    def choose(self):
        drawn = [self.rng.beta(a, b) for a, b in zip(self.a, self.b)]
        return drawn.index(max(drawn))

    def learn(self, arm, reward):
        counts = self.a if reward else self.b
        counts[arm] += 1
        return arm


OWN = (
    "random numbers come from rng only, and each chooser begins with a "
    "memory of its own."
)
NURSES = (
    "learn is told which lift was taken: note the ride for that one, whether "
    "or not choose has asked for it. And let choose go by what is noted; with "
    "so much known it need hardly try the others."
)
STUCK = (
    "does your rule ever go back to a lift that has had bad luck, as long as "
    "little is known about it?"
)
RESTLESS = (
    "it finds the best lift, but goes on trying the others for longer than "
    "it needs to. Are failures counted, too? Then explore less, the more is "
    "known."
)
SINGLE = (
    "return the number of a single lift. argmax gives one; flatnonzero, "
    "argwhere, choice(..., 1) give arrays, max a value."
)


@mistake("Chooser", OWN)
class MemoryInTheClass:
    wins, tries = {}, {}

    def __init__(self, num_arms, rng):
        self.num_arms, self.rng = num_arms, rng

    def choose(self):
        a = [self.wins.get(i, 0) + 1 for i in range(self.num_arms)]
        n = [self.tries.get(i, 0) + 2 for i in range(self.num_arms)]
        return int(self.rng.beta(a, np.subtract(n, a)).argmax())

    def learn(self, arm, reward):
        self.wins[arm] = self.wins.get(arm, 0) + reward
        self.tries[arm] = self.tries.get(arm, 0) + 1


@mistake("Chooser", OWN)
class ItsOwnGenerator(Counting):
    def __init__(self, num_arms, rng):
        super().__init__(num_arms, np.random.default_rng())

    def choose(self):
        return int(self.thompson().argmax())


@mistake("Chooser", NURSES)
class LearnsOfItsOwnChoice(Counting):
    asked = 0

    def choose(self):
        self.asked = int(self.thompson().argmax())
        return self.asked

    def learn(self, arm, reward):
        super().learn(self.asked, reward)


@mistake(
    "Chooser",
    "lifts are numbered from 0 on, and how many there are says num_arms.",
)
class NumbersFromOne(Counting):
    def choose(self):
        return 3

    def learn(self, arm, reward):
        pass


@mistake("Chooser", SINGLE)
class ReturnsAnArray(Counting):
    def choose(self):
        drawn = self.thompson()
        return np.flatnonzero(drawn == drawn.max())


@mistake("Chooser", SINGLE)
class ReturnsAChance(Counting):
    def choose(self):
        return 0.75


@mistake("Chooser", STUCK)
class AlwaysTheBestRecord(Counting):
    def choose(self):
        return self.best(np.where(self.tries == 0, 2, self.shares()))


@mistake("Chooser", NURSES)
class AtRandom(Counting):
    def choose(self):
        return int(self.rng.integers(self.num_arms))


@mistake("Chooser", RESTLESS)
class TooMuchAtRandom(Counting):
    def choose(self):
        if self.rng.random() < 0.3:
            return int(self.rng.integers(self.num_arms))
        return self.best(np.where(self.tries == 0, 2, self.shares()))


@mistake(
    "Chooser",
    "it avoids the best lift. Does a success make a lift less likely here, "
    "are successes and failures exchanged, or aren't failures noted at all?",
)
class TakesTheWorst(Counting):
    def choose(self):
        return int(self.thompson().argmin())


@mistake(
    "Chooser",
    "a Chooser needs a method learn, with the arguments arm and reward.",
)
class WithoutLearn:
    def __init__(self, num_arms, rng):
        self.num_arms, self.rng = num_arms, rng

    def choose(self):
        return int(self.rng.integers(self.num_arms))


@mistake(
    "Chooser",
    "a house may have a single lift; among the others, of which there are "
    "num_arms - 1 = 0, none can be drawn then.",
    message="high <= 0",
)
class DrawsAmongTheOthers(Counting):
    def choose(self):
        best = self.best((self.wins + 1) / (self.tries + 1))
        if self.rng.random() < min(1, 8 / (self.tries.sum() + 1)):
            other = int(self.rng.integers(self.num_arms - 1))
            return other if other < best else other + 1
        return best


@mistake(
    "Chooser",
    "you divide by the rides of a lift that has had none yet. Nurses may have "
    "taken another one several times: go by each lift's own rides.",
    message="division by zero",
)
class CountsAllRidesAtFirst(Counting):
    def choose(self):
        t = int(self.tries.sum())
        if t < self.num_arms:
            return t
        shares = [
            int(w) / int(n) + (np.log(t) / int(n) / 4) ** 0.5
            for w, n in zip(self.wins, self.tries)
        ]
        return int(np.argmax(shares))


@mistake("Chooser", STUCK)
class DecidesEarly(Counting):
    def choose(self):
        if self.tries.min() < 3:
            return int(self.tries.argmin())
        if not hasattr(self, "chosen"):
            self.chosen = self.best(self.shares())
        return self.chosen


# 4 · With a map


def swept(P, R, gamma, ends, tolerance, sweep, enough=None):
    """Return values; sweep: from V to the next; enough: is a change small?"""
    V = np.zeros(len(R))
    for _ in range(5000):
        new = np.where(ends, 0, sweep(V))
        change = np.abs(new - V).max()
        V = new
        if enough(change) if enough else change < 1e-13:
            break
    return V


@mistake(
    "best_values",
    "the value of an end is 0, whatever stands in its rows: set it so in "
    "each sweep.",
)
def ends_go_on(P, R, gamma, ends, tolerance):
    none = np.zeros(len(ends), bool)
    return swept(
        P, R, gamma, none, tolerance, lambda V: (R + gamma * P @ V).max(axis=1)
    )


@mistake(
    "best_values",
    "the values grow and grow: is all that comes later discounted?",
)
def without_discount(P, R, gamma, ends, tolerance):
    return swept(
        P, R, gamma, ends, tolerance, lambda V: (R + P @ V).max(axis=1)
    )


@mistake(
    "best_values",
    "the discount is for what comes later: the reward itself isn't "
    "multiplied by it.",
)
def reward_discounted(P, R, gamma, ends, tolerance):
    return swept(
        *(P, R, gamma, ends, tolerance),
        lambda V: (gamma * (R + P @ V)).max(axis=1),
    )


@mistake(
    "best_values",
    "this is the value of acting at random, a mean over the actions: take "
    "the largest.",
)
def mean_of_actions(P, R, gamma, ends, tolerance):
    return swept(
        *(P, R, gamma, ends, tolerance),
        lambda V: (R + gamma * P @ V).mean(axis=1),
    )


@mistake(
    "best_values",
    "the largest reward and the largest future are taken from different "
    "actions: add both for each action, then take the largest.",
)
def largest_of_each(P, R, gamma, ends, tolerance):
    return swept(
        *(P, R, gamma, ends, tolerance),
        lambda V: R.max(axis=1) + gamma * (P @ V).max(axis=1),
    )


@mistake(
    "best_values",
    "this is the largest reward of each place, which a single sweep gives: go "
    "on until what is still to come is small enough.",
)
def one_sweep(P, R, gamma, ends, tolerance):
    return np.where(ends, 0, R.max(axis=1)).astype(float)


@mistake(
    "best_values",
    "this is a table (S, A) of actions: the value of a place is the largest "
    "entry of its row.",
)
def table_of_actions(P, R, gamma, ends, tolerance):
    V = swept(
        P, R, gamma, ends, tolerance, lambda V: (R + gamma * P @ V).max(axis=1)
    )
    return R + gamma * P @ V


@mistake(
    "best_values",
    "P @ V sums over the last axis of P, where one comes to; you sum over "
    "the first one, where one comes from.",
)
def backwards(P, R, gamma, ends, tolerance):
    return swept(
        *(P, R, gamma, ends, tolerance),
        lambda V: (R + gamma * np.einsum("saz,s->za", P, V)).max(axis=1),
    )


@mistake(
    "best_values",
    "the values are cut to whole numbers. Are they kept in an array of such, "
    "as np.zeros_like(R) is?",
)
def values_cut(P, R, gamma, ends, tolerance):
    V = np.zeros(len(R), int)
    for _ in range(200):
        V = np.where(ends, 0, (R + gamma * P @ V).max(axis=1)).astype(int)
    return V.astype(float)


STILL = (
    "a small last change is no promise: add up what all further sweeps may "
    "change, a geometric series."
)


@mistake("best_values", STILL)
def change_below_tolerance(P, R, gamma, ends, tolerance):
    return swept(
        *(P, R, gamma, ends, tolerance),
        lambda V: (R + gamma * P @ V).max(axis=1),
        lambda change: change < tolerance,
    )


@mistake(
    "best_values",
    "a fixed number of sweeps is enough for some worlds only: how many it "
    "takes depends on gamma, on the rewards and on tolerance.",
)
def hundred_sweeps(P, R, gamma, ends, tolerance):
    V = np.zeros(len(R))
    for _ in range(100):
        V = np.where(ends, 0, (R + gamma * P @ V).max(axis=1))
    return V


@mistake(
    "best_values",
    "gamma may be 0: multiply on the other side, and ask whether gamma times "
    "the change is small enough.",
    message="division by zero",
)
def divides_by_gamma(P, R, gamma, ends, tolerance):
    enough = tolerance * (1 - gamma) / gamma
    return swept(
        *(P, R, gamma, ends, tolerance),
        lambda V: (R + gamma * P @ V).max(axis=1),
        lambda change: change <= enough,
    )


@mistake(
    "best_values",
    "with gamma = 0 only the next reward counts. Where all rewards are "
    "negative, the largest is negative, too: does your search for it begin "
    "with 0?",
)
def largest_from_zero(P, R, gamma, ends, tolerance):
    return swept(
        *(P, R, gamma, ends, tolerance),
        lambda V: np.maximum(0, (R + gamma * P @ V).max(axis=1)),
    )


@mistake(
    "best_values",
    "these are the values after the first sweep: why does it stop there? Is "
    "the old guess a copy, is a change taken by its absolute value, and is "
    "the sum of all further changes at most `tolerance`?",
)
def change_with_its_sign(P, R, gamma, ends, tolerance):
    V = np.zeros(len(R))
    while True:
        new = np.where(ends, 0, (R + gamma * P @ V).max(axis=1))
        change, V = np.max(new - V), new
        if change * gamma <= tolerance * (1 - gamma):
            return V


ZEROS = (
    "all values are 0. Is a sweep made at all, do you return what came out of "
    "the last one, and does anything keep a value from falling below 0?"
)


@mistake(
    "best_values",
    "one more sweep would still change a value by 0.156. Is each sweep right "
    "(print the values after each), and are sweeps made until hardly anything "
    "changes?",
)
def five_sweeps(P, R, gamma, ends, tolerance):
    V = np.zeros(len(R))
    for _ in range(5):
        V = np.where(ends, 0, (R + gamma * P @ V).max(axis=1))
    return V


@mistake("best_values", ZEROS)
def guess_before_the_last(P, R, gamma, ends, tolerance):
    V = np.zeros(len(R))
    while True:
        new = np.where(ends, 0, (R + gamma * P @ V).max(axis=1))
        if gamma * np.abs(new - V).max() <= tolerance * (1 - gamma):
            return V
        V = new


@accepted("best_values")
def values_by_policies(P, R, gamma, ends, tolerance):
    policy, s = np.zeros(len(R), int), np.arange(len(R))
    P, R = np.where(ends[:, None, None], 0, P), np.where(ends[:, None], 0, R)
    while True:
        V = np.linalg.solve(
            np.eye(len(s)) - gamma * P[s, policy], R[s, policy]
        )
        Q = R + gamma * P @ V
        if (Q[s, policy] >= Q.max(axis=1) - 1e-10).all():
            return V
        policy = Q.argmax(axis=1)


@accepted("best_values")
def values_by_loops(P, R, gamma, ends, tolerance):
    V = [0.0] * len(R)
    while True:
        change = 0.0
        for s in range(len(R)):  # in place
            if ends[s]:
                continue
            sums = [
                R[s][a] + gamma * sum(p * v for p, v in zip(P[s][a], V))
                for a in range(len(R[s]))
            ]
            change = max(change, abs(max(sums) - V[s]))
            V[s] = max(sums)
        if change * gamma <= tolerance * (1 - gamma):
            return V


@accepted("best_values")
def values_by_counting_sweeps(P, R, gamma, ends, tolerance):
    P, R = np.where(ends[:, None, None], 0, P), np.where(ends[:, None], 0, R)
    largest, V, error = np.abs(R).max(), np.zeros(len(R)), 1.0
    error = largest / (1 - gamma)
    while error > tolerance:
        V = np.einsum("saz,z->sa", gamma * P, V) + R
        V, error = V.max(axis=1), error * gamma
    return V


# 5 · Somebody else's nights


def replayed(Q, log, step):
    """Return the table after a log; step: changes the table by a line."""
    Q = np.array(Q, dtype=float)
    for line in log:
        step(Q, *line)
    return Q


@mistake(
    "learn_from_log",
    "after an end nothing comes: in a line with terminated, y is the reward "
    "alone.",
)
def end_goes_on(Q, log, rate, gamma):
    def step(Q, s, a, r, z, *_):
        Q[s, a] += rate * (r + gamma * Q[z].max() - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "a log that is cut off is no end: what would have come after has its "
    "value, so y is as usual.",
)
def cut_is_an_end(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        after = 0 if terminated or truncated else Q[z].max()
        Q[s, a] += rate * (r + gamma * after - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "the two flags are exchanged: nothing comes after *terminated*.",
)
def flags_exchanged(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        after = 0 if truncated else Q[z].max()
        Q[s, a] += rate * (r + gamma * after - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "the lines are learnt one after the other: in each, use the table as the "
    "lines before have left it, not the old one.",
)
def from_the_old_table(Q, log, rate, gamma):
    def step(new, s, a, r, z, terminated, truncated):
        after = 0 if terminated else Q[z].max()
        new[s, a] += rate * (r + gamma * after - new[s, a])

    return replayed(Q, log, step)


@mistake("learn_from_log", "the discount is missing before the maximum.")
def log_without_discount(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        Q[s, a] += rate * (r + (not terminated) * Q[z].max() - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "the old entry isn't subtracted in the brackets: it must fade as the new "
    "comes in.",
)
def entry_does_not_fade(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        after = 0 if terminated else Q[z].max()
        Q[s, a] += rate * (r + gamma * after)

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "the entry is replaced by y: move it there by the part `rate` only.",
)
def entry_replaced(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        Q[s, a] = r + gamma * (0 if terminated else Q[z].max())

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "the two parts are exchanged: the old entry keeps 1 - rate, y counts by "
    "rate.",
)
def parts_exchanged(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        y = r + gamma * (0 if terminated else Q[z].max())
        Q[s, a] = rate * Q[s, a] + (1 - rate) * y

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "the maximum is over the actions of the *new* state; you take it in the "
    "old one.",
)
def best_of_the_old_state(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        after = 0 if terminated else Q[s].max()
        Q[s, a] += rate * (r + gamma * after - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "after the step comes what is *best* in the new state, whatever was "
    "done: the maximum of its row, not the entry of the same action.",
)
def same_action_again(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        after = 0 if terminated else Q[z, a]
        Q[s, a] += rate * (r + gamma * after - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "after the step comes what is *best* in the new state: the maximum of its "
    "row, not the entry of the action that stands in the next line.",
)
def action_of_the_next_line(Q, log, rate, gamma):
    Q = np.array(Q, dtype=float)
    for i, (s, a, r, z, terminated, truncated) in enumerate(log):
        after = 0 if terminated else Q[z].max()
        if not (terminated or truncated or i == len(log) - 1):
            after = Q[z, log[i + 1][1]]
        Q[s, a] += rate * (r + gamma * after - Q[s, a])
    return Q


@mistake(
    "learn_from_log",
    "after the step comes what is *best* in the new state: the maximum of its "
    "row, not the entry of the action that stands in the next line.",
)
def action_of_the_next_line_there(Q, log, rate, gamma):
    Q = np.array(Q, dtype=float)
    for (s, a, r, z, terminated, _), after in zip(log, [*log[1:], None]):
        best = 0 if terminated else Q[z].max()
        if not terminated and after and after[0] == z:
            best = Q[z, after[1]]
        Q[s, a] += rate * (r + gamma * best - Q[s, a])
    return Q


@mistake(
    "learn_from_log",
    "you take the largest entry of the whole table: the maximum is over the "
    "row of the new state.",
)
def best_of_all_states(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        Q[s, a] += rate * (r + gamma * Q.max() * (not terminated) - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "an end sets the new state's row to 0 here: only y is different then, the "
    "table stays.",
)
def end_wipes_a_row(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        if terminated:
            Q[z] = 0
        Q[s, a] += rate * (r + gamma * Q[z].max() - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "in a line with terminated, too, the entry moves by the part `rate` only; "
    "you replace it by the reward.",
)
def end_without_rate(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        y = r + gamma * Q[z].max()
        Q[s, a] = r if terminated else Q[s, a] + rate * (y - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "rate and gamma are exchanged: gamma stands before the maximum, rate is "
    "the part of the way to y.",
)
def rate_and_gamma_exchanged(Q, log, rate, gamma):
    def step(Q, s, a, r, z, terminated, truncated):
        after = 0 if terminated else Q[z].max()
        Q[s, a] += gamma * (r + rate * after - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "the last line isn't learnt, or before the others: lines come in their "
    "order, a log goes on after an end, and a line that was cut off counts "
    "like any other.",
)
def stops_at_the_first_end(Q, log, rate, gamma):
    Q = np.array(Q, dtype=float)
    for s, a, r, z, terminated, _ in log:
        after = 0 if terminated else Q[z].max()
        Q[s, a] += rate * (r + gamma * after - Q[s, a])
        if terminated:
            break
    return Q


@mistake(
    "learn_from_log",
    "the log may be empty, and then there is nothing to take apart: return a "
    "copy of the table.",
    message="not enough values to unpack",
)
def log_in_columns(Q, log, rate, gamma):
    Q = np.array(Q, dtype=float)
    states, actions, rewards, news, terminated, _ = zip(*log)
    for s, a, r, z, end in zip(states, actions, rewards, news, terminated):
        after = 0 if end else Q[z].max()
        Q[s, a] += rate * (r + gamma * after - Q[s, a])
    return Q


@mistake(
    "learn_from_log",
    "the table holds whole numbers, and cuts what you write into it: copy it "
    "as floats.",
)
def table_of_whole_numbers(Q, log, rate, gamma):
    Q = Q.copy()
    for s, a, r, z, terminated, _ in log:
        after = 0 if terminated else Q[z].max()
        Q[s, a] = Q[s, a] + rate * (r + gamma * after - Q[s, a])
    return Q.astype(float)


@mistake(
    "learn_from_log",
    "return a new one also if the log is empty: np.array(Q, dtype=float) is "
    "a copy, np.asarray needn't be one.",
)
def table_written_into(Q, log, rate, gamma):
    Q = np.asarray(Q, dtype=float)
    for s, a, r, z, terminated, _ in log:
        after = 0 if terminated else Q[z].max()
        Q[s, a] += rate * (r + gamma * after - Q[s, a])
    return Q


@mistake(
    "learn_from_log",
    "the log becomes an array of whole numbers here, and the rewards lose "
    "their fractions: take each line apart.",
)
def log_of_whole_numbers(Q, log, rate, gamma):
    def step(Q, s, a, y, z, end, cut):
        target = int(y) + gamma * Q[z].max() * (not end)
        Q[s, a] += rate * (target - Q[s, a])

    return replayed(Q, log, step)


@mistake(
    "learn_from_log",
    "the search for the best next value begins at 0; where all entries of a "
    "row are below 0, it misses them.",
)
def best_is_at_least_zero(Q, log, rate, gamma):
    def step(Q, s, a, y, z, end, cut):
        best = 0.0 if end else max(0.0, Q[z].max())
        Q[s, a] += rate * (y + gamma * best - Q[s, a])

    return replayed(Q, log, step)


@accepted("learn_from_log")
def log_in_lists(Q, log, rate, gamma):
    table = [[float(x) for x in row] for row in Q]
    for s, a, r, z, terminated, truncated in log:
        y = r
        if not terminated:
            y += gamma * max(table[z])
        table[s][a] = (1 - rate) * table[s][a] + rate * y
    return table


@accepted("learn_from_log")
def log_by_numbers(Q, log, rate, gamma):
    new = 1.0 * Q
    for i in range(len(log)):
        s, a, r, z = log[i][:4]
        target = r + gamma * np.amax(new[z]) * (1 - int(log[i][4]))
        new[s, a] = new[s, a] - rate * (new[s, a] - target)
    return new


@accepted("learn_from_log")
def log_by_recursion(Q, log, rate, gamma):
    if not log:
        return np.array(Q) + 0.0
    (s, a, r, z, terminated, _), *rest = log
    new = np.array(Q, dtype=np.float64)
    after = np.where(terminated, 0.0, new[z].max())
    new[s, a] = new[s, a] + rate * (r + gamma * after - new[s, a])
    return log_by_recursion(new, rest, rate, gamma)


# 6 · Without a map


def robot(
    choose=None, begin=1.0, rate=0.2, epsilon=0.1, ended=None, target=None
):
    """Return an answer to exercise 6 that differs in a few things."""

    def explore(world, rng):
        Q = np.full((world.num_states, world.num_actions), float(begin))
        state = world.reset()
        while world.steps_left:
            action = int((choose or _first_best)(Q[state], rng))
            if rng.random() < epsilon:
                action = int(rng.integers(world.num_actions))
            new, reward, terminated, truncated = world.step(action)
            after = 0 if terminated else world.gamma * Q[new].max()
            if target:
                after = target(world, Q, new, terminated)
            Q[state, action] += rate * (reward + after - Q[state, action])
            state = world.reset() if terminated or truncated else new
        return Q

    return explore


def _first_best(row, rng):
    return row.argmax()


def _any_best(row, rng):
    return rng.choice(np.flatnonzero(row == row.max()))


@mistake(
    "explore",
    "it has found a way, but not the best one. Does y count the largest "
    "entry of the new place, or what the exploring robot does next (who "
    "stumbles shuns the stairs)? Is every action tried often enough also "
    "when one way is known, and is the luck of single steps averaged?",
)
def at_random_all_night(world, rng):
    return robot(begin=0, epsilon=1.0)(world, rng)


@mistake(
    "explore",
    "reset gives a single number here, and step four results: it is no world "
    "of gymnasium's.",
)
def as_in_gymnasium(world, rng):
    state, _ = world.reset()
    return np.zeros((state, 4))


@accepted("explore")
def explore_with_hope(world, rng):
    return robot(begin=1.0, epsilon=0.1, rate=0.1)(world, rng).tolist()


@accepted("explore")
def explore_for_a_map(world, rng):
    """Count where actions lead, hope where little is known, and plan."""
    S, A = world.num_states, world.num_actions
    leads, gains, tries = np.zeros((S, A, S)), *np.zeros((2, S, A))
    state = world.reset()

    def plan(enough):
        Q = np.zeros((S, A))
        for _ in range(150):
            future = gains + 0.95 * leads @ Q.max(axis=1)
            Q = np.where(tries < enough, 1.0, future / np.maximum(tries, 1))
        return Q

    while world.steps_left:
        if world.steps_left % 400 == 0:
            Q = plan(20)
        action = int((Q[state] + 1e-6 * rng.random(A)).argmax())
        new, reward, terminated, truncated = world.step(action)
        tries[state, action] += 1
        gains[state, action] += reward
        leads[state, action, new] += not terminated  # an end leads nowhere
        state = world.reset() if terminated or truncated else new
    return plan(0)


@accepted("explore")
def explore_with_counts(world, rng):
    S, A = world.num_states, world.num_actions
    Q, tries = [[0.0] * A for _ in range(S)], np.zeros((S, A))
    state = world.reset()
    while world.steps_left > 0:
        bonus = Q[state] + 0.5 / np.sqrt(tries[state] + 0.1)
        action = bonus.argmax()  # a NumPy integer
        new, reward, terminated, truncated = world.step(action)
        tries[state, action] += 1
        y = reward + (0 if terminated else world.gamma * max(Q[new]))
        part = max(0.1, 1 / tries[state, action])
        Q[state][action] += part * (y - Q[state][action])
        state = new
        if terminated or truncated:
            state = world.reset()
    return Q


@mistake(
    "explore",
    "is it the table that has learnt? Then the robot has met no reward: "
    "argmax takes the first of equal entries, so choose at random among "
    "equals, or begin with hope.",
)
def returns_zeros(world, rng):
    return np.zeros((world.num_states, world.num_actions))


@mistake(
    "explore",
    "is it the table that has learnt? Then the robot has met no reward: "
    "argmax takes the first of equal entries, so choose at random among "
    "equals, or begin with hope.",
)
def stuck_at_the_first(world, rng):
    return robot(begin=0, epsilon=0.0)(world, rng)


@mistake(
    "explore",
    "reset begins a new delivery after an end or a cut: call it once before "
    "the loop, too.",
    message="call reset first",
)
def never_resets(world, rng):
    Q = np.ones((world.num_states, world.num_actions))
    state = world.reset()
    while world.steps_left:
        action = int(Q[state].argmax())
        new, reward, terminated, _ = world.step(action)
        after = 0 if terminated else world.gamma * Q[new].max()
        Q[state, action] += 0.2 * (reward + after - Q[state, action])
        state = new
    return Q


@mistake(
    "explore",
    "the night has world.steps_left steps: ask before each of them whether "
    "there is one left.",
    message="the night is over",
)
def works_too_long(world, rng):
    Q = np.ones((world.num_states, world.num_actions))
    for _ in range(5000):
        state, over = world.reset(), False
        while not over:
            action = int(Q[state].argmax())
            new, reward, terminated, truncated = world.step(action)
            after = 0 if terminated else world.gamma * Q[new].max()
            Q[state, action] += 0.2 * (reward + after - Q[state, action])
            state, over = new, terminated or truncated
    return Q


@mistake(
    "explore",
    "a row for each place, a column for each action: the table is transposed.",
)
def table_transposed(world, rng):
    return robot()(world, rng).T


@mistake(
    "explore",
    "this is one number for each place: return the table with the worth of "
    "all actions.",
)
def returns_actions(world, rng):
    return robot()(world, rng).argmax(axis=1)


@mistake(
    "explore",
    "is it the table that has learnt? Then you began with hope, and nothing "
    "has made it fade: is world.gamma in y?",
)
def hope_never_fades(world, rng):
    def target(world, Q, new, terminated):
        return 0.0 if terminated else Q[new].max()

    return robot(begin=1.0, epsilon=0.0, target=target)(world, rng)


@mistake(
    "explore",
    "only in the row of the pharmacy do entries differ. Each step belongs to "
    "the place where it began: is the robot's place noted after each?",
)
def stays_where_it_was(world, rng):
    Q = np.ones((world.num_states, world.num_actions))
    state = world.reset()
    while world.steps_left:
        action = int(rng.integers(world.num_actions))
        new, reward, terminated, truncated = world.step(action)
        after = 0 if terminated else world.gamma * Q[new].max()
        Q[state, action] += 0.2 * (reward + after - Q[state, action])
        if terminated or truncated:
            state = world.reset()
    return Q


@mistake(
    "explore",
    "entries differ in no more than 1 of 5 rows of the table: does what is "
    "known of the new place, gamma times its largest entry, come back to the "
    "one before?",
)
def next_reward_only(world, rng):
    return robot(begin=0, epsilon=1.0, target=lambda *_: 0.0)(world, rng)


@mistake(
    "explore",
    "who follows the largest entries of the table doesn't arrive. Print the "
    "table: where is it wrong, or still as it began?",
)
def learns_backwards(world, rng):
    return -robot()(world, rng)


@mistake(
    "explore",
    "no action is worth more than an arrival, 1, yet an entry of your table "
    "is 2. Is it made of rewards only, or is it hope that doesn't fade? At an "
    "end y is the reward alone.",
)
def marks_for_actions(world, rng):
    Q = robot(epsilon=0.3)(world, rng)
    return 2.0 * (Q < Q.max(axis=1, keepdims=True))


@mistake(
    "explore",
    "the night has 20,000 steps: most of them were never used.",
)
def one_delivery_only(world, rng):
    Q = np.zeros((world.num_states, world.num_actions))
    state, over = world.reset(), False
    while not over:
        action = int(rng.integers(world.num_actions))
        new, reward, terminated, truncated = world.step(action)
        after = 0 if terminated else world.gamma * Q[new].max()
        Q[state, action] += 0.5 * (reward + after - Q[state, action])
        state, over = new, terminated or truncated
    return Q


@mistake(
    "explore",
    "draw from rng only, and begin with a new table in each call.",
)
def explores_by_itself(world, rng):
    return robot()(world, np.random.default_rng())


# 7 · Praise and blame


def surprises(rewards, values, last_value, gamma):
    return rewards + gamma * np.append(values[1:], last_value) - values


def summed(steps, fade):
    """Return the sums of later steps, each fading by a factor."""
    A, later = np.zeros(len(steps)), 0.0
    for t in reversed(range(len(steps))):
        A[t] = later = steps[t] + fade * later
    return A


@mistake(
    "advantages",
    "the surprises fade by gamma times lam at each step, not by lam alone.",
)
def fades_by_lambda(rewards, values, last_value, gamma, lam):
    return summed(surprises(rewards, values, last_value, gamma), lam)


@mistake(
    "advantages",
    "the surprises fade by gamma times lam at each step, not by gamma alone.",
)
def fades_by_gamma(rewards, values, last_value, gamma, lam):
    return summed(surprises(rewards, values, last_value, gamma), gamma)


@mistake(
    "advantages",
    "these are the surprises of single steps; later ones are missing.",
)
def surprises_only(rewards, values, last_value, gamma, lam):
    return surprises(rewards, values, last_value, gamma)


@mistake(
    "advantages",
    "the place after the last step is worth last_value; you take it for 0.",
)
def last_value_ignored(rewards, values, last_value, gamma, lam):
    return summed(surprises(rewards, values, 0, gamma), gamma * lam)


@mistake(
    "advantages",
    "the last value, too, is multiplied by gamma: it comes a step later.",
)
def last_value_not_discounted(rewards, values, last_value, gamma, lam):
    steps = surprises(rewards, values, 0, gamma)
    steps[-1] += last_value
    return summed(steps, gamma * lam)


@mistake(
    "advantages",
    "the surprise contains the value of the place *after* the step, times "
    "gamma; that is missing.",
)
def without_next_value(rewards, values, last_value, gamma, lam):
    return summed(rewards - values * 1.0, gamma * lam)


@mistake(
    "advantages",
    "the value of the place before the step must be subtracted: what counts "
    "is how much better it was than expected.",
)
def without_own_value(rewards, values, last_value, gamma, lam):
    steps = surprises(rewards, values, last_value, gamma) + values
    return summed(steps, gamma * lam)


@mistake(
    "advantages",
    "this adds what came *before* each step: what an action has brought comes "
    "after it.",
)
def summed_forwards(rewards, values, last_value, gamma, lam):
    steps = surprises(rewards, values, last_value, gamma)
    return summed(steps[::-1], gamma * lam)[::-1]


@mistake(
    "advantages",
    "the discount is missing before the next value.",
)
def next_value_not_discounted(rewards, values, last_value, gamma, lam):
    return summed(surprises(rewards, values, last_value, 1.0), gamma * lam)


@mistake(
    "advantages",
    "fractions are lost. Is there an array of whole numbers, as "
    "np.zeros_like(rewards) is here?",
)
def advantages_cut(rewards, values, last_value, gamma, lam):
    steps = surprises(rewards, values, last_value, gamma)
    A, later = np.zeros_like(rewards), 0.0
    for t in reversed(range(len(rewards))):
        later = steps[t] + gamma * lam * later
        A[t] = later
    return A


@mistake(
    "advantages",
    "these are advantages plus values, targets for the critic: leave out the "
    "values that you add at the end.",
)
def targets_of_the_critic(rewards, values, last_value, gamma, lam):
    steps = surprises(rewards, values, last_value, gamma)
    return summed(steps, gamma * lam) + values


@mistake(
    "advantages",
    "these are brought to mean 0 and deviation 1: return the sums themselves.",
)
def normalised(rewards, values, last_value, gamma, lam):
    A = summed(surprises(rewards, values, last_value, gamma), gamma * lam)
    return (A - A.mean()) / (A.std() + 1e-8)


@mistake(
    "advantages",
    "the surprises fade from the first step on: in A[t] that of step t itself "
    "counts in full.",
)
def fades_from_the_beginning(rewards, values, last_value, gamma, lam):
    steps = surprises(rewards, values, last_value, gamma)
    fades = (gamma * lam) ** np.arange(len(steps))
    return np.cumsum((fades * steps)[::-1])[::-1]


@mistake(
    "advantages",
    "the last advantage is the last surprise, 4 + 0.5 times 8 - 2 = 6: is "
    "last_value in yours, and nothing else added?",
)
def begins_with_last_value(rewards, values, last_value, gamma, lam):
    steps = surprises(rewards, values, last_value, gamma)
    steps[-1] += gamma * lam * last_value
    return summed(steps, gamma * lam)


@mistake(
    "advantages",
    "with one step there is no values[1]: last_value is what comes next.",
)
def looks_at_the_second_value(rewards, values, last_value, gamma, lam):
    assert values[1] is not None
    steps = surprises(rewards, values, last_value, gamma)
    return summed(steps, gamma * lam)


@accepted("advantages")
def advantages_by_a_matrix(rewards, values, last_value, gamma, lam):
    steps = surprises(rewards, values, last_value, gamma)
    n = np.arange(len(steps))
    lag = n - n[:, None]
    fades = np.where(lag >= 0, float(gamma * lam) ** np.maximum(lag, 0), 0)
    return fades @ steps


@accepted("advantages")
def advantages_in_a_list(rewards, values, last_value, gamma, lam):
    V, found, later = [*values, last_value], [], 0
    for t in range(len(rewards) - 1, -1, -1):
        later = rewards[t] + gamma * V[t + 1] - V[t] + gamma * lam * later
        found.insert(0, later)
    return found


@accepted("advantages")
def advantages_by_returns(rewards, values, last_value, gamma, lam):
    """Mix the next value with the lambda-return."""
    found, to_go, after = [], last_value, last_value
    for reward, value in zip(rewards[::-1], values[::-1]):
        to_go = reward + gamma * ((1 - lam) * after + lam * to_go)
        found.append(to_go - value)
        after = value
    return np.float32(found[::-1])


# 9 · Challenge


def parts_of(scores, P, R, gamma, start):
    """Return probabilities, d, Q and V of the policy."""
    probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    A = np.eye(len(P)) - gamma * np.einsum("sa,saz->sz", probs, P)
    V = np.linalg.solve(A, (probs * R).sum(axis=1))
    often = np.linalg.solve(A.T, np.eye(len(P))[start])
    return probs, often, R + gamma * P @ V, V


@mistake(
    "slope_of_worth",
    "the places aren't weighted: multiply each row by how often one is there.",
)
def without_visits(scores, P, R, gamma, start):
    probs, _, Q, V = parts_of(scores, P, R, gamma, start)
    return probs * (Q - V[:, None])


@mistake(
    "slope_of_worth",
    "d begins with equal chances of all places: begin with 1 at `start`.",
)
def without_start(scores, P, R, gamma, start):
    probs, _, Q, V = parts_of(scores, P, R, gamma, start)
    A = np.eye(len(P)) - gamma * np.einsum("sa,saz->sz", probs, P)
    often = np.linalg.solve(A.T, np.full(len(P), 1 / len(P)))
    return often[:, None] * probs * (Q - V[:, None])


@mistake(
    "slope_of_worth",
    "V and Q are those of the best behaviour; here they are the policy's own, "
    "means over its actions.",
)
def values_of_the_best(scores, P, R, gamma, start):
    probs, often, _, _ = parts_of(scores, P, R, gamma, start)
    V = np.zeros(len(P))
    for _ in range(2000):
        Q = R + gamma * P @ V
        V = Q.max(axis=1)
    return often[:, None] * probs * (Q - V[:, None])


@mistake(
    "slope_of_worth",
    "V is missing: each action is compared with what is usual in its place.",
)
def without_baseline(scores, P, R, gamma, start):
    probs, often, Q, _ = parts_of(scores, P, R, gamma, start)
    return often[:, None] * probs * Q


@mistake(
    "slope_of_worth",
    "the visits are counted backwards: the matrix of their system is the "
    "transposed one, since places go into it as a row.",
)
def not_transposed(scores, P, R, gamma, start):
    probs, _, Q, V = parts_of(scores, P, R, gamma, start)
    A = np.eye(len(P)) - gamma * np.einsum("sa,saz->sz", probs, P)
    often = np.linalg.solve(A, np.eye(len(P))[start])
    return often[:, None] * probs * (Q - V[:, None])


@mistake(
    "slope_of_worth",
    "each action counts by its probability: that factor is missing.",
)
def without_probabilities(scores, P, R, gamma, start):
    _, often, Q, V = parts_of(scores, P, R, gamma, start)
    return often[:, None] * (Q - V[:, None])


@mistake(
    "slope_of_worth",
    "the scores are whole numbers here: are the probabilities cut?",
)
def probabilities_of_the_scores_type(scores, P, R, gamma, start):
    probs = np.zeros_like(scores)
    probs[:] = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    V = np.linalg.solve(
        np.eye(len(P)) - gamma * np.einsum("sa,saz->sz", probs, P),
        (probs * R).sum(axis=1),
    )
    A = np.eye(len(P)) - gamma * np.einsum("sa,saz->sz", probs, P)
    often = np.linalg.solve(A.T, np.eye(len(P))[start])
    return often[:, None] * probs * (R + gamma * P @ V - V[:, None])


@accepted("slope_of_worth")
def slope_by_a_series(scores, P, R, gamma, start):
    probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    move = (probs[:, :, None] * P).sum(axis=1)
    V, often = np.zeros(len(P)), np.eye(len(P))[start]
    at, weight = often.copy(), 1.0
    for _ in range(600):
        V = (probs * (R + gamma * P @ V)).sum(axis=1)
        at, weight = at @ move, gamma * weight
        often = often + weight * at
    return often[:, None] * probs * (R + gamma * P @ V - V[:, None])
