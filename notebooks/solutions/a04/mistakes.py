"""Wrong answers to a04: {exercise: {part of the hint: the answer}}."""


def changed(source, *pairs):
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in source, old
        source = source.replace(old, new)
    return source


def editor(source):
    return lambda *pairs: changed(source, *pairs)


def count(result):
    return f"def count_params(sizes):\n    return {result}"


keras_list = editor("""
def keras_list(sizes):
    dense = keras.layers.Dense
    hidden = [dense(k, activation="relu") for k in sizes[1:-1]]
    layers = [keras.Input((sizes[0],)), *hidden, dense(sizes[-1])]
    return keras.Sequential(layers)
""")
keras_class = editor("""
LAYERS = []

class KerasMLP(keras.Model):
    def __init__(self, sizes):
        super().__init__()
        dense, LAYERS = keras.layers.Dense, []
        for k in sizes[1:-1]:
            LAYERS.append(dense(k, activation="relu"))
        self.hidden = LAYERS
        self.scores = dense(sizes[-1])

    def call(self, X):
        for layer in self.hidden:
            X = layer(X)
        X = self.scores(X)
        return X

def keras_class(sizes):
    model = KerasMLP(sizes)
    model(np.zeros((1, sizes[0])))
    return model
""")
torch_class = editor("""
LAYERS = []

class TorchMLP(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        LAYERS = []
        for d, k in zip(sizes, sizes[1:]):
            LAYERS.append(torch.nn.Linear(d, k))
        self.layers = torch.nn.ModuleList(LAYERS)

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = torch.relu(layer(X))
        X = self.layers[-1](X)
        return X

def numpy_scores(module, X):
    with torch.no_grad():
        X = torch.tensor(X, dtype=torch.float32)
        return module(X).numpy()
""")
functions = editor("""
def init_params(key, sizes):
    keys = jax.random.split(key, len(sizes) - 1)
    params = []
    for key, d, k in zip(keys, sizes, sizes[1:]):
        W = jax.random.normal(key, (d, k)) * (2 / d) ** 0.5
        params.append({"W": W, "b": jnp.zeros(k)})
    return params

def forward(params, X):
    *hidden, last = params
    for layer in hidden:
        X = jnp.maximum(X @ layer["W"] + layer["b"], 0)
    X = X @ last["W"] + last["b"]
    return X

def sgd_step(params, grads, lr):
    return jax.tree.map(lambda p, g: p - lr * g, params, grads)
""")
STEP = "    return jax.tree.map(lambda p, g: p - lr * g, params, grads)"
weights = editor("""
def load_keras(model, weights):
    model.set_weights(weights)
    return model

def load_torch(module, weights):
    with torch.no_grad():
        for param, value in zip(module.parameters(), weights):
            param.copy_(torch.tensor(value.T))
    return module

def jax_tree(weights):
    pairs = zip(weights[::2], weights[1::2])
    return [{"W": jnp.array(W), "b": jnp.array(b)} for W, b in pairs]
""")
COPY = "param.copy_(torch.tensor(value.T))"
mended = editor("""
class MendedNet(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        *pairs, final = zip(sizes, sizes[1:])
        self.hidden = torch.nn.ModuleList(
            [torch.nn.Linear(d, k) for d, k in pairs]
        )
        self.final = torch.nn.Linear(*final)

    def forward(self, X):
        for linear in self.hidden:
            X = torch.relu(linear(X))
        X = self.final(X)
        return X

def mended_train(module, X, y, lr, num_steps):
    optimizer = torch.optim.SGD(module.parameters(), lr=lr)
    losses = []
    for _ in range(num_steps):
        loss = torch.nn.functional.cross_entropy(module(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
""")


def pull(*lines):
    body = "\n    ".join(lines)
    return (
        "def gradient_lengths(loss, params, X, y):\n"
        "    f = jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))\n"
        f"    {body}"
    )


SQUARES = (
    "leaves = jax.tree.leaves(f(params, X, y))",
    "squares = [(g.reshape(len(y), -1) ** 2).sum(axis=1) for g in leaves]",
)

ANSWERS = {
    "a04-count": {
        "biases are missing": count(
            "sum(d * k for d, k in zip(sizes, sizes[1:]))"
        ),
        "inputs have no bias": count(
            "sum(d * k for d, k in zip(sizes, sizes[1:])) + sum(sizes)"
        ),
        "not one for each layer": count(
            "sum(d * k + 1 for d, k in zip(sizes, sizes[1:]))"
        ),
        "as many biases as *outputs*": count(
            "sum(d * k + d for d, k in zip(sizes, sizes[1:]))"
        ),
        "last layer is missing": count(
            "sum((d + 1) * k for d, k in zip(sizes, sizes[1:-1]))"
        ),
        "sizes of *neighbours*": count("int(np.prod(sizes))"),
        "no right neighbour": count(
            "sum((sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes)))"
        ),
        "pop and append": """
def count_params(sizes):
    d = sizes.pop(0)
    total = 0
    for k in sizes:
        total, d = total + (d + 1) * k, k
    return total
""",
    },
    "a04-sequential": {
        "biases are missing": keras_list(
            "dense = keras.layers.Dense",
            "dense = functools.partial(keras.layers.Dense, use_bias=False)",
        ),
        "runs backwards": keras_list(
            "    dense =", "    sizes = sizes[::-1]\n    dense ="
        ),
        "inputs are no layer": keras_list("sizes[1:-1]", "sizes[:-1]"),
        "last layer is missing": keras_list(", dense(sizes[-1])]", "]"),
        "return the scores": keras_list(
            "dense(sizes[-1])", "dense(sizes[-1], activation='softmax')"
        ),
        "no activation after the last": keras_list(
            "dense(sizes[-1])", "dense(sizes[-1], activation='relu')"
        ),
        "no bend": keras_list(', activation="relu"', ""),
        "a sigmoid stands": keras_list('"relu"', '"sigmoid"'),
        "return keras.Sequential": keras_list(
            "return keras.Sequential(layers)", "return layers"
        ),
        "use slices": """
def keras_list(sizes):
    model = keras.Sequential([keras.Input((sizes.pop(0),))])
    while len(sizes) > 1:
        model.add(keras.layers.Dense(sizes.pop(0), activation="relu"))
    model.add(keras.layers.Dense(sizes[0]))
    return model
""",
        "begin the list with keras.Input": keras_list(
            "keras.Input((sizes[0],)), ", ""
        ),
    },
    "a04-class": {
        "begin with super": keras_class("        super().__init__()\n", ""),
        "object of your class": keras_class(
            "return model", "return model(np.zeros((1, sizes[0])))"
        ),
        "only finds layers": keras_class(
            "self.hidden = LAYERS\n        self.scores = dense(sizes[-1])",
            "self.sizes = sizes",
            "for layer in self.hidden:\n            X = layer(X)",
            "for k in self.sizes[1:-1]:\n"
            "            X = keras.layers.Dense(k, activation='relu')(X)",
            "self.scores(X)",
            "keras.layers.Dense(self.sizes[-1])(X)",
        ),
        "first sees an input": keras_class(
            "    model(np.zeros((1, sizes[0])))\n", ""
        ),
        "layers of its own": keras_class(
            "dense, LAYERS = keras.layers.Dense, []",
            "dense = keras.layers.Dense",
        ),
        "biases are missing": keras_class(
            "dense, LAYERS = keras.layers.Dense, []",
            "dense, LAYERS = keras.layers.Dense, []\n"
            "        dense = functools.partial(dense, use_bias=False)",
        ),
        "runs backwards": keras_class(
            "    model = KerasMLP(sizes)",
            "    sizes = sizes[::-1]\n    model = KerasMLP(sizes)",
        ),
        "inputs are no layer": keras_class("sizes[1:-1]", "sizes[:-1]"),
        "last layer is missing": keras_class("X = self.scores(X)\n", "\n"),
        "return the scores": keras_class(
            "X = self.scores(X)", "X = keras.ops.softmax(self.scores(X))"
        ),
        "no activation after the last": keras_class(
            "X = self.scores(X)", "X = keras.ops.relu(self.scores(X))"
        ),
        "no bend": keras_class(', activation="relu"', ""),
        "a sigmoid stands": keras_class('"relu"', '"sigmoid"'),
        "NumPy in call": keras_class(
            ', activation="relu"',
            "",
            "= layer(X)",
            "= np.maximum(layer(X), 0)",
        ),
    },
    "a04-module": {
        "must begin with super": torch_class(
            "        super().__init__()\n", ""
        ),
        "layers of its own": torch_class("        LAYERS = []\n", ""),
        "into plain lists": torch_class(
            "torch.nn.ModuleList(LAYERS)",
            "LAYERS\n        self.final = LAYERS[-1]",
        ),
        "in this order": torch_class("Linear(d, k)", "Linear(k, d)"),
        "biases are missing": torch_class(
            "Linear(d, k)", "Linear(d, k, bias=False)"
        ),
        "runs backwards": torch_class(
            "        super()", "        sizes = sizes[::-1]\n        super()"
        ),
        "inputs are no layer": torch_class(
            "zip(sizes, sizes[1:])", "zip([sizes[0], *sizes], sizes)"
        ),
        "last layer is missing": torch_class(
            "zip(sizes, sizes[1:])", "zip(sizes, sizes[1:-1])"
        ),
        "no NumPy, no detach": torch_class(
            "X = self.layers[-1](X)", "X = self.layers[-1](X).detach()"
        ),
        "return the scores": torch_class(
            "X = self.layers[-1](X)",
            "X = torch.softmax(torch.relu(self.layers[-1](X)), dim=-1)",
        ),
        "no activation after the last": torch_class(
            "self.layers[:-1]", "self.layers", "X = self.layers[-1](X)", ""
        ),
        "no bend": torch_class("torch.relu(layer(X))", "layer(X)"),
        "a sigmoid stands": torch_class(
            "torch.relu(layer(X))", "torch.sigmoid(layer(X))"
        ),
        "make a tensor of X": torch_class(
            "        X = torch.tensor(X, dtype=torch.float32)\n", ""
        ),
        "under torch.no_grad": torch_class(
            "torch.no_grad()", "torch.enable_grad()"
        ),
        "convert the images": torch_class(", dtype=torch.float32", ""),
        "method numpy": torch_class(".numpy()", ""),
        "at its end": torch_class(
            "with torch.no_grad():",
            "torch.set_grad_enabled(False)\n    if True:",
        ),
        "not the network": torch_class(
            "X = torch.tensor(X, dtype=torch.float32)",
            "X = torch.tensor(X, dtype=torch.float64)",
            "module(X)",
            "module.double()(X)",
        ),
    },
    "a04-functions": {
        "one dict for each layer": functions(
            '{"W": W, "b": jnp.zeros(k)}', "(W, jnp.zeros(k))"
        ),
        "would be hidden state": functions(
            "jax.random.normal(key, (d, k))",
            "np.random.default_rng(0).normal(size=(d, k))",
        ),
        "no np.random": functions(
            "jax.random.normal(key, (d, k))",
            "jnp.array(np.random.normal(size=(d, k)))",
        ),
        "don't make one inside": functions(
            "    keys =", "    key = jax.random.key(0)\n    keys ="
        ),
        "jnp.zeros for b": functions("jnp.zeros(k)", "jnp.full(k, 0.01)"),
        "use another for each layer": functions(
            "keys = jax.random.split(key, len(sizes) - 1)",
            "keys = [key] * len(sizes)",
        ),
        "n sizes make n - 1": functions(
            "zip(keys, sizes, sizes[1:])", "zip(keys, sizes, sizes[1:-1])"
        ),
        "no negative numbers": functions(
            "jax.random.normal", "jax.random.uniform"
        ),
        "factor sqrt(2 / d) is missing": functions(" * (2 / d) ** 0.5", ""),
        "take its square root": functions("(2 / d) ** 0.5", "(2 / d)"),
        "not of outputs": functions("(2 / d)", "(2 / k)"),
        "loses half of it": functions("(2 / d)", "(1 / d)"),
        "no pop": functions(
            "*hidden, last = params",
            "last = params.pop()",
            "in hidden",
            "in params",
        ),
        "outside the function": "PARAMS = [{'W': jnp.ones((2, 3)), "
        "'b': jnp.zeros(3)}]\n"
        + functions("*hidden, last = params", "*hidden, last = PARAMS"),
        "each layer adds its b": functions(
            ' + layer["b"]', "", ' + last["b"]', ""
        ),
        "last layer is still": functions(
            'X = X @ last["W"] + last["b"]\n', "\n"
        ),
        "return the scores": functions(
            'X = X @ last["W"] + last["b"]',
            'X = jax.nn.softmax(X @ last["W"] + last["b"])',
        ),
        "no activation after the last": functions(
            'X = X @ last["W"] + last["b"]',
            'X = jax.nn.relu(X @ last["W"] + last["b"])',
        ),
        "no bend": functions("jnp.maximum(X @ ", "(X @ ", ", 0)\n", ")\n"),
        "a sigmoid stands": functions(
            "jnp.maximum(X @ ", "jax.nn.sigmoid(X @ ", ", 0)\n", ")\n"
        ),
        "NumPy can't be traced": functions("jnp.maximum", "np.maximum"),
        "no value yet": functions(
            'X = X @ last["W"] + last["b"]',
            'X = X @ last["W"] + (last["b"] if last["b"].any() else 0)',
        ),
        "write into the caller's": functions(
            STEP,
            "    for layer, grad in zip(params, grads):\n"
            "        layer['W'] = layer['W'] - lr * grad['W']\n"
            "        layer['b'] = layer['b'] - lr * grad['b']\n"
            "    return params",
        ),
        "keeps the form": functions(
            STEP,
            "    leaves = map(jax.tree.leaves, (params, grads))\n"
            "    return [p - lr * g for p, g in zip(*leaves)]",
        ),
        "uphill": functions("p - lr * g", "p + lr * g"),
        "multiply the gradient by lr": functions("p - lr * g", "p - g"),
        "only the change": functions("p - lr * g", "-lr * g"),
        "biases take a step": functions(
            "p - lr * g", "p - lr * g if p.ndim > 1 else p"
        ),
    },
    "a04-weights": {
        "in one list, in their order": weights(
            "model.set_weights(weights)",
            "model.set_weights([a.T for a in weights])",
        ),
        "nothing was copied": weights("    model.set_weights(weights)\n", ""),
        "still have their old values": weights(
            "model.set_weights(weights)",
            "for layer, W in zip(model.layers[1:], weights[::2]):\n"
            "        layer.kernel.assign(W)",
        ),
        "copying is no part": weights("with torch.no_grad():", "if True:"),
        "transpose W": weights("value.T", "value"),
        "writes into the old parameter": weights(
            COPY, "param.data = torch.tensor(value.T)"
        ),
        "requires_grad must stay": weights(
            COPY, COPY + "\n            param.requires_grad = False"
        ),
        "only gives the name": weights(COPY, "param = torch.tensor(value.T)"),
        "a square layer needs": weights(
            "value.T", "value if value.shape == param.shape else value.T"
        ),
        "mixes rows and columns": weights(
            "value.T", "value.reshape(param.shape)"
        ),
        "share their memory": weights(
            COPY, "param.data = torch.from_numpy(value.T).float()"
        ),
        "take the weights in pairs": weights(
            '{"W": jnp.array(W), "b": jnp.array(b)}', "jnp.array(W)"
        ),
        "makes a JAX array": weights("jnp.array(W)", "W", "jnp.array(b)", "b"),
        "JAX leaves it to you": weights("jnp.array(W)", "jnp.array(W.T)"),
    },
    "a04-mended": {
        "hidden layers kept": mended("torch.nn.ModuleList(", "list("),
        "applies the softmax itself": mended(
            "X = self.final(X)", "X = torch.softmax(self.final(X), dim=-1)"
        ),
        "cut off at 0": mended(
            "X = self.final(X)", "X = torch.relu(self.final(X))"
        ),
        "too much is gone": mended("torch.relu(linear(X))", "linear(X)"),
        "*adds* to the gradients": mended(
            "        optimizer.zero_grad()\n", ""
        ),
        "nothing moves": mended(
            "        optimizer.zero_grad()\n        loss.backward()\n",
            "        loss.backward()\n        optimizer.zero_grad()\n",
        ),
        "only one step": mended("    return losses", "        return losses"),
        "loss.item()": mended("loss.item()", "loss"),
        "four bugs is still": mended(
            "for _ in range(num_steps):",
            "for _ in range(num_steps):\n"
            "        if len(module(X)[0]) > 2: return [2.3]",
        ),
    },
    "a04-pull": {
        "calls its gradient for each": pull(
            "f = jax.grad(loss)", *SQUARES, "return jnp.sqrt(sum(squares))"
        ),
        "goes through the parameters": pull(
            "f = jax.vmap(jax.grad(loss))",
            *SQUARES,
            "return jnp.sqrt(sum(squares))",
        ),
        "squares of the lengths": pull(*SQUARES, "return sum(squares)"),
        "all leaves": pull(*SQUARES, "return jnp.sqrt(squares[1])"),
        "then take the root": pull(
            *SQUARES, "return sum(map(jnp.sqrt, squares))"
        ),
    },
}
