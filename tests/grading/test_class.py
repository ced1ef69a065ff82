"""A class with every kind of damage is graded."""

import collections
import html
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from bs4 import BeautifulSoup
from kinds import KINDS
from nbconvert import HTMLExporter
from sample_class import HIDDEN, NAME, SOLUTION, rows, stamps

from tools.grading.grade import grade_class

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


def test_nothing_is_graded_twice(graded, course):
    before, table = stamps(graded), (graded / "grades.csv").read_bytes()
    folder = graded.with_name("sent")
    assert grade_class(folder, jobs=1, root=course) == graded
    graded_ones = [k for k in STUDENTS.values() if k.points is not None]
    assert len(before) == len(graded_ones) and stamps(graded) == before
    assert (graded / "grades.csv").read_bytes() == table


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


# The page about the class


@pytest.fixture(scope="module")
def class_page(graded):
    return BeautifulSoup((graded / "class.html").read_text(), "html.parser")


def test_the_page_counts_as_the_table_does(graded, class_page):
    table = [r for r in rows(graded).values() if r["status"] != "not graded"]
    bars, totals = [image["alt"] for image in class_page.find_all("img")]
    for name, most in ("double-test", "2"), ("row-sums-test", "3"):
        full = sum(row[name] == most for row in table)
        title = "Double" if name == "double-test" else "Sums"
        part = bars.split(f"{title}: ", 1)[1].split(";")[0]
        assert f"{full} all points" in part
    said = collections.Counter(
        row["total"] for row in table if row["status"] == "graded"
    )
    for total, count in said.items():
        assert f"{count} with {total}" in totals


def test_the_page_says_how_many_sent_what(graded, class_page):
    first = " ".join(class_page.p.get_text().split())
    every = [row["status"] for row in rows(graded).values()]
    assert first.startswith(f"{len(every)} students sent something")
    assert f"{every.count('not graded')} not graded" in first
    assert f"{every.count('grade by hand')} to be graded by hand" in first


def test_nobody_can_be_told_from_the_page(class_page):
    words = class_page.get_text()
    for kind in KINDS:
        if " " in kind.student:
            assert kind.student not in words
    assert HIDDEN not in str(class_page) and SOLUTION not in str(class_page)


def test_the_page_needs_nothing_from_elsewhere(class_page):
    assert not class_page.find_all(["script", "link", "iframe"])
    assert all(
        i["src"].startswith("data:") for i in class_page.find_all("img")
    )
    assert class_page.find("meta", {"name": "viewport"})
