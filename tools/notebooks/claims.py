"""Rules of what a notebook claims: questions, titles, numbers in answers."""

import ast
import re

from tools.notebooks import anatomy
from tools.notebooks.anatomy import COMPARED, PREDICT, is_kind, tags

MAX_PREDICTS = 10
# A decimal, a percentage; not a section (§2.1).
FROZEN = re.compile(r"(?<![§\d.])\d+(?:\.\d+|(?:\.\d+)?\s*%)")
TITLES = {"title", "suptitle", "set_title"}
LECTURE = re.compile(r"\bL[0-4]\b")
NUMBER = re.compile(
    r"(?<![\w.])(\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?)(\s*\\?%)?"
)
SMALLEST = 10  # integers below it are words of counting


def predicts(notebook):
    cells = notebook.nb.cells
    asked = [i for i, cell in enumerate(cells) if anatomy.is_predict(cell)]
    if len(asked) > MAX_PREDICTS:
        yield f"{len(asked)} times Predict, at most {MAX_PREDICTS}"
    for index, cell in notebook.markdown():
        rest = cell.source.removeprefix(PREDICT)
        if re.search(r"(?i)(?<!\w)(?:\*\*?|__?)predict", rest):
            yield (
                f"cell {index}: a Predict is a cell of its own that begins "
                f"'{PREDICT}'"
            )
    for index in asked:
        code = [c for c in cells[index:] if c.cell_type == "code"]
        if not code or is_kind(code[0], "setup"):
            yield f"cell {index}: no cell answers this Predict"


def computed_titles(notebook):
    for index, cell in notebook.code():
        for text in _titles(anatomy.tree(cell.source)):
            if found := FROZEN.search(text):
                yield (
                    f"cell {index}: {found[0]} in a title or alternative text "
                    f"isn't computed: {text[:50]!r}"
                )


def _titles(tree):
    """Yield the fixed parts of titles and alternative texts, and of the
    variables that they are made of."""
    parts = {"title", "alt"}
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="title" | "suptitle" | "alt"):
                parts |= _variables(node.value)
            case ast.Call(func=ast.Attribute(attr=name)) if name in TITLES:
                parts |= {n for a in node.args[:1] for n in _variables(a)}
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="title" | "suptitle" | "alt"):
                yield from _fixed(node.value)
            case (
                ast.Assign(targets=[ast.Name(id=name)])
                | ast.AugAssign(target=ast.Name(id=name))
            ) if name in parts:
                yield from _fixed(node.value)
            case ast.Call(func=ast.Attribute(attr=name)) if name in TITLES:
                for argument in node.args[:1]:
                    yield from _fixed(argument)


def _variables(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _fixed(node):
    """Yield the strings of an expression, without an f-string's fields."""
    if isinstance(node, ast.FormattedValue):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _fixed(child)


def answer_numbers(notebook):
    """A decimal, a percentage or an integer from 10 in a folded answer stands
    in an output or in the question, or its sentence names a lecture. What
    stands in code doesn't count, nor does an integer in a formula."""
    shown = {
        number
        for _, cell in notebook.code()
        for output in cell.outputs
        for number, _ in _numbers(_text(output))
    }
    turn = re.sub(
        r"```.*?```|`[^`]*`", "", notebook.section("Your turn"), flags=re.S
    )
    parts = re.split(r"</?details>", turn)
    for question, answer in zip(parts[::2], parts[1::2]):
        known = shown | {number for number, _ in _numbers(question)}
        for sentence in re.split(r"(?<=[.!?])\s+|\n\s*\n", answer):
            if LECTURE.search(sentence):
                continue
            for number, word in _frozen(sentence):
                if number not in known:
                    sentence = " ".join(sentence.split())
                    yield f"Your turn: {word} isn't in an output: {sentence}"


def _numbers(text):
    """Yield each number of a text and how it is written."""
    for found in NUMBER.finditer(text.replace("{,}", ",")):
        yield float(found[1].replace(",", "")), found[0]


def _frozen(sentence):
    """Yield the numbers of a sentence that may be results."""
    formulas = " ".join(re.findall(r"\$[^$]+\$", sentence))
    prose = re.sub(r"\$[^$]+\$|[Nn]otebooks? \d+", " ", sentence)
    for number, word in _numbers(prose):
        if number >= SMALLEST or re.search(r"[.e%]", word):
            yield number, word
    for number, word in _numbers(formulas):
        if re.search(r"[.e%]", word):
            yield number, word


def _text(output):
    return output.get("text") or output.get("data", {}).get("text/plain", "")


def compared(notebook):
    printing = [cell for _, cell in notebook.code() if _prints(cell)]
    tagged = [c for c in printing if COMPARED in tags(c)]
    if 2 * len(tagged) < len(printing):
        yield (
            f"{len(tagged)} of {len(printing)} cells that print carry the "
            f"tag {COMPARED}: at least half must"
        )


def _prints(cell):
    return any(
        output.get("name") == "stdout"
        or "text/plain" in output.get("data", {})
        and not any(kind.startswith("image/") for kind in output.data)
        for output in cell.outputs
    )
