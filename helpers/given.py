"""What a helper was given, in a few words, and the first questions that every helper asks of it."""

import math
from collections.abc import Mapping
from numbers import Integral, Real

import numpy as np

LONGEST = 60  # characters of a value that a message repeats


def shown(value) -> str:
    """A value as a message names it: itself if it is short, else its type or shape."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape:
        return f"an array of shape {tuple(shape)}"
    try:
        text = repr(value)
    except Exception:
        text = ""
    return text if 0 < len(text) <= LONGEST else f"a {type(value).__name__}"


def real(name: str, value, expected: str) -> float:
    """A finite real number as a float.

    Raises:
        TypeError: it is something else, a yes or no, or an array of several numbers.
        ValueError: it is NaN, infinite, or beyond what a float holds.
    """
    if isinstance(value, np.ndarray | np.generic) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} should be {expected}, not {shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{name} should be {expected}, not {shown(value)}")
    return number


def whole(name: str, value, expected: str) -> int:
    """A whole number.

    Raises:
        TypeError: it is something else, or a yes or no.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} should be {expected}, not {shown(value)}")
    return int(value)


def numbers(name: str, value, expected: str) -> np.ndarray:
    """A float64 array of real numbers.

    Raises:
        TypeError: it holds something else, is ragged, or its numbers are too large.
    """
    if hasattr(value, "numpy"):  # a tensor or a variable
        value = value.numpy()
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            raise TypeError
        return array.astype("float64")
    except Exception:
        raise TypeError(f"{name} should be {expected}, not {shown(value)}") from None


def text(name: str, value) -> str:
    """A text that is not empty.

    Raises:
        TypeError, ValueError: it is something else, or empty.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} should be a text, not {shown(value)}")
    if not value.strip():
        raise ValueError(f"{name} should be a text, not the empty {value!r}")
    return value


def labelled(name: str, value, expected: str) -> Mapping:
    """A mapping from labels (texts) to something, with at least one entry.

    Raises:
        TypeError, ValueError: it is something else, has other keys, or is empty.
    """
    if not isinstance(value, Mapping) or not all(isinstance(label, str) for label in value):
        raise TypeError(f"{name} should be a dict of {expected}, each with a label, not {shown(value)}")
    if not value:
        raise ValueError(f"{name}: a dict of {expected} was expected, not the empty {shown(value)}")
    return value
