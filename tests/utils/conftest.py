"""A mirror on this machine, for the tests of utils.data."""

import pytest
import tiny

from utils import data, stand_ins


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
