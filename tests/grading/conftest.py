"""The course with the small assignment, and its class, graded once."""

import copy
import functools

import nbformat
import nbgrader.api
import pytest
from kinds import class_files
from sample_class import NAME, SECONDS, save, source_notebook

from tools import assignments
from tools.grading import run
from tools.grading.grade import grade_class


@pytest.fixture(scope="session", autouse=True)
def _ask_alembic_once():
    """nbgrader starts a program for each new gradebook; once is enough."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(nbgrader.api.get_alembic_version)
        patch.setattr(nbgrader.api, "get_alembic_version", once)
        yield


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A course with one assignment, and few seconds for a cell."""
    root = tmp_path_factory.mktemp("course")
    folder = root / "notebooks" / "solutions" / "a01"
    folder.mkdir(parents=True)
    nbformat.write(source_notebook(), folder / f"{NAME}.ipynb")
    (root / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.Execute.timeout = {SECONDS}\n"
    )
    assignments.write(root)
    return root


@pytest.fixture(scope="session")
def released(course):
    path = course / "notebooks" / "assignments" / "a01" / f"{NAME}.ipynb"
    return nbformat.read(path, 4)


@pytest.fixture(scope="session")
def graded(course, released, tmp_path_factory):
    """The folder with the results of the class."""
    folder = tmp_path_factory.mktemp("class") / "sent"
    save(folder, class_files(released))
    return grade_class(folder, jobs=2, root=course)


known = {}  # what is graded: its result


@pytest.fixture
def grade_once(monkeypatch):
    """Run what is graded with jobs=1 once in a session: for tests that ask
    what becomes of a result."""

    def grade(release, submission, seconds):
        key = submission.content, seconds, nbformat.writes(release.graded)
        key += (repr((submission.notes, submission.review)),)
        if key not in known:
            known[key] = run.grade(release, submission, seconds)[1]
        return submission.student, copy.deepcopy(known[key])

    monkeypatch.setattr("tools.grading.grade.grade", grade)
