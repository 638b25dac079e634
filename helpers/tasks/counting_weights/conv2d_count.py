"""Exercise 1: a formula for the numbers of a Conv2D layer."""

from keras import layers

from helpers.tasks.answers import expect_formula
from helpers.tasks.core import task
from helpers.tasks.slips import slips


@task(
    "A formula for Conv2D",
    why="One small kernel per pair (input channel, filter), one bias per filter; "
    "the size of the image plays no part.",
    hints=(
        "A filter looks at *all* input channels at once. What is the shape of one filter?",
        "One filter has height · width · channels_in numbers. Then multiply, then the biases.",
        "height * width * channels_in * filters, plus filters if use_bias.",
    ),
)
def conv2d_count(conv2d_weights: object) -> None:
    """conv2d_weights(height, width, channels_in, filters, use_bias) against Keras itself."""

    def keras_count(height: int, width: int, channels_in: int, filters: int, use_bias: bool) -> int:
        layer = layers.Conv2D(filters, (height, width), use_bias=use_bias)
        layer.build((None, 32, 32, channels_in))
        return layer.count_params()

    mistakes = {
        "You left out the biases: one per filter when `use_bias` is True.": (
            lambda h, w, c, f, b: h * w * c * f
        ),
        "You added the biases even when `use_bias` is False.": lambda h, w, c, f, b: (
            h * w * c * f + f
        ),
        "You left out the input channels: every filter reaches through all of them.": (
            lambda h, w, c, f, b: h * w * f + f * b
        ),
        "You gave each *input channel* a bias; there is one per *filter*.": (
            lambda h, w, c, f, b: h * w * c * f + c * b
        ),
        "You used the height twice; a kernel need not be square.": (
            lambda h, w, c, f, b: h * h * c * f + f * b
        ),
        "You used the width twice; a kernel need not be square.": (
            lambda h, w, c, f, b: w * w * c * f + f * b
        ),
        "You left out the filters: each has a kernel of its own.": (
            lambda h, w, c, f, b: h * w * c + f * b
        ),
        "You added a single bias; there is one per filter.": lambda h, w, c, f, b: (
            h * w * c * f + b
        ),
        "You counted one bias per kernel number; there is one per filter.": (
            lambda h, w, c, f, b: h * w * c * f * (1 + b)
        ),
    }
    cases = [(3, 3, 3, 8, True), (5, 2, 4, 6, False), (1, 7, 2, 3, True), (3, 3, 16, 1, False)]
    names = ("height", "width", "channels_in", "filters", "use_bias")
    way = "height * width * channels_in * filters + (filters if use_bias else 0)"
    slipped = slips(way, *names)
    expect_formula("conv2d_weights", conv2d_weights, cases, keras_count, mistakes, slipped)
