"""Tasks of exercise 2 that ask for a prediction."""

import numpy as np

from helpers.tasks.answers import choice, expect_number
from helpers.tasks.core import Wrong, task


@task(
    "A frozen layer in the middle",
    why="Gradients pass through a frozen layer, so both its neighbours learn: 2 + 2 arrays.",
    hints=(
        "Which layers are in `trainable_weights`?",
        "The frozen layer is left out of the update, and that is all that happens to it.",
        "The kernel and the bias of the first and of the last layer.",
    ),
)
def frozen_middle(moved):
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


@task(
    "A wall in the middle",
    why="A wall keeps gradients from two layers, but nothing takes them off the list.",
    hints=(
        "`stop_gradient` and `trainable` are two different things: which of them does what?",
        "Nothing behind the wall gets a gradient. Did anybody change a flag?",
        "Only the last layer moves; all six arrays are still listed as trainable.",
    ),
)
def walled(moved, trainable):
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


@task(
    "Two switches",
    why="`trainable` is about updates and `training` about computing; only BatchNormalization, "
    "once frozen, computes as in inference.",
    hints=(
        "Which of the two switches does Dropout look at?",
        "BatchNormalization is the one exception: what does freezing do to it?",
        "It drops; it uses its moving statistics; gamma and beta still learn.",
    ),
)
def two_switches(frozen_dropout, frozen_batchnorm, batchnorm_in_inference):
    """What a frozen Dropout, a frozen and an unfrozen BatchNormalization do."""
    choice(
        "frozen_dropout",
        frozen_dropout,
        "drops",
        {"passes on": "Freezing is not inference mode: Dropout looks only at `training`."},
    )
    choice(
        "frozen_batchnorm",
        frozen_batchnorm,
        "moving",
        {
            "batch": "So it was before TensorFlow 2. A frozen BatchNormalization uses its moving "
            "statistics even with `training=True`."
        },
    )
    choice(
        "batchnorm_in_inference",
        batchnorm_in_inference,
        "gamma and beta",
        {
            "nothing": "`training=False` says how to compute; the layer is not frozen, so gamma and "
            "beta are still on the list.",
            "all four": "Its moving statistics are updated only when it computes as in training.",
            "moving mean and variance": "Those are updated only when it computes as in training; "
            "gamma and beta are on the optimizer's list.",
        },
    )


@task(
    "The loss that fell by itself",
    why="20 ones cost 10 and 4 ones cost 2; a frozen layer's penalty is not counted.",
    hints=(
        "How many ones are in each kernel, and what does L2(0.5) make of one of them?",
        "Not frozen: 0.5 · 20 + 0.5 · 4. Which part goes when the first layer is frozen?",
        "12 before, and 2 with the first layer frozen.",
    ),
)
def penalties(loss_free, loss_frozen):
    """Kernels of ones, 5 -> 4 -> 1, L2(0.5) on both: 12, and 2 with the first frozen."""
    free = {
        24: "L2(0.5) adds *half* the sum of the squares.",
        0: "The error is 0, but the penalties are part of the reported loss.",
        10: "That is the first kernel alone; the second has a penalty, too.",
        2: "That is the second kernel alone; nothing is frozen yet.",
        14: "You gave the biases a penalty; only the kernels have one (and biases start at 0).",
        6: "0.5 · 20 + 0.5 · 4 is not 6: is there one half too many?",
    }
    frozen = {
        12: "A frozen layer's penalty leaves the loss.",
        10: "That is the *frozen* layer's penalty: it is the one that goes.",
        0: "Only the first layer is frozen; the penalty of the second stays.",
        4: "L2(0.5) adds *half* the sum of the squares.",
    }
    loss_free, loss_frozen = whole("loss_free", loss_free), whole("loss_frozen", loss_frozen)
    otherwise = "Count the ones in the kernels; every one of them costs 0.5."
    way = "0.5 * (5 * 4) + 0.5 * (4 * 1)"
    expect_number("loss_free", loss_free, 12, free, otherwise=otherwise, way=way)
    otherwise = "Which penalty is not counted any more?"
    way = "0.5 * (4 * 1)"
    expect_number("loss_frozen", loss_frozen, 2, frozen, otherwise=otherwise, way=way)


def whole(name: str, loss):
    """A loss as it was given, but a float that is all but a whole number as that number."""
    if not isinstance(loss, float | np.floating) or not np.isfinite(loss):
        return loss
    if abs(loss - round(loss)) > 1e-4:
        raise Wrong(
            f"`{name}` is {loss:g}; an even number of ones, each costing 0.5, is never that."
        )
    return round(loss)


@task(
    "What freezing saves",
    why="Adam's numbers follow the list, wherever the layer stands; the time depends on how far "
    "down the gradient has to go.",
    hints=(
        "Adam keeps two numbers for each number on the list, and two of its own.",
        "One layer has 10 · 10 + 10 = 110 numbers. To train the bottom, through what must the "
        "gradient come?",
        "222 in both cases; training the top alone is the cheaper one.",
    ),
)
def adam_and_cost(kept_for_top, kept_for_bottom, cheaper):
    """Six Dense(10) on 10: Adam keeps 222 either way; the top alone is cheaper to train."""
    mistakes = {
        221: "That is one too few: of its own, Adam keeps a step count *and* a rate.",
        220: "The two numbers for each weight are there; Adam also keeps its step count and rate.",
        1322: "That is for all six layers; Adam keeps numbers only for what is on the list.",
        112: "Adam keeps *two* numbers for each trainable one.",
        110: "That is the layer's own size; Adam keeps two numbers for each of them, and two more.",
        202: "That is the kernel alone; the layer has a bias, too.",
        1102: "That is for the five *frozen* layers; Adam keeps numbers only for the trained one.",
        660: "That is the size of the whole model, not what the optimizer keeps.",
    }
    otherwise = (
        "How many numbers are on the list, and what does Adam keep for each, and for itself?"
    )
    way = "2 * (10 * 10 + 10) + 2"
    expect_number("kept_for_top", kept_for_top, 222, mistakes, otherwise=otherwise, way=way)
    expect_number("kept_for_bottom", kept_for_bottom, 222, mistakes, otherwise=otherwise, way=way)
    choice(
        "cheaper",
        cheaper,
        "top",
        {
            "bottom": "To reach the bottom, the gradient must come down through all the layers above.",
            "same": "The memory is the same, the time is not: how far does the gradient have to go?",
        },
    )
