"""The models of exercise 2, and the data on which they are trained."""

import keras
import numpy as np
from keras import layers


def inputs_and_targets() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    x = rng.uniform(0.5, 2.5, (32, 4)).astype("float32")
    return x, rng.uniform(4, 8, (32, 2)).astype("float32")


def make_hidden_and_head() -> keras.Model:
    stack = [keras.Input((4,)), layers.Dense(3, name="hidden"), layers.Dense(2, name="head")]
    return keras.Sequential(stack, name="model")


def make_frozen_middle() -> keras.Model:
    """Every role that a step treats differently: learned, frozen, statistic.

    `first` has no bias: BatchNormalization would cancel it, and its gradient would be noise.
    """
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, use_bias=False, name="first"),
            layers.Dense(3, name="middle", trainable=False),
            layers.BatchNormalization(name="norm", momentum=0.5),
            layers.Dense(2, name="last"),
        ],
        name="model",
    )
