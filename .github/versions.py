"""What the weekly workflow installs, as files for pip.

Usage:
    python .github/versions.py names   every package, without its version
    python .github/versions.py colab   Colab's versions as of today
"""

import re
import sys
import tomllib
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".github" / "colab-versions.txt"
LIST = (
    "https://raw.githubusercontent.com/googlecolab/backend-info/main"
    "/pip-freeze.txt"
)


def names():
    """Return the packages of requirements.txt and of pyproject.toml's extras,
    with the systems that they are for, and without versions."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    project = tomllib.loads(
        (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )["project"]
    packages = [x for x in lines.splitlines() if x and not x.startswith("#")]
    packages += sum(project["optional-dependencies"].values(), [])
    return [re.sub(r"==[^ ;]+", "", package) for package in packages]


def versions(freeze):
    """Return {package: version} of what `pip freeze` has printed; versions
    without what marks a build, as in 2.11.0+cu128."""
    found = {}
    for line in freeze.splitlines():
        if match := re.match(
            r"([\w.-]+)(?:==| @ \S*/[\w.]+-)(\d+(?:\.\d\w*)*)", line
        ):
            found[re.sub(r"[-_.]+", "-", match[1]).lower()] = match[2]
    return found


def colab(kept, today):
    """Return today's versions of the packages that the course keeps a list
    of, and a warning for each that is another than the kept one."""
    chosen, warnings = [], []
    for name, version in kept.items():
        now = today.get(name.removesuffix("-cpu"), version)
        chosen.append(f"{name}=={now}")
        if not f"{now}.".startswith(version.rstrip("*")):
            warnings.append(f"Colab has {name} {now}, our list {version}")
    return chosen, warnings


def main(what):
    if what == "names":
        print(*names(), sep="\n")
        return
    kept = dict(
        line.split("==")
        for line in KEPT.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    try:
        with urllib.request.urlopen(LIST, timeout=60) as answer:
            today = versions(answer.read().decode())
    except OSError as error:
        chosen, warnings = colab(kept, {})
        warnings = [f"Colab's list can't be fetched ({error}): ours is used"]
    else:
        chosen, warnings = colab(kept, today)
    print(*chosen, sep="\n")
    for warning in warnings:
        print(f"::warning::{warning}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
