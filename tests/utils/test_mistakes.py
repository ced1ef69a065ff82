"""Tables of known mistakes: what fits, and what a damaged table does."""

import json

import numpy as np
import pytest

from utils import checking, mistakes

HALF = {"numbers": [[0.5, float("nan")], [float("inf"), 1]]}
PAIR = {"numbers": {"tuple": [3, [0.25, 0.5]]}}
LATE = {"error": "ValueError", "message": "broadcast"}


@pytest.mark.parametrize(
    "recorded, saw",
    [
        (HALF, {"numbers": np.array([[0.5, np.nan], [np.inf, 1]])}),
        (HALF, {"numbers": np.float32([[0.500001, np.nan], [np.inf, 1]])}),
        (PAIR, {"numbers": (3, np.array([0.25, 0.5]))}),
        (LATE, {"error": "ValueError", "message": "can't broadcast (2,)"}),
        ({"reason": "too few."}, {"reason": "too few."}),
    ],
)
def test_the_same_fits_and_nothing_else(recorded, saw):
    assert mistakes.fits(recorded, saw)
    others = [
        {"numbers": np.array([0.5, 1])},
        {"numbers": (3, np.array([0.25, 0.6]))},
        {"error": "TypeError", "message": "can't broadcast"},
        {"error": "ValueError", "message": "too large"},
        {"reason": "too many."},
    ]
    assert not any(mistakes.fits(recorded, other) for other in others)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "notebooks" / "assignments" / "a02"
    folder.mkdir(parents=True)
    table = {"version": "1f", "mistakes": []}
    (folder / "mistakes.json").write_text(json.dumps(table))
    return folder


@pytest.fixture
def version(folder):
    """Return the `version` of a check that has the folder's table."""

    class check(checking.check):
        mistakes = folder / "mistakes.json"

    return check.version


@pytest.mark.parametrize("notebook", ["1f", ""])
def test_notebook_and_table_of_one_version_say_nothing(
    version, notebook, capsys
):
    version(notebook)
    assert capsys.readouterr().out == ""


def told(capsys):
    return " ".join(capsys.readouterr().out.split())


def test_another_version_is_one_sentence_and_names_no_mistakes(
    version, capsys
):
    version("2e")
    printed = told(capsys)
    assert printed.startswith(
        "This notebook and notebooks/assignments/a02 are of different versions"
    )
    assert "Your answers are safe" in printed
    assert version.__self__.mistakes is None


ENTRY = (
    '{"exercise": 1, "check": "a title", "step": 1, "saw": %s, "hint": "x"}'
)
SOUND = '{"version": "1f", "mistakes": %s}'


@pytest.mark.parametrize(
    "damage",
    [
        *("", "{", "[]", "null", '{"version": 1}', 10**5 * "["),
        *(SOUND % wrong for wrong in ("null", "5", '"abc"', "[1]", "[{}]")),
        SOUND % '[{"saw": {"reason": "x"}}]',
        *(
            SOUND % f"[{ENTRY % saw}]"
            for saw in ("5", '{"numbers": {"x": 1}}')
        ),
    ],
)
def test_a_damaged_table_is_one_sentence_and_checks_go_on(
    version, folder, damage, capsys
):
    (folder / "mistakes.json").write_text(damage)
    with version.__self__("a title", exercise=1):
        checking.check.equal(2, 3)
    assert checking._outcomes[1, "a title"] == "wrong"
    assert "The result is 2, not 3." in capsys.readouterr().out
    version("1f")
    assert told(capsys).startswith(
        "notebooks/assignments/a02/mistakes.json is missing or damaged"
    )


def test_a_missing_table_is_told_like_a_damaged_one(version, folder, capsys):
    (folder / "mistakes.json").unlink()
    version("1f")
    assert "a02/mistakes.json is missing or damaged" in told(capsys)
