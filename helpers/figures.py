"""Figures of the course: matplotlib only, each with a caption that serves as its alt text.

Colours are Okabe and Ito's colour-blind safe palette (https://jfly.uni-koeln.de/color/); every
colour comes with a pattern, so that nothing is said by colour alone. The background is always
white, so that a figure reads the same in a light and in a dark notebook.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from helpers.ledger import Ledger, Role, ledger

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROLE_STYLE = {
    Role.LEARNED: ("#0072B2", ""),
    Role.FROZEN: ("#E69F00", "//"),
    Role.STATISTIC: ("#009E73", ".."),
    Role.OTHER_STATE: ("#CC79A7", "xx"),
}


@dataclass(frozen=True)
class Picture:
    """A matplotlib figure and the sentence that says what it shows."""

    figure: "Figure"
    caption: str

    def __repr__(self) -> str:
        return self.caption

    def _repr_mimebundle_(self, include=None, exclude=None):
        png = BytesIO()
        self.figure.savefig(png, format="png", dpi=110, metadata={"Software": None})
        data = {"image/png": png.getvalue(), "text/plain": self.caption}
        return data, {"image/png": {"alt": self.caption}}


def new_axes(width: float = 7.0, height: float = 3.0):
    """A figure outside pyplot (nothing global, nothing to close) and its only axes; inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
    return figure, figure.add_subplot()


def by_role(model, title: str = "Weights of each layer, by role") -> Picture:
    """Bars: how many numbers each layer of a model holds, split by role.

    Args:
        model: a built Keras model, or a Ledger.
        title: the figure's title.

    Raises:
        TypeError, ValueError: as `ledger`; ValueError also for a model without any weight.
    """
    book = model if isinstance(model, Ledger) else ledger(model)
    layers = book.by_layer()
    if not layers:
        raise ValueError("this model has no weights, so there is nothing to draw")
    figure, axes = new_axes(height=1.4 + 0.42 * len(layers))
    left = [0] * len(layers)
    for role, (colour, pattern) in ROLE_STYLE.items():
        widths = [counts[role] for counts in layers.values()]
        if any(widths):
            axes.barh(
                list(layers), widths, left=left, label=role.value,
                color=colour, hatch=pattern, edgecolor="white",
            )  # fmt: skip
            left = [a + b for a, b in zip(left, widths, strict=True)]
    for position, length in enumerate(left):
        axes.text(length, position, f" {length:,}", va="center")
    axes.invert_yaxis()  # the first layer on top, as in a summary
    axes.margins(x=0.15)
    axes.set(title=title, xlabel="numbers (weights)", ylabel="layer")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(title="role", loc="center left", bbox_to_anchor=(1, 0.5))
    parts = (
        f"{layer}: " + ", ".join(f"{counts[role]:,} {role}" for role in Role if counts[role])
        for layer, counts in layers.items()
    )
    return Picture(figure, f"Bar chart of weights per layer and role. {'; '.join(parts)}.")
