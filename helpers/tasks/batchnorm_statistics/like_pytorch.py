"""Exercise 5, task 5: a Keras layer that acts like one of PyTorch."""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from helpers.batchnorm import current_statistics
from helpers.tasks.answers import call, described, expect_function
from helpers.tasks.core import Slip, Wrong, task
from helpers.tasks.slips import explained, slips

# PyTorch's momentum and epsilon; its defaults, and both ends of the momentum, are among them.
_IN_PYTORCH = ((0.3, 0.02), (0.1, 1e-5), (0.65, 0.1), (1.0, 0.004), (0.0625, 0.0025))
_WRONG_SETTINGS = {
    "You copied the momentum; PyTorch's is the share of the *new* value, Keras's of the old.": (
        lambda m, e: (m, e)
    ),
    "You copied the momentum, and left Keras's default epsilon.": lambda m, e: (m, 1e-3),
    "That is Keras's default momentum; it should follow from the argument.": (
        lambda m, e: (0.99, e)
    ),
    "Those are Keras's defaults; both should follow from the arguments.": lambda m, e: (0.99, 1e-3),
    "The momentum is right; epsilon is Keras's default, not the argument.": (
        lambda m, e: (1 - m, 1e-3)
    ),
    "The momentum is right; epsilon is PyTorch's default, not the argument.": (
        lambda m, e: (1 - m, 1e-5)
    ),
    "That is what PyTorch's defaults become; both should follow from the arguments.": (
        lambda m, e: (0.9, 1e-5)
    ),
    "The momentum does not follow from the argument: PyTorch's default, 0.1, becomes 0.9.": (
        lambda m, e: (0.9, e)
    ),
    "The momentum is the larger of the two shares; it is that of the *old* value, if small.": (
        lambda m, e: (max(m, 1 - m), e)
    ),
    "The momentum is the smaller of the two shares; it is that of the *old* value, if large.": (
        lambda m, e: (min(m, 1 - m), e)
    ),
    "The momentum is rounded; give it as it is.": lambda m, e: (round(1 - m, 1), e),
    "The momentum is rounded to two digits; give it as it is.": lambda m, e: (round(1 - m, 2), e),
    "The momentum is right; epsilon is squared, and both add it to the variance as it is.": (
        lambda m, e: (1 - m, e**2)
    ),
    "Epsilon stands in the place of the momentum, and the other way round.": (
        lambda m, e: (1 - e, m)
    ),
    "The right two numbers, exchanged: give momentum= and epsilon= by name.": (
        lambda m, e: (e, 1 - m)
    ),
    "You exchanged momentum and epsilon, and copied the momentum.": lambda m, e: (e, m),
}


@task(
    "The layer in PyTorch's terms",
    why="PyTorch's momentum is the share of the new value: Keras's is 1 minus it. Epsilon means "
    "the same in both, but the defaults differ.",
    hints=(
        "Of which value, old or new, is the momentum the share in PyTorch, and in Keras?",
        "BatchNormalization takes `momentum=` and `epsilon=`.",
        "layers.BatchNormalization(momentum=1 - torch_momentum, epsilon=torch_epsilon)",
    ),
)
def like_pytorch(like_pytorch: object) -> None:
    """like_pytorch(torch_momentum, torch_epsilon) -> the Keras layer that acts like it."""
    expect_function("like_pytorch", like_pytorch)
    made = [call("like_pytorch", like_pytorch, *case) for case in (*_IN_PYTORCH, _IN_PYTORCH[0])]
    if len({id(layer) for layer in made}) < len(made):
        raise Wrong("`like_pytorch` returns a layer that it had returned before; make a new one.")
    given = [_momentum_and_epsilon(layer) for layer in made[:-1]]
    right = [(1 - momentum, epsilon) for momentum, epsilon in _IN_PYTORCH]
    first = next((i for i, pair in enumerate(given) if not _same_settings(pair, right[i])), None)
    if first is None:
        return
    shown = f"`like_pytorch{_IN_PYTORCH[first]}` acts with momentum {given[first][0]:.3g} and "
    shown += (
        f"epsilon {given[first][1]:.2g}. "  # measured in float32: a small one has no third digit
    )

    def fits(formula: Callable) -> bool:
        return all(map(_same_settings, given, [formula(*case) for case in _IN_PYTORCH]))

    for message, formula in _WRONG_SETTINGS.items():
        if fits(formula):
            raise Wrong(shown + message)
    if all(momentum == 1 for momentum, _ in given):
        raise Wrong(f"{shown}Its statistics do not move in training.", diagnosed=False)
    if all(_same_settings(pair, given[0]) for pair in given):
        raise Wrong(shown + "So does every call; both numbers should follow from the arguments.")
    momenta = all(_same_settings(a, (b[0], a[1])) for a, b in zip(given, right, strict=True))
    epsilons = all(_same_settings(a, (a[0], b[1])) for a, b in zip(given, right, strict=True))
    if momenta:
        raise Wrong(f"{shown}The momentum is right; epsilon is not the argument.")
    if slip := explained(slips("(1 - m, e)", "m", "e"), fits):
        raise Slip(shown + slip)
    which = "Epsilon is right. " if epsilons else ""
    momentum, _ = _IN_PYTORCH[first]
    kept = f"How much of the old value does PyTorch keep with momentum {momentum:g}?"
    raise Wrong(shown + which + kept, diagnosed=False)


def _same_settings(given: tuple[float, float], wanted: tuple[float, float]) -> bool:
    """Two momenta and epsilons, to the digits that a measurement in float32 has."""
    return bool(np.all(np.abs(np.subtract(given, wanted)) <= [1e-4, 0.01 * wanted[1] + 1e-7]))


def _momentum_and_epsilon(layer: object) -> tuple[float, float]:
    """The momentum and epsilon with which a layer acts, measured on one training step."""
    if not isinstance(layer, layers.BatchNormalization):
        what = "the class; make a layer of it" if isinstance(layer, type) else described(layer)
        raise Wrong(f"`like_pytorch` should return a BatchNormalization layer; yours is {what}.")
    if layer.axis not in (-1, 1):
        raise Wrong(
            f"`like_pytorch` gives a layer with axis={layer.axis}: the first argument of "
            "BatchNormalization is `axis`, so give momentum= and epsilon= by name."
        )
    if not layer.trainable:
        raise Wrong("the layer is frozen: its statistics do not move in training.")
    half = 2**-5  # the batch's standard deviation, small beside the root of most epsilons
    batch = np.array([[1 - half], [1 + half]], "float32")  # its mean is 1
    layer(batch)  # builds it
    for weight, start in ((layer.moving_mean, 0), (layer.moving_variance, 1)):
        weight.assign(np.full(weight.shape, start))
    output = keras.ops.convert_to_numpy(layer(batch, training=True)).astype("float64")
    kept = 1 - float(current_statistics(layer).mean[0])
    spread = float(output[1, 0] - output[0, 0]) / 2
    if spread == 0:
        raise Wrong("the layer gives the same output for different inputs: is its gamma 0?")
    return kept, (half / spread) ** 2 - half**2
