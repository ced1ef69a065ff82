"""Tell from what a file or folder is called whose it is."""

import hashlib
import re
import unicodedata

from tools.notebooks.files import NotebookError

ENDINGS = (
    r"(?i)(?:_ipynb|\.(?:ipynb[\w-]*|zip|tar|t?gz|tbz2?|bz2|t?xz|7z|rar|json"
    r"|txt|html?|pdf|py|docx?|odt|rtf|md|csv|xlsx?|pptx?|png|jpe?g|heic|bin"
    r"|download))$"
)
OF_FOLDERS = r"(?i)\.(?:ipynb|zip|tar|t?gz|tbz2?|bz2|t?xz|7z|rar)$"
COPY = r"(?i)(?:[\s_-]*\(\d{1,2}\)|[\s_-]+(?:copy\d*|kopie)|的?副本)$"
COPY_OF = r"(?i)^(?:copy of|kopie (?:van|von)|copi[ae] de)\s+"
# Nobody's name: two files called so need not come from one person.
NOBODY = re.compile(
    r"(?i)(?:[\W\d_]|assignment|homework|hw|exercise|lab|notebook|untitled"
    r"|submission|solution|answers?|final|version|copy|new|my|file)*"
)
NUMBER = re.compile(r"\d+")
# What learning platforms make of a name.
MOODLE = r"(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_[a-z]+(?:_.*)?"
CANVAS = (
    r"(?:(?!LATE_)(?P<name>\w+?)_)?(?:LATE_)?(?P<id>\d{3,}|anon_[^\W_]+)"
    r"_(?:\d{3,}_.+|text\.html|link\.html)"
)
BLACKBOARD = (
    r"(?i:%s|[^_]*)_(?P<name>(?P<id>.+))_attempt_\d{4}(?:-\d\d){5}"
    r"(?:_.*|\.txt)"
)
BRIGHTSPACE = r"(?P<id>\d+-\d+) - (?P<name>.+?) - .*\d{4}.*"
GRADESCOPE = r"(?P<name>submission_(?P<id>\d+))(?:\.\w+)?"
# The platforms' own files beside the students'.
BESIDE = {"index.html": BRIGHTSPACE, "submission_metadata.yml": GRADESCOPE}
RECEIPT = re.compile(r".+_attempt_\d{4}(?:-\d\d){5}\.txt")
# A spreadsheet takes what begins so for a formula; full width, too.
FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")


def compiled(pattern):
    """Return a lecturer's pattern for names as a regular expression.

    Parameters: pattern, a regular expression with the group `name` and, if
    you like, `id`, which has to fit from the beginning; or None.
    Raises: NotebookError if it can't be used.
    """
    if not pattern:
        return None
    try:
        form = re.compile(pattern)
    except (re.error, TypeError, OverflowError, RecursionError) as error:
        raise NotebookError(
            f"the pattern for names {pattern!r} can't be used: {error}"
        ) from None
    if "name" not in form.groupindex:
        raise NotebookError(
            f"the pattern for names {pattern!r} has no group (?P<name>...)"
        )
    return form


def who(called, names, form=None, is_file=True):
    """Return a student's name and id from what a file or folder is called.

    Parameters: called, such as "a01_ann (1).ipynb"; names, of assignments;
    form, from `compiled`; is_file, or else a folder.
    Returns: a pair, with the id "" if there is none; None if the lecturer's
    pattern doesn't fit.
    """
    if form:
        found = form.match(called)
        if not found or not found["name"]:
            return None
        return found["name"], found.groupdict().get("id") or ""
    found = on_platform(called, names)
    return found or (_left(called, names, is_file), "")


def on_platform(called, names):
    """Return the name and id that a learning platform wrote, or None."""
    if len(called) > 255:  # no name of a file
        return None
    titles = "|".join(map(_title, _longest_first(names))) or "(?!)"
    for form in (MOODLE, CANVAS, BLACKBOARD, BRIGHTSPACE, GRADESCOPE):
        form = form % titles if form is BLACKBOARD else form
        if found := re.fullmatch(form, called, re.DOTALL):
            name = found["name"] or found["id"]
            if form is CANVAS and NOBODY.fullmatch(
                _without_titles(name, names)
            ):
                continue  # a01_2026_101_ann.ipynb
            return name, found["id"] or ""
    return None


def is_besides(called, others):
    """Tell if a file is the platform's that the other files come from."""
    form = BESIDE.get(called.lower())
    return bool(form) and any(re.fullmatch(form, one) for one in others)


def _is_nobody(name):
    return bool(NOBODY.fullmatch(name)) and not NUMBER.fullmatch(name)


def _left(called, names, is_file):
    """Return what is left of a name without what is no student's."""
    endings = ENDINGS if is_file else OF_FOLDERS
    whole, before = called, None
    while whole != before:
        before, whole = whole, re.sub(endings, "", whole) or whole
    name, before = whole, None
    while name != before:
        before, name = name, re.sub(endings, "", name)
        if is_file:  # two folders are two students
            name = re.sub(COPY, "", re.sub(COPY_OF, "", name))
        name = _without_titles(name, names).strip(" _-.,")
    return whole if _is_nobody(name) else name


def _without_titles(name, names):
    """Take the assignment off the beginning and the end of a name: what
    stands in the middle may belong to somebody's number."""
    for given in _longest_first(names):
        name = re.sub(rf"(?i)^{_title(given)}(?![^\W_])", "", name)
        name = re.sub(rf"(?i)(?<![^\W_]){_title(given)}$", "", name)
    return name


def _longest_first(names):
    return sorted(names, key=len, reverse=True)


def _title(given):
    """Return an expression for an assignment's name, however it's joined."""
    return r"[\s_-]*".join(map(re.escape, re.split(r"[\s_-]+", given)))


def readable(name):
    """Return a name as people read it."""
    name = unicodedata.normalize("NFC", name)
    name = re.sub(r"\\(?:x\w\w|u\w{4}|U\w{8}|[nrt])", " ", name)
    name = re.sub(r'[\\/:*?"<>|+]', " ", name)
    return " ".join(name.split()).strip(f" _.,{FORMULA}")


def identity(name, number):
    """Return what all files of one person have in common.

    A person without an id is known by the name alone, letter by letter:
    "Ann" and "ann" may be two. How a letter is composed makes no difference.
    """
    form = "NFKC" if number else "NFC"
    name = unicodedata.normalize(form, " ".join(name.split()))
    return (name.casefold() if number else name), number


def keys(people):
    """Return a key of each person, unique on every system.

    Parameters: people, {identity: (name, id)}.
    Returns: {identity: key}. A key depends on nobody else in the class,
    unless somebody else's is the same but for case or form.
    """
    made = {one: _key(one, *who) for one, who in people.items()}
    count = {}
    for key in map(_folded, made.values()):
        count[key] = count.get(key, 0) + 1
    return {
        one: key + _mark(one) if count[_folded(key)] > 1 else key
        for one, key in made.items()
    }


def _key(one, name, number):
    """Return a name and id as files, pages and databases can have them."""
    whole = name if number in name else f"{name}_{number}"
    whole = "".join(c if _is_safe(c) else " " for c in whole)
    whole = " ".join(unicodedata.normalize("NFC", whole).split()).strip(
        " .-@'"
    )
    key = whole[:60]
    while len(key.encode()) > 120:
        key = key[:-1]
    if RESERVED.fullmatch(_folded(key)):
        key = f"_{key}"
    if not whole or len(key) < len(whole):
        return (key.rstrip(" .") or "student") + _mark(one)
    return key


def _is_safe(character):
    """Tell if names of files, addresses, HTML and SQL all take it."""
    return (
        unicodedata.category(character)[0] in "LMN" or character in " _-.,'@()"
    )


def _folded(key):
    return unicodedata.normalize("NFKC", key).casefold()


def _mark(one):
    return "~" + hashlib.sha256(repr(one).encode()).hexdigest()[:8]
