"""The set-up: on which systems, into which environment, with which PyTorch."""

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools import install
from tools.notebooks.files import ROOT

# Systems


@pytest.mark.parametrize(
    "system",
    [
        ("Linux", "x86_64", 64, "", "glibc 2.28"),
        ("Linux", "aarch64", 64, "", "glibc 2.41"),
        ("Darwin", "arm64", 64, "14.0", None),
        ("Darwin", "arm64", 64, "26.1", None),
        ("Windows", "x86_64", 64, "", None),
        install.this_system(),
    ],
)
def test_the_course_can_be_installed_on(system):
    assert install.unsupported(*system) is None


@pytest.mark.parametrize(
    "system, cause",
    [
        (("Darwin", "x86_64", 64, "15.5", None), "Macs with Intel"),
        (("Darwin", "arm64", 64, "13.7.1", None), "this is 13.7.1"),
        (("Windows", "arm64", 64, "", None), "Windows on ARM"),
        (("Windows", "x86", 32, "", None), "32 bits"),
        (("Linux", "x86_64", 32, "", "glibc 2.36"), "32 bits"),
        (("Linux", "armv7l", 32, "", "glibc 2.36"), "32 bits"),
        (("Linux", "ppc64le", 64, "", "glibc 2.36"), "Linux on ppc64le"),
        (("Linux", "x86_64", 64, "", None), "Alpine"),
        (("Linux", "x86_64", 64, "", "glibc 2.17"), "this is glibc 2.17"),
        (("FreeBSD", "amd64", 64, "", None), "FreeBSD on amd64"),
    ],
)
def test_a_system_without_packages_is_named_before_a_download(
    monkeypatch, system, cause
):
    monkeypatch.setattr(install, "this_system", lambda: system)
    monkeypatch.setattr(install, "environment", pytest.fail)
    with pytest.raises(SystemExit) as stop:
        install.main()
    assert cause in stop.value.code
    assert stop.value.code.endswith("Colab: the badges in README.md.")
    assert "\n" not in stop.value.code


# The environment: in a course's folder whose pip only writes down what it is
# asked to do, and whose venv leaves pip out, which takes seconds.

posix = pytest.mark.skipif(
    os.name == "nt", reason="Windows has neither such scripts nor such links"
)
VENV = """\
import subprocess, sys
real = [sys.executable, "-I", "-m", "venv", "--without-pip", sys.argv[1]]
subprocess.run(real, check=True)
"""
PIP = """\
import os, sys
if sys.argv[1] == "--version":
    print("pip")
elif sys.argv[1] == "config":
    print("global.index-url='https://mirror.example'")
else:
    with open("asked", "a") as file:
        print(sys.prefix, *sys.argv[1:], file=file)
"""


@pytest.fixture
def folder(tmp_path):
    course = tmp_path / "the course"
    (course / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "install.py", course / "tools")
    (course / "requirements.txt").write_text("torch==1.0\n")
    fake = tmp_path / "fake"
    (fake / "pip").mkdir(parents=True)
    (fake / "pip" / "__init__.py").touch()
    (fake / "pip" / "__main__.py").write_text(PIP)
    (fake / "venv.py").write_text(VENV)
    return course


def run_install(folder, **variables):
    """Run tools/install.py; return the process and what pip was asked."""
    (folder / "asked").unlink(missing_ok=True)
    fake = {"PYTHONPATH": str(folder.parent / "fake")}
    done = subprocess.run(
        [sys.executable, "tools/install.py"],
        cwd=folder,
        env=os.environ | fake | variables,
        capture_output=True,
        text=True,
    )
    asked = folder / "asked"
    return done, asked.read_text().splitlines() if asked.exists() else []


def bare_environment(folder):
    """Make an environment as `uv venv` does: without pip."""
    command = [sys.executable, "-m", "venv", "--without-pip", folder / ".venv"]
    subprocess.run(command, check=True)
    return folder / ".venv"


def python_of(environment):
    name = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return environment / name


def lose_its_python(environment):
    python_of(environment).unlink()
    python_of(environment).symlink_to(environment / "gone")


def write_python(environment, version):
    """Put a program that says it is this version in Python's place."""
    python_of(environment).parent.mkdir(parents=True, exist_ok=True)
    python_of(environment).unlink(missing_ok=True)
    python_of(environment).write_text(f"#!/bin/sh\necho {version}\n")
    python_of(environment).chmod(0o755)


def assert_installs(done, asked, environment):
    assert done.returncode == 0, done.stderr
    (line,) = asked
    prefix = Path(line.removesuffix(" install -e ."))
    assert prefix.resolve() == environment.resolve()


def test_an_environment_is_made_where_there_is_none(folder):
    assert_installs(*run_install(folder), folder / ".venv")


@posix
def test_an_empty_folder_elsewhere_may_be_linked_as_environment(folder):
    elsewhere = folder.parent / "large disk"
    elsewhere.mkdir()
    (folder / ".venv").symlink_to(elsewhere)
    assert_installs(*run_install(folder), elsewhere)
    assert (folder / ".venv").is_symlink()


def test_an_environment_of_the_readers_is_used_and_keeps_what_is_in_it(folder):
    package = bare_environment(folder) / "lib" / "own.py"
    package.touch()
    done, asked = run_install(folder)
    assert_installs(done, asked, folder / ".venv")
    assert package.exists()
    assert "which was there before" in done.stdout


@posix
def test_an_environment_that_is_linked_is_used_and_named(folder):
    real = bare_environment(folder).rename(folder.parent / "conda")
    (folder / ".venv").symlink_to(real)
    done, asked = run_install(folder)
    assert asked and str(real) in done.stdout


def test_an_environment_without_pip_gets_one(folder):
    environment = bare_environment(folder)
    run_install(folder, PYTHONPATH="", PIP_NO_INDEX="1")
    command = [python_of(environment), "-m", "pip", "--version"]
    assert subprocess.run(command, capture_output=True).returncode == 0


@posix
def test_uv_brings_pip_where_ensurepip_cannot(folder):
    environment = bare_environment(folder)
    (folder / "ensurepip.py").write_text("raise SystemExit(1)")
    uv = folder / "uv"
    uv.write_text(f'#!/bin/sh\nmv "{folder.parent}/fake/pip" "{folder}"\n')
    uv.chmod(0o755)
    done, asked = run_install(
        folder,
        PYTHONPATH=str(folder),
        PATH=f"{folder}{os.pathsep}{os.environ['PATH']}",
    )
    assert_installs(done, asked, environment)


def test_without_pip_ensurepip_and_uv_one_line_says_so(folder):
    environment = bare_environment(folder)
    (folder / "ensurepip.py").write_text("raise SystemExit(1)")
    done, asked = run_install(folder, PYTHONPATH=str(folder), PATH="")
    assert done.returncode != 0 and asked == []
    assert done.stderr.count("\n") == 1
    assert f"{python_of(environment)} has no pip" in done.stderr


@posix
@pytest.mark.parametrize("damage", [lose_its_python, shutil.rmtree])
def test_what_the_course_made_is_made_anew(folder, damage):
    run_install(folder)
    damage(folder / ".venv")
    assert_installs(*run_install(folder), folder / ".venv")


@posix
def test_what_the_course_made_is_made_anew_for_another_python(folder):
    run_install(folder)
    write_python(folder / ".venv", "3.14.2")
    done, asked = run_install(folder)
    assert_installs(done, asked, folder / ".venv")
    assert "anew: it has Python 3.14.2." in done.stdout


def half_made(folder):
    (folder / ".venv" / "lib").mkdir(parents=True)


def without_its_python(folder):
    lose_its_python(bare_environment(folder))


def too_old(folder):
    write_python(folder / ".venv", "3.10.13")


def a_file(folder):
    (folder / ".venv").write_text("/elsewhere")


def a_link_to_nothing(folder):
    (folder / ".venv").symlink_to(folder / "gone")


@posix
@pytest.mark.parametrize(
    "make", [half_made, without_its_python, too_old, a_file, a_link_to_nothing]
)
def test_what_others_made_is_never_deleted(folder, make):
    make(folder)
    before = sorted(folder.rglob(".venv*/**/*"))
    done, asked = run_install(folder)
    assert done.returncode != 0 and asked == []
    assert done.stderr.count("\n") == 1
    assert "was not made by the course: rename or delete it" in done.stderr
    assert os.path.lexists(folder / ".venv")
    assert sorted(folder.rglob(".venv*/**/*")) == before


def test_a_closed_folder_is_named(folder, monkeypatch):
    environment = bare_environment(folder)
    monkeypatch.setattr(install, "ENVIRONMENT", environment)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(SystemExit, match=r"Can't use .*\.venv: read-only\."):
        install.main()


@posix
def test_an_old_python_is_told_which_one_to_take(folder, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    write_python(folder, "3.9.18")
    (folder / "bin" / "python").rename(folder / "python")
    with pytest.raises(SystemExit, match="needs Python 3.11, 3.12 or 3.13"):
        install.make(folder / ".venv", "")
    assert not (folder / ".venv").exists()


# PyTorch's build


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Return the facts of a machine, for a test to change."""
    facts = {"own": False, "driver": False, "index": True, "torch": ""}
    pinned = tmp_path / "requirements.txt"
    pinned.write_text("torch==2.0.1\n")

    def ask(python, *arguments):
        if "torch" in arguments[-1]:
            return facts["torch"]
        if "config" in arguments:
            return "global.extra-index-url=''" if facts["own"] else "a='b'"
        return "cp311"

    monkeypatch.setattr(install, "REQUIREMENTS", pinned)
    monkeypatch.setattr(install, "ask", ask)
    monkeypatch.setattr(install.platform, "system", lambda: "Linux")
    monkeypatch.setattr(install, "has_nvidia_driver", lambda: facts["driver"])
    monkeypatch.setattr(install, "lists", lambda *_: facts["index"])
    return facts


SMALL = ["--extra-index-url", install.CPU_INDEX]


@pytest.mark.parametrize(
    "facts, options, says",
    [
        ({}, SMALL, "0.9 GB"),
        ({"index": False}, [], "3.4 GB"),
        ({"driver": True}, [], "3.4 GB"),
        ({"own": True}, [], "up to 3.4 GB"),
        ({"own": True, "driver": True}, [], "up to 3.4 GB"),
        ({"torch": "2.0.0"}, [], "up to 3.4 GB"),
        ({"torch": "2.0.0+cpu"}, SMALL, "0.9 GB"),
        ({"torch": "2.0.1"}, [], ""),
        ({"torch": "2.0.1+cpu"}, [], ""),
    ],
)
def test_pytorch_comes_in_the_build_for_this_machine(
    machine, facts, options, says
):
    machine |= facts
    chosen, line = install.pytorch("python")
    assert chosen == options
    assert says in line and bool(line) == bool(says)
    assert "\n" not in line


@pytest.mark.parametrize("facts", [{}, {"index": False}, {"driver": True}])
def test_one_line_says_how_to_get_the_other_build(machine, facts):
    machine |= facts
    options, line = install.pytorch("python")
    other = "" if options else install.CPU_INDEX
    assert f"PIP_EXTRA_INDEX_URL={other} make lab" in line


@pytest.mark.parametrize("system", ["Darwin", "Windows"])
def test_elsewhere_than_on_linux_there_is_one_build(
    machine, monkeypatch, system
):
    monkeypatch.setattr(install.platform, "system", lambda: system)
    assert install.pytorch("python") == ([], f"This takes {install.SMALL}.")


@pytest.mark.parametrize(
    "variables, own",
    [
        ({}, False),
        ({"PIP_TIMEOUT": "3"}, False),
        ({"PIP_INDEX_URL": "https://mirror.example"}, True),
        ({"PIP_EXTRA_INDEX_URL": ""}, True),
        ({"PIP_NO_INDEX": "1"}, True),
    ],
)
def test_an_index_in_pips_variables_is_seen(monkeypatch, variables, own):
    for name in os.environ:
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    for name, value in ({"PIP_CONFIG_FILE": os.devnull} | variables).items():
        monkeypatch.setenv(name, value)
    assert install.has_own_index(sys.executable) is own


@pytest.mark.parametrize(
    "setting, own",
    [
        ("global.index-url='https://mirror.example'", True),
        ("install.extra-index-url='https://mirror.example'", True),
        ("global.no-index='true'", True),
        ("download.index-url='https://mirror.example'", False),
        ("global.find-links='/index-url='", False),
        ("", False),
    ],
)
def test_an_index_in_pips_files_is_seen(monkeypatch, setting, own):
    settings = f"global.timeout='3'\n{setting}\nglobal.cert='/c'"
    monkeypatch.setattr(install, "ask", lambda *_: settings)
    assert install.has_own_index("python") is own


@pytest.mark.parametrize("place", ["nvidia-smi", "version"])
def test_nvidias_driver_is_seen(monkeypatch, place):
    has = {"which": lambda name: name == place, "exists": lambda path: False}
    if place == "version":
        has["exists"] = lambda path: path == "/proc/driver/nvidia/version"
    monkeypatch.setattr(shutil, "which", has["which"])
    monkeypatch.setattr(os.path, "exists", has["exists"])
    assert install.has_nvidia_driver()


def test_a_machine_without_nvidias_driver_is_seen(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    assert not install.has_nvidia_driver()


def test_the_readme_names_the_same_sizes():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    start = text[text.index("## Start") : text.index("<details>")]
    for size in re.findall(r"\d\.\d", install.SMALL + install.LARGE):
        assert size in start


# An index that answers, and others

WHEEL = "torch-2.0.1%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl"


class Page(BaseHTTPRequestHandler):
    """A page of an index, or what comes instead."""

    def do_GET(self):
        status = 503 if self.server.kind == "is out of order" else 200
        wheel = (
            "Welcome to Café Wi-Fi" if "Wi-Fi" in self.server.kind else WHEEL
        )
        self.send_response(status)
        self.end_headers()
        if self.server.kind == "drips":  # each drop within the time-out
            while not self.server.stop.wait(0.1) and self.server.drops:
                self.wfile.write(b" ")
                self.server.drops -= 1
        self.wfile.write(f'<a href="{wheel}">'.encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def index(monkeypatch):
    """Return a function that starts an index of a kind, and its address."""
    for name in "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY":
        monkeypatch.delenv(name, raising=False)
    servers = []

    def start(kind):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        server.kind, server.stop = kind, threading.Event()
        server.drops = 30
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.stop.set()
        server.shutdown()
        server.server_close()


PATTERN = install.wheel_pattern("2.0.1", "cp311", "x86_64")


def test_an_index_with_the_wheel_answers(index):
    assert install.lists(index("works"), PATTERN)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", ["is out of order", "is a Wi-Fi's", "drips"])
def test_an_index_without_the_wheel_does_not(index, kind):
    assert not install.lists(index(kind), PATTERN, seconds=0.5)


# A traceback of a thread, which pytest turns into a warning, fails the test.
@pytest.mark.filterwarnings("error")
def test_an_index_that_is_not_there_does_not(index):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert not install.lists(f"http://127.0.0.1:{port}", PATTERN)
    assert not install.lists("no address", PATTERN)


@pytest.mark.parametrize(
    "wheel",
    [
        ("2.0.2", "cp311", "x86_64"),
        ("2.0.1", "cp313", "x86_64"),
        ("2.0.1", "cp311", "aarch64"),
    ],
)
def test_another_wheel_is_not_taken_for_it(index, wheel):
    pattern = install.wheel_pattern(*wheel)
    assert not install.lists(index("works"), pattern)
