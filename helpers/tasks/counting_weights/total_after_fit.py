"""Exercise 1: the total of a summary after a fit, and the model's own."""

from helpers.tasks.answers import expect_number, whole_number
from helpers.tasks.core import Slip, Wrong, task
from helpers.tasks.mistakes import wrong_ways
from helpers.tasks.slips import Formula

_TWO_SIZES = {  # of the frozen layer and of the learned one
    "": (4 * 3 + 3, 3 * 1 + 1),
    "You left out the biases: both layers have one.": (4 * 3, 3 * 1),
    "You left out a bias: the frozen layer has one, too.": (4 * 3, 3 * 1 + 1),
    "You left out a bias: the last layer has one, too.": (4 * 3 + 3, 3 * 1),
    "You gave every *input* a bias; there is one per *unit*.": (4 * 3 + 4, 3 * 1 + 3),
    "The last layer takes the three numbers of the first.": (4 * 3 + 3, 4 * 1 + 1),
}
_OWN_NUMBERS = (
    "That is {} numbers of Adam's own. It has two, its step count and its learning rate, and has "
    "them once; beta_1, beta_2 and epsilon are settings, which it keeps in no variable."
)
_ADAMS = {  # of the frozen numbers and of the learned ones
    "": lambda f, t: 2 * t + 2,
    "Adam keeps more than its two numbers for each trainable one: its step count and its learning "
    "rate.": lambda f, t: 2 * t,
    "Adam keeps more than its two numbers for each trainable one: its step count *and* its "
    "learning rate.": lambda f, t: 2 * t + 1,
    "That is one number of Adam's for each trainable one; it keeps two, and two of its own.": (
        lambda f, t: t
    ),
    "That is one number of Adam's for each trainable one; it keeps two.": lambda f, t: t + 2,
    "That is two numbers of Adam's for each trained *array*; it keeps two for each number in it.": (
        lambda f, t: 2 * 2 + 2
    ),
    "That is two numbers of Adam's for each trained *array*; it keeps two for each number in it, "
    "and two of its own.": lambda f, t: 2 * 2,
    _OWN_NUMBERS.format("three"): lambda f, t: 2 * t + 3,
    _OWN_NUMBERS.format("four"): lambda f, t: 2 * t + 4,
    _OWN_NUMBERS.format("five"): lambda f, t: 2 * t + 5,
    "That is three numbers of Adam's for each trainable one; it keeps two.": lambda f, t: 3 * t + 2,
    "That is three numbers of Adam's for each trainable one; it keeps two, and two of its own.": (
        lambda f, t: 3 * t
    ),
    "Two more numbers are what plain SGD keeps; Adam also keeps two for each trainable one.": (
        lambda f, t: 2
    ),
    "So it was before `fit`; the summary now adds what the optimizer keeps.": lambda f, t: 0,
    "You gave the frozen numbers places in Adam, too; it keeps numbers only for the trainable.": (
        lambda f, t: 2 * (f + t) + 2
    ),
    "You gave the frozen numbers places in Adam, too; it keeps numbers only for the trainable, and "
    "two of its own.": lambda f, t: 2 * (f + t),
    "You gave the frozen numbers places in Adam, and not the trainable ones; it is the other way "
    "round.": lambda f, t: 2 * f + 2,
}
_SUMMARIES = {  # of the frozen numbers, the learned ones and Adam's
    "": lambda f, t, adam: f + t + adam,
    "That is the optimizer's part alone; the summary's total holds the model, too.": (
        lambda f, t, adam: adam
    ),
    "That is the trainable part of the model alone; the summary's total holds the frozen part and "
    "Adam's numbers, too.": lambda f, t, adam: t,
    "That is the frozen part of the model alone; the summary's total holds the rest, too.": (
        lambda f, t, adam: f
    ),
    "The frozen numbers still belong to the model: the summary's total holds them, too.": (
        lambda f, t, adam: t + adam
    ),
}
_PARAMS = {
    "": lambda f, t, adam: f + t,
    "`count_params()` counts the model alone, without what the optimizer keeps.": (
        lambda f, t, adam: f + t + adam
    ),
    "`count_params()` counts frozen numbers, too.": lambda f, t, adam: t,
    "`count_params()` counts the trainable numbers, too, not the frozen layer alone.": (
        lambda f, t, adam: f
    ),
    "`count_params()` counts the model, not the optimizer's numbers.": lambda f, t, adam: adam,
}


def _both_numbers(
    sizes: tuple[int, int], adams: Formula, summary: Formula, count: Formula
) -> tuple[int, int]:
    numbers = (*sizes, adams(*sizes))
    return summary(*numbers), count(*numbers)


@task(
    "The total that grew",
    why="The summary adds what the optimizer keeps: two numbers for each *trainable* one and "
    "two of its own, 2 · 4 + 2 = 10. The model itself still has 19.",
    hints=(
        "`fit` did not change the model. Who else keeps numbers during training?",
        "Adam keeps two numbers for each that it updates, and its step count and learning rate.",
        "19 + 2 · 4 + 2 for the summary; `count_params()` counts the model alone.",
    ),
)
def total_after_fit(summary_total: object, count_params: object) -> None:
    """Dense 4 -> 3 (frozen) -> 1 after fit with Adam: 29 in the summary, 19 in the model."""
    given = whole_number("summary_total", summary_total), whole_number("count_params", count_params)
    if given == (19, 29):
        raise Wrong("`summary_total` is 19 and `count_params` 29: the two are exchanged.")
    parts = _TWO_SIZES, _ADAMS, _SUMMARIES, _PARAMS
    one, two = (wrong_ways(_both_numbers, *parts, most=most) for most in (1, 2))
    shown = "`summary_total` is {:,} and `count_params` is {:,}.".format(*given)
    if given in one or (given in two and given[0] != 29 and given[1] != 19):
        raise Wrong(f"{shown} {two[given]}")
    if given in two:  # two mistakes in a single number are no more than likely
        raise Slip(f"{shown} Is it this? {two[given]}")
    summaries = {summary: said for (summary, count), said in one.items() if count == 19}
    counts = {count: said for (summary, count), said in one.items() if summary == 29}
    otherwise = "Start from the model's 19 numbers, then add what Adam keeps."
    way = "4 * 3 + 3 + (3 * 1 + 1) + 2 * (3 * 1 + 1) + 2"
    expect_number("summary_total", given[0], 29, summaries, otherwise=otherwise, way=way)
    otherwise = "Which of the three parts (learned, frozen, optimizer) belong to the model?"
    way = "4 * 3 + 3 + (3 * 1 + 1)"
    expect_number("count_params", given[1], 19, counts, otherwise=otherwise, way=way)
