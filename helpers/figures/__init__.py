"""Figures of the course, by matplotlib or in SVG, each with a caption that says what it shows."""

from typing import Any

from helpers import _rooms

ROOMS = {
    "picture": "Picture new_axes",
    "roles": "by_role",
    "movement": "how_far",
    "costs": "cost_bars",
    "filters": "edge_directions images kernel_maps",
    "batchnorm": "approach distributions scattering valleys",
    "sobel_twins": "twins_chart",
    "domain_shift": "adapted shifted_digits",
    "transfer": "recipe_dots",
    "clinic": "diagnostic_chart",
    "maps": "model_map",
}

__all__ = _rooms.offered(ROOMS)


def __getattr__(name: str) -> Any:
    return _rooms.fetched(__name__, ROOMS, name)


def __dir__() -> list[str]:
    return __all__
