"""Judging what code does: run it, train it on the checker's data, compare."""

import warnings
from collections.abc import Iterable, Mapping
from itertools import chain

import keras
import numpy as np

from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.core import Wrong, described_error

SEPARATORS = " ,;.->→[]()'\"\t\n"  # what may stand between the letters of an order


def training_data(model: keras.Model, examples: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets on which every healthy layer of the model must move.

    Inputs are positive and far from zero and from each other, so that no gradient vanishes by
    accident and batch statistics differ from BatchNormalization's start values.

    Args:
        model: one input, one output, all axes but the first of known size.
    """
    rng = np.random.default_rng(7)
    x = rng.uniform(0.5, 2.5, (examples, *model.input_shape[1:])).astype("float32")
    y = rng.uniform(0.1, 0.9, (examples, *model.output_shape[1:])).astype("float32")
    return x, y


def movement_of_fit(model: keras.Model, epochs: int = 1) -> Movement:
    """Fit the model as it is, compiled by the learner, on `training_data`; what moved.

    Afterwards the values are put back; the model's optimizer has counted the steps.
    """
    x, y = training_data(model)
    before = snapshot(model)
    try:
        with warnings.catch_warnings():  # that nothing is trainable, which the movement tells
            warnings.simplefilter("ignore")
            model.fit(x, y, batch_size=8, epochs=epochs, verbose=0)
    except Exception as error:
        raise Wrong(
            f"your model does not train: fit stopped with {described_error(error)}."
        ) from None
    movement = compare(before)
    before.restore()
    return movement


def made_layer(name: str, make) -> keras.layers.Layer:
    """The layer that the learner's function gives; it must give a new one each time."""
    if isinstance(make, keras.layers.Layer):
        raise Wrong(f"`{name}` should be a function that makes a layer; yours is a layer already.")
    layer = call(name, make)
    if isinstance(layer, type) and issubclass(layer, keras.layers.Layer):
        raise Wrong(f"`{name}` returns the class; return a layer made from it: add ().")
    if not isinstance(layer, keras.layers.Layer):
        raise Wrong(f"`{name}` should return a Keras layer; it gives {described(layer)}.")
    if call(name, make) is layer:
        raise Wrong(f"`{name}` returns the same layer every time; make a new one in it.")
    return layer


def listed(names: Iterable[str], most: int = 4) -> str:
    """a, b and c; of many, the first few and how many more."""
    names = list(names)
    shown, rest = names[:most], len(names) - most
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def run_in_order(name: str, order, lines: Mapping[str, str], namespace: dict) -> dict:
    """Run the lines of a Parsons problem in the learner's order; the names they leave behind.

    Args:
        order: a text or list of the lines' letters, such as "BDAC" or ["b", "d"]; blanks, commas
            and small letters are fine.
        lines: each letter's line of code; a distractor is a line that should be left out.
        namespace: the names that the lines may use; not changed.

    Raises:
        Wrong: a letter is unknown or used twice, or a line stopped with an error.
    """
    if not isinstance(order, str | list | tuple) or len(order) > 100:
        raise Wrong(f"`{name}` should be letters in order, such as {''.join(lines)!r}.")
    if not all(isinstance(part, str) for part in order):
        raise Wrong(f"`{name}` should hold letters only, such as {''.join(lines)!r}.")
    letters = [letter for letter in chain.from_iterable(order) if letter not in SEPARATORS]
    letters = [letter.upper() for letter in letters]
    unknown = sorted(set(letters) - set(lines))
    if unknown:
        raise Wrong(f"`{name}` has {', '.join(unknown)}; the lines are {', '.join(lines)}.")
    if len(set(letters)) < len(letters):
        raise Wrong(f"`{name}` uses a line twice: {' '.join(letters)}.")
    names = dict(namespace)
    for letter in letters:
        try:
            with warnings.catch_warnings():  # that nothing is trainable, which the check tells
                warnings.simplefilter("ignore")
                exec(lines[letter], names)  # the course's own lines, in the learner's order
        except Exception as error:
            raise Wrong(
                f"`{name}`: in the order {' '.join(letters)}, line {letter} stops with "
                f"{described_error(error)}."
            ) from None
    return names
