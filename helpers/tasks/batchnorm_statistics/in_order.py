"""Exercise 5, task 10: a fine-tuning that keeps statistics, as a Parsons problem."""

from collections.abc import Iterable

import keras
from keras import layers

from helpers.batchnorm import batchnorm_layers
from helpers.ledger import Role
from helpers.movement import Movement, compare, snapshot
from helpers.tasks.batchnorm_statistics._pretrained_base import pretrained_base, targets
from helpers.tasks.core import Wrong, task
from helpers.tasks.parsons import first_reason, ordered_letters, run_in_order

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
    letters = ordered_letters(order, LINES, repeated=True)
    shown = f"in the order {' '.join(letters) or '(nothing)'} "
    if "D" not in letters:
        raise Wrong(shown + "nothing is trained: line D is missing.")
    base = pretrained_base()
    model = keras.Sequential([keras.Input((6,)), base, layers.Dense(2, name="head")], name="tuned")
    x, y = targets()
    model.compile(keras.optimizers.SGD(0.01), "mse")
    model.fit(x, y, verbose=0)  # the first phase: only the head learns
    names = {"base": base, "model": model, "x": x, "y": y, "keras": keras}
    names["norms"] = batchnorm_layers(base)
    before = snapshot(model)
    for place, letter in enumerate(letters):
        run_in_order([letter], LINES, names)
        if letter == "D":
            done, later = "".join(letters[:place]), "".join(letters[place:])
            _refuse_moved_statistics(f"{shown}statistics moved: ", compare(before), done, later)
    if not any("first/kernel" in path for path in compare(before).moved):
        done, _, later = "".join(letters).rpartition("D")
        reason = _why_base_stood_still(done, later)
        raise Wrong(f"{shown}the base does not learn: {reason}", diagnosed=bool(reason))


def _refuse_moved_statistics(shown: str, movement: Movement, done: str, later: str) -> None:
    """Raise Wrong if a statistic has moved; these lines came before the fit, and after."""
    drifted = [change.path for change in movement.changes if change.role == Role.STATISTIC]
    if not set(drifted) & set(movement.moved):
        return
    reasons = {
        "B comes after the fit, too late.": "B" not in done and "B" in later,
        "E is no substitute for B: with gamma and beta frozen the layer still measures.": (
            "B" not in done and "E" in done
        ),
        "nothing freezes the BatchNormalization layers: B is missing.": "B" not in done,
        "A comes after B and switches every layer on again.": done.rfind("A") > done.rfind("B"),
    }
    reason = first_reason(reasons)
    raise Wrong(shown + reason, diagnosed=bool(reason))


def _why_base_stood_still(done: str, later: str) -> str:
    """Why the base stood still in the last fit, by the lines before it and after."""
    since = done.rpartition("D")[2]
    reasons = {
        "A comes after the fit, too late.": "A" not in done and "A" in later,
        "A is missing.": "A" not in done,
        "F freezes it again.": done.rfind("F") > done.rfind("A"),
        "C comes after the fit, too late.": "C" not in done and "C" in later,
        "C is missing, and the first phase's training step goes on.": "C" not in done,
        "after a fit, new flags need a compile before the next one.": "C" not in since,
    }
    return first_reason(reasons)
