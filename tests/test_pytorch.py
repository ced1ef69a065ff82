"""Which of PyTorch's builds the set-up takes, and where from."""

import os
import re
import shutil
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools import install
from tools.notebooks.files import ROOT


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
