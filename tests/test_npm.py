"""Scripts for pages: what is fetched is checked, and kept."""

import io
import tarfile

import pooch
import pytest

from tools import npm
from tools.notebooks.files import NotebookError


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """Write the registry's archive of a package, and lead npm to it."""
    path = tmp_path / "small-1.0.tgz"
    with tarfile.open(path, "w:gz") as tar:
        about = tarfile.TarInfo("package/small.js")
        about.size = 5
        tar.addfile(about, io.BytesIO(b"alert"))
    monkeypatch.setattr(npm.sys, "prefix", str(tmp_path / "venv"))
    packages = {"small": ("1.0", pooch.file_hash(str(path)))}
    monkeypatch.setattr(npm, "PACKAGES", packages)

    def fetch(url, output_file, pooch):
        if not path.exists():
            raise OSError("no network")
        with open(output_file, "wb") as file:
            file.write(path.read_bytes())

    monkeypatch.setattr("pooch.core.choose_downloader", lambda *a, **k: fetch)
    return path


def test_a_package_is_unpacked_and_needs_no_network_again(archive):
    assert (npm.folder("small") / "small.js").read_text() == "alert"
    archive.unlink()
    assert (npm.folder("small") / "small.js").read_text() == "alert"


def test_a_package_that_can_t_be_fetched_is_one_line(archive):
    archive.unlink()
    with pytest.raises(NotebookError, match="small 1.0 can't be .*network$"):
        npm.folder("small")


def test_another_file_is_not_taken(archive):
    archive.write_bytes(archive.read_bytes() + b"more")
    with pytest.raises(NotebookError, match="can't be fetched"):
        npm.folder("small")
    assert not list(archive.parent.glob("venv/npm/*.untar"))
