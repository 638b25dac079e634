"""Tasks of exercise 2: what one training step moves."""

from helpers.tasks.core import Exercise
from helpers.tasks.what_training_moves.adam_and_cost import adam_and_cost
from helpers.tasks.what_training_moves.frozen_middle import frozen_middle
from helpers.tasks.what_training_moves.moved_by import moved_by
from helpers.tasks.what_training_moves.penalties import penalties
from helpers.tasks.what_training_moves.proof_in_order import PROOF_LINES, proof_in_order
from helpers.tasks.what_training_moves.step_repaired import step_repaired
from helpers.tasks.what_training_moves.two_switches import two_switches
from helpers.tasks.what_training_moves.walled import walled

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
