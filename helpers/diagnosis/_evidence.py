"""All that is known before anything is judged: taken once, inside of `put_back`."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import keras
import numpy as np

from helpers._arguments import reason, shown
from helpers.diagnosis import _trial
from helpers.diagnosis._data import Data, leaves, loss_that_fits
from helpers.diagnosis._map import Map, Owned, Place
from helpers.diagnosis._private import built_for
from helpers.diagnosis._restore import own_optimizers, put_back
from helpers.diagnosis._trial import Steps
from helpers.diagnosis._wall import Barrier, walls
from helpers.diagnosis._watch import Calls, forward, looked_up, watched
from helpers.movement import snapshot

OVERRUN = 2.0  # times the loss before
OFTEN = 10  # numbers given for each vector of a table, so that each is likely to be named
MOST_BATCHES = 100


@dataclass(frozen=True)
class Losses:
    """Mean loss over the rows tried. None where the model's step has no loss that can be asked."""

    before: float | None = None
    in_training: float | None = None
    shuffled: float | None = None  # of answers to other rows' questions: what knowing nothing costs
    after: float | None = None
    cautious: float | None = None  # after a hundredth of the same way


@dataclass(frozen=True)
class Evidence:
    """What was seen. Variables are known by `id`; gradients are largest absolute values."""

    where: Map
    data: Data
    frozen: tuple[Any, ...] | None  # what the user meant to freeze
    in_training: dict[int, Calls]
    in_inference: dict[int, Calls]
    by_itself: dict[int, float]  # moved by the model's calls alone, without any optimizer
    own: Steps
    # What only the model's own step can tell; with `step` it stays empty.
    looped: bool = False  # a step outside of the model was tried
    compiled: bool = False
    loss: str = ""  # of a model that is not compiled: what it was given
    had_step: bool = False  # a training step of an earlier fit was still there
    unknown: tuple[Owned, ...] = ()  # in which what is learned and the optimizer's list differ
    anew: Steps | None = None
    gradients: dict[int, float | None] = field(default_factory=dict)
    pulled: dict[int, np.ndarray] = field(default_factory=dict)  # which rows of a matrix have one
    looked_up: dict[int, np.ndarray] = field(default_factory=dict)  # by id of an Embedding
    losses: Losses = Losses()
    walls: dict[int, Barrier] = field(default_factory=dict)  # by id of a layer no gradient reaches

    @property
    def model(self) -> keras.Model:
        return self.where.model

    @property
    def optimizers(self) -> list[keras.optimizers.Optimizer]:
        return list(own_optimizers(self.model).values()) if self.compiled else []

    @cached_property
    def learned_ids(self) -> frozenset[int]:
        return frozenset(id(variable) for variable in self.model.trainable_weights)

    @cached_property
    def learned(self) -> list[Owned]:
        return [w for w in self.where.weights if id(w.variable) in self.learned_ids]

    @cached_property
    def held(self) -> list[Owned]:
        """The frozen weights: made to be learned, and not learned."""
        return [w for w in self.where.weights if w.made and id(w.variable) not in self.learned_ids]

    def without_gradient(self) -> list[Owned]:
        seen = self.gradients
        return [w for w in self.learned if id(w.variable) in seen and not seen[id(w.variable)]]

    def tables(self) -> list[Owned]:
        """What is learned in an Embedding, one row a vector, some of them without a gradient."""
        return [
            w
            for w in self.learned
            if isinstance(w.place.layer, keras.layers.Embedding)
            and id(w.variable) in self.pulled
            and len(self.pulled[id(w.variable)]) == w.place.layer.input_dim
            and not self.pulled[id(w.variable)].all()
        ]

    def skips_steps(self) -> bool:
        """Whether a healthy optimizer may move nothing in a few steps."""
        return any(
            hasattr(optimizer, "inner_optimizer")
            or (optimizer.gradient_accumulation_steps or 1) > _trial.MOST_STEPS
            for optimizer in self.optimizers
        )

    def measuring(self) -> list[Place]:
        """BatchNormalization layers whose statistics moved in the model's own steps."""
        return [
            place
            for place in self.where.of_type(keras.layers.BatchNormalization)
            if {id(place.layer.moving_mean), id(place.layer.moving_variance)} & set(self.own.moved)
        ]


def evidence(
    model: keras.Model,
    data: Data,
    frozen: Sequence[Any] | None,
    step: Callable[[Any, Any], Any] | None,
) -> Evidence:
    """Try everything once and put it back.

    Raises:
        ValueError: the model cannot take x, or cannot take a step on x and y.
    """
    with put_back(model, step):
        return _taken(model, data, None if frozen is None else tuple(frozen), step)


def _taken(
    model: keras.Model,
    data: Data,
    frozen: tuple[Any, ...] | None,
    step: Callable[[Any, Any], Any] | None,
) -> Evidence:
    where, start = Map(model), snapshot(model)
    compiled, loss = bool(model.compiled), ""
    had_step = getattr(model, "train_function", None) is not None
    try:
        answers = forward(model, next(data.batches())[0], False)
    except Exception as error:
        said = reason(error)
        raise ValueError(
            f"x should be rows for {model.name!r}, which cannot take {shown(data.x)}: {said}"
        ) from None
    in_inference = watched(where, data, training=False)
    start.restore()
    in_training = watched(where, data, training=True)
    by_itself = _trial.moved(start)
    start.restore()
    seen = (where, data, frozen, in_training, in_inference, by_itself)
    if step is not None:  # its loss and gradients are its own affair
        own = _trial.stepped(model, data, step)
        start.restore()
        return Evidence(*seen, own, looped=True)
    if not compiled:
        loss = loss_that_fits(data.y, answers)
        model.compile(keras.optimizers.SGD(0.01), loss, run_eagerly=True)
    before, shuffled = _trial.loss_now(model, data), _trial.loss_now(model, data, shuffled=True)
    training_loss = _trial.loss_now(model, data, training=True)
    start.restore()

    unknown = _unknown(where)
    own = _trial.taken(model, data, anew=not had_step)
    if own.error and not unknown:
        raise ValueError(f"{model.name!r} cannot take a training step on x and y: {own.error}")
    if own.error:
        start.restore()
        own = replace(_trial.taken(model, data, anew=True, fresh=True), error=own.error)
    after, cautious = _trial.loss_now(model, data), None
    if before is not None and after is not None and not after <= OVERRUN * before:
        _trial.part_of_the_way(start, 0.01)
        cautious = _trial.loss_now(model, data)
    start.restore()

    gradients = _trial.recorded(model, data)
    start.restore()
    if not all(gradients.largest.values()):
        _trial.nudge(model)
        gradients = gradients.or_else(_trial.recorded(model, data))
        start.restore()

    losses = Losses(before, training_loss, shuffled, after, cautious)
    all_seen = Evidence(
        *seen, own, False, compiled, loss, had_step, unknown, None,
        gradients.largest, gradients.pulled, losses=losses,
    )  # fmt: skip
    anew, ends, counts = None, {}, {}
    suspect = [w for w in all_seen.held if id(w.variable) in own.moved]
    suspect += [
        w
        for w in all_seen.learned
        if gradients.largest.get(id(w.variable)) and id(w.variable) not in own.moved
    ]
    if had_step and suspect:
        anew = _trial.taken(model, data, anew=True, fresh=True)
        start.restore()
    if all_seen.without_gradient():
        ends = walls(where, data, in_training)
    if any(_is_named_in_full(w, data) for w in all_seen.tables()):
        counts = looked_up(where, data)
        start.restore()
    return replace(all_seen, anew=anew, walls=ends, looked_up=counts)


def _is_named_in_full(w: Owned, data: Data) -> bool:
    """Whether the examples are many enough to name every vector several times, and not too many
    to be looked through.
    """
    given = sum(math.prod(leaf.shape) for leaf in leaves(data.all_x))
    batches = math.ceil(len(leaves(data.all_x)[0]) / data.rows)
    return given >= OFTEN * w.place.layer.input_dim and batches <= MOST_BATCHES


def _unknown(where: Map) -> tuple[Owned, ...]:
    """What is learned, and no optimizer that is built was built for it.

    On JAX, where the step wants exactly the list of then, also what is on it and now frozen.
    """
    built = [optimizer for optimizer in own_optimizers(where.model).values() if optimizer.built]
    known = set().union(*map(built_for, built))
    learned = {id(variable) for variable in where.model.trainable_weights}
    strict = keras.backend.backend() == "jax"
    wrong = {*(learned - known), *(known - learned if strict else ())} if built else set()
    return tuple(w for w in where.weights if id(w.variable) in wrong)
