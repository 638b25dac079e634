"""What moved between two moments, and how far. Still variables differ by more than colour."""

from math import isfinite

from helpers.figures.picture import BLACK, CARD, Picture, new_axes
from helpers.figures.roles import ROLE_STYLE
from helpers.movement import Change, Movement


def how_far(movement: Movement, title: str = "What moved, and how far") -> Picture:
    """Bars on a logarithmic scale: the largest change of any number in each variable.

    A variable that stood still has no bar but a cross at the left edge and the word "still".

    Args:
        movement: what `helpers.movement.compare` gave.
        title: the figure's title.

    Raises:
        TypeError: not a Movement.
        ValueError: it has no variables.

    >>> import keras
    >>> from helpers.movement import compare, snapshot
    >>> head = keras.layers.Dense(2, name="head")
    >>> head.build((None, 3))
    >>> before = snapshot(head)
    >>> ignored = head.bias.assign([0.0, 0.5])
    >>> how_far(compare(before))
    Bar chart of changes per variable. Moved: head/bias. Still: head/kernel.
    """
    if not isinstance(movement, Movement):
        raise TypeError(f"how_far() needs what compare() gave, not {type(movement).__name__}")
    if not movement.changes:
        raise ValueError("this model has no variables, so there is nothing to draw")
    changes = movement.changes
    lengths = [c.largest for c in changes if c.moved and isfinite(c.largest)]
    low, high = min(lengths, default=0.1) / 10, max(lengths, default=1.0) * 10
    figure, axes = new_axes(height=1.5 + 0.36 * len(changes))
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    for role, (colour, pattern) in ROLE_STYLE.items():
        mine = [(row, c) for row, c in enumerate(changes) if c.role is role]
        if mine:
            axes.barh(
                [row for row, _ in mine],
                [_end(c, low, high) - low for _, c in mine],
                left=low,
                label=role.value,
                color=colour,
                hatch=pattern,
                edgecolor=CARD,
            )
    for row, change in enumerate(changes):
        if change.moved:
            axes.text(_end(change, low, high), row, _word(change), va="center")
        else:
            axes.plot(low, row, "x", color=BLACK, clip_on=False)
            axes.text(low, row, "   still", va="center")
    # By position, not by name: two layers may share a path.
    axes.set_yticks(range(len(changes)), [change.path for change in changes])
    axes.set_ylim(len(changes) - 0.5, -0.5)  # the first variable on top, as in a summary
    xlabel = "largest change of any number in it (logarithmic, no unit)"
    axes.set(title=title, xlabel=xlabel, ylabel="variable")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(title="role", loc="center left", bbox_to_anchor=(1.02, 0.5))
    moved, still = (", ".join(paths) or "none" for paths in (movement.moved, movement.still))
    return Picture(figure, f"Bar chart of changes per variable. Moved: {moved}. Still: {still}.")


def _end(change: Change, low: float, high: float) -> float:
    """Where the bar of a change ends; one that is not finite reaches across the figure."""
    if not change.moved:
        return low
    return change.largest if isfinite(change.largest) else high


def _word(change: Change) -> str:
    return " moved" if isfinite(change.largest) else " moved: no longer a finite number"
