"""Exercise 1: the three lines of a summary when the middle layer is frozen."""

from helpers.tasks.answers import whole_number
from helpers.tasks.core import Wrong, task
from helpers.tasks.slips import Formula, explained, slips


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
    given = [
        whole_number(name, answer)
        for name, answer in zip(
            ("total", "trainable", "non_trainable"), (total, trainable, non_trainable), strict=True
        )
    ]
    shown = "You gave {:,} in all, {:,} trainable and {:,} non-trainable. ".format(*given)
    if given == [222, 154, 68]:
        return
    mistakes: dict[tuple[int, ...], str] = {
        (200, 136, 64): "The kernels are right; every layer has a bias, too.",
        (222, 68, 154): "The last two are swapped: frozen means *non*-trainable.",
        (222, 78, 144): "That is with the *first* layer frozen; the middle one has 68.",
        (222, 212, 10): "That is with the *last* layer frozen; the middle one has 68.",
        (222, 222, 0): "That is before anything is frozen.",
        (154, 154, 68): "Frozen weights still belong to the model: they count in the total.",
        (154, 154, 0): "Frozen weights still belong to the model: they count in the total.",
        (222, 222, 68): "A frozen weight is no longer trainable: the two lines add up to the "
        "total.",
        (6, 4, 2): "Those are arrays; count the numbers in them.",
        (3, 2, 1): "Those are layers; count the numbers in them.",
    }
    if tuple(given) in mistakes:
        raise Wrong(shown + mistakes[tuple(given)])
    if given[0] != given[1] + given[2]:
        raise Wrong(shown + "Trainable and non-trainable must add up to the total.")
    otherwise = "Count one layer at a time: inputs · units + units."

    def fits(sizes: Formula) -> bool:
        first, middle, last = sizes()
        return given == [first + middle + last, first + last, middle]

    slip = explained(slips("(8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2)"), fits)
    raise Wrong(shown + (f"{slip} {otherwise}" if slip else otherwise), diagnosed=bool(slip))
