"""Answers to assignment a16: wrong ones with their hints, and right ones that
must be accepted."""

import functools
import math

import numpy as np

from tools.mistakes import accepted, mistake

# 1 · What a ring costs


def ring(N, c, latency, w, piece=None, steps=None, slow=None, late=None):
    """Return what `ring_cost` should, but for what is given."""
    n = len(w)
    piece = math.ceil(N / n) if piece is None else piece
    steps = 2 * (n - 1) if steps is None else steps
    slow = min(w) if slow is None else slow
    late = steps * latency if late is None else late
    return steps * piece * c, late + steps * piece * c / slow


@mistake("ring_cost", "a piece has whole numbers, and all fit: round N/n up.")
def rounded_down(num_numbers, number_bytes, latency, bandwidths):
    piece = num_numbers // len(bandwidths)
    return ring(num_numbers, number_bytes, latency, bandwidths, piece)


@mistake("ring_cost", "a piece has whole numbers, and all fit: round N/n up.")
def not_rounded(num_numbers, number_bytes, latency, bandwidths):
    piece = num_numbers / len(bandwidths)
    return ring(num_numbers, number_bytes, latency, bandwidths, piece)


@mistake("ring_cost", "if N/n is whole already, nothing is added to it.")
def one_more(num_numbers, number_bytes, latency, bandwidths):
    piece = num_numbers // len(bandwidths) + 1
    return ring(num_numbers, number_bytes, latency, bandwidths, piece)


@mistake("ring_cost", "if N/n is whole already, nothing is added to it.")
def rounded_to_even(num_numbers, number_bytes, latency, bandwidths):
    piece = round(num_numbers / len(bandwidths) + 0.5)  # 3.5 becomes 4
    return ring(num_numbers, number_bytes, latency, bandwidths, piece)


@mistake("ring_cost", "this is how many *numbers* are sent, not bytes.")
def numbers_sent(num_numbers, number_bytes, latency, bandwidths):
    sent, took = ring(num_numbers, number_bytes, latency, bandwidths)
    return sent // number_bytes, took


@mistake(
    "ring_cost",
    "this is right for n - 1 steps. The pieces go round twice, once to be "
    "summed up and once to be copied.",
)
def round_once(num_numbers, number_bytes, latency, bandwidths):
    steps = len(bandwidths) - 1
    return ring(num_numbers, number_bytes, latency, bandwidths, steps=steps)


@mistake("ring_cost", "this is right for 2n steps; there are 2(n - 1).")
def steps_2n(num_numbers, number_bytes, latency, bandwidths):
    steps = 2 * len(bandwidths)
    return ring(num_numbers, number_bytes, latency, bandwidths, steps=steps)


@mistake("ring_cost", "the latency is lost in every step, not only once.")
def latency_once(num_numbers, number_bytes, latency, bandwidths):
    return ring(num_numbers, number_bytes, latency, bandwidths, late=latency)


@mistake("ring_cost", "the latency is missing; it is lost in every step.")
def without_latency(num_numbers, number_bytes, latency, bandwidths):
    return ring(num_numbers, number_bytes, latency, bandwidths, late=0)


@mistake(
    "ring_cost",
    "the step waits for the slowest link, the one with the *smallest* "
    "bandwidth.",
)
def fastest_link(num_numbers, number_bytes, latency, bandwidths):
    slow = max(bandwidths)
    return ring(num_numbers, number_bytes, latency, bandwidths, slow=slow)


@mistake(
    "ring_cost",
    "all links work at the same time: a step takes as long as the slowest "
    "of them, not their sum.",
)
def one_link_after_another(num_numbers, number_bytes, latency, bandwidths):
    sent, _ = ring(num_numbers, number_bytes, latency, bandwidths)
    n = len(bandwidths)
    piece = math.ceil(num_numbers / n) * number_bytes
    step = sum(latency + piece / w for w in bandwidths)
    return sent, 2 * (n - 1) * step


@mistake("ring_cost", "a step moves one piece, not the whole gradient.")
def whole_gradient(num_numbers, number_bytes, latency, bandwidths):
    return ring(num_numbers, number_bytes, latency, bandwidths, num_numbers)


@mistake(
    "ring_cost",
    "this is what all devices send together; return what each of them sends.",
)
def bytes_of_all(num_numbers, number_bytes, latency, bandwidths):
    sent, took = ring(num_numbers, number_bytes, latency, bandwidths)
    return sent * len(bandwidths), took


@mistake("ring_cost", "these are the bytes of one step; add up all steps.")
def bytes_of_a_step(num_numbers, number_bytes, latency, bandwidths):
    sent, took = ring(num_numbers, number_bytes, latency, bandwidths)
    return sent // max(2 * (len(bandwidths) - 1), 1), took


@mistake(
    "ring_cost", "a device that is alone, too, gets two numbers: 0 and 0."
)
def one_number_if_alone(num_numbers, number_bytes, latency, bandwidths):
    if len(bandwidths) == 1:
        return 0
    return ring(num_numbers, number_bytes, latency, bandwidths)


@mistake(
    "ring_cost",
    "a number isn't cut: round N/n up first, then multiply by its bytes.",
)
def bytes_rounded(num_numbers, number_bytes, latency, bandwidths):
    piece = math.ceil(num_numbers * number_bytes / len(bandwidths))
    return ring(num_numbers, 1, latency, bandwidths, piece)


@mistake(
    "ring_cost",
    "all n devices send, in 2(n - 1) steps, also where there are fewer "
    "numbers than devices.",
)
def as_many_devices_as_numbers(num_numbers, number_bytes, latency, bandwidths):
    n = min(len(bandwidths), num_numbers)
    changed = math.ceil(num_numbers / n), 2 * (n - 1)
    return ring(num_numbers, number_bytes, latency, bandwidths, *changed)


@mistake("ring_cost", "a step takes as long as the *slowest* link.")
def mean_bandwidth(num_numbers, number_bytes, latency, bandwidths):
    slow = sum(bandwidths) / len(bandwidths)
    return ring(num_numbers, number_bytes, latency, bandwidths, slow=slow)


@mistake(
    "ring_cost",
    "the caller still needs the list: no sort() and no assignment to its "
    "parts. min finds the smallest, and sorted makes a new list.",
)
def sorted_in_place(num_numbers, number_bytes, latency, bandwidths):
    bandwidths.sort()
    slow = bandwidths[0]
    return ring(num_numbers, number_bytes, latency, bandwidths, slow=slow)


@mistake(
    "ring_cost",
    "a device that is alone sends nothing, so nothing is waited for, and the "
    "latency doesn't count.",
)
def latency_of_one_that_is_alone(num_numbers, number_bytes, latency, widths):
    n = len(widths)
    piece = math.ceil(num_numbers / n) * number_bytes
    seconds = 2 * (n - 1) * (latency + piece / min(widths))
    return 2 * (n - 1) * piece, max(latency, seconds)


@mistake("ring_cost", "a link's seconds needn't be whole: / instead of //.")
def whole_division(num_numbers, number_bytes, latency, bandwidths):
    n = len(bandwidths)
    piece = math.ceil(num_numbers / n) * number_bytes
    steps = 2 * (n - 1)
    return steps * piece, steps * (latency + piece // min(bandwidths))


@accepted("ring_cost")
def by_simulation(num_numbers, number_bytes, latency, bandwidths):
    n, sent, seconds = len(bandwidths), 0, 0.0
    piece = number_bytes * np.ceil(num_numbers / n)
    for _ in range(2 * (n - 1)):
        sent += piece
        seconds += max(latency + piece / w for w in bandwidths)
    return sent, seconds


@accepted("ring_cost")
def in_a_list(num_numbers, number_bytes, latency, bandwidths):
    if len(bandwidths) == 1:
        return [0, 0]
    return list(ring(num_numbers, number_bytes, latency, bandwidths))


# 2 · A pipeline of unequal stages


def schedule(
    forward,
    backward,
    send,
    m,
    busy_sending=0,
    turn=None,
    fresh=False,
    back_way=-1,
    back_pieces=1,
    dtype=float,
):
    """Return starts and idle share, right but for what is given."""
    p = len(forward)
    free, starts = np.zeros(p, dtype), []
    for seconds, way, order in (
        (forward, 1, 1),
        (backward, back_way, back_pieces),
    ):
        begins = np.zeros((m, p), dtype)
        if fresh:
            free = np.zeros(p, dtype)
        for piece in range(m)[::order]:
            arrives = 0
            if starts and turn is not None:
                arrives = turn + starts[0][piece, -1] + forward[-1]
            for s in range(p)[::way]:
                begins[piece, s] = max(arrives, free[s])
                arrives = begins[piece, s] + seconds[s] + send
                free[s] = arrives - send + busy_sending * send
        starts.append(begins)
    work = m * (sum(forward) + sum(backward))
    end = (starts[1] + np.asarray(backward)).max()
    return *starts, 1 - work / (p * end)


@mistake(
    "pipeline",
    "without `send` these would be right: a piece arrives that much later.",
)
def without_send(forward, backward, send, num_pieces):
    return schedule(forward, backward, 0, num_pieces)


@mistake("pipeline", "sending keeps no stage busy: it can go on at once.")
def busy_while_sending(forward, backward, send, num_pieces):
    return schedule(forward, backward, send, num_pieces, busy_sending=1)


@mistake(
    "pipeline",
    "a stage begins with the way back when it has done *all* pieces forward: "
    "remember when it is free.",
)
def back_from_time_zero(forward, backward, send, num_pieces):
    return schedule(forward, backward, send, num_pieces, fresh=True)


@mistake(
    "pipeline", "back, a piece visits the last stage first, then those before."
)
def back_in_the_same_direction(forward, backward, send, num_pieces):
    return schedule(forward, backward, send, num_pieces, back_way=1)


@mistake(
    "pipeline", "back, the pieces come in the same order: piece 0 is first."
)
def last_piece_first(forward, backward, send, num_pieces):
    return schedule(forward, backward, send, num_pieces, back_pieces=-1)


@mistake(
    "pipeline",
    "a stage does one task at a time: a piece that arrives may have to wait.",
)
def never_wait(forward, backward, send, num_pieces):
    first = np.zeros((num_pieces, len(forward)))
    first += np.cumsum([0, *(f + send for f in forward[:-1])])
    back = np.zeros_like(first) + first[0, -1] + forward[-1]
    steps = [b + send for b in list(backward)[:0:-1]]
    back += np.cumsum([0, *steps])[::-1]
    return first, back, schedule(forward, backward, send, num_pieces)[2]


@mistake("pipeline", "where a piece turns round, nothing travels.")
def travels_at_the_turn(forward, backward, send, num_pieces):
    return schedule(forward, backward, send, num_pieces, turn=send)


@mistake("pipeline", "this is the share in which they work; idle is the rest.")
def busy_share(forward, backward, send, num_pieces):
    *starts, idle = schedule(forward, backward, send, num_pieces)
    return *starts, 1 - idle


@mistake(
    "pipeline",
    "(p - 1)/(m + p - 1) holds for equal stages, and if sending takes no "
    "time. Add up what is worked, and compare it with the time.",
)
def bubble_formula(forward, backward, send, num_pieces):
    *starts, _ = schedule(forward, backward, send, num_pieces)
    p = len(forward)
    return *starts, (p - 1) / (num_pieces + p - 1)


@mistake(
    "pipeline",
    "the time runs until the last task is *done*; here it ends when that "
    "task begins.",
)
def until_the_last_begins(forward, backward, send, num_pieces):
    *starts, _ = schedule(forward, backward, send, num_pieces)
    work = num_pieces * (sum(forward) + sum(backward))
    return *starts, 1 - work / (len(forward) * starts[1].max())


@mistake(
    "pipeline", "these are the times when the tasks end; when do they begin?"
)
def ends(forward, backward, send, num_pieces):
    first, back, idle = schedule(forward, backward, send, num_pieces)
    return first + np.asarray(forward), back + np.asarray(backward), idle


@mistake(
    "pipeline",
    "times may be fractions; this array cuts them to whole numbers.",
)
def whole_seconds(forward, backward, send, num_pieces):
    return schedule(forward, backward, send, num_pieces, dtype=int)


@mistake("pipeline", "sending keeps no stage busy: it can go on at once.")
def busy_while_sending_on(forward, backward, send, num_pieces):
    p, m = len(forward), num_pieces
    free, starts = np.zeros(p), np.zeros((2, m, p))
    for way, seconds in enumerate((forward, backward)):
        for piece in range(m):
            arrives = 0
            for i, s in enumerate(range(p)[:: 1 - 2 * way]):
                starts[way, piece, s] = max(arrives, free[s])
                arrives = starts[way, piece, s] + seconds[s]
                arrives += send * (i < p - 1)
                free[s] = arrives
    work = m * (sum(forward) + sum(backward))
    return *starts, 1 - work / (p * (starts[1, -1, 0] + backward[0]))


@mistake("pipeline", "back, too, a piece travels for `send` seconds.")
def sends_forward_only(forward, backward, send, num_pieces):
    p, m = len(forward), num_pieces
    first, _, _ = schedule(forward, backward, send, m)
    back, free = np.zeros((m, p)), first[-1] + forward
    for piece in range(m):
        arrives = 0
        for s in range(p)[::-1]:
            back[piece, s] = max(arrives, free[s])
            free[s] = arrives = back[piece, s] + backward[s]
    work = m * (sum(forward) + sum(backward))
    return first, back, 1 - work / (p * free[0])


@mistake(
    "pipeline",
    "forward, all pieces begin at the same times, so all rows are equal. (In "
    "[[0] * p] * m they are one list, m times: what is written into one "
    "stands in all.)",
)
def one_row(forward, backward, send, num_pieces):
    first, back, idle = schedule(forward, backward, send, num_pieces)
    m = num_pieces
    return [first[-1].tolist()] * m, [back[-1].tolist()] * m, idle


@mistake(
    "pipeline",
    "the last stage begins its way back before it has done all pieces "
    "forward: first all forward, then all back.",
)
def turned_at_once(forward, backward, send, num_pieces):
    first, back, idle = schedule(forward, backward, send, num_pieces)
    back[0, -1] = first[0, -1] + forward[-1]
    return first, back, idle


@mistake(
    "pipeline",
    "a row for each piece, and a column for each stage: what you return is "
    "turned over.",
)
def row_for_each_stage(forward, backward, send, num_pieces):
    first, back, idle = schedule(forward, backward, send, num_pieces)
    return first.T, back.T, idle


@mistake(
    "pipeline",
    "the caller still needs the list: no reverse(), no sort() and no "
    "assignment to its parts. backward[::-1] and sorted make new lists.",
)
def reversed_in_place(forward, backward, send, num_pieces):
    right = schedule(forward, backward, send, num_pieces)
    if isinstance(backward, list):
        backward.reverse()
    return right


@mistake(
    "pipeline",
    "forward, piece 1 begins too late at stage 1: when does it arrive there, "
    "and when is the stage free? (Several pieces may travel at the same "
    "time.)",
)
def one_piece_on_a_link(forward, backward, send, num_pieces):
    p, m = len(forward), num_pieces
    free, starts = np.zeros(p), np.zeros((2, m, p))
    for way, seconds in enumerate((forward, backward)):
        link = np.zeros(p)
        for piece in range(m):
            arrives = 0
            for s in range(p)[:: 1 - 2 * way]:
                starts[way, piece, s] = max(arrives, free[s])
                free[s] = starts[way, piece, s] + seconds[s]
                arrives = link[s] = max(free[s], link[s]) + send
    work = m * (sum(forward) + sum(backward))
    return *starts, 1 - work / (p * free[0])


@accepted("pipeline")
def in_lists(forward, backward, send, num_pieces):
    first, back, idle = schedule(forward, backward, send, num_pieces)
    return [first.tolist(), back.tolist(), idle]


@accepted("pipeline")
def by_recursion(forward, backward, send, num_pieces):
    p, m = len(forward), num_pieces

    @functools.cache
    def F(i, s):
        before = F(i - 1, s) + forward[s] if i else 0
        return max(before, F(i, s - 1) + forward[s - 1] + send if s else 0)

    @functools.cache
    def B(i, s):
        before = B(i - 1, s) + backward[s] if i else F(m - 1, s) + forward[s]
        if s == p - 1:
            return before
        return max(before, B(i, s + 1) + backward[s + 1] + send)

    first, back = (
        np.array([[f(i, s) for s in range(p)] for i in range(m)])
        for f in (F, B)
    )
    end = back[-1, 0] + backward[0]
    work = sum(m * (f + b) for f, b in zip(forward, backward))
    return first, back, (p * end - work) / (p * end)


# 3 · A scale for each neuron


def integers(W, bits, share, largest=None, t=None, round=np.round, low=None):
    """Return integers and scales, right but for what is given."""
    t = 2 ** (bits - 1) - 1 if t is None else t
    largest = np.abs(W).max(axis=0) if largest is None else largest
    scales = np.where(largest > 0, share * largest / t, 1.0)
    low = -t if low is None else low
    q = np.clip(round(W / scales), low, t).astype(np.int8)
    return q, scales


@mistake(
    "quantize",
    "one scale for each *column*: axis=0.",
    message="broadcast",
)
def scale_of_rows(W, bits, share):
    return integers(W, bits, share, np.abs(W).max(axis=1))


@mistake("quantize", "one scale for each *column*: axis=0.")
def scale_of_rows_kept(W, bits, share):
    q, scales = integers(W, bits, share, np.abs(W).max(axis=1, keepdims=True))
    return q, scales[:, 0]


@mistake("quantize", "one scale for each *column*: axis=0.")
def scale_of_rows_as_column(W, bits, share):
    return integers(W, bits, share, np.abs(W).max(axis=1, keepdims=True))


@mistake(
    "quantize",
    "this is one scale for the whole matrix; each column gets its own.",
)
def one_scale(W, bits, share):
    return integers(W, bits, share, np.full(W.shape[1], np.abs(W).max()))


@mistake(
    "quantize",
    "this is right for t = 2^B - 1: half of the integers are negative.",
)
def without_sign_bit(W, bits, share):
    return integers(W, bits, share, t=2**bits - 1)


@mistake("quantize", "this is right for t = 2^(B - 1); t is one less.")
def one_too_many(W, bits, share):
    return integers(W, bits, share, t=2 ** (bits - 1))


@mistake("quantize", "this is right for t = 2^(B - 1); t is one less.")
def one_too_many_below(W, bits, share):
    t = 2 ** (bits - 1)
    q, scales = integers(W, bits, share, t=t)
    return np.minimum(q, t - 1), scales


@mistake(
    "quantize",
    "the largest *absolute* value counts; a column's largest weight may be "
    "negative.",
)
def without_abs(W, bits, share):
    return integers(W, bits, share, W.max(axis=0))


@mistake(
    "quantize", "round to the nearest integer; here the fraction is cut off."
)
def cut_off(W, bits, share):
    return integers(W, bits, share, round=np.trunc)


@mistake("quantize", "a neuron whose weights are all 0 gets the scale 1.")
def scale_zero(W, bits, share):
    q, scales = integers(W, bits, share)
    return q, np.where(W.any(axis=0), scales, 0)


@mistake(
    "quantize",
    "the scale of a neuron whose weights are all 0 is 1, whatever the share.",
)
def zeros_get_the_share(W, bits, share):
    q, scales = integers(W, bits, share)
    return q, np.where(W.any(axis=0), scales, share)


@mistake("quantize", "the share is ignored: it makes the scale smaller.")
def without_share(W, bits, share):
    return integers(W, bits, 1)


@mistake(
    "quantize", "what lies beyond t or -t is limited to t or -t: np.clip."
)
def without_limit(W, bits, share):
    _, scales = integers(W, bits, share)
    return np.round(W / scales).astype(np.int8), scales


@mistake(
    "quantize",
    "limit first, then change the type: a number beyond 127 doesn't fit into "
    "int8, and comes out as another.",
)
def wrapped(W, bits, share):
    _, scales = integers(W, bits, share)
    t = 2 ** (bits - 1) - 1
    q = np.round(W / scales).astype(int).astype(np.int8)
    return np.clip(q, -t, t), scales


@mistake(
    "quantize",
    "what is added to the scales, to avoid a division by 0, is too much for "
    "tiny weights: replace those scales only that are 0.",
)
def with_something_added(W, bits, share):
    q, scales = integers(W, bits, share, np.abs(W).max(axis=0) + 1e-8)
    return q, np.where(W.any(axis=0), scales, 1.0)


@mistake(
    "quantize",
    "a number of dtype int8 takes one byte; q.astype(np.int8) makes an "
    "array of such numbers.",
)
def long_integers(W, bits, share):
    q, scales = integers(W, bits, share)
    return q.astype(int), scales


@mistake(
    "quantize",
    "the scales are right, and the integers from 0 on, too. Below 0, + 0.5 "
    "and cutting off isn't rounding: np.rint.",
)
def half_up_cut_off(W, bits, share):
    return integers(W, bits, share, round=lambda x: np.trunc(x + 0.5))


@accepted("quantize")
def column_by_column(W, bits, share):
    d, k = W.shape
    q, scales, t = np.empty((d, k), np.int8), [], 2 ** (bits - 1) - 1
    for j in range(k):
        scale = max(abs(w) for w in W[:, j]) * share / t or 1
        scales.append(float(scale))
        for i in range(d):
            q[i, j] = max(-t, min(t, round(float(W[i, j] / scale))))
    return q, scales


@accepted("quantize")
def quantize_in_float32(W, bits, share):
    q, scales = integers(W.astype(np.float32), bits, np.float32(share))
    return q, scales.astype(np.float32)


# 4 · A layer in whole numbers


def layer(U, zero, x_scale, Q, scales, b):
    sums = (U.astype(np.int64) - zero) @ Q.astype(np.int64)
    return sums, x_scale * scales * sums + b


def with_output(sums, x_scale, scales, b):
    return sums, x_scale * scales * sums + b


@mistake(
    "integer_layer",
    "first U - z was computed in uint8, where nothing is below 0, then sums "
    "in 16 bits, where they don't fit: make both arrays wide, "
    "astype(np.int32).",
)
def all_narrow(U, zero, x_scale, Q, scales, b):
    return with_output((U - np.uint8(zero)) @ Q, x_scale, scales, b)


@mistake(
    "integer_layer",
    "U - z was computed in uint8, where nothing is below 0: make U wide "
    "first, U.astype(np.int32).",
)
def difference_in_uint8(U, zero, x_scale, Q, scales, b):
    sums = (U - np.uint8(zero)).astype(int) @ Q.astype(int)
    return with_output(sums, x_scale, scales, b)


@mistake(
    "integer_layer", "the zero point is missing: each u stands for u - z."
)
def without_zero(U, zero, x_scale, Q, scales, b):
    return layer(U, 0, x_scale, Q, scales, b)


@mistake(
    "integer_layer",
    "products or sums were computed in 16 bits, where they don't fit: make "
    "both arrays wide, astype(np.int32).",
)
def sums_in_16_bits(U, zero, x_scale, Q, scales, b):
    sums = (U.astype(np.int16) - zero).astype(np.int16) @ Q
    return with_output(sums, x_scale, scales, b)


@mistake(
    "integer_layer",
    "z is subtracted from each u, before the product, not from the sums.",
)
def zero_from_sums(U, zero, x_scale, Q, scales, b):
    sums, _ = layer(U, 0, x_scale, Q, scales, b)
    return with_output(sums - zero, x_scale, scales, b)


@mistake("integer_layer", "the sums are right; the output lacks s_x.")
def without_x_scale(U, zero, x_scale, Q, scales, b):
    return layer(U, zero, 1, Q, scales, b)


@mistake("integer_layer", "the sums are right; the output lacks the s_j.")
def without_scales(U, zero, x_scale, Q, scales, b):
    return layer(U, zero, x_scale, Q, 1, b)


@mistake("integer_layer", "the sums are right; the output lacks b.")
def without_bias(U, zero, x_scale, Q, scales, b):
    return layer(U, zero, x_scale, Q, scales, 0)


@mistake(
    "integer_layer",
    "the sums are right; the output is what the formula says, without a ReLU.",
)
def with_relu(U, zero, x_scale, Q, scales, b):
    sums, output = layer(U, zero, x_scale, Q, scales, b)
    return sums, np.maximum(output, 0)


@mistake(
    "integer_layer",
    "U was turned into int8, which ends at 127: what is above becomes "
    "negative. Take int32.",
)
def u_in_int8(U, zero, x_scale, Q, scales, b):
    return layer(U.astype(np.int8), zero, x_scale, Q, scales, b)


@mistake("integer_layer", "this is right for z = 128; here z is 120.")
def zero_128(U, zero, x_scale, Q, scales, b):
    return layer(U, 128, x_scale, Q, scales, b)


@mistake("integer_layer", "b is added at the end, and isn't scaled.")
def scaled_bias(U, zero, x_scale, Q, scales, b):
    sums, _ = layer(U, zero, x_scale, Q, scales, b)
    return sums, x_scale * scales * (sums + b)


@mistake(
    "integer_layer",
    "the sums are to be computed in whole numbers: astype(np.int32), not "
    "float.",
)
def sums_in_floats(U, zero, x_scale, Q, scales, b):
    sums = (U.astype(float) - zero) @ Q
    return with_output(sums, x_scale, scales, b)


@mistake(
    "integer_layer",
    "float32 has 24 bits for a number's digits, too few for the largest "
    "sums: compute in integers of 32 bits.",
)
def sums_in_float32(U, zero, x_scale, Q, scales, b):
    sums = (U.astype(np.float32) - zero) @ Q.astype(np.float32)
    return with_output(sums.astype(int), x_scale, scales, b)


@mistake("integer_layer", "return two arrays: the sums, and the output.")
def output_alone(U, zero, x_scale, Q, scales, b):
    return layer(U, zero, x_scale, Q, scales, b)[1]


@mistake(
    "integer_layer",
    "what is below 0 began again at 2^32: uint32 has no sign. Take int32.",
)
def without_sign(U, zero, x_scale, Q, scales, b):
    sums = (U.astype(np.uint32) - np.uint32(zero)) @ Q.astype(np.int32)
    return with_output(sums, x_scale, scales, b)


@mistake(
    "integer_layer",
    "numbers didn't fit into a dtype of 16 bits or less: make both arrays "
    "wide, astype(np.int32).",
)
def product_in_16_bits(U, zero, x_scale, Q, scales, b):
    sums = (U @ Q).astype(int) - zero * Q.sum(axis=0, dtype=int)
    return with_output(sums, x_scale, scales, b)


COLUMNS = (
    "all rows are off by the same numbers, one for each column. What do you "
    "add to a column, or take off? Only z times its sum may be taken off, "
    "once, in int32; b comes into the output only."
)


@mistake("integer_layer", COLUMNS)
def bias_in_sums(U, zero, x_scale, Q, scales, b):
    sums, output = layer(U, zero, x_scale, Q, scales, b)
    return sums + np.rint(b / (x_scale * scales)).astype(int), output


@mistake("integer_layer", COLUMNS)
def column_sums_in_int8(U, zero, x_scale, Q, scales, b):
    columns = Q.sum(axis=0, dtype=np.int8).astype(int)
    sums = U.astype(int) @ Q.astype(int) - zero * columns
    return with_output(sums, x_scale, scales, b)


@mistake(
    "integer_layer",
    "the sums are right. In the output each b_j was made whole; it may have "
    "fractions.",
)
def whole_bias(U, zero, x_scale, Q, scales, b):
    return layer(U, zero, x_scale, Q, scales, np.asarray(b).astype(int))


@accepted("integer_layer")
def zero_folded_in(U, zero, x_scale, Q, scales, b):
    Q = Q.astype(np.int32)
    shift = zero * Q.sum(axis=0, dtype=np.int32)
    sums = U.astype(np.int32) @ Q - shift
    return sums, sums * (x_scale * scales) + b


@accepted("integer_layer")
def in_python(U, zero, x_scale, Q, scales, b):
    U, Q = U.tolist(), Q.tolist()
    sums = [
        [
            sum((u - zero) * row[j] for u, row in zip(us, Q))
            for j in range(len(Q[0]))
        ]
        for us in U
    ]
    return sums, [
        [x_scale * s * a + c for a, s, c in zip(row, scales, b)]
        for row in sums
    ]


# 5 · Two teachers


def log_softmax(scores, axis=1):
    return scores - np.logaddexp.reduce(scores, axis=axis, keepdims=True)


def label_part(logits, y):
    return -log_softmax(logits)[np.arange(len(y)), y]


def kl_part(logits, teacher_logits, T):
    log_p, log_q = log_softmax(teacher_logits / T), log_softmax(logits / T)
    return (np.exp(log_p) * (log_p - log_q)).sum(axis=1)


def mixed(label, kl, T, mix):
    return np.mean((1 - mix) * label + mix * T**2 * kl)


def unsafe_softmax(scores):
    exps = np.exp(scores)
    return exps / exps.sum(axis=1, keepdims=True)


FINITE = (
    "it must be finite: where does an exponential become infinite, or a "
    "logarithm that of 0?"
)


@mistake("lesson", "the teacher's part is multiplied by T squared.")
def without_factor(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits, T)
    return mixed(label_part(logits, y), kl / T**2, T, mix)


@mistake("lesson", "the label's part has no temperature.")
def label_softened(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits, T)
    return mixed(label_part(logits / T, y), kl, T, mix)


@mistake(
    "lesson",
    "this is KL of the student and the teacher; the weights p, and the "
    "numerators, are the teacher's.",
)
def kl_turned_round(logits, teacher_logits, y, T, mix):
    kl = kl_part(teacher_logits, logits, T)
    return mixed(label_part(logits, y), kl, T, mix)


@mistake(
    "lesson",
    "this is the cross-entropy, - sum p log q; log p is missing, so it "
    "isn't 0 when both agree.",
)
def cross_entropy(logits, teacher_logits, y, T, mix):
    p = np.exp(log_softmax(teacher_logits / T))
    cross = -(p * log_softmax(logits / T)).sum(axis=1)
    return mixed(label_part(logits, y), cross, T, mix)


@mistake("lesson", "a is the *teacher's* share, and 1 - a the labels'.")
def mix_exchanged(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits, T)
    return mixed(label_part(logits, y), kl, T, 1 - mix)


@mistake("lesson", "this is the sum over the drawings; take their mean.")
def summed(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits, T)
    return len(y) * mixed(label_part(logits, y), kl, T, mix)


@mistake(
    "lesson",
    "the teacher's part is a sum over the classes; only over the drawings "
    "one takes a mean.",
)
def mean_over_classes(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits, T) / logits.shape[1]
    return mixed(label_part(logits, y), kl, T, mix)


@mistake("lesson", "the teacher's logits are divided by T, too.")
def teacher_not_softened(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits * T, T)
    return mixed(label_part(logits, y), kl, T, mix)


@mistake(
    "lesson", "in the teacher's part the student's logits are divided by T."
)
def student_not_softened(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits * T, teacher_logits, T)
    return mixed(label_part(logits, y), kl, T, mix)


@mistake(
    "lesson",
    "`[:, y]` picks all columns y for each row: rows and columns together, "
    "[np.arange(n), y].",
)
def all_labels_for_each(logits, teacher_logits, y, T, mix):
    label = -log_softmax(logits)[:, y].mean(axis=1)
    return mixed(label, kl_part(logits, teacher_logits, T), T, mix)


@mistake("lesson", FINITE)
def overflow(logits, teacher_logits, y, T, mix):
    label = -np.log(unsafe_softmax(logits)[np.arange(len(y)), y])
    p, q = unsafe_softmax(teacher_logits / T), unsafe_softmax(logits / T)
    return mixed(label, (p * np.log(p / q)).sum(axis=1), T, mix)


@mistake(
    "lesson",
    "a small number inside the logarithm only hides that a probability has "
    "become 0: keep the logarithms, log softmax(z) = z - log sum exp z.",
)
def with_epsilon(logits, teacher_logits, y, T, mix):
    q = np.exp(log_softmax(logits / T)) + 1e-12
    p = np.exp(log_softmax(teacher_logits / T)) + 1e-12
    kl = (p * np.log(p / q)).sum(axis=1)
    return mixed(label_part(logits, y), kl, T, mix)


TOO_LITTLE = (
    "this is far too little. A small number inside a logarithm, or a limit to "
    "the scores, hides that a probability has become 0: keep the logarithms, "
    "log softmax(z) = z - log sum exp z."
)


@mistake("lesson", TOO_LITTLE)
def with_epsilons(logits, teacher_logits, y, T, mix):
    p, q = softmax(teacher_logits / T) + 1e-12, softmax(logits / T) + 1e-12
    label = -np.log(softmax(logits)[np.arange(len(y)), y] + 1e-12)
    kl = ((p - 1e-12) * np.log(p / q)).sum(axis=1)
    return mixed(label, kl, T, mix)


@mistake("lesson", TOO_LITTLE)
def limited(logits, teacher_logits, y, T, mix):
    z, t, s = (
        np.clip(scores, -500, 500)
        for scores in (logits, teacher_logits / T, logits / T)
    )
    return mixed(label_part(z, y), kl_part(s, t, 1), T, mix)


CLASSES = (
    "the one-hot labels have ten classes here; there are as many as logits, "
    "logits.shape[1]."
)


@mistake("lesson", CLASSES, message="(2,10)")
def ten_classes(logits, teacher_logits, y, T, mix):
    label = -(np.eye(10)[y] * log_softmax(logits)).sum(axis=1)
    return mixed(label, kl_part(logits, teacher_logits, T), T, mix)


@mistake(
    "lesson",
    "are your one-hot labels as wide as the largest label? They have as many "
    "columns as the logits, logits.shape[1]; not every label need occur.",
    message="(2,3)",
)
def classes_that_occur(logits, teacher_logits, y, T, mix):
    label = -(np.eye(y.max() + 1)[y] * log_softmax(logits)).sum(axis=1)
    return mixed(label, kl_part(logits, teacher_logits, T), T, mix)


@mistake("lesson", "the factor with T belongs to the teacher's part only.")
def factor_of_both(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits, T) / T**2
    return T**2 * mixed(label_part(logits, y), kl, T, mix)


@mistake(
    "lesson",
    "the labels' part looks at the student's logits, not at the teacher's.",
)
def labels_for_the_teacher(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits, T)
    return mixed(label_part(teacher_logits, y), kl, T, mix)


@mistake("lesson", "the loss is one number: the mean over the drawings.")
def loss_of_each(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits, T)
    return (1 - mix) * label_part(logits, y) + mix * T**2 * kl


@mistake(
    "lesson",
    "the labels' part is all there is. Is a term of the teacher's left out or "
    "made 0 where q is 0 for the computer, and p/q infinite? log p - log q "
    "stays finite.",
)
def infinite_made_zero(logits, teacher_logits, y, T, mix):
    p, q = softmax(teacher_logits / T), softmax(logits / T)
    with np.errstate(all="ignore"):
        kl = np.nan_to_num(p * np.log(p / q), posinf=0, neginf=0).sum(axis=1)
    return mixed(label_part(logits, y), kl, T, mix)


DRAWINGS = "the example's two drawings are built in; there are len(y)."


@mistake("lesson", DRAWINGS)
def always_two_drawings(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits, T)
    return mixed(label_part(logits, y), kl, T, mix) * len(y) / 2


@mistake(
    "lesson",
    "the example's four classes are built in; there are logits.shape[1].",
)
def always_four_classes(logits, teacher_logits, y, T, mix):
    kl = kl_part(logits, teacher_logits, T) * 4 / logits.shape[1]
    return mixed(label_part(logits, y), kl, T, mix)


@accepted("lesson")
def cross_entropy_less_entropy(logits, teacher_logits, y, T, mix):
    p = np.exp(log_softmax(teacher_logits / T))
    entropy = -np.sum(p * np.where(p > 0, np.log(np.maximum(p, 1e-300)), 0))
    cross = -np.sum(p * log_softmax(logits / T))
    labels = np.sum(np.eye(logits.shape[1])[y] * -log_softmax(logits))
    loss = (1 - mix) * labels + mix * T**2 * (cross - entropy)
    return np.array(loss / logits.shape[0])


@accepted("lesson")
def differences_of_logits(logits, teacher_logits, y, T, mix):
    n = len(y)
    teacher, student = teacher_logits / T, logits / T
    p = np.exp(log_softmax(teacher))
    kl = np.einsum("nk,nk->n", p, teacher - student)
    kl += np.logaddexp.reduce(student, axis=1)
    kl -= np.logaddexp.reduce(teacher, axis=1)
    top = np.logaddexp.reduce(logits, axis=1) - logits[range(n), y]
    return ((1 - mix) * top + mix * T**2 * kl).sum() / n


# 6 · Which way to go


def softmax(scores, axis=1):
    exps = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exps / exps.sum(axis=axis, keepdims=True)


def label_slope(logits, y):
    return softmax(logits) - np.eye(logits.shape[1])[y]


def soft_slope(logits, teacher_logits, T):
    return softmax(logits / T) - softmax(teacher_logits / T)


def slope(label, soft, mix):
    return ((1 - mix) * label + mix * soft) / len(label)


@mistake(
    "lesson_gradient",
    "the chain rule is missing: by z, z/T has the derivative 1/T, which takes "
    "one T from the factor.",
)
def T_squared(logits, teacher_logits, y, T, mix):
    soft = T**2 * soft_slope(logits, teacher_logits, T)
    return slope(label_slope(logits, y), soft, mix)


@mistake(
    "lesson_gradient",
    "the factor T^2 stands in the loss, and the chain rule takes one T of it.",
)
def no_T(logits, teacher_logits, y, T, mix):
    soft = soft_slope(logits, teacher_logits, T)
    return slope(label_slope(logits, y), soft, mix)


@mistake(
    "lesson_gradient",
    "the loss is a mean over the drawings, so each row is divided by n.",
)
def without_mean(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits, T)
    return len(y) * slope(label_slope(logits, y), soft, mix)


@mistake(
    "lesson_gradient",
    "the mean is over the n drawings only, not over the k classes, too.",
)
def divided_by_all(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits, T)
    return slope(label_slope(logits, y), soft, mix) / logits.shape[1]


@mistake(
    "lesson_gradient", "a is the *teacher's* share, and 1 - a the labels'."
)
def mix_exchanged_in_gradient(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits, T)
    return slope(label_slope(logits, y), soft, 1 - mix)


@mistake(
    "lesson_gradient",
    "this is the way downhill; the gradient points uphill.",
)
def downhill(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits, T)
    return -slope(label_slope(logits, y), soft, mix)


@mistake(
    "lesson_gradient",
    "the teacher's part has the wrong sign: q - p, the student minus the "
    "teacher.",
)
def teacher_minus_student(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(teacher_logits, logits, T)
    return slope(label_slope(logits, y), soft, mix)


@mistake("lesson_gradient", "the teacher's logits are divided by T, too.")
def teacher_hard(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits * T, T)
    return slope(label_slope(logits, y), soft, mix)


@mistake("lesson_gradient", "the labels' part has no temperature.")
def label_soft(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits, T)
    return slope(label_slope(logits / T, y), soft, mix)


@mistake(
    "lesson_gradient",
    "the one-hot label is missing, so the labels don't matter.",
)
def without_label(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits, T)
    return slope(softmax(logits), soft, mix)


@mistake(
    "lesson_gradient",
    "each drawing's logits have a gradient of their own, a row: don't sum "
    "over the drawings.",
)
def summed_over_drawings(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits, T)
    return slope(label_slope(logits, y), soft, mix).sum(axis=0)


@mistake(
    "lesson_gradient",
    "it must be finite: subtract each row's largest score before you take "
    "exponentials.",
)
def gradient_overflow(logits, teacher_logits, y, T, mix):
    label = unsafe_softmax(logits) - np.eye(logits.shape[1])[y]
    soft = unsafe_softmax(logits / T) - unsafe_softmax(teacher_logits / T)
    return slope(label, T * soft, mix)


@mistake("lesson_gradient", CLASSES, message="(2,10)")
def ten_classes_in_gradient(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits, T)
    return slope(softmax(logits) - np.eye(10)[y], soft, mix)


@mistake(
    "lesson_gradient",
    "a number added to all logits of a drawing makes no difference, and here "
    "it does. Don't limit the logits; subtract each row's largest.",
)
def limited_in_gradient(logits, teacher_logits, y, T, mix):
    z, s, t = (
        np.clip(scores, -50, 50)
        for scores in (logits, logits / T, teacher_logits / T)
    )
    return slope(label_slope(z, y), T * soft_slope(s, t, 1), mix)


@mistake(
    "lesson_gradient",
    "T^2 stands in the loss, and z/T by z gives 1/T, not T.",
)
def T_cubed(logits, teacher_logits, y, T, mix):
    soft = T**3 * soft_slope(logits, teacher_logits, T)
    return slope(label_slope(logits, y), soft, mix)


@mistake(
    "lesson_gradient",
    "in the teacher's part the student's logits are divided by T.",
)
def student_hard(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits * T, teacher_logits, T)
    return slope(label_slope(logits, y), soft, mix)


@mistake(
    "lesson_gradient",
    "the factor with T belongs to the teacher's part only.",
)
def T_of_both(logits, teacher_logits, y, T, mix):
    soft = soft_slope(logits, teacher_logits, T)
    return T * slope(label_slope(logits, y), soft, mix)


@mistake(
    "lesson_gradient",
    "does each softmax sum to 1 with such logits? Subtract each row's largest "
    "first; a nan made 0 is no probability.",
)
def nan_made_zero(logits, teacher_logits, y, T, mix):
    with np.errstate(all="ignore"):
        P, q, p = (
            np.nan_to_num(unsafe_softmax(scores))
            for scores in (logits, logits / T, teacher_logits / T)
        )
    label = P - np.eye(logits.shape[1])[y]
    return slope(label, T * (q - p), mix)


@mistake(
    "lesson_gradient",
    "softmax(u) - p is already the gradient by u, through the softmax; only "
    "the step from u to z is left.",
)
def softmax_twice(logits, teacher_logits, y, T, mix):
    soft, q = soft_slope(logits, teacher_logits, T), softmax(logits / T)
    soft = q * (soft - (q * soft).sum(axis=1, keepdims=True))
    return slope(label_slope(logits, y), T * soft, mix)


@mistake("lesson_gradient", DRAWINGS)
def always_two_drawings_in_gradient(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits, T)
    return slope(label_slope(logits, y), soft, mix) * len(y) / 2


@mistake(
    "lesson_gradient",
    "the example's four classes are built in; there are logits.shape[1].",
    message="(2,4)",
)
def always_four_classes_in_gradient(logits, teacher_logits, y, T, mix):
    soft = T * soft_slope(logits, teacher_logits, T)
    return slope(softmax(logits) - np.eye(4)[y], soft, mix)


@accepted("lesson_gradient")
def row_by_row(logits, teacher_logits, y, T, mix):
    n, k = logits.shape
    rows = []
    for z, t, label in zip(logits, teacher_logits, y):
        row = np.zeros(k)
        for j in range(k):
            P = 1 / np.sum(np.exp(np.minimum(z - z[j], 700)))
            q = 1 / np.sum(np.exp(np.minimum((z - z[j]) / T, 700)))
            p = 1 / np.sum(np.exp(np.minimum((t - t[j]) / T, 700)))
            row[j] = (1 - mix) * (P - (j == label)) + mix * T * (q - p)
        rows.append(row / n)
    return np.array(rows)


@accepted("lesson_gradient")
def by_logarithms(logits, teacher_logits, y, T, mix):
    G = (1 - mix) * np.exp(log_softmax(logits))
    G[np.arange(len(y)), y] -= 1 - mix
    q, p = (np.exp(log_softmax(s / T)) for s in (logits, teacher_logits))
    return (G + mix * T**2 * (q - p) / T) / np.shape(y)[0]


# 7 · One kilobyte

GOOD = {"hidden": 17, "bits": 5, "T": 4.0, "mix": 0.5}
FORM = (
    "return a dictionary like the one in the text, with the four names "
    "hidden, bits, T and mix."
)


@mistake("settings", FORM)
def in_a_tuple():
    return 17, 5, 4.0, 0.5


@mistake(
    "settings",
    "with the same bits fewer neurons fit; with fewer bits more.",
)
def too_large():
    return GOOD | {"bits": 8}


@mistake(
    "settings",
    "the weights take 999 bytes, biases and scales of both layers' neurons "
    "296 more; with the same bits fewer neurons fit; with fewer bits more.",
)
def without_biases_and_scales():
    return GOOD | {"hidden": 27, "bits": 4}


@mistake("settings", "it is the number of bits of one weight, 2 to 8.")
def thirty_two_bits():
    return GOOD | {"bits": 32, "hidden": 3}


@mistake("settings", "1 is the teacher alone, 0 the labels alone.")
def percent():
    return GOOD | {"mix": 100}


@mistake("settings", "1 leaves all as it is, 20 makes all nearly equal.")
def frozen():
    return GOOD | {"T": 0.1}


@mistake("settings", "with a larger mix the same network reads more.")
def labels_alone():
    return {"hidden": 11, "bits": 8, "T": 1.0, "mix": 0.0}


@accepted("settings")
def little_from_the_labels():
    return GOOD | {"T": 3, "mix": 0.8}


@accepted("settings")
def numpy_numbers():
    return {
        "hidden": np.int64(17),
        "bits": 5.0,
        "T": np.float32(4),
        "mix": 1,
    }


# 9 · Challenge


def chosen_of(v, keep):
    return np.argsort(-np.abs(v), kind="stable")[:keep]


def parted(v, chosen):
    sent = np.zeros(len(v))
    sent[chosen] = v[chosen]
    return sent, v - sent


@mistake(
    "send_some", "what is left from before is added to the gradient first."
)
def without_memory(gradient, left, keep):
    return parted(gradient, chosen_of(gradient, keep))


@mistake(
    "send_some",
    "chosen are the largest entries of gradient plus left, not those of the "
    "gradient.",
)
def chosen_too_early(gradient, left, keep):
    return parted(gradient + left, chosen_of(gradient, keep))


@mistake("send_some", "large means far from 0: sort by absolute value.")
def largest_with_sign(gradient, left, keep):
    v = gradient + left
    return parted(v, np.argsort(-v, kind="stable")[:keep])


@mistake(
    "send_some",
    "what was left before is lost unless it is sent: left is v minus what is "
    "sent.",
)
def memory_of_one_step(gradient, left, keep):
    sent, _ = parted(gradient + left, chosen_of(gradient + left, keep))
    return sent, np.where(sent == 0, gradient, 0)


@mistake("send_some", "of equal absolute values the earlier one is sent.")
def later_of_equals(gradient, left, keep):
    v = gradient + left
    return parted(v, np.argsort(np.abs(v), kind="stable")[-keep:])


@mistake("send_some", "these are the smallest; send the largest.")
def smallest(gradient, left, keep):
    v = gradient + left
    return parted(v, np.argsort(np.abs(v), kind="stable")[:keep])


@mistake(
    "send_some",
    "what is sent and what is left are equal. Are they one array with two "
    "names? b = a makes no copy.",
)
def one_array_twice(gradient, left, keep):
    sent = rest = gradient + left
    rest[chosen_of(sent, keep)] = 0
    return sent, rest


@mistake("send_some", "this array holds whole numbers: fractions are cut off.")
def whole_numbers_sent(gradient, left, keep):
    v = gradient + left
    sent = np.zeros_like(gradient)
    chosen = chosen_of(v, keep)
    sent[chosen] = v[chosen]
    return sent, v - sent


@mistake(
    "send_some",
    "both are right, but in the other order: first what is sent, then what is "
    "left.",
)
def left_first(gradient, left, keep):
    v = gradient + left
    return parted(v, chosen_of(v, keep))[::-1]


@mistake(
    "send_some",
    "what is sent is as long as the gradient: 0 where nothing is sent.",
)
def sent_alone(gradient, left, keep):
    v = gradient + left
    sent, rest = parted(v, chosen_of(v, keep))
    return sent[sent != 0], rest


@mistake(
    "send_some",
    "the right entries are sent, but not with their values in v, which is the "
    "gradient plus what was left.",
)
def sends_the_gradient(gradient, left, keep):
    v = gradient + left
    sent, _ = parted(gradient, chosen_of(v, keep))
    return sent, v - sent


@accepted("send_some")
def one_at_a_time(gradient, left, keep):
    rest = [float(g + r) for g, r in zip(gradient, left)]
    sent = [0.0] * len(rest)
    for _ in range(min(keep, len(rest))):
        i = max(range(len(rest)), key=lambda i: abs(rest[i]))
        sent[i], rest[i] = sent[i] + rest[i], 0.0
    return sent, rest
