"""A bar for cells that take a while: seen by who waits, by no comparison of stored outputs."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import TypeVar

Item = TypeVar("Item")


def progress(items: Sequence[Item], label: str = "working") -> Iterator[Item]:
    """Yield each item, and show in a notebook how many are done; the bar goes when all are.

    Outside of a notebook nothing is shown. The output begins and ends empty, and a bar is only
    ever an update of it: nbval compares outputs, not their updates, and none is left to store.

    Args:
        items: what to go through; anything with a length.
        label: a few words that say what takes the time; read out by screen readers.

    Raises:
        TypeError: `items` has no length.

    >>> [2 * n for n in progress(range(3), "doubling")]
    [0, 2, 4]
    """
    if not hasattr(items, "__len__"):
        raise TypeError(
            f"items should have a length, as a range or a list; got {type(items).__name__}"
        )
    return _with_bar(items, label)


def _with_bar(items: Sequence[Item], label: str) -> Iterator[Item]:
    handle = _empty_output()
    try:
        for done, item in enumerate(items):
            if handle:
                handle.update({"text/html": _bar(done, len(items), label)}, raw=True)
            yield item
    finally:
        if handle:
            handle.update({}, raw=True)


def _empty_output():  # type: ignore[no-untyped-def]  # IPython brings no types
    """A handle to an output of the cell that is running, or None outside of a notebook."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        return None
    if getattr(get_ipython(), "kernel", None) is None:
        return None
    return display({}, raw=True, display_id=True)


def _bar(done: int, of: int, label: str) -> str:
    name = escape(label)
    return (
        f'<label>{name}: {done} of {of} <progress value="{done}" max="{of}" '
        f'aria-label="{name}"></progress></label>'
    )
