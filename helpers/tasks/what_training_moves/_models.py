"""The model of exercise 2: every kind of weight that a step treats differently, once."""

import keras
import numpy as np
from keras import layers

IN_ONE_BATCH = 40  # more than fit takes at once if nobody says how many


def inputs_and_targets() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    x = rng.uniform(0.5, 2.5, (IN_ONE_BATCH, 4)).astype("float32")
    return x, rng.uniform(4, 8, (IN_ONE_BATCH, 2)).astype("float32")


def make_varied(dropout: bool = False) -> keras.Model:
    """Learned, frozen and statistic weights, some of them in a nested model, one bias by itself.

    Every number is a multiple of 1/64, so that sums of them are exact in whatever order. `first`
    has no bias: BatchNormalization would cancel it, and its gradient would be noise.
    """
    base = keras.Sequential(
        [keras.Input((3,)), layers.Dense(3, name="inner"), layers.Dense(3, name="outer")],
        name="base",
    )
    base.get_layer("inner").trainable = False
    base.get_layer("outer").bias.trainable = False
    stack = [
        layers.Dense(3, use_bias=False, name="first"),
        layers.Dense(3, name="middle", trainable=False),
        layers.BatchNormalization(name="norm", momentum=0.5),
        base,
        *[layers.Dropout(0.5, seed=1) for _ in range(dropout)],
        layers.Dense(2, name="last"),
    ]
    model = keras.Sequential([keras.Input((4,)), *stack], name="model")
    rng = np.random.default_rng(5)
    for weight in model.weights:
        values = rng.integers(16, 64, weight.shape) / 64
        signs = 1 if weight.path.endswith("moving_variance") else rng.choice([-1, 1], weight.shape)
        weight.assign(values * signs)
    return model
