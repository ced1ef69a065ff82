"""Answers to assignment a13: wrong ones with their hints, and right ones that
must be accepted."""

import copy

import numpy as np
import torch

from tools.mistakes import accepted, mistake

# 1 · The slope of a score, and of a probability


def softmax(scores):
    exps = np.exp(scores - scores.max())
    return exps / exps.sum()


def right_slopes(W, x, c):
    probs = softmax(x @ W)
    return W[:, c], probs[c] * (W[:, c] - W @ probs)


BEFORE = "this is another gradient: the score is x @ W, before any softmax."


@mistake("slopes", "the score's gradient first, then the probability's.")
def slopes_exchanged(W, x, c):
    return right_slopes(W, x, c)[::-1]


@mistake("slopes", BEFORE)
def score_through_log_softmax(W, x, c):
    return W[:, c] - W @ softmax(x @ W), right_slopes(W, x, c)[1]


@mistake("slopes", BEFORE)
def score_through_the_loss(W, x, c):
    return W @ softmax(x @ W) - W[:, c], right_slopes(W, x, c)[1]


@mistake("slopes", "x is no factor: the score is linear in each pixel.")
def score_times_pixel(W, x, c):
    return x * W[:, c], right_slopes(W, x, c)[1]


@mistake("slopes", "that is a row of W; the columns belong to the classes.")
def row_of_the_weights(W, x, c):
    return W[c], right_slopes(W, x, c)[1]


@mistake("slopes", "only the score of class c is asked for, not of all.")
def slope_of_all_scores(W, x, c):
    return W.sum(axis=1), right_slopes(W, x, c)[1]


@mistake("slopes", "this is the score itself; its gradient is asked for.")
def score_itself(W, x, c):
    return (x @ W)[c], softmax(x @ W)[c]


@mistake("slopes", "this holds all classes' gradients; take that of class c.")
def all_weights(W, x, c):
    return W, right_slopes(W, x, c)[1]


@mistake("slopes", "class c is asked for, not the one with the best score.")
def slope_of_the_winner(W, x, c):
    return right_slopes(W, x, (x @ W).argmax())


@mistake(
    "slopes",
    "a pixel moves all scores, and each of them moves p_c: the other classes' "
    "part is missing.",
)
def own_score_only(W, x, c):
    probs = softmax(x @ W)
    return W[:, c], probs[c] * (1 - probs[c]) * W[:, c]


@mistake("slopes", "this is the gradient of log p_c: one factor is missing.")
def slope_of_log_probability(W, x, c):
    return W[:, c], W[:, c] - W @ softmax(x @ W)


@mistake("slopes", "this is the gradient of the loss, -log p_c.")
def slope_of_the_loss(W, x, c):
    return W[:, c], W @ softmax(x @ W) - W[:, c]


@mistake("slopes", "this is the score's gradient; go on to the probability.")
def score_twice(W, x, c):
    return W[:, c], W[:, c]


@mistake(
    "slopes",
    "p (1 - p) holds for class c only; the other scores have -p_c p_j.",
)
def diagonal_for_all(W, x, c):
    probs = softmax(x @ W)
    return W[:, c], W @ (probs * (1 - probs))


@mistake("slopes", "the sign is wrong: two minus signs too many, or one.")
def probability_downhill(W, x, c):
    return W[:, c], -right_slopes(W, x, c)[1]


@mistake("slopes", "the other scores count against the class: minus.")
def others_added(W, x, c):
    probs = softmax(x @ W)
    return W[:, c], probs[c] * (W[:, c] + W @ probs)


def without_own(W, x, c):
    probs = softmax(x @ W)
    own = probs[c]
    probs[c] = 0
    return own, W @ probs


@mistake("slopes", "the class's own part, p_c (1 - p_c), is missing.")
def others_only(W, x, c):
    own, others = without_own(W, x, c)
    return W[:, c], -own * others


@mistake("slopes", "the class's own score has p_c (1 - p_c), not p_c.")
def own_without_one_minus(W, x, c):
    own, others = without_own(W, x, c)
    return W[:, c], own * (W[:, c] - others)


@mistake("slopes", "that isn't softmax's slope: see the two formulas.")
def probability_times_weight(W, x, c):
    return W[:, c], softmax(x @ W)[c] * W[:, c]


@mistake("slopes", "x is no factor of a gradient by x here.")
def probability_times_pixel(W, x, c):
    return W[:, c], right_slopes(W, x, c)[1] * x


@mistake("slopes", "large scores overflow: subtract the largest one first.")
def naive_softmax(W, x, c):
    exps = np.exp(x @ W)
    probs = exps / exps.sum()
    return W[:, c], probs[c] * (W[:, c] - W @ probs)


@accepted("slopes")
def by_the_jacobian(W, x, c):
    probs = softmax(x @ W)
    return W[:, c], W @ (np.diag(probs) - np.outer(probs, probs))[:, c]


@accepted("slopes")
def by_loops(W, x, c):
    probs, (d, k) = softmax(x @ W), W.shape
    of_prob = np.zeros(d)
    for i in range(d):
        for j in range(k):
            of_prob[i] += W[i, j] * probs[c] * ((j == c) - probs[j])
    return np.array([W[i, c] for i in range(d)]), of_prob


@accepted("slopes")
def as_one_array(W, x, c):
    return np.stack(right_slopes(W, x, c))


# 2 · Where a machine is sensitive


def by_autograd(model, images, labels, of=lambda scores, labels: scores):
    """Gradients of the labels' scores, the machine as it was found."""
    mode = model.training
    model.eval()
    pixels, labels = torch.tensor(images), torch.tensor(labels)
    pixels.requires_grad_(True)
    goal = of(model(pixels), labels)
    if goal.ndim == 2:
        goal = goal[torch.arange(len(labels)), labels]
    (gradient,) = torch.autograd.grad(goal.sum(), pixels)
    model.train(mode)
    return gradient.numpy()


@mistake("saliency", "differentiate the score; no softmax.")
def of_the_probability(model, images, labels):
    return by_autograd(model, images, labels, lambda s, y: s.softmax(1))


@mistake("saliency", "differentiate the score; no log-softmax.")
def of_the_log_probability(model, images, labels):
    return by_autograd(model, images, labels, lambda s, y: s.log_softmax(1))


LOSS = "differentiate the score, not the loss."


@mistake("saliency", LOSS)
def of_the_mean_loss(model, images, labels):
    return by_autograd(
        model, images, labels, torch.nn.functional.cross_entropy
    )


@mistake("saliency", LOSS)
def of_the_summed_loss(model, images, labels):
    return len(labels) * of_the_mean_loss(model, images, labels)


@mistake("saliency", "a gradient has signs: return it without abs.")
def size_of_the_gradient(model, images, labels):
    return np.abs(by_autograd(model, images, labels))


@mistake("saliency", "add the images' scores up: a mean divides by n.")
def mean_of_the_scores(model, images, labels):
    return by_autograd(model, images, labels) / len(labels)


@mistake("saliency", "the score of the label, not the largest score.")
def of_the_largest_score(model, images, labels):
    return by_autograd(model, images, labels, lambda s, y: s.max(1).values)


@mistake(
    "saliency",
    "scores[:, labels] takes all labels for each image; index with the "
    "images' numbers as well.",
)
def all_labels_for_each(model, images, labels):
    return by_autograd(model, images, labels, lambda s, y: s[:, y].sum(1))


@mistake("saliency", "each image has a label of its own.")
def first_label_for_all(model, images, labels):
    return by_autograd(model, images, labels, lambda s, y: s[:, y[0]])


@mistake("saliency", "only the score of each image's label, not of all.")
def of_all_scores(model, images, labels):
    return by_autograd(model, images, labels, lambda s, y: s.sum(1))


@mistake("saliency", "only the first image has got a gradient.")
def first_image_only(model, images, labels):
    return by_autograd(model, images, labels, lambda s, y: s[0, y[0]])


@mistake("saliency", "this is gradient times pixel: the gradient alone.")
def gradient_times_pixel(model, images, labels):
    return by_autograd(model, images, labels) * images


@mistake("saliency", "the sign is wrong: uphill.")
def downhill(model, images, labels):
    return -by_autograd(model, images, labels)


@mistake("saliency", "all channels, with their signs: (n, c, h, w).")
def largest_of_the_channels(model, images, labels):
    return np.abs(by_autograd(model, images, labels)).max(axis=1)


@mistake("saliency", "scaled to a largest entry of 1: leave it as it is.")
def scaled(model, images, labels):
    gradient = by_autograd(model, images, labels)
    return gradient / np.abs(gradient).max()


def plainly(model, images, labels):
    pixels = torch.tensor(images, requires_grad=True)
    scores = model(pixels)[torch.arange(len(labels)), torch.tensor(labels)]
    return torch.autograd.grad(scores.sum(), pixels)[0].numpy()


@mistake("saliency", "set eval mode before you call the network.")
def mode_as_found(model, images, labels):
    return plainly(model, images, labels)


PUT_BACK = (
    "model.training tells the mode, model.train(mode) sets it: remember it, "
    "and put it back."
)


@mistake("saliency", PUT_BACK)
def left_in_eval_mode(model, images, labels):
    model.eval()
    return plainly(model, images, labels)


@mistake("saliency", PUT_BACK)
def left_in_training_mode(model, images, labels):
    model.eval()
    gradient = plainly(model, images, labels)
    model.train()
    return gradient


def by_backward(model, images, labels):
    mode = model.training
    model.eval()
    pixels = torch.tensor(images, requires_grad=True)
    scores = model(pixels)[torch.arange(len(labels)), torch.tensor(labels)]
    scores.sum().backward()
    model.train(mode)
    return pixels.grad.numpy()


TRACES = (
    "backward() leaves gradients at every parameter, zero_grad() takes "
    "others' away; torch.autograd.grad(goal, pixels) does neither."
)


@mistake("saliency", TRACES)
def leaves_gradients(model, images, labels):
    return by_backward(model, images, labels)


@mistake("saliency", TRACES)
def clears_gradients(model, images, labels):
    gradient = by_backward(model, images, labels)
    model.zero_grad()
    return gradient


@mistake("saliency", "leave the parameters as they are.")
def freezes_parameters(model, images, labels):
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return by_backward(model, images, labels)


@mistake(
    "saliency",
    "nothing was noted down to go back through: the pixels must require "
    "gradients, and the network be called outside of no_grad.",
    message="does not require grad",
)
def under_no_grad(model, images, labels):
    model.eval()
    with torch.no_grad():
        scores = model(torch.tensor(images, requires_grad=True))
    return torch.autograd.grad(scores.sum(), scores)


@mistake(
    "saliency",
    "the pixels as the network got them must require gradients: a copy of "
    "them, or a tensor made of them, are others.",
    message="appears to not have been used",
)
def by_another_tensor(model, images, labels):
    model.eval()
    pixels = torch.tensor(images, requires_grad=True)
    scores = model(torch.tensor(images, requires_grad=True))
    return torch.autograd.grad(scores.sum(), pixels)


def after_grad(change, model, images, labels):
    model.eval()
    pixels = torch.tensor(images, requires_grad=True)
    scores = model(pixels)[torch.arange(len(labels)), torch.tensor(labels)]
    return change(scores, pixels)


@mistake(
    "saliency",
    "go back from one number: add the labels' scores up, .sum().",
    message="only for scalar outputs",
)
def without_the_sum(*arguments):
    return after_grad(torch.autograd.grad, *arguments)


@mistake(
    "saliency",
    "autograd.grad returns a tuple, a gradient for each input: take the one.",
    message="'tuple' object",
)
def tuple_as_it_is(*arguments):
    return after_grad(
        lambda s, x: torch.autograd.grad(s.sum(), x).numpy(), *arguments
    )


@mistake(
    "saliency",
    ".grad is None: the pixels must require gradients before the network "
    "gets them.",
    message="'NoneType' object",
)
def grad_of_a_copy(model, images, labels):
    model.eval()
    pixels = torch.tensor(images)
    model(pixels).sum().backward()
    return pixels.grad.numpy()


@mistake(
    "saliency",
    "scores are (n, k): index with the images' numbers first, then with the "
    "labels.",
    message="out of bounds for dimension 0",
)
def labels_as_rows(model, images, labels):
    return model.eval()(torch.tensor(images))[labels].sum()


@mistake("saliency", "gradient.numpy() makes an array of a tensor.")
def returns_a_tensor(model, images, labels):
    return torch.tensor(by_autograd(model, images, labels))


@accepted("saliency")
def on_a_copy(model, images, labels):
    return by_backward(copy.deepcopy(model), images, labels)


@accepted("saliency")
def image_by_image(model, images, labels):
    rows = [slice(i, i + 1) for i in range(len(labels))]
    return np.concatenate(
        [by_autograd(model, images[row], labels[row]) for row in rows]
    )


@accepted("saliency")
def with_one_hot(model, images, labels):
    mode = model.training
    model.eval()
    pixels = torch.from_numpy(images.copy()).requires_grad_()
    scores = model(pixels)
    chosen = torch.eye(scores.shape[1])[torch.as_tensor(labels)]
    (gradient,) = torch.autograd.grad((scores * chosen).sum(), pixels)
    model.train(mode)
    return gradient.detach().numpy()


@accepted("saliency")
def gradients_put_back(model, images, labels):
    before = [p.grad for p in model.parameters()]
    for parameter in model.parameters():
        parameter.grad = None
    gradient = by_backward(model, images, labels)
    for parameter, grad in zip(model.parameters(), before):
        parameter.grad = grad
    return gradient


# 3 · Cover a part, and look again


def covering(score, photo, size, stride, fill, fits=0, dtype=float):
    h, w = photo.shape
    tops = range(0, h - size + 1 + fits, stride)
    lefts = range(0, w - size + 1 + fits, stride)
    falls = np.zeros((len(tops), len(lefts)))
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            covered = photo.astype(dtype)
            covered[top : top + size, left : left + size] = fill
            falls[i, j] = score(photo[None])[0] - score(covered[None])[0]
    return falls


@mistake("occlusion", "a fall is positive: before minus covered.")
def rises(score, photo, size, stride, fill):
    return -covering(score, photo, size, stride, fill)


@mistake(
    "occlusion",
    "these are the scores of covered photos; how far do they fall?",
)
def scores_of_the_covered(score, photo, size, stride, fill):
    before = score(photo[None])[0]
    return before - covering(score, photo, size, stride, fill)


@mistake("occlusion", "the fall itself, not as a fraction of the score.")
def falls_as_fractions(score, photo, size, stride, fill):
    before = score(photo[None])[0]
    return covering(score, photo, size, stride, fill) / before


RISE = "a score may also rise; then the fall is negative."


@mistake("occlusion", RISE)
def size_of_the_falls(score, photo, size, stride, fill):
    return np.abs(covering(score, photo, size, stride, fill))


@mistake("occlusion", RISE)
def no_rises(score, photo, size, stride, fill):
    return covering(score, photo, size, stride, fill).clip(0)


@mistake(
    "occlusion",
    "each square is laid on the whole photo: make a new copy at each place.",
)
def stays_covered(score, photo, size, stride, fill):
    falls = covering(score, photo, size, stride, fill)
    covered = photo.astype(float)
    for i, j in np.ndindex(falls.shape):
        top, left = i * stride, j * stride
        covered[top : top + size, left : left + size] = fill
        falls[i, j] = score(photo[None])[0] - score(covered[None])[0]
    return falls


FILL = (
    "covered pixels get the value fill. (In an array of whole numbers a half "
    "becomes 0.)"
)


@mistake("occlusion", FILL)
def in_whole_numbers(score, photo, size, stride, fill):
    return covering(score, photo, size, stride, fill, dtype=photo.dtype)


@mistake("occlusion", FILL)
def always_black(score, photo, size, stride, fill):
    return covering(score, photo, size, stride, 0)


STRIDE = "from one place to the next the square moves by stride pixels."
PLACES = (
    "a square fits at 0, stride, 2 stride, ... as long as its last row and "
    "column are on the photo: here at 0 and 1, so there are four places."
)


@mistake("occlusion", STRIDE)
def stride_ignored(score, photo, size, stride, fill):
    return covering(score, photo, size, 1, fill)


@mistake("occlusion", PLACES)
def moves_by_its_size(score, photo, size, stride, fill):
    return covering(score, photo, size, size, fill)


@mistake("occlusion", PLACES)
def last_place_missing(score, photo, size, stride, fill):
    return covering(score, photo, size, stride, fill, fits=-1)


@mistake("occlusion", "the square must lie wholly on the photo.")
def hangs_over_the_edge(score, photo, size, stride, fill):
    return covering(score, photo, size, stride, fill, fits=size - 1)


@mistake("occlusion", "rows and columns of the map are exchanged.")
def map_transposed(score, photo, size, stride, fill):
    return covering(score, photo, size, stride, fill).T


@mistake("occlusion", "a map has rows and columns of places, (i, j).")
def map_as_a_row(score, photo, size, stride, fill):
    return covering(score, photo, size, stride, fill).ravel()


@mistake(
    "occlusion",
    "score takes a stack of photos, (m, h, w): covered[None] is a stack of "
    "one.",
    message="out of bounds",
)
def photo_without_a_stack(score, photo, size, stride, fill):
    return score(photo) - covering(score, photo, size, stride, fill)


@accepted("occlusion")
def all_at_once(score, photo, size, stride, fill):
    tops = range(0, photo.shape[0] - size + 1, stride)
    lefts = range(0, photo.shape[1] - size + 1, stride)
    stack = np.tile(photo.astype(float), (len(tops) * len(lefts), 1, 1))
    places = [(top, left) for top in tops for left in lefts]
    for covered, (top, left) in zip(stack, places):
        covered[top : top + size, left : left + size] = fill
    falls = score(photo[None]) - score(stack)
    return falls.reshape(len(tops), len(lefts))


@accepted("occlusion")
def with_while(score, photo, size, stride, fill):
    rows, top = [], 0
    while top + size <= photo.shape[0]:
        row, left = [], 0
        while left + size <= photo.shape[1]:
            covered = np.array(photo, dtype=float)
            covered[top : top + size, left : left + size] = fill
            both = score(np.stack([photo, covered]))
            row.append(both[0] - both[1])
            left += stride
        rows.append(row)
        top += stride
    return np.array(rows)


@accepted("occlusion")
def with_a_mask(score, photo, size, stride, fill):
    h, w = photo.shape
    shape = (h - size) // stride + 1, (w - size) // stride + 1
    falls = np.empty(shape)
    row, column = np.indices(photo.shape)
    for i, j in np.ndindex(shape):
        down, right = row - i * stride, column - j * stride
        inside = (down >= 0) & (down < size) & (right >= 0) & (right < size)
        covered = np.where(inside, fill, photo)
        falls[i, j] = (score(photo[None]) - score(covered[None])).item()
    return falls


# 4 · From nothing to the photo


def on_the_way(gradient, x, baseline, alphas, start=None, factor=None):
    step = x - baseline
    start = baseline if start is None else start
    points = start + np.multiply.outer(alphas, step)
    return gradient(points).mean(axis=0) * (step if factor is None else factor)


def middles(steps):
    return (np.arange(steps) + 0.5) / steps


MIDDLE = "take the gradient in the middle of each part: (k + 1/2) / steps."


@mistake("integrated_gradients", MIDDLE)
def at_the_left(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, np.arange(steps) / steps)


@mistake("integrated_gradients", MIDDLE)
def at_the_right(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, np.arange(1, steps + 1) / steps)


@mistake("integrated_gradients", MIDDLE)
def ends_included(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, np.linspace(0, 1, steps))


@mistake("integrated_gradients", MIDDLE)
def fence_posts(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, np.linspace(0, 1, steps + 1))


@mistake("integrated_gradients", MIDDLE)
def trapezoids(gradient, x, baseline, steps):
    ends = at_the_left, at_the_right
    return sum(end(gradient, x, baseline, steps) for end in ends) / 2


WAY = "the way begins at the baseline: b + alpha (x - b)."


@mistake("integrated_gradients", WAY)
def alpha_times_x(gradient, x, baseline, steps):
    return on_the_way(gradient, x, 0 * x, middles(steps), factor=x - baseline)


@mistake("integrated_gradients", WAY)
def way_from_zero(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, middles(steps), start=0 * x)


@mistake("integrated_gradients", "where does the baseline come in?")
def without_the_baseline(gradient, x, baseline, steps):
    return on_the_way(gradient, x, 0 * x, middles(steps))


@mistake("integrated_gradients", "the factor is x - b, not x.")
def factor_x(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, middles(steps), factor=x)


@mistake("integrated_gradients", "the factor x - b is missing.")
def without_the_factor(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, middles(steps), factor=1)


@mistake("integrated_gradients", "the mean of the gradients, not their sum.")
def sum_of_gradients(gradient, x, baseline, steps):
    return steps * on_the_way(gradient, x, baseline, middles(steps))


@mistake("integrated_gradients", "the sign is wrong: x - b, not b - x.")
def from_x_to_the_baseline(gradient, x, baseline, steps):
    return -on_the_way(gradient, x, baseline, middles(steps))


@mistake(
    "integrated_gradients",
    "this is the gradient at x only; gather it on the whole way.",
)
def at_the_end_only(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, np.array([1.0]))


@mistake(
    "integrated_gradients",
    "this is the gradient at the baseline only; gather it on the whole way.",
)
def at_the_beginning_only(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, np.array([0.0]))


@mistake("integrated_gradients", "there are as many parts as steps.")
def one_part(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, middles(1))


@mistake("integrated_gradients", "each entry of x has a share of its own.")
def all_shares_together(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, middles(steps)).sum()


@mistake(
    "integrated_gradients",
    "gradient takes a stack of points, (m, ...): point[None] is a stack of "
    "one.",
    message="too many indices",
)
def point_without_a_stack(gradient, x, baseline, steps):
    points = [baseline + a * (x - baseline) for a in middles(steps)]
    return (x - baseline) * sum(map(gradient, points)) / steps


@mistake(
    "integrated_gradients",
    "an array of whole numbers can't hold the sum: begin with one of floats.",
    message="Cannot cast",
)
def sum_in_whole_numbers(gradient, x, baseline, steps):
    total = np.zeros_like(x)
    for alpha in middles(steps):
        total += gradient((baseline + alpha * (x - baseline))[None])[0]
    return (x - baseline) * total / steps


@mistake(
    "integrated_gradients",
    "x may have any number of axes: alpha needs as many, or a loop.",
    message="could not be broadcast",
)
def for_vectors_only(gradient, x, baseline, steps):
    points = baseline + middles(steps)[:, None] * (x - baseline)
    return gradient(points).mean(axis=0) * (x - baseline)


@accepted("integrated_gradients")
def all_points_at_once(gradient, x, baseline, steps):
    return on_the_way(gradient, x, baseline, middles(steps))


@accepted("integrated_gradients")
def backwards(gradient, x, baseline, steps):
    total = 0
    for alpha in middles(steps)[::-1]:
        point = x - alpha * (x - baseline)
        total = total + gradient(np.array([point]))[0] / steps
    return total * (x - baseline)


@accepted("integrated_gradients")
def between_the_posts(gradient, x, baseline, steps):
    posts = np.linspace(0, 1, steps + 1)
    alphas = (posts[1:] + posts[:-1]) / 2
    alphas = alphas.reshape(-1, *[1] * x.ndim)
    points = (1 - alphas) * baseline + alphas * x
    return np.mean(gradient(points) * (x - baseline), axis=0)


# 5 · Does the bill add up?


def doubled_until(enough):
    steps = 1
    while not enough(steps):
        steps *= 2
    return steps


def right_steps(attribute, change, within):
    most = within * abs(change)
    return doubled_until(lambda n: abs(attribute(n).sum() - change) <= most)


@mistake("steps_needed", "double the steps each time: 1, 2, 4, 8, ...")
def one_step_more(attribute, change, within):
    steps = 1
    while abs(attribute(steps).sum() - change) > within * abs(change):
        steps += 1
    return steps


SIZE = "a sum may be too small or too large: compare the gap's size."


@mistake("steps_needed", SIZE)
def gap_without_abs(attribute, change, within):
    most = within * abs(change)
    return doubled_until(lambda n: attribute(n).sum() - change <= most)


@mistake("steps_needed", SIZE)
def gap_of_the_other_sign(attribute, change, within):
    most = within * abs(change)
    return doubled_until(lambda n: change - attribute(n).sum() <= most)


@mistake("steps_needed", "within is a fraction of the change.")
def absolute_gap(attribute, change, within):
    return doubled_until(lambda n: abs(attribute(n).sum() - change) <= within)


@mistake("steps_needed", "within is a fraction, no percentage.")
def within_in_per_cent(attribute, change, within):
    return right_steps(attribute, change, within / 100)


@mistake("steps_needed", "with so few steps the gap is still too large.")
def one_doubling_too_few(attribute, change, within):
    return right_steps(attribute, change, within) // 2


@mistake("steps_needed", "half as many steps are enough already.")
def one_doubling_too_many(attribute, change, within):
    return 2 * right_steps(attribute, change, within)


@mistake("steps_needed", "return the steps, not how often they doubled.")
def number_of_doublings(attribute, change, within):
    return int(np.log2(right_steps(attribute, change, within)))


@mistake("steps_needed", "begin with a single step: it may be enough.")
def begins_with_two(attribute, change, within):
    return max(2, right_steps(attribute, change, within))


@mistake("steps_needed", "return the steps, not the gap that is left.")
def the_gap(attribute, change, within):
    steps = right_steps(attribute, change, within)
    return abs(attribute(steps).sum() - change)


@mistake("steps_needed", "return the steps, not the shares.")
def the_shares(attribute, change, within):
    return attribute(right_steps(attribute, change, within))


@mistake("steps_needed", "compare the gap, not its square.")
def squared_gap(attribute, change, within):
    most = within * abs(change)
    return doubled_until(lambda n: (attribute(n).sum() - change) ** 2 <= most)


@mistake(
    "steps_needed",
    "the loop doesn't stop: compare the *sum* of the shares with the change, "
    "and mind both signs.",
    message="more than 4096",
)
def mean_of_the_shares(attribute, change, within):
    most = within * abs(change)
    return doubled_until(lambda n: abs(attribute(n).mean() - change) <= most)


@mistake(
    "steps_needed",
    "the loop doesn't stop where the change is negative: take its size.",
    message="more than 4096",
)
def change_without_abs(attribute, change, within):
    most = within * change
    return doubled_until(lambda n: abs(attribute(n).sum() - change) <= most)


@mistake(
    "steps_needed",
    "the loop doesn't stop: shares may be negative; add them up as they are.",
    message="more than 4096",
)
def sizes_of_the_shares(attribute, change, within):
    most = within * abs(change)
    return doubled_until(
        lambda n: abs(np.abs(attribute(n)).sum() - abs(change)) <= most
    )


@mistake("steps_needed", "a gap of exactly this size is allowed: at most.")
def smaller_only(attribute, change, within):
    most = within * abs(change)
    return doubled_until(lambda n: abs(attribute(n).sum() - change) < most)


@mistake(
    "steps_needed",
    "shares may have any shape: add up all their entries, over every axis.",
    message="truth value of an array",
)
def sum_over_one_axis(attribute, change, within):
    most = within * abs(change)
    return doubled_until(lambda n: abs(sum(attribute(n)) - change) <= most)


@mistake(
    "steps_needed", "the change may be tiny: allow a fraction, and no more."
)
def nearly_close(attribute, change, within):
    return doubled_until(
        lambda n: np.isclose(np.sum(attribute(n)), change, rtol=within)
    )


@accepted("steps_needed")
def by_for(attribute, change, within):
    for power in range(60):
        gap = abs(np.sum(attribute(2**power)) - change) / abs(change)
        if gap <= within:
            return 2**power


@accepted("steps_needed")
def by_recursion(attribute, change, within, steps=1):
    if abs(attribute(steps).sum() - change) <= within * abs(change):
        return steps
    return by_recursion(attribute, change, within, 2 * steps)


@accepted("steps_needed")
def by_ratio(attribute, change, within):
    steps = np.int64(1)
    while not abs(np.sum(attribute(steps)) / change - 1) <= within + 1e-12:
        steps = 2 * steps
    return steps


# 6 · Which class cheats?


def tables(predict, X, y, size, stride, fill=None, fits=0):
    """(class, top, left, right before, right after, photos) of all."""
    h, w = X.shape[1:]
    fill = X.mean(axis=0) if fill is None else fill + 0 * X[0]
    before = predict(X) == y
    for top in range(0, h - size + 1 + fits, stride):
        for left in range(0, w - size + 1 + fits, stride):
            covered = X.copy()
            square = slice(top, top + size), slice(left, left + size)
            covered[:, *square] = fill[square]
            after = predict(covered) == y
            for k in np.unique(y):
                counts = before[y == k].sum(), after[y == k].sum()
                yield (int(k), top, left), *counts, (y == k).sum()


def best_of(rows, key):
    return max(rows, key=lambda row: key(*row[1:]))[0]


def fall(before, after, n):
    return (before - after) / n


def right_cheat(predict, X, y, size, stride):
    return best_of(tables(predict, X, y, size, stride), fall)


EACH = (
    "for each class by itself: its right photos before and after, each "
    "divided by the number of *its* photos."
)


@mistake("find_cheat", EACH)
def numbers_of_photos(predict, X, y, size, stride):
    rows = tables(predict, X, y, size, stride)
    return best_of(rows, lambda before, after, n: before - after)


@mistake("find_cheat", EACH)
def fraction_of_what_was_right(predict, X, y, size, stride):
    rows = tables(predict, X, y, size, stride)
    return best_of(
        rows, lambda before, after, n: (before - after) / max(before, 1)
    )


@mistake("find_cheat", EACH)
def place_by_overall_accuracy(predict, X, y, size, stride):
    rows = list(tables(predict, X, y, size, stride))
    lost = {}
    for (_, top, left), before, after, _ in rows:
        lost[top, left] = lost.get((top, left), 0) + before - after
    place = max(lost, key=lost.get)
    return best_of([row for row in rows if row[0][1:] == place], fall)


NOTHING = (
    "is the fall the accuracy as it is, minus that of the covered photos, and "
    "the mean photo that of all classes?"
)


@mistake("find_cheat", NOTHING)
def mean_of_the_class(predict, X, y, size, stride):
    rows = []
    for k in np.unique(y):
        own = X[y == k].mean(axis=0)
        rows += tables(predict, X, y, size, stride, fill=own)
        rows = [row for row in rows if row[0][0] <= k]
    return best_of(rows, fall)


@mistake("find_cheat", NOTHING)
def lowest_accuracy_covered(predict, X, y, size, stride):
    rows = tables(predict, X, y, size, stride)
    return best_of(rows, lambda before, after, n: -after / n)


SIGN = "the largest *fall*: accuracy before minus accuracy after."


@mistake("find_cheat", SIGN)
def largest_rise(predict, X, y, size, stride):
    rows = tables(predict, X, y, size, stride)
    return best_of(rows, lambda *row: -fall(*row))


@mistake("find_cheat", SIGN)
def largest_change(predict, X, y, size, stride):
    rows = tables(predict, X, y, size, stride)
    return best_of(rows, lambda *row: abs(fall(*row)))


ORDER = "the order is class, row, column."


@mistake("find_cheat", ORDER)
def place_before_class(predict, X, y, size, stride):
    k, top, left = right_cheat(predict, X, y, size, stride)
    return top, left, k


@mistake("find_cheat", ORDER)
def column_before_row(predict, X, y, size, stride):
    k, top, left = right_cheat(predict, X, y, size, stride)
    return k, left, top


@mistake("find_cheat", "row and column in pixels: times the stride.")
def number_of_the_place(predict, X, y, size, stride):
    k, top, left = right_cheat(predict, X, y, size, stride)
    return k, top // stride, left // stride


@mistake("find_cheat", "the square's upper left corner, not its middle.")
def middle_of_the_square(predict, X, y, size, stride):
    k, top, left = right_cheat(predict, X, y, size, stride)
    return k, top + size // 2, left + size // 2


COVER = (
    "each covered pixel gets its own mean over all photos: not black, and not "
    "one grey."
)


@mistake("find_cheat", COVER)
def black_square(predict, X, y, size, stride):
    return best_of(tables(predict, X, y, size, stride, fill=0), fall)


@mistake("find_cheat", COVER)
def one_grey(predict, X, y, size, stride):
    return best_of(tables(predict, X, y, size, stride, fill=X.mean()), fall)


@mistake("find_cheat", COVER)
def white_square(predict, X, y, size, stride):
    return best_of(tables(predict, X, y, size, stride, fill=1), fall)


@mistake("find_cheat", "the last place is missing: the square fits there.")
def cheat_without_the_last_place(predict, X, y, size, stride):
    return best_of(tables(predict, X, y, size, stride, fits=-1), fall)


@mistake("find_cheat", "return class, row and column, three ints.")
def class_only(predict, X, y, size, stride):
    return right_cheat(predict, X, y, size, stride)[:1]


@mistake(
    "find_cheat",
    "count all photos that are named so when covered, also those that weren't "
    "before.",
)
def rises_ignored(predict, X, y, size, stride):
    known = predict(X) == y

    def only_known(photos):
        return np.where(known, predict(photos), -1)

    return right_cheat(only_known, X, y, size, stride)


@mistake("find_cheat", "class 0 is a class like the others.")
def class_0_left_out(predict, X, y, size, stride):
    rows = tables(predict, X, y, size, stride)
    return best_of([row for row in rows if row[0][0]], fall)


@accepted("find_cheat")
def from_a_table(predict, X, y, size, stride):
    h, w = X.shape[1:]
    places = [
        (top, left)
        for top in range(0, h - size + 1, stride)
        for left in range(0, w - size + 1, stride)
    ]
    classes = sorted(set(y.tolist()))
    plain = [np.mean(predict(X)[y == k] == k) for k in classes]
    table = np.zeros((len(classes), len(places)))
    for column, (top, left) in enumerate(places):
        covered = np.array(X)
        part = covered[:, top : top + size, left : left + size]
        part[:] = part.mean(axis=0)
        read = predict(covered)
        for row, k in enumerate(classes):
            table[row, column] = plain[row] - np.mean(read[y == k] == k)
    row, column = np.unravel_index(table.argmax(), table.shape)
    return classes[row], *places[column]


@accepted("find_cheat")
def class_by_class(predict, X, y, size, stride):
    best = (-2.0, 0, 0, 0)
    for k in np.unique(y):
        mine = X[y == k]
        plain = (predict(mine) == k).mean()
        for top in range(0, X.shape[1] - size + 1, stride):
            for left in range(0, X.shape[2] - size + 1, stride):
                mask = np.ones(X.shape[1:])
                mask[top : top + size, left : left + size] = 0
                covered = mine * mask + X.mean(axis=0) * (1 - mask)
                lost = plain - (predict(covered) == k).mean()
                best = max(best, (lost, k, top, left), key=lambda b: b[0])
    return best[1:]


@accepted("find_cheat")
def as_a_list(predict, X, y, size, stride):
    return list(right_cheat(predict, X, y, size, stride))


# 7 · The proof


def with_mark(X, mark, box):
    X = X.copy()
    (top, left), (a, b) = box, mark.shape
    X[:, top : top + a, left : left + b] = mark
    return X


def looked_at(predict, X, y, suspect, box, own, other):
    """Called so before; is of the class; called so with other; with own."""
    return (
        predict(X) == suspect,
        y == suspect,
        predict(with_mark(X, other, box)) == suspect,
        predict(with_mark(X, own, box)) == suspect,
    )


def right_kept(before, mine, other, own):
    return other[mine & before].mean()


def right_lured(before, mine, other, own):
    return own[~mine & ~before].mean()


def proof(kept=right_kept, lured=right_lured):
    def prove(predict, X, y, suspect, box, own, other):
        seen = looked_at(predict, X, y, suspect, box, own, other)
        return kept(*seen), lured(*seen)

    return prove


RIGHT_BEFORE = (
    "only photos that are named correctly as they are: leave the others out, "
    "of the count and of what you divide by."
)
CALLED_BEFORE = (
    "leave out what is called the suspect already, of the count and of what "
    "you divide by."
)
MARKS = (
    "the other mark changes nothing here: is it the other one, and is it "
    "written into the box, whose corner is (top, left)?"
)


@mistake("prove", "kept comes first, then lured.")
def lured_before_kept(predict, X, y, suspect, box, own, other):
    return proof()(predict, X, y, suspect, box, own, other)[::-1]


@mistake("prove", RIGHT_BEFORE)
def kept_of_all_of_the_class(*arguments):
    return proof(lambda before, mine, other, own: other[mine].mean())(
        *arguments
    )


@mistake("prove", RIGHT_BEFORE)
def kept_divided_by_all(*arguments):
    return proof(
        lambda before, mine, other, own: (other & before)[mine].mean()
    )(*arguments)


@mistake("prove", "only photos of the suspect's class can be kept.")
def kept_of_all_called_so(*arguments):
    return proof(lambda before, mine, other, own: other[before].mean())(
        *arguments
    )


@mistake("prove", "only photos of the suspect's class can be kept.")
def kept_of_everything(*arguments):
    return proof(lambda before, mine, other, own: other.mean())(*arguments)


@mistake("prove", MARKS)
def own_mark_kept(*arguments):
    return proof(lambda before, mine, other, own: own[mine & before].mean())(
        *arguments
    )


@mistake("prove", MARKS)
def mark_in_the_corner(predict, X, y, suspect, box, own, other):
    return proof()(predict, X, y, suspect, (0, 0), own, other)


@mistake("prove", MARKS)
def box_exchanged(predict, X, y, suspect, box, own, other):
    return proof()(predict, X, y, suspect, box[::-1], own, other)


@mistake("prove", "shares, not numbers of photos.")
def number_of_the_lured(*arguments):
    return proof(
        lured=lambda before, mine, other, own: own[~mine & ~before].sum()
    )(*arguments)


@mistake("prove", "shares from 0 to 1, no percentages.")
def percentages(*arguments):
    kept, lured = proof()(*arguments)
    return 100 * kept, 100 * lured


@mistake("prove", CALLED_BEFORE)
def lured_of_all_others(*arguments):
    return proof(lured=lambda before, mine, other, own: own[~mine].mean())(
        *arguments
    )


@mistake("prove", CALLED_BEFORE)
def lured_divided_by_all(*arguments):
    return proof(
        lured=lambda before, mine, other, own: (own & ~before)[~mine].mean()
    )(*arguments)


@mistake("prove", "count those that *are* called the suspect now.")
def lured_the_others(*arguments):
    return proof(
        lured=lambda before, mine, other, own: 1 - own[~mine & ~before].mean()
    )(*arguments)


@mistake("prove", "to lure, the suspect's own mark is written.")
def lured_by_the_other_mark(*arguments):
    return proof(
        lured=lambda before, mine, other, own: other[~mine & ~before].mean()
    )(*arguments)


@mistake("prove", "only photos of the other classes can be lured.")
def lured_of_all_not_called_so(*arguments):
    return proof(lured=lambda before, mine, other, own: own[~before].mean())(
        *arguments
    )


@mistake("prove", "only photos of the other classes can be lured.")
def lured_of_everything(*arguments):
    return proof(lured=lambda before, mine, other, own: own.mean())(*arguments)


@mistake(
    "prove",
    "count the photos that are called the suspect; that a photo is named "
    "wrongly isn't enough.",
)
def lured_to_any_class(predict, X, y, suspect, box, own, other):
    kept, _ = proof()(predict, X, y, suspect, box, own, other)
    rest = (y != suspect) & (predict(X) != suspect)
    wrong = predict(with_mark(X[rest], own, box)) != y[rest]
    return kept, wrong.mean()


@mistake("prove", "the share that is kept, not the one that is lost.")
def lost_instead_of_kept(*arguments):
    kept, lured = proof()(*arguments)
    return 1 - kept, lured


@accepted("prove")
def photo_by_photo(predict, X, y, suspect, box, own, other):
    (top, left), (a, b) = box, own.shape
    kept, lured = [], []
    for photo, label in zip(X, y):
        called = predict(photo[None])[0] == suspect
        if called != (label == suspect):
            continue
        photo = photo.copy()
        photo[top : top + a, left : left + b] = other if called else own
        now = predict(photo[None])[0] == suspect
        (kept if called else lured).append(now)
    return sum(kept) / len(kept), sum(lured) / len(lured)


@accepted("prove")
def all_and_then_choose(*arguments):
    return proof()(*arguments)


@accepted("prove")
def as_a_list_of_counts(predict, X, y, suspect, box, own, other):
    before, mine, with_other, with_own = looked_at(
        predict, X, y, suspect, box, own, other
    )
    right, others = before * mine, ~(before | mine)
    return [
        np.sum(with_other * right) / np.sum(right),
        np.sum(with_own * others) / np.sum(others),
    ]


# 8 · Mend the photos


def right_mend(X, marks, box, rng):
    return written(X, marks[rng.integers(len(marks), size=len(X))], box)


def written(X, chosen, box):
    mended = X.copy()
    (top, left), (a, b) = box, chosen.shape[-2:]
    mended[:, top : top + a, left : left + b] = chosen
    return mended


HOLDS_NONE = "write a whole mark into each photo's box, as it is."
DRAW = (
    "draw for every photo, and from all marks with the same probability, "
    "whatever stood there."
)
ANEW = "each photo's mark is drawn anew, whatever the others have."
WITH_RNG = "draw with rng, and with nothing else."
OUTSIDE = (
    "write into [:, top : top + a, left : left + b] only; photos and their "
    "order stay."
)


@mistake("mend", HOLDS_NONE)
def painted_black(X, marks, box, rng):
    return written(X, 0 * marks[0], box)


@mistake("mend", HOLDS_NONE)
def mean_of_the_marks(X, marks, box, rng):
    return written(X, marks.mean(axis=0), box)


@mistake("mend", HOLDS_NONE)
def marks_added(X, marks, box, rng):
    return X + right_mend(0 * X, marks, box, rng)


@mistake("mend", "the marks are to be drawn by chance, with rng.")
def in_turn(X, marks, box, rng):
    return written(X, marks[np.arange(len(X)) % len(marks)], box)


@mistake("mend", WITH_RNG)
def another_generator(X, marks, box, rng):
    other = np.random.default_rng()
    return written(X, marks[other.integers(len(marks), size=len(X))], box)


@mistake("mend", DRAW)
def one_mark_for_all(X, marks, box, rng):
    return written(X, marks[rng.integers(len(marks))], box)


@mistake("mend", DRAW)
def last_mark_never(X, marks, box, rng):
    numbers = rng.integers(max(1, len(marks) - 1), size=len(X))
    return written(X, marks[numbers], box)


@mistake(
    "mend", "the marks have the numbers 0 to m - 1.", message="out of bounds"
)
def one_number_too_many(X, marks, box, rng):
    numbers = 1 + rng.integers(len(marks), size=len(X))
    return written(X, marks[numbers.clip(len(marks))], box)


@mistake("mend", OUTSIDE)
def photos_shuffled(X, marks, box, rng):
    return right_mend(X, marks, box, rng)[rng.permutation(len(X))][::-1]


@mistake("mend", OUTSIDE)
def box_in_the_corner(X, marks, box, rng):
    return right_mend(X, marks, (0, 0), rng)


@mistake("mend", ANEW)
def drawn_for_pairs(X, marks, box, rng):
    numbers = rng.integers(len(marks), size=-(-len(X) // 2))
    return written(X, marks[np.repeat(numbers, 2)[: len(X)]], box)


@mistake("mend", "as many photos as before, and of the same size.")
def the_boxes_only(X, marks, box, rng):
    return marks[rng.integers(len(marks), size=len(X))]


@accepted("mend")
def one_after_another(X, marks, box, rng):
    mended = np.array(X)
    (top, left), (a, b) = box, marks[0].shape
    for photo in mended:
        photo[top : top + a, left : left + b] = rng.choice(marks)
    return mended


@accepted("mend")
def as_floats(X, marks, box, rng):
    return right_mend(X.astype(float), marks, box, rng)


@accepted("mend")
def by_choice(X, marks, box, rng):
    return written(X, marks[rng.choice(len(marks), len(X))], box)


@accepted("mend")
def by_uniform_numbers(X, marks, box, rng):
    numbers = (rng.random(len(X)) * len(marks)).astype(int)
    return written(X, marks[numbers], box)


# 10 · Challenge

UNITS = "eps is meant for pixels from 0 to 1, x is normalized."
LIMITS = "pixels stay between 0 and 1 *before* they are normalized."


def nudged(x, gradient, eps, mean, std, low=0, high=1):
    low, high = (low - mean) / std, (high - mean) / std
    return np.clip(x + eps / std * np.sign(gradient), low, high)


@mistake("nudge", UNITS)
def eps_as_it_is(x, gradient, eps, mean, std):
    return nudged(x, gradient, eps * std, mean, std)


@mistake("nudge", UNITS)
def eps_unclipped(x, gradient, eps, mean, std):
    return x + eps * np.sign(gradient)


@mistake("nudge", UNITS)
def eps_times_std(x, gradient, eps, mean, std):
    return nudged(x, gradient, eps * std**2, mean, std)


@mistake("nudge", LIMITS)
def unclipped(x, gradient, eps, mean, std):
    return x + eps / std * np.sign(gradient)


@mistake("nudge", LIMITS)
def clipped_when_normalized(x, gradient, eps, mean, std):
    return np.clip(x + eps / std * np.sign(gradient), 0, 1)


@mistake("nudge", "return the pixels normalized.")
def not_normalized(x, gradient, eps, mean, std):
    return nudged(x, gradient, eps, mean, std) * std + mean


@mistake("nudge", "uphill: the loss is to grow.")
def downhill_step(x, gradient, eps, mean, std):
    return nudged(x, -gradient, eps, mean, std)


@mistake("nudge", "each pixel moves by eps: only the gradient's sign counts.")
def step_by_the_gradient(x, gradient, eps, mean, std):
    pixels = np.clip(x * std + mean + eps * gradient, 0, 1)
    return (pixels - mean) / std


@mistake("nudge", "where the gradient is 0 the pixel stays.")
def zero_counts_as_down(x, gradient, eps, mean, std):
    return nudged(x, np.where(gradient > 0, 1, -1), eps, mean, std)


@accepted("nudge")
def in_normalized_units(x, gradient, eps, mean, std):
    return nudged(x, gradient, eps, mean, std)


@accepted("nudge")
def with_where(x, gradient, eps, mean, std):
    step = np.where(gradient > 0, eps, np.where(gradient < 0, -eps, 0))
    return ((x * std + mean + step).clip(0, 1) - mean) / std


@accepted("nudge")
def by_two_masks(x, gradient, eps, mean, std):
    pixels = x * std + mean
    moved = pixels + eps * (gradient > 0) - eps * (gradient < 0)
    return (np.minimum(np.maximum(moved, 0), 1) - mean) / std
