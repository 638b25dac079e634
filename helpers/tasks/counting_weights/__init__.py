"""Tasks of exercise 1: counting weights."""

from helpers.tasks.core import Exercise
from helpers.tasks.counting_weights.predict import (
    batchnorm_counts,
    dense_layer,
    three_layers,
    total_after_fit,
    two_reasons,
)
from helpers.tasks.counting_weights.write import built_to_order, conv2d_count, count_repaired

exercise = Exercise(
    "Exercise 1, counting weights",
    [
        dense_layer,
        three_layers,
        conv2d_count,
        batchnorm_counts,
        count_repaired,
        two_reasons,
        total_after_fit,
        built_to_order,
    ],
)
scoreboard = exercise.scoreboard
