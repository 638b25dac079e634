"""Exercise 5, task 2: the statistics after one training step, by hand."""

from collections.abc import Mapping
from numbers import Real

import keras
import numpy as np

from helpers.tasks.answers import described, is_tensor
from helpers.tasks.core import Wrong, task
from helpers.tasks.slips import slipped_numbers


@task(
    "One step by hand",
    why="0.9 · 0 + 0.1 · 5 = 0.5, and 0.9 · 1 + 0.1 · 5 = 1.4, with the population variance 5.",
    hints=(
        "Where do the two statistics of a fresh layer start?",
        "The batch has mean 5; its squared distances are 9, 1, 1, 9. Divide their sum by 4.",
        "0.9 · start + 0.1 · batch: 0.9 · 0 + 0.1 · 5 and 0.9 · 1 + 0.1 · 5.",
    ),
)
def one_step(moving_mean: object, moving_variance: object) -> None:
    """A fresh layer with momentum 0.9 after a training step on 2, 4, 6, 8: 0.5 and 1.4."""
    means = {
        4.5: "You turned the momentum round: in Keras it is the share of the *old* value.",
        5.0: "That is the mean of the batch; the step goes only a part of the way to it.",
        0.0: "That is the start value; the step moves it.",
        1.4: "You started at 1, as the variance does; the moving mean starts at 0.",
        0.05: "That is with Keras's default momentum, 0.99; here it is 0.9.",
        5.5: "You started at the batch's mean and added; a fresh layer starts at 0.",
    }
    _expect_value("moving_mean", moving_mean, 0.5, means, "0.9 * 0 + 0.1 * ((2 + 4 + 6 + 8) / 4)")
    variances = {
        4.6: "You turned the momentum round: in Keras it is the share of the *old* value.",
        0.9 + 0.1 * 20 / 3: "You used the sample variance, divided by N - 1 = 3 as PyTorch does; "
        "Keras divides by N = 4.",
        0.9 + 0.1 * 5**0.5: "You used the standard deviation; the layer keeps the *variance*.",
        0.9 + 0.1 * (20 / 3) ** 0.5: "You used the standard deviation, and divided by N - 1; the "
        "layer keeps the variance, divided by N.",
        0.5: "You started at 0, as the mean does; the moving variance starts at 1.",
        5.0: "That is the variance of the batch, or a start at it; a fresh layer starts at 1.",
        1.0: "That is the start value; the step moves it.",
        1.04: "That is with Keras's default momentum, 0.99; here it is 0.9.",
        2.9: "You forgot to divide the sum of squared distances, 20, by the number of examples.",
        0.9 + 0.1 * 30: "That is the mean of the squares; subtract the mean of the batch first.",
        0.1 + 0.9 * 20 / 3: "You turned the momentum round, and divided by N - 1.",
    }
    way = "0.9 * 1 + 0.1 * ((9 + 1 + 1 + 9) / 4)"
    _expect_value("moving_variance", moving_variance, 1.4, variances, way)


def _expect_value(
    name: str, answer: object, right: float, mistakes: Mapping[float, str], way: str
) -> None:
    """Pass if the answer is this number, to half a unit of the third decimal; else raise Wrong."""
    value = _real_number(name, answer)

    def equals(number: float) -> bool:
        return abs(value - number) < 5e-4

    if equals(right):
        return
    for number, message in [*mistakes.items(), *slipped_numbers(way).items()]:
        if equals(number):
            raise Wrong(f"`{name}` is {value:.4g}. {message}")
    raise Wrong(
        f"`{name}` is {value:.4g}. New value = momentum · old value + (1 - momentum) · batch.",
        diagnosed=False,
    )


def _real_number(name: str, answer: object) -> float:
    """One finite number from a Python or NumPy number, a fraction, or a one-element array."""
    if is_tensor(answer):
        answer = keras.ops.convert_to_numpy(answer)
    if isinstance(answer, np.ndarray | np.generic) and answer.size == 1:
        answer = answer.item()
    if not isinstance(answer, Real) or isinstance(answer, bool):
        raise Wrong(f"`{name}` should be one number; yours is {described(answer)}.")
    value = float(answer)
    if not abs(value) < float("inf"):
        raise Wrong(f"`{name}` is {value:g}; a finite number was expected.")
    return value
