"""Answers whose verdict is known: one module per exercise, one bank per task."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpers.tasks.core import Task


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
