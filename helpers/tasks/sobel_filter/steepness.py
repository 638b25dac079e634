"""Exercise 4: the length of the arrow (gx, gy)."""

from functools import partial

import numpy as np

from helpers.filters import magnitude
from helpers.tasks.answers import call, expect_array
from helpers.tasks.core import Wrong, task
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
    gx = np.array([[3.0, -4.0, 5.0], [0.0, -6.0, 8.0]])
    gy = np.array([[4.0, 3.0, -5.0], [2.0, -8.0, 0.0]])
    try:
        answer = call("edge_magnitude", edge_magnitude, gx.copy(), gy.copy())
    except Wrong as wrong:
        if "bitwise_xor" not in str(wrong):
            raise
        raise Wrong("`edge_magnitude` uses ^, no power in Python: gx squared is gx**2.") from None
    squares = gx**2 + gy**2
    mistakes = {
        "that is gx + gy: an edge with gx = 5 and gy = −5 would count as none. Take the root of "
        "the sum of squares.": gx + gy,
        "that is |gx| + |gy|: it makes slanted edges too strong. Take the root of the sum of "
        "squares.": abs(gx) + abs(gy),
        "that is gx² + gy²; the root is missing.": squares,
        "that is the larger of the two; take the root of the sum of squares.": np.maximum(
            abs(gx), abs(gy)
        ),
        "the root of a *mean* of squares is too small by √2.": np.sqrt(squares / 2),
        "that is √|gx + gy|: square first, then add.": np.sqrt(abs(gx + gy)),
        "that is the direction (an angle), not the length.": np.arctan2(gy, gx),
        "that is one number for the whole image; one for every pixel was asked.": np.sqrt(
            squares.sum()
        ),
    }
    slipped = [
        (message, partial(formula, gx, gy))
        for message, formula in slips("np.sqrt(gx**2 + gy**2)", "gx", "gy")
    ]
    right = magnitude(gx, gy)
    expect_array("edge_magnitude(gx, gy)", answer, right, mistakes, slipped=slipped)
