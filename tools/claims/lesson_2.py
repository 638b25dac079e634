"""What lesson 2 teaches, and how to make it false."""

from unittest.mock import patch

import numpy as np
from keras import layers

from tools.claims import Patch


def _dropout_stops_when_frozen():  # type: ignore[no-untyped-def]
    call = layers.Dropout.call

    def still(self, inputs, training=False):  # type: ignore[no-untyped-def]
        return call(self, inputs, training=training and self.trainable)

    return patch.object(layers.Dropout, "call", still)


def _dropped_while_frozen() -> bool:
    dropout = layers.Dropout(0.5, seed=1)
    dropout.trainable = False
    return bool(np.any(dropout(np.ones((1, 100)), training=True) == 0))


PATCHES = [
    Patch(
        "dropout stops when frozen",
        "A frozen Dropout layer still drops in training mode.",
        _dropout_stops_when_frozen,
        _dropped_while_frozen,
    )
]
