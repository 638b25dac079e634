"""The update rule in NumPy: what a training step makes of the statistics, and in how many steps."""

from math import ceil, log
from typing import NamedTuple

import numpy as np

from helpers._arguments import numbers, of_type, real, several, shown, whole


class Moving(NamedTuple):
    """The two statistics, one float64 number per channel each."""

    mean: np.ndarray
    variance: np.ndarray


def batch_statistics(batch: object, axis: int = -1, mask: object = None) -> Moving:
    """Mean and population variance of a batch for every position of one axis.

    Args:
        batch: numbers of any shape with at least two axes.
        axis: the channel axis, which is kept; all others are averaged over.
        mask: True for what counts; shape of the batch without its last axis.

    Raises:
        TypeError, ValueError: a shape or the axis does not fit, or nothing is left to average.
    """
    batch = numbers("batch", batch, "an array of numbers, (examples, channels)")
    if batch.ndim < 2:
        raise ValueError(f"a batch has at least two axes, (examples, channels); got {batch.shape}")
    expected = f"a whole number from {-batch.ndim} to {batch.ndim - 1}"
    axis = whole("axis", axis, expected, range(-batch.ndim, batch.ndim))
    counted = np.ones(batch.shape, dtype=bool)
    if mask is not None:
        mask = numbers("mask", mask, "an array of True and False").astype(bool)
        if mask.shape != batch.shape[:-1]:
            raise ValueError(f"the mask's shape must be {batch.shape[:-1]}, not {mask.shape}")
        counted &= mask[..., None]
    others = tuple(i for i in range(batch.ndim) if i != axis % batch.ndim)
    if not counted.any(axis=others).all():
        raise ValueError(
            "no example is left to average over: the batch is empty or all masked; its shape is "
            f"{batch.shape}, axis {axis}, and the mask {'None' if mask is None else mask.shape}"
        )
    return Moving(*(f(batch, axis=others, where=counted) for f in (np.mean, np.var)))


def expected_moving(
    old: object, batch: object, momentum: float = 0.99, axis: int = -1, mask: object = None
) -> Moving:
    """What BatchNormalization's statistics are after one training step on `batch`.

    Args:
        old: (moving mean, moving variance) before the step; a fresh layer has (0, 1).
        batch: what goes *into* the layer; any shape with at least two axes.
        momentum: from 0 (only the new batch counts) to 1 (only the old value does).
        axis, mask: as for `batch_statistics`.

    Raises:
        TypeError, ValueError: as `batch_statistics`; or the momentum or `old` does not fit.

    >>> mean, variance = expected_moving((0, 1), [[1.0], [3.0]], momentum=0.9)
    >>> mean.round(3).tolist(), variance.round(3).tolist()  # the batch has mean 2, variance 1
    ([0.2], [1.0])
    """
    check_momentum(momentum)
    new = batch_statistics(batch, axis, mask)
    pair = "(moving mean, moving variance)"
    two = several("old", of_type("old", old, tuple | list | np.ndarray, pair), object, pair)
    if len(two) != 2:
        raise ValueError(f"old should be {pair}, not {len(two)} things: {shown(old)}")
    olds = [numbers("old", value, f"{pair}, two arrays of numbers") for value in two]
    for value in olds:
        if value.shape not in ((), new.mean.shape):
            raise ValueError(f"old has shape {value.shape}; {new.mean.shape[0]} channels expected")
    return Moving(*(momentum * a + (1 - momentum) * b for a, b in zip(olds, new, strict=True)))


def steps_until(tolerance: float, momentum: float = 0.99) -> int:
    """Training steps until the start value counts for at most `tolerance` in the statistics.

    After n steps on batches of equal statistics a share momentum**n of the start value is left.

    Raises:
        TypeError, ValueError: the tolerance is not between 0 and 1, or the momentum is 1 (never).

    >>> steps_until(0.05), steps_until(0.05, momentum=0.9)
    (299, 29)
    """
    check_momentum(momentum)
    tolerance = real("tolerance", tolerance, "a number between 0 and 1, such as 0.05")
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance must lie between 0 and 1, such as 0.05; got {tolerance}")
    if momentum == 1:
        raise ValueError("with momentum 1 the statistics never leave their start values")
    if momentum <= tolerance:
        return 1
    steps = ceil(log(tolerance) / log(momentum))
    # The quotient of two rounded logarithms may miss a whole number by a hair.
    if momentum ** (steps - 1) <= tolerance:
        return steps - 1
    return steps


def check_momentum(momentum: float) -> None:
    """Raise TypeError or ValueError unless it is a number from 0 to 1."""
    real("momentum", momentum, "a number from 0 to 1", 0, 1)
