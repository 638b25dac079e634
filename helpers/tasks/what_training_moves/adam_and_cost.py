"""Exercise 2: what Adam keeps and what training costs if one layer is trained."""

from helpers.tasks.answers import choice, expect_number
from helpers.tasks.core import task
from helpers.tasks.mistakes import wrong_ways

_TRAINED = {
    "": 10 * 10 + 10,
    "The layer has a bias, too, which is trained with its kernel.": 10 * 10,
    "The layer has a kernel, too, which is trained with its bias.": 10,
    "A kernel has one number for every pair of input and unit: 10 · 10.": 10 + 10,
    "That is for all six layers; Adam keeps numbers only for what is on the list.": 6 * 110,
    "That is for the five *frozen* layers; Adam keeps numbers only for the trained one.": 5 * 110,
    "Count the numbers in the layer's arrays, not the arrays.": 2,
}
_ADAM_KEEPS = {  # of the numbers that are trained
    "": lambda n: 2 * n + 2,
    "Two for each trained number are there; Adam also keeps its step count and its rate.": (
        lambda n: 2 * n
    ),
    "Adam's own two numbers are there once, not twice.": lambda n: 2 * (n + 2),
    "Of its own, Adam keeps a step count *and* a rate.": lambda n: 2 * n + 1,
    "Adam keeps *two* numbers for each trained one.": lambda n: n + 2,
    "Adam keeps *two* numbers for each trained one, and two of its own.": lambda n: n,
    "Adam keeps two numbers for each trained one, not three.": lambda n: 3 * n + 2,
    "Adam keeps two numbers for each trained one, not three, and two of its own.": lambda n: 3 * n,
    "That is what plain SGD keeps; Adam also keeps two numbers for each trained one.": lambda n: 2,
    "Adam keeps something for whatever is trained, and one layer is.": lambda n: 0,
}


@task(
    "What freezing saves",
    why="Adam's numbers follow the list, wherever the layer stands; the work depends on how far "
    "down the gradient has to go.",
    hints=(
        "Adam keeps two numbers for each number on the list, and two of its own.",
        "One layer has 10 · 10 + 10 = 110 numbers. To train the bottom, through what must the "
        "gradient come?",
        "222 in both cases; to train the top alone is cheaper.",
    ),
)
def adam_and_cost(kept_for_top: object, kept_for_bottom: object, cheaper: object) -> None:
    """Six Dense(10) on 10: Adam keeps 222 either way; the top alone is cheaper to train."""
    mistakes = wrong_ways(lambda trained, kept: kept(trained), _TRAINED, _ADAM_KEEPS) | {
        660: "That is the size of the whole model; Adam keeps numbers only for what is on the "
        "list: two for each, and two of its own."
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
            "bottom": "To reach the bottom, the gradient must come down through all the layers "
            "above.",
            "same": "What Adam keeps is the same, the work is not: the gradient has to come down "
            "to the layer that is trained.",
        },
    )
