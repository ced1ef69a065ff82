"""Long experiments run once, and their log says what was measured."""

import csv

import pytest
from nbformat.v4 import new_code_cell

from tools import train
from tools.notebooks import files

RUN = """\
def run(seed):
    print("started", seed)
    for epoch in range(1, 4):
        yield {"epoch": epoch, "seconds": 10.0 * epoch, "test": 0.1234567}
"""
EXPERIMENTS = 'experiments = {"small": (run, range(2)), "large": (run, [7])}'


def cell(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)})


@pytest.fixture
def lecture(save):
    """Return a lecture with three runs; only its tagged cells can run."""
    return save(
        "08b_small.ipynb",
        cell("if False:\n    !echo on Colab", "setup"),
        cell(RUN, "logged"),
        cell("raise SystemExit"),
        cell(EXPERIMENTS, "logged"),
    )


def rows(root, number="08"):
    with train.log_path(number, root).open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_each_run_is_logged_once(root, lecture, capsys):
    train.train("08", root=root)
    assert capsys.readouterr().out.count("started") == 3
    before = rows(root)
    train.train("08", root=root)
    assert "started" not in capsys.readouterr().out
    assert rows(root) == before
    assert [(r["experiment"], r["seed"], r["epoch"]) for r in before] == [
        (name, seed, epoch)
        for name, seed in (("small", "0"), ("small", "1"), ("large", "7"))
        for epoch in "123"
    ]


def test_what_a_row_says(root, lecture):
    train.train("08", only="large", root=root)
    first = rows(root)[0]
    assert " cores, " in first.pop("machine")
    assert first == {
        "notebook": "08b_small",
        "experiment": "large",
        "seed": "7",
        "epoch": "1",
        "seconds": "10.0",
        "loss": "",
        "validation": "",
        "test": "0.123457",
        "parameters": "",
        "ended": "complete",
    }


def test_a_deleted_run_is_repeated(root, lecture, capsys):
    train.train("08", root=root)
    log = train.log_path("08", root)
    kept = [line for line in log.open() if ",small,1," not in line]
    log.write_text("".join(kept))
    capsys.readouterr()
    train.train("08", root=root)
    assert capsys.readouterr().out.count("started") == 1
    assert len(rows(root)) == 9


def test_one_notebook_of_a_lecture(root, lecture, save):
    save("08c_other.ipynb", cell(RUN + EXPERIMENTS, "logged"))
    train.train("08c", root=root)
    assert {row["notebook"] for row in rows(root)} == {"08c_other"}
    train.train("08", root=root)
    assert len(rows(root)) == 18


def test_a_long_run_is_stopped_and_says_so(root, lecture, monkeypatch):
    monkeypatch.setattr(train, "LIMIT", 15)
    train.train("08", only="large", root=root)
    assert [row["epoch"] for row in rows(root)] == ["1", "2"]
    assert {row["ended"] for row in rows(root)} == {"stopped at epoch 2"}


def test_a_run_that_fails_leaves_no_row(root, save):
    failing = RUN.replace("yield", "print(1 / (3 - epoch)); yield")
    save("08_bad.ipynb", cell(failing + EXPERIMENTS, "logged"))
    with pytest.raises(ZeroDivisionError):
        train.train("08", root=root)
    assert not train.log_path("08", root).exists()


def test_stand_ins_are_not_logged(root, save):
    source = "class data:\n    is_real = False\n\n" + RUN + EXPERIMENTS
    save("08_bad.ipynb", cell(source, "logged"))
    with pytest.raises(files.NotebookError, match="run `make data` first"):
        train.train("08", root=root)
    assert not train.log_path("08", root).exists()


@pytest.mark.parametrize(
    "number, only, reason",
    [("08", "tiny", "no experiment 'tiny' in"), ("09", None, "experiments")],
)
def test_what_is_not_there(root, lecture, number, only, reason):
    with pytest.raises(files.NotebookError, match=reason):
        train.train(number, only, root)


def test_the_log_has_the_runs_of_the_notebooks():
    wanted = {
        (*names, str(seed))
        for names, (_, seeds) in train.experiments("08", real=False).items()
        for seed in seeds
    }
    assert train.runs(train.log_path("08")) == wanted
