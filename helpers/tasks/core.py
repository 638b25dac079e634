"""What every task shares: its outcomes, hints, a scoreboard, failures without a stack trace.

A check says that the answer is right, or that there is none yet, or it raises `Wrong`, an
AssertionError, so that the same cell serves a learner (who sees a short message), pytest and
nbgrader (which see a failure). To those two a missing answer is a failure as well.
"""

import contextlib
import dis
import inspect
import io
import os
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from helpers import record
from helpers.tables import Table
from helpers.tasks.time_limit import TIME_LIMIT, OverLimit, time_limit

_WRAPPING = re.compile(  # what Keras and TensorFlow put around an error's own words
    r"\x1b\[\d*m|\{\{.*?\}\} |\[Op:.*|Exception encountered when calling .*\n"
    r"|in user code:(?s:.*)\n\s+\w+: "
)


# What each outcome begins with, and the colour behind its sign: white on these is read with ease
# on a light page and on a dark one, and the signs differ for those who see no colours.
_COLOURS = {"✓": "0;107;75", "○": "84;84;96", "✗": "168;58;0"}
# The outcomes of a task; the best of a session counts.
NO_ANSWER, NOT_RIGHT, RIGHT = OUTCOMES = ("not attempted", "not yet right", "right")

_KNOWN_ERRORS = {  # by what Keras, TensorFlow or NumPy say
    r"KerasTensor": "while a functional model is put together there are no numbers yet: use layers "
    "and keras.ops there, not NumPy or TensorFlow",
    r"__array__|numpy\(\)|SymbolicTensor": "inside `call`, use keras.ops, not NumPy",
    r"inhomogeneous": "it gives several arrays of different shapes where one was expected",
    r"not those of the snapshot": "weights came or went while it ran",
    r"not recognized: \{'lr'": "in Keras 3 it is called learning_rate",
    r"Unknown variable": "the optimizer was made when other weights were trainable; compile anew",
    r"has not (yet )?been built|isn't built|not built": "it has no weights yet: start it with "
    "keras.Input(...)",
}


class Feedback(AssertionError):
    """A message to the learner. IPython shows the message alone, without a stack trace."""

    def _render_traceback_(self) -> list[str]:
        return _in_colour(str(self)).splitlines()


class NotAttempted(Feedback):
    """The answer is still the untouched stub."""


class Wrong(Feedback):
    """The answer is wrong.

    Args:
        diagnosed: whether the message names the mistake, which what was seen leaves no doubt of;
            otherwise it says what was seen.
    """

    def __init__(self, message: str, diagnosed: bool = True):
        super().__init__(message)
        self.diagnosed = diagnosed


class Slip(Wrong):
    """The answer is wrong, and the message asks about a place in which the right way may differ."""

    def __init__(self, message: str):
        super().__init__(message, diagnosed=False)


@dataclass
class Task:
    """One task of an exercise: `check` an answer, ask for a `hint`."""

    name: str
    title: str
    judge: Callable[..., None]
    why: str
    hints: Sequence[str]
    outcome: str = NO_ANSWER
    tries: int = 0
    hints_given: int = 0

    def check(self, *answers: object) -> None:
        """Print that the answers are right and why, or that there are none yet, or raise Wrong.

        Args:
            answers: what the exercise asks for, in the order in which it asks.

        Raises:
            Wrong: with what the learner reads.
            NotAttempted: where a grader or a test, to whom that is a failure, runs the check.
        """
        names = list(inspect.signature(self.judge).parameters)
        try:
            self._check(names, answers)
        except NotAttempted as feedback:
            feedback.args = (f"○ {self.title}: {feedback}{self._hint_offer()}",)
            if _counts_as_failure():
                raise feedback from None
            print(_in_colour(str(feedback)))  # a note: "Run All" goes on
            return
        except Wrong as feedback:
            self._tried(NOT_RIGHT)
            feedback.args = (f"✗ {self.title}: {feedback}{self._hint_offer()}",)
            raise feedback from None
        self._tried(RIGHT)
        print(_in_colour(f"✓ {self.title}: right. {self.why}"))

    def _tried(self, outcome: str) -> None:
        self.tries += 1
        self.outcome = max(self.outcome, outcome, key=OUTCOMES.index)
        if outcome == RIGHT:
            record.keep("tasks", self.place, RIGHT)

    @property
    def place(self) -> str:
        """Its exercise and name, as in "counting_weights/dense_layer"."""
        return "/".join(self.judge.__module__.split(".")[-2:])

    @property
    def best(self) -> str:
        """The best outcome, of this session or of one before."""
        return record.kept("tasks").get(self.place, self.outcome)

    def _check(self, names: list[str], answers: tuple[object, ...]) -> None:
        if len(answers) != len(names):
            raise Wrong(
                f"this check takes {len(names)} answer(s), {', '.join(names)}, "
                f"and got {len(answers)}.",
                diagnosed=False,
            )
        try:
            # What Keras or the learner's code warns of is no part of the outcome: graders take
            # points away for a byte on stderr.
            with time_limit(TIME_LIMIT), _without_warnings():
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
        if self.hints_given == len(self.hints):
            return ""
        which = "next" if self.hints_given else "first"
        return f"\n  Stuck? tasks.{self.name}.hint() gives the {which} of {len(self.hints)} hints."

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
        """Each task and its best outcome so far; in work/, also of sessions before."""
        rows = [(task.title, task.best) for task in self.tasks]
        done = sum(outcome == RIGHT for _, outcome in rows)
        caption = f"{self.title}: {done} of {len(self.tasks)} tasks right"
        return Table(("task", "outcome"), rows, caption=caption)


def _counts_as_failure() -> bool:
    """Whether a grader or a test runs the check: nbgrader and pytest (hence nbval) say so."""
    return not {"NBGRADER_EXECUTION", "PYTEST_VERSION"}.isdisjoint(os.environ)


def _in_colour(text: str) -> str:
    """The message, in a notebook with its sign on a coloured ground."""
    if not _in_notebook():
        return text
    sign, rest = text[0], text[1:]
    return f"\x1b[1;38;2;255;255;255;48;2;{_COLOURS[sign]}m {sign} \x1b[0m{rest}"


def _in_notebook() -> bool:
    from IPython import get_ipython  # here, since it costs whoever imports helpers elsewhere

    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


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
    """An exception in at most one short line, even when its own text cannot be had, and what it
    means where that is known.
    """
    try:
        whole = str(error)
        text = (_WRAPPING.sub("", whole).strip().splitlines() or [""])[0].strip()[:160].rstrip(".")
    except Exception:
        return type(error).__name__
    known = (meaning for said, meaning in _KNOWN_ERRORS.items() if re.search(said, whole))
    meaning = next(known, "")
    shown = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"{shown} ({meaning})" if meaning else shown
