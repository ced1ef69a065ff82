"""Known mistakes: what a check sees of each, and the hint that fits.

`make assignments` runs the wrong answers of an assignment and writes what its
checks saw into a table, mistakes.json, which lies beside them. An answer by
which a check sees the same is diagnosed by it.

What a check saw is {"numbers": the result}, {"error": its class, "message":
its first line} or {"reason": the check's own words}.
"""

import json

from utils import comparing


def read(path):
    """Return the version of a table and its entries, "" and [] without one.

    An entry is a dict: exercise, check, step, saw, hint.
    """
    try:
        table = json.loads(path.read_text("utf-8"))
        sound = all(map(_is_sound, table["mistakes"]))
        return (table["version"], table["mistakes"]) if sound else ("", [])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "", []


def _is_sound(entry):
    results({**entry["saw"]}.get("numbers"))
    return entry.keys() == {"exercise", "check", "step", "saw", "hint"}


def hint(entries, exercise, check, step, saw):
    """Return the hint of the mistake by which a check sees `saw`, or ''.

    Parameters: entries, of a table; exercise and check, its number and its
    title; step, the number of the comparison in its block; saw, see above.
    """
    for entry in entries:
        place = entry["exercise"], entry["check"], entry["step"]
        if place == (exercise, check, step) and fits(entry["saw"], saw):
            return entry["hint"]
    return ""


def fits(recorded, saw):
    """Tell whether a check has seen the same as is recorded."""
    if recorded.keys() != saw.keys():
        return False
    if "numbers" in saw:
        return comparing.same(saw["numbers"], results(recorded["numbers"]))
    if "error" in saw:
        own = recorded["message"] in saw["message"]
        return own and recorded["error"] == saw["error"]
    return recorded == saw


def results(written):
    """Return a result as it was before it was written: lists of numbers, in
    tuples where it was a tuple."""
    if isinstance(written, dict):
        return tuple(map(results, written["tuple"]))
    return written


def fault(path, version):
    """Say what is wrong with a table, for the notebook of a version; ''."""
    found, _ = read(path)
    folder = "/".join(path.parts[-4:-1])
    if not found:
        return (
            f"{folder}/{path.name} is missing or damaged: checks work, but "
            "name no mistakes. Get the folder again."
        )
    if version not in ("", found):
        return (
            f"This notebook and {folder} are of different versions: checks "
            "may fail, and name no mistakes. Your answers are safe; copy "
            "them into the notebook that lies there."
        )
    return ""
