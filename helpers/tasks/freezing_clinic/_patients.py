"""The models on which an instrument that asks the first two questions is tried."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras

from helpers.tasks.freezing_clinic._clinic_models import STATISTICS, network, trained

_HEAD = ["head/kernel", "head/bias"]
_LOW = ["base/low/kernel", "base/low/bias"]
_HIGH = ["base/high/kernel", "base/high/bias"]
_LEARNED_OF_NORM = ["base/norm/gamma", "base/norm/beta"]
_LEARNABLE = [*_LEARNED_OF_NORM, *_LOW, *_HIGH, *_HEAD]


@keras.saving.register_keras_serializable("course")  # so that clones can be compiled
class _CountingSGD(keras.optimizers.SGD):
    """Counts its steps, as far as they are made eagerly, where no learner puts them back."""

    steps = 0

    def apply(self, *arguments: object) -> object:
        self.steps += 1
        return super().apply(*arguments)


@dataclass(frozen=True)
class Patient:
    """A compiled model, and the paths that are meant to learn.

    Args:
        moved: what a fit moves, in the model's order.
        anew: what it would move after another compile; None if that is the same.
        thawed: the path of a layer that is thawed after that; "" if there is none.
        off: layers of the base, "base", "model", or paths of weights that are frozen at last.
        at_first: what was frozen in a first fit, after the compile; None if there was none.
    """

    story: str
    meant: list[str]
    moved: list[str]
    anew: list[str] | None = None
    off: tuple[str, ...] = ()
    at_first: tuple[str, ...] | None = None
    thawed: str = ""
    wall: bool = False
    misspelt: bool = False

    def model(self) -> keras.Model:
        model = network(wall=self.wall)
        if self.misspelt:
            model.get_layer("base").trainabe = False
        if self.at_first is not None:
            trained(_with_frozen(model, self.at_first))
            return _with_frozen(model, self.off)
        model.compile(_CountingSGD(0.01), "mse", run_eagerly=True)
        _with_frozen(model, self.off)
        inner = model
        for name in filter(None, self.thawed.split("/")):
            inner = inner.get_layer(name)
        if self.thawed:
            inner.trainable = True
        return model


def _with_frozen(model: keras.Model, off: Sequence[str]) -> keras.Model:
    """The model with the flags of exactly these layers and weights off."""
    base = model.get_layer("base")
    base.trainable = "base" not in off
    for layer in base.layers if "base" not in off else ():
        layer.trainable = layer.name not in off
    if "model" in off:
        model.trainable = False
    for weight in model.weights:
        if weight.path in off:
            weight.trainable = False
    return model


PATIENTS = (
    Patient(
        "base was frozen after a fit",
        meant=_HEAD,
        moved=[*_LEARNABLE, *STATISTICS],
        anew=_HEAD,
        at_first=(),
        off=("base",),
    ),
    Patient(
        "the flag of base was misspelt",
        meant=_HEAD,
        moved=[*_LEARNABLE, *STATISTICS],
        misspelt=True,
    ),
    Patient("base was frozen in time", meant=_HEAD[::-1], moved=_HEAD, off=("base",)),
    Patient(
        "high is frozen, too, and should learn", meant=_HIGH + _HEAD, moved=_HEAD, off=("base",)
    ),
    Patient(
        "high is frozen, where low was meant",
        meant=_HIGH + _HEAD,
        moved=_LOW + _HEAD,
        off=("norm", "high"),
    ),
    Patient(
        "no gradient reaches low and high", _LOW + _HIGH + _HEAD, _HEAD, off=("norm",), wall=True
    ),
    Patient(
        "no gradient reaches low, and norm measures",
        meant=_LOW + _HEAD,
        moved=STATISTICS + _HEAD,
        off=("high", *_LEARNED_OF_NORM),
        wall=True,
    ),
    Patient(
        "low and high are not frozen, as they should be, and only a wall keeps them still",
        meant=_HEAD,
        moved=_HEAD,
        off=("norm",),
        wall=True,
    ),
    Patient(
        "nothing is frozen, and norm measures: two statistics move",
        meant=_LEARNABLE,
        moved=[*_LEARNABLE, *STATISTICS],
    ),
    Patient("everything is frozen, as was meant", meant=[], moved=[], off=("model",)),
    Patient(
        "the head is thawed inside of a frozen model, so that nothing learns, as was meant",
        meant=[],
        moved=[],
        off=("model",),
        thawed="head",
    ),
    Patient(
        "high is thawed inside of the frozen base, and learns, as was meant",
        meant=_HIGH + _HEAD,
        moved=_HIGH + _HEAD,
        off=("base",),
        thawed="base/high",
    ),
    Patient(
        "norm and one bias are frozen, as was meant",
        meant=["base/low/kernel", *_HIGH, *_HEAD],
        moved=["base/low/kernel", *_HIGH, *_HEAD],
        off=("norm", "base/low/bias"),
    ),
)


def in_order(paths: Sequence[str]) -> list[str]:
    """In the model's order."""
    order = (*_LEARNED_OF_NORM, *STATISTICS, *_LOW, *_HIGH, *_HEAD)
    return [path for path in order if path in paths]


def moved_anew(case: Patient) -> list[str]:
    return in_order(case.moved if case.anew is None else case.anew)
