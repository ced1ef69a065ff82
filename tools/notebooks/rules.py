"""The rules that every notebook keeps, one function each.

A rule takes a `Notebook` and yields its complaints, each one line. `RULES`
lists those of lectures, `ASSIGNMENT_RULES` those of assignments; they stand
in pages.py, cells.py, names.py and claims.py.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat

from tools.notebooks import badges, cells, claims, names, pages
from tools.notebooks.cells import clean_outputs, executed


class Notebook(NamedTuple):
    """A notebook, its file and the course that it belongs to."""

    nb: nbformat.NotebookNode
    path: Path
    course: badges.Course
    root: Path

    def code(self) -> Iterator[tuple[int, nbformat.NotebookNode]]:
        """Yield the number, from 0, and the cell of each code cell."""
        return self._cells("code")

    def markdown(self) -> Iterator[tuple[int, nbformat.NotebookNode]]:
        """Yield the number, from 0, and the cell of each markdown cell."""
        return self._cells("markdown")

    def _cells(self, kind):
        for index, cell in enumerate(self.nb.cells):
            if cell.cell_type == kind:
                yield index, cell

    def opening(self) -> str:
        """Return the source of the first cell."""
        return self.nb.cells[0].source

    def headings(self) -> Iterator[tuple[int, int, str]]:
        """Yield cell number, level and text of each heading."""
        for index, cell in self.markdown():
            prose = re.sub(r"^```.*?^```", "", cell.source, flags=re.M | re.S)
            for match in re.finditer(r"^(#+)\s+(.*?)\s*$", prose, re.M):
                yield index, len(match[1]), match[2]

    def section(self, title: str) -> str:
        """Return the markdown from '## title' to the next '##' heading."""
        text = "\n".join(cell.source for _, cell in self.markdown())
        start = rf"^## {re.escape(title)}\s*$"
        match = re.search(rf"{start}(.*?)(?=^## |\Z)", text, re.M | re.S)
        return match[1] if match else ""


RULES = [
    pages.title,
    pages.badge,
    pages.objectives,
    pages.duration,
    pages.measured,
    pages.setup_cell,
    pages.sections,
    pages.heading_levels,
    pages.alternative_text,
    pages.remote_images,
    pages.formulas,
    pages.details,
    pages.no_absolute_paths,
    pages.normal_form,
    pages.small,
    cells.kinds,
    cells.teaching_lines,
    cells.figure_lines,
    cells.width,
    cells.core,
    cells.further,
    cells.drawing,
    cells.proofs,
    cells.sliders,
    cells.folded,
    cells.magics,
    cells.no_assert,
    executed,
    clean_outputs,
    names.bound_once,
    names.defaults,
    claims.predicts,
    claims.computed_titles,
    claims.answer_numbers,
    claims.compared,
]
# What students' notebooks and their sources keep.
ASSIGNMENT_RULES = [
    pages.badge,
    pages.objectives,
    pages.duration,
    pages.hand_in,
    pages.setup_cell,
    pages.heading_levels,
    pages.alternative_text,
    pages.remote_images,
    pages.formulas,
    pages.details,
    pages.no_absolute_paths,
    pages.normal_form,
    pages.small,
    cells.magics,
    cells.folded_checks,
    cells.short_checks,
]
