"""Where Colab finds the course: badges, set-up cells and addresses."""

import re
import tomllib
from typing import NamedTuple

from tools.notebooks.files import (
    ROOT,
    NotebookError,
    live_path,
    notebook_paths,
    read,
    write,
    write_live,
)

SETUP = """\
# On Colab, fetch the course; elsewhere `pip install -e .` has put `utils`
# on the path (see the README).
import sys

if "google.colab" in sys.modules:
    !test -d course || git -c advice.detachedHead=false clone -q --depth 1 \\
        -b {tag} https://github.com/{repository} course
    sys.path.insert(0, "course")

from utils import checking, data, plotting, runtime

runtime.quiet_frameworks()
plotting.use_course_style()"""


# HTML, because LaTeX can't show the picture and would stop at it in Markdown.
BADGE = '<a href="{url}"><img alt="Open in Colab" src="{image}"></a>'
IMAGE = "https://colab.research.google.com/assets/colab-badge.svg"
ANY_BADGE = re.compile(  # in HTML or Markdown
    rf"<a [^>]*><img [^>]*{re.escape(IMAGE)}[^>]*></a>"
    rf"|\[!\[[^]]*\]\({re.escape(IMAGE)}\)\]\([^)]*\)"
)


class Course(NamedTuple):
    """Where Colab finds the course."""

    repository: str  # "owner/name" on GitHub
    tag: str


def course(root=ROOT):
    """Return the `Course` that pyproject.toml's [tool.course] names."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    return Course(**settings["tool"]["course"])


def setup_source(course):
    """Return the source of the set-up cell, the same in every notebook."""
    return SETUP.format(**course._asdict())


def badge_url(course, path, root=ROOT):
    """Return the address that opens the notebook at `path` in Colab."""
    place = path.relative_to(root).as_posix()
    return (
        "https://colab.research.google.com/github/"
        f"{course.repository}/blob/{course.tag}/{place}"
    )


def badge(course, path, root=ROOT):
    """Return the badge that opens the notebook at `path` in Colab.

    The badge of a lecture opens the live notebook, that of an assignment's
    source the students' notebook.
    """
    if path.parent == root / "notebooks":
        path = live_path(path)
    place = path.relative_to(root).as_posix()
    place = place.replace("notebooks/solutions/", "notebooks/assignments/")
    return BADGE.format(url=badge_url(course, root / place, root), image=IMAGE)


def stamp(repository, tag, root=ROOT):
    """Point badges, set-up cells and addresses to a fork or a release.

    Changes the notebooks, the .md files beside pyproject.toml, and its
    [tool.course].

    Parameters: repository, "owner/name"; tag, a tag of it, or None to keep
    the present one.
    Raises NotebookError if either can't be what it should.
    """
    old = course(root)
    new = Course(repository, tag or old.tag)
    if not re.fullmatch(r"[\w-]+/[\w.-]+", repository, re.A):
        raise NotebookError(
            f"REPO must be owner/name as on GitHub, not {repository!r}"
        )
    if not re.fullmatch(r"\w[\w./-]*", new.tag, re.A):
        raise NotebookError(f"{tag!r} can't be a tag: try TAG=v1.1")
    from nbgrader.utils import compute_checksum  # takes seconds

    for path in notebook_paths(root):
        nb = read(path)
        own = badge(new, path, root)
        for cell in nb.cells[:1]:
            cell.source = ANY_BADGE.sub(lambda found: own, cell.source)
        for cell in nb.cells:
            cell.source = _restamp(cell.source, old, new)
            if "setup" in cell.metadata.get("tags", []):
                cell.source = setup_source(new)
            if "checksum" in (marks := cell.metadata.get("nbgrader", {})):
                marks.checksum = compute_checksum(cell)
        write(path, nb)
    for path in *root.glob("*.md"), root / "pyproject.toml":
        text = _restamp(path.read_text(encoding="utf-8"), old, new)
        if path.name == "pyproject.toml":
            text = text.replace(
                f'repository = "{old.repository}"\ntag = "{old.tag}"',
                f'repository = "{new.repository}"\ntag = "{new.tag}"',
            )
        path.write_text(text, encoding="utf-8", newline="\n")
    write_live(root)


def _restamp(text, old, new):
    """Replace the repository, and the tag behind it, in addresses."""
    return re.sub(
        rf"(github\.com/|/github/|/gh/){re.escape(old.repository)}"
        rf"(?:((?:/blob|/tree)?/){re.escape(old.tag)})?(?![\w-])",
        lambda m: m[1] + new.repository + (m[2] + new.tag if m[2] else ""),
        text,
    )
