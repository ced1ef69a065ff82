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
    }
    assert clean.cells[1].metadata == {}


def folding(cell):
    """Return what a cell's metadata say of its folding, in normal form."""
    metadata = files.normalise(new_notebook(cells=[cell])).cells[0].metadata
    return (
        metadata.get("tags"),
        metadata.get("jupyter"),
        metadata.get("cellView"),
    )


LOCKED = {"locked": True, "grade_id": "a01-loss-check"}
LONG = "x = 1\n\n" * 9


@pytest.mark.parametrize(
    "source, metadata",
    [
        ("draw()", {"tags": ["figure"]}),
        ("move()", {"tags": ["slider", "hide-input"]}),
        ("1 / 8", {"tags": ["nbval-check-output", "answer"]}),
        (LONG, {"tags": ["proof"]}),
        ("check()", {"nbgrader": LOCKED}),
        ("test()", {"nbgrader": LOCKED | {"grade_id": "a01-loss-test"}}),
    ],
)
def test_cells_are_folded_by_their_kind(source, metadata):
    tags = [tag for tag in metadata.get("tags", []) if tag != "hide-input"]
    assert folding(code(source, **metadata)) == (
        [*tags, "hide-input"],
        {"source_hidden": True},
        "form",
    )


@pytest.mark.parametrize(
    "source, metadata",
    [
        (LONG, {}),
        ("# @title Eight lines\n" + LONG[8:], {"tags": ["proof"]}),
        ("check()", {"nbgrader": LOCKED | {"locked": False}}),
        ("answer()", {"nbgrader": LOCKED | {"grade_id": "a01-loss"}}),
    ],
)
def test_other_cells_are_unfolded(source, metadata):
    cell = code(source, **metadata)
    assert folding(cell) == (metadata.get("tags"), None, None)
    cell.metadata |= {
        "tags": [*metadata.get("tags", []), "hide-input"],
        "jupyter": {"source_hidden": True},
        "cellView": "form",
    }
    assert folding(cell) == (metadata.get("tags"), None, None)


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
    files.write_live(root)
    clean = path.read_bytes()
    path.write_bytes(clean.replace(b'count": 1', b'count": 5') + b"\n")
    assert files.format_notebooks(root) == [path]
    assert path.read_bytes() == clean
    assert files.format_notebooks(root) == []
    live = path.parent / "live"
    assert sorted(path.parent.iterdir()) == [path, live]
    assert list(live.iterdir()) == [files.live_path(path)]


# Live notebooks


@pytest.fixture
def lecture(save):
    """Return the path of a lecture that has been run."""
    output = new_output("stream", name="stdout", text="4\n")
    cells = (
        code("print(4)", output, tags=["answer"]),
        new_markdown_cell("Four"),
    )
    return save("01_small.ipynb", *cells)


def test_a_live_notebook_is_the_same_without_outputs(root, lecture):
    live = files.live_path(lecture)
    assert files.format_notebooks(root) == [live]
    code_cell, text_cell = files.read(lecture).cells
    code_cell.outputs, code_cell.execution_count = [], None
    assert files.read(live).cells == [code_cell, text_cell]
    assert files.to_text(files.normalise(files.read(live))) == (
        live.read_text("utf-8")
    )
    assert list(files.live_complaints(root)) == []
    assert files.notebook_paths(root) == [lecture]


def test_a_live_notebook_follows_its_lecture(root, lecture):
    assert len([*files.live_complaints(root)]) == 1
    files.write_live(root)
    nb = files.read(lecture)
    nb.cells[0].source = "print(5)"
    files.write(lecture, nb)
    assert [*files.live_complaints(root)] == [
        "live/01_small.ipynb is out of date: run `make format`"
    ]
    files.write_live(root)
    lecture.unlink()
    assert [*files.live_complaints(root)] == [
        "live/01_small.ipynb has no lecture: delete it, if it isn't yours"
    ]
    assert files.write_live(root) == []
    assert files.live_path(lecture).exists()


def test_a_live_notebook_that_was_run_is_somebodys(root, save, lecture):
    other = save("02_other.ipynb", code("1"))
    files.write_live(root)
    live = files.live_path(lecture)
    copy = live.with_name("my_copy.ipynb")
    for path in live, copy:
        path.write_bytes(lecture.read_bytes())
    save(other.name, code("2"))
    with pytest.raises(
        files.NotebookError, match="01_small.ipynb: has been run"
    ):
        files.write_live(root)
    assert live.read_bytes() == copy.read_bytes() == lecture.read_bytes()
    assert files.read(files.live_path(other)).cells[0].source == "2"


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
