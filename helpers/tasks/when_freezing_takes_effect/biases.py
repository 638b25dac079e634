"""Exercise 3: a function that freezes every weight named bias and no kernel."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import keras

from helpers.tasks.answers import expect_function
from helpers.tasks.core import task
from helpers.tasks.when_freezing_takes_effect._frozen_parts import Selection, expect_frozen
from helpers.tasks.when_freezing_takes_effect._models import (
    assembled,
    compiled_before,
    drawn_models,
    with_frozen,
    with_layers_in_layers,
)

SomeLayers = Iterable[keras.layers.Layer]
Weights = Sequence[keras.Variable]


@task(
    "Write: all biases, and nothing else",
    why="A single weight has a flag, too. It is set on the weight, in nested models as well, and "
    "not on the layer, which would take the kernel along.",
    hints=(
        "`layer.trainable` speaks for kernel and bias together. What else has a flag?",
        "`model.weights` lists all weights, those of nested models included; each has a `name`.",
        "For each weight in `model.weights` whose name is 'bias': `weight.trainable = False`; then "
        "compile and return.",
    ),
)
def biases(freeze_biases: object) -> None:
    """freeze_biases(model) -> the model, compiled; the next fit moves every kernel and no bias."""
    expect_function("freeze_biases", freeze_biases)
    expect_frozen(
        "freeze_biases",
        freeze_biases,
        _models_with_biases(),
        _biases,
        _bias_mistakes(),
        _BIAS_ERRORS,
    )


def _models_with_biases() -> Iterator[tuple[keras.Model]]:
    yield (assembled("dense", "tanh", "unbiased", "dense", functional=True),)
    yield (assembled(("dense", "unbiased"), "dense", seed=1),)
    yield (compiled_before(assembled("dense", "tanh", "norm", "summed", seed=2)),)
    yield (assembled("plain", (("dense", "tanh"), "dense"), "dense", functional=True),)
    frozen = assembled("dense", ("dense", "dense"), "dense", "dense", seed=3)
    yield (with_frozen(frozen, "dense_c", "dense_d/kernel"),)
    yield (with_frozen(assembled("norm", "dense", "dense", seed=4), "dense_b/bias", "norm_a"),)
    yield (with_layers_in_layers(),)
    for model in drawn_models(3, seed=20):
        yield (model,)


def _biases(model: keras.Model) -> Weights:
    return [weight for weight in model.weights if weight.name == "bias"]


def _own_bias(layer: keras.layers.Layer) -> Weights:
    return [weight for weight in layer.weights if weight is getattr(layer, "bias", None)]


def _layers(model: keras.Model, steps: int) -> SomeLayers:
    """The layers, and those of models inside, down to so many models inside one another."""
    models = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return [
        *model.layers,
        *(x for inner in models * (steps > 0) for x in _layers(inner, steps - 1)),
    ]


_LOOKED_AT: dict[str, Callable[[keras.Model], SomeLayers]] = {
    "": keras.Model._flatten_layers,
    "The layers of models inside the model were not looked at.": lambda model: _layers(model, 0),
    "A model may stand inside a model inside the model: one step down is not enough.": (
        lambda model: _layers(model, 1)
    ),
    "A layer that is no model may hold layers, too, as an LSTM or a TimeDistributed does; the "
    "biases of those were passed over.": lambda model: _layers(model, 9),
}
_FROZEN_IN_A_LAYER: dict[str, Callable[[keras.layers.Layer], Sequence]] = {
    "": _own_bias,
    "The flag was set on layers, and takes the kernels along; it is set on the bias alone.": (
        lambda layer: [layer] if _own_bias(layer) else []
    ),
    "Only the biases of Dense layers were frozen; other kinds of layers have one, too.": (
        lambda layer: _own_bias(layer) if isinstance(layer, keras.layers.Dense) else []
    ),
}


def _by_layers() -> Iterator[tuple[str, Selection]]:
    """Mistakes in which layers are looked at, in what is frozen of each, or in both."""
    for passed_over, looked_at in _LOOKED_AT.items():
        for done, frozen in _FROZEN_IN_A_LAYER.items():
            if message := f"{done} {passed_over}".strip():
                yield message, partial(_chosen, looked_at, frozen)


def _chosen(looked_at: Callable, frozen: Callable, model: keras.Model) -> list:
    return [part for layer in looked_at(model) for part in frozen(layer)]


_BIAS_ERRORS = {
    "'NoneType' object has no attribute 'trainable'": "A layer made with use_bias=False has a "
    "`bias` that is None.",
    "has no attribute 'bias'": "Not every layer has a bias, and some have no weights at all.",
    "index out of range": "Not every layer has a bias, and some have no weights at all.",
}


def _bias_mistakes() -> dict[str, Selection]:
    """What learners freeze who deserve these messages."""
    every = keras.Model._flatten_layers
    return {
        **dict(_by_layers()),
        "Gamma and beta of BatchNormalization were frozen: they have one axis, and are no kernels, "
        "but they are no biases either.": lambda model: [
            w for w in model.weights if len(w.shape) == 1
        ],
        "Beta was frozen, too: it is added as a bias is, but asked are the weights named `bias`.": (
            lambda model: [w for w in model.weights if w.name in ("bias", "beta")]
        ),
        'Wherever "bias" stands in the *path*, the weight was frozen: a layer may be called so, '
        "too.": lambda model: [w for w in model.weights if "bias" in w.path],
        "The last weight of every layer was frozen; some have a kernel alone.": lambda model: [
            w for layer in every(model, include_self=False) for w in layer.weights[-1:]
        ],
        "The last weight of each of `model.layers` was frozen, whatever it is called; some have "
        "no bias, and some are models.": lambda model: [
            w for layer in model.layers for w in layer.weights[-1:]
        ],
        "The second weight of each of `model.layers` was frozen, whatever it is called; in models "
        "there are more.": lambda model: [w for x in model.layers for w in x.weights[1:2]],
        "Every second weight was frozen; not every layer has a bias.": lambda model: model.weights[
            1::2
        ],
        "It is the other way round: the kernels are frozen, and the biases can learn.": (
            lambda model: [w for w in model.weights if w.name == "kernel"]
        ),
        "It is the other way round: all but the biases is frozen.": lambda model: [
            w for w in model.weights if w.name != "bias"
        ],
        "Everything is frozen.": lambda model: model.layers,
    }
