"""The set-up: on which systems, and into which environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import install
from tools.notebooks.files import ROOT

# Systems


@pytest.mark.parametrize(
    "system",
    [
        ("Linux", "x86_64", 64, "", "glibc 2.28"),
        ("Linux", "aarch64", 64, "", "glibc 2.41"),
        ("Darwin", "arm64", 64, "14.0", None),
        ("Darwin", "arm64", 64, "26.1", None),
        ("Windows", "x86_64", 64, "", None),
        install.this_system(),
    ],
)
def test_the_course_can_be_installed_on(system):
    assert install.unsupported(*system) is None


@pytest.mark.parametrize(
    "system, cause",
    [
        (("Darwin", "x86_64", 64, "15.5", None), "Macs with Intel"),
        (("Darwin", "arm64", 64, "13.7.1", None), "this is 13.7.1"),
        (("Windows", "arm64", 64, "", None), "Windows on ARM"),
        (("Windows", "x86", 32, "", None), "32 bits"),
        (("Linux", "x86_64", 32, "", "glibc 2.36"), "32 bits"),
        (("Linux", "armv7l", 32, "", "glibc 2.36"), "32 bits"),
        (("Linux", "ppc64le", 64, "", "glibc 2.36"), "Linux on ppc64le"),
        (("Linux", "x86_64", 64, "", None), "Alpine"),
        (("Linux", "x86_64", 64, "", "glibc 2.17"), "this is glibc 2.17"),
        (("FreeBSD", "amd64", 64, "", None), "FreeBSD on amd64"),
    ],
)
def test_a_system_without_packages_is_named_before_a_download(
    monkeypatch, system, cause
):
    monkeypatch.setattr(install, "this_system", lambda: system)
    monkeypatch.setattr(install, "environment", pytest.fail)
    with pytest.raises(SystemExit) as stop:
        install.main()
    assert cause in stop.value.code
    assert stop.value.code.endswith("Colab: the badges in README.md.")
    assert "\n" not in stop.value.code


# The environment: in a course's folder whose pip only writes down what it is
# asked to do, and whose venv leaves pip out, which takes seconds.

posix = pytest.mark.skipif(
    os.name == "nt", reason="Windows has neither such scripts nor such links"
)
VENV = """\
import subprocess, sys
real = [sys.executable, "-I", "-m", "venv", "--without-pip", sys.argv[1]]
subprocess.run(real, check=True)
"""
PIP = """\
import os, sys
if sys.argv[1] == "--version":
    print("pip")
elif sys.argv[1] == "config":
    print("global.index-url='https://mirror.example'")
else:
    with open("asked", "a") as file:
        print(sys.prefix, *sys.argv[1:], file=file)
"""


@pytest.fixture
def folder(tmp_path):
    course = tmp_path / "the course"
    (course / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "install.py", course / "tools")
    (course / "requirements.txt").write_text("torch==1.0\n")
    fake = tmp_path / "fake"
    (fake / "pip").mkdir(parents=True)
    (fake / "pip" / "__init__.py").touch()
    (fake / "pip" / "__main__.py").write_text(PIP)
    (fake / "venv.py").write_text(VENV)
    return course


def run_install(folder, **variables):
    """Run tools/install.py; return the process and what pip was asked."""
    (folder / "asked").unlink(missing_ok=True)
    fake = {"PYTHONPATH": str(folder.parent / "fake")}
    done = subprocess.run(
        [sys.executable, "tools/install.py"],
        cwd=folder,
        env=os.environ | fake | variables,
        capture_output=True,
        text=True,
    )
    asked = folder / "asked"
    return done, asked.read_text().splitlines() if asked.exists() else []


def bare_environment(folder):
    """Make an environment as `uv venv` does: without pip."""
    command = [sys.executable, "-m", "venv", "--without-pip", folder / ".venv"]
    subprocess.run(command, check=True)
    return folder / ".venv"


def python_of(environment):
    name = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return environment / name


def lose_its_python(environment):
    python_of(environment).unlink()
    python_of(environment).symlink_to(environment / "gone")


def write_python(environment, version):
    """Put a program that says it is this version in Python's place."""
    python_of(environment).parent.mkdir(parents=True, exist_ok=True)
    python_of(environment).unlink(missing_ok=True)
    python_of(environment).write_text(f"#!/bin/sh\necho {version}\n")
    python_of(environment).chmod(0o755)


def assert_installs(done, asked, environment):
    assert done.returncode == 0, done.stderr
    (line,) = asked
    prefix = Path(line.removesuffix(" install -e ."))
    assert prefix.resolve() == environment.resolve()


def test_an_environment_is_made_where_there_is_none(folder):
    assert_installs(*run_install(folder), folder / ".venv")


@posix
def test_an_empty_folder_elsewhere_may_be_linked_as_environment(folder):
    elsewhere = folder.parent / "large disk"
    elsewhere.mkdir()
    (folder / ".venv").symlink_to(elsewhere)
    assert_installs(*run_install(folder), elsewhere)
    assert (folder / ".venv").is_symlink()


def test_an_environment_of_the_readers_is_used_and_keeps_what_is_in_it(folder):
    package = bare_environment(folder) / "lib" / "own.py"
    package.touch()
    done, asked = run_install(folder)
    assert_installs(done, asked, folder / ".venv")
    assert package.exists()
    assert "which was there before" in done.stdout


@posix
def test_an_environment_that_is_linked_is_used_and_named(folder):
    real = bare_environment(folder).rename(folder.parent / "conda")
    (folder / ".venv").symlink_to(real)
    done, asked = run_install(folder)
    assert asked and str(real) in done.stdout


def test_an_environment_without_pip_gets_one(folder):
    environment = bare_environment(folder)
    run_install(folder, PYTHONPATH="", PIP_NO_INDEX="1")
    command = [python_of(environment), "-m", "pip", "--version"]
    assert subprocess.run(command, capture_output=True).returncode == 0


@posix
def test_uv_brings_pip_where_ensurepip_cannot(folder):
    environment = bare_environment(folder)
    (folder / "ensurepip.py").write_text("raise SystemExit(1)")
    uv = folder / "uv"
    uv.write_text(f'#!/bin/sh\nmv "{folder.parent}/fake/pip" "{folder}"\n')
    uv.chmod(0o755)
    done, asked = run_install(
        folder,
        PYTHONPATH=str(folder),
        PATH=f"{folder}{os.pathsep}{os.environ['PATH']}",
    )
    assert_installs(done, asked, environment)


def test_without_pip_ensurepip_and_uv_one_line_says_so(folder):
    environment = bare_environment(folder)
    (folder / "ensurepip.py").write_text("raise SystemExit(1)")
    done, asked = run_install(folder, PYTHONPATH=str(folder), PATH="")
    assert done.returncode != 0 and asked == []
    assert done.stderr.count("\n") == 1
    assert f"{python_of(environment)} has no pip" in done.stderr


@posix
@pytest.mark.parametrize("damage", [lose_its_python, shutil.rmtree])
def test_what_the_course_made_is_made_anew(folder, damage):
    run_install(folder)
    damage(folder / ".venv")
    assert_installs(*run_install(folder), folder / ".venv")


@posix
def test_what_the_course_made_is_made_anew_for_another_python(folder):
    run_install(folder)
    write_python(folder / ".venv", "3.14.2")
    done, asked = run_install(folder)
    assert_installs(done, asked, folder / ".venv")
    assert "anew: it has Python 3.14.2." in done.stdout


def half_made(folder):
    (folder / ".venv" / "lib").mkdir(parents=True)


def without_its_python(folder):
    lose_its_python(bare_environment(folder))


def too_old(folder):
    write_python(folder / ".venv", "3.10.13")


def a_file(folder):
    (folder / ".venv").write_text("/elsewhere")


def a_link_to_nothing(folder):
    (folder / ".venv").symlink_to(folder / "gone")


@posix
@pytest.mark.parametrize(
    "make", [half_made, without_its_python, too_old, a_file, a_link_to_nothing]
)
def test_what_others_made_is_never_deleted(folder, make):
    make(folder)
    before = sorted(folder.rglob(".venv*/**/*"))
    done, asked = run_install(folder)
    assert done.returncode != 0 and asked == []
    assert done.stderr.count("\n") == 1
    assert "was not made by the course: rename or delete it" in done.stderr
    assert os.path.lexists(folder / ".venv")
    assert sorted(folder.rglob(".venv*/**/*")) == before


def test_a_closed_folder_is_named(folder, monkeypatch):
    environment = bare_environment(folder)
    monkeypatch.setattr(install, "ENVIRONMENT", environment)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(SystemExit, match=r"Can't use .*\.venv: read-only\."):
        install.main()


@posix
def test_an_old_python_is_told_which_one_to_take(folder, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    write_python(folder, "3.9.18")
    (folder / "bin" / "python").rename(folder / "python")
    with pytest.raises(SystemExit, match="needs Python 3.11, 3.12 or 3.13"):
        install.make(folder / ".venv", "")
    assert not (folder / ".venv").exists()
