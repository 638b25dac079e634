"""What lesson 1 teaches, and how to make it false."""

import re
import warnings
from contextlib import AbstractContextManager
from unittest.mock import patch

import keras
import numpy as np
from keras import layers, optimizers

from tools.claims import Patch


def _made_with(kind: type, **forced: object) -> AbstractContextManager:
    """Every object of a class is made with these options, whatever is asked for."""
    init = kind.__init__  # type: ignore[misc]

    def made(self, *args, **options):  # type: ignore[no-untyped-def]
        init(self, *args, **(options | forced))

    return patch.object(kind, "__init__", made)


def _counts(layer: layers.Layer, *shapes: tuple) -> tuple[int, int]:
    """How many numbers a layer has in all, and how many arrays are non-trainable."""
    layer.build(*shapes)
    return layer.count_params(), len(layer.non_trainable_weights)


def _small(*extra: layers.Layer) -> keras.Sequential:
    """Dense first, frozen, and last."""
    first = layers.Dense(2, name="first")
    stack = [keras.Input((3,)), first, *extra, layers.Dense(1, name="last")]
    model = keras.Sequential(stack, name="small")
    first.trainable = False
    return model


def _changed_by_training(model: keras.Model, optimizer: object) -> list[bool]:
    before = model.get_weights()
    model.compile(optimizer, "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    return [bool((now != old).any()) for now, old in zip(model.get_weights(), before, strict=True)]


def _summary(model: keras.Model) -> str:
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    return "".join(lines)


def _frozen_kernels_only() -> AbstractContextManager:
    def freeze(self, value):  # type: ignore[no-untyped-def]
        for weight in self.weights:
            weight.trainable = value or weight.name == "bias"

    flag = property(lambda self: True, freeze)
    return patch.object(layers.Dense, "trainable", flag)


def _frozen_left_out_of_the_count() -> AbstractContextManager:
    def count(self):  # type: ignore[no-untyped-def]
        return sum(int(np.prod(weight.shape)) for weight in self.trainable_weights)

    return patch.object(layers.Layer, "count_params", count)


def _summary_told_otherwise(old: str, new: str) -> AbstractContextManager:
    """A summary in which what an expression finds is replaced."""
    summary = keras.Model.summary

    def told(self, *args, print_fn=print, **options):  # type: ignore[no-untyped-def]
        lines = []
        summary(self, *args, print_fn=lines.append, **options)
        print_fn(re.sub(old, new, "".join(lines)))

    return patch.object(keras.Model, "summary", told)


def _summary_without_optimizer() -> AbstractContextManager:
    summary = keras.Model.summary

    def told(self, *args, **options):  # type: ignore[no-untyped-def]
        compiled, self.compiled = self.compiled, False
        summary(self, *args, **options)
        self.compiled = compiled

    return patch.object(keras.Model, "summary", told)


def _summary_after_a_fit() -> str:
    model = _small()
    _changed_by_training(model, "adam")
    return _summary(model)


def _frozen_moves_in_training() -> AbstractContextManager:
    step = keras.Model.train_step

    def stepped(self, data):  # type: ignore[no-untyped-def]
        found = step(self, data)
        for weight in self.non_trainable_weights:
            weight.assign_add(0.001 * keras.ops.ones(weight.shape))
        return found

    return patch.object(keras.Model, "train_step", stepped)


def _uphill() -> AbstractContextManager:
    update = optimizers.SGD.update_step

    def climb(self, gradient, variable, learning_rate):  # type: ignore[no-untyped-def]
        update(self, -gradient, variable, learning_rate)

    return patch.object(optimizers.SGD, "update_step", climb)


def _downhill() -> bool:
    model = _small()
    model.compile(optimizers.SGD(0.01), "mse")
    losses = model.fit(np.ones((4, 3)), np.ones((4, 1)), epochs=2, verbose=0).history["loss"]
    return losses[1] < losses[0]


def _moves_at_rate_zero() -> AbstractContextManager:
    update = optimizers.SGD.update_step

    def moved(self, gradient, variable, learning_rate):  # type: ignore[no-untyped-def]
        update(self, gradient, variable, learning_rate + 0.001)

    return patch.object(optimizers.SGD, "update_step", moved)


def _statistics_stay() -> AbstractContextManager:
    call = layers.BatchNormalization.call

    def still(self, inputs, training=None, mask=None):  # type: ignore[no-untyped-def]
        return call(self, inputs, training=False)

    return patch.object(layers.BatchNormalization, "call", still)


def _statistics_are_trained() -> AbstractContextManager:
    def add(self, *args, **options):  # type: ignore[no-untyped-def]
        return layers.Layer.add_weight(self, *args, **(options | {"trainable": True}))

    return patch.object(layers.BatchNormalization, "add_weight", add)


def _layer_normalization_keeps() -> AbstractContextManager:
    build = layers.LayerNormalization.build

    def built(self, shape):  # type: ignore[no-untyped-def]
        build(self, shape)
        self.add_weight(name="kept", shape=(3,), trainable=False)

    return patch.object(layers.LayerNormalization, "build", built)


def _dense_takes_output_dim() -> AbstractContextManager:
    init = layers.Dense.__init__

    def made(self, *args, output_dim=None, **options):  # type: ignore[no-untyped-def]
        init(self, *args, **(options if output_dim is None else {"units": output_dim, **options}))

    return patch.object(layers.Dense, "__init__", made)


def _takes_output_dim() -> bool:
    try:
        layers.Dense(output_dim=2)
    except TypeError:
        return False
    return True


def _input_dim_in_silence() -> AbstractContextManager:
    init = layers.Dense.__init__

    def made(self, *args, **options):  # type: ignore[no-untyped-def]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            init(self, *args, **options)

    return patch.object(layers.Dense, "__init__", made)


def _warned_of_input_dim() -> int:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        layers.Dense(2, input_dim=3)
    return len(warned)


def _model_counts_its_optimizer() -> AbstractContextManager:
    count = keras.Model.count_params

    def counted(self):  # type: ignore[no-untyped-def]
        kept = self.optimizer.variables if getattr(self, "optimizer", None) else []
        return count(self) + sum(int(np.prod(variable.shape)) for variable in kept)

    return patch.object(keras.Model, "count_params", counted)


def _counted_after_a_fit() -> int:
    model = _small()
    _changed_by_training(model, "adam")
    return model.count_params()


def _adam_numbers() -> int:
    adam = optimizers.Adam()
    adam.build([keras.Variable(np.ones(5))])
    return sum(int(np.prod(variable.shape)) for variable in adam.variables)


PATCHES = [
    Patch(
        "freezing spares the bias",
        "Freezing a layer freezes all its weights, its bias included.",
        _frozen_kernels_only,
        lambda: len(_small().non_trainable_weights),
    ),
    Patch(
        "count_params leaves frozen numbers out",
        "The total counts every number, frozen or not.",
        _frozen_left_out_of_the_count,
        lambda: _small().count_params(),
    ),
    Patch(
        "the constructor ignores trainable=False",
        "A layer made with trainable=False is frozen from the start.",
        lambda: _made_with(layers.Dense, trainable=True),
        lambda: layers.Dense(2, trainable=False).trainable,
    ),
    Patch(
        "a summary without the line of the frozen",
        "The summary's last lines count trainable and non-trainable numbers.",
        lambda: _summary_told_otherwise(
            r"Non-trainable params: \d[\d,]*", "Non-trainable params: 0"
        ),
        lambda: _summary(_small()),
    ),
    Patch(
        "a summary that counts arrays",
        "A summary counts the numbers of a layer, not its arrays.",
        lambda: _summary_told_otherwise(r"(\(Dense\).*│ +)[\d,]+( │)", r"\g<1>2\2"),
        lambda: _summary(_small()),
    ),
    Patch(
        "a summary that leaves the optimizer out",
        "After a fit, the summary's total also counts the optimizer's numbers.",
        _summary_without_optimizer,
        _summary_after_a_fit,
    ),
    Patch(
        "training moves what is frozen",
        "Training leaves the weights of a frozen Dense layer exactly as they were.",
        _frozen_moves_in_training,
        lambda: _changed_by_training(_small(), "sgd"),
        also=(4,),
    ),
    Patch(
        "the optimizer climbs",
        "The optimizer moves the learned weights in the direction that lowers the loss.",
        _uphill,
        _downhill,
    ),
    Patch(
        "a learning rate of 0 still moves",
        "At a learning rate of 0 the optimizer moves nothing.",
        _moves_at_rate_zero,
        lambda: _changed_by_training(_small(), optimizers.SGD(0.0)),
    ),
    Patch(
        "moving statistics stay in training",
        "BatchNormalization itself changes its statistics in every training step.",
        _statistics_stay,
        lambda: _changed_by_training(_small(layers.BatchNormalization()), optimizers.SGD(0.0)),
    ),
    Patch(
        "add_weight(trainable=False) is trained in BatchNormalization",
        "A layer's own statistics are non-trainable though nobody froze the layer.",
        _statistics_are_trained,
        lambda: _counts(layers.BatchNormalization(), (None, 3)),
    ),
    Patch(
        "BatchNormalization without gamma",
        "BatchNormalization has four arrays: gamma, beta, moving mean and moving variance.",
        lambda: _made_with(layers.BatchNormalization, scale=False),
        lambda: _counts(layers.BatchNormalization(), (None, 3)),
    ),
    Patch(
        "LayerNormalization keeps a statistic",
        "LayerNormalization keeps no statistics: it has no non-trainable weight.",
        _layer_normalization_keeps,
        lambda: _counts(layers.LayerNormalization(), (None, 3)),
        also=(6,),
    ),
    Patch(
        "Dropout's seed is a weight",
        "Dropout has no weights; the state of its random numbers is a variable only.",
        lambda: patch.object(layers.Dropout, "weights", property(lambda self: self.variables)),
        lambda: _counts(layers.Dropout(0.5), (None, 3)),
    ),
    Patch(
        "Adam keeps three numbers for one",
        "Adam keeps two numbers for each number that it trains, and two of its own.",
        lambda: _made_with(optimizers.Adam, amsgrad=True),
        _adam_numbers,
        also=(2, 6),
    ),
    Patch(
        "count_params counts the optimizer's numbers",
        "What the optimizer keeps does not belong to the model: count_params() is unmoved.",
        _model_counts_its_optimizer,
        _counted_after_a_fit,
    ),
    Patch(
        "input_dim in silence",
        "Keras 3 still takes input_dim, and warns.",
        _input_dim_in_silence,
        _warned_of_input_dim,
    ),
    Patch(
        "output_dim is taken",
        "Keras 3 refuses output_dim: the argument is called units.",
        _dense_takes_output_dim,
        _takes_output_dim,
    ),
    Patch(
        "a GRU with one bias",
        "A GRU has two biases by default.",
        lambda: _made_with(layers.GRU, reset_after=False),
        lambda: _counts(layers.GRU(2), (None, 5, 3)),
    ),
    Patch(
        "attention without value_dim",
        "An attention's values may have another size than its keys.",
        lambda: _made_with(layers.MultiHeadAttention, value_dim=None),
        lambda: _counts(layers.MultiHeadAttention(2, 3, value_dim=4), *2 * [(None, 5, 8)]),
    ),
]
