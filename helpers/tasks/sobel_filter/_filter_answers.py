"""What a learner's filter layer answers to images, with Keras's errors explained."""

from collections.abc import Callable

import keras
import numpy as np

from helpers.filters import Border, respond
from helpers.tasks.answers import described, expect_function
from helpers.tasks.arrays import number_array
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
    "every window of the kernel is filled with one number, as `Constant` does that stretches a "
    "small table over the channels. Give it all four axes, and look at kernel[:, :, 0, 0]."
)
ERRORS = {  # what Keras's message contains: what the learner probably did
    "provided weight shape (3, 3).": FLAT_TABLE,
    "value.shape=(3, 3).": FLAT_TABLE,
    "Incompatible shapes: [3,3] vs.": FLAT_TABLE,  # Constant
    "provided weight shape (2, 1, 3, 3).": PYTORCH,
    "value.shape=(2, 1, 3, 3).": PYTORCH,
    "Incompatible shapes: [2,1,3,3] vs.": PYTORCH,
    "but the layer was expecting 0 weights": "The layer is not built, so it has no "
    "weights yet: build it, or give it an input, before set_weights.",
    "length 1, but the layer was expecting 2 weights": "The layer has two weights, the kernel and "
    "the bias: a fixed filter needs use_bias=False.",
    "Conv2D: {'weights'": "Conv2D has no argument `weights`; give it a kernel_initializer, or use "
    "set_weights once it is built.",
    "DepthwiseConv2D: {'kernel_initializer'": "In DepthwiseConv2D the argument is called "
    "`depthwise_initializer`.",
    "'NoneType' object has no attribute 'assign'": "The layer is not built, so it has no kernel "
    "yet: build it, or give it an input, before.",
    "You must build the layer before accessing": "The layer is not built, so it has no kernel yet: "
    "build it, or give it an input, before.",
    "has no attribute 'kernel'": "The layer has no kernel (yet): a layer makes it when it is "
    "built, and a DepthwiseConv2D takes depthwise_initializer.",
    "The first argument to `Layer.call`": "Inside it, a layer was given something that is no "
    "tensor.",
}

Filter = Callable[[np.ndarray], np.ndarray]  # an image (height, width, channels) to its answer


def gray_answer(image: np.ndarray, kernel: np.ndarray, border: Border = "valid") -> np.ndarray:
    """(height, width): what a kernel with one filter answers to a gray image."""
    return respond(image, kernel, border)[:, :, 0]


def images_for(layer: keras.layers.Layer, channels: int, plain: bool = True) -> np.ndarray:
    """(3, height, width, channels) numbers on which different filters differ.

    A model that takes images of one size, or so many at a time, only gets them so.

    Args:
        plain: small whole numbers; else another size, fractions, numbers below 0 and above 255.

    Raises:
        Wrong: it takes images with another number of channels.
    """
    fixed = getattr(layer, "input_shape", None) if isinstance(layer, keras.Model) else None
    shape: tuple = (3, 11, 12, channels) if plain else (2, 13, 9, channels)
    if isinstance(fixed, tuple) and len(fixed) == 4:
        if fixed[3] not in (None, channels):
            raise Wrong(
                f"your model takes images of {fixed[3]} channel(s); asked was one for {channels}."
            )
        shape = tuple(told or ours for told, ours in zip(fixed, shape, strict=True))
    rng = np.random.default_rng(3)
    numbers = rng.integers(0, 10, shape) if plain else rng.uniform(-50, 400, shape)
    return numbers.astype("float32")


def of_each(apply: Filter, images: np.ndarray) -> np.ndarray:
    """What a filter for one image gives for each."""
    return np.stack([apply(image) for image in images])


def layer_or_model(name: str, build: object) -> keras.layers.Layer:
    """What the learner's function returns: a layer or model, with Keras's errors explained."""
    build = expect_function(name, build)
    try:
        layer = build()
    except (Exception, SystemExit) as error:
        raise wrong_for(name, error) from None
    if untouched(layer):
        raise Wrong(f"`{name}` returned nothing: is there a `return` at its end?")
    if isinstance(layer, type) and issubclass(layer, keras.layers.Layer):
        raise Wrong(f"`{name}` returns the class; return a layer made from it: add ().")
    if not isinstance(layer, keras.layers.Layer):
        raise Wrong(f"`{name}` should return a layer or model; it returns {described(layer)}.")
    return layer


def wrong_for(name: str, error: BaseException) -> Wrong:
    text = str(error)
    for part, cause in ERRORS.items():
        if part in text:
            return Wrong(f"`{name}` stopped with {type(error).__name__}. {cause}")
    return Wrong(f"`{name}` stopped with {described_error(error)}.")


def answers_of(
    name: str, layer: keras.layers.Layer, images: np.ndarray, training: bool = False
) -> np.ndarray:
    """What the layer answers to images; (images, height, width, channels)."""
    try:
        answers = layer(images, training=training)
    except Exception as error:
        if stretched(layer):
            raise Wrong(f"`{name}`: {STRETCHED}") from None
        raise wrong_for(f"{name}()(images)", error) from None
    answers = number_array(f"{name}()(images)", answers)
    if answers.ndim != 4:
        raise Wrong(
            f"`{name}` gives an answer of shape {answers.shape} to images of shape {images.shape}; "
            "four axes were expected."
        )
    return answers


def stretched(layer: keras.layers.Layer) -> bool:
    """Whether some kernel is constant over its height and width, but not over its channels."""
    kernels = [keras.ops.convert_to_numpy(w) for w in layer.weights if len(w.shape) == 4]
    return any(k.shape[0] > 1 and (k == k[:1, :1]).all() and np.ptp(k) > 0 for k in kernels)


def same_answers(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape:
        return False
    rounding = 1e-6 * float(np.abs(other).max(initial=0))  # of sums of large numbers
    return np.allclose(one, other, rtol=1e-4, atol=1e-4 + rounding)
