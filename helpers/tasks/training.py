"""How an answer is trained and judged: data on which all that is healthy moves, and what moved."""

import warnings

import keras
import numpy as np

from helpers.movement import Movement, compare, snapshot
from helpers.tasks.core import Wrong, described_error


def training_data(model: keras.Model, examples: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets on which every healthy layer of the model must move.

    Inputs are positive and far from zero and from each other, so that no gradient vanishes by
    accident and batch statistics differ from BatchNormalization's start values.

    Args:
        model: one input, one output, all axes but the first of known size.
    """
    rng = np.random.default_rng(7)
    x = rng.uniform(0.5, 2.5, (examples, *model.input_shape[1:])).astype("float32")
    y = rng.uniform(0.1, 0.9, (examples, *model.output_shape[1:])).astype("float32")
    return x, y


def fit_quietly(model: keras.Model, x: np.ndarray, y: np.ndarray, epochs: int = 1) -> None:
    """Fit as compiled, without the warning that nothing is trainable: what moved will tell."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(x, y, batch_size=8, epochs=epochs, verbose=0)


def inference_outputs(layer: keras.layers.Layer, x: np.ndarray) -> np.ndarray:
    """What a layer or model gives in inference mode."""
    return keras.ops.convert_to_numpy(layer(x, training=False))


def movement_of_fit(model: keras.Model, epochs: int = 1) -> Movement:
    """Fit the model as it is, compiled by the learner, on `training_data`; what moved.

    Afterwards the values are put back; the model's optimizer has counted the steps.
    """
    x, y = training_data(model)
    before = snapshot(model)
    try:
        fit_quietly(model, x, y, epochs)
    except Exception as error:
        raise Wrong(
            f"your model does not train: fit stopped with {described_error(error)}."
        ) from None
    movement = compare(before)
    before.restore()
    return movement
