"""Exercise 5, task 3: how many steps until a start value is nearly gone."""

import numpy as np

from helpers.tasks.answers import expect_number, whole_number
from helpers.tasks.core import Wrong, task


@task(
    "How many steps?",
    why="0.95⁴⁴ = 0.105 and 0.95⁴⁵ = 0.099: after 45 steps less than a tenth is left.",
    hints=(
        "After n steps, momentumⁿ of the start value is left.",
        "Find the smallest n with 0.95ⁿ ≤ 0.10; a loop or a logarithm will do.",
        "ln 0.10 / ln 0.95 = 44.9, rounded *up*.",
    ),
)
def steps_left(steps: object) -> None:
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
        1: "You took the momentum for the share of the *new* value: 0.05 would be left at once.",
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
