"""What a graph of hundreds of layers becomes on a page: neighbours share a box.

First the runs in which each layer feeds only the next. Where that is not enough, slices of the
whole graph, if possible cut where it is one arrow wide, as between residual blocks. Layers that are
frozen share a box with others only as a last resort.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from helpers.figures._graph import Box, Graph

FEW = 18  # boxes that are drawn as they are
_MOST = 40  # boxes of runs
_SLICES = 24


def fold_graph(graph: Graph, few: int = FEW) -> Graph:
    """The graph in a number of boxes that fits on a page; nested models have a share of it.

    >>> boxes = tuple(Box((f"dense_{at}",), Counter(["Dense"]), Counter()) for at in range(100))
    >>> chain = Graph(boxes, frozenset((at, at + 1) for at in range(99)))
    >>> [box.layers for box in fold_graph(chain).boxes]
    [20, 20, 20, 20, 20]
    """
    if len(graph.boxes) > few:
        graph = _joined(graph, _chains(graph))
    if len(graph.boxes) > _MOST * few // FEW:
        graph = _joined(graph, _slices(graph, max(3, _SLICES * few // FEW)))
    nested = sum(box.inside is not None for box in graph.boxes)
    # Less at each depth, so that models in models come to an end.
    share = min(few - 1, (few + 6 - len(graph.boxes)) // nested) if nested else 0
    return replace(graph, boxes=tuple(_opened(box, share) for box in graph.boxes))


def _opened(box: Box, share: int) -> Box:
    """A nested model with its boxes, if there is room for three of them, else closed."""
    if box.inside is None:
        return box
    if share < 3 and len(box.inside.boxes) > share:
        return _closed(box)
    return replace(box, inside=fold_graph(box.inside, share))


def _closed(box: Box) -> Box:
    """A nested model as one box."""
    if box.inside is None:
        return box
    within = _together([_closed(each) for each in box.inside.boxes])
    return replace(within, names=box.names, numbers=box.numbers, calls=box.calls)


def _together(boxes: Sequence[Box]) -> Box:
    """Neighbours in one box."""
    if len(boxes) == 1:
        return boxes[0]
    boxes = [_closed(box) for box in boxes]
    return Box(
        tuple(name for box in boxes for name in box.names),
        sum((box.kinds for box in boxes), Counter()),
        sum((box.numbers for box in boxes), Counter()),
        *(
            sum(getattr(box, of) for box in boxes)
            for of in ("layers", "weighted", "frozen", "vetoed")
        ),
    )


def _joined(graph: Graph, groups: Sequence[Sequence[int]]) -> Graph:
    """The graph with a box for each group of boxes; groups come in the order of their first."""
    group_of = {at: number for number, group in enumerate(groups) for at in group}
    arrows = {(group_of[a], group_of[b]) for a, b in graph.arrows}
    boxes = tuple(_together([graph.boxes[at] for at in group]) for group in groups)
    return replace(graph, boxes=boxes, arrows=frozenset((a, b) for a, b in arrows if a != b))


def _flags(boxes: Iterable[Box]) -> set[object]:
    """What those boxes are that have weights: frozen, not, or partly so; or vetoed."""
    return {
        (box.frozen == box.weighted, box.frozen > 0, box.vetoed) for box in boxes if box.weighted
    }


def _flagged_alike(*boxes: Box) -> bool:
    return len(_flags(boxes)) < 2 and not any(box.vetoed for box in boxes)


def _chains(graph: Graph, most: int = 20) -> list[list[int]]:
    """Chains of like boxes, each of which feeds only the next; nested models stay apart."""
    arrows = graph.arrows
    if not graph.called:  # a list of layers: neighbours follow each other
        arrows = frozenset(pairwise(range(len(graph.boxes))))
    fed = Counter(a for a, _ in arrows)
    sources: dict[int, list[int]] = {}
    for a, b in arrows:
        sources.setdefault(b, []).append(a)
    groups: list[list[int]] = []
    ending: dict[int, list[int]] = {}  # by its last box
    for at, box in enumerate(graph.boxes):
        source = sources[at][0] if len(sources.get(at, [])) == 1 else None
        group = ending.get(source, []) if source is not None and fed[source] == 1 else []
        chain = [*(graph.boxes[each] for each in group), box]
        single = all(each.inside is None and each.calls == 1 for each in chain)
        if group and len(group) < most and single and _flagged_alike(*chain):
            group.append(at)
        else:
            group = [at]
            groups.append(group)
        ending[at] = group
    return groups


def _slices(graph: Graph, most: int) -> list[list[int]]:
    """Neighbours in the graph's order, about `most` groups: the smallest pairs are joined first."""
    crossing = [0] * (len(graph.boxes) + 1)  # arrows that pass between a box and the one before
    for a, b in graph.arrows:
        for at in range(min(a, b) + 1, max(a, b) + 1):
            crossing[at] += 1
    groups = [[at] for at in range(len(graph.boxes))]
    sizes = [box.layers for box in graph.boxes]
    largest = 3 * sum(sizes) // most
    for blocks, alike in ((True, True), (False, True), (False, False)):
        while blocks or len(groups) > most:  # a block is joined whole, not in two halves
            pairs = [
                (sum(sizes[each] for each in a + b), at)
                for at, (a, b) in enumerate(pairwise(groups))
                if crossing[b[0]] > 1 or not blocks
                if not alike or _flagged_alike(*(graph.boxes[each] for each in a + b))
            ]
            size, at = min(pairs, default=(largest + 1, 0))
            if size > largest and (alike or len(groups) == 1):
                break
            groups[at : at + 2] = [groups[at] + groups[at + 1]]
    return groups
