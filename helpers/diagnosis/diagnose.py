"""`diagnose`: the clinic's chart as a tool, for any model."""

import inspect
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras

from helpers._arguments import real, shown, whole
from helpers.diagnosis import _flags, _intent, _modes, _signal, _statistics, _steps, _tables
from helpers.diagnosis._data import as_data
from helpers.diagnosis._evidence import Evidence, evidence
from helpers.diagnosis.finding import Diagnosis, Finding, named
from helpers.ledger import Role, ledger, what_it_is

# Worst first: what stops or misleads a whole training, then single layers, then what is slow.
CHECKS: tuple[Callable[[Evidence], Iterator[Finding]], ...] = (
    _steps.other_optimizer,
    _steps.nothing_learns,
    _steps.stale_step,
    _steps.does_not_stand_still,
    _intent.as_meant,
    _flags.contradiction,
    _flags.misspelt,
    _flags.hidden_variable,
    _signal.overrun,
    _signal.no_gradient,
    _tables.idle_vectors,
    _statistics.statistics_of_a_frozen_base,
    _modes.overruled_mode,
    _modes.wrong_mode,
    _statistics.small_batches,
    _statistics.far_behind,
    _statistics.half_precision,
    _signal.decay_alone,
    _signal.idle_penalty,
)


def diagnose(
    model: "keras.Model",
    x: Any,
    y: Any = None,
    *,
    frozen: Iterable[Any] | None = None,
    batch_size: int | None = None,
    step: Callable[[Any, Any], Any] | None = None,
    farthest: float | None = None,
) -> Diagnosis:
    """Ask a model the three questions of lesson 8: right role, right movement, right distance?

    Takes a few real training steps on the first batches of x and y, with the model's own compiled
    step if it has one, looks at what moved and why, and puts everything back: weights, optimizer,
    metrics, seeds, compiled state; also if it is interrupted. A model that is not compiled gets
    plain SGD and a loss that fits y for the trial; the diagnosis says so.

    Args:
        model: a built Keras model.
        x: inputs as `fit` takes them: an array, or a list or dict of arrays, of n rows.
        y: targets with n rows, or None if the model's training step needs none.
        frozen: layers, names of layers, or single weights that you meant to freeze; all others
            are then meant to learn. [] means: nothing. None means: it is not said.
        batch_size: rows in a step; by default as many as in the model's last fit, else 32.
        step: a function step(x, y) that takes one training step on a batch, as a loop of your own
            does; then it is tried, and not the compiled step. What it uses (optimizers, built or
            not, other models, metrics, lists) is put back too; what it prints or writes is not.
        farthest: how far you meant a step to move a learned number, such as the rate that you
            meant Adam to have. A finding says so if one moved more than twice as far a step.

    Raises:
        TypeError, ValueError: not a built Keras 3 model, x and y do not fit it, or `step` is no
            such function or fails.

    >>> import numpy as np
    >>> layers = [keras.Input((3,)), keras.layers.Dense(2, name="low"), keras.layers.Dense(1)]
    >>> model = keras.Sequential(layers)
    >>> model.get_layer("low").trainble = False
    >>> diagnose(model, np.ones((8, 3)), np.ones((8, 1))).kinds
    ['a misspelt flag']
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"diagnose() needs a Keras model, not {what_it_is(model)}")
    ledger(model)  # refuses what is not built
    wish = None if frozen is None else _wishes(frozen)
    if batch_size is not None:
        batch_size = whole("batch_size", batch_size, "a whole number from 1", range(1, 2**31))
    if step is not None:
        _takes_a_batch(step)
    if farthest is not None:
        expected = "a number above 0, how far a step may move a number"
        farthest = real("farthest", farthest, expected, math.ulp(0.0))
    seen = evidence(model, as_data(model, x, y, batch_size), wish, step)
    checks = (*CHECKS, *([_signal.farther_than(farthest)] if farthest else []))
    findings = tuple(finding for check in checks for finding in check(seen))
    return Diagnosis(findings, *_in_general(seen))


def _wishes(frozen: Any) -> list[Any]:
    if isinstance(frozen, str | keras.layers.Layer):
        return [frozen]
    expected = "a list of layers, names of layers or single weights"
    try:
        items = list(frozen)
    except TypeError:
        raise TypeError(f"frozen should be {expected}, not {shown(frozen)}") from None
    for item in items:
        if not isinstance(item, str | keras.layers.Layer | keras.Variable):
            raise TypeError(
                f"frozen should be {expected}, not {shown(frozen)}, which holds {shown(item)}"
            )
    return items


def _takes_a_batch(step: Any) -> None:
    try:
        inspect.signature(step).bind("x", "y")
    except (TypeError, ValueError):
        raise TypeError(
            f"step should be a function step(x, y) that trains on one batch, not {shown(step)}"
        ) from None


def _in_general(e: Evidence) -> tuple[str, str, str]:
    """What trains, what does not, and what was tried, in one line each."""
    book = ledger(e.model)
    learned = e.learned
    trains = (
        f"{book.trainable:,} numbers in {named(w.place.name for w in learned)}"
        + _tables.idle_so_far(e)
        if learned
        else "nothing"
    )
    counts = [
        f"{book.count(role):,} {role}" for role in Role if role != Role.LEARNED and book.count(role)
    ]
    held = [w.place for w in e.where.weights if id(w.variable) not in e.learned_ids]
    stays = (
        f"{' · '.join(counts)}, in {named(place.name for place in held)}" if counts else "nothing"
    )
    steps = f"{e.data.steps} step{'' if e.data.steps == 1 else 's'} on {e.data.rows} rows each"
    if e.looped:
        way = "your own step"
    elif e.compiled and e.optimizers:
        optimizer = getattr(e.optimizers[0], "inner_optimizer", e.optimizers[0])
        name = type(optimizer).__name__
        rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        way = f"{name} at rate {rate:.3g}, " + (
            "with the training step of the last fit" if e.had_step else "with a new training step"
        )
    elif e.compiled:
        way = "the model's own training step"
    else:
        way = f"SGD at rate 0.01 with loss {e.loss!r}, since the model is not compiled"
    far = [e.own.moved[id(w.variable)] for w in learned if id(w.variable) in e.own.moved]
    distance = f"; the largest change of a learned number was {max(far):.1g}" if far else ""
    return trains, stays, f"{steps}: {way}{distance}; everything is back as it was"
