"""Exercise 7, task 5: a layer that remembers the largest value it saw."""

import keras
import numpy as np
from keras import layers

from helpers.tasks.answers import made_layer
from helpers.tasks.core import Wrong, described_error, task

_SHAPE = (4, 3)  # of the batches that a layer sees here


def _batch_up_to(largest: float, sign: int = 1) -> np.ndarray:
    """Numbers from -1 to 1, and one whose absolute value is the largest, each time elsewhere."""
    values = np.linspace(-1, 1, 12, dtype="float32").reshape(_SHAPE)
    values.flat[int(largest) % 11] = sign * largest
    return values


_TAKE_ABSOLUTE = "Take the absolute value: -7.5 counts as 7.5."
_TRACED = (
    "in a fit, `call` is traced once, with symbols instead of numbers: Python's `if` and `max` and "
    "NumPy cannot compare them. Use keras.ops.maximum."
)


@task(
    "A layer that remembers",
    why="A weight made with trainable=False is saved and counted, and left alone by the optimizer; "
    "when it changes is up to your `call`, frozen or not.",
    hints=(
        "Make the weight in `build`; `call(self, inputs, training=False)` decides when to write.",
        "`keras.ops.max(keras.ops.abs(inputs))`, and `keras.ops.maximum` of it and the old value.",
        "if training and self.trainable: self.peak.assign(keras.ops.maximum(self.peak, "
        "keras.ops.max(keras.ops.abs(inputs)))); return inputs",
    ),
)
def peak(peak_layer: object) -> None:
    """A layer that gives its input back and keeps the largest absolute value seen in training."""
    layer = made_layer("peak_layer", peak_layer)

    def after(inputs: np.ndarray, training: bool | None = True) -> float:
        output = _output_for(layer, inputs, training)
        if output.shape != inputs.shape or not np.array_equal(output, inputs):
            raise Wrong(
                "the layer should give its input back unchanged, and it gives something else "
                f"with training={training}."
            )
        return _number_in(_only_weight(layer))

    at_first = after(_batch_up_to(2.5), False)
    _refuse_unless(
        0,
        at_first,
        "after a first call with training=False.",
        {
            at_first: 'Did it start at 0? Without initializer="zeros", a weight starts at random.',
            1: "It should start at 0.",
            2.5: "It should write in training mode only.",
        },
    )
    _refuse_unless(
        0,
        after(_batch_up_to(3.5), None),
        "after a call that says nothing of `training`.",
        {3.5: "Such a call is inference: give `call` the default training=False."},
    )
    _refuse_unless(
        7.5,
        after(_batch_up_to(7.5, -1)),
        "after a training batch from -7.5 to 1.",
        {
            1: _TAKE_ABSOLUTE,
            -7.5: _TAKE_ABSOLUTE,
            7: "Was it cut to a whole number?",
            56.25: "That is the square of 7.5; take its absolute value.",
            0: "It was not written: use `assign` (a plain `=` only replaces the attribute), and "
            "write when `training` is true.",
        },
    )
    _refuse_unless(
        7.5,
        after(_batch_up_to(5.25)),
        "after batches up to 7.5, then up to 5.25.",
        {
            5.25: "It holds the last batch only; keep the larger of old and new.",
            12.75: "It adds up; keep the larger of old and new.",
        },
    )
    _refuse_unless(
        9.5,
        after(_batch_up_to(9.5)),
        "after a later batch up to 9.5.",
        {7.5: "Does it hold the first batch only? Keep the larger of old and new."},
    )
    layer.trainable = False
    _refuse_unless(
        9.5,
        after(_batch_up_to(20.5)),
        "after a batch up to 20.5 that it saw *frozen*.",
        {20.5: "A frozen layer should not write: look at self.trainable."},
    )
    layer.trainable = True
    _refuse_unless(
        30.5,
        after(_batch_up_to(30.5)),
        "after it was thawed and saw a batch up to 30.5.",
        {9.5: "Thawed, it should write again."},
    )
    _refuse_other_peak_in_fit(peak_layer)


def _refuse_other_peak_in_fit(peak_layer: object) -> None:
    """The same under fit, where `call` is traced once: no Python number can keep anything there."""
    layer = made_layer("peak_layer", peak_layer)
    x = np.concatenate([_batch_up_to(11.5, -1), _batch_up_to(6.25)])
    longer = np.concatenate([_batch_up_to(50.5), x])
    try:
        model = keras.Sequential([keras.Input(_SHAPE[1:]), layer, layers.Dense(1, name="head")])
        model.compile("sgd", "mse")
        model.fit(x, np.ones((8, 1)), batch_size=4, shuffle=False, verbose=0)
        after_fit = _number_in(_only_weight(layer))
        model.evaluate(longer, np.ones((12, 1)), batch_size=4, verbose=0)
    except Wrong:
        raise
    except Exception as error:
        if "symbolic" in str(error).lower() or "numpy()" in str(error):
            raise Wrong(_TRACED) from None
        raise Wrong(f"in a model, fit stopped with {described_error(error)}.") from None
    _refuse_unless(
        11.5,
        after_fit,
        "after a fit on batches up to 11.5 and 6.25.",
        {
            6.25: "It holds the last batch only.",
            0: "In a fit nothing is written: do not turn tensors into Python numbers.",
        },
    )
    _refuse_unless(
        11.5,
        _number_in(_only_weight(layer)),
        "after evaluate on batches up to 50.5.",
        {50.5: "evaluate runs in inference mode, in which it should not write."},
    )


def _output_for(layer: layers.Layer, inputs: np.ndarray, training: bool | None) -> np.ndarray:
    """What the layer gives for the inputs; called without `training` if that is None."""
    told = {} if training is None else {"training": training}
    try:
        output = layer(inputs.copy(), **told)
    except Exception as error:
        said = described_error(error)
        raise Wrong(f"called on a batch, the layer stopped with {said}.") from None
    if output is None:
        raise Wrong("`call` returns nothing; end it with `return inputs`.")
    return keras.ops.convert_to_numpy(output)


def _only_weight(layer: layers.Layer) -> keras.Variable:
    """The layer's one non-trainable number."""
    learned = [weight.name for weight in layer.trainable_weights]
    if learned:
        raise Wrong(f"`{learned[0]}` is trainable: the optimizer would change it, too.")
    if not layer.weights:
        raise Wrong(
            "the layer has no weight: a Python attribute or a variable that Keras does not know is "
            "not saved. Use self.add_weight(..., trainable=False) in `build`."
        )
    numbers = sum(int(np.prod(weight.shape)) for weight in layer.weights)
    if numbers != 1:
        raise Wrong(f"the layer keeps {numbers} numbers; one, with shape=(), is enough.")
    return layer.weights[0]


def _number_in(weight: keras.Variable) -> float:
    return float(keras.ops.convert_to_numpy(weight.value).item())


def _refuse_unless(right: float, value: float, when: str, reasons: dict[float, str]) -> None:
    """Raise Wrong unless the value is right to float32's precision; reasons for wrong values."""
    if np.isclose(value, right, rtol=1e-5, atol=1e-6):
        return
    reason = next((text for wrong, text in reasons.items() if np.isclose(value, wrong)), "")
    raise Wrong(f"it holds {value:g} {when} {reason}".strip(), diagnosed=bool(reason))
