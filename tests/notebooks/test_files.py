"""Normal form, badges, execution and timings, on notebooks made here."""

import subprocess
import sys

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from tools.notebooks import badges, files, running, timings

OLD = badges.Course("ann/old.course", "v1.0")
PROJECT = f"""\
[tool.course]
repository = "{OLD.repository}"
tag = "{OLD.tag}"
"""
README = f"""\
Clone https://github.com/{OLD.repository}.git or see
https://github.com/{OLD.repository}-extras and the
[notes](https://github.com/{OLD.repository}/blob/{OLD.tag}/NOTES.md).
[Binder](https://mybinder.org/v2/gh/{OLD.repository}/{OLD.tag}?urlpath=lab)

<!-- timings:start -->
| lecture | badge | seconds | memory (MB) |
|---|---|---|---|
| [Small](notebooks/01_small.ipynb) | {OLD.repository} | 7 | 8 |
| [Large](notebooks/02_large.ipynb) | b | | |
<!-- timings:end -->
"""


@pytest.fixture
def root(tmp_path):
    """Return a folder with a course of no notebooks yet."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "README.md").write_text(README)
    return tmp_path


def save(root, name, *cells):
    path = root / "notebooks" / name
    files.write(path, new_notebook(cells=list(cells)))
    return path


def code(source, *outputs, count=1, **metadata):
    return new_code_cell(
        source,
        execution_count=count,
        outputs=list(outputs),
        metadata=metadata,
    )


# Normal form


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


def test_format_changes_a_file_once(root):
    path = save(root, "01_small.ipynb", code("1"))
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


# Badges


def test_stamp_moves_every_address(root):
    path = root / "notebooks" / "01_small.ipynb"
    save(
        root,
        path.name,
        new_markdown_cell(f"[b]({badges.badge_url(OLD, path, root)})"),
        code(badges.setup_source(OLD), tags=["setup"]),
    )
    new = badges.Course("bob/fork", "v2.1")
    badges.stamp(*new, root)
    assert badges.course(root) == new
    badge, setup = files.read(path).cells
    assert badge.source == f"[b]({badges.badge_url(new, path, root)})"
    assert setup.source == badges.setup_source(new)
    assert (root / "README.md").read_text() == README.replace(
        f"{OLD.repository}/blob/{OLD.tag}", "bob/fork/blob/v2.1"
    ).replace(f"{OLD.repository}/{OLD.tag}?", "bob/fork/v2.1?").replace(
        f"{OLD.repository}.git", "bob/fork.git"
    )


def test_stamp_there_and_back_changes_nothing(root):
    save(
        root,
        "01_small.ipynb",
        code(badges.setup_source(OLD), tags=["setup"]),
    )
    before = {path: path.read_bytes() for path in root.rglob("*.*")}
    badges.stamp("bob/fork", "v2.1", root)
    assert badges.course(root).tag == "v2.1"
    badges.stamp(OLD.repository, OLD.tag, root)
    assert {path: path.read_bytes() for path in root.rglob("*.*")} == before


def test_stamp_keeps_the_tag(root):
    badges.stamp("bob/fork", None, root)
    assert badges.course(root) == ("bob/fork", OLD.tag)


@pytest.mark.parametrize(
    "repository, tag",
    [
        ("", None),
        ("fork", None),
        ("https://github.com/bob/fork", None),
        ("bob/fork ", None),
        ("bob/fork", "v 2"),
        ("bob/fork", '"'),
    ],
)
def test_stamp_refuses_and_changes_nothing(root, repository, tag):
    with pytest.raises(files.NotebookError, match="^.+$"):
        badges.stamp(repository, tag, root)
    assert badges.course(root) == OLD


def test_command_fails_in_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "tools.notebooks", "badges", "fork"],
        cwd=files.ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "REPO must be owner/name as on GitHub, not 'fork': "
        "make badges REPO=owner/name"
    ]


# Execution


def test_execute_saves_normal_form(root):
    path = save(
        root,
        "01_small.ipynb",
        code("import os\nx = 2", count=None),
        code("print(x)\nprint(os.getcwd())\nx * 3", count=None),
    )
    running.execute(path)
    printed, result = files.read(path).cells[1].outputs
    assert printed.text.splitlines() == ["2", str(path.parent)]
    assert result.data == {"text/plain": "6"}
    assert files.format_notebooks(root) == []


@pytest.mark.parametrize(
    "source, reason",
    [
        ("undefined + 1", r"NameError: name 'undefined' is not defined"),
        ("raise OSError('two\\nlines')", "OSError: two lines"),
        ("import os; os._exit(1)", "the kernel died"),
    ],
)
def test_execute_leaves_a_failing_notebook_alone(root, source, reason):
    path = save(root, "01_bad.ipynb", code("x = 1"), code(source))
    before = path.read_bytes()
    with pytest.raises(files.NotebookError) as raised:
        running.execute(path)
    message = str(raised.value)
    assert message.startswith(f"{path}, cell 1 ({source}): {reason}")
    assert len(message.splitlines()) == 1
    assert path.read_bytes() == before


# Timings


def test_timings_fill_the_last_two_columns(root):
    paths = [
        save(root, "01_small.ipynb", code("x = 1")),
        save(root, "02_large.ipynb", code("x = bytearray(3 * 10**8); del x")),
    ]
    before = [path.read_bytes() for path in paths]
    timings.write_timings(root)
    assert [path.read_bytes() for path in paths] == before
    old, new = README.splitlines(), (root / "README.md").read_text()
    rows = [line.split("|") for line in new.splitlines() if "ipynb)" in line]
    assert new.splitlines()[:8] == old[:8]
    assert [row[2] for row in rows] == [f" {OLD.repository} ", " b "]
    assert all(len(row) == 6 and float(row[3]) >= 1 for row in rows)
    assert float(rows[1][4]) - float(rows[0][4]) > 200


def test_timings_count_children(root):
    child = "import time; x = bytearray(2 * 10**8); time.sleep(3)"
    path = save(
        root,
        "02_large.ipynb",
        code(
            "import subprocess, sys\n"
            f"subprocess.run([sys.executable, '-c', {child!r}])"
        ),
    )
    assert timings.measure(path).megabytes > 250


@pytest.mark.parametrize("missing", ["<!-- timings:start -->", "01_small"])
def test_timings_name_what_is_missing(root, missing):
    save(root, "01_small.ipynb", code("1 / 0"))
    readme = root / "README.md"
    readme.write_text(README.replace(missing, ""))
    with pytest.raises(files.NotebookError, match="^README.md: .+$"):
        timings.write_timings(root)
    assert readme.read_text() == README.replace(missing, "")
