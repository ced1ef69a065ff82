"""Rules of names, so that any cell can be run again in any order."""

import ast
import symtable
from collections import defaultdict

from tools.notebooks import anatomy

COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}


def bound_once(notebook):
    """A name that a function reads as a global is bound in one cell, or in
    several by the same import: else the function's next call depends on
    which of them has run last."""
    bound = defaultdict(dict)  # name: {cell or imported thing: first cell}
    readers = {}  # name: a function that reads it
    for index, cell in notebook.code():
        try:
            source = anatomy.python(cell.source)
            table = symtable.symtable(source, "cell", "exec")
        except SyntaxError:  # `magics` says so
            continue
        imports = _imports(anatomy.tree(cell.source))
        for name in _assigned(table):
            bound[name].setdefault(imports.get(name, index), index)
        readers |= _reads(table)
    for name, reader in readers.items():
        if len(bound[name]) > 1:
            where = " and ".join(map(str, bound[name].values()))
            yield f"`{name}`, which {reader} reads, is bound in cells {where}"


def _assigned(table):
    """Yield the global names that a cell binds."""
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            yield symbol.get_name()
    for child in _descendants(table):
        for symbol in child.get_symbols():
            if symbol.is_declared_global() and symbol.is_assigned():
                yield symbol.get_name()


def _descendants(table):
    for child in table.get_children():
        yield child
        yield from _descendants(child)


def _reads(table, function=None):
    """Return {global name: the function that reads it}."""
    found = {}
    for child in table.get_children():
        own = child.get_type() == "function"
        name = child.get_name()
        if own and name not in COMPREHENSIONS:
            inside = "a lambda" if name == "lambda" else f"{name}()"
        else:  # a class, or a comprehension: it reads at once
            inside = function
        if inside:
            for symbol in child.get_symbols():
                if symbol.is_global() and symbol.is_referenced():
                    found[symbol.get_name()] = inside
        found |= _reads(child, inside)
    return found


def _imports(tree):
    """Return {name: what it stands for} of the imports of a cell."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = getattr(node, "module", None)
            for alias in node.names:
                top = alias.name.partition(".")[0]
                name = alias.asname or top
                whole = alias.name if alias.asname else top
                found[name] = f"{module}:{whole}"
    return found


def defaults(notebook):
    """No function is a default argument: who runs its cell again, changed,
    would still get the old one."""
    trees = {i: anatomy.tree(cell.source) for i, cell in notebook.code()}
    functions = set()
    for node in _nodes(trees):
        match node:
            case ast.FunctionDef(name=name):
                functions.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
                functions.add(name)
    for index, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.arguments):
                for default in [*node.defaults, *node.kw_defaults]:
                    name = getattr(default, "id", None)
                    if isinstance(default, ast.Lambda) or name in functions:
                        yield (
                            f"cell {index}: the function "
                            f"{ast.unparse(default)} is a default argument"
                        )


def _nodes(trees):
    return [node for tree in trees.values() for node in ast.walk(tree)]
