"""What lesson 4 teaches, and how to make it false."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

import keras
import numpy as np
from keras import layers

from tools.claims import Patch

STEP = np.array([0, 0, 1], "float32").reshape(1, 1, 3, 1)  # bright on the right
TABLE = np.arange(9, dtype="float32").reshape(3, 3)


def _filtering_is(changed: Callable) -> AbstractContextManager:
    """Conv2D answers `changed(its own way of filtering, layer, inputs, kernel)`."""
    own = layers.Conv2D.convolution_op
    return patch.object(
        layers.Conv2D,
        "convolution_op",
        lambda self, inputs, kernel: changed(own, self, inputs, kernel),
    )


def _mirrored(own, layer, inputs, kernel):  # type: ignore[no-untyped-def]
    if layer.padding == "same":
        inputs = keras.ops.pad(inputs, ((0, 0), (1, 1), (1, 1), (0, 0)), "symmetric")
        return keras.ops.conv(inputs, kernel)
    return own(layer, inputs, kernel)


def _made_with(layer: Any, changed: Callable[[dict], object]) -> AbstractContextManager:
    """The layer's arguments are changed before it is made."""
    own = layer.__init__

    def init(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        changed(kwargs)
        own(self, *args, **kwargs)

    return patch.object(layer, "__init__", init)


def _answer(layer: layers.Layer, inputs: np.ndarray, kernel: np.ndarray) -> list[float]:
    layer.build(inputs.shape)
    layer.set_weights([kernel])
    return keras.ops.convert_to_numpy(layer(inputs)).ravel().tolist()


def _answer_to_a_step() -> list[float]:
    kernel = np.array([-1, 0, 2], "float32").reshape(1, 3, 1, 1)
    return _answer(layers.Conv2D(1, (1, 3), use_bias=False), STEP, kernel)


def _ops_conv_turns() -> AbstractContextManager:
    own = keras.ops.conv
    return patch.object(
        keras.ops, "conv", lambda inputs, kernel, **how: own(inputs, kernel[::-1, ::-1], **how)
    )


def _width_comes_first() -> AbstractContextManager:
    own = layers.Conv2D.build

    def build(self, input_shape):  # type: ignore[no-untyped-def]
        self.kernel_size = self.kernel_size[::-1]
        own(self, input_shape)

    return patch.object(layers.Conv2D, "build", build)


def _shapes() -> list[tuple[int, ...]]:
    layer = layers.Conv2D(2, (1, 3))
    layer.build((None, 8, 8, 1))
    return [tuple(weight.shape) for weight in layer.weights]


def _setting_freezes() -> AbstractContextManager:
    own = layers.Layer.set_weights

    def set_weights(self, weights):  # type: ignore[no-untyped-def]
        own(self, weights)
        self.trainable = False

    return patch.object(layers.Layer, "set_weights", set_weights)


def _learned_after_setting() -> int:
    layer = layers.Dense(1, use_bias=False)
    layer.build((None, 1))
    layer.set_weights([np.ones((1, 1))])
    return len(layer.trainable_weights)


def _unbuilt_layers_take_weights() -> AbstractContextManager:
    own = layers.Layer.set_weights
    return patch.object(
        layers.Layer,
        "set_weights",
        lambda self, weights: own(self, weights) if self.built else None,
    )


def _raises(action: Callable[[], object]) -> bool:
    try:
        action()
    except ValueError:
        return True
    return False


def _constant_stretches_over_the_first_axes() -> AbstractContextManager:
    own = keras.initializers.Constant.__call__

    def call(self, shape, dtype=None):  # type: ignore[no-untyped-def]
        value = np.asarray(self.value)
        if not 0 < value.ndim < len(shape):
            return own(self, shape, dtype)
        value = value.reshape(value.shape + (1,) * (len(shape) - value.ndim))
        return keras.ops.cast(keras.ops.broadcast_to(value, shape), dtype)

    return patch.object(keras.initializers.Constant, "__call__", call)


def _stretched() -> list[float]:
    return np.asarray(keras.initializers.Constant(TABLE)((3, 3, 3, 3)))[:, :, 0, 1].tolist()


def _files_forget_the_flag() -> AbstractContextManager:
    own = layers.Conv2D.get_config
    return patch.object(layers.Conv2D, "get_config", lambda self: {**own(self), "trainable": True})


def _flag_after_a_copy() -> bool:
    return layers.Conv2D.from_config(layers.Conv2D(1, 1, trainable=False).get_config()).trainable


def _all_x_first() -> AbstractContextManager:
    own = layers.DepthwiseConv2D.call

    def call(self, inputs):  # type: ignore[no-untyped-def]
        answers, each = own(self, inputs), self.depth_multiplier
        return keras.ops.concatenate([answers[..., n::each] for n in range(each)], axis=-1)

    return patch.object(layers.DepthwiseConv2D, "call", call)


def _order_of_channels() -> list[float]:
    layer = layers.DepthwiseConv2D(1, depth_multiplier=2, use_bias=False)
    kernel = np.array([1, 2, 10, 20], "float32").reshape(1, 1, 2, 2)
    return _answer(layer, np.ones((1, 1, 1, 2), "float32"), kernel)


PATCHES = [
    Patch(
        "Conv2D turns its kernel",
        "Keras's Conv2D correlates: it does not turn the kernel by 180°.",
        lambda: _filtering_is(
            lambda own, layer, inputs, kernel: own(layer, inputs, kernel[::-1, ::-1])
        ),
        _answer_to_a_step,
    ),
    Patch(
        "ops.conv turns its kernel",
        "keras.ops.conv correlates, too.",
        _ops_conv_turns,
        lambda: np.asarray(keras.ops.conv(STEP, STEP.reshape(1, 3, 1, 1))).tolist(),
    ),
    Patch(
        "width comes before height",
        "A kernel has the axes height, width, channels in, filters.",
        _width_comes_first,
        _shapes,
    ),
    Patch(
        "a convolution has no bias by default",
        "A convolution has a bias unless you say otherwise.",
        lambda: _made_with(layers.Conv2D, lambda given: given.setdefault("use_bias", False)),
        _shapes,
    ),
    Patch(
        "setting a kernel freezes it",
        "A kernel that is set is not frozen.",
        _setting_freezes,
        _learned_after_setting,
    ),
    Patch(
        "trainable=False is ignored when a layer is made",
        "A layer that is made with trainable=False is frozen.",
        lambda: _made_with(layers.Conv2D, lambda given: given.pop("trainable", None)),
        lambda: layers.Conv2D(1, 1, trainable=False).trainable,
    ),
    Patch(
        "a layer that is not built takes weights",
        "A layer that is not built has no weights that could be set.",
        _unbuilt_layers_take_weights,
        lambda: _raises(lambda: layers.Dense(1).set_weights([TABLE])),
    ),
    Patch(
        "Conv2D accepts weights=",
        "Keras 3's Conv2D does not know the argument weights= of earlier versions.",
        lambda: _made_with(layers.Conv2D, lambda given: given.pop("weights", None)),
        lambda: _raises(lambda: layers.Conv2D(1, 1, weights=[])),
    ),
    Patch(
        "Constant stretches a table over the first axes",
        "Constant stretches a smaller array over the last axes, channels and filters.",
        _constant_stretches_over_the_first_axes,
        _stretched,
    ),
    Patch(
        "a file forgets the layer's flag",
        "A .keras file keeps a layer's flag.",
        _files_forget_the_flag,
        _flag_after_a_copy,
    ),
    Patch(
        "padding same mirrors the image",
        "padding='same' puts zeros around the image.",
        lambda: _filtering_is(_mirrored),
        lambda: _answer(
            layers.Conv2D(1, 3, padding="same", use_bias=False),
            np.ones((1, 3, 3, 1), "float32"),
            np.ones((3, 3, 1, 1), "float32"),
        ),
    ),
    Patch(
        "Conv2D averages the channels",
        "Conv2D adds up what its kernel answers to each channel.",
        lambda: _filtering_is(
            lambda own, layer, inputs, kernel: own(layer, inputs, kernel) / inputs.shape[-1]
        ),
        lambda: _answer(
            layers.Conv2D(1, 1, use_bias=False),
            np.ones((1, 1, 1, 2), "float32"),
            np.ones((1, 1, 2, 1), "float32"),
        ),
    ),
    Patch(
        "DepthwiseConv2D gives the first filter of all channels first",
        "DepthwiseConv2D gives all answers of one channel, then those of the next.",
        _all_x_first,
        _order_of_channels,
    ),
    Patch(
        "DepthwiseConv2D accepts kernel_initializer",
        "In DepthwiseConv2D the argument is called depthwise_initializer.",
        lambda: _made_with(
            layers.DepthwiseConv2D, lambda given: given.pop("kernel_initializer", None)
        ),
        lambda: _raises(lambda: layers.DepthwiseConv2D(1, kernel_initializer="zeros")),
    ),
]
