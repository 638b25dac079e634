"""Answers whose verdict is known: one module per exercise, one bank per task."""

import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import pytest

from helpers.tasks.core import Feedback, Task


@dataclass(frozen=True)
class Bank:
    """What is right for a task, what is wrong and what the learner then reads.

    Args:
        solution: a right answer, as a tuple of what `check` takes.
        mistakes: (answers, message) of mistakes that the task should recognise; the message
            without the mark and title before it and without the offer of hints after it.
        variants: right answers that an author would not think of first.
    """

    task: Task
    solution: tuple
    mistakes: Sequence[tuple[tuple, str]]
    variants: Sequence[tuple]


def every_bank() -> list[Bank]:
    """The banks of all exercises."""
    modules = [
        import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)
    ]
    return [bank for module in modules for bank in vars(module).values() if isinstance(bank, Bank)]


def refusal(task: Task, answers: tuple) -> Feedback:
    """What the task says of answers that it must not accept."""
    with pytest.raises(Feedback) as caught:
        task.check(*answers)
    return caught.value
