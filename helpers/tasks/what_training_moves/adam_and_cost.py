"""Exercise 2: what Adam keeps and what training costs if one layer is trained."""

from helpers.tasks.answers import choice, expect_number
from helpers.tasks.core import task


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
    mistakes = {
        221: "That is one too few: of its own, Adam keeps a step count *and* a rate.",
        220: "Two for each trained number are there; Adam also keeps its step count and its rate.",
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
            "bottom": "To reach the bottom, the gradient must come down through all the layers "
            "above.",
            "same": "What Adam keeps is the same, the work is not: how far does the gradient have "
            "to go?",
        },
    )
