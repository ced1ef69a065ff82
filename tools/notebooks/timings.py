"""What each notebook takes to run: seconds and memory, in README.md."""

import re
import threading
import time
from typing import NamedTuple

import nbformat
import psutil

from tools.notebooks.files import ROOT, NotebookError, lecture_paths, read
from tools.notebooks.running import run

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


def write_timings(root=ROOT):
    """Measure every lecture and fill the last two columns of README.md's
    table of lectures: seconds, memory (MB).

    Raises NotebookError if the table has no row for a lecture or a notebook
    fails; README.md then stays as it was.
    """
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    table = TIMINGS.search(text)
    if not table:
        raise NotebookError(
            "README.md: no table between <!-- timings:start --> and "
            "<!-- timings:end -->"
        )
    paths = lecture_paths(root)
    for path in paths:
        if f"notebooks/{path.name})" not in table[0]:
            raise NotebookError(
                f"README.md: the table has no row with a link to "
                f"notebooks/{path.name}; add one"
            )
    costs = {}
    for path in paths:
        costs[path.name] = cost = measure(path)
        print(f"{path.name}: {cost.seconds:.0f} s, {cost.megabytes:.0f} MB")
    rows = [_fill(row, costs) for row in table[0].splitlines(keepends=True)]
    text = text[: table.start()] + "".join(rows) + text[table.end() :]
    readme.write_text(text, encoding="utf-8", newline="\n")


def _fill(row, costs):
    for name, cost in costs.items():
        if f"notebooks/{name})" in row:
            *cells, _, _, end = row.split("|")
            seconds, megabytes = (f" {value:.0f} " for value in cost)
            return "|".join([*cells, seconds, megabytes, end])
    return row
