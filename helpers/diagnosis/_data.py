"""The rows that a trial takes: a few batches, cut as the user's own fit cuts them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from helpers._arguments import shown

STEPS = 3


@dataclass(frozen=True)
class Data:
    """The rows tried: nested arrays, rows in a step, full batches, and steps to take on them."""

    x: Any
    y: Any
    rows: int
    full: int
    assumed: bool  # whether nobody said how many rows are in a step
    all_x: Any  # nothing left out
    steps: int = STEPS

    def batches(self) -> Iterator[tuple[Any, Any]]:
        for start in range(0, self.full * self.rows, self.rows):
            part = slice(start, start + self.rows)
            yield _part_of(self.x, part), _part_of(self.y, part)

    def all_batches(self) -> Iterator[Any]:
        """All that was given, x alone."""
        for start in range(0, len(leaves(self.all_x)[0]), self.rows):
            yield _part_of(self.all_x, slice(start, start + self.rows))


def leaves(nested: Any) -> list:
    return [leaf for leaf in keras.tree.flatten(nested) if leaf is not None]


def as_data(model: keras.Model, x: Any, y: Any, batch_size: int | None) -> Data:
    """The rows to try, at most a few batches of them.

    A last batch that is not full makes TensorFlow take another kind of graph, so it stays: the
    trial is to meet the graph that the user's fit met.

    Raises:
        TypeError, ValueError: x or y is no array of rows, or their lengths differ.
    """
    x, y = (keras.tree.map_structure(_array, value) for value in (x, y))
    if not leaves(x):
        raise TypeError(f"x should be an array of inputs, as fit takes it, not {shown(x)}")
    lengths = {len(leaf) if leaf.ndim else 0 for leaf in [*leaves(x), *leaves(y)]}
    if len(lengths) > 1 or 0 in lengths:
        raise ValueError(
            f"x and y should have the same number of rows, at least 1, not {sorted(lengths)}"
        )
    (length,) = lengths
    rows, assumed = (batch_size, False) if batch_size else _rows_a_step(model, length)
    rows = min(rows, length)
    full = min(STEPS, length // rows)
    most = full * rows + length % rows
    return Data(_part_of(x, slice(most)), _part_of(y, slice(most)), rows, full, assumed, x)


def _part_of(nested: Any, part: slice) -> Any:
    return keras.tree.map_structure(lambda a: a if a is None else a[part], nested)


def _array(value: Any) -> Any:
    if value is None or keras.ops.is_tensor(value):
        return value
    array = np.asarray(value)
    if array.dtype.kind == "O" or (array.ndim == 0):
        raise TypeError(
            f"x and y should be arrays with one row per example, not {shown(value)}; "
            "of a dataset, give one large batch"
        )
    return array


def _rows_a_step(model: keras.Model, length: int) -> tuple[int, bool]:
    """As many as the model's last fit took, as far as its history tells; else 32, as Keras does."""
    steps = (getattr(getattr(model, "history", None), "params", None) or {}).get("steps")
    possible = [n for n in range(1, length + 1) if math.ceil(length / n) == steps] if steps else []
    if not possible or 32 in possible:
        return 32, not possible
    powers = [n for n in possible if n & (n - 1) == 0]
    return (powers or possible)[0], False


def loss_that_fits(y: Any, answers: Any) -> str:
    """For a model that is not compiled: a loss for whole-number classes, else the mean of squares.

    Raises:
        ValueError: neither fits the shapes.
    """
    truths, outputs = leaves(y), leaves(answers)
    if len(truths) != len(outputs):
        raise ValueError(f"y has {len(truths)} arrays, the model {len(outputs)} outputs")
    classes = []
    for truth, output in zip(truths, outputs, strict=True):
        given, wanted = tuple(truth.shape)[1:], tuple(output.shape)[1:]
        whole = "float" not in keras.backend.standardize_dtype(truth.dtype)
        classes.append(whole and given != wanted and given in (wanted[:-1], (*wanted[:-1], 1)))
        if given != wanted and not classes[-1]:
            raise ValueError(
                f"y has shape {(None, *given)} where the model answers {(None, *wanted)}"
            )
    return "sparse_categorical_crossentropy" if all(classes) else "mse"
