"""How slides are made of cells, and what happens with what is no lecture."""

import shutil
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from tools.notebooks import badges, files
from tools.slides import __main__, deck, text

FIRST, SECOND, *_ = files.lecture_paths()


def printed(source, output, *tags):
    outputs = [new_output("stream", name="stdout", text=output)]
    return new_code_cell(
        source, outputs=outputs, metadata={"tags": [*tags]}, execution_count=1
    )


def made(*cells):
    """Return the slides, without the title, of cells after a heading."""
    cells = [new_markdown_cell(c) if isinstance(c, str) else c for c in cells]
    title = new_markdown_cell("# 01 · Title\n\nA promise.")
    return deck.slides(new_notebook(cells=[title, *cells]))[1:]


def parsed(html):
    return BeautifulSoup(html, "html.parser")


def seen(slide):
    return parsed("".join(slide.shown)).get_text()


@pytest.mark.parametrize(
    "markdown, sentences",
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("By L. Bottou. Later.", ["By L. Bottou.", "Later."]),
        ("It (A. See B.) is. C.", ["It (A. See B.) is.", "C."]),
        ("With $x = 1. y$ so. C.", ["With $x = 1. y$ so.", "C."]),
        ("It asks: cold? hot? So.", ["It asks: cold? hot?", "So."]),
        ('It says "Aha. Oh." so. C.', ['It says "Aha. Oh." so.', "C."]),
        ("Is *one. Two* so? C.", ["Is <em>one. Two</em> so?", "C."]),
        ("`a` < 0.5. *B*.", ["<code>a</code> &lt; 0.5.", "<em>B</em>."]),
    ],
)
def test_sentences(markdown, sentences):
    (paragraph,) = text.blocks(markdown)
    assert text.sentences(paragraph) == sentences


def test_a_section_opens_briefly_and_ends_with_its_answer():
    long = "It has much to say about this. " * 20
    slides = made(
        f"## Why?\n\nBecause. {long}",
        "Later.\n\nSo it is.\n\n## And then?\n\nOn.",
    )
    assert [slide.kind for slide in slides] == [
        *("section", "conclusion", "section")
    ]
    opening, end, _ = slides
    assert seen(opening).startswith("Why?Because. It has")
    assert len(seen(opening)) < 260
    assert [len(note) > 600 for note in opening.notes] == [True, False]
    assert opening.notes[1] == "<p>Later.</p>"
    assert seen(end) == "Why?So it is."


def test_a_formula_is_shown_with_what_leads_to_it():
    slides = made(
        "## Why?\n\nBecause.",
        "One. This is it,\n\n$$\nx = 1 ,\n$$\n\nwhere x is. Not shown.",
    )
    assert "".join(seen(slides[1]).split()) == "Thisisit,$$x=1,$$wherexis."
    assert "One." in slides[1].notes[0] and "Not" in slides[1].notes[1]


@pytest.mark.parametrize("cut", [True, False])
def test_what_a_formula_completes_stands_above_it_once(cut):
    words = "One word after the other, and no end. " * (8 if cut else 1)
    formula = "\n\n$$\nx = 1 .\n$$"
    slides = made(f"## Why?\n\n{words}They make:{formula}", "So it is.")
    told = "".join(map(seen, slides[:-1]))
    assert "Theymake:$$x=1.$$" in "".join(told.split())
    assert told.count("They make:") == 1


def test_prose_after_an_output_is_said_while_it_is_on_the_screen():
    slides = made("## Why?", printed("1", "1"), "Aha.", printed("2", "2"))
    _, one, two = slides
    assert one.notes == ["<p>Aha.</p>"]
    assert two.notes == [] and "Aha" not in seen(two)


def test_a_sentence_leads_to_the_code_below_it():
    lead = "Far.\n\nNear. We count them."
    one, two = made("## Why?", lead, printed("count()", "2"))
    assert one.notes == ["<p>Far.</p>"]
    assert two.notes == ["<p>Near. We count them.</p>"]
    assert seen(two).startswith("We count them.")
    _, two = made("## Why?", "Far.\n\nThat was so.", printed("count()", "2"))
    assert "so" not in seen(two)  # what "that" is, it can't say


def test_a_long_output_is_cut_and_a_wide_one_wrapped():
    long = "".join(f"line {i}\n" for i in range(300))
    code, output = made(printed("go()", long))
    lines = seen(output).splitlines()
    assert lines[:2] == ["line 0", "line 1"] and lines[-1] == "…"
    assert len(lines) <= deck.ROWS
    (slide,) = made(printed("go()", "a word and " * 30))
    lines = parsed(slide.shown[-1]).get_text().splitlines()
    assert max(map(len, lines)) <= deck.COLUMNS
    assert "".join(lines) == "a word and " * 30
    assert {*" ".join(lines).split()} == {"a", "word", "and"}


def test_code_and_output_part_when_they_do_not_fit():
    code = "\n".join(["x = 1"] * 14)
    (both,) = made(printed(code, "1\n" * 6))
    assert len(both.shown) == 2
    first, then = made(printed(code, "1\n" * 12))
    assert (first.kind, then.kind) == ("code", "output")


def test_an_answer_too_long_for_its_question_is_on_the_next_slide():
    answer = "\n\n<details><summary>Answer</summary>\n\n{}\n\n</details>"
    (_, one) = made("## Your turn\n\n1. Why?" + answer.format("So."))
    assert "fragment" in one.shown[-1] and seen(one).split() == ["Why?", "So."]
    (_, one, two) = made(
        "## Your turn\n\n1. Why?" + answer.format("So. " * 400)
    )
    assert seen(one).strip() == "Why?"
    assert seen(two).strip().startswith("So. So.")


def test_questions_of_one_list_have_a_slide_each():
    _, one, two = made("## Your turn\n\n1. Why?\n2. How?")
    assert (seen(one), seen(two)) == ("Why?", "How?")
    assert parsed(two.shown[0]).ol["start"] == "2"


def test_a_question_keeps_the_figure_that_it_is_about():
    figure = new_code_cell(
        "# @title Two\ndraw()",
        metadata={"tags": ["figure", "hide-input"]},
        outputs=[
            new_output(
                "display_data",
                {"image/png": "AAAA", "text/plain": 'A "b"'},
                metadata={"image/png": {"alt": 'A "b"'}},
            )
        ],
    )
    shown, asked = made(figure, "**Predict.** Which is which?")
    (image,) = parsed(shown.shown[0]).select("img")
    assert image["alt"] == 'A "b"'
    assert asked.shown[-1] == shown.shown[0]
    _, asked = made(figure, "Something else.", "**Predict.** How many?")[:2]
    assert "img" not in "".join(asked.shown)


def test_errors_and_script_in_outputs_are_only_text():
    (slide,) = made(printed("go()", "<script>alert(1)</script> \x1b[1mbold"))
    output = parsed(slide.shown[-1])
    assert output.pre.get_text() == "<script>alert(1)</script> bold"


# The command


def test_one_notebook_makes_one_deck(tmp_path):
    __main__.write([SECOND], tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        *("shared", f"{SECOND.stem}.html")
    }
    page = parsed((tmp_path / f"{SECOND.stem}.html").read_bytes())
    course = badges.course()
    place = (
        f"https://github.com/{course.repository}/blob/{course.tag}/notebooks"
    )
    links = [a["href"] for a in page.select("a") if ".ipynb" in a["href"]]
    assert links and all(link.startswith(f"{place}/") for link in links)


def copy(tmp_path, path):
    return shutil.copy(path, tmp_path / path.name)


def no_notebook(tmp_path):
    return files.ROOT / "README.md", "not a notebook"


def missing(tmp_path):
    return tmp_path / "no.ipynb", "No such file"


def elsewhere(tmp_path):
    return copy(tmp_path, FIRST), "not a lecture of this course"


def live(tmp_path):
    return files.live_path(FIRST), "not a lecture of this course"


@pytest.mark.parametrize("kind", [no_notebook, missing, elsewhere, live])
def test_what_is_no_lecture_is_refused_and_nothing_written(tmp_path, kind):
    path, reason = kind(tmp_path)
    with pytest.raises(files.NotebookError, match=reason) as error:
        __main__.write([FIRST, path], tmp_path / "out")
    assert str(path) in str(error.value) and "\n" not in str(error.value)
    assert not (tmp_path / "out").exists()


def test_a_lecture_that_has_not_been_run_is_refused(tmp_path):
    path = tmp_path / "notebooks" / FIRST.name
    path.parent.mkdir()
    path.write_bytes(files.live_path(FIRST).read_bytes())
    with pytest.raises(files.NotebookError, match="make execute NB="):
        __main__.write([path], tmp_path / "out", root=tmp_path)
    assert not (tmp_path / "out").exists()


def test_the_command_says_so_in_a_line():
    command = [sys.executable, "-m", "tools.slides", "no.ipynb"]
    done = subprocess.run(
        command, cwd=files.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == "no.ipynb: No such file or directory\n"
