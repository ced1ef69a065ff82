"""What readers read: spelled right, in British English, with no link that
leads nowhere in the repository. (The weekly workflow follows the others.)"""

import re
import subprocess
import sys

import pytest

from tools.notebooks import files

PAGES = [*sorted(files.ROOT.glob("*.md")), files.ROOT / "data" / "README.md"]
TEXTS = [
    path
    for pattern in (
        *("*", ".ci/*", ".github/**/*", "data/*.md", "notebooks/**/*.py"),
        *(f"{folder}/**/*.py" for folder in ("utils", "tools", "tests")),
    )
    for path in sorted(files.ROOT.glob(pattern))
    if path.is_file() and path.suffix != ".png"
]


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """Write each cell of each notebook into a file, .md or .py, of its own;
    return their folder."""
    folder = tmp_path_factory.mktemp("cells")
    for notebook in files.notebook_paths():
        place = folder / notebook.relative_to(files.ROOT)
        place.mkdir(parents=True)
        for index, cell in enumerate(files.read(notebook).cells):
            suffix = "py" if cell.cell_type == "code" else "md"
            path = place / f"cell {index}.{suffix}"
            path.write_text(cell.source, encoding="utf-8")
    return folder


def misspelled(folder, paths, *options):
    """Return what codespell says of files and folders, seen from a folder."""
    names = [str(path.relative_to(folder)) for path in paths]
    settings = ["--toml", files.ROOT / "pyproject.toml", "--check-hidden"]
    done = subprocess.run(
        [sys.executable, "-m", "codespell_lib", *settings, *options, *names],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode in (0, 65), done.stderr  # 65: found something
    return done.stdout.splitlines()


def not_british(folder, paths, into):
    """Return the words of the pages, their code aside, that are not British
    in Oxford's way: colour and centre, but optimize."""
    for path in paths:
        copy = into / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(
            without_code(path.read_text(encoding="utf-8")), encoding="utf-8"
        )
    return misspelled(into, [into], "--builtin", "en_to_en-OX")


def without_code(text):
    """Return a page without its code, each line where it was."""
    return re.sub(
        r"```.*?```|`[^`]*`",
        lambda m: "\n" * m[0].count("\n"),
        text,
        flags=re.S,
    )


@pytest.mark.pinned
def test_texts_are_spelled_right():
    assert misspelled(files.ROOT, TEXTS) == []


@pytest.mark.pinned
def test_cells_are_spelled_right(cells):
    assert misspelled(cells, [cells]) == []


@pytest.mark.pinned
def test_pages_are_british(tmp_path):
    assert not_british(files.ROOT, PAGES, tmp_path) == []


@pytest.mark.pinned
def test_text_cells_are_british(cells, tmp_path):
    assert not_british(cells, cells.rglob("*.md"), tmp_path) == []


def test_a_misspelling_is_found_where_it_stands(tmp_path):
    wrong = "teh"  # codespell:ignore
    page = tmp_path / "page.md"
    page.write_text(f"The `color` of\n{wrong} center.\n")
    assert misspelled(tmp_path, [page]) == [f"page.md:2: {wrong} ==> the"]
    (british,) = not_british(tmp_path, [page], tmp_path / "copy")
    assert british.endswith("page.md:2: center ==> centre")


# Links


def links(text):
    """Return where the links of a page lead that stay in the repository."""
    link = r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\""
    found = re.findall(link, without_code(text))
    every = (a or b for a, b in found)
    return [link for link in every if not re.match(r"https?:|mailto:", link)]


def anchors(text):
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.parent.name)
def test_page_links_to_what_is_there(page):
    text = page.read_text(encoding="utf-8")
    for link in links(text):
        place, _, anchor = link.partition("#")
        target = page.parent / place if place else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize(
    "path", files.notebook_paths(), ids=lambda path: path.stem
)
def test_notebook_links_to_what_is_there(path):
    for cell in files.read(path).cells:
        if cell.cell_type == "markdown":
            for link in links(cell.source):
                place = link.partition("#")[0]
                assert (path.parent / place).exists(), link
