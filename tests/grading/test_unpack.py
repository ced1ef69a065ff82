"""What is in archives, whole or damaged, harmless or not."""

import bz2
import gzip
import io
import random
import stat
import tarfile
import tracemalloc
import zipfile

import pytest
from sample_files import NAMES, NOTEBOOK, by_key, save, tarred, zipped

from tools.grading import unpack
from tools.grading.collect import collect

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


def odd_tar(*kinds):
    """Return a tar with a member of each of tarfile's kinds."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for kind in kinds:
            member = tarfile.TarInfo(kind)
            member.type, member.linkname = getattr(tarfile, kind), "/etc"
            archive.addfile(member)
    return content.getvalue()


ARCHIVES = {
    "a zip": ("zip", zipped({"hw/a.ipynb": NOTEBOOK}), {"hw/a.ipynb": ""}),
    "folders' own entries": (
        "zip",
        zipped({"hw/": b"", "hw/a.ipynb": NOTEBOOK, "empty/": b""}),
        {"hw/a.ipynb": ""},
    ),
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
        zipped(
            {
                "hw\\": b"",
                "hw\\.ipynb_checkpoints\\a.ipynb": b"",
                "hw\\a.ipynb": b"{",
            }
        ),
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
    "links and devices in a tar": (
        "tar",
        odd_tar("SYMTYPE", "LNKTYPE", "FIFOTYPE", "DIRTYPE"),
        {
            "SYMTYPE": "a link",
            "LNKTYPE": "a link",
            "FIFOTYPE": "neither a file nor a folder",
        },
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
def test_archives(tmp_path, monkeypatch, what):
    monkeypatch.setattr(unpack, "LARGEST", MB)
    monkeypatch.setattr(unpack, "MOST", 4 * MB)
    ending, content, expected = ARCHIVES[what]
    top = f"Ann.{ending}"
    save(tmp_path, {top: content, "Ben.ipynb": NOTEBOOK})
    found = by_key(collect(tmp_path, NAMES))
    expected = {f"{top}/{k}".rstrip("/"): v for k, v in expected.items()}
    assert found == {"Ann": expected, "Ben": {"Ben.ipynb": ""}}


@pytest.mark.parametrize(
    "content",
    [
        zipped({"a.ipynb": b"\0" * 40 * MB}, zipfile.ZIP_BZIP2),
        bz2.compress(tarred({"a.ipynb": b"\0" * 40 * MB})),
        gzip.compress(b"\0" * 40 * MB),
    ],
    ids=["in a zip", "a tar", "alone"],
)
def test_a_bomb_never_fills_the_memory(tmp_path, monkeypatch, content):
    monkeypatch.setattr(unpack, "LARGEST", MB)
    monkeypatch.setattr(unpack, "MOST", MB // 4)
    lie = (40 * MB).to_bytes(4, "little"), (999).to_bytes(4, "little")
    (tmp_path / "Ann.zip").write_bytes(content.replace(*lie))
    tracemalloc.start()
    try:
        [ann] = collect(tmp_path, NAMES)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 * MB and ann.files[0].problem


def test_twice_the_same_name_in_a_zip_are_two_files(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        content = zipped({"a.ipynb": b"{1", zipfile.ZipInfo("a.ipynb"): b"{2"})
    (tmp_path / "Ann.zip").write_bytes(content)
    [ann] = collect(tmp_path, NAMES)
    assert [file.content for file in ann.files] == [b"{1", b"{2"]


def test_there_is_a_limit_to_what_one_student_sends(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "FILES", 3)
    save(tmp_path, {f"Ann/{i}.txt": b"x" for i in range(9)})
    save(tmp_path, {f"Ann/hw/{i}.ipynb": NOTEBOOK for i in range(9)})
    save(tmp_path, {"Ben/a.ipynb": NOTEBOOK})
    ann, ben = collect(tmp_path, NAMES)
    read = [file.place for file in ann.files if file.content]
    assert read == [f"Ann/hw/{i}.ipynb" for i in range(3)]
    assert len(ann.files) == 19
    assert ann.files[-1].problem == "more than 3 files or 200 MB, not all read"
    assert [file.problem for file in ben.files] == [""]


def test_what_is_left_of_the_limit_holds_for_a_tar_in_a_zip(
    tmp_path, monkeypatch
):
    inner = tarred({"a.ipynb": NOTEBOOK + b" " * MB}, "w:gz")
    content = zipped({"b.tgz": inner})
    (tmp_path / "Ann.zip").write_bytes(content)
    [ann] = collect(tmp_path, NAMES)
    assert [file.problem for file in ann.files] == [""]
    monkeypatch.setattr(unpack, "MOST", len(content) + len(inner) - 1)
    [ann] = collect(tmp_path, NAMES)
    assert all(file.problem.startswith("more than") for file in ann.files)


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
