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
        2: "Two layers were thawed, or two arrays are left; but the flag of `base` is a veto over "
        "all that is in it.",
        6: "So many are frozen: `base` was frozen with everything in it, and its own flag is still "
        "False. Asked are those that are trainable.",
    }
    heard = {
        2: "Those are the arrays of the head, or the frozen ones of `top`. A veto counts when "
        "`base` is asked; `outer` asks every weight in it.",
        4: "`low` and `high` have four; the head belongs to `outer` as well.",
        8: "`top` is still frozen: only `low` and `high` were thawed.",
        0: "The flag of `outer` is True, and its head was never frozen.",
        3: "Those are layers; each Dense layer has two arrays.",
        1: "That is one layer; a Dense layer has two arrays. And `outer` asks every weight.",
    }
    not_passed_on = {
        6: "The flag of `base` was True already, so setting it to True passes nothing on.",
        2: "Two *layers* are trainable, or two arrays are frozen; asked are the arrays that are "
        "trainable.",
        0: "Only `low` is frozen; `high` and `top` were never touched.",
        3: "Those are all three layers; each has two arrays. And does the True reach `low`?",
    }
    shifted = {
        4: "`layers[0]` of a functional model is its InputLayer, which has no weights. (And asked "
        "are the weights that are frozen, not those that still learn.)",
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
