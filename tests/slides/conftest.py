import pytest

from tools.notebooks import files
from tools.slides.__main__ import write


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return the folder with the slides of all lectures."""
    folder = tmp_path_factory.mktemp("slides")
    write(files.lecture_paths(), folder)
    return folder
