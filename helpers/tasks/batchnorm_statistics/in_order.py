"""Exercise 5, task 10: a fine-tuning that keeps statistics, as a Parsons problem."""

from collections.abc import Iterable
from functools import partial

import keras
from keras import layers

from helpers.batchnorm import batchnorm_layers
from helpers.ledger import Role
from helpers.movement import compare, snapshot
from helpers.tasks.batchnorm_statistics._pretrained_base import pretrained_base, targets
from helpers.tasks.core import Wrong, task
from helpers.tasks.parsons import comes_after, first_reason, ordered_letters, run_in_order

LINES = {
    "A": "base.trainable = True",
    "B": "for norm in norms: norm.trainable = False",
    "C": 'model.compile(keras.optimizers.SGD(0.01), "mse")',
    "D": "model.fit(x, y, verbose=0)",
    "E": "for norm in norms: norm.gamma.trainable = norm.beta.trainable = False",
    "F": "base.trainable = False",
}


@task(
    "Put the lines in order",
    why="Unfreeze (A), freeze each BatchNormalization (B), compile (C), fit (D).",
    hints=(
        "Four of the six lines are needed. Which two look alike to two others, but do less or the "
        "opposite?",
        "A after B would undo it; C tells the optimizer what there is to train.",
        "Unfreeze, freeze each BatchNormalization, compile, fit.",
    ),
)
def in_order(order: Iterable[str]) -> None:
    """Fine-tuning after a first phase with a frozen base; right is ABCD."""
    letters = ordered_letters(order, LINES)
    base = pretrained_base()
    model = keras.Sequential([keras.Input((6,)), base, layers.Dense(2, name="head")], name="tuned")
    x, y = targets()
    model.compile(keras.optimizers.SGD(0.01), "mse")
    model.fit(x, y, verbose=0)  # the first phase: only the head learns
    before = snapshot(model)
    names = {"base": base, "model": model, "x": x, "y": y, "keras": keras}
    names["norms"] = batchnorm_layers(base)
    run_in_order(letters, LINES, names)
    movement = compare(before)
    shown = f"in the order {' '.join(letters) or '(nothing)'} "
    drifted = [change.path for change in movement.changes if change.role == Role.STATISTIC]
    drifted = [path for path in drifted if path in movement.moved]

    late = partial(comes_after, letters)
    if "D" not in letters:
        raise Wrong(shown + "nothing is trained: line D is missing.")
    if drifted:
        reasons = {
            "E is no substitute for B: with gamma and beta frozen the layer still measures.": (
                "E" in letters and "B" not in letters
            ),
            "nothing freezes the BatchNormalization layers: B is missing.": "B" not in letters,
            "B comes after the fit, too late.": late("B", "D"),
            "A comes after B and switches every layer on again.": late("A", "B"),
        }
        reason = first_reason(reasons)
        raise Wrong(f"{shown}statistics moved: {reason}", diagnosed=bool(reason))
    if not any("first/kernel" in path for path in movement.moved):
        reasons = {
            "A is missing.": "A" not in letters,
            "C is missing, and the first phase's training step goes on.": "C" not in letters,
            "C comes after the fit, too late.": late("C", "D"),
            "A comes after the fit, too late.": late("A", "D"),
            "F freezes it again.": "F" in letters,
        }
        reason = first_reason(reasons)
        raise Wrong(f"{shown}the base does not learn: {reason}", diagnosed=bool(reason))
