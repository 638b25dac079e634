"""Tasks of exercise 5: BatchNormalization's statistics."""

from helpers.tasks.batchnorm_statistics._pretrained_base import pretrained_base, targets
from helpers.tasks.batchnorm_statistics.four_arrays import four_arrays
from helpers.tasks.batchnorm_statistics.in_order import LINES, in_order
from helpers.tasks.batchnorm_statistics.like_pytorch import like_pytorch
from helpers.tasks.batchnorm_statistics.measured_anew import measured_anew
from helpers.tasks.batchnorm_statistics.one_step import one_step
from helpers.tasks.batchnorm_statistics.output_rule import output_rule
from helpers.tasks.batchnorm_statistics.statistics_kept import statistics_kept
from helpers.tasks.batchnorm_statistics.steps_left import steps_left
from helpers.tasks.batchnorm_statistics.update_rule import update_rule
from helpers.tasks.batchnorm_statistics.which_statistics import which_statistics
from helpers.tasks.core import Exercise

__all__ = ["LINES", "pretrained_base", "targets"]
exercise = Exercise(
    "Exercise 5, BatchNormalization's statistics",
    [
        four_arrays,
        one_step,
        steps_left,
        which_statistics,
        like_pytorch,
        update_rule,
        output_rule,
        measured_anew,
        statistics_kept,
        in_order,
    ],
)
scoreboard = exercise.scoreboard
