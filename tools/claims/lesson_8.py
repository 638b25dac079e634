"""What lesson 8 teaches, and how to make it false."""

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import keras
import numpy as np
from keras import layers

from tools.claims import Patch

X, Y = np.ones((4, 2)), np.ones((4, 1))


def _model(**options: Any) -> keras.Sequential:
    return keras.Sequential([keras.Input((2,)), layers.Dense(1, name="dense", **options)])


def _misspelt_flag_understood() -> AbstractContextManager:
    set_as_before = layers.Layer.__setattr__

    def understood(self: layers.Layer, name: str, value: Any) -> None:
        set_as_before(self, "trainable" if name == "trainabe" else name, value)

    return patch.object(layers.Layer, "__setattr__", understood)


def _flag_after_a_misspelt_one() -> bool:
    layer = layers.Dense(1, trainable=False)
    layer.trainabe = True
    return layer.trainable


@contextmanager
def _files_keep_the_flags_of_weights() -> Iterator[None]:
    save, load, kept = keras.Model.save, keras.models.load_model, {}

    def save_with_flags(self: keras.Model, path: Any, *more: Any, **rest: Any) -> None:
        kept[str(path)] = [variable.trainable for variable in self.variables]
        save(self, path, *more, **rest)

    def load_with_flags(path: Any, *more: Any, **rest: Any) -> keras.Model:
        model = load(path, *more, **rest)
        for variable, flag in zip(model.variables, kept[str(path)], strict=True):
            variable.trainable = flag
        return model

    with (
        patch.object(keras.Model, "save", save_with_flags),
        patch.object(keras.models, "load_model", load_with_flags),
    ):
        yield


def _flag_of_a_loaded_weight() -> bool:
    model = _model()
    model.layers[0].bias.trainable = False
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.keras")
        return keras.models.load_model(Path(folder) / "model.keras").layers[0].bias.trainable


def _relus_leak() -> AbstractContextManager:
    make = layers.Dense.__init__

    def make_leaky(self: layers.Dense, *more: Any, **rest: Any) -> None:
        make(self, *more, **rest)
        if self.activation is keras.activations.relu:
            self.activation = keras.activations.leaky_relu

    return patch.object(layers.Dense, "__init__", make_leaky)


def _relu_below_zero() -> float:
    model = _model(activation="relu", kernel_initializer="ones")
    return round(float(model(-X)[0, 0]), 2)


PATCHES = [
    Patch(
        "a misspelt flag is understood",
        "A layer accepts any attribute, so that a misspelt flag does nothing.",
        _misspelt_flag_understood,
        _flag_after_a_misspelt_one,
    ),
    Patch(
        "a file keeps the flag of a single weight",
        "The flag of a single weight is lost when a model is saved and loaded.",
        _files_keep_the_flags_of_weights,
        _flag_of_a_loaded_weight,
    ),
    Patch(
        "a relu passes something below zero",
        "A relu below zero gives zero and passes no gradient.",
        _relus_leak,
        _relu_below_zero,
    ),
]
