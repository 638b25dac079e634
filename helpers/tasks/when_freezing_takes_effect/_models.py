"""The models that the tasks of exercise 3 hand to a learner's code."""

import keras
from keras import layers

from helpers.experiments.orders import data, make_model

HIDDEN_PATHS = ["tiny/hidden/kernel", "tiny/hidden/bias"]
HEAD_PATHS = ["tiny/head/kernel", "tiny/head/bias"]


def trained_model(hidden_frozen: bool = False) -> keras.Model:
    """The tiny model (layers hidden and head) after a fit with Adam at a rate of 0.01.

    Its last batch is smaller than the others, so TensorFlow's graph takes batches of any size: a
    learner's batch size cannot bring a late flag into force by being traced anew.
    """
    model = make_model()
    model.get_layer("hidden").trainable = not hidden_frozen
    model.compile(keras.optimizers.Adam(0.01), "mse", jit_compile=False)
    model.fit(*data(68), batch_size=8, verbose=0)
    return model


def functional_model() -> keras.Model:
    """Functional, with an InputLayer and an activation layer between the three Dense layers."""
    inputs = keras.Input((4,), name="inputs")
    x = layers.Dense(3, name="a")(inputs)
    x = layers.Activation("linear", name="plain")(x)
    x = layers.Dense(3, name="b")(x)
    return keras.Model(inputs, layers.Dense(2, name="c")(x), name="functional")


def nested_model() -> keras.Model:
    """Sequential: a model of two Dense layers (the second without a bias), then a Dense layer."""
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="p"), layers.Dense(3, use_bias=False, name="q")],
        name="inner",
    )
    return keras.Sequential([keras.Input((4,)), inner, layers.Dense(2, name="r")], name="nested")
