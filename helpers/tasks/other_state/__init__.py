"""Tasks of exercise 7: everything else training leaves alone."""

from helpers.tasks.core import Exercise
from helpers.tasks.other_state.frozen import changes_when_frozen
from helpers.tasks.other_state.lora import LINES, in_order, lora_only, new_task, trained_reader
from helpers.tasks.other_state.merge import merged
from helpers.tasks.other_state.predict import counts, listed, lora_counts, still_changing
from helpers.tasks.other_state.write import peak

__all__ = ["LINES", "new_task", "trained_reader"]

exercise = Exercise(
    "Exercise 7, everything else training leaves alone",
    [
        counts,
        still_changing,
        listed,
        lora_counts,
        peak,
        changes_when_frozen,
        lora_only,
        merged,
        in_order,
    ],
)
scoreboard = exercise.scoreboard
