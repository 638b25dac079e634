"""Exercise 4: a layer that gives Sobel-x of each colour."""

import numpy as np

from helpers.filters import kernel, prewitt_x, respond, scharr_x, sobel_x, sobel_y, stack
from helpers.tasks.core import task
from helpers.tasks.sobel_filter._filter_answers import Filter
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
    expect_filter("colour_layer", colour_layer, 3, _x, _COLOUR_MISTAKES)


def _x(image: np.ndarray) -> np.ndarray:
    return respond(image, sobel_x())


def _depthwise(image: np.ndarray, tables: np.ndarray) -> np.ndarray:
    """What three filters answer, (height, width, channel), one for each channel."""
    each = [respond(image[..., c], kernel(tables[..., c])) for c in range(3)]
    return np.concatenate(each, axis=2)


def _gray(image: np.ndarray) -> np.ndarray:
    return image.mean(axis=2, keepdims=True)


def _three_times(image: np.ndarray) -> np.ndarray:
    return np.repeat(image, 3, axis=2)


_TABLE = sobel_x()[:, :, 0, 0]
_COLOUR_MISTAKES: dict[str, Filter] = {
    "one channel comes out: a Conv2D with one filter *adds up* the three colours.": lambda image: (
        3 * _x(_gray(image))
    ),
    "all three channels are the same, the sum of the colours: Conv2D reaches through all "
    "channels.": lambda image: _three_times(3 * _x(_gray(image))),
    "all three channels are the same, the sum of the colours divided by 3, which is gray; keep the "
    "colours apart.": lambda image: _three_times(_x(_gray(image))),
    "one channel comes out, the sum of the colours divided by 3; keep the colours apart.": (
        lambda image: _x(_gray(image))
    ),
    "that is Sobel-y of each colour; Sobel-x was asked. (`.T` makes the one of the other: it turns "
    "round *all* axes of a kernel, those of its windows, too.)": lambda image: respond(
        image, sobel_y()
    ),
    "the sign is flipped: plus is where it gets brighter to the right. (Keras correlates: a kernel "
    "is not turned.)": lambda image: -_x(image),
    "blue comes first; red was asked first.": lambda image: _x(image)[:, :, ::-1],
    "six channels come out, gx and gy of each colour; only gx was asked.": lambda image: respond(
        image, stack(sobel_x(), sobel_y())
    ),
    "six channels come out, first gx and then gy of each colour; only gx was asked.": (
        lambda image: np.concatenate([_x(image), respond(image, sobel_y())], axis=2)
    ),
    "nine channels come out: depth_multiplier is the number of filters for *each* channel.": (
        lambda image: respond(image, stack(sobel_x(), sobel_x(), sobel_x()))
    ),
    "the kernel's axes are mixed up, as if the channels came first (its shape fits all the same): "
    "first is the height, and the channels come third.": lambda image: _depthwise(
        image, np.stack([_TABLE] * 3, axis=0)
    ),
    "the kernel's axes are mixed up, as if the channels came second (its shape fits all the same): "
    "second is the width, and the channels come third.": lambda image: _depthwise(
        image, np.stack([_TABLE] * 3, axis=1)
    ),
    "the colours are brought apart by a reshape, which takes neighbouring numbers for an image; "
    "bring the channels to the front by a transposition.": lambda image: _x(
        image.reshape(3, *image.shape[:2]).transpose(1, 2, 0)
    ),
    "only the red channel is filtered, three times.": lambda image: _three_times(
        _x(image[..., :1])
    ),
    "only the red channel is filtered, and one channel comes out.": lambda image: _x(
        image[..., :1]
    ),
    "those are Prewitt's numbers; Sobel weighs the middle by 2.": lambda image: respond(
        image, prewitt_x()
    ),
    "those are Scharr's numbers (3, 10, 3); Sobel's are (1, 2, 1).": lambda image: respond(
        image, scharr_x()
    ),
}
