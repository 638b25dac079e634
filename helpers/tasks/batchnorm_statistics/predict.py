"""Tasks of exercise 5 that ask for a prediction."""

from collections.abc import Mapping
from numbers import Real

import keras
import numpy as np

from helpers.tasks.answers import (
    choice,
    described,
    expect_number,
    is_array,
    is_tensor,
    whole_number,
)
from helpers.tasks.core import Wrong, task
from helpers.tasks.slips import slipped_numbers


@task(
    "Four arrays of 24",
    why="Four arrays of 24 numbers: gamma and beta are learned, the two statistics never are; "
    "frozen, all four are non-trainable.",
    hints=(
        "Which four arrays does the layer have, and how long is each?",
        "One number per channel in each; the optimizer updates gamma and beta.",
        "4 · 24; 2 · 24; and when the layer is frozen, nothing of it is trained.",
    ),
)
def four_arrays(total, learned, non_trainable_if_frozen):
    """BatchNormalization on (14, 10, 24) images: 96, 48, and frozen 96."""
    per_axis = {
        4 * 14: "You took the height, 14; there is one number per *channel*, the last axis.",
        4 * 10: "You took the width, 10; there is one number per *channel*, the last axis.",
        4 * 14 * 10 * 24: "You counted per pixel; all pixels of a channel share four numbers.",
    }
    totals = per_axis | {
        48: "That is 2C, two arrays of 24; BatchNormalization has two learned arrays *and* two "
        "statistics.",
        24: "That is one of its four arrays.",
        72: "That is three arrays of 24; one of gamma, beta, mean and variance is missing.",
        4: "That is the number of arrays; count the numbers in them.",
    }
    otherwise = "Count arrays, then numbers per array."
    expect_number("total", total, 96, totals, otherwise=otherwise, way="4 * 24")
    learneds = {
        0: "You counted gamma and beta as non-trainable: the optimizer learns them like a kernel.",
        24: "Gamma *and* beta are learned, 24 numbers each.",
        96: "The moving mean and moving variance are kept by the layer, not learned.",
        72: "The moving mean *and* the moving variance are kept by the layer, not learned.",
        2: "That is the number of arrays; count the numbers in them.",
        28: "You took the height, 14; there is one number per *channel*, the last axis.",
        20: "You took the width, 10; there is one number per *channel*, the last axis.",
    }
    otherwise = "Which of the four arrays does the optimizer update?"
    expect_number("learned", learned, 48, learneds, otherwise=otherwise, way="2 * 24")
    frozen = {
        48: "So it is before the freeze; the freeze adds gamma and beta to the statistics.",
        0: "Frozen is the opposite of trainable: now nothing of the layer is trained.",
        24: "Count all arrays that the optimizer leaves alone: after the freeze, every one.",
        72: "A freeze switches off gamma *and* beta.",
        4: "That is the number of arrays; count the numbers in them.",
    }
    otherwise = "After the freeze, which of its arrays are still trained?"
    expect_number(
        "non_trainable_if_frozen",
        non_trainable_if_frozen,
        96,
        frozen,
        otherwise=otherwise,
        way="4 * 24",
    )


@task(
    "One step by hand",
    why="0.9 · 0 + 0.1 · 5 = 0.5, and 0.9 · 1 + 0.1 · 5 = 1.4, with the population variance 5.",
    hints=(
        "Where do the two statistics of a fresh layer start?",
        "The batch has mean 5; its squared distances are 9, 1, 1, 9. Divide their sum by 4.",
        "0.9 · start + 0.1 · batch: 0.9 · 0 + 0.1 · 5 and 0.9 · 1 + 0.1 · 5.",
    ),
)
def one_step(moving_mean, moving_variance):
    """A fresh layer with momentum 0.9 after a training step on 2, 4, 6, 8: 0.5 and 1.4."""
    means = {
        4.5: "You turned the momentum round: in Keras it is the weight of the *old* value.",
        5.0: "That is the mean of the batch; the step goes only a part of the way to it.",
        0.0: "That is the start value; the step moves it.",
        1.4: "You started at 1, as the variance does; the moving mean starts at 0.",
        0.05: "That is with Keras's default momentum, 0.99; here it is 0.9.",
        5.5: "You started at the batch's mean and added; a fresh layer starts at 0.",
    }
    expect_value("moving_mean", moving_mean, 0.5, means, "0.9 * 0 + 0.1 * ((2 + 4 + 6 + 8) / 4)")
    variances = {
        4.6: "You turned the momentum round: in Keras it is the weight of the *old* value.",
        0.9 + 0.1 * 20 / 3: "You used the sample variance, divided by N - 1 = 3 as PyTorch does; "
        "Keras divides by N = 4.",
        0.9 + 0.1 * 5**0.5: "You used the standard deviation; the layer keeps the *variance*.",
        0.9 + 0.1 * (20 / 3) ** 0.5: "You used the standard deviation, and divided by N - 1; the "
        "layer keeps the variance, divided by N.",
        0.5: "You started at 0, as the mean does; the moving variance starts at 1.",
        5.0: "That is the variance of the batch, or a start at it; a fresh layer starts at 1.",
        1.0: "That is the start value; the step moves it.",
        1.04: "That is with Keras's default momentum, 0.99; here it is 0.9.",
        2.9: "You forgot to divide the sum of squares, 20, by the number of examples.",
        0.9 + 0.1 * 30: "That is the mean of the squares; subtract the mean of the batch first.",
        0.1 + 0.9 * 20 / 3: "You turned the momentum round, and divided by N - 1.",
    }
    way = "0.9 * 1 + 0.1 * ((9 + 1 + 1 + 9) / 4)"
    expect_value("moving_variance", moving_variance, 1.4, variances, way)


def expect_value(name: str, answer, right: float, mistakes: Mapping[float, str], way: str) -> None:
    """Pass if the answer is this number, to half a unit of the third decimal; else raise Wrong."""
    value = real_number(name, answer)

    def equals(number):
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


def real_number(name: str, answer) -> float:
    """One finite number from a Python or NumPy number, a fraction, or a one-element array."""
    if is_tensor(answer):
        answer = keras.ops.convert_to_numpy(answer)
    if is_array(answer) and answer.size == 1:
        answer = answer.item()
    if not isinstance(answer, Real) or isinstance(answer, bool):
        raise Wrong(f"`{name}` should be one number; yours is {described(answer)}.")
    value = float(answer)
    if not abs(value) < float("inf"):
        raise Wrong(f"`{name}` is {value:g}; a finite number was expected.")
    return value


@task(
    "How many steps?",
    why="0.95⁴⁴ = 0.105 and 0.95⁴⁵ = 0.099: after 45 steps less than a tenth is left.",
    hints=(
        "After n steps, momentumⁿ of the start value is left.",
        "Find the smallest n with 0.95ⁿ ≤ 0.10; a loop or a logarithm will do.",
        "ln 0.10 / ln 0.95 = 44.9, rounded *up*.",
    ),
)
def steps_left(steps):
    """Momentum 0.95, at most 10 % of the start value left: 45 steps."""
    mistakes = {
        44: "0.95⁴⁴ is 0.105, still more than a tenth: round *up*.",
        229: "That is with Keras's default momentum, 0.99; here it is 0.95.",
        230: "That is with Keras's default momentum, 0.99; here it is 0.95.",
        22: "That is with PyTorch's default, 0.9 in Keras's terms; here it is 0.95.",
        58: "That is until 5 % are left; 10 % were asked for.",
        59: "That is until 5 % are left; 10 % were asked for.",
        90: "That is until 1 % is left; 10 % were asked for.",
        2: "That is until 10 % are *gone*; 10 % should be *left*.",
        3: "That is until 10 % are *gone*; 10 % should be *left*.",
        1: "You took the momentum for the weight of the *new* value: 0.05 would be left at once.",
        18: "Each step takes 5 % of what is *left*, not of the whole way: it slows down.",
        20: "1 / (1 - momentum) is a rule of thumb: 36 % are still left after 20 steps.",
    }
    if isinstance(steps, float | np.floating) and np.isfinite(steps) and steps % 1:
        raise Wrong(f"`steps` is {steps:.4g}; steps come whole: the first with at most 10 % left.")
    number = whole_number("steps", steps)
    if number not in mistakes and 0 <= number < 45:
        raise Wrong(
            f"`steps` is {number}: then {0.95**number:.0%} of the start value are left, more "
            "than 10 %."
        )
    if number not in mistakes and 45 < number < 1000:
        raise Wrong(
            f"`steps` is {number}: then {0.95**number:.2%} are left, but it was not the first "
            "time that at most 10 % were."
        )
    otherwise = "Try it: what is 0.95 to the power of your number?"
    expect_number("steps", steps, 45, mistakes, otherwise=otherwise)


@task(
    "Whose statistics?",
    why="Only a layer that is in training mode *and* not frozen uses the batch; what counts is the "
    "layer's own flag, not those of gamma and beta.",
    hints=(
        "There are two conditions for using the batch's statistics. Which?",
        "`training=True` is one; the layer's own `trainable` flag is the other.",
        "Batch, moving, moving - and for the last one, remember whose flag the layer looks at.",
    ),
)
def which_statistics(training, inference, frozen_training, gamma_beta_frozen_training):
    """Which statistics are used in four situations: batch, moving, moving, batch."""
    choice(
        "training",
        training,
        "batch",
        {
            "moving": "In training mode the layer normalises with the batch's own statistics; the "
            "moving ones are only written down."
        },
    )
    choice(
        "inference",
        inference,
        "moving",
        {"batch": "In inference mode no batch mate may matter: it uses what it wrote down."},
    )
    choice(
        "frozen_training",
        frozen_training,
        "moving",
        {
            "batch": "A frozen BatchNormalization layer is in inference mode, even with training=True."
        },
    )
    choice(
        "gamma_beta_frozen_training",
        gamma_beta_frozen_training,
        "batch",
        {
            "moving": "Freezing only gamma and beta is not enough: the layer's own flag is still True, "
            "so it measures every batch and uses what it measured."
        },
    )
