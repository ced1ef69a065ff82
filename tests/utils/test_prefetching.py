"""`python -m utils.data`: what it prints, and what it exits with."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import NAMES, WAIT, one_line, put

from utils import data

ROOT = Path(data.__file__).resolve().parent.parent


def prefetch(capsys):
    """Rows that the command prints, and what it exits with."""
    with pytest.raises(SystemExit) as end:
        data.main()
    return capsys.readouterr().out.splitlines(), end.value.code


def test_prefetch_prints_what_is_where(mirrors, tmp_path, capsys):
    mirrors("good")
    (head, *rows), code = prefetch(capsys)
    assert head == f"Data folder: {tmp_path}" and code is None
    assert [row.split()[1] for row in rows] == [f"mnist/{n}" for n in NAMES]
    assert all(row.endswith("MB  fetched") for row in rows)
    assert len({len(row) for row in rows}) == 1, "columns are not aligned"
    (_, *rows), code = prefetch(capsys)
    assert [row.split()[-1] for row in rows] == 4 * ["place"]


def test_prefetch_names_files_where_they_are_found(mirrors, tmp_path, capsys):
    put(tmp_path / "elsewhere")
    (_, *rows), code = prefetch(capsys)
    assert code is None
    assert [r.split()[1] for r in rows] == [f"elsewhere/{n}" for n in NAMES]


@pytest.mark.parametrize("fault", ["down", "404"])
def test_prefetch_that_fails(mirrors, fault, capsys):
    mirrors(fault)
    rows, code = prefetch(capsys)
    assert len(rows) == 1
    assert re.match("MNIST is missing: no mirror .*$", code)


def test_prefetch_lists_what_is_there_all_the_same(mirrors, tmp_path, capsys):
    put(tmp_path / "mnist")
    (tmp_path / "mnist" / NAMES[3]).write_bytes(b"")
    rows, code = prefetch(capsys)
    assert len(rows) == 4
    assert re.fullmatch(f"MNIST is missing: .*{NAMES[3]} is damaged.*", code)


def test_prefetch_that_cannot_store_fails(mirrors, tmp_path, capsys):
    (tmp_path / "mnist").write_text("")
    mirrors("good")
    rows, code = prefetch(capsys)
    assert len(rows) == 1 and code.startswith("MNIST can't be stored in ")


def test_prefetch_as_a_command(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "utils.data"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"COURSE_DATA": str(tmp_path / "nowhere")},
        timeout=WAIT,
    )
    assert run.returncode == 1
    assert one_line(run.stderr).startswith("COURSE_DATA names ")
