"""Exercise 5, task 4: whether a layer uses the batch's statistics or the moving ones."""

from helpers.tasks.answers import choice
from helpers.tasks.core import task


@task(
    "Whose statistics?",
    why="Only a layer that is in training mode *and* not frozen uses the batch; what counts is the "
    "layer's own flag, not those of gamma and beta.",
    hints=(
        "There are two conditions for using the batch's statistics. Which?",
        "`training=True` is one; the layer's own `trainable` flag is the other.",
        "Batch, moving, moving - and for the last one, remember whose flag the layer looks at.",
    ),
)
def which_statistics(
    training: object, inference: object, frozen_training: object, gamma_beta_frozen_training: object
) -> None:
    """Which statistics are used in four situations: batch, moving, moving, batch."""
    reason = (
        "In training mode the layer normalises with the batch's own statistics; the moving ones "
        "are only written down."
    )
    choice("training", training, "batch", {"moving": reason})
    reason = "In inference mode no batch mate may matter: it uses what it wrote down."
    choice("inference", inference, "moving", {"batch": reason})
    reason = "A frozen BatchNormalization layer is in inference mode, even with training=True."
    choice("frozen_training", frozen_training, "moving", {"batch": reason})
    reason = (
        "Freezing only gamma and beta is not enough: the layer's own flag is still True, so it "
        "measures every batch and uses what it measured."
    )
    name = "gamma_beta_frozen_training"
    choice(name, gamma_beta_frozen_training, "batch", {"moving": reason})
