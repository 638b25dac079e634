"""Where a gradient ends: the first layer on the way to the loss that still has one."""

from dataclasses import dataclass
from typing import Any

import keras

from helpers.diagnosis._data import Data
from helpers.diagnosis._map import Map, Place
from helpers.diagnosis._watch import Calls, forward, listening

RELUS = ("relu", "relu6")


@dataclass(frozen=True)
class Barrier:
    """The layer at which a gradient ends, and what was seen there."""

    place: Place
    text: str


@dataclass
class _Call:
    place: Place
    inputs: set[int]
    outputs: list[Any]
    reached: bool = False  # by a gradient; also if its answers are whole numbers, which take none


def walls(where: Map, data: Data, calls: dict[int, Calls]) -> dict[int, Barrier]:
    """For each layer whose output gets no gradient, or that passes none on, where it ends.

    Asks TensorFlow's tape; on another backend, or where the tape cannot tell, the answer is empty.
    """
    if keras.backend.backend() != "tensorflow":
        return {}
    try:
        made = _calls_with_gradients(where, data)
    except Exception:  # a model with a training step of its own need not have a loss
        return {}
    found = {}
    for number, call in enumerate(made):
        if (end := _barrier_behind(made, number)) is not None:
            found[id(call.place.layer)] = Barrier(end, _seen_at(end, calls.get(id(end.layer))))
    return found


def _barrier_behind(made: list[_Call], number: int) -> Place | None:
    """Follow the tensors from this call; None if the trail is lost between two layers."""
    if made[number].reached:
        return made[number].place
    followed = {id(tensor) for tensor in made[number].outputs}
    for later in made[number + 1 :]:
        if later.inputs & followed:
            if later.reached:
                return later.place
            followed |= {id(tensor) for tensor in later.outputs}
    return None


def _calls_with_gradients(where: Map, data: Data) -> list[_Call]:
    """The calls of all layers without layers inside, in order, on the first batch."""
    import tensorflow as tf

    made: list[_Call] = []
    inner = {id(parent.layer) for place in where.places.values() for parent in place.parents}
    leaves = [place for place in where.places.values() if id(place.layer) not in inner]
    x, y = next(data.batches())

    def note(place: Place, args: tuple, kwargs: dict, outputs: Any) -> None:
        given = keras.tree.flatten((args, kwargs))
        tensors = [t for t in keras.tree.flatten(outputs) if keras.ops.is_tensor(t)]
        made.append(_Call(place, {id(t) for t in given}, tensors))
        for tensor in tensors:
            tape.watch(tensor)  # else what stands behind a wall has no gradient either

    with tf.GradientTape(persistent=True) as tape, listening(leaves, note):
        loss = where.model.compute_loss(x, y, forward(where.model, x, True))
    for call in made:
        floats = [t for t in call.outputs if t.dtype.is_floating]
        gradients = [tape.gradient(loss, t) for t in floats]
        call.reached = not floats or any(
            g is not None and bool(tf.reduce_any(tf.convert_to_tensor(g) != 0)) for g in gradients
        )
    return made


def _seen_at(place: Place, calls: Calls | None) -> str:
    layer = place.layer
    activation = getattr(getattr(layer, "activation", None), "__name__", "")
    if calls and calls.all_zero and (activation in RELUS or isinstance(layer, keras.layers.ReLU)):
        return "a dead relu: its answer is 0 for every row tried, and there a relu passes nothing"
    if activation == "softmax" and getattr(layer, "units", 0) == 1:
        return "a softmax over one unit: its answer is always 1"
    if calls and calls.whole:
        return "its answers are whole numbers, which pass no gradient"
    if calls and calls.all_zero:
        return "its answer is 0 for every row tried"
    return "it passes none on to what stands before it (as stop_gradient, argmax, rounding do)"
