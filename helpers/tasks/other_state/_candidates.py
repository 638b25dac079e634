"""Layers of which a learner's experiment is to tell whether they change when they are frozen."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import keras
import numpy as np
from keras import layers

from helpers.movement import Change, compare, snapshot


@keras.saving.register_keras_serializable("course")  # so that copies can be made
class Tally(layers.Layer):
    """Counts its training calls, as lesson 7's BatchCounter; a learner may ask for its name.

    `calls_seen` has whether each call, of copies too, was in training mode, and the flag then.
    """

    calls_seen: ClassVar[list[tuple[bool, bool]]] = []

    def build(self, input_shape: tuple) -> None:
        self.calls = self.add_weight(name="calls", shape=(), trainable=False, initializer="zeros")

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        self.calls_seen.append((bool(training), self.trainable))
        if training:
            self.calls.assign_add(1)
        return inputs


@keras.saving.register_keras_serializable("course")
class Drift(layers.Layer):
    """Changes its number by a millionth in each training call."""

    def build(self, input_shape: tuple) -> None:
        self.number = self.add_weight(name="number", shape=(), trainable=False, initializer="ones")

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        if training:
            self.number.assign(self.number * 1.000001)
        return inputs


@keras.saving.register_keras_serializable("course")
class _Obedient(layers.Layer):
    """Counts its training calls unless it is frozen, as BatchNormalization measures."""

    def build(self, input_shape: tuple) -> None:
        self.calls = self.add_weight(name="calls", shape=(), trainable=False, initializer="zeros")

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        if training and self.trainable:
            self.calls.assign_add(1)
        return inputs


@keras.saving.register_keras_serializable("course")
class _Restless(layers.Layer):
    """Gives other answers in each training call, and has no variable."""

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        return inputs + float(np.random.default_rng().normal()) if training else inputs


@dataclass(frozen=True)
class Candidate:
    """A layer, built; whether it changes when it is frozen, and why."""

    title: str
    layer: layers.Layer
    right: bool
    why: str
    x: np.ndarray

    @contextmanager
    def frozen(self, frozen: bool = True) -> Iterator[layers.Layer]:
        """The layer, frozen; afterwards it is as it was."""
        flag, before = self.layer.trainable, snapshot(self.layer)
        if frozen:
            self.layer.trainable = False
        yield self.layer
        self.layer.trainable = flag
        before.restore()

    def changes(self, *, frozen: bool = True) -> list[Change]:
        """What moves in a call in training mode."""
        with self.frozen(frozen) as layer:
            before = snapshot(layer)
            layer(self.x, training=True)
            return [change for change in compare(before).changes if change.moved]


def candidates() -> list[Candidate]:
    """Fresh layers, of Keras and of our own, thawed and frozen, alone and in models."""
    x = np.random.default_rng(4).uniform(1, 3, (6, 3)).astype("float32")
    scale = layers.Normalization(name="scale")
    scale.adapt(x + 1)
    seed = "Its seed state moves, and it is in `variables`."
    optimizer = "Only the optimizer changes a Dense layer's weights; a call changes nothing."
    frozen_norm = "Frozen, it is in inference mode."
    dense = layers.Dense(3, name="inner")
    case = partial(Candidate, x=x)
    cases = [
        case("Dense", layers.Dense(3, name="plain"), False, optimizer),
        case("Dropout", layers.Dropout(0.5, name="drop"), True, seed),
        case("BatchNormalization", layers.BatchNormalization(name="norm"), False, frozen_norm),
        case(
            "a BatchNormalization that is frozen already",
            layers.BatchNormalization(name="frozen_norm", trainable=False),
            False,
            "It was frozen when you got it, and should be during the call.",
        ),
        case(
            "SpectralNormalization",
            layers.SpectralNormalization(dense, name="spectral"),
            True,
            "In training mode it divides its kernel, frozen or not.",
        ),
        case("Normalization after adapt", scale, False, "Only `adapt` changes it."),
        case(
            "a layer that counts its calls",
            Tally(name="tally"),
            True,
            "Its counter moves in every call in training mode.",
        ),
        case(
            "a layer that counts its calls unless it is frozen",
            _Obedient(name="obedient"),
            False,
            "Frozen, it does not count.",
        ),
        case(
            "a layer that adds a random number of NumPy's",
            _Restless(name="restless"),
            False,
            "Its answers differ, and it has no variable that could change.",
        ),
        case("GaussianNoise", layers.GaussianNoise(0.1, trainable=False, name="noise"), True, seed),
        case(
            "a Sequential model with a Dropout inside",
            keras.Sequential([layers.Dense(3), layers.Dropout(0.5, name="drop")], name="inside"),
            True,
            "The seed state of the Dropout inside moves.",
        ),
        case(
            "a frozen Sequential model of Dense and BatchNormalization",
            keras.Sequential([keras.Input((3,)), layers.Dense(2), layers.BatchNormalization()]),
            False,
            frozen_norm,
        ),
        case(
            "a layer whose number grows by a millionth",
            Drift(name="drift"),
            True,
            "In training mode each call changes its number by a millionth.",
        ),
        case("Dense", layers.Dense(2, name="last"), False, optimizer),
    ]
    for each in cases:
        each.layer(x)
        if "a frozen Sequential" in each.title:
            each.layer.trainable = False
    order = np.random.default_rng(1).permutation(len(cases))
    return [cases[at] for at in order]
