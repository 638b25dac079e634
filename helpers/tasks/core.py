"""What every task shares: four outcomes, hints, a scoreboard, failures without a stack trace.

A check ends in one of four ways: it says that the answer is right; or it raises `NotAttempted`,
or `Wrong` with a diagnosis, or `Wrong` without one. Both are AssertionErrors, so the same cell
serves a learner (who sees a short message), pytest and nbgrader (which see a failure).
"""

import dis
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from helpers.tables import Table
from helpers.tasks.time_limit import TIME_LIMIT, OverLimit, time_limit

_WRAPPING = re.compile(  # what Keras and TensorFlow put around an error's own words
    r"\x1b\[\d*m|\{\{.*?\}\} |\[Op:.*|Exception encountered when calling .*\n"
    r"|in user code:(?s:.*)\n\s+\w+: "
)


class Feedback(AssertionError):
    """A message to the learner. IPython shows the message alone, without a stack trace."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class NotAttempted(Feedback):
    """The answer is still the untouched stub."""


class Wrong(Feedback):
    """The answer is wrong. `diagnosed` tells whether the message names the probable mistake."""

    def __init__(self, message: str, diagnosed: bool = True):
        super().__init__(message)
        self.diagnosed = diagnosed


@dataclass
class Task:
    """One task of an exercise: `check` an answer, ask for a `hint`."""

    name: str
    title: str
    judge: Callable[..., None]
    why: str
    hints: Sequence[str]
    outcome: str = "not attempted"
    tries: int = 0
    hints_given: int = 0

    def check(self, *answers: object) -> None:
        """Print that the answers are right and why, or raise NotAttempted or Wrong.

        Args:
            answers: what the exercise asks for, in the order in which it asks.
        """
        names = list(inspect.signature(self.judge).parameters)
        try:
            self._check(names, answers)
        except Feedback as feedback:
            self.outcome = (
                "not attempted" if isinstance(feedback, NotAttempted) else "not yet right"
            )
            self.tries += isinstance(feedback, Wrong)
            mark = "○" if isinstance(feedback, NotAttempted) else "✗"
            feedback.args = (f"{mark} {self.title}: {feedback}{self._hint_offer()}",)
            raise feedback from None
        self.outcome = "right"
        self.tries += 1
        print(f"✓ {self.title}: right. {self.why}")

    def _check(self, names: list[str], answers: tuple[object, ...]) -> None:
        if len(answers) != len(names):
            raise Wrong(
                f"this check takes {len(names)} answer(s), {', '.join(names)}, "
                f"and got {len(answers)}.",
                diagnosed=False,
            )
        try:
            with time_limit(TIME_LIMIT):
                try:
                    self._check_attempted(names, answers)
                    self.judge(*answers)
                except Feedback:
                    raise
                except (Exception, SystemExit) as error:  # an odd answer is wrong, not fatal
                    raise Wrong(
                        f"your answer could not be judged; it led to {described_error(error)}.",
                        diagnosed=False,
                    ) from None
        except OverLimit as stopped:
            raise Wrong(str(stopped)) from None

    def _check_attempted(self, names: list[str], answers: tuple[object, ...]) -> None:
        empty = [name for name, answer in zip(names, answers, strict=True) if untouched(answer)]
        if empty:
            missing = " and ".join(f"`{name}`" for name in empty)
            verb = "is" if len(empty) == 1 else "are"
            tip = " (A name set to None counts as empty: model.summary(), for one, returns None.)"
            is_none = any(answer is None for answer in answers)
            raise NotAttempted(
                f"not attempted yet: {missing} {verb} empty.{tip if is_none else ''}"
            )

    def _hint_offer(self) -> str:
        left = len(self.hints) - self.hints_given
        return f"\n  Stuck? {left} hint(s): tasks.{self.name}.hint()" if left else ""

    def hint(self) -> None:
        """Print the next hint, from a nudge to nearly the solution, then the last again."""
        self.hints_given = min(self.hints_given + 1, len(self.hints))
        print(f"Hint {self.hints_given} of {len(self.hints)}: {self.hints[self.hints_given - 1]}")


def task(title: str, *, why: str, hints: Sequence[str]) -> Callable[[Callable[..., None]], Task]:
    """Decorate a judge: a function of the learner's answers that raises Wrong or returns.

    Args:
        title: a short name, shown with every outcome.
        why: the sentence that explains a right answer.
        hints: two or three, from a nudge to nearly the solution.
    """

    def made(judge: Callable[..., None]) -> Task:
        made_task = Task(judge.__name__, title, judge, why, hints)
        made_task.__doc__ = judge.__doc__
        return made_task

    return made


@dataclass(frozen=True)
class Exercise:
    """The tasks of one exercise notebook, in order."""

    title: str
    tasks: Sequence[Task]

    def scoreboard(self) -> Table:
        """Each task and its outcome so far in this session."""
        done = sum(task.outcome == "right" for task in self.tasks)
        rows = [(task.title, task.outcome) for task in self.tasks]
        caption = f"{self.title}: {done} of {len(self.tasks)} tasks right"
        return Table(("task", "outcome"), rows, caption=caption)


def untouched(answer: object) -> bool:
    """True for a stub: `...`, None, or a function whose body is `pass` or `...`."""
    if answer is None or answer is Ellipsis:
        return True
    if not inspect.isfunction(answer):
        return False
    harmless = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
    steps = list(dis.get_instructions(answer))
    returned = [step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")]
    return {step.opname for step in steps} <= harmless and returned in ([None], [Ellipsis])


def described_error(error: BaseException) -> str:
    """An exception in at most one short line, even when its own text cannot be had."""
    try:
        text = (
            (_WRAPPING.sub("", str(error)).strip().splitlines() or [""])[0]
            .strip()[:160]
            .rstrip(".")
        )
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
