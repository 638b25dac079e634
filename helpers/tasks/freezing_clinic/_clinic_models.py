"""The small network that tasks of exercise 8 examine, and how it is trained."""

import keras
import numpy as np
from keras import layers

from helpers.movement import Movement, compare, snapshot
from helpers.tasks.core import Wrong, described_error
from helpers.tasks.training import fit_quietly, training_data

STATISTICS = ["base/norm/moving_mean", "base/norm/moving_variance"]  # the paths in a network


class Wall(layers.Layer):
    """Hands its input on and lets no gradient come back (lesson 2)."""

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        return keras.ops.stop_gradient(inputs)


def network(*, wall: bool = False) -> keras.Model:
    """Inputs (4,), a base of BatchNormalization norm, Dense low and Dense high, then a Dense head.

    Ten arrays, all linear. Every value differs from those that a fresh network or a fresh
    BatchNormalization starts with. norm comes first, since the gradient of a bias in front of it
    would be 0.

    Args:
        wall: put a stop_gradient between base and head.
    """
    stack = [
        layers.BatchNormalization(name="norm"),
        layers.Dense(3, name="low"),
        layers.Dense(3, name="high"),
    ]
    base = keras.Sequential([keras.Input((4,)), *stack], name="base")
    inputs = keras.Input((4,), name="inputs")
    maps = base(inputs)
    if wall:
        maps = Wall(name="wall")(maps)
    model = keras.Model(inputs, layers.Dense(2, name="head")(maps), name="network")
    rng = np.random.default_rng(3)
    for weight in model.weights:
        weight.assign(rng.uniform(0.2, 0.9, tuple(weight.shape)))
    return model


def trained(model: keras.Model) -> keras.Model:
    """The model after a compile and one fit, so that its training step exists.

    The last batch is smaller than the others, after which TensorFlow's graph takes batches of any
    size: no later batch size brings a late flag into force by being traced anew.
    """
    model.compile(keras.optimizers.SGD(0.01), "mse", jit_compile=False)
    fit_quietly(model, *training_data(model, examples=36))
    return model


def examples() -> tuple[np.ndarray, np.ndarray]:
    """Inputs (36, 4) and targets (36, 2) on which every healthy layer of a network moves."""
    return training_data(network(), examples=36)


def movement_when_refitted(name: str, model: keras.Model) -> Movement:
    """What moves when the model is compiled anew and fitted; a failing fit is the learner's."""
    try:
        model.compile(keras.optimizers.SGD(0.01), "mse", jit_compile=False)
        before = snapshot(model)
        fit_quietly(model, *training_data(model, examples=36))
    except Exception as error:
        raise Wrong(f"what `{name}` returns does not train: {described_error(error)}.") from None
    return compare(before)
