"""What the functions of exercise 2 may be asked about: acts that move some weights, or none."""

from collections.abc import Callable

import keras
from keras import ops

from helpers.tasks.what_training_moves._models import IN_ONE_BATCH, inputs_and_targets

Act = Callable[[keras.Model], object]
LEAST = 2.0**-20  # exact beside multiples of 1/64, and less than any tolerance of np.allclose


def _fit(model: keras.Model, rate: float) -> None:
    x, y = inputs_and_targets()
    model.compile(keras.optimizers.SGD(rate), "mse", run_eagerly=True)
    model.fit(x, y, batch_size=IN_ONE_BATCH, verbose=0)


def _fit_once(model: keras.Model) -> None:
    _fit(model, 0.05)


def _fit_at_rate_zero(model: keras.Model) -> None:
    _fit(model, 0.0)


def _turn_a_kernel_over(model: keras.Model) -> None:
    kernel = model.get_layer("first").kernel
    kernel.assign(ops.flip(kernel.value, axis=0))


def _turn_signs(model: keras.Model) -> None:
    bias = model.get_layer("last").bias
    bias.assign(-bias.value)


def _shift_nothing(model: keras.Model) -> None:
    for weight in model.weights:
        weight.assign(weight.value)


def _add(model: keras.Model, place: tuple[int, int], amount: float) -> None:
    """Add to one number of the last kernel, which has three rows of two."""
    kernel = model.get_layer("last").kernel
    values = kernel.numpy().copy()
    values[place] += amount
    kernel.assign(values)


def _raise_a_little(model: keras.Model) -> None:
    _add(model, (2, 1), LEAST)


def _lower_a_little(model: keras.Model) -> None:
    _add(model, (1, 0), -LEAST)


def _change_the_first_number(model: keras.Model) -> None:
    _add(model, (0, 0), 5)


def _change_a_number_in_the_middle(model: keras.Model) -> None:
    _add(model, (1, 1), -5)


def _change_what_is_frozen(model: keras.Model) -> None:
    for kernel in (model.get_layer("middle").kernel, model.get_layer("base").layers[0].kernel):
        kernel.assign(2 * kernel.value)


def _turn_flags_only(model: keras.Model) -> None:
    model.get_layer("first").trainable = False
    model.get_layer("middle").trainable = True


def _thaw_and_change(model: keras.Model) -> None:
    middle = model.get_layer("middle")
    middle.trainable = True
    middle.bias.assign(middle.bias.value + 1)


def _freeze_and_change(model: keras.Model) -> None:
    last = model.get_layer("last")
    last.trainable = False
    last.bias.assign(last.bias.value - 1)


ACTS: dict[str, Act] = {
    "a fit": _fit_once,
    "a fit with the rate 0": _fit_at_rate_zero,
    "an act that exchanges the rows of a kernel, so that its sum stays": _turn_a_kernel_over,
    "an act that turns the signs of a bias": _turn_signs,
    "an act that assigns every weight the values that it has": _shift_nothing,
    "an act that raises one number by a millionth": _raise_a_little,
    "an act that lowers one number by a millionth": _lower_a_little,
    "an act that changes the first number of a kernel": _change_the_first_number,
    "an act that changes a number in the middle of a kernel": _change_a_number_in_the_middle,
    "an act that changes two frozen kernels": _change_what_is_frozen,
    "an act that changes flags, and no values": _turn_flags_only,
    "an act that thaws a layer and changes its bias": _thaw_and_change,
    "an act that changes a bias and freezes its layer": _freeze_and_change,
}
