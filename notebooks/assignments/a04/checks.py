"""What the answers of assignment a04 are held to: examples and properties.

Each function takes a student's function or class; it is called in the block
of a check, and stops at the first thing that is wrong. The networks' random
parameters are replaced by known numbers, so that scores can be compared with
those that NumPy computes from the same numbers.
"""

import contextlib
import functools
import warnings
from pathlib import Path

import numpy as np

from utils import checking, comparing, data


class check(checking.check):
    """A check that knows the mistakes of this assignment."""

    mistakes = Path(__file__).with_name("mistakes.json")


SOFTMAX = (
    "return the scores. The loss applies the softmax itself, and twice is "
    "once too often."
)


def relu(z):
    return z.clip(0)


def scores_by_hand(weights, X, hidden=relu):
    """Return the scores (n, k) of a network [W1, b1, W2, b2, ...], each W of
    shape (d, k); hidden: the function after each hidden layer."""
    *layers, last = zip(weights[::2], weights[1::2])
    for W, b in layers:
        X = hidden(X @ W + b)
    return X @ last[0] + last[1]


def shapes_of(sizes):
    """Return the shapes of [W1, b1, W2, b2, ...], each W (d, k)."""
    pairs = zip(sizes, sizes[1:])
    return [shape for d, k in pairs for shape in ((d, k), (k,))]


def numbers(shapes, seed=0, dtype=np.float32):
    """Return arrays of these shapes, which begin where JAX can use a NumPy
    array as it is, without a copy: at multiples of 64 bytes."""
    rng = np.random.default_rng(seed)
    arrays = []
    for shape in shapes:
        values = rng.normal(size=shape) / max(shape) ** 0.5
        memory = np.empty(values.nbytes + 64, np.uint8)
        start = -memory.ctypes.data % 64
        array = np.ndarray(shape, dtype, memory, start)
        array[...] = values
        arrays.append(array)
    return arrays


def images(n, d):
    return np.random.default_rng(n).normal(size=(n, d)).astype(np.float32)


# 1 · The number of parameters


def parameters(count_params, sizes, gives):
    check.call(count_params, sizes, gives=gives)
    check.that(
        comparing.same(check.call(count_params, sizes), gives),
        "called a second time, the function gives another result.",
        "it keeps something from the first call: is a number added up "
        "outside the function?",
    )


# Networks of Keras and PyTorch


def parameters_fit(arrays, sizes, right):
    """Make sure that a network has the parameters that its sizes ask for.

    Parameters: arrays; right, their usual shapes. In which order they stand
    doesn't matter, nor whether a W is (d, k) or (k, d).
    """

    def kinds(shapes):
        return sorted(sorted(k for k in shape if k > 1) for shape in shapes)

    found = [tuple(array.shape) for array in arrays]
    check.that(
        kinds(found) == kinds(right),
        f"the parameters have the shapes {found}, not {right}.",
    )


def scores_fit(scores, arrays, sizes, X):
    """Compare the scores of a network with those by hand.

    Parameters: scores, a NumPy array; arrays, its parameters, in any order;
    X, the images.
    """
    check.that(
        np.ndim(scores) != 2 or not np.allclose(scores.sum(1), 1, atol=1e-4),
        "each row of the result sums to 1.",
        SOFTMAX,
    )
    readings = [scores_by_hand(w, X) for w in _readings(arrays, sizes)]
    same = (right for right in readings if comparing.same(scores, right))
    check.equal(scores, next(same, readings[0]), "what the network returns")


def _readings(arrays, sizes):
    """Yield all ways to take arrays as [W1, b1, W2, b2, ...]."""
    if len(sizes) == 1:
        yield []
        return
    d, k = sizes[:2]
    for i, W in enumerate(arrays):
        for j, b in enumerate(arrays):
            if i == j or b.size != k:
                continue
            rest = [a for n, a in enumerate(arrays) if n not in (i, j)]
            for own in (W, W.T):
                if own.shape == (d, k):
                    for others in _readings(rest, sizes[1:]):
                        yield [own, b.ravel(), *others]


def gives_the_same_again(scores, again):
    check.that(
        np.array_equal(scores, again),
        "the same images get other scores the second time.",
        "a dense network has no dropout, nor anything else that is random.",
    )


def are_apart(networks):
    """Make sure that two networks have no parameters in common.

    Parameters: networks, the lists of their parameters.
    """
    mine, others = [{id(p) for p in params} for params in networks]
    check.that(
        len(mine) == len(others) and not mine & others,
        "two networks share their layers.",
        "each network needs layers of its own: make them anew each time, in "
        "__init__ if there is one, not in a global list or in the class.",
    )


# 2 to 4 · Keras


@contextlib.contextmanager
def plain_errors():
    """Let Keras's errors say what is wrong in their first line."""
    import keras

    filtering = keras.config.is_traceback_filtering_enabled()
    keras.config.disable_traceback_filtering()
    try:
        yield
    finally:
        if filtering:
            keras.config.enable_traceback_filtering()


@contextlib.contextmanager
def gradients_on():
    """Leave PyTorch as it was, whatever an answer switches off."""
    import torch

    with torch.enable_grad():
        yield


@plain_errors()
def keras_sequence(keras_list, sizes, n=6):
    import keras

    models = [check.call(keras_list, sizes) for _ in "ab"]
    check.that(
        isinstance(models[0], keras.Sequential),
        f"the result is a {type(models[0]).__name__}.",
        "return keras.Sequential([...]), with the layers in the list.",
    )
    check.that(
        models[0].built,
        "the network has no weights yet.",
        "how large is W1? Nobody has told Keras the number of inputs: begin "
        "the list with keras.Input((number,)).",
    )
    _examine_keras(models, sizes, n)


@plain_errors()
def keras_network(KerasMLP, sizes, n=6):
    models = [check.call(KerasMLP, sizes) for _ in "ab"]
    for model in models:
        check.that(
            model(images(2, sizes[0])) is not None,
            "call returns None.",
            "it ends with return: what are the scores?",
        )
    check.that(
        models[0].weights,
        "the network has no weights, even after it was called.",
        "Keras only finds layers that __init__ stores in self. Those made in "
        "call are new at every call, with new weights.",
    )
    _examine_keras(models, sizes, n)


def _examine_keras(models, sizes, n):
    import tensorflow as tf

    model = models[0]
    are_apart([model.weights for model in models])
    parameters_fit(model.weights, sizes, shapes_of(sizes))
    check.that(
        len(model.trainable_weights) == len(model.weights),
        "not all weights can learn.",
        "leave trainable as it is.",
    )
    model.set_weights(numbers([w.shape for w in model.weights]))
    X = images(n, sizes[0])
    with tf.GradientTape() as tape:
        scores = model(X, training=True)
        total = tf.reduce_sum(tf.square(scores))
    gives_the_same_again(scores, model(X, training=True))
    scores_fit(np.asarray(scores), model.get_weights(), sizes, X)
    grads = tape.gradient(total, model.trainable_variables)
    check.that(
        all(grad is not None for grad in grads),
        "some weights get no gradient.",
        "NumPy in call is invisible to TensorFlow: take keras.ops, or the "
        "layers' own activation.",
    )


@plain_errors()
def weights_of_a_model(give_weights, d, *sizes):
    import keras

    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.parts = [keras.layers.Dense(k, "tanh") for k in sizes]

        def call(self, X):
            for part in self.parts:
                X = part(X)
            return X

    model = Network()
    result = check.call(give_weights, model, d)
    check.that(
        result is model,
        f"the result is of type {type(result).__name__}: it is not the model.",
        "return the model itself.",
    )
    found = [tuple(w.shape) for w in model.weights]
    check.that(
        found or not model.built,
        "the model counts as built, but has no weights.",
        "build makes nothing where the class has no build of its own: call "
        "the model on an image.",
    )
    check.that(
        found,
        "the model has no weights yet.",
        "a layer makes its weights when it first sees an input.",
    )
    right = shapes_of([d, *sizes])
    check.that(
        found == right, f"the weights have the shapes {found}, not {right}."
    )


# 5 and 6 · PyTorch


@gradients_on()
def torch_network(TorchMLP, sizes, n=6):
    import torch

    module, other = [check.call(TorchMLP, sizes) for _ in "ab"]
    params = list(module.parameters())
    are_apart([params, list(other.parameters())])
    examine_torch(module, sizes, n)
    X = torch.tensor(images(n, sizes[0]))
    module(X).square().sum().backward()
    check.that(
        all(p.grad is not None for p in params),
        "some parameters get no gradient.",
        "stay with torch in forward: no NumPy, no detach, no no_grad, no "
        "argmax.",
    )


def examine_torch(module, sizes, n):
    """Look at the parameters of a module, and at its scores of n images."""
    import torch

    check.that(
        type(module).forward is not torch.nn.Module.forward,
        f"{type(module).__name__} has no method forward.",
        "PyTorch calls the method forward; call is Keras's name for it.",
    )
    params = list(module.parameters())
    right = [shape[::-1] for shape in shapes_of(sizes)]
    parameters_fit([p.detach().numpy() for p in params], sizes, right)
    check.that(
        all(p.requires_grad for p in params),
        "not all parameters can learn.",
        "leave their requires_grad as it is.",
    )
    values = numbers([p.shape for p in params])
    with torch.no_grad():
        for param, value in zip(params, values):
            param.copy_(torch.tensor(value))
    X = images(n, sizes[0])
    scores = module(torch.tensor(X))
    check.that(
        scores is not None,
        "forward returns None.",
        "it ends with return: what are the scores?",
    )
    check.that(
        isinstance(scores, torch.Tensor) and scores.requires_grad,
        "the scores don't know where they come from: no gradients.",
        "stay with torch in forward: no NumPy, no detach, no no_grad, no "
        "argmax.",
    )
    scores = scores.detach().numpy()
    gives_the_same_again(scores, module(torch.tensor(X)).detach().numpy())
    scores_fit(scores, [value.T for value in values], sizes, X)


@gradients_on()
def numpy_in_numpy_out(numpy_scores):
    X = np.array([[1, 2], [3, 4], [0, -1]], np.float32)
    _leaves_no_trace(numpy_scores, _doubled(), X, [[6.0], [14.0], [-2.0]])


@gradients_on()
def images_in_float64(numpy_scores):
    _leaves_no_trace(numpy_scores, _doubled(), np.array([[0.5, 2]]), [[5.0]])


@gradients_on()
def scores_of_a_network(numpy_scores, sizes, n, dtype, training):
    import torch

    module = tanh_module(sizes).train(training)
    X = images(n, sizes[0]).astype(dtype)
    with torch.no_grad():
        right = module(torch.tensor(X, dtype=torch.float32)).numpy()
    _leaves_no_trace(numpy_scores, module, X, right.tolist())


def _doubled():
    import torch

    linear = torch.nn.Linear(2, 1)
    torch.nn.init.constant_(linear.weight, 2)
    torch.nn.init.constant_(linear.bias, 0)
    return linear


def _leaves_no_trace(numpy_scores, module, X, right):
    import torch

    training, params = module.training, list(module.parameters())
    for enabled in True, False:
        with torch.set_grad_enabled(enabled):
            scores = check.call(numpy_scores, module, X)
            after = torch.is_grad_enabled()
        check.that(
            isinstance(scores, np.ndarray),
            f"the result is a {type(scores).__name__}.",
            "a tensor becomes an array by its method numpy().",
        )
        check.that(
            after or not enabled,
            "your function has switched off gradients for everybody.",
            "with torch.no_grad(): ... switches them on again at its end.",
        )
        check.that(
            after == enabled,
            "your function has switched on gradients for a caller who had "
            "switched them off.",
            "with torch.no_grad(): ... puts back at its end what was before.",
        )
        check.that(
            all(p.dtype == torch.float32 for p in params),
            f"your function has changed the module to {params[0].dtype}.",
            "change the images, not the network: "
            "torch.tensor(X, dtype=torch.float32).",
        )
        check.equal(scores, right)
        check.that(
            all(p.requires_grad for p in params),
            "the module's parameters can't learn any more.",
            "leave requires_grad as it is: torch.no_grad() is enough.",
        )
        check.that(
            module.training == training,
            "your function has changed the mode of the module, training or "
            "eval.",
            "a dense network computes the same in both: leave it as it is.",
        )
        check.that(
            all(p.grad is None for p in params),
            "your function leaves gradients behind in the module.",
            "no backward is needed here, nor anything else that learns.",
        )


# 7 to 9 · JAX


def leaves(tree):
    """Return the arrays of a tree as a tuple of NumPy arrays."""
    import jax

    return tuple(np.array(leaf) for leaf in jax.tree.leaves(tree))


def random_tree(sizes, seed=0):
    import jax.numpy as jnp

    arrays = map(jnp.array, numbers(shapes_of(sizes), seed))
    return [{"W": W, "b": b} for W, b in zip(arrays, arrays)]


def is_list_of_dicts(params):
    check.that(
        isinstance(params, (list, tuple))
        and all(isinstance(layer, dict) for layer in params)
        and all(set(layer) == {"W", "b"} for layer in params),
        "the result is not a list of dicts with the keys W and b.",
        "one dict for each layer: [{'W': ..., 'b': ...}, ...].",
    )


def random_params(init_params, sizes):
    import jax

    keys = [jax.random.key(seed) for seed in (0, 0, 1)]
    params, again, others = [
        check.call(init_params, key, sizes) for key in keys
    ]
    is_list_of_dicts(params)
    check.that(
        all(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(params)),
        "not all parameters are JAX arrays.",
        "jax.random.normal(key, shape) and jnp.zeros(shape) make them; "
        "NumPy's generator would be hidden state.",
    )
    found = [layer[name].shape for layer in params for name in "Wb"]
    right = shapes_of(sizes)
    check.that(
        found == right, f"the arrays have the shapes {found}, not {right}."
    )
    check.that(
        all(map(np.array_equal, leaves(params), leaves(again))),
        "the same key gives other parameters the second time.",
        "all randomness must come from key: no np.random, no counter.",
    )
    check.that(
        not any(
            np.array_equal(one["W"], other["W"])
            for one, other in zip(params, others)
        ),
        "another key gives the same weights.",
        "use the key that you are given, for each layer; don't make one "
        "inside.",
    )
    check.that(
        not any(np.any(layer["b"]) for layer in params),
        "the biases are not zero.",
        "only the weights need to be different: jnp.zeros for b.",
    )
    drawn = {np.array(layer["W"]).tobytes() for layer in params}
    check.that(
        len(drawn) == len(params),
        "different layers have the same weights.",
        "one key gives the same numbers every time: split it, and use "
        "another for each layer.",
    )


def spread_of_params(init_params, d, k, seed=0):
    """Look at the distribution of a second layer's weights."""
    import jax

    params = check.call(init_params, jax.random.key(seed), [7, d, k])
    is_list_of_dicts(params)
    W = np.array(params[-1]["W"])
    check.that(
        len(np.unique(W)) > 0.9 * W.size,
        "many weights of a layer are the same.",
        "draw all of them at once: jax.random.normal(key, (d, k)).",
    )
    mean, spread, right = W.mean(), W.std(), (2 / d) ** 0.5
    check.that(
        abs(mean) < 0.1 * spread,
        f"the weights have mean {mean:.2g}, not 0.",
        "draw from jax.random.normal; uniform has no negative numbers.",
    )
    reason = (
        f"with {d} inputs and {k} outputs the weights have standard "
        f"deviation {spread:.4f}, not {right:.4f}."
    )
    for wrong, hint in [
        (1, "the factor sqrt(2 / d) is missing."),
        (2 / d, "2 / d is the variance: take its square root."),
        ((2 / k) ** 0.5, "d is the number of inputs, not of outputs."),
        ((1 / d) ** 0.5, "it is 2 / d: the ReLU loses half of it."),
        ((d / 2) ** 0.5, "it is sqrt(2 / d), not its inverse."),
        (2**0.5 / d, "the root is of the whole quotient: sqrt(2 / d)."),
        ((2 / 7) ** 0.5, "d is the number of inputs of each layer."),
        ((2 / (d + k)) ** 0.5, "this is Glorot's; He's is sqrt(2 / d)."),
    ]:
        check.that(abs(spread / wrong - 1) > 0.02, reason, hint)
    check.that(abs(spread / right - 1) < 0.02, reason)
    check.that(
        np.abs(W).max() > 3 * spread,
        f"no weight is larger than {np.abs(W).max() / spread:.1f} standard "
        "deviations: this is no normal distribution.",
        "draw from jax.random.normal.",
    )


def forward_on_paper(forward):
    import jax.numpy as jnp

    W1, b1 = [[1.0, -1, 2, 0], [0, 1, -1, 1]], [0.0, 1, -2, -1]
    W2 = [[1.0, 0, -1], [2, -1, 0], [0, 1, 1], [-1, 1, 2]]
    paper = [
        {"W": jnp.array(W1), "b": jnp.array(b1)},
        {"W": jnp.array(W2), "b": jnp.array([0.5, -3, 1])},
    ]
    _forward(forward, paper, np.array([[1.0, 2.0], [3.0, 1.0]]), [2, 4, 3])


def forward_of_layers(forward, sizes, n=6):
    _forward(forward, random_tree(sizes), images(n, sizes[0]), sizes)


def _forward(forward, params, X, sizes):
    import jax

    arrays = leaves(params)
    scores = check.call(forward, params, X)
    check.that(
        not np.array_equal(
            scores, check.call(forward, random_tree(sizes, seed=1), X)
        ),
        "with other parameters, forward gives the same scores.",
        "use the argument params, not parameters outside the function.",
    )
    scores = np.asarray(scores)
    check.that(
        not np.allclose(scores.sum(axis=-1), 1, atol=1e-4),
        "each row of the result sums to 1.",
        SOFTMAX,
    )
    check.equal(scores, scores_by_hand(arrays, X))
    compiled = check.call(jax.jit(forward), params, X)
    check.equal(np.asarray(compiled), scores, "under jax.jit the result")
    total = jax.grad(lambda params: (forward(params, X) ** 2).sum())
    grads = jax.jit(total)(params)
    check.that(
        all(np.any(grad) for grad in leaves(grads)),
        "some parameters get no gradient.",
        "stay with jnp and jax.nn in forward.",
    )


def one_step(sgd_step):
    import jax.numpy as jnp

    def layer(W, b):
        return [{"W": jnp.array([[W, 2 * W]]), "b": jnp.array([b])}]

    _step(sgd_step, layer(4.0, 1.0), layer(2.0, 6.0), 0.5)


def step_of_layers(sgd_step, sizes, lr, seed=0):
    _step(sgd_step, random_tree(sizes, seed), random_tree(sizes, seed + 1), lr)


def _step(sgd_step, params, grads, lr):
    right = tuple(p - lr * g for p, g in zip(leaves(params), leaves(grads)))
    for _ in "ab":
        after = check.call(sgd_step, params, grads, lr)
        check.that(
            isinstance(after, list)
            and len(after) == len(params)
            and all(isinstance(layer, dict) for layer in after)
            and all(set(layer) == {"W", "b"} for layer in after),
            "the result doesn't have the form of params.",
            "a list of dicts goes in, a list of dicts comes out: "
            "jax.tree.map keeps the form of a tree.",
        )
        check.equal(leaves(after), right, "what the tree holds")


# 10 to 12 · One set of weights


def keras_tanh(sizes):
    """Return a network of Keras with tanh after each hidden layer."""
    import keras

    inputs = values = keras.Input((sizes[0],))
    for k in sizes[1:-1]:
        values = keras.layers.Dense(k, "tanh")(values)
    model = keras.Model(inputs, keras.layers.Dense(sizes[-1])(values))
    model.set_weights(numbers(shapes_of(sizes), seed=1))
    return model


def tanh_module(sizes):
    """Return a network of PyTorch with tanh after each hidden layer."""
    import torch

    parts = []
    for d, k in zip(sizes, sizes[1:]):
        parts += [torch.nn.Linear(d, k), torch.nn.Tanh()]
    module = torch.nn.Sequential(*parts[:-1])
    values = numbers(shapes_of(sizes), seed=1)
    with torch.no_grad():
        for param, value in zip(module.parameters(), values):
            param.copy_(torch.tensor(value.T))
    return module


def jax_scores(params, X):
    """Return the scores of a tree with tanh after each hidden layer."""
    import jax
    import jax.numpy as jnp

    return scores_by_hand(jax.tree.leaves(params), X, jnp.tanh)


def _carry(load, network, weights):
    """Call a load function; return what it returns.

    It gets the very arrays, no copies of them: a network must not keep them.
    """
    before = [array.copy() for array in weights]
    given = list(weights)
    loaded = check.call(lambda network: load(network, given), network)
    check.that(
        len(given) == len(weights)
        and all(map(np.array_equal, weights, before)),
        "the function changes the weights that it was given.",
        "others still need them: no pop, no -=, no assignment to a part.",
    )
    return loaded


def _keeps_nothing(scores_of, weights):
    """Make sure that a network has copies of the weights.

    Parameters: scores_of(), its scores; weights, which it was given.
    """
    scores = np.array(scores_of())
    for array in weights:
        array *= 0
    check.that(
        np.array_equal(scores_of(), scores),
        "when the NumPy arrays change, the network changes too.",
        "they share their memory: torch.tensor(W) and jnp.array(W) copy, "
        "torch.from_numpy(W), jax.device_put(W) and W itself don't.",
    )


@plain_errors()
def loaded_keras(load_keras, sizes, dtype=np.float32):
    model, X = keras_tanh(sizes), images(4, sizes[0])
    weights = numbers(shapes_of(sizes), dtype=dtype)
    right = scores_by_hand(weights, X, np.tanh)
    loaded = _carry(load_keras, model, weights)
    check.that(
        loaded is model,
        f"the result is of type {type(loaded).__name__}: it is not the model.",
        "copy the weights into the model that you are given, and return it.",
    )
    check.equal(np.asarray(model(X)), right, "what the network returns")
    _keeps_nothing(lambda: np.asarray(model(X)), weights)


@gradients_on()
def loaded_torch(load_torch, sizes, dtype=np.float32):
    import torch

    module, X = tanh_module(sizes), images(4, sizes[0])
    weights = numbers(shapes_of(sizes), dtype=dtype)
    right = scores_by_hand(weights, X, np.tanh)
    loaded = _carry(load_torch, module, weights)
    check.that(
        loaded is module,
        f"the result is of type {type(loaded).__name__}: it is not the "
        "module.",
        "copy the weights into the module that you are given, and return it.",
    )
    params = list(module.parameters())
    check.that(
        all(p.dtype == torch.float32 for p in params),
        f"the parameters have become {params[0].dtype}.",
        "assigning to data changes the type. param.copy_(tensor) writes into "
        "the old parameter and converts.",
    )
    check.that(
        len(params) == len(weights) and all(p.requires_grad for p in params),
        "not all parameters can learn any more.",
        "they are still those that module.parameters() gives, and their "
        "requires_grad stays True; torch.no_grad() ends by itself.",
    )

    def scores():
        return module(torch.tensor(X)).detach().numpy()

    check.equal(scores(), right, "what the network returns")
    _keeps_nothing(scores, weights)
    check.that(
        torch.is_grad_enabled(),
        "your function has switched off gradients for everybody.",
        "with torch.no_grad(): ... switches them on again at its end.",
    )


def tree_of_weights(jax_tree, sizes, dtype=np.float32):
    import jax

    weights = numbers(shapes_of(sizes), dtype=dtype)
    right = tuple(array.copy() for array in weights)
    params = _carry(lambda _, weights: jax_tree(weights), None, weights)
    is_list_of_dicts(params)
    check.that(
        all(isinstance(p, jax.Array) for p in jax.tree.leaves(params)),
        "the tree holds other things than JAX arrays.",
        "NumPy arrays can be changed; jnp.array(W) makes a JAX array of one.",
    )
    check.equal(leaves(params), right, "what the tree holds")
    _keeps_nothing(
        lambda: np.concatenate([*map(np.ravel, leaves(params))]), weights
    )


# 13 and 14 · The letter from Turin


@gradients_on()
def mended_network(MendedNet, sizes, n=6):
    check.that(
        "TorchMLP" not in [base.__name__ for base in MendedNet.__mro__],
        "MendedNet is made from TorchMLP.",
        "copy Chiara's lines and mend them: class MendedNet(torch.nn.Module).",
    )
    module, other = [check.call(MendedNet, sizes) for _ in "ab"]
    are_apart([list(m.parameters()) for m in (module, other)])
    examine_torch(module, sizes, n)


@gradients_on()
def network_learns(MendedNet):
    import torch

    X, y = _garments()
    torch.manual_seed(0)
    losses = train_torch(check.call(MendedNet, [784, 50, 30, 10]), X, y, 0.1)
    check.that(
        losses[-1] < 0.7,
        f"the loss is {losses[-1]:.2f} after 200 steps.",
        "it should fall below 0.7: one of the bugs is still there.",
    )


def probe_steps(mended_train):
    _probe(mended_train, [1.0, 2.0, 3.0, 6.0], [1, 1, 1, 1], 1.0, 0.5, 4)


def probe_with_labels(mended_train, n, lr, num_steps, seed=0):
    rng = np.random.default_rng(seed)
    pixels, y = rng.integers(1, 9, n).astype(float), rng.integers(0, 2, n)
    _probe(mended_train, pixels, y, 2.0, lr, num_steps)


@gradients_on()
def _probe(mended_train, pixels, y, start, lr, num_steps):
    """Train the network of one parameter that the text describes."""
    import torch

    class Probe(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w = torch.nn.Parameter(torch.tensor(start))

        def forward(self, X):
            return torch.cat([torch.full_like(X, 1000), self.w * X], dim=1)

    slope = np.mean(pixels * np.array(y))
    right = start + lr * slope * np.arange(num_steps + 1)
    X, y = torch.tensor(pixels, dtype=torch.float32)[:, None], torch.tensor(y)
    for probe in Probe(), Probe():
        losses = check.call(mended_train, probe, X, y, lr, num_steps)
        w = probe.w.item()
        check.equal(w, right[-1], f"after {num_steps} steps w")
        check.that(
            isinstance(losses, list),
            f"the result is of type {type(losses).__name__}, not a list.",
            "return the losses of all steps, in a list.",
        )
        check.that(
            all(type(loss) is float for loss in losses),
            "the list holds other things than floats.",
            "loss.item() is the number; the tensor loss would keep the whole "
            "graph of its step in memory.",
        )
        right_losses = 1000 * float(y.float().mean()) - slope * right[:-1]
        check.equal(np.array(losses), right_losses, "the list of losses")


@gradients_on()
def training_of_a_network(mended_train, lr, num_steps):
    X, y = _garments()
    right = train_torch(tanh_module([784, 20, 10]), X, y, lr, num_steps)
    module = tanh_module([784, 20, 10])
    losses = check.call(mended_train, module, X, y, lr, num_steps)
    check.equal(np.array(losses), right, "the list of losses")


def train_torch(module, X, y, lr, num_steps=200):
    import torch

    optimizer = torch.optim.SGD(module.parameters(), lr=lr)
    losses = []
    for _ in range(num_steps):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(module(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _garments():
    import torch

    garments = data.fashion_mnist()
    X = garments.train_images[:300].reshape(-1, 784) / np.float32(255)
    return torch.tensor(X), torch.tensor(garments.train_labels[:300])


# 16 · Who pulls hardest


def three_lengths(gradient_lengths):
    X, y = [[2.0, -2.0], [4.0, 8.0], [0.0, 0.0]], [1.0, -2.0, 5.0]
    _lengths(gradient_lengths, X, y, [3, 18, 5])


def other_lengths(gradient_lengths):
    _lengths(gradient_lengths, [[0.0, 3.0]], [10.0], [1000**0.5])
    X, y = [[1.0, 1.0]] * 2 + [[4.0, 0.0]] * 2, [1.0, 2.0, 0.0, -1.0]
    _lengths(gradient_lengths, X, y, [3**0.5, 12**0.5, 0, 17**0.5])


def _lengths(gradient_lengths, X, y, right):
    import jax.numpy as jnp

    def loss(params, x, y):
        return y * (params["w"] @ x + params["b"])

    params = {"w": jnp.array([5.0, 7.0]), "b": jnp.array(9.0)}
    X, y = jnp.array(X), jnp.array(y)
    lengths = check.call(gradient_lengths, loss, params, X, y)
    check.equal(np.asarray(lengths), right)


# For the pictures


@functools.cache
def old_machine():
    """Train the old machine; return its weights [W1, b1, W2, b2]."""
    from sklearn.neural_network import MLPClassifier
    from threadpoolctl import threadpool_limits

    garments = data.fashion_mnist()
    X = garments.train_images[:10_000].reshape(-1, 784) / np.float32(255)
    settings = {"activation": "tanh", "max_iter": 8, "random_state": 0}
    machine = MLPClassifier((100,), **settings)
    with warnings.catch_warnings(), threadpool_limits(1, "blas"):
        warnings.simplefilter("ignore")  # it would like to train longer
        machine.fit(X, garments.train_labels[:10_000])
    pairs = zip(machine.coefs_, machine.intercepts_)
    return [array for pair in pairs for array in pair]


def on_the_line(start, end, t):
    """Return the tree at place t of the line from start (0) to end (1)."""
    import jax

    return jax.tree.map(lambda a, b: a + t * (b - a), start, end)


def loss_of_one(params, x, label):
    """Return the old machine's loss of one image x (d,), for JAX."""
    import jax

    return -jax.nn.log_softmax(jax_scores(params, x))[label]
