"""Put a student's answers into a fresh copy of the assignment, so that
whatever else was done to the file does no harm."""

import copy
import re

import nbformat
from nbgrader.utils import is_locked, is_solution

from tools.grading.recognise import grade_id, match, same_text

# Ways to look into the grader rather than to answer.
SUSPICIOUS = re.compile(
    r"get_ipython|ast_transformer|NBGRADER|_getframe|sys\.modules|settrace"
    r"|\bIn\s*\[|\b_i\d*\b|\b_ih\b|HIDDEN|subprocess|os\.(?:kill|fork|system)"
)


def repair(submission, release):
    """Put a student's answers into a fresh copy of the assignment.

    Locked and test cells are the assignment's own, at their own places; the
    student's further cells stay after the cell they followed.

    Returns: (graded, shown), two notebooks that differ only in the hidden
    tests. What was done is added to the submission's notes and review.
    """
    cells, targets = submission.cells, release.released.cells
    found = match(cells, targets)
    _report(cells, targets, found, submission)
    further = _further(cells, found, {grade_id(t) for t in targets})
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
        name = grade_id(target)
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
    order = [found[i] for i in sorted(found) if grade_id(targets[i])]
    if order != sorted(order):
        review.append("the cells were out of order: put back in order")
    answers = "\n".join(
        cell.source
        for j, cell in enumerate(cells)
        if cell.cell_type == "code"
        and not any(same_text(cell, target) for target in targets)
    )
    if words := sorted(set(SUSPICIOUS.findall(answers))):
        review.append(f"uses {', '.join(words)}: see what for")
