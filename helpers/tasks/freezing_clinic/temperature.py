"""Exercise 8, task 6: a layer whose number Keras does not know, repaired."""

from collections.abc import Callable, Sequence
from itertools import product

import keras
import numpy as np
from keras import layers

from helpers.tasks.answers import call, made_layer
from helpers.tasks.core import Slip, Wrong, described_error, task
from helpers.tasks.freezing_clinic._clinic_models import movement_when_refitted
from helpers.tasks.mistakes import RIGHT, Part, mistakes_fitting, wrong

_TEMPERATURES = (2.0, 5.0, 0.25)  # the start value, and others that the number is set to
_MODES = [(flag, training) for flag in (True, False) for training in (False, True)]
_MODE_WORDS = (
    {True: "while its flag is True", False: "while it is frozen"},
    {True: "in training", False: "outside of training"},
)
_Division = Callable[[np.ndarray, float], np.ndarray]
_TEMPERATURE_RULES: Part = [
    (RIGHT, lambda x, t: x / t),
    ("It multiplies instead of dividing.", lambda x, t: x * t),
    ("It subtracts instead of dividing.", lambda x, t: x - t),
    ("It adds instead of dividing.", lambda x, t: x + t),
    ("It divides the number by the input, not the input by the number.", lambda x, t: t / x),
    ("It divides by the square of the number.", lambda x, t: x / t**2),
    ("It divides by a power of e, not by the number.", lambda x, t: x / np.exp(t)),
    ("It divides by 2, whatever the number is: use the weight in `call`.", lambda x, t: x / 2),
    ("It gives its input back: use the weight in `call`.", lambda x, t: x),
    ("It divides without a rest.", lambda x, t: x // t),
    ("It goes on to a softmax; only the division was asked for.", lambda x, t: _softmax(x / t)),
    ("It takes the absolute value, too.", lambda x, t: np.abs(x / t)),
]


def _softmax(x: np.ndarray) -> np.ndarray:
    exponentials = np.exp(x - x.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)


def _inputs() -> list[np.ndarray]:
    """Of several ranks and sizes, negative numbers among them, none near 0."""
    rng = np.random.default_rng(6)
    shapes = ((3, 4), (2, 5, 4), (1, 4))
    return [(rng.uniform(0.5, 3, s) * rng.choice([-1, 1], s)).astype("float32") for s in shapes]


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
    inputs = _inputs()
    try:
        made = [made_layer("make_layer", make_layer), call("make_layer", make_layer)]
        given = [[_output_of(layer, x) for x in inputs[:1]] for layer in made]
    except Wrong as error:
        if "initializer identifier" not in str(error):
            raise
        raise Wrong(f"{error} Write keras.initializers.Constant(2.0).") from None
    layer, other = made
    number = _only_number(layer)
    if number is _only_number(other):
        raise Wrong("two new layers share one number: each should make its own.")
    starts = [_number_of(number), _number_of(_only_number(other))]
    _refuse_other_rule(layer, number, inputs, given[0][0])
    _refuse_other_start_than_2(starts)
    for at_build, *flags in ((True,), (True, False), (True, False, True), (False, True)):
        _refuse_disobedience(made_layer("make_layer", make_layer), at_build, flags)


def _number_of(number: keras.Variable) -> float:
    return float(keras.ops.convert_to_numpy(number.value).item())


def _output_of(layer: layers.Layer, x: np.ndarray, **mode: bool) -> np.ndarray:
    try:
        return keras.ops.convert_to_numpy(layer(x, **mode))
    except Exception as error:
        raise Wrong(
            f"the layer cannot be called on numbers of the shape {x.shape}: "
            f"{described_error(error)}.",
            diagnosed=False,
        ) from None


def _only_number(layer: layers.Layer) -> keras.Variable:
    """The layer's one number, made to be trained."""
    if not layer.weights:
        raise Wrong(
            "the layer has no weight: Keras lists the variables that are set on the layer itself "
            "(not on its class, nor outside of it, as for a Lambda), and no Python number or "
            "tf.Variable. Use self.add_weight."
        )
    count = sum(int(np.prod(weight.shape)) for weight in layer.weights)
    if count != 1:
        raise Wrong(f"the layer has {count} numbers; one for all was asked for.")
    if not layer.trainable:
        raise Wrong("the layer is frozen when it is made: its number would not be learned.")
    if not layer.trainable_weights:
        raise Wrong("the number is listed, but not as trainable: it was made with trainable=False.")
    number = layer.weights[0]
    if not keras.backend.is_float_dtype(number.dtype):
        raise Wrong(
            f"the number is of the type {number.dtype}, which has no fractions and gets no "
            "gradient: a learned number is a float, such as 2.0."
        )
    return number


def _refuse_other_start_than_2(starts: list[float]) -> None:
    if np.allclose(starts, 2, rtol=1e-4):
        return
    if starts[0] != starts[1]:
        raise Wrong(
            "the number is another in each new layer, and should be 2 at the start: without an "
            "initializer, a weight starts at random."
        )
    raise Wrong(f"the number starts at {starts[0]:.4g}; 2 was asked for.")


def _refuse_other_rule(
    layer: layers.Layer, number: keras.Variable, inputs: list[np.ndarray], first: np.ndarray
) -> None:
    """Raise Wrong unless the layer gives x / t, at the start and for other numbers t, whether it
    is frozen or not, in training or not.
    """
    if first.shape != inputs[0].shape:
        raise Wrong(
            f"for numbers of the shape {inputs[0].shape} the layer gives {first.shape}; it should "
            "divide each by the same number."
        )
    start = _number_of(number)
    tried: dict[tuple[bool, bool], list] = {mode: [] for mode in _MODES}
    for (flag, training), x, value in product(_MODES, inputs, (start, *_TEMPERATURES[1:])):
        layer.trainable = True
        number.assign(np.full(number.shape, value))
        layer.trainable = flag  # after the number: a freeze keeps what was learned
        if not np.isclose(_number_of(number), value):
            raise Wrong(
                f"a freeze changes the number, from {value:g} to {_number_of(number):g}: a frozen "
                "layer should go on with what has been learned."
            )
        tried[flag, training].append((x, value, _output_of(layer, x, training=training)))
    layer.trainable = True
    number.assign(np.full(number.shape, start))

    def fits(rule: _Division, rows: Sequence[tuple[np.ndarray, float, np.ndarray]]) -> bool:
        with np.errstate(all="ignore"):
            return all(
                given.shape == x.shape and np.allclose(given, rule(x, t), rtol=1e-3, equal_nan=True)
                for x, t, given in rows
            )

    right = dict(_TEMPERATURE_RULES)[RIGHT]
    modes = [mode for mode in _MODES if not fits(right, tried[mode])]
    if not modes:
        return
    rows = [row for mode in modes for row in tried[mode]]
    reason, known = mistakes_fitting([_TEMPERATURE_RULES], lambda rule: fits(rule, rows), most=1)
    x, t, given = next(row for row in rows if not fits(right, [row]))
    where = [f"where its number is {t:g}"]
    if len(modes) < len(_MODES):
        shared = zip(_MODE_WORDS, map(set, zip(*modes, strict=True)), strict=True)
        where = [words[min(values)] for words, values in shared if len(values) == 1] + where
        reason += " " * bool(reason) + _otherwise(modes)
    elif t != start and not reason and np.allclose(first, inputs[0] / 2, rtol=1e-3):
        reason = "It halves its input at the start, but it does not divide by its number."
        known = True
    said = f"{', '.join(where)}, the layer gives {given.flat[0]:.4g} for {x.flat[0]:.4g}."
    raise wrong(said, reason, known)


def _otherwise(modes: Sequence[tuple[bool, bool]]) -> str:
    if any(flag for flag, _ in modes):
        return "Elsewhere it is right."
    return "A frozen layer divides by what its number was when it was frozen."


def _refuse_disobedience(layer: layers.Layer, at_build: bool, flags: Sequence[bool]) -> None:
    """Raise Wrong unless the number moves in a fit just where the last of the flags is True."""
    inputs = keras.Input((4,))
    layer.trainable = at_build
    try:
        model = keras.Model(inputs, layers.Dense(2, name="head")(layer(inputs)))
    except Exception as error:
        raise Wrong(
            f"the layer cannot stand in a model: {described_error(error)}.", diagnosed=False
        ) from None
    for flag in flags:
        layer.trainable = flag
    movement = movement_when_refitted("make_layer", model)
    number = layer.weights[0]
    moves = number.path in movement.moved
    if moves != layer.trainable:
        before = _number_of(number)
        layer(_inputs()[0])
        if _number_of(number) != before:
            raise Wrong("`call` itself changes the number, whatever the flag says.")
    if moves and not layer.trainable:
        raise Wrong("with the layer frozen, its number moved: it does not obey the flag.")
    if layer.trainable and not moves:
        if not any(number is weight for weight in model.trainable_weights):
            if not at_build:
                raise Wrong(
                    "frozen before it is built and thawed later, its number does not learn: it was "
                    "made with the flag of that moment. add_weight makes a trainable one; the "
                    "layer's flag does the rest."
                )
            raise Wrong(
                "with the layer's flag True, its number is not among the trainable weights: it "
                "does not obey the flag."
            )
        raise Slip(
            "the number is trainable and counts in `call`, yet a fit does not move it: no gradient "
            "comes back to it. Is there a stop_gradient, or a Python or NumPy number made of it?"
        )
