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


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")


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
    for *place, right in places:
        found = check.call(by_hand, *place)
        if isinstance(found, np.ndarray) and found.shape == (4,):
            found = tuple(found)

        def advice():
            f, dx, dy, dz = found
            if f != right[0]:
                return "f is wrong already: begin with the forward pass."
            if dx != dy:
                return "f knows x and y by their sum only: their slopes agree."
            if dx == right[1]:
                return "what arrives at m goes to the maximum's winner, all."
            if dz == right[3]:
                return "what arrives at q? Count the roads that lead there."

        check.equal(found, right, "the result", lambda _: advice())


def z_wins(by_hand):
    slopes_by_hand(by_hand, (1.0, 2.0, 5.0, (15, 5, 5, 3)))


def q_wins(by_hand):
    slopes_by_hand(by_hand, (-2.0, 5.0, -4.0, (9, 6, 6, 0)))


def negative_numbers(by_hand):
    one, other = (-3.0, 1.0, -1.0), (-3.0, 1.0, -7.0)
    right = (2, -1, -1, -2), (4, -4, -4, 0)
    slopes_by_hand(by_hand, (*one, right[0]), (*other, right[1]))


def slopes_elsewhere(by_hand, seed):
    rng = np.random.default_rng(seed)
    for _ in range(20):
        x, y, z = (rng.normal(size=3).round(1) + [0, 0, 0.03]).tolist()
        q = x + y
        right = (q * q, 2 * q, 2 * q, 0) if q > z else (q * z, z, z, q)
        slopes_by_hand(by_hand, (x, y, z, right))
    slopes_by_hand(by_hand, (3, 1, 2, (16, 8, 8, 0)), (1, 1, 7, (14, 7, 7, 2)))


# 2 to 8 · Operations


def walk(operation, *inputs, g, gives, names="ab", advice=None):
    """Go forward through an operation, and back through its rules.

    Parameters: operation, the student's; inputs, its arguments; g, the
    incoming gradient; gives, the value, and what each rule makes of g;
    names, of the inputs that have rules; advice, a function of something
    wrong, and of whether it is the value, that returns a hint or ''.
    """
    advice = advice or (lambda *_: "")
    is_own_work(operation)
    names = names[: len(gives) - 1]
    value, *rules = _forward(operation, inputs, names)
    right, *rights = [np.asarray(x).tolist() for x in gives]  # of any dtype
    check.equal(value, right, "the value", lambda _: advice(value, True))
    gradients = []
    for name, rule, right in zip(names, rules, rights):
        given = np.copy(g)
        gradient = rule(given)
        check.that(
            np.array_equal(given, g),
            f"the rule for {name} changes the g that it is given.",
            "g *= b changes g, which others still need; g * b makes a new "
            "array.",
        )
        check.equal(
            *(gradient, right, f"the gradient of {name}"),
            lambda _: (
                advice(gradient, False)
                or _about_g(rule, g)
                or _about_shape(gradient, right)
            ),
        )
        gradients.append(gradient)
    _again(operation, inputs, value, rules, gradients, g)


def _about_g(rule, g):
    """Return a hint if a rule doesn't give twice as much for twice the g."""
    once, twice = np.asarray(rule(np.copy(g))), np.asarray(rule(2 * g))
    largest = np.abs(once).max()
    if not 0 < largest < np.inf:
        return ""
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


def _about_shape(gradient, right):
    if np.shape(gradient) != np.shape(right):
        return "a gradient has an entry for each entry of what it belongs to."
    return ""


def _forward(operation, inputs, names):
    found = check.call(operation, *inputs)
    rules = "a rule" if len(names) == 1 else "two rules"
    check.that(
        isinstance(found, (tuple, list)) and len(found) == 1 + len(names),
        f"the result isn't a value and {rules}.",
        "return the value and, after a comma each, the rules: functions of g.",
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
            "return the value and, after a comma each, the rules: functions "
            "of g, such as lambda g: ...",
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
        "a rule must not change what the forward pass has computed, as P *= "
        "... does.",
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


def walk_by_jacobian(operation, function, *inputs, seed):
    """Compare with finite differences of a function of the inputs."""
    value = np.asarray(function(*inputs))
    g = np.random.default_rng(seed).normal(size=value.shape)

    def gradient(i):
        def weighted(x):
            return np.sum(g * function(*inputs[:i], x, *inputs[i + 1 :]))

        return comparing.numeric_gradient(weighted, inputs[i])

    gradients = [gradient(i) for i in range(len(inputs))]
    walk(operation, *inputs, g=g, gives=(value, *gradients))


# 2 · Multiply


def product_of_two(multiply):
    a = np.array([[1.0, 2, 3], [-4, 0, 5]])
    b = np.array([[10.0, 20, 30], [40, 50, -60]])
    g = np.array([[1.0, 1, 2], [1, 3, 1]])
    value = np.array([[10.0, 40, 90], [-160, 0, -300]])
    grad_a = np.array([[10.0, 20, 60], [40, 150, -60]])
    grad_b = np.array([[1.0, 2, 6], [-4, 0, 5]])
    walk(multiply, a, b, g=g, gives=(value, grad_a, grad_b))


def product_with_itself(multiply):
    x, g = np.array([3.0, 0.0, -2.0]), np.array([1.0, 5.0, 10.0])
    right = np.array([9.0, 0, 4]), *[np.array([3.0, 0, -20])] * 2
    walk(multiply, x, x, g=g, gives=right)


def products_of_other_shapes(multiply, seed):
    rng = np.random.default_rng(seed)
    for shape in [(1,), (4,), (3, 3), (2, 1, 3), ()]:
        a, b, g = map(np.array, rng.normal(size=(3, *shape)))
        walk(multiply, a, b, g=g, gives=(a * b, g * b, g * a))


# 3 · Power


def raise_to(power, a, exponent, g, gives):
    def advice(found, is_value):
        if exponent == 0 and not is_value:
            return "a to the power 0 is 1, a constant, and its slope is 0."
        right = np.isclose(found, gives[not is_value])
        if right[a > 0].all() and (a > 0).any():
            return "it is right where a is positive: look at the others."

    walk(power, a, exponent, g=g, gives=gives, advice=advice)


def cubes(power):
    a, g = np.array([-2.0, 0.0, 3.0]), np.array([1.0, 10.0, 100.0])
    right = np.array([-8.0, 0, 27]), np.array([12.0, 0, 2700])
    raise_to(power, a, 3, g, right)


def first_power(power):
    a, g = np.array([-2.0, 0.0, 3.0]), np.array([1.0, 10.0, 100.0])
    raise_to(power, a, 1, g, (a, g))


def power_zero(power):
    a, g = np.array([-2.0, 0.0, 3.0]), np.array([1.0, 10.0, 100.0])
    raise_to(power, a, 0, g, (np.ones(3), np.zeros(3)))


def roots(power):
    a, g = np.array([4.0, 0.25]), np.array([4.0, 3.0])
    right = np.array([2.0, 0.5]), np.array([1.0, 3.0])
    raise_to(power, a, 0.5, g, right)


def reciprocals(power):
    a, g = np.array([-4.0, 0.25]), np.array([4.0, 3.0])
    raise_to(power, a, -1, g, (np.array([-0.25, 4]), np.array([-0.25, -48])))
    right = np.array([1 / 16, 16]), np.array([1 / 8, -384])
    raise_to(power, a, -2, g, right)


def other_powers(power, seed):
    rng = np.random.default_rng(seed)
    for exponent, low in [(2, -3), (1, -3), (5, -2), (-2, 0.5), (1.5, 0.5)]:
        a, g = rng.uniform(low, 3, (2, 3)), rng.normal(size=(2, 3))
        slopes = comparing.numeric_gradient(lambda x: (x**exponent).sum(), a)
        raise_to(power, a, exponent, g, (a**exponent, g * slopes))
    zeros, ones = np.zeros((2, 2)), np.ones((2, 2))
    raise_to(power, zeros, 0, 3 * ones, (ones, zeros))
    raise_to(power, zeros, 1, 3 * ones, (zeros, 3 * ones))
    raise_to(power, zeros, 2, 3 * ones, (zeros, zeros))
    raise_to(power, np.array(-3.0), 2, np.array(5.0), (9.0, -30.0))


# 4 · Tanh


def tanh_of_three(tanh):
    a, g = np.log([1, 3, 1 / 9]) / 2, np.array([1.0, 4.0, 100.0])
    right = np.array([0, 0.5, -0.8]), np.array([1.0, 3, 36])
    walk(tanh, a, g=g, gives=right)


def tanh_far_out(tanh):
    a, g = np.array([-800.0, 800.0]), np.array([3.0, 5.0])
    walk(tanh, a, g=g, gives=(np.array([-1.0, 1]), np.zeros(2)))


def tanh_of_a_matrix(tanh):
    a = np.log([[2, 3], [1, 5], [0.5, 3]])
    g = np.array([[25.0, -25], [4, 169], [0, 50]])
    value = np.array([[0.6, 0.8], [0, 12 / 13], [-0.6, 0.8]])
    gradient = np.array([[16.0, -9], [4, 25], [0, 18]])
    walk(tanh, a, g=g, gives=(value, gradient))


def tanh_of_other_shapes(tanh, seed):
    rng = np.random.default_rng(seed)
    for shape in [(), (5,), (1, 4), (2, 1, 3)]:
        a, g = map(np.array, rng.normal(size=(2, *shape)))
        value = 1 - 2 / (np.exp(2 * a) + 1)
        slope = 4 / (np.exp(a) + np.exp(-a)) ** 2
        walk(tanh, a, g=g, gives=(value, g * slope))
    a, g = np.array([[900.0, -1000, 0]]), np.array([[2.0, -3, 5]])
    right = np.array([[1.0, -1, 0]]), np.array([[0.0, 0, 5]])
    walk(tanh, a, g=g, gives=right)


# 5 · Softmax

EIGHTHS = np.array([[1, 2, 5], [3, 3, 2]]) / 8


def rows(softmax, scores, g, gives):
    right = {"names": ["scores"], "g": g, "gives": gives}

    def advice(found, is_value):
        sums = np.sum(found, axis=1)
        if not np.isfinite(sums).all():
            return ""
        if is_value and not np.allclose(sums, 1):
            return "the probabilities of each row must sum up to 1."
        if not is_value and not np.allclose(sums, 0):
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


# 6 · Inputs first


class Node:
    """A node of a graph that counts how often its edges are read."""

    reads, most = 0, 0

    def __init__(self, *inputs):
        self.pairs = [(x, None) for x in inputs]

    @property
    def edges(self):
        self.reads += 1
        if self.reads > self.most:
            check.that(
                False,
                f"the edges of one node are read {self.reads} times.",
                "you walk every road; go on from a node only when you meet "
                "it for the first time.",
            )
        return self.pairs


def inputs_first(ordered, **nodes):
    """Check ordered(the last node); nodes: all that are behind it."""
    is_own_work(ordered)
    names = {node: name for name, node in nodes.items()}
    root = list(names)[-1]
    edges = [list(node.pairs) for node in names]

    def call():
        for node in names:
            node.reads, node.most = 0, 5 + 2 * len(names)
        with _usual_depth():
            return check.call(ordered, root)

    first = call()
    _is_in_order(first, names)
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
        and not _too_early(second),
        "a second call for the same graph gives another list, or the very "
        "same one.",
        "begin anew in each call: keep what you have seen in a set made "
        "inside the function, and leave the nodes as they are.",
    )


def _is_in_order(found, names):
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
    missing = [name for node, name in names.items() if not times[node]]
    check.that(
        not missing,
        f"not in the list: {', '.join(missing[:3])}.",
        "all nodes belong into it: the leaves, which have no edges, and the "
        "root, too.",
    )
    twice = [name for node, name in names.items() if times[node] > 1]
    check.that(
        not twice,
        f"in the list more than once: {', '.join(twice[:3])}.",
        "a node with two users is met twice; remember whom you have seen.",
    )
    early = _too_early(found)
    check.that(
        not early or _too_early(found[::-1]),
        "each node comes before its inputs.",
        "that is the way of the gradients, users first; the list is to have "
        "the inputs first.",
    )
    node, late = [names[node] for node in early or (found[0], found[0])]
    check.that(
        not early,
        f"node {node} comes before its input {late}.",
        "a node may be put into the list only when all of its inputs are in "
        "it, along the longest road as well as the shortest.",
    )


def _too_early(nodes):
    """Return a node and an input that isn't before it, () if none is."""
    before = set()
    for node in nodes:
        for x, _ in node.pairs:
            if x not in before:
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


def lecture_graph(ordered):
    x, y, z = Node(), Node(), Node()
    q = Node(x, y)
    inputs_first(ordered, x=x, y=y, z=z, q=q, f=Node(q, z))


def two_roads(ordered):
    x = Node()
    a = Node(x)
    b = Node(a)
    inputs_first(ordered, x=x, a=a, b=b, f=Node(x, b))
    inputs_first(ordered, x=x, a=a, b=b, f=Node(b, x))


def chain(ordered, length):
    nodes = [Node()]
    for _ in range(1, length):
        nodes.append(Node(nodes[-1]))
    inputs_first(ordered, **_numbered(nodes))


def doublings(ordered, levels):
    nodes = [Node()]
    for _ in range(levels):
        nodes.append(Node(nodes[-1], nodes[-1]))
    inputs_first(ordered, **_numbered(nodes))


def ladder(ordered, length):
    """Like Fibonacci's numbers: each node uses the two before."""
    for turn in (1, -1):
        nodes = [Node(), Node()]
        for _ in range(2, length):
            nodes.append(Node(*nodes[-2:][::turn]))
        inputs_first(ordered, **_numbered(nodes))


def single_leaf(ordered):
    inputs_first(ordered, leaf=Node())


def many_users(ordered, number):
    x = Node()
    users = [Node(x) for _ in range(number)]
    inputs_first(ordered, **_numbered([x, *users, Node(*users, x)]))


def random_graphs(ordered, seed):
    rng = random.Random(seed)
    for size in (5, 20, 80, 80):
        nodes = [Node()]
        for _ in range(1, size):
            others = rng.choices(nodes, k=rng.randrange(3))
            nodes.append(Node(nodes[-1], *others))
            rng.shuffle(nodes[-1].pairs)
        inputs_first(ordered, **_numbered(nodes))


def _numbered(nodes):
    return {str(i): node for i, node in enumerate(nodes)}


# 7 · Broadcasting


def sums(unbroadcast, large, shape, gives):
    is_own_work(unbroadcast)

    def advice():
        if np.ndim(found) > len(shape):
            return "sum all axes away that `shape` doesn't have."
        if np.ndim(found) < len(shape):
            return "keep all axes that `shape` has, those of size 1, too."
        if np.shape(found) != shape:
            return "sum along the axes in which `shape` has a 1, and no other."
        if np.isclose(np.sum(found), np.sum(large)):
            return "the sums run along other axes than the repeated ones."
        return (
            "nothing may get lost, nor count twice: the sum over all entries "
            "stays what it was."
        )

    for _ in range(2):  # nothing may be kept from the first call
        found = check.call(unbroadcast, large, shape)
        check.equal(found, gives, "the result", lambda _: advice())


SIX = np.array([[1.0, 2, 3], [10, 20, 30]])


def back_to_a_bias(unbroadcast):
    sums(unbroadcast, SIX, (3,), [11, 22, 33])


def back_to_ones(unbroadcast):
    sums(unbroadcast, SIX, (2, 1), [[6], [60]])
    sums(unbroadcast, SIX, (1, 3), [[11, 22, 33]])


def back_to_a_number(unbroadcast):
    sums(unbroadcast, SIX, (), 66)


def back_to_itself(unbroadcast):
    sums(unbroadcast, SIX, (2, 3), SIX)


def back_both_ways(unbroadcast):
    large = np.stack([SIX, 100 * SIX, 1000 * SIX, 0 * SIX])
    sums(unbroadcast, large, (2, 1), [[6606], [66060]])


def back_from_five_axes(unbroadcast):
    large = np.arange(900.0).reshape(5, 5, 4, 3, 3) % 7
    right = np.einsum("abcde->bd", large).reshape(5, 1, 3, 1)
    sums(unbroadcast, large, (5, 1, 3, 1), right)


def back_from_other_shapes(unbroadcast, seed):
    rng = np.random.default_rng(seed)
    for shape, large in [
        *[((), (3,)), ((1,), (4,)), ((3,), (3, 3)), ((3, 1), (3, 3))],
        *[((1, 3), (2, 3)), ((1, 1), (1, 5)), ((2, 1, 1), (4, 2, 3, 1))],
        *[
            ((1, 4, 1), (3, 4, 2)),
            ((2,), (4, 3, 2)),
            ((1,), (1,)),
            ((2, 3), (2, 3)),
        ],
    ]:
        G = rng.normal(size=large)
        size = int(np.prod(shape))
        places = np.broadcast_to(np.arange(size).reshape(shape), large)
        right = np.bincount(places.ravel(), G.ravel(), size).reshape(shape)
        sums(unbroadcast, G, shape, right)


# 8 · The matrix product

A = np.array([[1.0, 2, 3], [0, 1, -1]])  # (2, 3)
B = np.array([[1.0, 0, 2, 0], [0, 1, 0, 1], [1, 0, 0, 1]])  # (3, 4)
G = np.array([[1.0, 0, 0, 2], [0, 10, 0, 0]])  # (2, 4)
AB = np.array([[4.0, 2, 2, 5], [-1, 1, 0, 0]])
GRAD_A = np.array([[1.0, 2, 3], [0, 10, 0]])
GRAD_B = np.array([[1.0, 0, 0, 2], [2, 10, 0, 4], [3, -10, 0, 6]])


def two_matrices(matmul):
    walk(matmul, A, B, g=G, gives=(AB, GRAD_A, GRAD_B))


def shared_weights(matmul):
    stack, g = np.stack([A, 10 * A]), np.stack([G, G])
    right = np.stack([AB, 10 * AB]), np.stack([GRAD_A, GRAD_A]), 11 * GRAD_B
    walk(matmul, stack, B, g=g, gives=right)


def shared_images(matmul):
    stack, g = np.stack([B, 10 * B]), np.stack([G, G])
    right = np.stack([AB, 10 * AB]), 11 * GRAD_A, np.stack([GRAD_B, GRAD_B])
    walk(matmul, A, stack, g=g, gives=right)


def two_stacks(matmul):
    a, b, g = np.stack([A, A]), np.stack([B, 10 * B]), np.stack([G, 2 * G])
    grads = np.stack([GRAD_A, 20 * GRAD_A]), np.stack([GRAD_B, 2 * GRAD_B])
    walk(matmul, a, b, g=g, gives=(np.stack([AB, 10 * AB]), *grads))


def square_matrices(matmul):
    a, b = np.array([[1.0, 2], [3, 4]]), np.array([[0.0, 1], [1, 1]])
    g = np.array([[1.0, 0], [0, 10]])
    grads = np.array([[0.0, 1], [10, 10]]), np.array([[1.0, 30], [2, 40]])
    walk(matmul, a, b, g=g, gives=(np.array([[2.0, 3], [4, 7]]), *grads))


def square_stacks(matmul):
    a, b = np.array([[1.0, 2], [3, 4]]), np.array([[0.0, 1], [1, 1]])
    g = np.array([[1.0, 0], [0, 10]])
    stacks = np.stack([a, 2 * a]), np.stack([b, -b]), np.stack([g, 3 * g])
    value = np.array([[2.0, 3], [4, 7]])
    grad_a, grad_b = (
        np.array([[0.0, 1], [10, 10]]),
        np.array([[1, 30], [2, 40]]),
    )
    right = np.stack([value, -2 * value]), np.stack([grad_a, -3 * grad_a])
    walk(
        matmul,
        *stacks[:2],
        g=stacks[2],
        gives=(*right, np.stack([grad_b, 6 * grad_b])),
    )


def products_of_other_matrices(matmul, seed):
    rng = np.random.default_rng(seed)
    for shape_a, shape_b in [
        *[((1, 3), (3, 1)), ((2, 2), (2, 2)), ((4, 1), (1, 3))],
        *[((2, 4, 3), (3, 2)), ((3, 3, 3), (3, 3)), ((1, 2, 3), (3, 4))],
        *[((2, 3), (4, 3, 2)), ((3, 3), (3, 3, 3)), ((2, 2), (1, 2, 5))],
        *[((2, 2, 3), (2, 3, 4)), ((3, 3, 3), (3, 3, 3))],
    ]:
        a, b = rng.normal(size=shape_a), rng.normal(size=shape_b)
        walk_by_jacobian(matmul, np.matmul, a, b, seed=seed)


# 9 · A judge of gradients


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
        "finite differences have only about nine right digits: ask for a "
        "small error, beside the largest entry's size, not for equality.",
    )
    large, small = (
        any(accepts((i, share)) for i in places) for share in (0.01, -0.01)
    )
    check.that(
        large == small,
        "a gradient with a single entry that is too "
        f"{'large' if large else 'small'} is accepted.",
        "there the difference is negative: take absolute values before you "
        "look for the largest.",
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
        not any(accepts((i, 1.3e-5)) for i in places),
        "a gradient is accepted, one entry of which is off by 1.3e-5 of the "
        "largest entry.",
        "the limit is 1e-5, and the largest error decides: among many "
        "entries a mean hides one, and so does a norm.",
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
        "compare the error with 1e-5 times the largest entry.",
    )
    check.that(
        accepts(1e-15, gradient),
        "a right gradient is refused when it is tiny.",
        "compare the error with 1e-5 times the largest entry.",
    )
    check.that(
        accepts(-1, gradient),
        "a right gradient is refused when its signs are turned round.",
        "the scale is the largest *absolute* value.",
    )
    check.that(
        not accepts(1e-15, 2 * gradient),
        "a gradient that is twice too large is accepted when it is tiny.",
        "beside a tiny gradient every fixed tolerance is large (np.allclose "
        "has one, atol), and so is a number added to the scale.",
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
        "every comparison with nan is False, so ask whether the error is "
        "small and refuse otherwise, rather than whether it is large.",
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
        "there the finite difference is not exactly 0, and beside 0 any "
        "error is large: compare with the largest entry of all, not with "
        "each entry by itself.",
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
        "the largest entry of *both* gradients is the scale.",
    )
    wrong = np.where(gradient, gradient, np.nan)
    check.that(
        x.size == 1 or not verdict(judge, bent, x, wrong),
        "a gradient with nan where 0 is right is accepted.",
        "np.nan_to_num and its like make a right entry of a wrong one.",
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
        )


def every_probe(judge, *case):
    right_and_wrong(judge, *case)
    large_and_small(judge, *case)
    no_gradients(judge, *case)


def zeros_in_a_matrix(judge):
    zeros(judge, np.linspace(0.7, 1.9, 6).reshape(2, 3))


def judge_float32(judge, seed=0):
    x = np.random.default_rng(seed).normal(size=5).astype(np.float32)
    check.that(
        verdict(judge, lambda x: (x.astype(float) ** 2).sum(), x, 2 * x),
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


# 10 · The volunteer's backward pass

NAMES = ["W1", "b1", "W2", "b2", "W3", "b3"]
ORDER = "return dW1, db1, dW2, db2, dW3, db3, in this order."
OWN_LINE = (
    "in this layer W or b is right. So what arrives there is right: the "
    "mistake is in the other's own line."
)
WHERE = {
    "3": "begin at the end of the network, where the walk back begins. What "
    "W3 and b3 get wrong, all the others inherit.",
    "2": "W3 and b3 are right, so what leaves the last layer is right. Look "
    "at the lines between S and W2.",
    "1": "W2 and b2 are right, so look at the lines between B and A. Draw "
    "the graph: who uses H? And a shape of (h, h) forgives a lot.",
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


# 12 · Curvature


def product_with_hessian(hessian_times, gradient, x, v, gives):
    is_own_work(hessian_times)
    for _ in range(2):
        check.call(hessian_times, gradient, x, np.array(v), gives=gives)


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
    for v in ([2e7, 0, 1e7], [0, 3e-7, 1e-7], [0.0, 0, 0]):
        gives = np.multiply(v, [3, 12, 0.75])
        product_with_hessian(hessian_times, lambda x: x**3, x, v, gives)


def curvature_that_changes_fast(hessian_times):
    x, v = np.zeros(2), [0.0, 2.0]

    def gradient(x):
        return np.exp(100 * x)

    product_with_hessian(hessian_times, gradient, x, v, [0.0, 200.0])


# Pictures


def learn_spirals(Tensor, operation, backward, *answers, num_steps=600):
    """Train a network on two spirals, with nothing but a student's answers.

    Parameters: the engine's Tensor, operation and backward; answers, those
    to exercises 2 to 8; num_steps.
    Returns: X, y, a function that predicts, and the losses.
    """
    *answers, ordered, unbroadcast, matmul = answers
    multiply, power, tanh, softmax = map(operation, answers)
    matmul = operation(matmul)

    @operation
    def add(a, b):
        rules = [lambda g, x=x: unbroadcast(g, x.shape) for x in (a, b)]
        return a + b, *rules

    @operation
    def total(a):
        return a.sum(), lambda g: np.full(a.shape, g)

    def probs_of(X, W1, b1, W2, b2, W3, b3):
        H = tanh(add(matmul(X, W1), b1))  # (n, 24)
        H = tanh(add(matmul(H, W2), b2))  # (n, 24)
        return softmax(add(matmul(H, W3), b3))  # (n, 2)

    X, y = _spirals()
    params, losses = [], []
    rng, one_n = np.random.default_rng(0), np.array(1 / len(X))
    for rows, columns, size in [(2, 24, 2), (24, 24, 0.3), (24, 2, 0.3)]:
        W = size * rng.normal(size=(rows, columns))
        params += [Tensor(W), Tensor(np.zeros(columns))]
    speeds = [0.0] * len(params)
    for _ in range(num_steps):
        misses = add(probs_of(X, *params), -np.eye(2)[y])
        loss = multiply(total(power(misses, 2)), one_n)
        for p in params:
            p.grad = 0.0
        backward(loss, order=ordered)
        speeds = [0.9 * v - 0.2 * p.grad for v, p in zip(speeds, params)]
        for p, v in zip(params, speeds):
            p.data = p.data + v
        losses.append(float(loss.data))
    return X, y, lambda X: probs_of(X, *params).data.argmax(axis=1), losses


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
