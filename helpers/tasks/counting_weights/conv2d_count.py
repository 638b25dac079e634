"""Exercise 1: a formula for the numbers of a Conv2D layer."""

import numpy as np
from keras import layers

from helpers.tasks.answers import call, whole_number
from helpers.tasks.core import task
from helpers.tasks.mistakes import expect_in_every_case, wrong_ways
from helpers.tasks.slips import Formula, explained, slips

Case = tuple[int, int, int, int, bool]

# Of height, width, input channels and filters.
_WAYS_TO_COUNT_KERNELS = {
    "": lambda h, w, c, f: h * w * c * f,
    "You left out the input channels: every filter reaches through all of them.": (
        lambda h, w, c, f: h * w * f
    ),
    "You left out the filters: each has a kernel of its own.": lambda h, w, c, f: h * w * c,
    "Height and width alone are one slice of the kernel: it has one for every pair of input "
    "channel and filter.": lambda h, w, c, f: h * w,
    "You used the height twice; a kernel need not be square.": lambda h, w, c, f: h * h * c * f,
    "You used the width twice; a kernel need not be square.": lambda h, w, c, f: w * w * c * f,
    "You left out the width.": lambda h, w, c, f: h * c * f,
    "You left out the height.": lambda h, w, c, f: w * c * f,
    "You left out the size of the kernel, height · width.": lambda h, w, c, f: c * f,
    "That is a kernel of 3 x 3 always: its size is `height` and `width`.": (
        lambda h, w, c, f: 9 * c * f
    ),
    "You added height and width; multiply them.": lambda h, w, c, f: (h + w) * c * f,
    "You added channels and filters; multiply them.": lambda h, w, c, f: h * w * (c + f),
    "You added sizes that must be multiplied.": lambda h, w, c, f: h * w * c + f,
    "That is a SeparableConv2D; in Conv2D each filter has a window of its own for every channel.": (
        lambda h, w, c, f: h * w * c + c * f
    ),
    "The kernel is missing.": lambda h, w, c, f: 0,
}
# Of the kernel's numbers, height, width, input channels, filters and use_bias.
_WAYS_TO_ADD_BIASES = {
    "": lambda k, h, w, c, f, b: k + f * b,
    "You left out the biases: one per filter when `use_bias` is True.": (
        lambda k, h, w, c, f, b: k
    ),
    "Those are arrays; count the numbers in them.": lambda k, h, w, c, f, b: 1 + b,
    "You subtracted the biases; they are numbers more.": lambda k, h, w, c, f, b: k - f * b,
    "You added the biases even when `use_bias` is False.": lambda k, h, w, c, f, b: k + f,
    "You added the biases when `use_bias` is False, and not when it is True.": (
        lambda k, h, w, c, f, b: k + f * (not b)
    ),
    "You gave each *input channel* a bias; there is one per *filter*.": (
        lambda k, h, w, c, f, b: k + c * b
    ),
    "You added a single bias; there is one per filter.": lambda k, h, w, c, f, b: k + b,
    "You added a single bias, and even when `use_bias` is False; there is one per filter.": (
        lambda k, h, w, c, f, b: k + 1
    ),
    "You counted one bias per kernel number; there is one per filter.": (
        lambda k, h, w, c, f, b: k * (1 + b)
    ),
    "You gave every pair of channel and filter a bias; there is one per filter.": (
        lambda k, h, w, c, f, b: k + c * f * b
    ),
    "You gave every place of the kernel a bias; there is one per filter.": (
        lambda k, h, w, c, f, b: k + h * w * f * b
    ),
    "Without a bias you say 0, but the kernel is there. Python reads `a + b if c else 0` as "
    "`(a + b) if c else 0`: the brackets belong round the `if`.": (
        lambda k, h, w, c, f, b: (k + f) * b
    ),
    "With a bias you say what the biases have; the kernel is there, too. Python reads `a + b if c "
    "else d` as `(a + b) if c else d`.": lambda k, h, w, c, f, b: f if b else k,
}


def _sizes_to_count() -> list[Case]:
    """Sizes that are all different, with and without bias, and edges: ones, and squares.

    No kernel is larger than 7, since a right answer may ask Keras with a small image.
    """
    rng = np.random.default_rng(1)
    edges: list[Case] = [(3, 3, 3, 8, True), (5, 2, 4, 6, False), (1, 1, 1, 1, True)]
    edges += [(1, 7, 2, 3, True), (3, 3, 16, 1, False), (5, 5, 3, 96, True)]
    kernels = [rng.choice(np.arange(2, 8), 2, replace=False).tolist() for _ in range(6)]
    others = [rng.choice(np.arange(8, 14), 2, replace=False).tolist() for _ in range(6)]
    drawn = [(*kernel, *other) for kernel, other in zip(kernels, others, strict=True)]
    return edges + [(h, w, c, f, i % 2 == 0) for i, (h, w, c, f) in enumerate(drawn)]


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
    cases = _sizes_to_count()
    right = [_keras_count(*case) for case in cases]
    given = [
        whole_number(f"conv2d_weights{case}", call("conv2d_weights", conv2d_weights, *case))
        for case in cases
    ]

    def ways(kernel: Formula, biases: Formula) -> tuple[int, ...]:
        return tuple(biases(kernel(*case[:4]), *case) for case in cases)

    def slip() -> str | None:
        way = "height * width * channels_in * filters + (filters if use_bias else 0)"
        names = ("height", "width", "channels_in", "filters", "use_bias")
        return explained(slips(way, *names), lambda each: given == [each(*case) for case in cases])

    expect_in_every_case(
        [f"`conv2d_weights{case}`" for case in cases],
        given,
        right,
        wrong_ways(ways, _WAYS_TO_COUNT_KERNELS, _WAYS_TO_ADD_BIASES),
        "you give {:,}; Keras counts {:,}".format,
        slip,
    )


def _keras_count(height: int, width: int, channels_in: int, filters: int, use_bias: bool) -> int:
    layer = layers.Conv2D(filters, (height, width), use_bias=use_bias)
    layer.build((None, 32, 32, channels_in))
    return layer.count_params()
