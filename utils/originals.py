"""What modules hold: kept, and put back after somebody has changed it.

Imports nothing of the course, so that a grader's kernel can do the same.
"""

import builtins
import sys
from types import FunctionType

# Jupyter itself exchanges these at each cell.
_FRONT_END = {"_", "display", "exit", "get_ipython", "help", "input", "quit"}
_IMMUTABLE, _ON_HEAP = 1 << 8, 1 << 9  # flags of a type


class Originals:
    """What some modules hold now: their names, what is in the classes that
    they define, the code and the defaults of their functions.

    `put_back()` puts back what was changed since, and returns a list of the
    names that had been changed. New names are no change, unless they hide
    what a class inherits.

    Parameters: modules, a list of modules.
    """

    def __init__(self, modules):
        kept = [(m.__name__, m, _names(m)) for m in modules]
        classes = [
            (f"{owner}.{one.__name__}", one, dict(vars(one)), _inherited(one))
            for owner, _, names in kept
            for one in _classes(owner, names)
        ]
        functions = [
            (f"{owner}.{name}", function, *_state(function))
            for owner, _, names, *_ in [*kept, *classes]
            for name, value in names.items()
            for function in _functions(value)
        ]
        # All that follows uses is bound here, and in a closure, because the
        # code of a method and any builtin may have been replaced, too.
        loaded, absent, function_type = sys.modules, object(), FunctionType
        put, delete = setattr, delattr

        def put_back():
            changed = {}
            for owner, module, names in kept:
                if loaded.get(owner) is not module:
                    loaded[owner] = module
                    changed[owner] = True
                own = module.__dict__
                for name, value in names.items():
                    if own.get(name, absent) is not value:
                        own[name] = value
                        changed[f"{owner}.{name}"] = True
            for owner, one, names, inherited in classes:
                own = one.__dict__
                for name, value in names.items():
                    if own.get(name, absent) is not value:
                        put(one, name, value)
                        changed[f"{owner}.{name}"] = True
                for name, value in [*own.items()]:
                    if name in names:
                        continue
                    special = name[:2] == "__"
                    special = special and value.__class__ is function_type
                    if special or name in inherited:
                        delete(one, name)
                        changed[f"{owner}.{name}"] = True
            for name, function, code, defaults, keywords in functions:
                if function.__code__ is not code:
                    function.__code__ = code
                    changed[name] = True
                if function.__defaults__ is not defaults:
                    function.__defaults__ = defaults
                    changed[name] = True
                if function.__kwdefaults__ != keywords:
                    function.__kwdefaults__ = keywords and {**keywords}
                    changed[name] = True
            return [*changed]

        self.put_back = put_back


def _names(module):
    """Return {name: value} of a module, but for what Jupyter exchanges."""
    left_out = _FRONT_END if module is builtins else ()
    return {n: v for n, v in vars(module).items() if n not in left_out}


def _classes(owner, names):
    """Yield the classes of a module that it defines and anyone can change."""
    for value in names.values():
        if isinstance(value, type) and value.__module__ == owner:
            if value.__flags__ & (_ON_HEAP | _IMMUTABLE) == _ON_HEAP:
                yield value


def _inherited(one):
    """Return the names that a class has from its bases."""
    return {name for base in one.__mro__[1:] for name in vars(base)}


def _functions(value):
    """Yield the functions that stand behind a name, decorated ones too."""
    while value is not None and not isinstance(value, type):
        if isinstance(value, FunctionType):
            yield value
        value = getattr(value, "__wrapped__", None)


def _state(function):
    keywords = function.__kwdefaults__
    return function.__code__, function.__defaults__, keywords and {**keywords}
