"""The students' versions of a small assignment."""

import shutil

import nbformat
import pytest
from sample_class import HIDDEN, NAME, SOLUTION

from tools import assignments
from tools.notebooks.files import NotebookError


def test_the_released_notebook_has_no_answer_and_no_hidden_test(released):
    text = nbformat.writes(released)
    assert SOLUTION not in text and HIDDEN not in text
    assert "SOLUTION" not in text and "HIDDEN" not in text
    assert text.count("NotImplementedError") == 3


def test_the_released_notebook_keeps_points_and_locks_tests(released):
    test = next(cell for cell in released.cells if cell.id == "double-test")
    assert test.metadata.nbgrader.points == 2
    assert test.source == "assert double(1) == 2"
    assert test.metadata.editable is False


def test_a_released_notebook_is_out_of_date_when_its_source_changes(
    course, tmp_path
):
    root = shutil.copytree(course, tmp_path / "course")
    assert assignments.out_of_date(root) == []
    path = root / "notebooks" / "solutions" / "a01" / f"{NAME}.ipynb"
    path.write_text(path.read_text().replace("## Double", "## Twice"))
    assert assignments.out_of_date(root) == ["a01"]
    assignments.write(root)
    assert assignments.out_of_date(root) == []
    shutil.rmtree(path.parent)
    assert assignments.out_of_date(root) == ["a01"]
    assignments.write(root)
    assert not list(root.rglob(path.name))


def test_the_course_s_assignments_are_up_to_date():
    assert assignments.out_of_date() == []


def test_an_assignment_that_nbgrader_refuses_is_one_line(course, tmp_path):
    root = shutil.copytree(course, tmp_path / "course")
    path = root / "notebooks" / "solutions" / "a01" / f"{NAME}.ipynb"
    path.write_text(path.read_text().replace("### END SOLUTION", ""))
    with pytest.raises(NotebookError, match="a01: .*end solution") as error:
        assignments.release("a01", root)
    assert "\n" not in str(error.value)
    with pytest.raises(NotebookError, match="assignments are: a01"):
        assignments.release("a02", root)
