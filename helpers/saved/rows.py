"""The weights of a file, each with its role: of the whole model at once, or layer by layer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from helpers._arguments import reason
from helpers.ledger import Role, Weight
from helpers.saved.archive import printable
from helpers.saved.arrays import Array
from helpers.saved.entries import Entry, refused
from helpers.saved.outline import book_of

UNKNOWN = "unknown"
# What a layer of Keras's own makes as not to be trained, by the names that the older form keeps.
_MADE_AS = {
    **dict.fromkeys(("moving_mean", "moving_variance"), Role.STATISTIC),
    **dict.fromkeys(("mean", "variance", "count", "vector_u"), Role.OTHER_STATE),
}


@dataclass(frozen=True)
class SavedWeight:
    """A weight of the file; `role` is one of the four, or "unknown"."""

    path: str
    shape: tuple[int, ...]
    count: int
    bytes: int
    dtype: str
    role: str
    layer: str


def whole_model(config: dict, arrays: Sequence[Array]) -> tuple[list[SavedWeight], list[str]]:
    """Rows of the model that a configuration describes, and notes.

    Raises:
        ValueError: it is not built, and why: a class that is not Keras's own, or a damaged one.
    """
    if why := refused(config):
        raise ValueError(why)
    try:
        weights = book_of(config).weights
    except Exception as error:  # Keras's own, of many types
        raise ValueError(f"Keras cannot build it: {printable(reason(error))}") from None
    rows = [_saved_weight(w, printable(w.path), printable(w.layer)) for w in weights]
    there, wanted = (sum(each.count for each in found) for found in (arrays, rows))
    # Nearly equal: LoRA's kernel is stored merged, SpectralNormalization's twice.
    if arrays and not (wanted // 4 - 10**6 < there < 4 * wanted + 10**6):
        both = f"the model has {wanted:,} numbers, and the file's arrays hold {there:,}"
        return rows, [f"These weights are not those of this model: {both}."]
    return rows, []


def layer_by_layer(listed: Sequence[Entry], arrays: Sequence[Array]) -> list[SavedWeight]:
    """Rows of each layer of Keras's own by itself, then of the arrays that are left."""
    inside: dict[str, list[Array]] = {}
    for array in arrays:
        for place in accumulate(array.group.split("/"), "{}/{}".format):
            inside.setdefault(place, []).append(array)
    rows: list[SavedWeight] = []
    explained: set[Array] = set()
    for entry in listed:
        mine = inside.get(entry.place, [])
        weights = _by_itself(entry) if mine and entry.place and not entry.is_model else ()
        if weights and _same_arrays(weights, mine):
            explained.update(mine)
            for weight in weights:
                name = printable(weight.path).removeprefix(f"{entry.name}/")
                path = f"{entry.path}/{name}"
                rows.append(_saved_weight(weight, path, entry.path, _vetoed(entry, weight.role)))
    layers = {entry.name: entry for entry in listed if not entry.is_model}
    return rows + [_of_array(array, layers) for array in arrays if array not in explained]


def _same_arrays(weights: Sequence[Weight], arrays: Sequence[Array]) -> bool:
    """Whether the arrays are those of the weights; some layers store one of them twice."""
    wanted, there = (Counter(each.shape for each in found) for found in (weights, arrays))
    return wanted <= there and set(there) == set(wanted)


def _by_itself(entry: Entry) -> Sequence[Weight]:
    try:
        return () if refused(entry.config) else book_of(entry.config).weights
    except Exception:  # it does not say what it is called on, or is damaged
        return ()


def _vetoed(entry: Entry, role: Role) -> Role:
    """The role after loading: only an outermost functional model then still vetoes."""
    top = entry.around[0]
    veto = top.flag is False and top.class_name != "Sequential"
    return Role.FROZEN if veto and role is Role.LEARNED else role


def _saved_weight(weight: Weight, path: str, layer: str, role: Role | None = None) -> SavedWeight:
    kind = str(role or weight.role)
    return SavedWeight(path, weight.shape, weight.count, weight.bytes, weight.dtype, kind, layer)


def _of_array(array: Array, layers: Mapping[str, Entry]) -> SavedWeight:
    """What an array tells by itself; its role only where the older form gives names."""
    layer, key, role = array.layer, array.key.split(":")[0], UNKNOWN
    parts = array.group.split("/")
    owner = next((layers[part] for part in reversed(parts) if part in layers), None)
    if owner and array.group.startswith("/model_weights/") and not refused(owner.config):
        layer = owner.path
        if owner.flag is not None:
            learned = Role.LEARNED if owner.flag else Role.FROZEN
            role = str(_vetoed(owner, _MADE_AS.get(key, learned)))
    path = f"{layer}/{key}"
    return SavedWeight(path, array.shape, array.count, array.declared, array.dtype, role, layer)
