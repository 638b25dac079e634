"""When a BatchNormalization layer runs in training mode, and so updates its statistics."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from inspect import signature
from typing import Any

import keras


def noting(layer: keras.layers.Layer, note: Callable[[Mapping[str, Any]], object]) -> Callable:
    """The layer's `call`; after each run that updates the statistics, `note` gets its arguments.

    `call` and not `__call__`, since TimeDistributed asks for it directly.
    """
    inside = layer.call

    @wraps(inside)
    def call(*args: Any, **named: Any) -> Any:
        outputs = inside(*args, **named)
        given = signature(inside).bind(*args, **named).arguments
        if given.get("training") and layer.trainable:
            note(given)
        return outputs

    return call


class Runs:
    """How often a layer runs in training mode, also within a training step made from now on.

    A step's Python runs only while the step is traced, once or several times over. So the count,
    and the momentum of the last run, are variables that the traced step sets. JAX's steps change no
    variable but the model's: there, what was noted while tracing holds until the next trace.
    """

    counts_every_step = keras.backend.backend() != "jax"

    def __init__(self, layer: keras.layers.Layer) -> None:
        """Wrap the layer's `call`, for good: a traced step holds on to it in any case."""
        self.layer = layer
        self._noted = [0.0, layer.momentum]
        self._variable = keras.Variable(self._noted, dtype="float64", trainable=False, name="runs")
        layer.call = noting(layer, self._add)
        layer.call.runs = self

    @classmethod
    def of(cls, layer: keras.layers.Layer) -> "Runs":
        """The layer's count: one, however many recorders ask for it."""
        return getattr(layer.call, "runs", None) or cls(layer)

    @property
    def total(self) -> int:
        return int(self._seen()[0])

    @property
    def momentum(self) -> float:
        """Of the last run: the step that was made with it goes on using it."""
        return float(self._seen()[1])

    def _seen(self) -> Sequence[float]:
        return self._variable.numpy() if self.counts_every_step else self._noted

    def _add(self, given: Mapping[str, Any]) -> None:
        self._noted = [self._noted[0] + 1, self.layer.momentum]
        self._variable.assign([self._variable[0] + 1, self.layer.momentum])
