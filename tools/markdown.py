"""Tables of the pages that tools write."""

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Iterable[object]], rule: str = "") -> str:
    """A Markdown table. The rule below the header says how columns are aligned."""
    rule = rule or _row(["---"] * len(header))
    return "".join(f"{line}\n" for line in (_row(header), rule, *map(_row, rows)))


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
