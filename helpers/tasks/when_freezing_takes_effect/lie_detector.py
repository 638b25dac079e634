"""Exercise 3: how many numbers an optimizer keeps, and would keep if training knew the flags."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


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
        26: "So many there would be if the model had been frozen before the fit.",
        94: "Twice the trainable numbers; Adam also keeps its step count and its rate.",
        47: "Those are the numbers of the model itself; Adam keeps two for each.",
        49: "That is one for each number, and two more; Adam keeps two for each.",
        143: "That is the summary's total: the model and the optimizer together.",
        72: "Those are the numbers for the frozen layer alone; all were trained in that fit.",
        24: "Those are twice the trainable numbers now; what was trainable in the fit?",
        12: "Those are the trainable numbers now; what was trainable in the fit?",
    }
    synced = {
        96: "That is what is there. In sync, Adam has numbers for the trainable weights only.",
        24: "Twice the trainable numbers; Adam also keeps its step count and its rate.",
        12: "Those are the trainable numbers; Adam keeps two for each.",
        14: "That is one for each trainable number, and two more; Adam keeps two for each.",
        72: "You took the frozen layer; in sync, Adam has numbers for the other one.",
        70: "You took the frozen layer; in sync, Adam has numbers for the other one.",
        47: "That is the model itself; this is about what Adam keeps.",
    }
    otherwise = "Count the numbers that were trainable during the fit: biases, too."
    way = "2 * (6 * 5 + 5 + (5 * 2 + 2)) + 2"
    expect_number("optimizer_numbers", optimizer_numbers, 96, there, otherwise=otherwise, way=way)
    otherwise = "Start from the numbers that the summary now calls trainable."
    way = "2 * (5 * 2 + 2) + 2"
    expect_number("in_sync", in_sync, 26, synced, otherwise=otherwise, way=way)
