"""utils.data and its folder: what it reads, what it says, what it lists."""

import functools
import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny import (
    NAMES,
    PUBLISHED,
    UNPACKED,
    WAIT,
    assert_published,
    one_line,
    put,
)

from utils import data, stand_ins

ROOT = Path(data.__file__).resolve().parent.parent
REAL = data.REGISTRY


# Files under other names, in other places

SPELLINGS = {
    "unpacked": lambda name: f"mnist/{name[:-3]}",
    "unpacked under the old name": lambda name: f"mnist/{name}",
    "with a dot": lambda name: f"mnist/{name[:-3].replace('-idx', '.idx')}",
    "flat": lambda name: name,
    "flat and unpacked": lambda name: name[:-3],
    "torchvision": lambda name: f"MNIST/raw/{name[:-3]}",
    "torchvision in mnist": lambda name: f"mnist/MNIST/raw/{name[:-3]}",
    "packed": lambda name: f"other/{name}",
    "twice": lambda name: f"{name[:-3]}/{name[:-3]}",
    "numbered by a browser": lambda name: f"{name} (1)",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_files_are_known_by_their_content(mirrors, tmp_path, spelling, capsys):
    packed = spelling in ("flat", "packed", "numbered by a browser")
    for name, raw in (PUBLISHED if packed else UNPACKED).items():
        path = tmp_path / SPELLINGS[spelling](name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    assert_published(data.mnist())
    assert capsys.readouterr().out == ""


def test_a_file_may_be_packed_again(mirrors, tmp_path):
    put(tmp_path / "mnist")
    raw = gzip.compress(UNPACKED[NAMES[0]], compresslevel=1, mtime=1)
    assert raw != PUBLISHED[NAMES[0]]
    (tmp_path / "mnist" / NAMES[0]).write_bytes(raw)
    assert_published(data.mnist())


def test_files_of_another_data_set_are_not_taken(mirrors, tmp_path, capsys):
    for name, raw in UNPACKED.items():
        other = raw[:16] + bytes(255 - byte for byte in raw[16:])
        (tmp_path / name).write_bytes(other)
    assert not data.mnist().is_real
    one_line(capsys.readouterr().out)


def test_the_line_says_what_the_folder_holds(mirrors, tmp_path, capsys):
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / "mnist.npz").write_text("")
    assert not data.mnist().is_real
    line = one_line(capsys.readouterr().out)
    path = tmp_path / "mnist" / NAMES[0]
    assert f"there is no {path} (but mnist.npz), so tiny digits" in line


def test_the_line_names_the_file_that_is_missing(mirrors, tmp_path, capsys):
    put(tmp_path / "mnist")
    (tmp_path / "mnist" / NAMES[2]).unlink()
    assert not data.mnist().is_real
    line = one_line(capsys.readouterr().out)
    assert f"there is no {tmp_path / 'mnist' / NAMES[2]}" in line


def test_a_search_ends_in_a_folder_without_end(mirrors, tmp_path, monkeypatch):
    listed = []

    def glob(folder, pattern):
        for number in range(100_000 if folder == tmp_path else 0):
            listed.append(number)
            yield folder / str(number)

    monkeypatch.setattr(Path, "glob", glob)
    assert not data.mnist().is_real
    assert 0 < len(listed) < 10_000


# Files that can't be used


@pytest.mark.parametrize("spoil", [lambda raw: raw[:-20], lambda raw: b""])
def test_damaged_file_offline(mirrors, spoil, tmp_path):
    put(tmp_path / "mnist")
    path = tmp_path / "mnist" / NAMES[2]
    path.write_bytes(spoil(path.read_bytes()))
    for _ in range(2):
        with pytest.raises(data.DataError) as error:
            data.mnist()
        line = str(error.value)
        assert line.startswith(f"{path} is damaged and no mirror can be")
        assert "delete it" in line and "\n" not in line
    path.unlink()
    assert not data.mnist().is_real


def test_folder_in_the_place_of_a_file(mirrors, tmp_path):
    path = tmp_path / "mnist" / NAMES[0]
    path.mkdir(parents=True)
    with pytest.raises(data.DataError) as error:
        data.mnist()
    assert str(error.value).startswith(f"{path} can't be read (")


# COURSE_DATA


@pytest.mark.parametrize("load", [data.mnist, data.tiny_shakespeare])
def test_course_data_is_not_a_folder(load, monkeypatch, tmp_path):
    path = tmp_path / "no-folder"
    monkeypatch.setenv("COURSE_DATA", str(path))
    for _ in range(2):
        with pytest.raises(data.DataError, match="^COURSE_DATA names ") as e:
            load()
        assert f"{path}, which can't be used (no such folder)" in str(e.value)
        path.write_text("a file")


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX systems")
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("~nosuchuser/data", "no such folder"),
        ("/" + 300 * "x", "File name too long"),
        ("/dev/null/data", "no such folder"),
        ("loop/data", "no such folder"),
    ],
)
def test_course_data_that_no_system_can_open(
    monkeypatch, tmp_path, path, reason
):
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_DATA", path)
    with pytest.raises(data.DataError, match="^COURSE_DATA names .*$") as e:
        data.mnist()
    assert f"({reason}): correct it, or unset it" in str(e.value)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no seteuid")
def test_course_data_in_a_closed_folder(monkeypatch, tmp_path):
    (tmp_path / "closed" / "data").mkdir(parents=True)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "closed" / "data"))
    (tmp_path / "closed").chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(data.DataError) as error:
            data.mnist()
    finally:
        if root:
            os.seteuid(0)
        (tmp_path / "closed").chmod(0o755)
    line = str(error.value)
    assert line.startswith("COURSE_DATA names ") and "\n" not in line
    assert "which can't be used (Permission denied): correct it" in line


def test_course_data_may_begin_with_the_home_folder(
    mirrors, monkeypatch, tmp_path
):
    put(tmp_path / "data" / "mnist")
    monkeypatch.setenv("COURSE_DATA", "~/data")
    for home in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(home, str(tmp_path))
    assert_published(data.mnist())


@pytest.mark.parametrize("given", ['"{}"', "'{}'", "{}\r", " {}\n"])
def test_what_a_shell_adds_to_course_data_is_no_part_of_it(
    monkeypatch, tmp_path, given
):
    monkeypatch.setenv("COURSE_DATA", given.format(tmp_path))
    assert data.folder() == tmp_path


def test_without_course_data_the_course_s_own_folder(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "")
    assert data.folder() == ROOT / "data"


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


@pytest.mark.skipif(os.name == "nt", reason="names of POSIX systems")
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_a_line_is_printed_on_any_terminal(tmp_path, encoding):
    folder = os.fsencode(tmp_path) + b"/\xe6\x95\xb0\xff"
    os.mkdir(folder)
    code = "from utils import data\ndata._say(f'folder {data.folder()}')\n"
    environment = {"COURSE_DATA": folder, "PYTHONIOENCODING": encoding}
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        cwd=ROOT,
        env=os.environ | environment,
        timeout=WAIT,
    )
    assert run.stderr == b""
    assert run.stdout.startswith(b"folder /") and run.stdout.count(b"\n") == 1


def test_a_data_set_is_stored_when_all_files_are_there(mirrors, tmp_path):
    assert not data.is_stored("mnist")
    put(tmp_path / "mnist")
    assert data.is_stored("mnist")
    (tmp_path / "mnist" / NAMES[1]).write_bytes(b"")
    assert not data.is_stored("mnist")


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
    row = r"^\| `(\S+)/(\S+)` \| ([\d,]+) \| ([\d,]+) \| `(\w{64})` \|$"
    listed = {
        (folder, name, *(int(n.replace(",", "")) for n in sizes), sha256)
        for folder, name, *sizes, sha256 in re.findall(row, text, re.MULTILINE)
    }
    assert listed == {(f, *file) for f, d in REAL.items() for file in d.files}
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
        mirrors = [m for dataset in REAL.values() for m in dataset.mirrors]
        offline = dict.fromkeys(mirrors, "not asked")
        patch.setattr(data, "_ask_mirrors", lambda: offline)
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
        assert text == stand_ins.text()
