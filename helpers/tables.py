"""One way to show rows: text that tests compare, HTML that people read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Table:
    """A table that displays itself as fixed-width text and as accessible HTML.

    Args:
        header: one title per column.
        rows: tuples as long as the header. Whole numbers are shown with thousands separators
            and set to the right; everything else is shown with `str`.
        caption: one sentence that says what the table shows.

    Raises:
        ValueError: a row is not as long as the header.

    >>> Table(("layer", "numbers"), [("hidden", 3232), ("output", 330)])
    layer   numbers
    ------  -------
    hidden    3,232
    output      330
    """

    header: Sequence[str]
    rows: Sequence[tuple]
    caption: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.header):
                raise ValueError(
                    f"a row of {len(self.header)} cells was expected, got {len(row)}: {row!r}"
                )

    def __repr__(self) -> str:
        lines = [list(self.header), *(list(map(_cell_text, row)) for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        right = [_is_number_column(self.rows, i) for i in range(len(self.header))]

        def line(cells: Iterable[str]) -> str:
            padded = (
                cell.rjust(width) if at_right else cell.ljust(width)
                for cell, width, at_right in zip(cells, widths, right, strict=True)
            )
            return "  ".join(padded).rstrip()

        rule = "  ".join("-" * width for width in widths)
        text = [line(lines[0]), rule, *map(line, lines[1:])]
        return "\n".join([self.caption, "", *text] if self.caption else text)

    def _repr_html_(self) -> str:
        sides = [
            "right" if _is_number_column(self.rows, i) else "left" for i in range(len(self.header))
        ]

        def line(values: Iterable[str], tag: str, attributes: str = "") -> str:
            cells = (
                f'<{tag}{attributes} style="text-align:{side}">{escape(value)}</{tag}>'
                for value, side in zip(values, sides, strict=True)
            )
            return f"<tr>{''.join(cells)}</tr>"

        caption = f'<caption style="text-align:left">{escape(self.caption)}</caption>'
        head = line(self.header, "th", ' scope="col"')
        body = "".join(line(map(_cell_text, row), "td") for row in self.rows)
        return (
            f"<table>{caption if self.caption else ''}"
            f"<thead>{head}</thead><tbody>{body}</tbody></table>"
        )


def _cell_text(value: object) -> str:
    """A cell's text: whole numbers as 3,562; None as a dash; the rest by `str`."""
    if value is None:
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _is_number_column(rows: Sequence[tuple], index: int) -> bool:
    """True when a column holds only numbers (or nothing), so that digits should line up."""
    values = [row[index] for row in rows if row[index] is not None]
    return bool(values) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in values
    )
