"""BatchNormalization's statistics: the update rule, a recorder, a freeze, a fresh measurement.

The rule is that of Keras 3 (https://keras.io/api/layers/normalization_layers/batch_normalization/):

    moving = momentum * moving + (1 - momentum) * batch
    output = gamma * (x - mean) / sqrt(variance + epsilon) + beta

where `batch` is the mean or the population variance (divided by N) of a batch, per channel.
"""

import sys
from dataclasses import dataclass
from math import ceil, log
from typing import NamedTuple

import keras
import numpy as np

from helpers._arguments import numbers, of_type, real, reason, several, shown, whole
from helpers.ledger import ledger, owned_variables


class Moving(NamedTuple):
    """The two statistics, one float64 number per channel each."""

    mean: np.ndarray
    variance: np.ndarray


def batch_statistics(batch: object, axis: int = -1, mask: object = None) -> Moving:
    """Mean and population variance of a batch for every position of one axis.

    Args:
        batch: numbers of any shape with at least two axes.
        axis: the channel axis, which is kept; all others are averaged over.
        mask: True for what counts; shape of the batch without its last axis.

    Raises:
        TypeError, ValueError: a shape or the axis does not fit, or nothing is left to average.
    """
    batch = numbers("batch", batch, "an array of numbers, (examples, channels)")
    if batch.ndim < 2:
        raise ValueError(f"a batch has at least two axes, (examples, channels); got {batch.shape}")
    expected = f"a whole number from {-batch.ndim} to {batch.ndim - 1}"
    axis = whole("axis", axis, expected, range(-batch.ndim, batch.ndim))
    counted = np.ones(batch.shape, dtype=bool)
    if mask is not None:
        mask = numbers("mask", mask, "an array of True and False").astype(bool)
        if mask.shape != batch.shape[:-1]:
            raise ValueError(f"the mask's shape must be {batch.shape[:-1]}, not {mask.shape}")
        counted &= mask[..., None]
    others = tuple(i for i in range(batch.ndim) if i != axis % batch.ndim)
    if not counted.any(axis=others).all():
        raise ValueError(
            "no example is left to average over: the batch is empty or all masked; its shape is "
            f"{batch.shape}, axis {axis}, and the mask {'None' if mask is None else mask.shape}"
        )
    return Moving(*(f(batch, axis=others, where=counted) for f in (np.mean, np.var)))


def expected_moving(
    old: object, batch: object, momentum: float = 0.99, axis: int = -1, mask: object = None
) -> Moving:
    """What BatchNormalization's statistics are after one training step on `batch`.

    Args:
        old: (moving mean, moving variance) before the step; a fresh layer has (0, 1).
        batch: what goes *into* the layer; any shape with at least two axes.
        momentum: from 0 (only the new batch counts) to 1 (only the old value does).
        axis, mask: as for `batch_statistics`.

    Raises:
        TypeError, ValueError: as `batch_statistics`; or the momentum or `old` does not fit.

    >>> mean, variance = expected_moving((0, 1), [[1.0], [3.0]], momentum=0.9)
    >>> mean.round(3).tolist(), variance.round(3).tolist()  # the batch has mean 2, variance 1
    ([0.2], [1.0])
    """
    check_momentum(momentum)
    new = batch_statistics(batch, axis, mask)
    pair = "(moving mean, moving variance)"
    two = several("old", of_type("old", old, tuple | list | np.ndarray, pair), object, pair)
    if len(two) != 2:
        raise ValueError(f"old should be {pair}, not {len(two)} things: {shown(old)}")
    olds = [numbers("old", value, f"{pair}, two arrays of numbers") for value in two]
    for value in olds:
        if value.shape not in ((), new.mean.shape):
            raise ValueError(f"old has shape {value.shape}; {new.mean.shape[0]} channels expected")
    return Moving(*(momentum * a + (1 - momentum) * b for a, b in zip(olds, new, strict=True)))


def steps_until(tolerance: float, momentum: float = 0.99) -> int:
    """Training steps until the start value counts for at most `tolerance` in the statistics.

    After n steps on batches of equal statistics a share momentum**n of the start value is left.

    Raises:
        TypeError, ValueError: the tolerance is not between 0 and 1, or the momentum is 1 (never).

    >>> steps_until(0.05), steps_until(0.05, momentum=0.9)
    (299, 29)
    """
    check_momentum(momentum)
    tolerance = real("tolerance", tolerance, "a number between 0 and 1, such as 0.05")
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance must lie between 0 and 1, such as 0.05; got {tolerance}")
    if momentum == 1:
        raise ValueError("with momentum 1 the statistics never leave their start values")
    if momentum <= tolerance:
        return 1
    steps = ceil(log(tolerance) / log(momentum))
    # The quotient of two rounded logarithms may miss a whole number by a hair.
    if momentum ** (steps - 1) <= tolerance:
        return steps - 1
    return steps


def check_momentum(momentum: float) -> None:
    """Raise TypeError or ValueError unless it is a number from 0 to 1."""
    real("momentum", momentum, "a number from 0 to 1", 0, 1)


def batchnorm_layers(model: keras.layers.Layer) -> list[keras.layers.BatchNormalization]:
    """Every BatchNormalization layer of a built model, at any depth, in the model's order.

    Raises:
        TypeError, ValueError: as `ledger`: not a model, or not built.
    """
    ledger(model)  # one place says what is not a model and what is not built
    found = {
        id(layer.moving_mean): layer
        for _, layer, _ in owned_variables(model)
        if isinstance(layer, keras.layers.BatchNormalization)
    }
    return [found[id(weight)] for weight in model.weights if id(weight) in found]


@dataclass(frozen=True)
class Freeze:
    """Which BatchNormalization layers a call of `freeze_batchnorm` froze, by name."""

    frozen: tuple[str, ...]
    already: tuple[str, ...]

    def __repr__(self) -> str:
        count = len(self.frozen)
        text = f"froze {count} BatchNormalization layer{'' if count == 1 else 's'}"
        text += f": {', '.join(self.frozen)}" if self.frozen else ""
        if self.already:
            text += f" (frozen before: {', '.join(self.already)})"
        return f"{text}; compile before the next fit"


def freeze_batchnorm(model: keras.layers.Layer) -> Freeze:
    """Set `trainable = False` on every BatchNormalization layer, nested ones included.

    Call it after `model.trainable = True`, which would undo it, and before `compile`.

    Raises:
        TypeError, ValueError: as `ledger`; ValueError also if there is no such layer.

    >>> norm = keras.layers.BatchNormalization(name="norm")
    >>> freeze_batchnorm(keras.Sequential([keras.Input((3,)), norm]))
    froze 1 BatchNormalization layer: norm; compile before the next fit
    """
    layers = batchnorm_layers(model)
    if not layers:
        raise ValueError(f"{model.name!r} has no BatchNormalization layer: nothing to freeze")
    already = tuple(layer.name for layer in layers if not layer.trainable)
    frozen = tuple(layer.name for layer in layers if layer.trainable)
    for layer in layers:
        layer.trainable = False
    return Freeze(frozen, already)


def remeasure(model: keras.layers.Layer, inputs: object) -> None:
    """Set all moving statistics to those of `inputs`; no gradient, no other weight changes.

    One call in training mode with momentum 0: the new batch counts fully. Afterwards every
    layer has its own momentum again. Dropout and the like are in training mode meanwhile.

    Args:
        inputs: one batch for the model; all of it has to fit into memory.

    Raises:
        TypeError, ValueError: as `ledger`; ValueError also if there is no BatchNormalization
            layer, or one is frozen and so would not be measured.

    >>> norm = keras.layers.BatchNormalization()
    >>> remeasure(keras.Sequential([keras.Input((1,)), norm]), np.array([[1.0], [3.0]]))
    >>> float(norm.moving_mean[0]), float(norm.moving_variance[0])
    (2.0, 1.0)
    """
    layers = batchnorm_layers(model)
    if not layers:
        raise ValueError(f"{model.name!r} has no BatchNormalization layer: nothing to measure")
    still = [layer.name for layer in layers if not layer.trainable]
    if still:
        raise ValueError(f"frozen layers keep their statistics; thaw {', '.join(still)} first")
    momenta = [layer.momentum for layer in layers]
    try:
        for layer in layers:
            layer.momentum = 0.0
        model(inputs, training=True)
    except Exception as error:  # Keras's own are of many types, and long
        raise ValueError(
            f"inputs should be one batch for {model.name!r}, not {shown(inputs)}: {reason(error)}"
        ) from None
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum


class Record(NamedTuple):
    """One training step: its number from 1, the statistics after it, and those of its batch."""

    step: int
    moving: Moving
    batch: Moving


class Recorder(keras.callbacks.Callback):
    """Write down a BatchNormalization layer's statistics after the training steps of a fit.

    Memory is bounded: when `most` records are kept, every second one is dropped and from then
    on only every second step is recorded. A callback does not see the batch; its statistics
    follow from the rule backwards: batch = (new - momentum * old) / (1 - momentum).

    Args:
        layer: a built BatchNormalization layer of the model.
        most: how many records to keep at most, 2 or more.

    Raises:
        TypeError: the layer is something else, or `most` no whole number.
        ValueError: it is not built, its momentum is 1, or `most` is too small.
    """

    def __init__(self, layer: keras.layers.Layer, most: int = 1000) -> None:
        super().__init__()
        of_type("layer", layer, keras.layers.BatchNormalization, "a BatchNormalization layer")
        if not layer.built:
            raise ValueError(f"{layer.name!r} is not built, so it has no statistics yet")
        if layer.momentum >= 1:
            raise ValueError("with momentum 1 the statistics never change")
        self.layer, self.most = layer, whole("most", most, "2 or more", range(2, sys.maxsize))
        self.records: list[Record] = []
        self._every, self._step, self._last = 1, 0, current_statistics(layer)

    def on_train_begin(self, logs: object = None) -> None:
        self._last = current_statistics(self.layer)

    def on_train_batch_end(self, batch: object, logs: object = None) -> None:
        self._step += 1
        new, m = current_statistics(self.layer), self.layer.momentum
        if self._step % self._every == 0:
            seen = Moving(*((b - m * a) / (1 - m) for a, b in zip(self._last, new, strict=True)))
            self.records.append(Record(self._step, new, seen))
        self._last = new
        if len(self.records) > self.most:
            self._every *= 2
            self.records = [record for record in self.records if record.step % self._every == 0]


def current_statistics(layer: keras.layers.Layer) -> Moving:
    """Copies of a layer's moving mean and moving variance, as float64."""
    values = (layer.moving_mean, layer.moving_variance)
    return Moving(*(keras.ops.convert_to_numpy(value.value).astype("float64") for value in values))
