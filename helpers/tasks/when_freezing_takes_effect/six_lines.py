"""Exercise 3: the lines of a proof that only the head of a trained model moves, in order."""

from helpers.experiments.orders import data
from helpers.movement import compare, snapshot
from helpers.tables import Table
from helpers.tasks.core import Wrong, task
from helpers.tasks.parsons import lines_table, ordered_letters, run_in_order
from helpers.tasks.when_freezing_takes_effect._models import trained_model

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
    letters = ordered_letters(order, _LINES)
    given = {"model": trained_model(), "snapshot": snapshot, "compare": compare}
    given["x"], given["y"] = data()
    names = run_in_order(letters, _LINES, given)
    shown = f"`order` is {' '.join(letters)}. "
    if "verdict" not in names:
        raise Wrong(shown + "It leaves no `verdict`: nothing is proved without line H.")
    verdict, hidden = names["verdict"], names["model"].get_layer("hidden")
    if verdict == "everything moved" and hidden.trainable:
        raise Wrong(shown + "Everything moved, and the flag is still True: line B only compares.")
    if verdict == "everything moved" and letters.index("G") > letters.index("A"):
        raise Wrong(shown + "Everything moved: the flag was set after the fit.")
    if verdict == "everything moved":
        raise Wrong(
            shown + "Everything moved: the fit used the training step of an earlier fit, "
            "in which `hidden` was trainable."
        )
    if verdict == "nothing moved" and "A" not in letters:
        raise Wrong(shown + "Nothing moved: there is no fit, so nothing is proved.")
    if verdict == "nothing moved":
        raise Wrong(shown + "Nothing moved, since no fit stands between `snapshot` and `compare`.")
    if len(letters) > 6:
        raise Wrong(shown + f"It works, but with {len(letters)} lines; six are enough.")
