"""What lesson 7 teaches, and how to make it false."""

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import keras
import numpy as np
from keras import layers

from tools.claims import Patch

Context = AbstractContextManager[Any]


def _then(owner: type, method: str, more: Callable[[Any], object]) -> Callable[[], Context]:
    """After this method, do more with the object."""

    def falsified() -> Context:
        original = getattr(owner, method)

        def both(self: Any, *arguments: Any, **options: Any) -> Any:
            result = original(self, *arguments, **options)
            more(self)
            return result

        return patch.object(owner, method, both)

    return falsified


def _called_in(owner: type, mode: Callable[[Any, bool], bool]) -> Callable[[], Context]:
    """Let a rule say, of the layer and its mode, in which mode its `call` runs."""

    def falsified() -> Context:
        call = owner.call  # type: ignore[attr-defined]

        def otherwise(self: Any, inputs: Any, training: bool = False) -> Any:
            return call(self, inputs, training=mode(self, training))

        return patch.object(owner, "call", otherwise)

    return falsified


def _property(owner: type, name: str, value: Callable[[Any], Any]) -> Callable[[], Context]:
    return lambda: patch.object(owner, name, property(value))


def _option(owner: type, name: str, change: Callable[[Any], Any]) -> Callable[[], Context]:
    """Give the constructor another value of this option than it is told."""

    def falsified() -> Context:
        make = owner.__init__  # type: ignore[misc]

        def otherwise(self: Any, *arguments: Any, **options: Any) -> None:
            make(self, *arguments, **options | {name: change(options.get(name))})

        return patch.object(owner, "__init__", otherwise)

    return falsified


def _frozen_layers_are_in_inference_mode() -> Context:
    call = layers.Layer.__call__

    def still(self: Any, *arguments: Any, **options: Any) -> Any:
        if not self.trainable and "training" in inspect.signature(self.call).parameters:
            options["training"] = False
        return call(self, *arguments, **options)

    return patch.object(layers.Layer, "__call__", still)


def _thawing_spares_the_kernel() -> Context:
    known = layers.Layer.trainable

    def thaw(self: Any, value: bool) -> None:
        known.fset(self, value)
        if getattr(self, "lora_enabled", False):
            self._kernel.trainable = False

    return patch.object(layers.Layer, "trainable", property(known.fget, thaw))


def _lambda_finds_its_variables() -> Context:
    def found(self: Any) -> None:
        used = inspect.getclosurevars(self.function)
        values = [*used.nonlocals.values(), *used.globals.values()]
        self.found = [value for value in values if isinstance(value, keras.Variable)]

    return _then(layers.Lambda, "__init__", found)()


def _dense(mode: str | None = None) -> layers.Dense:
    layer = layers.Dense(2, name="probed")
    layer.build((None, 3))
    if mode:
        layer.quantize(mode)
    return layer


def _learned_with_lora(freeze: bool = False, thaw: bool = False) -> list[str]:
    layer = _dense()
    layer.trainable = not freeze
    layer.enable_lora(1)
    if thaw:
        layer.trainable = False
        layer.trainable = True
    return [weight.name for weight in layer.weights if weight.trainable]


def _numbers_loaded_into_a() -> int:
    layer = _dense()
    layer.enable_lora(1)
    model = keras.Sequential([keras.Input((3,)), layer])
    with TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.keras")
        loaded = keras.models.load_model(Path(folder) / "model.keras")
    return int(np.count_nonzero(loaded.layers[0].lora_kernel_a.numpy()))


def _spectral_moves(freeze: bool, training: bool) -> bool:
    layer = layers.SpectralNormalization(_dense())
    layer.build((None, 3))
    layer.trainable = not freeze
    before = layer.layer.kernel.numpy()
    layer(np.ones((1, 3)), training=training)
    return bool((layer.layer.kernel.numpy() != before).any())


def _drops_when_frozen() -> bool:
    dropout = layers.Dropout(0.5, seed=1)
    dropout.trainable = False
    return bool(np.any(dropout(np.ones((1, 100)), training=True) == 0))


def _memory(again: Callable[[Any], None] = lambda layer: None) -> tuple[int, bool]:
    """How many variables a stateful layer lists, and whether it repeats itself."""
    layer = layers.LSTM(2, stateful=True)
    x = np.ones((1, 2, 3))
    first = layer(x).numpy()
    again(layer)
    return len(layer.variables), bool(np.array_equal(first, layer(x).numpy()))


def _averaged() -> float:
    optimizer = keras.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.75)
    weight = keras.Variable(0.0)
    for _ in range(2):
        optimizer.apply([keras.ops.convert_to_tensor(-1.0)], [weight])
    optimizer.finalize_variable_values([weight])
    return float(weight.numpy())


def _decayed() -> float:
    weight = keras.Variable(1.0)
    keras.optimizers.AdamW(0.1).apply([keras.ops.zeros(())], [weight])
    return float(weight.numpy())


def _slots_stored() -> int:
    optimizer = keras.optimizers.Adam()
    optimizer.build([keras.Variable(1.0)])
    store: dict[str, Any] = {}
    optimizer.save_own_variables(store)
    return len(store)


def _weights_of_lambda() -> int:
    factor = keras.Variable(2.0)
    return len(layers.Lambda(lambda numbers: numbers * factor).weights)


def _trainable_when_quantised(mode: str) -> list[str]:
    return [weight.name for weight in _dense(mode).trainable_weights]


def _set_flag(weight: Callable[[Any], Any], value: bool) -> Callable[[Any], None]:
    return lambda layer: setattr(weight(layer), "trainable", value)


def _records_are_no_weights_to_train(layer: Any) -> None:
    for weight in layer.weights[2:] if layer.quantization_mode == "float8" else []:
        weight.trainable = False


def _both_learn(layer: Any) -> None:
    layer.lora_kernel_a.trainable = layer.lora_kernel_b.trainable = True


def _random_a(layer: Any) -> None:
    if layer.lora_enabled:
        layer.lora_kernel_a.assign(np.ones(layer.lora_kernel_a.shape))


PATCHES = [
    Patch(
        "frozen layers are in inference mode",
        "What a layer writes itself goes on while it is frozen.",
        _frozen_layers_are_in_inference_mode,
        _drops_when_frozen,
    ),
    Patch(
        "a frozen kernel is not divided",
        "SpectralNormalization moves a kernel that is frozen.",
        _called_in(layers.SpectralNormalization, lambda self, mode: mode and self.trainable),
        partial(_spectral_moves, freeze=True, training=True),
    ),
    Patch(
        "kernel divided at inference",
        "SpectralNormalization leaves its kernel alone in inference mode.",
        _called_in(layers.SpectralNormalization, lambda self, mode: True),
        partial(_spectral_moves, freeze=False, training=False),
    ),
    Patch(
        "memory is listed",
        "A stateful layer's memory is in no list of its variables.",
        _property(layers.RNN, "variables", lambda self: [*self.weights, *(self.states or [])]),
        lambda: _memory()[0],
    ),
    Patch(
        "reset_state forgets nothing",
        "After reset_state, a stateful layer answers as at first.",
        lambda: patch.object(layers.RNN, "reset_state", lambda self: None),
        lambda: _memory(lambda layer: layer.reset_state())[1],
    ),
    Patch(
        "seed states are weights",
        "Dropout has a variable and no weight.",
        _property(layers.Dropout, "weights", lambda self: self.variables),
        lambda: len(layers.Dropout(0.5).weights),
    ),
    Patch(
        "LoRA freezes the bias",
        "enable_lora leaves the bias trainable.",
        _then(layers.Dense, "enable_lora", _set_flag(lambda layer: layer.bias, False)),
        _learned_with_lora,
    ),
    Patch(
        "LoRA leaves the kernel trainable",
        "enable_lora freezes the kernel.",
        _then(layers.Dense, "enable_lora", _set_flag(lambda layer: layer._kernel, True)),
        _learned_with_lora,
    ),
    Patch(
        "LoRA learns in a frozen layer",
        "On a frozen layer, A and B are made frozen.",
        _then(layers.Dense, "enable_lora", _both_learn),
        partial(_learned_with_lora, freeze=True),
    ),
    Patch(
        "thawing spares LoRA's kernel",
        "A layer with LoRA, frozen and thawed, trains its kernel.",
        _thawing_spares_the_kernel,
        partial(_learned_with_lora, thaw=True),
    ),
    Patch(
        "loaded LoRA can learn",
        "After loading, A and B are both zero.",
        _then(layers.Dense, "load_own_variables", _random_a),
        _numbers_loaded_into_a,
    ),
    Patch(
        "quantised kernels learn",
        "Kernels of whole numbers cannot be trained.",
        _then(layers.Dense, "quantize", _set_flag(lambda layer: layer._kernel, True)),
        partial(_trainable_when_quantised, "int8"),
    ),
    Patch(
        "float8 adds nothing trainable",
        "Keras makes float8's scales and histories trainable.",
        _then(layers.Dense, "quantize", _records_are_no_weights_to_train),
        partial(_trainable_when_quantised, "float8"),
    ),
    Patch(
        "slots are not saved",
        "A file of a compiled model holds its optimizer's slots.",
        lambda: patch.object(keras.Optimizer, "save_own_variables", lambda self, store: None),
        _slots_stored,
    ),
    Patch(
        "the average forgets",
        "ema_momentum is the share of the old average.",
        _option(keras.optimizers.SGD, "ema_momentum", lambda told: 1 - (told or 0.99)),
        _averaged,
    ),
    Patch(
        "averages stay in the optimizer",
        "When fit ends, the averages take the place of the weights.",
        lambda: patch.object(
            keras.Optimizer, "finalize_variable_values", lambda self, weights: None
        ),
        _averaged,
    ),
    Patch(
        "Lambda finds its variables",
        "A variable that a Lambda's function uses is not trained.",
        _lambda_finds_its_variables,
        _weights_of_lambda,
        also=(8,),
    ),
    Patch(
        "AdamW decays nothing",
        "Weight decay moves a row whose gradient is zero.",
        _option(keras.optimizers.AdamW, "weight_decay", lambda told: 0.0),
        _decayed,
    ),
]
