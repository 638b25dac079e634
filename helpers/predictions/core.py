"""A prediction: what is asked, the tempting wrong ideas, and what a learner said beside what it is.

What is right is never typed: the lesson's run cell gives it. Wrong ideas are functions of the
question's own numbers where they can be, so that they hold for other numbers as well.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from helpers.predictions.kinds import Choice, Kind
from helpers.predictions.shown import Answered, Revealed, thought
from helpers.predictions.written import Unread, bare, quoted

NOT_SAID, NOT_READ, SURPRISED, HELD = "not predicted", "not read", "a surprise", "held"


class Idea:
    """A tempting wrong idea: the sentence that it deserves, and the answers to which it leads.

    It is told only if all of these that were said are what it leads to: one other answer refutes
    it. Ideas about single parts are Ideas of their own; their sentence may be the same.

    Args:
        says: the sentence, with the idea before its first semicolon and the correction behind.
        leads_to: by part of the question, the answer, or a function of the question's numbers.
    """

    def __init__(self, says: str, **leads_to: Any):
        self.says, self.leads_to = says, leads_to

    def answers(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """By part, what somebody with this idea says."""
        numbers = SimpleNamespace(**given)
        return {
            part: answer(numbers) if callable(answer) else answer
            for part, answer in self.leads_to.items()
        }


@dataclass
class Prediction:
    """A question of a lesson.

    Args:
        under: the heading of the section in which it is asked.
        question: in a line.
        parts: by name, what kind of answer each part takes; `my_NAME` holds it in the notebook.
        why: why the right answer is right, in a sentence or two.
        ideas: the tempting wrong ones. What a Choice's options deserve stands in the Choice.
        given: the question's own numbers, for ideas that are functions of them.
    """

    under: str
    question: str
    parts: Mapping[str, Kind]
    why: str
    ideas: Sequence[Idea] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""  # its own in its module
    outcome: str = NOT_SAID  # of the first answer in this session: later ones know what it is
    kept: Callable[["Prediction", dict], None] = lambda prediction, right: None  # by its lesson

    def reveal(self, *, said: Any, seen: Any) -> Revealed:
        """What was said beside what it is, with the idea that leads to what was said.

        Args:
            said: the answers, in the order of the parts; dots where there are none. Anything is
                read as a person would, or asked for in a sentence; nothing is raised for it.
            seen: what the run showed, in the same order.

        Raises:
            ValueError, TypeError: `seen`, which the lesson gives, does not fit the parts.
        """
        right = self._right(seen)
        answers = self._answers(said)
        if answers is None:
            told = _asked(f"{len(self.parts)} answers, for {self._mine()}")
        elif not answers:
            told = Revealed(NOT_SAID, self._tag(right))
        else:
            told = self._compared(answers, right)
        if self.outcome in (NOT_SAID, NOT_READ):
            self.outcome = told.outcome
        self.kept(self, right)
        return told

    def wrong_ideas(self) -> Iterator[tuple[dict[str, Any], str]]:
        """(answers by part, sentence) of every wrong idea, options of a Choice included."""
        for part, kind in self.parts.items():
            if isinstance(kind, Choice):
                yield from (({part: option}, says) for option, says in kind.options.items() if says)
        for idea in self.ideas:
            answers = idea.answers(self.given).items()
            yield {part: self.parts[part].read(answer) for part, answer in answers}, idea.says

    def as_json(self, seen: Any) -> dict:
        """All of it, with what was seen, for a page or a grader that evaluates as this does."""
        right = self._right(seen)
        parts = [
            {"name": part, **kind.as_json(), "right": right[part]}
            for part, kind in self.parts.items()
        ]
        ideas = [
            {"answers": answers, "says": says}
            for answers, says in self.wrong_ideas()
            if not all(self.parts[part].same(answers[part], right[part]) for part in answers)
        ]
        told = {"name": self.name, "under": self.under, "question": self.question, "parts": parts}
        return {**told, "ideas": ideas, "why": self.why}

    def _right(self, seen: Any) -> dict[str, Any]:
        values = (seen,) if len(self.parts) == 1 else tuple(seen)
        if len(values) != len(self.parts):
            raise ValueError(f"{self.name}: seen should have {len(self.parts)} values, not {seen}")
        pairs = zip(self.parts.items(), values, strict=True)
        return {part: kind.read(value) for (part, kind), value in pairs}

    def _answers(self, said: Any) -> dict[str, Any] | None:
        """By part what was written, without dots; None if it cannot be divided among the parts."""
        try:
            answers = [said] if len(self.parts) == 1 else _divided(said, list(self.parts))
            pairs = zip(self.parts, answers, strict=True)
            return {part: answer for part, answer in pairs if not _says_nothing(answer)}
        except Exception:  # an object that fails when it is looked at
            return None

    def _mine(self) -> str:
        return ", ".join(f"my_{part}" for part in self.parts)

    def _compared(self, answers: Mapping[str, Any], right: Mapping[str, Any]) -> Revealed:
        said: dict[str, Any] = {}
        unread = []
        for part, answer in answers.items():
            try:
                said[part] = self.parts[part].read(answer)
            except Exception as error:  # a learner's object may raise anything
                word = str(error) if isinstance(error, Unread) else ""
                which = f"where {quoted(word)} is not clear" if word else f"now {quoted(answer)}"
                unread.append(f"my_{part}, {which}, as {self.parts[part].wanted}")
        if unread:
            return _asked(f"{'; '.join(unread)}; or leave the dots")
        held = {part: self.parts[part].same(answer, right[part]) for part, answer in said.items()}
        outcome = (
            SURPRISED if not all(held.values()) else HELD if len(held) == len(right) else NOT_SAID
        )
        rows = [self._answered(part, said, right[part], held.get(part)) for part in right]
        ideas = [thought(says) for says in self._thought(said, held)]
        return Revealed(outcome, self._tag(right), rows, [*ideas, f"Why: {self.why}"])

    def _answered(self, part: str, said: Mapping, right: Any, held: bool | None) -> Answered:
        kind = self.parts[part]
        one, other = kind.shown(said[part]) if part in said else "…", kind.shown(right)
        if held is False and one == other:  # rounded, a wrong number may look right
            one, other = str(said[part]), str(right)
        return Answered(part, one, other, held)

    def _thought(self, said: Mapping[str, Any], held: Mapping[str, bool]) -> list[str]:
        """Sentences of the ideas that led to all that was said: the fewest that explain it."""
        wrong = {part for part, fits in held.items() if not fits}
        fitting: dict[str, tuple[set[str], int]] = {}  # what each explains; what it says beyond
        for answers, says in self.wrong_ideas():
            told = set(answers) & set(said)
            if all(self.parts[part].same(answers[part], said[part]) for part in told):
                before, _ = fitting.get(says, (set(), 0))
                fitting[says] = before | told & wrong, len(set(answers) - told)
        most_first = sorted(fitting.items(), key=lambda item: (-len(item[1][0]), item[1][1]))
        chosen: list[str] = []
        for says, (parts, _) in most_first:
            if parts & wrong:
                chosen.append(says)
                wrong -= parts
        return chosen

    def _tag(self, right: Mapping[str, Any]) -> dict:
        """For the build, which stores beside the notebook what was seen."""
        return {"prediction": self.name, "seen": list(right.values())}


def _divided(said: Any, parts: list[str]) -> Sequence:
    """One answer a part: from a list, a text with commas, or a dict.

    Raises:
        TypeError: it is something else, such as a set, which has no order.
    """
    if isinstance(said, str):
        return re.split(r"; *|, +", said)
    if isinstance(said, Mapping) and said:
        answers = {str(name).removeprefix("my_"): answer for name, answer in said.items()}
        known = [answers.pop(part, ...) for part in parts]
        return [] if answers else known
    said = bare(said)
    if not isinstance(said, list | tuple):
        raise TypeError
    return said


def _asked(wanted: str) -> Revealed:
    return Revealed(NOT_READ, notes=[f"Please write {wanted}. Then run both cells again."])


def _says_nothing(answer: Any) -> bool:
    """Dots and the empty text; None and [] are answers."""
    if isinstance(answer, list | tuple) and answer:
        return all(each is ... for each in answer)
    return answer is ... or (isinstance(answer, str) and not answer.strip())
