"""What a check makes of all mutants and variants of its task, counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.mutation.cells import (
    ACCEPTED,
    DIAGNOSED,
    EMPTY,
    NO_ANSWER,
    Solution,
    answered,
    verdict,
    verdict_on_code,
)
from tools.mutation.equivalent import why_equivalent
from tools.mutation.mutants import mutants
from tools.mutation.rewrites import variants


@dataclass
class Score:
    """What became of the mutants and variants of one task.

    Args:
        same: mutants that do what was asked, by the same answers or by an entry with a reason.
        stopped: mutants that Python stops before there is an answer; the check never sees them.
        killed: refused by the check; `diagnosed` of them with the probable mistake.
        survivors, refused: mutants wrongly accepted, and what is right and was refused.
    """

    task: str
    same: int = 0
    stopped: int = 0
    killed: int = 0
    diagnosed: int = 0
    variants: int = 0
    survivors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    vague: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Mutants that reach the check and are wrong."""
        return self.killed + len(self.survivors)

    def counts(self) -> dict[str, int]:
        """What is stored: wrong mutants, and right answers, and what the check made of them."""
        right = self.same + self.variants
        return {
            "wrong": self.wrong,
            "killed": self.killed,
            "diagnosed": self.diagnosed,
            "right": right,
            "accepted": right - len(self.refused),
        }

    def __str__(self) -> str:
        return "\n".join(
            [
                f"  {self.task}: {self.killed} of {self.wrong} killed, {self.diagnosed} diagnosed, "
                f"{self.same} the same, {self.stopped} stopped, {self.variants} variants",
                *(f"    survivor: {problem}" for problem in self.survivors),
                *(f"    refused: {problem}" for problem in self.refused),
            ]
        )


def tally(solution: Solution, others: Sequence[tuple] = (), most: int | None = None) -> Score:
    """Judge mutants and variants of a solution.

    Args:
        others: right answers written by hand.
        most: judge so many mutants and variants only, spread evenly over all.
    """
    name = solution.task.name
    counted = Score(name)
    right = answered(solution, solution.code)
    for mutant, code in spread(mutants(solution), most):
        found = verdict_on_code(solution, code)
        if found.outcome == NO_ANSWER:
            counted.stopped += 1
            continue
        why = why_equivalent(name, mutant, _answers_of(solution, code), right)
        if why:
            counted.same += 1
            if found.outcome != ACCEPTED:
                counted.refused.append(f"{mutant} ({why}): {found.message}")
        elif found.outcome == ACCEPTED:
            counted.survivors.append(mutant)
        else:
            counted.killed += 1
            counted.diagnosed += found.outcome in (DIAGNOSED, EMPTY)
            if found.outcome not in (DIAGNOSED, EMPTY):
                counted.vague.append(f"{mutant}: {found.message}")
    rewritten = variants(solution) | {f"bank {i}": each for i, each in enumerate(others)}
    for variant, answers in spread(rewritten, most):
        counted.variants += 1
        found = verdict(solution.task, answers)
        if found.outcome != ACCEPTED:
            counted.refused.append(f"{variant}: {found.message}")
    return counted


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
