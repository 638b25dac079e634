"""The BatchNormalization layers of a model: found, frozen, and their statistics measured anew."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any, NamedTuple
from unittest.mock import patch

import keras
import numpy as np

from helpers._arguments import reason, shown
from helpers.batchnorm._rule import Moving
from helpers.batchnorm._runs import noting
from helpers.ledger import layers_within, ledger
from helpers.movement import snapshot


def batchnorm_layers(model: keras.layers.Layer) -> list[keras.layers.BatchNormalization]:
    """Every BatchNormalization layer of a built model, at any depth, in the model's order.

    Raises:
        TypeError, ValueError: as `ledger`: not a model, or not built.
    """
    ledger(model)  # one place says what is not a model and what is not built
    place = {id(weight): at for at, weight in enumerate(model.weights)}
    norms = (n for n in layers_within(model) if isinstance(n, keras.layers.BatchNormalization))
    return sorted(norms, key=lambda norm: place[id(norm.moving_mean)])


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


def current_statistics(layer: keras.layers.Layer) -> Moving:
    """Copies of a layer's moving mean and moving variance, as float64."""
    values = (layer.moving_mean, layer.moving_variance)
    return Moving(*(keras.ops.convert_to_numpy(value.value).astype("float64") for value in values))


def renormalizes(layer: keras.layers.Layer) -> bool:
    """Whether it has renorm=True, which Keras knows since version 3.14."""
    return bool(getattr(layer, "renorm", False))


def refuse_another_rule(*layers: keras.layers.Layer) -> None:
    """Raise ValueError for layers that keep their statistics by another rule, or an unknown one."""
    for layer in layers:
        if type(layer).call is not keras.layers.BatchNormalization.call:
            raise ValueError(
                f"{layer.name!r} is a {type(layer).__name__} with a `call` of its own: by which "
                "rule it keeps its statistics is not known"
            )
        if renormalizes(layer):
            raise ValueError(
                f"{layer.name!r} has renorm=True: it averages the standard deviation instead of "
                "the variance, and keeps three more statistics; that is not supported here"
            )


def remeasure(model: keras.layers.Layer, inputs: object) -> None:
    """Set all moving statistics to those of `inputs`; no gradient, no other weight changes.

    One call in training mode with momentum 0: the new batch counts fully. Afterwards every
    layer has its own momentum again. Dropout and the like are in training mode meanwhile, and
    weights that other layers change in that mode, as SpectralNormalization does, are put back.
    A layer that runs several times, shared or in a TimeDistributed, gets the statistics of all
    its inputs together.

    Args:
        inputs: one batch for the model; all of it has to fit into memory.

    Raises:
        TypeError, ValueError: as `ledger`; ValueError also if there is no BatchNormalization
            layer, or one cannot be measured: it is frozen, has `renorm` or a `call` of its own, is
            part of an RNN, shares its statistics with another, does not run in training mode, or
            sees nothing that counts, as in an empty batch, or no finite numbers. All weights are
            then as they were.

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
    refuse_another_rule(*layers)
    _refuse_recurrent(model)
    measured = [v for layer in layers for v in (layer.moving_mean, layer.moving_variance)]
    if len({id(variable) for variable in measured}) < len(measured):
        raise ValueError("several layers hold one moving mean or variance: whose, is not known")
    before = snapshot(model)
    try:
        _measure(model, layers, inputs)
    except BaseException:
        before.restore()
        raise
    weights = {id(weight) for weight in model.weights}
    seeds = [variable for variable in model.variables if id(variable) not in weights]
    before.restore(but=[*measured, *seeds])


def _refuse_recurrent(model: keras.layers.Layer) -> None:
    """Raise ValueError for a BatchNormalization layer in an RNN's cell.

    Keras calls the cell once more, on the first time step, to see what it gives.
    """
    for outer in layers_within(model):
        if isinstance(outer, keras.layers.RNN):
            for layer in layers_within(outer):
                if isinstance(layer, keras.layers.BatchNormalization):
                    raise ValueError(
                        f"{layer.name!r} is part of the RNN {outer.name!r}, which shows it the "
                        "first time step twice: its statistics cannot be measured in one call"
                    )


class _Batch(NamedTuple):
    """The statistics of what went into one run of a layer, and how many numbers a channel had."""

    statistics: Moving
    numbers: np.ndarray | int


def _measure(model: keras.layers.Layer, layers: Sequence[Any], inputs: object) -> None:
    """Call the model in training mode with momentum 0, and pool what each layer saw in its runs."""
    batches: list[list[_Batch]] = [[] for _ in layers]

    def keep(layer: Any, seen: list[_Batch], given: Mapping[str, Any]) -> None:
        counted = _numbers_a_channel(given["inputs"], layer.axis, given.get("mask"))
        seen.append(_Batch(current_statistics(layer), counted))

    with ExitStack() as patches:
        for layer, seen in zip(layers, batches, strict=True):
            call = noting(layer, partial(keep, layer, seen))
            patches.enter_context(patch.multiple(layer, momentum=0.0, call=call))
        try:
            model(inputs, training=True)
        except Exception as error:  # Keras's own are of many types, and long
            expected = f"one batch for {model.name!r}, not {shown(inputs)}: {reason(error)}"
            raise ValueError(f"inputs should be {expected}") from None
    missed = [layer.name for layer, seen in zip(layers, batches, strict=True) if not seen]
    if missed:
        raise ValueError(
            f"{', '.join(missed)} cannot be measured: a call of {model.name!r} in training mode "
            "does not run it in training mode"
        )
    for layer, seen in zip(layers, batches, strict=True):
        if len(seen) > 1:
            pooled = _pooled(seen)
            layer.moving_mean.assign(pooled.mean)
            layer.moving_variance.assign(pooled.variance)
        if not (
            np.all(sum(b.numbers for b in seen)) and np.isfinite(current_statistics(layer)).all()
        ):
            raise ValueError(
                f"{layer.name} cannot be measured: all that goes into it is masked, or the batch "
                "is empty, or its statistics are NaN, infinite or too large for their dtype"
            )


def _numbers_a_channel(inputs: Any, axis: int, mask: Any) -> np.ndarray | int:
    """How many numbers of (..., channels, ...) count: of every channel, or of each with a mask."""
    shape = tuple(inputs.shape)
    if mask is None:
        return prod(shape) // shape[axis]
    counted = np.broadcast_to(keras.ops.convert_to_numpy(mask)[..., None], shape)
    return np.moveaxis(counted, axis, -1).reshape(-1, shape[axis]).sum(axis=0)


def _pooled(batches: Sequence[_Batch]) -> Moving:
    """The statistics of several batches as of one."""
    numbers = np.stack([np.broadcast_to(b.numbers, b.statistics.mean.shape) for b in batches])
    share = numbers / np.maximum(numbers.sum(axis=0), 1)
    means, variances = (
        np.stack(each) for each in zip(*(b.statistics for b in batches), strict=True)
    )
    mean = (share * means).sum(axis=0)
    return Moving(mean, (share * (variances + (means - mean) ** 2)).sum(axis=0))
