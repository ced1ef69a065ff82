"""The engine of notebook 05 as one file that a reader can take away:
notebooks/engine.py, made of the cells with the tag `engine`.
"""

import ast

from tools.notebooks import anatomy, files

NOTEBOOK = "05_backpropagation.ipynb"
TAG = "engine"
HEADER = '''\
"""Pencil: the gradients of NumPy programs, by backpropagation.

    x = Tensor([1.0, 2.0])
    loss = (x * x).sum()
    loss.backward()
    x.grad  # array([2., 4.])

Notebook 05 (05_backpropagation.ipynb) explains each line. This file is made
of its cells by `make format`: change them there.
"""

from functools import wraps

import numpy as np
'''


def engine_path(root=files.ROOT):
    """Return where the engine's file lies: beside the notebook."""
    return root / "notebooks" / "engine.py"


def engine(root=files.ROOT):
    """Return the text of the engine's file, None without the notebook.

    Raises NotebookError if no cell carries the tag.
    """
    path = root / "notebooks" / NOTEBOOK
    if not path.exists():
        return None
    parts = [
        without_imports(cell.source)
        for cell in files.read(path).cells
        if anatomy.is_kind(cell, TAG)
    ]
    if not parts:
        raise files.NotebookError(f"{NOTEBOOK}: no cell has the tag '{TAG}'")
    return "\n\n\n".join([HEADER.strip(), *parts]) + "\n"


def without_imports(source):
    """Return a cell's code without its imports, which HEADER has."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for number in range(node.lineno - 1, node.end_lineno):
                lines[number] = ""
    return "\n".join(lines).strip("\n")


def write_engine(root=files.ROOT):
    """Write the engine's file; return its path in a list if it changed."""
    text, path = engine(root), engine_path(root)
    if text is None or path.exists() and path.read_text("utf-8") == text:
        return []
    path.write_text(text, encoding="utf-8", newline="\n")
    return [path]
