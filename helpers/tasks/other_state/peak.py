"""Exercise 7, task 5: a layer that remembers the largest value it saw."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers

from helpers.tasks.answers import call, made_layer
from helpers.tasks.core import Slip, Wrong, described_error, task
from helpers.tasks.mistakes import RIGHT, Part, mistakes_fitting, wrong
from helpers.tasks.other_state._peak_scripts import PeakStep, batch_up_to, peak_scripts

_ABSOLUTE = "Take the absolute value: -7.5 counts as 7.5."
_SMALLEST = "It looks at the smallest number only; a large positive one counts, too."
_MEASURES: Part = [
    (RIGHT, lambda x: np.abs(x).max()),
    (_ABSOLUTE, np.max),
    (_ABSOLUTE + " Take it of each number, before the maximum.", lambda x: abs(np.max(x))),
    (_SMALLEST, lambda x: -x.min()),
    (_SMALLEST, lambda x: abs(x.min())),
    ("It takes the absolute value of a sum or mean.", lambda x: abs(x.sum())),
    ("It takes the absolute value of a sum or mean.", lambda x: abs(x.mean())),
    ("That is a square; take the absolute value.", lambda x: (x**2).max()),
    ("It is the sum of all; take the largest of all.", lambda x: np.abs(x).sum()),
    ("It is the mean of all; take the largest of all.", lambda x: np.abs(x).mean()),
    ("It is the norm of all; take the largest of all.", lambda x: np.sqrt((x**2).sum())),
    ("It is the distance of smallest and largest.", lambda x: x.max() - x.min()),
    ("It is the smallest of the absolute values.", lambda x: np.abs(x).min()),
    (
        "It keeps the sign of the number that lies farthest from 0: take the absolute value.",
        lambda x: x.flat[np.abs(x).argmax()],
    ),
    ("It looks at the first example of a batch only.", lambda x: np.abs(x[0]).max()),
    ("It looks at the last example of a batch only.", lambda x: np.abs(x[-1]).max()),
    ("It is cut to a whole number.", lambda x: np.trunc(np.abs(x).max())),
]
_KEEPS: Part = [
    (RIGHT, max),
    (RIGHT, lambda old, new: max(old, new, key=abs)),  # where nothing is below 0, the same
    ("It holds the last batch only; keep the larger of old and new.", lambda old, new: new),
    ("It adds up; keep the larger of old and new.", lambda old, new: old + new),
    ("It holds the first batch only; keep the larger of old and new.", lambda old, n: old or n),
    ("It keeps the smaller of old and new.", min),
    ("It keeps the mean of old and new.", lambda old, new: (old + new) / 2),
    ("It is multiplied; keep the larger of old and new.", lambda old, new: old * new),
]
_NEVER = "Nothing is ever written."
_WHENS: Part = [  # of training, frozen, and whether it was frozen in its first call
    (RIGHT, lambda training, frozen, _: training is True and not frozen),
    (
        "A frozen layer should not write: look at self.trainable in each `call`; what was read "
        "when the layer was made stays as it was.",
        lambda training, *_: training is True,
    ),
    ("It should write in training mode only.", lambda t, frozen, _: not frozen),
    ("It writes in every call, in inference mode and while it is frozen, too.", lambda *_: True),
    (
        "A call that says nothing of `training` is inference: give `call` the default "
        "training=False.",
        lambda training, frozen, _: training is not False and not frozen,
    ),
    (
        "A frozen layer should not write, nor one in a call that says nothing of `training`.",
        lambda training, frozen, _: training is not False,
    ),
    ("It writes in inference mode, and not in training mode.", lambda t, f, _: not t and not f),
    ("It writes in inference mode, frozen or not, and not in training mode.", lambda t, *_: not t),
    ("It writes while it is frozen, and only then.", lambda training, f, _: training and f),
    (
        "It keeps to the flag that it had when it was built: look at self.trainable in `call`.",
        lambda training, _, at_first: training is True and not at_first,
    ),
    (_NEVER, lambda *_: False),
]
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
    scripts = peak_scripts()
    made = [made_layer("peak_layer", peak_layer), call("peak_layer", peak_layer)]
    _refuse_other_start_than_0([made_layer("peak_layer", peak_layer) for _ in range(3)])
    seen = [_held_after(layer, script) for layer, script in zip(made, scripts, strict=True)]
    if made[0].weights[0] is made[1].weights[0]:
        raise Wrong("two new layers share one number: each should make its own.")
    expected = [
        _held_by_rule(script, *(dict(part)[RIGHT] for part in _PEAK_RULES)) for script in scripts
    ]
    for steps, values, right in zip(scripts, seen, expected, strict=True):
        for number, step in enumerate(steps):
            if not np.isclose(values[number], right[number], rtol=1e-5, atol=1e-6):
                reason, known = _why_other_numbers(peak_layer, scripts, seen)
                others = f", its call number {number + 1}" if number else ""
                shown = f"it holds {values[number]:.4g} after {step}{others}."
                raise wrong(shown, reason, known)
    _refuse_other_peak_in_fit(peak_layer)


_PEAK_RULES = (_MEASURES, _KEEPS, _WHENS)


def _held_by_rule(steps: Sequence[PeakStep], measure: object, keep: object, when: object) -> list:
    """What a layer of this rule holds after each step."""
    held, values = 0.0, []
    for step in steps:
        if when(step.training, step.frozen, steps[0].frozen):  # type: ignore[operator]
            held = float(keep(held, measure(step.batch)))  # type: ignore[operator]
        values.append(held)
    return values


def _why_other_numbers(
    peak_layer: object, scripts: list[list[PeakStep]], seen: list[list[float]]
) -> tuple[str, bool]:
    """Which mistaken rule holds these numbers, and whether it is known."""

    def fits(*rule: object) -> bool:
        held = [_held_by_rule(script, *rule) for script in scripts]
        return all(map(lambda a, b: np.allclose(a, b, rtol=1e-4, atol=1e-5), held, seen))

    if not any(map(np.any, seen)):
        return _reason_for_nothing_written(peak_layer, scripts[0][2].batch)
    return mistakes_fitting(_PEAK_RULES, fits)


def _reason_for_nothing_written(peak_layer: object, batch: np.ndarray) -> tuple[str, bool]:
    """Why the number never changes, and whether that is known."""
    layer = made_layer("peak_layer", peak_layer)
    layer(batch, training=False)
    weight = layer.weights[0]
    was_attribute = any(each is weight for each in vars(layer).values())
    layer(batch, training=True)
    if was_attribute and not any(each is weight for each in vars(layer).values()):
        return "A plain `=` replaces the attribute, and the weight stays as it was: `assign`.", True
    weight.trainable = True
    layer(batch, training=True)
    if _number_in(weight):
        return (
            "It looks at the weight's own flag, which is False for good: the layer's is "
            "self.trainable."
        ), True
    return (
        "In no call is anything written: does `call` use the weight's `assign`, whenever "
        "`training` and self.trainable are true?"
    ), False


def _refuse_other_start_than_0(fresh: list[layers.Layer]) -> None:
    """Raise Wrong unless new layers start at 0 and each has a number of its own."""
    nothing = np.zeros((2, 3), "float32")  # whatever a layer does with it, it stays at 0
    starts = [_held_after(layer, [PeakStep(nothing, False)])[0] for layer in fresh]
    if any(starts) and len(set(starts)) > 1:
        raise Wrong(
            "each new layer starts at another number, and should start at 0: without "
            'initializer="zeros", a weight starts at random.'
        )
    if any(starts):
        raise Wrong(f"a new layer starts at {starts[0]:.4g}; it should start at 0.")


def _held_after(layer: layers.Layer, steps: Sequence[PeakStep]) -> list[float]:
    """The layer's number after each step; its output must be its input."""
    values = []
    for step in steps:
        layer.trainable = not step.frozen
        output = _output_for(layer, step)
        if output.shape != step.batch.shape or not np.array_equal(output, step.batch):
            raise Wrong(
                "the layer should give its input back unchanged, and it gives something else "
                f"for {step}."
            )
        values.append(_number_in(_only_weight(layer)))
    return values


def _refuse_other_peak_in_fit(peak_layer: object) -> None:
    """The same under fit, where `call` is traced once: no Python number can keep anything there."""
    layer = made_layer("peak_layer", peak_layer)
    rng = np.random.default_rng(6)
    x = np.concatenate([batch_up_to(rng, (4, 3), -11.5), batch_up_to(rng, (4, 3), 6.25)])
    longer = np.concatenate([batch_up_to(rng, (4, 3), 50.5), x])
    try:
        model = keras.Sequential([keras.Input((3,)), layer, layers.Dense(1, name="head")])
        model.compile("sgd", "mse", jit_compile=False)
        keras.Model.fit(model, x, np.ones((8, 1)), batch_size=4, shuffle=False, verbose=0)
        after_fit = _number_in(_only_weight(layer))
        keras.Model.evaluate(model, longer, np.ones((12, 1)), batch_size=4, verbose=0)
    except Wrong:
        raise
    except Exception as error:
        if "symbolic" in str(error).lower() or "numpy()" in str(error):
            raise Wrong(_TRACED) from None
        raise Wrong(
            f"called directly, the layer is right; in a model, fit stopped with "
            f"{described_error(error)}.",
            diagnosed=False,
        ) from None
    if not np.isclose(after_fit, 11.5):
        raise Slip(
            f"called directly, the layer is right; after a fit on batches up to 11.5 and 6.25 it "
            f"holds {after_fit:.4g}. A fit traces `call` once: does a Python or NumPy number stand "
            "between the inputs and `assign`?"
        )
    later = _number_in(_only_weight(layer))
    if later != after_fit:
        raise Wrong(
            f"evaluate runs in inference mode, and there it wrote {later:.4g}: it should write in "
            "training mode only."
        )


def _output_for(layer: layers.Layer, step: PeakStep) -> np.ndarray:
    """What the layer gives for a step's batch."""
    told = {} if step.training is None else {"training": step.training}
    try:
        output = layer(step.batch.copy(), **told)
    except Exception as error:
        said = described_error(error)
        raise Wrong(f"called on {step}, the layer stopped with {said}.", diagnosed=False) from None
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
