"""A small assignment, and what students do to it."""

import copy
import csv
import io
import json
import zipfile

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HIDDEN = "marker_of_a_hidden_test"
SOLUTION = "marker_of_a_solution"
NAME = "a01_sample"
SECONDS = 3  # for a cell


# The assignment


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
CUBE_CHECK = """\
from utils.checking import check
with check("of {0}", exercise=3):
    check.call(cube, {0}, gives={1})"""


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
            new_markdown_cell("Why over the columns?", id="question"),
            new_markdown_cell("Because ...", id="explain"),
            answer("cube", CUBE),
            check(
                "cube-test",
                1,
                CUBE_CHECK.format(1, 1),
                CUBE_CHECK.format(2, 8),
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "P"}},
    )
    nb.cells[1].metadata["tags"] = ["setup"]
    nb.cells[9].metadata = marks("explain", 4, solution=True)
    return nbformat.from_dict(nb)


# What students send

RIGHT = {
    "double": "def double(x):\n    return x + x",
    "row-sums": "def row_sums(X):\n    return X.sum(axis=1)",
    "explain": "A row is an example.",
    "cube": "def cube(x):\n    return x * x * x",
}


def answered(released, **changed):
    """Return a notebook with right answers, those in `changed` aside."""
    nb = copy.deepcopy(released)
    answers = RIGHT | {k.replace("_", "-"): v for k, v in changed.items()}
    for cell in nb.cells:
        cell.source = answers.get(cell.id, cell.source)
    return nb


def changed(**answers):
    """Return a function from the released notebook to a student's file."""
    return lambda nb: nbformat.writes(answered(nb, **answers))


def with_cell(before, cell, **answers):
    """Return such a function that puts a cell before that of an id."""

    def write(nb):
        nb = answered(nb, **answers)
        place = [c.id for c in nb.cells].index(before)
        nb.cells.insert(place, copy.deepcopy(cell))
        return nbformat.writes(nb)

    return write


def edited(edit, **answers):
    """Return such a function that calls edit({id: cell}, notebook)."""

    def write(nb):
        nb = answered(nb, **answers)
        edit({cell.id: cell for cell in nb.cells}, nb)
        return nbformat.writes(nb)

    return write


def saved_by_colab(released):
    nb = json.loads(changed()(released))
    for i, cell in enumerate(nb["cells"]):
        cell["metadata"] |= {"id": f"Xy{i}", "colab": {"height": 20}}
        del cell["id"]
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "stream", "name": "stdout", "text": ["old"]}
            ]
    nb |= {"nbformat_minor": 0, "metadata": {"colab": {"provenance": []}}}
    return json.dumps(nb)


def without_marks(released):
    nb = json.loads(saved_by_colab(released))
    for cell in nb["cells"]:
        cell["metadata"] = {}
    return json.dumps(nb)


def copied(cells, nb):
    """Answer wrongly, then rightly in a copy of the cell."""
    cells["row-sums"].source = "def row_sums(X):\n    return X.sum(axis=0)"
    again = copy.deepcopy(cells["row-sums"])
    again |= {"id": "copy", "source": RIGHT["row-sums"]}
    nb.cells.insert(nb.cells.index(cells["row-sums"]) + 1, again)


def split(first, second):
    """Return an edit: JupyterLab's "Split cell" keeps the marks in both."""

    def edit(cells, nb):
        half = copy.deepcopy(cells["double"])
        half |= {"id": "half", "source": first}
        cells["double"].source = second
        nb.cells.insert(nb.cells.index(cells["double"]), half)

    return edit


def keep_three(cells, nb):
    nb.cells = [cells[i] for i in ("title", "setup", "double")]


def out_of_order(cells, nb):
    nb.cells = nb.cells[:2] + nb.cells[:1:-1]


def in_a_new_cell(cells, nb):
    new = new_markdown_cell("Since each row is an image.", id="new")
    cells["explain"].source = "YOUR ANSWER HERE"
    nb.cells.insert(nb.cells.index(cells["explain"]) + 1, new)


def in_the_question(cells, nb):
    cells["explain"].source = "YOUR ANSWER HERE"
    cells["question"].source += " Since each row is an image."


PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def a_photo(cells, nb):
    cells["explain"].source = "![a page](attachment:my%20page.gif)"
    cells["explain"]["attachments"] = {"my page.gif": {"image/gif": PIXEL}}


def a_lost_photo(cells, nb):
    cells["explain"].source = "![a page](attachment:page.png) lost"


def tamper(cells, nb):
    for cell in nb.cells:
        if cell.id.endswith("-test"):
            cell.source = "pass"
            cell.metadata.nbgrader.points = 100


def in_the_setup(cells, nb):
    cells["setup"].source = "import numpy as np\nTWO = 2"


def conflict(released):
    text = changed(double="def double(x):\n    return 3 * x")(released)
    line = '    "    return x + x"'
    mine = text[text.index('    "def double(x):') :].split("\n")[1]
    both = f"<<<<<<< HEAD\n{mine}\n=======\n{line}\n>>>>>>> origin/main"
    return text.replace(mine, both, 1)


def other(released):
    cells = [new_code_cell("x = 1"), new_markdown_cell()]
    return nbformat.writes(new_notebook(cells=cells))


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


# What code may try

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
LINKS = """
[a](javascript:alert(1)) [b](java&#115;cript:alert(2)) [c][d]
<b onclick='alert(3)'>bold</b> <javascript:alert(4)> [e]( javascript:alert(5))
[f](https://example.org) ![g](data:text/html;base64,PHNjcmlwdD4=)

[d]: javascript:alert(6)
"""
SHOWS_SCRIPT = f"""\
from IPython.display import HTML, Javascript, Markdown, display
display(HTML({SCRIPT!r}), Markdown({SCRIPT!r}), Javascript("alert('run')"))
"""
WRONG_CUBE = "def cube(x):\n    return 0"
CHEATS = [
    "import os\nos.environ.clear()",
    "import os\nos.environ = {}",
    "from utils import checking\nchecking._grading = lambda: False",
    "from utils.checking import check\n"
    "check.equal = check.that = staticmethod(lambda *a, **k: None)",
    "from utils.checking import check\ncheck.__exit__ = lambda *a: True",
    "from utils import checking, comparing\n"
    "checking._grading.__code__ = (lambda: False).__code__",
    "from contextlib import nullcontext\n"
    "from utils import checking\n"
    "checking.check = type('C', (nullcontext,), {\n"
    "    '__init__': lambda *a, **k: None,\n"
    "    '__exit__': lambda *a: True, 'call': lambda *a, **k: None})",
    "import builtins\nbuiltins.isinstance = lambda *a: False",
]


def save(folder, files):
    """Write {file: content} into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)


def rows(into):
    """Return the lines of grades.csv by student."""
    text = (into / "grades.csv").read_text("utf-8-sig")
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


def stamps(into):
    """Return when each result was written, by its file's name."""
    return {p.name: p.stat().st_mtime_ns for p in into.glob("results/*")}
