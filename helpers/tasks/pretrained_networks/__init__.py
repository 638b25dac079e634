"""Tasks of exercise 6: pretrained networks."""

from helpers.tasks.core import Exercise
from helpers.tasks.pretrained_networks._measured_recipes import measured, tunings
from helpers.tasks.pretrained_networks._small_base import on_top, pictures, small_base
from helpers.tasks.pretrained_networks.by_block import by_block
from helpers.tasks.pretrained_networks.by_name import by_name
from helpers.tasks.pretrained_networks.features_once import features_once
from helpers.tasks.pretrained_networks.from_layer import from_layer
from helpers.tasks.pretrained_networks.googlenet import googlenet
from helpers.tasks.pretrained_networks.inception import inception
from helpers.tasks.pretrained_networks.recipe import recipe
from helpers.tasks.pretrained_networks.second_phase import after_first_phase, second_phase
from helpers.tasks.pretrained_networks.still_learning import partly_frozen, still_learning
from helpers.tasks.pretrained_networks.whole_order import LINES, whole_order

__all__ = [
    "LINES",
    "after_first_phase",
    "measured",
    "on_top",
    "partly_frozen",
    "pictures",
    "small_base",
    "tunings",
]
exercise = Exercise(
    "Exercise 6, pretrained networks",
    [
        inception,
        googlenet,
        by_name,
        by_block,
        from_layer,
        still_learning,
        recipe,
        features_once,
        second_phase,
        whole_order,
    ],
)
scoreboard = exercise.scoreboard
