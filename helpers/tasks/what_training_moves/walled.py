"""Exercise 2: how many arrays a step moves behind a stop_gradient."""

from helpers.tasks.answers import expect_number, whole_number
from helpers.tasks.core import Wrong, task

_MOVED_PAST_WALL = {
    0: "The last layer stands between the wall and the loss: it gets its gradient, and the "
    "optimizer skips only those that have none. (If you measured it: `weights` are the variables "
    "themselves, no copies; each is then compared with itself.)",
    1: "The last layer has two arrays, a kernel and a bias, and both get a gradient: the wall lets "
    "numbers pass on their way to the loss.",
    3: "A Dense layer has two arrays, kernel and bias: both move, or none of them.",
    4: "Gradients start at the loss, behind the last layer, and run back towards the input, so the "
    "wall cuts off both layers before it. (It is no frozen layer, which gradients pass.)",
    5: "A Dense layer has two arrays, kernel and bias: both move, or none of them.",
    6: "Being on the list is not enough: no gradient passes the wall.",
}
_LISTED = {
    0: "No flag was changed, so all layers are on the list.",
    1: "The list follows the flags, and no flag was changed; and it holds arrays, not layers.",
    2: "Those are the ones that move; the list follows the flags, and no flag was changed.",
    3: "Those are layers; each has two arrays.",
    4: "No flag was changed, so no layer left the list.",
    5: "No flag was changed, so no array left the list.",
    7: "The wall has no weights, and is not on the list.",
    8: "The wall has no weights, and is not on the list.",
}


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
    given = whole_number("moved", moved), whole_number("trainable", trainable)
    if given == (6, 2):
        raise Wrong(
            "`moved` is 6 and `trainable` is 2; the other way round they would be right: what "
            "moves needs a gradient, what is listed follows the flags."
        )
    otherwise = "There are six arrays; which of them get a gradient?"
    expect_number("moved", given[0], 2, _MOVED_PAST_WALL, otherwise=otherwise, most=6)
    otherwise = "There are six arrays; which of them were taken off the list, and by what?"
    expect_number("trainable", given[1], 6, _LISTED, otherwise=otherwise, most=6)
