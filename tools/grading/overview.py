"""A page about the class, to be looked at before the next lesson, or in it:
no student's name is on it."""

import base64
import collections
import io
import re
import statistics
import textwrap
from pathlib import Path
from typing import NamedTuple

import jinja2
import matplotlib.pyplot as plt
import nbformat
from nbgrader.utils import is_grade, is_solution

from tools.grading.recognise import grade_id
from utils import plotting

HEADING = re.compile(r"^## (.+?)\s*$", re.M)
COLOUR = re.compile(r"\x1b\[\d*m")
# As utils.checking prints it: to the end of the line, or to what Python said.
HINT = re.compile(r"\bHint: (.+?)(?= Warning: |\s*$)", re.M)
ERROR = re.compile(r"\b[A-Z]\w*Error(?=:)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
# How an exercise came out, in the order of the bars.
KINDS = "all points", "some points", "no points", "not answered", "by hand"
COLORS = plotting.COLORS
FILLS = {
    "all points": (COLORS["blue"], ""),
    "some points": (COLORS["sky"], "//"),
    "no points": (COLORS["orange"], ""),
    "not answered": ("white", ""),
    "by hand": ("white", ".."),
}
WIDTH = 6.4  # of the figures, in inches
COMMON = 8  # so many hints and errors of an exercise are listed


class Exercise(NamedTuple):
    """What became of an exercise in a class. The counts are of students."""

    title: str
    points: float  # at most
    reached: list  # points of each student whose answer was graded
    kinds: collections.Counter  # by `KINDS`
    failed: collections.Counter  # by what of it failed
    hints: collections.Counter  # by what they say
    errors: collections.Counter  # in which their code ended

    @property
    def share(self):
        """What was reached of the points on average; 1 if there are none."""
        possible = self.points * len(self.reached)
        return sum(self.reached) / possible if possible else 1


class Answers(NamedTuple):
    """A graded student's row, and cells by grade_id of both runs."""

    row: dict
    shown: dict
    graded: dict


def write_overview(store, graded, rows):
    """Write class.html.

    Parameters: store, a `ResultStore`; graded, pairs (submission, result or
    None); rows, of `ResultStore.row`, in the same order.
    """
    students = [
        Answers(row, _cells(result["shown"]), _cells(result["graded"]))
        for (_, result), row in zip(graded, rows, strict=True)
        if result is not None
    ]
    every = exercises(store.release, students)
    totals = [r["total"] for r in rows if r["status"] == "graded"]
    text = _template().render(
        name=store.release.name,
        exercises=every,
        weakest=_weakest(every),
        status=collections.Counter(row["status"] for row in rows),
        sent=len(rows),
        most=rows[0]["max"],
        median=statistics.median(totals) if totals else None,
        figures=_figures(every, totals, rows[0]["max"]),
        common=COMMON,
    )
    store.write("class.html", text)


def _cells(nb):
    """Return {grade_id: cell} of a notebook as JSON holds it."""
    cells = nbformat.from_dict(nb).cells
    return {grade_id(c): c for c in cells if c.metadata.get("nbgrader")}


def exercises(release, students):
    """Return an `Exercise` for each cell with points, in their order.

    Parameters: release, a `Release`; students, a list of `Answers`.
    """
    found, title, parts = [], release.name, []
    for cell in release.released.cells:
        if cell.cell_type == "markdown" and (
            heading := HEADING.search(cell.source)
        ):
            title, parts = heading[1], []
        if cell.metadata.get("nbgrader"):
            parts = [*parts, grade_id(cell)]
        if is_grade(cell):
            found.append(_exercise(title, cell, parts, students))
            parts = []
    return found


def _exercise(title, cell, parts, students):
    """Return an `Exercise`.

    Parameters: title; cell, with its points; parts, the grade_ids of its
    cells, this one the last; students, a list of `Answers`.
    """
    points = cell.metadata.nbgrader.points
    made = Exercise(
        title, points, [], *(collections.Counter() for _ in "1234")
    )
    hints = []
    for student in students:
        reached, said = student.row[parts[-1]], _said(student.shown, parts)
        kind = _kind(student, cell, said)
        made.kinds[kind] += 1
        if kind != "by hand":
            made.reached.append(reached or 0)
        if kind in ("some points", "no points"):
            hints.append(HINT.findall(said))
            made.failed.update(_failed(student, parts))
            made.errors.update(_errors(student, parts, said))
    made.hints.update(_counted(hints))
    return made


def _kind(student, cell, said):
    name, points = grade_id(cell), cell.metadata.nbgrader.points
    reached = student.row[name]
    if reached == "":
        return "by hand"
    untouched = _is_untouched(student, cell)
    if not reached and (untouched or "Not yet answered" in said):
        return "not answered"
    if not points:  # an optional exercise: its test alone tells
        failed = _ended_in(student.graded, name)
        return "no points" if failed else "all points"
    if reached >= points:
        return "all points"
    return "some points" if reached else "no points"


def _is_untouched(student, cell):
    """Tell if an open question's cell is as it was released."""
    sent = student.graded.get(grade_id(cell), cell).source
    return is_solution(cell) and sent.strip() == cell.source.strip()


def _said(cells, parts):
    """Return why an exercise's checks and tests failed; what a student's
    code has printed is none of it."""
    return "\n".join(
        COLOUR.sub("", output.evalue)
        for name in parts
        if name in cells and not is_solution(cells[name])
        for output in cells[name].get("outputs", [])
        if output.output_type == "error"
    )


def _ended_in(cells, name):
    """Return the errors in which a cell ended, by their names."""
    outputs = cells.get(name, {}).get("outputs", [])
    return {o.ename for o in outputs if o.output_type == "error"}


def _failed(student, parts):
    """Yield what failed of an exercise: its check, its test, or of this only
    what is hidden."""
    for name in parts:
        if name.endswith("-check") and _ended_in(student.shown, name):
            yield "the check"
    if _ended_in(student.shown, parts[-1]):
        yield "the test"
    elif _ended_in(student.graded, parts[-1]):
        yield "only a hidden test"


def _errors(student, parts, said):
    """Return the kinds of errors in which a student's code ended, in its own
    cell or when a check called it."""
    own = [
        _ended_in(student.shown, name)
        for name in parts
        if name in student.shown and is_solution(student.shown[name])
    ]
    return {*ERROR.findall(said)}.union(*own)


def _counted(hints):
    """Count hints, those as one that differ in their numbers only.

    Parameters: hints, for each student a list of them.
    Returns: {hint: students}; a number that isn't the same for all is "…".
    """
    told = [{NUMBER.sub("…", hint): hint for hint in own} for own in hints]
    forms = collections.defaultdict(set)
    for own in told:
        for form, hint in own.items():
            forms[form].add(hint)
    counts = collections.Counter(form for own in told for form in own)
    return {
        form if len(forms[form]) > 1 else next(iter(forms[form])): count
        for form, count in counts.items()
    }


def _weakest(every):
    """Return the three exercises at most that lost most points, if any."""
    lost = [one for one in every if round(one.share, 2) < 1]
    return sorted(lost, key=lambda one: one.points * (one.share - 1))[:3]


# Figures


def _figures(every, totals, most):
    """Return pairs (PNG as text, what it shows)."""
    plotting.use_course_style()
    figures = [_bars(every)] if any(one.kinds for one in every) else []
    return figures + ([_histogram(totals, most)] if len(totals) > 1 else [])


def _bars(every):
    """Draw a bar for each exercise below its title: so it fits a phone."""
    fig, ax = plt.subplots(figsize=(WIDTH, 1.4 + 0.6 * len(every)))
    places = range(len(every))
    before = [0] * len(every)
    for kind in KINDS:
        counts = [one.kinds[kind] for one in every]
        if any(counts):
            fill, hatch = FILLS[kind]
            style = {"color": fill, "hatch": hatch, "edgecolor": "#222222"}
            style |= {"height": 0.45, "lw": 0.8, "label": kind}
            ax.barh(places, counts, left=before, **style)
            before = [a + b for a, b in zip(before, counts, strict=True)]
    for place, one in zip(places, every, strict=True):
        title = textwrap.shorten(one.title, 60, placeholder="…")
        ax.text(0, place - 0.32, title, fontsize=12, parse_math=False)
    ax.set(yticks=[], ylim=(len(every) - 0.6, -0.8), xlabel="students")
    ax.xaxis.get_major_locator().set_params(integer=True)
    if weakest := _weakest(every):
        said = textwrap.fill(f"Most points lost: {weakest[0].title}", 44)
        ax.set_title(said, parse_math=False)
    fig.legend(loc="outside lower center", ncols=3, fontsize=12)
    said = "; ".join(
        f"{one.title}: "
        + ", ".join(f"{one.kinds[k]} {k}" for k in KINDS if one.kinds[k])
        for one in every
    )
    return _png(fig), f"Students by exercise. {said}."


def _histogram(totals, most):
    fig, ax = plt.subplots(figsize=(WIDTH, 3))
    most_reached = max(most, *totals)  # a person may give more
    bins = range(int(most_reached) + 2) if most_reached <= 30 else 30
    counts, edges, _ = ax.hist(
        totals, bins, color=COLORS["blue"], align="left"
    )
    ax.yaxis.get_major_locator().set_params(integer=True)
    middle = f"{statistics.median(totals):g}"
    ax.set(title=f"The median is {middle} of {most} points")
    ax.set(xlabel=f"points, of {most}", ylabel="students")
    whole = bins != 30 and all(total == int(total) for total in totals)
    said = ", ".join(
        f"{int(n)} {'with' if whole else 'from'} {start:.3g}"
        for n, start in zip(counts, edges, strict=False)
        if n
    )
    return _png(fig), f"Students by their total: {said}."


def _png(fig):
    image = io.BytesIO()
    fig.savefig(image, dpi=130, facecolor="white")
    plt.close(fig)
    return base64.b64encode(image.getvalue()).decode()


def _template():
    """What students wrote, in a hint or an error, is escaped."""
    source = Path(__file__).with_name("class.html").read_text("utf-8")
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(source)
