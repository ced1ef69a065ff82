"""What a notebook is made of: kinds of cells, which are folded, the core."""

import ast
import re
from functools import cache

from IPython.core.inputtransformer2 import TransformerManager

KINDS = {"figure", "proof", "answer", "slider"}
FOLDED = "hide-input"  # by this tag exporters drop or fold the input
COMPARED = "nbval-check-output"
OPEN_PROOF = 8  # lines of a proof that may stay open
TITLE = "# @title "  # Colab shows what follows on the folded cell
PREDICT = "**Predict.**"
WORDS_A_MINUTE = 150


def tags(cell):
    return cell.metadata.get("tags", [])


def is_kind(cell, *kinds):
    """Tell if a code cell carries one of these tags."""
    return cell.cell_type == "code" and any(k in tags(cell) for k in kinds)


def is_teaching(cell):
    """Tell if a code cell has no kind: it is what a lecturer projects."""
    return cell.cell_type == "code" and not is_kind(cell, "setup", *KINDS)


def is_check(cell):
    """Tell if a cell is a check or test of an assignment."""
    grader = cell.metadata.get("nbgrader", {})
    return (
        cell.cell_type == "code"
        and bool(grader.get("locked"))
        and grader.get("grade_id", "").endswith(("-check", "-test"))
    )


def is_predict(cell):
    return cell.cell_type == "markdown" and cell.source.startswith(PREDICT)


def lines(source):
    """Return the lines of code that count: not blank, no `# @title`."""
    return [
        line
        for line in source.splitlines()
        if line.strip() and not line.startswith(TITLE)
    ]


def is_folded(cell):
    """Tell if a cell's code is to be folded."""
    long_proof = (
        is_kind(cell, "proof") and len(lines(cell.source)) > OPEN_PROOF
    )
    folded_kind = is_kind(cell, "figure", "answer", "slider")
    return folded_kind or long_proof or is_check(cell)


def fold(cell):
    """Fold a cell for JupyterLab, Colab and exporters, or unfold it."""
    cell.metadata.pop("jupyter", None)
    cell.metadata.pop("cellView", None)
    kept = [tag for tag in cell.metadata.pop("tags", []) if tag != FOLDED]
    if kept:
        cell.metadata["tags"] = kept
    if is_folded(cell):
        cell.metadata["tags"] = [*kept, FOLDED]
        cell.metadata["jupyter"] = {"source_hidden": True}
        cell.metadata["cellView"] = "form"


def section_start(nb, title):
    """Return the number of the cell with the heading '## title', or of cells
    if there is none."""
    heading = re.compile(rf"^## {re.escape(title)}\s*$", re.M)
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "markdown" and heading.search(cell.source):
            return index
    return len(nb.cells)


def core(nb):
    """Return the cells before the recap: what is taught in class."""
    return nb.cells[: section_start(nb, "Recap")]


def words(cells):
    """Return the number of words in the text among `cells`."""
    return sum(
        len(cell.source.split())
        for cell in cells
        if cell.cell_type == "markdown"
    )


def minutes(nb):
    """Return how long the core takes in class: a minute for 150 words, two
    for a teaching cell, one for a figure, slider, proof or Predict."""
    cells = core(nb)
    looks = [c for c in cells if is_kind(c, "figure", "slider", "proof")]
    return round(
        words(cells) / WORDS_A_MINUTE
        + 2 * sum(map(is_teaching, cells))
        + len(looks)
        + sum(map(is_predict, cells))
    )


@cache
def python(source):
    """Return a cell's code with its magics as Python."""
    return TransformerManager().transform_cell(source)


@cache
def tree(source):
    """Return the syntax tree of a cell's code; empty if it isn't Python."""
    try:
        return ast.parse(python(source))
    except SyntaxError:
        return ast.Module([], [])
