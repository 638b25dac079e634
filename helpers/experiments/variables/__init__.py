"""Who changes a variable, when, and is it saved? Each answer comes from trying it out."""

from helpers.experiments.variables._observations import observe, overview
from helpers.experiments.variables._specimens import KINDS, Specimen, model_of, weight

__all__ = ["KINDS", "Specimen", "model_of", "observe", "overview", "weight"]
