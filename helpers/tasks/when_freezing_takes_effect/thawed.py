"""Exercise 3: the repair of a thaw with three bugs."""

import keras

from helpers.experiments.orders import data
from helpers.tasks.answers import expect_function
from helpers.tasks.core import Wrong, task
from helpers.tasks.flag_watch import watched_flags
from helpers.tasks.training import movement_of_fit, prepared_model
from helpers.tasks.when_freezing_takes_effect._flags import why_not_set
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
    brought = model.train_function
    with watched_flags() as watch:
        returned = prepared_model("thaw", thaw, model)
    old_step = returned.train_function is brought
    moved = movement_of_fit(returned, data(32))
    shown = f"in the next fit, {moved.verdict()}. "
    if not moved.moved:
        raise Wrong(*_why_nothing_moves(shown, returned))
    if moved.still:
        if moved.still == HIDDEN_PATHS and not model.get_layer("hidden").trainable_weights:
            raise why_not_set(shown, thaw, watch, model, _STILL_FROZEN)
        raise Wrong(*_why_not_all_moves(shown, moved.still, old_step))
    _expect_rate(returned.optimizer)


def _why_nothing_moves(shown: str, model: keras.Model) -> tuple[str, bool]:
    if not model.trainable:
        return shown + "The model's own flag is False, a veto over all that is in it.", True
    if not model.trainable_weights:
        return shown + "All its layers are frozen.", True
    if float(model.optimizer.learning_rate) == 0:
        return shown + "All is thawed, but the learning rate is 0.", True
    return shown + "Everything should move.", False


_STILL_FROZEN = (
    "`hidden` is still frozen: its own flag is False. (`model.trainable = True` passes nothing on, "
    "since the model's flag is True already.)"
)


def _why_not_all_moves(shown: str, still: list[str], old_step: bool) -> tuple[str, bool]:
    """What is wrong where a part moves, and whether that names the mistake."""
    if still in (HIDDEN_PATHS[:1], HIDDEN_PATHS[1:]):
        return shown + "Both the kernel and the bias of `hidden` should learn.", True
    if still == HEAD_PATHS:
        return shown + "The head should go on learning, too.", True
    if still == HIDDEN_PATHS and old_step:
        return shown + "`hidden` is thawed, but the old training step is still in use.", True
    return shown + "Everything should move.", False


_RATES = {
    0.001: "That is what a new Adam takes if it is told nothing; a rate that is set before "
    "`compile` belongs to the old one.",
    0.01: "That is the rate the model came with, and what SGD takes if it is told nothing.",
    0.00001: "That is ten times too low: one zero less.",
}


def _expect_rate(optimizer: keras.optimizers.Optimizer) -> None:
    """Raise Wrong unless the learning rate is 0.0001."""
    rate = float(optimizer.learning_rate)
    if abs(rate - 0.0001) <= 1e-6:  # a schedule may have lowered it a little
        return
    known = next((text for wrong, text in _RATES.items() if abs(rate - wrong) <= wrong / 1e4), "")
    if rate < 0:
        known = "Below 0 the steps go uphill, and the model gets worse."
    elif rate >= 0.1:
        known = "That is no gentle training."
    if hasattr(optimizer, "lr"):
        known = (
            "`lr`, which was set, was Keras 2's name; in Keras 3 nothing reads it: the rate is "
            "called `learning_rate`."
        )
    raise Wrong(
        f"everything is trained, but the learning rate is {rate:.4g}, "
        f"{rate / 0.0001:.3g} times the 0.0001 that was asked for. {known}".rstrip()
    )
