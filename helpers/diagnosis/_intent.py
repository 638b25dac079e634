"""Findings about `frozen=[...]`: what the user meant to freeze, against what is frozen."""

import difflib
from collections.abc import Iterator
from typing import Any

import keras

from helpers._arguments import shown
from helpers.diagnosis._evidence import Evidence
from helpers.diagnosis._flags import layer_named
from helpers.diagnosis._map import Owned, Place
from helpers.diagnosis._steps import compile_anew
from helpers.diagnosis.finding import Finding, lines, named


def as_meant(e: Evidence) -> Iterator[Finding]:
    if e.frozen is None:
        return
    meant: set[int] = set()
    nested: list[Place] = []
    for item in e.frozen:
        weights, found = _weights_of(e, item)
        if not weights and not found:
            yield _not_in_the_model(e, item)
        meant |= {id(w.variable) for w in weights}
        nested += [p for p in found if isinstance(item, str) and len(p.parents) > 1]
    ids = e.learned_ids
    left_out = [w for w in e.where.weights if id(w.variable) in meant & ids]
    extra = [w for w in e.held if id(w.variable) not in meant]
    shifted = _off_by_one(e, meant) if left_out or extra else ""
    if left_out:
        inner = [p for p in nested if any(w in left_out for w in e.where.inside(p))]
        whole = {id(w.place.layer): w for w in left_out}.values()
        code = [f"{_switch(w, left_out, ids)}.trainable = False" for w in whole]
        why = shifted or (
            f"{named(p.layer.name for p in inner)} stands in a model inside of the model; the "
            f"outer model's layers are {named([c.name for c in e.model.layers], 5)}"
            if inner
            else "no flag on the way to it is False"
        )
        yield Finding(
            "meant to be frozen, and learned",
            named(w.place.name for w in left_out),
            _how_far_moved(e, left_out),
            why,
            f"{lines(code)}\n{compile_anew(e)}",
            3,
        )
    if extra:
        parents = [p for p in extra[0].place.parents if not p.layer.trainable]
        on_top = [
            p for p in extra[0].place.parents[1:]
            if p.layer.trainable and not any(w.place.layer.trainable for w in e.where.inside(p))
        ]  # fmt: skip
        if shifted:
            why = shifted
        elif parents:
            why = f"{parents[0].name}.trainable is False, which reaches everything in it"
        elif on_top:
            why = (
                f"{on_top[0].name}.trainable is True, and none of its layers' is: on TensorFlow, "
                "True on True passes nothing down"
            )
        else:
            why = "its own flag is False"
        code = [f"{w.place.code}.trainable = True" for w in extra]
        if parents:
            code = [f"{parents[0].code}.trainable = True  # first the parent", *(
                f"{p.code}.trainable = False" for p in nested
            )]  # fmt: skip
        yield Finding(
            "frozen, and not on your list",
            named(w.place.name for w in extra),
            _how_far_moved(e, extra),
            why,
            f"{lines(code)}\n{compile_anew(e)}",
            3,
        )


def _weights_of(e: Evidence, item: Any) -> tuple[list[Owned], list[Place]]:
    """The weights that an item of `frozen` means, and the layers, if it is or names layers."""
    if isinstance(item, keras.layers.Layer):
        place = e.where.places.get(id(item))
        return (e.where.inside(place), [place]) if place else ([], [])
    if isinstance(item, str):
        found = layer_named(e.where, item)
        by_path = [w for w in e.where.weights if w.path == item]
        return [w for p in found for w in e.where.inside(p)] + by_path, found
    return [w for w in e.where.weights if w.variable is item], []


def _not_in_the_model(e: Evidence, item: Any) -> Finding:
    if isinstance(item, str):
        names = [p.layer.name for p in e.where.places.values()]
        near = difflib.get_close_matches(item, names, 1) or names[1:2] or names
        return Finding(
            "no layer of this name in the model",
            item,
            f"{len(names) - 1} layers, none named {item!r}; the nearest is {near[0]!r}",
            "a flag set on a layer that is not there changes nothing here",
            layer_named(e.where, near[0])[0].code + ".trainable = False",
            3,
        )
    name = getattr(item, "name", shown(item))
    twins = [p for p in layer_named(e.where, name) if type(p.layer) is type(item)]
    code = f"{twins[0].code}.trainable = False" if twins else f"model.get_layer({name!r})"
    return Finding(
        "this layer object is not in the model",
        name,
        f"{name}.trainable is {getattr(item, 'trainable', None)}; "
        + (
            f"the model holds another layer named {name!r}"
            if twins
            else "no layer here has its name"
        ),
        "a clone, a loaded or a rebuilt layer has the same name and weights of its own; the flag "
        "on one says nothing to the other",
        f"{code}\n{compile_anew(e)}",
        3,
    )


def _switch(weight: Owned, weights: list[Owned], learned: frozenset[int]) -> str:
    """The layer's code if all that it learns is concerned, else that of the single weight."""
    mine = [w for w in weights if w.place is weight.place]
    made = [v for v in vars(weight.place.layer).values() if id(v) in learned]
    return weight.place.code if len(mine) >= len(made) else weight.code


def _off_by_one(e: Evidence, meant: set[int]) -> str:
    """Why, if the frozen layers are those meant, but one more or one less at an end."""
    owned: dict[Place, list[int]] = {}
    for w in e.where.weights:
        if w.made:
            owned.setdefault(w.place, []).append(id(w.variable))
    flags = [not any(key in e.learned_ids for key in keys) for keys in owned.values()]
    wish = [any(key in meant for key in keys) for keys in owned.values()]
    wrong = [n for n, (a, b) in enumerate(zip(flags, wish, strict=True)) if a != b]
    if len(wrong) != 1 or not any(flags) or not any(wish):
        return ""
    edge = wrong[0]
    neighbours = {wish[n] for n in (edge - 1, edge + 1) if 0 <= n < len(wish)}
    if neighbours != {True, False} and 0 < edge < len(wish) - 1:
        return ""
    first = e.model.layers[0]
    counted = " (an InputLayer counts as one)" if isinstance(first, keras.layers.InputLayer) else ""
    return (
        f"off by one: {sum(flags)} layers in a row are frozen where you meant {sum(wish)}; "
        f"model.layers[0] is {first.name!r}{counted}"
    )


def _how_far_moved(e: Evidence, weights: list[Owned]) -> str:
    first = weights[0]
    far = e.own.moved.get(id(first.variable), 0.0)
    return f"{named(w.path for w in weights)}: {first.path} moved by {far:.1g}"
