"""Exercise 5, task 6: the update of the moving statistics, written."""

from collections.abc import Callable, Container
from functools import partial

import numpy as np

from helpers.batchnorm import expected_moving
from helpers.tasks.batchnorm_statistics._array_answers import expect_arrays, other_axes
from helpers.tasks.core import task
from helpers.tasks.slips import slips


def _update_cases() -> list[tuple]:
    """Old mean, old variance, batch, momentum: of any number of axes, and both ends of momentum.

    The first batch has as many examples as channels, so that a sum over the wrong axis fits.
    """
    rng = np.random.default_rng(3)

    def case(shape: tuple[int, ...], momentum: float) -> tuple:
        channels = shape[-1]
        batch = rng.normal(2, 3, shape) + np.arange(channels)
        return rng.uniform(1, 2, channels), rng.uniform(2, 3, channels), batch, momentum

    shapes = ((4, 4), 0.8), ((3, 2, 5, 4), 0.7), ((2, 4, 2), 0.25), ((5, 3), 0.0), ((2, 3, 2), 1.0)
    return [case(*each) for each in shapes]


def _over(*axes: int) -> Callable:
    """The update that averages over these axes, whatever the batch's are."""
    return lambda a, b, x, m: _mixed(a, b, x.mean(axis=axes), x.var(axis=axes), m)


def _channels_first(
    a: np.ndarray, b: np.ndarray, x: np.ndarray, m: float
) -> tuple[np.ndarray, np.ndarray]:
    rows = x.reshape(x.shape[-1], -1)
    return _mixed(a, b, rows.mean(axis=1), rows.var(axis=1), m)


def _mixed(
    mean: np.ndarray | float,
    variance: np.ndarray | float,
    new_mean: np.ndarray | float,
    new_variance: np.ndarray | float,
    m: float,
) -> tuple:
    return m * mean + (1 - m) * new_mean, m * variance + (1 - m) * new_variance


@task(
    "The update rule",
    why="momentum · old + (1 - momentum) · batch, with the mean and the population variance over "
    "all axes but the last.",
    hints=(
        "First the batch's mean and variance per channel; then mix old and new.",
        "All axes but the last: `tuple(range(batch.ndim - 1))`. NumPy's `var` divides by N.",
        "momentum * moving_mean + (1 - momentum) * batch.mean(axis=axes), and likewise with var.",
    ),
)
def update_rule(update: object) -> None:
    """update(moving_mean, moving_variance, batch, momentum) -> the two new statistics."""

    def mistake(mean_of: Callable, variance_of: Callable, mix: Callable = _mixed) -> Callable:
        return lambda mean, variance, x, m: mix(mean, variance, mean_of(x), variance_of(x), m)

    def mean(x: np.ndarray) -> np.ndarray:
        return x.mean(axis=other_axes(x))

    def var(x: np.ndarray) -> np.ndarray:
        return x.var(axis=other_axes(x))

    def between(x: np.ndarray) -> np.ndarray:
        return x.mean(axis=tuple(range(1, x.ndim - 1))).var(axis=0)

    def within(x: np.ndarray) -> np.ndarray:
        return x.var(axis=tuple(range(1, x.ndim - 1))).mean(axis=0) if x.ndim > 2 else var(x)

    def of_places(x: np.ndarray) -> np.ndarray:
        return x.var(axis=0).mean(axis=tuple(range(x.ndim - 2)))

    def sample(x: np.ndarray, of_axes: Container[int] = (2, 3, 4)) -> np.ndarray:
        return x.var(axis=other_axes(x), ddof=int(x.ndim in of_axes))

    def reverse(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray, m: float) -> tuple:
        return _mixed(a, b, c, d, 1 - m)

    mistakes = {
        "You turned the momentum round: in Keras it is the share of the *old* value.": (
            mistake(mean, var, reverse)
        ),
        "That is PyTorch's rule: momentum for the *new* value, and the variance divided by "
        "N - 1.": mistake(mean, sample, reverse),
        "You used the sample variance (N - 1); Keras divides by N.": mistake(mean, sample),
        **{
            f"You used the sample variance (N - 1) for batches with {words} axes; Keras 3 divides "
            "by N for all.": mistake(mean, partial(sample, of_axes=of_axes))
            for words, of_axes in (("four", [4]), ("more than two", [3, 4]), ("two", [2]))
        },
        "You mixed in the standard deviation; the layer keeps the *variance*.": (
            mistake(mean, lambda x: x.std(axis=other_axes(x)))
        ),
        "You averaged over the first axis only; for images, height and width belong to it, too.": (
            _over(0)
        ),
        "You averaged over the first two axes, however many there are; average over all but the "
        "last.": _over(0, 1),
        "You averaged over the first three axes, however many there are; average over all but the "
        "last.": _over(0, 1, 2),
        "Of a batch with three axes you averaged over the first only; the middle one belongs to "
        "it, too.": lambda a, b, x, m: _over(*range(1 if x.ndim == 3 else x.ndim - 1))(a, b, x, m),
        "You averaged the variances within the examples; the spread between them is missing.": (
            mistake(mean, within)
        ),
        "You averaged the variances at the places of an example; the spread between the places is "
        "missing.": mistake(mean, of_places),
        "You took the variance of the examples' averages; it is that of all their numbers.": (
            mistake(mean, between)
        ),
        "You added a term for the distance of the two means; the two variances are mixed, and no "
        "more.": lambda a, b, x, m: _mixed(a, b, mean(x), var(x) + m * (mean(x) - a) ** 2, m),
        "You averaged over height and width alone; the examples of the batch belong to it, too.": (
            _over(1, 2)
        ),
        "You averaged over all axes but the *first*, which are the examples; the channels are the "
        "last.": lambda a, b, x, m: _over(*range(1, x.ndim))(a, b, x, m),
        "You made the channels the first axis with `reshape`, which keeps the order of the "
        "numbers: that mixes the channels, since they are the last axis.": _channels_first,
        "You averaged over everything; each channel has numbers of its own.": (
            lambda a, b, x, m: _mixed(a, b, x.mean(), x.var(), m)
        ),
        "You averaged over the channels (the last axis); average over all *other* axes.": (
            lambda a, b, x, m: _mixed(a, b, x.mean(axis=-1), x.var(axis=-1), m)
        ),
        "You started afresh from 0 and 1; go on from the old values that are given.": (
            lambda a, b, x, m: _mixed(0, 1, mean(x), var(x), m)
        ),
        "You returned the batch's own statistics; they should be mixed with the old ones.": (
            lambda a, b, x, m: (mean(x), var(x))
        ),
        "You used Keras's default momentum, 0.99, not the argument.": (
            lambda a, b, x, m: _mixed(a, b, mean(x), var(x), 0.99)
        ),
        "You used the momentum 0.9, not the argument.": (
            lambda a, b, x, m: _mixed(a, b, mean(x), var(x), 0.9)
        ),
        "The new value lacks its share, 1 - momentum.": (
            lambda a, b, x, m: (m * a + mean(x), m * b + var(x))
        ),
        "You exchanged the two results: first the mean, then the variance.": (
            lambda a, b, x, m: _mixed(a, b, mean(x), var(x), m)[::-1]
        ),
        "You measured the variance around the *moving* mean; it is around the batch's own.": (
            lambda a, b, x, m: _mixed(a, b, mean(x), mean((x - a) ** 2), m)
        ),
        "You left the variance as it was; it is updated like the mean.": (
            lambda a, b, x, m: (_mixed(a, b, mean(x), var(x), m)[0], b)
        ),
        "The variance is right, but the mean's momentum is turned round.": (
            lambda a, b, x, m: (m * mean(x) + (1 - m) * a, m * b + (1 - m) * var(x))
        ),
        "The mean is right, but the variance's momentum is turned round.": (
            lambda a, b, x, m: (m * a + (1 - m) * mean(x), m * var(x) + (1 - m) * b)
        ),
        "You mixed in the mean of the squares; the variance is around the batch's mean.": (
            mistake(mean, lambda x: mean(x**2))
        ),
        "You mixed in the variance plus epsilon; epsilon belongs to the output alone.": (
            mistake(mean, lambda x: var(x) + 1e-3)
        ),
        "You measured it around the mean just updated; it is around the batch's own.": (
            lambda a, b, x, m: _mixed(a, b, mean(x), mean((x - m * a - (1 - m) * mean(x)) ** 2), m)
        ),
    }
    parts = ("the moving mean", "the moving variance")
    names = ("moving_mean", "moving_variance", "batch", "momentum")
    axes = "tuple(range(batch.ndim - 1))"
    slipped = [
        slips(f"momentum * {old} + (1 - momentum) * batch.{new}(axis={axes})", *names)
        for old, new in (("moving_mean", "mean"), ("moving_variance", "var"))
    ]
    expect_arrays(
        "update",
        update,
        _update_cases(),
        parts,
        lambda a, b, x, m: expected_moving((a, b), x, m),
        mistakes,
        slipped,
        "momentum",
    )
