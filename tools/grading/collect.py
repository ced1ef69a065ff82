"""Find what each student of a class has sent, whatever the files are called.

Every file and folder at the top of the class's folder belongs to somebody.
"""

import re
from typing import NamedTuple

from tools.grading import names as people
from tools.grading import unpack
from tools.grading.unpack import Sent
from tools.notebooks.files import NotebookError

CHECKPOINTS = ".ipynb_checkpoints"
WRAPPER = re.compile(r"(?i)assignment_\d+_export|submissions?")


class Student(NamedTuple):
    """One student and what came from them."""

    key: str  # unique; fit for files, pages and databases
    name: str  # as people read it
    id: str  # the learning platform's, or ""
    files: list[Sent]


def collect(folder, names, pattern=None):
    """Find what each student of a class has sent.

    Parameters: folder, a Path to a folder or to an archive of one; names, of
    assignments and their notebooks, which are no part of a student's name;
    pattern, a regular expression with the groups `name` and, if you like,
    `id`, for what the files and folders at the top are called.
    Returns: a list of `Student`, sorted by name.
    Raises: NotebookError if there is no class or the pattern is none.
    """
    form = people.compiled(pattern)
    if folder.is_dir():
        return _students(unpack.on_disk(folder), folder, names, form)
    try:
        with open(folder, "rb") as file:
            return _students(unpack.members(file), folder, names, form)
    except FileNotFoundError:
        raise NotebookError(f"{folder}: no such folder or zip") from None
    except OSError as error:
        raise NotebookError(f"{folder}: {error.strerror}") from None


def _students(items, folder, names, form):
    """Return the students whose files are among some items."""
    items, depth = _unwrapped(_checked(list(items), folder), folder, names)
    tops = {}
    for item in items:
        tops.setdefault(item.parts[depth], []).append(item)
    students = {}
    for top, group in tops.items():
        if top == CHECKPOINTS or people.is_besides(top, tops):
            continue
        who = people.who(top, names, form, _is_file(group, depth))
        if who:
            sent = list(unpack.look_into(group))
        else:
            place = "/".join(group[0].parts[: depth + 1])
            sent = [Sent(place, None, "the pattern for names doesn't fit")]
            who = top, ""
        _, files = students.setdefault(people.identity(*who), (who, []))
        files += sent
    if not students:
        raise NotebookError(f"{folder}: there is nothing in it")
    return _with_keys(students)


def _checked(items, folder):
    """Return the items of a class if the folder itself could be read."""
    for item in items:
        if item.parts == () and item.problem == unpack.EMPTY:
            items = []
        elif item.parts == ():
            reason = item.problem
            if not folder.is_dir():
                reason = "not a zip that can be read"
            raise NotebookError(f"{folder}: {reason}")
    return items


def _unwrapped(items, folder, names):
    """Return the items and which of their parts names a student: the first,
    unless all are in one folder or archive around the class."""
    depth = 0
    while len({item.parts[depth] for item in items}) == 1:
        inside = unpack.contents(items[0]) if len(items) == 1 else items
        deeper = [item for item in inside if len(item.parts) > depth + 1]
        beside = [item for item in inside if len(item.parts) == depth + 1]
        if any(item.problem != unpack.EMPTY for item in beside):
            break
        tops = {item.parts[depth + 1] for item in deeper}
        if not _is_around(items[0].parts[depth], tops, folder, names):
            break
        items, depth = deeper, depth + 1
    return items, depth


def _is_around(called, tops, folder, names):
    """Tell if what all is in is the class's, not the only student's."""
    students = {
        people.on_platform(top, names)
        for top in tops
        if not people.is_besides(top, tops)
    }
    return bool(
        WRAPPER.fullmatch(called)
        or (len(tops) > 1 and called in (folder.stem, *names))
        or len(students - {None}) > 1
        or (students and None not in students)
    )


def _is_file(group, depth):
    return any(
        len(item.parts) == depth + 1 and item.problem != unpack.EMPTY
        for item in group
    )


def _with_keys(found):
    """Return the students from {identity: ((name, id), files)}."""
    who = {
        one: (people.readable(name) or "?", people.readable(number))
        for one, ((name, number), _) in found.items()
    }
    keys = people.keys(who)
    students = [
        Student(keys[one], *who[one], _without_receipts(files))
        for one, (_, files) in found.items()
    ]
    return sorted(students, key=lambda one: (one.name.casefold(), *one[:3]))


def _without_receipts(files):
    """Leave out what says nothing more beside a student's other files."""
    rest = [
        sent
        for sent in files
        if sent.problem != unpack.EMPTY
        and not people.RECEIPT.fullmatch(sent.place.split("/")[-1])
    ]
    return rest or files[:1]


def guess_assignment(students, names):
    """Return the assignment that most of the files are called after.

    Raises: NotebookError if there is none, or more than one.
    """
    places = "\n".join(sent.place for one in students for sent in one.files)
    count = {
        name: len(
            re.findall(rf"(?i)(?<![^\W_]){re.escape(name)}(?![^\W_])", places)
        )
        for name in names
    }
    if not names:
        raise NotebookError(
            "grading needs notebooks/solutions/, and there are none here: "
            "grade where the assignments are written"
        )
    most = [n for n in names if count[n] == max(count.values())]
    if len(most) != 1:
        raise NotebookError(
            "the files aren't called after one assignment; say which it is, "
            f'OPTIONS="--assignment {most[0]}" for instance'
        )
    return most[0]
