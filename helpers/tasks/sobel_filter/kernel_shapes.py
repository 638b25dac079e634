"""Exercise 4: the shapes of the kernels of Conv2D and DepthwiseConv2D."""

from collections.abc import Iterable, Mapping

from helpers.tasks.answers import described, is_array, is_tensor
from helpers.tasks.arrays import number_array
from helpers.tasks.core import Slip, Wrong, task
from helpers.tasks.mistakes import wrong


@task(
    "The shape of a kernel",
    why="(height, width, channels in, filters out); a depthwise kernel ends with the multiplier.",
    hints=(
        "Both are of the form (height, width, in, out).",
        "A Conv2D filter reaches through all channels in; how many filters are there?",
        "(5, 3, 3, 16); and for the depthwise layer (5, 3, 3, 2).",
    ),
)
def kernel_shapes(conv: object, depthwise: object) -> None:
    """Shapes of Conv2D(16, (5, 3)) and DepthwiseConv2D((5, 3), depth_multiplier=2) on RGB."""
    _expect_shape(
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
            (5, 3, 3, 48): "Does each filter reach through all three channels, or is there one for "
            "each colour?",
            (5, 3, 48): "Four axes: the channels in and the filters are kept apart.",
            (5, 3): "That is the window alone; a filter reaches through the channels, and there "
            "are sixteen.",
            (5, 3, 3): "That is one filter; the layer has sixteen, along an axis of their own.",
            (5, 3, 3, 1): "That is one filter; the layer has sixteen.",
        },
    )
    _expect_shape(
        "depthwise",
        depthwise,
        (5, 3, 3, 2),
        {
            (5, 3, 3, 6): "Six channels come out, but the kernel has two filters for each channel "
            "in.",
            (5, 3, 2, 3): "The last two are swapped: channels in come third, the multiplier last.",
            (5, 3, 6): "Four axes: the channels in and the multiplier are kept apart.",
            (5, 3, 1, 6): "Each of the three channels has filters of its own; it has two, and the "
            "third axis counts the channels.",
            (5, 3, 2): "There is an axis for the channels in as well.",
            (5, 3, 3): "There is an axis for the filters of each channel as well.",
            (5, 3, 3, 1): "There are depth_multiplier filters for each channel.",
            (5, 3, 3, 3): "The last axis counts the filters for each channel: depth_multiplier.",
            (5, 3, 1, 2): "Each of the three channels has filters of its own.",
            (2, 3, 5, 3): "That is PyTorch's order, more or less; Keras starts with height and "
            "width.",
            (6, 1, 5, 3): "That is PyTorch's order; Keras starts with height and width.",
            (3, 5, 3, 2): "Height comes before width.",
            (5, 3, 3, 16): "The depthwise layer has two filters for each channel, not sixteen.",
        },
    )


def _expect_shape(
    name: str, answer: object, right: tuple[int, ...], mistakes: Mapping[tuple[int, ...], str]
) -> None:
    """Pass if the answer is this shape, as a tuple, list or array of whole numbers."""
    no_shape = f"`{name}` should be a shape such as (3, 3, 1, 8); yours is {described(answer)}."
    if type(answer).__name__ == "TensorShape" and isinstance(answer, Iterable):  # TensorFlow's
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
    if shape in mistakes:
        raise wrong(f"`{name}` is {shape}.", mistakes[shape], known="?" not in mistakes[shape])
    raise Slip(f"`{name}` is {shape}. {_odd_axes(shape, right)}")


def _odd_axes(shape: tuple[int, ...], right: tuple[int, ...]) -> str:
    """What is odd about a wrong shape, and a question."""
    if len(shape) != len(right):
        return "A kernel has four axes: which of them is missing, or too many?"
    if sorted(shape) == sorted(right):
        return "These are the right numbers in another order: which axis counts what?"
    counted = ("the height", "the width", "the channels in", "what is made of the channels")
    wrong = [text for text, a, b in zip(counted, shape, right, strict=True) if a != b]
    return f"All but one of its numbers are right. What of {wrong[0]}?" * (len(wrong) == 1) or (
        "Which axis counts what?"
    )
