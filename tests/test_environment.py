"""The set-up: one list of versions, and a Makefile that installs it once."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from importlib import metadata

import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools.install import CPU_INDEX
from tools.notebooks.files import ROOT, notebook_paths, read

needs_make = pytest.mark.skipif(os.name == "nt", reason="Windows has no make")


def requirements(path="requirements.txt"):
    lines = (ROOT / path).read_text().splitlines()
    return [Requirement(x) for x in lines if x and not x.startswith("#")]


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def pythons_allowed():
    return SpecifierSet(project()["project"]["requires-python"])


# Versions


def test_every_requirement_is_pinned():
    loose = [
        str(requirement)
        for requirement in requirements()
        if not re.fullmatch(r"==[\d.]+", str(requirement.specifier))
    ]
    assert loose == []


def test_pyproject_takes_its_dependencies_from_requirements():
    assert project()["project"]["dynamic"] == ["dependencies"]
    dynamic = project()["tool"]["setuptools"]["dynamic"]
    assert dynamic["dependencies"] == {"file": ["requirements.txt"]}


def test_environment_yml_takes_its_dependencies_from_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, *others = environment["dependencies"]
    index = f"--extra-index-url {CPU_INDEX}"
    assert others == ["pip", {"pip": [index, "-e ."]}]
    assert python.removeprefix("python=") in pythons_allowed()


def test_the_dev_container_has_a_python_that_fits_and_sets_up_by_make():
    path = ROOT / ".devcontainer" / "devcontainer.json"
    container = json.loads(path.read_text(encoding="utf-8"))
    image, python = container["image"].split(":")
    assert image == "mcr.microsoft.com/devcontainers/python"
    assert python in pythons_allowed()
    target = container["postCreateCommand"].removeprefix("make ")
    assert f"READY := {target}\n" in (ROOT / "Makefile").read_text()
    settings = container["customizations"]["vscode"]["settings"]
    kernel = settings["python.defaultInterpreterPath"]
    assert kernel == "${containerWorkspaceFolder}/.venv/bin/python"


def test_colab_has_no_newer_version_than_tested():
    pinned = {
        requirement.name: Version(next(iter(requirement.specifier)).version)
        for requirement in requirements()
    }
    for requirement in requirements(".github/colab-versions.txt"):
        version = next(iter(requirement.specifier)).version.rstrip(".*")
        assert Version(version) <= pinned[requirement.name], requirement


def sources():
    """Return all code of the course, that of notebooks without magics."""
    plain = TransformerManager().transform_cell
    paths = [*ROOT.glob("*.py")]
    for folder in "utils", "tools", "tests", "notebooks":
        paths += (ROOT / folder).rglob("*.py")
    code = {path: path.read_text(encoding="utf-8") for path in paths}
    for path in notebook_paths():
        for number, cell in enumerate(read(path).cells):
            if cell.cell_type == "code":
                code[path / str(number)] = plain(cell.source)
    return code


def imported(code):
    """Return the top-level names of the modules that some code imports."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def undeclared(names):
    """Return those of the modules that no declared package brings."""
    extras = project()["project"]["optional-dependencies"].values()
    declared = {requirement.name for requirement in requirements()}
    declared |= {Requirement(line).name for extra in extras for line in extra}
    declared = {canonicalize_name(name) for name in declared}
    ours = {path.stem for path in (ROOT / "tests").rglob("*.py")}
    ours |= {"notebooks", "tests", "tools", "utils"}
    packages = metadata.packages_distributions()
    return {
        name
        for name in names - sys.stdlib_module_names - ours
        if declared.isdisjoint(
            map(canonicalize_name, packages.get(name, [name]))
        )
    }


def test_every_import_is_declared():
    importers = defaultdict(list)
    for path, code in sources().items():
        for name in imported(code):
            importers[name].append(path)
    missing = undeclared(set(importers))
    assert {name: importers[name] for name in missing} == {}


def test_an_import_that_is_not_declared_is_seen():
    code = "import numpy as np, six\nif np:\n    from lxml.etree import XML"
    assert undeclared(imported(code)) == {"six", "lxml"}


@pytest.mark.pinned
def test_installed_versions_are_the_pinned_ones():
    wrong = []
    for requirement in requirements():
        if requirement.marker and not requirement.marker.evaluate():
            continue
        name = requirement.name
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            # On a GPU machine the full package stands in for the CPU's.
            installed = metadata.version(name.removesuffix("-cpu"))
        if installed not in requirement.specifier:
            wrong.append(f"{requirement}, not {installed}")
    assert wrong == []


@pytest.mark.pinned
@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_code_is_in_normal_form(command):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"run `make format`:\n{done.stdout}"


def test_workers_share_the_cores():
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    threads = int(os.environ["OMP_NUM_THREADS"])
    assert workers * threads <= max(workers, os.cpu_count())


# Make


def targets():
    """Return the names of the targets that `make` alone lists."""
    done = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.split()[1] for line in done.stdout.splitlines()}


@needs_make
def test_make_alone_lists_every_target():
    makefile = (ROOT / "Makefile").read_text()
    phony = " ".join(re.findall(r"^\.PHONY:(.*)$", makefile, re.M)).split()
    assert targets() == {*phony} - {"unsound"}


STUB = """\
#!/bin/sh
case "$*" in
    -P*) echo sound; exit ;;
    tools/install.py)
        echo install >> calls
        rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python
        test ! -e no-network; exit ;;
esac
echo "$2" >> calls
"""


@pytest.fixture
def folder(tmp_path):
    """Return a folder with the Makefile and a Python that only notes what
    it is called for."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in "requirements.txt", "pyproject.toml":
        (tmp_path / name).touch()
    stub = tmp_path / "python"
    stub.write_text(STUB)
    stub.chmod(0o755)
    return tmp_path


def make_test(folder, python="./python"):
    """Run `make test`; return make's result and the modules it called."""
    calls = folder / "calls"
    calls.unlink(missing_ok=True)
    done = subprocess.run(
        ["make", "test", f"PYTHON={python}"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done, calls.read_text().split() if calls.exists() else []


def half_made(folder):
    (folder / ".venv" / ".ready").unlink()
    (folder / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")


def lost_its_python(folder):
    python = folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(folder / "gone")


@needs_make
def test_make_sets_up_once(folder):
    assert make_test(folder)[1] == ["install", "pytest"]
    assert make_test(folder)[1] == ["pytest"]


@needs_make
@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_make_installs_again_when_a_version_changes(folder, name):
    make_test(folder)
    os.utime(folder / name, (2**32, 2**32))
    assert make_test(folder)[1] == ["install", "pytest"]


@needs_make
@pytest.mark.parametrize("damage", [half_made, lost_its_python])
def test_make_heals_a_broken_venv(folder, damage):
    make_test(folder)
    damage(folder)
    assert make_test(folder)[1] == ["install", "pytest"]
    assert make_test(folder)[1] == ["pytest"]


@needs_make
def test_make_resumes_an_installation_that_failed(folder):
    cut = folder / "no-network"
    cut.touch()
    done, calls = make_test(folder)
    assert done.returncode != 0
    assert calls == ["install"]
    cut.unlink()
    assert make_test(folder)[1] == ["install", "pytest"]


@needs_make
def test_make_says_which_python_it_needs(folder):
    done, calls = make_test(folder, python="")
    assert done.returncode != 0
    assert calls == []
    assert len(done.stderr.splitlines()) == 1
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr


OLD_PYTHON = """\
#!/bin/sh
case "$*" in
    *version_info*) ;;
    *print*) echo python3 ;;
    *) echo "old $1" >> calls; exit 1 ;;
esac
"""


@pytest.fixture
def path(folder):
    """Return a folder that is all of the PATH, with an old python3."""
    path = folder / "path"
    path.mkdir()
    for name in "make", "sh", "touch":
        (path / name).symlink_to(shutil.which(name))
    (path / "python3").write_text(OLD_PYTHON)
    (path / "python3").chmod(0o755)
    return path


def make_ready(folder, path):
    """Run `make .venv/.ready` with this PATH; return what it called."""
    subprocess.run(
        [path / "make", ".venv/.ready"],
        cwd=folder,
        env={"PATH": str(path)},
        capture_output=True,
    )
    return (folder / "calls").read_text()


NEW_PYTHON = """\
#!/bin/sh
case "$*" in
    -P*) exit 1 ;;
    *version_info*) echo "$0" ;;
    *) echo "new $1" >> calls; exit 1 ;;
esac
"""


@needs_make
@pytest.mark.parametrize("name", ["path/python3.12", ".venv/bin/python"])
def test_make_finds_a_python_that_fits(folder, path, name):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(NEW_PYTHON)
    (folder / name).chmod(0o755)
    assert make_ready(folder, path) == "new tools/install.py\n"


@needs_make
def test_an_old_python_is_let_say_what_the_course_needs(folder, path):
    assert make_ready(folder, path) == "old tools/install.py\n"
