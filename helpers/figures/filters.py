"""Figures of filters: kernels, what they answer, the direction of edges."""

import math
from collections.abc import Mapping
from textwrap import fill
from typing import Any

import numpy as np

from helpers._arguments import labelled, numbers, real, shaped, shown, text, whole
from helpers.figures.picture import BLACK, BLUE, GREEN, ORANGE, PURPLE, Picture, panels

_SIGNED = "PuOr_r"  # purple below 0, white at 0, orange above; safe for colour-blind readers
_CYCLE = (BLUE, GREEN, ORANGE, PURPLE, BLUE)  # left, up, right, down and left again


def kernel_maps(kernels: Mapping[str, np.ndarray], title: str, digits: int = 0) -> Picture:
    """Heat maps of small kernels with every number written in; one colour scale, 0 is white.

    Args:
        kernels: for each panel's title, a kernel (height, width) or (height, width, 1, 1).
        digits: digits after the point. The numbers are in the picture only, not in the caption.

    Raises:
        TypeError, ValueError: no kernel, one that holds more than one filter or not-finite numbers,
            no title, or digits are not from 0 to 9.

    >>> from helpers.filters import sobel_x
    >>> kernel_maps({"Sobel x": sobel_x()}, "One kernel")
    One kernel. Heat maps, orange above 0, purple below: Sobel x.
    """
    title, digits = text("title", title), whole("digits", digits, "from 0 to 9", range(10))
    kernels = labelled("kernels", kernels, "at least one kernel")
    tables = {name: _one_table(name, kernel) for name, kernel in kernels.items()}
    figure, grid = panels(len(tables), 1.9, 2.2)
    for axes, (name, table) in zip(grid, tables.items(), strict=True):
        largest = float(np.abs(table).max()) or 1.0
        axes.imshow(table, cmap=_SIGNED, vmin=-largest, vmax=largest)
        for (row, column), value in np.ndenumerate(table):
            ink = "white" if abs(value) > 0.6 * largest else BLACK
            words = f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")
            axes.text(column, row, words, ha="center", va="center", color=ink, fontsize=9)
        axes.set(title=name, xticks=[], yticks=[])  # every number is written in
    figure.suptitle(title)
    return Picture(
        figure, f"{title}. Heat maps, orange above 0, purple below: {'; '.join(tables)}."
    )


def _one_table(name: str, kernel: object) -> np.ndarray:
    expected = "one kernel of finite numbers"
    table = numbers(f"{name!r}", kernel, expected)
    if table.ndim == 4 and table.shape[2:] == (1, 1):
        table = table[:, :, 0, 0]
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():
        raise ValueError(f"{name!r} should be {expected}, not {shown(kernel)}")
    return table


def images(
    pictures: Mapping[str, np.ndarray],
    title: str,
    caption: str,
    per_row: int = 2,
    white: float | None = None,
) -> Picture:
    """Images side by side, without axes; those with negative numbers in colours, white at 0.

    The strongest 0.5 % of the signed numbers share the colour of the ends of the scale.

    Args:
        pictures: for each panel's title, an image (height, width), or (height, width, 3) uint8.
        caption: what a reader who cannot see the picture should know.
        white: the number that is drawn white in all gray images, 0 being black; by default each
            image is drawn from its own darkest to its own brightest number.

    Raises:
        TypeError, ValueError: no image, one of another shape, no title or caption, per_row is not
            from 1 to 12, or white is not positive and finite.

    >>> from helpers.datasets import photograph
    >>> images({"cat": photograph()}, "A photograph", "A cat with striped fur")
    A photograph. A cat with striped fur
    """
    title, caption = text("title", title), text("caption", caption)
    per_row = whole("per_row", per_row, "a whole number from 1 to 12", range(1, 13))
    for name, pixels in labelled("pictures", pictures, "at least one image").items():
        shape = numbers(f"pictures[{name!r}]", pixels, "an image of numbers").shape
        if not math.prod(shape) or (len(shape) != 2 and shape[2:] != (3,)):
            raise ValueError(f"{name!r} is no image: its shape is {shape}")
    if white is not None and real("white", white, "positive and finite") <= 0:
        raise ValueError(f"white should be positive and finite, not {shown(white)}")
    height, width = np.shape(next(iter(pictures.values())))[:2]
    figure, grid = panels(len(pictures), 8 / per_row, 8 / per_row * height / width + 0.35, per_row)
    for axes, (name, pixels) in zip(grid, pictures.items(), strict=True):
        pixels = np.asarray(pixels)
        style: dict[str, Any] = {"cmap": "gray"}
        if white is not None:
            style |= {"vmin": 0, "vmax": white}
        if pixels.ndim == 2 and pixels.min() < 0:
            # A few strong spots must not make all the rest pale.
            largest = np.percentile(np.abs(pixels), 99.5) or 1.0
            style = {"cmap": _SIGNED, "vmin": -largest, "vmax": largest}
        axes.imshow(pixels, interpolation="nearest", **style)
        axes.set_title(fill(name, 100 // per_row))
        axes.set_axis_off()
    figure.suptitle(title)
    return Picture(figure, f"{title}. {caption}")


def edge_directions(
    magnitude: object, orientation: object, title: str = "Direction of the edges"
) -> Picture:
    """An image's edges, coloured by the way in which it gets brighter, and the wheel to read it.

    Args:
        magnitude: (height, width), not negative; faint edges are drawn dark.
        orientation: (height, width) radians, as from `helpers.filters.orientation`.

    Raises:
        TypeError, ValueError: the two are not images of the same shape, a magnitude is not finite,
            or the title is no text.

    >>> steep, angle = np.ones((4, 4)), np.zeros((4, 4))
    >>> edge_directions(steep, angle, "Brighter to the right").caption[:40]
    'Brighter to the right. Left: the edges o'
    """
    from matplotlib.colors import LinearSegmentedColormap

    expected = "an image (height, width) of finite numbers"
    if not np.isfinite(shaped("magnitude", magnitude, expected, (None, None))).all():
        raise ValueError(f"magnitude should be {expected}, not {shown(magnitude)}")
    steep, angle = np.asarray(magnitude), np.asarray(orientation)
    shaped("orientation", orientation, f"an image of shape {steep.shape}", steep.shape)
    title = text("title", title)
    figure, (picture, wheel) = panels(2, 4.0, 3.9)
    cycle = LinearSegmentedColormap.from_list("directions", _CYCLE)

    def coloured(angles: np.ndarray, brightness: np.ndarray) -> np.ndarray:
        turns = np.nan_to_num(angles) / (2 * np.pi) + 0.5
        return cycle(turns)[..., :3] * brightness[..., None]

    strong = np.percentile(steep, 97) or steep.max() or 1.0
    picture.imshow(coloured(angle, np.clip(steep / strong, 0, 1)))
    picture.set_title("edges")
    picture.set_axis_off()
    y, x = np.mgrid[-1:1:201j, -1:1:201j]  # rows downwards, as in an image
    ring = (np.hypot(x, y) <= 1) & (np.hypot(x, y) > 0.45)
    rainbow = np.where(ring[..., None], coloured(np.arctan2(y, x), np.ones_like(x)), 0.0)
    wheel.imshow(np.dstack([rainbow, ring]), extent=(-1, 1, 1, -1))
    for words, (column, row) in {
        "right": (1.28, 0),
        "down": (0, 1.15),
        "left": (-1.25, 0),
        "up": (0, -1.15),
    }.items():
        wheel.text(column, row, words, ha="center", va="center")
    wheel.text(0, 0, "brighter\ntowards", ha="center", va="center")
    wheel.set(xlim=(-1.6, 1.6), ylim=(1.4, -1.4))
    wheel.set_axis_off()
    figure.suptitle(title)
    return Picture(
        figure,
        f"{title}. Left: the edges of an image, their colour telling in which direction it gets "
        "brighter. Right: the colour wheel with right, down, left and up.",
    )
