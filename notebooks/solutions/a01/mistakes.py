"""Answers to assignment a01: wrong ones with their hints, and right ones that
must be accepted."""

import numpy as np

from tools.mistakes import accepted, mistake

# 1 · Scores of a batch


@mistake(
    "compute_scores",
    "the bias is missing: each class adds its own entry of b.",
)
def without_bias(X, W, b):
    return X @ W


@mistake(
    "compute_scores",
    "one row for each image, one column for each class: return the transpose.",
)
def scores_transposed(X, W, b):
    return (X @ W + b).T


@mistake(
    "compute_scores",
    "all images are added into one; keep a row for each image.",
)
def images_added(X, W, b):
    return X.sum(axis=0) @ W + b


@mistake(
    "compute_scores",
    "all images are added into one; keep a row for each image.",
)
def scores_added(X, W, b):
    return (X @ W + b).sum(axis=0)


@mistake(
    "compute_scores",
    "these are the scores of the first image only; one matrix product does "
    "all of them.",
)
def first_image(X, W, b):
    return X[0] @ W + b


@mistake(
    "compute_scores",
    "these are the scores of the last image only: is each row of the result "
    "filled, or is a return or an assignment outside of the loop?",
)
def last_image(X, W, b):
    for x in X:
        scores = x @ W + b
    return scores


INNER_SIZES = (
    "the inner sizes of a matrix product must agree, and here both are d: "
    "(n, d) with (d, k). Which order is that?"
)


@mistake("compute_scores", INNER_SIZES, message="matmul: Input operand 1 has")
def weights_first(X, W, b):
    return W @ X + b


@mistake("compute_scores", INNER_SIZES, message="not aligned")
def weights_first_by_dot(X, W, b):
    return np.dot(W, X) + b


@mistake(
    "compute_scores",
    "* multiplies entry by entry; the matrix product is @.",
    message="shapes (2,4) (4,3)",
)
def entry_by_entry(X, W, b):
    return X * W + b


@mistake(
    "compute_scores",
    "b (k,) is added to each row as it is; don't turn it into a column.",
    message="shapes (2,3) (3,1)",
)
def bias_as_a_column(X, W, b):
    return X @ W + b[:, None]


@mistake(
    "compute_scores",
    "b has an entry for each class, so it is added to the product (n, k), "
    "not to the images.",
    message="shapes (2,4) (3,)",
)
def bias_on_images(X, W, b):
    return (X + b) @ W


@mistake(
    "compute_scores",
    "this product has a row for each class; b fits once there is one for "
    "each image: X @ W.",
    message="shapes (3,2) (3,)",
)
def transposed_product(X, W, b):
    return W.T @ X.T + b


@mistake(
    "compute_scores",
    "b was added to the weights, so it was multiplied with the pixels, too; "
    "add it to the product.",
)
def bias_on_weights(X, W, b):
    return X @ (W + b)


@mistake("compute_scores", "the biases are added, not subtracted.")
def bias_subtracted(X, W, b):
    return X @ W - b


@mistake(
    "compute_scores",
    "each class adds its own entry of b, not all of them, nor the first.",
)
def all_biases(X, W, b):
    return X @ W + b.sum()


@mistake(
    "compute_scores",
    "each class adds its own entry of b, not all of them, nor the first.",
)
def first_bias(X, W, b):
    return X @ W + b[0]


@mistake(
    "compute_scores",
    "each class adds its own entry of b, not all of them, nor the first.",
)
def mean_bias(X, W, b):
    return X @ W + b.mean()


@mistake(
    "compute_scores",
    "the bias is added once for each pixel; add it once for each class, "
    "outside of the sum.",
)
def bias_in_the_sum(X, W, b):
    return X @ W + X.shape[1] * b


@mistake(
    "compute_scores",
    "the bias is added twice, or once for each image; add it once.",
)
def bias_twice(X, W, b):
    return X @ W + 2 * b


@mistake(
    "compute_scores",
    "the products of each pixel and weight are added up: sum, not mean.",
)
def mean_of_products(X, W, b):
    return X @ W / X.shape[1] + b


@mistake(
    "compute_scores",
    "these are the classes with the largest scores; return the scores.",
)
def predictions(X, W, b):
    return (X @ W + b).argmax(axis=1)


@mistake(
    "compute_scores",
    "these are the largest scores; return those of all classes.",
)
def largest_scores(X, W, b):
    return (X @ W + b).max(axis=1)


@mistake(
    "compute_scores",
    "scores are not probabilities; leave them as they are.",
)
def probabilities(X, W, b):
    scores = X @ W + b
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


@mistake(
    "compute_scores",
    "scores have fractions, and yours are cut off: is the array that you fill "
    "one of whole numbers?",
)
def scores_cut_off(X, W, b):
    return (X @ W + b).astype(int)


@mistake(
    "compute_scores",
    "scores have fractions, and yours are rounded: return them as they are.",
)
def scores_rounded(X, W, b):
    return (X @ W + b).round()


@mistake(
    "compute_scores",
    "a score may be negative; don't clip it.",
)
def scores_clipped(X, W, b):
    return np.maximum(X @ W + b, 0)


@mistake(
    "compute_scores",
    "scores have fractions, and yours are cut off: is the array that you fill "
    "one of whole numbers?",
)
def scores_of_the_pixels_type(X, W, b):
    scores = np.zeros((len(X), len(b)), X.dtype)
    scores[:] = X @ W + b
    return scores


@mistake(
    "compute_scores",
    "a batch may have one image, too, and its scores are a row, (1, k): is "
    "there a squeeze, a ravel or an index [0]?",
)
def scores_squeezed(X, W, b):
    return np.squeeze(X @ W + b)


@mistake(
    "compute_scores",
    "the images are the rows of X, also where there are as many images as "
    "pixels: X isn't transposed.",
)
def images_transposed_if_square(X, W, b):
    return (X.T if len(X) == len(W) else X) @ W + b


@mistake(
    "compute_scores",
    "b (k,) is added to each row as it is; is it a column where there are as "
    "many images as classes?",
)
def bias_as_a_column_if_square(X, W, b):
    return X @ W + (b[:, None] if len(X) == len(b) else b)


@mistake("compute_scores", "X * W leaves the sum out: use @ or sum the rows.")
def products_of_each_image(X, W, b):
    return X[:, :, None] * W + b


@accepted("compute_scores")
def scores_as_a_list(X, W, b):
    return [list(x @ W + b) for x in X]


@mistake(
    "compute_scores",
    "the scores of all classes are added up; keep a column for each.",
)
def classes_added_up(X, W, b):
    return (X @ W + b).sum(axis=1)


@mistake(
    "compute_scores",
    "there is a column for each class: W.shape[1] of them.",
)
def a_column_for_each_image(X, W, b):
    return (X @ W + b)[:, : len(X)]


@mistake(
    "compute_scores",
    "only the last pixel counts: add the products up, +=, where you have =.",
)
def last_pixel(X, W, b):
    return X[:, -1:] @ W[-1:] + b


@mistake(
    "compute_scores",
    "only the last pixel counts: add the products up, +=, where you have =.",
)
def last_pixel_without_bias(X, W, b):
    return X[:, -1:] @ W[-1:]


@mistake(
    "compute_scores",
    "there is a row for the first image only: is the return inside of the "
    "loop?",
)
def first_row(X, W, b):
    return (X @ W + b)[:1]


@mistake("compute_scores", "the biases are added, not multiplied.")
def bias_multiplied(X, W, b):
    return X @ W * b


@mistake("compute_scores", "every image gets the biases, not just the first.")
def bias_of_the_first_image(X, W, b):
    scores = X @ W
    scores[0] += b
    return scores


@mistake("compute_scores", "use the pixels as they are, not divided by 255.")
def images_divided(X, W, b):
    return X / 255 @ W + b


@mistake(
    "compute_scores",
    "return one array: the sum of the product and the biases, not both apart.",
)
def bias_apart(X, W, b):
    return X @ W, b


@mistake(
    "compute_scores",
    "the last class is missing: range(k) ends at k - 1 by itself.",
)
def without_the_last_class(X, W, b):
    scores = X @ W + b
    scores[:, -1] = 0
    return scores


@mistake(
    "compute_scores",
    "* multiplies entry by entry; the matrix product is @.",
    message="shapes (4,) (3,)",
)
def images_times_rows(X, W, b):
    return np.array([x * w for x, w in zip(X, W)]) + b


@accepted("compute_scores")
def scores_by_loops(X, W, b):
    scores = np.zeros((X.shape[0], W.shape[1]))
    for i in range(X.shape[0]):
        for j in range(W.shape[1]):
            for pixel in range(X.shape[1]):
                scores[i, j] += X[i, pixel] * W[pixel, j]
            scores[i, j] += b[j]
    return scores


@accepted("compute_scores")
def scores_by_einsum(X, W, b):
    return np.einsum("ij,jk->ik", X, W) + b


@accepted("compute_scores")
def scores_in_float32(X, W, b):
    parts = (np.asarray(part, np.float32) for part in (X, W, b))
    return next(parts) @ next(parts) + next(parts)


@accepted("compute_scores")
def bias_as_a_weight(X, W, b):
    return np.c_[X, np.ones(len(X))] @ np.vstack([W, b])


@mistake(
    "compute_scores",
    "the products are added up: sum, not mean. And the biases are added, not "
    "subtracted.",
)
def mean_without_biases(X, W, b):
    return X @ W / X.shape[1] - b


@accepted("compute_scores")
def scores_in_nested_lists(X, W, b):
    return [[sum(x * w) + b[j] for j, w in enumerate(W.T)] for x in X]


# 2 · Unrolling


def rows_of(images, *axes):
    return images.transpose(axes).reshape(len(images), -1)


def by_pixel(images):
    return rows_of(images, 0, 1, 2, 3)


def by_channel(images):
    return rows_of(images, 0, 3, 1, 2)


@mistake(
    "unroll",
    "this is the order by channel; is `by` compared the right way round?",
)
def orders_exchanged(images, by):
    return by_pixel(images) if by == "channel" else by_channel(images)


@mistake(
    "unroll",
    "this is the order by channel; is `by` compared the right way round?",
)
def always_by_channel(images, by):
    return by_channel(images)


@mistake(
    "unroll",
    "this is the order by pixel. reshape never moves a number: the colour "
    "axis must first go before height and width.",
)
def always_by_pixel(images, by):
    return by_pixel(images)


@mistake(
    "unroll",
    "this is the order by pixel. reshape never moves a number: the colour "
    "axis must first go before height and width.",
)
def reshaped_to_channels(images, by):
    n, height, width, _ = images.shape
    if by == "channel":
        images = images.reshape(n, 3, height, width)
    return images.reshape(n, -1)


@mistake("unroll", "keep one row for each image: (n, all the rest).")
def one_vector(images, by):
    return (by_pixel(images) if by == "pixel" else by_channel(images)).ravel()


@mistake("unroll", "keep one row for each image: (n, all the rest).")
def one_row(images, by):
    return one_vector(images, by)[None]


@mistake("unroll", "keep one row for each image: (n, all the rest).")
def flattened(images, by):
    return images.flatten()


@mistake(
    "unroll",
    "keep one row for each image, (n, all the rest); now images are columns.",
)
def images_as_columns(images, by):
    return (by_pixel(images) if by == "pixel" else by_channel(images)).T


@mistake("unroll", "these are the numbers of the first image only.")
def first_photo(images, by):
    image = images[:1]
    return (by_pixel(image) if by == "pixel" else by_channel(image))[0]


@mistake(
    "unroll", "this walks down the columns of the image; walk along its rows."
)
def down_the_columns(images, by):
    axes = (0, 2, 1, 3) if by == "pixel" else (0, 3, 2, 1)
    return rows_of(images, *axes)


@mistake(
    "unroll", "this walks down the columns of the image; walk along its rows."
)
def channels_down_the_columns(images, by):
    if by == "pixel":
        return by_pixel(images)
    return rows_of(images, 0, 3, 2, 1)


@mistake(
    "unroll",
    "numbers of different images are mixed. Axis 0 counts the images and must "
    "stay in front.",
)
def colour_before_images(images, by):
    if by == "channel":
        images = np.moveaxis(images, 3, 0)
    return images.reshape(images.shape[by == "channel"], -1)


@mistake(
    "unroll",
    "numbers of different images are mixed. Axis 0 counts the images and must "
    "stay in front.",
)
def images_transposed(images, by):
    if by == "channel":
        return images.T.reshape(len(images), -1)
    return by_pixel(images)


@mistake(
    "unroll",
    "height and width may differ: images.shape[1] and images.shape[2].",
)
def square_photos(images, by):
    side = min(images.shape[1:3])
    images = images[:, :side, :side]
    return by_pixel(images) if by == "pixel" else by_channel(images)


@mistake(
    "unroll",
    "a single image gets a row, too, (1, all the rest): is there a squeeze, "
    "a ravel or an index [0]?",
)
def one_photo_squeezed(images, by):
    rows = by_pixel(images) if by == "pixel" else by_channel(images)
    return rows.squeeze()


@mistake("unroll", "axis 2 of a batch is the width; the colour is axis 3.")
def width_first(images, by):
    n = len(images)
    if by == "channel":
        images = np.moveaxis(images, 2, 0)
    return images.reshape(n, -1)


@mistake("unroll", "axis 2 of a batch is the width; the colour is axis 3.")
def width_before_height(images, by):
    if by == "channel":
        images = np.moveaxis(images, 2, 1)
    return images.reshape(len(images), -1)


@mistake(
    "unroll",
    "the images have a row for each height: (n, height, width, 3) became "
    "(n, height, 3, width). The colour axis must go before both.",
)
def colour_before_width(images, by):
    if by == "channel":
        images = images.swapaxes(2, 3)
    return images.reshape(len(images), -1)


@mistake(
    "unroll", "this walks down the columns of the image; walk along its rows."
)
def colour_and_height_exchanged(images, by):
    if by == "channel":
        images = np.swapaxes(images, 1, 3)
    return images.reshape(len(images), -1)


@mistake(
    "unroll",
    "the order of the channels is red, green, blue: the last axis as it is.",
)
def blue_first(images, by):
    reverse = images[..., ::-1]
    return by_pixel(images) if by == "pixel" else by_channel(reverse)


@mistake(
    "unroll", "this walks down the columns of the image; walk along its rows."
)
def in_fortran_s_order(images, by):
    order = "C" if by == "pixel" else "F"
    return images.reshape(len(images), -1, order=order)


@mistake(
    "unroll",
    "the three colours are still an axis of their own: (n, all the rest).",
)
def colours_apart(images, by):
    n = len(images)
    if by == "pixel":
        return images.reshape(n, -1, 3)
    return np.moveaxis(images, 3, 1).reshape(n, 3, -1)


@mistake(
    "unroll",
    "the numbers are all 0: an array of whole numbers cuts off what lies "
    "between 0 and 1. Fill one of floats.",
)
def photos_as_whole_numbers(images, by):
    return (by_pixel(images) if by == "pixel" else by_channel(images)).astype(
        int
    )


@mistake(
    "unroll",
    "the numbers are all 0: an array of whole numbers cuts off what lies "
    "between 0 and 1. Fill one of floats.",
)
def photos_as_bytes(images, by):
    return photos_as_whole_numbers(images, by).astype(np.uint8)


@mistake("unroll", "return the numbers as they are, not divided by 255.")
def photos_divided(images, by):
    return (by_pixel(images) if by == "pixel" else by_channel(images)) / 255


@accepted("unroll")
def photos_as_a_list(images, by):
    rows = by_pixel(images) if by == "pixel" else by_channel(images)
    return rows.tolist()


@mistake(
    "unroll",
    "images are of any size: read it from images.shape.",
    message="cannot reshape",
)
def photos_of_one_size(images, by):
    if by == "channel":
        images = np.moveaxis(images, 3, 1)
    return images.reshape(2, 12)


@mistake("unroll", "keep one row for each image: (n, all the rest).")
def reds_of_all_images(images, by):
    if by == "channel":
        return np.moveaxis(images, 3, 0).ravel()
    return by_pixel(images)


@mistake(
    "unroll",
    "the channels are below each other; join them side by side, axis=1, so "
    "that each image keeps one row.",
)
def channels_below_each_other(images, by):
    if by == "channel":
        parts = [images[..., c].reshape(len(images), -1) for c in range(3)]
        return np.concatenate(parts)
    return by_pixel(images)


@mistake(
    "unroll",
    "the three colours are still an axis of their own: (n, all the rest).",
)
def channels_apart(images, by):
    if by == "channel":
        return by_channel(images).reshape(len(images), 3, -1)
    return by_pixel(images)


@mistake("unroll", "this is one channel of three: keep all colours.")
def red_only(images, by):
    if by == "channel":
        return images[..., 0].reshape(len(images), -1)
    return by_pixel(images)


@mistake("unroll", "the colours are averaged: keep all three.")
def grey(images, by):
    return images.mean(axis=3).reshape(len(images), -1)


@mistake(
    "unroll",
    "a row for each channel of each image; all three channels belong in the "
    "row of their image: reshape(n, -1).",
)
def a_row_for_each_channel(images, by):
    if by == "channel":
        return by_channel(images).reshape(3 * len(images), -1)
    return by_pixel(images)


@accepted("unroll")
def unrolled_by_loops(images, by):
    n, height, width, _ = images.shape
    rows = np.zeros((n, 3 * height * width))
    for i in range(n):
        for row in range(height):
            for column in range(width):
                for colour in range(3):
                    pixel = row * width + column
                    by_colour = colour * height * width + pixel
                    place = 3 * pixel + colour
                    if by == "channel":
                        place = by_colour
                    rows[i, place] = images[i, row, column, colour]
    return rows


@accepted("unroll")
def unrolled_by_slices(images, by):
    rows = by_pixel(images)
    if by == "channel":
        rows = np.hstack([rows[:, colour::3] for colour in range(3)])
    return rows


@accepted("unroll")
def unrolled_in_float32(images, by):
    rows = [
        image.ravel() if by == "pixel" else image.T.swapaxes(1, 2).ravel()
        for image in images
    ]
    return np.array(rows, np.float32)


# 3 · Minibatches


def cut(order, batch_size):
    places = range(0, len(order), batch_size)
    return [order[i : i + batch_size] for i in places]


@accepted("minibatches")
def batches_as_lists(n, batch_size, rng):
    return cut(rng.permutation(n).tolist(), batch_size)


INTEGERS = "return a list with an array (m,) of m integers for each batch."


@mistake("minibatches", INTEGERS)
def one_array(n, batch_size, rng):
    return rng.permutation(n)


@mistake(
    "minibatches", "return a list with one array of indices for each batch."
)
def number_of_batches(n, batch_size, rng):
    return -(-n // batch_size)


@mistake("minibatches", INTEGERS)
def batches_as_columns(n, batch_size, rng):
    return cut(rng.permutation(n)[:, None], batch_size)


@mistake(
    "minibatches",
    "the last batch may be smaller, but it must not be dropped.",
)
def dropping_the_last(n, batch_size, rng):
    return [b for b in cut(rng.permutation(n), batch_size) if len(b) > 1]


@mistake(
    "minibatches", "there is only one batch: is the return inside of the loop?"
)
def one_batch(n, batch_size, rng):
    return [rng.permutation(n)[:batch_size]]


@mistake(
    "minibatches",
    "draw without replacement, and shuffle once, before you cut: "
    "rng.permutation(n) has every number once.",
)
def drawn_with_replacement(n, batch_size, rng):
    return cut(rng.integers(0, n, n), batch_size)


@mistake(
    "minibatches",
    "draw without replacement, and shuffle once, before you cut: "
    "rng.permutation(n) has every number once.",
)
def shuffled_for_each_batch(n, batch_size, rng):
    places = range(0, n, batch_size)
    return [rng.permutation(n)[i : i + batch_size] for i in places]


@mistake("minibatches", "shuffle the numbers from 0 to 9.")
def counted_from_one(n, batch_size, rng):
    return cut(rng.permutation(np.arange(1, n + 1)), batch_size)


@mistake("minibatches", "shuffle the numbers from 0 to 9.")
def out_of_ten_times_as_many(n, batch_size, rng):
    return cut(rng.permutation(10 * n)[:n], batch_size)


@mistake(
    "minibatches", "each holds 3 examples, and the last one what is left."
)
def of_equal_sizes(n, batch_size, rng):
    return np.array_split(rng.permutation(n), n // batch_size + 2)


@mistake(
    "minibatches",
    "array_split and split make as many parts as you say; you want parts of "
    "batch_size: cut with slices, or give the places where to cut.",
)
def into_batch_size_parts(n, batch_size, rng):
    return np.array_split(rng.permutation(n), batch_size)


@mistake(
    "minibatches",
    "array_split makes parts that are as equal as possible; you want parts of "
    "batch_size, and the last one what is left.",
)
def of_nearly_equal_sizes(n, batch_size, rng):
    return np.array_split(rng.permutation(n), -(-n // batch_size))


@mistake(
    "minibatches",
    "n needn't be a multiple of batch_size: the last batch holds what is "
    "left.",
    message="equal division",
)
def split_evenly(n, batch_size, rng):
    return np.split(rng.permutation(n), batch_size)


@mistake(
    "minibatches",
    "n needn't be a multiple of batch_size: the last batch holds what is "
    "left.",
    message="cannot reshape",
)
def reshaped_to_batches(n, batch_size, rng):
    return list(rng.permutation(n).reshape(-1, batch_size))


@mistake(
    "minibatches",
    "there is an empty batch: where n is a multiple of batch_size nothing is "
    "left over, or range goes one too far.",
)
def with_an_empty_batch(n, batch_size, rng):
    return [*cut(rng.permutation(n), batch_size), np.arange(0)]


@mistake(
    "minibatches",
    "the small batch must come last: do you cut off the rest first, or "
    "shuffle finished batches?",
)
def smaller_batch_first(n, batch_size, rng):
    return cut(rng.permutation(n), batch_size)[::-1]


UNSHUFFLED = (
    "shuffle them: the files may be sorted by class. rng.permutation returns "
    "a shuffled copy, rng.shuffle works in place."
)


@mistake("minibatches", UNSHUFFLED)
def in_the_old_order(n, batch_size, rng):
    return cut(np.arange(n), batch_size)


@mistake("minibatches", UNSHUFFLED)
def a_copy_forgotten(n, batch_size, rng):
    order = np.arange(n)
    rng.permutation(order)
    return cut(order, batch_size)


AN_RNG = (
    "shuffle anew in each epoch, with the rng that you are given, and don't "
    "make a new one: it goes on to other numbers."
)


@mistake("minibatches", AN_RNG)
def a_new_generator(n, batch_size, rng):
    return cut(np.random.default_rng(0).permutation(n), batch_size)


@mistake(
    "minibatches",
    "use rng.permutation, not np.random: otherwise nobody can repeat your "
    "experiment.",
)
def from_numpy(n, batch_size, rng):
    return cut(np.random.default_rng().permutation(n), batch_size)


@mistake("minibatches", "shuffle before you cut, not within the batches.")
def within_the_batches(n, batch_size, rng):
    return [rng.permutation(batch) for batch in cut(np.arange(n), batch_size)]


@mistake(
    "minibatches",
    "shuffle the examples, not the order of the batches, and don't just begin "
    "at another place.",
)
def begun_at_another_place(n, batch_size, rng):
    return cut(np.roll(np.arange(n), rng.integers(n)), batch_size)


@mistake(
    "minibatches",
    "shuffle the examples, not the order of the batches, and don't just begin "
    "at another place.",
)
def whole_batches_shuffled(n, batch_size, rng):
    *batches, last = cut(np.arange(n), batch_size)
    return [batches[i] for i in rng.permutation(len(batches))] + [last]


@mistake(
    "minibatches",
    "begin each call with a new, empty list; one that is made outside of the "
    "function, or as a default argument, is kept.",
)
def in_a_list_that_is_kept(n, batch_size, rng, kept={}):
    batches = kept.setdefault(rng, [])
    batches.extend(cut(rng.permutation(n), batch_size))
    return batches


@mistake(
    "minibatches",
    "make new arrays in each call, and keep none to fill it again.",
)
def one_array_shuffled_again(n, batch_size, rng, kept={}):
    order = kept.setdefault(n, np.arange(n))
    rng.shuffle(order)
    return cut(order, batch_size)


@mistake(
    "minibatches",
    "the exercise is to write it yourself, with Python and NumPy.",
)
def from_sklearn(n, batch_size, rng):
    from sklearn.utils import gen_batches

    order = rng.permutation(n)
    return [order[piece] for piece in gen_batches(n, batch_size)]


@mistake(
    "minibatches",
    "the batches are too short: the slice from i to i + batch_size holds "
    "batch_size numbers; its end isn't part of it.",
)
def slices_too_short(n, batch_size, rng):
    order = rng.permutation(n)
    places = range(0, n, batch_size)
    return [order[i : i + batch_size - 1] for i in places]


@mistake(
    "minibatches",
    "the batches overlap: the slice from i to i + batch_size holds batch_size "
    "numbers; its end isn't part of it.",
)
def slices_too_long(n, batch_size, rng):
    order = rng.permutation(n)
    places = range(0, n, batch_size)
    return [order[i : i + batch_size + 1] for i in places]


@mistake(
    "minibatches",
    "a batch begins at each number: range(0, n, batch_size) goes from the "
    "start of one to that of the next.",
)
def a_batch_at_each_number(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(n)]


@mistake(
    "minibatches",
    "the last batch is filled up; it may be smaller, so that each example is "
    "used once.",
)
def filled_up(n, batch_size, rng):
    order = rng.permutation(n)
    return cut(np.r_[order, order[: -n % batch_size]], batch_size)


@mistake(
    "minibatches",
    "there is an empty batch: where n is a multiple of batch_size nothing is "
    "left over, or range goes one too far.",
)
def empty_where_n_is_a_multiple(n, batch_size, rng):
    order = rng.permutation(n)
    starts = [i * batch_size for i in range(n // batch_size + 1)]
    return [order[i : i + batch_size] for i in starts]


@mistake(
    "minibatches",
    "rng.shuffle works in place and returns None: shuffle an array that has a "
    "name.",
    message="'NoneType' object is not subscriptable",
)
def what_shuffle_returns(n, batch_size, rng):
    order = rng.shuffle(np.arange(n))
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@mistake(
    "minibatches",
    "rng.permutation(n) has the numbers 0 to n - 1; fewer of them leave the "
    "last batch empty.",
)
def one_too_few(n, batch_size, rng):
    order = rng.permutation(n - 1)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@mistake("minibatches", "shuffle all examples, not a part of them.")
def half_shuffled(n, batch_size, rng):
    order = np.arange(n)
    rng.shuffle(order[: n // 2 + 1])
    return cut(order, batch_size)


@mistake("minibatches", "the first batch is missing: range begins at 0.")
def without_the_first(n, batch_size, rng):
    return cut(rng.permutation(n), batch_size)[1:]


@accepted("minibatches")
def one_after_the_other(n, batch_size, rng):
    order = np.arange(n)
    rng.shuffle(order)
    while len(order):
        yield order[:batch_size]
        order = order[batch_size:]


@accepted("minibatches")
def by_splitting(n, batch_size, rng):
    order = rng.choice(n, n, replace=False)
    return np.split(order, range(batch_size, n, batch_size))


@accepted("minibatches")
def sorted_within(n, batch_size, rng):
    order = np.argsort(rng.random(n))
    return tuple(np.sort(batch) for batch in cut(order, batch_size))


@accepted("minibatches")
def from_a_list(n, batch_size, rng):
    order = list(range(n))
    rng.shuffle(order)
    return [np.array(batch) for batch in cut(order, batch_size)]


@mistake(
    "minibatches", "shuffle single examples, not pairs or groups of them."
)
def pairs_shuffled(n, batch_size, rng):
    pairs = np.array_split(np.arange(n), (n + 1) // 2)
    return cut(
        np.concatenate([pairs[i] for i in rng.permutation(len(pairs))]),
        batch_size,
    )


@mistake(
    "minibatches",
    "there is a batch even where there are fewer than batch_size.",
)
def nothing_for_few(n, batch_size, rng):
    return cut(rng.permutation(n), batch_size) if n > batch_size else []


# 4 · The hinge loss


def true_scores(scores, y):
    return scores[np.arange(len(y)), y]


def rivals(scores, y, instead=-np.inf):
    """Return the scores with something instead of the true ones."""
    others = scores.astype(float)
    others[np.arange(len(y)), y] = instead
    return others


def leads(scores, y, instead=-np.inf):
    """Return how far each true score is ahead of its best rival."""
    return true_scores(scores, y) - rivals(scores, y, instead).max(axis=1)


def clipped(missing):
    return np.maximum(0, missing)


@mistake(
    "hinge_loss",
    "this is the sum over the images; take the mean, so that the loss doesn't "
    "grow with the batch.",
)
def loss_summed(scores, y):
    return clipped(1 - leads(scores, y)).sum()


@mistake(
    "hinge_loss",
    "these are the losses of the single images: return their mean.",
)
def loss_of_each(scores, y):
    return clipped(1 - leads(scores, y))


@mistake("hinge_loss", "divide by the number of images, not of classes.")
def loss_by_classes(scores, y):
    return loss_summed(scores, y) / scores.shape[1]


@mistake(
    "hinge_loss", "divide by the number of images, not of all n * k scores."
)
def loss_by_all_scores(scores, y):
    return loss_summed(scores, y) / scores.size


@mistake(
    "hinge_loss",
    "divide by the number of all images: not by n - 1, nor by how many cost "
    "something.",
)
def loss_by_costly_images(scores, y):
    costs = clipped(1 - leads(scores, y))
    return costs[costs > 0].mean()


@mistake(
    "hinge_loss",
    "an image that leads by 1 costs 0, but here none costs less than 1: is "
    "the true class left out of the maximum, and the 1 inside of the other?",
)
def loss_with_the_true_class(scores, y):
    return clipped(1 + scores.max(axis=1) - true_scores(scores, y)).mean()


@mistake(
    "hinge_loss",
    "an image that leads by 1 costs 0, but here none costs less than 1: is "
    "the true class left out of the maximum, and the 1 inside of the other?",
)
def one_outside(scores, y):
    return (1 + clipped(-leads(scores, y))).mean()


@mistake("hinge_loss", "all rivals are added up; only the best one counts.")
def rivals_added(scores, y):
    true = true_scores(scores, y)[:, None]
    return clipped(1 + rivals(scores, y) - true).sum() / len(y)


@mistake(
    "hinge_loss",
    "all classes are added up, the true one too; only the best rival counts.",
)
def classes_added(scores, y):
    true = true_scores(scores, y)[:, None]
    return clipped(1 + scores - true).sum() / len(y)


@mistake(
    "hinge_loss",
    "this is the mean over all rivals; only the best one counts.",
)
def rivals_averaged(scores, y):
    k = scores.shape[1]
    return rivals_added(scores, y) / (k - 1)


@mistake(
    "hinge_loss",
    "this is the mean over all classes; only the best rival counts.",
)
def classes_averaged(scores, y):
    return classes_added(scores, y) / scores.shape[1]


@mistake(
    "hinge_loss",
    "images with a large lead go below zero and hide the bad ones: clip each "
    "image at 0 before the mean.",
)
def loss_unclipped(scores, y):
    return (1 - leads(scores, y)).mean()


@mistake(
    "hinge_loss",
    "images with a large lead go below zero and hide the bad ones: clip each "
    "image at 0 before the mean.",
)
def clipped_after_the_mean(scores, y):
    return clipped((1 - leads(scores, y)).mean())


@mistake(
    "hinge_loss",
    "a loss is 0 where nothing is missing: max(0, …), not the absolute value.",
)
def absolute_loss(scores, y):
    return np.abs(1 - leads(scores, y)).mean()


@mistake("hinge_loss", "the loss grows with what is missing, not its square.")
def loss_squared(scores, y):
    return (clipped(1 - leads(scores, y)) ** 2).mean()


@mistake("hinge_loss", "the true class must lead by 1: where is the 1?")
def without_the_1(scores, y):
    return clipped(-leads(scores, y)).mean()


@mistake(
    "hinge_loss",
    "true and rival are exchanged: the loss falls when the true score rises.",
)
def loss_exchanged(scores, y):
    return clipped(1 + leads(scores, y)).mean()


@mistake("hinge_loss", "the sign: a loss is never negative.")
def loss_of_the_wrong_sign(scores, y):
    return -clipped(1 - leads(scores, y)).mean()


@mistake("hinge_loss", "max(0, …) is needed, not min(0, …).")
def loss_with_min(scores, y):
    return np.minimum(0, 1 - leads(scores, y)).mean()


@mistake(
    "hinge_loss",
    "you hide the true class by a score of 0, but all rivals may be negative, "
    "as in row 2: take -np.inf.",
)
def hidden_by_0(scores, y):
    return clipped(1 - leads(scores, y, instead=0)).mean()


ALL_LOWER = (
    "however negative the number is by which you hide the true class, all "
    "rivals may be lower: take -np.inf."
)


@mistake("hinge_loss", ALL_LOWER)
def hidden_by_minus_100(scores, y):
    return clipped(1 - leads(scores, y, instead=-100)).mean()


@accepted("hinge_loss")
def taken_off_1000(scores, y):  # its own rival only where the loss is 0
    others = scores - 1000.0 * np.eye(scores.shape[1])[y]
    return clipped(1 + others.max(axis=1) - true_scores(scores, y)).mean()


@mistake("hinge_loss", ALL_LOWER)
def hidden_by_minus_1000(scores, y):
    return clipped(1 - leads(scores, y, instead=-1000)).mean()


@mistake("hinge_loss", ALL_LOWER)
def hidden_by_minus_10_000(scores, y):
    return clipped(1 - leads(scores, y, instead=-10_000)).mean()


@mistake("hinge_loss", ALL_LOWER)
def hidden_by_minus_100_000(scores, y):
    return clipped(1 - leads(scores, y, instead=-1e5)).mean()


@mistake("hinge_loss", ALL_LOWER)
def hidden_by_minus_1_000_000(scores, y):
    return clipped(1 - leads(scores, y, instead=-1e6)).mean()


@mistake("hinge_loss", ALL_LOWER)
def hidden_by_minus_1e9(scores, y):
    return clipped(1 - leads(scores, y, instead=-1e9)).mean()


@mistake("hinge_loss", ALL_LOWER)
def hidden_by_the_least_integer(scores, y):
    least = np.iinfo(np.int64).min
    return clipped(1 - leads(scores, y, instead=least)).mean()


WHOLE_NUMBERS = (
    "an array of whole numbers knows no infinity: copy the scores as floats, "
    "scores.astype(float)."
)


@mistake("hinge_loss", WHOLE_NUMBERS, message="infinity to integer")
def infinity_among_whole_numbers(scores, y):
    others = scores.copy()
    others[np.arange(len(y)), y] = -np.inf
    return clipped(1 + others.max(axis=1) - true_scores(scores, y)).mean()


@mistake(
    "hinge_loss",
    "the second highest score is the best rival only where the true class has "
    "the highest; look among the others.",
)
def second_highest(scores, y):
    second = np.sort(scores, axis=1)[:, -2]
    return clipped(1 + second - true_scores(scores, y)).mean()


@mistake("hinge_loss", "take the best of the rivals, not the worst.")
def worst_rival(scores, y):
    worst = rivals(scores, y, np.inf).min(axis=1)
    return clipped(1 + worst - true_scores(scores, y)).mean()


@mistake(
    "hinge_loss",
    "any other class may be the best rival, not just the next one.",
)
def next_class(scores, y):
    rival = true_scores(scores, (y + 1) % scores.shape[1])
    return clipped(1 + rival - true_scores(scores, y)).mean()


@mistake(
    "hinge_loss",
    "argmax is the class of the best rival; you need its score: max.",
)
def class_of_the_rival(scores, y):
    best = rivals(scores, y).argmax(axis=1)
    return clipped(1 + best - true_scores(scores, y)).mean()


PICKED_COLUMNS = (
    "scores[:, y] picks the columns y of *every* row; pick one entry from "
    "each row: scores[np.arange(n), y]."
)


@mistake("hinge_loss", PICKED_COLUMNS)
def true_scores_by_columns(scores, y):
    best = rivals(scores, y).max(axis=1)
    return clipped(1 + best - scores[:, y]).mean()


@mistake("hinge_loss", PICKED_COLUMNS)
def true_scores_by_columns_in_a_row(scores, y):
    best = rivals(scores, y).max(axis=1, keepdims=True)
    return clipped(1 + best - scores[:, y]).mean()


NOTHING_COSTS = (
    "here no image costs anything. Has each its own rivals ([:, y] means the "
    "columns y of *every* row, not one entry of each), and is the 1 added?"
)


@mistake("hinge_loss", NOTHING_COSTS)
def one_subtracted(scores, y):
    return clipped(-1 - leads(scores, y)).mean()


@mistake("hinge_loss", NOTHING_COSTS)
def columns_hidden(scores, y):
    others = scores.astype(float)
    others[:, y] = -np.inf
    return clipped(1 + others.max(axis=1) - true_scores(scores, y)).mean()


@mistake(
    "hinge_loss",
    "scores[y] picks whole rows, those numbered y; pick one entry from each "
    "row: scores[np.arange(n), y].",
)
def true_scores_by_rows(scores, y):
    best = rivals(scores, y).max(axis=1, keepdims=True)
    return clipped(1 + best - scores[y]).mean()


@mistake(
    "hinge_loss",
    "(n,) and (n, 1) give (n, n), each image with each: leave keepdims and "
    "None away, or give them to both.",
)
def each_image_with_each(scores, y):
    best = rivals(scores, y).max(axis=1, keepdims=True)
    return clipped(1 + best - true_scores(scores, y)).mean()


@mistake(
    "hinge_loss",
    "np.delete removes the columns y of *every* row; hide one entry in each "
    "row.",
    message="zero-size array",
)
def columns_deleted(scores, y):
    best = np.delete(scores, y, axis=1).max(axis=1)
    return clipped(1 + best - true_scores(scores, y)).mean()


OVER_IMAGES = (
    "the maximum runs over the images; each image needs one over its rivals: "
    "axis=1."
)


@mistake("hinge_loss", OVER_IMAGES, message="shapes (3,) (5,)")
def maximum_over_images(scores, y):
    best = rivals(scores, y).max(axis=0)
    return clipped(1 + best - true_scores(scores, y)).mean()


@mistake(
    "hinge_loss", "one maximum for all; each image needs its own: axis=1."
)
def one_maximum(scores, y):
    best = rivals(scores, y).max()
    return clipped(1 + best - true_scores(scores, y)).mean()


@mistake(
    "hinge_loss",
    "Python's max can't compare arrays entry by entry: np.maximum(0, …).",
    message="truth value of an array",
)
def with_python_s_max(scores, y):
    return max(0, 1 - leads(scores, y)).mean()


@mistake(
    "hinge_loss",
    "np.max(0, …) takes a second argument for an axis; the larger one of two "
    "is np.maximum(0, …).",
    message="integer scalar",
)
def with_np_max(scores, y):
    return np.max(0, 1 - leads(scores, y)).mean()


@mistake(
    "hinge_loss",
    "the true score is read after it was hidden, when it is -inf: read it "
    "before, or hide it in a copy.",
)
def read_when_hidden(scores, y):
    others = rivals(scores, y)
    return clipped(1 + others.max(axis=1) - true_scores(others, y)).mean()


@mistake(
    "hinge_loss",
    "work on a copy, scores.copy(), or write x = x - 1 where you have x -= 1.",
)
def hidden_in_place(scores, y):
    true = true_scores(scores, y)
    scores[np.arange(len(y)), y] = -np.inf
    return clipped(1 + scores.max(axis=1) - true).mean()


@mistake(
    "hinge_loss",
    "the exercise is to write it yourself, with Python and NumPy.",
)
def loss_from_sklearn(scores, y):
    from sklearn.metrics import hinge_loss

    return hinge_loss(y, scores, labels=range(scores.shape[1]))


@mistake(
    "hinge_loss",
    "only the last image counts: add the costs up, +=, where you have =.",
)
def last_image_costs(scores, y):
    return clipped(1 - leads(scores, y))[-1] / len(y)


@mistake(
    "hinge_loss",
    "only the last image counts: add the costs up, +=, where you have =.",
)
def cost_of_the_last_image(scores, y):
    return clipped(1 - leads(scores, y))[-1]


@mistake(
    "hinge_loss", "only the first image counts: is the return inside the loop?"
)
def first_image_costs(scores, y):
    return clipped(1 - leads(scores, y))[0] / len(y)


@mistake(
    "hinge_loss",
    "this is the loss of two classes, for each class against the others; here "
    "an image costs one thing: its true score against its best rival's.",
)
def one_against_all(scores, y):
    signs = 2 * np.eye(scores.shape[1])[y] - 1
    return clipped(1 - signs * scores).mean()


@mistake(
    "hinge_loss",
    "this is the loss of two classes, for each class against the others; here "
    "an image costs one thing: its true score against its best rival's.",
)
def one_against_all_added(scores, y):
    signs = 2 * np.eye(scores.shape[1])[y] - 1
    return clipped(1 - signs * scores).sum() / len(y)


@mistake("hinge_loss", "this is the cross-entropy; there is no e in a hinge.")
def cross_entropy(scores, y):
    log_sums = np.logaddexp.reduce(scores, axis=1)
    return (log_sums - true_scores(scores, y)).mean()


@mistake(
    "hinge_loss", "this is the share of mistakes; the hinge loss costs more."
)
def share_of_mistakes(scores, y):
    return (scores.argmax(axis=1) != y).mean()


@mistake("hinge_loss", "classes count from 0: use y, not y - 1.")
def classes_from_1(scores, y):
    return loss_by_loops(scores, (y - 1) % scores.shape[1])


@mistake(
    "hinge_loss",
    "this is the lead of the best class over the second best, whatever y "
    "says: use the true score.",
)
def without_y(scores, y):
    ranks = np.sort(scores, axis=1)
    return clipped(1 + ranks[:, -2] - ranks[:, -1]).mean()


@mistake("hinge_loss", "the best rival counts, not the mean of the rivals.")
def mean_of_the_rivals(scores, y):
    mean = rivals(scores, y, 0).sum(axis=1) / (scores.shape[1] - 1)
    return clipped(1 + mean - true_scores(scores, y)).mean()


@mistake("hinge_loss", "return one number, not an array that holds one.")
def loss_in_an_array(scores, y):
    return np.array([clipped(1 - leads(scores, y)).mean()])


@mistake(
    "hinge_loss",
    "scores[y] picks whole rows, those numbered y; pick one entry from each "
    "row: scores[np.arange(n), y].",
    message="shapes (5,) (5,3)",
)
def rows_for_true_scores(scores, y):
    return clipped(1 + scores.max(axis=1) - scores[y]).mean()


@mistake("hinge_loss", "a cost may be larger than 1: clip it at 0 only.")
def clipped_at_1(scores, y):
    return np.clip(1 - leads(scores, y), 0, 1).mean()


@mistake("hinge_loss", "take the mean over the images, not the median.")
def median_loss(scores, y):
    return np.median(clipped(1 - leads(scores, y)))


@mistake(
    "hinge_loss",
    "the largest of numbers with nan among them is nan: hide the true class "
    "by -np.inf.",
)
def hidden_by_nan(scores, y):
    return clipped(1 - leads(scores, y, instead=np.nan)).mean()


@mistake(
    "hinge_loss",
    "one maximum for all images; each needs that of its own rivals.",
)
def deleted_from_all(scores, y):
    best = np.delete(scores, y).max()
    return clipped(1 + best - true_scores(scores, y)).mean()


@mistake(
    "hinge_loss",
    "all leads are 0, and a lead of 1 is asked for: where is the 1? And does "
    "a rival with the very score of the true class count?",
)
def values_hidden(scores, y):
    true = true_scores(scores, y)
    others = np.where(scores == true[:, None], -np.inf, scores)
    return clipped(1 + others.max(axis=1) - true).mean()


@mistake("hinge_loss", "return the mean alone, one number.")
def loss_and_costs(scores, y):
    costs = clipped(1 - leads(scores, y))
    return costs.mean(), costs


@mistake("hinge_loss", "return the loss as it is, not rounded.")
def loss_rounded(scores, y):
    return round(loss_by_loops(scores, y), 1)


@accepted("hinge_loss")
def loss_by_loops(scores, y):
    total = 0
    for i, row in enumerate(scores):
        others = [row[j] for j in range(len(row)) if j != y[i]]
        total += max(0, 1 + max(others) - row[y[i]])
    return total / len(y)


@accepted("hinge_loss")
def loss_by_a_mask(scores, y):
    others = np.arange(scores.shape[1]) != y[:, None]
    scores = scores.astype(float)
    best = np.max(scores, axis=1, where=others, initial=-np.inf)
    return float(np.mean(np.clip(1 + best - scores[~others], 0, None)))


FLOAT32 = (
    "float32 can't tell such large numbers apart: reckon in float64, as "
    "scores.astype(float) does."
)


@mistake("hinge_loss", FLOAT32)
def loss_in_float32(scores, y):
    return clipped(1 - leads(scores.astype(np.float32), y)).mean()


@mistake("hinge_loss", FLOAT32)
def one_added_in_float32(scores, y):
    scores = scores.astype(np.float32)
    best = rivals(scores, y).max(axis=1).astype(np.float32)
    return clipped(1 + best - true_scores(scores, y)).mean()


@accepted("hinge_loss")
def loss_returned_in_float32(scores, y):
    return np.float32(clipped(1 - leads(scores, y)).mean())


@accepted("hinge_loss")
def loss_by_sorting(scores, y):
    ranks = np.sort(scores, axis=1)
    true = true_scores(scores, y)
    best = np.where(true == ranks[:, -1], ranks[:, -2], ranks[:, -1])
    return clipped(1 + best - true).mean()


@mistake("hinge_loss", "the lead is 1, not 0.5.")
def half_a_lead(scores, y):
    return clipped(0.5 - leads(scores, y)).mean()


@mistake(
    "hinge_loss",
    "the true class must lead by 1: where is the 1? And take the mean over "
    "the images, not the sum.",
)
def without_the_1_summed(scores, y):
    return clipped(-leads(scores, y)).sum()


@mistake("hinge_loss", "a hinge has a corner, and no exp or log.")
def soft_hinge(scores, y):
    return np.logaddexp(0, 1 - leads(scores, y)).mean()


@mistake("hinge_loss", "costs have fractions: no whole numbers.")
def whole_costs(scores, y):
    return clipped(1 - leads(scores, y)).astype(int).mean()


@accepted("hinge_loss")
def loss_with_a_margin_array(scores, y):
    margins = np.ones(scores.shape)
    margins[np.arange(len(y)), y] = 0
    costs = margins + scores - true_scores(scores, y)[:, None]
    return costs.max(axis=1).mean()


# 5 · Its gradient


def pushed(scores, y, images, best=None, true=-1, rival=1):
    """Return a gradient with two entries a row.

    images, what each counts; best, its rival; true and rival, the signs of
    its two entries.
    """
    rows = np.arange(len(y))
    best = rivals(scores, y).argmax(axis=1) if best is None else best
    gradient = np.zeros(scores.shape)
    gradient[rows, y] += true * images
    gradient[rows, best] += rival * images
    return gradient


def shares(scores, y, lead=1):
    """Return 1/n for each image that costs something, otherwise 0."""
    return (leads(scores, y) < lead) / len(y)


@mistake(
    "hinge_gradient", "the loss is a mean over n images, so each counts 1/n."
)
def gradient_summed(scores, y):
    return pushed(scores, y, leads(scores, y) < 1)


@mistake("hinge_gradient", "divide by the number of images, not of classes.")
def gradient_by_classes(scores, y):
    return gradient_summed(scores, y) / scores.shape[1]


@mistake(
    "hinge_gradient",
    "divide by the number of images, not of all n * k scores.",
)
def gradient_by_all_scores(scores, y):
    return gradient_summed(scores, y) / scores.size


@mistake(
    "hinge_gradient",
    "divide by the number of all images, not of those that cost something.",
)
def gradient_by_costly_images(scores, y):
    costly = leads(scores, y) < 1
    return pushed(scores, y, costly / costly.sum())


@mistake(
    "hinge_gradient", "the sign: a higher true score makes the loss smaller."
)
def gradient_of_the_wrong_sign(scores, y):
    return -pushed(scores, y, shares(scores, y))


@mistake(
    "hinge_gradient",
    "both scores are pushed the same way; a higher score of the rival makes "
    "the loss larger, a higher true score makes it smaller.",
)
def both_the_same_way(scores, y):
    return pushed(scores, y, shares(scores, y), true=1)


@mistake(
    "hinge_gradient",
    "both scores are pushed the same way; a higher score of the rival makes "
    "the loss larger, a higher true score makes it smaller.",
)
def both_down(scores, y):
    return pushed(scores, y, shares(scores, y), rival=-1)


@mistake(
    "hinge_gradient",
    "the rival is pushed, but not the true class: it needs its own entry.",
)
def rival_only(scores, y):
    return pushed(scores, y, shares(scores, y), true=0)


@mistake(
    "hinge_gradient",
    "the true class is pushed, but not the best rival: it needs its own "
    "entry.",
)
def true_class_only(scores, y):
    return pushed(scores, y, shares(scores, y), rival=0)


@mistake(
    "hinge_gradient",
    "images that lead by more than 1 cost nothing and must not push: their "
    "rows are zero.",
)
def all_images_push(scores, y):
    return pushed(scores, y, 1 / len(y))


RIGHT_BY_LESS = (
    "an image that is right, but by less than 1, still costs (last row): is "
    "the lead compared with 1, not 0, and the true class left out when you "
    "look for the rival?"
)


@mistake("hinge_gradient", RIGHT_BY_LESS)
def mistakes_push(scores, y):
    return pushed(scores, y, shares(scores, y, lead=0))


@mistake("hinge_gradient", RIGHT_BY_LESS)
def true_class_as_rival(scores, y):
    best = scores.argmax(axis=1)
    return pushed(scores, y, (leads(scores, y) < 1) / len(y), best)


@mistake(
    "hinge_gradient",
    "only the *best* rival is in the loss, not every class that comes within "
    "1.",
)
def every_rival_pushes(scores, y):
    true = true_scores(scores, y)[:, None]
    gradient = (1 + rivals(scores, y) - true > 0) / len(y)
    gradient[np.arange(len(y)), y] = -gradient.sum(axis=1)
    return gradient


@mistake(
    "hinge_gradient",
    "only the *best* rival is in the loss, not every class that comes within "
    "1.",
)
def every_rival_pushes_once(scores, y):
    true = true_scores(scores, y)[:, None]
    gradient = (1 + rivals(scores, y) - true > 0) / len(y)
    gradient[np.arange(len(y)), y] = -gradient.max(axis=1)
    return gradient


@mistake(
    "hinge_gradient",
    "the loss falls by 1 for each unit of the score, however large it is: "
    "entries are -1/n and 1/n, not what is missing.",
)
def by_what_is_missing(scores, y):
    return pushed(scores, y, clipped(1 - leads(scores, y)) / len(y))


@mistake(
    "hinge_gradient",
    "you hide the true class by a score of 0, but all rivals may be negative: "
    "take -np.inf.",
)
def rival_hidden_by_0(scores, y):
    hidden = rivals(scores, y, 0)
    images = (1 + hidden.max(axis=1) > true_scores(scores, y)) / len(y)
    return pushed(scores, y, images, hidden.argmax(axis=1))


@mistake(
    "hinge_gradient",
    "take the best of the rivals, not the worst.",
)
def worst_rival_pushed(scores, y):
    worst = rivals(scores, y, np.inf).argmin(axis=1)
    return pushed(scores, y, shares(scores, y), worst)


@mistake(
    "hinge_gradient",
    "any other class may be the best rival, not just the next one.",
)
def next_class_pushed(scores, y):
    return pushed(scores, y, shares(scores, y), (y + 1) % scores.shape[1])


@mistake("hinge_gradient", "this is the loss; return its gradient.")
def loss_instead(scores, y):
    return clipped(1 - leads(scores, y)).mean()


@mistake(
    "hinge_gradient",
    "[:, y] is the columns y of *every* row; take one entry of each row: "
    "[np.arange(n), y].",
)
def columns_pushed(scores, y):
    gradient = pushed(scores, y, shares(scores, y), true=0)
    gradient[:, y] -= shares(scores, y)[:, None]
    return gradient


@mistake(
    "hinge_gradient",
    "[:, y] is the columns y of *every* row; take one entry of each row: "
    "[np.arange(n), y].",
)
def columns_set(scores, y):
    gradient = pushed(scores, y, shares(scores, y), true=0)
    gradient[:, y] = -shares(scores, y)[:, None]
    return gradient


@mistake(
    "hinge_gradient",
    "the rows that cost nothing are left out; keep them, with zeros.",
)
def costly_rows_only(scores, y):
    return pushed(scores, y, shares(scores, y))[leads(scores, y) < 1]


@mistake(
    "hinge_gradient",
    "the array that you fill is one of whole numbers, which cut off 1/n: "
    "start from np.zeros(scores.shape).",
)
def gradient_of_whole_numbers(scores, y):
    return pushed(scores, y, shares(scores, y)).astype(scores.dtype)


@mistake(
    "hinge_gradient",
    "the array that you fill is one of whole numbers, which cut off 1/n: "
    "start from np.zeros(scores.shape).",
    message="Cannot cast ufunc",
)
def added_to_whole_numbers(scores, y):
    gradient = np.zeros_like(scores)
    gradient += pushed(scores, y, shares(scores, y))
    return gradient


@mistake("hinge_gradient", WHOLE_NUMBERS, message="infinity to integer")
def gradient_with_infinity(scores, y):
    others = scores.copy()
    others[np.arange(len(y)), y] = -np.inf
    return pushed(scores, y, shares(scores, y), others.argmax(axis=1))


@mistake(
    "hinge_gradient",
    "- doesn't work for True and False: (missing > 0) / n is 1/n or 0, and "
    "can be subtracted.",
    message="boolean negative",
)
def minus_true(scores, y):
    costly = leads(scores, y) < 1
    return pushed(scores, y, -costly)


@mistake(
    "hinge_gradient",
    "work on a copy, scores.copy(), or write x = x - 1 where you have x -= 1.",
)
def rival_hidden_in_place(scores, y):
    gradient = pushed(scores, y, shares(scores, y))
    scores[np.arange(len(y)), y] = -np.inf
    return gradient


@mistake(
    "hinge_gradient",
    "the exercise is to write it yourself, with Python and NumPy.",
)
def gradient_from_the_course(scores, y):
    from utils.checking import numeric_gradient

    return numeric_gradient(lambda scores: loss_by_loops(scores, y), scores)


@mistake(
    "hinge_gradient",
    "one row for each image, one column for each class: return the transpose.",
)
def gradient_transposed(scores, y):
    return pushed(scores, y, shares(scores, y)).T


@mistake("hinge_gradient", "keep the images apart: a row for each.")
def gradient_added(scores, y):
    return pushed(scores, y, shares(scores, y)).sum(axis=0)


@mistake(
    "hinge_gradient",
    "the gradient is still zero. Is its array one of whole numbers, did // "
    "cut off 1/n, or did you fill a copy, such as G[costly] is?",
)
def a_copy_filled(scores, y):
    gradient, costly = np.zeros(scores.shape), leads(scores, y) < 1
    gradient[costly][:, y[costly]] = -1 / len(y)
    return gradient


@mistake(
    "hinge_gradient",
    "rows and classes that are paired need one length: with G[costly, ...] "
    "take y[costly], too.",
    message="shapes (4,) (5,)",
)
def not_all_filtered(scores, y):
    gradient = np.zeros(scores.shape)
    gradient[leads(scores, y) < 1, y] = -1 / len(y)
    return gradient


@mistake("hinge_gradient", "only the first image is done; do all of them.")
def first_row_pushes(scores, y):
    first = np.arange(len(y)) == 0
    return pushed(scores, y, first * shares(scores, y))


@mistake("hinge_gradient", "only the last image is done; do all of them.")
def last_row_pushes(scores, y):
    last = np.arange(len(y)) == len(y) - 1
    return pushed(scores, y, last * shares(scores, y))


@mistake(
    "hinge_gradient",
    "this is the gradient of softmax and cross-entropy; a hinge has -1/n, 1/n "
    "and 0.",
)
def of_softmax(scores, y):
    log_sums = np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return (np.exp(scores - log_sums) - np.eye(scores.shape[1])[y]) / len(y)


@mistake(
    "hinge_gradient",
    "this is the gradient of two classes, for each class against the others; "
    "here only the true class and its best rival are pushed.",
)
def of_one_against_all(scores, y):
    signs = 2 * np.eye(scores.shape[1])[y] - 1
    return -signs * (signs * scores < 1) / len(y)


@mistake(
    "hinge_gradient",
    "only the *best* rival is in the loss, not all of them in equal parts.",
)
def rivals_share(scores, y):
    k = scores.shape[1]
    return (1 - k * np.eye(k)[y]) * shares(scores, y)[:, None] / (k - 1)


@mistake(
    "hinge_gradient",
    "entries are -1/n and 1/n, not the scores: the loss is a sum of scores, "
    "and the slope of s is 1.",
)
def by_the_scores(scores, y):
    return pushed(scores, y, shares(scores, y)) * scores


@mistake(
    "hinge_gradient",
    "any other class may be the best rival, not just the one before.",
)
def class_before_pushed(scores, y):
    before = (y - 1) % scores.shape[1]
    return pushed(scores, y, shares(scores, y), before)


@accepted("hinge_gradient")
def gradient_as_a_list(scores, y):
    return pushed(scores, y, shares(scores, y)).tolist()


@mistake(
    "hinge_gradient",
    "those images push that cost nothing: the condition is the other way "
    "round.",
)
def others_push(scores, y):
    return pushed(scores, y, (leads(scores, y) > 1) / len(y))


@mistake("hinge_gradient", "both entries count 1/n, the true class's too.")
def rival_divided(scores, y):
    return pushed(scores, y, shares(scores, y), true=-len(y))


@mistake("hinge_gradient", "both entries count 1/n, the rival's too.")
def true_class_divided(scores, y):
    return pushed(scores, y, shares(scores, y), rival=len(y))


@mistake("hinge_gradient", "divide by n once, not by 2 n.")
def halved(scores, y):
    return pushed(scores, y, shares(scores, y) / 2)


@mistake(
    "hinge_gradient",
    "argmax runs over the images; each image needs the best of its rivals: "
    "axis=1.",
    message="shapes (5,) (3,)",
)
def best_over_images(scores, y):
    best = rivals(scores, y).argmax(axis=0)
    return pushed(scores, y, shares(scores, y), best)


@mistake(
    "hinge_gradient",
    "[:, y] is the columns y of *every* row; take one entry of each row: "
    "[np.arange(n), y].",
)
def columns_pushed_and_pulled(scores, y):
    gradient, best = np.zeros(scores.shape), rivals(scores, y).argmax(axis=1)
    gradient[:, y] -= shares(scores, y)
    gradient[:, best] += shares(scores, y)
    return gradient


@accepted("hinge_gradient")
def gradient_by_loops(scores, y):
    gradient = [[0.0] * len(row) for row in scores]
    for i, row in enumerate(scores):
        others = [j for j in range(len(row)) if j != y[i]]
        best = max(others, key=row.__getitem__)
        if row[y[i]] - row[best] < 1:
            gradient[i][y[i]] = -1 / len(y)
            gradient[i][best] = 1 / len(y)
    return np.array(gradient)


@accepted("hinge_gradient")
def gradient_one_hot(scores, y):
    k = scores.shape[1]
    Y, best = np.eye(k)[y], rivals(scores, y).argmax(axis=1)
    R = np.eye(k, dtype=np.float32)[best]
    costs = (scores * (R - Y)).sum(axis=1, keepdims=True) > -1
    return (costs * (R - Y) / len(y)).astype(np.float32)


@accepted("hinge_gradient")
def gradient_by_add_at(scores, y):
    rows = np.flatnonzero(leads(scores, y) < 1)
    best = rivals(scores, y).argmax(axis=1)
    gradient = np.zeros(scores.shape)
    np.add.at(gradient, (rows, y[rows]), -1 / len(y))
    np.add.at(gradient, (rows, best[rows]), 1 / len(y))
    return gradient


@mistake(
    "hinge_gradient",
    "the sign: a higher true score makes the loss smaller. And the loss is a "
    "mean over n images.",
)
def uphill_and_summed(scores, y):
    return -gradient_summed(scores, y)


@mistake(
    "hinge_gradient",
    "this is what the loss does for a step of 1, which crosses a kink: take "
    "a small one, or the formula.",
)
def by_steps_of_1(scores, y):
    gradient = np.zeros(scores.shape)
    for i, j in np.ndindex(scores.shape):
        moved = scores.astype(float)
        moved[i, j] += 1
        gradient[i, j] = loss_by_loops(moved, y) - loss_by_loops(scores, y)
    return gradient


@mistake(
    "hinge_gradient",
    "differences need a small step, and are divided by it.",
)
def by_steps_of_a_tenth(scores, y):
    gradient = np.zeros(scores.shape)
    for i, j in np.ndindex(scores.shape):
        step = np.zeros(scores.shape)
        step[i, j] = 0.1
        change = loss_by_loops(scores + step, y)
        change -= loss_by_loops(scores - step, y)
        gradient[i, j] = change / 0.2
    return gradient


@mistake("hinge_gradient", ALL_LOWER)
def rival_hidden_by_minus_1e9(scores, y):
    best = rivals(scores, y, instead=-1e9).argmax(axis=1)
    costly = leads(scores, y, instead=-1e9) < 1
    return pushed(scores, y, costly / len(y), best)


@mistake("hinge_gradient", ALL_LOWER)
def rival_hidden_by_minus_1e9_and_set(scores, y):
    gradient = rival_hidden_by_minus_1e9(scores, y)
    costly = leads(scores, y, instead=-1e9) < 1
    gradient[np.arange(len(y)), y] = -(costly / len(y))
    return gradient


@mistake("hinge_gradient", FLOAT32)
def gradient_in_float32(scores, y):
    scores = scores.astype(np.float32)
    return pushed(scores, y, shares(scores, y))


@mistake("hinge_gradient", FLOAT32)
def one_missing_in_float32(scores, y):
    scores = scores.astype(np.float32)
    best = rivals(scores, y).max(axis=1).astype(np.float32)
    costly = 1 + best - true_scores(scores, y) > 0
    return pushed(scores, y, costly / len(y))


@accepted("hinge_gradient")
def gradient_by_differences(scores, y):
    gradient, step = np.zeros(scores.shape), 2.0**-10
    for i, j in np.ndindex(scores.shape):
        row = scores[i : i + 1] + step * (np.arange(scores.shape[1]) == j)
        change = loss_by_loops(row, y[i : i + 1])
        change -= loss_by_loops(scores[i : i + 1], y[i : i + 1])
        gradient[i, j] = np.round(change / step) / len(y)
    return gradient


# 6 · Training


def zeros(X):
    return np.zeros((X.shape[1], 10)), np.zeros(10)


def usual(X, batch_size, num_epochs, rng):
    """Return the batches of each epoch."""
    return [
        cut(rng.permutation(len(X)), batch_size) for _ in range(num_epochs)
    ]


def trained(X, y, gradients, lr, epochs, factors=(1, 1)):
    """Train with the batches of each epoch; factors: of the two steps."""
    W, b = zeros(X)
    for batches in epochs:
        for batch in batches:
            dW, db = gradients(X[batch], y[batch], W, b)
            W, b = W - factors[0] * lr * dW, b - factors[1] * lr * db
    return W, b


@mistake("train", "you walk uphill: step *against* the gradient.")
def uphill(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr, epochs, (-1, -1))


@mistake("train", "the biases step uphill: subtract their gradient, too.")
def biases_uphill(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr, epochs, (1, -1))


@mistake("train", "only one epoch was trained: is the return inside the loop?")
def only_one_epoch(X, y, gradients, lr, batch_size, num_epochs, rng):
    return trained(X, y, gradients, lr, usual(X, batch_size, 1, rng))


@mistake(
    "train",
    "a single step was made: is the return inside of both loops?",
)
def only_one_step(X, y, gradients, lr, batch_size, num_epochs, rng):
    batch = usual(X, batch_size, 1, rng)[0][:1]
    return trained(X, y, gradients, lr, [batch])


@mistake("train", "multiply the gradient by the learning rate.")
def without_rate(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, 1, epochs)


@mistake("train", "multiply the gradient by the learning rate, don't divide.")
def divided_by_rate(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, 1 / lr, epochs, (1, 1))


@mistake(
    "train", "the biases' gradient is multiplied by the learning rate, too."
)
def biases_without_rate(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr, epochs, (1, 1 / lr))


@mistake(
    "train",
    "the biases don't learn: they take the same step as the weights.",
)
def without_biases(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr, epochs, (1, 0))


@mistake("train", "the weights don't learn: W takes a step too.")
def without_weights(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr, epochs, (0, 1))


PER_BATCH = (
    "the gradients are those of the batch as they come, already a mean: don't "
    "multiply or divide by a number of images."
)


@mistake("train", PER_BATCH)
def divided_by_batch_size(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr / batch_size, epochs)


@mistake("train", PER_BATCH)
def divided_by_all_images(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr / len(X), epochs)


@mistake("train", PER_BATCH)
def divided_by_the_batch(X, y, gradients, lr, batch_size, num_epochs, rng):
    def shared(X, y, W, b):
        dW, db = gradients(X, y, W, b)
        return dW / len(y), db / len(y)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, shared, lr, epochs)


@mistake("train", PER_BATCH)
def times_the_batch(X, y, gradients, lr, batch_size, num_epochs, rng):
    def summed(X, y, W, b):
        dW, db = gradients(X, y, W, b)
        return dW * len(y), db * len(y)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, summed, lr, epochs)


@mistake(
    "train", "four steps: the last, smaller batch of each epoch is missing."
)
def dropping_the_last_batch(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    whole = [[b for b in e if len(b) == batch_size] for e in epochs]
    return trained(X, y, gradients, lr, whole)


@mistake(
    "train",
    "two steps: one in each epoch. Make one with each minibatch.",
)
def all_images_at_once(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, len(X), num_epochs, rng)
    return trained(X, y, gradients, lr, epochs)


FOR_EACH_IMAGE = (
    "that is a step for each image; make one with each minibatch. "
    "range(0, n, batch_size) goes from the start of one to that of the next."
)


@mistake("train", FOR_EACH_IMAGE)
def each_image_alone(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, 1, num_epochs, rng)
    return trained(X, y, gradients, lr, epochs)


@mistake("train", FOR_EACH_IMAGE)
def overlapping(X, y, gradients, lr, batch_size, num_epochs, rng):
    n, epochs = len(X), []
    for _ in range(num_epochs):
        order = rng.permutation(n)
        epochs.append([order[i : i + batch_size] for i in range(n)])
    return trained(X, y, gradients, lr, epochs)


@mistake(
    "train",
    "gradients is never called: ask it for dW and db with each minibatch.",
)
def nothing_asked(X, y, gradients, lr, batch_size, num_epochs, rng):
    return zeros(X)


@mistake(
    "train",
    "only one step is left of all. Start each from where the last one ended.",
)
def only_one_step_left(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW, db = gradients(X[batch], y[batch], W, b)
        new = -lr * dW, -lr * db
    return new


@mistake(
    "train",
    "W and b go on from where the epoch before has left them; they are zero "
    "only once.",
)
def anew_in_each_epoch(X, y, gradients, lr, batch_size, num_epochs, rng):
    for epoch in usual(X, batch_size, num_epochs, rng):
        W, b = trained(X, y, gradients, lr, [epoch])
    return W, b


@mistake(
    "train",
    "W and b are still zero. Put the new values into these names: W -= ..., "
    "or W = W - ...",
)
def still_zero(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr, epochs, (0, 0))


@mistake("train", "return W and b, in this order.")
def results_exchanged(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr, epochs)[::-1]


@mistake("train", "return both, W and b.")
def weights_only(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr, epochs)[0]


@mistake(
    "train",
    "make a step with each minibatch, and give gradients the W and b of "
    "this moment.",
)
def asked_at_zero(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)

    def at_zero(X, y, *_):
        return gradients(X, y, W, b)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, at_zero, lr, epochs)


@mistake(
    "train", "give it the rows of X and the entries of y that a batch has."
)
def all_labels(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW, db = gradients(X[batch], y, W, b)
        W, b = W - lr * dW, b - lr * db
    return W, b


@mistake(
    "train", "give it the rows of X and the entries of y that a batch has."
)
def single_rows(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for i in sum(usual(X, 1, num_epochs, rng), []):
        dW, db = gradients(X[i[0]], y[i[0]], W, b)
        W, b = W - lr * dW, b - lr * db
    return W, b


@mistake(
    "train", "give it the rows of X and the entries of y that a batch has."
)
def always_all_images(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for _ in sum(usual(X, batch_size, num_epochs, rng), []):
        dW, db = gradients(X, y, W, b)
        W, b = W - lr * dW, b - lr * db
    return W, b


@mistake("train", "shuffle once, and use the same indices for X and y.")
def labels_of_others(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, np.roll(y, 1), gradients, lr, epochs)


@mistake("train", "shuffle once, and use the same indices for X and y.")
def labels_in_order(X, y, gradients, lr, batch_size, num_epochs, rng):
    def unordered(images, labels, W, b):
        return gradients(images, y[np.sort(labels)], W, b)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, np.arange(len(y)), unordered, lr, epochs)


@mistake(
    "train",
    "draw without replacement, and shuffle once, before you cut: "
    "rng.permutation(n) has every number once.",
)
def images_with_replacement(X, y, gradients, lr, batch_size, num_epochs, rng):
    n = len(X)
    epochs = [
        cut(rng.integers(0, n, n), batch_size) for _ in range(num_epochs)
    ]
    return trained(X, y, gradients, lr, epochs)


@mistake("train", UNSHUFFLED)
def images_in_their_order(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = num_epochs * [cut(np.arange(len(X)), batch_size)]
    return trained(X, y, gradients, lr, epochs)


@mistake("train", AN_RNG)
def shuffled_once(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = num_epochs * usual(X, batch_size, 1, rng)
    return trained(X, y, gradients, lr, epochs)


@mistake("train", "shuffle with the rng that you are given.")
def seeded_by_the_epoch(X, y, gradients, lr, batch_size, num_epochs, rng):
    seeds = map(np.random.default_rng, range(num_epochs))
    epochs = [usual(X, batch_size, 1, rng)[0] for rng in seeds]
    return trained(X, y, gradients, lr, epochs)


@mistake(
    "train",
    "use rng.permutation, not np.random: otherwise nobody can repeat your "
    "experiment.",
)
def shuffled_by_numpy(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, np.random.default_rng())
    return trained(X, y, gradients, lr, epochs)


@mistake("train", "shuffle before you cut, not within the batches.")
def shuffled_within(X, y, gradients, lr, batch_size, num_epochs, rng):
    batches = cut(np.arange(len(X)), batch_size)
    epochs = [[rng.permutation(b) for b in batches] for _ in range(num_epochs)]
    return trained(X, y, gradients, lr, epochs)


@mistake(
    "train",
    "shuffle the examples, not the order of the batches, and don't just begin "
    "at another place.",
)
def rolled_images(X, y, gradients, lr, batch_size, num_epochs, rng):
    n = len(X)
    epochs = [
        cut(np.roll(np.arange(n), rng.integers(n)), batch_size)
        for _ in range(num_epochs)
    ]
    return trained(X, y, gradients, lr, epochs)


@mistake(
    "train",
    "the batches are shuffled, but the images in each are always the same: "
    "shuffle the images.",
)
def only_batches_shuffled(X, y, gradients, lr, batch_size, num_epochs, rng):
    batches = cut(np.arange(len(X)), batch_size)
    epochs = [
        [batches[i] for i in rng.permutation(len(batches))]
        for _ in range(num_epochs)
    ]
    return trained(X, y, gradients, lr, epochs)


@mistake(
    "train",
    "work on a copy, X.copy(), or write x = x - 1 where you have x -= 1.",
)
def images_shuffled_in_place(X, y, gradients, lr, batch_size, num_epochs, rng):
    labels = y.copy()
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        X[:], labels = X[order], labels[order]
        epoch = cut(np.arange(len(X)), batch_size)
        trained(X, labels, gradients, lr, [epoch])
    return (np.full((X.shape[1], 10), -3.0), np.full(10, -6.0))


@mistake(
    "train",
    "W and b move only once in an epoch: is the step outside of the inner "
    "loop?",
)
def a_step_in_each_epoch(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for epoch in usual(X, batch_size, num_epochs, rng):
        for batch in epoch:
            dW, db = gradients(X[batch], y[batch], W, b)
        W, b = W - lr * dW, b - lr * db
    return W, b


@mistake("train", PER_BATCH)
def biases_by_the_batch(X, y, gradients, lr, batch_size, num_epochs, rng):
    def shared(X, y, W, b):
        dW, db = gradients(X, y, W, b)
        return dW, db / len(y)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, shared, lr, epochs)


BOTH_GRADIENTS = (
    "gradients returns dW (d, 10) and db (10,), in this order; W moves along "
    "the first, b along the second."
)


@mistake("train", BOTH_GRADIENTS, message="non-broadcastable output")
def biases_along_the_weights(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW, db = gradients(X[batch], y[batch], W, b)
        W -= lr * dW
        b -= lr * dW
    return W, b


@mistake("train", BOTH_GRADIENTS)
def gradients_exchanged(X, y, gradients, lr, batch_size, num_epochs, rng):
    def exchanged(X, y, W, b):
        return gradients(X, y, W, b)[::-1]

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, exchanged, lr, epochs)


@mistake("train", "keep W and b as the first line makes them.")
def begun_at_random(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = rng.normal(size=(X.shape[1], 10)), np.zeros(10)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW, db = gradients(X[batch], y[batch], W, b)
        W, b = W - lr * dW, b - lr * db
    return W, b


@mistake("train", "the learning rate stays as it is.")
def rate_halved_in_each_epoch(
    X, y, gradients, lr, batch_size, num_epochs, rng
):
    W, b = zeros(X)
    for epoch in usual(X, batch_size, num_epochs, rng):
        for batch in epoch:
            dW, db = gradients(X[batch], y[batch], W, b)
            W, b = W - lr * dW, b - lr * db
        lr /= 2
    return W, b


@mistake("train", "gradients takes X, y, W and b, in this order.")
def arguments_exchanged(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW, db = gradients(W, b, X[batch], y[batch])
        W, b = W - lr * dW, b - lr * db
    return W, b


@mistake(
    "train",
    "the loop over the epochs is the outer one: each epoch uses all batches.",
)
def loops_exchanged(X, y, gradients, lr, batch_size, num_epochs, rng):
    batches = usual(X, batch_size, 1, rng)[0]
    epochs = [[batch] * num_epochs for batch in batches]
    return trained(X, y, gradients, lr, epochs)


@mistake(
    "train",
    "gradients returns two arrays: dW, db = gradients(...).",
    message="can't multiply sequence",
)
def not_unpacked(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW = gradients(X[batch], y[batch], W, b)
        W = W - lr * dW
    return W, b


@mistake(
    "train",
    "gradients takes X, y, W and b, in this order.",
    message="missing 2 required positional arguments",
)
def without_parameters(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW, db = gradients(X[batch], y[batch])
        W, b = W - lr * dW, b - lr * db
    return W, b


@mistake("train", "W takes two steps and b none: b moves along db.")
def weights_twice(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, gradients, lr, epochs, (2, 0))


@mistake(
    "train",
    "make a step with each minibatch, and give gradients the W and b of this "
    "moment.",
)
def one_step_of_sums(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for epoch in usual(X, batch_size, num_epochs, rng):
        found = [gradients(X[batch], y[batch], W, b) for batch in epoch]
        W = W - lr * sum(dW for dW, _ in found)
        b = b - lr * sum(db for _, db in found)
    return W, b


@mistake("train", "return W and b, not the gradients of the last step.")
def gradients_returned(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW, db = gradients(X[batch], y[batch], W, b)
        W, b = W - lr * dW, b - lr * db
    return dW, db


@mistake("train", "there should be 18: the next batch has others.")
def stopped_by_zeros(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW, db = gradients(X[batch], y[batch], W, b)
        if not dW.any():
            break
        W, b = W - lr * dW, b - lr * db
    return W, b


@mistake(
    "train",
    "each bias moves along its own entry of db: no mean or sum.",
)
def along_the_mean_of_db(X, y, gradients, lr, batch_size, num_epochs, rng):
    def averaged(X, y, W, b):
        dW, db = gradients(X, y, W, b)
        return dW, np.mean(db)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, averaged, lr, epochs)


@mistake(
    "train",
    "a step is lr times the gradient, however large that is: is it cut off or "
    "scaled?",
)
def gradients_clipped(X, y, gradients, lr, batch_size, num_epochs, rng):
    def limited(X, y, W, b):
        dW, db = gradients(X, y, W, b)
        return dW.clip(-5, 5), db.clip(-5, 5)

    epochs = usual(X, batch_size, num_epochs, rng)
    return trained(X, y, limited, lr, epochs)


@mistake(
    "train",
    "dW and db stay with gradients, which may need them again: write "
    "W = W - lr * dW, without dW *= lr before.",
)
def gradients_scaled_in_place(
    X, y, gradients, lr, batch_size, num_epochs, rng
):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW, db = gradients(X[batch], y[batch], W, b)
        dW *= lr
        db *= lr
        W, b = W - dW, b - db
    return W, b


@mistake(
    "train",
    "is there one more where n is a multiple of batch_size? Then nothing is "
    "left over.",
)
def a_batch_without_images(X, y, gradients, lr, batch_size, num_epochs, rng):
    n, epochs = len(X), []
    for _ in range(num_epochs):
        order = rng.permutation(n)
        starts = [i * batch_size for i in range(n // batch_size + 1)]
        epochs.append([order[i : i + batch_size] for i in starts])
    return trained(X, y, gradients, lr, epochs)


@accepted("train")
def trained_with_shuffled_copies(
    X, y, gradients, lr, batch_size, num_epochs, rng
):
    W, b = zeros(X)
    for _ in range(num_epochs):
        order = np.arange(len(X))
        rng.shuffle(order)
        images, labels = X[order], y[order]
        while len(labels):
            dW, db = gradients(images[:batch_size], labels[:batch_size], W, b)
            W -= lr * dW
            b -= lr * db
            images, labels = images[batch_size:], labels[batch_size:]
    return W, b


@accepted("train")
def trained_in_float32(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = (usual(X, batch_size, 1, rng)[0] for _ in range(num_epochs))
    W, b = trained(X, y, gradients, lr, epochs)
    return [W.astype(np.float32), b.astype(np.float32)]


@accepted("train")
def trained_with_array_split(X, y, gradients, lr, batch_size, num_epochs, rng):
    places = range(batch_size, len(X), batch_size)
    epochs = [
        np.split(rng.choice(len(X), len(X), replace=False), places)
        for _ in range(num_epochs)
    ]
    return trained(X, y, gradients, lr, epochs)


@mistake("train", "ask once, dW, db = gradients(...), and then move both.")
def asked_between_the_steps(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        W = W - lr * gradients(X[batch], y[batch], W, b)[0]
        b = b - lr * gradients(X[batch], y[batch], W, b)[1]
    return W, b


@mistake("train", "one epoch too many.")
def an_epoch_too_many(X, y, gradients, lr, batch_size, num_epochs, rng):
    epochs = usual(X, batch_size, num_epochs + 1, rng)
    return trained(X, y, gradients, lr, epochs)


@accepted("train")
def asked_for_each_of_both(X, y, gradients, lr, batch_size, num_epochs, rng):
    W, b = zeros(X)
    for batch in sum(usual(X, batch_size, num_epochs, rng), []):
        dW = gradients(X[batch], y[batch], W, b)[0]
        db = gradients(X[batch], y[batch], W, b)[1]
        W, b = W - lr * dW, b - lr * db
    return W, b


# 7 · Settings


IN_THIS_ORDER = (
    "return three numbers, in this order: lr, batch_size, num_epochs."
)


@mistake(
    "settings",
    "return three numbers, in this order: lr, batch_size, num_epochs; the "
    "last two whole, 100 and not 100.0, and at least 1.",
)
def settings_in_another_order():
    return 100, 0.05, 6


@mistake("settings", IN_THIS_ORDER)
def settings_as_a_dict():
    return {"lr": 0.05, "batch_size": 100, "num_epochs": 6}


@mistake("settings", IN_THIS_ORDER)
def one_setting():
    return 0.05


ABOVE_ZERO = "a step of 0 leads nowhere, and one below it walks uphill."


@mistake("settings", ABOVE_ZERO)
def settings_that_stand_still():
    return 0.0, 100, 6


@mistake("settings", IN_THIS_ORDER)
def two_settings():
    return 0.05, 100


@mistake("settings", ABOVE_ZERO)
def rate_below_zero():
    return -0.05, 100, 6


@accepted("settings")
def settings_in_a_list():
    return [0.1, 128, 6]


@accepted("settings")
def settings_of_numpy():
    return np.float64(0.05), np.int64(100), 8


# 8 · Templates


def rows(W, height, width):
    return W.T.reshape(-1, height, width)


@mistake(
    "read_templates",
    "the two classes are mixed: reshape reads W row by row, but a class is a "
    "column. Transpose first.",
)
def classes_mixed(W, height, width):
    return W.reshape(-1, height, width)


@mistake("read_templates", "height and width are exchanged.")
def exchanged(W, height, width):
    return W.T.reshape(-1, width, height)


@mistake(
    "read_templates",
    "this fills the image column by column; pixels are numbered along the "
    "rows.",
)
def column_by_column(W, height, width):
    return W.T.reshape(-1, width, height).transpose(0, 2, 1)


@mistake("read_templates", "the images are transposed: (k, height, width).")
def images_transposed_too(W, height, width):
    return W.reshape(height, width, -1).T


@mistake(
    "read_templates", "the class must be the first axis: (k, height, width)."
)
def class_last(W, height, width):
    return W.reshape(height, width, -1)


@mistake(
    "read_templates",
    "the shape is (k, height, width): the classes first, then the height and "
    "the width that are given.",
)
def class_last_and_mixed(W, height, width):
    return W.T.reshape(height, width, -1)


@mistake(
    "read_templates",
    "these are rows of weights; give each the shape of an image.",
)
def rows_only(W, height, width):
    return W.T


@mistake("read_templates", "this is the first class only; return all of them.")
def first_class(W, height, width):
    return W[:, 0].reshape(height, width)


@mistake(
    "read_templates",
    "the number of classes is that of W's columns, not always 10: "
    "W.shape[1], or -1.",
    message="into shape (10,",
)
def ten_classes(W, height, width):
    return W.T.reshape(10, height, width)


@mistake(
    "read_templates",
    "images are height times width, not always 28 times 28.",
    message="cannot reshape array of size 12 into shape (28,28)",
)
def images_of_28(W, height, width):
    return W.T.reshape(-1, 28, 28)


@accepted("read_templates")
def templates_as_a_list(W, height, width):
    return list(rows(W, height, width))


@mistake("read_templates", "return the weights as they are.")
def templates_scaled(W, height, width):
    return rows(W / np.abs(W).max(), height, width)


@mistake(
    "read_templates",
    "W[i] is a row, the weights of pixel i; those of class i are its column: "
    "W[:, i], or transpose first.",
    message="cannot reshape array of size 2",
)
def pixels_as_classes(W, height, width):
    return np.array([W[i].reshape(height, width) for i in range(W.shape[1])])


@mistake(
    "read_templates",
    "len(W) is the number of pixels; that of classes is W.shape[1].",
    message="into shape (6,3,2)",
)
def as_many_as_pixels(W, height, width):
    return W.T.reshape(len(W), height, width)


@mistake(
    "read_templates",
    "images are height times width, not always 28 times 28.",
    message="into shape (2,28,28)",
)
def two_images_of_28(W, height, width):
    return W.T.reshape(W.shape[1], 28, 28)


@mistake(
    "read_templates",
    "give each class the shape of an image: (k, height, width).",
)
def templates_flat(W, height, width):
    return W.T.ravel()


@mistake("read_templates", "the first row of pixels is the top of the image.")
def upside_down(W, height, width):
    return rows(W, height, width)[:, ::-1]


@mistake(
    "read_templates",
    "weights have fractions, and an array of whole numbers cuts them off: "
    "fill one of floats.",
)
def templates_cut_off(W, height, width):
    return rows(W, height, width).astype(int)


@mistake(
    "read_templates",
    "the images stand side by side; give each a place on a first axis: "
    "np.array or np.stack.",
)
def side_by_side(W, height, width):
    return np.hstack(rows(W, height, width))


@mistake("read_templates", "this is the last class only; return all of them.")
def last_class(W, height, width):
    return rows(W, height, width)[-1]


@mistake("read_templates", "return the weights as they are.")
def less_their_mean(W, height, width):
    return rows(W - W.mean(axis=0), height, width)


@mistake(
    "read_templates",
    "the images stand below each other; give each a place on a first axis: "
    "np.array or np.stack.",
)
def below_each_other(W, height, width):
    return np.concatenate(rows(W, height, width))


COLUMNS_ANYWAY = (
    "the classes are the columns of W, also where there are as many of them "
    "as pixels, or more: transpose in any case."
)


@mistake("read_templates", COLUMNS_ANYWAY)
def transposed_if_tall(W, height, width):
    W = W.T if len(W) > W.shape[1] else W
    return W.reshape(-1, height, width)


@mistake("read_templates", COLUMNS_ANYWAY)
def transposed_if_square_or_tall(W, height, width):
    W = W.T if len(W) >= W.shape[1] else W
    return W.reshape(-1, height, width)


@mistake(
    "read_templates",
    "a single class has an image, too, (1, height, width): is there a squeeze "
    "or an index [0]?",
)
def one_template_squeezed(W, height, width):
    return rows(W, height, width).squeeze()


@mistake(
    "read_templates",
    "it keeps something from the first call, or draws at random?",
)
def templates_in_a_list_that_is_kept(W, height, width, kept={}):
    images = kept.setdefault(W.shape, [])
    images.extend(rows(W, height, width))
    return images


@mistake("read_templates", "weights may be negative; keep their signs.")
def templates_without_signs(W, height, width):
    return rows(np.abs(W), height, width)


@accepted("read_templates")
def templates_by_moveaxis(W, height, width):
    return np.moveaxis(W.reshape(height, width, -1), 2, 0)


@accepted("read_templates")
def templates_by_loops(W, height, width):
    images = np.zeros((W.shape[1], height, width))
    for c in range(W.shape[1]):
        for i in range(height):
            for j in range(width):
                images[c, i, j] = W[i * width + j, c]
    return images


@accepted("read_templates")
def templates_stacked(W, height, width):
    return np.stack([w.reshape(height, width) for w in W.T])


@accepted("read_templates")
def templates_in_fortran_s_order(W, height, width):
    return W.reshape((width, height, -1), order="F").T


@mistake("read_templates", "keep the classes in their order.")
def last_class_first(W, height, width):
    return rows(W, height, width)[::-1]


@mistake("read_templates", "the last class is missing.")
def without_the_last_template(W, height, width):
    return rows(W, height, width)[:-1]


# 10 · Evidence


@mistake(
    "evidence",
    "this is the score of c alone; a pixel that speaks for both classes "
    "decides nothing.",
)
def for_c_alone(x, W, c, r):
    return x * W[:, c]


@mistake(
    "evidence",
    "these are weights; a dark pixel contributes nothing, whatever its "
    "weight.",
)
def weights_alone(x, W, c, r):
    return W[:, c] - W[:, r]


@mistake("evidence", "this is their sum; keep the pixels apart.")
def evidence_added(x, W, c, r):
    return x @ (W[:, c] - W[:, r])


@mistake("evidence", "this is the evidence for r against c.")
def for_the_rival(x, W, c, r):
    return x * (W[:, r] - W[:, c])


@mistake(
    "evidence",
    "the evidence for r counts against c: subtract it.",
)
def evidence_of_both(x, W, c, r):
    return x * (W[:, c] + W[:, r])


@mistake(
    "evidence",
    "W[c] is a row, the weights of pixel c; those of class c are its column.",
    message="broadcast",
)
def rows_of_weights(x, W, c, r):
    return x * (W[c] - W[r])


@mistake("evidence", "contributions may be negative: no absolute values.")
def without_signs(x, W, c, r):
    return np.abs(x * (W[:, c] - W[:, r]))


@mistake(
    "evidence",
    "these are shares; the contributions add up to the difference of the two "
    "scores.",
)
def shares_of_evidence(x, W, c, r):
    found = x * (W[:, c] - W[:, r])
    return found / found.sum()


@mistake(
    "evidence",
    "both weights are multiplied by the pixel: x * (... - ...), with "
    "parentheses.",
)
def without_parentheses(x, W, c, r):
    return x * W[:, c] - W[:, r]


@mistake("evidence", "the contributions are subtracted, not divided.")
def evidence_divided(x, W, c, r):
    return x * W[:, c] / (x * W[:, r])


@mistake("evidence", "return one number for each pixel, (d,): one axis only.")
def evidence_as_a_column(x, W, c, r):
    return x[:, None] * (W[:, [c]] - W[:, [r]])


@mistake("evidence", "c and r are arguments: don't take 0 and 2 for them.")
def always_0_and_2(x, W, c, r):
    return x * (W[:, 0] - W[:, 2])


@mistake("evidence", "a pixel counts once, not squared.")
def pixels_squared(x, W, c, r):
    return x**2 * (W[:, c] - W[:, r])


@mistake("evidence", "return the contributions as they are.")
def largest_is_one(x, W, c, r):
    found = x * (W[:, c] - W[:, r])
    return found / np.abs(found).max()


@mistake("evidence", "a dark pixel has its place, too: it contributes 0.")
def without_dark_pixels(x, W, c, r):
    return (x * (W[:, c] - W[:, r]))[x > 0]


@mistake("evidence", "is it rounded? Return all digits.")
def evidence_rounded(x, W, c, r):
    return np.round(x * (W[:, c] - W[:, r]), 1)


@mistake(
    "evidence",
    "the pixels lose their fractions: multiply them as they are.",
)
def whole_pixels(x, W, c, r):
    return x.astype(int) * (W[:, c] - W[:, r])


@mistake("evidence", "the rival is class r, not the best of the others.")
def against_the_best(x, W, c, r):
    scores = x @ W
    scores[c] = -np.inf
    return x * (W[:, c] - W[:, scores.argmax()])


@mistake(
    "evidence",
    "the weights of a class are a column of W, also where it is square: is it "
    "transposed?",
)
def weights_transposed_if_square(x, W, c, r):
    W = W.T if len(W) == W.shape[1] else W
    return x * (W[:, c] - W[:, r])


@accepted("evidence")
def evidence_by_loops(x, W, c, r):
    return np.array([pixel * (row[c] - row[r]) for pixel, row in zip(x, W)])


@accepted("evidence")
def evidence_in_a_list(x, W, c, r):
    return [pixel * (w[c] - w[r]) for pixel, w in zip(x.tolist(), W)]
