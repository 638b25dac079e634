"""The clinic's chart: three questions to ask of a freeze that does not work, and the answers.

The chart is data. Lesson 8 shows it as a figure, and proves each of its branches with a program.
"""

import math
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from helpers._arguments import of_type, real, reason, shown, text, whole
from helpers.ledger import Role
from helpers.movement import Change, Movement
from helpers.tables import Table


@dataclass(frozen=True)
class Branch:
    """One way in which a freeze fails; `program` is the number of its program in lesson 8."""

    program: int
    finding: str
    cause: str
    repair: str


@dataclass(frozen=True)
class Question:
    """What to ask, the instrument that answers, and what each kind of "no" means."""

    text: str
    instrument: str
    branches: tuple[Branch, ...]


CHART: tuple[Question, ...] = (
    Question(
        "Before the fit: has every weight the role you meant?",
        "ledger(model)",
        (
            Branch(
                6,
                "a weight is not in the list",
                "a Lambda uses a variable that Keras does not know",
                "a layer of your own, with add_weight",
            ),
            Branch(
                4,
                "the role did not change at all",
                "the name of the flag is misspelt",
                "spell it trainable, and assert the flag",
            ),
            Branch(
                2,
                "the wrong layers have the role",
                "layers[:n] counts an InputLayer, and a whole model as one layer",
                "choose layers by name, in the inner model",
            ),
            Branch(
                8,
                "two models disagree about one layer",
                "a thawed layer sits inside a frozen model",
                "freeze: False on every child; thaw: the parent first",
            ),
            Branch(
                7,
                "the role was right, and is no longer",
                "a save forgot the flag of a single weight",
                "set such flags again after loading",
            ),
            Branch(
                9,
                "a model has nothing to learn in its own step",
                "it was frozen when its first training step was made",
                "set the flag before each model's first step",
            ),
        ),
    ),
    Question(
        "After the fit: did exactly those weights move that you meant?",
        "compare(before)",
        (
            Branch(
                1,
                "frozen weights moved, in Keras's fit",
                "the training step is older than the flag",
                "compile again, with a new optimizer",
            ),
            Branch(
                5,
                "frozen weights moved, in a loop of your own",
                "the loop updates model.weights",
                "use model.trainable_weights",
            ),
            Branch(
                3,
                "statistics moved that were to stay",
                "BatchNormalization ran in training mode",
                "freeze each BatchNormalization layer itself",
            ),
            Branch(
                11,
                "what is learned stood still",
                "no gradient arrives: a dead relu, a stop_gradient",
                "look at the gradient, then at what cuts it off",
            ),
        ),
    ),
    Question(
        "Did they move as far as you meant?",
        "compare(before), largest change",
        (
            Branch(
                10,
                "each step is a hundred times too long",
                'compile("adam") put the learning rate back to 0.001',
                "write the rate out: Adam(1e-5)",
            ),
        ),
    ),
)


# Causes that are often named and fit no program, each with the reason why it is not the cause.
DECOYS = {
    "a model inside another is a copy, with flags of its own": "that a model inside another is "
    "a copy; it is the same object, with the same weights and flags.",
    "a penalty goes on pulling at frozen weights": "a penalty; no layer here has one, and only "
    "weights that are trainable would feel it.",
    "a second compile threw the trained weights away": "that a second compile throws the weights "
    "away; it keeps them all, and makes a new training step.",
    "backpropagation ends at a frozen layer": "that backpropagation ends at a frozen layer; "
    "gradients go through it, to what lies before.",
}


def branches() -> list[Branch]:
    """All branches of the chart, by the number of their program."""
    return sorted((b for question in CHART for b in question.branches), key=lambda b: b.program)


def suspects() -> dict[str, str]:
    """The causes in alphabetical order, each with a letter; those of `DECOYS` fit no program."""
    causes = sorted([*(branch.cause for branch in branches()), *DECOYS], key=str.lower)
    return {chr(ord("A") + number): cause for number, cause in enumerate(causes)}


def suspects_table() -> Table:
    """Letters and causes, to choose from."""
    return Table(("letter", "cause"), list(suspects().items()))


def letter_of(program: int) -> str:
    """The letter of a program's cause.

    Raises:
        TypeError, ValueError: there is no program with this number.
    """
    all_programs = range(1, len(branches()) + 1)
    whole("program", program, f"a program's number, from 1 to {all_programs[-1]}", all_programs)
    letters = {cause: letter for letter, cause in suspects().items()}
    return letters[branches()[program - 1].cause]


def moved_parts(movement: Movement) -> str:
    """The layers that moved, in order; of a layer that moved in part, the weights that did.

    For example "low, norm (gamma, beta), head"; "nothing" if nothing moved. Layers of one name in
    different models are given with their path, those of one path with the ledger's number.

    Raises:
        TypeError: not a Movement.
    """
    of_type("movement", movement, Movement, "what compare() gave")
    layers: dict[str, list] = {}
    for change in movement.changes:
        layers.setdefault(change.path.rpartition("/")[0] or change.path, []).append(change)
    called = Counter(path.rpartition("/")[2] for path in layers)

    def part(path: str, changes: list) -> str:
        name = path.rpartition("/")[2]
        name = name if called[name] == 1 else path
        if all(change.moved for change in changes):
            return name
        return f"{name} ({', '.join(c.path.rpartition('/')[2] for c in changes if c.moved)})"

    parts = [part(*item) for item in layers.items() if any(c.moved for c in item[1])]
    return ", ".join(parts) or "nothing"


_LEAST, _MOST = 0.5, 2  # times as far as was meant: still as far as was meant


def repaired(
    patient: Callable[[], Any],
    repair: Callable[..., object],
    train: Callable[..., Movement],
    meant: str,
    farthest: float | None = None,
) -> str:
    """What moves in a patient once it is repaired, beside what was meant to, in a line.

    The patient is made anew, trained as it came in, repaired and trained again. While the repair
    is an empty function nothing of this is done.

    Args:
        patient: makes a model, or a tuple of models; repair and train get these as arguments.
        repair: what somebody wrote. What stops it is told in the line.
        train: trains what it gets, and says what moved.
        meant: the layers that should move, in the words of `moved_parts`.
        farthest: how far the number that moves farthest should go, without unit; from half of it
            to twice as far is taken.

    Raises:
        TypeError, ValueError: something else was given.
    """
    for name, value in (("patient", patient), ("repair", repair), ("train", train)):
        if not callable(value):
            raise TypeError(f"{name} should be a function, not {shown(value)}")
    text("meant", meant)
    if farthest is not None:
        farthest = real("farthest", farthest, "a number above 0, or None", math.ulp(0.0))
    if _is_empty(repair):
        return "○ No repair was written here."
    try:
        made = patient()
        models = made if isinstance(made, tuple) else (made,)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras may warn of the patient as it came in
            train(*models)
        repair(*models)
        movement = train(*models)
    except Exception as error:
        return f"✗ It stopped: {type(error).__name__}: {reason(error)}"
    of_type("train", movement, Movement, "a function that gives what compare() gave")
    if objection := _objection(movement, meant.split(", ")):
        return f"✗ Not yet: {objection}"
    if farthest:
        times = max(change.largest for change in movement.changes) / farthest
        if not _LEAST <= times <= _MOST:
            about = f"{float(format(times, '.1g')):g}"
            return f"✗ Not yet: {meant} moved, but about {about} times as far as was meant."
    return f"✓ Proved: {meant} moved{', as far as was meant' if farthest else ''}."


def _is_empty(function: Callable[..., object]) -> bool:
    """Whether there is nothing in it but dots, `pass` or comments."""

    def empty() -> None: ...

    code = getattr(function, "__code__", None)
    return code is not None and code.co_code == empty.__code__.co_code


def _objection(movement: Movement, meant: Sequence[str]) -> str:
    """What moved, or stood still, against what was meant, by role; empty if nothing did."""
    said = []
    for moved, role in product((True, False), Role):
        against = [
            replace(
                change,
                moved=(change.moved, change.role) == (moved, role)
                and moved != (_layer(change) in meant),
            )
            for change in movement.changes
        ]
        if any(change.moved for change in against):
            names = moved_parts(Movement(tuple(against)))
            ask = "" if moved == (role == Role.LEARNED) else " Does a compile follow the last flag?"
            ask += " Is its model's own flag True?" if ask and not moved else ""
            said.append(f"{names} {'moved' if moved else 'stood still'} (role: {role}).{ask}")
    return " ".join(said)


def _layer(change: Change) -> str:
    return change.path.rpartition("/")[0].rpartition("/")[2]
