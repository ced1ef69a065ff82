"""Read what a student sent: one notebook, or why there is none."""

import json
import re
from typing import NamedTuple

import nbformat

from tools.grading.collect import LARGEST
from tools.grading.recognise import is_this, overlap

CONFLICT = re.compile(
    r"^<{7}.*\n((?:.*\n)*?)={7}\n((?:.*\n)*?)>{7}.*\n?", re.MULTILINE
)


class Submission(NamedTuple):
    """One student's notebook, or why there is none."""

    student: str
    place: str
    content: bytes
    cells: list | None  # None: can't be graded, `review` says why
    notes: list  # what was repaired and needs no further look
    review: list  # what a human should look at


def _best(files, release):
    """Return the submission among a student's files that fits best."""
    read = [_read(sent, release) for sent in files]
    best = max(
        read,
        key=lambda one: (
            one.cells is not None,
            one.cells is not None and overlap(one.cells, release),
            _copy_number(one.place),
        ),
    )
    others = [
        one.place
        for one in read
        if one.place != best.place and one.place.lower().endswith(".ipynb")
    ]
    if others and best.cells is not None:
        best.review.append(
            f"took {best.place}, not {', '.join(sorted(others))}"
        )
    return best


def _copy_number(place):
    number = re.search(r"\((\d+)\)|-Copy(\d+)", place)
    return int(number[1] or number[2]) if number else 0


def _read(sent, release):
    """Return the `Submission` that one file holds."""
    notes, review, cells = [], [], None
    if not sent.place.lower().endswith(".ipynb"):
        kind = (
            "zip that can't be opened"
            if sent.place.lower().endswith(".zip")
            else "file"
        )
        review.append(f"no notebook, but a {kind}: {sent.place}")
    elif sent.content is None:
        review.append(f"larger than {LARGEST >> 20} MB: {sent.place}")
    else:
        try:
            text = _decode(sent.content, notes)
            cells = _cells(_json(text, review))
        except ValueError as error:
            review.append(f"{error}: {sent.place}")
    if cells is not None and not is_this(cells, release):
        review.append(f"another notebook: {sent.place}")
        cells = None
    return Submission(
        sent.student, sent.place, sent.content or b"", cells, notes, review
    )


def _decode(content, notes):
    """Return a file's text, whatever its encoding."""
    if not content.strip():
        raise ValueError("an empty file")
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8-sig":
            notes.append(f"saved as {encoding}, read as such")
        return text
    raise ValueError("not a text file")


def _json(text, review):
    """Return what a notebook's text says, merge conflicts settled."""
    if re.search(r"^<{7}", text, re.MULTILINE):
        for side, name in ((r"\1", "first"), (r"\2", "second")):
            try:
                content = json.loads(CONFLICT.sub(side, text))
            except (ValueError, RecursionError):
                continue
            review.append(f"a merge conflict: took the {name} side")
            return content
        raise ValueError("an unsettled merge conflict")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("not a notebook (not JSON, or cut off)") from None


def _cells(content):
    """Return the cells of a notebook of any format, reduced to the core."""
    try:
        notebook = nbformat.from_dict(content)
        if notebook.nbformat < 4:
            notebook = nbformat.convert(notebook, 4)
        return [_cell(cell) for cell in notebook.cells]
    except Exception:  # nbformat raises anything for a file it doesn't know
        raise ValueError("not a notebook (JSON, but no cells)") from None


def _cell(cell):
    """Return a cell's type, text, grade_id and ids, checked."""
    text = cell.source
    if isinstance(text, list):
        text = "".join(text)
    metadata = cell.get("metadata", {})
    marks = metadata.get("nbgrader", {})
    return nbformat.NotebookNode(
        cell_type=str(cell.cell_type),
        source=str(text),
        grade_id=marks.get("grade_id") if marks else None,
        ids={cell.get("id"), metadata.get("id")} - {None},
    )
