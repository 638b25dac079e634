"""Exercise 5, task 7: the output in inference mode, written."""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from helpers.tasks.batchnorm_statistics._array_answers import expect_arrays, other_axes
from helpers.tasks.core import task
from helpers.tasks.slips import slips


def _output_cases() -> list[tuple]:
    """x, gamma, beta, moving mean, moving variance, epsilon: of any number of axes."""
    rng = np.random.default_rng(4)

    def case(shape: tuple[int, ...], epsilon: float, lowest: float) -> tuple:
        gamma, beta, mean = (rng.uniform(lowest, 3, shape[-1]) for _ in range(3))
        variance = np.geomspace(1e-4, 0.3, shape[-1])  # small enough for an epsilon of 1e-5 to show
        return rng.normal(0, 2, shape), gamma, beta, mean, variance, epsilon

    # Negative numbers come second: with the first, a root of an exchanged mean is a number.
    return [case((5, 3), 0.2, 0.5), case((2, 3, 4, 2), 0.05, -3), case((1, 4, 4), 0.001, -3)]


@task(
    "The output in inference mode",
    why="gamma · (x - moving mean) / √(moving variance + epsilon) + beta: epsilon inside the root, "
    "and no statistic of the batch anywhere.",
    hints=(
        "Subtract, divide, scale, shift: which of the four arrays does which?",
        "The divisor is the root of (moving variance + epsilon).",
        "gamma * (x - moving_mean) / np.sqrt(moving_variance + epsilon) + beta",
    ),
)
def output_rule(output: object) -> None:
    """output(x, gamma, beta, moving_mean, moving_variance, epsilon) against Keras itself."""

    def keras_output(
        x: np.ndarray,
        gamma: np.ndarray,
        beta: np.ndarray,
        mean: np.ndarray,
        variance: np.ndarray,
        epsilon: float,
    ) -> tuple[np.ndarray]:
        layer = layers.BatchNormalization(epsilon=epsilon)
        layer.build((None, *x.shape[1:]))
        layer.set_weights([gamma, beta, mean, variance])
        return (keras.ops.convert_to_numpy(layer(x.astype("float32"), training=False)),)

    def mistake(divisor: Callable) -> Callable:
        return lambda x, g, b, m, v, e: (g * (x - m) / divisor(v, e) + b,)

    def means(x: np.ndarray) -> np.ndarray:
        return x.mean(axis=other_axes(x))

    def variances(x: np.ndarray) -> np.ndarray:
        return x.var(axis=other_axes(x))

    def rule(
        x: np.ndarray,
        gamma: np.ndarray | float,
        beta: np.ndarray | float,
        mean: np.ndarray | float,
        variance: np.ndarray,
        epsilon: float,
    ) -> tuple[np.ndarray]:
        return (gamma * (x - mean) / np.sqrt(variance + epsilon) + beta,)

    mistakes = {
        "Epsilon is missing.": mistake(lambda v, e: np.sqrt(v)),
        "Epsilon stands outside the root; it belongs inside, beside the variance.": (
            mistake(lambda v, e: np.sqrt(v) + e)
        ),
        "That is Keras's default epsilon, 0.001, not the argument.": (
            mistake(lambda v, e: np.sqrt(v + 1e-3))
        ),
        "That is PyTorch's default epsilon, 0.00001, not the argument.": (
            mistake(lambda v, e: np.sqrt(v + 1e-5))
        ),
        "You divided by the variance; divide by its root.": mistake(lambda v, e: v + e),
        "You squared epsilon; it is added to the variance as it is.": (
            mistake(lambda v, e: np.sqrt(v + e**2))
        ),
        "Epsilon has a root of its own; one root is drawn of the variance and epsilon.": (
            mistake(lambda v, e: np.sqrt(v) + np.sqrt(e))
        ),
        "You took epsilon for the least that a variance may be; it is added to every one.": (
            mistake(lambda v, e: np.sqrt(np.maximum(v, e)))
        ),
        "You divided by the variance, and left epsilon out; divide by the root of both.": (
            mistake(lambda v, e: v)
        ),
        "You used the batch's own statistics: that is training mode.": (
            lambda x, g, b, m, v, e: rule(x, g, b, means(x), variances(x), e)
        ),
        "You used the batch's own mean; it is the moving mean in inference mode.": (
            lambda x, g, b, m, v, e: rule(x, g, b, means(x), v, e)
        ),
        "You used the batch's own variance; it is the moving variance in inference mode.": (
            lambda x, g, b, m, v, e: rule(x, g, b, m, variances(x), e)
        ),
        "Gamma is missing.": lambda x, g, b, m, v, e: rule(x, 1, b, m, v, e),
        "Beta is missing.": lambda x, g, b, m, v, e: rule(x, g, 0, m, v, e),
        "Gamma and beta are missing; in inference mode, too, they scale and shift.": (
            lambda x, g, b, m, v, e: rule(x, 1, 0, m, v, e)
        ),
        "You exchanged gamma (which scales) and beta (which shifts).": (
            lambda x, g, b, m, v, e: rule(x, b, g, m, v, e)
        ),
        "You exchanged the moving mean and the moving variance.": (
            lambda x, g, b, m, v, e: rule(x, g, b, v, m, e)
        ),
        "Gamma divides; it multiplies.": lambda x, g, b, m, v, e: rule(x, 1 / g, b, m, v, e),
        "Beta is subtracted; add it.": lambda x, g, b, m, v, e: rule(x, g, -b, m, v, e),
        "Only the moving mean was divided, and only x scaled: x - moving_mean needs brackets.": (
            lambda x, g, b, m, v, e: (g * x - m / np.sqrt(v + e) + b,)
        ),
        "Only the moving mean was divided by the root: x - moving_mean needs brackets.": (
            lambda x, g, b, m, v, e: (g * (x - m / np.sqrt(v + e)) + b,)
        ),
        "The moving mean is subtracted after the scaling; it comes first, and is scaled, too.": (
            lambda x, g, b, m, v, e: (g * x / np.sqrt(v + e) + b - m,)
        ),
        "The moving mean is not subtracted.": lambda x, g, b, m, v, e: rule(x, g, b, 0, v, e),
        "The moving mean is added; subtract it.": lambda x, g, b, m, v, e: rule(x, g, b, -m, v, e),
        "Beta is added before gamma scales; it comes last.": (
            lambda x, g, b, m, v, e: (g * ((x - m) / np.sqrt(v + e) + b),)
        ),
        "Gamma and beta come before the normalising; they come after it.": (
            lambda x, g, b, m, v, e: rule(g * x + b, 1, 0, m, v, e)
        ),
        "Gamma comes before the normalising; it comes after it.": (
            lambda x, g, b, m, v, e: rule(g * x, 1, b, m, v, e)
        ),
        "Beta comes before the normalising; it comes last.": (
            lambda x, g, b, m, v, e: rule(x + b, g, 0, m, v, e)
        ),
    }
    names = ("x", "gamma", "beta", "moving_mean", "moving_variance", "epsilon")
    way = "gamma * (x - moving_mean) / np.sqrt(moving_variance + epsilon) + beta"
    parts, slipped = ("the output",), [slips(way, *names)]
    expect_arrays(
        "output", output, _output_cases(), parts, keras_output, mistakes, slipped, "epsilon"
    )
