"""Reading one student's files: which notebook counts, and what is wrong."""

import copy
import json
import random

import nbformat
import pytest
from sample_class import PIXEL, answered, other
from sample_damage import DAMAGES

from tools import assignments
from tools.grading.collect import Sent, Student
from tools.grading.read import read
from tools.grading.repair import repair
from tools.notebooks import badges


@pytest.fixture(scope="module")
def release(course):
    return assignments.release("a01", course)


def reading(files, release):
    """Read {place: bytes, or (bytes, when), or why there are none}."""
    sent = []
    for place, content in files.items():
        if isinstance(content, str):
            sent.append(Sent(place, None, content))
        else:
            content = (content, "") if isinstance(content, bytes) else content
            sent.append(Sent(place, content[0], "", content[1]))
    submission = read(Student("Ann_1", "Ann", "1", sent), release)
    as_text = [submission.notes, submission.review, submission.place]
    json.dumps(as_text, ensure_ascii=False).encode()
    for cell in submission.cells or []:
        assert cell.cell_type in ("code", "markdown", "raw")
        assert isinstance(cell.source, str) and "\0" not in cell.source
        texts = [cell.source, cell.grade_id, *cell.ids, cell.attachments]
        json.dumps(texts, ensure_ascii=False).encode()
    return submission


def written(nb):
    return nbformat.writes(nb).encode()


@pytest.fixture
def right(released):
    """A notebook with right answers, as bytes."""
    return written(answered(released))


def source(submission, grade_id):
    return next(c.source for c in submission.cells if c.grade_id == grade_id)


# One file


@pytest.mark.parametrize("row", DAMAGES, ids=lambda row: row.what)
def test_what_is_wrong_with_a_file_is_said(right, release, row):
    content = row.damage(right)
    assert row.what == "nothing" or content != right
    found = reading({"Ann/a.ipynb": content}, release)
    assert (found.cells is not None) == row.graded
    assert any(row.reason in line for line in found.review or [""])
    assert bool(found.review) == bool(row.reason)
    assert found.notes == ([row.note] if row.note else [])
    if not row.graded:
        assert found.review[0].endswith(": Ann/a.ipynb")


def test_a_cell_s_text_survives_whatever_it_takes(right, release):
    pairs = {
        r"\ud83d\ude00": "😀",
        r"\ud83d": "\ufffd",
        r"\u0000": "\ufffd",
        "Größe": "Größe",
    }
    for text, expected in pairs.items():
        content = right.replace(b"A row", text.encode())
        found = reading({"a.ipynb": content}, release)
        assert source(found, "explain") == f"{expected} is an example."


def test_a_heading_of_format_3_stays_one(right, release):
    [row] = [row for row in DAMAGES if row.what == "format 3"]
    found = reading({"a.ipynb": row.damage(right)}, release)
    heading = found.cells[0]
    assert (heading.cell_type, heading.source) == ("markdown", "## Hello")


def test_images_pasted_into_a_cell_are_kept(released, release):
    nb = answered(released)
    cell = next(c for c in nb.cells if c.id == "explain")
    split = [PIXEL[:20] + "\n", PIXEL[20:]]
    cell["attachments"] = {
        "a.gif": {"image/gif": split, "text/html": PIXEL},
        "b.png": {"image/png": "no base64!"},
        "c.png": {"image/png": "QUJD"},
        "d.gif": {"image/gif": f"{PIXEL}!"},
    }
    found = reading({"a.ipynb": json.dumps(nb).encode()}, release)
    kept = [c.attachments for c in found.cells if c.grade_id == "explain"]
    assert kept == [{"a.gif": {"image/gif": PIXEL}}]
    assert found.review == [
        "can't be read, left out: the attachment b.png, the attachment "
        "c.png, the attachment d.gif"
    ]


def test_no_damage_at_all_raises_an_error(right, release):
    """Bytes changed, and each part of the JSON replaced by odd ones."""
    rng = random.Random(0)
    for _ in range(150):
        damaged = bytearray(right)
        for _ in range(rng.choice([1, 3, 30])):
            damaged[rng.randrange(len(right))] = rng.randrange(256)
        if rng.random() < 0.2:
            del damaged[rng.randrange(len(right)) :]
        found = reading({"a.ipynb": bytes(damaged)}, release)
        assert found.cells or found.review
    odd = [None, 5, 0.5, True, "x", "", "\ud83d", [], {}, [[["y"]]], ["z", 5]]
    nb = json.loads(right)
    for path in paths(nb):
        changed = copy.deepcopy(nb)
        part = changed
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = rng.choice(odd)
        found = reading({"a.ipynb": json.dumps(changed).encode()}, release)
        assert found.cells or found.review


def paths(node, path=()):
    """Yield the keys that lead to each part of some JSON."""
    if path:
        yield path
    kinds = {dict: dict.items, list: enumerate}
    for key, value in kinds.get(type(node), lambda node: [])(node):
        yield from paths(value, (*path, key))


@pytest.mark.parametrize(
    ("error", "said"),
    [(MemoryError(), "not read, MemoryError"), (ValueError("odd"), "odd")],
)
def test_an_error_of_ours_is_said_too(
    right, release, monkeypatch, error, said
):
    def fail(*rest):
        raise error

    monkeypatch.setattr("tools.grading.read.count_answers", fail)
    found = reading({"a.ipynb": right}, release)
    assert found.cells is None and found.review == [f"{said}: a.ipynb"]


# Which of several files counts


@pytest.fixture
def versions(released):
    """Notebooks with 0, 1 and 4 answers, and another with 0 and 4."""
    blank = copy.deepcopy(released)
    more = copy.deepcopy(released)
    more.cells.append(nbformat.v4.new_code_cell("1 + 1"))
    one = copy.deepcopy(released)
    next(c for c in one.cells if c.id == "double").source = "double = 1"
    other_four = answered(released, double="def double(x):\n    return 7")
    return {
        "blank": written(blank),
        "blank and a cell": written(more),
        "one": written(one),
        "four": written(answered(released)),
        "other four": written(other_four),
    }


@pytest.mark.parametrize(
    ("files", "taken", "review"),
    [
        (
            {"a.ipynb": "blank", "b/a.ipynb": "four"},
            "b/a.ipynb",
            ["took b/a.ipynb, not a.ipynb"],
        ),
        (
            {"a.ipynb": "four", "a (1).ipynb": "one"},
            "a.ipynb",
            ["took a.ipynb, not a (1).ipynb"],
        ),
        (
            {
                "a (9).ipynb": ("four", "2026-10-02"),
                "a (10).ipynb": ("other four", "2026-10-01"),
            },
            "a (10).ipynb",
            [
                "took a (10).ipynb, not a (9).ipynb (as many answers: the "
                "later copy)"
            ],
        ),
        (
            {
                "a.ipynb": ("four", "2026-10-02"),
                "b.ipynb": ("other four", "2026-10-01"),
            },
            "a.ipynb",
            [
                "took a.ipynb, not b.ipynb (as many answers: the one modified "
                "last)"
            ],
        ),
        (
            {"a.ipynb": "four", "b.ipynb": "other four"},
            "b.ipynb",
            ["took b.ipynb, not a.ipynb (as many answers: look at both)"],
        ),
        (
            {"a.ipynb": "four", "b.ipynb": ("other four", "2026-10-01")},
            "b.ipynb",
            ["took b.ipynb, not a.ipynb (as many answers: look at both)"],
        ),
        (
            {"a.ipynb": "blank", "b.ipynb": "blank and a cell"},
            "b.ipynb",
            ["took b.ipynb, not a.ipynb"],
        ),
        ({"a.ipynb": "four", "b.ipynb": "four"}, "b.ipynb", []),
        (
            {"a.ipynb": "four", ".ipynb_checkpoints/a.ipynb": "other four"},
            "a.ipynb",
            [],
        ),
        (
            {"a.ipynb": "one", "a-checkpoint.ipynb": "four"},
            "a.ipynb",
            ["took a.ipynb, not a-checkpoint.ipynb"],
        ),
        (
            {"x/.ipynb_checkpoints/a-checkpoint.ipynb": "one"},
            "x/.ipynb_checkpoints/a-checkpoint.ipynb",
            [
                "took JupyterLab's automatic copy: "
                "x/.ipynb_checkpoints/a-checkpoint.ipynb"
            ],
        ),
    ],
)
def test_of_several_notebooks_the_one_with_more_answers_counts(
    versions, release, files, taken, review
):
    sent = {}
    for place, which in files.items():
        name, when = which if isinstance(which, tuple) else (which, "")
        sent[place] = (versions[name], when)
    for order in (sent, dict(reversed(sent.items()))):
        found = reading(order, release)
        assert (found.place, found.review) == (taken, review)
        assert found.content == sent[taken][0]
        assert (found.student, found.name, found.id) == ("Ann_1", "Ann", "1")


def test_what_else_was_sent_is_noted_and_what_can_t_be_read_reviewed(
    right, release
):
    files = {
        "a.ipynb": right,
        "a.pdf": "a .pdf file",
        "lecture.ipynb": other(None).encode(),
        "b.zip": "a zip that can't be opened",
        "c.ipynb": b"cut off",
        "package.json": b'{"cells": 1}',
    }
    found = reading(files, release)
    assert found.place == "a.ipynb"
    assert found.notes == ["also sent: a.pdf, lecture.ipynb, package.json"]
    assert found.review == [
        "a zip that can't be opened: b.zip",
        "not a notebook (not JSON, or cut off): c.ipynb",
    ]


def test_many_files_are_not_many_lines(right, versions, release):
    files = {f"{i}.py": "a .py file" for i in range(9)}
    found = reading({"a.ipynb": right} | files, release)
    assert found.notes == [
        "also sent: 0.py, 1.py, 2.py, 3.py, 4.py, and 4 more"
    ]
    found = reading(files, release)
    assert found.review[0] == "no notebook, but a .py file: 0.py"
    assert len(found.review) == 6 and found.review[-1] == "and 4 more"


@pytest.mark.parametrize("place", ["a.ipynb.txt", "a.json", "a", "a01_ipynb"])
def test_a_notebook_under_another_name_is_one(right, release, place):
    found = reading({place: right}, release)
    assert found.cells and found.notes == [f"is a notebook: {place}"]


def test_other_json_is_no_notebook(release):
    found = reading({"a.json": b'{"cells": 1}'}, release)
    assert found.review == ["no notebook, but a .json file: a.json"]


@pytest.mark.parametrize(
    "problem",
    ["a zip that can't be opened", "an empty folder", "a link", "a .pdf file"],
)
def test_no_notebook_is_one_line(release, problem):
    found = reading({"Ann": problem}, release)
    assert found.cells is None and found.content == b""
    assert found.review == [f"no notebook, but {problem}: Ann"]


@pytest.mark.parametrize(
    "problem",
    ["larger than 50 MB", "can't be read (Permission denied)", "damaged"],
)
def test_a_notebook_that_wasn_t_read_is_one_line(release, problem):
    found = reading({"Ann.ipynb": problem, "x.txt": "a .txt file"}, release)
    assert found.review == [f"{problem}: Ann.ipynb"]


# The students' repository has an address of its own


def with_setup(nb, *course):
    """Return a copy with the course's set-up cell, locked as it is."""
    nb = copy.deepcopy(nb)
    nb.cells[1].source = badges.setup_source(badges.Course(*course))
    nb.cells[1].metadata["nbgrader"] = {
        **{"schema_version": 3, "grade_id": "a01-setup", "locked": True},
        **{"grade": False, "solution": False, "task": False},
    }
    return nb


@pytest.mark.parametrize(
    "edit, said",
    [("", []), ("\nimport os", ["put back", "uses sys.modules"])],
)
def test_a_set_up_cell_with_the_students_address_is_no_change(
    released, release, edit, said
):
    ours = release._replace(
        released=with_setup(release.released, "ann/course", "v1.0"),
        graded=with_setup(release.graded, "ann/course", "v1.0"),
    )
    sent = with_setup(answered(released), "you/students", "v2")
    sent.cells[1].source += edit
    submission = reading({"a01.ipynb": written(sent)}, ours)
    graded, _ = repair(submission, ours)
    lines = submission.notes + submission.review
    assert len(lines) == len(said)
    assert all(line.startswith(x) for line, x in zip(lines, said))
    assert graded.cells[1].source == ours.graded.cells[1].source
    assert len(graded.cells) == len(sent.cells) + len(said) // 2
