"""One small model for each kind of variable that lesson 7 meets."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import layers

from helpers._arguments import of_type, reason, shown, text

BATCH = 8  # examples; a stateful layer needs to know


@dataclass(frozen=True)
class Specimen:
    """One kind of variable, and a model that has it.

    Args:
        name: what the table calls it.
        layer: name of the layer that has, or whose weights have, the variable.
        make: gives a fresh model, not compiled, one input, one output; known shapes.
        find: gives the variable of such a model, or None where it has none.
        optimizer: gives the optimizer for a learning rate.

    Raises:
        TypeError, ValueError: name or layer is no text, or another one is no function.
    """

    name: str
    layer: str
    make: Callable[[], keras.Model]
    find: Callable[[keras.Model], keras.Variable | None]
    optimizer: Callable[[float], keras.optimizers.Optimizer] = keras.optimizers.SGD

    def __post_init__(self) -> None:
        text("name", self.name)
        text("layer", self.layer)
        for name in ("make", "find", "optimizer"):
            function = getattr(self, name)
            if not callable(function) or isinstance(function, layers.Layer):  # which is callable
                raise TypeError(f"{name} should be a function, not {shown(function)}")


def model_of(*first: layers.Layer) -> keras.Model:
    """These layers and a Dense head, for batches of `BATCH` examples with 4 numbers each.

    Raises:
        TypeError: one is no Keras layer.
        ValueError: Keras cannot make this model.
    """
    for layer in first:
        of_type("first", layer, layers.Layer, "Keras layers")
    inputs = keras.Input(batch_shape=(BATCH, 4))
    try:
        return keras.Sequential([inputs, *first, layers.Dense(2, name="head")], name="model")
    except ValueError as error:
        raise ValueError(
            f"first should be layers for {BATCH} examples of 4 numbers, "
            f"not {', '.join(map(shown, first))}: {reason(error)}"
        ) from error


def weight(layer: str, name: str) -> Callable[[keras.Model], keras.Variable | None]:
    """Find the weight of this name in this layer.

    Raises:
        TypeError, ValueError: one of the names is no text.
    """
    text("layer", layer)
    text("name", name)

    def find(model: keras.Model) -> keras.Variable | None:
        return next((w for w in model.get_layer(layer).weights if w.name == name), None)

    return find


def slot(ending: str) -> Callable[[keras.Model], keras.Variable | None]:
    """Find the optimizer's variable whose path ends so."""

    def find(model: keras.Model) -> keras.Variable | None:
        found = (v for v in model.optimizer.variables if v.path.endswith(ending))
        return next(found, None)

    return find


def hidden() -> keras.Model:
    return model_of(layers.Dense(3, name="hidden"))


def wrapped() -> keras.Model:
    return model_of(layers.SpectralNormalization(layers.Dense(3, name="inner"), name="spectral"))


def normalizing() -> keras.Model:
    return model_of(layers.Normalization(name="scale"))


def remembering() -> keras.Model:
    """Reads 4 numbers as a sequence, and goes on where the last batch ended."""
    as_sequence = layers.Reshape((4, 1), name="as_sequence")
    return model_of(as_sequence, layers.SimpleRNN(3, stateful=True, name="memory"))


def with_lora() -> keras.Model:
    model = hidden()
    model.get_layer("hidden").enable_lora(2)
    return model


def normed() -> keras.Model:
    return model_of(layers.BatchNormalization(name="norm"))


def dropped() -> keras.Model:
    return model_of(layers.Dropout(0.5, name="drop"))


KINDS = (
    Specimen("Dense, kernel", "hidden", hidden, weight("hidden", "kernel")),
    Specimen("Dense with LoRA, kernel", "hidden", with_lora, weight("hidden", "kernel")),
    Specimen("Dense with LoRA, B", "hidden", with_lora, weight("hidden", "lora_kernel_b")),
    Specimen("BatchNormalization, mean", "norm", normed, weight("norm", "moving_mean")),
    Specimen("Normalization, mean", "scale", normalizing, weight("scale", "mean")),
    Specimen("SpectralNormalization, kernel", "spectral", wrapped, weight("spectral", "kernel")),
    Specimen(
        "Dropout, seed state", "drop", dropped, lambda model: model.get_layer("drop").variables[0]
    ),
    Specimen(
        "SimpleRNN, state", "memory", remembering, lambda model: model.get_layer("memory").states[0]
    ),
    Specimen(
        "Adam, momentum", "hidden", hidden, slot("hidden_kernel_momentum"), keras.optimizers.Adam
    ),
    Specimen("loss, total", "hidden", hidden, lambda model: model.metrics_variables[0]),
)
