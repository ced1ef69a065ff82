"""The pages that Sphinx reads: what a notebook becomes, cell by cell."""

import base64
import io

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)
from PIL import Image

from tools.notebooks import badges, files
from tools.site.sources import Sources

ALT = 'The loss "falls" to 0.1 & stays.'
COLAB = "https://colab.research.google.com/github/you/course/blob/v1/"


@pytest.fixture
def page(tmp_path):
    """Return a function that makes a course of one lecture of these cells,
    and returns the cells of its page."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.course]\nrepository = "you/course"\ntag = "v1"\n'
    )
    for name in "notebooks/01_other.ipynb", "notebooks/engine.py":
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assignment = tmp_path / "notebooks" / "assignments" / "a01" / "a01_x.ipynb"
    assignment.parent.mkdir(parents=True)
    assignment.touch()

    def page(*cells):
        path = tmp_path / "notebooks" / "02_good.ipynb"
        badge = badges.badge(badges.course(tmp_path), path, tmp_path)
        opening = new_markdown_cell(f"# 02 · Good\n\n{badge}\n\nIt is.")
        nb = new_notebook(cells=[opening, *cells])
        path.write_text(files.to_text(nb), encoding="utf-8")
        return Sources(tmp_path).page(path).cells

    return page


def code(source, *outputs, tags=()):
    return new_code_cell(
        source, outputs=list(outputs), metadata={"tags": list(tags)}
    )


def printed(text):
    return new_output("stream", name="stdout", text=text)


def figure():
    """Return the outputs of a figure, 64 by 32 pixels for 40 on the page."""
    image = io.BytesIO()
    Image.new("RGB", (64, 32)).save(image, "PNG")
    png = base64.b64encode(image.getvalue()).decode()
    shown = {"image/png": png, "text/plain": "<Figure>"}
    facts = {"image/png": {"alt": ALT, "width": 40}}
    pixel = '<img alt="The loss &quot;falls&quot; to 0.1 &amp; stays.">'
    return (
        new_output("display_data", shown, metadata=facts),
        new_output("display_data", {"text/html": pixel}),
    )


def sketch(cells):
    """Return what the cells hold, a short line for each, without the title;
    an output is marked by an arrow."""
    lines = []
    for cell in cells[1:]:
        shown = (
            ""
            if "remove-input" in cell.metadata.get("tags", [])
            else (cell.source.strip())
        )
        lines += [shown] if shown else []
        lines += [f"→ {o.text}" for o in cell.get("outputs", [])]
    return lines


QUESTION = "**Predict.** How much?"
ASKED = f'<div class="course-predict">\n\n{QUESTION}\n\n</div>'
OPEN = '<details class="course-answer"><summary>Show the answer</summary>'


def test_the_badge_becomes_buttons_of_the_site_itself(page):
    opening = page()[0].source
    assert "colab-badge" not in opening
    assert f'href="{COLAB}notebooks/live/02_good.ipynb"' in opening
    assert '<a href="02_good.ipynb" download>' in opening


def test_an_answer_is_hidden_and_its_code_is_not(page):
    cells = page(
        new_markdown_cell(QUESTION),
        code("print(3)", printed("3")),
        code("print(4)", printed("4")),
        new_markdown_cell("Three, and four.\n\nNext, five."),
        code("print(5)", printed("5")),
    )
    hidden = ["→ 3", "print(4)", "→ 4", "Three, and four.\n\n</details>"]
    after = ["Next, five.", "print(5)", "→ 5"]
    assert sketch(cells) == [ASKED, "print(3)", OPEN, *hidden, *after]
    assert len({cell.id for cell in cells}) == len(cells)


def test_a_folded_cell_that_answers_is_hidden_whole(page):
    cells = page(
        new_markdown_cell(QUESTION),
        code("# @title Bars\nprint(3)", printed("3"), tags=["hide-input"]),
    )
    assert sketch(cells) == [ASKED, OPEN, "print(3)", "→ 3", "</details>"]


@pytest.mark.parametrize(
    "words, after",
    [
        ("Three.", "## Then\n\nMore."),
        ("So:\n\n- a\n- b.", "Then."),
        ("It is\n$$\nx ,\n$$\n\nfor all x.", "Then."),
        ("As a formula,\n\n$$\nx .\n$$", "Then."),
        ("", "## Then\n\nMore."),
        ("", "> **Spot the bug.** Where?"),
        ("Three.", ""),
    ],
)
def test_the_words_that_tell_the_answer_are_hidden_with_it(page, words, after):
    text = new_markdown_cell(f"{words}\n\n{after}".strip())
    cells = page(
        new_markdown_cell(QUESTION), code("print(3)", printed("3")), text
    )
    hidden = f"{words}\n\n</details>".strip()
    found = sketch(cells)
    assert found[4:] == [hidden, *([after] if after else [])]


def test_the_title_of_a_folded_cell_is_its_button_and_stands_once(page):
    cells = page(
        code("import sys", tags=["setup"]),
        code("# @title Bars & lines\nplot()", tags=["figure", "hide-input"]),
    )
    labels = [
        cell.metadata["mystnb"]["code_prompt_show"] for cell in cells[1:]
    ]
    assert labels == ["Code: the set-up", "Code: Bars & lines"]
    assert [cell.source for cell in cells[1:]] == ["import sys", "plot()"]
    assert all("hide-input" in cell.metadata["tags"] for cell in cells[1:])


def test_a_figure_has_its_alternative_text_once_and_its_height(page):
    (output,) = page(code("plot()", *figure()))[1].outputs
    assert output.data["text/plain"] == ALT
    assert output.metadata["image/png"]["height"] == 20


def test_a_figure_without_alternative_text_is_named(page):
    shown, _ = figure()
    shown.metadata = {}
    with pytest.raises(files.NotebookError, match="02_good.*plotting.show"):
        page(code("plot()", shown))


def test_another_output_in_html_stays(page):
    table = new_output("display_data", {"text/html": "<pre>layers</pre>"})
    outputs = page(code("plot()", *figure(), table))[1].outputs
    assert [*outputs[1].data.values()] == ["<pre>layers</pre>"]


def test_a_slider_says_where_it_can_be_moved(page):
    cells = page(code("interact(f)", tags=["slider", "hide-input"]))
    (note,) = cells[1].outputs
    live = f"[Colab]({COLAB}notebooks/live/02_good.ipynb)"
    assert live in note.data["text/markdown"]


@pytest.mark.parametrize(
    "link, becomes",
    [
        ("01_other.ipynb", "01_other.ipynb"),
        ("live/01_other.ipynb#A-B?", "01_other.ipynb#a-b"),
        ("assignments/a01/a01_x.ipynb", "../assignments/a01.ipynb"),
        ("#Sources-and-more", "#sources-and-more"),
        (
            "engine.py#L3",
            "https://github.com/you/course/blob/v1/notebooks/engine.py#L3",
        ),
        ("../README.md", "../README.md"),
        ("https://arxiv.org/#A", "https://arxiv.org/#A"),
    ],
)
def test_links_lead_to_the_site_or_to_github(page, link, becomes):
    cells = page(new_markdown_cell(f"See [it]({link})."))
    assert cells[1].source == f"See [it]({becomes})."
