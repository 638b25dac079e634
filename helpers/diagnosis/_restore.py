"""Everything that a few training steps change in a model is put back, bit for bit."""

import random
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from helpers.diagnosis import _private

_HOLDERS = (keras.layers.Layer, keras.metrics.Metric, keras.losses.Loss)
Undo = Callable[[], None]


@contextmanager
def put_back(model: keras.Model) -> Iterator[None]:
    """Whatever happens inside, also an interrupt, the model leaves as it came.

    That is: the values of all weights, seeds, metrics and optimizers; every Python attribute of
    the model, its layers, metrics and losses (so also `train_function`, `history`,
    `stop_training`, and what was not built yet); the graphs of its training step; and the random
    states of Python, NumPy and Keras. An optimizer that is not built is not touched at all: a
    twin of it steps in (`own_optimizers`).
    """
    undo = [*values_undone(model), *_attributes(model), *_graphs(model), *_random()]
    try:
        yield
    finally:
        # Attributes come before values: a trial may have exchanged an optimizer.
        for action in reversed(undo):
            action()


def own_optimizers(model: keras.Model) -> dict[str, keras.optimizers.Optimizer]:
    """The optimizers that are attributes of the model, by attribute: "optimizer" and its own."""
    found = {k: v for k, v in vars(model).items() if isinstance(v, keras.optimizers.Optimizer)}
    return dict(sorted(found.items()))


def values_undone(model: keras.Model) -> list[Undo]:
    """One action for each variable of the model, its metrics and its optimizers: its value now."""
    variables = [*model.variables, *model.metrics_variables]
    for optimizer in own_optimizers(model).values():
        variables += optimizer.variables
    if (generator := _private.global_seed()) is not None:
        variables.append(generator.state)

    def undo(variable: Any, value: np.ndarray) -> Undo:
        return lambda: variable.assign(value)

    return [undo(v, np.array(keras.ops.convert_to_numpy(v.value))) for v in variables]


def _attributes(model: keras.Model) -> list[Undo]:
    """One undo for each Python object that holds state, by a walk from the model."""
    undo: list[Undo] = []
    seen: set[int] = set()
    waiting: list[Any] = [model]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, _HOLDERS) or type(thing).__name__ == "Tracker":
            undo.append(_of_namespace(vars(thing)))
            waiting += vars(thing).values()
        elif _plain(thing):
            if not isinstance(thing, tuple):
                undo.append(_of_container(thing))
            waiting += thing.values() if isinstance(thing, dict) else thing
    return undo


def _plain(thing: Any) -> bool:
    """A list, dict, set or tuple that holds its entries itself; TensorFlow's wrappers do not."""
    kind = type(thing)
    return issubclass(kind, list | dict | set | tuple) and not kind.__module__.startswith(
        "tensorflow"
    )


def _of_namespace(namespace: dict) -> Undo:
    kept = list(namespace.items())  # not a dict: TensorFlow's keys can be equal and hash apart
    kind = OrderedDict if isinstance(namespace, OrderedDict) else dict

    def undo() -> None:  # past Keras's own methods, which would track what they are given
        now = list(namespace.items())
        same = len(now) == len(kept) and all(
            a is c and b is d for (a, b), (c, d) in zip(now, kept, strict=True)
        )
        if not same:
            kind.clear(namespace)
            kind.update(namespace, kept)

    return undo


def _of_container(thing: Any) -> Undo:
    if isinstance(thing, dict):
        return _of_namespace(thing)
    kept = list(thing)

    def undo() -> None:
        now = list(thing)
        if len(now) == len(kept) and all(a is b for a, b in zip(now, kept, strict=True)):
            return
        if isinstance(thing, list):
            list.__setitem__(thing, slice(None), kept)
        else:
            set.clear(thing)
            set.update(thing, kept)

    return undo


def _graphs(model: keras.Model) -> list[Undo]:
    step = getattr(model, "train_function", None)
    return [_of_namespace(table) for table in _private.trace_tables(step)]


def _random() -> list[Undo]:
    python, numpy = random.getstate(), np.random.get_state()
    undo: list[Undo] = [lambda: random.setstate(python), lambda: np.random.set_state(numpy)]
    if _private.global_seed() is None:
        undo.append(_private.forget_global_seed)
    if (generator := _private.tensorflow_random()) is not None:
        state = generator.getstate()
        undo.append(lambda: generator.setstate(state))
    return undo
