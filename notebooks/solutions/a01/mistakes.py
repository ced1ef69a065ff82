"""Wrong answers to a01: {exercise: {part of the hint: the answer}}."""

HINGE = """
def {name}(scores, y):
    n, rows = len(y), np.arange(len(y))
    true, rivals = scores[rows, y], scores.copy()
    rivals[rows, y] = -np.inf
    best = rivals.argmax(axis=1)
    missing = 1 + rivals.max(axis=1) - true
    gradient = np.zeros(scores.shape)
    {end}
"""


def hinge_loss(end):
    return HINGE.format(name="hinge_loss", end=end)


def hinge_gradient(end):
    return HINGE.format(name="hinge_gradient", end=end)


def minibatches(body):
    return f"def minibatches(n, batch_size, rng):\n    {body}"


CUT = "return [order[i:i + batch_size] for i in range(0, n, batch_size)]"
TRAIN = """
def train(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = np.zeros((X.shape[1], 10), X.dtype), np.zeros(10, X.dtype)
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            dW, db = gradients(X[batch], y[batch], W, b)
            W -= lr * dW
            b -= lr * db
    return W, b
"""
SETTINGS = "def settings():\n    return 0.02, 100, 6\n"


def train(old, new):
    assert old in TRAIN
    return TRAIN.replace(old, new) + SETTINGS


ANSWERS = {
    "a01-scores": {
        "bias is missing": "compute_scores = lambda X, W, b: X @ W",
        "return the transpose": "compute_scores = lambda X, W, b: "
        "(X @ W + b).T",
        "all images are added": "compute_scores = lambda X, W, b: "
        "X.sum(axis=0) @ W + b",
        "scores of the first image only": "compute_scores = lambda X, W, b: "
        "X[0] @ W + b",
        "inner sizes": "compute_scores = lambda X, W, b: W @ X + b",
    },
    "a01-unrolling": {
        "order by channel": "def unroll(images, by):\n"
        "    if by == 'pixel':\n"
        "        images = np.moveaxis(images, 3, 1)\n"
        "    return images.reshape(len(images), -1)",
        "order by pixel": "unroll = lambda images, by: "
        "images.reshape(len(images), -1)",
        "keep one row": "def unroll(images, by):\n"
        "    if by == 'channel':\n"
        "        images = np.moveaxis(images, 3, 1)\n"
        "    return images.reshape(-1)",
        "down the columns": "def unroll(images, by):\n"
        "    axes = (0, 2, 1, 3) if by == 'pixel' else (0, 3, 2, 1)\n"
        "    return images.transpose(axes).reshape(len(images), -1)",
        "must stay in front": "def unroll(images, by):\n"
        "    if by == 'channel':\n"
        "        images = np.moveaxis(images, 3, 0)\n"
        "    return images.reshape(images.shape[by == 'channel'], -1)",
        "axis 2 of a batch is the width": "def unroll(images, by):\n"
        "    n = len(images)\n"
        "    if by == 'channel':\n"
        "        images = np.moveaxis(images, 2, 0)\n"
        "    return images.reshape(n, -1)",
    },
    "a01-minibatches": {
        "array of indices for each batch": minibatches(
            f"order = rng.permutation(n).tolist()\n    {CUT}"
        ),
        "must not be dropped": minibatches(
            "order = rng.permutation(n)\n    return [order[i:i + batch_size] "
            "for i in range(0, n - batch_size + 1, batch_size)][: n // "
            "(batch_size + 1)]"
        ),
        "without replacement": minibatches(
            f"order = rng.integers(0, n, n)\n    {CUT}"
        ),
        "where the one before it ended": minibatches(
            "return np.array_split(rng.permutation(n), n // batch_size + 2)"
        ),
        "sorted by class": minibatches(f"order = np.arange(n)\n    {CUT}"),
        "don't make a new one": minibatches(
            f"order = np.random.default_rng(0).permutation(n)\n    {CUT}"
        ),
        "nobody can repeat": minibatches(
            f"order = np.random.permutation(n)\n    {CUT}"
        ),
    },
    "a01-hinge-loss": {
        "sum over the images": hinge_loss(
            "return np.maximum(0, missing).sum()"
        ),
        "losses of the single images": hinge_loss(
            "return np.maximum(0, missing)"
        ),
        "leave the true one out": hinge_loss(
            "return np.maximum(0, 1 + scores.max(axis=1) - true).mean()"
        ),
        "rivals are added up": hinge_loss(
            "return np.maximum(0, 1 + rivals - true[:, None]).sum() / n"
        ),
        "below zero": hinge_loss("return missing.mean()"),
        "where is the 1": hinge_loss(
            "return np.maximum(0, missing - 1).mean()"
        ),
        "exchanged": hinge_loss("return np.maximum(0, 2 - missing).mean()"),
        "take -np.inf": hinge_loss(
            "rivals[rows, y] = 0\n"
            "    return np.maximum(0, 1 + rivals.max(axis=1) - true).mean()"
        ),
    },
    "a01-hinge-gradient": {
        "each counts 1/n": hinge_gradient(
            "gradient[rows, y] -= missing > 0\n"
            "    gradient[rows, best] += missing > 0\n"
            "    return gradient"
        ),
        "higher true score": hinge_gradient(
            "gradient[rows, y] += (missing > 0) / n\n"
            "    gradient[rows, best] -= (missing > 0) / n\n"
            "    return gradient"
        ),
        "not the true class": hinge_gradient(
            "gradient[rows, best] += (missing > 0) / n\n    return gradient"
        ),
        "must not push": hinge_gradient(
            "gradient[rows, y] -= 1 / n\n"
            "    gradient[rows, best] += 1 / n\n"
            "    return gradient"
        ),
        "*best* rival": hinge_gradient(
            "gradient = (1 + rivals - true[:, None] > 0) / n\n"
            "    gradient[rows, y] = -gradient.sum(axis=1)\n"
            "    return gradient"
        ),
        "look for the rival": hinge_gradient(
            "best = scores.argmax(axis=1)\n"
            "    gradient[rows, y] -= (missing > 0) / n\n"
            "    gradient[rows, best] += (missing > 0) / n\n"
            "    return gradient"
        ),
        "work on a copy": hinge_gradient(
            "gradient[rows, y] -= (missing > 0) / n\n"
            "    gradient[rows, best] += (missing > 0) / n\n"
            "    scores[rows, y] = 0\n"
            "    return gradient"
        ),
    },
    "a01-training": {
        "uphill": train("-=", "+="),
        "return inside": train("    return W, b", "        return W, b"),
        "by the learning rate": train("lr * ", ""),
        "biases don't learn": train("b -= lr * db", "pass"),
        "smaller batch of each": train(
            "range(0, len(X), ", "range(0, len(X) - batch_size + 1, "
        ),
        "one in each epoch": train("range(0, len(X), batch_size)", "range(1)"),
        "only one step is left": train(
            "W -= lr * dW\n            b -= lr * db",
            "newW, newb = -lr * dW, -lr * db",
        ).replace("return W, b", "return newW, newb"),
        "still zero": train(
            "W -= lr * dW\n            b -= lr * db",
            "new = W - lr * dW, b - lr * db",
        ),
        "same indices for X and y": train("y[batch]", "y[batch - 1]"),
        "without replacement, and to the end": train(
            "rng.permutation(len(X))", "rng.integers(0, len(X), len(X))"
        ),
        "anew in each epoch": train(
            "order = rng.permutation(len(X))", "order = np.arange(len(X))"
        ),
        "three times larger": TRAIN
        + SETTINGS.replace("0.02, 100, 6", "1e-4, 100, 1"),
    },
    "a01-templates": {
        "a class is a column": "read_templates = lambda W, height, width: "
        "W.reshape(-1, height, width)",
        "height and width are exchanged": "read_templates = lambda W, "
        "height, width: W.T.reshape(-1, width, height)",
        "column by column": "read_templates = lambda W, height, width: "
        "W.T.reshape(-1, width, height).transpose(0, 2, 1)",
        "the first axis": "read_templates = lambda W, height, width: "
        "W.reshape(height, width, -1)",
        "the shape of an image": "read_templates = lambda W, height, width: "
        "W.T",
    },
    "a01-evidence": {
        "score of c alone": "evidence = lambda x, W, c, r: x * W[:, c]",
        "these are weights": "evidence = lambda x, W, c, r: W[:, c] - W[:, r]",
        "keep the pixels apart": "evidence = lambda x, W, c, r: "
        "x @ (W[:, c] - W[:, r])",
        "for r against c": "evidence = lambda x, W, c, r: "
        "x * (W[:, r] - W[:, c])",
    },
}
