"""Exercise 6, task 2: three counts of mini_googlenet, predicted."""

from functools import partial

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


@task(
    "Three counts of mini_googlenet",
    why="The statistics hold 776 numbers from the start; two kernels add 4,752, and two frozen "
    "BatchNormalization layers 96 more: gamma and beta, since their statistics were counted "
    "already.",
    hints=(
        "What is non-trainable in a model in which nothing is frozen?",
        "A kernel holds height · width · input channels · filters numbers; here is no bias.",
        "2 · 388; plus 144 + 4,608; plus gamma and beta of 16 + 32 channels.",
    ),
)
def googlenet(fresh_googlenet: object, convolutions_frozen: object, four_frozen: object) -> None:
    """388 channels: 776; conv1 and conv2 frozen 5,528; with norm1 and norm2 5,624."""
    expect = partial(expect_number, most=47_850)  # so many numbers are there in all
    mistakes = {
        0: "Nothing is frozen, but each BatchNormalization keeps two statistics a channel.",
        47_074: "That is the trainable count; the rest was asked for.",
        47_850: "That is every number of the network.",
        388: "That is one array; the moving mean *and* the moving variance are kept.",
        1552: "That is four arrays a channel; gamma and beta are learned.",
        40: "That is the number of arrays; count the numbers in them.",
        20: "That is the number of layers; count the numbers in them.",
    }
    otherwise = "How many statistics does each of the 388 channels have?"
    expect("fresh_googlenet", fresh_googlenet, 776, mistakes, otherwise=otherwise, way="2 * 388")
    mistakes = {
        42_322: "That is the trainable count; the rest was asked for.",
        824: "That adds one number a filter; a kernel has height · width · input channels of them.",
        776: "That is without any freeze; the two kernels join.",
        4752: "Those are the two kernels alone; the statistics are non-trainable, too.",
        4800: "Those are the two kernels, and a bias for each filter; add the statistics, and "
        "there is no bias.",
        5576: "That counts a bias for each filter; a convolution before BatchNormalization has "
        "none here.",
        5624: "That counts gamma and beta of norm1 and norm2, too; here they still learn.",
        5432: "You subtracted gamma and beta of norm1 and norm2; they were never in the count.",
        920: "That is with conv1 alone.",
        5384: "That is with conv2 alone.",
        5816: "The kernel of conv1 reads one gray value a pixel, not three colours.",
        1208: "The kernel of conv2 reads the 16 maps of conv1, not one.",
        1064: "The kernel of conv2 reads the 16 maps of conv1, not one; and what of conv1?",
    }
    otherwise = "Add the two kernels to the statistics of all twenty layers."
    way = "2 * 388 + 3 * 3 * 1 * 16 + 3 * 3 * 16 * 32"
    expect("convolutions_frozen", convolutions_frozen, 5528, mistakes, otherwise=otherwise, way=way)
    mistakes = {
        5528: "That is without norm1 and norm2; their gamma and beta join.",
        5720: "You added all four arrays of norm1 and norm2; their statistics were counted "
        "already.",
        4848: "Those are kernels, gamma and beta; the statistics are missing.",
        4944: "Those are the four frozen layers alone; the other eighteen keep statistics, too.",
        5576: "That is 48 more than before; gamma *and* beta of norm1 and norm2 join.",
        5672: "That is 144 more than before, three arrays of norm1 and norm2; two of them are new.",
        872: "That is gamma and beta with the statistics; the two kernels are missing.",
        42_226: "That is the trainable count; the rest was asked for.",
        5532: "You added arrays; each holds one number a channel.",
        776: "That is without any freeze.",
    }
    otherwise = "To the count before, add what was learned in norm1 and norm2."
    way = "2 * 388 + 144 + 4608 + 2 * (16 + 32)"
    expect("four_frozen", four_frozen, 5624, mistakes, otherwise=otherwise, way=way)
