"""Rules of a notebook as a page and as a file: opening, sections, Markdown."""

import re

import nbformat

from tools.notebooks import anatomy, badges, files, timings

MAX_BYTES = 1_000_000
LAST_SECTION = "Sources and further reading"
# Formulas in plain text: most of it is lost in LaTeX, for want of a glyph.
SYMBOL = re.compile(
    "[\u0300-\u03ff"  # accents put on letters, Greek
    "\u1d2c-\u1d7f\u2070-\u209f"  # small, raised and lowered
    "\u2032-\u2037\u2102\u2113\u2115\u211a\u211d\u2124"  # primes, ℂ, ℓ, ℝ
    "\u21d0-\u22ff\U0001d400-\U0001d7ff]"  # ⇒, ∂, √, 𝑥
)
ABSOLUTE_PATH = re.compile(
    r"(?<![\w.~/-])/(?:home|root|tmp|work|Users|content)/|(?<!\$)\b[CD]:\\"
)


def title(notebook):
    number = notebook.path.name.partition("_")[0]  # 02 or 02b
    if not re.match(rf"# {number} · \S", notebook.opening()):
        yield f"cell 0: must begin with '# {number} · Title'"


def badge(notebook):
    own = badges.badge(notebook.course, notebook.path, notebook.root)
    if own not in notebook.opening():
        yield f"cell 0: needs the badge {own} (`make badges` mends one)"
    stem = badges.badge_url(notebook.course, notebook.root, notebook.root)
    for index, cell in notebook.markdown():
        for found in re.findall(
            r"https://colab\.research\.google\.com/github/[^\s)\"]+",
            cell.source,
        ):
            if not found.startswith(stem.removesuffix(".")):
                yield f"cell {index}: {found} leaves the course"


def objectives(notebook):
    after = notebook.opening().partition("After this notebook you can")[2]
    items = re.findall(r"^[-*] ", after, re.M)
    if not 3 <= len(items) <= 5:
        yield "cell 0: needs 'After this notebook you can' and 3 to 5 items"


def duration(notebook):
    if not re.search(r"·.*\d+ minutes.*·.*\d+ seconds", notebook.opening()):
        yield (
            "cell 0: needs the line 'lecture · NN minutes in class · "
            "NN seconds to run'"
        )


def measured(notebook):
    name, minutes = notebook.path.name, anatomy.minutes(notebook.nb)
    found = timings.HEADER.search(notebook.opening())
    row = timings.row(notebook.root, name)
    if not found:
        yield f"cell 0: needs '{timings.header('NN', 'NN')}'"
    elif found[1] != str(minutes):
        yield (
            f"cell 0: {found[1]} minutes in class, {minutes} by its cells and "
            "words (`make timings` writes them)"
        )
    elif row and row[:2] != found.groups():
        yield (
            f"cell 0: {found[1]} minutes and {found[2]} seconds, README.md "
            f"says {row[0]} and {row[1]} (`make timings` writes both)"
        )


def hand_in(notebook):
    for menu in (
        "*File > Save a copy in Drive*",
        "*File > Download > Download .ipynb*",
    ):
        if menu not in notebook.opening():
            yield f"cell 0: must say when to choose {menu}"


def setup_cell(notebook):
    tagged = [
        index
        for index, cell in notebook.code()
        if "setup" in cell.metadata.get("tags", [])
    ]
    first = next((index for index, _ in notebook.code()), None)
    if tagged != [first]:
        yield "the first code cell, and no other, must carry the tag 'setup'"
    elif notebook.nb.cells[first].source != badges.setup_source(
        notebook.course
    ):
        yield f"cell {first}: differs from the course's set-up cell"


def sections(notebook):
    names = [name for _, level, name in notebook.headings() if level == 2]
    if "Recap" not in names or names[-1] != LAST_SECTION:
        yield f"needs a section 'Recap' and, as the last one, '{LAST_SECTION}'"
        return
    recap = names.index("Recap")
    if "Your turn" not in names[:recap]:
        yield "needs a section 'Your turn' before the recap"
    elif "<details>" not in notebook.section("Your turn"):
        yield "'Your turn' needs folded answers (<details>)"
    between = names[recap + 1 : -1]
    if len(between) > (2 if between[0:1] == ["Further"] else 1):
        yield (
            "after the recap only 'Further', then one section with the "
            f"answers' numbers, then '{LAST_SECTION}'"
        )


def heading_levels(notebook):
    previous = 0
    for index, level, name in notebook.headings():
        if level > previous + 1:
            yield f"cell {index}: '{name}' skips a heading level"
        if level == 1 and previous:
            yield f"cell {index}: '{name}' is a second title"
        previous = level


def alternative_text(notebook):
    for index, cell in notebook.code():
        for output in cell.outputs:
            for kind in _images(output):
                if not output.metadata.get(kind, {}).get("alt", "").strip():
                    yield f"cell {index}: a figure without alternative text"
    for index, cell in notebook.markdown():
        if re.search(r"!\[\s*\]\(", cell.source) or re.search(
            r"""<img(?![^>]*\balt=["'][^"'])""", cell.source
        ):
            yield f"cell {index}: an image without alternative text"


def _images(output):
    return [kind for kind in output.get("data", {}) if kind[:6] == "image/"]


def remote_images(notebook):
    for index, cell in notebook.markdown():
        if found := re.search(r"!\[[^]]*\]\(https?:[^)]*\)", cell.source):
            yield f"cell {index}: LaTeX stops at {found[0]}: write it as <img>"


def formulas(notebook):
    for index, cell in notebook.markdown():
        for line in _prose(cell.source).splitlines():
            if found := SYMBOL.findall(line):
                yield (
                    f"cell {index}: {' '.join(found)} outside $…$, where "
                    f"LaTeX loses it: {line.strip()[:60]}"
                )
        for line in _lines(cell):
            if "$$" in line and line != "$$":
                yield f"cell {index}: $$ needs a line of its own: {line[:60]}"


def _prose(source):
    """Return Markdown without code and formulas."""
    for code_or_formula in r"(`+)[^`].*?\1", r"\$\$.*?\$\$", r"\$[^$]+\$":
        source = re.sub(code_or_formula, "", source, flags=re.S)
    return source


def _lines(cell):
    """Return the lines of a cell without the marks of a quotation."""
    return [re.sub(r"^(> ?)+", "", li) for li in cell.source.splitlines()]


def details(notebook):
    for index, cell in notebook.markdown():
        lines = _lines(cell)
        pairs = list(zip(["", *lines], [*lines, ""]))
        for before, line in pairs:
            if "<details" in line and not re.fullmatch(
                r"<details><summary>.+</summary>", line
            ):
                yield (
                    f"cell {index}: write <details><summary>…</summary> on a "
                    "line of its own"
                )
            if "</summary>" in before and line.strip():
                yield f"cell {index}: needs a blank line after </summary>"
            if "</details>" in line and before.strip():
                yield f"cell {index}: needs a blank line before </details>"


def no_absolute_paths(notebook):
    for index, cell in enumerate(notebook.nb.cells):
        for text in (cell.source, *_texts(cell)):
            if match := ABSOLUTE_PATH.search(text):
                yield f"cell {index}: a path of one machine, {match[0]}"


def _texts(cell):
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        for kind, value in output.get("data", {}).items():
            if kind.startswith("text/"):
                yield value


def normal_form(notebook):
    if files.to_text(notebook.nb) != files.to_text(
        files.normalise(notebook.nb)
    ):
        yield "isn't in normal form: run `make format`"
    elif not nbformat.validator.isvalid(notebook.nb):
        yield "isn't a valid notebook: open and save it in JupyterLab"


def small(notebook):
    size = len(files.to_text(notebook.nb).encode())
    if size > MAX_BYTES:
        yield f"{size} bytes, at most {MAX_BYTES}: fewer or smaller figures"
