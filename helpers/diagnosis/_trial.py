"""The experiments: a few real steps, and the same with a recorder in the optimizer's place."""

import itertools
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from helpers._arguments import reason
from helpers.diagnosis import _private
from helpers.diagnosis._data import Data, leaves
from helpers.diagnosis._restore import own_optimizers, values_undone
from helpers.diagnosis._watch import forward
from helpers.movement import Snapshot, compare, snapshot

MOST_STEPS = 32  # of a gradient accumulation that a trial waits for
NUDGE = 0.01  # standard deviation of what is added to weights that may start at exactly 0
HALF_RANGE = 2.0**10  # gradients of a float16 model are scaled by this, so that none becomes 0


@dataclass(frozen=True)
class Steps:
    """What a few steps did: the largest change of each variable by id, or why they stopped."""

    moved: dict[int, float]
    error: str | None = None
    count: int = 0


def taken(model: keras.Model, data: Data, *, anew: bool, fresh: bool = False) -> Steps:
    """Real steps with the model's optimizer; `anew` makes its training step again, eagerly.

    `fresh` takes a new optimizer of the same settings. Leaves the model moved. An error that is
    no fault of the data is part of the evidence.
    """
    steps = _wanted_steps(model, data)
    before, back = snapshot(model), values_undone(model)
    originals = own_optimizers(model)
    for name, optimizer in originals.items():
        if fresh or not optimizer.built:  # a step builds, and nothing unbuilds
            setattr(model, name, _private.like(optimizer))
    if anew:
        model.train_function, model.run_eagerly = None, True
    try:
        _fit_steps(model, data, steps)
    except Exception as stopped:
        for undo in back:  # on JAX, a step that fails leaves variables without values
            undo()
        return Steps({}, reason(stopped))
    finally:
        for name, optimizer in originals.items():
            setattr(model, name, optimizer)
    return Steps(moved(before), count=steps)


def stepped(model: keras.Model, data: Data, step: Callable[[Any, Any], Any]) -> Steps:
    """As many steps with a training step outside of the model. Leaves the model moved.

    Raises:
        ValueError: the step fails.
    """
    before = snapshot(model)
    for x, y in itertools.islice(itertools.cycle(data.batches()), data.steps):
        try:
            step(x, y)
        except Exception as error:
            raise ValueError(
                f"step cannot take a batch of {data.rows} rows: {reason(error)}"
            ) from error
    return Steps(moved(before), count=data.steps)


@dataclass(frozen=True)
class Gradients:
    """What arrives at each variable, by its id.

    `largest` is the largest |gradient|, None where none arrives; `pulled`, of a matrix, which of
    its rows have a gradient that is not 0.
    """

    largest: dict[int, float | None] = field(default_factory=dict)
    pulled: dict[int, np.ndarray] = field(default_factory=dict)

    def or_else(self, other: "Gradients") -> "Gradients":
        """What is seen here, and where that is nothing, there."""
        largest = {key: size or other.largest.get(key) for key, size in self.largest.items()}
        pulled = {key: rows | other.pulled.get(key, False) for key, rows in self.pulled.items()}
        return Gradients(largest, other.pulled | pulled)


def recorded(model: keras.Model, data: Data) -> Gradients:
    """The gradients of one pass over the full batches.

    The model's own training step, made anew, with optimizers that write down and move nothing.
    Penalties are left out: the question is what the data teach. What no optimizer was given is
    missing.
    """
    originals = own_optimizers(model)
    scale = HALF_RANGE if model.dtype_policy.name == "mixed_float16" else None
    recorders = {name: _Recorder(scale) for name in originals}
    penalties = [(v, v.regularizer) for v in model.weights]
    try:
        for name, recorder in recorders.items():
            setattr(model, name, recorder)
        for variable, _ in penalties:
            variable.regularizer = None
        model.train_function, model.run_eagerly = None, True
        _fit_steps(model, data, data.full)
    finally:
        for variable, penalty in penalties:
            variable.regularizer = penalty
        for name, optimizer in originals.items():
            setattr(model, name, optimizer)
    seen = Gradients()
    for recorder in recorders.values():
        seen.largest.update(recorder.seen.largest)
        seen.pulled.update(recorder.seen.pulled)
    return seen


def nudge(model: keras.Model) -> None:
    """Add small random numbers to what is learned: a weight that starts at 0 blocks others."""
    rng = np.random.default_rng(0)
    for variable in model.trainable_weights:
        noise = rng.normal(0, NUDGE, tuple(variable.shape))
        variable.assign(keras.ops.convert_to_numpy(variable.value).astype("float64") + noise)


def part_of_the_way(start: Snapshot, share: float) -> None:
    """Set what is learned to where it would be, had all its steps been so much shorter."""
    learned = {id(variable) for variable in start.model.trainable_weights}
    for variable, old in zip(start.variables, start.values, strict=True):
        if id(variable) in learned:
            now = keras.ops.convert_to_numpy(variable.value).astype("float64")
            variable.assign(old + share * (now - old))
        else:
            variable.assign(old)


def loss_now(
    model: keras.Model, data: Data, *, shuffled: bool = False, training: bool = False
) -> float | None:
    """The mean loss, in inference mode unless `training`.

    With `shuffled`, each answer is held against the next row's truth: what knowing nothing costs.
    """
    total, count = 0.0, 0
    for x, y in data.batches():
        if shuffled:
            y = keras.tree.map_structure(_rolled, y)
        try:
            loss = model.compute_loss(x, y, forward(model, x, training))
            total, count = total + float(keras.ops.convert_to_numpy(loss)), count + 1
        except Exception:
            return None  # a model with a training step of its own need not have one
    return total / count


def _rolled(values: Any) -> Any:
    return None if values is None else np.roll(keras.ops.convert_to_numpy(values), 1, axis=0)


class _Recorder(keras.optimizers.Optimizer):
    """An optimizer that writes down the gradients it is given, and moves nothing."""

    def __init__(self, scale: float | None) -> None:
        super().__init__(learning_rate=0.0, name="recorder", loss_scale_factor=scale)
        self.seen = Gradients()

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        variables = (
            self._trainable_variables if trainable_variables is None else trainable_variables
        )
        for variable, gradient in zip(variables, grads, strict=True):
            largest, size = self.seen.largest, None
            if gradient is not None:
                few = hasattr(gradient, "dense_shape")  # TensorFlow's, of a few rows of a table
                values = gradient.values if few else gradient
                values = keras.ops.convert_to_numpy(keras.ops.cast(values, "float32"))
                size = float(np.max(np.abs(values), initial=0.0))
                size = math.inf if math.isnan(size) else size
                if len(variable.shape) == values.ndim == 2:
                    rows = values.any(axis=1).nonzero()[0]
                    if few:
                        rows = keras.ops.convert_to_numpy(gradient.indices)[rows]
                    none = np.zeros(variable.shape[0], bool)
                    self.seen.pulled.setdefault(id(variable), none)[rows] = True
            old = largest.get(id(variable))
            largest[id(variable)] = old if size is None else max(size, old or 0.0)


def _fit_steps(model: keras.Model, data: Data, steps: int) -> None:
    """So many steps by `fit`, on the first batches, again from the first if they do not suffice."""
    available = math.ceil(len(leaves(data.x)[0]) / data.rows)
    epoch = min(steps, available)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(
            data.x,
            data.y,
            batch_size=data.rows,
            steps_per_epoch=epoch,
            epochs=math.ceil(steps / epoch),
            shuffle=False,
            verbose=0,
        )


def _wanted_steps(model: keras.Model, data: Data) -> int:
    """Enough for an optimizer that moves only every n-th step."""
    gathers = [o.gradient_accumulation_steps or 1 for o in own_optimizers(model).values()]
    return min(MOST_STEPS, max([data.steps, *gathers]))


def moved(before: Snapshot) -> dict[int, float]:
    """The largest change since then, by id of each variable that moved."""
    changes = compare(before).changes
    pairs = zip(before.variables, changes, strict=True)
    return {id(variable): change.largest for variable, change in pairs if change.moved}
