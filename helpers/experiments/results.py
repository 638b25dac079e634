"""The results that the course stores, through one door, and how far seeds lie apart."""

import json
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from helpers._arguments import one_of, shaped
from helpers.datasets import raw

STORED = ("domain_shift", "orders", "sobel_twins", "transfer")


def stored(name: str) -> dict[str, Any]:
    """What `python -m tools.measure NAME` has stored of an experiment.

    Args:
        name: one of STORED; the module of this package that describes its "results".

    Returns:
        the header, "made_by" (the command), "date", "versions" and "seeds", and "results".

    Raises:
        TypeError, ValueError: there is no such experiment.
        FileNotFoundError: the file is missing.
    """
    return json.loads(raw(f"{one_of('name', name, STORED)}.json"))


@dataclass(frozen=True)
class Spread:
    """Mean and sample standard deviation (divided by N − 1) of what several seeds gave.

    >>> str(Spread.of([0.5, 0.7])), f"{Spread.of([50, 70]):.1f}"
    ('0.60 ± 0.14', '60.0 ± 14.1')
    """

    mean: float
    deviation: float

    @classmethod
    def of(cls, values: object) -> "Spread":
        """The spread of at least two numbers.

        Raises:
            TypeError, ValueError: they are something else, or fewer.
        """
        expected = "at least two numbers, one a seed"
        numbers = shaped("values", values, expected, (None,)).tolist()
        if len(numbers) < 2:
            raise ValueError(f"values should be {expected}, not {numbers}")
        return cls(fmean(numbers), stdev(numbers))

    def __format__(self, style: str) -> str:
        return f"{self.mean:{style or '.2f'}} ± {self.deviation:{style or '.2f'}}"

    def __str__(self) -> str:
        return format(self)
