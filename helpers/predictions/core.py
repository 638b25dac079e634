"""A prediction: what is asked, the tempting wrong ideas, and what a learner said beside what it is.

What is right is never typed: the lesson's run cell gives it. Wrong ideas are functions of the
question's own numbers where they can be, so that they hold for other numbers as well.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from helpers.predictions.kinds import Choice, Kind, Unread, quoted
from helpers.predictions.shown import Revealed, Row

NOT_SAID, NOT_READ, SURPRISED, HELD = "not predicted", "not read", "a surprise", "held"


class Idea:
    """A tempting wrong idea: the sentence that it deserves, and the answers to which it leads.

    Args:
        says: the sentence.
        leads_to: by part of the question, the answer, or a function of the question's numbers.
    """

    def __init__(self, says: str, **leads_to: Any):
        self.says, self.leads_to = says, leads_to

    def answer(self, part: str, given: Mapping[str, Any]) -> Any:
        """What somebody with this idea says; KeyError if it says nothing of this part."""
        leads_to = self.leads_to[part]
        return leads_to(SimpleNamespace(**given)) if callable(leads_to) else leads_to


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
        elif all(_is_empty(answer) for answer in answers.values()):
            told = Revealed(NOT_SAID, self._tag(right))
        else:
            told = self._compared(answers, right)
        if self.outcome in (NOT_SAID, NOT_READ):
            self.outcome = told.outcome
        self.kept(self, right)
        return told

    def wrong_ideas(self, part: str) -> Iterator[tuple[Any, str]]:
        """(answer, sentence) for every wrong idea about one part, options of a Choice included."""
        kind = self.parts[part]
        if isinstance(kind, Choice):
            yield from ((option, says) for option, says in kind.options.items() if says)
        for idea in self.ideas:
            if part in idea.leads_to:
                yield kind.read(idea.answer(part, self.given)), idea.says

    def as_json(self, seen: Any) -> dict:
        """All of it, with what was seen, for a page or a grader that evaluates as this does."""
        right = self._right(seen)
        parts = [
            {"name": part, **kind.as_json(), "right": right[part],
             "ideas": [{"answer": answer, "says": says} for answer, says in self.wrong_ideas(part)
                       if not kind.same(answer, right[part])]}
            for part, kind in self.parts.items()
        ]  # fmt: skip
        return {"name": self.name, "question": self.question, "parts": parts, "why": self.why}

    def _right(self, seen: Any) -> dict[str, Any]:
        values = (seen,) if len(self.parts) == 1 else tuple(seen)
        if len(values) != len(self.parts):
            raise ValueError(f"{self.name}: seen should have {len(self.parts)} values, not {seen}")
        pairs = zip(self.parts.items(), values, strict=True)
        return {part: kind.read(value) for (part, kind), value in pairs}

    def _answers(self, said: Any) -> dict[str, Any] | None:
        """The answers by part; None if their number does not fit."""
        if len(self.parts) == 1:
            return dict(zip(self.parts, (said,), strict=True))
        if isinstance(said, Mapping):
            said = tuple(said.values())
        if isinstance(said, list | tuple) and len(said) == len(self.parts):
            return dict(zip(self.parts, said, strict=True))
        return None

    def _mine(self) -> str:
        return ", ".join(f"my_{part}" for part in self.parts)

    def _compared(self, answers: Mapping[str, Any], right: Mapping[str, Any]) -> Revealed:
        read: dict[str, Any] = {}
        for part, answer in answers.items():
            if not _is_empty(answer):
                try:
                    read[part] = self.parts[part].read(answer)
                except Unread as wanted:
                    return _asked(f"my_{part}, which is {quoted(answer)}, as {wanted}")
        held = {part: self.parts[part].same(answer, right[part]) for part, answer in read.items()}
        outcome = HELD if all(held.values()) else SURPRISED
        rows = [
            Row(
                part,
                self.parts[part].shown(read[part]) if part in read else "…",
                self.parts[part].shown(right[part]),
                held.get(part),
            )
            for part in right
        ]
        wrong = {part: read[part] for part, fits in held.items() if not fits}
        ideas = [f"What you probably thought: {says}" for says in self._thought(wrong)]
        return Revealed(outcome, self._tag(right), rows, [*ideas, f"Why: {self.why}"])

    def _thought(self, wrong: Mapping[str, Any]) -> list[str]:
        """The sentences of the ideas that lead to what was said, fewest first."""
        by_idea: dict[str, set[str]] = {}
        for part, said in wrong.items():
            for answer, says in self.wrong_ideas(part):
                if self.parts[part].same(answer, said):
                    by_idea.setdefault(says, set()).add(part)
        chosen: list[str] = []
        explained: set[str] = set()
        for says, parts in sorted(by_idea.items(), key=lambda item: -len(item[1])):
            if parts - explained:
                chosen.append(says)
                explained |= parts
        return chosen

    def _tag(self, right: Mapping[str, Any]) -> dict:
        """For the build, which stores beside the notebook what was seen."""
        return {"prediction": self.name, "seen": list(right.values())}


def _asked(wanted: str) -> Revealed:
    return Revealed(NOT_READ, notes=[f"Please write {wanted}, and run both cells again."])


def _is_empty(answer: Any) -> bool:
    if isinstance(answer, list | tuple) and answer:
        return all(each is ... or each is None for each in answer)
    return answer is ... or answer is None
