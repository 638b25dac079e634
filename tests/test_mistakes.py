"""Promise: which mistakes lead to an answer is computed, and said only as far as it is certain."""

import pytest

from helpers.tasks.core import Slip, Wrong
from helpers.tasks.mistakes import expect_in_every_case, said_of_rules, wrong_ways

SIZES = {"": 6, "No bias.": 4, "One layer.": 3}
COUNTS = {"": lambda n: 2 * n, "Once only.": lambda n: n, "With two more.": lambda n: 2 * n + 2}
SAID = wrong_ways(lambda size, count: count(size), SIZES, COUNTS)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (8, "No bias."),  # though two mistakes, "One layer. With two more.", lead there as well
        (4, "No bias. Once only."),
        (10, "No bias. With two more."),
        (14, "With two more."),
    ],
)
def test_the_fewest_mistakes_are_named(answer, said):
    assert SAID[answer] == said


def test_rules_are_told_with_what_follows_from_them_the_fewest_mistakes_first():
    found = said_of_rules(lambda size, count: count(size), SIZES, COUNTS)
    assert found["No bias. Once only."] == 4 and "" not in found
    assert list(found)[:4] == ["Once only.", "With two more.", "No bias.", "One layer."]


def test_an_answer_that_is_right_is_no_mistake():
    assert 12 not in SAID


def test_what_all_explanations_have_in_common_is_certain_and_else_all_are_told():
    said = wrong_ways(lambda a, b: a + b, {"": 0, "A.": 1, "B.": 2}, {"": 0, "C.": 2, "D.": 1})
    assert said[1] == "D. Or: A."
    assert said[4] == "B. C."
    common = wrong_ways(lambda a, b: 0 if a else b, {"": 0, "A.": 1}, {"": 5, "C.": 6, "D.": 7})
    assert common[0] == "A."


@pytest.mark.parametrize(
    ("given", "slip", "kind", "said"),
    [
        ((2, 3), None, Wrong, "for the first, 2, not 1. Each is one more."),
        ((2, 2), None, Wrong, "for the first, 2, not 1. In all other cases it is right."),
        ((4, 4), "Is it?", Slip, "for the first, 4, not 1. Is it?"),
        ((4, 4), None, Wrong, "for the first, 4, not 1. 2 of the 2 cases are wrong."),
    ],
)
def test_a_function_is_told_of_the_first_case_and_of_its_mistake(given, slip, kind, said):
    with pytest.raises(kind) as caught:
        expect_in_every_case(
            ["the first", "the second"],
            given,
            (1, 2),
            {(2, 3): "Each is one more."},
            "{}, not {}".format,
            lambda: slip,
        )
    assert str(caught.value) == said
    assert caught.value.diagnosed == ("cases are" not in said and slip is None)
