"""Exercise 8, task 6: a layer whose number Keras does not know, repaired."""

import keras
import numpy as np
from keras import layers

from helpers.tasks.answers import call, made_layer
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.freezing_clinic._clinic_models import examples, movement_when_refitted


@task(
    "Repair: a number that Keras does not know",
    why="What a layer makes with add_weight is in the ledger, obeys the flag and is saved.",
    hints=(
        "Which line makes the number, and who is told of it?",
        "`self.add_weight(shape=(), initializer=..., name='temperature')` in `build` or "
        "`__init__`; the start value 2 is `keras.initializers.Constant(2.0)`.",
        "class Temperature(layers.Layer) with such a weight, and `call(self, numbers)` that "
        "returns `numbers / self.temperature`; `make_layer` returns `Temperature()`.",
    ),
)
def temperature(make_layer: object) -> None:
    """make_layer() -> a new layer x / t with one learned number t, 2 at first; obeys the flag."""
    x, _ = examples()
    try:
        layer = made_layer("make_layer", make_layer)
        out = _output_of(layer, x)
    except Wrong as wrong:
        if "initializer identifier" not in str(wrong):
            raise
        raise Wrong(f"{wrong} Write keras.initializers.Constant(2.0).") from None
    _refuse_wrong_weights(layer)
    _refuse_wrong_output(out, x)
    for frozen in (False, True):
        layer = call("make_layer", make_layer)
        movement = movement_when_refitted("make_layer", _model_with(layer, frozen))
        number = layer.weights[0]
        if (number.path in movement.moved) == frozen:
            raise Wrong(
                "with the layer frozen, its number moved: it does not obey the flag."
                if frozen
                else "in a fit, the number did not move: is it used in `call`, "
                "and made to be trained?"
            )


def _output_of(layer: layers.Layer, x: np.ndarray) -> np.ndarray:
    try:
        return keras.ops.convert_to_numpy(layer(x))
    except Exception as error:
        raise Wrong(f"the layer cannot be called on numbers: {described_error(error)}.") from None


def _model_with(layer: layers.Layer, frozen: bool) -> keras.Model:
    inputs = keras.Input((4,))
    try:
        model = keras.Model(inputs, layers.Dense(2, name="head")(layer(inputs)))
    except Exception as error:
        raise Wrong(f"the layer cannot stand in a model: {described_error(error)}.") from None
    layer.trainable = not frozen
    return model


def _refuse_wrong_output(out: np.ndarray, x: np.ndarray) -> None:
    """Raise Wrong unless the layer gives x / 2 at first."""
    if out.shape != x.shape:
        raise Wrong(
            f"for numbers of the shape {x.shape} the layer gives {out.shape}; it should "
            "divide each by the same number."
        )
    if np.allclose(out, x / 2, rtol=1e-4):
        return
    known = {
        "Does the temperature start at 1, or is it not used?": x,
        "It multiplies by 2 instead of dividing.": 2 * x,
    }
    with np.errstate(all="ignore"):
        ratio = x / out
    for message, values in known.items():
        if np.allclose(out, values, rtol=1e-4):
            raise Wrong(f"for {x[0, 0]:.2f} the layer gives {out[0, 0]:.2f}. {message}")
    if not np.isfinite(out).all():
        raise Wrong("the layer gives numbers that are not finite: does the temperature start at 0?")
    if np.allclose(ratio, ratio.flat[0], rtol=1e-3):
        raise Wrong(
            f"the layer divides by {ratio.flat[0]:.4g} at the start; 2 was asked for. "
            "Without an initializer, a weight starts at random."
        )
    raise Wrong(f"for {x[0, 0]:.2f} the layer gives {out[0, 0]:.2f}; half of it was asked for.")


def _refuse_wrong_weights(layer: layers.Layer) -> None:
    """Raise Wrong unless the layer has one weight of one number, made to be trained."""
    if not layer.weights:
        raise Wrong(
            "the layer has no weight: a Python number, a tf.Variable, or a variable inside "
            "a Lambda's function is unknown to Keras. Use self.add_weight."
        )
    count = sum(int(np.prod(weight.shape)) for weight in layer.weights)
    if count != 1:
        raise Wrong(f"the layer has {count} numbers; one for all was asked for.")
    if not layer.trainable_weights:
        raise Wrong("the number is listed, but not as trainable: it was made with trainable=False.")
