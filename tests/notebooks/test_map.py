"""The tour links every other lecture, and its map is README's plan."""

import re

from tools.notebooks import files

TOUR = files.ROOT / "notebooks" / "00_tour.ipynb"
SOURCE = "\n".join(cell.source for cell in files.read(TOUR).cells)
README = (files.ROOT / "README.md").read_text(encoding="utf-8")


def test_the_tour_links_every_other_lecture():
    lectures = {p.name for p in files.ROOT.glob("notebooks/[0-9]*.ipynb")}
    linked = set(re.findall(r"\]\((\d[^)/]*\.ipynb)\)", SOURCE))
    assert linked == lectures - {TOUR.name}


def plan():
    """Return each topic (01, 02, …) of README's plan, and the earlier ones
    that it builds on."""
    table = README.partition("<!-- plan:start -->")[2]
    table = table.partition("<!-- plan:end -->")[0]
    builds_on = {}
    row = r"^\|[^|]*\| \[(\d\d)\w*\]\(.*?\) \| ([^|]*) \|"
    for topic, before in re.findall(row, table, re.M):
        topics = set(re.findall(r"(\d\d)\w*", before)) - {topic}
        builds_on.setdefault(topic, set()).update(topics)
    del builds_on["00"]
    return builds_on


def test_the_map_is_the_plan():
    builds_on = plan()
    boxes = re.findall(r"(\d\d) \d\d [A-Z]", SOURCE)
    assert sorted(boxes) == sorted(builds_on)
    before = {topic: set() for topic in builds_on}  # also through others
    arrows = re.findall(r"\b(\d\d)>(\d\d)\b", SOURCE)
    for start, end in sorted(arrows, key=lambda arrow: arrow[1]):
        assert start in builds_on[end], f"no {start} before {end} in the plan"
        before[end] |= {start} | before[start]
    for topic, topics in builds_on.items():
        assert topics <= before[topic], topic
