"""Install the course into `.venv`: what `make` calls, and Windows directly.

It needs nothing but a Python, and an old one still learns what is missing.
"""

import errno
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements.txt"
MADE_HERE = ".made-by-the-course"  # in a .venv that may be made anew
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
SMALL = "0.9 GB to download, 3.6 GB in .venv, all packages together"
LARGE = "3.4 GB to download, 7.4 GB in .venv, all packages together"


def main():
    reason = unsupported(*this_system())
    if reason:
        sys.exit(
            f"The course can't be installed here: {reason}. "
            "Open it in Colab: the badges in README.md."
        )
    try:
        python = environment(ENVIRONMENT)
    except OSError as error:
        sys.exit(f"Can't use {error.filename}: {error.strerror}.")
    options, choice = pytorch(python)
    if choice:
        print(choice, flush=True)
    command = [python, "-m", "pip", "install"] + options + ["-e", "."]
    sys.exit(subprocess.call(command, cwd=str(ROOT)))


# The system


def this_system():
    """Return what `unsupported` wants to know about this machine."""
    windows = {"win-amd64": "x86_64", "win-arm64": "arm64"}
    machine = windows.get(sysconfig.get_platform(), platform.machine())
    try:
        libc = os.confstr("CS_GNU_LIBC_VERSION")  # "glibc 2.36"
    except (AttributeError, ValueError, OSError):
        libc = None
    bits = 64 if sys.maxsize > 2**32 else 32
    return platform.system(), machine, bits, platform.mac_ver()[0], libc


def unsupported(system, machine, bits, macos="", libc=None):
    """Say why packages of requirements.txt don't come for a system.

    Parameters: system and machine, as `platform` names them; bits, of the
    Python; macos, the version of macOS; libc, the name and version of glibc
    or None.
    Returns a reason, or None if all come.
    """
    if bits != 64:
        return "this Python has 32 bits, and TensorFlow needs 64"
    if system == "Darwin":
        if machine != "arm64":
            return "PyTorch, TensorFlow and JAX have left Macs with Intel"
        if int(macos.split(".")[0] or 14) < 14:
            return f"PyTorch needs macOS 14, and this is {macos}"
    elif system == "Windows":
        if machine != "x86_64":
            return "cvxpy and TensorFlow don't come for Windows on ARM"
    elif system != "Linux" or machine not in ("x86_64", "aarch64"):
        return f"PyTorch and TensorFlow don't come for {system} on {machine}"
    elif not libc:
        return "TensorFlow and scikit-learn need glibc, which Alpine lacks"
    elif numbers(libc) < (2, 28):
        return f"PyTorch needs glibc 2.28, and this is {libc}"
    return None


def numbers(text):
    """Return the numbers in a text: (2, 36) for "glibc 2.36"."""
    return tuple(map(int, re.findall(r"\d+", text)))


# The environment


def environment(folder):
    """Return the Python of the environment in `folder`, with pip in it.

    What isn't there is made. What is there and works is used, whoever has
    made it; what doesn't work is made anew if it was made here.
    Raises: SystemExit, with a line that says what to do; OSError.
    """
    python = folder / (
        "Scripts/python.exe" if os.name == "nt" else "bin/python"
    )
    fault = unusable(python)
    if fault:
        make(folder, fault)
    elif not (folder / ".ready").exists() and not made_here(folder):
        print(f"Installing into {folder.resolve()}, which was there before.")
    if not os.access(str(folder), os.W_OK):
        raise PermissionError(errno.EACCES, "read-only", str(folder))
    if not ask(python, "-m", "pip", "--version"):
        add_pip(python)
    return str(python)


def ask(python, *arguments):
    """Return what a Python prints, or "" if it doesn't run or fails."""
    command = [str(python)] + list(arguments)
    try:
        output = subprocess.check_output(command, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return output.decode("utf-8", "replace").strip()


def unusable(python):
    """Say why this file can't be the course's Python, or return None."""
    version = ask(
        python, "-c", "import platform as p; print(p.python_version())"
    )
    if (3, 11) <= numbers(version)[:2] < (3, 14):
        return None
    return f"it has Python {version}" if version else "no Python runs in it"


def made_here(folder):
    """Say if `folder` may be emptied: it is marked, missing or empty."""
    if not os.path.lexists(str(folder)):
        return True
    if not folder.is_dir():
        return False
    return (folder / MADE_HERE).exists() or not any(folder.iterdir())


def make(folder, fault):
    """Make an environment with this Python in place of one with a fault."""
    if unusable(sys.executable):
        sys.exit(
            "The course needs Python 3.11, 3.12 or 3.13, and this is "
            f"{platform.python_version()}: install one, or name it with "
            "make PYTHON=/path/to/python."
        )
    if not made_here(folder):
        sys.exit(
            f"{folder} can't be used ({fault}) and was not made by the "
            "course: rename or delete it, then try again."
        )
    if folder.exists() and any(folder.iterdir()):
        print(f"Making {folder} anew: {fault}.", flush=True)
    folder.mkdir(exist_ok=True)
    marker = folder / MADE_HERE
    marker.touch()  # first, in case that we don't get to the end
    for old in folder.iterdir():
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(str(old))
        elif old != marker:
            old.unlink()
    real = str(folder.resolve())  # venv makes nothing through a link
    if subprocess.call([sys.executable, "-m", "venv", real]):
        sys.exit("Python couldn't make an environment: see above.")


def add_pip(python):
    """Give pip to an environment without it, as `uv venv` makes them."""
    uv = shutil.which("uv")
    ask(python, "-m", "ensurepip", "--default-pip")
    if uv and not ask(python, "-m", "pip", "--version"):
        ask(uv, "pip", "install", "--python", str(python), "pip")
    if not ask(python, "-m", "pip", "--version"):
        sys.exit(
            f"{python} has no pip, and neither ensurepip nor uv brings it: "
            "install pip there (Debian, Ubuntu: apt install python3-venv)."
        )


# PyTorch


def pytorch(python):
    """Choose PyTorch's build: pip's options, and a line that says which.

    Only on Linux are there two on offer: PyPI's, with several GB for NVIDIA's
    GPUs, and one for the CPU on an index of PyTorch's own. What is installed
    stays, and what its user has told pip comes first.
    """
    pinned = re.search(r"^torch==(\S+)", REQUIREMENTS.read_text(), re.M)[1]
    show = "from importlib import metadata; print(metadata.version('torch'))"
    there = ask(python, "-c", show)
    if there.split("+")[0] == pinned:
        return [], ""
    if platform.system() != "Linux":
        return [], f"This takes {SMALL}."
    if there and "+cpu" not in there or has_own_index(python):
        return [], (
            "PyTorch in the build that is installed or that pip's settings "
            f"choose: up to {LARGE}."
        )
    other = f"The small one: Ctrl-C, PIP_EXTRA_INDEX_URL={CPU_INDEX} make lab"
    if has_nvidia_driver():
        return [], f"PyTorch's build for NVIDIA's GPUs: {LARGE}. {other}"
    show = "import sys; print('cp%d%d' % sys.version_info[:2])"
    tag = ask(python, "-c", show)
    wheel = wheel_pattern(pinned, tag, platform.machine())
    if lists(CPU_INDEX, wheel):
        return ["--extra-index-url", CPU_INDEX], (
            f"PyTorch's build for the CPU, without NVIDIA's driver: {SMALL}. "
            "The build for GPUs: Ctrl-C, PIP_EXTRA_INDEX_URL= make lab"
        )
    return [], (
        f"PyTorch's large build, as {CPU_INDEX} doesn't answer: {LARGE}. "
        f"{other}"
    )


def has_own_index(python):
    """Say if pip's settings, in files or variables, name an index."""
    settings = ask(python, "-m", "pip", "config", "list")
    pattern = r"^(global|install|:env:)\.(index-url|extra-index-url|no-index)="
    return bool(re.search(pattern, settings, re.M))


def has_nvidia_driver():
    """Say if NVIDIA's driver is there, in Windows' Linux (WSL), too."""
    places = "/proc/driver/nvidia/version", "/usr/lib/wsl/lib/libcuda.so.1"
    return bool(shutil.which("nvidia-smi")) or any(map(os.path.exists, places))


def wheel_pattern(version, tag, machine):
    """Return what an index calls a wheel of PyTorch's CPU build."""
    version = re.escape(version)
    return rf"torch-{version}(\+|%2B)cpu-{tag}-{tag}-\w+_{machine}\.whl"


def lists(index, wheel, seconds=5):
    """Say if an index lists a wheel of PyTorch, within so many seconds.

    In a thread, as no time-out of urlopen bounds a name server or a page that
    trickles in.
    """
    pages = []

    def fetch():
        try:
            with urlopen(index + "/torch/", timeout=seconds) as page:
                pages.append(page.read().decode("utf-8", "replace"))
        except Exception:
            pass  # whatever it is, there is no such index for us

    thread = Thread(target=fetch, daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(pages and re.search(wheel, pages[0]))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on where this was.")
