"""Find what each student sent in a folder, whatever the files are called."""

import io
import re
import zipfile
from pathlib import PurePosixPath
from typing import NamedTuple

LARGEST = 50 * 2**20  # bytes of one file, zip or member of a zip
HIDDEN = {"__MACOSX", ".ipynb_checkpoints"}


class Sent(NamedTuple):
    """One file as a student sent it."""

    student: str
    place: str  # path inside the folder, zips included
    content: bytes | None  # None: not a notebook's name, or too large


def collect(folder, release, known):
    """Find one submission of each student in a folder.

    Parameters: folder, a Path to a folder or a zip; release, a `Release`;
    known, the names of all assignments, which are no part of a student's.
    Returns: a list of `Submission`, sorted by student.
    """
    names = [release.notebook, *known]
    students = {}
    for sent in _sent(folder, names):
        students.setdefault(sent.student.casefold(), []).append(sent)
    return [_best(files, release) for _, files in sorted(students.items())]


def _sent(folder, names):
    """Yield a `Sent` for each file in a folder or zip, zips opened."""
    for place, content in files(folder):
        if content is not None and place.name.lower().endswith(".zip"):
            yield from _unzipped(place, content, names)
        elif len(place.parts) > 1 or place.suffix.lower() == ".ipynb":
            yield Sent(student_name(place, names), str(place), content)


def files(folder):
    """Yield the place and the content of each file worth a look."""
    if folder.suffix.lower() == ".zip":
        yield from _members(folder.read_bytes())
        return
    for path in sorted(folder.rglob("*")):
        place = PurePosixPath(path.relative_to(folder).as_posix())
        if path.is_file() and not path.is_symlink() and _visible(place):
            fits = path.stat().st_size <= LARGEST and _wanted(place)
            yield place, path.read_bytes() if fits else None


def _members(content):
    """Yield the place and the content of each file of a zip, in memory."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            place = PurePosixPath(member.filename)
            if not member.is_dir() and _visible(place):
                fits = member.file_size <= LARGEST and _wanted(place)
                yield place, archive.read(member) if fits else None


def _unzipped(place, content, names):
    student = student_name(place, names)
    try:
        for inner, data in _members(content):
            yield Sent(student, f"{place}/{inner}", data)
    except (zipfile.BadZipFile, RuntimeError, OSError, ValueError):
        yield Sent(student, str(place), None)


def _visible(place):
    return not any(p in HIDDEN or p.startswith(".") for p in place.parts)


def _wanted(place):
    return place.suffix.lower() in {".ipynb", ".zip"}


def student_name(place, names):
    """Guess a student's name from where the file was.

    Parameters: place, a PurePosixPath such as "Ann Lee_12_assignsubmission_
    file_/a01.ipynb" or "a01_ann (1).ipynb"; names, of the assignments.
    Returns: the name of the folder or file without what Moodle, Canvas,
    browsers, Colab, JupyterLab and the assignment added to it; the file's
    own name if nothing else is in it.
    """
    name = place.parts[0]
    if len(place.parts) == 1:
        name = re.sub(r"\.(ipynb|zip)$", "", name, flags=re.IGNORECASE)
    whole = name
    name = re.sub(r"_\d+_assignsubmission_\w+?_", " - ", name)
    name = re.sub(r"_(?:LATE_)?\d{3,}_\d{3,}_", " - ", name)
    name = re.sub(r"[\s_-]*(?:\(\d+\)|-?Copy\d*|copy)$", "", name)
    name = re.sub(r"^(?:Copy of|Kopie van|Kopie von)\s+", "", name)
    for given in sorted(names, key=len, reverse=True):
        name = re.sub(rf"(?i)(?<![^\W_]){re.escape(given)}(-\d+)?", "", name)
    name = re.sub(r'[\\/:*?"<>|+]', " ", name).strip(" _-.,=@")
    return name or whole
