"""Exercise 2: the lines of a proof that a frozen layer stood still, in order."""

from helpers.movement import Movement, compare, snapshot
from helpers.tasks.core import Wrong, task
from helpers.tasks.parsons import ordered_letters, run_in_order
from helpers.tasks.what_training_moves._models import inputs_and_targets, make_hidden_and_head

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
    x, y = inputs_and_targets()
    start = {
        "make_model": make_hidden_and_head,
        "snapshot": snapshot,
        "compare": compare,
        "x": x,
        "y": y,
    }
    names = run_in_order(letters, PROOF_LINES, start)
    movement = names.get("movement")
    if not isinstance(movement, Movement):
        raise Wrong("after your lines there is no `movement`: which line makes it?")
    moved = [path.split("/")[1] for path in movement.moved]
    shown = f"your proof says: {movement.verdict()}. "
    if not moved:
        raise Wrong(shown + "The snapshot has to be taken before the fit, the comparison after it.")
    if "hidden" in moved:
        raise Wrong(
            shown + "`hidden` was not frozen in this fit: see how the flag is set, and when."
        )
    for letter in sorted(_TRAPS.keys() & set(letters)):
        raise Wrong(f"the proof holds, but line {letter} is a trap to leave out: {_TRAPS[letter]}")
