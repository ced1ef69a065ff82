"""Quiet frameworks, seeds and the device: the same on a laptop and a GPU."""

import os
import random
import sys

import numpy as np

_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "2",  # TensorFlow: errors only; warnings are 1
    "TF_ENABLE_ONEDNN_OPTS": "0",  # no oneDNN banner, the same sums each run
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",  # take GPU memory as it is needed,
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # so that all three share it
    "KERAS_BACKEND": "tensorflow",
    "OMP_WAIT_POLICY": "PASSIVE",  # PyTorch's idle threads sleep, not spin:
    # on a busy machine its small steps are then several times faster
}


def quiet_frameworks():
    """Silence TensorFlow's start-up messages and share GPU and cores.

    Sets environment variables that are read when the frameworks are first
    imported, so call it before that; variables that you have set yourself
    are left alone.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)


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
