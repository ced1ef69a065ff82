"""The instructors' notebooks: solutions pass, each wrong answer gets the hint
that fits and no points, and unusual right answers are accepted.

An assignment is added by files alone: its notebook and mistakes.py in
notebooks/solutions/aNN/, checks.py in notebooks/assignments/aNN/.
"""

import functools
import re
import subprocess
import sys

import pytest

from tools import assignments, mistakes
from tools.mistakes import code_cells, marks, run
from tools.notebooks import badges, files, rules
from utils import checking

NAMES = assignments.names()
FOLDER = files.ROOT / assignments.SOLUTIONS


@functools.cache
def path_of(name):
    (path,) = (FOLDER / name).glob("*.ipynb")
    return path


@functools.cache
def source(name):
    """Return the instructors' notebook."""
    return files.read(path_of(name))


@functools.cache
def release(name):
    return assignments.release(name)


@functools.cache
def bank(name):
    """Return {name of the answer: `Answer`}."""
    found = mistakes.bank(FOLDER / name / "mistakes.py")
    return {answer.name: answer for answer in found}


def exercises(name):
    """Return the grade_ids of the answers in code."""
    return [
        marks(cell).grade_id
        for cell in source(name).cells
        if cell.cell_type == "code" and marks(cell).get("solution")
    ]


@functools.cache
def solved(name):
    """Return the namespace of the instructors' notebook."""
    return mistakes.solved(source(name))


# The notebook as a file


@pytest.mark.parametrize(
    "rule",
    [*rules.ASSIGNMENT_RULES, rules.executed, rules.clean_outputs],
    ids=lambda rule: rule.__name__,
)
@pytest.mark.parametrize("name", NAMES)
def test_source_keeps(name, rule):
    notebook = rules.Notebook(
        source(name), path_of(name), badges.course(), files.ROOT
    )
    assert list(rule(notebook)) == []


@pytest.mark.parametrize("name", NAMES)
def test_exercises_have_their_cells(name):
    assert 5 <= len(exercises(name)) <= 16
    cells = {marks(c).grade_id: c for c in source(name).cells if marks(c)}
    for exercise in exercises(name):
        answer, check, test = (
            cells[exercise + end] for end in ("", "-check", "-test")
        )
        assert exercise.startswith(f"{name}-")
        assert re.search(r"^(def|class) \w+", answer.source, re.M)
        assert "    ### BEGIN SOLUTION\n" in answer.source
        assert '"""' in answer.source
        assert marks(check).locked and not marks(check).grade
        assert marks(test).locked and marks(test).grade
        assert "checks.check(" in check.source
        hidden = "### BEGIN HIDDEN TESTS" in test.source
        assert hidden == (marks(test).points > 0)


@pytest.mark.parametrize("name", NAMES)
def test_marks_are_nbgraders(name):
    every = [marks(cell) for cell in source(name).cells if marks(cell)]
    assert all(mark.schema_version == 3 for mark in every)
    ids = [mark.grade_id for mark in every]
    assert len(ids) == len(set(ids))
    by_hand = [mark for mark in every if mark.grade and mark.solution]
    assert len(by_hand) == 1


@pytest.mark.parametrize("name", NAMES)
def test_points_agree(name):
    nb = source(name)
    graded = [marks(c).points for c in nb.cells if marks(c).get("grade")]
    table = re.findall(r"^\| \d+ · .*\| (\d+) \|$", nb.cells[0].source, re.M)
    assert sorted(map(int, table)) == sorted(graded)
    (summary,) = re.findall(
        r"summary\(\s*\{(.*?)\},\s*by_hand=(\d+)",
        "\n".join(code_cells(nb).values()),
        re.S,
    )
    promised = [int(points) for points in re.findall(r": (\d+)", summary[0])]
    assert sorted([*promised, int(summary[1])]) == sorted(graded)


# Answers


@pytest.mark.parametrize("name", NAMES)
def test_solution_passes_everything(name):
    """What is saved; conftest.py looks for ticks when nbval runs it."""
    printed = {
        marks(cell).get("grade_id", cell.id): "".join(
            output.get("text", "") for output in cell.outputs
        )
        for cell in source(name).cells
        if cell.cell_type == "code"
    }
    everything = " ".join(printed.values())
    assert not re.search("[✗…–]|No picture|appears here", everything)
    for exercise in exercises(name):
        assert "✓" in printed[f"{exercise}-check"]
        assert "✓" in printed[f"{exercise}-test"]


@pytest.mark.parametrize("name", NAMES)
def test_unanswered_gets_no_points(name, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    namespace = {"__name__": "__main__"}
    for cell_id, code in code_cells(release(name).graded).items():
        if cell_id.endswith(("-check", "-test")):
            with pytest.raises(checking.CheckError, match="Not yet answered"):
                run(code, namespace)
        else:
            run(code, namespace)


@pytest.mark.parametrize("name", NAMES)
def test_solution_gets_all_points_and_keeps_its_names(name, monkeypatch):
    """A student may call a helper what he likes."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    for cell_id, code in code_cells(release(name).graded).items():
        if cell_id.endswith(("-check", "-test")):
            namespace = dict(solved(name))
            before = {**namespace, "checks": None}
            run(code, namespace)  # raises, if a point is lost
            changed = {
                key
                for key, value in namespace.items()
                if value is not before.get(key) and not key.startswith("__")
            }
            assert changed <= {"checks"}, cell_id


def answers(wrong):
    return [
        pytest.param(name, answer, id=f"{name}-{answer}")
        for name in NAMES
        for answer, found in bank(name).items()
        if bool(found.hint) == wrong
    ]


@pytest.mark.pinned  # other versions word their errors otherwise
@pytest.mark.parametrize("name, answer", answers(wrong=True))
def test_wrong_answer_gets_its_own_hint(name, answer):
    wrong, namespace = bank(name)[answer], solved(name)
    exercise = mistakes.exercise_of(release(name).released, wrong)
    failure, printed = mistakes.first_failure(
        code_cells(release(name).released), exercise, namespace, wrong
    )
    assert failure, printed
    _, (_, _, hint) = failure
    assert hint == wrong.hint
    assert f"Hint: {hint}" in printed


@pytest.mark.parametrize("name, answer", answers(wrong=True))
def test_wrong_answer_gets_no_points(name, answer, monkeypatch):
    wrong, namespace = bank(name)[answer], solved(name)
    exercise = mistakes.exercise_of(release(name).released, wrong)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    test = code_cells(release(name).graded)[f"{exercise}-test"]
    with pytest.raises(checking.CheckError):
        run(test, namespace | {wrong.replaces: wrong.answer})


@pytest.mark.parametrize("name, answer", answers(wrong=False))
def test_unusual_right_answer_is_accepted(name, answer):
    right, namespace = bank(name)[answer], solved(name)
    namespace = namespace | {right.replaces: right.answer}
    exercise = mistakes.exercise_of(release(name).released, right)
    for end in ("-check", "-test"):
        cell = code_cells(release(name).graded)[exercise + end]
        printed = run(cell, namespace)
        assert "✓" in printed and not re.search("[✗…]", printed), printed


@pytest.mark.parametrize("name", NAMES)
def test_each_exercise_has_answers_of_both_kinds(name):
    nb = source(name)
    kinds = [
        (mistakes.exercise_of(nb, answer), bool(answer.hint))
        for answer in bank(name).values()
    ]
    for exercise in exercises(name):
        assert kinds.count((exercise, True)) >= 3, exercise
        assert kinds.count((exercise, False)) >= 1, exercise


@pytest.mark.parametrize("name", NAMES)
def test_checks_import_no_framework(name):
    """A grader's kernel imports the checks before any answer."""
    code = (
        f"import sys, notebooks.assignments.{name}.checks; "
        "assert not {'torch', 'tensorflow', 'jax', 'keras'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], cwd=files.ROOT, check=True)
