"""The rules that every notebook keeps, one function each.

A rule takes a `Notebook` and yields its complaints, each one line. `RULES`
lists those of lectures, `ASSIGNMENT_RULES` those of assignments.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from tools.notebooks import badges, files

MAX_BYTES = 1_000_000
MAX_WIDTH = 79  # characters in a line of code
MAX_LINES = 25  # in a code cell
LAST_SECTIONS = ["Recap", "Sources and further reading"]
COMPARED = "nbval-check-output"
# Formulas in plain text: most of it is lost in LaTeX, for want of a glyph.
SYMBOL = re.compile(
    "[\u0300-\u03ff"  # accents put on letters, Greek
    "\u1d2c-\u1d7f\u2070-\u209f"  # small, raised and lowered
    "\u2032-\u2037\u2102\u2113\u2115\u211a\u211d\u2124"  # primes, ℂ, ℓ, ℝ
    "\u21d0-\u22ff\U0001d400-\U0001d7ff]"  # ⇒, ∂, √, 𝑥
)
ABSOLUTE_PATH = re.compile(
    r"(?<![\w.~/-])/(?:home|root|tmp|work|Users|content)/|(?<!\$)\b[CD]:\\"
)


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


def title(notebook):
    number = notebook.path.name[:2]
    if not re.match(rf"# {number} · \S", notebook.opening()):
        yield f"cell 0: must begin with '# {number} · Title'"


def badge(notebook):
    own = badges.badge(notebook.course, notebook.path, notebook.root)
    if own not in notebook.opening():
        yield f"cell 0: needs the badge {own} (`make badges` mends one)"
    stem = badges.badge_url(notebook.course, notebook.root, notebook.root)
    for index, cell in notebook.markdown():
        for found in re.findall(
            r"https://colab\.research\.google\.com/github/[^\s)\"]+",
            cell.source,
        ):
            if not found.startswith(stem.removesuffix(".")):
                yield f"cell {index}: {found} leaves the course"


def objectives(notebook):
    after = notebook.opening().partition("After this notebook you can")[2]
    items = re.findall(r"^[-*] ", after, re.M)
    if not 3 <= len(items) <= 5:
        yield "cell 0: needs 'After this notebook you can' and 3 to 5 items"


def duration(notebook):
    if not re.search(r"·.*\d+ minutes.*·.*\d+ seconds", notebook.opening()):
        yield (
            "cell 0: needs the line 'lecture · NN minutes in class · "
            "NN seconds to run'"
        )


def hand_in(notebook):
    for menu in (
        "*File > Save a copy in Drive*",
        "*File > Download > Download .ipynb*",
    ):
        if menu not in notebook.opening():
            yield f"cell 0: must say when to choose {menu}"


def setup_cell(notebook):
    tagged = [
        index
        for index, cell in notebook.code()
        if "setup" in cell.metadata.get("tags", [])
    ]
    first = next((index for index, _ in notebook.code()), None)
    if tagged != [first]:
        yield "the first code cell, and no other, must carry the tag 'setup'"
    elif notebook.nb.cells[first].source != badges.setup_source(
        notebook.course
    ):
        yield f"cell {first}: differs from the course's set-up cell"


def sections(notebook):
    names = [name for _, level, name in notebook.headings() if level == 2]
    if names[-2:] != LAST_SECTIONS:
        yield f"the last two sections must be {LAST_SECTIONS}"
    if "<details>" not in notebook.section("Your turn"):
        yield "needs a section 'Your turn' with folded answers (<details>)"


def heading_levels(notebook):
    previous = 0
    for index, level, name in notebook.headings():
        if level > previous + 1:
            yield f"cell {index}: '{name}' skips a heading level"
        if level == 1 and previous:
            yield f"cell {index}: '{name}' is a second title"
        previous = level


def introduced(notebook):
    for index, _ in notebook.code():
        before = notebook.nb.cells[index - 1] if index else None
        prose = before and re.sub(r"^#.*", "", before.source, flags=re.M)
        if not prose or before.cell_type != "markdown" or not prose.strip():
            yield f"cell {index}: code without a sentence before it"


def short_code(notebook):
    for index, cell in notebook.code():
        lines = cell.source.splitlines()
        if len(lines) > MAX_LINES:
            yield f"cell {index}: {len(lines)} lines, at most {MAX_LINES}"
        if "setup" in cell.metadata.get("tags", []):
            continue
        for line in lines:
            if len(line) > MAX_WIDTH:
                yield f"cell {index}: over {MAX_WIDTH} characters: {line}"


def magics(notebook):
    for index, cell in notebook.code():
        if "setup" in cell.metadata.get("tags", []):
            continue
        try:
            code = ast.parse(TransformerManager().transform_cell(cell.source))
        except SyntaxError as error:
            yield f"cell {index}: isn't Python: {error.msg}"
            continue
        for call in ast.walk(code):
            match call:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Call(func=ast.Name(id="get_ipython"))
                    ),
                    args=[ast.Constant(value=name), *_],
                ) if name != "timeit":
                    yield f"cell {index}: only %timeit is allowed, not {name}"


def executed(notebook):
    for index, cell in notebook.code():
        if cell.execution_count is None:
            yield f"cell {index}: was never run"


def clean_outputs(notebook):
    for index, cell in notebook.code():
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {index}: ends in an error, {output.ename}"
            elif output.get("name") == "stderr":
                yield f"cell {index}: has warnings: {output.text[:60]!r}"


def compared(notebook):
    printing = [cell for _, cell in notebook.code() if _prints(cell)]
    tagged = [c for c in printing if COMPARED in c.metadata.get("tags", [])]
    if 2 * len(tagged) < len(printing):
        yield (
            f"{len(tagged)} of {len(printing)} cells that print carry the "
            f"tag {COMPARED}: at least half must"
        )


def _prints(cell):
    return any(
        output.get("name") == "stdout"
        or "text/plain" in output.get("data", {})
        and not _images(output)
        for output in cell.outputs
    )


def _images(output):
    return [kind for kind in output.get("data", {}) if kind[:6] == "image/"]


def alternative_text(notebook):
    for index, cell in notebook.code():
        for output in cell.outputs:
            for kind in _images(output):
                if not output.metadata.get(kind, {}).get("alt", "").strip():
                    yield f"cell {index}: a figure without alternative text"
    for index, cell in notebook.markdown():
        if re.search(r"!\[\s*\]\(", cell.source) or re.search(
            r"""<img(?![^>]*\balt=["'][^"'])""", cell.source
        ):
            yield f"cell {index}: an image without alternative text"


def remote_images(notebook):
    for index, cell in notebook.markdown():
        if found := re.search(r"!\[[^]]*\]\(https?:[^)]*\)", cell.source):
            yield f"cell {index}: LaTeX stops at {found[0]}: write it as <img>"


def formulas(notebook):
    for index, cell in notebook.markdown():
        for line in _prose(cell.source).splitlines():
            if found := SYMBOL.findall(line):
                yield (
                    f"cell {index}: {' '.join(found)} outside $…$, where "
                    f"LaTeX loses it: {line.strip()[:60]}"
                )
        for line in _lines(cell):
            if "$$" in line and line != "$$":
                yield f"cell {index}: $$ needs a line of its own: {line[:60]}"


def _prose(source):
    """Return Markdown without code and formulas."""
    for code_or_formula in r"(`+)[^`].*?\1", r"\$\$.*?\$\$", r"\$[^$]+\$":
        source = re.sub(code_or_formula, "", source, flags=re.S)
    return source


def _lines(cell):
    """Return the lines of a cell without the marks of a quotation."""
    return [re.sub(r"^(> ?)+", "", li) for li in cell.source.splitlines()]


def details(notebook):
    for index, cell in notebook.markdown():
        lines = _lines(cell)
        pairs = list(zip(["", *lines], [*lines, ""]))
        for before, line in pairs:
            if "<details" in line and not re.fullmatch(
                r"<details><summary>.+</summary>", line
            ):
                yield (
                    f"cell {index}: write <details><summary>…</summary> on a "
                    "line of its own"
                )
            if "</summary>" in before and line.strip():
                yield f"cell {index}: needs a blank line after </summary>"
            if "</details>" in line and before.strip():
                yield f"cell {index}: needs a blank line before </details>"


def no_absolute_paths(notebook):
    for index, cell in enumerate(notebook.nb.cells):
        for text in (cell.source, *_texts(cell)):
            if match := ABSOLUTE_PATH.search(text):
                yield f"cell {index}: a path of one machine, {match[0]}"


def _texts(cell):
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        for kind, value in output.get("data", {}).items():
            if kind.startswith("text/"):
                yield value


def normal_form(notebook):
    if files.to_text(notebook.nb) != files.to_text(
        files.normalise(notebook.nb)
    ):
        yield "isn't in normal form: run `make format`"
    elif not nbformat.validator.isvalid(notebook.nb):
        yield "isn't a valid notebook: open and save it in JupyterLab"


def small(notebook):
    size = len(files.to_text(notebook.nb).encode())
    if size > MAX_BYTES:
        yield f"{size} bytes, at most {MAX_BYTES}: fewer or smaller figures"


RULES = [
    title,
    badge,
    objectives,
    duration,
    setup_cell,
    sections,
    heading_levels,
    introduced,
    short_code,
    magics,
    executed,
    clean_outputs,
    compared,
    alternative_text,
    remote_images,
    formulas,
    details,
    no_absolute_paths,
    normal_form,
    small,
]
# What students' notebooks and their sources keep.
ASSIGNMENT_RULES = [
    badge,
    objectives,
    duration,
    hand_in,
    setup_cell,
    heading_levels,
    magics,
    alternative_text,
    remote_images,
    formulas,
    details,
    no_absolute_paths,
    normal_form,
    small,
]
