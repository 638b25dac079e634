"""Exercise 2: the loss that penalties make, before and after a freeze and a second compile."""

import numpy as np

from helpers.tasks.answers import expect_number
from helpers.tasks.core import Wrong, task


@task(
    "The loss that fell by itself",
    why="20 ones cost 10 and 4 ones cost 2; from the second compile on, a frozen layer's penalty "
    "is not counted.",
    hints=(
        "How many ones are in each kernel, and what does L2(0.5) make of one of them?",
        "Not frozen: 0.5 · 20 + 0.5 · 4. Which part goes when the first layer is frozen?",
        "12 before, and 2 once the first layer is frozen and the model compiled again.",
    ),
)
def penalties(loss_free: object, loss_frozen: object) -> None:
    """Kernels of ones, 5 -> 4 -> 1, L2(0.5) on both: 12; the first frozen, compiled again: 2."""
    free = {
        24: "L2(0.5) adds *half* the sum of the squares.",
        0: "The error is 0, but the penalties are part of the reported loss.",
        10: "That is the first kernel alone; the second has a penalty, too.",
        2: "That is the second kernel alone; nothing is frozen yet.",
        14: "You gave the biases a penalty; only the kernels have one (and biases start at 0).",
        6: "0.5 · 20 + 0.5 · 4 is not 6: is there one half too many?",
    }
    frozen = {
        12: "That is what `evaluate` says until the model is compiled again. After that, a "
        "frozen layer's penalty is not counted.",
        10: "That is the *frozen* layer's penalty: it is the one that goes.",
        0: "Only the first layer is frozen; the penalty of the second stays.",
        4: "L2(0.5) adds *half* the sum of the squares.",
    }
    loss_free, loss_frozen = (
        _rounded_loss("loss_free", loss_free),
        _rounded_loss("loss_frozen", loss_frozen),
    )
    otherwise = "Count the ones in the kernels; every one of them costs 0.5."
    way = "0.5 * (5 * 4) + 0.5 * (4 * 1)"
    expect_number("loss_free", loss_free, 12, free, otherwise=otherwise, way=way)
    otherwise = "Which penalty is not counted any more?"
    way = "0.5 * (4 * 1)"
    expect_number("loss_frozen", loss_frozen, 2, frozen, otherwise=otherwise, way=way)


def _rounded_loss(name: str, loss: object) -> object:
    """A loss as it was given, but a float that is all but a whole number as that number."""
    if not isinstance(loss, float | np.floating) or not np.isfinite(loss):
        return loss
    number = float(loss)
    if abs(number - round(number)) > 1e-4:
        raise Wrong(
            f"`{name}` is {number:g}; an even number of ones, each costing 0.5, is never that."
        )
    return round(number)
