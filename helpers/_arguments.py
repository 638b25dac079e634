"""What a helper was given, in a few words, and the first questions that every helper asks of it."""

import math
from collections.abc import Iterable, Mapping, Set
from numbers import Integral, Real
from types import UnionType
from typing import Any

import numpy as np

LONGEST = 60  # characters of a value that a message repeats


def shown(value: object) -> str:
    """A value as a message names it: itself if it is short, else its type or shape."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        return f"an array of shape {tuple(shape)}"
    try:
        text = repr(value)
    except Exception:
        text = ""
    return text if 0 < len(text) <= LONGEST else f"a {type(value).__name__}"


def reason(error: Exception) -> str:
    """An error's first line, cut: Keras's own are long."""
    return (str(error).splitlines() or [""])[0][:200]


def of_type(name: str, value: Any, kind: type | UnionType, expected: str) -> Any:
    """A value of this class.

    Raises:
        TypeError: it is something else.
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name} should be {expected}, not {shown(value)}")
    return value


def true_or_false(name: str, value: object) -> bool:
    """True or False.

    Raises:
        TypeError: it is something else, if only 0 or 1.
    """
    return bool(of_type(name, value, bool | np.bool_, "True or False"))


def real(
    name: str, value: object, expected: str, low: float = -math.inf, high: float = math.inf
) -> float:
    """A finite real number, from `low` to `high`, as a float.

    Raises:
        TypeError: it is something else, a yes or no, or an array of several numbers.
        ValueError: it is outside, NaN, infinite, or beyond what a float holds.
    """
    if isinstance(value, np.ndarray | np.generic) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} should be {expected}, not {shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not (math.isfinite(number) and low <= number <= high):
        raise ValueError(f"{name} should be {expected}, not {shown(value)}")
    return number


def whole(name: str, value: object, expected: str, allowed: range) -> int:
    """A whole number, one of those allowed.

    Raises:
        TypeError: it is something else, or a yes or no.
        ValueError: it is not allowed.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} should be {expected}, not {shown(value)}")
    number = int(value)
    if number not in allowed:
        raise ValueError(f"{name} should be {expected}, not {shown(value)}")
    return number


def numbers(name: str, value: Any, expected: str) -> np.ndarray:
    """A float64 array of real numbers.

    Raises:
        TypeError: it holds something else, is ragged, or its numbers are too large.
    """
    try:
        array = np.asarray(value.numpy() if hasattr(value, "numpy") else value)  # of a tensor
        if array.dtype.kind not in "biuf":
            raise TypeError
        return array.astype("float64")
    except Exception:
        raise TypeError(f"{name} should be {expected}, not {shown(value)}") from None


def shaped(name: str, value: object, expected: str, shape: tuple[int | None, ...]) -> np.ndarray:
    """A float64 array of real numbers with this shape; None stands for any length from 1.

    Raises:
        TypeError, ValueError: as `numbers`; or it has another shape.
    """
    array = numbers(name, value, expected)
    lengths = zip(array.shape, shape, strict=False)
    if array.ndim != len(shape) or not all(n == k if k is not None else n for n, k in lengths):
        raise ValueError(f"{name} should be {expected}, not {shown(value)}")
    return array


def shares(name: str, value: object) -> np.ndarray:
    """A row of numbers from 0 to 1, such as accuracies, one a seed.

    Raises:
        TypeError, ValueError: it is something else, empty, or a number is outside.
    """
    expected = "a list of accuracies from 0 to 1"
    array = shaped(name, value, expected, (None,))
    if not ((array >= 0) & (array <= 1)).all():
        raise ValueError(f"{name} should be {expected}, not {shown(value)}")
    return array


def text(name: str, value: Any) -> str:
    """A text that is not empty.

    Raises:
        TypeError, ValueError: it is something else, or empty.
    """
    if not of_type(name, value, str, "a text").strip():
        raise ValueError(f"{name} should be a text, not the empty {value!r}")
    return value


def labelled(name: str, value: object, expected: str) -> Mapping:
    """A mapping from labels (texts) to something, with at least one entry.

    Raises:
        TypeError, ValueError: it is something else, has other keys, or is empty.
    """
    if not isinstance(value, Mapping) or not all(isinstance(label, str) for label in value):
        wanted = f"a dict of {expected}, each with a label"
        raise TypeError(f"{name} should be {wanted}, not {shown(value)}")
    if not value:
        raise ValueError(f"{name}: a dict of {expected} was expected, not the empty {shown(value)}")
    return value


def amounts(name: str, value: object, expected: str) -> dict[str, float]:
    """A mapping from labels to numbers above 0.

    Raises:
        TypeError, ValueError: as `labelled`; or one is no number above 0.
    """
    least = math.ulp(0.0)  # the smallest number above 0
    return {
        label: real(f"{name}[{label!r}]", amount, "a number above 0", least)
        for label, amount in labelled(name, value, expected).items()
    }


def one_of(name: str, value: Any, offered: Iterable[str]) -> str:
    """One of the words offered.

    Raises:
        TypeError, ValueError: it is no text, or another one.
    """
    words = tuple(offered)
    expected = f"one of {', '.join(map(repr, words))}"
    if of_type(name, value, str, expected) not in words:
        raise ValueError(f"{name} should be {expected}, not {shown(value)}")
    return value


def several(name: str, value: Any, kind: type, expected: str) -> tuple:
    """Things of one kind, at least one, from a list or anything else that has them in order.

    Raises:
        TypeError, ValueError: it is something else, holds something else, or is empty.
    """
    refusal = f"{name} should be {expected}, not "
    try:
        things = None if isinstance(value, str | Mapping | Set) else tuple(value)
    except Exception:
        things = None
    if things is None:
        raise TypeError(refusal + shown(value))
    if not things:
        raise ValueError(f"{refusal}the empty {shown(value)}")
    for thing in things:
        if not isinstance(thing, kind):
            raise TypeError(f"{refusal}{shown(value)}, which holds {shown(thing)}")
    return things
