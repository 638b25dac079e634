"""Tasks of exercise 3 that ask for a prediction."""

from helpers.tasks.answers import choice, expect_number
from helpers.tasks.core import task


@task(
    "Five orders",
    why="Flag, compile with a new optimizer, fit: that always works. Before the first fit a flag "
    "may still change; after it, the flag is ignored or the old optimizer fails.",
    hints=(
        "What fixes which weights are trained: `compile`, or the first `fit` after it?",
        "A second compile makes a new training step. An optimizer that has worked knows only the "
        "weights that were trainable then.",
        "In order: still, moved, still, still, error.",
    ),
)
def late_orders(freeze_before_fit, freeze_after_fit, freeze_recompile, thaw_after_fit, thaw_reuse):
    """The last fit of five orders on TensorFlow: still, moved, still, still, error."""
    choice(
        "freeze_before_fit",
        freeze_before_fit,
        "still",
        {
            "moved": "That was Keras 2's rule. Now `compile` reads no flags; the first fit does.",
            "error": "Nothing has been trained yet, so nothing contradicts the new flag.",
        },
    )
    choice(
        "freeze_after_fit",
        freeze_after_fit,
        "moved",
        {
            "still": "So the summary says. But the training step was made in the first fit, with "
            "`hidden` in it, and is used again.",
            "error": "So it is on JAX. TensorFlow goes on with the training step it has.",
        },
    )
    choice(
        "freeze_recompile",
        freeze_recompile,
        "still",
        {
            "moved": "A second compile throws the old training step away; the next one sees the flag.",
            "error": "A new optimizer starts afresh, so there is nothing to contradict.",
        },
    )
    choice(
        "thaw_after_fit",
        thaw_after_fit,
        "still",
        {
            "moved": "The training step of the first fit is used again, and `hidden` is not in it.",
            "error": "So it is on PyTorch and JAX. TensorFlow uses the training step it has.",
        },
    )
    choice(
        "thaw_reuse",
        thaw_reuse,
        "error",
        {
            "moved": "The new training step asks the optimizer to update weights for which it has "
            "made no numbers.",
            "still": "The compile did make a new training step, and `hidden` is in it; can the old "
            "optimizer serve it?",
        },
    )


@task(
    "The lie detector",
    why="2 · 47 + 2 = 96: the optimizer was made for the whole model. In sync with the summary it "
    "would have 2 · 12 + 2 = 26. The two differ, so the flags changed after the fit.",
    hints=(
        "When does Adam make its numbers, and which weights were trainable then?",
        "The layers have 35 and 12 numbers. Adam keeps two per trainable number, and two more.",
        "2 · (35 + 12) + 2 are there; 2 · 12 + 2 there would be.",
    ),
)
def lie_detector(optimizer_numbers, in_sync):
    """Dense 6 -> 5 -> 2, fit with Adam, then the first frozen: 96; in sync it would be 26."""
    there = {
        26: "So many there would be if the model had been frozen before the fit.",
        94: "Twice the trainable numbers; Adam also keeps its step count and its rate.",
        47: "That is the model itself; Adam keeps two numbers for each.",
        49: "That is one number per weight; Adam keeps two.",
        143: "That is the summary's total: the model and the optimizer together.",
        72: "Those are the numbers for the frozen layer alone; all were trained in that fit.",
        24: "Those are twice the trainable numbers now; what was trainable in the fit?",
        12: "Those are the trainable numbers now; what was trainable in the fit?",
    }
    synced = {
        96: "That is what is there. In sync, Adam has numbers for the trainable weights only.",
        24: "Twice the trainable numbers; Adam also keeps its step count and its rate.",
        12: "Those are the trainable numbers; Adam keeps two for each.",
        14: "That is one number per trainable weight; Adam keeps two.",
        72: "You took the frozen layer; in sync, Adam has numbers for the other one.",
        70: "You took the frozen layer; in sync, Adam has numbers for the other one.",
        47: "That is the model itself; this is about what Adam keeps.",
    }
    otherwise = "Count the numbers that were trainable during the fit: biases, too."
    way = "2 * (6 * 5 + 5 + (5 * 2 + 2)) + 2"
    expect_number("optimizer_numbers", optimizer_numbers, 96, there, otherwise=otherwise, way=way)
    otherwise = "Start from the numbers that the summary now calls trainable."
    way = "2 * (5 * 2 + 2) + 2"
    expect_number("in_sync", in_sync, 26, synced, otherwise=otherwise, way=way)


@task(
    "Whose flag wins",
    why="The parent vetoes (0), the outer model does not hear it (4 + 2), a True on top of True "
    "does nothing (4), and a functional model's first layer is its InputLayer (2).",
    hints=(
        "Each Dense layer has two arrays. Ask of each case: which flag is read, and by whom?",
        "A frozen model answers for itself with an empty list; an outer model asks the layers. "
        "`model.trainable = True` acts only if that flag was False.",
        "In order: 0, 6, 4 and 2.",
    ),
)
def whose_flag(own, outer, after_true, functional):
    """Arrays: vetoed base 0, outer 6, after a True that does nothing 4, frozen by layers[:2] 2."""
    vetoed = {
        4: "`low` and `high` do say True, but the flag of `base` is a veto over all that is in it.",
        2: "Not even one layer: the flag of `base` is a veto over all that is in it.",
        6: "`base` was frozen with everything in it, and its own flag is still False.",
    }
    heard = {
        2: "The veto counts when `base` is asked; `outer` asks the layers in it.",
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
