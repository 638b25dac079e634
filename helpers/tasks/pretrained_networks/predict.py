"""Tasks of exercise 6 that ask for a prediction."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


@task(
    "Inception's 34,432",
    why="A fresh network is all trainable but for two statistics a channel, 2 · 17,216; frozen, "
    "its BatchNormalization layers add their beta, 3 · 17,216.",
    hints=(
        "Which arrays of a BatchNormalization layer does the optimizer leave alone?",
        "Two statistics a channel. And which learned array is there, if `scale=False` leaves out "
        "gamma?",
        "2 · 17,216; and with beta frozen, too, 3 · 17,216.",
    ),
)
def inception(fresh, norms_frozen):
    """17,216 channels of BatchNormalization(scale=False): 34,432; layers frozen 51,648."""
    channels = 17_216
    mistakes = {
        0: "So it is for VGG16, which has no BatchNormalization. Its statistics are non-trainable "
        "without any freeze.",
        channels: "That is one array; the moving mean *and* the moving variance are kept.",
        3 * channels: "That counts beta, too; the optimizer updates it as long as nothing is "
        "frozen.",
        4 * channels: "That is 4C: all arrays of a layer with gamma, learned ones included.",
        94: "That is the number of layers; count the numbers in them.",
        188: "That is the number of arrays; count the numbers in them.",
        23_851_784: "That is every number of the network.",
        23_817_352: "That is the trainable count; the rest was asked for.",
    }
    otherwise = "How many statistics does each channel have?"
    expect_number(
        "fresh",
        fresh,
        2 * channels,
        mistakes,
        otherwise=otherwise,
        way="2 * 17216",
        most=23_851_784,
    )
    mistakes = {
        0: "Frozen is the opposite of trainable: everything of these layers is non-trainable now.",
        channels: "That is beta alone; the statistics are still there, and still non-trainable.",
        2 * channels: "So it is before the freeze; what else do these layers have?",
        4 * channels: "You counted gamma; with `scale=False` there is none.",
        5 * channels: "A freeze adds what was learned, once: beta.",
        94: "That is the number of layers; count the numbers in them.",
        282: "That is the number of arrays; count the numbers in them.",
        23_851_784: "Only the BatchNormalization layers are frozen here, not the whole network.",
    }
    otherwise = "The statistics stay non-trainable, and what was learned in these layers joins "
    "them."
    expect_number(
        "norms_frozen",
        norms_frozen,
        3 * channels,
        mistakes,
        otherwise=otherwise,
        way="3 * 17216",
        most=23_851_784,
    )


@task(
    "Three counts of mini_googlenet",
    why="776 statistics are there from the start; two kernels add 4,752, and two frozen "
    "BatchNormalization layers 96 more: gamma and beta, since their statistics were counted already.",
    hints=(
        "What is non-trainable in a model in which nothing is frozen?",
        "A kernel holds height · width · input channels · filters numbers; here is no bias.",
        "2 · 388; plus 144 + 4,608; plus gamma and beta of 16 + 32 channels.",
    ),
)
def googlenet(fresh_googlenet, convolutions_frozen, four_frozen):
    """388 channels: 776; conv1 and conv2 frozen 5,528; with norm1 and norm2 5,624."""
    most = 47_850
    mistakes = {
        0: "Nothing is frozen, but each BatchNormalization keeps two statistics a channel.",
        388: "That is one array; the moving mean *and* the moving variance are kept.",
        1552: "That is 4C; gamma and beta are learned.",
        40: "That is the number of arrays; count the numbers in them.",
        20: "That is the number of layers; count the numbers in them.",
    }
    otherwise = "How many statistics does each of the 388 channels have?"
    expect_number(
        "fresh_googlenet",
        fresh_googlenet,
        776,
        mistakes,
        otherwise=otherwise,
        way="2 * 388",
        most=most,
    )
    mistakes = {
        776: "That is without any freeze; the two kernels join.",
        4752: "Those are the two kernels alone; the statistics are non-trainable, too.",
        4800: "Those are the two kernels, and a bias for each filter; add the statistics, and "
        "there is no bias.",
        5576: "You counted a bias for each filter; a convolution before BatchNormalization has "
        "none here.",
        5624: "You froze norm1 and norm2, too; here they still learn gamma and beta.",
        5432: "You subtracted gamma and beta of norm1 and norm2; they were never in the count.",
        920: "That is with conv1 alone.",
        5384: "That is with conv2 alone.",
        5816: "The kernel of conv1 reads one gray value a pixel, not three colours.",
        1208: "The kernel of conv2 reads the 16 maps of conv1, not one.",
        1064: "The kernel of conv2 reads the 16 maps of conv1, not one; and what of conv1?",
    }
    otherwise = "Add the two kernels to the statistics of all twenty layers."
    expect_number(
        "convolutions_frozen",
        convolutions_frozen,
        5528,
        mistakes,
        otherwise=otherwise,
        way="2 * 388 + 3 * 3 * 1 * 16 + 3 * 3 * 16 * 32",
        most=most,
    )
    mistakes = {
        5528: "That is without norm1 and norm2; their gamma and beta join.",
        5720: "You added all four arrays of norm1 and norm2; their statistics were counted "
        "already.",
        4848: "Those are kernels, gamma and beta; the statistics are missing.",
        4944: "Those are the four frozen layers alone; the other eighteen keep statistics, too.",
        5576: "Gamma *and* beta of norm1 and norm2 join, two arrays each.",
        5532: "You added arrays; each holds one number a channel.",
        776: "That is without any freeze.",
    }
    otherwise = "To the count before, add what was learned in norm1 and norm2."
    expect_number(
        "four_frozen",
        four_frozen,
        5624,
        mistakes,
        otherwise=otherwise,
        way="2 * 388 + 144 + 4608 + 2 * (16 + 32)",
        most=most,
    )
