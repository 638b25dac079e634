"""Exercise 8, task 2: how many arrays four programs move, predicted."""

from collections.abc import Mapping

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task

_NUMBERS = "That is how many numbers move; count arrays."
_TEN_ARRAYS = "How many arrays are there? low, high and head have two each, norm has four."


@task(
    "How many arrays move?",
    why="A clone is another model (10); a callback's flag comes after the training step was made "
    "(10); True on top of True does nothing, so norm stays frozen (6); behind a wall only the head "
    "learns, but norm still measures (2 + 2).",
    hints=(
        "Ten arrays: low 2, norm 4, high 2, head 2. Ask for each program who reads the flag, and "
        "when.",
        "Which model is trained in the first? When was the training step of the second made? What "
        "was base's own flag before the line in the third? Does a wall stop a measurement?",
        "In order: 10, 10, 6 and 4.",
    ),
)
def moved_arrays(clone: object, callback: object, true_again: object, wall: object) -> None:
    """Arrays that the last epoch moves: 10, 10, 6, 4."""
    layers = "That would be layers; a Dense layer has two arrays, BatchNormalization four."
    whole = "BatchNormalization has four arrays, and all of them move in a fit."
    _expect_moved_arrays(
        "clone",
        clone,
        10,
        {
            0: "The clone is frozen, the model is not; and the model is what is trained.",
            2: "The clone is frozen, and it has layers of its own; `model` was not touched.",
            4: "`model` was not touched, the clone was. (Or were layers counted? Count arrays.)",
            8: whole,
            51: _NUMBERS,
        },
    )
    _expect_moved_arrays(
        "callback",
        callback,
        10,
        {
            2: "So it would be if the flag were read in every step. The training step was made in "
            "the first epoch, before the flag.",
            4: "The training step was made in the first epoch, before the flag. (Or were layers "
            "counted? Count arrays.)",
            0: "The head was never to be frozen.",
            8: "A training step that was made before does not read the new flag, and that holds "
            "for BatchNormalization in it as well: its four arrays move on.",
            8 + 8: _NUMBERS,
            51: _NUMBERS,
        },
    )
    _expect_moved_arrays(
        "true_again",
        true_again,
        6,
        {
            10: "`base.trainable` was True already; setting it to True passes nothing on, so norm "
            "stays frozen.",
            8: "That is two too many. norm is frozen, and its four arrays stay still: it does not "
            "measure, and True on a base whose flag is True does not thaw gamma and beta.",
            4: "norm is frozen; low, high and head learn, with two arrays each.",
            3: layers,
            2: "Only norm is frozen; the Dense layers of base learn.",
            51 - 16: _NUMBERS,
            51: _NUMBERS,
        },
    )
    _expect_moved_arrays(
        "wall",
        wall,
        4,
        {
            2: "The head learns; but norm still sees the batches in training, and measures.",
            10: "No gradient comes back through the wall: what stands before it does not learn.",
            8: "No gradient comes back through the wall: what stands before it does not learn.",
            6: "Gamma and beta of norm need a gradient, too; only its statistics do without.",
            0: "The head stands behind the wall, on the side of the loss.",
            8 + 8: _NUMBERS,
            51: _NUMBERS,
        },
        otherwise="What gets a gradient, and what is changed without one?",
    )


def _expect_moved_arrays(
    name: str, answer: object, right: int, mistakes: Mapping[int, str], otherwise: str = _TEN_ARRAYS
) -> None:
    """Judge a number of moved arrays: of ten, two or four a layer."""
    expect_number(name, answer, right, mistakes, otherwise=otherwise, most=10, steps_of=2)
