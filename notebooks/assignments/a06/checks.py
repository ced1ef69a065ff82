"""What the answers of assignment a06 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

import inspect
from pathlib import Path

import numpy as np

from utils import checking, comparing

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")


READY_MADE = {"optim", "optimizers", "optimize", "optax", "checks"}


def is_own_work(function):
    """Make sure that a function uses no ready-made optimizer."""
    check.own_work(function, READY_MADE)


# 1 · How large may a step be?


def limit_of_three_curvatures(largest_rate):
    A = np.array([[2.6, 2.6, 0.0], [-0.2, 4.4, 0.0], [0.0, 0.0, 1.5]])
    for _ in range(2):
        limit = check.call(largest_rate, A)
        wrong = comparing.same_form(limit, 0.2)
        wrong = wrong and not comparing.same(limit, 0.2)
        hint = _look_at_simpler_bowls(largest_rate) if wrong else ""
        check.equal(limit, 0.2, "the result", lambda _: hint)


def _look_at_simpler_bowls(largest_rate):
    """Return a hint: the simplest bowl for which a limit is wrong."""
    bowls = {
        "already in one dimension, for A = [[3]], it is wrong. What is the "
        "second derivative of 3 x^2, and which rates keep 1 - lr times that "
        "between -1 and 1?": [[3.0]],
        "in one dimension it is right, but not for A = [[1, 0], [0, 3]]. "
        "Which of the two directions breaks first?": [[1.0, 0.0], [0.0, 3.0]],
        "for A = [[1, 0], [0, 3]] it is right, but not for [[2, 1], [1, 2]]: "
        "write out the sum, differentiate it twice, and take the eigenvalues "
        "of the Hessian.": [[2.0, 1.0], [1.0, 2.0]],
        "this is a bound of the largest eigenvalue (row sums, trace, a norm): "
        "take the eigenvalue itself.": [[2.0, 2**0.5], [2**0.5, 1.0]],
    }
    for hint, A in bowls.items():
        try:
            right = comparing.same(largest_rate(np.array(A)), 1 / 3)
        except Exception:
            right = False
        if not right:
            return hint
    return (
        "for a symmetric matrix it is right, and this one isn't symmetric: "
        "A_12 and A_21 both belong to the term x_1 x_2."
    )


def limit_of_whole_numbers(largest_rate):
    check.call(largest_rate, np.array([[1, 3], [0, 3]]), gives=_limit(1, 3, 3))
    check.call(largest_rate, np.array([[2, -1], [-1, 2]]), gives=1 / 3)
    check.call(largest_rate, np.array([[1, 0], [0, 3]]), gives=1 / 3)


def _limit(a, b, c):
    """Return the limit for a x^2 + b x y + c y^2."""
    return 2 / (a + c + np.hypot(a - c, b))


def settles_just_below(largest_rate, seed, d):
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(d, d + 2))
    skew = np.tril(rng.normal(size=(d, d)), -1)
    A = factors @ factors.T + 3 * (skew - skew.T)
    limit = check.call(largest_rate, A)
    check.that(
        comparing.same_form(limit, 0.2) and np.isreal(limit) and limit > 0,
        "the result is not one number above 0.",
    )
    for share, settles in (0.99, True), (1.01, False):
        x = np.ones(d)
        for _ in range(1500):
            x = x - share * limit * comparing.numeric_gradient(
                lambda x: x @ A @ x, x, step=1e-3
            )
            if np.abs(x).max() > 1e6:
                break
        stays = np.abs(x).max() < 1
        steeper = A + 100 * (A == A[-1, -1])
        blind = bool(stays != settles and largest_rate(steeper) == limit)
        check.that(
            stays == settles,
            f"with {share} of your rate a bowl of {d} variables "
            f"{'settles' if stays else 'flies out'}.",
            "a larger last entry of A doesn't change your rate: use all rows "
            "and columns, however many." * blind,
        )


def limits_of_other_bowls(largest_rate, seed):
    check.call(largest_rate, np.array([[0.25]]), gives=4.0)
    check.call(largest_rate, np.array([[1, 0], [0, 3]]), gives=1 / 3)
    check.call(largest_rate, 100 * np.eye(5, dtype=np.float32), gives=0.01)
    rng = np.random.default_rng(seed)
    for d in (2, 3, 8):
        skew = rng.normal(size=(d, d))
        factors = rng.normal(size=(d, d + 2))
        A = factors @ factors.T + skew - skew.T
        right = 1 / np.linalg.norm(factors @ factors.T, 2)
        check.call(largest_rate, A, gives=right)


# 2 to 4 · Steps of an optimizer


def walk(optimizer, params, gradients, rates, *settings, state=None):
    """Take steps, and the same steps again.

    Parameters: optimizer; params, {name: array}; gradients, a list of such;
    rates, as many; settings, which follow the rate; state, before the first
    step (default: no steps, zero averages).
    Returns: {name: (array after step 1, after step 2, ...)} and the states
    after the steps.
    """
    state = state or _start(params)
    walks = []
    for _ in range(2):
        now, memory, path, states = params, state, [], []
        for grads, lr in zip(gradients, rates):
            found = check.call(optimizer, now, grads, memory, lr, *settings)
            now, memory = _params_and_state(found, params)
            path.append(now)
            states.append(memory)
        walks.append({k: tuple(step[k] for step in path) for k in params})
    first, second = (tuple(walk.values()) for walk in walks)
    check.that(
        comparing.same(first, second),
        "a second run from the same start goes another way.",
        "keep what you remember in the state that you return, and nowhere "
        "else: no global variables.",
    )
    return walks[0], states


def _start(params):
    m, s = ({name: 0 * w for name, w in params.items()} for _ in "ms")
    return {"t": 0, "m": m, "s": s}


def _params_and_state(found, params):
    """Return what an optimizer returned, after a look at its form."""
    check.that(
        isinstance(found, (tuple, list)) and len(found) == 2,
        "the function doesn't return two things, params and state.",
    )
    new, state = found
    names = ", ".join(params)
    swapped = isinstance(state, dict) and state.keys() == params.keys()
    check.that(
        isinstance(new, dict) and new.keys() == params.keys(),
        "the first of the two that are returned, params, should be a "
        f"dictionary of {names}"
        + (f", not of {', '.join(new)}." if isinstance(new, dict) else "."),
        "return params first, then the state." if swapped else "",
    )
    check.that(
        isinstance(state, dict),
        "the second of the two that are returned, the state, should be a "
        "dictionary.",
    )
    for name, w in new.items():
        known = comparing.is_numeric(w)
        given = f"has the shape {np.shape(w)}" if known else "is no array"
        right = np.shape(params[name])
        shapes = [np.shape(v) for v in params.values() if np.shape(v)]
        check.that(
            known and np.shape(w) == right,
            f"the new {name} {given}; it should have the shape {right}.",
            "take each array, its gradient and its average by name: their "
            "dictionaries have different orders."
            * (known and np.shape(w) in shapes),
        )
    return new, state


def three_arrays():
    """Return params, of different shapes and dtypes, and gradients, in
    another order."""
    W = np.ones((2, 3), np.float32)
    params = {"W": W, "b": np.zeros(4), "scale": np.array(5.0)}
    grads = {"scale": np.array(-4.0), "b": np.arange(3.0, -1, -1), "W": 2 * W}
    return params, grads


def scalars(*values):
    return [{"w": np.array(value)} for value in values]


def random_run(seed, n, shape):
    """Return weights, gradients (n, ...), rates (n,) and a state with which
    a run goes on after five steps."""
    rng = np.random.default_rng(seed)
    w, slopes = rng.normal(size=shape), rng.normal(size=(n, *shape))
    m, s = {"w": rng.normal(size=shape)}, {"w": rng.uniform(1, 2, shape)}
    rates = 1 / np.arange(1, n + 1)
    return w, slopes, rates, {"t": 5, "m": m, "s": s}


def averages(first, values, alpha):
    """Return the moving averages after each of `values` (n, ...)."""
    n = len(values)
    age = np.subtract.outer(np.arange(n), np.arange(n))
    shares = np.where(age >= 0, (1 - alpha) * alpha ** np.maximum(age, 0.0), 0)
    kept = alpha ** np.arange(1.0, n + 1)
    return np.multiply.outer(kept, first) + np.tensordot(shares, values, 1)


ALONE = "alone, each array is right: make a new array and an average for each."
AVERAGE = (
    "look at the line that makes the new {0}, and at what you store: α times "
    'the {0} of the state, plus 1 - α times %s, goes into state["{0}"].'
)
HINTS = {
    "m": AVERAGE % "g",
    "s": AVERAGE % "g²",
    "t": 'state["t"] is the number of steps so far: add one in each step.',
}


def _compare_steps(walked, right, step, average="", **averages):
    """Compare a weight after each step; say if its averages were right.

    Parameters: walked, of `walk`; right, a tuple; step, a hint on what comes
    after the averages; average, one on them (default: of HINTS); averages,
    what the state should have, such tuples.
    """
    path, states = walked
    found = path["w"]
    wrong = [k for k, w in enumerate(right) if not comparing.same(found[k], w)]
    what = "w after step" if len(right) > 1 else "w after this step"
    if wrong:
        where, hint = _look_at_the_states(states[: wrong[0] + 1], averages)
        what, step = where + what, (average or hint) if hint else step
    if len(right) > 1:
        check.equal(found, right, what, lambda _: step)
    else:
        check.equal(found[0], right[0], what, lambda _: step)
    where, hint = _look_at_the_states(states, averages)
    stored = "store what the text says, not its root, nor its negative."
    check.that(not hint, f"the path is right, but {where[:-2]}.", stored)


def _look_at_the_states(states, averages):
    """Return what of the states is wrong first, in half a sentence, and a
    hint; '' if nothing is."""
    for k, state in enumerate(states):
        for entry, values in averages.items():
            held = state.get(entry)
            value = held.get("w") if isinstance(held, dict) else held
            if not comparing.same(value, values[k]):
                known = value is not None and comparing.is_numeric(value)
                value = np.round(value, 4).tolist() if known else "nothing"
                when = f"step {k + 1}" if len(values) > 1 else "this step"
                said = f"after {when} the state has {value} as {entry}"
                hint = HINTS[entry].format(entry)
                return f"{said}, not {values[k]}; ", hint
    return "what the state holds is right, but ", ""


def _last(path, name, right, advise=None):
    """Compare a parameter after the last step."""
    what = f"the array {name} after step {len(path[name])}"
    check.equal(path[name][-1], right.tolist(), what, advise)


def _compare_tree(optimizer, rates, moved, **defaults):
    """Compare three arrays that should have moved by moved(gradient)."""
    for name, value in defaults.items():
        known = inspect.signature(optimizer).parameters.get(name)
        found = getattr(known, "default", value)
        check.that(
            found == value or not isinstance(found, float),
            f"the default of {name} is {found}, not {value}.",
            "leave the first line of the function as the text has it.",
        )
    params, grads = three_arrays()

    def is_right(name):
        w, state = {name: params[name]}, _start({name: params[name]})
        for lr in rates:
            given = comparing.copied((w, {name: grads[name]}, state))
            w, state = optimizer(*given, lr)
        return comparing.same(w[name], params[name] - moved(grads[name]))

    def advise(_):
        return ALONE if all(map(is_right, params)) else ""

    path, _ = walk(optimizer, params, [grads] * len(rates), rates)
    for name, w in params.items():
        _last(path, name, w - moved(grads[name]), advise)


def _run_again(optimizer, seed, alphas, eps, corrected, uses_m):
    """Compare runs that start from any state with a sum over all steps."""
    for n, shape in (1, (1,)), (60, (4, 2)), (7, ()):
        w, slopes, rates, state = random_run(seed + n, n, shape)
        grads = [{"w": g} for g in slopes]
        given = {"w": w}, grads, rates, *alphas, eps
        state["t"] *= corrected
        path, _ = walk(optimizer, *given, state=state)
        column = (n,) + (1,) * len(shape)
        t = np.arange(6.0, 6 + n).reshape(column)
        ahead = slopes
        if uses_m:
            ahead = averages(state["m"]["w"], slopes, alphas[0])
            ahead = ahead / (1 - corrected * alphas[0] ** t)
        s = averages(state["s"]["w"], slopes**2, alphas[-1])
        below = (s / (1 - corrected * alphas[-1] ** t)) ** 0.5 + eps
        moved = (rates.reshape(column) * ahead / below).sum(axis=0)
        _last(path, "w", w - moved)


# 2 · Momentum

ALONG_M = (
    "look at the line that makes the new weight: in the recordings it moves "
    "by the new m, neither more nor less."
)
RECORDED = (
    "compare with the first recording: at its first step only the slope is "
    "at work, at the second and third only what is remembered. What becomes "
    "of each?"
)
OTHER_SHARE = (
    "α is 3/4 here; in the first recording it is 1/4. What does the memory "
    "keep, and what of the slope is added?"
)


def momentum_of_a_pulse(momentum):
    is_own_work(momentum)
    grads, rates = scalars(32.0, 0.0, 0.0, -2.0), [0.5, 0.5, 0, 0.5]
    walked = walk(momentum, *scalars(30.0), grads, rates, 0.25)
    m, right = (16, 4, 1, -0.75), (14, 10, 9, 9.75)
    _compare_steps(walked, right, ALONG_M, RECORDED, m=m)


def momentum_of_three_steps(momentum):
    grads = scalars(4.0, 4.0, -8.0)
    walked = walk(momentum, *scalars(10.0), grads, [2, 2, 1], 0.75)
    m = 8, 14, 2.5
    _compare_steps(walked, (2, -12, -14.5), ALONG_M, OTHER_SHARE, m=m)


def momentum_goes_on(momentum):
    m, s, w, g = scalars(4.0, 100.0, 10.0, -8.0)
    state = {"t": 0, "m": m, "s": s}
    walked = walk(momentum, w, [g], [0.5], 0.75, state=state)
    _compare_steps(walked, (11,), ALONG_M, RECORDED, m=(-1,))


def momentum_of_three_arrays(momentum):
    rates = [1.0, 0.5, 0.0]  # m is g, then 1.4 g, then 1.26 g
    _compare_tree(momentum, rates, lambda g: 3.66 * g, alpha=0.9)


def momentum_of_random_runs(momentum, seed):
    is_own_work(momentum)
    for alpha in 0.9, 0.6, 0.0:
        for n, shape in (1, (1,)), (60, (4, 2)), (7, ()):
            w, slopes, rates, state = random_run(seed + n, n, shape)
            slopes[2::3] = 0
            grads = [{"w": g} for g in slopes]
            given = {"w": w}, grads, rates, alpha
            path, _ = walk(momentum, *given, state=state | {"t": 0})
            pushes = rates.reshape((n,) + (1,) * len(shape)) * slopes
            m = averages(state["m"]["w"], pushes / (1 - alpha), alpha)
            _last(path, "w", w - m.sum(axis=0))


# 3 · RMSProp

DIVIDED = (
    "look at the line that makes the new weight, and at its brackets: w minus "
    "lr times g over the whole of root of s plus ε."
)


def rmsprop_of_three_weights(rmsprop):
    is_own_work(rmsprop)
    grads = [{"w": g * np.array([2.0, 4.0, 0.0])} for g in (2, 1, -1)]
    params = {"w": np.full(3, 10.0)}
    walked = walk(rmsprop, params, grads, [0.5] * 3, 0.75, 0.5)
    steps = [9.2, 82 / 9, 10], [8.8, 78 / 9, 10], [9.2, 82 / 9, 10]
    _compare_steps(walked, steps, DIVIDED, s=3 * ([4, 16, 0],))


def rmsprop_goes_on(rmsprop):
    m, s, w, g = scalars(100.0, 2.0, 10.0, 4.0)
    state = {"t": 0, "m": m, "s": s}
    walked = walk(rmsprop, w, [g], [2.0], 0.5, 1.0, state=state)
    _compare_steps(walked, (8,), DIVIDED, s=(9,))


def rmsprop_of_three_arrays(rmsprop):
    moved = 0.1**-0.5 + 0.5 * 0.19**-0.5  # s is g**2 / 10, then 19 g**2 / 100
    given = [1.0, 0.5], lambda g: moved * np.sign(g)
    _compare_tree(rmsprop, *given, alpha=0.9, eps=1e-8)


def rmsprop_of_random_runs(rmsprop, seed):
    is_own_work(rmsprop)
    for alpha in 0.9, 0.6, 0.0:
        _run_again(rmsprop, seed, (alpha,), 0.1, corrected=0, uses_m=False)


# 4 · Adam

CORRECTED = (
    "look at what comes after the averages, number by number beside the "
    "example: the corrected m, the root of the corrected s, ε and the rate."
)


def adam_of_two_weights(adam):
    is_own_work(adam)
    grads = [{"w": np.array([9.0, 0.0])}, {"w": np.array([5.0, 0.0])}]
    params = {"w": np.full(2, 10.0)}
    walked = walk(adam, params, grads, [1.0, 0.8], 0.6, 0.75, 1.0)
    m, s = ([3.6, 0], [4.16, 0]), ([20.25, 0], [21.4375, 0])
    right = [9.1, 10], [8.45, 10]
    _compare_steps(walked, right, CORRECTED, m=m, s=s, t=(1, 2))


def adam_goes_on(adam):
    m, s, w, g = scalars(4.0, 19.0, 10.0, 3.0)
    state = {"t": 2, "m": m, "s": s}
    walked = walk(adam, w, [g], [2.5], 0.5, 0.5, 1.0, state=state)
    _compare_steps(walked, (8,), CORRECTED, m=(3.5,), s=(14,), t=(3,))


def adam_of_three_arrays(adam):
    """Each step in a steady direction is as long as the rate."""
    given = [0.1] * 20, lambda g: 2 * np.sign(g)
    _compare_tree(adam, *given, alpha_1=0.9, alpha_2=0.999, eps=1e-8)


def adam_of_random_runs(adam, seed):
    is_own_work(adam)
    for alphas in (0.9, 0.999), (0.8, 0.6):
        _run_again(adam, seed, alphas, 0.1, corrected=1, uses_m=True)


# 5 · Warm up, then slow down


WARMUP = (
    "these are steps of the warm-up: a straight line from 0 at step 0 to the "
    "peak at step warmup."
)
WAVE = (
    "these are steps of the cosine: half a wave from the peak at step warmup, "
    "or at step 0 if there is no warm-up, down to 0 at step num_steps."
)
BEYOND = "this is beyond num_steps, where the rate stays 0."


def rates_of_ten_steps(schedule):
    is_own_work(schedule)
    given = 10, 4, 0.8
    _compare_rates(schedule, (0, 2), given, (0, 0.4))
    wave = 0.8, 0.6, 0.4, 0.2, 0
    _compare_rates(schedule, (4, 6, 7, 8, 10), given, wave)
    _compare_rates(schedule, (13,), given, (0,))


def rates_without_warmup(schedule):
    _compare_rates(schedule, (0, 5, 10), (10, 0, 0.8), (0.8, 0.4, 0))


def rates_of_a_hundred_steps(schedule):
    steps = 0, 1, 5, 10, 40, 55, 70, 100, 101, 1000
    right = 0, 0.2, 1, 2, 1.5, 1, 0.5, 0, 0, 0
    _compare_rates(schedule, steps, (100, 10, 2.0), right)


def rates_of_few_steps(schedule):
    _compare_rates(schedule, (0, 1, 2), (1, 0, 3.0), (3, 0, 0))
    _compare_rates(schedule, (0, 1, 2, 3), (2, 1, 3.0), (0, 3, 0, 0))
    _compare_rates(schedule, (0, 1, 2, 4), (4, 2, 1e-3), (0, 5e-4, 1e-3, 0))
    right = tuple(1 + np.cos(np.pi * np.arange(8) / 7))
    _compare_rates(schedule, tuple(range(8)), (7, 0, 2.0), right)


def rates_of_other_lengths(schedule, peak):
    is_own_work(schedule)
    _compare_rates(schedule, (0, 2, 4), (4, 0, peak), (peak, peak / 2, 0))
    for num_steps, warmup in (540, 54), (9, 8), (100, 99), (77, 0):
        steps = np.arange(num_steps + 5)
        line = steps[:warmup] * (peak / max(warmup, 1))
        angles = np.linspace(0, np.pi / 2, num_steps - warmup + 1)
        wave = peak * (1 - np.sin(angles) ** 2)
        right = (*line.tolist(), *wave.tolist(), 0, 0, 0, 0)
        given = num_steps, warmup, peak
        _compare_rates(schedule, steps.tolist(), given, right)


def _compare_rates(schedule, steps, given, right):
    def advise(rates):
        pairs = zip(steps, np.atleast_1d(rates), right)
        step = next(k for k, rate, r in pairs if not comparing.same(rate, r))
        num_steps, warmup, _ = given
        if step < warmup:
            return WARMUP
        return BEYOND if step > num_steps else WAVE

    def cleared(rate, r):  # of what is lost in float32
        known = isinstance(rate, (float, np.floating))
        return r if known and abs(rate - r) < 1e-6 * given[2] else rate

    for _ in range(2):
        rates = tuple(check.call(schedule, step, *given) for step in steps)
        rates = tuple(map(cleared, rates, right))
    shown = ", ".join(map(str, steps if len(steps) < 15 else [0, 1, 2, "…"]))
    if len(steps) == 1:
        check.equal(rates[0], right[0], f"the rate at step {shown}", advise)
    else:
        what = f"of the rates at the steps {shown} with {given},"
        check.equal(rates, right, what, advise)


# 6 and 8 · The rover


def drive(
    find, begin, battery, floor=0.04, walls=200, turn=None, cave=(4.0, -3.0)
):
    """Let a rover drive in a canyon with the slopes floor x^3, walls y.

    Parameters: find, a student's function; begin, (x, y) as seen from the
    cave; battery, how many readings it lasts; turn, a matrix (2, 2) that
    rotates the canyon; cave, its place on the rover's map.
    Returns: where it stopped (2,), where it took its readings (n, 2) and
    what they were (n, 2), all along the canyon and across it.
    """
    turn = np.eye(2) if turn is None else turn
    cave, readings, slopes = np.array(cave), [], []

    def slope(place):
        place = np.array(place, dtype=float)
        if len(readings) >= battery or place.shape != (2,):
            _refuse_reading(place, battery)
        readings.append((place - cave) @ turn)
        x, y = readings[-1]
        with np.errstate(over="ignore", invalid="ignore"):
            slopes.append(np.array([floor * x**3, walls * y]))
            return turn @ slopes[-1]

    end = check.call(find, slope, turn @ begin + cave)
    check.that(
        np.shape(end) == (2,) and comparing.is_numeric(end),
        f"the result has the shape {np.shape(end)}, not (2,)."
        if comparing.is_numeric(end)
        else "the result is not a place, an array of two numbers.",
        "return the last place, not the whole way, nor a dictionary.",
    )
    check.that(
        readings,
        "the slope was never read.",
        "the cave isn't at a fixed place of the map: the rover can find it "
        "by slope(v) alone.",
    )
    return (end - cave) @ turn, np.array(readings), np.array(slopes)


def _refuse_reading(place, battery):
    check.that(
        place.shape == (2,),
        f"slope is asked at a place of shape {place.shape}, not (2,).",
    )
    check.that(
        False,
        f"after {battery} readings the battery is empty.",
        "each call of slope is a reading, and a step may take several: count "
        "them, and make no more than the battery holds.",
    )


def home(find_shelter, begin, cave=(4.0, -3.0), floor=0.04, walls=200):
    """Let the rover drive; if it doesn't arrive, look at its tracks."""
    is_own_work(find_shelter)
    end, track, slopes = drive(
        find_shelter, np.array(begin), 100, floor, walls, cave=cave
    )
    left = 1000 * np.linalg.norm(end)
    if left <= 50:
        return
    x, y = begin
    stop = f"{left:.0f} metres from the cave"
    said = f"from ({x:g}, {y:g}) the rover "
    moves = np.diff([*track, end], axis=0)
    parked = not (track != track[0]).any()
    check.that(
        (end != track[0]).any(),
        f"{said}is at the end where it started.",
        "is the new place used, or the rate 0, from an earlier drive's count?"
        if parked
        else "return the last place: v = v - ... calls the new one v.",
    )
    check.that(
        len(track) < 2 or not parked,
        f"{said}takes all its readings at the place where it started.",
        "read the slope where the rover is now, after its last step.",
    )
    _look_at_the_start(moves, slopes, said)
    check.that(
        len(track) >= 80,
        f"{said}stops {stop}, after {len(track)} of 100 readings.",
        "the battery holds more. Are the steps too few, is a small slope "
        "taken for none, or does the search look on one side only?",
    )
    reason, hint = _blame_the_steps(track, moves, slopes, end)
    check.that(False, f"{said}{reason}, and stops {stop}.", hint)


def _look_at_the_start(moves, slopes, said):
    with np.errstate(all="ignore"):
        climbs = np.sum(moves * slopes, axis=1)[:8] > 0
        grows = not np.linalg.norm(moves[-1]) < 3 * np.linalg.norm(moves[0])
        out = not np.abs(moves.sum(axis=0)).max() < 3
    check.that(
        not climbs.all(),
        f"{said}goes uphill at each of its first readings.",
        "the slope points uphill. Is the step subtracted, and does each "
        "direction get its own?",
    )
    check.that(
        not (grows and out),
        f"{said}is thrown out of the canyon.",
        "a step is far too long, or the end isn't the last place. Look at its "
        "sign, and at its size in each direction: is the flat one taken for "
        "the steep one? Other canyons are steeper: the readings tell.",
    )


def _blame_the_steps(track, moves, slopes, end):
    """Return what the rover does, and a hint or ''."""
    if not moves[-5:].any():
        still = len(moves) - np.flatnonzero(moves.any(axis=1))[-1] - 1
        return (
            f"doesn't move any more at its last {still} readings",
            "each reading should bring it on: is the rate 0 too early, or "
            "is the place held at a border (np.clip)?",
        )
    distances = np.linalg.norm([*track[-20:], end], axis=1)
    nearest = np.linalg.norm(track, axis=1).min()
    jumps = np.mean(track[-20:-1] * track[-19:] < 0, axis=0) > 0.5
    product = np.linalg.norm(moves[0]) * np.linalg.norm(slopes[0])
    if np.sum(moves[0] * slopes[0]) < -0.999999 * product:
        if jumps[1]:
            return (
                "still jumps from wall to wall",
                "across, the steps are too long, along the floor too short: "
                "one factor for both can't do it. Give each its own.",
            )
        return (
            "comes down to the floor of the canyon and creeps",
            "along the floor the slopes are thousands of times smaller than "
            "on the walls. One rate for both, or a large ε, can't do it: "
            "divide each direction's step by the usual size of its slopes.",
        )
    if (np.diff(distances) < 0).mean() > 0.9 and not jumps[0]:
        return (
            "is on a good way",
            "the direction is right and the steps are too short here. Is the "
            "rate small, does it fall too early, or is ε too large?",
        )
    if nearest < distances[-1] / 2 or jumps.any():
        return (
            f"was {1000 * nearest:.0f} metres away, went on",
            "do you return the last place, not one of a small slope? Then "
            "the steps are too long for the end of the way: let the rate "
            "fall to 0 within these readings, or take a smaller one.",
        )
    return "is under way", ""


def home_from_anywhere(find_shelter, seed, n):
    """Let the rover start at n places, each in a canyon of its own."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        begin = rng.uniform(-1, 1, 2).round(2)
        cave = rng.uniform(-8, 8, 2).round(1)
        floor, walls = 10 ** rng.uniform(-1, 1, 2)
        home(find_shelter, begin, cave, 0.04 * floor, 200 * walls)


def home_in_a_turned_canyon(find_turned, begin, degrees, cave, steepness=1):
    is_own_work(find_turned)
    angle = np.deg2rad(degrees)
    turn = np.array(
        [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    )
    canyon = 0.04 * steepness, 200 * steepness, turn, cave
    end, track, slopes = drive(find_turned, np.array(begin), 40, *canyon)
    left = 1000 * np.linalg.norm(end)
    if left <= 50:
        return
    moves = np.diff([*track, end], axis=0)
    _look_at_the_start(moves, slopes, "the rover ")
    check.that(
        False,
        f"after {len(track)} readings it is {left:.0f} metres away.",
        "readings at three places close together tell how the slope changes "
        "in every direction: that is the Hessian. Along its floor this canyon "
        "is no bowl, so one Newton step goes only part of the way: measure "
        "again where you land, add nothing to what you measure, and repeat.",
    )
