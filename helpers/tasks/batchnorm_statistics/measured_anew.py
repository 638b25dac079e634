"""Exercise 5, task 8: a program that measures statistics anew."""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from helpers.batchnorm import batchnorm_layers, current_statistics, remeasure
from helpers.ledger import Role
from helpers.movement import compare, snapshot
from helpers.tasks.answers import expect_function
from helpers.tasks.core import Wrong, described_error, task

# Of the layers whose statistics are measured anew; not Keras's default.
_OWN_MOMENTA = {"norm1": 0.95, "norm2": 0.9}


def _two_norm_reader() -> keras.Model:
    """Two BatchNormalization layers, one in an inner block, each with a momentum of its own."""

    def norm(name: str) -> layers.Layer:
        return layers.BatchNormalization(momentum=_OWN_MOMENTA[name], name=name)

    def dense(units: int, name: str) -> layers.Layer:
        return layers.Dense(units, name=name)

    inner = keras.Sequential([keras.Input((4,)), dense(5, "deep"), norm("norm2")], name="inner")
    outer = [dense(4, "first"), norm("norm1"), inner, dense(2, "head")]
    model = keras.Sequential([keras.Input((3,)), *outer], name="reader")
    rng = np.random.default_rng(8)
    model.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in model.weights])
    model.compile(keras.optimizers.SGD(0.05), "mse")
    return model


@task(
    "Measure anew",
    why="With momentum 0 the new batch counts fully; one call in training mode sets the statistics "
    "and touches no learned weight.",
    hints=(
        "In which mode does a BatchNormalization layer write its statistics down?",
        "What does the rule give for momentum = 0? Which layers need it, at any depth?",
        "For every layer of `batchnorm_layers(model)`, remember its momentum and set it to 0; call "
        "`model(images, training=True)`; put the momenta back.",
    ),
)
def measured_anew(measure: Callable) -> None:
    """measure(model, images): the statistics become those of images, all else stays."""
    expect_function("measure", measure)
    model = _two_norm_reader()
    images = np.random.default_rng(9).normal(5, 2, (64, 3)).astype("float32")
    start = snapshot(model)
    remeasure(model, images)
    goals = [_statistics_of(layer) for layer in batchnorm_layers(model)]
    start.restore()
    begun = [_statistics_of(layer) for layer in batchnorm_layers(model)]
    try:
        measure(model, images)
    except Exception as error:
        raise Wrong(f"`measure` stopped with {described_error(error)}.") from None
    movement = compare(start)
    learned = [c.path for c in movement.changes if c.moved and c.role != Role.STATISTIC]
    if learned:
        raise Wrong(
            f"`measure` moved learned weights, too, such as {learned[0]}: call the model in "
            "training mode instead of training it."
        )
    if not movement.moved:
        raise Wrong(
            "`measure` moved nothing: predict, evaluate and a call without training=True only "
            "*use* the statistics, and momentum 1 keeps the old ones."
        )
    for layer, old, goal in zip(batchnorm_layers(model), begun, goals, strict=True):
        _refuse_far_from(goal, old, layer)
    for layer in batchnorm_layers(model):
        momentum = _OWN_MOMENTA[layer.name]
        if layer.momentum != momentum:
            raise Wrong(
                f"the statistics are right, but {layer.name} is left with momentum "
                f"{layer.momentum:g} instead of {momentum:g}: in a later training it would "
                "forget differently. Put it back."
            )
        if not layer.trainable:
            raise Wrong(f"the statistics are right, but {layer.name} is left frozen.")
    frozen = [change.path for change in compare(start).changes if change.role == Role.FROZEN]
    if frozen:
        raise Wrong(f"the statistics are right, but {frozen[0]} is left frozen.")


def _statistics_of(layer: layers.Layer) -> np.ndarray:
    return np.stack(current_statistics(layer))


def _refuse_far_from(goal: np.ndarray, old: np.ndarray, layer: layers.Layer) -> None:
    """Raise Wrong unless mean and variance are each within 5 % of their way to the goal."""
    way = goal - old
    gone = float(np.sum((_statistics_of(layer) - old) * way) / np.sum(way**2))
    left = np.linalg.norm(goal - _statistics_of(layer), axis=1) / np.linalg.norm(way, axis=1)
    rest = float(left.max())
    if rest <= 0.05:
        return
    if abs(gone) < 1e-6:
        raise Wrong(f"the statistics of {layer.name} did not move: is that layer left out?")
    momentum = _OWN_MOMENTA[layer.name]
    if abs(gone - (1 - momentum)) < 0.01:
        raise Wrong(
            f"{layer.name} went {gone:.0%} of the way, one step with its own momentum "
            f"{momentum:g}: take many steps, or set the momentum of *every* layer to 0."
        )
    if rest > 1:
        raise Wrong(
            f"{layer.name} is farther off than before: what reaches it depends on the layers "
            "before it, so measure when their statistics are right."
        )
    raise Wrong(
        f"{layer.name} is not there yet: {rest:.0%} of the way to what the images say is left."
    )
