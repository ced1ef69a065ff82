"""The site of this very course, built once for all tests of a process."""

import importlib.util
import warnings

import pytest
from bs4 import BeautifulSoup


@pytest.fixture(scope="session")
def site(require, tmp_path_factory):
    """Return the folder of this very course's site."""
    require(importlib.util.find_spec("myst_nb"), "web")
    from tools.site.__main__ import build

    folder = tmp_path_factory.mktemp("site") / "site"
    with warnings.catch_warnings():  # what MyST says to itself
        warnings.filterwarnings("ignore", ".*MystReferenceResolver.app")
        build(folder)
    return folder


class Pages(dict):
    def __repr__(self):  # not all of the site where a test fails
        return f"{len(self)} pages"


@pytest.fixture(scope="session")
def pages(site):
    """Return {name: page}, parsed."""
    return Pages(
        {
            path.relative_to(site).with_suffix("").as_posix(): BeautifulSoup(
                path.read_bytes(), "html.parser"
            )
            for path in sorted(site.rglob("*.html"))
            if "_static" not in path.parts
        }
    )
