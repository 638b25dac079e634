"""Exercise 1: which weights are learned, frozen or statistics."""

from helpers.tasks.answers import choice
from helpers.tasks.core import task


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
    choice(
        "hidden_bias",
        hidden_bias,
        "frozen",
        {
            "learned": "Freezing a layer freezes its bias together with its kernel.",
            "statistic": "Nothing is measured here: it was made to be learned and then switched "
            "off.",
            "other state": "It was made to be learned and then switched off: there is a word for "
            "that.",
        },
    )
    choice(
        "norm_gamma",
        norm_gamma,
        "learned",
        {
            "statistic": "Gamma is not measured from the data: the optimizer learns it.",
            "frozen": "Only the hidden layer was switched off; gamma is in another layer.",
            "other state": "Gamma is trained like a kernel: the optimizer updates it.",
        },
    )
    choice(
        "norm_moving_variance",
        norm_moving_variance,
        "statistic",
        {
            "learned": "No gradient reaches it: the layer itself measures it on every batch.",
            "frozen": "It keeps changing during training, so it is not frozen; who changes it?",
            "other state": "BatchNormalization measures it from the data: there is a word for "
            "that.",
        },
    )
    choice(
        "head_kernel",
        head_kernel,
        "learned",
        {
            "frozen": "Freezing the hidden layer does not freeze the layers after it.",
            "statistic": "A kernel is not measured from the data: the optimizer learns it.",
            "other state": "A kernel is trained: the optimizer updates it.",
        },
    )
