"""Everything that a few training steps change in a model is put back, bit for bit."""

import functools
import inspect
import random
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from helpers.diagnosis import _private

_STATEFUL = (keras.layers.Layer, keras.metrics.Metric, keras.optimizers.Optimizer)
_HOLDERS = (*_STATEFUL, keras.losses.Loss)
Undo = Callable[[], None]


@contextmanager
def put_back(model: keras.Model, step: Any = None) -> Iterator[None]:
    """Whatever happens inside, also an interrupt, the model leaves as it came.

    That is: the values of all weights, seeds, metrics and optimizers; every Python attribute of
    the model, its layers, metrics and losses (so also `train_function`, `history`,
    `stop_training`, and what was not built yet); the graphs of its training step; and the random
    states of Python, NumPy and Keras. The same holds for what `step`, a training step outside of
    the model, uses: optimizers, built or not, other models, metrics, lists, and its graphs.
    """
    used = [] if step is None else used_by(step)
    functions = [thing for thing in used if hasattr(thing, "python_function")]
    undo = values_undone(model, *(thing for thing in used if isinstance(thing, _STATEFUL)))
    undo += _attributes([model, *used])
    undo += [_of_namespace(vars(function)) for function in functions]
    undo += _graphs([getattr(model, "train_function", None), *functions])
    undo += _random()
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


def used_by(step: Any) -> list[Any]:
    """What a function uses by name, itself or through functions that it calls.

    Of a method, also what its object holds; of a `functools.partial`, also what it was given.
    """
    found: dict[int, Any] = {}
    waiting = [step]
    while waiting:
        thing = waiting.pop()
        if id(thing) in found:
            continue
        found[id(thing)] = thing
        if isinstance(thing, functools.partial):
            waiting += [thing.func, thing.args, thing.keywords]
        elif hasattr(thing, "python_function"):  # a tf.function
            waiting.append(thing.python_function)
        elif inspect.ismethod(thing):
            waiting += [thing.__func__, vars(thing.__self__)]
        elif inspect.isfunction(thing):
            used = inspect.getclosurevars(thing)
            waiting += [used.nonlocals, used.globals, thing.__defaults__, thing.__kwdefaults__]
        elif _plain(thing):
            waiting += thing.values() if isinstance(thing, dict) else thing
    return list(found.values())


def values_undone(*things: Any) -> list[Undo]:
    """One action for each variable of models, their metrics and optimizers: its value now."""
    variables: list[Any] = []
    for thing in things:
        variables += thing.variables
        if isinstance(thing, keras.Model):
            variables += thing.metrics_variables
            for optimizer in own_optimizers(thing).values():
                variables += optimizer.variables
    if (generator := _private.global_seed()) is not None:
        variables.append(generator.state)

    def undo(variable: Any, value: np.ndarray) -> Undo:
        return lambda: variable.assign(value)

    return [undo(v, np.array(keras.ops.convert_to_numpy(v.value))) for v in variables]


def _attributes(waiting: list[Any]) -> list[Undo]:
    """One undo for each Python object that holds state, by a walk from these."""
    undo: list[Undo] = []
    seen: set[int] = set()
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, _HOLDERS) or type(thing).__name__ in ("Tracker", "ListWrapper"):
            undo.append(_of_namespace(vars(thing)))
            waiting += vars(thing).values()
        elif _plain(thing):
            if not isinstance(thing, tuple):
                undo.append(_of_container(thing))
            waiting += thing.values() if isinstance(thing, dict) else thing
    return undo


def _plain(thing: Any) -> bool:
    """A list, dict, set or tuple that holds its entries itself; a ListWrapper does not."""
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


def _graphs(steps: list[Any]) -> list[Undo]:
    return [_of_namespace(table) for step in steps for table in _private.trace_tables(step)]


def _random() -> list[Undo]:
    python, numpy = random.getstate(), np.random.get_state()
    undo: list[Undo] = [lambda: random.setstate(python), lambda: np.random.set_state(numpy)]
    if _private.global_seed() is None:
        undo.append(_private.forget_global_seed)
    if (generator := _private.tensorflow_random()) is not None:
        state = generator.getstate()
        undo.append(lambda: generator.setstate(state))
    return undo
