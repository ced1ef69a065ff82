"""What the answers of assignment a12 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong. The last part is Mara's
model, its text and its training.
"""

import functools
import tracemalloc
from pathlib import Path

import numpy as np

from utils import checking, comparing

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")
    built_in = {
        1: "is something of the example built in (4 symbols, 5 letters)? And "
        "is the model, alone, given anything but ids[:t]?",
        2: "is something of the example built in (5 symbols, 4 letters)? And "
        "what if there is only one letter, and no later one?",
        3: "is something of the example built in (d = 4, 5 keys), or an axis "
        "counted from the front? With texts or heads in front, the queries "
        "are axis -2, and the keys or columns axis -1.",
        4: "is something of the example built in (two texts, a window of 2, a "
        "T that is the longest length plus 1)?",
        5: "is something of the example built in (one text, two heads, d = 2, "
        "which is also the number of heads and d_in)? And is one head treated "
        "apart?",
        6: "is something of the example built in (one text, d = 4)? And is "
        "the first place of a text in the new cache, when the old one is "
        "empty?",
        7: "is something of the example built in (3 rows, 2 columns)? Each "
        "row of a part's own input is to be replaced, also the last one.",
        9: "is something of the example built in (2 queries, d = 4, 2 columns "
        "of values), or anything kept from the last call? And what if the "
        "first piece is empty?",
    }


READY_MADE = {
    *("torch", "keras", "tensorflow", "jax", "flax", "sklearn", "scipy"),
    *("numeric_gradient", "checks", "comparing", "checking"),
}


def is_own_work(function):
    """Make sure that a function uses nothing ready-made."""
    check.own_work(function, READY_MADE)


def with_lists(function):
    """Let a function return nested lists where an array is meant."""

    @functools.wraps(function)
    def returning_an_array(*arguments):
        found = function(*arguments)
        return np.array(found) if isinstance(found, list) else found

    return returning_an_array


def read(ids, num_symbols):
    """Return ids as an array; complain if no model could read them."""
    ids = np.asarray(ids)
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise ValueError(
            f"the model reads one row of whole numbers (t,), and was given "
            f"the shape {ids.shape}, {ids.dtype}"
        )
    if not len(ids):
        raise ValueError("the model was given no letters")
    if ids.min() < 0 or ids.max() >= num_symbols:
        raise ValueError(
            f"the model knows the symbols 0 to {num_symbols - 1}, and was "
            f"given {ids.max() if ids.min() >= 0 else ids.min()}"
        )
    return ids


# 1 · Two prices

HUGE = (
    "e to a large power is infinity, e to a very negative one is 0. Subtract "
    "each row's largest score first, and take the logarithm of the sum of the "
    "exponentials, not of p itself, which may be 0."
)


CAPPED = (
    "where p is too small for the computer, the price is tens of thousands of "
    "bits; with a small number added to p, a floor under it or clipped scores "
    "it stops at a few. Stay with logarithms: log p is the score, as it is, "
    "minus the logarithm of the sum of the exponentials."
)


def about_huge_scores(found):
    if not np.isfinite(found).all():
        return HUGE
    return CAPPED if max(found) < 1100 else ""


def as_pair(two_prices):
    """Let a function return an array where two numbers are meant."""

    @functools.wraps(two_prices)
    def returning_a_pair(*arguments):
        found = two_prices(*arguments)
        return tuple(found) if np.shape(found) == (2,) else found

    return returning_a_pair


def copycat(ids):
    """Expect the next letter; at the last place the present one again."""
    ids = read(ids, 4)
    scores = np.zeros((len(ids), 4))
    scores[np.arange(len(ids)), np.append(ids[1:], ids[-1])] = np.log(5)
    return scores


def about_the_copycat(found):
    together, alone = found
    if comparing.same(together, 1.2585236):
        return (
            "the first price is right. Alone, the four letters cost 3, 3, "
            "0.678 and 3 bits: print what yours cost, one by one. Of each "
            "answer only the last row is for the letter that comes next."
        )
    if comparing.same(alone, 2.4195179):
        return (
            "the second price is right. Together, the four letters cost "
            "0.678, 0.678, 0.678 and 3 bits: print yours."
        )
    return (
        "a letter that was expected costs -log2 5/8 = 0.678 bits, another "
        "one -log2 1/8 = 3: print what yours cost, one by one."
    )


def prices_of_the_copycat(two_prices):
    is_own_work(two_prices)
    expected, other = -np.log2(5 / 8), 3.0
    right = (3 * expected + other) / 4, (expected + 3 * other) / 4
    for _ in range(2):
        check.call(
            *(as_pair(two_prices), copycat, np.array([2, 0, 3, 3, 1])),
            gives=right,
            advise=about_the_copycat,
        )


def prices_of_huge_scores(two_prices, seed=0, T=5):
    is_own_work(two_prices)
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 4, T)
    for shift in 0, -200_000, 200_000:
        table = 20_000 * rng.normal(size=(4, 4)) + shift
        model = _peeking(table, 0.0)
        check.call(
            *(as_pair(two_prices), model, ids),
            gives=_prices(model, ids),
            advise=about_huge_scores,
        )


def prices_of_the_honest(two_prices, seed=5, T=7):
    is_own_work(two_prices)
    rng = np.random.default_rng(seed)
    table, ids = rng.normal(size=(6, 6)), rng.integers(0, 6, T)

    def model(ids):
        ids = read(ids, 6)
        return table[ids] + 0.5 * np.cumsum(np.eye(6)[ids], axis=0)

    check.call(
        *(as_pair(two_prices), model, ids),
        gives=_prices(model, ids),
        advise=lambda found: (
            ""
            if comparing.same(found[0], found[1])
            else "this model never looks ahead, so the two must be the same."
        ),
    )


def prices_of_two_letters(two_prices):
    is_own_work(two_prices)
    table = np.log([[2.0, 6.0], [5.0, 3.0]])
    for swapped in False, True:
        model = _peeking(table[::-1] if swapped else table, 0.0)
        price = -np.log2([6 / 8, 3 / 8][not swapped])
        check.call(
            as_pair(two_prices), model, np.array([1, 1]), gives=(price, price)
        )


def prices_of_random_models(two_prices, seed, T, num_symbols):
    is_own_work(two_prices)
    rng = np.random.default_rng(seed)
    for peek in 0.0, 3.0:
        ids = rng.integers(0, num_symbols, T)
        model = _peeking(rng.normal(size=(num_symbols, num_symbols)), peek)
        check.call(as_pair(two_prices), model, ids, gives=_prices(model, ids))


def _peeking(table, peek):
    """Return a model of which each place sees the one as far from the end."""

    def model(ids):
        ids = read(ids, len(table))
        return table[ids] + peek * np.eye(len(table))[ids[::-1]]

    return model


def _prices(model, ids):
    def bits(scores, target):
        return (np.logaddexp.reduce(scores) - scores[target]) / np.log(2)

    rows = model(ids[:-1])
    together = [bits(row, target) for row, target in zip(rows, ids[1:])]
    alone = [bits(model(ids[:t])[-1], ids[t]) for t in range(1, len(ids))]
    return np.mean(together), np.mean(alone)


# 2 · The table of leaks


def about_leaks(right):
    """Return what tells which entry is wrong, and in which way."""

    def advise(found):
        if found.dtype != bool:
            return "return booleans: what a comparison gives."
        i, j = map(int, np.argwhere(found != right)[0])
        if right[i, j]:
            return (
                f"when the letter at place {j} is replaced by each other "
                f"symbol, 0 to num_symbols - 1, does some score of row {i} "
                "move?"
            )
        if j <= i:
            return (
                f"place {j} isn't later than place {i}: on and below the "
                "diagonal all is False."
            )
        return f"no other symbol at place {j} moves row {i} by over 1e-9."

    return advise


def gossip(ids):
    """Place 0 sees the last letter and the next one, place 1 whether at
    place 2 is a 4."""
    ids = read(ids, 5)
    scores = np.eye(5)[np.roll(ids, 1)]
    scores[0, 2] += ids[1]
    scores[1, 3] += 7 * (ids[2] == 4)
    return scores


def _leaks(leaks, model, ids, num_symbols, right):
    check.call(
        *(with_lists(leaks), model, ids, num_symbols),
        gives=right,
        advise=about_leaks(right),
    )


def leaks_of_the_gossip(leaks):
    is_own_work(leaks)
    right = np.zeros((4, 4), dtype=bool)
    right[0, 1] = right[0, 3] = right[1, 2] = True
    ids = np.array([1, 3, 0, 2])
    for _ in range(2):
        _leaks(leaks, gossip, ids, 5, right)
    _leaks(leaks, lambda ids: np.eye(5)[read(ids, 5)], ids, 5, right & False)


def leaks_or_rounding(leaks):
    """Leaks upwards and downwards, each by one symbol, among rounding."""

    def model(ids):
        ids = read(ids, 4)
        scores = np.cumsum(np.eye(4)[ids], axis=0)
        scores[[1, 3]] += 1e-14 * np.sin(1 + ids.sum())
        scores[0, 1] += 1e-6 * (ids[1] == 2)
        scores[0, 2] -= 1e-6 * (ids[3] == 0)
        scores[1, 1] += 0.5 * (ids[4] == 0)
        scores[1, 3] += 3e-9 * (ids[2] == 1)
        scores[2] -= 0.5 * (ids[4] == 3)
        scores[3, 0] += 1.0 * (ids[4] == 2) - (ids[4] == 3)  # they cancel
        return scores

    is_own_work(leaks)
    right = np.zeros((5, 5), dtype=bool)
    right[0, 3] = right[0, 1] = right[1, 2] = True
    right[1:4, 4] = True
    _leaks(leaks, model, np.array([2, 1, 0, 3, 1]), 4, right)


def leaks_of_the_honest(leaks, seed=0, T=6):
    is_own_work(leaks)
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(4, 4))

    def model(ids):
        ids = read(ids, 4)
        places = np.arange(1, len(ids) + 1)[:, None]
        return table[ids] + np.cumsum(table[ids] ** 2, axis=0) / places

    right = np.zeros((T, T), dtype=bool)
    _leaks(leaks, model, rng.integers(0, 4, T), 4, right)


def leaks_of_one_letter(leaks):
    is_own_work(leaks)
    right = np.zeros((1, 1), dtype=bool)
    _leaks(leaks, copycat, np.array([3]), 4, right)


def leaks_of_a_random_model(leaks, seed, T, num_symbols):
    """Some pairs leak: by every symbol or by one, upwards, downwards, from
    one score to another or in all scores alike; and there is rounding."""
    is_own_work(leaks)
    rng = np.random.default_rng(seed)
    right = np.triu(rng.random((T, T)) < 0.4, k=1)
    right[0, -1] = True
    ids = rng.integers(0, num_symbols, T)
    column = rng.integers(0, num_symbols, (T, T))
    size = rng.choice([-2.0, -1e-5, 2e-9, 2.0], (T, T))
    other = (ids + rng.integers(1, num_symbols, (T, T))) % num_symbols
    always, shared, alike = rng.random((3, T, T)) < 0.4
    shared[0, -1] = True
    alike &= ~shared

    def model(given):
        given = read(given, num_symbols)
        scores = np.cumsum(np.eye(num_symbols)[given], axis=0)
        for i, j in np.argwhere(right):
            seen = (
                given[j] != ids[j]
                if always[i, j]
                else (given[j] == other[i, j])
            )
            moved = slice(None) if alike[i, j] else column[i, j]
            scores[i, moved] += size[i, j] * seen
            scores[i, column[i, j] - 1] -= size[i, j] * seen * shared[i, j]
        return scores + 1e-14 * np.sin(1 + given.sum())

    _leaks(leaks, model, ids, num_symbols, right)

    def cancelling(given):  # one symbol up, another one down
        given = read(given, num_symbols)
        scores, step = np.zeros((T, num_symbols)), given[-1] - ids[-1]
        scores[0, 0] = 1.0 * (step % num_symbols == 1)
        scores[0, 0] -= -step % num_symbols == 1
        return scores

    if num_symbols > 2:
        right = np.zeros((T, T), dtype=bool)
        right[0, -1] = True
        _leaks(leaks, cancelling, ids, num_symbols, right)


# 3 · Attention


def about_attention(right):
    """Return what tells whether output or weights are wrong."""

    def advise(found):
        if np.asarray(found[0]).dtype.kind in "iu":
            return (
                "the outputs are whole numbers. Has something been written "
                "into an array of Q's, K's or V's number type, the weights "
                "perhaps? Fractions are cut off there: make it of floats."
            )
        output, weights = (np.asarray(part, float) for part in found)
        if not np.isfinite(weights).all():
            return (
                "print the scores, their exponentials and the sums of these: "
                "which row holds inf or nan first?"
            )
        if comparing.same(weights, right[1]):
            return "the weights are right, the outputs are weights @ V."
        hidden = (right[1] == 0) & (weights != 0)
        if hidden.any():
            place = np.argwhere(hidden)[0].tolist()
            return (
                f"the weight at {place} must be 0. Each query has its own row "
                "of `allowed`; each text and head, where there are several, "
                "its own table."
            )
        sums, wanted = weights.sum(axis=-1), right[1].sum(axis=-1)
        if not comparing.same(sums, wanted):
            place = np.argwhere(np.abs(sums - wanted) > 1e-6)[0].tolist()
            return (
                f"the weights of row {place} sum to {sums[tuple(place)]:.4g}."
            )
        return "each row sums to what it must. Print the scores."

    return advise


def _attention(attention, Q, K, V, allowed, right):
    check.call(
        *(attention, Q, K, V, allowed),
        gives=right,
        advise=about_attention(right),
    )


K_FIVE = np.zeros((5, 4))
K_FIVE[:, 0] = np.log([1, 2, 1, 6, 1])
K_FIVE[:, 1] = np.log([1, 4, 3, 1, 2])
V_FIVE = np.array([[8, 0], [4, 2], [10, -10], [30, 0], [12, 4]])


def attention_of_three(attention):
    is_own_work(attention)
    Q = np.array([[2, 0, 0, 0], [0, 2, 0, 0], [2, 2, 2, 2]])
    allowed = np.array([[1, 1, 0, 0, 1], [0, 1, 1, 1, 1], [0] * 5]) > 0
    weights = np.array(
        [[0.25, 0.5, 0, 0, 0.25], [0, 0.4, 0.3, 0.1, 0.2], [0] * 5]
    )
    right = np.array([[7, 2], [10, -1.4], [0, 0]]), weights
    for _ in range(2):
        _attention(attention, Q, K_FIVE, V_FIVE, allowed, right)


def attention_of_huge_scores(attention, size=1e5):
    is_own_work(attention)
    Q = size * np.array([[1.0, 1, 0, 0], [-1, 0, 0, 0]])
    K = np.array([[1.0, 1, 0, 0], [2, 0, 0, 0], [1, 0, 5, 0]])
    V = np.array([[1.0, 2], [5, 8], [-3, 4]])
    weights = np.array([[0.5, 0.5, 0], [0.5, 0, 0.5]])
    right = np.array([[3.0, 5], [-1, 3]]), weights
    _attention(attention, Q, K, V, np.ones((2, 3), dtype=bool), right)


def attention_of_a_batch(attention, seed=0, shape=(2, 3), T=4, S=5):
    is_own_work(attention)
    rng = np.random.default_rng(seed)
    Q, K, V = (
        rng.normal(size=(*shape, *rest)) for rest in ((T, 6), (S, 6), (S, 2))
    )
    allowed = rng.random((*shape, T, S)) < 0.6
    allowed[..., 0, :] = np.arange(S) == 1
    allowed[..., T // 2, :] = False
    for table in allowed, allowed[(0,) * len(shape)]:  # of each, of the first
        _attention(attention, Q, K, V, table, _by_loops(Q, K, V, table))


def attention_of_the_past(attention, seed=9, T=4):
    """Whole numbers, and one table for all texts."""
    is_own_work(attention)
    rng = np.random.default_rng(seed)
    Q, K, V = (rng.integers(-2, 4, (2, T, d)) for d in (5, 5, 3))
    allowed = np.tri(T, dtype=bool)
    _attention(attention, Q, K, V, allowed, _by_loops(Q, K, V, allowed))


def attention_beside_the_hidden(attention):
    is_own_work(attention)
    Q = np.array([[1e5, 0, 0, 0], [0, 2.0, 0, 0]])
    K = np.array([[9.0, 8e4, 0, 0], [-2, np.log(3), 0, 0], [-2, 0, 0, 0]])
    V = np.array([[100.0], [8], [4]])
    allowed = np.array([[False, True, True]] * 2)
    right = (
        np.array([[6.0], [7.0]]),
        np.array([[0, 0.5, 0.5], [0, 0.75, 0.25]]),
    )
    _attention(attention, Q, K, V, allowed, right)


def _by_loops(Q, K, V, allowed):
    """Return outputs and weights, one query after the other."""
    weights = np.zeros((*Q.shape[:-1], K.shape[-2]))
    allowed = np.broadcast_to(allowed, weights.shape)
    output = np.zeros((*Q.shape[:-1], V.shape[-1]))
    for place in np.ndindex(Q.shape[:-1]):
        keys, values = K[place[:-1]], V[place[:-1]]
        seen = np.flatnonzero(allowed[place])
        if len(seen):
            scores = keys[seen] @ Q[place] / Q.shape[-1] ** 0.5
            probs = np.exp(scores - np.logaddexp.reduce(scores))
            weights[(*place, seen)] = probs
            output[place] = probs @ values[seen]
    return output, weights


# 4 · Who may look at whom


def about_masks(right):
    """Return what tells which entry is wrong, and in which way."""

    def advise(found):
        if found.dtype != bool:
            return "return booleans: what a comparison gives."
        if sorted(found.tolist()) == sorted(right.tolist()):
            return "the tables are right, but not in the order of the texts."
        b, i, j = map(int, np.argwhere(found != right)[0])
        told = f"text {b}, query {i}, key {j}: "
        if right[b, i, j]:
            return told + "all three rules allow it."
        return told + (
            "one of the three rules forbids it. Which? (A text may be empty, "
            "or full.)"
        )

    return advise


def _mask(may_look, lengths, T, window, right):
    check.call(
        *(with_lists(may_look), np.array(lengths), T, window),
        gives=right,
        advise=about_masks(right),
    )


def mask_of_two_texts(may_look):
    is_own_work(may_look)
    right = np.zeros((2, 5, 5), dtype=bool)
    right[0, :4, :4] = np.eye(4) + np.eye(4, k=-1)
    right[1, 0, 0] = True
    for _ in range(2):
        _mask(may_look, [4, 1], 5, 2, right)


def mask_of_other_windows(may_look):
    is_own_work(may_look)
    right = np.zeros((1, 5, 5), dtype=bool)
    right[0, :4, :4] = np.eye(4)
    _mask(may_look, [4], 5, 1, right)
    right[0, :4, :4] = np.tri(4)
    _mask(may_look, [4], 5, 9, right)
    _mask(may_look, [5], 5, 9, np.tri(5)[None] > 0)


def mask_of_an_empty_text(may_look):
    is_own_work(may_look)
    right = np.zeros((3, 3, 3), dtype=bool)
    right[1] = np.tri(3)
    right[1, 2, 0] = False
    right[2, 0, 0] = right[2, 1, 0] = right[2, 1, 1] = True
    _mask(may_look, [0, 3, 2], 3, 2, right)


def mask_of_many_texts(may_look, lengths, T, window):
    is_own_work(may_look)
    right = np.zeros((len(lengths), T, T), dtype=bool)
    for b, length in enumerate(lengths):
        for i in range(length):
            right[b, i, max(0, i - window + 1) : i + 1] = True
    _mask(may_look, lengths, T, window, right)
    _mask(may_look, lengths[::-1], T, window, right[::-1])


# 5 · Heads


def adding_up(Q, K, V):
    """Each query adds up the past, weighted by q · k."""
    return np.tril(Q @ np.swapaxes(K, -1, -2)) @ V


def heads_of_one_text(multi_head):
    is_own_work(multi_head)
    X = np.array([[[1, 0], [0, 2], [2, 1]]])
    W_Q = np.array([[1, 0, 2, 1], [0, 1, 1, 0]])
    W_K = np.array([[1, 2, 0, 1], [1, 0, 1, -1]])
    W_V = np.array([[1, 2, 0, 1, -1, 3], [0, 1, 1, 2, 1, 0]])
    W_O = np.array([[1], [0], [2], [3], [-1], [1]])
    arguments = X, W_Q, W_K, W_V, W_O, 2, adding_up
    right = _heads(*arguments).tolist()
    for _ in range(2):
        _multi_head(multi_head, arguments, right, lambda found: "")


def heads_of_a_batch(multi_head, seed=4, n=3, T=4, num_heads=2):
    is_own_work(multi_head)
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, T, 5))
    W_Q, W_K = rng.normal(size=(2, 5, 2 * num_heads))
    W_V = rng.normal(size=(5, 3 * num_heads))
    W_O = rng.normal(size=(3 * num_heads, 4))
    for attend in _soft, adding_up:
        arguments = X, W_Q, W_K, W_V, W_O, num_heads, attend
        right = _heads(*arguments)
        _multi_head(multi_head, arguments, right, about_heads(right))


def heads_of_whole_numbers(multi_head, seed=11):
    is_own_work(multi_head)
    rng = np.random.default_rng(seed)
    shapes = (2, 3, 4), (4, 6), (4, 6), (4, 4), (4, 3)
    arguments = *(rng.integers(-3, 4, shape) for shape in shapes), 2, _soft
    right = _heads(*arguments)
    _multi_head(multi_head, arguments, right, about_heads(right))


def _multi_head(multi_head, arguments, right, advise):
    """Call the function, and note whether it calls attend."""
    *others, attend = arguments
    called = []

    def noted(Q, K, V):
        called.append(True)
        return attend(Q, K, V)

    check.call(
        *(multi_head, *others, noted),
        gives=right,
        advise=lambda found: advise(found) if called else NOT_CALLED,
    )


NOT_CALLED = "attend isn't called: how a head looks is its business."


def about_heads(right):
    """Return what tells how much of the result is right."""

    def advise(found):
        if found.dtype.kind in "iu":
            return (
                "what attend finds was written into an array of whole "
                "numbers, since the values are whole: fractions are cut off."
            )
        for b in range(len(right)):
            if comparing.same(found[b], right[b]):
                return f"text {b} is right, and others aren't."
        if comparing.same(found[:, 0], right[:, 0]):
            return (
                "place 0 of each text is right, and later ones aren't. How "
                "many heads are there, and how many columns has each: of "
                "queries and keys d, of values m?"
            )
        return (
            "take the heads one by one: what are head 0's queries, (n, T, d), "
            "and which rows of W_O belong to it?"
        )

    return advise


def _soft(Q, K, V):
    """Look at the present and the past, with softmax."""
    scores = Q @ np.swapaxes(K, -1, -2) / Q.shape[-1] ** 0.5
    T = scores.shape[-1]
    scores = np.where(np.tri(T, dtype=bool), scores, -np.inf)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True) @ V


def _heads(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    """Add up what each head of each text contributes."""
    d, m = W_Q.shape[1] // num_heads, W_V.shape[1] // num_heads
    found = []
    for text in X:
        total = 0
        for h in range(num_heads):
            queries, values = slice(h * d, h * d + d), slice(h * m, h * m + m)
            looked_up = attend(
                text @ W_Q[:, queries],
                text @ W_K[:, queries],
                text @ W_V[:, values],
            )
            total = total + looked_up @ W_O[values]
        found.append(total)
    return np.array(found)


# 6 · One letter more


def _stepped(step, x, cache, *rest, gives, what=""):
    """Make a step; compare the form, the output and the cache."""
    found = check.call(step, x, cache, *rest)
    check.that(
        isinstance(found, (tuple, list)) and len(found) == 2,
        "the function doesn't return two things, the outputs and the cache.",
        "the new cache is one of the two, a pair: return output, (K, V).",
    )
    output, after = found
    check.that(
        isinstance(after, (tuple, list)) and len(after) == 2,
        "the second of the two that are returned isn't a pair, keys and "
        "values.",
    )
    for name, pair in zip(("keys", "values"), zip(after, gives[1:])):
        what_of = f"the new cache of {name}{what}"
        check.equal(*pair, what_of, about_caches(pair[1]))
    advise = about_outputs(gives[0])
    check.equal(output, gives[0], f"the output{what}", advise)
    return tuple(after)


def about_caches(right):
    """Return what tells whether numbers or places are wrong."""

    def advise(found):
        if found.dtype.kind in "iu":
            return (
                "the array is one of whole numbers, and what the cache holds "
                "may be fractions: they are cut off."
            )
        if comparing.same(found[:, ::-1], right):
            return "the places are right, but the oldest is to come first."
        if not np.isclose(found, right).any():
            return (
                "keys and values go into the cache as x @ W_K and x @ W_V "
                "give them, and stay as they are: scale the scores. Their "
                "order is: the oldest place first, the new one last."
            )
        return (
            "the latest places are kept, the oldest of them first, the new "
            "one last."
        )

    return advise


def about_outputs(right):
    """Return what tells whether it is right for one text."""

    def advise(found):
        told = "the new cache is right. "
        if len(right) > 1 and comparing.same(found[0], right[0]):
            return told + (
                "Text 0's output is, too, and others aren't: does each text "
                "look at its own keys and values, and at all that are kept?"
            )
        if len(right) > 1:
            told += "Does each text look at its own keys and values alone? "
        return told + (
            "Print the scores of its places, divided by the root of d, and "
            "the weights: do those of each text sum to 1?"
        )

    return advise


def step_with_a_cache(step):
    is_own_work(step)
    K = np.zeros((1, 2, 4))
    K[0, :, 0] = np.log([2, 6])
    V = np.array([[[6.0, 0, 24], [4, 8, -2]]])
    x = np.array([[1.0, 2.0]])
    W_Q = np.array([[2, 0, 0, 0], [0, 0, 0, 0]])
    W_K = np.array([[0, 0, 0, 0], [np.log(2), 0, 0, 0]])
    W_V = np.array([[1, 0, 2], [1, -3, 2]])
    keys = np.concatenate([K, [[[np.log(4), 0, 0, 0]]]], axis=1)
    values = np.concatenate([V, [[[3.0, -6, 6]]]], axis=1)
    for window, output in (3, [4.0, 2, 5]), (2, [3.6, 2.4, 1.2]):
        for _ in range(2):
            _stepped(
                *(step, x, (K, V), W_Q, W_K, W_V, window),
                gives=(
                    np.array([output]),
                    keys[:, -window:],
                    values[:, -window:],
                ),
                what=f" with the window {window}",
            )


def step_of_whole_numbers(step):
    """What is new is whole, and what the cache holds isn't."""
    x, K = np.array([[1, 2]]), np.array([[[0.5, 0.25]]])
    V, W_Q = np.array([[[0.5, 1.5]]]), np.array([[2, 0], [0, 0]])
    W_K, W_V = np.array([[1, 0], [0, 1]]), np.array([[1, 3], [2, -1]])
    keys, values = np.array([[[0.5, 0.25], [1, 2]]]), [[[0.5, 1.5], [5, 1]]]
    everything = np.ones((1, 2), dtype=bool)
    values = np.array(values)
    output, _ = _by_loops(np.array([[[2, 0]]]), keys, values, everything)
    _stepped(
        *(step, x, (K, V), W_Q, W_K, W_V, 2),
        gives=(output[:, 0], keys, values),
    )


def step_from_nothing(step):
    is_own_work(step)
    rng = np.random.default_rng(3)
    x, W_Q, W_K, W_V = _weights(rng, n=3, T=1)
    cache = np.zeros((3, 0, 2)), np.zeros((3, 0, 5))
    right = x[:, 0] @ W_V
    for window in 2, 1:
        _stepped(
            *(step, x[:, 0], cache, W_Q, W_K, W_V, window),
            gives=(right, x @ W_K, right[:, None]),
        )


def _weights(rng, n, T):
    """Return X (n, T, 3), W_Q and W_K (3, 2), W_V (3, 5), whole numbers."""
    return (
        rng.normal(size=(n, T, 3)),
        *(2 * rng.normal(size=(2, 3, 2))),
        rng.integers(-3, 4, (3, 5)),
    )


def steps_equal_the_whole(step, seed=0, n=3, T=5, window=3):
    is_own_work(step)
    X, W_Q, W_K, W_V = _weights(np.random.default_rng(seed), n, T)
    Q, K, V = X @ W_Q, X @ W_K, X @ W_V
    back = np.arange(T)[:, None] - np.arange(T)
    allowed = (back >= 0) & (back < window)
    whole, _ = _by_loops(Q, K, V, allowed)
    cache = np.zeros((n, 0, 2)), np.zeros((n, 0, 5))
    for t in range(T):
        kept = slice(max(0, t + 1 - window), t + 1)
        cache = _stepped(
            *(step, X[:, t], cache, W_Q, W_K, W_V, window),
            gives=(whole[:, t], K[:, kept], V[:, kept]),
            what=f" of step {t}",
        )


def steps_from_one_cache(step, seed=6, n=2):
    """Go on from one cache, full and not, with two different letters."""
    is_own_work(step)
    step_of_whole_numbers(step)
    rng = np.random.default_rng(seed)
    X, W_Q, W_K, W_V = _weights(rng, n, 5)
    Q, K, V = X @ W_Q, X @ W_K, X @ W_V
    for window in 3, 4:
        cache = K[:, :3], V[:, :3]
        for t in 3, 4:
            places = [0, 1, 2, t][-window:]
            everything = np.ones((1, window), dtype=bool)
            output, _ = _by_loops(
                Q[:, t : t + 1], K[:, places], V[:, places], everything
            )
            _stepped(
                *(step, X[:, t], cache, W_Q, W_K, W_V, window),
                gives=(output[:, 0], K[:, places], V[:, places]),
                what=f" with the window {window}",
            )


# 7 · The culprits


def _culprits(culprits, parts, X, right):
    """Call the function and compare the names; each part but the last must
    have met what the honest chain gives it."""
    noted, met = _noted(parts, X)
    found = check.call(culprits, noted, X)
    if isinstance(found, np.ndarray):
        found = found.tolist()
    check.that(
        isinstance(found, (list, tuple)),
        f"the result is a {type(found).__name__}, not a list of names.",
    )
    check.that(
        all(isinstance(name, str) and name in parts for name in found),
        f"the result holds {list(found)}, not names of parts alone.",
    )
    for name in parts:
        check.that(
            name not in found or name in right,
            f"{name!r} is named, but no row of its output depends on a later "
            "row of its input.",
        )
        check.that(
            name not in right or name in found,
            f"{name!r} isn't named, but {WHY.get(name)}.",
        )
    check.that(
        list(found) == right,
        f"the names are {list(found)}: each once, in the order of the chain.",
    )
    *before_the_last, _ = parts
    for name in before_the_last:
        check.that(
            name in met,
            f"{name!r} never got what the honest chain gives it.",
            "the output of one part is the input of the next one: X = part(X) "
            "at the end of the loop, with X as it was.",
        )


def _noted(parts, X):
    """Return parts which note in a set that they met their honest input, and
    the set."""
    met, noted = set(), {}
    for name, part in parts.items():

        def noting(given, name=name, part=part, honest=X):
            if name not in met and comparing.same(given, honest):
                met.add(name)
            return part(given)

        noted[name], X = noting, part(X)
    return noted, met


def _pairs(X):
    """Rows 0 and 1 (or 1 and 2), and so on, take each other's mean; the last
    one stays alone."""
    Y = X.copy()
    for i in range((len(X) + 1) % 2, len(X) - 1, 2):
        Y[i : i + 2] = X[i : i + 2].mean(axis=0)
    return Y


def _widened(X):
    W = np.random.default_rng(X.shape[1]).normal(size=(X.shape[1], 4))
    return np.concatenate([X, np.maximum(X @ W, 0)], axis=1)


def _normed(X, axis=1):
    return (X - X.mean(axis, keepdims=True)) / (X.std(axis)[..., None] + 0.1)


def _neighbours(X):
    """The mean of a row and those beside it."""
    near = np.abs(np.arange(len(X))[:, None] - np.arange(len(X))) <= 1
    return near @ X / near.sum(axis=1, keepdims=True)


def _past(X):
    return np.cumsum(X, axis=0) / np.arange(1, len(X) + 1)[:, None]


def _larger(X):
    """Note in which columns the next row has the larger number."""
    after = np.append(X[1:], X[-1:], axis=0)
    return np.concatenate([X, after > X], axis=1)


PARTS = {
    "turn": lambda X: np.roll(X, 1, axis=0),
    "beside": _neighbours,
    "layer norm": _normed,
    "past": _past,
    "centre": lambda X: X - X.mean(axis=0),
    "widen": _widened,
    "pairs": _pairs,
    "ahead": lambda X: _normed(np.roll(X, -1, axis=0)),
    "almost honest": lambda X: X + 1e-14 * np.sin(1 + X.sum()),
    "larger": _larger,
    "mirror": lambda X: X[::-1],
    "faint": lambda X: X + 9 + 1e-7 * np.roll(X, -1, axis=0),
}
WHY = {
    "turn": "its row 0 depends on the last row of its input",
    "beside": "each of its rows depends on the next one of its input",
    "centre": "all its rows depend on all rows of its input",
    "pairs": "some of its rows depend on the next one of its input, though "
    "none on the last",
    "ahead": "each of its rows depends on the next one of its input",
    "larger": "each of its rows notes by 1 or 0 whether the next one of its "
    "input is larger",
    "mirror": "it turns the order of the rows round, by a view, X[::-1]",
    "faint": "each of its rows depends on the next one of its input, by a "
    "ten-millionth",
    "neighbour": "its row 0 depends on the last row of its input",
    "head near": "its rows depend on the next two of its input",
}
LEAKING = {"turn", "beside", "centre", "pairs", "ahead"}
LEAKING |= {"larger", "mirror", "faint"}


def culprits_of_four(culprits):
    is_own_work(culprits)
    parts = {
        "double": lambda X: 2 * X,
        "turn": lambda X: np.roll(X, 1, axis=0),
        "sum": lambda X: np.cumsum(X, axis=0),
        "centre": lambda X: X - X.mean(axis=0),
    }
    X = np.array([[1.0, 0.0], [2.0, 5.0], [4.0, 1.0]])
    for _ in range(2):
        _culprits(culprits, parts, X, ["turn", "centre"])


def nobody_is_to_blame(culprits):
    is_own_work(culprits)
    names = "widen", "past", "almost honest", "layer norm"
    parts = {name: PARTS[name] for name in names}
    X = np.random.default_rng(8).normal(size=(5, 2))
    _culprits(culprits, parts, X, [])


def culprits_of_many(
    culprits, seed=0, T=7, order=(2, 6, 1, 3, 7, 10, 9, 11, 5)
):
    is_own_work(culprits)
    parts = {list(PARTS)[i]: list(PARTS.values())[i] for i in order}
    X = np.random.default_rng(seed).normal(size=(T, 3))
    right = [name for name in parts if name in LEAKING]
    _culprits(culprits, parts, X, right)
    X[1:] = 0
    _culprits(culprits, {"beside": _neighbours}, X, ["beside"])
    _culprits(culprits, {"beside": _neighbours}, X[:2], ["beside"])
    _culprits(culprits, {"pairs": _pairs}, X[:4], ["pairs"])
    _culprits(culprits, {"past": _past}, X, [])


def culprits_of_the_model(culprits):
    is_own_work(culprits)
    X = np.eye(len(LETTERS))[dice_text(6, seed=1)[:20]]
    _culprits(culprits, chain(), X, ["neighbour", "head near"])


# 9 · Piece by piece


def _in_pieces(in_pieces, Q, pieces, gives):
    """Call the function with copies of the pieces, which must stay."""
    pieces = tuple(pieces)
    given = comparing.copied(pieces)
    check.call(in_pieces, Q, iter(given), gives=gives)
    check.that(
        comparing.same(given, pieces),
        "the function changes a piece that it is given.",
        "K /= 2 writes into the array of whoever gave it: write K / 2, or "
        "divide the scores.",
    )


def three_pieces(in_pieces):
    is_own_work(in_pieces)
    Q = np.array([[2, 0, 0, 0], [0, 2, 0, 0]])
    cuts = slice(0, 2), slice(2, 2), slice(2, 5)
    right = [[218 / 11, -2 / 11], [108 / 11, -14 / 11]]
    for _ in range(2):
        pieces = ((K_FIVE[cut], V_FIVE[cut]) for cut in cuts)
        _in_pieces(in_pieces, Q, pieces, gives=np.array(right))


def huge_pieces(in_pieces, size=1e5):
    is_own_work(in_pieces)
    keys = size * np.array([[[1.0]], [[3.0]], [[2.0]]])
    values = np.array([[[1.0, 6]], [[2.0, 5]], [[3.0, 4]]])
    right = np.array([[2.0, 5], [1.0, 6], [2.0, 5], [2.0, 5]])
    Q = np.array([[1.0], [-1], [7], [0]])
    _in_pieces(in_pieces, Q, zip(keys, values), gives=right)


def random_pieces(in_pieces, seed, T, sizes, scale=1):
    is_own_work(in_pieces)
    rng = np.random.default_rng(seed)
    Q = scale * rng.normal(size=(T, 3))
    K, V = _of_random(rng, sum(sizes), 3, 2)
    K[: sizes[0]] = 0  # such a piece isn't empty
    everything = np.ones((T, sum(sizes)), dtype=bool)
    cuts = np.cumsum(sizes)[:-1]
    pieces = zip(np.split(K, cuts), np.split(V, cuts))
    right, _ = _by_loops(Q, K, V, everything)
    _in_pieces(in_pieces, Q, pieces, gives=right)


def _of_random(rng, size, d, m):
    return 3 * rng.normal(size=(size, d)), rng.normal(size=(size, m))


def pieces_need_little_memory(in_pieces, number=100, size=24):
    is_own_work(in_pieces)
    Q = np.random.default_rng(0).normal(size=(10, 3))

    def pieces(seed=1):
        rng = np.random.default_rng(seed)
        return (_of_random(rng, size, 3, 5) for _ in range(number))

    K, V = (np.concatenate(parts) for parts in zip(*pieces()))
    scores = Q @ K.T / np.sqrt(3)
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    right = exps @ V / exps.sum(axis=1, keepdims=True)
    tracemalloc.start()
    try:
        found = check.call(in_pieces, Q, pieces())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    check.equal(found, right)
    check.that(
        peak < 60_000,
        "your function takes memory that grows with the number of pieces.",
        "keep no piece and no weights: three arrays are all that goes on "
        "from piece to piece.",
    )


# Mara's model

WORDS = "fog gale calm rain wind north south tide swell squall buoy haze"
WORDS = WORDS.split()
LETTERS = sorted({*"".join(WORDS), " "})
SIZE = len(LETTERS)
LENGTH = 40  # letters that the model reads
DICE = np.log2(len(WORDS)) / np.mean([len(word) + 1 for word in WORDS])
BOTH = "together", "alone"


def dice_text(num_words, seed):
    """Return the ids of words that were drawn one by one, with spaces."""
    drawn = np.random.default_rng(seed).choice(WORDS, num_words)
    return np.array([LETTERS.index(x) for x in " ".join(drawn)])


def dice_pieces(n, seed, length=LENGTH):
    """Return the ids (n, length) of pieces that begin with a space."""
    space, letters = [LETTERS.index(" ")], slice(length - 1)
    return np.array(
        [[*space, *dice_text(length, (seed, i))[letters]] for i in range(n)]
    )


def chain(mended=()):
    """Return the parts {name: function} before the readout."""

    def neighbour(X):
        before = np.roll(X, 1, axis=0)
        if "neighbour" in mended:
            before[0] = 0
        return np.concatenate([X, before], axis=1)

    def head_near(X):
        back = np.arange(len(X))[:, None] - np.arange(len(X))
        seen = np.abs(back) <= 2
        if "head near" in mended:
            seen &= back >= 0
        weights = np.exp(-np.abs(back)) * seen
        weights /= weights.sum(axis=1, keepdims=True)
        return np.concatenate([X, weights @ X[:, :SIZE]], axis=1)

    def head_far(X):
        far = np.eye(len(X), k=-3)
        return np.concatenate([X, far @ X[:, :SIZE]], axis=1)

    def norm(X):
        X = X - X.mean(axis=1, keepdims=True)
        return X / np.sqrt(X.var(axis=1, keepdims=True) + 1e-5)

    def mlp(X):
        W = np.random.default_rng(1).normal(size=(4 * SIZE, 100)) / 4
        return np.concatenate([X, np.maximum(X @ W - 1, 0)], axis=1)

    return {
        "neighbour": neighbour,
        "head near": head_near,
        "head far": head_far,
        "norm": norm,
        "mlp": mlp,
        "norm 2": norm,
        "readout": lambda X: X @ np.eye(X.shape[1], SIZE),
    }


@functools.cache
def trained(mended=()):
    """Train the model; return it, a function with its `parts`, and the bits
    per letter at each step."""
    from scipy.optimize import minimize

    parts = chain(mended)
    features = list(parts.values())[:-1]
    pieces = dice_pieces(120, 0, LENGTH + 1)
    F = np.concatenate(
        [
            functools.reduce(lambda X, f: f(X), features, np.eye(SIZE)[piece])
            for piece in pieces[:, :-1]
        ]
    )
    y, losses = pieces[:, 1:].ravel(), []
    rows = np.arange(len(y))

    def loss(w):
        W = w.reshape(-1, SIZE)
        scores = F @ W
        scores -= scores.max(axis=1, keepdims=True)
        probs = np.exp(scores)
        probs /= probs.sum(axis=1, keepdims=True)
        price = -np.mean(np.log(probs[rows, y]))
        probs[rows, y] -= 1
        gradient = F.T @ probs / len(y) + 2e-5 * W
        losses.append(price / np.log(2))
        return price + 1e-5 * np.sum(w**2), gradient.ravel()

    start = np.zeros(F.shape[1] * SIZE)
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 60}
    )
    W = found.x.reshape(-1, SIZE)
    parts["readout"] = lambda X: X @ W

    def model(ids):
        X = np.eye(SIZE)[read(ids, SIZE)]
        for part in parts.values():
            X = part(X)
        return X

    model.parts = parts
    return model, np.array(losses)


def counting_model():
    """Return a model that knows how often which letter follows which."""
    ids = dice_text(700, seed=0)
    counts = np.full((SIZE, SIZE), 0.1)
    np.add.at(counts, (ids[:-1], ids[1:]), 1)
    return lambda ids: np.log(counts)[read(ids, SIZE)]


def prices(model, pieces):
    """Return the mean of both prices over pieces (n, T)."""
    return np.mean([_prices(model, piece) for piece in pieces], axis=0)


def written_by(model, length, seed=0):
    """Let a model write, letter by letter, from a space on."""
    rng, ids = np.random.default_rng(seed), [LETTERS.index(" ")]
    for _ in range(length):
        scores = model(np.array(ids[-LENGTH:]))[-1]
        probs = np.exp(scores - np.logaddexp.reduce(scores))
        ids.append(int(rng.choice(SIZE, p=probs / probs.sum())))
    return "".join(LETTERS[i] for i in ids[1:])
