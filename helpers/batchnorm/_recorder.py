"""A callback that writes down what a fit makes of a BatchNormalization layer's statistics."""

import sys
from typing import NamedTuple

import keras

from helpers._arguments import of_type, whole
from helpers.batchnorm._layers import current_statistics, refuse_another_rule
from helpers.batchnorm._rule import Moving
from helpers.batchnorm._runs import Runs


class Record(NamedTuple):
    """One training step: its number from 1, the statistics after it, and those of its batch."""

    step: int
    moving: Moving
    batch: Moving


_ROUNDING = {"bfloat16": 2**-7, "float16": 2**-10, "float32": 2**-23}  # from 1 to the next number


class Recorder(keras.callbacks.Callback):
    """Write down a BatchNormalization layer's statistics after the training steps of a fit.

    Memory is bounded: when `most` records are kept, every second one is dropped and from then
    on only every second step is recorded. A callback does not see the batch; its statistics
    follow from the rule backwards: batch = (new - momentum * old) / (1 - momentum).

    That holds where a step updates the statistics once; else the fit stops with a ValueError. So it
    does if the layer is shared or in a TimeDistributed, with `steps_per_execution`, on several
    devices, and if the layer does not run in training mode, or not in a step made since the
    recorder was: compile afterwards.

    Args:
        layer: a built BatchNormalization layer of the model.
        most: how many records to keep at most, 2 or more.

    Raises:
        TypeError: the layer is something else, or `most` no whole number.
        ValueError: it is not built, has `renorm` or a `call` of its own, its momentum is 1 or so
            close to 1 that rounding hides a batch, or `most` is too small.
    """

    def __init__(self, layer: keras.layers.Layer, most: int = 1000) -> None:
        super().__init__()
        of_type("layer", layer, keras.layers.BatchNormalization, "a BatchNormalization layer")
        if not layer.built:
            raise ValueError(f"{layer.name!r} is not built, so it has no statistics yet")
        if layer.momentum >= 1:
            raise ValueError("with momentum 1 the statistics never change")
        refuse_another_rule(layer)
        dtype = layer.moving_mean.dtype
        if _ROUNDING.get(dtype, 0) / (1 - layer.momentum) > 0.05:  # of the batch's statistics
            raise ValueError(
                f"{layer.name!r} rounds its statistics to {dtype}: with momentum {layer.momentum}, "
                "a batch is lost in it"
            )
        self.layer, self.most = layer, whole("most", most, "2 or more", range(2, sys.maxsize))
        self.records: list[Record] = []
        self._every, self._step = 1, 0
        self._runs = Runs.of(layer)
        self._counted, self._ran = self._runs.total, 0

    def on_train_begin(self, logs: object = None) -> None:
        strategy = getattr(self.model, "distribute_strategy", None)
        devices = getattr(strategy, "num_replicas_in_sync", 1)
        if devices > 1:
            raise ValueError(f"the model trains on {devices} devices, each with its own batch")
        if self.model.steps_per_execution != 1:
            several = f"steps_per_execution={self.model.steps_per_execution}"
            raise ValueError(f"with {several}, Keras shows no single step; compile with 1")
        self._counted = self._runs.total

    def on_train_batch_begin(self, batch: object, logs: object = None) -> None:
        _ = self.model  # asking for it fetches JAX's values
        self._last = current_statistics(self.layer)  # which another callback may have set

    def on_train_batch_end(self, batch: object, logs: object = None) -> None:
        self._step += 1
        self._refuse_unless_it_ran_once(self.model.name)  # asking for it fetches JAX's values
        new, m = current_statistics(self.layer), self._runs.momentum
        if self._step % self._every == 0:
            seen = Moving(*((b - m * a) / (1 - m) for a, b in zip(self._last, new, strict=True)))
            self.records.append(Record(self._step, new, seen))
        if len(self.records) > self.most:
            self._every *= 2
            self.records = [record for record in self.records if record.step % self._every == 0]

    def _refuse_unless_it_ran_once(self, model: str) -> None:
        total = self._runs.total
        fresh, self._counted = total - self._counted, total
        self._ran = fresh or (0 if self._runs.counts_every_step else self._ran)
        if self._ran > 1:
            raise ValueError(
                f"{self.layer.name!r} ran {self._ran} times in one step of {model!r}, as a shared "
                "layer or one in a TimeDistributed does: what each batch was cannot be told"
            )
        if not self._ran:
            raise ValueError(
                f"{self.layer.name!r} did not run in training mode in a step of {model!r} that was "
                "made since this recorder: compile the model after making the recorder; or is the "
                "layer frozen, called with training=False, or not in this model, or does a `call` "
                "of your own take no `training`, without which Keras passes none on?"
            )
