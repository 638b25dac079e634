"""Exercise 7, task 2: which variables of frozen layers move in a fit, predicted."""

from helpers.tasks.answers import choice
from helpers.tasks.core import task


@task(
    "Frozen, and still changing?",
    why="A freeze takes weights off the optimizer's list. What a layer writes itself goes on, "
    "unless it looks at its own flag, and only BatchNormalization does.",
    hints=(
        "For each: who changes it when nothing is frozen? The freeze stops the optimizer only.",
        "One layer looks at its own flag; one changes only in `adapt`.",
        "Dropout's seed, the kernel inside SpectralNormalization and the counter move.",
    ),
)
def still_changing(
    dense_kernel: object,
    dropout_seed: object,
    batchnorm_mean: object,
    spectral_kernel: object,
    adapted_mean: object,
    counter: object,
) -> None:
    """Which variables of frozen layers move in a fit."""
    optimizer = "Only the optimizer would change it, and the freeze took it off its list."
    _expect_fate("dense_kernel", dense_kernel, "stays", optimizer)
    _expect_fate(
        "dropout_seed",
        dropout_seed,
        "moves",
        "A frozen Dropout goes on dropping in training mode, and every draw moves its seed state.",
    )
    _expect_fate(
        "batchnorm_mean",
        batchnorm_mean,
        "stays",
        "A frozen BatchNormalization layer is in inference mode: it is the one layer of Keras that "
        "looks at its own flag.",
    )
    _expect_fate(
        "spectral_kernel",
        spectral_kernel,
        "moves",
        "In training mode the layer itself divides its kernel, whatever the flag says.",
    )
    _expect_fate(
        "adapted_mean", adapted_mean, "stays", "Only `adapt` changes it; a fit never does."
    )
    _expect_fate(
        "counter",
        counter,
        "moves",
        "The optimizer never touched the counter; it is the layer's own `call` that counts, and it "
        "does not ask for the flag.",
    )


def _expect_fate(name: str, answer: object, right: str, reason: str) -> None:
    """Judge "moves" or "stays"; the reason against the other."""
    other = "moves" if right == "stays" else "stays"
    choice(name, answer, right, {other: reason})
