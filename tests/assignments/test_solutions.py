"""The instructors' notebooks: solutions pass, and each wrong answer gets the
hint that fits.

An assignment is added by files alone: its notebook and its wrong answers,
mistakes.py, in notebooks/solutions/aNN/.
"""

import functools
import importlib.util
import re

import pytest
from cells import code_cells, marks, run

from tools import assignments
from tools.notebooks import badges, files, rules
from utils import checking, comparing

NAMES = assignments.names()
if not NAMES:
    pytest.skip(
        "no notebooks/solutions/ here: a students' repository",
        allow_module_level=True,
    )
FOLDER = files.ROOT / assignments.SOLUTIONS
check = checking.check


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
    """Return the wrong answers, {exercise: {part of the hint: source}}."""
    path = FOLDER / name / "mistakes.py"
    spec = importlib.util.spec_from_file_location(f"mistakes_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ANSWERS


def exercises(name):
    """Return the grade_ids of the answers in code."""
    return [
        marks(cell).grade_id
        for cell in source(name).cells
        if cell.cell_type == "code" and marks(cell).get("solution")
    ]


class NotingCheck(check):
    """A check that notes each hint it could give, and when it would."""

    noted = {}  # {hint: [(expected, what one gets by the mistake), ...]}

    @classmethod
    def note(cls, expected, mistakes):
        for hint, result in (mistakes or {}).items():
            cls.noted.setdefault(hint, []).append((expected, result))

    @classmethod
    def call(cls, function, *arguments, gives=None, mistakes=None):
        cls.note(gives, mistakes)
        return check.call(function, *arguments, gives=gives, mistakes=mistakes)

    @classmethod
    def equal(cls, answer, expected, mistakes=None):
        cls.note(expected, mistakes)
        check.equal(answer, expected, mistakes)

    @classmethod
    def that(cls, condition, reason, *hints):
        for hint in hints:
            cls.noted.setdefault(hint, [])
        check.that(condition, reason, *hints)


@functools.cache
def solved(name):
    """Run the instructors' notebook; return its namespace, what each cell
    printed, and the hints by exercise."""
    namespace, printed, hints = {"__name__": "__main__"}, {}, {}
    checking._outcomes.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "_restore", list)  # which would undo this:
        patch.setattr(checking, "check", NotingCheck)
        for cell_id, code in code_cells(source(name)).items():
            patch.setattr(NotingCheck, "noted", {})
            printed[cell_id] = run(code, namespace)
            exercise = re.sub(r"-(check|test)$", "", cell_id)
            hints.setdefault(exercise, {}).update(NotingCheck.noted)
    return namespace, printed, hints


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
    assert 5 <= len(exercises(name)) <= 9
    cells = {marks(c).grade_id: c for c in source(name).cells if marks(c)}
    for exercise in exercises(name):
        answer, check, test = (
            cells[exercise + end] for end in ("", "-check", "-test")
        )
        assert exercise.startswith(f"{name}-")
        assert re.search(
            r"^def .*\n    ### BEGIN SOLUTION\n", answer.source, re.M | re.S
        )
        assert '"""' in answer.source
        assert marks(check).locked and not marks(check).grade
        assert marks(test).locked and marks(test).grade
        assert "mistakes" in check.source or "check.that" in check.source
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
        r"summary\(\{(.*)\}, by_hand=(\d+)\)",
        "\n".join(code_cells(nb).values()),
    )
    promised = [int(points) for points in re.findall(r": (\d+)", summary[0])]
    assert sorted([*promised, int(summary[1])]) == sorted(graded)


# Answers


@pytest.mark.parametrize("name", NAMES)
def test_solution_passes_everything(name):
    _, printed, _ = solved(name)
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
def test_solution_gets_all_points(name, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    namespace = dict(solved(name)[0])
    for exercise in exercises(name):
        run(code_cells(release(name).graded)[f"{exercise}-test"], namespace)


WRONG = [
    pytest.param(name, exercise, hint, id=f"{exercise}-{hint}")
    for name in NAMES
    for exercise, answers in bank(name).items()
    for hint in answers
]


@pytest.mark.parametrize("name, exercise, hint", WRONG)
def test_wrong_answer_gets_its_own_hint(name, exercise, hint, monkeypatch):
    namespace = dict(solved(name)[0])
    run(bank(name)[exercise][hint], namespace)
    cells = code_cells(release(name).graded)
    printed = run(cells[f"{exercise}-check"], namespace)
    if "✗" not in printed:
        printed = run(cells[f"{exercise}-test"], namespace)
    found = re.findall(r"Hint: (.*?)(?= [✓✗] Exercise|$)", printed)
    assert found and hint in found[0], printed
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(checking.CheckError):
        run(cells[f"{exercise}-test"], namespace)


@pytest.mark.parametrize("name", NAMES)
def test_every_hint_has_its_wrong_answer(name):
    _, _, hints = solved(name)
    assert set(bank(name)) == set(exercises(name))
    for exercise, answers in bank(name).items():
        assert len(answers) >= 3
        for hint in hints[exercise]:
            fitting = [part for part in answers if part in hint]
            assert len(fitting) == 1, f"{exercise}, {hint}: {fitting}"


@pytest.mark.parametrize("name", NAMES)
def test_mistakes_differ_from_the_right_result(name):
    for hints in solved(name)[2].values():
        for hint, results in hints.items():
            for expected, mistake in results:
                assert not comparing.same(mistake, expected), hint
