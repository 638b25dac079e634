"""Promise: a right answer passes, a wrong one is told why, and nothing else can happen."""

import importlib
import pkgutil
import re
import signal
import threading
import time

import keras
import numpy as np
import pytest
from banks import EXERCISE_NAMES, every_bank, refusal
from message_pages import message, messages_on, page, stored_page

import helpers.tasks
from helpers.tasks import core
from helpers.tasks.answers import whole_number
from helpers.tasks.core import Exercise, NotAttempted, Wrong, task
from helpers.tasks.parsons import run_in_order
from helpers.tasks.time_limit import Limit, OverLimit, _share_given, time_limit

# What is no exercise (core, answers, ...) has no `exercise`.
MODULES = [
    importlib.import_module(f"helpers.tasks.{module.name}")
    for module in pkgutil.iter_modules(helpers.tasks.__path__)
]
EXERCISES = [module.exercise for module in MODULES if hasattr(module, "exercise")]
TASKS = [each for exercise in EXERCISES for each in exercise.tasks]
BANKS = every_bank()
MESSAGES = {exercise: messages_on(stored_page(exercise)) for exercise in EXERCISE_NAMES}

each_bank = pytest.mark.parametrize("bank", BANKS, ids=lambda bank: bank.task.name)
each_task = pytest.mark.parametrize("one", TASKS, ids=lambda one: one.name)


def parameters(field):
    """One test per entry of this field of every bank."""
    return [
        pytest.param(bank, number, id=f"{bank.task.name}-{number}")
        for bank in BANKS
        for number, _ in enumerate(getattr(bank, field))
    ]


def accepts(one, answers, capsys):
    one.check(*answers)
    assert capsys.readouterr().out == f"✓ {one.title}: right. {one.why}\n"
    assert one.outcome == "right"


# --- every task ---------------------------------------------------------------------------------


def test_every_task_has_one_bank():
    tested = [bank.task.name for bank in BANKS]
    assert sorted(tested) == sorted(one.name for one in TASKS)


@each_task
def test_every_task_explains_itself(one):
    assert 2 <= len(one.hints) <= 3
    assert all(one.hints)
    assert one.title and one.why and one.__doc__


@each_bank
def test_every_bank_is_rich_enough(bank):
    assert len(bank.mistakes) >= 4
    assert len(bank.variants) >= 3


@each_bank
def test_solution_is_accepted(bank, capsys):
    accepts(bank.task, bank.solution, capsys)


@pytest.mark.parametrize(("bank", "number"), parameters("variants"))
def test_unusual_right_answer_is_accepted(bank, number, capsys):
    accepts(bank.task, bank.variants[number], capsys)


@pytest.mark.parametrize(("bank", "number"), parameters("mistakes"))
def test_mistake_is_recognised(bank, number):
    feedback = refusal(bank.task, bank.mistakes[number])
    said = message(bank.task, feedback)
    on_page = MESSAGES[bank.exercise].get((bank.task.name, number))
    assert said == on_page, f"if it is meant, run `make messages ONLY={bank.exercise}`"
    assert isinstance(feedback, Wrong)
    assert feedback.diagnosed
    assert bank.task.outcome == "not yet right"


@pytest.mark.parametrize("exercise", EXERCISE_NAMES)
def test_page_shows_the_mistakes_of_its_banks(exercise):
    stored = stored_page(exercise)
    assert stored == page(exercise, messages_on(stored)), f"run `make messages ONLY={exercise}`"


def stub():
    pass


def stub_with_words(model):
    """What it should do."""


STUBS = {
    "dots": ...,
    "None": None,
    "pass": stub,
    "docstring": stub_with_words,
    "lambda None": lambda: None,
    "lambda dots": lambda: ...,
}


@pytest.mark.parametrize("empty", STUBS.values(), ids=STUBS)
@each_bank
def test_untouched_stub_is_not_attempted(bank, empty):
    tries = bank.task.tries
    for place, _ in enumerate(bank.solution):  # one empty answer among right ones is enough
        answers = (*bank.solution[:place], empty, *bank.solution[place + 1 :])
        feedback = refusal(bank.task, answers)
        assert isinstance(feedback, NotAttempted)
        assert str(feedback).startswith(f"○ {bank.task.title}: not attempted yet: `")
    assert bank.task.tries == tries


@each_bank
def test_wrong_number_of_answers_is_said(bank):
    feedback = refusal(bank.task, (*bank.solution, 1))
    expected = f"takes {len(bank.solution)} answer(s)"
    assert expected in str(feedback) and f"got {len(bank.solution) + 1}." in str(feedback)
    assert not feedback.diagnosed


# --- the core -----------------------------------------------------------------------------------


def toy():
    @task("A toy", why="Because.", hints=("nudge", "push"))
    def toy_task(answer):
        """The answer is 1."""
        if answer != 1:
            raise Wrong("not one.")

    return toy_task


def test_hints_advance_stay_at_the_last_and_are_offered_while_they_last(capsys):
    one = toy()
    assert str(refusal(one, (2,))) == (
        "✗ A toy: not one.\n  Stuck? 2 hint(s): tasks.toy_task.hint()"
    )
    for _ in range(3):
        one.hint()
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 2: nudge",
        "Hint 2 of 2: push",
        "Hint 2 of 2: push",
    ]
    assert str(refusal(one, (2,))) == "✗ A toy: not one."


def test_scoreboard_tells_the_last_outcome_of_each_task(capsys):
    right, wrong, untouched = toy(), toy(), toy()
    exercise = Exercise("Toys", [right, wrong, untouched])
    right.check(1)
    refusal(wrong, (2,))
    refusal(untouched, (...,))
    assert repr(exercise.scoreboard()).splitlines() == [
        "Toys: 1 of 3 tasks right",
        "",
        "task   outcome",
        "-----  -------------",
        "A toy  right",
        "A toy  not yet right",
        "A toy  not attempted",
    ]
    assert [one.tries for one in exercise.tasks] == [1, 1, 0]


def test_feedback_is_an_assertion_that_renders_as_its_message_alone():
    feedback = refusal(toy(), (2,))
    assert isinstance(feedback, AssertionError)
    assert feedback._render_traceback_() == [
        "✗ A toy: not one.",
        "  Stuck? 2 hint(s): tasks.toy_task.hint()",
    ]
    assert feedback.__suppress_context__


def test_none_and_dots_are_told_apart():
    assert "model.summary(), for one, returns None" in str(refusal(toy(), (None,)))
    assert "None" not in str(refusal(toy(), (...,)))


def test_a_judge_that_fails_is_a_wrong_answer_without_diagnosis():
    class Hostile:
        def __ne__(self, other):
            raise RuntimeError("hostile")

    feedback = refusal(toy(), (Hostile(),))
    assert message(toy(), feedback) == (
        "your answer could not be judged; it led to RuntimeError: hostile."
    )
    assert not feedback.diagnosed


HOURS = 10_000
BRIEF = Limit(cpu=0.2, wall=HOURS)
COMPUTED = (
    r"still running after \d+\.\d s of computing \(\d+\.\d s on the clock\): is there an endless"
)
WAITED = r"still running after \d+\.\d s on the clock and had computed for \d\.\d s of them"


def compute(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


class Answer:
    """The toy's right answer, once it has done its work."""

    def __init__(self, work):
        self.work = work

    def __ne__(self, other):
        self.work()
        return False


@pytest.mark.parametrize(
    ("limit", "work", "said"),
    [
        (BRIEF, lambda: compute(HOURS), COMPUTED),
        (Limit(cpu=HOURS, wall=0.2), lambda: time.sleep(HOURS), WAITED),
    ],
    ids=["endless loop", "sleep"],
)
def test_an_answer_that_does_not_end_is_stopped_and_told_how_long_it_took(
    monkeypatch, limit, work, said
):
    monkeypatch.setattr(core, "TIME_LIMIT", limit)
    feedback = refusal(toy(), (Answer(work),))
    assert re.search(said, str(feedback)) and isinstance(feedback, Wrong)


def test_a_right_answer_that_is_late_because_the_computer_is_busy_is_right(monkeypatch, capsys):
    monkeypatch.setattr(core, "TIME_LIMIT", BRIEF)
    monkeypatch.setattr("helpers.tasks.time_limit.slowness", lambda: 1)
    accepts(toy(), [Answer(lambda: time.sleep(1))], capsys)  # a processor that others have


def test_an_answer_that_waits_for_its_turn_is_not_stopped_as_one_that_sleeps(monkeypatch, capsys):
    monkeypatch.setattr(core, "TIME_LIMIT", Limit(cpu=HOURS, wall=0.2))
    monkeypatch.setattr("helpers.tasks.time_limit._share_given", lambda: 0.01)
    accepts(toy(), [Answer(lambda: time.sleep(1))], capsys)


def test_the_share_that_a_process_is_given_falls_where_others_compute(monkeypatch):
    assert 0 < _share_given() <= 1
    now = iter((0.0, 1.0))  # a second on the clock
    monkeypatch.setattr("helpers.tasks.time_limit.time.monotonic", lambda: next(now))
    assert 0.1 <= _share_given(0.1) < 0.9


def test_what_several_threads_compute_at_once_counts_once():
    limit = Limit(cpu=30, wall=300)
    assert limit.left(cpu=48, wall=3, free=3) == 27
    assert limit.left(cpu=48, wall=31, free=31) == -1
    assert limit.left(cpu=1, wall=290, free=290) == 10
    assert limit.left(cpu=1, wall=290, free=29) == 29  # of a computer that gave it a tenth


def test_a_slower_machine_gets_more_time(monkeypatch):
    monkeypatch.setattr("helpers.tasks.time_limit.slowness", lambda: 1000)
    with time_limit(Limit(cpu=0.001, wall=HOURS)):
        compute(0.1)
    monkeypatch.setattr("helpers.tasks.time_limit.slowness", lambda: 1)
    with pytest.raises(OverLimit, match="still running"), time_limit(Limit(cpu=0.001, wall=0.001)):
        compute(HOURS)


def test_an_endless_loop_is_stopped_where_interrupts_are_ignored():
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a program started with nohup
    try:
        with pytest.raises(OverLimit, match=COMPUTED), time_limit(BRIEF):
            while True:
                pass
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, usual)


def test_an_interrupt_that_is_swallowed_on_the_way_is_repeated():
    with pytest.raises(OverLimit, match=COMPUTED), time_limit(BRIEF):
        try:
            while True:
                pass
        except KeyboardInterrupt:  # as C code does that tries something else after any error
            while True:
                pass


def test_work_in_time_is_left_alone_and_ctrl_c_still_works():
    before = threading.enumerate()
    with time_limit(BRIEF):
        pass
    assert threading.enumerate() == before  # a watcher left behind would interrupt later
    with pytest.raises(KeyboardInterrupt), time_limit(Limit(HOURS, HOURS)):
        raise KeyboardInterrupt


def test_the_lines_of_a_parsons_problem_warn_nobody(recwarn):
    lines = {"A": "import warnings; warnings.warn('nothing is trainable')"}
    run_in_order(["A"], lines, {})
    assert not recwarn.list


@pytest.mark.parametrize("yes", [True, np.True_, np.array(True)], ids=repr)
def test_a_yes_is_not_the_number_one(yes):
    with pytest.raises(Wrong):
        whole_number("n", yes)


def test_a_tensor_that_holds_a_yes_is_not_the_number_one():
    with pytest.raises(Wrong):
        whole_number("n", keras.ops.convert_to_tensor(True))
