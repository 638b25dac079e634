"""Tasks of exercise 4: a Sobel filter that stays put."""

from helpers.tasks.core import Exercise
from helpers.tasks.sobel_filter.colour_edges import colour_edges
from helpers.tasks.sobel_filter.edge_by_hand import edge_by_hand
from helpers.tasks.sobel_filter.fixed_blur import fixed_blur
from helpers.tasks.sobel_filter.fixed_sobel import fixed_sobel
from helpers.tasks.sobel_filter.kernel_shapes import kernel_shapes
from helpers.tasks.sobel_filter.mirrored_border import mirrored_border
from helpers.tasks.sobel_filter.proof_in_order import proof_in_order
from helpers.tasks.sobel_filter.relief_repaired import relief_repaired
from helpers.tasks.sobel_filter.sobel_y_kernel import sobel_y_kernel
from helpers.tasks.sobel_filter.steepness import steepness

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
