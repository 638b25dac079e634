"""Kinds of answers: how what a learner wrote is read, and when it is right.

An answer is read as a person would read it. Where that is not possible, `Unread` says in a sentence
what to write; nothing else is raised.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Protocol

import numpy as np

_IN_WORDS = ["zero", "one", "two", "three", "four", "five", "six"]
_IN_WORDS += ["seven", "eight", "nine", "ten", "eleven", "twelve"]
_FEW = 60  # characters of an answer that are shown


class Unread(ValueError):
    """The answer cannot be read; the message says what to write."""


class Kind(Protocol):
    """A kind of answer. What `read` gives can be compared by `same` and written as JSON."""

    def read(self, said: Any) -> Any: ...

    def same(self, one: Any, other: Any) -> bool: ...

    def shown(self, answer: Any) -> str: ...

    def as_json(self) -> dict: ...


def plain(said: Any) -> Any:
    """Without NumPy, TensorFlow and Keras around it; one element alone, out of its list."""
    if hasattr(said, "numpy"):
        said = said.numpy()
    if isinstance(said, np.ndarray | np.generic):
        said = said.tolist()
    if isinstance(said, list | tuple) and len(said) == 1:
        return plain(said[0])
    return said


def quoted(said: Any) -> str:
    """What was written, short."""
    text = repr(said)
    return text if len(text) <= _FEW else f"{text[:_FEW]}…"


@dataclass(frozen=True)
class Number:
    """A number; right if it is at most `within` from what was seen.

    Args:
        within: the distance that still counts as right, in the number's own unit.
        percent: a share of 1, which may also be written as 15 or "15 %".
        digits: how many are shown behind the point.
    """

    within: float = 0
    percent: bool = False
    digits: int = 0

    def read(self, said: Any) -> float:
        said = plain(said)
        marked = isinstance(said, str) and said.strip().endswith("%")
        if isinstance(said, str):
            said = _number_in(said)
        if isinstance(said, bool) or not isinstance(said, Real) or not np.isfinite(float(said)):
            raise Unread("a share, such as 0.15 or '15 %'" if self.percent else "a number")
        number = float(said)
        if marked or (self.percent and abs(number) > 1):
            number /= 100
        return int(number) if number.is_integer() else number

    def same(self, one: float, other: float) -> bool:
        return abs(one - other) <= self.within + 1e-9 * max(abs(one), abs(other), 1e-9)

    def shown(self, answer: float) -> str:
        if self.percent:
            return f"{100 * answer:.{self.digits}f} %"
        whole = float(answer).is_integer() and not self.digits
        return f"{int(answer):,}" if whole else f"{answer:,.{self.digits or 3}g}"

    def as_json(self) -> dict:
        return {"kind": "number", "within": self.within, "percent": self.percent}


def _number_in(text: str) -> float | None:
    """The number that a text says, in digits (3,232 or 3 232) or in words up to twelve."""
    word = text.strip().lower().rstrip("%").strip().removeprefix("about ")
    if word in _IN_WORDS:
        return _IN_WORDS.index(word)
    if not re.fullmatch(r"[+-]?[\d,_  ]*\.?\d+(e[+-]?\d+)?", word):
        return None
    return float(re.sub(r"[,_  ]", "", word))


@dataclass(frozen=True)
class Choice:
    """One of a few options; `options` gives each the sentence that it deserves if it is wrong.

    A bool is read as yes or no, where these are the options; a text by its first letters, where
    they fit one option alone.
    """

    options: Mapping[str, str]

    def read(self, said: Any) -> str:
        said = plain(said)
        if isinstance(said, bool):
            said = "yes" if said else "no"
        if isinstance(said, float) and said.is_integer():
            said = int(said)
        names = {option.lower(): option for option in self.options}
        written = isinstance(said, str | int | float | tuple | list)
        word = str(tuple(said) if isinstance(said, list) else said) if written else ""
        word = word.strip().strip("'\"").lower()
        fitting = [names[name] for name in names if name == word] or [
            names[name] for name in names if word and name.startswith(word)
        ]
        if len(fitting) != 1:
            raise Unread("one of " + ", ".join(f'"{option}"' for option in self.options))
        return fitting[0]

    def same(self, one: str, other: str) -> bool:
        return one == other

    def shown(self, answer: str) -> str:
        return answer

    def as_json(self) -> dict:
        return {"kind": "choice", "options": list(self.options)}


def yes_or_no(yes: str, no: str) -> Choice:
    """A question that is answered by yes or no, or True or False; and what a wrong one deserves."""
    return Choice({"yes": yes, "no": no})


@dataclass(frozen=True)
class Names:
    """Some of these names, in any order, or short: "head/kernel", or "head" for all of it."""

    of: Sequence[str]

    def read(self, said: Any) -> tuple[str, ...]:
        found = {name for word in _words(said) for name in self._meant(word.lower())}
        return tuple(sorted(found, key=self.of.index))

    def _meant(self, word: str) -> list[str]:
        """The one name that ends so; or all that have the word as a part, as a layer's weights."""
        ending = [name for name in self.of if f"/{name}".lower().endswith(f"/{word}")]
        inside = [name for name in self.of if f"/{word}/" in f"/{name}/".lower()]
        if word and (len(ending) == 1 or inside):
            return ending if len(ending) == 1 else inside
        raise Unread(f"a list of some of {', '.join(self._short(self.of))} ([] for none)")

    def _short(self, names: Sequence[str]) -> list[str]:
        """Without the part of the path that all of them have."""
        first = self.of[0].partition("/")[0] + "/"
        shared = len(first) if all(name.startswith(first) for name in self.of) else 0
        return [name[shared:] for name in names]

    def same(self, one: Sequence[str], other: Sequence[str]) -> bool:
        return set(one) == set(other)

    def shown(self, answer: Sequence[str]) -> str:
        return ", ".join(self._short(answer)) or "none"

    def as_json(self) -> dict:
        return {"kind": "names", "of": list(self.of)}


@dataclass(frozen=True)
class Order:
    """All or some of these letters, in an order: "BCA" or a list of letters."""

    of: str

    def read(self, said: Any) -> str:
        letters = "".join(_words(said)).replace(" ", "").upper()
        if not letters or set(letters) - set(self.of) or len(set(letters)) < len(letters):
            raise Unread(f'letters in their order, such as "{self.of[:3]}"')
        return letters

    def same(self, one: str, other: str) -> bool:
        return one == other

    def shown(self, answer: str) -> str:
        return " ".join(answer)

    def as_json(self) -> dict:
        return {"kind": "order", "of": self.of}


def _words(said: Any) -> list[str]:
    """The words of a list, a set, or a text with commas; "none" and "nothing" are no words."""
    said = plain(said)
    if isinstance(said, str):
        said = re.split(r"[,;]|\band\b", said)
    if said is None or said is False:
        return []
    if isinstance(said, Mapping) or not isinstance(said, Iterable):
        said = [said]
    words = [str(word).strip().strip("'\"") for word in said]
    return [word for word in words if word.lower() not in ("", "none", "nothing")]
