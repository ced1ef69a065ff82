"""Answers to assignment a08: wrong ones with their hints, and right ones that
must be accepted."""

import math

import numpy as np

from tools.mistakes import accepted, mistake

# 1 · Output size


@mistake(
    "output_size",
    "the places are one more than the strides between them: count the first.",
)
def strides_instead_of_places(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * (kernel - 1) - 1) // stride


@mistake(
    "output_size", "the line gets longer at both ends, by the padding each."
)
def padding_at_one_end(n, kernel, stride=1, padding=0, dilation=1):
    return (n + padding - dilation * (kernel - 1) - 1) // stride + 1


@mistake("output_size", "the padding makes the line longer.")
def padding_left_out(n, kernel, stride=1, padding=0, dilation=1):
    return (n - dilation * (kernel - 1) - 1) // stride + 1


@mistake("output_size", "the padding makes the line longer, not shorter.")
def padding_taken_away(n, kernel, stride=1, padding=0, dilation=1):
    return (n - 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


@mistake("output_size", "with a larger stride there are fewer places.")
def stride_left_out(n, kernel, stride=1, padding=0, dilation=1):
    return n + 2 * padding - dilation * (kernel - 1)


@mistake("output_size", "a stencil that is pulled apart covers more.")
def dilation_left_out(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - kernel) // stride + 1


COVERED = (
    "how much does a stencil of 3 with dilation 2 cover, from its first pixel "
    "to its last?"
)


@mistake("output_size", COVERED)
def dilation_times_kernel(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * kernel) // stride + 1


@mistake("output_size", COVERED)
def dilation_added_once(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - kernel - (dilation - 1)) // stride + 1


@mistake("output_size", COVERED)
def dilation_added_to_kernel(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - kernel - dilation + 1) // stride + 1


@mistake("output_size", COVERED)
def line_that_is_shortened(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - kernel) // (stride * dilation) + 1


HALF = "where half a stride is left over, the stencil doesn't fit once more."


@mistake("output_size", HALF)
def rounded_up(n, kernel, stride=1, padding=0, dilation=1):
    return (
        math.ceil((n + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1
    )


@mistake("output_size", HALF)
def not_rounded(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1


@mistake(
    "output_size",
    "the one is counted too early: it is added to the number of strides, "
    "after the division.",
)
def one_before_the_division(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * (kernel - 1)) // stride


@mistake(
    "output_size",
    "the places of one line are asked for, not those of an image.",
)
def places_of_an_image(n, kernel, stride=1, padding=0, dilation=1):
    return ((n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1) ** 2


@mistake(
    "output_size",
    "the kernel matters, too: its last pixel must still be on the line.",
)
def kernel_left_out(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding) // stride


@mistake(
    "output_size",
    "a size or a number of parameters is a whole number: // divides without "
    "a remainder.",
)
def floor_that_stays_a_float(n, kernel, stride=1, padding=0, dilation=1):
    return (
        np.floor((n + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1
    )


@mistake(
    "output_size",
    "the last place is missing: where the stencil ends just where the line "
    "ends, it still fits.",
)
def walking_too_short(n, kernel, stride=1, padding=0, dilation=1):
    places, start = 0, 0
    while start + dilation * (kernel - 1) + 1 < n + 2 * padding:
        places += 1
        start += stride
    return places


@accepted("output_size")
def by_walking(n, kernel, stride=1, padding=0, dilation=1):
    places, start = 0, -padding
    while start + dilation * (kernel - 1) < n + padding:
        places += 1
        start += stride
    return places


@accepted("output_size")
def length_of_a_range(n, kernel, stride=1, padding=0, dilation=1):
    return len(range(0, n + 2 * padding - dilation * (kernel - 1), stride))


@accepted("output_size")
def floored_to_an_int(n, kernel, stride=1, padding=0, dilation=1):
    rest = n + 2 * padding - dilation * (kernel - 1) - 1
    return int(np.floor(rest / stride)) + 1


@accepted("output_size")
def ceiling_of_what_is_left(n, kernel, stride=1, padding=0, dilation=1):
    return -(-(n + 2 * padding - dilation * (kernel - 1)) // stride)


# 2 · Receptive field


@mistake(
    "receptive_field",
    "kernels don't simply add up: the first one sees all its pixels, a "
    "further one adds only what lies beyond.",
)
def sum_of_kernels(layers):
    return sum(kernel for kernel, _, _ in layers)


@mistake("receptive_field", "fields don't multiply; draw two layers of 3.")
def product_of_kernels(layers):
    return math.prod(kernel for kernel, _, _ in layers)


@mistake(
    "receptive_field",
    "strides are missing: behind a layer of stride 2, neighbours lie two "
    "pixels apart.",
)
def strides_left_out(layers):
    return 1 + sum((kernel - 1) * dilation for kernel, _, dilation in layers)


@mistake("receptive_field", "the dilation is missing.")
def dilations_left_out(layers):
    field, step = 1, 1
    for kernel, stride, _ in layers:
        field += (kernel - 1) * step
        step *= stride
    return field


EARLY = (
    "a layer's own stride doesn't widen its own field; it moves neighbours "
    "apart, for the layers behind it."
)


@mistake("receptive_field", EARLY)
def stride_counts_too_early(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        step *= stride
        field += (kernel - 1) * dilation * step
    return field


@mistake("receptive_field", EARLY)
def own_stride_only(layers):
    return 1 + sum(
        (k - 1) * stride * dilation for k, stride, dilation in layers
    )


@mistake("receptive_field", "before the first layer a pixel sees 1, itself.")
def field_begins_at_zero(layers):
    field, step = 0, 1
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * step
        step *= stride
    return field


@mistake(
    "receptive_field",
    "the first tuple of the list is the layer next to the input.",
)
def from_the_wrong_end(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers[::-1]:
        field += (kernel - 1) * dilation * step
        step *= stride
    return field


@mistake(
    "receptive_field",
    "a stencil of k pixels has k - 1 gaps, and it is the gaps that grow.",
)
def kernel_instead_of_gaps(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        field += kernel * dilation * step
        step *= stride
    return field


@mistake(
    "receptive_field",
    "a stencil of k pixels has k - 1 gaps, and it is the gaps that grow.",
)
def dilated_kernel_less_one(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        field += (kernel * dilation - 1) * step
        step *= stride
    return field


@mistake(
    "receptive_field",
    "strides multiply: behind two layers of stride 2 neighbours lie four "
    "pixels apart.",
)
def strides_added(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * step
        step += stride
    return field


@mistake(
    "receptive_field",
    "strides multiply: behind two layers of stride 2 neighbours lie four "
    "pixels apart.",
)
def stride_of_the_last_layer(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * step
        step = stride
    return field


@mistake(
    "receptive_field",
    "the dilation pulls this layer's own stencil apart; it doesn't move "
    "neighbours apart for the layers behind.",
)
def dilation_carried_on(layers):
    field, step = 1, 1
    for kernel, stride, dilation in layers:
        step *= dilation
        field += (kernel - 1) * step
        step *= stride
    return field


@mistake("receptive_field", "the return stands inside the loop.")
def field_of_the_first_layer(layers):
    for kernel, _, dilation in layers:
        return 1 + (kernel - 1) * dilation
    return 1


@mistake(
    "receptive_field",
    "without layers there is nothing to begin with: what does a pixel see?",
    message="index out of range",
)
def begins_with_the_first_kernel(layers):
    field, step, _ = layers[0]
    field = 1 + (field - 1) * layers[0][2]
    for kernel, stride, dilation in layers[1:]:
        field += (kernel - 1) * dilation * step
        step *= stride
    return field


@mistake(
    "receptive_field",
    "a stencil of k pixels has k - 1 gaps, and it is the gaps that grow.",
)
def all_pixels_of_each_kernel(layers):
    field, step = 0, 1
    for kernel, stride, dilation in layers:
        field += kernel * dilation * step
        step *= stride
    return max(field, 1)


@mistake(
    "receptive_field",
    "strides multiply: behind two layers of stride 1, neighbours still lie 1 "
    "pixel apart.",
)
def strides_added_to_nothing(layers):
    field, step = 1, 0
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * max(step, 1)
        step += stride
    return field


@mistake(
    "receptive_field",
    "the tuples are (kernel, stride, dilation): the stride comes second.",
)
def stride_and_dilation_exchanged(layers):
    return from_the_output([(k, stride, d) for k, d, stride in layers])


@mistake(
    "receptive_field",
    "r neighbours have r - 1 gaps of a stride between them, not r.",
)
def neighbours_instead_of_gaps(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = field * stride + (kernel - 1) * dilation
    return field


@accepted("receptive_field")
def from_the_output(layers):
    field = 1
    for kernel, stride, dilation in reversed(layers):
        field = (field - 1) * stride + (kernel - 1) * dilation + 1
    return field


@accepted("receptive_field")
def first_and_last_pixel(layers):
    first = last = 0
    for kernel, stride, dilation in layers[::-1]:
        first, last = first * stride, last * stride + (kernel - 1) * dilation
    return last - first + 1


@accepted("receptive_field")
def by_recursion(layers):
    if not layers:
        return 1
    (kernel, stride, dilation), *others = layers
    return stride * (by_recursion(others) - 1) + 1 + (kernel - 1) * dilation


@accepted("receptive_field")
def with_arrays(layers):
    table = np.array(layers, int).reshape(-1, 3)
    steps = np.cumprod(np.r_[1, table[:, 1]])[: len(table)]
    return 1 + ((table[:, 0] - 1) * table[:, 2] * steps).sum()


# 3 · Parameters


def counted(layers, of_conv, of_dense, of_pool=lambda layer: 0):
    functions = {"conv": of_conv, "dense": of_dense, "pool": of_pool}
    return sum(functions[layer["kind"]](layer) for layer in layers)


def conv_weights(layer):
    return layer["inputs"] * layer["outputs"] * layer["kernel"] ** 2


def dense_weights(layer):
    return layer["inputs"] * layer["outputs"]


def conv_all(layer):
    return conv_weights(layer) + layer["bias"] * layer["outputs"]


def dense_all(layer):
    return dense_weights(layer) + layer["bias"] * layer["outputs"]


@mistake("count_params", "the biases are missing.")
def weights_only(layers):
    return counted(layers, conv_weights, dense_weights)


@mistake("count_params", "the biases of the convolutional layers are missing.")
def no_biases_of_filters(layers):
    return counted(layers, conv_weights, dense_all)


@mistake("count_params", "the biases of the dense layers are missing.")
def no_biases_of_dense_layers(layers):
    return counted(layers, conv_all, dense_weights)


@mistake("count_params", "not every layer has biases: look at its entry.")
def biases_everywhere(layers):
    return counted(
        layers,
        lambda layer: conv_weights(layer) + layer["outputs"],
        lambda layer: dense_weights(layer) + layer["outputs"],
    )


@mistake("count_params", "a stencil has kernel x kernel weights.")
def kernel_not_squared(layers):
    return counted(
        layers,
        lambda layer: (
            conv_all(layer)
            - conv_weights(layer)
            + conv_weights(layer) // layer["kernel"]
        ),
        dense_all,
    )


@mistake(
    "count_params",
    "a filter has a stencil for each channel of its input.",
)
def one_stencil_a_filter(layers):
    return counted(
        layers,
        lambda layer: (
            (layer["kernel"] ** 2 + layer["bias"]) * layer["outputs"]
        ),
        dense_all,
    )


@mistake(
    "count_params",
    "a filter has one bias, whatever the number of its stencils.",
)
def a_bias_for_each_stencil(layers):
    return counted(
        layers,
        lambda layer: (
            (layer["kernel"] ** 2 + layer["bias"])
            * layer["outputs"]
            * layer["inputs"]
        ),
        dense_all,
    )


@mistake("count_params", "there are as many filters as outputs.")
def one_filter(layers):
    return counted(
        layers,
        lambda layer: layer["inputs"] * layer["kernel"] ** 2 + layer["bias"],
        dense_all,
    )


@mistake("count_params", "each output has a bias of its own.")
def one_bias_a_layer(layers):
    return counted(
        layers,
        lambda layer: conv_weights(layer) + layer["bias"],
        lambda layer: dense_weights(layer) + layer["bias"],
    )


@mistake("count_params", "biases belong to the outputs, not to the inputs.")
def biases_of_the_inputs(layers):
    return counted(
        layers,
        lambda layer: conv_weights(layer) + layer["bias"] * layer["inputs"],
        lambda layer: dense_weights(layer) + layer["bias"] * layer["inputs"],
    )


@mistake("count_params", "biases belong to the outputs, not to the inputs.")
def biases_of_the_dense_inputs(layers):
    return counted(
        layers,
        conv_all,
        lambda layer: dense_weights(layer) + layer["bias"] * layer["inputs"],
    )


@mistake("count_params", "pooling learns nothing.")
def pooling_with_weights(layers):
    return counted(
        layers, conv_all, dense_all, lambda layer: layer["kernel"] ** 2
    )


@mistake(
    "count_params",
    "a pooling layer has no such entry: look at the kind first.",
    message="'inputs'",
)
def inputs_of_a_pool(layers):
    return sum(layer["inputs"] * layer["outputs"] for layer in layers)


@mistake(
    "count_params",
    "a pooling layer has no such entry: look at the kind first.",
    message="'outputs'",
)
def outputs_of_a_pool(layers):
    return sum(layer["outputs"] * layer["inputs"] for layer in layers)


@mistake(
    "count_params",
    "a dense layer has no kernel: look at the kind first.",
    message="'kernel'",
)
def kernel_of_a_dense_layer(layers):
    total = 0
    for layer in layers:
        if layer["kind"] != "pool":
            total += conv_all(layer)
    return total


@mistake(
    "count_params",
    "only the first layer counts: is a return inside the loop, or are layers "
    "without biases left out?",
)
def first_layer_only(layers):
    for layer in layers:
        return counted([layer], conv_all, dense_all)
    return 0


@mistake("count_params", "only the last layer counts: add them up.")
def last_layer_only(layers):
    return counted(layers[-1:], conv_all, dense_all)


@mistake("count_params", "the dense layers are missing.")
def no_dense_layers(layers):
    return counted(layers, conv_all, lambda layer: 0)


@mistake("count_params", "return their sum, one number, not a list.")
def a_list_of_counts(layers):
    return [counted([layer], conv_all, dense_all) for layer in layers]


@mistake(
    "count_params",
    "two layers of the same size count twice: a set keeps one of them.",
)
def same_sizes_counted_once(layers):
    sizes = {"pool": lambda layer: 0}
    sizes["conv"] = lambda layer: (
        (layer["inputs"] * layer["kernel"] ** 2 + layer["bias"])
        * layer["outputs"]
    )
    sizes["dense"] = lambda layer: (
        (layer["inputs"] + layer["bias"]) * layer["outputs"]
    )
    return sum({sizes[layer["kind"]](layer) for layer in layers})


@accepted("count_params")
def sums_of_a_generator(layers):
    return sum(
        layer["outputs"]
        * (layer["inputs"] * layer.get("kernel", 1) ** 2 + layer["bias"])
        for layer in layers
        if layer["kind"] != "pool"
    )


@accepted("count_params")
def by_match(layers):
    total = 0
    for layer in layers:
        match layer["kind"]:
            case "conv":
                shape = [layer["outputs"], layer["inputs"]]
                total += np.zeros(shape + [layer["kernel"]] * 2).size
            case "dense":
                total += np.zeros([layer["outputs"], layer["inputs"]]).size
        if layer.get("bias"):
            total += layer["outputs"]
    return total


@accepted("count_params")
def with_numpy_numbers(layers):
    return np.sum(
        [counted([layer], conv_all, dense_all) for layer in layers], dtype=int
    )


# 4 · Edges

HORIZONTAL = (
    "it answers to horizontal edges, to them alone or among others: what does "
    "each row by itself sum to?"
)


@mistake(
    "edge_filter",
    "this one sees edges from bright to dark: exchange the signs.",
)
def edges_to_the_dark():
    return np.array([[1.0, 0.0, -1.0]] * 3)


@mistake("edge_filter", HORIZONTAL)
def horizontal_edges():
    return np.array([[-1.0] * 3, [0.0] * 3, [1.0] * 3])


@mistake("edge_filter", HORIZONTAL)
def horizontal_edges_upside_down():
    return np.array([[1.0] * 3, [0.0] * 3, [-1.0] * 3])


@mistake("edge_filter", HORIZONTAL)
def horizontal_sobel():
    return np.array([[-1.0, -2.0, -1.0], [0.0] * 3, [1.0, 2.0, 1.0]])


@mistake("edge_filter", "what must the nine numbers sum to?")
def bright_side_only():
    return np.array([[0.0, 0.0, 1.0]] * 3)


@mistake(
    "edge_filter",
    HORIZONTAL,
)
def spots():
    return np.array([[-1.0] * 3, [-1.0, 8.0, -1.0], [-1.0] * 3])


@mistake(
    "edge_filter",
    HORIZONTAL,
)
def laplacian():
    return np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])


@mistake("edge_filter", "this one sees lines, not edges.")
def vertical_lines():
    return np.array([[-1.0, 2.0, -1.0]] * 3)


@mistake("edge_filter", HORIZONTAL)
def oblique_edges():
    return np.array([[-2.0, -1.0, 0.0], [-1.0, 0.0, 1.0], [0.0, 1.0, 2.0]])


@mistake("edge_filter", "what must the nine numbers sum to?")
def blur():
    return np.ones((3, 3)) / 9


@mistake("edge_filter", "nine weights are asked for: three rows of three.")
def a_single_row():
    return np.array([-1.0, 0.0, 1.0])


@mistake("edge_filter", "nine weights are asked for: three rows of three.")
def a_row_with_two_axes():
    return np.array([[-1.0, 0.0, 1.0]])


@mistake(
    "edge_filter",
    "the right column must count, too: a bright half may lie under it alone.",
)
def left_and_middle():
    return np.array([[-1.0, 1.0, 0.0]] * 3)


@mistake(
    "edge_filter",
    "the left column must count, too: a dark half may lie under it alone.",
)
def middle_and_right():
    return np.array([[0.0, -1.0, 1.0]] * 3)


@mistake("edge_filter", "what must the nine numbers sum to?")
def the_image():
    return np.array([[0.0, 0.0, 1.0]] * 3) + [[0.0, 1.0, 0.0]]


@accepted("edge_filter")
def sobel():
    return np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


@accepted("edge_filter")
def middle_row_only():
    return [[0, 0, 0], [-1, 0, 1], [0, 0, 0]]


@accepted("edge_filter")
def with_fractions():
    return np.outer([0.1, 0.2, 0.1], [-0.7, 0.1, 0.6]).astype(np.float32)


# 5 · Forward


def framed(x, padding, **how):
    sides = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
    return np.pad(x, sides, **how)


def slide(x, w, stride):
    """A layer without padding and biases."""
    s, t = w.shape[2:]
    height = (x.shape[2] - s) // stride + 1
    width = (x.shape[3] - t) // stride + 1
    y = np.zeros((len(x), len(w), height, width))
    for i, j in np.ndindex(height, width):
        top, left = i * stride, j * stride
        stencil = x[:, :, top : top + s, left : left + t]
        y[:, :, i, j] = np.einsum("ncst,kcst->nk", stencil, w)
    return y


def column(b):
    return b[:, None, None]


@mistake(
    "conv2d",
    "the kernels are mirrored: a layer lays them on the image as they are.",
)
def mirrored_kernels(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w[:, :, ::-1, ::-1], stride) + column(b)


@mistake("conv2d", "rows and columns of the kernel are exchanged.")
def transposed_kernels(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w.swapaxes(2, 3), stride) + column(b)


@mistake("conv2d", "the biases are missing.")
def biases_left_out(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w, stride)


@mistake("conv2d", "the biases are added, not subtracted.")
def biases_subtracted(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w, stride) - column(b)


@mistake(
    "conv2d",
    "the bias is added to each of the products; it is added to their sum, "
    "once.",
)
def bias_for_each_weight(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w, stride) + column(b) * w[0].size


@mistake(
    "conv2d",
    "the bias is added once for each channel of the images; it is added once.",
)
def bias_for_each_channel(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w, stride) + column(b) * w.shape[1]


@mistake("conv2d", "the stride is missing.")
def stride_forgotten(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w, 1) + column(b)


@mistake(
    "conv2d",
    "the size is right, but the stencil moves one pixel at a time: output i "
    "begins at row i * stride.",
)
def stride_in_the_size_only(x, w, b, stride=1, padding=0):
    x = framed(x, padding)
    y = slide(x, w, 1)
    height, width = slide(x, w, stride).shape[2:]
    return y[:, :, :height, :width] + column(b)


@mistake("conv2d", "there is one place more than strides between them.")
def a_place_too_few(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w, stride)[:, :, :-1, :-1] + column(b)


@mistake("conv2d", "the padding is missing.")
def padding_forgotten(x, w, b, stride=1, padding=0):
    return slide(x, w, stride) + column(b)


TWO_SIDES = (
    "the frame is missing on two of the four sides, or the size is computed "
    "as if it were."
)


@mistake("conv2d", TWO_SIDES)
def padding_on_two_sides(x, w, b, stride=1, padding=0):
    x = np.pad(x, [(0, 0), (0, 0), (padding, 0), (padding, 0)])
    return slide(x, w, stride) + column(b)


@mistake("conv2d", TWO_SIDES)
def padding_at_the_end(x, w, b, stride=1, padding=0):
    x = np.pad(x, [(0, 0), (0, 0), (0, padding), (0, padding)])
    return slide(x, w, stride) + column(b)


@mistake("conv2d", "the frame is of zeros, not of the pixels at the border.")
def padding_by_the_edge(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding, mode="edge"), w, stride) + column(b)


@mistake("conv2d", "the frame is of zeros, not of mirrored pixels.")
def padding_by_mirrors(x, w, b, stride=1, padding=0):
    x = framed(x, padding, mode="reflect")
    return slide(x, w, stride) + column(b)


AROUND = (
    "np.pad with one number frames all four axes, images and channels, too: "
    "a pair for each axis."
)


@mistake("conv2d", AROUND)
def padding_of_all_axes(x, w, b, stride=1, padding=0):
    x = np.pad(x, padding)
    s, t = w.shape[2:]
    height = (x.shape[2] - s) // stride + 1
    width = (x.shape[3] - t) // stride + 1
    y = np.zeros((len(x), len(w), height, width))
    for n, k, i, j in np.ndindex(y.shape):
        top, left = i * stride, j * stride
        stencil = x[n, :, top : top + s, left : left + t]
        y[n, k, i, j] = (stencil * w[k]).sum() + b[k]
    return y


@mistake("conv2d", AROUND)
def padding_of_all_axes_at_the_start(x, w, b, stride=1, padding=0):
    n, c, h, width = x.shape
    rows = (h + 2 * padding - w.shape[2]) // stride + 1
    columns = (width + 2 * padding - w.shape[3]) // stride + 1
    x = np.pad(x, padding)[:n]
    y = slide(x[:, :c], w, stride)[:, :, :rows, :columns]
    return y + column(b)


@mistake("conv2d", AROUND, message="operand")
def padding_of_all_axes_einsum(x, w, b, stride=1, padding=0):
    return slide(np.pad(x, padding), w, stride) + column(b)


@mistake("conv2d", AROUND, message="shape-mismatch")
def padding_of_all_axes_tensordot(x, w, b, stride=1, padding=0):
    x = np.pad(x, padding)
    s, t = w.shape[2:]
    axes = [1, 2, 3], [1, 2, 3]
    rows = range(0, x.shape[2] - s + 1, stride)
    columns = range(0, x.shape[3] - t + 1, stride)
    y = [
        [np.tensordot(x[:, :, i : i + s, j : j + t], w, axes) for j in columns]
        for i in rows
    ]
    return np.moveaxis(np.array(y), [2, 3], [0, 1]) + column(b)


@mistake(
    "conv2d",
    "the output's size is that of the image without its frame: compute it "
    "from the padded one.",
)
def size_without_the_frame(x, w, b, stride=1, padding=0):
    height, width = slide(x, w, stride).shape[2:]
    y = slide(framed(x, padding), w, stride) + column(b)
    return y[:, :, :height, :width]


@mistake("conv2d", "the products are summed; this is their mean.")
def mean_of_the_products(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w / w[0].size, stride) + column(b)


@mistake(
    "conv2d",
    "only the first channel counts: a filter has a stencil for each, and "
    "their answers are added.",
)
def first_channel_only(x, w, b, stride=1, padding=0):
    y = slide(framed(x[:, :1], padding), w[:, :1], stride)
    return y + column(b)


@mistake(
    "conv2d",
    "only the last channel counts: is something assigned where it should be "
    "added?",
)
def last_channel_only(x, w, b, stride=1, padding=0):
    y = slide(framed(x[:, -1:], padding), w[:, -1:], stride)
    return y + column(b)


@mistake("conv2d", "all filters give the answer of the first one.")
def first_filter_only(x, w, b, stride=1, padding=0):
    y = slide(framed(x, padding), w, stride)
    return y[:, :1] + column(b)


@mistake(
    "conv2d",
    "all images get the answer to the first one: which n does the stencil "
    "come from?",
)
def first_image_only(x, w, b, stride=1, padding=0):
    y = slide(framed(x, padding), w, stride)
    return np.repeat(y[:1], len(x), axis=0) + column(b)


WHOLE = (
    "fractions are lost: the output has the dtype of the images. np.zeros "
    "alone makes floats."
)


@mistake("conv2d", WHOLE)
def output_of_whole_numbers(x, w, b, stride=1, padding=0):
    y = slide(framed(x, padding), w, stride) + column(b)
    return y.astype(x.dtype)


@mistake("conv2d", WHOLE)
def sums_of_whole_numbers(x, w, b, stride=1, padding=0):
    y = slide(framed(x, padding), w, stride) + column(b)
    return y.astype(np.result_type(x, w))


@mistake(
    "conv2d",
    "the bias belongs to the filter, axis 1 of the output; NumPy adds (k,) "
    "along the last axis. b[:, None, None] has the right shape.",
    message="could not be broadcast together with shapes (2,3,1,2) (3,)",
)
def biases_along_the_last_axis(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w, stride) + b


@mistake("conv2d", "filters and places are exchanged: (n, k, i, j) is asked.")
def channels_last(x, w, b, stride=1, padding=0):
    y = slide(framed(x, padding), w, stride) + column(b)
    return y.transpose(0, 2, 3, 1)


@mistake(
    "conv2d",
    "the stencil needn't be a square: its height is w.shape[2], its width "
    "w.shape[3].",
)
def square_kernels(x, w, b, stride=1, padding=0):
    x, size = framed(x, padding), w.shape[2]
    height = (x.shape[2] - size) // stride + 1
    width = (x.shape[3] - size) // stride + 1
    y = np.zeros((len(x), len(w), height, width))
    for n, k, i, j in np.ndindex(y.shape):
        top, left = i * stride, j * stride
        part = x[n, :, top : top + size, left : left + size]
        kernel = w[k, :, :, : part.shape[2]]
        y[n, k, i, j] = (part[:, :, : kernel.shape[2]] * kernel).sum() + b[k]
    return y


@mistake(
    "conv2d",
    "a stencil of other shape than the filter: at the borders, or for a "
    "filter that is no square?",
    message="could not be broadcast together with shapes (2,1,1) (2,1,2)",
)
def square_stencils(x, w, b, stride=1, padding=0):
    x, size = framed(x, padding), w.shape[2]
    height = (x.shape[2] - size) // stride + 1
    width = (x.shape[3] - size) // stride + 1
    y = np.zeros((len(x), len(w), height, width))
    for n, k, i, j in np.ndindex(y.shape):
        top, left = i * stride, j * stride
        part = x[n, :, top : top + size, left : left + size]
        y[n, k, i, j] = (part * w[k]).sum() + b[k]
    return y


@mistake(
    "conv2d",
    "rows and columns of the stencil are exchanged: it is w.shape[2] high and "
    "w.shape[3] wide.",
)
def stencils_that_lie(x, w, b, stride=1, padding=0):
    x, (s, t) = framed(x, padding), w.shape[2:]
    y = slide(x, w, stride)
    for n, k, i, j in np.ndindex(y.shape):
        top, left = i * stride, j * stride
        part = x[n, :, top : top + t, left : left + s]
        y[n, k, i, j] = (part * w[k]).sum() + b[k]
    return y


@mistake(
    "conv2d",
    "the same frame of zeros is written into the caller's images, or more: "
    "make an array of your own.",
)
def images_that_are_scaled(x, w, b, stride=1, padding=0):
    x *= 2
    return slide(framed(x, padding), w, stride) + column(b)


@mistake("conv2d", "each filter has a bias of its own: b[k].")
def first_bias_only(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w, stride) + b[0]


@mistake("conv2d", "each filter has a bias of its own: b[k].")
def sum_of_the_biases(x, w, b, stride=1, padding=0):
    return slide(framed(x, padding), w, stride) + b.sum()


@mistake(
    "conv2d",
    "the stencil is pulled apart: the stride moves it, its own pixels lie "
    "side by side.",
)
def stride_within_the_stencil(x, w, b, stride=1, padding=0):
    s, t = w.shape[2:]
    wide = np.zeros((*w.shape[:2], (s - 1) * stride + 1, (t - 1) * stride + 1))
    wide[:, :, ::stride, ::stride] = w
    return slide(framed(x, padding), wide, 1) + column(b)


@mistake(
    "conv2d",
    "x.shape is a tuple, not a function: without parentheses.",
    message="'tuple' object is not callable",
)
def calls_the_shape(x, w, b, stride=1, padding=0):
    return np.zeros(x.shape())


@accepted("conv2d")
def by_windows(x, w, b, stride=1, padding=0):
    x = framed(x, padding)
    sides = w.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(x, sides, axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    y = np.einsum("ncijst,kcst->nkij", windows, w)
    return y + b.reshape(1, -1, 1, 1)


@accepted("conv2d")
def by_four_loops(x, w, b, stride=1, padding=0):
    n, c, h, width = x.shape
    k, _, s, t = w.shape
    frame = np.zeros((n, c, h + 2 * padding, width + 2 * padding))
    frame[:, :, padding : padding + h, padding : padding + width] = x
    rows = range(0, frame.shape[2] - s + 1, stride)
    columns = range(0, frame.shape[3] - t + 1, stride)
    return np.array(
        [
            [
                [
                    [
                        (image[:, i : i + s, j : j + t] * kernel).sum() + bias
                        for j in columns
                    ]
                    for i in rows
                ]
                for kernel, bias in zip(w, b)
            ]
            for image in frame
        ]
    )


@accepted("conv2d")
def by_one_product(x, w, b, stride=1, padding=0):
    x, (k, c, s, t) = framed(x, padding), w.shape
    height = (x.shape[2] - s) // stride + 1
    width = (x.shape[3] - t) // stride + 1
    columns = [
        x[:, :, i * stride : i * stride + s, j * stride : j * stride + t]
        for i, j in np.ndindex(height, width)
    ]
    patches = np.stack(columns).reshape(height * width, len(x), c * s * t)
    y = patches @ w.reshape(k, -1).T + b
    return y.transpose(1, 2, 0).reshape(len(x), k, height, width)


@accepted("conv2d")
def by_shifted_images(x, w, b, stride=1, padding=0):
    x = framed(x, padding).astype(float)
    s, t = w.shape[2:]
    height, width = x.shape[2] - s + 1, x.shape[3] - t + 1
    y = 0
    for i in range(s):
        for j in range(t):
            moved = x[:, :, i : i + height : stride, j : j + width : stride]
            y = y + np.einsum("ncij,kc->nkij", moved, w[:, :, i, j])
    return y + column(b)


@accepted("conv2d")
def forward_in_float32(x, w, b, stride=1, padding=0):
    x, w, b = (array.astype(np.float32) for array in (x, w, b))
    return (slide(framed(x, padding), w, stride) + column(b)).astype("f4")


# 6 · Backward


def back(dy, x, w, stride, padding, overwrite=False):
    """The three gradients; dx with its frame."""
    x, (_, _, s, t) = framed(x, padding), w.shape
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for i, j in np.ndindex(dy.shape[2:]):
        rows = slice(i * stride, i * stride + s)
        columns = slice(j * stride, j * stride + t)
        here = dy[:, :, i, j]
        dw += np.einsum("nk,ncst->kcst", here, x[:, :, rows, columns])
        dx[:, :, rows, columns] *= not overwrite
        dx[:, :, rows, columns] += np.einsum("nk,kcst->ncst", here, w)
    return dx, dw, dy.sum(axis=(0, 2, 3))


def inside(dx, x, padding):
    h, w = x.shape[2:]
    return dx[:, :, padding : padding + h, padding : padding + w]


def right_back(dy, x, w, stride, padding):
    dx, dw, db = back(dy, x, w, stride, padding)
    return inside(dx, x, padding), dw, db


@mistake(
    "conv2d_backward",
    "the kernel is mirrored: the output took pixel (i + a, j + b) times "
    "w[a, b], so this weight is also the way back.",
)
def mirrored_on_the_way_back(dy, x, w, stride=1, padding=0):
    _, dw, db = back(dy, x, w, stride, padding)
    dx, *_ = back(dy, x, w[:, :, ::-1, ::-1], stride, padding)
    return inside(dx, x, padding), dw, db


@mistake(
    "conv2d_backward",
    "where stencils overlap, a pixel gets gradients from each of them: they "
    "add up.",
)
def overlaps_overwritten(dy, x, w, stride=1, padding=0):
    dx, dw, db = back(dy, x, w, stride, padding, overwrite=True)
    return inside(dx, x, padding), dw, db


@mistake(
    "conv2d_backward",
    "dx still has its frame: it is as large as the images themselves.",
)
def frame_left_on(dy, x, w, stride=1, padding=0):
    return back(dy, x, w, stride, padding)


@mistake(
    "conv2d_backward",
    "without padding, the slice padding:-padding is empty.",
)
def empty_without_padding(dy, x, w, stride=1, padding=0):
    dx, dw, db = back(dy, x, w, stride, padding)
    return dx[:, :, padding:-padding, padding:-padding], dw, db


@mistake(
    "conv2d_backward",
    "the frame is cut off at its lower and right side only, or was put "
    "there only: the images begin at row `padding`.",
)
def frame_cut_at_the_wrong_end(dy, x, w, stride=1, padding=0):
    dx, dw, db = back(dy, x, w, stride, padding)
    h, width = x.shape[2:]
    return dx[:, :, :h, :width], dw, db


@mistake(
    "conv2d_backward",
    "fractions are lost: dx has the dtype of the images. np.zeros(shape) "
    "makes floats.",
)
def dx_of_whole_numbers(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    return dx.astype(x.dtype), dw, db


@mistake(
    "conv2d_backward",
    "NumPy won't put fractions into an array of whole numbers: np.zeros_like "
    "takes over the dtype of the images; np.zeros(shape) makes floats.",
    message="Cannot cast ufunc 'add' output",
)
def zeros_like_images(dy, x, w, stride=1, padding=0):
    dx = np.zeros_like(x)
    right, dw, db = right_back(dy, x, w, stride, padding)
    dx += right
    return dx, dw, db


@mistake("conv2d_backward", "the three are exchanged: dx, dw, db.")
def weights_first(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    return dw, dx, db


@mistake("conv2d_backward", "the three are exchanged: dx, dw, db.")
def images_last(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    return dw, db, dx


@mistake("conv2d_backward", "the three are exchanged: dx, dw, db.")
def biases_second(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    return dx, db, dw


@mistake("conv2d_backward", "one of the three is missing: dx, dw, db.")
def without_biases(dy, x, w, stride=1, padding=0):
    return right_back(dy, x, w, stride, padding)[:2]


@mistake(
    "conv2d_backward",
    "return three arrays with commas between them, no dictionary.",
)
def a_dictionary(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    return {"dx": dx, "dw": dw, "db": db}


@mistake("conv2d_backward", "this is mirrored: which pixel met w[a, b]?")
def dw_mirrored(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    return dx, dw[:, :, ::-1, ::-1], db


@mistake("conv2d_backward", "rows and columns are exchanged.")
def dw_transposed(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    return dx, dw.swapaxes(2, 3), db


NO_MEAN = "a sum is asked for: dy already holds every factor of the loss."


@mistake("conv2d_backward", NO_MEAN)
def dw_by_positions(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    return dx, dw / dy[0, 0].size, db


@mistake("conv2d_backward", NO_MEAN)
def dw_by_images(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    return dx, dw / len(x), db / len(x)


@mistake("conv2d_backward", NO_MEAN)
def db_as_a_mean(dy, x, w, stride=1, padding=0):
    dx, dw, _ = right_back(dy, x, w, stride, padding)
    return dx, dw, dy.mean(axis=(0, 2, 3))


@mistake(
    "conv2d_backward",
    "only one place counts: a weight gets a part from each, so add, don't "
    "assign.",
)
def dw_of_the_last_place(dy, x, w, stride=1, padding=0):
    dx, _, db = right_back(dy, x, w, stride, padding)
    last = np.zeros(dy.shape)
    last[:, :, -1, -1] = dy[:, :, -1, -1]
    return dx, back(last, x, w, stride, padding)[1], db


@mistake(
    "conv2d_backward",
    "the stencils of dw must be cut from the images with their frame.",
)
def dw_without_the_frame(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    dw = np.zeros(w.shape)
    s, t = w.shape[2:]
    for i, j in np.ndindex(dy.shape[2:]):
        top, left = i * stride, j * stride
        part = x[:, :, top : top + s, left : left + t]
        h, width = part.shape[2:]
        dw[:, :, :h, :width] += np.einsum(
            "nk,ncst->kcst", dy[:, :, i, j], part
        )
    return dx, dw, db


@mistake(
    "conv2d_backward",
    "the stride is missing on the way back: output i lies over the rows from "
    "i * stride.",
)
def back_without_stride(dy, x, w, stride=1, padding=0):
    return right_back(dy, x, w, 1, padding)


@mistake(
    "conv2d_backward",
    "only one of the filters sends something back to the images: sum over "
    "all.",
)
def dx_of_the_last_filter(dy, x, w, stride=1, padding=0):
    _, dw, db = back(dy, x, w, stride, padding)
    dx, *_ = back(dy[:, -1:], x, w[-1:], stride, padding)
    return inside(dx, x, padding), dw, db


@mistake(
    "conv2d_backward",
    "only one of the filters sends something back to the images: sum over "
    "all.",
)
def dx_of_the_first_filter(dy, x, w, stride=1, padding=0):
    _, dw, db = back(dy, x, w, stride, padding)
    dx, *_ = back(dy[:, :1], x, w[:1], stride, padding)
    return inside(dx, x, padding), dw, db


@mistake("conv2d_backward", "dw sums over the images, too: all of them.")
def dw_of_the_last_image(dy, x, w, stride=1, padding=0):
    dx, _, db = right_back(dy, x, w, stride, padding)
    return dx, back(dy[-1:], x[-1:], w, stride, padding)[1], db


@mistake("conv2d_backward", "each filter has a bias: db has the shape (k,).")
def db_as_a_number(dy, x, w, stride=1, padding=0):
    dx, dw, _ = right_back(dy, x, w, stride, padding)
    return dx, dw, dy.sum()


@mistake("conv2d_backward", "each filter has a bias: db has the shape (k,).")
def db_with_all_axes(dy, x, w, stride=1, padding=0):
    dx, dw, _ = right_back(dy, x, w, stride, padding)
    return dx, dw, dy.sum(axis=(0, 2, 3), keepdims=True)


@mistake("conv2d_backward", "a bias is added at all places: sum over them.")
def db_for_each_place(dy, x, w, stride=1, padding=0):
    dx, dw, _ = right_back(dy, x, w, stride, padding)
    return dx, dw, dy.sum(axis=0)


@mistake("conv2d_backward", "sum over the images, too: (k,) is asked for.")
def db_for_each_image(dy, x, w, stride=1, padding=0):
    dx, dw, _ = right_back(dy, x, w, stride, padding)
    return dx, dw, dy.sum(axis=(2, 3))


@mistake("conv2d_backward", "dx is the weights' share, without the pixels.")
def dx_times_the_pixels(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    return dx * x, dw, db


@mistake(
    "conv2d_backward",
    "this is how the weights move, not how the loss changes: no minus.",
)
def downhill(dy, x, w, stride=1, padding=0):
    return tuple(-part for part in right_back(dy, x, w, stride, padding))


@mistake(
    "conv2d_backward",
    "dy is missing: what comes from behind is a factor of everything.",
)
def without_dy(dy, x, w, stride=1, padding=0):
    return right_back(np.ones(dy.shape), x, w, stride, padding)


@mistake(
    "conv2d_backward",
    "x.shape is a tuple, not a function: without parentheses.",
    message="'tuple' object is not callable",
)
def calls_the_shape_back(dy, x, w, stride=1, padding=0):
    return np.zeros(x.shape())


@mistake(
    "conv2d_backward",
    "dw must begin with zeros; here it is only another name for w.",
)
def dw_begins_in_the_filters(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    w += dw
    return dx, w, db


@mistake(
    "conv2d_backward",
    "dx must begin with zeros; here it is only another name for x.",
)
def dx_begins_in_the_images(dy, x, w, stride=1, padding=0):
    dx, dw, db = right_back(dy, x, w, stride, padding)
    x += dx
    return x, dw, db


SQUARE = (
    "the stencil needn't be a square: its height is w.shape[2], its width "
    "w.shape[3]."
)


@mistake("conv2d_backward", SQUARE, message="operand with shape (1,1,1)")
def square_stencils_back(dy, x, w, stride=1, padding=0):
    x, size = framed(x, padding), w.shape[2]
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for n, k, i, j in np.ndindex(dy.shape):
        rows = slice(i * stride, i * stride + size)
        columns = slice(j * stride, j * stride + size)
        dw[k] += dy[n, k, i, j] * x[n, :, rows, columns]
        dx[n, :, rows, columns] += dy[n, k, i, j] * w[k]
    return dx, dw, dy.sum(axis=(0, 2, 3))


@accepted("conv2d_backward")
def back_by_six_loops(dy, x, w, stride=1, padding=0):
    frame = framed(x, padding)
    dframe, dw = np.zeros(frame.shape), np.zeros(w.shape)
    db = np.zeros(len(w))
    for n, k, i, j in np.ndindex(dy.shape):
        db[k] += dy[n, k, i, j]
        for a, b in np.ndindex(w.shape[2:]):
            row, column = stride * i + a, stride * j + b
            dw[k, :, a, b] += dy[n, k, i, j] * frame[n, :, row, column]
            dframe[n, :, row, column] += dy[n, k, i, j] * w[k, :, a, b]
    return inside(dframe, x, padding), dw, db


@accepted("conv2d_backward")
def back_by_shifted_images(dy, x, w, stride=1, padding=0):
    frame = framed(x, padding).astype(float)
    dframe, dw = 0 * frame, np.zeros(w.shape)
    height, width = (stride * (size - 1) + 1 for size in dy.shape[2:])
    for a, b in np.ndindex(w.shape[2:]):
        seen = np.s_[:, :, a : a + height : stride, b : b + width : stride]
        dw[:, :, a, b] = np.einsum("nkij,ncij->kc", dy, frame[seen])
        dframe[seen] += np.einsum("nkij,kc->ncij", dy, w[:, :, a, b])
    return [inside(dframe, x, padding), dw, np.einsum("nkij->k", dy)]


@accepted("conv2d_backward")
def back_as_a_full_convolution(dy, x, w, stride=1, padding=0):
    s, t = w.shape[2:]
    dx, dw, db = back(dy, x, w, stride, padding)
    far = np.zeros((*dy.shape[:2], dx.shape[2] - s + 1, dx.shape[3] - t + 1))
    far[:, :, ::stride, ::stride][:, :, : dy.shape[2], : dy.shape[3]] = dy
    far = np.pad(far, [(0, 0), (0, 0), (s - 1, s - 1), (t - 1, t - 1)])
    dx = slide(far, w[:, :, ::-1, ::-1].swapaxes(0, 1), 1)
    return inside(dx, x, padding), dw, db


@accepted("conv2d_backward")
def back_in_float32(dy, x, w, stride=1, padding=0):
    dy, x, w = (array.astype(np.float32) for array in (dy, x, w))
    return tuple(p.astype("f4") for p in right_back(dy, x, w, stride, padding))


# 7 · Max-pooling


def pooled(x, size, stride, reduce=np.max):
    height = (x.shape[2] - size) // stride + 1
    width = (x.shape[3] - size) // stride + 1
    y = np.zeros((*x.shape[:2], height, width))
    for i, j in np.ndindex(height, width):
        top, left = i * stride, j * stride
        window = x[:, :, top : top + size, left : left + size]
        y[:, :, i, j] = reduce(window, axis=(2, 3))
    return y


@mistake("max_pool", "the mean is taken, not the maximum.")
def mean_pool(x, size, stride):
    return pooled(x, size, stride, np.mean)


@mistake("max_pool", "the smallest pixel is kept, not the largest.")
def min_pool(x, size, stride):
    return pooled(x, size, stride, np.min)


@mistake("max_pool", "the sum is taken, not the maximum.")
def sum_pool(x, size, stride):
    return pooled(x, size, stride, np.sum)


@mistake("max_pool", "the stride is ignored: windows may overlap.")
def stride_is_the_size(x, size, stride):
    return pooled(x, size, size)


@mistake("max_pool", "the stride is ignored: windows may lie apart.")
def windows_at_every_pixel(x, size, stride):
    return pooled(x, size, 1)


@mistake("max_pool", "size and stride are exchanged.")
def size_and_stride_exchanged(x, size, stride):
    return pooled(x, stride, size)


@mistake(
    "max_pool",
    "the pixels are compared with a 0 that isn't there: begin with -np.inf.",
)
def compared_with_zero(x, size, stride):
    return pooled(x, size, stride).clip(0)


@mistake("max_pool", "-5 is smaller than 3: no absolute values.")
def largest_in_size(x, size, stride):
    return pooled(np.abs(x), size, stride)


LEFT_OVER = (
    "rows and columns that are left over are ignored: no window hangs over "
    "the edge."
)


@mistake("max_pool", LEFT_OVER)
def windows_over_the_edge(x, size, stride):
    height, width = (-(-(n - size) // stride) + 1 for n in x.shape[2:])
    y = np.zeros((*x.shape[:2], height, width))
    for i, j in np.ndindex(height, width):
        top, left = i * stride, j * stride
        window = x[:, :, top : top + size, left : left + size]
        y[:, :, i, j] = window.max(axis=(2, 3))
    return y


@mistake("max_pool", LEFT_OVER)
def a_window_for_each_start(x, size, stride):
    rows, columns = (range(0, n, stride) for n in x.shape[2:])
    y = [
        [x[:, :, i : i + size, j : j + size].max((2, 3)) for j in columns]
        for i in rows
    ]
    return np.moveaxis(np.array(y), (2, 3), (0, 1))


@mistake("max_pool", "there is one window more than strides between them.")
def a_window_too_few(x, size, stride):
    return pooled(x, size, stride)[:, :, :-1, :-1]


@mistake("max_pool", "each channel keeps its own maximum.")
def largest_over_channels(x, size, stride):
    y = pooled(x, size, stride)
    return np.repeat(y.max(axis=1, keepdims=True), x.shape[1], axis=1)


@mistake("max_pool", "each channel keeps its own maximum.")
def one_channel_left(x, size, stride):
    return pooled(x, size, stride).max(axis=1, keepdims=True)


@mistake("max_pool", "each image has maxima of its own.")
def first_image_pooled(x, size, stride):
    return np.repeat(pooled(x[:1], size, stride), len(x), axis=0)


@mistake(
    "max_pool", "argmax tells where the largest pixel is; return the pixel."
)
def places_of_the_largest(x, size, stride):
    def place(window, axis):
        return window.reshape(*window.shape[:2], -1).argmax(axis=2)

    return pooled(x, size, stride, place)


@mistake("max_pool", "the window begins at row i * stride, not at row i.")
def windows_side_by_side(x, size, stride):
    height, width = pooled(x, size, stride).shape[2:]
    return pooled(x, size, 1)[:, :, :height, :width]


@mistake("max_pool", "the maximum of the whole image is taken, once.")
def one_maximum(x, size, stride):
    return pooled(x, size, stride) * 0 + x.max(axis=(2, 3), keepdims=True)


@mistake(
    "max_pool",
    "a window has size x size pixels, whatever the stride is: only its upper "
    "left one counts here.",
)
def upper_left_corner(x, size, stride):
    y = pooled(x, size, stride)
    rows, columns = y.shape[2] * stride, y.shape[3] * stride
    return 1.0 * x[:, :, :rows:stride, :columns:stride]


@mistake(
    "max_pool",
    "x.shape is a tuple, not a function: without parentheses.",
    message="'tuple' object is not callable",
)
def calls_the_shape_to_pool(x, size, stride):
    return np.zeros(x.shape())


@mistake(
    "max_pool",
    "windows may overlap, and rows may be left over: reshape can't cut such "
    "windows.",
    message="cannot reshape array of size 12",
)
def pool_by_reshaping(x, size, stride):
    n, c, h, w = x.shape
    x = x.reshape(n, c, h // size, size, w // size, size)
    return x.max(axis=(3, 5))


EMPTY = "a window is empty: window i begins at row i * stride, and no later."


@mistake("max_pool", EMPTY, message="zero-size array to reduction")
def pools_beyond_the_edge(x, size, stride):
    y = pooled(x, size, stride)
    for i, j in np.ndindex(y.shape[2:]):
        top, left = i * size, j * size
        window = x[:, :, top : top + size, left : left + size]
        y[:, :, i, j] = window.max(axis=(2, 3))
    return y


@mistake(
    "max_pool",
    "images may be whole numbers, which know no infinity: -np.inf belongs "
    "into an array of floats.",
    message="cannot convert float infinity to integer",
)
def infinity_among_whole_numbers(x, size, stride):
    return pooled(
        x, size, stride, lambda v, axis: v.max(axis, initial=-np.inf)
    )


@mistake(
    "max_pool",
    "begin with a pixel of the window, or with -np.inf: pixels may be smaller "
    "than any number that seems small.",
)
def pool_from_minus_100(x, size, stride):
    return np.maximum(pooled(x, size, stride), -100)


@accepted("max_pool")
def pool_by_windows(x, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(
        x, (size, size), axis=(2, 3)
    )
    return windows[:, :, ::stride, ::stride].max(axis=(-1, -2))


@accepted("max_pool")
def pool_by_shifted_images(x, size, stride):
    height = x.shape[2] - size + 1
    width = x.shape[3] - size + 1
    y = np.full(x[:, :, :height:stride, :width:stride].shape, -np.inf)
    for a, b in np.ndindex(size, size):
        moved = x[:, :, a : a + height : stride, b : b + width : stride]
        y = np.maximum(y, moved)
    return y


@accepted("max_pool")
def pool_of_its_own_dtype(x, size, stride):
    return pooled(x, size, stride).astype(x.dtype)


# 8 · The gradient of max-pooling


def windows(dy, size, stride):
    """Yield the place of each window in dy, and its slices in x."""
    for n, c, i, j in np.ndindex(dy.shape):
        top, left = i * stride, j * stride
        rows, columns = slice(top, top + size), slice(left, left + size)
        yield (n, c, i, j), (n, c, rows, columns)


def sent_back(dy, x, size, stride, share):
    """share: a function of a window that returns each pixel's part."""
    dx = np.zeros(x.shape)
    for place, seen in windows(dy, size, stride):
        dx[seen] += dy[place] * share(x[seen])
    return dx


def first_of(window):
    return np.arange(window.size).reshape(window.shape) == window.argmax()


@mistake("max_pool_backward", "of tied pixels only the first gets something.")
def all_ties(dy, x, size, stride):
    return sent_back(dy, x, size, stride, lambda v: v == v.max())


@mistake(
    "max_pool_backward", "tied pixels don't share: the first gets it all."
)
def ties_share(dy, x, size, stride):
    return sent_back(
        dy, x, size, stride, lambda v: (v == v.max()) / (v == v.max()).sum()
    )


@mistake(
    "max_pool_backward", "of tied pixels the first gets it, not the last."
)
def last_of_ties(dy, x, size, stride):
    return sent_back(
        dy, x, size, stride, lambda v: first_of(v[::-1, ::-1])[::-1, ::-1]
    )


@mistake(
    "max_pool_backward",
    "the first in reading order is meant: row by row, not column by column.",
)
def first_by_columns(dy, x, size, stride):
    return sent_back(dy, x, size, stride, lambda v: first_of(v.T).T)


@mistake(
    "max_pool_backward",
    "a pixel that wins in several windows gets the sum: add, don't assign.",
)
def winners_overwritten(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for (n, c, i, j), seen in windows(dy, size, stride):
        a, b = divmod(int(x[seen].argmax()), size)
        dx[n, c, i * stride + a, j * stride + b] = dy[n, c, i, j]
    return dx


@mistake(
    "max_pool_backward",
    "where windows overlap, what the one before has written is overwritten: "
    "add.",
)
def windows_overwritten(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for place, seen in windows(dy, size, stride):
        dx[seen] = dy[place] * first_of(x[seen])
    return dx


@mistake(
    "max_pool_backward",
    "fractions are lost: dx has the dtype of the images. np.zeros(x.shape) "
    "makes floats.",
)
def zeros_of_the_images(dy, x, size, stride):
    dx = np.zeros_like(x)
    for (n, c, i, j), seen in windows(dy, size, stride):
        a, b = divmod(int(x[seen].argmax()), size)
        dx[n, c, i * stride + a, j * stride + b] += dy[n, c, i, j]
    return dx


@mistake("max_pool_backward", "all pixels get something; only one has won.")
def everybody_gets_all(dy, x, size, stride):
    return sent_back(dy, x, size, stride, lambda v: 1.0)


@mistake("max_pool_backward", "all pixels get something; only one has won.")
def gradient_of_the_mean(dy, x, size, stride):
    return sent_back(dy, x, size, stride, lambda v: 1 / v.size)


@mistake("max_pool_backward", "the gradient goes back alone, not times x.")
def times_the_pixel(dy, x, size, stride):
    return sent_back(dy, x, size, stride, first_of) * x


@mistake("max_pool_backward", "the winner gets dy itself, not a 1.")
def marks_the_winners(dy, x, size, stride):
    return sent_back(np.ones(dy.shape), x, size, stride, first_of)


@mistake("max_pool_backward", "the smallest pixel gets it, not the largest.")
def smallest_gets_it(dy, x, size, stride):
    return sent_back(dy, x, size, stride, lambda v: first_of(-v))


@mistake(
    "max_pool_backward",
    "argmax counts within the window: add the row and the column where the "
    "window begins.",
)
def place_in_the_window(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for (n, c, i, j), seen in windows(dy, size, stride):
        a, b = divmod(int(x[seen].argmax()), size)
        dx[n, c, a, b] += dy[n, c, i, j]
    return dx


@mistake(
    "max_pool_backward",
    "the windows are cut with the size as stride, or the winners put there.",
)
def steps_of_the_size(dy, x, size, stride):
    dx = np.zeros((*x.shape[:2], 50, 50))
    for (n, c, i, j), seen in windows(dy, size, stride):
        a, b = divmod(int(x[seen].argmax()), size)
        dx[n, c, i * size + a, j * size + b] += dy[n, c, i, j]
    return dx[:, :, : x.shape[2], : x.shape[3]]


@mistake(
    "max_pool_backward",
    "the stride is missing: window i begins at row i * stride.",
)
def steps_of_one(dy, x, size, stride):
    return sent_back(dy, x, size, 1, first_of)


@mistake("max_pool_backward", "row and column of the winner are exchanged.")
def row_and_column_exchanged(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for (n, c, i, j), seen in windows(dy, size, stride):
        b, a = divmod(int(x[seen].argmax()), size)
        dx[n, c, i * stride + a, j * stride + b] += dy[n, c, i, j]
    return dx


@mistake("max_pool_backward", "dx has the shape of the images x, not of dy.")
def shape_of_dy(dy, x, size, stride):
    return dy * 1.0


@mistake("max_pool_backward", "the gradient points uphill: no minus.")
def minus_the_gradient(dy, x, size, stride):
    return -sent_back(dy, x, size, stride, first_of)


@mistake(
    "max_pool_backward",
    "x.shape is a tuple, not a function: without parentheses.",
    message="'tuple' object is not callable",
)
def calls_the_shape_to_pool_back(dy, x, size, stride):
    return np.zeros(x.shape())


@mistake("max_pool_backward", EMPTY, message="argmax of an empty sequence")
def back_beyond_the_edge(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        top, left = i * size, j * size
        window = x[n, c, top : top + size, left : left + size]
        a, b = divmod(int(window.argmax()), size)
        dx[n, c, top + a, left + b] += dy[n, c, i, j]
    return dx


@mistake(
    "max_pool_backward",
    "argmax counts through rows as long as the window: divide by its size, "
    "not by the stride.",
    message="index 3 is out of bounds",
)
def divided_by_the_stride(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for (n, c, i, j), seen in windows(dy, size, stride):
        a, b = divmod(int(x[seen].argmax()), stride)
        dx[n, c, i * stride + a, j * stride + b] += dy[n, c, i, j]
    return dx


@mistake(
    "max_pool_backward",
    "the winner's place lies outside of the image: it is i * stride plus the "
    "row in the window, and so with columns.",
    message="index 4 is out of bounds",
)
def put_at_steps_of_the_size(dy, x, size, stride):
    dx = np.zeros(x.shape)
    for (n, c, i, j), seen in windows(dy, size, stride):
        a, b = divmod(int(x[seen].argmax()), size)
        dx[n, c, i * size + a, j * size + b] += dy[n, c, i, j]
    return dx


@mistake(
    "max_pool_backward",
    "compare exactly: a pixel that is a little smaller hasn't won.",
)
def nearly_equal_pixels_tie(dy, x, size, stride):
    return sent_back(dy, x.round(5), size, stride, first_of)


@accepted("max_pool_backward")
def back_by_flat_places(dy, x, size, stride):
    dx = np.zeros(x.shape)
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), (2, 3))
    view = view[:, :, ::stride, ::stride].reshape(*dy.shape, -1)
    a, b = np.divmod(view.argmax(axis=-1), size)
    n, c, i, j = np.indices(dy.shape)
    np.add.at(dx, (n, c, i * stride + a, j * stride + b), dy)
    return dx


@accepted("max_pool_backward")
def back_by_masks(dy, x, size, stride):
    return sent_back(dy, x, size, stride, first_of)


@accepted("max_pool_backward")
def back_by_comparing(dy, x, size, stride):
    dx = [
        [[[0.0] * x.shape[3] for _ in range(x.shape[2])] for _ in image]
        for image in x
    ]
    for n, c, i, j in np.ndindex(dy.shape):
        best = None
        for row in range(i * stride, i * stride + size):
            for column_ in range(j * stride, j * stride + size):
                if best is None or x[n, c, row, column_] > x[(n, c, *best)]:
                    best = row, column_
        dx[n][c][best[0]][best[1]] += dy[n, c, i, j]
    return np.array(dx)


# 9 and 11 · Eyes


def layers(channels, *end):
    """Layers that leave (n, last of channels, 4, 4), then those of `end`."""
    from torch import nn

    found = []
    for inputs, outputs in zip((1, *channels), channels):
        found += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)]
        found += [nn.BatchNorm2d(outputs), nn.ReLU()]
    return [*found, nn.AdaptiveAvgPool2d(4), *end]


def small_eye(*end, channels=(8, 16, 24), head=24):
    from torch import nn

    end = end or (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(head, 10))
    return nn.Sequential(*layers(channels, *end))


ONE_SOFTMAX = (
    "return the scores: the loss applies the softmax itself, and twice is "
    "once too often."
)


@mistake("build", ONE_SOFTMAX)
def softmax_at_the_end():
    from torch import nn

    return nn.Sequential(small_eye(), nn.Softmax(dim=1))


AN_INSTANCE = "return an eye, not its class: call the class."


@mistake("build", AN_INSTANCE)
def a_class():
    from torch import nn

    class Eye(nn.Module):
        pass

    return Eye


@mistake(
    "build",
    "return one module: torch.nn.Sequential(*layers) makes it of a list.",
)
def a_list_of_layers():
    return layers((4, 8))


@mistake(
    "build",
    "return one module: torch.nn.Sequential(*layers) makes it of a list.",
)
def a_tuple_of_layers():
    return (*layers((4, 8)),)


FITTING = (
    "a dense layer expects another number of inputs than it gets: channels "
    "x height x width of what comes before it, once it is flattened. Or does "
    "the flattening come too late?"
)


@mistake("build", FITTING, message="shapes cannot be multiplied")
def wrong_number_of_inputs():
    from torch import nn

    return small_eye(nn.Flatten(), nn.Linear(100, 10))


@mistake("build", FITTING, message="shapes cannot be multiplied")
def without_flattening():
    from torch import nn

    return small_eye(nn.Linear(24, 10))


CHANNELS = (
    "a convolution expects another number of channels than it gets: photos "
    "have one, and each layer has as many inputs as the one before outputs."
)


@mistake("build", CHANNELS, message="channels, but got")
def photos_in_colour():
    from torch import nn

    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(8, 10))


@mistake("build", CHANNELS, message="channels, but got")
def channels_that_do_not_fit():
    from torch import nn

    return nn.Sequential(nn.Conv2d(1, 8, 3), nn.Conv2d(16, 8, 3))


@mistake(
    "build",
    "too much pooling, or too large a stride: nothing of the photo is left "
    "for this layer.",
    message="Output size is too small",
)
def pooled_to_nothing():
    from torch import nn

    return nn.Sequential(*[nn.MaxPool2d(2) for _ in range(6)])


@mistake(
    "build",
    "the images have become smaller than this layer's stencil: less pooling, "
    "or padding.",
    message="Kernel size can't be greater than actual input size",
)
def stencil_too_large():
    from torch import nn

    return small_eye(nn.Conv2d(24, 10, 5), nn.Flatten())


@mistake(
    "build",
    "import it inside of build: from torch import nn.",
    message="name 'nn' is not defined",
)
def without_the_import():
    raise NameError("name 'nn' is not defined")


BEFORE = []


@mistake("build", "make all layers anew in each call of build.")
def always_the_same_eye():
    if not BEFORE:
        BEFORE.append(small_eye())
    return BEFORE[0]


@mistake(
    "build",
    "layers in a plain list are not found: put them into "
    "torch.nn.ModuleList, or make one torch.nn.Sequential of them.",
)
def layers_in_a_plain_list():
    from torch import nn

    class Eye(nn.Module):
        def __init__(self):
            super().__init__()
            self.parts = [nn.Flatten(), nn.Linear(36 * 36, 10)]

        def forward(self, x):
            for part in self.parts:
                x = part(x)
            return x

    return Eye()


@mistake("build", "forward ends without a return: return the scores.")
def forward_without_return():
    from torch import nn

    class Eye(nn.Module):
        def __init__(self):
            super().__init__()
            self.eye = small_eye()

        def forward(self, x):
            self.eye(x)

    return Eye()


@mistake(
    "build",
    "PyTorch calls the method forward; yours has another name, or stands "
    "outside the class.",
    message='missing the required "forward" function',
)
def without_forward():
    from torch import nn

    class Eye(nn.Module):
        def call(self, x):
            return x

    return Eye()


@mistake(
    "build",
    "__init__ begins with super().__init__().",
    message="before Module.__init__() call",
)
def without_super():
    from torch import nn

    class Eye(nn.Module):
        def __init__(self):
            self.eye = small_eye()

        def forward(self, x):
            return self.eye(x)

    return Eye()


@mistake(
    "build",
    "a dense layer on all 1,296 pixels eats the budget: it has a weight for "
    "each pixel and each output.",
)
def dense_and_too_large():
    from torch import nn

    return nn.Sequential(
        nn.Flatten(), nn.Linear(36 * 36, 128), nn.ReLU(), nn.Linear(128, 10)
    )


@mistake(
    "build",
    "an early stride or pooling leaves less to compute for all layers behind.",
)
def too_slow_for_the_chip():
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 32, 3, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, 10),
    )


@mistake(
    "build",
    "there are ten classes: the last layer has ten outputs.",
)
def a_single_score():
    from torch import nn

    return small_eye(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, 1))


@mistake("build", "the images must become rows in the end: Flatten.")
def scores_that_are_images():
    from torch import nn

    return small_eye(nn.AdaptiveAvgPool2d(1), nn.Conv2d(24, 10, 1))


@accepted("build")
def without_padding():
    from torch import nn

    parts = []
    for inputs, outputs in zip((1, 12, 24), (12, 24, 32)):
        parts += [nn.Conv2d(inputs, outputs, 3), nn.BatchNorm2d(outputs)]
        parts += [nn.ReLU(), nn.MaxPool2d(2)]
    mean = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10)
    return nn.Sequential(*parts[:-1], *mean)


@accepted("build")
def a_lazy_class():
    import torch
    from torch import nn

    class Eye(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList()
            for size, channels in (5, 8), (3, 16), (3, 40):
                self.layers.append(
                    nn.LazyConv2d(channels, size, padding="same", bias=False)
                )
            self.norms = nn.ModuleList(nn.LazyBatchNorm2d() for _ in range(3))
            self.head = nn.LazyLinear(10)

        def forward(self, x):
            for layer, norm in zip(self.layers, self.norms):
                x = torch.relu(norm(layer(x)))
                x = nn.functional.max_pool2d(x, 2)
            return torch.log_softmax(self.head(x.mean(dim=(2, 3))), dim=1)

    return Eye()


@mistake("build_small", ONE_SOFTMAX)
def small_softmax():
    from torch import nn

    eye = small_eye(channels=(4, 8), head=8)
    return nn.Sequential(eye, nn.Softmax(dim=1))


@mistake("build_small", AN_INSTANCE)
def small_class():
    from torch import nn

    class Eye(nn.Module):
        pass

    return Eye


@mistake("build_small", CHANNELS, message="channels, but got")
def small_channels():
    from torch import nn

    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.Conv2d(8, 4, 3))


@mistake("build_small", FITTING, message="shapes cannot be multiplied")
def small_number_of_inputs():
    from torch import nn

    return nn.Sequential(nn.Flatten(), nn.Linear(40, 10))


@mistake(
    "build_small",
    "ten weights for each pixel are too many already: convolutions first.",
)
def small_linear():
    from torch import nn

    return nn.Sequential(nn.Flatten(), nn.Linear(36 * 36, 10))


@accepted("build_small")
def small_without_a_dense_layer():
    from torch import nn

    parts = []
    for inputs, outputs in (1, 6), (6, 12), (12, 10):
        parts += [nn.Conv2d(inputs, outputs, 3, padding=1)]
        parts += [nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*parts[:-2], nn.AdaptiveAvgPool2d(1), nn.Flatten())
