"""Each rule of what a notebook claims notices when one breaks it."""

import pytest
from good import (
    add_code,
    complaints,
    damaged,
    good,
    insert,
    names,
    replace,
    set_minutes,
    tag,
)
from nbformat.v4 import new_markdown_cell

from tools.notebooks import claims


def asked(number):
    """Return so many questions to predict something."""
    return [new_markdown_cell("**Predict.** What?") for _ in range(number)]


def no_stop(nb):
    replace(6, "**Predict.**", "**Predict:**")(nb)
    set_minutes(nb)


def compare_none(nb):
    tag(3)(nb)
    tag(5)(nb)


def titled(source):
    return add_code(f"# @title Lines\n{source}", tags=["figure"])


DAMAGE = [
    ("predicts", replace(4, "The", "**Predict.** Two? The")),
    ("predicts", replace(4, "The", "> **Predict** before you run.\n\nThe")),
    ("predicts", no_stop),
    ("predicts", replace(4, "The", "*predict.* The")),
    ("predicts", replace(4, "The", "__PREDICT.__ The")),
    ("predicts", insert(14, *asked(1))),
    ("predicts", insert(1, *asked(1))),
    ("predicts", insert(5, *asked(10))),
    ("computed_titles", titled('ax.set_title("It falls to 0.5")')),
    ("computed_titles", titled('fig.suptitle("Half: 50 %")')),
    ("computed_titles", titled('ax.set(title="Half: 50%", xlabel="0.5")')),
    ("computed_titles", titled('show(fig, alt="A curve " "up to 1.25")')),
    ("computed_titles", titled('show(fig, alt=f"{x:.2f}, not 1.25")')),
    ("computed_titles", titled('title = "up to 1.25"\nplot(title=title)')),
    ("computed_titles", titled('n = "up to "\nn += "61.4 %"\nset(title=n)')),
    ("computed_titles", titled('n = "61.4 %"\nax.set_title(f"up to {n}")')),
    ("answer_numbers", replace(8, "12.5 %", "12.4 %")),
    ("answer_numbers", replace(8, "12.5 %", "12.5 %, not 9 %")),
    ("answer_numbers", replace(8, "12.5 %", "12.5 %, 60,000 times")),
    ("answer_numbers", replace(8, "12.5 %", "$1 - 0.25 = 3/4$")),
    ("answer_numbers", replace(8, "12.5 %", "0.4. In L2 it is")),
    ("compared", compare_none),
]


@pytest.mark.parametrize("rule, damage", DAMAGE)
def test_rule_notices(rule, damage):
    found = complaints(damaged(damage))
    assert list(found) == [rule], found


def test_every_rule_is_broken_once():
    assert {rule for rule, _ in DAMAGE} == names(claims)


@pytest.mark.parametrize(
    "damage",
    [
        insert(5, *asked(9)),
        replace(4, "The", "[Text](11b_predictive_text.ipynb). The"),
        titled('ax.set_title(f"It falls to {x:.2f} or {y:.0%}")'),
        titled('ax.set_title(f"{n} of 10, see L2 §2.1")'),
        titled("""ax.set_title(f"{share['50 %']:.2f}")"""),
        titled('ax.set(xlabel="rate 0.5")'),
        replace(8, "12.5 %", "12.50% in two of 3"),
        replace(8, "12.5 %", "1 in 8 (L0 says 0.125)"),
        replace(8, "12.5 %", "`round(0.125, 2)`"),
        replace(8, "12.5 %", "$x^{10}$ as in notebook 12"),
        replace(8, "Why?", "Why 1,024, and not 1.5e-3?"),
    ],
)
def test_rules_allow(damage):
    assert complaints(damaged(damage)) == {}


def test_an_answer_may_repeat_its_question_only():
    nb = good()
    turn = nb.cells[8].source
    question, _, answer = turn.partition("Why?")
    nb.cells[8].source = (
        f"{question}Why 0.3?{answer.replace('12.5 %', '0.3')}"
        f"\n\nWhy?{answer.replace('12.5 %', '0.3')}"
    )
    (lines,) = complaints(nb).values()
    assert len(lines) == 1 and "0.3 isn't in an output" in lines[0]
