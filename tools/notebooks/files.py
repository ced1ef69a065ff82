"""The notebooks as files: where they are, how they are read and written,
and their normal form."""

import copy
import hashlib
import json
import os
import re
from pathlib import Path

import nbformat

from tools.notebooks import anatomy

ROOT = Path(__file__).resolve().parent.parent.parent
LIVE = "live"  # the folder of the lectures without outputs
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


class NotebookError(Exception):
    """What went wrong and what to do about it, in one line."""


def notebook_paths(root=ROOT):
    """Return the paths of all notebooks but the live ones, sorted."""
    return sorted(
        path
        for path in (root / "notebooks").rglob("*.ipynb")
        if not {".ipynb_checkpoints", LIVE} & {*path.parts}
    )


def lecture_paths(root=ROOT):
    """Return the paths of the lectures, without the assignments, sorted."""
    return sorted((root / "notebooks").glob("*.ipynb"))


def live_path(path):
    """Return where the live notebook of the lecture at `path` lies."""
    return path.parent / LIVE / path.name


# Reading and writing


def read(path):
    """Return the notebook at `path` as it stands there, unrepaired.

    Raises NotebookError if it isn't a notebook of format 4.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise NotebookError(f"{path}: {error.strerror}") from None
    try:
        if json.loads(text)["nbformat"] != 4:
            raise ValueError
        return nbformat.v4.reads(text)
    except (ValueError, TypeError, KeyError):
        raise NotebookError(
            f"{path}: not a notebook of format 4; restore the file, or open "
            "and save it in JupyterLab"
        ) from None


def to_text(nb):
    """Return the text of a notebook's file."""
    return nbformat.v4.writes(nb) + "\n"


def write(path, nb):
    """Write the normal form of `nb` to `path`; tell if the file changed."""
    text = to_text(normalise(nb))
    if path.exists() and path.read_bytes() == text.encode():
        return False
    unfinished = path.with_suffix(".ipynb~")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    os.replace(unfinished, path)
    return True


# Normal form


def normalise(nb):
    """Return a copy of a notebook in normal form.

    The code that ran is numbered from 1; every cell has an id; the cells
    whose kind says so are folded; what editors, kernels and widgets leave
    behind is gone. Sources and results stay.
    """
    nb = copy.deepcopy(nb)
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata = nbformat.from_dict(METADATA)
    _set_ids(nb.cells)
    count = 0
    for cell in nb.cells:
        cell.source = cell.source.strip("\n")
        cell.metadata = _cell_metadata(cell.metadata)
        anatomy.fold(cell)
        if cell.cell_type != "code":
            continue
        if cell.execution_count is not None:
            count += 1
            cell.execution_count = count
        cell.outputs = _outputs(cell)
    return nb


def _set_ids(cells):
    """Keep each valid id at its first use; derive the others."""
    used = set()
    for cell in cells:
        given = str(cell.get("id", ""))
        if not re.fullmatch(r"[\w-]{1,64}", given, re.A) or given in used:
            seed = f"{cell.cell_type}\n{cell.source}"
            while (given := _short_hash(seed)) in used:
                seed += "\n"
        cell.id = given
        used.add(given)


def _short_hash(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _cell_metadata(metadata):
    """Keep what the course or nbgrader reads."""
    kept = ("deletable", "editable", "nbgrader", "tags")
    return nbformat.from_dict(
        {key: metadata[key] for key in kept if key in metadata}
    )


def _outputs(cell):
    """Merge what was printed in pieces; drop widgets and stray metadata."""
    outputs = []
    for output in cell.outputs:
        if output.output_type == "stream":
            last = outputs[-1] if outputs else {}
            if last.get("name") == output.name:
                last.text += output.text
                continue
        elif output.output_type != "error":
            if WIDGET in output.data:
                continue
            output.metadata = nbformat.from_dict(
                {k: v for k, v in output.metadata.items() if k in output.data}
            )
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
        outputs.append(output)
    return outputs


def format_notebooks(root=ROOT):
    """Put every notebook into normal form and write the live ones; return
    the paths that changed."""
    paths = [path for path in notebook_paths(root) if write(path, read(path))]
    return paths + write_live(root)


# Live notebooks


def live(nb):
    """Return a copy of a notebook as a class opens it: before any run."""
    nb = normalise(nb)
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    return nb


def write_live(root=ROOT):
    """Write the live notebook of each lecture; return the paths that
    changed. Nothing is deleted.

    Raises NotebookError, after all others are written, if somebody has run
    a live notebook: what is in it may be theirs.
    """
    changed, run = [], []
    for path in lecture_paths(root):
        own = live_path(path)
        own.parent.mkdir(exist_ok=True)
        if own.exists() and _was_run(read(own)):
            run.append(own)
        elif write(own, live(read(path))):
            changed.append(own)
    if run:
        raise NotebookError(
            f"{', '.join(map(str, run))}: has been run; delete it, or save "
            "what you want to keep under another name, and try again"
        )
    return changed


def _lost(root):
    """Return the live notebooks without a lecture that nobody has run."""
    names = {path.name for path in lecture_paths(root)}
    return [
        path
        for path in sorted((root / "notebooks" / LIVE).glob("*.ipynb"))
        if path.name not in names and not _was_run(read(path))
    ]


def _was_run(nb):
    return any(
        cell.execution_count is not None or cell.outputs
        for cell in nb.cells
        if cell.cell_type == "code"
    )


def live_complaints(root=ROOT):
    """Yield what of the live notebooks is out of date, a line each."""
    for path in lecture_paths(root):
        own = live_path(path)
        text = own.read_text(encoding="utf-8") if own.exists() else None
        if text != to_text(live(read(path))):
            yield f"live/{path.name} is out of date: run `make format`"
    for path in _lost(root):
        yield f"live/{path.name} has no lecture: delete it, if it isn't yours"
