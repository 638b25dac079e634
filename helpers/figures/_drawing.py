"""A graph of boxes as SVG: a card of its own, which reads the same on a light and a dark page."""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from helpers.figures._box_words import (
    MOST_LETTERS_IN_A_BOX,
    brief,
    clean,
    how_many_layers,
    how_many_numbers,
    kind_of,
    notes_of,
    title_lines,
)
from helpers.figures._graph import Box, Graph
from helpers.figures._layered import layered
from helpers.figures.picture import CARD
from helpers.figures.roles import ROLE_STYLE, counted
from helpers.ledger import Role

_WIDTH, _LINE, _PAD, _STRIP = 196.0, 15.0, 9.0, 9.0  # pixels of a box; of the strip at its left
_LETTER, _BOLD = 6.3, 7.2  # pixels of a letter of 11 and of 12 pixels in a wide typeface
_TEXT, _QUIET, _VETO = "#1a1a1a", "#4d4d4d", "#b3261e"  # on CARD contrasts of 16, 8 and 6 to 1
_HEAD, _FOOT = 46.0, 34.0
_MARKS = {
    "": "",
    "//": '<path d="M-2 2 2-2M-1 9 9-1M6 10 10 6" stroke="{0}" stroke-width="1.6"/>',
    "..": '<circle cx="2" cy="2" r="1.3" fill="{0}"/><circle cx="6" cy="6" r="1.3" fill="{0}"/>',
    "xx": '<path d="M0 0 8 8M8 0 0 8" stroke="{0}" stroke-width="1.3"/>',
}
Piece = tuple[float, float, list[str]]  # width, height, and its elements, at the origin


def drawing(name: str, graph: Graph, caption: str) -> str:
    """The whole picture, as the text of an SVG file."""
    width, height, parts = _graph(graph)
    legend, legend_width = _legend(graph.numbers)
    total = sum(graph.numbers.values())
    layers = graph.layers
    about = f"{how_many_layers(layers)} · {how_many_numbers(total)}"
    about += "" if graph.called else " · a list, since there is no graph"
    across = max(
        width, legend_width, _BOLD * min(len(name), MOST_LETTERS_IN_A_BOX), _LETTER * len(about)
    )
    across, tall = across + 32, height + _HEAD + _FOOT + 24
    body = [
        f'<rect width="{across:g}" height="{tall:g}" rx="10" fill="{CARD}"/>',
        _words_at(16, 24, brief(name), across - 32, bold=True, size=14),
        _words_at(16, 41, about, across - 32),
        _shifted(parts, (across - width) / 2, _HEAD + 10),
        _shifted(legend, 16, tall - _FOOT + 6),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{across:g}" height="{tall:g}" '
            f'viewBox="0 0 {across:g} {tall:g}" role="img" aria-labelledby="title desc" '
            'font-family="Helvetica, Arial, \'DejaVu Sans\', sans-serif" font-size="11">',
            f'<title id="title">{escape(clean(name))}</title>',
            f'<desc id="desc">{escape(clean(caption))}</desc>',
            f"<defs>{''.join(_definitions())}</defs>",
            *body,
            "</svg>\n",
        ]
    )


def _definitions() -> Iterator[str]:
    for role, (colour, pattern) in ROLE_STYLE.items():
        mark = _MARKS[pattern].format(CARD)
        yield (
            f'<pattern id="{_pattern(role)}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{colour}"/>{mark}</pattern>'
        )
    yield (
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0.5 7.5 4 0 7.5z" fill="{_QUIET}"/></marker>'
    )


def _pattern(role: Role) -> str:
    return role.value.replace(" ", "-")


def _graph(graph: Graph) -> Piece:
    pieces = [_nested(box) if box.inside else _leaf(box) for box in graph.boxes]
    arrows = sorted(graph.arrows)
    below = arrows if graph.called else [(at, at + 1) for at in range(len(pieces) - 1)]
    layout = layered([(width, height) for width, height, _ in pieces], below)
    parts = [
        _curve(way, back=b < a)
        for (a, b), way in zip(below, layout.ways, strict=True)
        if graph.called
    ]
    for corner, (_, _, elements) in zip(layout.corners, pieces, strict=True):
        parts.append(_shifted(elements, *corner))
    return layout.width, layout.height, parts


def _nested(box: Box) -> Piece:
    """A nested model: a frame around its layers."""
    assert box.inside is not None
    within, height, parts = _graph(box.inside)
    lines = list(_lines_in(box, numbers=False))
    head = _PAD + _LINE * len(lines) + 8
    width, height = max(within, _WIDTH) + 24, height + head + 12
    colour = ROLE_STYLE[Role.FROZEN][0] if box.frozen else "#8a8a8a"
    frame = _rect(width, height, "#f1eee6", colour, 2 if box.frozen else 1.2)
    return (
        width,
        height,
        [frame, *_words(lines, width), _shifted(parts, (width - within) / 2, head)],
    )


def _leaf(box: Box) -> Piece:
    """A layer, or some: words, and at the left a strip with its roles."""
    lines = list(_lines_in(box, numbers=True))
    height = 2 * _PAD + _LINE * len(lines) - 3
    dashes = ' stroke-dasharray="5 3"'
    colour = _VETO if box.vetoed else "#8a8a8a" if box.weighted else "#c4c0b6"
    ground = "#ffffff" if box.weighted else CARD
    frame = _rect(_WIDTH, height, ground, colour, 2 if box.vetoed else 1)
    if box.vetoed or box.repeated:
        frame = frame.replace("/>", f"{dashes}/>")
    return _WIDTH, height, [frame, *_strip(box.numbers, height), *_words(lines, _WIDTH)]


def _strip(numbers: Mapping[Role, int], height: float) -> Iterator[str]:
    """The roles, one above the other, by their share; none so small that it cannot be seen."""
    total = sum(numbers.values())
    shares = {role: max(numbers[role] / total, 0.15) for role in Role if numbers[role]}
    top = 0.0
    for role, share in shares.items():
        tall = height * share / sum(shares.values())
        yield (
            f'<rect y="{top:.1f}" width="{_STRIP:g}" height="{tall:.1f}" '
            f'fill="url(#{_pattern(role)})"/>'
        )
        top += tall


def _lines_in(box: Box, numbers: bool) -> Iterator[tuple[str, str, Role | None]]:
    """(style, words, role) of each line: the name, the kind, the numbers, the notes."""
    for words in title_lines(box):
        yield "name", words, None
    yield "kind", kind_of(box), None
    for role in Role if numbers else ():
        if box.numbers[role]:
            yield "role", counted({role: box.numbers[role]}), role
    for note in notes_of(box):
        yield ("veto" if note.startswith("True inside") else "note"), note, None


def _words(lines: list[tuple[str, str, Role | None]], width: float) -> Iterator[str]:
    left, room = _STRIP + 8, width - _STRIP - 14
    for number, (style, words, role) in enumerate(lines):
        y = _PAD + 8 + _LINE * number
        if role is not None:
            pattern = _pattern(role)
            yield (
                f'<rect x="{left:g}" y="{y - 8:g}" width="14" height="9" fill="url(#{pattern})"/>'
            )
        at, more = (left + 19, room - 19) if role is not None else (left, room)
        bold, colour = style in ("name", "veto"), {"kind": _QUIET, "veto": _VETO}.get(style, _TEXT)
        yield _words_at(
            at, y, words, more, bold=bold, colour=colour, size=12 if style == "name" else 11
        )


def _legend(numbers: Mapping[Role, int]) -> tuple[list[str], float]:
    parts, x = [], 0.0
    for role in Role:
        if numbers[role]:
            words = counted({role: numbers[role]})
            parts.append(f'<rect x="{x:g}" width="18" height="11" fill="url(#{_pattern(role)})"/>')
            parts.append(_words_at(x + 24, 10, words, 400))
            x += 24 + _LETTER * len(words) + 16
    return parts, x


def _words_at(
    x: float,
    y: float,
    words: str,
    room: float,
    *,
    bold: bool = False,
    colour: str = _TEXT,
    size: int = 11,
) -> str:
    wide = len(words) * (_BOLD if bold else _LETTER) * size / (12 if bold else 11)
    squeeze = f' textLength="{room:g}" lengthAdjust="spacingAndGlyphs"' if wide > room else ""
    weight = ' font-weight="bold"' if bold else ""
    style = f'font-size="{size}" fill="{colour}"{weight}{squeeze}'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(words)}</text>'


def _rect(width: float, height: float, fill: str, stroke: str, thick: float) -> str:
    style = f'fill="{fill}" stroke="{stroke}" stroke-width="{thick:g}"'
    return f'<rect width="{width:g}" height="{height:g}" rx="3" {style}/>'


def _curve(way: tuple[tuple[float, float], ...], back: bool) -> str:
    (x, y), *rest = way
    path = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        middle = (y + to_y) / 2
        path.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    dashes = ' stroke-dasharray="4 3"' if back else ""
    style = f'fill="none" stroke="{_QUIET}" stroke-width="1.3" marker-end="url(#tip)"{dashes}'
    return f'<path d="{"".join(path)}" {style}/>'


def _shifted(parts: list[str], x: float, y: float) -> str:
    return f'<g transform="translate({x:.1f} {y:.1f})">{"".join(parts)}</g>'
