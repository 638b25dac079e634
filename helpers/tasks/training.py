"""How a model that a learner's code made or changed is judged: what it is, and what training moves.

What is compared with is taken before the learner's code runs, movement is read variable by
variable, and the training is Keras's own: whatever an answer replaces, it does not replace that.
"""

import warnings

import keras
import numpy as np

from helpers.movement import Movement, Snapshot, compare, snapshot
from helpers.tasks.answers import call, described, joined
from helpers.tasks.core import Wrong, described_error

# --- what a learner's function gives back --------------------------------------------------------


def returned_model(
    name: str, function: object, model: keras.Model, *arguments: object
) -> keras.Model:
    """Call a learner's function on a model; what it returns has the same weights, all of them.

    Args:
        model: built; the function gets it as its first argument.

    Raises:
        Wrong: it stopped, or returned no model, one not built, or one with other weights.
    """
    given = list(model.weights)  # now, since the function may replace layers; kept, so are the ids
    returned = call(name, function, model, *arguments)
    if not isinstance(returned, keras.Model):
        raise Wrong(f"`{name}` should return the model; it returned {described(returned)}.")
    if not returned.built:
        raise Wrong(f"`{name}` returned a model that is not built: return the one it was given.")
    known, owned = {id(weight) for weight in given}, {id(weight) for weight in returned.weights}
    if owned < known:
        raise Wrong(
            f"`{name}` returned a part of the model, with {len(owned)} of its {len(known)} "
            "weights: return the whole model."
        )
    if known.isdisjoint(owned):
        raise Wrong(
            f"`{name}` returned another model than the one it was given, such as a clone: none of "
            "its weights are that one's. Work on the model that was given, and return it."
        )
    if owned != known:
        raise Wrong(
            f"`{name}` returned a model of {len(owned)} weights, {len(owned - known)} of which "
            "are not in the model that it was given.",
            diagnosed=False,
        )
    return returned


def prepared_model(
    name: str, function: object, model: keras.Model, *arguments: object
) -> keras.Model:
    """As `returned_model`, of a function that must leave the values as they are."""
    before = snapshot(model)
    returned = returned_model(name, function, model, *arguments)
    if changed := moved_since(before):
        raise Wrong(
            f"your `{name}` itself changed {joined(changed)}. It should only prepare the model; "
            "the check trains it."
        )
    return returned


def flags(model: keras.Model) -> dict[str, bool]:
    """The flag of every layer, at any depth, and of every weight of a model, by place and name."""
    layers = {id(layer): layer for layer in model._flatten_layers()}
    named = {f"{at}: {each.name}": each.trainable for at, each in enumerate(layers.values())}
    return named | {f"{at}: {w.path}": w.trainable for at, w in enumerate(model.weights)}


# --- training -----------------------------------------------------------------------------------


def training_data(model: keras.Model, examples: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets on which every healthy layer of the model must move.

    Inputs are positive and far from zero and from each other, so that no gradient vanishes by
    accident and batch statistics differ from BatchNormalization's start values.

    Args:
        model: one input, one output, all axes but the first of known size.

    Returns:
        float32 arrays of shapes (examples, ...): inputs from 0.5 to 2.5, targets from 0.1 to 0.9.
    """
    rng = np.random.default_rng(7)
    x = rng.uniform(0.5, 2.5, (examples, *model.input_shape[1:])).astype("float32")
    y = rng.uniform(0.1, 0.9, (examples, *model.output_shape[1:])).astype("float32")
    return x, y


def fit_quietly(
    model: keras.Model, x: np.ndarray, y: np.ndarray, epochs: int = 1, batch_size: int = 8
) -> None:
    """Fit as compiled, without the warning that nothing is trainable: what moved will tell."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras.Model.fit(model, x, y, batch_size=batch_size, epochs=epochs, verbose=0)


def movement_of_fit(
    model: keras.Model,
    data: tuple[np.ndarray, np.ndarray] | None = None,
    epochs: int = 1,
    batch_size: int = 8,
) -> Movement:
    """Fit the model as it is, compiled by the learner, on these or on `training_data`; what moved.

    Afterwards the values are put back; the model's optimizer has counted the steps.

    Raises:
        Wrong: it is not compiled, or does not train.
    """
    if not model.compiled:
        raise Wrong("the model is not compiled: compile it as the last step, then return it.")
    before = snapshot(model)
    try:
        fit_quietly(model, *(data or training_data(model)), epochs, batch_size)
    except Exception as error:
        if "Unknown variable" in str(error):  # the optimizer was built for other weights
            raise Wrong(
                "a fit stops with 'Unknown variable': the optimizer was made when other weights "
                "were trainable, and has no numbers for those that are now. Compile with a new one "
                "after the flags."
            ) from None
        raise Wrong(
            f"your model does not train: fit stopped with {described_error(error)}.",
            diagnosed=False,
        ) from None
    movement = compare(before)
    before.restore()
    return movement


def moved_since(before: Snapshot) -> list[str]:
    """The paths of the variables whose values have changed since, whatever became of the model."""
    pairs = zip(before.variables, before.values, strict=True)
    return [variable.path for variable, old in pairs if not _same(variable, old)]


def _same(variable: keras.Variable, old: np.ndarray) -> bool:
    return np.array_equal(keras.ops.convert_to_numpy(variable.value), old, equal_nan=True)


def inference_outputs(layer: keras.layers.Layer, x: np.ndarray) -> np.ndarray:
    """What a layer or model gives in inference mode."""
    return keras.ops.convert_to_numpy(layer(x, training=False))
