"""Tasks of exercise 3: when a freeze takes effect."""

from helpers.tasks.core import Exercise
from helpers.tasks.when_freezing_takes_effect.biases import biases
from helpers.tasks.when_freezing_takes_effect.fine_tuned import fine_tuned
from helpers.tasks.when_freezing_takes_effect.first_layers import first_layers
from helpers.tasks.when_freezing_takes_effect.late_orders import late_orders
from helpers.tasks.when_freezing_takes_effect.lie_detector import lie_detector
from helpers.tasks.when_freezing_takes_effect.six_lines import lines, six_lines
from helpers.tasks.when_freezing_takes_effect.thawed import thawed
from helpers.tasks.when_freezing_takes_effect.whose_flag import whose_flag

__all__ = ["exercise", "lines", "scoreboard"]

exercise = Exercise(
    "Exercise 3, when a freeze takes effect",
    [late_orders, lie_detector, whose_flag, six_lines, fine_tuned, thawed, first_layers, biases],
)
scoreboard = exercise.scoreboard
