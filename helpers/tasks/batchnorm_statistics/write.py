"""Tasks of exercise 5 that ask for a formula or a layer."""

import keras
import numpy as np
from keras import layers

from helpers.batchnorm import current_statistics, expected_moving
from helpers.tasks.answers import call, described
from helpers.tasks.batchnorm_statistics.arrays import expect_arrays
from helpers.tasks.core import Wrong, task


@task(
    "The layer in PyTorch's terms",
    why="PyTorch's momentum is the weight of the new value: Keras's is 1 minus it. Epsilon means "
    "the same in both, but the defaults differ.",
    hints=(
        "Of which value, old or new, is the momentum the weight in PyTorch, and in Keras?",
        "BatchNormalization takes `momentum=` and `epsilon=`.",
        "layers.BatchNormalization(momentum=1 - torch_momentum, epsilon=torch_epsilon)",
    ),
)
def like_pytorch(like_pytorch):
    """like_pytorch(torch_momentum, torch_epsilon) -> the Keras layer that acts like it."""
    mistakes = {
        "You copied the momentum; PyTorch's is the weight of the *new* value, Keras's of the old.": (
            lambda m, e: (m, e)
        ),
        "You copied the momentum, and left Keras's default epsilon.": lambda m, e: (m, 1e-3),
        "That is Keras's default momentum; it should follow from the argument.": (
            lambda m, e: (0.99, e)
        ),
        "Those are Keras's defaults; both should follow from the arguments.": (
            lambda m, e: (0.99, 1e-3)
        ),
        "The momentum is right; epsilon is Keras's default, not the argument.": (
            lambda m, e: (1 - m, 1e-3)
        ),
        "The momentum is right; epsilon is PyTorch's default, not the argument.": (
            lambda m, e: (1 - m, 1e-5)
        ),
        "Those are PyTorch's defaults; both should follow from the arguments.": (
            lambda m, e: (0.9, 1e-5)
        ),
        "The momentum does not follow from the argument; it is PyTorch's default.": (
            lambda m, e: (0.9, e)
        ),
        "You exchanged momentum and epsilon.": lambda m, e: (1 - e, m),
    }
    cases = [(0.3, 0.02), (0.1, 0.005), (0.6, 0.1)]
    given = [settings(call("like_pytorch", like_pytorch, *case)) for case in cases]
    shown = f"`like_pytorch{cases[0]}` acts with momentum {given[0][0]:.3g} and epsilon "
    shown += f"{given[0][1]:.3g}. "

    def equals(formula):
        return np.allclose(given, [formula(*case) for case in cases], rtol=0.01, atol=1e-4)

    if equals(lambda m, e: (1 - m, e)):
        return
    if all(momentum == 1 for momentum, _ in given):
        raise Wrong(shown + "Its statistics do not move in training: is the layer frozen?")
    for message, formula in mistakes.items():
        if equals(formula):
            raise Wrong(shown + message)
    if np.allclose([pair[0] for pair in given], [1 - case[0] for case in cases], rtol=0.01):
        raise Wrong(shown + "The momentum is right; epsilon is not the argument.")
    raise Wrong(shown + "Which Keras momentum keeps 0.7 of the old value?", diagnosed=False)


def settings(layer) -> tuple[float, float]:
    """The momentum and epsilon with which a layer acts, measured on one training step."""
    if not isinstance(layer, layers.BatchNormalization):
        raise Wrong(
            f"`like_pytorch` should return a BatchNormalization layer; yours is {described(layer)}."
        )
    half = 0.25  # the batch's standard deviation
    batch = np.array([[1 - half], [1 + half]], "float32")  # its mean is 1
    layer(batch)  # builds it
    for weight, start in ((layer.moving_mean, 0), (layer.moving_variance, 1)):
        weight.assign(np.full(weight.shape, start))
    output = keras.ops.convert_to_numpy(layer(batch, training=True)).astype("float64")
    kept = 1 - float(current_statistics(layer).mean[0])
    spread = float(output[1, 0] - output[0, 0]) / 2
    if kept == 1:
        return kept, float(layer.epsilon)
    if spread == 0:
        raise Wrong("the layer gives the same output for different inputs: is its gamma 0?")
    return kept, (half / spread) ** 2 - half**2


def update_cases() -> list[tuple]:
    """Old mean, old variance, batch, momentum: two axes, four axes, three axes."""
    rng = np.random.default_rng(3)

    def case(shape, momentum):
        channels = shape[-1]
        batch = rng.normal(2, 3, shape) + np.arange(channels)
        return rng.uniform(1, 2, channels), rng.uniform(2, 3, channels), batch, momentum

    return [case((4, 4), 0.8), case((3, 2, 5, 4), 0.7), case((2, 4, 2), 0.25)]


def average(mean, variance, new_mean, new_variance, m):
    return m * mean + (1 - m) * new_mean, m * variance + (1 - m) * new_variance


def others(batch) -> tuple[int, ...]:
    return tuple(range(batch.ndim - 1))


@task(
    "The update rule",
    why="momentum · old + (1 - momentum) · batch, with the mean and the population variance over "
    "all axes but the last.",
    hints=(
        "First the batch's mean and variance per channel; then mix old and new.",
        "All axes but the last: `tuple(range(batch.ndim - 1))`. NumPy's `var` divides by N.",
        "momentum * moving_mean + (1 - momentum) * batch.mean(axis=axes), and likewise with var.",
    ),
)
def update_rule(update):
    """update(moving_mean, moving_variance, batch, momentum) -> the two new statistics."""

    def mistake(mean_of, variance_of, mix=average):
        return lambda mean, variance, x, m: mix(mean, variance, mean_of(x), variance_of(x), m)

    def mean(x):
        return x.mean(axis=others(x))

    def var(x):
        return x.var(axis=others(x))

    def sample(x):
        return x.var(axis=others(x), ddof=1)

    def reverse(a, b, c, d, m):
        return average(a, b, c, d, 1 - m)

    mistakes = {
        "You turned the momentum round: in Keras it is the weight of the *old* value.": (
            mistake(mean, var, reverse)
        ),
        "That is PyTorch's rule: momentum for the *new* value, and the variance divided by N - 1.": (
            mistake(mean, sample, reverse)
        ),
        "You used the sample variance (N - 1); Keras divides by N.": mistake(mean, sample),
        "You mixed in the standard deviation; the layer keeps the *variance*.": (
            mistake(mean, lambda x: x.std(axis=others(x)))
        ),
        "You averaged over the first axis only; for images, height and width belong to it, too.": (
            mistake(lambda x: x.mean(axis=0), lambda x: x.var(axis=0))
        ),
        "You averaged over everything; each channel has numbers of its own.": (
            lambda a, b, x, m: average(a, b, x.mean(), x.var(), m)
        ),
        "You averaged over the channels (the last axis); average over all *other* axes.": (
            lambda a, b, x, m: average(a, b, x.mean(axis=-1), x.var(axis=-1), m)
        ),
        "You started afresh from 0 and 1; go on from the old values that are given.": (
            lambda a, b, x, m: average(0, 1, mean(x), var(x), m)
        ),
        "You returned the batch's own statistics; they should be mixed with the old ones.": (
            lambda a, b, x, m: (mean(x), var(x))
        ),
        "You used Keras's default momentum, 0.99, not the argument.": (
            lambda a, b, x, m: average(a, b, mean(x), var(x), 0.99)
        ),
        "You used the momentum 0.9, not the argument.": (
            lambda a, b, x, m: average(a, b, mean(x), var(x), 0.9)
        ),
        "The new value lacks its weight, 1 - momentum.": (
            lambda a, b, x, m: (m * a + mean(x), m * b + var(x))
        ),
        "You exchanged the two results: first the mean, then the variance.": (
            lambda a, b, x, m: average(a, b, mean(x), var(x), m)[::-1]
        ),
        "You measured the variance around the *moving* mean; it is around the batch's own.": (
            lambda a, b, x, m: average(a, b, mean(x), mean((x - a) ** 2), m)
        ),
        "You measured it around the mean just updated; it is around the batch's own.": (
            lambda a, b, x, m: average(
                a, b, mean(x), mean((x - m * a - (1 - m) * mean(x)) ** 2), m
            )
        ),
    }  # fmt: skip
    parts = ("the moving mean", "the moving variance")
    expect_arrays(
        "update", update, update_cases(), parts,
        lambda a, b, x, m: expected_moving((a, b), x, m), mistakes,
    )  # fmt: skip


def output_cases() -> list[tuple]:
    """x, gamma, beta, moving mean, moving variance, epsilon: two axes and four axes."""
    rng = np.random.default_rng(4)

    def case(shape, epsilon):
        gamma, beta, mean = (rng.uniform(0.5, 3, shape[-1]) for _ in range(3))
        variance = np.geomspace(1e-4, 0.3, shape[-1])  # small enough for an epsilon of 1e-5 to show
        return rng.normal(0, 2, shape), gamma, beta, mean, variance, epsilon

    return [case((5, 3), 0.2), case((2, 3, 4, 2), 0.05)]


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
def output_rule(output):
    """output(x, gamma, beta, moving_mean, moving_variance, epsilon) against Keras itself."""
    def keras_output(x, gamma, beta, mean, variance, epsilon):
        layer = layers.BatchNormalization(epsilon=epsilon)
        layer.build((None, *x.shape[1:]))
        layer.set_weights([gamma, beta, mean, variance])
        return (keras.ops.convert_to_numpy(layer(x.astype("float32"), training=False)),)

    def mistake(divisor):
        return lambda x, g, b, m, v, e: (g * (x - m) / divisor(v, e) + b,)

    def of_batch(x, g, b, m, v, e):
        mean, variance = x.mean(axis=others(x)), x.var(axis=others(x))
        return (g * (x - mean) / np.sqrt(variance + e) + b,)

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
        "You used the batch's own statistics: that is training mode.": of_batch,
        "Gamma is missing.": lambda x, g, b, m, v, e: ((x - m) / np.sqrt(v + e) + b,),
        "Beta is missing.": lambda x, g, b, m, v, e: (g * (x - m) / np.sqrt(v + e),),
        "You exchanged gamma (which scales) and beta (which shifts).": (
            lambda x, g, b, m, v, e: (b * (x - m) / np.sqrt(v + e) + g,)
        ),
        "Beta is added before gamma scales; it comes last.": (
            lambda x, g, b, m, v, e: (g * ((x - m) / np.sqrt(v + e) + b),)
        ),
    }
    expect_arrays("output", output, output_cases(), ("the output",), keras_output, mistakes)
