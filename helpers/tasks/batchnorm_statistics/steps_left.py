"""Exercise 5, task 3: how many steps until a start value is nearly gone."""

from math import isfinite

from helpers.tasks.answers import expect_number, plain, whole_number
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
    default = "That is with Keras's default momentum, 0.99; here it is 0.95."
    pytorch = "That is with PyTorch's default, 0.9 in Keras's terms; here it is 0.95."
    five = "That is until 5 % are left; 10 % were asked for."
    one = "That is until 1 % is left; 10 % were asked for."
    gone = "That is until 10 % are *gone*; 10 % should be *left*."
    halves = "That is four half-lives, after which a sixteenth is left: count in single steps."
    mistakes = {
        44: "0.95⁴⁴ is 0.105, still more than a tenth: round *up*.",
        46: "That is one too many: one step less leaves less than a tenth, too. (A loop that "
        "counts its looks counts one before the first step.)",
        47: "0.95 is not quite e to the power of -0.05 (that would be 46.05 steps), nor is its "
        "half-life 14 steps (46.5): count with 0.95 itself.",
        54: halves,
        56: halves,
        229: default,
        230: default,
        21: pytorch,
        22: pytorch,
        58: five,
        59: five,
        89: one,
        90: one,
        2: gone,
        3: gone,
        1: "You took the momentum for the share of the *new* value: 0.05 would be left at once.",
        13: "That is until half of it is left; 10 % were asked for.",
        14: "That is until half of it is left; 10 % were asked for.",
        18: "That is 90 % / 5 %, as if each step took 5 % of the *start* value; it takes 5 % of "
        "what is left, less and less.",
        20: "That is 1 / (1 - momentum), or 100 % / 5 %; but a step takes 5 % of what is *left*, "
        "and 36 % are still left after 20.",
    }
    number = plain(steps)
    if isinstance(number, float) and isfinite(number) and number % 1:
        raise Wrong(f"`steps` is {number:.4g}; steps come whole: the first with at most 10 % left.")
    number = whole_number("steps", steps)
    otherwise = "Try it: what is 0.95 to the power of your number?"
    if 0 <= number < 45:
        otherwise = f"Then {0.95**number:.1%} of the start value are left, more than 10 %."
    elif 45 < number < 1000:
        otherwise = f"Then {0.95**number:.2%} are left, but not for the first time less than 10 %."
    expect_number("steps", number, 45, mistakes, otherwise=otherwise)
