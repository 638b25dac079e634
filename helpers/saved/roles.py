"""The weights of a file, each with its role: of the whole model at once, or layer by layer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from helpers._arguments import reason
from helpers.ledger import Role, Weight
from helpers.saved.archive import printable
from helpers.saved.arrays import Array
from helpers.saved.configuration import Entry, refused
from helpers.saved.outline import book_of

UNKNOWN: Any = "unknown"  # stands where a role would
# What a layer of Keras's own makes as not to be trained, by the names that the older form keeps.
_MADE_AS = {
    **dict.fromkeys(("moving_mean", "moving_variance"), Role.STATISTIC),
    **dict.fromkeys(("mean", "variance", "count", "vector_u"), Role.OTHER_STATE),
}


def whole_model(config: dict, arrays: Sequence[Array]) -> tuple[list[Weight], list[str]]:
    """Weights of the model that a configuration describes, and notes.

    Raises:
        ValueError: it is not built, and why: a class that is not Keras's own, or a damaged one.
    """
    if why := refused(config):
        raise ValueError(why)
    try:
        found = book_of(config).weights
    except Exception as error:  # Keras's own, of many types
        raise ValueError(f"Keras cannot build it: {printable(reason(error))}") from None
    weights = [replace(w, path=printable(w.path), layer=printable(w.layer)) for w in found]
    if not arrays or _same_arrays(weights, arrays):
        return weights, []
    there, wanted = (sum(each.count for each in found) for found in (arrays, weights))
    both = f"the model has {wanted:,} numbers, and the file's arrays hold {there:,}"
    return weights, [f"These weights are not those of this model: {both}, or in other shapes."]


def layer_by_layer(listed: Sequence[Entry], arrays: Sequence[Array]) -> list[Weight]:
    """Weights of each layer of Keras's own by itself, then the arrays that are left."""
    inside: dict[str, list[Array]] = {}
    for array in arrays:
        for place in accumulate(array.group.split("/"), "{}/{}".format):
            inside.setdefault(place, []).append(array)
    found: list[Weight] = []
    explained: set[Array] = set()
    for entry in listed:
        mine = inside.get(entry.place, [])
        weights = _by_itself(entry) if mine and entry.place and not entry.is_model else ()
        if weights and _same_arrays(weights, mine):
            explained.update(mine)
            for weight in weights:
                name = printable(weight.path).removeprefix(f"{entry.name}/")
                role = _role_under_veto(entry, weight.role)
                path = f"{entry.path}/{name}"
                found.append(replace(weight, path=path, layer=entry.path, role=role))
    layers = {entry.name: entry for entry in listed if not entry.is_model}
    return found + [_of_array(array, layers) for array in arrays if array not in explained]


def _same_arrays(weights: Sequence[Weight], arrays: Sequence[Array]) -> bool:
    """Whether the arrays are those of the weights.

    Some layers store one of them twice; LoRA's two are stored merged with their kernel.
    """
    there = Counter(array.shape for array in arrays)
    wanted = Counter(weight.shape for weight in weights if "/lora_" not in f"/{weight.path}")
    every = {weight.shape for weight in weights}
    return wanted <= there and set(there) <= every


def _by_itself(entry: Entry) -> Sequence[Weight]:
    try:
        return () if refused(entry.config) else book_of(entry.config).weights
    except Exception:  # it does not say what it is called on, or is damaged
        return ()


def _role_under_veto(entry: Entry, role: Role) -> Role:
    """The role after loading: only an outermost functional model then still vetoes."""
    top = entry.around[0]
    veto = top.flag is False and top.class_name != "Sequential"
    return Role.FROZEN if veto and role == Role.LEARNED else role


def _of_array(array: Array, layers: Mapping[str, Entry]) -> Weight:
    """What an array tells by itself; its role only where the older form gives names."""
    layer, key, role = array.layer, array.key.split(":")[0], UNKNOWN
    parts = array.group.split("/")
    owner = next((layers[part] for part in reversed(parts) if part in layers), None)
    if owner and array.group.startswith("/model_weights/") and not refused(owner.config):
        layer = owner.path
        if owner.flag is not None:
            learned = Role.LEARNED if owner.flag else Role.FROZEN
            role = _role_under_veto(owner, _MADE_AS.get(key, learned))
    path = f"{layer}/{key}"
    return Weight(path, array.shape, array.count, array.bytes, array.dtype, role, layer)
