"""Tasks of exercise 7: everything else training leaves alone."""

from helpers.tasks.core import Exercise
from helpers.tasks.other_state._trained_reader import new_task, trained_reader
from helpers.tasks.other_state.changes_when_frozen import changes_when_frozen
from helpers.tasks.other_state.counts import counts
from helpers.tasks.other_state.in_order import LINES, in_order
from helpers.tasks.other_state.listed import listed
from helpers.tasks.other_state.lora_counts import lora_counts
from helpers.tasks.other_state.lora_only import lora_only
from helpers.tasks.other_state.merged import merged
from helpers.tasks.other_state.peak import peak
from helpers.tasks.other_state.still_changing import still_changing

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
