"""Mutants that are right: what they do is what was asked. Each entry says why.

Where the answers are numbers, words or arrays, a mutant is right if they are equal to the
solution's, and needs no entry. tests/test_mutants.py holds that every entry is needed.
The entries stand in equivalent.tsv, a row each.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np


@dataclass(frozen=True)
class _Entry:
    """Mutants of a task, by a regular expression for their whole names, and why they are right."""

    task: str
    pattern: str
    why: str

    def covers(self, task: str, mutant: str) -> bool:
        return task == self.task and re.fullmatch(self.pattern, mutant) is not None


with Path(__file__).with_suffix(".tsv").open(encoding="utf-8", newline="") as rows:
    ENTRIES = [_Entry(*row) for row in csv.reader(rows, "excel-tab", quoting=csv.QUOTE_NONE)][1:]


def why_equivalent(task: str, mutant: str, answers: tuple | None, right: tuple) -> str:
    """Why a mutant is right: its answers are the solution's, or it has an entry; else empty."""
    if answers is not None and all(map(_equal, answers, right)):
        return "the same answers"
    return next((entry.why for entry in ENTRIES if entry.covers(task, mutant)), "")


def _equal(one: object, other: object) -> bool:
    """Equal numbers, texts or arrays, whatever type they come in. Functions never are."""
    plain = int | float | str | np.ndarray | list | tuple | np.generic
    if keras.ops.is_tensor(one):
        one = keras.ops.convert_to_numpy(one)
    if not isinstance(one, plain) or not isinstance(other, plain):
        return False
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and one == other
    try:
        return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-9, atol=1e-12)
    except (TypeError, ValueError):
        return False
