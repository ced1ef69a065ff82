"""The students' notebooks: they keep the rules and run unanswered."""

import re

import pytest

from tools.mistakes import code_cells, marks, run
from tools.notebooks import badges, files, rules
from utils import checking

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
