"""Exercise 2: what `trainable` and `training` do to Dropout and BatchNormalization."""

from helpers.tasks.answers import choice
from helpers.tasks.core import task

_DROPOUT = {"passes on": "Freezing is not inference mode: Dropout looks only at `training`."}
_BATCHNORM = {
    "batch": "So it was before TensorFlow 2. Now a frozen BatchNormalization uses its moving "
    "statistics even with `training=True`."
}
_MOVED_IN_INFERENCE = {
    "nothing": "`training=False` says how to compute; the layer is not frozen, so gamma and beta "
    "are still on the list.",
    "all four": "Its moving statistics are updated only when it computes as in training.",
    "moving mean and variance": "Those are updated only when it computes as in training; gamma and "
    "beta are on the optimizer's list.",
}
_WORDS_OF_PYTORCH = dict.fromkeys(
    ("running", "running statistics"), "Running is PyTorch's word for one of them."
) | dict.fromkeys(
    ("moving statistics", "its moving statistics", "batch statistics", "this batch", "the batch"),
    "Give the one word that stands in quotes.",
)


@task(
    "Two switches",
    why="`trainable` is about updates and `training` about computing; of these layers, only a "
    "frozen BatchNormalization computes as in inference.",
    hints=(
        "Which of the two switches does Dropout look at?",
        "BatchNormalization is the one exception: what does freezing do to it?",
        "It drops; it uses its moving statistics; gamma and beta still learn.",
    ),
)
def two_switches(
    frozen_dropout: object, frozen_batchnorm: object, batchnorm_in_inference: object
) -> None:
    """What a frozen Dropout, a frozen and an unfrozen BatchNormalization do."""
    choice("frozen_dropout", frozen_dropout, "drops", _DROPOUT)
    choice("frozen_batchnorm", frozen_batchnorm, "moving", _BATCHNORM, _WORDS_OF_PYTORCH)
    choice("batchnorm_in_inference", batchnorm_in_inference, "gamma and beta", _MOVED_IN_INFERENCE)
