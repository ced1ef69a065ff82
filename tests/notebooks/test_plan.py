"""README's plan for lecturers has every lecture, in weeks that add up, and
what it leaves out for short classes exists and is enough."""

import re

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from tools.notebooks import anatomy, files

README = (files.ROOT / "README.md").read_text(encoding="utf-8")
LECTURES = [
    path.name for path in sorted(files.ROOT.glob("notebooks/[0-9]*.ipynb"))
]
CLASSES_A_WEEK, LONG, SHORT = 2, 105, 55  # minutes of a class, at most


def plan():
    """Return README's rows, without its heading, as lists of cells."""
    table = README.partition("<!-- plan:start -->")[2]
    rows = table.partition("<!-- plan:end -->")[0].strip().splitlines()[2:]
    return [[c.strip() for c in row.strip("|").split("|")] for row in rows]


def lecture(row):
    """Return the file's name of a row's lecture."""
    return re.search(r"notebooks/(\S+\.ipynb)", row[1])[1]


def without(nb, titles):
    """Return a notebook without the sections of these titles, and which of
    the titles it has."""
    kept, title, found = [], "", set()
    for cell in nb.cells:
        parts = [cell]
        if cell.cell_type == "markdown":
            texts = re.split(r"^(?=## )", cell.source, flags=re.M)
            parts = [new_markdown_cell(text) for text in texts]
        for part in parts:
            if part.source.startswith("## "):
                title = part.source[3:].splitlines()[0].strip()
            found |= {title} & titles
            if title not in titles:
                kept.append(part)
    return new_notebook(cells=kept), found


def test_each_lecture_has_its_place():
    assert [lecture(row) for row in plan()] == LECTURES


def test_weeks_add_up():
    for i, (week, name, *_) in enumerate(plan()):
        assert week == str(i // CLASSES_A_WEEK + 1), name


def test_what_a_lecture_builds_on_comes_before_it():
    before = set()
    for _, name, builds_on, *_ in plan():
        assert set(re.findall(r"\d\db?c?", builds_on)) <= before, name
        before.add(re.match(r"\[(\w+)\]", name)[1])


def test_shorter_courses_leave_no_gap():
    builds_on = {}
    for _, name, before, *_ in plan():
        number = re.match(r"\[(\w+)\]", name)[1]
        builds_on[number] = set(re.findall(r"\d\d[bc]?", before))
    courses = re.findall(r"^- \*\*(\d+) classes\*\*:([^;.]*)", README, re.M)
    assert [classes for classes, _ in courses] == ["24", "12"]
    for classes, text in courses:
        course = re.findall(r"\d\d[bc]?", text)
        assert len(course) == int(classes)
        for i, number in enumerate(course):
            assert builds_on[number] <= {*course[:i]}, number


@pytest.mark.parametrize("row", plan(), ids=lecture)
def test_a_lecture_fits_its_class(row):
    nb = files.read(files.ROOT / "notebooks" / lecture(row))
    titles = set(re.findall(r"\*(.+?)\*", row[3]))
    rest, found = without(nb, titles | {"Your turn"})
    assert found == titles | {"Your turn"}
    assert anatomy.minutes(nb) <= LONG
    assert anatomy.minutes(rest) <= SHORT


def test_each_assignment_has_its_week():
    written = {p.name for p in files.ROOT.glob("notebooks/assignments/a*")}
    assert {row[4] for row in plan()} - {""} == written
