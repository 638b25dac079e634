"""Exercise 4: the lines that set, freeze, train and prove a Sobel filter, in order."""

from typing import Any

import keras
import numpy as np
from keras import layers

from helpers.filters import sobel_x, sobel_y, stack
from helpers.movement import Snapshot, compare, snapshot
from helpers.tasks.core import Wrong, task
from helpers.tasks.parsons import ordered_letters, run_in_order

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
    letters = ordered_letters(order, _LINES)
    if "G" in letters:
        raise Wrong(
            "`order` uses G: sobel[:, :, 0, 0] is a table (3, 3), and set_weights refuses "
            "whatever has not all four axes."
        )
    if "H" in letters:
        raise Wrong(
            "`order` uses H: read its spelling. Python makes a new attribute without a word, and "
            "nothing is frozen."
        )
    rng = np.random.default_rng(0)
    model = _make_edges_and_head()
    namespace = {
        "model": model,
        "snapshot": snapshot,
        "compare": compare,
        "sobel": stack(sobel_x(), sobel_y()),
        "x": rng.uniform(0.5, 1.5, (16, 8, 8, 1)),
        "y": rng.uniform(1, 2, (16, 1)),
    }
    names = run_in_order(letters, _LINES, namespace)
    _judge_proof(model, names)


def _make_edges_and_head() -> keras.Model:
    """A convolution that starts at random, called edges, and a Dense layer, called head."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(2, 3, use_bias=False, name="edges"),
            layers.Flatten(name="flat"),
            layers.Dense(1, name="head"),
        ],
        name="model",
    )


def _value_at(before: Snapshot, variable: keras.Variable) -> np.ndarray:
    """The value that a variable had when the snapshot was taken."""
    return next(
        v for known, v in zip(before.variables, before.values, strict=True) if known is variable
    )


def _judge_proof(model: keras.Model, names: dict[str, Any]) -> None:
    edges = model.get_layer("edges")
    is_sobel = np.array_equal(keras.ops.convert_to_numpy(edges.kernel), names["sobel"])
    moved = names.get("moved")
    if moved is None:
        raise Wrong("`order`: there is no proof; `moved` is never made (line E).")
    if not moved:
        raise Wrong(
            "`order`: `moved` is empty, so it proves nothing: the training has to happen between "
            "C and E."
        )
    if "model/edges/kernel" in moved and is_sobel:
        raise Wrong(
            "`order`: the kernel is Sobel at the end, but between C and E it moved: set it before "
            "the snapshot."
        )
    if "model/edges/kernel" in moved:
        raise Wrong(
            "`order`: the kernel moved in training: it has to be frozen before the fit."
            if not edges.trainable
            else "`order`: the kernel moved in training: it was never frozen."
        )
    if not is_sobel:
        raise Wrong("`order`: the kernel is frozen, but not Sobel: it was never set.")
    if not np.array_equal(_value_at(names["before"], edges.kernel), names["sobel"]):
        raise Wrong(
            "`order`: the model was trained with the random kernel; Sobel was set only afterwards."
        )
    if "model/head/kernel" not in moved:
        raise Wrong("`order`: the head was not trained between C and E.")
    if edges.trainable:
        raise Wrong("`order`: the kernel did not move, but it is not frozen either.")
