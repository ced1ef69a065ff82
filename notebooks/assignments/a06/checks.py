"""What the answers of assignment a06 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

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
    check.call(largest_rate, np.array([[1, 1], [0, 3]]), gives=_limit(1, 1, 3))


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
        check.that(
            stays == settles,
            f"with {share} of your rate a bowl of {d} variables "
            f"{'settles' if stays else 'flies out'}.",
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
    zeros = [{name: 0 * w for name, w in params.items()} for _ in "ms"]
    state = state or {"t": 0, "m": zeros[0], "s": zeros[1]}
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
        check.that(
            known and np.shape(w) == right,
            f"the new {name} {given}; it should have the shape {right}.",
        )
    return new, state


def three_arrays():
    """Return params, of different shapes and dtypes, and gradients, in
    another order."""
    W = np.ones((2, 3), np.float32)
    params = {"W": W, "b": np.zeros(4), "scale": np.array(5.0)}
    grads = {"scale": np.array(-4.0), "b": np.arange(4.0), "W": 2 * W}
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
        where, hint = _look_at_the_state(states, averages, wrong[0])
        what, step = where + what, (average or hint) if hint else step
    if len(right) > 1:
        check.equal(found, right, what, lambda _: step)
    else:
        check.equal(found[0], right[0], what, lambda _: step)


def _look_at_the_state(states, averages, k):
    """Return what of the state is wrong after step k (from 0), in half a
    sentence, and a hint; '' if nothing is."""
    for entry, values in averages.items():
        held = states[k].get(entry)
        value = held.get("w") if isinstance(held, dict) else held
        if not comparing.same(value, values[k]):
            known = value is not None and comparing.is_numeric(value)
            value = np.round(value, 4).tolist() if known else "nothing"
            said = f"after step {k + 1} the state has {value} as {entry}"
            hint = HINTS[entry].format(entry)
            return f"{said}, not {values[k]}; ", hint
    return "what the state holds is right, but ", ""


def _last(path, name, right):
    """Compare a parameter after the last step."""
    steps = len(path[name])
    check.equal(
        path[name][-1], right.tolist(), f"the array {name} after step {steps}"
    )


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
    params, grads = three_arrays()
    path, _ = walk(momentum, params, [grads] * 3, [1.0, 0.5, 0.0])
    for name, w in params.items():  # m is g, then 1.4 g, then 1.26 g
        _last(path, name, w - 3.66 * grads[name])


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
    params, grads = three_arrays()
    path, _ = walk(rmsprop, params, [grads] * 2, [1.0, 0.5])
    for name, w in params.items():  # s is g**2 / 10, then 19 g**2 / 100
        moved = 0.1**-0.5 + 0.5 * 0.19**-0.5
        _last(path, name, w - moved * np.sign(grads[name]))


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
    params, grads = three_arrays()
    path, _ = walk(adam, params, [grads] * 20, [0.1] * 20)
    for name, w in params.items():
        _last(path, name, w - 2 * np.sign(grads[name]))


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
    "these are steps of the cosine: it begins at step warmup with the peak, "
    "and half a wave later, at step num_steps, it is 0."
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

    for _ in range(2):
        rates = tuple(check.call(schedule, step, *given) for step in steps)
    shown = ", ".join(map(str, steps if len(steps) < 15 else [0, 1, 2, "…"]))
    if len(steps) == 1:
        check.equal(rates[0], right[0], f"the rate at step {shown}", advise)
    else:
        what = f"of the rates at the steps {shown},"
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
        "each call of slope is a reading: count them, and make no more steps "
        "than the battery has readings for.",
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
    check.that(
        (end != track[0]).any(),
        f"{said}comes back to the place where it started.",
        "return the last place: v = v - ... gives the name v to the new one.",
    )
    check.that(
        len(track) < 2 or (track != track[0]).any(),
        f"{said}takes all its readings at the place where it started.",
        "read the slope where the rover is now, after its last step.",
    )
    _look_at_the_start(moves, slopes, said)
    check.that(
        len(track) >= 80,
        f"{said}stops {stop}, after {len(track)} of 100 readings.",
        "the battery holds more: take a step with each reading.",
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
        "look at the sign of the step, at its size beside the walls (exercise "
        "1: the limit of one rate for both directions), and at what is "
        "returned.",
    )


def _blame_the_steps(track, moves, slopes, end):
    """Return what the rover does, and a hint or ''."""
    if not moves[-5:].any():
        still = len(moves) - np.flatnonzero(moves.any(axis=1))[-1] - 1
        return (
            f"doesn't move any more at its last {still} readings",
            "each reading should bring it on: is the rate 0 too early?",
        )
    distances = np.linalg.norm([*track[-20:], end], axis=1)
    nearest = np.linalg.norm(track, axis=1).min()
    jumps = np.mean(track[-20:-1] * track[-19:] < 0, axis=0) > 0.5
    product = np.linalg.norm(moves[0]) * np.linalg.norm(slopes[0])
    if np.sum(moves[0] * slopes[0]) < -0.999999 * product:
        if jumps[1]:
            return (
                "still jumps from wall to wall",
                "the rate is at its limit, and still too small for the "
                "floor. One rate for both directions can't do it: give each "
                "its own.",
            )
        return (
            "comes down to the floor of the canyon and creeps",
            "along the floor the slopes are thousands of times smaller than "
            "on the walls. One rate for both can't do it: divide each "
            "direction's step by the usual size of its slopes.",
        )
    if (np.diff(distances) < 0).mean() > 0.9 and not jumps[0]:
        return (
            "is on a good way",
            "the direction is right and the steps are too short here: take "
            "longer ones. Other canyons are flatter or steeper, so let the "
            "slopes themselves say how long.",
        )
    if nearest < distances[-1] / 2 or jumps.any():
        return (
            f"was {1000 * nearest:.0f} metres away, went on",
            "do you return the last place? Then the steps are too long for "
            "the end of the way: let the rate fall, as in exercise 5, or take "
            "a smaller one.",
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
        "again where you land, and repeat.",
    )
