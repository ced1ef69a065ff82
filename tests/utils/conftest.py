"""A mirror on this machine, and checks that know some mistakes."""

import json

import pytest
import tiny

from utils import data, stand_ins
from utils.checking import check


@pytest.fixture
def mirrors(monkeypatch, tmp_path, request):
    """Function that sets MNIST's mirrors, each with a fault or "good".

    Sets an empty data folder and forgets which mirrors answered, as
    restarting the kernel does. Without a call, no mirror can be reached.
    """
    server = tiny.Server()
    request.addfinalizer(server.close)

    def set_mirrors(*faults):
        addresses = [
            "http://127.0.0.1:9/{}"
            if fault == "down"
            else server.address(fault)
            for fault in faults
        ]
        monkeypatch.setattr(data, "REGISTRY", tiny.registry(*addresses))
        mute = {"stall", "silent"} & set(faults)
        monkeypatch.setattr(data, "PATIENCE", 0.5 if mute else tiny.WAIT)
        data._ask_mirrors.cache_clear()

    set_mirrors.server = server
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    arrays = list(tiny.ARRAYS.values())
    monkeypatch.setattr(stand_ins, "digits", lambda: [-a for a in arrays])
    set_mirrors("down")
    return set_mirrors


@pytest.fixture
def knowing(tmp_path):
    """Return a function of hints and what a check saw, which makes a check
    that knows these mistakes of `told`'s exercise by their first step."""

    def knowing(mistakes, step=1):
        place = {"exercise": 1, "check": "a title", "step": step}
        entries = [
            place | {"saw": saw, "hint": hint}
            for hint, saw in mistakes.items()
        ]
        table = tmp_path / "mistakes.json"
        table.write_text(json.dumps({"version": "1", "mistakes": entries}))
        return type("check", (check,), {"mistakes": table})

    return knowing
