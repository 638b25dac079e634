"""What the functions of exercise 2 may be asked about: acts that move some weights, or none."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from helpers.tasks.what_training_moves._models import inputs_and_targets

Act = Callable[[keras.Model], None]


def swap_two_numbers(model: keras.Model) -> None:
    """A change that leaves every sum and mean as it was."""
    kernel = model.weights[0]
    kernel.assign(ops.flip(kernel.value, axis=0))


def fit_at_rate_zero(model: keras.Model) -> None:
    x, y = inputs_and_targets()
    model.compile(keras.optimizers.SGD(0.0), "mse")
    model.fit(x, y, batch_size=32, verbose=0)


def fit_once(model: keras.Model) -> None:
    x, y = inputs_and_targets()
    model.compile(keras.optimizers.SGD(0.05), "mse")
    model.fit(x, y, batch_size=32, verbose=0)


def nudge_one_number(model: keras.Model) -> None:
    """The smallest change that there is, of the last number of a kernel."""
    kernel = model.weights[0]
    values = kernel.numpy().copy()
    values[-1, -1] = np.nextafter(values[-1, -1], np.float32(9))
    kernel.assign(values)


def shift_nothing(model: keras.Model) -> None:
    """Touches every weight and changes none."""
    for weight in model.weights:
        weight.assign(weight.value)
