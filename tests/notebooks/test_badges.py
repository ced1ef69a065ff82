"""Badges, set-up cells and addresses follow a fork or a release."""

import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.utils import compute_checksum

from tools.notebooks import badges, files

OLD = badges.Course("ann/old.course", "v1.0")
PROJECT = f"""\
[tool.course]
repository = "{OLD.repository}"
tag = "{OLD.tag}"
"""
README = f"""\
Clone https://github.com/{OLD.repository}.git or see
https://github.com/{OLD.repository}-extras and the
[notes](https://github.com/{OLD.repository}/blob/{OLD.tag}/NOTES.md).
[Binder](https://mybinder.org/v2/gh/{OLD.repository}/{OLD.tag}?urlpath=lab)
My name is {OLD.repository}.
"""


@pytest.fixture
def root(root):
    """Return the folder of a course that has its settings and a README."""
    (root / "pyproject.toml").write_text(PROJECT, "utf-8", newline="\n")
    (root / "README.md").write_text(README, "utf-8", newline="\n")
    return root


def setup_cell():
    return new_code_cell(
        badges.setup_source(OLD),
        execution_count=1,
        metadata={"tags": ["setup"]},
    )


def test_stamp_moves_every_address(root, save):
    path = root / "notebooks" / "01_small.ipynb"
    badge = new_markdown_cell(f"[b]({badges.badge_url(OLD, path, root)})")
    save(path.name, badge, setup_cell())
    new = badges.Course("bob/fork", "v2.1")
    badges.stamp(*new, root)
    assert badges.course(root) == new
    badge, setup = files.read(path).cells
    assert badge.source == f"[b]({badges.badge_url(new, path, root)})"
    assert setup.source == badges.setup_source(new)
    assert (root / "README.md").read_text() == README.replace(
        f"{OLD.repository}/blob/{OLD.tag}", "bob/fork/blob/v2.1"
    ).replace(f"{OLD.repository}/{OLD.tag}?", "bob/fork/v2.1?").replace(
        f"{OLD.repository}.git", "bob/fork.git"
    )


def test_stamp_leaves_no_locked_cell_that_looks_changed(root, save):
    cell = setup_cell()
    marks = {"grade_id": "a01-setup", "grade": False, "checksum": "old"}
    cell.metadata["nbgrader"] = marks
    path = save("01_small.ipynb", cell)
    badges.stamp("bob/fork", "v2.1", root)
    (cell,) = files.read(path).cells
    assert cell.metadata.nbgrader.checksum == compute_checksum(cell)


def test_stamp_there_and_back_changes_nothing(root, save):
    save("01_small.ipynb", setup_cell())
    files.write_live(root)
    before = {path: path.read_bytes() for path in root.rglob("*.*")}
    badges.stamp("bob/fork", "v2.1", root)
    assert badges.course(root).tag == "v2.1"
    badges.stamp(OLD.repository, OLD.tag, root)
    assert {path: path.read_bytes() for path in root.rglob("*.*")} == before


@pytest.mark.parametrize(
    "place, opens",
    [
        ("01_small.ipynb", "live/01_small.ipynb"),
        ("02b_more.ipynb", "live/02b_more.ipynb"),
        ("solutions/a01/a01_small.ipynb", "assignments/a01/a01_small.ipynb"),
    ],
)
@pytest.mark.parametrize(
    "old",
    [
        badges.BADGE.format(url="https://x.org/a.ipynb", image=badges.IMAGE),
        f"[![Open in Colab]({badges.IMAGE})](https://x.org/a.ipynb)",
        f'<a target="_parent" href="x"><img src="{badges.IMAGE}"/></a>',
    ],
)
def test_stamp_mends_a_copied_badge(root, save, old, place, opens):
    (root / "notebooks" / place).parent.mkdir(parents=True, exist_ok=True)
    path = save(place, new_markdown_cell(f"# A\n\n{old}\n\nB"))
    badges.stamp(OLD.repository, OLD.tag, root)
    url = badges.badge_url(OLD, root / "notebooks" / opens, root)
    own = badges.BADGE.format(url=url, image=badges.IMAGE)
    assert files.read(path).cells[0].source == f"# A\n\n{own}\n\nB"


def test_stamp_moves_the_live_notebooks(root, save):
    path = save("01_small.ipynb", setup_cell())
    files.write_live(root)
    badges.stamp("bob/fork", None, root)
    (cell,) = files.read(files.live_path(path)).cells
    assert "bob/fork" in cell.source
    assert list(files.live_complaints(root)) == []


def test_stamp_keeps_the_tag(root):
    badges.stamp("bob/fork", None, root)
    assert badges.course(root) == ("bob/fork", OLD.tag)


@pytest.mark.parametrize(
    "repository, tag",
    [
        ("", None),
        ("fork", None),
        ("https://github.com/bob/fork", None),
        ("bob/fork ", None),
        ("bob/fork", "v 2"),
        ("bob/fork", '"'),
    ],
)
def test_stamp_refuses_and_changes_nothing(root, repository, tag):
    with pytest.raises(files.NotebookError, match="^.+$"):
        badges.stamp(repository, tag, root)
    assert badges.course(root) == OLD


def test_command_fails_in_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "tools.notebooks", "badges", "fork"],
        cwd=files.ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "REPO must be owner/name as on GitHub, not 'fork'"
    ]
