"""Exercise 2: how many arrays a step moves around a frozen layer."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task

_WRONG_MOVES = {
    0: "Only one of the three layers is frozen; the others learn. (If you measured it: `weights` "
    "are the variables themselves, no copies; each is then compared with itself.)",
    1: "That is not even one layer: every Dense layer that learns moves its kernel *and* its bias.",
    2: "Two arrays are those of one layer. Gradients pass through the frozen layer, so both of its "
    "neighbours learn; and arrays were asked for, not layers.",
    3: "A Dense layer has two arrays, kernel and bias: both move, or none of them; and "
    "gradients pass through the frozen layer.",
    5: "A freeze takes the whole layer, its kernel *and* its bias.",
    6: "The frozen layer has two of the six arrays, and they are left out of the update. (If "
    "you measured it after a fit: `fit` goes on with the step that it has; compile after the "
    "freeze.)",
}


@task(
    "A frozen layer in the middle",
    why="Gradients pass through a frozen layer, so both its neighbours learn: 2 + 2 arrays.",
    hints=(
        "Which layers are in `trainable_weights`?",
        "The frozen layer is left out of the update; the gradient passes through it all the same.",
        "The kernel and the bias of the first and of the last layer.",
    ),
)
def frozen_middle(moved: object) -> None:
    """Arrays that one step moves in Dense -> Dense (frozen) -> Dense: 4."""
    otherwise = "There are six arrays; which of them does the optimizer update?"
    expect_number("moved", moved, 4, _WRONG_MOVES, otherwise=otherwise, most=6)
