"""The order of work: collect, read, repair and run, results, reports."""

import argparse
import contextlib
import os
import shutil
import sys
from pathlib import Path

import joblib
from sqlalchemy.exc import SQLAlchemyError

from tools import assignments
from tools.grading import overview, reports, results
from tools.grading.collect import collect, guess_assignment
from tools.grading.read import read
from tools.grading.run import grade
from tools.notebooks.files import ROOT, NotebookError
from utils.data import DataError


def grade_class(
    folder, jobs, name=None, dask=None, db_url=None, platform=None, root=ROOT
):
    """Grade what a class sent; go on where an earlier run was stopped.

    Parameters: folder, a Path to a folder or zip; jobs, processes here; name,
    of the assignment (default: the one that the files are called after);
    dask, the address of a Dask scheduler whose workers do it instead;
    db_url, of the gradebook (default: SQLite beside the results); platform,
    "canvas" or "moodle", for a file that it imports; root, the folder of the
    course.
    Returns: the Path of the folder with the results.
    Raises: NotebookError with one line that says what is wrong.
    """
    settings = assignments.settings(root)
    known = assignments.names(root)
    stems = [path.stem for name in known for path in _sources(root, name)]
    pattern = settings.Collect.get("pattern")
    students = collect(folder, known + stems, pattern)
    name = name or guess_assignment(students, known)
    if name not in known:
        raise NotebookError(
            f"no assignment {name}: there are {', '.join(known)}"
        )
    into = results.place(folder, name)
    new = results.make_folder(into)
    url = db_url or results.sqlite_url(into / "gradebook.db")
    try:
        with (
            assignments.gradebook(url) as gradebook,
            _workers(jobs, dask) as parallel,
        ):
            release = assignments.release(name, root, url)
            seconds = settings.Execute.timeout
            store = results.ResultStore(
                into,
                release,
                gradebook,
                results.fingerprint(release, seconds, root),
            )
            store.show_formgrader(db_url or "sqlite:///gradebook.db")
            found = [read(student, release) for student in students]
            graded = _grade_all(found, store, seconds, parallel)
            rows = [store.row(*pair) for pair in graded]
            reports.write_grades(store, rows)
            reports.write_review(store, rows)
            if platform:
                left = reports.write_for_platform(store, rows, platform)
                _say_who_is_left_out(left, platform)
            overview.write_overview(store, graded, rows)
            reports.write_feedback(store, graded, rows, parallel)
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        raise NotebookError(f"the gradebook can't be used: {reason}") from None
    except DataError as error:
        raise NotebookError(str(error)) from None
    except OSError as error:
        raise NotebookError(
            f"can't write {error.filename or into} ({error.strerror}): mend "
            "that; the same command goes on from here"
        ) from None
    finally:
        if new and not (into / "results").exists() and sys.exc_info()[0]:
            shutil.rmtree(into)  # it never came to grading
    _say_what_was_prevented(graded)
    return into


def _sources(root, name):
    return (root / "notebooks" / "solutions" / name).glob("*.ipynb")


def _grade_all(found, store, seconds, parallel):
    """Return a list of (submission, result or None), all in the gradebook."""
    by_student = {s.student: s for s in found}
    readable = [s for s in found if s.cells is not None]
    result_of = {s.student: store.find(s) for s in readable}
    waiting = [s for s in readable if result_of[s.student] is None]
    print(
        f"{len(found)} students: {len(readable) - len(waiting)} graded "
        f"before, {len(waiting)} to grade, {len(found) - len(readable)} sent "
        "nothing that can be graded",
        flush=True,
    )
    runs = parallel(
        joblib.delayed(grade)(store.release, submission, seconds)
        for submission in waiting
    )
    for i, (student, result) in enumerate(runs, 1):
        print(f"[{i}/{len(waiting)}] {student}", flush=True)
        if "failed" not in result:
            store.keep(by_student[student], result)
        result_of[student] = result
    return [
        (
            submission,
            _booked(submission, result_of.get(submission.student), store),
        )
        for submission in found
    ]


def _booked(submission, result, store):
    """Return a result that is in the gradebook, or None and the reason."""
    reason = result and result.get("failed")
    if result and not reason:
        try:
            store.book(submission.student, result)
        except Exception as error:  # one submission must not stop the class
            store.gradebook.db.rollback()
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
    if reason:
        submission.review.append(f"grading failed, {reason}")
        return None
    return result


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
        "": "NETWORK AND FILES WERE OPEN: install bubblewrap, or grade in a "
        "container",
    }
    for box in sorted({result["box"] for _, result in graded if result}):
        print(f"Students' code ran with {said[box]}.")


def _say_who_is_left_out(names, platform):
    if names:
        more = f" and {len(names) - 9} more" if len(names) > 9 else ""
        print(
            f"Not in grades-{platform}.csv, as not graded yet or without a "
            f"number of the platform's: {', '.join(names[:9])}{more}"
        )


def _at_least_one(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1 is needed")
    return int(text)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tools.grading")
    parser.add_argument("submitted", type=Path, help="folder or zip")
    parser.add_argument("--jobs", type=_at_least_one, default=os.cpu_count())
    parser.add_argument("--assignment", help="such as a01")
    parser.add_argument("--dask", help="scheduler, tcp://host:8786")
    parser.add_argument("--db", help="gradebook, postgresql+psycopg://...")
    parser.add_argument(
        "--platform",
        choices=reports.PLATFORMS,
        help="write grades-PLATFORM.csv, too, for its import",
    )
    given = parser.parse_args(arguments)
    try:
        into = grade_class(
            given.submitted,
            given.jobs,
            given.assignment,
            given.dask,
            given.db,
            given.platform,
        )
    except NotebookError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on from here.")
    print(f"See {into}/grades.csv, review.md, class.html and feedback/.")
    if "[" in str(into):
        print("Formgrader wants a place without [ in its path: rename it.")
