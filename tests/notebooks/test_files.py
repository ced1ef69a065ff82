"""Notebooks are read, written and put into normal form."""

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from tools.notebooks import files


def code(source, *outputs, count=1, **metadata):
    return new_code_cell(
        source,
        execution_count=count,
        outputs=list(outputs),
        metadata=metadata,
    )


def test_code_that_ran_is_numbered_from_one():
    nb = new_notebook(
        cells=[
            code("a = 1", count=7),
            code("b = 2", count=None),
            code("a", new_output("execute_result", {}), count=3),
        ]
    )
    cells = files.normalise(nb).cells
    assert [cell.execution_count for cell in cells] == [1, None, 2]
    assert cells[2].outputs[0].execution_count == 2


def test_valid_ids_stay_and_others_are_derived():
    nb = new_notebook(cells=[new_markdown_cell("same") for _ in range(4)])
    del nb.cells[0]["id"]
    nb.cells[1].id = "kept"
    nb.cells[2].id = "kept"
    nb.cells[3].id = "not valid!"
    first, second = files.normalise(nb), files.normalise(nb)
    ids = [cell.id for cell in first.cells]
    assert ids[1] == "kept"
    assert len({*ids, "not valid!"}) == 5
    assert ids == [cell.id for cell in second.cells]
    assert files.normalise(first) == first


def test_editors_leave_nothing_behind():
    nb = new_notebook(
        cells=[
            code(
                "\nx = 1\n\n",
                tags=["setup"],
                nbgrader={"grade": True},
                execution={"iopub.execute_input": "2026-01-01"},
                jupyter={"source_hidden": True, "outputs_hidden": True},
                scrolled=True,
            ),
            code("y = 2", tags=[], collapsed=False),
        ],
        metadata={
            "widgets": {"state": {}},
            "kernelspec": {"name": "dl", "display_name": "dl"},
            "language_info": {"name": "python", "version": "3.11.7"},
            "colab": {"provenance": []},
        },
    )
    nb.nbformat_minor = 4
    clean = files.normalise(nb)
    assert clean.nbformat_minor == 5
    assert clean.metadata == files.METADATA
    assert clean.cells[0].source == "x = 1"
    assert clean.cells[0].metadata == {
        "tags": ["setup"],
        "nbgrader": {"grade": True},
        "jupyter": {"source_hidden": True},
    }
    assert clean.cells[1].metadata == {}


def test_outputs_keep_results_only():
    alt = {"alt": "A line."}
    cell = code(
        "show()",
        new_output("stream", name="stdout", text="a"),
        new_output("stream", name="stdout", text="b\n"),
        new_output("stream", name="stderr", text="c"),
        new_output("display_data", {files.WIDGET: {}, "text/plain": "slider"}),
        new_output(
            "display_data",
            {"image/png": "", "text/plain": "A line."},
            metadata={"image/png": alt, "needs_background": "light"},
        ),
    )
    clean = files.normalise(new_notebook(cells=[cell]))
    printed, warned, figure = clean.cells[0].outputs
    assert (printed.name, printed.text) == ("stdout", "ab\n")
    assert (warned.name, warned.text) == ("stderr", "c")
    assert figure.metadata == {"image/png": alt}


def test_format_changes_a_file_once(root, save):
    path = save("01_small.ipynb", code("1"))
    clean = path.read_bytes()
    path.write_bytes(clean.replace(b'count": 1', b'count": 5') + b"\n")
    assert files.format_notebooks(root) == [path]
    assert path.read_bytes() == clean
    assert files.format_notebooks(root) == []
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"cells": []}', '{"nbformat": 3}']
)
def test_read_refuses_in_one_line(root, text):
    path = root / "notebooks" / "bad.ipynb"
    path.write_text(text)
    with pytest.raises(files.NotebookError, match=r"^\S*bad.ipynb: .+$"):
        files.read(path)


def test_read_names_a_missing_file(root):
    with pytest.raises(files.NotebookError, match="No such file"):
        files.read(root / "no.ipynb")
