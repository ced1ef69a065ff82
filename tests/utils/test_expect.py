"""What a lecture claims: told to a reader, an error in a test run."""

import numpy as np
import pytest

from utils import checking, data

ONE = np.zeros(1, np.uint8)
REAL = data.ImageData(ONE, ONE, ONE, ONE, ("a",), is_real=True)
STAND_IN = REAL._replace(is_real=False)
CLAIM = "the loss falls"


@pytest.fixture(params=["1", "0", None])
def strict(request, monkeypatch):
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    if request.param is not None:
        monkeypatch.setenv("COURSE_STRICT", request.param)
    return request.param == "1"


@pytest.mark.parametrize("real", [None, REAL, (REAL, REAL)])
def test_a_false_claim_is_an_error_in_tests_and_a_line_elsewhere(
    strict, capsys, real
):
    if strict:
        with pytest.raises(AssertionError, match=f"no longer holds: {CLAIM}"):
            checking.expect(np.bool_(False), CLAIM, real)
        assert capsys.readouterr().out == ""
    else:
        assert checking.expect(1 > 2, CLAIM, real=real) is None
        assert capsys.readouterr().out == (
            f"With your settings this no longer holds: {CLAIM}\n"
        )


def test_a_true_claim_says_nothing(strict, capsys):
    checking.expect(np.bool_(True), CLAIM)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("real", [STAND_IN, (REAL, STAND_IN)])
def test_a_stand_in_is_not_held_to_what_real_data_show(strict, capsys, real):
    checking.expect(False, CLAIM, real=real)
    assert capsys.readouterr().out == ""
