"""Quiet frameworks, seeds and the device: the same on a laptop and a GPU."""

import importlib.util
import os
import random
import sys
from pathlib import Path

import numpy as np

_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "2",  # TensorFlow: errors only; warnings are 1
    "TF_ENABLE_ONEDNN_OPTS": "0",  # no oneDNN banner, the same sums each run
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",  # take GPU memory as it is needed,
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # so that all three share it
    "KERAS_BACKEND": "tensorflow",
    # PyTorch's threads on Linux wait awake for some microseconds, then sleep:
    # at once would make small steps slow, later would slow other programs.
    "GOMP_SPINCOUNT": "20000",
}


def quiet_frameworks():
    """Let the frameworks share a process: silent, one GPU, the same cores.

    Sets environment variables that are read when the frameworks are first
    imported, so call it before that; variables that you have set yourself
    are left alone. Where Triton is installed, it is loaded here, or, after
    TensorFlow, kept out: see `_keep_triton_from_crashing`.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if "triton" not in sys.modules and _triton_is_installed():
        _keep_triton_from_crashing()


def _keep_triton_from_crashing():
    """Load Triton before TensorFlow, or never.

    PyTorch's builds for GPUs load Triton when they first need it, in
    `torch.optim` or `torch.func`. If TensorFlow is there already, Triton
    takes TensorFlow's LLVM for its own, and the kernel dies
    (github.com/tensorflow/tensorflow/issues/124205). Without Triton, only
    `torch.compile` misses something.
    """
    if "tensorflow" not in sys.modules:
        try:
            importlib.import_module("triton._C.libtriton")
            return
        except Exception:  # a damaged one, and PyTorch can do without
            pass
    sys.modules["triton"] = None


def _triton_is_installed():
    """Look for Triton's library; a student's own triton.py is none."""
    spec = importlib.util.find_spec("triton")
    folders = spec and spec.submodule_search_locations
    return any(
        any(Path(folder, "_C").glob("libtriton.*")) for folder in folders or []
    )


def seed_everything(seed=0):
    """Seed Python, NumPy's legacy generator and every framework imported.

    A framework that is imported later is not seeded, so call this after the
    imports. JAX has no global generator: it takes a key. New NumPy code
    should use ``rng = np.random.default_rng(seed)`` instead.

    Parameters: seed, an int from 0 to 2**32 - 1.
    Raises: ValueError if NumPy can't use the seed.
    """
    np.random.seed(seed)
    random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
    if "tensorflow" in sys.modules:
        sys.modules["tensorflow"].random.set_seed(seed)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed)


def torch_device():
    """Return the ``torch.device`` to use: a CUDA GPU if there is one, or CPU.

    Apple's GPU (MPS) is passed over: it has no float64, which the course
    needs to compare gradients.
    """
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
