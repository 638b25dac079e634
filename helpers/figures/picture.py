"""What every figure of the course shares: a picture that carries its caption, and blank axes.

The caption serves as alt text, so it says in words what the picture shows. A figure is a card of
its own, light with round corners: its colours read the same on a light and on a dark page.
"""

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colour-blind safe palette (https://jfly.uni-koeln.de/color/).
BLUE, ORANGE, GREEN, PURPLE, BLACK = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#000000"
CARD = "#fbfaf7"  # its ground: black on it has a contrast of 20 to 1, the palest palette colour 2

_CARD_STYLE = (
    f"max-width:100%;box-sizing:border-box;padding:8px;border-radius:10px;background:{CARD}"
)

# What a file says of its making, without a date or a version.
_METADATA: dict[str, dict[str, None]] = {"png": {"Software": None}, "svg": {"Date": None}}


@dataclass(frozen=True)
class Picture:
    """A matplotlib figure and the sentence that says what it shows."""

    figure: "Figure"
    caption: str

    def __repr__(self) -> str:
        return self.caption

    def save(self, path: "str | PathLike[str]") -> None:
        """Write a .png or .svg file, over one that is there, as matplotlib's `savefig` does.

        The same picture gives the same bytes. A .svg carries the caption as its description.

        Raises:
            ValueError: the name ends in something else.
            OSError: it cannot be written.
        """
        from matplotlib import rc_context

        kind = Path(path).suffix.lower().lstrip(".")
        if kind not in _METADATA:
            raise ValueError(f"path should end in .png or .svg, not be {str(path)!r}")
        described = {"Description": self.caption}
        with rc_context({"svg.hashsalt": "0"}):  # else the ids in an SVG are drawn by lot
            self.figure.savefig(
                path, dpi=144, bbox_inches="tight", metadata=described | _METADATA[kind]
            )

    def _repr_html_(self) -> str:
        # An HTML image, since JupyterLab gives a plain PNG output no alt text.
        png = BytesIO()
        self.figure.savefig(
            png,
            format="png",
            dpi=144,
            metadata={"Software": None},
            bbox_inches="tight",  # a label outside of the figure is drawn, not cut
            pad_inches=0.1,
        )
        data = b64encode(png.getvalue()).decode()
        width = round(self.figure.get_figwidth() * 96)
        return (
            f'<img alt="{escape(self.caption)}" width="{width}" style="{_CARD_STYLE}" '
            f'src="data:image/png;base64,{data}">'
        )


def new_axes(width: float = 7.0, height: float = 3.0) -> "tuple[Figure, Axes]":
    """A figure outside pyplot (nothing global, nothing to close) and its only axes; inches.

    >>> figure, axes = new_axes(height=2)
    >>> figure.get_size_inches().tolist()
    [7.0, 2.0]
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor=CARD, layout="constrained")
    return figure, figure.add_subplot(facecolor=CARD)


def panels(
    count: int, width: float, height: float, per_row: int = 6
) -> "tuple[Figure, list[Axes]]":
    """A figure with so many blank panels in rows; sizes in inches per panel.

    >>> figure, axes = panels(3, width=2.0, height=1.5, per_row=2)
    >>> len(axes), figure.get_size_inches().tolist()
    (3, [4.0, 3.0])
    """
    from matplotlib.figure import Figure

    rows, columns = -(-count // per_row), min(count, per_row)
    figure = Figure(figsize=(width * columns, height * rows), facecolor=CARD)
    figure.set_layout_engine("constrained", h_pad=0.1)  # inches: a title and the panels' own apart
    ground = {"facecolor": CARD}
    grid = list(figure.subplots(rows, columns, squeeze=False, subplot_kw=ground).flat)
    for unused in grid[count:]:
        unused.set_axis_off()
    return figure, grid[:count]
