"""Exercise 5, task 5: a Keras layer that acts like one of PyTorch."""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from helpers.batchnorm import current_statistics
from helpers.tasks.answers import call, described
from helpers.tasks.core import Wrong, task
from helpers.tasks.slips import explained, slips


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
    mistakes = {
        "You copied the momentum; PyTorch's is the share of the *new* value, Keras's of the "
        "old.": lambda m, e: (m, e),
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
    given = [_momentum_and_epsilon(call("like_pytorch", like_pytorch, *case)) for case in cases]
    shown = f"`like_pytorch{cases[0]}` acts with momentum {given[0][0]:.3g} and epsilon "
    shown += f"{given[0][1]:.2g}. "  # measured in float32: a small one has no third digit

    def equals(formula: Callable) -> bool:
        return np.allclose(given, [formula(*case) for case in cases], rtol=0.01, atol=1e-7)

    if equals(lambda m, e: (1 - m, e)):
        return
    if all(momentum == 1 for momentum, _ in given):
        raise Wrong(shown + "Its statistics do not move in training: is the layer frozen?")
    for message, formula in mistakes.items():
        if equals(formula):
            raise Wrong(shown + message)
    if np.allclose([pair[0] for pair in given], [1 - case[0] for case in cases], rtol=0.01):
        raise Wrong(shown + "The momentum is right; epsilon is not the argument.")
    slip = explained(slips("(1 - m, e)", "m", "e"), equals)
    if slip:
        raise Wrong(shown + slip)
    raise Wrong(shown + "Which Keras momentum keeps 0.7 of the old value?", diagnosed=False)


def _momentum_and_epsilon(layer: object) -> tuple[float, float]:
    """The momentum and epsilon with which a layer acts, measured on one training step."""
    if not isinstance(layer, layers.BatchNormalization):
        raise Wrong(
            f"`like_pytorch` should return a BatchNormalization layer; yours is {described(layer)}."
        )
    if layer.axis not in (-1, 1):
        raise Wrong(
            f"`like_pytorch` gives a layer with axis={layer.axis}: the first argument of "
            "BatchNormalization is `axis`, so give momentum= and epsilon= by name."
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
