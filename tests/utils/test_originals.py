"""What a student's code replaces is put back, whatever it is."""

import builtins
import sys
import types

import numpy as np
import pytest

from utils.originals import Originals

SOURCE = """
import functools

LIMIT = 3


def double(x, factor=2, *, plus=0):
    return factor * x + plus


@functools.wraps(double)
def wrapper(x):
    return double(x)


class Box:
    size = 1

    def weigh(self):
        return self.size

    @staticmethod
    def name():
        return "box"

    @classmethod
    def kind(cls):
        return "case"


class Small(Box):
    pass
"""


@pytest.fixture
def module(monkeypatch):
    made = types.ModuleType("made")
    monkeypatch.setitem(sys.modules, "made", made)
    exec(SOURCE, vars(made))
    return made


def replace_code(module):
    module.double.__code__ = (lambda x, factor, *, plus: 0).__code__


def replace_default(module):
    module.double.__defaults__ = (3,)


def replace_keyword_default(module):
    module.double.__kwdefaults__["plus"] = 5


def replace_code_behind_a_wrapper(module):
    vars(module)["double"] = None  # only the wrapper leads to it
    replace_code(types.SimpleNamespace(double=module.wrapper.__wrapped__))


def replace_static_code(module):
    module.Box.name.__code__ = (lambda: "bag").__code__


def replace_class_method_code(module):
    module.Box.kind.__func__.__code__ = (lambda cls: "bag").__code__


def add_special_method(module):
    module.Box.__init__ = lambda self: setattr(self, "size", 7)


@pytest.mark.parametrize(
    "spoil, name",
    [
        (lambda m: setattr(m, "LIMIT", 4), "made.LIMIT"),
        (lambda m: delattr(m, "LIMIT"), "made.LIMIT"),
        (lambda m: setattr(m.Box, "size", 2), "made.Box.size"),
        (lambda m: delattr(m.Box, "weigh"), "made.Box.weigh"),
        (add_special_method, "made.Box.__init__"),
        (lambda m: setattr(m.Small, "size", 2), "made.Small.size"),
        (replace_static_code, "made.Box.name"),
        (replace_class_method_code, "made.Box.kind"),
        (replace_code, "made.double"),
        (replace_default, "made.double"),
        (replace_keyword_default, "made.double"),
        (replace_code_behind_a_wrapper, "made.double"),
        (lambda m: sys.modules.pop("made"), "made"),
    ],
)
def test_what_was_replaced_is_put_back_and_named(module, spoil, name):
    originals = Originals([module])
    spoil(module)
    assert name in originals.put_back()
    assert sys.modules["made"] is module
    box = module.Small()
    assert (module.LIMIT, module.double(2), module.wrapper(2)) == (3, 4, 4)
    assert (box.weigh(), box.name(), box.kind()) == (1, "box", "case")
    assert originals.put_back() == []


def test_new_names_are_no_change(module):
    originals = Originals([module])
    module.more, module.Box.more = 1, lambda self: 2
    assert originals.put_back() == []
    assert (module.more, module.Box().more()) == (1, 2)


def test_builtins_that_it_would_need_itself_are_put_back():
    own = dict(vars(builtins))
    originals = Originals([builtins])
    broken = ["isinstance", "setattr", "dict", "list", "len", "getattr"]
    vars(builtins).update(dict.fromkeys(broken))
    put_back = originals.put_back()
    vars(builtins).update(own)
    assert sorted(put_back) == sorted(f"builtins.{name}" for name in broken)


def test_builtins_that_nobody_puts_back_are_not_needed(module):
    originals = Originals([module])
    module.Box.size = 2
    own = vars(builtins).pop("setattr")
    put_back = originals.put_back()
    builtins.setattr = own
    assert put_back == ["made.Box.size"]


def test_names_that_jupyter_exchanges_are_left_alone(monkeypatch):
    originals = Originals([builtins])
    monkeypatch.setattr(builtins, "input", len)
    assert originals.put_back() == []


def test_its_own_code_can_be_replaced_without_effect(module, monkeypatch):
    originals = Originals([module])
    monkeypatch.setattr(Originals.__init__, "__code__", replace_code.__code__)
    monkeypatch.setattr(Originals, "put_back", lambda self: [], raising=False)
    module.LIMIT = 4
    assert originals.put_back() == ["made.LIMIT"]


def test_functions_behind_numpy_s_own_are_kept():
    originals = Originals([np])
    code = np.sum.__wrapped__.__code__
    np.sum.__wrapped__.__code__ = np.prod.__wrapped__.__code__
    assert originals.put_back() == ["numpy.sum"]
    assert np.sum.__wrapped__.__code__ is code
