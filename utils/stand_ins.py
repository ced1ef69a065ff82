"""What takes the data sets' place where there is no network.

Arrays of the same shapes as the published ones, the same at each call.
"""

import numpy as np


def digits():
    """Make the stand-in for MNIST from scikit-learn's 1,797 digits.

    Each image is one of them, enlarged from 8x8 to about 20x20 pixels and a
    little turned, slanted and shifted; test images have originals of their
    own. Returns train images, train labels, test images, test labels.
    """
    from sklearn.datasets import load_digits

    rng = np.random.default_rng(0)
    pixels, written = load_digits(return_X_y=True)
    labels = _labels(rng)
    originals = np.empty(70_000, int)
    for_test = np.arange(len(written)) % 6 == 0
    for digit in range(10):
        rows = np.flatnonzero(labels == digit)
        of_digit = written == digit
        train = np.flatnonzero(of_digit & ~for_test)
        test = np.flatnonzero(of_digit & for_test)
        originals[rows[:6000]] = rng.choice(train, 6000)
        originals[rows[6000:]] = rng.choice(test, 1000)
    images = np.empty((70_000, 784), np.uint8)
    for rows in np.array_split(rng.permutation(70_000), 100):
        ink = pixels[originals[rows]].astype(np.float32) @ _enlarger(rng)
        ink /= ink.max(axis=1, keepdims=True)
        images[rows] = 255 * np.clip(2.5 * (ink - 0.4), 0, 1)
    return _train_and_test(images.reshape(-1, 28, 28), labels)


def _enlarger(rng):
    """Matrix (64, 784) from an 8x8 image to a distorted one of 28x28."""
    turn, slant = rng.normal(0, [0.05, 0.08])
    shift, size = rng.uniform(-0.5, 0.5, 2), rng.uniform(2.4, 2.7, 2)
    y, x = np.indices((28, 28)) - 13.5 - shift[:, None, None]
    x, y = (x + (slant - turn) * y) / size[0], (y + turn * x) / size[1]
    distance = np.stack([y, x])[:, None] + 3.5 - np.arange(8)[:, None, None]
    down, across = np.clip(1 - (distance / 1.5) ** 2, 0, None) ** 2
    weights = down[:, None] * across  # (8, 8, 28, 28)
    return weights.reshape(64, 784).astype(np.float32)


def _labels(rng):
    """Shuffled labels (70_000,): 6,000 of each class, then 1,000 of each."""
    sizes = 60_000, 10_000
    return np.concatenate([rng.permutation(np.arange(n) % 10) for n in sizes])


def _train_and_test(images, labels):
    (x, x_test), (y, y_test) = (
        np.split(a, [60_000]) for a in (images, labels)
    )
    return x, y, x_test, y_test


# A part of a garment is a trapezoid, in pixels from the middle of the image:
# top, bottom, left edge (at top, at bottom), right edge; then its effect: 1
# adds cloth, -1 cuts it away, a fraction makes it that much darker or lighter.
PARTS = {
    "body": (-12, 11, -9, -9, 7, 7, 1),
    "long-body": (-12, 13, -9, -9, 7, 7.4, 1),
    "long-sleeves": (-12, 8, 4.5, 8.5, 7, 11.5, 1),
    "short-sleeves": (-12, -5, 4.5, 8.5, 7, 12, 1),
    "armpits": (-7, 8, 6.8, 6.8, 8, 8, 0.6),
    "neck": (-14, -9.5, -9, -9, 3, 1.5, -1),
    "round-neck": (-14, -10.5, -9, -9, 3, 2, -1),
    "lapels": (-12, -6, 1, 0, 3, 1, 0.6),
    "buttons": (-12, 13, -9, -9, 0.7, 0.7, 0.8),
    "opening": (-12, 14, -9, -9, 1.3, 1.3, 0.9),
    "badge": (-7, -2, -9, -9, 3, 3, 0.6),
    "seat": (-12, -4, -9, -9, 4, 5.3, 1),
    "legs": (-5, 12, 0, 1.7, 5.3, 4.8, 1),
    "belt": (-12, -10, -9, -9, 5, 5, 0.6),
    "bodice": (-12, -2, -9, -9, 4.5, 4, 1),
    "skirt": (-2.5, 12, -9, -9, 4, 6, 1),
    "cap-sleeves": (-12, -4, 2, 4, 4, 6.5, 1),
    "sash": (-3, -1, -9, -9, 6, 6, 0.6),
    "bag": (-2.5, 11, -14, -14, 9.5, 10.5, 1),
    "straps": (-10, -1, 2.5, 5, 4, 6.5, 1),
    "handle": (-10, -8, -9, -9, 4, 4, 1),
    "flap": (-2.5, 3, -14, -14, 11, 11, 0.5),
    "clasp": (2, 5, -9, -9, 1.3, 1.3, 0.8),
    "footbed": (6, 8, -13, -13, 12, 12, 1),
    "stiletto": (7, 30, 9, 10, 12, 12, 1),
    "wedge": (7, 30, 1, 3, 12, 12, 1),
    "toe-strap": (0, 7, -3, -6, 0, -3, 1),
    "cross-strap": (0, 7, -4, 1, -2, 3, 1),
    "heel-strap": (-1, 7, 10, 10, 12, 12, 1),
    "ankle-strap": (-1, 1, 4, 3, 12, 12, 1),
    "foot": (5, 8, -11, -13, 12, 12, 1),
    "instep": (2.5, 8, 0.5, -12, 12, 12, 1),
    "ankle": (-1, 8, 2, 0.5, 11, 12, 1),
    "shaft": (-9, 8, 2, 1, 11, 12, 1),
    "laces": (-1, 5, 2, -4, 4, -1, 0.5),
    "sole": (6.5, 9, -14, -14, 14, 14, 0.7),
    "heel": (7, 30, 5, 7, 12, 12, 1),
}
GARMENTS = {  # in the order of the labels; with each part, how often it occurs
    "T-shirt/top": "body short-sleeves long-sleeves:0.06 neck badge:0.4",
    "Trouser": "seat legs belt:0.5",
    "Pullover": "body short-sleeves:0.3 long-sleeves armpits:0.8 round-neck "
    "badge:0.4",
    "Dress": "bodice skirt cap-sleeves:0.5 neck sash:0.5",
    "Coat": "long-body short-sleeves:0.3 long-sleeves armpits:0.8 neck "
    "lapels:0.6 opening",
    "Sandal": "footbed stiletto wedge:0.3 toe-strap:0.8 cross-strap:0.5 "
    "instep:0.2 heel-strap:0.9 ankle-strap:0.6",
    "Shirt": "body short-sleeves:0.7 long-sleeves:0.65 armpits:0.8 round-neck "
    "lapels:0.6 buttons:0.97 badge:0.1",
    "Sneaker": "ankle shaft:0.08 instep foot laces sole",
    "Bag": "bag straps handle:0.8 flap:0.7 clasp:0.7",
    "Ankle boot": "ankle shaft:0.92 instep foot laces sole heel",
}
SHOES = {"Sandal": 0.8, "Sneaker": 0, "Ankle boot": 0.3}  # steepest slope


def garments():
    """Make the stand-in for Fashion-MNIST: garments drawn from their parts.

    A class has 600 cuts for training and 100 others for testing, each in ten
    cloths. Returns train images, train labels, test images, test labels.
    """
    rng = np.random.default_rng(0)
    labels = _labels(rng)
    images = np.empty((70_000, 28, 28), np.uint8)
    cuts = np.r_[np.arange(6000) % 600, 600 + np.arange(1000) % 100]
    for label, name in enumerate(GARMENTS):
        shapes = _cut(name, _uniform(rng, 700))[cuts]
        shapes *= _cloth(rng, len(cuts))
        images[labels == label] = np.minimum(shapes, 255, out=shapes)
    return _train_and_test(images, labels)


def _uniform(rng, n):
    """Function (low, high) that draws n random numbers, (n, 1, 1) float32."""
    return lambda *ends: rng.uniform(*ends, (n, 1, 1)).astype(np.float32)


def _cut(name, some):
    """Draw garments of one class without their cloth: (n, 28, 28) float32."""
    pixels = np.arange(28, dtype=np.float32) - 13.5
    x = (pixels + some(-1, 1)) / some(0.8, 1.08)
    y = (pixels[:, None] + some(-1, 1)) / some(0.8, 1.08)
    shape = np.zeros_like(x * y)
    above_ground = 1
    if name in SHOES:  # seen from the side; the heel may be raised
        above_ground = np.clip(8.5 - y, 0, 1)
        y = y + some(-0.2, SHOES[name]).clip(0) * np.maximum(x, 0)
    else:  # the left half mirrors the right one
        x = np.abs(x)
    for word in GARMENTS[name].split():
        part, _, chance = word.partition(":")
        *edges, effect = PARTS[part]
        edges = (edge + some(-0.7, 0.7) for edge in edges)
        part = _trapezoid(x, y, *edges) * (some(0, 1) < float(chance or 1))
        if effect == 1:
            shape = np.maximum(shape, part)
        elif effect == -1:
            shape *= 1 - part
        else:
            tone = np.where(some(0, 1) < 0.7, -effect, 0.8 * effect)
            shape *= 1 + tone * some(0.5, 1) * part
    return shape * above_ground


def _trapezoid(x, y, top, bottom, *sides):
    """Share, 0 to 1, of each pixel that lies inside a trapezoid."""
    depth = np.minimum(y - top, bottom - y)
    for sign, start, end in ((1, *sides[:2]), (-1, *sides[2:])):
        slope = (end - start) / (bottom - top)
        inside = sign * (x - start - slope * (y - top))
        depth = np.minimum(depth, inside / np.sqrt(1 + slope**2))
    return np.clip(depth + 0.5, 0, 1)


def _cloth(rng, n):
    """Brightness (n, 28, 28) of n cloths: plain, striped, checked, grainy."""
    some = _uniform(rng, n)
    pixels = np.arange(28, dtype=np.float32)
    cloth = rng.random((n, 28, 28), dtype=np.float32)
    cloth -= 0.5
    cloth *= some(0, 0.7) * some(0, 1)
    cloth += 1
    for direction in (pixels, pixels[:, None]):
        stripes = np.sin(some(0.8, 2.6) * direction + some(0, 6))
        cloth += stripes * some(0.1, 0.4) * (some(0, 1) < 0.25)
    cloth *= some(90, 255)
    return cloth


def text():
    """Make the stand-in for Tiny Shakespeare, a str: Python's help texts."""
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))
