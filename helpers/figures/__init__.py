"""Figures of the course: matplotlib only, legible in light and dark, never by colour alone."""

from helpers.figures.costs import cost_bars
from helpers.figures.filters import edge_directions, images, kernel_maps, twins_chart
from helpers.figures.movement import how_far
from helpers.figures.picture import Picture, new_axes
from helpers.figures.roles import by_role

__all__ = [
    "Picture",
    "by_role",
    "cost_bars",
    "edge_directions",
    "how_far",
    "images",
    "kernel_maps",
    "new_axes",
    "twins_chart",
]
