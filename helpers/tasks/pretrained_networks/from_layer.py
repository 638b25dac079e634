"""Exercise 6, task 5: fine-tune a base that is one layer of a model from a layer on."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from helpers.tasks.answers import expect_function
from helpers.tasks.core import task
from helpers.tasks.pretrained_networks._freezes import (
    FreezeCase,
    LayerRule,
    frozen,
    refuse_wrong_freezes,
)
from helpers.tasks.pretrained_networks._small_base import (
    freeze_one_by_one,
    on_top,
    pictures,
    small_base,
)


def _freeze_whole(base: keras.Model) -> None:
    base.trainable = False


def _freeze_some(base: keras.Model) -> None:
    for name in ("norm1", "conv2", "norm3"):
        base.get_layer(name).trainable = False


# How the base arrives: made by keras.Sequential or not, frozen in this way; and the layer's name.
_ARRIVALS: tuple[tuple[bool, str, str], ...] = (
    (False, "frozen layer by layer", "norm2"),
    (True, "frozen as a whole", "conv3"),
    (False, "frozen as a whole", "relu1"),
    (True, "frozen layer by layer", "pool"),
    (False, "all thawed", "conv1"),
    (True, "frozen in part", "conv2"),
)
_WAYS: dict[str, Callable[[keras.Model], object]] = {
    "frozen layer by layer": freeze_one_by_one,
    "frozen as a whole": _freeze_whole,
    "frozen in part": _freeze_some,
    "all thawed": lambda base: None,
}


@dataclass(frozen=True)
class _Base:
    """The base as it arrived, for the rules below.

    Args:
        layers: the names in `base.layers`, in order.
        place: of the layer in question among them.
        frozen: the layers whose flags were False.
        own_flag: that of the base.
    """

    layers: list[str]
    place: int
    frozen: set[str]
    own_flag: bool


def _slice(start: Callable[[_Base], int], end: Callable[[_Base], int | None]) -> LayerRule:
    """The layers with weights in such a slice of `base.layers`."""

    def chosen(case: FreezeCase) -> list[str]:
        base = case.about
        return [n for n in base.layers[start(base) : end(base)] if n in case.names]

    return chosen


def _whatever_name(layers: int) -> LayerRule:
    return _slice(lambda base: 0, lambda base: layers)


_WRONG_SLICES: dict[str, LayerRule] = {
    "what was frozen one by one stayed so. The base's own flag is True then, and "
    "`base.trainable = True` changes nothing; set it to False first, or set every layer's flag.": (
        lambda case: (
            {*case.wanted, *(case.about.frozen if case.about.own_flag else ())} & set(case.names)
        )
    ),
    "what arrived frozen stayed frozen: nothing there thaws it.": (
        lambda case: {*case.wanted, *case.about.frozen} & set(case.names)
    ),
    "the layer of that name stood still itself; it should learn: off by one.": (
        _slice(lambda base: 0, lambda base: base.place + 1)
    ),
    "the layer just before it learned: off by one.": (
        _slice(lambda base: 0, lambda base: max(base.place - 1, 0))
    ),
    "the first of `base.layers` learned. A functional model lists its InputLayer there, a "
    "Sequential one does not.": _slice(lambda base: 1, lambda base: base.place),
    **{
        f"the first {n} of `base.layers` stood still, whatever the name.": _whatever_name(n)
        for n in range(1, 11)
    },
}


@task(
    "Fine-tune from a layer on",
    why="Every flag inside the base is set, True or False, so that nothing depends on how the base "
    "arrived.",
    hints=(
        "The base is *one* layer of the model. Where are its own layers?",
        "`names = [layer.name for layer in base.layers]` and `names.index(name)` give the "
        "position, with or without an InputLayer.",
        "First `base.trainable = False`, then `base.trainable = True`; then for each layer in "
        "`base.layers[:position]`: `layer.trainable = False`. Return the model.",
    ),
)
def from_layer(fine_tune_from: object) -> None:
    """fine_tune_from(model, name): in "base", the layers before `name` still, all else learns."""
    expect_function("fine_tune_from", fine_tune_from)
    cases = [_arrived(fine_tune_from, *arrival) for arrival in _ARRIVALS]
    refuse_wrong_freezes(cases, _WRONG_SLICES)


def _arrived(fine_tune_from: object, sequential: bool, arrival: str, name: str) -> FreezeCase:
    """What the function does to a model whose base arrives like this."""
    base = small_base(sequential)
    model = on_top(base)
    _WAYS[arrival](base)
    layers = [layer.name for layer in base.layers]
    place = layers.index(name)
    off = {layer.name for layer in base.layers if not layer.trainable}
    wanted = [layer.name for layer in base.layers[:place] if layer.weights]
    return frozen(
        "fine_tune_from",
        fine_tune_from,
        model,
        (name,),
        pictures(),
        wanted,
        part=base,
        shown=f"with a {'Sequential' if sequential else 'functional'} base that arrives {arrival}, "
        f"and {name!r}: ",
        about=_Base(layers, place, off, base.trainable),
    )
