"""The notebooks as files: normal form, badges, execution and timings.

Commands:
    python -m tools.notebooks format
    python -m tools.notebooks badges owner/name [tag]
    python -m tools.notebooks execute notebooks/02_topic.ipynb ...
    python -m tools.notebooks timings
"""

import argparse
import copy
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbclient.output_widget import OutputWidget

ROOT = Path(__file__).resolve().parent.parent
CELL_TIMEOUT = 600  # seconds
WIDGET = "application/vnd.jupyter.widget-view+json"
TIMINGS = re.compile(
    r"(?<=<!-- timings:start -->\n).*(?=<!-- timings:end -->)", re.DOTALL
)
# Asks a kernel for its own peak, in bytes: it misses no short one. (On Linux
# ru_maxrss would begin with the peak of the process that started the kernel.)
KERNEL_PEAK = """\
try:
    with open("/proc/self/status") as status:
        [peak] = [line for line in status if line.startswith("VmHWM")]
    print(int(peak.split()[1]) * 1024)
except OSError:
    import resource

    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"""
METADATA = {
    "kernelspec": {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
SETUP = """\
# On Colab, fetch the course; elsewhere `pip install -e .` has put `utils`
# on the path (see the README).
import sys

if "google.colab" in sys.modules:
    !test -d course || git -c advice.detachedHead=false clone -q --depth 1 \\
        -b {tag} https://github.com/{repository} course
    sys.path.insert(0, "course")

from utils import checking, data, plotting, runtime

runtime.quiet_frameworks()
plotting.use_course_style()"""


# A slider's output makes nbclient send its state while a reply is awaited,
# which can leave both sides waiting; nobody needs the state here.
OutputWidget.sync_state = lambda self: None


class NotebookError(Exception):
    """What went wrong and what to do about it, in one line."""


class Course(NamedTuple):
    """Where Colab finds the course."""

    repository: str  # "owner/name" on GitHub
    tag: str


def course(root=ROOT):
    """Return the `Course` that pyproject.toml's [tool.course] names."""
    settings = tomllib.loads((root / "pyproject.toml").read_text())
    return Course(**settings["tool"]["course"])


def notebook_paths(root=ROOT):
    """Return the paths of all notebooks of the course, sorted."""
    return sorted(
        path
        for path in (root / "notebooks").rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    )


def lecture_paths(root=ROOT):
    """Return the paths of the lectures, without the assignments, sorted."""
    return sorted((root / "notebooks").glob("*.ipynb"))


def setup_source(course):
    """Return the source of the set-up cell, the same in every notebook."""
    return SETUP.format(**course._asdict())


def badge_url(course, path, root=ROOT):
    """Return the address that opens the notebook at `path` in Colab."""
    place = path.relative_to(root).as_posix()
    return (
        "https://colab.research.google.com/github/"
        f"{course.repository}/blob/{course.tag}/{place}"
    )


# Reading and writing


def read(path):
    """Return the notebook at `path` as it stands there, unrepaired.

    Raises NotebookError if it isn't a notebook of format 4.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise NotebookError(f"{path}: {error.strerror}") from None
    try:
        if json.loads(text)["nbformat"] != 4:
            raise ValueError
        return nbformat.v4.reads(text)
    except (ValueError, TypeError, KeyError):
        raise NotebookError(
            f"{path}: not a notebook of format 4; restore the file, or open "
            "and save it in JupyterLab"
        ) from None


def to_text(nb):
    """Return the text of a notebook's file."""
    return nbformat.v4.writes(nb) + "\n"


def write(path, nb):
    """Write the normal form of `nb` to `path`; tell if the file changed."""
    text = to_text(normalise(nb))
    if path.exists() and path.read_bytes() == text.encode():
        return False
    unfinished = path.with_suffix(".ipynb~")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    os.replace(unfinished, path)
    return True


# Normal form


def normalise(nb):
    """Return a copy of a notebook in normal form.

    The code that ran is numbered from 1; every cell has an id; what editors,
    kernels and widgets leave behind is gone. Sources and results stay.
    """
    nb = copy.deepcopy(nb)
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata = nbformat.from_dict(METADATA)
    _set_ids(nb.cells)
    count = 0
    for cell in nb.cells:
        cell.source = cell.source.strip("\n")
        cell.metadata = _cell_metadata(cell.metadata)
        if cell.cell_type != "code":
            continue
        if cell.execution_count is not None:
            count += 1
            cell.execution_count = count
        cell.outputs = _outputs(cell)
    return nb


def _set_ids(cells):
    """Keep each valid id at its first use; derive the others."""
    used = set()
    for cell in cells:
        given = str(cell.get("id", ""))
        if not re.fullmatch(r"[\w-]{1,64}", given, re.A) or given in used:
            seed = f"{cell.cell_type}\n{cell.source}"
            while (given := _short_hash(seed)) in used:
                seed += "\n"
        cell.id = given
        used.add(given)


def _short_hash(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _cell_metadata(metadata):
    """Keep what the course or nbgrader reads."""
    kept = {
        key: metadata[key]
        for key in ("deletable", "editable", "nbgrader")
        if key in metadata
    }
    if metadata.get("tags"):
        kept["tags"] = metadata["tags"]
    if metadata.get("jupyter", {}).get("source_hidden"):
        kept["jupyter"] = {"source_hidden": True}
    return nbformat.from_dict(kept)


def _outputs(cell):
    """Merge what was printed in pieces; drop widgets and stray metadata."""
    outputs = []
    for output in cell.outputs:
        if output.output_type == "stream":
            last = outputs[-1] if outputs else {}
            if last.get("name") == output.name:
                last.text += output.text
                continue
        elif output.output_type != "error":
            if WIDGET in output.data:
                continue
            output.metadata = nbformat.from_dict(
                {k: v for k, v in output.metadata.items() if k in output.data}
            )
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
        outputs.append(output)
    return outputs


def format_notebooks(root=ROOT):
    """Put every notebook into normal form; return the paths that changed."""
    return [path for path in notebook_paths(root) if write(path, read(path))]


# Badges


def stamp(repository, tag, root=ROOT):
    """Point badges, set-up cells and addresses to a fork or a release.

    Changes the notebooks, the .md files beside pyproject.toml, and its
    [tool.course].

    Parameters: repository, "owner/name"; tag, a tag of it, or None to keep
    the present one.
    Raises NotebookError if either can't be what it should.
    """
    old = course(root)
    new = Course(repository, tag or old.tag)
    if not re.fullmatch(r"[\w-]+/[\w.-]+", repository, re.A):
        raise NotebookError(
            f"REPO must be owner/name as on GitHub, not {repository!r}: "
            "make badges REPO=owner/name"
        )
    if not re.fullmatch(r"\w[\w./-]*", new.tag, re.A):
        raise NotebookError(f"{tag!r} can't be a tag: try TAG=v1.1")
    for path in notebook_paths(root):
        nb = read(path)
        for cell in nb.cells:
            cell.source = _restamp(cell.source, old, new)
            if "setup" in cell.metadata.get("tags", []):
                cell.source = setup_source(new)
        write(path, nb)
    for path in *root.glob("*.md"), root / "pyproject.toml":
        text = _restamp(path.read_text(encoding="utf-8"), old, new)
        if path.name == "pyproject.toml":
            text = text.replace(
                f'repository = "{old.repository}"\ntag = "{old.tag}"',
                f'repository = "{new.repository}"\ntag = "{new.tag}"',
            )
        path.write_text(text, encoding="utf-8", newline="\n")


def _restamp(text, old, new):
    """Replace the repository, and the tag behind it, in addresses."""
    return re.sub(
        rf"(github\.com/|/github/|/gh/){re.escape(old.repository)}"
        rf"(?:((?:/blob|/tree)?/){re.escape(old.tag)})?(?![\w-])",
        lambda m: m[1] + new.repository + (m[2] + new.tag if m[2] else ""),
        text,
    )


# Execution


def execute(path):
    """Run a notebook from a clean kernel and save it in normal form.

    Raises NotebookError at the first cell that fails; the file then stays
    as it was.
    """
    nb = read(path)
    _run(nb, path)
    write(path, nb)


def _run(nb, path, at_start=lambda pid: None):
    """Run the cells of `nb`; tell `at_start` the kernel's process id."""
    current = 0

    def note(cell, cell_index):
        nonlocal current
        current = cell_index

    client = NotebookClient(
        nb,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        on_notebook_start=lambda notebook: at_start(client.km.provisioner.pid),
        on_cell_start=note,
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        reason = f"{error.ename}: {error.evalue}"
    except CellTimeoutError:
        reason = f"still running after {CELL_TIMEOUT} s"
    except DeadKernelError:
        reason = "the kernel died (out of memory?)"
    else:
        return
    first = nb.cells[current].source.splitlines()[0]
    reason = " ".join(reason.split())
    raise NotebookError(f"{path}, cell {current} ({first}): {reason}")


# Timings


class Cost(NamedTuple):
    """What a notebook takes to run from top to bottom."""

    seconds: float  # of wall-clock time, the kernel's start included
    megabytes: float  # 10**6 bytes: the peak of the kernel and its children


def measure(path):
    """Run a notebook in a fresh kernel, without saving; return its `Cost`.

    Raises NotebookError if a cell fails.
    """
    nb = read(path)
    nb.cells.append(nbformat.v4.new_code_cell(KERNEL_PEAK))
    watch = _MemoryWatch()
    start = time.perf_counter()
    try:
        _run(nb, path, at_start=watch.follow)
    finally:
        watch.stop()
    seconds = time.perf_counter() - start
    peak = max(watch.peak, int(nb.cells[-1].outputs[0].text))
    return Cost(seconds, peak / 1e6)


class _MemoryWatch:
    """Follow the resident bytes of a process and its children."""

    def __init__(self):
        self.peak = 0
        self.stopped = threading.Event()

    def follow(self, pid):
        threading.Thread(target=self._look, args=[pid], daemon=True).start()

    def _look(self, pid):
        process = psutil.Process(pid)
        while not self.stopped.wait(1):  # looking costs time, too
            try:
                family = [process, *process.children(recursive=True)]
                now = sum(member.memory_info().rss for member in family)
            except psutil.NoSuchProcess:  # one ended just now
                continue
            self.peak = max(self.peak, now)

    def stop(self):
        self.stopped.set()


def write_timings(root=ROOT):
    """Measure every lecture and fill the last two columns of README.md's
    table of lectures: seconds, memory (MB).

    Raises NotebookError if the table has no row for a lecture or a notebook
    fails; README.md then stays as it was.
    """
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    table = TIMINGS.search(text)
    if not table:
        raise NotebookError(
            "README.md: no table between <!-- timings:start --> and "
            "<!-- timings:end -->"
        )
    paths = lecture_paths(root)
    for path in paths:
        if f"notebooks/{path.name})" not in table[0]:
            raise NotebookError(
                f"README.md: the table has no row with a link to "
                f"notebooks/{path.name}; add one"
            )
    costs = {}
    for path in paths:
        costs[path.name] = cost = measure(path)
        print(f"{path.name}: {cost.seconds:.0f} s, {cost.megabytes:.0f} MB")
    rows = [_fill(row, costs) for row in table[0].splitlines(keepends=True)]
    text = text[: table.start()] + "".join(rows) + text[table.end() :]
    readme.write_text(text, encoding="utf-8", newline="\n")


def _fill(row, costs):
    for name, cost in costs.items():
        if f"notebooks/{name})" in row:
            *cells, _, _, end = row.split("|")
            seconds, megabytes = (f" {value:.0f} " for value in cost)
            return "|".join([*cells, seconds, megabytes, end])
    return row


# Commands


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("format")
    badges = commands.add_parser("badges")
    badges.add_argument("repository", metavar="owner/name")
    badges.add_argument("tag", nargs="?")
    run = commands.add_parser("execute")
    run.add_argument("paths", nargs="+", type=Path)
    commands.add_parser("timings")
    arguments = parser.parse_args()
    try:
        if arguments.command == "format":
            for path in format_notebooks():
                print("formatted", path.relative_to(ROOT))
        elif arguments.command == "badges":
            stamp(arguments.repository, arguments.tag)
        elif arguments.command == "execute":
            for path in arguments.paths:
                execute(path)
        else:
            write_timings()
    except NotebookError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
