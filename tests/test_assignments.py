"""The assignments: solutions pass, wrong answers get the hint that fits.

An assignment is added by files alone: its notebook under
notebooks/solutions/ and its bank of wrong answers in tests/wrong_answers/.
"""

import contextlib
import functools
import importlib.util
import io
import re

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from tools import assignments
from tools.notebooks import badges, files, rules
from utils import checking, data

NAMES = assignments.names()
FOLDER = files.ROOT / "notebooks" / "solutions"
RULES = [
    rules.badge,
    rules.objectives,
    rules.duration,
    rules.setup_cell,
    rules.heading_levels,
    rules.magics,
    rules.executed,
    rules.clean_outputs,
    rules.alternative_text,
    rules.no_absolute_paths,
    rules.normal_form,
    rules.small,
]


fashion_mnist = functools.cache(data.fashion_mnist)


@pytest.fixture(autouse=True)
def load_data_once(monkeypatch):
    monkeypatch.setattr(data, "fashion_mnist", fashion_mnist)


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
    path = files.ROOT / "tests" / "wrong_answers" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"wrong_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ANSWERS


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def code_cells(nb):
    """Return {grade_id or cell id: source} of the code cells, in order."""
    return {
        marks(cell).get("grade_id", cell.id): cell.source
        for cell in nb.cells
        if cell.cell_type == "code"
    }


def exercises(name):
    """Return the grade_ids of the answers in code."""
    return [
        marks(cell).grade_id
        for cell in source(name).cells
        if cell.cell_type == "code" and marks(cell).get("solution")
    ]


def run(code, namespace):
    """Run a cell; return what it printed, without line breaks."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(TransformerManager().transform_cell(code), namespace)
    return " ".join(printed.getvalue().split())


class Record(dict):
    """Every hint of the checks that ran, and its mistake's results."""

    @contextlib.contextmanager
    def taken(self):
        own = checking.check.equal, checking.check.that

        def equal(answer, expected, mistakes=None):
            for hint, result in (mistakes or {}).items():
                self.setdefault(hint, []).append((expected, result))
            own[0](answer, expected, mistakes)

        def that(condition, reason, *hint):
            self.update({h: [] for h in hint if h not in self})
            own[1](condition, reason, *hint)

        checking.check.equal = staticmethod(equal)
        checking.check.that = staticmethod(that)
        yield
        checking.check.equal, checking.check.that = map(staticmethod, own)


@functools.cache
def solved(name):
    """Run the instructors' notebook; return its namespace, what each cell
    printed, and the hints by exercise."""
    namespace, printed, hints = {"__name__": "__main__"}, {}, {}
    checking._outcomes.clear()
    for cell_id, code in code_cells(source(name)).items():
        record = Record()
        with record.taken():
            printed[cell_id] = run(code, namespace)
        exercise = re.sub(r"-(check|test)$", "", cell_id)
        hints.setdefault(exercise, {}).update(record)
    return namespace, printed, hints


# The notebook as a file


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_source_keeps(name, rule):
    path = files.ROOT / "notebooks" / "assignments" / name
    notebook = rules.Notebook(
        source(name),
        path / path_of(name).name,
        badges.course(),
        files.ROOT,
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
def test_unanswered_runs_to_the_end(name):
    checking._outcomes.clear()
    namespace = {"__name__": "__main__"}
    for cell_id, code in code_cells(release(name).released).items():
        printed = run(code, namespace)
        assert "No picture" not in printed
        if cell_id.endswith(("-check", "-test")):
            assert "Not yet answered" in printed
            assert not re.search("[✓✗]", printed)
    assert "So far 0 of" in printed
    assert set(checking._outcomes.values()) == {"not yet"}


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
                assert not checking._same(mistake, expected), hint
