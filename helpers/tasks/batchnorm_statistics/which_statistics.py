"""Exercise 5, task 4: whether a layer uses the batch's statistics or the moving ones."""

from helpers.tasks.answers import choice, plain
from helpers.tasks.core import Wrong, task


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
    exchanged = _said(gamma_beta_frozen_training) == "moving"
    rows = {
        "training": (
            training,
            "batch",
            "In training mode the layer normalises with the batch's own statistics; the moving "
            "ones are only written down.",
        ),
        "inference": (
            inference,
            "moving",
            "In inference mode no batch mate may matter: it uses what it wrote down.",
        ),
        "frozen_training": (
            frozen_training,
            "moving",
            "A frozen BatchNormalization layer is in inference mode, even with training=True."
            + " (And the next is 'moving': what counts is the layer's own flag, not those of gamma "
            "and beta.)" * exchanged,
        ),
        "gamma_beta_frozen_training": (
            gamma_beta_frozen_training,
            "batch",
            "Freezing only gamma and beta is not enough: the layer's own flag is still True, so "
            "it measures every batch and uses what it measured.",
        ),
    }
    for name, (answer, right, reason) in rows.items():
        _refuse_other_words(name, answer)
        other = {"batch": "moving", "moving": "batch"}[right]
        choice(name, answer, right, {other: reason})


def _said(answer: object) -> str:
    word = plain(answer)
    return " ".join(word.lower().replace("_", " ").split()) if isinstance(word, str) else ""


def _refuse_other_words(name: str, answer: object) -> None:
    """Raise Wrong for a word that says nearly the same as one of the two."""
    word, said = plain(answer), _said(answer)
    offered = "the two words offered are 'batch' and 'moving'."
    if said.startswith("running"):
        raise Wrong(f"`{name}` is {word[:40]!r}, as PyTorch calls it; {offered}")
    if said.startswith(("moving ", "batch ")):
        raise Wrong(f"`{name}` is {word[:40]!r}, which names more than was asked; {offered}")
