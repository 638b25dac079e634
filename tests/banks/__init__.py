"""Answers whose verdict is known: one module per exercise, one bank per task."""

import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import pytest

from helpers.tasks.core import Feedback, Task

EXERCISE_NAMES = sorted(module.name for module in pkgutil.iter_modules(__path__))


@dataclass(frozen=True)
class Bank:
    """What is right for a task and what is wrong; each answer is a tuple of what `check` takes.

    Args:
        solution: a right answer.
        mistakes: wrong answers that the task should recognise, written out one by one: what a
            learner reads then stands on the exercise's page in tests/messages.
        variants: right answers that an author would not think of first.
    """

    task: Task
    solution: tuple
    mistakes: Sequence[tuple]
    variants: Sequence[tuple]

    @property
    def exercise(self) -> str:
        """The name of its exercise: of the package in which its task stands."""
        return self.task.judge.__module__.split(".")[-2]


def every_bank() -> list[Bank]:
    """The banks of all exercises."""
    modules = [import_module(f"{__name__}.{exercise}") for exercise in EXERCISE_NAMES]
    return [bank for module in modules for bank in vars(module).values() if isinstance(bank, Bank)]


def refusal(task: Task, answers: tuple) -> Feedback:
    """What the task says of answers that it must not accept."""
    with pytest.raises(Feedback) as caught:
        task.check(*answers)
    return caught.value
