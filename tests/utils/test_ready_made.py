"""What is ready-made is found, whatever it is called."""

import pytest
from told import in_notebook

from utils import ready_made

FORBIDDEN = {"scipy", "softmax", "numeric_gradient", "checks"}


@pytest.mark.parametrize(
    "source, found",
    [
        ("import scipy as sp\ndef f(x): return sp.special.expit(x)", "scipy"),
        (
            "from scipy.special import softmax as own\n"
            "def f(x): return own(x)",
            "scipy",
        ),
        ("def f(x):\n    import scipy.special\n    return x", "scipy"),
        (
            "def f(x):\n    from scipy.special import log_softmax as own\n"
            "    return own(x)",
            "scipy",
        ),
        ("def f(x): return x.softmax()", "softmax"),
        (
            "from utils.checking import numeric_gradient as slow\n"
            "def g(x): return slow(abs, x)\n"
            "def f(x): return [g(x) for _ in range(2)]",
            "numeric_gradient",
        ),
        (
            "from scipy.special import softmax as s\n"
            "def f(x):\n    def inner(y): return s(y)\n    return inner(x)",
            "scipy",
        ),
        ("def f(x): return checks.eighths", "checks"),
        # own work
        ("def softmax(x): return x\ndef f(x): return softmax(x)", ""),
        ("def f(x):\n    softmax = x\n    return softmax", ""),
        ("def g(x): return f(x)\ndef f(x): return g(x)", ""),
        ("import numpy as np\ndef f(x): return np.exp(x).sum()", ""),
        ("f = abs", ""),
    ],
)
def test_what_a_function_uses(source, found):
    function = in_notebook(source)["f"]
    assert ready_made.used_by(function, FORBIDDEN) == found
