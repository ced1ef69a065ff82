"""The site's own pages: what is kept by hand is true of the notebooks."""

import re

import pytest
import yaml

from tools.notebooks import files
from tools.site import content

COURSE = content.Course()
PAGES = content.pages()
TERMS = content._hand_kept("terms")
LECTURES = content._hand_kept("lectures")
README = (files.ROOT / "README.md").read_text("utf-8")


def linked(page):
    """Return the numbers of the notebooks that a page leads to."""
    return set(re.findall(r"notebooks/(\d\d\w?)_\w+\.ipynb", PAGES[page]))


def section(place):
    """Return the text of a section, or of the whole notebook."""
    number, _, heading = place.partition(" ")
    text = "\n\n".join(COURSE.cells[number])
    if not heading:
        return text
    start = re.search(rf"^(##+) {re.escape(heading)} *$", text, re.M)
    end = re.compile(rf"^#{{1,{len(start[1])}}} ", re.M)
    after = end.search(text, start.end())
    return text[start.start() : after.start() if after else None]


def errata(name):
    """Return the section of the errata that is about a lecture."""
    return PAGES["errata"].split(f"\n## {name}\n")[1].split("\n## ")[0]


# Home


def test_home_says_what_readme_says():
    paragraph, picture = README.split("\n\n")[1:3]
    assert paragraph in PAGES["index"] and picture in PAGES["index"]


def test_home_leads_to_every_notebook_and_page():
    assert linked("index") == {*COURSE.notebooks}
    for page in PAGES.keys() - {"index"}:
        assert f"]({page}.md)" in PAGES["index"]


def test_the_path_is_readme_s_plan():
    on_path = re.search(r"^- .*12_attention.*$", PAGES["index"], re.M)[0]
    assert "12b_a_small_gpt" in on_path
    (before,) = re.findall(r"builds on ([\d, ]+)", on_path)
    rows = re.findall(r"^\|.*\[12b?\]\(.*?\) \| (.*?) \|", README, re.M)
    assert len(rows) == 2
    needed = set(re.findall(r"\d\d", " ".join(rows))) - {"12"}
    assert before.split(", ") == sorted(needed)


def test_lecturers_find_what_home_promises_them():
    (place,) = re.findall(r"github\.com/\S+?#([\w-]+)", PAGES["index"])
    headings = re.findall(r"^##+ (.*)$", README, re.M)
    assert f"#{place}" in map(content.anchor, headings)


# Terms


def test_terms_stand_in_their_order_and_once():
    names = [term.lower() for term in TERMS]
    assert names == sorted(names)
    text = (content.HERE / "terms.yml").read_text("utf-8")
    assert len(yaml.compose(text).value) == len(TERMS)  # none given twice


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_in_the_section_that_defines_it(term):
    said = section(TERMS[term]).lower().replace("-", " ")
    name = term.partition(" (")[0].lower().replace("-", " ")
    for word in re.findall(r"\w{2,}", name):
        assert word in ("of", "and") or word[:5] in said, word


def test_every_lecture_defines_a_term():
    assert linked("terms") == {*COURSE.notebooks}


# The lectures that the course follows


@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_s_page_has_what_readme_says(name):
    rows = re.findall(r"^\| \[(\d\d\w?) · .*?\) \| (.*?) \|", README, re.M)
    follow = {number for number, source in rows if name in source}
    corrected = set(re.findall(r"^Proof: \[(\w+) ·", errata(name), re.M))
    found = linked(f"lectures/{name}")
    assert follow and follow <= found <= follow | corrected


def test_every_notebook_follows_a_lecture():
    found = set().union(*(linked(f"lectures/{name}") for name in LECTURES))
    assert found == {*COURSE.notebooks}


@pytest.mark.parametrize("name", LECTURES)
def test_a_part_is_covered_or_it_is_said_why_not(name):
    for part, places in LECTURES[name].items():
        assert part in PAGES[f"lectures/{name}"]
        assert isinstance(places, list) or places.endswith("."), part


def test_a_notebook_stands_at_those_sections_of_l2_that_readme_says():
    rows = re.findall(r"^\| \[(\d\d\w?) · .*?\) \| (.*?) \|", README, re.M)
    for notebook, source in rows:
        of_l2 = source.partition("L2 ")[2].partition(", L")[0]
        for section in re.findall(r"\d(?:\.\d)*", of_l2):
            own = f"§{section} ", f"§{section}."
            places = [
                place.partition(" ")[0]
                for part, places in LECTURES["L2"].items()
                if part.startswith(own) and isinstance(places, list)
                for place in places
            ]
            assert notebook in places, f"{notebook}: §{section}"


# Errata


def test_every_box_is_among_the_errata():
    boxes = [
        line
        for cells in COURSE.cells.values()
        for line in "\n".join(cells).splitlines()
        if line.startswith("> **Spot the bug**")
    ]
    assert len(boxes) > 40
    for line in boxes:
        assert PAGES["errata"].count(line.split("](")[0]) == 1


def test_a_box_stands_with_its_lecture_by_whatever_name():
    quoted = r"\*\*Spot the bug\*\* \((.*?)[,)]"
    for name in LECTURES.keys() - {"L2"}:
        assert {*re.findall(quoted, errata(name))} == {name}
    found = {*re.findall(quoted, errata("L2"))}
    assert found == {"L2", "the semester's notes"}


def test_a_box_is_whole_or_it_is_said_where_its_answer_stands():
    for box in PAGES["errata"].split("\n> **Spot the bug**")[1:]:
        quote, where = box.split("\n\n")[:2]
        assert quote.count("> <details>") == quote.count("> </details>")
        there = "Proof" if "<details>" in quote else "Answer and proof"
        assert where.startswith(f"{there}: [")


def test_a_box_about_no_lecture_of_readme_s_is_one_line():
    course = content.Course()
    course.cells = {"05": ["# 05", "## Why?", "> **Spot the bug** (L7). Two."]}
    with pytest.raises(files.NotebookError, match="05 Why.*no lecture 'L7'"):
        content.errata(course)


def test_links_of_a_box_lead_where_they_did():
    page = "notebooks/05_backpropagation.ipynb"
    moved = content._from_notebook
    assert moved(page, "", "#Recap") == f"{page}#recap"
    assert moved(page, "06_x.ipynb", "") == "notebooks/06_x.ipynb"


def test_what_is_told_in_passing_is_among_its_lecture_s_errata():
    asides = content._hand_kept("asides")
    for name, places in asides.items():
        for place, words in places:
            (told,) = (
                part for part in section(place).split("\n\n") if words in part
            )
            assert f"> {told}\n\nFrom [" in errata(name)


@pytest.mark.parametrize("words", ["no such words", " the "])
def test_a_paragraph_that_isn_t_there_or_isn_t_one_is_one_line(words):
    with pytest.raises(files.NotebookError, match="^03 Recap: .*words"):
        COURSE.paragraph("03 Recap", words)


# What isn't there


@pytest.mark.parametrize("place", ["99", "05 No such heading", "5"])
def test_a_place_that_isn_t_there_is_one_line(place):
    with pytest.raises(files.NotebookError, match=place):
        COURSE.link(place)
