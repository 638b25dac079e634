"""What training moves in the layers of a model that a learner's function has prepared."""

from dataclasses import dataclass

import keras
import numpy as np

from helpers.movement import Movement, snapshot
from helpers.tasks.pretrained_networks._small_base import LOSS
from helpers.tasks.training import movement_of_fit


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
    optimizer = keras.optimizers.SGD(0.05)
    keras.Model.compile(model, optimizer, LOSS, run_eagerly=True, jit_compile=False)
    return moved_by_fit(model, images, labels)


def moved_by_fit(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> MovementByLayer:
    """Fit one step as compiled, put the values back; what moved.

    Raises:
        Wrong: it does not train.
    """
    model.jit_compile = False  # by XLA, a step of this size takes longer to build than to run
    variables = snapshot(model).variables
    movement = movement_of_fit(model, (images, labels), batch_size=len(images))
    return by_layer(variables, movement)


def by_layer(variables: tuple[keras.Variable, ...], movement: Movement) -> MovementByLayer:
    """The movement of these variables, by the layer in whose path each stands."""
    found = MovementByLayer({}, {})
    for variable, change in zip(variables, movement.changes, strict=True):
        if "/" in variable.path:
            place = found.moved if change.moved else found.still
            place.setdefault(variable.path.split("/")[-2], []).append(variable.name)
    return found
