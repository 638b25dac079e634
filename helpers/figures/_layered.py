"""Where boxes and arrows stand: rows from top to bottom, each box below all that it is called on.

A small form of the method of K. Sugiyama and others (1981): rows by the longest way from a start;
an arrow that passes rows gets a place in each; in a row, the middle of one's neighbours decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

GAP, ROW_GAP, PASSAGE = 16.0, 26.0, 8.0  # between neighbours, between rows, for a passing arrow
_SWEEPS = 4


@dataclass(frozen=True)
class Layout:
    """The left top corners of boxes, the points that each arrow passes, and the size of it all."""

    corners: tuple[tuple[float, float], ...]
    ways: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float


def layered(sizes: Sequence[tuple[float, float]], arrows: Sequence[tuple[int, int]]) -> Layout:
    """Lay out boxes of these (width, height); arrows lead from one box to a later one.

    An arrow back to an earlier box, as where a layer is called again, does not move it.

    >>> layout = layered([(10, 20), (10, 20)], [(0, 1)])
    >>> layout.corners, layout.width, layout.height
    (((0.0, 0.0), (0.0, 46.0)), 10.0, 66.0)
    """
    rank = _ranks(len(sizes), arrows)
    # Nodes: first the boxes, then a passage for each row that an arrow crosses.
    widths, ranks = [width for width, _ in sizes], list(rank)
    paths: list[list[int]] = []
    for a, b in arrows:
        step = 1 if rank[b] > rank[a] else -1
        path = [a]
        for passed in range(rank[a] + step, rank[b], step):
            path.append(len(widths))
            widths.append(PASSAGE)
            ranks.append(passed)
        paths.append([*path, b])
    rows = _ordered(ranks, paths)
    tall = [max((sizes[n][1] for n in row if n < len(sizes)), default=0.0) for row in rows]
    tops = [sum(tall[:at]) + ROW_GAP * at for at in range(len(rows))]
    left = [0.0] * len(widths)
    for row in rows:
        x = 0.0
        for node in row:
            left[node] = x
            x += widths[node] + GAP
        boxes = [node for node in row if node < len(sizes)] or row
        middle = (left[boxes[0]] + left[boxes[-1]] + widths[boxes[-1]]) / 2
        for node in row:  # the boxes in the middle, so that a chain is straight
            left[node] -= middle
    start = min(left, default=0.0)
    left = [x - start for x in left]
    width = max((x + wide for x, wide in zip(left, widths, strict=True)), default=0.0)
    corners = tuple((left[n], tops[ranks[n]]) for n in range(len(sizes)))

    def point(node: int, lower: bool) -> tuple[float, float]:
        height = sizes[node][1] if node < len(sizes) else tall[ranks[node]]
        return left[node] + widths[node] / 2, tops[ranks[node]] + (height if lower else 0.0)

    ways = tuple(_points(path, point) for path in paths)
    return Layout(corners, ways, width, sum(tall) + ROW_GAP * max(0, len(rows) - 1))


def _points(
    path: Sequence[int], point: Callable[[int, bool], tuple[float, float]]
) -> tuple[tuple[float, float], ...]:
    first, *middle, last = path
    through = [point(node, lower) for node in middle for lower in (False, True)]
    return (point(first, True), *through, point(last, False))


def _ranks(count: int, arrows: Sequence[tuple[int, int]]) -> list[int]:
    """Rows by the longest way from a start, along arrows to later boxes."""
    sources: dict[int, list[int]] = {}
    for a, b in arrows:
        if a < b:
            sources.setdefault(b, []).append(a)
    rank: list[int] = []
    for at in range(count):
        rank.append(max((rank[a] + 1 for a in sources.get(at, [])), default=0))
    return rank


def _ordered(ranks: Sequence[int], paths: Sequence[Sequence[int]]) -> list[list[int]]:
    """The nodes of each row from left to right, so that few arrows cross."""
    rows: list[list[int]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for node, row in enumerate(ranks):
        rows[row].append(node)
    neighbours: dict[int, list[int]] = {}
    for path in paths:
        for a, b in pairwise(path):
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
    place = {n: at - len(row) / 2 for row in rows for at, n in enumerate(row)}
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for nodes in rows if down else rows[::-1]:
            for node in nodes:
                near = [n for n in neighbours.get(node, []) if (ranks[n] < ranks[node]) == down]
                if near:
                    place[node] = sum(place[n] for n in near) / len(near)
            nodes.sort(key=lambda node: (place[node], node))
            place |= {node: at - (len(nodes) - 1) / 2 for at, node in enumerate(nodes)}
    return rows
