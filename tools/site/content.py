"""The site's own pages: home, errata, terms, and one for each lecture."""

import re
from itertools import groupby
from pathlib import Path

import yaml

from tools.notebooks import files

HERE = Path(__file__).parent
BOX_OR_HEADING = re.compile(
    r"^##+ (?P<heading>.+?) *$"
    r"|^> \*\*Spot the bug\*\* \((?P<about>.+?)\).*(?:\n>.*)*",
    re.M,
)
ALSO_CALLED = {"the semester's notes": "L2"}
LINK = re.compile(r"(?<=\]\()(?!https?:)([^)#\s]*)(#[^)\s]*)?(?=\))")
LECTURE_ROW = re.compile(r"^\| (L\d) \| (.*) \|$", re.M)
DOORS = """\
## Where to begin

- **As a student**: [00 · Tour]({first}), in Colab or, after a click on
  *Download the notebook*, in JupyterLab. Each page here shows a notebook as it
  has run; the answer to each *Predict* waits behind a button until you have
  guessed.
- **As a lecturer**: [a plan for a term, slides, assignments that grade
  themselves]({github}#for-lecturers-plan-a-term).
- **With a screen reader**: whatever is folded stands behind a button that says
  what it is, each figure has its description, formulas are MathML.
- **To look something up**: the [index of terms](terms.md), the
  [errata](errata.md) of the lectures, and what the course takes from
  {lectures}.
"""


def pages(root=files.ROOT):
    """Return {document: its text in MyST Markdown}, without suffix.

    Raises: NotebookError if a notebook can't be read.
    """
    course = Course(root)
    lectures = _hand_kept("lectures")
    return {
        "index": home(course),
        "terms": terms(course),
        "errata": errata(course),
        **{f"lectures/{name}": lecture(course, name) for name in lectures},
    }


class Course:
    """The lectures' notebooks by number, and README.md."""

    def __init__(self, root=files.ROOT):
        paths = files.lecture_paths(root)
        self.notebooks = {path.name.partition("_")[0]: path for path in paths}
        self.cells = {
            number: [
                cell.source
                for cell in files.read(path).cells
                if cell.cell_type == "markdown"
            ]
            for number, path in self.notebooks.items()
        }
        self.readme = (root / "README.md").read_text("utf-8")
        self.followed = dict(LECTURE_ROW.findall(self.readme))

    def title(self, number):
        """Return a notebook's title, such as "05 · Backpropagation"."""
        return self.cells[number][0].partition("\n")[0].removeprefix("# ")

    def headings(self, number):
        """Return a notebook's headings below its title, in their order."""
        text = "\n\n".join(self.cells[number])
        return re.findall(r"^##+ (.+?) *$", text, re.M)

    def link(self, place, up="", text=""):
        """Return a link to "NN Heading", or to the notebook NN.

        Parameters: place; up, "../" from a page in a folder; text, in place
        of the heading or title.
        Raises: NotebookError if it isn't there.
        """
        number, _, heading = place.partition(" ")
        if number not in self.notebooks:
            raise files.NotebookError(
                f"{place}: there is no notebook {number}"
            )
        target = f"{up}notebooks/{self.notebooks[number].name}"
        if not heading:
            return f"[{text or self.title(number)}]({target})"
        if heading not in self.headings(number):
            raise files.NotebookError(f"{place}: no such heading in {number}")
        text = text or f"{number} · {heading}"
        return f"[{text}]({target}{anchor(heading)})"

    def paragraph(self, place, words):
        """Return the paragraph with these words below "NN Heading".

        Raises: NotebookError if it isn't there, or another has them, too.
        """
        number, _, heading = place.partition(" ")
        text = "\n\n".join(self.cells[number])
        _, _, below = f"\n{text}".partition(f"\n## {heading}\n")
        below = below.partition("\n## ")[0]
        found = [part for part in below.split("\n\n") if words in part]
        if len(found) != 1:
            raise files.NotebookError(
                f"{place}: {len(found)} paragraphs have the words {words!r}"
            )
        return found[0]


def anchor(heading):
    """Return where MyST's anchor of a heading leads, with its #."""
    return "#" + re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))


def _hand_kept(name):
    return yaml.safe_load((HERE / f"{name}.yml").read_text("utf-8"))


# The pages


def home(course):
    """The course in one screen, in README's words."""
    opening = course.readme.partition("\n- **For students**")[0]
    title, _, opening = opening.partition("\n\n")
    names = _hand_kept("lectures")
    github = re.search(r"git clone (https://\S+)", course.readme)[1]
    doors = DOORS.format(
        first=f"notebooks/{course.notebooks['00'].name}",
        github=github,
        lectures=", ".join(f"[{n}](lectures/{n}.md)" for n in names),
    )
    opening = f'<div class="course-opening">\n\n{opening.strip()}\n\n</div>'
    return f"{title}\n\n{opening}\n\n{doors}\n{path_through(course)}"


def path_through(course):
    """The lectures by topic, each with those that it builds on."""
    plan = course.readme.partition("<!-- plan:start -->")[2]
    plan = plan.partition("<!-- plan:end -->")[0]
    row = r"^\|[^|]*\| \[(\w+)\]\(.*?\) \| ([^|]*) \|"
    builds_on = dict(re.findall(row, plan, re.M))
    lines = ["## The path", "", '<div class="course-path">', ""]
    for topic, numbers in groupby(course.notebooks, lambda n: n[:2]):
        numbers = list(numbers)
        before = {
            other
            for number in numbers
            for other in re.findall(r"\d\d", builds_on[number])
        }
        links = "<br>".join(map(course.link, numbers))
        after = ", ".join(sorted(before - {topic}))
        why = f"<br>*builds on {after}*" if after else ""
        lines.append(f"- {links}{why}")
    return "\n".join([*lines, "", "</div>", ""])


def terms(course):
    """Each term, with the section that defines it, by first letters."""
    known = _hand_kept("terms")
    letters = dict.fromkeys(map(_initial, known))
    lines = ["# Index of terms", ""]
    lines += [" · ".join(f"[{it}]({anchor(it)})" for it in letters), ""]
    for letter, group in groupby(known, _initial):
        lines += [f"## {letter}", "", '<div class="course-terms">', ""]
        lines += [
            f"- {course.link(known[term], text=term)} {known[term].split()[0]}"
            for term in group
        ]
        lines += ["", "</div>", ""]
    return "\n".join(lines)


def _initial(term):
    return term[0].upper() if term[0].isalpha() else "0–9"


def errata(course):
    """All *Spot the bug* boxes, by the lecture that they are about, and what
    is told in passing.

    Raises: NotebookError if a box is about a lecture that isn't in README, or
    a paragraph isn't where it is said to be.
    """
    found, in_passing = {}, _hand_kept("asides")
    for number, cells in course.cells.items():
        heading = ""
        for said in BOX_OR_HEADING.finditer("\n\n".join(cells)):
            if said["heading"]:
                heading = said["heading"]
            else:
                about = said["about"].partition(",")[0]
                about = ALSO_CALLED.get(about, about)
                place = f"{number} {heading}"
                if about not in course.followed:
                    raise files.NotebookError(
                        f"{place}: README lists no lecture {about!r}; begin "
                        "the box **Spot the bug** (L2), say"
                    )
                found.setdefault(about, []).append((place, said[0]))
    lines = [
        "# Errata",
        "",
        "What the lectures print and what is true. Each *Spot the bug* stands "
        "in a notebook, with a proof beside it; find the mistake before you "
        "open the answer. Smaller ones are told in passing.",
        "",
    ]
    for about in sorted(found):
        lines += [f"## {about}", "", f"{course.followed[about]}.", ""]
        for place, box in found[about]:
            number = place.partition(" ")[0]
            page = f"notebooks/{course.notebooks[number].name}"
            text = LINK.sub(
                lambda link: _from_notebook(page, *link.groups("")), box
            )
            there = "Proof" if "<details>" in box else "Answer and proof"
            lines += [text.rstrip(), "", f"{there}: {course.link(place)}", ""]
        for place, words in in_passing.get(about, []):
            told = course.paragraph(place, words)
            lines += [f"> {told}", "", f"From {course.link(place)}", ""]
    return "\n".join(lines)


def _from_notebook(page, target, anchor):
    """Return where a link in the notebook `page` leads from its folder's
    parent."""
    if not target:
        return page + anchor.lower()
    return f"notebooks/{target}{anchor}"


def lecture(course, name):
    """A lecture's parts, each with the sections that cover it."""
    lines = [f"# {name}", "", f"{course.followed[name]}.", ""]
    lines += ["| Part | Covered in |", "|---|---|"]
    for part, places in _hand_kept("lectures")[name].items():
        if isinstance(places, list):
            places = "<br>".join(course.link(place, "../") for place in places)
        lines.append(f"| {part} | {places} |")
    return "\n".join([*lines, ""])
