"""Kinds of answers: how what a learner wrote is read, and when it is right.

An answer is read as a person would read it. Where that is not possible, it is asked for in the
words of `wanted`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from helpers.predictions.written import Token, Unread, key, number_in, phrases, tokens

_MANY = 6  # names that are listed one by one
_LARGE = 1e15  # from here on with an exponent
_ALL, _NONE = ("all", "everything"), ("none", "nothing", "neither", "no")
_YES_OR_NO: dict[Token, str] = {
    **dict.fromkeys(("true", "ja", "yep", 1.0), "yes"),
    **dict.fromkeys(("false", "nein", "nope", 0.0), "no"),
}


class Kind(Protocol):
    """A kind of answer. What `read` gives can be compared by `same` and written as JSON.

    `read` may raise anything: the answer is asked for then. It is Unread where that is foreseen.
    """

    @property
    def wanted(self) -> str: ...

    def read(self, said: Any) -> Any: ...

    def same(self, one: Any, other: Any) -> bool: ...

    def shown(self, answer: Any) -> str: ...

    def as_json(self) -> dict: ...


@dataclass(frozen=True)
class Number:
    """A number; right if it is at most `within` from what was seen.

    Args:
        within: the distance that still counts as right, in the number's own unit.
        percent: a share of 1, which may also be written as 15 or "15 %".
        digits: how many are shown behind the point.
        of: how many there are in all, of a count that may also be written as "15 %".
    """

    within: float = 0
    percent: bool = False
    digits: int = 0
    of: float = 0

    @property
    def wanted(self) -> str:
        return "a share, such as 0.15 or '15 %'" if self.percent else "a number, without quotes"

    def read(self, said: Any) -> float:
        number, in_percent = number_in(said)
        if in_percent and not (self.percent or self.of):
            raise Unread
        if in_percent or (self.percent and abs(number) > 1):
            number = number * (self.of or 1) / 100
        return int(number) if number.is_integer() else number

    def same(self, one: float, other: float) -> bool:
        return abs(one - other) <= self.within + 1e-9 * max(abs(one), abs(other), 1e-9)

    def shown(self, answer: float) -> str:
        if self.percent:
            return f"{100 * answer:.{self.digits}f} %"
        if abs(answer) >= _LARGE or not (self.digits or float(answer).is_integer()):
            return f"{answer:,.7g}"
        text = f"{answer:,.{self.digits}f}"
        return text.rstrip("0").rstrip(".") if self.digits else text

    def as_json(self) -> dict:
        return {"kind": "number", **asdict(self)}


@dataclass(frozen=True)
class Choice:
    """One of a few options; `options` gives each the sentence that it deserves if it is wrong.

    An option may be said by its first letters, by its number, or by its words in another order,
    where this fits one option alone.
    """

    options: Mapping[str, str]

    @property
    def wanted(self) -> str:
        if set(self.options) == {"yes", "no"}:
            return "True or False"
        return "one of " + ", ".join(f'"{option}"' for option in self.options)

    def read(self, said: Any) -> str:
        words = tokens(said)
        if set(self.options) == {"yes", "no"} and len(words) == 1:
            words = (_YES_OR_NO.get(words[0], words[0]),)
        for fits in (_is_it, _has_its_words, _is_its_number, _begins_it, _is_in_it):
            fitting = [option for option in self.options if words and fits(words, tokens(option))]
            if len(fitting) == 1:
                return fitting[0]
        raise Unread

    def same(self, one: str, other: str) -> bool:
        return one == other

    def shown(self, answer: str) -> str:
        return answer

    def as_json(self) -> dict:
        return {"kind": "choice", "options": list(self.options)}


def _is_it(words: tuple[Token, ...], option: tuple[Token, ...]) -> bool:
    return words == option


def _has_its_words(words: tuple[Token, ...], option: tuple[Token, ...]) -> bool:
    """As "last & first" for "first and last"."""
    return "and" in option and {*words} - {"and"} == {*option} - {"and"}


def _is_its_number(words: tuple[Token, ...], option: tuple[Token, ...]) -> bool:
    """As 70 for "70 %", and "300 steps" for "300"."""
    number, *unit = words
    unit_is_a_word = all(isinstance(each, str) and each.isalpha() for each in unit)
    same = isinstance(number, float) and number == option[0]
    return same and unit_is_a_word and (not unit or len(option) == 1)


def _begins_it(words: tuple[Token, ...], option: tuple[Token, ...]) -> bool:
    """As "head" for "head only", but not "kernel" for "kernel and bias"."""
    *before, last = words
    place = len(before)
    if list(option[:place]) != before or option[place + 1 : place + 2] == ("and",):
        return False
    word = option[place] if place < len(option) else None
    return isinstance(word, str) and isinstance(last, str) and word.startswith(last)


def _is_in_it(words: tuple[Token, ...], option: tuple[Token, ...]) -> bool:
    """As 660 for "larger by about 660"."""
    return len(words) == 1 and isinstance(words[0], float) and words[0] in option


def yes_or_no(yes: str, no: str) -> Choice:
    """A question that is answered by yes or no, or True or False; and what a wrong one deserves."""
    return Choice({"yes": yes, "no": no})


@dataclass(frozen=True)
class Names:
    """Some of these names, in any order, or short: "head/kernel", or "head" for all of it."""

    of: Sequence[str]

    @property
    def wanted(self) -> str:
        return f"a list of some of {', '.join(self._short(self.of))} ([] for none)"

    def read(self, said: Any) -> tuple[str, ...]:
        found = {name for phrase in phrases(said) for name in self._meant(phrase)}
        return tuple(sorted(found, key=self.of.index))

    def _meant(self, phrase: str) -> Sequence[str]:
        """What one phrase names; a space may stand inside a path, or between two names."""
        if not phrase.strip(" []()'\"`") or key(phrase) in _NONE:
            return ()
        if key(phrase) in _ALL:
            return self.of
        if found := self._fitting(key(phrase)):
            return found
        rows = re.fullmatch(r"\s*(\d{1,3})\s*[-–]\s*(\d{1,3})\s*", phrase)  # 1-3
        words = [*map(str, range(int(rows[1]), int(rows[2]) + 1))] if rows else phrase.split()
        return [name for word in words or [phrase] for name in self._one(word)]

    def _one(self, word: str) -> Sequence[str]:
        if found := self._fitting(key(word)):
            return found
        raise Unread(word)

    def _fitting(self, word: str) -> list[str]:
        """The one name that ends so; or all that have the word as a part, as a layer's weights."""
        keys = {name: f"/{key(name)}/" for name in self.of}
        ending = [name for name in self.of if word and keys[name].endswith(f"/{word}/")]
        inside = [name for name in self.of if word and f"/{word}/" in keys[name]]
        return ending if len(ending) == 1 else inside

    def _short(self, names: Sequence[str]) -> list[str]:
        """Without the part of the path that all of them have."""
        first = self.of[0].partition("/")[0] + "/"
        shared = len(first) if all(name.startswith(first) for name in self.of) else 0
        return [name[shared:] for name in names]

    def same(self, one: Sequence[str], other: Sequence[str]) -> bool:
        return set(one) == set(other)

    def shown(self, answer: Sequence[str]) -> str:
        rest = [name for name in self.of if name not in answer]
        if len(answer) > _MANY:
            return f"all but {', '.join(self._short(rest))}" if rest else f"all {len(answer)}"
        return ", ".join(self._short(answer)) or "none"

    def as_json(self) -> dict:
        return {"kind": "names", "of": list(self.of)}
