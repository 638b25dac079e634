"""Exercise 3: what the last fit does to a layer in five orders of freeze, compile and fit."""

from helpers.tasks.answers import choice
from helpers.tasks.core import task

_FIVE_ORDERS = {  # by name: what is right, and what to say of the other two
    "freeze_before_fit": (
        "still",
        {
            "moved": "That was Keras 2's rule. Now training does not use what `compile` saw of the "
            "flags; the first fit reads them.",
            "error": "Nothing has been trained yet, so nothing contradicts the new flag.",
        },
    ),
    "freeze_after_fit": (
        "moved",
        {
            "still": "So it is on PyTorch, and so the summary says. But on TensorFlow the training "
            "step was made in the first fit, with the layer in it, and is used again.",
            "error": "So it is on JAX. TensorFlow goes on with the training step it has.",
        },
    ),
    "freeze_recompile": (
        "still",
        {
            "moved": "In the first fit it does. The second compile throws that training step away, "
            "and the next one sees the flag.",
            "error": "A new optimizer starts afresh, so there is nothing to contradict.",
        },
    ),
    "thaw_after_fit": (
        "still",
        {
            "moved": "So the summary says. But the training step of the first fit is used again, "
            "and the layer is not in it.",
            "error": "So it is on PyTorch and JAX. TensorFlow uses the training step it has.",
        },
    ),
    "thaw_reuse": (
        "error",
        {
            "moved": "The new training step asks the optimizer to update weights for which it has "
            "made no numbers.",
            "still": "In the first fit it is. The second compile made a new training step, with "
            "the layer in it, and an optimizer passes over no weight that it does not know.",
        },
    ),
}


@task(
    "Five orders",
    why="Flag, compile with a new optimizer, fit: that always works. Before the first fit a flag "
    "may still change; after it, the flag is ignored or the old optimizer fails.",
    hints=(
        "What fixes which weights are trained: `compile`, or the first `fit` after it?",
        "A second compile makes a new training step. An optimizer that has worked knows only the "
        "weights that were trainable then.",
        "In order: still, moved, still, still, error.",
    ),
)
def late_orders(
    freeze_before_fit: object,
    freeze_after_fit: object,
    freeze_recompile: object,
    thaw_after_fit: object,
    thaw_reuse: object,
) -> None:
    """The last fit of five orders on TensorFlow: still, moved, still, still, error."""
    given = (freeze_before_fit, freeze_after_fit, freeze_recompile, thaw_after_fit, thaw_reuse)
    for (name, (right, mistakes)), answer in zip(_FIVE_ORDERS.items(), given, strict=True):
        choice(name, answer, right, mistakes)
