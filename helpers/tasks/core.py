"""What every task shares: four outcomes, hints, a scoreboard, failures without a stack trace.

A check ends in one of four ways: it says that the answer is right; or it raises `NotAttempted`,
or `Wrong` with a diagnosis, or `Wrong` without one. Both are AssertionErrors, so the same cell
serves a learner (who sees a short message), pytest and nbgrader (which see a failure).
"""

import dis
import inspect
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Event, Thread, current_thread, get_ident, main_thread

from helpers.tables import Table


@dataclass(frozen=True)
class Limit:
    """How long code may run, in seconds on the machine that this was written on.

    Args:
        cpu: of computing, so that a busy computer, which is merely late, costs nobody an answer.
        wall: on the clock, for what sleeps or waits and so computes nothing.
    """

    cpu: float
    wall: float

    def left(self, cpu: float, wall: float) -> float:
        """The time until code that has taken so much can be over the limit; over it, 0 or less.

        TensorFlow's threads compute at the same time: of that, no more counts than the clock shows.
        """
        return min(self.cpu - min(cpu, wall), self.wall - wall)

    def exceeded(self, cpu: float, wall: float) -> str:
        """What a learner reads whose code was stopped after so much: no cause that is not known."""
        if min(cpu, wall) >= self.cpu:
            return (
                f"your code was still running after {cpu:.1f} s of computing ({wall:.1f} s on the "
                "clock): is there an endless loop?"
            )
        return (
            f"your code was still running after {wall:.1f} s on the clock and had computed for "
            f"{cpu:.1f} s of them: does it wait for something, or is this computer very busy?"
        )


# For one check: a learner's endless loop must not hang the notebook. The slowest right answer
# computes for 6 s.
TIME_LIMIT = Limit(cpu=30, wall=300)
_USUAL_LOOP = 0.02  # seconds: what the loop in `slowness` takes on that machine

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
    judge: Callable[..., str | None]
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


def task(
    title: str, *, why: str, hints: Sequence[str]
) -> Callable[[Callable[..., str | None]], Task]:
    """Decorate a judge: a function of the learner's answers that raises Wrong or returns.

    Args:
        title: a short name, shown with every outcome.
        why: the sentence that explains a right answer.
        hints: two or three, from a nudge to nearly the solution.
    """

    def made(judge: Callable[..., str | None]) -> Task:
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


@cache
def slowness() -> float:
    """How many times slower this machine computes than the usual one; at least 1. Measured once."""
    began = time.thread_time()
    for _ in range(1_000_000):
        pass
    return max(1.0, (time.thread_time() - began) / _USUAL_LOOP)


def _interrupt(thread: int) -> None:
    """Ctrl-C for the main thread, of this number; it ends a sleep, unlike interrupt_main."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, signal.SIGINT)
    else:  # on Windows, where a sleep ends whichever thread the signal is raised in
        signal.raise_signal(signal.SIGINT)


@contextmanager
def time_limit(limit: Limit) -> Iterator[None]:
    """Stop the main thread's work at the limit, longer on a slower machine, with a Wrong answer."""
    if current_thread() is not main_thread():  # only the main thread can be interrupted
        yield
        return
    usual = signal.getsignal(signal.SIGINT)
    if not callable(usual):  # as in a program started with nohup: nothing could interrupt it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    limit = Limit(limit.cpu * slowness(), limit.wall * slowness())
    stopped_at: list[tuple[float, float]] = []  # computing and clock, at each interrupt
    here, done = get_ident(), Event()
    cpu, wall = time.process_time(), time.monotonic()

    def interrupt() -> None:
        wait = limit.left(0, 0)
        while not done.wait(max(wait, 0.02)):
            taken = time.process_time() - cpu, time.monotonic() - wall
            wait = limit.left(*taken)
            if wait <= 0:
                stopped_at.append(taken)
                _interrupt(here)
                wait = 0.5  # then again: C code on the way may swallow an interrupt and go on

    watcher = Thread(target=interrupt, daemon=True)
    watcher.start()
    try:
        try:
            yield
        finally:
            done.set()
            watcher.join()
            if stopped_at:
                time.sleep(0.1)  # let an interrupt that is already on its way arrive here
    except KeyboardInterrupt:
        if stopped_at:
            raise Wrong(limit.exceeded(*stopped_at[-1])) from None
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler if usual is None else usual)
