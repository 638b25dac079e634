"""How a prediction looks beside what was seen: a small table with signs, as text and as HTML."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

SIGNS = {True: "✓", False: "✗", None: "○"}
_MEANING = {True: "as you said", False: "a surprise", None: "not predicted"}
_NOTHING_WRITTEN = "○ No prediction was written here."


def thought(says: str) -> str:
    """A wrong idea and its correction, which stands behind the first semicolon, in two."""
    idea, semicolon, rest = says.partition("; ")
    told = f"{idea}. But {rest}" if semicolon else says
    return f"What you probably thought: {told}"


def as_html(text: str) -> str:
    """A text for a page: what stands in backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


@dataclass(frozen=True)
class Answered:
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
    rows: Sequence[Answered] = ()
    notes: Sequence[str] = ()

    def __repr__(self) -> str:
        if not self.rows:
            return "\n".join(f"○ {note}" for note in self.notes) or _NOTHING_WRITTEN
        cells = [("", "you said", "it is", "")]
        cells += [(row.name, row.said, row.seen, SIGNS[row.held]) for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
            for line in cells
        ]
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        if not self.rows:
            return "".join(f"<p>{as_html(line)}</p>" for line in repr(self).splitlines())
        head = "".join(f'<th scope="col">{title}</th>' for title in ("", "you said", "it is", ""))
        body = "".join(
            f'<tr><th scope="row">{escape(row.name)}</th><td>{escape(row.said)}</td>'
            f'<td>{escape(row.seen)}</td><td><span title="{_MEANING[row.held]}">'
            f"{SIGNS[row.held]}</span></td></tr>"
            for row in self.rows
        )
        notes = "".join(f"<p>{as_html(note)}</p>" for note in self.notes)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict, dict]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}, dict(self.tag)
