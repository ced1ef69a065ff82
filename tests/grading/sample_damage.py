"""Every kind of damage to a notebook's file, one a row."""

import json
from collections.abc import Callable
from typing import NamedTuple

from sample_class import other


def as_json(change):
    """Return a function that changes a notebook's JSON."""

    def damage(content):
        nb = json.loads(content)
        return json.dumps(change(nb) or nb).encode()

    return damage


def first_answer(nb):
    cells = nb["cells"]
    return next(
        c
        for c in cells
        if "double" in "".join(c["source"]) and c["cell_type"] == "code"
    )


def set_source(value):
    return as_json(lambda nb: first_answer(nb).update(source=value))


def conflict(sides):
    """Return a function that puts a conflict round one line."""

    def damage(content):
        lines = content.decode().split("\n")
        at = next(i for i, line in enumerate(lines) if "return x + x" in line)
        text = sides.replace("MINE", lines[at])
        text = text.replace("THEIRS", lines[at].replace("x + x", "2 * x"))
        return "\n".join([*lines[:at], text, *lines[at + 1 :]]).encode()

    return damage


def format_3(nb):
    cells = []
    for cell in nb["cells"]:
        text = "input" if cell["cell_type"] == "code" else "source"
        cells.append(
            {
                "cell_type": cell["cell_type"],
                "metadata": cell["metadata"],
                text: cell["source"],
            }
        )
    cells.insert(0, {"cell_type": "heading", "level": 2, "source": "Hello"})
    return {"nbformat": 3, "worksheets": [{"cells": cells}]}


class Damage(NamedTuple):
    """One kind of damage to a file and what is said of it."""

    what: str
    damage: Callable  # from the file's bytes to others
    reason: str = ""  # in review; "": nothing
    graded: bool = True
    note: str = ""


BOTH = "<<<<<<< HEAD\nMINE\n=======\nTHEIRS\n>>>>>>> other"
WITH_BASE = BOTH.replace("=======", "||||||| base\nold\n=======")
DAMAGES = [
    Damage("nothing", lambda c: c),
    # encodings
    Damage("a byte-order mark", lambda c: b"\xef\xbb\xbf" + c),
    Damage("two of them", lambda c: b"\xef\xbb\xbf" * 2 + c),
    *(
        Damage(
            coding,
            lambda c, coding=coding: c.decode().encode(coding),
            note=f"saved as {coding}, read as such",
        )
        for coding in (
            *("utf-16", "utf-16-le", "utf-16-be"),
            *("utf-32", "utf-32-le", "utf-32-be"),
        )
    ),
    Damage(
        "cp1252",
        lambda c: c.replace(b"A row", "Größe".encode("cp1252")),
        note="saved as cp1252, read as such",
    ),
    Damage(
        "a damaged letter",
        lambda c: c.replace(b"A row", "ö".encode() * 20 + b"\xc3"),
        "some letters are damaged",
    ),
    Damage("half an emoji", lambda c: c.replace(b"A row", b"\\ud83d")),
    Damage("its bytes", lambda c: c.replace(b"A row", b"\xed\xa0\xbd")),
    Damage("a zero in a text", lambda c: c.replace(b"A row", b"\\u0000")),
    Damage("a raw zero", lambda c: c.replace(b"A row", b"\0")),
    Damage("lines of Windows", lambda c: c.replace(b"\n", b"\r\n")),
    Damage("and behind", lambda c: c + b"\r\n"),
    Damage("a raw line break", lambda c: c.replace(b"A row", b"A\nrow")),
    # cut and pasted
    Damage("nothing in it", lambda c: b"", "an empty file", False),
    Damage("only zeros", lambda c: bytes(999), "an empty file", False),
    Damage("cut off", lambda c: c[:900], "not JSON, or cut off", False),
    Damage("zeros behind", lambda c: c + bytes(999)),
    Damage("rest behind", lambda c: c + b"]}", "something follows the end"),
    Damage(
        "a picture", lambda c: b"\x89PNG\r\n\x1a\n\0\0", "not a text", False
    ),
    Damage("a web page", lambda c: b"<!doctype html>", "a web page", False),
    Damage(
        "a pointer", lambda c: b"version https://git-lfs", "not JSON", False
    ),
    Damage("a conflict", conflict(BOTH), "took the first side"),
    Damage("with its base", conflict(WITH_BASE), "took the first side"),
    Damage(
        "of Windows",
        lambda c: conflict(BOTH)(c).replace(b"\n", b"\r\n"),
        "took the first side",
    ),
    Damage(
        "with half a side",
        conflict(BOTH.replace("MINE", '"')),
        "took the second side",
    ),
    Damage(
        "unsettled",
        conflict("<<<<<<<\n=======\n"),
        "an unsettled merge conflict",
        False,
    ),
    # other JSON
    Damage("a list", lambda c: b"[1]", "JSON, but no cells", False),
    Damage("no cells", lambda c: b'{"cells": []}', "but no cells", False),
    Damage("odd cells", lambda c: b'{"cells": {"a": 1}}', "no cells", False),
    Damage("deep", lambda c: b'{"cells":' + b"[" * 10**5, "cut off", False),
    Damage(
        "many cells",
        lambda c: b'{"cells": [' + b"{}," * 10**4 + b"{}]}",
        "more than 10000 cells",
        False,
    ),
    Damage("format 3", as_json(format_3)),
    *(
        Damage(
            f"format {number!r}",
            as_json(lambda nb, number=number: nb.update(nbformat=number)),
        )
        for number in (2, 5, "4", None, [], 10**30)
    ),
    Damage(
        "huge numbers",
        lambda c: c.replace(b'"nbformat": 4', b'"nbformat": 1' + b"0" * 9999),
    ),
    Damage("NaN", lambda c: c.replace(b'"nbformat": 4', b'"nbformat": NaN')),
    Damage("a null cell", as_json(lambda nb: nb["cells"].insert(0, None))),
    Damage(
        "a cell that is a text",
        as_json(lambda nb: nb["cells"].insert(0, "x")),
        "can't be read, left out: cell 1",
    ),
    Damage(
        "metadata that is a list",
        as_json(
            lambda nb: [c.update(metadata=[1]) for c in nb["cells"]] and nb
        ),
    ),
    Damage(
        "no metadata",
        as_json(lambda nb: [c.pop("metadata") for c in nb["cells"]] and nb),
    ),
    Damage(
        "marks that are a text",
        as_json(lambda nb: first_answer(nb)["metadata"].update(nbgrader="x")),
    ),
    Damage(
        "a grade_id that is a list",
        as_json(
            lambda nb: first_answer(nb)["metadata"]["nbgrader"].update(
                grade_id=["x"]
            )
        ),
    ),
    Damage(
        "ids that are lists",
        as_json(lambda nb: [c.update(id=[1]) for c in nb["cells"]] and nb),
    ),
    Damage("a source that is a number", set_source(5)),
    Damage("a source in lines", set_source(["def double(x):\n", "    x"])),
    Damage("a source of lists", set_source([["x"]]), "left out: cell"),
    Damage("a source that is null", set_source(None), "left out: cell"),
    Damage(
        "attachments that are a list",
        as_json(lambda nb: first_answer(nb).update(attachments=[1])),
    ),
    Damage(
        "an attachment that is no image",
        as_json(
            lambda nb: first_answer(nb).update(
                attachments={"a\n.svg": {"image/svg+xml": "<svg>"}}
            )
        ),
        r"left out: the attachment a\n.svg",
    ),
    Damage(
        "another notebook",
        lambda c: other(None).encode(),
        "another notebook",
        False,
    ),
]
