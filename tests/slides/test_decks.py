"""What the decks hold: all that a class should see, and no answer early."""

import re
from functools import cache

import pytest
from bs4 import BeautifulSoup

from tools.notebooks import anatomy, files
from tools.slides import text

LECTURES = files.lecture_paths()
each = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def deck(folder):
    """Return a function that returns a lecture's deck, parsed."""
    return cache(
        lambda path: BeautifulSoup(
            (folder / f"{path.stem}.html").read_bytes(), "html.parser"
        )
    )


def cells(path):
    """Return a lecture's cells without its sources."""
    nb = files.read(path)
    return nb.cells[: anatomy.section_start(nb, "Sources and further reading")]


def sections(deck):
    return deck.select(".slides > section")


def words(tag):
    return " ".join(tag.get_text(" ", strip=True).split())


@each
def test_every_section_has_a_slide(path, deck):
    *headings, last = [
        line.lstrip("# ")
        for cell in cells(path)
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if re.match("###? ", line)
    ]
    if not re.search("answers", last):  # there the class has nothing to see
        headings.append(last)
    shown = [
        slide.h2.get_text()
        for slide in deck(path).select(".slide")
        if slide.h2 and not {"conclusion", "live"} & {*slide["class"]}
    ]
    assert shown == [re.sub("[`*]", "", heading) for heading in headings]


@each
def test_all_open_code_is_shown_and_no_folded_code(path, deck):
    shown = [
        line
        for code in deck(path).select(".hl-ipython3")
        for line in anatomy.lines(code.get_text())
    ]
    assert shown == [
        line
        for cell in cells(path)
        if cell.cell_type == "code"
        and not {"setup", "answer", "hide-input"} & {*anatomy.tags(cell)}
        for line in anatomy.lines(cell.source)
    ]


@each
def test_every_answer_to_a_predict_waits_for_a_click(path, deck):
    slides = sections(deck(path))
    asked = [i for i, slide in enumerate(slides) if slide.select(".predict")]
    there = cells(path)
    predicts = [i for i, cell in enumerate(there) if anatomy.is_predict(cell)]
    assert len(asked) == len(predicts)
    for number, place in zip(asked, predicts):
        before, question, answer = slides[number - 1 : number + 2]
        known = {str(image) for image in before.select("img")}
        assert {str(image) for image in question.select("img")} <= known
        assert not question.select("pre.output")
        if answer.select(".hl-ipython3"):
            for output in answer.select("pre.output, img"):
                assert output.find_parent(class_="fragment")
        cell = next(c for c in there[place:] if c.cell_type == "code")
        for output in cell.outputs:
            if line := output.get("text", "").partition("\n")[0]:
                soon = slides[number + 1 : number + 3]
                assert any(line in slide.get_text() for slide in soon)


@each
def test_every_figure_is_shown_with_its_alternative_text(path, deck):
    images = deck(path).select(".slide:not(.predict) img")
    assert [image["alt"] for image in images] == [
        output.metadata["image/png"]["alt"]
        for cell in cells(path)
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert all(image["alt"] for image in deck(path).select("img"))


@each
def test_no_sentence_is_lost(path, deck):
    """What isn't on a slide is in the notes."""
    there = words(deck(path))
    for cell in cells(path)[1:]:
        if cell.cell_type == "markdown":
            for block in text.blocks(cell.source):
                if block.name in text.HEADINGS:  # of the answers' numbers
                    continue
                for summary in block.select("summary"):
                    summary.decompose()
                for part in block.select("p, li") or [block]:
                    assert words(part) in there


@each
def test_what_is_said_is_in_the_notes_of_its_slide(path, deck):
    slides = sections(deck(path))
    noted = [slide for slide in slides if slide.select("aside.notes")]
    assert len(noted) > 0.25 * len(slides)
    assert slides[0] in noted
    for slide in noted:
        assert words(slide.aside)


@each
def test_every_answer_of_a_question_waits_for_a_click(path, deck):
    folded = sum(
        cell.source.count("<details>")
        for cell in cells(path)
        if cell.cell_type == "markdown"
    )
    answers = deck(path).select(".answer")
    assert len(answers) == folded
    for answer in answers:
        alone = not answer.find_previous_siblings()
        assert alone or answer.parent["class"] == ["fragment"]
        assert not answer.find("details")


@each
def test_every_slider_is_named(path, deck):
    live = deck(path).select(".live")
    assert [slide.h2.get_text() for slide in live] == [
        cell.source.partition("\n")[0].removeprefix("# @title ")
        for cell in cells(path)
        if "slider" in anatomy.tags(cell)
    ]


@each
def test_links_lead_to_other_decks_or_into_the_net(path, deck, folder):
    links = [link["href"] for link in deck(path).select("a")]
    assert all(
        link.startswith("https://") or (folder / link).is_file()
        for link in links
    )
    for cell in cells(path):
        if cell.cell_type == "markdown":
            for name in re.findall(r"\]\((\w+)\.ipynb\)", cell.source):
                assert f"{name}.html" in links


@each
def test_all_that_a_deck_loads_lies_beside_it(path, deck, folder):
    loaded = deck(path).select("script[src], link[href]")
    assert len(loaded) > 5
    for tag in loaded:
        assert (folder / (tag.get("src") or tag["href"])).is_file()


def test_every_lecture_has_a_deck(folder):
    decks = {f"{path.stem}.html" for path in LECTURES}
    assert {path.name for path in folder.iterdir()} == {"shared", *decks}
