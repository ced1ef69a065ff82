"""More than one machine, and a gradebook that several people use."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sample_class import changed, rows, save, stamps

from tools.grading.grade import grade_class
from tools.notebooks.files import NotebookError


@pytest.fixture
def two(released, tmp_path):
    """A folder of two students, who get 6 and 4 points."""
    answers = {}, {"double": "double = 1"}
    for student, wrong in zip("AB", answers, strict=True):
        text = changed(**wrong)(released)
        save(tmp_path / "sent", {f"a01_{student}.ipynb": text})
    return tmp_path / "sent"


def test_a_dask_cluster_grades_as_local_processes_do(course, two, require):
    require(importlib.util.find_spec("distributed"), "cluster")
    import distributed

    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        host="127.0.0.1",
        dashboard_address=None,
    ) as cluster:
        address = cluster.scheduler_address
        into = grade_class(two, 1, dask=address, root=course)
        assert cluster.scheduler.transition_counter > 0
    assert [row["total"] for row in rows(into).values()] == ["6", "4"]


def test_a_dask_cluster_that_is_not_there_is_one_line(course, two, require):
    require(importlib.util.find_spec("distributed"), "cluster")
    with pytest.raises(NotebookError, match="no Dask at tcp://127.0.0.1:9"):
        grade_class(two, 1, dask="tcp://127.0.0.1:9", root=course)


@pytest.fixture
def postgres(require):
    """The URL of an empty database on a PostgreSQL server of our own."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    program = shutil.which("pg_ctl") or (found and str(found[-1]))
    require(program, "postgresql")
    require(importlib.util.find_spec("psycopg"), "cluster")
    user = {"user": "nobody"} if os.getuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    if user:
        shutil.chown(folder, "nobody")

    def pg_ctl(*arguments):
        subprocess.run(
            [program, "-D", folder / "data", *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **user,
        )

    try:
        pg_ctl("init", "-o", "--username=course --auth=trust --no-sync")
        pg_ctl("start", "-w", "-o", f"-k {folder} -c listen_addresses=''")
        yield f"postgresql+psycopg://course@/postgres?host={folder}"
    finally:
        pg_ctl("stop", "-m", "immediate")
        shutil.rmtree(folder)


def test_a_postgresql_gradebook(course, two, postgres, grade_once):
    into = grade_class(two, 1, db_url=postgres, root=course)
    assert [row["total"] for row in rows(into).values()] == ["6", "4"]
    assert not (into / "gradebook.db").exists()
    with Gradebook(postgres) as gradebook:
        scores = {
            s.student.id: s.score
            for s in gradebook.assignment_submissions("a01")
        }
        assert scores == {"A": 6, "B": 4}
    before = stamps(into)
    grade_class(two, 1, db_url=postgres, root=course)
    assert stamps(into) == before


def test_a_gradebook_that_is_not_there_is_one_line(course, two, require):
    require(importlib.util.find_spec("psycopg"), "cluster")
    url = "postgresql+psycopg://course@127.0.0.1:9/none"
    with pytest.raises(NotebookError, match="gradebook") as error:
        grade_class(two, 1, db_url=url, root=course)
    assert "\n" not in str(error.value)
