"""Tasks of exercise 6 on a model whose pretrained base is one of its layers."""

import math
from collections import Counter
from types import MappingProxyType

import keras
from keras import layers

from helpers.tasks.answers import call, described, expect_function, whole_number
from helpers.tasks.behaviour import listed
from helpers.tasks.core import Wrong, task
from helpers.tasks.pretrained_networks.bases import (
    Moved,
    freeze_one_by_one,
    on_top,
    one_update,
    pictures,
    prepared,
    small_base,
)


@task(
    "Fine-tune from a layer on",
    why="Every flag inside the base is set, True or False, so that nothing depends on how the base "
    "arrived.",
    hints=(
        "The base is *one* layer of the model. Where are its own layers?",
        "`names = [layer.name for layer in base.layers]` and `names.index(name)` give the "
        "position, with or without an InputLayer.",
        "First `base.trainable = False`, then `base.trainable = True`; then for each layer in "
        "`base.layers[:position]`: `layer.trainable = False`. Return the model.",
    ),
)
def from_layer(fine_tune_from):
    """fine_tune_from(model, name): in "base", the layers before `name` still, all else learns."""
    expect_function("fine_tune_from", fine_tune_from)
    for sequential, name in ((False, "norm2"), (True, "conv3"), (True, "pool")):
        base = small_base(sequential)
        model = on_top(base)
        if sequential:
            base.trainable = False
            arrival = "frozen as a whole"
        else:
            freeze_one_by_one(base)
            arrival = "frozen layer by layer"
        names = [layer.name for layer in base.layers if layer.weights]
        returned = prepared("fine_tune_from", fine_tune_from, model, name)
        moved = one_update(returned, *pictures())
        position = [layer.name for layer in base.layers].index(name)
        wanted = [layer.name for layer in base.layers[:position] if layer.weights]
        if list(moved.still) != wanted or moved.halves:
            kind = "Sequential" if sequential else "functional"
            shown = f"with a {kind} base that arrives {arrival}, and {name!r}: "
            refuse_cut(shown, moved, base, names, len(wanted), name, returned)


def refuse_cut(
    shown: str, moved: Moved, base, names: list[str], cut: int, name: str, model
) -> None:
    """Raise Wrong with the probable reason."""
    still = [layer for layer in moved.still if layer not in moved.moved]
    before, rest = names[:cut], names[cut:]
    if not model.trainable:
        raise Wrong(
            f"{shown}the flag of the whole model is False, and vetoes all inside: "
            "nothing is trained."
        )
    if moved.halves:
        part = moved.halves[0]
        raise Wrong(
            f"{shown}of {part}, {listed(moved.still[part])} stood still and "
            f"{listed(moved.moved[part])} moved. Freeze whole layers."
        )
    if not moved.moved:
        raise Wrong(
            f"{shown}nothing moved, the head included: a loop over `model.layers` takes "
            "base and head; the base's own layers are in `base.layers`."
        )
    if "head" in still:
        raise Wrong(
            f"{shown}the head stood still; it should learn, too."
            + (" The base learned instead." if still == ["head"] else "")
        )
    if still == names and not base.trainable:
        raise Wrong(
            f"{shown}the whole base stood still. The base is one layer of the model: a loop over "
            "`model.layers` or `base.trainable = False` takes all of it."
        )
    if still == names:
        raise Wrong(
            f"{shown}the whole base stood still. Its own flag is True, so `base.trainable = True` "
            "changes nothing: layers frozen one by one stay frozen. Set it to False first, or set "
            "every layer's flag."
        )
    if not still:
        raise Wrong(
            f"{shown}everything learned: no layer before {name} stood still. Does a later line "
            "switch them on again, or is the cut counted in `model.layers`?"
        )
    if still == [*before, name]:
        raise Wrong(
            f"{shown}{name} itself stood still: off by one, since a slice [:n] ends before n."
        )
    if still == before[:-1]:
        raise Wrong(
            f"{shown}{before[-1]} learned: off by one. A functional model lists its InputLayer as "
            "layers[0], a Sequential one does not."
        )
    if still == rest:
        raise Wrong(
            f"{shown}{listed(still)} stood still and what comes before learned: it is the "
            "other way round."
        )
    if set(before) < set(still):
        extra = [layer for layer in still if layer not in before]
        raise Wrong(
            f"{shown}{listed(extra)} stood still, too: from {name} on, every layer learns, "
            "whatever its flag was before."
        )
    if set(still) < set(before):
        loose = [layer for layer in before if layer not in still]
        raise Wrong(f"{shown}{listed(loose)} learned, though before {name}.")
    raise Wrong(f"{shown}{listed(still)} stood still; {listed(before)} should.", diagnosed=False)


def partly_frozen() -> keras.Model:
    """A base whose first two layers with weights are frozen, and a head."""
    model = on_top(small_base())
    for name in ("conv1", "norm1"):
        model.get_layer("base").get_layer(name).trainable = False
    return model


def thawed_child() -> keras.Model:
    """A frozen base with one layer switched on again, a loose bias, and a block in a block."""
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(5, name="deep"), layers.BatchNormalization(name="norm")],
        name="inner",
    )
    base = keras.Sequential([keras.Input((3,)), layers.Dense(4, name="first"), inner], name="base")
    model = keras.Sequential(
        [keras.Input((3,)), base, layers.Dense(6, name="middle"), layers.Dense(2, name="head")],
        name="model",
    )
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
def still_learning(what_learns):
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
        "with a model in a model in a model": thawed_child(),
        "whose own flag is False, and whose head's is True": overruled,
    }
    for kind, model in cases.items():
        learning = [weight.path for weight in model.trainable_weights]
        given = call("what_learns", what_learns, model)
        if learning != [weight.path for weight in model.trainable_weights]:
            raise Wrong(
                f"for a model {kind}: your function itself changed flags; it should only look."
            )
        refuse_ledger(f"for a model {kind}: ", given, model)


def refuse_ledger(shown: str, given, model: keras.Model) -> None:
    """Raise Wrong unless `given` maps the path of each trainable weight to its numbers."""
    if isinstance(given, list | tuple) and all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in given
    ):
        given = dict(given)
    if isinstance(given, MappingProxyType | Counter):
        given = dict(given)
    if not isinstance(given, dict):
        raise Wrong(
            f"`what_learns` should return a dict {{path: numbers}}; it gives {described(given)}."
        )
    right = {w.path: math.prod(w.shape) for w in model.trainable_weights}
    odd = [key for key in given if not isinstance(key, str)]
    if odd:
        raise Wrong(
            f"the keys should be paths, which are text; one of yours is {described(odd[0])}."
        )
    extra = [path for path in given if path not in right]
    missing = [path for path in right if path not in given]
    if extra or missing:
        refuse_paths(shown, given, extra, missing, model)
    numbers = {path: whole_number(f"numbers of {path}", value) for path, value in given.items()}
    wrong = [path for path in right if numbers[path] != right[path]]
    if not wrong:
        return
    path = wrong[0]
    text = f"{shown}{path} has {numbers[path]:,} numbers in your dict"
    weights = {w.path: w for w in model.trainable_weights}
    shape = tuple(weights[path].shape)
    if all(numbers[p] == 1 for p in right):
        raise Wrong(f"{text}: you counted arrays; count the numbers in them.")
    if all(numbers[p] == 4 * right[p] for p in right):
        raise Wrong(f"{text}: those are bytes, four for each number.")
    if all(numbers[p] == sum(weights[p].shape) for p in right):
        raise Wrong(f"{text}: multiply its shape {shape}, do not add it up.")
    if all(numbers[p] == weights[p].shape[0] for p in right):
        raise Wrong(f"{text}: that is the length of its first axis; its shape is {shape}.")
    if all(numbers[p] == weights[p].shape[-1] for p in right):
        raise Wrong(f"{text}: that is the length of its last axis; its shape is {shape}.")
    if all(numbers[p] == len(weights[p].shape) for p in right):
        raise Wrong(f"{text}: that is how many axes it has; its shape is {shape}.")
    raise Wrong(f"{text}; its shape is {shape}.", diagnosed=False)


def refuse_paths(shown: str, given: dict, extra: list, missing: list, model) -> None:
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
    frozen = [path for path in extra if path in paths]
    if frozen and not model.trainable:
        raise Wrong(f"{shown}{frozen[0]} does not learn: the model's flag vetoes all flags in it.")
    if frozen:
        raise Wrong(
            f"{shown}{frozen[0]} is frozen. A flag can stand on the model, on a layer "
            "or on the weight itself."
        )
    if extra:
        raise Wrong(f"{shown}{extra[0][:60]!r} is the path of no weight.", diagnosed=False)
    raise Wrong(
        f"{shown}{missing[0]} is missing: it does learn. Look into nested models, and "
        "do not skip a layer because a model around it is frozen."
    )
