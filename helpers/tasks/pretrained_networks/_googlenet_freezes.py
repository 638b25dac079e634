"""Freezing a part of mini_googlenet: what stood still, and what goes wrong with any freeze."""

from collections.abc import Sequence
from functools import cache

import keras
import numpy as np

from helpers.experiments.transfer import large_digits
from helpers.tasks.answers import joined
from helpers.tasks.core import Wrong
from helpers.tasks.pretrained_networks._movement_by_layer import (
    MovementByLayer,
    layers_with_weights,
    moved_by_one_update,
    prepared,
    refuse_halves,
)


@cache
def ten_digits() -> tuple[np.ndarray, np.ndarray]:
    """One image of each digit, (10, 28, 28, 1), and its label; every weight moves on them."""
    return large_digits().few(1, 0)


def moved_after_freeze(
    name: str, function: object, model: keras.Model, *arguments: object
) -> MovementByLayer:
    """Give the network to a learner's function and train one step; see `moved_by_one_update`."""
    returned = prepared(name, function, model, *arguments)
    return moved_by_one_update(returned, *ten_digits())


def flags_off(model: keras.Model) -> list[str]:
    return [layer.name for layer in model.layers if not layer.trainable]


def refuse_any_bad_freeze(
    model: keras.Model, moved: MovementByLayer, wanted: Sequence[str], shown: str = ""
) -> None:
    """Raise Wrong for what goes wrong with any freeze."""
    still = set(moved.still) - set(moved.moved)
    names = set(layers_with_weights(model))
    halves = moved.halves
    if still != names and not model.trainable:
        raise Wrong(
            f"{shown}the model's own flag is False, and vetoes its layers: nothing is "
            "trained, whatever their flags say."
        )
    statistics = {"moving_mean", "moving_variance"}
    if halves and all(statistics >= set(moved.moved[name]) for name in halves):
        raise Wrong(
            f"{shown}{joined(halves)} kept gamma and beta, but the statistics moved: the flag of "
            "the *layer* holds them, not the flags of its weights."
        )
    refuse_halves(moved, shown)
    if not still and flags_off(model):
        raise Wrong(
            f"{shown}everything moved; what you froze, {joined(flags_off(model))}, has no weights."
        )
    if not still:
        raise Wrong(
            f"{shown}everything moved: no layer of the model is frozen. Is it `trainable`, "
            "with `=`, on the model's own layers and not on a copy?"
        )
    if still == names:
        why = "the model's own flag is False" if not model.trainable else "every flag is False"
        raise Wrong(f"{shown}nothing moved, the head included: {why}.")
    if still == names - set(wanted):
        raise Wrong(f"{shown}it is the other way round: what should stand still learned.")
    if still == {"head"}:
        raise Wrong(f"{shown}you froze the head, and everything else learned.")
    if still == names - {"head"}:
        raise Wrong(f"{shown}everything but the head stood still; that is feature extraction.")
    if still == set(wanted) | {"head"}:
        raise Wrong(
            f"{shown}the right layers stood still, and the head as well: it cannot "
            "learn the new classes."
        )


def refuse_other_layers(
    model: keras.Model, moved: MovementByLayer, wanted: Sequence[str], shown: str = ""
) -> None:
    """Raise Wrong with the first layers that should have done the opposite."""
    names = layers_with_weights(model)
    extra = [name for name in names if name in moved.still and name not in wanted]
    loose = [name for name in wanted if name not in moved.still]
    if extra and not loose:
        raise Wrong(f"{shown}{joined(extra)} stood still, too: the freeze goes too far.")
    if loose and not extra:
        raise Wrong(f"{shown}{joined(loose)} learned: the freeze does not go far enough.")
    raise Wrong(
        f"{shown}{joined(extra)} stood still and should learn; {joined(loose)} learned and "
        "should stand still.",
        diagnosed=False,
    )
