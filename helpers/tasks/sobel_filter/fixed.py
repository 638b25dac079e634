"""Tasks of exercise 4 that ask for a layer whose filter stays put."""

from collections.abc import Mapping

import numpy as np

from helpers.filters import (
    gaussian,
    kernel,
    prewitt_x,
    prewitt_y,
    respond,
    scharr_x,
    scharr_y,
    sobel_x,
    sobel_y,
    stack,
    transposed,
)
from helpers.tasks.core import task
from helpers.tasks.slips import slips
from helpers.tasks.sobel_filter.judged import expect_filter

RELIEF = kernel([[-2, -2, 0], [-1, 1, 1], [0, 1, 2]])  # a relief, lit from above left


@task(
    "Bug hunt: a filter from a book",
    why="Keras neither turns nor transposes a kernel: enter it as it stands, rows first.",
    hints=(
        "Compare kernel[:, :, 0, 0] of the broken layer with the table, number by number.",
        "`.T` swaps rows and columns, `[::-1, ::-1]` turns by 180°. Does Keras need either?",
        "Leave out both: RELIEF.reshape(3, 3, 1, 1) is the kernel.",
    ),
)
def relief_repaired(relief_layer):
    """relief_layer(): a frozen layer that correlates (12, 11, 1) with the table."""
    lopsided = RELIEF.copy()
    lopsided[1, 1] = 0
    mistakes = {
        "the kernel is turned by 180°, as for a true convolution; Keras does not turn it, so "
        "enter it as it stands.": RELIEF[::-1, ::-1],
        "rows and columns are swapped: the kernel is transposed.": transposed(RELIEF),
        "the kernel is turned by 180° *and* transposed, as in the broken layer.": (
            transposed(RELIEF)[::-1, ::-1]
        ),
        "the sign is flipped.": -RELIEF,
        "the kernel is turned *and* its sign flipped.": -RELIEF[::-1, ::-1],
        "only the columns are reversed.": RELIEF[:, ::-1],
        "only the rows are reversed.": RELIEF[::-1],
        "the kernel is turned by 90°.": np.rot90(RELIEF),
        "the 1 in the middle is missing.": lopsided,
    }
    expect_kernel("relief_layer", relief_layer, RELIEF, mistakes)


def expect_kernel(name: str, build, right: np.ndarray, mistakes: Mapping[str, np.ndarray]) -> None:
    """Pass if the learner's layer filters gray images with this kernel, before and after training.

    Args:
        mistakes: for each message, the kernel of a learner who deserves it.
    """
    expect_filter(
        name,
        build,
        1,
        lambda image: respond(image, right),
        lambda image: {message: respond(image, wrong) for message, wrong in mistakes.items()},
    )


@task(
    "A Sobel layer that stays put",
    why="Set, frozen, without a bias: the three together make a fixed filter.",
    hints=(
        "Three things: the kernel's values, the flag, and what a Conv2D has besides its kernel.",
        "The kernel is stack(sobel_x(), sobel_y()); Constant takes it as it is.",
        "layers.Conv2D(2, 3, use_bias=False, trainable=False, "
        "kernel_initializer=keras.initializers.Constant(stack(sobel_x(), sobel_y())))",
    ),
)
def fixed_sobel(sobel_layer):
    """sobel_layer(): (height, width, 1) to Sobel-x and Sobel-y, unchanged by training."""
    x, y = sobel_x(), sobel_y()
    mistakes = {
        "x and y are swapped (or both transposed): the first channel should answer to vertical "
        "edges.": stack(y, x),
        "both channels are Sobel-y.": stack(y, y),
        "both channels are Sobel-x.": stack(x, x),
        "the signs are flipped: Keras correlates, so do not turn the kernel.": -stack(x, y),
        "the sign of y is flipped: plus is where it gets brighter *downwards*.": stack(x, -y),
        "the sign of x is flipped: plus is where it gets brighter to the *right*.": stack(-x, y),
        "those are Prewitt's kernels; Sobel weighs the middle by 2.": stack(
            prewitt_x(), prewitt_y()
        ),
        "those are Scharr's kernels (3, 10, 3); Sobel's are (1, 2, 1).": stack(
            scharr_x(), scharr_y()
        ),
        "that is Sobel-x alone; two channels were asked.": x,
        "that is Sobel-y alone; two channels were asked.": y,
        "the axes are mixed up: bring (2, 3, 3) to (3, 3, 1, 2) with np.moveaxis or np.stack(..., "
        "axis=-1); a reshape only cuts the numbers anew.": scrambled(),
    }
    expect_kernel("sobel_layer", sobel_layer, stack(x, y), mistakes)


def scrambled() -> np.ndarray:
    """What a reshape makes of PyTorch's order (out, in, height, width)."""
    pytorch = np.transpose(stack(sobel_x(), sobel_y()), (3, 2, 0, 1))
    return pytorch.reshape(3, 3, 1, 2)


@task(
    "Colour by colour",
    why="DepthwiseConv2D filters each channel by itself; its kernel is (3, 3, channels, 1).",
    hints=(
        "Conv2D adds the channels up. Which layer keeps them apart?",
        "DepthwiseConv2D(3, ...) with depthwise_initializer. What shape has its kernel on RGB?",
        "Constant(per_channel(sobel_x(), 3)), use_bias=False and trainable=False.",
    ),
)
def colour_edges(colour_layer):
    """colour_layer(): (height, width, 3) to Sobel-x of red, green and blue, unchanged."""
    expect_filter(
        "colour_layer", colour_layer, 3, lambda image: respond(image, sobel_x()), colour_mistakes
    )


def colour_mistakes(image: np.ndarray) -> dict[str, np.ndarray]:
    x = respond(image, sobel_x())
    total = x.sum(axis=2, keepdims=True)
    return {
        "one channel comes out: a Conv2D with one filter *adds up* the three colours.": total,
        "all three channels are the same, the sum of the colours: Conv2D reaches through all "
        "channels.": np.repeat(total, 3, axis=2),
        "that is the sum of the colours divided by 3; keep the colours apart.": total / 3,
        "that is Sobel-y of each colour; Sobel-x was asked.": respond(image, sobel_y()),
        "the sign is flipped: Keras correlates, so do not turn the kernel.": -x,
        "blue comes first; red was asked first.": x[:, :, ::-1],
        "six channels come out, gx and gy of each colour; only gx was asked.": respond(
            image, stack(sobel_x(), sobel_y())
        ),
        "those are Prewitt's numbers; Sobel weighs the middle by 2.": respond(image, prewitt_x()),
        "those are Scharr's numbers (3, 10, 3); Sobel's are (1, 2, 1).": respond(image, scharr_x()),
    }


@task(
    "A blur that stays put",
    why="A bell, divided by its sum so that brightness stays, set and frozen.",
    hints=(
        "exp(-(dx² + dy²) / (2 · sigma²)) for dx, dy from -2 to 2; what must the sum be?",
        "With `d = np.arange(5) - 2` and `bell = np.exp(-d**2 / (2 * 1.5**2))`, "
        "`np.outer(bell, bell)` gives the table. Divide it by its sum.",
        "Conv2D(1, 5, use_bias=False, trainable=False, kernel_initializer=Constant(table"
        ".reshape(5, 5, 1, 1)))",
    ),
)
def fixed_blur(blur_layer):
    """blur_layer(): a frozen 5 x 5 Gaussian with sigma 1.5 on (height, width, 1)."""
    d = np.arange(5) - 2.0

    def bell(exponent):
        table = np.exp(exponent(d))
        return kernel(np.outer(table, table) / table.sum() ** 2)

    unscaled = np.exp(-(d**2) / (2 * 1.5**2))
    mistakes = {
        "the numbers do not add up to 1: divide by their sum, or the image gets brighter.": kernel(
            np.outer(unscaled, unscaled)
        ),
        "you divided by 2π sigma², which makes the sum 1 only if the bell is not cut off; divide "
        "by the sum of the 25 numbers.": kernel(
            np.outer(unscaled, unscaled) / (2 * np.pi * 1.5**2)
        ),
        "in the exponent, the square of sigma is missing: 2 · sigma².": bell(
            lambda d: -(d**2) / (2 * 1.5)
        ),
        "in the exponent, the 2 before sigma² is missing.": bell(lambda d: -(d**2) / 1.5**2),
        "that is a box, in which all 25 numbers are equal.": kernel(np.full((5, 5), 1 / 25)),
        "that is sigma 1; 1.5 was asked.": gaussian(1.0, 5),
        "that is 3 × 3; 5 × 5 was asked.": gaussian(1.5, 3),
        "that is 7 × 7; 5 × 5 was asked.": gaussian(1.5, 7),
    }
    for message, line in slips("np.exp(-(d**2) / (2 * 1.5**2))", "d"):
        with np.errstate(all="ignore"):  # a bell turned upside down
            table = line(d) / np.sum(line(d))
        if np.shape(table) == (5,) and np.isfinite(table).all():
            mistakes.setdefault(message, kernel(np.outer(table, table)))
    expect_kernel("blur_layer", blur_layer, gaussian(1.5, 5), mistakes)
