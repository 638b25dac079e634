"""Exercise 2: how many arrays a step moves behind a stop_gradient."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


@task(
    "A wall in the middle",
    why="A wall keeps gradients from the layers before it, but nothing takes them off the list.",
    hints=(
        "`stop_gradient` and `trainable` are two different things: which of them does what?",
        "Nothing before the wall gets a gradient. Did anybody change a flag?",
        "Only the last layer moves; all six arrays are still listed as trainable.",
    ),
)
def walled(moved: object, trainable: object) -> None:
    """Dense -> Dense -> stop_gradient -> Dense, nothing frozen: 2 move, 6 are listed."""
    movers = {
        4: "That would be a frozen layer. No gradient passes a wall, so the first layer gets none.",
        6: "Being on the list is not enough: no gradient passes the wall.",
        0: "The last layer stands between the wall and the loss: it gets its gradient.",
        3: "A Dense layer has two arrays; count them by layers.",
        1: "The last layer has two arrays, a kernel and a bias.",
    }
    listed = {
        2: "Those are the ones that move; the list follows the flags, and no flag was changed.",
        4: "No flag was changed, so no layer left the list.",
        3: "Those are layers; each has two arrays.",
        0: "No flag was changed, so all layers are on the list.",
    }
    otherwise = "There are six arrays; which of them get a gradient?"
    expect_number("moved", moved, 2, movers, otherwise=otherwise, most=6)
    otherwise = "There are six arrays; which of them were taken off the list, and by what?"
    expect_number("trainable", trainable, 6, listed, otherwise=otherwise, most=6, steps_of=2)
