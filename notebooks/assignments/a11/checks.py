"""What the answers of assignment a11 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

import functools
import itertools
import operator
from pathlib import Path

import numpy as np

from utils import checking, comparing

once_right = checking.once_right


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")


READY_MADE = {
    *("torch", "tensorflow", "keras", "jax", "scipy", "nltk", "sklearn"),
    *("numeric_gradient", "checks"),
}


def is_own_work(function):
    """Make sure that a function uses nothing ready-made."""
    check.own_work(function, READY_MADE)


def called(function, *arguments):
    """Call a function twice; return what it gives, a list as a tuple."""
    is_own_work(function)
    found = comparing.copied(check.call(function, *arguments))
    again = check.call(function, *arguments)
    found = tuple(found) if isinstance(found, list) else found
    check.that(
        found == again
        if isinstance(found, dict)
        else comparing.same(again, found) or not comparing.is_numeric(found),
        "called a second time, the function gives another result.",
        "it keeps something from the first call: a variable outside of the "
        "function, or a list or dict as a default value?",
    )
    return found


def as_array(found):
    """Return lists of numbers as an array, all else as it is."""
    if isinstance(found, (list, tuple)) and comparing.is_numeric([*found]):
        return np.array(found)
    return found


def kind_of(value):
    """Say what a value is: its type, and its shape or length."""
    kind = f"of type {type(value).__name__}"
    if isinstance(value, np.ndarray):
        return f"{kind} and shape {value.shape}"
    sized = isinstance(value, (tuple, list))
    return f"{kind} and length {len(value)}" if sized else kind


def has_parts(found, n, hint):
    """Make sure that a result consists of n things."""
    right = isinstance(found, (tuple, list)) and len(found) == n
    check.that(right, f"the result is {kind_of(found)}.", hint)


# 1 · Bits and perplexity


def _surprise(function, batches, characters):
    losses = [float(loss) for batch in batches for loss in batch]
    total, n = sum(losses), len(losses)
    found = called(function, batches, characters)
    found = tuple(found) if np.shape(found) == (2,) else found
    hint = "return two numbers: bits per character, perplexity."
    has_parts(found, 2, hint)

    def advise(own):
        if not np.isfinite(own):
            return "e to the sum of many losses is too large: first the mean."
        if np.isclose(own, right, 0.01):
            return "is a result rounded, or ln 2 taken with few digits?"
        return (
            f"these are {n} losses, {total:.4g} nats in all, {total / n:.4g} "
            f"nats in the mean, and {characters} characters: print yours."
        )

    right = total / np.log(2) / characters
    check.equal(
        found[0], right, "the first number, bits per character,", advise
    )
    right = np.exp(total / n)
    check.equal(found[1], right, "the second number, the perplexity,", advise)


def surprise_of_twelve(function):
    for characters in 40, 12:
        _surprise(function, [np.full(10, 1.0), np.full(2, 3.0)], characters)


def surprise_of_whole_numbers(function):
    _surprise(function, [np.array([2, 1, 0]), np.array([5])], 30)


def surprise_of_random(function, seed, characters, *sizes):
    rng = np.random.default_rng(seed)
    batches = [rng.exponential(1.5, size) for size in sizes]
    _surprise(function, batches, characters)


# 2 · Counting


def counted(text, order):
    """Return {context: {character: how often it followed}}."""
    table = {}
    for i in range(order, len(text)):
        followed = table.setdefault(text[i - order : i], {})
        followed[text[i]] = followed.get(text[i], 0) + 1
    return table


@functools.cache
def tables(text, order):
    """Return the tables of the orders 0 to `order`. (Don't change them.)"""
    return [counted(text, k) for k in range(order + 1)]


def _table(function, text, order):
    right, found = counted(text, order), called(function, text, order)
    parts = [found, *found.values()] if isinstance(found, dict) else [found]
    wrong = [part for part in parts if not isinstance(part, dict)]
    check.that(
        not wrong,
        f"something is {kind_of([*wrong, 0][0])}, not a dictionary.",
        "the table has two levels: table[context] is a dictionary of its own, "
        "{character: how often}.",
    )
    check.that(
        found == right,
        f"with the text {text!r} and order {order}, {_shown(found, right)}.",
        found != right and _about_table(found, right, order),
    )


def _shown(found, right):
    """Say how two tables differ, and in which order one would look."""
    rows = []
    for table, other in (found, right), (right, found):
        wrong = [key for key in table if table[key] != other.get(key)]
        told = {
            key: dict(sorted(table[key].items(), key=repr))
            for key in sorted(wrong, key=repr)[:5]
        }
        rows.append(told or "nothing")
    return "the table has {} where it should have {}".format(*rows)


def _about_table(found, right, order):
    if not all(isinstance(key, str) for key in found):
        return "cut the context out of the text: a piece of a str is a str."
    if not found:
        return "the table is empty: does the loop run at all?"
    followed, counts = _followed(found), [*found.values()]
    long, short = max(map(len, found)), min(map(len, found))
    if long > order:
        return (
            "contexts are longer than `order` characters: where do they "
            "begin? They end before the character that follows."
        )
    if long < order:
        return "contexts are shorter than `order` characters."
    if short < order:
        return (
            "at the start of the text, or at its end, there is no whole "
            "context: where does the loop begin, and where does it end?"
        )
    if "" in followed:
        return "the end of the text is followed by nothing, not even by ''."
    if not all(isinstance(c, str) and len(c) == 1 for c in followed):
        return "what follows is the one character behind the context."
    if any(0 in each.values() or not each for each in counts):
        return "nothing is in the table that doesn't occur."
    lost = {" ", "\n"} & (_followed(right) - {*followed, *"".join(found)})
    if lost and len(found) > 1:
        return (
            f"{min(lost)!r} is nowhere in the table: each character counts, "
            "spaces and line breaks, too."
        )
    if len(counts[0]) > 1 and all(each == counts[0] for each in counts[1:]):
        return (
            "all contexts have the same counts: do they share one "
            "dictionary? Each needs its own."
        )
    if len(right) > 1 and found.keys() == right.keys():
        if all([*each.values()] == [1] for each in counts):
            return (
                "each context has a single entry: one that comes again must "
                "keep what has been counted."
            )
    return ""


def _followed(table):
    return {char for counts in table.values() for char in counts}


def table_of_banana(count_next):
    _table(count_next, "polly polly", 1)
    _table(count_next, "banana", 2)
    _table(count_next, "banana", 0)


def tables_of_the_end(count_next):
    _table(count_next, "aaaa", 2)
    _table(count_next, "banana", 6)
    _table(count_next, "banana", 5)


def tables_of_words(count_next):
    _table(count_next, "papaya", 1)
    _table(count_next, "papaya", 3)
    _table(count_next, " Who's there?\nNay, answer me!", 1)
    _table(count_next, "xx", 2)
    _table(count_next, "aaaaa", 1)


def tables_of_others(count_next, seed):
    table_of_banana(count_next)
    tables_of_the_end(count_next)
    rng = np.random.default_rng(seed)
    for letters, n, order in ("ab", 30, 2), ("Abc ", 60, 3), ("\n.z", 25, 0):
        _table(count_next, "".join(rng.choice([*letters], n)), order)
    _table(count_next, "", 0)
    _table(count_next, "abc", 3)
    _table(count_next, "abc", 4)


# 3 · Predicting


def mixture(tables, context, alphabet):
    """Return the probability of each character of the alphabet, (V,)."""
    probs = np.full(len(alphabet), 1 / len(alphabet))
    for order, table in enumerate(tables[: len(context) + 1]):
        if followed := table.get(context[len(context) - order :]):
            counts = np.array([followed.get(c, 0) for c in alphabet])
            probs = counts + len(followed) * probs
            probs = probs / (counts.sum() + len(followed))
    return probs


def bits(predict, tables, text, alphabet):
    """Return the bits per character of a text, from its 11th on."""
    place = {character: i for i, character in enumerate(alphabet)}
    losses = []
    for i in range(10, len(text)):
        probs = predict(tables, text[i - len(tables) + 1 : i], alphabet)
        losses.append(-np.log2(probs[place[text[i]]]))
    return float(np.mean(losses))


def _predictions(predict, tables, context, alphabet):
    def advise(found):
        if not np.isfinite(found).all():
            return "is something divided by 0, where nothing was found?"
        if abs(found.sum() - 1) > 1e-6:
            return f"probabilities sum to 1, but these to {found.sum():.6g}."
        for other in context.lower(), context.upper():
            if other != context and comparing.same(
                found, mixture(tables, other, alphabet)
            ):
                return (
                    f"this is right for {other!r}: 'A' and 'a' are two "
                    "characters, so the context must stay as it is."
                )
        for k in range(len(tables) - 1):
            if comparing.same(found, mixture(tables[: k + 1], *case[1:])):
                return (
                    f"this is right for order {k}, and there are tables up to "
                    f"{len(tables) - 1}: does the loop end too early, or is "
                    "something not found that is there?"
                )
        return (
            "they sum to 1, as they must. Print the probabilities after each "
            f"order, for the context {context!r}."
        )

    case = tables, context, alphabet
    check.equal(
        as_array(called(predict, *case)),
        mixture(*case).tolist(),
        f"for the context {context!r} and the alphabet {alphabet!r} the "
        "result",
        advise,
    )


def predictions_of_banana(predict):
    for context in "ban", "xa", "", "bs", "a", "bana":
        _predictions(predict, tables("banana", 2), context, "abns")
    for context in "A", "nA":
        _predictions(predict, tables("AnnA", 2), context, "Aan")


def predictions_in_another_order(predict):
    for context in "pap", "", "ya", "payap", "p", "papa":
        _predictions(predict, tables("papaya pap", 3), context, "ypx a")
    _predictions(predict, tables("papaya pap", 0), "pap", "ypx a")


def predictions_of_others(predict, seed, letters, n, order):
    rng = np.random.default_rng(seed)
    text = "".join(rng.choice([*letters], n))
    alphabet = "".join(rng.permutation([*letters, *"?!"[: len(letters) - 1]]))
    for length in 0, 1, order, order + 3:
        context = "".join(rng.choice([*letters], length))
        _predictions(predict, tables(text, order), context, alphabet)
    _predictions(predict, tables(text, order), text[-order:], alphabet)


# 4 · Drawing

DRAWS, FAR = 3000, 0.05  # a share is off by more once in ten million times
AN_INDEX = (
    "return the index of the character that is drawn: one whole number from "
    "0 to V - 1."
)
AT_ZERO = "at T = 0 it is always the largest score, of several the first."


def softmax(scores):
    exps = np.exp(scores - np.max(scores))
    return exps / exps.sum()


def slips_of_draws(scores, T):
    """Return {hint: shares that a slip gives}."""
    relative, size = (scores - np.max(scores)) / T, len(scores)
    probs, right = softmax(scores), softmax(relative)
    rng, many = np.random.default_rng(0), (DRAWS, size)
    sums = np.cumsum(right)
    power = 2.0**relative
    most = np.where(scores > min(scores), right, 0)

    def loudest(values):
        return np.eye(size)[values.argmax(axis=1)].mean(axis=0)

    return {
        "it is always the same one: at this temperature others must be drawn, "
        "too.": list(np.eye(size)),
        "the temperature changes nothing: each score is divided by it, before "
        "the exponential.": [probs],
        "the scores are multiplied by T, or the probabilities raised to the "
        "power T: cold must be timid. Divide the scores by T.": [
            softmax(scores * T)
        ],
        "the temperature divides the scores, not the probabilities; and one "
        "softmax is enough.": [softmax(probs / T)],
        "one softmax too many: of what is a probability already.": [
            softmax(right),
            softmax(probs),
        ],
        "the temperature is used twice.": [softmax(scores / T**2)],
        "all are drawn equally often: where is p?": [np.full(size, 1 / size)],
        "the smallest score is drawn most often: is a sign wrong, or an "
        "order reversed?": [softmax(-scores / T), right[::-1]],
        "the shares are like the scores themselves: the scores are "
        "logarithms, take exponentials.": [
            scores / scores.sum(),
            (scores - max(scores)) / sum(scores - max(scores)),
            scores ** (1 / T) / sum(scores ** (1 / T)),
        ]
        if min(scores) >= 0 < sum(scores)
        else [],
        "the largest of p, or of the scores, with random noise is no draw by "
        "p.": [
            loudest(right * rng.random(many)),
            loudest(right + rng.random(many)),
            loudest(relative + rng.random(many)),
            loudest(relative + rng.normal(size=many)),
        ],
        "draw one random number, and compare the sums of probabilities with "
        "it.": [sums * np.cumprod([1, *1 - sums[:-1]])],
        "e to the power, not 2.": [power / power.sum()],
        "the index is one off: a sum of probabilities is compared the wrong "
        "way, or counted from 1?": [np.roll(right, 1), np.roll(right, -1)],
        "the smallest score is never drawn: it has its probability, too.": [
            most / most.sum()
        ],
        "the scores, divided by T, are cut to whole numbers: is an array of "
        "whole numbers filled with them?": [
            softmax(np.trunc(relative)),
            softmax(np.trunc(scores / T)),
        ],
        "it isn't T by which the scores are divided: is something added to "
        "it, or is it limited?": [
            softmax(scores / (T + more)) for more in (1e-3, 1e-2, 0.1)
        ],
    }


def _one_draw(sample, scores, temperature, rng):
    found = check.call(sample, scores, temperature, rng)
    try:
        index = operator.index(found)
    except TypeError:
        index = None
    check.that(index is not None, f"the result is {kind_of(found)}.", AN_INDEX)
    check.that(
        0 <= index < len(scores),
        f"the result is {index}; there are {len(scores)} scores.",
        AN_INDEX if temperature else AT_ZERO,
    )
    return index


def _draws(sample, scores, temperature, seed, n=DRAWS):
    """Return n indices, drawn one by one with a generator of this seed."""
    rng, own = np.random.default_rng(seed), scores.copy()
    first = _one_draw(sample, scores, temperature, rng)
    others = [sample(own, temperature, rng) for _ in range(n - 1)]
    return np.array([first, *map(int, others)])


def _uses_the_generator(sample, scores):
    one, same, other = (
        _draws(sample, scores, 1.0, seed, 60) for seed in (1, 1, 2)
    )
    check.that(
        not np.array_equal(one, other),
        "another generator draws just the same.",
        "the draw must come from rng: not from a generator that you make "
        "anew, and it isn't always the largest score.",
    )
    check.that(
        np.array_equal(one, same),
        "a generator with the same seed draws something else.",
        "draw with rng, the generator that is given: not with np.random, nor "
        "with the module random, nor with a new generator.",
    )


def _shares(sample, scores, temperature, seed):
    draws = _draws(sample, scores, temperature, seed)
    check.that(
        draws.min() >= 0 and draws.max() < len(scores),
        "not all draws are indices of the scores.",
        AN_INDEX,
    )
    found = np.bincount(draws, minlength=len(scores)) / len(draws)
    right = softmax(scores / temperature)
    if np.abs(found - right).max() <= FAR:
        return
    slips = [
        (np.abs(found - slip).max(), hint)
        for hint, shares in slips_of_draws(scores, temperature).items()
        for slip in shares
    ]
    distance, hint = min(slips, key=operator.itemgetter(0))
    numbers = [", ".join(f"{p:.2f}" for p in ps) for ps in (found, right)]
    check.that(
        False,
        f"at temperature {temperature:g}, in {DRAWS:,} draws from the scores "
        f"{', '.join(f'{s:.4g}' for s in scores)} the shares are "
        f"{numbers[0]}; they should be {numbers[1]}.",
        hint
        if distance <= FAR
        else "compute the probabilities first, print them, and compare them "
        "with the table; then draw.",
    )


def draws_of_the_table(sample):
    is_own_work(sample)
    scores = np.array([2.0, 1.0, 0.0])
    _uses_the_generator(sample, scores)
    for seed, temperature in enumerate([0.5, 2.0, 1.0]):
        _shares(sample, scores, temperature, seed)
    _few_of_many(sample, 500, seed=6)


def _few_of_many(sample, size, seed, n=1000):
    """Draw from scores of which only two are likely."""
    scores = np.full(size, -40.0)
    scores[[size // 3, size // 2]] = 0
    draws = _draws(sample, scores, 1.0, seed, n)
    others = n - sum(np.isin(draws, [size // 3, size // 2]))
    check.that(
        not others,
        f"of {size} scores two are 0, all others -40, but in {n:,} draws "
        f"others than the two come up {others} times.",
        "e to the power of -40 is next to nothing: is something added to the "
        "probabilities, or are they limited or rounded?",
    )


def _always(sample, scores, temperature, right):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        index = _one_draw(sample, np.array(scores), temperature, rng)
        check.that(
            index == right,
            f"at temperature {temperature:g}, of the scores "
            f"{', '.join(f'{s:g}' for s in scores)} number {index} is drawn, "
            f"not {right}.",
            AT_ZERO
            if temperature == 0
            else "the largest score wins by far: its probability is 1 but for "
            "rounding.",
        )


def draws_at_zero(sample):
    _always(sample, [1.0, 3.0, 3.0], 0, right=1)
    _always(sample, [-5.0, -2.0, -7.0, -2.0], 0, right=1)
    _always(sample, [4, 4], 0, right=0)


def draws_in_the_cold(sample):
    _always(sample, [1000.0, 0.0], 0.001, right=0)
    _always(sample, [2.0, 2.5, 1.0], 0.001, right=1)
    _shares(sample, np.array([0.501, 0.5, 0.499]), 0.001, seed=5)


def draws_with_the_generator(sample):
    is_own_work(sample)
    _uses_the_generator(sample, np.array([0.5, 0.0, -0.5, 0.25]))


def draws_of_whole_scores(sample, seed):
    _shares(sample, np.array([0, 3, 1, 2]), 2.0, seed)
    _shares(sample, np.array([1, 0]), 0.6, seed + 1)


def draws_of_large_scores(sample):
    scores = np.array([1000.0, 1000 + np.log(3), -500.0])
    _shares(sample, scores, 1.0, seed=3)
    _shares(sample, -scores[::-1], 1.0, seed=4)


def draws_of_others(sample, seed):
    rng = np.random.default_rng(seed)
    draws_of_the_table(sample)
    for temperature in 0.4, 1.0, 1.7:
        _shares(sample, rng.normal(0, 1.5, 5), temperature, seed)
    _few_of_many(sample, 300, seed)


# 5 · Forward


def states(X, h, Wx, Wh, b):
    """Return the states (T, n, m) of a recurrent cell after each step."""
    found = []
    for x in X:
        h = np.tanh(x @ Wx + h @ Wh + b)
        found.append(h)
    return np.array(found)


def _steps(unroll, *arguments):
    X, h, *weights = arguments
    H = states(X, h, *weights[:3])
    right = H @ weights[3] + weights[4], H[-1]
    found = called(unroll, *arguments)
    hint = "return two things: the scores of all steps, and the last state."
    has_parts(found, 2, hint)
    own = tuple(map(as_array, found))
    for part, wanted in zip(own, right):
        shapes = np.shape(part), wanted.shape
        check.that(
            shapes[0] == shapes[1] or not comparing.is_numeric(part),
            f"a result has the shape {shapes[0]}, not {shapes[1]}.",
            _about_shape(*shapes),
        )

    def about_scores(scores):
        if comparing.same(scores[0], right[0][0]):
            return "the first step is right: what does the second begin with?"
        if comparing.same(own[1], right[1]):
            return "the last state is right: what is made of the states?"
        return (
            "the last state is wrong, too: print the first, and what goes in."
        )

    check.equal(own[0], right[0].tolist(), "the array of scores", about_scores)
    check.equal(
        own[1],
        right[1].tolist(),
        "the last state",
        lambda state: "the last scores are right: they come from this state.",
    )
    return own[1]


def _about_shape(found, right):
    """Say what a shape that is not the right one may mean."""
    if len(right) == 2:
        if found[-2:] == right and len(found) == 3:
            return "the state after the last step, and no other: (n, m)."
        return "the scores come first, then the last state, (n, m)."
    if found == (right[0] * right[1], right[2]) and right[0] > 1:
        return "an axis is missing: steps and texts have one each, even of 1."
    if len(found) == 2:
        return (
            "first the scores of *all* steps, (T, n, k), then the last state."
        )
    if len(found) == 3 and found[:2] == right[1::-1]:
        return "steps and texts are exchanged: the steps come first."
    if len(found) == 3 and found[0] == right[0] + 1:
        return "one step too many: the state that was given has no scores."
    if len(found) == 3 and found[0] < right[0]:
        return "there are steps too few: each has its scores, the first, too."
    if found[:2] == right[:2]:
        return "the last axis: k scores, made of the state by Wy and c."
    return "one axis for the steps, one for the texts, one for the scores."


def two_steps(unroll):
    X, h = np.array([[[1.0]], [[-1.0]]]), np.array([[0.5]])
    Wx, Wh, b = np.array([[1.0]]), np.array([[-2.0]]), np.array([0.5])
    Wy, c = np.array([[2.0, -1.0]]), np.array([0.0, 1.0])
    _steps(unroll, X, h, Wx, Wh, b, Wy, c)


def random_cell(rng, n, d, m, k):
    """Return a state and weights, not too large."""
    shapes = (n, m), (d, m), (m, m), (m,), (m, k), (k,)
    return [rng.normal(0, 0.7, shape) for shape in shapes]


def random_steps(unroll, seed, T, n, d, m, k):
    rng = np.random.default_rng(seed)
    X, cell = rng.normal(size=(T, n, d)), random_cell(rng, n, d, m, k)
    _steps(unroll, X, *cell)


def in_pieces(unroll, seed):
    """Hand the last state of one stretch on to the next."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-1, 2, (6, 2, 3))  # whole numbers
    h, *weights = random_cell(rng, 2, 3, 4, 2)
    h = _steps(unroll, X[:4], h, *weights)
    _steps(unroll, X[4:], h, *weights)


# 6 · Backward


def way_back(dH, X, H, h, Wh):
    """Return dWx, dWh, db, dh as sums of what each step gives.

    Returns: dWx (T, d, m), dWh (T, m, m), db (T, m) and dh (n, m).
    """
    inside, later = np.zeros(H.shape), np.zeros(h.shape)
    for t in reversed(range(len(X))):
        inside[t] = (dH[t] + later) * (1 - H[t] ** 2)
        later = inside[t] @ Wh.T
    before = np.concatenate([h[None], H[:-1]])
    dWx = np.einsum("tnd,tnm->tdm", X, inside)
    dWh = np.einsum("tnl,tnm->tlm", before, inside)
    return dWx, dWh, inside.sum(axis=1), later


WHERE_FROM = {
    "dWx": "Wx met X[t] at each step. Print the gradients by the inside of "
    "tanh, from the last step to the first.",
    "dWh": "Wh met, at each step, the state before it. dWx is right already.",
    "db": "b is added in each step, for each text. dWx and dWh are right "
    "already.",
    "dh": "the state before the first step goes into the first step only, "
    "through Wh. All others are right already.",
}


def _backward(backward, *arguments):
    *by_steps, dh = way_back(*arguments)
    found = called(backward, *arguments)
    has_parts(found, 4, "return dWx, dWh, db, dh, in this order.")
    for own, steps, name in zip(found, [*by_steps, dh[None]], WHERE_FROM):
        own, right = as_array(own), steps.sum(axis=0)
        check.that(
            np.shape(own) == right.shape or not comparing.is_numeric(own),
            f"{name} has the shape {np.shape(own)}, not {right.shape}.",
            _about_gradient_shape(name, np.shape(own), right.shape),
        )
        advise = functools.partial(_about_steps, name, steps)
        check.equal(own, right.tolist(), name, advise)


def _about_steps(name, steps, found):
    """Say which steps a gradient comes from, if it is right but for others."""
    for a in range(len(steps)):
        for b in range(a, len(steps)):
            if comparing.same(found, steps[a : b + 1].sum(axis=0)):
                which = f"of step {a}" if a == b else f"of steps {a} to {b}"
                return (
                    f"this is the part {which}, counted from 0 to "
                    f"{len(steps) - 1}; each weight is used at every step."
                )
    return WHERE_FROM[name]


def _about_gradient_shape(name, shape, right):
    if shape == right[::-1] and len(right) == 2:
        return f"{name} is transposed: it has the shape of its weights."
    if name == "db":
        return "an entry for each number of the state: sum texts and steps."
    if name == "dh":
        return "dh has the shape of h: it belongs to one state, the first."
    return f"{name} has the shape of its weights: texts and steps are summed."


def three_steps(backward, last_only):
    h, Wh = np.array([[0.25]]), np.array([[2.0]])
    H = np.array([0.5, 0.6, 0.8]).reshape(3, 1, 1)
    X = np.arctanh(H) - 2 * np.array([0.25, 0.5, 0.6]).reshape(3, 1, 1)
    dH = np.array([0.0, 0.0, 1.0] if last_only else [3.0, 1.0, 2.0])
    _backward(backward, dH.reshape(3, 1, 1), X, H, h, Wh)


def back_from_random(backward, seed, T, n, d, m):
    rng = np.random.default_rng(seed)
    X, dH = rng.normal(size=(T, n, d)), rng.normal(size=(T, n, m))
    h, Wx, Wh, b, *_ = random_cell(rng, n, d, m, 1)
    _backward(backward, dH, X, states(X, h, Wx, Wh, b), h, Wh)


# 7 · Clipping


def _clip(clip, grads, limit, right):
    given = [np.array(grad) for grad in grads]
    found = called(clip, given, limit)
    hint = "return a list of arrays, one for each that was given."
    has_parts(found, len(grads), hint)
    check.that(comparing.is_numeric(tuple(found)), "not all are arrays.", hint)
    found = tuple(map(as_array, found))
    shapes = [np.shape(array) for array in found]
    check.that(
        shapes == [array.shape for array in given],
        f"the arrays have the shapes {', '.join(map(str, shapes))}, not "
        f"{', '.join(str(array.shape) for array in given)}.",
        "each array keeps its shape.",
    )
    norm = np.sqrt(sum((array.astype(float) ** 2).sum() for array in given))
    check.equal(
        found,
        tuple(right),
        f"the list (N is {norm:.6g}, the limit {limit:g})",
        functools.partial(_about_factor, given, limit),
    )


def _about_factor(given, limit, found):
    before, after = (
        np.concatenate([np.ravel(array).astype(float) for array in arrays])
        for arrays in (given, found)
    )
    factor = before @ after / max(before @ before, 1e-300)
    if factor > 0 and comparing.same(after, factor * before):
        return (
            f"all entries are multiplied by {factor:.4g}, as if N were "
            f"{limit / factor:.4g}."
        )
    return "all entries must be multiplied by one number: print it, and N."


MATRIX, VECTOR = [[1.0, -2.0], [2.0, 4.0]], [-8.0, 4.0, 8.0]


def clip_of_two_shapes(clip):
    right = [[0.2, -0.4], [0.4, 0.8]], [-1.6, 0.8, 1.6]
    _clip(clip, [MATRIX, VECTOR], 2.6, right)


def clip_of_three_and_four(clip):
    for limit in 1, 4.5, 10:
        factor = min(1, limit / 5)
        _clip(clip, [[3.0], [4.0]], limit, ([3 * factor], [4 * factor]))


def clip_of_the_short(clip):
    _clip(clip, [MATRIX, VECTOR], 13.0, (MATRIX, VECTOR))
    _clip(clip, [MATRIX, VECTOR], 100.0, (MATRIX, VECTOR))
    zeros = [[0.0, 0.0]], [0.0]
    _clip(clip, zeros, 1.0, zeros)


def clip_of_the_tiny(clip):
    _clip(clip, [[3e-6], [4e-6]], 1e-6, ([0.6e-6], [0.8e-6]))
    _clip(clip, [[3e-6], [4e-6]], 1e-5, ([3e-6], [4e-6]))


def clip_of_whole_numbers(clip):
    right = [[1.0, 0.0], [0.0, -1.0]], [0.5, 0.5]
    _clip(clip, [[[2, 0], [0, -2]], [1, 1]], np.sqrt(10) / 2, right)
    _clip(clip, [[2, 1]], 3, ([2, 1],))
    _clip(clip, [[1, -1], [1]], 1, ([1 / 3**0.5, -1 / 3**0.5], [1 / 3**0.5]))


def clip_of_others(clip, seed):
    rng = np.random.default_rng(seed)
    for shapes, limit in (
        (((2, 3), (3,), (2, 1, 2)), 1.0),
        (((5,),), 0.5),
        (((4, 2), (1,), (2, 2), (1, 1)), 2.5),
    ):
        grads = [rng.normal(0, 2, shape) for shape in shapes]
        norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads]))
        right = [(grad * limit / norm).tolist() for grad in grads]
        _clip(clip, grads, limit, right)
    clip_of_the_short(clip)
    clip_of_the_tiny(clip)


# 8 · Speaking

LOST = object()  # what a parrot remembers that isn't given its state
STRANGE = "~?!"  # said by a parrot that isn't given what it should be


class Parrot:
    """A parrot that notes what it hears; its memory depends on all of it.

    `step` and `choose` are what `speak` is given: new state = learn(char,
    state), character = say(state, how many have been chosen before).
    """

    def __init__(self, learn, say):
        self.learn, self.say, self.heard = learn, say, []
        self.chosen, self.spoke = "", []  # what, and after hearing how much

    def step(self, char, state):
        try:
            new = self.learn(char, state)
        except Exception:  # it is given something else than its state
            new = LOST
        self.heard.append((char, state, new))
        return ("scores", new), new

    def choose(self, scores):
        self.spoke.append(len(self.heard))
        said = STRANGE[1 + (scores is LOST or scores is None)]
        if isinstance(scores, tuple) and scores[:1] == ("scores",):
            said = STRANGE[0]
            if scores[1] is not LOST:
                said = self.say(scores[1], len(self.spoke) - 1)
        self.chosen += said
        return said


def _right_speech(learn, say, state, seed, length):
    said, state = "", state() if callable(state) else state
    for char in seed:
        state = learn(char, state)
    for i in range(length):
        said += say(state, i)
        state = learn(said[-1], state)
    return said


def _speech(speak, learn, say, state, seed, length):
    """Let two parrots speak that begin with `state`, or with `state()`."""
    right = _right_speech(learn, say, state, seed, length)
    for _ in "ab":
        parrot = Parrot(learn, say)
        first = state() if callable(state) else state
        arguments = parrot.step, parrot.choose, first, seed, length
        found = check.call(speak, *arguments)
        check.that(
            isinstance(found, str),
            f"the result is {kind_of(found)}, not a str.",
            '"".join(characters) makes one of a list.',
        )
        chars = ", ".join(str(char) for char, *_ in parrot.heard[:12])
        check.that(
            found == right,
            f"with the seed {seed!r} and length {length} it says "
            f"{found[:40]!r}, not {right!r}; it has heard "
            f"{chars or 'nothing'}.",
            found != right
            and _what_went_wrong(parrot, found, right, first, seed),
        )
        check.that(
            len(parrot.spoke) == length,
            f"it says {right!r}, rightly, but choose is called "
            f"{len(parrot.spoke)} times for {length} characters.",
            "call it once for each, since it may draw at random; what it "
            "gives is said, and heard.",
        )
        heard = "".join(char for char, *_ in parrot.heard)
        check.that(
            not length or heard in (seed + right, seed + right[:-1]),
            f"it says {right!r}, rightly, but with the seed {seed!r} it has "
            f"heard {heard[:40]!r}.",
            _about_heard(heard, seed + right),
        )


def _about_heard(heard, right):
    if heard[:1] != right[0]:
        return (
            "the parrot must hear the seed from its first character on; it "
            f"hears {heard[:1]!r} first."
        )
    single = "".join(char for char, _ in itertools.groupby(heard))
    if single in (right, right[:-1]):
        return (
            "characters are heard twice: call step once, and take both "
            "from it, scores, state = step(char, state)."
        )
    return (
        "each character is heard once: go on from the last state, don't begin "
        "again from the first, which step may have changed."
    )


def _what_went_wrong(parrot, found, right, state, seed):
    """Say what is wrong with what a parrot has heard, or with the result."""
    if found.endswith(right) and (seed + right).endswith(found):
        return "return only what is new, without the seed or a part of it."
    if right.startswith(found):
        if parrot.heard and parrot.heard[-1][2] is None:
            return "it stops at None: None is a state like any other."
        return "some characters are missing at the end."
    if found.startswith(right):
        return "there are characters too many at the end."
    if parrot.chosen.startswith(right):
        return (
            f"{right!r} has been chosen, rightly: return just these "
            "characters, one behind the other."
        )
    if not parrot.spoke and right:
        return "choose is never called: it picks a character by its scores."
    if len(parrot.spoke) > len(right):
        return (
            f"choose is called {len(parrot.spoke)} times for {len(right)} "
            "characters: call it once for each, since it may draw at random; "
            "what it gives is said, and heard."
        )
    heard, all_of_it = parrot.heard, "the parrot must hear all of the seed "
    if not heard:
        return "the parrot hears nothing: call step with each character."
    chars, states, news = zip(*heard)
    if any(not isinstance(char, str) or len(char) != 1 for char in chars):
        return "the parrot hears one character at a time: step(char, state)."
    if any(isinstance(s, tuple) and s[:1] == ("scores",) for s in states):
        return "step returns the scores first, then the new state."
    if any(isinstance(s, tuple) for s in states):
        return "step returns a pair: scores, state = step(char, state)."
    if {*STRANGE} & {*found} and not any(new is LOST for new in news):
        return "choose is given the scores that step has returned."
    if _differs(states[0], state):
        return "it doesn't begin with the state that is given."
    if [*chars[: len(seed)]] != [*seed]:
        if chars[0] == seed[0]:
            return all_of_it + "before it speaks."
        return (
            "the parrot must hear the seed from its first character on; it "
            f"hears {chars[0]!r} first."
        )
    if parrot.spoke and parrot.spoke[0] < len(seed):
        return all_of_it + "before it speaks."
    kept = [not _differs(s, new) for s, new in zip(states[1:], news)]
    if not all(kept):
        where = "the seed" if kept.index(False) + 1 < len(seed) else "itself"
        return (
            f"while it hears {where}, it forgets: each step begins with the "
            "state that the step before has returned."
        )
    after = "".join(chars[len(seed) :])
    if after.startswith(seed[-1]) and not right.startswith(seed[-1]):
        return (
            "it hears the last character of the seed twice: its scores are "
            "there already when the seed has ended."
        )
    if len(parrot.spoke) < len(right):
        return "for each new character choose is called, with new scores."
    if len(after) < len(right) - 1:
        return "the parrot must hear each character that it has said."
    return (
        f"after the seed it hears {after!r}, but it has said {found!r}: it "
        "must hear just what was chosen, in this order."
    )


def _differs(one, other):
    return comparing.change(one, comparing.copied(other)) is not None


LETTERS = "abcdefghijklmnopqrstuvwxyz"


def speech_of_counting(speak):
    is_own_work(speak)

    def learn(char, state):
        return state + char

    def say(state, times):
        return LETTERS[len(state)]

    _speech(speak, learn, say, "", "xyz", 4)
    _speech(speak, learn, say, "uvw", "x", 3)
    _speech(speak, learn, say, "", "xyz", 0)


def speech_of_oddities(speak, seed, words, length):
    """A parrot whose memory is two numbers, in a dictionary."""
    is_own_work(speak)

    def learn(char, state):
        old, new = state["old"], state["new"]
        return {"old": new, "new": (5 * new + 3 * old + ord(char)) % 101}

    def say(state, times):
        return LETTERS[(state["new"] + state["old"]) % 26]

    state = {"old": seed, "new": 7 * seed}
    _speech(speak, learn, say, state, words, length)


def speech_by_chance(speak, words, length):
    """Parrots whose memory begins with None or 0, and whose choice depends
    on how often it has been made, as one by a random generator does."""
    is_own_work(speak)

    def learn(char, state):
        return 7 * (3 if state is None else state + 2) + ord(char)

    def say(state, times):
        return LETTERS[(state + times * (times + 3)) % 26]

    _speech(speak, learn, say, None, words, length)
    _speech(speak, learn, say, 0, words, length)


class Notes(list):
    """A memory that `step` changes in place."""

    __hash__, __eq__ = object.__hash__, object.__eq__


def speech_from_notes(speak, words, length):
    """Parrots whose memory is changed in place, or becomes None."""
    is_own_work(speak)

    def note(char, notes):
        notes.append(char)
        return notes

    def count(char, state):
        return None if state is None or state > len(words) else state + 1

    def say_by_notes(notes, times):
        return LETTERS[sum(map(ord, notes)) % 26]

    def say_by_count(state, times):
        return LETTERS[times if state is None else 25 - state]

    _speech(speak, note, say_by_notes, Notes, words, length)
    _speech(speak, count, say_by_count, 0, words, length)


def chooser(alphabet, temperature, seed):
    """Return a function that draws a character by its scores."""
    rng = np.random.default_rng(seed)

    def choose(scores):
        probs = softmax(np.asarray(scores, float) / temperature)
        return alphabet[rng.choice(len(probs), p=probs)]

    return choose


@functools.cache
def learner(heard, new, alphabet, width=128, num_steps=700, batch_size=32):
    """Train an LSTM on the text `heard`, with Adam and clipped gradients.

    Returns: its step(char, state), which returns (scores, new state); its
    first state; its bits per character of the text `new`, from the 11th on.
    """
    import torch
    from torch import nn

    place = {character: i for i, character in enumerate(alphabet)}

    def codes(text):
        return torch.tensor([place[character] for character in text])

    def bits(states, following):
        scores = head(states).flatten(0, -2)
        loss = nn.functional.cross_entropy(scores, following.flatten())
        return loss / np.log(2)

    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(0)
        embed = nn.Embedding(len(alphabet), width // 4)
        lstm = nn.LSTM(width // 4, width)
        head = nn.Linear(width, len(alphabet))
        params = [*nn.ModuleList([embed, lstm, head]).parameters()]
        optimizer = torch.optim.Adam(params)
        rates = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, 0.008, num_steps
        )
        rows = codes(heard[: len(heard) // batch_size * batch_size])
        rows = rows.reshape(batch_size, -1).T  # (characters, texts)
        state = None
        for step in range(num_steps):
            start = 64 * step % (len(rows) - 65)
            part = rows[start : start + 65]
            states, state = lstm(embed(part[:-1]), state)
            state = tuple(s.detach() for s in state)
            optimizer.zero_grad()
            bits(states, part[1:]).backward()
            nn.utils.clip_grad_norm_(params, 1.0)
            optimizer.step()
            rates.step()

    @torch.no_grad()
    def hear(char, state):
        outputs, state = lstm(embed(codes(char)), state)
        return head(outputs)[0].numpy(), state

    with torch.no_grad():
        states, _ = lstm(embed(codes(new[:-1])))
        return hear, None, float(bits(states[9:], codes(new[10:])))


# 10 · A delay line


def repeats(delay_line, delay, seed):
    is_own_work(delay_line)
    found = check.call(delay_line, delay)
    has_parts(found, 5, "return Wx, Wh, b, Wy, c, in this order.")
    arrays = [np.asarray(array, float) for array in found]
    m = arrays[0].shape[-1] if arrays[0].ndim else 0
    shapes = [array.shape for array in arrays]
    check.that(
        shapes == [(1, m), (m, m), (m,), (m, 1), (1,)],
        f"the arrays have the shapes {', '.join(map(str, shapes))}.",
        "the shapes are (1, m), (m, m), (m,), (m, 1), (1,).",
    )
    Wx, Wh, b, Wy, c = arrays
    T = delay + 40
    X = np.random.default_rng(seed).choice([-1.0, 1.0], (T, 1, 1))
    scores = (states(X, np.zeros((1, m)), Wx, Wh, b) @ Wy + c)[:, 0, 0]
    agrees = [  # with what was heard so many steps ago
        X[: T - other, 0, 0] * scores[other:] for other in range(delay + 4)
    ]
    late = [other for other, each in enumerate(agrees) if min(each) > 0]
    opposite = max(agrees[delay]) < 0
    check.that(
        late == [delay],
        f"it repeats what it heard {late[0]} steps ago, not {delay}."
        if late
        else f"with delay {delay} the scores have the wrong sign "
        f"{'always' if opposite else 'sometimes'}.",
        "each number that the state hands on costs one step, but the first "
        "takes the input at once."
        if late
        else "how often does the sign change on the way?"
        if opposite
        else "print the states, step by step: where is what was heard? Entry "
        "[i, j] of Wh leads from number i to number j.",
    )
    size = min(agrees[delay])
    check.that(
        size >= 0.5,
        f"the signs are right, but a score is only {size:.3g} in size.",
        "each tanh makes the number smaller: which weights make up for it?",
    )
