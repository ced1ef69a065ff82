"""A notebook is run from a clean kernel."""

import contextlib
import os
import subprocess

from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbclient.output_widget import OutputWidget

from tools.notebooks.files import NotebookError, read, write

CELL_TIMEOUT = 600  # seconds
FAILURES = CellExecutionError, CellTimeoutError, DeadKernelError


class _MuteOutput(OutputWidget):
    """A slider's output that doesn't send its state back: while a reply is
    awaited that can leave both sides waiting, and nobody needs it here."""

    def sync_state(self):
        pass


def execute(path):
    """Run a notebook from a clean kernel and save it in normal form.

    Raises NotebookError at the first cell that fails; the file then stays
    as it was.
    """
    nb = read(path)
    run(nb, path)
    write(path, nb)


def run(nb, path, at_start=lambda pid: None):
    """Run the cells of `nb`; tell `at_start` the kernel's process id.

    Raises NotebookError at the first cell that fails.
    """
    with kernel(nb, path) as client:
        at_start(client.km.provisioner.pid)
        for index, cell in enumerate(nb.cells):
            try:
                client.execute_cell(cell, index)
            except FAILURES as error:
                raise NotebookError(
                    f"{path}, {place(nb, index)}: {reason(error)}"
                ) from None


@contextlib.contextmanager
def kernel(nb, path):
    """Start a kernel in the folder of `path`, where what a lecture claims
    must hold; give the client that executes cells of `nb` in it."""
    client = NotebookClient(
        nb,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.widget_registry["@jupyter-widgets/output"] = {
        "OutputModel": _MuteOutput
    }
    with client.setup_kernel(
        stderr=subprocess.DEVNULL, env={**os.environ, "COURSE_STRICT": "1"}
    ):
        yield client


def place(nb, index):
    """Return the number of a cell and its first line that says something."""
    lines = nb.cells[index].source.splitlines()
    first = next((line for line in lines if line.strip()), "")
    return f"cell {index} ({first})"


def reason(error):
    """Return in one line why a cell failed, for one of FAILURES."""
    match error:
        case CellExecutionError():
            return " ".join(f"{error.ename}: {error.evalue}".split())
        case CellTimeoutError():
            return f"still running after {CELL_TIMEOUT} s"
        case DeadKernelError():
            return "the kernel died (out of memory?)"
