"""Who has sent what: names, archives, links and everything that isn't one."""

import bz2
import gzip
import io
import os
import random
import socket
import stat
import tarfile
import unicodedata
import zipfile

import pytest
from sample_class import NAME

from tools.grading import names as people
from tools.grading import unpack
from tools.grading.collect import collect, guess_assignment
from tools.notebooks.files import NotebookError

NAMES = [NAME, "a01", "a02"]
NOTEBOOK = b'{"cells": []}'


def save(folder, files):
    """Write {place: bytes}, or an empty folder where there are none."""
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if content is None else path.write_bytes(content)


def zipped(files, method=zipfile.ZIP_STORED):
    """Return a zip of {name or ZipInfo: bytes}."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def tarred(files, mode="w"):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return content.getvalue()


@pytest.fixture
def sent(tmp_path):
    """Return a function from {place: bytes} to {key: {place: problem}}."""

    def found(files, pattern=None):
        folder = tmp_path / "sent"
        folder.mkdir(exist_ok=True)
        save(folder, files)
        return by_key(collect(folder, NAMES, pattern))

    return found


def by_key(students):
    return {
        one.key: {file.place: file.problem for file in one.files}
        for one in students
    }


# Names


@pytest.mark.parametrize(
    ("called", "name", "number"),
    [
        ("alice/", "alice", ""),
        ("a01_alice.ipynb", "alice", ""),
        ("alice_a01.ipynb", "alice", ""),
        ("Alice Miller - a01_sample (1).ipynb", "Alice Miller", ""),
        ("Ann Lee - a01 sample - Copy.ipynb", "Ann Lee", ""),
        ("alice.zip", "alice", ""),
        ("alice.tar.gz", "alice", ""),
        ("Copy of a01_sample - Li Na.ipynb", "Li Na", ""),
        ("alice_a01_sample-Copy1.ipynb", "alice", ""),
        ("ALICE_A01.IPYNB", "ALICE", ""),
        ("alice_a01.ipynb.txt", "alice", ""),
        ("ann.lee@uni.edu_a01.ipynb", "ann.lee@uni.edu", ""),
        ("a01_sample.ipynb", "a01_sample", ""),
        ("a01 (1).ipynb", "a01 (1)", ""),
        ("homework (2).ipynb", "homework (2)", ""),
        ("Wei Wang (2)/", "Wei Wang (2)", ""),
        ("Ann Lee (48213)_a01.ipynb", "Ann Lee (48213)", ""),
        # numbers that contain the assignment's name
        ("A0112345X/", "A0112345X", ""),
        ("A0212345X_a01.ipynb", "A0212345X", ""),
        ("u-a01-77.ipynb", "u-a01-77", ""),
        # GitHub Classroom
        ("a01-annlee/", "annlee", ""),
        ("a01-sample-ann-lee/", "ann-lee", ""),
        ("a01-42/", "a01-42", ""),
        # Moodle
        ("Ann Lee_48213_assignsubmission_file_/", "Ann Lee", "48213"),
        ("Ann Lee_48213_assignsubmission_file/", "Ann Lee", "48213"),
        ("Ann Lee_48213_assignsubmission_onlinetext/", "Ann Lee", "48213"),
        ("O'Hara_1_assignsubmission_file_a01.ipynb", "O'Hara", "1"),
        ("Team 1_12_assignsubmission_file/", "Team 1", "12"),
        ("Participant_7_assignsubmission_file/", "Participant", "7"),
        ("Default group_assignsubmission_file/", "Default group", ""),
        # Canvas
        ("wangwei_48213_991234_a01.ipynb", "wangwei", "48213"),
        ("wangwei_LATE_48213_991235_a01-1.ipynb", "wangwei", "48213"),
        ("wangwei_48213_text.html", "wangwei", "48213"),
        ("LATE_anon_aB3dE_99123_a.ipynb", "anon_aB3dE", "anon_aB3dE"),
        ("a01_2026_101_ann.ipynb", "2026_101_ann", ""),  # none of Canvas's
        # Blackboard
        ("HW 1_wwang_attempt_2026-10-01-10-00-00_a.ipynb", "wwang", "wwang"),
        ("HW 1_wwang_attempt_2026-10-01-10-00-00.txt", "wwang", "wwang"),
        ("a01_sample_w_w_attempt_2026-10-01-10-00-00.txt", "w_w", "w_w"),
        # Brightspace
        (
            "123456-789012 - Wei Wang - Oct 1, 2026 1000 AM/",
            "Wei Wang",
            "123456-789012",
        ),
        (
            "123456-789012 - Wei Wang - Oct 1, 2026 1000 AM - a01.ipynb",
            "Wei Wang",
            "123456-789012",
        ),
        # Gradescope
        ("submission_123456789/", "submission_123456789", "123456789"),
    ],
)
def test_a_student_s_name_and_id(called, name, number):
    is_file = not called.endswith("/")
    found = people.who(called.rstrip("/"), NAMES, None, is_file)
    assert found == (name, number)


TOGETHER = [
    ["a01_alice.ipynb", "alice/x.ipynb", "alice.zip", "alice_a01 (1).ipynb"],
    [
        "Ann_1_assignsubmission_file_/a.ipynb",
        "Ann_1_assignsubmission_file/b.ipynb",
        "Ann_1_assignsubmission_file_a01.ipynb",
        "Ann_1_assignsubmission_onlinetext/text.html",
    ],
    ["wang_482_991_a01.ipynb", "wang_LATE_482_992_a01-1.ipynb"],
    [
        "HW_ww_attempt_2026-10-01-10-00-00_a.ipynb",
        "HW_ww_attempt_2026-10-02-10-00-00_a.ipynb",
    ],
    [
        unicodedata.normalize("NFC", "Zoë.ipynb"),
        unicodedata.normalize("NFD", "Zoë_a01.ipynb"),
    ],
    ["ａｎｎ_11_assignsubmission_file/a", "Ann_11_assignsubmission_file/b"],
]
APART = [
    ["A0112345X/a", "A0212345X/a", "A0512345X/a"],
    ["Ann/a", "ann_a01.ipynb", "ANN.zip", "Ａｎｎ/a"],
    ["Ann_1_assignsubmission_file/a", "Ann_2_assignsubmission_file/a"],
    ["Ann/a", "Ann_1_assignsubmission_file/a"],
    ["wang_482_991_a01.ipynb", "wang_483_992_a01.ipynb"],
    ["a01.ipynb", "a01 (1).ipynb", "a01 (2).ipynb"],
    ["group_a01-2.ipynb", "group_a01-3.ipynb"],
    ["a01-42-x/a", "a01-43-x/a"],
    ["1-2 - Ann - 2026/a", "1-3 - Ann - 2026/a"],
    ["a?b.ipynb", "a*b.ipynb", "a b.ipynb"],
    [f"{'x' * 100}1.ipynb", f"{'x' * 100}2.ipynb"],
    ["🎓.ipynb", "🎈.ipynb"],
    ["CON/a", "_con/a", "con.x/a"],
]


@pytest.mark.parametrize("places", TOGETHER, ids=lambda places: places[0])
def test_one_person_s_files_stay_together(sent, places):
    found = sent(dict.fromkeys(places, NOTEBOOK))
    assert len(found) == 1


@pytest.mark.parametrize("places", APART, ids=lambda places: places[0])
def test_two_people_stay_apart_on_every_system(sent, places):
    found = sent(dict.fromkeys(places, NOTEBOOK))
    folded = {unicodedata.normalize("NFKC", k).casefold() for k in found}
    assert len(folded) == len(places)


HARD_NAMES = [
    "CON",
    "com1.x",
    "Ann.",
    "..hidden",
    "-rf",
    "=1+1",
    "'--",
    "a/../../b",
    "C:\\Windows\\ann",
    "a\0b",
    "a\tb\nc",
    "a\u202egnp",
    "half \ud83d",
    "bytes \udce9",
    "<script>alert(1)</script>",
    "100% & more #1?",
    "[a] {b} $c `d` ~e",
    "x" * 300,
    "漢" * 100,
    "e\u0301" * 50,
    "🎓",
    "---",
    " ",
]


@pytest.mark.parametrize("called", HARD_NAMES, ids=ascii)
def test_a_key_is_fit_for_files_pages_and_databases(called):
    parts = unpack.split(called)
    who = people.who(parts[0], NAMES, None, False)
    one = people.identity(*who)
    key = people.keys({one: (people.readable(who[0]), who[1])})[one]
    assert 0 < len(key) <= 80 and len(f"{key}.ipynb~".encode()) < 255
    assert not set(key) & set('\\/:*?"<>|+%#&[]{}$`=;!^\n\t\0\u202e')
    assert key.isprintable() and key == key.strip(" .-@'")
    assert key.split(".")[0].lower() not in {"con", "com1"}
    assert not any(part in ("", ".", "..") for part in parts)
    assert all(p.isprintable() and p.encode() for p in parts)


def test_a_key_depends_on_nobody_else_in_the_class():
    ann, ben = people.identity("Ann Lee", "48"), people.identity("Ben", "")
    alone = people.keys({ann: ("Ann Lee", "48")})
    both = people.keys({ann: ("Ann Lee", "48"), ben: ("Ben", "")})
    assert alone[ann] == both[ann] == "Ann Lee_48"


def test_a_lecturer_s_pattern_for_names(sent):
    files = dict.fromkeys(
        ["ps1_bit_07_a.ipynb", "ps1_bit_08_a.ipynb", "notes.txt"], NOTEBOOK
    )
    found = sent(files, r"ps1_(?P<name>[a-z]+)_(?P<id>\d+)")
    assert found == {
        "bit_07": {"ps1_bit_07_a.ipynb": ""},
        "bit_08": {"ps1_bit_08_a.ipynb": ""},
        "notes.txt": {"notes.txt": "the pattern for names doesn't fit"},
    }


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [("(", "unterminated"), ("(.*)", "no group"), (5, "can't be used")],
)
def test_a_pattern_that_can_t_be_used_is_one_line(sent, pattern, reason):
    with pytest.raises(NotebookError, match=reason) as error:
        sent({"a.ipynb": NOTEBOOK}, pattern)
    assert "\n" not in str(error.value)


# What is at the top of the folder


def test_nobody_vanishes(sent, tmp_path):
    folder = tmp_path / "sent"
    folder.mkdir()
    (tmp_path / "secret.ipynb").write_bytes(NOTEBOOK)
    (folder / "Link.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (folder / "Linked").symlink_to(tmp_path)
    os.mkfifo(folder / "Pipe.ipynb")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "Socket"))
    (folder / os.fsdecode(b"Zo\xeb.ipynb")).write_bytes(NOTEBOOK)
    found = sent(
        {
            "Ann.py": b"x = 1",
            "Ben.pdf": b"%PDF",
            "Cem.rar": b"Rar!\x1a\x07",
            "Dan.7z": b"7z\xbc\xaf",
            "Eve.docx": zipped({"word/document.xml": b"<x>"}),
            "Fay.json": b'{"a": 1}',
            "Gil": b"text",
            "Hal.ipynb.txt": NOTEBOOK,
            "Ida": NOTEBOOK,
            "Jo.zip": b"Rar!\x1a\x07",
            "Kim": None,
            "Lou/.DS_Store": b"",
            "Max.txt": b"",
            "Ned/a.ipynb": b"x" * (unpack.LARGEST + 1),
            "Oz.zip": zipped({}),
            ".DS_Store": b"",
            "__MACOSX/._Ann": b"",
            "Thumbs.db": b"",
            ".ipynb_checkpoints/Ann-checkpoint.ipynb": NOTEBOOK,
            "~$Ann.docx": b"",
        }
        | {f"P{i}.ipynb": NOTEBOOK for i in range(3)}
    )
    assert found == {
        "Ann": {"Ann.py": "a .py file"},
        "Ben": {"Ben.pdf": "a .pdf file"},
        "Cem": {"Cem.rar": "a .rar file"},
        "Dan": {"Dan.7z": "a .7z file"},
        "Eve": {"Eve.docx": "a .docx file"},
        "Fay": {"Fay.json": "a .json file"},
        "Gil": {"Gil": "a file without an ending"},
        "Hal": {"Hal.ipynb.txt": ""},
        "Ida": {"Ida": ""},
        "Jo": {"Jo.zip": "a zip that can't be opened"},
        "Kim": {"Kim": "an empty folder"},
        "Link": {"Link.ipynb": "a link"},
        "Linked": {"Linked": "a link"},
        "Lou": {"Lou": "an empty folder"},
        "Max": {"Max.txt": "an empty file"},
        "Ned": {"Ned/a.ipynb": "larger than 50 MB"},
        "Oz": {"Oz.zip": "an archive with no files"},
        "P0": {"P0.ipynb": ""},
        "P1": {"P1.ipynb": ""},
        "P2": {"P2.ipynb": ""},
        "Pipe": {"Pipe.ipynb": "neither a file nor a folder"},
        "Socket": {"Socket": "neither a file nor a folder"},
        "Zoë": {"Zoë.ipynb": ""},
    }


def test_what_can_t_be_read_is_named(sent, monkeypatch):
    def refuse(path, *rest):
        if "Closed" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest)

    real = open
    monkeypatch.setattr(unpack, "open", refuse, raising=False)
    found = sent({"Closed/a.ipynb": NOTEBOOK, "Ben/a.ipynb": NOTEBOOK})
    assert found == {
        "Ben": {"Ben/a.ipynb": ""},
        "Closed": {"Closed/a.ipynb": "can't be read (Permission denied)"},
    }
    real = os.scandir
    monkeypatch.setattr(unpack.os, "scandir", refuse)
    assert sent({})["Closed"] == {
        "Closed": "can't be read (Permission denied)"
    }


def test_the_platform_s_own_files_are_nobody_s(sent):
    text = "HW_{}_attempt_2026-10-01-10-00-00"
    found = sent(
        {
            "index.html": b"<p>",
            "1-2 - Ann - Oct 1, 2026 100 PM/a.ipynb": NOTEBOOK,
            f"{text.format('ben')}.txt": b"Name: Ben",
            f"{text.format('ben')}_a.ipynb": NOTEBOOK,
            f"{text.format('cy')}.txt": b"Name: Cy",
        }
    )
    assert found == {
        "Ann_1-2": {"1-2 - Ann - Oct 1, 2026 100 PM/a.ipynb": ""},
        "ben": {f"{text.format('ben')}_a.ipynb": ""},
        "cy": {f"{text.format('cy')}.txt": "a .txt file"},
    }


@pytest.mark.parametrize(
    "files",
    [
        {"a01/Ann/x.ipynb": NOTEBOOK, "a01/Ben/x.ipynb": NOTEBOOK},
        {"sent/Ann.ipynb": NOTEBOOK, "sent/Ben.ipynb": NOTEBOOK},
        {
            "submissions/Ann.zip": zipped({"a": NOTEBOOK}),
            "submissions/Ben": b"",
        },
    ],
)
def test_a_folder_around_the_class_is_no_student(sent, files):
    assert set(sent(files)) == {"Ann", "Ben"}


def test_a_platform_s_zip_may_lie_in_the_folder(sent):
    inside = {
        "Ann_1_assignsubmission_file/a.ipynb": NOTEBOOK,
        "Ben_2_assignsubmission_file/a.ipynb": NOTEBOOK,
    }
    found = sent({"CS-HW1-77.zip": zipped(inside)})
    place = "CS-HW1-77.zip/Ann_1_assignsubmission_file/a.ipynb"
    assert found["Ann_1"] == {place: ""} and set(found) == {"Ann_1", "Ben_2"}


def test_one_student_s_folder_stays_one_student(sent):
    found = sent({"Ann/hw/a.ipynb": NOTEBOOK, "Ann/b.ipynb": NOTEBOOK})
    assert found == {"Ann": {"Ann/b.ipynb": "", "Ann/hw/a.ipynb": ""}}


# Archives

DEEP = {"a.ipynb": NOTEBOOK}
for _ in range(unpack.DEPTH):
    DEEP = {"z.zip": zipped(DEEP)}
LINKED = zipfile.ZipInfo("link.ipynb")
LINKED.external_attr = (stat.S_IFLNK | 0o777) << 16
MB = 2**20
BOMB = b'{"cells": [' + b" " * MB
CHARSET = zipped({"Zoë/a.ipynb": NOTEBOOK}).replace("ë".encode(), b"\xeb\xeb")


def without_utf_8_flag(content):
    """Return a zip as macOS makes it: UTF-8 names that don't say so."""
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = content.index(signature) + at
        content = content[:start] + b"\0\0" + content[start + 2 :]
    return content


def encrypted(content):
    at = content.index(b"PK\1\2") + 8
    return content[:at] + b"\1" + content[at + 1 :]


def lying(content):
    """Return a zip whose directory promises a member of 4 GB."""
    at = content.index(b"PK\1\2") + 24
    return content[:at] + b"\xfe" * 4 + content[at + 4 :]


ARCHIVES = {
    "a zip": ("zip", zipped({"hw/a.ipynb": NOTEBOOK}), {"hw/a.ipynb": ""}),
    "another ending": ("bin", zipped({"a.ipynb": NOTEBOOK}), {"a.ipynb": ""}),
    "a tar": ("tar", tarred({"a.ipynb": NOTEBOOK}), {"a.ipynb": ""}),
    "tar.gz": ("tgz", tarred({"a.ipynb": NOTEBOOK}, "w:gz"), {"a.ipynb": ""}),
    "tar.xz": ("txz", tarred({"a.ipynb": NOTEBOOK}, "w:xz"), {"a.ipynb": ""}),
    "gz": ("ipynb.gz", gzip.compress(NOTEBOOK), {"Ann.ipynb": ""}),
    "data.gz": (
        "gz",
        gzip.compress(b"7"),
        {"Ann": "a file without an ending"},
    ),
    "bzip2": ("zip", zipped({"a.ipynb": NOTEBOOK}, 12), {"a.ipynb": ""}),
    "LZMA": ("zip", zipped({"a.ipynb": NOTEBOOK}, 14), {"a.ipynb": ""}),
    "a zip in a zip": (
        "zip",
        zipped({"b.zip": zipped({"a.ipynb": NOTEBOOK}), "x.py": b"1"}),
        {"b.zip/a.ipynb": "", "x.py": "a .py file"},
    ),
    "zips without end": (
        "zip",
        zipped(DEEP),
        {"z.zip/z.zip/z.zip": "an archive more than 3 deep"},
    ),
    "made by Windows": (
        "zip",
        zipped({"hw\\.ipynb_checkpoints\\a.ipynb": b"", "hw\\a.ipynb": b"{"}),
        {"hw/a.ipynb": "", "hw/.ipynb_checkpoints/a.ipynb": ""},
    ),
    "made by macOS": (
        "zip",
        without_utf_8_flag(zipped({"Zoë.ipynb": NOTEBOOK})),
        {"Zoë.ipynb": ""},
    ),
    "names that aren't UTF-8": ("zip", CHARSET, {"Zoδδ/a.ipynb": ""}),
    "paths upwards": (
        "zip",
        zipped(
            {"/etc/a.ipynb": b"{", "../../b.ipynb": b"{", "C:\\c.ipynb": b"{"}
        ),
        {"etc/a.ipynb": "", "b.ipynb": "", "c.ipynb": ""},
    ),
    "a link": (
        "zip",
        zipped({LINKED: b"/etc/passwd"}),
        {"link.ipynb": "a link"},
    ),
    "a password": (
        "zip",
        encrypted(zipped({"a.ipynb": NOTEBOOK})),
        {"a.ipynb": "locked with a password"},
    ),
    "a lie about its size": (
        "zip",
        lying(zipped({"a.ipynb": NOTEBOOK})),
        {"a.ipynb": "larger than 1 MB"},
    ),
    "a bomb": (
        "zip",
        zipped({"a.ipynb": BOMB}, zipfile.ZIP_DEFLATED),
        {"a.ipynb": "larger than 1 MB"},
    ),
    "a compressed bomb": (
        "ipynb.bz2",
        bz2.compress(BOMB),
        {"Ann.ipynb": "larger than 1 MB"},
    ),
    "a tar's bomb": (
        "tar.bz2",
        bz2.compress(tarred({"a.ipynb": b""})[:512] + bytes(4 * MB)),
        {"": "more than 4 MB"},
    ),
    "only litter": (
        "zip",
        zipped({"__MACOSX/._a.ipynb": b"", "hw/.DS_Store": b""}),
        {"hw": "an empty folder"},
    ),
    "cut off": (
        "zip",
        zipped({"a": b"1"})[:-9],
        {"": "a zip that can't be opened"},
    ),
    "a cut-off tar": (
        "tgz",
        tarred({"a": b"1"}, "w:gz")[:40],
        {"": "an archive that can't be opened"},
    ),
}


@pytest.mark.parametrize("what", ARCHIVES)
def test_archives(sent, monkeypatch, what):
    monkeypatch.setattr(unpack, "LARGEST", MB)
    monkeypatch.setattr(unpack, "MOST", 4 * MB)
    ending, content, expected = ARCHIVES[what]
    top = f"Ann.{ending}"
    found = sent({top: content, "Ben.ipynb": NOTEBOOK})
    expected = {f"{top}/{k}".rstrip("/"): v for k, v in expected.items()}
    assert list(found) == ["Ann", "Ben"]
    assert found["Ann"] == expected


def test_twice_the_same_name_in_a_zip_are_two_files(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        content = zipped({"a.ipynb": b"{1", zipfile.ZipInfo("a.ipynb"): b"{2"})
    (tmp_path / "Ann.zip").write_bytes(content)
    [ann] = collect(tmp_path, NAMES)
    assert [file.content for file in ann.files] == [b"{1", b"{2"]


def test_there_is_a_limit_to_what_one_student_sends(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "FILES", 3)
    save(tmp_path, {f"Ann/{i}.txt": b"x" for i in range(9)})
    save(tmp_path, {"Ann/hw/a.ipynb": NOTEBOOK, "Ben/a.ipynb": NOTEBOOK})
    ann, ben = collect(tmp_path, NAMES)
    assert [f.place for f in ann.files if f.content] == ["Ann/hw/a.ipynb"]
    assert ann.files[-1].problem == "more than 3 files or 200 MB, not all read"
    assert [file.problem for file in ben.files] == [""]


def test_a_damaged_archive_never_stops_a_class(tmp_path):
    """Bits flipped and ends cut off, in all kinds of archives."""
    rng = random.Random(0)
    files = {"hw/a.ipynb": NOTEBOOK * 9, "hw/Zoë.txt": b"text" * 9}
    kinds = [zipped(files, method) for method in (0, 8, 12, 14)]
    kinds += [tarred(files, f"w:{mode}") for mode in ("", "gz", "bz2", "xz")]
    kinds += [gzip.compress(NOTEBOOK), zipped({"b.zip": kinds[0]})]
    for content in kinds:
        for _ in range(100):
            damaged = bytearray(content)
            damaged[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            if rng.random() < 0.2:
                del damaged[rng.randrange(len(content)) :]
            read = io.BytesIO(damaged).getvalue().__getitem__
            item = unpack.Item(
                ("Ann.zip",),
                size=len(damaged),
                read=lambda size, read=read: read(slice(size)),
            )
            found = list(unpack.look_into([item]))
            assert found and all(
                (file.content is None) == bool(file.problem)
                and file.place.startswith("Ann.zip")
                for file in found
            )


# The class


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_whole_class_in_one_archive(tmp_path, pack):
    inner = zipped({"a.ipynb": NOTEBOOK})
    files = {
        "Ann/a01.ipynb": NOTEBOOK,
        "Ben/all.zip": inner,
        "../Cy.zip": inner,
        "/Dan/a01.ipynb": NOTEBOOK,
        "Eve/.DS_Store": b"",
        "Fay.zip": b"PK\3\4 cut off",
    }
    (tmp_path / "class.zip").write_bytes(pack(files))
    found = by_key(collect(tmp_path / "class.zip", NAMES))
    assert found == {
        "Ann": {"Ann/a01.ipynb": ""},
        "Ben": {"Ben/all.zip/a.ipynb": ""},
        "Cy": {"Cy.zip/a.ipynb": ""},
        "Dan": {"Dan/a01.ipynb": ""},
        "Eve": {"Eve": "an empty folder"},
        "Fay": {"Fay.zip": "a zip that can't be opened"},
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK", "class.zip: not a zip that can be read"),
        (NOTEBOOK, "class.zip: not a zip that can be read"),
        (zipped({".DS_Store": b""}), "class.zip: there is nothing in it"),
        (None, "class.zip: no such folder or zip"),
    ],
)
def test_no_class_is_one_line(tmp_path, content, reason):
    if content is not None:
        (tmp_path / "class.zip").write_bytes(content)
    with pytest.raises(NotebookError, match=reason) as error:
        collect(tmp_path / "class.zip", NAMES)
    assert "\n" not in str(error.value)


def test_an_empty_folder_is_no_class(tmp_path):
    with pytest.raises(NotebookError, match="there is nothing in it"):
        collect(tmp_path, NAMES)


@pytest.mark.parametrize(
    ("places", "name"),
    [
        (["Ann/a01_sample.ipynb", "a01_Ben.ipynb", "Cy_a02.ipynb"], "a01"),
        (["A0112345X/A02.ipynb", "A0112345Y/hw.ipynb"], "a02"),
        (["Ann/hw.ipynb"], None),
        (["Ann/a01.ipynb", "Ann/a02.ipynb"], None),
    ],
)
def test_which_assignment_it_is(tmp_path, places, name):
    save(tmp_path, dict.fromkeys(places, NOTEBOOK))
    students = collect(tmp_path, NAMES)
    if name:
        assert guess_assignment(students, ["a01", "a02"]) == name
        return
    with pytest.raises(NotebookError, match="say which it is: --assignment"):
        guess_assignment(students, ["a01", "a02"])
