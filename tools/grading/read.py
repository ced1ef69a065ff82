"""Read what a student sent: one notebook, or why there is none."""

import base64
import json
import re
from typing import NamedTuple

import nbformat

from tools.grading.collect import CHECKPOINTS
from tools.grading.recognise import count_answers, is_this
from tools.grading.unpack import Sent, kind, printable

CELLS = 10_000  # of one notebook
SAID = 5  # files that one line names
IMAGES = {
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
}
JSON = json.JSONDecoder(  # of a notebook's numbers, only the digits matter
    strict=False, parse_int=str, parse_float=str, parse_constant=str
)


class Submission(NamedTuple):
    """One student's notebook, or why there is none."""

    student: str  # the key
    name: str
    id: str
    place: str
    content: bytes
    cells: list | None  # None: can't be graded, `review` says why
    notes: list  # what was repaired and needs no further look
    review: list  # what a human should look at


class _Tried(NamedTuple):
    """One file of a student's, read as a notebook."""

    sent: Sent
    cells: list | None
    problem: str
    notes: list
    review: list
    answers: int

    @property
    def place(self):
        return self.sent.place


def read(student, release):
    """Return the notebook that counts among what a student sent.

    The one with most answers counts, of these the latest. Nothing that was
    sent makes this raise an error.

    Parameters: student, a `Student`; release, a `Release`.
    Returns: a `Submission`.
    """
    files = student.files or [Sent(student.name, None, "nothing was sent")]
    tried = [_try(sent, release) for sent in files]
    best = max(tried, key=_rank)
    if best.cells is None:
        content, notes, review = b"", [], _reasons(tried)
    else:
        content = best.sent.content
        notes, review = best.notes, best.review
        _tell_of_others(best, tried, notes, review)
    who = student.key, student.name, student.id
    return Submission(*who, best.place, content, best.cells, notes, review)


def _rank(one):
    """Return what makes one of several files count."""
    return (
        one.cells is not None,
        not _is_checkpoint(one.place),
        one.answers,
        _copy_number(one.place),
        one.sent.when,
        one.place,
    )


def _is_checkpoint(place):
    return CHECKPOINTS in place or place.endswith("-checkpoint.ipynb")


def _copy_number(place):
    number = re.search(r"(?:\((\d{1,3})\)|-(?:Copy)?(\d{1,3}))\.\w+$", place)
    return int(number[1] or number[2]) if number else 0


def _reasons(tried):
    """Say why there is nothing to grade."""
    strange = [one for one in tried if one.problem != kind(one.place)]
    first = sorted(
        strange or tried, key=lambda one: not _is_notebook(one.place)
    )
    lines = [f"{_sentence(one)}: {one.place}" for one in first[:SAID]]
    return lines + _more(first)


def _sentence(one):
    beside = one.sent.content is None and one.problem.startswith(("a ", "an "))
    return f"no notebook, but {one.problem}" if beside else one.problem


def _is_notebook(place):
    return place.lower().endswith(".ipynb")


def _tell_of_others(best, tried, notes, review):
    """Say what else a student sent than the notebook that counts."""
    others, unread, besides = [], [], []
    for one in tried:
        if one is best or one.cells == best.cells:
            continue
        elif one.cells is None and _is_harmless(one):
            besides.append(one.place)
        elif one.cells is None:
            unread.append(f"{one.problem}: {one.place}")
        elif not _is_checkpoint(one.place) or one.answers > best.answers:
            others.append(one)
    if others:
        names = _some(sorted(one.place for one in others))
        review.append(f"took {best.place}, not {names}{_why(best, others)}")
    if _is_checkpoint(best.place):
        review.append(f"took JupyterLab's automatic copy: {best.place}")
    review += unread[:SAID] + _more(unread)
    if besides:
        notes.append(f"also sent: {_some(sorted(besides))}")


def _is_harmless(one):
    return one.problem in (kind(one.place), "another notebook")


def _why(best, others):
    """Say how the choice was made where the answers didn't decide."""
    rivals = [one for one in others if one.answers == best.answers]
    if not rivals or not best.answers:
        return ""
    numbers = {_copy_number(one.place) for one in [best, *rivals]}
    dates = {one.sent.when for one in [best, *rivals]}
    how = "look at both"
    if len(numbers) > 1:
        how = "the later copy"
    elif len(dates) > 1 and "" not in dates:
        how = "the one modified last"
    return f" (as many answers: {how})"


def _some(places):
    """Return names in one line, not too many."""
    return ", ".join(places[:SAID] + _more(places))


def _more(found):
    return [f"and {len(found) - SAID} more"] * (len(found) > SAID)


# One file


def _try(sent, release):
    """Return what one file holds; whatever is wrong with it is said."""
    notes, review, cells, answers = [], [], None, 0
    problem = sent.problem
    if sent.content is not None:
        try:
            text = _decode(sent.content, notes, review)
            cells = _cells(_json(text, review), review)
            if is_this(cells, release):
                answers = count_answers(cells, release)
            else:
                problem, cells = "another notebook", None
        except ValueError as error:
            problem, cells = str(error), None
        except Exception as error:  # one submission must not stop the class
            problem, cells = f"not read, {type(error).__name__}", None
    if cells is None and not sent.problem and not _is_notebook(sent.place):
        sent = sent._replace(content=None)
        problem = kind(sent.place)
    elif cells is not None and not _is_notebook(sent.place):
        notes.append(f"is a notebook: {sent.place}")
    return _Tried(sent, cells, problem, notes, review, answers)


def _decode(content, notes, review):
    """Return a file's text, whatever its encoding."""
    if not content.strip(b"\0 \t\r\n"):
        raise ValueError("an empty file")
    encoding = json.detect_encoding(content)
    if encoding.startswith("utf-8"):
        encoding, text = _utf_8(content)
    else:
        text = content.decode(encoding, "replace")
    if encoding == "damaged":
        review.append("some letters are damaged")
    elif encoding:
        notes.append(f"saved as {encoding}, read as such")
    if "\0" in text[:100]:
        raise ValueError("not a text file")
    return text


def _utf_8(content):
    """Return "" and the text of UTF-8, or another encoding and its text."""
    try:
        return "", content.decode("utf-8-sig", "surrogatepass")
    except UnicodeDecodeError:
        text = content.decode("utf-8-sig", "replace")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    if 10 * text.count("\ufffd") < foreign:
        return "damaged", text
    return "cp1252", content.decode("cp1252", "replace")


def _json(text, review):
    """Return what a notebook's text says, merge conflicts settled."""
    try:
        return _whole(text, review)
    except (ValueError, RecursionError):
        pass
    if re.search(r"^<{7}", text, re.MULTILINE):
        for side, name in ((1, "first"), (2, "second")):
            try:
                content = _whole(_one_side(text, side), review)
            except (ValueError, RecursionError):
                continue
            review.append(f"a merge conflict: took the {name} side")
            return content
        raise ValueError("an unsettled merge conflict")
    if text.lstrip().startswith("<"):
        raise ValueError("not a notebook, but a web page")
    raise ValueError("not a notebook (not JSON, or cut off)")


def _whole(text, review):
    """Return what JSON says; what follows it is no part of it."""
    text = text.strip("\ufeff\0 \t\r\n")
    content, end = JSON.raw_decode(text)
    if end < len(text):
        review.append("something follows the end of the notebook: left out")
    return content


def _one_side(text, wanted):
    """Return a text with one side of each merge conflict."""
    kept, side = [], 0
    for line in text.split("\n"):
        if line.startswith("<" * 7):
            side = 1
        elif side and line.startswith("|" * 7):
            side = 3
        elif side and line.startswith("=" * 7):
            side = 2
        elif side and line.startswith(">" * 7):
            side = 0
        elif side in (0, wanted):
            kept.append(line)
    return "\n".join(kept)


# Cells


def _cells(content, review):
    """Return the cells of a notebook of any format, reduced to the core."""
    found = _listed(content, "cells")
    for sheet in _listed(content, "worksheets"):
        found += _listed(sheet, "cells")
    if not found:
        raise ValueError("not a notebook (JSON, but no cells)")
    if len(found) > CELLS:
        raise ValueError(f"more than {CELLS} cells")
    cells, left_out = [], []
    for number, cell in enumerate(found, 1):
        source = _source(cell)
        if source is not None:
            cells.append(_cell(cell, source, left_out))
        elif cell is not None:
            left_out.append(f"cell {number}")
    if left_out:
        review.append(f"can't be read, left out: {_some(left_out)}")
    return cells


def _listed(content, key):
    found = content.get(key) if isinstance(content, dict) else None
    return list(found) if isinstance(found, list) else []


def _source(cell):
    """Return a cell's text, or None if it has none."""
    if not isinstance(cell, dict):
        return None
    text = cell.get("source", cell.get("input", ""))
    if isinstance(text, list) and all(isinstance(t, str) for t in text):
        text = "".join(text)
    return valid(text) if isinstance(text, str) else None


def _cell(cell, source, left_out):
    """Return a cell's type, text, grade_id, ids and images, checked."""
    metadata = _dict(cell.get("metadata"))
    grade_id = _dict(metadata.get("nbgrader")).get("grade_id")
    ids = [cell.get("id"), metadata.get("id")]
    kind_of_cell = cell.get("cell_type")
    if kind_of_cell == "heading":  # of format 3
        level = str(cell.get("level", 1))[:1]
        source = "#" * (int(level) if level.isdecimal() else 1) + " " + source
        kind_of_cell = "markdown"
    elif kind_of_cell not in ("code", "markdown"):
        kind_of_cell = "raw"
    return nbformat.NotebookNode(
        cell_type=kind_of_cell,
        source=source,
        grade_id=valid(grade_id) if _is_text(grade_id) else None,
        ids={valid(one) for one in ids if _is_text(one)},
        attachments=_attachments(cell, left_out),
    )


def _dict(value):
    return value if isinstance(value, dict) else {}


def _is_text(value):
    return isinstance(value, str) and value != ""


def valid(text):
    """Return a text that every file and database takes.

    Halves of one character are joined, other halves and zeros replaced.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd")


def _attachments(cell, left_out):
    """Return the images that were pasted into a cell."""
    kept = {}
    for name, versions in _dict(cell.get("attachments")).items():
        images = {
            form: image
            for form, data in _dict(versions).items()
            if form in IMAGES and (image := _image(data))
        }
        if images:
            kept[valid(name)] = images
        else:
            left_out.append(f"the attachment {printable(name)[:60]}")
    return kept


def _image(data):
    """Return an image's base64 on one line, or "" if it's none."""
    try:
        text = "".join("".join(data).split())
        content = base64.b64decode(text, validate=True)
    except (TypeError, ValueError):
        return ""
    return text if content.startswith(tuple(IMAGES.values())) else ""
