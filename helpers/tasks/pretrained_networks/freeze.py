"""Tasks of exercise 6 that freeze a part of the pretrained mini_googlenet."""

from collections.abc import Callable
from functools import cache

import keras
import numpy as np

from helpers.experiments.transfer import FIRST_TWO, large_digits
from helpers.networks import mini_googlenet
from helpers.tasks.answers import expect_function
from helpers.tasks.behaviour import listed
from helpers.tasks.core import Wrong, task
from helpers.tasks.pretrained_networks.bases import Moved, one_update, prepared

STEM = FIRST_TWO


@cache
def ten_digits() -> tuple[np.ndarray, np.ndarray]:
    """One image of each digit, (10, 28, 28, 1), and its label; every weight moves on them."""
    return large_digits().few(1, 0)


def moved_after(name: str, function: Callable, model: keras.Model, *arguments) -> Moved:
    """Give the network to a learner's function and train one step; see `one_update`."""
    expect_function(name, function)
    returned = prepared(name, function, model, *arguments)
    return one_update(returned, *ten_digits())


def weighted(model: keras.Model) -> list[str]:
    """The layers that have weights, in the model's order."""
    return [layer.name for layer in model.layers if layer.weights]


@task(
    "Freeze the first two, by name",
    why="Four layers stand still, and every other weight learns: names hold where positions shift.",
    hints=(
        "Which layers are it? `[layer.name for layer in model.layers[:8]]` shows their names.",
        "`model.get_layer(name)` gives the layer of that name; each has a flag.",
        "For each name in ('conv1', 'norm1', 'conv2', 'norm2'): set "
        "`model.get_layer(name).trainable = False`. Then return the model.",
    ),
)
def by_name(freeze_first_two):
    """freeze_first_two(model) -> the model; conv1, norm1, conv2, norm2 stand still, no other."""
    expect_function("freeze_first_two", freeze_first_two)
    model = mini_googlenet()
    moved = moved_after("freeze_first_two", freeze_first_two, model)
    still = set(moved.still) - set(moved.moved)
    if set(moved.still) == set(STEM) == still:
        return
    refuse_common(model, moved, STEM)
    convs = [name for name in weighted(model) if name.startswith("conv")]
    if still == {"conv1", "conv2"} and not moved.halves:
        raise Wrong(
            "conv1 and conv2 stood still, but norm1 and norm2 still learn and measure; "
            "they belong to it here."
        )
    if still == {"norm1", "norm2"}:
        raise Wrong("norm1 and norm2 stood still, but their convolutions still learn.")
    if still == {"conv1"} and "image" in flags_off(model):
        raise Wrong(
            "only conv1 stood still: `model.layers[0]` is the InputLayer, which has no weights."
        )
    if still == {"conv1", "norm1"}:
        raise Wrong(
            "conv1 and norm1 stood still, conv2 and norm2 did not: a count of layers also "
            "counts the InputLayer, ReLU and pooling; use names."
        )
    if still == {"conv1", "norm1", "conv2"}:
        raise Wrong("conv1, norm1 and conv2 stood still, norm2 did not: off by one at the end.")
    if still == {"conv1"}:
        raise Wrong(
            "only conv1 stood still; a loop that ends or returns after its first turn does that."
        )
    if still == set(convs):
        raise Wrong(f"all {len(convs)} convolutions stood still; the first two were asked for.")
    refuse_difference(model, moved, STEM)


@task(
    "Freeze everything before a block",
    why="The branches of a block lie mixed in `model.layers`: cut at the first layer with the block's "
    "name, or after the layer 'mixed' before it. Any later cut splits the block.",
    hints=(
        "Print the names of `model.layers`: in which order do the branches of one block come?",
        "The name of every layer of block b holds '_b'; everything before it is the two first "
        "convolutions with their layers, and block a.",
        "Find the index of the *first* layer whose name has f'_{block}' in it; freeze the layers "
        "before that index, and set the flag of the others to True.",
    ),
)
def by_block(freeze_before):
    """freeze_before(model, block) -> the model; the stem and the blocks before it stand still."""
    expect_function("freeze_before", freeze_before)
    model = mini_googlenet()
    for block, earlier in (("b", "a"), ("c", "ab")):
        names = weighted(model)
        wanted = [n for n in names if n in STEM or n.split("_")[1:2] and n.split("_")[1] in earlier]
        moved = moved_after("freeze_before", freeze_before, model, block)
        if list(moved.still) == wanted and not moved.halves:
            reset(model)
            continue
        shown = f"for the block {block!r}, "
        refuse_common(model, moved, wanted, shown)
        still = set(moved.still)
        own = {name for name in names if f"_{block}_" in name}
        if set(wanted) < still and still - set(wanted) < own:
            loose = [name for name in names if name in own - still]
            raise Wrong(
                f"{shown}{listed([n for n in names if n in still & own], 2)} stood still, though "
                f"{listed(loose, 2)} of the same block learned: the branches lie mixed in "
                "`model.layers`. Cut before the first of them."
            )
        if set(wanted) < still and still - set(wanted) == own:
            raise Wrong(f"{shown}the block itself stood still as well; it should learn.")
        if still == own:
            raise Wrong(f"{shown}that block alone stood still; everything *before* it should.")
        if still == set(wanted) - set(STEM):
            raise Wrong(f"{shown}{listed(STEM)} learned; they come before every block.")
        if still == set(STEM):
            raise Wrong(
                f"{shown}only {listed(STEM)} stood still; block {listed(earlier)} comes "
                "before it, too."
            )
        before_last = {name for name in names if f"_{earlier[-1]}_" in name}
        if still == set(wanted) - before_last:
            raise Wrong(f"{shown}block {earlier[-1]} learned: one block too few is frozen.")
        if still < set(wanted) and set(wanted) - still < before_last:
            raise Wrong(
                f"{shown}{listed([n for n in wanted if n not in still], 2)} of block {earlier[-1]} "
                "learned: its branches lie mixed in `model.layers`."
            )
        if still == {n for n in wanted if n.startswith("conv")}:
            raise Wrong(
                f"{shown}only convolutions stood still; the BatchNormalization layers "
                "before the block belong to it here."
            )
        refuse_difference(model, moved, wanted, shown)


def reset(model: keras.Model) -> None:
    """Every flag True again, also where a layer was switched off alone."""
    model.trainable = False
    model.trainable = True


def flags_off(model: keras.Model) -> list[str]:
    return [layer.name for layer in model.layers if not layer.trainable]


def refuse_common(model: keras.Model, moved: Moved, wanted, shown: str = "") -> None:
    """Raise Wrong for what goes wrong with any freeze."""
    still = set(moved.still) - set(moved.moved)
    names = set(weighted(model))
    halves = moved.halves
    if still != names and not model.trainable:
        raise Wrong(
            f"{shown}the model's own flag is False, and vetoes its layers: nothing is "
            "trained, whatever their flags say."
        )
    statistics = {"moving_mean", "moving_variance"}
    if halves and all(statistics >= set(moved.moved[name]) for name in halves):
        raise Wrong(
            f"{shown}{listed(halves)} kept gamma and beta, but the statistics moved: the flag of "
            "the *layer* holds them, not the flags of its weights."
        )
    if halves:
        part = halves[0]
        raise Wrong(
            f"{shown}of {part}, {listed(moved.still[part])} stood still and "
            f"{listed(moved.moved[part])} moved. Freeze whole layers."
        )
    if not still and flags_off(model):
        raise Wrong(
            f"{shown}everything moved; what you froze, {listed(flags_off(model))}, has no weights."
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


def refuse_difference(model: keras.Model, moved: Moved, wanted, shown: str = "") -> None:
    """Raise Wrong with the first layers that should have done the opposite."""
    names = weighted(model)
    extra = [name for name in names if name in moved.still and name not in wanted]
    loose = [name for name in wanted if name not in moved.still]
    if extra and not loose:
        raise Wrong(f"{shown}{listed(extra)} stood still, too: the freeze goes too far.")
    if loose and not extra:
        raise Wrong(f"{shown}{listed(loose)} learned: the freeze does not go far enough.")
    raise Wrong(
        f"{shown}{listed(extra)} stood still and should learn; {listed(loose)} learned and "
        "should stand still.",
        diagnosed=False,
    )
