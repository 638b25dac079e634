"""Exercise 4: what Sobel-x answers to a small image."""

import numpy as np

from helpers.filters import sobel_x, sobel_y
from helpers.tasks.arrays import expect_array
from helpers.tasks.core import task
from helpers.tasks.sobel_filter._filter_answers import gray_answer

_IMAGE = np.array([[0, 0, 0, 0], [0, 0, 3, 3], [0, 0, 3, 3], [0, 0, 3, 3]], dtype="float32")


@task(
    "An edge by hand",
    why="Above, the patches see the bright corner with the weights 2 and 1 only; below, with all.",
    hints=(
        "There are 2 × 2 places for a 3 × 3 kernel in a 4 × 4 image.",
        "For each place: multiply the nine pixels with the nine numbers of the kernel, add up.",
        "The first patch has bright pixels only in its last column: 3 · 2 + 3 · 1 = 9.",
    ),
)
def edge_by_hand(answers: object) -> None:
    """Sobel-x on the 4 x 4 image of the exercise: [[9, 9], [12, 12]]."""
    right = gray_answer(_IMAGE, sobel_x())
    bright_throughout = gray_answer(np.full_like(_IMAGE, 3) * (np.arange(4) > 1), sobel_x())
    mistakes = {
        "the sign is flipped: plus is where it gets brighter to the right. (A true convolution "
        "turns the kernel; Keras does not.)": -right,
        "that is Sobel-y, the transposed kernel.": gray_answer(_IMAGE, sobel_y()),
        "that is without the 2 in the middle (Prewitt's kernel).": gray_answer(
            _IMAGE, sobel_x().clip(-1, 1)
        ),
        "that would be so for bright pixels of 1; here they are 3.": right / 3,
        "that is Sobel divided by 4, the sum of its numbers above 0; asked are the numbers 1 and "
        "2.": right / 4,
        "that is Sobel divided by 8; asked are the numbers 1 and 2.": right / 8,
        "that is the size with zeros around the image; without padding there are 2 × 2 places.": (
            gray_answer(_IMAGE, sobel_x(), "zero")
        ),
        "rows and columns are swapped: the first row belongs to the upper two patches.": right.T,
        "upper and lower are swapped: the first row belongs to the upper two patches.": right[::-1],
        "the first row of the image is dark, so the upper patches see fewer bright pixels than the "
        "lower ones.": bright_throughout,
        "the patches on the right have an edge in them as well: their left column is dark, and "
        "their right one bright.": right * [1, 0],
        "the patches on the left have an edge in them as well: their left column is dark, and "
        "their right one bright.": right * [0, 1],
        "there the bright pixels of a patch are added up; its kernel weighs them.": gray_answer(
            _IMAGE, np.ones_like(sobel_x())
        ),
        "the numbers are right, but not in rows: a table of 2 rows of 2 was asked.": right.ravel(),
    }
    expect_array("answers", answers, right, mistakes)
