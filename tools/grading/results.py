"""Grade a class.

    python -m tools.grading SUBMITTED --jobs 2

SUBMITTED is a folder (or zip) with what students sent. Beside it appears
SUBMITTED-a01-graded with grades.csv, review.md, feedback/STUDENT.html, and
the gradebook for what a person grades. Stop it whenever you like: the same
command goes on where it was, and grades again only what has changed. Run it
again after grading by hand, too: it renews grades.csv and the feedback.
"""

import argparse
import contextlib
import csv
import hashlib
import html
import io
import json
import os
import re
import sys
import warnings
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import joblib
import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import GetGrades, SaveAutoGrades
from nbgrader.utils import is_grade
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from tools import assignments
from tools.grading import read as submissions
from tools.grading import run as worker
from tools.notebooks.files import ROOT, NotebookError

VERSION = "1"  # another one grades everybody again


# The results of one class


class Results:
    """The folder with a class's results, and its open gradebook.

    results/STUDENT.json, written whole or not at all, says that a submission
    was graded; the gradebook is brought up to it. Everything else is made
    from these two at the end of each run.
    """

    def __init__(self, folder, release, gradebook):
        self.folder, self.release = folder, release
        self.gradebook = gradebook

    def find(self, submission):
        """Return the result of a submission graded before, or None."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            result = json.loads(self._path(submission).read_text("utf-8"))
            if result["key"] == self._key(submission):
                return result
        return None

    def keep(self, submission, result):
        """Store the result of a submission just graded."""
        result["key"] = self._key(submission)
        result["when"] = datetime.now(UTC).replace(tzinfo=None).isoformat()
        _write(self._path(submission), json.dumps(result))

    def _path(self, submission):
        return self.folder / "results" / f"{submission.student}.json"

    def _key(self, submission):
        """Return what changes when a submission has to be graded again."""
        what = VERSION, nbformat.writes(self.release.graded)
        digest = hashlib.sha256("".join(what).encode())
        digest.update(submission.content)
        return digest.hexdigest()

    def book(self, student, result):
        """Write a result into the gradebook, unless it stands there.

        Points given by hand stay, marked to be looked at again.
        """
        name, when = self.release.name, datetime.fromisoformat(result["when"])
        with contextlib.suppress(MissingEntry):
            if self.gradebook.find_submission(name, student).timestamp == when:
                return
        self.gradebook.update_or_create_student(student)
        with warnings.catch_warnings():  # nbgrader's own
            warnings.simplefilter("ignore", SAWarning)
            self.gradebook.update_or_create_submission(name, student)
        nb = nbformat.from_dict(result["graded"])
        self._apply(SaveAutoGrades(), nb, student)
        place = self.folder / "autograded" / student / name
        _write(place / f"{self.release.notebook}.ipynb", nbformat.writes(nb))
        self.gradebook.update_or_create_submission(
            name, student, timestamp=when
        )

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
        """Return a student's line of grades.csv, and "review", as a dict."""
        student, most = (
            submission.student,
            _number(sum(self.points().values())),
        )
        row = {"student": student, "total": 0, "max": most}
        if result is None:
            row |= {"status": "not graded", "remarks": submission.review}
            return row | {"review": submission.review}
        grades = self.gradebook.find_submission_notebook(
            self.release.notebook, self.release.name, student
        ).grades
        row |= {grade.name: _number(grade.score) for grade in grades}
        row["total"] = _number(sum(grade.score for grade in grades))
        by_hand = sorted(g.name for g in grades if g.needs_manual_grade)
        row["status"] = "grade by hand" if by_hand else "graded"
        row["remarks"] = result["review"] + result["notes"]
        by_hand = [f"grade {name} by hand" for name in by_hand]
        return row | {"review": result["review"] + by_hand}


def _number(points):
    return int(points) if points == int(points) else round(points, 2)


def _write(path, text):
    """Write a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + "~")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)


# What the lecturer and the students read


def _write_grades(results, rows):
    """Write grades.csv: points for each graded cell, total, status."""
    table = io.StringIO()
    head = ["student", *results.points(), "total", "max", "status", "remarks"]
    writer = csv.DictWriter(table, head, extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow(row | {"remarks": "; ".join(row["remarks"])})
    _write(results.folder / "grades.csv", table.getvalue())


def _write_review(results, rows):
    """Write review.md: whom a human should look at, and why."""
    lines = [f"# {results.release.name}: to be looked at by a human", ""]
    for row in rows:
        if row["review"]:
            lines.append(f"- **{row['student']}** ({row['status']})")
            lines += [f"  - {reason}" for reason in row["review"]]
    _write(results.folder / "review.md", "\n".join(lines) + "\n")


def _write_feedback(results, graded, rows, parallel):
    """Write the page of each student."""
    notebooks = []
    for (submission, result), row in zip(graded, rows, strict=True):
        nb = nbformat.v4.new_notebook()
        if result is not None:
            nb = _for_the_student(result["shown"], results.release)
            results.fill_in(nb, submission.student)
        title = f"# {results.release.name}, {row['student']}: {row['status']}"
        remarks = [f"- {remark}" for remark in row["remarks"]]
        text = html.escape("\n".join([title, "", *remarks]))
        nb.cells.insert(0, nbformat.v4.new_markdown_cell(text))
        notebooks.append(nb)
    pages = parallel(
        joblib.delayed(worker.page)(
            row["student"],
            nb,
            results.release.notebook,
            row["total"],
            row["max"],
        )
        for nb, row in zip(notebooks, rows, strict=True)
    )
    for student, text in pages:
        _write(results.folder / "feedback" / f"{student}.html", text)


def _for_the_student(nb, release):
    """Return the answers, the tests and the student's own cells.

    Text by the student has no HTML that could run.
    """
    nb = nbformat.from_dict(nb)
    ours = {cell.source for cell in release.released.cells}
    nb.cells = [
        cell
        for cell in nb.cells
        if "nbgrader" in cell.metadata or cell.source not in ours
    ]
    for cell in nb.cells:
        if cell.cell_type == "markdown" and cell.source not in ours:
            cell.source = re.sub(r"<(?=[a-zA-Z/!?])", "&lt;", cell.source)
    return nb


def grade_class(folder, jobs, name=None, dask=None, db_url=None, root=ROOT):
    """Grade what a class sent; go on where an earlier run was stopped.

    Parameters: folder, a Path to a folder or zip; jobs, processes here; name,
    of the assignment (default: the one that the files are called after);
    dask, the address of a Dask scheduler whose workers do it instead;
    db_url, of the gradebook (default: SQLite beside the results); root, the
    folder of the course.
    Returns: the Path of the folder with the results.
    Raises: NotebookError with one line that says what is wrong.
    """
    if not folder.exists():
        raise NotebookError(f"{folder}: no such folder or zip")
    try:
        places = [str(place) for place, _ in submissions.files(folder)]
    except zipfile.BadZipFile:
        raise NotebookError(f"{folder}: not a zip that can be read") from None
    if not places:
        raise NotebookError(f"{folder}: there is nothing in it")
    name = name or _guess_assignment(places, assignments.names(root))
    into = folder.resolve().parent / f"{folder.stem}-{name}-graded"
    into.mkdir(exist_ok=True)
    db_url = db_url or f"sqlite:///{into / 'gradebook.db'}"
    timeout = assignments.settings(root).Execute.timeout
    try:
        with Gradebook(db_url) as gradebook, _workers(jobs, dask) as parallel:
            release = assignments.release(name, root, db_url)
            found = submissions.collect(
                folder, release, assignments.names(root)
            )
            results = Results(into, release, gradebook)
            graded = _grade_all(found, results, timeout, parallel)
            rows = [results.row(*pair) for pair in graded]
            _write_grades(results, rows)
            _write_review(results, rows)
            _write_feedback(results, graded, rows, parallel)
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        raise NotebookError(f"the gradebook can't be used: {reason}") from None
    _say_what_was_prevented(graded)
    return into


def _guess_assignment(places, names):
    """Return the assignment that most of the files are called after."""
    places = " ".join(places)
    count = {n: len(re.findall(rf"(?<![^\W_]){n}", places)) for n in names}
    if not any(count.values()) and len(names) != 1:
        raise NotebookError(
            "no file is called after an assignment; say which it is: "
            f"--assignment {' or '.join(names)}"
        )
    return max(names, key=count.get)


def _grade_all(found, results, timeout, parallel):
    """Return a list of (submission, result or None), all in the gradebook."""
    by_student = {s.student: s for s in found}
    readable = [s for s in found if s.cells is not None]
    result_of = {s.student: results.find(s) for s in readable}
    waiting = [s for s in readable if result_of[s.student] is None]
    print(
        f"{len(found)} students, {len(readable) - len(waiting)} graded "
        f"before, {len(waiting)} to grade"
    )
    for student, result in result_of.items():
        if result is not None:
            results.book(student, result)
    runs = parallel(
        joblib.delayed(worker.grade)(results.release, submission, timeout)
        for submission in waiting
    )
    for i, (student, result) in enumerate(runs, 1):
        print(f"[{i}/{len(waiting)}] {student}", flush=True)
        submission = by_student[student]
        if "failed" in result:
            submission.review.append(f"grading failed, {result['failed']}")
        else:
            results.keep(submission, result)
            results.book(student, result)
            result_of[student] = result
    return [(s, result_of.get(s.student)) for s in found]


@contextlib.contextmanager
def _workers(jobs, dask):
    """Give a joblib.Parallel over local processes or a Dask cluster."""
    if not dask:
        yield joblib.Parallel(jobs, return_as="generator_unordered")
        return
    try:
        from distributed import Client

        client = Client(dask, timeout=5)
    except (ImportError, OSError, ValueError) as error:
        raise NotebookError(
            f"no Dask at {dask} ({type(error).__name__}): start `dask "
            "scheduler` and `dask worker`, or grade without --dask"
        ) from None
    with client, joblib.parallel_config("dask"):
        yield joblib.Parallel(return_as="generator_unordered")


def _say_what_was_prevented(graded):
    """Print how far the kernels were shut in."""
    said = {
        "bwrap": "no network, no files but Python, utils and the data sets",
        "unshare": "no network; files of yours could be read "
        "(install bubblewrap)",
        "": "NETWORK AND FILES WERE OPEN: on Linux install bubblewrap, or "
        "grade in a container",
    }
    for box in sorted({result["box"] for _, result in graded if result}):
        print(f"Students' code ran with {said[box]}.")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tools.grading")
    parser.add_argument("submitted", type=Path, help="folder or zip")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--assignment", help="such as a01")
    parser.add_argument("--dask", help="scheduler, tcp://host:8786")
    parser.add_argument("--db", help="gradebook, postgresql+psycopg://...")
    given = parser.parse_args(arguments)
    try:
        into = grade_class(
            given.submitted, given.jobs, given.assignment, given.dask, given.db
        )
    except NotebookError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on from here.")
    print(f"See {into}/grades.csv, review.md and feedback/.")
