"""A tiny MNIST, and a mirror on this machine that spoils it on request."""

import gzip
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from utils import data

NAMES = [file.name for file in data.REGISTRY["mnist"].files]
WAIT = 30  # seconds, for what takes far less
NOBODY = "http://127.0.0.1:9/{}"  # nobody listens
PAGE = b"\n<!DOCTYPE html><title>Log in</title>"


def make_idx(array):
    """The bytes of an IDX file."""
    head = bytes([0, 0, 8, array.ndim])
    return head + np.array(array.shape, ">i4").tobytes() + array.tobytes()


def make_arrays(rng):
    for n in (300, 10):
        yield rng.integers(0, 256, (n, 28, 28), np.uint8)
        yield rng.integers(0, 10, n, np.uint8)


ARRAYS = dict(zip(NAMES, make_arrays(np.random.default_rng(1)), strict=True))
UNPACKED = {name: make_idx(array) for name, array in ARRAYS.items()}
PUBLISHED = {name: gzip.compress(raw) for name, raw in UNPACKED.items()}


def registry(*mirrors):
    """A registry that lists the tiny MNIST alone."""
    files = tuple(
        data.File(
            name,
            len(PUBLISHED[name]),
            len(raw),
            hashlib.sha256(raw).hexdigest(),
        )
        for name, raw in UNPACKED.items()
    )
    return {"mnist": data.DataSet("MNIST", "tiny digits", mirrors, files)}


def put(folder):
    """Put the published files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in PUBLISHED.items():
        (folder / name).write_bytes(raw)


def stored(folder):
    """Contents of all files below a folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.name: path.read_bytes() for path in paths}


def assert_published(images):
    assert images.is_real
    assert images.class_names == tuple("0123456789")
    for array, name in zip(images[:4], NAMES, strict=True):
        np.testing.assert_array_equal(array, ARRAYS[name])


def one_line(text):
    assert text.endswith("\n") and text.count("\n") == 1, text
    return text


class Handler(BaseHTTPRequestHandler):
    """GET /fault/name: the file, spoilt as the fault says. HEAD: nothing."""

    def do_HEAD(self):
        self.close_connection = True

    def do_GET(self):
        self.server.asked.append(self.path)
        _, fault, name = self.path.split("/")
        body = PUBLISHED[name]
        half = body[: len(body) // 2]
        if fault == "silent":
            return self.server.closing.wait(WAIT)
        if fault == "once":  # cut the first time
            fault = "cut" if self.server.asked.count(self.path) == 1 else ""
        if fault == "images":  # and no labels
            fault = "404" if "labels" in name else ""
        if fault in ("404", "500"):
            return self.send_error(int(fault))
        if fault == "corrupt":
            body = body[:-20] + bytes([body[-20] ^ 1]) + body[-19:]
        if fault == "truncated":
            body = half
        if fault == "page":
            body = PAGE
        if fault == "together":  # answers once both processes have asked
            self.server.pair.wait(WAIT)
        self.send_response(200)
        if fault == "endless":
            self.end_headers()
            return [self.wfile.write(bytes(2**20)) for _ in range(100)]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(half if fault in ("cut", "stall") else body)
        if fault == "stall":
            self.wfile.flush()
            self.server.stalled.set()
            self.server.closing.wait(WAIT)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.closing, self.stalled = threading.Event(), threading.Event()
        self.pair = threading.Barrier(2)
        threading.Thread(
            target=self.serve_forever, args=[0.01], daemon=True
        ).start()

    def handle_error(self, request, client_address):
        pass  # a client that has heard enough

    def address(self, fault):
        return f"http://127.0.0.1:{self.server_port}/{fault}/{{}}"

    def close(self):
        self.closing.set()
        self.shutdown()
        self.server_close()
