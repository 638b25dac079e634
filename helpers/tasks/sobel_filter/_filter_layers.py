"""Judging a filter layer by what it answers and by what training does to it."""

from collections.abc import Callable, Mapping

import keras
import numpy as np

from helpers.filters import respond
from helpers.tasks.answers import number_array
from helpers.tasks.core import Wrong
from helpers.tasks.sobel_filter._filter_answers import (
    STRETCHED,
    answer_of,
    image_for,
    layer_or_model,
    same_answers,
    stretched,
)
from helpers.tasks.sobel_filter._filter_in_training import expect_stays

Filter = Callable[[np.ndarray], np.ndarray]  # an image (height, width, channels) to its answer


def expect_filter(
    name: str,
    build: object,
    channels: int,
    right: Filter,
    mistakes: Callable[[np.ndarray], Mapping[str, np.ndarray]],
) -> None:
    """Pass if the learner's function makes a layer that gives the right answer and keeps giving it.

    Args:
        build: returns a layer or model for images with so many channels, fresh each time.
        right: for an image (height, width, channels), the answer (height, width, channels out).
        mistakes: for an image and each message, the answer of a learner who deserves it.

    Raises:
        Wrong: the answer is another one, or one training step changes it.
    """
    layer = layer_or_model(name, build)
    image = image_for(layer, channels)
    answer, asked = answer_of(name, layer, image), right(image[0])
    if not same_answers(answer, asked):
        raise cause_of(name, build, layer, image, answer, right, mistakes(image[0]))
    expect_stays(name, layer, image)


def expect_kernel(
    name: str, build: object, right: np.ndarray, mistakes: Mapping[str, np.ndarray]
) -> None:
    """Pass if the learner's layer filters gray images with this kernel, before and after training.

    Args:
        mistakes: for each message, the kernel of a learner who deserves it.
    """
    expect_filter(
        name,
        build,
        1,
        lambda image: respond(image, right),
        lambda image: {message: respond(image, wrong) for message, wrong in mistakes.items()},
    )


def cause_of(
    name: str,
    build: object,
    layer: keras.layers.Layer,
    image: np.ndarray,
    answer: np.ndarray,
    right_for: Filter,
    mistakes: Mapping[str, np.ndarray],
) -> Wrong:
    """Why the answer is not the right one, as far as can be told."""
    right = right_for(image[0])
    if stretched(layer):
        return Wrong(f"`{name}`: {STRETCHED}")
    for message, mistake in mistakes.items():
        if same_answers(answer, mistake):
            return Wrong(f"`{name}`: {message}")
    rows, columns = (
        max((n - k) // 2, 1) for n, k in zip(answer.shape[:2], right.shape[:2], strict=True)
    )
    if answer.shape[:2] == image.shape[1:3] and same_answers(
        answer[rows:-rows, columns:-columns], right
    ):
        return Wrong(
            f'`{name}` keeps the size, {answer.shape[:2]}: padding="same" puts zeros around the '
            f'image, which makes false edges. Asked: {right.shape[:2]}, with "valid".'
        )
    if answer.shape != right.shape:
        return Wrong(f"`{name}` gives {answer.shape} for this image; asked: {right.shape}.")
    if not same_answers(answer, answer_of(name, layer_or_model(name, build), image)):
        frozen = bool(layer.weights) and not layer.trainable_weights
        return Wrong(
            f"`{name}` gives another kernel each time: "
            + ("it is frozen, but was never set." if frozen else "it was never set.")
        )
    if same_answers(answer, np.maximum(right, 0)):
        return Wrong(f"`{name}`: the negative answers are missing: is there a ReLU?")
    factor = np.vdot(answer, right) / np.vdot(right, right)
    if abs(factor - 1) > 0.01 and same_answers(answer, factor * right):
        return Wrong(f"`{name}`: its answers are {factor:.4g} times what they should be.")
    offset = answer - right
    if np.ptp(offset) < 1e-4:
        return Wrong(f"`{name}` is off by {offset.flat[0]:.4g} everywhere: is there a bias?")
    if np.allclose(answer, right, rtol=0.003, atol=0.003):
        return Wrong(f"`{name}` is nearly right: are its numbers rounded? Let NumPy compute them.")
    odd = odd_number(layer, image, right_for)
    if odd:
        return Wrong(f"`{name}`: {odd}")
    worst = np.unravel_index(np.argmax(np.abs(offset)), offset.shape)
    return Wrong(
        f"`{name}`: at row {worst[0]}, column {worst[1]}, channel {worst[2]} of the check's image "
        f"the answer is {answer[worst]:.4g}; asked: {right[worst]:.4g}.",
        diagnosed=False,
    )


def odd_number(layer: keras.layers.Layer, image: np.ndarray, right_for: Filter) -> str:
    """Which number of the kernel is wrong, seen in the answers to an image of one bright pixel."""
    bright, row, column = np.zeros_like(image), image.shape[1] // 2, image.shape[2] // 2
    bright[0, row, column] = 1
    try:
        seen = [number_array("", layer(number * bright))[0] for number in (1, 2)]
    except Exception:
        return ""
    right = right_for(bright[0])
    wrong = np.argwhere(abs(seen[0] - right) > 1e-4)
    if not same_answers(seen[1], 2 * seen[0]) or not len(wrong):  # no filter, or one that sees more
        return ""
    first = tuple(wrong[-1])
    return (
        f"{len(wrong)} number(s) of the kernel are wrong. In row {row - first[0]} and column "
        f"{column - first[1]} (from 0) of filter {first[2]} it has {seen[0][first]:.4g} instead of "
        f"{right[first]:.4g}."
    )
