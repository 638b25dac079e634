"""Exercise 2: the repair of a training step that ignores the flags."""

from collections.abc import Iterable

import keras
import numpy as np
from keras import ops

from helpers.movement import Snapshot, snapshot
from helpers.tasks.answers import expect_function, joined
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.training import flags
from helpers.tasks.what_training_moves._models import IN_ONE_BATCH, inputs_and_targets, make_varied

Changes = dict[str, np.ndarray]  # of each weight, by its path

_WHY_FROZEN = {  # by the place of a frozen weight
    "inner": "a layer that is frozen inside a model that is not",
    "outer": "a bias that is frozen by itself",
}
_ERRORS = {  # by the words of Keras or TensorFlow
    "Unknown variable": "Its optimizer has worked for another model; make a new one inside `step`.",
    "Cannot update variable with shape": "A gradient goes to another weight than its own: take the "
    "same list in both places.",
    "No such layer": "Other models have other layers; `trainable_weights` works for all of them.",
    "No gradients provided": "No gradient reaches the weights: in the `with` of the tape belong "
    "the call of the model and the loss.",
}
_FACTORS = {  # of the right step, and what leads to such a one
    2 * IN_ONE_BATCH: "as with the *sum* of the squared errors instead of their mean",
    IN_ONE_BATCH: "as if the errors of the examples were added up, not averaged",
    2: "as with the rate 0.2, or as if an example's errors were added up, not averaged",
    0.5: "as with the rate 0.05, or with half the mean of the squared errors",
    0.1: "as with the rate 0.01, which is SGD's own if none is given",
    0.01: "as with the rate 0.001",
    10: "as with the rate 1",
}


@task(
    "Repair the training step",
    why="The loop decides what is trained: ask for `trainable_weights`, with `training=True`.",
    hints=(
        "The flag does not reach the tape. Who decides which variables are updated?",
        "Replace the list, in both places where it is used. Leave `training=True` as it is.",
        "`weights = model.trainable_weights`; the rest of the function can stay.",
    ),
)
def step_repaired(step: object) -> None:
    """step(model, x, y): one step of SGD(0.1) on the mean squared error that honours flags."""
    step, model = expect_function("step", step), make_varied()
    before, flags_before = snapshot(model), flags(model)
    learned = [weight.path for weight in model.trainable_weights]
    try:
        step(model, *map(ops.convert_to_tensor, inputs_and_targets()))
    except Exception as error:
        known = next((said for words, said in _ERRORS.items() if words in str(error)), "")
        shown = f"`step` stopped with {described_error(error)}."
        raise Wrong(f"{shown} {known}".strip(), diagnosed=bool(known)) from None
    if flags(model) != flags_before:
        raise Wrong("your step leaves other flags than before: `fit` does not touch them.")
    changes = _changes(before)
    _expect_frozen_still(changes, learned)
    steps = int(model.optimizer.iterations) if model.compiled else 1
    if steps > 1:
        raise Wrong(
            f"your step makes {steps} steps of the {IN_ONE_BATCH} examples; one was asked. `fit` "
            "makes one for each batch, of 32 if it is not told another `batch_size`, in each epoch."
        )
    if not all(np.isfinite(change).all() for change in changes.values()):
        raise Wrong("after your step, some weights are NaN or infinite.", diagnosed=False)
    right, loss = _steps_of_keras(make_varied())
    _expect_statistics(changes, right, learned)
    _expect_learned(changes, right, learned, loss)


def _changes(before: Snapshot) -> Changes:
    pairs = zip(before.variables, before.values, strict=True)
    return {v.path: v.numpy().astype("float64") - old for v, old in pairs}


def _steps_of_keras(model: keras.Model, loss: str = "mse", times: int = 1) -> tuple[Changes, float]:
    """What steps of Keras's own change, each with all examples, and the loss of the last."""
    before, found = snapshot(model), 0.0
    model.compile(keras.optimizers.SGD(0.1), loss, run_eagerly=True)
    for _ in range(times):
        found = float(model.train_on_batch(*inputs_and_targets()))
    return _changes(before), found


def _expect_frozen_still(changes: Changes, learned: list[str]) -> None:
    moved = [path for path, change in changes.items() if change.any()]
    frozen = [path for path in moved if path not in learned and "moving" not in path]
    if any("middle" in path for path in frozen):
        raise Wrong(
            f"after your step, {joined(frozen)} have moved, and are frozen: update what is in "
            "`trainable_weights`."
        )
    for place, why in _WHY_FROZEN.items():
        if found := [path for path in frozen if place in path]:
            raise Wrong(
                f"your step leaves `middle` alone, but moves {joined(found)}, {why}. "
                "`trainable_weights` knows."
            )


def _expect_statistics(changes: Changes, right: Changes, learned: list[str]) -> None:
    """Compare the moving mean and variance with those after a step of Keras's own."""
    kept = [path for path in right if "moving" in path]
    if _alike(changes, right, kept):
        return
    if not any(change.any() for change in changes.values()):
        raise Wrong(
            "after your step, no weight has moved: no gradient was applied, and the model was not "
            "called with `training=True`."
        )
    if _alike(changes, _steps_of_keras(make_varied(), times=2)[0], right):
        raise Wrong("your step makes two steps; one was asked.")
    if any(changes[path].any() for path in kept):
        if _alike(changes, _after_calls(2), kept):
            raise Wrong(
                "the statistics of `norm` move twice in your step: call the model once with "
                "`training=True`."
            )
        raise Wrong(
            "the statistics of `norm` do not move as in one call of the model with "
            "`training=True` and all of `x`.",
            diagnosed=False,
        )
    shown = "after your step, the statistics of `norm` are as they were: "
    if _alike(changes, right, learned):
        raise Wrong(
            f"{shown}the call with `training=True` moved them; leave them so, as `fit` does."
        )
    if _as_in_inference(changes, learned):
        raise Wrong(f"{shown}`fit` calls the model with `training=True`.")
    raise Wrong(
        f"{shown}`fit` lets them move. Is the model called with `training=True`, and nothing put "
        "back?",
        diagnosed=False,
    )


def _expect_learned(changes: Changes, right: Changes, learned: list[str], loss: float) -> None:
    """Compare all other changes with those of a step of Keras's own."""
    wrong = [path for path in learned if not _alike(changes, right, [path])]
    if not wrong:
        return
    still = [path for path in wrong if not changes[path].any()]
    if still == learned:
        raise Wrong(
            "the statistics have moved, and no learned weight: an optimizer's `apply`, or "
            "`assign`, changes a weight; `w = w - ...` only gives a name to something new."
        )
    if still:
        raise Wrong(f"{joined(still)} did not move: all of `trainable_weights` should.")
    ours, theirs = (
        np.concatenate([each[path].ravel() for path in learned]) for each in (changes, right)
    )
    factor = float(np.vdot(ours, theirs) / np.vdot(theirs, theirs))
    if _alike(changes, {path: factor * change for path, change in right.items()}, learned):
        raise _wrong_length(factor, loss)
    sizes = np.abs(ours)
    if np.allclose(sizes, sizes[0], rtol=1e-2):
        raise Wrong(
            f"every number moved by {sizes[0]:.2g}, whatever its gradient: that is Adam's way. SGD "
            "was asked for."
        )
    if _as_in_inference(changes, learned):
        raise Wrong(
            "your loss is that of a call without `training=True`: `fit` has it in training."
        )
    if _alike(changes, _steps_of_keras(make_varied(), "mae")[0], learned):
        raise Wrong("your loss is the mean of the *absolute* errors; square them.")
    if len(wrong) < len(learned):
        raise Wrong(
            f"{joined(wrong)} did not move as in a step of SGD(0.1), and the others did: one rate, "
            "and one loss, are for all."
        )
    raise Wrong(
        "your step has another direction than one step of plain SGD on the mean of the squared "
        "errors of all of `x`.",
        diagnosed=False,
    )


def _wrong_length(factor: float, loss: float) -> Wrong:
    if factor < 0:
        far = "" if np.isclose(factor, -1, rtol=1e-2) else f", and {-factor:.3g} times as far"
        return Wrong(f"your step goes uphill{far}: subtract the gradient, do not add it.")
    shown = f"your step is {factor:.3g} times as long as it should be"
    for other, why in (_FACTORS | {0.5 / loss**0.5: "as with the root of that mean"}).items():
        if np.isclose(factor, other, rtol=1e-2):
            return Wrong(f"{shown}, {why}.")
    rule = "the rate is 0.1, and the loss the *mean* of the squared errors"
    return Wrong(f"{shown}: {rule}.", diagnosed=False)


def _after_calls(times: int) -> Changes:
    model = make_varied()
    before = snapshot(model)
    for _ in range(times):
        model(inputs_and_targets()[0], training=True)
    return _changes(before)


def _as_in_inference(changes: Changes, learned: list[str]) -> bool:
    """Whether what stands outside `norm` moves as if `norm` computed as in inference.

    The statistics may have been moved before, by another call.
    """
    others = [path for path in learned if "norm" not in path]
    for calls in (0, 1):
        reference = make_varied()
        for _ in range(calls):
            reference(inputs_and_targets()[0], training=True)
        reference.get_layer("norm").trainable = False
        if _alike(changes, _steps_of_keras(reference)[0], others):
            return True
    return False


def _alike(ours: Changes, right: Changes, paths: Iterable[str]) -> bool:
    """Whether these weights moved equally far, up to rounding beside each one's largest change."""
    return all(
        np.abs(ours[path] - right[path]).max() <= 5e-3 * np.abs(right[path]).max() + 1e-5
        for path in paths
    )
