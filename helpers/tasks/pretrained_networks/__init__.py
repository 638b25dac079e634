"""Tasks of exercise 6: pretrained networks."""

from helpers.tasks.core import Exercise
from helpers.tasks.pretrained_networks.bases import on_top, pictures, small_base
from helpers.tasks.pretrained_networks.features import features_once, new_head
from helpers.tasks.pretrained_networks.freeze import by_block, by_name
from helpers.tasks.pretrained_networks.nested import from_layer, partly_frozen, still_learning
from helpers.tasks.pretrained_networks.order import LINES, whole_order
from helpers.tasks.pretrained_networks.predict import googlenet, inception
from helpers.tasks.pretrained_networks.recipe import measured, recipe, tunings
from helpers.tasks.pretrained_networks.tune import after_first_phase, second_phase

__all__ = [
    "LINES",
    "after_first_phase",
    "measured",
    "new_head",
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
