"""BatchNormalization's statistics: the update rule, a recorder, a freeze, a fresh measurement.

The rule is that of Keras 3 (https://keras.io/api/layers/normalization_layers/batch_normalization/):

    moving = momentum * moving + (1 - momentum) * batch
    output = gamma * (x - mean) / sqrt(variance + epsilon) + beta

where `batch` is the mean or the population variance (divided by N) of a batch, per channel.
"""

from helpers.batchnorm._layers import (
    Freeze,
    batchnorm_layers,
    current_statistics,
    freeze_batchnorm,
    remeasure,
    renormalizes,
)
from helpers.batchnorm._recorder import Record, Recorder
from helpers.batchnorm._rule import (
    Moving,
    batch_statistics,
    check_momentum,
    expected_moving,
    steps_until,
)

__all__ = [
    "Freeze",
    "Moving",
    "Record",
    "Recorder",
    "batch_statistics",
    "batchnorm_layers",
    "check_momentum",
    "current_statistics",
    "expected_moving",
    "freeze_batchnorm",
    "remeasure",
    "renormalizes",
    "steps_until",
]
