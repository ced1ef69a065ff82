"""The lecturer's side: students' versions, and a class that is graded."""

import copy
import csv
import functools
import importlib.util
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path, PurePosixPath

import nbformat
import nbgrader.api
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from tools import assignments
from tools.grading import read as submissions
from tools.grading import run as worker
from tools.grading import sandbox
from tools.grading.results import grade_class
from tools.notebooks.files import ROOT, NotebookError

HIDDEN = "marker_of_a_hidden_test"
SOLUTION = "marker_of_a_solution"
NAME = "a01_sample"


def require(there, what):
    """Fail in CI, skip elsewhere, where an optional program is missing."""
    if not there:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop(f"not tested without {what}")


def require_packages(name):
    require(importlib.util.find_spec(name), f"{name} (pip install .[cluster])")


@pytest.fixture(scope="module", autouse=True)
def _ask_alembic_once():
    """nbgrader starts a program for each new gradebook; once is enough."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(nbgrader.api.get_alembic_version)
        patch.setattr(nbgrader.api, "get_alembic_version", once)
        yield


# A small assignment


def marks(grade_id, points=None, solution=False, locked=False):
    kept = {"grade_id": grade_id, "schema_version": 3, "task": False}
    kept |= {"grade": points is not None, "solution": solution}
    kept |= {"locked": locked or (points is not None and not solution)}
    return {"nbgrader": kept | ({} if points is None else {"points": points})}


def answer(grade_id, source):
    cell = new_code_cell(source, id=grade_id)
    return cell | {"metadata": marks(grade_id, solution=True)}


def check(grade_id, points, visible, hidden):
    source = (
        f"{visible}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    )
    cell = new_code_cell(source, id=grade_id)
    return cell | {"metadata": marks(grade_id, points)}


DOUBLE = f"""\
def double(x):
    ### BEGIN SOLUTION
    {SOLUTION} = 2
    return {SOLUTION} * x
    ### END SOLUTION"""
SUMS = """\
def row_sums(X):
    ### BEGIN SOLUTION
    return np.sum(X, axis=1)
    ### END SOLUTION"""
CUBE = """\
def cube(x):
    ### BEGIN SOLUTION
    return x**3
    ### END SOLUTION"""


def source_notebook():
    nb = new_notebook(
        cells=[
            new_markdown_cell("# a01 · Sample", id="title"),
            new_code_cell("import numpy as np", id="setup"),
            new_markdown_cell("## Double", id="double-text"),
            answer("double", DOUBLE),
            check(
                "double-test",
                2,
                "assert double(1) == 2",
                f"{HIDDEN} = 3\n"
                f"assert double({HIDDEN}) == 6, 'try other numbers, too'",
            ),
            new_markdown_cell("## Sums", id="sums-text"),
            answer("row-sums", SUMS),
            check(
                "row-sums-test",
                3,
                "assert np.allclose(row_sums(np.eye(2)), 1)",
                "X = np.arange(6).reshape(2, 3)\n"
                "assert np.allclose(row_sums(X), np.sum(X, axis=1))",
            ),
            new_markdown_cell("Because ...", id="explain"),
            answer("cube", CUBE),
            check(
                "cube-test", 0, "assert cube(1) == 1", "assert cube(2) == 8"
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "P"}},
    )
    nb.cells[8].metadata = marks("explain", 4, solution=True)
    return nbformat.from_dict(nb)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with one assignment, and 4 s for a cell."""
    root = tmp_path_factory.mktemp("course")
    folder = root / "notebooks" / "solutions" / "a01"
    folder.mkdir(parents=True)
    nbformat.write(source_notebook(), folder / f"{NAME}.ipynb")
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.Execute.timeout = 4\n"
    )
    assignments.write(root)
    return root


@pytest.fixture(scope="module")
def released(course):
    path = course / "notebooks" / "assignments" / "a01" / f"{NAME}.ipynb"
    return nbformat.read(path, 4)


# What students send

RIGHT = {
    "double": "def double(x):\n    return x + x",
    "row-sums": "def row_sums(X):\n    return X.sum(axis=1)",
    "explain": "Because a row is an example.",
    "cube": "def cube(x):\n    return x * x * x",
}


def answered(released, **changed):
    """Return a notebook with right answers, those in `changed` aside."""
    nb = copy.deepcopy(released)
    answers = RIGHT | {k.replace("_", "-"): v for k, v in changed.items()}
    for cell in nb.cells:
        cell.source = answers.get(cell.id, cell.source)
    return nb


def saved_by_colab(nb):
    nb = json.loads(nbformat.writes(nb))
    for i, cell in enumerate(nb["cells"]):
        cell["metadata"] |= {"id": f"Xy{i}", "colab": {"height": 20}}
        del cell["id"]
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "stream", "name": "stdout", "text": ["old"]}
            ]
    nb |= {"nbformat_minor": 0, "metadata": {"colab": {"provenance": []}}}
    return json.dumps(nb)


def without_marks(nb):
    nb = json.loads(saved_by_colab(nb))
    for cell in nb["cells"]:
        cell["metadata"] = {}
    return json.dumps(nb)


def with_copied_cell(nb):
    i = [cell.id for cell in nb.cells].index("row-sums")
    nb.cells[i].source = "def row_sums(X):\n    return X.sum(axis=0)"
    again = copy.deepcopy(nb.cells[i]) | {
        "id": "copy",
        "source": RIGHT["row-sums"],
    }
    nb.cells.insert(i + 1, nbformat.from_dict(again))
    return nbformat.writes(nb)


def keep_cells(nb, *ids):
    nb.cells = [cell for cell in nb.cells if cell.id in ids]
    return nbformat.writes(nb)


def with_conflict(nb):
    line = '    "    return x + x"'
    text = nbformat.writes(nb)
    mine = text[text.index('    "def double(x):') :].split("\n")[1]
    conflict = f"<<<<<<< HEAD\n{mine}\n=======\n{line}\n>>>>>>> origin/main"
    return text.replace(mine, conflict, 1)


def tampered(nb):
    for cell in nb.cells:
        if cell.id.endswith("-test"):
            cell.source = "pass"
            cell.metadata.nbgrader.points = 100
    return nbformat.writes(nb)


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


SPY = """\
import gc
import inspect
def double(x):
    seen = [In[-1], *(str(v) for v in globals().values())]
    for frame in inspect.stack():
        seen.append(str(frame.frame.f_locals) + str(frame.code_context))
    print(*seen)
    raise ValueError("seen " + " ".join(seen))
"""
SPY_AGAIN = """\
print(In, [str(o) for o in gc.get_objects() if "marker" in str(o)[:9999]])
def row_sums(X):
    raise ValueError(str(In))
"""


SCRIPT = "<script>alert('run')</script>"
SHOWS_SCRIPT = f"""\
from IPython.display import HTML, Javascript, Markdown, display
display(HTML({SCRIPT!r}), Markdown({SCRIPT!r}), Javascript("alert('run')"))
"""


def the_class(released):
    """Return {file: (content, points)}; None: it isn't graded."""
    right, changed = answered(released), lambda **a: answered(released, **a)
    write = nbformat.writes
    other = new_notebook(cells=[new_code_cell("x = 1"), new_markdown_cell()])
    columns = changed(row_sums="def row_sums(X):\n    return X.sum(axis=0)")
    warns = write(
        changed(double="def double(x):\n    np.ones(1) / 0\n    return 2 * x")
    )
    moved = answered(released)
    moved.cells = moved.cells[:2] + moved.cells[:1:-1]
    return {
        f"Alice/{NAME}.ipynb": (write(right), 5),
        "a01_Bob.ipynb": (saved_by_colab(right), 5),
        f"Carol Miller - {NAME} (1).ipynb": (without_marks(right), 5),
        "Dave.zip": (zipped({f"hw/{NAME}.ipynb": write(columns)}), 2),
        f"Erin Park_123_assignsubmission_file_/{NAME}.ipynb": (
            with_copied_cell(answered(released)),
            5,
        ),
        "Frank_a01.ipynb": (
            keep_cells(answered(released), "title", "setup", "double"),
            2,
        ),
        f"Grace/{NAME}-Copy1.ipynb": (write(moved), 5),
        f"Heidi/{NAME}.ipynb": (write(other), None),
        f"Ivan/{NAME}.ipynb": (write(right)[:900], None),
        f"Judy/{NAME}.ipynb": ("", None),
        f"Ken/{NAME}.ipynb": (
            with_conflict(changed(double="def double(x):\n    return 3 * x")),
            3,
        ),
        f"Laura/{NAME}.ipynb": (b"\xef\xbb\xbf" + warns.encode(), 5),
        f"Mike/{NAME}.ipynb": (
            write(changed(double="while True: pass")),
            3,
        ),
        f"Nina/{NAME}.ipynb": (
            write(changed(row_sums="import os\nos._exit(1)")),
            2,
        ),
        f"Oscar/{NAME}.ipynb": (
            write(
                changed(double="def double(x):\n    import sys; sys.exit()")
            ),
            3,
        ),
        f"Peggy/{NAME}.ipynb": (
            write(
                changed(double="print('la\\n' * 10**6)\n" + RIGHT["double"])
            ),
            5,
        ),
        f"Quinn/{NAME}.ipynb": (
            write(changed(double="np.allclose = np.sum = None\ndouble = 1")),
            3,
        ),
        f"Rita/{NAME}.ipynb": (
            tampered(changed(double="double = 1", row_sums="row_sums = 1")),
            0,
        ),
        f"Steve_{NAME}.ipynb": (write(released), 0),
        f"Trudy/{NAME}.ipynb": (
            write(changed(double=SPY, row_sums=SPY_AGAIN)),
            0,
        ),
        "Victor.zip": (b"PK\x03\x04 cut off", None),
        f"Wendy_456_789_{NAME}.ipynb": (write(right).encode("utf-16"), 5),
        f"Yves/{NAME}.ipynb": (write(changed(double="double = 1")), None),
        f"Yves/{NAME} (1).ipynb": (write(right), 5),
        f"Zoe/{NAME}.ipynb": (
            write(changed(double="def double(x):\n    return 2")),
            3,
        ),
        "a01_<script>.ipynb": (
            write(changed(explain=SCRIPT, double=SHOWS_SCRIPT)),
            3,
        ),
    }


def save(folder, files):
    for name, (content, _) in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)


def rows(into):
    """Return the lines of grades.csv by student."""
    with open(into / "grades.csv", newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def graded(course, released, tmp_path_factory):
    """The folder with the results of the class."""
    folder = tmp_path_factory.mktemp("class") / "sent"
    save(folder, the_class(released))
    return grade_class(folder, jobs=2, root=course)


# The students' versions


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


# The class


def test_every_grade_is_what_it_should_be(graded, released):
    found = rows(graded)
    expected = {}
    for file, (_, points) in the_class(released).items():
        student = re.search(
            r"Erin Park|Carol Miller|script|[A-Z][a-z]+", file
        )[0]
        expected[student] = points
    totals = {
        student: None if row["status"] == "not graded" else int(row["total"])
        for student, row in found.items()
    }
    assert len(expected) == 25
    assert totals == expected
    assert all(row["max"] == "9" for row in found.values())


def test_points_of_each_exercise(graded):
    row = rows(graded)["Dave"]
    assert row["double-test"] == "2" and row["row-sums-test"] == "0"


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("Alice", "grade explain by hand"),
        ("Carol Miller", "double had lost its marks"),
        ("Erin Park", "row-sums is answered 2 times: took the last one"),
        ("Frank", "the answer row-sums is missing"),
        ("Grace", "out of order"),
        ("Heidi", "another notebook"),
        ("Ivan", "not JSON"),
        ("Judy", "an empty file"),
        ("Ken", "merge conflict: took the first side"),
        ("Mike", "more than 4 s: while True: pass"),
        ("Nina", "the kernel died in this cell: import os"),
        ("Trudy", "uses In["),
        ("Victor", "a zip that can't be opened"),
        ("Yves", "took Yves/a01_sample (1).ipynb, not Yves/a01_sample.ipynb"),
    ],
)
def test_a_human_is_told_whom_to_look_at(graded, student, reason):
    review = (graded / "review.md").read_text()
    entry = review.split(f"**{student}**")[1].split("- **")[0]
    assert reason in entry


def test_nobody_else_is_to_be_looked_at(graded):
    review = (graded / "review.md").read_text()
    assert "Steve" not in review  # nothing answered, nothing to grade
    assert review.split("**Bob**")[1].split("- **")[0].count("  - ") == 1


def test_every_student_has_a_feedback_page(graded):
    pages = {path.stem for path in (graded / "feedback").glob("*.html")}
    assert pages == set(rows(graded))
    assert "an empty file" in (graded / "feedback" / "Judy.html").read_text()
    for page in (graded / "feedback").glob("*.html"):
        assert "No page:" not in page.read_text()


def test_pages_show_no_hidden_test_and_no_solution(graded):
    """Trudy's code prints and raises all that it finds while tests run."""
    for path in (graded / "feedback").glob("*.html"):
        text = path.read_text()
        assert HIDDEN not in text and SOLUTION not in text, path.name
    lecturers = (graded / "autograded" / "Trudy").rglob("*.ipynb")
    assert HIDDEN in next(lecturers).read_text()  # she did find it


def test_a_page_tells_what_the_author_says_of_a_hidden_test(graded):
    text = (graded / "feedback" / "Zoe.html").read_text()
    assert "A hidden test failed. try other numbers, too" in text


def test_only_the_author_s_words_to_the_student_pass():
    source = (
        "secret = 'a seed'\nassert secret == 3, 'a reason'\n"
        "with checking.check('a title'):\n"
        "    check.call(f, 'a seed' + x, mistakes={'a hint': 'a number'})"
    )
    message = "a title: a reason, a hint, a number, a seed"
    words = worker._words_to_student(source, message)
    assert words == ["a reason", "a title", "a hint"]
    assert worker._words_to_student(source, "a hint") == ["a hint"]


def test_a_page_runs_nothing_of_a_student_s(graded):
    text = (graded / "feedback" / "script.html").read_text()
    ran = re.findall(r"<script[^>]*>[^<]*alert", text)
    assert "alert" in text and not ran


def test_a_page_that_can_t_be_made_stops_nobody():
    broken = new_notebook(cells=[new_code_cell("1")])
    broken.cells[0].outputs = ["no output"]
    student, text = worker.page("Ann", broken, "a01", 3, 9)
    assert student == "Ann" and "3 of 9 points" in text


# Again


def stamps(into):
    return {p.name: p.stat().st_mtime_ns for p in into.glob("results/*")}


def test_nothing_is_graded_twice(graded, course):
    before, table = stamps(graded), (graded / "grades.csv").read_bytes()
    folder = graded.with_name("sent")
    assert grade_class(folder, jobs=1, root=course) == graded
    assert len(before) == 21 and stamps(graded) == before
    assert (graded / "grades.csv").read_bytes() == table


def test_what_a_person_graded_reaches_grades_and_page(
    course, released, tmp_path
):
    write = nbformat.writes
    files = {"Ann_a01.ipynb": (write(answered(released)), None)}
    save(tmp_path / "sent", files)
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
    assert (row["total"], row["status"]) == ("8.5", "graded")
    assert "Well put." in (into / "feedback" / "Ann.html").read_text()
    # a new version of the submission: graded again, the person's points stay
    wrong = answered(released, double="double = 1")
    save(tmp_path / "sent", {"Ann_a01.ipynb": (write(wrong), None)})
    grade_class(tmp_path / "sent", 1, root=course)
    row = rows(into)["Ann"]
    assert (row["total"], row["status"]) == ("6.5", "grade by hand")


def test_a_killed_run_goes_on_and_leaves_no_kernel(course, released, tmp_path):
    text = nbformat.writes(answered(released))
    files = {f"a01_S{i}.ipynb": (text, None) for i in range(4)}
    save(tmp_path / "sent", files)
    into = tmp_path / "sent-a01-graded"
    program = (
        "import sys, pathlib; from tools.grading import grade_class\n"
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
    assert [row["total"] for row in rows(into).values()] == ["5"] * 4
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


# The box


def run(*sources, timeout=2):
    """Run cells in the box; return the last output of each as text."""
    nb = new_notebook(cells=[new_code_cell(source) for source in sources])
    said = []
    for cell in sandbox.run(nb, timeout).cells:
        output = cell.outputs[-1] if cell.outputs else {}
        text = output.get("text") or output.get("ename")
        said.append(text or output.get("data", {}).get("text/plain"))
    return said


def test_a_kernel_has_no_network():
    require(sandbox.box(), "bubblewrap (or unshare)")
    connect = "import socket\nsocket.create_connection(('127.0.0.1', {}), 1)"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert run(connect.format(port)) == ["ConnectionRefusedError"] or (
            run(connect.format(port)) == ["OSError"]
        )


def test_a_kernel_sees_no_files_but_the_course_s_helpers(tmp_path):
    require(sandbox.box() == "bwrap", "bubblewrap")
    secret = tmp_path / "gradebook.db"
    secret.write_text("secret")
    places = ["/var", str(ROOT / "notebooks"), str(secret)]
    assert all(map(os.path.exists, places))
    source = (
        "import os, utils\n"
        f"print([place for place in {places} if os.path.exists(place)])"
    )
    assert run(source) == ["[]\n"]
    assert run(f"open({str(ROOT / 'utils' / 'x.py')!r}, 'w')") == ["OSError"]


def test_a_kernel_does_not_get_the_grader_s_environment(monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "secret")
    assert run("import os\nos.environ.get('PGPASSWORD', 'none')") == ["'none'"]


def test_a_kernel_s_memory_is_limited():
    source = "import numpy as np\nx = np.ones(2**30)"  # 8 GB
    assert run(source, "1 + 1", timeout=20) == ["MemoryError", "2"]


def test_what_a_kernel_leaves_behind_is_killed():
    require(sandbox.box(), "bubblewrap (or unshare)")
    source = (
        "import subprocess\n"
        "subprocess.Popen(['sleep', '98765'], start_new_session=True).pid > 0"
    )
    assert run(source) == ["True"]
    left = [p.info["cmdline"] for p in psutil.process_iter(["cmdline"])]
    assert ["sleep", "98765"] not in left


def test_a_cell_that_ignores_the_interrupt_costs_only_itself():
    deaf = (
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "while True: pass"
    )
    assert run("x = 1", deaf, "x", timeout=1) == [None, "Timeout", "1"]


def test_a_notebook_that_kills_every_kernel_comes_to_an_end():
    said = run(*["import os\nos._exit(1)"] * (sandbox.DEATHS + 3))
    assert said[: sandbox.DEATHS] == ["KernelDied"] * sandbox.DEATHS
    assert said[-1] == "NotRun"


def test_output_without_end_is_cut():
    source = "for i in range(9999): print('x' * 1000, end='')"
    nb = new_notebook(cells=[new_code_cell(source)])
    outputs = sandbox.run(nb, 20).cells[0].outputs
    printed = sum(len(output.text) for output in outputs)
    assert 0.9 * sandbox.OUTPUT < printed <= sandbox.OUTPUT


# Names and places


@pytest.mark.parametrize(
    ("place", "student"),
    [
        ("alice/a01_sample.ipynb", "alice"),
        ("a01_alice.ipynb", "alice"),
        ("alice_a01.ipynb", "alice"),
        ("Alice Miller - a01_sample (1).ipynb", "Alice Miller"),
        ("alice.zip", "alice"),
        ("Alice Miller_123456_assignsubmission_file_/x.ipynb", "Alice Miller"),
        ("Zoë O'Hara_1_assignsubmission_file_a01_sample.ipynb", "Zoë O'Hara"),
        ("milleralice_LATE_4567_8901_a01_sample-2.ipynb", "milleralice"),
        ("Copy of a01_sample - Li Na.ipynb", "Li Na"),
        ("alice_a01_sample-Copy1.ipynb", "alice"),
        ("ALICE_A01.IPYNB", "ALICE"),
        ("a01_sample.ipynb", "a01_sample"),
        ("..\\..\\alice.ipynb", "alice"),
    ],
)
def test_a_student_s_name(place, student):
    names = [NAME, "a01", "a02"]
    assert submissions.student_name(PurePosixPath(place), names) == student


def test_a_zip_of_a_whole_class(course, released, tmp_path):
    text = nbformat.writes(answered(released))
    inner = zipped({f"{NAME}.ipynb": text})
    files = {"Ann/a01.ipynb": text, "Ben/all.zip": inner, "../Cy.zip": inner}
    path = tmp_path / "class.zip"
    path.write_bytes(zipped(files))
    release = assignments.release("a01", course)
    found = submissions.collect(path, release, ["a01"])
    assert [one.student for one in found] == ["Ann", "Ben"]
    assert all(one.cells for one in found)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({}, "there is nothing in it"),
        ({"x.ipynb": ("{}", None)}, "say which it is: --assignment"),
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
    save(tmp_path / "sent", {f"{x}/x.ipynb": ("", None) for x in "AB"})
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


# More than one machine


@pytest.fixture
def three(released, tmp_path):
    """A folder of three students, who get 5, 3 and 2 points."""
    wrong = {"double": "double = 1"}, {"row_sums": "row_sums = 1"}
    for student, changed in zip("ABC", [{}, *wrong], strict=True):
        text = nbformat.writes(answered(released, **changed))
        save(tmp_path / "sent", {f"a01_{student}.ipynb": (text, None)})
    return tmp_path / "sent"


def test_a_dask_cluster_grades_as_local_processes_do(course, three):
    require_packages("distributed")
    import distributed

    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        host="127.0.0.1",
        dashboard_address=None,
    ) as cluster:
        address = cluster.scheduler_address
        into = grade_class(three, 1, dask=address, root=course)
        assert cluster.scheduler.transition_counter > 0
    assert [row["total"] for row in rows(into).values()] == ["5", "3", "2"]


def test_a_dask_cluster_that_is_not_there_is_one_line(course, three):
    require_packages("distributed")
    with pytest.raises(NotebookError, match="no Dask at tcp://127.0.0.1:9"):
        grade_class(three, 1, dask="tcp://127.0.0.1:9", root=course)


@pytest.fixture
def postgres():
    """The URL of an empty database on a PostgreSQL server of our own."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    program = shutil.which("pg_ctl") or (found and str(found[-1]))
    require(program, "PostgreSQL (apt-get install postgresql)")
    require_packages("psycopg")
    user = {"user": "nobody"} if os.getuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    if user:
        shutil.chown(folder, "nobody")

    def pg_ctl(*arguments):
        subprocess.run(
            [program, "-D", folder / "data", *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **user,
        )

    try:
        pg_ctl("init", "-o", "--username=course --auth=trust --no-sync")
        pg_ctl("start", "-w", "-o", f"-k {folder} -c listen_addresses=''")
        yield f"postgresql+psycopg://course@/postgres?host={folder}"
    finally:
        pg_ctl("stop", "-m", "immediate")
        shutil.rmtree(folder)


def test_a_postgresql_gradebook(course, three, postgres):
    into = grade_class(three, 2, db_url=postgres, root=course)
    assert [row["total"] for row in rows(into).values()] == ["5", "3", "2"]
    assert not (into / "gradebook.db").exists()
    with Gradebook(postgres) as gradebook:
        scores = {
            s.student.id: s.score
            for s in gradebook.assignment_submissions("a01")
        }
        assert scores == {"A": 5, "B": 3, "C": 2}
    before = stamps(into)
    grade_class(three, 2, db_url=postgres, root=course)
    assert stamps(into) == before


def test_a_gradebook_that_is_not_there_is_one_line(course, three):
    require_packages("psycopg")
    url = "postgresql+psycopg://course@127.0.0.1:9/none"
    with pytest.raises(NotebookError, match="gradebook") as error:
        grade_class(three, 1, db_url=url, root=course)
    assert "\n" not in str(error.value)
