"""Exercise 8, task 7: a column of a kernel that should stay and shrinks, repaired."""

import keras
import numpy as np

from helpers.movement import snapshot
from helpers.tasks.answers import call, described, joined
from helpers.tasks.core import Slip, Wrong, described_error, task
from helpers.tasks.training import fit_quietly, inference_outputs

_COLUMNS_TRIED = (  # fractions, negative numbers, a zero
    np.array([0.5, 2, -1, 1], "float32"),
    np.array([3, -1, 0.25, -2], "float32"),
    np.array([-0.75, 0, 1.5, 0.125], "float64"),
)

_FAST = 0.05  # a learning rate at which little is enough to see


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
    rng = np.random.default_rng(4)
    x = rng.uniform(-0.5, 2.5, (36, 4)).astype("float32")
    y = rng.uniform(3, 4, (36, 3)).astype("float32")
    for column in _COLUMNS_TRIED:
        model = call("make_model", make_model, column.copy())
        if not isinstance(model, keras.Model):
            raise Wrong(f"`make_model` should return a model; it returned {described(model)}.")
        if not model.compiled:
            raise Wrong("the model that `make_model` returns is not compiled.")
        rate = _rate_of_adamw(model.optimizer)
        first = _three_outputs(model, x)
        _refuse_other_column(first, x, column, make_model)
    later = _outputs_after_fit(model, x, y, epochs=2)
    _refuse_moved_column(first, later, rate, 10, model, x)
    model.optimizer.learning_rate = _FAST  # however long the model is trained
    much_later = _outputs_after_fit(model, x, y, epochs=8)
    _refuse_moved_column(later, much_later, _FAST, 40, model, x)
    _refuse_no_learning(first, later, much_later, y, model, rate)


def _rate_of_adamw(optimizer: keras.optimizers.Optimizer) -> float:
    """The learning rate of an AdamW that is as it was asked for."""
    if not isinstance(optimizer, keras.optimizers.AdamW):
        kind = type(optimizer).__name__
        raise Wrong(
            f"the optimizer is {kind}; AdamW was to stay, since the other outputs need its decay."
        )
    rate = float(optimizer.learning_rate)
    if rate < 0:
        raise Wrong(f"the learning rate is {rate:g}: below 0, every step makes it worse.")
    decay = optimizer.weight_decay
    if not decay or not np.isclose(decay, 0.5):
        swapped = " (The rate is 0.5: it is AdamW's first argument.)" if rate == 0.5 else ""
        raise Wrong(f"weight_decay is {decay}; 0.5 was to stay, for the other outputs.{swapped}")
    replaced = [name for name in vars(optimizer) if callable(getattr(type(optimizer), name, None))]
    if replaced:
        raise Wrong(f"the optimizer's own `{replaced[0]}` is replaced: AdamW was to stay.")
    return rate


def _three_outputs(model: keras.Model, x: np.ndarray) -> np.ndarray:
    try:
        outputs = inference_outputs(model, x)
    except Exception as error:
        raise Wrong(
            f"the model cannot be called on inputs {x.shape}: {described_error(error)}.",
            diagnosed=False,
        ) from None
    if outputs.shape != (len(x), 3):
        raise Wrong(
            f"for inputs {x.shape} the model gives {outputs.shape}; {(len(x), 3)} was asked for."
        )
    if not np.isfinite(outputs).all():
        raise Wrong("the model's outputs are NaN or infinite.", diagnosed=False)
    return outputs


def _outputs_after_fit(model: keras.Model, x: np.ndarray, y: np.ndarray, epochs: int) -> np.ndarray:
    """What the model gives after a fit with five steps in an epoch."""
    try:
        fit_quietly(model, x, y, epochs=epochs)
    except Exception as error:
        if "No gradients" in str(error):
            raise Wrong("a fit stops, since no gradient reaches any weight of the model.") from None
        raise Wrong(
            f"your model does not train: {described_error(error)}.", diagnosed=False
        ) from None
    return _three_outputs(model, x)


def _refuse_other_column(
    outputs: np.ndarray, x: np.ndarray, column: np.ndarray, make_model: object
) -> None:
    """Raise Wrong unless the first output is x @ column."""
    wanted = x @ column
    if np.allclose(outputs[:, 0], wanted, rtol=1e-4, atol=1e-4):
        return
    places = [k for k in (1, 2) if np.allclose(outputs[:, k], wanted, rtol=1e-4, atol=1e-4)]
    if places:
        raise Wrong(f"output {places[0]} is inputs @ column; it should be output 0, the first.")
    if np.allclose(outputs[:, 0], wanted + (outputs[0, 0] - wanted[0]), atol=1e-3):
        raise Wrong("the first output has a bias; it should be inputs @ column, and no more.")
    shown = "before the check trains it, the first output is not inputs @ column"
    known = {
        "the column is turned round": x @ column[::-1],
        "its sign is turned round": -wanted,
        "it is 0 for all inputs": 0 * wanted,
        "the activation should be none: negative numbers are cut to 0": np.maximum(wanted, 0),
    }
    for reason, values in known.items():
        if np.allclose(outputs[:, 0], values, rtol=1e-4, atol=1e-4):
            raise Wrong(f"{shown}: {reason}.")
    first = _three_outputs(call("make_model", make_model, _COLUMNS_TRIED[0].copy()), x)
    if np.array_equal(first[:, 0], outputs[:, 0]):
        raise Wrong(f"{shown}: it is the same whatever `column` holds.")
    again = _three_outputs(call("make_model", make_model, column.copy()), x)
    if not np.allclose(again[:, 0], outputs[:, 0], rtol=1e-4, atol=1e-4):
        raise Wrong(
            f"{shown}, but something else in each new model: its kernel starts at random, and is "
            "not set to the column."
        )
    raise Slip(f"{shown}: is the kernel set, and untrained?")


def _refuse_moved_column(
    old: np.ndarray, new: np.ndarray, rate: float, steps: int, model: keras.Model, x: np.ndarray
) -> None:
    """Raise Wrong unless the first output stayed in so many steps at this rate."""
    old, new = old[:, 0], new[:, 0]
    change = float(np.abs(new - old).max())
    if change <= 1e-5:
        return
    shown = f"after a fit the first output has changed, by up to {change:.1g}"
    left = (1 - 0.5 * rate) ** steps  # of what only decays
    if np.allclose(new, left * old, rtol=1e-3, atol=1e-4):
        raise Wrong(
            f"after {steps} steps at a rate of {rate:g} the first output is {left:.4g} of what it "
            "was: no gradient reaches the column, but the decay still does."
        )
    if np.allclose(new - old, new[0] - old[0], rtol=1e-3, atol=1e-4):
        raise Wrong(f"{shown}, and by the same for every input: a bias of it is trained.")
    shown += ", and not by the decay alone"
    learned = model.trainable_weights
    if np.allclose(_first_without(learned, model, x), x @ _COLUMNS_TRIED[-1], rtol=1e-3, atol=1e-4):
        raise Wrong(f"{shown}: to inputs @ column something is added, which learns.")
    reach = [w for w in learned if not np.allclose(_first_without([w], model, x), new)]
    if reach:
        raise Wrong(
            f"{shown}: a weight of shape {tuple(reach[0].shape)} that it is made with is trained. "
            "(A flag holds for a whole weight, not for a slice.)"
        )
    raise Slip(f"{shown}: does a gradient reach the column?")


def _first_without(weights: list[keras.Variable], model: keras.Model, x: np.ndarray) -> np.ndarray:
    """The first output where these weights are 0; afterwards they are as they were."""
    before = snapshot(model)
    for weight in weights:
        weight.assign(keras.ops.zeros_like(weight))
    first = inference_outputs(model, x)[:, 0]
    before.restore()
    return first


def _refuse_no_learning(
    first: np.ndarray,
    later: np.ndarray,
    much_later: np.ndarray,
    y: np.ndarray,
    model: keras.Model,
    rate: float,
) -> None:
    """Raise Wrong unless both other outputs change at the model's own rate, and get better."""
    still = [k for k in (1, 2) if np.abs(later[:, k] - first[:, k]).max() < 1e-6]
    shown = "the first output stays, but"
    if len(still) == 2 and not model.trainable:
        inside = model._flatten_layers(include_self=False)
        on = [layer.name for layer in inside if layer.trainable and layer.weights]
        also = f", also that of {joined(on)}, which is True" if on else ""
        raise Wrong(
            f"{shown} the others do not learn either: the flag of the model itself is False, and "
            f"vetoes every flag in it{also}."
        )
    if len(still) == 2 and not model.trainable_weights:
        raise Wrong(f"{shown} the others do not learn either: all is frozen.")
    if still and rate < 1e-5:
        raise Wrong(f"{shown} at the model's rate of {rate:g} output {still[0]} does not learn.")
    if still:
        raise Wrong(f"{shown} output {still[0]} does not learn.", diagnosed=False)
    errors = [np.mean((each[:, 1:] - y[:, 1:]) ** 2, axis=0) for each in (first, much_later)]
    worse = [k for k in (1, 2) if not errors[1][k - 1] < errors[0][k - 1]]
    if worse:
        k = worse[0]
        raise Wrong(
            f"{shown} output {k} does not learn: in a fit at a rate of {_FAST} its error goes from "
            f"{errors[0][k - 1]:.3g} to {errors[1][k - 1]:.3g}.",
            diagnosed=False,
        )
