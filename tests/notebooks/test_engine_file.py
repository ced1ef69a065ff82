"""The engine's file is made of notebook 05's cells, short, and whole."""

import ast
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell

from tools.notebooks import engine, files

TEXT = engine.engine()


def lines(text):
    return [line for line in text.splitlines() if line.strip()]


def test_the_file_is_up_to_date():
    own = engine.engine_path().read_text(encoding="utf-8")
    assert own == TEXT, "notebooks/engine.py is out of date: run `make format`"


def test_it_is_short():
    assert len(lines(TEXT)) <= 200
    body = ast.parse(TEXT).body[1:]  # without the docstring
    machine = {"Methods", "Tensor", "plain", "operation", "answer_to"}
    rest = [  # the operations and backward
        line
        for node in body
        if not isinstance(node, (ast.Import, ast.ImportFrom))
        and getattr(node, "name", None) not in machine
        for line in lines(ast.get_source_segment(TEXT, node))
    ]
    decorators = sum(len(getattr(n, "decorator_list", ())) for n in body)
    assert len(rest) + decorators <= 150


def test_it_needs_nothing_but_numpy(tmp_path):
    (tmp_path / "engine.py").write_text(TEXT, encoding="utf-8")
    code = "import sys; sys.path[:0] = ['.']; import engine; "
    code += "print('utils' in sys.modules)"
    out = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (out.stdout, out.stderr) == ("False\n", "")


def test_imports_of_a_cell_are_left_out():
    source = "from functools import (\n    wraps,\n)\n\n\ndef f(a):\n    pass"
    assert engine.without_imports(source) == "def f(a):\n    pass"


def test_without_the_tag_there_is_one_clear_line(root, save):
    save(engine.NOTEBOOK, new_code_cell("1"))
    with pytest.raises(files.NotebookError, match="no cell has the tag"):
        engine.engine(root)


def test_it_is_written_when_it_has_changed(root, save):
    assert engine.write_engine(root) == []  # without the notebook
    tagged = {"metadata": {"tags": [engine.TAG]}}
    save(engine.NOTEBOOK, new_code_cell("x = 1", **tagged))
    assert engine.write_engine(root) == [engine.engine_path(root)]
    assert engine.engine_path(root).read_text().endswith("\n\n\nx = 1\n")
    assert engine.write_engine(root) == []
