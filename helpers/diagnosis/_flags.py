"""Findings about flags that contradict each other or are misspelt, and about hidden variables."""

import difflib
import inspect
from collections.abc import Iterator
from typing import Any

import keras

from helpers.diagnosis._evidence import Evidence
from helpers.diagnosis._map import Map, Owned, Place
from helpers.diagnosis._steps import compile_anew
from helpers.diagnosis.finding import Finding

FLAG = "trainable"
FOREIGN = ("requires_grad",)  # PyTorch's name for the flag, without effect on a Keras layer


def contradiction(e: Evidence) -> Iterator[Finding]:
    """A flag False above a flag True: the inner model says frozen, the outer may train it."""
    grouped: dict[int, tuple[Place, list[Owned]]] = {}
    for w in e.where.weights:
        above = [p for p in w.place.parents if not p.layer.trainable]
        if w.made and w.place.layer.trainable and w.variable.trainable and above:
            grouped.setdefault(id(above[0].layer), (above[0], []))[1].append(w)
    for parent, weights in grouped.values():
        ids = e.learned_ids
        trained = [w for w in weights if id(w.variable) in ids]
        inside = [w for w in e.where.inside(parent) if w.made and w.place is not parent]
        name, first = parent.name, (trained or weights)[0]
        if parent is e.where.root and not trained and not e.learned:
            continue  # said by "nothing learns"
        if len(weights) == len(inside):
            kind = "a flag that reaches no layer (False on False)"
            why = (
                f"{name}.trainable is False, and all in it says True. On TensorFlow, False on "
                "False passes nothing down, and `trainable=False` given to the constructor of a "
                "layer around others does not reach them either"
            )
        else:
            kind = "a parent's veto"
            why = f"{name}.trainable is False, and {first.place.name}.trainable is True: " + (
                "asked itself, the parent says frozen; the model around it asks each weight, and "
                "trains it"
                if trained
                else "the parent's False vetoes what is in it"
            )
        far = e.own.moved.get(id(first.variable), 0.0)
        repair = [f"{parent.code}.trainable = True", f"{parent.code}.trainable = False"]
        yield Finding(
            kind,
            first.place.name if len(weights) < len(inside) else name,
            f"{first.path} {'is learned' if trained else 'is not learned'} "
            f"(moved by {far:.1g}; {len(weights)} weights in all)",
            why,
            f"{repair[0]}   # first this, so that the next line reaches all layers in it\n"
            f"{repair[1]}  # to freeze it all; leave this out to train it\n{compile_anew(e)}",
            3,
        )


def misspelt(e: Evidence) -> Iterator[Finding]:
    for place in e.where.places.values():
        layer = place.layer
        holders: list[tuple[Any, str]] = [(layer, place.code)]
        holders += [(w.variable, w.code) for w in e.where.weights if w.place is place]
        for holder, code in holders:
            for name, value in list(getattr(holder, "__dict__", {}).items()):
                if isinstance(value, bool) and _looks_like_the_flag(name, holder):
                    yield Finding(
                        "a misspelt flag",
                        place.name,
                        f"{code}.{name} is {value}; {code}.trainable is {holder.trainable}",
                        f"Python lets you set any attribute, and Keras reads only `{FLAG}`",
                        f"{code}.trainable = {value}\n{compile_anew(e)}",
                        3,
                    )


def _looks_like_the_flag(name: str, holder: Any) -> bool:
    """One or two letters from `trainable`, and nothing that the class itself knows."""
    if name.startswith("_") or name == FLAG or hasattr(type(holder), name):
        return False
    if name in inspect.signature(type(holder).__init__).parameters:
        return False
    close = difflib.SequenceMatcher(None, name.lower(), FLAG).ratio() >= 0.84
    return close or name in FOREIGN


def hidden_variable(e: Evidence) -> Iterator[Finding]:
    known = {id(v) for v in e.model.variables}
    known |= {id(getattr(v, "value", v)) for v in e.model.variables}
    for place in e.where.of_type(keras.layers.Lambda):
        function: Any = getattr(place.layer, "function", None)
        try:
            used = inspect.getclosurevars(function)
        except TypeError:
            continue
        for name, thing in {**used.globals, **used.nonlocals, **_defaults(function)}.items():
            yield from _held_by(e, place, name, thing, known, in_lambda=True)
    if keras.backend.backend() == "tensorflow":
        for place in e.where.places.values():
            for name, thing in list(vars(place.layer).items()):
                if type(thing).__module__.startswith("tensorflow") and not name.startswith("_"):
                    yield from _held_by(e, place, name, thing, known, in_lambda=False)


def _defaults(function: Any) -> dict[str, Any]:
    names = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in names if p.default is not p.empty}


def _held_by(
    e: Evidence, place: Place, name: str, thing: Any, known: set[int], in_lambda: bool
) -> Iterator[Finding]:
    if isinstance(thing, keras.layers.Layer):
        unknown = [v for v in thing.trainable_weights if id(v) not in known]
    elif hasattr(thing, "assign") and getattr(thing, "trainable", False) and id(thing) not in known:
        unknown = [thing]
    else:
        return
    if not unknown:
        return
    numbers = sum(int(keras.ops.size(v)) for v in unknown)
    yield Finding(
        "a variable that the model does not know",
        place.name,
        f"{name} ({numbers:,} number{'' if numbers == 1 else 's'}) is used there, and is not among "
        f"the model's {len(e.model.weights)} weights",
        (
            "a Lambda is only a function: Keras does not see what it uses"
            if in_lambda
            else "Keras tracks keras.Variable and layers, not a variable of the backend"
        )
        + "; no fit updates it, no file holds it",
        "# in a layer of your own, in build:\n"
        f"self.{name} = self.add_weight(shape={tuple(map(int, unknown[0].shape))}, name={name!r})",
        8,
    )


def layer_named(where: Map, name: str) -> list[Place]:
    """All places whose layer has this name, or that have this path."""
    return [p for p in where.places.values() if name in (p.layer.name, p.name)]
