"""What students send: find it, read it, repair it.

`collect` finds each student's notebook in a folder, whatever the files are
called; `repair` puts the student's answers into a fresh copy of the
assignment, so that whatever else was done to the file does no harm.
"""

import copy
import io
import json
import re
import zipfile
from pathlib import PurePosixPath
from typing import NamedTuple

import nbformat
from nbgrader.utils import is_locked, is_solution

LARGEST = 50 * 2**20  # bytes of one file, zip or member of a zip
HIDDEN = {"__MACOSX", ".ipynb_checkpoints"}
CONFLICT = re.compile(
    r"^<{7}.*\n((?:.*\n)*?)={7}\n((?:.*\n)*?)>{7}.*\n?", re.MULTILINE
)
# Ways to look into the grader rather than to answer.
SUSPICIOUS = re.compile(
    r"get_ipython|ast_transformer|NBGRADER|_getframe|sys\.modules|settrace"
    r"|\bIn\s*\[|\b_i\d*\b|\b_ih\b|HIDDEN|subprocess|os\.(?:kill|fork|system)"
)


class Sent(NamedTuple):
    """One file as a student sent it."""

    student: str
    place: str  # path inside the folder, zips included
    content: bytes | None  # None: not a notebook's name, or too large


class Submission(NamedTuple):
    """One student's notebook, or why there is none."""

    student: str
    place: str
    content: bytes
    cells: list | None  # None: can't be graded, `review` says why
    notes: list  # what was repaired and needs no further look
    review: list  # what a human should look at


# Finding


def collect(folder, release, known):
    """Find one submission of each student in a folder.

    Parameters: folder, a Path to a folder or a zip; release, a `Release`;
    known, the names of all assignments, which are no part of a student's.
    Returns: a list of `Submission`, sorted by student.
    """
    names = [release.notebook, *known]
    students = {}
    for sent in _sent(folder, names):
        students.setdefault(sent.student.casefold(), []).append(sent)
    return [_best(files, release) for _, files in sorted(students.items())]


def _sent(folder, names):
    """Yield a `Sent` for each file in a folder or zip, zips opened."""
    for place, content in files(folder):
        if content is not None and place.name.lower().endswith(".zip"):
            yield from _unzipped(place, content, names)
        elif len(place.parts) > 1 or place.suffix.lower() == ".ipynb":
            yield Sent(student_name(place, names), str(place), content)


def files(folder):
    """Yield the place and the content of each file worth a look."""
    if folder.suffix.lower() == ".zip":
        yield from _members(folder.read_bytes())
        return
    for path in sorted(folder.rglob("*")):
        place = PurePosixPath(path.relative_to(folder).as_posix())
        if path.is_file() and not path.is_symlink() and _visible(place):
            fits = path.stat().st_size <= LARGEST and _wanted(place)
            yield place, path.read_bytes() if fits else None


def _members(content):
    """Yield the place and the content of each file of a zip, in memory."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            place = PurePosixPath(member.filename)
            if not member.is_dir() and _visible(place):
                fits = member.file_size <= LARGEST and _wanted(place)
                yield place, archive.read(member) if fits else None


def _unzipped(place, content, names):
    student = student_name(place, names)
    try:
        for inner, data in _members(content):
            yield Sent(student, f"{place}/{inner}", data)
    except (zipfile.BadZipFile, RuntimeError, OSError, ValueError):
        yield Sent(student, str(place), None)


def _visible(place):
    return not any(p in HIDDEN or p.startswith(".") for p in place.parts)


def _wanted(place):
    return place.suffix.lower() in {".ipynb", ".zip"}


def student_name(place, names):
    """Guess a student's name from where the file was.

    Parameters: place, a PurePosixPath such as "Ann Lee_12_assignsubmission_
    file_/a01.ipynb" or "a01_ann (1).ipynb"; names, of the assignments.
    Returns: the name of the folder or file without what Moodle, Canvas,
    browsers, Colab, JupyterLab and the assignment added to it; the file's
    own name if nothing else is in it.
    """
    name = place.parts[0]
    if len(place.parts) == 1:
        name = re.sub(r"\.(ipynb|zip)$", "", name, flags=re.IGNORECASE)
    whole = name
    name = re.sub(r"_\d+_assignsubmission_\w+?_", " - ", name)
    name = re.sub(r"_(?:LATE_)?\d{3,}_\d{3,}_", " - ", name)
    name = re.sub(r"[\s_-]*(?:\(\d+\)|-?Copy\d*|copy)$", "", name)
    name = re.sub(r"^(?:Copy of|Kopie van|Kopie von)\s+", "", name)
    for given in sorted(names, key=len, reverse=True):
        name = re.sub(rf"(?i)(?<![^\W_]){re.escape(given)}(-\d+)?", "", name)
    name = re.sub(r'[\\/:*?"<>|+]', " ", name).strip(" _-.,=@")
    return name or whole


def _best(files, release):
    """Return the submission among a student's files that fits best."""
    read = [_read(sent, release) for sent in files]
    best = max(
        read,
        key=lambda one: (
            one.cells is not None,
            one.cells is not None and _overlap(one.cells, release),
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


# Reading


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
    if cells is not None and not _is_this(cells, release):
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


# Recognising


def _marked(release):
    """Return the cells of the assignment that nbgrader looks after."""
    return [cell for cell in release.released.cells if _grade_id(cell)]


def _grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _overlap(cells, release):
    """Count the marked cells of the assignment that are in a notebook."""
    found = _match(cells, release.released.cells, by_place=False)
    return sum(_grade_id(release.released.cells[i]) is not None for i in found)


def _is_this(cells, release):
    """Tell whether a notebook is this assignment, at least half of it."""
    own = {cell.grade_id for cell in cells} - {None}
    expected = len(_marked(release))
    if own:
        expected = min(expected, len(own))
    overlap = _overlap(cells, release)
    return overlap > 0 and 2 * overlap >= expected


def _match(cells, targets, by_place=True):
    """Find each cell of the assignment among a student's cells.

    Returns: {index in `targets`: index in `cells`}. A cell is recognised by
    its grade_id, its cell id, its text, the function that it defines, or,
    for an answer, its place between two cells recognised otherwise.
    """
    found = {}
    rules = [_same_grade_id, _same_id, _same_text, _same_definition]
    for rule in rules:
        for i, target in enumerate(targets):
            if i in found:
                continue
            free = set(range(len(cells))) - set(found.values())
            fits = [j for j in sorted(free) if rule(cells[j], target)]
            changed = [j for j in fits if not _same_text(cells[j], target)]
            if fits:
                found[i] = changed[-1] if changed else fits[0]
    return _match_by_place(cells, targets, found) if by_place else found


def _same_grade_id(cell, target):
    return bool(cell.grade_id) and cell.grade_id == _grade_id(target)


def _same_id(cell, target):
    return target.get("id") in cell.ids and not cell.grade_id


def _same_text(cell, target):
    return (
        cell.cell_type == target.cell_type
        and cell.source.strip() == target.source.strip()
    )


def _same_definition(cell, target):
    wanted = _definitions(target.source) if is_solution(target) else set()
    return bool(wanted) and wanted <= _definitions(cell.source)


def _definitions(source):
    return set(re.findall(r"^(?:def|class)\s+(\w+)", source, re.MULTILINE))


def _match_by_place(cells, targets, found):
    """Add the answers that stand between recognised cells."""
    for i, target in enumerate(targets):
        if i in found or not is_solution(target):
            continue
        before = [j for k, j in found.items() if k < i]
        after = [j for k, j in found.items() if k > i]
        start = max(before, default=-1) + 1
        stop = min(after, default=len(cells))
        for j in range(start, stop):
            if (
                cells[j].cell_type == target.cell_type
                and not cells[j].grade_id
            ):
                found[i] = j
                break
    return found


# Repairing


def repair(submission, release):
    """Put a student's answers into a fresh copy of the assignment.

    Locked and test cells are the assignment's own, at their own places; the
    student's further cells stay after the cell they followed.

    Returns: (graded, shown), two notebooks that differ only in the hidden
    tests. What was done is added to the submission's notes and review.
    """
    cells, targets = submission.cells, release.released.cells
    found = _match(cells, targets)
    _report(cells, targets, found, submission)
    further = _further(cells, found, {_grade_id(t) for t in targets})
    graded, shown = (
        copy.deepcopy(release.graded),
        copy.deepcopy(release.released),
    )
    for notebook in (graded, shown):
        whole = list(further.get(None, []))
        for i, cell in enumerate(notebook.cells):
            if i in found and not is_locked(cell):
                cell.source = cells[found[i]].source
            whole += [cell, *copy.deepcopy(further.get(i, []))]
        notebook.cells = whole
    return graded, shown


def _further(cells, found, grade_ids):
    """Return the student's own cells, by the cell that they follow.

    A second copy of an answer is kept to be read, not to be run.
    """
    places = {j: i for i, j in found.items()}
    further, last = {}, None
    for j, cell in enumerate(cells):
        if j in places:
            last = places[j]
            continue
        code = cell.cell_type == "code" and cell.grade_id not in grade_ids
        new = nbformat.v4.new_code_cell if code else nbformat.v4.new_raw_cell
        if cell.cell_type == "markdown":
            new = nbformat.v4.new_markdown_cell
        further.setdefault(last, []).append(new(cell.source, id=f"own-{j}"))
    return further


def _report(cells, targets, found, submission):
    """Say what `repair` does to a notebook."""
    notes, review = submission.notes, submission.review
    for i, target in enumerate(targets):
        name = _grade_id(target)
        if name is None:
            continue
        copies = [c for c in cells if c.grade_id == name]
        answers = {c.source.strip() for c in copies} - {target.source.strip()}
        if i not in found and is_solution(target):
            review.append(f"the answer {name} is missing")
        elif i not in found:
            notes.append(f"put back the deleted cell {name}")
        elif len(copies) > 1 and is_solution(target) and len(answers) > 1:
            review.append(
                f"{name} is answered {len(answers)} times: took the last one"
            )
        elif len(copies) > 1:
            notes.append(f"{name} was copied")
        elif not copies and is_solution(target):
            review.append(f"{name} had lost its marks: recognised it")
        elif is_locked(target) and answers:
            notes.append(f"put back the original of {name}")
    order = [found[i] for i in sorted(found) if _grade_id(targets[i])]
    if order != sorted(order):
        review.append("the cells were out of order: put back in order")
    answers = "\n".join(
        cell.source
        for j, cell in enumerate(cells)
        if cell.cell_type == "code"
        and not any(_same_text(cell, target) for target in targets)
    )
    if words := sorted(set(SUSPICIOUS.findall(answers))):
        review.append(f"uses {', '.join(words)}: see what for")
