"""Exercise 4: Sobel-y as a kernel with four axes."""

import numpy as np

from helpers.filters import laplacian, prewitt_y, scharr_y, sobel_y
from helpers.tasks.arrays import number_array
from helpers.tasks.core import Wrong, task


@task(
    "Write a kernel",
    why="Minus above, plus below: positive where the image gets brighter downwards.",
    hints=(
        "Sobel-y is Sobel-x with rows and columns swapped.",
        "Its first row is -1, -2, -1. What are the four axes of a kernel, and how long is each?",
        "np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]).reshape(3, 3, 1, 1)",
    ),
)
def sobel_y_kernel(kernel: object) -> None:
    """Sobel-y as a kernel (3, 3, 1, 1)."""
    given = number_array("kernel", kernel)
    table = given.squeeze()
    if table.shape != (3, 3):
        raise Wrong(f"`kernel` has the shape {given.shape}; (3, 3, 1, 1) was asked.")
    for message, mistake in _KERNEL_MISTAKES.items():
        if np.allclose(table, mistake, atol=1e-4):
            raise Wrong(f"`kernel`: {message}")
    if not np.allclose(table, _RIGHT, atol=1e-4):
        raise _what_is_odd(table)
    if given.shape != (3, 3, 1, 1):
        known = _SHAPES.get(given.shape, "")
        raise Wrong(
            f"`kernel`: the numbers are right, but its shape is {given.shape}; (3, 3, 1, 1) was "
            f"asked. {known}".rstrip()
        )


def _what_is_odd(table: np.ndarray) -> Wrong:
    """What is seen of a table that is none of the mistakes."""
    if not table.any():
        return Wrong("`kernel`: all its numbers are 0.", diagnosed=False)
    total = table.sum()
    if abs(total) > 1e-4:
        return Wrong(
            f"`kernel`: its numbers add up to {total:.4g}, so a flat image of 1 is answered by "
            f"{total:.4g}; an edge filter answers 0."
        )
    factor = np.vdot(table, _RIGHT) / np.vdot(_RIGHT, _RIGHT)
    if np.allclose(table, factor * _RIGHT, atol=1e-4):
        return Wrong(f"`kernel`: every number is {factor:.4g} times what it should be.")
    row = int(np.flatnonzero((abs(table - _RIGHT) > 1e-4).any(axis=1))[0])
    numbers = ", ".join(f"{number:g}" for number in table[row])
    return Wrong(
        f"`kernel`: its numbers add up to 0, as they should, but row {row} (from 0) is {numbers}."
    )


_RIGHT = sobel_y()[:, :, 0, 0]
_KERNEL_MISTAKES = {
    "that is Sobel-x, the transpose: it answers to vertical edges. (A reshape, in whatever "
    "order, transposes nothing; `.T` of the table does.)": _RIGHT.T,
    "the sign is flipped, as after a turn of Sobel-x by 90°, or of Sobel-y by 180°: it is positive "
    "where the image gets *darker* downwards. Sobel-y is the transpose of Sobel-x, which exchanges "
    "rows and columns and turns nothing.": -_RIGHT,
    "that is Sobel-x with its sign flipped.": -_RIGHT.T,
    "that is Prewitt's kernel: Sobel weighs the middle column by 2.": prewitt_y()[:, :, 0, 0],
    "that is Prewitt's kernel with its sign flipped.": -prewitt_y()[:, :, 0, 0],
    "that is Scharr's kernel (3, 10, 3); Sobel's is (1, 2, 1).": scharr_y()[:, :, 0, 0],
    "that is Sobel divided by 8; asked are the numbers 1 and 2.": _RIGHT / 8,
    "that is Sobel divided by 4; asked are the numbers 1 and 2.": _RIGHT / 4,
    "that is the difference of two neighbours alone; Sobel smooths along the edge, by 1, 2, 1.": (
        np.outer([-1, 0, 1], [0, 1, 0])
    ),
    "that is Sobel for diagonal edges.": np.array([[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]),
    "that is the Laplacian, which answers to edges of every direction.": laplacian()[:, :, 0, 0],
}
_SHAPES = {
    (3, 3): "That is a table; set_weights refuses it, and Constant stretches it over the channels.",
    (1, 1, 3, 3): "That is PyTorch's order, or what `.T` makes of four axes: "
    "it turns them all round.",
    (1, 3, 3, 1): "That is the shape of a batch of images, (images, height, width, channels).",
    (3, 3, 1): "There is an axis for the filters as well, though there is only one.",
    (1, 3, 3): "Keras starts with height and width, and has two axes after them.",
}
