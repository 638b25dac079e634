"""Tasks of exercise 2: what one training step moves."""

from helpers.tasks.core import Exercise
from helpers.tasks.what_training_moves.predict import (
    adam_and_cost,
    frozen_middle,
    penalties,
    two_switches,
    walled,
)
from helpers.tasks.what_training_moves.repair import step_repaired
from helpers.tasks.what_training_moves.write import PROOF_LINES, moved_by, proof_in_order

exercise = Exercise(
    "Exercise 2, what one training step moves",
    [
        frozen_middle,
        walled,
        moved_by,
        two_switches,
        penalties,
        proof_in_order,
        step_repaired,
        adam_and_cost,
    ],
)
scoreboard = exercise.scoreboard

__all__ = [*(task.name for task in exercise.tasks), "PROOF_LINES", "exercise", "scoreboard"]
