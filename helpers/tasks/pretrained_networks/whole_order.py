"""Exercise 6, task 10: both phases of a fine-tuning, as a Parsons problem."""

from collections.abc import Iterable

import keras
import numpy as np

from helpers.batchnorm import freeze_batchnorm
from helpers.movement import snapshot
from helpers.tasks.answers import joined
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.parsons import ordered_letters, run_in_order
from helpers.tasks.pretrained_networks._movement_by_layer import MovementByLayer, moved_since
from helpers.tasks.pretrained_networks._small_base import (
    EXAMPLES,
    LOSS,
    SMALL_RATE,
    on_top,
    pictures,
    small_base,
)

LINES = {
    "A": "model.compile(Adam(0.0001), loss)",
    "B": "base.trainable = True",
    "C": "model.compile(Adam(0.01), loss)",
    "D": "model.fit(x, y, epochs=3, verbose=0)",
    "E": "model.trainable = True",
    "F": "base.trainable = False",
    "G": "base(x, training=False)",
    "H": "model.fit(x, y, epochs=2, verbose=0)",
    "I": "freeze_batchnorm(base)",
    "J": "model.compile(model.optimizer, loss)",
    "K": 'model.compile("adam", loss)',
}


class _FitLog:
    """Stands in for a model's `fit`: trains, and writes down what moved and at which rate."""

    def __init__(self, model: keras.Model) -> None:
        self.model, self.fit, self.error = model, model.fit, ""
        self.fits: list[tuple[MovementByLayer, float]] = []

    def __call__(self, x: np.ndarray, y: np.ndarray, **settings: int) -> None:
        before = snapshot(self.model)
        self.model.jit_compile = False  # by XLA, it takes longer to build than to run
        try:
            self.fit(x, y, batch_size=EXAMPLES, **settings)
        except ValueError as error:
            if not self.model.compiled:
                raise
            self.error = self.error or described_error(error)
            return
        values = self.model.get_weights()
        moved = moved_since(self.model, before)
        self.model.set_weights(values)
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self.fits.append((moved, rate))


@task(
    "The whole of it, in order",
    why="Freeze, compile, train the head; unfreeze, freeze the BatchNormalization layers, compile "
    "with a new optimizer at a small rate, tune. (Flags set between a compile and its fit count, "
    "too: lesson 3.)",
    hints=(
        "Two phases, each of them flags, compile, fit. Which compile belongs to which?",
        "Seven lines are needed. E, G, J and K each look like another line and do less.",
        "F, C and a fit for the head; then B, I, A and the other fit.",
    ),
)
def whole_order(order: Iterable[str]) -> None:
    """Head first, then the base with its statistics kept, at a small rate; right is FCDBIAH."""
    letters = ordered_letters(order, LINES)
    shown = f"`order` is {' '.join(letters) or '(nothing)'}. "
    if not {"D", "H"} <= set(letters):
        missing = "one is" if {"D", "H"} & set(letters) else "both are"
        raise Wrong(f"{shown}Two phases need two fits, D and H; {missing} missing.")
    base = small_base(blocks=2)
    model = on_top(base)
    names = {"model": model, "base": base, "loss": LOSS, "Adam": keras.optimizers.Adam}
    names["x"], names["y"] = pictures()
    log = _FitLog(model)
    model.fit = log
    run_in_order(letters, LINES, names | {"freeze_batchnorm": freeze_batchnorm})
    _refuse_phases(shown, log, letters)


def _refuse_phases(shown: str, log: _FitLog, letters: list[str]) -> None:
    """Raise Wrong unless the head moved alone, then the base, gently, without its statistics."""
    if log.error:
        raise Wrong(
            f"{shown}A fit stopped: the optimizer of the first phase was built for the "
            "head alone and does not know the base's weights. Give a new one."
        )
    (first, first_rate), (second, rate) = log.fits
    if set(first.moved) != {"head"}:
        why = "F is missing"
        if "F" in letters:
            fit = min(letters.index("D"), letters.index("H"))
            why = "F comes after it" if letters.index("F") > fit else "B undoes F before it"
        raise Wrong(
            f"{shown}In the first fit {joined(first.moved, 3)} moved: only the head "
            f"should, as long as it is untrained ({why})."
        )
    drifting = second.measured
    if drifting:
        why = "I is missing, and G protects nothing under fit" if "G" in letters else "I is missing"
        if "I" in letters:
            why = "I has to come after B, and before the second fit"
        raise Wrong(f"{shown}In the second fit the statistics of {joined(drifting)} moved: {why}.")
    if not any(name.startswith("conv") for name in second.moved):
        if "B" not in letters:
            why = (
                "E changes nothing, since the model's own flag is True"
                if "E" in letters
                else ("B is missing")
            )
        else:
            why = "after a fit, new flags need a compile before the next fit"
        raise Wrong(f"{shown}In the second fit the base did not learn: {why}.")
    if rate > SMALL_RATE * 1.001:
        raise Wrong(
            f"{shown}The second fit ran at the learning rate {rate:.3g}; 0.0001 was asked for."
        )
    if abs(first_rate - 0.01) > 1e-6:
        raise Wrong(
            f"{shown}The first fit ran at the learning rate {first_rate:.3g}; 0.01 was "
            "asked for, with which a new head gets anywhere."
        )
    if len(letters) > 7:
        raise Wrong(f"{shown}It works, but with {len(letters)} lines; seven are enough.")
