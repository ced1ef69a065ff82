"""The course's data sets as NumPy arrays: fetched, verified, cached.

The files lie in the folder that COURSE_DATA names, else in `data/`. Missing
ones are fetched there, and all are verified whenever they are loaded. Without
a network, a stand-in of the same shapes takes a data set's place.
`python -m utils.data` fetches everything beforehand.
"""

import contextlib
import functools
import hashlib
import os
import shutil
import sys
import tempfile
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

PATIENCE = 8  # seconds that a mirror may be silent


class File(NamedTuple):
    name: str
    size: int  # bytes
    sha256: str


class DataSet(NamedTuple):
    title: str
    stand_in: str
    mirrors: tuple[str, ...]  # {} is where the name of a file goes
    files: tuple[File, ...]


class ImageData(NamedTuple):
    """Training and test images, (n, 28, 28) uint8, and labels, (n,) int64."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    class_names: tuple[str, ...]
    is_real: bool  # False for a stand-in


class DataError(RuntimeError):
    """Why the data can't be loaded and what to do, in one line."""

    def _render_traceback_(self):  # all that IPython shows
        return [f"DataError: {self}"]


class _Unavailable(Exception):
    """Why no mirror gave what is missing."""


def _idx_files(sizes, *sums):
    parts = ("train-images-idx3", "train-labels-idx1")
    parts += ("t10k-images-idx3", "t10k-labels-idx1")
    return tuple(map(File, (f"{p}-ubyte.gz" for p in parts), sizes, sums))


REGISTRY = {  # folder: data set
    "mnist": DataSet(
        "MNIST",
        "enlarged 8x8 digits",
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/{}",
            "https://storage.googleapis.com/cvdf-datasets/mnist/{}",
        ),
        _idx_files(
            (9912422, 28881, 1648877, 4542),
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    ),
    "fashion-mnist": DataSet(
        "Fashion-MNIST",
        "drawn garments",
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist"
            "/master/data/fashion/{}",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{}",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/{}",
        ),
        _idx_files(
            (26421880, 29515, 4422102, 5148),
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    ),
    "tinyshakespeare": DataSet(
        "Tiny Shakespeare",
        "Python's help texts",
        (
            "https://raw.githubusercontent.com/karpathy/char-rnn"
            "/master/data/tinyshakespeare/{}",
            "https://storage.googleapis.com/download.tensorflow.org"
            "/data/shakespeare.txt",
        ),
        (
            File(
                "input.txt",
                1115394,
                "86c4e6aa9db7c042ec79f339dcb96d42"
                "b0075e16b8fc2e86bf0ca57e2dc565ed",
            ),
        ),
    ),
}


def mnist():
    """Load MNIST, 60,000 and 10,000 handwritten digits, as ImageData.

    Source: data/README.md. Without files and network: `digits_stand_in()`.
    Raises DataError if a file is damaged or the folder can't be used.
    """
    return _load_images("mnist", DIGITS, digits_stand_in)


def fashion_mnist():
    """Load Fashion-MNIST, 60,000 and 10,000 garments, as ImageData.

    Source: data/README.md. Without files and network: `garments_stand_in()`.
    Raises DataError if a file is damaged or the folder can't be used.
    """
    return _load_images("fashion-mnist", tuple(GARMENTS), garments_stand_in)


def tiny_shakespeare():
    """Load Tiny Shakespeare, 1,115,394 characters, as one str.

    Source: data/README.md. Without file and network: `text_stand_in()`.
    Raises DataError if the file is damaged or the folder can't be used.
    """
    contents = _load("tinyshakespeare")
    return contents[0].decode() if contents else text_stand_in()


def _load_images(name, class_names, stand_in):
    contents = _load(name)
    if not contents:
        return stand_in()
    with ThreadPoolExecutor() as pool:
        x, y, x_test, y_test = pool.map(_parse_idx, contents)
    y, y_test = y.astype(np.int64), y_test.astype(np.int64)
    return ImageData(x, y, x_test, y_test, class_names, is_real=True)


def _parse_idx(packed):
    """Array of bytes from a gzipped IDX file: type, shape, values."""
    size = int.from_bytes(packed[-4:], "little")
    content = zlib.decompress(packed, wbits=31, bufsize=size)
    shape = np.frombuffer(content, ">i4", count=content[3], offset=4)
    start = 4 + shape.nbytes
    if content[:3] != b"\0\0\x08" or len(content) != start + shape.prod():
        raise DataError("A file is no IDX file of bytes: correct REGISTRY.")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()


def _load(name):
    """Contents of a data set's files; None, announced, for a stand-in."""
    try:
        return _obtain(name)
    except _Unavailable as reason:
        title, stand_in = REGISTRY[name][:2]
        _announce(
            f"{title}: {reason}, so {stand_in} stand in. For the real data, "
            "go online and restart the kernel, or see data/README.md."
        )


@functools.cache
def _announce(line):
    print(line)


def _obtain(name):
    """Verified contents of a data set's files, fetched where need be."""
    folder, dataset = _data_folder() / name, REGISTRY[name]
    try:
        found = _read(folder, dataset.files)
        missing = [file for file in dataset.files if file not in found]
        if missing:
            found |= _fetch(folder, missing, dataset.mirrors)
    except _Unavailable as reason:
        for path in (folder / file.name for file in missing):
            if path.exists():
                raise DataError(
                    f"{path} is damaged and {reason}: go online and restart, "
                    "or delete the file to work with a stand-in."
                ) from None
        raise
    except OSError as error:
        raise DataError(
            f"Can't use {error.filename or folder} ({error.strerror}): make "
            "the data folder writable, or set COURSE_DATA to one that is."
        ) from None
    return [found[file] for file in dataset.files]


def _data_folder():
    if not os.environ.get("COURSE_DATA"):
        return Path(__file__).resolve().parent.parent / "data"
    folder = Path(os.environ["COURSE_DATA"]).expanduser().absolute()
    if not folder.is_dir():
        raise DataError(
            f"COURSE_DATA names {folder}, which is not a folder: correct it, "
            "or unset it to use the course's own data folder."
        )
    return folder


def _read(folder, files):
    """Contents (dict) of those files that are there and undamaged."""

    def read(file):
        with contextlib.suppress(FileNotFoundError):
            raw = (folder / file.name).read_bytes()
            if hashlib.sha256(raw).hexdigest() == file.sha256:
                return raw

    with ThreadPoolExecutor() as pool:
        found = zip(files, pool.map(read, files), strict=True)
        return {file: raw for file, raw in found if raw is not None}


def _fetch(folder, files, mirrors):
    """Contents (dict) of the files, from the first mirror that serves each."""
    import requests

    live = [mirror for mirror in mirrors if mirror in _live_mirrors()]
    if not live:
        raise _Unavailable("no mirror can be reached")
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".part-*"):  # by a download that was killed
        if time.time() - left.stat().st_mtime > 24 * 3600:
            shutil.rmtree(left, ignore_errors=True)
    contents = {}
    for file in files:
        for mirror in 2 * live:
            try:
                url = mirror.format(file.name)
                contents[file] = _download(url, file, folder)
                break
            except requests.HTTPError as error:
                why = f"HTTP error {error.response.status_code}"
            except requests.RequestException:
                why = "connection lost"
            except ValueError:
                why = "damaged copy"
        else:
            raise _Unavailable(f"no mirror delivers {file.name} ({why})")
    return contents


@functools.cache
def _live_mirrors():
    """Mirrors, of all data sets, that answer within PATIENCE seconds.

    They are asked together and once, so that a network that swallows packets
    costs a process one short wait.
    """
    import requests

    live = []

    def ask(mirror):
        with contextlib.suppress(requests.RequestException):
            requests.head(mirror.format(""), timeout=PATIENCE)
            live.append(mirror)

    end = time.monotonic() + PATIENCE
    threads = [
        threading.Thread(target=ask, args=(mirror,), daemon=True)
        for dataset in REGISTRY.values()
        for mirror in dataset.mirrors
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, end - time.monotonic()))
    return tuple(live)


def _download(url, file, folder):
    """Contents of one file, put into the folder whole and verified."""
    import pooch
    from tqdm import tqdm

    pooch.get_logger().setLevel("WARNING")
    with (
        tempfile.TemporaryDirectory(prefix=".part-", dir=folder) as part,
        tqdm(
            desc=file.name,
            total=file.size,
            unit="B",
            unit_scale=True,
            leave=False,
        ) as bar,
    ):
        path = pooch.retrieve(
            url,
            f"sha256:{file.sha256}",
            fname=file.name,
            path=part,
            downloader=pooch.HTTPDownloader(
                progressbar=bar,
                chunk_size=2**16,
                timeout=PATIENCE,
                headers={"Accept-Encoding": "identity"},
            ),
        )
        contents = Path(path).read_bytes()
        os.chmod(path, 0o644)  # or other users could not read it
        os.replace(path, folder / file.name)
    return contents


DIGITS = tuple("0123456789")


def digits_stand_in():
    """Make the stand-in for MNIST from scikit-learn's 1,797 digits.

    Each image is one of them, enlarged from 8x8 to about 20x20 pixels and a
    little turned, slanted and shifted; test images have originals of their
    own. Returns the same ImageData at each call.
    """
    from sklearn.datasets import load_digits

    rng = np.random.default_rng(0)
    pixels, digits = load_digits(return_X_y=True)
    labels = _labels(rng)
    originals = np.empty(70_000, int)
    for_test = np.arange(len(digits)) % 6 == 0
    for digit in range(10):
        rows = np.flatnonzero(labels == digit)
        of_digit = digits == digit
        train = np.flatnonzero(of_digit & ~for_test)
        test = np.flatnonzero(of_digit & for_test)
        originals[rows[:6000]] = rng.choice(train, 6000)
        originals[rows[6000:]] = rng.choice(test, 1000)
    images = np.empty((70_000, 784), np.uint8)
    for rows in np.array_split(rng.permutation(70_000), 100):
        ink = pixels[originals[rows]].astype(np.float32) @ _enlarger(rng)
        ink /= ink.max(axis=1, keepdims=True)
        images[rows] = 255 * np.clip(2.5 * (ink - 0.4), 0, 1)
    return _stand_in(images.reshape(-1, 28, 28), labels, DIGITS)


def _enlarger(rng):
    """Matrix (64, 784) from an 8x8 image to a distorted one of 28x28."""
    turn, slant = rng.normal(0, [0.05, 0.08])
    shift, size = rng.uniform(-0.5, 0.5, 2), rng.uniform(2.4, 2.7, 2)
    y, x = np.indices((28, 28)) - 13.5 - shift[:, None, None]
    x, y = (x + (slant - turn) * y) / size[0], (y + turn * x) / size[1]
    distance = np.stack([y, x])[:, None] + 3.5 - np.arange(8)[:, None, None]
    down, across = np.clip(1 - (distance / 1.5) ** 2, 0, None) ** 2
    weights = down[:, None] * across  # (8, 8, 28, 28)
    return weights.reshape(64, 784).astype(np.float32)


def _labels(rng):
    """Shuffled labels (70_000,): 6,000 of each class, then 1,000 of each."""
    sizes = 60_000, 10_000
    return np.concatenate([rng.permutation(np.arange(n) % 10) for n in sizes])


def _stand_in(images, labels, class_names):
    (x, x_test), (y, y_test) = (
        np.split(a, [60_000]) for a in (images, labels)
    )
    return ImageData(x, y, x_test, y_test, class_names, is_real=False)


# A part of a garment is a trapezoid, in pixels from the middle of the image:
# top, bottom, left edge (at top, at bottom), right edge; then its effect: 1
# adds cloth, -1 cuts it away, a fraction makes it that much darker or lighter.
PARTS = {
    "body": (-12, 11, -9, -9, 7, 7, 1),
    "long-body": (-12, 13, -9, -9, 7, 7.4, 1),
    "long-sleeves": (-12, 8, 4.5, 8.5, 7, 11.5, 1),
    "short-sleeves": (-12, -5, 4.5, 8.5, 7, 12, 1),
    "armpits": (-7, 8, 6.8, 6.8, 8, 8, 0.6),
    "neck": (-14, -9.5, -9, -9, 3, 1.5, -1),
    "round-neck": (-14, -10.5, -9, -9, 3, 2, -1),
    "lapels": (-12, -6, 1, 0, 3, 1, 0.6),
    "buttons": (-12, 13, -9, -9, 0.7, 0.7, 0.8),
    "opening": (-12, 14, -9, -9, 1.3, 1.3, 0.9),
    "badge": (-7, -2, -9, -9, 3, 3, 0.6),
    "seat": (-12, -4, -9, -9, 4, 5.3, 1),
    "legs": (-5, 12, 0, 1.7, 5.3, 4.8, 1),
    "belt": (-12, -10, -9, -9, 5, 5, 0.6),
    "bodice": (-12, -2, -9, -9, 4.5, 4, 1),
    "skirt": (-2.5, 12, -9, -9, 4, 6, 1),
    "cap-sleeves": (-12, -4, 2, 4, 4, 6.5, 1),
    "sash": (-3, -1, -9, -9, 6, 6, 0.6),
    "bag": (-2.5, 11, -14, -14, 9.5, 10.5, 1),
    "straps": (-10, -1, 2.5, 5, 4, 6.5, 1),
    "handle": (-10, -8, -9, -9, 4, 4, 1),
    "flap": (-2.5, 3, -14, -14, 11, 11, 0.5),
    "clasp": (2, 5, -9, -9, 1.3, 1.3, 0.8),
    "footbed": (6, 8, -13, -13, 12, 12, 1),
    "stiletto": (7, 30, 9, 10, 12, 12, 1),
    "wedge": (7, 30, 1, 3, 12, 12, 1),
    "toe-strap": (0, 7, -3, -6, 0, -3, 1),
    "cross-strap": (0, 7, -4, 1, -2, 3, 1),
    "heel-strap": (-1, 7, 10, 10, 12, 12, 1),
    "ankle-strap": (-1, 1, 4, 3, 12, 12, 1),
    "foot": (5, 8, -11, -13, 12, 12, 1),
    "instep": (2.5, 8, 0.5, -12, 12, 12, 1),
    "ankle": (-1, 8, 2, 0.5, 11, 12, 1),
    "shaft": (-9, 8, 2, 1, 11, 12, 1),
    "laces": (-1, 5, 2, -4, 4, -1, 0.5),
    "sole": (6.5, 9, -14, -14, 14, 14, 0.7),
    "heel": (7, 30, 5, 7, 12, 12, 1),
}
GARMENTS = {  # in the order of the labels; with each part, how often it occurs
    "T-shirt/top": "body short-sleeves long-sleeves:0.06 neck badge:0.4",
    "Trouser": "seat legs belt:0.5",
    "Pullover": "body short-sleeves:0.3 long-sleeves armpits:0.8 round-neck "
    "badge:0.4",
    "Dress": "bodice skirt cap-sleeves:0.5 neck sash:0.5",
    "Coat": "long-body short-sleeves:0.3 long-sleeves armpits:0.8 neck "
    "lapels:0.6 opening",
    "Sandal": "footbed stiletto wedge:0.3 toe-strap:0.8 cross-strap:0.5 "
    "instep:0.2 heel-strap:0.9 ankle-strap:0.6",
    "Shirt": "body short-sleeves:0.7 long-sleeves:0.65 armpits:0.8 round-neck "
    "lapels:0.6 buttons:0.97 badge:0.1",
    "Sneaker": "ankle shaft:0.08 instep foot laces sole",
    "Bag": "bag straps handle:0.8 flap:0.7 clasp:0.7",
    "Ankle boot": "ankle shaft:0.92 instep foot laces sole heel",
}
SHOES = {"Sandal": 0.8, "Sneaker": 0, "Ankle boot": 0.3}  # steepest slope


def garments_stand_in():
    """Make the stand-in for Fashion-MNIST: garments drawn from their parts.

    A class has 600 cuts for training and 100 others for testing, each in ten
    cloths. Returns the same ImageData at each call.
    """
    rng = np.random.default_rng(0)
    labels = _labels(rng)
    images = np.empty((70_000, 28, 28), np.uint8)
    cuts = np.r_[np.arange(6000) % 600, 600 + np.arange(1000) % 100]
    for label, name in enumerate(GARMENTS):
        shapes = _cut(name, _uniform(rng, 700))[cuts]
        shapes *= _cloth(rng, len(cuts))
        images[labels == label] = np.minimum(shapes, 255, out=shapes)
    return _stand_in(images, labels, tuple(GARMENTS))


def _uniform(rng, n):
    """Function (low, high) that draws n random numbers, (n, 1, 1) float32."""
    return lambda *ends: rng.uniform(*ends, (n, 1, 1)).astype(np.float32)


def _cut(name, some):
    """Draw garments of one class without their cloth: (n, 28, 28) float32."""
    pixels = np.arange(28, dtype=np.float32) - 13.5
    x = (pixels + some(-1, 1)) / some(0.8, 1.08)
    y = (pixels[:, None] + some(-1, 1)) / some(0.8, 1.08)
    shape = np.zeros_like(x * y)
    above_ground = 1
    if name in SHOES:  # seen from the side; the heel may be raised
        above_ground = np.clip(8.5 - y, 0, 1)
        y = y + some(-0.2, SHOES[name]).clip(0) * np.maximum(x, 0)
    else:  # the left half mirrors the right one
        x = np.abs(x)
    for word in GARMENTS[name].split():
        part, _, chance = word.partition(":")
        *edges, effect = PARTS[part]
        edges = (edge + some(-0.7, 0.7) for edge in edges)
        part = _trapezoid(x, y, *edges) * (some(0, 1) < float(chance or 1))
        if effect == 1:
            shape = np.maximum(shape, part)
        elif effect == -1:
            shape *= 1 - part
        else:
            tone = np.where(some(0, 1) < 0.7, -effect, 0.8 * effect)
            shape *= 1 + tone * some(0.5, 1) * part
    return shape * above_ground


def _trapezoid(x, y, top, bottom, *sides):
    """Share, 0 to 1, of each pixel that lies inside a trapezoid."""
    depth = np.minimum(y - top, bottom - y)
    for sign, start, end in ((1, *sides[:2]), (-1, *sides[2:])):
        slope = (end - start) / (bottom - top)
        inside = sign * (x - start - slope * (y - top))
        depth = np.minimum(depth, inside / np.sqrt(1 + slope**2))
    return np.clip(depth + 0.5, 0, 1)


def _cloth(rng, n):
    """Brightness (n, 28, 28) of n cloths: plain, striped, checked, grainy."""
    some = _uniform(rng, n)
    pixels = np.arange(28, dtype=np.float32)
    cloth = rng.random((n, 28, 28), dtype=np.float32)
    cloth -= 0.5
    cloth *= some(0, 0.7) * some(0, 1)
    cloth += 1
    for direction in (pixels, pixels[:, None]):
        stripes = np.sin(some(0.8, 2.6) * direction + some(0, 6))
        cloth += stripes * some(0.1, 0.4) * (some(0, 1) < 0.25)
    cloth *= some(90, 255)
    return cloth


def text_stand_in():
    """Make the stand-in for Tiny Shakespeare: the topics of Python's help."""
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))


def main():
    """Fetch every data set and print what is where; exit with what failed."""
    problems = []
    try:
        root = _data_folder()
        print(f"Data folder: {root}")
        for name, dataset in REGISTRY.items():
            there = _read(root / name, dataset.files)
            try:
                _obtain(name)
            except _Unavailable as reason:
                problems.append(f"{dataset.title} is missing: {reason}.")
                continue
            for file in dataset.files:
                state = "in place" if file in there else "fetched"
                path = f"{name}/{file.name}"
                size = f"{file.size / 1e6:6.2f} MB"
                print(f"{dataset.title:16} {path:40}{size}  {state}")
    except (DataError, OSError) as error:
        problems.append(str(error))
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
