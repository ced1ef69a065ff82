"""The workflows: what they name is there, and nothing is left out."""

import re
import tomllib

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from tools.notebooks.files import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def pythons_allowed():
    return SpecifierSet(project()["project"]["requires-python"])


def targets():
    makefile = (ROOT / "Makefile").read_text()
    return set(re.search(r"^\.PHONY:(.*)$", makefile, re.M)[1].split())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_uses_what_is_there(path):
    jobs = yaml.safe_load(path.read_text())["jobs"]
    commands, versions = [], []
    for job in jobs.values():
        versions += job.get("strategy", {}).get("matrix", {}).get("python", [])
        for step in job["steps"]:
            commands.append(step.get("run", ""))
            versions.append(step.get("with", {}).get("python-version", "$"))
    versions = [version for version in versions if version[0] != "$"]
    assert versions
    assert all(version in pythons_allowed() for version in versions)
    script = "\n".join(commands)
    assert set(re.findall(r"^make (\w+)", script, re.M)) <= targets()
    for module in re.findall(r"python -m (utils\.\w+|tools\.\w+)", script):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists()
    for file in re.findall(r"\.github/[\w.-]+", path.read_text()):
        assert (ROOT / file).exists()


# What a machine lacks


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
    with pytest.raises(outcome, match=r"without triton \(pip install"):
        require(False, "triton")
    require(True, "triton")
