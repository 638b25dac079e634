"""Exercise 4: Sobel-y of an image with a mirrored border."""

from collections.abc import Callable

import numpy as np

from helpers.filters import prewitt_y, sobel_x, sobel_y
from helpers.tasks.answers import call, expect_function
from helpers.tasks.arrays import expect_array, number_array
from helpers.tasks.core import Wrong, task
from helpers.tasks.mistakes import said_of_rules
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
    expect_function("sobel_y_same_size", sobel_y_same_size)
    images = _images()
    given = [_filtered_by(sobel_y_same_size, image) for image in images]
    if all(map(_same_table, given, map(_mirrored_right, images))):
        return
    for message, mistake in _BORDER_MISTAKES.items():
        if all(_same_table(answer, mistake(x)) for answer, x in zip(given, images, strict=True)):
            raise Wrong(f"`sobel_y_same_size`: {message}")
    if all(map(_all_but_corners, given, map(_mirrored_right, images))):
        raise Wrong(
            "`sobel_y_same_size`: all is right but the four corners: what lies beyond a corner is "
            "mirrored in both directions."
        )
    if not _same_table(given[0], _filtered_by(sobel_y_same_size, images[0])):
        raise Wrong("`sobel_y_same_size` gives another answer each time: was the kernel set?")
    for answer, image in zip(given, images, strict=True):
        if answer.shape != image.shape:
            raise Wrong(
                f"`sobel_y_same_size` gives an array of {answer.shape} for an image of "
                f"{image.shape}; asked was the same height and width, and no other axis."
            )
        expect_array("sobel_y_same_size(image)", answer, _mirrored_right(image), {})


def _images() -> list[np.ndarray]:
    """Gray images, float32: a square of whole numbers, then others of any size and numbers."""
    rng = np.random.default_rng(5)
    square = rng.integers(0, 100, (6, 6))
    images = [square, *(rng.uniform(-100, 300, shape) for shape in ((6, 7), (9, 5), (3, 4)))]
    return [image.astype("float32") for image in images]


def _filtered_by(sobel_y_same_size: object, image: np.ndarray) -> np.ndarray:
    name = "sobel_y_same_size(image)"
    try:
        return number_array(name, call("sobel_y_same_size", sobel_y_same_size, image.copy()))
    except Wrong as wrong:
        text = f"for an image of {image.shape}, {wrong}"
        if len(set(image.shape)) > 1:  # the first image is a square
            text += " A square one went well: are height and width taken for each other?"
        raise Wrong(text, wrong.diagnosed) from None


def _same_table(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-2)


def _all_but_corners(one: np.ndarray, other: np.ndarray) -> bool:
    same = one.shape == other.shape and np.isclose(one, other, rtol=1e-4, atol=1e-2)
    if same is not False:
        same[[0, 0, -1, -1], [0, -1, 0, -1]] = True
    return bool(np.all(same))


def _mirrored_right(image: np.ndarray) -> np.ndarray:
    return gray_answer(image, sobel_y(), "reflect")


def _inside(image: np.ndarray) -> np.ndarray:
    return gray_answer(image, sobel_y())


def _with_border(rows: str, columns: str) -> Callable[[np.ndarray], np.ndarray]:
    """Sobel-y of an image that is extended in one way above and below, in another at its sides."""

    def extended(image: np.ndarray) -> np.ndarray:
        tall = np.pad(image, ((1, 1), (0, 0)), rows)  # type: ignore[call-overload]
        return _inside(np.pad(tall, ((0, 0), (1, 1)), columns))  # type: ignore[call-overload]

    return extended


_NOT = {
    "constant": "there are zeros; mirror it there, too",
    "edge": "the outermost pixels are repeated; mirror it without these there, too",
    "wrap": "it continues with its other side; mirror it there, too",
}
_BORDER_MISTAKES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    'zeros around the image (padding="same") make false edges; mirror the image instead.': (
        _with_border("constant", "constant")
    ),
    "the answer is smaller than the image: extend the image first.": _inside,
    'that mirror repeats the outermost pixels (NumPy\'s "symmetric", SciPy\'s "reflect"); NumPy\'s '
    '"reflect" was asked.': _with_border("symmetric", "symmetric"),
    "that is a wrapped border, in which the image continues at its other side.": _with_border(
        "wrap", "wrap"
    ),
    "the *answer* was extended; mirror the image before it is filtered.": lambda image: np.pad(
        _inside(image), 1, mode="reflect"
    ),
    "zeros were put around the *answer*; mirror the image before it is filtered.": lambda image: (
        np.pad(_inside(image), 1)
    ),
    'padded twice: mirrored, and then with zeros by padding="same".': lambda image: gray_answer(
        np.pad(image, 1, mode="reflect"), sobel_y(), "zero"
    ),
    "that is right, but in four axes, (images, height, width, channels); (height, width) was "
    "asked.": lambda image: _mirrored_right(image)[None, :, :, None],
    "that is right, but in three axes; (height, width) was asked.": lambda image: _mirrored_right(
        image
    )[:, :, None],
    "that is right, but in three axes, with one for the images; (height, width) was asked.": (
        lambda image: _mirrored_right(image)[None]
    ),
    "the border is right, but that is Sobel-x.": lambda image: gray_answer(
        image, sobel_x(), "reflect"
    ),
    "the sign is flipped: plus is where it gets brighter downwards. (A true convolution turns the "
    "kernel, Keras does not.)": lambda image: -_mirrored_right(image),
    "every number has lost its sign: Sobel-y is negative where it gets darker downwards.": (
        lambda image: abs(_mirrored_right(image))
    ),
    "the negative numbers are missing, as after a ReLU.": lambda image: np.maximum(
        _mirrored_right(image), 0
    ),
    "the fractions of the pixels are cut off.": lambda image: _mirrored_right(np.trunc(image)),
    "pixels below 0 and above 255 are cut off.": lambda image: _mirrored_right(
        np.clip(image, 0, 255)
    ),
    "pixels are made whole numbers from 0 to 255, as of a picture.": lambda image: _mirrored_right(
        np.trunc(image) % 256
    ),
    "that is Sobel divided by 8; asked are the numbers 1 and 2.": lambda image: (
        _mirrored_right(image) / 8
    ),
    "that is Sobel divided by 4; asked are the numbers 1 and 2.": lambda image: (
        _mirrored_right(image) / 4
    ),
    "that is Prewitt's kernel: Sobel weighs the middle column by 2.": lambda image: gray_answer(
        image, prewitt_y(), "reflect"
    ),
    "that is the magnitude, of both directions; Sobel-y alone was asked.": lambda image: np.hypot(
        _mirrored_right(image), gray_answer(image, sobel_x(), "reflect")
    ),
    **said_of_rules(
        _with_border,
        {"": "reflect"} | {f"above and below the image, {_NOT[how]}.": how for how in _NOT},
        {"": "reflect"} | {f"at the image's sides, {_NOT[how]}.": how for how in _NOT},
    ),
}
