"""A small network with the names of `mini_googlenet`: checks take a second, not ten."""

import keras
import numpy as np
from keras import layers

from helpers.batchnorm import batchnorm_layers

# One batch: on TensorFlow another batch size would be traced anew, and forgive a late flag.
EXAMPLES = 16
LOSS = "sparse_categorical_crossentropy"
SMALL_RATE = 1e-4  # for the second phase of a fine-tuning


def small_base(sequential: bool = False, blocks: int = 3) -> keras.Model:
    """Gray images (8, 8, 1) to features: `blocks` times convolution, BatchNormalization, ReLU.

    Its statistics are far from their start values, as after a training.

    Args:
        sequential: made by `keras.Sequential`, whose `layers` do not list the InputLayer.
        blocks: 1 to 3; the last of three gives 6 features.
    """
    rng = np.random.default_rng(6)
    made: list[layers.Layer] = []
    for number, filters in ((1, 4), (2, 5), (3, 6))[:blocks]:
        made.append(layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{number}"))
        made.append(layers.BatchNormalization(momentum=0.9, name=f"norm{number}"))
        made.append(layers.ReLU(name=f"relu{number}"))
    made.append(layers.GlobalAveragePooling2D(name="pool"))
    inputs = keras.Input((8, 8, 1), name="image")
    if sequential:
        base = keras.Sequential([inputs, *made], name="base")
    else:
        maps = inputs
        for layer in made:
            maps = layer(maps)
        base = keras.Model(inputs, maps, name="base")
    for norm in batchnorm_layers(base):
        norm.moving_mean.assign(rng.uniform(-0.5, 0, norm.moving_mean.shape))
        norm.moving_variance.assign(rng.uniform(1, 2, norm.moving_variance.shape))
    for layer in base.layers:
        if layer.name.startswith("conv"):  # no dead ReLU, whatever the seed
            layer.kernel.assign(rng.normal(0.05, 0.25, layer.kernel.shape))
    return base


def on_top(base: keras.Model) -> keras.Model:
    """The base as one layer, and a head for three classes."""
    inputs = keras.Input((8, 8, 1), name="images")
    outputs = layers.Dense(3, activation="softmax", name="head")(base(inputs))
    return keras.Model(inputs, outputs, name="model")


def pictures(examples: int = EXAMPLES) -> tuple[np.ndarray, np.ndarray]:
    """Images (examples, 8, 8, 1) and labels 0 to 2 (bright), on which every weight moves."""
    rng = np.random.default_rng(66)
    labels = np.arange(examples) * 7 % 3
    bright = 0.3 + 0.35 * labels[:, None, None, None]
    return (rng.uniform(0, bright, (examples, 8, 8, 1))).astype("float32"), labels


def freeze_one_by_one(base: keras.Model) -> None:
    """Every layer frozen, and the base's own flag still True."""
    for layer in base.layers:
        layer.trainable = False
