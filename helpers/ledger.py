"""The ledger: every weight of a model, and why it is trained or not.

A weight has one of four roles:

- learned: the optimizer updates it;
- frozen: made to be learned, but switched off with `trainable = False`;
- statistic: a moving mean or variance that BatchNormalization keeps;
- other state: anything else that its layer made as non-trainable.
"""

import itertools
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import TYPE_CHECKING
from unittest.mock import patch

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

    `layer` is the path of the layer that owns it, with a number where two layers have one path.
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
        counts = " · ".join(f"{role} {self.count(role):,}" for role in Role)
        rows = [
            (w.path, str(w.shape), w.count, w.bytes, w.dtype, str(w.role)) for w in self.weights
        ]
        total_bytes = sum(weight.bytes for weight in self.weights)
        rows.append(("total", "", self.total, total_bytes, "", ""))
        header = ("weight", "shape", "numbers", "bytes", "dtype", "role")
        return Table(header, rows, caption=f"{self.total:,} numbers: {counts}")

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def ledger(model: "keras.layers.Layer") -> Ledger:
    """List every weight of a model or layer with its role. Reads the model, changes nothing.

    The total equals `model.count_params()`: a shared weight is listed once; optimizer, metric
    and random-seed variables, which are not weights, are not listed.

    Args:
        model: a built Keras model (Sequential, functional, subclassed, nested) or layer.

    Raises:
        TypeError: not a Keras model or layer.
        ValueError: it has no weights yet because it is not built.

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
        raise TypeError(f"ledger() needs a Keras model or layer, not {type(model).__name__}")
    if not model.built:
        raise ValueError(
            f"{model.name!r} is not built, so it has no weights yet: "
            "give it an Input, call it on data, or call its build(input_shape) first"
        )
    learned = {id(variable) for variable in model.trainable_weights}
    owners = {id(variable): (layer, made) for variable, layer, made in owned_variables(model)}
    names: dict[int, str] = {}  # of layers, which in nested models may have the same path
    for variable in model.weights:
        path = variable.path.rpartition("/")[0] or variable.path
        name = next(name for name in _numbered(path) if name not in names.values())
        names.setdefault(id(owners[id(variable)][0]), name)

    def role(variable: keras.Variable) -> Role:
        layer, made_trainable = owners[id(variable)]
        if id(variable) in learned:
            return Role.LEARNED
        if made_trainable:
            return Role.FROZEN
        if isinstance(layer, keras.layers.BatchNormalization):
            return Role.STATISTIC
        return Role.OTHER_STATE

    def row(variable: keras.Variable) -> Weight:
        shape = tuple(map(int, variable.shape))
        dtype = keras.backend.standardize_dtype(variable.dtype)
        count = prod(shape)
        size, layer = count * _bits(dtype) // 8, names[id(owners[id(variable)][0])]
        return Weight(variable.path, shape, count, size, dtype, role(variable), layer)

    return Ledger(tuple(row(variable) for variable in model.weights))


def summary_counts(model: "keras.Model") -> dict[str, int]:
    """The counts that Keras's own `model.summary()` shows: of each layer, then its last lines.

    Raises:
        TypeError: not a Keras model, so it has no summary.

    >>> import keras
    >>> summary_counts(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="head")]))
    {'head': 8, 'Total': 8, 'Trainable': 8, 'Non-trainable': 0}
    """
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(f"summary_counts() needs a Keras model, not {type(model).__name__}")
    shown: list[str] = []
    wide = {"COLUMNS": "1000", "JUPYTER_COLUMNS": "1000"}  # so wide that no name is cut off
    with patch.dict(os.environ, wide):
        model.summary(print_fn=shown.append, line_length=1000)
    counts = re.findall(r"(\S+) (?:\(\w+\).*?│|params:) +([\d,]+)", "".join(shown))
    return {name: int(count.replace(",", "")) for name, count in counts}


def owned_variables(model: "keras.layers.Layer") -> Iterator[tuple[object, object, bool]]:
    """Yield (variable, the layer that owns it, whether that layer made it to be trained).

    The one place that reads Keras's private attributes: the public API does not say which
    layer owns a variable, nor, once a layer is frozen, which of its variables were made
    trainable. Watched by tests/test_ledger.py.

    >>> import keras
    >>> norm = keras.layers.BatchNormalization()
    >>> norm.build((None, 3))
    >>> [(variable.name, made) for variable, _, made in owned_variables(norm)]
    [('gamma', True), ('beta', True), ('moving_mean', False), ('moving_variance', False)]
    """
    for layer in model._flatten_layers(include_self=True, recursive=True):
        for variable in layer._trainable_variables:
            yield variable, layer, True
        for variable in layer._non_trainable_variables:
            yield variable, layer, False


def _numbered(name: str) -> Iterator[str]:
    """name, name (2), name (3), ..."""
    yield name
    yield from (f"{name} ({number})" for number in itertools.count(2))


def _bits(dtype: str) -> int:
    """Bits per number of a dtype name such as float32 or int8 (bool occupies a byte)."""
    return 8 if dtype == "bool" else int(re.findall(r"\d+", dtype)[0])
