"""A notebook is run from a clean kernel, and saved if all went well."""

import os
import subprocess

import pytest
from nbformat.v4 import new_code_cell

from tools.notebooks import files, running


def test_execute_saves_normal_form(root, save):
    path = save(
        "01_small.ipynb",
        new_code_cell("import os\nx = 2"),
        new_code_cell("print(x)\nprint(os.getcwd())\nx * 3"),
    )
    running.execute(path)
    printed, result = files.read(path).cells[1].outputs
    assert printed.text.splitlines() == ["2", str(path.parent)]
    assert result.data == {"text/plain": "6"}
    assert files.format_notebooks(root) == [files.live_path(path)]


def test_what_a_lecture_claims_must_hold(save, monkeypatch):
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    source = "import utils.checking\nutils.checking.expect(False, 'it is so')"
    path = save("01_bad.ipynb", new_code_cell(source))
    with pytest.raises(files.NotebookError, match="no longer holds: it is so"):
        running.execute(path)


@pytest.mark.parametrize(
    "source, reason",
    [
        ("undefined + 1", r"NameError: name 'undefined' is not defined"),
        ("raise OSError('two\\nlines')", "OSError: two lines"),
        ("import os; os._exit(1)", "the kernel died"),
    ],
)
def test_execute_leaves_a_failing_notebook_alone(save, source, reason):
    path = save("01_bad.ipynb", new_code_cell("x = 1"), new_code_cell(source))
    before = path.read_bytes()
    with pytest.raises(files.NotebookError) as raised:
        running.execute(path)
    message = str(raised.value)
    assert message.startswith(f"{path}, cell 1 ({source}): {reason}")
    assert len(message.splitlines()) == 1
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no make")
def test_make_execute_says_what_is_missing():
    def make(*arguments):
        return subprocess.run(
            ["make", "--no-print-directory", "-n", "execute", *arguments],
            cwd=files.ROOT,
            capture_output=True,
            text=True,
        )

    assert "NB is missing: make execute NB=notebooks/" in make().stderr
    done = make("NB=notebooks/a.ipynb notebooks/b.ipynb")
    assert done.stdout.endswith(
        "execute notebooks/a.ipynb notebooks/b.ipynb\n"
    )
