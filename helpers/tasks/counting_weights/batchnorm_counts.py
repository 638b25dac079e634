"""Exercise 1: how many numbers BatchNormalization has, and how many are non-trainable."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


@task(
    "BatchNormalization's four arrays",
    why="Four arrays of 48: gamma and beta are learned, moving mean and moving variance are not.",
    hints=(
        "How many arrays does the layer have, and over which axis does it normalise?",
        "One number per *channel* in each array: the height and width do not matter.",
        "4 · 48 in all; half of the arrays are statistics.",
    ),
)
def batchnorm_counts(total: object, non_trainable: object) -> None:
    """BatchNormalization on images of 32 x 20 pixels with 48 channels: 192 and 96."""
    totals = {
        96: "Two arrays of 48: that is LayerNormalization, which keeps no statistics. "
        "BatchNormalization has four arrays.",
        48: "That is one of its four arrays.",
        128: "You took the height, 32; it keeps one set of numbers per *channel*, the last axis.",
        80: "You took the width, 20; it keeps one set of numbers per *channel*, the last axis.",
        4 * 32 * 20 * 48: "You counted per pixel; all pixels of a channel share four numbers.",
        4: "That is the number of arrays; count the numbers in them.",
        144: "Three arrays of 48: one of gamma, beta, moving mean and moving variance is missing.",
    }
    kinds = {
        0: "Its moving mean and variance are kept by the layer, not learned by the optimizer.",
        192: "Gamma and beta are learned like any kernel; only half is non-trainable.",
        48: "There are two statistics per channel: a moving mean *and* a moving variance.",
        64: "Per *channel*, the last axis, not per row of the image.",
        40: "Per *channel*, the last axis, not per column of the image.",
        2: "That is the number of arrays; count the numbers in them.",
        144: "Only two of its four arrays are non-trainable: gamma *and* beta are learned.",
    }
    otherwise = "Count arrays, then numbers per array."
    expect_number("total", total, 192, totals, otherwise=otherwise, way="4 * 48")
    otherwise = "Which of its arrays does the optimizer leave alone?"
    expect_number("non_trainable", non_trainable, 96, kinds, otherwise=otherwise, way="2 * 48")
