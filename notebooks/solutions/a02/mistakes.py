"""Wrong answers to a02: {exercise: {part of the hint: the answer}}."""

STABLE = """
def {name}(scores, y=None):
    {start}
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    P = exps / exps.sum(axis=1, keepdims=True)
    log_P = scores - np.logaddexp.reduce(scores, axis=1)[:, None]
    n, k = scores.shape
    {end}
"""


def log_softmax(end):
    return STABLE.format(name="log_softmax", start="", end=end)


def cross_entropy(end):
    start = "rows = np.arange(len(y))"
    return STABLE.format(name="cross_entropy", start=start, end=end)


def gradient(end):
    start = "Y = np.eye(scores.shape[1])[y]"
    return STABLE.format(name="cross_entropy_gradient", start=start, end=end)


def kl(result):
    return (
        "def kl_divergence(P, Q):\n"
        "    ratio = np.divide(P, Q, out=np.ones_like(P), where=P > 0)\n"
        "    inverse = np.divide(Q, P, out=np.ones_like(P), where=Q > 0)\n"
        f"    return {result}"
    )


NUMERIC = """
def numeric_gradient(f, x, step=1e-5):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        middle = x[i]
        x[i] = middle + step
        up = f(x)
        x[i] = middle - step
        down = f(x)
        x[i] = middle
        gradient[i] = (up - down) / (2 * step)
    return gradient
"""
TRAIN = """
def train(X, y, k, lr, batch_size, num_epochs, rng):
    W, b = np.zeros((X.shape[1], k), X.dtype), np.zeros(k, X.dtype)
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            scores = X[batch] @ W + b
            exps = np.exp(scores - scores.max(axis=1, keepdims=True))
            G = exps / exps.sum(axis=1, keepdims=True)
            G[np.arange(len(batch)), y[batch]] -= 1
            G /= len(batch)
            W -= lr * X[batch].T @ G
            b -= lr * G.sum(axis=0)
    return W, b
"""
SETTINGS = "def settings():\n    return 0.05, 100, 5\n"


def changed(source, old, new):
    assert old in source
    return source.replace(old, new)


def train(old, new):
    return changed(TRAIN, old, new) + SETTINGS


ANSWERS = {
    "a02-log-softmax": {
        "over the whole array": log_softmax(
            "return scores - np.log(np.exp(scores).sum())"
        ),
        "down the columns": log_softmax(
            "return scores - np.log(np.exp(scores).sum(axis=0))"
        ),
        "return their logarithms": log_softmax("return P"),
        "never positive": log_softmax("return -log_P"),
        "natural logarithm": log_softmax("return log_P / np.log(10)"),
        "logarithm of the sum is missing": log_softmax(
            "return scores - scores.max(axis=1, keepdims=True)"
        ),
        "keepdims=True": log_softmax("return scores - scores.max(axis=1)"),
        "e to the power -1000 is 0": log_softmax(
            "return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))"
        ),
        "infinity by infinity": log_softmax(
            "exps = np.exp(scores)\n"
            "    return np.log(exps / exps.sum(axis=1, keepdims=True))"
        ),
        "don't take it of the result": log_softmax("return np.log(P)"),
        "each row needs its own": log_softmax(
            "shifted = scores - scores.max()\n"
            "    sums = np.exp(shifted).sum(axis=1, keepdims=True)\n"
            "    return shifted - np.log(sums)"
        ),
        "work on a copy": log_softmax(
            "scores -= scores.max(axis=1, keepdims=True)\n"
            "    sums = np.exp(scores).sum(axis=1, keepdims=True)\n"
            "    return scores - np.log(sums)"
        ),
    },
    "a02-cross-entropy": {
        "sum over the images": cross_entropy("return -log_P[rows, y].sum()"),
        "losses of the single images": cross_entropy("return -log_P[rows, y]"),
        "never negative": cross_entropy("return log_P[rows, y].mean()"),
        "applied twice": cross_entropy(
            "P = np.exp(P) / np.exp(P).sum(axis=1, keepdims=True)\n"
            "    return -np.log(P[rows, y]).mean()"
        ),
        "np.log": cross_entropy("return -log_P[rows, y].mean() / np.log(10)"),
        "*every* row": cross_entropy("return -log_P[:, y].mean()"),
        "not by all n * k": cross_entropy(
            "return -np.mean(np.eye(k)[y] * log_P)"
        ),
        "scores themselves": cross_entropy("return -scores[rows, y].mean()"),
        "logarithm is missing": cross_entropy("return -P[rows, y].mean()"),
        "power 2000 is infinity": cross_entropy(
            "exps = np.exp(scores)\n"
            "    P = exps / exps.sum(axis=1, keepdims=True)\n"
            "    return -np.log(P[rows, y]).mean()"
        ),
        "rounded to 0": cross_entropy("return -np.log(P[rows, y]).mean()"),
    },
    "a02-gradient": {
        "each counts 1/n": gradient("return P - Y"),
        "not by all n * k": gradient("return (P - Y) / P.size"),
        "minus the label": gradient("return (Y - P) / n"),
        "label is not subtracted": gradient("return P / n"),
        "numbers of the classes": gradient("return (P - y[:, None]) / n"),
        "all scores take part": gradient("return (P - Y) * Y / n"),
        "only the diagonal": gradient("return P * (1 - P) / n"),
        "each row's maximum first": gradient(
            "exps = np.exp(scores)\n"
            "    return (exps / exps.sum(axis=1, keepdims=True) - Y) / n"
        ),
    },
    "a02-kl": {
        "0 times the logarithm": kl("np.sum(P * np.log(P / Q), axis=1)"),
        "weighs the logarithms": kl("np.sum(Q * np.log(inverse), axis=1)"),
        "comes first; and terms": kl("np.sum(Q * np.log(Q / P), axis=1)"),
        "exceeds the entropy": kl(
            "-np.sum(P * np.log(np.where(P > 0, Q, 1)), axis=1)"
        ),
        "cross-entropy, not KL": kl("-np.sum(P * np.log(Q), axis=1)"),
        "not of q / p": kl("-np.sum(P * np.log(ratio), axis=1)"),
        "axis=1": kl("np.sum(P * np.log(ratio))"),
        "in bits": kl("np.sum(P * np.log2(ratio), axis=1)"),
    },
    "a02-numeric-gradient": {
        "forward differences": changed(
            NUMERIC, "middle - step", "middle"
        ).replace("(2 * step)", "step"),
        "backward differences": changed(
            NUMERIC, "middle + step", "middle"
        ).replace("(2 * step)", "step"),
        "a way of 2h": changed(NUMERIC, "(2 * step)", "step"),
        "up minus down": changed(NUMERIC, "up - down", "down - up"),
        "one at a time": NUMERIC.replace("x[i] = middle", "pass  #")
        .replace("up = f(x)", "up = f(x + step)")
        .replace("down = f(x)", "down = f(x - step)"),
        "put back": changed(NUMERIC, "        x[i] = middle\n", ""),
        "is cut off": changed(NUMERIC, "np.array(x, dtype=float)", "x.copy()"),
        "refuses to add": changed(
            NUMERIC, "np.array(x, dtype=float)", "x.copy()"
        ).replace("x[i] = middle + step", "x += np.zeros(x.shape) + step"),
        "work on a copy, x.copy()": changed(
            NUMERIC, "return gradient", "original += step; return gradient"
        ).replace("x = np.array(x,", "original = x; x = np.array(x,"),
    },
    "a02-training": {
        "uphill": train("-= lr", "+= lr"),
        "number of images in the batch": train("G /= len(batch)", "pass"),
        "by the learning rate": train("-= lr * ", "-= "),
        "biases don't learn": train("b -= lr * G.sum(axis=0)", "pass"),
        "still zero": train("    return W, b", "    return 0 * W, 0 * b"),
        "over the images": train(".sum(axis=1", ".sum(axis=0"),
        "labels are not subtracted": train(
            "G[np.arange(len(batch)), y[batch]] -= 1", "pass"
        ),
        "don't drop the last": train(
            "range(0, len(X), ", "range(0, len(X) - batch_size + 1, "
        ),
        "same indices for X and y": train(
            "y[batch]] -=", "y[np.sort(batch)]] -="
        ),
        "inside the loop": train("    return W, b", "        return W, b"),
        "at the start of each epoch": train(
            "order = rng.permutation(len(X))", "order = np.arange(len(X))"
        ),
        "not np.random": train("rng.permutation", "np.random.permutation"),
        "three times larger": TRAIN
        + changed(SETTINGS, "0.05, 100, 5", "1e-4, 100, 1"),
    },
    "a02-temperature": {
        "divided by T, not multiplied": "own = best_temperature\n"
        "best_temperature = lambda scores, y: 1 / own(scores, y)",
        "accuracy is the same": "best_temperature = lambda scores, y: 1.0",
        "on a grid": "best_temperature = lambda scores, y: 10.0",
    },
}
