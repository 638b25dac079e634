"""The weights of a model by role. Every colour comes with a pattern."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from helpers.figures.picture import BLUE, CARD, GREEN, ORANGE, PURPLE, Picture, new_axes
from helpers.ledger import Ledger, Role, ledger

if TYPE_CHECKING:
    import keras

ROLE_STYLE = {
    Role.LEARNED: (BLUE, ""),
    Role.FROZEN: (ORANGE, "//"),
    Role.STATISTIC: (GREEN, ".."),
    Role.OTHER_STATE: (PURPLE, "xx"),
}


def by_role(
    model: "keras.layers.Layer | Ledger", title: str = "Numbers in each layer, by role"
) -> Picture:
    """Bars: how many numbers each layer of a model holds, split by role.

    Args:
        model: a built Keras model, or a Ledger.
        title: the figure's title.

    Raises:
        TypeError, ValueError: as `ledger`; ValueError also for a model without any weight.

    >>> import keras
    >>> head = keras.layers.Dense(2, name="head")
    >>> head.build((None, 3))
    >>> by_role(head)
    Bar chart of the numbers in each layer, by role. head: 8 learned.
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
                list(layers),
                widths,
                left=left,
                label=role.value,
                color=colour,
                hatch=pattern,
                edgecolor=CARD,
            )
            left = [a + b for a, b in zip(left, widths, strict=True)]
    # A layer of 64 is a sliver beside one of 3,232: what it holds stands beside it.
    for position, (length, counts) in enumerate(zip(left, layers.values(), strict=True)):
        axes.text(length, position, f" {_counted(counts)}", va="center")
    axes.invert_yaxis()  # the first layer on top, as in a summary
    axes.margins(x=0.3)
    axes.set(title=title, xlabel="numbers", ylabel="layer")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(title="role", loc="center left", bbox_to_anchor=(1, 0.5))
    parts = (f"{layer}: {_counted(counts)}" for layer, counts in layers.items())
    return Picture(figure, f"Bar chart of the numbers in each layer, by role. {'; '.join(parts)}.")


def _counted(counts: Mapping[Role, int]) -> str:
    return ", ".join(f"{counts[role]:,} {role}" for role in Role if counts[role])
