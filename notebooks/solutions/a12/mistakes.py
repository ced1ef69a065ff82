"""Answers to assignment a12: wrong ones with their hints, and right ones that
must be accepted."""

import numpy as np

from notebooks.assignments.a12 import checks
from tools.mistakes import accepted, mistake

# 1 · Two prices


def bits(scores, targets):
    """Return what each letter costs."""
    logs = np.logaddexp.reduce(scores, axis=1)
    return (logs - scores[np.arange(len(targets)), targets]) / np.log(2)


def last_rows(model, ids):
    return np.array([model(ids[:t])[-1] for t in range(1, len(ids))])


def right_prices(model, ids):
    return (
        np.mean(bits(model(ids[:-1]), ids[1:])),
        np.mean(bits(last_rows(model, ids), ids[1:])),
    )


@mistake("two_prices", "this is in nats: take the logarithm to the base 2.")
def prices_in_nats(model, ids):
    together, alone = right_prices(model, ids)
    return together * np.log(2), alone * np.log(2)


@mistake(
    "two_prices", "the two are right, but exchanged: together comes first."
)
def alone_first(model, ids):
    return right_prices(model, ids)[::-1]


@mistake(
    "two_prices", "a price is -log2 p, a positive number: the sign is wrong."
)
def negative_prices(model, ids):
    together, alone = right_prices(model, ids)
    return -together, -alone


@mistake("two_prices", "these are sums over the letters; return the means.")
def sums_of_prices(model, ids):
    n = len(ids) - 1
    together, alone = right_prices(model, ids)
    return together * n, alone * n


@mistake("two_prices", "T - 1 letters are asked for, so divide by T - 1.")
def divided_by_all_letters(model, ids):
    n = len(ids)
    together, alone = right_prices(model, ids)
    return together * (n - 1) / n, alone * (n - 1) / n


@mistake(
    "two_prices",
    "together, the model is given all letters but the last: ids[:-1]. With "
    "the last one it sees more.",
)
def last_letter_given(model, ids):
    return (
        np.mean(bits(model(ids)[:-1], ids[1:])),
        np.mean(bits(last_rows(model, ids), ids[1:])),
    )


@mistake(
    "two_prices",
    "row t is asked for the letter that comes next, ids[t + 1]: these are "
    "the prices of the letters that the rows stand at.",
)
def targets_not_shifted(model, ids):
    return (
        np.mean(bits(model(ids[:-1]), ids[:-1])),
        np.mean(bits(last_rows(model, ids), ids[:-1])),
    )


@mistake(
    "two_prices",
    "alone, only the last row of each answer counts: a mean over all rows "
    "asks for the early letters again and again, with more to see.",
)
def all_rows_of_each_answer(model, ids):
    alone = [
        np.mean(bits(model(ids[:t]), ids[1 : t + 1]))
        for t in range(1, len(ids))
    ]
    return np.mean(bits(model(ids[:-1]), ids[1:])), np.mean(alone)


@mistake(
    "two_prices",
    "alone, letter ids[t] is asked for when the model has ids[:t]. In yours "
    "it has been given the letter that it is asked for.",
)
def letter_itself_given(model, ids):
    rows = [model(ids[: t + 1])[-1] for t in range(1, len(ids))]
    return (
        np.mean(bits(model(ids[:-1]), ids[1:])),
        np.mean(bits(np.array(rows), ids[1:])),
    )


@mistake(
    "two_prices",
    "alone, the model is given everything before, not one letter only: "
    "ids[:t].",
)
def one_letter_at_a_time(model, ids):
    rows = [model(ids[t - 1 : t])[-1] for t in range(1, len(ids))]
    together = np.mean(bits(model(ids[:-1]), ids[1:]))
    return together, np.mean(bits(np.array(rows), ids[1:]))


@mistake(
    "two_prices",
    "the mean is taken of the probabilities, and then its logarithm: take "
    "the logarithm of each, then the mean.",
)
def logarithm_of_the_mean(model, ids):
    both = model(ids[:-1]), last_rows(model, ids)
    return tuple(-np.log2(np.mean(2 ** -bits(rows, ids[1:]))) for rows in both)


@mistake(
    "two_prices",
    "e to a large power is infinity, e to a very negative one is 0. Subtract "
    "each row's largest score first, and take the logarithm of the sum of the "
    "exponentials, not of p itself, which may be 0.",
)
def without_subtraction(model, ids):
    found = []
    for rows in (model(ids[:-1]), last_rows(model, ids)):
        P = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
        found.append(-np.mean(np.log2(P[np.arange(len(P)), ids[1:]])))
    return tuple(found)


@mistake("two_prices", checks.CAPPED)
def logarithm_of_p(model, ids):
    found = []
    for rows in (model(ids[:-1]), last_rows(model, ids)):
        exps = np.exp(rows - rows.max(axis=1, keepdims=True))
        P = exps / exps.sum(axis=1, keepdims=True)
        p = P[np.arange(len(P)), ids[1:]]
        found.append(-np.mean(np.log2(p + 1e-300)))
    return tuple(found)


@mistake(
    "two_prices",
    "the first call of the model has no letters: begin with ids[:1].",
    message="no letters",
)
def begins_with_nothing(model, ids):
    rows = [model(ids[:t])[-1] for t in range(len(ids))]
    together = np.mean(bits(model(ids[:-1]), ids[1:]))
    return together, np.mean(bits(np.array(rows), ids))


@mistake(
    "two_prices",
    "together is right, alone isn't, though it is for models that don't look "
    "ahead. Is the model given ids[:t] and nothing else? What fills up a text "
    "is read as letters, too.",
)
def filled_up_with_zeros(model, ids):
    rows = []
    for t in range(1, len(ids)):
        filled = np.zeros_like(ids)
        filled[:t] = ids[:t]
        rows.append(model(filled)[t - 1])
    together, _ = right_prices(model, ids)
    return together, np.mean(bits(np.array(rows), ids[1:]))


@mistake(
    "two_prices",
    "alone, the last letter isn't asked for: t goes from 1 to T - 1, T - 1 "
    "letters.",
)
def last_letter_not_asked(model, ids):
    together, _ = right_prices(model, ids)
    return together, np.mean(bits(last_rows(model, ids), ids[1:])[:-1])


@mistake("two_prices", checks.CAPPED)
def small_number_added(model, ids):
    found = []
    for rows in (model(ids[:-1]), last_rows(model, ids)):
        p = 2.0 ** -bits(rows, ids[1:])
        found.append(-np.mean(np.log2(p + 1e-12)))
    return tuple(found)


@mistake(
    "two_prices",
    "together is right, alone isn't, though it is for models that don't look "
    "ahead. Is the model given ids[:t] and nothing else? What fills up a text "
    "is read as letters, too.",
)
def filled_up_but_for_the_last(model, ids):
    rows = []
    for t in range(1, len(ids)):
        filled = np.zeros_like(ids[:-1])
        filled[:t] = ids[:t]
        rows.append(model(filled)[t - 1])
    together, _ = right_prices(model, ids)
    return together, np.mean(bits(np.array(rows), ids[1:]))


@accepted("two_prices")
def prices_by_loops(model, ids):
    def price(row, letter):
        largest = max(row)
        total = sum(np.exp(score - largest) for score in row)
        return (np.log(total) + largest - row[letter]) / np.log(2)

    rows = model(ids[:-1])
    n, together, alone = len(ids) - 1, 0, 0
    for t in range(n):
        together += price(rows[t], ids[t + 1]) / n
        alone += price(model(ids[: t + 1])[-1], ids[t + 1]) / n
    return [float(together), float(alone)]


@accepted("two_prices")
def prices_by_logaddexp2(model, ids):
    found = []
    for rows in (model(ids[:-1]), last_rows(model, ids)):
        S = rows / np.log(2)
        logs = S - np.logaddexp2.reduce(S, axis=1, keepdims=True)
        found.append(-np.take_along_axis(logs, ids[1:, None], 1).mean())
    return np.array(found[0]), np.array(found[1])


@accepted("two_prices")
def prices_with_eye(model, ids):
    def costs(scores):
        Y = np.eye(scores.shape[1])[ids[1:]]
        scores = scores - scores.max(1)[:, None]
        return np.log2(np.exp(scores).sum(1)) - (scores * Y).sum(1) / np.log(2)

    return costs(model(ids[:-1])).mean(), costs(last_rows(model, ids)).mean()


# 2 · The table of leaks


def moves(model, ids, num_symbols, symbols=None):
    """Yield j and how each score moved, for each symbol at each place."""
    before = model(ids)
    for j in range(len(ids)):
        for symbol in symbols or range(num_symbols):
            changed = ids.copy()
            changed[j] = symbol
            yield j, model(changed) - before


def joined(ids, pairs):
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    for j, moved in pairs:
        table[:j, j] |= moved[:j]
    return table


@mistake(
    "leaks",
    "this is transposed: the first axis is the row that moved, the second "
    "the place whose letter was replaced.",
)
def table_transposed(model, ids, num_symbols):
    pairs = moves(model, ids, num_symbols)
    return joined(ids, ((j, np.abs(D).max(1) > 1e-9) for j, D in pairs)).T


@mistake(
    "leaks",
    "not all other symbols were tried: place 1 minds one of them only. Try "
    "each from 0 to num_symbols - 1.",
)
def next_symbol_only(model, ids, num_symbols):
    before = model(ids)
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    for j in range(len(ids)):
        changed = ids.copy()
        changed[j] = (ids[j] + 1) % num_symbols
        table[:j, j] = np.abs(model(changed) - before).max(axis=1)[:j] > 1e-9
    return table


@mistake(
    "leaks",
    "not all other symbols were tried: place 1 minds one of them only. Try "
    "each from 0 to num_symbols - 1.",
)
def random_symbol_only(model, ids, num_symbols):
    before, rng = model(ids), np.random.default_rng(1)
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    for j in range(len(ids)):
        changed = ids.copy()
        changed[j] = (ids[j] + rng.integers(1, num_symbols - 1)) % num_symbols
        table[:j, j] = np.abs(model(changed) - before).max(axis=1)[:j] > 1e-9
    return table


@mistake(
    "leaks",
    "only what the last symbol shows is kept: join what all of them show by "
    "or, |=.",
)
def last_symbol_wins(model, ids, num_symbols):
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    for j, D in moves(model, ids, num_symbols):
        table[:j, j] = (np.abs(D).max(axis=1) > 1e-9)[:j]
    return table


@mistake(
    "leaks",
    "what depends on the present and the past is no leak: on and below the "
    "diagonal all is False.",
)
def past_counted(model, ids, num_symbols):
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    for j, D in moves(model, ids, num_symbols):
        table[:, j] |= np.abs(D).max(axis=1) > 1e-9
    return table


@mistake(
    "leaks",
    "what depends on the present and the past is no leak: on and below the "
    "diagonal all is False.",
)
def diagonal_counted(model, ids, num_symbols):
    return np.triu(past_counted(model, ids, num_symbols))


@mistake(
    "leaks",
    "row 0 has seen the last letter, and that is missed. Either that letter "
    "was never replaced, or only the next place of each row was looked at, or "
    "differences were added up and cancel: take absolute values first.",
)
def next_place_only(model, ids, num_symbols):
    return np.triu(leaks_with_allclose(model, ids, num_symbols)) & ~np.triu(
        np.ones((len(ids), len(ids)), dtype=bool), 2
    )


@mistake(
    "leaks",
    "row 0 has seen the last letter, and that is missed. Either that letter "
    "was never replaced, or only the next place of each row was looked at, or "
    "differences were added up and cancel: take absolute values first.",
)
def sum_of_differences(model, ids, num_symbols):
    pairs = moves(model, ids, num_symbols)
    return joined(ids, ((j, np.abs(D.sum(1)) > 1e-9) for j, D in pairs))


@mistake(
    "leaks",
    "a score that falls has moved as well: take the absolute value of the "
    "difference.",
)
def without_abs(model, ids, num_symbols):
    pairs = moves(model, ids, num_symbols)
    return joined(ids, ((j, D.max(axis=1) > 1e-9) for j, D in pairs))


@mistake(
    "leaks",
    "moves of a millionth are missed: whatever is larger than 1e-9 counts.",
)
def coarse_tolerance(model, ids, num_symbols):
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    before = model(ids)
    for j in range(len(ids)):
        for symbol in range(num_symbols):
            changed = ids.copy()
            changed[j] = symbol
            for i in range(j):
                if not np.allclose(model(changed)[i], before[i], atol=1e-2):
                    table[i, j] = True
    return table


@mistake(
    "leaks",
    "a move of a millionth, of a score of 1, is missed: np.allclose and "
    "np.isclose allow for 1e-5 of the number as well. rtol=0, atol=1e-9.",
)
def allclose_with_rtol(model, ids, num_symbols):
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    before = model(ids)
    for j in range(len(ids)):
        for symbol in range(num_symbols):
            changed = ids.copy()
            changed[j] = symbol
            moved = ~np.isclose(model(changed), before).all(axis=1)
            table[:j, j] |= moved[:j]
    return table


@mistake(
    "leaks",
    "a row has moved if any of its scores has, also if the most likely letter "
    "stays the same: compare the scores themselves.",
)
def most_likely_only(model, ids, num_symbols):
    before = model(ids).argmax(axis=1)
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    for j in range(len(ids)):
        for symbol in range(num_symbols):
            changed = ids.copy()
            changed[j] = symbol
            table[:j, j] |= (model(changed).argmax(axis=1) != before)[:j]
    return table


@mistake(
    "leaks",
    "only what the last symbol shows is kept: join what all of them show by "
    "or, |=.",
)
def last_other_symbol_wins(model, ids, num_symbols):
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    before = model(ids)
    for j in range(len(ids)):
        for symbol in range(num_symbols):
            if symbol != ids[j]:
                changed = ids.copy()
                changed[j] = symbol
                moved = np.abs(model(changed) - before).max(axis=1) > 1e-9
                table[:j, j] = moved[:j]
    return table


@mistake(
    "leaks",
    "another symbol at place 4 moves another row: go on with all symbols "
    "after the first that moves something.",
)
def stopped_at_the_first(model, ids, num_symbols):
    before, T = model(ids), len(ids)
    table = np.zeros((T, T), dtype=bool)
    for j in range(T):
        for symbol in range(num_symbols):
            changed = ids.copy()
            changed[j] = symbol
            moved = np.abs(model(changed) - before).max(axis=1)[:j] > 1e-9
            if moved.any():
                table[:j, j] = moved
                break
    return table


@mistake(
    "leaks",
    "differences of about 1e-14 are rounding: only what moves by more than "
    "1e-9 counts.",
)
def rounding_counted(model, ids, num_symbols):
    pairs = moves(model, ids, num_symbols)
    return joined(ids, ((j, (D != 0).any(axis=1)) for j, D in pairs))


@mistake(
    "leaks",
    "all above the diagonal is True. Either letters that were replaced before "
    "are still replaced (each try needs a fresh copy of ids), or a whole "
    "column becomes True where one of its rows has moved.",
)
def whole_column(model, ids, num_symbols):
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    for j, D in moves(model, ids, num_symbols):
        if (np.abs(D[:j]) > 1e-9).any():
            table[:j, j] = True
    return table


@mistake(
    "leaks",
    "all above the diagonal is True. Either letters that were replaced before "
    "are still replaced (each try needs a fresh copy of ids), or a whole "
    "column becomes True where one of its rows has moved.",
)
def replaced_for_good(model, ids, num_symbols):
    before, changed = model(ids), ids.copy()
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    for j in range(len(ids)):
        for symbol in range(num_symbols):
            changed[j] = symbol
            moved = np.abs(model(changed) - before).max(axis=1) > 1e-9
            table[:j, j] |= moved[:j]
    return table


@mistake(
    "leaks",
    "only the column of the last letter was looked at: replace the letter "
    "at each place, one after the other.",
)
def last_letter_only(model, ids, num_symbols):
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    for j, D in moves(model, ids, num_symbols):
        if j == len(ids) - 1:
            table[:j, j] |= (np.abs(D).max(axis=1) > 1e-9)[:j]
    return table


@mistake(
    "leaks",
    "not a single leak is found. Is the model's answer for ids compared with "
    "that for a changed *copy*? And a row has moved if any of its scores has.",
)
def compared_with_itself(model, ids, num_symbols):
    table = np.zeros((len(ids), len(ids)), dtype=bool)
    for j in range(len(ids)):
        for symbol in range(num_symbols):
            changed, own = ids, ids[j]
            changed[j] = symbol
            D = model(changed) - model(ids)
            table[:j, j] |= (np.abs(D).max(axis=1) > 1e-9)[:j]
            ids[j] = own
    return table


@mistake(
    "leaks",
    "not a single leak is found. Is the model's answer for ids compared with "
    "that for a changed *copy*? And a row has moved if any of its scores has.",
)
def all_scores_must_move(model, ids, num_symbols):
    pairs = moves(model, ids, num_symbols)
    return joined(ids, ((j, (np.abs(D) > 1e-9).all(1)) for j, D in pairs))


@mistake(
    "leaks",
    "the symbols are 0 to num_symbols - 1: range(num_symbols).",
    message="the model knows the symbols 0 to",
)
def one_symbol_too_many(model, ids, num_symbols):
    pairs = moves(model, ids, num_symbols, range(1, num_symbols + 1))
    return joined(ids, ((j, np.abs(D).max(1) > 1e-9) for j, D in pairs))


@mistake(
    "leaks",
    "how far the rows moved is what this table holds; the question is "
    "whether: compare with 1e-9, and return booleans.",
)
def how_far_instead(model, ids, num_symbols):
    table = np.zeros((len(ids), len(ids)))
    for j, D in moves(model, ids, num_symbols):
        table[:j, j] = np.maximum(table[:j, j], np.abs(D).max(axis=1)[:j])
    return table


@mistake(
    "leaks",
    "all scores of row 2 fall by as much, so its probabilities stay as they "
    "were: compare the scores themselves, with no softmax.",
)
def probabilities_compared(model, ids, num_symbols):
    def probabilities(ids):
        exps = np.exp(model(ids))
        return exps / exps.sum(axis=1, keepdims=True)

    pairs = moves(probabilities, ids, num_symbols)
    return joined(ids, ((j, np.abs(D).max(1) > 1e-9) for j, D in pairs))


@mistake(
    "leaks",
    "one score of row 1 moves by 3e-9, and that is missed. It is more than "
    "1e-9; in a mean over the row's scores, or in a square, it is less.",
)
def mean_of_moves(model, ids, num_symbols):
    pairs = moves(model, ids, num_symbols)
    return joined(ids, ((j, np.abs(D).mean(1) > 1e-9) for j, D in pairs))


@mistake(
    "leaks",
    "the symbols are 0 to num_symbols - 1: range(num_symbols).",
    message="the model knows the symbols 0 to",
)
def symbols_of_the_example(model, ids, num_symbols):
    pairs = moves(model, ids, 5)
    return joined(ids, ((j, np.abs(D).max(1) > 1e-9) for j, D in pairs))


@accepted("leaks")
def leaks_in_lists(model, ids, num_symbols):
    T = len(ids)
    table = [[False] * T for _ in range(T)]
    for j in range(T):
        for symbol in range(num_symbols):
            changed = list(ids)
            changed[j] = symbol
            old, new = model(ids), model(changed)
            for i in range(j):
                if max(abs(old[i] - new[i])) > 1e-9:
                    table[i][j] = True
    return table


@accepted("leaks")
def leaks_in_place_and_back(model, ids, num_symbols):
    before, T = model(ids).copy(), len(ids)
    far = np.zeros((T, T))
    for j in range(T):
        own = ids[j]
        for symbol in set(range(num_symbols)) - {int(own)}:
            ids[j] = symbol
            far[:, j] = np.fmax(
                far[:, j], np.ptp([model(ids), before], 0).max(1)
            )
        ids[j] = own
    return np.triu(far > 1e-9, 1)


@accepted("leaks")
def leaks_with_allclose(model, ids, num_symbols):
    T, before = len(ids), model(ids)
    return np.array(
        [
            [
                j > i
                and any(
                    not np.allclose(
                        model(np.where(np.arange(T) == j, symbol, ids))[i],
                        before[i],
                        rtol=0,
                        atol=1e-9,
                    )
                    for symbol in range(num_symbols)
                )
                for j in range(T)
            ]
            for i in range(T)
        ]
    )


# 3 · Attention


def scores_of(Q, K):
    return Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])


def weights_of(scores, allowed):
    scores = np.where(allowed, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    exps = np.exp(scores - np.where(top > -np.inf, top, 0))
    return exps / np.maximum(exps.sum(axis=-1, keepdims=True), 1e-300)


@mistake("attention", "the scores must be divided by the root of d.")
def without_the_root(Q, K, V, allowed):
    weights = weights_of(Q @ np.swapaxes(K, -1, -2), allowed)
    return weights @ V, weights


@mistake("attention", "the scores are divided by d; divide them by its root.")
def divided_by_d(Q, K, V, allowed):
    weights = weights_of(scores_of(Q, K) / np.sqrt(Q.shape[-1]), allowed)
    return weights @ V, weights


@mistake(
    "attention",
    "the scores are divided by the root of the number of keys; d is the "
    "length of a key.",
)
def root_of_the_number(Q, K, V, allowed):
    scores = Q @ np.swapaxes(K, -1, -2) / np.sqrt(K.shape[-2])
    weights = weights_of(scores, allowed)
    return weights @ V, weights


@mistake(
    "attention",
    "a row in which nothing is allowed gives nan: treat it apart, its weights "
    "are 0. The other rows are right.",
)
def nan_without_keys(Q, K, V, allowed):
    scores = np.where(allowed, scores_of(Q, K), -np.inf)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = exps / exps.sum(axis=-1, keepdims=True)
    return weights @ V, weights


@mistake(
    "attention",
    "a row in which nothing is allowed gets equal weights: whatever number "
    "stands in all its places, softmax makes equal shares of it. Its weights "
    "must be 0.",
)
def minus_a_billion(Q, K, V, allowed):
    scores = np.where(allowed, scores_of(Q, K), -1e9)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = exps / exps.sum(axis=-1, keepdims=True)
    return weights @ V, weights


@mistake(
    "attention",
    "the weights are set to 0 after softmax, so they no longer sum to 1: "
    "hidden keys must not be in the sum below the fraction either.",
)
def zeros_afterwards(Q, K, V, allowed):
    weights = weights_of(scores_of(Q, K), True) * allowed
    return weights @ V, weights


@mistake(
    "attention",
    "the mask is turned round: True means that the query may look.",
)
def mask_turned(Q, K, V, allowed):
    weights = weights_of(scores_of(Q, K), ~allowed)
    return weights @ V, weights


@mistake("attention", "the mask isn't used.")
def mask_ignored(Q, K, V, allowed):
    weights = weights_of(scores_of(Q, K), True)
    return weights @ V, weights


@mistake(
    "attention",
    "hidden keys get the score 0, and e to the power of 0 is 1: hide them "
    "with minus infinity.",
)
def scores_times_mask(Q, K, V, allowed):
    scores = scores_of(Q, K) * allowed
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = exps / exps.sum(axis=-1, keepdims=True)
    return weights @ V, weights


@mistake(
    "attention",
    "softmax runs along the queries here: each *row* of weights must sum to "
    "1, axis=-1.",
)
def softmax_along_queries(Q, K, V, allowed):
    scores = np.where(allowed, scores_of(Q, K), -np.inf)
    exps = np.exp(scores)
    weights = exps / exps.sum(axis=-2, keepdims=True)
    return weights @ V, weights


@mistake("attention", "outputs come first, then the weights.")
def weights_first(Q, K, V, allowed):
    weights = weights_of(scores_of(Q, K), allowed)
    return weights, weights @ V


@mistake("attention", "return two things, the outputs and the weights.")
def output_alone(Q, K, V, allowed):
    return weights_of(scores_of(Q, K), allowed) @ V


@mistake(
    "attention",
    "huge scores: e to a large power is infinity. Subtract each row's "
    "largest allowed score before np.exp.",
)
def without_subtracting(Q, K, V, allowed):
    exps = np.exp(scores_of(Q, K)) * allowed
    weights = exps / np.maximum(exps.sum(axis=-1, keepdims=True), 1e-300)
    return weights @ V, weights


@mistake(
    "attention",
    "what is subtracted is far above this row's scores, so nothing is left of "
    "them. Is it the largest of all rows, of the row and 0, or of absolute "
    "values? Each row its own largest score, axis=-1, with its sign.",
)
def largest_of_all(Q, K, V, allowed):
    scores = np.where(allowed, scores_of(Q, K), -np.inf)
    exps = np.exp(scores - scores.max())
    weights = exps / np.maximum(exps.sum(axis=-1, keepdims=True), 1e-300)
    return weights @ V, weights


@mistake(
    "attention",
    ".T turns round all axes; with texts and heads in front only the last "
    "two are to be exchanged: np.swapaxes(K, -1, -2).",
)
def all_axes_turned(Q, K, V, allowed):
    weights = weights_of(Q @ K.T / np.sqrt(Q.shape[-1]), allowed)
    return weights @ V, weights


@mistake(
    "attention",
    "d is the length of a query, Q.shape[-1]: with texts or heads in front, "
    "Q.shape[1] is another number.",
)
def length_from_axis_1(Q, K, V, allowed):
    scores = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[1])
    weights = weights_of(scores, allowed)
    return weights @ V, weights


@mistake(
    "attention",
    "any number of axes may stand in front, texts and heads both: write "
    "'...td,...sd->...ts' in einsum, or use @ with np.swapaxes(K, -1, -2).",
    message="more dimensions than subscripts",
)
def three_axes_at_most(Q, K, V, allowed):
    n = "n" * (Q.ndim > 2)
    scores = np.einsum(f"{n}td,{n}sd->{n}ts", Q, K) / np.sqrt(Q.shape[-1])
    weights = weights_of(scores, allowed)
    return np.einsum(f"{n}ts,{n}sm->{n}tm", weights, V), weights


@mistake(
    "attention",
    "here the mask is (T, S), and the scores have texts in front: "
    "np.broadcast_to(allowed, scores.shape) before you index with it.",
    message="boolean index did not match",
)
def mask_as_an_index(Q, K, V, allowed):
    scores = np.where(allowed, scores_of(Q, K), -np.inf)
    nowhere = ~allowed.any(axis=-1)
    scores[nowhere] = 0
    weights = weights_of(scores, True)
    weights[nowhere] = 0
    return weights @ V, weights


@mistake(
    "attention",
    "the numbers of hidden keys are in the largest score that you subtract, "
    "so nothing is left of the allowed ones: hide first, by -inf (a number "
    "such as -10,000 isn't low enough), then subtract.",
)
def largest_of_the_hidden(Q, K, V, allowed):
    scores = scores_of(Q, K)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True)) * allowed
    weights = exps / np.maximum(exps.sum(axis=-1, keepdims=True), 1e-300)
    return weights @ V, weights


@mistake(
    "attention",
    "the scores are divided by 2, the root of the example's d: divide by the "
    "root of Q.shape[-1].",
)
def root_of_four(Q, K, V, allowed):
    scores = Q @ np.swapaxes(K, -1, -2) / 2
    weights = weights_of(scores, allowed)
    return weights @ V, weights


@mistake(
    "attention",
    "all keys get equal shares, however far their scores are apart. Are the "
    "scores clipped, or their exponentials? Subtract each row's largest "
    "instead, which changes no weight.",
)
def clipped_scores(Q, K, V, allowed):
    scores = np.clip(scores_of(Q, K), -50, 50)
    weights = weights_of(scores, allowed)
    return weights @ V, weights


@accepted("attention")
def attention_by_loops(Q, K, V, allowed):
    weights = np.zeros((*Q.shape[:-1], K.shape[-2]))
    seen = np.broadcast_to(allowed, weights.shape)
    out = np.zeros((*Q.shape[:-1], V.shape[-1]))
    for where in np.ndindex(Q.shape[:-1]):
        s = (
            np.array([np.dot(Q[where], k) for k in K[where[:-1]]])
            / Q.shape[-1] ** 0.5
        )
        if seen[where].any():
            e = np.where(
                seen[where], np.exp(np.minimum(s - s[seen[where]].max(), 0)), 0
            )
            weights[where] = e / e.sum()
            out[where] = sum(
                w * v for w, v in zip(weights[where], V[where[:-1]])
            )
    return out, weights


@accepted("attention")
def attention_with_einsum(Q, K, V, allowed):
    S = np.einsum("...td,...sd->...ts", Q, K) * Q.shape[-1] ** -0.5
    S = np.where(allowed, S, -np.inf)
    with np.errstate(all="ignore"):
        W = np.exp(S - S.max(-1, keepdims=True))
        W = np.nan_to_num(W / W.sum(-1, keepdims=True))
    return [np.einsum("...ts,...sm->...tm", W, V), W]


@accepted("attention")
def attention_by_logarithms(Q, K, V, allowed):
    S = np.where(allowed, scores_of(Q, K), -np.inf)
    total = np.logaddexp.reduce(S, axis=-1, keepdims=True)
    W = np.exp(S - np.where(np.isinf(total), 0, total))
    return np.matmul(W, V), W


# 4 · Who may look at whom


def tables(lengths, T):
    place = np.arange(T)
    return place[:, None] - place, place < lengths[:, None]


@mistake(
    "may_look",
    "the window is one too wide: its places include the query's own, so key "
    "j is near if i - j < window.",
)
def window_too_wide(lengths, T, window):
    back, real = tables(lengths, T)
    near = (back >= 0) & (back <= window)
    return near & real[:, :, None] & real[:, None, :]


@mistake("may_look", "each place sees itself, too: j <= i.")
def not_itself(lengths, T, window):
    back, real = tables(lengths, T)
    near = (back > 0) & (back < window)
    return near & real[:, :, None] & real[:, None, :]


@mistake("may_look", "each place sees itself, too: j <= i.")
def window_without_itself(lengths, T, window):
    back, real = tables(lengths, T)
    near = (back > 0) & (back <= window)
    return near & real[:, :, None] & real[:, None, :]


@mistake(
    "may_look",
    "the future is visible: a key after the query's place is forbidden.",
)
def both_sides(lengths, T, window):
    back, real = tables(lengths, T)
    near = np.abs(back) < window
    return near & real[:, :, None] & real[:, None, :]


@mistake(
    "may_look",
    "this is transposed: the rows are the queries, the columns the keys.",
)
def mask_transposed(lengths, T, window):
    back, real = tables(lengths, T)
    near = (back <= 0) & (back > -window)
    return near & real[:, :, None] & real[:, None, :]


@mistake(
    "may_look",
    "queries at padding places look at something; they must look at nobody.",
)
def padding_looks(lengths, T, window):
    back, real = tables(lengths, T)
    return (back >= 0) & (back < window) & real[:, None, :]


@mistake(
    "may_look",
    "a padding place looks at padding: no pair with a place from the text's "
    "length on is allowed.",
)
def padding_not_hidden(lengths, T, window):
    back, _ = tables(lengths, T)
    near = (back >= 0) & (back < window)
    return np.broadcast_to(near, (len(lengths), T, T)).copy()


@mistake("may_look", "the window isn't used: keys far back are forbidden.")
def window_ignored(lengths, T, window):
    back, real = tables(lengths, T)
    return (back >= 0) & real[:, :, None] & real[:, None, :]


@mistake(
    "may_look",
    "a text of three letters has the places 0, 1 and 2: j < length, not <=.",
)
def one_place_too_many(lengths, T, window):
    back, _ = tables(lengths, T)
    real = np.arange(T) <= lengths[:, None]
    near = (back >= 0) & (back < window)
    return near & real[:, :, None] & real[:, None, :]


@mistake("may_look", "there is one table for each text: (n, T, T).")
def first_text_only(lengths, T, window):
    back, real = tables(lengths, T)
    near = (back >= 0) & (back < window)
    return near & real[0][:, None] & real[0]


@mistake("may_look", "this is True where looking is forbidden: turn it round.")
def forbidden_pairs(lengths, T, window):
    back, real = tables(lengths, T)
    near = (back >= 0) & (back < window)
    return ~(near & real[:, :, None] & real[:, None, :])


@mistake(
    "may_look",
    "the latest places are meant as the query sees them, not those at the "
    "text's end: the window moves along with the query.",
)
def window_at_the_end(lengths, T, window):
    back, real = tables(lengths, T)
    near = (back >= 0) & (np.arange(T) >= lengths[:, None, None] - window)
    return near & real[:, :, None] & real[:, None, :]


@mistake(
    "may_look",
    "padding places look at themselves; they must look at nobody. (Exercise "
    "3 can do with rows in which nothing is allowed.)",
)
def padding_looks_at_itself(lengths, T, window):
    back, real = tables(lengths, T)
    near = (back >= 0) & (back < window)
    near = near & real[:, :, None] & real[:, None, :]
    return near | np.eye(T, dtype=bool)


@mistake(
    "may_look",
    "no text may look anywhere here, though only text 0 is empty. Does it "
    "have a say in the tables of the others? What was made False for it must "
    "not stay so: each text needs a table of its own.",
)
def one_table_for_all(lengths, T, window):
    back, _ = tables(lengths, T)
    near = (back >= 0) & (back < window)
    found = np.zeros((len(lengths), T, T), dtype=bool)
    for text, length in zip(found, lengths):
        near[length:] = near[:, length:] = False
        text[:] = near
    return found


@mistake(
    "may_look",
    "one text is full, and nothing of it is left. It has no padding, and "
    "[-0:] is all of an axis: the padding is [length:].",
)
def padding_from_the_end(lengths, T, window):
    back, _ = tables(lengths, T)
    near = (back >= 0) & (back < window)
    found = np.array([near] * len(lengths))
    for text, length in zip(found, lengths):
        text[-(T - length) :] = text[:, -(T - length) :] = False
    return found


@mistake(
    "may_look",
    "a window may be larger than T: there are only T diagonals, and "
    "range(min(window, T)) ends in time.",
    message="negative dimensions",
)
def diagonals_without_end(lengths, T, window):
    near = sum(np.diag(np.ones(T - k), -k) for k in range(window)) > 0
    _, real = tables(lengths, T)
    return near & real[:, :, None] & real[:, None, :]


@mistake("may_look", "return booleans: compare, or .astype(bool).")
def mask_of_numbers(lengths, T, window):
    back, real = tables(lengths, T)
    near = (back >= 0) & (back < window)
    return (near & real[:, :, None] & real[:, None, :]).astype(float)


@mistake(
    "may_look",
    "is the window of the example, 2, built in, or is yours one too wide?",
)
def window_of_the_example(lengths, T, window):
    return mask_by_loops(lengths, T, 2)


@mistake(
    "may_look",
    "the window is larger than T, and yet place 4 of the full text doesn't "
    "see place 0. Is the window cut down, to T - 1? T places fit into T.",
)
def window_less_than_T(lengths, T, window):
    return mask_by_loops(lengths, T, min(window, T - 1))


@accepted("may_look")
def mask_by_loops(lengths, T, window):
    return [
        [
            [
                bool(j <= i < length and i - j < window and j < length)
                for j in range(T)
            ]
            for i in range(T)
        ]
        for length in lengths
    ]


@accepted("may_look")
def mask_with_triangles(lengths, T, window):
    near = np.tri(T, dtype=bool) & ~np.tri(T, k=-window, dtype=bool)
    out = np.zeros((len(lengths), T, T), dtype=bool)
    for text, length in zip(out, lengths):
        text[:length, :length] = near[:length, :length]
    return out


@accepted("may_look")
def mask_with_indices(lengths, T, window):
    b, i, j = np.indices((len(lengths), T, T))
    ends = lengths[b]
    return np.logical_and.reduce([j <= i, j > i - window, j < ends, i < ends])


# 5 · Heads


def cut(A, num_heads):
    n, T, _ = A.shape
    return np.swapaxes(A.reshape(n, T, num_heads, -1), 1, 2)


def joined_again(A):
    n, _, T, _ = A.shape
    return np.swapaxes(A, 1, 2).reshape(n, T, -1)


SHAPE = (
    "an array (n, T, heads times d) isn't (n, heads, T, d) by reshape alone: "
    "the numbers keep their order, so a head gets those of others. Reshape "
    "to (n, T, heads, d), then exchange two axes."
)


@mistake("multi_head", SHAPE)
def reshape_alone(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    n, T, _ = X.shape
    found = attend(
        *((X @ W).reshape(n, num_heads, T, -1) for W in (W_Q, W_K, W_V))
    )
    return found.reshape(n, T, -1) @ W_O


@mistake("multi_head", SHAPE)
def reshape_alone_on_the_way_in(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    n, T, _ = X.shape
    found = attend(
        *((X @ W).reshape(n, num_heads, T, -1) for W in (W_Q, W_K, W_V))
    )
    return joined_again(found) @ W_O


@mistake(
    "multi_head",
    "cutting is right, joining isn't: exchange heads and places back before "
    "the last reshape.",
)
def joined_without_swap(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    n, T, _ = X.shape
    found = attend(*(cut(X @ W, num_heads) for W in (W_Q, W_K, W_V)))
    return found.reshape(n, T, -1) @ W_O


@mistake(
    "multi_head",
    "attend works on the last two axes, and there yours has heads and d: the "
    "heads must stand before the places.",
)
def heads_behind_places(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    n, T, _ = X.shape
    found = attend(
        *((X @ W).reshape(n, T, num_heads, -1) for W in (W_Q, W_K, W_V))
    )
    return found.reshape(n, T, -1) @ W_O


@mistake(
    "multi_head",
    "a head's columns stand side by side: 0 and 1 are head 0's. In yours "
    "they alternate between the heads.",
)
def alternating_columns(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    n, T, _ = X.shape

    def apart(A):
        return np.moveaxis(A.reshape(n, T, -1, num_heads), 3, 1)

    found = attend(apart(X @ W_Q), apart(X @ W_K), apart(X @ W_V))
    return np.moveaxis(found, 1, 3).reshape(n, T, -1) @ W_O


@mistake("multi_head", "the last product, with W_O, is missing.")
def without_W_O(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    found = attend(*(cut(X @ W, num_heads) for W in (W_Q, W_K, W_V)))
    return joined_again(found)


@mistake(
    "multi_head",
    "this is one head with all columns: each head looks by itself.",
)
def one_wide_head(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    return attend(X @ W_Q, X @ W_K, X @ W_V) @ W_O


@mistake("multi_head", "queries and keys are exchanged.")
def keys_ask(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    found = attend(*(cut(X @ W, num_heads) for W in (W_K, W_Q, W_V)))
    return joined_again(found) @ W_O


@mistake(
    "multi_head",
    "the heads stand in the wrong order when they are put side by side: head "
    "0 first.",
)
def heads_in_reverse(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    found = attend(*(cut(X @ W, num_heads) for W in (W_Q, W_K, W_V)))
    return joined_again(found[:, ::-1]) @ W_O


@mistake(
    "multi_head",
    "the heads are added up before W_O; put them side by side.",
)
def heads_added(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    found = attend(*(cut(X @ W, num_heads) for W in (W_Q, W_K, W_V)))
    total = found.sum(axis=1)
    return np.concatenate([total] * num_heads, axis=2) @ W_O


@mistake(
    "multi_head",
    "attend isn't called: how a head looks is its business.",
)
def own_softmax(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    Q, K, V = (cut(X @ W, num_heads) for W in (W_Q, W_K, W_V))
    return joined_again(weights_of(scores_of(Q, K), True) @ V) @ W_O


@mistake(
    "multi_head",
    "this is 1 over the root of d times what it should be: the scaling is "
    "attend's business too, give it the products as they are.",
)
def queries_scaled(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    Q, K, V = (cut(X @ W, num_heads) for W in (W_Q, W_K, W_V))
    return joined_again(attend(Q / np.sqrt(Q.shape[-1]), K, V)) @ W_O


@mistake(
    "multi_head",
    "a head's values may have another length than its queries and keys, m and "
    "not d: reshape finds it by itself with -1.",
)
def values_cut_by_d(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    n, T, _ = X.shape
    d = W_Q.shape[1] // num_heads
    Q, K, V = (
        np.swapaxes((X @ W).reshape(n, T, num_heads, d), 1, 2)
        for W in (W_Q, W_K, W_V)
    )
    return joined_again(attend(Q, K, V)) @ W_O


@mistake(
    "multi_head",
    "these are the outputs with W_Q for the keys, too: they have W_K.",
)
def keys_with_W_Q(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    found = attend(*(cut(X @ W, num_heads) for W in (W_Q, W_Q, W_V)))
    return joined_again(found) @ W_O


@mistake(
    "multi_head",
    "cutting is right, but in what you put side by side the columns of the "
    "heads alternate: all of head 0's come first, then head 1's.",
)
def alternating_when_joined(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    n, T, _ = X.shape
    found = attend(*(cut(X @ W, num_heads) for W in (W_Q, W_K, W_V)))
    return np.moveaxis(found, 1, 3).reshape(n, T, -1) @ W_O


@mistake(
    "multi_head",
    "on the way back texts and places are exchanged, which does no harm to a "
    "single text: before the last reshape the axes must be (n, T, heads, m).",
)
def texts_and_places_exchanged(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    n, T, _ = X.shape
    found = attend(*(cut(X @ W, num_heads) for W in (W_Q, W_K, W_V)))
    return found.transpose(2, 0, 1, 3).reshape(n, T, -1) @ W_O


@mistake(
    "multi_head",
    "what attend finds was written into an array of whole numbers, since the "
    "values are whole: fractions are cut off.",
)
def values_dtype(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    Q, K, V = (cut(X @ W, num_heads) for W in (W_Q, W_K, W_V))
    found = np.zeros_like(V)
    found[:] = attend(Q, K, V)
    return joined_again(found) @ W_O


@mistake(
    "multi_head",
    "texts are mixed: this is right for one text only. Keep the axis of the "
    "texts in front, from the first step to the last.",
)
def texts_in_one_row(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    n, T, _ = X.shape
    row = X.reshape(1, n * T, -1)
    found = attend(*(cut(row @ W, num_heads) for W in (W_Q, W_K, W_V)))
    return joined_again(found).reshape(n, T, -1) @ W_O


@mistake(
    "multi_head",
    "all heads get the values of head 0: each has its own columns of the "
    "values, too, m of them.",
)
def values_of_head_0(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    V = cut(X @ W_V, num_heads)[:, :1].repeat(num_heads, axis=1)
    found = attend(cut(X @ W_Q, num_heads), cut(X @ W_K, num_heads), V)
    return joined_again(found) @ W_O


@mistake(
    "multi_head",
    "the two heads of the example are built in: here are three, num_heads.",
)
def two_heads_always(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    return loop_over_heads(X, W_Q, W_K, W_V, W_O, 2, attend)


@accepted("multi_head")
def loop_over_heads(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    found = [
        attend(X @ q, X @ k, X @ v)
        for q, k, v in zip(
            *(np.split(W, num_heads, axis=1) for W in (W_Q, W_K, W_V))
        )
    ]
    return np.concatenate(found, axis=-1) @ W_O


@accepted("multi_head")
def loop_over_texts(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    d, m = W_Q.shape[1] // num_heads, W_V.shape[1] // num_heads
    out = np.zeros((len(X), X.shape[1], W_O.shape[1]))
    for b, x in enumerate(X):
        for h in range(num_heads):
            a, c = slice(h * d, (h + 1) * d), slice(h * m, (h + 1) * m)
            out[b] += (
                attend(x @ W_Q[:, a], x @ W_K[:, a], x @ W_V[:, c]) @ W_O[c]
            )
    return out


@accepted("multi_head")
def heads_by_einsum(X, W_Q, W_K, W_V, W_O, num_heads, attend):
    def per_head(W):
        W = W.reshape(len(W), num_heads, -1)
        return np.einsum("nti,ihd->hntd", X, W)

    found = attend(per_head(W_Q), per_head(W_K), per_head(W_V))
    W = W_O.reshape(num_heads, -1, W_O.shape[1])
    return np.einsum("hntm,hmo->nto", found, W)


# 6 · One letter more


def appended(x, cache, W_K, W_V):
    K = np.concatenate([cache[0], (x @ W_K)[:, None]], axis=1)
    return K, np.concatenate([cache[1], (x @ W_V)[:, None]], axis=1)


def looked(q, K, V):
    scores = np.einsum("nd,nsd->ns", q, K) / np.sqrt(q.shape[1])
    return np.einsum("ns,nsm->nm", weights_of(scores, True), V)


@mistake(
    "step",
    "with the window 2 three places are kept: keep two, the new one "
    "included, and drop the oldest.",
)
def nothing_dropped(x, cache, W_Q, W_K, W_V, window):
    K, V = appended(x, cache, W_K, W_V)
    return looked(x @ W_Q, K, V), (K, V)


@mistake("step", "the oldest places are kept, and the latest ones dropped.")
def latest_dropped(x, cache, W_Q, W_K, W_V, window):
    K, V = appended(x, cache, W_K, W_V)
    K, V = K[:, :window], V[:, :window]
    return looked(x @ W_Q, K, V), (K, V)


@mistake(
    "step",
    "the query looked before the oldest place was dropped: drop first, then "
    "look at what is kept.",
)
def looked_before_dropping(x, cache, W_Q, W_K, W_V, window):
    K, V = appended(x, cache, W_K, W_V)
    return looked(x @ W_Q, K, V), (K[:, -window:], V[:, -window:])


@mistake(
    "step",
    "the new place is missing in the cache: append its key and its value.",
)
def new_place_missing(x, cache, W_Q, W_K, W_V, window):
    K, V = appended(x, cache, W_K, W_V)
    return looked(x @ W_Q, K[:, -window:], V[:, -window:]), cache


@mistake(
    "step",
    "the new cache is right, but the query hasn't looked at its own place.",
)
def not_at_itself(x, cache, W_Q, W_K, W_V, window):
    K, V = appended(x, cache, W_K, W_V)
    K, V = K[:, -window:], V[:, -window:]
    return looked(x @ W_Q, K[:, :-1], V[:, :-1]), (K, V)


@mistake(
    "step",
    "with the window 3 there is room for all three places, and only two are "
    "kept: drop what exceeds the window, which counts the new place.",
)
def one_is_always_dropped(x, cache, W_Q, W_K, W_V, window):
    K, V = appended(x, [A[:, 1:] for A in cache], W_K, W_V)
    return looked(x @ W_Q, K, V), (K, V)


@mistake(
    "step",
    "with the window 1 the earlier place isn't dropped: [:, -0:] is all of "
    "an array. Append first, and cut then.",
)
def cut_before_appending(x, cache, W_Q, W_K, W_V, window):
    K, V = appended(x, [A[:, -(window - 1) :] for A in cache], W_K, W_V)
    return looked(x @ W_Q, K, V), (K, V)


@mistake(
    "step",
    "with the window 3 there is room for all three places, and only two are "
    "kept: drop what exceeds the window, which counts the new place.",
)
def window_one_too_small(x, cache, W_Q, W_K, W_V, window):
    K, V = appended(x, cache, W_K, W_V)
    K, V = K[:, 1 - window :], V[:, 1 - window :]
    return looked(x @ W_Q, K, V), (K, V)


@mistake(
    "step",
    "with the window 2 three places are kept: keep two, the new one "
    "included, and drop the oldest.",
)
def window_one_too_large(x, cache, W_Q, W_K, W_V, window):
    K, V = appended(x, cache, W_K, W_V)
    K, V = K[:, -window - 1 :], V[:, -window - 1 :]
    return looked(x @ W_Q, K, V), (K, V)


@mistake("step", "the new place comes last: the oldest is the first.")
def new_place_first(x, cache, W_Q, W_K, W_V, window):
    K = np.concatenate([(x @ W_K)[:, None], cache[0]], axis=1)[:, :window]
    V = np.concatenate([(x @ W_V)[:, None], cache[1]], axis=1)[:, :window]
    return looked(x @ W_Q, K, V), (K, V)


@mistake("step", "the scores must be divided by the root of d.")
def step_without_root(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    return looked(x @ W_Q * np.sqrt(K.shape[2]), K, V), (K, V)


@mistake(
    "step",
    "all weights are 1 here: either softmax is missing, or it runs along the "
    "texts instead of the places.",
)
def step_with_sums(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    return V.sum(axis=1), (K, V)


@mistake("step", "queries and keys are exchanged: look at W_Q and W_K.")
def step_with_key_as_query(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_Q, W_V))
    return looked(x @ W_K, K, V), (K, V)


@mistake(
    "step",
    "the query is x itself: multiply it by W_Q first.",
)
def query_without_W_Q(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    return looked(x, K, V), (K, V)


@mistake(
    "step",
    "the queries of each text meet the keys of all texts, and the scores are "
    "added up. In einsum the axis of the texts has one letter in all parts: "
    "'nd,nsd->ns'.",
)
def scores_over_all_texts(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    scores = np.einsum("nd,bsd->ns", x @ W_Q, K) / np.sqrt(K.shape[2])
    return np.einsum("ns,nsm->nm", weights_of(scores, True), V), (K, V)


@mistake(
    "step",
    "the weights of all texts together sum to 1; those of each text must: "
    "sum along the places, axis=1, keepdims=True.",
)
def weights_over_all_texts(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    exps = np.exp(np.einsum("nd,nsd->ns", x @ W_Q, K) / np.sqrt(K.shape[2]))
    return np.einsum("ns,nsm->nm", exps / exps.sum(), V), (K, V)


@mistake(
    "step",
    "at the start of a text the new place looks at itself alone, with the "
    "weight 1: the output is its own value, and not 0.",
)
def nothing_at_the_start(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    return looked(x @ W_Q, K, V) * (cache[0].shape[1] > 0), (K, V)


@mistake(
    "step",
    "the cache of values got the keys, or the other way round: keys first, "
    "then values.",
)
def values_first(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    return looked(x @ W_Q, K, V), (V, K)


@mistake(
    "step",
    "return two things: the outputs, and the pair of keys and values.",
)
def three_things(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    return looked(x @ W_Q, K, V), K, V


@mistake(
    "step",
    "the output has an axis too many: (n, m), one row for each text.",
)
def an_axis_too_many(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    return looked(x @ W_Q, K, V)[:, None], (K, V)


@mistake(
    "step",
    "the scores are divided by 2, the root of the example's d: divide by the "
    "root of W_K.shape[1].",
)
def step_with_root_of_four(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    return looked(x @ W_Q * np.sqrt(W_K.shape[1]) / 2, K, V), (K, V)


@mistake(
    "step",
    "the new place is kept, but earlier ones are dropped before the window is "
    "full: start = length - window is negative then, and counts from the end. "
    "[:, -window:] takes what there is.",
)
def negative_start(x, cache, W_Q, W_K, W_V, window):
    K, V = appended(x, cache, W_K, W_V)
    start = K.shape[1] - window
    K, V = K[:, start:], V[:, start:]
    return looked(x @ W_Q, K, V), (K, V)


@mistake(
    "step",
    "places that don't exist yet have weights. A place filled up with zeros "
    "has the score 0 and e to the power of 0, which is 1: look at the places "
    "that are there.",
)
def filled_up_to_the_window(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    empty = (0, 0), (window - K.shape[1], 0), (0, 0)
    return looked(x @ W_Q, np.pad(K, empty), np.pad(V, empty)), (K, V)


@mistake(
    "step",
    "each query looks at the places of all texts: it must look at its own "
    "text's alone. The scores are (n, s), s the places of one text.",
)
def places_of_all_texts(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    flat = (A.reshape(1, -1, A.shape[2]).repeat(len(x), 0) for A in (K, V))
    return looked(x @ W_Q, *flat), (K, V)


@mistake(
    "step",
    "the keys in the new cache are those of x @ W_K, divided by the root of "
    "d. At the next step they would be divided again: keep them as they are, "
    "and divide the scores.",
)
def scaled_keys_kept(x, cache, W_Q, W_K, W_V, window):
    K, V = (A[:, -window:] for A in appended(x, cache, W_K, W_V))
    root = np.sqrt(W_K.shape[1])
    return looked(x @ W_Q, K, V), (K / root, V)


@accepted("step")
def step_by_loops(x, cache, W_Q, W_K, W_V, window):
    outputs, keys, values = [], [], []
    for row, K, V in zip(x, *cache):
        K, V = np.vstack([K, row @ W_K]), np.vstack([V, row @ W_V])
        K, V = K[max(0, len(K) - window) :], V[max(0, len(V) - window) :]
        e = np.exp(K @ (row @ W_Q) / len(K[0]) ** 0.5)
        outputs.append(e @ V / e.sum())
        keys.append(K)
        values.append(V)
    return np.array(outputs), [np.array(keys), np.array(values)]


@accepted("step")
def step_with_matmul(x, cache, W_Q, W_K, W_V, window):
    x = np.expand_dims(x, 1)
    K = np.append(cache[0], x @ W_K, 1)
    V = np.append(cache[1], x @ W_V, 1)
    while K.shape[1] > window:
        K, V = K[:, 1:], V[:, 1:]
    S = x @ W_Q @ np.swapaxes(K, 1, 2) / K.shape[-1] ** 0.5
    P = np.exp(S) / np.exp(S).sum(-1, keepdims=True)
    return (P @ V).squeeze(1), (K.copy(), V.copy())


@accepted("step")
def step_in_a_new_array(x, cache, W_Q, W_K, W_V, window):
    old = [A[:, A.shape[1] - min(window - 1, A.shape[1]) :] for A in cache]
    new = []
    for A, W in zip(old, (W_K, W_V)):
        B = np.empty((A.shape[0], A.shape[1] + 1, A.shape[2]))
        B[:, :-1], B[:, -1] = A, x @ W
        new.append(B)
    weights = weights_of(scores_of((x @ W_Q)[:, None], new[0]), True)
    return (weights @ new[1])[:, 0], tuple(new)


# 7 · The culprits


def seen_ahead(part, X, rows=None, how=None):
    """Tell whether an earlier row moves when one of some rows is replaced."""
    before, rng = part(X), np.random.default_rng(3)
    for j in rows or range(1, len(X)):
        Y = X.copy()
        Y[j] = rng.normal(size=X.shape[1]) if how is None else how(X[j])
        if np.abs(part(Y) - before)[:j].max(initial=0) > 1e-9:
            return True
    return False


@mistake(
    "culprits",
    "'sum' is innocent. Either you replace rows of the first input instead of "
    "the part's own, or you count rows after the replaced one: only those "
    "before it count.",
)
def later_rows_count(parts, X):
    found, rng = [], np.random.default_rng(0)
    for name, part in parts.items():
        for j in range(len(X) - 1):
            Y = X.copy()
            Y[j] = rng.normal(size=X.shape[1])
            if np.abs(part(Y) - part(X))[j + 1 :].max() > 1e-9:
                found.append(name)
                break
        X = part(X)
    return found


@mistake(
    "culprits",
    "'sum' is innocent. Either you replace rows of the first input instead of "
    "the part's own, or you count rows after the replaced one: only those "
    "before it count.",
)
def from_the_beginning(parts, X):
    found, done = [], []
    for name, part in parts.items():
        done.append(part)

        def so_far(X, chain=tuple(done)):
            for each in chain:
                X = each(X)
            return X

        if seen_ahead(so_far, X):
            found.append(name)
    return found


@mistake(
    "culprits",
    "'double' is innocent. Either the answer is turned round, or the replaced "
    "row itself counts, which moves of course: only rows *before* it count.",
)
def any_row_counts(parts, X):
    found = []
    for name, part in parts.items():
        Y = X.copy()
        Y[1] += np.arange(1, X.shape[1] + 1) ** 2
        if np.abs(part(Y) - part(X)).max() > 1e-9:
            found.append(name)
        X = part(X)
    return found


@mistake(
    "culprits",
    "'double' is innocent. Either the answer is turned round, or the replaced "
    "row itself counts, which moves of course: only rows *before* it count.",
)
def row_itself_counts(parts, X):
    found = []
    for name, part in parts.items():
        Y = X.copy()
        Y[-1] += np.arange(1, X.shape[1] + 1) ** 2
        if np.abs(part(Y) - part(X)).max() > 1e-9:
            found.append(name)
        X = part(X)
    return found


@mistake(
    "culprits",
    "'pairs' is missed when only the last row is replaced: replace each row, "
    "one after the other.",
)
def last_row_only(parts, X):
    found = []
    for name, part in parts.items():
        if seen_ahead(part, X, rows=[len(X) - 1]):
            found.append(name)
        X = part(X)
    return found


@mistake(
    "culprits",
    "a norm takes out again what is added to a whole row, or by what it is "
    "multiplied: replace the row by random numbers. And compare each number: "
    "after a norm the sum of a row is always the same.",
)
def number_added_to_a_row(parts, X):
    found = []
    for name, part in parts.items():
        if seen_ahead(part, X, how=lambda row: row + 1):
            found.append(name)
        X = part(X)
    return found


@mistake(
    "culprits",
    "'turn' is missed: its row 0 moves only when the last row is replaced. Is "
    "each row replaced, also after one that moves nothing? Do all rows before "
    "it count, and moves of either sign?",
)
def row_before_only(parts, X):
    found, rng = [], np.random.default_rng(0)
    for name, part in parts.items():
        for j in range(1, len(X)):
            Y = X.copy()
            Y[j] = rng.normal(size=X.shape[1])
            if np.abs(part(Y)[j - 1] - part(X)[j - 1]).max() > 1e-9:
                found.append(name)
                break
        X = part(X)
    return found


@mistake(
    "culprits",
    "a part is named once for each row: leave the inner loop when it is "
    "found.",
)
def named_again(parts, X):
    found, rng = [], np.random.default_rng(0)
    for name, part in parts.items():
        for j in range(1, len(X)):
            Y = X.copy()
            Y[j] = rng.normal(size=X.shape[1])
            if np.abs(part(Y) - part(X))[:j].max() > 1e-9:
                found.append(name)
        X = part(X)
    return found


@mistake(
    "culprits",
    "the names are right, but in another order: that of the chain.",
)
def names_sorted(parts, X):
    return right_culprits(parts, X)[::-1]


def right_culprits(parts, X):
    found = []
    for name, part in parts.items():
        if seen_ahead(part, X):
            found.append(name)
        X = part(X)
    return found


@mistake(
    "culprits",
    "the search ends with the first culprit: go on to the end of the chain.",
)
def first_culprit_only(parts, X):
    return right_culprits(parts, X)[:1]


@mistake(
    "culprits",
    "all rows of the input but one are 0 here. Replaced by 0, or by a "
    "multiple of itself, such a row stays as it was; by random numbers it "
    "changes, and then whatever moves by more than 1e-9 counts.",
)
def replaced_by_zeros(parts, X):
    found = []
    for name, part in parts.items():
        if seen_ahead(part, X, how=np.zeros_like):
            found.append(name)
        X = part(X)
    return found


@mistake(
    "culprits",
    "moves of about 1e-14 are rounding: only those above 1e-9 count.",
)
def rounding_is_a_leak(parts, X):
    found, rng = [], np.random.default_rng(0)
    for name, part in parts.items():
        for j in range(1, len(X)):
            Y = X.copy()
            Y[j] = rng.normal(size=X.shape[1])
            if (part(Y)[:j] != part(X)[:j]).any():
                found.append(name)
                break
        X = part(X)
    return found


@mistake(
    "culprits",
    "the output of one part is the input of the next one: X = part(X) at the "
    "end of the loop, with X as it was.",
)
def always_the_first_input(parts, X):
    return [name for name, part in parts.items() if seen_ahead(part, X)]


@mistake(
    "culprits",
    "the output of one part is the input of the next one: X = part(X) at the "
    "end of the loop, with X as it was.",
)
def changed_output_passed_on(parts, X):
    found, rng = [], np.random.default_rng(3)
    for name, part in parts.items():
        before, after = part(X), part(X)
        for j in range(1, len(X)):
            Y = X.copy()
            Y[j] = rng.normal(size=X.shape[1])
            after = part(Y)
            moved = np.abs(after - before)[:j].max() > 1e-9
            if moved and name not in found:
                found.append(name)
        X = after
    return found


@mistake(
    "culprits",
    "a part's input may have more columns than X, or fewer: as many random "
    "numbers as a row of *its* input has.",
    message="could not broadcast input array",
)
def width_of_the_first_input(parts, X):
    found, rows = [], np.random.default_rng(0).normal(size=X.shape)
    for name, part in parts.items():
        for j in range(1, len(X)):
            Y = X.copy()
            Y[j] = rows[j]
            if np.abs(part(Y) - part(X))[:j].max() > 1e-9:
                found.append(name)
                break
        X = part(X)
    return found


@mistake("culprits", "return a list of names, not a dictionary.")
def dictionary_of_verdicts(parts, X):
    found = {}
    for name, part in parts.items():
        found[name] = seen_ahead(part, X)
        X = part(X)
    return found


@mistake(
    "culprits",
    "the parts' names are asked for, the keys of the dictionary.",
)
def numbers_of_parts(parts, X):
    names = right_culprits(parts, X)
    return [i for i, name in enumerate(parts) if name in names]


@mistake(
    "culprits",
    "a copy is missing: Y = X is another name for the same array, so what "
    "you replace in it is replaced in X.",
)
def without_a_copy(parts, X):
    found, rng = [], np.random.default_rng(0)
    for name, part in parts.items():
        before = part(X)
        for j in range(1, len(X)):
            Y = X
            Y[j] = rng.normal(size=X.shape[1])
            if np.abs(part(Y) - before)[:j].max() > 1e-9:
                found.append(name)
                break
        X = before
    return found


@mistake(
    "culprits",
    "'larger' moves in jumps, by 1 or not at all. A small number added to a "
    "row changes no comparison: replace the row by random numbers.",
)
def nudged_rows(parts, X):
    found, rng = [], np.random.default_rng(0)
    for name, part in parts.items():
        before = part(X)
        for j in range(1, len(X)):
            Y = X.copy()
            Y[j] += 1e-6 * rng.normal(size=X.shape[1])
            if np.abs(part(Y) - before)[:j].max() > 1e-9:
                found.append(name)
                break
        X = before
    return found


@mistake(
    "culprits",
    "'mirror' is missed. Either not every row is replaced: its rows of the "
    "first half depend on the second half. Or a row is replaced in the very "
    "array of which 'mirror' has returned a view, so that the output that you "
    "have kept moves along: replace it in a copy.",
)
def replaced_and_put_back(parts, X):
    found, rng = [], np.random.default_rng(0)
    for name, part in parts.items():
        before, leaky = part(X), False
        for j in range(1, len(X)):
            own = X[j].copy()
            X[j] = rng.normal(size=X.shape[1])
            leaky |= np.abs(part(X) - before)[:j].max() > 1e-9
            X[j] = own
        found += [name] * bool(leaky)
        X = before
    return found


@mistake(
    "culprits",
    "rows of 'faint' move by 1e-7, beside numbers of about 9. np.allclose and "
    "np.isclose allow for 1e-5 of the number as well: rtol=0, atol=1e-9.",
)
def culprits_by_allclose(parts, X):
    found, rng = [], np.random.default_rng(0)
    for name, part in parts.items():
        before = part(X)
        for j in range(1, len(X)):
            Y = X.copy()
            Y[j] = rng.normal(size=X.shape[1])
            if not np.allclose(part(Y)[:j], before[:j]):
                found.append(name)
                break
        X = before
    return found


@accepted("culprits")
def all_later_rows_at_once(parts, X):
    names, rng = [], np.random.default_rng(4)
    for name, part in parts.items():
        before, leaky = part(X), False
        for j in range(1, len(X)):
            Y = np.concatenate([X[:j], rng.normal(size=X[j:].shape)])
            leaky |= not np.allclose(part(Y)[:j], before[:j], 0, 1e-9)
        names += [name] * leaky
        X = before
    return tuple(names)


@accepted("culprits")
def many_tries(parts, X):
    def looks_ahead(part, A):
        rng = np.random.default_rng()
        for _ in range(3):
            for j in range(len(A)):
                B = A + 0
                B[j] = 10 * rng.random(A.shape[1])
                for i in range(j):
                    if max(abs(part(B)[i] - part(A)[i])) > 1e-9:
                        return True
        return False

    inputs = [X]
    for part in parts.values():
        inputs.append(part(inputs[-1]))
    return [n for n, A in zip(parts, inputs) if looks_ahead(parts[n], A)]


@accepted("culprits")
def with_a_table(parts, X):
    culprits = np.array([], dtype=str)
    for name in parts:
        out, T = parts[name](X), len(X)
        rng = np.random.default_rng(len(name))
        moved = np.zeros((T, T))
        for j in range(T):
            new = np.where(
                np.arange(T)[:, None] == j, rng.normal(size=X.shape), X
            )
            moved[:, j] = np.abs(parts[name](new) - out).max(axis=1)
        if np.triu(moved > 1e-9, 1).any():
            culprits = np.append(culprits, name)
        X = out
    return culprits


# 9 · Piece by piece


def walked(Q, pieces, scale=lambda d: np.sqrt(d), shrink=True):
    top, total, sums = np.full((len(Q), 1), -np.inf), 0.0, 0.0
    for K, V in pieces:
        if len(K):
            S = Q @ K.T / scale(Q.shape[1])
            now = np.maximum(top, S.max(axis=1, keepdims=True))
            factor = np.exp(top - now) if shrink else 1.0
            E = np.exp(S - now)
            total = total * factor + E.sum(axis=1, keepdims=True)
            sums, top = sums * factor + E @ V, now
    return sums / total


@mistake("in_pieces", "the scores must be divided by the root of d.")
def pieces_without_root(Q, pieces):
    return walked(Q, pieces, scale=lambda d: 1)


@mistake(
    "in_pieces",
    "when the largest score rises, the sums so far must be scaled down.",
)
def sums_not_scaled(Q, pieces):
    return walked(Q, pieces, shrink=False)


@mistake(
    "in_pieces",
    "the sum of the exponentials is scaled down when the largest score rises, "
    "and the sum of the values must be, too.",
)
def values_not_scaled(Q, pieces):
    top, total, sums = np.full((len(Q), 1), -np.inf), 0.0, 0.0
    for K, V in pieces:
        if len(K):
            S = Q @ K.T / np.sqrt(Q.shape[1])
            now = np.maximum(top, S.max(axis=1, keepdims=True))
            E = np.exp(S - now)
            total = total * np.exp(top - now) + E.sum(axis=1, keepdims=True)
            sums, top = sums + E @ V, now
    return sums / total


@mistake(
    "in_pieces",
    "the factor is turned round: from m to a larger m' it is e to the power "
    "of m - m', less than 1.",
)
def scaled_up(Q, pieces):
    top, total, sums = np.full((len(Q), 1), -np.inf), 0.0, 0.0
    for K, V in pieces:
        if len(K):
            S = Q @ K.T / np.sqrt(Q.shape[1])
            now = np.maximum(top, S.max(axis=1, keepdims=True))
            factor = np.where(np.isinf(top), 0.0, np.exp(now - top))
            E = np.exp(S - now)
            total = total * factor + E.sum(axis=1, keepdims=True)
            sums, top = sums * factor + E @ V, now
    return sums / total


@mistake(
    "in_pieces",
    "all is nan. If it is 0 divided by 0, nothing was added up: `pieces` can "
    "be walked through only once, a second loop finds nothing. If not, print "
    "the three things after the first piece.",
)
def walked_through_twice(Q, pieces):
    top = np.full((len(Q), 1), -np.inf)
    for K, V in pieces:
        if len(K):
            S = Q @ K.T / np.sqrt(Q.shape[1])
            top = np.maximum(top, S.max(axis=1, keepdims=True))
    total, sums = np.zeros((len(Q), 1)), np.zeros((len(Q), V.shape[1]))
    for K, V in pieces:
        E = np.exp(Q @ K.T / np.sqrt(Q.shape[1]) - top)
        total += E.sum(axis=1, keepdims=True)
        sums += E @ V
    return sums / total


def with_largest(Q, pieces, start, largest):
    """Walk with a number that is subtracted, as `largest` tells."""
    top, total, sums = start, 0.0, 0.0
    for K, V in pieces:
        if len(K):
            S = Q @ K.T / np.sqrt(Q.shape[1])
            now = largest(top, S)
            factor, E = np.exp(top - now), np.exp(S - now)
            total = total * factor + E.sum(axis=1, keepdims=True)
            sums, top = sums * factor + E @ V, now
    return sums / total


@mistake(
    "in_pieces",
    "the largest score so far begins at 0: where all scores are far below it, "
    "all exponentials are 0. Let it begin at -np.inf.",
)
def largest_begins_at_zero(Q, pieces):
    return with_largest(
        *(Q, pieces, np.zeros((len(Q), 1))),
        lambda top, S: np.maximum(top, S.max(axis=1, keepdims=True)),
    )


@mistake(
    "in_pieces",
    "one largest score serves all queries, and those whose scores are far "
    "below it lose everything: each query its own, max(axis=1).",
)
def one_largest_for_all(Q, pieces):
    return with_largest(
        Q, pieces, -np.inf, lambda top, S: np.maximum(top, S.max())
    )


@mistake(
    "in_pieces",
    "the largest scores of the first piece serve for all: where a later piece "
    "has a much larger one, e to its power is infinity. Let them rise.",
)
def largest_of_the_first_piece(Q, pieces):
    return with_largest(
        *(Q, pieces, np.full((len(Q), 1), -np.inf)),
        lambda top, S: np.where(
            np.isinf(top), S.max(axis=1, keepdims=True), top
        ),
    )


@mistake(
    "in_pieces",
    "this is the mean of what each piece gives; a piece counts the more, the "
    "larger its sum of exponentials is.",
)
def mean_over_all_keys(Q, pieces):
    found, number = 0.0, 0
    for K, V in pieces:
        if len(K):
            found = found + len(K) * walked(Q, [(K, V)])
            number += len(K)
    return found / number


@mistake(
    "in_pieces",
    "this is the mean of what each piece gives; a piece counts the more, the "
    "larger its sum of exponentials is.",
)
def mean_of_pieces(Q, pieces):
    found = [walked(Q, [piece]) for piece in pieces if len(piece[0])]
    return np.mean(found, axis=0)


@mistake(
    "in_pieces",
    "only the last piece counts here. Either the sums begin anew with each "
    "piece, or next() has taken the first one and it was never counted.",
)
def last_piece_only(Q, pieces):
    return [walked(Q, [piece]) for piece in pieces if len(piece[0])][-1]


@mistake(
    "in_pieces",
    "e to a large power is infinity: subtract the largest score so far, of "
    "all pieces until now, so that no exponent is above 0.",
)
def pieces_without_subtraction(Q, pieces):
    total = sums = 0.0
    for K, V in pieces:
        E = np.exp(Q @ K.T / np.sqrt(Q.shape[1]))
        total = total + E.sum(axis=1, keepdims=True)
        sums = sums + E @ V
    return sums / total


@mistake(
    "in_pieces",
    "keep no piece and no weights: three arrays are all that goes on from "
    "piece to piece.",
)
def pieces_collected(Q, pieces):
    K, V = (np.concatenate(parts) for parts in zip(*pieces))
    return weights_of(scores_of(Q, K), True) @ V


@mistake(
    "in_pieces",
    "keep no piece and no weights: three arrays are all that goes on from "
    "piece to piece.",
)
def results_collected(Q, pieces):
    found = []
    for K, V in pieces:
        if len(K):
            S = Q @ K.T / np.sqrt(Q.shape[1])
            top = S.max(axis=1, keepdims=True)
            E = np.exp(S - top)
            found.append((top, E.sum(axis=1, keepdims=True), E @ V))
    tops, totals, sums = map(np.array, zip(*found))
    factors = np.exp(tops - tops.max(axis=0))
    return (factors * sums).sum(axis=0) / (factors * totals).sum(axis=0)


@mistake(
    "in_pieces",
    "an empty piece has no largest score: leave it out.",
    message="zero-size array",
)
def empty_piece_forgotten(Q, pieces):
    top, total, sums = np.full((len(Q), 1), -np.inf), 0.0, 0.0
    for K, V in pieces:
        S = Q @ K.T / np.sqrt(Q.shape[1])
        now = np.maximum(top, S.max(axis=1, keepdims=True))
        factor, E = np.exp(top - now), np.exp(S - now)
        total = total * factor + E.sum(axis=1, keepdims=True)
        sums, top = sums * factor + E @ V, now
    return sums / total


@mistake(
    "in_pieces",
    "the scores are divided by 2, the root of the example's d: divide by the "
    "root of Q.shape[1].",
)
def pieces_with_root_of_four(Q, pieces):
    return walked(Q, pieces, scale=lambda d: 2)


@mistake(
    "in_pieces",
    "all is nan. Has np.exp overflowed? If not: the first piece is empty, the "
    "largest score is still -inf after it, and -inf - (-inf) is nan. Leave "
    "empty pieces out.",
)
def empty_piece_at_the_start(Q, pieces):
    top, total, sums = np.full((len(Q), 1), -np.inf), 0.0, 0.0
    for K, V in pieces:
        S = Q @ K.T / np.sqrt(Q.shape[1])
        now = np.maximum(top, S.max(axis=1, keepdims=True, initial=-np.inf))
        factor, E = np.exp(top - now), np.exp(S - now)
        total = total * factor + E.sum(axis=1, keepdims=True)
        sums, top = sums * factor + E @ V, now
    return sums / total


@mistake(
    "in_pieces",
    "the first piece, whose keys are all 0, isn't counted. Its scores are 0, "
    "and they count: a piece is empty if len(K) is 0.",
)
def keys_of_zero_left_out(Q, pieces):
    return walked(Q, ((K, V) for K, V in pieces if K.any()))


@accepted("in_pieces")
def pieces_by_logarithms(Q, pieces):
    mean, logs = 0.0, np.full((len(Q), 1), -np.inf)
    for K, V in pieces:
        if not len(K):
            continue
        S = Q @ K.T / Q.shape[1] ** 0.5
        new = np.logaddexp.reduce(S, axis=1, keepdims=True)
        after = np.logaddexp(logs, new)
        mean = np.exp(logs - after) * mean + np.exp(S - after) @ V
        logs = after
    return mean


@accepted("in_pieces")
def two_at_a_time(Q, pieces):
    def joined(a, b):
        (m, t, s), (n, u, r) = a, b
        top = np.maximum(m, n)
        f, g = np.exp(m - top), np.exp(n - top)
        return top, f * t + g * u, f * s + g * r

    state = None
    for K, V in pieces:
        if len(K) == 0:
            continue
        S = (Q @ K.T) / Q.shape[1] ** 0.5
        m = S.max(axis=1)[:, None]
        own = m, np.exp(S - m).sum(axis=1)[:, None], np.exp(S - m) @ V
        state = own if state is None else joined(state, own)
    return state[2] / state[1]


@accepted("in_pieces")
def key_by_key(Q, pieces):
    top, total, sums = np.full(len(Q), -np.inf), np.zeros(len(Q)), None
    for K, V in pieces:
        if sums is None:
            sums = np.zeros((len(Q), V.shape[1]))
        for key, value in zip(K, V):
            s = Q @ key / np.sqrt(len(key))
            new = np.maximum(top, s)
            a, b = np.exp(top - new), np.exp(s - new)
            total, top = a * total + b, new
            sums = a[:, None] * sums + b[:, None] * value
    return sums / total[:, None]


@accepted("in_pieces")
def number_by_number(Q, pieces):
    d = Q.shape[1]
    states = [None] * len(Q)
    for K, V in pieces:
        for key, value in zip(K, V):
            for t, query in enumerate(Q):
                s = sum(a * b for a, b in zip(query, key)) / d**0.5
                if states[t] is None:
                    states[t] = s, 1.0, 1.0 * value
                    continue
                top, total, sums = states[t]
                if s > top:
                    f = np.exp(top - s)
                    states[t] = s, f * total + 1, f * sums + value
                else:
                    f = np.exp(s - top)
                    states[t] = top, total + f, sums + f * value
    return np.array([sums / total for _, total, sums in states])
