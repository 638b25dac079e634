"""Whether a filter layer stays as it is in training."""

import warnings

import keras
import numpy as np
from keras import layers

from helpers.movement import Change, compare, snapshot
from helpers.tasks.core import Wrong
from helpers.tasks.sobel_filter._filter_answers import answer_of, same_answers


def expect_stays(name: str, layer: keras.layers.Layer, image: np.ndarray) -> None:
    """Pass if one training step, with a learned head behind the layer, leaves the layer alone."""
    head = layers.Dense(1, kernel_initializer=keras.initializers.Constant(0.01))
    try:
        told = tuple(layer.compute_output_shape(image.shape))
    except Exception:
        told = None
    given = answer_of(name, layer, image).shape
    if told and None not in told and told[1:] != given:
        raise Wrong(
            f"`{name}`: the layer says that it gives {told[1:]} and gives {given}: do the number "
            "of filters and the kernel size that it is told fit the kernel that it is given?"
        )
    model = keras.Sequential([keras.Input(image.shape[1:]), layer, layers.Flatten(), head])
    model.compile(keras.optimizers.SGD(0.001), "mse", run_eagerly=True)
    before, kept = snapshot(model), answer_of(name, layer, image)
    with warnings.catch_warnings():  # of a kernel that no gradient reaches, which is fine here
        warnings.simplefilter("ignore")
        model.train_on_batch(image + 1, np.array([[30.0]]))
    own = {id(variable) for variable in layer.variables}
    moved = [
        change
        for variable, change in zip(before.variables, compare(before).changes, strict=True)
        if change.moved and id(variable) in own
    ]
    same = same_answers(answer_of(name, layer, image), kept)
    before.restore()
    if moved or not same:
        raise Wrong(f"`{name}`: {why_it_changed(moved)}")


def why_it_changed(moved: list[Change]) -> str:
    """Why a layer with the right filter does not stay as it is in training."""
    if not moved:
        return "no weight of it moved in a training step, and yet it gives another answer then."
    kernels = [change for change in moved if change.path.endswith("kernel")]
    if kernels:
        far = max(change.largest for change in kernels)
        size = f"{far:.1g}" if np.isfinite(far) else "beyond all bounds"
        return (
            f"the kernel is right, but one training step moved it (by {size}). "
            "Setting is one step, freezing another."
        )
    if all(change.path.endswith("bias") for change in moved):
        return (
            "the kernel stays, but the bias moved in one training step: a fixed filter "
            "needs use_bias=False (or a frozen layer)."
        )
    farthest = max(moved, key=lambda change: change.largest)
    return (
        f"the filter is right, but one training step moved {farthest.path}; nothing of a fixed "
        "filter should move."
    )
