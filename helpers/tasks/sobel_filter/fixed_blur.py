"""Exercise 4: a Gaussian blur that training leaves alone."""

from collections.abc import Callable

import numpy as np

from helpers.filters import gaussian, kernel
from helpers.tasks.core import task
from helpers.tasks.mistakes import said_of_rules
from helpers.tasks.slips import slips
from helpers.tasks.sobel_filter._filter_layers import expect_kernel

_LINE = np.arange(5) - 2.0
_SQUARES = np.add.outer(_LINE**2, _LINE**2)
_EXPONENTS = {
    "": -_SQUARES / (2 * 1.5**2),
    "in the exponent, the square of sigma is missing: 2 · sigma².": -_SQUARES / (2 * 1.5),
    "in the exponent, the square of sigma multiplies: put brackets around 2 · sigma².": (
        -_SQUARES / 2 * 1.5**2
    ),
    "in the exponent, the 2 before sigma² is missing.": -_SQUARES / 1.5**2,
    "the bell has its top in the corner: measure dx and dy from the middle.": (
        -np.add.outer((_LINE + 2) ** 2, (_LINE + 2) ** 2) / (2 * 1.5**2)
    ),
    "in the exponent stands the distance, and not its square.": (-np.sqrt(_SQUARES) / (2 * 1.5**2)),
    "the distances in the exponent are not squared.": (
        -np.add.outer(abs(_LINE), abs(_LINE)) / (2 * 1.5**2)
    ),
    "that is a box, in which all 25 numbers are equal.": 0 * _SQUARES,
    "the minus in the exponent is missing: the corners are heavier than the middle.": (
        _SQUARES / (2 * 1.5**2)
    ),
}
_DIVISORS: dict[str, Callable[[np.ndarray], object]] = {
    "": np.sum,
    "the numbers do not add up to 1: divide by their sum, or the image gets brighter.": lambda t: 1,
    "you divided by 2π sigma², which makes the sum 1 only if the bell is not cut off; divide by "
    "the sum of the 25 numbers.": lambda t: 2 * np.pi * 1.5**2,
    "you divided by √(2π) · sigma, as a bell along a line is; divide by the sum of the 25 "
    "numbers.": lambda t: np.sqrt(2 * np.pi) * 1.5,
    "the numbers are divided by 25, their count; divide by their sum.": np.size,
    "each row is divided by its own sum, so that the 25 numbers add up to 5; divide by the sum of "
    "them all.": lambda t: t.sum(axis=1, keepdims=True),
    "each column is divided by its own sum, so that the 25 numbers add up to 5; divide by the sum "
    "of them all.": lambda t: t.sum(axis=0),
}


def _bell(exponent: np.ndarray, divisor: Callable) -> np.ndarray:
    table = np.exp(exponent)
    return kernel(table / divisor(table))


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
def fixed_blur(blur_layer: object) -> None:
    """blur_layer(): a frozen 5 x 5 Gaussian with sigma 1.5 on (height, width, 1)."""
    mistakes = {
        "those are the numbers 1, 4, 6, 4, 1, which only resemble this bell; use the formula.": (
            kernel(np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256)
        ),
        **{
            f"that is a bell of sigma {sigma:g}; 1.5 was asked.": gaussian(sigma, 5)
            for sigma in (0.5, 0.75, 1, 1.25, 1.4, 1.6, 1.75, 2, 2.25, 2.5, 4, 5)
        },
        **{
            f"that is a bell of sigma {1.5 / step:g} pixels: either sigma is {1.5 / step:g}, or dx "
            f"and dy go in steps of {step}, from {-2 * step:g} to {2 * step:g}, and not of one "
            "pixel.": gaussian(1.5 / step, 5)
            for step in (0.5, 1.25)
        },
        "that is 3 × 3; 5 × 5 was asked.": gaussian(1.5, 3),
        "that is 7 × 7; 5 × 5 was asked.": gaussian(1.5, 7),
    }
    mistakes |= said_of_rules(_bell, _EXPONENTS, _DIVISORS)
    for message, line in slips("np.exp(-(d**2) / (2 * 1.5**2))", "d"):
        with np.errstate(all="ignore"):  # a bell turned upside down
            table = line(_LINE) / np.sum(line(_LINE))
        if np.shape(table) == (5,) and np.isfinite(table).all():
            mistakes.setdefault(message, kernel(np.outer(table, table)))
    expect_kernel("blur_layer", blur_layer, gaussian(1.5, 5), mistakes)
