"""The solution of each task, read from sources/solutions, as code to be changed and judged."""

import ast
import contextlib
import io
import os
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

import jupytext
import keras

from helpers.tasks import core
from helpers.tasks.core import Exercise, NotAttempted, Slip, Task, Wrong
from helpers.tasks.time_limit import Limit, time_limit
from tools import ROOT, headers

SOURCES = ROOT / "sources" / "solutions"
# Longer, and there is no answer to be checked. Five fits take 3 s here, and 8 on a busy machine.
TO_ANSWER = Limit(cpu=12, wall=120)
# What a check does: accepts; names a cause, asks about a slip, says what was seen; finds no answer.
# NO_ANSWER: Python itself stops the code, and there is nothing to check.
ACCEPTED, CAUSE, ASKED, SEEN, EMPTY, NO_ANSWER = (
    "accepted",
    "cause",
    "asked",
    "seen",
    "not attempted",
    "no answer",
)


@dataclass(frozen=True)
class Solution:
    """The cell that answers a task.

    Args:
        code: the cell; `first` and `last` are the lines of its solution region.
        answers: the expressions that the check is given.
        names: what the cells before it left behind.
    """

    task: Task
    code: str
    first: int
    last: int
    answers: tuple[str, ...]
    names: dict

    def tree(self) -> ast.Module:
        return ast.parse(self.code)


@dataclass(frozen=True)
class Verdict:
    """What became of an answer, and what its learner read."""

    outcome: str
    message: str = ""


@cache
def solutions_of(chapter: Path) -> list[Solution]:
    """The solutions of a chapter in the order of its checks; runs its other cells once."""
    names: dict = {"__name__": "exercise"}
    waiting: tuple[str, dict] = "", {}
    found = []
    tasks = {task.name: task for task in exercise_of(chapter).tasks}
    for cell in jupytext.read(chapter, fmt="py:percent").cells:
        graded = headers.metadata(cell).get("nbgrader", {})
        if cell.cell_type != "code":
            continue
        if graded.get("solution"):
            waiting = cell.source, dict(names)
        if not graded.get("grade"):
            with _silence():
                exec(compile(cell.source, str(chapter), "exec"), names)
            continue
        check = ast.parse(cell.source).body[0].value  # tasks.NAME.check(answer, ...)
        code, before = waiting
        lines = [i for i, line in enumerate(code.splitlines(), 1) if "### " in line]
        answers = tuple(map(ast.unparse, check.args))
        task = tasks[check.func.value.attr]
        found.append(Solution(task, code, lines[0] + 1, lines[1] - 1, answers, before))
    return found


def checked_chapters(only: Sequence[str] = ()) -> list[Path]:
    """The sources in sources/solutions whose checks are there, or those of these numbers only."""
    paths = sorted(SOURCES.glob("*.py"))
    return [path for path in paths if (not only or path.name[:2] in only) and _checks(path)]


@cache
def exercise_of(chapter: Path) -> Exercise:
    """The exercise whose checks a source calls."""
    return import_module(_checks(chapter)).exercise


def _checks(chapter: Path) -> str:
    """The module of the checks, by the import; empty if there is none, or none yet."""
    used = re.search(r"^from helpers\.tasks import (\w+)", chapter.read_text("utf-8"), re.MULTILINE)
    module = f"helpers.tasks.{used[1]}" if used else ""
    return module if used and find_spec(module) else ""


def answered(solution: Solution, code: str) -> tuple:
    """What a learner with this code in the cell hands in.

    Raises:
        Exception: the cell fails, as it would in the notebook.
    """
    names = dict(solution.names)
    with _silence(), time_limit(TO_ANSWER):
        exec(compile(code, solution.task.name, "exec"), names)
        return tuple(eval(answer, names) for answer in solution.answers)


def verdict_on_code(solution: Solution, code: str) -> Verdict:
    """What the check says to a learner with this code, or that Python itself refused it."""
    try:
        answers = answered(solution, code)
    except (Exception, SystemExit) as error:
        return Verdict(NO_ANSWER, f"{type(error).__name__}: {error}")
    return verdict(solution.task, answers)


def verdict(task: Task, answers: tuple) -> Verdict:
    """What the check says to these answers; the task's own outcome and tries stay as they are."""
    keras.utils.set_random_seed(1)
    # To a grader a missing answer is a failure; to a learner it is a note, which looks like a pass.
    grading = patch.dict(os.environ, {"NBGRADER_EXECUTION": "1"})
    try:
        with _silence(), grading:
            replace(task).check(*answers)
    except NotAttempted as feedback:
        return Verdict(EMPTY, _written(task, feedback))
    except Wrong as feedback:
        # An endless recursion may leave Keras in the middle of a call, in training mode.
        keras.utils.clear_session(free_memory=False)
        outcome = ASKED if isinstance(feedback, Slip) else CAUSE if feedback.diagnosed else SEEN
        return Verdict(outcome, _written(task, feedback))
    return Verdict(ACCEPTED)


def _written(task: Task, feedback: Exception) -> str:
    """The part of a message that a judge wrote."""
    return str(feedback)[2:].removeprefix(f"{task.title}: ").partition("\n  Stuck?")[0]


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Neither prints nor warnings: an odd answer may cause both."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def hurried(seconds: float) -> Iterator[None]:
    """Less computing time for every check: some changed answers never end."""
    usual, core.TIME_LIMIT = core.TIME_LIMIT, Limit(seconds, core.TIME_LIMIT.wall)
    try:
        yield
    finally:
        core.TIME_LIMIT = usual
