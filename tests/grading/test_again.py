"""Graded again: what a person graded stays, and what has changed is run."""

import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest
from nbgrader.api import Gradebook
from sample_class import NAME, RIGHT, changed, rows, save, stamps

from tools.grading import sandbox
from tools.grading.grade import grade_class
from tools.notebooks.files import ROOT


def test_what_a_person_graded_reaches_grades_and_page(
    course, released, tmp_path, grade_once
):
    save(tmp_path / "sent", {"Ann_a01.ipynb": changed()(released)})
    into = grade_class(tmp_path / "sent", 1, root=course)
    with Gradebook(f"sqlite:///{into}/gradebook.db") as gradebook:
        where = ("explain", NAME, "a01", "Ann")
        grade = gradebook.find_grade(*where)
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 3.5, False
        gradebook.find_comment(*where).manual_comment = "Well put."
        gradebook.db.commit()
    grade_class(tmp_path / "sent", 1, root=course)
    row = rows(into)["Ann"]
    assert (row["total"], row["status"]) == ("9.5", "graded")
    page = (into / "feedback" / "Ann.html").read_text()
    assert "Well put." in page
    # new versions of the submission: graded again, the person's points stay
    for explain, status in (
        (RIGHT["explain"], "graded"),
        ("A column is a pixel.", "grade by hand"),
    ):
        wrong = changed(double="double = 1", explain=explain)(released)
        save(tmp_path / "sent", {"Ann_a01.ipynb": wrong})
        grade_class(tmp_path / "sent", 1, root=course)
        row = rows(into)["Ann"]
        assert (row["total"], row["status"]) == ("7.5", status)


def test_a_killed_run_goes_on_and_leaves_no_kernel(
    course, released, tmp_path, grade_once
):
    text = changed()(released)
    save(tmp_path / "sent", {f"a01_S{i}.ipynb": text for i in range(2)})
    into = tmp_path / "sent-a01-graded"
    program = (
        "import sys, pathlib; from tools.grading.grade import grade_class\n"
        "sent, root = map(pathlib.Path, sys.argv[1:])\n"
        "grade_class(sent, 1, root=root)"
    )
    command = [sys.executable, "-c", program, tmp_path / "sent", course]
    run = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    while run.poll() is None and not stamps(into):
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    before = stamps(into)
    assert len(before) == 1
    grade_class(tmp_path / "sent", 1, root=course)
    assert stamps(into).items() >= before.items()
    assert [row["total"] for row in rows(into).values()] == ["6"] * 2
    assert not kernels()


def kernels():
    """Return this test's own kernels that still run, after a while."""
    for _ in range(50):
        left = [
            p
            for p in psutil.process_iter(["cmdline", "ppid"])
            if str(sandbox.KERNEL) in (p.info["cmdline"] or [])
        ]
        if not left:
            break
        time.sleep(0.1)
    return left


def change_a_test(root):
    path = root / "notebooks" / "solutions" / "a01" / f"{NAME}.ipynb"
    path.write_text(path.read_text().replace("double(1) == 2", "double(2)"))


def change_a_check(root):
    folder = root / "notebooks" / "assignments" / "a01"
    (folder / "checks.py").write_text("# a check that was not there before")
    solution = root / "notebooks" / "solutions" / "a01"
    (solution / "mistakes.py").write_text("# none")


def change_the_limit(root):
    path = root / "nbgrader_config.py"
    path.write_text(path.read_text().replace("timeout = ", "timeout = 1"))


@pytest.mark.parametrize(
    "change", [change_a_test, change_a_check, change_the_limit]
)
def test_a_change_regrades_what_it_touches(
    course, released, tmp_path, grade_once, change
):
    root = shutil.copytree(course, tmp_path / "course")
    save(tmp_path / "sent", {"Ann_a01.ipynb": changed()(released)})
    into = grade_class(tmp_path / "sent", 1, root=root)
    before = stamps(into)
    grade_class(tmp_path / "sent", 1, root=root)
    assert stamps(into) == before
    change(root)
    grade_class(tmp_path / "sent", 1, root=root)
    assert stamps(into) != before
