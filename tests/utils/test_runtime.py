"""Tests of utils.runtime: each runs in a Python of its own, which nothing
else has imported a framework into."""

import importlib.metadata
import os
import subprocess
import sys

import pytest


def run(code, **environment):
    names = ("TF_", "XLA_", "KERAS_", "OMP_")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(names)
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
    )


def test_importing_utils_imports_no_framework():
    code = (
        "import sys\n"
        "from utils import checking, data, plotting, runtime\n"
        "print(sorted({'torch', 'tensorflow', 'keras', 'jax'}"
        " & set(sys.modules)))"
    )
    assert run(code).stdout == "[]\n"


def test_tensorflow_and_keras_start_without_a_word():
    code = (
        "from utils import runtime\n"
        "runtime.quiet_frameworks()\n"
        "import keras, tensorflow as tf\n"
        "keras.layers.Dense(2)(tf.ones((1, 3)))\n"
    )
    result = run(code)
    assert result.stdout == ""
    assert result.stderr == ""


def test_frameworks_take_gpu_memory_as_needed():
    code = (
        "import os\n"
        "from utils import runtime\n"
        "runtime.quiet_frameworks()\n"
        "print(os.environ['TF_FORCE_GPU_ALLOW_GROWTH'],"
        " os.environ['XLA_PYTHON_CLIENT_PREALLOCATE'])"
    )
    assert run(code).stdout == "true false\n"


def test_a_variable_that_you_have_set_is_left_alone():
    code = (
        "import os\n"
        "from utils import runtime\n"
        "runtime.quiet_frameworks()\n"
        "print(os.environ['KERAS_BACKEND'])"
    )
    assert run(code, KERAS_BACKEND="jax").stdout == "jax\n"


# Triton


FRAMEWORKS = ["torch", "tensorflow", "jax", "cvxpy, sklearn", "keras"]
QUIET = "from utils import runtime\nruntime.quiet_frameworks()\n"
LATE = (  # what makes PyTorch import Triton, where it has it
    "import torch\n"
    "x = torch.ones(3, requires_grad=True)\n"
    "torch.optim.SGD([x], lr=0.1)\n"
    "torch.func.vmap(torch.func.grad(torch.sin))(x)\n"
)


@pytest.fixture
def triton(require):
    # Not find_spec: other tests may have kept it out of this process.
    found = any(importlib.metadata.distributions(name="triton"))
    require(found, "triton")


@pytest.mark.parametrize("order", [FRAMEWORKS, FRAMEWORKS[::-1]])
@pytest.mark.usefixtures("triton")
def test_frameworks_live_together_in_any_order(order):
    # Of any two, each has been imported before the other.
    result = run(f"{QUIET}import {', '.join(order)}\n{LATE}")
    assert result.stdout == result.stderr == ""


@pytest.mark.parametrize("early", ["tensorflow", "torch, keras"])
@pytest.mark.usefixtures("triton")
def test_frameworks_imported_before_the_set_up_live_too(early):
    code = f"import {early}\n{QUIET}{LATE}print('alive')"
    assert run(code).stdout == "alive\n"


@pytest.fixture
def fake_triton(tmp_path, monkeypatch):
    """Return the file that takes the place of Triton's library."""
    folder = tmp_path / "triton" / "_C"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    library = folder / "libtriton.py"
    library.touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return library


SEE = "print(sys.modules.get('triton', 'not imported'))"


@pytest.mark.usefixtures("fake_triton")
def test_triton_is_loaded_before_tensorflow():
    code = f"import sys\n{QUIET}print('triton._C.libtriton' in sys.modules)"
    assert run(code).stdout == "True\n"


@pytest.mark.usefixtures("fake_triton")
def test_triton_is_never_loaded_after_tensorflow():
    code = f"import sys\nsys.modules['tensorflow'] = 1\n{QUIET}{SEE}"
    assert run(code).stdout == "None\n"


@pytest.mark.parametrize("fault", ["import gone", "1 / 0"])
def test_a_damaged_triton_stops_nobody(fake_triton, fault):
    fake_triton.write_text(fault)
    assert run(f"import sys\n{QUIET}{SEE}").stdout == "None\n"


def test_an_own_file_named_triton_is_not_run(tmp_path):
    (tmp_path / "triton.py").write_text("print('run')")
    code = f"import sys\n{QUIET}{SEE}"
    assert run(code, PYTHONPATH=str(tmp_path)).stdout == "not imported\n"


# Seeds and device


def test_the_same_seed_gives_the_same_numbers_in_every_library():
    code = (
        "import random, numpy as np\n"
        "from utils import runtime\n"
        "runtime.quiet_frameworks()\n"
        "import keras, tensorflow as tf, torch\n"
        "def draw(seed):\n"
        "    runtime.seed_everything(seed)\n"
        "    return [random.random(), np.random.rand(), float(torch.rand(1)),"
        " float(tf.random.uniform(())), float(keras.random.uniform(()))]\n"
        "first, again, other = draw(1), draw(1), draw(2)\n"
        "print(first == again, [a != b for a, b in zip(first, other)])"
    )
    assert run(code).stdout == "True [True, True, True, True, True]\n"


def test_seeding_works_without_any_framework():
    code = (
        "import numpy as np\n"
        "from utils import runtime\n"
        "runtime.seed_everything(3); a = np.random.rand()\n"
        "runtime.seed_everything(3); print(a == np.random.rand())"
    )
    assert run(code).stdout == "True\n"


def test_the_device_is_the_gpu_exactly_when_there_is_one():
    code = (
        "import torch\n"
        "from utils import runtime\n"
        "device = runtime.torch_device()\n"
        "torch.ones(2, device=device)\n"
        "print(device.type == ('cuda' if torch.cuda.is_available()"
        " else 'cpu'))\n"
        "torch.cuda.is_available = lambda: True\n"
        "print(runtime.torch_device())"
    )
    assert run(code).stdout == "True\ncuda\n"
