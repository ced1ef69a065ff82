"""The table of mistakes: what is written into it, and what is refused."""

import json
import shutil
import sys

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools import assignments, mistakes
from tools.mistakes import Answer
from tools.notebooks import files
from utils import checking

CHECK = """\
from utils.checking import check

with check("numbers", exercise=1):
    check.call(double, np.array([1.0, 2.5]), gives=[2, 5])
    check.that(np.all(double(np.ones(1)) == 2), "one isn't two.", "count.")
"""
TEST = """\
with check("whole numbers", exercise=1):
    check.call(double, 3, gives=6)
"""


def marks(grade_id, **kinds):
    kinds = {"solution": False, "locked": False, "grade": False} | kinds
    return {"nbgrader": kinds | {"grade_id": grade_id, "schema_version": 3}}


def notebook(check=CHECK, answer="def double(x):\n    return 2 * x"):
    cells = [
        new_code_cell(answer, metadata=marks("a77-double", solution=True)),
        new_code_cell(check, metadata=marks("a77-double-check", locked=True)),
        new_code_cell(
            TEST,
            metadata=marks("a77-double-test", locked=True, grade=True)
            | {"points": 1},
        ),
    ]
    return new_notebook(cells=cells)


def wrong(function, hint="a hint.", message=None, name="wrong"):
    def answer(x):
        return function(x)

    answer.__name__ = name
    return Answer("double", answer, hint, message)


def table(*answers):
    return mistakes.table(answers, notebook(), {"np": np})


def test_numbers_errors_and_reasons_are_recorded_at_the_first_failure():
    def no_half(x):
        if np.ndim(x):
            return 2 * x
        raise ValueError(f"no half of {x}")

    entries = table(
        wrong(lambda x: x + 1, "twice, not one more.", name="one_more"),
        wrong(no_half, "it may be one number.", "no half", name="no_half"),
        wrong(lambda x: (2 * x).tolist(), "an array.", name="a_list"),
        wrong(lambda x: 2 * x if np.size(x) > 1 else x, "count.", name="one"),
    )
    assert entries == [
        {
            "exercise": 1,
            "check": "numbers",
            "step": 1,
            "saw": {"numbers": [2.0, 3.5]},
            "hint": "twice, not one more.",
        },
        {
            "exercise": 1,
            "check": "whole numbers",
            "step": 1,
            "saw": {"error": "ValueError", "message": "no half"},
            "hint": "it may be one number.",
        },
        {
            "exercise": 1,
            "check": "numbers",
            "step": 1,
            "saw": {"reason": "is a list, not a NumPy array"},
            "hint": "an array.",
        },
        # the last one's hint is given by the check itself
    ]
    assert json.loads(mistakes.to_text("1f", entries)) == {
        "version": "1f",
        "mistakes": entries,
    }


def test_another_hint_takes_the_place_of_the_check_s_own():
    def forgets_one(x):
        return 2 * x if np.size(x) > 1 else x

    (entry,) = table(wrong(forgets_one, "look at arrays of one number."))
    assert entry["step"] == 2
    assert entry["saw"] == {"reason": "one isn't two."}


def raises(x):
    raise ValueError("no such number")


@pytest.mark.parametrize(
    "answers, complaint",
    [
        ([wrong(lambda x: x + x)], "no check finds it wrong: ✓"),
        ([wrong(lambda x: None)], "no check finds it wrong: … .*None"),
        (
            [
                wrong(lambda x: x + 1, name="first"),
                wrong(lambda x: 1 + x * 1.0000001, "another.", name="second"),
            ],
            "'numbers' can't tell second from first",
        ),
        (
            [
                wrong(raises, message="such", name="first"),
                wrong(raises, "another.", "number", name="second"),
            ],
            "'numbers' can't tell second from first",
        ),
        (
            [
                wrong(raises, name="first"),
                wrong(raises, "another.", "number", name="second"),
            ],
            "'numbers' can't tell second from first",
        ),
        ([wrong(lambda x: np.ones(999))], "result of 999 numbers"),
        ([wrong(lambda x: 1j * x)], "complex"),
        ([wrong(raises, message="broadcast")], "'broadcast' isn't in its"),
        (
            [Answer("triple", np.sum, "a hint.")],
            "sum: no answer cell defines triple",
        ),
    ],
)
def test_what_makes_no_good_entry_is_refused(answers, complaint):
    with pytest.raises(files.NotebookError, match=complaint):
        table(*answers)


def test_one_hint_may_have_several_answers():
    entries = table(
        wrong(lambda x: x + 1, name="first"),
        wrong(lambda x: 1 + x, name="second"),
        wrong(lambda x: x + 2, name="third"),
    )
    seen = [entry["saw"]["numbers"] for entry in entries]
    assert seen == [[2.0, 3.5], [3.0, 4.5]]


BANK = """\
from tools.mistakes import accepted, mistake


@mistake("double", "twice, not one more.")
def one_more(x):
    return x + 1


@accepted("double")
def added(x):
    return x + x
"""
CHECKS = """\
from pathlib import Path

import numpy as np

from utils import checking


class check(checking.check):
    mistakes = Path(__file__).with_name("mistakes.json")


def numbers(double):
    check.call(double, np.array([1.0, 2.5]), gives=[2, 5])
"""
START = """\
from notebooks.assignments.a77 import checks

checks.check.version("")
"""
CELL = """\
from notebooks.assignments.a77 import checks

with checks.check("numbers", exercise=1):
    checks.numbers(double)
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return a course with one assignment, a77, on Python's path."""
    solution = tmp_path / "notebooks" / "solutions" / "a77"
    students = tmp_path / "notebooks" / "assignments" / "a77"
    for folder in solution, students:
        folder.mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    (solution / "mistakes.py").write_text(BANK)
    (students / "checks.py").write_text(CHECKS)
    nb = notebook(
        CELL,
        "def double(x):\n    ### BEGIN SOLUTION\n"
        "    return 2 * x\n    ### END SOLUTION",
    )
    nb.cells[2].source = CELL
    nb.cells[2].metadata.nbgrader.points = 1
    for cell in nb.cells:
        cell.metadata.nbgrader.task = False
    nb.cells.insert(0, new_code_cell(START, metadata=marks("s", locked=True)))
    nb.cells[0].metadata.nbgrader.task = False
    files.write(solution / "a77_topic.ipynb", nb)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in [n for n in sys.modules if "a77" in n]:
        del sys.modules[name]


def made(root, name="a77_topic.ipynb"):
    return root / assignments.STUDENTS / "a77" / name


def test_notebook_and_table_are_made_together(root, capsys):
    assert assignments.out_of_date(root) == ["a77"]
    assert assignments.write(root) == ["a77"]
    table = json.loads(made(root, "mistakes.json").read_text())
    assert [m["hint"] for m in table["mistakes"]] == ["twice, not one more."]
    start = files.read(made(root)).cells[0].source
    assert f'checks.check.version("{table["version"]}")' in start
    assert assignments.out_of_date(root) == []
    assert assignments.without_source(root) == []
    namespace = {"__name__": "__main__", "double": lambda x: x + 1}
    for cell in files.read(made(root)).cells:
        if not cell.metadata.nbgrader.solution:
            exec(cell.source, namespace)
    printed = capsys.readouterr().out
    assert printed.count("Hint: twice, not one more.") == 2
    assert "version" not in printed


@pytest.mark.parametrize(
    "place, old, new",
    [
        ("solutions/a77/mistakes.py", "not one", "not one"),
        ("solutions/a77/mistakes.py", "not one", "never one"),
        ("assignments/a77/checks.py", "2.5", "3.5"),
        ("solutions/a77/a77_topic.ipynb", "return 2 * x", "return x + x"),
        ("assignments/a77/mistakes.json", "version", "edition"),
        ("assignments/a77/mistakes.json", '"mistakes"', "mistakes"),
    ],
)
def test_a_change_of_what_it_is_made_from_is_noticed(root, place, old, new):
    assignments.write(root)
    path = root / "notebooks" / place
    path.write_text(path.read_text().replace(old, new))
    assert assignments.out_of_date(root) == ["a77"] * (old != new)


def test_a_table_that_is_gone_is_made_again(root):
    assignments.write(root)
    made(root, "mistakes.json").unlink()
    assert assignments.out_of_date(root) == ["a77"]


def test_a_mistake_that_passes_is_one_line_and_nothing_is_written(root):
    assignments.write(root)
    before = made(root, "mistakes.json").read_bytes()
    path = root / "notebooks" / "solutions" / "a77" / "mistakes.py"
    path.write_text(BANK.replace("x + 1", "x + x"))
    with pytest.raises(SystemExit, match=r"^a77: .*one_more: no check.*$"):
        assignments.main([], root)
    assert made(root, "mistakes.json").read_bytes() == before


def test_two_answers_of_one_name_are_refused(root):
    path = root / "notebooks" / "solutions" / "a77" / "mistakes.py"
    path.write_text(BANK.replace("added", "one_more"))
    with pytest.raises(SystemExit, match="two answers are called one_more"):
        assignments.main([], root)


def test_checks_without_mistakes_are_named(root):
    (root / "notebooks" / "solutions" / "a77" / "mistakes.py").unlink()
    with pytest.raises(SystemExit, match=r"^a77: .*mistakes.py.*$"):
        assignments.main([], root)


def test_hints_need_no_solutions(root, capsys):
    assignments.write(root)
    shutil.rmtree(root / assignments.SOLUTIONS)
    checks = sys.modules["notebooks.assignments.a77.checks"]
    with checks.check("numbers", exercise=1):
        checks.numbers(lambda x: x + 1)
    assert "Hint: twice, not one more." in capsys.readouterr().out
    checking._outcomes.clear()


@pytest.mark.parametrize(
    "source, complaint",
    [
        ("def f(:", "SyntaxError"),
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("import sys\nsys.exit(3)", "SystemExit: 3"),
    ],
)
def test_a_bank_that_can_t_be_imported_is_one_line(root, source, complaint):
    path = root / "notebooks" / "solutions" / "a77" / "mistakes.py"
    path.write_text(source)
    with pytest.raises(SystemExit, match=rf"^.*mistakes.py: {complaint}.*$"):
        assignments.main([], root)


def test_an_answer_from_a_library_counts(tmp_path):
    path = tmp_path / "mistakes.py"
    path.write_text(
        "import numpy as np\nfrom tools.mistakes import accepted, mistake\n"
        "mistake('double', 'no exp.')(np.exp)\naccepted('double')(abs)\n"
    )
    assert [answer.name for answer in mistakes.bank(path)] == ["exp", "abs"]


def test_time_that_one_mistake_used_up_is_not_missed_by_the_next():
    checking._late[1] = {"numbers"}
    table(wrong(lambda x: x + 1))
    assert checking._late == {}
