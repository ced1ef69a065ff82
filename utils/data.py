"""The course's data sets as NumPy arrays: fetched, verified, cached.

The files lie in the folder that COURSE_DATA names, else in `data/`. Missing
ones are fetched and put there, and all are verified whenever they are loaded.
Without a network, a stand-in of the same shapes takes a data set's place.
`python -m utils.data` fetches everything beforehand.
"""

import contextlib
import functools
import hashlib
import io
import itertools
import os
import secrets
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from utils import stand_ins

PATIENCE = 8  # seconds that a mirror may be silent
CAUSES = {  # what an error of requests contains: how we say it
    "SOCKS support": "a SOCKS proxy needs `python -m pip install pysocks`",
    "CA certificate": "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names no file",
    "ProxyError": "the proxy doesn't serve: correct HTTPS_PROXY",
    "SSLError": "the certificate isn't trusted: correct REQUESTS_CA_BUNDLE",
    "Timeout": "no answer",
    "Connection": "connection failed",
}


class File(NamedTuple):
    name: str
    size: int  # bytes, as published
    unpacked: int  # bytes
    sha256: str  # of the unpacked bytes


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


class Unavailable(Exception):
    """Why no mirror gives a file, in a few words."""


def _idx_files(sizes, *sums):
    parts = ("train-images-idx3", "train-labels-idx1")
    parts += ("t10k-images-idx3", "t10k-labels-idx1")
    names = (f"{part}-ubyte.gz" for part in parts)
    unpacked = (47_040_016, 60_008, 7_840_016, 10_008)
    return tuple(map(File, names, sizes, unpacked, sums))


REGISTRY = {  # folder: data set
    "mnist": DataSet(
        "MNIST",
        "enlarged 8x8 digits",
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/{}",
            "https://storage.googleapis.com/cvdf-datasets/mnist/{}",
        ),
        _idx_files(
            (9_912_422, 28_881, 1_648_877, 4_542),
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
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
            (26_421_880, 29_515, 4_422_102, 5_148),
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
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
                1_115_394,
                1_115_394,
                "86c4e6aa9db7c042ec79f339dcb96d42"
                "b0075e16b8fc2e86bf0ca57e2dc565ed",
            ),
        ),
    ),
}


def mnist():
    """Load MNIST, 60,000 and 10,000 handwritten digits, as ImageData.

    Source: data/README.md. Without files and network: `stand_ins.digits()`.
    Raises DataError if a file is damaged or the folder can't be used.
    """
    return _load_images("mnist", tuple("0123456789"), stand_ins.digits)


def fashion_mnist():
    """Load Fashion-MNIST, 60,000 and 10,000 garments, as ImageData.

    Source: data/README.md. Without files and network: `stand_ins.garments()`.
    Raises DataError if a file is damaged or the folder can't be used.
    """
    garments = tuple(stand_ins.GARMENTS)
    return _load_images("fashion-mnist", garments, stand_ins.garments)


def tiny_shakespeare():
    """Load Tiny Shakespeare, 1,115,394 characters, as one str.

    Source: data/README.md. Without file and network: `stand_ins.text()`.
    Raises DataError if the file is damaged or the folder can't be used.
    """
    contents = _load("tinyshakespeare")
    return contents[0].decode() if contents else stand_ins.text()


def _load_images(name, class_names, stand_in):
    files = _load(name)
    x, y, x_test, y_test = map(_parse_idx, files) if files else stand_in()
    y, y_test = y.astype(np.int64), y_test.astype(np.int64)
    return ImageData(x, y, x_test, y_test, class_names, is_real=bool(files))


def _parse_idx(content):
    """Array of bytes from an IDX file: type, shape, values."""
    shape = np.frombuffer(content, ">i4", count=content[3], offset=4)
    values = np.frombuffer(content, np.uint8, offset=4 + shape.nbytes)
    return values.reshape(shape).copy()


def _load(name):
    """Contents of a data set's files; None, announced, for a stand-in."""
    contents, title, stand_in = None, *REGISTRY[name][:2]
    try:
        contents, note = _obtain(folder(), name)
    except Unavailable as reason:
        note = (
            f"{title}: {reason}, so {stand_in} stand in. For the real data, "
            "go online and restart the kernel, or see data/README.md."
        )
    if note:
        _say(note)
    return contents


def _say(line):
    """Print a line, with escapes for letters that can't be shown."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding))


def is_stored(name):
    """Tell whether a data set, by its folder's name, needs no network."""
    return len(_read(folder(), name)[0]) == len(REGISTRY[name].files)


def folder():
    """Return the Path of the folder with the data.

    Raises DataError if COURSE_DATA names one that can't be used.
    """
    # Shells and editors may leave quotes or the end of the line there.
    given = os.environ.get("COURSE_DATA", "").strip(" \t\r\n'\"")
    if not given:
        return Path(__file__).resolve().parent.parent / "data"
    path, reason = Path(os.path.expanduser(given)), "no such folder"
    try:
        path = path.absolute()
        if path.is_dir():
            return path
    except OSError as error:
        reason = error.strerror
    raise DataError(
        f"COURSE_DATA names {str(path):.300}, which can't be used "
        f"({reason}): correct it, or unset it to use the course's own folder."
    )


def _obtain(root, name):
    """Contents of a data set's files, and a note if they can't be stored."""
    folder, dataset = root / name, REGISTRY[name]
    found, unusable = _read(root, name)
    note = ""
    for file in [file for file in dataset.files if file not in found]:
        path = folder / file.name
        try:
            raw = _fetch(file, dataset.mirrors)
            found[file] = path, _content(raw, file)
            _store(raw, path)
        except Unavailable as reason:
            if file in unusable:
                raise DataError(
                    f"{path} {unusable[file]} and {reason}: go online and "
                    "restart, mend the file, or delete it to get a stand-in."
                ) from None
            there = ", ".join(sorted(p.name for p in folder.glob("*"))[:3])
            instead = there and f" (but {there})"
            lacks = f"{reason} and there is no {path}{instead}"
            raise Unavailable(lacks) from None
        except OSError as error:
            note = (
                f"{dataset.title} can't be stored in {folder} "
                f"({error.strerror}) and is fetched each time: mend that, or "
                "set COURSE_DATA to a folder with room that you may write to."
            )
    return [found[file][1] for file in dataset.files], note


def _read(root, name):
    """Look for a data set's files in the data folder.

    Returns {file: (its path, its content)} and, for those whose place is
    taken by something else, {file: what is wrong}.
    """
    found, unusable = {}, {}
    files = REGISTRY[name].files
    for file in files:
        path = root / name / file.name
        try:
            content = _content(path.read_bytes(), file)
        except FileNotFoundError:
            continue
        except OSError as error:
            unusable[file] = f"can't be read ({error.strerror})"
            continue
        if content is None:
            unusable[file] = "is damaged"
        else:
            found[file] = path, content
    found |= _search(root, [file for file in files if file not in found])
    return {file: found[file] for file in files if file in found}, unusable


def _search(root, files):
    """Find files by size and content: unpacked, elsewhere or renamed.

    So other libraries' folders (MNIST/raw/...) serve as they are. Not too
    deep, and some thousand paths at most: it may be somebody's whole disk.
    """
    found, paths = {}, []
    with contextlib.suppress(OSError):  # of a folder that can't be listed
        for depth in ("*", "*/*", "*/*/*", "*/*/*/*") if files else ():
            paths += itertools.islice(root.glob(depth), 2000)
    for path in paths:
        with contextlib.suppress(OSError):
            size = path.stat().st_size
            for file in files:
                if size in (file.size, file.unpacked):
                    if content := _content(path.read_bytes(), file):
                        found[file] = path, content
    return found


def _content(raw, file):
    """Content, unpacked, of a published file; None if it is another one."""
    if raw.startswith(b"\x1f\x8b"):  # gzip
        with contextlib.suppress(zlib.error):
            raw = zlib.decompressobj(wbits=31).decompress(raw, file.unpacked)
    if hashlib.sha256(raw).hexdigest() == file.sha256:
        return raw


def _fetch(file, mirrors):
    """Bytes of a file, from the first mirror that delivers it unharmed."""
    answers = _ask_mirrors()
    live = [mirror for mirror in mirrors if not answers[mirror]]
    if not live:
        raise Unavailable(f"no mirror can be reached ({answers[mirrors[0]]})")
    for mirror in 2 * live:
        try:
            return download(mirror.format(file.name), file)
        except Unavailable as error:
            why = error
    raise Unavailable(f"no mirror delivers it ({why})")


@functools.cache
def _ask_mirrors():
    """Return {mirror: why it can't be used, or ""}, of all data sets.

    They are asked together and once, so that a network that swallows packets
    costs a process one short wait. Asked for a file, since some refuse HEAD.
    """
    import requests

    files = {m: d.files[-1] for d in REGISTRY.values() for m in d.mirrors}
    answers = dict.fromkeys(files, "no answer")

    def ask(mirror, file):
        try:
            url = mirror.format(file.name)
            requests.get(url, stream=True, timeout=PATIENCE).close()
            answers[mirror] = ""
        except Exception as error:  # a setting may raise anything
            answers[mirror] = _explain(error)

    threads = [
        threading.Thread(target=ask, args=pair, daemon=True)
        for pair in files.items()
    ]
    end = time.monotonic() + PATIENCE
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, end - time.monotonic()))
    return dict(answers)


def download(url, file):
    """Fetch a file of the registry from one address, and verify it.

    Parameters: url, a str; file, a File. Returns its bytes, as published.
    Raises Unavailable, which says why in a few words.
    """
    import pooch
    from tqdm import tqdm

    part = _Part()
    bar = tqdm(
        desc=file.name, total=file.size, unit="B", unit_scale=True, leave=False
    )
    plain = {"Accept-Encoding": "identity"}
    fetch = pooch.HTTPDownloader(
        progressbar=bar, chunk_size=2**16, timeout=PATIENCE, headers=plain
    )
    try:
        with bar:
            fetch(url, part, None)
    except Exception as error:  # a server or proxy may send anything
        raise Unavailable(_explain(error)) from None
    raw = part.getvalue()
    if _content(raw, file) is not None:
        return raw
    if raw.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise Unavailable("a web page came instead: log in to the network")
    if len(raw) != file.size:
        raise Unavailable(f"{len(raw):,} bytes came of {file.size:,}")
    raise Unavailable("damaged copy")


class _Part(io.BytesIO):
    """What has come of a file; one without end must not fill the memory."""

    def write(self, chunk):
        if self.tell() > 2**26:
            raise ValueError("there is no end to it")
        return super().write(chunk)


def _explain(error):
    """Say in a few words why a request failed and, if known, what helps."""
    if getattr(error, "response", None) is not None:
        return f"HTTP error {error.response.status_code}"
    for sign, cause in CAUSES.items():
        if sign in repr(error):
            return cause
    return " ".join((str(error) or repr(error)).split())


def _store(raw, path):
    """Put a file into its place, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".part-{secrets.token_hex(8)}")
    try:
        part.write_bytes(raw)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def main():
    """Fetch every data set and print what is where; exit with what failed."""
    try:
        root = folder()
    except DataError as error:
        sys.exit(str(error))
    _say(f"Data folder: {root}")
    problems = []
    for name, dataset in REGISTRY.items():
        before = _read(root, name)[0]
        try:
            problems.append(_obtain(root, name)[1])
        except (DataError, Unavailable) as reason:
            problems.append(f"{dataset.title} is missing: {reason}")
        for file, (path, _) in _read(root, name)[0].items():
            state = "in place" if file in before else "fetched"
            where = path.relative_to(root).as_posix()
            size = f"{file.size / 1e6:6.2f} MB"
            _say(f"{dataset.title:16} {where:40}{size}  {state}")
    sys.exit("\n".join(filter(None, problems)) or None)


if __name__ == "__main__":
    main()
