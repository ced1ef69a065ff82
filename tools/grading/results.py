"""The results of one class: a folder, and its gradebook."""

import contextlib
import hashlib
import json
import os
import platform
import re
import warnings
from datetime import UTC, datetime

import nbformat
from nbgrader.api import MissingEntry
from nbgrader.preprocessors import GetGrades, SaveAutoGrades
from nbgrader.utils import is_grade
from sqlalchemy import URL, make_url
from sqlalchemy.exc import SAWarning

from tools.grading.recognise import grade_id
from tools.notebooks.files import ROOT, NotebookError
from utils import data

# The rooms that decide about points.
GRADER = "read", "recognise", "repair", "run", "sandbox", "kernel"
# What Formgrader reads when it is started in the folder with the results.
CONFIG = """\
c = get_config()  # noqa: F821
c.CourseDirectory.root = "."
c.CourseDirectory.db_url = {db_url!r}
"""


def place(folder, name):
    """Return the Path of the results of a class, beside what it sent.

    Characters that mean something to a database's address or to nbgrader's
    searches are left out; then a few digits keep two classes apart.
    """
    own = re.sub(r"[^\w .()-]", "_", folder.name)
    if own != folder.name:
        own += "-" + hashlib.sha256(os.fsencode(folder.name)).hexdigest()[:6]
    return folder.resolve().parent / f"{own}-{name}-graded"


def sqlite_url(path):
    """Return the address of an SQLite file, whatever the path holds."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def make_folder(into):
    """Make the folder for the results; tell if it is new.

    Raises: NotebookError if it can't be written.
    """
    new = not into.exists()
    try:
        into.mkdir(exist_ok=True)
        (into / ".try").touch()
        (into / ".try").unlink()
    except OSError as error:
        raise NotebookError(
            f"can't write the results to {into} ({error.strerror}): copy the "
            "class to a folder of yours and grade it there"
        ) from None
    return new


def fingerprint(release, seconds, root=ROOT):
    """Return what changes when a class has to be graded again: the tests,
    the checks and the grader, the time limit, the data, Python.

    Parameters: release, a `Release`; seconds, the limit; root, the course.
    """
    digest = hashlib.sha256(nbformat.writes(release.graded).encode())
    digest.update(f"{seconds} {platform.python_version()}".encode())
    files = [ROOT / "tools" / "grading" / f"{name}.py" for name in GRADER]
    files += (ROOT / "utils").glob("*.py")
    for kind in "assignments", "solutions":
        files += (root / "notebooks" / kind / release.name).rglob("*.py")
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    text = nbformat.writes(release.graded).replace("_", "")
    for name in data.REGISTRY:
        if name.replace("-", "") in text:
            digest.update(f"{name} {data.is_stored(name)}".encode())
    return digest.hexdigest()


class ResultStore:
    """A class's results, and its open gradebook.

    results/STUDENT.json, written whole or not at all, says that a submission
    was graded; the gradebook is brought up to it. Everything else is made
    from these two at the end of each run.
    """

    def __init__(self, folder, release, gradebook, fingerprint):
        self.folder, self.release = folder, release
        self.gradebook, self.fingerprint = gradebook, fingerprint

    def write(self, place, text, encoding="utf-8"):
        """Write a file of the results, whole or not at all.

        Raises: ValueError for a place outside of the results.
        """
        path = self.folder / place
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise ValueError(f"{place} is not among the results")
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(path.name + "~")
        unfinished.write_bytes(text.encode(encoding, "replace"))
        os.replace(unfinished, path)

    def find(self, submission):
        """Return the result of a submission graded before, or None."""
        path = self.folder / "results" / f"{submission.student}.json"
        with contextlib.suppress(OSError, ValueError, KeyError):
            result = json.loads(path.read_text("utf-8"))
            if result["key"] == self._key(submission):
                return result
        return None

    def keep(self, submission, result):
        """Store the result of a submission just graded."""
        result["key"] = self._key(submission)
        result["when"] = datetime.now(UTC).replace(tzinfo=None).isoformat()
        self.write(f"results/{submission.student}.json", json.dumps(result))

    def _key(self, submission):
        """Return what changes when a submission has to be graded again."""
        said = "\n".join([*submission.notes, *submission.review])
        digest = hashlib.sha256(f"{self.fingerprint}\n{said}\n".encode())
        digest.update(submission.content)
        return digest.hexdigest()

    def book(self, student, result):
        """Write a result into the gradebook, unless it stands there.

        Points given by hand stay; where the answer has changed they are
        marked to be looked at again.
        """
        name, when = self.release.name, datetime.fromisoformat(result["when"])
        with contextlib.suppress(MissingEntry):
            if self.gradebook.find_submission(name, student).timestamp == when:
                return
        nb = nbformat.from_dict(result["graded"])
        place = f"autograded/{student}/{name}/{self.release.notebook}.ipynb"
        settled = self._settled(student, nb, self.folder / place)
        self.gradebook.update_or_create_student(student)
        with warnings.catch_warnings():  # nbgrader's own
            warnings.simplefilter("ignore", SAWarning)
            self.gradebook.update_or_create_submission(name, student)
        self._apply(SaveAutoGrades(), nb, student)
        for grade in self._grades(student):
            if grade.name in settled:
                grade.needs_manual_grade = False
        self.write(place, nbformat.writes(nb))
        self.gradebook.update_or_create_submission(
            name, student, timestamp=when
        )

    def _settled(self, student, nb, before):
        """Return the names of the cells that a person has graded and that
        are in a notebook as they were before."""
        try:
            graded = {
                grade.name
                for grade in self._grades(student)
                if grade.manual_score is not None
                and not grade.needs_manual_grade
            }
            old, new = (
                {grade_id(cell): cell.source for cell in one.cells}
                for one in (nbformat.read(before, 4), nb)
            )
        except (MissingEntry, OSError, ValueError):
            return set()
        return {name for name in graded if old.get(name) == new.get(name)}

    def _grades(self, student):
        return self.gradebook.find_submission_notebook(
            self.release.notebook, self.release.name, student
        ).grades

    def show_formgrader(self, db_url):
        """Leave what Formgrader needs to list this assignment; no password
        is written."""
        (self.folder / "source" / self.release.name).mkdir(
            parents=True, exist_ok=True
        )
        url = make_url(db_url).set(password=None).render_as_string()
        self.write("nbgrader_config.py", CONFIG.format(db_url=url))

    def fill_in(self, nb, student):
        """Put the gradebook's points and comments into a notebook's cells."""
        self._apply(GetGrades(), nb, student)

    def _apply(self, preprocessor, nb, student):
        """Apply one of nbgrader's preprocessors through the open gradebook."""
        preprocessor.gradebook = self.gradebook
        preprocessor.student_id = student
        preprocessor.assignment_id = self.release.name
        preprocessor.notebook_id = self.release.notebook
        for i, cell in enumerate(nb.cells):
            preprocessor.preprocess_cell(cell, {}, i)

    def points(self):
        """Return the points of each graded cell by its grade_id."""
        return {
            cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
            for cell in self.release.graded.cells
            if is_grade(cell)
        }

    def row(self, submission, result):
        """Return what is told of a student, as a dict.

        Its keys are the columns of grades.csv; "review" and "errors", lists
        of remarks for review.md; and "by hand", the cells that a person has
        to grade.
        """
        row = {
            "student": submission.student,
            "name": submission.name,
            "id": submission.id,
            "total": 0,
            "max": _number(sum(self.points().values())),
            "status": "not graded",
            "remarks": submission.review,
            "review": submission.review,
            "errors": [],
            "by hand": [],
        }
        if result is None:
            return row
        grades = self._grades(submission.student)
        row |= {
            grade.name: ""  # nobody has given any points yet
            if grade.needs_manual_grade and grade.manual_score is None
            else _number(grade.score)
            for grade in grades
        }
        row["total"] = _number(sum(grade.score for grade in grades))
        by_hand = sorted(g.name for g in grades if g.needs_manual_grade)
        return row | {
            "status": "grade by hand" if by_hand else "graded",
            "remarks": result["review"] + result["notes"],
            "review": result["review"],
            "errors": result["errors"],
            "by hand": by_hand,
        }


def _number(points):
    return int(points) if points == int(points) else round(points, 2)
