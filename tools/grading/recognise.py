"""Recognise the assignment's cells among those of a student's notebook."""

import re

from nbgrader.utils import is_solution


def _marked(release):
    """Return the cells of the assignment that nbgrader looks after."""
    return [cell for cell in release.released.cells if grade_id(cell)]


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def overlap(cells, release):
    """Count the marked cells of the assignment that are in a notebook."""
    found = match(cells, release.released.cells, by_place=False)
    return sum(grade_id(release.released.cells[i]) is not None for i in found)


def is_this(cells, release):
    """Tell whether a notebook is this assignment, at least half of it."""
    own = {cell.grade_id for cell in cells} - {None}
    expected = len(_marked(release))
    if own:
        expected = min(expected, len(own))
    there = overlap(cells, release)
    return there > 0 and 2 * there >= expected


def match(cells, targets, by_place=True):
    """Find each cell of the assignment among a student's cells.

    Returns: {index in `targets`: index in `cells`}. A cell is recognised by
    its grade_id, its cell id, its text, the function that it defines, or,
    for an answer, its place between two cells recognised otherwise.
    """
    found = {}
    rules = [_same_grade_id, _same_id, same_text, _same_definition]
    for rule in rules:
        for i, target in enumerate(targets):
            if i in found:
                continue
            free = set(range(len(cells))) - set(found.values())
            fits = [j for j in sorted(free) if rule(cells[j], target)]
            changed = [j for j in fits if not same_text(cells[j], target)]
            if fits:
                found[i] = changed[-1] if changed else fits[0]
    return _match_by_place(cells, targets, found) if by_place else found


def _same_grade_id(cell, target):
    return bool(cell.grade_id) and cell.grade_id == grade_id(target)


def _same_id(cell, target):
    return target.get("id") in cell.ids and not cell.grade_id


def same_text(cell, target):
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
