"""Exercise 7, task 6: an experiment that tells whether a frozen layer changes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import keras
import numpy as np
from keras import layers

from helpers.movement import Change, compare, snapshot
from helpers.tasks.answers import call, described, joined, plain
from helpers.tasks.core import Wrong, task
from helpers.tasks.mistakes import RIGHT, Part, mistakes_fitting, wrong
from helpers.tasks.training import moved_since


@keras.saving.register_keras_serializable("course")  # so that copies can be made
class Tally(layers.Layer):
    """Counts its training calls, as lesson 7's BatchCounter; a learner may ask for its name.

    `calls_seen` has whether each call, of copies too, was in training mode, and the flag then.
    """

    calls_seen: ClassVar[list[tuple[bool, bool]]] = []

    def build(self, input_shape: tuple) -> None:
        self.calls = self.add_weight(name="calls", shape=(), trainable=False, initializer="zeros")

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        self.calls_seen.append((bool(training), self.trainable))
        if training:
            self.calls.assign_add(1)
        return inputs


@keras.saving.register_keras_serializable("course")
class Drift(layers.Layer):
    """Changes its number by a millionth in each training call."""

    def build(self, input_shape: tuple) -> None:
        self.number = self.add_weight(name="number", shape=(), trainable=False, initializer="ones")

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        if training:
            self.number.assign(self.number * 1.000001)
        return inputs


@keras.saving.register_keras_serializable("course")
class _Obedient(layers.Layer):
    """Counts its training calls unless it is frozen, as BatchNormalization measures."""

    def build(self, input_shape: tuple) -> None:
        self.calls = self.add_weight(name="calls", shape=(), trainable=False, initializer="zeros")

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        if training and self.trainable:
            self.calls.assign_add(1)
        return inputs


@keras.saving.register_keras_serializable("course")
class _Restless(layers.Layer):
    """Gives other answers in each training call, and has no variable."""

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        return inputs + float(np.random.default_rng().normal()) if training else inputs


@dataclass(frozen=True)
class _Candidate:
    """A layer, built; whether it changes when it is frozen, and why."""

    title: str
    layer: layers.Layer
    right: bool
    why: str
    x: np.ndarray

    @contextmanager
    def frozen(self, frozen: bool = True) -> Iterator[layers.Layer]:
        """The layer, frozen; afterwards it is as it was."""
        flag, before = self.layer.trainable, snapshot(self.layer)
        if frozen:
            self.layer.trainable = False
        yield self.layer
        self.layer.trainable = flag
        before.restore()

    def changes(self, *, frozen: bool = True) -> list[Change]:
        """What moves in a call in training mode."""
        with self.frozen(frozen) as layer:
            before = snapshot(layer)
            layer(self.x, training=True)
            return [change for change in compare(before).changes if change.moved]


def _cases() -> list[_Candidate]:
    """Fresh layers, of Keras and of our own, thawed and frozen, alone and in models."""
    x = np.random.default_rng(4).uniform(1, 3, (6, 3)).astype("float32")
    scale = layers.Normalization(name="scale")
    scale.adapt(x + 1)
    seed = "Its seed state moves, and it is in `variables`."
    optimizer = "Only the optimizer changes a Dense layer's weights; a call changes nothing."
    frozen_norm = "Frozen, it is in inference mode."
    dense = layers.Dense(3, name="inner")
    case = partial(_Candidate, x=x)
    cases = [
        case("Dense", layers.Dense(3, name="plain"), False, optimizer),
        case("Dropout", layers.Dropout(0.5, name="drop"), True, seed),
        case("BatchNormalization", layers.BatchNormalization(name="norm"), False, frozen_norm),
        case(
            "a BatchNormalization that is frozen already",
            layers.BatchNormalization(name="frozen_norm", trainable=False),
            False,
            "It was frozen when you got it, and should be during the call.",
        ),
        case(
            "SpectralNormalization",
            layers.SpectralNormalization(dense, name="spectral"),
            True,
            "In training mode it divides its kernel, frozen or not.",
        ),
        case("Normalization after adapt", scale, False, "Only `adapt` changes it."),
        case(
            "a layer that counts its calls",
            Tally(name="tally"),
            True,
            "Its counter moves in every call in training mode.",
        ),
        case(
            "a layer that counts its calls unless it is frozen",
            _Obedient(name="obedient"),
            False,
            "Frozen, it does not count.",
        ),
        case(
            "a layer that adds a random number of NumPy's",
            _Restless(name="restless"),
            False,
            "Its answers differ, and it has no variable that could change.",
        ),
        case("GaussianNoise", layers.GaussianNoise(0.1, trainable=False, name="noise"), True, seed),
        case(
            "a Sequential model with a Dropout inside",
            keras.Sequential([layers.Dense(3), layers.Dropout(0.5, name="drop")], name="inside"),
            True,
            "The seed state of the Dropout inside moves.",
        ),
        case(
            "a frozen Sequential model of Dense and BatchNormalization",
            keras.Sequential([keras.Input((3,)), layers.Dense(2), layers.BatchNormalization()]),
            False,
            frozen_norm,
        ),
        case(
            "a layer whose number grows by a millionth",
            Drift(name="drift"),
            True,
            "In training mode each call changes its number by a millionth.",
        ),
        case("Dense", layers.Dense(2, name="last"), False, optimizer),
    ]
    for each in cases:
        each.layer(x)
        if "a frozen Sequential" in each.title:
            each.layer.trainable = False
    order = np.random.default_rng(1).permutation(len(cases))
    return [cases[at] for at in order]


_ANSWERS = "It compares what the layer returns; variables may change without that: compare those."
_BY_HEART = "It is the same for every layer."
_EXPERIMENTS: Part = [
    (RIGHT, lambda case: case.right),
    ("`weights` has no seed states; `variables` has.", lambda case: _weights_move(case)),
    ("np.allclose overlooks a change that is small.", lambda case: _far_move(case)),
    (_ANSWERS, lambda case: _answers_differ(case, training=True)),
    (_ANSWERS, lambda case: _answers_differ(case, training=False)),
    ("Freeze the layer before the call.", lambda case: bool(case.changes(frozen=False))),
    ("It says the opposite of what was asked.", lambda case: not case.right),
    ("Having weights is not changing them.", lambda case: bool(case.layer.weights)),
    ("Having variables is not changing them.", lambda case: bool(case.layer.variables)),
    (_BY_HEART, lambda case: True),
    (_BY_HEART, lambda case: False),
]


def _weights_move(case: _Candidate) -> bool:
    known = {weight.path for weight in case.layer.weights}
    return any(change.path in known for change in case.changes())


def _answers_differ(case: _Candidate, training: bool) -> bool:
    """Whether a frozen layer answers otherwise after a call in training mode."""

    def answers(layer: layers.Layer) -> np.ndarray:
        return keras.ops.convert_to_numpy(layer(case.x, training=training))

    with case.frozen() as layer:
        first = answers(layer)
        if not training:
            layer(case.x, training=True)
        return not np.array_equal(first, answers(layer))


def _far_move(case: _Candidate) -> bool:
    """Whether np.allclose, with all that it overlooks, sees a change."""
    with case.frozen() as layer:
        before = snapshot(layer)
        layer(case.x, training=True)
        return not all(map(np.allclose, before.values, snapshot(layer).values))


@task(
    "Which layers change although frozen?",
    why="Freeze, call in training mode, compare all variables, not the weights alone: that tells "
    "for any layer, and nobody has to look it up.",
    hints=(
        "Four steps: copy, freeze, call in training mode, compare. Then put everything back.",
        "`snapshot(layer)` copies all variables, seed states too; `compare` tells what moved; "
        "`before.restore()` puts the values back. Remember the flag, too.",
        "flag = layer.trainable; before = snapshot(layer); layer.trainable = False; "
        "layer(x, training=True); changed = bool(compare(before).moved); ...",
    ),
)
def changes_when_frozen(changes_when_frozen: object) -> None:
    """changes_when_frozen(layer, x) -> True or False; the layer is left as it was."""
    cases = _cases()
    kept = [(case.layer.trainable, snapshot(case.layer)) for case in cases]
    Tally.calls_seen.clear()
    given = [_answer_for(changes_when_frozen, case) for case in cases]
    calls = list(Tally.calls_seen)
    left = [moved_since(before) for _, before in kept]
    flags = [case.layer.trainable for case in cases]
    for case, (flag, before) in zip(cases, kept, strict=True):
        case.layer.trainable = flag
        before.restore()
    for case, answer in zip(cases, given, strict=True):
        if answer != case.right:
            reason, known = _why_other_answers(cases, given, calls, any(left))
            shown = f"for {case.title}, `changes_when_frozen` says {answer}."
            raise wrong(shown, reason or f"{case.why}{_alone(cases, given)}", known)
    if not any(training for training, _ in calls):
        raise Wrong(
            "it is right for all layers tried here, but the layer is never called in training "
            "mode: without the experiment it will not be right for a layer that you do not know."
        )
    for case, (flag, _), now, moved in zip(cases, kept, flags, left, strict=True):
        if now != flag:
            raise Wrong(
                f"the answers are right, but {case.title}, which came with trainable = {flag}, is "
                f"left with trainable = {now}."
            )
        if moved:
            raise Wrong(
                f"the answers are right, but {case.title} is left with another value in "
                f"{moved[0].split('/')[-1]}: put back all of its "
                "`variables`; `set_weights` has the weights only."
            )


def _why_other_answers(
    cases: Sequence[_Candidate], given: list[bool], calls: list[tuple[bool, bool]], left: bool
) -> tuple[str, bool]:
    """Why the answers are not right, and whether that is known."""
    if not calls:
        return "The layer is never called: try it, in training mode.", True
    if not any(training for training, _ in calls):
        return "The layer is called in inference mode; in training mode it may differ.", True
    if all(flag for training, flag in calls if training):
        return "The layer is not frozen in the call: set the flag before it.", True
    if not any(given):
        shown = "It finds no change anywhere, though it calls the layer rightly"
        if not left:
            return f"{shown}. Are the values put back before they are compared?", False
        return (
            f"{shown}, and the changed values stay in it. Is what it compares with a copy of the "
            "values? `list(layer.variables)` has the variables themselves, which always equal "
            "themselves."
        ), False

    def fits(rule: Callable[[_Candidate], bool]) -> bool:
        return all(rule(case) == answer for case, answer in zip(cases, given, strict=True))

    return mistakes_fitting([_EXPERIMENTS], fits)


def _alone(cases: Sequence[_Candidate], given: list[bool]) -> str:
    """A question where the answers are wrong for few layers."""
    pairs = zip(cases, given, strict=True)
    titles = [case.title for case, answer in pairs if answer != case.right]
    if len(titles) > 3:
        return ""
    return f" (It is right for all but {joined(titles)}: is there a special case for them?)"


def _answer_for(changes_when_frozen: object, case: _Candidate) -> bool:
    """True or False from what the learner's function returns: a bool, or an array of one."""
    name = "changes_when_frozen"
    try:
        answer = call(name, changes_when_frozen, case.layer, case.x.copy())
    except Wrong as error:
        raise Wrong(f"for {case.title}: {error}", diagnosed=error.diagnosed) from None
    one = plain(answer)
    if isinstance(one, bool | np.bool_):
        return bool(one)
    raise Wrong(
        f"`{name}` should return True or False; for {case.title} it gives {described(answer)}."
    )
