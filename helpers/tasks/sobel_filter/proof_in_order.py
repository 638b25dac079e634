"""Exercise 4: the lines that set, freeze, train and prove a Sobel filter, in order."""

from helpers.tasks.core import task
from helpers.tasks.parsons import expect_order

_LINES = {
    "A": 'model.get_layer("edges").trainable = False',
    "B": 'model.compile("sgd", "mse", jit_compile=False)',
    "C": "before = snapshot(model)",
    "D": "model.fit(x, y, verbose=0)",
    "E": "moved = compare(before).moved",
    "F": 'model.get_layer("edges").set_weights([sobel])',
    "G": 'model.get_layer("edges").set_weights([sobel[:, :, 0, 0]])',
    "H": 'model.get_layer("edges").trainble = False',
}
_NOT_OF_THE_PROOF = {
    "G": "sobel[:, :, 0, 0] is a table (3, 3), and set_weights refuses whatever has not all four "
    "axes.",
    "H": "read its spelling. Python makes a new attribute without a word, and nothing is frozen.",
}
_THE_PROOF = {
    "F": "the kernel is never set, and keeps its random numbers.",
    "A": "the kernel is never frozen, and moves in the fit.",
    "B": "the model is not compiled, and the fit stops.",
    "C": "there is nothing to compare with.",
    "D": "there is no training, so nothing moves and nothing is proved.",
    "E": "there is no proof: `moved` is never made.",
}
_ORDER_OF_PROOF = {
    ("F", "D"): "the model was trained with the random kernel; Sobel was set only afterwards.",
    ("F", "C"): "setting the kernel comes after the snapshot, so that it counts as moved.",
    ("A", "D"): "the kernel is frozen only after the fit, in which it moved.",
    ("B", "D"): "the fit comes before the compile, and stops.",
    ("C", "D"): "the snapshot is taken after the fit, so that `moved` is empty or not made, and "
    "proves nothing.",
    ("D", "E"): "it is compared before the fit, so that `moved` proves nothing of the training.",
    ("C", "E"): "E uses `before`, a name that C makes.",
}


@task(
    "Set, freeze, prove",
    why="Set and flag, compile, snapshot, fit, compare: the proof covers exactly the training.",
    hints=(
        "Six of the eight lines are needed; two have a mistake in them.",
        "G gives a (3, 3) table; H has a typing error, which Python accepts without a word.",
        "First F and A, then B; C before D, and E last.",
    ),
)
def proof_in_order(order: object) -> None:
    """order: letters such that the kernel is Sobel, frozen, and `moved` proves it."""
    expect_order(order, _LINES, _NOT_OF_THE_PROOF, _THE_PROOF, _ORDER_OF_PROOF)
