"""Exercise 3: how many arrays count as trainable when flags of models and layers differ."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


@task(
    "Whose flag wins",
    why="The parent vetoes (0), the outer model does not hear it (4 + 2), a True on top of True "
    "does nothing (4), and a functional model's first layer is its InputLayer (2).",
    hints=(
        "Each Dense layer has two arrays. Ask of each case: which flag is read, and by whom?",
        "A frozen model answers for itself with an empty list; an outer model asks every weight. "
        "`model.trainable = True` acts only if that flag was False.",
        "In order: 0, 6, 4 and 2.",
    ),
)
def whose_flag(own: object, outer: object, after_true: object, functional: object) -> None:
    """Arrays: vetoed base 0, outer 6, after a True that does nothing 4, frozen by layers[:2] 2."""
    vetoed = {
        4: "`low` and `high` do say True, but the flag of `base` is a veto over all that is in it.",
        2: "Not even one layer: the flag of `base` is a veto over all that is in it.",
        6: "`base` was frozen with everything in it, and its own flag is still False.",
    }
    heard = {
        2: "The veto counts when `base` is asked; `outer` asks every weight in it.",
        4: "You left out the head.",
        8: "`top` is still frozen: only `low` and `high` were thawed.",
        0: "The flag of `outer` is True, and its head was never frozen.",
        3: "Those are layers; each Dense layer has two arrays.",
    }
    not_passed_on = {
        6: "The flag of `base` was True already, so setting it to True passes nothing on.",
        2: "Only `low` is frozen: two layers of two arrays remain.",
        0: "Only `low` is frozen; `high` and `top` were never touched.",
        3: "Those are layers; each Dense layer has two arrays.",
    }
    shifted = {
        4: "`layers[0]` of a functional model is its InputLayer, which has no weights.",
        1: "That is a layer; a Dense layer has two arrays.",
        0: "`layers[:2]` is the InputLayer and `low`.",
        3: "Each Dense layer has a kernel and a bias, so the number is even.",
        6: "`layers[:2]` takes two of the four entries.",
    }
    otherwise = "Count arrays: two for each Dense layer."
    expect_number("own", own, 0, vetoed, otherwise=otherwise, most=6, steps_of=2)
    expect_number("outer", outer, 6, heard, otherwise=otherwise, most=8, steps_of=2)
    expect_number(
        "after_true", after_true, 4, not_passed_on, otherwise=otherwise, most=6, steps_of=2
    )
    expect_number("functional", functional, 2, shifted, otherwise=otherwise, most=6, steps_of=2)
