"""What moved between two moments, and how far. Still variables differ by more than colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

from helpers.figures._folds import LONGEST_CAPTION, MOST_ROWS, folded, shortened, width_for
from helpers.figures.picture import BLACK, CARD, Picture, new_axes
from helpers.figures.roles import ROLE_STYLE
from helpers.ledger import Role
from helpers.movement import Change, Movement


def how_far(movement: Movement, title: str = "What moved, and how far") -> Picture:
    """Bars on a logarithmic scale: the largest change of any number in each variable.

    A variable that stood still has no bar but a cross at the left edge and the word "still".
    Of more than 40 variables, those of one role in neighbouring layers share a bar.

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
    bars = _bars(movement.changes)
    lengths = [bar.largest for bar in bars if bar.moved and isfinite(bar.largest)]
    # A logarithm wants numbers above 0, and room for the next power of ten.
    low = max(min(lengths, default=0.1) / 10, 1e-300)
    high = min(max(lengths, default=1.0) * 10, 1e300)
    figure, axes = new_axes(width_for(bar.label for bar in bars), height=1.5 + 0.36 * len(bars))
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    for role, (colour, pattern) in ROLE_STYLE.items():
        mine = [(row, bar) for row, bar in enumerate(bars) if bar.role is role]
        if mine:
            axes.barh(
                [row for row, _ in mine],
                [_end(bar, low, high) - low for _, bar in mine],
                left=low,
                label=role.value,
                color=colour,
                hatch=pattern,
                edgecolor=CARD,
            )
    for row, bar in enumerate(bars):
        if bar.moved:
            axes.text(_end(bar, low, high), row, f" {bar.word}", va="center")
        else:
            axes.plot(low, row, "x", color=BLACK, clip_on=False)
            axes.text(low, row, "   still", va="center")
    # By position, not by name, and with no formula in a name.
    axes.set_yticks(range(len(bars)), [bar.label for bar in bars], parse_math=False)
    axes.set_ylim(len(bars) - 0.5, -0.5)  # the first variable on top, as in a summary
    xlabel = "largest change of any number in it (logarithmic, no unit)"
    axes.set(title=title, xlabel=xlabel, ylabel="variable")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(title="role", loc="center left", bbox_to_anchor=(1.02, 0.5))
    return Picture(figure, _movement_in_words(movement))


@dataclass(frozen=True)
class _Bar:
    """One row: a variable, or several of one role; how many of them moved stands in `word`."""

    label: str
    role: Role
    moved: bool
    largest: float
    word: str


def _bars(changes: Sequence[Change]) -> list[_Bar]:
    if len(changes) <= MOST_ROWS:
        return [_shared_bar(shortened(change.path), [change]) for change in changes]
    layers = [change.path.rpartition("/")[0] or change.path for change in changes]
    names = list(dict.fromkeys(layers))
    place = {name: at for at, name in enumerate(names)}
    rows: dict[tuple[int, Role], list[Change]] = {}
    folds = folded(names, kinds=[0] * len(names), most=MOST_ROWS // len({c.role for c in changes}))
    home = [at for at, fold in enumerate(folds) for _ in range(fold.start, fold.stop)]
    for layer, change in zip(layers, changes, strict=True):
        rows.setdefault((home[place[layer]], change.role), []).append(change)
    return [
        _shared_bar(f"{folds[at].name}: {len(together):,} {role}", together)
        for (at, role), together in sorted(rows.items(), key=lambda row: row[0][0])
    ]


def _shared_bar(label: str, changes: Sequence[Change]) -> _Bar:
    moved = [change.largest for change in changes if change.moved]
    largest = max(moved, default=0.0, key=_by_size)
    word = "moved" if len(moved) == len(changes) else f"{len(moved)} of {len(changes)} moved"
    if not isfinite(largest):
        word += ": from or to what is no finite number"
    return _Bar(label, changes[0].role, bool(moved), largest, word)


def _by_size(largest: float) -> float:
    """What is no longer a number has gone farthest."""
    return largest if isfinite(largest) else inf


def _movement_in_words(movement: Movement) -> str:
    """Every variable, or, where that were too long to listen to, how many moved of each role."""
    moved, still = (", ".join(paths) or "none" for paths in (movement.moved, movement.still))
    whole = f"Bar chart of changes per variable. Moved: {moved}. Still: {still}."
    if len(whole) <= LONGEST_CAPTION:
        return whole
    roles = {role: [c.moved for c in movement.changes if c.role is role] for role in Role}
    parts = (f"{sum(did)} of {len(did)} {role}" for role, did in roles.items() if did)
    farthest = max(movement.changes, key=lambda change: _by_size(change.largest))
    return (
        f"Bar chart of changes, {len(movement.changes):,} variables. Moved: {', '.join(parts)}. "
        f"Farthest: {shortened(farthest.path)}."
    )


def _end(bar: _Bar, low: float, high: float) -> float:
    """Where a bar ends; one that is not finite reaches across the figure."""
    if not bar.moved:
        return low
    return min(max(bar.largest, low), high) if isfinite(bar.largest) else high
