"""The set-up cell does on Colab what it says, with a real `git clone`."""

import json
import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tools import students
from tools.notebooks import badges, files

COURSE = badges.Course("you/my.course", "term-1")
NOWHERE = "http://127.0.0.1:9"  # a port where nothing listens
PROXIES = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]


def git(*arguments):
    subprocess.run(["git", *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """Return the students' repository, as a lecturer publishes it."""
    folder = tmp_path / "students"
    students.stage(folder, *COURSE)
    return folder


@pytest.fixture
def github(tmp_path, repository):
    """Serve the students' repository under its address and tag; return the
    variables that send git there instead of to GitHub."""
    served = tmp_path / "served"
    bare = served / COURSE.repository
    tree = ["--git-dir", bare, "--work-tree", repository]
    author = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    git("init", "-q", "--bare", bare)
    git(*tree, "add", "--all", repository)
    git(*tree, *author, "commit", "-q", "-m", "What students get")
    git(*tree, "tag", COURSE.tag)
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{served.as_uri()}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
    }


@pytest.fixture
def colab(tmp_path, monkeypatch, github):
    """Make a kernel like Colab's: the packages, but not the course, and
    `google.colab` imported. No network."""
    home = tmp_path / "python"
    venv.create(home, symlinks=True)
    library = Path(
        sysconfig.get_path("purelib", "venv", vars={"base": str(home)})
    )
    (library / "colab.pth").write_text(
        f"{sysconfig.get_path('purelib')}\n"
        "import sys, types; "
        "sys.modules['google.colab'] = types.ModuleType('google.colab')\n"
    )
    kernel = tmp_path / "jupyter" / "kernels" / "colab"
    kernel.mkdir(parents=True)
    python = sysconfig.get_path("scripts", "venv", vars={"base": str(home)})
    spec = {
        "argv": [f"{python}/python", "-m", "ipykernel", "-f"]
        + ["{connection_file}"],
        "display_name": "Colab",
        "language": "python",
        "env": github | dict.fromkeys(PROXIES, NOWHERE),
    }
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture
def content(tmp_path):
    """Return an empty folder for the notebook to run in."""
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


def run(kernel, folder, *sources):
    """Run cells in a fresh kernel; return what each of them printed."""
    nb = new_notebook(cells=[new_code_cell(source) for source in sources])
    place = {"metadata": {"path": str(folder)}}
    NotebookClient(
        nb, kernel_name=kernel, timeout=120, resources=place
    ).execute()
    return [
        "".join(output.get("text", "") for output in cell.outputs)
        for cell in nb.cells
    ]


def lecture_setup(root=files.ROOT):
    """Return the set-up cell of the notebook that the first badge opens."""
    first = files.read(files.live_path(files.lecture_paths(root)[0]))
    return next(c.source for c in first.cells if c.cell_type == "code")


@pytest.mark.skipif(
    os.name == "nt", reason="Colab is Linux: the cell calls its shell"
)
def test_setup_cell_fetches_the_course(colab, content, repository):
    setup = lecture_setup(repository)
    printed = run(
        "colab",
        content,
        "import importlib.util\nprint(importlib.util.find_spec('utils'))",
        setup,
        setup,
        "import utils\nprint(utils.__file__)",
        "!git -C course describe --tags",
        "from notebooks.assignments.a02 import checks\nprint(checks.__file__)",
        "images = data.fashion_mnist()\n"
        "print(images.train_images.shape, images.is_real)",
    )
    assert printed[0] == "None\n", "the stand-in for Colab has the course"
    assert printed[1:3] == ["", ""], "the set-up cell isn't silent"
    assert Path(printed[3].strip()).parent == content / "course" / "utils"
    assert printed[4].strip() == COURSE.tag
    assert content / "course" in Path(printed[5].strip()).parents
    assert printed[6].endswith("(60000, 28, 28) False\n")
    assert not (content / "course" / "notebooks" / "solutions").exists()


def test_setup_cell_elsewhere_only_imports(content):
    printed = run(
        "python3",
        content,
        lecture_setup(),
        "import utils\nprint(utils.__file__)",
    )
    assert printed[0] == ""
    assert Path(printed[1].strip()).parent == files.ROOT / "utils"
    assert list(content.iterdir()) == []
