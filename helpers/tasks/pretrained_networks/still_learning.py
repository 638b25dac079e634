"""Exercise 6, task 6: list the weights of nested models that still learn."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import keras
from keras import layers

from helpers.movement import snapshot
from helpers.tasks.answers import call, described, expect_function, joined, plain, whole_number
from helpers.tasks.core import Wrong, task
from helpers.tasks.pretrained_networks._small_base import on_top, small_base
from helpers.tasks.training import flags, moved_since


def partly_frozen() -> keras.Model:
    """A base whose first two layers with weights are frozen, and a head."""
    model = on_top(small_base())
    for name in ("conv1", "norm1"):
        model.get_layer("base").get_layer(name).trainable = False
    return model


def _thawed_child() -> keras.Model:
    """A frozen base with one layer switched on again, a loose bias, and a block in a block.

    One layer is called twice, one layer holds state that is never learned, and one whole part
    stands in a wrapper.
    """
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(5, name="deep"), layers.BatchNormalization(name="norm")],
        name="inner",
    )
    base = keras.Sequential([keras.Input((3,)), layers.Dense(4, name="first"), inner], name="base")
    again = layers.Dense(6, name="again")
    inputs = keras.Input((3,))
    hidden = layers.Dropout(0.1)(layers.Dense(6, name="middle")(base(inputs)))
    hidden = layers.BatchNormalization(scale=False, name="outer_norm")(again(again(hidden)))
    rows = layers.TimeDistributed(layers.Dense(3, name="each"), name="rows")(
        layers.Reshape((2, 3))(hidden)
    )
    outputs = layers.Dense(2, name="head")(layers.Flatten()(rows))
    model = keras.Model(inputs, outputs, name="model")
    base.trainable = False
    inner.get_layer("deep").trainable = True
    model.get_layer("middle").bias.trainable = False
    return model


@task(
    "What still learns?",
    why="`model.trainable_weights` follows every flag at every depth: of nested models, of layers, "
    "of single weights.",
    hints=(
        "Which list of a model holds exactly what the optimizer updates?",
        "`model.trainable_weights` reaches into nested models; each weight has a `path` and a "
        "`shape`.",
        "{weight.path: the product of weight.shape for each weight in model.trainable_weights}; "
        "`math.prod` gives the product.",
    ),
)
def still_learning(what_learns: object) -> None:
    """what_learns(model) -> {path: numbers} of the weights that the optimizer updates."""
    expect_function("what_learns", what_learns)
    frozen = on_top(small_base())
    frozen.get_layer("base").trainable = False
    overruled = on_top(small_base())
    overruled.trainable = False
    overruled.get_layer("head").trainable = True
    cases = {
        "whose base is frozen": frozen,
        "whose base is frozen in part": partly_frozen(),
        "with a model in a model in a model": _thawed_child(),
        "whose own flag is False, and whose head's is True": overruled,
    }
    for kind, model in cases.items():
        before, flags_before = snapshot(model), flags(model)
        given = call("what_learns", what_learns, model)
        shown = f"for a model {kind}: "
        if flags(model) != flags_before:
            raise Wrong(f"{shown}your function itself changed flags; it should only look.")
        if changed := moved_since(before):
            raise Wrong(f"{shown}your function itself changed {joined(changed)}.")
        _refuse_wrong_numbers(shown, _as_dict(given), model)


def _as_dict(given: object) -> dict:
    """The learner's mapping, or list of pairs, read once."""
    if isinstance(given, Mapping):
        return dict(given.items())
    pairs: list[Any] = list(given) if isinstance(given, list | tuple) else [given]
    if all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        return dict(pairs)
    raise Wrong(
        f"`what_learns` should return a dict {{path: numbers}}; it gives {described(given)}."
    )


def _refuse_wrong_numbers(shown: str, given: dict, model: keras.Model) -> None:
    """Raise Wrong unless `given` maps the path of each trainable weight to its numbers."""
    right = {w.path: math.prod(w.shape) for w in model.trainable_weights}
    odd = [key for key in given if not isinstance(key, str)]
    if odd:
        raise Wrong(
            f"the keys should be paths, which are text; one of yours is {described(odd[0])}."
        )
    given = {plain(path): value for path, value in given.items()}
    extra = [path for path in given if path not in right]
    missing = [path for path in right if path not in given]
    if extra or missing:
        _refuse_paths(shown, given, extra, missing, model)
    numbers = {path: whole_number(f"numbers of {path}", value) for path, value in given.items()}
    wrong = [path for path in right if numbers[path] != right[path]]
    if not wrong:
        return
    path = wrong[0]
    text = f"{shown}{path} has {numbers[path]:,} numbers in your dict"
    weights = {w.path: w for w in model.trainable_weights}
    shape = tuple(weights[path].shape)
    mistakes: dict[str, Callable[[tuple[int, ...]], int]] = {
        "that counts arrays; count the numbers in them": lambda axes: 1,
        "those are bytes, four for each number": lambda axes: 4 * math.prod(axes),
        "multiply the lengths of its axes, do not add them up": sum,
        "that is the length of its first axis": lambda axes: axes[0],
        "that is the length of its last axis": lambda axes: axes[-1],
        "that is how many axes it has": len,
        "its first axis is left out; a weight has no axis for the batch": (
            lambda axes: math.prod(axes[1:])
        ),
        "its last axis is left out": lambda axes: math.prod(axes[:-1]),
    }
    for message, rule in mistakes.items():
        if all(numbers[p] == rule(tuple(weights[p].shape)) for p in right):
            raise Wrong(f"{text}: {message}; its shape is {shape}.")
    raise Wrong(f"{text}; its shape is {shape}.", diagnosed=False)


def _refuse_paths(shown: str, given: dict, extra: list, missing: list, model: keras.Model) -> None:
    """Raise Wrong for too many or too few keys."""
    paths = {weight.path for weight in model.weights}
    right = {weight.path for weight in model.trainable_weights}
    if not given:
        raise Wrong(f"{shown}your dict is empty.")
    if set(given) == paths:
        raise Wrong(f"{shown}these are all weights, frozen ones and statistics included.")
    if set(given) == paths - right:
        raise Wrong(f"{shown}these are the weights that do *not* learn.")
    if not set(given) & paths:
        names = {w.name for w in model.weights}
        layer_names = {layer.name for layer in model.layers} | {p.split("/")[-2] for p in paths}
        if set(given) <= names:
            raise Wrong(
                f"{shown}you gave names such as {extra[0]!r}, which several weights share; "
                "give the `path` of each."
            )
        if set(given) <= layer_names:
            raise Wrong(
                f"{shown}you gave layers such as {extra[0]!r}; give the `path` of each weight."
            )
        raise Wrong(f"{shown}{extra[0][:60]!r} is the path of no weight.", diagnosed=False)
    statistics = [path for path in extra if path.rpartition("/")[2].startswith("moving_")]
    if statistics and statistics == extra:
        raise Wrong(f"{shown}{statistics[0]} is a statistic, which the optimizer does not update.")
    frozen = [path for path in extra if path in paths and path not in statistics]
    if frozen and not model.trainable:
        raise Wrong(f"{shown}{frozen[0]} does not learn: the model's flag vetoes all flags in it.")
    if frozen:
        raise Wrong(f"{shown}{frozen[0]} is frozen, {_frozen_by(frozen[0], model)}.")
    if extra:
        raise Wrong(f"{shown}{extra[0][:60]!r} is the path of no weight.", diagnosed=False)
    inside = {w.path for layer in model.layers if _is_nested(layer) for w in layer.weights}
    where = ""
    if inside.issuperset(missing):
        where = (
            ": it lies in a model inside the model. Look into each one, also where its own flag is "
            "False, since a layer in it may have been thawed later"
        )
    raise Wrong(f"{shown}{missing[0]} is missing, and does learn{where}.", bool(where))


def _is_nested(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.Model)


def _frozen_by(path: str, model: keras.Model) -> str:
    """On what the flag stands that freezes a weight."""
    weight = next(w for w in model.weights if w.path == path)
    owners = [layer for layer in model._flatten_layers() if not _is_nested(layer)]
    owner = next(o for o in owners if any(weight is own for own in o.weights))
    if owner.trainable:
        return "by the flag of the weight itself"
    return f"by the flag of its layer, {owner.name}"
