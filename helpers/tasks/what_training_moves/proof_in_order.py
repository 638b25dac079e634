"""Exercise 2: the lines of a proof that a frozen layer stood still, in order."""

from helpers.tasks.core import Wrong, task
from helpers.tasks.parsons import comes_after, ordered_letters

PROOF_LINES = {
    "A": "movement = compare(before)",
    "B": 'model.get_layer("hidden").trainable = False',
    "C": "model.fit(x, y, verbose=0)",
    "D": "before = snapshot(model)",
    "E": "model = make_model()",
    "F": 'model.compile("sgd", "mse")',
    "G": "before = model.weights",
    "H": 'model.get_layer("hidden").trainble = False',
}
_TRAPS = {
    "G": "it keeps the variables themselves, not copies of their values.",
    "H": "its misspelt attribute freezes nothing, and nobody complains.",
}
_FIRST = {  # of two lines, the one that must come first, and why
    ("E", "B"): "there is no `model` yet when line B uses it; which line makes it?",
    ("E", "F"): "there is no `model` yet when line F uses it; which line makes it?",
    ("E", "D"): "there is no `model` yet when line D uses it; which line makes it?",
    ("E", "C"): "there is no `model` yet when line C uses it; which line makes it?",
    ("F", "C"): "line C fits a model that is not compiled yet.",
    ("D", "A"): "there is no `before` yet when line A uses it.",
    ("C", "A"): "line A compares before the fit: nothing has moved by then.",
    ("D", "C"): "line D takes the snapshot after the fit: nothing moves from then on.",
    ("B", "C"): "line B freezes `hidden` after the fit: in the fit it was free, and moved.",
}
_MISSING = {
    "A": "nothing compares the model with the snapshot.",
    "B": "nothing freezes `hidden`.",
    "C": "nothing trains the model.",
    "D": "no snapshot keeps the values.",
    "E": "nothing makes the model.",
    "F": "the model is not compiled.",
}


@task(
    "A proof in the right order",
    why="Model, freeze, compile, snapshot, fit, compare: hidden stood still and head moved.",
    hints=(
        "Two of the eight lines are traps. What does line G keep, and how is line H spelled?",
        "The snapshot belongs directly before the fit, the comparison after it.",
        "E B F D C A.",
    ),
)
def proof_in_order(order: object) -> None:
    """Letters of PROOF_LINES in an order that freezes `hidden` and proves it."""
    letters = ordered_letters(order, PROOF_LINES)
    shown = f"in the order {' '.join(letters)}, "
    for letter, why in _TRAPS.items():
        if letter in letters:
            raise Wrong(f"line {letter} is a trap to leave out: {why}")
    for (first, second), why in _FIRST.items():
        if comes_after(letters, first, second):
            raise Wrong(shown + why)
    for letter, why in _MISSING.items():
        if letter not in letters:
            raise Wrong(f"`order` has {len(letters)} of the six good lines: {why}")
