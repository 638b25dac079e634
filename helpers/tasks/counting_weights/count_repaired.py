"""Exercise 1: the repair of a function that counts what is trainable."""

from collections.abc import Callable, Iterable

import keras
import numpy as np
from keras import layers

from helpers.tasks.answers import call, whole_number
from helpers.tasks.core import Wrong, task


@task(
    "Bug hunt: count what is trainable",
    why="Numbers, not arrays, in `trainable_weights`: it already knows about frozen layers, "
    "nested models and BatchNormalization's statistics.",
    hints=(
        "What does `len` of a list of arrays count?",
        "Each weight has a shape; how many numbers does a shape (6, 5) hold?",
        "Sum `math.prod(weight.shape)` over `model.trainable_weights`.",
    ),
)
def count_repaired(count_trainable: object) -> None:
    """count_trainable(model) on models with frozen, nested and optimizer state."""
    mistakes: dict[str, Callable[[keras.Model], int]] = {
        "You counted arrays; count the numbers in each of them.": (
            lambda m: len(m.trainable_weights)
        ),
        "You counted all arrays, trained or not; count the numbers in the trained ones.": (
            lambda m: len(m.weights)
        ),
        "Those are all numbers, frozen ones and statistics included.": lambda m: m.count_params(),
        "That is the non-trainable part.": lambda m: _count_of(m.non_trainable_weights),
        "A layer's flag speaks for the whole layer: it misses a frozen layer inside a nested model "
        "and counts BatchNormalization's statistics.": _top_layers_by_flag,
        "You included the optimizer's own numbers, which are not the model's weights.": (
            _with_optimizer
        ),
        "You counted rows (the first axis of each shape); multiply all axes.": (
            lambda m: sum(w.shape[0] for w in m.trainable_weights)
        ),
        "You added up the axes of each shape; multiply them.": (
            lambda m: sum(sum(w.shape) for w in m.trainable_weights)
        ),
        "You counted layers; count the numbers in their trained weights.": (
            lambda m: sum(layer.trainable for layer in m.layers)
        ),
        "Those are bytes (four per number); count the numbers.": (
            lambda m: 4 * _count_of(m.trainable_weights)
        ),
        "You left out the biases: shapes with one axis count, too.": (
            lambda m: _count_of(w for w in m.trainable_weights if len(w.shape) > 1)
        ),
        "That is the first trained weight alone: does a `return` come too early?": (
            lambda m: _count_of(m.trainable_weights[:1])
        ),
        "That is without the first of its trained weights.": (
            lambda m: _count_of(m.trainable_weights[1:])
        ),
        "That is without the last of its trained weights.": (
            lambda m: _count_of(m.trainable_weights[:-1])
        ),
        "That is the largest weight alone; add them up.": (
            lambda m: max(_count_of([w]) for w in m.trainable_weights)
        ),
        "You counted axes; count the numbers: multiply the lengths of the axes.": (
            lambda m: sum(len(w.shape) for w in m.trainable_weights)
        ),
        "You took the longest axis of each shape; multiply all of them.": (
            lambda m: sum(max(w.shape) for w in m.trainable_weights)
        ),
    }
    models = _counting_models()
    right = [_count_of(model.trainable_weights) for model in models]
    given = [
        whole_number("count_trainable(model)", call("count_trainable", count_trainable, model))
        for model in models
    ]
    if given == right:
        return
    first = next(i for i in range(len(models)) if given[i] != right[i])
    shown = f"`count_trainable` gives {given[first]:,} for the model {models[first].name!r}"
    for message, wrong_count in mistakes.items():
        if given == [wrong_count(model) for model in models]:
            raise Wrong(f"{shown}. {message}")
    raise Wrong(f"{shown}, which has {right[first]:,} trainable numbers.", diagnosed=False)


def _count_of(weights: Iterable[keras.Variable]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def _counting_models() -> list[keras.Model]:
    """Models on which the usual wrong ways of counting give different numbers."""
    plain = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(2)], name="plain")
    plain.layers[0].trainable = False

    base = keras.Sequential([keras.Input((6,)), layers.Dense(4), layers.Dense(3)], name="base")
    base.layers[0].trainable = False
    nested = keras.Sequential(
        [
            keras.Input((6,)),
            base,
            layers.BatchNormalization(),
            layers.Dropout(0.1),
            layers.Dense(2),
        ],
        name="nested",
    )

    fitted = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(1)], name="fitted")
    fitted.compile("adam", "mse")
    fitted.optimizer.build(fitted.trainable_weights)  # as fit would, without its time
    return [plain, nested, fitted]


def _top_layers_by_flag(model: keras.Model) -> int:
    return sum(layer.count_params() for layer in model.layers if layer.trainable)


def _with_optimizer(model: keras.Model) -> int:
    optimizer = getattr(model, "optimizer", None)  # a model never compiled has no such attribute
    slots = optimizer.variables if optimizer else []
    return _count_of(model.trainable_weights) + _count_of(slots)
