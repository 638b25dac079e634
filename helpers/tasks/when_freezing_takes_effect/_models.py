"""The models that the tasks of exercise 3 hand to a learner's code."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
from keras import layers

from helpers.experiments.orders import data, make_model
from helpers.tasks.training import fit_quietly, training_data

HIDDEN_PATHS = ["tiny/hidden/kernel", "tiny/hidden/bias"]
HEAD_PATHS = ["tiny/head/kernel", "tiny/head/bias"]

ModelPart = str | Sequence["ModelPart"]  # a kind of layer, or the parts of a model inside the model

_LAYER_KINDS = {
    "dense": lambda units, name: layers.Dense(units, name=name),
    "plain": lambda units, name: layers.Dense(units, use_bias=False, name=name),
    "unbiased": lambda units, name: layers.Dense(units, use_bias=False, name=name),
    "summed": lambda units, name: layers.EinsumDense("ab,bc->ac", units, bias_axes="c", name=name),
    "norm": lambda units, name: layers.BatchNormalization(name=name),
    "tanh": lambda units, name: layers.Activation("tanh", name=name),
    "dropout": lambda units, name: layers.Dropout(0.1, name=name),
}
_AS_WIDE = ("norm", "tanh", "dropout")  # as what they are given


def trained_model(hidden_frozen: bool = False) -> keras.Model:
    """The tiny model (layers hidden and head) after a fit with Adam at a rate of 0.01.

    Its last batch is smaller than the others, so TensorFlow's graph takes batches of any size: a
    learner's batch size cannot bring a late flag into force by being traced anew.
    """
    model = make_model()
    model.get_layer("hidden").trainable = not hidden_frozen
    model.compile(keras.optimizers.Adam(0.01), "mse", jit_compile=False)
    model.fit(*data(68), batch_size=8, verbose=0)
    return model


def assembled(
    *parts: ModelPart, functional: bool = False, seed: int = 0, name: str = "model", width: int = 4
) -> keras.Model:
    """A model of these parts, `width` numbers in, layers of different sizes; a b c ... by place.

    A "norm" may come first or after a "tanh": straight after a Dense it would take away what that
    layer's bias does, and the bias would not move.
    """
    rng = np.random.default_rng(seed)
    made, inner = [], width
    for letter, part in zip("abcdefgh", parts, strict=False):
        if isinstance(part, str):
            units = int(rng.integers(2, 7))
            made += [_LAYER_KINDS[part](units, f"{part}_{letter}")]
            inner = inner if part in _AS_WIDE else units
        else:
            made += [assembled(*part, seed=seed + 1, name=f"inner_{letter}", width=inner)]
            inner = made[-1].output_shape[-1]
    if not functional:
        return keras.Sequential([keras.Input((width,)), *made], name=name)
    outputs = inputs = keras.Input((width,), name="inputs")
    for layer in made:
        outputs = layer(outputs)
    return keras.Model(inputs, outputs, name=name)


def with_shared_layer() -> keras.Model:
    """Functional; its first Dense layer is used twice."""
    inputs = keras.Input((4,), name="inputs")
    shared = layers.Dense(4, activation="tanh", name="dense_a")
    x = layers.Dense(3, name="dense_b")(shared(shared(inputs)))
    return keras.Model(inputs, layers.Dense(2, name="dense_c")(x), name="model")


def with_layers_in_layers() -> keras.Model:
    """Two of its layers, which are no models, have layers of their own, and these the weights."""
    dense = layers.Dense(3, name="dense")
    made = [layers.Reshape((2, 2), name="reshape_a"), layers.TimeDistributed(dense, name="timed_b")]
    made += [layers.LSTM(3, name="lstm_c"), layers.Dense(2, name="dense_d")]
    return keras.Sequential([keras.Input((4,)), *made], name="model")


def drawn_models(count: int, seed: int) -> Iterator[keras.Model]:
    """Models of two to five parts drawn at random, some layers of which arrive frozen."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        parts: list[ModelPart] = []
        for kind in rng.choice([*_LAYER_KINDS, "inner"], rng.integers(1, 4)):
            parts += ["tanh"] if kind == "norm" else []
            parts += [("dense", "unbiased") if kind == "inner" else str(kind)]
        model = assembled(*parts, "dense", functional=bool(number % 2), seed=seed + number)
        for layer in model.layers[:-1]:
            layer.trainable = bool(rng.random() > 0.2)
        yield model


def with_frozen(model: keras.Model, *names: str) -> keras.Model:
    """The model with these layers frozen, or these weights, such as "dense_a/bias"."""
    for each in [*model._flatten_layers(include_self=False), *model.weights]:
        if (each.path if isinstance(each, keras.Variable) else each.name) in names:
            each.trainable = False
    return model


def compiled_before(model: keras.Model) -> keras.Model:
    """The model as somebody has compiled it, otherwise than is asked for."""
    model.compile("adam", "mae", jit_compile=False)
    return model


def after_a_fit(model: keras.Model) -> keras.Model:
    """The model as somebody leaves it who has trained it: its training step exists."""
    fit_quietly(compiled_before(model), *training_data(model, 10))
    return model
