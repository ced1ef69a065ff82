"""What a run tells the people who grade."""

from tools.grading import run


def test_a_long_list_of_replaced_names_is_cut():
    assert run._few("numpy.sum") == "numpy.sum"
    assert run._few("a, b, c, d") == "a, b, c, d"
    assert run._few("a, b, c, d, e, f") == "a, b, c, d and 2 more"
