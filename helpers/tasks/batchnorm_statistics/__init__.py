"""Tasks of exercise 5: BatchNormalization's statistics."""

from helpers.tasks.batchnorm_statistics.bases import pretrained_base, targets
from helpers.tasks.batchnorm_statistics.order import LINES, in_order
from helpers.tasks.batchnorm_statistics.predict import (
    four_arrays,
    one_step,
    steps_left,
    which_statistics,
)
from helpers.tasks.batchnorm_statistics.repair import measured_anew, statistics_kept
from helpers.tasks.batchnorm_statistics.torch_terms import like_pytorch
from helpers.tasks.batchnorm_statistics.write import output_rule, update_rule
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
