"""Judging a learner's formula that gives one array or several, over all cases at once."""

from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np

from helpers.tasks.answers import call, described, expect_function, is_tensor
from helpers.tasks.arrays import number_array
from helpers.tasks.core import Slip, Wrong
from helpers.tasks.slips import Formula, explained

Arrays = Sequence[np.ndarray]


def expect_arrays(
    name: str,
    function: object,
    cases: Sequence[tuple],
    parts: Sequence[str],
    right: Callable,
    mistakes: Mapping[str, Callable],
    slipped: Sequence[Sequence[tuple[str, Formula]]],
    setting: str,
) -> None:
    """Pass if the learner's function gives the right arrays for every case; else raise Wrong.

    Args:
        cases: tuples of arguments, the last of which is a number, the setting.
        parts: what the arrays that it returns are called; with one name, an array is returned,
            with more, a tuple.
        right: the reference for the same arguments: a tuple of arrays.
        mistakes: for each message, the wrong formula of a learner who deserves it; it fits if it
            gives the same in every case, and nothing where the learner's function gives nothing.
        slipped: for each part, slips on its formula, as functions of the same arguments.
    """
    expect_function(name, function)
    given = [_arrays_or_refusal(name, function, case, parts) for case in cases]
    expected = [[np.asarray(array) for array in right(*case)] for case in cases]
    first = next((i for i, own in enumerate(given) if not _agree(own, expected[i])), None)
    if first is None:
        return
    failed = given[first]
    if isinstance(failed, Wrong):
        shown = str(failed)
    else:
        shown = _first_difference(parts, failed, expected[first])
    shape, value = _shape(cases[first]), cases[first][-1]
    shown = f"for a batch of shape {shape} and {setting} {value:g}, {shown}"

    def fits(formula: Callable) -> bool:
        others = [_arrays_of(formula, case) for case in cases]
        return any(others) and all(map(_agree, given, others))

    for message, formula in mistakes.items():
        if fits(formula):
            raise Wrong(f"{shown} {message}")
    if isinstance(failed, Wrong):
        works = [case for own, case in zip(given, cases, strict=True) if not isinstance(own, Wrong)]
        also = f" For a batch of shape {_shape(works[0])} it gives numbers." if works else ""
        raise Wrong(shown + also, failed.diagnosed)
    for part, slips in enumerate(slipped):
        if slip := _slip_of_part(slips, part, cases, given, expected):
            raise Slip(f"{shown} {slip}")
    raise Wrong(shown, diagnosed=False)


def _arrays_or_refusal(
    name: str, function: object, case: tuple, parts: Sequence[str]
) -> Arrays | Wrong:
    """The arrays that the learner's function gives for a case, or why it gives none."""
    copies = [np.array(value) if isinstance(value, np.ndarray) else value for value in case]
    try:
        result = call(name, function, *copies)
        if len(parts) == 1:
            return [number_array(parts[0], result)]
        if is_tensor(result):
            result = keras.ops.convert_to_numpy(result)
        if isinstance(result, np.ndarray) and result.ndim == 2:  # stacked, one row per part
            result = list(result)
        if not isinstance(result, tuple | list) or len(result) != len(parts):
            raise Wrong(
                f"`{name}` should return {' and '.join(parts)}; it gives {described(result)}."
            )
        return [number_array(part, value) for part, value in zip(parts, result, strict=True)]
    except Wrong as wrong:
        return wrong


def _arrays_of(formula: Callable, case: tuple) -> Arrays | None:
    """What a formula gives; None if it does not fit the batch's shape, or gives no numbers."""
    try:
        with np.errstate(all="ignore"):
            arrays = [np.asarray(array, "float64") for array in formula(*case)]
    except (ValueError, IndexError):
        return None
    return arrays if all(np.isfinite(array).all() for array in arrays) else None


def _agree(given: Arrays | Wrong, others: Arrays | None) -> bool:
    """Whether both are the same arrays, or neither is any."""
    if isinstance(given, Wrong) or others is None:
        return isinstance(given, Wrong) and others is None
    pairs = list(zip(given, others, strict=True))
    return all(a.shape == b.shape and _close_in_float32(a, b).all() for a, b in pairs)


def _close_in_float32(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Where two arrays agree to what float32 can hold."""
    return np.isclose(a, b, rtol=2e-5, atol=2e-5)


def _first_difference(parts: Sequence[str], given: Arrays, expected: Arrays) -> str:
    """The first part that differs: its shape, or the first number that differs in it."""
    pairs = zip(parts, given, expected, strict=True)
    part, own, wanted = next(each for each in pairs if not _agree([each[1]], [each[2]]))
    if own.shape != wanted.shape:
        return f"{part} has the shape {own.shape}, not {wanted.shape}."
    first = np.flatnonzero(~_close_in_float32(own, wanted))[0]
    pair = own.flat[first], wanted.flat[first]
    digits = 4 if f"{pair[0]:.4g}" != f"{pair[1]:.4g}" else 7
    return f"{part} holds {pair[0]:.{digits}g} instead of {pair[1]:.{digits}g}."


def _shape(case: tuple) -> tuple[int, ...]:
    return max((np.shape(value) for value in case), key=len)


def _slip_of_part(
    slips: Sequence[tuple[str, Formula]],
    part: int,
    cases: Sequence[tuple],
    given: Sequence[Arrays | Wrong],
    expected: Sequence[Arrays],
) -> str | None:
    """The message of the slip that gives one of the arrays in all cases, if that one is wrong."""
    own = [arrays if isinstance(arrays, Wrong) else [arrays[part]] for arrays in given]
    if all(_agree(a, [b[part]]) for a, b in zip(own, expected, strict=True)):
        return None

    def fits(formula: Formula) -> bool:
        one = [_arrays_of(lambda *case: [formula(*case)], case) for case in cases]
        return all(map(_agree, own, one))

    return explained(slips, fits)


def other_axes(batch: np.ndarray) -> tuple[int, ...]:
    return tuple(range(batch.ndim - 1))
