"""What Sphinx reads: a page for each notebook, made from its saved cells."""

import base64
import copy
import html
import io
import os
import re
import shutil
from pathlib import Path

from markdown_it import MarkdownIt
from nbformat.v4 import new_markdown_cell, new_output
from PIL import Image

from tools.notebooks import anatomy, badges, files

LINK = re.compile(r"(?<=\]\()([^)#\s]*)(#[^)\s]*)?(?=\))")
BUTTONS = (
    '<div class="course-buttons"><a href="{colab}">Open in Colab</a> '
    '<a href="{file}" download>Download the notebook</a></div>'
)
QUESTION = '<div class="course-predict">\n\n{}\n\n</div>'
ANSWER = '<details class="course-answer"><summary>Show the answer</summary>'
SLIDER = (
    "*Here you can move a slider, once the notebook runs: in "
    "[Colab]({colab}) or in JupyterLab.*"
)
TOCTREE = """
```{{toctree}}
:hidden:
:caption: {caption}

{names}
```
"""


class Sources:
    """The site's documents, and where the files of the course are in it.

    `names` tells of each notebook, as a path, the document that shows it:
    `notebooks/NN_topic` or `assignments/aNN`. A live notebook has the same
    document as its lecture.
    """

    def __init__(self, root=files.ROOT):
        self.root = root
        self.course = badges.course(root)
        self.lectures = files.lecture_paths(root)
        place = root / "notebooks" / "assignments"
        self.assignments = sorted(place.glob("*/*.ipynb"))
        self.names = {}
        for path in self.lectures:
            name = f"notebooks/{path.stem}"
            self.names[path] = self.names[files.live_path(path)] = name
        for path in self.assignments:
            self.names[path] = f"assignments/{path.parent.name}"

    def write(self, folder):
        """Write every document that Sphinx is to read into `folder`.

        Raises NotebookError if a notebook can't be read.
        """
        from tools.site import content  # which needs MyST

        pages = content.pages(self.root)
        pages["index"] += self.contents(pages)
        for name, text in pages.items():
            _write(folder / f"{name}.md", text)
        for path in *self.lectures, *self.assignments:
            text = files.to_text(self.page(path))
            _write(folder / f"{self.names[path]}.ipynb", text)
        for picture in (self.root / ".github").glob("*.png"):  # README's
            (folder / ".github").mkdir(exist_ok=True)
            shutil.copy(picture, folder / ".github")

    def write_downloads(self, folder):
        """Write each notebook, without outputs, beside its page."""
        for path in *self.lectures, *self.assignments:
            text = files.to_text(files.live(files.read(path)))
            _write((folder / self.names[path]).with_name(path.name), text)

    def contents(self, pages):
        """Return the site's contents: what side bar and order come from."""
        more = [name for name in pages if name != "index"]
        by_lecture = [name for name in more if name.startswith("lectures/")]
        sections = {
            "Lectures": [self.names[path] for path in self.lectures],
            "Assignments": [self.names[path] for path in self.assignments],
            "What they follow": by_lecture,
            "Look up": [name for name in more if name not in by_lecture],
        }
        return "".join(
            TOCTREE.format(caption=caption, names="\n".join(names))
            for caption, names in sections.items()
            if names
        )

    # A notebook's page

    def page(self, path):
        """Return the notebook at `path` as the site shows it."""
        nb = files.read(path)
        is_lecture = path in self.lectures
        opened = files.live_path(path) if is_lecture else path
        colab = badges.badge_url(self.course, opened, self.root)
        for cell in nb.cells:
            if cell.cell_type == "code":
                _fold(cell)
                cell.outputs = list(_outputs(cell.outputs, path))
                if anatomy.is_kind(cell, "slider"):
                    note = {"text/markdown": SLIDER.format(colab=colab)}
                    cell.outputs = [new_output("display_data", note)]
            else:
                cell.source = self._with_links(cell.source, path)
        buttons = BUTTONS.format(colab=colab, file=path.name)
        opening = nb.cells[0]
        opening.source = badges.ANY_BADGE.sub(buttons, opening.source, 1)
        nb.cells = list(_with_answers(nb.cells))
        return nb

    def _with_links(self, text, path):
        """Lead a text's links to pages of the site, or else to GitHub."""
        return LINK.sub(lambda link: self._link(path, *link.groups("")), text)

    def _link(self, path, target, anchor):
        place = Path(os.path.normpath(path.parent / target))
        heading = re.sub(r"[^#\w-]", "", anchor.lower())  # as MyST names it
        if not target:
            return heading
        if place in self.names:
            start = (self.root / self.names[path]).parent
            page = self.root / f"{self.names[place]}.ipynb"
            return os.path.relpath(page, start) + heading
        if place.exists():
            return (
                f"https://github.com/{self.course.repository}/blob/"
                f"{self.course.tag}/{place.relative_to(self.root)}{anchor}"
            )
        return target + anchor  # Sphinx says that nothing is there


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _fold(cell):
    """Give a folded cell's button its title, once, and fold the set-up."""
    title, label = "", "Code"
    if cell.source.startswith(anatomy.TITLE):
        title, _, cell.source = cell.source.partition("\n")
        label = f"Code: {title.removeprefix(anatomy.TITLE).strip()}"
    elif anatomy.is_kind(cell, "setup"):
        label = "Code: the set-up"
        cell.metadata["tags"] = [*anatomy.tags(cell), anatomy.FOLDED]
    cell.metadata["mystnb"] = {"code_prompt_show": label}


def _outputs(outputs, path):
    """Yield outputs; a figure's alternative text is its plain text, too, and
    isn't said a second time by the clear pixel that follows it."""
    said = None
    for output in outputs:
        shown = output.get("data", {})
        if said and said in shown.get("text/html", ""):
            continue
        for kind in [kind for kind in shown if kind.startswith("image/")]:
            facts = output.metadata.get(kind, {})
            if "alt" not in facts:
                raise files.NotebookError(
                    f"{path}: a figure without alternative text: end its "
                    "cell in plotting.show(fig, alt=...) and run it"
                )
            shown["text/plain"] = facts["alt"]
            said = html.escape(facts["alt"])
            if kind == "image/png" and "width" in facts:
                facts["height"] = _height(shown[kind], facts["width"])
        yield output


def _height(png, width):
    """Return how high a figure of this width is: then nothing on the page
    moves when it comes."""
    image = Image.open(io.BytesIO(base64.b64decode(png)))
    return round(width * image.height / image.width)


def _with_answers(cells):
    """Yield cells, those that answer a *Predict* behind a button: what the
    next code cell shows, all code from there to the next text, and of this
    the words that say what came out. (The code of the next cell stays in
    view, unless it is folded anyway.)"""
    asked = behind = False
    for cell in cells:
        is_code = cell.cell_type == "code"
        if asked and is_code:
            asked, behind = False, True
            if anatomy.FOLDED not in anatomy.tags(cell):
                shown = copy.deepcopy(cell)
                shown.id, shown.outputs = f"{cell.id}-code", []
                yield shown
                cell.metadata["tags"] = ["remove-input"]
            yield new_markdown_cell(ANSWER)
        elif behind and not is_code:
            behind = False
            words, cell.source = _verdict(cell.source)
            yield new_markdown_cell(f"{words.strip()}\n\n</details>")
        if anatomy.is_predict(cell):
            asked = True
            cell.source = QUESTION.format(cell.source)
        yield cell
    if behind:
        yield new_markdown_cell("</details>")


def _verdict(text):
    """Return a text's first paragraph, up to the end of its last sentence,
    and the rest; if the text begins with anything else, that is the rest."""
    lines, end = text.splitlines(), 0
    for block in MarkdownIt().parse(text):
        if block.level or not block.map:
            continue
        if end == 0 and block.type != "paragraph_open":
            break
        end = block.map[1]
        if not "\n".join(lines[:end]).rstrip("$ \n").endswith((":", ",")):
            break
    return "\n".join(lines[:end]), "\n".join(lines[end:])
