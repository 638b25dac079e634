"""Keras's own summary of a model, read: the second opinion on every count."""

import os
import re
from typing import TYPE_CHECKING
from unittest.mock import patch

from helpers.ledger import numbered, what_it_is

if TYPE_CHECKING:
    import keras


def summary_counts(model: "keras.Model") -> dict[str, int]:
    """The counts that Keras's own `model.summary()` shows: of each layer, then its last lines.

    Raises:
        TypeError: not a Keras model, so it has no summary.
        ValueError: a name with a line of numbers in it, so that the summary cannot be read.

    >>> import keras
    >>> summary_counts(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="head")]))
    {'head': 8, 'Total': 8, 'Trainable': 8, 'Non-trainable': 0}
    """
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(f"summary_counts() needs a Keras model, not {what_it_is(model)}")
    shown: list[str] = []
    wide = {"COLUMNS": "1000", "JUPYTER_COLUMNS": "1000"}  # so wide that no name is cut off
    with patch.dict(os.environ, wide):
        model.summary(print_fn=shown.append, line_length=1000)
    rows, _, end = "".join(shown).rpartition("┘")
    lines = dict(re.findall(r"(\S+) params: +([\d,]+)", end))
    counts = re.findall(r"│ +([\d,]+)(?: \(unbuilt\))? +│", rows)
    parts = [part.name for part in getattr(model, "operations", model.layers)]
    if len(parts) != len(counts):
        raise ValueError(
            f"the summary of {model.name!r} cannot be read: a name in it has lines or │"
        )
    names = numbered([*lines, *parts])  # two layers may have one name, or that of a last line
    found = dict(zip(names, [*lines.values(), *counts], strict=True))
    return {name: int(found[name].replace(",", "")) for name in names[len(lines) :] + list(lines)}
