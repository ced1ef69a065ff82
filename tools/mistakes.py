"""Wrong answers as code, and the table of what checks see of them.

notebooks/solutions/aNN/mistakes.py holds the answers of an assignment that
are wrong, each with its hint, and those that must be accepted. Each takes the
place of one name of the solved notebook:

    @mistake("softmax", "the sum runs over the images: axis=1.")
    def sums_over_images(scores): ...

    @accepted("softmax")
    def with_loops(scores): ...

What the first check that fails sees of a mistake goes to mistakes.json beside
the students' notebook (see `utils.mistakes`).
"""

import contextlib
import hashlib
import importlib.util
import io
import json
import re
import sys
from typing import Any, NamedTuple

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

from tools.notebooks.files import NotebookError
from utils import checking
from utils import mistakes as known

LARGEST = 300  # numbers that a result in the table may have


class Answer(NamedTuple):
    """A wrong answer or, without a hint, one that must be accepted."""

    replaces: str  # a name of the solved notebook
    answer: Any  # a function or a class
    hint: str = ""
    message: str | None = None  # a part of its error's, by which it is known

    @property
    def name(self):
        return self.answer.__name__


# In mistakes.py


def mistake(replaces, hint, message=None):
    """Decorate a wrong answer.

    Parameters: replaces, the name whose place it takes in the solved
    notebook; hint, what to tell its author; message, the part of its error's
    message that tells it from others (default: all of the first line).
    """
    return _noting(lambda answer: Answer(replaces, answer, hint, message))


def accepted(replaces):
    """Decorate an unusual answer that is right."""
    return _noting(lambda answer: Answer(replaces, answer))


def _noting(describe):
    names = sys._getframe(2).f_globals  # of mistakes.py

    def decorate(answer):
        names.setdefault("__answers__", []).append(describe(answer))
        return answer

    return decorate


def bank(path):
    """Return the answers in the file at `path`, a list of `Answer`.

    Raises: NotebookError if two of them have one name.
    """
    name = f"{path.stem}_of_{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise NotebookError(
            f"{path}: {type(error).__name__}: {error}"
        ) from error
    answers = getattr(module, "__answers__", [])
    names = [answer.name for answer in answers]
    if twice := {name for name in names if names.count(name) > 1}:
        raise NotebookError(f"{path}: two answers are called {twice.pop()}")
    return answers


# The solved notebook


def marks(cell):
    """Return what nbgrader has noted at a cell."""
    return cell.metadata.get("nbgrader", {})


def code_cells(nb):
    """Return {grade_id or cell id: source} of the code cells, in order."""
    return {
        marks(cell).get("grade_id", cell.id): cell.source
        for cell in nb.cells
        if cell.cell_type == "code"
    }


def run(code, namespace):
    """Run a cell; return what it printed, without line breaks and colours
    (which it has once something has imported ipykernel)."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(TransformerManager().transform_cell(code), namespace)
    plain = re.sub(r"\x1b\[\d*m", "", printed.getvalue())
    return " ".join(plain.split())


def solved(nb):
    """Run an instructors' notebook but for figures, checks and tests, all of
    which have a title; return its names."""
    namespace = {"__name__": "__main__"}
    for cell in nb.cells:
        titled = cell.source.startswith("# @title")
        if cell.cell_type == "code" and not titled:
            run(cell.source, namespace)
    return namespace


def exercise_of(nb, answer):
    """Return the grade_id of the cell whose name an answer replaces.

    Raises: NotebookError if there is none.
    """
    defines = rf"^(def|class) {re.escape(answer.replaces)}\b"
    for cell in nb.cells:
        if marks(cell).get("solution") and re.search(
            defines, cell.source, re.M
        ):
            return marks(cell).grade_id
    raise NotebookError(
        f"{answer.name}: no answer cell defines {answer.replaces}"
    )


def first_failure(cells, exercise, namespace, answer):
    """Put an answer in the place of the right one and run the exercise's
    check and test.

    Parameters: cells, as of `code_cells`; exercise, its grade_id; namespace,
    of the solved notebook (not changed); answer, an `Answer`.
    Returns: ((exercise, check), (step, what it saw, the hint that it gave))
    of the first check that fails, None if all pass, and what was printed.
    """
    namespace = namespace | {answer.replaces: answer.answer}
    checking._failed.clear()
    checking._late.clear()
    printed = ""
    for end in ("-check", "-test"):
        printed += run(cells[exercise + end], namespace)
        if checking._failed or "Not yet answered" in printed:
            break
    return next(iter(checking._failed.items()), None), printed


# The table


def version(nb, *sources):
    """Return the version that a notebook shares with its table.

    Parameters: nb, the instructors' notebook; sources, paths of checks.py
    and mistakes.py.
    """
    parts = [cell.source for cell in nb.cells if marks(cell)]
    parts += [path.read_text("utf-8") for path in sources]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def table(answers, nb, namespace):
    """Return the entries of the table of mistakes.

    Parameters: answers, a list of `Answer`; nb, the students' notebook;
    namespace, of the solved one. The checks must not know a table meanwhile.
    Raises: NotebookError if a mistake passes or can't be told from another.
    """
    cells, entries, seen = code_cells(nb), [], []
    for answer in answers:
        if not answer.hint:
            continue
        exercise = exercise_of(nb, answer)
        failure, printed = first_failure(cells, exercise, namespace, answer)
        if failure is None:
            raise NotebookError(
                f"{exercise}, {answer.name}: no check finds it wrong: "
                + printed[:200]
            )
        (number, check), (step, saw, hint) = failure
        place = {"exercise": number, "check": check, "step": step}
        entry = place | {"saw": written(saw, answer), "hint": answer.hint}
        for other, its_saw, its_entry in seen:
            if _alike(entry, saw, its_entry, its_saw):
                raise NotebookError(
                    f"{exercise}: {check!r} can't tell {answer.name} from "
                    f"{other.name}: give them one hint, or another example"
                )
        seen.append((answer, saw, entry))
        if hint != answer.hint and entry not in entries:
            entries.append(entry)
    return entries


def _alike(entry, saw, other, its_saw):
    """Tell whether two hints claim what a check saw of one mistake."""
    places = [{**e, "saw": None, "hint": None} for e in (entry, other)]
    return (
        places[0] == places[1]
        and entry["hint"] != other["hint"]
        and (
            known.fits(entry["saw"], its_saw) or known.fits(other["saw"], saw)
        )
    )


def written(saw, answer):
    """Return what a check saw as it is written into a table."""
    if "numbers" in saw:
        return {"numbers": _numbers(saw["numbers"], answer)}
    if "error" in saw and answer.message is not None:
        if answer.message not in saw["message"]:
            raise NotebookError(
                f"{answer.name}: {answer.message!r} isn't in its message, "
                f"{saw['message']!r}"
            )
        return saw | {"message": answer.message}
    return saw


def _numbers(value, answer):
    if isinstance(value, tuple):
        return {"tuple": [_numbers(part, answer) for part in value]}
    array = np.asarray(value)
    if array.size > LARGEST:
        raise NotebookError(
            f"{answer.name}: a result of {array.size} numbers; check it with "
            f"a smaller example, at most {LARGEST}"
        )
    if array.dtype.kind == "f":
        digits = [float(f"{x:.8g}") for x in array.ravel().tolist()]
        return np.reshape(digits, array.shape).tolist()
    if array.dtype.kind == "c":
        raise NotebookError(f"{answer.name}: complex numbers")
    return array.tolist()


def to_text(version, entries):
    """Return the text of a table: an entry a line."""
    lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
    body = ",\n".join(lines)
    return f'{{"version": "{version}", "mistakes": [\n{body}\n]}}\n'
