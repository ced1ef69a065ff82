"""Students' notebooks are made from solutions, and nothing is lost by it."""

import functools
import os
import shutil
import subprocess
import sys

import nbformat
import nbgrader.api
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import assignments
from tools.notebooks import files


def solution(title):
    """Return an instructors' notebook with one exercise."""
    answer = new_code_cell(
        "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n"
        "    ### END SOLUTION",
        metadata={"nbgrader": marks("double", solution=True)},
    )
    test = new_code_cell(
        "assert double(1) == 2\n### BEGIN HIDDEN TESTS\n"
        "assert double(2) == 4\n### END HIDDEN TESTS",
        metadata={"nbgrader": marks("double-test", points=3)},
    )
    return new_notebook(cells=[new_markdown_cell(title), answer, test])


def marks(grade_id, points=None, solution=False):
    found = {"grade_id": grade_id, "schema_version": 3, "task": False}
    found |= {"solution": solution, "locked": not solution}
    found |= {"grade": points is not None}
    return found | ({"points": points} if points is not None else {})


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return the folder of a course with two assignments, made."""
    course = tmp_path_factory.mktemp("course")
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    for name in "a01", "a02":
        folder = course / assignments.SOLUTIONS / name
        folder.mkdir(parents=True)
        files.write(folder / f"{name}_topic.ipynb", solution(f"# {name}"))
    assignments.write(course)
    return course


@pytest.fixture
def root(course, tmp_path):
    """Return a copy of the course, to change."""
    return shutil.copytree(course, tmp_path / "course")


def contents(folder):
    return {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def edit(root, name="a01"):
    path = root / assignments.SOLUTIONS / name / f"{name}_topic.ipynb"
    path.write_text(path.read_text().replace(f"# {name}", "# Edited"))


def made(root, name="a01"):
    return root / assignments.STUDENTS / name / f"{name}_topic.ipynb"


def test_the_course_s_assignments_are_up_to_date():
    assert assignments.out_of_date() == []


def test_every_students_notebook_of_the_course_has_a_source():
    assert assignments.without_source() == []


def test_an_edited_source_is_noticed_and_made_again(root):
    assert assignments.out_of_date(root) == []
    edit(root)
    assert assignments.out_of_date(root) == ["a01"]
    assert assignments.write(root) == ["a01"]
    assert files.read(made(root)).cells[0].source == "# Edited"
    assert assignments.out_of_date(root) == []


def test_a_students_notebook_without_source_is_kept_and_named(root, capsys):
    shutil.rmtree(root / assignments.SOLUTIONS / "a02")
    edit(root)
    assignments.main([], root)
    assert made(root, "a02").exists()
    kept = f"{assignments.STUDENTS.as_posix()}/a02/a02_topic.ipynb: kept"
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith(kept)
    assert printed[1:] == ["Wrote: a01"]
    with pytest.raises(SystemExit, match=f"^{kept}.*$"):
        assignments.main(["--check"], root)


def test_a_renamed_source_leaves_the_old_name_to_a_person(root):
    path = root / assignments.SOLUTIONS / "a01" / "a01_topic.ipynb"
    path.rename(path.with_name("a01_title.ipynb"))
    assert assignments.write(root) == ["a01"]
    assert assignments.without_source(root) == [made(root)]


def test_files_beside_a_source_reach_students_but_its_mistakes_don_t(root):
    folder = root / assignments.SOLUTIONS / "a01"
    for name in "rover.csv", "mistakes.py":
        (folder / name).write_text("1, 2")
    assert assignments.write(root) == ["a01"]
    found = sorted(path.name for path in made(root).parent.iterdir())
    assert found == ["a01_topic.ipynb", "rover.csv"]


def test_what_was_run_is_not_overwritten(root):
    for name in "a01", "a02":
        edit(root, name)
    nb = files.read(made(root, "a02"))
    nb.cells[1] = new_code_cell("double = 2 .__mul__", execution_count=1)
    nbformat.write(nb, made(root, "a02"))
    before = contents(root)
    with pytest.raises(files.NotebookError, match="a02_topic.*has been run"):
        assignments.write(root)
    assert contents(root) == before


@pytest.mark.parametrize("damage", ["", "{", "<<<<<<< HEAD\n{}\n"])
def test_a_damaged_students_notebook_is_made_again(root, damage):
    before = contents(root)
    made(root).write_text(damage)
    assert assignments.write(root) == ["a01"]
    assert contents(root) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"cells": []}',
        '{"nbformat": 3, "nbformat_minor": 0, "metadata": {}}',
    ],
)
def test_a_source_that_is_no_notebook_is_one_line(root, text):
    before = contents(root / assignments.STUDENTS)
    path = root / assignments.SOLUTIONS / "a02" / "a02_topic.ipynb"
    path.write_text(text)
    with pytest.raises(SystemExit, match=r"^.*a02.*$"):
        assignments.main([], root)
    assert contents(root / assignments.STUDENTS) == before


@pytest.mark.parametrize(
    "old, new",
    [
        ("### END SOLUTION", ""),
        ("### BEGIN SOLUTION", "### Begin solution"),
        ("### BEGIN HIDDEN TESTS", ""),
        ("HIDDEN TESTS", "HIDDEN TEST"),
        ("### BEGIN HIDDEN", "##BEGIN HIDDEN"),
        ("### END HIDDEN TESTS", "### END SOLUTION"),
    ],
)
def test_a_loose_mark_is_named_and_nothing_is_released(root, old, new):
    path = root / assignments.SOLUTIONS / "a01" / "a01_topic.ipynb"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(files.NotebookError, match="a01, cell [12]: .*needs"):
        assignments.release("a01", root)


def test_what_nbgrader_refuses_is_one_line(root):
    path = root / assignments.SOLUTIONS / "a01" / "a01_topic.ipynb"
    path.write_text(path.read_text().replace('"double-test"', '"double"'))
    with pytest.raises(files.NotebookError, match=r"^a01: .*id.*double.*$"):
        assignments.release("a01", root)


def test_an_assignment_has_one_source(root):
    with pytest.raises(files.NotebookError, match="are: a01, a02$"):
        assignments.release("a03", root)
    shutil.copy(
        made(root), root / assignments.SOLUTIONS / "a01" / "copy.ipynb"
    )
    with pytest.raises(files.NotebookError, match="found 2"):
        assignments.release("a01", root)


def test_nbgrader_finds_alembic_and_path_stays_as_it_was(
    root, monkeypatch, alembic_version
):
    found = functools.cache(lambda path: alembic_version())  # once for a PATH
    monkeypatch.setattr(
        nbgrader.api,
        "get_alembic_version",
        lambda: found(os.environ["PATH"]),
    )
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assignments.release("a01", root)
    with assignments.gradebook(f"sqlite:///{root / 'new.db'}") as book:
        assert book.assignments == []
        assert os.environ["PATH"] == "/usr/bin:/bin"
    with pytest.raises(files.NotebookError):
        assignments.release("a03", root)
    assert os.environ["PATH"] == "/usr/bin:/bin"


def test_importing_changes_no_environment():
    code = (
        "import os; before = dict(os.environ); import tools.assignments; "
        "assert dict(os.environ) == before"
    )
    subprocess.run([sys.executable, "-c", code], cwd=files.ROOT, check=True)
