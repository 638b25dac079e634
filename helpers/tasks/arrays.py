"""Reading arrays of numbers that a learner gave, and comparing them with the right one."""

from collections.abc import Mapping, Sequence

import keras
import numpy as np

from helpers.tasks.answers import described, is_array, is_tensor
from helpers.tasks.core import Slip, Wrong
from helpers.tasks.slips import Formula, explained

_MOST_NUMBERS = 10_000_000  # a bigger array is not looked into


def number_array(name: str, answer: object, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """A float64 array from an array, tensor, variable, number, or nested list of numbers.

    Args:
        shape: what is wanted once axes of length 1 are left out; None for any.

    Raises:
        Wrong: it holds no numbers, is huge, has another shape, or has NaN or infinite numbers.
    """
    if is_tensor(answer):
        answer = keras.ops.convert_to_numpy(answer)
    if not (is_array(answer) or isinstance(answer, list | tuple | int | float)):
        raise Wrong(f"`{name}` should be an array of numbers; yours is {described(answer)}.")
    if is_array(answer) and answer.size > _MOST_NUMBERS:
        raise Wrong(f"`{name}` is {described(answer)}, far more than was asked for.")
    try:
        raw = np.asarray(answer)
    except ValueError:
        raise Wrong(f"`{name}` holds lists of different lengths: that is no array.") from None
    if raw.dtype.kind in "US":
        raise Wrong(f"`{name}` holds text; give the numbers without quotes.")
    try:
        array = raw.astype("float64")
    except Exception:
        raise Wrong(f"`{name}` should hold numbers only; yours is {described(answer)}.") from None
    if shape is not None and array.squeeze().shape != tuple(n for n in shape if n != 1):
        raise Wrong(f"`{name}` should have the shape {shape}; yours has {array.shape}.")
    if not np.isfinite(array).all():
        raise Wrong(f"`{name}` has numbers that are NaN or infinite.")
    return array if shape is None else array.reshape(shape)


def expect_array(
    name: str,
    answer: object,
    right: np.ndarray,
    mistakes: Mapping[str, np.ndarray],
    tolerance: float = 1e-4,
    slipped: Sequence[tuple[str, Formula]] = (),
) -> None:
    """Pass if the answer equals the right array; else raise Wrong.

    Args:
        mistakes: for each message, the array that a learner who deserves it gives; arrays of a
            shape other than the right one are allowed.
        tolerance: absolute and relative.
        slipped: for each message, a function without arguments that gives such an array.
    """
    right = np.asarray(right, dtype="float64")
    given = number_array(name, answer)

    def equals(other: object) -> bool:
        array = np.asarray(other, dtype="float64").squeeze()
        same_shape = array.shape == given.squeeze().shape
        return same_shape and np.allclose(given.squeeze(), array, rtol=tolerance, atol=tolerance)

    if equals(right):
        return
    for message, mistake in mistakes.items():
        if equals(mistake):
            raise Wrong(f"`{name}`: {message}")
    number_array(name, answer, right.shape)  # says so if only the shape is off
    given = given.reshape(right.shape)
    far = np.abs(given - right)
    worst = tuple(map(int, np.unravel_index(np.argmax(far), right.shape)))
    shown = f"where it is {given[worst]:.4g}."
    slip = explained(slipped, lambda formula: equals(formula()))
    if slip:
        raise Slip(
            f"`{name}` differs from what was asked, most at position {worst}, {shown} {slip}"
        )
    if not given.any():
        raise Wrong(f"`{name}`: all its numbers are 0.", diagnosed=False)
    factor = float(np.vdot(given, right) / np.vdot(right, right))
    if equals(factor * right):
        raise Wrong(
            f"`{name}`: every number is {factor:.4g} times what it should be.", diagnosed=False
        )
    wrong = int((far > tolerance * (1 + np.abs(right))).sum())
    if wrong <= right.size / 2:
        raise Wrong(
            f"`{name}`: all but {wrong} of its {right.size} numbers are right; look at "
            f"position {worst}, {shown}",
            diagnosed=False,
        )
    raise Wrong(
        f"`{name}` differs from what was asked, most at position {worst}, {shown}", diagnosed=False
    )
