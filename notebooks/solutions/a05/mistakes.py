"""Answers to assignment a05: wrong ones with their hints, and right ones that
must be accepted."""

import functools
import graphlib
import math
import sys

import numpy as np

from tools.mistakes import accepted, mistake
from utils import checking
from utils.checking import numeric_gradient

OWN = "the exercise is to write it yourself."

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


# 2 · Multiply

FUNCTIONS = (
    "return the value and, after a comma each, the rules: functions of g, "
    "such as lambda g: ..."
)
MULTIPLIED = (
    "these are the local slopes; multiply them by the gradient g that comes "
    "in."
)


NO_G = "g comes in later, on the way back: a rule is a function of g."


@mistake("multiply", NO_G, message="name 'g' is not defined")
def multiply_without_a_function(a, b):
    return a * b, g * b, g * a  # noqa: F821


@mistake("multiply", "these are two arrays multiplied, not added.")
def value_of_a_sum(a, b):
    return a + b, lambda g: g * b, lambda g: g * a


@mistake(
    "multiply",
    "entry by entry: * does that, np.dot is the matrix product.",
    message="not aligned",
)
def value_by_dot(a, b):
    return np.dot(a, b), lambda g: g * b, lambda g: g * a


@mistake(
    "multiply",
    "each factor receives g times the *other* factor alone: not their sum.",
)
def rules_by_the_sum(a, b):
    return a * b, lambda g: g * (a + b), lambda g: g * (a + b)


@mistake(
    "multiply",
    "two things: multiply by the gradient g that comes in, and the gradient "
    "of a needs b, that of b needs a.",
)
def local_slopes_not_switched(a, b):
    return a * b, lambda g: a, lambda g: b


@mistake("multiply", "g meets its factor entry by entry: no sum over g.")
def g_summed(a, b):
    return a * b, lambda g: g.sum() * b, lambda g: g.sum() * a


@mistake(
    "multiply",
    "multiplication switches: the gradient of a needs b, and that of b needs "
    "a.",
)
def rules_not_switched(a, b):
    return a * b, lambda g: g * a, lambda g: g * b


@mistake("multiply", MULTIPLIED)
def local_slopes(a, b):
    return a * b, lambda g: b, lambda g: a


@mistake("multiply", MULTIPLIED)
def local_slope_for_b(a, b):
    return a * b, lambda g: g * b, lambda g: a


@mistake(
    "multiply",
    "g *= b changes g, which others still need; g * b makes a new array.",
)
def rules_that_change_g(a, b):
    return a * b, lambda g: g.__imul__(b), lambda g: g.__imul__(a)


@mistake("multiply", FUNCTIONS)
def slopes_for_rules(a, b):
    return a * b, b, a


@mistake(
    "multiply",
    "return the value and, after a comma each, the rules: functions of g.",
)
def value_only(a, b):
    return a * b


@mistake(
    "multiply",
    "return the value and, after a comma each, the rules: functions of g.",
)
def one_function_for_both_rules(a, b):
    return a * b, lambda g: (g * b, g * a)


@mistake(
    "multiply",
    "entry by entry: * does that, @ is the matrix product.",
    message="matmul",
)
def rules_by_matrix_product(a, b):
    return a * b, lambda g: g @ b, lambda g: g @ a


@mistake(
    "multiply",
    "entry by entry: * does that, @ is the matrix product.",
    message="matmul",
)
def value_by_matrix_product(a, b):
    return a @ b, lambda g: g * b, lambda g: g * a


@mistake(
    "multiply",
    "work on a copy, a.copy(), or write x = x - 1 where you have x -= 1.",
)
def multiplied_in_place(a, b):
    c = b.copy()
    a *= b
    return a, lambda g: g * c, lambda g: g * (a / c)


@mistake("multiply", "entry by entry: no sum.")
def value_summed(a, b):
    return (a * b).sum(), lambda g: g * b, lambda g: g * a


@mistake("multiply", "entry by entry: no sum.")
def gradients_summed(a, b):
    return a * b, lambda g: (g * b).sum(), lambda g: (g * a).sum()


@mistake(
    "multiply",
    "this is the rule of addition, which copies g; multiplication multiplies "
    "it by the other factor.",
)
def rules_of_addition(a, b):
    return a * b, lambda g: g, lambda g: g


@mistake(
    "multiply",
    "g comes in from outside; it takes the place of neither factor: "
    "multiply it by the other one.",
)
def rules_of_a_sum(a, b):
    return a * b, lambda g: g + b, lambda g: g + a


@mistake(
    "multiply",
    "a rule needs the other factor alone, not the product: the factor itself "
    "has the slope 1.",
)
def rules_by_the_product(a, b):
    return a * b, lambda g: g * a * b, lambda g: g * a * b


@mistake(
    "multiply",
    "a rule takes g: lambda g: ...",
    message="takes 0 positional arguments but 1 was given",
)
def rules_without_g(a, b):
    return a * b, lambda: b, lambda: a


SHARED = (
    "the calls share something that lies outside of the function; what a "
    "rule needs belongs to its own call."
)


@mistake("multiply", "g is a factor only: g * b, without another g.")
def g_added_once_more(a, b):
    return a * b, lambda g: g + g * b, lambda g: g + g * a


@mistake(
    "multiply",
    "np.outer multiplies every entry with every other; * goes entry by entry.",
)
def outer_product(a, b):
    return np.outer(a, b), lambda g: g * b, lambda g: g * a


@mistake(
    "multiply",
    "a product divided by a factor is the other factor, but not where that "
    "is 0: use the other factor itself.",
)
def rules_by_division(a, b):
    value = a * b
    return value, lambda g: g * value / a, lambda g: g * value / b


@mistake("multiply", "the rule for b needs a: the two rules differ.")
def the_same_rule_twice(a, b):
    return a * b, lambda g: g * b, lambda g: g * b


@mistake(
    "multiply",
    "a rule has one argument, g; it knows a and b from outside.",
    message="required positional argument",
)
def rules_with_two_arguments(a, b):
    def rule(g, x):
        return g * x

    return a * b, rule, rule


memory = {}


@mistake("multiply", SHARED)
def rules_with_a_global_memory(a, b):
    memory["a"], memory["b"] = a, b
    return a * b, lambda g: g * memory["b"], lambda g: g * memory["a"]


@mistake(
    "multiply",
    "a rule must not change what the forward pass has computed, as P *= ... "
    "does.",
)
def rules_that_change_the_factors(a, b):
    a, b = a.copy(), b.copy()
    return a * b, lambda g: b.__imul__(g), lambda g: a.__imul__(g)


@accepted("multiply")
def by_einsum(a, b):
    return (
        np.multiply(a, b),
        functools.partial(np.multiply, b),
        functools.partial(np.multiply, a),
    )


@accepted("multiply")
def with_defs_and_a_list(a, b):
    def rule_a(g):
        out = np.empty_like(g)
        np.multiply(g, b, out)
        return out

    def rule_b(g):
        return np.multiply(a, g)

    return [a * b, rule_a, rule_b]


@accepted("multiply")
def multiplied_in_float32(a, b):
    a, b = np.float32(a), np.float32(b)
    return a * b, lambda g: np.float32(g * b), lambda g: np.float32(g * a)


# 3 · Power


def power_by(slope):
    """Return a power whose rule multiplies g by slope(a, exponent)."""

    def power(a, exponent):
        return a**exponent, lambda g: g * slope(a, exponent)

    return power


def right_slope(a, p):
    return p * a ** (p - 1) if p else 0 * a


@mistake("power", "the exponent comes down as a factor.")
def without_the_factor(a, exponent):
    return power_by(lambda a, p: a ** (p - 1) if p else 0 * a)(a, exponent)


LESS = "the exponent of the slope is one less."


@mistake("power", LESS)
def exponent_not_less(a, exponent):
    return power_by(lambda a, p: p * a**p)(a, exponent)


@mistake("power", "the exponent of the slope is one less, not one more.")
def exponent_one_more(a, exponent):
    return power_by(lambda a, p: p * a ** (p + 1))(a, exponent)


@mistake(
    "power",
    "the factor is p itself; only the exponent is one less.",
)
def factor_one_less(a, exponent):
    return power_by(lambda a, p: (p - 1) * a ** (p - 1) if p else 0 * a)(
        a, exponent
    )


@mistake("power", "in Python, ** comes before -: a ** (p - 1).")
def exponent_without_brackets(a, exponent):
    return power_by(lambda a, p: p * a**p - 1)(a, exponent)


@mistake("power", "first raise a to the power, then multiply by p.")
def factor_raised_too(a, exponent):
    return power_by(lambda a, p: (p * a) ** (p - 1) if p else 0 * a)(
        a, exponent
    )


@mistake("power", "in Python, ** comes before -: a ** (p - 1).")
def exponent_without_brackets_after_g(a, exponent):
    return a**exponent, lambda g: g * exponent * a**exponent - 1


@mistake("power", "the other way round: a ** exponent.")
def exponent_to_the_power_a(a, exponent):
    return float(exponent) ** a, lambda g: g * right_slope(a, exponent)


@mistake(
    "power",
    "a power is ** in Python; ^ does something else with bits.",
    message="bitwise_xor",
)
def with_a_caret(a, exponent):
    return a ^ exponent, lambda g: g * right_slope(a, exponent)


@mistake("power", "multiply by g for every exponent, also for 1.")
def ones_for_the_first_power(a, exponent):
    def rule(g):
        if exponent == 1:
            return np.ones_like(a)
        return g * right_slope(a, exponent)

    return a**exponent, rule


@mistake("power", "the slope of a negative a may be negative: no np.abs.")
def power_of_the_size(a, exponent):
    value = np.abs(a) ** exponent
    return value, lambda g: g * right_slope(np.abs(a), exponent)


@mistake("power", "the slope of a negative a may be negative: no np.abs.")
def slope_of_the_size(a, exponent):
    return a**exponent, lambda g: g * right_slope(np.abs(a), exponent)


@mistake("power", "the exponent comes down as a factor: times p.")
def divided_by_the_exponent(a, exponent):
    return power_by(lambda a, p: a ** (p - 1) / p if p else 0 * a)(a, exponent)


@mistake("power", "this is the integral; the slope is p times a ** (p - 1).")
def integral(a, exponent):
    return power_by(lambda a, p: a ** (p + 1) / (p + 1))(a, exponent)


@mistake("power", "a ** p is a power; this is p times a.")
def exponent_times_a(a, exponent):
    return a * exponent, lambda g: g * exponent


@mistake(
    "power",
    "math.pow takes single numbers; ** and np.power take arrays.",
    message="arrays can be converted to Python scalars",
)
def power_of_math(a, exponent):
    value = math.pow(a, exponent)
    return value, lambda g: g * right_slope(a, exponent)


@mistake("power", "a to the power 0 is 1, also as a value.")
def a_for_exponent_0(a, exponent):
    value = a**exponent if exponent else a
    return value, lambda g: g * right_slope(a, exponent)


@mistake("power", "the exponent may be any number: don't round it.")
def rounded_exponent(a, exponent):
    p = int(exponent)
    return a**p, lambda g: g * right_slope(a, p)


@mistake(
    "power",
    "this is the local slope; multiply it by the gradient g that comes in.",
)
def slope_of_the_power(a, exponent):
    return a**exponent, lambda g: right_slope(a, exponent)


@mistake("power", "the slope is multiplied by g, not taken at g.")
def slope_at_g(a, exponent):
    return a**exponent, lambda g: right_slope(g, exponent)


@mistake(
    "power",
    "at a = 0 you divide 0 by 0: raise a to the power p - 1 instead of "
    "dividing by a.",
)
def divided_by_a(a, exponent):
    return power_by(lambda a, p: p * a**p / a)(a, exponent)


@mistake(
    "power",
    "with the logarithm of a you get the slope by the exponent, which is a "
    "constant here; and a may be negative.",
)
def slope_by_the_exponent(a, exponent):
    return power_by(lambda a, p: a**p * np.log(a))(a, exponent)


@mistake(
    "power",
    "a power by exp and log wants a positive a: a ** exponent takes any.",
)
def by_exp_and_log(a, exponent):
    value = np.exp(exponent * np.log(a))
    return value, lambda g: g * right_slope(a, exponent)


@mistake(
    "power",
    "0 to the power -1 is infinite, and 0 times infinity is not a number: "
    "treat the exponent 0 on its own.",
)
def exponent_0_forgotten(a, exponent):
    return power_by(lambda a, p: p * a ** (p - 1))(a, exponent)


@mistake("power", "the gradient has the shape of a, also when all of it is 0.")
def number_0_for_exponent_0(a, exponent):
    def rule(g):
        return g * right_slope(a, exponent) if exponent else 0.0

    return a**exponent, rule


FLAT = (
    "0 to the power 0 is 1: where a is 0, the slope of a¹ is 1 all the same. "
    "Look at the exponent, not at a."
)


@mistake("power", FLAT)
def slope_0_where_a_is_0(a, exponent):
    b = np.where(a == 0, 1, a)
    return power_by(lambda a, p: np.where(a == 0, 0, p * b ** (p - 1.0)))(
        a, exponent
    )


@mistake("power", "a to the power 0 is 1, and so g arrives as it is.")
def slope_0_of_the_first_power(a, exponent):
    return power_by(lambda a, p: p * a ** (p - 1) if p > 1 else 0 * a)(
        a, exponent
    )


@mistake(
    "power",
    "a to the power 0 is the constant 1: its slope is 0 everywhere, also "
    "where a isn't 0.",
)
def slope_g_for_exponent_0(a, exponent):
    return power_by(lambda a, p: p * a ** (p - 1) if p else 1 + 0 * a)(
        a, exponent
    )


@mistake(
    "power",
    "g *= b changes g, which others still need; g * b makes a new array.",
)
def power_that_changes_g(a, exponent):
    def rule(g):
        g *= right_slope(a, exponent)
        return g

    return a**exponent, rule


@mistake(
    "power",
    "an exponent that isn't a whole number belongs to the text, too: a loop "
    "of multiplications can't do it.",
    message="interpreted as an integer",
)
def by_repeated_products(a, exponent):
    def times(n):
        value = np.ones_like(a)
        for _ in range(n):
            value = value * a
        return value

    return times(
        exponent
    ), lambda g: g * exponent * times(max(exponent - 1, 0))


@mistake(
    "power",
    "for a negative exponent the slope is negative where a is positive: the "
    "exponent comes down with its sign.",
)
def slope_of_the_positive_exponent(a, exponent):
    return power_by(lambda a, p: abs(p) * a ** (p - 1) if p else 0 * a)(
        a, exponent
    )


@mistake(
    "power",
    "only the exponent 0 has the slope 0: exponents between 0 and 1, and "
    "negative ones, have slopes like all others.",
)
def slope_0_below_1(a, exponent):
    return power_by(lambda a, p: p * a ** (p - 1) if p >= 1 else 0 * a)(
        a, exponent
    )


@mistake("power", "the exponent is a constant: return the value and one rule.")
def a_rule_for_the_exponent(a, exponent):
    value, rule = power_by(right_slope)(a, exponent)
    return value, rule, lambda g: 0


@accepted("power")
def with_np_power(a, exponent):
    def rule(g):
        if exponent in (0, 1):
            return g * exponent
        return exponent * np.power(a, exponent - 1) * g

    return np.power(a, exponent), rule


@accepted("power")
def with_the_smallest_exponent(a, exponent):
    slope = exponent * a ** (exponent - 1 if exponent else 1)
    return a**exponent, lambda g: slope * g


@accepted("power")
def with_nan_to_num(a, exponent):
    slope = np.nan_to_num(exponent * a ** (exponent - 1.0))
    return a**exponent, lambda g: g * slope


@accepted("power")
def power_by_loops(a, exponent):
    def rule(g):
        return np.array(
            [
                gi * (exponent * ai ** (exponent - 1) if exponent else 0)
                for gi, ai in zip(g.ravel(), a.ravel())
            ]
        ).reshape(a.shape)

    return np.array([ai**exponent for ai in a.ravel()]).reshape(a.shape), rule


# 4 · Tanh


@mistake("tanh", "the formula wants the square of tanh a, not of a.")
def square_of_a(a):
    return np.tanh(a), lambda g: g * (1 - a**2)


@mistake("tanh", "the formula wants the square of tanh a, not of g.")
def square_of_g(a):
    return np.tanh(a), lambda g: g * (1 - g**2)


@mistake("tanh", NO_G, message="name 'g' is not defined")
def tanh_without_a_function(a):
    value = np.tanh(a)
    return value, g * (1 - value**2)  # noqa: F821


@mistake(
    "tanh",
    "math.tanh takes a single number; np.tanh takes arrays.",
    message="arrays can be converted to Python scalars",
)
def tanh_of_math(a):
    value = math.tanh(a)
    return value, lambda g: g * (1 - value**2)


@mistake("tanh", "this is the slope; the value is tanh a itself.")
def slope_for_the_value(a):
    slope = 1 - np.tanh(a) ** 2
    return slope, lambda g: g * slope


@mistake("tanh", "g is a factor, as it comes in: no square.")
def g_squared(a):
    return np.tanh(a), lambda g: g**2 * (1 - np.tanh(a) ** 2)


@mistake("tanh", "g is a factor, as it comes in: don't apply tanh to it.")
def tanh_of_g(a):
    return np.tanh(a), lambda g: np.tanh(g)


@mistake("tanh", "the square is missing: 1 / cosh² is the slope.")
def one_by_cosh(a):
    return np.tanh(a), lambda g: g / np.cosh(a)


@mistake(
    "tanh",
    "the slope of the value is asked for, 1 - tanh²; this is that of the "
    "formula.",
)
def slope_of_the_square(a):
    value = np.tanh(a)
    return value, lambda g: -2 * value * g


@mistake("tanh", "each entry of g meets its own slope: no sum.")
def g_summed_for_tanh(a):
    return np.tanh(a), lambda g: g.sum() * (1 - np.tanh(a) ** 2)


@mistake("tanh", "entry by entry: * does that, @ sums.")
def g_at_the_slope(a):
    return np.tanh(a), lambda g: g @ (1 - np.tanh(a) ** 2)


@mistake("tanh", "tanh² a is the square of tanh a, not tanh of a square.")
def tanh_of_the_square(a):
    return np.tanh(a), lambda g: g * (1 - np.tanh(a**2))


@mistake("tanh", "tanh² a is the square of tanh a, not twice tanh a.")
def twice_for_squared(a):
    return np.tanh(a), lambda g: g * (1 - np.tanh(a) * 2)


@mistake("tanh", "the square is taken of tanh a alone, and only once.")
def slope_squared(a):
    return np.tanh(a), lambda g: g * (1 - np.tanh(a) ** 2) ** 2


@mistake("tanh", "the slope is taken at a, not at g.")
def slope_of_tanh_at_g(a):
    return np.tanh(a), lambda g: g * (1 - np.tanh(g) ** 2)


@mistake("tanh", "the slope is taken at a: don't apply tanh to its value.")
def tanh_twice(a):
    value = np.tanh(a)
    return value, lambda g: g * (1 - np.tanh(value) ** 2)


@mistake("tanh", "this is the slope of the sigmoid, value times (1 - value).")
def slope_of_the_sigmoid(a):
    value = np.tanh(a)
    return value, lambda g: g * value * (1 - value)


@mistake(
    "tanh",
    "it is one minus the square, not the square of one minus the value.",
)
def square_of_the_difference(a):
    value = np.tanh(a)
    return value, lambda g: g * (1 - value) ** 2


@mistake("tanh", "the square is missing.")
def without_the_square(a):
    value = np.tanh(a)
    return value, lambda g: g * (1 - value)


@mistake("tanh", "one minus the square, not one plus.")
def one_plus_the_square(a):
    value = np.tanh(a)
    return value, lambda g: g * (1 + value**2)


@mistake("tanh", "one minus the square, not the square minus one.")
def slope_of_the_wrong_sign(a):
    value = np.tanh(a)
    return value, lambda g: g * (value**2 - 1)


@mistake(
    "tanh",
    "these are the local slopes of tanh; multiply them by the gradient g "
    "that comes in.",
)
def slope_of_tanh(a):
    value = np.tanh(a)
    return value, lambda g: 1 - value**2


BRACKETS = "in Python, * comes before -: put 1 - value**2 in brackets."


@mistake("tanh", BRACKETS)
def tanh_without_brackets(a):
    value = np.tanh(a)
    return value, lambda g: g * 1 - value**2


@mistake("tanh", BRACKETS)
def tanh_without_brackets_in_front(a):
    value = np.tanh(a)
    return value, lambda g: 1 - value**2 * g


@mistake("tanh", "the slope is multiplied by g, not added to it.")
def slope_of_tanh_added(a):
    value = np.tanh(a)
    return value, lambda g: g + (1 - value**2)


FAR = "e to the power 800 is infinite: use np.tanh."


@mistake("tanh", FAR)
def by_exponentials(a):
    up, down = np.exp(a), np.exp(-a)
    value = (up - down) / (up + down)
    return value, lambda g: g * (1 - value**2)


@mistake("tanh", FAR)
def by_one_exponential(a):
    value = (np.exp(2 * a) - 1) / (np.exp(2 * a) + 1)
    return value, lambda g: g * (1 - value**2)


@mistake("tanh", FAR)
def by_one_negative_exponential(a):
    value = (1 - np.exp(-2 * a)) / (1 + np.exp(-2 * a))
    return value, lambda g: g * (1 - value**2)


@mistake("tanh", FAR)
def by_sinh_and_cosh(a):
    value = np.sinh(a) / np.cosh(a)
    return value, lambda g: g * (1 - value**2)


@mistake("tanh", "this is the tangent; the hyperbolic one is np.tanh.")
def tangent(a):
    value = np.tan(a)
    return value, lambda g: g * (1 + value**2)


@mistake("tanh", "this is the sigmoid; tanh is np.tanh.")
def sigmoid(a):
    value = 1 / (1 + np.exp(-a))
    return value, lambda g: g * value * (1 - value)


@mistake("tanh", "this is the inverse tangent; tanh is np.tanh.")
def inverse_tangent(a):
    return np.arctan(a), lambda g: g / (1 + a**2)


@mistake("tanh", "this is the inverse function; tanh is np.tanh.")
def inverse_tanh(a):
    value = np.arctanh(np.clip(a, -0.99, 0.99))
    return value, lambda g: g / (1 - a**2)


@mistake(
    "tanh",
    "the value comes first: return value, rule.",
)
def rule_first(a):
    value = np.tanh(a)
    return lambda g: g * (1 - value**2), value


@mistake(
    "tanh",
    "a rule must not change what the forward pass has computed, as P *= ... "
    "does.",
)
def square_in_place(a):
    value = np.tanh(a)

    def rule(g):
        np.multiply(value, value, out=value)
        return g * (1 - value)

    return value, rule


@mistake(
    "tanh",
    "return the value and, after a comma each, the rules: "
    "functions of g, such as lambda g: ...",
)
def slope_for_a_rule(a):
    return np.tanh(a), 1 - np.tanh(a) ** 2


@accepted("tanh")
def by_cosh(a):
    return np.tanh(a), lambda g: g / np.cosh(np.clip(a, -300, 300)) ** 2


@accepted("tanh")
def by_two_factors(a):
    t = np.tanh(a)
    return t, lambda g: (1 - t) * (1 + t) * g


@accepted("tanh")
def tanh_in_float32(a):
    t = np.tanh(np.asarray(a, np.float32))
    return t, lambda g: (g * (1 - t * t)).astype(np.float32)


@accepted("tanh")
def by_the_sigmoid(a):
    t = 2 / (1 + np.exp(-2 * a)) - 1
    return t, lambda g: g - g * t**2


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
    "one maximum for the whole array is too large for the second row: each "
    "row needs its own, axis=1.",
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
    "this sums over the wrong index of the Jacobian, or over the images: "
    "each row of g meets the Jacobian of its own row.",
)
def jacobian_of_the_first_row(scores):
    P = probs(scores)
    J = np.diag(P[0]) - np.outer(P[0], P[0])
    return P, lambda g: g @ J


@mistake(
    "softmax",
    "a rule must not change what the forward pass has computed, as P *= ... "
    "does.",
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


# 6 · Inputs first


def with_stack(root):
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


def recursively(root, before=lambda node: False, after=None):
    """List nodes by a function that calls itself."""
    order = []

    def visit(node):
        if before(node):
            return
        for x, _ in node.edges:
            visit(x)
        if after is None or after(node, order):
            order.append(node)

    visit(root)
    return order


@mistake("ordered", "return a list, and in it the nodes themselves.")
def ids_of_nodes(root):
    return [id(node) for node in with_stack(root)]


@mistake("ordered", "return a list, and in it the nodes themselves.")
def edges_for_nodes(root):
    return [edge for node in with_stack(root) for edge in node.edges]


@mistake("ordered", "return a list, and in it the nodes themselves.")
def as_a_set(root):
    return set(with_stack(root))


@mistake(
    "ordered",
    "node.edges holds pairs (input, rule): take the first of each.",
    message="'tuple' object has no attribute 'edges'",
)
def pairs_for_inputs(root):
    return recursively(
        root,
        lambda node: not node.edges or any(edge.edges for edge in node.edges),
    )


@mistake(
    "ordered",
    "all nodes belong into it: the leaves, which have no edges, and the "
    "root, too.",
)
def without_leaves(root):
    return [node for node in with_stack(root) if node.edges]


@mistake(
    "ordered",
    "all nodes belong into it: the leaves, which have no edges, and the "
    "root, too.",
)
def without_the_root(root):
    return with_stack(root)[:-1]


@mistake(
    "ordered",
    "a node with two users is met twice; remember whom you have seen.",
)
def listed_twice(root):
    return recursively(root)


USERS_FIRST = (
    "that is the way of the gradients, users first; the list is to have the "
    "inputs first."
)


@mistake("ordered", USERS_FIRST)
def users_first(root):
    return with_stack(root)[::-1]


LONGEST = (
    "a node may be put into the list only when all of its inputs are in it, "
    "along the longest road as well as the shortest."
)


@mistake("ordered", LONGEST)
def breadth_first(root):
    order = [root]
    for node in order:
        order += [x for x, _ in node.edges if x not in order]
    return order[::-1]


@mistake("ordered", LONGEST)
def by_a_stack_alone(root):
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        if node not in order:
            order.append(node)
            stack.extend(x for x, _ in node.edges)
    return order[::-1]


@mistake("ordered", USERS_FIRST)
def breadth_first_not_reversed(root):
    order = [root]
    for node in order:
        order += [x for x, _ in node.edges if x not in order]
    return order


ROADS_WALKED = (
    "you walk every road; go on from a node only when you meet it for the "
    "first time."
)


@mistake("ordered", ROADS_WALKED, message="read")
def every_road(root):
    def walk(node):
        below = [n for x, _ in node.edges for n in walk(x)]
        return list(dict.fromkeys([*below, node]))

    order, stack = [], [root]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(x for x, _ in node.edges)
    return list(dict.fromkeys(order[::-1]))


@mistake("ordered", ROADS_WALKED)
def removed_and_appended(root):
    order, todo = [], [root]
    while todo:
        node = todo.pop()
        if node in order:
            order.remove(node)
        order.append(node)
        todo.extend(x for x, _ in node.edges)
    return order[::-1]


DEEP = (
    "your function calls itself once for each node of the chain, and Python "
    "allows about a thousand calls. Keep a stack of your own: a list, with "
    "append and pop."
)


@mistake("ordered", DEEP, message="all that Python allows")
def by_recursion(root):
    seen = set()

    def is_seen(node):
        met = node in seen
        seen.add(node)
        return met

    return recursively(root, is_seen)


@mistake("ordered", DEEP, message="all that Python allows")
def every_road_by_recursion(root):
    return recursively(root, after=lambda node, order: node not in order)


@mistake(
    "ordered",
    "a higher limit only moves the end: keep a stack of your own, a list, "
    "with append and pop.",
)
def with_a_higher_limit(root):
    sys.setrecursionlimit(10**6)
    return by_recursion(root)


@mistake("ordered", OWN)
def by_graphlib(root):
    inputs, found = {}, [root]
    for node in found:
        inputs[node] = [x for x, _ in node.edges]
        found += [x for x in inputs[node] if x not in found]
    return list(graphlib.TopologicalSorter(inputs).static_order())


ANEW = (
    "begin anew in each call: keep what you have seen in a set made inside "
    "the function, and leave the nodes as they are."
)


@mistake("ordered", ANEW)
def marks_the_nodes(root):
    order, stack = [], [(root, False)]
    while stack:
        node, inputs_listed = stack.pop()
        if inputs_listed:
            order.append(node)
        elif not hasattr(node, "seen"):
            node.seen = True
            stack.append((node, True))
            stack.extend((x, False) for x, _ in node.edges)
    return order


@mistake("ordered", ANEW)
def remembers_in_a_default(root, order=[], seen=set()):  # noqa: B006
    stack = [(root, False)]
    while stack:
        node, inputs_listed = stack.pop()
        if inputs_listed:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((x, False) for x, _ in node.edges)
    return order


@mistake("ordered", "node.edges is the node's own list: no pop, no remove.")
def takes_the_edges_away(root):
    order, stack, seen = [], [root], set()
    while stack:
        node = stack[-1]
        seen.add(node)
        while node.edges and node.edges[-1][0] in seen:
            node.edges.pop()
        if node.edges:
            stack.append(node.edges.pop()[0])
        else:
            order.append(stack.pop())
    return order


@mistake(
    "ordered",
    "a node has nothing but its edges here: nothing that it is called, or "
    "that it holds.",
    message="'Node' object has no attribute",
)
def seen_by_name(root):
    return list({node.name: node for node in with_stack(root)}.values())


@mistake(
    "ordered",
    "a node has nothing but its edges here: nothing that it is called, or "
    "that it holds.",
    message="'Node' object has no attribute",
)
def seen_by_data(root):
    return list({node.data: node for node in with_stack(root)}.values())


@mistake(
    "ordered",
    "a node has nothing but its edges here: nothing that it is called, or "
    "that it holds.",
    message="'Node' object has no attribute",
)
def by_a_list_of_inputs(root):
    return [*root.inputs, root]


@accepted("ordered")
def by_counting_users(root):
    nodes, users = [root], {root: 0}
    for node in nodes:
        for x, _ in node.edges:
            if x not in users:
                users[x] = 0
                nodes.append(x)
            users[x] += 1
    order, free = [], [root]
    while free:
        node = free.pop()
        order.append(node)
        for x, _ in node.edges:
            users[x] -= 1
            if not users[x]:
                free.append(x)
    return order[::-1]


@accepted("ordered")
def by_iterators(root):
    order, seen, stack = [], {root}, [(root, iter(root.edges))]
    while stack:
        node, rest = stack[-1]
        for x, _ in rest:
            if x not in seen:
                seen.add(x)
                stack.append((x, iter(x.edges)))
                break
        else:
            order.append(stack.pop()[0])
    return order


@accepted("ordered")
def by_waiting_inputs(root):
    order, done, stack = [], set(), [root]
    while stack:
        node = stack[-1]
        waiting = [x for x, _ in node.edges if x not in done]
        if waiting:
            stack.append(waiting[0])
        else:
            stack.pop()
            if node not in done:
                done.add(node)
                order.append(node)
    return order


@accepted("ordered")
def by_longest_roads(root):
    depth, todo = {root: 0}, [root]
    while todo:
        node = todo.pop(0)
        for x, _ in node.edges:
            if depth.get(x, -1) <= depth[node]:
                depth[x] = depth[node] + 1
                todo.append(x)
    return sorted(depth, key=lambda node: -depth[node])


@accepted("ordered")
def by_ids(root):
    order, seen, stack = [], {}, [(root, 0)]
    while stack:
        node, visited = stack.pop()
        if visited:
            order.insert(len(order), node)
        elif id(node) not in seen:
            seen[id(node)] = node
            stack += [(node, 1)] + [(pair[0], 0) for pair in node.edges]
    return order


# 7 · Broadcasting


def back(gradient, shape):
    extra = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(extra)))
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=ones, keepdims=True)


@mistake(
    "unbroadcast",
    "this is the mean of the copies; their gradients add up.",
)
def mean_of_the_copies(gradient, shape):
    extra = gradient.ndim - len(shape)
    gradient = gradient.mean(axis=tuple(range(extra)))
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return gradient.mean(axis=ones, keepdims=True)


@mistake(
    "unbroadcast",
    "this is the largest of the copies' gradients; they add up.",
)
def largest_of_the_copies(gradient, shape):
    return gradient.max(axis=tuple(range(gradient.ndim - len(shape))))


FIRST = "this is the gradient of the first copy; add up all of them."


@mistake("unbroadcast", FIRST)
def first_copy(gradient, shape):
    return gradient[(0,) * (gradient.ndim - len(shape))]


FRONT = (
    "broadcasting adds axes in front, so the bias was repeated along axis 0: "
    "sum over that one."
)


@mistake("unbroadcast", FRONT)
def axes_at_the_end(gradient, shape):
    ends = range(len(shape), gradient.ndim)
    return gradient.sum(axis=tuple(ends))


@mistake("unbroadcast", FRONT)
def last_axis(gradient, shape):
    return gradient.sum(axis=-1)


@mistake(
    "unbroadcast",
    "the axis that broadcasting has added must go: no keepdims for this one.",
)
def front_axes_kept(gradient, shape):
    extra = range(gradient.ndim - len(shape))
    return gradient.sum(axis=tuple(extra), keepdims=True)


@mistake(
    "unbroadcast",
    "nothing is summed here: an axis that `shape` doesn't have was added in "
    "front.",
)
def unchanged(gradient, shape):
    return gradient


@mistake(
    "unbroadcast",
    "nothing is summed here: an axis that `shape` doesn't have was added in "
    "front.",
)
def only_ones_summed(gradient, shape):
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


@mistake(
    "unbroadcast",
    "reshape can't add numbers up; sum.",
    message="cannot reshape",
)
def reshaped(gradient, shape):
    return gradient.reshape(shape)


@mistake("unbroadcast", FIRST)
def resized(gradient, shape):
    return np.resize(gradient, shape)


@mistake(
    "unbroadcast",
    "this goes forward again: it repeats a small array, and you are to add "
    "up a large one.",
    message="more dimensions",
)
def broadcast_again(gradient, shape):
    return np.broadcast_to(gradient, shape)


@mistake("unbroadcast", "this sums up everything; some axes must stay.")
def everything_summed(gradient, shape):
    return gradient.sum()


@mistake(
    "unbroadcast",
    "this sums up everything, and puts the sum everywhere; sum along the "
    "repeated axes only.",
)
def everything_summed_everywhere(gradient, shape):
    return np.full(shape, gradient.sum())


@mistake(
    "unbroadcast",
    "an axis of size 1 was there before, and must stay: keepdims=True.",
)
def axes_of_size_1_dropped(gradient, shape):
    extra = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(extra)))
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=ones)


STRETCHED = (
    "there are as many axes as before, but one was stretched: where `shape` "
    "has a 1, sum, too."
)


@mistake("unbroadcast", STRETCHED)
def only_front_axes(gradient, shape):
    extra = range(gradient.ndim - len(shape))
    return gradient.sum(axis=tuple(extra))


@mistake("unbroadcast", STRETCHED)
def only_front_axes_in_a_loop(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return gradient


@mistake(
    "unbroadcast",
    "sum(axis=0) takes away one axis; a single number has lost all of them, "
    "and there may be more than one in front.",
)
def one_front_axis(gradient, shape):
    if gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=ones, keepdims=True)


@mistake(
    "unbroadcast",
    "where `shape` has a 1, it is that axis which was repeated, and not axis "
    "0: sum along it, with keepdims=True.",
    message="cannot reshape",
)
def axis_0_or_everything(gradient, shape):
    if gradient.shape == shape or shape == ():
        return gradient.sum() if shape == () else gradient
    return gradient.sum(axis=0).reshape(shape)


SHIFTED = (
    "each sum takes an axis away, and the axes behind it move up by one: sum "
    "over all at once, axis=(0, 1), or always over axis 0."
)


@mistake("unbroadcast", SHIFTED, message="axis 1 is out of bounds")
def axes_that_shift(gradient, shape):
    for axis in range(gradient.ndim - len(shape)):
        gradient = gradient.sum(axis=axis)
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=ones, keepdims=True)


SHAPE_OF_OLD = (
    "with axes in front, axis i of `shape` is not axis i of the gradient: "
    "sum away those in front first, or count from the end."
)


@mistake("unbroadcast", SHAPE_OF_OLD)
def ones_before_the_front(gradient, shape):
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    gradient = gradient.sum(axis=ones, keepdims=True)
    extra = gradient.ndim - len(shape)
    return gradient.sum(axis=tuple(range(extra)))


@mistake(
    "unbroadcast",
    "either axes in front, or axes of size 1: both may occur at once.",
)
def front_or_ones(gradient, shape):
    extra = gradient.ndim - len(shape)
    if extra:
        return gradient.sum(axis=tuple(range(extra)))
    return back(gradient, shape)


@mistake(
    "unbroadcast",
    "axes are found by their sizes alone, and two may be alike: count them "
    "from the end.",
    message="cannot reshape",
)
def axes_found_by_their_size(gradient, shape):
    axes = [i for i, n in enumerate(gradient.shape) if n not in shape]
    return gradient.sum(axis=tuple(axes)).reshape(shape)


@accepted("unbroadcast")
def back_by_a_loop(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


@accepted("unbroadcast")
def back_by_add_at(gradient, shape):
    size = int(np.prod(shape))
    places = np.broadcast_to(np.arange(size).reshape(shape), gradient.shape)
    total = np.zeros(size)
    np.add.at(total, places.ravel(), gradient.ravel())
    return total.reshape(shape)


@accepted("unbroadcast")
def back_at_once(gradient, shape):
    padded = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    return np.sum(gradient, axis=axes, keepdims=True).reshape(shape)


@accepted("unbroadcast")
def back_in_float32(gradient, shape):
    return back(gradient.astype(np.float32), shape)


# 8 · The matrix product


def T(x):
    return x.swapaxes(-1, -2)


def summed(g, x):
    """Sum a gradient over the stack if x isn't one."""
    return g.sum(axis=0) if g.ndim > x.ndim else g


def product(a, b, rule_a=None, rule_b=None):
    """Return the matrix product with other rules, functions of a, b and g."""
    rules = [rule_a or right_rule_a, rule_b or right_rule_b]
    return a @ b, *[lambda g, r=rule: r(a, b, g) for rule in rules]


def right_rule_a(a, b, g):
    return summed(g @ T(b), a)


def right_rule_b(a, b, g):
    return summed(T(a) @ g, b)


@mistake("matmul", "the two rules are exchanged: the first is for a.")
def rules_exchanged(a, b):
    return product(a, b, right_rule_b, right_rule_a)


@mistake(
    "matmul",
    "each is the transpose of what it should be: the order of a product "
    "matters, and g has the shape of a @ b.",
)
def rules_transposed(a, b):
    return product(a, b, lambda a, b, g: b @ T(g), lambda a, b, g: T(g) @ a)


FIT = (
    "the shapes don't fit. In G @ Bᵀ the other matrix is transposed, and "
    "stands where it stood."
)


@mistake("matmul", FIT, message="matmul")
def rules_not_transposed(a, b):
    return product(a, b, lambda a, b, g: g @ b, lambda a, b, g: a @ g)


@mistake("matmul", FIT, message="matmul")
def second_rule_not_transposed(a, b):
    return product(a, b, None, lambda a, b, g: a @ g)


@mistake("matmul", FIT, message="matmul")
def first_rule_in_the_wrong_order(a, b):
    return product(a, b, lambda a, b, g: T(b) @ g)


@mistake("matmul", FIT, message="matmul")
def second_rule_in_the_wrong_order(a, b):
    return product(a, b, None, lambda a, b, g: g @ T(a))


@mistake(
    "matmul",
    "these are the transposed factors; multiply them by g: G @ Bᵀ, Aᵀ @ G.",
)
def rules_without_g_in_matmul(a, b):
    return product(a, b, lambda a, b, g: T(b), lambda a, b, g: T(a))


@mistake(
    "matmul",
    "g belongs into both rules: with ones in its place you get the gradient "
    "of the sum of all entries.",
)
def ones_for_g(a, b):
    ones = np.ones((a @ b).shape)
    return product(
        *(a, b),
        lambda a, b, g: right_rule_a(a, b, ones),
        lambda a, b, g: right_rule_b(a, b, ones),
    )


@mistake(
    "matmul",
    "* multiplies entry by entry; the matrix product is @.",
    message="operands could not be broadcast",
)
def entry_by_entry(a, b):
    return a * b, lambda g: g * b, lambda g: g * a


@mistake(
    "matmul",
    "* multiplies entry by entry; the matrix product is @.",
    message="operands could not be broadcast",
)
def rules_entry_by_entry(a, b):
    return product(a, b, lambda a, b, g: g * b, lambda a, b, g: a * g)


SHARED_MATRIX = (
    "each matrix of the stack used the single matrix, and so that one has a "
    "gradient from each: sum them, to its own shape."
)


@mistake("matmul", SHARED_MATRIX)
def stack_not_summed(a, b):
    return product(a, b, lambda a, b, g: g @ T(b), lambda a, b, g: T(a) @ g)


@mistake("matmul", SHARED_MATRIX)
def stack_not_summed_for_a(a, b):
    return product(a, b, lambda a, b, g: g @ T(b))


@mistake(
    "matmul",
    "the gradients of a shared matrix add up; this is one of them.",
)
def first_of_the_stack(a, b):
    def rule(a, b, g):
        gradient = T(a) @ g
        return gradient[0] if gradient.ndim > b.ndim else gradient

    return product(a, b, None, rule)


@mistake("matmul", "the axis of the stack must go: no keepdims here.")
def stack_axis_kept(a, b):
    def rule(a, b, g):
        return np.sum(T(a) @ g, axis=0, keepdims=a.ndim > b.ndim)

    return product(
        a,
        b,
        None,
        lambda a, b, g: T(a) @ g if a.ndim == b.ndim else rule(a, b, g),
    )


@mistake(
    "matmul",
    "reshape keeps the numbers in their order; a transpose is .T or swapaxes.",
)
def reshaped_for_transposed(a, b):
    return product(
        *(a, b),
        lambda a, b, g: summed(
            g @ b.reshape(*b.shape[:-2], -1, b.shape[-2]), a
        ),
        lambda a, b, g: summed(
            a.reshape(*a.shape[:-2], -1, a.shape[-2]) @ g, b
        ),
    )


@mistake(
    "matmul",
    "einsum with two letters knows matrices only; '...' in front stands for "
    "the stack.",
    message="more dimensions than subscripts",
)
def einsum_of_matrices(a, b):
    return product(
        *(a, b),
        lambda a, b, g: np.einsum("ij,kj->ik", g, b),
        lambda a, b, g: np.einsum("ij,ik->jk", a, g),
    )


@mistake("matmul", NO_G, message="name 'g' is not defined")
def matmul_without_a_function(a, b):
    return a @ b, g @ T(b), T(a) @ g  # noqa: F821


@mistake(
    "matmul",
    "the sum of the products isn't the product of the sums: multiply first, "
    "then sum over the stack.",
)
def sums_multiplied(a, b):
    def rule(a, b, g):
        if a.ndim > b.ndim:
            return a.sum(axis=0).T @ g.sum(axis=0)
        return right_rule_b(a, b, g)

    return product(a, b, None, rule)


@mistake("matmul", "the order counts: a @ b.", message="matmul")
def factors_exchanged(a, b):
    return b @ a, lambda g: g @ b.T, lambda g: a.T @ g


@mistake(
    "matmul",
    "sum over the stack, axis 0, and over that alone.",
)
def summed_over_two_axes(a, b):
    def rule(a, b, g):
        gradient = T(a) @ g
        return gradient.sum(axis=(0, 1)) if a.ndim > b.ndim else gradient

    return product(a, b, None, rule)


@mistake(
    "matmul",
    "transpose(0, 2, 1) knows stacks only; swapaxes(-1, -2) swaps the last "
    "two axes of a matrix, too.",
    message="axes don't match array",
)
def transposed_as_stacks(a, b):
    return product(
        *(a, b),
        lambda a, b, g: summed(g @ b.transpose(0, 2, 1), a),
        lambda a, b, g: summed(a.transpose(0, 2, 1) @ g, b),
    )


@mistake(
    "matmul",
    "the gradient of b is Aᵀ G; this is its transpose, Gᵀ A.",
)
def second_rule_transposed(a, b):
    return product(a, b, None, lambda a, b, g: summed(T(g) @ a, b))


@mistake(
    "matmul",
    "the gradients of a shared matrix add up; this is their mean.",
)
def stack_averaged(a, b):
    def rule(a, b, g):
        gradient = T(a) @ g
        return gradient.mean(axis=0) if gradient.ndim > b.ndim else gradient

    return product(a, b, None, rule)


SWAP = (
    ".T turns *all* axes round. In a stack only the last two change places: "
    "swapaxes(-1, -2)."
)


@mistake("matmul", SWAP, message="remapped shapes")
def all_axes_turned(a, b):
    return product(
        *(a, b),
        lambda a, b, g: summed(g @ b.T, a),
        lambda a, b, g: summed(a.T @ g, b),
    )


@mistake("matmul", SWAP, message="matmul")
def first_two_axes_swapped(a, b):
    return product(
        *(a, b),
        lambda a, b, g: summed(g @ T(b), a),
        lambda a, b, g: summed(a.swapaxes(0, 1) @ g, b),
    )


@mistake("matmul", SWAP, message="matmul")
def all_axes_turned_for_a(a, b):
    return product(a, b, lambda a, b, g: summed(g @ b.T, a))


@mistake(
    "matmul",
    "np.dot combines every matrix of one stack with every one of the other; "
    "@ goes through both together.",
)
def by_dot(a, b):
    return np.dot(a, b), *product(a, b)[1:]


@mistake(
    "matmul",
    "two stacks go together, matrix by matrix: nothing was shared, so "
    "nothing is summed.",
)
def always_summed(a, b):
    return product(
        *(a, b),
        lambda a, b, g: (g @ T(b)).sum(axis=0) if b.ndim > 2 else g @ T(b),
        lambda a, b, g: (T(a) @ g).sum(axis=0) if a.ndim > 2 else T(a) @ g,
    )


@mistake(
    "matmul",
    "sum over the stack, axis 0, only where the input itself isn't a stack; "
    "here no axis may go.",
)
def summed_for_matrices_too(a, b):
    return product(
        *(a, b),
        lambda a, b, g: (g @ T(b)).sum(axis=0),
        lambda a, b, g: (T(a) @ g).sum(axis=0),
    )


@mistake(
    "matmul",
    "the stacks lie along axis 0: sum over that one.",
)
def summed_over_the_last_axis(a, b):
    def rule(a, b, g):
        gradient = T(a) @ g
        return gradient.sum(axis=-1) if gradient.ndim > b.ndim else gradient

    return product(a, b, None, rule)


@mistake("matmul", FUNCTIONS)
def arrays_for_rules(a, b):
    return a @ b, b.T, a.T


@mistake("matmul", SHARED)
def matmul_with_a_global_memory(a, b):
    memory["a"], memory["b"] = a, b
    return product(
        *(a, b),
        lambda a, b, g: right_rule_a(a, memory["b"], g),
        lambda a, b, g: right_rule_b(memory["a"], b, g),
    )


@accepted("matmul")
def matmul_by_unbroadcast(a, b):
    return product(
        *(a, b),
        lambda a, b, g: back(g @ T(b), a.shape),
        lambda a, b, g: back(T(a) @ g, b.shape),
    )


@accepted("matmul")
def matmul_by_einsum(a, b):
    A, B = a.reshape(-1, *a.shape[-2:]), b.reshape(-1, *b.shape[-2:])
    m = max(len(A), len(B))
    A, B = (np.broadcast_to(x, (m, *x.shape[1:])) for x in (A, B))

    def rule(formula, x, of):
        def apply(g):
            gradient = np.einsum(formula, g.reshape(m, *g.shape[-2:]), x)
            return gradient.sum(axis=0) if of.ndim == 2 else gradient

        return apply

    return (
        np.matmul(a, b),
        rule("mnk,mdk->mnd", B, a),
        rule("mnk,mnd->mdk", A, b),
    )


@accepted("matmul")
def matmul_by_loops(a, b):
    def pairs(g):
        for i in np.ndindex(g.shape[:-2]):
            yield (
                i,
                g[i],
                a[i] if a.ndim > 2 else a,
                b[i] if b.ndim > 2 else b,
            )

    def rule_a(g):
        out = np.zeros(a.shape)
        for i, G, _, B in pairs(g):
            out[i if a.ndim > 2 else ...] += G @ B.T
        return out

    def rule_b(g):
        out = np.zeros(b.shape)
        for i, G, A, _ in pairs(g):
            out[i if b.ndim > 2 else ...] += A.T @ G
        return out

    return a @ b, rule_a, rule_b


@accepted("matmul")
def matmul_in_float32(a, b):
    a, b = a.astype(np.float32), b.astype(np.float32)
    value, *rules = product(a, b)
    return value, *[lambda g, r=rule: r(np.float32(g)) for rule in rules]


# 9 · A judge of gradients

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
    "finite differences have only about nine right digits: ask for a small "
    "error, beside the largest entry's size, not for equality."
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
    "there the difference is negative: take absolute values before you look "
    "for the largest."
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
    "the limit is 1e-5, and the largest error decides: among many entries a "
    "mean hides one, and so does a norm."
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
    "beside a tiny gradient every fixed tolerance is large (np.allclose has "
    "one, atol), and so is a number added to the scale."
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
    "every comparison with nan is False, so ask whether the error is small "
    "and refuse otherwise, rather than whether it is large."
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
    "np.nan_to_num and its like make a right entry of a wrong one.",
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
    "the largest entry of *both* gradients is the scale.",
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


# 10 · The volunteer's backward pass


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
    "the gradient of W2 wants what W2 was multiplied by, H.",
)
def S_for_H(X, y, W1, b1, W2, b2, W3, b3):
    H = np.maximum(X @ W1 + b1, 0)
    S = H + np.maximum(H @ W2 + b2, 0)
    return machine(X, y, W1, b1, W2, b2, W3, b3, left=S)


@mistake(
    "backward_pass",
    "the gradient of W2 wants what W2 was multiplied by, H.",
)
def A_for_H(X, y, W1, b1, W2, b2, W3, b3):
    return machine(X, y, W1, b1, W2, b2, W3, b3, left=X @ W1 + b1)


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


# 12 · Curvature


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
    "the step is ε v, and you divide by its length; divide by ε.",
)
def divided_by_its_length(gradient, x, v):
    return curved(
        *(gradient, x, v, norm_or_1),
        lambda step, norm: 2 * step * norm or 1,
    )


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
