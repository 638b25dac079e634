"""Judging a learner's formula that gives one array or several, case by case."""

from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np

from helpers.tasks.answers import call, described, is_tensor, number_array
from helpers.tasks.core import Wrong
from helpers.tasks.slips import Formula, explained


def expect_arrays(
    name: str,
    function: object,
    cases: Sequence[tuple],
    parts: Sequence[str],
    right: Callable,
    mistakes: Mapping[str, Callable],
    slipped: Sequence[Sequence[tuple[str, Formula]]],
) -> None:
    """Pass if the learner's function gives the right arrays for every case; else raise Wrong.

    Args:
        cases: tuples of arguments.
        parts: what the arrays that it returns are called; with one name, an array is returned,
            with more, a tuple.
        right: the reference for the same arguments: a tuple of arrays.
        mistakes: for each message, the wrong formula of a learner who deserves it.
        slipped: for each part, slips on its formula, as functions of the same arguments.
    """
    tried, given = [], []
    for case in cases:  # one by one: an answer that fits few shapes is judged before it stops
        tried.append(case)
        given.append(arrays_given(name, function, case, parts))
        expected = right(*case)
        if same_arrays(given[-1], expected):
            continue
        shown = first_difference(parts, given[-1], expected, case)
        for message, formula in mistakes.items():
            if formula_gives(formula, tried, given):
                raise Wrong(f"{shown} {message}")
        for part, slips in enumerate(slipped):
            own = [[arrays[part]] for arrays in given]
            if same_arrays(own[-1], [expected[part]]):
                continue
            slip = slip_of_part(slips, tried, own)
            raise Wrong(f"{shown} {slip}" if slip else shown, diagnosed=bool(slip))


def first_difference(parts: Sequence[str], given: Sequence, expected: Sequence, case: tuple) -> str:
    """The first part that differs: its shape, or the first number that differs in it."""
    shape = max((np.shape(value) for value in case), key=len)
    for part, value, wanted in zip(parts, given, map(np.asarray, expected), strict=True):
        if same_arrays([value], [wanted]):
            continue
        shown = f"for a batch of shape {shape}, {part}"
        if value.shape != wanted.shape:
            return f"{shown} has the shape {value.shape}, not {wanted.shape}."
        first = np.flatnonzero(~close_in_float32(value, wanted))[0]
        pair = value.flat[first], wanted.flat[first]
        digits = 4 if f"{pair[0]:.4g}" != f"{pair[1]:.4g}" else 7
        return f"{shown} holds {pair[0]:.{digits}g} instead of {pair[1]:.{digits}g}."
    return ""


def formula_gives(formula: Callable, cases: Sequence[tuple], given: Sequence[Sequence]) -> bool:
    """Whether a wrong formula gives this for all cases; it may not even fit a batch's shape."""
    try:
        return all(same_arrays(own, formula(*case)) for case, own in zip(cases, given, strict=True))
    except ValueError:
        return False


def slip_of_part(
    slips: Sequence[tuple[str, Formula]], cases: Sequence[tuple], given: Sequence[Sequence]
) -> str | None:
    """The message of the slip that gives one of the arrays, this one, for all cases."""
    return explained(
        slips, lambda formula: formula_gives(lambda *case: [formula(*case)], cases, given)
    )


def arrays_given(
    name: str, function: object, case: tuple, parts: Sequence[str]
) -> list[np.ndarray]:
    """The arrays that the learner's function gives for a case, which it cannot change."""
    copies = [np.array(value) if isinstance(value, np.ndarray) else value for value in case]
    result = call(name, function, *copies)
    if len(parts) == 1:
        return [number_array(parts[0], result)]
    if is_tensor(result):
        result = keras.ops.convert_to_numpy(result)
    if isinstance(result, np.ndarray) and result.ndim == 2:  # stacked, one row per part
        result = list(result)
    if not isinstance(result, tuple | list) or len(result) != len(parts):
        raise Wrong(f"`{name}` should return {' and '.join(parts)}; it gives {described(result)}.")
    return [number_array(part, value) for part, value in zip(parts, result, strict=True)]


def same_arrays(given: Sequence, expected: Sequence) -> bool:
    """Equal shapes and values."""
    arrays = [(np.asarray(a), np.asarray(b)) for a, b in zip(given, expected, strict=True)]
    return all(a.shape == b.shape and close_in_float32(a, b).all() for a, b in arrays)


def close_in_float32(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Where two arrays agree to what float32 can hold."""
    return np.isclose(a, b, rtol=2e-5, atol=2e-5)


def other_axes(batch: np.ndarray) -> tuple[int, ...]:
    return tuple(range(batch.ndim - 1))
