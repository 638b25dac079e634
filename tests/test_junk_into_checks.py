"""Promise: whatever a learner hands in, a check neither accepts it nor crashes nor hangs."""

import gc
import time
from importlib import import_module
from itertools import count

import keras
import numpy as np
import pytest
from banks import every_bank, refusal

from helpers.tasks import core
from helpers.tasks.core import NotAttempted, Wrong
from helpers.tasks.time_limit import Limit, slowness

each_bank = pytest.mark.parametrize("bank", every_bank(), ids=lambda bank: bank.task.name)


def stub():
    pass


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
AT_ONCE = 2  # seconds of computing until junk is refused, longer on a slower machine


def once(function):
    """The function's first result, again and again, for the same options."""
    made = {}

    def same(*arguments, **options):
        key = str(options)
        if key not in made:
            made[key] = function(*arguments, **options)
        return made[key]

    return same


MADE_ONCE = {
    (module, name): once(getattr(module, name))
    for module, name in [  # imported by path: most modules share their name with a task
        (import_module(f"helpers.tasks.{path}"), name)
        for path, name in [
            ("freezing_clinic.capstone", "mini_googlenet"),
            ("freezing_clinic.contradictions", "_frozen_after_a_fit"),
            ("freezing_clinic.contradictions", "_with_random_state"),
            ("other_state.in_order", "trained_reader"),
            ("other_state.lora_only", "trained_reader"),
            ("pretrained_networks.by_block", "mini_googlenet"),
            ("pretrained_networks.by_name", "mini_googlenet"),
            ("pretrained_networks.second_phase", "after_first_phase"),
            ("when_freezing_takes_effect.fine_tuned", "trained_model"),
            ("when_freezing_takes_effect.first_layers", "after_a_fit"),
            ("when_freezing_takes_effect.thawed", "trained_model"),
        ]
    ]
}


@pytest.fixture
def made_once(monkeypatch):
    """What junk is handed is made and trained once for all junk, which changes nothing in it."""
    for (module, name), same in MADE_ONCE.items():
        monkeypatch.setattr(module, name, same)


@pytest.mark.parametrize("name", JUNK)  # by name: pytest itself trips over some of them
@each_bank
def test_junk_never_passes_crashes_or_dawdles(bank, name, made_once):
    junk = JUNK[name]
    for place, _ in enumerate(bank.solution):
        answers = (*bank.solution[:place], junk, *bank.solution[place + 1 :])
        gc.disable()  # or clearing up after all the tests before would be counted here
        cpu = time.thread_time()
        feedback = refusal(bank.task, answers)
        taken = time.thread_time() - cpu
        gc.enable()
        assert taken < AT_ONCE * slowness()
        assert isinstance(feedback, Wrong)
        assert len(str(feedback)) < 500  # a message, not a dump
        assert str(feedback).splitlines()[0].endswith((".", "?", "!"))  # and a whole sentence


@pytest.mark.parametrize("name", ENDLESS)
@each_bank
def test_code_that_never_ends_is_stopped(bank, name, made_once, monkeypatch):
    monkeypatch.setattr(core, "TIME_LIMIT", Limit(cpu=0.3, wall=0.3))
    feedback = refusal(bank.task, (ENDLESS[name], *bank.solution[1:]))
    assert isinstance(feedback, Wrong)
    assert len(str(feedback)) < 500
