"""Tasks of exercise 3: when a freeze takes effect."""

from helpers.tasks.core import Exercise
from helpers.tasks.when_freezing_takes_effect.predict import late_orders, lie_detector, whose_flag
from helpers.tasks.when_freezing_takes_effect.repair import fine_tuned, six_lines, thawed
from helpers.tasks.when_freezing_takes_effect.repair import shown_lines as lines
from helpers.tasks.when_freezing_takes_effect.write import biases, first_layers

__all__ = ["exercise", "lines", "scoreboard"]

exercise = Exercise(
    "Exercise 3, when a freeze takes effect",
    [late_orders, lie_detector, whose_flag, six_lines, fine_tuned, thawed, first_layers, biases],
)
scoreboard = exercise.scoreboard
