"""What stands in for the data sets: arrays and a text of the same kind."""

import functools

import numpy as np
import pytest

from utils import stand_ins

digits = functools.cache(stand_ins.digits)
garments = functools.cache(stand_ins.garments)


@pytest.mark.parametrize("make", [digits, garments])
def test_stand_in_has_the_shapes_and_is_the_same_each_time(make):
    images = make()
    again = make.__wrapped__()
    for array, same in zip(images, again, strict=True):
        np.testing.assert_array_equal(array, same)
    x, y, x_test, y_test = images
    assert x.shape == (60_000, 28, 28) and x_test.shape == (10_000, 28, 28)
    assert x.dtype == x_test.dtype == np.uint8
    assert y.dtype == y_test.dtype == np.int64
    assert (np.bincount(y) == 6000).all()
    assert (np.bincount(y_test) == 1000).all()
    assert x.max() == 255 and np.median(x) == 0  # bright on black


def linear_accuracy(images, rng):
    """Test accuracy of softmax regression after three epochs."""
    x, y, x_test, y_test = images
    x = x.reshape(-1, 784) / np.float32(255)
    W = np.zeros((784, 10), np.float32)
    for rows in np.split(np.concatenate([rng.permutation(60_000)] * 3), 1800):
        scores = x[rows] @ W
        probs = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        probs[np.arange(len(rows)), y[rows]] -= 1
        W -= 0.1 / len(rows) * x[rows].T @ probs
    return (np.argmax(x_test.reshape(-1, 784) @ W, axis=1) == y_test).mean()


@pytest.mark.parametrize(
    ("make", "low", "high"), [(digits, 0.93, 0.99), (garments, 0.86, 0.95)]
)
def test_stand_in_is_neither_trivial_nor_hopeless(make, low, high):
    accuracy = linear_accuracy(make(), np.random.default_rng(0))
    assert low < accuracy < high


def test_digits_are_centred_and_of_mnist_s_size():
    ink = digits()[0][:2000] > 40
    for axis in (1, 2):
        where = ink.any(axis=axis)
        first = where.argmax(axis=1)
        last = 27 - where[:, ::-1].argmax(axis=1)
        assert abs((first + last).mean() / 2 - 13.5) < 0.7
    assert 18 < (last - first + 1).mean() < 22  # rows


def test_test_digits_have_originals_of_their_own(monkeypatch):
    plain = np.eye(64, 784, dtype=np.float32)
    monkeypatch.setattr(stand_ins, "_enlarger", lambda rng: plain)
    images = stand_ins.digits()
    train, test = ({i.tobytes() for i in images[j]} for j in (0, 2))
    assert len(train) > 1400 and len(test) > 250
    assert not train & test


def test_test_garments_have_cuts_of_their_own(monkeypatch):
    monkeypatch.setattr(stand_ins, "_cloth", lambda rng, n: 255)
    images = stand_ins.garments()
    train, test = ({i.tobytes() for i in images[j]} for j in (0, 2))
    assert len(train) == 6000 and len(test) == 1000
    assert not train & test


def test_text_stand_in():
    text = stand_ins.text()
    assert text == stand_ins.text()
    assert len(text) > 300_000
    assert text.index('The "assert" statement') < text.index(
        'The "while" statement'
    )
    assert text.encode().decode() == text
