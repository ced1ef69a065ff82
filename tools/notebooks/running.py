"""A notebook is run from a clean kernel."""

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
    """Run the cells of `nb`; tell `at_start` the kernel's process id."""
    current = 0

    def note(cell, cell_index):
        nonlocal current
        current = cell_index

    client = NotebookClient(
        nb,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_notebook_start=lambda notebook: at_start(client.km.provisioner.pid),
        on_cell_start=note,
    )
    client.widget_registry["@jupyter-widgets/output"] = {
        "OutputModel": _MuteOutput
    }
    try:
        client.execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        reason = f"{error.ename}: {error.evalue}"
    except CellTimeoutError:
        reason = f"still running after {CELL_TIMEOUT} s"
    except DeadKernelError:
        reason = "the kernel died (out of memory?)"
    else:
        return
    first = nb.cells[current].source.splitlines()[0]
    reason = " ".join(reason.split())
    raise NotebookError(f"{path}, cell {current} ({first}): {reason}")
