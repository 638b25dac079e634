"""Exercise 3: a function that freezes the first layers that have weights."""

from collections.abc import Callable, Iterator, Sequence

import keras

from helpers.tasks.answers import expect_function
from helpers.tasks.core import task
from helpers.tasks.when_freezing_takes_effect._frozen_parts import Selection, expect_frozen
from helpers.tasks.when_freezing_takes_effect._models import (
    after_a_fit,
    assembled,
    drawn_models,
    with_frozen,
    with_shared_layer,
)

Layers = Sequence[keras.layers.Layer]


@task(
    "Write: the first layers that have weights",
    why="Layers without weights are skipped, a model inside a model is one layer, and the compile "
    "comes after the flags.",
    hints=(
        "Print `[layer.name for layer in model.layers]`: which of them have something to freeze?",
        "`[layer for layer in model.layers if layer.weights]` leaves out inputs and activations.",
        "Take the first n of that list, set each flag to False, compile, return the model.",
    ),
)
def first_layers(freeze_first: object) -> None:
    """freeze_first(model, n) -> the model, compiled; the next fit moves only the later layers."""
    expect_function("freeze_first", freeze_first)
    expect_frozen(
        "freeze_first",
        freeze_first,
        _models_and_counts(),
        _first_weighty,
        _layer_mistakes(),
        _LAYER_ERRORS,
    )


def _models_and_counts() -> Iterator[tuple[keras.Model, int]]:
    yield after_a_fit(assembled("dense", "tanh", "dense", "dense", functional=True)), 2
    yield assembled(("dense", "unbiased"), "dense", "dense"), 1
    frozen = assembled("dense", "dense", "tanh", "dense", "dense", functional=True, seed=1)
    yield with_frozen(frozen, "dense_a"), 2
    yield assembled("norm", "dense", "tanh", "dense", seed=2), 1
    yield assembled("dense", "dropout", "dense", "dense", seed=3), 2
    yield with_frozen(assembled("dense", "dense", "dense", seed=4), "dense_b"), 0
    yield assembled("dense", "tanh", (("dense",), "dense"), functional=True), 2
    yield assembled("unbiased", ("tanh", "dropout"), "dense", "dense", "dense", seed=5), 3
    yield with_frozen(assembled("dense", "dense", "dense", seed=6), "dense_a/bias"), 1
    yield with_shared_layer(), 1
    for n, model in enumerate(drawn_models(3, seed=3)):
        yield model, n


def _weighty(model: keras.Model) -> Layers:
    return [layer for layer in model.layers if layer.weights]


def _first_weighty(model: keras.Model, n: int) -> Layers:
    return _weighty(model)[:n]


def _first_of(wanted: Callable[[keras.layers.Layer], object]) -> Selection:
    return lambda model, n: [layer for layer in model.layers if wanted(layer)][:n]


def _leaves(model: keras.Model) -> Layers:
    """The layers that are no models, those inside models included."""
    parts = [_leaves(x) if isinstance(x, keras.Model) else [x] for x in model.layers]
    return [layer for part in parts for layer in part if layer.weights]


def _is_inner_model(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.Model)


_LAYER_ERRORS = {
    "has no attribute 'kernel'": "Not every layer has a kernel; every layer has `weights`, a list "
    "that may be empty.",
    "has no attribute 'bias'": "Not every layer has a bias; every layer has `weights`, a list that "
    "may be empty.",
}


def _layer_mistakes() -> dict[str, Selection]:
    """What learners freeze who deserve these messages."""
    return {
        "Layers without weights were counted, such as inputs.": lambda model, n: model.layers[:n],
        "A layer that came frozen was not counted; it is one of the first layers all the same: "
        "count those that *have* weights, trainable or not.": _first_of(
            lambda layer: layer.trainable_weights
        ),
        "Dropout was counted, and has no weights: ask each layer whether it has any.": _first_of(
            lambda layer: layer.variables
        ),
        "Only layers with a kernel of their own were counted: BatchNormalization and a model "
        "inside the model have weights, too.": _first_of(lambda layer: hasattr(layer, "kernel")),
        "Models inside the model were not counted: they have weights, too.": _first_of(
            lambda layer: layer.weights and not _is_inner_model(layer)
        ),
        "Only Dense layers were counted: others have weights, and models inside the model, too.": (
            _first_of(lambda layer: isinstance(layer, keras.layers.Dense))
        ),
        "Only layers with a kernel or models inside the model were counted; others have weights, "
        "too.": _first_of(lambda layer: hasattr(layer, "kernel") or _is_inner_model(layer)),
        "Only layers with a bias, or of exactly two weights, were counted.": _first_of(
            lambda layer: getattr(layer, "bias", None) is not None
        ),
        "A model inside the model counts as one layer here; its layers were counted one by one.": (
            lambda model, n: _leaves(model)[:n]
        ),
        "n = 0 froze all, as where n is looked at only after a layer is frozen, or a 0 is taken "
        "for no limit.": lambda model, n: _first_weighty(model, n or len(model.layers)),
        "With n = 0, one layer was frozen: the count is looked at too late.": lambda model, n: (
            _first_weighty(model, max(n, 1))
        ),
        "One layer too many.": lambda model, n: _first_weighty(model, n + 1),
        "One layer too few.": lambda model, n: _first_weighty(model, max(n - 1, 0)),
        "That is the n-th layer alone, without those before it.": lambda model, n: _weighty(model)[
            n - 1 : n
        ],
        "That is the layer with the number n alone, where the first has the number 0.": (
            lambda model, n: _weighty(model)[n : n + 1]
        ),
        "The first of all layers was left out, whether it has weights or not.": lambda model, n: (
            model.layers[1 : n + 1]
        ),
        "The first layer that has weights was left out.": lambda model, n: _weighty(model)[
            1 : n + 1
        ],
        "Those are the last n layers; the first were asked for.": lambda model, n: _weighty(model)[
            len(_weighty(model)) - n :
        ],
        "Those are the last n layers, and for n = 0 a slice from -0 takes all; the first were "
        "asked for.": lambda model, n: _weighty(model)[-n:],
        "It is the other way round: the first n can learn, and the others are frozen.": (
            lambda model, n: _weighty(model)[n:]
        ),
        "All but the last n were frozen; the first n were asked for.": lambda model, n: _weighty(
            model
        )[:-n],
        "The layers were sorted by their size; the first in the model's own order were asked "
        "for.": lambda model, n: sorted(_weighty(model), key=lambda x: -x.count_params())[:n],
        "The layers were sorted by their size, the smallest first; the first in the model's own "
        "order were asked for.": lambda model, n: sorted(
            _weighty(model), key=lambda layer: layer.count_params()
        )[:n],
        "So many *weights* were frozen; n counts layers.": lambda model, n: model.weights[:n],
        "Only the kernels were frozen; a layer has other weights, too.": lambda model, n: [
            w for layer in _first_weighty(model, n) for w in layer.weights if w.name == "kernel"
        ],
        "Only the first weight of each layer was frozen; freeze whole layers.": lambda model, n: [
            w for layer in _first_weighty(model, n) for w in layer.weights[:1]
        ],
        "Only the biases were frozen; freeze whole layers.": lambda model, n: [
            w for layer in _first_weighty(model, n) for w in layer.weights if w.name == "bias"
        ],
        "Everything is frozen, whatever n is.": lambda model, n: model.layers,
    }
