"""Old names, until every package imports them from where they are now; deleted at the merge."""

from helpers.tasks.answers import listed, made_layer
from helpers.tasks.parsons import SEPARATORS, run_in_order
from helpers.tasks.training import movement_of_fit, training_data

__all__ = ["SEPARATORS", "listed", "made_layer", "movement_of_fit", "run_in_order", "training_data"]
