"""A small notebook that keeps every rule, and ways to damage it."""

import re

from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from tools.notebooks import anatomy, badges, files, rules

COURSE = badges.course()
PATH = files.ROOT / "notebooks" / "02_good.ipynb"
DETAILS = "<details><summary>Answer</summary>"
FIGURE = {"image/png": "iVBORw0KGgo=", "text/plain": "A parabola."}


def complaints(nb, path=PATH, keeping=rules.RULES):
    """Return {name of the rule: its complaints}, without the contented."""
    notebook = rules.Notebook(nb, path, COURSE, files.ROOT)
    found = {rule.__name__: list(rule(notebook)) for rule in keeping}
    return {name: lines for name, lines in found.items() if lines}


def names(room):
    """Return the names of the rules of lectures that stand in a module."""
    return {r.__name__ for r in rules.RULES if r.__module__ == room.__name__}


def good():
    """Return a notebook that keeps every rule."""
    badge = badges.badge(COURSE, PATH)
    opening = (
        f"# 02 · Good\n\n{badge}\n\nWhat it is, and enough words besides "
        "that one more or one less of them never changes the minutes.\n\n"
        "*After this notebook you can…*\n\n- a\n- b\n- c\n\n"
        "*Follows L0 · about 7 minutes in class · about 30 seconds to run*"
    )
    figure = new_output(
        "display_data", FIGURE, metadata={"image/png": {"alt": "A parabola."}}
    )
    result = new_output("execute_result", {"text/plain": "4"})
    cells = [
        new_markdown_cell(opening),
        ran(badges.setup_source(COURSE), tags=["setup"]),
        new_markdown_cell("## One\n\nTwo and two:\n\n```\n# no heading\n```"),
        ran("print(2 + 2)", printed("4\n"), tags=["nbval-check-output"]),
        new_markdown_cell("### More\n\nThe same, as a value:"),
        ran("2 + 2", result, tags=["nbval-check-output"]),
        new_markdown_cell("**Predict.** How will it look?"),
        ran(
            '# @title A curve\nax.plot(x, x**2, "k")', figure, tags=["figure"]
        ),
        new_markdown_cell(
            f"## Your turn\n\nWhy?\n\n{DETAILS}\n\n"
            "Because `α` is 12.5 %, as $\\alpha$:"
            "\n\n$$\n\\beta\n$$\n\n</details>"
        ),
        new_markdown_cell("## Recap\n\nFour."),
        new_markdown_cell("## Further\n\nMore."),
        new_markdown_cell("## The numbers of the answers\n\nOne:"),
        ran(
            "# @title The share\nprint(100 / 8)",
            printed("12.5\n"),
            tags=["answer"],
        ),
        new_markdown_cell("## Sources and further reading\n\nL0."),
    ]
    return files.normalise(new_notebook(cells=cells))


def printed(text):
    return new_output("stream", name="stdout", text=text)


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
        set_minutes(nb)

    return damage


def set_minutes(nb):
    """Write into the first cell what the rule `measured` wants."""
    minutes = anatomy.minutes(nb)
    nb.cells[0].source = re.sub(
        r"\d+ minutes", f"{minutes} minutes", nb.cells[0].source
    )


def add_code(*sources, tags=()):
    """Add code cells before the one that draws."""
    return insert(6, *(ran(source, tags=tags) for source in sources))


def add_output(kind, **fields):
    def damage(nb):
        nb.cells[7].outputs.append(new_output(kind, **fields))

    return damage


def delete(index):
    def damage(nb):
        del nb.cells[index]
        set_minutes(nb)

    return damage


def tag(index, *tags):
    """Give a cell these tags and no others."""

    def damage(nb):
        nb.cells[index].metadata["tags"] = list(tags)
        set_minutes(nb)

    return damage


def damaged(damage):
    """Return the good notebook, damaged, in normal form."""
    nb = good()
    damage(nb)
    return files.normalise(nb)
