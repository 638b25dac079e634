"""Judging a filter layer by what it answers and by what training does to it."""

import warnings
from collections.abc import Callable, Mapping

import keras
import numpy as np
from keras import layers

from helpers.movement import Change, compare, snapshot
from helpers.tasks.answers import described, expect_function, number_array
from helpers.tasks.core import Wrong, described_error, untouched

FLAT_TABLE = (
    "A kernel has four axes, (height, width, in, out); the table alone, (3, 3), does not fit: "
    "reshape it first."
)
PYTORCH = (
    "That kernel is in PyTorch's order, (out, in, height, width); Keras wants (height, width, in, "
    "out): np.transpose(kernel, (2, 3, 1, 0))."
)
STRETCHED = (
    "`Constant` stretched a small table over the channels: every window of the kernel is filled "
    "with one number. Give it all four axes, and look at kernel[:, :, 0, 0]."
)
ERRORS = {  # what Keras's message contains: what the learner probably did
    "provided weight shape (3, 3).": FLAT_TABLE,
    "value.shape=(3, 3).": FLAT_TABLE,
    "Incompatible shapes: [3,3] vs.": FLAT_TABLE,  # Constant
    "provided weight shape (2, 1, 3, 3).": PYTORCH,
    "value.shape=(2, 1, 3, 3).": PYTORCH,
    "Incompatible shapes: [2,1,3,3] vs.": PYTORCH,
    "length 1, but the layer was expecting 0 weights": "The layer is not built, so it has no "
    "weights yet: build it, or give it an input, before set_weights.",
    "length 1, but the layer was expecting 2 weights": "The layer has two weights, the kernel and "
    "the bias: a fixed filter needs use_bias=False.",
    "Conv2D: {'weights'": "Conv2D has no argument `weights`; give it a kernel_initializer, or use "
    "set_weights once it is built.",
    "DepthwiseConv2D: {'kernel_initializer'": "In DepthwiseConv2D the argument is called "
    "`depthwise_initializer`.",
}


def image_for(layer: keras.layers.Layer, channels: int) -> np.ndarray:
    """(1, height, width, channels) small whole numbers on which different filters differ.

    A model that takes images of one size only gets them in this size.

    Raises:
        Wrong: it takes images with another number of channels.
    """
    fixed = getattr(layer, "input_shape", None) if isinstance(layer, keras.Model) else None
    height, width = 11, 12
    if isinstance(fixed, tuple) and len(fixed) == 4:
        height, width = fixed[1] or height, fixed[2] or width
        if fixed[3] not in (None, channels):
            raise Wrong(f"your model takes {fixed[3]} channel(s); {channels} were asked.")
    rng = np.random.default_rng(3)
    return rng.integers(0, 10, (1, height, width, channels)).astype("float32")


def made_layer(name: str, build) -> keras.layers.Layer:
    """What the learner's function returns: a layer or model, with Keras's errors explained."""
    expect_function(name, build)
    try:
        layer = build()
    except (Exception, SystemExit) as error:
        raise explained(name, error) from None
    if untouched(layer):
        raise Wrong(f"`{name}` returned nothing: is there a `return` at its end?")
    if not isinstance(layer, keras.layers.Layer):
        raise Wrong(f"`{name}` should return a layer or model; it returns {described(layer)}.")
    return layer


def explained(name: str, error: BaseException) -> Wrong:
    text = str(error)
    for part, cause in ERRORS.items():
        if part in text:
            return Wrong(f"`{name}` stopped with {type(error).__name__}. {cause}")
    return Wrong(f"`{name}` stopped with {described_error(error)}.")


def answer_of(name: str, layer, image: np.ndarray) -> np.ndarray:
    """What the layer answers to the image; (height, width, channels)."""
    try:
        answer = layer(image)
    except Exception as error:
        if stretched(layer):
            raise Wrong(f"`{name}`: {STRETCHED}") from None
        raise explained(f"{name}()(image)", error) from None
    answer = number_array(f"{name}()(image)", answer)
    if answer.ndim != 4:
        raise Wrong(f"`{name}` gives an answer of shape {answer.shape}; four axes were expected.")
    return answer[0]


def stretched(layer) -> bool:
    """Whether some kernel is constant over its height and width, but not over its channels."""
    kernels = [keras.ops.convert_to_numpy(w) for w in layer.weights if len(w.shape) == 4]
    return any(k.shape[0] > 1 and (k == k[:1, :1]).all() and np.ptp(k) > 0 for k in kernels)


def expect_filter(
    name: str,
    build,
    channels: int,
    right: Callable[[np.ndarray], np.ndarray],
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
    layer = made_layer(name, build)
    image = image_for(layer, channels)
    answer, asked = answer_of(name, layer, image), right(image[0])
    if not equal(answer, asked):
        raise cause_of(name, build, layer, image, answer, right, mistakes(image[0]))
    expect_stays(name, layer, image)


def equal(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-4)


def cause_of(name, build, layer, image, answer, right_for, mistakes) -> Wrong:
    """Why the answer is not the right one, as far as can be told."""
    right = right_for(image[0])
    if stretched(layer):
        return Wrong(f"`{name}`: {STRETCHED}")
    for message, mistake in mistakes.items():
        if equal(answer, mistake):
            return Wrong(f"`{name}`: {message}")
    rows, columns = (
        max((n - k) // 2, 1) for n, k in zip(answer.shape[:2], right.shape[:2], strict=True)
    )
    if answer.shape[:2] == image.shape[1:3] and equal(answer[rows:-rows, columns:-columns], right):
        return Wrong(
            f'`{name}` keeps the size, {answer.shape[:2]}: padding="same" puts zeros around the '
            f'image, which makes false edges. Asked: {right.shape[:2]}, with "valid".'
        )
    if answer.shape != right.shape:
        return Wrong(f"`{name}` gives {answer.shape} for this image; asked: {right.shape}.")
    if not equal(answer, answer_of(name, made_layer(name, build), image)):
        frozen = bool(layer.weights) and not layer.trainable_weights
        return Wrong(
            f"`{name}` gives another kernel each time: "
            + ("it is frozen, but was never set." if frozen else "it was never set.")
        )
    if equal(answer, np.maximum(right, 0)):
        return Wrong(f"`{name}`: the negative answers are missing: is there a ReLU?")
    factor = np.vdot(answer, right) / np.vdot(right, right)
    if abs(factor - 1) > 0.01 and equal(answer, factor * right):
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


def odd_number(layer, image: np.ndarray, right_for: Callable) -> str:
    """Which number of the kernel is wrong, seen in the answers to an image of one bright pixel."""
    bright, row, column = np.zeros_like(image), image.shape[1] // 2, image.shape[2] // 2
    bright[0, row, column] = 1
    try:
        seen = [number_array("", layer(number * bright))[0] for number in (1, 2)]
    except Exception:
        return ""
    right = right_for(bright[0])
    wrong = np.argwhere(abs(seen[0] - right) > 1e-4)
    if not equal(seen[1], 2 * seen[0]) or not len(wrong):  # no filter, or one that sees more
        return ""
    first = tuple(wrong[-1])
    return (
        f"{len(wrong)} number(s) of the kernel are wrong. In row {row - first[0]} and column "
        f"{column - first[1]} (from 0) of filter {first[2]} it has {seen[0][first]:.4g} instead of "
        f"{right[first]:.4g}."
    )


def expect_stays(name: str, layer, image: np.ndarray) -> None:
    """Pass if one training step, with a learned head behind the layer, leaves the layer alone."""
    head = layers.Dense(1, kernel_initializer=keras.initializers.Constant(0.01))
    try:
        told = tuple(layer.compute_output_shape(image.shape))
    except Exception:
        told = None
    given = answer_of(name, layer, image).shape
    if told and None not in told and told[1:] != given:
        raise Wrong(
            f"`{name}`: the layer says that it gives {told[1:]} and gives {given}: do the number of "
            "filters and the kernel size that it is told fit the kernel that it is given?"
        )
    model = keras.Sequential([keras.Input(image.shape[1:]), layer, layers.Flatten(), head])
    model.compile(keras.optimizers.SGD(0.001), "mse", run_eagerly=True)
    before, kept = snapshot(model), answer_of(name, layer, image)
    with warnings.catch_warnings():  # of a kernel that no gradient reaches, which is fine here
        warnings.simplefilter("ignore")
        model.train_on_batch(image + 1, np.array([[30.0]]))
    own = {id(variable) for variable in layer.variables}
    moved = [
        change
        for variable, change in zip(before.variables, compare(before).changes, strict=True)
        if change.moved and id(variable) in own
    ]
    same = equal(answer_of(name, layer, image), kept)
    before.restore()
    if moved or not same:
        raise Wrong(f"`{name}`: {reason_of(moved)}")


def reason_of(moved: list[Change]) -> str:
    """Why a layer with the right filter does not stay as it is in training."""
    if not moved:
        return "no weight of it moved in a training step, and yet it gives another answer then."
    kernels = [change for change in moved if change.path.endswith("kernel")]
    if kernels:
        far = max(change.largest for change in kernels)
        size = f"{far:.1g}" if np.isfinite(far) else "beyond all bounds"
        return (
            f"the kernel is right, but one training step moved it (by {size}). "
            "Setting is one step, freezing another."
        )
    if all(change.path.endswith("bias") for change in moved):
        return (
            "the kernel stays, but the bias moved in one training step: a fixed filter "
            "needs use_bias=False (or a frozen layer)."
        )
    farthest = max(moved, key=lambda change: change.largest)
    return (
        f"the filter is right, but one training step moved {farthest.path}; nothing of a fixed "
        "filter should move."
    )
