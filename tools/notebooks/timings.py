"""What each lecture takes: minutes in class, seconds and memory to run."""

import re
import threading
import time
from typing import NamedTuple

import nbformat
import psutil

from tools.notebooks.anatomy import minutes
from tools.notebooks.files import (
    ROOT,
    NotebookError,
    read,
    write,
    write_live,
)
from tools.notebooks.running import run

HEADER = re.compile(
    r"about (\d+) minutes in class · about (\d+) seconds to run"
)
TIMINGS = re.compile(
    r"(?<=<!-- timings:start -->\n).*(?=<!-- timings:end -->)", re.DOTALL
)
# Asks a kernel for its own peak, in bytes: it misses no short one. (On Linux
# ru_maxrss would begin with the peak of the process that started the kernel.)
KERNEL_PEAK = """\
try:
    with open("/proc/self/status") as status:
        [peak] = [line for line in status if line.startswith("VmHWM")]
    print(int(peak.split()[1]) * 1024)
except OSError:
    import psutil

    memory = psutil.Process().memory_info()
    if hasattr(memory, "peak_wset"):  # Windows
        print(memory.peak_wset)
    else:
        import resource

        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"""


class Cost(NamedTuple):
    """What a notebook takes to run from top to bottom."""

    seconds: float  # of wall-clock time, the kernel's start included
    megabytes: float  # 10**6 bytes: the peak of the kernel and its children


def measure(path):
    """Run a notebook in a fresh kernel, without saving; return its `Cost`.

    Raises NotebookError if a cell fails.
    """
    nb = read(path)
    nb.cells.append(nbformat.v4.new_code_cell(KERNEL_PEAK))
    watch = _MemoryWatch()
    start = time.perf_counter()
    try:
        run(nb, path, at_start=watch.follow)
    finally:
        watch.stop()
    seconds = time.perf_counter() - start
    peak = max(watch.peak, int(nb.cells[-1].outputs[0].text))
    return Cost(seconds, peak / 1e6)


class _MemoryWatch:
    """Follow the resident bytes of a process and its children."""

    def __init__(self):
        self.peak = 0
        self.stopped = threading.Event()

    def follow(self, pid):
        threading.Thread(target=self._look, args=[pid], daemon=True).start()

    def _look(self, pid):
        process = psutil.Process(pid)
        while not self.stopped.wait(1):  # looking costs time, too
            try:
                family = [process, *process.children(recursive=True)]
                now = sum(member.memory_info().rss for member in family)
            except psutil.NoSuchProcess:  # one ended just now
                continue
            self.peak = max(self.peak, now)

    def stop(self):
        self.stopped.set()


def header(minutes, seconds):
    """Return what a lecture's first cell says of its length."""
    return f"about {minutes} minutes in class · about {seconds} seconds to run"


def row(root, name):
    """Return minutes, seconds and memory (MB) of a lecture, as README.md has
    them; None if its table has no row with a link to the lecture."""
    found = TIMINGS.search((root / "README.md").read_text(encoding="utf-8"))
    for line in found[0].splitlines() if found else ():
        if f"notebooks/{name})" in line:
            return tuple(cell.strip() for cell in line.split("|")[-4:-1])


def write_timings(paths, root=ROOT):
    """Measure lectures; write minutes and seconds into their first cell, and
    minutes in class, seconds and memory (MB) into the last three columns of
    README.md's table of lectures.

    Raises NotebookError if the table has no row for one of them, or one has
    no line for minutes and seconds, or fails; nothing is then written.
    """
    readme = root / "README.md"
    for path in paths:
        if not row(root, path.name):
            raise NotebookError(
                "README.md: between <!-- timings:start --> and <!-- "
                "timings:end --> there must be a row with a link to "
                f"notebooks/{path.name}; add one"
            )
        if not HEADER.search(read(path).cells[0].source):
            raise NotebookError(
                f"{path}: the first cell must have '{header('NN', 'NN')}'"
            )
    text = readme.read_text(encoding="utf-8")
    measured = {}
    for path in paths:
        nb, cost = read(path), measure(path)
        figures = minutes(nb), *(f"{value:.0f}" for value in cost)
        print(
            "{}: {} minutes in class, {} s, {} MB".format(path.name, *figures)
        )
        opening = nb.cells[0]
        opening.source = HEADER.sub(header(*figures[:2]), opening.source)
        measured[path] = nb
        text = _fill(text, path.name, figures)
    for path, nb in measured.items():
        write(path, nb)
    readme.write_text(text, encoding="utf-8", newline="\n")
    write_live(root)


def _fill(text, name, figures):
    """Return README.md's text with the figures in the row of a lecture."""
    columns = "".join(f" {figure} |" for figure in figures)
    row = rf"^(\|.*notebooks/{re.escape(name)}\).*\|)([^|\n]*\|){{3}}$"
    return TIMINGS.sub(
        lambda table: re.sub(
            row, lambda found: found[1] + columns, table[0], flags=re.M
        ),
        text,
    )
