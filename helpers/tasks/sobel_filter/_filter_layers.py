"""Judging a filter layer by what it answers and by what training does to it."""

from collections.abc import Callable, Mapping
from itertools import product

import keras
import numpy as np

from helpers.filters import respond
from helpers.tasks.answers import joined
from helpers.tasks.arrays import number_array
from helpers.tasks.core import Slip, Wrong
from helpers.tasks.sobel_filter._filter_answers import (
    STRETCHED,
    Filter,
    answers_of,
    images_for,
    layer_or_model,
    of_each,
    same_answers,
    stretched,
)
from helpers.tasks.sobel_filter._filter_in_training import expect_stays


def expect_filter(
    name: str, build: object, channels: int, right: Filter, mistakes: Mapping[str, Filter]
) -> None:
    """Pass if the learner's function makes a layer that gives the right answer and keeps giving it.

    Args:
        build: returns a layer or model for images with so many channels, fresh each time.
        right: for an image (height, width, channels), the answer (height, width, channels out).
        mistakes: for each message, the filter of a learner who deserves it.

    Raises:
        Wrong: the answer is another one, or training changes it, or two layers share something.
    """
    layer = layer_or_model(name, build)
    built_later = not layer.weights
    images = images_for(layer, channels)
    answers = answers_of(name, layer, images)
    twin = layer_or_model(name, build)
    if not same_answers(answers, of_each(right, images)):
        raise cause_of(name, layer, twin, images, right, mistakes)
    others = images_for(twin, channels, plain=False)
    answers = answers_of(name, twin, others)
    if not same_answers(answers, of_each(right, others)):
        raise _cause_in_other_images(name, answers, others, right)
    shared = {id(weight) for weight in layer.weights} & {id(weight) for weight in twin.weights}
    if layer is twin or shared:
        raise Wrong(
            f"`{name}` is not fresh: what it returns the second time has the layer of the first "
            "time in it. Make the layer inside the function."
        )
    expect_stays(name, layer, images, built_later)


def expect_kernel(
    name: str, build: object, right: np.ndarray, mistakes: Mapping[str, np.ndarray]
) -> None:
    """Pass if the learner's layer filters gray images with this kernel, before and after training.

    Args:
        mistakes: for each message, the kernel of a learner who deserves it.
    """
    filters = {message: _filter_with(wrong) for message, wrong in mistakes.items()}
    expect_filter(name, build, 1, _filter_with(right), filters)


def _filter_with(kernel: np.ndarray) -> Filter:
    return lambda image: respond(image, kernel)


def cause_of(
    name: str,
    layer: keras.layers.Layer,
    twin: keras.layers.Layer,
    images: np.ndarray,
    right: Filter,
    mistakes: Mapping[str, Filter],
) -> Wrong:
    """Why the answers are not the right ones, as far as can be told."""
    if stretched(layer):
        return Wrong(f"`{name}`: {STRETCHED}")
    answers, asked = answers_of(name, layer, images), of_each(right, images)
    for message, mistake in mistakes.items():
        if same_answers(answers, of_each(mistake, images)):
            asks = message.endswith("?")
            return Slip(f"`{name}`: {message}") if asks else Wrong(f"`{name}`: {message}")
    if not same_answers(answers, answers_of(name, twin, images)):
        return Wrong(f"`{name}` gives other answers each time: {_what_is_random(layer, twin)}")
    if answers.shape != asked.shape:
        return _cause_of_shape(name, answers, asked, images, {"": right, **mistakes})
    for message, holds in _changed_answers(answers, asked).items():
        if holds:
            return Wrong(f"`{name}`: {message}")
    if np.allclose(answers, asked, rtol=0.003, atol=0.003):
        return Slip(f"`{name}` is nearly right: are its numbers rounded? Let NumPy compute them.")
    if odd := odd_number(layer, images, right):
        return Wrong(f"`{name}`: {odd}")
    worst = np.unravel_index(np.argmax(np.abs(answers - asked)), asked.shape)
    return Wrong(
        f"`{name}`: at row {worst[1]}, column {worst[2]}, channel {worst[3]} of one of the check's "
        f"images the answer is {answers[worst]:.4g}; asked: {asked[worst]:.4g}.",
        diagnosed=False,
    )


def _what_is_random(layer: keras.layers.Layer, twin: keras.layers.Layer) -> str:
    """Which weights of two layers of the same making differ, and what that means."""
    pairs = zip(layer.weights, twin.weights, strict=False)
    other = [one.name for one, two in pairs if not np.array_equal(np.asarray(one), np.asarray(two))]
    if not other:
        return "it makes use of random numbers."
    frozen = " It is frozen, but frozen random numbers are random." * (not layer.trainable_weights)
    return f"{joined(other)} starts with random numbers, and was never set.{frozen}"


def _cause_of_shape(
    name: str,
    answers: np.ndarray,
    asked: np.ndarray,
    images: np.ndarray,
    filters: Mapping[str, Filter],
) -> Wrong:
    """Why the answers have another shape than was asked, by the right filter or a mistaken one."""
    rows, columns = ((n - k) // 2 for n, k in zip(images.shape[1:3], asked.shape[1:3], strict=True))
    around = ((rows, rows), (columns, columns), (0, 0))
    borders = {
        'there are zeros around the image, as with padding="same", which make false edges': (
            "constant"
        ),
        "the image is mirrored at its border": "reflect",
        "the image is mirrored at its border, its outermost pixels repeated": "symmetric",
    }
    for (said, apply), (what, mode) in product(filters.items(), borders.items()):
        padded = np.pad(images, ((0, 0), *around), mode)  # type: ignore[call-overload]
        if same_answers(answers, of_each(apply, padded)):
            also = f" Besides, {said}" * bool(said)
            return Wrong(f"`{name}` keeps the size: {what}. Asked was no padding.{also}")
    if same_answers(answers, asked[:, ::2, ::2]):
        return Wrong(f"`{name}` answers for every second place alone: strides=2 was not asked.")
    if len(answers) != len(images):
        return Wrong(
            f"`{name}` is given {len(images)} images at once, and answers to {len(answers)}."
        )
    return Wrong(
        f"`{name}` gives {answers.shape[1:]} for images of {images.shape[1:]}; asked: "
        f"{asked.shape[1:]}.",
        diagnosed=answers.shape[3] != asked.shape[3],
    )


def _changed_answers(answers: np.ndarray, asked: np.ndarray) -> dict[str, bool]:
    """What may have been done to the right answers."""
    factor = np.vdot(answers, asked) / np.vdot(asked, asked)
    offset = answers - asked
    constant = np.ptp(offset, axis=(0, 1, 2)).max() < 1e-4
    by_channel = asked.transpose(0, 3, 1, 2).reshape(asked.shape)
    off = ", ".join(f"{number:.4g}" for number in offset[0, 0, 0])
    return {
        "all images of a batch get the answer of the first.": len(asked) > 1
        and same_answers(answers, np.repeat(asked[:1], len(asked), axis=0)),
        "the negative answers are missing, as after a ReLU.": same_answers(
            answers, np.maximum(asked, 0)
        ),
        "the answers have lost their sign, as by an absolute value.": same_answers(
            answers, np.abs(asked)
        ),
        "all its answers are 0.": not answers.any(),
        f"its answers are {factor:.4g} times what they should be.": same_answers(
            answers, factor * asked
        ),
        f"its answers are off by {off} everywhere, as by a bias.": constant,
        "the right numbers stand in wrong places, as channels do that came before the rows: a "
        "reshape does not bring them back, a transposition does.": same_answers(
            answers, by_channel
        ),
        "all its channels are the same.": answers.shape[3] > 1 and not np.ptp(answers, 3).any(),
    }


def _cause_in_other_images(
    name: str, answers: np.ndarray, images: np.ndarray, right: Filter
) -> Wrong:
    """Why a layer that is right for small whole numbers is wrong for others."""
    changes: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
        "fractions are cut off": np.trunc,
        "fractions are rounded": np.round,
        "numbers below 0 are taken for 0": lambda x: np.maximum(x, 0),
        "numbers below 0 and above 255 are cut off": lambda x: np.clip(x, 0, 255),
        "numbers are made whole numbers from 0 to 255, as of a picture": lambda x: (
            x.astype("int64").astype("uint8").astype("float32")
        ),
    }
    shown = f"`{name}` is right for small whole numbers, but not for all images: "
    for what, change in changes.items():
        if same_answers(answers, of_each(right, change(images))):
            return Wrong(f"{shown}{what}.")
    return Wrong(f"{shown}these have fractions, and numbers below 0 and above 255.", False)


def odd_number(layer: keras.layers.Layer, images: np.ndarray, right_for: Filter) -> str:
    """Which numbers of the kernel are wrong, if few, seen in the answers to one bright pixel."""
    bright, row, column = np.zeros_like(images), images.shape[1] // 2, images.shape[2] // 2
    bright[0, row, column] = 1
    try:
        seen = [number_array("", layer(number * bright))[0] for number in (1, 2)]
    except Exception:
        return ""
    right = right_for(bright[0])
    wrong = np.argwhere(abs(seen[0] - right) > 1e-4)
    linear = same_answers(seen[1], 2 * seen[0])
    if not linear or not 0 < len(wrong) <= 3:  # no filter, or another one altogether
        return ""
    first = tuple(wrong[-1])
    return (
        f"{len(wrong)} number(s) of the kernel are wrong. In row {row - first[0]} and column "
        f"{column - first[1]} (from 0) of filter {first[2]} it has {seen[0][first]:.4g} instead of "
        f"{right[first]:.4g}."
    )
