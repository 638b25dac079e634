"""How a prediction looks beside what was seen: a small table with signs, as text and as HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

_SIGNS = {True: "✓", False: "✗", None: "○"}
_MEANING = {True: "as you said", False: "a surprise", None: "not predicted"}
_UNTOUCHED = "○ No prediction was written here."


@dataclass(frozen=True)
class Row:
    """One part of a prediction; `held` is None where nothing was said."""

    name: str
    said: str
    seen: str
    held: bool | None


@dataclass(frozen=True)
class Revealed:
    """What a cell shows after the run. Signs, not colours, tell how it went."""

    outcome: str
    tag: Mapping[str, Any] = field(default_factory=dict)  # what the build stores
    rows: Sequence[Row] = ()
    notes: Sequence[str] = ()

    def __repr__(self) -> str:
        if not self.rows:
            return "\n".join(f"○ {note}" for note in self.notes) or _UNTOUCHED
        cells = [("", "you said", "it is", "")]
        cells += [(row.name, row.said, row.seen, _SIGNS[row.held]) for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
            for line in cells
        ]
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        if not self.rows:
            return "".join(f"<p>○ {escape(note)}</p>" for note in self.notes or [_UNTOUCHED[2:]])
        head = "".join(f'<th scope="col">{title}</th>' for title in ("", "you said", "it is", ""))
        body = "".join(
            f'<tr><th scope="row">{escape(row.name)}</th><td>{escape(row.said)}</td>'
            f'<td>{escape(row.seen)}</td><td><span title="{_MEANING[row.held]}">'
            f"{_SIGNS[row.held]}</span></td></tr>"
            for row in self.rows
        )
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict, dict]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}, dict(self.tag)
