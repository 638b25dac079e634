"""Exercise 2: the repair of a training step that ignores the flags."""

import keras
import numpy as np
from keras import ops

from helpers.movement import Snapshot, compare, snapshot
from helpers.tasks.answers import expect_function
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.what_training_moves._models import inputs_and_targets, make_frozen_middle


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
    step = expect_function("step", step)
    x, y = inputs_and_targets()
    model, reference = make_frozen_middle(), make_frozen_middle()
    reference.set_weights(model.get_weights())
    reference.compile(keras.optimizers.SGD(0.1), "mse")
    before, expected = snapshot(model), snapshot(reference)
    listed = list(map(id, model.trainable_weights))
    try:
        step(model, ops.convert_to_tensor(x), ops.convert_to_tensor(y))
    except Exception as error:
        if "Unknown variable" in str(error):
            raise Wrong(
                "`step` stopped with 'Unknown variable': its optimizer has worked for another "
                "model. Make a new one inside `step`."
            ) from None
        raise Wrong(f"`step` stopped with {described_error(error)}.") from None
    movement = compare(before)
    shown = f"after your step, {movement.verdict()}. "
    if any("middle" in path for path in movement.moved):
        raise Wrong(shown + "`middle` is frozen: update what is in `trainable_weights`.")
    if not movement.moved:
        raise Wrong(shown + "Is there an `apply`, and does the list hold anything?")
    if not any("moving" in path for path in movement.moved):
        raise Wrong(
            shown + "The statistics of `norm` should move in a training step: call the model with "
            "`training=True`."
        )
    reference.fit(x, y, batch_size=len(x), verbose=0)  # only now: most mistakes show without it
    if movement.moved != compare(expected).moved:
        raise Wrong(shown + "Every weight in `trainable_weights` should move.")
    if list(map(id, model.trainable_weights)) != listed:
        raise Wrong("your step leaves other layers frozen than before: do not touch the flags.")
    _expect_right_size(before, expected)


def _how_far(moment: Snapshot, statistics: bool) -> np.ndarray:
    """How far each number has moved since: those of the statistics, or all the others."""
    pairs = zip(moment.variables, moment.values, strict=True)
    return np.concatenate(
        [(v.numpy() - old).ravel() for v, old in pairs if ("moving" in v.path) == statistics]
    )


def _expect_right_size(before: Snapshot, expected: Snapshot) -> None:
    """Compare how far the weights moved with what Keras's own step did to them."""
    if not _same_up_to_rounding(_how_far(before, True), _how_far(expected, True)):
        raise Wrong(
            "the statistics of `norm` do not move as in one step: call the model "
            "once, with all of `x`."
        )
    ours, right = _how_far(before, False), _how_far(expected, False)
    if _same_up_to_rounding(ours, right):
        return
    factor = float(np.vdot(ours, right) / np.vdot(right, right))
    if not _same_up_to_rounding(ours, factor * right):
        sizes = np.abs(ours[ours != 0])
        if np.allclose(sizes, sizes[0], rtol=1e-2):
            raise Wrong(
                f"every number moved by {sizes[0]:.2g}, whatever its gradient: that is "
                "Adam's way. SGD was asked for."
            )
        raise Wrong(
            "your step has another direction than one step of plain SGD: is the loss the mean "
            "of the *squared* errors, and the rate the same for all?"
        )
    if factor < 0:
        raise Wrong("your step goes uphill: subtract the gradient, do not add it.")
    raise Wrong(
        f"your step is {factor:.3g} times as long as it should be: the rate is 0.1, and the "
        "loss the *mean* of the squared errors."
    )


def _same_up_to_rounding(ours: np.ndarray, right: np.ndarray) -> bool:
    """Equal up to rounding, which is small beside the largest change."""
    return bool(np.abs(ours - right).max() <= 1e-3 * np.abs(right).max() + 1e-5)
