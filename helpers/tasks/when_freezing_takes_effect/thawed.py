"""Exercise 3: the repair of a thaw with three bugs."""

import keras

from helpers.movement import Movement
from helpers.tasks.answers import expect_function
from helpers.tasks.core import Wrong, task
from helpers.tasks.training import movement_of_fit, prepared_model
from helpers.tasks.when_freezing_takes_effect._models import HEAD_PATHS, HIDDEN_PATHS, trained_model


@task(
    "Repair: three bugs in a thaw",
    why="The flag off and on again (or set on the layer itself), a new optimizer, and its rate "
    "written out.",
    hints=(
        "The model's own flag was never False. What does setting it to True do?",
        "Once `hidden` is really thawed, the old optimizer has no numbers for it. Which rate does "
        "a new one have?",
        "Set the flag of the layer `hidden`, then "
        "`model.compile(keras.optimizers.Adam(0.0001), 'mse')`.",
    ),
)
def thawed(thaw: object) -> None:
    """thaw(model) -> the same model; its next fit moves everything, at a rate of 0.0001."""
    expect_function("thaw", thaw)
    model = trained_model(hidden_frozen=True)
    hidden = model.get_layer("hidden")
    returned = prepared_model("thaw", thaw, model)
    moved = _next_fit(returned)
    shown = f"in the next fit, {moved.verdict()}. "
    if not moved.moved and not returned.trainable_weights:
        raise Wrong(shown + "The whole model is frozen: a parent's False vetoes its layers.")
    if not moved.moved:
        raise Wrong(shown + "All is thawed; is the learning rate 0?")
    if moved.still in (HIDDEN_PATHS[:1], HIDDEN_PATHS[1:]):
        raise Wrong(shown + "Both the kernel and the bias of `hidden` should learn.")
    if moved.still == HEAD_PATHS:
        raise Wrong(shown + "The head should go on learning, too.")
    if moved.still and not hidden.trainable:
        raise Wrong(
            shown + "`hidden` is still frozen: `model.trainable = True` passes nothing on, "
            "since the model's own flag is True already."
        )
    if moved.still == HIDDEN_PATHS:
        raise Wrong(shown + "`hidden` is thawed, but the old training step is still in use.")
    if moved.still:
        raise Wrong(shown + "Everything should move.", diagnosed=False)
    _expect_rate(float(returned.optimizer.learning_rate))


def _next_fit(model: keras.Model) -> Movement:
    try:
        return movement_of_fit(model)
    except Wrong as stopped:
        if "Unknown variable" not in str(stopped):
            raise
        raise Wrong(
            "the next fit stops with 'Unknown variable': the optimizer was made while "
            "`hidden` was frozen, and has no numbers for it."
        ) from None


def _expect_rate(rate: float) -> None:
    """Raise Wrong unless the learning rate is 0.0001."""
    causes = {
        0.001: "That is the default: `compile('adam')` and `Adam()` go back to it.",
        0.01: "That is the rate the model came with: SGD's default, or the old optimizer's.",
        0.00001: "That is ten times too low: one zero less.",
    }
    for wrong, cause in causes.items():
        if abs(rate - wrong) <= wrong / 1e4:
            raise Wrong(f"everything is trained, but the learning rate is {wrong:g}. {cause}")
    if rate < 0:
        raise Wrong(
            f"everything is trained, but the learning rate is {rate:g}: below 0 the steps "
            "go uphill, and the model gets worse."
        )
    if rate >= 0.1:
        raise Wrong(
            f"everything is trained, but the learning rate is {rate:g}: that is no gentle "
            "training. 0.0001 was asked for."
        )
    if abs(rate - 0.0001) > 1e-6:  # a schedule may have lowered it a little
        raise Wrong(
            f"everything is trained, but the learning rate is {rate:g}, "
            f"{rate / 0.0001:.3g} times the 0.0001 that was asked for."
        )
