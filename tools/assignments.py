"""The students' assignments, generated from the instructors' notebooks.

Commands:
    python -m tools.assignments          write notebooks/assignments/
    python -m tools.assignments --check  name what is out of date
"""

import argparse
import json
import logging.handlers
import os
import shutil
import sys
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

from tools.notebooks import files
from tools.notebooks.files import ROOT, NotebookError

# nbgrader calls `alembic`, which stands beside this Python.
os.environ["PATH"] += os.pathsep + str(Path(sys.executable).parent)


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
    """Return the names of the assignments ("a01", ...), sorted."""
    folder = root / "notebooks" / "solutions"
    return sorted(path.name for path in folder.glob("a[0-9][0-9]"))


def release(name, root=ROOT, db_url=None, into=None):
    """Make the students' version of one assignment with nbgrader.

    Parameters: name, such as "a01"; root, the folder of the course; db_url,
    the gradebook that learns of the assignment (default: none that stays);
    into, a folder that receives the assignment's files (default: none).
    Returns: a `Release`.
    Raises: NotebookError if the assignment has no source or more than one,
    or nbgrader can't read it.
    """
    folder = root / "notebooks" / "solutions" / name
    sources = sorted(folder.glob("*.ipynb"))
    if len(sources) != 1:
        raise NotebookError(
            f"{folder}: expected one notebook, found {len(sources)}; "
            f"assignments are: {', '.join(names(root)) or 'none'}"
        )
    with tempfile.TemporaryDirectory() as temporary:
        course = Path(temporary)
        db_url = db_url or f"sqlite:///{course / 'gradebook.db'}"
        shutil.copytree(folder, course / "source" / name)
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


def _with_hidden_tests(released, notebook, name, db_url):
    """Return the notebook with its locked cells as the gradebook has them."""
    graded = nbformat.from_dict(json.loads(json.dumps(released)))
    with Gradebook(db_url) as gradebook:
        cells = gradebook.find_notebook(notebook, name).source_cells
        source = {cell.name: cell.source for cell in cells if cell.locked}
    for cell in graded.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = source.get(grade_id, cell.source)
    return graded


def out_of_date(root=ROOT):
    """Return the names of the assignments that `write` would change."""
    with tempfile.TemporaryDirectory() as fresh:
        return _generate_all(root, Path(fresh))


def write(root=ROOT):
    """Write the students' version of every assignment.

    What is under notebooks/assignments/ without a source is removed.
    Returns: the names of the assignments that changed.
    """
    target = root / "notebooks" / "assignments"
    with tempfile.TemporaryDirectory() as fresh:
        changed = _generate_all(root, Path(fresh))
        for name in changed:
            shutil.rmtree(target / name, ignore_errors=True)
            if (Path(fresh) / name).exists():
                shutil.copytree(Path(fresh) / name, target / name)
    return changed


def _generate_all(root, fresh):
    """Generate all assignments into `fresh`; return those that differ."""
    target = root / "notebooks" / "assignments"
    there = {path.name for path in target.glob("a[0-9][0-9]")}
    for name in names(root):
        release(
            name, root, f"sqlite:///{fresh / 'gradebook.db'}", fresh / name
        )
    return sorted(
        name
        for name in there | set(names(root))
        if _files(fresh / name) != _files(target / name)
    )


def _files(folder):
    """Return the content of each file under `folder`, by its place there."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tools.assignments")
    parser.add_argument(
        "--check", action="store_true", help="only name what is out of date"
    )
    check = parser.parse_args(arguments).check
    try:
        changed = out_of_date() if check else write()
    except NotebookError as error:
        sys.exit(str(error))
    if check and changed:
        sys.exit(f"Out of date: {', '.join(changed)}. Run `make assignments`.")
    print(f"Wrote: {', '.join(changed)}" if changed else "Up to date.")


if __name__ == "__main__":
    main()
