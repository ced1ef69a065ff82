"""A class that has every kind of damage: a row each."""

from collections.abc import Callable
from typing import NamedTuple

import nbformat
from nbformat.v4 import new_code_cell
from sample_class import (
    CHEATS,
    LINKS,
    NAME,
    RIGHT,
    SCRIPT,
    SECONDS,
    SHOWS_SCRIPT,
    SPY,
    SPY_AGAIN,
    WRONG_CUBE,
    a_lost_photo,
    a_photo,
    changed,
    conflict,
    copied,
    edited,
    in_a_new_cell,
    in_the_question,
    in_the_setup,
    keep_three,
    other,
    out_of_order,
    saved_by_colab,
    split,
    tamper,
    with_cell,
    without_marks,
    zipped,
)


class Kind(NamedTuple):
    """A student with one kind of damage, and what comes of it."""

    student: str
    file: str  # {} is the assignment's name
    content: Callable  # from the released notebook to the file's content
    points: int | None  # None: it isn't graded
    remark: str = ""  # in review.md; "": the student is not in it


KINDS = [
    Kind("Alice", "Alice/{}.ipynb", changed(), 6),
    Kind("Bob", "a01_Bob.ipynb", saved_by_colab, 6),
    Kind(
        "Carol Miller",
        "Carol Miller - {} (1).ipynb",
        without_marks,
        6,
        "double had lost its marks",
    ),
    Kind(
        "Dave",
        "Dave.zip",
        lambda nb: zipped(
            {
                "hw/a01_sample.ipynb": changed(
                    row_sums="def row_sums(X):\n    return X.sum(axis=0)"
                )(nb)
            }
        ),
        3,
    ),
    Kind(
        "Erin Park_123",
        "Erin Park_123_assignsubmission_file_/{}.ipynb",
        edited(copied),
        6,
        "row-sums is answered 2 times: took the last one",
    ),
    Kind(
        "Frank",
        "Frank_a01.ipynb",
        edited(keep_three),
        2,
        "the answer row-sums is missing",
    ),
    Kind(
        "Grace",
        "Grace/{}-Copy1.ipynb",
        edited(out_of_order),
        6,
        "out of order",
    ),
    Kind("Heidi", "Heidi/{}.ipynb", other, None, "another notebook"),
    Kind(
        "Ivan",
        "Ivan/{}.ipynb",
        lambda nb: changed()(nb)[:900],
        None,
        "not JSON",
    ),
    Kind("Judy", "Judy/{}.ipynb", lambda nb: "", None, "an empty file"),
    Kind(
        "Ken",
        "Ken/{}.ipynb",
        conflict,
        4,
        "merge conflict: took the first side",
    ),
    Kind(
        "Laura",
        "Laura/{}.ipynb",
        lambda nb: (
            b"\xef\xbb\xbf"
            + changed(
                double="def double(x):\n    np.ones(1) / 0\n    return 2 * x"
            )(nb).encode()
        ),
        6,
    ),
    Kind(
        "Mike",
        "Mike/{}.ipynb",
        changed(double="while True: pass"),
        4,
        f"more than {SECONDS} s of computing: while True: pass",
    ),
    Kind(
        "Nina",
        "Nina/{}.ipynb",
        changed(row_sums="import os\nos._exit(1)"),
        3,
        "the kernel died in this cell: import os",
    ),
    Kind(
        "Oscar",
        "Oscar/{}.ipynb",
        changed(double="def double(x):\n    import sys; sys.exit()"),
        4,
    ),
    Kind(
        "Peggy",
        "Peggy/{}.ipynb",
        changed(double="print('la\\n' * 10**6)\n" + RIGHT["double"]),
        6,
    ),
    Kind(
        "Quinn",
        "Quinn/{}.ipynb",
        changed(double="np.allclose = np.sum = None\ndouble = 1"),
        4,
        "replaced numpy.allclose, numpy.sum (put back): np.allclose",
    ),
    Kind(
        "Rita",
        "Rita/{}.ipynb",
        edited(
            tamper,
            double="double = 1",
            row_sums="row_sums = 1",
            cube="cube = 1",
        ),
        0,
    ),
    Kind("Steve", "Steve_{}.ipynb", lambda nb: nbformat.writes(nb), 0),
    Kind(
        "Trudy",
        "Trudy/{}.ipynb",
        changed(double=SPY, row_sums=SPY_AGAIN),
        1,
        "uses In[",
    ),
    Kind(
        "Victor",
        "Victor.zip",
        lambda nb: b"PK\x03\x04 cut off",
        None,
        "a zip that can't be opened",
    ),
    Kind(
        "Wendy_456",
        "Wendy_456_789_{}.ipynb",
        lambda nb: changed()(nb).encode("utf-16"),
        6,
    ),
    Kind("Yves", "Yves/{}.ipynb", changed(double="double = 1"), 6),
    Kind(
        "Yves",
        "Yves/{} (1).ipynb",
        changed(),
        6,
        "took Yves/a01_sample (1).ipynb, not Yves/a01_sample.ipynb",
    ),
    Kind(
        "Zoe",
        "Zoe/{}.ipynb",
        changed(double="def double(x):\n    return 2"),
        4,
    ),
    Kind(
        "Script",
        "Script/{}.ipynb",
        changed(explain=SCRIPT + LINKS, double=SHOWS_SCRIPT),
        4,
    ),
    # a student's own cells
    Kind(
        "Own helper",
        "Own helper/{}.ipynb",
        with_cell(
            "double",
            new_code_cell("def twice(x):\n    return x + x"),
            double="def double(x):\n    return twice(x)",
        ),
        6,
    ),
    Kind(
        "Own error",
        "Own error/{}.ipynb",
        with_cell("double", new_code_cell("1 / 0")),
        6,
    ),
    Kind(
        "Own loop",
        "Own loop/{}.ipynb",
        with_cell("cube", new_code_cell("while True: pass")),
        6,
        f"more than {SECONDS} s of computing: while True: pass",
    ),
    Kind(
        "Own crash",
        "Own crash/{}.ipynb",
        with_cell("cube", new_code_cell("import os; os.abort()")),
        6,
        "the kernel died in this cell: import os; os.abort()",
    ),
    Kind(
        "Own setup",
        "Own setup/{}.ipynb",
        edited(in_the_setup, double="def double(x):\n    return TWO * x"),
        6,
    ),
    Kind(
        "Split",
        "Split/{}.ipynb",
        edited(
            split(
                "def twice(x):\n    return x + x",
                "def double(x):\n    return twice(x)",
            )
        ),
        6,
    ),
    Kind(
        "Split within",
        "Split within/{}.ipynb",
        edited(split("def double(x):\n    y = x + x", "    return y")),
        6,
    ),
    Kind(
        "Colab",
        "Colab/{}.ipynb",
        changed(
            double="from google.colab import drive, files\n"
            "import google.colab.output\n"
            "drive.mount('/content/drive')\n" + RIGHT["double"]
        ),
        6,
    ),
    Kind(
        "Pip",
        "Pip/{}.ipynb",
        changed(double="!pip install einops\n" + RIGHT["double"]),
        6,
    ),
    Kind(
        "Input",
        "Input/{}.ipynb",
        changed(double="n = int(input('n? '))\n" + RIGHT["double"]),
        6,
    ),
    Kind(
        "Own mistake",
        "Own mistake/{}.ipynb",
        changed(double="import einops_\n" + "double = einops_.double"),
        4,
        "a cell ended in ModuleNotFoundError: No module named 'einops_'",
    ),
    # what an open question's answer may look like
    Kind(
        "New cell",
        "New cell/{}.ipynb",
        edited(in_a_new_cell),
        6,
        'took what stands beside it, "Since each row is an image."',
    ),
    Kind(
        "In the question",
        "In the question/{}.ipynb",
        edited(in_the_question),
        6,
        'beside it, "Why over the columns? Since each row is an image."',
    ),
    Kind("Photo", "Photo/{}.ipynb", edited(a_photo), 6),
    Kind("Lost photo", "Lost photo/{}.ipynb", edited(a_lost_photo), 6),
    Kind(
        "Half emoji",
        "Half emoji/{}.ipynb",
        lambda nb: changed(
            explain="so EMOJI", double="print('\\ud83d')\n" + RIGHT["double"]
        )(nb).replace("EMOJI", "\\ud83d"),
        6,
    ),
    Kind(  # test_sandbox.py tries the others
        "Cheat",
        "Cheat/{}.ipynb",
        changed(double=f"{CHEATS[0]}\n{RIGHT['double']}", cube=WRONG_CUBE),
        5,
        "replaced ",
    ),
]


def class_files(released):
    """Return {file: content} of the class."""
    return {kind.file.format(NAME): kind.content(released) for kind in KINDS}
