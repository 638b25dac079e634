"""The weights of a model by role. Every colour comes with a pattern."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from helpers.figures._folds import LONGEST_CAPTION, folded, width_for
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

    Of more than 40 layers, neighbours share a bar, which says for how many it stands.

    Args:
        model: a built Keras model, or a Ledger.
        title: the figure's title.

    Raises:
        TypeError, ValueError: as `ledger`; ValueError also for a model without any number.

    >>> import keras
    >>> head = keras.layers.Dense(2, name="head")
    >>> head.build((None, 3))
    >>> by_role(head)
    Bar chart of the numbers in each layer, by role. head: 8 learned.
    """
    book = model if isinstance(model, Ledger) else ledger(model)
    layers = book.by_layer()
    if not book.total:
        raise ValueError("this model has no weights with numbers, so there is nothing to draw")
    names, held = list(layers), list(layers.values())
    bars: list[tuple[str, Counter]] = []
    for fold in folded(names, kinds=[bool(counts[Role.LEARNED]) for counts in held]):
        together = sum(held[fold.start : fold.stop], Counter())
        bars.append((fold.label("layers"), together))
    figure, axes = new_axes(width_for(label for label, _ in bars), height=1.4 + 0.42 * len(bars))
    rows = range(len(bars))
    left = [0] * len(bars)
    for role, (colour, pattern) in ROLE_STYLE.items():
        widths = [counts[role] for _, counts in bars]
        if any(widths):
            axes.barh(
                rows,
                widths,
                left=left,
                label=role.value,
                color=colour,
                hatch=pattern,
                edgecolor=CARD,
            )
            left = [a + b for a, b in zip(left, widths, strict=True)]
    # A layer of 64 is a sliver beside one of 3,232: what it holds stands beside it.
    for row, length, (_, counts) in zip(rows, left, bars, strict=True):
        axes.text(length, row, f" {counted(counts)}", va="center")
    # A dollar in a name is a dollar, and no formula.
    axes.set_yticks(rows, [label for label, _ in bars], parse_math=False)
    axes.invert_yaxis()  # the first layer on top, as in a summary
    axes.margins(x=0.3)
    axes.set(title=title, xlabel="numbers", ylabel="layer")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(title="role", loc="center left", bbox_to_anchor=(1, 0.5))
    return Picture(figure, _bars_in_words(bars, book))


def _bars_in_words(bars: Sequence[tuple[str, Counter]], book: Ledger) -> str:
    """Every bar, or, where that were too long to listen to, the whole and the longest bar."""
    start = "Bar chart of the numbers in each layer, by role"
    whole = f"{start}. {'; '.join(f'{label}: {counted(counts)}' for label, counts in bars)}."
    if len(whole) <= LONGEST_CAPTION:
        return whole
    label, most = max(bars, key=lambda bar: bar[1].total())
    total = Counter({role: book.count(role) for role in Role})
    return (
        f"{start}: {len(book.by_layer()):,} layers in {len(bars)} bars, in all {counted(total)}. "
        f"The longest bar is {label}: {counted(most)}."
    )


def counted(counts: Mapping[Role, int]) -> str:
    """How many numbers have each role, in words; roles that none has are left out.

    >>> counted({Role.LEARNED: 1200, Role.FROZEN: 0, Role.STATISTIC: 3})
    '1,200 learned, 3 statistic'
    """
    return ", ".join(f"{counts[role]:,} {role}" for role in Role if counts.get(role))
