"""Tasks of exercise 1: counting weights."""

from helpers.tasks.core import Exercise
from helpers.tasks.counting_weights.batchnorm_counts import batchnorm_counts
from helpers.tasks.counting_weights.built_to_order import built_to_order
from helpers.tasks.counting_weights.conv2d_count import conv2d_count
from helpers.tasks.counting_weights.count_repaired import count_repaired
from helpers.tasks.counting_weights.dense_layer import dense_layer
from helpers.tasks.counting_weights.three_layers import three_layers
from helpers.tasks.counting_weights.total_after_fit import total_after_fit
from helpers.tasks.counting_weights.two_reasons import two_reasons

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
