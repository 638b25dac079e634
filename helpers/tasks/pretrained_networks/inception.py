"""Exercise 6, task 1: the non-trainable numbers of InceptionV3, predicted."""

from functools import partial

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


@task(
    "A fresh Inception",
    why="A fresh Inception is all trainable but for two numbers a channel, moving mean and moving "
    "variance, 2 · 17,216; frozen, its BatchNormalization layers add their beta, 3 · 17,216.",
    hints=(
        "Which arrays of a BatchNormalization layer does the optimizer leave alone?",
        "Two numbers a channel. And which learned array is there, if `scale=False` leaves out "
        "gamma?",
        "2 · 17,216; and with beta frozen, too, 3 · 17,216.",
    ),
)
def inception(fresh: object, norms_frozen: object) -> None:
    """17,216 channels of BatchNormalization(scale=False): 34,432; layers frozen 51,648."""
    expect = partial(expect_number, most=23_851_784)  # so many numbers are there in all
    channels = 17_216
    mistakes = {
        0: "So it is for VGG16, which has no BatchNormalization. InceptionV3's statistics are "
        "non-trainable without any freeze.",
        channels: "That is one array; the moving mean *and* the moving variance are kept.",
        3 * channels: "That counts beta, too; the optimizer updates it as long as nothing is "
        "frozen.",
        4 * channels: "That is four arrays a channel, learned ones included.",
        94 * channels: "17,216 are the channels of all 94 layers together.",
        2 * 94 * channels: "17,216 are the channels of all 94 layers together.",
        94: "That is the number of layers; count the numbers in them.",
        188: "That is the number of arrays; count the numbers in them.",
        23_851_784: "That is every number of the network.",
        23_817_352: "That is the trainable count; the rest was asked for.",
    }
    otherwise = "How many statistics does each channel have?"
    expect("fresh", fresh, 2 * channels, mistakes, otherwise=otherwise, way="2 * 17216")
    mistakes = {
        0: "Frozen is the opposite of trainable: everything of these layers is non-trainable now.",
        channels: "That is what the freeze adds, beta; the statistics are still there, and still "
        "non-trainable.",
        2 * channels: "So it is before the freeze, which does more than stop the statistics: what "
        "these layers learned stands still, too.",
        4 * channels: "That is four arrays a channel; with `scale=False` there is no gamma.",
        5 * channels: "That is five arrays a channel: the statistics, counted before the freeze, "
        "are counted again.",
        94 * channels: "17,216 are the channels of all 94 layers together.",
        3 * 94 * channels: "17,216 are the channels of all 94 layers together.",
        94: "That is the number of layers; count the numbers in them.",
        282: "That is the number of arrays; count the numbers in them.",
        23_851_784 - 3 * channels: "That is the trainable count; the rest was asked for.",
        23_851_784: "Only the BatchNormalization layers are frozen here, not the whole network.",
    }
    otherwise = "The statistics stay non-trainable; what was learned in these layers joins them."
    way = "3 * 17216"
    expect("norms_frozen", norms_frozen, 3 * channels, mistakes, otherwise=otherwise, way=way)
