"""What the lecturer and the students read."""

import csv
import functools
import html
import io
import re

import joblib
import nbformat
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import (
    CSSHTMLHeaderPreprocessor,
    TagRemovePreprocessor,
)
from nbgrader.converters.generate_feedback import GenerateFeedback

# A phone shows the page at its own width, and no line or figure is wider.
FITS_A_PHONE = """\
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
img, svg { max-width: 100%; height: auto; }
pre, table, .output_subarea, .rendered_html { max-width: 100%;
  overflow-x: auto; }
@media (max-width: 40em) { div.prompt { display: none; }
  div.input, div.output_area { display: block; }
  .container, #notebook-container { padding: 0; } }
</style>
</head>"""


def write_grades(store, rows):
    """Write grades.csv: points for each graded cell, total, status.

    It begins with a byte-order mark, for Excel.
    """
    table = io.StringIO(newline="")
    head = ["student", "name", "id", *store.points()]
    head += ["total", "max", "status", "remarks"]
    writer = csv.DictWriter(table, head, extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        writer.writerow(row | {"remarks": "; ".join(row["remarks"])})
    store.write("grades.csv", table.getvalue(), "utf-8-sig")


def write_for_platform(store, rows, platform):
    """Write grades-canvas.csv or grades-moodle.csv, which import as they are.

    In it are those who are graded and in whose files' names the platform has
    put their number. The others are left out, as an empty grade would erase
    one that Canvas has. Canvas finds a student by the column ID, but wants
    the others to be there (its lib/gradebook_importer.rb). Moodle's file is
    an assignment's "grading worksheet", whose Identifier, Grade and date it
    reads if it speaks English (mod/assign/feedback/offline, locallib.php and
    importgradeslib.php); "-" says that it had no grade yet.

    Parameters: store, a `ResultStore`; rows; platform, of `PLATFORMS`.
    Returns: the names of the students who are not in it.
    """
    there = [
        row
        for row in rows
        if row["status"] == "graded" and re.fullmatch(r"\d+", row["id"])
    ]
    table = io.StringIO(newline="")
    csv.writer(table).writerows(PLATFORMS[platform](store.release, there))
    store.write(f"grades-{platform}.csv", table.getvalue())
    return [row["name"] for row in rows if row not in there]


def _canvas(release, rows):
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    yield [*head, release.name]
    for row in rows[:1]:
        yield ["    Points Possible", *[""] * 4, row["max"]]
    for row in rows:
        yield [row["name"], row["id"], "", "", "", row["total"]]


def _moodle(release, rows):
    head = ["Identifier", "Full name", "Grade", "Maximum Grade"]
    yield [*head, "Last modified (grade)"]
    for row in rows:
        student = f"Participant {row['id']}", row["name"]
        yield [*student, row["total"], row["max"], "-"]


PLATFORMS = {"canvas": _canvas, "moodle": _moodle}


def write_review(store, rows):
    """Write review.md: whom a human should look at, and why; the few that
    need it most stand first."""
    lost = [row for row in rows if row["status"] == "not graded"]
    odd = [row for row in rows if row["review"] and row not in lost]
    failed = [row for row in rows if row["errors"] and row not in odd + lost]
    by_hand = [row for row in rows if row["by hand"]]
    lines = [f"# {store.release.name}: to be looked at by a human", ""]
    for title, those in (
        ("Not graded", lost),
        ("Graded, but look", odd),
        ("Lost points, and a cell of their own ended in an error", failed),
    ):
        if those:
            lines += [f"## {title}", ""]
            for row in those:
                lines.append(f"- **{row['student']}** ({row['status']})")
                reasons = row["review"] + row["errors"]
                lines += [f"  - {reason}" for reason in reasons]
            lines.append("")
    if by_hand:
        cells = sorted({name for row in by_hand for name in row["by hand"]})
        lines += [
            "## To be graded by hand",
            "",
            f"{len(by_hand)} of {len(rows)} students answered "
            f"{', '.join(cells)}: see Formgrader.",
            "",
        ]
    if len(lines) == 2:
        lines.append("Nobody.")
    store.write("review.md", "\n".join(lines).rstrip() + "\n")


def write_feedback(store, graded, rows, parallel):
    """Write the page of each student."""
    pages = parallel(
        joblib.delayed(page)(
            row["student"],
            _for_the_student(store, submission, result, row),
            store.release.notebook,
            row["total"],
            row["max"],
        )
        for (submission, result), row in zip(graded, rows, strict=True)
    )
    for student, text in pages:
        store.write(f"feedback/{student}.html", text)


def _for_the_student(store, submission, result, row):
    """Return the answers, the tests and the student's own cells."""
    nb = nbformat.v4.new_notebook()
    if result is not None:
        nb = nbformat.from_dict(result["shown"])
        ours = {cell.source for cell in store.release.released.cells}
        nb.cells = [
            cell
            for cell in nb.cells
            if "nbgrader" in cell.metadata or cell.source not in ours
        ]
        store.fill_in(nb, submission.student)
    title = f"# {store.release.name}, {row['name']}"
    if row["by hand"]:
        title += (
            "\n\nA person hasn't graded all of it yet: points may be added."
        )
    elif result is None:
        title += "\n\nThis could not be graded: ask how to hand in again."
    remarks = [f"- {remark}" for remark in row["remarks"] + row["errors"]]
    text = html.escape("\n".join([title, "", *remarks]))
    nb.cells.insert(0, nbformat.v4.new_markdown_cell(text))
    return nb


def page(student, nb, title, score, max_score):
    """Return the student and the HTML of nbgrader's feedback template."""
    known = {"notebook": title, "score": score, "max_score": max_score}
    resources = {"nbgrader": known | {"late_penalty": 0}}
    try:
        text, _ = _exporter().from_notebook_node(nb, resources)
        text = text.replace("</head>", FITS_A_PHONE, 1)
    except Exception as error:  # one page must not stop the class
        reason = html.escape(f"{type(error).__name__}: {error}")
        text = f"<p>{score} of {max_score} points.</p><p>No page: {reason}</p>"
    return student, text


@functools.cache
def _exporter():
    exporter = HTMLExporter(
        config=GenerateFeedback().config, sanitize_html=True
    )
    exporter.register_preprocessor(CSSHTMLHeaderPreprocessor, enabled=True)
    folded = TagRemovePreprocessor(remove_input_tags={"hide-input"})
    exporter.register_preprocessor(folded, enabled=True)
    return exporter
