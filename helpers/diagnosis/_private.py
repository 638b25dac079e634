"""What the public API of Keras and TensorFlow does not tell. Watched by tests/test_diagnose.py.

Each function says why it has to look inside. Nothing else in this package does.
"""

import random
from collections.abc import Iterator
from typing import Any

import keras

_GLOBAL_SEED = "global_seed_generator"


def children(layer: keras.layers.Layer) -> list[keras.layers.Layer]:
    """The layers directly inside a layer. Public for models only (`model.layers`)."""
    return list(layer._flatten_layers(include_self=False, recursive=False))


def built_for(optimizer: Any) -> set[int]:
    """The ids of the variables an optimizer was built for; it shows only their number.

    A LossScaleOptimizer asks the optimizer inside it.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    return {id(variable) for variable in getattr(inner, "_trainable_variables", ())}


def given_rate(optimizer: Any) -> Any:
    """The rate as it was given: a variable, or a schedule, which `learning_rate` hides."""
    return getattr(optimizer, "inner_optimizer", optimizer)._learning_rate


def like(optimizer: Any) -> Any:
    """A new optimizer of the same settings; a schedule, which need not have a config, is shared."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        inner = like(optimizer.inner_optimizer)
        return type(optimizer)(inner, optimizer.initial_scale, optimizer.dynamic_growth_steps)
    rate = optimizer._learning_rate
    if isinstance(rate, keras.Variable):
        return type(optimizer).from_config(optimizer.get_config())
    vars(optimizer)["_learning_rate"] = None
    try:
        config = optimizer.get_config()
    finally:
        vars(optimizer)["_learning_rate"] = rate
    return type(optimizer).from_config(config | {"learning_rate": rate})


def arguments_in_graph(model: keras.layers.Layer) -> Iterator[tuple[keras.layers.Layer, dict]]:
    """(layer, keyword arguments) of each call in a functional model, as its author wrote it.

    `get_config()` has them too, but fails on layers without a configuration of their own.
    """
    for nodes in getattr(model, "_nodes_by_depth", {}).values():
        for node in nodes:
            yield node.operation, dict(node.arguments.kwargs)


def global_seed() -> keras.random.SeedGenerator | None:
    """Keras's generator for operations without a seed, made when first needed: it has no getter."""
    from keras.src.backend.common import global_state

    return global_state.get_global_attribute(_GLOBAL_SEED)


def forget_global_seed() -> None:
    """Take away the generator of Keras that a trial made; it is made anew when needed."""
    from keras.src.backend.common import global_state

    global_state.set_global_attribute(_GLOBAL_SEED, None)


def tensorflow_random() -> random.Random | None:
    """What TensorFlow draws the seeds of eager operations from: it can be set, not read."""
    if keras.backend.backend() != "tensorflow":
        return None
    from tensorflow.python.eager import context

    return getattr(context.context(), "_rng", None)


def trace_tables(step: Any) -> list[dict]:
    """The tables in which TensorFlow keeps the graphs of a training step, one graph per shape.

    A trial on a new shape adds a graph, with the flags of that moment, and a later fit would use
    it. TensorFlow counts the graphs, but cannot forget one.
    """
    tables: list[dict] = []
    waiting, seen = [step], set()
    while waiting:
        function = waiting.pop()
        if id(function) in seen or isinstance(function, type | keras.layers.Layer):
            continue
        seen.add(id(function))
        cells = getattr(function, "__closure__", None) or ()
        waiting += [cell.cell_contents for cell in cells if callable(cell.cell_contents)]
        waiting.append(getattr(function, "python_function", None))
        for name in ("_variable_creation_config", "_no_variable_creation_config"):
            cache = getattr(getattr(function, name, None), "function_cache", None)
            if cache is not None:
                tables += [cache._primary, cache._dispatch_dict]
                for table in cache._dispatch_dict.values():
                    tables += [table._dispatch_table, table._dispatch_cache]
    return tables
