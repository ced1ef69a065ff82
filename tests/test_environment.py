"""The set-up: one list of versions, and a Makefile that installs it once."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tools.notebooks.files import ROOT

needs_make = pytest.mark.skipif(
    os.name == "nt", reason="on Windows the README uses pip, not make"
)


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


def test_environment_yml_takes_its_dependencies_from_requirements():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, *others = environment["dependencies"]
    assert others == ["pip", {"pip": ["-r requirements.txt", "-e ."]}]
    assert python.removeprefix("python=") in pythons_allowed()


def test_colab_has_no_newer_version_than_tested():
    pinned = {
        requirement.name: Version(next(iter(requirement.specifier)).version)
        for requirement in requirements()
    }
    for requirement in requirements(".github/colab-versions.txt"):
        version = next(iter(requirement.specifier)).version.rstrip(".*")
        assert Version(version) <= pinned[requirement.name], requirement


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
    phony = set(re.search(r"^\.PHONY:(.*)$", makefile, re.M)[1].split())
    assert targets() == phony - {"new-venv"}


STUB = """\
#!/bin/sh
case "$*" in
    "-m pip --version") echo "pip"; exit ;;
    "-m venv --clear .venv")
        rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    "-m pip install"*) test ! -e no-network || exit 1 ;;
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
    assert make_test(folder)[1] == ["venv", "pip", "pytest"]
    assert make_test(folder)[1] == ["pytest"]


@needs_make
@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_make_installs_again_when_a_version_changes(folder, name):
    make_test(folder)
    os.utime(folder / name, (2**32, 2**32))
    assert make_test(folder)[1] == ["pip", "pytest"]


@needs_make
@pytest.mark.parametrize("damage", [half_made, lost_its_python])
def test_make_heals_a_broken_venv(folder, damage):
    make_test(folder)
    damage(folder)
    assert make_test(folder)[1] == ["venv", "pip", "pytest"]
    assert make_test(folder)[1] == ["pytest"]


@needs_make
def test_make_resumes_an_installation_that_failed(folder):
    cut = folder / "no-network"
    cut.touch()
    done, calls = make_test(folder)
    assert done.returncode != 0
    assert calls == ["venv"]
    cut.unlink()
    assert make_test(folder)[1] == ["pip", "pytest"]


@needs_make
def test_make_says_which_python_it_needs(folder):
    done, calls = make_test(folder, python="")
    assert done.returncode != 0
    assert calls == []
    assert len(done.stderr.splitlines()) == 1
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr
