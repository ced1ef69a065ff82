"""Answers to assignment a02: wrong ones with their hints, and right ones that
must be accepted."""

import numpy as np
from scipy import special

from tools.mistakes import accepted, mistake


def log_p(scores):
    return scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)


def p(scores):
    return np.exp(log_p(scores))


def naive_p(scores):
    exps = np.exp(scores)
    return exps / exps.sum(axis=1, keepdims=True)


def one_hot(scores, y):
    return np.eye(scores.shape[1])[y]


def picked(array, y):
    return array[np.arange(len(y)), y]


# 1 · Log-softmax


@mistake(
    "log_softmax",
    "the sum runs over the whole array; each image has a sum of its own: "
    "axis=1.",
)
def log_sum_over_everything(scores):
    return scores - np.log(np.exp(scores).sum())


@mistake(
    "log_softmax",
    "the sum runs over the whole array; each image has a sum of its own: "
    "axis=1.",
)
def log_sum_over_everything_shifted(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum())


@mistake(
    "log_softmax",
    "the sum runs down the columns, over the images; it must run over the "
    "classes: axis=1.",
)
def log_sum_over_images(scores):
    return scores - np.log(np.exp(scores).sum(axis=0))


@mistake(
    "log_softmax",
    "the sum runs down the columns, over the images; it must run over the "
    "classes: axis=1.",
)
def log_sum_over_images_shifted(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=0))


@mistake(
    "log_softmax",
    "the sum runs over all classes, those with the largest score too, each "
    "of them.",
)
def one_largest_score_left_out(scores):
    shifted = np.sort(scores - scores.max(axis=1, keepdims=True), axis=1)
    others = np.exp(shifted)
    others[shifted == 0] = 0
    top = scores.max(axis=1, keepdims=True)
    return scores - top - np.log1p(others.sum(axis=1, keepdims=True))


@mistake(
    "log_softmax",
    "the maximum is subtracted twice: from the scores, and again with the "
    "logarithm of the sum.",
)
def maximum_subtracted_twice(scores):
    return scores - scores.max(axis=1, keepdims=True) + log_p(scores) - scores


@mistake(
    "log_softmax", "these are the probabilities; return their logarithms."
)
def probabilities(scores):
    return p(scores)


@mistake("log_softmax", "the logarithm of a probability is never positive.")
def log_of_the_wrong_sign(scores):
    return -log_p(scores)


@mistake("log_softmax", "log means the natural logarithm: np.log.")
def log_to_base_10(scores):
    return log_p(scores) / np.log(10)


@mistake("log_softmax", "log means the natural logarithm: np.log.")
def log10_in_the_formula(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log10(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake("log_softmax", "log means the natural logarithm: np.log.")
def log2_in_the_formula(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log2(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake("log_softmax", "log means the natural logarithm: np.log.")
def log_to_base_2(scores):
    return log_p(scores) / np.log(2)


@mistake(
    "log_softmax",
    "the maximum is subtracted, but the logarithm of the sum is missing.",
)
def only_shifted(scores):
    return scores - scores.max(axis=1, keepdims=True)


@mistake(
    "log_softmax",
    "the logarithm of the sum is subtracted from the scores as they were; "
    "the maximum m must go, too.",
)
def without_the_maximum(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake("log_softmax", "the sum is subtracted; subtract its logarithm.")
def sum_without_logarithm(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.exp(shifted).sum(axis=1, keepdims=True)


@mistake(
    "log_softmax",
    "the logarithm of the sum is added; it is subtracted: a division became "
    "a difference.",
)
def sum_added(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted + np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake(
    "log_softmax",
    "the scores are divided by the logarithm; the logarithm of a quotient is "
    "a difference.",
)
def divided_by_the_logarithm(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted / np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake(
    "log_softmax",
    "this is the sum of the logarithms; take the logarithm of the sum of the "
    "exponentials.",
)
def sum_of_the_logarithms(scores):
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted)).sum(axis=1, keepdims=True)


KEEP = (
    "the maximum and the sum need the shape (n, 1) to be subtracted from "
    "(n, k): keepdims=True."
)


@mistake("log_softmax", KEEP, message="broadcast")
def without_keepdims(scores):
    return scores - scores.max(axis=1)


@mistake(
    "log_softmax",
    "e to the power 1000 is infinity, e to the power -1000 is 0: subtract "
    "the row's maximum before you take exponentials.",
)
def without_shift(scores):
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


@mistake(
    "log_softmax",
    "infinity by infinity, and 0 by 0: subtract the row's maximum before you "
    "take exponentials.",
)
def log_of_the_naive(scores):
    return np.log(naive_p(scores))


@mistake(
    "log_softmax",
    "small probabilities are rounded to 0 before their logarithm is taken: "
    "put the logarithm into the formula, don't take it of the result.",
)
def log_of_the_result(scores):
    return np.log(p(scores))


SMALL = [1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16]  # as people do


def with_each_small_number(replaces, hint, answer):
    """Note an answer for each small number that may be added, and for each
    that probabilities may be kept above; answer: hides zeros by its last
    argument."""
    for eps in SMALL:
        for kind in "added", "limit":

            def wrong(*arguments, eps=eps, kind=kind):
                if kind == "added":
                    return answer(*arguments, lambda p: p + eps)
                return answer(*arguments, lambda p: np.clip(p, eps, 1))

            wrong.__name__ = f"{answer.__name__}_{kind}_{eps:.0e}"
            mistake(replaces, hint)(wrong)


def log_hiding_0(scores, hide):
    return np.log(hide(p(scores)))


with_each_small_number(
    "log_softmax",
    "a small number inside the logarithm, or a limit, hides the 0 and "
    "changes the result: put the logarithm into the formula instead.",
    log_hiding_0,
)


@mistake(
    "log_softmax",
    "all exponentials of the second row are rounded to 0: what you subtract "
    "must be its own maximum, axis=1, not that of the array, nor of absolute "
    "values.",
)
def one_maximum_for_all(scores):
    shifted = scores - scores.max()
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake(
    "log_softmax",
    "the maximum is taken of each class over the images; each image needs "
    "its own: axis=1.",
)
def maximum_over_images(scores):
    shifted = scores - scores.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake(
    "log_softmax",
    "neither the mean nor the minimum is enough: the largest exponential "
    "still overflows. Subtract the maximum.",
)
def shifted_by_the_minimum(scores):
    shifted = scores - scores.min(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake(
    "log_softmax",
    "neither the mean nor the minimum is enough: the largest exponential "
    "still overflows. Subtract the maximum.",
)
def shifted_by_the_mean(scores):
    shifted = scores - scores.mean(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake(
    "log_softmax",
    "work on a copy, scores.copy(), or write x = x - 1 where you have x -= 1.",
)
def log_in_place(scores):
    scores -= scores.max(axis=1, keepdims=True)
    sums = np.exp(scores).sum(axis=1, keepdims=True)
    return scores - np.log(sums)


@mistake(
    "log_softmax",
    "limiting the scores changes them: subtract the row's maximum instead.",
)
def scores_clipped(scores):
    return log_p(np.clip(scores, -700, 700))


@mistake(
    "log_softmax",
    "the scores are whole numbers here, and so is an array made like them: "
    "fractions are cut off. Let yours be floats.",
)
def into_an_array_like_the_scores(scores):
    result = np.zeros_like(scores)
    result[:] = log_p(scores)
    return result


@mistake(
    "log_softmax",
    "these are the example's numbers: compute them from the scores.",
)
def the_example_itself(scores):
    return np.log(np.array([[1, 2, 5], [3, 3, 2]]) / 8)


@mistake("log_softmax", "the exercise is to write it yourself.")
def log_from_scipy(scores):
    return special.log_softmax(scores, axis=1)


@accepted("log_softmax")
def log_by_loops(scores):
    rows = []
    for row in scores:
        top = max(row)
        total = sum(np.exp(score - top) for score in row)
        rows.append([score - top - np.log(total) for score in row])
    return np.array(rows)


@accepted("log_softmax")
def log_transposed(scores):
    shifted = scores.T - scores.max(axis=1)
    return (shifted - np.log(np.exp(shifted).sum(axis=0))).T


@accepted("log_softmax")
def log_in_float32(scores):
    shifted = (scores - scores.max(axis=1)[:, None]).astype(np.float32)
    return shifted - np.log(np.exp(shifted).sum(axis=1))[:, None]


@accepted("log_softmax")
def log_by_logaddexp(scores):
    return log_p(scores)


# 2 · Cross-entropy


@mistake("cross_entropy", "this is the sum over the images; take the mean.")
def loss_summed(scores, y):
    return -picked(log_p(scores), y).sum()


@mistake(
    "cross_entropy",
    "these are the losses of the single images: return their mean.",
)
def loss_of_each(scores, y):
    return -picked(log_p(scores), y)


@mistake("cross_entropy", "the sign: a loss is never negative.")
def loss_of_the_wrong_sign(scores, y):
    return picked(log_p(scores), y).mean()


@mistake(
    "cross_entropy",
    "softmax was applied twice: to the scores, and again to the "
    "probabilities.",
)
def loss_of_softmax_twice(scores, y):
    return -picked(log_p(p(scores)), y).mean()


@mistake("cross_entropy", "use the natural logarithm, np.log.")
def loss_to_base_10(scores, y):
    return -picked(log_p(scores), y).mean() / np.log(10)


@mistake("cross_entropy", "use the natural logarithm, np.log.")
def loss_to_base_2(scores, y):
    return -picked(log_p(scores), y).mean() / np.log(2)


@mistake(
    "cross_entropy",
    "this picks the columns y of *every* row; pick one entry from each: "
    "[np.arange(n), y].",
)
def loss_of_columns(scores, y):
    return -log_p(scores)[:, y].mean()


@mistake(
    "cross_entropy",
    "this picks the columns y of *every* row; pick one entry from each: "
    "[np.arange(n), y].",
)
def loss_of_columns_summed(scores, y):
    return -log_p(scores)[:, y].sum() / len(y)


OUT_OF_RANGE = (
    "an index is too large: there are n rows, one for each image, and k "
    "columns, one for each class. One entry of each row: [np.arange(n), y]."
)


@mistake("cross_entropy", OUT_OF_RANGE, message="out of bounds")
def loss_of_rows(scores, y):
    return -log_p(scores)[y].mean()


@mistake(
    "cross_entropy",
    "divide by the number of images n, not by all n * k entries.",
)
def loss_by_all_entries(scores, y):
    return -np.mean(one_hot(scores, y) * log_p(scores))


@mistake(
    "cross_entropy",
    "divide by the number of images n, not by that of the classes k.",
)
def loss_by_classes(scores, y):
    return -picked(log_p(scores), y).sum() / scores.shape[1]


@mistake(
    "cross_entropy",
    "these are the scores themselves; softmax must come first.",
)
def loss_of_scores(scores, y):
    return -picked(scores, y).mean()


@mistake("cross_entropy", "the logarithm is missing.")
def loss_without_logarithm(scores, y):
    return -picked(p(scores), y).mean()


@mistake("cross_entropy", "the logarithm is missing.")
def probability_of_the_truth(scores, y):
    return picked(p(scores), y).mean()


@mistake(
    "cross_entropy",
    "take the logarithm of each image's probability first, then the mean.",
)
def log_of_the_mean(scores, y):
    return -np.log(picked(p(scores), y).mean())


@mistake(
    "cross_entropy",
    "only the true class's probability counts; here those of the others do, "
    "too.",
)
def loss_of_all_classes(scores, y):
    return -log_p(scores).sum(axis=1).mean()


@mistake(
    "cross_entropy",
    "only the true class's probability counts; here those of the others do, "
    "too.",
)
def loss_of_all_entries(scores, y):
    return -log_p(scores).mean()


@mistake(
    "cross_entropy",
    "only the true class's probability counts; here those of the others do, "
    "too.",
)
def binary_loss(scores, y):
    P, Y = p(scores), one_hot(scores, y)
    losses = Y * np.log(P) + (1 - Y) * np.log(1 - P)
    return -losses.sum(axis=1).mean()


@mistake(
    "cross_entropy",
    "this is the loss at the class that the machine holds most likely; take "
    "the true one, y.",
)
def loss_of_the_guess(scores, y):
    return -log_p(scores).max(axis=1).mean()


@mistake(
    "cross_entropy",
    "the softmax runs over the images; it must run over the classes: axis=1.",
)
def loss_over_images(scores, y):
    return -picked(log_p(scores.T).T, y).mean()


@mistake(
    "cross_entropy",
    "the softmax runs over the whole array; each image has its own: axis=1.",
)
def loss_over_everything(scores, y):
    return -picked(special.log_softmax(scores), y).mean()


@mistake(
    "cross_entropy",
    "the classes count from 0, so y itself is the index.",
)
def loss_of_the_class_before(scores, y):
    return -picked(log_p(scores), y - 1).mean()


@mistake(
    "cross_entropy",
    "this picks entries y of the first row only; pick one entry from each "
    "row: [np.arange(n), y].",
)
def loss_of_the_first_row(scores, y):
    return -np.take(log_p(scores), y).mean()


@mistake(
    "cross_entropy",
    "these are the example's numbers: compute them from the scores.",
)
def the_example_s_loss(scores, y):
    return -(np.log(5 / 8) + np.log(3 / 8)) / 2


@mistake(
    "cross_entropy",
    "an exponential is infinite, or a probability was rounded to 0 before its "
    "logarithm was taken: use the formula of exercise 1.",
)
def loss_of_rounded_probabilities_by_one_hot(scores, y):
    return -(one_hot(scores, y) * np.log(p(scores))).sum(axis=1).mean()


@mistake(
    "cross_entropy",
    "there are k classes, as many as scores in a row, also where the last "
    "ones don't occur in y.",
    message="broadcast",
)
def loss_with_too_few_classes(scores, y):
    return -(np.eye(y.max() + 1)[y] * log_p(scores)).sum(axis=1).mean()


@mistake("cross_entropy", "return all digits; the example's are rounded.")
def loss_rounded(scores, y):
    return round(-picked(log_p(scores), y).mean(), 4)


@mistake(
    "cross_entropy",
    "an exponential is infinite, or a probability was rounded to 0 before its "
    "logarithm was taken: use the formula of exercise 1.",
)
def loss_without_shift(scores, y):
    return -np.log(picked(naive_p(scores), y)).mean()


@mistake(
    "cross_entropy",
    "an exponential is infinite, or a probability was rounded to 0 before its "
    "logarithm was taken: use the formula of exercise 1.",
)
def loss_by_an_infinite_sum(scores, y):
    return (np.log(np.exp(scores).sum(axis=1)) - picked(scores, y)).mean()


@mistake(
    "cross_entropy",
    "an exponential is infinite, or a probability was rounded to 0 before its "
    "logarithm was taken: use the formula of exercise 1.",
)
def loss_of_rounded_probabilities(scores, y):
    return -np.log(picked(p(scores), y)).mean()


def loss_hiding_0(scores, y, hide):
    return -np.log(hide(picked(p(scores), y))).mean()


with_each_small_number(
    "cross_entropy",
    "a small number inside the logarithm, or a limit to the probability, "
    "makes every large surprise the same: use the formula of exercise 1.",
    loss_hiding_0,
)


@accepted("cross_entropy")
def loss_by_loop(scores, y):
    total = 0.0
    for row, label in zip(scores, y):
        total += np.logaddexp.reduce(row) - row[label]
    return total / len(y)


@accepted("cross_entropy")
def loss_by_one_hot(scores, y):
    return float(-(one_hot(scores, y) * log_p(scores)).sum(axis=1).mean())


@accepted("cross_entropy")
def loss_by_scipy(scores, y):
    return -picked(special.log_softmax(scores, axis=1), y).mean()


@accepted("cross_entropy")
def loss_in_float32(scores, y):
    return np.float32(-picked(log_p(scores), y).mean())


# 3 · The gradient


MEAN = "the loss is a mean over n images, so each counts 1/n."


@mistake("cross_entropy_gradient", MEAN)
def gradient_of_the_sum(scores, y):
    return p(scores) - one_hot(scores, y)


@mistake(
    "cross_entropy_gradient",
    "divide by the number of images n, not by all n * k entries.",
)
def gradient_by_all_entries(scores, y):
    return (p(scores) - one_hot(scores, y)) / scores.size


@mistake(
    "cross_entropy_gradient",
    "divide by the number of images n, not by that of the classes k.",
)
def gradient_by_classes(scores, y):
    return (p(scores) - one_hot(scores, y)) / scores.shape[1]


@mistake(
    "cross_entropy_gradient", "the sign: it is the prediction minus the label."
)
def gradient_uphill(scores, y):
    return (one_hot(scores, y) - p(scores)) / len(y)


@mistake(
    "cross_entropy_gradient",
    "the sign: it is the prediction minus the label; and the loss is a mean, "
    "so each image counts 1/n.",
)
def gradient_of_the_sum_uphill(scores, y):
    return one_hot(scores, y) - p(scores)


@mistake("cross_entropy_gradient", "the label is not subtracted.")
def gradient_without_label(scores, y):
    return p(scores) / len(y)


@mistake(
    "cross_entropy_gradient",
    "the label is not subtracted, and the mean's 1/n is missing.",
)
def gradient_is_p(scores, y):
    return p(scores)


@mistake(
    "cross_entropy_gradient",
    "the label was subtracted after the division: first P - Y, then 1/n.",
)
def gradient_divided_too_early(scores, y):
    return p(scores) / len(y) - one_hot(scores, y)


@mistake(
    "cross_entropy_gradient",
    "y holds the numbers of the classes; subtract 1 from the true class's "
    "entry only (a one-hot label).",
)
def gradient_minus_the_number(scores, y):
    return (p(scores) - y[:, None]) / len(y)


@mistake(
    "cross_entropy_gradient",
    "y holds the numbers of the classes; subtract 1 from the true class's "
    "entry only (a one-hot label).",
    message="broadcast",
)
def gradient_minus_y(scores, y):
    return (p(scores) - y) / len(y)


@mistake(
    "cross_entropy_gradient",
    "this changes the columns y of *every* row; take one entry of each: "
    "[np.arange(n), y].",
)
def gradient_of_columns(scores, y):
    P = p(scores)
    P[:, y] -= 1
    return P / len(y)


@mistake(
    "cross_entropy_gradient",
    "all scores take part: raising a wrong class's score lowers the "
    "probability of the true one.",
)
def gradient_of_the_truth_only(scores, y):
    Y = one_hot(scores, y)
    return (p(scores) - Y) * Y / len(y)


@mistake(
    "cross_entropy_gradient",
    "p (1 - p) is only the diagonal of softmax's derivative; with the "
    "logarithm it becomes p - y.",
)
def gradient_like_the_sigmoid(scores, y):
    P = p(scores)
    return P * (1 - P) / len(y)


@mistake(
    "cross_entropy_gradient",
    "P - Y is the derivative by the scores already: no further factor of "
    "p (1 - p).",
)
def gradient_times_the_sigmoid_s(scores, y):
    P = p(scores)
    return (P - one_hot(scores, y)) * P * (1 - P) / len(y)


@mistake(
    "cross_entropy_gradient",
    "this is the derivative by the probability, -1/p; go on through softmax "
    "to the scores.",
)
def gradient_by_the_probability(scores, y):
    return -one_hot(scores, y) / p(scores) / len(y)


@mistake(
    "cross_entropy_gradient",
    "these are scores minus labels; softmax must come first.",
)
def gradient_of_scores(scores, y):
    return (scores - one_hot(scores, y)) / len(y)


@mistake(
    "cross_entropy_gradient",
    "subtract the labels from the probabilities, not from their logarithms.",
)
def gradient_of_logarithms(scores, y):
    return (log_p(scores) - one_hot(scores, y)) / len(y)


@mistake(
    "cross_entropy_gradient",
    "the softmax runs over the images; it must run over the classes: axis=1.",
)
def gradient_over_images(scores, y):
    return (p(scores.T).T - one_hot(scores, y)) / len(y)


@mistake(
    "cross_entropy_gradient",
    "e to the power 1000 is infinity, e to the power -2000 is 0: subtract "
    "each row's maximum first.",
)
def gradient_without_shift(scores, y):
    return (naive_p(scores) - one_hot(scores, y)) / len(y)


@mistake(
    "cross_entropy_gradient",
    "the scores are whole numbers here, and so is an array made like them: "
    "fractions are cut off. Let yours be floats.",
)
def gradient_like_the_scores(scores, y):
    G = np.zeros_like(scores)
    G[:] = p(scores) - one_hot(scores, y)
    return G / len(y)


@mistake(
    "cross_entropy_gradient",
    "the scores are whole numbers here, and so is an array made like them: "
    "fractions are cut off. Let yours be floats.",
)
def probabilities_like_the_scores(scores, y):
    G = np.zeros_like(scores)
    G[:] = p(scores)
    G[np.arange(len(y)), y] -= 1
    return G / len(y)


@mistake(
    "cross_entropy_gradient",
    "one maximum for the whole array is too large for the second row: each "
    "row needs its own, axis=1.",
)
def gradient_with_one_maximum(scores, y):
    return (naive_p(scores - scores.max()) - one_hot(scores, y)) / len(y)


@mistake(
    "cross_entropy_gradient",
    "e to a large power is infinity; limiting the scores changes them. "
    "Subtract each row's maximum.",
)
def gradient_of_clipped_scores(scores, y):
    clipped = np.clip(scores, -700, 700)
    return (p(clipped) - one_hot(scores, y)) / len(y)


@mistake(
    "cross_entropy_gradient",
    "there are k classes, as many as scores in a row, also where the last "
    "ones don't occur in y.",
    message="broadcast",
)
def gradient_with_too_few_classes(scores, y):
    return (p(scores) - np.eye(y.max() + 1)[y]) / len(y)


@mistake(
    "cross_entropy_gradient",
    "each score has a gradient of its own: don't add up or average over the "
    "images.",
)
def gradient_averaged(scores, y):
    return (p(scores) - one_hot(scores, y)).mean(axis=0)


@mistake(
    "cross_entropy_gradient",
    "the true class's entry is its probability minus 1, not -1.",
)
def gradient_set_to_minus_one(scores, y):
    G = p(scores)
    G[np.arange(len(y)), y] = -1
    return G / len(y)


@mistake(
    "cross_entropy_gradient",
    "the sum of the exponentials runs over the whole array; each image has "
    "its own: axis=1.",
)
def gradient_over_everything(scores, y):
    return (special.softmax(scores) - one_hot(scores, y)) / len(y)


@mistake(
    "cross_entropy_gradient",
    "the sum of the exponentials runs over the whole array; each image has "
    "its own: axis=1.",
)
def gradient_with_one_sum(scores, y):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (exps / exps.sum() - one_hot(scores, y)) / len(y)


@mistake(
    "cross_entropy_gradient",
    "work on a copy, scores.copy(), or write x = x - 1 where you have x -= 1.",
)
def gradient_in_place(scores, y):
    right = (p(scores) - one_hot(scores, y)) / len(y)
    scores[:] = right
    return right


@accepted("cross_entropy_gradient")
def gradient_by_loops(scores, y):
    G = np.empty(scores.shape)
    for i, (row, label) in enumerate(zip(p(scores), y)):
        for j, probability in enumerate(row):
            G[i, j] = (probability - (j == label)) / len(y)
    return G


@accepted("cross_entropy_gradient")
def gradient_in_float32(scores, y):
    return ((p(scores) - one_hot(scores, y)) / len(y)).astype(np.float32)


# 4 · KL divergence


def ratio(P, Q):
    with np.errstate(divide="ignore"):
        return np.divide(P, Q, out=np.ones(P.shape), where=P > 0)


ZERO = (
    "0 times the logarithm of 0 is not a number. Leave out the terms with "
    "p = 0: let their quotient be 1."
)


@mistake("kl_divergence", ZERO)
def kl_as_it_stands(P, Q):
    return np.sum(P * np.log(P / Q), axis=1)


@mistake("kl_divergence", ZERO)
def kl_of_a_difference(P, Q):
    return np.sum(P * (np.log(P) - np.log(Q)), axis=1)


@mistake(
    "kl_divergence",
    "this is KL(Q || P): the truth P comes first, and weighs the logarithms.",
)
def kl_swapped(P, Q):
    return np.sum(Q * np.log(ratio(Q, P)), axis=1)


@mistake(
    "kl_divergence",
    "this is KL(Q || P), the truth P comes first; and terms with p = 0 count "
    "as 0.",
)
def kl_swapped_as_it_stands(P, Q):
    return np.sum(Q * np.log(Q / P), axis=1)


@mistake(
    "kl_divergence",
    "the truth P weighs the logarithms; here Q does.",
)
def kl_weighed_by_q(P, Q):
    return np.sum(Q * np.log(ratio(P, Q)), axis=1)


@mistake(
    "kl_divergence",
    "this is the cross-entropy; KL is what it exceeds the entropy of P by.",
)
def kl_is_cross_entropy(P, Q):
    return -np.sum(P * np.log(np.where(P > 0, Q, 1)), axis=1)


@mistake(
    "kl_divergence",
    "this is the cross-entropy, not KL; and terms with p = 0 count as 0.",
)
def kl_is_cross_entropy_as_it_stands(P, Q):
    return -np.sum(P * np.log(Q), axis=1)


@mistake("kl_divergence", "the sign: the logarithm of p / q, not of q / p.")
def kl_of_the_wrong_sign(P, Q):
    return -np.sum(P * np.log(ratio(P, Q)), axis=1)


@mistake("kl_divergence", "all rows are added into one number: axis=1.")
def kl_of_all_rows(P, Q):
    return np.sum(P * np.log(ratio(P, Q)))


@mistake(
    "kl_divergence",
    "the sums run down the columns, over the pairs; each row is a pair: "
    "axis=1.",
)
def kl_of_columns(P, Q):
    return np.sum(P * np.log(ratio(P, Q)), axis=0)


@mistake("kl_divergence", "KL is a sum over the classes; this is their mean.")
def kl_mean_over_classes(P, Q):
    return np.mean(P * np.log(ratio(P, Q)), axis=1)


@mistake(
    "kl_divergence", "return one number for each row, not the mean of them."
)
def kl_mean_of_all(P, Q):
    return np.mean(np.sum(P * np.log(ratio(P, Q)), axis=1))


@mistake(
    "kl_divergence", "the terms are not added up: a sum over the classes."
)
def kl_of_each_class(P, Q):
    return P * np.log(ratio(P, Q))


@mistake("kl_divergence", "this is in bits; use the natural logarithm.")
def kl_in_bits(P, Q):
    return np.sum(P * np.log2(ratio(P, Q)), axis=1)


@mistake("kl_divergence", "this is to the base 10; use the natural logarithm.")
def kl_to_base_10(P, Q):
    return np.sum(P * np.log10(ratio(P, Q)), axis=1)


@mistake(
    "kl_divergence",
    "the logarithms must be weighed by the truth, p, before they are added.",
)
def kl_without_weights(P, Q):
    return np.sum(np.log(ratio(P, Q)), axis=1)


INFINITE = (
    "what happens although Q holds it impossible costs infinitely much: "
    "nothing may hide that. Only the terms with p = 0 count as 0."
)


@mistake("kl_divergence", INFINITE)
def kl_without_infinities(P, Q):
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = P * np.log(P / Q)
    return np.sum(np.nan_to_num(terms, posinf=0), axis=1)


@mistake("kl_divergence", INFINITE)
def kl_of_a_large_number(P, Q):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(P * np.log(P / Q)).sum(axis=1)


@mistake("kl_divergence", INFINITE)
def kl_where_both_are_positive(P, Q):
    both = (P > 0) & (Q > 0)
    quotient = np.divide(P, Q, out=np.ones(P.shape), where=both)
    return np.sum(P * np.log(quotient), axis=1)


@mistake(
    "kl_divergence",
    "P holds whole numbers here: let the array for the quotients be one of "
    "floats, np.ones(P.shape).",
    message="Cannot cast",
)
def kl_into_an_array_like_p(P, Q):
    with np.errstate(divide="ignore"):
        quotient = np.divide(P, Q, out=np.ones_like(P), where=P > 0)
    return np.sum(P * np.log(quotient), axis=1)


@mistake(
    "kl_divergence",
    "P holds whole numbers here, and so does an array made like it: "
    "fractions are cut off. Let yours be floats.",
)
def kl_cut_off(P, Q):
    result = np.zeros(len(P), dtype=P.dtype)
    result[:] = np.nan_to_num(np.sum(P * np.log(ratio(P, Q)), axis=1))
    if P.dtype.kind == "f":
        return np.sum(P * np.log(ratio(P, Q)), axis=1)
    return result.astype(float)


@mistake(
    "kl_divergence",
    "the rows are distributions already: don't divide by the sum of the "
    "whole array.",
)
def kl_normalised_by_everything(P, Q):
    return np.sum(P / P.sum() * np.log(ratio(P, Q)), axis=1)


@mistake(
    "kl_divergence",
    "return one number for each row, (n,): no keepdims here.",
)
def kl_as_a_column(P, Q):
    return np.sum(P * np.log(ratio(P, Q)), axis=1, keepdims=True)


def kl_hiding_0(P, Q, hide):
    return np.sum(hide(P) * np.log(hide(P) / hide(Q)), axis=1)


def kl_hiding_0_in_the_quotient(P, Q, hide):
    return np.sum(P * np.log(hide(P) / hide(Q)), axis=1)


for answer in kl_hiding_0, kl_hiding_0_in_the_quotient:
    with_each_small_number(
        "kl_divergence",
        "a small number hides the 0 and changes the result: leave the terms "
        "with p = 0 out instead.",
        answer,
    )


@mistake(
    "kl_divergence",
    "& binds more tightly than >: write (P > 0) & (Q > 0). But what happens "
    "where only Q is 0?",
    message="bitwise_and",
)
def kl_without_brackets(P, Q):
    return np.where(P > 0 & Q > 0, P * np.log(P / Q), 0).sum(axis=1)


@mistake("kl_divergence", "the exercise is to write it yourself.")
def kl_from_scipy(P, Q):
    return special.rel_entr(P, Q).sum(axis=1)


@accepted("kl_divergence")
def kl_by_loops(P, Q):
    found = []
    for row_p, row_q in zip(P, Q):
        total = 0.0
        for one, other in zip(row_p, row_q):
            if one > 0:
                total += np.inf if other == 0 else one * np.log(one / other)
        found.append(total)
    return np.array(found)


@accepted("kl_divergence")
def kl_by_xlogy(P, Q):
    return (special.xlogy(P, P) - special.xlogy(P, Q)).sum(axis=1)


@accepted("kl_divergence")
def kl_by_where(P, Q):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(P > 0, P * np.log(P / Q), 0).sum(axis=1)


# 5 · A gradient checker


def differences(f, x, up, down, divisor):
    """Return a gradient from f at x + up and at x - down, entry by entry."""
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = 1
        gradient[i] = (f(x + up * e) - f(x - down * e)) / divisor
    return gradient


@mistake(
    "numeric_gradient",
    "these are forward differences, f(x + h) - f(x): step to both sides, the "
    "error is much smaller.",
)
def forward_differences(f, x, step=1e-5):
    return differences(f, x, step, 0, step)


@mistake(
    "numeric_gradient",
    "these are backward differences, f(x) - f(x - h): step to both sides, the "
    "error is much smaller.",
)
def backward_differences(f, x, step=1e-5):
    return differences(f, x, 0, step, step)


TWO = "from x - h to x + h is a way of 2h: divide by it."


@mistake("numeric_gradient", TWO)
def divided_by_one_step(f, x, step=1e-5):
    return differences(f, x, step, step, step)


@mistake("numeric_gradient", TWO)
def divided_by_half_a_step(f, x, step=1e-5):
    return differences(f, x, step, step, step / 2)


@mistake("numeric_gradient", TWO)
def forward_differences_by_two_steps(f, x, step=1e-5):
    return differences(f, x, step, 0, 2 * step)


@mistake("numeric_gradient", "divide by the way, 2h.")
def not_divided(f, x, step=1e-5):
    return differences(f, x, step, step, 1)


@mistake(
    "numeric_gradient",
    "the brackets: (up - down) / 2 * h multiplies by h. Divide by (2 * h).",
)
def divided_without_brackets(f, x, step=1e-5):
    return differences(f, x, step, step, 2) * step


@mistake("numeric_gradient", "the sign: up minus down.")
def down_minus_up(f, x, step=1e-5):
    return -differences(f, x, step, step, 2 * step)


@mistake(
    "numeric_gradient",
    "this isn't what the formula gives with this h: move x by the h that is "
    "passed on, and by nothing else.",
)
def with_its_own_step(f, x, step=1e-5):
    return differences(f, x, 1e-5, 1e-5, 2e-5)


@mistake(
    "numeric_gradient",
    "this isn't what the formula gives with this h: move x by the h that is "
    "passed on, and by nothing else.",
)
def with_a_relative_step(f, x, step=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        h = step * max(1, abs(x[i]))
        gradient[i] = differences(f, x, h, h, 2 * h)[i]
    return gradient


@mistake("numeric_gradient", "all entries move at once; move one at a time.")
def all_entries_at_once(f, x, step=1e-5):
    slope = (f(x + step) - f(x - step)) / (2 * step)
    return np.full(x.shape, slope)


@mistake(
    "numeric_gradient",
    "this is one number: return the slope of every entry, in the shape of x.",
)
def one_slope(f, x, step=1e-5):
    return (f(x + step) - f(x - step)) / (2 * step)


@mistake(
    "numeric_gradient", "an entry isn't put back before the next one moves."
)
def not_put_back(f, x, step=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        middle = x[i]
        x[i] = middle + step
        up = f(x)
        x[i] = middle - step
        gradient[i] = (up - f(x)) / (2 * step)
    return gradient


@mistake(
    "numeric_gradient",
    "after the step up, go down by 2h: one h only leads back to the middle.",
)
def back_by_one_step(f, x, step=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += step
        up = f(x)
        x[i] -= step
        gradient[i] = (up - f(x)) / (2 * step)
        x[i] += step
    return gradient


@mistake(
    "numeric_gradient",
    "each index of the first axis moves a whole row; visit every entry, "
    "np.ndindex(x.shape).",
)
def rows_at_once(f, x, step=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        e = np.zeros(x.shape)
        e[i] = step
        gradient[i] = (f(x + e) - f(x - e)) / (2 * step)
    return gradient


@mistake(
    "numeric_gradient",
    "return the gradient in the shape of x, not as one long row.",
)
def as_one_row(f, x, step=1e-5):
    return differences(f, x, step, step, 2 * step).ravel()


CUT_OFF = (
    "x holds whole numbers, and so a half is cut off when you put it in: "
    "work on a copy of floats."
)


def differences_in_a_copy(f, x, step, gradient):
    x = x.copy()
    for i in np.ndindex(x.shape):
        middle = x[i]
        x[i] = middle + step
        up = f(x)
        x[i] = middle - step
        gradient[i] = (up - f(x)) / (2 * step)
        x[i] = middle
    return gradient


@mistake("numeric_gradient", CUT_OFF)
def in_a_copy_of_whole_numbers(f, x, step=1e-5):
    return differences_in_a_copy(f, x, step, np.zeros(x.shape))


@mistake("numeric_gradient", CUT_OFF)
def into_whole_numbers(f, x, step=1e-5):
    return differences_in_a_copy(f, x, step, np.zeros_like(x))


@mistake(
    "numeric_gradient",
    "the result is an array of whole numbers, like x: make it one of floats, "
    "np.zeros(x.shape).",
)
def gradient_of_whole_numbers(f, x, step=1e-5):
    x = np.asarray(x)
    gradient = np.zeros_like(x)
    gradient[...] = differences(f, x, step, step, 2 * step)
    return gradient


@mistake(
    "numeric_gradient",
    "NumPy refuses to add a half to whole numbers: work on a copy of floats, "
    "np.array(x, dtype=float).",
    message="Cannot cast",
)
def added_to_whole_numbers(f, x, step=1e-5):
    x = x.copy()
    x += np.zeros(x.shape)
    return differences(f, x, step, step, 2 * step)


@mistake(
    "numeric_gradient",
    "f wants an array of the shape of x, not one long row.",
    message="too many indices",
)
def f_of_one_row(f, x, step=1e-5):
    flat = np.array(x, dtype=float).ravel()
    return differences(f, flat, step, step, 2 * step).reshape(x.shape)


@mistake(
    "numeric_gradient",
    "up and down are the same array under two names: y = x makes no copy.",
)
def one_array_with_two_names(f, x, step=1e-5):
    return differences(f, x, step, -step, 2 * step)


@mistake(
    "numeric_gradient",
    "step by h to either side, not by half of it.",
)
def half_steps(f, x, step=1e-5):
    return differences(f, x, step / 2, step / 2, step)


@mistake(
    "numeric_gradient",
    "only the first entry was visited: is the return inside the loop?",
)
def only_the_first_entry(f, x, step=1e-5):
    gradient = np.zeros(x.shape)
    first = (0,) * x.ndim
    gradient[first] = differences(f, x, step, step, 2 * step)[first]
    return gradient


@mistake(
    "numeric_gradient",
    "move an entry of a copy: np.array(x, dtype=float) makes one, np.asarray "
    "doesn't.",
)
def x_moved_and_put_back(f, x, step=1e-5):
    if x.dtype.kind == "i":
        x = x.astype(float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        middle = x[i]
        x[i] = middle + step
        up = f(x)
        x[i] = middle - step
        gradient[i] = (up - f(x)) / (2 * step)
        x[i] = middle
    return gradient


@mistake(
    "numeric_gradient",
    "x may have any number of axes; visit its entries with "
    "np.ndindex(x.shape).",
    message="not enough values to unpack",
)
def for_two_axes(f, x, step=1e-5):
    rows, columns = x.shape
    return differences(f, x, step, step, 2 * step)


@mistake(
    "numeric_gradient",
    "work on a copy, x.copy(), or write x = x - 1 where you have x -= 1.",
)
def moved_in_place(f, x, step=1e-5):
    right = differences(f, x, step, step, 2 * step)
    x += step
    return right


@mistake("numeric_gradient", "the exercise is to write it yourself.")
def gradient_from_the_course(f, x, step=1e-5):
    from utils.checking import numeric_gradient

    return numeric_gradient(f, x, step)


@accepted("numeric_gradient")
def gradient_by_flat_index(f, x, step=1e-5):
    flat = np.asarray(x, float).ravel()
    slopes = []
    for i in range(flat.size):
        up, down = flat.copy(), flat.copy()
        up[i] += step
        down[i] -= step
        up, down = f(up.reshape(x.shape)), f(down.reshape(x.shape))
        slopes.append((up - down) / (2 * step))
    return np.reshape(slopes, x.shape)


@accepted("numeric_gradient")
def gradient_put_back_by_adding(f, x, step=1e-5):
    x = x.astype(float)
    gradient = np.empty_like(x)
    for i in np.ndindex(*x.shape):
        x[i] += step
        gradient[i] = f(x)
        x[i] -= 2 * step
        gradient[i] -= f(x)
        x[i] += step
    return gradient / (2 * step)


# 6 · Training


def batches(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


def slopes(W, b, X, y):
    G = (p(X @ W + b) - np.eye(W.shape[1])[y]) / len(y)
    return X.T @ G, G.sum(axis=0)


def trained(X, y, k, lr, epochs, factors=(1, 1), slopes=slopes):
    """Train with the batches of each epoch; factors: of the two steps."""
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    for batches in epochs:
        for batch in batches:
            dW, db = slopes(W, b, X[batch], y[batch])
            W, b = W - factors[0] * lr * dW, b - factors[1] * lr * db
    return W, b


def usual(X, batch_size, num_epochs, rng):
    return [batches(len(X), batch_size, rng) for _ in range(num_epochs)]


@mistake("train", "you walk uphill: step *against* the gradient.")
def uphill(X, y, k, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, (-1, -1))


PER_BATCH = (
    "the loss is a mean: divide the gradient by the number of images in the "
    "batch."
)


@mistake("train", PER_BATCH)
def summed_gradient(X, y, k, lr, batch_size, num_epochs, rng):
    def sums(W, b, X, y):
        return [len(y) * slope for slope in slopes(W, b, X, y)]

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, slopes=sums)


@mistake("train", "divide by the number of images in this batch.")
def divided_by_batch_size(X, y, k, lr, batch_size, num_epochs, rng):
    def shares(W, b, X, y):
        return [len(y) / batch_size * slope for slope in slopes(W, b, X, y)]

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, slopes=shares)


@mistake("train", "take 3 images for a step, and divide by how many they are.")
def divided_by_all_images(X, y, k, lr, batch_size, num_epochs, rng):
    def shares(W, b, batch, y):
        return [len(y) / len(X) * slope for slope in slopes(W, b, batch, y)]

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, slopes=shares)


@mistake("train", "take 3 images for a step, and divide by how many they are.")
def all_images_at_once(X, y, k, lr, batch_size, num_epochs, rng):
    return trained(X, y, k, lr, usual(X, len(X), num_epochs, rng))


@mistake("train", "multiply the gradient by the learning rate.")
def without_rate(X, y, k, lr, batch_size, num_epochs, rng):
    return trained(X, y, k, 1, usual(X, batch_size, num_epochs, rng))


@mistake("train", "the biases don't learn: they take a step too.")
def without_biases(X, y, k, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, (1, 0))


@mistake("train", "the weights don't learn: W takes a step too.")
def without_weights(X, y, k, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, (0, 1))


@mistake("train", "the biases step uphill: subtract their gradient, too.")
def biases_uphill(X, y, k, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, (1, -1))


@mistake(
    "train",
    "the biases' gradient is the *sum* of the rows of G, whose 1/m is in G "
    "already.",
)
def biases_by_the_mean(X, y, k, lr, batch_size, num_epochs, rng):
    def means(W, b, X, y):
        dW, db = slopes(W, b, X, y)
        return dW, db / len(y)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, slopes=means)


@mistake(
    "train",
    "both gradients belong to the same W and b: compute G once, before "
    "either of them takes its step.",
)
def biases_after_the_weights(X, y, k, lr, batch_size, num_epochs, rng):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    for epoch in usual(X, batch_size, num_epochs, rng):
        for batch in epoch:
            W = W - lr * slopes(W, b, X[batch], y[batch])[0]
            b = b - lr * slopes(W, b, X[batch], y[batch])[1]
    return W, b


@mistake(
    "train",
    "the gradient of W is X.T @ G with the images of the batch, as many as G "
    "has rows.",
    message="mismatch in its core dimension",
)
def with_all_images_transposed(X, y, k, lr, batch_size, num_epochs, rng):
    def all_transposed(W, b, batch, y):
        G = (p(batch @ W + b) - np.eye(k)[y]) / len(y)
        return X.T @ G, G.sum(axis=0)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, slopes=all_transposed)


@mistake(
    "train",
    "these are the logarithms of the probabilities minus the labels: take "
    "np.exp of them first.",
)
def with_logarithms(X, y, k, lr, batch_size, num_epochs, rng):
    def logarithms(W, b, X, y):
        G = (log_p(X @ W + b) - np.eye(k)[y]) / len(y)
        return X.T @ G, G.sum(axis=0)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, slopes=logarithms)


@mistake(
    "train",
    "keep nothing from call to call: W and b start from zero each time.",
)
def going_on_from_the_last_call(
    X, y, k, lr, batch_size, num_epochs, rng, kept={}
):
    epochs = usual(X, batch_size, num_epochs, rng)
    W, b = trained(X, y, k, lr, epochs)
    before = kept.setdefault((X.shape, k), (0, 0))
    kept[X.shape, k] = before[0] + W, before[1] + b
    return kept[X.shape, k]


@mistake(
    "train",
    "W and b are still zero. Put the new values into these names: W -= ..., "
    "or W = W - ...",
)
def still_zero(X, y, k, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, (0, 0))


@mistake(
    "train",
    "softmax runs over the images; it must run over the classes, axis=1.",
)
def softmax_over_images(X, y, k, lr, batch_size, num_epochs, rng):
    def over_images(W, b, X, y):
        G = (p((X @ W + b).T).T - np.eye(k)[y]) / len(y)
        return X.T @ G, G.sum(axis=0)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, slopes=over_images)


@mistake("train", "the labels are not subtracted from the probabilities.")
def without_labels(X, y, k, lr, batch_size, num_epochs, rng):
    def unlabelled(W, b, X, y):
        G = p(X @ W + b) / len(y)
        return X.T @ G, G.sum(axis=0)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, slopes=unlabelled)


@mistake(
    "train",
    "use every image once: shuffle without replacement, and don't drop the "
    "last, smaller batch.",
)
def dropping_the_last_batch(X, y, k, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    whole = [[b for b in e if len(b) == batch_size] for e in epochs]
    return trained(X, y, k, lr, whole)


@mistake(
    "train",
    "use every image once: shuffle without replacement, and don't drop the "
    "last, smaller batch.",
)
def with_replacement(X, y, k, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    drawn = [
        [rng.integers(0, len(X), len(b)) if len(X) > 2 else b for b in e]
        for e in epochs
    ]
    return trained(X, y, k, lr, drawn)


@mistake("train", "shuffle both by the same indices.")
def labels_left_in_order(X, y, k, lr, batch_size, num_epochs, rng):
    def unordered(W, b, X, batch):
        return slopes(W, b, X, y[np.sort(batch)])

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, np.arange(len(y)), k, lr, epochs, slopes=unordered)


@mistake("train", "is the return inside the loop over the epochs?")
def only_one_epoch(X, y, k, lr, batch_size, num_epochs, rng):
    return trained(X, y, k, lr, usual(X, batch_size, 1, rng))


@mistake(
    "train",
    "W and b go on from where the epoch before has left them, with the "
    "same learning rate.",
)
def anew_in_each_epoch(X, y, k, lr, batch_size, num_epochs, rng):
    return trained(X, y, k, lr, usual(X, batch_size, num_epochs, rng)[-1:])


ALWAYS_THE_SAME = (
    "shuffle all images, not within the batches, nor only their order."
)


@mistake(
    "train",
    "W and b go on from where the epoch before has left them, with the same "
    "learning rate.",
)
def with_a_falling_rate(X, y, k, lr, batch_size, num_epochs, rng):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    for t in range(num_epochs):
        for batch in batches(len(X), batch_size, rng):
            dW, db = slopes(W, b, X[batch], y[batch])
            W, b = W - lr / (1 + t) * dW, b - lr / (1 + t) * db
    return W, b


@mistake("train", ALWAYS_THE_SAME)
def not_shuffled(X, y, k, lr, batch_size, num_epochs, rng):
    order = np.arange(len(X))
    one = [order[i : i + batch_size] for i in range(0, len(X), batch_size)]
    return trained(X, y, k, lr, num_epochs * [one])


@mistake("train", ALWAYS_THE_SAME)
def only_batches_shuffled(X, y, k, lr, batch_size, num_epochs, rng):
    starts = np.arange(0, len(X), batch_size)
    epochs = [
        [
            np.arange(s, min(s + batch_size, len(X)))
            for s in rng.permutation(starts)
        ]
        for _ in range(num_epochs)
    ]
    return trained(X, y, k, lr, epochs)


@mistake("train", "shuffle anew in each epoch.")
def shuffled_once(X, y, k, lr, batch_size, num_epochs, rng):
    one = batches(len(X), batch_size, rng)
    return trained(X, y, k, lr, num_epochs * [one])


@mistake("train", "use rng to shuffle, not np.random, and start from zero.")
def shuffled_by_numpy(X, y, k, lr, batch_size, num_epochs, rng):
    fresh = np.random.default_rng()
    rng.random(num_epochs)
    return trained(X, y, k, lr, usual(X, batch_size, num_epochs, fresh))


@mistake(
    "train",
    "e to a large power is infinity: subtract the row's maximum, as in "
    "exercise 1.",
)
def training_without_shift(X, y, k, lr, batch_size, num_epochs, rng):
    def naive(W, b, X, y):
        G = (naive_p(X @ W + b) - np.eye(k)[y]) / len(y)
        return X.T @ G, G.sum(axis=0)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, slopes=naive)


@accepted("train")
def trained_with_shuffled_copies(X, y, k, lr, batch_size, num_epochs, rng):
    W, b = np.zeros((X.shape[1], k)), np.zeros(k)
    for _ in range(num_epochs):
        order = np.arange(len(X))
        rng.shuffle(order)
        images, labels = X[order], y[order]
        while len(labels):
            dW, db = slopes(W, b, images[:batch_size], labels[:batch_size])
            W -= lr * dW
            b -= lr * db
            images, labels = images[batch_size:], labels[batch_size:]
    return W, b


@accepted("train")
def trained_with_array_split(X, y, k, lr, batch_size, num_epochs, rng):
    def split():
        places = range(batch_size, len(X), batch_size)
        return np.split(rng.permutation(len(X)), places)

    return trained(X, y, k, lr, [split() for _ in range(num_epochs)])


@accepted("train")
def trained_in_float32(X, y, k, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    W, b = trained(X, y, k, lr, epochs)
    return W.astype(np.float32), b.astype(np.float32)


# 7 · Settings


@mistake(
    "settings",
    "return three numbers, in this order: lr, batch_size, num_epochs.",
)
def settings_in_another_order():
    return 100, 0.1, 5


@mistake(
    "settings",
    "return three numbers, in this order: lr, batch_size, num_epochs.",
)
def settings_as_a_dict():
    return {"lr": 0.1, "batch_size": 100, "num_epochs": 5}


@mistake(
    "settings",
    "it must be above 0: a rate of 0 stands still, a negative one climbs.",
)
def settings_that_stand_still():
    return 0.0, 100, 5


@mistake(
    "settings",
    "return three numbers, in this order: lr, batch_size, num_epochs.",
)
def settings_as_an_array():
    return np.array([0.1, 100, 5])


@accepted("train")
def trained_with_scipy(X, y, k, lr, batch_size, num_epochs, rng):
    def ready(W, b, X, y):
        G = np.exp(special.log_softmax(X @ W + b, axis=1))
        G[np.arange(len(y)), y] -= 1
        return X.T @ G / len(y), G.sum(axis=0) / len(y)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, k, lr, epochs, slopes=ready)


@accepted("settings")
def settings_in_a_list():
    return [0.1, 128, 6]


@accepted("settings")
def settings_of_numpy():
    return np.float64(0.1), np.int64(200), 8


# 9 · Temperature


def losses(scores, y, temperatures):
    return [-picked(log_p(scores / T), y).mean() for T in temperatures]


GRID = np.geomspace(0.1, 10, 1000)


@mistake(
    "best_temperature",
    "this is 1 / T: the scores are divided by T, not multiplied.",
)
def inverse_temperature(scores, y):
    return 1 / GRID[np.argmin(losses(scores, y, GRID))]


@mistake(
    "best_temperature",
    "the accuracy is the same for every T; minimize the cross-entropy, over "
    "temperatures below 1 and above.",
)
def no_temperature(scores, y):
    return 1.0


@mistake(
    "best_temperature",
    "look at the mean cross-entropy there: is it nan, or is it the largest?",
)
def hottest(scores, y):
    return 10.0


@mistake(
    "best_temperature",
    "close: minimize the mean cross-entropy itself, over temperatures that "
    "are less than one percent apart.",
)
def temperature_on_a_coarse_grid(scores, y):
    grid = np.arange(0.5, 10, 0.5)
    return grid[np.argmin(losses(scores, y, grid))]


@mistake(
    "best_temperature",
    "this is the smallest loss; return the temperature that gives it.",
)
def loss_instead_of_temperature(scores, y):
    return min(losses(scores, y, GRID))


@mistake(
    "best_temperature",
    "this is the place in the list; return the temperature that stands there.",
)
def index_instead_of_temperature(scores, y):
    return int(np.argmin(losses(scores, y, GRID)))


@accepted("best_temperature")
def temperature_by_refinement(scores, y):
    low, high = 0.1, 10.0
    for _ in range(12):
        grid = np.geomspace(low, high, 9)
        best = int(np.argmin(losses(scores, y, grid)))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 8)]
    return (low + high) / 2
