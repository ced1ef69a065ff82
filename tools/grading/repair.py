"""Put a student's answers into a fresh copy of the assignment, so that
whatever else was done to the file does no harm."""

import ast
import copy
import re
import urllib.parse

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.utils import is_grade, is_locked, is_solution

from tools.grading.recognise import (
    grade_id,
    join,
    match,
    neighbours,
    same_text,
    without_address,
)

OWN = "own"  # how the ids of a student's own cells begin
LONGEST = 100_000  # characters of a text that is worth reading
# Ways to look into the grader rather than to answer.
SUSPICIOUS = re.compile(
    r"get_ipython|ast_transformer|NBGRADER\w*|sys\.modules|settrace"
    r"|_getframe|currentframe|inspect\.stack|\bf_(?:back|locals|globals)\b"
    r"|gc\.get_\w+|__code__|_outcomes|_grading\b|\bctypes\b"
    r"|\bcheck\w*\.\w+\s*=(?!=)|checking\._\w+|setattr"
    r"|\bIn\s*\[|\b_ih\b|\b_i\d+\b|(?:BEGIN|END) HIDDEN|subprocess"
    r"|os\.(?:kill|fork|system|popen|exec\w*|environ)"
)


# What a link may lead to, and HTML and links that could run.
SAFE_LINK = (
    r"\s*<?(?:https?://|mailto:|attachment:|#|data:image/(?:png|jpeg|gif))"
)
HTML = re.compile(r"<(?=[a-zA-Z/!?])")
LINK = re.compile(rf"\]\((?!{SAFE_LINK})", re.IGNORECASE)
REFERENCE = re.compile(rf"^(\s*)\[(?=[^\]]*\]:(?!{SAFE_LINK}))", re.I | re.M)


def repair(submission, release):
    """Put a student's answers into a fresh copy of the assignment.

    Locked and test cells are the assignment's own, at their own places; the
    student's further cells stay after the cell they followed, and run.

    Parameters: submission, a `Submission` with cells; release, a `Release`.
    Returns: (graded, shown), two notebooks that differ only in the hidden
    tests. What was done is added to the submission's notes and review.
    """
    cells, targets = submission.cells, release.released.cells
    found = match(cells, targets)
    _report(cells, targets, found, submission)
    beside = _beside(cells, targets, found, submission)
    further = _further(cells, targets, found, beside)
    graded = copy.deepcopy(release.graded)
    shown = copy.deepcopy(release.released)
    for notebook in (graded, shown):
        whole = copy.deepcopy(further.get(None, []))
        for i, cell in enumerate(notebook.cells):
            if i in beside:
                _fill(cell, cells, beside[i])
            elif i in found and not (is_locked(cell) or _is_setup(cell)):
                if not same_text(cells[found[i][0]], cell):
                    _fill(cell, cells, found[i])
            whole += [cell, *copy.deepcopy(further.get(i, []))]
        notebook.cells = whole
    return graded, shown


def _is_setup(cell):
    return "setup" in cell.metadata.get("tags", [])


def _fill(cell, cells, parts):
    """Give a cell of the assignment the student's text and pictures."""
    cell.source = join(cells, parts)
    pictures = {}
    for j in parts:
        pictures |= cells[j].get("attachments", {})
    cell.source = cell.source[:LONGEST]
    if cell.cell_type == "markdown":
        _make_harmless(cell)
        _attach(cell, pictures)


def _make_harmless(cell):
    """Show what could run in a browser, HTML and odd links, as text."""
    cell.source = HTML.sub("&lt;", cell.source)
    cell.source = LINK.sub("] (", cell.source)
    cell.source = REFERENCE.sub(r"\1\[", cell.source)


def _attach(cell, pictures):
    """Keep the pictures that a text shows; say where one is missing."""
    for number, (name, picture) in enumerate(pictures.items(), 1):
        plain = f"picture-{number}"  # a name with blanks breaks the page
        for written in {name, urllib.parse.quote(name)}:
            cell.source = re.sub(
                rf"attachment:{re.escape(written)}(?=[\s)\"'>]|$)",
                f"attachment:{plain}",
                cell.source,
            )
        if f"attachment:{plain}" in cell.source:
            cell.setdefault("attachments", {})[plain] = picture
    known = cell.get("attachments", {})
    cell.source = re.sub(
        r"attachment:([^\s)\"'>]*)",
        lambda m: m[0] if m[1] in known else "missing-picture",
        cell.source,
    )


def _beside(cells, targets, found, submission):
    """Find open questions left untouched whose answer stands beside them.

    Returns: {index in `targets`: indices in `cells` of the text to grade}.
    """
    known = {target.source.strip() for target in targets}
    beside = {}
    for i, target in enumerate(targets):
        if not (is_grade(target) and is_solution(target)):
            continue
        if any(not same_text(cells[j], target) for j in found.get(i, [])):
            continue
        marked = {
            k: places
            for k, places in found.items()
            if k != i and grade_id(targets[k])
        }
        texts = [
            j
            for j in range(*neighbours(i, marked, len(cells)))
            if cells[j].source.strip() not in known | {""}
            and not cells[j].grade_id
            and _is_prose(cells[j])
        ]
        if texts:
            beside[i] = texts
            submission.review.append(
                f"{grade_id(target)} was left as it is: took what stands "
                f'beside it, "{_start(cells[texts[0]].source)}"'
            )
    return beside


def _is_prose(cell):
    """Tell whether a cell holds a text, in a cell of whatever type."""
    if cell.cell_type != "code":
        return True
    try:
        body = ast.parse(cell.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return bool(re.match(r"\s*[A-Z]\w*(?: \w+){3}", cell.source))
    return all(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for node in body
    )


def _start(text):
    """Return the beginning of a text, on one line."""
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."


def _further(cells, targets, found, beside):
    """Return the student's own cells, by the cell that they follow.

    A second copy of an answer is kept to be read, not to be run. What a
    student wrote into the set-up cell runs after the course's own.
    """
    marks = {grade_id(target) for target in targets} - {None}
    places = {j: i for i, parts in found.items() for j in parts}
    moved = {j for parts in beside.values() for j in parts}
    further, last = {}, None
    for j, cell in enumerate(cells):
        if j in places:
            last = places[j]
            target = targets[last]
            if not _is_setup(target) or same_text(cell, target):
                continue
        elif j in moved:
            continue
        name = f"{OWN}-{j}"
        if cell.cell_type == "markdown":
            new = new_markdown_cell(cell.source[:LONGEST], id=name)
            _make_harmless(new)
            _attach(new, cell.get("attachments", {}))
        elif cell.cell_type == "code" and cell.grade_id not in marks:
            new = new_code_cell(cell.source[:LONGEST], id=name)
        else:
            new = new_raw_cell(cell.source[:LONGEST], id=name)
        further.setdefault(last, []).append(new)
    return further


def _report(cells, targets, found, submission):
    """Say what `repair` does to a notebook."""
    notes, review = submission.notes, submission.review
    for i, target in enumerate(targets):
        name = grade_id(target)
        if name is None:
            continue
        copies = [c for c in cells if c.grade_id == name]
        answers = {without_address(c) for c in copies}
        answers -= {without_address(target)}
        parts = found.get(i, [])
        if not parts and is_solution(target):
            review.append(f"the answer {name} is missing")
        elif not parts:
            notes.append(f"put back the deleted cell {name}")
        elif is_solution(target) and len(answers) > len(parts):
            review.append(
                f"{name} is answered {len(answers)} times: took the last one"
            )
        elif is_solution(target) and len(parts) > 1:
            notes.append(
                f"{name} was split into {len(parts)} cells: put together"
            )
        elif len(copies) > 1:
            notes.append(f"{name} was copied")
        elif not copies and is_solution(target):
            review.append(f"{name} had lost its marks: recognised it")
        elif is_locked(target) and answers:
            notes.append(f"put back the original of {name}")
    order = [found[i][0] for i in sorted(found) if grade_id(targets[i])]
    if order != sorted(order):
        review.append("the cells were out of order: put back in order")
    own = "\n".join(
        cell.source
        for cell in cells
        if cell.cell_type == "code"
        and not any(same_text(cell, target) for target in targets)
    )
    if words := sorted(set(SUSPICIOUS.findall(own))):
        review.append(f"uses {', '.join(words)}: see what for")
