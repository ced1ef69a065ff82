"""What is done for one submission, on this machine or any other.

These functions write no file and open no gradebook.
"""

import ast
import functools
import html

import nbformat
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters.generate_feedback import GenerateFeedback
from nbgrader.utils import determine_grade, is_grade, is_solution

from tools.grading import read as submissions
from tools.grading import sandbox


def grade(release, submission, timeout):
    """Run one submission; nothing is written, so any machine can do it.

    If a test fails, the page for the student comes from a second run, of the
    assignment as released: it never was in one process with a hidden test.

    Parameters: release, a `Release`; submission, a `Submission` with cells;
    timeout, seconds for a cell.
    Returns: the student and a dict that JSON can hold: "graded" and "shown",
    the executed notebooks with and without hidden tests; "notes" and
    "review", lists of remarks; "box", what the kernels ran in; or "failed",
    the reason why the grading itself failed.
    """
    student = submission.student
    try:
        graded, shown = submissions.repair(submission, release)
        graded = sandbox.run(graded, timeout)
        review = submission.review + _mishaps(graded)
        if any(_errors(cell) for cell in _tests(graded).values()):
            shown = sandbox.run(shown, timeout)
            _explain(shown, graded)
    except Exception as error:  # one submission must not stop the class
        reason = str(error).strip().splitlines() or [""]
        return student, {"failed": f"{type(error).__name__}: {reason[0]}"}
    return student, {
        "graded": graded,
        "shown": shown,
        "notes": submission.notes,
        "review": review,
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
            words = _words_to_student(cell.source, _errors(cell)[0].evalue)
            text = " ".join(["A hidden test failed.", *words])
            there.outputs.append(
                nbformat.v4.new_output("stream", name="stdout", text=text)
            )


def _words_to_student(source, message):
    """Return the author's own words to the student that are in a message.

    These are the texts of `assert condition, "text"`, the titles given to
    `check` and the hints that it maps to mistakes. The rest of a message may
    come from the student's code, which can see the hidden tests as they run.
    """
    try:
        nodes = list(ast.walk(ast.parse(source)))
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


def _mishaps(nb):
    """Return what happened in a run that a human should look at."""
    mishaps = [
        f"{error.evalue}: {cell.source.splitlines()[0][:60]}"
        for cell in nb.cells
        if cell.cell_type == "code"
        for error in _errors(cell)
        if error.ename in sandbox.OWN_ERRORS
    ]
    for name, cell in _tests(nb).items():
        try:
            determine_grade(cell)
        except (ValueError, KeyError):  # nbgrader would give up on it
            cell.outputs = []
            cell.source = "raise ValueError"
            mishaps.append(f"{name} claims more points than there are")
    return mishaps


def page(student, nb, title, score, max_score):
    """Return the student and the HTML of nbgrader's feedback template."""
    known = {"notebook": title, "score": score, "max_score": max_score}
    resources = {"nbgrader": known | {"late_penalty": 0}}
    try:
        text, _ = _exporter().from_notebook_node(nb, resources)
    except Exception as error:  # one page must not stop the class
        reason = html.escape(f"{type(error).__name__}: {error}")
        text = f"<p>{score} of {max_score} points.</p><p>No page: {reason}</p>"
    return student, text


class PageExporter(HTMLExporter):
    """HTMLExporter without its second pass over the finished page, which
    takes four fifths of the time to add what these pages don't need."""

    def from_notebook_node(self, nb, resources):
        resources = self._init_resources(resources)
        code = Highlight2HTML(pygments_lexer="ipython3", parent=self)
        data = WidgetsDataTypeFilter({}, parent=self, resources=resources)
        self.register_filter("highlight_code", code)
        self.register_filter("filter_data_type", data)
        return TemplateExporter.from_notebook_node(self, nb, resources)


@functools.cache
def _exporter():
    exporter = PageExporter(
        config=GenerateFeedback().config, sanitize_html=True
    )
    exporter.register_preprocessor(CSSHTMLHeaderPreprocessor, enabled=True)
    return exporter
