"""A course of no notebooks yet, for the tools to work on."""

import pytest
from nbformat.v4 import new_notebook

from tools.notebooks import files


@pytest.fixture
def root(tmp_path):
    """Return the folder of a course; its notebooks/ is empty."""
    (tmp_path / "notebooks").mkdir()
    return tmp_path


@pytest.fixture
def save(root):
    """Return a function that saves cells as a notebook of that course."""

    def save(name, *cells):
        path = root / "notebooks" / name
        files.write(path, new_notebook(cells=list(cells)))
        return path

    return save
