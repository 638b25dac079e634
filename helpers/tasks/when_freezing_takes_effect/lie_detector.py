"""Exercise 3: how many numbers an optimizer keeps, and would keep if training knew the flags."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task
from helpers.tasks.mistakes import wrong_ways
from helpers.tasks.slips import Formula

_SIZES = {  # of the first layer and of the second
    "": (6 * 5 + 5, 5 * 2 + 2),
    "The biases are missing: they are trained as well.": (6 * 5, 5 * 2),
    "Five numbers come into the second layer, not six.": (6 * 5 + 5, 6 * 2 + 2),
}
_TRAINED_IN_FIT = {
    "": lambda first, second: first + second,
    "The frozen layer is left out. What was trainable in the fit, when Adam made its numbers?": (
        lambda first, second: second
    ),
    "That counts the frozen layer alone. What was trainable in the fit, when Adam made its "
    "numbers?": lambda first, second: first,
}
_TRAINABLE_NOW = {
    "": lambda first, second: second,
    "That is for the whole model. In sync, Adam has numbers for the trainable weights only.": (
        lambda first, second: first + second
    ),
    "That counts the frozen layer alone. In sync, Adam has numbers for the other one.": (
        lambda first, second: first
    ),
    "That counts the frozen layer's five biases; they are frozen, too.": (
        lambda first, second: 5 + second
    ),
}
_NUMBERS_OF_ADAM = (  # of the numbers that are trained
    ("", lambda n: 2 * n + 2),
    ("Adam also keeps its step count and its learning rate.", lambda n: 2 * n),
    ("Of its own, Adam keeps a step count *and* a learning rate.", lambda n: 2 * n + 1),
    ("Adam keeps two for each number that it trains, and two of its own.", lambda n: n),
    ("Adam keeps two for each number that it trains, and two of its own.", lambda n: n + 1),
    ("Adam keeps two for each number that it trains.", lambda n: n + 2),
    (
        "There is one step count and one learning rate for the whole model, not for each layer.",
        lambda n: 2 * n + 4,
    ),
    ("Adam keeps two for each number that it trains, not three.", lambda n: 3 * n),
    (
        "That is the model's own numbers and Adam's together, or three for each and two more; "
        "asked is what Adam keeps, two for each.",
        lambda n: 3 * n + 2,
    ),
    (
        "Two of its numbers are Adam's own, and after `compile` it has no others: it makes two for "
        "each number that it trains in the first fit (or by `build`).",
        lambda n: 2,
    ),
)
_ARRAYS = "So it would be if arrays were counted; an array has many numbers, and each counts."


def _kept(sizes: tuple[int, int], trained: Formula, kept: Formula) -> int:
    return kept(trained(*sizes))


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
    there = wrong_ways(_kept, _SIZES, _TRAINED_IN_FIT, _NUMBERS_OF_ADAM)
    there |= dict.fromkeys((2 * 4 + 2, 2 * 4, 4), _ARRAYS)
    synced = wrong_ways(_kept, _SIZES, _TRAINABLE_NOW, _NUMBERS_OF_ADAM)
    # Adam's part of the rule was right before, so that the other part comes first.
    synced |= wrong_ways(lambda trained: 2 * trained(35, 12) + 2, _TRAINABLE_NOW)
    synced |= dict.fromkeys((2 * 2 + 2, 2 * 2), _ARRAYS) | {
        96 - 35: "The frozen layer's 35 numbers were taken off once; Adam keeps two for each.",
        47 + 26: "That is the model and its optimizer together; this is about what Adam keeps.",
    }
    otherwise = "Which numbers were trainable during the fit, and what does Adam keep for them?"
    way = "2 * (6 * 5 + 5 + (5 * 2 + 2)) + 2"
    expect_number("optimizer_numbers", optimizer_numbers, 96, there, otherwise=otherwise, way=way)
    otherwise = "Start from the numbers that the summary now calls trainable."
    way = "2 * (5 * 2 + 2) + 2"
    expect_number("in_sync", in_sync, 26, synced, otherwise=otherwise, way=way)
