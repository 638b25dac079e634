"""Exercise 3: the repair of a fine-tuning that freezes too late."""

import keras

from helpers.experiments.orders import data
from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import expect_function
from helpers.tasks.core import Wrong, task
from helpers.tasks.training import returned_model
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
    model = trained_model()
    before, brought = snapshot(model), model.optimizer
    returned_model("fine_tune", fine_tune, model, *data(128))
    moved = compare(before)
    if moved.still == HIDDEN_PATHS:
        return
    raise Wrong(*_cause_in_fine_tune(moved, model, brought))


def _cause_in_fine_tune(
    moved: Movement, model: keras.Model, brought: keras.Optimizer
) -> tuple[str, bool]:
    """What probably went wrong, and whether that is known."""
    shown = f"after your `fine_tune`, {moved.verdict()}. "
    hidden, head = model.get_layer("hidden"), model.get_layer("head")
    if not moved.moved and not model.trainable_weights:
        return shown + "You froze the whole model; its head should learn.", True
    if not moved.moved:
        return shown + "Does it call `fit`, at a learning rate above 0?", True
    late = not moved.still and not hidden.trainable_weights
    if late and model.optimizer is not brought and int(model.optimizer.iterations):
        return shown + "A fit came before the flag: first the flag, then compile, then fit.", True
    if late and model.optimizer is not brought:
        return (
            shown + "The compile came after the fit: first the flag, then compile, then fit.",
            True,
        )
    if late:
        return (
            shown + "The flag says frozen, but the fit used the training step that the model "
            "brought along.",
            True,
        )
    if not moved.still:
        return shown + "Nothing was frozen: check the spelling, and that it is `=`, not `==`.", True
    if moved.still == HEAD_PATHS and not head.trainable:
        return shown + "The wrong layer is frozen: `hidden` should stay, the head learn.", True
    if moved.still in (HIDDEN_PATHS[1:], HIDDEN_PATHS[:1]):
        return shown + "Both the kernel and the bias of `hidden` should stay.", True
    return shown + "Only the head's kernel and bias should.", False
