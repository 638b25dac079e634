"""Exercise 4: Sobel-y as a kernel with four axes."""

import numpy as np

from helpers.filters import prewitt_y, scharr_y, sobel_y
from helpers.tasks.answers import number_array
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
    right = sobel_y()[:, :, 0, 0]
    mistakes = {
        "that is Sobel-x, the transpose: it answers to vertical edges.": right.T,
        "the sign is flipped (or the kernel turned by 180° for a convolution, which for Sobel is "
        "the same): it is positive where the image gets *darker* downwards.": -right,
        "that is Sobel-x with its sign flipped.": -right.T,
        "that is Prewitt's kernel: Sobel weighs the middle column by 2.": prewitt_y()[:, :, 0, 0],
        "that is Scharr's kernel (3, 10, 3); Sobel's is (1, 2, 1).": scharr_y()[:, :, 0, 0],
        "that is Sobel divided by 8; asked are the numbers 1 and 2.": right / 8,
        "that is Sobel divided by 4; asked are the numbers 1 and 2.": right / 4,
    }
    for message, mistake in mistakes.items():
        if np.allclose(table, mistake, atol=1e-4):
            raise Wrong(f"`kernel`: {message}")
    if not np.allclose(table, right, atol=1e-4):
        total = table.sum()
        if abs(total) > 1e-4:
            raise Wrong(
                f"`kernel`: its numbers add up to {total:.4g}, so a flat image of 1 is answered by "
                f"{total:.4g}; an edge filter answers 0."
            )
        factor = np.vdot(table, right) / np.vdot(right, right)
        if np.allclose(table, factor * right, atol=1e-4):
            raise Wrong(f"`kernel`: every number is {factor:.4g} times what it should be.")
        row = int(np.flatnonzero((abs(table - right) > 1e-4).any(axis=1))[0])
        numbers = ", ".join(f"{number:g}" for number in table[row])
        raise Wrong(
            f"`kernel`: its numbers add up to 0, as they should, but row {row} (from 0) is "
            f"{numbers}."
        )
    if given.shape == (3, 3):
        raise Wrong(
            "`kernel`: the numbers are right, but (3, 3) is a table; set_weights refuses it, and "
            "Constant stretches it over the channels. Four axes were asked: (3, 3, 1, 1)."
        )
    if given.shape == (1, 1, 3, 3):
        raise Wrong(
            "`kernel`: the numbers are right, but (1, 1, 3, 3) is PyTorch's order, (out, in, "
            "height, width); Keras wants (height, width, in, out)."
        )
    if given.shape != (3, 3, 1, 1):
        raise Wrong(f"`kernel` has the shape {given.shape}; (3, 3, 1, 1) was asked.")
