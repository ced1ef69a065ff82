"""The data of the assignments are loaded once; nbgrader is spared work."""

import functools

import nbgrader.api
import pytest
from cells import fashion_mnist

from utils import data


@pytest.fixture(autouse=True)
def load_data_once(monkeypatch):
    monkeypatch.setattr(data, "fashion_mnist", fashion_mnist)


@pytest.fixture(scope="session", autouse=True)
def alembic_version():
    """nbgrader starts a program for each new gradebook; once is enough."""
    asks = nbgrader.api.get_alembic_version
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nbgrader.api, asks.__name__, functools.cache(asks))
        yield asks
