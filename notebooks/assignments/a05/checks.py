"""What the answers of assignment a05 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

import contextlib
import random
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from utils import checking, comparing, data

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")
    built_in = {
        2: "is the number of axes built in? Arrays may have one, or three.",
        3: "is the number of axes built in (there may be one, or three), or "
        "does anything fail for numbers such as -800?",
        4: "is something of the example built in? There may be one second "
        "only, or a thousand, and β may be any number, also a whole one or 0.",
        5: "is a size of the example built in, or are huge scores cut off? "
        "All sizes may be others, 1 or equal ones, too.",
        6: "is a size of the example built in? All may be others, 1 or equal "
        "ones, too.",
    }


READY_MADE = {
    *("scipy", "torch", "tensorflow", "keras", "jax", "autograd", "sympy"),
    *("graphlib", "networkx", "TopologicalSorter", "setrecursionlimit"),
    *("softmax", "log_softmax", "numeric_gradient", "gradient_error"),
    "checks",
}


def is_own_work(function, *allowed):
    """Make sure that a function uses nothing ready-made, unless allowed."""
    check.own_work(function, READY_MADE.difference(allowed))


# 1 · By hand


def slopes_by_hand(by_hand, *places):
    """Compare at places, (x, y, z, what by_hand returns there)."""
    is_own_work(by_hand)
    for x, y, z, right in places:
        found = check.call(by_hand, x, y, z)
        if isinstance(found, np.ndarray) and found.shape == (4,):
            found = tuple(found)

        def advice():
            f, dx, dy, dz = found
            if not np.isclose(f, right[0]):
                return "f is wrong already: begin with the forward pass."
            if np.allclose(found, right, 0.01, 0.01):
                return (
                    "nearly right: is something rounded, or a difference "
                    "taken over a short step? The rules need neither."
                )
            if not np.isclose(dx, dy):
                return "f knows x and y by their sum only: their slopes agree."
            if np.isclose(dx, right[1]):
                return "what arrives at m goes to the maximum's winner, all."
            if np.isclose(dz, right[3]):
                return "what arrives at q? Count the roads, and round nothing."
            return (
                f"here q is {x + y:.4g} and z {z:.4g}: who wins, and gets q?"
            )

        check.equal(found, right, "the result", lambda _: advice())


def z_wins(by_hand):
    slopes_by_hand(by_hand, (1.0, 2.0, 5.0, (15, 5, 5, 3)))


def q_wins(by_hand):
    one, other = (-2.0, 5.0, -4.0), (-1.0, 4.0, 2.0)
    slopes_by_hand(by_hand, (*one, (9, 6, 6, 0)), (*other, (9, 6, 6, 0)))


def negative_numbers(by_hand):
    slopes_by_hand(
        by_hand,
        (-3.0, 1.0, -1.0, (2, -1, -1, -2)),
        (-3.0, 1.0, -7.0, (4, -4, -4, 0)),
        (1.0, -4.0, -2.0, (6, -2, -2, -3)),
        (0.5, -1.0, 1.25, (-0.625, 1.25, 1.25, -0.5)),
    )


def slopes_elsewhere(by_hand, seed):
    rng = np.random.default_rng(seed)
    for _ in range(20):
        x, y, z = (rng.normal(size=3).round(1) + [0, 0, 0.03]).tolist()
        q = x + y
        right = (q * q, 2 * q, 2 * q, 0) if q > z else (q * z, z, z, q)
        slopes_by_hand(by_hand, (x, y, z, right))
    slopes_by_hand(by_hand, (3, 1, 2, (16, 8, 8, 0)), (1, 1, 7, (14, 7, 7, 2)))


# 2 to 6 · Operations

FUNCTIONS = (
    "return the value and, after a comma each, the rules, functions of g such "
    "as lambda g: ...; and no @operation, the function itself gets arrays."
)
NO_CHANGE = (
    "a rule must change nothing outside of itself: neither what the forward "
    "pass has computed, as P *= ... does, nor an array that it fills again."
)
WHOLE = (
    "these are whole numbers: does your array cut off the rest? Make it "
    "of floats, as np.zeros(n) does."
)


def walk(operation, *inputs, g, gives, names="ab", advice=None):
    """Go forward through an operation, and back through its rules.

    Parameters: operation, the student's; inputs, its arguments; g, the
    incoming gradient; gives, the value, and what each rule makes of g;
    names, of the inputs that have rules; advice, a function of something
    wrong and of its place in gives that returns a hint or ''.
    """
    advice = advice or (lambda *_: "")
    is_own_work(operation)
    names = names[: len(gives) - 1]
    value, *rules = _forward(operation, inputs, names)
    right, *rights = [np.asarray(x) for x in gives]
    _has_shape(value, right, "the value")

    def advise(found, i):
        with np.errstate(all="ignore"):
            if np.asarray(found).dtype.kind in "iu":
                return WHOLE
            told = _about_g(rules[i - 1], g) if i else ""
            if i and len(rights) == 2 and inputs[0] is inputs[1]:
                if not told and comparing.same(found, rights[0] + rights[1]):
                    return (
                        "each rule gives its own road's part alone, also "
                        "where both inputs are one array: the engine adds the "
                        "two. Or is a factor 2 too many?"
                    )
            return told or advice(found, i)

    check.equal(value, right.tolist(), "the value", lambda _: advise(value, 0))
    kept, gradients = np.copy(value), []
    for i, (name, rule, right) in enumerate(zip(names, rules, rights), 1):
        given = np.copy(g)
        gradient = rule(given)
        check.that(
            np.array_equal(given, g),
            f"the rule for {name} changes the g that it is given.",
            "what changes g (g *= b, g[i] += ...) changes it for others, "
            "too: begin with g.copy(), or with g * b, a new array.",
        )
        check.that(
            np.array_equal(value, kept),
            f"the rule for {name} changes the value that was returned.",
            NO_CHANGE,
        )
        _has_shape(gradient, right, f"the gradient of {name}")
        check.equal(
            *(gradient, right.tolist(), f"the gradient of {name}"),
            lambda _: advise(gradient, i),
        )
        gradients.append(gradient)
    _again(operation, inputs, value, rules, gradients, g)


def _has_shape(found, right, what):
    """Make sure that an array has the right shape, if it is one."""
    is_array = isinstance(found, (np.ndarray, np.generic, float, int))
    shape = np.shape(found) if is_array else right.shape
    hint = (
        "a gradient has the shape of its own input: is the wrong axis "
        "summed, or is this another input's rule?"
    )
    if what == "the value":
        hint = "print the shape of what you return, and of the inputs."
    if shape == right.shape[::-1]:
        hint = "the axes have changed places."
    elif not shape:
        hint = (
            "a single number is left: too much is summed, or axes of length 1 "
            "are dropped."
        )
    elif len(shape) < len(right.shape):
        hint = "an axis is missing: which, and where does it get lost?"
    elif len(shape) > len(right.shape):
        hint = "an axis is too many: is it still to be summed?"
    check.that(
        shape == right.shape,
        f"{what} has shape {shape}, not {right.shape}.",
        hint,
    )


def _about_g(rule, g):
    """Return a hint if a rule doesn't give twice as much for twice the g."""
    once, again = np.copy(rule(np.copy(g))), np.copy(rule(np.copy(g)))
    twice = np.asarray(rule(2 * g))
    largest = np.abs(once).max()
    if not 0 < largest < np.inf:
        return ""
    if not np.array_equal(once, again):
        return NO_CHANGE
    if np.allclose(once, twice, 0, 1e-9 * largest):
        return (
            "the rule gives the same for every g; multiply the local slope "
            "by the gradient g that comes in."
        )
    if not np.allclose(2 * once, twice, 0, 1e-6 * largest):
        return (
            "for twice the g a rule must give twice as much: g is a factor, "
            "once, of all that the rule adds up."
        )
    return ""


def _place(found, right):
    """Return where a result is off by most, a tuple."""
    off = np.nan_to_num(np.abs(found - right), nan=np.inf)
    return tuple(map(int, np.unravel_index(off.argmax(), off.shape)))


def recognized(found, **guesses):
    """Return the hint of the guess that was found, '' if none was.

    Parameters: found, an array; guesses, by any name, pairs of an array and
    its hint.
    """
    for guess, hint in guesses.values():
        if comparing.same(found, guess):
            return hint
    return ""


def _forward(operation, inputs, names):
    found = check.call(operation, *inputs)
    rules = "a rule" if len(names) == 1 else "two rules"
    check.that(
        isinstance(found, (tuple, list)) and len(found) == 1 + len(names),
        f"the result isn't a value and {rules}.",
        FUNCTIONS,
    )
    check.that(
        not callable(found[0]),
        "what stands for the value is a function.",
        "the value comes first: return value, rule.",
    )
    for name, rule in zip(names, found[1:]):
        check.that(
            callable(rule),
            f"what stands for the rule for {name} isn't a function.",
            FUNCTIONS,
        )
    return found


def _again(operation, inputs, value, rules, gradients, g):
    """Call the rules again, and once more after another forward pass."""
    kept = comparing.copied([value, *gradients])

    def is_unchanged():
        again = [value, *(rule(np.copy(g)) for rule in rules)]
        both = zip([*again, *gradients], [*kept, *kept[1:]])
        return all(np.array_equal(new, old) for new, old in both)

    check.that(
        is_unchanged(),
        "a rule that is called again gives another result, or changes what "
        "was returned before.",
        NO_CHANGE,
    )
    more = [2 * x + 1 if isinstance(x, np.ndarray) else x for x in inputs]
    check.call(operation, *more)
    check.that(
        is_unchanged(),
        "after another call of the function, the first call's rules give "
        "other results.",
        "the calls share something that lies outside of the function; what "
        "a rule needs belongs to its own call.",
    )


# 2 · Hypotenuse


def hypotenuses(hypotenuse, a, b, g):
    value = np.hypot(a, b)
    divisor = np.where(value, value, 1)
    right = value, g * a / divisor, g * b / divisor

    def advice(found, i):
        def at(x):
            return f"{x[_place(found, right[i])] + 0:.4g}"

        if i == 0:
            return recognized(
                found,
                square=(value**2, "the square root is missing."),
                sum=(a + b, "no square root undoes the two squares alone."),
                sizes=(
                    np.abs(a) + np.abs(b),
                    "the root of a sum isn't the sum of the roots.",
                ),
                minus=(np.sqrt(np.abs(a**2 - b**2)), "a plus, no minus."),
            ) or (
                f"at {[*_place(found, value)]}, a² is {at(a**2)} and b² is "
                f"{at(b**2)}: print yours."
            )
        own, other = (a, b) if i == 1 else (b, a)
        if not np.isfinite(found).all():
            return (
                "at the tip, where a and b are both 0, you divide by 0: the "
                "gradient there is to be 0."
            )
        tip = value == 0
        if tip.any() and comparing.same(found[~tip], right[i][~tip]):
            return "only the tip is wrong, where a and b are both 0."
        if tip.any():
            found = np.where(tip, 0, found)
        slope = own / divisor
        cancel = "the 2 of the square and the ½ of the root cancel."
        return recognized(
            found,
            minus=(-right[i], "farther from 0 is farther out, no minus."),
            other=(g * other / divisor, "the two rules are exchanged."),
            plain=(
                g * own,
                "the slope isn't the input itself: what does the square root "
                "do to it?",
            ),
            twice=(
                2 * g * own,
                "this is the slope of a² + b²; the square root has a slope, "
                "too.",
            ),
            root=(
                g / (2 * divisor) * ~tip,
                "this is the slope of the square root; what is under it has "
                "a slope, too: multiply.",
            ),
            double=(2 * g * slope, cancel),
            half=(g * slope / 2, cancel),
            squared=(
                g * own / divisor**2,
                "divide by the value once: by the root, not by what is under "
                "it.",
            ),
            size=(
                g * np.abs(own) / divisor,
                "where the input is negative the slope is, too: farther from "
                "0 is farther out.",
            ),
        ) or (
            f"at {[*_place(found, right[i])]}, where a is {at(a)}, "
            f"b {at(b)} and the value {at(value)}, the slope is "
            f"{at(slope)}: print yours, and what becomes of it and of g."
            + " Is a number added below the fraction line, or is what is tiny "
            "taken for 0?" * bool(value.max() < 1e-3)
        )

    walk(hypotenuse, a, b, g=g, gives=right, advice=advice)


def six_points(hypotenuse):
    a = np.array([[3.0, -5, 0], [8, 0, -7]])
    b = np.array([[4.0, 12, 2], [-15, 0, 24]])
    g = np.array([[5.0, 26, 3], [17, 9, 50]])
    hypotenuses(hypotenuse, a, b, g)


def hypotenuse_of_one(hypotenuse):
    x, g = np.array([3.0, 0.0, -2.0]), np.array([1.0, 5.0, 10.0])
    hypotenuses(hypotenuse, x, x, g)
    hypotenuses(hypotenuse, x, x[::-1] - 3, g)
    hypotenuses(hypotenuse, 1e-5 * x, 1e-5 * x, g)


def hypotenuses_of_other_shapes(hypotenuse, seed):
    rng = np.random.default_rng(seed)
    for shape in [(1,), (4,), (3, 3), (2, 1, 3)]:
        a, b, g = rng.normal(size=(3, *shape))
        a.flat[0] = b.flat[0] = a.flat[-1] = 0
        hypotenuses(hypotenuse, a, b, g)
        hypotenuses(hypotenuse, b, 100 * a, -1000 * g)


# 3 · Swish


def swishes(swish, a, g):
    with np.errstate(over="ignore"):
        s = 1 / (1 + np.exp(-a))
    right = a * s, g * (s + a * s * (1 - s))

    def advice(found, i):
        place = _place(found, right[i])

        def at(x):
            return f"{x[place] + 0:.4g}"

        if np.isnan(found[a == 0]).any():
            return (
                "no exponential is infinite where a is 0: is 0 divided by 0, "
                "or by a? Write all with the sigmoid itself."
            )
        if np.isnan(found).any():
            return (
                "infinity minus, times or divided by infinity isn't a "
                "number: which of your exponentials is infinite? Write "
                "the sigmoid as in the text, with e to the power -a "
                "alone, and all else with it."
            )
        if i == 0:
            return recognized(
                found,
                sigmoid=(s, "this is the sigmoid; swish is a times it."),
                tanh=(a * np.tanh(a), "the sigmoid is asked for, not tanh."),
                other=(a * (1 - s), "e to the power -a, with a minus."),
                square=(a * s * s, "the sigmoid is a factor once."),
                soft=(np.logaddexp(0, a), "this is the softplus."),
                minus=(-a * s, "the sign: a times its sigmoid."),
                plus=(a + s, "a *times* its sigmoid."),
            ) or (
                f"at {[*place]}, where a is {at(a)}, the sigmoid is {at(s)}: "
                "print both of yours, and their product."
            )
        one, both = g * s, g * a * s * (1 - s)
        own = "the slope of the sigmoid is s (1 - s), without the value a s."
        return recognized(
            found,
            one=(one, "one road only: a is in the sigmoid, too."),
            other=(both, "one road only: a is a factor, too."),
            inner=(
                g * s * (1 - s),
                "this is the slope of the sigmoid; swish is a product.",
            ),
            without_a=(
                one + g * s * (1 - s),
                "on the road through the sigmoid the other factor, a, is "
                "missing.",
            ),
            minus=(
                one - both,
                "the two roads add up, and the slope of the sigmoid is "
                "positive, s (1 - s).",
            ),
            product=(
                g * s * a * s * (1 - s),
                "the two roads add up; they aren't multiplied.",
            ),
            kept=(one + g * a * s, own),
            half=(one + g * a * (1 - s), own),
            plus=(one + g * a * s * (1 + s), own),
            square=(one + g * a * s * s, own),
            tanh=(one + g * a * (1 - s * s), own),
            value=(one + g * a * (a * s) * (1 - a * s), own),
            values=(one + g * a * s * (1 - a * s), own),
            all=(g * a * s * (1 - a * s), own),
            first=(
                g * a * s,
                "g times the value: what is the slope of a product?",
            ),
            relu=(g * (a > 0), "this is the slope of ReLU."),
            gate=(
                (one + both) * (a > 0),
                "swish isn't flat where a is negative.",
            ),
            at=(
                one + a * s * (1 - s),
                "g is a factor of both roads.",
            ),
            mean=((one + both) / 2, "roads add up, without a mean."),
        ) or (
            f"at {[*place]} the sigmoid is {at(s)}. The first road brings "
            f"{at(one)} and the second {at(both)}: print yours, and what "
            "becomes of them."
        )

    walk(swish, a, g=g, gives=right, advice=advice)


def swish_of_three(swish):
    swishes(swish, np.log([1, 3, 1 / 3]), np.array([2.0, 100.0, 1000.0]))


def swish_far_out(swish):
    swishes(swish, np.array([-800.0, 800.0]), np.array([3.0, 5.0]))


def swish_of_a_matrix(swish):
    a, g = np.log([[2, 3], [1, 5], [0.5, 3]]), np.arange(6.0).reshape(3, 2)
    swishes(swish, a, 2 * g - 3)


def swish_farther_out(swish):
    swishes(swish, np.array([[900.0, -1000, 0]]), np.array([[2.0, -3, 5]]))
    swishes(swish, np.array([-720.0, 3, 800]), np.array([1.0, -2, 3]))


def swish_of_other_shapes(swish, seed):
    rng = np.random.default_rng(seed)
    for shape in [(5,), (1, 4), (2, 1, 3)]:
        swishes(swish, *rng.normal(size=(2, *shape)))
    swishes(swish, np.array([-750.0, 3, 790]), np.array([1.0, -1, 4]))


# 4 · Echo


def echoes(echo, a, beta, g):
    i = np.arange(len(a))
    lags = i[:, None] - i  # from j to i
    powers = np.power(float(beta), np.maximum(lags, 0))
    M = np.where(lags >= 0, powers, 0.0)
    right = M @ a, g @ M
    W = M if beta % 1 else np.power(int(beta), np.maximum(lags, 0)) * (M != 0)

    def shifted(x, by=1):
        moved = np.zeros(len(x))
        moved[: len(x) - by] = x[by:]
        return moved

    def advice(found, i):
        if not np.isfinite(found).all():
            return "is something divided by β, which may be 0?"
        x = g if i else a
        off = np.abs(found - right[i]) > comparing.tolerance(found, right[i])
        first, last = np.flatnonzero(off)[[0, -1]]
        later = right[1][min(last + 1, len(a) - 1)] + 0
        both = {
            "same": (x, "this is what came in: nothing is added to it."),
            "sum": (
                M.astype(bool) @ x if not i else x @ M.astype(bool),
                "β is missing: each second later brings it in once more.",
            ),
            "all": (
                beta * right[i],
                "what is heard in the same second has the factor 1: not β, "
                "nor 1 - β.",
            ),
            "overflow": (
                x @ W if i else W @ x,
                "powers of a whole β are whole numbers, which overflow from "
                "2**63 on: make β a float.",
            ),
            "late": (
                right[i] - x,
                "what belongs to the same second is missing.",
            ),
        }
        if i == 0:
            before = shifted(a[::-1])[::-1]
            return recognized(
                found,
                once=(
                    a + beta * before,
                    "the echo has an echo, too: v of the second before comes "
                    "back, not only a.",
                ),
                swapped=(a @ M, "this runs from the end to the start."),
                round=(
                    a + beta * np.roll(a, 1),
                    "the first second has no second before it: index -1 is "
                    "the last.",
                ),
                **both,
            ) or (
                f"second {first} is the first that is wrong (is anything left "
                f"out there, late or faint?): {a[first] + 0:.4g} is new, and "
                f"{right[0][first - 1] * (first > 0) + 0:.4g} was heard the "
                "second before."
            )
        return recognized(
            found,
            forward=(
                M @ g,
                "this is the echo of g: it runs forward. A gradient runs "
                "from later seconds to earlier ones.",
            ),
            once=(
                g + beta * shifted(g),
                "only the next second answers; a sound is heard in all later "
                "ones, more and more faintly.",
            ),
            wrong_way=(
                g + beta * shifted(g[::-1])[::-1],
                "each second asks the one before; it is heard in the one "
                "after.",
            ),
            turned=(
                (g @ M)[::-1],
                "the right numbers, but from back to front.",
            ),
            first=(
                np.where(np.arange(len(g)), g @ M, g),
                "at second 0 there is only its own g: does the loop reach it?",
            ),
            **both,
        ) or (
            f"from the end, second {last} is the first that is wrong. There "
            f"g is {g[last] + 0:.4g}, and "
            + (
                f"all that arrives at the next second is {later:.4g}."
                if last < len(g) - 1
                else "no second follows."
            )
        )

    walk(echo, a, beta, g=g, gives=right, advice=advice)


def two_claps(echo):
    a, g = np.array([10.0, 0, 4, 0]), np.array([1.0, 10, 100, 1000])
    echoes(echo, a, 0.5, g)


def no_echo(echo):
    echoes(echo, np.array([3.0, -1, 2]), 0, np.array([1.0, 10, 100]))


def sum_so_far(echo):
    echoes(echo, np.array([3.0, 1, -2, 5, 7]), 1, np.array([1.0, 2, 0, 7, -3]))


def loud_echo(echo):
    a, g = np.array([1.0, 0, 5, -3, 2]), np.array([1.0, 1, 3, -1, 2])
    echoes(echo, a, -2, g)


def single_sound(echo):
    echoes(echo, np.array([7.0]), 0.5, np.array([3.0]))
    echoes(echo, np.array([7.0, 1.0]), 0.5, np.array([3.0, 8.0]))


def long_hall(echo):
    rng = np.random.default_rng(7)
    echoes(echo, rng.normal(size=30), 0.75, rng.normal(size=30))
    echoes(echo, rng.normal(size=45), -3, rng.normal(size=45))


def thousand_seconds(echo):
    rng = np.random.default_rng(8)
    echoes(echo, rng.normal(size=1000), -0.9, rng.normal(size=1000))


def other_sounds(echo, seed):
    rng = np.random.default_rng(seed)
    sizes = (1, 2), (2, 3.0), (6, -1), (9, 0.0), (12, 1), (40, 0.4), (60, 3)
    for n, beta in sizes:
        echoes(echo, rng.normal(size=n), beta, rng.normal(size=n))


# 5 · Softmax

EIGHTHS = np.array([[1, 2, 5], [3, 3, 2]]) / 8


def rows(softmax, scores, g, gives):
    right = {"names": ["scores"], "g": g, "gives": gives}

    def advice(found, i):
        sums = np.sum(found, axis=1)
        if not np.isfinite(sums).all():
            return (
                "is infinity divided by infinity, or 0 by 0? A row's maximum "
                "may be far above 0 or below, and a probability may be 0."
            )
        if i == 0 and not np.allclose(sums, 1):
            return "the probabilities of each row must sum up to 1."
        if i == 1 and not np.allclose(sums, 0):
            return (
                "what one score gains, the others lose: each row of the "
                "gradient must sum up to 0, for any g."
            )

    walk(softmax, scores, **right, advice=advice)


def softmax_of_eighths(softmax):
    scores = np.log([[3, 6, 15], [15, 15, 10]])
    g = np.array([[8.0, 0, 0], [0, 8, 16]])
    gradient = np.array([[7, -2, -5], [-21, 3, 18]]) / 8
    rows(softmax, scores, g, (EIGHTHS, gradient))


def softmax_of_huge_scores(softmax):
    scores = np.array([[1000.0, 1000, -2000], [-1000, -1000, -2000]])
    g = np.array([[4.0, 0, 7], [0, 8, 7]])
    value = np.array([[0.5, 0.5, 0], [0.5, 0.5, 0]])
    gradient = np.array([[1.0, -1, 0], [-2, 2, 0]])
    rows(softmax, scores, g, (value, gradient))


def softmax_and_cross_entropy(softmax):
    Y = np.array([[0.0, 0, 1], [1, 0, 0]])
    right = EIGHTHS, EIGHTHS - Y
    rows(softmax, np.log(EIGHTHS), -Y / EIGHTHS, right)


def softmax_moves_nothing(softmax):
    scores, g = np.log(EIGHTHS), np.array([[2.0] * 3, [-8.0] * 3])
    rows(softmax, scores, g, (EIGHTHS, np.zeros((2, 3))))


def softmax_of_other_rows(softmax, seed):
    rng = np.random.default_rng(seed)
    for n, k, offset in [(1, 2, 0), (6, 10, 3), (4, 3, 2000), (3, 3, 1)]:
        scores = 2 * rng.normal(size=(n, k))
        scores += offset * np.arange(-1.0, n - 1)[:, None]
        g = rng.normal(size=(n, k))
        P = [np.exp(row - np.logaddexp.reduce(row)) for row in scores]
        jacobians = [np.diag(p) - np.outer(p, p) for p in P]
        gradient = np.array([row @ J for row, J in zip(g, jacobians)])
        rows(softmax, scores, g, (np.array(P), gradient))
    scores = np.array([[800.0, -900, 800, -10], [-5, -1000, -2000, -2000]])
    P = np.array([[0.5, 0, 0.5, 0], [1, 0, 0, 0]])
    g = np.array([[6.0, 1, -2, 9], [3, 7, 1, 0]])
    right = P, np.array([[2.0, 0, -2, 0], [0, 0, 0, 0]])
    rows(softmax, scores, g, right)


# 6 · Squared distances


def distances(squared_distances, A, B, g):
    differences = np.empty((len(A), len(B), A.shape[1]))
    for i, j in np.ndindex(g.shape):
        differences[i, j] = A[i] - B[j]
    value = np.einsum("ijk,ijk->ij", differences, differences)
    grad_A = 2 * np.einsum("ij,ijk->ik", g, differences)
    grad_B = -2 * np.einsum("ij,ijk->jk", g, differences)
    right = value, grad_A, grad_B

    def advice(found, i):
        p, q = _place(found, right[i])
        if not np.isfinite(found).all():
            return "a root or a quotient that nobody needs?"
        if i == 0:
            mixed = -2 * A @ B.T
            return recognized(
                found,
                root=(np.sqrt(value), "the squares: no root."),
                mean=(value / A.shape[1], "a sum over k, no mean."),
                cross=(A @ B.T, "these are products of points."),
                half=(value / 2, "where does the ½ come from?"),
                zero=(0 * value, "what sets it to 0? No diagonal is special."),
                whole=(
                    np.abs(differences).sum(axis=2),
                    "square each difference.",
                ),
                sum=(
                    differences.sum(axis=2) ** 2,
                    "square first, then sum over k.",
                ),
                plus=(
                    value - 2 * mixed,
                    "(a - b)² is a² - 2ab + b², with a minus.",
                ),
                one=(value - mixed / 2, "(a - b)² has 2ab in the middle."),
            ) or (
                f"at [{p}, {q}] the differences are "
                f"{_listed(differences[p, q])}: print yours."
            )
        own, sign = right[i], 1 - 2 * (i - 1)  # B gets it with a minus
        axis = 2 - i  # over which g is summed
        products = 2 * sign * g[..., None] * differences
        alone = "this is one pair's alone: the gradients of all pairs add up."
        points, others = (A, B) if i == 1 else (B, A)
        G = g if i == 1 else g.T
        sums = G.sum(axis=1, keepdims=True)
        parts = np.moveaxis(differences, i - 1, 0)[p, :, q], G[p]
        mixed = G @ others
        return recognized(
            found,
            sign=(
                -own,
                "the sign: A goes into the difference with a plus, B with "
                "a minus. Or is it the other's rule?",
            ),
            half=(
                own / 2,
                "half of it is there: a square has the slope 2 times what is "
                "squared, and what was repeated is summed, without a mean.",
            ),
            double=(2 * own, "the factor 2 is there twice."),
            mean=(
                own / len(others),
                "what was repeated is summed; you take the mean.",
            ),
            other=(
                -2 * mixed,
                "a difference has two ends: the point itself is missing.",
            ),
            plus=(2 * (sums * points + mixed), "a difference, no sum."),
            last=(products.take(-1, axis), alone),
            start=(products.take(0, axis), alone),
            squared=(
                np.sum(products * differences, axis),
                "the slope of a square is 2 times the difference, without a "
                "square.",
            ),
            power=(
                np.sum(products * differences, axis) / 2,
                "this has the squares themselves; what is their slope?",
            ),
            root=(
                np.sum(
                    products / np.sqrt(value + (value == 0))[..., None], axis
                )
                / 2,
                "this is the slope of the distance; its square is asked for.",
            ),
            sums_first=(
                2
                * sign
                * g.sum(axis=axis)[:, None]
                * differences.sum(axis=axis),
                "the sum of products isn't the product of the sums: first "
                "multiply, then sum.",
            ),
        ) or (
            f"point {p} of {'AB'[i - 1]} in coordinate {q}: the differences "
            f"A - B of its pairs are {_listed(parts[0])}, and their g "
            f"{_listed(parts[1])}. Print what you multiply, and what you sum."
        )

    names = {"names": "AB", "g": g, "gives": right}
    walk(squared_distances, A, B, **names, advice=advice)


def _listed(values):
    """Write a few numbers for a hint."""
    short = ", ".join(f"{value + 0:.4g}" for value in values[:6])
    return short + ", …" * (len(values) > 6)


def two_and_four(squared_distances):
    A = np.array([[1.0, 0, 2], [0, 3, 0]])
    B = np.array([[1.0, 0, 0], [0, 0, 2], [1, 3, 2], [0, 3, 1]])
    g = np.array([[1.0, 10, 0, 0], [0, 2, 1, 5]])
    distances(squared_distances, A, B, g)


def single_points(squared_distances):
    a, b = np.array([[1.0, 2, 5]]), np.array([[0.0, 4, 3]])
    distances(squared_distances, a, b, np.array([[3.0]]))
    A, g = np.array([[1.0], [2], [5]]), np.array([[1.0], [10], [-2]])
    distances(squared_distances, A, np.array([[4.0]]), g)


def among_themselves(squared_distances):
    A = np.array([[1.0, 2], [0, 4], [3, 3]])
    distances(squared_distances, A, A, np.arange(9.0).reshape(3, 3) - 2)


def many_points(squared_distances):
    rng = np.random.default_rng(6)
    A, B = rng.normal(size=(300, 2)), rng.normal(size=(7, 2))
    distances(squared_distances, A, B, rng.normal(size=(300, 7)))


def other_points(squared_distances, seed):
    rng = np.random.default_rng(seed)
    for n, m, d in [(1, 4, 3), (5, 1, 2), (3, 3, 3), (4, 6, 1), (2, 2, 5)]:
        A, B = rng.normal(size=(n, d)), rng.normal(size=(m, d))
        distances(squared_distances, A, B, rng.normal(size=(n, m)))


# 7 · Only what is needed


class Node:
    """A node of a graph that counts how often its edges are read."""

    reads, most, asked = 0, 0, False

    def __init__(self, *inputs):
        self.pairs = [(x, None) for x in inputs]

    @property
    def edges(self):
        self.reads += 1
        if self.reads > self.most:
            check.that(
                False,
                f"the edges of one node are read {self.reads} times.",
                "you walk every road; what you know of a node, its next user "
                "need not find out again.",
            )
        return self.pairs


def is_needed(needed, wanted, root=None, extra=None, **nodes):
    """Check needed(root, wanted).

    Parameters: wanted, names of nodes, separated by blanks; root, the name
    of one (default: the last); extra, a wanted node of another graph; nodes,
    inputs first.
    """
    is_own_work(needed)
    names = {node: name for name, node in nodes.items()}
    root = nodes[root] if root else [*nodes.values()][-1]
    chosen = [nodes[name] for name in wanted.split()]
    given = chosen + [extra] * (extra is not None)
    edges = [list(node.pairs) for node in names]
    right = _on_roads(root, chosen, names)
    asked = [
        *wanted.split(),
        *["a node of another graph"] * (extra is not None),
    ]
    case = (
        f"with {len(names)} nodes, root {names[root]} and wanted "
        f"{', '.join(asked) or 'nothing'}"
    )

    def call():
        for node in names:
            node.reads, node.most = 0, 5 + 2 * min(len(names), 150)
        if extra is not None:
            extra.most = 10**6
        with _usual_depth():
            return check.call(needed, root, list(given))

    first = call()
    _is_in_order(first, right, names, extra, case, chosen)
    for node in right:
        node.asked = True
    check.that(
        edges == [node.pairs for node in names],
        "the function changes the edges of a node.",
        "node.edges is the node's own list: no pop, no remove.",
    )
    kept, second = list(first), call()
    check.that(
        second is not first
        and first == kept
        and set(second) == set(kept)
        and len(second) == len(kept)
        and not _too_early(second, right),
        "a second call for the same graph gives another list, or the very "
        "same one.",
        "begin anew in each call: keep what you know in a list or set made "
        "inside the function, and leave the nodes as they are.",
    )


def _on_roads(root, wanted, names):
    """Return the nodes that belong into the list, a set."""
    behind, todo = {root}, [root]
    while todo:
        more = {x for x, _ in todo.pop().pairs} - behind
        behind |= more
        todo += more
    right = set()
    for node in names:  # inputs first
        if node in behind and (
            node in wanted or right.intersection(x for x, _ in node.pairs)
        ):
            right.add(node)
    return right


def _is_in_order(found, right, names, extra, case, wanted):
    check.that(
        isinstance(found, list),
        f"the result is a {type(found).__name__}, not a list.",
        "return a list, and in it the nodes themselves.",
    )
    others = [x for x in found if not isinstance(x, Node)]
    check.that(
        not others,
        f"in the list is a {type((others or [0])[0]).__name__}, not a node.",
        "return a list, and in it the nodes themselves.",
    )
    times = Counter(found)
    check.that(
        extra is None or not times[extra],
        f"{case}, the list holds that one of another graph.",
        "root wasn't computed from it: a walk back from root never gets "
        "there.",
    )
    found = [node for node in found if node in names]
    _has_the_nodes(times, right, names, case, wanted)
    twice = [name for node, name in names.items() if times[node] > 1]
    check.that(
        not twice,
        f"{case} the list holds more than once: {', '.join(twice[:3])}.",
        "each node once, though it may have several users, or several reasons "
        "to be listed: remember whom you have listed.",
    )
    early = _too_early(found, right)
    check.that(
        not early or _too_early(found[::-1], right),
        f"{case} each node comes before its inputs.",
        "that is the way of the gradients, users first; the list is to have "
        "the inputs first.",
    )
    node, late = [names[node] for node in early or [*names][:1] * 2]
    check.that(
        not early,
        f"{case} node {node} comes before its input {late}.",
        "a node may be put into the list only when all of its listed inputs "
        "are in it, along the longest road as well as the shortest.",
    )


def _has_the_nodes(times, right, names, case, wanted):
    """Make sure that the nodes of the list are those that are needed."""
    lost, surplus = right - {*times}, {*times} - right
    missing = [name for node, name in names.items() if node in lost]
    more = [name for node, name in names.items() if node in surplus]
    leaves = [names[x] for x in names if x in surplus and not x.pairs]
    check.that(
        not surplus.intersection(wanted),
        f"{case} the list holds {', '.join(more[:3])}.",
        "wanted, but root wasn't computed from it: a walk back from root "
        "never gets there.",
    )
    check.that(
        not leaves or missing or not all(x.asked for x in surplus),
        f"{case} the list holds {', '.join(more[:3])}.",
        "no road leads on from there to a wanted node: what lies *behind* it "
        "isn't needed. Or is it kept from an earlier call, in a default "
        "argument, a list outside or the nodes?",
    )
    check.that(
        not (more and missing),
        f"{case} the list holds {', '.join(more[:3])} and lacks "
        f"{', '.join(missing[:3])}.",
        "a node is needed if it is wanted or was computed, directly or "
        "through others, from a wanted one.",
    )
    check.that(
        not leaves,
        f"{case} the list holds {', '.join(leaves[:3])}.",
        "a leaf that isn't wanted needs no gradient; nor does a node that "
        "was computed from such leaves alone.",
    )
    check.that(
        not more,
        f"{case} the list holds {', '.join(more[:3])}.",
        "from there no road leads on to a wanted node: what lies *behind* "
        "a wanted node isn't needed, nor is a branch beside it, nor, "
        "without such a road, root itself.",
    )
    hint = (
        "both ends of a road belong into the list and all that lies between, "
        "each after its inputs, also along a second, longer road, and behind "
        "another wanted node."
    )
    if lost.intersection(wanted):
        hint = (
            "a wanted node that root was computed from is listed, leaf or "
            "not, root or not, also behind another wanted node."
        )
    elif any(x in times for node in lost for x, _ in node.pairs):
        hint = (
            "one needed input is enough: then the node is needed, "
            "whatever its other inputs are, and so on up to root."
        )
    check.that(
        not missing, f"{case} the list lacks {', '.join(missing[:3])}.", hint
    )


def _too_early(nodes, right):
    """Return a node and a needed input that isn't before it, or ()."""
    before = set()
    for node in nodes:
        for x, _ in node.pairs:
            if x in right and x not in before:
                return node, x
        before.add(node)
    return ()


@contextlib.contextmanager
def _usual_depth():
    """Let functions call themselves as deep as Python allows at its start."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def lecture_graph(needed):
    x, y, z = Node(), Node(), Node()
    q = Node(x, y)
    nodes = {"x": x, "y": y, "z": z, "q": q, "f": Node(q, z)}
    for wanted in ["z", "x", "z x", "q", "f", "y f", "q x"]:
        is_needed(needed, wanted, **nodes)
    is_needed(needed, "z", root="q", **nodes)
    is_needed(needed, "z y", root="q", **nodes)
    is_needed(needed, "", **nodes)
    is_needed(needed, "y", extra=Node(), **nodes)


def two_roads(needed):
    x, c = Node(), Node()
    a = Node(x)
    b = Node(c, a)
    for inputs in (x, b), (b, x):
        nodes = {"x": x, "c": c, "a": a, "b": b, "f": Node(*inputs)}
        for wanted in ["a", "x", "a x", "x a c", "b", "c"]:
            is_needed(needed, wanted, **nodes)


def chain(needed, length):
    nodes = [Node()]
    for _ in range(1, length):
        nodes.append(Node(nodes[-1]))
    nodes = _numbered(nodes)
    is_needed(needed, f"{length // 2}", **nodes)
    is_needed(needed, "0", **nodes)
    is_needed(needed, f"{length - 1}", root=f"{length - 2}", **nodes)


def doublings(needed, levels):
    nodes = [Node()]
    for _ in range(levels):
        nodes.append(Node(nodes[-1], nodes[-1]))
    is_needed(needed, "0", **_numbered(nodes))
    is_needed(needed, f"{levels // 2} {levels}", **_numbered(nodes))


def ladder(needed, length):
    """Like Fibonacci's numbers: each node uses the two before."""
    for turn in (1, -1):
        nodes = [Node(), Node()]
        for _ in range(2, length):
            nodes.append(Node(*nodes[-2:][::turn]))
        is_needed(needed, "0", **_numbered(nodes))
        is_needed(needed, "5 1", extra=Node(), **_numbered(nodes))


def single_leaf(needed):
    is_needed(needed, "leaf", leaf=Node())
    is_needed(needed, "", extra=Node(), leaf=Node())


def many_users(needed, number):
    x, c = Node(), Node()
    users = [Node(x) for _ in range(number)]
    nodes = _numbered([x, c, *users, Node(*users, c, x)])
    is_needed(needed, "0", **nodes)
    is_needed(needed, "1", **nodes)
    is_needed(needed, "5 0 2", **nodes)


def other_graphs(needed, seed):
    rng = random.Random(seed)
    lecture_graph(needed)
    two_roads(needed)
    for size in (5, 20, 80, 80):
        nodes = [Node() for _ in range(1 + size // 5)]
        for _ in range(size):
            others = rng.choices(nodes, k=rng.randrange(3))
            nodes.append(Node(nodes[-1], *others))
            rng.shuffle(nodes[-1].pairs)
        names = _numbered(nodes)
        for k in (1, 1, 2, 4):
            wanted = " ".join(rng.sample([*names], k))
            is_needed(needed, wanted, **names)
            is_needed(needed, wanted, root=f"{size // 2}", **names)


def _numbered(nodes):
    return {str(i): node for i, node in enumerate(nodes)}


# 8 · A judge of gradients


def verdict(judge, f, x, gradient):
    answer = check.call(judge, f, x, gradient)
    check.that(
        isinstance(answer, (bool, np.bool_)),
        f"the result is a {type(answer).__name__}, not True or False.",
        "one verdict for the whole array: the worst entry decides."
        if isinstance(answer, np.ndarray)
        else "return True or False itself.",
    )
    return answer


def right_and_wrong(judge, f, x, gradient):
    """Try gradients with errors; gradient: the right one at x."""
    is_own_work(judge, "numeric_gradient")
    largest = np.abs(gradient).max()

    def accepts(*errors):
        changed = gradient.copy()
        for place, share in errors:
            changed.flat[place] += share * largest
        return verdict(judge, f, x, changed)

    right, places = accepts(), range(x.size)
    check.that(
        right or not verdict(judge, f, x, -2 * gradient),
        "a right gradient is refused, and a wrong one accepted.",
        "the verdict is the wrong way round: True means right.",
    )
    check.that(
        right,
        "a right gradient is refused.",
        "numeric_gradient has about nine right digits, one-sided or long "
        "steps of your own have fewer: ask for an error that is small "
        "beside the entry largest in size (of -12 and 3 that is 12), not "
        "for equality.",
    )
    large, small = (
        any(accepts((i, share)) for i in places) for share in (0.01, -0.01)
    )
    check.that(
        large == small,
        "a gradient with a single entry that is too "
        f"{'large' if large else 'small'} is accepted.",
        "take the difference entry by entry, then its absolute value, and of "
        "these the largest: a difference may be negative, and lengths may "
        "agree.",
    )
    check.that(
        not large,
        "a gradient with a single entry that is off by 1 % is accepted.",
        "every entry counts: the largest error decides.",
    )
    check.that(
        x.size == 1 or not accepts((0, 0.01), (-1, -0.01)),
        "a gradient with two wrong entries is accepted.",
        "one is too large, one too small, and in a sum the errors cancel: "
        "take absolute values.",
    )
    check.that(
        not verdict(judge, f, x, -gradient),
        "a gradient with the wrong sign is accepted.",
        "compare the entries themselves, not only their sizes.",
    )
    check.that(
        not verdict(judge, f, x, 2 * gradient),
        "a gradient of twice the length is accepted.",
        "the direction alone isn't enough: compare the entries as they are.",
    )
    check.that(
        not any(accepts((i, 1.3e-5)) for i in places),
        "a gradient is accepted, one entry of which is off by 1.3e-5 of the "
        "largest entry.",
        "the limit is 1e-5, and the largest error decides: among many "
        "entries a mean or a norm hides one, and two maxima added are too "
        "large a scale.",
    )
    check.that(
        all(accepts((i, -0.8e-5)) for i in places)
        and accepts(*[(i, 0.8e-5) for i in places]),
        "a gradient is refused, though no entry is off by more than 0.8e-5 "
        "of the largest.",
        "the limit is 1e-5 times the largest *absolute* value of all; no "
        "mean, sum or norm, and not each entry beside itself.",
    )


def large_and_small(judge, f, x, gradient):
    is_own_work(judge, "numeric_gradient")
    largest, off = np.abs(gradient).max(), gradient.copy()
    off.flat[-1] += 2e-5 * largest

    def accepts(scale, gradient):
        return verdict(judge, lambda x: scale * f(x), x, scale * gradient)

    check.that(
        accepts(1e9, gradient),
        "a right gradient is refused when it is large.",
        "an error of 1 is little beside a gradient of 1e9: compare the error "
        "with the largest entry.",
    )
    check.that(
        not accepts(1e9, off),
        "a gradient with an entry off by 2e-5 of the largest is accepted "
        "when it is large.",
        "compare the largest error with 1e-5 times the largest entry.",
    )
    check.that(
        accepts(1e-15, gradient),
        "a right gradient is refused when it is tiny.",
        "compare the largest error with 1e-5 times the largest entry.",
    )
    check.that(
        accepts(-1, gradient),
        "a right gradient is refused when its signs are turned round.",
        "the scale is the largest *absolute* value.",
    )
    check.that(
        not accepts(1e-15, 2 * gradient),
        "a gradient that is twice too large is accepted when it is tiny.",
        "beside a tiny gradient a fixed tolerance is large (np.allclose "
        "has one, atol), and so is a number added to the scale; and a "
        "right direction alone isn't enough.",
    )
    check.that(
        not accepts(1e-15, off),
        "a gradient with an entry off by 2e-5 of the largest is accepted "
        "when it is tiny.",
        "a fixed number is added to the scale or to the tolerance, or is "
        "their least value; beside a tiny gradient it is large.",
    )


def no_gradients(judge, f, x, gradient):
    """Try other shapes, and nan and infinity at each place and everywhere."""
    is_own_work(judge, "numeric_gradient")
    shapes = {(*x.shape, 1), (x.size,), x.shape[::-1], (1, *x.shape)}
    for shape in sorted(shapes - {x.shape}):
        check.that(
            not verdict(judge, f, x, gradient.reshape(shape)),
            f"for x of shape {x.shape} a gradient of shape {shape} is "
            "accepted.",
            "neither broadcasting nor a flat array complains about another "
            "shape: compare the shapes first.",
        )

    def accepts(value):
        for place in (*range(x.size), slice(None)):
            wrong = gradient.copy()
            wrong.flat[place] = value
            if verdict(judge, f, x, wrong):
                return True

    check.that(
        not accepts(np.nan),
        "a gradient with a nan is accepted.",
        "nan must be refused, not skipped, and every comparison with it is "
        "False: ask np.isfinite first, or whether the error is small instead "
        "of whether it is large.",
    )
    check.that(
        not accepts(np.inf) and not accepts(-np.inf),
        "a gradient with an infinite entry is accepted.",
        "infinity isn't more than 1e-5 times infinity: make sure that all "
        "entries are finite, np.isfinite.",
    )


def zeros(judge, x=None):
    """Try gradients with zeros, right and wrong."""
    is_own_work(judge, "numeric_gradient")
    x = np.linspace(0.3, 2, 5) if x is None else x
    target = x.copy()
    target.flat[0] -= 1.0  # so that one entry isn't 0
    gradient = np.zeros(x.shape)
    gradient.flat[0] = 302.0

    def bent(x):
        return ((x - target) ** 2 + 100 * (x - target) ** 3).sum()

    check.that(
        verdict(judge, bent, x, gradient),
        "a right gradient is refused, most of whose entries are 0.",
        "an entry of 0 is no mistake. The finite difference is not exactly 0 "
        "there, and beside 0 any error is large: compare with the largest "
        "entry of all.",
    )
    check.that(
        verdict(judge, lambda x: 7.0, x, np.zeros(x.shape)),
        "the gradient of a constant, all zeros, is refused.",
        "here the error and the scale are both 0: their quotient is nan, and "
        "0 isn't less than 0. Ask for error <= 1e-5 * scale.",
    )
    check.that(
        not verdict(judge, bent, x, np.zeros(x.shape)),
        "a gradient of zeros is accepted although f isn't flat.",
        "is the largest entry of *both* gradients the scale, and the "
        "error an absolute value?",
    )
    wrong = np.where(gradient, gradient, np.nan)
    check.that(
        x.size == 1 or not verdict(judge, bent, x, wrong),
        "a gradient with nan where 0 is right is accepted.",
        "nan isn't 0: don't replace it, don't skip it, and ask whether "
        "the error is small, not whether it is large.",
    )


def court():
    """Return the defendant of the text, with many entries: f, x and its
    gradient there, the largest of which is negative."""
    x = np.linspace(-1, 1.7, 12).reshape(3, 4)
    return _defendant, x, 4 * x**3 - 6 * x**2 + 2 * x


def _defendant(x):
    return np.sum((x - 1) ** 2 * x**2)


def sines():
    x = np.linspace(-2, 3, 15)
    return lambda x: np.sin(x).sum(), x, np.cos(x)


def text_examples(judge):
    right_and_wrong(judge, *court())
    x = np.array([2.0, -1.0, 1.0])
    for last, right in (0.0001, True), (0.0002, False):
        given = np.array([12, -12, last])
        check.that(
            verdict(judge, _defendant, x, given) == right,
            f"in the example the verdict on 12, -12, {last} is {not right}.",
            "the largest entry is 12, so each entry may be off by 0.00012, "
            "also the one that is to be 0.",
        )


def every_probe(judge, *case):
    right_and_wrong(judge, *case)
    large_and_small(judge, *case)
    no_gradients(judge, *case)


def zeros_in_a_matrix(judge):
    zeros(judge, np.linspace(0.7, 1.9, 6).reshape(2, 3))


def judge_float32(judge, seed=0):
    x = np.random.default_rng(seed).normal(size=5).astype(np.float32)
    for place in x, x.astype(float):
        check.that(
            verdict(
                judge, lambda x: (x.astype(float) ** 2).sum(), place, 2 * x
            ),
            "a right gradient in float32 is refused.",
        )
    wrong = 2 * x + np.float32(1e-4) * np.abs(x).max()
    check.that(
        not verdict(judge, lambda x: (x.astype(float) ** 2).sum(), x, wrong),
        "a wrong gradient in float32 is accepted.",
    )


def other_cases(judge, seed):
    rng = np.random.default_rng(seed)
    for shape in [(1,), (3, 1), (2, 2, 2), (9,)]:
        x, w = rng.normal(size=shape), rng.uniform(1, 2, shape)
        every_probe(judge, _exponentials(w), x, -w * np.exp(x))
        zeros(judge, x)
    x = np.array(0.5)
    right_and_wrong(judge, lambda x: float(x) ** 3, x, np.array(0.75))
    judge_float32(judge, seed)


def _exponentials(weights):
    return lambda x: -(weights * np.exp(x)).sum()


# 9 · The volunteer's backward pass

NAMES = ["W1", "b1", "W2", "b2", "W3", "b3"]
ORDER = "return dW1, db1, dW2, db2, dW3, db3, in this order."
OWN_LINE = (
    "in this layer W or b is right, and so is what arrives there: look at "
    "the other's own line, and whether the array in it is still as it was "
    "in the forward pass."
)
WHERE = {
    "3": "begin at the end: the number of images divides G, once, and 1 "
    "is taken from one entry of each row. What W3 and b3 get wrong, "
    "all the others inherit.",
    "2": "W3 and b3 are right, so look at dS and dB. Is it G itself that "
    "was divided? Which array does the mask ask? And is dS still the "
    "same when dB is made (dH = dS; dH += ... changes both)?",
    "1": "W2 and b2 are right, so look at the lines from B to A and on to "
    "W1 and b1. How many roads arrive at H, and does the mask meet "
    "their sum? Which array does it ask? And a shape of (h, h) "
    "forgives a lot.",
}


def all_gradients(backward_pass, n, d, h, k, seed):
    is_own_work(backward_pass)
    X, y, params = _network(n, d, h, k, seed)
    right = _gradients(X, y, params)
    for _ in range(2):  # nothing may be kept from the first call
        answers = check.call(backward_pass, X, y, *params)
        check.that(
            isinstance(answers, (tuple, list)) and len(answers) == 6,
            "the function doesn't return six gradients.",
            ORDER,
        )
        _are_right(answers, right)


def _are_right(answers, right):
    for i, name in enumerate(NAMES):
        found = [comparing.same(answers[i], gradient) for gradient in right]
        other = NAMES[found.index(True)] if any(found) else name
        check.that(
            found[i] or other == name,
            f"number {i + 1} of the six is d{other}, not d{name}.",
            ORDER,
        )
    both = dict(zip(NAMES, zip(answers, right)))
    for name in ["b3", "W3", "b2", "W2", "b1", "W1"]:  # the walk back

        def advice():
            layer = name[1]
            are_right = [comparing.same(*both[x + layer]) for x in "Wb"]
            return OWN_LINE if any(are_right) else WHERE[layer]

        check.equal(*both[name], f"the gradient d{name}", lambda _: advice())


def gradients_of_a_large_network(backward_pass, seed):
    """Compare the slope in one random direction for each parameter: single
    differences would take minutes."""
    is_own_work(backward_pass)
    rng = np.random.default_rng(seed)
    X, y, params = _random_network(rng, 40, 784, 60, 10)
    params = [0.1 * p for p in params]
    answers = check.call(backward_pass, X, y, *params)
    for i, (name, gradient) in enumerate(zip(NAMES, answers)):
        v = rng.normal(size=params[i].shape)
        slope = _slope(X, y, params, i, v)
        allowed = 1e-4 * np.linalg.norm(gradient)
        check.that(
            abs(np.sum(gradient * v) - slope) <= allowed,
            f"for garments, d{name} is wrong.",
        )


def _random_network(rng, n, d, h, k):
    X, y = rng.normal(size=(n, d)), rng.integers(0, k, n)
    shapes = [(d, h), (h,), (h, h), (h,), (h, k), (k,)]
    return X, y, [rng.normal(size=shape) for shape in shapes]


def _network(n, d, h, k, seed):
    """Return X, y and six parameters, far from the kinks of ReLU. Each
    hidden value is above 0 for one image and below for another (if there is
    only one image, some values are above and some below)."""
    rng, axis = np.random.default_rng(seed), None if n == 1 else 0
    while True:
        X, y, params = _random_network(rng, n, d, h, k)
        A = X @ params[0] + params[1]
        B = np.maximum(A, 0) @ params[2] + params[3]
        mixed = [
            (s * Z > 1e-3).any(axis).all() for s in (1, -1) for Z in (A, B)
        ]
        if all(mixed) and min(np.abs(A).min(), np.abs(B).min()) > 1e-3:
            return X, y, params


def _gradients(X, y, params):
    """Return the gradients of the loss, an entry at a time."""
    found = []
    for i, p in enumerate(params):
        gradient = np.empty(p.shape)
        for place in np.ndindex(p.shape):
            one = np.zeros(p.shape)
            one[place] = 1
            gradient[place] = _slope(X, y, params, i, one)
        found.append(gradient)
    return found


def _slope(X, y, params, i, v):
    """Return the slope of the loss when parameter i moves along v.

    By a step into the imaginary, which needs no difference, and so loses no
    digits.
    """
    step = 1e-30
    moved = [*params[:i], params[i] + 1j * step * v, *params[i + 1 :]]
    W1, b1, W2, b2, W3, b3 = moved
    A = X @ W1 + b1
    H = A * (A.real > 0)
    B = H @ W2 + b2
    scores = (H + B * (B.real > 0)) @ W3 + b3
    scores = scores - scores.real.max(axis=1, keepdims=True)
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[range(len(y)), y]
    return losses.mean().imag / step


# 11 · Curvature


def product_with_hessian(hessian_times, gradient, x, v, gives):
    is_own_work(hessian_times)
    places = []

    def watched(x):
        places.append(np.array(x))
        return gradient(x)

    def advice(_):
        if not np.any(v):
            return "v is 0, and so is the product: no step, and no quotient."
        if not places:
            return (
                "you ask for no gradient, though v isn't 0, only short, or 0 "
                "in some entries."
            )
        step = max(np.linalg.norm(place - x) for place in places)
        if not 0.9e-5 < step < 1.1e-5:
            return (
                f"here your step has the length {step:.2g}; it is to be 1e-5, "
                "so ε is 1e-5 divided by the length of v."
            )

    for _ in range(2):
        check.call(
            *(hessian_times, watched, x, np.array(v)),
            gives=gives,
            advise=advice,
        )


def _example(x):
    return np.array([2 * x[0] * x[1], x[0] ** 2 + np.exp(x[1])])


def curvature(hessian_times, v, gives):
    """Compare in the text's example, at (1, 0)."""
    place = np.array([1.0, 0.0])
    product_with_hessian(hessian_times, _example, place, v, gives)


def curvature_of_a_parabola(hessian_times):
    M = np.arange(25.0).reshape(5, 5) % 7
    H, v = M + M.T, [1.0, 0, -2, 0, 1e-4]
    gives = H @ v
    product_with_hessian(hessian_times, lambda x: H @ x, np.ones(5), v, gives)


def curvature_of_fourth_powers(hessian_times):
    x = np.array([1.0, -2.0, 0.5])
    for v in (
        *([2e7, 0, 1e7], [0, 3e-7, 1e-7], [0.0, 0, 0]),
        *([1.0, -1.0, 0], [0, 3e-12, 1e-12]),
    ):
        gives = np.multiply(v, [3, 12, 0.75])
        product_with_hessian(hessian_times, lambda x: x**3, x, v, gives)


def curvature_that_changes_fast(hessian_times):
    x, v = np.zeros(2), [0.0, 2.0]

    def gradient(x):
        return np.exp(100 * x)

    product_with_hessian(hessian_times, gradient, x, v, [0.0, 200.0])


# Pictures


def machine_graph(Tensor):
    """Return the graph of the volunteer's machine: {name: node}."""
    inputs = {"X": "", "W1": "", "XW1": "X W1", "b1": "", "A": "XW1 b1"}
    inputs |= {"H": "A", "W2": "", "HW2": "H W2", "b2": "", "B": "HW2 b2"}
    inputs |= {"max(B,0)": "B", "S": "H max(B,0)", "W3": "", "SW3": "S W3"}
    inputs |= {"b3": "", "scores": "SW3 b3", "L": "scores"}
    nodes = {}
    for name, behind in inputs.items():
        nodes[name] = Tensor(0, [(nodes[x], None) for x in behind.split()])
    return nodes


def learn_spirals(
    Tensor, operation, backward, squared_distances, num_steps=200
):
    """Let 50 points learn to tell two spirals apart by their distances.

    Parameters: the engine's Tensor, operation and backward; a student's
    squared_distances; num_steps.
    Returns: X, y, the points at the start and at the end, (50, 2) each, the
    first 25 of class 0, and a function of points that returns a function
    which gives each row of X the class of the nearest.
    """
    X, y = _spirals()
    owner, sharpness = np.repeat([0, 1], 25), 60
    start = 0.3 * np.random.default_rng(0).normal(size=(50, 2))
    points, speed = Tensor(start), 0.0
    distances = operation(squared_distances)

    @operation
    def loss(D):  # mean of -log(share of the right class)
        nearness = np.exp(-sharpness * (D - D.min(axis=1, keepdims=True)))
        P = nearness / nearness.sum(axis=1, keepdims=True)
        own = P * (owner == y[:, None]) + 1e-12
        share = own.sum(axis=1, keepdims=True)
        slopes = sharpness * (own / share - P) / len(y)
        return -np.log(share).mean(), lambda g: g * slopes

    for _ in range(num_steps):
        points.grad = 0.0
        backward(loss(distances(X, points)))
        speed = 0.9 * speed - 0.005 * points.grad
        points.data = points.data + speed

    def predict(points):
        return lambda X: owner[squared_distances(X, points)[0].argmin(axis=1)]

    return X, y, start, points.data, predict


def _spirals():
    y = np.repeat([0, 1], 120)
    turn = np.tile(np.linspace(0.6, 3.1, 120) * np.pi, 2)
    angle = turn + np.pi * y
    X = (turn / 9)[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return X + 0.02 * np.random.default_rng(1).normal(size=X.shape), y


def learn_garments(backward_pass, lr, num_steps=800, every=40):
    """Train the volunteer's machine on garments by somebody's backward pass.

    Returns: the steps after which its accuracy was measured, and the shares
    of 2,000 new garments that it then named correctly.
    """
    from threadpoolctl import threadpool_limits

    garments = data.fashion_mnist()
    y, y_new = garments.train_labels, garments.test_labels[:2000]
    X = garments.train_images.reshape(-1, 784) / np.float32(255)
    X_new = garments.test_images[:2000].reshape(-1, 784) / np.float32(255)
    rng, params = np.random.default_rng(0), []
    for size, more in [(784, 100), (100, 100), (100, 10)]:
        W = rng.normal(0, np.sqrt(2 / size), (size, more))
        params += [W.astype(np.float32), np.zeros(more, np.float32)]

    def accuracy(W1, b1, W2, b2, W3, b3):
        H = np.maximum(X_new @ W1 + b1, 0)
        scores = (H + np.maximum(H @ W2 + b2, 0)) @ W3 + b3
        return np.mean(scores.argmax(axis=1) == y_new)

    reached = [accuracy(*params)]
    with threadpool_limits(1):  # small matrices: one core is faster
        for step in range(1, num_steps + 1):
            batch = rng.choice(len(X), 100)
            grads = backward_pass(X[batch], y[batch], *params)
            for p, grad in zip(params, grads):
                p -= lr * grad
            if step % every == 0:
                reached.append(accuracy(*params))
    return np.arange(0, num_steps + 1, every), reached
