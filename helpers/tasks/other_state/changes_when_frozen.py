"""Exercise 7, task 6: an experiment that tells whether a frozen layer changes."""

from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import layers

from helpers.movement import snapshot
from helpers.tasks.answers import call, described, joined, plain
from helpers.tasks.core import Wrong, task
from helpers.tasks.mistakes import RIGHT, Part, mistakes_fitting, wrong
from helpers.tasks.other_state._candidates import Candidate, Tally, candidates
from helpers.tasks.training import moved_since

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
    (
        "The last variable alone decides: one of all is enough.",
        lambda case: _moves(case)[-1:] == [True],
    ),
    (
        "The first variable alone decides: one of all is enough.",
        lambda case: _moves(case)[:1] == [True],
    ),
    ("It asks whether all variables moved: one is enough.", lambda case: all(_moves(case))),
    ("Having weights is not changing them.", lambda case: bool(case.layer.weights)),
    ("Having variables is not changing them.", lambda case: bool(case.layer.variables)),
    (_BY_HEART, lambda case: True),
    (_BY_HEART, lambda case: False),
]


def _moves(case: Candidate) -> list[bool]:
    """Of each of the frozen layer's variables whether it moves."""
    moved = {change.path for change in case.changes()}
    return [variable.path in moved for variable in case.layer.variables]


def _weights_move(case: Candidate) -> bool:
    known = {weight.path for weight in case.layer.weights}
    return any(change.path in known for change in case.changes())


def _answers_differ(case: Candidate, training: bool) -> bool:
    """Whether a frozen layer answers otherwise after a call in training mode."""

    def answers(layer: layers.Layer) -> np.ndarray:
        return keras.ops.convert_to_numpy(layer(case.x, training=training))

    with case.frozen() as layer:
        first = answers(layer)
        if not training:
            layer(case.x, training=True)
        return not np.array_equal(first, answers(layer))


def _far_move(case: Candidate) -> bool:
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
    cases = candidates()
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
    cases: Sequence[Candidate], given: list[bool], calls: list[tuple[bool, bool]], left: bool
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

    def fits(rule: Callable[[Candidate], bool]) -> bool:
        return all(rule(case) == answer for case, answer in zip(cases, given, strict=True))

    return mistakes_fitting([_EXPERIMENTS], fits)


def _alone(cases: Sequence[Candidate], given: list[bool]) -> str:
    """A question where the answers are wrong for few layers."""
    pairs = zip(cases, given, strict=True)
    titles = [case.title for case, answer in pairs if answer != case.right]
    if len(titles) > 3:
        return ""
    return f" (It is right for all but {joined(titles)}: is there a special case for them?)"


def _answer_for(changes_when_frozen: object, case: Candidate) -> bool:
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
