"""Promise: a right answer passes, a wrong one is told why, and nothing else can happen."""

import importlib
import pkgutil
import re
import signal
import sys
import threading
import time
import warnings
from decimal import Decimal
from fractions import Fraction

import keras
import numpy as np
import pytest
from banks import EXERCISE_NAMES, every_bank, refusal
from message_pages import message, messages_on, page, stored_page

import helpers.tasks
from helpers.tasks import core
from helpers.tasks.answers import choice, whole_number
from helpers.tasks.arrays import number_array
from helpers.tasks.core import Exercise, NotAttempted, Slip, Wrong, task
from helpers.tasks.parsons import ordered_letters, run_in_order
from helpers.tasks.time_limit import Limit, OverLimit, _share_given, time_limit
from helpers.tasks.training import movement_of_fit

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


def accepts(one, answers, capfd):
    """To the letter: nbgrader gives no points where a byte is on stderr, of C++ code or not."""
    one.check(*answers)
    assert capfd.readouterr() == (f"✓ {one.title}: right. {one.why}\n", "")
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
def test_solution_is_accepted(bank, capfd):
    accepts(bank.task, bank.solution, capfd)


@pytest.mark.parametrize(("bank", "number"), parameters("variants"))
def test_unusual_right_answer_is_accepted(bank, number, capfd):
    accepts(bank.task, bank.variants[number], capfd)


@pytest.mark.parametrize(("bank", "number"), parameters("mistakes"))
def test_mistake_is_recognised(bank, number):
    feedback = refusal(bank.task, bank.mistakes[number])
    said = message(bank.task, feedback)
    on_page = MESSAGES[bank.exercise].get((bank.task.name, number))
    assert said == on_page, f"if it is meant, run `make messages ONLY={bank.exercise}`"
    assert feedback.diagnosed or isinstance(feedback, Slip)


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
        "✗ A toy: not one.\n  Stuck? tasks.toy_task.hint() gives the first of 2 hints."
    )
    for _ in range(3):
        one.hint()
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 2: nudge",
        "Hint 2 of 2: push",
        "Hint 2 of 2: push",
    ]
    assert str(refusal(one, (2,))) == "✗ A toy: not one."


def test_scoreboard_tells_the_best_outcome_of_each_task():
    right, wrong, untouched = toy(), toy(), toy()
    exercise = Exercise("Toys", [right, wrong, untouched])
    right.check(1)
    refusal(right, (2,))  # later, and no loss
    refusal(wrong, (2,))
    refusal(wrong, (...,))
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
    assert [one.tries for one in exercise.tasks] == [2, 1, 0]


def test_feedback_is_an_assertion_that_renders_as_its_message_alone():
    feedback = refusal(toy(), (2,))
    assert isinstance(feedback, AssertionError)
    assert feedback._render_traceback_() == [
        "✗ A toy: not one.",
        "  Stuck? tasks.toy_task.hint() gives the first of 2 hints.",
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


@pytest.mark.parametrize("grader", ["NBGRADER_EXECUTION", "PYTEST_VERSION"])
def test_a_missing_answer_is_a_note_to_a_learner_and_a_failure_to_a_grader(
    monkeypatch, capsys, grader
):
    for name in ("NBGRADER_EXECUTION", "PYTEST_VERSION"):
        monkeypatch.delenv(name, raising=False)
    one = toy()
    assert one.check(...) is None
    assert capsys.readouterr().out.startswith("○ A toy: not attempted yet: `answer` is empty.")
    assert one.outcome == "not attempted"
    monkeypatch.setenv(grader, "1")
    refusal(one, (...,))


def luminance(red, green, blue):
    """Of a colour of 0 to 255 each, as WCAG 2 defines it."""
    parts = [c / 255 for c in (red, green, blue)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_outcomes_differ_in_sign_and_colour_in_a_notebook(monkeypatch):
    monkeypatch.setattr(core, "_in_notebook", lambda: True)
    shown = [Wrong(f"{sign} A toy: so.\nAnd so.")._render_traceback_() for sign in "✓○✗"]
    assert all(lines[1] == "And so." for lines in shown)
    sign = re.compile(r"\x1b\[1;38;2;255;255;255;48;2;(\d+);(\d+);(\d+)m (.) \x1b\[0m A toy: so\.")
    found = [sign.fullmatch(lines[0]).groups() for lines in shown]
    colours = {tuple(map(int, each[:3])) for each in found}
    assert len(colours) == len({each[3] for each in found}) == 3
    assert all(1.05 / (luminance(*colour) + 0.05) >= 4.5 for colour in colours)


def test_what_an_answer_warns_of_is_not_shown_by_its_check(capfd):
    def loud():
        print("a warning of Python's own", file=sys.stderr)
        warnings.warn("do not pass input_shape", stacklevel=2)

    accepts(toy(), [Answer(loud)], capfd)


HOURS = 10_000
BRIEF = Limit(cpu=0.2, wall=HOURS)
COMPUTED = r"still running after \d+\.\d s of computing \(\d+\.\d s on the clock\) and was stopped"
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


def test_a_right_answer_that_is_late_because_the_computer_is_busy_is_right(monkeypatch, capfd):
    monkeypatch.setattr(core, "TIME_LIMIT", BRIEF)
    monkeypatch.setattr("helpers.tasks.time_limit.slowness", lambda: 1)
    accepts(toy(), [Answer(lambda: time.sleep(1))], capfd)  # a processor that others have


def test_an_answer_that_waits_for_its_turn_is_not_stopped_as_one_that_sleeps(monkeypatch, capfd):
    monkeypatch.setattr(core, "TIME_LIMIT", Limit(cpu=HOURS, wall=0.2))
    monkeypatch.setattr("helpers.tasks.time_limit._share_given", lambda: 0.01)
    accepts(toy(), [Answer(lambda: time.sleep(1))], capfd)


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


@pytest.mark.parametrize(
    "seven",
    [
        7,
        7.0,
        np.int8(7),
        np.array([7.0]),
        np.array([[7]]),
        keras.ops.convert_to_tensor([7]),
        Decimal(7),
        Fraction(14, 2),
        [7],
        (7.0,),
    ],
    ids=repr,
)
def test_a_whole_number_is_read_from_whatever_holds_one(seven):
    assert whole_number("n", seven) == 7


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((50, 240), "in Python a comma makes a tuple. If you mean one number, write 50240."),
        ((1, 204, 800), "write 1204800."),
        ((3, 5), "should be one whole number; yours is a tuple of 2."),
        ("7", "is text, '7'; give the number without quotes."),
        (Decimal("7.5"), "is 7.5; a whole number was expected."),
        (float("nan"), "is nan; a whole number was expected."),
        (np.array([True]), "is True; a whole number was expected, not a yes or no."),
    ],
)
def test_what_is_no_whole_number_is_named(answer, said):
    with pytest.raises(Wrong, match=re.escape(said)):
        whole_number("n", answer)


@pytest.mark.parametrize("one", ["BDAC", list("bdac"), np.array(list("BDAC")), "B -> D, A; C"])
def test_an_order_is_read_from_texts_lists_and_arrays(one):
    assert ordered_letters(one, dict.fromkeys("ABCD", "")) == list("BDAC")


class Chameleon(str):
    """A text that says it is whatever is asked for."""

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__

    def lower(self):
        return self

    strip = replace = upper = lower

    def split(self, *args):
        return ["kernel"]


def test_a_text_is_read_by_the_methods_of_str():
    with pytest.raises(Wrong, match="none of"):
        choice("word", Chameleon("bias"), "kernel", {"gamma": "No."})
    with pytest.raises(Wrong, match="has X"):
        ordered_letters([Chameleon("X")], {"A": ""})


@pytest.mark.parametrize(
    ("numbers", "said"), [(["1", "2"], "holds text"), ([[1], [1, 2]], "lists of different lengths")]
)
def test_texts_are_no_numbers_in_an_array_either(numbers, said):
    with pytest.raises(Wrong, match=said):
        number_array("n", numbers)


def test_a_model_is_trained_by_keras_whatever_it_says_of_fit_itself():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="only")])
    model.compile("sgd", "mse")
    model.fit = lambda *args, **kwargs: None
    before = model.get_weights()
    assert len(movement_of_fit(model).moved) == 2
    assert all(map(np.array_equal, before, model.get_weights()))


def test_a_cause_that_is_known_is_added_to_a_library_s_own_words():
    inputs = keras.Input((2,))
    with pytest.raises(ValueError) as caught:
        np.sqrt(inputs)
    assert "use layers and keras.ops there" in core.described_error(caught.value)
    assert core.described_error(ValueError("so")) == "ValueError: so"
