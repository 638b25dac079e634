"""Exercise 8, task 8: a gentle fine-tuning and its proof, as a Parsons problem."""

from collections.abc import Iterable
from functools import partial

import keras

from helpers.batchnorm import batchnorm_layers
from helpers.movement import Movement, compare, snapshot
from helpers.tables import Table
from helpers.tasks.core import Wrong, task
from helpers.tasks.freezing_clinic._clinic_models import STATISTICS, examples, network, trained
from helpers.tasks.parsons import (
    comes_after,
    first_reason,
    lines_table,
    ordered_letters,
    run_in_order,
)

_LINES = {
    "A": "model.fit(x, y, verbose=0)",
    "B": "base.trainabe = True",
    "C": 'model.compile(keras.optimizers.Adam(1e-5), "mse")',
    "D": "before = snapshot(model)",
    "E": "base.trainable = True",
    "F": "movement = compare(before)",
    "G": 'model.compile("adam", "mse")',
    "H": "for norm in norms: norm.trainable = False",
    "I": "before = model.get_weights()",
}


def lines() -> Table:
    """The lines of the Parsons problem, with their letters."""
    return lines_table(_LINES)


@task(
    "Six lines in order",
    why="Thaw (E), freeze each BatchNormalization (H), compile with the rate written out (C), "
    "snapshot (D), fit (A), compare (F). The snapshot may come earlier, as long as it is before "
    "the fit. (Flags set between compile and the next fit count too, lesson 3.)",
    hints=(
        "Of three pairs one line each is a trap: B or E, C or G, D or I.",
        "What must come before H, and what after it? Where does the proof begin, and where does it "
        "end?",
        "Thaw, freeze the norms, compile with a rate, snapshot, fit, compare: E, then H, then four "
        "more.",
    ),
)
def gentle_proof(order: Iterable[str]) -> None:
    """Fine-tune base at 1e-5 with its statistics still, and prove it; right is EHCDAF."""
    letters = ordered_letters(order, _LINES)
    shown = f"in the order {' '.join(letters) or '(nothing)'}, "
    _refuse_no_snapshot(letters, shown)
    model = network()
    base = model.get_layer("base")
    base.trainable = False
    trained(model)
    names = {"model": model, "base": base, "keras": keras, "norms": batchnorm_layers(base)}
    names |= {"snapshot": snapshot, "compare": compare}
    names["x"], names["y"] = examples()
    names = run_in_order(letters, _LINES, names)
    movement = names.get("movement")
    if not isinstance(movement, Movement):
        raise Wrong(shown + "nothing is proved: line F is missing.")
    _refuse_movement(movement, letters, shown)
    largest = max(change.largest for change in movement.changes)
    if "G" in letters and largest > 1e-4:
        raise Wrong(
            shown + f"the right weights move, but by up to {largest:.3f}: G compiles with "
            "Adam's own rate, 0.001."
        )
    if len(letters) > 6:
        raise Wrong(shown + f"it works, but with {len(letters)} lines; six are enough.")


def _refuse_no_snapshot(letters: list[str], shown: str) -> None:
    """Raise Wrong where line F compares with no snapshot."""
    if "F" not in letters:
        return
    makers = [letter for letter in letters[: letters.index("F")] if letter in "DI"]
    if not makers:
        raise Wrong(f"{shown}line F compares with `before`, which no line above it has made.")
    if makers[-1] == "I":
        raise Wrong(
            f"{shown}line F compares with what I keeps, a list of arrays: `compare` needs a "
            "snapshot, which knows the variables as well."
        )


def _refuse_movement(movement: Movement, letters: list[str], shown: str) -> None:
    """Raise Wrong unless kernels of the base moved and statistics did not."""

    late = partial(comes_after, letters)
    if not movement.moved:
        raise Wrong(
            shown
            + (
                "nothing moved: line A is missing."
                if "A" not in letters
                else "nothing moved between `snapshot` and `compare`: the fit does not "
                "stand between them."
            )
        )
    drifted = [path for path in STATISTICS if path in movement.moved]
    if drifted:
        reasons = {
            "H is missing.": "H" not in letters,
            "E comes after H, and switches every layer of the base on again.": late("E", "H"),
            "H comes after the fit, too late.": late("H", "A"),
        }
        reason = first_reason(reasons)
        raise Wrong(f"{shown}statistics moved: {reason}".rstrip(": "), diagnosed=bool(reason))
    if "base/low/kernel" not in movement.moved:
        reasons = {
            "B is misspelt, and Python does not mind.": "B" in letters and "E" not in letters,
            "E is missing.": "E" not in letters,
            "E comes after the fit, too late.": late("E", "A"),
        }
        compiled = {
            "without a compile, the training step of the first phase goes on.": not (
                {"C", "G"} & set(letters)
            ),
            "the compile comes after the fit, too late.": not any(
                each in letters and not late(each, "A") for each in "CG"
            ),
        }
        found = filter(None, (first_reason(reasons), first_reason(compiled)))
        reason = " Besides, ".join(found)
        raise Wrong(f"{shown}the base does not learn: {reason}", diagnosed=bool(reason))
