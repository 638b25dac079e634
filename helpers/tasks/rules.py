"""Mistaken rules: which of them agree with all that a learner's answer did.

A rule is put together of parts, such as what is measured and when it is written. Of each part there
is the right one, and there are mistaken ones, each with its message. A mistake is named where
exactly one rule of the fewest mistakes agrees with everything that was seen.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from helpers.tasks.core import Slip, Wrong

RIGHT = ""  # stands where a mistaken part has its message
Part = Sequence[tuple[str, Any]]  # messages and parts; a message may stand at several


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
    for chosen in product(*parts):
        messages = [message for message, _ in chosen if message]
        if 1 <= len(messages) <= most:
            rules[len(messages)].append((" ".join(messages), [each for _, each in chosen]))
    for some in rules.values():
        found = dict.fromkeys(text for text, rule in some if fits(*rule))
        if len(found) == 1:
            return next(iter(found)), True
        if found:
            return f"Is it one of these? {' – or: '.join(found)}", False
    return "", False


def wrong(shown: str, reason: str, known: bool) -> Wrong:
    """What was seen, and the reason: a cause if it is known, else a question or what was seen."""
    text = f"{shown} {reason}".strip()
    if known:
        return Wrong(text)
    return Slip(text) if "?" in reason else Wrong(text, diagnosed=False)
