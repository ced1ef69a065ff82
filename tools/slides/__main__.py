"""`python -m tools.slides [NOTEBOOK ...]` writes slides into build/slides.

Without a notebook, all lectures are meant. The folder needs no network.
"""

import argparse
import shutil
import sys
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from tools import npm
from tools.notebooks import badges, files
from tools.slides import deck, text

OUT = files.ROOT / "build" / "slides"
HERE = Path(__file__).parent
# What the slides load, by its place in their folder `shared`.
SHARED = {
    "reveal.js": {
        "dist/reveal.js": "reveal.js",
        "dist/reveal.css": "reveal.css",
        "dist/theme/fonts/source-sans-pro": "source-sans-pro",
        "plugin/notes/notes.js": "notes.js",
        "LICENSE": "LICENSE-reveal.js",
    },
    "mathjax": {
        "es5/tex-svg-full.js": "mathjax.js",
        "LICENSE": "LICENSE-mathjax",
    },
}
OWN = "slides.css", "slides.js"


def write(paths, out=OUT, root=files.ROOT):
    """Write the slides of lectures, and what they load, into a folder.

    Returns: the Paths of the decks.
    Raises: NotebookError, and nothing was written, if one of `paths` isn't a
    lecture that has been run.
    """
    notebooks = {path: _lecture(path, root) for path in paths}
    out.mkdir(parents=True, exist_ok=True)
    _write_shared(out / "shared")
    decks = {path.stem for path in [*paths, *out.glob("*.html")]}
    course = badges.course(root)
    notebook_page = (
        f"https://github.com/{course.repository}/blob/{course.tag}/notebooks/"
    )
    template = Environment(
        loader=FileSystemLoader(HERE), trim_blocks=True, lstrip_blocks=True
    ).get_template("page.html")
    written = []
    for path, nb in notebooks.items():
        html = template.render(
            title=nb.cells[0].source.partition("\n")[0].removeprefix("# "),
            slides=deck.slides(nb),
            relink=lambda html: text.relink(
                html, notebook_page + path.name, decks
            ),
        )
        written.append(out / f"{path.stem}.html")
        written[-1].write_text(html, encoding="utf-8", newline="\n")
    return written


def _lecture(path, root):
    """Read a lecture that has been run."""
    nb = files.read(path)
    if path.resolve() not in files.lecture_paths(root):
        raise files.NotebookError(
            f"{path}: not a lecture of this course: these are "
            "notebooks/NN_topic.ipynb"
        )
    if any(c.get("execution_count", 1) is None for c in nb.cells):
        raise files.NotebookError(
            f"{path}: not all of it has been run, and slides show what it "
            f"has shown: make execute NB={path}"
        )
    return nb


def _write_shared(folder):
    folder.mkdir(exist_ok=True)
    for name in OWN:
        shutil.copyfile(HERE / name, folder / name)
    for package, places in SHARED.items():
        for source, place in places.items():
            start, end = npm.folder(package) / source, folder / place
            if start.is_dir():
                shutil.copytree(start, end, dirs_exist_ok=True)
            else:
                shutil.copyfile(start, end)


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.slides")
    parser.add_argument("paths", metavar="NOTEBOOK", nargs="*", type=Path)
    paths = parser.parse_args().paths or files.lecture_paths()
    try:
        for path in write(paths):
            print("wrote", path.relative_to(files.ROOT))
    except files.NotebookError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
