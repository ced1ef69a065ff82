"""utils.data against a mirror on this machine, and its stand-ins."""

import functools
import gzip
import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from utils import data

ROOT = Path(data.__file__).resolve().parent.parent
NAMES = [file.name for file in data.REGISTRY["mnist"].files]
REAL = data.REGISTRY
WAIT = 30  # seconds, for what takes far less


def pack(array):
    """The bytes of a gzipped IDX file."""
    head = bytes([0, 0, 8, array.ndim])
    shape = np.array(array.shape, ">i4").tobytes()
    return gzip.compress(head + shape + array.tobytes())


def make_arrays():
    rng = np.random.default_rng(1)
    for n in (300, 10):
        yield rng.integers(0, 256, (n, 28, 28), np.uint8)
        yield rng.integers(0, 10, n, np.uint8)


ARRAYS = dict(zip(NAMES, make_arrays(), strict=True))
PUBLISHED = {name: pack(array) for name, array in ARRAYS.items()}


class Handler(BaseHTTPRequestHandler):
    """GET /fault/name: the file, spoilt as the fault says."""

    def do_HEAD(self):
        self.server.asked.append(self.path)
        if self.path.startswith("/silent"):
            self.server.closing.wait(WAIT)
        self.send_response(200)
        self.end_headers()

    def do_GET(self):
        self.server.asked.append(self.path)
        _, fault, name = self.path.split("/")
        body = PUBLISHED[name]
        half = body[: len(body) // 2]
        if fault == "once":  # cut the first time
            fault = "cut" if self.server.asked.count(self.path) == 1 else ""
        if fault in ("404", "500"):
            return self.send_error(int(fault))
        if fault == "corrupt":
            body = body[:-20] + bytes([body[-20] ^ 1]) + body[-19:]
        if fault == "truncated":
            body = half
        if fault == "together":  # answers once both processes have asked
            self.server.pair.wait(WAIT)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(half if fault in ("cut", "stall") else body)
        if fault == "stall":
            self.wfile.flush()
            self.server.stalled.set()
            self.server.closing.wait(WAIT)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.closing, server.stalled = threading.Event(), threading.Event()
    server.pair = threading.Barrier(2)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_network(monkeypatch, tmp_path):
    """An empty data folder, no mirrors, nothing remembered."""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    offline = {name: d._replace(mirrors=()) for name, d in REAL.items()}
    monkeypatch.setattr(data, "REGISTRY", offline)
    forget()


def forget():
    """Do what restarting the kernel does."""
    data._live_mirrors.cache_clear()
    data._announce.cache_clear()


@pytest.fixture
def mirrors(server, monkeypatch):
    """Function that sets MNIST's mirrors, each with a fault or "good"."""
    address = f"http://127.0.0.1:{server.server_port}"

    def set_mirrors(*faults):
        urls = [
            "http://127.0.0.1:9/{}"
            if fault == "down"  # nobody listens
            else f"{address}/{fault}/{{}}"
            for fault in faults
        ]
        files = [
            data.File(name, len(raw), hashlib.sha256(raw).hexdigest())
            for name, raw in PUBLISHED.items()
        ]
        mnist = data.DataSet("MNIST", "tiny digits", tuple(urls), tuple(files))
        monkeypatch.setattr(data, "REGISTRY", {"mnist": mnist})
        mute = {"stall", "silent"} & set(faults)
        monkeypatch.setattr(data, "PATIENCE", 0.5 if mute else WAIT)
        forget()

    server.asked = []
    monkeypatch.setattr(data, "digits_stand_in", lambda: "stand-in")
    return set_mirrors


def assert_published(images):
    assert images.is_real
    assert images.class_names == tuple("0123456789")
    for array, name in zip(images[:4], NAMES, strict=True):
        np.testing.assert_array_equal(array, ARRAYS[name])


def stored(folder):
    """Contents of all files below a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name: path.read_bytes() for path in paths}


def one_line(text):
    assert text.endswith("\n") and text.count("\n") == 1, text
    return text


FAULTS = ["corrupt", "truncated", "404", "500", "stall", "cut", "down"]


def test_fetched_arrays_are_the_published_ones(mirrors, tmp_path):
    mirrors("good")
    images = data.mnist()
    assert_published(images)
    assert [a.dtype for a in images[:4]] == [np.uint8, np.int64] * 2
    assert all(array.flags.writeable for array in images[:4])
    assert stored(tmp_path / "mnist") == PUBLISHED
    modes = {p.stat().st_mode & 0o777 for p in (tmp_path / "mnist").iterdir()}
    assert modes == {0o644}  # a class may share the folder


def test_cached_files_need_no_mirror(mirrors, server):
    mirrors("good")
    data.mnist()
    server.asked = []
    mirrors("good")
    assert_published(data.mnist())
    assert server.asked == []


@pytest.mark.parametrize("fault", FAULTS)
def test_next_mirror_takes_over(mirrors, fault, capsys, tmp_path):
    mirrors(fault, "good")
    assert_published(data.mnist())
    assert capsys.readouterr().out == ""
    assert stored(tmp_path / "mnist") == PUBLISHED


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("corrupt", "damaged copy"),
        ("truncated", "damaged copy"),
        ("404", "HTTP error 404"),
        ("500", "HTTP error 500"),
        ("stall", "connection lost"),
        ("cut", "connection lost"),
        ("down", "no mirror can be reached"),
    ],
)
def test_stand_in_until_a_mirror_works(
    mirrors, fault, reason, capsys, tmp_path
):
    mirrors(fault)
    assert data.mnist() == "stand-in"
    line = one_line(capsys.readouterr().out)
    assert line.startswith("MNIST: ") and reason in line
    assert "tiny digits stand in" in line and "restart the kernel" in line
    assert stored(tmp_path) == {}
    assert data.mnist() == "stand-in"
    assert capsys.readouterr().out == "", "announced twice"
    mirrors("good")
    assert_published(data.mnist())


def test_a_cut_connection_is_tried_again(mirrors, server, capsys):
    mirrors("once")
    assert_published(data.mnist())
    assert server.asked.count(f"/once/{NAMES[0]}") == 2
    assert capsys.readouterr().out == ""


def test_a_silent_network_is_asked_once(mirrors, server):
    mirrors("silent")
    assert data.mnist() == data.mnist() == "stand-in"
    assert len(server.asked) == 1


def test_a_failing_file_ends_the_attempt(mirrors, server):
    mirrors("404")
    data.mnist()
    assert {path.split("/")[-1] for path in server.asked} == {"", NAMES[0]}


@pytest.mark.parametrize("spoil", [lambda raw: raw[:-1], lambda raw: b""])
def test_tampered_file_offline(mirrors, spoil, tmp_path):
    mirrors("good")
    data.mnist()
    path = tmp_path / "mnist" / NAMES[2]
    path.write_bytes(spoil(path.read_bytes()))
    mirrors("down")
    with pytest.raises(data.DataError) as error:
        data.mnist()
    assert re.match(f"{path} is damaged .*delete", str(error.value))
    assert "\n" not in str(error.value)
    path.unlink()
    assert data.mnist() == "stand-in"


def test_tampered_file_online(mirrors, server, tmp_path):
    mirrors("good")
    data.mnist()
    path = tmp_path / "mnist" / NAMES[0]
    raw = bytearray(path.read_bytes())
    raw[50] ^= 1
    path.write_bytes(raw)
    server.asked = []
    assert_published(data.mnist())
    assert server.asked == [f"/good/{NAMES[0]}"]
    assert stored(tmp_path / "mnist") == PUBLISHED


@pytest.fixture
def folder_of_a_user(monkeypatch):
    """A data folder, and a function that makes it read-only.

    Root may write to it all the same: so the function gives root up.
    """
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "data")
        path.mkdir()
        monkeypatch.setenv("COURSE_DATA", str(path))

        def make_read_only():
            for item in (Path(folder), path, path / "mnist"):
                item.chmod(0o555)
            if root:
                os.seteuid(65534)

        yield path, make_read_only
        if root:
            os.seteuid(0)
        for item in (Path(folder), path, path / "mnist"):
            item.chmod(0o755)


def test_read_only_folder_with_all_files(mirrors, folder_of_a_user):
    mirrors("good")
    data.mnist()
    folder_of_a_user[1]()
    mirrors("down")
    assert_published(data.mnist())


def test_read_only_folder_that_lacks_a_file(mirrors, folder_of_a_user):
    folder, make_read_only = folder_of_a_user
    mirrors("good")
    data.mnist()
    (folder / "mnist" / NAMES[0]).unlink()
    make_read_only()
    with pytest.raises(data.DataError) as error:
        data.mnist()
    assert f"{folder}/mnist" in str(error.value)
    assert "Permission denied" in str(error.value)
    assert "make the data folder writable" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_where_a_folder_should_be(mirrors, tmp_path):
    (tmp_path / "mnist").write_text("")
    mirrors("good")
    with pytest.raises(data.DataError, match=f"Can't use {tmp_path}/mnist"):
        data.mnist()


@pytest.mark.parametrize("load", [data.mnist, data.tiny_shakespeare])
def test_course_data_is_not_a_folder(load, monkeypatch, tmp_path):
    path = tmp_path / "no-folder"
    for _ in range(2):
        monkeypatch.setenv("COURSE_DATA", str(path))
        with pytest.raises(data.DataError, match=f"COURSE_DATA names {path}"):
            load()
        path.write_text("a file")


def test_without_course_data_the_course_s_own_folder(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "")
    assert data._data_folder() == ROOT / "data"


def test_ipython_shows_an_error_in_one_line(tmp_path):
    env = os.environ | {
        "COURSE_DATA": str(tmp_path / "nowhere"),
        "IPYTHONDIR": str(tmp_path),
    }
    code = "from utils import data\ndata.mnist()"
    run = subprocess.run(
        [sys.executable, "-m", "IPython", "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=env,
        timeout=WAIT,
    )
    shown = one_line(run.stdout + run.stderr)
    assert shown.startswith("DataError: COURSE_DATA names ")


# What a process of its own needs to use the mirrors of this test.
START = """
from utils import data
from utils.data import DataSet, File
data.REGISTRY = {registry!r}
images = data.mnist()
print(images.is_real, sum(int(array.sum()) for array in images[:4]))
"""


def start():
    return subprocess.Popen(
        [sys.executable, "-c", START.format(registry=data.REGISTRY)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_two_processes_at_once(mirrors, server, tmp_path):
    mirrors("together")
    processes = [start(), start()]
    total = sum(int(array.sum()) for array in ARRAYS.values())
    for process in processes:
        out, err = process.communicate(timeout=WAIT)
        assert out == f"True {total}\n", err
    gets = Counter(path for path in server.asked if path.endswith("gz"))
    assert set(gets.values()) == {2}
    assert stored(tmp_path / "mnist") == PUBLISHED


def test_killed_download_then_again(mirrors, server, tmp_path):
    mirrors("stall")
    server.stalled.clear()
    process = start()
    assert server.stalled.wait(WAIT)
    while not any(stored(tmp_path).values()):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=WAIT)
    left = list((tmp_path / "mnist").iterdir())
    assert [path.name[:6] for path in left] == [".part-"]

    mirrors("down")
    assert data.mnist() == "stand-in", "half a file was taken for data"
    os.utime(left[0], (0, 0))
    mirrors("good")
    assert_published(data.mnist())
    assert stored(tmp_path / "mnist") == PUBLISHED, "the rest was not removed"


@pytest.mark.parametrize(
    "content",
    [
        bytes([0, 0, 9, 1, 0, 0, 0, 2, 5, 6]),  # signed bytes
        bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 6]),  # three announced, two there
        bytes([1, 0, 8, 1, 0, 0, 0, 2, 5, 6]),  # not IDX
    ],
)
def test_only_idx_files_of_bytes_are_parsed(content):
    with pytest.raises(data.DataError, match="no IDX file"):
        data._parse_idx(gzip.compress(content))


def test_prefetch_prints_what_is_where(mirrors, tmp_path, capsys):
    mirrors("good")
    data.main()
    head, *rows = capsys.readouterr().out.splitlines()
    assert head == f"Data folder: {tmp_path}"
    assert [row.split()[1] for row in rows] == [f"mnist/{n}" for n in NAMES]
    assert all(row.endswith("MB  fetched") for row in rows)
    assert len({len(row) for row in rows}) == 1, "columns are not aligned"
    data.main()
    assert capsys.readouterr().out.count("MB  in place") == 4


@pytest.mark.parametrize("fault", ["down", "404"])
def test_prefetch_that_fails(mirrors, fault):
    mirrors(fault)
    with pytest.raises(SystemExit, match="^MNIST is missing: no mirror .*$"):
        data.main()


def test_prefetch_with_a_damaged_file_offline(mirrors, tmp_path):
    mirrors("good")
    data.main()
    (tmp_path / "mnist" / NAMES[3]).write_bytes(b"")
    mirrors("down")
    with pytest.raises(SystemExit, match=f"^.*{NAMES[3]} is damaged.*$"):
        data.main()


def test_prefetch_as_a_command(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "utils.data"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"COURSE_DATA": str(tmp_path / "nowhere")},
        timeout=WAIT,
    )
    assert run.returncode == 1
    assert one_line(run.stderr).startswith("COURSE_DATA names ")


def test_import_loads_no_framework():
    code = "import sys, utils.data; print(*sys.modules)"
    loaded = subprocess.check_output(
        [sys.executable, "-c", code], text=True, cwd=ROOT, timeout=WAIT
    ).split()
    heavy = (
        "torch tensorflow keras jax sklearn scipy matplotlib pooch requests"
    )
    assert "utils.data" in loaded
    assert not set(heavy.split()) & set(loaded)


def test_readme_agrees_with_the_registry():
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    row = r"^\| `(\S+)/(\S+)` \| ([\d,]+) \| `([0-9a-f]{64})` \|$"
    listed = {
        (folder, data.File(name, int(size.replace(",", "")), sha256))
        for folder, name, size, sha256 in re.findall(row, text, re.MULTILINE)
    }
    assert listed == {(f, file) for f, d in REAL.items() for file in d.files}
    for dataset in REAL.values():
        assert len(dataset.mirrors) >= 2
        for mirror in dataset.mirrors:
            assert mirror.split("/{}")[0] in text


# The data sets themselves: real where they are on this machine.
PLACES = [
    os.environ.get("COURSE_DATA"),
    ROOT / "data",
    ROOT.parent / "shared/data",
]


def place(name):
    """Folder that holds a data set on this machine, or None."""
    files = [f"{name}/{file.name}" for file in REAL[name].files]
    for folder in filter(None, PLACES):
        if all(Path(folder, file).exists() for file in files):
            return str(folder)


@functools.cache
def load(function, name):
    with pytest.MonkeyPatch.context() as patch:
        if place(name):
            patch.setenv("COURSE_DATA", place(name))
        return function()


MNIST_TRAIN = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
MNIST_TEST = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.mark.parametrize(
    ("function", "name"),
    [(data.mnist, "mnist"), (data.fashion_mnist, "fashion-mnist")],
)
def test_image_data_set(function, name):
    images = load(function, name)
    assert images.is_real == bool(place(name))
    x, y, x_test, y_test, class_names, _ = images
    assert x.shape == (60_000, 28, 28) and x_test.shape == (10_000, 28, 28)
    assert x.dtype == x_test.dtype == np.uint8
    assert y.dtype == y_test.dtype == np.int64
    assert len(class_names) == 10
    counts = [6000] * 10, [1000] * 10
    if images.is_real and name == "mnist":
        counts = MNIST_TRAIN, MNIST_TEST
    assert np.bincount(y).tolist() == counts[0]
    assert np.bincount(y_test).tolist() == counts[1]


def test_fashion_class_names():
    names = load(data.fashion_mnist, "fashion-mnist").class_names
    assert names == (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    )  # fmt: skip


def test_tiny_shakespeare():
    text = load(data.tiny_shakespeare, "tinyshakespeare")
    if place("tinyshakespeare"):
        assert text.startswith("First Citizen:\nBefore we proceed")
        assert len(text) == 1_115_394 and len(set(text)) == 65
    else:
        assert text == data.text_stand_in()


digits = functools.cache(data.digits_stand_in)
garments = functools.cache(data.garments_stand_in)


@pytest.mark.parametrize("make", [digits, garments])
def test_stand_in_has_the_shapes_and_is_the_same_each_time(make):
    images = make()
    again = make.__wrapped__()
    for array, same in zip(images[:4], again[:4], strict=True):
        np.testing.assert_array_equal(array, same)
    x, y, x_test, y_test, class_names, is_real = images
    assert not is_real and len(class_names) == 10
    assert x.shape == (60_000, 28, 28) and x_test.shape == (10_000, 28, 28)
    assert x.dtype == x_test.dtype == np.uint8
    assert y.dtype == y_test.dtype == np.int64
    assert (np.bincount(y) == 6000).all()
    assert (np.bincount(y_test) == 1000).all()
    assert x.max() == 255 and np.median(x) == 0  # bright on black


def linear_accuracy(images, rng):
    """Test accuracy of softmax regression after three epochs."""
    x, y, x_test, y_test = images[:4]
    x = x.reshape(-1, 784) / np.float32(255)
    W = np.zeros((784, 10), np.float32)
    for rows in np.split(np.concatenate([rng.permutation(60_000)] * 3), 1800):
        scores = x[rows] @ W
        probs = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        probs[np.arange(len(rows)), y[rows]] -= 1
        W -= 0.1 / len(rows) * x[rows].T @ probs
    return (np.argmax(x_test.reshape(-1, 784) @ W, axis=1) == y_test).mean()


@pytest.mark.parametrize(
    ("make", "low", "high"), [(digits, 0.93, 0.99), (garments, 0.86, 0.95)]
)
def test_stand_in_is_neither_trivial_nor_hopeless(make, low, high):
    accuracy = linear_accuracy(make(), np.random.default_rng(0))
    assert low < accuracy < high


def test_digits_are_centred_and_of_mnist_s_size():
    ink = digits().train_images[:2000] > 40
    for axis in (1, 2):
        where = ink.any(axis=axis)
        first = where.argmax(axis=1)
        last = 27 - where[:, ::-1].argmax(axis=1)
        assert abs((first + last).mean() / 2 - 13.5) < 0.7
    assert 18 < (last - first + 1).mean() < 22  # rows


def test_test_digits_have_originals_of_their_own(monkeypatch):
    plain = np.eye(64, 784, dtype=np.float32)
    monkeypatch.setattr(data, "_enlarger", lambda rng: plain)
    images = data.digits_stand_in()
    train, test = ({i.tobytes() for i in images[j]} for j in (0, 2))
    assert len(train) > 1400 and len(test) > 250
    assert not train & test


def test_test_garments_have_cuts_of_their_own(monkeypatch):
    monkeypatch.setattr(data, "_cloth", lambda rng, n: 255)
    images = data.garments_stand_in()
    train, test = ({i.tobytes() for i in images[j]} for j in (0, 2))
    assert len(train) == 6000 and len(test) == 1000
    assert not train & test


def test_text_stand_in():
    text = data.text_stand_in()
    assert text == data.text_stand_in()
    assert len(text) > 300_000
    assert text.index('The "assert" statement') < text.index(
        'The "while" statement'
    )
    assert text.encode().decode() == text
