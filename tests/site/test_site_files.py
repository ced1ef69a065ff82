"""The whole site as it is built: what its files hold."""

import importlib.util
import shutil
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tools.notebooks import anatomy, badges, files

LECTURES = files.lecture_paths()
PLACE = files.ROOT / "notebooks" / "assignments"
PAGES = {f"notebooks/{path.stem}": path for path in LECTURES} | {
    f"assignments/{path.parent.name}": path
    for path in sorted(PLACE.glob("*/*.ipynb"))
}


def cells(path):
    return files.read(path).cells


def test_every_notebook_has_a_page_in_the_side_bar_and_in_order(pages):
    assert {*PAGES} <= {*pages}
    bar = pages["index"].select("#pst-primary-sidebar a.reference")
    names = [link["href"].removesuffix(".html") for link in bar]
    assert [name for name in names if name in PAGES] == [*PAGES]
    assert {*names} == {*pages} - {"index", "search"}
    order = ["index", *names]
    for before, name, after in zip(order, order[1:], order[2:]):
        found = [
            urljoin(name, pages[name].select_one(f"a.{side}")["href"])
            for side in ("left-prev", "right-next")
        ]
        assert found == [f"{before}.html", f"{after}.html"]


def test_every_link_and_anchor_leads_somewhere(site, pages):
    ids = {
        name: {tag["id"] for tag in page.select("[id]")}
        for name, page in pages.items()
    }
    broken = []
    for name, page in pages.items():
        for tag in page.select("[href], [src]"):
            target = tag.get("href") or tag.get("src") or ""
            parts = urlsplit(urljoin(f"{name}.html", target))
            if parts.scheme:
                continue
            path = unquote(parts.path)
            anchor = unquote(parts.fragment)
            there = (site / path).is_file() and (
                not anchor or anchor in ids[path.removesuffix(".html")]
            )
            broken += [] if there else [f"{name}: {target}"]
    assert not broken


def test_nothing_comes_from_another_host(pages):
    for name, page in pages.items():
        for tag in page.select("[src], link[href]"):
            target = tag.get("src") or tag["href"]
            assert not urlsplit(target).netloc, f"{name}: {target}"


def test_every_page_is_small(site):
    for path in site.rglob("*.html"):
        assert path.stat().st_size < 2_000_000, path


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_has_its_alternative_text(pages, name):
    expected = [
        " ".join(output.metadata["image/png"]["alt"].split())
        for cell in cells(PAGES[name])
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    images = pages[name].select("article img")
    found = [" ".join(image["alt"].split()) for image in images]
    assert found == expected
    assert all(image["height"] and image["width"] for image in images)


@pytest.mark.parametrize("name", PAGES)
def test_what_is_folded_stands_behind_buttons_that_say_what_it_is(pages, name):
    own = cells(PAGES[name])
    titles = [
        cell.source.partition("\n")[0].removeprefix(anatomy.TITLE)
        for cell in own
        if anatomy.FOLDED in anatomy.tags(cell)
    ]
    buttons = pages[name].select("details.course-code > summary")
    labels = [button.get_text() for button in buttons]
    assert labels == [f"Code: {title}" for title in ["the set-up", *titles]]
    answers = pages[name].select("details.course-answer")
    assert len(answers) == sum(map(anatomy.is_predict, own))
    assert all(answer.select("article .cell_output") for answer in answers)
    every = pages[name].select("article details")
    assert all(box.find(True).name == "summary" for box in every)
    assert "@title" not in pages[name].select_one("article").get_text()


@pytest.mark.parametrize("name", PAGES)
def test_the_notebook_can_be_opened_and_downloaded_before_any_run(
    site, pages, name
):
    path = PAGES[name]
    own = files.live_path(path) if path in LECTURES else path
    colab, download = pages[name].select(".course-buttons a")
    assert colab["href"] == badges.badge_url(badges.course(), own)
    file = site / urljoin(name, download["href"])
    assert file.read_bytes() == own.read_bytes()


def test_every_slider_says_where_it_can_be_moved(pages):
    for name, path in PAGES.items():
        sliders = [c for c in cells(path) if anatomy.is_kind(c, "slider")]
        notes = pages[name].select(".tag_slider .cell_output")
        assert len(notes) == len(sliders)
        assert all("JupyterLab" in note.get_text() for note in notes)


@pytest.mark.parametrize("path", sorted(PLACE.glob("*/*.ipynb")), ids=str)
def test_an_assignment_shows_its_table_of_exercises(pages, path):
    lines = cells(path)[0].source.splitlines()
    rows = [line for line in lines if line.startswith("|")]
    table = pages[f"assignments/{path.parent.name}"].select_one("table")
    assert len(table.select("tr")) == len(rows) - 1
    assert table.select_one("th").get_text() == "exercise"


# A site that can't be built


@pytest.mark.filterwarnings("ignore:.*MystReferenceResolver.app")
def test_what_sphinx_warns_of_stops_it_and_the_old_site_stays(
    require, tmp_path, monkeypatch, capfd
):
    require(importlib.util.find_spec("myst_nb"), "web")
    from tools.site import __main__, content

    shutil.copy(files.ROOT / "pyproject.toml", tmp_path)
    text = {"index": "# Course\n\n[There](nowhere.ipynb)"}
    monkeypatch.setattr(content, "pages", lambda root: text)
    old = tmp_path / "build" / "site" / "index.html"
    old.parent.mkdir(parents=True)
    old.write_text("as it was")
    with pytest.raises(files.NotebookError, match="mend what Sphinx warns"):
        __main__.build(old.parent, tmp_path)
    assert "nowhere.ipynb" in capfd.readouterr().err
    assert old.read_text() == "as it was"
