"""Exercise 2: the loss that penalties make, before and after a freeze and a second compile."""

from decimal import Decimal
from math import isfinite
from numbers import Real

from helpers.tasks.answers import plain, whole_number
from helpers.tasks.core import Slip, Wrong, task
from helpers.tasks.mistakes import wrong_ways
from helpers.tasks.slips import Formula, slipped_numbers

_COSTS = {  # of a kernel of n ones
    "": lambda n: n / 2,
    "L2(0.5) adds *half* the sum of the squares.": lambda n: n,
    "Every one costs 0.5, and not 0.25: the factor is taken once, and L2 brings no half of its "
    "own.": lambda n: n / 4,
    "Every one costs 0.5, and not 1.5.": lambda n: 1.5 * n,
    "L2 adds squares, and takes no root of their sum.": lambda n: n**0.5 / 2,
    "Those are units, 4 and 1; count the ones in the kernels, 5 · 4 and 4 · 1.": (
        lambda n: {20: 4, 4: 1}[n] / 2
    ),
    "Those are inputs, 5 and 4; count the ones in the kernels, 5 · 4 and 4 · 1.": (
        lambda n: {20: 5, 4: 4}[n] / 2
    ),
    "So it would be if the kernel of Dense(1) were one number; four numbers come in.": (
        lambda n: {20: 20, 4: 1}[n] / 2
    ),
    "L2 adds up the squares; it takes no mean of them.": lambda n: 1 / 2,
    "The error is 0, but the penalties are part of the reported loss; they go by the kernels' "
    "numbers, which are ones, and not by the outputs.": lambda n: 0,
}
_FREE = {  # of the costs of the first kernel and of the second
    "": lambda first, second: first + second,
    "That is the first kernel alone; the second has a penalty, too.": lambda first, second: first,
    "That is the second kernel alone; nothing is frozen yet.": lambda first, second: second,
    "The error is 0, but the penalties are part of the reported loss.": lambda first, second: 0,
    "You gave the biases a penalty; only the kernels have one (and the biases are 0).": (
        lambda first, second: first + second + 0.5 * (4 + 1)
    ),
    "You gave the first biases a penalty; only the kernels have one (and the biases are 0).": (
        lambda first, second: first + second + 0.5 * 4
    ),
    "L2(0.5) adds *half* the sum of the squares, before the freeze, too.": (
        lambda first, second: 2 * (first + second)
    ),
}
_FROZEN_LAYERS = {
    "": lambda first, second: second,
    "Before the second compile the loss stays; after it, a frozen layer's penalty is not "
    "counted.": lambda first, second: first + second,
    "`loss_frozen` is the part that goes, the frozen layer's penalty; what stays was asked.": (
        lambda first, second: first
    ),
    "Only the first layer is frozen; the penalty of the second stays.": lambda first, second: 0,
}
_LATE = {
    "": lambda loss: loss,
    "L2(0.5) adds *half* the sum of the squares, after the freeze, too.": lambda loss: 2 * loss,
    "A penalty is part of the loss with its sign: it is never below 0.": lambda loss: -loss,
}


def _losses(cost: Formula, free: Formula, frozen: Formula, late: Formula) -> tuple[float, float]:
    costs = cost(20), cost(4)
    return round(free(*costs), 3), round(late(frozen(*costs)), 3)


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
    given = _penalised_loss("loss_free", loss_free), _penalised_loss("loss_frozen", loss_frozen)
    if given == (12, 2):
        return
    shown = "`loss_free` is {:g} and `loss_frozen` is {:g}.".format(*given)
    if given == (2, 12):
        raise Wrong(f"{shown} The two are exchanged: freezing takes a penalty away.")
    mistakes = wrong_ways(_losses, _COSTS, _FREE, _FROZEN_LAYERS, _LATE)
    if given in mistakes:
        raise Wrong(f"{shown} {mistakes[given]}")
    free_is_right = given[0] == 12
    way = "0.5 * (4 * 1)" if free_is_right else "0.5 * (5 * 4) + 0.5 * (4 * 1)"
    if slip := slipped_numbers(way).get(given[free_is_right]):
        raise Slip(f"{shown} {slip}")
    otherwise = "Count the ones in the kernels; every one of them costs 0.5."
    if free_is_right:
        otherwise = "The first is right. Which penalty is not counted any more?"
    raise Wrong(f"{shown} {otherwise}", diagnosed=False)


def _penalised_loss(name: str, answer: object) -> float:
    """A loss from a number of any kind; evaluate's are a little off, in float32."""
    number = plain(answer)
    if isinstance(number, bool) or not isinstance(number, Real | Decimal) or not isfinite(number):
        return whole_number(name, answer)  # which says what it is
    return round(float(number), 3)
