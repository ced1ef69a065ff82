"""The students' notebooks: they keep the rules and run unanswered."""

import re

import pytest

from tools.mistakes import code_cells, marks, run
from tools.notebooks import badges, files, rules
from utils import checking, mistakes

FOLDER = files.ROOT / "notebooks" / "assignments"
PATHS = sorted(FOLDER.glob("a[0-9][0-9]/*.ipynb"))
if not PATHS:
    pytest.skip("this course has no assignments", allow_module_level=True)


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.mark.parametrize(
    "rule", rules.ASSIGNMENT_RULES, ids=lambda rule: rule.__name__
)
def test_students_notebook_keeps(path, rule):
    nb = files.read(path)
    notebook = rules.Notebook(nb, path, badges.course(), files.ROOT)
    assert list(rule(notebook)) == []


def test_nothing_is_answered_and_nothing_was_run(path):
    nb = files.read(path)
    assert "### BEGIN" not in "".join(cell.source for cell in nb.cells)
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    answers = [cell.source for cell in code if marks(cell).get("solution")]
    assert answers
    assert all("NotImplementedError" in answer for answer in answers)


def test_each_exercise_is_answer_hint_check_and_test(path):
    cells = files.read(path).cells
    answers = [
        i
        for i, cell in enumerate(cells)
        if cell.cell_type == "code" and marks(cell).get("solution")
    ]
    hints = [i for i, c in enumerate(cells) if "<summary>Hint<" in c.source]
    assert hints == [i + 1 for i in answers]
    for i in answers:
        name = marks(cells[i]).grade_id
        assert marks(cells[i + 2]).grade_id == f"{name}-check"
        assert marks(cells[i + 3]).grade_id == f"{name}-test"
        assert re.match(r"<details><summary>Hint<", cells[i + 1].source)
        assert cells[i + 1].source.endswith("</details>")


def test_no_hint_of_a_mistake_stands_in_the_notebook(path):
    text = " ".join(
        " ".join(cell.source.split()) for cell in files.read(path).cells
    )
    _, entries = mistakes.read(path.with_name("mistakes.json"))
    assert entries
    assert [e["hint"] for e in entries if e["hint"] in text] == []


def test_unanswered_runs_to_the_end(path):
    checking._outcomes.clear()
    namespace = {"__name__": "__main__"}
    for cell_id, code in code_cells(files.read(path)).items():
        printed = run(code, namespace)
        assert "No picture" not in printed
        if cell_id.endswith(("-check", "-test")):
            assert "Not yet answered" in printed
            assert not re.search("[✓✗]", printed)
    assert "So far 0 of" in printed
    assert set(checking._outcomes.values()) == {"not yet"}
