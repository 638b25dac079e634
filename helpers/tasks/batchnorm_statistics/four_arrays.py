"""Exercise 5, task 1: the numbers of a BatchNormalization layer, predicted."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


@task(
    "Four arrays of 24",
    why="Four arrays of 24 numbers: gamma and beta are learned, the two statistics never are; "
    "frozen, all four are non-trainable.",
    hints=(
        "Which four arrays does the layer have, and how long is each?",
        "One number per channel in each; the optimizer updates gamma and beta.",
        "4 · 24; 2 · 24; and when the layer is frozen, nothing of it is trained.",
    ),
)
def four_arrays(total: object, learned: object, non_trainable_if_frozen: object) -> None:
    """BatchNormalization on (14, 10, 24) images: 96, 48, and frozen 96."""
    per_axis = {
        4 * 14: "You took the height, 14; there is one number per *channel*, the last axis.",
        4 * 10: "You took the width, 10; there is one number per *channel*, the last axis.",
        4 * 14 * 10 * 24: "You counted per pixel; all pixels of a channel share four numbers.",
    }
    totals = per_axis | {
        48: "That is 2C, two arrays of 24; BatchNormalization has two learned arrays *and* two "
        "statistics.",
        24: "That is one of its four arrays.",
        72: "That is three arrays of 24; one of gamma, beta, mean and variance is missing.",
        4: "That is the number of arrays; count the numbers in them.",
    }
    otherwise = "Count arrays, then numbers per array."
    expect_number("total", total, 96, totals, otherwise=otherwise, way="4 * 24")
    learneds = {
        0: "You counted gamma and beta as non-trainable: the optimizer learns them like a kernel.",
        24: "Gamma *and* beta are learned, 24 numbers each.",
        96: "The moving mean and moving variance are kept by the layer, not learned.",
        72: "The moving mean *and* the moving variance are kept by the layer, not learned.",
        2: "That is the number of arrays; count the numbers in them.",
        28: "You took the height, 14; there is one number per *channel*, the last axis.",
        20: "You took the width, 10; there is one number per *channel*, the last axis.",
    }
    otherwise = "Which of the four arrays does the optimizer update?"
    expect_number("learned", learned, 48, learneds, otherwise=otherwise, way="2 * 24")
    frozen = {
        48: "So it is before the freeze; the freeze adds gamma and beta to the statistics.",
        0: "Frozen is the opposite of trainable: now nothing of the layer is trained.",
        24: "Count all arrays that the optimizer leaves alone: after the freeze, every one.",
        72: "A freeze switches off gamma *and* beta.",
        4: "That is the number of arrays; count the numbers in them.",
    }
    otherwise = "After the freeze, which of its arrays are still trained?"
    name, answer = "non_trainable_if_frozen", non_trainable_if_frozen
    expect_number(name, answer, 96, frozen, otherwise=otherwise, way="4 * 24")
