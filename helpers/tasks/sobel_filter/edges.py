"""Tasks of exercise 4 about kernels and what they answer."""

from functools import partial

import numpy as np

from helpers.filters import magnitude, prewitt_y, respond, scharr_y, sobel_x, sobel_y
from helpers.tasks.answers import call, described, expect_array, is_array, is_tensor, number_array
from helpers.tasks.core import Wrong, task
from helpers.tasks.slips import slips

IMAGE = np.array([[0, 0, 0, 0], [0, 0, 3, 3], [0, 0, 3, 3], [0, 0, 3, 3]], dtype="float32")


def answered(image, kernel, border="valid") -> np.ndarray:
    """(height, width): what a kernel with one filter answers to a gray image."""
    return respond(image, kernel, border)[:, :, 0]


@task(
    "An edge by hand",
    why="Above, the patches see the bright corner with the weights 2 and 1 only; below, with all.",
    hints=(
        "There are 2 × 2 places for a 3 × 3 kernel in a 4 × 4 image.",
        "For each place: multiply the nine pixels with the nine numbers of the kernel, add up.",
        "The first patch has bright pixels only in its last column: 3 · 2 + 3 · 1 = 9.",
    ),
)
def edge_by_hand(answers):
    """Sobel-x on the 4 x 4 image of the exercise: [[9, 9], [12, 12]]."""
    right = answered(IMAGE, sobel_x())
    mistakes = {
        "the sign is that of a true convolution, which turns the kernel; Keras does not.": -right,
        "that is Sobel-y, the transposed kernel.": answered(IMAGE, sobel_y()),
        "that is without the 2 in the middle (Prewitt's kernel).": answered(
            IMAGE, sobel_x().clip(-1, 1)
        ),
        "that is for bright pixels of 1; here they are 3.": right / 3,
        "that is the size with zeros around the image; without padding there are 2 × 2 places.": (
            answered(IMAGE, sobel_x(), "zero")
        ),
        "rows and columns are swapped: the first row belongs to the upper two patches.": right.T,
        "upper and lower are swapped: the first row belongs to the upper two patches.": right[::-1],
    }
    expect_array("answers", answers, right, mistakes)


@task(
    "The shape of a kernel",
    why="(height, width, channels in, filters out); a depthwise kernel ends with the multiplier.",
    hints=(
        "Both are of the form (height, width, in, out).",
        "A Conv2D filter reaches through all channels in; how many filters are there?",
        "(5, 3, 3, 16); and for the depthwise layer (5, 3, 3, 2).",
    ),
)
def kernel_shapes(conv, depthwise):
    """Shapes of Conv2D(16, (5, 3)) and DepthwiseConv2D((5, 3), depth_multiplier=2) on RGB."""
    expect_shape(
        "conv",
        conv,
        (5, 3, 3, 16),
        {
            (16, 3, 5, 3): "That is PyTorch's order, (out, in, height, width).",
            (5, 3, 16, 3): "The last two are swapped: channels in come third, filters last.",
            (3, 5, 3, 16): "Height comes before width.",
            (5, 3, 16): "A filter reaches through the three channels: there is an axis for them.",
            (5, 3, 1, 16): "A filter reaches through all three channels, not through one.",
            (5, 3, 3, 17): "The bias is an array of its own.",
            (5, 3, 3, 1): "That is one filter; the layer has sixteen.",
        },
    )
    expect_shape(
        "depthwise",
        depthwise,
        (5, 3, 3, 2),
        {
            (
                5,
                3,
                3,
                6,
            ): "Six channels come out, but the kernel has two filters for each channel in.",
            (5, 3, 2, 3): "The last two are swapped: channels in come third, the multiplier last.",
            (5, 3, 6): "Four axes: the channels in and the multiplier are kept apart.",
            (5, 3, 1, 2): "Each of the three channels has filters of its own.",
            (
                2,
                3,
                5,
                3,
            ): "That is PyTorch's order, more or less; Keras starts with height and width.",
            (6, 1, 5, 3): "That is PyTorch's order; Keras starts with height and width.",
            (3, 5, 3, 2): "Height comes before width.",
            (5, 3, 3, 16): "The depthwise layer has two filters for each channel, not sixteen.",
        },
    )


def expect_shape(name: str, answer, right: tuple[int, ...], mistakes) -> None:
    """Pass if the answer is this shape, as a tuple, list or array of whole numbers."""
    no_shape = f"`{name}` should be a shape such as (3, 3, 1, 8); yours is {described(answer)}."
    if type(answer).__name__ == "TensorShape":  # TensorFlow's, of a tensor
        answer = tuple(answer)
    if not (isinstance(answer, tuple | list) or is_array(answer) or is_tensor(answer)):
        raise Wrong(no_shape)
    if isinstance(answer, tuple | list) and any(number is None for number in answer):
        raise Wrong(f"`{name}` has None, the batch axis of images; a kernel has no such axis.")
    numbers = number_array(name, answer)
    if numbers.ndim != 1 or len(numbers) > 8 or (numbers % 1).any():
        raise Wrong(no_shape)
    shape = tuple(int(number) for number in numbers)
    if shape == right:
        return
    message = mistakes.get(shape) or odd_axes(shape, right)
    raise Wrong(f"`{name}` is {shape}. {message or 'Which axis counts what?'}", bool(message))


def odd_axes(shape: tuple[int, ...], right: tuple[int, ...]) -> str:
    """What is odd about a wrong shape, as far as can be told."""
    if len(shape) != len(right):
        return (
            f"A kernel has {len(right)} axes: height, width, channels in, and what is made of each."
        )
    if sorted(shape) == sorted(right):
        return "The right numbers in another order: height and width, then the channels in."
    counted = ("its height", "its width", "the channels in", "what is made of the channels")
    wrong = [text for text, a, b in zip(counted, shape, right, strict=True) if a != b]
    return f"Look again at {wrong[0]}." if len(wrong) == 1 else ""


@task(
    "Write a kernel",
    why="Minus above, plus below: positive where the image gets brighter downwards.",
    hints=(
        "Sobel-y is Sobel-x with rows and columns swapped.",
        "Its first row is -1, -2, -1. What are the four axes of a kernel, and how long is each?",
        "np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]).reshape(3, 3, 1, 1)",
    ),
)
def sobel_y_kernel(kernel):
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


@task(
    "The magnitude",
    why="The arrow (gx, gy) has the length √(gx² + gy²), whatever its direction.",
    hints=(
        "gx and gy are the two sides of a right triangle.",
        "Pythagoras: squares, sum, root. It works on whole arrays at once.",
        "return np.sqrt(gx**2 + gy**2)",
    ),
)
def steepness(edge_magnitude):
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


@task(
    "The border",
    why='Mirror first, then filter with "valid": the size stays and no false edge appears.',
    hints=(
        "Which size does a 3 × 3 filter take away, and what could be put around the image first?",
        'np.pad(image, 1, mode="reflect") mirrors without repeating the outermost pixel.',
        "Pad, add the two axes ([None, :, :, None]), apply the layer, take [0, :, :, 0].",
    ),
)
def mirrored_border(sobel_y_same_size):
    """sobel_y_same_size(image): Sobel-y of a gray image with a reflected border, same size."""
    rng = np.random.default_rng(5)
    image = rng.integers(0, 100, (6, 7)).astype("float32")
    answer = call("sobel_y_same_size", sobel_y_same_size, image.copy())
    mistakes = {
        'zeros around the image (padding="same") make false edges; mirror the image instead.': (
            answered(image, sobel_y(), "zero")
        ),
        "the answer is smaller than the image, (4, 5) for (6, 7): extend the image first.": (
            answered(image, sobel_y())
        ),
        'that mirror repeats the outermost pixels ("symmetric"); "reflect" was asked.': (
            answered(image, sobel_y(), "symmetric")
        ),
        "that is a wrapped border, in which the image continues at its other side.": answered(
            np.pad(image, 1, mode="wrap"), sobel_y()
        ),
        "the *answer* was extended; mirror the image before it is filtered.": np.pad(
            answered(image, sobel_y()), 1, mode="reflect"
        ),
        "zeros were put around the *answer*; mirror the image before it is filtered.": np.pad(
            answered(image, sobel_y()), 1
        ),
        'padded twice: mirrored, and then with zeros by padding="same".': answered(
            np.pad(image, 1, mode="reflect"), sobel_y(), "zero"
        ),
        "that is Sobel-x.": answered(image, sobel_x(), "reflect"),
        "the sign is flipped: a true convolution turns the kernel, Keras does not.": (
            -answered(image, sobel_y(), "reflect")
        ),
    }
    right = answered(image, sobel_y(), "reflect")
    again = call("sobel_y_same_size", sobel_y_same_size, image.copy())
    name = "sobel_y_same_size(image)"
    if not np.array_equal(number_array(name, answer), number_array(name, again)):
        raise Wrong("`sobel_y_same_size` gives another answer each time: was the kernel set?")
    expect_array("sobel_y_same_size(image)", answer, right, mistakes)
