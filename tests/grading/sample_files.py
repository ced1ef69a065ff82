"""Files as students send them: saved, zipped, tarred."""

import io
import tarfile
import zipfile

NAMES = ["a01_sample", "a01", "a02"]  # of assignments
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


def by_key(students):
    return {
        one.key: {file.place: file.problem for file in one.files}
        for one in students
    }
