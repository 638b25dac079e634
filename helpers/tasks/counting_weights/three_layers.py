"""Exercise 1: the three lines of a summary when the middle layer is frozen."""

from helpers.tasks.answers import whole_number
from helpers.tasks.core import Slip, Wrong, task
from helpers.tasks.mistakes import wrong_ways
from helpers.tasks.slips import Formula, explained, slips

Layer = tuple[int, int]  # the numbers in its kernel and in its bias

_THREE_SIZES = {
    "": ((8 * 16, 16), (16 * 4, 4), (4 * 2, 2)),
    "Those are the kernels alone; every layer has a bias, too.": ((128, 0), (64, 0), (8, 0)),
    "You gave every *input* a bias; there is one per *unit*.": ((128, 8), (64, 16), (8, 4)),
    "You gave every layer one bias; there is one per *unit*.": ((128, 1), (64, 1), (8, 1)),
    "Those are the biases alone; the kernels are missing.": ((0, 16), (0, 4), (0, 2)),
    "Every layer takes what the one before it gives, not the eight numbers.": (
        (8 * 16, 16),
        (8 * 4, 4),
        (8 * 2, 2),
    ),
    "You added inputs and units; a kernel has one number for every *pair* of them.": (
        (8 + 16, 16),
        (16 + 4, 4),
        (4 + 2, 2),
    ),
    "You added inputs and units; a kernel has one number for every *pair* of them, and every layer "
    "has a bias, too.": ((8 + 16, 0), (16 + 4, 0), (4 + 2, 0)),
    "Those are arrays; count the numbers in them.": ((1, 1), (1, 1), (1, 1)),
    "Those are layers; count the numbers in them.": ((1, 0), (1, 0), (1, 0)),
    "Those are bytes (four per number); count the numbers.": ((512, 64), (256, 16), (32, 8)),
}
_SHARES = {  # total, trainable and non-trainable, of the layers' sums and the middle one's bias
    "": lambda a, b, c, bias: (a + b + c, a + c, b),
    "The last two are exchanged: frozen means *non*-trainable.": (
        lambda a, b, c, bias: (a + b + c, b, a + c)
    ),
    "That is with the *first* layer frozen, not the middle one. (In a functional model, "
    "`layers[0]` is the input.)": (lambda a, b, c, bias: (a + b + c, b + c, a)),
    "That is with the *last* layer frozen, not the middle one; a layer's weights are those on the "
    "way *into* it.": (lambda a, b, c, bias: (a + b + c, a + b, c)),
    "That is before anything is frozen.": lambda a, b, c, bias: (a + b + c, a + b + c, 0),
    "That is with every layer frozen; only the middle one is.": (
        lambda a, b, c, bias: (a + b + c, 0, a + b + c)
    ),
    "Freezing a layer takes its bias as well as its kernel.": (
        lambda a, b, c, bias: (a + b + c, a + c + bias, b - bias)
    ),
    "Only the frozen layer itself is non-trainable: the one before it goes on learning.": (
        lambda a, b, c, bias: (a + b + c, c, a + b)
    ),
    "Only the frozen layer itself is non-trainable: the one after it goes on learning.": (
        lambda a, b, c, bias: (a + b + c, a, b + c)
    ),
    "Frozen weights still belong to the model: they count in the total.": (
        lambda a, b, c, bias: (a + c, a + c, b)
    ),
    "Frozen weights still belong to the model: they count in the total, and as non-trainable.": (
        lambda a, b, c, bias: (a + c, a + c, 0)
    ),
    "A frozen weight is no longer trainable: the two lines add up to the total.": (
        lambda a, b, c, bias: (a + b + c, a + b + c, b)
    ),
}


def _lines(sizes: tuple[Layer, Layer, Layer], share: Formula) -> tuple[int, int, int]:
    return share(*map(sum, sizes), sizes[1][1])


@task(
    "Three layers, the middle one frozen",
    why="144 + 68 + 10 = 222 in all; freezing moves 68 of them from one line to the other.",
    hints=(
        "Count each of the three Dense layers first, biases included.",
        "The layers have 144, 68 and 10. Which of them does the optimizer leave alone?",
        "Freezing never changes the total: trainable + non-trainable is still 222.",
    ),
)
def three_layers(total: object, trainable: object, non_trainable: object) -> None:
    """Dense 8 -> 16 -> 4 -> 2 with the middle layer frozen: 222, 154, 68."""
    answers = {"total": total, "trainable": trainable, "non_trainable": non_trainable}
    given = tuple(whole_number(name, answer) for name, answer in answers.items())
    if given == _lines(_THREE_SIZES[""], _SHARES[""]):
        return
    shown = "You gave {:,} in all, {:,} trainable and {:,} non-trainable. ".format(*given)
    mistakes = wrong_ways(_lines, _THREE_SIZES, _SHARES)
    if given in mistakes:
        raise Wrong(shown + mistakes[given])
    if given[0] != given[1] + given[2]:
        raise Wrong(shown + "Trainable and non-trainable must add up to the total.")

    def fits(sizes: Formula) -> bool:
        first, middle, last = sizes()
        return given == (first + middle + last, first + last, middle)

    otherwise = "Count one layer at a time: inputs · units + units."
    slip = explained(slips("(8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2)"), fits)
    if slip:
        raise Slip(f"{shown}{slip} {otherwise}")
    raise Wrong(shown + otherwise, diagnosed=False)
