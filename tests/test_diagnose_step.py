"""Promise: `diagnose(..., step=step)` tries a loop of one's own, and puts it all back."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from helpers import diagnose

RNG = np.random.default_rng(0)
X = RNG.uniform(1, 2, (64, 4)).astype("float32")
Y = RNG.uniform(5, 9, (64, 2)).astype("float32")
MOVES = "a frozen layer does not stand still"


def with_head():
    """Program 5's patient: a frozen base of three Dense layers and a head on top of it."""
    stack = [layers.Dense(3, name=name) for name in ("low", "mid", "high")]
    base = keras.Sequential([keras.Input((4,)), *stack], name="base", trainable=True)
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(2, name="head")(base(inputs)), name="model")
    base.trainable = False
    return model


def train_on(model, optimizer, weights, x, y):
    """Program 5's loop, one step of it; `weights` is asked for in each step."""
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x, training=True) - y) ** 2)
    wanted = weights(model)
    optimizer.apply(tape.gradient(loss, wanted), wanted)


def every(model):
    return model.weights


def learned(model):
    return model.trainable_weights


def test_program_5_is_found_and_its_repair_leaves_nothing():
    model = with_head()

    def by_hand(weights):
        return lambda x, y: train_on(model, keras.optimizers.SGD(0.01), weights, x, y)

    found = diagnose(model, X, Y, step=by_hand(every))
    (finding,) = found.findings
    assert (finding.kind, finding.where, finding.lesson) == (MOVES, "base", 2)
    assert "base/low/kernel is frozen, and moved" in finding.evidence and "loop" in finding.why
    assert "model.trainable_weights" in finding.repair and "your own step" in found.tried
    assert diagnose(model, X, Y, step=by_hand(learned)).kinds == []


def test_a_list_made_before_the_freeze_is_found_in_a_compiled_model_too():
    """The compiled step is healthy, and not what trains."""
    model = with_head()
    model.compile("sgd", "mse")
    optimizer = keras.optimizers.SGD(0.01)
    step = functools.partial(train_on, model, optimizer, every)
    assert diagnose(model, X, Y).kinds == []
    assert diagnose(model, X, Y, step=step).kinds == [MOVES]


def test_what_a_layer_does_itself_is_not_laid_at_the_loop():
    class Walker(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")

        def call(self, inputs):
            self.scale.assign_add(0.5)
            return inputs * self.scale

    model = keras.Sequential([keras.Input((4,)), Walker(trainable=False), layers.Dense(2)])
    step = functools.partial(train_on, model, keras.optimizers.SGD(0.01), learned)
    (finding,) = diagnose(model, X, Y, step=step).findings
    assert finding.kind == MOVES and "its layer sets it" in finding.why


def test_a_loss_that_y_does_not_fit_is_the_steps_own_affair():
    model = with_head()
    optimizer = keras.optimizers.SGD(0.01)

    def step(x, y):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean(model(x, training=True) ** 2)
        optimizer.apply(tape.gradient(loss, learned(model)), learned(model))

    assert diagnose(model, X, step=step).kinds == []
    assert diagnose(model, X, np.zeros((64, 7)), step=step).kinds == []


# --- everything is back --------------------------------------------------------------------------


def bits(*things):
    return [[keras.ops.convert_to_numpy(v).tobytes() for v in thing.variables] for thing in things]


def shape_of(optimizer):
    """Its attributes by identity, and the entries of its lists."""
    own = {name: id(value) for name, value in vars(optimizer).items()}
    lists = {k: list(map(id, v)) for k, v in vars(optimizer).items() if isinstance(v, list)}
    return own, lists, optimizer.built


class Trainer:
    def __init__(self, model, optimizer):
        self.model, self.optimizers, self.losses = model, {"all": optimizer}, []

    def step(self, x, y):
        self.losses.append(0.0)
        train_on(self.model, self.optimizers["all"], every, x, y)


def closure(model, optimizer):
    return lambda x, y: train_on(model, optimizer, every, x, y)


def default(model, optimizer):
    return lambda x, y, by=optimizer: train_on(model, by, every, x, y)


def through_a_function(model, optimizer):
    inner = closure(model, optimizer)
    return lambda x, y: inner(x, y)


def partial(model, optimizer):
    return functools.partial(train_on, model, optimizer, every)


def method(model, optimizer):
    return Trainer(model, optimizer).step


def graph(model, optimizer):
    return tf.function(closure(model, optimizer))


def in_globals(model, optimizer):
    names = {"train_on": train_on, "model": model, "optimizer": optimizer, "every": every}
    exec("def step(x, y): train_on(model, optimizer, every, x, y)", names)
    return names["step"]


WAYS = (closure, default, through_a_function, partial, method, graph, in_globals)


@pytest.mark.parametrize(
    ("way", "built"), [*((way, False) for way in WAYS), (graph, True), (method, True)]
)
def test_what_the_step_uses_is_back(way, built):
    model, optimizer = with_head(), keras.optimizers.Adam(0.01)
    step = way(model, optimizer)
    if built:
        step(X[:32], Y[:32])
    before = bits(model, optimizer), shape_of(optimizer)
    assert diagnose(model, X, Y, step=step).kinds == [MOVES]
    assert (bits(model, optimizer), shape_of(optimizer)) == before
    if way is method:
        assert len(step.__self__.losses) == built
    step(X[:32], Y[:32])  # and it goes on as if nothing had been
    assert int(optimizer.iterations) == 1 + built


def test_another_model_that_the_step_trains_is_back():
    model, other, optimizer = with_head(), with_head(), keras.optimizers.SGD(0.01)

    def step(x, y):
        train_on(other, optimizer, every, x, y)

    before = bits(model, other)
    assert diagnose(model, X, Y, step=step).kinds == [] and bits(model, other) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, ArithmeticError])
def test_everything_is_back_after_a_step_that_stops(error):
    model, optimizer = with_head(), keras.optimizers.Adam(0.01)

    def step(x, y):
        train_on(model, optimizer, every, x, y)
        if optimizer.iterations == 2:
            raise error("the second step")

    before = bits(model, optimizer), shape_of(optimizer)
    expected = error if error is KeyboardInterrupt else ValueError
    with pytest.raises(expected, match="the second step"):
        diagnose(model, X, Y, step=step)
    assert (bits(model, optimizer), shape_of(optimizer)) == before


@pytest.mark.parametrize("step", [3, "step", lambda: None, lambda x: None, lambda x, y, z: None])
def test_a_step_that_takes_no_batch_is_refused(step):
    with pytest.raises(TypeError, match=r"step should be a function step\(x, y\)"):
        diagnose(with_head(), X, Y, step=step)


def test_a_step_that_fails_says_why():
    with pytest.raises(ValueError, match="step cannot take a batch of 32 rows: no such loss"):
        diagnose(
            with_head(), X, Y, step=lambda x, y: (_ for _ in ()).throw(OSError("no such loss"))
        )
