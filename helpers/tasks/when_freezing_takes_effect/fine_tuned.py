"""Exercise 3: the repair of a fine-tuning that freezes too late."""

import keras
import numpy as np

from helpers.experiments.orders import data
from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import expect_function
from helpers.tasks.core import Slip, Wrong, task
from helpers.tasks.flag_watch import watched_flags
from helpers.tasks.training import inference_outputs, returned_model
from helpers.tasks.when_freezing_takes_effect._flags import why_not_set
from helpers.tasks.when_freezing_takes_effect._models import HEAD_PATHS, HIDDEN_PATHS, trained_model


@task(
    "Repair: frozen too late",
    why="A model that arrives trained brings its training step along; compile after the flag.",
    hints=(
        "What was trainable when this model's training step was made?",
        "Something between the flag and `fit` must throw the old training step away.",
        "Between the two lines: `model.compile('sgd', 'mse')`.",
    ),
)
def fine_tuned(fine_tune: object) -> None:
    """fine_tune(model, x, y) trains a model that was trained before; only the head may move."""
    expect_function("fine_tune", fine_tune)
    model, (x, y) = trained_model(), data(100)
    before, brought, loss = snapshot(model), model.train_function, _loss(model, x, y)
    steps = int(model.optimizer.iterations)
    set_back = _set_after_moving(model.get_layer("hidden"))
    with watched_flags() as watch:
        returned_model("fine_tune", fine_tune, model, x, y)
    moved = compare(before)
    shown = f"after your `fine_tune`, {moved.verdict()}. "
    if not moved.moved:
        raise _why_nothing_moved(shown, model, steps)
    if not moved.still:
        if model.get_layer("hidden").trainable_weights:
            raise why_not_set(shown, fine_tune, watch, model, _FLAG_IS_TRUE)
        raise _why_all_moved(shown, model, brought)
    if moved.still != HIDDEN_PATHS:
        raise Wrong(*_what_is_wrong(shown, moved))
    if set_back:
        raise Wrong("`hidden` moved while your `fine_tune` ran, and was set back: do not train it.")
    after = _loss(model, x, y)
    if not after < loss:
        raise Slip(
            "only the head moved, but the model got worse: its mean square error on x and y is "
            "larger than before. Is it trained on both, and is the rate small, and above 0?"
        )


def _loss(model: keras.Model, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean((inference_outputs(model, x) - y) ** 2))


def _set_after_moving(layer: keras.layers.Layer) -> list[str]:
    """The paths of weights that had moved when someone set them; filled while others run."""
    found: list[str] = []

    def watch(weight: keras.Variable) -> None:
        start, assign = weight.numpy(), weight.assign

        def assign_watched(value: object) -> object:
            if not np.array_equal(weight.numpy(), start):
                found.append(weight.path)
            return assign(value)

        weight.assign = assign_watched

    for weight in layer.weights:
        watch(weight)
    return found


def _why_nothing_moved(shown: str, model: keras.Model, steps: int) -> Wrong:
    head = model.get_layer("head")
    if not model.trainable and head.trainable:
        return Wrong(
            shown + "The flag of `head` is True, but the model's own is False, a veto over all "
            "that is in it."
        )
    if not model.trainable_weights:
        return Wrong(shown + "The whole model is frozen; its head should learn.")
    if int(model.optimizer.iterations) in (0, steps):
        return Wrong(shown + "The optimizer has made no step: there was no training after compile.")
    if float(model.optimizer.learning_rate) == 0:
        return Wrong(shown + "The learning rate is 0.")
    return Wrong(shown + "The head should learn.", diagnosed=False)


_FLAG_IS_TRUE = "The flag of `hidden` is True. Does your program set it to False?"


def _why_all_moved(shown: str, model: keras.Model, brought: object) -> Wrong:
    """Why everything moved, though `hidden` is frozen in the end."""
    if model.train_function is brought:
        return Wrong(
            shown + "The flag says frozen, but training used the step that the model brought "
            "along, and nothing made a new one."
        )
    if model.train_function is None:
        return Wrong(
            shown + "The compile came after the fit: first the flag, then compile, then fit."
        )
    return Wrong(
        shown + "A fit came before the flag or before the compile: first those two, then fit."
    )


def _what_is_wrong(shown: str, moved: Movement) -> tuple[str, bool]:
    """What is odd about a movement of some weights, and whether that names the mistake."""
    if moved.still == HEAD_PATHS:
        return shown + "The wrong layer is frozen: `hidden` should stay, the head learn.", True
    if moved.still in (HIDDEN_PATHS[1:], HIDDEN_PATHS[:1]):
        return shown + "Both the kernel and the bias of `hidden` should stay.", True
    if set(HIDDEN_PATHS) < set(moved.still):
        return shown + "Both the kernel and the bias of the head should learn.", True
    return shown + "Only the head's kernel and bias should move.", False
