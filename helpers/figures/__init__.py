"""Figures of the course: matplotlib only, legible in light and dark, never by colour alone."""

from helpers.figures.picture import Picture, new_axes
from helpers.figures.roles import by_role

__all__ = ["Picture", "by_role", "new_axes"]
