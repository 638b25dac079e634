"""Exercise 3: how many numbers an optimizer keeps, and would keep if training knew the flags."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task

_FIRST, _SECOND = 6 * 5 + 5, 5 * 2 + 2
_ALL = _FIRST + _SECOND
_THERE, _SYNCED = 2 * _ALL + 2, 2 * _SECOND + 2

_TWO_MORE = "Adam also keeps its step count and its learning rate."
_TWO_EACH = "Adam keeps two for each number that it trains."
_NO_BIAS = "The biases are missing: they are trained as well."
_ARRAYS = "So it would be if arrays were counted; an array has many numbers, and each counts."
_AT_THE_FIT = "What was trainable in the fit, when Adam made its numbers?"
_FROZEN = "That counts the frozen layer alone."


@task(
    "The lie detector",
    why="2 · 47 + 2 = 96: the optimizer was made for the whole model. In sync with the summary it "
    "would have 2 · 12 + 2 = 26. With plain Adam such a difference is a hint that flags have "
    "changed; equal numbers would prove nothing.",
    hints=(
        "When does Adam make its numbers, and which weights were trainable then?",
        "The layers have 35 and 12 numbers. Adam keeps two per trainable number, and two more.",
        "2 · (35 + 12) + 2 are there; 2 · 12 + 2 there would be.",
    ),
)
def lie_detector(optimizer_numbers: object, in_sync: object) -> None:
    """Dense 6 -> 5 -> 2, fit with Adam, then the first frozen: 96; in sync it would be 26."""
    there = {
        _SYNCED: f"So many there would be if Adam had been made after the freeze. {_AT_THE_FIT}",
        2 * _ALL: f"Twice the numbers of the model; {_TWO_MORE}",
        2 * _ALL + 1: f"Twice the numbers of the model and one more; {_TWO_MORE}",
        _ALL: f"Those are the numbers of the model itself. {_TWO_EACH}",
        _ALL + 1: f"That is one for each number, and one more. {_TWO_EACH}",
        _ALL + 2: f"That is one for each number, and two more. {_TWO_EACH}",
        3 * _ALL: f"That is three for each number. {_TWO_EACH}",
        _ALL + _THERE: "That is the model and its optimizer together (the summary's total), or "
        "three for each number and two more; asked is what Adam keeps, two for each.",
        2 * 40 + 2: _NO_BIAS,
        2 * 40: f"{_NO_BIAS} And {_TWO_MORE}",
        40: f"{_NO_BIAS} And {_TWO_EACH}",
        2 * _FIRST + 2: f"{_FROZEN} {_AT_THE_FIT}",
        2 * _FIRST: f"{_FROZEN} {_AT_THE_FIT}",
        _FIRST: f"{_FROZEN} {_AT_THE_FIT}",
        2 * _SECOND: f"Those are twice the trainable numbers now. {_AT_THE_FIT}",
        _SECOND: f"Those are the trainable numbers now. {_AT_THE_FIT}",
        _SECOND + 2: f"Those are the trainable numbers now, and two more. {_AT_THE_FIT}",
        2 * 4 + 2: _ARRAYS,
        2 * 4: _ARRAYS,
        4: _ARRAYS,
    }
    synced = {
        _THERE: "That is what is there. In sync, Adam has numbers for the trainable weights only.",
        2 * _SECOND: f"Twice the trainable numbers; {_TWO_MORE}",
        2 * _SECOND + 1: f"Twice the trainable numbers and one more; {_TWO_MORE}",
        _SECOND: f"Those are the trainable numbers. {_TWO_EACH}",
        _SECOND + 1: f"That is one for each trainable number, and one more. {_TWO_EACH}",
        _SECOND + 2: f"That is one for each trainable number, and two more. {_TWO_EACH}",
        3 * _SECOND: f"That is three for each trainable number. {_TWO_EACH}",
        3 * _SECOND + 2: "That is three for each trainable number and two more, or the trainable "
        "numbers and the optimizer's together; asked is what Adam keeps, two for each.",
        2 * 10 + 2: _NO_BIAS,
        2 * 10: f"{_NO_BIAS} And {_TWO_MORE}",
        2 * _FIRST + 2: f"{_FROZEN} In sync, Adam has numbers for the other one.",
        2 * _FIRST: f"{_FROZEN} In sync, Adam has numbers for the other one.",
        _FIRST: f"{_FROZEN} In sync, Adam has numbers for the other one.",
        _ALL: "That is the model itself; this is about what Adam keeps.",
        2 * _ALL: "That is twice the whole model; a part of it is frozen now.",
        _ALL + _SYNCED: "That is the model and its optimizer together; this is about what Adam "
        "keeps.",
        2 * 2 + 2: _ARRAYS,
        2 * 2: _ARRAYS,
        2: _ARRAYS,
    }
    otherwise = "Which numbers were trainable during the fit, and what does Adam keep for them?"
    way = "2 * (6 * 5 + 5 + (5 * 2 + 2)) + 2"
    expect_number(
        "optimizer_numbers", optimizer_numbers, _THERE, there, otherwise=otherwise, way=way
    )
    otherwise = "Start from the numbers that the summary now calls trainable."
    way = "2 * (5 * 2 + 2) + 2"
    expect_number("in_sync", in_sync, _SYNCED, synced, otherwise=otherwise, way=way)
