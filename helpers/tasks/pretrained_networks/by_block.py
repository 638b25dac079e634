"""Exercise 6, task 4: freeze everything in mini_googlenet before a block."""

import keras

from helpers.experiments.transfer import FIRST_TWO
from helpers.networks import mini_googlenet
from helpers.tasks.answers import expect_function, joined
from helpers.tasks.core import Wrong, task
from helpers.tasks.pretrained_networks._googlenet_freezes import (
    moved_after_freeze,
    refuse_any_bad_freeze,
    refuse_other_layers,
)
from helpers.tasks.pretrained_networks._movement_by_layer import layers_with_weights


@task(
    "Freeze everything before a block",
    why="The branches of a block lie mixed in `model.layers`: cut at the first layer with the "
    "block's name, or after the layer 'mixed' before it. Any later cut splits the block.",
    hints=(
        "Print the names of `model.layers`: in which order do the branches of one block come?",
        "The name of every layer of block b holds '_b'; everything before it is the two first "
        "convolutions with their layers, and block a.",
        "Find the index of the *first* layer whose name has f'_{block}' in it; freeze the layers "
        "before that index, and set the flag of the others to True.",
    ),
)
def by_block(freeze_before: object) -> None:
    """freeze_before(model, block) -> the model; the stem and the blocks before it stand still."""
    expect_function("freeze_before", freeze_before)
    model = mini_googlenet()
    for block, earlier in (("b", "a"), ("c", "ab")):
        names = layers_with_weights(model)
        wanted = [n for n in names if n in FIRST_TWO or any(f"_{b}_" in n for b in earlier)]
        moved = moved_after_freeze("freeze_before", freeze_before, model, block)
        if list(moved.still) == wanted and not moved.halves:
            _thaw_all(model)
            continue
        shown = f"for the block {block!r}, "
        refuse_any_bad_freeze(model, moved, wanted, shown)
        still = set(moved.still)
        own = {name for name in names if f"_{block}_" in name}
        if set(wanted) < still and still - set(wanted) < own:
            loose = [name for name in names if name in own - still]
            raise Wrong(
                f"{shown}{joined([n for n in names if n in still & own], 2)} stood still, though "
                f"{joined(loose, 2)} of the same block learned: the branches lie mixed in "
                "`model.layers`. Cut before the first of them."
            )
        if set(wanted) < still and still - set(wanted) == own:
            raise Wrong(f"{shown}the block itself stood still as well; it should learn.")
        if still == own:
            raise Wrong(f"{shown}that block alone stood still; everything *before* it should.")
        if still == set(wanted) - set(FIRST_TWO):
            raise Wrong(f"{shown}{joined(FIRST_TWO)} learned; they come before every block.")
        if still == set(FIRST_TWO):
            raise Wrong(
                f"{shown}only {joined(FIRST_TWO)} stood still; block {joined(earlier)} comes "
                "before it, too."
            )
        before_last = {name for name in names if f"_{earlier[-1]}_" in name}
        if still == set(wanted) - before_last:
            raise Wrong(f"{shown}block {earlier[-1]} learned: one block too few is frozen.")
        if still < set(wanted) and set(wanted) - still < before_last:
            raise Wrong(
                f"{shown}{joined([n for n in wanted if n not in still], 2)} of block {earlier[-1]} "
                "learned: its branches lie mixed in `model.layers`."
            )
        if still == {n for n in wanted if n.startswith("conv")}:
            raise Wrong(
                f"{shown}only convolutions stood still; the BatchNormalization layers "
                "before the block belong to it here."
            )
        refuse_other_layers(model, moved, wanted, shown)


def _thaw_all(model: keras.Model) -> None:
    """Every flag True again, also where a layer was switched off alone."""
    model.trainable = False
    model.trainable = True
