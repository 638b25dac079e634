"""What a check makes of mutants, variants and blind answers of its task, counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.mutation.blind import BlindAnswer
from tools.mutation.cells import (
    ACCEPTED,
    CAUSE,
    EMPTY,
    NO_ANSWER,
    Solution,
    Verdict,
    answered,
    verdict,
    verdict_on_code,
)
from tools.mutation.equivalent import why_equivalent
from tools.mutation.mutants import mutants_by_source
from tools.mutation.rewrites import variants


@dataclass
class Score:
    """What became of the answers to one task.

    Args:
        wrong: by source ("known" and "other": mutants by rules that judges know and by others;
            "cheat"), how many were accepted, were told a cause, were asked, were told what was
            seen.
        right: by what the check made of them, what is right: mutants, variants, answers by hand.
        stopped: mutants that Python stops before there is an answer; the check never sees them.
        survivors, refused: what is wrong and was accepted, what is right and was refused.
    """

    task: str
    wrong: dict[str, Counter[str]] = field(default_factory=dict)
    right: Counter[str] = field(default_factory=Counter)
    stopped: int = 0
    survivors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def count_wrong(self, source: str, name: str, found: Verdict) -> None:
        outcome = CAUSE if found.outcome == EMPTY else found.outcome  # "empty" is the cause
        self.wrong.setdefault(source, Counter())[outcome] += 1
        if outcome == ACCEPTED and source != "cheat":
            self.survivors.append(name)

    def count_right(self, name: str, found: Verdict) -> None:
        self.right[ACCEPTED if found.outcome == ACCEPTED else "refused"] += 1
        if found.outcome != ACCEPTED:
            self.refused.append(f"{name}: {found.message}")

    def counts(self) -> dict[str, dict[str, int]]:
        """What is stored."""
        return {"right": dict(self.right), **{name: dict(n) for name, n in self.wrong.items()}}

    def __str__(self) -> str:
        shown = "; ".join(f"{name} {dict(counts)}" for name, counts in self.counts().items())
        return "\n".join(
            [
                f"  {self.task}: {shown}; {self.stopped} stopped",
                *(f"    survivor: {problem}" for problem in self.survivors),
                *(f"    refused: {problem}" for problem in self.refused),
            ]
        )


def tally(solution: Solution, others: Sequence[tuple] = (), most: int | None = None) -> Score:
    """Judge mutants and variants of a solution.

    Args:
        others: right answers written by hand.
        most: judge so many mutants of each source and variants only, spread evenly over all.
    """
    name = solution.task.name
    counted = Score(name)
    right = answered(solution, solution.code)
    for source, codes in mutants_by_source(solution).items():
        for mutant, code in spread(codes, most):
            found = verdict_on_code(solution, code)
            if found.outcome == NO_ANSWER:
                counted.stopped += 1
            elif why := why_equivalent(name, mutant, _answers_of(solution, code), right):
                counted.count_right(f"{mutant} ({why})", found)
            else:
                counted.count_wrong(source, mutant, found)
    rewritten = variants(solution) | {f"bank {i}": each for i, each in enumerate(others)}
    for variant, answers in spread(rewritten, most):
        counted.count_right(variant, verdict(solution.task, answers))
    return counted


def judge_blind(
    counted: Score, solution: Solution, answers: Sequence[BlindAnswer], known: dict
) -> dict[str, dict[str, str]]:
    """Judge the blind answers to a task; count those that are right and the cheats.

    Args:
        known: the readings so far, by name.

    Returns:
        the readings, by name: of a message that is not the one that was read, only the message.
    """
    now = {}
    for answer in answers:
        found = verdict_on_code(solution, answer.code)
        if answer.kind == "right":
            counted.count_right(answer.name, found)
        elif answer.kind == "cheat":
            counted.count_wrong("cheat", answer.name, found)
        elif found.outcome == ACCEPTED:
            counted.survivors.append(answer.name)
            now[answer.name] = {"message": "", "reading": ACCEPTED}
        else:
            old = known.get(answer.name, {})
            read = old if old.get("message") == found.message else {}
            now[answer.name] = read | {"message": found.message}
    return now


def _answers_of(solution: Solution, code: str) -> tuple | None:
    """The answers of a mutant whose answers are values; None for functions."""
    if all(callable(each) for each in answered(solution, solution.code)):
        return None
    return answered(solution, code)


def spread(named: dict, most: int | None) -> list[tuple]:
    """All entries, or so many of them from the first to the last."""
    entries = list(named.items())
    if most is None or len(entries) <= most:
        return entries
    return [entries[i * len(entries) // most] for i in range(most)]
