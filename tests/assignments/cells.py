"""What the tests of the assignments share."""

import functools

from utils import data

fashion_mnist = functools.cache(data.fashion_mnist)
