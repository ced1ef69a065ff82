"""The command, and one line for what it can't grade."""

import shutil
import subprocess
import sys

import pytest
from sample_class import rows, save

from tools import assignments
from tools.grading.grade import grade_class
from tools.notebooks.files import ROOT, NotebookError


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({}, "there is nothing in it"),
        ({"x.ipynb": "{}"}, "say which it is, OPTIONS="),
    ],
)
def test_a_folder_that_can_t_be_graded_is_one_line(
    course, tmp_path, made, reason
):
    (tmp_path / "sent").mkdir()
    save(tmp_path / "sent", made)
    root = shutil.copytree(course, tmp_path / "course")
    if made:
        solutions = root / "notebooks" / "solutions"
        shutil.copytree(solutions / "a01", solutions / "a02")
    with pytest.raises(NotebookError, match=reason) as error:
        grade_class(tmp_path / "sent", 1, root=root)
    assert "\n" not in str(error.value)


def test_a_folder_that_is_not_there_is_one_line():
    command = [sys.executable, "-m", "tools.grading", "nowhere"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert said.stderr == "nowhere: no such folder or zip\n"
    assert said.returncode == 1


def test_the_command_works_in_two_processes(tmp_path):
    save(tmp_path / "sent", {f"{x}/x.ipynb": "" for x in "AB"})
    name = assignments.names()[0]
    command = [sys.executable, "-m", "tools.grading", tmp_path / "sent"]
    said = subprocess.run(
        [*command, "--assignment", name, "--jobs", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stderr
    found = rows(tmp_path / f"sent-{name}-graded")
    assert [row["status"] for row in found.values()] == ["not graded"] * 2


def test_a_class_in_a_damaged_zip_is_one_line(course, tmp_path):
    (tmp_path / "class.zip").write_bytes(b"PK")
    with pytest.raises(NotebookError, match="class.zip: not a zip"):
        grade_class(tmp_path / "class.zip", 1, root=course)
