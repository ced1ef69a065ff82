"""Does a function do its work itself? Found in its bytecode, not its text."""

import dis


def used_by(function, forbidden):
    """Return something forbidden that a function uses, or ''.

    Also looked into are the functions inside it, and those of its own module
    that it calls; an alias (`import scipy as sp`) hides nothing.

    Parameters: function; forbidden, a set of names of functions, attributes,
    modules.
    """
    return _used(function, forbidden, {function})


def _used(function, forbidden, seen):
    code = getattr(function, "__code__", None)
    for is_global, name in _names(code) if code else ():
        used = function.__globals__.get(name) if is_global else None
        module = getattr(used, "__module__", None) or ""
        if module == function.__module__:  # its author's own
            if used not in seen and hasattr(used, "__code__"):
                seen.add(used)
                if found := _used(used, forbidden, seen):
                    return found
            continue
        words = f"{name}.{module}.{getattr(used, '__name__', '')}".split(".")
        if found := forbidden.intersection(words):
            return min(found)
    return ""


def _names(code):
    """Yield (is it global?, name) for all that code looks up by a name."""
    for line in dis.get_instructions(code):
        if line.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield True, line.argval
        elif line.opname.startswith(("LOAD_ATTR", "LOAD_METHOD", "IMPORT_")):
            yield False, line.argval
        elif hasattr(line.argval, "co_code"):  # a function inside
            yield from _names(line.argval)
