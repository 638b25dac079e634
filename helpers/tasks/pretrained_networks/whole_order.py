"""Exercise 6, task 10: both phases of a fine-tuning, as a Parsons problem."""

from collections.abc import Iterable
from typing import NamedTuple

import keras
import numpy as np

from helpers.batchnorm import freeze_batchnorm
from helpers.movement import compare, snapshot
from helpers.tasks.answers import joined
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.parsons import ordered_letters, run_in_order
from helpers.tasks.pretrained_networks._movement_by_layer import MovementByLayer, by_layer
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


class _Fit(NamedTuple):
    """What moved in a fit, at which learning rate, and which lines had run before it."""

    moved: MovementByLayer
    rate: float
    done: str


class _FitLog:
    """Stands in for a model's `fit`: trains, and writes down what it did."""

    def __init__(self, model: keras.Model) -> None:
        self.model, self.error, self.done = model, "", ""
        self.fits: list[_Fit] = []

    def __call__(self, x: np.ndarray, y: np.ndarray, **settings: int) -> None:
        before = snapshot(self.model)
        self.model.jit_compile = False  # by XLA, it takes longer to build than to run
        try:
            keras.Model.fit(self.model, x, y, batch_size=EXAMPLES, **settings)
        except ValueError as error:
            if not self.model.compiled:
                raise
            self.error = described_error(error)
            return
        moved = by_layer(before.variables, compare(before))
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self.fits.append(_Fit(moved, rate, self.done))


@task(
    "The whole of it, in order",
    why="Freeze, compile, train the head; unfreeze, freeze the BatchNormalization layers, compile "
    "with a new optimizer at a small rate, tune. (Flags set between a compile and its fit count, "
    "too: lesson 3.)",
    hints=(
        "Two phases, each of them flags, compile, fit. Which compile belongs to which?",
        "Seven lines are enough. E, G, J and K each look like another line and do less.",
        "F, C and a fit for the head; then B, I, A and the other fit.",
    ),
)
def whole_order(order: Iterable[str]) -> None:
    """Head first, then the base with its statistics kept, at a small rate; right is FCDBIAH."""
    letters = ordered_letters(order, LINES, repeated=True)
    shown = f"`order` is {' '.join(letters) or '(nothing)'}. "
    if sum(letter in "DH" for letter in letters) < 2:
        missing = "one is" if {"D", "H"} & set(letters) else "both are"
        raise Wrong(f"{shown}Two phases need two fits, D and H; {missing} missing.")
    base = small_base(blocks=2)
    model = on_top(base)
    names = {"model": model, "base": base, "loss": LOSS, "Adam": keras.optimizers.Adam}
    names["x"], names["y"] = pictures()
    names["freeze_batchnorm"] = freeze_batchnorm
    log = _FitLog(model)
    model.fit = log
    for place, letter in enumerate(letters):
        log.done = "".join(letters[:place])
        if letter in "DH" and not model.compiled:
            raise Wrong(f"{shown}Line {letter} comes before any compile, and cannot fit.")
        run_in_order([letter], LINES, names)
        if log.error:
            raise Wrong(
                f"{shown}A fit stopped: the optimizer of the first phase was built for the head "
                "alone and does not know the base's weights. Give a new one."
            )
    _refuse_phases(shown, log.fits, "".join(letters))


def _refuse_phases(shown: str, fits: list[_Fit], letters: str) -> None:
    """Raise Wrong unless the head moved alone, then the base, gently, without its statistics."""
    if set(fits[0].moved.moved) != {"head"}:
        done = fits[0].done
        why = "F is missing"
        if "F" in letters:
            why = "B undoes F before it" if "F" in done else "F comes after it"
        raise Wrong(
            f"{shown}In the first fit {joined(fits[0].moved.moved, 3)} moved: only the head "
            f"should, as long as it is untrained ({why})."
        )
    for number, fit in enumerate(fits, 1):
        if fit.moved.measured:
            raise Wrong(
                f"{shown}In fit {number} the statistics of {joined(fit.moved.measured)} moved: "
                f"{_why_measured(fit.done)}."
            )
    tuning = [fit for fit in fits if any(name.startswith("conv") for name in fit.moved.moved)]
    if not tuning:
        raise Wrong(f"{shown}In no fit did the base learn: {_why_not_tuned(fits[-1].done)}.")
    for number, fit in enumerate(fits, 1):
        wanted, why = 0.01, ", with which a new head gets anywhere"
        if fits.index(tuning[0]) < number:
            wanted, why = SMALL_RATE, ""
        if abs(fit.rate / wanted - 1) > 0.001:
            raise Wrong(
                f"{shown}Fit {number} ran at the learning rate {fit.rate:.3g}; {wanted} was asked "
                f"for there{why}."
            )


def _why_measured(done: str) -> str:
    """Why statistics moved in a fit of the base, by the lines before it."""
    if "I" not in done:
        return "I is missing before it" + (", and G protects nothing under fit" * ("G" in done))
    return "I has to come after B, which thaws all of the base"


def _why_not_tuned(done: str) -> str:
    """Why the base stood still in the last fit, by the lines before it."""
    since = done[max(done.rfind("D"), done.rfind("H")) + 1 :]
    if "B" not in done:
        changes_nothing = "E changes nothing, since the model's own flag is True"
        return changes_nothing if "E" in done else "B is missing before the last fit"
    if done.rfind("F") > done.rfind("B"):
        return "F freezes it again"
    if not set("ACJK") & set(since):
        return "after a fit, new flags need a compile before the next fit"
    return "B has to come after F"
