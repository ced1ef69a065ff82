"""CI: the workflows name what is there and leave nothing out; what its
scripts do when something is missing or fails."""

import os
import re
import runpy
import shutil
import subprocess
import tomllib
import urllib.request

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tools.notebooks.files import ROOT

JOBS = [
    pytest.param(job, id=f"{path.stem}, {name}")
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    for name, job in yaml.safe_load(path.read_bytes())["jobs"].items()
]
OPTIONAL = runpy.run_path(ROOT / "conftest.py")["OPTIONAL"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
needs_bash = pytest.mark.skipif(
    os.name == "nt", reason="on Windows CI runs pip and pytest, no script"
)


def script(job):
    """Return what a job runs, its own scripts spelled out, without breaks in
    commands."""
    text = "\n".join(step.get("run", "") for step in job["steps"])
    for name in "run", "install":
        if f".ci/{name}" in text:
            text += "\n" + (ROOT / ".ci" / name).read_text("utf-8")
    return text.replace("\\\n", " ")


def settings(job, key):
    """Return the values of a key in a job's steps and its matrix."""
    matrix = job.get("strategy", {}).get("matrix", {})
    rows = [step.get("with", {}) for step in job["steps"]]
    rows += matrix.get("include", [])
    given = [row[key] for row in rows if key in row] + matrix.get(key, [])
    return [value for value in given if not value.startswith("$")]


# What the workflows name


@pytest.mark.parametrize("job", JOBS)
def test_job_uses_what_is_there(job):
    text = script(job)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.findall(r"^\.PHONY:(.*)$", makefile, re.M)
    targets = " ".join(phony).split()
    assert set(re.findall(r"^\s*make ([a-z]+)", text, re.M)) <= {*targets}
    for module in re.findall(r"-m ((?:utils|tools)[.\w]*)", text):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or path.is_dir(), module
    for file in re.findall(r"(?:\.ci|\.github|tools)/[\w.-]+", text):
        assert (ROOT / file).exists(), file
    for extras in re.findall(r'-e "\.\[(.*?)\]"', text):
        there = PROJECT["project"]["optional-dependencies"]
        assert {*extras.split(",")} <= {*there}
    without = job.get("env", {}).get("COURSE_WITHOUT", "")
    assert {*without.split()} <= {*OPTIONAL}


@pytest.mark.parametrize("name", ["run", "install", "unchanged"])
def test_script_can_be_run(name):
    assert os.access(ROOT / ".ci" / name, os.X_OK)


@pytest.mark.parametrize("job", JOBS)
def test_job_has_a_python_that_the_course_allows(job):
    allowed = SpecifierSet(PROJECT["project"]["requires-python"])
    versions = settings(job, "python") + settings(job, "python-version")
    assert versions
    # The one after, on trial.
    newest = max(int(v.split(".")[1]) for v in versions if v in allowed)
    ignored = "--ignore-requires-python" in script(job)
    next_one = [f"3.{newest + 1}"] if ignored else []
    assert [v for v in versions if v not in allowed] == next_one


def test_actions_are_pinned_by_major_version_and_everywhere_alike():
    used = {
        step["uses"]
        for job in JOBS
        for step in job.values[0]["steps"]
        if "uses" in step
    }
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", name) for name in used)
    assert len(used) == len({name.split("@")[0] for name in used})


@pytest.mark.parametrize("job", JOBS)
def test_job_ends_by_itself(job):
    assert job["timeout-minutes"] < 60


# What the jobs bring


def missing(job):
    """Return what the tests of a job need and it neither brings nor says."""
    text = script(job)
    if not re.search(r'make test$|-m pytest( -m ".*")?$', text, re.M):
        return None  # it doesn't run all tests
    declared = job.get("env", {}).get("COURSE_WITHOUT", "").split()
    return {
        name
        for name, remedy in OPTIONAL.items()
        if name not in declared and not brings(text, remedy)
    }


def brings(text, remedy):
    if extra := re.search(r"\[(\w+)\]", remedy):
        return re.search(
            rf"install .*\[(\w+,)*{extra[1]}\b|versions\.py names", text
        )
    return re.search(rf"apt-get .*install .*\b{remedy.split()[-1]}\b", text)


def test_every_workflow_with_tests_is_looked_at():
    with_tests = [j.id for j in JOBS if missing(j.values[0]) is not None]
    assert with_tests == [
        *(f"tests, {name}" for name in ("linux", "others", "gpu")),
        "weekly, versions",
    ]


@pytest.mark.parametrize("job", JOBS)
def test_job_brings_what_its_tests_need_or_says_what_it_lacks(job):
    assert not missing(job)


def test_each_week_the_notebooks_are_rerun_on_other_versions():
    (job,) = [j.values[0] for j in JOBS if j.id == "weekly, versions"]
    step = job["steps"][-1]
    assert step["run"] == "python -m tools.notebooks rerun"
    assert step["if"] == "success() || failure()"  # of the tests before it


@pytest.mark.parametrize(
    "command, variables, lacks",
    [
        ("make test", {}, {*OPTIONAL}),
        (
            "python -m pytest",
            {"COURSE_WITHOUT": "triton"},
            {*OPTIONAL} - {"triton"},
        ),
        (
            'pip install -e ".[ci]"\n.ci/install\nmake test',
            {},
            {"cluster", "web"},
        ),
        (".ci/run", {}, set()),
    ],
)
def test_a_job_that_lacks_something_is_found(command, variables, lacks):
    assert missing({"steps": [{"run": command}], "env": variables}) == lacks


@pytest.mark.parametrize(
    "variables, outcome",
    [
        ({}, pytest.skip.Exception),
        ({"CI": "true"}, pytest.fail.Exception),
        ({"CI": "true", "COURSE_WITHOUT": "cluster"}, pytest.fail.Exception),
        (
            {"CI": "true", "COURSE_WITHOUT": "cluster triton"},
            pytest.skip.Exception,
        ),
    ],
)
def test_what_is_missing_is_named_and_fails_in_ci(
    require, monkeypatch, variables, outcome
):
    for name in "CI", "COURSE_WITHOUT":
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    either = pytest.skip.Exception, pytest.fail.Exception
    with pytest.raises(either, match=r"without triton \(pip install") as end:
        require(False, "triton")
    assert end.type is outcome
    require(True, "triton")


# .ci/run


STUB = """\
#!/bin/sh
echo "$* CI=$CI data=${COURSE_DATA:+given}" >> ../calls
case "$*" in *"$FAILS"*) exit 1 ;; esac
[ -z "$CHANGES" ] || echo changed >> README.md
"""


@pytest.fixture
def ci(tmp_path):
    """Return a function that runs .ci/run in a small repository where each
    command is only noted, fails if the text `FAILS` is in it, and changes a
    file if `CHANGES` is set; it returns the result and the calls."""
    folder = tmp_path / "a clone"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci")
    stub = folder / ".venv" / "bin" / "python"
    for path in stub, folder / ".ci" / "install":
        path.write_text(STUB)
        path.chmod(0o755)
    (folder / ".gitignore").write_text(".venv\n")
    (folder / "README.md").write_text("as it was\n")
    (folder / "notebooks").mkdir()
    for name, code in ("01", "data.mnist()"), ("02", "data"):
        (folder / "notebooks" / f"{name}.ipynb").write_text(code)
        assignment = folder / "notebooks" / "solutions" / f"a{name}"
        assignment.mkdir(parents=True)
        (assignment / "in words.ipynb").write_text(code)
    (folder / "Makefile").write_text(
        ".venv/.ready:\n\t.venv/bin/python make ready\n"
        "test:\n\t.venv/bin/python make test\n"
    )
    git(folder, "init", "-q")
    git(folder, "add", ".")

    def run(**variables):
        kept = ("PATH", "HOME", "TMPDIR")
        done = subprocess.run(
            [folder / ".ci" / "run"],
            env={k: v for k, v in os.environ.items() if k in kept}
            | {"FAILS": "nothing"}
            | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        calls = tmp_path / "calls"
        return done, calls.read_text().splitlines() if calls.exists() else []

    return run


def git(folder, *arguments):
    author = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    return subprocess.run(
        ["git", "-C", folder, *author, *arguments],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@needs_bash
def test_ci_runs_all_tests_then_what_loads_data_without_data(ci):
    done, calls = ci()
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("=== All is well ===\n")
    *_, tests, again = calls
    assert tests == "make test CI=true data="
    folder = "tests/assignments"
    lectures_and_assignments = (
        "notebooks/01.ipynb notebooks/solutions/a01/in words.ipynb "
        f"{folder}/test_solutions.py {folder}/test_students.py"
    )
    assert again == (
        f"-m pytest {lectures_and_assignments} "
        "-k not wrong_answer and not all_points and not a02 "
        "CI=true data=given"
    )


@needs_bash
@pytest.mark.parametrize(
    "step", ["ready", "install", "make test", "-m pytest"]
)
def test_ci_fails_where_a_step_fails(ci, step):
    done, _ = ci(FAILS=step)
    assert done.returncode != 0
    assert "All is well" not in done.stdout


@needs_bash
def test_ci_fails_when_a_file_is_changed(ci):
    done, _ = ci(CHANGES="yes")
    assert done.returncode != 0
    assert "README.md" in done.stdout
    assert "All is well" not in done.stdout


@needs_bash
def test_ci_says_without_what_all_is_well(ci):
    done, _ = ci(COURSE_WITHOUT="bubblewrap")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].count("without bubblewrap") == 1


# Only the notebooks that changed


@pytest.fixture
def unchanged(tmp_path):
    """Return a function that changes files in a repository of three
    notebooks; it returns what .ci/unchanged prints."""
    first = ["notebooks/01.ipynb", "notebooks/solutions/a01/a01.ipynb"]
    others = ["notebooks/02.ipynb", "README.md", "utils/data.py"]
    for name in *first, *others:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("first")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")

    def unchanged(*names):
        for name in names:
            (tmp_path / name).write_text("second")
        git(tmp_path, "commit", "-qam", "second")
        return subprocess.check_output(
            [ROOT / ".ci" / "unchanged", "HEAD^1"], cwd=tmp_path, text=True
        ).split()

    return unchanged


@needs_bash
@pytest.mark.parametrize(
    "changed, left_out",
    [
        (["notebooks/02.ipynb"], ["01", "solutions/a01/a01"]),
        (["notebooks/02.ipynb", "README.md"], ["01", "solutions/a01/a01"]),
        (["README.md"], ["01", "02", "solutions/a01/a01"]),
        (["notebooks/02.ipynb", "utils/data.py"], []),
    ],
)
def test_a_pull_request_runs_the_notebooks_that_it_changes(
    unchanged, changed, left_out
):
    expected = [f"--ignore=notebooks/{name}.ipynb" for name in left_out]
    assert unchanged(*changed) == expected


@needs_bash
def test_a_pull_request_that_changes_every_notebook_runs_them_all(unchanged):
    names = "01", "02", "solutions/a01/a01"
    assert unchanged(*(f"notebooks/{name}.ipynb" for name in names)) == []


# The weekly workflow's versions

FREEZE = """\
# $ python3 -m pip freeze
absl-py==1.4.0
Torch @ https://download.pytorch.org/whl/torch-2.12.1%2Bcu128-cp313-linux.whl
jaxlib==0.7.2+cuda13
scikit_learn==1.6.1
google-colab @ file:///colabtools/dist/google_colab-1.0.0.tar.gz
tensorflow==2.20.0
pooch==1.9
"""


@pytest.fixture(scope="module")
def versions():
    return runpy.run_path(ROOT / ".github" / "versions.py")


def test_names_are_all_packages_of_the_course_without_versions(versions):
    names = {(x := Requirement(line)).name: x for line in versions["names"]()}
    assert not [str(name) for name in names.values() if name.specifier]
    assert {"torch", "pytest", "dask"} <= {*names}
    assert "sys_platform" in str(names["tensorflow-cpu"].marker)


def test_the_oldest_pytorch_is_not_newer_than_colabs():
    text = (ROOT / ".github" / "colab-versions.txt").read_text("utf-8")
    (colab,) = re.findall(r"^torch==(.*)\.\*$", text, re.M)
    text = (ROOT / ".github" / "workflows" / "weekly.yml").read_text("utf-8")
    (oldest,) = re.findall(r"then: torch==(.*)\.\*$", text, re.M)
    assert Version(oldest) <= Version(colab)


def test_colabs_list_gives_versions_without_builds(versions):
    assert versions["versions"](FREEZE) == {
        "absl-py": "1.4.0",
        "torch": "2.12.1",
        "jaxlib": "0.7.2",
        "scikit-learn": "1.6.1",
        "google-colab": "1.0.0",
        "tensorflow": "2.20.0",
        "pooch": "1.9",
    }


def test_what_colab_has_today_counts_and_a_change_is_said(versions):
    kept = {
        "torch": "2.1.*",
        "jaxlib": "0.7.*",
        "tensorflow-cpu": "2.20.*",
        "pooch": "1.9.*",
        "keras": "3.13.*",
    }
    today = versions["versions"](FREEZE)
    chosen, warnings = versions["colab"](kept, today)
    assert chosen == [
        "torch==2.12.1",
        "jaxlib==0.7.2",
        "tensorflow-cpu==2.20.0",
        "pooch==1.9",
        "keras==3.13.*",
    ]
    assert warnings == ["Colab has torch 2.12.1, our list 2.1.*"]


def test_without_colabs_list_ours_counts(versions, monkeypatch, capsys):
    def fails(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", fails)
    versions["main"]("colab")
    out, err = capsys.readouterr()
    kept = (ROOT / ".github" / "colab-versions.txt").read_text("utf-8")
    assert out.splitlines() == re.findall(r"^[a-z].*==.*$", kept, re.M)
    assert err == (
        "::warning::Colab's list can't be fetched (no network): ours is used\n"
    )
