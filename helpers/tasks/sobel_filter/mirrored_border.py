"""Exercise 4: Sobel-y of an image with a mirrored border."""

import numpy as np

from helpers.filters import sobel_x, sobel_y
from helpers.tasks.answers import call, expect_array, number_array
from helpers.tasks.core import Wrong, task
from helpers.tasks.sobel_filter._filter_answers import gray_answer


@task(
    "The border",
    why='Mirror first, then filter with "valid": the size stays and no false edge appears.',
    hints=(
        "Which size does a 3 × 3 filter take away, and what could be put around the image first?",
        'np.pad(image, 1, mode="reflect") mirrors without repeating the outermost pixel.',
        "Pad, add the two axes ([None, :, :, None]), apply the layer, take [0, :, :, 0].",
    ),
)
def mirrored_border(sobel_y_same_size: object) -> None:
    """sobel_y_same_size(image): Sobel-y of a gray image with a reflected border, same size."""
    rng = np.random.default_rng(5)
    image = rng.integers(0, 100, (6, 7)).astype("float32")
    answer = call("sobel_y_same_size", sobel_y_same_size, image.copy())
    mistakes = {
        'zeros around the image (padding="same") make false edges; mirror the image instead.': (
            gray_answer(image, sobel_y(), "zero")
        ),
        "the answer is smaller than the image, (4, 5) for (6, 7): extend the image first.": (
            gray_answer(image, sobel_y())
        ),
        'that mirror repeats the outermost pixels ("symmetric"); "reflect" was asked.': (
            gray_answer(image, sobel_y(), "symmetric")
        ),
        "that is a wrapped border, in which the image continues at its other side.": gray_answer(
            np.pad(image, 1, mode="wrap"), sobel_y()
        ),
        "the *answer* was extended; mirror the image before it is filtered.": np.pad(
            gray_answer(image, sobel_y()), 1, mode="reflect"
        ),
        "zeros were put around the *answer*; mirror the image before it is filtered.": np.pad(
            gray_answer(image, sobel_y()), 1
        ),
        'padded twice: mirrored, and then with zeros by padding="same".': gray_answer(
            np.pad(image, 1, mode="reflect"), sobel_y(), "zero"
        ),
        "that is Sobel-x.": gray_answer(image, sobel_x(), "reflect"),
        "the sign is flipped: a true convolution turns the kernel, Keras does not.": (
            -gray_answer(image, sobel_y(), "reflect")
        ),
    }
    right = gray_answer(image, sobel_y(), "reflect")
    again = call("sobel_y_same_size", sobel_y_same_size, image.copy())
    name = "sobel_y_same_size(image)"
    if not np.array_equal(number_array(name, answer), number_array(name, again)):
        raise Wrong("`sobel_y_same_size` gives another answer each time: was the kernel set?")
    expect_array("sobel_y_same_size(image)", answer, right, mistakes)
