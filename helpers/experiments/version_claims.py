"""Statements of the course that hold for one Keras version and may end with the next."""

import keras

from helpers._arguments import true_or_false

LOCKED = (3, 15)  # the Keras that requirements.txt installs, and that the lessons describe


def claim(statement: str, holds: bool) -> None:
    """Assert a statement on the Keras that the course describes; elsewhere say if it has ended.

    Silent where the statement holds. On another Keras than 3.15 a statement that does not hold is
    news, not a mistake: one line says which sentence of the lesson is to be revised.

    Args:
        statement: the sentence of the lesson, whole.
        holds: what the experiment showed.

    Raises:
        AssertionError: it does not hold although this is Keras 3.15.
        TypeError: `holds` is neither True nor False.
    """
    if true_or_false("holds", holds):
        return
    message = f"Keras {keras.__version__} does otherwise. Revise this statement: {statement}"
    if tuple(map(int, keras.__version__.split(".")[:2])) == LOCKED:
        raise AssertionError(message)
    print(message)
