"""What the answers of assignment a01 are held to: examples and properties.

Each function takes a student's function; it is called in the block of a
check, and stops at the first thing that is wrong.
"""

import functools
from pathlib import Path

import numpy as np

from utils import checking, data


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")


# Modules in which answers are found.
READY_MADE = {
    *("jax", "keras", "notebooks", "scipy", "sklearn"),
    *("tensorflow", "torch", "utils"),
}
# Two images of four pixels, and the weights of plane, car and truck.
IMAGES = np.array([[12, 48, 96, 18], [4, 18, 2, 96]])
WEIGHTS = np.array(
    [[1.4, -2.0, 0.2], [0.5, 0.1, 0.9], [0.7, 0.2, -0.2], [1.2, -0.7, 0.5]]
)
BIASES = np.array([0.5, 1.2, 0.2])
# Two photos of 2 x 2 pixels.
PHOTOS = np.array(
    [
        [[[12, 155, 240], [48, 6, 70]], [[96, 30, 21], [18, 88, 5]]],
        [[[1, 11, 101], [2, 12, 102]], [[3, 13, 103], [4, 14, 104]]],
    ]
)
# Five images' scores for three classes.
SCORES = np.array(
    [
        [0.15, 0.7, 0.15],
        [1.75, -1.5, 1.0],
        [-0.5, -3.0, -4.0],
        [-0.5, -1.75, 3.0],
        [-0.5, 1.0, 0.5],
    ]
)
LABELS = np.array([0, 1, 1, 2, 1])


def twice(function, *arguments, gives):
    """Call a function two times: it may keep nothing from the first."""
    is_own_work(function)
    check.call(function, *arguments, gives=gives)
    check.call(function, *arguments, gives=gives)


def is_own_work(function):
    """Make sure that a function uses nothing but Python and NumPy."""
    check.own_work(function, READY_MADE)


# 1 · Scores of a batch


def scores_of_two_images(compute_scores):
    right = [[130.1, -11.4, 35.6], [131.7, -71.8, 64.8]]
    twice(compute_scores, IMAGES, WEIGHTS, BIASES, gives=right)


def scores_of_single_pixels(compute_scores):
    X = np.arange(15.0).reshape(3, 5)
    W = np.eye(5)[:, [4, 0]]  # class 0 looks at pixel 4, class 1 at pixel 0
    right = [[14.0, -10.0], [19.0, -5.0], [24.0, 0.0]]
    twice(compute_scores, X, W, np.array([10.0, -10.0]), gives=right)


def scores_at_random(compute_scores, seed, n, d, k):
    rng = np.random.default_rng(seed)
    X, W, b = rng.random((n, d)), rng.normal(size=(d, k)), rng.normal(size=k)
    right = np.array([[x @ w for w in W.T] for x in X]) + b
    check.call(compute_scores, X, W, b, gives=right)


# 2 · Unrolling


def photos_by_pixel(unroll):
    right = [
        [12, 155, 240, 48, 6, 70, 96, 30, 21, 18, 88, 5],
        [1, 11, 101, 2, 12, 102, 3, 13, 103, 4, 14, 104],
    ]
    twice(unroll, PHOTOS, "pixel", gives=right)


def photos_by_channel(unroll):
    right = [
        [12, 48, 96, 18, 155, 6, 30, 88, 240, 70, 21, 5],
        [1, 2, 3, 4, 11, 12, 13, 14, 101, 102, 103, 104],
    ]
    twice(unroll, PHOTOS, "channel", gives=right)


def fractions_unrolled(unroll, by, n, height, width):
    """Unroll images of numbers from 0 to 1, by the definition."""
    is_own_work(unroll)
    images = np.random.default_rng(n).random((n, height, width, 3)).round(3)
    places = list(np.ndindex(height, width, 3))
    if by == "channel":
        places.sort(key=lambda place: place[2])
    right = [[image[place] for place in places] for image in images]
    check.call(unroll, images, by, gives=right)


# 3 · Minibatches


def one_epoch(minibatches, n, batch_size):
    is_own_work(minibatches)
    first, second = _epochs(minibatches, n, batch_size, seed=0)
    uses_every_example(first, n, batch_size)
    check.that(
        len(second) == len(first),
        f"the first call gives {len(first)} batches, the second "
        f"{len(second)}.",
        "begin each call with a new, empty list; one that is made outside "
        "of the function, or as a default argument, is kept.",
    )
    uses_every_example(second, n, batch_size)


def order_of_epochs(minibatches, n, batch_size):
    is_shuffled(
        lambda seed: _epochs(minibatches, n, batch_size, seed), n, batch_size
    )


def _epochs(minibatches, n, batch_size, seed):
    """Return two epochs of a generator, each a list of arrays."""
    rng = np.random.default_rng(seed)
    return [_batches(minibatches, n, batch_size, rng) for _ in range(2)]


def _batches(minibatches, n, batch_size, rng):
    found = check.call(minibatches, n, batch_size, rng)
    check.that(
        hasattr(found, "__iter__"),
        "the result is not a list of batches.",
        "return a list with one array of indices for each batch.",
    )
    found = list(found)
    check.that(
        all(isinstance(batch, np.ndarray) for batch in found),
        "the batches are not all NumPy arrays.",
        "return a list with one array of indices for each batch.",
    )
    check.that(
        all(batch.ndim == 1 and batch.dtype.kind in "iu" for batch in found),
        "the batches are not rows of whole numbers.",
        "a batch is an array (m,) of indices: m integers.",
    )
    return found


def uses_every_example(batches, n, batch_size):
    """Look at one epoch, a list of arrays of indices."""
    used = [i for batch in batches for i in batch.tolist()]
    wrong = next((i for i in used if not 0 <= i < n), None)
    check.that(
        wrong is None,
        f"there is an index {wrong}; those of {n} examples run from 0 to "
        f"{n - 1}.",
        f"shuffle the numbers from 0 to {n - 1}.",
    )
    sizes, wanted = [len(batch) for batch in batches], _sizes(n, batch_size)
    check.that(
        sizes == wanted,
        f"the batches have the sizes {sizes}, not {wanted}.",
        f"each holds {batch_size} examples, and the last one what is left.",
    )
    check.that(
        len(set(used)) == n,
        "some examples are used twice in one epoch, and others never.",
        "draw without replacement, and shuffle once, before you cut: "
        "rng.permutation(n) has every number once.",
    )


def _sizes(n, batch_size):
    return [min(batch_size, n - i) for i in range(0, n, batch_size)]


def is_shuffled(epochs_of, n, batch_size):
    """Look at how examples are shuffled; epochs_of: returns two
    epochs of a seed, each a list of arrays of indices."""
    for epoch in epochs_of(0):
        uses_every_example(epoch, n, batch_size)
    first, last = map(np.concatenate, epochs_of(0))
    check.that(
        (first != np.arange(n)).any(),
        "the examples come in their old order.",
        "shuffle them: the files may be sorted by class. rng.permutation "
        "returns a shuffled copy, rng.shuffle works in place.",
    )
    check.that(
        (first != last).any(),
        "the second epoch has the same batches as the first.",
        "shuffle anew in each epoch, with the rng that you are given, and "
        "don't make a new one: it goes on to other numbers.",
    )
    again, _ = map(np.concatenate, epochs_of(0))
    check.that(
        (first == again).all(),
        "with the same seed the batches are different.",
        "use rng.permutation, not np.random: otherwise nobody can repeat "
        "your experiment.",
    )
    other, _ = map(np.concatenate, epochs_of(1))
    check.that(
        (first != other).any(),
        "the order of the examples doesn't depend on rng.",
        "shuffle with the rng that you are given.",
    )
    begins = {
        frozenset(epochs_of(seed)[0][0].tolist()) for seed in range(5 * n)
    }
    check.that(
        len(begins) > 1,
        "the first batch always holds the same examples.",
        "shuffle before you cut, not within the batches.",
    )
    check.that(
        len(begins) > n,
        f"in {5 * n} epochs the first batch is one of only a few.",
        "shuffle the examples, not the order of the batches, and don't just "
        "begin at another place.",
    )
    check.that(
        len(frozenset.union(*begins)) == n,
        f"in {5 * n} epochs some examples are never in the first batch.",
        "shuffle all examples, not a part of them.",
    )


# 4 · The hinge loss


def loss_of_five_images(hinge_loss):
    twice(hinge_loss, SCORES, LABELS, gives=1.96)


def loss_of_zeros(hinge_loss):
    is_own_work(hinge_loss)
    y = np.array([3, 1, 4, 1, 5])
    check.call(hinge_loss, np.zeros((5, 10)), y, gives=1.0)


def loss_of_whole_numbers(hinge_loss):
    low = -6_000_000
    scores = np.array([[low - 9, low + 1, low], [8, 2, 7], [low, 1, low - 7]])
    twice(hinge_loss, scores, np.array([1, 0, 0]), gives=(2 - low) / 3)


def loss_at_random(hinge_loss, seed, n, k, size):
    scores, y = _random_scores(seed, n, k, size)
    losses = [
        max(0, 1 + np.delete(row, c).max() - row[c])
        for row, c in zip(scores, y)
    ]
    check.call(hinge_loss, scores, y, gives=np.mean(losses))


def _random_scores(seed, n, k, size):
    rng = np.random.default_rng(seed)
    return size * rng.normal(-1, 1, (n, k)), rng.integers(0, k, n)


# 5 · Its gradient


def gradient_of_five_images(hinge_gradient):
    first, last = [-0.2, 0.2, 0], [0, -0.2, 0.2]
    right = [first, [0.2, -0.2, 0], [0.2, -0.2, 0], [0, 0, 0], last]
    twice(hinge_gradient, SCORES, LABELS, gives=right)


def gradient_of_two_images(hinge_gradient):
    scores = np.array([[5.0, 5.5, -1.0, 5.25], [-4.0, -9.0, -5.5, -8.0]])
    right = [[0, -0.5, 0, 0.5], [0, 0, 0, 0]]
    twice(hinge_gradient, scores, np.array([1, 0]), gives=right)


def gradient_of_whole_numbers(hinge_gradient):
    scores = np.array([[-1, -4, -2], [0, -3, 7], [3, 1, 5], [-8, -7, -9]])
    right = [[0.25, 0, -0.25], [0, 0, 0], [-0.25, 0, 0.25], [-0.25, 0.25, 0]]
    check.call(hinge_gradient, scores, np.array([2, 2, 0, 0]), gives=right)


def gradient_at_random(hinge_gradient, seed, n, k, size):
    scores, y = _random_scores(seed, n, k, size)
    right = np.zeros((n, k))
    for row, s, c in zip(right, scores, y):
        best = max(set(range(k)) - {c}, key=s.item)
        if s[c] < 1 + s[best]:
            row[c], row[best] = -1 / n, 1 / n
    check.call(hinge_gradient, scores, y, gives=right)


# 6 · Training


class MadeUp:
    """A loss whose gradients are 1 for each weight and 2 for each bias. It
    notes what it is asked about; image i begins with the number i."""

    def __init__(self):
        self.batches, self.labels, self.weights, self.biases = [], [], [], []

    def __call__(self, X, y, W, b):
        check.that(
            np.ndim(X) == 2 and len(X) == np.size(y),
            f"gradients is asked about X of shape {np.shape(X)} and y of "
            f"shape {np.shape(y)}.",
            "give it the rows of X and the entries of y that a batch has.",
        )
        self.batches.append(np.array(X)[:, 0].astype(int))
        self.labels.append(np.array(y))
        self.weights.append(np.array(W))
        self.biases.append(np.array(b))
        return np.ones((np.shape(X)[1], 10)), np.full(10, 2.0)


def steps(train, n, lr, batch_size, num_epochs):
    """See where the steps lead, and from where."""
    is_own_work(train)
    count = len(_sizes(n, batch_size)) * num_epochs
    end = -lr * count
    right = np.full((2, 10), end), np.full(10, 2 * end)
    before = np.arange(count) * -lr  # each step
    for _ in range(2):
        answer, asked = _trained(train, n, lr, batch_size, num_epochs)
        most = max(map(len, asked.batches))
        check.that(
            most <= batch_size,
            f"gradients is asked about {most} images at once; a batch holds "
            f"{batch_size} at most.",
            "give it the rows of X and the entries of y that a batch has.",
        )
        check.that(
            not (asked.weights[0].any() or asked.biases[0].any()),
            "training doesn't begin from zero.",
            "keep W and b as the first line makes them.",
        )
        check.equal(answer, right)
        check.that(
            all(map(np.allclose, asked.weights, before))
            and all(map(np.allclose, asked.biases, 2 * before)),
            "gradients is asked about another W or b than the step before "
            "has left.",
            "make a step with each minibatch, and give gradients the W and b "
            "of this moment.",
        )


def every_image_counts(train, n, batch_size):
    """Look at which images are in the batches."""
    _, asked = _trained(train, n, 0.1, batch_size, num_epochs=2)
    pairs = zip(asked.batches, asked.labels)
    check.that(
        all(np.array_equal(images % 10, labels) for images, labels in pairs),
        "images and labels don't belong together.",
        "shuffle once, and use the same indices for X and y.",
    )
    for epoch in _halves(asked.batches):
        uses_every_example(epoch, n, batch_size)


def order_of_images(train, n, batch_size):
    def epochs_of(seed):
        _, asked = _trained(train, n, 0.1, batch_size, 2, seed)
        return _halves(asked.batches)

    is_shuffled(epochs_of, n, batch_size)


def _halves(batches):
    middle = len(batches) // 2
    return batches[:middle], batches[middle:]


def _trained(train, n, lr, batch_size, num_epochs, seed=0):
    """Train with made-up gradients; count the steps."""
    numbers, asked = np.arange(n), MadeUp()
    X = np.stack([numbers, numbers + 0.5], axis=1)
    rng = np.random.default_rng(seed)
    settings = lr, batch_size, num_epochs, rng
    answer = check.call(train, X, numbers % 10, asked, *settings)
    one = len(_sizes(n, batch_size))
    check.that(
        len(asked.batches) == one * num_epochs,
        f"{len(asked.batches)} steps were made; {n} images in batches of "
        f"{batch_size} make {one} in each of {num_epochs} epochs.",
        "make one with each minibatch of each epoch.",
    )
    return answer, asked


# 7 · Settings


def sensible_settings(settings):
    found = check.call(settings)
    check.that(
        isinstance(found, (tuple, list)) and len(found) == 3,
        "settings returns lr, batch_size, num_epochs: three numbers.",
    )
    lr, batch_size, num_epochs = found
    whole = all(isinstance(n, (int, np.integer)) for n in found[1:])
    check.that(
        whole and batch_size >= 1 and num_epochs >= 1,
        "batch_size and num_epochs are whole numbers from 1.",
    )
    check.that(
        np.isreal(lr) and lr > 0, "the learning rate is a number above 0."
    )
    return found


def validation_accuracy(settings, seeds=(0, 1, 2), floor=0.82):
    """Train with different shuffles and look at the worst run; if that isn't
    enough, tell what other rates reach."""
    lr, *others = sensible_settings(settings)
    worst = min(accuracy(lr, *others, seed) for seed in seeds)
    if worst >= floor:
        return
    rates = [lr / 30, lr / 5, lr * 5]
    reached = ", ".join(
        f"{accuracy(rate, *others, seeds[0]):.1%} with {rate:.2g}"
        for rate in rates
    )
    check.that(
        False,
        f"in the worst of three runs {worst:.1%} of the validation garments "
        f"are sorted correctly; {floor:.0%} are asked for.",
        f"other learning rates would reach {reached}. Smaller batches and "
        "more epochs may help, too.",
    )


@functools.cache
def accuracy(lr, batch_size, num_epochs, seed):
    X, signs, X_valid, y_valid = _garments()
    rng, lr = np.random.default_rng(seed), np.float32(lr)
    W, b = np.zeros((784, 10), np.float32), np.zeros(10, np.float32)
    with np.errstate(all="ignore"):
        for _ in range(num_epochs):
            order = rng.permutation(len(X))
            for start in range(0, len(X), batch_size):
                batch = order[start : start + batch_size]
                x, sign = X[batch], signs[batch]
                costs = sign * (x @ W + b) < 1
                G = -sign * costs / np.float32(len(x))
                W, b = W - lr * x.T @ G, b - lr * G.sum(axis=0)
        return np.mean((X_valid @ W + b).argmax(axis=1) == y_valid)


@functools.cache
def _garments():
    garments = data.fashion_mnist()
    X = garments.train_images.reshape(-1, 784) / np.float32(255)
    y = garments.train_labels
    signs = 2 * np.eye(10, dtype=np.float32)[y[:50_000]] - 1
    return X[:50_000], signs, X[50_000:], y[50_000:]


# 8 · Templates


def templates_of_two_classes(read_templates):
    first = np.arange(1, 7)
    W = np.stack([first, 10 * first], axis=1)
    right = [[[1, 2], [3, 4], [5, 6]], [[10, 20], [30, 40], [50, 60]]]
    twice(read_templates, W, 3, 2, gives=right)


def templates_of_single_pixels(read_templates):
    W, right = np.zeros((12, 3)), np.zeros((3, 3, 4))
    W[[0, 5, 11], [0, 1, 2]] = 1.0
    right[[0, 1, 2], [0, 1, 2], [0, 1, 3]] = 1.0
    twice(read_templates, W, 3, 4, gives=right)


def templates_at_random(read_templates, k, height, width):
    images = np.random.default_rng(k).normal(size=(k, height, width))
    W = np.stack([image.ravel() for image in images], axis=1)
    check.call(read_templates, W, height, width, gives=images)


# 10 · Evidence


def evidence_for_a_plane(evidence):
    right = [14.4, -19.2, 86.4, 12.6]
    twice(evidence, IMAGES[0], WEIGHTS, 0, 2, gives=right)


def evidence_of_dark_pixels(evidence):
    W, x = np.eye(4)[:, [2, 0, 1]] * 3.0, np.array([5.0, 7.0, 0.0, 9.0])
    twice(evidence, x, W, 2, 1, gives=[-15.0, 21.0, 0.0, 0.0])
