"""Exercise 1: which weights are learned, frozen or statistics."""

from helpers.tasks.answers import choice
from helpers.tasks.core import task

_FOUR_ROLES = {  # for each weight its role, and what to say for the others
    "hidden_bias": (
        "frozen",
        {
            "learned": "Freezing a layer freezes its bias together with its kernel.",
            "statistic": "Nothing is measured here: it was made to be learned and then switched "
            "off.",
            "other state": "It was made to be learned and then switched off: there is a word for "
            "that.",
        },
    ),
    "norm_gamma": (
        "learned",
        {
            "statistic": "Gamma is not measured from the data: the optimizer learns it.",
            "frozen": "Only the hidden layer was switched off; gamma is in another layer.",
            "other state": "Gamma is trained like a kernel: the optimizer updates it.",
        },
    ),
    "norm_moving_variance": (
        "statistic",
        {
            "learned": "No gradient reaches it: the layer itself measures it on every batch.",
            "frozen": "Non-trainable, but not switched off: it keeps changing during training. Who "
            "changes it?",
            "other state": "BatchNormalization measures it from the data: there is a word for "
            "that.",
        },
    ),
    "head_kernel": (
        "learned",
        {
            "frozen": "Freezing the hidden layer does not freeze the layers after it.",
            "statistic": "A kernel is not measured from the data: the optimizer learns it.",
            "other state": "A kernel is trained: the optimizer updates it.",
        },
    ),
}
_LIST = "Asked is why a weight is on its list, trainable or non-trainable, not on which."
_WORDS_OF_KERAS = dict.fromkeys(
    ("trainable", "non-trainable", "non trainable", "nontrainable", "not trainable"), _LIST
) | {
    "statistics": "Give the word as it is offered, without the s.",
    "trained": "Which of the offered words says that?",
    "hyperparameter": "Hyperparameters are choices made before training; this is a weight.",
}


@task(
    "Two reasons for non-trainable",
    why="Frozen by you, or kept by the layer: two reasons for one number in the summary.",
    hints=(
        "For each weight: was it made to be learned? Is it switched off?",
        "A frozen layer freezes its kernel *and* its bias; gamma and beta are learned.",
        "The hidden layer's bias is frozen, gamma is learned, the moving variance is a statistic, "
        "the head's kernel is learned.",
    ),
)
def two_reasons(
    hidden_bias: object, norm_gamma: object, norm_moving_variance: object, head_kernel: object
) -> None:
    """The role of four weights of Dense (frozen) -> BatchNormalization -> Dense."""
    answers = (hidden_bias, norm_gamma, norm_moving_variance, head_kernel)
    for (name, (right, mistakes)), answer in zip(_FOUR_ROLES.items(), answers, strict=True):
        choice(name, answer, right, mistakes, _WORDS_OF_KERAS)
