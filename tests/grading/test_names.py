"""Whose it is: what platforms, mailers and people call files and folders."""

import unicodedata

import pytest
from sample_files import NAMES, NOTEBOOK, by_key, zipped

from tools.grading import names as people
from tools.grading import unpack
from tools.grading.collect import collect
from tools.notebooks.files import NotebookError


@pytest.fixture
def sent(tmp_path):
    """Return a function from places in a zip to {key: {place: problem}}."""

    def found(places, pattern=None):
        content = zipped(dict.fromkeys(places, NOTEBOOK))
        (tmp_path / "class.zip").write_bytes(content)
        return by_key(collect(tmp_path / "class.zip", NAMES, pattern))

    return found


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
        ("20231234_a01 (1).ipynb", "20231234", ""),
        ("alice_a01_ipynb", "alice", ""),
        ("Ann Lee (48213)_a01.ipynb", "Ann Lee (48213)", ""),
        # numbers that contain the assignment's name
        ("A0112345X/", "A0112345X", ""),
        ("A0212345X_a01.ipynb", "A0212345X", ""),
        ("u-a01-77.ipynb", "u-a01-77", ""),
        ("Anna01.ipynb", "Anna01", ""),
        ("a01a.ipynb", "a01a", ""),
        # GitHub Classroom
        ("a01-annlee/", "annlee", ""),
        ("a01-sample-ann-lee/", "ann-lee", ""),
        ("a01-42/", "42", ""),
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
    ["2026_101_7001_ann.ipynb", "2026_101_7002_ben.ipynb"],
    ["a01_2026-10-01 (1).ipynb", "a01_2026-10-01 (2).ipynb"],
    ["a01-42-x/a", "a01-43-x/a"],
    ["1-2 - Ann - 2026/a", "1-3 - Ann - 2026/a"],
    ["a?b.ipynb", "a*b.ipynb", "a b.ipynb"],
    [f"{'x' * 100}1.ipynb", f"{'x' * 100}2.ipynb"],
    ["🎓.ipynb", "🎈.ipynb"],
    ["CON/a", "_con/a", "con.x/a"],
]


@pytest.mark.parametrize("places", TOGETHER, ids=lambda places: places[0])
def test_one_person_s_files_stay_together(sent, places):
    found = sent(places)
    assert len(found) == 1


@pytest.mark.parametrize("places", APART, ids=lambda places: places[0])
def test_two_people_stay_apart_on_every_system(sent, places):
    found = sent(places)
    folded = {unicodedata.normalize("NFKC", k).casefold() for k in found}
    assert len(folded) == len(places)


HARD_NAMES = [
    "CON",
    "com1.x",
    "Ann.",
    "..",
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
    "𠮷" * 100,
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
    long = [people.identity("x" * 99 + end, "") for end in "12"]
    alone = people.keys({long[0]: (long[0][0], "")})
    both = people.keys({one: (one[0], "") for one in long})
    assert alone[long[0]] == both[long[0]] != both[long[1]]


def test_a_lecturer_s_pattern_for_names(sent):
    places = ["ps1_bit_07_a.ipynb", "ps1_bit_08_a.ipynb", "notes.txt"]
    found = sent(places, r"ps1_(?P<name>[a-z]+)_(?P<id>\d+)")
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
        sent(["a.ipynb"], pattern)
    assert "\n" not in str(error.value)
