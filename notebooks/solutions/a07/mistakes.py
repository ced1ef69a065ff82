"""Answers to assignment a07: wrong ones with their hints, and right ones that
must be accepted."""

import numpy as np

from tools.mistakes import accepted, mistake

DIVIDED = "// cuts the quotients to whole numbers: divide by /."

# 1 · The chart


def layers_of(X, weights, biases):
    """Return what goes into the ReLU of each layer, and what comes out."""
    before, after = [], [X]
    for W, b in zip(weights, biases):
        before.append(after[-1] @ W + b)
        after.append(np.maximum(before[-1], 0))
    return before, after[1:]


def strengths(layers):
    return np.array([np.sqrt(np.mean(A**2)) for A in layers])


def shares(layers):
    return np.array([np.mean((A == 0).all(axis=0)) for A in layers])


@mistake(
    "chart", "the mean square is right so far; its root is what is asked for."
)
def mean_square(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return strengths(layers) ** 2, shares(layers)


@mistake(
    "chart",
    "this is the standard deviation, from which the mean was subtracted; the "
    "root mean square is np.sqrt(np.mean(A**2)).",
)
def deviation_as_strength(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return np.array([A.std() for A in layers]), shares(layers)


@mistake(
    "chart",
    "this is the standard deviation, from which the mean was subtracted; the "
    "root mean square is np.sqrt(np.mean(A**2)).",
)
def mean_deviation_of_neurons(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return np.array([A.std(axis=0).mean() for A in layers]), shares(layers)


@mistake(
    "chart",
    "this is the mean of the activations; the root mean square is "
    "np.sqrt(np.mean(A**2)).",
)
def mean_as_strength(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return np.array([A.mean() for A in layers]), shares(layers)


@mistake(
    "chart",
    "this is the root of the *sum* of squares, the norm; take the mean.",
)
def norm_as_strength(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return np.array([np.linalg.norm(A) for A in layers]), shares(layers)


@mistake(
    "chart",
    "there is one root, of the mean over all entries of the layer; don't "
    "average roots of parts.",
)
def mean_of_roots(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    roots = [np.sqrt(np.mean(A**2, axis=0)).mean() for A in layers]
    return np.array(roots), shares(layers)


@mistake(
    "chart",
    "there is one root, of the mean over all entries of the layer; don't "
    "average roots of parts.",
)
def mean_of_roots_of_examples(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    roots = [np.sqrt(np.mean(A**2, axis=1)).mean() for A in layers]
    return np.array(roots), shares(layers)


@mistake("chart", "the square of the mean is not the mean of the squares.")
def root_of_the_squared_sum(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    roots = [np.sqrt(A.sum() ** 2 / A.size) for A in layers]
    return np.array(roots), shares(layers)


@mistake(
    "chart",
    "the sum of squares is divided by the number of examples only; the mean "
    "is over all entries, n times k.",
)
def mean_over_examples_only(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    roots = [np.sqrt((A**2).sum() / len(A)) for A in layers]
    return np.array(roots), shares(layers)


@mistake(
    "chart",
    "the sum of squares is divided by the number of neurons only; the mean "
    "is over all entries, n times k.",
)
def mean_over_neurons_only(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    roots = [np.sqrt((A**2).sum() / A.shape[1]) for A in layers]
    return np.array(roots), shares(layers)


@mistake("chart", "all entries count, also those that are 0.")
def strength_of_the_living(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    roots = [np.sqrt(np.mean(A[A > 0] ** 2)) for A in layers]
    return np.array(roots), shares(layers)


@mistake(
    "chart",
    "the strength is that of the activations, after the ReLU.",
)
def strength_before_relu(X, weights, biases):
    before, layers = layers_of(X, weights, biases)
    return strengths(before), shares(layers)


def linear_layers(X, weights, biases):
    layers = [X]
    for W, b in zip(weights, biases):
        layers.append(layers[-1] @ W + b)
    return layers[1:]


@mistake("chart", "there is a ReLU after each layer.")
def without_relu(X, weights, biases):
    layers = linear_layers(X, weights, biases)
    dead = [np.mean((A <= 0).all(axis=0)) for A in layers]
    return strengths(layers), np.array(dead)


@mistake("chart", "there is a ReLU after each layer.")
def without_relu_zeros_counted(X, weights, biases):
    layers = linear_layers(X, weights, biases)
    return strengths(layers), shares(layers)


@mistake("chart", "the biases are missing: A @ W + b, then the ReLU.")
def without_biases(X, weights, biases):
    _, layers = layers_of(X, weights, [0 * b for b in biases])
    return strengths(layers), shares(layers)


@mistake("chart", "the bias is added before the ReLU, not after it.")
def biases_after_relu(X, weights, biases):
    layers = [X]
    for W, b in zip(weights, biases):
        layers.append(np.maximum(layers[-1] @ W, 0) + b)
    return strengths(layers[1:]), shares(layers[1:])


@mistake("chart", "the last layer has a ReLU, too, like the others.")
def last_layer_linear(X, weights, biases):
    before, layers = layers_of(X, weights, biases)
    layers[-1] = before[-1]
    return strengths(layers), shares(layers)


@mistake("chart", "the last layer has a ReLU, too, like the others.")
def last_layer_linear_negative_is_dead(X, weights, biases):
    before, layers = layers_of(X, weights, biases)
    return strengths([*layers[:-1], before[-1]]), shares(layers)


@mistake(
    "chart",
    "this is the share of *entries* that are 0; dead is a neuron that is 0 "
    "for every example.",
)
def share_of_zeros(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return strengths(layers), np.array([np.mean(A == 0) for A in layers])


@mistake(
    "chart",
    "this counts neurons that are 0 for *some* example; dead is one that is "
    "0 for every example: all, not any.",
)
def dead_for_some(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    dead = [np.mean((A == 0).any(axis=0)) for A in layers]
    return strengths(layers), np.array(dead)


@mistake(
    "chart",
    "a neuron is a column of A, and its examples are the rows: axis=0.",
)
def dead_examples(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    dead = [np.mean((A == 0).all(axis=1)) for A in layers]
    return strengths(layers), np.array(dead)


@mistake("chart", "these are numbers of dead neurons; a share is asked for.")
def number_of_dead(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    dead = [(A == 0).all(axis=0).sum() for A in layers]
    return strengths(layers), np.array(dead, float)


@mistake("chart", "these are numbers of dead neurons; a share is asked for.")
def number_of_dead_as_whole_numbers(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    dead = [(A == 0).all(axis=0).sum() for A in layers]
    return strengths(layers), np.array(dead)


@mistake(
    "chart",
    "the number of dead neurons is divided by the number of examples; divide "
    "it by the number of neurons.",
)
def dead_by_examples(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    dead = [(A == 0).all(axis=0).sum() / len(A) for A in layers]
    return strengths(layers), np.array(dead)


@mistake("chart", "this is the share of neurons that are alive.")
def share_of_living(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return strengths(layers), 1 - shares(layers)


@mistake("chart", "these are percentages; a share is a number from 0 to 1.")
def dead_in_percent(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return strengths(layers), 100 * shares(layers)


@mistake("chart", "the strength comes first, then the share of the dead.")
def dead_first(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return shares(layers), strengths(layers)


FLOW = (
    "the sizes don't fit: A @ W, W as it is, and what comes out of one layer "
    "goes into the next; X goes into the first only."
)


@mistake("chart", FLOW, message="mismatch in its core dimension")
def always_from_the_input(X, weights, biases):
    layers = [np.maximum(X @ W + b, 0) for W, b in zip(weights, biases)]
    return strengths(layers), shares(layers)


@mistake("chart", FLOW, message="mismatch in its core dimension")
def weights_transposed(X, weights, biases):
    return layers_of(X, [W.T for W in weights], biases)


@mistake("chart", "X is no layer: the chart begins with layer 1.")
def chart_with_the_input(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return strengths([X, *layers]), shares([X, *layers])


@mistake(
    "chart",
    "the chart has one entry for each layer, and two layers were given: is "
    "the return inside the loop, or the last layer left out?",
)
def chart_without_the_last(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return strengths(layers[:-1]), shares(layers[:-1])


@mistake(
    "chart",
    "the chart has one entry for each layer, and two layers were given: is "
    "the return inside the loop, or the last layer left out?",
)
def chart_of_the_first_layer(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return strengths(layers[:1]), shares(layers[:1])


@mistake(
    "chart",
    "collect the numbers of all layers: these are only the last one's.",
)
def chart_of_the_last_layer(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return strengths(layers)[-1], shares(layers)[-1]


@mistake(
    "chart",
    "return two arrays, all strengths and all shares, not a pair for each "
    "layer.",
)
def chart_of_pairs(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    return list(zip(strengths(layers), shares(layers)))


@accepted("chart")
def chart_in_lists(X, weights, biases):
    _, layers = layers_of(X, weights, biases)
    strength = [float(np.linalg.norm(A) / A.size**0.5) for A in layers]
    return strength, [(A.sum(axis=0) == 0).mean() for A in layers]


@accepted("chart")
def chart_by_loops(X, weights, biases):
    A, strength, dead = np.asarray(X, float), [], []
    for W, b in zip(weights, biases):
        Z = np.einsum("nd,dk->nk", A, W) + b
        A = Z * (Z > 0)
        strength.append(sum(a * a for a in A.ravel()) / A.size)
        dead.append(sum(not column.any() for column in A.T) / A.shape[1])
    return np.sqrt(strength), np.array(dead)


@accepted("chart")
def chart_in_float32(X, weights, biases):
    _, layers = layers_of(np.float32(X), map(np.float32, weights), biases)
    return np.float32(strengths(layers)), np.float32(shares(layers))


# 2 · Initial weights

FANS = {
    "in": lambda d, k: d,
    "out": lambda d, k: k,
    "average": lambda d, k: (d + k) / 2,
}
AGAIN = "go through the derivation in the text once more: "


def drawn_with(sigma):
    """Return an answer whose weights have the deviation sigma(n, slope)."""

    def answer(d, k, slope, fan, rng):
        return rng.normal(0, sigma(FANS[fan](d, k), slope), (d, k))

    return answer


@mistake("initial_weights", "this is the variance; rng.normal wants its root.")
def variance_for_deviation(d, k, slope, fan, rng):
    return drawn_with(lambda n, a: 2 / (1 + a**2) / n)(d, k, slope, fan, rng)


@mistake(
    "initial_weights",
    "this leaves the activation out: with the slope 0.0 its mean square is "
    "0.5 times that of its input.",
)
def without_the_activation(d, k, slope, fan, rng):
    return drawn_with(lambda n, a: n**-0.5)(d, k, slope, fan, rng)


@mistake(
    "initial_weights",
    "this is right for a ReLU; with another slope the activation keeps more "
    "of the mean square.",
)
def always_a_relu(d, k, slope, fan, rng):
    return drawn_with(lambda n, a: np.sqrt(2 / n))(d, k, slope, fan, rng)


@mistake(
    "initial_weights", AGAIN + "what is multiplied by the slope is squared."
)
def slope_not_squared(d, k, slope, fan, rng):
    return drawn_with(lambda n, a: np.sqrt(2 / (1 + a) / n))(
        d, k, slope, fan, rng
    )


@mistake(
    "initial_weights",
    AGAIN + "the squares add up, not the deviations.",
)
def deviations_added(d, k, slope, fan, rng):
    return drawn_with(lambda n, a: np.sqrt(2 / n) / (1 + a))(
        d, k, slope, fan, rng
    )


@mistake("initial_weights", "this is right for n = 300. What is n for 'in'?")
def fans_exchanged(d, k, slope, fan, rng):
    fan = {"in": "out", "out": "in"}.get(fan, fan)
    return drawn_with(lambda n, a: np.sqrt(2 / (1 + a**2) / n))(
        d, k, slope, fan, rng
    )


@mistake("initial_weights", "this is right for n = 300. What is n for 'out'?")
def always_fan_in(d, k, slope, fan, rng):
    sigma = drawn_with(lambda n, a: np.sqrt(2 / (1 + a**2) / n))
    return sigma(d, k, slope, "in", rng)


@mistake(
    "initial_weights", "this is right for n = 800. What is n for 'average'?"
)
def fans_added(d, k, slope, fan, rng):
    n = {"in": d, "out": k, "average": d + k}[fan]
    return rng.normal(0, np.sqrt(2 / (1 + slope**2) / n), (d, k))


@mistake(
    "initial_weights",
    "the share c of the mean square that the activation keeps is on the "
    "wrong side: the less is kept, the larger the weights.",
)
def share_multiplied(d, k, slope, fan, rng):
    return drawn_with(lambda n, a: np.sqrt((1 + a**2) / 2 / n))(
        d, k, slope, fan, rng
    )


@mistake(
    "initial_weights",
    "go through the derivation in the text once more: each half of the "
    "inputs counts one half, so c is the mean of 1 and the slope's square.",
)
def halves_forgotten(d, k, slope, fan, rng):
    def sigma(n, a):
        return np.sqrt(1 / (1 + a**2) / n) if a else np.sqrt(2 / n)

    return drawn_with(sigma)(d, k, slope, fan, rng)


@mistake(
    "initial_weights",
    "the weights have the deviation 1: multiply them by sigma.",
)
def standard_normal_weights(d, k, slope, fan, rng):
    return rng.normal(size=(d, k))


@mistake(
    "initial_weights", "rng.normal and rng.standard_normal draw from one."
)
def uniform_weights(d, k, slope, fan, rng):
    sigma = np.sqrt(2 / (1 + slope**2) / FANS[fan](d, k))
    return rng.uniform(-np.sqrt(3) * sigma, np.sqrt(3) * sigma, (d, k))


@mistake(
    "initial_weights",
    "draw from rng, not from np.random or a generator of your own.",
)
def weights_from_numpy(d, k, slope, fan, rng):
    fresh = np.random.default_rng()
    return fresh.normal(
        0, np.sqrt(2 / (1 + slope**2) / FANS[fan](d, k)), (d, k)
    )


@mistake("initial_weights", "draw from rng, not from a generator of your own.")
def weights_with_a_seed(d, k, slope, fan, rng):
    fixed = np.random.default_rng(0)
    return fixed.normal(
        0, np.sqrt(2 / (1 + slope**2) / FANS[fan](d, k)), (d, k)
    )


@mistake(
    "initial_weights",
    "one row for each of the d inputs, one column for each neuron.",
)
def weights_of_shape_k_d(d, k, slope, fan, rng):
    return rng.normal(0, np.sqrt(2 / (1 + slope**2) / FANS[fan](d, k)), (k, d))


@mistake("initial_weights", "draw each of the d times k weights anew.")
def same_weights_for_all_neurons(d, k, slope, fan, rng):
    sigma = np.sqrt(2 / (1 + slope**2) / FANS[fan](d, k))
    one = rng.normal(size=d)
    one = (one - one.mean()) / one.std()
    one = np.sort(rng.normal(size=d * 50))[25::50]
    one = one / np.sqrt(np.mean(one**2))
    return np.repeat(sigma * one[:, None], k, axis=1)


@mistake(
    "initial_weights",
    "return what rng draws, times the deviation, and don't correct it.",
)
def weights_standardized(d, k, slope, fan, rng):
    n = {"in": d, "out": k, "average": (d + k) / 2}[fan]
    W = rng.normal(size=(d, k))
    W = (W - W.mean(axis=0)) / W.std(axis=0)
    return W * np.sqrt(2 / ((1 + slope**2) * n))


@accepted("initial_weights")
def weights_by_multiplying(d, k, slope, fan, rng):
    keeps = 0.5 + 0.5 * slope * slope
    W = rng.standard_normal((d, k), dtype=np.float32)
    return W / np.float32(np.sqrt(keeps * FANS[fan](d, k)))


@accepted("initial_weights")
def weights_row_by_row(d, k, slope, fan, rng):
    gain = np.sqrt(2 / (1 + slope**2))
    n = d if fan == "in" else k if fan == "out" else np.mean([d, k])
    return np.array([rng.normal(0, gain / np.sqrt(n), k) for _ in range(d)])


@accepted("initial_weights")
def weights_by_columns(d, k, slope, fan, rng):
    sigma = (2 / (1 + slope**2) / FANS[fan](d, k)) ** 0.5
    return rng.normal(0, sigma, d * k).reshape(k, d).T


# 3 · Batch normalization


def normalized(X, gamma, beta, eps, mean=None, var=None):
    mean = X.mean(axis=0) if mean is None else mean
    var = X.var(axis=0) if var is None else var
    return gamma * (X - mean) / np.sqrt(var + eps) + beta


UNBIASED = (
    "this variance is divided by n - 1; here it is the mean of the squares, "
    "divided by n."
)


@mistake(
    "batch_norm",
    "mean and variance are those of each garment, a row; they must be those "
    "of each neuron, a column: axis=0.",
)
def rows_normalized(X, gamma, beta, eps=1e-5):
    mean, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    return gamma * (X - mean) / np.sqrt(var + eps) + beta, mean, var


@mistake("batch_norm", "Y comes first, then the mean and the variance.")
def output_comes_last(X, gamma, beta, eps=1e-5):
    mean, var = X.mean(axis=0), X.var(axis=0)
    return mean, var, normalized(X, gamma, beta, eps)


@mistake("batch_norm", UNBIASED)
def variance_by_n_minus_1(X, gamma, beta, eps=1e-5):
    var = X.var(axis=0, ddof=1)
    return normalized(X, gamma, beta, eps, var=var), X.mean(axis=0), var


@mistake("batch_norm", UNBIASED)
def unbiased_only_returned(X, gamma, beta, eps=1e-5):
    var = X.var(axis=0, ddof=1)
    return normalized(X, gamma, beta, eps), X.mean(axis=0), var


@mistake("batch_norm", UNBIASED)
def unbiased_only_used(X, gamma, beta, eps=1e-5):
    used = X.var(axis=0, ddof=1)
    Y = normalized(X, gamma, beta, eps, var=used)
    return Y, X.mean(axis=0), X.var(axis=0)


@mistake(
    "batch_norm",
    "under the root stands the variance; you put the standard deviation "
    "there.",
)
def deviation_under_the_root(X, gamma, beta, eps=1e-5):
    Y = normalized(X, gamma, beta, eps, var=X.std(axis=0))
    return Y, X.mean(axis=0), X.var(axis=0)


@mistake(
    "batch_norm",
    "under the root stands the variance; you put the standard deviation "
    "there.",
)
def deviation_for_variance(X, gamma, beta, eps=1e-5):
    Y = normalized(X, gamma, beta, eps, var=X.std(axis=0))
    return Y, X.mean(axis=0), X.std(axis=0)


@mistake(
    "batch_norm",
    "Y is right; what is returned third is the standard deviation, not the "
    "variance.",
)
def deviation_returned(X, gamma, beta, eps=1e-5):
    return normalized(X, gamma, beta, eps), X.mean(axis=0), X.std(axis=0)


@mistake(
    "batch_norm",
    "Y is right; eps belongs under the root only, not into the variance that "
    "is returned.",
)
def eps_in_the_variance(X, gamma, beta, eps=1e-5):
    Y = normalized(X, gamma, beta, eps)
    return Y, X.mean(axis=0), X.var(axis=0) + eps


@mistake("batch_norm", "eps is added under the root, before it is taken.")
def eps_outside_the_root(X, gamma, beta, eps=1e-5):
    Y = gamma * (X - X.mean(axis=0)) / (X.std(axis=0) + eps) + beta
    return Y, X.mean(axis=0), X.var(axis=0)


@mistake("batch_norm", "eps is squared: it is added to the variance.")
def eps_squared(X, gamma, beta, eps=1e-5):
    Y = normalized(X, gamma, beta, eps**2)
    return Y, X.mean(axis=0), X.var(axis=0)


@mistake("batch_norm", "eps is an argument: it isn't used as it is given.")
def without_eps(X, gamma, beta, eps=1e-5):
    return normalized(X, gamma, beta, 0), X.mean(axis=0), X.var(axis=0)


@mistake("batch_norm", "eps is an argument: it isn't used as it is given.")
def eps_fixed(X, gamma, beta, eps=1e-5):
    return normalized(X, gamma, beta, 1e-5), X.mean(axis=0), X.var(axis=0)


@mistake("batch_norm", "the root is missing: this divides by the variance.")
def divided_by_the_variance(X, gamma, beta, eps=1e-5):
    Y = gamma * (X - X.mean(axis=0)) / (X.var(axis=0) + eps) + beta
    return Y, X.mean(axis=0), X.var(axis=0)


@mistake("batch_norm", "the mean isn't subtracted.")
def not_centered(X, gamma, beta, eps=1e-5):
    Y = normalized(X, gamma, beta, eps, mean=0)
    return Y, X.mean(axis=0), X.var(axis=0)


@mistake(
    "batch_norm",
    "beta is added after the multiplication by gamma, not before.",
)
def shifted_before_scaled(X, gamma, beta, eps=1e-5):
    Y = normalized(X, gamma, gamma * beta, eps)
    return Y, X.mean(axis=0), X.var(axis=0)


@mistake("batch_norm", "gamma scales, and beta shifts: exchange them.")
def gamma_and_beta_exchanged(X, gamma, beta, eps=1e-5):
    return normalized(X, beta, gamma, eps), X.mean(axis=0), X.var(axis=0)


@mistake("batch_norm", "gamma is missing.")
def without_gamma(X, gamma, beta, eps=1e-5):
    return normalized(X, 1, beta, eps), X.mean(axis=0), X.var(axis=0)


@mistake("batch_norm", "beta is missing.")
def without_beta(X, gamma, beta, eps=1e-5):
    return normalized(X, gamma, 0, eps), X.mean(axis=0), X.var(axis=0)


@mistake("batch_norm", "this is X standardized: gamma and beta are missing.")
def only_standardized(X, gamma, beta, eps=1e-5):
    return normalized(X, 1, 0, eps), X.mean(axis=0), X.var(axis=0)


@mistake(
    "batch_norm",
    "mean and variance are those of the whole array; each neuron has its "
    "own: axis=0.",
)
def statistics_of_everything(X, gamma, beta, eps=1e-5):
    mean, var = np.full(X.shape[1], X.mean()), np.full(X.shape[1], X.var())
    return normalized(X, gamma, beta, eps, mean, var), mean, var


OF_EXAMPLES = (
    "mean and variance are those of each example; a neuron is a column, and "
    "its mean is over the rows: axis=0."
)


@mistake("batch_norm", OF_EXAMPLES, message="broadcast")
def statistics_of_examples(X, gamma, beta, eps=1e-5):
    return X - X.mean(axis=1), X.mean(axis=1), X.var(axis=1)


@mistake("batch_norm", "Y is right; then the mean comes, then the variance.")
def variance_before_mean(X, gamma, beta, eps=1e-5):
    return normalized(X, gamma, beta, eps), X.var(axis=0), X.mean(axis=0)


@mistake(
    "batch_norm",
    "return three things: Y, then the mean and the variance of the batch.",
)
def only_the_output(X, gamma, beta, eps=1e-5):
    return normalized(X, gamma, beta, eps)


@mistake(
    "batch_norm",
    "mean and variance have one entry for each column, (d,): no keepdims.",
)
def statistics_with_keepdims(X, gamma, beta, eps=1e-5):
    mean, var = X.mean(axis=0, keepdims=True), X.var(axis=0, keepdims=True)
    return normalized(X, gamma, beta, eps), mean, var


@mistake(
    "batch_norm",
    "X -= ... writes into the caller's own array, and whole numbers can't "
    "hold the result: make a new array, X - ...",
    message="Cannot cast ufunc",
)
def centered_in_place(X, gamma, beta, eps=1e-5):
    mean, var = X.mean(axis=0), X.var(axis=0)
    X -= mean
    return gamma * X / np.sqrt(var + eps) + beta, mean, var


@mistake(
    "batch_norm", "mind the brackets: gamma times (X - mean), not gamma * X."
)
def without_brackets(X, gamma, beta, eps=1e-5):
    mean, var = X.mean(axis=0), X.var(axis=0)
    return gamma * X - mean / np.sqrt(var + eps) + beta, mean, var


@mistake(
    "batch_norm",
    "Y is right; mean and variance are those of X, the batch, not of Y.",
)
def statistics_of_the_output(X, gamma, beta, eps=1e-5):
    Y = normalized(X, gamma, beta, eps)
    return Y, Y.mean(axis=0), Y.var(axis=0)


@mistake(
    "batch_norm",
    "this is the mean of the squares; the variance is that of the squared "
    "differences from the mean.",
)
def mean_square_for_variance(X, gamma, beta, eps=1e-5):
    var = (X**2).mean(axis=0)
    return normalized(X, gamma, beta, eps, var=var), X.mean(axis=0), var


@accepted("batch_norm")
def normalized_by_loops(X, gamma, beta, eps=1e-5):
    n, d = X.shape
    Y, mean, var = np.zeros((n, d)), np.zeros(d), np.zeros(d)
    for j in range(d):
        mean[j] = sum(X[:, j]) / n
        var[j] = sum((X[:, j] - mean[j]) ** 2) / n
        for i in range(n):
            Y[i, j] = (X[i, j] - mean[j]) / (var[j] + eps) ** 0.5
    return Y * gamma + beta, mean, var


@accepted("batch_norm")
def normalized_by_moments(X, gamma, beta, eps=1e-5):
    X = np.asarray(X, float)
    mean = np.einsum("nd->d", X) / len(X)
    var = np.maximum(np.einsum("nd,nd->d", X, X) / len(X) - mean**2, 0)
    scale = gamma / np.sqrt(var + eps)
    return [X * scale + (beta - mean * scale), mean, var]


@accepted("batch_norm")
def normalized_in_lists(X, gamma, beta, eps=1e-5):
    mean, var = X.mean(axis=0), X.var(axis=0)
    return normalized(X, gamma, beta, eps), mean.tolist(), var.tolist()


# 4 · Batch normalization at work


def at_work(X, gamma, beta, running, training, momentum, eps, ddof=0):
    """Return what is right, but for the batch's variance."""
    mean, var = running
    if not training:
        return normalized(X, gamma, beta, eps, mean, var), running
    batch = X.mean(axis=0), X.var(axis=0, ddof=ddof)
    after = [momentum * a + (1 - momentum) * b for a, b in zip(running, batch)]
    return normalized(X, gamma, beta, eps), tuple(after)


@mistake(
    "norm_layer",
    "with training=True Y comes from the batch's own mean and variance; the "
    "running ones are for inference.",
)
def running_used_in_training(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    _, after = at_work(X, gamma, beta, running, training, momentum, eps)
    return normalized(X, gamma, beta, eps, *running), after


@mistake(
    "norm_layer",
    "in training Y comes from the batch's own mean and variance; the running "
    "ones, which have just been updated, are for inference.",
)
def updated_used_in_training(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    _, after = at_work(X, gamma, beta, running, training, momentum, eps)
    return normalized(X, gamma, beta, eps, *after), after


@mistake(
    "norm_layer",
    "the momentum weighs the old value here: m times running, plus 1 - m "
    "times the batch's.",
)
def momentum_weighs_the_new(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    return at_work(X, gamma, beta, running, training, 1 - momentum, eps)


@mistake("norm_layer", UNBIASED)
def running_variance_unbiased(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    return at_work(
        X, gamma, beta, running, training, momentum, eps, ddof=int(training)
    )


@mistake(
    "norm_layer",
    "the running variance mixes variances, not standard deviations.",
)
def running_deviation(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    Y, after = at_work(X, gamma, beta, running, training, momentum, eps)
    if training:
        std = X.std(axis=0)
        after = after[0], momentum * running[1] + (1 - momentum) * std
    return Y, after


@mistake("norm_layer", "the running mean isn't updated in training.")
def only_the_variance_runs(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    Y, after = at_work(X, gamma, beta, running, training, momentum, eps)
    return Y, (running[0], after[1])


@mistake("norm_layer", "the running mean isn't updated in training.")
def nothing_runs(X, gamma, beta, running, training, momentum=0.9, eps=1e-5):
    Y, _ = at_work(X, gamma, beta, running, training, momentum, eps)
    return Y, running


@mistake("norm_layer", "the running variance isn't updated in training.")
def only_the_mean_runs(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    Y, after = at_work(X, gamma, beta, running, training, momentum, eps)
    return Y, (after[0], running[1])


@mistake(
    "norm_layer",
    "these are the batch's own; the running ones mix them with the old.",
)
def batch_returned(X, gamma, beta, running, training, momentum=0.9, eps=1e-5):
    Y, _ = at_work(X, gamma, beta, running, training, momentum, eps)
    return Y, (X.mean(axis=0), X.var(axis=0)) if training else running


@mistake(
    "norm_layer",
    "the old value is forgotten: m times running must be added.",
)
def old_forgotten(X, gamma, beta, running, training, momentum=0.9, eps=1e-5):
    zeros = tuple(0 * part for part in running)
    after = at_work(X, gamma, beta, zeros, training, momentum, eps)[1]
    Y, same = at_work(X, gamma, beta, running, training, momentum, eps)
    return Y, after if training else same


@mistake("norm_layer", "the momentum is an argument, and not always 0.9.")
def momentum_fixed(X, gamma, beta, running, training, momentum=0.9, eps=1e-5):
    return at_work(X, gamma, beta, running, training, 0.9, eps)


@mistake(
    "norm_layer",
    "at inference the batch's own mean and variance are used; with one "
    "garment nothing is left of it. Use the running ones.",
)
def batch_used_at_inference(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    _, after = at_work(X, gamma, beta, running, training, momentum, eps)
    return normalized(X, gamma, beta, eps), after


@mistake(
    "norm_layer",
    "at inference the batch's own mean and variance are used; with one "
    "garment nothing is left of it. Use the running ones.",
)
def always_in_training(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    return at_work(X, gamma, beta, running, True, momentum, eps)


@mistake("norm_layer", "inference learns nothing: return running as it came.")
def updated_at_inference(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    Y, _ = at_work(X, gamma, beta, running, training, momentum, eps)
    return Y, at_work(X, gamma, beta, running, True, momentum, eps)[1]


@mistake(
    "norm_layer",
    "with training=True Y comes from the batch's own mean and variance; the "
    "running ones are for inference.",
)
def modes_exchanged(X, gamma, beta, running, training, momentum=0.9, eps=1e-5):
    return at_work(X, gamma, beta, running, not training, momentum, eps)


@mistake("norm_layer", "eps isn't used at inference.")
def no_eps_at_inference(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    eps = eps if training else 0
    return at_work(X, gamma, beta, running, training, momentum, eps)


@mistake(
    "norm_layer",
    "at inference the running variance stands under the root; you divide by "
    "it, or by a root too many.",
)
def variance_without_root_at_inference(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    if training:
        return at_work(X, gamma, beta, running, training, momentum, eps)
    return gamma * (X - running[0]) / (running[1] + eps) + beta, running


@mistake("norm_layer", "gamma and beta are applied at inference, too.")
def only_standardized_at_inference(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    if training:
        return at_work(X, gamma, beta, running, training, momentum, eps)
    return normalized(X, 1, 0, eps, *running), running


@mistake(
    "norm_layer",
    "make new arrays, lists and dicts: x = x - 1 where you have x -= 1. What "
    "you assign to a part of an argument, you write into the caller's own.",
)
def running_changed_in_place(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    Y, after = at_work(X, gamma, beta, running, training, momentum, eps)
    for old, new in zip(running, after):
        old[:] = new
    return Y, running


@mistake(
    "norm_layer",
    "return two things: Y, and a tuple of the running mean and the running "
    "variance.",
)
def three_things(X, gamma, beta, running, training, momentum=0.9, eps=1e-5):
    Y, after = at_work(X, gamma, beta, running, training, momentum, eps)
    return Y, *after


@mistake(
    "norm_layer",
    "return two things: Y, and a tuple of the running mean and the running "
    "variance.",
)
def running_not_returned(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    return at_work(X, gamma, beta, running, training, momentum, eps)[0]


@mistake("norm_layer", "the running mean comes first, then the variance.")
def variance_first(X, gamma, beta, running, training, momentum=0.9, eps=1e-5):
    Y, after = at_work(X, gamma, beta, running, training, momentum, eps)
    return Y, after[::-1]


@accepted("norm_layer")
def layer_by_differences(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    mean, var = running
    if not training:
        return beta + gamma * (X - mean) * (var + eps) ** -0.5, [mean, var]
    m, v = np.mean(X, axis=0), np.mean((X - X.mean(axis=0)) ** 2, axis=0)
    running = [mean + (1 - momentum) * (m - mean), v - momentum * (v - var)]
    return [beta + gamma * (X - m) * (v + eps) ** -0.5, running]


@accepted("norm_layer")
def layer_that_copies(
    X, gamma, beta, running, training, momentum=0.9, eps=1e-5
):
    mean, var = np.array(running[0], float), np.array(running[1], float)
    if training:
        mean *= momentum
        mean += (1 - momentum) * X.mean(axis=0)
        var *= momentum
        var += (1 - momentum) * X.var(axis=0)
        return normalized(X, gamma, beta, eps), (mean, var)
    return normalized(X, gamma, beta, eps, mean, var), (mean, var)


@accepted("norm_layer")
def layer_in_lists(X, gamma, beta, running, training, momentum=0.9, eps=1e-5):
    Y, after = at_work(X, gamma, beta, running, training, momentum, eps)
    return Y, tuple(part.tolist() for part in after)


# 5 and 6 · Back through batch normalization


def parts(X, eps, ddof=0):
    """Return X standardized, and the deviations that it was divided by."""
    deviation = np.sqrt(X.var(axis=0, ddof=ddof) + eps)
    return (X - X.mean(axis=0)) / deviation, deviation


def slopes(G, normal):
    return (G * normal).sum(axis=0), G.sum(axis=0)


@mistake(
    "gamma_beta_gradients",
    "these are means over the examples; each example adds its part: sum.",
)
def means_of_slopes(G, X, eps=1e-5):
    normal, _ = parts(X, eps)
    return (G * normal).mean(axis=0), G.mean(axis=0)


@mistake(
    "gamma_beta_gradients",
    "by beta it is right; by gamma each entry of G is multiplied by that of "
    "the standardized batch, not of X.",
)
def slope_with_raw_input(G, X, eps=1e-5):
    return slopes(G, X)


@mistake(
    "gamma_beta_gradients",
    "by beta it is right; by gamma each entry of G is multiplied by that of "
    "the standardized batch: divide by the root.",
)
def slope_with_centered_input(G, X, eps=1e-5):
    return slopes(G, X - X.mean(axis=0))


@mistake(
    "gamma_beta_gradients",
    "by beta it is right; by gamma each entry of G is multiplied by that of "
    "the standardized batch, with its mean subtracted.",
)
def slope_without_centering(G, X, eps=1e-5):
    return slopes(G, X / parts(X, eps)[1])


@mistake(
    "gamma_beta_gradients", "eps is an argument: it isn't used as it is given."
)
def slope_without_eps(G, X, eps=1e-5):
    return slopes(G, parts(X, 0)[0])


@mistake(
    "gamma_beta_gradients", "eps is an argument: it isn't used as it is given."
)
def slope_with_fixed_eps(G, X, eps=1e-5):
    return slopes(G, parts(X, 1e-5)[0])


@mistake("gamma_beta_gradients", UNBIASED)
def slope_with_n_minus_1(G, X, eps=1e-5):
    return slopes(G, parts(X, eps, ddof=1)[0])


@mistake(
    "gamma_beta_gradients", "eps is added under the root, before it is taken."
)
def slope_with_eps_outside(G, X, eps=1e-5):
    return slopes(G, (X - X.mean(axis=0)) / (X.std(axis=0) + eps))


@mistake(
    "gamma_beta_gradients", "the root is missing: it divides the variance."
)
def slope_divided_by_variance(G, X, eps=1e-5):
    return slopes(G, (X - X.mean(axis=0)) / (X.var(axis=0) + eps))


@mistake(
    "gamma_beta_gradients", "the gradient by gamma comes first, then beta's."
)
def slopes_exchanged(G, X, eps=1e-5):
    return slopes(G, parts(X, eps)[0])[::-1]


@mistake(
    "gamma_beta_gradients",
    "one number for each column: sum over the examples, axis=0.",
)
def slopes_not_summed(G, X, eps=1e-5):
    return G * parts(X, eps)[0], G


@mistake(
    "gamma_beta_gradients",
    "one number for each column: sum over the examples, axis=0.",
)
def slopes_summed_over_columns(G, X, eps=1e-5):
    return (G * parts(X, eps)[0]).sum(axis=1), G.sum(axis=1)


@mistake(
    "gamma_beta_gradients",
    "one number for each column: sum over the examples, axis=0.",
)
def slopes_summed_over_everything(G, X, eps=1e-5):
    return (G * parts(X, eps)[0]).sum(), G.sum()


@mistake(
    "gamma_beta_gradients",
    "the derivative of y by beta is 1, so G itself is summed; it isn't the "
    "number of examples.",
)
def slope_of_beta_by_counting(G, X, eps=1e-5):
    n, d = G.shape
    return (G * parts(X, eps)[0]).sum(axis=0), np.full(d, float(n))


@mistake(
    "gamma_beta_gradients",
    "a matrix product mixes the columns; each column has its own sum of "
    "products.",
)
def slope_by_matrix_product(G, X, eps=1e-5):
    return parts(X, eps)[0].T @ G, G.sum(axis=0)


@accepted("gamma_beta_gradients")
def slopes_by_einsum(G, X, eps=1e-5):
    normal, _ = parts(np.asarray(X, float), eps)
    return np.einsum("nd,nd->d", G, normal), np.ones(len(G)) @ G


@accepted("gamma_beta_gradients")
def slopes_by_the_diagonal(G, X, eps=1e-5):
    return np.diag(G.T @ parts(X, eps)[0]), np.sum(G, 0)


@accepted("gamma_beta_gradients")
def slopes_in_lists(G, X, eps=1e-5):
    dgamma, dbeta = slopes(G, parts(X, eps)[0])
    return dgamma.tolist(), dbeta.tolist()


def through(D, normal, deviation, mean=1, var=1):
    """Return the gradient by X with factors for two of its paths."""
    by_mean = mean * D.mean(axis=0)
    by_var = var * normal * (D * normal).mean(axis=0)
    return (D - by_mean - by_var) / deviation


@mistake(
    "batch_norm_backward",
    "this is the direct path only: mean and variance depend on X, too.",
)
def direct_path_only(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), mean=0, var=0)


@mistake(
    "batch_norm_backward",
    "the direct path and that through the variance are there; the one through "
    "the mean is missing.",
)
def no_path_through_the_mean(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), mean=0)


@mistake(
    "batch_norm_backward",
    "the direct path and that through the mean are there; the one through the "
    "variance is missing.",
)
def no_path_through_the_variance(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), var=0)


@mistake("batch_norm_backward", "gamma is missing: D is G times gamma.")
def gradient_without_gamma(G, X, gamma, eps=1e-5):
    return through(G + 0 * gamma, *parts(X, eps))


@mistake(
    "batch_norm_backward",
    "everything is divided by the root of variance and eps, at the end.",
)
def not_divided_by_the_deviation(G, X, gamma, eps=1e-5):
    normal, deviation = parts(X, eps)
    return through(G * gamma, normal, 1 + 0 * deviation)


@mistake(
    "batch_norm_backward",
    "it is divided by the variance; divide by the root.",
)
def gradient_divided_by_the_variance(G, X, gamma, eps=1e-5):
    normal, deviation = parts(X, eps)
    return through(G * gamma, normal, deviation**2)


@mistake(
    "batch_norm_backward",
    "it is multiplied by the root of variance and eps; divide.",
)
def gradient_multiplied_by_the_deviation(G, X, gamma, eps=1e-5):
    normal, deviation = parts(X, eps)
    return through(G * gamma, normal, 1 / deviation)


@mistake(
    "batch_norm_backward",
    "both other paths have the wrong sign: what raises the mean lowers every "
    "entry of the batch.",
)
def paths_added(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), mean=-1, var=-1)


@mistake(
    "batch_norm_backward",
    "the path through the variance has the wrong sign.",
)
def variance_path_added(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), var=-1)


@mistake(
    "batch_norm_backward",
    "the path through the mean has the wrong sign.",
)
def mean_path_added(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), mean=-1)


@mistake(
    "batch_norm_backward",
    "the path through the variance counts twice: is the 2 of the square met "
    "by the 1/2 of the root?",
)
def variance_path_twice(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), var=2)


@mistake(
    "batch_norm_backward",
    "the path through the variance counts half: is the 1/2 of the root met by "
    "the 2 of the square?",
)
def variance_path_by_half(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), var=0.5)


@mistake(
    "batch_norm_backward",
    "sums stand where means belong: the mean and the variance change by 1/n "
    "of what one entry does.",
)
def sums_for_means(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), mean=len(X), var=len(X))


@mistake(
    "batch_norm_backward",
    "in the path through the variance a sum stands where a mean belongs.",
)
def sum_in_the_variance_path(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), var=len(X))


@mistake(
    "batch_norm_backward",
    "in the path through the mean a sum stands where a mean belongs.",
)
def sum_in_the_mean_path(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps), mean=len(X))


@mistake(
    "batch_norm_backward",
    "the path through the variance ends with the entry of the standardized "
    "batch that X belongs to: multiply by it.",
)
def variance_path_without_entry(G, X, gamma, eps=1e-5):
    normal, deviation = parts(X, eps)
    D = G * gamma
    return (D - D.mean(axis=0) - (D * normal).mean(axis=0)) / deviation


@mistake(
    "batch_norm_backward",
    "in the path through the variance X is only centered; both of its factors "
    "are standardized.",
)
def variance_path_with_centered(G, X, gamma, eps=1e-5):
    normal, deviation = parts(X, eps)
    return through(G * gamma, normal, deviation, var=deviation**2)


@mistake(
    "batch_norm_backward",
    "in the path through the variance one of the two factors is only "
    "centered; both are standardized.",
)
def variance_path_half_standardized(G, X, gamma, eps=1e-5):
    normal, deviation = parts(X, eps)
    return through(G * gamma, normal, deviation, var=deviation)


@mistake("batch_norm_backward", UNBIASED)
def gradient_with_n_minus_1(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, eps, ddof=1))


@mistake(
    "batch_norm_backward", "eps is an argument: it isn't used as it is given."
)
def gradient_without_eps(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, 0))


@mistake(
    "batch_norm_backward", "eps is an argument: it isn't used as it is given."
)
def gradient_with_fixed_eps(G, X, gamma, eps=1e-5):
    return through(G * gamma, *parts(X, 1e-5))


@mistake(
    "batch_norm_backward", "eps is added under the root, before it is taken."
)
def gradient_with_eps_outside(G, X, gamma, eps=1e-5):
    deviation = X.std(axis=0) + eps
    return through(G * gamma, (X - X.mean(axis=0)) / deviation, deviation)


@mistake(
    "batch_norm_backward",
    "G is subtracted with its sign turned: the whole gradient has the wrong "
    "sign.",
)
def gradient_of_the_wrong_sign(G, X, gamma, eps=1e-5):
    return -through(G * gamma, *parts(X, eps))


@mistake(
    "batch_norm_backward",
    "gamma scales the direct path only; it belongs to all three.",
)
def gamma_in_the_direct_path(G, X, gamma, eps=1e-5):
    normal, deviation = parts(X, eps)
    return through(G + 0 * gamma, normal, deviation) + (
        (gamma - 1) * G / deviation
    )


@mistake("batch_norm_backward", "each column has its own mean: axis=0.")
def means_over_everything(G, X, gamma, eps=1e-5):
    normal, deviation = parts(X, eps)
    D = G * gamma
    return (D - D.mean() - normal * (D * normal).mean()) / deviation


@accepted("batch_norm_backward")
def gradient_by_jacobians(G, X, gamma, eps=1e-5):
    n, d = X.shape
    dX = np.zeros((n, d))
    for j in range(d):
        s = np.sqrt(X[:, j].var() + eps)
        h = (X[:, j] - X[:, j].mean()) / s
        jacobian = (np.eye(n) - 1 / n - np.outer(h, h) / n) / s
        dX[:, j] = jacobian @ (G[:, j] * gamma[j])
    return dX


@accepted("batch_norm_backward")
def gradient_step_by_step(G, X, gamma, eps=1e-5):
    n, centered = len(X), X - X.mean(axis=0)
    inverse = 1 / np.sqrt((centered**2).mean(axis=0) + eps)
    D = G * gamma
    dvar = np.sum(D * centered, axis=0) * -0.5 * inverse**3
    dmean = -np.sum(D, axis=0) * inverse - 2 * dvar * centered.mean(axis=0)
    return D * inverse + dvar * 2 * centered / n + dmean / n


@accepted("batch_norm_backward")
def gradient_by_sums(G, X, gamma, eps=1e-5):
    n, (normal, deviation) = len(X), parts(X, eps)
    dgamma, dbeta = slopes(G, normal)
    return gamma / (n * deviation) * (n * G - dbeta - normal * dgamma)


# 7 and 8 · Dropout


def kept(X, p, rng):
    return rng.random(X.shape) >= p


@mistake("dropout", "scale what is kept, so that the mean stays what it was.")
def dropout_not_scaled(X, p, rng, training=True):
    keep = kept(X, p, rng) if training else np.ones(X.shape, bool)
    return X * keep, keep


@mistake("dropout", "what is kept must grow, so that the mean stays.")
def dropout_scaled_down(X, p, rng, training=True):
    keep = kept(X, p, rng)
    return X * keep * (1 - p), keep


@mistake("dropout", "divide by the probability to *keep* an entry.")
def dropout_divided_by_p(X, p, rng, training=True):
    keep = kept(X, p, rng)
    return X * keep / p, keep


@mistake("dropout", "p is the probability to *drop* an entry.")
def dropout_keeps_p(X, p, rng, training=True):
    keep = rng.random(X.shape) < p
    return X * keep / (1 - p), keep


@mistake("dropout", "p is the probability to *drop* an entry.")
def dropout_keeps_p_throughout(X, p, rng, training=True):
    keep = rng.random(X.shape) < p
    return X * keep / p, keep


@mistake("dropout", "keep is True where an entry is kept.")
def dropped_returned(X, p, rng, training=True):
    keep = kept(X, p, rng)
    return X * ~keep / (1 - p), keep


@mistake("dropout", "p is the probability to *drop* an entry.")
def dropped_returned_for_kept(X, p, rng, training=True):
    keep = kept(X, p, rng)
    return X * keep / (1 - p), ~keep


@mistake("dropout", "draw a number of its own for each entry of X.")
def one_mask_for_all_examples(X, p, rng, training=True):
    keep = np.tile(rng.permutation(X.shape[1]) >= p * X.shape[1], (len(X), 1))
    return X * keep / (1 - p), keep


@mistake("dropout", "draw a number of its own for each entry of X.")
def whole_examples_dropped(X, p, rng, training=True):
    keep = np.tile(rng.permutation(len(X)) >= p * len(X), (X.shape[1], 1)).T
    return X * keep / (1 - p), keep


@mistake(
    "dropout",
    "each entry is kept or dropped by itself, whatever the others do.",
)
def the_same_number_in_each_row(X, p, rng, training=True):
    order = np.argsort(rng.random(X.shape), axis=1)
    keep = order >= round(p * X.shape[1])
    return X * keep / (1 - p), keep


@mistake("dropout", "training=False does nothing: Y is X.")
def dropout_at_inference_too(X, p, rng, training=True):
    keep = kept(X, p, rng)
    return X * keep / (1 - p), keep


@mistake("dropout", "training=False does nothing: Y is X.")
def scaled_at_inference(X, p, rng, training=True):
    if not training:
        return X * (1 - p), np.ones(X.shape, bool)
    keep = kept(X, p, rng)
    return X * keep / (1 - p), keep


@mistake("dropout", "training=False does nothing: Y is X.")
def scaled_up_at_inference(X, p, rng, training=True):
    keep = kept(X, p, rng) if training else np.ones(X.shape, bool)
    return X * keep / (1 - p), keep


@mistake(
    "dropout",
    "at inference nothing is dropped: keep is an array of True.",
)
def nothing_kept_at_inference(X, p, rng, training=True):
    if not training:
        return X, np.zeros(X.shape, bool)
    keep = kept(X, p, rng)
    return X * keep / (1 - p), keep


@mistake(
    "dropout",
    "at inference keep is an array, too, of the shape of X, with True "
    "everywhere.",
)
def no_keep_at_inference(X, p, rng, training=True):
    if not training:
        return X, True
    keep = kept(X, p, rng)
    return X * keep / (1 - p), keep


@mistake(
    "dropout",
    "return two things, also at inference: Y and keep.",
)
def only_the_input_at_inference(X, p, rng, training=True):
    if not training:
        return X
    keep = kept(X, p, rng)
    return X * keep / (1 - p), keep


@mistake("dropout", "return two things: Y and keep.")
def keep_forgotten(X, p, rng, training=True):
    return X * kept(X, p, rng) / (1 - p) if training else X


@mistake("dropout", "a comparison, such as a < b, gives an array of booleans.")
def keep_as_numbers(X, p, rng, training=True):
    keep = kept(X, p, rng) if training else np.ones(X.shape)
    return X * keep / (1 - p * training), keep.astype(float)


@mistake("dropout", "a comparison, such as a < b, gives an array of booleans.")
def factors_for_keep(X, p, rng, training=True):
    keep = kept(X, p, rng) / (1 - p) if training else np.ones(X.shape)
    return X * keep, keep


@mistake(
    "dropout",
    "they are kept with the probability 1 - p, too: keep comes from the "
    "random numbers, not from Y.",
)
def keep_from_the_output(X, p, rng, training=True):
    Y = X * kept(X, p, rng) / (1 - p) if training else X
    return Y, Y != 0 if training else np.ones(X.shape, bool)


@mistake(
    "dropout", "draw from rng, not from np.random or a generator of your own."
)
def dropout_from_numpy(X, p, rng, training=True):
    if not training:
        return X, np.ones(X.shape, bool)
    keep = kept(X, p, np.random.default_rng())
    return X * keep / (1 - p), keep


@mistake("dropout", "draw from rng, not from a generator of your own.")
def dropout_with_a_seed(X, p, rng, training=True):
    if not training:
        return X, np.ones(X.shape, bool)
    keep = kept(X, p, np.random.default_rng(0))
    return X * keep / (1 - p), keep


@mistake(
    "dropout",
    "a random number below p isn't rare when p is 0.2: did you compare "
    "numbers from a normal distribution? rng.random draws from 0 to 1.",
)
def dropout_by_normal_numbers(X, p, rng, training=True):
    keep = rng.normal(size=X.shape) >= p
    return X * keep / (1 - p), keep


@accepted("dropout")
def dropout_by_binomial(X, p, rng, training=True):
    if not training:
        return X.copy(), np.full(X.shape, True)
    keep = rng.binomial(1, 1 - p, X.shape).astype(bool)
    return np.where(keep, X / (1 - p), 0), keep


@accepted("dropout")
def dropout_by_choice(X, p, rng, training=True):
    p = p if training else 0
    keep = rng.choice([True, False], size=X.shape, p=[1 - p, p])
    return np.float32(X) * keep / np.float32(1 - p), keep


@accepted("dropout")
def dropout_below(X, p, rng, training=True):
    if training:
        keep = rng.uniform(size=X.shape) < 1 - p
        Y = np.array(X, float)
        Y[~keep] = 0
        return [Y / (1 - p), keep]
    return [X, X == X]


@mistake(
    "dropout_backward",
    "the scale is missing: on the way forward what is kept is divided by "
    "1 - p, and the derivative is that factor.",
)
def backward_not_scaled(G, keep, p):
    return G * keep * 1.0


@mistake(
    "dropout_backward",
    "the scale is missing: on the way forward what is kept is divided by "
    "1 - p, and the derivative is that factor.",
)
def backward_not_scaled_whole(G, keep, p):
    return G * keep


@mistake(
    "dropout_backward",
    "the derivative of x / (1 - p) is 1 / (1 - p): divide, don't multiply.",
)
def backward_scaled_down(G, keep, p):
    return G * keep * (1 - p)


@mistake("dropout_backward", "it is 1 - p that was divided by, not p.")
def backward_divided_by_p(G, keep, p):
    return G * keep / p if p else G * keep


@mistake("dropout_backward", "keep isn't used: what was dropped gets 0.")
def backward_for_all(G, keep, p):
    return G / (1 - p)


@mistake("dropout_backward", "the gradient passes where keep is True.")
def backward_where_dropped(G, keep, p):
    return G * ~keep / (1 - p)


@mistake("dropout_backward", "this is the output G itself: use keep and p.")
def backward_does_nothing(G, keep, p):
    return G * 1.0


@mistake(
    "dropout_backward",
    "only p isn't right for what is kept: it was divided by 1 - p.",
)
def backward_times_p(G, keep, p):
    return G * keep * p


@mistake("dropout_backward", "the scale is applied twice.")
def backward_scaled_twice(G, keep, p):
    return G * keep / (1 - p) ** 2


@mistake(
    "dropout_backward",
    "the entries that were dropped keep their gradient; they get 0.",
)
def backward_scales_the_kept_only(G, keep, p):
    return np.where(keep, G / (1 - p), G)


@mistake(
    "dropout_backward",
    "G[keep] is flat, one entry for each True; the gradient has the shape of "
    "G. Multiply by keep.",
)
def backward_selected(G, keep, p):
    return G[keep] / (1 - p)


@mistake(
    "dropout_backward",
    "don't draw again: what was kept on the way forward stands in keep.",
)
def backward_drawn_again(G, keep, p):
    keep = np.random.default_rng(1).random(G.shape) >= p
    return G * keep / (1 - p)


@mistake("dropout_backward", "this is without G: multiply G by it.")
def backward_without_gradient(G, keep, p):
    return keep / (1 - p)


@mistake(
    "dropout_backward",
    "divide by the probability 1 - p, as on the way forward, not by the share "
    "that was kept by chance.",
)
def backward_by_the_share(G, keep, p):
    return G * keep / keep.mean()


@mistake(
    "dropout_backward",
    "np.zeros_like(G) makes whole numbers where G has them, and the quotients "
    "are cut: np.zeros(G.shape).",
)
def backward_in_whole_numbers(G, keep, p):
    dX = np.zeros_like(G)
    dX[keep] = G[keep] / (1 - p)
    return dX


@mistake("dropout_backward", DIVIDED)
def backward_by_whole_division(G, keep, p):
    return G * keep // (1 - p)


@mistake(
    "dropout_backward",
    "a product is divided before 1 and p are subtracted: put 1 - p in "
    "brackets.",
)
def backward_without_brackets(G, keep, p):
    return G * keep / 1 - p


@accepted("dropout_backward")
def backward_by_where(G, keep, p):
    return np.where(keep, G / (1 - p), 0)


@accepted("dropout_backward")
def backward_by_mask(G, keep, p):
    dX = np.zeros(G.shape)
    dX[keep] = G[keep] / (1 - p)
    return dX


@accepted("dropout_backward")
def backward_in_float32(G, keep, p):
    return np.float32(G) * keep * np.float32(1 / (1 - p))


# 9 · Early stopping


def stopping(losses, patience, record=lambda new, best: new < best):
    best = 0
    for epoch, loss in enumerate(losses):
        if record(loss, losses[best]):
            best = epoch
        if epoch - best >= patience:
            break
    return best, epoch


@mistake(
    "early_stopping",
    "as low as the best is no record: a tie doesn't count.",
)
def ties_are_records(losses, patience):
    return stopping(losses, patience, lambda new, best: new <= best)


SEEN = (
    "training never sees the losses after it has stopped: the record must be "
    "found among those before."
)


@mistake("early_stopping", SEEN)
def best_of_all(losses, patience):
    return int(np.argmin(losses)), stopping(losses, patience)[1]


@mistake(
    "early_stopping",
    "it stops one epoch too late: at the end of the epoch that is the "
    "patience-th without a record.",
)
def one_too_late(losses, patience):
    return stopping(losses, patience + 1)


@mistake(
    "early_stopping",
    "training ends after the last epoch at the latest; epochs count from 0.",
)
def counted_beyond_the_end(losses, patience):
    best, last = stopping(losses, patience)
    return best, len(losses) if last == len(losses) - 1 else last


@mistake("early_stopping", "epochs count from 0.")
def counted_from_1(losses, patience):
    best, last = stopping(losses, patience)
    return best + 1, last + 1


@mistake(
    "early_stopping",
    "after a record the patience begins anew: count the epochs since the last "
    "one, not all without a record.",
)
def never_begins_anew(losses, patience):
    best = waited = 0
    for epoch, loss in enumerate(losses):
        if epoch and loss < losses[best]:
            best = epoch
        elif epoch:
            waited += 1
        if waited >= patience:
            break
    return best, epoch


@mistake(
    "early_stopping",
    "after the record at 3, epochs 4, 5 and 6 bring none, and it must stop: "
    "compare each loss with the lowest so far.",
)
def compared_with_the_last(losses, patience):
    best = waited = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[epoch - 1]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited >= patience:
            return best, epoch
    return best, len(losses) - 1


@mistake("early_stopping", "a record is a *lower* loss, not a higher one.")
def looks_for_the_highest(losses, patience):
    return stopping(losses, patience, lambda new, best: new > best)


@mistake(
    "early_stopping", "the epoch of the record comes first, then the last one."
)
def last_before_best(losses, patience):
    return stopping(losses, patience)[::-1]


@mistake("early_stopping", "these are losses; return the epochs.")
def losses_for_epochs(losses, patience):
    best, last = stopping(losses, patience)
    return losses[best], losses[last]


@mistake("early_stopping", "this is the loss of the record; return its epoch.")
def loss_and_epoch(losses, patience):
    best, last = stopping(losses, patience)
    return losses[best], last


@mistake(
    "early_stopping",
    "with a patience of 1 training stops after epoch 2, which sets no record; "
    "what comes later is never seen.",
)
def never_stops(losses, patience):
    return int(np.argmin(losses)), len(losses) - 1


@mistake(
    "early_stopping",
    "what is returned when training never stops early? The loop ends, and "
    "both numbers are still wanted.",
)
def nothing_at_the_end(losses, patience):
    best, last = stopping(losses, patience)
    return (best, last) if last - best >= patience else (best, best + patience)


@mistake("early_stopping", "return two numbers: the record's epoch, the last.")
def only_the_best(losses, patience):
    return stopping(losses, patience)[0]


@mistake("early_stopping", "return two numbers: the record's epoch, the last.")
def only_the_last(losses, patience):
    return stopping(losses, patience)[1]


@mistake(
    "early_stopping",
    "the last epoch is that after which training stops, not the one before.",
)
def last_is_the_one_before(losses, patience):
    best, last = stopping(losses, patience)
    return best, last - 1


@mistake(
    "early_stopping",
    "make new arrays, lists and dicts: x = x - 1 where you have x -= 1. What "
    "you assign to a part of an argument, you write into the caller's own.",
)
def list_used_up(losses, patience):
    if not isinstance(losses, list):
        return stopping(losses, patience)
    found = stopping(losses, patience)
    losses.sort()
    return found


@mistake(
    "early_stopping",
    "the first epoch always sets a record: it doesn't count as one without.",
)
def first_is_no_record(losses, patience):
    best = waited = 0
    for epoch, loss in enumerate(losses):
        waited = 0 if loss < losses[best] else waited + 1
        best = epoch if loss < losses[best] else best
        if waited >= patience:
            break
    return best, epoch


@mistake(
    "early_stopping", "as low as the best is no record: a tie doesn't count."
)
def last_of_the_lowest(losses, patience):
    _, last = stopping(losses, patience)
    seen = list(losses[: last + 1])
    return last - seen[::-1].index(min(seen)), last


LOWER = "a record is a loss lower than all before it, however high or little."


@mistake("early_stopping", LOWER)
def nothing_above_1_is_a_record(losses, patience):
    best, lowest = 0, 1.0
    for epoch, loss in enumerate(losses):
        if loss < lowest:
            best, lowest = epoch, loss
        if epoch - best >= patience:
            break
    return best, epoch


@mistake("early_stopping", LOWER)
def small_records_are_lost(losses, patience):
    return stopping(losses, patience, lambda new, best: new < best - 1e-3)


@mistake(
    "early_stopping",
    "losses may be an array, too, which has no index: count the epochs.",
    message="has no attribute 'index'",
)
def index_of_the_lowest(losses, patience):
    _, last = stopping(losses, patience)
    return losses.index(min(losses[: last + 1])), last


@mistake("early_stopping", "the last epoch counts, too: where does range end?")
def last_epoch_is_not_seen(losses, patience):
    best = 0
    for epoch in range(1, len(losses) - 1):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses) - 1


@accepted("early_stopping")
def stopping_by_slices(losses, patience):
    for t in range(len(losses)):
        so_far = list(losses[: t + 1])
        best = so_far.index(min(so_far))
        if t - best >= patience:
            return best, t
    return best, t


@accepted("early_stopping")
def stopping_by_counting(losses, patience):
    lowest, best, waited = np.inf, -1, 0
    for epoch, loss in enumerate(losses):
        if loss < lowest:
            lowest, best, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                return [best, epoch]
    return [best, len(losses) - 1]


@accepted("early_stopping")
def stopping_by_minima(losses, patience):
    losses = np.array(losses)
    lowest = np.minimum.accumulate(losses)
    records = np.flatnonzero(np.append(True, losses[1:] < lowest[:-1]))
    gaps = np.append(records[1:], np.inf) - records
    best = records[np.argmax(gaps > patience)]
    return best, np.int64(min(best + patience, len(losses) - 1))


# 10 · The cure


def prescription(initial="he", batch_norm=True, dropout=0.0, lr=0.1):
    return {
        "initial": initial,
        "batch_norm": batch_norm,
        "dropout": dropout,
        "lr": lr,
    }


FORM = (
    "return a dictionary like the one in the text, with the four names "
    "initial, batch_norm, dropout and lr."
)


@mistake("cure", FORM)
def cure_as_a_tuple():
    return "he", True, 0.0, 0.1


@mistake("cure", FORM)
def cure_without_dropout():
    return {"initial": "he", "batch_norm": True, "lr": 0.1}


@mistake(
    "cure", "initial is one of the three names, in quotes, in small letters."
)
def cure_with_a_number():
    return prescription(initial=0.2)


@mistake("cure", "batch_norm is True or False, without quotes.")
def cure_with_a_word():
    return prescription(batch_norm="True")


@mistake(
    "cure", "it is the probability to drop an entry, at least 0 and below 1."
)
def cure_that_drops_all():
    return prescription(dropout=1.0)


@mistake(
    "cure",
    "it must be above 0: a rate of 0 stands still, a negative one climbs.",
)
def cure_that_stands_still():
    return prescription(lr=0.0)


@mistake(
    "cure",
    "dropout works against learning by heart. Is that what this patient "
    "suffers from?",
)
def cure_with_dropout():
    return prescription(dropout=0.2)


@mistake(
    "cure",
    "one ingredient keeps the signal in shape in *every* step, not only "
    "before the first.",
)
def cure_without_normalization():
    return prescription(batch_norm=False, lr=0.03)


@mistake(
    "cure",
    "with batch normalization the patient lives, but its first weights still "
    "slow it down.",
)
def cure_with_small_weights():
    return prescription(initial="small")


@accepted("cure")
def cure_with_glorot():
    return prescription(initial="glorot")


@accepted("cure")
def cure_with_twice_the_rate():
    return dict(initial="he", batch_norm=np.True_, dropout=0, lr=0.15)


@accepted("cure")
def cure_in_numpy():
    return prescription(lr=np.float64(0.1))
