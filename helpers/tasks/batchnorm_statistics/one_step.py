"""Exercise 5, task 2: the statistics after one training step, by hand."""

from collections.abc import Mapping
from decimal import Decimal
from numbers import Real

import numpy as np

from helpers.tasks.answers import described, plain
from helpers.tasks.core import Slip, Wrong, task
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
    mean = _real_number("moving_mean", moving_mean)
    variance = _real_number("moving_variance", moving_variance)
    if _rounds_to(mean, 1.4) and _rounds_to(variance, 0.5):
        raise Wrong("`moving_mean` is 1.4 and `moving_variance` 0.5: the two are exchanged.")
    means = {
        4.5: "You turned the momentum round: in Keras it is the share of the *old* value.",
        5.0: "That is the mean of the batch; the step goes only a tenth of the way to it.",
        0.0: "There the moving mean starts; the step moves it.",
        1.4: "That is what a start at 1 gives, as for the variance; the moving mean starts at 0.",
        0.05: "That is with Keras's default momentum, 0.99; here it is 0.9.",
        5.5: "That is the batch's mean and a tenth of it; a fresh layer starts at 0.",
        2.0: "That is a tenth of the batch's sum; take a tenth of its mean.",
        5.9: "That is 0.9 · 1 + 5: the moving mean starts at 0, and the batch counts a tenth.",
    }
    one_by_one = "That is four updates, one for each example; the batch makes a single one."
    means[0.1 * (2 * 0.9**3 + 4 * 0.9**2 + 6 * 0.9 + 8)] = one_by_one
    _expect_value("moving_mean", mean, 0.5, means, "0.9 * 0 + 0.1 * ((2 + 4 + 6 + 8) / 4)")
    variances = {
        4.6: "You turned the momentum round: in Keras it is the share of the *old* value.",
        0.9 + 0.1 * 20 / 3: "You used the sample variance, divided by N - 1 = 3 as PyTorch does; "
        "Keras divides by N = 4.",
        0.9 + 0.1 * 5**0.5: "You used the standard deviation; the layer keeps the *variance*.",
        0.9 + 0.1 * (20 / 3) ** 0.5: "You used the standard deviation, and divided by N - 1; the "
        "layer keeps the variance, divided by N.",
        0.5: "That is the batch's share alone: the moving variance starts at 1, not at 0, and most "
        "of that is left.",
        0.1 * 20 / 3: "That is the batch's share alone, and divided by N - 1; the moving variance "
        "starts at 1, and Keras divides by N.",
        5.0: "That is the variance of the batch, or a start at it; a fresh layer starts at 1.",
        20 / 3: "That is the sample variance of the batch; the step goes only a tenth of the way, "
        "and Keras divides by N.",
        1.0: "There the moving variance starts; the step moves it.",
        0.9: "That is what is left of the start value; the batch adds its share.",
        1.04: "That is with Keras's default momentum, 0.99; here it is 0.9.",
        0.99 + 0.01 * 20 / 3: "That is with Keras's default momentum, 0.99, and divided by N - 1.",
        2.9: "You did not divide the sum of squared distances, 20, by the number of examples.",
        3.9: "That takes the mean of the squares, 30; the distances are from the batch's own mean.",
        0.9 + 0.1 * 25.25: "That measures from the new moving mean, 0.5; the distances are from "
        "the batch's own mean.",
        0.1 + 0.9 * 20 / 3: "You turned the momentum round, and divided by N - 1.",
        5.9: "The batch's variance counts fully there; its share is 1 - momentum.",
        1.5: "The start value counts fully there; its share is the momentum.",
    }
    variances[0.9**4] = f"{one_by_one} (A single example has no variance.)"
    way = "0.9 * 1 + 0.1 * ((9 + 1 + 1 + 9) / 4)"
    _expect_value("moving_variance", variance, 1.4, variances, way)


def _rounds_to(value: float, number: float) -> bool:
    """Equal to half a unit of the third decimal."""
    return abs(value - number) < 5e-4


def _expect_value(
    name: str, value: float, right: float, mistakes: Mapping[float, str], way: str
) -> None:
    """Pass if the value is the right one; else raise Wrong."""
    if _rounds_to(value, right):
        return
    for number, message in mistakes.items():
        if _rounds_to(value, number):
            raise Wrong(f"`{name}` is {value:.4g}. {message}")
    for number, question in slipped_numbers(way).items():
        if _rounds_to(value, number):
            raise Slip(f"`{name}` is {value:.4g}. {question}")
    raise Wrong(
        f"`{name}` is {value:.4g}. New value = momentum · old value + (1 - momentum) · batch.",
        diagnosed=False,
    )


def _real_number(name: str, answer: object) -> float:
    """One finite number, from whatever holds one."""
    number = plain(answer)
    if isinstance(number, str):
        raise Wrong(f"`{name}` is text, {number[:40]!r}; give the number without quotes.")
    if type(number) is tuple and len(number) == 2 and all(type(part) is int for part in number):
        raise Wrong(
            f"`{name}` is two numbers, {described(number)}: in Python a comma makes a tuple. A "
            "decimal number is written with a point."
        )
    if not isinstance(number, Real | Decimal) or isinstance(number, bool | np.bool_):
        raise Wrong(f"`{name}` should be one number; yours is {described(answer)}.")
    value = float(number)
    if not abs(value) < float("inf"):
        raise Wrong(f"`{name}` is {value:g}; a finite number was expected.")
    return value
