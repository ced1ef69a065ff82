"""`make lab` greets students with the course, not with what lecturers need."""

import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from tools.notebooks.files import ROOT, lecture_paths

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no make")
TEST = "--no-browser --ServerApp.port=0 --IdentityProvider.token=secret"


@contextmanager
def lab(settings, *target):
    """Start JupyterLab as `make` does; give a function that fetches a page."""
    command = subprocess.run(
        ["make", "-n", "--no-print-directory", *target],
        cwd=ROOT,
        capture_output=True,
        text=True,
    ).stdout
    command = re.split("^(?=JUPYTER|cd )", command, flags=re.M)[1].strip()
    python = r'"[^"]*\.venv/bin/python"|\.venv/bin/python'
    command = re.sub(python, f"exec '{sys.executable}'", command)
    names = {"JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH"}
    server = subprocess.Popen(
        ["sh", "-c", f"{command} {TEST}"],
        cwd=ROOT,
        env={name: os.environ[name] for name in os.environ.keys() - names}
        | {"JUPYTER_CONFIG_DIR": str(settings)},
        stderr=subprocess.PIPE,
        text=True,
    )
    with server:
        for line in server.stderr:
            if address := re.search(r"(http://127.0.0.1:\d+/)lab", line):
                break
        try:
            yield lambda page: wait_for(f"{address[1]}{page}?token=secret")
        finally:
            server.terminate()
            server.stderr.read()


def wait_for(address):
    """Fetch a page; the server gives its address before it listens."""
    for _ in range(100):
        try:
            return build_opener(ProxyHandler({})).open(address)
        except HTTPError:
            raise
        except URLError:
            time.sleep(0.1)
    pytest.fail(f"{address} doesn't answer")


def disabled(fetch):
    """Return the extensions that the page switches off."""
    page = fetch("lab").read().decode()
    pattern = r'id="jupyter-config-data".*?>(.*?)</script>'
    settings = re.search(pattern, page, re.S)
    return json.loads(settings[1])["disabledExtensions"]


@pytest.fixture(scope="module")
def make_lab(tmp_path_factory):
    with lab(tmp_path_factory.mktemp("settings"), "lab") as fetch:
        yield fetch


def test_make_lab_opens_the_live_notebooks(make_lab):
    page = make_lab("")
    assert page.url.split("?")[0].endswith("/lab/tree/notebooks/live")
    listed = json.load(make_lab("api/contents/notebooks/live"))["content"]
    assert {p.name for p in lecture_paths()} <= {f["name"] for f in listed}


def test_make_lab_has_neither_news_nor_nbgraders_buttons(make_lab):
    assert set(disabled(make_lab)) >= {
        "@jupyter/nbgrader",
        "@jupyterlab/apputils-extension:announcements",
    }


def test_a_lecturer_has_formgrader_in_the_same_environment(tmp_path):
    results = tmp_path / "a01-a01-graded"
    results.mkdir()
    (results / "grades.csv").touch()
    with lab(tmp_path, "formgrader", f"RESULTS={results}") as fetch:
        assert not any("nbgrader" in name for name in disabled(fetch))
        assert fetch("formgrader").status == 200
