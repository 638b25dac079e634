"""Whether a filter layer stays as it is in training."""

import warnings

import keras
import numpy as np
from keras import layers

from helpers.movement import Change, compare, snapshot
from helpers.tasks.answers import joined
from helpers.tasks.core import Wrong
from helpers.tasks.sobel_filter._filter_answers import answers_of, same_answers


def expect_stays(
    name: str, layer: keras.layers.Layer, images: np.ndarray, built_later: bool
) -> None:
    """Pass if training steps, with a learned head behind the layer, leave the layer alone.

    Args:
        built_later: whether it had no weights when the learner's function returned it.
    """
    _expect_told_shape(name, layer, images)
    head = layers.Dense(1, kernel_initializer=keras.initializers.Constant(0.01))
    inputs = keras.Input(batch_shape=images.shape)
    model = keras.Sequential([inputs, layer, layers.Flatten(), head])
    model.compile(keras.optimizers.SGD(1e-4), "mse", run_eagerly=True)
    before, kept = snapshot(model), answers_of(name, layer, images)
    with warnings.catch_warnings():  # of a kernel that no gradient reaches, which is fine here
        warnings.simplefilter("ignore")
        for _ in range(2):
            keras.Model.train_on_batch(model, images + 1, np.full((len(images), 1), 30.0))
    own = {id(variable) for variable in layer.weights}
    changes = zip(before.variables, compare(before).changes, strict=True)
    moved = [(weight, change) for weight, change in changes if change.moved and id(weight) in own]
    same = same_answers(answers_of(name, layer, images), kept)
    in_training = answers_of(name, layer, images, training=True)
    before.restore()
    if moved:
        raise Wrong(f"`{name}`: {_why_it_moved(layer, moved, built_later)}")
    if not same:
        raise Wrong(
            f"`{name}`: no weight of it moved in training, and yet it gives another answer then."
        )
    if not same_answers(in_training, kept):
        raise Wrong(
            f"`{name}` gives another answer in training than outside of it: something in it works "
            "in training alone, or its weights are hidden from Keras."
        )


def _expect_told_shape(name: str, layer: keras.layers.Layer, images: np.ndarray) -> None:
    try:
        told = tuple(layer.compute_output_shape(images.shape))
    except Exception:
        return
    given = answers_of(name, layer, images).shape
    if None not in told and told[1:] != given[1:]:
        raise Wrong(
            f"`{name}`: the layer says that it gives {told[1:]} and gives {given[1:]}: do the "
            "number of filters and the kernel size that it is told fit the kernel that it is given?"
        )


def _why_it_moved(
    layer: keras.layers.Layer, moved: list[tuple[keras.Variable, Change]], built_later: bool
) -> str:
    """Why a layer with the right filter does not stay as it is in training."""
    weight, change = max(moved, key=lambda pair: pair[1].largest)
    if all(weight.name == "bias" for weight, _ in moved):
        return (
            "the kernel stays, but the bias moved in training: a fixed filter needs use_bias=False "
            "(or a frozen layer)."
        )
    if not weight.trainable:
        return (
            f"the filter is right, but training moved its {weight.name}; nothing of a fixed filter "
            "should move."
        )
    size = f"{change.largest:.1g}" if np.isfinite(change.largest) else "beyond all bounds"
    alike = [each for each in layer.weights if each.name == weight.name]
    places = [at for at, each in enumerate(alike, 1) if any(each is w for w, _ in moved)]
    which = f", number {joined(map(str, places))} of {len(alike)}" * (len(alike) > 1)
    shown = f"the filter is right, but training moved its {weight.name}{which} (by {size}). "
    if not layer.trainable:
        return shown + (
            "The flag of what you return is False, but that weight's own is True, and a model "
            "around it asks every weight."
        )
    shown += (
        f"Setting is one step, freezing another: the flags of that {weight.name} and of its layer "
        "are True."
    )
    aside = (
        " (Before it is built, a layer has no weights whose flags could be set; its own can be.)"
    )
    return shown + aside * built_later
