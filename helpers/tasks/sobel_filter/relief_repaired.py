"""Exercise 4: the repair of a relief filter that a book's code turns and transposes."""

import numpy as np

from helpers.filters import kernel, transposed
from helpers.tasks.core import task
from helpers.tasks.sobel_filter._filter_layers import expect_kernel

_RELIEF = kernel([[-2, -2, 0], [-1, 1, 1], [0, 1, 2]])  # a relief, lit from above left


@task(
    "Bug hunt: a filter from a book",
    why="Keras neither turns nor transposes a kernel: enter it as it stands, rows first.",
    hints=(
        "Compare kernel[:, :, 0, 0] of the broken layer with the table, number by number.",
        "`.T` swaps rows and columns, `[::-1, ::-1]` turns by 180°. Does Keras need either?",
        "Leave out both: RELIEF.reshape(3, 3, 1, 1) is the kernel.",
    ),
)
def relief_repaired(relief_layer: object) -> None:
    """relief_layer(): a frozen layer that correlates (12, 11, 1) with the table."""
    lopsided = _RELIEF.copy()
    lopsided[1, 1] = 0
    mistakes = {
        "the kernel is turned by 180°, as for a true convolution; Keras does not turn it, so "
        "enter it as it stands.": _RELIEF[::-1, ::-1],
        "rows and columns are swapped: the kernel is transposed.": transposed(_RELIEF),
        "the kernel is turned by 180° *and* transposed, as in the broken layer.": (
            transposed(_RELIEF)[::-1, ::-1]
        ),
        "the sign of every number is flipped.": -_RELIEF,
        "the kernel is turned *and* its sign flipped.": -_RELIEF[::-1, ::-1],
        "only the columns are reversed.": _RELIEF[:, ::-1],
        "only the rows are reversed.": _RELIEF[::-1],
        "the kernel is turned by 90°.": np.rot90(_RELIEF),
        "the kernel is turned by 90°, clockwise.": np.rot90(_RELIEF, -1),
        "the 1 in the middle is missing.": lopsided,
    }
    expect_kernel("relief_layer", relief_layer, _RELIEF, mistakes)
