"""Exercise 6, task 3: freeze the first two convolutions of mini_googlenet by name."""

from helpers.experiments.transfer import FIRST_TWO
from helpers.networks import mini_googlenet
from helpers.tasks.answers import expect_function
from helpers.tasks.core import Wrong, task
from helpers.tasks.pretrained_networks._googlenet_freezes import (
    flags_off,
    moved_after_freeze,
    refuse_any_bad_freeze,
    refuse_other_layers,
)
from helpers.tasks.pretrained_networks._movement_by_layer import layers_with_weights


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
def by_name(freeze_first_two: object) -> None:
    """freeze_first_two(model) -> the model; conv1, norm1, conv2, norm2 stand still, no other."""
    expect_function("freeze_first_two", freeze_first_two)
    model = mini_googlenet()
    moved = moved_after_freeze("freeze_first_two", freeze_first_two, model)
    still = set(moved.still) - set(moved.moved)
    if set(moved.still) == set(FIRST_TWO) == still:
        return
    refuse_any_bad_freeze(model, moved, FIRST_TWO)
    convs = [name for name in layers_with_weights(model) if name.startswith("conv")]
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
    refuse_other_layers(model, moved, FIRST_TWO)
