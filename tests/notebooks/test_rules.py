"""Every lecture keeps the rules; README.md lists every lecture."""

import re
from functools import cache

import pytest
from good import complaints

from tools.notebooks import badges, files, rules, timings

COURSE = badges.course()
LECTURES = files.lecture_paths()
COLAB = "https://colab.research.google.com"
SECONDS = 1500  # of all lectures together


@cache
def lecture_complaints(path):
    return complaints(files.read(path), path)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_lecture_keeps(path, rule):
    found = lecture_complaints(path).get(rule.__name__, [])
    if found:
        pytest.fail("\n".join([path.name, *found]), pytrace=False)


def test_live_notebooks_are_up_to_date():
    assert list(files.live_complaints()) == []


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_links_of_a_lecture_work_in_its_live_notebook(path):
    for cell in files.read(path).cells:
        if cell.cell_type == "markdown":
            link = r"\]\((?!https?:|mailto:|#)([^)\s#]+)"
            for place in re.findall(link, cell.source):
                assert (files.live_path(path).parent / place).exists(), place


def readme_table():
    readme = (files.ROOT / "README.md").read_text(encoding="utf-8")
    return timings.TIMINGS.search(readme)[0]


def test_readme_lists_every_lecture():
    linked = re.findall(r"\]\(notebooks/([^)/]+\.ipynb)\)", readme_table())
    assert sorted(set(linked)) == [path.name for path in LECTURES]


def test_all_lectures_together_take_no_longer_than_they_may():
    rows = [timings.row(files.ROOT, path.name) for path in LECTURES]
    assert sum(int(row[1]) for row in rows if row) <= SECONDS


def test_readme_badges_follow_the_setting():
    readme = (files.ROOT / "README.md").read_text(encoding="utf-8")
    found = set(re.findall(rf"{COLAB}/github/[^\s)]+", readme))
    lectures = {
        badges.badge_url(COURSE, files.live_path(path)) for path in LECTURES
    }
    assignments = {
        badges.badge_url(COURSE, path)
        for path in files.notebook_paths()
        if "assignments" in path.parts
    }
    assert lectures <= found <= lectures | assignments
