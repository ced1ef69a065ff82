"""Run the long experiments of a lecture's notebooks and store what they give:

python -m tools.train 08 [--only EXPERIMENT]

goes through notebooks/08*.ipynb (08c: that one alone). The cells with the tag
`logged` run in order; the last of them binds

    experiments = {"name": (function, seeds), ...}

and `function(seed)` yields a row, a dict, after each epoch: the epoch, the
seconds of training so far, the accuracy on validation and test images, the
number of parameters. What doesn't apply is left out. When a run has ended, or
after LIMIT seconds of training, its rows go to notebooks/logs/08.csv; runs
that are there are not repeated. To repeat one, delete its rows.
"""

import argparse
import csv
import io
import os
import platform
import re
import sys
from pathlib import Path

from tools.notebooks import anatomy, files

# TensorFlow as fast as it can be; utils.runtime would have it repeatable.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

LIMIT = 20 * 60  # seconds of training in one run
RUN = "notebook", "experiment", "seed"
ROW = "epoch", "seconds", "loss", "validation", "test", "parameters"
COLUMNS = *RUN, *ROW, "ended", "machine"


def main():
    parser = argparse.ArgumentParser(prog="python -m tools.train")
    parser.add_argument("number", help="of the lecture, as 08 or 08b")
    parser.add_argument("--only", metavar="EXPERIMENT")
    arguments = parser.parse_args()
    try:
        train(arguments.number, arguments.only)
    except files.NotebookError as error:
        sys.exit(str(error))


def train(number, only=None, root=files.ROOT):
    """Run what the log of a lecture lacks, experiment by experiment.

    Raises NotebookError if there is no such experiment or no real data.
    """
    log = log_path(number, root)
    found = experiments(number, root)
    if only is not None:
        found = {run: found[run] for run in found if run[1] == only}
    if not found:
        such = "experiments" if only is None else f"experiment '{only}'"
        raise files.NotebookError(
            f"notebooks/{number}*.ipynb: no {such} in cells tagged 'logged'"
        )
    for (notebook, name), (function, seeds) in found.items():
        for seed in seeds:
            run = notebook, name, str(seed)
            if run not in runs(log):
                append(log, run, *measure(run, function(seed)))


def experiments(number, root=files.ROOT, real=True):
    """Return the experiments of a lecture's notebooks: a dict from notebook
    and name to function and seeds.

    Raises NotebookError if the data are stand-ins, unless `real` is false.
    """
    lecture = re.compile(rf"{re.escape(number)}[a-z]?_")
    found = {}
    for path in files.lecture_paths(root):
        if not lecture.match(path.name):
            continue
        names = run_cells(path)
        if real and not all(getattr(x, "is_real", 1) for x in names.values()):
            raise files.NotebookError(
                "stand-ins are not worth a log: run `make data` first"
            )
        for name, experiment in names.get("experiments", {}).items():
            found[path.stem, name] = experiment
    return found


def run_cells(path):
    """Run the cells of a notebook that an experiment needs; return what they
    have bound."""
    names = {"__name__": "__main__"}
    for index, cell in enumerate(files.read(path).cells):
        if {"setup", "logged"} & {*anatomy.tags(cell)}:
            source = anatomy.python(cell.source)
            exec(compile(source, f"{path.name}, cell {index}", "exec"), names)
    return names


def measure(run, rows):
    """Return the rows of a run and how it ended, printing each epoch."""
    done, ended = [], "complete"
    for row in rows:
        done.append(row)
        print(*run, *(f"{k} {v:.4g}" for k, v in row.items()), flush=True)
        if row["seconds"] >= LIMIT:
            ended = f"stopped at epoch {row['epoch']}"
            print(*run, ended, flush=True)
            break
    return done, ended


def log_path(number, root=files.ROOT):
    """Return where the log of lecture 08, 08b, … lies: they share one."""
    return root / "notebooks" / "logs" / f"{number[:2]}.csv"


def runs(log):
    """Return the runs in a log: triples of notebook, experiment and seed."""
    if not log.exists():
        return set()
    with log.open(newline="", encoding="utf-8") as lines:
        return {tuple(row[c] for c in RUN) for row in csv.DictReader(lines)}


def append(log, run, rows, ended):
    """Write the rows of a run to the log, all at once."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    if not log.exists():
        log.parent.mkdir(exist_ok=True)
        writer.writeheader()
    for row in rows:
        numbers = {
            k: round(v, 6) if isinstance(v, float) else v
            for k, v in row.items()
        }
        about = dict(zip(RUN, run), ended=ended, machine=machine())
        writer.writerow(about | numbers)
    with log.open("a", encoding="utf-8", newline="") as lines:
        lines.write(text.getvalue())


def machine():
    """Return the cores, the processor and the frameworks of this process."""
    frameworks = [
        f"{name} {sys.modules[name].__version__}"
        for name in ("keras", "tensorflow", "torch")
        if name in sys.modules
    ]
    if "torch" in sys.modules:
        threads = sys.modules["torch"].get_num_threads()
        frameworks[-1] += f" in {threads} threads"
    return ", ".join([f"{os.cpu_count()} cores", _processor(), *frameworks])


def _processor():
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        return re.search(r"model name\s*: (.*)", text)[1]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
