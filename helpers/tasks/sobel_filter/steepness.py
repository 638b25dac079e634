"""Exercise 4: the length of the arrow (gx, gy)."""

from collections.abc import Callable

import numpy as np

from helpers.filters import magnitude
from helpers.tasks.answers import call, expect_function
from helpers.tasks.arrays import expect_array, number_array
from helpers.tasks.core import Slip, Wrong, task
from helpers.tasks.slips import slips


@task(
    "The magnitude",
    why="The arrow (gx, gy) has the length √(gx² + gy²), whatever its direction.",
    hints=(
        "gx and gy are the two sides of a right triangle.",
        "Pythagoras: squares, sum, root. It works on whole arrays at once.",
        "return np.sqrt(gx**2 + gy**2)",
    ),
)
def steepness(edge_magnitude: object) -> None:
    """edge_magnitude(gx, gy) on arrays, element by element."""
    expect_function("edge_magnitude", edge_magnitude)
    cases = _gradients()
    given = [_length_by(edge_magnitude, gx.copy(), gy.copy()) for gx, gy in cases]
    rights = [magnitude(gx, gy) for gx, gy in cases]
    if all(map(_same_lengths, given, rights)):
        return
    for message, mistake in _LENGTH_MISTAKES.items():
        if all(_same_lengths(one, mistake(*case)) for one, case in zip(given, cases, strict=True)):
            raise Wrong(f"`edge_magnitude(gx, gy)`: {message}")
    for message, slipped in slips("np.sqrt(gx**2 + gy**2)", "gx", "gy"):
        if all(_same_lengths(one, slipped(*case)) for one, case in zip(given, cases, strict=True)):
            raise Slip(f"`edge_magnitude(gx, gy)` differs from what was asked. {message}")
    for answer, right in zip(given, rights, strict=True):
        expect_array("edge_magnitude(gx, gy)", answer, right, {})


def _gradients() -> list[tuple[np.ndarray, np.ndarray]]:
    """Both arrays of images: small ones of every sign; large numbers, fractions; a flat one."""
    rng = np.random.default_rng(2)
    gx = np.array([[3.0, -4.0, 5.0], [0.0, -6.0, 8.0]])
    gy = np.array([[4.0, 3.0, -5.0], [2.0, -8.0, 0.0]])
    large = rng.uniform(-900, 900, (2, 7, 5)).astype("float32")
    fractions = rng.normal(size=(2, 4, 4))
    return [(gx, gy), (*large,), (*fractions,), (np.zeros((2, 3)), np.eye(2, 3))]


def _length_by(edge_magnitude: object, gx: np.ndarray, gy: np.ndarray) -> np.ndarray:
    """What the function gives, as an array."""
    try:
        answer = call("edge_magnitude", edge_magnitude, gx, gy)
        return number_array("edge_magnitude(gx, gy)", answer)
    except Wrong as wrong:
        for part, said in _LENGTH_ERRORS.items():
            if part in str(wrong):
                raise Wrong(f"`edge_magnitude` {said}") from None
        raise


def _same_lengths(one: np.ndarray, other: object) -> bool:
    other = np.asarray(other)
    return one.squeeze().shape == other.squeeze().shape and np.allclose(
        one.squeeze(), other.squeeze(), rtol=1e-4, atol=1e-4
    )


_LENGTH_ERRORS = {
    "NaN or infinite": "gives NaN or infinite numbers: NaN is the root of a number below 0, and a "
    "square, such as gx**2, is never below 0.",
    "bitwise_xor": "uses ^, no power in Python: gx squared is gx**2.",
    "Python scalar": "gives an array to what takes single numbers, as `math.sqrt` does.",
    "truth value of an array": "asks whether an array is true (by `if`, `max` or `and`); gx and gy "
    "are arrays, so work on all numbers at once.",
}
_LENGTH_MISTAKES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "that is gx + gy: an edge with gx = 5 and gy = −5 would count as none. Take the root of the "
    "sum of squares.": lambda gx, gy: gx + gy,
    "that is |gx + gy|: an edge with gx = 5 and gy = −5 would count as none. Take the root of the "
    "sum of squares.": lambda gx, gy: abs(gx + gy),
    "that is |gx| + |gy|: it makes slanted edges too strong. Take the root of the sum of "
    "squares.": lambda gx, gy: abs(gx) + abs(gy),
    "that is (|gx| + |gy|) / 2; take the root of the sum of squares.": lambda gx, gy: (
        (abs(gx) + abs(gy)) / 2
    ),
    "that is gx² + gy²; the root is missing.": lambda gx, gy: gx**2 + gy**2,
    "that is half of gx² + gy²: `**1/2` is a power of 1, divided by 2. Write **0.5 or "
    "**(1/2).": lambda gx, gy: (gx**2 + gy**2) / 2,
    "that is the larger of the two; take the root of the sum of squares.": lambda gx, gy: (
        np.maximum(abs(gx), abs(gy))
    ),
    "that is √(gx² − gy²) or its like: the squares are added.": lambda gx, gy: np.sqrt(
        abs(gx**2 - gy**2)
    ),
    "the root of a *mean* of squares is too small by √2.": lambda gx, gy: np.sqrt(
        (gx**2 + gy**2) / 2
    ),
    "that is √|gx + gy|: square first, then add.": lambda gx, gy: np.sqrt(abs(gx + gy)),
    "that is √(|gx| + |gy|): square first, then add.": lambda gx, gy: np.sqrt(abs(gx) + abs(gy)),
    "that is √|gx| + √|gy|: square both, add, and take the root of the sum.": lambda gx, gy: (
        np.sqrt(abs(gx)) + np.sqrt(abs(gy))
    ),
    "that is the direction (an angle), not the length.": lambda gx, gy: np.arctan2(gy, gx),
    "that is the direction (an angle in degrees), not the length.": lambda gx, gy: np.degrees(
        np.arctan2(gy, gx)
    ),
    "that is one number for the whole image; one for every pixel was asked.": lambda gx, gy: (
        np.sqrt((gx**2 + gy**2).sum())
    ),
    "that is one mean for the whole image; one number for every pixel was asked.": lambda gx, gy: (
        np.hypot(gx, gy).mean()
    ),
    "the numbers are right but for their scale: the largest is made 1.": lambda gx, gy: (
        np.hypot(gx, gy) / np.hypot(gx, gy).max()
    ),
    "the numbers are right but for their scale: the largest is made 255.": lambda gx, gy: (
        np.hypot(gx, gy) * 255 / np.hypot(gx, gy).max()
    ),
    "the fractions are cut off: do not convert to a type of whole numbers.": lambda gx, gy: (
        np.trunc(np.hypot(gx, gy))
    ),
    "the numbers are rounded; they may have fractions.": lambda gx, gy: np.round(np.hypot(gx, gy)),
    "the numbers are converted to whole numbers from 0 to 255 (uint8), which cuts fractions off, "
    "and large numbers to what is left of 256.": lambda gx, gy: (
        np.hypot(gx, gy).astype("int64") % 256
    ),
    "the numbers are cut at 255; they may be larger.": lambda gx, gy: np.minimum(
        np.hypot(gx, gy), 255
    ),
}
