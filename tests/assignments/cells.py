"""What the tests of the assignments share: cells are read and run."""

import contextlib
import functools
import io

from IPython.core.inputtransformer2 import TransformerManager

from tools.notebooks import rules
from utils import data

# The rules that students' notebooks and their sources keep.
RULES = [
    rules.badge,
    rules.objectives,
    rules.duration,
    rules.setup_cell,
    rules.heading_levels,
    rules.magics,
    rules.alternative_text,
    rules.no_absolute_paths,
    rules.normal_form,
    rules.small,
]
fashion_mnist = functools.cache(data.fashion_mnist)


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def code_cells(nb):
    """Return {grade_id or cell id: source} of the code cells, in order."""
    return {
        marks(cell).get("grade_id", cell.id): cell.source
        for cell in nb.cells
        if cell.cell_type == "code"
    }


def run(code, namespace):
    """Run a cell; return what it printed, without line breaks."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(TransformerManager().transform_cell(code), namespace)
    return " ".join(printed.getvalue().split())
