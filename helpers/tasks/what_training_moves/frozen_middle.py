"""Exercise 2: how many arrays a step moves around a frozen layer."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


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
    mistakes = {
        2: "That is the last layer alone; the gradient does not stop at the frozen one.",
        6: "The frozen layer has two of the six arrays, and they are left out of the update.",
        0: "Only one of the three layers is frozen; the others learn.",
        3: "A Dense layer has two arrays, kernel and bias, and a freeze takes both.",
        5: "A freeze takes the whole layer, its kernel *and* its bias.",
        1: "Count arrays: every Dense layer has a kernel and a bias.",
    }
    otherwise = "There are six arrays; which of them does the optimizer update?"
    expect_number("moved", moved, 4, mistakes, otherwise=otherwise, most=6)
