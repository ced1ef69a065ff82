"""Recognise the assignment's cells among those of a student's notebook."""

import ast
import re

from nbgrader.utils import is_solution

# The set-up cell's address: the students' repository has one of its own.
ADDRESS = re.compile(r"-b \S+ https://github\.com/\S+ course$", re.M)


def grade_id(cell):
    """Return the name that nbgrader knows a cell by, or None."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def same_text(cell, target):
    """Tell whether a student left a cell as it was."""
    return cell.cell_type == target.cell_type and (
        without_address(cell) == without_address(target)
    )


def without_address(cell):
    """Return a cell's source; of the set-up cell, no matter whence it fetches
    the course."""
    return ADDRESS.sub("course", cell.source.strip())


def is_this(cells, release):
    """Tell whether a notebook is this assignment, at least half of it."""
    targets = release.released.cells
    own = {cell.grade_id for cell in cells} - {None}
    expected = sum(grade_id(target) is not None for target in targets)
    if own:
        expected = min(expected, len(own))
    found = match(cells, targets, by_place=False)
    there = sum(grade_id(targets[i]) is not None for i in found)
    return there > 0 and 2 * there >= expected


def count_answers(cells, release):
    """Count the answers that a student has worked on."""
    targets = release.released.cells
    found = match(cells, targets)
    return sum(
        is_solution(targets[i])
        and any(not same_text(cells[j], targets[i]) for j in places)
        for i, places in found.items()
    )


def match(cells, targets, by_place=True):
    """Find each cell of the assignment among a student's cells.

    A cell is recognised by its grade_id, its cell id, its text, the function
    that it defines, or, for an answer, its place between two cells recognised
    otherwise.

    Parameters: cells, the student's; targets, the assignment's; by_place,
    whether a place is enough.
    Returns: {index in `targets`: indices in `cells`, in order}; more than one
    where the student has split a cell.
    """
    found = {}
    for rule in (_same_grade_id, _same_id, same_text, _same_definition):
        for i, target in enumerate(targets):
            if i in found:
                continue
            taken = {j for places in found.values() for j in places}
            fits = [
                j
                for j, cell in enumerate(cells)
                if j not in taken and rule(cell, target)
            ]
            if fits:
                found[i] = _parts(cells, fits, target)
    return _match_by_place(cells, targets, found) if by_place else found


def _same_grade_id(cell, target):
    return bool(cell.grade_id) and cell.grade_id == grade_id(target)


def _same_id(cell, target):
    return target.get("id") in cell.ids and not cell.grade_id


def _same_definition(cell, target):
    wanted = definitions(target.source) if is_solution(target) else set()
    return bool(wanted) and wanted <= definitions(cell.source)


def definitions(source):
    """Return the names of the functions and classes that a cell defines."""
    return set(re.findall(r"^(?:def|class)\s+(\w+)", source, re.MULTILINE))


def _parts(cells, fits, target):
    """Return those of several cells for one target that make up its answer.

    "Split cell" leaves the marks on both halves: they belong together, in
    their order. Of cells that define the same function the last one counts.
    """
    changed = [j for j in fits if not same_text(cells[j], target)]
    if not is_solution(target) or len(changed) < 2:
        return changed[-1:] or fits[:1]
    parts, known, texts = [], set(), set()
    for j in reversed(changed):
        source = cells[j].source.strip()
        if source not in texts and not known & definitions(source):
            parts.insert(0, j)
            texts.add(source)
            known |= definitions(source)
    if target.cell_type == "code" and not _compiles(join(cells, parts)):
        whole = [j for j in changed if _compiles(cells[j].source)]
        return whole[-1:] or parts
    return parts


def join(cells, parts):
    """Return the text of the cells that make up one answer."""
    blank = "\n\n" if cells[parts[0]].cell_type == "markdown" else "\n"
    return blank.join(cells[j].source for j in parts)


def _compiles(source):
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _match_by_place(cells, targets, found):
    """Add the answers that stand between recognised cells."""
    for i, target in enumerate(targets):
        if i in found or not is_solution(target):
            continue
        start, stop = neighbours(i, found, len(cells))
        for j in range(start, stop):
            cell = cells[j]
            if cell.cell_type == target.cell_type and not cell.grade_id:
                found[i] = [j]
                break
    return found


def neighbours(i, found, count):
    """Return where a target should stand: from the place after the cells
    recognised before it up to those recognised after it.

    Parameters: i, the target's index; found, from `match`; count, of cells.
    """
    before = [places[-1] for k, places in found.items() if k < i]
    after = [places[0] for k, places in found.items() if k > i]
    return max(before, default=-1) + 1, min(after, default=count)
