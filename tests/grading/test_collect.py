"""The class: everything at the top of its folder is somebody's."""

import os
import socket

import pytest
from sample_files import NAMES, NOTEBOOK, by_key, save, tarred, zipped

from tools.grading import unpack
from tools.grading.collect import collect, guess_assignment
from tools.notebooks.files import NotebookError


@pytest.fixture
def sent(tmp_path):
    """Return a function from {place: bytes} to {key: {place: problem}}."""

    def found(files):
        folder = tmp_path / "sent"
        folder.mkdir(exist_ok=True)
        save(folder, files)
        return by_key(collect(folder, NAMES))

    return found


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
            "Pam.zip": NOTEBOOK,
            "/".join(["Quin", *"x" * unpack.FOLDERS, "a.ipynb"]): NOTEBOOK,
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
        "Pam": {"Pam.zip": ""},
        "Pipe": {"Pipe.ipynb": "neither a file nor a folder"},
        "Quin": {"/".join(["Quin", *"x" * 50]): "folders more than 50 deep"},
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
    inside["Grades.csv"] = b"name"
    found = sent({"CS-HW1-77.zip": zipped(inside)})
    place = "CS-HW1-77.zip/Ann_1_assignsubmission_file/a.ipynb"
    assert found["Ann_1"] == {place: ""}
    assert list(found) == ["Ann_1", "Ben_2", "Grades"]


def test_of_a_class_that_was_cut_off_this_is_said(sent):
    inside = {f"A_{i}_assignsubmission_file/a": NOTEBOOK for i in range(9)}
    cut_off = tarred(inside)[:4000]
    [(key, files)] = sent({"CS-77.tar": cut_off}).items()
    assert files["CS-77.tar"] == "an archive that can't be opened"


def test_a_platform_s_folder_may_have_one_student(sent):
    place = "Submissions Oct 1/1-2 - Ann - Oct 1, 2026 100 PM/a.ipynb"
    found = sent({place: NOTEBOOK, "Submissions Oct 1/index.html": b"<p>"})
    assert found == {"Ann_1-2": {place: ""}}


@pytest.mark.parametrize(
    "places",
    [["Ann/hw/a.ipynb", "Ann/b.ipynb"], ["Ann/a01/a.ipynb"], ["a01/a.ipynb"]],
)
def test_one_student_s_folder_stays_one_student(sent, places):
    found = sent(dict.fromkeys(places, NOTEBOOK))
    assert list(found) == [places[0].split("/")[0]]
    assert set(*found.values()) == set(places)


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
    with pytest.raises(NotebookError, match="say which it is"):
        guess_assignment(students, ["a01", "a02"])
