"""Answers to assignment a04: wrong ones with their hints, and right ones that
must be accepted."""

import functools

import jax
import jax.flatten_util
import jax.numpy as jnp
import keras
import numpy as np
import torch

from tools.mistakes import accepted, mistake

# 1 · The number of parameters


FIRST_LAYER = (
    "only the first layer is counted: is the last size left out, or does the "
    "return stand in the loop?"
)


def pairs(sizes):
    return list(zip(sizes, sizes[1:]))


@mistake("count_params", "the biases are missing: one for each neuron.")
def count_without_biases(sizes):
    return sum(d * k for d, k in pairs(sizes))


@mistake("count_params", "the inputs have no bias, only neurons have.")
def count_with_biases_of_inputs(sizes):
    return sum(d * k for d, k in pairs(sizes)) + sum(sizes)


@mistake("count_params", "one bias for each neuron, not one for each layer.")
def count_with_one_bias_a_layer(sizes):
    return sum(d * k + 1 for d, k in pairs(sizes))


@mistake("count_params", "one bias for each neuron, not one in all.")
def count_with_one_bias(sizes):
    return sum(d * k for d, k in pairs(sizes)) + 1


@mistake("count_params", "a layer has as many biases as *outputs*.")
def count_with_a_bias_for_each_input(sizes):
    return sum(d * k + d for d, k in pairs(sizes))


@mistake("count_params", "a layer has biases for its outputs only.")
def count_with_biases_on_both_sides(sizes):
    return sum(d * k + d + k for d, k in pairs(sizes))


@mistake("count_params", "a layer has biases for its outputs only.")
def count_of_edges_with_one_more_each(sizes):
    return sum((d + 1) * (k + 1) for d, k in pairs(sizes))


@mistake("count_params", "the last layer's neurons have biases, too.")
def count_without_biases_of_scores(sizes):
    return sum(d * k for d, k in pairs(sizes)) + sum(sizes[1:-1])


@mistake("count_params", "the hidden neurons have biases, too.")
def count_without_biases_of_hidden(sizes):
    return sum(d * k for d, k in pairs(sizes)) + sizes[-1]


@mistake("count_params", FIRST_LAYER)
def count_without_last_layer(sizes):
    return sum((d + 1) * k for d, k in pairs(sizes)[:-1])


@mistake(
    "count_params",
    "only the last layer is counted: is the first one left out, or does the "
    "sum begin anew in the loop?",
)
def count_without_first_layer(sizes):
    return sum((d + 1) * k for d, k in pairs(sizes)[1:])


@mistake(
    "count_params",
    "multiply the sizes of *neighbours*, and add these products.",
)
def count_by_product(sizes):
    return int(np.prod(sizes))


@mistake(
    "count_params",
    "multiply the sizes of *neighbours*, and add these products.",
)
def count_by_product_and_biases(sizes):
    return int(np.prod(sizes)) + sum(sizes[1:])


@mistake(
    "count_params",
    "these are the neurons; count what connects them, too.",
)
def count_of_neurons(sizes):
    return sum(sizes)


@mistake(
    "count_params",
    "these are the biases; each neuron has a weight for each input, too.",
)
def count_of_biases(sizes):
    return sum(sizes[1:])


@mistake(
    "count_params",
    "the last size has no right neighbour: n sizes make n - 1 layers.",
    message="out of range",
)
def count_beyond_the_end(sizes):
    return sum((sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes)))


@mistake(
    "count_params",
    "sizes[-1] is the *last* size: a sum that begins at i = 0 must not look "
    "at sizes[i - 1].",
)
def count_around_the_corner(sizes):
    return sum((sizes[i - 1] + 1) * sizes[i] for i in range(len(sizes)))


@mistake("count_params", FIRST_LAYER)
def count_returned_too_early(sizes):
    for d, k in pairs(sizes):
        return (d + 1) * k


@mistake("count_params", "these are the layers one by one: add them up.")
def count_of_each_layer(sizes):
    return [(d + 1) * k for d, k in pairs(sizes)]


@mistake(
    "count_params",
    "the caller still needs the list: no pop and append, which change it; "
    "use slices, which are copies.",
)
def count_with_pop(sizes):
    d, total = sizes.pop(0), 0
    for k in sizes:
        total, d = total + (d + 1) * k, k
    return total


ANY_NUMBER = (
    "a list of sizes may be of any length: walk through it, don't take it "
    "apart into a fixed number of names."
)


@mistake("count_params", ANY_NUMBER, message="values to unpack")
def count_of_three_sizes(sizes):
    d, h, k = sizes
    return (d + 1) * h + (h + 1) * k


@mistake("count_params", ANY_NUMBER, message="out of range")
def count_of_three_indices(sizes):
    return (sizes[0] + 1) * sizes[1] + (sizes[1] + 1) * sizes[2]


@accepted("count_params")
def count_by_index(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i] + sizes[i]
    return total


@accepted("count_params")
def count_in_numpy(sizes):
    sizes = np.array(sizes)
    return (sizes[:-1] + 1) @ sizes[1:]


@accepted("count_params")
def count_by_recursion(sizes):
    if len(sizes) < 2:
        return 0
    return (sizes[0] + 1) * sizes[1] + count_by_recursion(sizes[1:])


@mistake(
    "count_params",
    "only one hidden layer is counted: there may be any number of them.",
)
def count_of_one_hidden_layer(sizes):
    if len(sizes) == 2:
        return (sizes[0] + 1) * sizes[1]
    return (sizes[0] + 1) * sizes[1] + (sizes[1] + 1) * sizes[-1]


EQUAL_SIZES = (
    "where all sizes are different, the count is right. Does it look for a "
    "layer by its size? index finds only the first of equal numbers, and a "
    "dict or a set keeps only one of them."
)


@mistake("count_params", EQUAL_SIZES)
def count_in_a_dict(sizes):
    return sum((d + 1) * k for d, k in dict(pairs(sizes)).items())


@mistake("count_params", EQUAL_SIZES)
def count_in_a_set(sizes):
    return sum((d + 1) * k for d, k in {*pairs(sizes)})


@mistake("count_params", EQUAL_SIZES)
def count_by_index_of_the_size(sizes):
    after = [sizes[sizes.index(d) + 1] for d in sizes[:-1]]
    return sum((d + 1) * k for d, k in zip(sizes, after))


@mistake(
    "count_params",
    "these are the last 32 bits of the right number, which has more: "
    "Python's own integers are large enough, and so is NumPy's int64.",
)
def count_in_32_bits(sizes):
    sizes = np.array(sizes, dtype=np.int32)
    return int(np.sum((sizes[:-1] + 1) * sizes[1:], dtype=np.int32))


# 2 · A list of layers: Keras

BIASES = "the biases are missing: every neuron has one."
BACKWARDS = (
    "the network runs backwards: sizes goes from the inputs to the scores."
)
TOO_MANY = (
    "a layer too many: the inputs are no layer. Four sizes make three layers."
)
NO_LAST = (
    "the last layer is missing, or isn't used: the scores need weights too."
)
NO_FIRST = "the first hidden layer is missing: sizes[1] is its size."
SOFTMAX = (
    "return the scores. The loss applies the softmax itself, and twice is "
    "once too often."
)
LAST_RELU = "no activation after the last layer: a score may be negative."
NO_BEND = (
    "there is no bend between the layers, so together they are one linear "
    "layer: is the ReLU missing, never reached (a slice too short, an if), or "
    "is its result thrown away?"
)
SIGMOID = "a sigmoid stands where the ReLU should be."
TANH = "a tanh stands where the ReLU should be."
FIRST_BARE = (
    "the first hidden layer has no ReLU: all of them need one, also one that "
    "is as wide as the scores."
)
FIRST_ONLY = "only the first hidden layer has its ReLU: all of them need one."
ALSO_INPUTS = "the inputs go into the first layer as they are: no ReLU there."
OWN_LAYERS = (
    "each network needs layers of its own: make them anew each time, in "
    "__init__ if there is one, not in a global list, in the class or in a "
    "default argument: `layers=[]` is one list for all calls."
)


def layers(sizes, activation="relu", last=None, use_bias=True):
    dense = functools.partial(keras.layers.Dense, use_bias=use_bias)
    hidden = [dense(k, activation=activation) for k in sizes[1:-1]]
    inputs = keras.Input((sizes[0],))
    return [inputs, *hidden, dense(sizes[-1], activation=last)]


def activated(sizes, activations):
    """Return layers, each with its activation."""
    dense = map(keras.layers.Dense, sizes[1:], activations)
    return [keras.Input((sizes[0],)), *dense]


@mistake("keras_list", BIASES)
def list_without_biases(sizes):
    return keras.Sequential(layers(sizes, use_bias=False))


@mistake("keras_list", BACKWARDS)
def list_backwards(sizes):
    return keras.Sequential(layers(sizes[::-1]))


@mistake("keras_list", TOO_MANY)
def list_with_a_layer_of_inputs(sizes):
    return keras.Sequential(layers([sizes[0], *sizes]))


@mistake("keras_list", NO_LAST)
def list_without_last_layer(sizes):
    return keras.Sequential(layers(sizes)[:-1])


@mistake("keras_list", NO_FIRST)
def list_without_first_layer(sizes):
    return keras.Sequential(layers([sizes[0], *sizes[2:]]))


@mistake("keras_list", SOFTMAX)
def list_with_softmax(sizes):
    return keras.Sequential(layers(sizes, last="softmax"))


@mistake("keras_list", LAST_RELU)
def list_with_relu_last(sizes):
    return keras.Sequential(layers(sizes, last="relu"))


@mistake("keras_list", NO_BEND)
def list_without_bend(sizes):
    return keras.Sequential(layers(sizes, activation=None))


@mistake("keras_list", SIGMOID)
def list_of_sigmoids(sizes):
    return keras.Sequential(layers(sizes, activation="sigmoid"))


@mistake("keras_list", TANH)
def list_of_tanh(sizes):
    return keras.Sequential(layers(sizes, activation="tanh"))


@mistake("keras_list", FIRST_BARE)
def list_with_relu_by_width(sizes):
    relu = [None if k == sizes[-1] else "relu" for k in sizes[1:]]
    return keras.Sequential(activated(sizes, relu))


@mistake("keras_list", FIRST_ONLY)
def list_with_relu_in_front(sizes):
    relu = ["relu", *[None] * (len(sizes) - 2)]
    return keras.Sequential(activated(sizes, relu))


@mistake("keras_list", FIRST_BARE)
def list_with_relu_later(sizes):
    relu = [None, *["relu"] * (len(sizes) - 3), None]
    return keras.Sequential(activated(sizes, relu))


@mistake(
    "keras_list",
    "return keras.Sequential([...]), with the layers in the list.",
)
def list_of_layers(sizes):
    return layers(sizes)


@mistake(
    "keras_list",
    "return keras.Sequential([...]), with the layers in the list.",
)
def list_as_a_model(sizes):
    return keras.Model(*[keras.Input((sizes[0],))] * 2)


@mistake(
    "keras_list",
    "the caller still needs the list: no pop and append, which change it; "
    "use slices, which are copies.",
)
def list_with_pop(sizes):
    model = keras.Sequential([keras.Input((sizes.pop(0),))])
    while len(sizes) > 1:
        model.add(keras.layers.Dense(sizes.pop(0), activation="relu"))
    model.add(keras.layers.Dense(sizes[0]))
    return model


@mistake(
    "keras_list",
    "how large is W1? Nobody has told Keras the number of inputs: begin the "
    "list with keras.Input((number,)).",
)
def list_without_input(sizes):
    return keras.Sequential(layers(sizes)[1:])


@mistake(
    "keras_list",
    "keras.Input wants a tuple, the shape of one image: (sizes[0],), with "
    "the comma.",
    message="to a shape",
)
def list_with_a_number_as_input(sizes):
    return keras.Sequential([keras.Input(sizes[0]), *layers(sizes)[1:]])


@mistake(
    "keras_list",
    "keras.layers.Dense(k, activation) has no place for the number of "
    "inputs: Keras takes it from the layer before.",
    message="identifier: 3",
)
def list_with_inputs_and_outputs(sizes):
    dense = [keras.layers.Dense(d, k) for d, k in pairs(sizes)]
    return keras.Sequential([keras.Input((sizes[0],)), *dense])


LEAKY = "a leaky ReLU stands where the ReLU should be: below 0 it gives 0."


@mistake("keras_list", LEAKY)
def list_of_leaky_relu(sizes):
    return keras.Sequential(layers(sizes, activation="leaky_relu"))


@mistake(
    "keras_list",
    "a BatchNormalization has parameters of its own; here are dense layers "
    "only.",
)
def list_with_batch_normalization(sizes):
    model = keras.Sequential(layers(sizes)[:1])
    for layer in layers(sizes)[1:-1]:
        model.add(layer)
        model.add(keras.layers.BatchNormalization())
    model.add(layers(sizes)[-1])
    return model


@mistake(
    "keras_list",
    "a dense network has no dropout, nor anything else that is random.",
)
def list_with_dropout(sizes):
    first, *others = layers(sizes)
    return keras.Sequential([first, keras.layers.Dropout(0.5), *others])


@mistake("keras_list", "leave trainable as it is.")
def list_that_is_frozen(sizes):
    model = keras.Sequential(layers(sizes))
    model.trainable = False
    return model


@mistake(
    "keras_list",
    "keras.Input wants the shape of one image, (sizes[0],), not all sizes.",
)
def list_with_all_sizes_as_input(sizes):
    return keras.Sequential([keras.Input(sizes), *layers(sizes)[1:]])


@mistake(
    "keras_list",
    "the list of the hidden layers is one item of your list: unpack it, "
    "[..., *hidden, ...].",
    message="Only instances of `keras.Layer`",
)
def list_in_a_list(sizes):
    first, *hidden, last = layers(sizes)
    return keras.Sequential([first, hidden, last])


@mistake("keras_list", ANY_NUMBER, message="values to unpack")
def list_of_four_sizes(sizes):
    d, a, b, k = sizes
    return keras.Sequential(layers([d, a, b, k]))


@mistake("keras_list", ANY_NUMBER, message="out of range")
def list_of_four_indices(sizes):
    return keras.Sequential(layers([sizes[0], sizes[1], sizes[2], sizes[3]]))


SHARED = {}


@mistake("keras_list", OWN_LAYERS)
def list_of_shared_layers(sizes):
    made = SHARED.setdefault(tuple(sizes), layers(sizes)[1:])
    return keras.Sequential([keras.Input((sizes[0],)), *made])


@mistake("keras_list", ALSO_INPUTS)
def list_with_relu_of_inputs(sizes):
    first, *others = layers(sizes)
    return keras.Sequential([first, keras.layers.ReLU(), *others])


@mistake(
    "keras_list",
    "only the first hidden layer is there: all of sizes[1:-1] are hidden.",
)
def list_with_one_hidden_layer(sizes):
    return keras.Sequential(layers([*sizes[:2], sizes[-1]]))


@mistake(
    "keras_list",
    "keras.Input wants the shape of *one* image, (sizes[0],): how many there "
    "are stays open by itself.",
    message="Invalid input shape",
)
def list_with_a_batch_as_input(sizes):
    inputs = keras.Input((None, sizes[0]))
    return keras.Sequential([inputs, *layers(sizes)[1:]])


@mistake(
    "keras_list",
    "the name of the activation is written in small letters: 'relu'.",
    message="identifier: Relu",
)
def list_with_a_capital_relu(sizes):
    return keras.Sequential(layers(sizes, activation="Relu"))


@mistake(
    "keras_list",
    "the layers stand in one list: keras.Sequential([...]), with brackets.",
    message="positional arguments but",
)
def list_without_brackets(sizes):
    return keras.Sequential(*layers(sizes))


@accepted("keras_list")
def list_with_add(sizes):
    model = keras.Sequential()
    model.add(keras.Input(shape=(sizes[0],)))
    for k in sizes[1:-1]:
        model.add(keras.layers.Dense(k))
        model.add(keras.layers.ReLU())
    model.add(keras.layers.Dense(sizes[-1]))
    return model


@accepted("keras_list")
def list_that_is_built(sizes):
    model = keras.Sequential(layers(sizes)[1:])
    model.build((None, sizes[0]))
    return model


# 3 · A class: Keras


class KerasBase(keras.Model):
    """The right network, but for what a class below changes."""

    activation, last, use_bias = "relu", None, True

    def __init__(self, sizes):
        super().__init__()
        made = layers(sizes, self.activation, self.last, self.use_bias)
        self.hidden, self.scores = made[1:-1], made[-1]

    def call(self, X):
        for layer in self.hidden:
            X = layer(X)
        return self.scores(X)


NO_SUPER = (
    "does __init__ begin with super().__init__()? Without it the library has "
    "nowhere to note your layers. (If it does, look for a misspelt name.)"
)


@mistake("KerasMLP", NO_SUPER, message="super().__init__()")
class KerasWithoutSuper(keras.Model):
    def __init__(self, sizes):
        self.hidden = layers(sizes)[1:-1]
        self.scores = layers(sizes)[-1]

    call = KerasBase.call


@mistake(
    "KerasMLP",
    "Keras only finds layers that __init__ stores in self. Those made in "
    "call are new at every call, with new weights.",
)
class KerasMadeInCall(keras.Model):
    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes

    def call(self, X):
        for layer in layers(self.sizes)[1:]:
            X = layer(X)
        return X


@mistake("KerasMLP", OWN_LAYERS)
class KerasOfSharedLayers(KerasBase):
    def __init__(self, sizes):
        keras.Model.__init__(self)
        made = SHARED.setdefault(("class", *sizes), layers(sizes)[1:])
        self.hidden, self.scores = made[:-1], made[-1]


@mistake("KerasMLP", OWN_LAYERS)
class KerasWithAListOfTheClass(KerasBase):
    collected = []

    def __init__(self, sizes):
        keras.Model.__init__(self)
        self.collected.extend(layers(sizes)[1:-1])
        self.hidden, self.scores = self.collected, layers(sizes)[-1]


@mistake("KerasMLP", BIASES)
class KerasWithoutBiases(KerasBase):
    use_bias = False


@mistake("KerasMLP", BACKWARDS)
class KerasBackwards(KerasBase):
    def __init__(self, sizes):
        super().__init__(sizes[::-1])


@mistake("KerasMLP", TOO_MANY)
class KerasWithALayerOfInputs(KerasBase):
    def __init__(self, sizes):
        super().__init__([sizes[0], *sizes])


@mistake("KerasMLP", NO_LAST)
class KerasWithoutLastLayer(KerasBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        del self.scores

    def call(self, X):
        for layer in self.hidden:
            X = layer(X)
        return X


@mistake("KerasMLP", NO_LAST)
class KerasThatForgetsItsLast(KerasBase):
    def call(self, X):
        for layer in self.hidden:
            X = layer(X)
        return X


@mistake("KerasMLP", NO_FIRST)
class KerasWithoutFirstLayer(KerasBase):
    def __init__(self, sizes):
        super().__init__([sizes[0], *sizes[2:]])


@mistake("KerasMLP", SOFTMAX)
class KerasWithSoftmax(KerasBase):
    last = "softmax"


@mistake("KerasMLP", LAST_RELU)
class KerasWithReluLast(KerasBase):
    last = "relu"


@mistake("KerasMLP", NO_BEND)
class KerasWithoutBend(KerasBase):
    activation = None


@mistake("KerasMLP", SIGMOID)
class KerasOfSigmoids(KerasBase):
    activation = "sigmoid"


@mistake("KerasMLP", TANH)
class KerasOfTanh(KerasBase):
    activation = "tanh"


class KerasActivated(KerasBase):
    def __init__(self, sizes):
        keras.Model.__init__(self)
        made = activated(sizes, self.activations(sizes))
        self.hidden, self.scores = made[1:-1], made[-1]


@mistake("KerasMLP", FIRST_BARE)
class KerasWithReluByWidth(KerasActivated):
    def activations(self, sizes):
        return [None if k == sizes[-1] else "relu" for k in sizes[1:]]


@mistake("KerasMLP", FIRST_ONLY)
class KerasWithReluInFront(KerasActivated):
    def activations(self, sizes):
        return ["relu", *[None] * (len(sizes) - 2)]


@mistake("KerasMLP", FIRST_BARE)
class KerasWithReluLater(KerasActivated):
    def activations(self, sizes):
        return [None, *["relu"] * (len(sizes) - 3), None]


@mistake("KerasMLP", ALSO_INPUTS)
class KerasWithReluOfInputs(KerasBase):
    def call(self, X):
        return super().call(keras.ops.relu(X))


@mistake(
    "KerasMLP",
    "what cuts them off in call? NumPy is invisible to TensorFlow (take "
    "keras.ops, or the layers' own activation), and stop_gradient stops.",
)
class KerasWithNumpy(KerasBase):
    activation = None

    def call(self, X):
        for layer in self.hidden:
            X = np.maximum(layer(X), 0)
        return self.scores(X)


@mistake(
    "KerasMLP",
    "Keras calls the method call; forward is PyTorch's name for it.",
    message="does not have a `call()` method",
)
class KerasWithForward(keras.Model):
    def __init__(self, sizes):
        super().__init__()
        self.hidden, self.scores = layers(sizes)[1:-1], layers(sizes)[-1]

    def forward(self, X):
        return KerasBase.call(self, X)


@mistake("KerasMLP", "it ends with return: what are the scores?")
class KerasWithoutReturn(KerasBase):
    def call(self, X):
        super().call(X)


@mistake(
    "KerasMLP",
    "self.hidden is a list: send X through its layers one after the other.",
    message="'list' object is not callable",
)
class KerasThatCallsAList(KerasBase):
    def call(self, X):
        return self.scores(list(self.hidden)(X))


@mistake(
    "KerasMLP",
    "keras.layers.Dense(k, activation) has no place for the number of "
    "inputs: Keras takes it from the layer before.",
    message="identifier: 3",
)
class KerasWithInputsAndOutputs(KerasBase):
    def __init__(self, sizes):
        keras.Model.__init__(self)
        *hidden, last = [keras.layers.Dense(d, k) for d, k in pairs(sizes)]
        self.hidden, self.scores = hidden, last


@mistake("KerasMLP", LEAKY)
class KerasOfLeakyRelu(KerasBase):
    activation = "leaky_relu"


@mistake(
    "KerasMLP",
    "a dense network has no dropout, nor anything else that is random.",
)
class KerasWithDropout(KerasBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.dropout = keras.layers.Dropout(0.5)

    def call(self, X):
        return super().call(self.dropout(X))


@mistake("KerasMLP", "leave trainable as it is.")
class KerasFrozen(KerasBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.trainable = False


IN_THE_LOOP = "is the return inside the loop over the hidden layers?"


@mistake("KerasMLP", IN_THE_LOOP)
class KerasReturnedTooEarly(KerasBase):
    def call(self, X):
        return self.scores(self.hidden[0](X))


IN_TURN = (
    "each layer must get what the one before returns, not the same images X "
    "again."
)


@mistake("KerasMLP", IN_TURN)
class KerasWithLayersOfTheSameImages(KerasBase):
    def call(self, X):
        for layer in self.hidden:
            values = layer(X)
        return self.scores(values)


@mistake("KerasMLP", IN_TURN)
class KerasThatKeepsTheImages(KerasBase):
    def call(self, X):
        for layer in self.hidden:
            layer(X)
        return self.scores(X)


IN_SELF = "what __init__ has stored in self, call and forward find in self."


@mistake("KerasMLP", IN_SELF, message="name 'hidden' is not defined")
class KerasWithoutSelf(KerasBase):
    def call(self, X):
        for layer in hidden:  # noqa: F821
            X = layer(X)
        return self.scores(X)


EMPTY_SUPER = (
    "__init__ of your class takes self and sizes; super().__init__() gets no "
    "arguments."
)
ONE_ARGUMENT = "__init__() takes 1 positional argument"


@mistake("KerasMLP", EMPTY_SUPER, message=ONE_ARGUMENT)
class KerasWithSizesForSuper(KerasBase):
    def __init__(self, sizes):
        keras.Model.__init__(self, sizes)


@mistake(
    "KerasMLP",
    "self.layers belongs to Keras: choose another name, self.hidden for "
    "example.",
    message="attribute is reserved",
)
class KerasWithAReservedName(KerasBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.layers = layers(sizes)[1:]


@mistake("KerasMLP", ANY_NUMBER, message="values to unpack")
class KerasOfFourSizes(KerasBase):
    def __init__(self, sizes):
        d, a, b, k = sizes
        super().__init__([d, a, b, k])


@mistake("KerasMLP", ANY_NUMBER, message="out of range")
class KerasOfFourIndices(KerasBase):
    def __init__(self, sizes):
        super().__init__([sizes[0], sizes[1], sizes[2], sizes[3]])


HIDDEN_SIZES = "the hidden layers' sizes are sizes[1:-1]."


@mistake("KerasMLP", HIDDEN_SIZES)
class KerasWithHiddenScores(KerasBase):
    def __init__(self, sizes):
        super().__init__([*sizes, sizes[-1]])


@mistake("KerasMLP", HIDDEN_SIZES)
class KerasWithAllSizesHidden(KerasBase):
    def __init__(self, sizes):
        super().__init__([sizes[0], *sizes, sizes[-1]])


@mistake(
    "KerasMLP",
    "call takes two arguments: self, and the images X.",
    message="too many positional arguments",
)
class KerasWithoutImages(KerasBase):
    def call(self):
        return self.scores(self.X)


@mistake("KerasMLP", IN_SELF, message="'KerasMLP' object has no attribute")
class KerasMLP(KerasBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        inner = layers(sizes)[1:-1]  # noqa: F841

    def call(self, X):
        for layer in self.inner:
            X = layer(X)
        return self.scores(X)


@mistake(
    "KerasMLP",
    "return the scores, not the classes: argmax comes later, and has no "
    "gradient.",
)
class KerasThatNamesClasses(KerasBase):
    def call(self, X):
        return keras.ops.argmax(super().call(X), axis=1)


@mistake(
    "KerasMLP",
    "the same layer stands in the list several times: make a new one for "
    "each hidden size.",
    message="expected axis -1 of input shape to have value 4",
)
class KerasWithOneLayerManyTimes(KerasBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.hidden = layers(sizes)[1:2] * (len(sizes) - 2)


@accepted("KerasMLP")
class KerasWithScoresFirst(keras.Model):
    def __init__(self, sizes):
        super().__init__()
        self.last = keras.layers.Dense(sizes[-1])
        self.inner = [keras.layers.Dense(k) for k in sizes[1:-1]]

    def call(self, X):
        for layer in self.inner:
            X = keras.ops.maximum(layer(X), 0)
        return self.last(X)


@accepted("KerasMLP")
class KerasAroundASequence(keras.Model):
    def __init__(self, sizes):
        super().__init__()
        self.sequence = keras.Sequential(layers(sizes)[1:])

    def call(self, X):
        return self.sequence(X)


@accepted("KerasMLP")
class KerasWithNamedLayers(keras.Model):
    def __init__(self, sizes):
        super().__init__()
        self.number = len(sizes) - 1
        for i, k in enumerate(sizes[1:]):
            setattr(self, f"dense{i}", keras.layers.Dense(k))

    def call(self, X):
        for i in range(self.number):
            X = getattr(self, f"dense{i}")(X)
            if i < self.number - 1:
                X = keras.activations.relu(X)
        return X


REUSED = (
    "a layer gets another number of inputs than it was made for. Has each "
    "its own place and its turn? Are all still there when call runs again "
    "(a generator, a zip and a map are empty then), or are those of an "
    "earlier network there, too?"
)


@mistake("KerasMLP", REUSED)
class KerasWithAGenerator(KerasBase):
    def __init__(self, sizes):
        keras.Model.__init__(self)
        self.hidden = (
            keras.layers.Dense(k, activation="relu") for k in sizes[1:-1]
        )
        self.scores = keras.layers.Dense(sizes[-1])


@mistake("KerasMLP", REUSED)
class KerasWithLayersByWidth(KerasBase):
    def __init__(self, sizes):
        keras.Model.__init__(self)
        made = {k: layers(sizes)[i] for i, k in enumerate(sizes[1:-1], 1)}
        self.hidden = [made[k] for k in sizes[1:-1]]
        self.scores = layers(sizes)[-1]


# 4 · A class: PyTorch


class TorchBase(torch.nn.Module):
    """The right network, but for what a class below changes."""

    bias = True

    def __init__(self, sizes):
        super().__init__()
        self.layers = torch.nn.ModuleList(
            torch.nn.Linear(d, k, bias=self.bias) for d, k in pairs(sizes)
        )

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = self.bend(layer(X))
        return self.end(self.layers[-1](X))

    def bend(self, z):
        return torch.relu(z)

    def end(self, scores):
        return scores


REGISTER = (
    "PyTorch finds the layers that are stored in self, and doesn't look into "
    "plain lists: put them into a torch.nn.ModuleList."
)


@mistake("TorchMLP", NO_SUPER, message="Module.__init__() call")
class TorchWithoutSuper(TorchBase):
    def __init__(self, sizes):
        self.layers = torch.nn.ModuleList()


@mistake("TorchMLP", NO_SUPER, message="has no attribute '_parameters'")
class TorchWithoutSuperInAList(TorchBase):
    def __init__(self, sizes):
        self.sizes = sizes
        self.parts = [torch.nn.Linear(d, k) for d, k in pairs(sizes)]


@mistake("TorchMLP", OWN_LAYERS)
class TorchOfSharedLayers(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        made = SHARED.setdefault(("torch", *sizes), list(self.layers))
        self.layers = torch.nn.ModuleList(made)


@mistake("TorchMLP", OWN_LAYERS)
class TorchWithAGrowingList(TorchBase):
    collected = []

    def __init__(self, sizes):
        super().__init__(sizes)
        self.collected.extend(self.layers)
        self.layers = torch.nn.ModuleList(self.collected)


@mistake("TorchMLP", REGISTER)
class TorchInAPlainList(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        made = list(self.layers)
        del self.layers
        self.layers = made


@mistake("TorchMLP", REGISTER)
class TorchInAPlainListButTheLast(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        made = list(self.layers)
        del self.layers
        self.layers, self.final = made, made[-1]


@mistake("TorchMLP", "it is torch.nn.Linear(inputs, outputs), in this order.")
class TorchWithSwappedSizes(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.layers = torch.nn.ModuleList(
            torch.nn.Linear(k, d) for d, k in pairs(sizes)
        )


@mistake("TorchMLP", BIASES)
class TorchWithoutBiases(TorchBase):
    bias = False


@mistake("TorchMLP", BACKWARDS)
class TorchBackwards(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes[::-1])


@mistake("TorchMLP", TOO_MANY)
class TorchWithALayerOfInputs(TorchBase):
    def __init__(self, sizes):
        super().__init__([sizes[0], *sizes])


@mistake("TorchMLP", NO_LAST)
class TorchWithoutLastLayer(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes[:-1])


@mistake("TorchMLP", NO_FIRST)
class TorchWithoutFirstLayer(TorchBase):
    def __init__(self, sizes):
        super().__init__([sizes[0], *sizes[2:]])


GRADIENTS = (
    "stay with torch in forward: no NumPy, no detach, no no_grad, no argmax."
)


@mistake("TorchMLP", GRADIENTS)
class TorchDetached(TorchBase):
    def end(self, scores):
        return scores.detach()


@mistake("TorchMLP", GRADIENTS)
class TorchWithoutGrad(TorchBase):
    def forward(self, X):
        with torch.no_grad():
            return super().forward(X)


@mistake("TorchMLP", GRADIENTS)
class TorchDetachedInside(TorchBase):
    def bend(self, z):
        return torch.relu(z.detach())


@mistake("TorchMLP", GRADIENTS, message="Can't call numpy()")
class TorchWithNumpy(TorchBase):
    def bend(self, z):
        return torch.tensor(np.maximum(z.numpy(), 0))


@mistake("TorchMLP", GRADIENTS)
class TorchThatReturnsNumpy(TorchBase):
    def end(self, scores):
        return scores.detach().numpy()


@mistake("TorchMLP", SOFTMAX)
class TorchWithSoftmax(TorchBase):
    def end(self, scores):
        return torch.softmax(scores, dim=-1)


@mistake("TorchMLP", SOFTMAX)
class TorchWithReluAndSoftmax(TorchBase):
    def end(self, scores):
        return torch.softmax(torch.relu(scores), dim=-1)


@mistake(
    "TorchMLP",
    "these are logarithms of probabilities; return the scores themselves.",
)
class TorchWithLogSoftmax(TorchBase):
    def end(self, scores):
        return torch.log_softmax(scores, dim=-1)


@mistake("TorchMLP", LAST_RELU)
class TorchWithReluLast(TorchBase):
    def end(self, scores):
        return torch.relu(scores)


@mistake("TorchMLP", NO_BEND)
class TorchWithoutBend(TorchBase):
    def bend(self, z):
        return z


@mistake("TorchMLP", SIGMOID)
class TorchOfSigmoids(TorchBase):
    def bend(self, z):
        return torch.sigmoid(z)


@mistake("TorchMLP", TANH)
class TorchOfTanh(TorchBase):
    def bend(self, z):
        return torch.tanh(z)


@mistake("TorchMLP", FIRST_BARE)
class TorchWithReluByWidth(TorchBase):
    def bend(self, z):
        scores = self.layers[-1].out_features
        return z if z.shape[1] == scores else torch.relu(z)


@mistake("TorchMLP", FIRST_ONLY)
class TorchWithReluInFront(TorchBase):
    def forward(self, X):
        first, *others = self.layers
        X = torch.relu(first(X))
        for layer in others:
            X = layer(X)
        return X


@mistake("TorchMLP", FIRST_BARE)
class TorchWithReluLater(TorchBase):
    def forward(self, X):
        X = self.layers[0](X)
        for layer in self.layers[1:-1]:
            X = torch.relu(layer(X))
        return self.layers[-1](X)


@mistake("TorchMLP", ALSO_INPUTS)
class TorchWithReluOfInputs(TorchBase):
    def forward(self, X):
        for layer in self.layers:
            X = layer(torch.relu(X))
        return X


@mistake(
    "TorchMLP",
    "PyTorch calls the method forward; call is Keras's name for it.",
)
class TorchWithCall(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = torch.nn.ModuleList(TorchBase(sizes).layers)

    def call(self, X):
        return TorchBase.forward(self, X)


@mistake(
    "TorchMLP",
    "a ModuleList only holds layers: send X through them one after the other.",
    message='Module [ModuleList] is missing the required "forward"',
)
class TorchThatCallsAList(TorchBase):
    def forward(self, X):
        return self.layers(X)


@mistake("TorchMLP", "it ends with return: what are the scores?")
class TorchWithoutReturn(TorchBase):
    def forward(self, X):
        super().forward(X)


@mistake(
    "TorchMLP",
    "torch.nn.ReLU() makes a layer; torch.relu(X) is the function.",
    message="must be Tensor, not ReLU",
)
class TorchWithReluTheLayer(TorchBase):
    def bend(self, z):
        return torch.nn.ReLU(z)


@mistake("TorchMLP", IN_TURN, message="cannot be multiplied (6x4 and 3x5)")
class TorchWithLayersSideBySide(TorchBase):
    def forward(self, X):
        for layer in self.layers[:-1]:
            values = torch.relu(layer(X))
        return self.layers[-1](values)


@mistake("TorchMLP", IN_THE_LOOP, message="cannot be multiplied (6x3 and 5x3)")
class TorchReturnedTooEarly(TorchBase):
    def forward(self, X):
        for layer in self.layers[:-1]:
            X = torch.relu(layer(X))
            return self.layers[-1](X)


@mistake("TorchMLP", LEAKY)
class TorchOfLeakyRelu(TorchBase):
    def bend(self, z):
        return torch.nn.functional.leaky_relu(z)


@mistake(
    "TorchMLP",
    "a dense network has no dropout, nor anything else that is random.",
)
class TorchWithDropout(TorchBase):
    def bend(self, z):
        return torch.nn.functional.dropout(torch.relu(z))


@mistake("TorchMLP", "leave their requires_grad as it is.")
class TorchFrozen(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.requires_grad_(False)


@mistake(
    "TorchMLP",
    "the images are float32: leave the layers as torch.nn.Linear makes them.",
    message="got Float and Double",
)
class TorchOfDoubles(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.double()


@mistake("TorchMLP", IN_SELF, message="name 'hidden' is not defined")
class TorchWithoutSelf(TorchBase):
    def forward(self, X):
        for layer in hidden:  # noqa: F821
            X = torch.relu(layer(X))
        return X


@mistake("TorchMLP", EMPTY_SUPER, message=ONE_ARGUMENT)
class TorchWithSizesForSuper(TorchBase):
    def __init__(self, sizes):
        torch.nn.Module.__init__(self, sizes)


@mistake("TorchMLP", ANY_NUMBER, message="values to unpack")
class TorchOfFourSizes(TorchBase):
    def __init__(self, sizes):
        d, a, b, k = sizes
        super().__init__([d, a, b, k])


@mistake("TorchMLP", ANY_NUMBER, message="out of range")
class TorchOfFourIndices(TorchBase):
    def __init__(self, sizes):
        super().__init__([sizes[0], sizes[1], sizes[2], sizes[3]])


@mistake("TorchMLP", NO_LAST)
class TorchThatForgetsItsLast(TorchBase):
    def forward(self, X):
        for layer in self.layers[:-1]:
            X = torch.relu(layer(X))
        return X


@mistake(
    "TorchMLP",
    "a Linear needs both sizes, torch.nn.Linear(inputs, outputs).",
    message="'out_features'",
)
class TorchWithoutInputs(TorchBase):
    def __init__(self, sizes):
        torch.nn.Module.__init__(self)
        self.layers = [torch.nn.Linear(k) for k in sizes[1:]]


@mistake("TorchMLP", GRADIENTS)
class TorchThatNamesClasses(TorchBase):
    def end(self, scores):
        return scores.argmax(dim=1)


@mistake(
    "TorchMLP",
    "no softmax, in no direction: the loss applies it. Return the scores.",
)
class TorchWithSoftmaxOverImages(TorchBase):
    def end(self, scores):
        return torch.softmax(scores, dim=0)


@mistake(
    "TorchMLP",
    "torch.nn.Sequential wants the layers one by one, not in a list: "
    "Sequential(*parts).",
    message="list is not a Module subclass",
)
class TorchInASequenceOfAList(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        self.sequence = torch.nn.Sequential(list(self.layers))


@mistake(
    "TorchMLP",
    "a method takes self first: forward(self, X).",
    message="takes 1 positional argument but 2 were given",
)
class TorchWithoutSelfArgument(TorchBase):
    def forward(X):
        return X


@mistake(
    "TorchMLP",
    "max compares whole tensors, and they have no single answer: entry by "
    "entry it is torch.relu.",
    message="Boolean value of Tensor",
)
class TorchWithPythonsMax(TorchBase):
    def bend(self, z):
        return max(z, 0)


@mistake(
    "TorchMLP",
    "torch.max(z, 0) gives the largest entry of each column, and its place; "
    "a ReLU is torch.relu(z).",
    message="must be Tensor, not torch.return_types.max",
)
class TorchWithMaxOfColumns(TorchBase):
    def bend(self, z):
        return torch.max(z, 0)


@mistake(
    "TorchMLP",
    "a method is called with brackets: z.relu().",
    message="must be Tensor, not builtin_function_or_method",
)
class TorchWithReluUncalled(TorchBase):
    def bend(self, z):
        return z.relu


@mistake(
    "TorchMLP",
    "torch.maximum compares two tensors; with a number it is "
    "torch.clamp(z, min=0), or simply torch.relu(z).",
    message="must be Tensor, not int",
)
class TorchWithMaximumOfANumber(TorchBase):
    def bend(self, z):
        return torch.maximum(z, 0)


@accepted("TorchMLP")
class TorchInASequence(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        parts = []
        for d, k in pairs(sizes):
            parts += [torch.nn.Linear(d, k), torch.nn.ReLU()]
        self.network = torch.nn.Sequential(*parts[:-1])

    def forward(self, X):
        return self.network(X)


@accepted("TorchMLP")
class TorchWithScoresFirst(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.last = torch.nn.Linear(sizes[-2], sizes[-1])
        inner = [torch.nn.Linear(d, k) for d, k in pairs(sizes[:-1])]
        self.inner = torch.nn.ModuleList(inner)

    def forward(self, X):
        for layer in self.inner:
            X = layer(X).clamp(min=0)
        return self.last(X)


@accepted("TorchMLP")
class TorchWithOwnParameters(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.b = torch.nn.ParameterList(torch.zeros(k) for k in sizes[1:])
        self.W = torch.nn.ParameterList(
            torch.randn(d, k) / d**0.5 for d, k in pairs(sizes)
        )

    def forward(self, X):
        for W, b in zip(self.W[:-1], self.b[:-1]):
            X = torch.relu(X @ W + b)
        return X @ self.W[-1] + self.b[-1]


@accepted("TorchMLP")
class TorchWithAddedModules(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        for i, (d, k) in enumerate(pairs(sizes)):
            self.add_module(f"linear{i}", torch.nn.Linear(d, k))

    def forward(self, X):
        *hidden, last = self.children()
        for layer in hidden:
            X = torch.nn.functional.relu(layer(X))
        return last(X)


@mistake(
    "TorchMLP",
    "the scores of one image are a row, too, (1, k): is there a squeeze, a "
    "flatten, or an index [0]?",
)
class TorchSqueezed(TorchBase):
    def end(self, scores):
        return scores.squeeze()


@accepted("TorchMLP")
class TorchWithParametersOfItsOwn(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.params = torch.nn.ParameterList()
        for d, k in pairs(sizes):
            self.params += [torch.randn(d, k) / d**0.5, torch.zeros(k)]

    def forward(self, X):
        for i in range(0, len(self.params), 2):
            X = torch.relu(X) if i else X
            X = X @ self.params[i] + self.params[i + 1]
        return X


@accepted("TorchMLP")
class TorchWithTheLastLayerFirst(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        *inner, final = pairs(sizes)
        self.final = torch.nn.Linear(*final)
        self.inner = torch.nn.ModuleList(torch.nn.Linear(*p) for p in inner)

    def forward(self, X):
        for linear in self.inner:
            X = torch.relu(linear(X))
        return self.final(X)


# 5 · Random parameters


def drawn(key, sizes, draw=jax.random.normal, spread=None, bias=0.0):
    """Return random parameters; draw(key, shape); spread(d, k)."""
    spread = spread or (lambda d, k: (2 / d) ** 0.5)
    keys = jax.random.split(key, len(sizes))
    return [
        {"W": draw(key, (d, k)) * spread(d, k), "b": jnp.full(k, bias)}
        for key, d, k in zip(keys, sizes, sizes[1:])
    ]


DICTS = "one dict for each layer: [{'W': ..., 'b': ...}, ...]."


@mistake("init_params", DICTS)
def params_in_tuples(key, sizes):
    return [(layer["W"], layer["b"]) for layer in drawn(key, sizes)]


@mistake("init_params", DICTS)
def params_in_one_list(key, sizes):
    return jax.tree.leaves(drawn(key, sizes))


@mistake("init_params", DICTS)
def params_in_one_dict(key, sizes):
    return dict(enumerate(drawn(key, sizes)))


@mistake("init_params", DICTS)
def params_with_other_names(key, sizes):
    return [{"w": p["W"], "b": p["b"]} for p in drawn(key, sizes)]


HIDDEN_STATE = (
    "jax.random.normal(key, shape) and jnp.zeros(shape) make them; NumPy's "
    "generator would be hidden state."
)


@mistake("init_params", HIDDEN_STATE)
def params_of_numpy(key, sizes):
    def normal(key, shape):
        return np.random.default_rng(0).normal(size=shape)

    return drawn(key, sizes, normal)


@mistake("init_params", HIDDEN_STATE)
def params_with_biases_of_numpy(key, sizes):
    params = drawn(key, sizes)
    return [p | {"b": np.zeros(len(p["b"]))} for p in params]


GENERATOR = np.random.default_rng(0)


@mistake(
    "init_params",
    "all randomness must come from key: no np.random, no counter.",
)
def params_of_a_hidden_generator(key, sizes):
    return drawn(key, sizes, lambda _, s: jnp.array(GENERATOR.normal(size=s)))


USE_THE_KEY = (
    "use the key that you are given, for each layer; don't make one inside."
)


@mistake("init_params", USE_THE_KEY)
def params_of_a_key_made_inside(key, sizes):
    return drawn(jax.random.key(0), sizes)


@mistake("init_params", USE_THE_KEY)
def params_of_half_a_key(key, sizes):
    return drawn(key, sizes)[:1] + drawn(jax.random.key(0), sizes)[1:]


@mistake(
    "init_params",
    "only the weights need to be different: jnp.zeros for b.",
)
def params_with_biases(key, sizes):
    return drawn(key, sizes, bias=0.01)


ONE_KEY = (
    "one key gives the same numbers every time: split it, and use another "
    "for each layer."
)


@mistake("init_params", ONE_KEY)
def params_of_one_key(key, sizes):
    return drawn(key, sizes, lambda _, s: jax.random.normal(key, s))


N_MINUS_1 = (
    "n sizes make n - 1 layers, each with a W (inputs, outputs) and a b "
    "(outputs,)."
)


@mistake("init_params", N_MINUS_1)
def params_without_last_layer(key, sizes):
    return drawn(key, sizes[:-1])


@mistake("init_params", N_MINUS_1)
def params_without_first_layer(key, sizes):
    return drawn(key, sizes[1:])


@mistake("init_params", "W has one row for each *input*: (d, k).")
def params_transposed(key, sizes):
    return [p | {"W": p["W"].T} for p in drawn(key, sizes)]


@mistake("init_params", "a layer has one bias for each output: (k,).")
def params_with_biases_of_inputs(key, sizes):
    biases = [jnp.zeros(d) for d in sizes]
    return [p | {"b": b} for p, b in zip(drawn(key, sizes), biases)]


@mistake("init_params", "b has one axis, (k,), not two.")
def params_with_rows_of_biases(key, sizes):
    return [p | {"b": p["b"][None]} for p in drawn(key, sizes)]


@mistake(
    "init_params",
    "draw from jax.random.normal; uniform has no negative numbers.",
)
def params_of_positive_numbers(key, sizes):
    return drawn(key, sizes, jax.random.uniform)


@mistake("init_params", "draw from jax.random.normal.")
def params_of_uniform_numbers(key, sizes):
    def uniform(key, shape):
        edge = 3**0.5
        return jax.random.uniform(key, shape, minval=-edge, maxval=edge)

    return drawn(key, sizes, uniform)


@mistake(
    "init_params",
    "draw all of them at once: jax.random.normal(key, (d, k)).",
)
def params_of_equal_rows(key, sizes):
    def rows(key, shape):
        return jnp.ones(shape) * jax.random.normal(key, shape[1:])

    return drawn(key, sizes, rows)


@mistake("init_params", "the factor sqrt(2 / d) is missing.")
def params_without_factor(key, sizes):
    return drawn(key, sizes, spread=lambda d, k: 1)


@mistake("init_params", "2 / d is the variance: take its square root.")
def params_times_the_variance(key, sizes):
    return drawn(key, sizes, spread=lambda d, k: 2 / d)


@mistake("init_params", "d is the number of inputs, not of outputs.")
def params_by_outputs(key, sizes):
    return drawn(key, sizes, spread=lambda d, k: (2 / k) ** 0.5)


@mistake("init_params", "it is 2 / d: the ReLU loses half of it.")
def params_by_one_over_d(key, sizes):
    return drawn(key, sizes, spread=lambda d, k: (1 / d) ** 0.5)


@mistake("init_params", "it is sqrt(2 / d), not its inverse.")
def params_by_the_inverse(key, sizes):
    return drawn(key, sizes, spread=lambda d, k: (d / 2) ** 0.5)


@mistake("init_params", "this is Glorot's; He's is sqrt(2 / d).")
def params_of_glorot(key, sizes):
    return drawn(key, sizes, spread=lambda d, k: (2 / (d + k)) ** 0.5)


@mistake("init_params", ONE_KEY)
def params_of_two_keys(key, sizes):
    one, other = jax.random.split(key)
    keys = iter([one, other] * len(sizes))
    return drawn(key, sizes, lambda _, s: jax.random.normal(next(keys), s))


@mistake("init_params", "d is the number of inputs of each layer.")
def params_by_the_first_size(key, sizes):
    return drawn(key, sizes, spread=lambda d, k: (2 / sizes[0]) ** 0.5)


@mistake("init_params", "the root is of the whole quotient: sqrt(2 / d).")
def params_by_half_a_root(key, sizes):
    return drawn(key, sizes, spread=lambda d, k: 2**0.5 / d)


@mistake(
    "init_params",
    "the shape is one argument, a tuple: jax.random.normal(key, (d, k)).",
    message="as a data type",
)
def params_of_two_arguments(key, sizes):
    return drawn(key, sizes, lambda key, s: jax.random.normal(key, *s))


@mistake(
    "init_params",
    "jax.random.normal has no mean and spread: it draws with 0 and 1; "
    "multiply the result.",
    message="unexpected keyword argument",
)
def params_with_a_scale(key, sizes):
    return drawn(key, sizes, lambda key, s: jax.random.normal(key, s, scale=1))


@mistake(
    "init_params",
    "split makes two keys unless it is told how many: "
    "jax.random.split(key, number).",
    message="out of range",
)
def params_of_too_few_keys(key, sizes):
    keys = list(jax.random.split(key))
    return [drawn(keys[i], sizes)[i] for i in range(len(sizes) - 1)]


@mistake(
    "init_params",
    "only the last layer is left: make one list before the loop, and append "
    "each layer's dict.",
)
def params_of_the_last_layer(key, sizes):
    return drawn(key, sizes)[-1:]


@accepted("init_params")
def params_by_fold_in(key, sizes):
    params = []
    for i in range(len(sizes) - 1):
        own = jax.random.fold_in(key, i)
        W = jax.random.normal(own, (sizes[i], sizes[i + 1]))
        scale = np.sqrt(2 / sizes[i])
        params += [{"b": jnp.zeros((sizes[i + 1],)), "W": scale * W}]
    return params


@accepted("init_params")
def params_by_one_split_after_the_other(key, sizes):
    params = []
    for d, k in pairs(sizes):
        key, own = jax.random.split(key)
        he = jax.nn.initializers.he_normal()
        del he  # it draws from a truncated normal distribution
        W = jnp.sqrt(2 / d) * jax.random.normal(own, shape=(d, k))
        params.append(dict(W=W, b=jnp.zeros_like(W[0])))
    return params


@mistake("init_params", "d is the number of inputs, without outputs.")
def params_by_the_mean_of_both(key, sizes):
    return drawn(key, sizes, spread=lambda d, k: (4 / (d + k)) ** 0.5)


TAILS = (
    "the ready-made initializers and truncated_normal cut off the tails, and "
    "clip does: draw from jax.random.normal."
)


@mistake("init_params", "draw from jax.random.normal.")
def params_of_laplace(key, sizes):
    def draw(key, shape):
        return jax.random.laplace(key, shape) / 2**0.5

    return drawn(key, sizes, draw)


@mistake("init_params", TAILS)
def params_truncated(key, sizes):
    def draw(key, shape):
        return jax.random.truncated_normal(key, -2, 2, shape)

    return drawn(key, sizes, draw)


@mistake("init_params", TAILS)
def params_truncated_far_out(key, sizes):
    def draw(key, shape):
        return jax.random.truncated_normal(key, -3, 3, shape)

    return drawn(key, sizes, draw)


# 6 · The network is a function


def relu(z):
    return jnp.maximum(z, 0)


MANY_LAYERS = (
    "a network may have any number of layers: walk through the whole list. "
    "Does the return stand in the loop?"
)


def scores_of(params, X, hidden=relu, end=lambda scores: scores):
    *inner, last = params
    for layer in inner:
        X = hidden(X @ layer["W"] + layer["b"])
    return end(X @ last["W"] + last["b"])


@mistake(
    "forward",
    "the caller still needs the list: no pop and append, which change it; "
    "use slices, which are copies.",
)
def forward_with_pop(params, X):
    last = params.pop()
    return scores_of([*params, last], X)


@mistake(
    "forward",
    "use the argument params, not parameters outside the function.",
)
def forward_of_global_params(params, X):
    rng = np.random.default_rng(0)
    sizes = [X.shape[1], params[-1]["b"].size]
    arrays = rng.normal(size=sizes), rng.normal(size=sizes[-1])
    return scores_of([dict(zip("Wb", arrays))], X)


@mistake("forward", "the biases are missing: each layer adds its b.")
def forward_without_biases(params, X):
    return scores_of([p | {"b": 0} for p in params], X)


@mistake("forward", "the last layer's bias is missing.")
def forward_without_last_bias(params, X):
    return scores_of([*params[:-1], params[-1] | {"b": 0}], X)


@mistake("forward", "the hidden layers' biases are missing.")
def forward_without_hidden_biases(params, X):
    return scores_of([*(p | {"b": 0} for p in params[:-1]), params[-1]], X)


@mistake(
    "forward",
    "this is what the hidden layer says; the last layer is still to come.",
)
def forward_without_last_layer(params, X):
    return relu(scores_of(params[:-1], X))


@mistake("forward", SOFTMAX)
def forward_with_softmax(params, X):
    return scores_of(params, X, end=jax.nn.softmax)


@mistake(
    "forward",
    "these are logarithms of probabilities; return the scores themselves.",
)
def forward_with_log_softmax(params, X):
    return scores_of(params, X, end=jax.nn.log_softmax)


@mistake("forward", LAST_RELU)
def forward_with_relu_last(params, X):
    return scores_of(params, X, end=relu)


@mistake("forward", NO_BEND)
def forward_without_bend(params, X):
    return scores_of(params, X, lambda z: z)


@mistake("forward", SIGMOID)
def forward_of_sigmoids(params, X):
    return scores_of(params, X, jax.nn.sigmoid)


@mistake("forward", TANH)
def forward_of_tanh(params, X):
    return scores_of(params, X, jnp.tanh)


@mistake(
    "forward",
    "the ReLU stands before the bias: relu(X @ W + b), with the bias inside.",
)
def forward_with_relu_before_the_bias(params, X):
    *inner, last = params
    for layer in inner:
        X = relu(X @ layer["W"]) + layer["b"]
    return X @ last["W"] + last["b"]


@mistake(
    "forward",
    MANY_LAYERS,
)
def forward_of_two_layers(params, X):
    return scores_of([params[0], params[-1]], X)


@mistake(
    "forward",
    MANY_LAYERS,
    message="too many values to unpack",
)
def forward_unpacked(params, X):
    first, last = params
    return scores_of([first, last], X)


@mistake("forward", FIRST_BARE)
def forward_with_relu_by_width(params, X):
    k = len(params[-1]["b"])
    return scores_of(params, X, lambda z: z if z.shape[1] == k else relu(z))


IMAGES_ARE_ROWS = (
    "the images are rows: X @ W, in this order, and W as it is, since it has "
    "a row for each input. Does the first layer come first?"
)


@mistake(
    "forward",
    IMAGES_ARE_ROWS,
    message="contracting dimensions to have the same shape, got (4,) and (2,)",
)
def forward_of_columns(params, X):
    for layer in params:
        X = layer["W"] @ X + layer["b"]
    return X


@mistake(
    "forward",
    "* multiplies entry by entry; the matrix product is @.",
    message="mul got incompatible shapes",
)
def forward_by_entries(params, X):
    for layer in params:
        X = X * layer["W"] + layer["b"]
    return X


@mistake(
    "forward",
    "the bias is added to X @ W, behind the product: it has an entry for "
    "each output.",
    message="shapes=[(2, 2), (4,)]",
)
def forward_with_bias_first(params, X):
    for layer in params:
        X = (X + layer["b"]) @ layer["W"]
    return X


@mistake(
    "forward",
    "JAX's arrays can't be changed: jnp.maximum(z, 0) makes a new one.",
    message="immutable",
)
def forward_in_place(params, X):
    for layer in params:
        X = X @ layer["W"] + layer["b"]
        X[X < 0] = 0
    return X


@mistake(
    "forward",
    "what cuts them off? NumPy, stop_gradient, integers and rounding do: "
    "jnp and jax.nn are enough.",
)
def forward_with_stopped_gradients(params, X):
    return scores_of(params, X, lambda z: jax.lax.stop_gradient(relu(z)))


@mistake("forward", ALSO_INPUTS)
def forward_with_relu_of_inputs(params, X):
    return scores_of(params, relu(X))


@mistake("forward", FIRST_ONLY)
def forward_with_relu_in_front(params, X):
    first, *others = params
    X = relu(X @ first["W"] + first["b"])
    for layer in others:
        X = X @ layer["W"] + layer["b"]
    return X


@mistake(
    "forward",
    IMAGES_ARE_ROWS,
    message="contracting dimensions to have the same shape, got (2,) and (4,)",
)
def forward_with_transposed_weights(params, X):
    return scores_of([p | {"W": p["W"].T} for p in params], X)


TRACED = (
    "NumPy can't be traced: write jnp.maximum (or jax.nn.relu) where you have "
    "np."
)


@mistake("forward", TRACED, message="")
def forward_with_numpy(params, X):
    return scores_of(params, X, lambda z: np.maximum(z, 0))


NO_VALUE = (
    "under jit an array has no value yet, so no if, float() or bool() of it. "
    "max(0, z) of whole arrays is jnp.maximum."
)


@mistake("forward", NO_VALUE, message="")
def forward_with_if(params, X):
    last = params[-1]
    bias = last["b"] if last["b"].any() else 0
    return scores_of([*params[:-1], last | {"b": bias}], X)


@mistake("forward", NO_VALUE, message="")
def forward_with_float(params, X):
    scores = scores_of(params, X)
    return jnp.array([[float(score) for score in row] for row in scores])


@mistake(
    "forward",
    "max compares whole arrays, and they have no single answer: entry by "
    "entry it is jnp.maximum(z, 0).",
    message="truth value of an array",
)
def forward_with_max(params, X):
    return scores_of(params, X, lambda z: max(z, 0))


@mistake(
    "forward",
    "a layer is a dict: its arrays are layer['W'] and layer['b'].",
    message="'dict' object has no attribute",
)
def forward_with_attributes(params, X):
    for layer in params:
        X = X @ layer.W + layer.b
    return X


@mistake(
    "forward",
    "params is a list with a dict for each layer: params[0]['W'].",
    message="list indices must be integers",
)
def forward_with_one_dict(params, X):
    return X @ params["W"] + params["b"]


@mistake("forward", MANY_LAYERS)
def forward_of_the_first_two(params, X):
    return scores_of(params[:2], X)


@mistake("forward", "the ReLU bends X @ W + b, not the weights.")
def forward_with_relu_of_weights(params, X):
    *inner, last = params
    bent = [layer | {"W": relu(layer["W"])} for layer in inner]
    return scores_of([*bent, last], X, lambda z: z)


@mistake("forward", "jnp.abs folds what is negative; a ReLU makes it 0.")
def forward_of_absolute_values(params, X):
    return scores_of(params, X, jnp.abs)


@mistake(
    "forward",
    "PyTorch's functions want tensors: JAX has jax.nn.relu.",
    message="must be Tensor, not jax",
)
def forward_with_torch(params, X):
    return scores_of(params, X, torch.relu)


@mistake(
    "forward",
    "the keys of a layer are 'W' and 'b', one large and one small letter.",
    message="KeyError: 'w'",
)
def forward_with_another_key(params, X):
    for layer in params[:-1]:
        X = relu(X @ layer["w"] + layer["b"])
    return X


@accepted("forward")
def forward_by_index(params, X):
    for i in range(len(params)):
        X = jnp.dot(X, params[i]["W"]) + params[i]["b"]
        if i < len(params) - 1:
            X = jnp.where(X > 0, X, 0)
    return X


@accepted("forward")
def forward_by_reduce(params, X):
    def layer(X, p):
        return jax.nn.relu(X) @ p["W"] + p["b"]

    first = X @ params[0]["W"] + params[0]["b"]
    return functools.reduce(layer, params[1:], first)


@accepted("forward")
def forward_by_einsum(params, X):
    for p in params[:-1]:
        z = jnp.einsum("ij,jk->ik", X, p["W"]) + p["b"]
        X = z * (z > 0)
    return jnp.einsum("ij,jk->ik", X, params[-1]["W"]) + params[-1]["b"]


@mistake(
    "forward",
    "`layer[...] = ...` and `layer.pop(...)` change the caller's own dict: "
    "keep values in variables of your own.",
)
def forward_that_writes_into_the_dicts(params, X):
    for i, layer in enumerate(params):
        layer["z"] = X @ layer["W"] + layer["b"]
        X = layer["z"] if i == len(params) - 1 else relu(layer["z"])
    return X


@mistake("forward", "the images lose their fractions: no integers here.")
def forward_of_integers(params, X):
    X = jnp.array(X, dtype=jnp.int32)
    *hidden, last = params
    for layer in hidden:
        X = jax.nn.relu(X @ layer["W"] + layer["b"])
    return X @ last["W"] + last["b"]


@mistake(
    "forward",
    "the images are shifted or scaled inside the network (are they "
    "standardized?): take them as they are.",
)
def forward_of_standardized_images(params, X):
    X = (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)
    *hidden, last = params
    for layer in hidden:
        X = jax.nn.relu(X @ layer["W"] + layer["b"])
    return X @ last["W"] + last["b"]


# 7 · A step


def stepped(params, grads, step):
    return jax.tree.map(step, params, grads)


NEW_DICTS = (
    "`layer[...] = ...` and `layer[...] -= ...` both write into the caller's "
    "dict, and a copy of the list (`params.copy()`, `list(params)`) still "
    "holds the same dicts: make a new dict for each layer."
)


@mistake("sgd_step", NEW_DICTS)
def step_in_place(params, grads, lr):
    for layer, grad in zip(params, grads):
        layer["W"] = layer["W"] - lr * grad["W"]
        layer["b"] = layer["b"] - lr * grad["b"]
    return params


@mistake("sgd_step", NEW_DICTS)
def step_into_a_shallow_copy(params, grads, lr):
    new = list(params)
    for layer, grad in zip(new, grads):
        for name in layer:
            layer[name] -= lr * grad[name]
    return new


FORM = (
    "a list of dicts goes in, a list of dicts comes out: jax.tree.map keeps "
    "the form of a tree."
)


@mistake("sgd_step", FORM)
def step_of_leaves(params, grads, lr):
    new = stepped(params, grads, lambda p, g: p - lr * g)
    return jax.tree.leaves(new)


@mistake("sgd_step", FORM)
def step_of_the_first_layer(params, grads, lr):
    return stepped(params, grads, lambda p, g: p - lr * g)[0]


@mistake("sgd_step", FORM, message="can't multiply sequence")
def step_of_lists(params, grads, lr):
    return params - lr * grads


@mistake(
    "sgd_step",
    "does the return stand in the loop, or does the loop end early?",
)
def step_with_the_return_in_the_loop(params, grads, lr):
    for layer, grad in zip(params, grads):
        return [{name: layer[name] - lr * grad[name] for name in layer}]


@mistake("sgd_step", "you walk uphill: subtract.")
def step_uphill(params, grads, lr):
    return stepped(params, grads, lambda p, g: p + lr * g)


@mistake("sgd_step", "multiply the gradient by lr.")
def step_without_rate(params, grads, lr):
    return stepped(params, grads, lambda p, g: p - g)


@mistake("sgd_step", "multiply the gradient by lr, don't divide.")
def step_divided_by_rate(params, grads, lr):
    return stepped(params, grads, lambda p, g: p - g / lr)


@mistake("sgd_step", "this is only the change; add it to the old parameters.")
def step_alone(params, grads, lr):
    return stepped(params, grads, lambda p, g: -lr * g)


@mistake(
    "sgd_step", "this is only the change; subtract it from the parameters."
)
def step_alone_and_positive(params, grads, lr):
    return stepped(params, grads, lambda p, g: lr * g)


@mistake("sgd_step", "the biases take a step too.")
def step_without_biases(params, grads, lr):
    return stepped(params, grads, lambda p, g: p - lr * g * (p.ndim > 1))


@mistake("sgd_step", "the weights take a step too.")
def step_without_weights(params, grads, lr):
    return stepped(params, grads, lambda p, g: p - lr * g * (p.ndim == 1))


@mistake("sgd_step", "these are the old parameters: nothing has moved.")
def step_nowhere(params, grads, lr):
    return stepped(params, grads, lambda p, g: p)


@mistake(
    "sgd_step",
    "lr multiplies the gradient only: p - lr * g, not (p - g) times lr.",
)
def step_with_rate_outside(params, grads, lr):
    return stepped(params, grads, lambda p, g: lr * (p - g))


@mistake(
    "sgd_step",
    "params and grads are exchanged: the gradient is multiplied by lr.",
)
def step_with_exchanged_arguments(params, grads, lr):
    return stepped(params, grads, lambda p, g: g - lr * p)


@mistake(
    "sgd_step",
    "lr multiplies g, and their product is subtracted from p: no brackets.",
)
def step_with_brackets(params, grads, lr):
    return stepped(params, grads, lambda p, g: (p - lr) * g)


TREES = (
    "jax.tree.map(f, params, grads) takes the function first, then trees of "
    "one form. lr is no tree: f takes it from outside."
)


@mistake(
    "sgd_step",
    TREES,
    message="pytree structure error",
)
def step_with_the_function_last(params, grads, lr):
    return jax.tree.map(params, grads, lambda p, g: p - lr * g)


@mistake("sgd_step", FORM, message="'float' and 'dict'")
def step_of_dicts(params, grads, lr):
    return [p - lr * g for p, g in zip(params, grads)]


@mistake("sgd_step", "W and b are exchanged.")
def step_with_exchanged_names(params, grads, lr):
    new = stepped(params, grads, lambda p, g: p - lr * g)
    return [{"W": p["b"], "b": p["W"]} for p in new]


@mistake(
    "sgd_step",
    "in today's JAX the function is jax.tree.map.",
    message="tree_map",
)
def step_by_an_old_name(params, grads, lr):
    return jax.tree_map(lambda p, g: p - lr * g, params, grads)


@mistake(
    "sgd_step",
    TREES,
    message="pytree structure error",
)
def step_with_a_tree_of_rates(params, grads, lr):
    return jax.tree.map(lambda p, g, r: p - r * g, params, grads, lr)


@accepted("sgd_step")
def step_by_loops(params, grads, lr):
    new = []
    for layer, grad in zip(params, grads):
        W, b = layer["W"] - lr * grad["W"], layer["b"] - lr * grad["b"]
        new.append({"b": b, "W": W})
    return new


@accepted("sgd_step")
def step_by_two_maps(params, grads, lr):
    steps = jax.tree.map(lambda g: lr * g, grads)
    return jax.tree.map(jnp.subtract, params, steps)


@mistake(
    "sgd_step",
    "an array and its gradient have different shapes: is each taken together "
    "with the gradient in its own place?",
    message="incompatible shapes for broadcasting",
)
def step_with_gradients_in_reversed_order(params, grads, lr):
    return stepped(params, grads[::-1], lambda p, g: p - lr * g)


@mistake(
    "sgd_step",
    "the step is 0.333 times as long as it should be: lr * g, with no other "
    "factor.",
)
def step_shared_by_the_layers(params, grads, lr):
    rate = lr / len(params)
    return stepped(params, grads, lambda p, g: p - rate * g)


@mistake(
    "sgd_step",
    "it keeps something from the first call (a velocity, a mean?): only the "
    "arguments count.",
)
def step_that_remembers(params, grads, lr, calls=[]):  # noqa: B006
    calls.append(lr)
    factor = 1 if len(calls) % 2 else 1.9
    return stepped(params, grads, lambda p, g: p - lr * factor * g)


@mistake(
    "sgd_step",
    "it holds what was written last: make a new dict for each layer.",
)
def step_in_one_dict(params, grads, lr):
    layer = {}
    for old, grad in zip(params, grads):
        layer.update({name: old[name] - lr * grad[name] for name in old})
    return [layer] * len(params)


# 8 · The move to Oslo

OTHERS = "others still need them: no pop, no -=, no assignment to a part."


def copied_into(module, weights, copy):
    with torch.no_grad():
        for param, value in zip(module.parameters(), weights):
            copy(param, value)
    return module


@mistake(
    "load_torch",
    "copying is no part of the network's computation: do it under with "
    "torch.no_grad():",
    message="leaf Variable",
)
def torch_with_gradients(module, weights):
    for param, value in zip(module.parameters(), weights):
        param.copy_(torch.tensor(value.T))
    return module


TRANSPOSE = "PyTorch stores one row for each output: transpose W."


@mistake("load_torch", TRANSPOSE, message="must match the size of tensor")
def torch_untransposed(module, weights):
    return copied_into(
        module, weights, lambda p, value: p.copy_(torch.tensor(value))
    )


@mistake("load_torch", TRANSPOSE, message="cannot be multiplied")
def torch_untransposed_data(module, weights):
    for param, value in zip(module.parameters(), weights):
        param.data = torch.tensor(value, dtype=torch.float32)
    return module


@mistake(
    "load_torch",
    "copy_ and data want a tensor: torch.tensor(value.T).",
    message="must be Tensor, not numpy.ndarray",
)
def torch_of_numpy(module, weights):
    return copied_into(module, weights, lambda p, value: p.copy_(value.T))


@mistake(
    "load_torch",
    "copy_ and data want a tensor: torch.tensor(value.T).",
    message="has to be a tensor",
)
def torch_data_of_numpy(module, weights):
    for param, value in zip(module.parameters(), weights):
        param.data = value.T
    return module


@mistake(
    "load_torch",
    "assigning to data changes the type. param.copy_(tensor) writes into the "
    "old parameter and converts.",
)
def torch_data_in_float64(module, weights):
    for param, value in zip(module.parameters(), weights):
        param.data = torch.tensor(value.T)
    return module


LEARN = (
    "they are still those that module.parameters() gives, and their "
    "requires_grad stays True; torch.no_grad() ends by itself."
)


@mistake("load_torch", LEARN)
def torch_frozen(module, weights):
    for param, value in zip(module.parameters(), weights):
        param.requires_grad = False
        param.copy_(torch.tensor(value.T))
    return module


@mistake(
    "load_torch",
    "the network still has its old weights. param = ... only gives the name "
    "param to another tensor; write into the parameter, with "
    "param.copy_(...).",
)
def torch_bound_to_other_names(module, weights):
    for param, value in zip(module.parameters(), weights):
        param = torch.tensor(value.T)
        assert param is not None
    return module


@mistake(
    "load_torch",
    "you transpose where the shapes differ; a square layer needs it too.",
)
def torch_transposed_by_shape(module, weights):
    def copy(param, value):
        fits = value.shape == param.shape
        param.copy_(torch.tensor(value if fits else value.T))

    return copied_into(module, weights, copy)


@mistake(
    "load_torch",
    "reshape keeps the order of the numbers, and so mixes rows and columns: "
    "transpose, W.T.",
)
def torch_reshaped(module, weights):
    return copied_into(
        module,
        weights,
        lambda p, value: p.copy_(torch.tensor(value.reshape(p.shape))),
    )


@mistake("load_torch", "the biases still have their old values.")
def torch_with_old_biases(module, weights):
    for linear, W in zip(module[::2], weights[::2]):
        linear.weight.data = torch.tensor(W.T, dtype=torch.float32)
    return module


@mistake(
    "load_torch",
    "copy_ and data want a tensor: torch.tensor(value.T).",
    message="can't assign a numpy.ndarray",
)
def torch_by_slices_of_numpy(module, weights):
    def copy(param, value):
        param[:] = value.T

    return copied_into(module, weights, copy)


@mistake(
    "load_torch",
    "module.parameters() gives W and b in turn: walk through it together "
    "with the whole list of weights.",
    message="doesn't match the broadcast shape",
)
def torch_without_biases(module, weights):
    return copied_into(
        module, weights[::2], lambda p, value: p.copy_(torch.tensor(value.T))
    )


@mistake(
    "load_torch",
    "a parameter stays a Parameter: write into it, with copy_.",
    message="as parameter 'weight'",
)
def torch_by_attributes(module, weights):
    for linear, W, b in zip(module[::2], weights[::2], weights[1::2]):
        linear.weight, linear.bias = torch.tensor(W.T), torch.tensor(b)
    return module


@mistake(
    "load_torch", "the old values must go: copy the weights, don't add them."
)
def torch_added(module, weights):
    return copied_into(
        module, weights, lambda p, value: p.add_(torch.tensor(value.T))
    )


@mistake(
    "load_torch",
    "copy the weights into the module that you are given, and return it.",
)
def torch_into_a_new_module(module, weights):
    return torch.nn.Sequential(*module)


@mistake(
    "load_torch",
    "a state_dict is a dict of tensors with the parameters' names; weights "
    "is a list of arrays.",
    message="to be dict-like",
)
def torch_by_state_list(module, weights):
    module.load_state_dict(weights)
    return module


SHARE = (
    "they share their memory: torch.tensor(W) and jnp.array(W) copy, "
    "torch.from_numpy(W), jax.device_put(W) and W itself don't."
)


@mistake("load_torch", SHARE)
def torch_sharing_memory(module, weights):
    for param, value in zip(module.parameters(), weights):
        param.data = torch.from_numpy(value.T).float()
    return module


@mistake(
    "load_torch",
    "with torch.no_grad(): ... switches them on again at its end.",
)
def torch_without_gradients_for_everybody(module, weights):
    torch.set_grad_enabled(False)
    return copied_into(
        module, weights, lambda p, value: p.copy_(torch.tensor(value.T))
    )


@mistake("load_torch", OTHERS)
def torch_with_transposed_list(module, weights):
    for i in range(len(weights)):
        weights[i] = weights[i].T
    copied_into(module, weights, lambda p, value: p.copy_(torch.tensor(value)))
    weights.clear()
    return module


@mistake(
    "load_torch",
    "copy the weights into the module that you are given, and return it.",
)
def torch_params_returned(module, weights):
    copied_into(
        module, weights, lambda p, value: p.copy_(torch.tensor(value.T))
    )
    return list(module.parameters())


@mistake(
    "load_torch",
    "not every part of the module is a Linear; module.parameters() gives "
    "the parameters alone, W and b in turn.",
    message="'Tanh' object has no attribute 'weight'",
)
def torch_through_all_parts(module, weights):
    with torch.no_grad():
        for part, W in zip(module, weights[::2]):
            part.weight.copy_(torch.tensor(W.T))
    return module


@mistake(
    "load_torch",
    "a state_dict holds tensors, one row for each output: "
    "torch.tensor(value.T).",
    message="Error(s) in loading state_dict",
)
def torch_by_state_dict_of_arrays(module, weights):
    module.load_state_dict(dict(zip(module.state_dict(), weights)))
    return module


@accepted("load_torch")
def torch_by_state_dict(module, weights):
    names = module.state_dict()
    arrays = [torch.tensor(value.T) for value in weights]
    module.load_state_dict(dict(zip(names, arrays)))
    return module


@accepted("load_torch")
def torch_by_data(module, weights):
    for param, value in zip(module.parameters(), weights):
        param.data[:] = torch.from_numpy(np.transpose(value))
    return module


@accepted("load_torch")
def torch_by_new_parameters(module, weights):
    linears = [m for m in module if hasattr(m, "weight")]
    for linear, W, b in zip(linears, weights[::2], weights[1::2]):
        linear.weight = torch.nn.Parameter(torch.tensor(W.T).float().clone())
        linear.bias = torch.nn.Parameter(torch.Tensor(b).clone())
    return module


@mistake(
    "load_torch",
    "tensors made in inference_mode can never learn: copy in torch.no_grad().",
    message="nference tensors",
)
def load_in_inference_mode(module, weights):
    with torch.inference_mode():
        for param, value in zip(module.parameters(), weights):
            param.data = torch.tensor(value.T, dtype=torch.float32)
    return module


@mistake(
    "load_torch",
    "copy the weights into the module that you are given, and return it.",
)
def load_without_return(module, weights):
    copied_into(module, weights, lambda p, w: p.copy_(torch.tensor(w.T)))


# 9 · The move to Nairobi


@mistake("jax_tree", DICTS)
def tree_without_dicts(weights):
    return [jnp.array(array) for array in weights]


@mistake("jax_tree", DICTS)
def tree_of_pairs(weights):
    arrays = map(jnp.array, weights)
    return list(zip(arrays, arrays))


JAX_ARRAYS = (
    "NumPy arrays can be changed; jnp.array(W) makes a JAX array of one."
)


@mistake("jax_tree", JAX_ARRAYS)
def tree_of_numpy(weights):
    return [{"W": W, "b": b} for W, b in zip(weights[::2], weights[1::2])]


@mistake(
    "jax_tree",
    "JAX leaves it to you, and exercise 5 says (d, k): no transpose.",
)
def tree_transposed(weights):
    arrays = [jnp.array(a.T) for a in weights]
    return [{"W": W, "b": b} for W, b in zip(arrays[::2], arrays[1::2])]


@mistake("jax_tree", SHARE)
def tree_sharing_memory(weights):
    arrays = map(jax.device_put, weights)
    return [{"W": W, "b": b} for W, b in zip(arrays, arrays)]


@mistake(
    "jax_tree",
    "the pairs overlap: weights[::2] are the W, weights[1::2] their b.",
)
def tree_of_overlapping_pairs(weights):
    arrays = [*map(jnp.array, weights)]
    return [{"W": W, "b": b} for W, b in zip(arrays, arrays[1:])]


@mistake("jax_tree", "make a list: [... for ...], or list(...).")
def tree_as_a_map(weights):
    pairs = zip(weights[::2], weights[1::2])
    return map(lambda pair: dict(zip("Wb", map(jnp.array, pair))), pairs)


@mistake("jax_tree", "W and b are exchanged.")
def tree_with_exchanged_names(weights):
    arrays = map(jnp.array, weights)
    return [{"b": W, "W": b} for W, b in zip(arrays, arrays)]


@mistake("jax_tree", "only the first layer is in the list.")
def tree_of_the_first_layer(weights):
    return [{"W": jnp.array(weights[0]), "b": jnp.array(weights[1])}]


@mistake("jax_tree", "the last layer is missing.")
def tree_without_last_layer(weights):
    arrays = map(jnp.array, weights[:-2])
    return [{"W": W, "b": b} for W, b in zip(arrays, arrays)]


@mistake(
    "jax_tree",
    "W and b stand in turn in the list, not first all W, then all b.",
)
def tree_of_halves(weights):
    arrays = [*map(jnp.array, weights)]
    n = len(arrays) // 2
    return [{"W": W, "b": b} for W, b in zip(arrays[:n], arrays[n:])]


IN_PAIRS = (
    "there are half as many layers as arrays: take the weights in pairs, a W "
    "and the b behind it."
)


@mistake("jax_tree", IN_PAIRS, message="out of range")
def tree_of_too_many_layers(weights):
    arrays = [*map(jnp.array, weights)]
    numbers = range(len(arrays))
    return [{"W": arrays[2 * i], "b": arrays[2 * i + 1]} for i in numbers]


@mistake("jax_tree", IN_PAIRS, message="values to unpack")
def tree_of_unpacked_arrays(weights):
    return [{"W": jnp.array(W), "b": jnp.array(b)} for W, b in weights]


@mistake("jax_tree", OTHERS)
def tree_with_pop(weights):
    params = []
    while weights:
        W, b = jnp.array(weights.pop(0)), jnp.array(weights.pop(0))
        params.append({"W": W, "b": b})
    return params


@mistake(
    "jax_tree",
    "the arrays stand in pairs: step through the list by two.",
)
def tree_with_steps_of_one(weights):
    arrays = [*map(jnp.array, weights)]
    half = range(len(arrays) // 2)
    return [{"W": arrays[i], "b": arrays[i + 1]} for i in half]


@mistake("jax_tree", "the layers stand in reversed order.")
def tree_reversed(weights):
    arrays = map(jnp.array, weights)
    return [{"W": W, "b": b} for W, b in zip(arrays, arrays)][::-1]


@accepted("jax_tree")
def tree_by_index(weights):
    params = []
    for i in range(0, len(weights), 2):
        params.append(dict(b=jnp.array(weights[i + 1])))
        params[-1]["W"] = jnp.array(weights[i], copy=True)
    return params


@accepted("jax_tree")
def tree_in_float32(weights):
    arrays = [jnp.array(array, dtype=jnp.float32) for array in weights]
    return [{"W": W, "b": b} for W, b in zip(arrays[0::2], arrays[1::2])]


@mistake(
    "jax_tree",
    "it holds what was written last: make a new dict for each layer.",
)
def tree_of_one_dict(weights):
    layer = {}
    for i, array in enumerate(weights):
        layer["Wb"[i % 2]] = jnp.array(array)
    return [layer] * (len(weights) // 2)


# 10 · The class


@mistake(
    "MendedNet",
    "the optimizer trains only what parameters() finds. Where are the hidden "
    "layers kept, and does PyTorch look there?",
)
class MendedWithAPlainList(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        made = list(self.layers)
        del self.layers
        self.layers, self.final = made, made[-1]


@mistake("MendedNet", SOFTMAX)
class MendedWithSoftmax(TorchBase):
    def end(self, scores):
        return torch.softmax(scores, dim=-1)


@mistake("MendedNet", SOFTMAX)
class MendedWithReluAndSoftmax(TorchBase):
    def end(self, scores):
        return torch.softmax(torch.relu(scores), dim=-1)


@mistake(
    "MendedNet",
    "a log_softmax is a softmax still: cross_entropy wants the scores "
    "themselves.",
)
class MendedWithLogSoftmax(TorchBase):
    def end(self, scores):
        return torch.log_softmax(scores, dim=-1)


@mistake(
    "MendedNet",
    "a class whose score is cut off at 0 gets no gradient, even if it is the "
    "true one.",
)
class MendedWithReluLast(TorchBase):
    def end(self, scores):
        return torch.relu(scores)


@mistake(
    "MendedNet",
    "the hidden layers have no ReLU in effect: is it gone, or is its result "
    "thrown away (X = torch.relu(...))?",
)
class MendedWithoutBend(TorchBase):
    def bend(self, z):
        return z


@mistake("MendedNet", SIGMOID)
class MendedWithSigmoids(TorchBase):
    def bend(self, z):
        return torch.sigmoid(z)


@mistake(
    "MendedNet", "no activation after the last layer, not this one either."
)
class MendedWithSigmoidLast(TorchBase):
    def end(self, scores):
        return torch.sigmoid(scores)


@mistake(
    "MendedNet",
    "super() needs no arguments; the name of the old class is still in it.",
    message="super(type, obj)",
)
class MendedWithTheOldSuper(torch.nn.Module):
    def __init__(self, sizes):
        super(TorchBase, self).__init__()


@mistake("MendedNet", NO_LAST)
class MendedWithoutItsLast(TorchBase):
    def forward(self, X):
        for layer in self.layers[:-1]:
            X = torch.relu(layer(X))
        return X


@mistake("MendedNet", LEAKY)
class MendedWithLeakyRelu(TorchBase):
    def bend(self, z):
        return torch.nn.functional.leaky_relu(z)


@mistake(
    "MendedNet",
    "no softmax, in no direction: the loss applies it. Return the scores.",
)
class MendedWithSoftmaxOverImages(TorchBase):
    def end(self, scores):
        return torch.softmax(scores, dim=0)


@mistake("MendedNet", "it ends with return: what are the scores?")
class MendedWithoutReturn(TorchBase):
    def forward(self, X):
        super().forward(X)


class TorchMLP(TorchBase):
    """What exercise 4 asks for."""


@mistake(
    "MendedNet",
    "copy Chiara's lines and mend them: class MendedNet(torch.nn.Module).",
)
class MendedFromExercise5(TorchMLP):
    pass


@accepted("MendedNet")
class MendedInASequence(TorchInASequence):
    pass


@accepted("MendedNet")
class MendedWithRegisteredLayers(torch.nn.Module):
    def __init__(self, sizes):
        super().__init__()
        *inner, final = pairs(sizes)
        self.hidden = [torch.nn.Linear(d, k) for d, k in inner]
        for i, linear in enumerate(self.hidden):
            self.register_module(f"hidden{i}", linear)
        self.final = torch.nn.Linear(*final)

    def forward(self, X):
        for linear in self.hidden:
            X = torch.relu(linear(X))
        return self.final(X)


@mistake(
    "MendedNet",
    "stay with torch in forward: no NumPy, no detach, no no_grad, no argmax.",
)
class MendedWithDetachedLayers(TorchBase):
    def bend(self, z):
        return torch.relu(z).detach()


@mistake(
    "MendedNet",
    "the last layer is missing, or kept where nobody finds it: the scores "
    "need weights too.",
)
class MendedWithTheLastInAList(TorchBase):
    def __init__(self, sizes):
        super().__init__(sizes)
        *inner, final = list(self.layers)
        self.layers = torch.nn.ModuleList(inner)
        self.final = [final]

    def forward(self, X):
        for layer in self.layers:
            X = torch.relu(layer(X))
        return self.final[0](X)


@mistake(
    "MendedNet",
    "is a hidden layer needed somewhere? In [7, 3] there is none.",
    message="values to unpack",
)
class MendedForSomeHiddenLayers(TorchBase):
    def __init__(self, sizes):
        d, first, *more = sizes[:-1]
        super().__init__([d, first, *more, sizes[-1]])


# 11 · The training


def trained(module, X, y, num_steps, optimizer, batch=None, before=True):
    """Train with an optimizer; batch(i): the images of step i; before: are
    the gradients set to zero before a step?"""
    losses = []
    for i in range(num_steps):
        used = batch(i) if batch else slice(None)
        loss = torch.nn.functional.cross_entropy(module(X[used]), y[used])
        if before:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def sgd(module, lr, **settings):
    return torch.optim.SGD(module.parameters(), lr=lr, **settings)


@mistake(
    "mended_train",
    "the steps become larger and larger: backward *adds* to the gradients of "
    "all steps before.",
)
def train_with_all_gradients(module, X, y, lr, num_steps):
    optimizer = sgd(module, lr)
    return trained(module, X, y, num_steps, optimizer, before=False)


@mistake(
    "mended_train",
    "the steps become larger and larger: backward *adds* to the gradients of "
    "all steps before.",
)
def train_with_one_zero_grad(module, X, y, lr, num_steps):
    optimizer = sgd(module, lr)
    optimizer.zero_grad()
    return trained(module, X, y, num_steps, optimizer, before=False)


NOTHING_MOVES = (
    "nothing moves: after each step the parameter is what it was. Is backward "
    "called, does the loss get the scores as they are, is the step made at "
    "all, and is there still a gradient then? By hand, `p = p - ...` only "
    "gives the name p to a new tensor; `p -= ...` in `torch.no_grad()` "
    "changes the parameter itself."
)


@mistake("mended_train", NOTHING_MOVES)
def train_without_gradients(module, X, y, lr, num_steps):
    optimizer, losses = sgd(module, lr), []
    for _ in range(num_steps):
        loss = torch.nn.functional.cross_entropy(module(X), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("mended_train", NOTHING_MOVES)
def train_without_steps(module, X, y, lr, num_steps):
    return trained(module, X, y, num_steps, sgd(module, 0.0))


@mistake(
    "mended_train", "only one step was made: is the return inside the loop?"
)
def train_one_step(module, X, y, lr, num_steps):
    return trained(module, X, y, 1, sgd(module, lr))


@mistake(
    "mended_train",
    "the mending is to be in the loop; the optimizer stays SGD, with nothing "
    "but lr.",
)
def train_with_adam(module, X, y, lr, num_steps):
    optimizer = torch.optim.Adam(module.parameters(), lr=lr)
    return trained(module, X, y, num_steps, optimizer)


@mistake(
    "mended_train",
    "the mending is to be in the loop; the optimizer stays SGD, with nothing "
    "but lr.",
)
def train_with_momentum(module, X, y, lr, num_steps):
    optimizer = sgd(module, lr, momentum=0.9)
    return trained(module, X, y, num_steps, optimizer)


@mistake(
    "mended_train",
    "the mending is to be in the loop; the optimizer stays SGD, with nothing "
    "but lr.",
)
def train_with_weight_decay(module, X, y, lr, num_steps):
    optimizer = sgd(module, lr, weight_decay=0.01)
    return trained(module, X, y, num_steps, optimizer)


@mistake("mended_train", "use the rate lr that the function is given.")
def train_with_another_rate(module, X, y, lr, num_steps):
    return trained(module, X, y, num_steps, sgd(module, 0.1))


ALL_IMAGES = "each step uses all images at once: no batches."


@mistake("mended_train", ALL_IMAGES)
def train_with_the_first_32(module, X, y, lr, num_steps):
    first = slice(32)
    return trained(module, X, y, num_steps, sgd(module, lr), lambda i: first)


@mistake("mended_train", ALL_IMAGES)
def train_with_one_image_a_step(module, X, y, lr, num_steps):
    optimizer = sgd(module, lr)
    return trained(module, X, y, num_steps, optimizer, lambda i: [i % len(X)])


@mistake("mended_train", "the loss is a mean over the images, not a sum.")
def train_with_the_sum(module, X, y, lr, num_steps):
    return trained(module, X, y, num_steps, sgd(module, len(X) * lr))


@mistake("mended_train", "one step too many: range(num_steps).")
def train_one_step_more(module, X, y, lr, num_steps):
    return trained(module, X, y, num_steps + 1, sgd(module, lr))


ONE_TOO_FEW = (
    "one step too few: num_steps losses and num_steps steps, one after each "
    "loss, also after the last."
)


@mistake("mended_train", ONE_TOO_FEW)
def train_one_step_less(module, X, y, lr, num_steps):
    return trained(module, X, y, num_steps - 1, sgd(module, lr))


@mistake(
    "mended_train",
    "the mending is to be in the loop; the optimizer stays SGD, with nothing "
    "but lr.",
)
def train_with_adamw(module, X, y, lr, num_steps):
    optimizer = torch.optim.AdamW(module.parameters(), lr=lr)
    return trained(module, X, y, num_steps, optimizer)


@mistake("mended_train", "make num_steps steps, however many they are.")
def train_200_steps(module, X, y, lr, num_steps):
    return trained(module, X, y, 200, sgd(module, lr))


@mistake(
    "mended_train",
    "the loss has lost its way back to the parameters: it needs the scores "
    "as module returns them, with no argmax, detach or item before backward.",
    message="does not require grad",
)
def train_with_detached_loss(module, X, y, lr, num_steps):
    loss = torch.nn.functional.cross_entropy(module(X).detach(), y)
    loss.backward()
    return [loss.item()]


ITEM = (
    "loss.item() is the number; the tensor loss would keep the whole graph "
    "of its step in memory."
)


@mistake("mended_train", ITEM)
def train_with_tensors(module, X, y, lr, num_steps):
    return [
        *map(torch.tensor, trained(module, X, y, num_steps, sgd(module, lr)))
    ]


@mistake("mended_train", "return the losses of all steps, in a list.")
def train_with_the_last_loss(module, X, y, lr, num_steps):
    return trained(module, X, y, num_steps, sgd(module, lr))[-1]


@mistake(
    "mended_train",
    "these are the losses after the steps: each must be noted before its "
    "step.",
)
def train_with_losses_after(module, X, y, lr, num_steps):
    losses = trained(module, X, y, num_steps, sgd(module, lr))
    last = torch.nn.functional.cross_entropy(module(X), y).item()
    return [*losses[1:], last]


@mistake(
    "mended_train",
    "the gradients are to be 0 before each step, not the parameters.",
)
def train_with_zeroed_parameters(module, X, y, lr, num_steps):
    optimizer, losses = sgd(module, lr), []
    for _ in range(num_steps):
        with torch.no_grad():
            for param in module.parameters():
                param.zero_()
        loss = torch.nn.functional.cross_entropy(module(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@accepted("mended_train")
def train_with_zero_grad_at_the_end(module, X, y, lr, num_steps):
    optimizer, losses = sgd(module, lr), []
    for _ in range(num_steps):
        loss = torch.nn.functional.cross_entropy(module(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses += [float(loss)]
    return losses


@accepted("mended_train")
def train_by_hand(module, X, y, lr, num_steps):
    losses = []
    for _ in range(num_steps):
        module.zero_grad()
        loss = torch.nn.functional.cross_entropy(module(X), y)
        losses.append(loss.detach().item())
        loss.backward()
        with torch.no_grad():
            for param in module.parameters():
                param -= lr * param.grad
    return losses


LOGARITHM = (
    "nan comes from numbers that aren't finite. Is there an exp of a large "
    "score, or a log of 0? cross_entropy takes the scores as they are, and "
    "avoids both."
)


@mistake("mended_train", LOGARITHM)
def train_with_log_of_softmax(module, X, y, lr, num_steps):
    losses = []
    for _ in range(num_steps):
        module.zero_grad()
        probs = torch.softmax(module(X), dim=1)
        loss = -torch.log(probs[torch.arange(len(y)), y]).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for param in module.parameters():
                param -= lr * param.grad
    return losses


@mistake(
    "mended_train", "each step takes all images at once, not some of them."
)
def train_with_batches_of_100(module, X, y, lr, num_steps):
    def batch(i):
        return slice(100 * i % len(X), 100 * i % len(X) + 100)

    batch = batch if len(X) > 100 else None
    return trained(module, X, y, num_steps, sgd(module, lr), batch)


EARLY = (
    "one loss for each step, computed before it. Is append in the loop, the "
    "list made before it, and does nothing end it early, as when the loss is "
    "0 or grows?"
)


def trained_until(module, X, y, lr, num_steps, ends):
    optimizer, losses = sgd(module, lr), []
    for _ in range(num_steps):
        losses += trained(module, X, y, 1, optimizer)
        if ends(losses):
            break
    return losses


@mistake(
    "mended_train", "loss.item() is a float of Python's: note it as it is."
)
def train_with_integers(module, X, y, lr, num_steps):
    return [*map(int, trained(module, X, y, num_steps, sgd(module, lr)))]


@mistake("mended_train", EARLY)
def train_until_the_loss_is_0(module, X, y, lr, num_steps):
    return trained_until(
        *(module, X, y, lr, num_steps), lambda losses: losses[-1] == 0
    )


@mistake("mended_train", EARLY)
def train_until_the_loss_stays(module, X, y, lr, num_steps):
    return trained_until(
        *(module, X, y, lr, num_steps),
        lambda losses: len(losses) > 1 and losses[-1] >= losses[-2],
    )


@mistake("mended_train", EARLY)
def train_until_the_loss_grows(module, X, y, lr, num_steps):
    return trained_until(
        *(module, X, y, lr, num_steps),
        lambda losses: len(losses) > 1 and losses[-1] > losses[-2],
    )


@mistake("mended_train", "the losses are rounded: note them as they are.")
def train_with_two_digits(module, X, y, lr, num_steps):
    losses = trained(module, X, y, num_steps, sgd(module, lr))
    return [round(loss, 2) for loss in losses]


@mistake("mended_train", "the losses are rounded: note them as they are.")
def train_with_whole_losses(module, X, y, lr, num_steps):
    losses = trained(module, X, y, num_steps, sgd(module, lr))
    return [float(round(loss)) for loss in losses]


# 13 · Who pulls hardest


def squares(loss, params, X, y):
    """Return the squares of each image's gradient, [(n,), ...], one array
    for each leaf of params."""
    grads = jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(params, X, y)
    rows = [g.reshape(len(y), -1) for g in jax.tree.leaves(grads)]
    return [(row**2).sum(axis=1) for row in rows]


ONE_IMAGE = (
    "the loss is made for one image: jax.vmap calls its gradient for each of "
    "them, in_axes=(None, 0, 0)."
)


@mistake("gradient_lengths", ONE_IMAGE, message="contracting dimensions")
def lengths_of_all_at_once(loss, params, X, y):
    return jax.tree.leaves(jax.grad(loss)(params, X, y))[0]


@mistake(
    "gradient_lengths",
    "vmap goes through the parameters too, but all images share them: "
    "in_axes=(None, 0, 0).",
    message="vmap",
)
def lengths_with_mapped_parameters(loss, params, X, y):
    return jax.vmap(jax.grad(loss))(params, X, y)


@mistake("gradient_lengths", "these are the squares of the lengths.")
def squared_lengths(loss, params, X, y):
    return sum(squares(loss, params, X, y))


@mistake(
    "gradient_lengths", "the bias is missing: take all leaves of the tree."
)
def lengths_of_the_weights(loss, params, X, y):
    return jnp.sqrt(squares(loss, params, X, y)[1])


@mistake(
    "gradient_lengths",
    "the lengths of w's and b's gradients are added; add their squares, then "
    "take the root.",
)
def lengths_added(loss, params, X, y):
    return sum(map(jnp.sqrt, squares(loss, params, X, y)))


@mistake(
    "gradient_lengths",
    "this is one length of all gradients together; each image has its own.",
)
def length_of_all(loss, params, X, y):
    return jnp.sqrt(sum(squares(loss, params, X, y)).sum())


@mistake(
    "gradient_lengths",
    "the absolute values are added; the length is the root of the sum of "
    "squares.",
)
def lengths_of_absolute_values(loss, params, X, y):
    grads = jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(params, X, y)
    rows = [g.reshape(len(y), -1) for g in jax.tree.leaves(grads)]
    return sum(jnp.abs(row).sum(axis=1) for row in rows)


@mistake(
    "gradient_lengths",
    "jax.grad and jax.vmap return functions: call the result, (params, X, y).",
)
def lengths_as_a_function(loss, params, X, y):
    return jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))


@accepted("gradient_lengths")
def lengths_by_loop(loss, params, X, y):
    lengths = []
    for x, label in zip(X, y):
        grads = jax.tree.leaves(jax.grad(loss)(params, x, label))
        lengths.append(jnp.sqrt(sum((g**2).sum() for g in grads)))
    return jnp.array(lengths)


@accepted("gradient_lengths")
def lengths_inside_vmap(loss, params, X, y):
    def length(x, label):
        grads = jax.tree.leaves(jax.grad(loss)(params, x, label))
        return jnp.linalg.norm(jnp.concatenate([*map(jnp.ravel, grads)]))

    return jax.vmap(length)(X, y)


def length(grads):
    return jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(grads)))


@mistake(
    "gradient_lengths",
    "return a JAX array: jnp.stack and jnp.array make one of a list.",
)
def lengths_in_a_list(loss, params, X, y):
    return [float(length(jax.grad(loss)(params, *pair))) for pair in zip(X, y)]


ANY_TREE = (
    "params may be any tree, with lists and dicts in it: jax.tree.leaves "
    "gives all its arrays."
)


@mistake("gradient_lengths", ANY_TREE, message="list indices must be")
def lengths_of_w_and_b(loss, params, X, y):
    grads = jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(params, X, y)
    return jnp.sqrt((grads["w"] ** 2).sum(axis=1) + grads["b"] ** 2)


@mistake(
    "gradient_lengths", ANY_TREE, message="'list' object has no attribute"
)
def lengths_in_a_flat_dict(loss, params, X, y):
    grads = jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(params, X, y)
    rows = [g.reshape(len(y), -1) for g in grads.values()]
    return jnp.sqrt(sum((row**2).sum(axis=1) for row in rows))


@mistake(
    "gradient_lengths",
    "the labels lose their fractions: leave them as they are.",
)
def lengths_for_whole_labels(loss, params, X, y):
    return jnp.sqrt(sum(squares(loss, params, X, y.astype(int))))


@mistake(
    "gradient_lengths",
    "whole numbers among the labels stay whole: one may choose a score.",
    message="Indexer must have integer",
)
def lengths_for_float_labels(loss, params, X, y):
    return jnp.sqrt(sum(squares(loss, params, X, y.astype(float))))


@mistake(
    "gradient_lengths",
    "a matrix's norm with ord=2 is another one: square all entries, and add.",
)
def lengths_by_spectral_norms(loss, params, X, y):
    def one(x, label):
        grads = jax.tree.leaves(jax.grad(loss)(params, x, label))
        norms = [jnp.linalg.norm(jnp.atleast_1d(g), ord=2) for g in grads]
        return jnp.linalg.norm(jnp.array(norms))

    return jax.vmap(one)(X, y)


@mistake("gradient_lengths", "the squares are averaged: add them up.")
def lengths_by_mean_squares(loss, params, X, y):
    size = sum(p.size for p in jax.tree.leaves(params))
    return jnp.sqrt(sum(squares(loss, params, X, y)) / size)


@mistake(
    "gradient_lengths",
    "these are gradients for the image: jax.grad takes the parameters, its "
    "first argument.",
)
def lengths_for_the_image(loss, params, X, y):
    grads = jax.vmap(jax.grad(loss, 1), in_axes=(None, 0, 0))(params, X, y)
    return jnp.sqrt((grads**2).sum(axis=1))


@mistake(
    "gradient_lengths",
    "all lengths are those of the average gradient: each image has its own.",
)
def lengths_of_the_average(loss, params, X, y):
    def mean(params):
        return jax.vmap(loss, in_axes=(None, 0, 0))(params, X, y).mean()

    return jnp.full(len(X), length(jax.grad(mean)(params)))


@mistake(
    "gradient_lengths",
    "a leaf with one number for each image is summed over the images: add up "
    "all axes but the first.",
)
def lengths_over_the_last_axis(loss, params, X, y):
    grads = jax.vmap(jax.grad(loss), in_axes=(None, 0, 0))(params, X, y)
    return jnp.sqrt(sum((g**2).sum(axis=-1) for g in jax.tree.leaves(grads)))


@mistake(
    "gradient_lengths",
    "the label has no part in it: the loss gets it as it is.",
)
def lengths_by_the_label(loss, params, X, y):
    return jnp.sqrt(sum(squares(loss, params, X, y))) / jnp.abs(y)


@mistake(
    "gradient_lengths",
    "a difference over a whole step is no slope where the loss is curved: "
    "take jax.grad.",
)
def lengths_by_differences(loss, params, X, y):
    flat, tree = jax.flatten_util.ravel_pytree(params)

    def one(x, label):
        moved = [loss(tree(flat + e), x, label) for e in jnp.eye(len(flat))]
        slopes = jnp.array(moved) - loss(params, x, label)
        return jnp.sqrt((slopes**2).sum())

    return jnp.array([one(*pair) for pair in zip(X, y)])
