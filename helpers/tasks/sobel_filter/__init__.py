"""Tasks of exercise 4: a Sobel filter that stays put."""

from helpers.tasks.core import Exercise
from helpers.tasks.sobel_filter.edges import (
    edge_by_hand,
    kernel_shapes,
    mirrored_border,
    sobel_y_kernel,
    steepness,
)
from helpers.tasks.sobel_filter.fixed import colour_edges, fixed_blur, fixed_sobel, relief_repaired
from helpers.tasks.sobel_filter.proof import proof_in_order

exercise = Exercise(
    "Exercise 4, a Sobel filter that stays put",
    [
        edge_by_hand,
        kernel_shapes,
        sobel_y_kernel,
        relief_repaired,
        steepness,
        mirrored_border,
        fixed_sobel,
        colour_edges,
        proof_in_order,
        fixed_blur,
    ],
)
scoreboard = exercise.scoreboard
