"""The data of the assignments are loaded once."""

import pytest
from cells import fashion_mnist

from utils import data


@pytest.fixture(autouse=True)
def load_data_once(monkeypatch):
    monkeypatch.setattr(data, "fashion_mnist", fashion_mnist)
