"""utils.data against mirrors that fail in all ways, and where it stores."""

import errno
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import requests
from tiny import (
    ARRAYS,
    NAMES,
    PUBLISHED,
    WAIT,
    assert_published,
    one_line,
    put,
    stored,
)

from utils import data

ROOT = Path(data.__file__).resolve().parent.parent
FAULTS = {
    "corrupt": "damaged copy",
    "truncated": "bytes came of",
    "page": "a web page came instead: log in",
    "endless": "there is no end to it",
    "404": "HTTP error 404",
    "500": "HTTP error 500",
    "stall": "no answer",
    "cut": "connection failed",
    "down": "no mirror can be reached (connection failed)",
    "silent": "no mirror can be reached (no answer)",
}
needs_users = pytest.mark.skipif(
    os.name == "nt", reason="Windows has no modes that close a folder"
)


def test_fetched_arrays_are_the_published_ones(mirrors, tmp_path, capsys):
    mirrors("good")
    images = data.mnist()
    assert_published(images)
    assert [a.dtype for a in images[:4]] == [np.uint8, np.int64] * 2
    assert all(array.flags.writeable for array in images[:4])
    assert stored(tmp_path / "mnist") == PUBLISHED
    assert capsys.readouterr().out == ""


def test_cached_files_need_no_mirror(mirrors):
    mirrors("good")
    data.mnist()
    asked = len(mirrors.server.asked)
    mirrors("good")
    assert_published(data.mnist())
    assert len(mirrors.server.asked) == asked


@needs_users
def test_a_class_may_read_what_is_stored(mirrors, tmp_path):
    before = os.umask(0o022)
    try:
        mirrors("good")
        data.mnist()
    finally:
        os.umask(before)
    modes = {p.stat().st_mode & 0o777 for p in (tmp_path / "mnist").iterdir()}
    assert modes == {0o644}


@pytest.mark.parametrize("fault", FAULTS)
def test_next_mirror_takes_over(mirrors, fault, capsys, tmp_path):
    mirrors(fault, "good")
    assert_published(data.mnist())
    assert capsys.readouterr().out == ""
    assert stored(tmp_path / "mnist") == PUBLISHED


@pytest.mark.parametrize("fault", FAULTS)
def test_every_load_announces_the_stand_in_until_a_mirror_works(
    mirrors, fault, capsys, tmp_path
):
    mirrors(fault)
    for _ in range(2):
        assert not data.mnist().is_real
        line = one_line(capsys.readouterr().out)
        assert line.startswith("MNIST: ") and FAULTS[fault] in line
        assert str(tmp_path / "mnist" / NAMES[0]) in line
        assert "tiny digits stand in" in line and "restart the kernel" in line
    assert stored(tmp_path) == {}
    mirrors("good")
    assert_published(data.mnist())


def test_a_cut_connection_is_tried_again(mirrors, capsys):
    mirrors("once")
    assert_published(data.mnist())
    assert mirrors.server.asked.count(f"/once/{NAMES[0]}") == 2
    assert capsys.readouterr().out == ""


def test_a_silent_network_is_asked_once(mirrors):
    mirrors("silent")
    assert not data.mnist().is_real
    assert not data.mnist().is_real
    assert len(mirrors.server.asked) == 1


def test_a_failing_file_ends_the_attempt(mirrors):
    mirrors("404")
    data.mnist()
    names = {path.split("/")[-1] for path in mirrors.server.asked}
    assert names == {NAMES[0], NAMES[3]}, "the last asks who is there"


def test_a_file_is_not_called_damaged_because_a_later_one_fails(
    mirrors, tmp_path, capsys
):
    put(tmp_path / "mnist")
    path = tmp_path / "mnist" / NAMES[0]
    path.write_bytes(b"damaged")
    (tmp_path / "mnist" / NAMES[1]).unlink()
    mirrors("images")
    for _ in range(2):
        assert not data.mnist().is_real
        line = one_line(capsys.readouterr().out)
        assert f"no {tmp_path / 'mnist' / NAMES[1]}" in line
        assert path.read_bytes() == PUBLISHED[NAMES[0]]


def test_a_damaged_file_alone_is_fetched_again(mirrors, tmp_path):
    put(tmp_path / "mnist")
    path = tmp_path / "mnist" / NAMES[0]
    raw = bytearray(path.read_bytes())
    raw[50] ^= 1
    path.write_bytes(raw)
    mirrors("good")
    assert_published(data.mnist())
    asked = [f"/good/{NAMES[3]}", f"/good/{NAMES[0]}"]
    assert mirrors.server.asked == asked, "the last asks who is there"
    assert stored(tmp_path / "mnist") == PUBLISHED


def test_a_certificate_that_is_not_trusted(mirrors, monkeypatch, capsys):
    def get(url, **options):
        raise requests.exceptions.SSLError("certificate verify failed")

    monkeypatch.setattr(requests, "get", get)
    assert not data.mnist().is_real
    line = one_line(capsys.readouterr().out)
    assert "(the certificate isn't trusted: correct REQUESTS_CA_BUN" in line


# Where the files can't be stored


@pytest.fixture
def closed_folder(monkeypatch):
    """A data folder, and a function that closes it to writing.

    Root may write to it all the same: so the function gives root up.
    """
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "data")
        put(path / "mnist")
        monkeypatch.setenv("COURSE_DATA", str(path))

        def close():
            for item in (Path(folder), path, path / "mnist"):
                item.chmod(0o555)
            if root:
                os.seteuid(65534)

        yield path, close
        if root:
            os.seteuid(0)
        for item in (Path(folder), path, path / "mnist"):
            item.chmod(0o755)


@needs_users
def test_read_only_folder_with_all_files(mirrors, closed_folder, capsys):
    closed_folder[1]()
    assert_published(data.mnist())
    assert capsys.readouterr().out == ""


@needs_users
def test_read_only_folder_that_lacks_a_file(mirrors, closed_folder, capsys):
    folder, close = closed_folder
    (folder / "mnist" / NAMES[0]).unlink()
    close()
    mirrors("good")
    assert_published(data.mnist())
    line = one_line(capsys.readouterr().out)
    assert f"MNIST can't be stored in {folder / 'mnist'} (Permission" in line
    assert "set COURSE_DATA to a folder" in line


@needs_users
def test_unreadable_file(mirrors, closed_folder, capsys):
    folder, close = closed_folder
    path = folder / "mnist" / NAMES[2]
    path.chmod(0)
    close()
    with pytest.raises(data.DataError) as error:
        data.mnist()
    line = str(error.value)
    assert line.startswith(f"{path} can't be read (Permission denied) and no")
    assert "mend the file" in line and "\n" not in line
    mirrors("good")
    assert_published(data.mnist())
    one_line(capsys.readouterr().out)


def test_full_disk(mirrors, tmp_path, monkeypatch, capsys):
    write_bytes = Path.write_bytes

    def fill(path, raw):
        write_bytes(path, raw[:9])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(Path, "write_bytes", fill)
    mirrors("good")
    assert_published(data.mnist())
    line = one_line(capsys.readouterr().out)
    assert f"{tmp_path / 'mnist'} (No space left on device)" in line
    assert "folder with room" in line
    assert stored(tmp_path) == {}, "half a file was left"


def test_a_file_where_a_folder_should_be(mirrors, tmp_path, capsys):
    (tmp_path / "mnist").write_text("")
    mirrors("good")
    assert_published(data.mnist())
    line = one_line(capsys.readouterr().out)
    assert f"can't be stored in {tmp_path / 'mnist'} (" in line


def test_a_folder_where_modes_cannot_be_changed(
    mirrors, tmp_path, monkeypatch, capsys
):
    def refuse(*args, **kwargs):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    for name in ("chmod", "fchmod", "utime"):
        monkeypatch.setattr(os, name, refuse, raising=False)
    mirrors("good")
    assert_published(data.mnist())
    assert stored(tmp_path / "mnist") == PUBLISHED
    assert capsys.readouterr().out == ""


# Processes of their own

START = """
import sys, threading
sys.path.insert(0, {tests!r})
sys.modules["socks"] = None  # no package for SOCKS proxies
import tiny
from utils import data, stand_ins
stand_ins.digits = tiny.ARRAYS.values
data.REGISTRY = tiny.registry(*{mirrors!r})

def load():
    images = data.mnist()
    total = sum(int(array.sum()) for array in images[:4])
    sys.stdout.write(f"{{images.is_real}} {{total}}\\n")

threads = [threading.Thread(target=load) for _ in range({threads})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def start(mirror, threads=1, **environment):
    code = START.format(
        tests=str(Path(__file__).parent), mirrors=[mirror], threads=threads
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"TQDM_DISABLE": "1"} | environment,
    )


REAL = f"True {sum(int(array.sum()) for array in ARRAYS.values())}\n"


def test_two_processes_at_once(mirrors, tmp_path):
    mirror = mirrors.server.address("together")
    for process in [start(mirror), start(mirror)]:
        assert process.communicate(timeout=WAIT) == (REAL, "")
    gets = Counter(mirrors.server.asked)
    assert set(gets.values()) == {2, 4} and len(gets) == 4
    assert stored(tmp_path / "mnist") == PUBLISHED


def test_two_processes_with_four_threads_each(mirrors, tmp_path):
    mirror = mirrors.server.address("good")
    for process in [start(mirror, threads=4), start(mirror, threads=4)]:
        assert process.communicate(timeout=WAIT) == (4 * REAL, "")
    assert stored(tmp_path / "mnist") == PUBLISHED


def test_killed_download_then_again(mirrors, tmp_path):
    process = start(mirrors.server.address("stall"))
    assert mirrors.server.stalled.wait(WAIT)
    while f"/stall/{NAMES[0]}" not in mirrors.server.asked:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=WAIT)
    assert stored(tmp_path) == {}
    mirrors("good")
    assert_published(data.mnist())
    assert stored(tmp_path / "mnist") == PUBLISHED


@pytest.mark.parametrize(
    ("environment", "cause"),
    [
        ({"https_proxy": "socks5://127.0.0.1:9"}, "pip install pysocks"),
        ({"https_proxy": "http://127.0.0.1:9"}, "correct HTTPS_PROXY"),
        ({"https_proxy": "http://host:port"}, "not a valid host or port"),
        ({"https_proxy": "nowhere://127.0.0.1:9"}, "unsupported scheme"),
        ({"REQUESTS_CA_BUNDLE": "/no/file"}, "REQUESTS_CA_BUNDLE"),
        ({}, "connection failed"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(mirrors, environment, cause):
    cleared = {"NO_PROXY": "", "no_proxy": "", "HTTPS_PROXY": ""}
    process = start("https://127.0.0.1:9/{}", **cleared, **environment)
    out, err = process.communicate(timeout=WAIT)
    announced, images, end = out.split("\n")
    assert announced.startswith("MNIST: no mirror can be reached (")
    assert cause in announced
    assert (images.split()[0], end, err) == ("False", "", "")
