"""A look inside while a model runs: what each layer is given, and what it gives."""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from helpers.batchnorm import Moving, batch_statistics
from helpers.diagnosis._data import Data
from helpers.diagnosis._map import Map, Place


@dataclass
class Calls:
    """What a layer was given in one pass: `training`, and, of BatchNormalization, statistics."""

    training: list[Any] = field(default_factory=list)
    measured: list[Moving] = field(default_factory=list)
    values: list[int] = field(default_factory=list)  # numbers per channel in each batch
    all_zero: bool = True
    whole: bool = False  # its answers are no floats


def watched(where: Map, data: Data, training: bool) -> dict[int, Calls]:
    """What each layer was given when the model ran as in fit, or, on one batch, as in predict."""
    calls: dict[int, Calls] = {}

    def note(place: Place, args: tuple, kwargs: dict, outputs: Any) -> None:
        seen = calls.setdefault(id(place.layer), Calls())
        seen.training.append(kwargs.get("training"))
        if isinstance(place.layer, keras.layers.BatchNormalization) and args:
            _note_statistics(place.layer, args[0], kwargs.get("mask"), seen)
        if keras.ops.is_tensor(outputs):
            seen.whole = "float" not in keras.backend.standardize_dtype(outputs.dtype)
            seen.all_zero = seen.all_zero and not bool(keras.ops.any(outputs != 0))

    with listening(where.places.values(), note):
        for x, _ in data.batches():
            forward(where.model, x, training)
            if not training:
                break
    return calls


def looked_up(where: Map, data: Data) -> dict[int, np.ndarray]:
    """By id of each Embedding, how often all examples name each of its vectors."""
    counts: dict[int, np.ndarray] = {}

    def note(place: Place, args: tuple, kwargs: dict, outputs: Any) -> None:
        if args:
            named = keras.ops.convert_to_numpy(args[0]).astype("int64").ravel()
            size = place.layer.input_dim
            named = named[(named >= 0) & (named < size)]  # others name nothing
            counts[id(place.layer)] = counts.get(id(place.layer), 0) + np.bincount(
                named, minlength=size
            )

    with listening(where.of_type(keras.layers.Embedding), note):
        for x in data.all_batches():
            forward(where.model, x, False)
    return counts


@contextmanager
def listening(places: Iterable[Place], note: Callable[..., None]) -> Iterator[None]:
    """Every call of these layers is told to `note(place, args, kwargs, outputs)`."""
    places = list(places)
    layers = [place.layer for place in places]
    originals = [vars(layer).get("call") for layer in layers]
    for place in places:
        vars(place.layer)["call"] = _told(place, note)  # past Keras's __setattr__
    try:
        yield
    finally:
        for layer, original in zip(layers, originals, strict=True):
            del vars(layer)["call"]
            if original is not None:
                vars(layer)["call"] = original


def _told(place: Place, note: Callable[..., None]) -> Callable:
    original = place.layer.call

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        outputs = original(*args, **kwargs)
        note(place, args, kwargs, outputs)
        return outputs

    return call


def forward(model: keras.Model, x: Any, training: bool) -> Any:
    """The model's answer, called as Keras's training step or predict calls it."""
    x = keras.tree.map_structure(keras.ops.convert_to_tensor, x)
    if "training" in inspect.signature(model.call).parameters:
        return model(x, training=training)
    return model(x)


def _note_statistics(layer: Any, inputs: Any, mask: Any, note: Calls) -> None:
    values = keras.ops.convert_to_numpy(keras.ops.cast(inputs, "float32"))
    axis = layer.axis[0] if isinstance(layer.axis, list | tuple) else layer.axis
    if mask is None and values.ndim > 1 and values.size:
        note.measured.append(batch_statistics(values, axis))
        note.values.append(values.size // values.shape[axis])
