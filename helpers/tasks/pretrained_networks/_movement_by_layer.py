"""A model that a learner's function prepares, and what training then moves in its layers."""

from dataclasses import dataclass

import keras
import numpy as np

from helpers.movement import Snapshot, compare, snapshot
from helpers.tasks.answers import call, described, joined
from helpers.tasks.core import Wrong, described_error
from helpers.tasks.pretrained_networks._small_base import EXAMPLES, LOSS


def prepared(name: str, function: object, model: keras.Model, *arguments: object) -> keras.Model:
    """Call a learner's function, which should set flags and return the model with all its values.

    Raises:
        Wrong: it stopped, returned something else, or changed weights.
    """
    before, given = snapshot(model), {id(weight) for weight in model.weights}
    returned = call(name, function, model, *arguments)
    if not isinstance(returned, keras.Model):
        raise Wrong(f"`{name}` should return the model; it returned {described(returned)}.")
    if not returned.built:
        raise Wrong(f"`{name}` returned a model that is not built: return the one it was given.")
    owned = {id(weight) for weight in returned.weights}
    if owned < given:
        raise Wrong(
            f"`{name}` returned a part of the model, with {len(owned)} of its "
            f"{len(given)} weights: return the whole model."
        )
    if owned != given:
        raise Wrong(
            f"`{name}` returned a model with other weights than the one it was given: a "
            "clone or a new model is not frozen in its place."
        )
    changes = compare(before)
    if changes.moved:
        raise Wrong(
            f"`{name}` itself changed {joined(changes.moved, 2)}. It should only "
            "prepare the model; the check trains it."
        )
    return returned


@dataclass(frozen=True)
class MovementByLayer:
    """What an update did, by the name of the layer: its weights that moved, and those that did not.

    A layer in `moved` and in `still` was frozen in part.
    """

    moved: dict[str, list[str]]
    still: dict[str, list[str]]

    @property
    def halves(self) -> list[str]:
        return [name for name in self.still if name in self.moved]

    @property
    def measured(self) -> list[str]:
        """The layers whose statistics moved."""
        statistics = {"moving_mean", "moving_variance"}
        return [layer for layer, names in self.moved.items() if statistics & set(names)]


def layers_with_weights(model: keras.Model) -> list[str]:
    """The layers that have weights, in the model's order."""
    return [layer.name for layer in model.layers if layer.weights]


def moved_by_one_update(
    model: keras.Model, images: np.ndarray, labels: np.ndarray
) -> MovementByLayer:
    """Compile anew, train one step without building a graph, put the values back; what moved."""
    before = snapshot(model)
    model.compile(keras.optimizers.SGD(0.05), LOSS, run_eagerly=True, jit_compile=False)
    if not model.trainable_weights:  # nothing to fit, about which TensorFlow would warn
        model(images, training=True)
    else:
        model.train_on_batch(images, labels)
    return moved_since(model, before)


def moved_by_fit(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> MovementByLayer:
    """Fit as compiled, by the training step that the model has; put the values back; what moved.

    Raises:
        Wrong: it does not train.
    """
    before = snapshot(model)
    model.jit_compile = False  # by XLA, a step of this size takes longer to build than to run
    try:
        model.fit(images, labels, batch_size=EXAMPLES, verbose=0)
    except Exception as error:
        cause = described_error(error)
        raise Wrong(f"your model does not train: fit stopped with {cause}.") from None
    return moved_since(model, before)


def moved_since(model: keras.Model, before: Snapshot) -> MovementByLayer:
    """What has moved since the snapshot, whose values are put back."""
    changes = compare(before).changes
    moved = {id(v) for v, c in zip(before.variables, changes, strict=True) if c.moved}
    before.restore()
    found = MovementByLayer({}, {})
    for weight in model.weights:
        place = found.moved if id(weight) in moved else found.still
        place.setdefault(weight.path.split("/")[-2], []).append(weight.name)
    return found


def refuse_halves(moved: MovementByLayer, shown: str) -> None:
    """Raise Wrong if a layer moved in part."""
    if moved.halves:
        part = moved.halves[0]
        raise Wrong(
            f"{shown}of {part}, {joined(moved.still[part])} stood still and "
            f"{joined(moved.moved[part])} moved. Freeze whole layers."
        )
