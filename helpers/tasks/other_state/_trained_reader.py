"""The small trained model of exercise 7 that learns a new task with LoRA."""

import keras
import numpy as np
from keras import layers


def trained_reader() -> keras.Model:
    """A small model (6 numbers, Dense layers "hidden" and "head", 2 numbers) after a fit.

    The last batch of that fit is smaller than the others, after which TensorFlow's training step
    takes batches of any size: none is traced anew by accident.
    """
    hidden = layers.Dense(5, activation="relu", name="hidden", bias_initializer="ones")
    head = layers.Dense(2, name="head")
    model = keras.Sequential([keras.Input((6,)), hidden, head], name="reader")
    rng = np.random.default_rng(6)
    model.set_weights([rng.uniform(0.1, 0.5, weight.shape) for weight in model.weights])
    model.compile(keras.optimizers.SGD(0.01), "mse", jit_compile=False)
    model.fit(rng.uniform(0.5, 2, (20, 6)), rng.uniform(1, 3, (20, 2)), batch_size=8, verbose=0)
    return model


def new_task() -> tuple[np.ndarray, np.ndarray]:
    """Inputs (32, 6) and targets (32, 2) of the task that is to be learned with LoRA."""
    rng = np.random.default_rng(7)
    return rng.uniform(0.5, 2, (32, 6)).astype("float32"), rng.uniform(4, 5, (32, 2))
