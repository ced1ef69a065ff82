"""Run a student's notebook where it can do no harm.

The kernel gets a folder of its own, limits on time, memory and output, and
as much of a box as the system has: `bwrap` (no network, no files but Python,
`utils`, the students' assignments and the data sets), or else `unshare` (no
network). No code of the student's runs anywhere but in that kernel.
"""

import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import nbformat
import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbgrader.preprocessors import Execute, LimitOutput
from traitlets import Integer, Unicode

from tools.grading.repair import OWN
from tools.notebooks.files import ROOT
from utils import data

KERNEL = ROOT / "tools" / "grading" / "kernel.py"
MEMORY = 4096  # megabytes for a kernel
OUTPUT = 1_000_000  # characters kept of one cell
DEATHS = 4  # kernels that one notebook may kill
PATIENCE = 6  # seconds on the clock for each of computing
PUT_BACK = "application/vnd.course.put-back"  # see kernel.py
ASSIGNMENT = re.compile(r"\ba\d\d\b")  # by its name code imports checks
OWN_ERRORS = {"KernelDied", "Timeout", "NotRun"}  # not Python's names

UNSHARE = ["unshare", "-rnpf", "--kill-child"]
BWRAP = [
    *("bwrap", "--unshare-all", "--die-with-parent", "--new-session"),
    *("--cap-drop", "ALL"),
    *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"),
]


@functools.cache
def box():
    """Return the best box of this machine: "bwrap", "unshare" or ""."""
    for name, command in (("bwrap", _bwrap("/")), ("unshare", UNSHARE)):
        trial = [*command, sys.executable, "-c", ""]
        if (
            shutil.which(name)
            and not subprocess.run(
                trial, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ).returncode
        ):
            return name
    return ""


def _bwrap(folder):
    """Return the command that shows a kernel what it needs, and `folder`."""
    system = ["/usr", "/bin", "/lib", "/lib64", "/etc", "/sys"]
    python = [sys.base_prefix, sys.prefix, str(data.folder())]
    command = list(BWRAP)
    own = [ROOT / "utils", ROOT / "notebooks" / "assignments", KERNEL]
    for path in [*system, *python, *map(str, own)]:
        command += ["--ro-bind-try", path, path]
    if folder != "/":
        command += ["--bind", folder, folder, "--chdir", folder]
    return command


def _environment(folder):
    """Return the environment of a kernel: nothing of the grader's own."""
    kept = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")
    environment = {n: os.environ[n] for n in kept if n in os.environ}
    return environment | {
        "COURSE_DATA": str(data.folder()),
        "HOME": folder,
        "PYTHONPATH": str(ROOT),  # for utils and the assignments' checks
        "IPYTHONDIR": folder,
        "NBGRADER_EXECUTION": "autograde",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PIP_NO_INDEX": "1",  # `!pip install` fails at once, not after retries
    }


class BoxedKernelManager(AsyncKernelManager):
    """Starts kernel.py in the box, spoken to through Unix sockets."""

    folder = Unicode()
    seconds = Integer()  # of computing, for a cell
    assignments = Unicode()  # whose checks the notebook may import

    @property
    def kernel_spec(self):
        boxes = {"bwrap": _bwrap(self.folder), "unshare": UNSHARE, "": []}
        return KernelSpec(
            argv=[
                *boxes[box()],
                *(sys.executable, "-P", str(KERNEL), str(MEMORY)),
                *(str(self.seconds), self.assignments),
                *("-f", "{connection_file}"),
                "--HistoryManager.enabled=False",
            ],
            display_name="Python 3",
            language="python",
            interrupt_mode="message",
        )


class BoxedExecute(Execute):
    """nbgrader's Execute in the box; it outlives kernels that die.

    A cell that kills its kernel, or can't be interrupted, gets an error as
    its output; the notebook is run again without it, so that the points of
    the others are kept. The student's own cells have a time of their own;
    when it is over they are passed over.
    """

    shutdown_kernel = "immediate"
    ipython_hist_file = ""

    def __init__(self, seconds):
        super().__init__(timeout=PATIENCE * seconds)
        self.seconds, self.lifeline = seconds, None

    def create_kernel_manager(self):
        self.km = BoxedKernelManager(
            folder=self.folder,
            seconds=self.seconds,
            assignments=",".join(sorted(self.assignments)),
            transport="ipc",
            connection_file=f"{self.folder}/kernel.json",
        )
        return self.km

    def start_new_kernel(self):
        """Start a kernel that ends when the lifeline, a pipe, is cut, as it
        is when the grader is killed."""
        self._cut_lifeline()
        ours, self.lifeline = os.pipe()
        try:
            super().start_new_kernel(
                cwd=self.folder,
                env=_environment(self.folder),
                stdin=ours,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(ours)

    def _cut_lifeline(self):
        if self.lifeline is not None:
            os.close(self.lifeline)
        self.lifeline = None

    def preprocess(self, nb, resources):
        """Run `nb` in place; return it and the resources."""
        self.given_up = {}  # index of a cell: the error in its place
        self.put_back = {}  # index of a cell: names it had replaced
        self.left = {True: 5 * self.seconds, False: 10 * self.seconds}
        self.index = 0
        self.assignments = {
            name
            for cell in nb.cells
            if cell.cell_type == "code"
            for name in ASSIGNMENT.findall(cell.source)
        }
        for _ in range(DEATHS + 2):
            try:
                with tempfile.TemporaryDirectory(prefix="run") as self.folder:
                    return super().preprocess(nb, resources)
            except CellTimeoutError:  # and no reply to the interrupt
                self._give_up("Timeout", "it can't be interrupted")
            except DeadKernelError:
                self._give_up("KernelDied", "the kernel died in this cell")
            finally:
                self._cut_lifeline()
        raise RuntimeError("no kernel stays alive")

    def _give_up(self, name, reason):
        """Put an error in the present cell's place, unless one is there."""
        self.given_up.setdefault(self.index, error_output(name, reason))

    def preprocess_cell(self, cell, resources, index):
        """Run one cell, unless it was given up or time is up."""
        if cell.cell_type != "code":
            return cell, resources
        self.index, self.printed = index, 0
        own = cell.id.startswith(OWN)
        if len(self.given_up) > DEATHS or self.left[own] <= 0:
            self._give_up("NotRun", "the notebook used up its time")
        if index not in self.given_up:
            start, computed = time.monotonic(), self._computed()
            try:
                cell, resources = super().preprocess_cell(
                    cell, resources, index
                )
            finally:
                waited = (time.monotonic() - start) / PATIENCE
                computed = self._computed() - computed
                # one that can't be interrupted goes on for longer
                self.left[own] -= min(max(waited, computed), self.seconds)
            if any(o.get("ename") == "CellTimeoutError" for o in cell.outputs):
                self._give_up("Timeout", f"no end after {self.timeout} s")
        if index in self.given_up:
            cell.outputs = [self.given_up[index]]
        return cell, resources

    def _computed(self):
        """Return the seconds that the kernel has computed until now."""
        try:
            box = psutil.Process(self.km.provisioner.pid)
            family = [box, *box.children(recursive=True)]
            return sum(sum(member.cpu_times()[:2]) for member in family)
        except (psutil.Error, AttributeError):  # it is gone
            return 0

    def output(self, outs, msg, display_id, cell_index):
        """Keep an output as far as the cell has not printed too much."""
        room, content = OUTPUT - self.printed, msg["content"]
        if PUT_BACK in content.get("data", {}):
            self.put_back[cell_index] = content["data"][PUT_BACK]
            return None
        if msg["msg_type"] == "stream" and room > 0:
            content["text"] = content["text"][:room]
        size = len(str(content))
        self.printed += size
        if msg["msg_type"] != "error" and (room <= 0 or size > 3 * OUTPUT):
            return None
        return super().output(outs, msg, display_id, cell_index)


def error_output(name, reason):
    """Return the output of a cell that ended in an error of our own."""
    return nbformat.v4.new_output(
        "error", ename=name, evalue=reason, traceback=[f"{name}: {reason}"]
    )


def run(nb, seconds):
    """Run a copy of a notebook in the box.

    Parameters: nb, a NotebookNode; seconds of computing for each cell. A
    notebook gets ten times as many, the student's own cells five times;
    PATIENCE times as many may pass on the clock.
    Returns: the executed copy, an error in a cell being its output; and what
    was put back, {index of the cell: names that it had replaced}.
    Raises: RuntimeError and others if no kernel can be started here.
    """
    nb = nbformat.from_dict(nb)
    resources = {"metadata": {}}
    execute = BoxedExecute(seconds)
    nb, _ = execute.preprocess(nb, resources)
    nb, _ = LimitOutput().preprocess(nb, resources)
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.name = "stdout"  # a warning costs no points
    return nb, execute.put_back
