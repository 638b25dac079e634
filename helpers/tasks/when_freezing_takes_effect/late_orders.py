"""Exercise 3: what the last fit does to a layer in five orders of freeze, compile and fit."""

from helpers.tasks.answers import choice
from helpers.tasks.core import task


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
    choice(
        "freeze_before_fit",
        freeze_before_fit,
        "still",
        {
            "moved": "That was Keras 2's rule. Now training does not use what `compile` saw of the "
            "flags; the first fit reads them.",
            "error": "Nothing has been trained yet, so nothing contradicts the new flag.",
        },
    )
    choice(
        "freeze_after_fit",
        freeze_after_fit,
        "moved",
        {
            "still": "So the summary says. But the training step was made in the first fit, with "
            "`hidden` in it, and is used again.",
            "error": "So it is on JAX. TensorFlow goes on with the training step it has.",
        },
    )
    choice(
        "freeze_recompile",
        freeze_recompile,
        "still",
        {
            "moved": "A second compile throws the old training step away; the next one sees the "
            "flag.",
            "error": "A new optimizer starts afresh, so there is nothing to contradict.",
        },
    )
    choice(
        "thaw_after_fit",
        thaw_after_fit,
        "still",
        {
            "moved": "The training step of the first fit is used again, and `hidden` is not in it.",
            "error": "So it is on PyTorch and JAX. TensorFlow uses the training step it has.",
        },
    )
    choice(
        "thaw_reuse",
        thaw_reuse,
        "error",
        {
            "moved": "The new training step asks the optimizer to update weights for which it has "
            "made no numbers.",
            "still": "The compile did make a new training step, and `hidden` is in it; can the old "
            "optimizer serve it?",
        },
    )
