"""Exercise 1: how many numbers BatchNormalization has, and how many are non-trainable."""

from operator import mul

from helpers.tasks.answers import expect_number, whole_number
from helpers.tasks.core import Wrong, task
from helpers.tasks.mistakes import wrong_ways

_PER_ARRAY = {
    "": 48,
    "You took the height, 32; it keeps one set of numbers per *channel*, the last axis.": 32,
    "You took the width, 20; it keeps one set of numbers per *channel*, the last axis.": 20,
    "You counted one set per pixel; all pixels of a channel share theirs.": 32 * 20,
    "You counted every pixel of every channel; all pixels of a channel share theirs.": 32 * 20 * 48,
    "You counted every row of every channel; all pixels of a channel share theirs.": 32 * 48,
    "You counted every column of every channel; all pixels of a channel share theirs.": 20 * 48,
    "Those are arrays; count the numbers in them.": 1,
    "Those are bytes (four per number); count the numbers.": 4 * 48,
}
_ALL_ARRAYS = {
    "": 4,
    "One array is missing: gamma, beta, moving mean and moving variance are four.": 3,
    "That is two of the arrays; there are four, two learned and two kept by the layer.": 2,
    "That is one of the arrays; there are four.": 1,
}
_KEPT_ARRAYS = {
    "": 2,
    "Nobody froze anything, and yet two arrays are kept by the layer, not learned by the "
    "optimizer: its moving mean and moving variance.": 0,
    "There are two statistics per channel: a moving mean *and* a moving variance.": 1,
    "Only two of its four arrays are non-trainable: gamma *and* beta are learned.": 3,
    "Gamma and beta are learned like any kernel; they are trainable.": 4,
}
_BATCHES = "One too many: Keras's layer, unlike PyTorch's, does not count the batches."
_SETTINGS = "Momentum and epsilon are settings, no weights."
_DENSE = "That is a Dense layer's kernel and bias; this layer has a few numbers for each channel."


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
    given = whole_number("total", total), whole_number("non_trainable", non_trainable)
    if given == (96, 192):
        raise Wrong("`total` is 96 and `non_trainable` 192: the two are exchanged.")
    totals = {
        2 * 48 + 2 * other: f"That is 2 · 48 + 2 · {other:,}: all four arrays have one number for "
        "each *channel*." + f" ({_SETTINGS})" * (other == 1)
        for other in (1, 20, 32, 32 * 20, 32 * 48, 20 * 48, 32 * 20 * 48)
    }
    totals |= wrong_ways(mul, _PER_ARRAY, _ALL_ARRAYS)
    totals |= {193: _BATCHES, 194: f"Two too many. {_SETTINGS}", 48 * 48 + 48: _DENSE}
    kept = wrong_ways(mul, _PER_ARRAY, _KEPT_ARRAYS)
    kept |= {97: _BATCHES, 98: f"Two too many. {_SETTINGS}"}
    kept |= {2: f"So many *arrays* are non-trainable; count the numbers in them. ({_SETTINGS})"}
    otherwise = "Count arrays, then numbers per array."
    expect_number("total", given[0], 192, totals, otherwise=otherwise, way="4 * 48")
    otherwise = "Which of its arrays does the optimizer leave alone?"
    expect_number("non_trainable", given[1], 96, kept, otherwise=otherwise, way="2 * 48")
