"""What lesson 6 teaches, and how to make it false."""

from tempfile import TemporaryDirectory
from unittest.mock import patch
from warnings import catch_warnings, simplefilter

import keras
import numpy as np
from keras import layers
from keras.src.models import functional

from tools.claims import Patch


def _pair(inner: layers.Layer) -> keras.Model:
    """A functional model of one layer, which takes two numbers."""
    inputs = keras.Input((2,))
    return keras.Model(inputs, inner(inputs))


def _statistics_are_trained():  # type: ignore[no-untyped-def]
    build = layers.BatchNormalization.build

    def trained(self, shape):  # type: ignore[no-untyped-def]
        build(self, shape)
        self.moving_mean.trainable = self.moving_variance.trainable = True

    return patch.object(layers.BatchNormalization, "build", trained)


def _trainable_of_norm() -> int:
    return len(_pair(layers.BatchNormalization()).trainable_weights)


def _adapt_counts():  # type: ignore[no-untyped-def]
    adapt = layers.Normalization.adapt

    def counting(self, data):  # type: ignore[no-untyped-def]
        adapt(self, data)
        self.count.assign(len(data))

    return patch.object(layers.Normalization, "adapt", counting)


def _counted() -> int:
    scale = layers.Normalization()
    scale.adapt(np.ones((5, 2)))
    return int(scale.count)


def _input_is_no_layer():  # type: ignore[no-untyped-def]
    listed = functional.Functional.layers.fget

    def without(self):  # type: ignore[no-untyped-def]
        return [each for each in listed(self) if not isinstance(each, layers.InputLayer)]

    return patch.object(functional.Functional, "layers", property(without))


def _convolutions_cannot_be_frozen():  # type: ignore[no-untyped-def]
    def flag_alone(self, value):  # type: ignore[no-untyped-def]
        self._trainable = bool(value)

    ignored = property(lambda self: self._trainable, flag_alone)
    return patch.object(layers.Conv2D, "trainable", ignored)


def _frozen_in_convolution() -> int:
    layer = layers.Conv2D(1, 1)
    inputs = keras.Input((2, 2, 1))
    model = keras.Model(inputs, layer(inputs))
    layer.trainable = False
    return len(model.non_trainable_weights)


def _same_flag_is_passed_down():  # type: ignore[no-untyped-def]
    assign = layers.Layer.__setattr__

    def always(self, name, value):  # type: ignore[no-untyped-def]
        if name == "trainable":
            type(self).trainable.fset(self, value)
        else:
            assign(self, name, value)

    return patch.object(layers.Layer, "__setattr__", always)


def _thawed_by_true() -> int:
    model = _pair(layers.Dense(2))
    model.layers[1].trainable = False
    model.trainable = True
    return len(model.trainable_weights)


def _adam_moves_at_rate_0():  # type: ignore[no-untyped-def]
    step = keras.optimizers.Adam.update_step

    def at_least(self, gradient, variable, rate):  # type: ignore[no-untyped-def]
        step(self, gradient, variable, keras.ops.maximum(rate, 1e-4))

    return patch.object(keras.optimizers.Adam, "update_step", at_least)


def _moved_at_rate_0() -> bool:
    value = keras.Variable([1.0])
    keras.optimizers.Adam(0.0).apply([keras.ops.ones(1)], [value])
    return float(value[0]) != 1


def _mismatch_spoils_the_file():  # type: ignore[no-untyped-def]
    load = keras.Model.load_weights

    def nothing(self, path, skip_mismatch=False, **options):  # type: ignore[no-untyped-def]
        values = self.get_weights()
        with catch_warnings(record=True) as said:
            simplefilter("always")
            load(self, path, skip_mismatch=skip_mismatch, **options)
        if said:
            self.set_weights(values)

    return patch.object(keras.Model, "load_weights", nothing)


def _fitting_layer_is_loaded() -> bool:
    def model(classes: int) -> keras.Model:
        ones = layers.Dense(2, kernel_initializer="ones")
        return keras.Sequential([keras.Input((2,)), ones, layers.Dense(classes)])

    taker = model(4)
    taker.layers[0].kernel.assign(np.zeros((2, 2)))
    with TemporaryDirectory() as folder, catch_warnings():
        simplefilter("ignore")
        model(3).save_weights(f"{folder}/three.weights.h5")
        taker.load_weights(f"{folder}/three.weights.h5", skip_mismatch=True)
    return bool(np.any(taker.layers[0].kernel != 0))


PATCHES = [
    Patch(
        "statistics are trained",
        "BatchNormalization's moving mean and moving variance are non-trainable, two a channel.",
        _statistics_are_trained,
        _trainable_of_norm,
    ),
    Patch("adapt counts", "Normalization's count stays 0.", _adapt_counts, _counted, also=(7,)),
    Patch(
        "the input is no layer",
        "A functional model lists its InputLayer as layers[0].",
        _input_is_no_layer,
        lambda: len(_pair(layers.Dense(1)).layers),
    ),
    Patch(
        "convolutions cannot be frozen",
        "A layer's flag freezes its weights.",
        _convolutions_cannot_be_frozen,
        _frozen_in_convolution,
    ),
    Patch(
        "the same flag is passed down",
        "A flag that is set to the value that it has reaches no layer.",
        _same_flag_is_passed_down,
        _thawed_by_true,
    ),
    Patch(
        "Adam moves at rate 0",
        "At a learning rate of 0 only the statistics move.",
        _adam_moves_at_rate_0,
        _moved_at_rate_0,
    ),
    Patch(
        "a mismatch spoils the file",
        "With skip_mismatch, what fits is loaded and the rest is left alone.",
        _mismatch_spoils_the_file,
        _fitting_layer_is_loaded,
    ),
]
