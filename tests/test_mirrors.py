"""The check of all mirrors, against two on this machine."""

import functools
import hashlib
import os
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools import mirrors
from tools.notebooks.files import ROOT
from utils import data

FILES = {"first.txt": b"one", "second.txt": b"two"}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Two folders with all files, each the root of a mirror."""
    for mirror in "ab":
        (tmp_path / mirror).mkdir()
        for name, raw in FILES.items():
            (tmp_path / mirror / name).write_bytes(raw)
    handler = functools.partial(Quiet, directory=tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=[0.01]).start()
    address = f"http://127.0.0.1:{server.server_port}"
    files = tuple(
        data.File(name, 3, 3, hashlib.sha256(raw).hexdigest())
        for name, raw in FILES.items()
    )
    addresses = (f"{address}/a/{{}}", f"{address}/b/{{}}")
    words = data.DataSet("Words", "none", addresses, files)
    monkeypatch.setattr(data, "REGISTRY", {"words": words})
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "a"))
    monkeypatch.setenv("TQDM_DISABLE", "1")
    yield tmp_path, address
    server.shutdown()
    server.server_close()


def test_all_mirrors_deliver(served, capsys):
    mirrors.main()
    rows = [row.split() for row in capsys.readouterr().out.splitlines()]
    assert rows == [
        [f"{served[1]}/{mirror}", name, "ok"]
        for mirror in "ab"
        for name in FILES
    ]


def test_each_dead_mirror_is_one_line(served, capsys):
    folder, address = served
    (folder / "a" / "second.txt").write_bytes(b"owt")
    for name in FILES:
        (folder / "b" / name).unlink()
    with pytest.raises(SystemExit) as end:
        mirrors.main()
    assert end.value.code.split("\n") == [
        f"Words: {address}/a fails for 1 of 2 files (damaged copy)",
        f"Words: {address}/b fails for 2 of 2 files (HTTP error 404)",
    ]
    states = [row.split()[2] for row in capsys.readouterr().out.splitlines()]
    assert states == ["ok", "damaged", "HTTP", "HTTP"]


def test_nothing_is_read_from_a_cache_or_stored(served):
    folder, _ = served
    (folder / "a" / "words").mkdir()
    for name, raw in FILES.items():
        (folder / "a" / "words" / name).write_bytes(raw)
        (folder / "b" / name).unlink()
    before = sorted(folder.rglob("*"))
    with pytest.raises(SystemExit, match="/b fails for 2 of 2"):
        mirrors.main()
    assert sorted(folder.rglob("*")) == before


def test_a_mirror_is_dead_after_two_attempts(served, monkeypatch, capsys):
    download, failed = data.download, set()

    def fail_once(url, file):
        if url not in failed:
            failed.add(url)
            raise data.Unavailable("connection failed")
        return download(url, file)

    monkeypatch.setattr(data, "download", fail_once)
    mirrors.main()
    assert capsys.readouterr().out.count(" ok\n") == 4


def test_the_command_without_a_network_names_every_mirror(tmp_path):
    nowhere = "http://127.0.0.1:9"
    proxies = {name: nowhere for name in ("http_proxy", "https_proxy")}
    run = subprocess.run(
        [sys.executable, "-m", "tools.mirrors"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | proxies | {"NO_PROXY": "", "no_proxy": ""},
        timeout=120,
    )
    assert run.returncode == 1
    addresses = [
        mirror.removesuffix("/{}")
        for dataset in data.REGISTRY.values()
        for mirror in dataset.mirrors
    ]
    for line, address in zip(run.stderr.splitlines(), addresses, strict=True):
        assert f"{address} fails for " in line
        assert "the proxy doesn't serve" in line
