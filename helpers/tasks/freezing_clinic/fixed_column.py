"""Exercise 8, task 7: a column of a kernel that should stay and shrinks, repaired."""

import keras
import numpy as np

from helpers.tasks.answers import call, described
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.training import fit_quietly, inference_outputs


@task(
    "Bug hunt: a column that shrinks",
    why="A weight is the finest thing that has a flag, so what should stay becomes a weight of its "
    "own: frozen, it is on no list, and neither gradient nor decay reaches it.",
    hints=(
        "The gradient is stopped. Who else changes the kernel? Compare before and after.",
        "AdamW shrinks every weight on its list a little in each step, whatever its gradient.",
        "Dense(1, use_bias=False, trainable=False) with the column as its kernel, beside a "
        "Dense(2), joined by Concatenate; then compile with AdamW.",
    ),
)
def fixed_column(make_model: object) -> None:
    """make_model(column) -> compiled, AdamW; first output = inputs @ column for ever, two learn."""
    x = np.random.default_rng(4).normal(0, 1, (36, 4)).astype("float32")
    y = np.random.default_rng(5).uniform(3, 4, (36, 3)).astype("float32")
    for column in (np.array([0.5, 2, -1, 1], "float32"), np.array([3, -1, 0.25, -2], "float32")):
        model = call("make_model", make_model, column.copy())
        if not isinstance(model, keras.Model):
            raise Wrong(f"`make_model` should return a model; it returned {described(model)}.")
        if not model.compiled:
            raise Wrong("the model that `make_model` returns is not compiled.")
        if not isinstance(model.optimizer, keras.optimizers.AdamW):
            kind = type(model.optimizer).__name__
            raise Wrong(
                f"the optimizer is {kind}; AdamW was to stay, since the other outputs need "
                "its decay."
            )
        rate = float(model.optimizer.learning_rate)
        if rate < 0:
            raise Wrong(f"the learning rate is {rate:g}: below 0, every step makes it worse.")
        decay = model.optimizer.weight_decay
        if not decay or not np.isclose(decay, 0.5):
            raise Wrong(f"weight_decay is {decay}; 0.5 was to stay, for the other outputs.")
        try:
            first = inference_outputs(model, x)
        except Exception as error:
            raise Wrong(f"the model cannot be called: {described_error(error)}.") from None
        if first.shape != (36, 3):
            raise Wrong(f"for inputs (36, 4) the model gives {first.shape}; (36, 3) was asked for.")
        _refuse_other_column(first, x, column)
        try:
            fit_quietly(model, x, y, epochs=2)
        except Exception as error:
            raise Wrong(f"your model does not train: {described_error(error)}.") from None
        _refuse_moved_column(first, inference_outputs(model, x), model)


def _refuse_other_column(first: np.ndarray, x: np.ndarray, column: np.ndarray) -> None:
    """Raise Wrong unless the first output is x @ column."""
    if np.allclose(first[:, 0], x @ column, rtol=1e-4, atol=1e-4):
        return
    places = [k for k in (1, 2) if np.allclose(first[:, k], x @ column, rtol=1e-4, atol=1e-4)]
    if places:
        raise Wrong(f"output {places[0]} is inputs @ column; it should be output 0, the first.")
    if np.allclose(first[:, 0], x @ column + (first[0, 0] - x[0] @ column), atol=1e-3):
        raise Wrong("the first output has a bias; it should be inputs @ column, and no more.")
    raise Wrong(
        "before the check trains it, the first output is not inputs @ column: is the "
        "kernel set, and untrained?"
    )


def _refuse_moved_column(first: np.ndarray, later: np.ndarray, model: keras.Model) -> None:
    """Raise Wrong unless the first output stayed and both others changed."""
    change = float(np.abs(later[:, 0] - first[:, 0]).max())
    if change > 1e-5:
        ratio = float(np.sum(later[:, 0] * first[:, 0]) / np.sum(first[:, 0] ** 2))
        shrunk = np.allclose(later[:, 0], ratio * first[:, 0], atol=1e-4)
        if shrunk and 0 < ratio < 1:
            raise Wrong(
                f"after a fit the first output is {ratio:.3f} of what it was: no gradient "
                "reaches the column, but the decay still does."
            )
        raise Wrong(
            f"after a fit the first output has changed, by up to {change:.1g}: something "
            "trains or replaces the column."
        )
    still = [k for k in (1, 2) if np.abs(later[:, k] - first[:, k]).max() < 1e-5]
    if len(still) == 2 and not model.trainable_weights:
        raise Wrong("the first output stays, but the others do not learn either: all is frozen.")
    if still:
        raise Wrong(f"the first output stays, but output {still[0]} does not learn.")
