"""What a learner's filter layer answers to an image, with Keras's errors explained."""

import keras
import numpy as np

from helpers.filters import Border, respond
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


def gray_answer(image: np.ndarray, kernel: np.ndarray, border: Border = "valid") -> np.ndarray:
    """(height, width): what a kernel with one filter answers to a gray image."""
    return respond(image, kernel, border)[:, :, 0]


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


def layer_or_model(name: str, build: object) -> keras.layers.Layer:
    """What the learner's function returns: a layer or model, with Keras's errors explained."""
    build = expect_function(name, build)
    try:
        layer = build()
    except (Exception, SystemExit) as error:
        raise wrong_for(name, error) from None
    if untouched(layer):
        raise Wrong(f"`{name}` returned nothing: is there a `return` at its end?")
    if not isinstance(layer, keras.layers.Layer):
        raise Wrong(f"`{name}` should return a layer or model; it returns {described(layer)}.")
    return layer


def wrong_for(name: str, error: BaseException) -> Wrong:
    text = str(error)
    for part, cause in ERRORS.items():
        if part in text:
            return Wrong(f"`{name}` stopped with {type(error).__name__}. {cause}")
    return Wrong(f"`{name}` stopped with {described_error(error)}.")


def answer_of(name: str, layer: keras.layers.Layer, image: np.ndarray) -> np.ndarray:
    """What the layer answers to the image; (height, width, channels)."""
    try:
        answer = layer(image)
    except Exception as error:
        if stretched(layer):
            raise Wrong(f"`{name}`: {STRETCHED}") from None
        raise wrong_for(f"{name}()(image)", error) from None
    answer = number_array(f"{name}()(image)", answer)
    if answer.ndim != 4:
        raise Wrong(f"`{name}` gives an answer of shape {answer.shape}; four axes were expected.")
    return answer[0]


def stretched(layer: keras.layers.Layer) -> bool:
    """Whether some kernel is constant over its height and width, but not over its channels."""
    kernels = [keras.ops.convert_to_numpy(w) for w in layer.weights if len(w.shape) == 4]
    return any(k.shape[0] > 1 and (k == k[:1, :1]).all() and np.ptp(k) > 0 for k in kernels)


def same_answers(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-4)
