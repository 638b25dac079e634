"""Promise: the update rule, the step count, the recorder and the freeze agree with Keras itself."""

from functools import partial
from math import prod
from subprocess import run
from sys import executable

import keras
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from keras import layers

from helpers.batchnorm import (
    Moving,
    Recorder,
    batch_statistics,
    batchnorm_layers,
    current_statistics,
    expected_moving,
    freeze_batchnorm,
    remeasure,
    steps_until,
)
from helpers.movement import compare, snapshot

few = partial(settings, deadline=None, derandomize=True)


@st.composite
def steps(draw):
    """A batch of random shape and type, the channel axis, a momentum, old values, maybe a mask."""
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=2, max_size=5)))
    axis = draw(st.sampled_from([*range(1, len(shape)), *range(-len(shape) + 1, 0)]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dtype = draw(st.sampled_from(["float16", "float32", "float64", "int32"]))
    batch = rng.normal(draw(st.integers(-5, 5)), 2, shape).astype(dtype)
    momentum = draw(st.sampled_from([0.0, 0.1, 0.5, 0.9, 0.99, 1.0]))
    old = Moving(*rng.uniform(0.5, 2, (2, shape[axis])))
    mask = rng.random(shape[:-1]) < 0.7 if draw(st.booleans()) else None
    return batch, axis, momentum, old, mask


@few(max_examples=40)
@given(steps())
def test_expected_moving_is_what_keras_does(step):
    batch, axis, momentum, old, mask = step
    if mask is not None:
        assume(
            batch.shape[axis] > 1
        )  # Keras 3.15.1 squeezes a single masked channel away and fails
        # With another channel axis a mask may leave a channel without any example.
        others = tuple(i for i in range(batch.ndim) if i != axis % batch.ndim)
        assume(np.broadcast_to(mask[..., None], batch.shape).any(axis=others).all())
    dtype = "float32" if batch.dtype.kind == "i" else batch.dtype.name
    layer = layers.BatchNormalization(axis=axis, momentum=momentum, dtype=dtype)
    layer.build(batch.shape)
    layer.moving_mean.assign(old.mean)
    layer.moving_variance.assign(old.variance)
    old = current_statistics(layer)  # as far as the layer's type can hold them
    layer(batch.astype(dtype), training=True, mask=mask)
    expected = expected_moving(old, batch, momentum, axis, mask)
    tolerance = 4e-3 if dtype == "float16" else 1e-5
    for new, wanted in zip(current_statistics(layer), expected, strict=True):
        np.testing.assert_allclose(new, wanted, rtol=tolerance, atol=tolerance)


def test_a_masked_number_may_be_anything():
    batch = np.array([[1.0], [3.0], [np.nan]])
    assert batch_statistics(batch, mask=[True, True, False]) == Moving([2.0], [1.0])


def test_mixed_precision_keeps_the_statistics_in_float32():
    layer = layers.BatchNormalization(momentum=0.5, dtype="mixed_float16")
    batch = np.random.default_rng(0).normal(3, 1, (64, 4)).astype("float16")
    layer(batch, training=True)
    expected = expected_moving((0, 1), batch, 0.5)
    np.testing.assert_allclose(current_statistics(layer).mean, expected.mean, atol=1e-5)


TWO_DEVICES = """
import tensorflow as tf
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], two)
import keras, numpy as np
from helpers import Recorder, compare, ledger, remeasure, snapshot
with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
    norms = [
        keras.layers.BatchNormalization(momentum=0.0, synchronized=each) for each in (False, True)
    ]
    inputs = keras.Input((1,))
    model = keras.Model(inputs, keras.layers.add([norm(inputs) for norm in norms]))
    model.compile(keras.optimizers.SGD(0.0), "mse")
batch = np.array([[0], [2], [10], [12]], "float32")
print(ledger(model).total)
start = snapshot(model)
model.fit(batch, batch, batch_size=4, shuffle=False, verbose=0)
print([round(float(v[0])) for norm in norms for v in (norm.moving_mean, norm.moving_variance)])
print([norm.moving_mean.value.values[1].numpy().tolist() for norm in norms])
print(len(compare(start).moved))
fitted = snapshot(model)
norms[0].moving_mean.value.values[1].assign([7.0])
print(compare(fitted).verdict())
fitted.restore()
print(compare(fitted).verdict(), norms[0].moving_mean.value.values[1].numpy().tolist())
remeasure(model, batch)
print([each.numpy().tolist() for each in norms[0].moving_mean.value.values])
try:
    model.fit(batch, batch, verbose=0, callbacks=[Recorder(norms[0])])
except ValueError as error:
    print(error)
"""


def test_each_device_has_statistics_of_its_own_unless_they_are_synchronized():
    found = run([executable, "-c", TWO_DEVICES], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-8:] == [
        "8",
        "[1, 1, 6, 26]",  # in lesson 5
        "[[11.0], [6.0]]",
        "3",  # the unsynchronised variance was 1 at the start, too
        "only batch_normalization/moving_mean moved",  # on the second device
        "nothing moved [11.0]",
        "[[6.0], [6.0]]",
        "the model trains on 2 devices, each with its own batch",
    ]


@pytest.mark.parametrize("momentum", [0.1, 0.01, 0.5])
def test_the_table_of_pytorch_is_right(momentum):
    torch = pytest.importorskip("torch")
    batch = np.random.default_rng(1).normal(3, 2, (5, 4, 6, 7)).astype("float32")  # channels first
    layer = torch.nn.BatchNorm2d(4, momentum=momentum)
    layer.train()(torch.from_numpy(batch))
    ours = expected_moving((0, 1), batch, 1 - momentum, axis=1)
    np.testing.assert_allclose(layer.running_mean.numpy(), ours.mean, atol=1e-5)
    examples = prod(batch.shape) // 4
    population = batch_statistics(batch, axis=1).variance
    sample = (1 - momentum) + momentum * population * examples / (examples - 1)
    np.testing.assert_allclose(layer.running_var.numpy(), sample, rtol=1e-5)
    default = torch.nn.BatchNorm2d(1)
    assert (default.momentum, default.eps) == (0.1, 1e-5)
    assert [name for name, _ in default.named_parameters()] == ["weight", "bias"]
    assert [name for name, _ in default.named_buffers()][:2] == ["running_mean", "running_var"]


def test_keras_defaults_are_those_of_the_lesson():
    layer = layers.BatchNormalization()
    layer.build((None, 3))
    assert (layer.momentum, layer.epsilon) == (0.99, 1e-3)
    assert current_statistics(layer).mean.tolist() == [0, 0, 0]
    assert current_statistics(layer).variance.tolist() == [1, 1, 1]
    names = ["gamma", "beta", "moving_mean", "moving_variance"]
    assert [weight.name for weight in layer.weights] == names


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"batch": np.ones(3)}, "at least two axes"),
        ({"batch": np.ones((2, 3)), "axis": 2}, "a whole number from -2 to 1, not 2"),
        ({"batch": np.ones((0, 3))}, "no example is left"),
        ({"batch": np.ones((2, 3)), "mask": [False, False]}, "no example is left"),
        ({"batch": np.ones((2, 3)), "mask": [True]}, r"shape must be \(2,\), not \(1,\)"),
        ({"batch": np.ones((2, 3)), "momentum": 1.5}, "from 0 to 1, not 1.5"),
        ({"batch": np.ones((2, 3)), "momentum": float("nan")}, "from 0 to 1, not nan"),
        ({"batch": np.ones((2, 3)), "old": (np.zeros(2), np.ones(2))}, "3 channels expected"),
        ({"batch": np.ones((2, 3)), "old": (0, 1, 2)}, "not 3 things"),
    ],
)
def test_expected_moving_says_what_does_not_fit(arguments, said):
    with pytest.raises(ValueError, match=said):
        expected_moving(**{"old": (0, 1), **arguments})


@few(max_examples=60)
@given(st.floats(1e-6, 0.999), st.floats(0, 0.9995))
def test_steps_until_is_the_first_step_that_is_close_enough(tolerance, momentum):
    steps = steps_until(tolerance, momentum)
    assert steps >= 1
    assert momentum**steps <= tolerance * (1 + 1e-12)
    assert steps == 1 or momentum ** (steps - 1) > tolerance


def test_steps_until_at_whole_numbers_and_in_the_lesson():
    assert [steps_until(0.5**n, 0.5) for n in (1, 2, 3, 10, 50)] == [1, 2, 3, 10, 50]
    assert [steps_until(0.1**n, 0.1) for n in (1, 2, 3)] == [1, 2, 3]
    assert [steps_until(t, m) for m in (0.99, 0.9) for t in (0.05, 0.01)] == [299, 459, 29, 44]
    for tolerance, momentum in ((0, 0.9), (1, 0.9), (0.1, 1), (0.1, -0.1)):
        with pytest.raises(ValueError, match="momentum|tolerance"):
            steps_until(tolerance, momentum)


# --- layers in models ---------------------------------------------------------------------------


class Box(layers.Layer):
    """A layer of somebody's own, with a BatchNormalization inside."""

    def __init__(self):
        super().__init__(name="box")
        self.norm = layers.BatchNormalization(name="hidden_norm")

    def build(self, shape):
        self.norm.build(shape)

    def call(self, x):
        return self.norm(x)


def nested():
    inner = keras.Sequential(
        [keras.Input((3,)), layers.Dense(3), layers.BatchNormalization(name="norm2"), Box()]
    )
    first = layers.BatchNormalization(name="norm1", momentum=0.9)
    stack = [keras.Input((3,)), first, inner, layers.Dense(1, name="head")]
    return keras.Sequential(stack, name="outer")


def data(examples=40):
    rng = np.random.default_rng(2)
    return rng.normal(4, 2, (examples, 3)), rng.normal(9, 1, (examples, 1))


def fit(model, epochs=1, callbacks=(), rate=0.0):
    model.compile(keras.optimizers.SGD(rate), "mse")
    model.fit(*data(), batch_size=8, epochs=epochs, verbose=0, callbacks=list(callbacks))


def test_every_batchnorm_is_found_and_frozen_at_any_depth():
    model = nested()
    assert [layer.name for layer in batchnorm_layers(model)] == ["norm1", "norm2", "hidden_norm"]
    model.layers[0].trainable = False
    freeze = freeze_batchnorm(model)
    assert (freeze.frozen, freeze.already) == (("norm2", "hidden_norm"), ("norm1",))
    assert repr(freeze) == (
        "froze 2 BatchNormalization layers: norm2, hidden_norm (frozen before: norm1); "
        "compile before the next fit"
    )
    before = snapshot(model)
    fit(model, rate=0.001)
    moved = compare(before).moved
    assert moved and not any("norm" in path for path in moved)
    assert repr(freeze_batchnorm(model)).startswith("froze 0 BatchNormalization layers (frozen")


@pytest.mark.parametrize("function", [freeze_batchnorm, lambda model: remeasure(model, data()[0])])
def test_a_model_without_batchnorm_is_refused(function):
    plain = keras.Sequential([keras.Input((3,)), layers.Dense(2)], name="plain")
    with pytest.raises(ValueError, match="'plain' has no BatchNormalization layer"):
        function(plain)
    with pytest.raises(ValueError, match="not built"):
        function(keras.Sequential([layers.BatchNormalization()]))
    with pytest.raises(TypeError, match="not list"):
        function([])


def test_remeasure_sets_all_statistics_and_nothing_else():
    model = nested()
    x, _ = data()
    before = snapshot(model)
    remeasure(model, x)
    assert all("/moving_" in path for path in compare(before).moved)
    assert len(compare(before).moved) == 6
    first = current_statistics(model.layers[0])
    np.testing.assert_allclose(first.mean, x.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(first.variance, x.var(axis=0), rtol=1e-5)
    # With the right statistics everywhere, inference on these data is training mode.
    inference = model(x, training=False)
    np.testing.assert_allclose(inference, model(x, training=True), atol=1e-4)
    assert [layer.momentum for layer in batchnorm_layers(model)] == [0.9, 0.99, 0.99]
    model.layers[0].trainable = False
    with pytest.raises(ValueError, match="thaw norm1"):
        remeasure(model, x)


def test_remeasure_puts_the_momenta_back_when_the_call_fails():
    model = nested()
    with pytest.raises(Exception, match="."):
        remeasure(model, np.ones((4, 7)))
    assert [layer.momentum for layer in batchnorm_layers(model)] == [0.9, 0.99, 0.99]


def test_the_recorder_sees_every_step_and_works_out_the_batches():
    model = nested()
    layer = model.layers[0]
    recorder = Recorder(layer)
    model.compile(keras.optimizers.SGD(0.0), "mse")
    x, y = data()
    model.fit(x, y, batch_size=8, shuffle=False, verbose=0, callbacks=[recorder])
    assert [record.step for record in recorder.records] == [1, 2, 3, 4, 5]
    moving = Moving(np.zeros(3), np.ones(3))
    for record, batch in zip(recorder.records, np.split(x, 5), strict=True):
        moving = expected_moving(moving, batch, layer.momentum)
        np.testing.assert_allclose(record.moving, moving, rtol=1e-5)
        np.testing.assert_allclose(record.batch, batch_statistics(batch), rtol=1e-3)


def test_the_recorder_s_memory_is_bounded_and_spans_the_run():
    model = nested()
    recorder = Recorder(model.layers[0], most=8)
    fit(model, epochs=10, callbacks=[recorder])  # 50 steps
    recorded = [record.step for record in recorder.records]
    assert recorded == [8, 16, 24, 32, 40, 48]
    fit(model, callbacks=[recorder])  # a second fit goes on
    assert [record.step for record in recorder.records] == [*recorded]
    fit(model, callbacks=[recorder])
    assert [record.step for record in recorder.records] == [*recorded, 56]


def test_the_recorder_refuses_what_it_cannot_record():
    with pytest.raises(TypeError, match="not <Dense"):
        Recorder(layers.Dense(1))
    with pytest.raises(ValueError, match="'new' is not built"):
        Recorder(layers.BatchNormalization(name="new"))
    built = layers.BatchNormalization(momentum=1.0)
    built.build((None, 2))
    with pytest.raises(ValueError, match="never change"):
        Recorder(built)
    with pytest.raises(ValueError, match="2 or more, not 1"):
        Recorder(nested().layers[0], most=1)
