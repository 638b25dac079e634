"""The clinic's chart: three questions to ask of a freeze that does not work, and the answers.

The chart is data. Lesson 8 shows it as a figure, and proves each of its branches with a program.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from helpers._arguments import of_type
from helpers.movement import Movement
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


def branches() -> list[Branch]:
    """All branches of the chart, by the number of their program."""
    return sorted((b for question in CHART for b in question.branches), key=lambda b: b.program)


def suspects() -> dict[str, Branch]:
    """The causes in alphabetical order, each with a letter."""
    ordered = sorted(branches(), key=lambda b: b.cause.lower())
    return dict(zip("ABCDEFGHIJK", ordered, strict=True))


def suspects_table() -> Table:
    """Letters and causes, to choose from."""
    return Table(("letter", "cause"), [(key, b.cause) for key, b in suspects().items()])


def diagnoses(given: Mapping[int, object]) -> Table:
    """Beside each program the letter somebody gave it and the right one.

    Args:
        given: a letter for each program's number; anything that is no letter counts as none.

    Raises:
        TypeError: given is no dict.
    """
    of_type("given", given, Mapping, "a dict with a letter for each program's number")
    right = {b.program: letter for letter, b in suspects().items()}
    said = {
        program: letter.strip().upper() if isinstance(letter, str) else None
        for program, letter in given.items()
    }
    hits = sum(said.get(program) == letter for program, letter in right.items())
    rows = [(program, said.get(program), right[program]) for program in sorted(right)]
    caption = f"{hits} of {len(right)} diagnoses right"
    return Table(("program", "your letter", "right letter"), rows, caption=caption)


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
