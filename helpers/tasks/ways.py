"""Mistaken ways: what follows where a step of a right way, or two, are taken wrongly.

A task says once how its answer is reached, and what each step is mistaken for. Which mistakes were
made is then told by computing all of them, and not by guessing from a number.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import product
from typing import Any

from helpers.tasks.core import Slip, Wrong

Step = Mapping[str, Any]


def wrong_ways(way: Callable[..., Hashable], *steps: Step, most: int = 2) -> dict[Any, str]:
    """What to say for every wrong answer to which up to `most` mistaken steps lead.

    Args:
        way: the answer that follows from one choice for each step.
        steps: the choices for each, under what to say to whoever makes them; the right one under
            an empty text.

    Returns:
        For each answer the messages of the fewest mistakes that lead to it. Where several lists of
        mistakes are equally short: what is in all of them, which is certain, or else each list.
    """
    told: dict[Hashable, dict[int, list[list[str]]]] = {}
    right = way(*(step[""] for step in steps))
    for choices in product(*(step.items() for step in steps)):
        said = [message for message, _ in choices if message]
        if 1 <= len(said) <= most:
            found = told.setdefault(way(*(choice for _, choice in choices)), {})
            found.setdefault(len(said), []).append(said)
    told.pop(right, None)
    return {answer: _as_alternatives(found[min(found)]) for answer, found in told.items()}


def _as_alternatives(lists: Sequence[Sequence[str]]) -> str:
    certain = [said for said in lists[0] if all(said in others for others in lists)]
    return " ".join(certain) or " Or: ".join(map(" ".join, lists))


def expect_in_every_case(
    cases: Sequence[str],
    given: Sequence[Any],
    right: Sequence[Any],
    mistakes: Mapping[Any, str],
    told: Callable[[Any, Any], str],
    slip: Callable[[], str | None] = lambda: None,
) -> None:
    """Pass if what a function gave is right in every case; else raise Wrong.

    Args:
        cases: of each in words what it is, apart from the others.
        mistakes: of `wrong_ways`, for what functions with mistakes give, a tuple of all the cases.
        told: what to say of a case that is wrong, from what was given and what is right.
        slip: the question to ask if no mistake fits, or None.
    """
    wrong = [i for i in range(len(cases)) if given[i] != right[i]]
    if not wrong:
        return
    shown = f"for {cases[wrong[0]]}, {told(given[wrong[0]], right[wrong[0]])}"
    if tuple(given) in mistakes:
        raise Wrong(f"{shown}. {mistakes[tuple(given)]}")
    if question := slip():
        raise Slip(f"{shown}. {question}")
    if len(wrong) == 1:
        raise Wrong(f"{shown}. In all other cases it is right.")
    raise Wrong(f"{shown}. {len(wrong)} of the {len(cases)} cases are wrong.", diagnosed=False)
