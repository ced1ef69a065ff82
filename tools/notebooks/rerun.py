"""Does a notebook survive its readers? Each slider is moved, each cell is run
again alone."""

import ast
import itertools
import re

from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell
from nbval.plugin import get_sanitize_patterns

from tools.notebooks.anatomy import COMPARED, tags
from tools.notebooks.files import ROOT, NotebookError, read
from tools.notebooks.running import FAILURES, kernel, place, reason

SANITIZER = ROOT / "tools" / "notebooks" / "sanitize.cfg"
# In the kernel: each slider and menu of each `interact` goes to both ends,
# and what it calls is called once more, since a widget shows an error and
# goes on. No slider reaches so far: it stops at its end.
MOVE_SLIDERS = """\
def _move_sliders(far=10**30):
    import gc

    from ipywidgets import interactive

    for panel in [o for o in gc.get_objects() if type(o) is interactive]:
        for widget in panel.kwargs_widgets:
            start = widget.value
            if isinstance(start, tuple):
                ends = (-far, -far), (far, far)
            elif hasattr(widget, "max"):
                ends = -far, far
            else:
                both = (False, True) if isinstance(start, bool) else ()
                ends = list(getattr(widget, "_options_values", both))
            for end in ends:
                widget.value = end
                values = {
                    other._kwarg: other.get_interact_value()
                    for other in panel.kwargs_widgets
                }
                try:
                    panel.f(**values)
                except Exception as error:
                    yield (
                        f"slider {widget._kwarg} of {panel.f.__name__} at "
                        f"{widget.value}: {type(error).__name__}: {error}"
                    )
            widget.value = start


__import__("sys").modules.get("ipywidgets") and list(_move_sliders())"""


def rerun(path):
    """Run a notebook, move its sliders, then run each cell again alone, the
    last one first; yield the faults, a line each.

    A fault is an error, or other text from a cell whose outputs are compared.
    In order, many a fault would mend itself.
    Raises NotebookError if the first run fails or the kernel is lost.
    """
    nb = read(path)
    with kernel(nb, path) as client:

        def execute(index):
            """Run a cell; return its error in a line, if any."""
            try:
                client.execute_cell(nb.cells[index], index)
            except CellExecutionError as error:
                return reason(error)
            except FAILURES as error:
                raise NotebookError(
                    f"{path}, {place(nb, index)}: {reason(error)}"
                ) from None

        every = range(len(nb.cells))
        for index in every:
            if error := execute(index):
                raise NotebookError(f"{path}, {place(nb, index)}: {error}")
        printed = [text(cell) for cell in nb.cells]
        nb.cells.append(new_code_cell(MOVE_SLIDERS))
        if error := execute(-1):
            yield f"{path}, sliders: {error}"
        for fault in _result(nb.cells.pop()):
            yield f"{path}, {' '.join(fault.split())}"
        reported = set()
        for index in reversed(every):
            cell = nb.cells[index]
            error = execute(index)
            if not error and COMPARED in tags(cell):
                error = _difference(printed[index], text(cell))
            if error:
                reported.add(index)
                yield f"{path}, {place(nb, index)}, run again: {error}"
        for index in every:  # what training in place has changed above
            cell = nb.cells[index]
            if COMPARED in tags(cell) and index not in reported:
                error = execute(index)
                error = error or _difference(printed[index], text(cell))
                if error:
                    yield f"{path}, {place(nb, index)}, at the end: {error}"


def text(cell):
    """Return the text among a cell's outputs, as nbval compares it."""
    parts = [
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in cell.get("outputs", [])
    ]
    return sanitized("".join(parts))


def sanitized(text):
    """Return a text with errors near rounding written as "tiny"."""
    for regex, replacement in get_sanitize_patterns(SANITIZER.read_text()):
        text = re.sub(regex, replacement, text)
    return text


def _result(cell):
    """Return the list that is a cell's value; empty if it has none."""
    values = [
        output.data["text/plain"]
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    return ast.literal_eval(values[0]) if values else []


def _difference(before, now):
    """Return the first line that differs, before and now; None if none."""
    pairs = itertools.zip_longest(before.splitlines(), now.splitlines())
    for old, new in pairs:
        if old != new:
            return f"printed {old!r}, now {new!r}"
