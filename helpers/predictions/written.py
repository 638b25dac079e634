"""What a learner wrote, in one spelling: every kind of answer is read from this.

A person sees that "~3'232", " 3,232." and 3232.0 are one number, and that "Last & first" is "first
and last". Here signs that do not count are taken away. What has two meanings stays unread.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from numbers import Real
from typing import Any

import numpy as np

from helpers._arguments import shown

_ENOUGH = 100  # characters of a text, things in a list: no answer needs more
_DEEPEST = 5  # lists and tensors around one thing
_NUMBER_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_SIGNS_AS = str.maketrans(
    {
        **dict.fromkeys("−–‐‑", "-"),  # minus, dash and hyphens
        **dict.fromkeys("\t\n\r\u00a0\u2009\u202f", " "),  # spaces within numbers
        **dict.fromkeys('‘’‚“”„`´"', "'"),
        **dict.fromkeys("~≈", " "),  # about
        "&": " and ",
    }
)
_SPELLINGS = (
    (r"\bca\.|\b(about|around|roughly|approximately|approx|circa|ca|suspect)\b\.?", " "),
    (r"\bper ?cent\b", "%"),
    (r"\b(an?|the) (?=[a-z])", ""),
)
# Digits in groups of three, or not; 7/8 is a number, too.
_GROUPS = r"[1-9]\d{0,2}(?:[,'_ ]\d{3})+(?!\d)(?:\.\d+)?"
_NUMBER = rf"(?<!\w)[+-]?(?:{_GROUPS}|\d+/[1-9]\d*|\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
_TOKEN = re.compile(rf"{_NUMBER}|[^\W\d]\w*|[^\s\w,;.!?:'()\[\]{{}}]")
_TWO_MEANINGS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.,])")  # 3.232 is 3232 in German
_TIMES = {"k", "m", "hundred", "thousand", "million", "dozen"}

Token = str | float


class Unread(ValueError):
    """The answer cannot be read; the message is the one word that is not clear, if it is one."""


def quoted(said: Any) -> str:
    """What was written, short and in one line, whatever it is."""
    try:
        return " ".join(shown(said).split())
    except Exception:  # an object that fails when it is looked at
        return f"a {type(said).__name__}"


def bare(said: Any) -> Any:
    """Without NumPy, TensorFlow and Keras around it; one thing alone, out of its list or set."""
    for _ in range(_DEEPEST):
        said = _unwrapped(said)
        if not (isinstance(said, list | tuple | set | frozenset) and len(said) == 1):
            return said
        (said,) = said
    raise Unread


def _unwrapped(said: Any) -> Any:
    if hasattr(said, "numpy"):
        said = said.numpy()
    if isinstance(said, np.ndarray | np.generic):
        if said.size > _ENOUGH:
            raise Unread
        said = said.tolist()
    return said


def tokens(said: Any) -> tuple[Token, ...]:
    """The words, in lower case, and the numbers of one thing, or of a list or a set of words."""
    said = bare(said)
    if isinstance(said, set | frozenset) and all(isinstance(each, str) for each in said):
        said = tuple(said)
    things = said[:_ENOUGH] if isinstance(said, list | tuple) else (said,)
    return tuple(token for thing in things for token in _tokens_of(thing))


def _tokens_of(thing: Any) -> Iterable[Token]:
    if thing is None or isinstance(thing, bool):
        return (str(thing).lower(),)
    if isinstance(thing, Real | Decimal):
        return (float(thing),)
    text = _short_text(thing).translate(_SIGNS_AS).lower()
    for pattern, spelling in _SPELLINGS:
        text = re.sub(pattern, spelling, text)
    return map(_value, _TOKEN.findall(text))


def _short_text(text: Any) -> str:
    if not isinstance(text, str) or len(text) > _ENOUGH:
        raise Unread
    return text


def _value(token: str) -> Token:
    if token in _NUMBER_WORDS:
        return float(_NUMBER_WORDS.index(token))
    if not re.fullmatch(_NUMBER, token):
        return token
    above, _, below = re.sub(r"[,'_ ]", "", token).partition("/")
    return float(above) / float(below or 1)


def number_in(said: Any) -> tuple[float, bool]:
    """The one number that was said, and whether in percent; a unit may stand behind it.

    Raises:
        Unread: there is none, or more than one, or it can be read in two ways.
    """
    said = bare(said)
    if isinstance(said, str):
        if _TWO_MEANINGS.search(said):
            raise Unread
        if said.count(",") == 1 and not re.search(_GROUPS, said):
            said = re.sub(r"(?<=\d),(?=\d)", ".", said)  # a decimal comma
    number, *unit = tokens(said) or ("",)
    if number in ("none", "nothing") and said is not None:
        number = 0.0
    plain_unit = all(isinstance(each, str) and (each == "%" or each.isalpha()) for each in unit)
    if isinstance(number, str) or not np.isfinite(number) or not plain_unit or _TIMES & {*unit}:
        raise Unread
    return number, "%" in unit


def phrases(said: Any) -> list[str]:
    """The names in a list, a set or a text; layers and weights by their paths; None is no name."""
    if not _path_of(said):
        said = _unwrapped(said)
    several = (
        isinstance(said, Iterable) and not isinstance(said, str | bytes) and not _path_of(said)
    )
    if isinstance(said, Iterator):  # it can be read only once
        raise Unread
    things = list(islice(said, _ENOUGH + 1)) if several else [said]
    if len(things) > _ENOUGH:
        raise Unread
    return [phrase for thing in things for phrase in _phrases_of(thing)]


def _phrases_of(thing: Any) -> list[str]:
    if thing is None:
        return []
    if path := _path_of(thing):
        return [path]
    if isinstance(thing, Real) and not isinstance(thing, bool):
        return [f"{float(thing):g}"]
    return re.split(r"[,;&+\n]|\b(?:and|plus)\b", _short_text(thing), flags=re.IGNORECASE)


def _path_of(thing: Any) -> str:
    """Of a weight its path, of a layer its path or name."""
    found = (getattr(thing, attribute, None) for attribute in ("path", "name"))
    return next((each for each in found if isinstance(each, str) and each), "")


def key(name: str) -> str:
    """A path in one spelling: "Output Kernel", "output.kernel:0" and "output/kernel" are one."""
    return "/".join(re.findall(r"[a-z0-9]+", re.sub(r":0\b", "", name.lower())))
