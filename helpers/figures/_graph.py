"""A model as boxes and arrows: its layers, what each holds, and which calls which."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from helpers.ledger import Role, ledger

if TYPE_CHECKING:
    import keras


_OWN_WEIGHTS = "other weights of its own"  # of a model, in none of the layers that are drawn


@dataclass(frozen=True)
class Box:
    """A layer, or neighbours that share a box.

    Of `layers` layers (with those of nested models that are not drawn; none where it holds weights
    that a model has beside its layers) `weighted` have weights, and
    of these `frozen` have a `trainable` of False and `vetoed` have one of True inside a model that
    has False. `kinds` counts their class names, `numbers` how many numbers have each role. `calls`
    is how often the layer is called; `repeated` says that its numbers stand in another box.
    `inside` is the graph of a nested model.
    """

    names: tuple[str, ...]
    kinds: Counter
    numbers: Counter
    layers: int = 1
    weighted: int = 0
    frozen: int = 0
    vetoed: int = 0
    calls: int = 1
    repeated: bool = False
    inside: "Graph | None" = None


@dataclass(frozen=True)
class Graph:
    """Boxes in an order in which each comes after what it is called on; arrows between them.

    Without arrows between boxes, as in a subclassed model, `called` is False.
    """

    boxes: tuple[Box, ...]
    arrows: frozenset[tuple[int, int]] = frozenset()
    called: bool = True

    def flat(self) -> Iterator[Box]:
        """The boxes that are drawn, with those of nested models in their place."""
        for box in self.boxes:
            yield box
            if box.inside:
                yield from box.inside.flat()

    @property
    def layers(self) -> int:
        """How many layers the boxes stand for; a nested model counts as the layers in it."""
        return sum(box.layers for box in self.flat() if not box.inside and not box.repeated)

    @property
    def drawn(self) -> int:
        return sum(not box.inside for box in self.flat())

    @property
    def numbers(self) -> Counter:
        return sum((box.numbers for box in self.boxes), Counter())


def graph_of(model: "keras.layers.Layer") -> Graph:
    """The graph of a model: one box if it is a single layer.

    Raises:
        TypeError, ValueError: as `ledger`: not a model, or not built.

    >>> import keras
    >>> stack = [keras.Input((3,)), keras.layers.Dense(2, name="low"), keras.layers.ReLU(name="on")]
    >>> graph = graph_of(keras.Sequential(stack))
    >>> [box.names for box in graph.boxes], sorted(graph.arrows)
    ([('low',), ('on',)], [(0, 1)])
    """
    import keras

    rows = ledger(model).weights
    roles = {id(weight): row.role for weight, row in zip(model.weights, rows, strict=True)}
    drawn: set[int] = set()
    if isinstance(model, keras.Model):
        return _graph_inside(model, roles, drawn, vetoing=not model.trainable)
    return Graph((_box_of(model, roles, drawn, vetoing=False, calls=1),))


def _graph_inside(model: Any, roles: dict[int, Role], drawn: set[int], vetoing: bool) -> Graph:
    import keras

    calls = operation_calls(model)
    if isinstance(model, keras.Sequential):
        parts = list(model.layers)
        arrows = {(at, at + 1) for at in range(len(parts) - 1)}
        times = Counter(id(part) for part in parts)
    elif calls is None:
        parts, arrows, times = list(model.layers), set(), Counter()
    else:
        parts = list(model.operations)
        place = {id(part): at for at, part in enumerate(parts)}
        arrows = {(place[id(a)], place[id(b)]) for b, sources in calls for a in sources}
        times = Counter(id(part) for part, _ in calls)
    boxes = [_box_of(part, roles, drawn, vetoing, times[id(part)] or 1) for part in parts]
    if own := _numbers_of(model, roles, drawn):
        frozen = int(not model.trainable)
        boxes.append(Box((str(model.name),), Counter([_OWN_WEIGHTS]), own, 0, 1, frozen))
    called = isinstance(model, keras.Sequential) or calls is not None
    return Graph(tuple(boxes), frozenset(arrows), called)


def _numbers_of(part: Any, roles: dict[int, Role], drawn: set[int]) -> Counter:
    """How many numbers have each role, in weights that no other box holds yet."""
    numbers: Counter = Counter()
    for weight in getattr(part, "weights", []):  # an operation such as + has none
        if id(weight) not in drawn:
            drawn.add(id(weight))
            numbers[roles[id(weight)]] += prod(weight.shape)
    return numbers


def _box_of(part: Any, roles: dict[int, Role], drawn: set[int], vetoing: bool, calls: int) -> Box:
    import keras

    names, kinds = (str(part.name),), Counter([type(part).__name__])
    if id(part) in drawn:
        return Box(names, kinds, Counter(), calls=calls, repeated=True)
    drawn.add(id(part))
    weights = getattr(part, "weights", [])  # an operation such as + has none
    flag = bool(getattr(part, "trainable", True))
    inside = None
    if isinstance(part, keras.Model) and part.layers:
        inside = _graph_inside(part, roles, drawn, vetoing or not flag)
    numbers = inside.numbers if inside else _numbers_of(part, roles, drawn)
    has = int(bool(weights))
    frozen, vetoed = has * (not flag), has * (flag and vetoing and inside is None)
    return Box(names, kinds, numbers, 1, has, frozen, vetoed, calls, inside=inside)


def operation_calls(model: Any) -> list[tuple[Any, list]] | None:
    """Each call in a model's graph, and the operations that it is called on; None without a graph.

    Reads a private attribute of Keras, whose public configuration has the same but fails for a
    layer without `get_config`. Watched by tests/test_model_map.py.

    >>> import keras
    >>> inputs = keras.Input((3,), name="x")
    >>> model = keras.Model(inputs, keras.layers.Dense(2, name="head")(inputs))
    >>> [(called.name, [each.name for each in on]) for called, on in operation_calls(model)]
    [('head', ['x']), ('x', [])]
    """
    depths = getattr(model, "_nodes_by_depth", None)
    if depths is None:
        return None
    return [
        (node.operation, [each.operation for each in node.parent_nodes])
        for depth in sorted(depths)
        for node in depths[depth]
    ]
