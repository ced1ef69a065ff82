"""Each rule of pages notices when a notebook breaks it."""

import re

import pytest
from good import (
    COURSE,
    DETAILS,
    PATH,
    add_output,
    complaints,
    damaged,
    delete,
    good,
    insert,
    names,
    replace,
    tag,
)
from nbformat.v4 import new_markdown_cell, new_notebook

from tools.notebooks import pages, rules

COLAB = "https://colab.research.google.com"


def no_alternative(nb):
    nb.cells[7].outputs[0].metadata = {}


def blank_alternative(nb):
    nb.cells[7].outputs[0].metadata["image/png"]["alt"] = " "


DAMAGE = [
    ("title", replace(0, "# 02", "# 03")),
    ("title", replace(0, "# 02", "# 02b")),
    ("title", replace(0, " · Good", "")),
    ("badge", replace(0, f"/blob/{COURSE.tag}/", "/blob/main/")),
    ("badge", replace(0, '<a href="', '<a class="x" href="')),
    ("badge", replace(0, "02_good.ipynb", "01_other.ipynb")),
    ("badge", replace(0, "notebooks/live/", "notebooks/")),
    ("badge", replace(4, "The", f"[x]({COLAB}/github/a/b/blob/v1/c.ipynb)")),
    ("objectives", replace(0, "- b\n", "")),
    ("objectives", replace(0, "- b\n", "- b\n- d\n- e\n- f\n")),
    ("objectives", replace(0, "After this notebook you can", "Here")),
    ("measured", replace(0, "about 7 minutes", "about 8 minutes")),
    ("measured", replace(0, " to run", "")),
    ("setup_cell", replace(1, "--depth 1 ", "")),
    ("setup_cell", delete(1)),
    ("setup_cell", tag(3, "nbval-check-output", "setup")),
    ("sections", replace(8, DETAILS, "")),
    ("sections", replace(8, "## Your turn", "## Questions")),
    ("sections", replace(9, "## Recap", "## Summary")),
    ("sections", replace(10, "## Further", "## More")),
    ("sections", delete(13)),
    ("sections", insert(14, new_markdown_cell("## Epilogue"))),
    ("sections", insert(13, new_markdown_cell("## Epilogue"))),
    ("heading_levels", replace(4, "### More", "#### More")),
    ("heading_levels", replace(4, "### More", "# More")),
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
        insert(8, new_markdown_cell(f"> {DETAILS}\n> B.\n>\n> </details>")),
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
    ("small", replace(13, "L0.", "L0." * 400_000)),
]


def test_good_notebook_keeps_every_rule():
    assert complaints(good()) == {}


@pytest.mark.parametrize("rule, damage", DAMAGE)
def test_rule_notices(rule, damage):
    found = complaints(damaged(damage))
    assert list(found) == [rule], found


def test_every_rule_is_broken_once():
    elsewhere = {"normal_form", "duration"}
    assert {rule for rule, _ in DAMAGE} | elsewhere == names(pages)


@pytest.mark.parametrize("words", ["about 7 minutes", "about 30 seconds"])
def test_duration_wants_minutes_and_seconds(words):
    nb = good()
    replace(0, words, "")(nb)
    assert list(complaints(nb)) == ["duration", "measured"]


def test_a_part_of_a_lecture_has_a_letter():
    nb = good()
    for old, new in ("# 02", "# 02b"), ("02_good", "02b_more"):
        replace(0, old, new)(nb)
    assert complaints(nb, PATH.with_name("02b_more.ipynb")) == {}


@pytest.mark.parametrize(
    "minutes, seconds, says",
    [(7, 30, []), (8, 30, ["8 and 30"]), (7, 31, ["7 and 31"])],
)
def test_header_and_readme_say_the_same(root, minutes, seconds, says):
    (root / "README.md").write_text(
        "<!-- timings:start -->\n| [Good](notebooks/02_good.ipynb) | L0 |"
        f" {minutes} | {seconds} | 900 |\n<!-- timings:end -->\n"
    )
    notebook = rules.Notebook(good(), PATH, COURSE, root)
    found = list(pages.measured(notebook))
    assert re.findall(r"says (\d+ and \d+)", "".join(found)) == says
    assert len(found) == len(says)


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


def unfold_in_jupyterlab(nb):
    del nb.cells[7].metadata["jupyter"]


def unfold_in_colab(nb):
    del nb.cells[7].metadata["cellView"]


def unfold_on_the_site(nb):
    nb.cells[7].metadata["tags"] = ["figure"]


def fold_what_is_taught(nb):
    nb.cells[3].metadata["jupyter"] = {"source_hidden": True}


@pytest.mark.parametrize(
    "damage",
    [
        no_normal_metadata,
        skip_a_count,
        repeat_an_id,
        keep_a_time,
        break_the_format,
        unfold_in_jupyterlab,
        unfold_in_colab,
        unfold_on_the_site,
        fold_what_is_taught,
    ],
)
def test_normal_form_notices(damage):
    nb = good()
    damage(nb)
    assert list(complaints(nb)) == ["normal_form"]


@pytest.mark.parametrize(
    "menu",
    ["*File > Save a copy in Drive*", "*File > Download > Download .ipynb*"],
)
def test_an_assignment_says_how_it_is_saved_and_handed_in(menu):
    menus = (
        "*File > Save a copy in Drive*, *File > Download > Download .ipynb*"
    )
    nb = new_notebook(cells=[new_markdown_cell(menus)])
    assert complaints(nb, keeping=[pages.hand_in]) == {}
    nb.cells[0].source = menus.replace(menu, "")
    assert list(complaints(nb, keeping=[pages.hand_in])) == ["hand_in"]


@pytest.mark.parametrize(
    "text", ["https://x.org/home/a", "../home/x", r"$C:\mathbb{R}$"]
)
def test_no_absolute_paths_allows(text):
    found = complaints(damaged(replace(4, "The", text)))
    assert "no_absolute_paths" not in found


def test_further_and_the_numbers_need_not_be_there():
    def damage(nb):
        del nb.cells[10:13]
        replace(8, "12.5 %", "small")(nb)

    assert complaints(damaged(damage)) == {}
