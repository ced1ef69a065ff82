"""The students' assignments, generated from the instructors' notebooks.

Commands:
    python -m tools.assignments          write notebooks/assignments/
    python -m tools.assignments --check  name what is out of date
"""

import argparse
import contextlib
import importlib
import json
import logging.handlers
import os
import re
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.converters.generate_assignment import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ComputeChecksums
from traitlets.config import PyFileConfigLoader
from traitlets.log import get_logger

from tools import mistakes
from tools.notebooks import files
from tools.notebooks.files import ROOT, NotebookError
from utils import mistakes as known

SOLUTIONS = Path("notebooks", "solutions")
STUDENTS = Path("notebooks", "assignments")
MARK = re.compile(r"^[ \t]*(#+ *(?:BEGIN|END)\b.*?)\s*$", re.I | re.M)
MARKS = [
    (f"### BEGIN {what}", f"### END {what}")
    for what in ("SOLUTION", "HIDDEN TESTS")
]
CHECKS, TABLE = "checks.py", "mistakes.json"  # beside students' notebooks
VERSION = 'check.version("")'  # in an instructors' notebook
# What lies beside a solution and isn't for students.
INSTRUCTORS = shutil.ignore_patterns("mistakes.py", "__pycache__", ".*")


class Release(NamedTuple):
    """One assignment as students get it and as it is graded."""

    name: str  # "a01"
    notebook: str  # "a01_linear_classifiers", the file's name
    released: nbformat.NotebookNode  # without solutions and hidden tests
    graded: nbformat.NotebookNode  # without solutions, with hidden tests


def settings(root=ROOT):
    """Return nbgrader_config.py as a traitlets Config."""
    return PyFileConfigLoader("nbgrader_config.py", str(root)).load_config()


def names(root=ROOT):
    """Return the names of the assignments that have a source ("a01", ...),
    sorted."""
    notebooks = (root / SOLUTIONS).glob("a[0-9][0-9]/*.ipynb")
    return sorted({path.parent.name for path in notebooks})


@contextlib.contextmanager
def gradebook(db_url):
    """Open nbgrader's gradebook at `db_url`, made if it isn't there.

    nbgrader then calls `alembic`, which stands beside this Python.
    """
    with _scripts_on_path():
        book = Gradebook(db_url)
    with book:
        yield book


@contextlib.contextmanager
def _scripts_on_path():
    before = os.environ.get("PATH", os.defpath)
    scripts = sysconfig.get_path("scripts")
    os.environ["PATH"] = os.pathsep.join([scripts, before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def release(name, root=ROOT, db_url=None, into=None):
    """Make the students' version of one assignment with nbgrader.

    Parameters: name, such as "a01"; root, the folder of the course; db_url,
    the gradebook that learns of the assignment (default: none that stays);
    into, a folder that receives the assignment's files (default: none).
    Returns: a `Release`.
    Raises: NotebookError if the assignment has no source or more than one,
    nbgrader can't read it, or a mark of a solution or test stands alone.
    """
    folder = root / SOLUTIONS / name
    sources = sorted(folder.glob("*.ipynb"))
    if len(sources) != 1:
        raise NotebookError(
            f"{folder}: expected one notebook, found {len(sources)}; "
            f"assignments are: {', '.join(names(root)) or 'none'}"
        )
    _refuse_loose_marks(name, files.read(sources[0]))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        course = Path(temporary)
        db_url = db_url or f"sqlite:///{course / 'gradebook.db'}"
        source = course / "source" / name
        shutil.copytree(folder, source, ignore=INSTRUCTORS)
        _stamp(source / sources[0].name, _version(name, root))
        _generate(name, course, root, db_url)
        path = course / "release" / name / sources[0].name
        released = files.normalise(files.read(path))
        released, _ = ComputeChecksums().preprocess(released, {})
        files.write(path, released)
        if into is not None:
            shutil.copytree(path.parent, into)
        graded = _with_hidden_tests(released, path.stem, name, db_url)
    return Release(name, path.stem, released, graded)


def _generate(name, course, root, db_url):
    """Run nbgrader's generate_assignment on `course`/source/`name`."""
    log, said = get_logger(), logging.handlers.BufferingHandler(1000)
    log.handlers, before = [said], log.handlers
    coursedir = CourseDirectory(
        root=str(course),
        source_directory="source",
        release_directory="release",
        assignment_id=name,
        course_id="default_course",  # the Gradebook's; PostgreSQL wants one
        db_url=db_url,
    )
    try:
        with _scripts_on_path():
            GenerateAssignment(coursedir, config=settings(root)).start()
    except NbGraderException as error:
        lines = [record.getMessage().strip() for record in said.buffer]
        reasons = [li for li in lines if li.startswith("Traceback")] or [error]
        raise NotebookError(
            f"{name}: nbgrader can't make the assignment: "
            + str(reasons[0]).splitlines()[-1]
        ) from None
    finally:
        log.handlers = before


def _refuse_loose_marks(name, nb):
    """Stop if a mark of a solution or hidden test lacks its counterpart or
    is misspelt: nbgrader then shows to students what should be hidden, or
    removes too much."""
    for index, cell in enumerate(nb.cells):
        marks = MARK.findall(cell.source)
        pairs = zip(marks[::2], marks[1::2])
        if len(marks) % 2 or not all(pair in MARKS for pair in pairs):
            raise NotebookError(
                f"{name}, cell {index}: {', '.join(marks)}: each '### BEGIN "
                "SOLUTION' or '### BEGIN HIDDEN TESTS' needs its '### END …'"
            )


def _with_hidden_tests(released, notebook, name, db_url):
    """Return the notebook with its locked cells as the gradebook has them."""
    graded = nbformat.from_dict(json.loads(json.dumps(released)))
    with gradebook(db_url) as book:
        cells = book.find_notebook(notebook, name).source_cells
        source = {cell.name: cell.source for cell in cells if cell.locked}
    for cell in graded.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = source.get(grade_id, cell.source)
    return graded


def _version(name, root):
    """Return what a students' notebook and its table of mistakes share; ""
    for an assignment without checks.py."""
    folder, checks = root / SOLUTIONS / name, root / STUDENTS / name / CHECKS
    sources = checks, folder / "mistakes.py"
    if not checks.exists():
        return ""
    if not sources[1].exists():
        raise NotebookError(f"{name}: {CHECKS} needs a {sources[1]}")
    (path,) = folder.glob("*.ipynb")
    return mistakes.version(files.read(path), *sources)


def _stamp(path, version):
    """Write the version into a copy of an instructors' notebook."""
    nb = files.read(path)
    for cell in nb.cells:
        new = VERSION.replace('""', f'"{version}"')
        cell.source = cell.source.replace(VERSION, new)
    files.write(path, nb)


def write_table(name, folder, root=ROOT):
    """Write the table of an assignment's mistakes beside its checks.

    Parameters: name; folder, where its students' notebook lies; root.
    Raises: NotebookError, see `mistakes.table`.
    """
    (path,) = (root / SOLUTIONS / name).glob("*.ipynb")
    solution = files.read(path)
    checks = importlib.import_module(f"notebooks.assignments.{name}.checks")
    answers = mistakes.bank(path.with_name("mistakes.py"))
    table, checks.check.mistakes = checks.check.mistakes, None
    try:
        released = files.read(folder / path.name)
        entries = mistakes.table(answers, released, mistakes.solved(solution))
    except NotebookError as error:
        raise NotebookError(f"{name}: {error}") from None
    finally:
        checks.check.mistakes = table
    text = mistakes.to_text(_version(name, root), entries)
    (folder / TABLE).write_text(text, encoding="utf-8", newline="\n")


def out_of_date(root=ROOT):
    """Return the names of the assignments that `write` would change."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as fresh:
        return _generate_all(root, Path(fresh))


def write(root=ROOT):
    """Write the students' version of every assignment that has a source.

    Nothing else changes under notebooks/assignments/.
    Returns: the names of the assignments that changed.
    Raises: NotebookError as `release`, or if a notebook that would be
    overwritten has been run, so that it may hold somebody's answers. Then
    nothing was written.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as fresh:
        changed = _generate_all(root, Path(fresh))
        for name in changed:
            for path in (Path(fresh) / name).glob("*.ipynb"):
                _refuse_if_run(root / STUDENTS / name / path.name)
            if _version(name, root):
                write_table(name, Path(fresh) / name, root)
        for name in changed:
            target = root / STUDENTS / name
            shutil.copytree(Path(fresh) / name, target, dirs_exist_ok=True)
    return changed


def without_source(root=ROOT):
    """Return what stands under notebooks/assignments/ and isn't made from
    notebooks/solutions/, as sorted paths."""
    found = _files(root / STUDENTS)
    here = [path for path in found if not _source(path, root).exists()]
    return sorted(root / STUDENTS / path for path in here)


def _source(path, root):
    """Return what a file of the students' is made from, or comes with."""
    made_from = {CHECKS: "mistakes.py", TABLE: "mistakes.py"}
    own = path.with_name(made_from.get(path.name, path.name))
    return root / SOLUTIONS / own


def _generate_all(root, fresh):
    """Generate all assignments into `fresh`; return those that differ."""
    db_url = f"sqlite:///{fresh / 'gradebook.db'}"
    changed = []
    for name in names(root):
        release(name, root, db_url, fresh / name)
        there = _files(root / STUDENTS / name)
        version, _ = known.read(root / STUDENTS / name / TABLE)
        if version != _version(name, root):
            changed.append(name)
        elif not _files(fresh / name).items() <= there.items():
            changed.append(name)
    return changed


def _files(folder):
    """Return the content of each file under `folder`, by its place there;
    hidden files and Python's caches don't count."""
    found = {}
    for path in folder.rglob("*"):
        place = path.relative_to(folder)
        hidden = any(x[0] == "." or x == "__pycache__" for x in place.parts)
        if path.is_file() and not hidden:
            found[place] = path.read_bytes()
    return found


def _refuse_if_run(path):
    try:
        cells = files.read(path).cells
    except NotebookError:  # there is none, or none that can be read
        return
    if any(cell.get("execution_count") for cell in cells):
        raise NotebookError(
            f"{path}: has been run and may hold somebody's answers; move it "
            "away or `git restore` it, then `make assignments` again"
        )


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(prog="python -m tools.assignments")
    parser.add_argument(
        "--check", action="store_true", help="only name what is out of date"
    )
    check = parser.parse_args(arguments).check
    try:
        changed = out_of_date(root) if check else write(root)
    except NotebookError as error:
        sys.exit(str(error))
    lines = [
        f"{path.relative_to(root).as_posix()}: kept, but no solution makes "
        "it; delete it by hand if it is left over"
        for path in without_source(root)
    ]
    if check and changed:
        lines.append(f"Out of date: {', '.join(changed)}. `make assignments`")
    if check and lines:
        sys.exit("\n".join(lines))
    done = f"Wrote: {', '.join(changed)}" if changed else "Up to date."
    print(*lines, done, sep="\n")


if __name__ == "__main__":
    main()
