"""Exercise 4: a Sobel layer that training leaves alone."""

import numpy as np

from helpers.filters import prewitt_x, prewitt_y, scharr_x, scharr_y, sobel_x, sobel_y, stack
from helpers.tasks.core import task
from helpers.tasks.sobel_filter._filter_layers import expect_kernel


@task(
    "A Sobel layer that stays put",
    why="Set, frozen, without a bias: the three together make a fixed filter.",
    hints=(
        "Three things: the kernel's values, the flag, and what a Conv2D has besides its kernel.",
        "The kernel is stack(sobel_x(), sobel_y()); build the layer and set_weights, or use "
        "Constant, which takes it as it is in Keras 3.15.",
        "layers.Conv2D(2, 3, use_bias=False, trainable=False, "
        "kernel_initializer=keras.initializers.Constant(stack(sobel_x(), sobel_y())))",
    ),
)
def fixed_sobel(sobel_layer: object) -> None:
    """sobel_layer(): (height, width, 1) to Sobel-x and Sobel-y, unchanged by training."""
    x, y = sobel_x(), sobel_y()
    mistakes = {
        "x and y are swapped (or both transposed): the first channel should answer to vertical "
        "edges.": stack(y, x),
        "both channels are Sobel-y.": stack(y, y),
        "both channels are Sobel-x.": stack(x, x),
        "the signs are flipped: plus is where it gets brighter to the right, or downwards. (Keras "
        "correlates: a kernel is not turned.)": -stack(x, y),
        "x and y are swapped, and their signs flipped.": -stack(y, x),
        "the sign of y is flipped: plus is where it gets brighter *downwards*.": stack(x, -y),
        "the sign of x is flipped: plus is where it gets brighter to the *right*.": stack(-x, y),
        "those are Prewitt's kernels; Sobel weighs the middle by 2.": stack(
            prewitt_x(), prewitt_y()
        ),
        "those are Scharr's kernels (3, 10, 3); Sobel's are (1, 2, 1).": stack(
            scharr_x(), scharr_y()
        ),
        "the kernels are divided by 8; asked are the numbers 1 and 2.": stack(x, y) / 8,
        "the kernels are divided by 4; asked are the numbers 1 and 2.": stack(x, y) / 4,
        "one channel comes out, gx + gy; two were asked.": x + y,
        "that is Sobel-x alone; two channels were asked.": x,
        "that is Sobel-y alone; two channels were asked.": y,
        "the axes are mixed up: bring (2, 3, 3) to (3, 3, 1, 2) with np.moveaxis or np.stack(..., "
        "axis=-1); a reshape only cuts the numbers anew.": _scrambled(),
    }
    expect_kernel("sobel_layer", sobel_layer, stack(x, y), mistakes)


def _scrambled() -> np.ndarray:
    """What a reshape makes of PyTorch's order (out, in, height, width)."""
    pytorch = np.transpose(stack(sobel_x(), sobel_y()), (3, 2, 0, 1))
    return pytorch.reshape(3, 3, 1, 2)
