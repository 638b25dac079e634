"""Figures of filters: kernels, what they answer, the direction of edges, the twins' results."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from helpers.figures.picture import BLACK, BLUE, GREEN, ORANGE, PURPLE, Picture
from helpers.given import labelled, numbers, shown, text, whole

SIGNED = "PuOr_r"  # purple below 0, white at 0, orange above; safe for colour-blind readers
CYCLE = (BLUE, GREEN, ORANGE, PURPLE, BLUE)  # left, up, right, down and left again
TWIN_STYLE = ((BLUE, "o"), (GREEN, "s"), (ORANGE, "^"), (PURPLE, "D"))


def panels(count: int, width: float, height: float, per_row: int = 6):
    """A figure with so many blank panels in rows; sizes in inches per panel."""
    from matplotlib.figure import Figure

    rows, columns = -(-count // per_row), min(count, per_row)
    figure = Figure(
        figsize=(width * columns, height * rows), facecolor="white", layout="constrained"
    )
    grid = list(figure.subplots(rows, columns, squeeze=False).flat)
    for unused in grid[count:]:
        unused.set_axis_off()
    return figure, grid[:count]


def kernel_maps(kernels: Mapping[str, np.ndarray], title: str, digits: int = 0) -> Picture:
    """Heat maps of small kernels with every number written in; one colour scale, 0 is white.

    Args:
        kernels: for each panel's title, a kernel (height, width) or (height, width, 1, 1).
        digits: digits after the point. The numbers are in the picture only, not in the caption.

    Raises:
        ValueError: no kernel, or one that holds more than one filter or not-finite numbers.
    """
    tables = {name: one_table(name, kernel) for name, kernel in kernels.items()}
    if not tables:
        raise ValueError("kernel_maps() needs at least one kernel")
    largest = max(float(np.abs(table).max()) for table in tables.values()) or 1.0
    figure, grid = panels(len(tables), 1.9, 2.3)
    for axes, (name, table) in zip(grid, tables.items(), strict=True):
        drawn = axes.imshow(table, cmap=SIGNED, vmin=-largest, vmax=largest)
        for (row, column), value in np.ndenumerate(table):
            ink = "white" if abs(value) > 0.6 * largest else BLACK
            text = f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")
            axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=9)
        axes.set(title=name, xlabel="column", ylabel="row")
        axes.set_xticks(range(table.shape[1]))
        axes.set_yticks(range(table.shape[0]))
    figure.colorbar(drawn, ax=grid, label="kernel value", shrink=0.8)
    figure.suptitle(title)
    return Picture(
        figure, f"{title}. Heat maps, orange above 0, purple below: {'; '.join(tables)}."
    )


def one_table(name: str, kernel) -> np.ndarray:
    table = np.asarray(kernel, dtype="float64")
    if table.ndim == 4 and table.shape[2:] == (1, 1):
        table = table[:, :, 0, 0]
    if table.ndim != 2 or not np.isfinite(table).all():
        raise ValueError(f"{name!r} should be one kernel of finite numbers; got {table.shape}")
    return table


def images(
    pictures: Mapping[str, np.ndarray], title: str, caption: str, per_row: int = 2
) -> Picture:
    """Images side by side; those with negative numbers in colours with white at 0.

    The strongest 0.5 % of the signed numbers share the colour of the ends of the scale.

    Args:
        pictures: for each panel's title, an image (height, width), or (height, width, 3) uint8.
        caption: what a reader who cannot see the picture should know.

    Raises:
        ValueError: no image, or one of another shape.
    """
    title, caption = text("title", title), text("caption", caption)
    if not 1 <= whole("per_row", per_row, "a whole number from 1 to 12") <= 12:
        raise ValueError(f"per_row should be a whole number from 1 to 12, not {shown(per_row)}")
    for name, pixels in labelled("pictures", pictures, "at least one image").items():
        shape = numbers(name, pixels, "an image of numbers").shape
        if not math.prod(shape) or (len(shape) != 2 and shape[2:] != (3,)):
            raise ValueError(f"{name!r} is no image: its shape is {shape}")
    height, width = np.shape(next(iter(pictures.values())))[:2]
    figure, grid = panels(
        len(pictures), 8 / per_row, 6.4 / per_row * height / width + 0.8, per_row
    )
    for axes, (name, pixels) in zip(grid, pictures.items(), strict=True):
        pixels = np.asarray(pixels)
        style = {"cmap": "gray"}
        if pixels.ndim == 2 and pixels.min() < 0:
            # A few strong spots must not make all the rest pale.
            largest = np.percentile(np.abs(pixels), 99.5) or 1.0
            style = {"cmap": SIGNED, "vmin": -largest, "vmax": largest}
        drawn = axes.imshow(pixels, interpolation="nearest", **style)
        axes.set(title=name, xlabel="column (pixels)", ylabel="row (pixels)")
        if pixels.ndim == 2:
            figure.colorbar(drawn, ax=axes, shrink=0.75)
    figure.suptitle(title)
    return Picture(figure, f"{title}. {caption}")


def edge_directions(magnitude, orientation, title: str = "Direction of the edges") -> Picture:
    """An image's edges, coloured by the way in which it gets brighter, and the wheel to read it.

    Args:
        magnitude: (height, width), not negative; faint edges are drawn dark.
        orientation: (height, width) radians, as from `helpers.filters.orientation`.

    Raises:
        ValueError: the two are not images of the same shape.
    """
    from matplotlib.colors import LinearSegmentedColormap

    steep, angle = np.asarray(magnitude), np.asarray(orientation)
    if steep.ndim != 2 or steep.shape != angle.shape:
        raise ValueError(f"expected two images of one shape, not {steep.shape} and {angle.shape}")
    figure, (picture, wheel) = panels(2, 4.0, 3.9)
    cycle = LinearSegmentedColormap.from_list("directions", CYCLE)

    def coloured(angles, brightness):
        turns = np.nan_to_num(angles) / (2 * np.pi) + 0.5
        return cycle(turns)[..., :3] * brightness[..., None]

    picture.imshow(coloured(angle, np.clip(steep / np.percentile(steep, 97), 0, 1)))
    picture.set(title="edges", xlabel="column (pixels)", ylabel="row (pixels)")
    y, x = np.mgrid[-1:1:201j, -1:1:201j]  # rows downwards, as in an image
    ring = (np.hypot(x, y) <= 1) & (np.hypot(x, y) > 0.45)
    shown = np.where(ring[..., None], coloured(np.arctan2(y, x), np.ones_like(x)), 1.0)
    wheel.imshow(shown, extent=(-1, 1, 1, -1))
    for words, (column, row) in {
        "right": (1.28, 0), "down": (0, 1.15), "left": (-1.25, 0), "up": (0, -1.15),
    }.items():  # fmt: skip
        wheel.text(column, row, words, ha="center", va="center")
    wheel.set(title="brighter towards", xlim=(-1.6, 1.6), ylim=(1.4, -1.4))
    wheel.set_axis_off()
    figure.suptitle(title)
    return Picture(
        figure,
        f"{title}. Left: the edges of an image, their colour telling in which direction it gets "
        "brighter. Right: the colour wheel with right, down, left and up.",
    )


def twins_chart(
    accuracy: Mapping[str, Mapping[str, Sequence[float]]], title: str, chance: float = 0.1
) -> Picture:
    """For each lighting, the twins' accuracies: a mark at the mean, a bar from worst to best seed.

    Args:
        accuracy: twin, then lighting, then one share from 0 to 1 per seed. At most four twins.

    Raises:
        ValueError: more than four twins, or none.
    """
    if not 1 <= len(accuracy) <= len(TWIN_STYLE):
        raise ValueError(f"expected 1 to {len(TWIN_STYLE)} twins, not {len(accuracy)}")
    figure, (axes,) = panels(1, 7.6, 3.6)
    lightings = list(next(iter(accuracy.values())))
    for number, (name, by_light) in enumerate(accuracy.items()):
        colour, mark = TWIN_STYLE[number]
        at = np.arange(len(lightings)) + 0.16 * (number - (len(accuracy) - 1) / 2)
        seeds = np.array([by_light[light] for light in lightings]) * 100
        mean = seeds.mean(axis=1)
        reach = (mean - seeds.min(axis=1), seeds.max(axis=1) - mean)
        axes.errorbar(at, mean, yerr=reach, fmt=mark, color=colour, capsize=3, label=name)
    axes.axhline(100 * chance, color=BLACK, linestyle=":", label="guessing")
    axes.set_xticks(range(len(lightings)), [name.replace(" from", "\nfrom") for name in lightings])
    axes.set(title=title, ylabel="right on test images (%)", xlabel="light", ylim=(0, 100))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return Picture(
        figure,
        f"{title}. For each light ({', '.join(lightings)}) the accuracy of each twin "
        f"({'; '.join(accuracy)}): mean of the seeds, with a bar from the worst to the best.",
    )
