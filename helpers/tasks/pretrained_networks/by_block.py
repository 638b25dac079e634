"""Exercise 6, task 4: freeze everything in mini_googlenet before a block."""

from itertools import takewhile

import keras

from helpers.experiments.transfer import FIRST_TWO
from helpers.networks import mini_googlenet
from helpers.tasks.answers import expect_function
from helpers.tasks.core import task
from helpers.tasks.pretrained_networks._freezes import (
    FreezeCase,
    frozen,
    refuse_wrong_freezes,
    ten_digits,
)

_BLOCKS = "abc"


def _of_blocks(case: FreezeCase, blocks: str) -> list[str]:
    """The layers with weights of these blocks."""
    return [name for name in case.names if any(f"_{block}_" in name for block in blocks)]


def _earlier(case: FreezeCase) -> str:
    return _BLOCKS[: _BLOCKS.index(case.about)]


def _cut_at(case: FreezeCase, mark: str) -> list[str]:
    """The layers of the model before the first in whose name the mark stands, with weights."""
    layers = [layer.name for layer in case.model.layers]
    before = takewhile(lambda name: mark not in name, layers)
    return [name for name in before if name in case.names]


_CUTS = {
    "the block itself stood still as well; it should learn.": (
        lambda case: [*case.wanted, *_of_blocks(case, case.about)]
    ),
    "that block alone stood still; everything *before* it should.": (
        lambda case: _of_blocks(case, case.about)
    ),
    f"{', '.join(FIRST_TWO)} learned; they come before every block.": (
        lambda case: _of_blocks(case, _earlier(case))
    ),
    f"everything moved; {', '.join(FIRST_TWO)} come before every block, the first as well.": (
        lambda case: case.wanted if _earlier(case) else []
    ),
    "only the block just before it stood still; all that comes before it should.": (
        lambda case: _of_blocks(case, _earlier(case)[-1:])
    ),
    f"{', '.join(FIRST_TWO)} and the block just before it stood still; the blocks before that one "
    "should, too.": (lambda case: [*FIRST_TWO, *_of_blocks(case, _earlier(case)[-1:])]),
    "the BatchNormalization layers of earlier blocks learned; they should stand still, too.": (
        lambda case: [name for name in case.wanted if not name.startswith("norm_")]
    ),
    "one block too few stood still.": (
        lambda case: [*FIRST_TWO, *_of_blocks(case, _earlier(case)[:-1])]
    ),
    "it stood still up to the block's 1x1 convolution, but the branches lie mixed in "
    "`model.layers`: some of the block's layers come before that one. Cut at the first of them.": (
        lambda case: _cut_at(case, f"_{case.about}_1x1")
    ),
    "it stood still up to the first layer with that letter anywhere in its name, as in 'image' or "
    "'conv1'; the block's layers have it between underscores.": (
        lambda case: _cut_at(case, case.about)
    ),
    "what comes before block a stands still whatever block is asked for.": lambda case: FIRST_TWO,
    "what comes before block b stands still whatever block is asked for.": (
        lambda case: _cut_at(case, "_b")
    ),
    "what comes before block c stands still whatever block is asked for.": (
        lambda case: _cut_at(case, "_c")
    ),
}


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
    refuse_wrong_freezes([_before_block(freeze_before, model, block) for block in "bac"], _CUTS)


def _before_block(freeze_before: object, model: keras.Model, block: str) -> FreezeCase:
    """What the function does to the network, all flags of which are True before."""
    model.trainable = False  # so that True reaches a layer that was switched off alone
    model.trainable = True
    earlier = _BLOCKS[: _BLOCKS.index(block)]
    names = [layer.name for layer in model.layers if layer.weights]
    wanted = [n for n in names if n in FIRST_TWO or any(f"_{b}_" in n for b in earlier)]
    shown = f"for the block {block!r}, "
    images = ten_digits()
    return frozen(
        "freeze_before", freeze_before, model, (block,), images, wanted, shown=shown, about=block
    )
