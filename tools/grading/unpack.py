"""Look into files, folders and archives without unpacking anything.

No link is followed, nothing is written, what is damaged is named, and what
would fill the memory isn't read.
"""

import bz2
import copy
import functools
import gzip
import io
import lzma
import os
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import NamedTuple

LARGEST = 50 * 2**20  # bytes of one file, archive or member of an archive
MOST = 200 * 2**20  # bytes read of what one student sent
FILES = 10_000  # files of one student that are looked into
MEMBERS = 100_000  # of one archive
DEPTH = 3  # archives inside one another
FOLDERS = 50  # folders inside one another
HEAD = 512  # bytes that tell what a file is
LITTER = re.compile(
    r"(?i)__MACOSX|\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|~\$.*|\.~lock\..*"
    r"|\.git.*|\.svn|\.idea|\.vscode|\.venv|__pycache__|node_modules"
    r"|site-packages|\.Trash.*|\.Spotlight.*|\.fseventsd|\.localized"
)
ARCHIVE = re.compile(r"(?i)\.(?:zip|tar|t?gz|tbz2?|bz2|t?xz)$")
ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
COMPRESSED = {b"\x1f\x8b": gzip, b"BZh": bz2, b"\xfd7zXZ\0": lzma}
EMPTY = "an empty folder"
LINK = "a link"
SPECIAL = "neither a file nor a folder"


class Sent(NamedTuple):
    """One file as a student sent it."""

    place: str  # path inside the class's folder, archives included
    content: bytes | None  # None: `problem` says why it wasn't read
    problem: str = ""
    when: str = ""  # last modified, ISO 8601, if known


class Item(NamedTuple):
    """A file, or why there is none, before it is looked into."""

    parts: tuple  # of its place
    problem: str = ""
    when: str = ""
    size: int = 0
    read: Callable | None = None  # read(n) returns the first n bytes


def kind(place):
    """Return what a file is that is no notebook: "a .pdf file"."""
    ending = PurePosixPath(place).suffix.lower()
    fits = re.fullmatch(r"\.\w{1,12}", ending)
    return f"a {ending} file" if fits else "a file without an ending"


# Looking in


def look_into(items):
    """Yield a `Sent` for each file of one student, archives opened."""
    left = {"files": FILES, "bytes": MOST}
    for item in sorted(items, key=_what_matters_first):
        yield from _look(item, left, 0)
    if min(left.values()) <= 0:
        problem = f"more than {FILES} files or {MOST >> 20} MB, not all read"
        yield Sent(items[0].parts[0], None, problem)


def _what_matters_first(item):
    notebook = item.parts[-1].lower().endswith(".ipynb")
    return not notebook, len(item.parts), item.parts


def _look(item, left, depth):
    """Yield a `Sent` for a file, or for each of those in an archive."""
    place = "/".join(item.parts)
    sent = functools.partial(Sent, place, None, when=item.when)
    if item.problem or item.size > LARGEST or min(left.values()) <= 0:
        yield sent(item.problem or _too_large(item) or kind(place))
        return
    left["files"] -= 1
    notebook = place.lower().endswith(".ipynb")
    try:
        head = item.read(HEAD)
        archive = _is_archive(head, place)
        if not (archive or notebook or _is_json(head)):
            yield sent(kind(place) if head else "an empty file")
            return
        content = item.read(LARGEST + 1)
    except Exception as error:  # damaged archives raise anything
        yield sent(_why(error))
        return
    left["bytes"] -= len(content)
    if len(content) > LARGEST:
        yield sent(_too_large(item._replace(size=len(content))))
    elif archive:
        yield from _look_inside(item, content, left, depth)
    elif notebook or b'"cells"' in content.replace(b"\0", b""):
        yield Sent(place, content, "", item.when)
    else:
        yield sent(kind(place))


def _look_inside(item, content, left, depth):
    """Yield a `Sent` for each file in an archive, or for one like .docx."""
    place, sent = "/".join(item.parts), []
    if depth == DEPTH:
        yield Sent(place, None, f"an archive more than {DEPTH} deep")
        return
    limit = max(left["bytes"], 0)
    inside = members(io.BytesIO(content), item.parts, limit)
    for member in sorted(inside, key=_what_matters_first):
        sent += _look(member, left, depth + 1)
    if ARCHIVE.search(place) or any(one.content is not None for one in sent):
        yield from sent or [Sent(place, None, "an archive with no files")]
    else:
        yield Sent(place, None, kind(place))


def _too_large(item):
    return f"larger than {LARGEST >> 20} MB" if item.size > LARGEST else ""


def _is_archive(head, place):
    magic = head.startswith((*ZIP, *COMPRESSED)) or head[257:262] == b"ustar"
    return magic or bool(ARCHIVE.search(place) and not _is_json(head))


def _is_json(head):
    """Tell if a file may begin a notebook, in any encoding."""
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    return text.startswith((b"{", b"<" * 7))


def _why(error):
    if isinstance(error, OSError) and error.strerror:
        return f"can't be read ({error.strerror})"
    if isinstance(error, NotImplementedError):
        return "compressed in an unusual way"
    return "damaged"


# On the disk


def on_disk(folder, parts=()):
    """Yield an `Item` for each file under a folder and each empty folder."""
    if len(parts) > FOLDERS:
        yield Item(parts, f"folders more than {FOLDERS} deep")
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Item(parts, _why(error))
        return
    entries = [one for one in entries if not LITTER.fullmatch(one.name)]
    if not entries:
        yield Item(parts, EMPTY)
    for entry in entries:
        try:
            yield from _entry(entry, parts + split(entry.name))
        except OSError as error:
            yield Item(parts + split(entry.name), _why(error))


def _entry(entry, parts):
    if entry.is_symlink():
        yield Item(parts, LINK)
    elif entry.is_dir(follow_symlinks=False):
        yield from on_disk(entry.path, parts)
    elif not entry.is_file(follow_symlinks=False):
        yield Item(parts, SPECIAL)
    else:
        about = entry.stat(follow_symlinks=False)
        read = functools.partial(_read_file, entry.path)
        yield Item(parts, "", _when(about.st_mtime), about.st_size, read)


def _read_file(path, size):
    with open(path, "rb") as file:
        return file.read(size)


def _when(seconds):
    try:
        return datetime.fromtimestamp(seconds).isoformat("T", "seconds")
    except (ValueError, OverflowError, OSError):
        return ""


# In archives


def members(file, parts=(), limit=-1):
    """Return an `Item` for each file in an archive, and one if it's damaged.

    Parameters: file, open for reading bytes; parts, of the archive's place;
    limit, bytes that a compressed tar may have (-1: any number).
    """
    head, items = file.read(HEAD), []
    file.seek(0)
    is_tar = head.startswith(tuple(COMPRESSED)) or head[257:262] == b"ustar"
    try:
        for item in (_of_tar if is_tar else _of_zip)(file, parts, limit):
            items += _without_litter(item, len(parts))
    except Exception:  # zipfile and tarfile raise anything
        what = "an archive" if is_tar else "a zip"
        items.append(Item(parts, f"{what} that can't be opened"))
    return items


def _without_litter(item, start):
    """Return an item as a list, or the folder that has nothing but litter."""
    for i, part in enumerate(item.parts[start:], start):
        if LITTER.fullmatch(part):
            return [Item(item.parts[:i], EMPTY)] if i > start else []
    return [item]


def contents(item):
    """Return what is in an archive of the class, or the item as it is."""
    if item.problem:
        return [item]
    try:
        if _is_archive(item.read(HEAD), item.parts[-1]):
            content = io.BytesIO(item.read(item.size))
            return members(content, item.parts, 10 * MOST)
    except Exception:  # as above; `look_into` will say what is wrong
        pass
    return [item]


def _of_zip(file, parts, limit):
    archive = _zip(file, limit)
    for info in archive.infolist():
        name, problem = _name(info), ""
        if stat.S_ISLNK(info.external_attr >> 16):
            problem = LINK
        elif name.endswith(("/", "\\")):
            problem = EMPTY
        elif info.flag_bits & 1:
            problem = "locked with a password"
        when = "{}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*info.date_time)
        read = functools.partial(_read_zip, archive, info)
        yield Item(parts + split(name), problem, when, info.file_size, read)


def _zip(file, limit):
    """Open a zip, also one with names that claim to be UTF-8."""
    if 0 <= limit <= MOST and file.getvalue().count(b"PK\1\2") > MEMBERS:
        raise ValueError
    try:
        return zipfile.ZipFile(file)
    except UnicodeDecodeError:
        file.seek(0)
        content = bytearray(file.read())
    end = content.rfind(b"PK\5\6")
    at = end - int.from_bytes(content[end + 12 : end + 16], "little")
    while content[at : at + 4] == b"PK\1\2":
        local = int.from_bytes(content[at + 42 : at + 46], "little")
        content[at + 9] &= 0xF7
        content[local + 7] &= 0xF7
        at += 46 + sum(struct.unpack_from("<3H", content, at + 28))
    return zipfile.ZipFile(io.BytesIO(content))


def _name(info):
    """Return the name of a zip's member; many UTF-8 ones don't say so."""
    if not info.flag_bits & 0x800:
        try:
            return info.filename.encode("cp437").decode()
        except UnicodeError:
            pass
    return info.filename


def _read_zip(archive, info, size):
    if info.compress_type == zipfile.ZIP_BZIP2:  # zipfile knows no limit
        raw = copy.copy(info)
        raw.compress_type, raw.CRC = zipfile.ZIP_STORED, None
        raw.file_size = raw.compress_size
        with archive.open(raw) as stream:
            return bz2.BZ2Decompressor().decompress(stream.read(), size)
    pieces = []
    with archive.open(info) as stream:
        while size > 0 and (piece := stream.read(min(size, 4096))):
            pieces.append(piece)
            size -= len(piece)
    return b"".join(pieces)


def _of_tar(file, parts, limit):
    """Yield what is in a tar, or the one file that was compressed alone."""
    magic = file.read(6)
    modules = [m for start, m in COMPRESSED.items() if magic.startswith(start)]
    file.seek(0)
    whole = modules[0].open(file) if modules else file
    head = whole.read(HEAD)
    whole.seek(0)
    if modules and head[257:262] != b"ustar":
        name = ARCHIVE.sub("", parts[-1]) if parts else ""
        yield Item((*parts, name or "file"), read=_reader(whole))
        return
    content = whole.read(limit + 1 if limit >= 0 else -1)
    if 0 <= limit < len(content):
        yield Item(parts, f"more than {MOST >> 20} MB")
        return
    archive = tarfile.open(fileobj=io.BytesIO(content), mode="r:")
    for one in archive:
        problem = EMPTY if one.isdir() else SPECIAL
        if one.isreg():
            problem = ""
        elif one.issym() or one.islnk():
            problem = LINK
        place = parts + split(one.name)
        read = functools.partial(_read_tar, archive, one)
        yield Item(place, problem, _when(one.mtime), one.size, read)


def _reader(stream):
    def read(size):
        stream.seek(0)
        return stream.read(size)

    return read


def _read_tar(archive, member, size):
    return archive.extractfile(member).read(size)


# Names


def split(path):
    """Return the parts of a path of any system, safe to print and to join.

    What leads upwards, to a drive or to a root is left out.
    """
    parts = [p for p in re.split(r"[/\\]", path) if p not in ("", ".", "..")]
    if parts and re.fullmatch(r"[A-Za-z]:", parts[0]):
        del parts[0]
    return tuple(map(printable, parts)) or ("unnamed",)


def printable(name):
    r"""Return a name as valid text on one line, `\u202e` for what isn't.

    Different names stay different.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        try:  # bytes of a file system in another encoding
            name = os.fsencode(name).decode("cp1252")
        except UnicodeError:
            name = name.encode(errors="backslashreplace").decode()
    return "".join(map(_shown, name))


def _shown(character):
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")
    if hidden and character not in "\u200c\u200d":  # they shape letters
        return character.encode("unicode_escape").decode()
    return character
