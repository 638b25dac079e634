"""What `python -m tools.measure` has stored in helpers/data: one door to all of it."""

import json

from helpers._arguments import one_of
from helpers.datasets import raw

STORED = ("domain_shift", "orders", "sobel_twins", "transfer")


def stored(name: str) -> dict:
    """A stored file: "made_by", "date", "versions" (by package), "seeds" and "results".

    What "results" holds is said where the experiment of that name is.

    Raises:
        TypeError, ValueError: name is none of STORED.
        FileNotFoundError: the file is missing.
    """
    return json.loads(raw(f"{one_of('name', name, STORED)}.json"))
