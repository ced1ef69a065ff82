"""The page about the class, and grades as platforms import them."""

import copy
import csv
import io
from types import SimpleNamespace

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbformat.v4 import new_output
from sample_class import RIGHT, SCRIPT, changed, save

from tools import assignments
from tools.grading import grade, overview, reports
from tools.grading import names as people
from tools.grading.recognise import grade_id

DOUBLE, SUMS, EXPLAIN, CUBE = range(4)


@pytest.fixture(scope="module")
def release(course):
    return assignments.release("a01", course)


@pytest.fixture(scope="module")
def tell(release):
    """Return a function that gives the exercises of students, each told by
    the points and by what cells have printed or raised, {grade_id: text}."""

    def one(printed=(), hidden=(), answers=None, **points):
        row = {name: 1 for name in ("double-test", "row-sums-test")}
        row |= {"cube-test": 1, "explain": 4}
        row |= {name.replace("_", "-"): n for name, n in points.items()}
        shown = copy.deepcopy(release.released)
        for cell in shown.cells:
            cell.source = (RIGHT | (answers or {})).get(cell.id, cell.source)
        graded = copy.deepcopy(shown)
        for nb, said in (shown, printed), (graded, [*printed, *hidden]):
            for name, ename, text in said:
                (cell,) = [c for c in nb.cells if grade_id(c) == name]
                error = {"ename": ename, "evalue": text, "traceback": []}
                cell.outputs += [
                    new_output("error", **error)
                    if ename
                    else new_output("stream", text=text)
                ]
        cells = overview._cells(shown), overview._cells(graded)
        return overview.Answers(row, *cells)

    return lambda *students: overview.exercises(
        release, [one(**student) for student in students]
    )


# What becomes of an exercise


@pytest.mark.parametrize(
    "student, kind",
    [
        ({"cube_test": 1}, "all points"),
        ({"cube_test": 0.5}, "some points"),
        ({"cube_test": 0}, "no points"),
        (
            {
                "cube_test": 0,
                "printed": [("cube-test", "CheckError", "Not yet answered.")],
            },
            "not answered",
        ),
    ],
)
def test_an_answer_is_of_one_kind(tell, student, kind):
    assert tell(student)[CUBE].kinds == {kind: 1}


@pytest.mark.parametrize(
    "points, answer, kind",
    [
        ("", "mine", "by hand"),
        (4, "mine", "all points"),
        (0, "mine", "no points"),
        (0, "YOUR ANSWER HERE", "not answered"),
    ],
)
def test_an_open_question_is_of_one_kind(tell, points, answer, kind):
    student = {"explain": points, "answers": {"explain": answer}}
    assert tell(student)[EXPLAIN].kinds == {kind: 1}


@pytest.mark.parametrize(
    "printed, kind",
    [
        ([], "all points"),
        ([("cube-test", "CheckError", "no")], "no points"),
        ([("cube-test", "CheckError", "Not yet answered.")], "not answered"),
    ],
)
def test_an_optional_exercise_is_told_by_its_test(
    tell, release, monkeypatch, printed, kind
):
    (cube,) = [c for c in release.released.cells if c.id == "cube-test"]
    monkeypatch.setitem(cube.metadata.nbgrader, "points", 0)
    assert tell({"cube_test": 0, "printed": printed})[CUBE].kinds == {kind: 1}


def test_what_waits_for_a_person_lowers_no_share(tell):
    (*_, explain, _) = tell({"explain": ""}, {"explain": 2})
    assert explain.share == 0.5 and explain.reached == [2]


def failing(text, ename="CheckError", name="cube-test"):
    return {"cube_test": 0, "printed": [(name, ename, text)]}


def test_hints_are_counted_by_student(tell):
    hint = "Exercise 3: of 1. It is 2. Hint: is x squared? Warning: overflow"
    told = tell(failing(hint), failing(hint), {"cube_test": 1})[CUBE]
    assert told.hints == {"is x squared?": 2}


def test_hints_that_differ_in_a_number_are_one(tell):
    hints = ("Hint: row 0 sums to 0.3.", "Hint: row 0 sums to -2e-05.")
    assert tell(*map(failing, hints))[CUBE].hints == {"row … sums to ….": 2}
    assert tell(*map(failing, hints[:1]))[CUBE].hints == {
        "row 0 sums to 0.3.": 1
    }


@pytest.mark.parametrize("name", ["cube", "cube-test"])
def test_what_a_student_prints_is_no_hint(tell, name):
    said = [(name, None, "Hint: rude. Not yet answered. ValueError: x")]
    told = tell({"cube_test": 0, "printed": said})[CUBE]
    assert told.kinds == {"no points": 1}
    assert not told.hints and not told.errors


def test_what_a_student_s_cell_raises_is_no_hint(tell):
    said = [("cube", "ValueError", "Hint: rude. Not yet answered.")]
    told = tell({"cube_test": 0, "printed": said})[CUBE]
    assert told.kinds == {"no points": 1} and not told.hints
    assert told.errors == {"ValueError": 1}


def test_who_got_all_points_was_told_nothing(tell):
    right = failing("Hint: no.") | {"cube_test": 1}
    assert not tell(right)[CUBE].hints and not tell(right)[CUBE].failed


IN_THE_CELL = "cube", "NameError", "name 'p' is not defined"
WHEN_CALLED = "cube-test", "CheckError", "of 1. NameError: name 'p' is not"


@pytest.mark.parametrize(
    "met", [[IN_THE_CELL], [WHEN_CALLED], [IN_THE_CELL, WHEN_CALLED]]
)
def test_errors_are_counted_once_a_student(tell, met):
    student = {"cube_test": 0, "printed": met}
    assert tell(student, student)[CUBE].errors == {"NameError": 2}


def test_what_failed_is_told_apart(tell):
    hidden = {"cube_test": 0, "hidden": [("cube-test", "CheckError", "no")]}
    told = tell(failing("no"), hidden, hidden)[CUBE]
    assert told.failed == {"the test": 1, "only a hidden test": 2}


# The page of such a class


@pytest.fixture
def written(release):
    """Return a function that writes the page, and gives its text."""
    pages = {}
    store = SimpleNamespace(
        release=release, write=lambda name, text: pages.update({name: text})
    )

    def write(graded, rows):
        overview.write_overview(store, graded, rows)
        return pages["class.html"]

    return write


def test_a_class_of_which_nothing_could_be_graded(written):
    row = {"status": "not graded", "total": 0, "max": 10}
    text = written([(None, None)], [row])
    assert "1 student sent something: 1 not graded." in " ".join(text.split())
    assert "<img" not in text


def test_a_class_that_lost_nothing(written, release):
    result = dict.fromkeys(["shown", "graded"], release.released)
    row = {"status": "graded", "total": 10, "max": 10, "explain": 4}
    row |= {"double-test": 2, "row-sums-test": 3, "cube-test": 1}
    text = written([(None, result)], [row])
    assert "Hardly a point was lost" in text
    assert "What to teach" not in text


def test_what_a_student_made_is_text(written, release):
    nb = copy.deepcopy(release.released)
    for cell in nb.cells:
        if cell.id == "cube-test":
            said = {"ename": SCRIPT, "evalue": f"Hint: {SCRIPT}"}
            cell.outputs = [new_output("error", **said, traceback=[])]
    row = {"status": "graded", "total": 0, "max": 10, "explain": 0}
    row |= dict.fromkeys(["double-test", "row-sums-test", "cube-test"], 0)
    result = dict.fromkeys(["shown", "graded"], nbformat.from_dict(nb))
    text = written([(None, result)], [row])
    assert SCRIPT not in text and "&lt;script&gt;" in text


def test_what_lost_most_points_comes_first(tell):
    every = tell({"double_test": 1, "row_sums_test": 1, "cube_test": 0})
    titles = [(one.title, one.points) for one in overview._weakest(every)]
    assert titles == [("Sums", 3), ("Double", 2), ("Sums", 1)]


def test_each_exercise_has_a_bar_of_its_own(tell, monkeypatch):
    monkeypatch.setattr(overview, "_png", lambda fig: fig)
    every = tell({"double_test": 2, "row_sums_test": 0})
    titles = [one.title for one in every]
    assert len(set(titles)) < len(titles)
    fig, _ = overview._bars(every)
    plt.close(fig)
    (ax,) = fig.axes
    places = {bar.get_y() for bar in ax.patches if bar.get_width()}
    assert len(places) == len(every)
    assert [text.get_text() for text in ax.texts] == titles
    assert ax.get_title("left") == "Most points lost: Sums"


@pytest.mark.parametrize(
    "totals, said",
    [([1, 12], "1 with 1, 1 with 12"), ([1.5, 9], "1 from 1, 1 from 9")],
)
def test_no_total_is_missing_from_the_histogram(totals, said):
    assert said in overview._histogram(totals, 10)[1]


# For platforms


def a_row(name, number, status="graded"):
    known = {"name": name, "id": number, "status": status}
    return known | {"total": 7.5, "max": 10}


CLASS = [
    a_row("Wei Wang", "482"),
    a_row("Ann", ""),
    a_row('Bo "B", Li', "17"),
    a_row("Cy", "18", "grade by hand"),
    a_row("Di", "19", "not graded"),
    a_row("Ed", "anon_7"),
]


def imported(platform, rows):
    """Return a platform's file as lists of cells, and who is left out."""
    files = {}
    store = SimpleNamespace(
        release=SimpleNamespace(name="a01"),
        write=lambda name, text: files.update({name: text}),
    )
    left = reports.write_for_platform(store, rows, platform)
    (text,) = files.values()
    assert [*files] == [f"grades-{platform}.csv"]
    return list(csv.reader(io.StringIO(text))), left


def test_canvas_imports_the_grades():
    table, left = imported("canvas", CLASS)
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "a01"]
    assert table == [
        head,
        ["    Points Possible", "", "", "", "", "10"],
        ["Wei Wang", "482", "", "", "", "7.5"],
        ['Bo "B", Li', "17", "", "", "", "7.5"],
    ]
    assert left == ["Ann", "Cy", "Di", "Ed"]


def test_moodle_imports_the_grades():
    (head, *table), left = imported("moodle", CLASS)
    told = [dict(zip(head, row, strict=True)) for row in table]
    assert [row["Identifier"] for row in told] == [
        "Participant 482",
        "Participant 17",
    ]
    assert {row["Grade"] for row in told} == {"7.5"}
    assert {"Maximum Grade", "Last modified (grade)"} <= {*head}
    assert left == ["Ann", "Cy", "Di", "Ed"]


@pytest.mark.parametrize("platform", reports.PLATFORMS)
def test_nobody_to_import_is_a_file_without_students(platform):
    table, left = imported(platform, CLASS[1:2])
    assert len(table) == 1 and left == ["Ann"]


@pytest.mark.parametrize(
    "called", ["=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\uff1d1", "\uff201"]
)
def test_no_name_is_a_formula(called):
    assert people.readable(called)[0].isalnum()


def test_the_command_writes_for_a_platform(
    course, released, tmp_path, grade_once, monkeypatch, capsys
):
    monkeypatch.setattr(grade, "ROOT", course)
    monkeypatch.setattr(
        grade.grade_class, "__defaults__", (None, None, None, None, course)
    )
    sent = {
        "Ann_12_assignsubmission_file_a01.ipynb": changed()(released),
        "a01_Bob.ipynb": changed()(released),
    }
    save(tmp_path / "sent", sent)
    grade.main([str(tmp_path / "sent"), "--jobs=1", "--platform=moodle"])
    said = capsys.readouterr().out
    assert "Not in grades-moodle.csv" in said and "Ann, Bob" in said
    assert (tmp_path / "sent-a01-graded" / "grades-moodle.csv").exists()


def test_a_platform_that_isn_t_known_is_one_line(capsys):
    with pytest.raises(SystemExit):
        grade.main(["class", "--platform=ilias"])
    assert "'ilias'" in capsys.readouterr().err.splitlines()[-1]
