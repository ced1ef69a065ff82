"""A class with every kind of damage is graded, and graded again."""

import html
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest
from kinds import KINDS
from nbconvert import HTMLExporter
from nbgrader.api import Gradebook
from sample_class import HIDDEN, NAME, RIGHT, SOLUTION, changed, rows, save

from tools.grading import sandbox
from tools.grading.grade import grade_class
from tools.notebooks.files import ROOT

# of two files of one student the last one counts
STUDENTS = {kind.student: kind for kind in KINDS}
ids = pytest.mark.parametrize("student", STUDENTS)


@ids
def test_everybody_gets_what_they_should(graded, student):
    row, points = rows(graded)[student], STUDENTS[student].points
    if points is None:
        assert row["status"] == "not graded" and row["total"] == "0"
    else:
        assert row["status"] in ("graded", "grade by hand")
        assert row["total"] == str(points)
    assert row["max"] == "10"


@ids
def test_a_human_is_told_whom_to_look_at_and_why(graded, student):
    review = (graded / "review.md").read_text()
    remark = STUDENTS[student].remark
    if remark:
        entry = review.split(f"- **{student}** (")[1].split("- **")[0]
        assert remark in entry
    else:
        assert f"**{student}**" not in review


def test_nobody_else_is_in_the_tables(graded):
    assert set(rows(graded)) == set(STUDENTS)


def test_those_who_wait_for_a_person_are_one_line(graded):
    review = (graded / "review.md").read_text()
    waiting = [
        row
        for row in rows(graded).values()
        if row["status"] == "grade by hand"
    ]
    assert len(waiting) > 20
    assert review.count("by hand: ") == 0
    assert f"{len(waiting)} of {len(STUDENTS)} students answered" in review


def test_those_who_need_it_most_stand_first(graded):
    review = (graded / "review.md").read_text()
    places = [review.index(f"**{s}**") for s in ("Heidi", "Grace")]
    places.append(review.index("**Own mistake**"))
    places.append(review.index("To be graded by hand"))
    assert places == sorted(places)


def test_points_of_each_exercise(graded):
    row = rows(graded)["Dave"]
    assert row["double-test"] == "2" and row["row-sums-test"] == "0"


def test_an_answer_found_elsewhere_waits_for_a_person(graded):
    for student in "New cell", "In the question":
        assert rows(graded)[student]["status"] == "grade by hand"
        page = (graded / "feedback" / f"{student}.html").read_text()
        assert "each row is an image" in page


def test_every_student_has_a_feedback_page(graded):
    pages = {path.stem for path in (graded / "feedback").glob("*.html")}
    assert pages == set(STUDENTS)


def page(graded, student):
    return (graded / "feedback" / f"{student}.html").read_text()


def test_no_page_has_a_hidden_test_or_a_solution(graded):
    for path in (graded / "feedback").glob("*.html"):
        text = path.read_text()
        assert HIDDEN not in text and SOLUTION not in text, path.name
        assert "np.arange(6)" not in text, path.name


def test_a_page_shows_what_ran_without_the_hidden_tests(graded):
    text = page(graded, "Alice")
    assert "Exercise 3: of 1" in text and "Exercise 3: of 2" not in text
    assert "may be added" in text and "may be added" not in page(
        graded, "Steve"
    )


def test_a_page_explains_what_failed(graded):
    assert "A hidden test failed. try other numbers, too" in page(
        graded, "Zoe"
    )
    assert "NameError" in page(graded, "Own mistake")


def test_script_of_a_student_runs_neither_on_the_page_nor_in_formgrader(
    graded,
):
    path = graded / "autograded" / "Script" / "a01" / f"{NAME}.ipynb"
    by_hand, _ = HTMLExporter(template_name="classic").from_filename(path)
    for text in page(graded, "Script"), by_hand:
        assert "alert('run')" in html.unescape(text)  # it is shown
        assert "<script>alert" not in text and "<b onclick" not in text
        links = re.findall(r'(?:href|src)="([^"]*)"', text)
        assert "https://example.org" in links
        for link in map(html.unescape, links):
            assert not re.match(r"\s*(javascript|data:text)", link), link


def test_a_photo_is_on_the_page_and_in_the_autograded_notebook(graded):
    assert "data:image/gif;base64,R0lGOD" in page(graded, "Photo")
    path = graded / "autograded" / "Photo" / "a01" / f"{NAME}.ipynb"
    assert "R0lGOD" in path.read_text()
    assert "No page" not in page(graded, "Lost photo")
    assert "missing-picture" in page(graded, "Lost photo")


def test_a_page_fits_a_phone(graded):
    assert 'name="viewport"' in page(graded, "Alice")


# Again


def stamps(into):
    return {p.name: p.stat().st_mtime_ns for p in into.glob("results/*")}


def test_nothing_is_graded_twice(graded, course):
    before, table = stamps(graded), (graded / "grades.csv").read_bytes()
    folder = graded.with_name("sent")
    assert grade_class(folder, jobs=1, root=course) == graded
    graded_ones = [k for k in STUDENTS.values() if k.points is not None]
    assert len(before) == len(graded_ones) and stamps(graded) == before
    assert (graded / "grades.csv").read_bytes() == table


def test_what_a_person_graded_reaches_grades_and_page(
    course, released, tmp_path
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
    assert "Well put." in page(into, "Ann")
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


def test_a_killed_run_goes_on_and_leaves_no_kernel(course, released, tmp_path):
    text = changed()(released)
    save(tmp_path / "sent", {f"a01_S{i}.ipynb": text for i in range(4)})
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
    assert 1 <= len(before) < 4
    grade_class(tmp_path / "sent", 1, root=course)
    assert stamps(into).items() >= before.items()
    assert [row["total"] for row in rows(into).values()] == ["6"] * 4
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
def test_a_change_regrades_what_it_touches(course, released, tmp_path, change):
    root = shutil.copytree(course, tmp_path / "course")
    save(tmp_path / "sent", {"Ann_a01.ipynb": changed()(released)})
    into = grade_class(tmp_path / "sent", 1, root=root)
    before = stamps(into)
    grade_class(tmp_path / "sent", 1, root=root)
    assert stamps(into) == before
    change(root)
    grade_class(tmp_path / "sent", 1, root=root)
    assert stamps(into) != before


# Grading by hand, with nothing but what README says


def get(url):
    with urllib.request.urlopen(url, timeout=60) as reply:
        return reply.read().decode()


@pytest.fixture
def formgrader(graded, tmp_path):
    """The address of a Jupyter server in the folder with the results."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    own = {name: str(tmp_path) for name in ("HOME", "JUPYTER_CONFIG_DIR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        + [f"--port={port}", "--ServerApp.token="],
        cwd=graded,
        env=os.environ | own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/formgrader"
    try:
        for _ in range(300):
            try:
                get(address)
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait()


def test_formgrader_shows_the_assignment_and_each_submission(formgrader):
    listed = json.loads(get(f"{formgrader}/api/assignments"))
    assert [one["name"] for one in listed] == ["a01"]
    [notebook] = json.loads(get(f"{formgrader}/api/notebooks/a01"))
    assert notebook["needs_manual_grade"] and notebook["num_submissions"] > 20
    url = f"{formgrader}/api/submitted_notebooks/a01/{NAME}"
    submissions = {s["student"]: s for s in json.loads(get(url))}
    for student in "Alice", "Photo", "Lost photo", "New cell", "Half emoji":
        page = get(f"{formgrader}/submissions/{submissions[student]['id']}/")
        assert "nbgrader" in page
        if student == "Photo":
            assert "data:image/gif;base64,R0lGOD" in page
