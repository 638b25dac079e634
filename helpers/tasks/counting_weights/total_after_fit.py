"""Exercise 1: the total of a summary after a fit, and the model's own."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


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
    summaries = {
        19: "So it was before `fit`; the summary now adds what the optimizer keeps.",
        27: "The two numbers for each trainable one are there; Adam also keeps its step count and "
        "its learning rate.",
        59: "You gave the frozen numbers optimizer slots; Adam keeps them only for the 4 "
        "trainable.",
        57: "You gave the frozen numbers optimizer slots; Adam keeps them only for the 4 "
        "trainable.",
        10: "That is the optimizer's part alone; the total holds the model, too.",
        23: "That is one number for each trainable one; Adam keeps two, and two of its own.",
        25: "That is one number for each trainable one; Adam keeps two.",
        21: "That is plain SGD's two numbers; Adam also keeps two for each trainable one.",
        4: "That is the trainable part of the model alone.",
    }
    counts = {
        29: "`count_params()` counts the model alone, without what the optimizer keeps.",
        4: "`count_params()` counts frozen numbers, too.",
        15: "That is the frozen layer alone.",
        10: "Those are the optimizer's numbers; `count_params()` counts the model.",
    }
    otherwise = "Start from the model's 19 numbers, then add what Adam keeps."
    way = "4 * 3 + 3 + (3 * 1 + 1) + 2 * (3 * 1 + 1) + 2"
    expect_number("summary_total", summary_total, 29, summaries, otherwise=otherwise, way=way)
    otherwise = "Which of the three parts (learned, frozen, optimizer) belong to the model?"
    way = "4 * 3 + 3 + (3 * 1 + 1)"
    expect_number("count_params", count_params, 19, counts, otherwise=otherwise, way=way)
