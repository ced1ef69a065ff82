"""Every lecture keeps the rules, and every rule notices when one doesn't."""

import re
from functools import cache

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from tools.notebooks import badges, files, rules, timings

COURSE = badges.course()
LECTURES = files.lecture_paths()
GOOD_PATH = files.ROOT / "notebooks" / "02_good.ipynb"
COLAB = "https://colab.research.google.com"
FOLDED = "<details><summary>Answer</summary>"
FIGURE = {"image/png": "iVBORw0KGgo=", "text/plain": "A parabola."}


def complaints(nb, path):
    """Return {name of the rule: its complaints}, without the contented."""
    notebook = rules.Notebook(nb, path, COURSE, files.ROOT)
    found = {rule.__name__: list(rule(notebook)) for rule in rules.RULES}
    return {name: lines for name, lines in found.items() if lines}


@cache
def lecture_complaints(path):
    return complaints(files.read(path), path)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_lecture_keeps(path, rule):
    found = lecture_complaints(path).get(rule.__name__, [])
    if found:
        pytest.fail("\n".join([path.name, *found]), pytrace=False)


def test_readme_lists_every_lecture():
    readme = (files.ROOT / "README.md").read_text(encoding="utf-8")
    table = timings.TIMINGS.search(readme)[0]
    linked = re.findall(r"\]\(notebooks/([^)/]+\.ipynb)\)", table)
    assert sorted(set(linked)) == [path.name for path in LECTURES]


def test_readme_badges_follow_the_setting():
    readme = (files.ROOT / "README.md").read_text(encoding="utf-8")
    found = set(re.findall(rf"{COLAB}/github/[^\s)]+", readme))
    assert {badges.badge_url(COURSE, path) for path in LECTURES} <= found
    every = files.notebook_paths()
    assert found <= {badges.badge_url(COURSE, path) for path in every}


# Each rule, broken on purpose


def good():
    """Return a small notebook that keeps every rule."""
    badge = badges.badge(COURSE, GOOD_PATH)
    opening = (
        f"# 02 · Good\n\n{badge}\n\nWhat a good notebook is.\n\n"
        "*After this notebook you can…*\n\n- a\n- b\n- c\n\n"
        "*Follows L0 · about 90 minutes in class · about 30 seconds to run*"
    )
    printed = new_output("stream", name="stdout", text="4\n")
    result = new_output("execute_result", {"text/plain": "4"})
    figure = new_output(
        "display_data", FIGURE, metadata={"image/png": {"alt": "A parabola."}}
    )
    cells = [
        new_markdown_cell(opening),
        ran(badges.setup_source(COURSE), tags=["setup"]),
        new_markdown_cell("## One\n\nTwo and two:\n\n```\n# no heading\n```"),
        ran("print(2 + 2)", printed, tags=["nbval-check-output"]),
        new_markdown_cell("### More\n\nThe same, as a value:"),
        ran("2 + 2", result, tags=["nbval-check-output"]),
        new_markdown_cell("And a figure:"),
        ran("draw()", figure),
        new_markdown_cell(
            f"## Your turn\n\nWhy?\n\n{FOLDED}\n\nBecause `α` is $\\alpha$:"
            "\n\n$$\n\\beta\n$$\n\n</details>"
        ),
        new_markdown_cell("## Recap\n\nFour."),
        new_markdown_cell("## Sources and further reading\n\nL0."),
    ]
    return files.normalise(new_notebook(cells=cells))


def ran(source, *outputs, tags=()):
    return new_code_cell(
        source,
        execution_count=1,
        outputs=list(outputs),
        metadata={"tags": list(tags)},
    )


def replace(index, old, new):
    def damage(nb):
        assert old in nb.cells[index].source
        nb.cells[index].source = nb.cells[index].source.replace(old, new)

    return damage


def insert(index, *cells):
    def damage(nb):
        nb.cells[index:index] = cells

    return damage


def add_code(source):
    return insert(8, new_markdown_cell("Look:"), ran(source))


def add_output(kind, **fields):
    def damage(nb):
        nb.cells[7].outputs.append(new_output(kind, **fields))

    return damage


def delete(index):
    return lambda nb: nb.cells.pop(index)


def untag(index):
    return lambda nb: nb.cells[index].metadata.pop("tags")


def compare_none(nb):
    untag(3)(nb)
    untag(5)(nb)


def never_run(nb):
    nb.cells[3].execution_count = None


def no_alternative(nb):
    nb.cells[7].outputs[0].metadata = {}


def blank_alternative(nb):
    nb.cells[7].outputs[0].metadata["image/png"]["alt"] = " "


def two_setups(nb):
    nb.cells[3].metadata.tags.append("setup")


DAMAGE = [
    ("title", replace(0, "# 02", "# 03")),
    ("title", replace(0, " · Good", "")),
    ("badge", replace(0, f"/blob/{COURSE.tag}/", "/blob/main/")),
    ("badge", replace(0, '<a href="', '<a class="x" href="')),
    ("badge", replace(0, "02_good.ipynb", "01_other.ipynb")),
    ("badge", replace(4, "The", f"[x]({COLAB}/github/a/b/blob/v1/c.ipynb)")),
    ("objectives", replace(0, "- b\n", "")),
    ("objectives", replace(0, "- b\n", "- b\n- d\n- e\n- f\n")),
    ("objectives", replace(0, "After this notebook you can", "Here")),
    ("duration", replace(0, "minutes", "hours")),
    ("duration", replace(0, "about 30 seconds", "not long")),
    ("setup_cell", replace(1, "--depth 1 ", "")),
    ("setup_cell", delete(1)),
    ("setup_cell", two_setups),
    ("sections", replace(8, FOLDED, "")),
    ("sections", replace(8, "## Your turn", "## Questions")),
    ("sections", replace(9, "## Recap", "## Summary")),
    ("sections", delete(10)),
    ("sections", insert(11, new_markdown_cell("## Epilogue"))),
    ("heading_levels", replace(4, "### More", "#### More")),
    ("heading_levels", replace(4, "### More", "# More")),
    ("introduced", replace(6, "And a figure:", "### Figure")),
    ("introduced", delete(6)),
    ("short_code", add_code("x = 1\n" * 26)),
    ("short_code", add_code("x = 1  # " + "x" * 71)),
    ("magics", add_code("%matplotlib inline")),
    ("magics", add_code("%tiemit x = 1")),
    ("magics", add_code("%%html\n<b>x</b>")),
    ("magics", add_code("!ls")),
    ("magics", add_code("files = !ls")),
    ("magics", add_code("print?")),
    ("magics", add_code("x = = 1")),
    ("executed", never_run),
    (
        "clean_outputs",
        add_output("stream", name="stderr", text="FutureWarning"),
    ),
    (
        "clean_outputs",
        add_output("error", ename="E", evalue="", traceback=[]),
    ),
    ("compared", compare_none),
    ("alternative_text", no_alternative),
    ("alternative_text", blank_alternative),
    ("alternative_text", replace(4, "The", "![](a.png)")),
    ("alternative_text", replace(4, "The", '<img src="a.png">')),
    ("alternative_text", replace(4, "The", '<img src="a.png" alt="">')),
    ("remote_images", replace(4, "The", "![a b](https://x.org/a.svg)")),
    ("formulas", replace(4, "The", "Since α > 0, the")),
    ("formulas", replace(4, "The", "Since x\u0302 is x₁ + x₂, the")),
    ("formulas", replace(4, "The", "> At √2 the")),
    ("formulas", replace(4, "The", "$a$ ∂L/∂w $b$: the")),
    ("formulas", replace(4, "The", "| 1 | `a` ≤ `b` |\n\nThe")),
    ("formulas", replace(8, "beta\n$$", "beta\n$$\n\nε\n\n$$\n1\n$$")),
    ("formulas", replace(8, "Because", "Because ε, `b`")),
    ("formulas", replace(8, "$$\n\\beta\n$$", "$$\\beta$$")),
    ("formulas", insert(8, new_markdown_cell("> $$ \\beta\n> $$"))),
    ("details", replace(8, "y>\n\nB", "y>\nB")),
    ("details", replace(8, "y>\n\nB", "y>B")),
    ("details", replace(8, "$$\n\n</d", "$$\n</d")),
    ("details", replace(8, "<details><s", "<details>\n<s")),
    (
        "details",
        insert(8, new_markdown_cell(f"> {FOLDED}\n> B.\n>\n> </details>")),
    ),
    ("no_absolute_paths", replace(5, "2 + 2", "open('/home/ann/x.txt')")),
    ("no_absolute_paths", replace(5, "2 + 2", r"open('C:\\data\\x.txt')")),
    (
        "no_absolute_paths",
        add_output("stream", name="stdout", text="in /tmp/ipykernel_7/1.py"),
    ),
    (
        "no_absolute_paths",
        add_output("display_data", data={"text/html": "/Users/ann/x"}),
    ),
    ("small", replace(10, "L0.", "L0." * 400_000)),
]


def test_good_notebook_keeps_every_rule():
    assert complaints(good(), GOOD_PATH) == {}


@pytest.mark.parametrize("rule, damage", DAMAGE)
def test_rule_notices(rule, damage):
    nb = good()
    damage(nb)
    found = complaints(files.normalise(nb), GOOD_PATH)
    assert list(found) == [rule], found


def no_normal_metadata(nb):
    nb.metadata.kernelspec.display_name = "dl-course"


def skip_a_count(nb):
    nb.cells[7].execution_count = 9


def repeat_an_id(nb):
    nb.cells[2].id = nb.cells[0].id


def keep_a_time(nb):
    nb.cells[3].metadata["execution"] = {"iopub.execute_input": "2026-01-01"}


def break_the_format(nb):
    nb.cells[3].attachments = {}


@pytest.mark.parametrize(
    "damage",
    [
        no_normal_metadata,
        skip_a_count,
        repeat_an_id,
        keep_a_time,
        break_the_format,
    ],
)
def test_normal_form_notices(damage):
    nb = good()
    damage(nb)
    assert list(complaints(nb, GOOD_PATH)) == ["normal_form"]


def test_every_rule_is_broken_once():
    broken = {rule for rule, _ in DAMAGE} | {"normal_form"}
    assert broken == {rule.__name__ for rule in rules.RULES}


@pytest.mark.parametrize(
    "menu",
    ["*File > Save a copy in Drive*", "*File > Download > Download .ipynb*"],
)
def test_an_assignment_says_how_it_is_saved_and_handed_in(menu):
    menus = (
        "*File > Save a copy in Drive*, *File > Download > Download .ipynb*"
    )
    nb = new_notebook(cells=[new_markdown_cell(menus)])
    notebook = rules.Notebook(nb, GOOD_PATH, COURSE, files.ROOT)
    assert list(rules.hand_in(notebook)) == []
    nb.cells[0].source = menus.replace(menu, "")
    assert len(list(rules.hand_in(notebook))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "%timeit 2 + 2",
        "%%timeit\n2 + 2",
        "t = %timeit -o 2 + 2",
        "100 % 7",
        "x = (\n    100\n    % 7\n)",
        "await work()",
    ],
)
def test_magics_allows(source):
    nb = good()
    add_code(source)(nb)
    assert complaints(files.normalise(nb), GOOD_PATH) == {}


@pytest.mark.parametrize(
    "text", ["https://x.org/home/a", "../home/x", r"$C:\mathbb{R}$"]
)
def test_no_absolute_paths_allows(text):
    nb = good()
    replace(4, "The", text)(nb)
    assert "no_absolute_paths" not in complaints(nb, GOOD_PATH)
