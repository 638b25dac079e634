"""Exercise 6, task 3: freeze the first two convolutions of mini_googlenet by name."""

from helpers.experiments.transfer import FIRST_TWO
from helpers.networks import mini_googlenet
from helpers.tasks.answers import expect_function
from helpers.tasks.core import Slip, task
from helpers.tasks.pretrained_networks._freezes import frozen, refuse_wrong_freezes, ten_digits


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
    model, name = mini_googlenet(), "freeze_first_two"
    case = frozen(name, freeze_first_two, model, (), ten_digits(), FIRST_TWO)
    if case.still == {"conv1"} and list(case.off) == ["conv1"]:
        raise Slip("only conv1 stood still. Does a loop end, or return, after its first turn?")
    refuse_wrong_freezes([case], {})
