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
    height = "That is with the height, 14; there is one number per *channel*, the last axis."
    width = "That is with the width, 10; there is one number per *channel*, the last axis."
    pixels = "That is one number for every pixel; all pixels of a channel share four numbers."
    arrays = "That is the number of arrays; count the numbers in them."
    no_arrays = {
        97: "That is four arrays and one number: Keras has no counter of batches, PyTorch has.",
        98: "That is four arrays and two numbers: momentum and epsilon are settings, no weights.",
    }
    totals = no_arrays | {
        48: "That is two arrays of 24; BatchNormalization has two learned arrays *and* two "
        "statistics.",
        24: "That is one of its four arrays.",
        72: "That is three arrays of 24; one of gamma, beta, mean and variance is missing.",
        120: "That is five arrays of 24; there is no further bias, beta is one.",
        192: "That is eight arrays of 24: are four counted twice?",
        4: arrays,
        4 * 14: height,
        4 * 10: width,
        14 * 10: pixels,
        14 * 10 * 24: pixels,
        4 * 14 * 10: pixels,
        4 * 14 * 10 * 24: pixels,
    }
    totals |= {
        2 * 24 + 2 * other: f"That is 2 · 24 + 2 · {other:,}: all four arrays have one number for "
        "each *channel*."
        for other in (1, 10, 14, 14 * 10, 10 * 24, 14 * 24, 14 * 10 * 24)
    }
    otherwise = "Count arrays, then numbers per array."
    expect_number("total", total, 96, totals, otherwise=otherwise, way="4 * 24")
    learneds = {
        0: "Gamma and beta are not counted: the optimizer learns them like a kernel.",
        24: "That is one array; gamma *and* beta are learned, 24 numbers each.",
        96: "The moving mean and moving variance are kept by the layer, not learned.",
        72: "That is three arrays; the moving mean *and* the moving variance are kept by the "
        "layer, not learned.",
        2: arrays,
        2 * 14: height,
        2 * 10: width,
        2 * 14 * 10: pixels,
        2 * 14 * 10 * 24: pixels,
    }
    otherwise = "Which of the four arrays does the optimizer update?"
    expect_number("learned", learned, 48, learneds, otherwise=otherwise, way="2 * 24")
    frozen = no_arrays | {
        48: "That is two arrays of 24: the statistics, which are non-trainable before the freeze, "
        "or gamma and beta, which the freeze adds. Both pairs are non-trainable after it.",
        0: "Frozen is the opposite of trainable: now nothing of the layer is trained.",
        24: "That is one array; the optimizer leaves every one alone after the freeze.",
        72: "That is three arrays; a freeze switches off gamma *and* beta.",
        144: "That is six arrays; the layer has four, so one pair (the statistics, or gamma and "
        "beta) is counted twice.",
        192: "That is eight arrays: are four counted twice?",
        4: arrays,
    }
    otherwise = "After the freeze, which of its arrays are still trained?"
    name, answer = "non_trainable_if_frozen", non_trainable_if_frozen
    expect_number(name, answer, 96, frozen, otherwise=otherwise, way="4 * 24")
