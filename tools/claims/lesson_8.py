"""What lesson 8 teaches, and how to make it false."""

import tempfile
from collections.abc import Callable, Iterator
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


def _outer(inner: keras.Model) -> keras.Model:
    inputs = keras.Input((2,))
    return keras.Model(inputs, inner(inputs))


def _late_freeze_honoured() -> AbstractContextManager:
    make = keras.Model.make_train_function
    return patch.object(
        keras.Model, "make_train_function", lambda self, force=False: make(self, force=True)
    )


def _moved_after_a_late_freeze() -> bool:
    model = _model()
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    before = model.layers[0].kernel.numpy()
    model.fit(X, Y, verbose=0)
    return not np.array_equal(before, model.layers[0].kernel.numpy())


def _misspelt_flag_understood() -> AbstractContextManager:
    set_as_before = layers.Layer.__setattr__

    def understood(self: layers.Layer, name: str, value: Any) -> None:
        set_as_before(self, "trainable" if name == "trainabe" else name, value)

    return patch.object(layers.Layer, "__setattr__", understood)


def _flag_after_a_misspelt_one() -> bool:
    layer = layers.Dense(1, trainable=False)
    layer.trainabe = True
    return layer.trainable


def _lambda_tracks() -> AbstractContextManager:
    make = layers.Lambda.__init__

    def make_and_track(self: layers.Lambda, function: Callable, *more: Any, **rest: Any) -> None:
        make(self, function, *more, **rest)
        for name in function.__code__.co_names:
            value = function.__globals__.get(name)
            if isinstance(value, keras.Variable):
                setattr(self, name, value)

    return patch.object(layers.Lambda, "__init__", make_and_track)


def _weights_of_a_lambda() -> int:
    function = eval("lambda x: x * factor", {"factor": keras.Variable(2.0)})
    return len(layers.Lambda(function).variables)


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


@contextmanager
def _vetoes_are_heard_outside() -> Iterator[None]:
    listed = layers.Layer.trainable_variables.fget

    def vetoed(layer: Any) -> Iterator[int]:
        for inner in getattr(layer, "layers", []):
            yield from map(id, inner.variables if not inner.trainable else ())
            yield from vetoed(inner)

    def heard(self: layers.Layer) -> list:
        silent = set(vetoed(self))
        return [each for each in listed(self) if id(each) not in silent]

    with (
        patch.object(layers.Layer, "trainable_variables", property(heard)),
        patch.object(layers.Layer, "trainable_weights", property(heard)),
    ):
        yield


def _weights_thawed_inside_a_frozen_model() -> int:
    inner = _model()
    outer = _outer(inner)
    inner.trainable = False
    inner.layers[0].trainable = True
    return len(outer.trainable_weights)


def _compile_keeps_the_rate() -> AbstractContextManager:
    compile_as_before = keras.Model.compile

    def gently(self: keras.Model, optimizer: Any = "rmsprop", *more: Any, **rest: Any) -> None:
        old = getattr(self, "optimizer", None)
        compile_as_before(self, optimizer, *more, **rest)
        if old is not None and isinstance(optimizer, str):
            self.optimizer.learning_rate = float(old.learning_rate)

    return patch.object(keras.Model, "compile", gently)


def _rate_after_a_second_compile() -> float:
    model = _model()
    model.compile(keras.optimizers.Adam(1e-5), "mse")
    model.compile("adam", "mse")
    return round(float(model.optimizer.learning_rate), 6)


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
        "a late freeze is honoured",
        "On TensorFlow, a freeze after a fit is silently ignored.",
        _late_freeze_honoured,
        _moved_after_a_late_freeze,
    ),
    Patch(
        "a misspelt flag is understood",
        "A layer accepts any attribute, so that a misspelt flag does nothing.",
        _misspelt_flag_understood,
        _flag_after_a_misspelt_one,
    ),
    Patch(
        "a Lambda keeps the variable that its function uses",
        "A variable used in a Lambda layer does not belong to the model.",
        _lambda_tracks,
        _weights_of_a_lambda,
    ),
    Patch(
        "a file keeps the flag of a single weight",
        "The flag of a single weight is lost when a model is saved and loaded.",
        _files_keep_the_flags_of_weights,
        _flag_of_a_loaded_weight,
    ),
    Patch(
        "an outer model hears a veto inside",
        "An outer model trains a thawed layer inside a frozen model.",
        _vetoes_are_heard_outside,
        _weights_thawed_inside_a_frozen_model,
    ),
    Patch(
        'compile("adam") keeps the learning rate',
        'compile("adam") means a new optimizer with its default rate.',
        _compile_keeps_the_rate,
        _rate_after_a_second_compile,
    ),
    Patch(
        "a relu passes something below zero",
        "A relu below zero gives zero and passes no gradient.",
        _relus_leak,
        _relu_below_zero,
    ),
]
