"""Promise: a right answer passes, a wrong one is told why, and nothing else can happen."""

import gc
import importlib
import pkgutil
import signal
import time
from itertools import count

import keras
import numpy as np
import pytest

import banks
import helpers.tasks
from helpers.tasks.answers import whole_number
from helpers.tasks.core import Exercise, Feedback, NotAttempted, Wrong, task, time_limit


def modules(package):
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


# What is no exercise (core, answers, ...) has no `exercise`.
EXERCISES = [module.exercise for module in modules(helpers.tasks) if hasattr(module, "exercise")]
TASKS = [each for exercise in EXERCISES for each in exercise.tasks]
BANKS = [bank for m in modules(banks) for bank in vars(m).values() if isinstance(bank, banks.Bank)]

each_bank = pytest.mark.parametrize("bank", BANKS, ids=lambda bank: bank.task.name)
each_task = pytest.mark.parametrize("one", TASKS, ids=lambda one: one.name)


def parameters(field):
    """One test per entry of this field of every bank."""
    return [
        pytest.param(bank.task, entry, id=f"{bank.task.name}-{number}")
        for bank in BANKS
        for number, entry in enumerate(getattr(bank, field))
    ]


def accepts(one, answers, capsys):
    one.check(*answers)
    assert capsys.readouterr().out == f"✓ {one.title}: right. {one.why}\n"
    assert one.outcome == "right"


def refusal(one, answers):
    with pytest.raises(Feedback) as caught:
        one.check(*answers)
    return caught.value


def message(one, feedback):
    """The part that a judge wrote."""
    return str(feedback).removeprefix(f"✗ {one.title}: ").partition("\n  Stuck?")[0]


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


@pytest.mark.parametrize(("one", "answers"), parameters("variants"))
def test_unusual_right_answer_is_accepted(one, answers, capsys):
    accepts(one, answers, capsys)


@pytest.mark.parametrize(("one", "mistake"), parameters("mistakes"))
def test_mistake_is_recognised(one, mistake):
    answers, expected = mistake
    feedback = refusal(one, answers)
    assert message(one, feedback) == expected
    assert isinstance(feedback, Wrong)
    assert feedback.diagnosed
    assert one.outcome == "not yet right"


def stub():
    pass


def stub_with_words(model):
    """What it should do."""
    ...


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


class Hostile:
    """Whatever is asked of it, it raises."""

    def refuse(self, *arguments):
        raise RuntimeError("hostile")

    __eq__ = __repr__ = __str__ = __len__ = __float__ = __int__ = __index__ = refuse
    __iter__ = __bool__ = __array__ = __getattr__ = __call__ = __mod__ = __format__ = refuse
    __hash__ = None


class VeryHostile(Hostile):
    def __getattribute__(self, name):
        raise RuntimeError("very hostile")


class Endless:
    def __iter__(self):
        return count()


class Unequal:
    def __eq__(self, other):
        raise RuntimeError("incomparable")

    __hash__ = None


class EndlessArray:
    def __array__(self, *arguments, **options):
        while True:
            time.sleep(0.001)


class FailingModel(keras.Model):
    """Has weights and says that it is built, but cannot be called."""

    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(3)
        self.dense.build((None, 4))
        self.built = True

    def call(self, inputs):
        raise RuntimeError("call failed")


class CallsItself(keras.Model):
    def __init__(self):
        super().__init__()
        self.built = True

    def call(self, inputs):
        return self(inputs)


class EndlessModel(CallsItself):
    def call(self, inputs):
        while True:
            time.sleep(0.001)


class NoFlag(keras.layers.Layer):
    """Neither tells nor takes its flag."""

    @property
    def trainable(self):
        raise RuntimeError("no flag")

    @trainable.setter
    def trainable(self, value):
        pass


def with_nan_weights():
    nan = keras.initializers.Constant(float("nan"))
    dense = keras.layers.Dense(3, kernel_initializer=nan)
    return keras.Sequential([keras.Input((10,)), dense, keras.layers.BatchNormalization()])


class Mapping(dict):
    def __len__(self):
        raise RuntimeError("no length")


class YesMan(str):
    """Equal to everything, whatever it says."""

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def raises(*arguments):
    raise Hostile.__new__(type("Odd", (Exception,), {"__str__": Hostile.refuse}))


def leaves(*arguments):
    raise SystemExit


def pretends(*arguments):
    raise NotAttempted("a learner's own")


JUNK = {
    "empty text": "",
    "text": "fifty thousand",
    "long text": "9" * 1_000_000,
    "bytes": b"1",
    "yes man": YesMan("no"),
    "list": [],
    "dict": {},
    "dict without length": Mapping(a=1),
    "nested list": [[1, 2], [3]],
    "vector": np.ones(3),
    "rank 5": np.ones((1, 1, 1, 1, 1)),
    "NaNs": np.full((1000,), np.nan),
    "objects": np.array([None, "a"], dtype=object),
    "text array": np.array("a"),
    "nan": float("nan"),
    "inf": float("inf"),
    "minus inf": np.float32("-inf"),
    "huge int": 10**30,
    "unprintable int": 10**5000,
    "negative": -1,
    "complex": 3 + 4j,
    "hostile": Hostile(),
    "very hostile": VeryHostile(),
    "endless": Endless(),
    "generator": (n for n in count()),
    "class": Endless,
    "module": np,
    "raises": raises,
    "leaves": leaves,
    "pretends": pretends,
    "wrong parameters": lambda a, b, c, d, e, f, g: 1,
    "gives hostile": lambda *arguments: Hostile(),
    "gives itself": lambda *arguments: stub,
    "recursion": lambda *arguments: JUNK["recursion"](*arguments),
    "huge array": np.broadcast_to(1, (10**9,)),
    "gives huge array": lambda *arguments: np.broadcast_to(1, (10**9,)),
    "gives large image": lambda *arguments: np.broadcast_to(np.float32(1), (1, 10**4, 10**5, 1)),
    "type": type,
    "unequal": Unequal(),
    "gives unequal": lambda *arguments: Unequal(),
    "endless array": EndlessArray(),
    "gives endless array": lambda *arguments: EndlessArray(),
    "gives generator": lambda *arguments: (n for n in count()),
    "failing model": FailingModel(),
    "gives failing model": lambda *arguments: FailingModel(),
    "gives model that calls itself": lambda *arguments: CallsItself(),
    "gives layer without flag": lambda *arguments: NoFlag(),
    "NaN model": with_nan_weights(),
    "gives NaN model": lambda *arguments: with_nan_weights(),
    "gives NaN filter": lambda *arguments: keras.layers.Conv2D(
        1, 3, kernel_initializer=keras.initializers.Constant(float("nan"))
    ),
}
ENDLESS = {  # in which the learner's own code never ends: these take the time limit
    "gives endless model": lambda *arguments: EndlessModel(),
    "never returns": lambda *arguments: [time.sleep(0.001) for _ in count()],
    "list with endless array": [EndlessArray()],
    "gives list with endless array": lambda *arguments: [EndlessArray()],
}
AT_ONCE = 2  # seconds of CPU until junk is refused


@pytest.fixture
def untrained(monkeypatch):
    """Junk is refused at the door, so the models of exercise 3 need no training for it."""
    from helpers.tasks.when_freezing_takes_effect import repair, write

    def compiled(model):
        model.compile("sgd", "mse")
        return model

    monkeypatch.setattr(repair, "trained_model", lambda **options: compiled(repair.make_model()))
    monkeypatch.setattr(write, "after_a_fit", compiled)


@pytest.mark.parametrize("name", JUNK)  # by name: pytest itself trips over some of them
@each_bank
def test_junk_never_passes_crashes_or_dawdles(bank, name, untrained):
    junk = JUNK[name]
    for place, _ in enumerate(bank.solution):
        answers = (*bank.solution[:place], junk, *bank.solution[place + 1 :])
        gc.disable()  # or clearing up after all the tests before would be counted here
        start, cpu = time.perf_counter(), time.thread_time()
        feedback = refusal(bank.task, answers)
        taken = time.thread_time() - cpu
        gc.enable()
        assert taken < AT_ONCE
        assert time.perf_counter() - start < 20  # no hang; a busy machine may take its time
        assert isinstance(feedback, Wrong)
        assert len(str(feedback)) < 500  # a message, not a dump


@pytest.mark.parametrize("name", ENDLESS)
@each_bank
def test_code_that_never_ends_is_stopped(bank, name, untrained, monkeypatch):
    monkeypatch.setattr(helpers.tasks.core, "TIME_LIMIT", 0.3)
    feedback = refusal(bank.task, (ENDLESS[name], *bank.solution[1:]))
    assert isinstance(feedback, Wrong)
    assert len(str(feedback)) < 500


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
    feedback = refusal(toy(), (Hostile(),))
    assert message(toy(), feedback) == (
        "your answer could not be judged; it led to RuntimeError: hostile."
    )
    assert not feedback.diagnosed


def test_an_endless_loop_is_stopped_and_named():
    start = time.perf_counter()
    with pytest.raises(Wrong, match="still running after 0.2 s: is there an endless loop"):
        with time_limit(0.2):
            while True:
                pass
    assert time.perf_counter() - start < 2


def test_an_endless_loop_in_an_answer_is_stopped(monkeypatch):
    monkeypatch.setattr(helpers.tasks.core, "TIME_LIMIT", 0.2)

    class Slow:
        def __ne__(self, other):
            while True:
                pass

    assert "still running after 0.2 s" in str(refusal(toy(), (Slow(),)))


def test_an_endless_loop_is_stopped_where_interrupts_are_ignored():
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a program started with nohup
    try:
        with pytest.raises(Wrong, match="still running"), time_limit(0.2):
            while True:
                pass
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, usual)


def test_an_interrupt_that_is_swallowed_on_the_way_is_repeated():
    with pytest.raises(Wrong, match="still running"), time_limit(0.2):
        try:
            while True:
                pass
        except KeyboardInterrupt:  # as C code does that tries something else after any error
            while True:
                pass


def test_work_in_time_is_left_alone_and_ctrl_c_still_works():
    with time_limit(0.2):
        pass
    time.sleep(0.3)  # a timer left behind would interrupt here
    with pytest.raises(KeyboardInterrupt), time_limit(5):
        raise KeyboardInterrupt


@pytest.mark.parametrize("yes", [True, np.True_, np.array(True)], ids=repr)
def test_a_yes_is_not_the_number_one(yes):
    with pytest.raises(Wrong):
        whole_number("n", yes)


def test_a_tensor_that_holds_a_yes_is_not_the_number_one():
    with pytest.raises(Wrong):
        whole_number("n", keras.ops.convert_to_tensor(True))
