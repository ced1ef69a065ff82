"""The students' repository: nothing in it that isn't for students, all in it
that they need, and nothing lost when it is written again."""

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from test_text import anchors, links

from tools import assignments, students
from tools.mistakes import marks
from tools.notebooks import badges, files

COURSE = badges.Course("you/my.course", "term-1")
OLD = badges.course()
SOLVED = sorted((files.ROOT / "notebooks" / "solutions").glob("*/*.ipynb"))
needs_make = pytest.mark.skipif(os.name == "nt", reason="Windows has no make")


@pytest.fixture(scope="module", autouse=True)
def up_to_date():
    """Let no test wait for nbgrader to make all assignments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignments, "out_of_date", lambda root: [])
        yield patch


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """Return the folder that the command writes of this very course."""
    folder = tmp_path_factory.mktemp("handed out") / "my-course"
    students.write(folder, *COURSE)
    return folder


def places(folder):
    return {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


# Nothing of solutions, hidden tests and wrong answers is in it. A line of
# theirs counts if it says something and stands nowhere in what is written by
# hand for students: lectures, utils, checks.py, the rest of the notebooks.

HIDDEN = re.compile(r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END", re.S)
LONG = 25  # characters of a line that says something


def strings(node):
    """Yield every text in what a JSON file holds."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, (list, dict)):
        for child in node.values() if isinstance(node, dict) else node:
            yield from strings(child)


def lines(text):
    """Return the lines of a text that say something, in one spelling."""
    every = (" ".join(line.split()) for line in text.splitlines())
    return {line for line in every if len(line) >= LONG}


def said(path):
    """Return the lines of a file; those of texts in it, if it is JSON."""
    text = path.read_text(encoding="utf-8", errors="ignore")
    if path.suffix in (".ipynb", ".json"):
        text = "\n".join(strings(json.loads(text)))
    return lines(text)


@cache
def secrets():
    """Return {line: the assignment} of what students must not see."""
    paths = [*files.lecture_paths(), *files.ROOT.glob("utils/*.py")]
    paths += files.ROOT.glob("notebooks/assignments/*/checks.py")
    hidden, shown = {}, set().union(*map(said, paths))
    for path in SOLVED:
        texts = [path.with_name("mistakes.py").read_text(encoding="utf-8")]
        for cell in files.read(path).cells:
            mark = marks(cell)
            by_hand = mark.get("solution") and mark.get("grade")
            texts += [cell.source] if by_hand else HIDDEN.findall(cell.source)
            shown |= set() if by_hand else lines(HIDDEN.sub("", cell.source))
        hidden |= dict.fromkeys(lines("\n".join(texts)), path.parent.name)
    return {k: name for k, name in hidden.items() if k not in shown}


def leaks(folder):
    """Return {place: the secret lines in it} for the files of a folder."""
    found = {place: said(path) for place, path in places(folder).items()}
    return {
        place: there & secrets().keys()
        for place, there in found.items()
        if there & secrets().keys()
    }


def test_nothing_secret_is_in_it(repository):
    assert leaks(repository) == {}


def test_no_file_of_lecturers_is_in_it(repository):
    there = places(repository)
    names = {name for place in there for name in Path(place).parts}
    assert not names & {"solutions", "grading", "tests", ".git", ".ci"}
    assert not names & {"assignments.py", "students.py", "nbgrader_config.py"}
    assert [place for place in there if place.endswith("mistakes.py")] == [
        "utils/mistakes.py"  # which reads the table
    ]
    for place, path in places(repository).items():
        raw = path.read_bytes()
        assert not re.search(rb"(BEGIN|END) (SOLUTION|HIDDEN)", raw), place


def as_file(path, folder):
    shutil.copy(path, folder)


def in_metadata(path, folder):
    cells = [cell.source for cell in files.read(path).cells]
    text = json.dumps({"cells": [{"metadata": {"was": cells}}]})
    (folder / "a.ipynb").write_text(text, "utf-8")


def in_an_output(path, folder):
    cells = [cell.source for cell in files.read(path).cells]
    output = {"text": "\n".join(cells).splitlines(keepends=True)}
    text = json.dumps({"cells": [{"outputs": [output]}]})
    (folder / "a.ipynb").write_text(text, "utf-8")


def wrong_answers(path, folder):
    shutil.copy(path.with_name("mistakes.py"), folder)


@pytest.mark.parametrize("path", SOLVED, ids=lambda path: path.parent.name)
@pytest.mark.parametrize(
    "leak", [as_file, in_metadata, in_an_output, wrong_answers]
)
def test_a_leak_would_be_found(tmp_path, leak, path):
    leak(path, tmp_path)
    (found,) = leaks(tmp_path).values()
    assert len(found) > 20


def test_nearly_every_solution_and_hidden_test_would_be_found():
    blocks = [
        lines(block)
        for path in SOLVED
        for cell in files.read(path).cells
        for block in HIDDEN.findall(cell.source)
    ]
    found = [block for block in blocks if block & secrets().keys()]
    assert len(found) > 0.9 * len(blocks) > 200


# It works


def run(folder, *command, **variables):
    """Run a command in a folder, as if there were no other course."""
    kept = {k: v for k, v in os.environ.items() if "PYTEST" not in k}
    return subprocess.run(
        command,
        cwd=folder,
        env=kept | {"PYTHONPATH": str(folder)} | variables,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture
def installed(repository):
    """Give the repository a .venv that is this Python."""
    python = repository / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    ready = repository / ".venv" / ".ready"
    ready.touch()
    os.utime(ready, (2**32, 2**32))
    yield repository
    shutil.rmtree(repository / ".venv")


def make_test(folder, *options):
    """Run `make test`, which must pass; install nothing."""
    options = " ".join(["-n 0 -p no:cacheprovider", *options])
    done = run(folder, "make", "test", "PYTHON=false", PYTEST_ADDOPTS=options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@needs_make
def test_make_test_passes_in_it(installed):
    done = make_test(
        installed,
        "notebooks/05_backpropagation.ipynb",
        "notebooks/assignments/a14/a14_the_bins_that_were_accused.ipynb",
    )
    assert re.search(r"\d\d passed", done.stdout)


@needs_make
def test_make_test_runs_every_notebook_in_it(installed):
    done = make_test(installed, "--collect-only", "-q", "-W", "error")
    collected = set(re.findall(r"^(notebooks/.*\.ipynb)", done.stdout, re.M))
    paths = files.notebook_paths(installed)
    assert len(paths) == len(files.lecture_paths()) + len(SOLVED)
    assert collected == {p.relative_to(installed).as_posix() for p in paths}


@needs_make
def test_make_offers_what_students_need(installed):
    done = run(installed, "make", "--no-print-directory")
    targets = {line.split()[1] for line in done.stdout.splitlines()}
    assert targets == {"help", "lab", "test", "data", "train-08"}
    for target in targets:
        command = run(installed, "make", "-n", target, "PYTHON=false").stdout
        for module in re.findall(r"-m ((?:tools|utils)\.\w+)", command):
            assert (installed / f"{module.replace('.', '/')}.py").exists()
        for place in re.findall(r"tools/\w+", command):
            assert (installed / place).exists()


def code(folder):
    """Yield the code in a folder's files and notebooks."""
    for path in places(folder).values():
        if path.suffix == ".py":
            yield path.read_text(encoding="utf-8")
        elif path.suffix == ".ipynb":
            for cell in files.read(path).cells:
                yield cell.source if cell.cell_type == "code" else ""


def test_its_requirements_bring_all_that_its_code_imports(repository):
    left_out = requirements(files.ROOT) - requirements(repository)
    assert {"nbgrader", "ruff"} <= left_out
    imported = {
        name
        for source in code(repository)
        for name in re.findall(r"^\s*(?:from|import) (\w+)", source, re.M)
    }
    brought_by = metadata.packages_distributions()
    for name in imported - {"utils", "tools", "notebooks"}:
        packages = {canonicalize_name(x) for x in brought_by.get(name, [])}
        assert not packages or packages - left_out, name


def requirements(folder):
    text = (folder / "requirements.txt").read_text(encoding="utf-8")
    return {
        canonicalize_name(name)
        for name in re.findall(r"^([\w-]+)==", text, re.M)
    }


def test_its_tools_find_one_another(repository):
    modules = "tools.train, tools.mirrors, tools.install"
    done = run(repository, sys.executable, "-Bc", f"import {modules}")
    assert done.returncode == 0, done.stderr


# Its pages and addresses


def test_its_page_is_for_students(repository):
    text = (repository / "README.md").read_text(encoding="utf-8")
    assert not re.search("lecturer|solution|grading|CONTRIBUTING", text)
    offered = {"lab", "test", "data", "train-08"}
    assert {*re.findall(r"^make ([\w-]+)", text, re.M)} <= offered
    for page in repository / "README.md", repository / "data" / "README.md":
        text = page.read_text(encoding="utf-8")
        for link in links(text):
            place, _, anchor = link.partition("#")
            assert (page.parent / place).exists(), link
            assert not anchor or place or anchor in anchors(text), link


def test_the_links_in_its_notebooks_lead_to_what_is_there(repository):
    for place, path in places(repository).items():
        if path.suffix == ".ipynb":
            for cell in files.read(path).cells:
                text = cell.source if cell.cell_type == "markdown" else ""
                for link in links(text):
                    target = path.parent / link.partition("#")[0]
                    assert target.exists(), (place, link)


def test_all_its_addresses_are_its_own(repository):
    assert badges.course(repository) == COURSE
    for place, path in places(repository).items():
        assert OLD.repository.encode() not in path.read_bytes(), place
    text = (repository / "README.md").read_text(encoding="utf-8")
    for address in (
        f"mybinder.org/v2/gh/{COURSE.repository}/{COURSE.tag}?urlpath=lab",
        f"/git-pull?repo=https://github.com/{COURSE.repository}&targetPath=",
        f"git clone https://github.com/{COURSE.repository} course\n",
    ):
        assert address in text


def test_its_badges_open_its_live_notebooks_and_its_assignments(repository):
    text = (repository / "README.md").read_text(encoding="utf-8")
    badge = badges.badge_url(COURSE, repository / "notebooks", repository)
    opened = re.findall(rf"\({re.escape(badge)}/([^)]*)\)", text)
    live = [path.name for path in files.lecture_paths(repository)]
    assert [x for x in opened if "live/" in x] == [f"live/{x}" for x in live]
    assert len(opened) == len(live) + len(SOLVED)
    for place in opened:
        cells = files.read(repository / "notebooks" / place).cells
        assert f"{badge}/{place}" in cells[0].source
        assert any(c.source == badges.setup_source(COURSE) for c in cells)
        assert not any(cell.get("outputs") for cell in cells)


def test_binder_and_the_hub_open_the_live_notebooks():
    text = (files.ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("urlpath=lab/tree/notebooks/live)") == 1
    assert "targetPath=course&urlpath=lab/tree/course/notebooks/live" in text
