"""Where things are in a model: every layer with its place, and the line of code that reaches it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras

from helpers.diagnosis import _private
from helpers.ledger import owned_variables


@dataclass(frozen=True, eq=False)  # one of each: known by identity
class Place:
    """One layer: `name` such as "base/norm", `code` such as `model.get_layer("base")`."""

    layer: keras.layers.Layer
    name: str
    code: str
    parents: tuple["Place", ...]  # from the model down

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)  # one of each: known by identity
class Owned:
    """One variable of the model, and who made it: `made` is whether it was made to be learned."""

    variable: Any
    path: str
    place: Place
    made: bool

    @property
    def code(self) -> str:
        names = [k for k, v in vars(self.place.layer).items() if v is self.variable]
        public = [name for name in names if not name.startswith("_")] or [
            name[1:] for name in names if hasattr(self.place.layer, name[1:])
        ]
        return f"{self.place.code}.{public[0]}" if public else f"{self.place.code}.weights[...]"


class Map:
    """The layers and weights of one model, in its order."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.places: dict[int, Place] = {}
        self._walk(Place(model, model.name, "model", ()), "")
        self.root = self.places[id(model)]

    def _walk(self, place: Place, prefix: str) -> None:
        self.places[id(place.layer)] = place
        for child in _private.children(place.layer):
            if id(child) not in self.places:  # a shared layer has one place, its first
                name, parents = f"{prefix}{child.name}", (*place.parents, place)
                self._walk(Place(child, name, _reach(place, child), parents), f"{name}/")

    @cached_property
    def weights(self) -> list[Owned]:
        """In the order of `model.weights`; seeds and metrics are not weights."""
        made = {id(v): (layer, flag) for v, layer, flag in owned_variables(self.model)}
        owned = [(v, *made.get(id(v), (self.model, v.trainable))) for v in self.model.weights]
        return [
            Owned(v, v.path, self.places[id(layer)], flag)
            for v, layer, flag in owned
            if id(layer) in self.places
        ]

    @cached_property
    def _inside(self) -> dict[Place, list[Owned]]:
        found: dict[Place, list[Owned]] = {}
        for weight in self.weights:
            for place in (*weight.place.parents, weight.place):
                found.setdefault(place, []).append(weight)
        return found

    def inside(self, place: Place) -> list[Owned]:
        """The weights of a layer and of all layers in it."""
        return self._inside.get(place, [])

    @cached_property
    def _families(self) -> dict[Place, list[Place]]:
        found: dict[Place, list[Place]] = {}
        for place in self.places.values():
            if place.parents:
                found.setdefault(place.parents[-1], []).append(place)
        return found

    def siblings(self, place: Place) -> list[Place]:
        """The layers that stand beside it in the same layer, itself among them, in order."""
        return self._families[place.parents[-1]] if place.parents else [place]

    def of_type(self, kind: type | tuple[type, ...]) -> Iterator[Place]:
        return (place for place in self.places.values() if isinstance(place.layer, kind))


def _reach(parent: Place, child: keras.layers.Layer) -> str:
    """The code that reaches a child: by its name, else by the attribute that holds it."""
    layer = parent.layer
    if isinstance(layer, keras.Model):
        same = [other for other in layer.layers if other.name == child.name]
        if same == [child]:
            return f'{parent.code}.get_layer("{child.name}")'
        for index, other in enumerate(layer.layers):
            if other is child:
                return f"{parent.code}.layers[{index}]"
    for name, value in vars(layer).items():
        shown = name.lstrip("_") if hasattr(layer, name.lstrip("_")) else name
        if value is child:
            return f"{parent.code}.{shown}"
        if isinstance(value, list | tuple) and not name.startswith("_"):
            for index, entry in enumerate(value):
                if entry is child:
                    return f"{parent.code}.{name}[{index}]"
        if isinstance(value, dict) and not name.startswith("_"):
            for key, entry in value.items():
                if entry is child:
                    return f"{parent.code}.{name}[{key!r}]"
    return f"{parent.code}.{child.name}"
