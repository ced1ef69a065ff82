"""The students' repository: what a lecturer publishes of the course.

Command:
    python -m tools.students FOLDER owner/name [tag]
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tools import assignments
from tools.notebooks import badges
from tools.notebooks.files import ROOT, NotebookError

# What goes to students, as git's patterns; all else stays. (The live
# notebooks are made there.)
PUBLISHED = [
    *("README.md", "LICENSE", "Makefile", ".gitignore", ".gitattributes"),
    *("requirements.txt", "pyproject.toml", "environment.yml", "conftest.py"),
    *(".devcontainer", ".github/cover.png", "data/README.md", "utils"),
    *(":(glob)notebooks/*", "notebooks/logs", "notebooks/assignments"),
    *("tools/__init__.py", "tools/install.py", "tools/jupyter"),
    *("tools/mirrors.py", "tools/train.py", "tools/notebooks/__init__.py"),
    *("tools/notebooks/anatomy.py", "tools/notebooks/files.py"),
    "tools/notebooks/sanitize.cfg",
]
# Whole lines, in comments: what stands between them isn't for students.
PART = re.compile(
    rb"^.*\blecturers:start\b.*\n(?:.*\n)*?.*\blecturers:end\b.*\n", re.M
)
MARKS = (
    *(b"lecturers:start", b"lecturers:end"),
    *(b"BEGIN SOLUTION", b"BEGIN HIDDEN TESTS"),
)
WRITTEN = ".course-files"  # what the command has written, and its SHA-256


class Update(NamedTuple):
    """What has become of the files in a students' repository."""

    written: list
    removed: list
    kept: list  # as they were edited there


def write(folder, repository, tag=None, root=ROOT):
    """Write the students' repository, or what has changed since.

    Parameters: folder, a Path, new, empty or written by this function;
    repository, its "owner/name" on GitHub; tag, what its badges open (default:
    the course's own).
    Returns: an `Update`.
    Raises: NotebookError, and nothing was written, if one of them can't be, or
    if the course isn't ready to be published.
    """
    before = hashes(folder, root)
    with tempfile.TemporaryDirectory() as fresh:
        stage(Path(fresh), repository, tag, root)
        if stale := assignments.out_of_date(root):
            raise NotebookError(
                f"Out of date: {', '.join(stale)}. `make assignments` first"
            )
        return update(folder, Path(fresh), before)


def hashes(folder, root=ROOT):
    """Return {place: SHA-256} of what was written into a folder before.

    Raises NotebookError if the students' repository can't be there.
    """
    inside = root in (folder, *folder.parents)
    if inside or folder.exists() and not folder.is_dir():
        raise NotebookError(
            f"{folder}: OUT must be a folder outside of the course's own"
        )
    if not folder.exists() or {x.name for x in folder.iterdir()} <= {".git"}:
        return {}
    if not (folder / WRITTEN).exists():
        raise NotebookError(
            f"{folder}: has files in it that aren't a students' repository; "
            "name a new folder or an empty one"
        )
    text = (folder / WRITTEN).read_text(encoding="utf-8")
    lines = re.findall(r"^([0-9a-f]{64})  (.+)$", text, re.M)
    return {place: digest for digest, place in lines}


def stage(folder, repository, tag=None, root=ROOT):
    """Write all of the students' repository into an empty folder."""
    for place in published(root):
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(for_students(place, (root / place).read_bytes()))
    badges.stamp(repository, tag, folder)


def published(root=ROOT):
    """Return the places of the files that git knows and that go to students;
    one that has been deleted doesn't."""
    listed = _git(root, "ls-files", "-z", "--", *PUBLISHED).split("\0")
    return [place for place in listed if (root / place).is_file()]


def for_students(place, raw):
    """Return a file's content without the parts for lecturers.

    Raises NotebookError if something is left that isn't for students.
    """
    if PART.search(raw):
        raw = re.sub(rb"\n{3,}", b"\n\n", PART.sub(b"", raw))
    for mark in MARKS:
        if mark in raw:
            raise NotebookError(
                f"{place}: '{mark.decode()}' in it, so that something isn't "
                "for students, or a mark lacks its counterpart"
            )
    return raw


def update(folder, fresh, before):
    """Make a folder what `fresh` is; keep what isn't as it was written."""
    new = {
        path.relative_to(fresh).as_posix(): path.read_bytes()
        for path in fresh.rglob("*")
        if path.is_file()
    }
    done = Update([], [], [])
    for place in sorted(new | before):
        target, raw = folder / place, new.get(place)
        there = target.read_bytes() if target.exists() else None
        if there == raw:
            continue
        if there is not None and _digest(there) != before.get(place):
            done.kept.append(place)
        elif raw is None:
            target.unlink()
            done.removed.append(place)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(raw)
            done.written.append(place)
    after = {place: _digest(raw) for place, raw in new.items()}
    after |= {place: before[place] for place in done.kept if place in before}
    lines = [f"{after[place]}  {place}\n" for place in sorted(after)]
    (folder / WRITTEN).write_text("".join(lines), "utf-8", newline="\n")
    return done


def _digest(raw):
    return hashlib.sha256(raw).hexdigest()


def uncommitted(root=ROOT):
    """Yield what `git status` says of what goes to students, a line each."""
    status = _git(root, "status", "--porcelain", "--", *PUBLISHED)
    for state, place in re.findall(r"^(..) (.+)$", status, re.M):
        if state == "??":
            yield f"{place}: not copied, git doesn't know it (`git add`)"
        else:
            yield f"{place}: copied as it stands, not committed"


def _git(root, *arguments):
    try:
        return subprocess.run(
            ["git", "-C", root, *arguments],
            check=True,
            capture_output=True,
            encoding="utf-8",
        ).stdout
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip().splitlines()[0]
        raise NotebookError(
            f"git must say which files to take, and can't: {reason}"
        ) from None


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(prog="python -m tools.students")
    parser.add_argument("folder", type=Path)
    parser.add_argument("repository", metavar="owner/name")
    parser.add_argument("tag", nargs="?")
    given = parser.parse_args(arguments)
    folder = given.folder.expanduser().resolve()
    try:
        for line in uncommitted(root):
            print(line)
        done = write(folder, given.repository, given.tag, root)
    except (NotebookError, OSError) as error:
        sys.exit(str(error))
    for place in done.kept:
        print(f"{place}: kept as you have it; delete it to get the course's")
    course = badges.course(folder)
    print(
        f"{folder}: {len(done.written)} files written, "
        f"{len(done.removed)} removed. There: commit all, "
        f"`git tag {course.tag}`, push both to github.com/{course.repository}"
    )


if __name__ == "__main__":
    main()
