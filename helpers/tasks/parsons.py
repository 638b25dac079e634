"""Parsons problems: lines of code that the learner puts in order."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from helpers.tables import Table
from helpers.tasks.answers import is_array, plain
from helpers.tasks.core import Wrong, described_error

_SEPARATORS = " ,;.->→[]()'\"\t\n"  # what may stand between the letters of an order
_MOST_LETTERS = 100


def ordered_letters(order: object, lines: Mapping[str, str], repeated: bool = False) -> list[str]:
    """The letters of a Parsons problem in the learner's `order`, as capitals.

    Args:
        order: a text or list of the lines' letters, such as "BDAC" or ["b", "d"]; blanks, commas
            and small letters are fine.
        lines: each letter's line of code; a distractor is a line that should be left out.
        repeated: whether a line may be used more than once.

    Raises:
        Wrong: it is something else, or a letter is unknown, or used twice where it may not be.
    """
    if is_array(order):
        order = order.tolist() if order.size <= _MOST_LETTERS else None
    if not isinstance(order, str | list | tuple) or len(order) > _MOST_LETTERS:
        raise Wrong(f"`order` should be letters in order, such as {''.join(lines)!r}.")
    parts = [plain(part) for part in ([order] if isinstance(order, str) else order)]
    if not all(isinstance(part, str) for part in parts):
        raise Wrong(f"`order` should hold letters only, such as {''.join(lines)!r}.")
    letters = [letter for letter in "".join(map(str, parts)) if letter not in _SEPARATORS]
    letters = [letter.upper() for letter in letters]
    unknown = sorted(set(letters) - set(lines))
    if unknown:
        raise Wrong(f"`order` has {', '.join(unknown)}; the lines are {', '.join(lines)}.")
    if len(set(letters)) < len(letters) and not repeated:
        raise Wrong(f"`order` uses a line twice: {' '.join(letters)}.")
    return letters


def comes_after(letters: Sequence[str], first: str, second: str) -> bool:
    """Whether both letters are there, and the first comes after the second."""
    return {first, second} <= set(letters) and letters.index(first) > letters.index(second)


def run_in_order(
    letters: Sequence[str], lines: Mapping[str, str], namespace: Mapping[str, object]
) -> dict[str, Any]:
    """Run the lines of a Parsons problem in the learner's order; the names they leave behind.

    Args:
        letters: what `ordered_letters` gave for these lines.
        namespace: the names that the lines may use; not changed.

    Raises:
        Wrong: a line stopped with an error.
    """
    names: dict[str, Any] = dict(namespace)
    for letter in letters:
        try:
            with warnings.catch_warnings():  # that nothing is trainable, which the check tells
                warnings.simplefilter("ignore")
                exec(lines[letter], names)  # the course's own lines, in the learner's order
        except Exception as error:
            raise Wrong(
                f"`order`: in the order {' '.join(letters)}, line {letter} stops with "
                f"{described_error(error)}."
            ) from None
    return names


def lines_table(lines: Mapping[str, str]) -> Table:
    """The lines of a Parsons problem, with their letters."""
    return Table(("letter", "line"), tuple(lines.items()))


def first_reason(reasons: Mapping[str, object]) -> str:
    """The first of the reasons that holds, or an empty text."""
    return next((text for text, holds in reasons.items() if holds), "")


def expect_order(
    order: object,
    lines: Mapping[str, str],
    distractors: Mapping[str, str],
    needed: Mapping[str, str],
    before: Mapping[tuple[str, str], str],
) -> None:
    """Pass if an order has the lines that are needed, no other, and each pair as it should be.

    Args:
        order: as `ordered_letters` takes it.
        distractors: what is wrong with each line that should be left out.
        needed: what is missing without each of the others.
        before: for two letters of which the first comes first, what happens the other way round.

    Raises:
        Wrong: with the first of these sentences that is true.
    """
    letters = ordered_letters(order, lines)
    shown = f"`order` is {' '.join(letters)}:"
    for letter, reason in distractors.items():
        if letter in letters:
            raise Wrong(f"{shown} leave out line {letter}; {reason}")
    for pair, reason in before.items():
        if comes_after(letters, *pair):
            raise Wrong(f"{shown} {reason}")
    for letter, reason in needed.items():
        if letter not in letters:
            raise Wrong(f"{shown} without line {letter}, {reason}")
