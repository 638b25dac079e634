"""The frozen base that tasks of exercise 5 unfreeze, and what it is trained on."""

import keras
import numpy as np
from keras import layers


def pretrained_base() -> keras.Model:
    """A frozen base, 6 numbers in and 4 out, with one BatchNormalization layer in an inner block.

    Its statistics are far from their start values, as after a training.
    """
    inner = keras.Sequential(
        [keras.Input((5,)), layers.Dense(4, name="deep"), layers.BatchNormalization(name="norm2")],
        name="inner",
    )
    inputs = keras.Input((6,))
    hidden = layers.BatchNormalization(name="norm1")(layers.Dense(5, name="first")(inputs))
    base = keras.Model(inputs, inner(hidden), name="base")
    for norm in (base.get_layer("norm1"), inner.get_layer("norm2")):
        norm.moving_mean.assign(np.linspace(-1, 1, norm.moving_mean.shape[0]))
        norm.moving_variance.assign(np.linspace(1, 3, norm.moving_variance.shape[0]))
    base.trainable = False
    return base


def targets() -> tuple[np.ndarray, np.ndarray]:
    """Inputs (32, 6) and targets (32, 2) on which every healthy layer of such a model moves."""
    rng = np.random.default_rng(5)
    x = rng.uniform(0.5, 2.5, (32, 6)).astype("float32")
    return x, rng.uniform(3, 4, (32, 2)).astype("float32")
