"""The calls after which a layer that remembers the largest value is looked at."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PeakStep:
    """A call on a batch; `training` is None where the call says nothing of it."""

    batch: np.ndarray
    training: bool | None = True
    frozen: bool = False

    def __str__(self) -> str:
        said = {True: "training=True", False: "training=False", None: "no `training`"}
        state = " that it saw *frozen*" if self.frozen else ""
        low, high = self.batch.min(), self.batch.max()
        return f"a batch from {low:.4g} to {high:.4g} with {said[self.training]}{state}"


def batch_up_to(rng: np.random.Generator, shape: tuple[int, ...], largest: float) -> np.ndarray:
    """Of this largest absolute value (negative: it is that of a negative number).

    It stands anywhere but in the first example and at the end.
    """
    values = rng.uniform(-0.6, 0.6, shape).astype("float32") * abs(largest)
    size = values[0].size
    values.flat[rng.integers(size, values.size - 1)] = largest
    return values


def peak_scripts() -> list[list[PeakStep]]:
    """What layers see: other shapes and batch sizes; one comes built, one frozen."""
    rng = np.random.default_rng(5)
    first, second = (3,), (3, 2, 1)
    return [
        [
            PeakStep(batch_up_to(rng, (4, *first), 2.5), False),
            PeakStep(batch_up_to(rng, (4, *first), 3.5), None),
            PeakStep(batch_up_to(rng, (4, *first), -0.75)),
            PeakStep(batch_up_to(rng, (6, *first), -7.5)),
            PeakStep(batch_up_to(rng, (4, *first), 5.25)),
            PeakStep(batch_up_to(rng, (2, *first), 9.5)),
            PeakStep(batch_up_to(rng, (4, *first), -20.5), frozen=True),
            PeakStep(batch_up_to(rng, (4, *first), 22.5), False, frozen=True),
            PeakStep(batch_up_to(rng, (4, *first), 15.25)),
            PeakStep(batch_up_to(rng, (4, *first), -30.5), False),
            PeakStep(batch_up_to(rng, (4, *first), 1.25)),
        ],
        [
            PeakStep(batch_up_to(rng, (2, *second), 6.5), frozen=True),
            PeakStep(batch_up_to(rng, (2, *second), 0.375)),
            PeakStep(-7 - np.abs(batch_up_to(rng, (3, *second), -1.75))),
            PeakStep(9 + np.abs(batch_up_to(rng, (3, *second), 1.125))),
            PeakStep(batch_up_to(rng, (2, *second), -8.5), None),
            PeakStep(batch_up_to(rng, (2, *second), -2.25)),
        ],
    ]
