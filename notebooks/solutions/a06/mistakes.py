"""Wrong answers to a06: {exercise: {part of the hint: the answer}}."""

MOMENTUM = """
def momentum(params, grads, state, lr, alpha=0.9):
    m = {
        name: alpha * state["m"][name] + (1 - alpha) * grads[name]
        for name in params
    }
    params = {name: params[name] - lr * m[name] for name in params}
    return params, state | {"m": m}
"""
RMSPROP = """
def rmsprop(params, grads, state, lr, alpha=0.9, eps=1e-8):
    s = {
        name: alpha * state["s"][name] + (1 - alpha) * grads[name] ** 2
        for name in params
    }
    params = {
        name: params[name] - lr * grads[name] / (np.sqrt(s[name]) + eps)
        for name in params
    }
    return params, state | {"s": s}
"""
ADAM = """
def adam(params, grads, state, lr, alpha_1=0.9, alpha_2=0.999, eps=1e-8):
    t = state["t"] + 1
    m, s, new = {}, {}, {}
    for name, g in grads.items():
        m[name] = alpha_1 * state["m"][name] + (1 - alpha_1) * g
        s[name] = alpha_2 * state["s"][name] + (1 - alpha_2) * g**2
        m_hat = m[name] / (1 - alpha_1**t)
        s_hat = s[name] / (1 - alpha_2**t)
        new[name] = params[name] - lr * m_hat / (np.sqrt(s_hat) + eps)
    return new, {"t": t, "m": m, "s": s}
"""
SCHEDULE = """
def schedule(step, num_steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    progress = min(1, (step - warmup) / (num_steps - warmup))
    return peak * (1 + np.cos(np.pi * progress)) / 2
"""
SHELTER = """
def {name}(slope, v):
    s = np.zeros(2)
    for step in range({num_steps}):
        g = slope(v)
        s = 0.9 * s + 0.1 * g**2
        v = v - {step}
    return v
"""
RMSPROP_STEP = "{} * g / (np.sqrt(s) + 1e-8)"


def limit(result):
    return (
        "def largest_rate(A):\n"
        "    values, own = np.linalg.eigvalsh(A + A.T), np.linalg.eigvals\n"
        f"    return {result}"
    )


def changer(source):
    """Return a way to make a wrong answer: change(old, new, old, new…)."""

    def change(*pairs):
        answer = source
        for old, new in zip(pairs[::2], pairs[1::2]):
            assert old in answer
            answer = answer.replace(old, new)
        return answer

    return change


momentum, rmsprop = changer(MOMENTUM), changer(RMSPROP)
adam, schedule = changer(ADAM), changer(SCHEDULE)


def shelter(num_steps, step, name="find_shelter"):
    return SHELTER.format(name=name, num_steps=num_steps, step=step)


ANSWERS = {
    "a06-limit": {
        "differentiate x^T A x twice": limit("2 / own(A).max()"),
        "these are eigenvalues of A, not of the Hessian": limit(
            "2 / np.linalg.eigvalsh(A).max()"
        ),
        "2 A is the Hessian only if": limit("2 / own(2 * A).max()"),
        "eigvalsh takes its matrix for symmetric": limit(
            "2 / np.linalg.eigvalsh(2 * A).max()"
        ),
        "lands on the floor of the bowl": limit("1 / values.max()"),
        "flattest direction": limit("2 / values.min()"),
        "2 over the trace": limit("2 / values.sum()"),
        "this rate is the *fastest*": limit(
            "2 / (values.max() + values.min())"
        ),
        "this is the largest curvature": limit("values.max()"),
    },
    "a06-momentum": {
        "as PyTorch does": momentum("(1 - alpha) * grads", "grads"),
        "are exchanged": momentum("+ (1 - alpha)", "+ alpha").replace(
            "alpha * state", "(1 - alpha) * state"
        ),
        "the learning rate is inside m": momentum(
            "(1 - alpha) * grads", "(1 - alpha) * lr * grads", "- lr *", "-"
        ),
        "along the old average": momentum("lr * m", 'lr * state["m"]'),
        "plain gradient descent": momentum("lr * m", "lr * grads"),
        "Nesterov's method": momentum(
            "lr * m[name]",
            "lr * (alpha * m[name] + (1 - alpha) * grads[name])",
        ),
        "m is forgotten": momentum('state | {"m": m}', "state"),
        "Adam's correction": momentum(
            "lr * m[name]",
            'lr * m[name] / (1 - alpha ** (state["t"] + 1))',
            '"m": m',
            '"m": m, "t": state["t"] + 1',
        ),
        "uphill": momentum("- lr", "+ lr"),
        "by the learning rate": momentum("lr * m", "m"),
        "x -= 1": momentum(
            "params = {name: params[name] - lr * m[name] for name in params}",
            "for name in params:\n        params[name] -= lr * m[name]",
        ),
        "no global variables": "memory = {}\n"
        + momentum(
            'state["m"][name]',
            'memory.get(name, state["m"][name])',
            "    params =",
            "    memory.update(m)\n    params =",
        ),
        "a later step will need": momentum('state | {"m": m}', "{}"),
    },
    "a06-rmsprop": {
        "ε stands under the root": rmsprop(
            "(np.sqrt(s[name]) + eps)", "np.sqrt(s[name] + eps)"
        ),
        "averaged first and then squared": rmsprop(
            "grads[name] ** 2", "grads[name]", "s[name])", "s[name] ** 2)"
        ),
        "the root is missing": rmsprop("np.sqrt(s[name])", "s[name]"),
        "this is AdaGrad": rmsprop(
            "alpha * state", "state", "(1 - alpha) * ", ""
        ),
        "are exchanged": rmsprop("+ (1 - alpha)", "+ alpha").replace(
            "alpha * state", "(1 - alpha) * state"
        ),
        "s is forgotten": rmsprop('state | {"s": s}', "state"),
        "divided by the old s": rmsprop(
            "np.sqrt(s[name])", 'np.sqrt(state["s"][name])'
        ),
        "becomes 0 / 0": rmsprop(" + eps", ""),
        "brackets are missing": rmsprop(
            "(np.sqrt(s[name]) + eps)", "np.sqrt(s[name]) + eps"
        ),
        "squares of different weights": rmsprop(
            "grads[name] ** 2", "np.sum(grads[name] ** 2)"
        ),
        "Adam's correction": rmsprop(
            "np.sqrt(s[name])",
            'np.sqrt(s[name] / (1 - alpha ** (state["t"] + 1)))',
            '"s": s',
            '"s": s, "t": state["t"] + 1',
        ),
        "uphill": rmsprop("- lr", "+ lr"),
        "by the learning rate": rmsprop("lr * ", ""),
        "x -= 1": rmsprop("    return", '    state["s"] = s\n    return'),
        "no global variables": "memory = {}\n"
        + rmsprop(
            'state["s"][name]',
            'memory.get(name, state["s"][name])',
            "    params =",
            "    memory.update(s)\n    params =",
        ),
        "a later step will need": rmsprop('state | {"s": s}', '{"m": s}'),
    },
    "a06-adam": {
        "neither average": adam(
            " / (1 - alpha_1**t)", "", " / (1 - alpha_2**t)", ""
        ),
        "m is corrected, s isn't": adam(" / (1 - alpha_2**t)", ""),
        "s is corrected, m isn't": adam(" / (1 - alpha_1**t)", ""),
        "the power is one ahead": adam("**t)", "**(t + 1))"),
        "as if it were the first": adam('"t": t', '"t": 0'),
        "1 - α^0 is 0": adam("**t)", "**(t - 1))"),
        "went into the state": adam(
            "        new[name]",
            "        m[name], s[name] = m_hat, s_hat\n        new[name]",
        ),
        "ε stands under the root": adam(
            "(np.sqrt(s_hat) + eps)", "np.sqrt(s_hat + eps)"
        ),
        "ε is added before the correction": adam(
            "np.sqrt(s_hat) + eps",
            "np.sqrt(s_hat) + eps / np.sqrt(1 - alpha_2**t)",
        ),
        "becomes 0 / 0": adam(" + eps", ""),
        "brackets are missing": adam(
            "(np.sqrt(s_hat) + eps)", "np.sqrt(s_hat) + eps"
        ),
        "α₁ and α₂ are exchanged": adam(
            "    t =", "    alpha_1, alpha_2 = alpha_2, alpha_1\n    t ="
        ),
        "α and 1 - α are exchanged": adam(
            "    m_hat",
            "    m[name] += (2 * alpha_1 - 1) * (g - state['m'][name])\n"
            "        s[name] += (2 * alpha_2 - 1) * (g**2 - "
            "state['s'][name])\n        m_hat",
        ),
        "the root is missing": adam("np.sqrt(s_hat)", "s_hat"),
        "squares of m;": adam("g**2", "m[name] ** 2"),
        "steps along g": adam("lr * m_hat", "lr * g"),
        "uphill": adam("- lr", "+ lr"),
        "by the learning rate": adam("lr * ", ""),
        "x -= 1": adam(
            't = state["t"] + 1', 't = state["t"] = state["t"] + 1'
        ),
        "no global variables": "count = 0\n"
        + adam(
            't = state["t"] + 1', "global count\n    t = count = count + 1"
        ),
        "a later step will need": adam('"t": t, ', ""),
    },
    "a06-schedule": {
        "there is no warm-up": schedule("    if", "    warmup = 0\n    if"),
        "the rate jumps": schedule(
            "(step - warmup) / (num_steps - warmup)", "step / num_steps"
        ),
        "are multiplied": schedule(
            "return peak * step / warmup",
            "peak = peak * step / warmup",
            "(step - warmup) / (num_steps - warmup)",
            "step / num_steps",
        ),
        "only num_steps - warmup": schedule(
            "(num_steps - warmup)", "num_steps"
        ),
        "from 2 to 0": schedule(" / 2", ""),
        "makes the rate negative": schedule("1 + ", "", " / 2", ""),
        "quarter of a wave": schedule(
            "(1 + np.cos(np.pi * progress)) / 2",
            "np.cos(np.pi / 2 * progress)",
        ),
        "whole wave": schedule("np.pi", "2 * np.pi"),
        "falls in a straight line": schedule(
            "(1 + np.cos(np.pi * progress)) / 2", "(1 - progress)"
        ),
        "climbs again": schedule("min(1, ", "("),
        "one step ahead": schedule("peak * step", "peak * (step + 1)"),
        "shares of the peak": schedule("peak * ", ""),
        "nothing to divide by": schedule(
            "    if",
            "    line = step / warmup\n    if",
        ),
        "begins at its peak": schedule(
            "step < warmup", "step <= warmup"
        ).replace("step / warmup", "step / max(1, warmup)"),
    },
    "a06-shelter": {
        "too large for the walls": shelter(100, "0.02 * g"),
        "a step with each reading": shelter(10, RMSPROP_STEP.format(0.02)),
        "as in exercise 5": shelter(100, RMSPROP_STEP.format(0.6)),
        "its limit": shelter(100, "0.01 * g"),
        "divide each direction's": shelter(100, "0.001 * g"),
        "steps are too short": shelter(100, RMSPROP_STEP.format(0.001)),
        "read once for each step": shelter(200, RMSPROP_STEP.format(0.02)),
        "not the whole way": shelter(100, RMSPROP_STEP.format(0.02)).replace(
            "return v", "return np.array([v, v])"
        ),
        "by slope(v) alone": "find_shelter = lambda slope, v: np.zeros(2)",
    },
    "a06-turned": {
        "the Hessian": shelter(40, RMSPROP_STEP.format(0.1), "find_turned"),
        "read once for each step": shelter(41, "0.009 * g", "find_turned"),
        "not the whole way": "find_turned = lambda slope, v: [slope(v), v]",
        "by slope(v) alone": "find_turned = lambda slope, v: v - 1",
    },
}
