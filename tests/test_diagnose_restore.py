"""Promise: `diagnose` leaves a model bit for bit as it came, whatever happens inside."""

import random
import tempfile

import keras
import numpy as np
import pytest
from keras import layers

from helpers import diagnose
from helpers.diagnosis import _private, _trial

X = np.random.default_rng(0).normal(1, 1, (70, 4)).astype("float32")
Y = np.random.default_rng(1).normal(1, 1, (70, 2)).astype("float32")


class Remembers(layers.Layer):
    """Keeps its last input, a count and a list in plain Python, and draws from Keras's own seed."""

    def __init__(self):
        super().__init__()
        self.calls, self.seen, self.last = 0, [], None

    def call(self, inputs):
        self.calls, self.last = self.calls + 1, inputs
        self.seen.append(self.calls)
        return inputs + keras.random.normal((4,)) * 0.001 + np.random.normal() * random.random()


def model():
    stack = [keras.Input((4,)), layers.Dense(5, name="a", kernel_regularizer="l2")]
    stack += [layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(2)]
    return keras.Sequential(stack, name="m")


def plain():
    return model()


def just_compiled():
    made = model()
    made.compile("adam", "mse", metrics=["mae", keras.metrics.MeanSquaredError()])
    return made


def with_a_schedule():
    made = model()
    rate = keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9)
    made.compile(keras.optimizers.AdamW(rate, use_ema=True), "mse")
    return made


def fitted():
    made = just_compiled()
    made.fit(X, Y, verbose=0)
    made.evaluate(X, Y, verbose=0)
    made.stop_training = True
    return made


def frozen_too_late():
    made = fitted()
    made.get_layer("a").trainable = False
    return made


def old_optimizer():
    made = frozen_too_late()
    made.compile(made.optimizer, "mse")
    made.trainable = False
    made.trainable = True
    made.optimizer.iterations.assign(7)
    return made


def loaded():
    with tempfile.TemporaryDirectory() as folder:
        fitted().save(f"{folder}/m.keras")
        return keras.models.load_model(f"{folder}/m.keras")


def with_memory():
    made = keras.Sequential([keras.Input((4,)), Remembers(), layers.Dense(2)])
    made.compile("sgd", "mse", run_eagerly=True)
    return made


def subclassed():
    class Sub(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner, self.head = model(), layers.Dense(2)

        def call(self, inputs, training=None):
            return self.head(self.inner(inputs, training=training))

    made = Sub()
    made(X[:1])
    made.compile("rmsprop", "mse")
    return made


STATES = (
    plain, just_compiled, with_a_schedule, fitted, frozen_too_late, old_optimizer, loaded,
    with_memory, subclassed,
)  # fmt: skip


def objects(model):
    """Everything that holds state: the model, its layers, metrics and optimizer."""
    found = [*model._flatten_layers(), *model.metrics]
    extra = [model._compile_loss, model._compile_metrics, getattr(model, "optimizer", None)]
    return found + [thing for thing in extra if thing is not None]


def state(model):
    """Attributes by identity, entries of lists and dicts by identity, values by bits."""
    attributes, values = {}, {}
    for thing in objects(model):
        attributes[id(thing)] = {key: id(value) for key, value in vars(thing).items()}
        for key, value in vars(thing).items():
            if isinstance(value, list | tuple | dict | set):
                attributes[id(thing), key] = [id(entry) for entry in value]
        if tracker := vars(thing).get("_tracker"):
            attributes[id(thing), "ids"] = {k: set(v) for k, v in tracker.stored_ids.items()}
    optimizer = getattr(model, "optimizer", None)
    for variable in [
        *model.variables,
        *model.metrics_variables,
        *(optimizer.variables if optimizer else ()),
    ]:
        values[id(variable)] = keras.ops.convert_to_numpy(variable.value).tobytes()
    return attributes, values


def chance():
    seed = _private.global_seed()
    tensorflow = _private.tensorflow_random()
    return (
        random.getstate(),
        str(np.random.get_state()),
        None if seed is None else seed.state.numpy().tobytes(),
        None if tensorflow is None else tensorflow.getstate(),
    )


def graphs(model):
    return [
        list(map(id, table))
        for table in _private.trace_tables(getattr(model, "train_function", None))
    ]


@pytest.mark.parametrize(
    ("make", "batch_size"),
    [*((make, None) for make in STATES), (plain, 10), (fitted, 10), (frozen_too_late, 10)],
)
def test_everything_is_back(make, batch_size):
    made = make()
    before, drawn, traced = state(made), chance(), graphs(made)
    diagnose(made, X, Y, batch_size=batch_size)
    after = state(made)
    assert after == before and chance() == drawn and graphs(made) == traced


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("recorded", KeyboardInterrupt),
        ("taken", MemoryError),
        ("loss_now", KeyboardInterrupt),
        ("nudge", MemoryError),
    ],
)
def test_everything_is_back_after_an_interrupt(place, error, monkeypatch):
    made = frozen_too_late()
    made.get_layer("a").trainable = True
    made.layers[-1].kernel.assign(made.layers[-1].kernel * 0)
    before, drawn, traced = state(made), chance(), graphs(made)
    original = getattr(_trial, place)

    def stopped(*args, **kwargs):
        original(*args, **kwargs)
        raise error

    monkeypatch.setattr(_trial, place, stopped)
    if place == "nudge":  # is only asked where a gradient is 0
        monkeypatch.setattr(_trial, "recorded", lambda *_: _trial.Gradients({0: 0.0}))
    with pytest.raises(error):
        diagnose(made, X, Y)
    assert state(made) == before and chance() == drawn and graphs(made) == traced


def test_everything_is_back_after_an_interrupt_inside_of_a_step():
    class Stops(layers.Layer):
        at = 0

        def call(self, inputs):
            Stops.at -= 1
            if Stops.at == 0:
                raise KeyboardInterrupt
            return inputs

    made = keras.Sequential(
        [keras.Input((4,)), Stops(), layers.BatchNormalization(), layers.Dense(2)]
    )
    made.compile("adam", "mse")
    before = state(made)
    for call in (1, 2, 4, 7, 9):
        Stops.at = call
        with pytest.raises(KeyboardInterrupt):
            diagnose(made, X, Y)
        assert state(made) == before, call


@pytest.mark.parametrize("freeze", [True, False])
def test_a_later_fit_is_the_same_as_without(freeze):
    """Also at a batch size whose graph only the diagnosis had met, and after flags changed."""
    ends = []
    for ask in (False, True):
        keras.utils.set_random_seed(3)
        made = fitted()
        if ask:
            diagnose(made, X, Y, batch_size=8)
        made.get_layer("a").trainable = not freeze
        made.fit(X[:64], Y[:64], batch_size=8, verbose=0)
        ends.append([keras.ops.convert_to_numpy(v.value) for v in made.variables])
    assert all(np.array_equal(a, b) for a, b in zip(*ends, strict=True))


def test_what_it_reads_of_keras_and_tensorflow_is_still_there():
    made = fitted()
    assert _private.children(made)[-4:] == made.layers
    assert _private.built_for(made.optimizer) == {id(v) for v in made.trainable_variables}
    assert len([t for t in _private.trace_tables(made.train_function) if t]) >= 4
    inputs = keras.Input((4,))
    called = keras.Model(inputs, made(inputs, training=False))
    written = [kwargs.get("training") for _, kwargs in _private.arguments_in_graph(called)]
    assert False in written
    keras.random.normal((1,))
    assert _private.global_seed() is not None and _private.tensorflow_random() is not None
