"""Wrong answers to a05: {exercise: {part of the hint: the answer}}."""


def by_hand(dx, dy, dz):
    return (
        "def by_hand(x, y, z):\n"
        "    q = x + y\n"
        "    m = max(q, z)\n"
        f"    return q * m, {dx}, {dy}, {dz}"
    )


def changed(source, old, new):
    assert old in source
    return source.replace(old, new)


MULTIPLY = """
def multiply(a, b):
    return a * b, lambda g: g * b, lambda g: g * a
"""
POWER = """
def power(a, exponent):
    def rule(g):
        if exponent == 0:
            return np.zeros_like(g)
        return g * exponent * a ** (exponent - 1)
    return a**exponent, rule
"""
TANH = """
def tanh(a):
    value = np.tanh(a)
    return value, lambda g: g * (1 - value**2)
"""
SOFTMAX = """
def softmax(scores):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    P = exps / exps.sum(axis=1, keepdims=True)
    return P, lambda g: P * (g - (g * P).sum(axis=1, keepdims=True))
"""
ORDER = """
def ordered(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, inputs_listed = stack.pop()
        if inputs_listed:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((x, False) for x, _ in node.edges)
    return order
"""
RECURSIVE = """
def ordered(root):
    order = []
    def visit(node):
        {before}
        for x, _ in node.edges:
            visit(x)
        {after}
    visit(root)
    return order
"""
UNBROADCAST = """
def unbroadcast(gradient, shape):
    extra = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(extra)))
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=ones, keepdims=True)
"""
MATMUL = """
def matmul(a, b):
    A = a if a.ndim > 1 else a[None, :]
    B = b if b.ndim > 1 else b[:, None]
    shape = (A @ B).shape
    def rule_a(g):
        G = g.reshape(shape) @ B.swapaxes(-1, -2)
        return unbroadcast(G, A.shape).reshape(a.shape)
    def rule_b(g):
        G = A.swapaxes(-1, -2) @ g.reshape(shape)
        return unbroadcast(G, B.shape).reshape(b.shape)
    return a @ b, rule_a, rule_b
"""
JUDGE = """
def gradient_is_right(f, x, gradient):
    numeric = numeric_gradient(f, x)
    if np.shape(gradient) != numeric.shape:
        return False
    error = np.abs(gradient - numeric).max()
    scale = max(np.abs(gradient).max(), np.abs(numeric).max())
    return bool(error <= 1e-5 * scale)
"""
MENDED = """
def backward_pass(X, y, W1, b1, W2, b2, W3, b3):
    A = X @ W1 + b1
    H = np.maximum(A, 0)
    B = H @ W2 + b2
    S = H + np.maximum(B, 0)
    scores = S @ W3 + b3
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    G = exps / exps.sum(axis=1, keepdims=True)
    G[np.arange(len(y)), y] -= 1
    G /= len(y)
    dS = G @ W3.T
    dB = dS * (B > 0)
    dH = dS + dB @ W2.T
    dA = dH * (A > 0)
    return (
        X.T @ dA, dA.sum(axis=0), H.T @ dB, dB.sum(axis=0), S.T @ G,
        G.sum(axis=0),
    )
"""
CURVATURE = """
def hessian_times(gradient, x, v):
    length = np.linalg.norm(v)
    if length == 0:
        return np.zeros(x.shape)
    step = 1e-5 / length
    up, down = gradient(x + step * v), gradient(x - step * v)
    return (up - down) / (2 * step)
"""


def multiply(rules):
    return changed(MULTIPLY, "lambda g: g * b, lambda g: g * a", rules) + POWER


def power(old, new):
    return MULTIPLY + changed(POWER, old, new)


def tanh(old, new):
    return changed(TANH, old, new) + SOFTMAX


def softmax(old, new):
    return TANH + changed(SOFTMAX, old, new)


def softmax_rule(rule):
    old = "P * (g - (g * P).sum(axis=1, keepdims=True))"
    return softmax(old, rule)


def order(old, new):
    return changed(ORDER, old, new)


def unbroadcast(body):
    return f"def unbroadcast(gradient, shape):\n    {body}\n" + MATMUL


def matmul(rules):
    return UNBROADCAST + (
        f"def matmul(a, b):\n    T = lambda m: m.swapaxes(-1, -2)\n"
        f"    return a @ b, {rules}"
    )


def judge(old, new):
    return changed(JUDGE, old, new)


def mended(old, new):
    return changed(MENDED, old, new)


def curvature(old, new):
    return changed(CURVATURE, old, new)


RIGHT_Q = "m + q * (q > z)"
ANSWERS = {
    "a05-by-hand": {
        "multiplication switches": by_hand(
            "q + m * (q > z)", "q + m * (q > z)", "m * (z > q)"
        ),
        "all of the gradient goes to the winner": by_hand(
            "m + q * (q < z)", "m + q * (q < z)", "q * (z < q)"
        ),
        "doesn't copy": by_hand("m + q", "m + q", "q"),
        "whatever their values": by_hand(
            f"y * ({RIGHT_Q})", f"x * ({RIGHT_Q})", "q * (z > q)"
        ),
        "doesn't share": by_hand(
            f"({RIGHT_Q}) / 2", f"({RIGHT_Q}) / 2", "q * (z > q)"
        ),
        "1 is the local slope": by_hand(
            "m + (q > z)", "m + (q > z)", "1 * (z > q)"
        ),
        "only one of them arrived": by_hand("m", "m", "q * (z > q)"),
        "z has lost the maximum": by_hand("m", "m", "q"),
    },
    "a05-multiply-power": {
        "the gradient of a needs b": multiply(
            "lambda g: g * a, lambda g: g * b"
        ),
        "these are the local slopes": multiply("lambda g: b, lambda g: a"),
        "has changed g itself": multiply(
            "lambda g: g.__imul__(b), lambda g: g.__imul__(a)"
        ),
        "two functions of g": multiply("b, a"),
        "is the matrix product": multiply("lambda g: g @ b, lambda g: g @ a"),
        "work on a copy": changed(
            MULTIPLY, "return a * b", "c = b.copy()\n    a *= b\n    return a"
        )
        .replace("g * b", "g * c")
        .replace("g * a", "g * (a / c)")
        + POWER,
        "comes down as a factor": power("g * exponent *", "g *"),
        "one less": power("(exponent - 1)", "exponent"),
        "this is the local slope": power("g * exponent", "exponent"),
        "divide 0 by 0": power("a ** (exponent - 1)", "a ** exponent / a"),
        "with the logarithm": power(
            "exponent * a ** (exponent - 1)", "a**exponent * np.log(a)"
        ),
        "treat the exponent 0 on its own": power("exponent == 0", "False"),
        "also when all of it is 0": power("np.zeros_like(g)", "0.0"),
    },
    "a05-tanh-softmax": {
        "not of a.": tanh("1 - value**2", "1 - a**2"),
        "slope of the sigmoid": tanh("(1 - value**2)", "value * (1 - value)"),
        "square of one minus": tanh("(1 - value**2)", "(1 - value) ** 2"),
        "local slopes of tanh": tanh("g * (1", "(1"),
        "use np.tanh": tanh(
            "np.tanh(a)",
            "(np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))",
        ),
        "softmax runs down the columns": softmax(
            "exps.sum(axis=1, keepdims=True)", "exps.sum(axis=0)"
        ),
        "this sums up to 1": softmax(
            "exps.sum(axis=1, keepdims=True)", "exps.sum()"
        ),
        "that of the column": softmax(
            "scores.max(axis=1, keepdims=True)", "scores.max(axis=0)"
        ),
        "only the diagonal": softmax_rule("g * P * (1 - P)"),
        "the sum runs over the whole array": softmax_rule(
            "P * (g - (g * P).sum())"
        ),
        "the sum runs down the columns": softmax_rule(
            "P * (g - (g * P).sum(axis=0))"
        ),
        "weighted with its probability": softmax_rule(
            "P * (g - g.sum(axis=1, keepdims=True))"
        ),
        "has a second one": softmax_rule("P * g"),
        "p_j in front": softmax_rule("g - (g * P).sum(axis=1, keepdims=True)"),
        "softmax *and* cross-entropy": softmax_rule("P - g"),
        "keepdims=True": softmax_rule("P * (g - (g * P).sum(axis=1))"),
        "subtract the row's maximum": softmax(
            "scores - scores.max(axis=1, keepdims=True)", "scores"
        ),
        "each row needs its own": softmax(
            "scores.max(axis=1, keepdims=True)", "scores.max()"
        ),
        "nor share it with the next call": softmax(
            "lambda g: P * (g", "lambda g: P.__imul__(g"
        ),
    },
    "a05-order": {
        "the nodes themselves": order(
            "return order", "return [node.name for node in order]"
        ),
        "the leaves, which": order(
            "order.append(node)", "order.extend([node] if node.edges else [])"
        ),
        "is met twice": RECURSIVE.format(
            before="pass", after="order.append(node)"
        ),
        "users first": order("return order", "return order[::-1]"),
        "along the longest road": """
def ordered(root):
    order = [root]
    for node in order:
        order += [x for x, _ in node.edges if x not in order]
    return order[::-1]
""",
        "you walk every road": RECURSIVE.format(
            before="pass", after="order.extend([node] * (node not in order))"
        ),
        "a set made inside": order(
            "ordered(root)", "ordered(root, seen=set())"
        )
        .replace("order, seen, stack = [], set(),", "order, stack = [],")
        .replace("node not in seen", "not hasattr(node, 'seen')")
        .replace("seen.add(node)", "node.seen = True"),
        "a stack of your own": RECURSIVE.format(
            before="if node in seen: return\n        seen.add(node)",
            after="order.append(node)",
        ).replace("order = []", "order, seen = [], set()"),
    },
    "a05-matmul": {
        "mean of the copies": UNBROADCAST.replace(".sum(", ".mean(") + MATMUL,
        "gradient of the first copy": unbroadcast(
            "return gradient[(0,) * (gradient.ndim - len(shape))]"
        ),
        "along axis 0": unbroadcast(
            "ends = range(len(shape), gradient.ndim)\n"
            "    return gradient.sum(axis=tuple(ends))"
        ),
        "no keepdims for this one": unbroadcast(
            "extra = range(gradient.ndim - len(shape))\n"
            "    return gradient.sum(axis=tuple(extra), keepdims=True)"
        ),
        "nothing is summed here": unbroadcast("return gradient"),
        "reshape can't add": unbroadcast("return gradient.reshape(shape)"),
        "was there before, and must stay": UNBROADCAST.replace(
            ", keepdims=True", ""
        )
        + MATMUL,
        "one was stretched": unbroadcast(
            "extra = range(gradient.ndim - len(shape))\n"
            "    return gradient.sum(axis=tuple(extra))"
        ),
        "rules are exchanged": matmul(
            "lambda g: T(a) @ g, lambda g: g @ T(b)"
        ),
        "each is the transpose": matmul(
            "lambda g: b @ T(g), lambda g: T(g) @ a"
        ),
        "the shapes don't fit": matmul("lambda g: g @ b, lambda g: a @ g"),
        "each matrix of the stack used b": matmul(
            "lambda g: g @ T(b), lambda g: T(a) @ g"
        ),
        "*all* axes": matmul("lambda g: g @ b.T, lambda g: a.T @ g"),
        "no second axis to swap": matmul(
            "lambda g: unbroadcast(g @ T(b), a.shape), "
            "lambda g: unbroadcast(T(a) @ g, b.shape)"
        ),
    },
    "a05-judge": {
        "one verdict for the whole array": judge(
            "bool(error <= 1e-5 * scale)",
            "np.abs(gradient - numeric) <= 1e-5 * scale",
        ),
        "not for equality": judge("error <= 1e-5 * scale", "error == 0"),
        "not only their sizes": judge(
            "np.abs(gradient - numeric)",
            "np.abs(np.abs(gradient) - np.abs(numeric))",
        ),
        "the errors cancel": judge(
            "np.abs(gradient - numeric).max()",
            "abs((gradient - numeric).sum())",
        ),
        "look at the largest error": judge(
            "np.abs(gradient - numeric).max()",
            "np.abs(gradient - numeric).mean()",
        ),
        "is little beside": judge("1e-5 * scale", "1e-5"),
        "every fixed tolerance": judge(
            "error <= 1e-5 * scale",
            "np.allclose(gradient, numeric, 1e-5 * scale / scale)",
        ),
        "every comparison with nan": judge(
            "error <= 1e-5 * scale", "True"
        ).replace(
            "return bool",
            "if error > 1e-5 * scale: return False\n    return bool",
        ),
        "broadcasting hides": judge(
            "np.shape(gradient) != numeric.shape", "False"
        ),
        "not with each entry": judge(
            "error <= 1e-5 * scale",
            "np.all(np.abs(gradient - numeric) <= 1e-5 * np.abs(gradient))",
        ),
        "is nan. Without": judge(
            "error <= 1e-5 * scale", "error/scale <= 1e-5"
        ),
        "of *both* gradients": judge(
            "scale = max(np.abs(gradient).max(), np.abs(numeric).max())",
            "scale = np.abs(gradient).max()\n    if scale == 0: return True",
        ),
    },
    "a05-mended": {
        "in this order": mended(
            "return (", "return X.T @ dA, dA.sum(axis=0), ("
        ),
        "begin at the end": mended("G /= len(y)", "pass"),
        "between S and W2": mended("dS * (B > 0)", "dS * (S > 0)"),
        "W or b is right": mended("dB.sum(axis=0)", "dB.sum(axis=1)"),
        "who uses H": mended("dH = dS + dB @ W2.T", "dH = dB @ W2.T"),
    },
    "a05-curvature": {
        "twice the step": curvature("(2 * step)", "step"),
        "divide by its length": curvature("(2 * step)", "(2 * step * length)"),
        "only the diagonal": curvature(
            "up, down = gradient(x + step * v), gradient(x - step * v)",
            "return v * [(gradient(x + e) - gradient(x - e)) @ e / 2e-10\n"
            "        for e in 1e-5 * np.eye(len(x))]",
        ),
        "this is a step's change": curvature(" / (2 * step)", ""),
        "isn't a parabola": curvature("1e-5 / length", "1e-5"),
        "H times zero is zero": curvature("length == 0", "False"),
    },
}
