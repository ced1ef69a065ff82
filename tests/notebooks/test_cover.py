"""The picture of README.md is the notebook's, and README.md shows it."""

import io

from PIL import Image

from tools import cover
from tools.notebooks import files


def test_the_cover_is_the_notebooks_figure():
    assert cover.COVER.read_bytes() == cover.cover(), (
        "out of date: run python -m tools.cover"
    )
    assert Image.open(io.BytesIO(cover.cover())).width > 600


def test_readme_shows_the_cover():
    readme = (files.ROOT / "README.md").read_text(encoding="utf-8")
    place = cover.COVER.relative_to(files.ROOT).as_posix()
    assert f"]({place})" in readme
