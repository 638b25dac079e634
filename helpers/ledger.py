"""The ledger: every weight of a model, and why it is trained or not.

A weight has one of four roles:

- learned: the optimizer updates it;
- frozen: made to be learned, but switched off with `trainable = False`;
- statistic: a moving mean or variance that BatchNormalization keeps;
- other state: anything else that its layer made as non-trainable.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import TYPE_CHECKING

from helpers.tables import Table

if TYPE_CHECKING:
    import keras


class Role(StrEnum):
    LEARNED = "learned"
    FROZEN = "frozen"
    STATISTIC = "statistic"
    OTHER_STATE = "other state"


@dataclass(frozen=True)
class Weight:
    """One array of numbers: `count` is the product of `shape`, `bytes` what they occupy.

    `path` is Keras's, `layer` the path of the layer that owns it. Where two layers have one path,
    as a teacher and its clone, the second has a number in both: "hidden (2)/kernel".
    """

    path: str
    shape: tuple[int, ...]
    count: int
    bytes: int
    dtype: str
    role: Role
    layer: str


@dataclass(frozen=True)
class Ledger:
    """The weights of one model at one moment. Made by `ledger(model)`; never changes."""

    weights: tuple[Weight, ...]

    def count(self, *roles: Role | str) -> int:
        """How many numbers have one of these roles (of all roles if none is named).

        Raises:
            ValueError: a role is not one of the four.
        """
        wanted = {Role(role) for role in roles} or set(Role)
        return sum(weight.count for weight in self.weights if weight.role in wanted)

    @property
    def total(self) -> int:
        return self.count()

    @property
    def trainable(self) -> int:
        return self.count(Role.LEARNED)

    @property
    def non_trainable(self) -> int:
        return self.total - self.trainable

    def by_layer(self) -> dict[str, Counter]:
        """For each layer that owns weights, in model order: how many numbers have each role."""
        layers: dict[str, Counter] = {}
        for weight in self.weights:
            layers.setdefault(weight.layer, Counter())[weight.role] += weight.count
        return layers

    def table(self) -> Table:
        return weights_table(self.weights, {role: self.count(role) for role in Role})

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def weights_table(weights: Sequence[Weight], counts: Mapping[str, int]) -> Table:
    """One row for each weight, a total, and the counts of each role as caption.

    >>> kernel = Weight("head/kernel", (3, 2), 6, 24, "float32", Role.LEARNED, "head")
    >>> weights_table([kernel], {"learned": 6}).caption
    '6 numbers: learned 6'
    """
    rows = [(w.path, str(w.shape), w.count, w.bytes, w.dtype, str(w.role)) for w in weights]
    total = sum(counts.values())
    rows.append(("total", "", total, sum(weight.bytes for weight in weights), "", ""))
    header = ("weight", "shape", "numbers", "bytes", "dtype", "role")
    by_role = " · ".join(f"{role} {count:,}" for role, count in counts.items())
    return Table(header, rows, f"{total:,} number{'' if total == 1 else 's'}: {by_role}")


def ledger(model: "keras.layers.Layer") -> Ledger:
    """List every weight of a model or layer with its role. Reads the model, changes nothing.

    The total equals `model.count_params()`: a shared weight is listed once; optimizer, metric
    and random-seed variables, which are not weights, are not listed.

    Args:
        model: a built Keras model (Sequential, functional, subclassed, nested) or layer.

    Raises:
        TypeError: not a Keras model or layer, or one of Keras 2.
        ValueError: it, or a layer in it, is not built and so has no weights yet.

    >>> import keras
    >>> from keras import layers
    >>> model = keras.Sequential([keras.Input((100,)), layers.Dense(32), layers.Dense(10)])
    >>> model.layers[0].trainable = False
    >>> book = ledger(model)
    >>> book.total, book.trainable, book.count("frozen")
    (3562, 330, 3232)
    """
    import keras

    if not isinstance(model, keras.layers.Layer):
        raise TypeError(f"ledger() needs a Keras model or layer, not {what_it_is(model)}")
    _refuse_unbuilt(model)
    learned = {id(variable) for variable in model.trainable_weights}
    owners: dict[int, tuple] = {}
    for variable, layer, made_trainable in owned_variables(model):
        owner = owners.setdefault(id(variable), (layer, made_trainable))[0]
        # A weight that several layers hold is its maker's: tied ones, SpectralNormalization's.
        if layer.path == _layer_path(variable.path) != owner.path:
            owners[id(variable)] = layer, made_trainable
    weights = list(model.weights)  # asked once: a class may list weights of its own, new each time
    paths: dict[int, str] = {}  # of layers
    for variable in weights:
        owners.setdefault(id(variable), (model, variable.trainable))
        paths.setdefault(id(owners[id(variable)][0]), _layer_path(variable.path))
    names = dict(zip(paths, numbered(paths.values()), strict=True))

    def role(variable: keras.Variable) -> Role:
        layer, made_trainable = owners[id(variable)]
        if id(variable) in learned:
            return Role.LEARNED
        if made_trainable:
            return Role.FROZEN
        if isinstance(layer, keras.layers.BatchNormalization):
            return Role.STATISTIC
        return Role.OTHER_STATE

    def path(variable: keras.Variable) -> str:
        layer = id(owners[id(variable)][0])
        if _layer_path(variable.path) != paths[layer]:
            return variable.path
        return names[layer] + variable.path.removeprefix(paths[layer])

    def row(variable: keras.Variable, path: str) -> Weight:
        layer = names[id(owners[id(variable)][0])]
        shape = tuple(map(int, variable.shape))
        dtype = keras.backend.standardize_dtype(variable.dtype)
        if dtype == "string":
            raise ValueError(f"{path} is a weight that holds text, and no numbers to count")
        count = prod(shape)
        size = count * _bits(dtype) // 8
        return Weight(path, shape, count, size, dtype, role(variable), layer)

    return Ledger(tuple(map(row, weights, numbered(map(path, weights)))))


def _layer_path(path: str) -> str:
    """The path of the layer that a weight's path begins with."""
    return path.rpartition("/")[0] or path


def what_it_is(thing: object) -> str:
    """The type of what is no model, and whether it would be one in Keras 2.

    Keras 2 lives on as tf_keras; before version 3, Keras kept its layers in an `engine`.

    >>> what_it_is("a model")
    'str'
    """
    kind = type(thing)
    old = ("tf_keras", "keras.src.engine", "keras.engine", "tensorflow.python.keras")
    if any(base.__module__.startswith(old) for base in kind.__mro__):
        return f"a {kind.__name__} of Keras 2 ({kind.__module__}): build it with Keras 3"
    return kind.__name__


def _refuse_unbuilt(model: "keras.layers.Layer") -> None:
    """Raise ValueError where weights are still to come: a total without them would mislead.

    Keras calls a subclassed model built after `build(shape)`, whatever is in it. Layers that take
    over Keras's own empty `build`, and Sequential, have no weights but those of the layers inside.
    """
    import keras

    empty = (keras.layers.Layer.build, keras.Sequential.build)
    missing = [
        layer.name
        for layer in layers_within(model)
        if not layer.built and type(layer).build not in empty
    ]
    if not model.built and (missing or not model.weights):  # a GAN's parts may be built
        raise ValueError(
            f"{model.name!r} is not built, so it has no weights yet: "
            "give it an Input, or call it on a batch of data, first"
        )
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise ValueError(
            f"{model.name!r} has layers without weights, since they are not built yet: "
            f"{', '.join(missing[:5])}{more}. Call the model on a batch of data that reaches them; "
            "take out what no call reaches"
        )


def layers_within(model: "keras.layers.Layer") -> "list[keras.layers.Layer]":
    """The layer itself and every layer in it, at any depth, each once.

    Reads a private attribute of Keras, which has no public way into a layer that is no model.
    Watched by tests/test_ledger.py.

    >>> import keras
    >>> both_ways = keras.layers.Bidirectional(keras.layers.LSTM(3))
    >>> [type(layer).__name__ for layer in layers_within(both_ways)]
    ['Bidirectional', 'LSTM', 'LSTMCell', 'LSTM', 'LSTMCell']
    """
    return model._flatten_layers(include_self=True, recursive=True)


def owned_variables(
    model: "keras.layers.Layer",
) -> "Iterator[tuple[keras.Variable, keras.layers.Layer, bool]]":
    """Yield (variable, the layer that owns it, whether that layer made it to be trained).

    With `layers_within` the one place that reads Keras's private attributes: the public API does
    not say which layer owns a variable, nor, once a layer is frozen, which of its variables were
    made trainable. Watched by tests/test_ledger.py.

    >>> import keras
    >>> norm = keras.layers.BatchNormalization()
    >>> norm.build((None, 3))
    >>> [(variable.name, made) for variable, _, made in owned_variables(norm)]
    [('gamma', True), ('beta', True), ('moving_mean', False), ('moving_variance', False)]
    """
    for layer in layers_within(model):
        for variable in layer._trainable_variables:
            yield variable, layer, True
        for variable in layer._non_trainable_variables:
            yield variable, layer, False


def numbered(names: Iterable[str]) -> list[str]:
    """The names, told apart: what comes a second time has a number.

    >>> numbered(["hidden", "head", "hidden"])
    ['hidden', 'head', 'hidden (2)']
    """
    told: dict[str, None] = {}
    ways: dict[str, Iterator[str]] = {}
    for name in names:
        way = ways.setdefault(name, _versions(name))
        told[next(each for each in way if each not in told)] = None
    return list(told)


def _versions(name: str) -> Iterator[str]:
    """name, name (2), name (3), ..."""
    yield name
    yield from (f"{name} ({number})" for number in itertools.count(2))


def _bits(dtype: str) -> int:
    """Bits per number of a dtype name such as float32 or int8 (bool occupies a byte)."""
    return 8 if dtype == "bool" else int(re.findall(r"\d+", dtype)[0])
