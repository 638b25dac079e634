"""Flags set on a part of a network: which layers stood still, and by what rule they were chosen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import keras
import numpy as np

from helpers.experiments.transfer import large_digits
from helpers.tasks.answers import joined
from helpers.tasks.core import Slip, Wrong
from helpers.tasks.flag_watch import FlagWatch, watched_flags
from helpers.tasks.pretrained_networks._movement_by_layer import (
    MovementByLayer,
    layers_with_weights,
    moved_by_one_update,
)
from helpers.tasks.training import prepared_model


@dataclass(frozen=True)
class FreezeCase:
    """What a learner's function did to one model.

    Args:
        model: what it returned, whose flags may be others by now.
        names: the layers with weights that it is about, in order, but for the head.
        wanted: those that should stand still.
        moved: what one training step moved.
        watch: what it did to flags.
        shown: which model this is, at the start of a message.
        about: what else a rule needs to know of this model.
        vetoes: whether the model's own flag was False.
        off: the layers in `model.layers` whose flags were False.
    """

    model: keras.Model
    names: Sequence[str]
    wanted: Sequence[str]
    moved: MovementByLayer
    watch: FlagWatch
    shown: str
    about: Any
    vetoes: bool
    off: Sequence[str]

    @property
    def still(self) -> set[str]:
        return set(self.moved.still) - set(self.moved.moved)

    @property
    def right(self) -> bool:
        return set(self.moved.still) == set(self.wanted) and not self.moved.halves


@cache
def ten_digits() -> tuple[np.ndarray, np.ndarray]:
    """One image of each digit, (10, 28, 28, 1), and its label; every weight moves on them."""
    return large_digits().few(1, 0)


LayerRule = Callable[[FreezeCase], Iterable[str]]
_COMMON_RULES: dict[str, LayerRule] = {
    "it is the other way round: what should stand still learned, and what should learn did not.": (
        lambda case: {*case.names, "head"} - set(case.wanted)
    ),
    "what should learn stood still, all but the head, and what should stand still learned.": (
        lambda case: set(case.names) - set(case.wanted)
    ),
    "the head alone stood still, and everything else learned.": lambda case: {"head"},
    "everything but the head stood still; that is feature extraction.": lambda case: case.names,
    "the right layers stood still, and the head as well: it cannot learn the new classes.": (
        lambda case: {*case.wanted, "head"}
    ),
    "the convolutions alone stood still; their BatchNormalization layers should, too.": (
        lambda case: [name for name in case.wanted if name.startswith("conv")]
    ),
    "the BatchNormalization layers alone stood still; their convolutions should, too.": (
        lambda case: [name for name in case.wanted if name.startswith("norm")]
    ),
    "the right layers stood still, and all other BatchNormalization layers, too: those should "
    "learn.": lambda case: {*case.wanted, *(n for n in case.names if n.startswith("norm"))},
    "the right layers stood still, and all other convolutions, too: those should learn.": (
        lambda case: {*case.wanted, *(n for n in case.names if n.startswith("conv"))}
    ),
    "all convolutions of the network stood still, and no other layer.": (
        lambda case: [name for name in case.names if name.startswith("conv")]
    ),
    "all BatchNormalization layers of the network stood still, and no other layer.": (
        lambda case: [name for name in case.names if name.startswith("norm")]
    ),
}


def frozen(
    name: str,
    function: object,
    model: keras.Model,
    arguments: Sequence[object],
    images: tuple[np.ndarray, np.ndarray],
    wanted: Sequence[str],
    part: keras.Model | None = None,
    shown: str = "",
    about: object = None,
) -> FreezeCase:
    """Give the model to a learner's function, and train it one step on these images.

    Args:
        part: the model, in this one, whose layers the function is about; else the whole of it.
    """
    with watched_flags() as watch:
        returned = prepared_model(name, function, model, *arguments)
    moved = moved_by_one_update(returned, *images)
    names = [layer for layer in layers_with_weights(part or model) if layer != "head"]
    off = [layer.name for layer in returned.layers if not layer.trainable]
    vetoes = not returned.trainable
    return FreezeCase(returned, names, wanted, moved, watch, shown, about, vetoes, off)


def refuse_wrong_freezes(cases: Sequence[FreezeCase], rules: Mapping[str, LayerRule]) -> None:
    """Raise Wrong unless every case is right.

    Args:
        rules: for each message, a wrong rule by which layers are chosen; it is named if it fits
            all cases.
    """
    first = next((case for case in cases if not case.right), None)
    if first is None:
        return
    first.watch.refuse_slips(first.shown)
    if first.vetoes:
        raise Wrong(
            f"{first.shown}the flag of the whole model is False, and vetoes all inside: no weight "
            "is trained, whatever the flags there."
        )
    for message, rule in (_COMMON_RULES | dict(rules)).items():
        if all(case.still == set(rule(case)) and not case.moved.halves for case in cases):
            raise Wrong(first.shown + message)
    _refuse_halves(first)
    _refuse_all_or_nothing(first, sets_flags=any(case.watch.settings for case in cases))
    _refuse_other_layers(first)


def _refuse_all_or_nothing(case: FreezeCase, sets_flags: bool) -> None:
    """Raise Wrong if everything moved or nothing did. `sets_flags`: in this case or another."""
    shown = case.shown
    if not case.moved.moved:
        raise Wrong(
            f"{shown}nothing moved, the head included: the flags of {joined(case.off)} are False."
        )
    if case.moved.still:
        return
    elsewhere = case.watch.set_elsewhere(case.model)
    inside = [layer for layer in case.model._flatten_layers(include_self=False) if layer.weights]
    thawed = [layer.name for layer in inside if case.watch.thawed_again(layer)]
    if elsewhere:
        raise Wrong(
            f"{shown}everything moved: {joined(elsewhere)} were frozen in another model, a copy "
            "perhaps, and not in the one that was given."
        )
    if case.off:
        raise Wrong(
            f"{shown}everything moved. The flag is False for {joined(case.off)} alone, without "
            "weights to hold still."
        )
    if thawed and set(thawed) <= set(case.wanted):
        raise Wrong(f"{shown}everything moved: what was frozen was thawed again.")
    if not sets_flags:
        raise Wrong(f"{shown}everything moved: no flag was set. It takes an =, as in x = False.")
    if not case.watch.settings:
        raise Wrong(f"{shown}everything moved: no flag was set, though in other cases one was.")
    raise Slip(
        f"{shown}everything moved. Is each False assigned, with =, and after whatever sets that "
        "flag to True?"
    )


def _refuse_halves(case: FreezeCase) -> None:
    """Raise Wrong if a layer moved in part."""
    halves, moved = case.moved.halves, case.moved
    statistics = {"moving_mean", "moving_variance"}
    if halves and all(statistics >= set(moved.moved[name]) for name in halves):
        raise Wrong(
            f"{case.shown}{joined(halves)} kept gamma and beta, but the statistics moved: the flag "
            "of the *layer* holds them, not the flags of its weights."
        )
    if halves:
        part = halves[0]
        raise Wrong(
            f"{case.shown}of {part}, {joined(moved.still[part])} stood still and "
            f"{joined(moved.moved[part])} moved. Freeze whole layers."
        )


def _refuse_other_layers(case: FreezeCase) -> None:
    """Raise Wrong with the first layers that should have done the opposite."""
    order = [*case.names, "head"]
    extra = [name for name in order if name in case.still and name not in case.wanted]
    loose = [name for name in case.wanted if name not in case.still]
    first = [layer.name for layer in case.model.layers[: len(case.off)]]
    cut = (
        f" The flags that are off are those of the first {len(first)} of `model.layers`, among "
        "which are layers without weights."
        if list(case.off) == first
        and len(case.still) < len(first) <= len(case.wanted) + 1  # counted, perhaps from 1
        else ""
    )
    if extra and not loose:
        raise Wrong(f"{case.shown}{joined(extra)} stood still, too: the freeze goes too far.{cut}")
    if loose and not extra:
        raise Wrong(f"{case.shown}{joined(loose)} learned: the freeze does not go far enough.{cut}")
    raise Wrong(
        f"{case.shown}{joined(extra)} stood still and should learn; {joined(loose)} learned and "
        f"should stand still.{cut}",
        diagnosed=False,
    )
