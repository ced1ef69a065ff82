"""Run one submission. These functions write no file and open no gradebook,
so that any machine can call them."""

import ast

import nbformat
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbgrader.utils import determine_grade, is_grade, is_solution

from tools.grading import sandbox
from tools.grading.repair import OWN, repair


def grade(release, submission, seconds):
    """Repair and run one submission.

    The page for the student comes from a second run, of the assignment as
    released: it never was in one process with a hidden test.

    Parameters: release, a `Release`; submission, a `Submission` with cells;
    seconds, of computing for a cell.
    Returns: the student and a dict that JSON can hold: "graded" and "shown",
    the executed notebooks with and without hidden tests; "notes", "review"
    and "errors", lists of remarks; "box", what the kernels ran in; or
    "failed", the reason why the grading itself failed.
    """
    student = submission.student
    try:
        graded, shown = repair(submission, release)
        graded, put_back = sandbox.run(graded, seconds)
        review = submission.review + _mishaps(graded, put_back)
        failed = any(_errors(cell) for cell in _tests(graded).values())
        errors = _own_errors(graded) if failed else []
        shown, _ = sandbox.run(shown, seconds)
        _explain(shown, graded)
        for cell in graded.cells:  # a person opens it in a browser
            if cell.cell_type == "code":
                SanitizeHTML().preprocess_cell(cell, {}, 0)
    except Exception as error:  # one submission must not stop the class
        reason = str(error).strip().splitlines() or [""]
        return student, {"failed": f"{type(error).__name__}: {reason[0]}"}
    return student, {
        "graded": graded,
        "shown": shown,
        "notes": submission.notes,
        "review": review,
        "errors": errors,
        "box": sandbox.box(),
    }


def _tests(nb):
    """Return a notebook's test cells by grade_id."""
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in nb.cells
        if is_grade(cell) and not is_solution(cell)
    }


def _errors(cell):
    return [o for o in cell.outputs if o.output_type == "error"]


def _explain(shown, graded):
    """Tell in `shown` which tests failed on what it doesn't show."""
    for name, cell in _tests(graded).items():
        there = _tests(shown)[name]
        if _errors(cell) and not _errors(there):
            words = _author_s_words(cell.source, _errors(cell)[0].evalue)
            text = " ".join(["A hidden test failed.", *words])
            there.outputs.append(
                nbformat.v4.new_output("stream", name="stdout", text=text)
            )


def _author_s_words(test, message):
    """Return what the author of a hidden test says to the student.

    These are the texts of `assert condition, "text"`, the titles given to
    `check` and the hints that it maps to mistakes, as far as the message
    holds them. The rest of a message may come from the student's code, which
    can see the hidden tests as they run.
    """
    try:
        nodes = list(ast.walk(ast.parse(test)))
    except SyntaxError:  # a magic
        return []
    said = [node.msg for node in nodes if isinstance(node, ast.Assert)]
    for node in nodes:
        if isinstance(node, ast.Call) and _is_check(node.func):
            said += node.args
            said += [
                key
                for keyword in node.keywords
                for key in getattr(keyword.value, "keys", [])
            ]
    texts = [node.value for node in said if isinstance(node, ast.Constant)]
    return [t for t in texts if isinstance(t, str) and t and t in message]


def _is_check(function):
    return "check" in ast.unparse(function).split(".")


# What a human should know


def _few(names):
    """Cut a long list of names."""
    first, *others = names.split(", ")
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return ", ".join([first, *others[:3]]) + more


def _mishaps(nb, put_back):
    """Return what happened in a run that a human should look at."""
    mishaps = [
        f"{error.evalue}: {_first_line(cell)}"
        for cell in nb.cells
        if cell.cell_type == "code"
        for error in _errors(cell)
        if error.ename in sandbox.OWN_ERRORS
    ]
    mishaps += [
        f"replaced {_few(names)} (put back): {_first_line(nb.cells[index])}"
        for index, names in put_back.items()
    ]
    for name, cell in _tests(nb).items():
        try:
            determine_grade(cell)
        except (ValueError, KeyError):  # nbgrader would give up on it
            reason = "claims more points than there are"
            cell.outputs = [sandbox.error_output("NoPoints", reason)]
            mishaps.append(f"{name} {reason}")
    return mishaps


def _own_errors(nb):
    """Return the errors in which a student's cells ended, a line each."""
    return [
        f"a cell ended in {_one_line(f'{error.ename}: {error.evalue}')}: "
        f"{_first_line(cell)}"
        for cell in nb.cells
        if cell.cell_type == "code"
        and (is_solution(cell) or cell.id.startswith(OWN))
        for error in _errors(cell)
        if error.ename not in sandbox.OWN_ERRORS
    ]


def _one_line(text):
    return " ".join(text.split())[:120]


def _first_line(cell):
    return _one_line((cell.source.strip().splitlines() or [""])[0])[:60]
