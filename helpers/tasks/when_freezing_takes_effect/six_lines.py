"""Exercise 3: the lines of a proof that only the head of a trained model moves, in order."""

from helpers.tables import Table
from helpers.tasks.core import task
from helpers.tasks.parsons import expect_order, lines_table

_LINES = {
    "A": "model.fit(x, y, batch_size=8, verbose=0)",
    "B": "hidden.trainable == False",
    "C": "before = snapshot(model)",
    "D": "hidden = model.get_layer('hidden')",
    "E": "model.compile('sgd', 'mse')",
    "F": "before = model.get_weights()",
    "G": "hidden.trainable = False",
    "H": "verdict = compare(before).verdict()",
    "I": "model.optimizer.learning_rate = 0.01",
}
_NOT_OF_THE_SIX = {
    "B": "it compares, and sets nothing: `==`.",
    "F": "it keeps a list of arrays, and `compare` takes what `snapshot` gives.",
    "I": "a new learning rate leaves the training step as it is; `compile` makes a new one.",
}
_THE_SIX = {
    "D": "`hidden` is a name that no line makes.",
    "G": "nothing sets the flag.",
    "E": "the fit uses the training step of an earlier fit, in which `hidden` was trainable.",
    "C": "there is nothing to compare with.",
    "A": "there is no fit, so nothing moves and nothing is proved.",
    "H": "there is no `verdict`.",
}
_ORDER_OF_SIX = {
    ("D", "G"): "G uses `hidden`, a name that D makes.",
    ("G", "A"): "the flag is set after the fit, in which everything moves.",
    ("E", "A"): "the compile comes after the fit, which used the training step of an earlier fit, "
    "and everything moves.",
    ("C", "H"): "H uses `before`, a name that C makes.",
    ("C", "A"): "the snapshot is taken after the fit, so nothing has moved since.",
    ("A", "H"): "it is compared before the fit, so nothing has moved yet.",
}


def lines() -> Table:
    """The lines of the Parsons problem, with their letters."""
    return lines_table(_LINES)


@task(
    "Six lines in order",
    why="Flag, compile, snapshot, fit, compare. The snapshot may stand anywhere before the fit; "
    "the compile may not be left out, since the model had been trained before.",
    hints=(
        "The model has been trained, so its training step exists. Which line throws it away?",
        "Of each pair leave one out: `=` or `==`; `snapshot` or `get_weights`; `compile` or a new "
        "learning rate.",
        "Get the layer, flag, compile, snapshot, fit, compare: D, then G, then four more.",
    ),
)
def six_lines(order: object) -> None:
    """Order six of nine lines so that the verdict proves that only the head moved."""
    expect_order(order, _LINES, _NOT_OF_THE_SIX, _THE_SIX, _ORDER_OF_SIX)
