"""Each rule of code cells and names notices when a notebook breaks it."""

import pytest
from good import (
    COURSE,
    add_code,
    add_output,
    complaints,
    damaged,
    insert,
    names,
    ran,
    replace,
    tag,
)
from nbformat.v4 import new_markdown_cell, new_notebook

from tools.notebooks import cells, files, rules
from tools.notebooks import names as names_room


def never_run(nb):
    nb.cells[3].execution_count = None


def many_cells_after_the_recap(nb):
    nb.cells[11:11] = [ran("1") for _ in range(21)]


def drawn(lines):
    """Return the source of a figure cell with so many lines that count."""
    return "# @title Lines\n\n" + "ax.plot(x)\n" * lines


PROVES = "checking.expect(error < 1e-9, 'right')\n"
SLIDES = "# @title Move it\ninteract(f, x=(1, 9))\n"
READS = "def f():\n    return [x for _ in range(3)]"
LAMBDA = "f = lambda: x"
SCHOOL = 'class A:\n    "A class."\n'
DAMAGE = [
    ("kinds", tag(7, "figure", "answer")),
    ("kinds", tag(3, "nbval-check-output", "skip")),
    ("teaching_lines", add_code("x = 1\n" * 16)),
    ("teaching_lines", add_code("# one\n" * 16)),
    ("teaching_lines", add_code(SCHOOL + "    x = 1\n" * 19)),
    ("figure_lines", add_code(drawn(21), tags=["figure"])),
    ("figure_lines", add_code(SLIDES + drawn(20), tags=["slider"])),
    ("width", add_code("x = 1  # " + "x" * 71)),
    ("core", add_code(*["1"] * 29)),
    ("core", insert(4, new_markdown_cell("word " * 3500))),
    ("further", many_cells_after_the_recap),
    ("drawing", add_code("fig, ax = plt.subplots()")),
    ("drawing", add_code("axes[0].bar(x, y)")),
    ("drawing", add_code("plotting.image_grid(images)")),
    ("drawing", add_code("left.set_title('A')")),
    ("drawing", add_code("from utils.plotting import show\nshow(f)")),
    ("drawing", add_code("def draw(x):\n    plt.plot(x)")),
    ("folded", replace(7, "# @title A curve\n", "")),
    ("folded", replace(7, "A curve", "")),
    ("folded", replace(7, "A curve", "A curve, " + "long " * 11)),
    ("folded", replace(7, "A curve", "A curve that falls to 0.5")),
    ("folded", replace(7, "A curve", "Why the second one is faster")),
    ("folded", add_code(PROVES * 9, tags=["proof"])),
    ("proofs", add_code("print('error 3e-16')", tags=["proof"])),
    ("sliders", add_code("interact(f, x=3)")),
    ("sliders", add_code(drawn(2), tags=["slider"])),
    ("sliders", add_code(SLIDES + "interact(g)", tags=["slider"])),
    ("drawing", add_code("import matplotlib.pyplot as p\np.hist(x)")),
    ("drawing", add_code("from matplotlib import pyplot\npyplot.hist(x)")),
    ("drawing", add_code("from utils import plotting as p\np.image_grid(x)")),
    ("magics", add_code("%matplotlib inline")),
    ("magics", add_code("%tiemit x = 1")),
    ("magics", add_code("%%html\n<b>x</b>")),
    ("magics", add_code("!ls")),
    ("magics", add_code("files = !ls")),
    ("magics", add_code("print?")),
    ("magics", add_code("x = = 1")),
    ("no_assert", add_code("if x:\n    assert x")),
    ("no_assert", add_code("np.testing.assert_allclose(x, y)")),
    ("no_assert", add_code("from numpy import testing")),
    ("no_assert", add_code("import numpy.testing as t")),
    ("executed", never_run),
    (
        "clean_outputs",
        add_output("stream", name="stderr", text="FutureWarning"),
    ),
    (
        "clean_outputs",
        add_output("error", ename="E", evalue="", traceback=[]),
    ),
    ("bound_once", add_code(READS, "x = 1", "x = 2")),
    ("bound_once", add_code(LAMBDA, "x = 1", "for x in y:\n    pass")),
    ("bound_once", add_code("x = 1", f"{LAMBDA}\nx += 1")),
    ("bound_once", add_code("import x", f"import y as x\n{READS}")),
    ("bound_once", add_code("def x():\n    pass", "x = 1", READS)),
    ("bound_once", add_code("x = 1", "[x := 2 for y in z]", READS)),
    (
        "bound_once",
        add_code("x = 1", "def g():\n    global x\n    x = 2", READS),
    ),
    ("bound_once", add_code("x = 1\nclass A:\n    f = lambda s: x", "x = 3")),
    ("defaults", add_code("def f(x):\n    pass", "def g(h=f):\n    pass")),
    ("defaults", add_code("f = lambda: 1\ng = lambda h=f: h()")),
    ("defaults", add_code("def g(*, h=lambda: 1):\n    pass")),
]


@pytest.mark.parametrize("rule, damage", DAMAGE)
def test_rule_notices(rule, damage):
    found = complaints(damaged(damage))
    assert list(found) == [rule], found


def test_every_rule_is_broken_once():
    assert {rule for rule, _ in DAMAGE} == names(cells) | names(names_room)


@pytest.mark.parametrize(
    "damage",
    [
        add_code("x = 1\n\n" * 15),
        add_code(SCHOOL + "    x = 1\n" * 18),
        add_code(drawn(20), tags=["figure"]),
        add_code(PROVES * 8, tags=["proof"]),
        add_code("# @title Lines\n" + PROVES * 30, tags=["proof"]),
        add_code(SLIDES + drawn(2), tags=["slider"]),
        add_code(*["1"] * 28),
        add_code("axis = scores.argmax(axis=1)\nfigures.append(axis)"),
        # Read at once, read as one's own, or bound by the same import.
        add_code("x = 1", "x = 2", "[x for _ in y]", "z = x"),
        add_code("x = 1", "x = 2", "def f(x):\n    return x"),
        add_code("import x", f"import x\n{READS}"),
        add_code("import x.a", f"import x.b\n{READS}"),
        add_code(f"x = 1\nx += 1\n{READS}"),
        add_code("%timeit 2 + 2"),
        add_code("%%timeit\n2 + 2"),
        add_code("t = %timeit -o 2 + 2"),
        add_code("100 % 7"),
        add_code("x = (\n    100\n    % 7\n)"),
        add_code("await work()"),
    ],
)
def test_rules_allow(damage):
    assert complaints(damaged(damage)) == {}


def test_who_calls_a_function_that_draws_draws():
    nb = damaged(add_code("@once\ndef draw(a):\n    show(a)", "draw(1)"))
    assert complaints(nb) == {}
    nb = damaged(
        add_code(
            "def show(a):\n    a.plot()",
            "def draw(a):\n    show(a)",
            "draw(1)",
        )
    )
    (lines,) = complaints(nb).values()
    assert [line.partition(":")[0] for line in lines] == [
        "cell 6",
        "cell 7",
        "cell 8",
    ]


# Assignments


TEST = """\
# @title A test
{visible}### BEGIN HIDDEN TESTS
{hidden}### END HIDDEN TESTS"""


def graded(source, grade_id="a01-loss-test", locked=True):
    cell = ran(source)
    cell.metadata["nbgrader"] = {"grade_id": grade_id, "locked": locked}
    return cell


def assignment_complaints(cell):
    nb = files.normalise(new_notebook(cells=[cell]))
    return complaints(nb, keeping=[cells.folded_checks, cells.short_checks])


@pytest.mark.parametrize("grade_id", ["a01-loss-check", "a01-loss-test"])
def test_short_checks_counts_what_students_see(grade_id):
    source = TEST.format(visible="x\n\n" * 10, hidden="x\n" * 30)
    assert assignment_complaints(graded(source, grade_id)) == {}
    source = TEST.format(visible="x\n" * 11, hidden="x\n")
    assert list(assignment_complaints(graded(source, grade_id))) == [
        "short_checks"
    ]
    for free in graded(source, grade_id, locked=False), graded(source, "a01"):
        assert assignment_complaints(free) == {}


def test_folded_checks_wants_a_title():
    assert list(assignment_complaints(graded("x"))) == ["folded_checks"]
    assert list(assignment_complaints(ran("x", tags=["figure"]))) == [
        "folded_checks"
    ]
    assert assignment_complaints(ran("x")) == {}


def test_folded_checks_wants_the_cell_folded():
    nb = files.normalise(new_notebook(cells=[graded("# @title A test\nx")]))
    del nb.cells[0].metadata["jupyter"]
    notebook = rules.Notebook(nb, None, COURSE, files.ROOT)
    assert len(list(cells.folded_checks(notebook))) == 1
