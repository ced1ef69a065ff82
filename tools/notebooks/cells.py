"""Rules of code cells: their kinds, how long they are, what they may do."""

import ast
import re

from tools.notebooks import anatomy
from tools.notebooks.anatomy import (
    COMPARED,
    KINDS,
    TITLE,
    is_check,
    is_folded,
    is_kind,
    is_teaching,
    lines,
    tags,
)

KNOWN_TAGS = {"setup", "logged", "engine", COMPARED, anatomy.FOLDED, *KINDS}
TEACHING_LINES, CLASS_LINES, FIGURE_LINES, CHECK_LINES = 15, 20, 20, 10
MAX_WIDTH = 79  # characters in a line of code
CORE_CELLS, CORE_WORDS, FURTHER_CELLS = 30, 3500, 20
MAX_TITLE = 60  # characters
# A title is read before the run: it says what is drawn or computed, without
# numbers and without a verdict.
VERDICT = re.compile(
    r"(?<![A-Za-z\d])\d+|\b(?:better|worse|faster|slower|wins?|loses?|fails?|"
    r"always|never|no longer)\b",
    re.I,
)
DRAWERS = re.compile(r"plt|plotting|fig\d?|figure|ax(?:es|s|is)?\d?")
DRAWING_METHODS = {"plot", "imshow", "contour", "contourf", "set_title"}
DRAWING_MODULES = ("matplotlib", "utils.plotting")


def kinds(notebook):
    for index, cell in notebook.code():
        own = [tag for tag in tags(cell) if tag in {"setup", *KINDS}]
        if len(own) > 1:
            yield f"cell {index}: has {len(own)} kinds, {' and '.join(own)}"
        for tag in tags(cell):
            if tag not in KNOWN_TAGS:
                yield f"cell {index}: unknown tag {tag}"


def teaching_lines(notebook):
    for index, cell in notebook.code():
        if is_teaching(cell):
            nodes = ast.walk(anatomy.tree(cell.source))
            has_class = any(isinstance(node, ast.ClassDef) for node in nodes)
            limit = CLASS_LINES if has_class else TEACHING_LINES
            yield from _too_long(index, cell, limit)


def figure_lines(notebook):
    for index, cell in notebook.code():
        if is_kind(cell, "figure", "slider"):
            yield from _too_long(index, cell, FIGURE_LINES)


def _too_long(index, cell, limit):
    if len(lines(cell.source)) > limit:
        yield f"cell {index}: {len(lines(cell.source))} lines, at most {limit}"


def width(notebook):
    for index, cell in notebook.code():
        for line in cell.source.splitlines():
            if len(line) > MAX_WIDTH and not is_kind(cell, "setup"):
                yield f"cell {index}: over {MAX_WIDTH} characters: {line}"


def core(notebook):
    cells = anatomy.core(notebook.nb)
    teaching, words = sum(map(is_teaching, cells)), anatomy.words(cells)
    if teaching > CORE_CELLS:
        yield (
            f"{teaching} teaching cells before the recap, at most {CORE_CELLS}"
        )
    if words > CORE_WORDS:
        yield f"{words} words before the recap, at most {CORE_WORDS}"


def further(notebook):
    after = notebook.nb.cells[len(anatomy.core(notebook.nb)) :]
    teaching = sum(map(is_teaching, after))
    if teaching > FURTHER_CELLS:
        yield f"{teaching} teaching cells in Further, at most {FURTHER_CELLS}"


def drawing(notebook):
    trees = {i: anatomy.tree(cell.source) for i, cell in notebook.code()}
    helpers = _drawing_names(trees.values())
    for index, cell in notebook.code():
        if is_teaching(cell):
            for call in _drawing_calls(trees[index], helpers):
                yield (
                    f"cell {index}: a teaching cell draws: "
                    f"{ast.unparse(call.func)}"
                )
                break


def _drawing_names(trees):
    """Return the names of functions that draw: imported ones, and those of
    the notebook whose body does."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if alias.asname or isinstance(node, ast.ImportFrom)
        if f"{getattr(node, 'module', '')}.{alias.name}".lstrip(
            "."
        ).startswith(DRAWING_MODULES)
    }
    functions = [n for n in nodes if isinstance(n, ast.FunctionDef)]
    while more := {
        function.name
        for function in functions
        if function.name not in names and _drawing_calls(function, names)
    }:
        names |= more
    return names


def _drawing_calls(tree, helpers):
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _is_drawing(node.func, helpers)
    ]


def _is_drawing(function, helpers):
    if isinstance(function, ast.Name):
        return function.id in helpers
    if isinstance(function, ast.Attribute):
        root = function
        while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
            root = root.func if isinstance(root, ast.Call) else root.value
        if isinstance(root, ast.Name) and (
            DRAWERS.fullmatch(root.id) or root.id in helpers
        ):
            return True
        return function.attr in DRAWING_METHODS
    return False


def proofs(notebook):
    """A proof is stopped by `checking.expect`."""
    for index, cell in notebook.code():
        if is_kind(cell, "proof") and not _calls(cell, "expect"):
            yield f"cell {index}: a proof without checking.expect"


def sliders(notebook):
    """One `interact`, in a slider cell; none elsewhere."""
    for index, cell in notebook.code():
        own, count = is_kind(cell, "slider"), _calls(cell, "interact")
        if count != own:
            yield f"cell {index}: {count} times interact, not {int(own)}"


def _calls(cell, name):
    return sum(
        isinstance(node, ast.Call)
        and name
        in (getattr(node.func, "id", 0), getattr(node.func, "attr", 0))
        for node in ast.walk(anatomy.tree(cell.source))
    )


def folded(notebook):
    for index, cell in notebook.code():
        if is_folded(cell):
            yield from _title(index, cell)


def _title(index, cell):
    first = cell.source.partition("\n")[0]
    title = first.removeprefix(TITLE).strip()
    if not first.startswith(TITLE) or not title:
        yield f"cell {index}: is folded: begin with '{TITLE}What is drawn'"
    elif len(title) > MAX_TITLE:
        yield f"cell {index}: the title is longer than {MAX_TITLE} characters"
    elif found := VERDICT.search(title):
        yield f"cell {index}: '{title}' gives away: no '{found[0]}'"


def magics(notebook):
    for index, cell in notebook.code():
        if is_kind(cell, "setup"):
            continue
        try:
            code = ast.parse(anatomy.python(cell.source))
        except SyntaxError as error:
            yield f"cell {index}: isn't Python: {error.msg}"
            continue
        for call in ast.walk(code):
            match call:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Call(func=ast.Name(id="get_ipython"))
                    ),
                    args=[ast.Constant(value=name), *_],
                ) if name != "timeit":
                    yield f"cell {index}: only %timeit is allowed, not {name}"


def no_assert(notebook):
    for index, cell in notebook.code():
        if is_kind(cell, "setup"):
            continue
        for node in ast.walk(anatomy.tree(cell.source)):
            if isinstance(node, ast.Assert) or _is_testing(node):
                yield (
                    f"cell {index}: line {node.lineno}: instead of an assert: "
                    "checking.expect(condition, claim)"
                )


def _is_testing(node):
    match node:
        case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="testing"):
            return True
        case ast.ImportFrom(module=module):
            names = [f"{module}.{alias.name}" for alias in node.names]
        case ast.Import():
            names = [alias.name for alias in node.names]
        case _:
            return False
    return any(name.startswith("numpy.testing") for name in names)


def executed(notebook):
    for index, cell in notebook.code():
        if cell.execution_count is None:
            yield f"cell {index}: was never run"


def clean_outputs(notebook):
    for index, cell in notebook.code():
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {index}: ends in an error, {output.ename}"
            elif output.get("name") == "stderr":
                yield f"cell {index}: has warnings: {output.text[:60]!r}"


def folded_checks(notebook):
    """Of assignments: checks, tests and pictures are folded."""
    for index, cell in notebook.code():
        if is_check(cell) or is_kind(cell, "figure"):
            if not cell.metadata.get("jupyter", {}).get("source_hidden"):
                yield f"cell {index}: isn't folded: run `make format`"
            yield from _title(index, cell)


def short_checks(notebook):
    """Of assignments: what students see of checks and tests is short."""
    for index, cell in notebook.code():
        if is_check(cell):
            shown = re.sub(
                r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS",
                "",
                cell.source,
                flags=re.S,
            )
            count = len(lines(shown))
            if count > CHECK_LINES:
                yield f"cell {index}: {count} lines, at most {CHECK_LINES}"
