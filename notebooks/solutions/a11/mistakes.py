"""Answers to assignment a11: wrong ones with their hints, and right ones that
must be accepted."""

import math
import random
from collections import Counter, defaultdict

import numpy as np

from tools.mistakes import accepted, mistake


def mistakes(replaces, hint, **answers):
    """Note short wrong answers of one hint by their names."""
    for name, answer in answers.items():
        answer.__name__ = name
        mistake(replaces, hint)(answer)


# 1 · Bits and perplexity

LN2 = np.log(2)


def total(batches):
    return sum(batch.sum() for batch in batches)


def tokens(batches):
    return sum(len(batch) for batch in batches)


def right_bits(batches, num_characters):
    return total(batches) / LN2 / num_characters


def right_perplexity(batches):
    return np.exp(total(batches) / tokens(batches))


@mistake("bits_and_perplexity", "these are nats; a nat is 1 / ln 2 bits.")
def nats_per_character(batches, num_characters):
    return total(batches) / num_characters, right_perplexity(batches)


@mistake(
    "bits_and_perplexity",
    "a nat is more than a bit, so there are more bits than nats: divide by ln "
    "2.",
)
def times_ln_2(batches, num_characters):
    return total(batches) * LN2 / num_characters, right_perplexity(batches)


@mistake(
    "bits_and_perplexity",
    "these are bits per token; each *character* is asked for.",
)
def bits_per_token(batches, num_characters):
    return total(batches) / LN2 / tokens(batches), right_perplexity(batches)


@mistake(
    "bits_and_perplexity",
    "these are bits per token; each *character* is asked for.",
)
def log_of_the_perplexity(batches, num_characters):
    return np.log2(right_perplexity(batches)), right_perplexity(batches)


EVERY_TOKEN = (
    "a mean of the batches' means lets a token of a small batch count for "
    "more: put all losses together first."
)


@mistake("bits_and_perplexity", EVERY_TOKEN)
def mean_of_means(batches, num_characters):
    mean = np.mean([batch.mean() for batch in batches])
    return mean / LN2, np.exp(mean)


@mistake("bits_and_perplexity", EVERY_TOKEN)
def mean_of_means_in_the_perplexity(batches, num_characters):
    mean = np.mean([batch.mean() for batch in batches])
    return right_bits(batches, num_characters), np.exp(mean)


@mistake("bits_and_perplexity", EVERY_TOKEN)
def mean_of_the_perplexities(batches, num_characters):
    means = [np.exp(batch.mean()) for batch in batches]
    return right_bits(batches, num_characters), np.mean(means)


@mistake(
    "bits_and_perplexity",
    "first the mean of the losses, then e to the power of it: not the other "
    "way round.",
)
def mean_of_the_exponentials(batches, num_characters):
    exps = np.exp(np.concatenate(batches))
    return right_bits(batches, num_characters), exps.mean()


@mistake(
    "bits_and_perplexity",
    "the losses are in nats, so it is e to the power, not 2.",
)
def two_to_the_power_of_nats(batches, num_characters):
    mean = total(batches) / tokens(batches)
    return right_bits(batches, num_characters), 2**mean


@mistake(
    "bits_and_perplexity",
    "2 to the power of bits, or e to the power of nats; not e to bits.",
)
def e_to_the_power_of_bits(batches, num_characters):
    mean = total(batches) / tokens(batches)
    return right_bits(batches, num_characters), np.exp(mean / LN2)


PER_TOKEN = (
    "this is the perplexity of a character; the mean loss of a *token* is "
    "asked for."
)


@mistake("bits_and_perplexity", PER_TOKEN)
def perplexity_of_a_character(batches, num_characters):
    bits = right_bits(batches, num_characters)
    return bits, np.exp(total(batches) / num_characters)


@mistake("bits_and_perplexity", PER_TOKEN)
def two_to_the_bits(batches, num_characters):
    bits = right_bits(batches, num_characters)
    return bits, 2**bits


@mistake(
    "bits_and_perplexity",
    "e to the power of the mean loss of a token, in nats; this has the bits "
    "per character.",
)
def e_to_the_bits(batches, num_characters):
    bits = right_bits(batches, num_characters)
    return bits, np.exp(bits)


@mistake(
    "bits_and_perplexity",
    "this is the mean loss: e to the power of it is missing.",
)
def no_exponential(batches, num_characters):
    mean = total(batches) / tokens(batches)
    return right_bits(batches, num_characters), mean


@mistake(
    "bits_and_perplexity",
    "the sign: a loss of 0 is the perplexity 1, and a larger one more.",
)
def sign_of_the_power(batches, num_characters):
    bits = right_bits(batches, num_characters)
    return bits, 1 / right_perplexity(batches)


@mistake(
    "bits_and_perplexity",
    "the mean loss goes into the power, not the sum.",
)
def exponential_of_the_sum(batches, num_characters):
    bits = right_bits(batches, num_characters)
    return bits, np.exp(total(batches))


@mistake(
    "bits_and_perplexity",
    "divide by the number of tokens, not by that of the batches.",
)
def divided_by_the_batches(batches, num_characters):
    bits = right_bits(batches, num_characters)
    return bits, np.exp(total(batches) / len(batches))


@mistake(
    "bits_and_perplexity",
    "these are all the bits: divide by the number of characters.",
)
def all_the_bits(batches, num_characters):
    return total(batches) / LN2, right_perplexity(batches)


@mistake("bits_and_perplexity", "the bits come first, then the perplexity.")
def perplexity_first(batches, num_characters):
    bits = right_bits(batches, num_characters)
    return right_perplexity(batches), bits


@mistake(
    "bits_and_perplexity",
    "bits come from the logarithm to base 2, not 10.",
)
def base_ten(batches, num_characters):
    bits = total(batches) / np.log(10) / num_characters
    return bits, right_perplexity(batches)


@mistake(
    "bits_and_perplexity",
    "only one of the batches counts: is a return inside a loop?",
)
def first_batch_only(batches, num_characters):
    for batch in batches:
        bits = batch.sum() / LN2 / num_characters
        return bits, np.exp(batch.mean())


@mistake(
    "bits_and_perplexity",
    "return two numbers: bits per character, perplexity.",
)
def perplexity_only(batches, num_characters):
    return right_perplexity(batches)


RAGGED = (
    "the batches have different sizes, so they make no matrix: "
    "np.concatenate(batches) puts them one behind the other."
)


@mistake("bits_and_perplexity", RAGGED, message="inhomogeneous")
def mean_of_a_ragged_list(batches, num_characters):
    return np.sum(batches) / LN2 / num_characters, np.exp(np.mean(batches))


@mistake(
    "bits_and_perplexity",
    "the batches have different sizes: sum the losses of each, then these "
    "sums.",
    message="could not be broadcast together with shapes (10,) (2,)",
)
def sum_of_the_arrays(batches, num_characters):
    losses = sum(batches)
    return losses.sum() / LN2 / num_characters, np.exp(losses.mean())


def with_right_perplexity(bits):
    return lambda batches, n: (
        bits(np.concatenate(batches), n),
        right_perplexity(batches),
    )


def with_right_bits(perplexity):
    return lambda batches, n: (
        right_bits(batches, n),
        perplexity(np.concatenate(batches), n),
    )


mistakes(
    "bits_and_perplexity",
    "these are nats per token, not bits per character.",
    nats_per_token=with_right_perplexity(lambda x, n: x.mean()),
)
mistakes(
    "bits_and_perplexity",
    "this is the sum of all losses, in nats.",
    all_the_nats=with_right_perplexity(lambda x, n: x.sum()),
)
mistakes(
    "bits_and_perplexity",
    "a nat is more than a bit, so there are more bits than nats: divide by ln "
    "2.",
    mean_times_ln_2=with_right_perplexity(lambda x, n: x.mean() * LN2),
    sum_times_ln_2=with_right_perplexity(lambda x, n: x.sum() * LN2),
)
mistakes(
    "bits_and_perplexity",
    "the sum of all losses is divided by the characters, not their mean.",
    mean_by_characters=with_right_perplexity(lambda x, n: x.mean() / LN2 / n),
    mean_nats_by_characters=with_right_perplexity(lambda x, n: x.mean() / n),
)
mistakes(
    "bits_and_perplexity",
    "a loss is -ln p already: no further logarithm is taken of it.",
    log2_of_the_losses=with_right_perplexity(
        lambda x, n: np.log2(x).sum() / n
    ),
    mean_of_log2=with_right_perplexity(lambda x, n: np.log2(x).mean()),
    log2_of_the_sum=with_right_perplexity(lambda x, n: np.log2(x.sum()) / n),
    log2_of_the_quotient=with_right_perplexity(
        lambda x, n: np.log2(x.sum() / n)
    ),
    log2_of_the_mean=with_right_perplexity(lambda x, n: np.log2(x.mean())),
    minus_log2_of_the_losses=with_right_perplexity(
        lambda x, n: -np.log2(x).sum() / n
    ),
)
mistakes(
    "bits_and_perplexity",
    "first sum the losses, then turn them into bits; here exponentials are "
    "summed.",
    log2_of_the_exponentials=with_right_perplexity(
        lambda x, n: np.log2(np.exp(x).sum()) / n
    ),
)
mistakes(
    "bits_and_perplexity",
    "surprise is positive: a sign is wrong.",
    minus_bits=with_right_perplexity(lambda x, n: -x.sum() / LN2 / n),
)
mistakes(
    "bits_and_perplexity",
    "this is upside down: characters per bit.",
    characters_per_bit=with_right_perplexity(lambda x, n: n * LN2 / x.sum()),
)
mistakes(
    "bits_and_perplexity",
    EVERY_TOKEN,
    mean_of_bits_of_batches=lambda batches, n: (
        np.mean([b.sum() / LN2 / n for b in batches]),
        right_perplexity(batches),
    ),
    mean_of_means_by_characters=lambda batches, n: (
        np.mean([b.mean() for b in batches]) / LN2 / n,
        right_perplexity(batches),
    ),
    mean_of_means_of_all_tokens=lambda batches, n: (
        np.mean([b.mean() for b in batches]) * tokens(batches) / LN2 / n,
        right_perplexity(batches),
    ),
    sum_of_means=lambda batches, n: (
        sum(b.mean() for b in batches) / LN2 / n,
        right_perplexity(batches),
    ),
    perplexity_of_the_summed_means=lambda batches, n: (
        right_bits(batches, n),
        np.exp(sum(b.mean() for b in batches)),
    ),
    sum_of_perplexities=lambda batches, n: (
        right_bits(batches, n),
        sum(np.exp(b.mean()) for b in batches),
    ),
    two_to_the_mean_of_means=lambda batches, n: (
        right_bits(batches, n),
        2 ** np.mean([b.mean() for b in batches]),
    ),
)
mistakes(
    "bits_and_perplexity",
    "only one of the batches counts: is a return inside a loop, or is "
    "something overwritten in it?",
    last_batch_only=lambda batches, n: (
        batches[-1].sum() / LN2 / n,
        np.exp(batches[-1].mean()),
    ),
    perplexity_of_the_last=lambda batches, n: (
        right_bits(batches, n),
        np.exp(batches[-1].mean()),
    ),
)
mistakes(
    "bits_and_perplexity",
    "this is the perplexity of the first batch alone, and that of the median "
    "loss: the mean of all losses is asked for.",
    perplexity_of_the_first=lambda batches, n: (
        right_bits(batches, n),
        np.exp(batches[0].mean()),
    ),
    perplexity_of_the_median=with_right_bits(
        lambda x, n: np.exp(np.median(x))
    ),
)
mistakes(
    "bits_and_perplexity",
    "all losses count, each once: their sum is divided by the characters, "
    "whatever the median is.",
    median_times_tokens=with_right_perplexity(
        lambda x, n: np.median(x) * x.size / LN2 / n
    ),
)
mistakes(
    "bits_and_perplexity",
    "e to the sum of many losses is too large: first the mean.",
    product_of_exponentials=with_right_bits(
        lambda x, n: np.prod(np.exp(x)) ** (1 / x.size)
    ),
)
mistakes(
    "bits_and_perplexity",
    "these are bits per token, in both places: for the perplexity a power is "
    "missing.",
    bits_per_token_again=with_right_bits(lambda x, n: x.mean() / LN2),
)
mistakes(
    "bits_and_perplexity",
    "these are the bits per character again: the perplexity is e to the power "
    "of the mean loss of a token.",
    bits_again=with_right_bits(lambda x, n: x.sum() / LN2 / n),
)
mistakes(
    "bits_and_perplexity",
    "the mean loss goes into the power, not the sum; and nothing is divided "
    "afterwards.",
    two_to_the_sum=with_right_bits(lambda x, n: 2 ** x.sum()),
    two_to_all_bits=with_right_bits(lambda x, n: 2 ** (x.sum() / LN2) / n),
    exponential_of_the_sum_by_tokens=with_right_bits(
        lambda x, n: np.exp(x.sum()) / x.size
    ),
    sum_of_exponentials=with_right_bits(lambda x, n: np.exp(x).sum()),
    exponential_of_the_sum_by_characters=with_right_bits(
        lambda x, n: np.exp(x.sum()) / n
    ),
)
mistakes(
    "bits_and_perplexity",
    "bits come from the logarithm to base 2, not 10.",
    base_ten_per_token=with_right_perplexity(
        lambda x, n: x.mean() / np.log(10)
    ),
)
mistakes(
    "bits_and_perplexity",
    "divide by the number of characters, not by that of the batches.",
    bits_per_batch=lambda batches, n: (
        right_bits(batches, len(batches)),
        right_perplexity(batches),
    ),
)


@mistake("bits_and_perplexity", RAGGED, message="must match exactly")
def a_matrix_of_the_batches(batches, num_characters):
    return right_bits([np.vstack(batches)], num_characters), 1


@mistake("bits_and_perplexity", "return numbers, not strings.")
def written_numbers(batches, num_characters):
    bits = right_bits(batches, num_characters)
    return f"{bits:.4f}", f"{right_perplexity(batches):.4f}"


mistakes(
    "bits_and_perplexity",
    "divide the sum of all losses by the number of all tokens: batches differ "
    "in size.",
    tokens_of_the_first_batch=lambda batches, n: (
        right_bits(batches, n),
        np.exp(total(batches) / len(batches[0])),
    ),
    batches_times_the_first_size=lambda batches, n: (
        right_bits(batches, n),
        np.exp(total(batches) / len(batches) / len(batches[0])),
    ),
)


@accepted("bits_and_perplexity")
def by_running_sums(batches, num_characters):
    nats, n = 0.0, 0
    for batch in batches:
        for loss in batch:
            nats, n = nats + float(loss), n + 1
    return nats * math.log2(math.e) / num_characters, math.exp(nats / n)


@accepted("bits_and_perplexity")
def by_weighted_means(batches, num_characters):
    sizes = [len(batch) for batch in batches]
    means = [batch.mean() for batch in batches]
    mean = np.average(means, weights=sizes)
    return [mean * sum(sizes) / LN2 / num_characters, 2 ** (mean / LN2)]


@accepted("bits_and_perplexity")
def summed_in_float32(batches, num_characters):
    losses = np.concatenate(batches).astype(np.float32)
    bits = losses.sum() / np.float32(LN2) / num_characters
    return float(bits), float(np.exp(losses.mean()))


@accepted("bits_and_perplexity")
def as_an_array(batches, num_characters):
    losses = np.hstack(batches)
    bits = np.sum(np.log2(np.exp(losses))) / num_characters
    return np.array([bits, np.prod(np.exp(losses / len(losses)))])


# 2 · Counting


def nested(pairs):
    table = {}
    for context, char in pairs:
        followed = table.setdefault(context, {})
        followed[char] = followed.get(char, 0) + 1
    return table


@mistake(
    "count_next",
    "does the context hold the character that follows, too? It ends before "
    "it, and has `order` characters.",
)
def context_with_what_follows(text, order):
    return nested(
        (text[i - order : i + 1], text[i]) for i in range(order, len(text))
    )


@mistake(
    "count_next",
    "the last character of the text follows a context, too.",
)
def last_character_left_out(text, order):
    return nested(
        (text[i : i + order], text[i + order])
        for i in range(len(text) - order - 1)
    )


@mistake(
    "count_next",
    "the first context of the text is left out: it begins at place 0.",
)
def first_context_left_out(text, order):
    return nested(
        (text[i - order : i], text[i]) for i in range(order + 1, len(text))
    )


SHORT = (
    "at the start of the text, or at its end, there is no whole context: "
    "where does the loop begin, and where does it end?"
)


@mistake("count_next", SHORT)
def short_contexts_at_the_start(text, order):
    return nested(
        (text[max(i - order, 0) : i], text[i]) for i in range(len(text))
    )


@mistake("count_next", SHORT)
def slices_before_the_start(text, order):
    return nested((text[i - order : i], text[i]) for i in range(len(text)))


@mistake(
    "count_next",
    "the text doesn't go on at its beginning: what stands at its end is "
    "followed by nothing.",
)
def round_in_a_circle(text, order):
    ring = text + text[:order]
    return nested(
        (ring[i - order : i], ring[i])
        for i in range(order, len(text) + order)
        if len(text) > order
    )


@mistake(
    "count_next",
    "contexts overlap: move along by one character at a time.",
)
def in_steps_of_the_order(text, order):
    return nested(
        (text[i - order : i], text[i])
        for i in range(order, len(text), order or 1)
    )


@mistake(
    "count_next",
    "contexts overlap: move along by one character at a time.",
)
def in_steps_of_order_and_one(text, order):
    return nested(
        (text[i - order : i], text[i])
        for i in range(order, len(text), order + 1)
    )


@mistake(
    "count_next",
    "occurrences overlap, and str.count leaves out those that do: walk "
    "through the text.",
)
def by_str_count(text, order):
    table = nested(
        (text[i - order : i], text[i]) for i in range(order, len(text))
    )
    return {
        context: {char: text.count(context + char) for char in followed}
        for context, followed in table.items()
    }


@mistake(
    "count_next",
    "each time counts: this says only whether it has followed.",
)
def only_whether(text, order):
    table = {}
    for i in range(order, len(text)):
        table.setdefault(text[i - order : i], {})[text[i]] = 1
    return table


@mistake(
    "count_next",
    "a context that comes again gets a new dictionary, and the old one is "
    "lost: make one only the first time.",
)
def a_new_dictionary_each_time(text, order):
    table = {}
    for i in range(order, len(text)):
        table[text[i - order : i]] = {text[i]: 1}
    return table


@mistake("count_next", "the first time counts, too: begin at 0, then add 1.")
def begins_at_zero(text, order):
    table = {}
    for i in range(order, len(text)):
        followed = table.setdefault(text[i - order : i], {})
        followed[text[i]] = followed.get(text[i], -1) + 1
    return table


@mistake("count_next", "these are shares; how often is asked for.")
def shares_of_what_follows(text, order):
    table = nested(
        (text[i - order : i], text[i]) for i in range(order, len(text))
    )
    return {
        context: {c: n / sum(followed.values()) for c, n in followed.items()}
        for context, followed in table.items()
    }


@mistake("count_next", "this is what came before; what follows is asked.")
def what_came_before(text, order):
    return nested(
        (text[i + 1 : i + 1 + order], text[i])
        for i in range(len(text) - order)
    )


TWO_LEVELS = (
    "the table has two levels: table[context] is a dictionary of its own, "
    "{character: how often}."
)


@mistake("count_next", TWO_LEVELS)
def runs_with_what_follows(text, order):
    n = order + 1
    return dict(Counter(text[i : i + n] for i in range(len(text) - order)))


@mistake("count_next", TWO_LEVELS)
def pairs_as_keys(text, order):
    ends = range(order, len(text))
    return dict(Counter((text[i - order : i], text[i]) for i in ends))


@mistake("count_next", TWO_LEVELS)
def lists_of_what_follows(text, order):
    table = defaultdict(list)
    for i in range(order, len(text)):
        table[text[i - order : i]].append(text[i])
    return dict(table)


@mistake("count_next", TWO_LEVELS)
def strings_of_what_follows(text, order):
    table = defaultdict(str)
    for i in range(order, len(text)):
        table[text[i - order : i]] += text[i]
    return dict(table)


@mistake(
    "count_next",
    "cut the context out of the text: a piece of a str is a str.",
)
def contexts_as_tuples(text, order):
    return nested(
        (tuple(text[i - order : i]), text[i]) for i in range(order, len(text))
    )


@mistake(
    "count_next",
    "for order 0, what is text[-0:]? The same as text[0:], all of it. Cut the "
    "context out by its place, from i - order to i.",
)
def from_the_end_of_what_came(text, order):
    return nested(
        (text[:i][-order:], text[i]) for i in range(order, len(text))
    )


@mistake(
    "count_next",
    "it keeps what it has counted in an earlier call: make the table inside "
    "of the function, and not as a default value.",
)
def table_that_is_kept(text, order, table={}):
    for i in range(order, len(text)):
        followed = table.setdefault(text[i - order : i], {})
        followed[text[i]] = followed.get(text[i], 0) + 1
    return table


BEYOND = (
    "the loop runs beyond the text: the last context that is followed by "
    "something begins `order` + 1 characters before the end."
)


@mistake("count_next", BEYOND, message="string index out of range")
def beyond_the_end(text, order):
    return nested(
        (text[i : i + order], text[i + order]) for i in range(len(text))
    )


@mistake("count_next", BEYOND, message="string index out of range")
def looks_before_the_end(text, order):
    table, i = {}, order
    while True:
        followed = table.setdefault(text[i - order : i], {})
        followed[text[i]] = followed.get(text[i], 0) + 1
        i += 1
        if i == len(text):
            return table


@mistake("count_next", BEYOND)
def followed_by_nothing(text, order):
    return nested(
        (text[i : i + order], text[i + order : i + order + 1])
        for i in range(len(text) - order + 1)
    )


@mistake(
    "count_next",
    "a context that is new has no dictionary yet: table.setdefault(context, "
    "{}) makes one.",
    message="KeyError: 'p'",
)
def no_dictionary_yet(text, order):
    table = {}
    for i in range(order, len(text)):
        table[text[i - order : i]][text[i]] += 1
    return table


@mistake(
    "count_next",
    "a character that is new has no number yet: .get(character, 0) is 0 for "
    "it.",
    message="KeyError: 'o'",
)
def no_number_yet(text, order):
    table = {}
    for i in range(order, len(text)):
        table.setdefault(text[i - order : i], {})[text[i]] += 1
    return table


@mistake(
    "count_next",
    "nothing is in the table that doesn't occur.",
)
def zeros_for_all(text, order):
    letters = dict.fromkeys(text, 0)
    table = {}
    for i in range(order, len(text)):
        table.setdefault(text[i - order : i], dict(letters))[text[i]] += 1
    return table


@mistake(
    "count_next",
    "the return stands inside the loop, or the loop ends after one step.",
)
def first_place_only(text, order):
    table = {}
    for i in range(order, len(text)):
        table[text[i - order : i]] = {text[i]: 1}
        return table
    return table


def rightly_counted(text, order):
    return nested(
        (text[i - order : i], text[i]) for i in range(order, len(text))
    )


def with_counts(change):
    """Return an answer whose counts are change(count, all of the context)."""

    def answer(text, order):
        table = rightly_counted(text, order)
        return {
            context: {c: change(n, followed) for c, n in followed.items()}
            for context, followed in table.items()
        }

    return answer


mistakes(
    "count_next",
    "each counts once too often: begin at 0, then add 1.",
    begins_at_one=with_counts(lambda n, followed: n + 1),
)
mistakes(
    "count_next",
    "each character has the count of all that followed its context.",
    counts_of_the_context=with_counts(lambda n, f: sum(f.values())),
)
mistakes(
    "count_next",
    "what else has followed the same context is lost: all of it is kept, not "
    "only the first or the most frequent.",
    only_the_most_frequent=lambda text, order: {
        context: {max(f, key=f.get): max(f.values())}
        for context, f in rightly_counted(text, order).items()
    },
)
mistakes(
    "count_next",
    "both ends are left out: the first context begins at place 0, and the "
    "last character follows one, too.",
    both_ends_left_out=lambda text, order: rightly_counted(text[1:-1], order),
)
mistakes(
    "count_next",
    "each character counts as it is: small and large letters, spaces, line "
    "breaks.",
    small_letters=lambda text, order: rightly_counted(text.lower(), order),
    stripped=lambda text, order: rightly_counted(text.strip(), order),
    without_spaces=lambda text, order: rightly_counted(
        text.replace(" ", ""), order
    ),
    without_white_space=lambda text, order: rightly_counted(
        "".join(text.split()), order
    ),
    with_single_spaces=lambda text, order: rightly_counted(
        " ".join(text.split()), order
    ),
    letters_only=lambda text, order: rightly_counted(
        "".join(filter(str.isalpha, text)), order
    ),
    small_letters_only=lambda text, order: rightly_counted(
        "".join(filter(str.isalpha, text.lower())), order
    ),
    without_line_breaks=lambda text, order: rightly_counted(
        text.replace("\n", ""), order
    ),
    line_breaks_as_spaces=lambda text, order: rightly_counted(
        text.replace("\n", " "), order
    ),
)


mistakes(
    "count_next",
    "this counts how often the context, or the character, occurs anywhere; "
    "count how often the one follows the other.",
    counts_of_contexts_in_the_text=lambda text, order: {
        context: {c: text.count(context) for c in followed}
        for context, followed in rightly_counted(text, order).items()
    },
    counts_of_characters_in_the_text=lambda text, order: {
        context: {c: text.count(c) for c in followed}
        for context, followed in rightly_counted(text, order).items()
    },
)


@mistake(
    "count_next",
    "what follows stands right behind the context; this is one further on.",
)
def with_a_gap(text, order):
    return nested(
        (text[i - order - 1 : i - 1], text[i])
        for i in range(order + 1, len(text))
    )


@mistake(
    "count_next",
    "a context or a character that is new is set to nothing and not counted: "
    "the first time counts, too.",
)
def new_ones_are_not_counted(text, order):
    table = {}
    for i in range(order, len(text)):
        context, char = text[i - order : i], text[i]
        if context not in table:
            table[context] = {}
        elif char in table[context]:
            table[context][char] += 1
        else:
            table[context][char] = 1
    return table


mistakes(
    "count_next",
    "a context is read from left to right: this is turned round.",
    contexts_backward=lambda text, order: {
        context[::-1]: followed
        for context, followed in rightly_counted(text, order).items()
    },
)
mistakes(
    "count_next",
    "characters are counted, spaces too, not words.",
    words_instead=lambda text, order: nested(
        (" ".join(text.split()[i - order : i]), text.split()[i])
        for i in range(order, len(text.split()))
    ),
)
mistakes(
    "count_next",
    "nothing stands before the text: the first context is its beginning.",
    spaces_before_the_text=lambda text, order: rightly_counted(
        " " * order + text, order
    ),
)


@accepted("count_next")
def by_counters(text, order):
    table = defaultdict(Counter)
    for i in range(len(text) - order):
        table[text[i : i + order]][text[i + order]] += 1
    return table


@accepted("count_next")
def by_default_dictionaries(text, order):
    table = defaultdict(lambda: defaultdict(int))
    context = text[:order]
    for char in text[order:]:
        table[context][char] += 1
        context = (context + char)[1:] if order else ""
    return {context: dict(followed) for context, followed in table.items()}


@accepted("count_next")
def by_shifted_texts(text, order):
    ends = range(order, len(text))
    contexts = [text[end - order : end] for end in ends]
    table = {}
    for context in dict.fromkeys(contexts):
        chars = [c for k, c in zip(contexts, text[order:]) if k == context]
        table[context] = {c: chars.count(c) for c in chars}
    return table


# 3 · Predicting


def mixed(
    tables,
    context,
    alphabet,
    mix=lambda c, t, p: (c + t * p) / (c.sum() + t),
    base=None,
    first=0,
    last=lambda context, k: context[len(context) - k :],
    unseen=lambda p: p,
):
    p = np.full(len(alphabet), 1 / len(alphabet) if base is None else base)
    for k, table in enumerate(tables):
        if k < first or k > len(context):
            continue
        followed = table.get(last(context, k))
        if followed:
            counts = np.array([followed.get(c, 0) for c in alphabet], float)
            p = mix(counts, len(followed), p)
        else:
            p = unseen(p)
    return p


NEW_ONES = (
    "t is how many *different* characters have followed these k characters, "
    "the length of their dictionary."
)
SUMS = (
    "the denominator is n + t: n, how often anything followed, and t for what "
    "is new."
)
BELOW = "p of the order below stands in the numerator, times t."


def mixing(mix):
    return lambda *arguments: mixed(*arguments, mix)


mistakes(
    "predict",
    NEW_ONES,
    always_one_new=mixing(lambda c, t, p: (c + p) / (c.sum() + 1)),
    alphabet_instead_of_t=mixing(
        lambda c, t, p: (c + p.size * p) / (c.sum() + p.size)
    ),
    the_largest_count=mixing(
        lambda c, t, p: (c + c.max() * p) / (c.sum() + c.max())
    ),
    those_that_never_followed=mixing(
        lambda c, t, p: (c + (p.size - t) * p) / (c.sum() + p.size - t)
    ),
)
mistakes(
    "predict",
    SUMS,
    divided_by_n=mixing(lambda c, t, p: (c + t * p) / c.sum()),
    divided_by_the_largest_and_t=mixing(
        lambda c, t, p: (c + t * p) / (c.max() + t)
    ),
    divided_by_t=mixing(lambda c, t, p: (c + t * p) / t),
    divided_by_each=mixing(lambda c, t, p: (c + t * p) / (c + t)),
    divided_by_n_and_the_alphabet=mixing(
        lambda c, t, p: (c + t * p) / (c.sum() + p.size)
    ),
    divided_by_n_and_one=mixing(lambda c, t, p: (c + t * p) / (c.sum() + 1)),
    divided_by_t_and_the_alphabet=mixing(
        lambda c, t, p: (c + t * p) / (t + p.size)
    ),
    divided_by_t_twice=mixing(lambda c, t, p: (c + t * p) / (2 * t)),
)
mistakes(
    "predict",
    "the division by n + t is missing.",
    not_divided=mixing(lambda c, t, p: c + t * p),
)
mistakes(
    "predict",
    BELOW,
    without_t_above=mixing(lambda c, t, p: (c + p) / (c.sum() + t)),
    nothing_from_below=mixing(lambda c, t, p: c / (c.sum() + t)),
    one_more_by_n_and_t=mixing(lambda c, t, p: (c + 1) / (c.sum() + t)),
    t_alone=mixing(lambda c, t, p: (c + t) / (c.sum() + t)),
    shares_and_t_times_below=mixing(lambda c, t, p: c / c.sum() + t * p),
    shares_and_below=mixing(lambda c, t, p: c / c.sum() + p),
    n_times_below=mixing(lambda c, t, p: (c + c.sum() * p) / (c.sum() + t)),
    counts_times_below=mixing(lambda c, t, p: (c * p + t * p) / (c.sum() + t)),
)
mistakes(
    "predict",
    "Python divides before it adds: the whole numerator and the whole "
    "denominator want parentheses.",
    no_parentheses_above=mixing(lambda c, t, p: c + t * p / (c.sum() + t)),
    no_parentheses_below=mixing(lambda c, t, p: (c + t * p) / c.sum() + t),
    no_parentheses=mixing(lambda c, t, p: c + t * p / c.sum() + t),
)
mistakes(
    "predict",
    "each order corrects the one *below it*, not 1/V.",
    always_from_one_over_v=mixing(
        lambda c, t, p: (c + t / p.size) / (c.sum() + t)
    ),
)
mistakes(
    "predict",
    "these are plain shares: what has never followed gets nothing. The order "
    "below is missing.",
    plain_shares=mixing(lambda c, t, p: c / c.sum()),
)
mistakes(
    "predict",
    "this adds 1 to each count; the formula adds t times the probability of "
    "the order below.",
    one_more_for_each=mixing(lambda c, t, p: (c + 1) / (c.sum() + p.size)),
)
mistakes(
    "predict",
    "the weights are exchanged: the counts' own share has the weight n, the "
    "order below has t.",
    weights_exchanged=mixing(
        lambda c, t, p: (t * c / c.sum() + c.sum() * p) / (c.sum() + t)
    ),
)
mistakes(
    "predict",
    "the counts' own share and the order below weigh the same here; their "
    "weights are n and t, the number of *different* characters that followed.",
    plain_mean=mixing(lambda c, t, p: (c / c.sum() + p) / 2),
)
mistakes(
    "predict",
    "the formula is the same for all characters: those that have followed "
    "get their part of the order below, those that haven't have n(c) = 0.",
    only_the_unseen_from_below=mixing(
        lambda c, t, p: np.where(c > 0, c, t * p) / (c.sum() + t)
    ),
    unseen_as_below=mixing(
        lambda c, t, p: np.where(c > 0, (c + t * p) / (c.sum() + t), p)
    ),
    unseen_get_nothing=mixing(
        lambda c, t, p: np.where(c > 0, c + t * p, 0) / (c.sum() + t)
    ),
)


@mistake("predict", NEW_ONES)
def number_of_contexts(tables, context, alphabet):
    p = np.full(len(alphabet), 1 / len(alphabet))
    for k, table in enumerate(tables[: len(context) + 1]):
        followed = table.get(context[len(context) - k :])
        if followed:
            counts = np.array([followed.get(c, 0) for c in alphabet])
            p = (counts + len(table) * p) / (counts.sum() + len(table))
    return p


ORDER_0 = (
    "order 0 is left out. For k = 0, what do you look up? It must be the "
    "empty string, whatever the context."
)


@mistake("predict", ORDER_0)
def slices_from_the_end(tables, context, alphabet):
    return mixed(tables, context, alphabet, last=lambda s, k: s[-k:])


@mistake("predict", ORDER_0)
def begins_with_order_one(tables, context, alphabet):
    return mixed(tables, context, alphabet, first=1)


@mistake(
    "predict",
    "below order 0 there is 1/V, the same for each character; not 0.",
)
def begins_with_zero(tables, context, alphabet):
    return mixed(tables, context, alphabet, base=0.0)


@mistake("predict", "below order 0 there is 1/V, not 1.")
def begins_with_one(tables, context, alphabet):
    return mixed(tables, context, alphabet, base=1.0)


@mistake(
    "predict",
    "V is the size of the alphabet, not the number of the characters that "
    "have occurred.",
)
def size_of_what_occurred(tables, context, alphabet):
    return mixed(tables, context, alphabet, base=1 / len(tables[0][""]))


@mistake(
    "predict",
    "the *last* k characters of the context count, not the first.",
)
def first_characters(tables, context, alphabet):
    return mixed(tables, context, alphabet, last=lambda s, k: s[:k])


@mistake(
    "predict",
    "all of the context is looked up, in each table: a table of order k knows "
    "contexts of k characters.",
)
def the_whole_context(tables, context, alphabet):
    return mixed(tables, context, alphabet, last=lambda s, k: s)


NOTHING = (
    "where the last k characters aren't in the table, all stays as the order "
    "below had it."
)


@mistake("predict", NOTHING)
def even_where_unseen(tables, context, alphabet):
    size = len(alphabet)
    return mixed(
        *(tables, context, alphabet), unseen=lambda p: np.full(size, 1 / size)
    )


@mistake("predict", NOTHING)
def zero_where_unseen(tables, context, alphabet):
    return mixed(tables, context, alphabet, unseen=lambda p: 0 * p)


@mistake("predict", NOTHING, message="KeyError: 'xa'")
def looks_up_the_unseen(tables, context, alphabet):
    p = np.full(len(alphabet), 1 / len(alphabet))
    for k, table in enumerate(tables[: len(context) + 1]):
        followed = table[context[len(context) - k :]]
        counts = np.array([followed.get(c, 0) for c in alphabet])
        p = (counts + len(followed) * p) / (counts.sum() + len(followed))
    return p


@mistake(
    "predict",
    "a character that has never followed isn't in the dictionary: "
    ".get(character, 0) is 0 for it.",
    message="KeyError: 's'",
)
def looks_up_what_never_followed(tables, context, alphabet):
    p = np.full(len(alphabet), 1 / len(alphabet))
    for k, table in enumerate(tables[: len(context) + 1]):
        followed = table.get(context[len(context) - k :], {})
        counts = np.array([followed[c] for c in alphabet])
        p = (counts + len(followed) * p) / (counts.sum() + len(followed))
    return p


@mistake(
    "predict",
    "0 / 0: where the last k characters aren't in the table, n and t are 0. "
    "Leave p as it is there.",
)
def nothing_by_nothing(tables, context, alphabet):
    p = np.full(len(alphabet), 1 / len(alphabet))
    for k, table in enumerate(tables):
        followed = table.get(context[len(context) - k :], {})
        counts = np.array([followed.get(c, 0) for c in alphabet])
        p = (counts + len(followed) * p) / (counts.sum() + len(followed))
    return p


@mistake(
    "predict",
    "there may be fewer tables than the context has characters: loop over "
    "the tables.",
    message="list index out of range",
)
def beyond_the_tables(tables, context, alphabet):
    for k in range(len(context) + 1):
        tables[k].get(context[len(context) - k :])
    return mixed(tables, context, alphabet)


@mistake(
    "predict",
    "this is right for 'a': 'A' and 'a' are two characters, so the context "
    "must stay as it is.",
)
def in_lower_case(tables, context, alphabet):
    return mixed(tables, context.lower(), alphabet)


@accepted("predict")
def a_list_of_probabilities(tables, context, alphabet):
    return mixed(tables, context, alphabet).tolist()


@mistake(
    "predict",
    "return an array of the probabilities, in the order of the alphabet.",
)
def a_dictionary_of_probabilities(tables, context, alphabet):
    return dict(zip(alphabet, mixed(tables, context, alphabet)))


@mistake(
    "predict",
    "the probabilities stand in another order than the characters of the "
    "alphabet.",
)
def in_sorted_order(tables, context, alphabet):
    return mixed(tables, context, "".join(sorted(alphabet)))


@mistake(
    "predict",
    "only the characters that have followed get a probability: all of the "
    "alphabet need one.",
)
def only_those_that_occurred(tables, context, alphabet):
    p = mixed(tables, context, alphabet)
    return p[[c in tables[0][""] for c in alphabet]]


mistakes(
    "predict",
    "the last k characters are looked up backward: they keep their order.",
    looked_up_backward=lambda *arguments: mixed(
        *arguments, last=lambda s, k: s[len(s) - k :][::-1]
    ),
)
mistakes(
    "predict",
    "the last character of the context is left out: it is the most important "
    "one.",
    last_character_ignored=lambda *arguments: mixed(
        *arguments, last=lambda s, k: s[-k - 1 : -1]
    ),
)
mistakes(
    "predict",
    "these are logarithms; the probabilities themselves are asked for.",
    logarithms=lambda *arguments: np.log(mixed(*arguments)),
    minus_logarithms=lambda *arguments: -np.log(mixed(*arguments)),
)


@mistake("predict", "each order corrects the one *below it*, not 1/V.")
def the_highest_order_alone(tables, context, alphabet):
    p = np.full(len(alphabet), 1 / len(alphabet))
    for k in reversed(range(min(len(tables), len(context) + 1))):
        if followed := tables[k].get(context[len(context) - k :]):
            c = np.array([followed.get(a, 0) for a in alphabet])
            return (c + len(followed) * p) / (c.sum() + len(followed))
    return p


@mistake(
    "predict",
    "n is how often something followed *this* context, not any context of the "
    "table.",
)
def n_of_the_whole_table(tables, context, alphabet):
    p = np.full(len(alphabet), 1 / len(alphabet))
    for k, table in enumerate(tables[: len(context) + 1]):
        if followed := table.get(context[len(context) - k :]):
            n = sum(sum(f.values()) for f in table.values())
            c = np.array([followed.get(a, 0) for a in alphabet])
            p = (c + len(followed) * p) / (n + len(followed))
    return p


@mistake("predict", NEW_ONES)
def t_of_the_whole_table(tables, context, alphabet):
    p = np.full(len(alphabet), 1 / len(alphabet))
    for k, table in enumerate(tables[: len(context) + 1]):
        if followed := table.get(context[len(context) - k :]):
            t = len(set().union(*table.values()))
            c = np.array([followed.get(a, 0) for a in alphabet])
            p = (c + t * p) / (c.sum() + t)
    return p


@mistake(
    "predict",
    "the formula holds for order 0, too: it corrects 1/V.",
)
def plain_shares_for_order_0(tables, context, alphabet):
    c = np.array([tables[0][""].get(a, 0) for a in alphabet])
    p = c / c.sum()
    for k in range(1, min(len(tables), len(context) + 1)):
        if followed := tables[k].get(context[len(context) - k :]):
            c = np.array([followed.get(a, 0) for a in alphabet])
            p = (c + len(followed) * p) / (c.sum() + len(followed))
    return p


@mistake(
    "predict",
    "the orders aren't averaged: each corrects the one below it.",
)
def mean_of_the_orders(tables, context, alphabet):
    shares = [np.full(len(alphabet), 1 / len(alphabet))]
    for k, table in enumerate(tables[: len(context) + 1]):
        if followed := table.get(context[len(context) - k :]):
            c = np.array([followed.get(a, 0) for a in alphabet])
            shares.append(c / c.sum())
    return np.mean(shares, axis=0)


@mistake(
    "predict",
    "0 / 0: where the last k characters aren't in the table, n and t are 0. "
    "Leave p as it is there.",
    message="division by zero",
)
def nothing_by_nothing_in_a_loop(tables, context, alphabet):
    p = [1 / len(alphabet)] * len(alphabet)
    for k, table in enumerate(tables):
        row = table.get(context[len(context) - k :], {})
        n, t = sum(row.values()), len(row)
        p = [(row.get(a, 0) + t * q) / (n + t) for a, q in zip(alphabet, p)]
    return np.array(p)


@mistake(
    "predict",
    "the orders are walked from the highest to the lowest: begin with 0, so "
    "that each corrects the one below it.",
)
def from_the_highest_order_down(tables, context, alphabet):
    p = np.full(len(alphabet), 1 / len(alphabet))
    for k in reversed(range(min(len(tables), len(context) + 1))):
        if followed := tables[k].get(context[len(context) - k :]):
            c = np.array([followed.get(a, 0) for a in alphabet])
            p = (c + len(followed) * p) / (c.sum() + len(followed))
    return p


@mistake(
    "predict",
    "probabilities are fractions: is the array one of whole numbers?",
)
def in_whole_numbers(tables, context, alphabet):
    return mixed(tables, context, alphabet).astype(int)


@mistake(
    "predict",
    "where the context is too short, the highest order that fits counts: it "
    "must not be left at 1/V.",
)
def uniform_if_too_short(tables, context, alphabet):
    if len(context) < len(tables) - 1:
        return np.full(len(alphabet), 1 / len(alphabet))
    return mixed(tables, context, alphabet)


@mistake(
    "predict",
    "return the probabilities of all characters, not the likeliest one.",
)
def the_likeliest_character(tables, context, alphabet):
    return alphabet[mixed(tables, context, alphabet).argmax()]


@accepted("predict")
def by_recursion_for_each(tables, context, alphabet):
    def p(k, char):
        if k < 0:
            return 1 / len(alphabet)
        start = len(context) - k
        followed = tables[k].get(context[start:], {}) if start >= 0 else {}
        if not followed:
            return p(k - 1, char)
        n, t = sum(followed.values()), len(followed)
        return (followed.get(char, 0) + t * p(k - 1, char)) / (n + t)

    return np.array([p(len(tables) - 1, char) for char in alphabet])


@accepted("predict")
def stops_where_nothing_is_found(tables, context, alphabet):
    p = np.ones(len(alphabet)) / len(alphabet)
    for k in range(len(tables)):
        last = context[-k:] if k else ""
        if last not in tables[k]:
            break
        row = tables[k][last]
        for i, char in enumerate(alphabet):
            p[i] = row.get(char, 0) + len(row) * p[i]
        p /= sum(row.values()) + len(row)
    return p


@accepted("predict")
def predicted_in_float32(tables, context, alphabet):
    return mixed(tables, context, alphabet).astype(np.float32)


@accepted("predict")
def with_weights_that_sum_to_one(tables, context, alphabet):
    return mixed(
        *(tables, context, alphabet),
        lambda c, t, p: (
            c.sum() / (c.sum() + t) * (c / c.sum()) + t / (c.sum() + t) * p
        ),
    )


# 4 · Drawing


def heated(scores, temperature):
    exps = np.exp((scores - np.max(scores)) / temperature)
    return exps / exps.sum()


def drawn(rng, probs):
    return int(rng.choice(len(probs), p=probs))


UNUSED = (
    "the temperature changes nothing: each score is divided by it, before the "
    "exponential."
)
MULTIPLIED = (
    "the scores are multiplied by T, or the probabilities raised to the power "
    "T: cold must be timid. Divide the scores by T."
)


@mistake("sample", UNUSED)
def without_temperature(scores, temperature, rng):
    return drawn(rng, heated(scores, 1))


@mistake("sample", UNUSED)
def temperature_after_the_softmax(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    probs = heated(scores, 1) / temperature
    return drawn(rng, probs / probs.sum())


@mistake("sample", MULTIPLIED)
def scores_times_temperature(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(rng, heated(scores, 1 / temperature))


@mistake("sample", MULTIPLIED)
def probabilities_to_the_power_of_t(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    probs = heated(scores, 1) ** temperature
    return drawn(rng, probs / probs.sum())


@mistake(
    "sample",
    "the temperature divides the scores, not the probabilities; and one "
    "softmax is enough.",
)
def softmax_of_probabilities(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(rng, heated(heated(scores, 1), temperature))


@mistake(
    "sample",
    "one softmax too many: of what is a probability already.",
)
def softmax_of_a_softmax(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(rng, heated(heated(scores, temperature), 1))


NO_RNG = (
    "the draw must come from rng: not from a generator that you make anew, "
    "and it isn't always the largest score."
)
WITH_RNG = (
    "draw with rng, the generator that is given: not with np.random, nor with "
    "the module random, nor with a new generator."
)


@mistake("sample", NO_RNG)
def always_the_largest(scores, temperature, rng):
    return int(np.argmax(scores))


@mistake("sample", NO_RNG)
def a_generator_of_its_own(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(np.random.default_rng(0), heated(scores, temperature))


@mistake("sample", WITH_RNG)
def numpys_own_generator(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(np.random.default_rng(), heated(scores, temperature))


@mistake("sample", WITH_RNG)
def the_module_random(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    probs = heated(scores, temperature)
    return random.choices(range(len(probs)), probs)[0]


@mistake("sample", "all are drawn equally often: where is p?")
def equally_often(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return int(rng.integers(len(scores)))


@mistake(
    "sample",
    "the smallest score is drawn most often: is a sign wrong, or an order "
    "reversed?",
)
def the_smallest_most_often(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(rng, heated(-scores, temperature))


AN_INDEX = (
    "return the index of the character that is drawn: one whole number from 0 "
    "to V - 1."
)


@mistake("sample", AN_INDEX)
def returns_the_score(scores, temperature, rng):
    if temperature == 0:
        return np.max(scores)
    return rng.choice(scores, p=heated(scores, temperature))


@mistake("sample", AN_INDEX)
def returns_a_row(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return rng.choice(len(scores), size=1, p=heated(scores, temperature))


@mistake("sample", AN_INDEX)
def returns_ones_and_zeros(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return rng.multinomial(1, heated(scores, temperature))


@mistake("sample", AN_INDEX)
def returns_the_probabilities(scores, temperature, rng):
    return heated(scores, temperature)


AT_ZERO = "at T = 0 it is always the largest score, of several the first."


@mistake(
    "sample",
    "at T = 0 the scores are divided by 0: that case needs a line of its own.",
    message="contain NaN",
)
def divided_by_zero(scores, temperature, rng):
    return drawn(rng, heated(scores, temperature))


@mistake("sample", AT_ZERO)
def the_last_of_the_largest(scores, temperature, rng):
    if temperature == 0:
        return len(scores) - 1 - int(np.argmax(scores[::-1]))
    return drawn(rng, heated(scores, temperature))


@mistake("sample", AT_ZERO)
def any_of_the_largest(scores, temperature, rng):
    if temperature == 0:
        return int(rng.choice(np.flatnonzero(scores == scores.max())))
    return drawn(rng, heated(scores, temperature))


@mistake("sample", AT_ZERO)
def a_little_above_zero(scores, temperature, rng):
    return drawn(rng, heated(scores, temperature + 1e-9))


@mistake("sample", AT_ZERO)
def first_at_zero(scores, temperature, rng):
    if temperature == 0:
        return 0
    return drawn(rng, heated(scores, temperature))


@mistake("sample", AN_INDEX)
def the_score_at_zero(scores, temperature, rng):
    if temperature == 0:
        return scores.max()
    return drawn(rng, heated(scores, temperature))


@mistake(
    "sample",
    "e to a large power is infinity: subtract the largest score first, and "
    "then divide by T.",
    message="contain NaN",
)
def exponentials_that_overflow(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    exps = np.exp(scores / temperature)
    return drawn(rng, exps / exps.sum())


@mistake(
    "sample",
    "the probabilities don't sum to 1: divide the exponentials by their sum.",
    message="not sum to 1",
)
def exponentials_alone(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(rng, np.exp(scores / temperature))


@mistake(
    "sample",
    "work on a copy, scores.copy(), or write x = x - 1 where you have x -= 1.",
)
def changes_the_scores(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    scores -= scores.max()
    return drawn(rng, heated(scores, temperature))


@mistake(
    "sample",
    "the index is one off: a sum of probabilities is compared the wrong way,"
    " or counted from 1?",
)
def one_index_off(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return (drawn(rng, heated(scores, temperature)) + 1) % len(scores)


@mistake("sample", AN_INDEX)
def counts_from_one(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(rng, heated(scores, temperature)) + 1


@mistake(
    "sample",
    "it isn't T by which the scores are divided: is something added to it, "
    "or is it limited?",
)
def warmer_by_a_thousandth(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(rng, heated(scores, temperature + 1e-3))


@mistake(
    "sample",
    "at a small T all of them become 0, and 0 / 0 is nan: subtract the "
    "largest score, divide by T, and only then take exponentials.",
    message="contain NaN",
)
def probabilities_to_the_power_of_1_by_t(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    probs = heated(scores, 1) ** (1 / temperature)
    return drawn(rng, probs / probs.sum())


@mistake(
    "sample",
    "some probabilities are negative: exponentials never are; what is done to "
    "them, but to divide by their sum?",
    message="are not non-negative",
)
def scores_as_they_are(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    scores = scores - np.mean(scores) + 0.1
    return drawn(rng, scores / scores.sum())


@mistake(
    "sample",
    "the index counts in the sorted scores, not in those that were given.",
)
def index_of_the_sorted(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(rng, heated(np.sort(scores)[::-1], temperature))


@mistake(
    "sample",
    "the probabilities don't sum to 1: divide the exponentials by their sum, "
    "and by nothing else afterwards.",
    message="not sum to 1",
)
def divided_by_t_at_the_end(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(rng, heated(scores, temperature) / temperature)


@mistake(
    "sample",
    "rng.choice(n, p=probs): by position, the second argument is how many are "
    "drawn.",
    message="cannot be interpreted as an integer",
)
def probabilities_by_position(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return int(rng.choice(len(scores), heated(scores, temperature)))


@mistake("sample", "e to the power, not 2.")
def two_to_the_power(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    return drawn(rng, heated(scores * np.log(2), temperature))


@mistake(
    "sample",
    "the scores, divided by T, are cut to whole numbers: is an array of whole "
    "numbers filled with them?",
)
def cut_to_whole_scores(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    cut = ((scores - np.max(scores)) / temperature).astype(scores.dtype)
    return drawn(rng, heated(cut, 1))


@mistake(
    "sample",
    "the largest of p, or of the scores, with random noise is no draw by p.",
)
def scores_with_normal_noise(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    noise = rng.normal(size=len(scores))
    return int(np.argmax((scores - np.max(scores)) / temperature + noise))


@mistake(
    "sample",
    "e to the power of -40 is next to nothing: is something added to the "
    "probabilities, or are they limited or rounded?",
)
def a_thousandth_for_each(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    probs = heated(scores, temperature) + 1e-3
    return drawn(rng, probs / probs.sum())


@accepted("sample")
def by_cumulative_sums(scores, temperature, rng):
    if temperature == 0:
        return np.argmax(scores)
    sums = np.cumsum(heated(scores, temperature))
    return np.searchsorted(sums, rng.random() * sums[-1], side="right")


@accepted("sample")
def by_gumbels_trick(scores, temperature, rng):
    if temperature == 0:
        return int(np.argmax(scores))
    noise = rng.gumbel(size=len(scores))
    return int(np.argmax(scores / temperature + noise))


@accepted("sample")
def by_a_loop(scores, temperature, rng):
    largest = max(scores)
    if temperature == 0:
        return list(scores).index(largest)
    exps = [math.exp((s - largest) / temperature) for s in scores]
    left = rng.uniform(0, sum(exps))
    for i, e in enumerate(exps):
        left -= e
        if left < 0:
            return i
    return len(exps) - 1


@accepted("sample")
def by_multinomial(scores, temperature, rng):
    if not temperature:
        return int(np.argmax(scores))
    return int(np.argmax(rng.multinomial(1, heated(scores, temperature))))


# 5 · Forward


def run(X, h, step):
    H = []
    for x in X:
        h = step(x, h)
        H.append(h)
    return np.array(H)


def rightly(X, h, Wx, Wh, b):
    return run(X, h, lambda x, s: np.tanh(x @ Wx + s @ Wh + b))


@mistake(
    "unroll",
    "the scores come from the state *after* the step; these come from the one "
    "before.",
)
def scores_of_the_old_state(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return np.concatenate([h[None], H[:-1]]) @ Wy + c, H[-1]


@mistake("unroll", "tanh is missing.")
def without_tanh(X, h, Wx, Wh, b, Wy, c):
    H = run(X, h, lambda x, s: x @ Wx + s @ Wh + b)
    return H @ Wy + c, H[-1]


@mistake("unroll", "the bias b is missing.")
def without_b(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, 0 * b)
    return H @ Wy + c, H[-1]


@mistake("unroll", "b is added inside of tanh.")
def b_outside(X, h, Wx, Wh, b, Wy, c):
    H = run(X, h, lambda x, s: np.tanh(x @ Wx + s @ Wh) + b)
    return H @ Wy + c, H[-1]


@mistake("unroll", "the bias c of the scores is missing.")
def without_c(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return H @ Wy, H[-1]


@mistake("unroll", "tanh is taken of the whole sum.")
def tanh_of_the_inputs(X, h, Wx, Wh, b, Wy, c):
    H = run(X, h, lambda x, s: np.tanh(x @ Wx) + s @ Wh + b)
    return H @ Wy + c, H[-1]


@mistake("unroll", "Wh is transposed: states are rows, so it is h @ Wh.")
def wh_transposed(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh.T, b)
    return H @ Wy + c, H[-1]


@mistake("unroll", "the state before is multiplied by Wh.")
def state_without_weights(X, h, Wx, Wh, b, Wy, c):
    H = run(X, h, lambda x, s: np.tanh(x @ Wx + s + b))
    return H @ Wy + c, H[-1]


@mistake("unroll", "the state before plays no part.")
def state_left_out(X, h, Wx, Wh, b, Wy, c):
    H = np.tanh(X @ Wx + b)
    return H @ Wy + c, H[-1]


@mistake(
    "unroll",
    "each step begins with the state that was given: hand the new one on.",
)
def state_not_handed_on(X, h, Wx, Wh, b, Wy, c):
    H = np.tanh(X @ Wx + h @ Wh + b)
    return H @ Wy + c, H[-1]


@mistake(
    "unroll",
    "it begins with the state zero: begin with the h that is given.",
)
def begins_with_state_zero(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, 0 * h, Wx, Wh, b)
    return H @ Wy + c, H[-1]


@mistake("unroll", "this is the sigmoid; tanh is asked for.")
def sigmoid_instead(X, h, Wx, Wh, b, Wy, c):
    H = run(X, h, lambda x, s: 1 / (1 + np.exp(-(x @ Wx + s @ Wh + b))))
    return H @ Wy + c, H[-1]


@mistake("unroll", "this is a ReLU; tanh is asked for.")
def relu_instead(X, h, Wx, Wh, b, Wy, c):
    H = run(X, h, lambda x, s: np.maximum(x @ Wx + s @ Wh + b, 0))
    return H @ Wy + c, H[-1]


@mistake("unroll", "tanh makes the state; the scores have none.")
def tanh_of_the_scores(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return np.tanh(H @ Wy + c), H[-1]


@mistake(
    "unroll",
    "the state is what comes out of tanh; this is what goes into it.",
)
def last_inside(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return H @ Wy + c, np.arctanh(H[-1])


@mistake(
    "unroll",
    "the state after the *last* step is asked for; this is an earlier one.",
)
def first_state(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return H @ Wy + c, H[0]


@mistake(
    "unroll",
    "the last state is asked for; this is the one that was given.",
)
def state_that_was_given(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return H @ Wy + c, h


@mistake("unroll", "the state after the last step, and no other: (n, m).")
def all_the_states(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return H @ Wy + c, H


@mistake(
    "unroll",
    "first the scores of *all* steps, (T, n, k), then the last state.",
)
def scores_of_the_last_step(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return H[-1] @ Wy + c, H[-1]


@mistake(
    "unroll",
    "the scores stand in the order of the steps, the first one first.",
)
def scores_from_the_last_on(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return H[::-1] @ Wy + c, H[-1]


@mistake(
    "unroll", "return two things: the scores of all steps, and the last state."
)
def scores_only(X, h, Wx, Wh, b, Wy, c):
    return rightly(X, h, Wx, Wh, b) @ Wy + c


@mistake(
    "unroll",
    "first the scores of *all* steps, (T, n, k), then the last state.",
)
def state_first(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return H[-1], H @ Wy + c


@accepted("unroll")
def a_list_of_scores(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return list(H @ Wy + c), H[-1]


@mistake(
    "unroll",
    "X has the steps on its first axis: X[t] is (n, d), the inputs of step t.",
    message="is out of bounds for axis 1",
)
def texts_as_steps(X, h, Wx, Wh, b, Wy, c):
    H = []
    for t in range(len(X)):
        h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
        H.append(h)
    return np.array(H) @ Wy + c, h


@mistake(
    "unroll",
    "h * Wh multiplies element by element; the matrix product is h @ Wh.",
    message="could not be broadcast together with shapes (3,5) (5,5)",
)
def element_by_element(X, h, Wx, Wh, b, Wy, c):
    H = run(X, h, lambda x, s: np.tanh(x @ Wx + s * Wh + b))
    return H @ Wy + c, H[-1]


@mistake(
    "unroll",
    "what goes into the next step is the state, (n, m); here it has the shape "
    "of the scores. (b belongs to the state, c to the scores.)",
    message="size 1 is different from 2",
)
def scores_instead_of_the_state(X, h, Wx, Wh, b, Wy, c):
    S = []
    for x in X:
        state = np.tanh(x @ Wx + h @ Wh + b)
        h = state @ Wy + c
        S.append(h)
    return np.array(S), state


SHAPE_OF_SCORES = (
    "the array that takes the scores has another shape: they are (T, n, k), T "
    "steps of n texts."
)


@mistake("unroll", SHAPE_OF_SCORES, message="could not broadcast input array")
def into_an_array_like_x(X, h, Wx, Wh, b, Wy, c):
    S = np.zeros(X.shape)
    S[:] = rightly(X, h, Wx, Wh, b) @ Wy + c
    return S, h


@mistake("unroll", SHAPE_OF_SCORES, message="could not broadcast input array")
def into_an_array_of_one_text(X, h, Wx, Wh, b, Wy, c):
    H, S = rightly(X, h, Wx, Wh, b), np.zeros((len(X), 1, len(c)))
    for t, state in enumerate(H):
        S[t] = state @ Wy + c
    return S, H[-1]


@mistake(
    "unroll",
    "a matrix product with the factors exchanged, or an element by element "
    "product: examples are rows, so it is x @ Wx.",
    message="mismatch in its core dimension",
)
def columns_instead_of_rows(X, h, Wx, Wh, b, Wy, c):
    H = run(X, h, lambda x, s: np.tanh((Wx @ x.T + Wh @ s.T).T + b))
    return H @ Wy + c, H[-1]


def with_step(step):
    """Return an answer whose next state is step(x, s, Wx, Wh, b)."""

    def answer(X, h, Wx, Wh, b, Wy, c):
        H = run(X, h, lambda x, s: step(x, s, Wx, Wh, b))
        return H @ Wy + c, H[-1]

    return answer


def with_scores(scores):
    """Return an answer whose scores are scores(H, states before, rest)."""

    def answer(X, h, Wx, Wh, b, Wy, c):
        H = rightly(X, h, Wx, Wh, b)
        before = np.concatenate([h[None], H[:-1]])
        return scores(H, X @ Wx + before @ Wh + b, Wy, c), H[-1]

    return answer


mistakes(
    "unroll",
    "tanh is taken of the whole sum, once.",
    tanh_of_the_state_part=with_step(
        lambda x, s, Wx, Wh, b: x @ Wx + np.tanh(s @ Wh + b)
    ),
    tanh_of_the_inputs_and_b=with_step(
        lambda x, s, Wx, Wh, b: np.tanh(x @ Wx + b) + s @ Wh
    ),
    tanh_of_both_parts=with_step(
        lambda x, s, Wx, Wh, b: np.tanh(x @ Wx) + np.tanh(s @ Wh + b)
    ),
    tanh_of_both_parts_and_b=with_step(
        lambda x, s, Wx, Wh, b: np.tanh(x @ Wx + b) + np.tanh(s @ Wh)
    ),
    tanh_of_both_parts_b_outside=with_step(
        lambda x, s, Wx, Wh, b: np.tanh(x @ Wx) + np.tanh(s @ Wh) + b
    ),
    tanh_twice=with_step(
        lambda x, s, Wx, Wh, b: np.tanh(x @ Wx + np.tanh(s) @ Wh + b)
    ),
    tanh_of_tanh=with_step(
        lambda x, s, Wx, Wh, b: np.tanh(np.tanh(x @ Wx + s @ Wh + b))
    ),
)
mistakes(
    "unroll",
    "the new state replaces the old one; it isn't added to it.",
    added_to_the_old_state=with_step(
        lambda x, s, Wx, Wh, b: s + np.tanh(x @ Wx + s @ Wh + b)
    ),
)
mistakes(
    "unroll",
    "each summand counts once, with a plus: b is subtracted or counts twice.",
    b_twice=with_step(
        lambda x, s, Wx, Wh, b: np.tanh(x @ Wx + s @ Wh + 2 * b)
    ),
    minus_b=with_step(lambda x, s, Wx, Wh, b: np.tanh(x @ Wx + s @ Wh - b)),
)
mistakes(
    "unroll",
    "the scores come from what tanh gives, not from what goes into it.",
    scores_of_the_inside=with_scores(lambda H, a, Wy, c: a @ Wy + c),
)
mistakes(
    "unroll",
    "tanh makes the state; the scores have none, and one is enough.",
    scores_of_tanh_of_the_state=with_scores(
        lambda H, a, Wy, c: np.tanh(H) @ Wy + c
    ),
)
mistakes(
    "unroll",
    "these are probabilities; the scores themselves are asked for.",
    softmax_of_the_scores=with_scores(
        lambda H, a, Wy, c: (
            np.exp(H @ Wy + c) / np.exp(H @ Wy + c).sum(axis=-1, keepdims=True)
        )
    ),
)
mistakes(
    "unroll",
    "all steps have the scores of one of them: is a list filled with the same "
    "array?",
    the_last_scores_for_all=with_scores(
        lambda H, a, Wy, c: (H @ Wy + c)[[-1] * len(H)]
    ),
)
mistakes(
    "unroll",
    "one step too many: the state that was given has no scores.",
    scores_of_the_given_state=lambda X, h, Wx, Wh, b, Wy, c: (
        np.concatenate([h[None], rightly(X, h, Wx, Wh, b)]) @ Wy + c,
        rightly(X, h, Wx, Wh, b)[-1],
    ),
)
mistakes(
    "unroll",
    "the inputs are read in another order: X[t] is the input of step t.",
    from_the_last_input_on=lambda X, h, Wx, Wh, b, Wy, c: (
        rightly(X[::-1], h, Wx, Wh, b) @ Wy + c,
        rightly(X[::-1], h, Wx, Wh, b)[-1],
    ),
)
mistakes(
    "unroll",
    "the state after the *last* step is asked for; this is an earlier one.",
    last_state_but_one=lambda X, h, Wx, Wh, b, Wy, c: (
        rightly(X, h, Wx, Wh, b) @ Wy + c,
        [h, *rightly(X, h, Wx, Wh, b)][-2],
    ),
)
mistakes(
    "unroll",
    "the last state is asked for, not the last scores.",
    last_scores_as_state=lambda X, h, Wx, Wh, b, Wy, c: (
        rightly(X, h, Wx, Wh, b) @ Wy + c,
        rightly(X, h, Wx, Wh, b)[-1] @ Wy + c,
    ),
)
mistakes(
    "unroll",
    "it begins with the state zero: begin with the h that is given.",
    first_step_without_state=lambda X, h, Wx, Wh, b, Wy, c: (
        rightly(X, 0 * h, Wx, Wh, b) @ Wy + c,
        rightly(X, 0 * h, Wx, Wh, b)[-1],
    ),
)
mistakes(
    "unroll",
    "steps and texts are exchanged: the steps come first.",
    texts_first=lambda X, h, Wx, Wh, b, Wy, c: (
        (rightly(X, h, Wx, Wh, b) @ Wy + c).swapaxes(0, 1),
        rightly(X, h, Wx, Wh, b)[-1],
    ),
)


@mistake(
    "unroll",
    "Wy is (m, k): the scores are H @ Wy, and nothing is transposed.",
    message="size 2 is different from 1",
)
def wy_transposed(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return H @ Wy.T + c, H[-1]


mistakes(
    "unroll",
    "the state before is multiplied by Wh once, and added.",
    wh_twice=with_step(
        lambda x, s, Wx, Wh, b: np.tanh(x @ Wx + s @ Wh @ Wh + b)
    ),
    minus_the_state=with_step(
        lambda x, s, Wx, Wh, b: np.tanh(x @ Wx - s @ Wh + b)
    ),
)
mistakes(
    "unroll",
    "each step has its own input: X[t].",
    the_first_input_always=lambda X, h, Wx, Wh, b, Wy, c: (
        rightly(X[[0] * len(X)], h, Wx, Wh, b) @ Wy + c,
        rightly(X[[0] * len(X)], h, Wx, Wh, b)[-1],
    ),
)


@mistake(
    "unroll",
    "from the second step on it begins with zeros: hand the new state on.",
)
def zeros_from_the_second_step_on(X, h, Wx, Wh, b, Wy, c):
    H = [np.tanh(X[0] @ Wx + h @ Wh + b)]
    H += [np.tanh(x @ Wx + b) for x in X[1:]]
    return np.array(H) @ Wy + c, H[-1]


mistakes(
    "unroll",
    "the array that takes them holds whole numbers, as X does: fractions are "
    "cut off.",
    scores_in_the_type_of_x=lambda X, h, Wx, Wh, b, Wy, c: (
        (rightly(X, h, Wx, Wh, b) @ Wy + c).astype(X.dtype),
        rightly(X, h, Wx, Wh, b)[-1],
    ),
    states_in_the_type_of_x=lambda X, h, Wx, Wh, b, Wy, c: (
        rightly(X, h, Wx, Wh, b).astype(X.dtype) @ Wy + c,
        rightly(X, h, Wx, Wh, b)[-1],
    ),
    all_states_in_the_type_of_x=lambda X, h, Wx, Wh, b, Wy, c: (
        rightly(X, h, Wx, Wh, b).astype(X.dtype) @ Wy + c,
        rightly(X, h, Wx, Wh, b)[-1].astype(X.dtype),
    ),
)


@accepted("unroll")
def by_numbered_steps(X, h, Wx, Wh, b, Wy, c):
    T, n, _ = X.shape
    H, S = np.zeros((T, *h.shape)), np.zeros((T, n, len(c)))
    for t in range(T):
        before = H[t - 1] if t > 0 else h
        H[t] = np.tanh(X[t].dot(Wx) + before.dot(Wh) + b)
        S[t] = H[t].dot(Wy) + c
    return [S, H[-1]]


@accepted("unroll")
def scores_afterwards(X, h, Wx, Wh, b, Wy, c):
    H = rightly(X, h, Wx, Wh, b)
    return np.einsum("tnm,mk->tnk", H, Wy) + c[None, None], H[-1].copy()


@accepted("unroll")
def with_stacked_weights(X, h, Wx, Wh, b, Wy, c):
    W, S = np.vstack([Wx, Wh, b[None]]), []
    for x in X:
        a = np.hstack([x, h, np.ones((len(h), 1))]) @ W
        h = (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))
        S.append(h @ Wy + c)
    return np.stack(S), h


@accepted("unroll")
def unrolled_in_float32(X, h, Wx, Wh, b, Wy, c):
    f = np.float32
    H = rightly(f(X), f(h), f(Wx), f(Wh), f(b))
    return H @ f(Wy) + f(c), H[-1]


# 6 · Backward


def back(
    dH,
    X,
    H,
    h,
    Wh,
    slope=lambda H, before, t: 1 - H[t] ** 2,
    send=lambda inside, Wh: inside @ Wh.T,
    gather=lambda mine, later: mine + later,
):
    """The way back; returns what is inside of tanh, the states before, dh."""
    before = np.concatenate([h[None], H[:-1]])
    inside, later = np.zeros(H.shape), np.zeros(h.shape)
    for t in reversed(range(len(X))):
        inside[t] = gather(dH[t], later) * slope(H, before, t)
        later = send(inside[t], Wh)
    return inside, before, later


def of_weights(X, before, inside):
    dWx = np.einsum("tnd,tnm->dm", X, inside)
    dWh = np.einsum("tnl,tnm->lm", before, inside)
    return dWx, dWh, inside.sum(axis=(0, 1))


def grads(dH, X, H, h, Wh, **how):
    inside, before, dh = back(dH, X, H, h, Wh, **how)
    return *of_weights(X, before, inside), dh


NO_WAY_BACK = (
    "nothing comes back from a later step to the one before: a state also "
    "makes the next one. (Or does the loop end after one step?)"
)


@mistake("backward", NO_WAY_BACK)
def each_step_alone(dH, X, H, h, Wh):
    return grads(dH, X, H, h, Wh, gather=lambda mine, later: mine)


@mistake("backward", NO_WAY_BACK)
def last_step_only(dH, X, H, h, Wh):
    inside = dH[-1] * (1 - H[-1] ** 2)
    before = H[-2] if len(H) > 1 else h
    dh = inside @ Wh.T
    return X[-1].T @ inside, before.T @ inside, inside.sum(axis=0), dh


@mistake(
    "backward",
    "the gradients of earlier steps' own scores are lost: what comes back "
    "from later steps is *added* to dH[t].",
)
def own_scores_overwritten(dH, X, H, h, Wh):
    inside, later = np.zeros(H.shape), dH[-1]
    before = np.concatenate([h[None], H[:-1]])
    for t in reversed(range(len(X))):
        inside[t] = later * (1 - H[t] ** 2)
        later = inside[t] @ Wh.T
    return *of_weights(X, before, inside), later


@mistake("backward", "the slope of tanh is missing, in all steps.")
def without_slopes(dH, X, H, h, Wh):
    return grads(dH, X, H, h, Wh, slope=lambda H, before, t: 1)


@mistake(
    "backward",
    "the slope of tanh is 1 - y², with y the state after *this* step; this is "
    "the one before.",
)
def slope_of_the_state_before(dH, X, H, h, Wh):
    slope = lambda H, before, t: 1 - before[t] ** 2  # noqa: E731
    return grads(dH, X, H, h, Wh, slope=slope)


@mistake(
    "backward",
    "the slope of tanh is 1 - y², with y the state after *this* step; the "
    "square is missing.",
)
def slope_without_square(dH, X, H, h, Wh):
    return grads(dH, X, H, h, Wh, slope=lambda H, before, t: 1 - H[t])


@mistake(
    "backward",
    "the slope of tanh is 1 - y², with y the state after *this* step; H is y "
    "already, without another tanh.",
)
def slope_with_another_tanh(dH, X, H, h, Wh):
    slope = lambda H, before, t: 1 - np.tanh(H[t]) ** 2  # noqa: E731
    return grads(dH, X, H, h, Wh, slope=slope)


@mistake("backward", "this is the slope of the sigmoid.")
def slope_of_the_sigmoid(dH, X, H, h, Wh):
    return grads(dH, X, H, h, Wh, slope=lambda H, before, t: H[t] * (1 - H[t]))


@mistake(
    "backward",
    "on the way back it is the transposed Wh: the state goes forward as h @ "
    "Wh.",
)
def sent_back_untransposed(dH, X, H, h, Wh):
    return grads(dH, X, H, h, Wh, send=lambda inside, Wh: inside @ Wh)


@mistake(
    "backward",
    "on the way to the state before, the gradient is multiplied by the "
    "(transposed) Wh, too.",
)
def sent_back_without_weights(dH, X, H, h, Wh):
    return grads(dH, X, H, h, Wh, send=lambda inside, Wh: inside)


@mistake(
    "backward",
    "the weights stand inside of tanh: their gradients have its slope.",
)
def slopes_on_the_way_back_only(dH, X, H, h, Wh):
    outside, later = np.zeros(H.shape), np.zeros(h.shape)
    before = np.concatenate([h[None], H[:-1]])
    for t in reversed(range(len(X))):
        outside[t] = dH[t] + later
        later = (outside[t] * (1 - H[t] ** 2)) @ Wh.T
    return *of_weights(X, before, outside), later


@mistake(
    "backward",
    "all that reaches a state, from its own scores and from later steps, is "
    "multiplied by the slope there.",
)
def slopes_of_own_scores_only(dH, X, H, h, Wh):
    inside, later = np.zeros(H.shape), np.zeros(h.shape)
    before = np.concatenate([h[None], H[:-1]])
    for t in reversed(range(len(X))):
        inside[t] = dH[t] * (1 - H[t] ** 2) + later
        later = inside[t] @ Wh.T
    return *of_weights(X, before, inside), later


@mistake("backward", NO_WAY_BACK)
def from_the_first_to_the_last(dH, X, H, h, Wh):
    inside, later = np.zeros(H.shape), np.zeros(h.shape)
    before = np.concatenate([h[None], H[:-1]])
    for t in range(len(X)):
        inside[t] = (dH[t] + later) * (1 - H[t] ** 2)
        later = inside[t] @ Wh.T
    return *of_weights(X, before, inside), later


@mistake(
    "backward",
    "Wh met the state *before* the step; this has the state after it.",
)
def state_after_the_step(dH, X, H, h, Wh):
    inside, _, dh = back(dH, X, H, h, Wh)
    return *of_weights(X, H, inside), dh


@mistake(
    "backward",
    "before the first step stands the h that is given: it counts for dWh, and "
    "it isn't zero.",
)
def first_step_left_out(dH, X, H, h, Wh):
    inside, before, dh = back(dH, X, H, h, Wh)
    before[0] = 0
    return *of_weights(X, before, inside), dh


@mistake(
    "backward",
    "before the second step stands H[0], and so on; not always h.",
)
def always_the_given_state(dH, X, H, h, Wh):
    inside, before, dh = back(dH, X, H, h, Wh)
    return *of_weights(X, np.broadcast_to(h, H.shape), inside), dh


@mistake(
    "backward",
    "for t = 0, H[t - 1] is H[-1], the last state; before the first step "
    "stands h.",
)
def the_last_before_the_first(dH, X, H, h, Wh):
    inside, _, dh = back(dH, X, H, h, Wh)
    return *of_weights(X, np.roll(H, 1, axis=0), inside), dh


@mistake(
    "backward",
    "dWh is transposed: rows belong to the state before, columns to the new "
    "one.",
)
def dwh_transposed(dH, X, H, h, Wh):
    dWx, dWh, db, dh = grads(dH, X, H, h, Wh)
    return dWx, dWh.T, db, dh


@mistake("backward", "dWx is transposed: it has the shape of its weights.")
def dwx_transposed(dH, X, H, h, Wh):
    dWx, dWh, db, dh = grads(dH, X, H, h, Wh)
    return dWx.T, dWh, db, dh


@mistake(
    "backward",
    "this is what the first step alone gives: each weight is used at every "
    "step, so it is a sum. = or += ?",
)
def assigned_instead_of_added(dH, X, H, h, Wh):
    inside, before, dh = back(dH, X, H, h, Wh)
    return *of_weights(X[:1], before[:1], inside[:1]), dh


@mistake(
    "backward",
    "this is the gradient by the inside of the first step's tanh: from there "
    "to the state before it goes back through Wh.",
)
def stops_inside_the_first_tanh(dH, X, H, h, Wh):
    inside, before, _ = back(dH, X, H, h, Wh)
    return *of_weights(X, before, inside), inside[0]


@mistake(
    "backward",
    "this is the gradient by the state after the first step; the one before "
    "it is asked for.",
)
def stops_at_the_first_state(dH, X, H, h, Wh):
    inside, before, _ = back(dH, X, H, h, Wh)
    dh = inside[0] / (1 - H[0] ** 2)
    return *of_weights(X, before, inside), dh


@mistake(
    "backward",
    "it is divided by the number of texts: it stays a sum.",
)
def mean_over_texts(dH, X, H, h, Wh):
    return tuple(g / len(h) for g in grads(dH, X, H, h, Wh))


@mistake(
    "backward",
    "it is divided by the number of steps: it stays a sum.",
)
def mean_over_steps(dH, X, H, h, Wh):
    return tuple(g / len(X) for g in grads(dH, X, H, h, Wh))


@mistake("backward", "the sign is wrong: the gradient points uphill.")
def minus_the_gradients(dH, X, H, h, Wh):
    return tuple(-g for g in grads(dH, X, H, h, Wh))


@mistake(
    "backward",
    "an entry for each number of the state: sum texts and steps.",
)
def db_of_each_text(dH, X, H, h, Wh):
    dWx, dWh, _, dh = grads(dH, X, H, h, Wh)
    inside, *_ = back(dH, X, H, h, Wh)
    return dWx, dWh, inside.sum(axis=0), dh


@mistake(
    "backward",
    "an entry for each number of the state: sum over texts and steps, not "
    "over the numbers.",
)
def db_in_one_number(dH, X, H, h, Wh):
    dWx, dWh, db, dh = grads(dH, X, H, h, Wh)
    return dWx, dWh, db.sum(), dh


@mistake("backward", "return dWx, dWh, db, dh, in this order.")
def without_dh(dH, X, H, h, Wh):
    return grads(dH, X, H, h, Wh)[:3]


@mistake(
    "backward",
    "dWx and dWh are exchanged, or what they are made of: the inputs belong "
    "to Wx, the states before to Wh.",
)
def dwh_first(dH, X, H, h, Wh):
    dWx, dWh, db, dh = grads(dH, X, H, h, Wh)
    return dWh, dWx, db, dh


@mistake(
    "backward",
    "work on a copy, dH.copy(), or write x = x - 1 where you have x -= 1.",
)
def writes_into_dH(dH, X, H, h, Wh):
    before = np.concatenate([h[None], H[:-1]])
    for t in reversed(range(len(X))):
        dH[t] *= 1 - H[t] ** 2
        if t:
            dH[t - 1] += dH[t] @ Wh.T
    return *of_weights(X, before, dH), dH[0] @ Wh.T


def gathered(inside=None, back_from=None):
    """Return an answer with inside(t, later, dH, H, slope) and
    back_from(this, later, t, dH, slope, Wh), which is sent to the step
    before."""

    def answer(dH, X, H, h, Wh):
        found, later = np.zeros(H.shape), np.zeros(h.shape)
        before = np.concatenate([h[None], H[:-1]])
        slope = 1 - H**2
        for t in reversed(range(len(X))):
            found[t] = (dH[t] + later) * slope[t]
            if inside:
                found[t] = inside(t, later, dH, H, slope)
            sent = found[t] @ Wh.T
            if back_from:
                sent = back_from(found[t], later, t, dH, slope, Wh)
            later = sent
        return *of_weights(X, before, found), later

    return answer


def with_last(change):
    """Return an answer whose dh is change(dh, inside, dH, H, h, Wh)."""

    def answer(dH, X, H, h, Wh):
        inside, before, dh = back(dH, X, H, h, Wh)
        return *of_weights(X, before, inside), change(dh, inside, dH, H, h, Wh)

    return answer


mistakes(
    "backward",
    "all that reaches a state, from its own scores and from later steps, is "
    "multiplied by the slope there.",
    slope_of_what_comes_back_only=gathered(
        lambda t, later, dH, H, slope: dH[t] + later * slope[t]
    ),
)
mistakes(
    "backward",
    "on its way to the state before, the gradient passes tanh, whose slope is "
    "missing there.",
    sent_past_tanh=gathered(
        back_from=lambda this, later, t, dH, slope, Wh: (dH[t] + later) @ Wh.T
    ),
)
mistakes(
    "backward",
    "the slope comes before Wh on the way back, since tanh came after it on "
    "the way forward.",
    slope_after_wh=gathered(
        back_from=lambda this, later, t, dH, slope, Wh: (
            (dH[t] + later) @ Wh.T * slope[t]
        )
    ),
)
mistakes(
    "backward",
    "from one step to the one before there is one slope; here it counts "
    "twice.",
    slope_twice=gathered(
        back_from=lambda this, later, t, dH, slope, Wh: (
            (this * slope[t]) @ Wh.T
        )
    ),
    slope_again_after_wh=gathered(
        back_from=lambda this, later, t, dH, slope, Wh: this @ Wh.T * slope[t]
    ),
    slope_of_the_next_too=gathered(
        back_from=lambda this, later, t, dH, slope, Wh: (
            this @ Wh.T * (slope[t - 1] if t else 1)
        )
    ),
)
mistakes(
    "backward",
    "what goes back to the state before comes from both, this step's own "
    "scores and all later steps: those are lost on the way.",
    later_steps_not_sent=gathered(
        back_from=lambda this, later, t, dH, slope, Wh: (
            (dH[t] * slope[t]) @ Wh.T
        )
    ),
)
mistakes(
    "backward",
    "what comes back from the next step holds all later ones already: it "
    "replaces what came before, and isn't added to it.",
    later_added_up=gathered(
        back_from=lambda this, later, t, dH, slope, Wh: later + this @ Wh.T
    ),
)
mistakes(
    "backward",
    "the slope of tanh is 1 - y², with y the state after *this* step; the 1 "
    "is missing, or a sign is wrong.",
    slope_without_one=gathered(
        lambda t, later, dH, H, slope: (dH[t] + later) * H[t] ** 2
    ),
    slope_of_the_wrong_sign=gathered(
        lambda t, later, dH, H, slope: (dH[t] + later) * (H[t] ** 2 - 1)
    ),
    slope_with_a_plus=gathered(
        lambda t, later, dH, H, slope: (dH[t] + later) * (1 + H[t] ** 2)
    ),
)
mistakes(
    "backward",
    "what comes back from later steps is added to dH[t], not multiplied by "
    "it.",
    multiplied_with_later=gathered(
        lambda t, later, dH, H, slope: (
            dH[t] * (later if t < len(H) - 1 else 1) * slope[t]
        )
    ),
)
mistakes(
    "backward",
    "the state before the first step is given, and not made by tanh: no slope "
    "there.",
    slope_of_the_given_state=with_last(
        lambda dh, a, dH, H, h, Wh: dh * (1 - h**2)
    ),
)
mistakes(
    "backward",
    "dH[0] belongs to the state after the first step, not to the one before "
    "it.",
    first_scores_added_to_dh=with_last(lambda dh, a, dH, H, h, Wh: dh + dH[0]),
)
mistakes(
    "backward",
    "this is what the last step alone sends back: walk on to the first.",
    dh_of_the_last_step=with_last(lambda dh, a, dH, H, h, Wh: a[-1] @ Wh.T),
)
mistakes(
    "backward",
    "this is what comes back to the state after the first step, without its "
    "own scores; the one before it is asked for.",
    dh_of_the_first_state=with_last(
        lambda dh, a, dH, H, h, Wh: a[1] @ Wh.T if len(a) > 1 else 0 * dh
    ),
)
mistakes(
    "backward",
    "a single state stands before the first step: what all steps send back is "
    "not summed.",
    dh_of_all_steps=with_last(
        lambda dh, a, dH, H, h, Wh: (a @ Wh.T).sum(axis=0)
    ),
)
mistakes(
    "backward",
    "dh is a gradient by the state before the first step: it is zero only if "
    "nothing arrives.",
    dh_of_zeros=with_last(lambda dh, a, dH, H, h, Wh: 0 * dh),
)


def with_weights(change):
    """Return an answer with (X, before, inside) changed by change(...)."""

    def answer(dH, X, H, h, Wh):
        inside, before, dh = back(dH, X, H, h, Wh)
        return *of_weights(*change(X, before, inside)), dh

    return answer


mistakes(
    "backward",
    "the first step is missing: does the loop go on to step 0?",
    ends_before_the_first_step=with_weights(
        lambda X, before, inside: (X[1:], before[1:], inside[1:])
    ),
)
mistakes(
    "backward",
    "X[t] belongs to step t: is the index one off?",
    inputs_one_later=with_weights(
        lambda X, before, inside: (np.roll(X, -1, axis=0), before, inside)
    ),
    inputs_one_earlier=with_weights(
        lambda X, before, inside: (np.roll(X, 1, axis=0), before, inside)
    ),
)
mistakes(
    "backward",
    "this is what the first text alone gives: sum.",
    first_text_only=with_weights(
        lambda X, before, inside: (X[:, :1], before[:, :1], inside[:, :1])
    ),
)


@mistake(
    "backward",
    "b is added in each step: all steps are summed, not one alone.",
)
def db_of_one_step(dH, X, H, h, Wh):
    dWx, dWh, _, dh = grads(dH, X, H, h, Wh)
    inside, *_ = back(dH, X, H, h, Wh)
    return dWx, dWh, inside[0].sum(axis=0), dh


@mistake(
    "backward",
    "b meets tanh as the other weights do: what is summed for db is the "
    "gradient by what is inside of tanh.",
)
def db_of_dH(dH, X, H, h, Wh):
    dWx, dWh, _, dh = grads(dH, X, H, h, Wh)
    return dWx, dWh, dH.sum(axis=(0, 1)), dh


@mistake(
    "backward",
    "each weight is used at every step: one axis for the steps is left, sum "
    "over it.",
)
def weights_of_each_step(dH, X, H, h, Wh):
    inside, before, dh = back(dH, X, H, h, Wh)
    dWx = np.einsum("tnd,tnm->tdm", X, inside)
    return dWx, *of_weights(X, before, inside)[1:], dh


def with_db(change):
    """Return an answer whose db is change(inside, dH + later, T)."""

    def answer(dH, X, H, h, Wh):
        inside, before, dh = back(dH, X, H, h, Wh)
        dWx, dWh, _ = of_weights(X, before, inside)
        return dWx, dWh, change(inside, inside / (1 - H**2)), dh

    return answer


mistakes(
    "backward",
    "b is added for each text and in each step: sum over both, and over "
    "nothing else.",
    db_mean_of_texts=with_db(lambda a, g: a.mean(axis=1).sum(axis=0)),
    db_mean_of_steps=with_db(lambda a, g: a.mean(axis=0).sum(axis=0)),
    db_mean=with_db(lambda a, g: a.mean(axis=(0, 1))),
    db_all_the_same=with_db(lambda a, g: 0 * a[0, 0] + a.sum()),
    db_of_the_last_step=with_db(lambda a, g: a[-1].sum(axis=0)),
    db_of_the_first_text=with_db(lambda a, g: a[:, 0].sum(axis=0)),
)
mistakes(
    "backward",
    "b stands inside of tanh, as the other weights do: its gradient has the "
    "slope, too.",
    db_without_slope=with_db(lambda a, g: g.sum(axis=(0, 1))),
)


@mistake(
    "backward",
    "Wh stands inside of tanh: its gradient has the slope, too.",
)
def dwh_without_slope(dH, X, H, h, Wh):
    inside, before, dh = back(dH, X, H, h, Wh)
    dWx, _, db = of_weights(X, before, inside)
    return dWx, of_weights(X, before, inside / (1 - H**2))[1], db, dh


@mistake(
    "backward",
    "sum over the texts, axis 0 of what one step gives, (n, m).",
    message="could not be broadcast together with shapes (4,) (2,) (4,)",
)
def db_over_the_wrong_axis(dH, X, H, h, Wh):
    dWx, dWh, db, dh = grads(dH, X, H, h, Wh)
    db = np.zeros(len(Wh))
    for part in back(dH, X, H, h, Wh)[0]:
        db += part.sum(axis=1)
    return dWx, dWh, db, dh


@mistake(
    "backward",
    "the array that takes the sum holds whole numbers: np.zeros(shape) holds "
    "floats.",
    message="Cannot cast ufunc 'add'",
)
def sums_in_whole_numbers(dH, X, H, h, Wh):
    dWx, dWh, db, dh = grads(dH, X, H, h, Wh)
    whole = np.zeros(dWx.shape, int)
    whole += dWx
    return whole, dWh, db, dh


SHAPE_OF_WX = (
    "dWx is (d, m): its rows belong to the inputs, its columns to the state."
)


@mistake(
    "backward",
    SHAPE_OF_WX,
    message="could not be broadcast together with shapes (3,4) (4,3) (3,4)",
)
def parts_of_dwx_transposed(dH, X, H, h, Wh):
    _, dWh, db, dh = grads(dH, X, H, h, Wh)
    dWx = np.zeros((X.shape[2], len(Wh)))
    for x, part in zip(X, back(dH, X, H, h, Wh)[0]):
        dWx += part.T @ x
    return dWx, dWh, db, dh


@mistake(
    "backward",
    SHAPE_OF_WX,
    message="could not be broadcast together with shapes (4,4) (3,4) (4,4)",
)
def dwx_of_the_shape_of_wh(dH, X, H, h, Wh):
    _, dWh, db, dh = grads(dH, X, H, h, Wh)
    dWx = np.zeros(Wh.shape)
    for x, part in zip(X, back(dH, X, H, h, Wh)[0]):
        dWx += x.T @ part
    return dWx, dWh, db, dh


@mistake(
    "backward",
    "is a whole array used where one step is meant? X[t] is (n, d).",
    message="size 1 is different from 3",
)
def all_inputs_at_once(dH, X, H, h, Wh):
    _, dWh, db, dh = grads(dH, X, H, h, Wh)
    return X.T @ back(dH, X, H, h, Wh)[0][-1], dWh, db, dh


@mistake(
    "backward",
    "the last step is left out: the walk begins with it, at t = T - 1.",
)
def begins_before_the_last_step(dH, X, H, h, Wh):
    return grads(dH[:-1], X[:-1], H[:-1], h, Wh)


@mistake(
    "backward",
    "Python multiplies before it subtracts: the slope wants parentheses.",
)
def slope_without_parentheses(dH, X, H, h, Wh):
    inside, later = np.zeros(H.shape), np.zeros(h.shape)
    before = np.concatenate([h[None], H[:-1]])
    for t in reversed(range(len(X))):
        inside[t] = (dH[t] + later) * 1 - H[t] ** 2
        later = inside[t] @ Wh.T
    return *of_weights(X, before, inside), later


@mistake("backward", "return dWx, dWh, db, dh, in this order.")
def dh_first(dH, X, H, h, Wh):
    dWx, dWh, db, dh = grads(dH, X, H, h, Wh)
    return dh, dWx, dWh, db


mistakes(
    "backward",
    "the slope of tanh is 1 - y², once, with y the state after *this* step: "
    "look at what yours is.",
    slope_of_the_given_state_always=lambda dH, X, H, h, Wh: grads(
        *(dH, X, H, h, Wh), slope=lambda H, before, t: 1 - h**2
    ),
    root_of_the_slope=gathered(
        lambda t, later, dH, H, slope: (dH[t] + later) * slope[t] ** 0.5
    ),
    square_of_the_slope=gathered(
        lambda t, later, dH, H, slope: (dH[t] + later) * slope[t] ** 2
    ),
    slope_of_the_state_times_wh=lambda dH, X, H, h, Wh: grads(
        *(dH, X, H, h, Wh),
        slope=lambda H, before, t: 1 - np.tanh(H[t] @ Wh) ** 2,
    ),
)
mistakes(
    "backward",
    "dH[t] alone is what this step's own scores send; what later ones send "
    "arrives by way of the states.",
    own_scores_of_all_later_steps=gathered(
        lambda t, later, dH, H, slope: (dH[t:].sum(axis=0) + later) * slope[t]
    ),
    own_scores_summed_up=gathered(
        lambda t, later, dH, H, slope: dH[t:].sum(axis=0) * slope[t]
    ),
    own_scores_of_all_steps=gathered(
        lambda t, later, dH, H, slope: (dH.sum(axis=0) + later) * slope[t]
    ),
)
mistakes(
    "backward",
    "in the first step, too, the state's own scores count.",
    first_scores_left_out=gathered(
        lambda t, later, dH, H, slope: ((dH[t] if t else 0) + later) * slope[t]
    ),
)
mistakes(
    "backward",
    "to the state before the first step leads one way only: from the inside "
    "of the first tanh, through Wh.",
    dh_of_the_first_scores=with_last(lambda dh, a, dH, H, h, Wh: dH[0]),
    dh_through_wh_twice=with_last(lambda dh, a, dH, H, h, Wh: dh @ Wh.T),
)
mistakes(
    "backward",
    "X[t] belongs to the gradient of step t: one of the two is turned round.",
    inputs_turned_round=with_weights(
        lambda X, before, inside: (X[::-1], before, inside)
    ),
)


def sent_back(send, name, message):
    """Note an answer that sends a gradient back by a wrong product."""

    def answer(dH, X, H, h, Wh):
        return grads(dH, X, H, h, Wh, send=send)

    answer.__name__ = name
    hint = "what goes back, (n, m), is a row for each text: inside @ Wh.T."
    mistake("backward", hint, message=message)(answer)


sent_back(lambda a, Wh: Wh @ a.T, "wh_times_columns", "shapes (2,4) (4,2)")
sent_back(lambda a, Wh: a * Wh.T, "wh_by_elements", "shapes (2,4) (4,4)")
sent_back(lambda a, Wh: np.dot(Wh.T, a), "wh_first", "not aligned")
sent_back(lambda a, Wh: Wh.T @ a, "wh_first_by_matmul", "core dimension")


@accepted("backward")
def back_with_einsum(dH, X, H, h, Wh):
    return list(grads(dH, X, H, h, Wh))


@accepted("backward")
def back_in_float32(dH, X, H, h, Wh):
    found = grads(*map(np.float32, (dH, X, H, h, Wh)))
    return tuple(map(np.float32, found))


@accepted("backward")
def back_by_loops(dH, X, H, h, Wh):
    T, n, m = H.shape
    dWx, dWh = np.zeros((X.shape[2], m)), np.zeros((m, m))
    db, dh = np.zeros(m), np.zeros((n, m))
    for i in range(n):
        later = np.zeros(m)
        for t in range(T - 1, -1, -1):
            inside = (dH[t, i] + later) * (1 + H[t, i]) * (1 - H[t, i])
            before = h[i] if t == 0 else H[t - 1, i]
            dWx += np.outer(X[t, i], inside)
            dWh += np.outer(before, inside)
            db += inside
            later = Wh @ inside
        dh[i] = later
    return dWx, dWh, db, dh


@accepted("backward")
def back_step_by_step_from_each_loss(dH, X, H, h, Wh):
    found = [0, 0, 0, 0]
    for last in range(len(X)):
        alone = np.zeros(H[: last + 1].shape)
        alone[-1] = dH[last]
        parts = grads(alone, X[: last + 1], H[: last + 1], h, Wh)
        found = [f + part for f, part in zip(found, parts)]
    return tuple(found)


@accepted("backward")
def back_in_a_copy(dH, X, H, h, Wh):
    inside = dH.copy()
    before = np.concatenate([h[None], H[:-1]])
    for t in range(len(X))[::-1]:
        inside[t] *= 1 - H[t] ** 2
        if t:
            inside[t - 1] += inside[t] @ Wh.T
    return *of_weights(X, before, inside), inside[0] @ Wh.T


# 7 · Clipping


def length(arrays):
    return math.sqrt(sum(float((np.asarray(a) ** 2).sum()) for a in arrays))


def shortened(grads, norm, limit):
    return [g * (limit / norm if norm > limit else 1) for g in grads]


@mistake(
    "clip",
    "each array is clipped by its own length, which turns the direction: one "
    "length for *all* arrays together, and one factor.",
)
def each_array_by_itself(grads, limit):
    return [shortened([g], length([g]), limit)[0] for g in grads]


@mistake(
    "clip",
    "each entry is clipped by itself, which turns the direction: one length "
    "for *all* arrays together, and one factor.",
)
def each_entry_by_itself(grads, limit):
    return [np.clip(g, -limit, limit) for g in grads]


@mistake(
    "clip",
    "each entry is clipped by itself, which turns the direction: one length "
    "for *all* arrays together, and one factor.",
)
def large_entries_only(grads, limit):
    return [np.minimum(g, limit) for g in grads]


@mistake(
    "clip",
    "N seems to be the sum of the lengths of the arrays; one length for *all* "
    "arrays together, and one factor.",
)
def sum_of_lengths(grads, limit):
    return shortened(grads, sum(length([g]) for g in grads), limit)


@mistake(
    "clip",
    "N seems to be the length of *one* array, the longest or the last; one "
    "length for *all* arrays together, and one factor.",
)
def the_largest_length(grads, limit):
    return shortened(grads, max(length([g]) for g in grads), limit)


@mistake(
    "clip",
    "N seems to be the length of the first array only; one length for *all* "
    "arrays together, and one factor.",
)
def length_of_the_first(grads, limit):
    return shortened(grads, length(grads[:1]), limit)


@mistake(
    "clip",
    "N seems to be the sum of the sizes of all entries: square them, and take "
    "the root of the sum.",
)
def sum_of_sizes(grads, limit):
    return shortened(grads, sum(np.abs(g).sum() for g in grads), limit)


@mistake(
    "clip",
    "N seems to be the largest entry; the root of the sum of all squares is "
    "meant.",
)
def the_largest_entry(grads, limit):
    return shortened(grads, max(np.abs(g).max() for g in grads), limit)


SQUARED = "N seems to be N²: the root is missing, or it is divided by N twice."


@mistake("clip", SQUARED)
def without_the_root(grads, limit):
    return shortened(grads, length(grads) ** 2, limit)


@mistake(
    "clip",
    "N seems to be the root of the *mean* of the squares: it is their sum.",
)
def root_of_the_mean(grads, limit):
    size = sum(g.size for g in grads)
    return shortened(grads, length(grads) / math.sqrt(size), limit)


@mistake(
    "clip",
    "N seems to be the sum of all entries, in which signs cancel: square them "
    "first.",
)
def sum_of_entries(grads, limit):
    return shortened(grads, abs(sum(g.sum() for g in grads)), limit)


@mistake(
    "clip",
    "what is short enough stays as it is; this is made longer.",
)
def always_as_long_as_the_limit(grads, limit):
    norm = length(grads)
    return [g * (limit / norm if norm else 1) for g in grads]


@mistake(
    "clip",
    "nothing is shortened, though N is above the limit: is the comparison "
    "the wrong way round, or N wrong?",
)
def the_short_ones_only(grads, limit):
    norm = length(grads)
    return [g * (limit / norm if 0 < norm < limit else 1) for g in grads]


@mistake("clip", "this has the length 1, whatever the limit.")
def of_length_one(grads, limit):
    norm = length(grads)
    return [g / norm if norm > limit else g * 1 for g in grads]


@mistake("clip", "the factor is upside down: limit / N.")
def upside_down(grads, limit):
    norm = length(grads)
    return [g * (norm / limit if norm > limit else 1) for g in grads]


@mistake("clip", SQUARED)
def divided_by_the_square(grads, limit):
    norm = length(grads)
    return [g * (limit / norm**2 if norm > limit else 1) for g in grads]


@mistake("clip", "the limit alone is no factor: divide by N.")
def times_the_limit(grads, limit):
    norm = length(grads)
    return [g * (limit if norm > limit else 1) for g in grads]


@mistake(
    "clip",
    "all may be zero: then N is 0, and nothing may be divided by it.",
)
def zero_by_zero(grads, limit):
    norm = np.float64(length(grads))
    return [np.minimum(1, limit / norm) * g / norm * norm for g in grads]


@mistake("clip", "return a list of arrays, one for each that was given.")
def one_long_array(grads, limit):
    return np.concatenate([g.ravel() for g in shortened(grads, 13, limit)])


@mistake("clip", "return a list of arrays, one for each that was given.")
def a_list_of_one(grads, limit):
    return [np.concatenate([g.ravel() for g in grads])]


@mistake("clip", "each array keeps its shape.")
def flattened(grads, limit):
    return [g.ravel() for g in shortened(grads, length(grads), limit)]


@mistake(
    "clip",
    "the arrays have different shapes, so they make no single one: loop over "
    "the list.",
    message="inhomogeneous",
)
def an_array_of_arrays(grads, limit):
    return shortened(grads, np.linalg.norm(np.array(grads)), limit)


@mistake(
    "clip",
    "make a new list of new arrays: g *= factor, or grads[i] = …, changes "
    "those that you were given.",
)
def in_place(grads, limit):
    norm = length(grads)
    if norm > limit:
        for g in grads:
            g *= limit / norm
    return grads


def by_length(norm, factor=lambda norm, limit: limit / norm):
    """Return an answer with N = norm(all entries) and a factor."""

    def answer(grads, limit):
        n = norm(np.concatenate([np.ravel(g) for g in grads]))
        return [g * (factor(n, limit) if n > limit else 1) for g in grads]

    return answer


mistakes(
    "clip",
    "the factor is limit / N: no root is taken of it, and it isn't squared.",
    root_of_the_factor=by_length(
        np.linalg.norm, lambda norm, limit: np.sqrt(limit / norm)
    ),
    square_of_the_factor=by_length(
        np.linalg.norm, lambda norm, limit: (limit / norm) ** 2
    ),
    root_of_the_root=by_length(
        np.linalg.norm, lambda norm, limit: limit / np.sqrt(norm)
    ),
)
mistakes(
    "clip",
    "the factor is limit / N.",
    divided_by_the_limit=by_length(
        np.linalg.norm, lambda norm, limit: 1 / limit
    ),
    by_what_is_too_much=by_length(
        np.linalg.norm, lambda norm, limit: limit / (norm - limit)
    ),
    share_that_is_too_much=by_length(
        np.linalg.norm, lambda norm, limit: (norm - limit) / norm
    ),
    limit_by_n_and_limit=by_length(
        np.linalg.norm, lambda norm, limit: limit / (norm + limit)
    ),
)
mistakes(
    "clip",
    "all has become 0.",
    all_zero=by_length(np.linalg.norm, lambda norm, limit: 0),
)
mistakes(
    "clip",
    "N seems to be a sum of the entries, in which signs cancel: square them "
    "first.",
    length_of_the_sums=lambda grads, limit: shortened(
        grads, length([g.sum() for g in grads]), limit
    ),
    root_of_the_sum=by_length(lambda x: np.sqrt(abs(x.sum()))),
)
mistakes(
    "clip",
    "N seems to be a mean of the arrays' lengths: one length for *all* arrays "
    "together, from the sum of all squares.",
    mean_of_lengths=lambda grads, limit: shortened(
        grads, sum(length([g]) for g in grads) / len(grads), limit
    ),
    root_of_the_mean_of_arrays=lambda grads, limit: shortened(
        grads, length(grads) / math.sqrt(len(grads)), limit
    ),
)
mistakes(
    "clip",
    "N seems to be the length of *one* array, the longest or the last; one "
    "length for *all* arrays together, and one factor.",
    length_of_the_last=lambda grads, limit: shortened(
        grads, length(grads[-1:]), limit
    ),
)
mistakes(
    "clip",
    "a length is shortened by a factor; here something is subtracted.",
    subtracts_what_is_too_much=lambda grads, limit: [
        g - max(length(grads) - limit, 0) for g in grads
    ],
    subtracts_the_limit=lambda grads, limit: [
        g - (limit if length(grads) > limit else 0) for g in grads
    ],
)
mistakes(
    "clip",
    "each array is clipped by its own length, which turns the direction: one "
    "length for *all* arrays together, and one factor.",
    each_array_made_as_long_as_the_limit=lambda grads, limit: [
        g * limit / max(length([g]), 1e-12) for g in grads
    ],
)
mistakes(
    "clip",
    "nothing is shortened, though N is above the limit: is the comparison "
    "the wrong way round, or N wrong?",
    nothing_shortened=lambda grads, limit: [g * 1 for g in grads],
)
mistakes(
    "clip",
    "each entry that is too large becomes the limit, and loses its sign: one "
    "length for *all* arrays together, and one factor.",
    large_entries_become_the_limit=lambda grads, limit: [
        np.where(np.abs(g) > limit, limit, g) for g in grads
    ],
)
mistakes(
    "clip",
    "each *large* entry is shortened by itself; all entries of all arrays are "
    "multiplied by one factor.",
    large_entries_scaled=lambda grads, limit: [
        np.where(np.abs(g) > limit, g * limit / length(grads), g)
        for g in grads
    ],
)


mistakes(
    "clip",
    "np.linalg.norm(matrix, 2) is something else: the root of the sum of all "
    "squares is meant.",
    spectral_norm=lambda grads, limit: shortened(
        grads,
        math.sqrt(sum(np.linalg.norm(g, 2) ** 2 for g in grads)),
        limit,
    ),
)
mistakes(
    "clip",
    "only some of the arrays are multiplied by the factor.",
    first_array_only=lambda grads, limit: [
        *shortened(grads[:1], length(grads), limit),
        *grads[1:],
    ],
    last_array_only=lambda grads, limit: [
        *grads[:-1],
        *shortened(grads[-1:], length(grads), limit),
    ],
)
mistakes(
    "clip",
    "N must be known before the first array is shortened: two loops, one "
    "after the other.",
    running_length=lambda grads, limit: [
        shortened([g], length(grads[: i + 1]), limit)[0]
        for i, g in enumerate(grads)
    ],
)
mistakes(
    "clip",
    "whole numbers are cut off: is the result forced into the type of the "
    "gradients?",
    in_the_type_of_the_gradients=lambda grads, limit: [
        new.astype(g.dtype)
        for g, new in zip(grads, shortened(grads, length(grads), limit))
    ],
)


@mistake(
    "clip",
    "a list has no square: loop over its arrays.",
    message="'list' and 'int'",
)
def square_of_the_list(grads, limit):
    return shortened(grads, np.sqrt(sum(grads**2)), limit)


@mistake(
    "clip",
    "Python's sum adds up the rows of a matrix, and leaves an array: "
    "np.sum(g**2) is one number.",
    message="truth value of an array",
)
def pythons_sum(grads, limit):
    norm = np.sqrt(sum(sum(g**2) for g in grads))
    return [g * limit / norm if norm > limit else g for g in grads]


@mistake(
    "clip",
    "Python's sum adds up the rows of a matrix, and leaves an array: "
    "np.sum(g**2) is one number.",
    message="could not be broadcast together with shapes (3,) (2,)",
)
def pythons_sum_without_comparison(grads, limit):
    norm = np.sqrt(sum(sum(g**2) for g in grads))
    return [g * limit / np.maximum(norm, limit) for g in grads]


mistakes(
    "clip",
    "each entry keeps its share: all are multiplied by limit / N.",
    all_set_to_the_limit=lambda grads, limit: [
        np.full(g.shape, limit) if length(grads) > limit else g for g in grads
    ],
    all_of_the_size_of_the_limit=lambda grads, limit: [
        np.sign(g) * limit if length(grads) > limit else g for g in grads
    ],
)
mistakes(
    "clip",
    "// cuts off what stands behind the point.",
    cut_off=lambda grads, limit: [
        g * limit // length(grads) if length(grads) > limit else g
        for g in grads
    ],
)
mistakes(
    "clip",
    "N seems to be no root of a sum of squares: square every entry, sum, and "
    "take the root.",
    root_of_summed_lengths=lambda grads, limit: shortened(
        grads, math.sqrt(sum(length([g]) for g in grads)), limit
    ),
    root_of_summed_sizes=by_length(lambda x: np.sqrt(np.abs(x).sum())),
    largest_sum_of_sizes=lambda grads, limit: shortened(
        grads, max(np.abs(g).sum() for g in grads), limit
    ),
    root_of_cubes=by_length(lambda x: (np.abs(x) ** 3).sum() ** (1 / 3)),
)
mistakes(
    "clip",
    "what is compared with the limit is N itself, not an entry, and not its "
    "square or the limit's.",
    compared_with_the_square=lambda grads, limit: [
        g * (limit / length(grads) if length(grads) > limit**2 else 1)
        for g in grads
    ],
    compared_by_the_largest_entry=lambda grads, limit: [
        g
        * (
            limit / length(grads)
            if max(np.abs(x).max() for x in grads) > limit
            else 1
        )
        for g in grads
    ],
)


@mistake(
    "clip",
    "g.ravel() makes one row of each array; then they can be joined.",
    message="same number of dimensions",
)
def joined_as_they_are(grads, limit):
    return shortened(grads, np.linalg.norm(np.concatenate(grads)), limit)


mistakes(
    "clip",
    "something is added to N, or to the factor: where all is tiny, it weighs "
    "too much.",
    n_and_a_millionth=lambda grads, limit: [
        g * min(1, limit / (length(grads) + 1e-6)) for g in grads
    ],
    n_and_ten_millionths=lambda grads, limit: [
        g * min(1, limit / (length(grads) + 1e-5)) for g in grads
    ],
    n_and_a_hundred_millionth=lambda grads, limit: [
        g * min(1, limit / (length(grads) + 1e-8)) for g in grads
    ],
    n_and_ten_thousandths_of_a_millionth=lambda grads, limit: [
        g * min(1, limit / (length(grads) + 1e-10)) for g in grads
    ],
)


@accepted("clip")
def by_one_vector(grads, limit):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in grads]))
    return [g * min(1, limit / max(norm, 1e-12)) for g in grads]


@accepted("clip")
def returned_as_they_are(grads, limit):
    norm = length(grads)
    if norm <= limit:
        return grads
    return [g / norm * limit for g in grads]


@accepted("clip")
def as_tuples_of_float32(grads, limit):
    norm = np.float32(length(grads))
    factor = np.float32(limit) / norm if norm > limit else np.float32(1)
    return tuple(np.float32(g) * factor for g in grads)


@accepted("clip")
def in_copies(grads, limit):
    copies = [g.astype(np.float64) for g in grads]
    norm = np.hypot.reduce([np.linalg.norm(g) for g in copies])
    for g in copies:
        if norm > limit:
            g *= limit / norm
    return copies


# 8 · Speaking

FORGETS_THE_SEED = (
    "while it hears the seed, it forgets: each step begins with the state "
    "that the step before has returned."
)
FORGETS_ITSELF = (
    "while it hears itself, it forgets: each step begins with the state that "
    "the step before has returned."
)


@mistake("speak", FORGETS_THE_SEED)
def always_from_the_first_state(step, choose, state, seed, length):
    for char in seed:
        scores, _ = step(char, state)
    said = ""
    for _ in range(length):
        said += choose(scores)
        scores, _ = step(said[-1], state)
    return said


@mistake("speak", FORGETS_ITSELF)
def forgets_while_it_speaks(step, choose, state, seed, length):
    for char in seed:
        scores, state = step(char, state)
    said = ""
    for _ in range(length):
        said += choose(scores)
        scores, _ = step(said[-1], state)
    return said


@mistake("speak", FORGETS_ITSELF)
def begins_anew_after_the_seed(step, choose, state, seed, length):
    now = state
    for char in seed:
        scores, now = step(char, now)
    said, now = "", state
    for _ in range(length):
        said += choose(scores)
        scores, now = step(said[-1], now)
    return said


@mistake("speak", "the parrot must hear all of the seed before it speaks.")
def hears_one_character_of_the_seed(step, choose, state, seed, length):
    scores, state = step(seed[0], state)
    said = ""
    for _ in range(length):
        said += choose(scores)
        scores, state = step(said[-1], state)
    return said


@mistake(
    "speak",
    "the parrot must hear the seed from its first character on; it hears 'z' "
    "first.",
)
def hears_the_end_of_the_seed(step, choose, state, seed, length):
    scores, state = step(seed[-1], state)
    said = ""
    for _ in range(length):
        said += choose(scores)
        scores, state = step(said[-1], state)
    return said


@mistake(
    "speak",
    "the parrot must hear the seed from its first character on; it hears 'z' "
    "first.",
)
def hears_the_seed_backward(step, choose, state, seed, length):
    return speaks(step, choose, state, seed[::-1], length)


def speaks(step, choose, state, seed, length):
    for char in seed:
        scores, state = step(char, state)
    said = ""
    for _ in range(length):
        said += choose(scores)
        scores, state = step(said[-1], state)
    return said


TWICE = (
    "it hears the last character of the seed twice: its scores are there "
    "already when the seed has ended."
)


@mistake("speak", TWICE)
def hears_the_last_twice(step, choose, state, seed, length):
    for char in seed:
        scores, state = step(char, state)
    said, char = "", seed[-1]
    for _ in range(length):
        scores, state = step(char, state)
        char = choose(scores)
        said += char
    return said


@mistake(
    "speak",
    "the parrot must hear each character that it has said.",
)
def says_the_same_again(step, choose, state, seed, length):
    for char in seed:
        scores, state = step(char, state)
    return "".join(choose(scores) for _ in range(length))


@mistake("speak", "return only what is new, without the seed or a part of it.")
def with_the_seed(step, choose, state, seed, length):
    return seed + speaks(step, choose, state, seed, length)


@mistake("speak", "there are characters too many at the end.")
def one_too_many(step, choose, state, seed, length):
    return speaks(step, choose, state, seed, length + 1)


@mistake("speak", "some characters are missing at the end.")
def one_too_few(step, choose, state, seed, length):
    return speaks(step, choose, state, seed, length - 1)


@mistake("speak", "some characters are missing at the end.")
def length_with_the_seed(step, choose, state, seed, length):
    return speaks(step, choose, state, seed, length - len(seed))


@mistake("speak", '"".join(characters) makes one of a list.')
def a_list_of_characters(step, choose, state, seed, length):
    return list(speaks(step, choose, state, seed, length))


@mistake("speak", "step returns the scores first, then the new state.")
def state_before_scores(step, choose, state, seed, length):
    for char in seed:
        state, scores = step(char, state)
    said = ""
    for _ in range(length):
        said += choose(scores)
        state, scores = step(said[-1], state)
    return said


@mistake("speak", "it doesn't begin with the state that is given.")
def begins_with_none(step, choose, state, seed, length):
    return speaks(step, choose, None, seed, length)


@mistake(
    "speak",
    "the parrot hears one character at a time: step(char, state).",
)
def hears_the_seed_at_once(step, choose, state, seed, length):
    scores, state = step(seed, state)
    said = ""
    for _ in range(length):
        said += choose(scores)
        scores, state = step(said[-1], state)
    return said


@mistake(
    "speak",
    "the parrot hears one character at a time: step(char, state).",
)
def hears_all_it_has_said(step, choose, state, seed, length):
    for char in seed:
        scores, state = step(char, state)
    said = ""
    for _ in range(length):
        said += choose(scores)
        scores, state = step(said, state)
    return said


@mistake(
    "speak",
    "the state may be anything, and can't always be copied, or added to: hand "
    "it on as it is.",
    message="has no attribute 'copy'",
)
def copies_the_state(step, choose, state, seed, length):
    return speaks(
        lambda char, s: step(char, s.copy()), choose, state, seed, length
    )


@mistake("speak", "it doesn't begin with the state that is given.")
def text_instead_of_none(step, choose, state, seed, length):
    return speaks(step, choose, state or "", seed, length)


CHOSEN_ONCE = (
    "call it once for each, since it may draw at random; what it gives is "
    "said, and heard."
)


@mistake("speak", CHOSEN_ONCE)
def chooses_while_it_hears(step, choose, state, seed, length):
    for char in seed:
        scores, state = step(char, state)
        new = choose(scores)
    said = ""
    for _ in range(length):
        said += new
        scores, state = step(new, state)
        new = choose(scores)
    return said


@mistake("speak", CHOSEN_ONCE)
def says_one_and_hears_another(step, choose, state, seed, length):
    for char in seed:
        scores, state = step(char, state)
    said = ""
    for _ in range(length):
        said += choose(scores)
        scores, state = step(choose(scores), state)
    return said


@mistake("speak", "choose is given the scores that step has returned.")
def chooses_by_the_state(step, choose, state, seed, length):
    for char in seed:
        _, state = step(char, state)
    said = ""
    for _ in range(length):
        said += choose(state)
        _, state = step(said[-1], state)
    return said


@mistake("speak", "choose is given the scores that step has returned.")
def chooses_by_both(step, choose, state, seed, length):
    for char in seed:
        both = step(char, state)
        state = both[1]
    said = ""
    for _ in range(length):
        said += choose(both)
        both = step(said[-1], state)
        state = both[1]
    return said


@mistake(
    "speak",
    "step is given two things, the character and the state.",
    message="positional argument: 'state'",
)
def step_without_state(step, choose, state, seed, length):
    for char in seed:
        scores, state = step(char)
    return choose(scores)


@accepted("speak")
def with_one_loop(step, choose, state, seed, length):
    text, scores = seed, None
    for i in range(len(seed) + length):
        if i >= len(text):
            text += choose(scores)
        scores, state = step(text[i], state)
    return text[len(seed) :]


@accepted("speak")
def without_a_last_step(step, choose, state, seed, length):
    said, waiting = [], list(seed)
    while len(said) < length:
        while waiting:
            scores, state = step(waiting.pop(0), state)
        said.append(choose(scores))
        waiting = said[-1:]
    return "".join(said)


HEARD_TWICE = (
    "characters are heard twice: call step once, and take both from it, "
    "scores, state = step(char, state)."
)


@mistake("speak", HEARD_TWICE)
def steps_twice(step, choose, state, seed, length):
    return speaks(
        lambda char, s: (step(char, s)[0], step(char, s)[1]),
        choose,
        state,
        seed,
        length,
    )


@mistake(
    "speak",
    "each character is heard once: go on from the last state, don't begin "
    "again from the first, which step may have changed.",
)
def anew_for_each_character(step, choose, state, seed, length):
    said = ""
    for _ in range(length):
        now = state
        for char in seed + said:
            scores, now = step(char, now)
        said += choose(scores)
    return said


@mistake("speak", CHOSEN_ONCE)
def chooses_once_more(step, choose, state, seed, length):
    for char in seed:
        scores, state = step(char, state)
    said, new = "", choose(scores)
    while len(said) < length:
        said += new
        scores, state = step(new, state)
        new = choose(scores)
    return said


@mistake("speak", "it stops at None: None is a state like any other.")
def stops_at_none(step, choose, state, seed, length):
    for char in seed:
        scores, state = step(char, state)
    said = ""
    while len(said) < length:
        said += choose(scores)
        if state is None:
            break
        scores, state = step(said[-1], state)
    return said


# 10 · A delay line


def line(m, gain=2.0, start=2.0, end=1.0, k=1):
    Wx, Wy = np.zeros((1, m)), np.zeros((m, 1))
    Wx[0, 0], Wy[-1, 0] = start, end
    return Wx, gain * np.eye(m, k=k), np.zeros(m), Wy, np.zeros(1)


STEPS = (
    "each number that the state hands on costs one step, but the first takes "
    "the input at once."
)


@mistake("delay_line", STEPS)
def one_step_too_early(delay):
    return line(max(delay, 1))


@mistake("delay_line", STEPS)
def one_step_too_late(delay):
    return line(delay + 2)


@mistake("delay_line", "how often does the sign change on the way?")
def the_opposite(delay):
    return line(delay + 1, end=-1.0)


@mistake(
    "delay_line",
    "each tanh makes the number smaller: which weights make up for it?",
)
def fades_away(delay):
    return line(delay + 1, gain=0.5, start=1.0)


@mistake(
    "delay_line",
    "each tanh makes the number smaller: which weights make up for it?",
)
def louder_at_the_end(delay):
    return line(delay + 1, gain=1.0, start=1.0, end=3.0)


@mistake(
    "delay_line",
    "print the states, step by step: where is what was heard? Entry [i, j] "
    "of Wh leads from number i to number j.",
)
def against_the_stream(delay):
    return line(delay + 1, k=-1)


@mistake("delay_line", "return Wx, Wh, b, Wy, c, in this order.")
def without_biases(delay):
    Wx, Wh, _, Wy, _ = line(delay + 1)
    return Wx, Wh, Wy


@mistake("delay_line", "the shapes are (1, m), (m, m), (m,), (m, 1), (1,).")
def columns(delay):
    Wx, Wh, b, Wy, c = line(delay + 1)
    return Wx.T, Wh, b, Wy, c


@accepted("delay_line")
def in_lists(delay):
    return [array.tolist() for array in line(delay + 1, gain=3.0, end=5.0)]


@accepted("delay_line")
def with_numbers_that_rest(delay):
    Wx, Wh, b, Wy, c = line(delay + 1)
    sides = [(0, 2), (0, 2)]
    Wh = np.pad(Wh, sides)
    return (
        np.pad(Wx, [(0, 0), (0, 2)]),
        Wh,
        np.zeros(delay + 3),
        np.pad(Wy, [(0, 2), (0, 0)]),
        c,
    )


@accepted("delay_line")
def changing_its_sign(delay):
    sign = (-1.0) ** delay
    return line(delay + 1, gain=-2.5, end=sign)
