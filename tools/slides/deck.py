"""A lecture's notebook, cell by cell, as slides.

What the class should see becomes slides: each section's question and answer,
formulas, tables, lists, code and its outputs. Running prose becomes the notes
of the slide that is on the screen when one says it.
"""

import html
import re
import textwrap
from typing import NamedTuple

from nbconvert.filters import Highlight2HTML, strip_ansi

from tools.notebooks import anatomy
from tools.slides import text

# Lines of at least 20 px, the smallest that the last row can read.
ROWS, COLUMNS = 22, 94
OPENING, LEAD, ANSWER = 240, 170, 360  # letters of prose on a slide, at most
CROWDED = 1300  # letters of a question and its answer on one slide, at most
DROPPED = "Sources and further reading"
LIVE = "Live: open the notebook and move the slider."


class Slide:
    """One slide: its kind, the section it belongs to, what it shows (a list
    of HTML), what the lecturer says (the same)."""

    def __init__(self, kind, section, *shown):
        self.kind, self.section = kind, section
        self.shown, self.notes = list(shown), []
        self.leads_on = ""  # the end of its text, if a formula completes it

    @property
    def shows_more(self):
        """Tell if text that comes next in the same cell may stand on it."""
        return self.kind in ("text", "section")

    def abridge(self, paragraph, short):
        """Show what is short of a paragraph, and note the whole."""
        self.shown.append(_p(short))
        if text.size(short) < text.size(str(paragraph)):
            self.notes.append(str(paragraph))
        end = text.last(paragraph, LEAD)
        self.leads_on = end if end[-1:] in (":", ",") else ""


def slides(nb):
    """Return the slides of a lecture, executed, as a list of `Slide`."""
    end = anatomy.section_start(nb, DROPPED)
    deck = _Deck(nb.cells[0])
    for cell in nb.cells[1:end]:
        if anatomy.is_predict(cell):
            deck.predict(cell)
        elif cell.cell_type == "markdown":
            deck.text(cell)
        elif cell.cell_type == "code":
            deck.code(cell)
    deck.close()
    return deck.slides


class _Deck:
    """The slides so far, and where in the lecture they have come to."""

    def __init__(self, title_cell):
        self.slides, self.section, self.question = [], "", ""
        self.prose = []  # paragraphs that no slide has yet
        self.guessed = False  # whether the next output answers a Predict
        self.core = True
        self.title(title_cell)

    def add(self, kind, *shown):
        self.slides.append(Slide(kind, self.section, *shown))
        return self.slides[-1]

    # Text

    def title(self, cell):
        """The promise is what one says; the class sees what it leads to."""
        slide = self.add("title")
        heading, *rest = text.blocks(cell.source)
        slide.shown.append(str(heading))
        for block in rest:
            if "Follows" in block.get_text()[:8]:
                follows = block.get_text().partition(", see ")[0]
                slide.shown.append(f"<p>{html.escape(follows)}</p>")
            elif text.is_prose(block) and not block.get_text().endswith("…"):
                slide.notes.append(str(block))
            elif not block.find("img"):
                slide.shown.append(str(block))

    def text(self, cell):
        """Make slides of what a text cell shows; keep its prose for notes."""
        slide = None  # the slide that this cell's blocks go on
        for block in text.blocks(cell.source):
            if block.name in text.HEADINGS:
                slide = self.heading(block)
            elif self.section == "Recap":
                slide.shown.append(str(block))
            elif text.is_prose(block):
                if slide and self.opens(slide):
                    slide.abridge(block, text.first(block, OPENING))
                elif slide and slide.shows_more and text.follows(block):
                    slide.abridge(block, text.sentences(block)[0])
                else:
                    self.prose.append(block)
            elif self.section == "Your turn" and block.name == "ol":
                slide = self.exercise(block)
            else:
                slide = self.show(block, slide)

    def heading(self, block):
        self.conclude(block.name)
        self.section = block.decode_contents()
        if block.name == "h2":
            self.question = f"<h2>{self.section}</h2>"
        self.core &= block.get_text() != "Recap"
        return self.add("section", f"<h2>{self.section}</h2>")

    def opens(self, slide):
        return slide.kind == "section" and len(slide.shown) == 1

    def conclude(self, heading):
        """End a section with the sentence that answers its question."""
        if self.core and self.question and heading == "h2" and self.prose:
            *rest, answer = self.prose
            self.say(rest)
            shown = answer.decode_contents()
            if text.size(shown) > ANSWER:
                shown = text.last(answer, ANSWER) or text.first(answer, 0)
            self.add("conclusion", self.question).abridge(answer, shown)
            self.prose = []
        self.say(self.prose)
        self.prose = []

    def say(self, paragraphs):
        """Give paragraphs to the slide that is on the screen."""
        self.slides[-1].notes += map(str, paragraphs)

    def take(self):
        """Return the prose for a new slide: its notes, and the sentence that
        leads to it.

        What comes before the last paragraph is said while the slide before is
        on the screen; so is the only paragraph after an output.
        """
        *rest, last = self.prose or [None]
        after = self.slides[-1].kind in ("code", "output", "figure")
        alone = last and not rest and after
        self.say(self.prose if alone else rest)
        self.prose = []
        if not last:
            return [], ""
        lead = text.last(last, LEAD)
        if alone and len(text.sentences(last)) == 1 and lead[-1:] not in ":?":
            lead = ""  # it speaks of the output
        return [] if alone else [str(last)], lead

    def show(self, block, slide):
        """Show a block on this cell's slide, or on a new one."""
        answer = block if block.name == "details" else block.find("details")
        if answer:
            return self.answer(block, answer)
        notes, lead = self.take()
        full = slide and text.size("".join(slide.shown)) > OPENING
        before = slide.leads_on if slide else ""
        if not slide or full or not slide.shows_more:
            slide = self.add("text")
        elif before in "".join(slide.shown):
            before = ""
        slide.shown += [_p(lead or before), str(block)]
        slide.notes += notes
        return slide

    def exercise(self, block):
        """Give each question of *Your turn* a slide."""
        for i, item in enumerate(block.find_all("li", recursive=False)):
            number = int(block.get("start", 1)) + i
            kept = f'<ol start="{number}">{item}</ol>'
            slide = self.add("question", kept)
        return slide

    def answer(self, block, answer):
        """Show what a question folds, after a click."""
        answer.extract()
        for summary in answer.find_all("summary"):
            summary.decompose()
        if block is not answer:
            notes, _ = self.take()
            self.add("question", str(block)).notes += notes
        slide = self.slides[-1]
        shown = f'<div class="answer">{answer.decode_contents()}</div>'
        if text.size("".join(slide.shown) + shown) > CROWDED:
            return self.add("question", shown)
        slide.shown.append(_hidden(shown))
        return slide

    def predict(self, cell):
        """Ask; keep the figure on the screen that the question is about."""
        about = self.slides[-1]
        kept = about.shown if about.kind == "figure" and not self.prose else []
        notes, _ = self.take()
        asked = map(str, text.blocks(cell.source))
        self.add("predict", *asked, *kept).notes += notes
        self.guessed = True

    def close(self):
        self.conclude("h2")
        if self.opens(self.slides[-1]):  # only answer cells followed
            self.slides.pop()

    # Code

    def code(self, cell):
        if anatomy.is_kind(cell, "setup", "answer"):
            return
        notes, lead = self.take()
        title = _title(cell.source)
        outputs = _outputs(cell)
        if anatomy.is_kind(cell, "slider"):
            self.add("live", f"<h2>{title}</h2>", _p(LIVE)).notes += notes
        elif anatomy.FOLDED in anatomy.tags(cell):
            if not outputs:
                return self.say(notes)
            caption = [_p(title)] if anatomy.is_kind(cell, "proof") else []
            kind = "output" if caption else "figure"
            shown = [output.html for output in outputs]
            self.add(kind, *caption, *shown).notes += notes
        else:
            self.listing(cell, outputs, lead).notes += notes
        self.guessed = False

    def listing(self, cell, outputs, lead):
        """Show code and, below it if there is room, its output."""
        source = _compact(cell.source)
        rows = len(source.splitlines())
        slide = self.add("code")
        if lead and not text.refers_back(lead) and rows + 2 <= ROWS:
            slide.shown.append(_p(lead))
            rows += 2
        slide.shown.append(_highlight(source))
        shown = [output.html for output in outputs]
        if sum(output.rows + 1 for output in outputs) + rows > ROWS:
            self.add("output", *shown)
        elif shown:
            both = f'<div class="outputs">{"".join(shown)}</div>'
            slide.shown.append(_hidden(both) if self.guessed else both)
        return slide


def _p(content):
    return f"<p>{content}</p>" if content else ""


def _hidden(content):
    return f'<div class="fragment">{content}</div>'


# Code and outputs as HTML


def _title(source):
    """Return what stands on a folded cell."""
    line = source.partition("\n")[0]
    return html.escape(line.removeprefix(anatomy.TITLE))


def _compact(source):
    """Return code without a title and without double blank lines; without any
    if it wouldn't fit."""
    if source.startswith(anatomy.TITLE):
        source = source.partition("\n")[2]
    source = re.sub(r"\n\n\n+", "\n\n", source.strip("\n"))
    if len(source.splitlines()) > ROWS:
        source = re.sub(r"\n\n+", "\n", source)
    return source


def _highlight(source):
    return Highlight2HTML(pygments_lexer="ipython3")(source)


class _Output(NamedTuple):
    html: str
    rows: int  # of text


def _outputs(cell):
    """Return what a cell has shown: images, or text as far as it fits."""
    found, printed = [], ""
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            found.append(_Output(_image(output), ROWS))
        elif output.get("name") != "stderr":
            plain = output.get("text") or data.get("text/plain", "")
            printed += plain.rstrip("\n") + "\n" if plain.strip() else ""
    return ([_printed(strip_ansi(printed))] if printed else []) + found


def _image(output):
    data = html.escape(output.data["image/png"].replace("\n", ""))
    about = output.metadata.get("image/png", {})
    alt = html.escape(about.get("alt") or output.data.get("text/plain", ""))
    return f'<img src="data:image/png;base64,{data}" alt="{alt}">'


def _printed(printed):
    """Wrap what is too wide, cut what is too long."""
    lines = []
    for line in printed.strip("\n").splitlines():
        lines += _wrap(line) or [""]
    if len(lines) > ROWS:
        lines = [*lines[: ROWS - 1], "…"]
    shown = html.escape("\n".join(lines))
    return _Output(f'<pre class="output">{shown}</pre>', len(lines))


def _wrap(line):
    return textwrap.wrap(
        line,
        COLUMNS,
        drop_whitespace=False,
        replace_whitespace=False,
        break_on_hyphens=False,
    )
