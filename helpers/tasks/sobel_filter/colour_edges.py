"""Exercise 4: a layer that gives Sobel-x of each colour."""

import numpy as np

from helpers.filters import prewitt_x, respond, scharr_x, sobel_x, sobel_y, stack
from helpers.tasks.core import task
from helpers.tasks.sobel_filter._filter_layers import expect_filter


@task(
    "Colour by colour",
    why="DepthwiseConv2D filters each channel by itself; its kernel is (3, 3, channels, 1).",
    hints=(
        "Conv2D adds the channels up. Which layer keeps them apart?",
        "DepthwiseConv2D(3, ...) with depthwise_initializer. What shape has its kernel on RGB?",
        "Constant(per_channel(sobel_x(), 3)), use_bias=False and trainable=False.",
    ),
)
def colour_edges(colour_layer: object) -> None:
    """colour_layer(): (height, width, 3) to Sobel-x of red, green and blue, unchanged."""
    expect_filter(
        "colour_layer", colour_layer, 3, lambda image: respond(image, sobel_x()), _colour_mistakes
    )


def _colour_mistakes(image: np.ndarray) -> dict[str, np.ndarray]:
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
