"""Writing the students' repository: what is refused, what is written again,
and that nothing is lost."""

import os
import shutil
import subprocess

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from test_workflows import git

from tools import assignments, students
from tools.notebooks import badges, files

FILES = {
    "README.md": (
        "# Small\n\n<!-- lecturers:start -->\nGrade.\n<!-- lecturers:end -->\n"
        "\nFor lecturers: see https://github.com/ann/course/blob/v1.0/LICENSE.\n"
    ),
    "LICENSE": "Free.\n",
    "pyproject.toml": (
        '[tool.course]\nrepository = "ann/course"\ntag = "v1.0"\n'
    ),
    "utils/data.py": "x = 1\n",
    "notebooks/logs/08.csv": "a,b\n",
    "notebooks/solutions/a01/mistakes.py": "secret = 1\n",
    "exam.md": "Secret.\n",
    ".ci/run": "make test\n",
}
NOTEBOOKS = "notebooks/01_small.ipynb", "notebooks/live/01_small.ipynb"
GIVEN = {"README.md", "LICENSE", "pyproject.toml", "utils/data.py"}
GIVEN |= {"notebooks/logs/08.csv", *NOTEBOOKS}


def put(root, texts):
    for place, text in texts.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text, "utf-8", newline="\n")


def content(folder):
    """Return {place: text} of what a folder holds, git's own aside."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return the folder of a small course, all of it committed."""
    monkeypatch.setattr(assignments, "out_of_date", lambda root: [])
    root = tmp_path / "course"
    put(root, FILES)
    cell = new_code_cell(
        badges.setup_source(badges.Course("ann/course", "v1.0")),
        metadata={"tags": ["setup"]},
    )
    files.write(root / NOTEBOOKS[0], new_notebook(cells=[cell]))
    files.write_live(root)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root


@pytest.fixture
def out(tmp_path):
    return tmp_path / "elsewhere" / "students"


@pytest.fixture
def write(root, out):
    """Return a function that writes the students' repository."""
    return lambda: students.write(out, "you/students", "v2", root)


def test_what_is_for_students_is_written_and_the_course_stays(
    root, out, write
):
    before = content(root)
    assert set(write().written) == GIVEN
    assert content(out).keys() == GIVEN | {students.WRITTEN}
    assert (out / "README.md").read_text() == (
        "# Small\n\nFor lecturers: "
        "see https://github.com/you/students/blob/v2/LICENSE.\n"
    )
    assert badges.course(out) == ("you/students", "v2")
    assert content(root) == before


def test_a_second_time_nothing_is_touched(out, write):
    write()
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.*")}
    assert write() == ([], [], [])
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*.*")}
    del before[out / students.WRITTEN], after[out / students.WRITTEN]
    assert after == before


def test_what_has_changed_is_written_and_what_is_gone_removed(
    root, out, write
):
    write()
    put(root, {"LICENSE": "Free, too.\n", "utils/plotting.py": "y = 2\n"})
    (root / "utils" / "data.py").unlink()
    git(root, "add", "utils/plotting.py")
    done = write()
    assert done == (["LICENSE", "utils/plotting.py"], ["utils/data.py"], [])
    assert (out / "LICENSE").read_text() == "Free, too.\n"
    assert not (out / "utils" / "data.py").exists()


def test_files_and_history_of_their_own_stay(root, out, write):
    out.mkdir(parents=True)
    git(out, "init", "-q")
    write()
    own = {"syllabus.md": "1 May\n", "notebooks/99_mine.ipynb": "{}\n"}
    put(out, own)
    git(out, "add", ".")
    git(out, "commit", "-qm", "our own")
    put(root, {"LICENSE": "Free, too.\n"})
    write()
    assert content(out).items() >= own.items()
    assert git(out, "log", "--format=%s") == "our own\n"
    changed = git(out, "diff", "--name-only").split()
    assert changed == [students.WRITTEN, "LICENSE"]


@pytest.mark.parametrize("course_goes_on", [False, True])
def test_an_edit_there_is_kept_and_named_each_time(
    root, out, write, course_goes_on
):
    write()
    first = (out / "LICENSE").read_text()
    put(out, {"LICENSE": "Mine.\n"})
    if course_goes_on:
        put(root, {"LICENSE": "Free, too.\n"})
    for _ in range(2):
        assert write() == ([], [], ["LICENSE"])
        assert (out / "LICENSE").read_text() == "Mine.\n"
    put(out, {"LICENSE": first})  # it is ours again
    assert write().kept == []
    assert content(out)["LICENSE"] == content(root)["LICENSE"]


def test_an_edited_file_that_left_the_course_is_kept(root, out, write):
    write()
    put(out, {"utils/data.py": "x = 2\n"})
    (root / "utils" / "data.py").unlink()
    assert write() == ([], [], ["utils/data.py"])
    assert (out / "utils" / "data.py").read_text() == "x = 2\n"


def test_a_file_of_their_own_with_the_name_of_a_new_one_is_kept(
    root, out, write
):
    write()
    put(out, {"utils/plotting.py": "mine = 1\n"})
    put(root, {"utils/plotting.py": "y = 2\n"})
    git(root, "add", "utils")
    for _ in range(2):
        assert write() == ([], [], ["utils/plotting.py"])
    (out / "utils" / "plotting.py").unlink()
    assert write() == (["utils/plotting.py"], [], [])


def test_a_live_notebook_that_somebody_has_run_goes_out_unrun(
    root, out, write
):
    nb = files.read(root / NOTEBOOKS[1])
    nb.cells[0].execution_count = 1
    files.write(root / NOTEBOOKS[1], nb)
    write()
    assert files.read(out / NOTEBOOKS[1]).cells[0].execution_count is None


# What is refused


def refused(write, root, out, says):
    """Make sure that writing stops with one line and changes nothing."""
    before = content(root), out.is_dir() and content(out)
    with pytest.raises(files.NotebookError) as error:
        write()
    assert says in str(error.value) and "\n" not in str(error.value)
    assert (content(root), out.is_dir() and content(out)) == before


@pytest.mark.parametrize("place", [".", "build", "README.md", "a/b/../.."])
def test_the_course_s_own_folder_is_refused(root, place):
    out = (root / place).resolve()
    refused(
        lambda: students.write(out, "you/students", None, root),
        root,
        out,
        "outside of the course's own",
    )


def test_a_file_is_refused(root, out, write):
    out.parent.mkdir()
    out.write_text("A file.\n")
    refused(write, root, out, "must be a folder")


def test_a_folder_with_other_things_is_refused(root, out, write):
    put(out, {"thesis.md": "Years.\n"})
    refused(write, root, out, "has files in it")


@pytest.mark.parametrize(
    "repository, tag",
    [("", None), ("students", None), ("https://github.com/you/x", None)]
    + [("you/students", "v 2")],
)
def test_an_address_that_can_t_be_is_refused(root, out, repository, tag):
    refused(
        lambda: students.write(out, repository, tag, root),
        root,
        out,
        "can't be a tag" if tag else "must be owner/name",
    )


def test_assignments_that_are_out_of_date_are_refused(
    root, out, write, monkeypatch
):
    monkeypatch.setattr(assignments, "out_of_date", lambda root: ["a02"])
    refused(write, root, out, "Out of date: a02")


@pytest.mark.parametrize(
    "text",
    [
        "<!-- lecturers:start -->\nGrade.\n",
        "Grade.\n<!-- lecturers:end -->\n",
        "### BEGIN SOLUTION\n",
        "    ### BEGIN HIDDEN TESTS\n",
    ],
)
def test_what_isn_t_for_students_is_refused(root, out, write, text):
    write()
    put(root, {"utils/data.py": text})
    refused(write, root, out, "utils/data.py: ")


def test_a_course_without_git_is_refused(root, out, write):
    shutil.rmtree(root / ".git")
    refused(write, root, out, "git must say which files to take, and can't")


# The command


def test_the_command_says_what_it_did_and_what_isn_t_committed(
    root, out, capsys
):
    students.main([str(out), "you/students", "v2"], root)
    line = capsys.readouterr().out
    assert line.startswith(f"{out}: {len(GIVEN)} files written, 0 removed.")
    assert "`git tag v2`" in line and "github.com/you/students" in line
    put(root, {"LICENSE": "New.\n", "utils/new.py": "", "exam.md": "New.\n"})
    put(out, {"README.md": "Mine.\n"})
    students.main([str(out), "you/students", "v2"], root)
    first, second, third, _ = capsys.readouterr().out.splitlines()
    assert first.startswith("LICENSE: copied as it stands")
    assert second.startswith("utils/new.py: not copied")
    assert third.startswith("README.md: kept")
    assert not (out / "utils" / "new.py").exists()


def test_the_command_fails_in_one_line(root, out):
    with pytest.raises(SystemExit) as end:
        students.main([str(root), "you/students"], root)
    assert end.value.code.startswith(f"{root}: OUT must be a folder")
    out.parent.write_text("")
    with pytest.raises(SystemExit) as end:
        students.main([str(out), "you/students"], root)
    assert str(out) in end.value.code and "\n" not in end.value.code


@pytest.mark.skipif(os.name == "nt", reason="Windows has no make")
def test_make_asks_for_the_folder(tmp_path):
    done = subprocess.run(
        ["make", "-n", "students", "REPO=you/students", "PYTHON=false"],
        cwd=files.ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "OUT is missing: make students OUT=" in done.stderr
