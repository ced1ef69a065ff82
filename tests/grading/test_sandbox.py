"""The box and the kernel in it: what code can't do, and what it may."""

import os
import socket

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from sample_class import CHEATS, CUBE_CHECK, WRONG_CUBE

from tools.grading import sandbox
from tools.notebooks.files import ROOT


def boxed(*sources, seconds=5):
    """Run cells in the box; return them, and what was put back."""
    nb = new_notebook(cells=[new_code_cell(source) for source in sources])
    nb, put_back = sandbox.run(nb, seconds)
    return nb.cells, put_back


def run(*sources, seconds=2):
    """Run cells in the box; return the last output of each as text."""
    return [said(cell) for cell in boxed(*sources, seconds=seconds)[0]]


def said(cell):
    output = cell.outputs[-1] if cell.outputs else {}
    text = output.get("text") or output.get("ename")
    return text or output.get("data", {}).get("text/plain")


HARMLESS = [
    "import numpy as np\nimport os\nos.environ['X'] = '1'\nlen = 3",
    "os.environ.get('PGPASSWORD', 'none')",
    "import sys\n[name for name in sys.modules if 'assignments' in name]",
    "import math\n1 / 0\ndef f(): return math.pi\n1 / 0\nX = 5",
    "f() > 3",
    "X",
    "x = np.ones(2**30)",  # 8 GB
    "1 + 1",
    "for i in range(9999): print('x' * 1000, end='')",
]


@pytest.fixture(scope="module")
def harmless():
    """{source: its cell} of a notebook that wants no harm, and what was put
    back; the grader has a password in its environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", "secret")
        cells, put_back = boxed(*HARMLESS, seconds=20)
    return {cell.source: cell for cell in cells}, put_back


def test_a_kernel_has_no_network(require):
    require(sandbox.box(), "bubblewrap")
    connect = "import socket\nsocket.create_connection(('127.0.0.1', {}), 1)"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answer = run(connect.format(port))
        assert answer in (["ConnectionRefusedError"], ["OSError"])


def test_a_kernel_sees_no_files_but_the_course_s_helpers(require, tmp_path):
    require(sandbox.box() == "bwrap", "bubblewrap")
    secret = tmp_path / "gradebook.db"
    secret.write_text("secret")
    solutions = ROOT / "notebooks" / "solutions"
    places = ["/var", str(solutions), str(ROOT / "tests"), str(secret)]
    assert all(map(os.path.exists, places))
    source = (
        "import os, utils\n"
        f"print([place for place in {places} if os.path.exists(place)])"
    )
    write = f"open({str(ROOT / 'utils' / 'x.py')!r}, 'w')"
    assert run(source, write) == ["[]\n", "OSError"]


def test_a_kernel_does_not_get_the_grader_s_environment(harmless):
    cells, _ = harmless
    assert said(cells["os.environ.get('PGPASSWORD', 'none')"]) == "'none'"


def test_a_kernel_imports_no_checks_that_its_notebook_does_not_name(harmless):
    cells, _ = harmless
    listed = next(cell for cell in cells.values() if "modules" in cell.source)
    assert said(listed) == "[]"


def test_a_kernel_s_memory_is_limited(harmless):
    cells, _ = harmless
    assert said(cells["x = np.ones(2**30)"]) == "MemoryError"
    assert said(cells["1 + 1"]) == "2"


def test_what_a_kernel_leaves_behind_is_killed(require):
    require(sandbox.box(), "bubblewrap")
    source = (
        "import subprocess\n"
        "subprocess.Popen(['sleep', '98765'], start_new_session=True).pid > 0"
    )
    assert run(source) == ["True"]
    left = [p.info["cmdline"] for p in psutil.process_iter(["cmdline"])]
    assert ["sleep", "98765"] not in left


# Time


def test_a_cell_that_waits_for_others_is_not_slow():
    wait = "import time\ntime.sleep(1.5)\n'done'"
    assert run(wait, seconds=1) == ["'done'"]


DEAF = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
ENDLESS = {
    "waits": "import time\ntime.sleep(98765)",
    "deaf": DEAF + "while True: pass",
    "in C, where no signal is heard": DEAF + "sum(iter(int, 1))",
    "swallows": (
        "while True:\n    try:\n        x = x + 0\n    except:\n        pass"
    ),
    "busy": "while True: pass",
}


@pytest.fixture(scope="module")
def endless():
    """What a notebook with all of them says, and `x` after each."""
    cells = ["x = 1"]
    for source in ENDLESS.values():
        cells += [source, "x"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "PATIENCE", 3)
        patch.setattr(sandbox, "DEATHS", len(ENDLESS))
        _, *rest = run(*cells, seconds=1)
    return dict(zip(ENDLESS, zip(rest[::2], rest[1::2]), strict=True))


@pytest.mark.parametrize("name", ENDLESS)
def test_a_cell_without_end_costs_only_itself(endless, name):
    assert endless[name] in (("Timeout", "1"), ("CellTimeoutError", "1"))


def test_a_notebook_that_kills_every_kernel_comes_to_an_end(monkeypatch):
    monkeypatch.setattr(sandbox, "DEATHS", 2)
    ends = run(*["import os\nos._exit(1)"] * (sandbox.DEATHS + 3))
    assert ends[: sandbox.DEATHS] == ["KernelDied"] * sandbox.DEATHS
    assert ends[-1] == "NotRun"


def test_a_student_s_own_cells_can_t_use_up_the_time_of_the_answers():
    loops = [
        new_code_cell("while True: pass", id=f"own-{i}") for i in range(7)
    ]
    nb = new_notebook(cells=[*loops, new_code_cell("1 + 1", id="answer")])
    cells = sandbox.run(nb, 1)[0].cells
    assert cells[6].outputs[0].ename == "NotRun"
    assert cells[7].outputs[0].data["text/plain"] == "2"


def test_output_without_end_is_cut(harmless):
    cells, _ = harmless
    outputs = cells[HARMLESS[-1]].outputs
    printed = sum(len(output.text) for output in outputs)
    assert 0.9 * sandbox.OUTPUT < printed <= sandbox.OUTPUT


# What a cell can't spoil for the next


SPOILS = [
    (
        "import numpy as np\nnp.sum = None",
        "numpy.sum",
        "callable(np.sum)",
        "True",
    ),
    (
        "import builtins\nbuiltins.len = None",
        "builtins.len",
        "len([1])",
        "1",
    ),
    (
        "import os\nos.environ.clear()",
        "os.environ['NBGRADER_EXECUTION']",
        "os.environ['NBGRADER_EXECUTION']",
        "'autograde'",
    ),
    (
        "from utils.checking import check\ncheck.equal = None",
        "utils.checking.check.equal",
        "callable(check.equal)",
        "True",
    ),
    (
        "from notebooks.assignments.a02 import checks\n"
        "checks.log_of_eighths = checks.check.call = print",
        "notebooks.assignments.a02.checks.log_of_eighths",
        "checks.log_of_eighths is checks.check.call",
        "False",
    ),
    (
        "import sys, types\nname = 'notebooks.assignments.a02.checks'\n"
        "sys.modules[name] = types.ModuleType(name)",
        "notebooks.assignments.a02.checks",
        "hasattr(sys.modules[name], 'check')",
        "True",
    ),
    (
        "import notebooks.assignments.a02 as a02\na02.checks = None",
        "notebooks.assignments.a02.checks",
        "a02.checks is None",
        "False",
    ),
]


@pytest.fixture(scope="module")
def spoilt():
    """The cells of a notebook that spoils and looks, spoils and looks, and
    what was put back."""
    return boxed(*(s for spoil, _, look, _ in SPOILS for s in (spoil, look)))


@pytest.mark.parametrize("index", range(len(SPOILS)))
def test_what_later_cells_rely_on_is_put_back(spoilt, index):
    cells, put_back = spoilt
    _, name, _, value = SPOILS[index]
    assert name in put_back[2 * index]
    assert cells[2 * index].outputs == []
    assert cells[2 * index + 1].outputs[0].data["text/plain"] == value


def test_an_answer_can_t_spoil_the_check_that_calls_it():
    answer = """
import sys
def log_softmax(scores):
    module = sys.modules["notebooks.assignments.a02.checks"]
    module.check.call = staticmethod(lambda *a, **k: None)
    return 0 * scores
"""
    test = """
from notebooks.assignments.a02 import checks
for title in "first", "second":
    with checks.check(title, exercise=1):
        checks.log_of_eighths(log_softmax)
"""
    (output,) = boxed(answer, test)[0][1].outputs
    assert output.ename == "CheckError"
    assert "first. The result is wrong" in output.evalue
    assert "checks.check.call" in output.evalue


@pytest.fixture(scope="module")
def cheated():
    """The cells of a notebook in which a wrong answer is checked after each
    cheat, and what was put back."""
    check = CUBE_CHECK.format(2, 8)
    return boxed(WRONG_CUBE, *(s for x in CHEATS for s in (x, check)))


@pytest.mark.parametrize("number", range(len(CHEATS)))
def test_a_wrong_answer_stays_wrong_after_a_cheat(cheated, number):
    cells, put_back = cheated
    assert put_back[2 * number + 1]
    assert said(cells[2 * number + 2]) == "CheckError"


def test_nothing_is_put_back_after_honest_code(harmless):
    assert harmless[1] == {}


def test_after_an_error_what_stands_below_is_defined(harmless):
    cells, _ = harmless
    assert [said(cells[source]) for source in HARMLESS[3:6]] == [
        "ZeroDivisionError",
        "True",
        "NameError",
    ]
