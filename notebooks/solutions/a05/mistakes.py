"""Answers to assignment a05: wrong ones with their hints, and right ones that
must be accepted."""

import functools
import math
import sys

import numpy as np

from tools.mistakes import accepted, mistake
from utils import checking
from utils.checking import numeric_gradient

OWN = "the exercise is to write it yourself."
OUTSIDE = (
    "a rule must change nothing outside of itself: neither what the forward "
    "pass has computed, as P *= ... does, nor an array that it fills again."
)

# 1 · By hand


def slopes(x, y, z, dq, dz):
    """Return f and its slopes, if q gets dq(q, m, z) and z dz(q, m, z)."""
    q = x + y
    m = max(q, z)
    return q * m, dq(q, m, z), dq(q, m, z), dz(q, m, z)


def right_dq(q, m, z):
    return m + q * (q > z)


def right_dz(q, m, z):
    return q * (z > q)


SWITCHES = (
    "multiplication switches: each factor receives the value of the *other* "
    "one."
)


@mistake("by_hand", SWITCHES)
def factors_not_switched(x, y, z):
    return slopes(
        *(x, y, z),
        lambda q, m, z: q + m * (q > z),
        lambda q, m, z: m * (z > q),
    )


@mistake("by_hand", SWITCHES)
def factors_not_switched_and_added(x, y, z):
    return slopes(
        *(x, y, z),
        lambda q, m, z: q + q * (q > z),
        lambda q, m, z: m * (z > q),
    )


@mistake(
    "by_hand",
    "the maximum routes: all of the gradient goes to the winner, and here "
    "that is z.",
)
def routed_to_the_loser(x, y, z):
    return slopes(
        *(x, y, z),
        lambda q, m, z: m + q * (q < z),
        lambda q, m, z: q * (z < q),
    )


@mistake(
    "by_hand",
    "the maximum is the larger of q and z: compare these two, with each "
    "other.",
)
def x_compared_with_z(x, y, z):
    q, wins = x + y, x > z
    m = q if wins else z
    dq = m + q * wins
    return q * m, dq, dq, q * (not wins)


@mistake(
    "by_hand", "the maximum routes, it doesn't copy: the loser gets nothing."
)
def routed_to_both(x, y, z):
    return slopes(x, y, z, lambda q, m, z: m + q, lambda q, m, z: q)


@mistake(
    "by_hand",
    "the maximum routes, it doesn't share: the winner gets all of the "
    "gradient, the loser nothing.",
)
def halved_between_both(x, y, z):
    return slopes(x, y, z, lambda q, m, z: m + q / 2, lambda q, m, z: q / 2)


VALUES = (
    "addition copies: x and y each receive the gradient of q as it is, "
    "whatever their values are."
)


@mistake("by_hand", VALUES)
def multiplied_by_the_other_summand(x, y, z):
    f, dq, _, dz = slopes(x, y, z, right_dq, right_dz)
    return f, y * dq, x * dq, dz


@mistake("by_hand", VALUES)
def multiplied_by_the_summand(x, y, z):
    f, dq, _, dz = slopes(x, y, z, right_dq, right_dz)
    return f, x * dq, y * dq, dz


@mistake(
    "by_hand",
    "addition copies, it doesn't share: x and y each receive all of the "
    "gradient of q.",
)
def shared_by_the_summands(x, y, z):
    f, dq, _, dz = slopes(x, y, z, right_dq, right_dz)
    return f, dq / 2, dq / 2, dz


ARRIVES = (
    "1 is the local slope of the maximum; multiply it by the gradient that "
    "arrives at m."
)


@mistake("by_hand", ARRIVES)
def local_slope_of_the_maximum(x, y, z):
    return slopes(
        *(x, y, z), lambda q, m, z: m + (q > z), lambda q, m, z: 1 * (z > q)
    )


@mistake("by_hand", ARRIVES)
def local_slope_of_the_maximum_for_z(x, y, z):
    return slopes(x, y, z, right_dq, lambda q, m, z: float(z > q))


ROADS = (
    "two roads lead back to q, one straight from the product and one through "
    "the maximum: add the two gradients. Neither is lost, and no mean is "
    "taken."
)


@mistake("by_hand", ROADS)
def one_road_only(x, y, z):
    return slopes(x, y, z, lambda q, m, z: m, right_dz)


@mistake(
    "by_hand",
    "the straight road is missing: q gets a gradient from the product, too, "
    "whoever wins the maximum.",
)
def road_through_the_maximum_only(x, y, z):
    return slopes(x, y, z, lambda q, m, z: q * (q > z), right_dz)


LOST = (
    "z has lost the maximum here; its gradient is 0, and q gets what z got "
    "before."
)


@mistake("by_hand", LOST)
def as_if_z_always_wins(x, y, z):
    return slopes(x, y, z, lambda q, m, z: m, lambda q, m, z: q)


@mistake(
    "by_hand",
    "z has lost the maximum here: f doesn't change when z does, and its "
    "gradient is 0.",
)
def z_always_gets_q(x, y, z):
    return slopes(x, y, z, right_dq, lambda q, m, z: q)


@mistake(
    "by_hand",
    "when q wins, f is q times q: each of the two roads brings its gradient, "
    "they add up and don't multiply.",
)
def roads_multiplied(x, y, z):
    return slopes(x, y, z, lambda q, m, z: m * q if q > z else m, right_dz)


@mistake("by_hand", ROADS)
def roads_averaged(x, y, z):
    return slopes(
        x, y, z, lambda q, m, z: (m + q) / 2 if q > z else m, right_dz
    )


@mistake("by_hand", "here q wins the maximum: m is q, and not z.")
def without_the_maximum(x, y, z):
    q = x + y
    return q * z, z, z, q


@mistake("by_hand", "the larger of q and z, not the smaller one.")
def the_smaller_one(x, y, z):
    q = x + y
    m = min(q, z)
    dq = m + q * (q < z)
    return q * m, dq, dq, q * (z < q)


@mistake(
    "by_hand",
    "the product's other factor is m, the larger one, whether that is z or "
    "not.",
)
def z_for_m(x, y, z):
    return slopes(x, y, z, lambda q, m, z: z + q * (q > z), right_dz)


@mistake("by_hand", "f is q times m, also when q wins.")
def f_by_z(x, y, z):
    return (x + y) * z, *slopes(x, y, z, right_dq, right_dz)[1:]


@mistake("by_hand", "return f first, then the slopes by x, y and z.")
def slopes_only(x, y, z):
    return slopes(x, y, z, right_dq, right_dz)[1:]


@mistake("by_hand", "return f first, then the slopes by x, y and z.")
def f_last(x, y, z):
    f, *rest = slopes(x, y, z, right_dq, right_dz)
    return *rest, f


@mistake(
    "by_hand",
    "z gets what arrives at m, and that is the product's other factor, q.",
)
def m_for_z(x, y, z):
    return slopes(x, y, z, right_dq, lambda q, m, z: m * (z > q))


@mistake("by_hand", "more z, more m: the slope by z has the sign of q.")
def z_negated(x, y, z):
    return slopes(x, y, z, right_dq, lambda q, m, z: -q * (z > q))


@mistake("by_hand", "return all four numbers: f, df/dx, df/dy, df/dz.")
def f_only(x, y, z):
    return slopes(x, y, z, right_dq, right_dz)[0]


@mistake("by_hand", OWN)
def by_differences(x, y, z):
    def f(v):
        return (v[0] + v[1]) * max(v[0] + v[1], v[2])

    return (f((x, y, z)), *numeric_gradient(f, [x, y, z]))


@accepted("by_hand")
def by_cases(x, y, z):
    q = x + y
    return (q * q, 2 * q, 2 * q, 0) if q > z else (q * z, z, z, q)


@accepted("by_hand")
def by_hand_as_list(x, y, z):
    return list(slopes(x, y, z, right_dq, right_dz))


@accepted("by_hand")
def by_hand_as_array(x, y, z):
    return np.array(slopes(x, y, z, right_dq, right_dz))


@accepted("by_hand")
def by_hand_in_numpy(x, y, z):
    q = np.add(x, y)
    m = np.maximum(q, z)
    dq = np.where(q > z, m + q, m)
    return q * m, dq, dq, np.where(q > z, 0, q)


def mistakes(replaces, hint, **answers):
    """Note short wrong answers of one hint by their names."""
    for name, answer in answers.items():
        answer.__name__ = name
        mistake(replaces, hint)(answer)


def right_answers(replaces, **answers):
    """Note short unusual right answers by their names."""
    for name, answer in answers.items():
        answer.__name__ = name
        accepted(replaces)(answer)


# 2 · Hypotenuse

FUNCTIONS = (
    "return the value and, after a comma each, the rules, functions of g such "
    "as lambda g: ...; and no @operation, the function itself gets arrays."
)
NO_G = "g comes in later, on the way back: a rule is a function of g."
SHARED = (
    "the calls share something that lies outside of the function; what a "
    "rule needs belongs to its own call."
)
CHANGES_G = (
    "what changes g (g *= b, g[i] += ...) changes it for others, too: "
    "begin with g.copy(), or with g * b, a new array."
)
SAME_FOR_ALL = (
    "the rule gives the same for every g; multiply the local slope by the "
    "gradient g that comes in."
)
TWICE_THE_G = (
    "for twice the g a rule must give twice as much: g is a factor, once, of "
    "all that the rule adds up."
)


def root(a, b, rule_a=None, rule_b=None, value=None):
    """Return what hypotenuse does, with other rules of g, a, b, value, and
    c, the value where it isn't 0 and else 1."""
    h = np.hypot(a, b)
    c = np.where(h, h, 1)
    rule_a = rule_a or (lambda g, a, b, h, c: g * a / c)
    rule_b = rule_b or (lambda g, a, b, h, c: rule_a(g, b, a, h, c))
    rules = [lambda g, r=r: r(g, a, b, h, c) for r in (rule_a, rule_b)]
    return (h if value is None else value), *rules


def rooted(rule_a):
    """Return a hypotenuse with another rule for both inputs."""
    return lambda a, b: root(a, b, rule_a)


def valued(value):
    """Return a hypotenuse with another value."""
    return lambda a, b: root(a, b, value=value(a, b))


mistakes(
    "hypotenuse",
    "the square root is missing.",
    square_for_the_root=valued(lambda a, b: a**2 + b**2),
)
mistakes(
    "hypotenuse",
    "no square root undoes the two squares alone.",
    sum_of_the_inputs=valued(lambda a, b: a + b),
    root_of_the_sums_square=valued(lambda a, b: np.sqrt((a + b) ** 2)),
)
mistakes(
    "hypotenuse",
    "the root of a sum isn't the sum of the roots.",
    sum_of_the_sizes=valued(lambda a, b: np.abs(a) + np.abs(b)),
)
mistakes(
    "hypotenuse",
    "half of it is taken: ** 1 / 2 is divided by 2 after the power; write "
    "** 0.5 or np.sqrt.",
    power_before_division=valued(lambda a, b: (a**2 + b**2) ** 1 / 2),
)
mistakes(
    "hypotenuse",
    "add up the two squares of each place alone, entry by entry.",
    norm_of_all=lambda a, b: root(
        a, b, value=np.full(a.shape, np.sqrt((a**2 + b**2).sum()))
    ),
    dot_product=valued(
        lambda a, b: np.sqrt(np.sum(a**2 + b**2, axis=0)) + 0 * a
    ),
)
mistakes(
    "hypotenuse",
    "a negative number has no root; the squares are added, ** before -.",
    difference_of_the_squares=valued(lambda a, b: np.sqrt(a**2 - b**2)),
)
mistakes(
    "hypotenuse",
    "it is the product that you take; add the two squares.",
    root_of_the_product=valued(lambda a, b: np.sqrt(a**2 * b**2)),
    product_of_both=valued(lambda a, b: a * b),
)


@mistake(
    "hypotenuse",
    "math.sqrt takes a single number; np.sqrt takes arrays.",
    message="arrays can be converted to Python scalars",
)
def root_of_math(a, b):
    return root(a, b, value=math.sqrt(a**2 + b**2))


@mistake("hypotenuse", NO_G, message="name 'g' is not defined")
def hypotenuse_without_a_function(a, b):
    value = np.hypot(a, b)
    return value, g * a / value, g * b / value  # noqa: F821


TIP = (
    "at the tip, where a and b are both 0, you divide by 0: the gradient "
    "there is to be 0."
)
mistakes(
    "hypotenuse",
    TIP,
    tip_forgotten=rooted(lambda g, a, b, h, c: g * a / h),
    tip_forgotten_and_exchanged=rooted(lambda g, a, b, h, c: g * b / h),
    tip_forgotten_and_doubled=rooted(lambda g, a, b, h, c: 2 * g * a / h),
    upside_down=rooted(lambda g, a, b, h, c: g * h / a),
    tip_and_no_g=rooted(lambda g, a, b, h, c: a / h),
)
mistakes(
    "hypotenuse",
    "only the tip is wrong, where a and b are both 0.",
    g_at_the_tip=rooted(lambda g, a, b, h, c: np.where(h, g * a / c, g)),
    one_at_the_tip=rooted(lambda g, a, b, h, c: g * np.where(h, a / c, 1)),
    slope_of_a_diagonal=rooted(
        lambda g, a, b, h, c: g * np.where(h, a / c, 0.5**0.5)
    ),
)
mistakes(
    "hypotenuse",
    "the gradient is 0 only where *both* are 0, at the tip, and not wherever "
    "one of them is.",
    zero_where_a_product_is_0=rooted(
        lambda g, a, b, h, c: np.where(a * b, g * a / c, 0)
    ),
)
mistakes(
    "hypotenuse",
    "a small number in the denominator changes all slopes: treat the tip "
    "alone.",
    small_number_added=rooted(lambda g, a, b, h, c: g * a / (h + 1e-3)),
    small_number_under_the_root=rooted(
        lambda g, a, b, h, c: g * a / np.sqrt(h**2 + 1e-1)
    ),
)
mistakes(
    "hypotenuse",
    "the two rules are exchanged.",
    rules_exchanged=rooted(lambda g, a, b, h, c: g * b / c),
)
mistakes(
    "hypotenuse",
    "the slope isn't the input itself: what does the square root do to it?",
    times_the_input=rooted(lambda g, a, b, h, c: g * a),
)
mistakes(
    "hypotenuse",
    "this is the slope of a² + b²; the square root has a slope, too.",
    slope_of_the_squares=rooted(lambda g, a, b, h, c: 2 * g * a),
)
mistakes(
    "hypotenuse",
    "this is the slope of the square root; what is under it has a slope, "
    "too: multiply.",
    slope_of_the_root=rooted(
        lambda g, a, b, h, c: np.where(h, g / (2 * c), 0)
    ),
)
mistakes(
    "hypotenuse",
    "the 2 of the square and the ½ of the root cancel.",
    half_left=rooted(lambda g, a, b, h, c: g * a / (2 * c)),
    two_left=rooted(lambda g, a, b, h, c: 2 * g * a / c),
)
mistakes(
    "hypotenuse",
    "divide by the value once: by the root, not by what is under it.",
    divided_by_the_square=rooted(lambda g, a, b, h, c: g * a / c**2),
)
mistakes(
    "hypotenuse",
    "divide by the value; you multiply by it.",
    multiplied_by_the_value=rooted(lambda g, a, b, h, c: g * a * h),
)
mistakes(
    "hypotenuse",
    "each rule wants the slope by its own input alone.",
    both_inputs=rooted(lambda g, a, b, h, c: g * (a + b) / c),
)
mistakes(
    "hypotenuse",
    "where the input is negative the slope is, too: farther from 0 is "
    "farther out.",
    sizes_of_the_slopes=rooted(lambda g, a, b, h, c: g * np.abs(a) / c),
)
mistakes(
    "hypotenuse",
    "a rule that is right for a, for b again: it wants b.",
    the_same_rule_twice=lambda a, b: root(
        a, b, None, lambda g, a, b, h, c: g * a / c
    ),
)
mistakes(
    "hypotenuse",
    "this copies g, as addition does.",
    rules_of_addition=rooted(lambda g, a, b, h, c: g),
)
mistakes(
    "hypotenuse",
    SAME_FOR_ALL,
    slopes_without_g=rooted(lambda g, a, b, h, c: a / c),
    exchanged_slopes_without_g=rooted(lambda g, a, b, h, c: b / c),
)
mistakes(
    "hypotenuse",
    TWICE_THE_G,
    g_added=rooted(lambda g, a, b, h, c: g + a / c),
    root_of_g_and_input=rooted(lambda g, a, b, h, c: np.hypot(g, a)),
)


@mistake(
    "hypotenuse",
    "a single number is left: too much is summed, or axes of length 1 are "
    "dropped.",
)
def gradients_summed(a, b):
    return root(a, b, lambda g, a, b, h, c: (g * a / c).sum())


@mistake(
    "hypotenuse", "an axis is missing: which, and where does it get lost?"
)
def value_of_columns(a, b):
    return root(a, b, value=np.sqrt((a**2 + b**2).sum(axis=0)))


@mistake("hypotenuse", FUNCTIONS)
def slopes_for_rules(a, b):
    return np.hypot(a, b), a, b


@mistake(
    "hypotenuse",
    "return the value and, after a comma each, the rules, functions of g; and "
    "no @operation, the function itself gets arrays.",
)
def one_function_for_both_rules(a, b):
    h, rule_a, rule_b = root(a, b)
    return h, lambda g: (rule_a(g), rule_b(g))


@mistake(
    "hypotenuse",
    "a rule takes g: lambda g: ...",
    message="takes 0 positional arguments but 1 was given",
)
def rules_without_g(a, b):
    return np.hypot(a, b), lambda: a, lambda: b


@mistake(
    "hypotenuse",
    "a rule has one argument, g; it knows a and b from outside.",
    message="required positional argument",
)
def rules_with_two_arguments(a, b):
    return np.hypot(a, b), lambda g, a: g * a, lambda g, b: g * b


@mistake("hypotenuse", CHANGES_G)
def rules_that_change_g(a, b):
    h, rule_a, rule_b = root(a, b)

    def rule(g):
        g *= a
        return g / np.where(h, h, 1)

    return h, rule, rule_b


@mistake(
    "hypotenuse",
    "work on a copy, a.copy(), or write x = x - 1 where you have x -= 1.",
)
def squared_in_place(a, b):
    found = root(a.copy(), b)
    a *= a
    return found


memory = {}


@mistake("hypotenuse", SHARED)
def rules_with_a_global_memory(a, b):
    memory["a"], memory["b"], memory["h"] = a, b, np.hypot(a, b)

    def rule(name):
        return lambda g: (
            g * memory[name] / np.where(memory["h"], memory["h"], 1)
        )

    return memory["h"], rule("a"), rule("b")


@mistake(
    "hypotenuse",
    OUTSIDE,
)
def value_mended_in_place(a, b):
    h, c = np.hypot(a, b), a.copy()

    def rule(g):
        np.multiply(c, g / np.where(h, h, 1), out=c)
        return c

    return h, rule, root(a, b)[2]


IF = (
    "an if decides once, for the whole array; np.where decides entry by entry."
)


@mistake("hypotenuse", IF, message="truth value of an array")
def an_if_for_an_array(a, b):
    h = np.hypot(a, b)

    def rule(g):
        return 0 * g if h == 0 else g * a / h

    return h, rule, rule


LIST = "make an array of the list: np.array(...)."


@mistake("hypotenuse", LIST)
def hypotenuses_in_lists(a, b):
    h, *rules = root(a, b)
    return h.tolist(), *rules


@mistake(
    "hypotenuse",
    "a and b may have any number of axes: compute with whole arrays, or with "
    "np.ndindex(a.shape).",
    message="values to unpack",
)
def hypotenuse_for_two_axes(a, b):
    n, m = a.shape
    return root(a, b)


@mistake(
    "hypotenuse",
    "here all is tiny. Is a number added below the fraction line, or taken "
    "for 0 what isn't? Only where both are 0 is the tip.",
)
def a_number_added_to_the_value(a, b):
    h = np.hypot(a, b)
    return h, lambda g: g * a / (h + 1e-7), lambda g: g * b / (h + 1e-7)


@mistake(
    "hypotenuse",
    OUTSIDE,
)
def tip_mended_in_the_value(a, b):
    h = np.hypot(a, b)

    def rule(x):
        def apply(g):
            h[h == 0] = 1
            return g * x / h

        return apply

    return h, rule(a), rule(b)


@accepted("hypotenuse")
def by_angles(a, b):
    angle = np.arctan2(b, a)
    tip = (a == 0) & (b == 0)
    return [
        np.sqrt(a * a + b * b),
        lambda g: np.where(tip, 0, g * np.cos(angle)),
        lambda g: np.where(tip, 0, g * np.sin(angle)),
    ]


@accepted("hypotenuse")
def by_loops_and_ifs(a, b):
    def rule(x):
        def apply(g):
            out = np.zeros(g.shape)
            for i in np.ndindex(g.shape):
                if a[i] != 0 or b[i] != 0:
                    out[i] = g[i] * x[i] / math.sqrt(a[i] ** 2 + b[i] ** 2)
            return out

        return apply

    value = [math.hypot(*pair) for pair in zip(a.ravel(), b.ravel())]
    return np.array(value).reshape(a.shape), rule(a), rule(b)


@accepted("hypotenuse")
def with_nan_to_num(a, b):
    h = (a**2 + b**2) ** 0.5
    return (
        h,
        lambda g: np.nan_to_num(g * a / h),
        lambda g: np.nan_to_num(g * b / h),
    )


@accepted("hypotenuse")
def hypotenuse_in_float32(a, b):
    a, b = np.float32(a), np.float32(b)
    h, c = np.hypot(a, b), np.maximum(np.hypot(a, b), np.float32(1e-30))
    return h, lambda g: np.float32(g) * a / c, lambda g: np.float32(g) * b / c


@accepted("hypotenuse")
def with_a_tiny_number(a, b):
    h = np.sqrt(a**2 + b**2)
    return h, lambda g: g * a / (h + 1e-12), lambda g: g * b / (h + 1e-12)


# 3 · Swish


def sigmoid_of(a):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-a))


def swished(slope=None, value=None):
    """Return a swish with another slope, of a and its sigmoid s, or value."""

    def swish(a):
        s = sigmoid_of(a)
        local = slope(a, s) if slope else s + a * s * (1 - s)
        return (value(a, s) if value else a * s), lambda g: g * local

    return swish


mistakes(
    "swish",
    "this is the sigmoid; swish is a times it.",
    sigmoid_itself=swished(value=lambda a, s: s),
)
mistakes(
    "swish",
    "the sigmoid is asked for, not tanh.",
    tanh_for_sigmoid=swished(value=lambda a, s: a * np.tanh(a)),
)
mistakes(
    "swish",
    "e to the power -a, with a minus.",
    exponent_without_minus=swished(value=lambda a, s: a * (1 - s)),
)
mistakes(
    "swish",
    "this is the softplus.",
    softplus=swished(value=lambda a, s: np.logaddexp(0, a)),
)
mistakes(
    "swish",
    "this is ReLU; swish multiplies by the sigmoid instead of cutting off.",
    relu=swished(value=lambda a, s: np.maximum(a, 0)),
)
mistakes(
    "swish",
    "this is the sigmoid of a sum: brackets around 1 + e to the power -a.",
    sum_without_brackets=swished(value=lambda a, s: a * (1 / 1 + np.exp(-a))),
)
mistakes(
    "swish",
    "one road only: a is in the sigmoid, too.",
    first_road_only=swished(lambda a, s: s),
)
mistakes(
    "swish",
    "one road only: a is a factor, too.",
    second_road_only=swished(lambda a, s: a * s * (1 - s)),
)
mistakes(
    "swish",
    "this is the slope of the sigmoid; swish is a product.",
    slope_of_the_sigmoid=swished(lambda a, s: s * (1 - s)),
)
mistakes(
    "swish",
    "on the road through the sigmoid the other factor, a, is missing.",
    factor_a_forgotten=swished(lambda a, s: s + s * (1 - s)),
)
mistakes(
    "swish",
    "the two roads add up, and the slope of the sigmoid is positive, "
    "s (1 - s).",
    roads_subtracted=swished(lambda a, s: s - a * s * (1 - s)),
    s_minus_one=swished(lambda a, s: s + a * s * (s - 1)),
)
mistakes(
    "swish",
    "the two roads add up; they aren't multiplied.",
    roads_multiplied_by_each_other=swished(lambda a, s: s * a * s * (1 - s)),
)
mistakes(
    "swish",
    "the sigmoid has a slope of its own, s (1 - s).",
    sigmoid_for_its_slope=swished(lambda a, s: s + a * s),
)
mistakes(
    "swish",
    "g times the value: what is the slope of a product?",
    value_for_the_slope=swished(lambda a, s: a * s),
)
mistakes(
    "swish",
    "the slope of the sigmoid is s (1 - s), with both factors.",
    half_the_slope=swished(lambda a, s: s + a * (1 - s)),
)
mistakes(
    "swish",
    "the slope of the sigmoid has a minus, 1 - s.",
    one_plus_s=swished(lambda a, s: s + a * s * (1 + s)),
)
mistakes(
    "swish",
    "1 - s² belongs to tanh; the sigmoid's slope is s (1 - s).",
    slope_of_tanh=swished(lambda a, s: s + a * (1 - s**2)),
)
mistakes(
    "swish",
    "the sigmoid's slope wants the sigmoid, not the value.",
    value_in_the_sigmoids_slope=swished(
        lambda a, s: s + a * (a * s) * (1 - a * s)
    ),
)
mistakes(
    "swish",
    "the sigmoid's slope wants the sigmoid, and a second road leads to a.",
    value_times_one_minus_value=swished(lambda a, s: a * s * (1 - a * s)),
)
mistakes(
    "swish",
    "this is the slope of ReLU.",
    slope_of_relu=swished(lambda a, s: a > 0),
)
mistakes(
    "swish",
    "roads add up, without a mean.",
    mean_of_the_roads=swished(lambda a, s: (s + a * s * (1 - s)) / 2),
)
mistakes(
    "swish",
    "each entry has its own slope: no sum, no mean.",
    slope_averaged=lambda a: (
        a * sigmoid_of(a),
        lambda g: g * np.mean(swished()(a)[1](np.ones_like(a))),
    ),
)
mistakes(
    "swish",
    SAME_FOR_ALL,
    slope_without_g=lambda a: (
        a * sigmoid_of(a),
        lambda g: swished()(a)[1](np.ones_like(a)),
    ),
)
mistakes(
    "swish",
    TWICE_THE_G,
    g_on_the_first_road_only=lambda a: (
        a * sigmoid_of(a),
        lambda g: g * sigmoid_of(a) + a * sigmoid_of(a) * sigmoid_of(-a),
    ),
    g_on_the_second_road_only=lambda a: (
        a * sigmoid_of(a),
        lambda g: sigmoid_of(a) + g * a * sigmoid_of(a) * sigmoid_of(-a),
    ),
    slope_at_g=lambda a: (a * sigmoid_of(a), lambda g: g * sigmoid_of(g)),
    slope_of_swish_at_g=lambda a: (
        a * sigmoid_of(a),
        lambda g: g * swished()(g)[1](np.ones_like(g)),
    ),
    g_squared=lambda a: (
        a * sigmoid_of(a),
        lambda g: g * swished()(a)[1](g),
    ),
)
INFINITE = (
    "infinity minus, times or divided by infinity isn't a number: which "
    "of your exponentials is infinite? Write the sigmoid as in the text, "
    "with e to the power -a alone, and all else with it."
)


@mistake("swish", INFINITE)
def quotient_of_exponentials(a):
    s = np.exp(a) / (1 + np.exp(a))
    return a * s, lambda g: g * (s + a * s * (1 - s))


@mistake("swish", INFINITE)
def slope_as_a_quotient(a):
    e = np.exp(-a)
    return a / (1 + e), lambda g: g * (1 + e + a * e) / (1 + e) ** 2


@mistake("swish", INFINITE)
def slope_by_the_quotient_rule(a):
    s, e = sigmoid_of(a), np.exp(-a)
    return a * s, lambda g: g * (s + a * e * s**2)


@mistake(
    "swish",
    "1 is lost beside a huge number, or a huge number was cut off: the "
    "values far out are exactly 0 and a.",
)
def cut_off(a):
    b = np.clip(a, -20, 20)
    s = sigmoid_of(b)
    return b * s, lambda g: g * (s + b * s * (1 - s))


@mistake("swish", NO_G, message="name 'g' is not defined")
def swish_without_a_function(a):
    s = sigmoid_of(a)
    return a * s, g * (s + a * s * (1 - s))  # noqa: F821


@mistake(
    "swish",
    "math.exp takes a single number; np.exp takes arrays.",
    message="arrays can be converted to Python scalars",
)
def swish_of_math(a):
    return a / (1 + math.exp(-a)), lambda g: g


@mistake(
    "swish",
    "far out math.exp is an error, where np.exp gives infinity, and the "
    "sigmoid 0.",
    message="math range error",
)
def swish_of_single_numbers(a):
    s = np.vectorize(lambda x: 1 / (1 + math.exp(-x)))(a)
    return a * s, lambda g: g * (s + a * s * (1 - s))


@mistake(
    "swish",
    "is the sigmoid a whole number here? np.vectorize takes the type of its "
    "first result: return 0.0 where you return 0.",
)
def swish_of_whole_numbers(a):
    def sigmoid(x):
        return 0 if x < -700 else 1 / (1 + math.exp(-x))

    s = np.vectorize(sigmoid)(a)
    return a * s, lambda g: g * (s + a * s * (1 - s))


@mistake(
    "swish",
    "a may have any number of axes: compute with the whole array, or with "
    "np.ndindex(a.shape).",
    message="with a sequence",
)
def swish_for_one_axis(a):
    s = np.zeros(len(a))
    for i in range(len(a)):
        s[i] = sigmoid_of(a[i])
    return a * s, lambda g: g * (s + a * s * (1 - s))


@mistake("swish", FUNCTIONS)
def slope_for_a_rule(a):
    s = sigmoid_of(a)
    return a * s, s + a * s * (1 - s)


@mistake("swish", "the value comes first: return value, rule.")
def rule_first(a):
    return swished()(a)[::-1]


@mistake(
    "swish",
    "return the value and, after a comma each, the rules, functions of g; and "
    "no @operation, the function itself gets arrays.",
)
def two_rules_for_one_input(a):
    s = sigmoid_of(a)
    return a * s, lambda g: g * s, lambda g: g * a * s * (1 - s)


@mistake("swish", CHANGES_G)
def swish_that_changes_g(a):
    s = sigmoid_of(a)

    def rule(g):
        g *= s + a * s * (1 - s)
        return g

    return a * s, rule


@mistake("swish", OWN)
def sigmoid_from_scipy(a):
    from scipy.special import expit

    s = expit(a)
    return a * s, lambda g: g * (s + a * s * (1 - s))


@mistake("swish", IF, message="truth value of an array")
def an_if_in_swish(a):
    s = 1 / (1 + np.exp(-a)) if a > 0 else np.exp(a) / (1 + np.exp(a))
    return a * s, lambda g: g * s


@mistake("swish", LIST)
def swish_as_a_list(a):
    value, rule = swished()(a)
    return value.tolist(), rule


@mistake("swish", LIST)
def gradients_as_a_list(a):
    value, rule = swished()(a)
    return value, lambda g: rule(g).tolist()


@accepted("swish")
def by_the_value(a):
    s = 1 / (1 + np.exp(-a))
    value = a * s
    return value, lambda g: g * (value + s * (1 - value))


@accepted("swish")
def by_tanh(a):
    s = 0.5 + 0.5 * np.tanh(a / 2)
    return a * s, lambda g: g * s + g * a * s * (1 - s)


@accepted("swish")
def swish_in_float32(a):
    a = np.float32(a)
    s = np.float32(1) / (1 + np.exp(-a))
    return a * s, lambda g: np.float32(g) * (s + a * s * (1 - s))


@accepted("swish")
def by_loops_over_entries(a):
    def s(x):
        return 1 / (1 + math.exp(-x)) if x > -700 else 0.0

    def slope(x):
        return s(x) * (1 + x * (1 - s(x)))

    def each(function):
        return np.array([function(x) for x in a.ravel()]).reshape(a.shape)

    return each(lambda x: x * s(x)), lambda g: each(slope) * g


# 4 · Echo


def heard(a, beta):
    value = np.array(a, dtype=float)
    for i in range(1, len(a)):
        value[i] += beta * value[i - 1]
    return value


def echoed(rule=None, value=None):
    """Return an echo with another rule, of g and beta, or value, of both."""

    def echo(a, beta):
        back = rule or (lambda g, beta: heard(g[::-1], beta)[::-1])
        return (value or heard)(a, beta), lambda g: back(g, beta)

    return echo


def before(x):
    """Return each second's predecessor, 0 for the first."""
    return np.concatenate([[0.0], x[:-1]])


def after(x):
    return np.concatenate([x[1:], [0.0]])


mistakes(
    "echo",
    "this is what came in: nothing is added to it.",
    echo_without_echo=echoed(value=lambda a, beta: a + 0),
    rule_without_echo=echoed(lambda g, beta: g + 0),
)
mistakes(
    "echo",
    "the echo has an echo, too: v of the second before comes back, not only "
    "a.",
    one_echo_only=echoed(value=lambda a, beta: a + beta * before(a)),
)
mistakes(
    "echo",
    "β is missing: each second later brings it in once more.",
    sum_for_an_echo=echoed(value=lambda a, beta: np.cumsum(a)),
    sum_of_all_later=echoed(lambda g, beta: np.cumsum(g[::-1])[::-1]),
)
mistakes(
    "echo",
    "what is heard in the same second has the factor 1: not β, nor 1 - β.",
    running_mean=echoed(value=lambda a, beta: heard((1 - beta) * a, beta)),
    beta_for_all=echoed(value=lambda a, beta: beta * heard(a, beta)),
    beta_for_all_back=echoed(
        lambda g, beta: beta * heard(g[::-1], beta)[::-1]
    ),
)
mistakes(
    "echo",
    "what belongs to the same second is missing.",
    echo_without_sound=echoed(value=lambda a, beta: heard(a, beta) - a),
    back_without_own=echoed(lambda g, beta: heard(g[::-1], beta)[::-1] - g),
)
mistakes(
    "echo",
    "β multiplies what was heard a second before, and not the new sound.",
    beta_on_the_sound=echoed(
        value=lambda a, beta: np.cumsum(beta * a) + (1 - beta) * a[0]
    ),
)
mistakes(
    "echo",
    "this runs from the end to the start.",
    echo_before_the_sound=echoed(
        value=lambda a, beta: heard(a[::-1], beta)[::-1]
    ),
)
mistakes(
    "echo",
    "this is the echo of g: it runs forward. A gradient runs from later "
    "seconds to earlier ones.",
    rule_runs_forward=echoed(heard),
)
mistakes(
    "echo",
    "only the next second answers; a sound is heard in all later ones, more "
    "and more faintly.",
    next_second_only=echoed(lambda g, beta: g + beta * after(g)),
)
mistakes(
    "echo",
    "each second asks the one before; it is heard in the one after.",
    second_before=echoed(lambda g, beta: g + beta * before(g)),
)
mistakes(
    "echo",
    "the right numbers, but from back to front.",
    not_turned_back=echoed(lambda g, beta: heard(g[::-1], beta)),
)
mistakes(
    "echo",
    "g is turned round and not turned back.",
    turned_too_late=echoed(lambda g, beta: heard(g, beta)[::-1]),
)


@mistake(
    "echo",
    "at second 0 there is only its own g: does the loop reach it?",
)
def loop_ends_at_1(a, beta):
    def rule(g):
        gradient = g.copy()
        for i in range(len(g) - 2, 0, -1):
            gradient[i] += beta * gradient[i + 1]
        return gradient

    return heard(a, beta), rule


@mistake("echo", "the last second hears itself.")
def last_second_forgotten(a, beta):
    def rule(g):
        gradient = heard(g[::-1], beta)[::-1].copy()
        gradient[-1] = 0
        return gradient

    return heard(a, beta), rule


@mistake(
    "echo",
    "the last second has no second after it: where does the loop begin?",
    message="out of bounds",
)
def loop_begins_too_late(a, beta):
    def rule(g):
        gradient = g.copy()
        for i in reversed(range(len(g))):
            gradient[i] += beta * gradient[i + 1]
        return gradient

    return heard(a, beta), rule


@mistake(
    "echo",
    "β may be a whole number, and such a number to a negative power is an "
    "error: make it a float.",
    message="negative integer powers",
)
def powers_of_a_whole_beta(a, beta):
    i = np.arange(len(a))
    M = np.tril(beta ** (i[:, None] - i))
    return M @ a, lambda g: M.T @ g


@mistake(
    "echo",
    "powers of a whole β are whole numbers, which overflow from 2**63 on: "
    "make β a float.",
)
def powers_that_overflow(a, beta):
    powers = np.full(len(a), beta) ** np.arange(len(a))
    return (
        np.convolve(a, powers)[: len(a)],
        lambda g: np.convolve(g[::-1], powers)[: len(a)][::-1],
    )


@mistake(
    "echo",
    "there may be one second only: then there is no second 1.",
    message="index 1 is out of bounds for axis 0 with size 1",
)
def two_seconds_at_least(a, beta):
    v = heard(a, beta)
    v[1] = a[1] + beta * v[0]
    return v, lambda g: heard(g[::-1], beta)[::-1]


@mistake(
    "echo",
    "index -1 is the last second, not one before the first: treat second 0 "
    "alone.",
)
def begins_with_the_last(a, beta):
    value = a.copy()
    for i in range(len(a)):
        value[i] += beta * value[i - 1]
    return value, echoed()(a, beta)[1]


mistakes(
    "echo",
    "a sum over all later seconds, each with β to the power of the seconds "
    "that lie *between*: from i to j that is j - i.",
    powers_counted_from_the_start=echoed(
        lambda g, beta: np.cumsum(
            (g * float(beta) ** np.arange(len(g)))[::-1]
        )[::-1]
    ),
)
mistakes(
    "echo",
    "the factor depends on how many seconds lie *between*, and all later "
    "seconds add up.",
    weighted_by_their_time=echoed(
        lambda g, beta: g * float(beta) ** np.arange(len(g))
    ),
)
mistakes(
    "echo",
    "no sound is heard without end: the hall falls silent after the last "
    "second.",
    geometric_series=echoed(lambda g, beta: g / (1 - beta)),
)
mistakes(
    "echo",
    "β once for each second that lies between, and not its square.",
    beta_squared=echoed(lambda g, beta: heard(g[::-1], beta**2)[::-1]),
)
mistakes(
    "echo",
    "the slope is β; dividing by it leads from the echo back to the sound.",
    sound_from_echo=echoed(lambda g, beta: heard(g[::-1], 1 / beta)[::-1]),
    inverse_of_the_echo=echoed(lambda g, beta: g - beta * after(g)),
)
mistakes(
    "echo",
    "β keeps its sign on the way back: the gradients add up.",
    sign_of_beta=echoed(lambda g, beta: heard(g[::-1], -beta)[::-1]),
)
mistakes(
    "echo",
    "in the second loop, too, β times the gradient of the *next* second is "
    "added to a second's own g, that itself without a factor.",
    own_with_beta=echoed(
        lambda g, beta: heard(np.concatenate([[g[-1]], beta * g[-2::-1]]), 1)[
            ::-1
        ]
    ),
)
mistakes(
    "echo",
    TWICE_THE_G,
    slopes_of_the_sounds=lambda a, beta: (
        heard(a, beta),
        lambda g: g + beta * heard(a, beta),
    ),
)
mistakes(
    "echo",
    SAME_FOR_ALL,
    ones_for_g=lambda a, beta: (
        heard(a, beta),
        lambda g: heard(np.ones(len(g)), beta)[::-1],
    ),
)


@mistake(
    "echo",
    "work on a copy, a.copy(), or write x = x - 1 where you have x -= 1.",
)
def echo_in_place(a, beta):
    for i in range(1, len(a)):
        a[i] += beta * a[i - 1]
    return a, echoed()(a, beta)[1]


@mistake("echo", CHANGES_G)
def rule_in_place(a, beta):
    def rule(g):
        for i in reversed(range(len(g) - 1)):
            g[i] += beta * g[i + 1]
        return g

    return heard(a, beta), rule


@mistake("echo", NO_G, message="name 'g' is not defined")
def echo_without_a_function(a, beta):
    return heard(a, beta), heard(g[::-1], beta)[::-1]  # noqa: F821


@mistake(
    "echo",
    "return the value and, after a comma each, the rules, functions of g; and "
    "no @operation, the function itself gets arrays.",
)
def rule_for_beta(a, beta):
    return *echoed()(a, beta), lambda g: 0.0


@mistake("echo", SHARED)
def with_a_shared_beta(a, beta):
    memory["echoes"] = memory.get("echoes", 0) + 1
    call, (value, rule) = memory["echoes"], echoed()(a, beta)
    return value, lambda g: rule(g) + memory["echoes"] - call


@mistake(
    "echo",
    "with β = 0 nothing comes back, with β = 1 all of it: no division by "
    "them.",
)
def by_powers_divided(a, beta):
    p = float(beta) ** np.arange(len(a))
    value = p * np.cumsum(a / p)
    return value, lambda g: np.cumsum((p * g)[::-1])[::-1] / p


right_answers(
    "echo",
    with_reversed_loops=lambda a, beta: (
        heard(a, beta),
        lambda g: heard(g[::-1], beta)[::-1],
    ),
)


@mistake("echo", LIST)
def echo_as_a_list(a, beta):
    value, rule = echoed()(a, beta)
    return value.tolist(), rule


@mistake("echo", LIST)
def sounds_as_a_list(a, beta):
    value, rule = echoed()(a, beta)
    return value, lambda g: rule(g).tolist()


@mistake(
    "echo",
    "your function calls itself once for each second, and Python allows about "
    "a thousand calls: use a loop.",
    message="all that Python allows",
)
def echo_by_recursion(a, beta):
    def at(x, i):
        return x[i] + (beta * at(x, i - 1) if i else 0)

    def every(x):
        return (
            np.array([at(x, len(x) - 1)]) if len(x) > 900 else heard(x, beta)
        )

    return every(a), lambda g: every(g[::-1])[::-1]


@accepted("echo")
def by_a_matrix(a, beta):
    n = len(a)
    M = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            M[i, j] = beta ** (i - j)
    return M @ a, lambda g: M.T @ g


@accepted("echo")
def by_lists(a, beta):
    value = [a[0]]
    for x in a[1:]:
        value.append(x + beta * value[-1])

    def rule(g):
        out = []
        carry = 0.0
        for x in list(g)[::-1]:
            carry = x + beta * carry
            out.insert(0, carry)
        return np.array(out)

    return np.array(value), rule


@accepted("echo")
def echo_in_float32(a, beta):
    value = np.float32(heard(np.float32(a), beta))
    return value, lambda g: np.float32(heard(g[::-1], beta)[::-1])


@accepted("echo")
def two_gradients_by_names(a, beta):
    value = np.zeros_like(a)
    for i, x in enumerate(a):
        value[i] = x + (beta * value[i - 1] if i else 0)

    def rule(g):
        dv, da = np.zeros(len(g) + 1), np.zeros(len(g))
        for i in range(len(g) - 1, -1, -1):
            dv[i] = g[i] + beta * dv[i + 1]
            da[i] = dv[i]
        return da

    return value, rule


# 5 · Softmax


def probs(scores):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def ruled(P):
    """Return what softmax returns for probabilities P."""
    return P, lambda g: P * (g - (g * P).sum(axis=1, keepdims=True))


COLUMNS = (
    "softmax runs down the columns, over the images; it must run over the "
    "classes: axis=1."
)


@mistake("softmax", COLUMNS)
def soft_sum_down_the_columns(scores):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return ruled(exps / exps.sum(axis=0))


@mistake("softmax", COLUMNS)
def soft_down_the_columns(scores):
    exps = np.exp(scores - scores.max(axis=0))
    return ruled(exps / exps.sum(axis=0))


WHOLE = (
    "this sums up to 1 over the whole array; each row has a sum of its own: "
    "axis=1."
)


@mistake("softmax", WHOLE)
def soft_sum_over_everything(scores):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return ruled(exps / exps.sum())


@mistake("softmax", WHOLE)
def soft_over_everything(scores):
    exps = np.exp(scores - scores.max())
    return ruled(exps / exps.sum())


@mistake("softmax", "divide each row by its sum.")
def soft_not_divided(scores):
    return ruled(np.exp(scores - scores.max(axis=1, keepdims=True)))


@mistake("softmax", "divide each row by its sum.")
def soft_not_divided_nor_shifted(scores):
    return ruled(np.exp(scores))


@mistake("softmax", "these are the logarithms of the probabilities.")
def log_probs(scores):
    value = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return value, ruled(probs(scores))[1]


KEEP = "a row's sum must keep its axis, (n, 1): keepdims=True."


@mistake("softmax", KEEP, message="(2,3) (2,)")
def soft_without_keepdims(scores):
    exps = np.exp(scores)
    return ruled(exps / exps.sum(axis=1))


@mistake("softmax", KEEP, message="(2,3) (2,)")
def soft_shift_without_keepdims(scores):
    exps = np.exp(scores - scores.max(axis=1))
    return ruled(exps / exps.sum(axis=1, keepdims=True))


@mistake("softmax", KEEP, message="(2,3) (2,)")
def rule_without_keepdims(scores):
    P = probs(scores)
    return P, lambda g: P * (g - (g * P).sum(axis=1))


@mistake(
    "softmax",
    "subtract the maximum of the row, axis=1: with that of the column, the "
    "numbers of a row don't all move alike.",
)
def soft_shift_of_the_column(scores):
    exps = np.exp(scores - scores.max(axis=0))
    return ruled(exps / exps.sum(axis=1, keepdims=True))


@mistake(
    "softmax",
    "e to the power 1000 is infinite, e to the power -1000 is 0: subtract "
    "the row's maximum first.",
)
def soft_without_shift(scores):
    exps = np.exp(scores)
    return ruled(exps / exps.sum(axis=1, keepdims=True))


@mistake(
    "softmax",
    "in the second row all exponentials are 0: subtract each row's own "
    "maximum (axis=1), also where it is far below 0.",
)
def soft_one_shift_for_all(scores):
    exps = np.exp(scores - scores.max())
    return ruled(exps / exps.sum(axis=1, keepdims=True))


@mistake(
    "softmax",
    "subtract the row's *maximum*: with the minimum, or the mean, the largest "
    "exponential still overflows.",
)
def soft_shift_by_the_minimum(scores):
    exps = np.exp(scores - scores.min(axis=1, keepdims=True))
    return ruled(exps / exps.sum(axis=1, keepdims=True))


@mistake(
    "softmax",
    "subtract the row's *maximum*: with the minimum, or the mean, the largest "
    "exponential still overflows.",
)
def soft_shift_by_the_mean(scores):
    exps = np.exp(scores - scores.mean(axis=1, keepdims=True))
    return ruled(exps / exps.sum(axis=1, keepdims=True))


@mistake("softmax", "e to the power of the scores, np.exp, not 2.")
def soft_with_powers_of_2(scores):
    exps = 2 ** (scores - scores.max(axis=1, keepdims=True))
    return ruled(exps / exps.sum(axis=1, keepdims=True))


@mistake("softmax", NO_G, message="name 'g' is not defined")
def soft_without_a_function(scores):
    P = probs(scores)
    return P, P * (g - (g * P).sum(axis=1, keepdims=True))  # noqa: F821


@mistake(
    "softmax",
    "this is the Jacobian of each row; multiply it by the row's g and sum "
    "over i.",
)
def jacobians_themselves(scores):
    P = probs(scores)
    return P, lambda g: np.array([np.diag(p) - np.outer(p, p) for p in P])


@mistake(
    "softmax",
    "g comes in, it is no score: the slopes are taken at the probabilities "
    "of the forward pass.",
)
def softmax_of_g(scores):
    return probs(scores), lambda g: probs(g) * (1 - probs(g))


CLIPPED = (
    "to cut huge scores off, or to replace nan, changes the probabilities: "
    "subtract the row's maximum instead."
)


@mistake("softmax", CLIPPED)
def soft_clipped(scores):
    exps = np.exp(np.clip(scores, -500, 500))
    return ruled(exps / exps.sum(axis=1, keepdims=True))


@mistake("softmax", CLIPPED)
def soft_with_nan_to_num(scores):
    exps = np.exp(scores)
    return ruled(np.nan_to_num(exps / exps.sum(axis=1, keepdims=True)))


DIAGONAL = (
    "p (1 - p) is only the diagonal of the Jacobian: a score moves the "
    "*other* probabilities of its row, too."
)


@mistake("softmax", DIAGONAL)
def diagonal_only(scores):
    P = probs(scores)
    return P, lambda g: g * P * (1 - P)


@mistake(
    "softmax",
    "the sum runs over the whole array; every row has a sum of its own: "
    "axis=1.",
)
def rule_sums_everything(scores):
    P = probs(scores)
    return P, lambda g: P * (g - (g * P).sum())


@mistake(
    "softmax",
    "the sum runs down the columns, over the images; it must run over the "
    "classes: axis=1.",
)
def rule_sums_down_the_columns(scores):
    P = probs(scores)
    return P, lambda g: P * (g - (g * P).sum(axis=0))


@mistake(
    "softmax",
    "in the sum, each g must be weighted with its probability.",
)
def rule_sums_without_weights(scores):
    P = probs(scores)
    return P, lambda g: P * (g - g.sum(axis=1, keepdims=True))


@mistake(
    "softmax",
    "in the sum, each g must be weighted with its probability: a mean weighs "
    "all alike.",
)
def rule_with_a_mean(scores):
    P = probs(scores)
    return P, lambda g: P * (g - g.mean(axis=1, keepdims=True))


@mistake(
    "softmax",
    "sum the products over the row; don't take their mean.",
)
def rule_with_a_mean_of_products(scores):
    P = probs(scores)
    return P, lambda g: P * (g - (g * P).mean(axis=1, keepdims=True))


@mistake(
    "softmax",
    "this is the first term, with p_i; the Jacobian has a second one, - p_i "
    "p_j.",
)
def first_term_only(scores):
    P = probs(scores)
    return P, lambda g: P * g


@mistake("softmax", "the two terms are subtracted, not added.")
def terms_added(scores):
    P = probs(scores)
    return P, lambda g: P * (g + (g * P).sum(axis=1, keepdims=True))


@mistake("softmax", "the wrong way round: it is p_j times (g_j - the sum).")
def terms_exchanged(scores):
    P = probs(scores)
    return P, lambda g: P * ((g * P).sum(axis=1, keepdims=True) - g)


@mistake("softmax", "the factor p_j in front is missing.")
def without_p_in_front(scores):
    P = probs(scores)
    return P, lambda g: g - (g * P).sum(axis=1, keepdims=True)


@mistake(
    "softmax", "the second term has the factor p_j, too: p_j times the sum."
)
def without_p_in_the_second_term(scores):
    P = probs(scores)
    return P, lambda g: g * P - (g * P).sum(axis=1, keepdims=True)


@mistake("softmax", "the first term has the factor p_j, too: p_j times g_j.")
def without_p_in_the_first_term(scores):
    P = probs(scores)
    return P, lambda g: g - P * (g * P).sum(axis=1, keepdims=True)


@mistake("softmax", DIAGONAL)
def without_the_sum(scores):
    P = probs(scores)
    return P, lambda g: P * (g - g * P)


BOTH = (
    "p - y is the gradient of softmax *and* cross-entropy together; here any "
    "g may come in."
)


@mistake("softmax", BOTH)
def gradient_of_cross_entropy(scores):
    P = probs(scores)
    return P, lambda g: P - g


@mistake("softmax", BOTH)
def gradient_of_mean_cross_entropy(scores):
    P = probs(scores)
    return P, lambda g: (P - g) / len(P)


@mistake(
    "softmax",
    "the second term is p_j times the sum of all g_i p_i of the row; here "
    "its g is missing.",
)
def second_term_without_g(scores):
    P = probs(scores)
    return P, lambda g: P * g - P * P


@mistake(
    "softmax",
    "the factor p is on the wrong g: p_j (g_j - sum), with each g of the sum "
    "weighted by its p.",
)
def p_on_the_sum_only(scores):
    P = probs(scores)
    return P, lambda g: g - P * g.sum(axis=1, keepdims=True)


@mistake(
    "softmax",
    "the images don't mix: P.T @ P sums over them. Each row has a Jacobian "
    "of its own.",
)
def one_jacobian_for_all(scores):
    P = probs(scores)
    return P, lambda g: P * g - g @ (P.T @ P)


@mistake(
    "softmax",
    "the factor p_j belongs in front of both terms, and g_j into the first: "
    "p_j times (g_j - sum).",
)
def g_and_p_exchanged(scores):
    P = probs(scores)
    return P, lambda g: g * (P - (g * P).sum(axis=1, keepdims=True))


@mistake("softmax", "the term with i = j is missing, p_j g_j.")
def second_term_only(scores):
    P = probs(scores)
    return P, lambda g: -P * (g * P).sum(axis=1, keepdims=True)


@mistake("softmax", "1 - p belongs to the diagonal only: no such factor here.")
def diagonal_times_the_rest(scores):
    P = probs(scores)
    return P, lambda g: P * (1 - P) * (g - (g * P).sum(axis=1, keepdims=True))


@mistake(
    "softmax",
    "a small number in the denominator changes the probabilities; with the "
    "row's maximum subtracted the sum is at least 1.",
)
def soft_with_an_epsilon(scores):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return ruled(exps / (exps.sum(axis=1, keepdims=True) + 1e-3))


@mistake(
    "softmax",
    "NumPy calls it axis, and wants keepdims=True.",
    message="unexpected keyword argument 'dim'",
)
def soft_with_dim(scores):
    return ruled(np.exp(scores - scores.max(dim=1)))


@mistake(
    "softmax",
    "the slopes want the probabilities: the exponentials divided by their "
    "sum.",
)
def exponentials_for_p(scores):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    P = probs(scores)
    return P, lambda g: exps * (g - (g * P).sum(axis=1, keepdims=True))


@mistake("softmax", "all rows belong into the result, not only the last.")
def the_last_row_only(scores):
    P = probs(scores)

    def rule(g):
        for p, row in zip(P, g):
            gradient = row @ (np.diag(p) - np.outer(p, p))
        return gradient

    return P, rule


@mistake(
    "softmax",
    "in the sum, each p must be weighted with its g; the sum of p alone is 1.",
)
def sum_of_p(scores):
    P = probs(scores)
    return P, lambda g: P * (g - P.sum(axis=1, keepdims=True))


@mistake("softmax", "softmax has no mean over the images: no 1/n.")
def divided_by_n(scores):
    P, rule = ruled(probs(scores))
    return P, lambda g: rule(g) / len(P)


@mistake(
    "softmax",
    "each row of g must meet the Jacobian of its own row: do all rows use "
    "one row's P?",
)
def jacobian_of_the_first_row(scores):
    P = probs(scores)
    J = np.diag(P[0]) - np.outer(P[0], P[0])
    return P, lambda g: g @ J


@mistake(
    "softmax",
    OUTSIDE,
)
def rule_that_changes_P(scores):
    P = probs(scores)
    return P, lambda g: P.__imul__(g - (g * P).sum(axis=1, keepdims=True))


last_P = []


@mistake("softmax", SHARED)
def rule_with_a_shared_P(scores):
    last_P[:] = [probs(scores)]
    return last_P[0], lambda g: ruled(last_P[0])[1](g)


@mistake("softmax", OWN)
def soft_from_scipy(scores):
    from scipy.special import softmax as ready

    return ruled(ready(scores, axis=1))


@accepted("softmax")
def soft_by_jacobians(scores):
    P = probs(scores)

    def rule(g):
        rows = [gi @ (np.diag(p) - np.outer(p, p)) for gi, p in zip(g, P)]
        return np.array(rows)

    return P, rule


@accepted("softmax")
def soft_by_einsum(scores):
    P = probs(scores)
    J = np.einsum("ni,ij->nij", P, np.eye(P.shape[1]))
    J = J - np.einsum("ni,nj->nij", P, P)
    return P, lambda g: np.einsum("ni,nij->nj", g, J)


@accepted("softmax")
def soft_by_loops(scores):
    rows = []
    for row in scores:
        exps = [np.exp(s - max(row)) for s in row]
        rows.append([e / sum(exps) for e in exps])

    def rule(g):
        out = np.zeros(g.shape)
        for n, p in enumerate(rows):
            for j in range(len(p)):
                for i in range(len(p)):
                    out[n, j] += g[n, i] * p[i] * ((i == j) - p[j])
        return out

    return np.array(rows), rule


@accepted("softmax")
def soft_in_float32(scores):
    P = probs(scores).astype(np.float32)
    return P, lambda g: np.float32(ruled(P)[1](g.astype(np.float32)))


# 6 · Squared distances


def pairs(A, B):
    return A[:, None] - B[None]  # (n, m, d)


def far(rule_A=None, rule_B=None, value=None):
    """Return squared distances with other rules, of g, A and B, or value."""

    def squared_distances(A, B):
        back_A = rule_A or (
            lambda g, A, B: 2 * (g[..., None] * pairs(A, B)).sum(axis=1)
        )
        back_B = rule_B or (
            lambda g, A, B: -2 * (g[..., None] * pairs(A, B)).sum(axis=0)
        )
        table = value(A, B) if value else (pairs(A, B) ** 2).sum(axis=2)
        return table, lambda g: back_A(g, A, B), lambda g: back_B(g, A, B)

    return squared_distances


mistakes(
    "squared_distances",
    "the squares: no root.",
    distances_themselves=far(
        value=lambda A, B: np.sqrt((pairs(A, B) ** 2).sum(axis=2))
    ),
)
mistakes(
    "squared_distances",
    "a sum over k, no mean.",
    mean_over_coordinates=far(
        value=lambda A, B: (pairs(A, B) ** 2).mean(axis=2)
    ),
)
mistakes(
    "squared_distances",
    "these are products of points.",
    products_of_points=far(value=lambda A, B: A @ B.T),
)
mistakes(
    "squared_distances",
    "square each difference.",
    sizes_of_differences=far(
        value=lambda A, B: np.abs(pairs(A, B)).sum(axis=2)
    ),
)
mistakes(
    "squared_distances",
    "square first, then sum over k.",
    square_of_the_sum=far(value=lambda A, B: pairs(A, B).sum(axis=2) ** 2),
)
mistakes(
    "squared_distances",
    "(a - b)² is a² - 2ab + b², with a minus.",
    plus_2ab=far(
        value=lambda A, B: (A**2).sum(1)[:, None] + (B**2).sum(1) + 2 * A @ B.T
    ),
    sum_of_points=far(
        value=lambda A, B: ((A[:, None] + B[None]) ** 2).sum(axis=2)
    ),
)
mistakes(
    "squared_distances",
    "(a - b)² has 2ab in the middle.",
    one_ab=far(
        value=lambda A, B: (A**2).sum(1)[:, None] + (B**2).sum(1) - A @ B.T
    ),
)
mistakes(
    "squared_distances",
    "a difference of squares isn't the square of a difference.",
    difference_of_squares=far(
        value=lambda A, B: (A**2).sum(1)[:, None] - (B**2).sum(1)
    ),
)
mistakes(
    "squared_distances",
    "the axes have changed places.",
    table_transposed=far(value=lambda A, B: (pairs(A, B) ** 2).sum(axis=2).T),
    A_transposed=far(
        lambda g, A, B: 2 * (g[..., None] * pairs(A, B)).sum(axis=1).T
    ),
    B_transposed=far(
        None, lambda g, A, B: -2 * (g[..., None] * pairs(A, B)).sum(axis=0).T
    ),
)
mistakes(
    "squared_distances",
    "the sign: A goes into the difference with a plus, B with a minus. Or "
    "is it the other's rule?",
    A_negated=far(
        lambda g, A, B: -2 * (g[..., None] * pairs(A, B)).sum(axis=1)
    ),
    B_not_negated=far(
        None, lambda g, A, B: 2 * (g[..., None] * pairs(A, B)).sum(axis=0)
    ),
)
mistakes(
    "squared_distances",
    "half of it is there: a square has the slope 2 times what is squared, "
    "and what was repeated is summed, without a mean.",
    B_averaged=far(
        None, lambda g, A, B: -2 * (g[..., None] * pairs(A, B)).mean(axis=0)
    ),
    A_without_2=far(lambda g, A, B: (g[..., None] * pairs(A, B)).sum(axis=1)),
    B_without_2=far(
        None, lambda g, A, B: -(g[..., None] * pairs(A, B)).sum(axis=0)
    ),
)
mistakes(
    "squared_distances",
    "the factor 2 is there twice.",
    A_with_4=far(lambda g, A, B: 4 * (g[..., None] * pairs(A, B)).sum(axis=1)),
)
mistakes(
    "squared_distances",
    "what was repeated is summed; you take the mean.",
    A_averaged=far(
        lambda g, A, B: 2 * (g[..., None] * pairs(A, B)).mean(axis=1)
    ),
)
mistakes(
    "squared_distances",
    SAME_FOR_ALL,
    A_without_g=far(lambda g, A, B: 2 * pairs(A, B).sum(axis=1)),
    B_without_g=far(None, lambda g, A, B: -2 * pairs(A, B).sum(axis=0)),
)
mistakes(
    "squared_distances",
    TWICE_THE_G,
    g_as_a_summand=far(
        lambda g, A, B: (g[..., None] + 2 * pairs(A, B)).sum(axis=1)
    ),
    A_itself_without_g=far(lambda g, A, B: 2 * (len(B) * A - g @ B)),
    A_itself_once=far(lambda g, A, B: 2 * (A - g @ B)),
    others_without_g=far(
        lambda g, A, B: 2 * (g.sum(1)[:, None] * A - B.sum(0))
    ),
    g_squared_too=far(
        lambda g, A, B: 2 * (g[..., None] ** 2 * pairs(A, B)).sum(axis=1)
    ),
)
mistakes(
    "squared_distances",
    "a difference has two ends: the other points are missing.",
    A_without_others=far(lambda g, A, B: 2 * g.sum(1)[:, None] * A),
    B_without_others=far(None, lambda g, A, B: 2 * g.sum(0)[:, None] * B),
)
mistakes(
    "squared_distances",
    "a difference has two ends: the point itself is missing.",
    A_without_itself=far(lambda g, A, B: -2 * g @ B),
    B_without_itself=far(None, lambda g, A, B: -2 * g.T @ A),
)
mistakes(
    "squared_distances",
    "a difference, no sum.",
    A_plus_others=far(lambda g, A, B: 2 * (g.sum(1)[:, None] * A + g @ B)),
    B_plus_others=far(
        None, lambda g, A, B: 2 * (g.sum(0)[:, None] * B + g.T @ A)
    ),
)
mistakes(
    "squared_distances",
    "this is the last pair's alone: the gradients of all pairs add up.",
    last_pair_only=far(
        lambda g, A, B: 2 * g[:, -1:] * (A - B[-1]),
    ),
    last_pair_only_for_B=far(
        None, lambda g, A, B: -2 * g[-1][:, None] * (A[-1] - B)
    ),
)
mistakes(
    "squared_distances",
    "this is the first pair's alone: the gradients of all pairs add up.",
    first_pair_only=far(lambda g, A, B: 2 * g[:, :1] * (A - B[0])),
)
mistakes(
    "squared_distances",
    "the slope of a square is 2 times the difference, without a square.",
    squares_doubled=far(
        lambda g, A, B: 2 * (g[..., None] * pairs(A, B) ** 2).sum(axis=1)
    ),
)
mistakes(
    "squared_distances",
    "this has the squares themselves; what is their slope?",
    squares_for_slopes=far(
        lambda g, A, B: (g[..., None] * pairs(A, B) ** 2).sum(axis=1)
    ),
)
mistakes(
    "squared_distances",
    "the slope wants the difference in each coordinate; the distance of the "
    "points is one number.",
    distances_for_differences=far(
        lambda g, A, B: np.tile(
            2 * (g * (pairs(A, B) ** 2).sum(2)).sum(1)[:, None],
            A.shape[1],
        )
    ),
    distances_for_differences_unsquared=far(
        lambda g, A, B: np.tile(
            2 * (g * np.sqrt((pairs(A, B) ** 2).sum(2))).sum(1)[:, None],
            A.shape[1],
        )
    ),
)
mistakes(
    "squared_distances",
    "the sum of products isn't the product of the sums: first multiply, then "
    "sum.",
    sums_multiplied=far(
        lambda g, A, B: 2 * g.sum(1)[:, None] * pairs(A, B).sum(axis=1)
    ),
)
mistakes(
    "squared_distances",
    "each pair has its own g.",
    one_g_for_all=far(lambda g, A, B: 2 * g.sum() * pairs(A, B).sum(axis=1)),
)
mistakes(
    "squared_distances",
    "the size of a difference isn't enough: its sign says where to.",
    sizes_only_back=far(
        lambda g, A, B: 2 * (g[..., None] * np.abs(pairs(A, B))).sum(axis=1)
    ),
)


mistakes(
    "squared_distances",
    "print the shape of what you return, and of the inputs.",
    differences_for_value=far(value=lambda A, B: pairs(A, B)[0]),
)
mistakes(
    "squared_distances",
    "an axis is too many: is it still to be summed?",
    sum_over_k_forgotten=far(value=lambda A, B: pairs(A, B) ** 2),
    A_not_summed=far(lambda g, A, B: 2 * g[..., None] * pairs(A, B)),
    B_not_summed=far(None, lambda g, A, B: -2 * g[..., None] * pairs(A, B)),
)
mistakes(
    "squared_distances",
    "a single number is left: too much is summed, or axes of length 1 are "
    "dropped.",
    all_of_it_summed=far(value=lambda A, B: (pairs(A, B) ** 2).sum()),
    A_summed_up=far(lambda g, A, B: 2 * (g[..., None] * pairs(A, B)).sum()),
)
mistakes(
    "squared_distances",
    "an axis is missing: which, and where does it get lost?",
    A_summed_over_k=far(
        lambda g, A, B: 2 * (g[..., None] * pairs(A, B)).sum(axis=(1, 2))
    ),
    A_by_two_sums=far(
        lambda g, A, B: 2 * (g[..., None] * pairs(A, B)).sum(axis=(0, 1))
    ),
    B_by_two_sums=far(
        None,
        lambda g, A, B: -2 * (g[..., None] * pairs(A, B)).sum(axis=(0, 1)),
    ),
)
SUMMED = (
    "a gradient has the shape of its own input: is the wrong axis summed, "
    "or is this another input's rule?"
)
mistakes(
    "squared_distances",
    SUMMED,
    A_summed_over_A=far(
        lambda g, A, B: 2 * (g[..., None] * pairs(A, B)).sum(axis=0)
    ),
    A_summed_over_coordinates=far(
        lambda g, A, B: 2 * (g[..., None] * pairs(A, B)).sum(axis=2)
    ),
    B_summed_over_B=far(
        None, lambda g, A, B: -2 * (g[..., None] * pairs(A, B)).sum(axis=1)
    ),
)
APART = (
    "(n, d) and (m, d) can't be subtracted as they are: give each an axis of "
    "size 1, so that every row of A meets every row of B."
)


@mistake("squared_distances", APART, message="(2,3) (4,3)")
def points_subtracted(A, B):
    return ((A - B) ** 2).sum(axis=1), lambda g: g, lambda g: g


@mistake("squared_distances", APART, message="(2,3) (3,4)")
def points_and_their_transpose(A, B):
    return ((A - B.T) ** 2).sum(axis=1), lambda g: g, lambda g: g


@mistake(
    "squared_distances",
    "the coordinates are the last axis: g[:, :, None] has a place for them.",
    message="(2,1,4) (2,4,3)",
)
def g_with_an_axis_between(A, B):
    return far(lambda g, A, B: 2 * (g[:, None] * pairs(A, B)).sum(1))(A, B)


@mistake(
    "squared_distances",
    "the sign, and the factor 2 of the square.",
)
def B_without_2_nor_sign(A, B):
    return far(None, lambda g, A, B: (g[..., None] * pairs(A, B)).sum(0))(A, B)


@mistake(
    "squared_distances",
    "g (n, m) has no axis for the coordinates: g[:, :, None].",
    message="(2,4) (2,4,3)",
)
def g_without_an_axis(A, B):
    D = pairs(A, B)
    return (D**2).sum(axis=2), lambda g: 2 * (g * D).sum(1), lambda g: g


@mistake(
    "squared_distances",
    "the rule for B needs the transposed g: from B, the table is (m, n).",
    message="matmul",
)
def g_not_transposed(A, B):
    return far(None, lambda g, A, B: 2 * (g.sum(0)[:, None] * B - g @ A))(A, B)


@mistake("squared_distances", NO_G, message="name 'g' is not defined")
def distances_without_a_function(A, B):
    D = pairs(A, B)
    return (D**2).sum(2), 2 * (g[..., None] * D).sum(1), 0  # noqa: F821


@mistake("squared_distances", FUNCTIONS)
def differences_for_rules(A, B):
    D = pairs(A, B)
    return (D**2).sum(2), 2 * D, -2 * D


@mistake("squared_distances", SHARED)
def with_shared_points(A, B):
    memory["A"], memory["B"] = A, B
    value, *_ = far()(A, B)
    return (
        value,
        lambda g: far()(memory["A"], memory["B"])[1](g),
        lambda g: far()(memory["A"], memory["B"])[2](g),
    )


@mistake("squared_distances", CHANGES_G)
def with_g_doubled(A, B):
    def rule(g):
        g *= 2
        return (g[..., None] * pairs(A, B)).sum(axis=1)

    return (pairs(A, B) ** 2).sum(axis=2), rule, far()(A, B)[2]


@mistake("squared_distances", LIST)
def distances_as_lists(A, B):
    table, *rules = far()(A, B)
    return table.tolist(), *rules


@mistake("squared_distances", LIST)
def A_as_a_list(A, B):
    table, rule_A, rule_B = far()(A, B)
    return table, lambda g: rule_A(g).tolist(), rule_B


@mistake(
    "squared_distances",
    "the sizes of A and B differ from call to call: len(A), len(B).",
    message="out of bounds",
)
def sizes_of_the_example(A, B):
    def rule(g):
        out = np.zeros(A.shape)
        for i, j in np.ndindex(2, 4):
            out[i] += 2 * g[i, j] * (A[i] - B[j])
        return out

    table, _, rule_B = far()(A, B)
    return table, rule, rule_B


@accepted("squared_distances")
def by_matrix_products(A, B):
    value = (A**2).sum(1)[:, None] + (B**2).sum(1) - 2 * A @ B.T
    return (
        value,
        lambda g: 2 * (g.sum(1)[:, None] * A - g @ B),
        lambda g: 2 * (g.sum(0)[:, None] * B - g.T @ A),
    )


@accepted("squared_distances")
def distances_by_loops(A, B):
    n, m = len(A), len(B)
    value = [[sum((a - b) ** 2) for b in B] for a in A]

    def rule_A(g):
        out = np.zeros(A.shape)
        for i in range(n):
            for j in range(m):
                out[i] += 2 * g[i, j] * (A[i] - B[j])
        return out

    def rule_B(g):
        out = np.zeros(B.shape)
        for i in range(n):
            for j in range(m):
                out[j] -= 2 * g[i][j] * (A[i] - B[j])
        return out

    return np.array(value), rule_A, rule_B


@accepted("squared_distances")
def distances_by_einsum(A, B):
    D = A[:, None, :] - B
    return [
        np.einsum("ijk,ijk->ij", D, D),
        lambda g: np.einsum("ij,ijk->ik", 2 * g, D),
        lambda g: np.einsum("ij,ijk->jk", -2 * g, D),
    ]


@accepted("squared_distances")
def distances_in_float32(A, B):
    D = np.float32(A)[:, None] - np.float32(B)[None]
    return (
        np.sum(D**2, axis=-1),
        lambda g: 2 * np.sum(np.float32(g)[..., None] * D, axis=1),
        lambda g: 2 * np.sum(np.float32(g)[..., None] * -D, axis=0),
    )


# 7 · Only what is needed


def in_order(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, inputs_listed = stack.pop()
        if inputs_listed:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((x, False) for x, _ in node.edges)
    return order


def on_roads(root, wanted, inputs=any, order=in_order):
    found, listed = set(wanted), []
    for node in order(root):
        if node in found or inputs([x in found for x, _ in node.edges]):
            found.add(node)
            listed.append(node)
    return listed


KINDS = "return a list, and in it the nodes themselves."
mistakes(
    "needed",
    KINDS,
    set_of_nodes=lambda root, wanted: set(on_roads(root, wanted)),
    ids_of_nodes=lambda root, wanted: [*map(id, on_roads(root, wanted))],
    edges_for_nodes=lambda root, wanted: [
        pair for node in on_roads(root, wanted) for pair in node.edges
    ],
    reversed_iterator=lambda root, wanted: reversed(on_roads(root, wanted)),
)
LEAVES = (
    "a leaf that isn't wanted needs no gradient; nor does a node that was "
    "computed from such leaves alone."
)
mistakes(
    "needed",
    LEAVES,
    whole_graph=lambda root, wanted: in_order(root),
    all_after_the_first=lambda root, wanted: [
        node
        for i, node in enumerate(in_order(root))
        if {*in_order(root)[: i + 1]} & {*wanted}
    ],
    leaves_and_roads=lambda root, wanted: [
        node
        for node in in_order(root)
        if not node.edges or node in on_roads(root, wanted)
    ],
)
BEHIND = (
    "from there no road leads on to a wanted node: what lies *behind* a "
    "wanted node isn't needed, nor is a branch beside it, nor, without "
    "such a road, root itself."
)
mistakes(
    "needed",
    BEHIND,
    all_but_unwanted_leaves=lambda root, wanted: [
        node for node in in_order(root) if node.edges or node in wanted
    ],
    root_always=lambda root, wanted: [
        node
        for node in in_order(root)
        if node in on_roads(root, wanted) or node is root
    ],
)
WANTED = (
    "a wanted node that root was computed from is listed, leaf or not, root "
    "or not, also behind another wanted node."
)
mistakes(
    "needed",
    WANTED,
    without_the_wanted=lambda root, wanted: [
        node for node in on_roads(root, wanted) if node not in wanted
    ],
    first_wanted_only=lambda root, wanted: on_roads(root, wanted[:1]),
)
LACKS = (
    "one needed input is enough: then the node is needed, whatever its other "
    "inputs are, and so on up to root."
)
mistakes(
    "needed",
    LACKS,
    wanted_only=lambda root, wanted: [
        node for node in in_order(root) if node in wanted
    ],
    without_the_root=lambda root, wanted: [
        node for node in on_roads(root, wanted) if node is not root
    ],
    direct_users_only=lambda root, wanted: [
        node
        for node in in_order(root)
        if node in wanted or any(x in wanted for x, _ in node.edges)
    ],
    all_inputs_needed=lambda root, wanted: on_roads(
        root, wanted, lambda found: bool(found) and all(found)
    ),
    users_before_inputs=lambda root, wanted: on_roads(
        root, wanted, order=lambda root: in_order(root)[::-1]
    )[::-1],
    stops_at_the_first=lambda root, wanted: [
        node
        for node in on_roads(root, wanted)
        if node in wanted or not any(w in wanted for w, _ in node.edges[1:])
    ],
)


@mistake(
    "needed",
    "a node may be put into the list only when all of its listed inputs are "
    "in it, along the longest road as well as the shortest.",
)
def shortest_road(root, wanted):
    listed = []
    for goal in wanted:
        came, todo = {root: None}, [root]
        for node in todo:
            for x, _ in node.edges:
                if x not in came:
                    came[x] = node
                    todo.append(x)
        road = []
        while goal is not None and goal in came:
            road.append(goal)
            goal = came[goal]
        listed += [node for node in road if node not in listed]
    return listed


USERS_FIRST = (
    "that is the way of the gradients, users first; the list is to have the "
    "inputs first."
)


@mistake("needed", USERS_FIRST)
def needed_users_first(root, wanted):
    return on_roads(root, wanted)[::-1]


@mistake(
    "needed",
    "a node may be put into the list only when all of its listed inputs are "
    "in it, along the longest road as well as the shortest.",
)
def breadth_first(root, wanted):
    order = [root]
    for node in order:
        order += [x for x, _ in node.edges if x not in order]
    right = on_roads(root, wanted)
    return [node for node in order[::-1] if node in right]


@mistake(
    "needed",
    "a node may be put into the list only when all of its listed inputs are "
    "in it, along the longest road as well as the shortest.",
)
def wanted_first(root, wanted):
    right = on_roads(root, wanted)
    first = [node for node in wanted if node in right]
    return first + [node for node in right if node not in first]


@mistake(
    "needed",
    "each node once, though it may have several users, or several reasons to "
    "be listed: remember whom you have listed.",
)
def one_road_after_the_other(root, wanted):
    return [node for one in wanted for node in on_roads(root, [one])]


@mistake(
    "needed",
    "root wasn't computed from it: a walk back from root never gets there.",
)
def all_wanted_listed(root, wanted):
    right = on_roads(root, wanted)
    others = [node for node in wanted if node not in right]
    if in_order(root)[-1] in right:
        return others + right
    return right


DEEP = (
    "your function calls itself once for each node of the chain, and Python "
    "allows about a thousand calls. Who comes first in `ordered` can be "
    "settled first, without a call."
)


@mistake("needed", DEEP, message="all that Python allows")
def by_recursion(root, wanted):
    listed, known = [], {}

    def visit(node):
        if node not in known:
            roads = [visit(x) for x, _ in node.edges]
            known[node] = node in wanted or any(roads)
            if known[node]:
                listed.append(node)
        return known[node]

    visit(root)
    return listed


ROADS_WALKED = (
    "you walk every road; what you know of a node, its next user need not "
    "find out again."
)


@mistake("needed", ROADS_WALKED)
def by_recursion_for_each(root, wanted):
    def leads(node):
        return node in wanted or any(leads(x) for x, _ in node.edges)

    return [node for node in in_order(root) if leads(node)]


@mistake("needed", ROADS_WALKED)
def every_road(root, wanted):
    def leads(node):
        stack = [node]
        while stack:
            node = stack.pop()
            if node in wanted:
                return True
            stack.extend(x for x, _ in node.edges)
        return False

    return [node for node in in_order(root) if leads(node)]


@mistake(
    "needed",
    "a higher limit only moves the end: go through a list of nodes in order, "
    "or keep a stack of your own.",
)
def with_a_higher_limit(root, wanted):
    sys.setrecursionlimit(10**6)
    return by_recursion(root, wanted)


@mistake(
    "needed",
    "begin anew in each call: keep what you know in a list or set made "
    "inside the function, and leave the nodes as they are.",
)
def remembers_in_a_default(root, wanted, found=set(), listed=[]):  # noqa: B006
    found |= {*wanted}
    for node in in_order(root):
        if node in found or any(x in found for x, _ in node.edges):
            if node not in listed:
                listed.append(node)
            found.add(node)
    return listed


@mistake("needed", "node.edges is the node's own list: no pop, no remove.")
def takes_edges_away(root, wanted):
    right = on_roads(root, wanted)
    for node in in_order(root):
        for pair in list(node.edges):
            if pair[0] not in right:
                node.edges.remove(pair)
    return right


@mistake(
    "needed",
    "node.edges holds pairs (input, rule): take the first of each.",
    message="'tuple' object has no attribute 'edges'",
)
def pairs_for_inputs(root, wanted):
    found = [root]
    for node in found:
        found += [x for x in node.edges]
    return found


NAMES = (
    "a node has nothing but its edges here: nothing that it is called, or "
    "that it holds."
)


@mistake("needed", NAMES, message="'Node' object has no attribute")
def by_their_names(root, wanted):
    names = [node.name for node in wanted]
    return [node for node in in_order(root) if node.name in names]


@mistake("needed", NAMES, message="'Node' object has no attribute")
def by_their_data(root, wanted):
    return [n for n in in_order(root) if n.data is not None]


@mistake(
    "needed",
    "the caller still needs the list: no pop and append, which change it; "
    "use slices, which are copies.",
)
def appends_to_wanted(root, wanted):
    listed = []
    for node in in_order(root):
        if node in wanted or any(x in wanted for x, _ in node.edges):
            if node not in wanted:
                wanted.append(node)
            listed.append(node)
    return listed


right_answers(
    "needed",
    with_any=on_roads,
)


@accepted("needed")
def from_the_wanted_up(root, wanted):
    order = in_order(root)
    users = {node: [] for node in order}
    for node in order:
        for x, _ in node.edges:
            users[x].append(node)
    found, todo = set(), [node for node in wanted if node in users]
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += users[node]
    return [node for node in order if node in found]


@accepted("needed")
def until_nothing_changes(root, wanted):
    order, marked = in_order(root), {id(node) for node in wanted}
    size = -1
    while size != len(marked):
        size = len(marked)
        for node in order:
            for pair in node.edges:
                if id(pair[0]) in marked:
                    marked.add(id(node))
    return [node for node in order if id(node) in marked]


@accepted("needed")
def with_own_stack(root, wanted):
    known, listed, stack = {}, [], [root]
    while stack:
        node = stack[-1]
        waiting = [x for x, _ in node.edges if x not in known]
        if waiting:
            stack.append(waiting[0])
            continue
        stack.pop()
        if node not in known:
            behind = [known[x] for x, _ in node.edges]
            known[node] = node in wanted or any(behind)
            if known[node]:
                listed.append(node)
    return listed


@accepted("needed")
def with_a_dictionary(root, wanted):
    leads = {}
    for node in in_order(root):
        leads[node] = node in wanted
        for x, _ in node.edges:
            leads[node] |= leads[x]
    return [node for node, yes in leads.items() if yes]


# 8 · A judge of gradients

ABSOLUTE = (
    "the limit is 1e-5 times the largest *absolute* value of all; no mean, "
    "sum or norm, and not each entry beside itself."
)


def judged(f, x, gradient, error=None, scale=None, verdict=None):
    """Judge with another error, scale or verdict than the right one."""
    numeric = numeric_gradient(f, x)
    if np.shape(gradient) != numeric.shape or not np.isfinite(gradient).all():
        return False
    off = np.abs(gradient - numeric).max()
    if error:
        off = error(gradient, numeric)
    size = max(np.abs(gradient).max(), np.abs(numeric).max())
    if scale:
        size = scale(gradient, numeric)
    return verdict(off, size) if verdict else bool(off <= 1e-5 * size)


@mistake(
    "gradient_is_right",
    "one verdict for the whole array: the worst entry decides.",
)
def verdict_for_each_entry(f, x, gradient):
    return judged(
        f,
        x,
        gradient,
        lambda g, n: np.abs(g - n),
        verdict=(lambda error, scale: error <= 1e-5 * scale),
    )


@mistake("gradient_is_right", "return True or False itself.")
def verdict_as_text(f, x, gradient):
    return str(judged(f, x, gradient))


@mistake("gradient_is_right", "return True or False itself.")
def error_for_a_verdict(f, x, gradient):
    return judged(f, x, gradient, verdict=lambda error, scale: error / scale)


CLOSE = (
    "numeric_gradient has about nine right digits, one-sided or long "
    "steps of your own have fewer: ask for an error that is small beside "
    "the entry largest in size (of -12 and 3 that is 12), not for "
    "equality."
)


@mistake("gradient_is_right", CLOSE)
def errors_of_zero(f, x, gradient):
    return judged(f, x, gradient, verdict=lambda error, _: bool(error == 0))


@mistake("gradient_is_right", CLOSE)
def equal_arrays(f, x, gradient):
    return np.array_equal(numeric_gradient(f, x), gradient)


@mistake(
    "gradient_is_right",
    "the verdict is the wrong way round: True means right.",
)
def the_wrong_way_round(f, x, gradient):
    return not judged(f, x, gradient)


ABS = (
    "take the difference entry by entry, then its absolute value, and of "
    "these the largest: a difference may be negative, and lengths may agree."
)


@mistake("gradient_is_right", ABS)
def without_abs(f, x, gradient):
    return judged(f, x, gradient, lambda g, n: (g - n).max())


@mistake("gradient_is_right", ABS)
def abs_of_the_largest(f, x, gradient):
    return judged(f, x, gradient, lambda g, n: abs((n - g).max()))


@mistake("gradient_is_right", "every entry counts: the largest error decides.")
def any_entry(f, x, gradient):
    return judged(f, x, gradient, lambda g, n: np.abs(g - n).min())


@mistake("gradient_is_right", "every entry counts: the largest error decides.")
def first_and_last_entry(f, x, gradient):
    return judged(
        f, x, gradient, lambda g, n: np.abs(g - n).flat[[0, -1]].max()
    )


@mistake("gradient_is_right", "every entry counts: the largest error decides.")
def median_error(f, x, gradient):
    return judged(f, x, gradient, lambda g, n: np.median(np.abs(g - n)))


@mistake(
    "gradient_is_right",
    "compare the entries themselves, not only their sizes.",
)
def sizes_only(f, x, gradient):
    return judged(
        f, x, gradient, lambda g, n: np.abs(np.abs(g) - np.abs(n)).max()
    )


@mistake(
    "gradient_is_right",
    "one is too large, one too small, and in a sum the errors cancel: take "
    "absolute values.",
)
def errors_that_cancel(f, x, gradient):
    return judged(f, x, gradient, lambda g, n: abs((g - n).sum()))


LIMIT = (
    "the limit is 1e-5, and the largest error decides: among many entries "
    "a mean or a norm hides one, and two maxima added are too large a "
    "scale."
)


@mistake("gradient_is_right", LIMIT)
def mean_error(f, x, gradient):
    return judged(f, x, gradient, lambda g, n: np.abs(g - n).mean())


@mistake("gradient_is_right", ABSOLUTE)
def norms(f, x, gradient):
    norm = np.linalg.norm
    return judged(
        *(f, x, gradient),
        lambda g, n: norm(g - n),
        lambda g, n: max(norm(g), norm(n)),
    )


@mistake("gradient_is_right", LIMIT)
def limit_of_1e_4(f, x, gradient):
    return judged(
        f, x, gradient, verdict=lambda e, scale: bool(e <= 1e-4 * scale)
    )


@mistake("gradient_is_right", LIMIT)
def sum_of_the_scales(f, x, gradient):
    return judged(
        *(f, x, gradient),
        scale=lambda g, n: np.abs(g).max() + np.abs(n).max(),
    )


@mistake("gradient_is_right", ABSOLUTE)
def limit_of_1e_7(f, x, gradient):
    return judged(
        f, x, gradient, verdict=lambda e, scale: bool(e <= 1e-7 * scale)
    )


@mistake("gradient_is_right", ABSOLUTE)
def scale_without_abs(f, x, gradient):
    return judged(f, x, gradient, scale=lambda g, n: max(g.max(), n.max()))


@mistake("gradient_is_right", ABSOLUTE)
def mean_as_scale(f, x, gradient):
    return judged(f, x, gradient, scale=lambda g, n: np.abs(g).mean())


@mistake("gradient_is_right", ABSOLUTE)
def each_beside_itself(f, x, gradient):
    return judged(
        *(f, x, gradient),
        lambda g, n: np.abs(g - n),
        lambda g, n: np.maximum(np.abs(g), np.abs(n)),
        lambda error, scale: bool(np.all(error <= 1e-5 * scale)),
    )


@mistake("gradient_is_right", LIMIT)
def fixed_limit(f, x, gradient):
    return judged(f, x, gradient, verdict=lambda e, _: bool(e <= 1e-3))


FIXED = (
    "beside a tiny gradient a fixed tolerance is large (np.allclose has "
    "one, atol), and so is a number added to the scale; and a right "
    "direction alone isn't enough."
)


@mistake("gradient_is_right", FIXED)
def scale_of_at_least_1(f, x, gradient):
    return judged(
        *(f, x, gradient),
        scale=lambda g, n: max(np.abs(g).max(), np.abs(n).max(), 1),
    )


@mistake("gradient_is_right", FIXED)
def scale_and_1e_8(f, x, gradient):
    return judged(f, x, gradient, scale=lambda g, n: np.abs(n).max() + 1e-8)


@mistake(
    "gradient_is_right",
    "a fixed number is added to the scale or to the tolerance, or is their "
    "least value; beside a tiny gradient it is large.",
)
def limit_and_1e_15(f, x, gradient):
    return judged(
        *(f, x, gradient),
        verdict=lambda e, scale: bool(e <= 1e-5 * scale + 1e-15),
    )


NAN = (
    "nan must be refused, not skipped, and every comparison with it is False: "
    "ask np.isfinite first, or whether the error is small instead of whether "
    "it is large."
)


@mistake("gradient_is_right", NAN)
def large_errors_refused(f, x, gradient):
    numeric = numeric_gradient(f, x)
    if np.shape(gradient) != numeric.shape:
        return False
    error = np.abs(gradient - numeric).max()
    scale = max(np.abs(gradient).max(), np.abs(numeric).max())
    return not error > 1e-5 * scale


@mistake(
    "gradient_is_right",
    "infinity isn't more than 1e-5 times infinity: make sure that all "
    "entries are finite, np.isfinite.",
)
def infinity_accepted(f, x, gradient):
    numeric = numeric_gradient(f, x)
    if np.shape(gradient) != numeric.shape:
        return False
    error = np.abs(gradient - numeric).max()
    scale = max(np.abs(gradient).max(), np.abs(numeric).max())
    return bool(error <= 1e-5 * scale)


@mistake(
    "gradient_is_right",
    "nan isn't 0: don't replace it, don't skip it, and ask whether the "
    "error is small, not whether it is large.",
)
def nan_replaced(f, x, gradient):
    return judged(f, x, np.nan_to_num(gradient, posinf=1e99, neginf=1e99))


BROADCAST = (
    "neither broadcasting nor a flat array complains about another shape: "
    "compare the shapes first."
)


@mistake("gradient_is_right", BROADCAST)
def shapes_not_compared(f, x, gradient):
    numeric = numeric_gradient(f, x)
    if gradient.size != numeric.size or not np.isfinite(gradient).all():
        return False
    return judged(f, x, gradient.reshape(numeric.shape))


@mistake("gradient_is_right", BROADCAST)
def broadcasting_shapes(f, x, gradient):
    numeric = numeric_gradient(f, x)
    if not np.isfinite(gradient).all():
        return False
    try:
        error = np.abs(gradient - numeric).max()
    except ValueError:
        return False
    scale = max(np.abs(gradient).max(), np.abs(numeric).max())
    return bool(error <= 1e-5 * scale)


REFUSE = "another shape is a wrong gradient, not an error: return False."


@mistake("gradient_is_right", REFUSE, message="AssertionError")
def shapes_asserted(f, x, gradient):
    assert np.shape(gradient) == x.shape
    return judged(f, x, gradient)


BEFORE = (
    "compare the whole shapes before all else; where they differ, return "
    "False."
)


@mistake("gradient_is_right", BEFORE, message="broadcast")
def lengths_compared(f, x, gradient):
    if len(gradient) != len(x):
        return False
    error = np.abs(gradient - numeric_gradient(f, x)).max()
    return bool(error <= 1e-5 * np.abs(gradient).max())


@mistake("gradient_is_right", BEFORE, message="broadcast")
def numbers_of_axes_compared(f, x, gradient):
    if gradient.ndim != x.ndim:
        return False
    error = np.abs(gradient - numeric_gradient(f, x)).max()
    return bool(error <= 1e-5 * np.abs(gradient).max())


@mistake("gradient_is_right", BEFORE, message="broadcast")
def shapes_compared_too_late(f, x, gradient):
    numeric = numeric_gradient(f, x)
    error = np.abs(gradient - numeric).max()
    close = error <= 1e-5 * np.abs(numeric).max()
    return bool(close) and np.shape(gradient) == numeric.shape


@mistake("gradient_is_right", BROADCAST)
def no_shapes_at_all(f, x, gradient):
    error = np.abs(gradient - numeric_gradient(f, x)).max()
    scale = np.abs(gradient).max()
    return bool(error <= 1e-5 * scale)


ZERO = (
    "here the error and the scale are both 0: their quotient is nan, and 0 "
    "isn't less than 0. Ask for error <= 1e-5 * scale."
)


@mistake("gradient_is_right", ZERO)
def divided_by_the_scale(f, x, gradient):
    return judged(
        f, x, gradient, verdict=lambda e, scale: bool(e / scale <= 1e-5)
    )


@mistake("gradient_is_right", ZERO)
def strictly_less(f, x, gradient):
    return judged(
        f, x, gradient, verdict=lambda e, scale: bool(e < 1e-5 * scale)
    )


@mistake(
    "gradient_is_right",
    "is the largest entry of *both* gradients the scale, and the error an "
    "absolute value?",
)
def zeros_always_right(f, x, gradient):
    return bool(not np.any(gradient) and np.shape(gradient) == x.shape) or (
        judged(f, x, gradient)
    )


@mistake("gradient_is_right", OWN)
def by_gradient_error(f, x, gradient):
    if np.shape(gradient) != x.shape:
        return False
    return checking.gradient_error(f, x, gradient) <= 1e-5


@accepted("gradient_is_right")
def judge_by_all(f, x, gradient):
    numeric = numeric_gradient(f, x)
    if numeric.shape != gradient.shape:
        return False
    scale = np.abs(numeric).max()
    return np.all(np.abs(gradient - numeric) <= 1e-5 * scale)


@accepted("gradient_is_right")
def judge_by_allclose(f, x, gradient):
    numeric = numeric_gradient(f, x)
    if numeric.shape != gradient.shape:
        return False
    atol = 1e-5 * np.max(np.abs(numeric))
    return np.allclose(gradient, numeric, rtol=0, atol=atol)


@accepted("gradient_is_right")
def judge_by_a_loop(f, x, gradient):
    right = numeric_gradient(f, x)
    if np.shape(right) != np.shape(gradient):
        return False
    scale = max([abs(v) for v in right.flat] + [abs(v) for v in gradient.flat])
    if scale == np.inf:
        return False
    for one, other in zip(right.flat, gradient.flat):
        if not abs(one - other) <= 1e-5 * scale:
            return False
    return True


# 9 · The volunteer's backward pass


def machine(X, y, W1, b1, W2, b2, W3, b3, **wrong):
    """Return the gradients; wrong: what is done differently, by its name."""
    A = X @ W1 + b1
    H = np.maximum(A, 0)
    B = H @ W2 + b2
    S = H + np.maximum(B, 0)
    scores = S @ W3 + b3
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    G = exps / exps.sum(axis=1, keepdims=True)
    G = wrong.get("loss", minus_one)(G, y) / wrong.get("divisor", len(y))
    dS = G @ W3.T
    mask = {"A": A, "B": B, "H": H, "S": S}[wrong.get("mask", "B")] > 0
    dB = wrong.get("dB", lambda dS, mask: dS * mask)(dS, mask)
    back = dB @ (W2 if wrong.get("W2_as_it_is") else W2.T)
    dH = wrong.get("dH", lambda dS, back: dS + back)(dS, back)
    first = H if wrong.get("first_mask_by_H") else A
    dA = dH * (first > 0) if wrong.get("first_mask", True) else dH
    axis = wrong.get("axis", 0)
    return (
        *(X.T @ dA, dA.sum(axis=0)),
        *(wrong.get("left", H).T @ dB, dB.sum(axis=axis)),
        *(S.T @ G, G.sum(axis=0)),
    )


def minus_one(P, y):
    return P - np.eye(P.shape[1])[y]


@mistake(
    "backward_pass",
    "the gradient by the scores is P - Y: subtract 1 at the true class.",
)
def without_minus_one(X, y, *params):
    return machine(X, y, *params, loss=lambda P, y: P)


@mistake(
    "backward_pass",
    "(P - Y) / n: subtract 1 at the true class first, then divide both.",
)
def minus_one_after_division(X, y, *params):
    return machine(
        X, y, *params, loss=lambda P, y: P - len(y) * np.eye(P.shape[1])[y]
    )


@mistake(
    "backward_pass",
    "[:, y] is the columns y of *every* row: one entry of each row is "
    "[np.arange(len(y)), y].",
)
def minus_one_in_columns(X, y, *params):
    def loss(P, y):
        P[:, y] -= 1
        return P

    return machine(X, y, *params, loss=loss)


def first_road(dS, back):
    return back


MEAN = (
    "the loss is the mean over the images: the number of images divides, and "
    "it does so once."
)


def as_found(X, y, *params, **wrong):
    everything = {"divisor": 1, "mask": "S", "axis": 1, "dH": first_road}
    everything |= {"W2_as_it_is": True}
    return machine(X, y, *params, **(everything | wrong))


@mistake("backward_pass", MEAN)
def as_it_was_found(X, y, *params):
    return as_found(X, y, *params)


@mistake("backward_pass", MEAN)
def sum_for_a_mean(X, y, *params):
    return machine(X, y, *params, divisor=1)


@mistake("backward_pass", MEAN)
def divided_by_n_squared(X, y, *params):
    return machine(X, y, *params, divisor=len(y) ** 2)


@mistake("backward_pass", MEAN)
def divided_by_100(X, y, *params):
    return machine(X, y, *params, divisor=100)


@mistake(
    "backward_pass",
    "the loss is a mean over the images: divide by their number, not by that "
    "of the classes.",
)
def divided_by_the_classes(X, y, *params):
    return machine(X, y, *params, divisor=len(params[-1]))


@mistake(
    "backward_pass",
    "the loss is a mean over the images: divide by their number, not by that "
    "of the pixels.",
)
def divided_by_the_pixels(X, y, *params):
    return machine(X, y, *params, divisor=X.shape[1])


@mistake(
    "backward_pass",
    "the loss is a mean over the images: divide by their number, not by that "
    "of all entries of G.",
)
def divided_by_all_entries(X, y, *params):
    return machine(X, y, *params, divisor=len(y) * len(params[-1]))


@mistake(
    "backward_pass",
    "G is divided by n already: no second mean for b2, but a sum.",
)
def b2_averaged(X, y, *params):
    gradients = list(machine(X, y, *params))
    gradients[3] = gradients[3] / len(y)
    return gradients


IMAGES = (
    "each image adds its row of dB to the gradient of b2: sum over the "
    "images, axis=0, as for b1 and b3."
)


@mistake("backward_pass", IMAGES)
def summed_over_the_hidden(X, y, *params):
    return machine(X, y, *params, axis=1)


@mistake("backward_pass", IMAGES)
def all_but_the_mean(X, y, *params):
    return as_found(X, y, *params, divisor=len(y))


@mistake("backward_pass", IMAGES)
def b2_summed_over_everything(X, y, *params):
    return machine(X, y, *params, axis=None)


RELU = (
    "which array did this ReLU look at? S = H + max(B, 0): the gradient goes "
    "on where B is positive."
)


@mistake("backward_pass", RELU)
def mask_of_S(X, y, *params):
    return machine(X, y, *params, mask="S")


@mistake("backward_pass", RELU)
def mask_of_S_and_no_road(X, y, *params):
    return as_found(X, y, *params, divisor=len(y), axis=0)


@mistake("backward_pass", RELU)
def mask_of_A(X, y, *params):
    return machine(X, y, *params, mask="A")


@mistake("backward_pass", "this ReLU has a mask, too: B > 0.")
def no_mask_at_all(X, y, *params):
    return machine(X, y, *params, dB=lambda dS, mask: dS)


@mistake(
    "backward_pass",
    "the mask multiplies what arrives, dS; it doesn't take its place.",
)
def the_mask_alone(X, y, *params):
    return machine(X, y, *params, dB=lambda dS, mask: 1.0 * mask)


TWO_ROADS = (
    "H is used twice, in B and straight in S, and so two gradients arrive at "
    "it: add them."
)


@mistake("backward_pass", TWO_ROADS)
def straight_road_lost(X, y, *params):
    return machine(X, y, *params, dH=first_road)


@mistake("backward_pass", TWO_ROADS)
def straight_road_only(X, y, *params):
    return machine(X, y, *params, dH=lambda dS, back: dS)


@mistake(
    "backward_pass",
    "two gradients arrive at H: add them, no mean.",
)
def roads_of_H_averaged(X, y, *params):
    return machine(X, y, *params, dH=lambda dS, back: (dS + back) / 2)


@mistake(
    "backward_pass",
    "two gradients arrive at H: add them, no product.",
)
def roads_of_H_multiplied(X, y, *params):
    return machine(X, y, *params, dH=lambda dS, back: dS * back)


W2_TURNED = (
    "back through a matrix product goes the transposed matrix, as in the "
    "line for dS; a shape of (h, h) doesn't tell."
)


@mistake("backward_pass", W2_TURNED)
def W2_not_transposed(X, y, *params):
    return machine(X, y, *params, W2_as_it_is=True)


@mistake(
    "backward_pass",
    "two things are left between B and A: who uses H, and which way round "
    "does W2 stand? Compare with the line for dS.",
)
def road_and_transpose_left(X, y, *params):
    return machine(X, y, *params, W2_as_it_is=True, dH=first_road)


@mistake("backward_pass", "the first ReLU has a mask, too: A > 0.")
def first_mask_lost(X, y, *params):
    return machine(X, y, *params, first_mask=False)


@mistake(
    "backward_pass",
    "the gradient of W2 wants what W2 was multiplied by: H, as it was "
    "then. (After S = H, S += ... changes H, too.)",
)
def S_for_H(X, y, W1, b1, W2, b2, W3, b3):
    H = np.maximum(X @ W1 + b1, 0)
    S = H + np.maximum(H @ W2 + b2, 0)
    return machine(X, y, W1, b1, W2, b2, W3, b3, left=S)


@mistake(
    "backward_pass",
    "the gradient of W2 wants what W2 was multiplied by: H, as it was "
    "then. (After S = H, S += ... changes H, too.)",
)
def A_for_H(X, y, W1, b1, W2, b2, W3, b3):
    return machine(X, y, W1, b1, W2, b2, W3, b3, left=X @ W1 + b1)


@mistake(
    "backward_pass",
    "five images are right: is a number taken from the labels? One image "
    "doesn't show all classes; W3 has k columns.",
)
def classes_of_the_labels(X, y, *params):
    return machine(
        *(X, y, *params), loss=lambda P, y: P - np.eye(y.max() + 1)[y]
    )


@mistake(
    "backward_pass",
    "only what goes through B meets its ReLU: the straight road from S to H "
    "has no mask.",
)
def straight_road_masked(X, y, W1, b1, W2, b2, W3, b3):
    B = np.maximum(X @ W1 + b1, 0) @ W2 + b2
    return machine(
        *(X, y, W1, b1, W2, b2, W3, b3),
        dH=lambda dS, back: dS * (B > 0) + back,
    )


@mistake("backward_pass", "the gradient of a loss by scores is P - Y.")
def gradient_uphill(X, y, *params):
    return tuple(-g for g in machine(X, y, *params))


ORDER = "return dW1, db1, dW2, db2, dW3, db3, in this order."


@mistake("backward_pass", ORDER)
def reverse_order(X, y, *params):
    return machine(X, y, *params)[::-1]


@mistake("backward_pass", ORDER)
def weights_before_biases(X, y, *params):
    gradients = machine(X, y, *params)
    return (*gradients[::2], *gradients[1::2])


@mistake("backward_pass", ORDER)
def loss_and_gradients(X, y, *params):
    return 0.5, *machine(X, y, *params)


@mistake("backward_pass", ORDER)
def gradients_in_a_dict(X, y, *params):
    names = ["W1", "b1", "W2", "b2", "W3", "b3"]
    return dict(zip(names, machine(X, y, *params)))


@mistake(
    "backward_pass",
    "work on a copy, b1.copy(), or write x = x - 1 where you have x -= 1.",
)
def makes_a_step(X, y, W1, b1, W2, b2, W3, b3):
    gradients = machine(X, y, W1, b1, W2, b2, W3, b3)
    b1 -= 0.1 * gradients[1]
    return gradients


@mistake("backward_pass", OWN)
def gradients_by_differences(X, y, *params):
    def loss(i, moved):
        W1, b1, W2, b2, W3, b3 = [*params[:i], moved, *params[i + 1 :]]
        H = np.maximum(X @ W1 + b1, 0)
        scores = (H + np.maximum(H @ W2 + b2, 0)) @ W3 + b3
        losses = np.logaddexp.reduce(scores, axis=1)
        return np.mean(losses - scores[np.arange(len(y)), y])

    return tuple(
        numeric_gradient(functools.partial(loss, i), p)
        for i, p in enumerate(params)
    )


def reshaped(number, change):
    """Return a backward pass that changes one of its six gradients."""

    def backward_pass(X, y, *params):
        gradients = list(machine(X, y, *params))
        gradients[number] = change(gradients[number])
        return gradients

    return backward_pass


mistakes(
    "backward_pass",
    "a gradient has the shape of its array: no keepdims for a bias.",
    b1_with_keepdims=reshaped(1, lambda g: g[None]),
    b2_with_keepdims=reshaped(3, lambda g: g[None]),
    b3_with_keepdims=reshaped(5, lambda g: g[None]),
)
mistakes(
    "backward_pass",
    "turn the product round: what came in from the left, transposed, times "
    "the gradient of the layer's result.",
    W1_transposed=reshaped(0, np.transpose),
    W3_transposed=reshaped(4, np.transpose),
)
mistakes(
    "backward_pass",
    "a bias gets a row of each image: sum over the images, axis=0.",
    b1_of_each_image=reshaped(1, lambda g: np.zeros(5)),
    b3_of_each_image=reshaped(5, lambda g: np.zeros(5)),
    b1_summed_up=reshaped(1, np.sum),
    b3_summed_up=reshaped(5, np.sum),
)


@accepted("backward_pass")
def gradients_in_a_list(X, y, *params):
    return list(machine(X, y, *params))


@accepted("backward_pass")
def gradients_in_float32(X, y, *params):
    params = [p.astype(np.float32) for p in params]
    return machine(X.astype(np.float32), y, *params)


@accepted("backward_pass")
def mask_of_H(X, y, *params):
    return machine(X, y, *params, first_mask_by_H=True)


@accepted("backward_pass")
def image_by_image(X, y, *params):
    each = [machine(X[[i]], y[[i]], *params) for i in range(len(y))]
    return tuple(sum(parts) / len(y) for parts in zip(*each))


# 11 · Curvature


def curved(gradient, x, v, length, divisor):
    """Return (up - down) / divisor(step, norm of v), a step of 1e-5 / length
    of v."""
    step = 1e-5 / length(v)
    up, down = gradient(x + step * v), gradient(x - step * v)
    return (up - down) / divisor(step, np.linalg.norm(v))


def norm_or_1(v):
    return np.linalg.norm(v) or 1


@mistake(
    "hessian_times",
    "from one side to the other is a way of twice the step: divide by 2 ε.",
)
def divided_by_one_step(gradient, x, v):
    return curved(gradient, x, v, norm_or_1, lambda step, _: step)


@mistake(
    "hessian_times",
    "the step is ε v: divide by 2 ε, not by twice the step's length.",
)
def divided_by_its_length(gradient, x, v):
    return curved(
        *(gradient, x, v, norm_or_1),
        lambda step, norm: 2 * step * norm or 1,
    )


@mistake(
    "hessian_times",
    "the entries' sum is not the length of v: it may be 0 or negative.",
)
def sum_for_the_length(gradient, x, v):
    if v.sum() == 0:
        return np.zeros_like(v)
    return curved(gradient, x, v, np.sum, lambda step, _: 2 * step)


@mistake("hessian_times", "this is only the diagonal of the Hessian times v.")
def diagonal_times_v(gradient, x, v):
    rows = 1e-5 * np.eye(len(x))
    return v * [(gradient(x + e) - gradient(x - e)) @ e / 2e-10 for e in rows]


@mistake(
    "hessian_times",
    "this is a step's change in the gradient; divide it by 2 ε.",
)
def change_not_divided(gradient, x, v):
    return curved(gradient, x, v, norm_or_1, lambda step, _: 1)


@mistake(
    "hessian_times",
    "this is the gradient there; its *change* along v is asked for.",
)
def the_gradient_itself(gradient, x, v):
    return gradient(x)


@mistake(
    "hessian_times",
    "this is one number, v times H v; the product with H is a vector.",
)
def v_times_H_times_v(gradient, x, v):
    return v @ curved(gradient, x, v, norm_or_1, lambda step, _: 2 * step)


@mistake(
    "hessian_times",
    "with a fixed ε the step ε v is long when v is, and then f isn't a "
    "parabola any more: divide ε by the length of v.",
)
def a_fixed_step(gradient, x, v):
    return curved(gradient, x, v, lambda v: 1, lambda step, _: 2 * step)


@mistake("hessian_times", "0 divided by 0: H times zero is zero.")
def no_direction(gradient, x, v):
    return curved(gradient, x, v, np.linalg.norm, lambda step, _: 2 * step)


@mistake(
    "hessian_times",
    "a difference to one side is less exact than to both: the two gradients "
    "lie at x + ε v and x - ε v.",
)
def to_one_side(gradient, x, v):
    step = 1e-5 / norm_or_1(v)
    return (gradient(x + step * v) - gradient(x)) / step


@mistake(
    "hessian_times",
    "the product is an array of zeros, np.zeros(x.shape).",
)
def a_zero_for_no_direction(gradient, x, v):
    if not v.any():
        return 0.0
    return curved(gradient, x, v, norm_or_1, lambda step, _: 2 * step)


@mistake(
    "hessian_times",
    "you ask for no gradient, though v isn't 0, only short, or 0 in some "
    "entries.",
)
def short_taken_for_zero(gradient, x, v):
    if np.allclose(v, 0):
        return np.zeros(len(x))
    return curved(gradient, x, v, norm_or_1, lambda step, _: 2 * step)


@accepted("hessian_times")
def with_the_whole_hessian(gradient, x, v):
    rows = 1e-5 * np.eye(len(x))
    H = [(gradient(x + e) - gradient(x - e)) / 2e-5 for e in rows]
    return v @ np.array(H)


@accepted("hessian_times")
def along_the_unit_vector(gradient, x, v):
    length = np.sqrt(sum(v**2))
    unit = v / length if length else v
    up, down = gradient(x + 1e-5 * unit), gradient(x - 1e-5 * unit)
    return length * (up - down) / 2e-5
