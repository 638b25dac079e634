"""Mistaken rules: what follows where a part of a right one, or two, are mistaken.

A task says once of which parts its answer is put together, and what each is mistaken for. Which
mistakes were made is then told by computing all of them, and not by guessing from a number.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from helpers.tasks.core import Slip, Wrong

RIGHT = ""  # stands where a mistaken part has its message
# What to say of each choice for a part, and the choice; as pairs where a message stands at several.
Part = Mapping[str, Any] | Sequence[tuple[str, Any]]


def wrong_ways(way: Callable[..., Hashable], *parts: Part, most: int = 2) -> dict[Any, str]:
    """What to say for every wrong answer to which up to `most` mistaken parts lead.

    Args:
        way: the answer that follows from one choice for each part.
        parts: the choices for each part; the right one under RIGHT.
        most: so many mistakes at once are looked for.

    Returns:
        For each answer the messages of the fewest mistakes that lead to it. Where several lists of
        mistakes are equally short: what is in all of them, which is certain, or else each list.
    """
    told: dict[Hashable, dict[int, list[list[str]]]] = {}
    for said, choices in _mistaken_rules(parts, most):
        found = told.setdefault(way(*choices), {})
        found.setdefault(len(said), []).append(said)
    told.pop(way(*(dict(_pairs(part))[RIGHT] for part in parts)), None)
    return {answer: _as_alternatives(found[min(found)]) for answer, found in told.items()}


def said_of_rules(way: Callable[..., Any], *parts: Part, most: int = 2) -> dict[str, Any]:
    """For the messages of every rule with up to `most` mistaken parts, the fewest first, what
    follows from it: for answers that are compared and not looked up, as arrays are.
    """
    rules = sorted(_mistaken_rules(parts, most), key=lambda rule: len(rule[0]))
    return {" ".join(said): way(*choices) for said, choices in rules}


def mistakes_fitting(
    parts: Sequence[Part], fits: Callable[..., bool], most: int = 2
) -> tuple[str, bool]:
    """The messages of the rule that fits what was seen, and whether no other is as near.

    Args:
        fits: whether the rule of these parts, one of each, does what the answer did in all cases.
        most: so many mistakes are looked for; more fit by coincidence.

    Returns:
        several rules' messages as a question, with False; an empty text where none fits.
    """
    rules: dict[int, list[tuple[str, list]]] = {count: [] for count in range(1, most + 1)}
    for said, choices in _mistaken_rules(parts, most):
        rules[len(said)].append((" ".join(said), choices))
    for some in rules.values():
        found = dict.fromkeys(text for text, rule in some if fits(*rule))
        if len(found) == 1:
            return next(iter(found)), True
        if found:
            return f"Is it one of these? {' – or: '.join(found)}", False
    return "", False


def _mistaken_rules(parts: Sequence[Part], most: int) -> Iterator[tuple[list[str], list]]:
    """The rules with one to `most` mistakes: what to say of these, and all that was chosen."""
    for chosen in product(*(_pairs(part) for part in parts)):
        said = [message for message, _ in chosen if message]
        if 1 <= len(said) <= most:
            yield said, [choice for _, choice in chosen]


def _pairs(part: Part) -> Sequence[tuple[str, Any]]:
    return list(part.items()) if isinstance(part, Mapping) else part


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


def wrong(shown: str, reason: str, known: bool) -> Wrong:
    """What was seen, and the reason: a cause if it is known, else a question or what was seen."""
    text = f"{shown} {reason}".strip()
    if known:
        return Wrong(text)
    return Slip(text) if "?" in reason else Wrong(text, diagnosed=False)
