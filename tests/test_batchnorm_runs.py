"""Promise: where a BatchNormalization layer runs several times, or by another rule, the recorder
and `remeasure` give what NumPy gives, or refuse and leave everything as it was.
"""

from functools import partial

import keras
import numpy as np
import pytest
from keras import layers

from helpers.batchnorm import (
    Recorder,
    batch_statistics,
    current_statistics,
    freeze_batchnorm,
    remeasure,
    renormalizes,
)
from helpers.movement import compare, snapshot

MANY = np.random.default_rng(5).normal(3, 2, (40, 6, 4)).astype("float32")
MANY[:, 1] += 10  # so that pooled statistics are not those of any one run
BATCHES = [MANY[:16], MANY[16:32], MANY[32:]]


def around(norm, *before, shape=(6, 4)):
    return keras.Sequential([keras.Input(shape), *before, norm, layers.Dense(1)], name="around")


class Own(keras.Model):
    """A subclassed model that is built when it is first called."""

    def __init__(self, norm):
        super().__init__(name="own")
        self.norm, self.head = norm, layers.Dense(1)

    def call(self, x, training=False):
        return self.head(self.norm(x, training=training))


class TwoViews(keras.Model):
    """Whose training step calls it on two views of a batch."""

    def train_step(self, data):
        self(data[0] + 1, training=True)
        return super().train_step(data)


def two_views(norm):
    inputs = keras.Input((6, 4))
    return TwoViews(inputs, layers.Dense(1)(norm(inputs)), name="two_views")


def twice(norm):
    inputs = keras.Input((6, 4))
    return keras.Model(inputs, layers.Dense(1)(norm(norm(inputs))))


def in_time(norm):
    return around(layers.TimeDistributed(norm))


def own(norm):
    model = Own(norm)
    model(MANY[:2])
    return model


def recorded(make, fits=1, **compiled):
    norm = layers.BatchNormalization(name="norm")
    model = make(norm)
    model.compile(**{"optimizer": keras.optimizers.SGD(0.1), "loss": "mse"} | compiled)
    recorder = Recorder(norm)
    for _ in range(fits):
        model.fit(
            MANY, MANY[:, :, :1], batch_size=16, shuffle=False, verbose=0, callbacks=[recorder]
        )
    return recorder


@pytest.mark.parametrize(
    ("make", "compiled"),
    [
        (around, {}),
        (around, {"run_eagerly": True}),
        (around, {"jit_compile": False}),
        (around, {"optimizer": keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)}),
        (own, {}),
    ],
)
def test_a_record_holds_the_batch_s_own_statistics(make, compiled):
    records = recorded(make, fits=2, **compiled).records
    assert [record.step for record in records] == [1, 2, 3, 4, 5, 6]
    for record, batch in zip(records, 2 * BATCHES, strict=True):
        np.testing.assert_allclose(record.batch, batch_statistics(batch), rtol=1e-3, atol=1e-2)


def test_a_record_leaves_out_what_is_masked():
    x = MANY.copy()
    x[:, 4:] = 0
    norm = layers.BatchNormalization()
    model = around(norm, layers.Masking(0.0))
    model.compile("sgd", "mse")
    recorder = Recorder(norm)
    model.fit(x, MANY[:, :, :1], batch_size=40, verbose=0, callbacks=[recorder])
    expected = batch_statistics(x, mask=(x != 0).any(axis=-1))
    np.testing.assert_allclose(recorder.records[0].batch, expected, rtol=1e-3)


def test_two_recorders_of_one_layer_see_the_same():
    norm = layers.BatchNormalization()
    model = around(norm)
    model.compile("sgd", "mse")
    both = [Recorder(norm), Recorder(norm)]
    for _ in range(2):
        model.fit(MANY, MANY[:, :, :1], batch_size=16, verbose=0, callbacks=both)
    first, second = ([r.batch.mean.tolist() for r in each.records] for each in both)
    assert first == second and len(first) == 6


def test_a_record_goes_by_the_momentum_that_the_step_was_made_with():
    norm = layers.BatchNormalization()
    model = around(norm)
    model.compile("sgd", "mse")
    recorder = Recorder(norm)
    model.fit(MANY, MANY[:, :, :1], batch_size=40, verbose=0, callbacks=[recorder])
    norm.momentum = 0.5  # TensorFlow's step was made before, and goes on with 0.99
    model.fit(MANY, MANY[:, :, :1], batch_size=40, verbose=0, callbacks=[recorder])
    for record in recorder.records:
        np.testing.assert_allclose(record.batch, batch_statistics(MANY), rtol=1e-3)


class Sets(keras.callbacks.Callback):
    """Writes the statistics itself before each step."""

    def on_train_batch_begin(self, batch, logs=None):
        self.model.layers[0].moving_mean.assign(4 * [50.0])


def test_a_record_knows_what_others_did_to_the_statistics_meanwhile():
    norm = layers.BatchNormalization()
    model = around(norm)
    recorder = Recorder(norm)
    model.compile("sgd", "mse")
    settings = {"batch_size": 40, "verbose": 0}
    model.fit(MANY, MANY[:, :, :1], callbacks=[Sets(), recorder], **settings)
    remeasure(model, 3 * MANY)  # by another momentum, in a call that is no step
    model.fit(MANY, MANY[:, :, :1], callbacks=[recorder], **settings)
    assert len(recorder.records) == 2
    for record in recorder.records:
        np.testing.assert_allclose(record.batch, batch_statistics(MANY), rtol=1e-3)


@pytest.mark.parametrize(
    ("make", "compiled", "said"),
    [
        (twice, {}, "'norm' ran 2 times in one step"),
        (in_time, {}, "'norm' ran 6 times in one step of 'around'"),
        (two_views, {}, "'norm' ran 2 times in one step of 'two_views'"),
        (around, {"steps_per_execution": 2}, "with steps_per_execution=2"),
        (around, {"steps_per_execution": "auto"}, "with steps_per_execution=auto"),
    ],
)
def test_a_recorder_stops_where_a_step_is_not_one_update(make, compiled, said):
    with pytest.raises(ValueError, match=said):
        recorded(make, **compiled)


def trained(model):
    model.compile("sgd", "mse")
    model.fit(MANY, MANY[:, :, :1], verbose=0)
    return model


def elsewhere(norm):
    norm.build((None, 6, 4))
    return around(layers.BatchNormalization())


@pytest.mark.parametrize(
    "make",
    [
        lambda norm: trained(around(norm)),
        lambda norm: around(setattr(norm, "trainable", False) or norm),
        elsewhere,
    ],
    ids=["the step is older", "frozen", "not in the model"],
)
def test_a_recorder_stops_where_its_layer_was_not_seen_to_run(make):
    norm = layers.BatchNormalization(name="norm")
    model = make(norm)
    if not model.compiled:
        model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="'norm' did not run in training mode in a step of"):
        model.fit(MANY, MANY[:, :, :1], verbose=0, callbacks=[Recorder(norm)])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"renorm": True}, "has renorm=True"),
        ({"dtype": "float16"}, "rounds its .* to float16"),
        ({"momentum": 1 - 1e-6}, "rounds its .* to float32: with momentum 0.999999, a batch"),
    ],
)
def test_a_recorder_refuses_another_rule_and_coarse_statistics(options, said):
    norm = layers.BatchNormalization(**options)
    norm.build((None, 4))
    with pytest.raises(ValueError, match=said):
        Recorder(norm)


PADDED = MANY.copy()
PADDED[:30, 4:] = 0
COUNTED = (PADDED != 0).any(axis=-1)


def in_time_and_masked(norm):
    return keras.Sequential(
        [keras.Input((6, 4)), layers.Masking(0.0), layers.TimeDistributed(norm)]
    )


def in_time_of_any_length(norm):
    return keras.Sequential([keras.Input((None, 4)), layers.TimeDistributed(norm)])


def in_a_part_in_time(norm):
    return keras.Sequential(
        [keras.Input((6, 4)), layers.TimeDistributed(keras.Sequential([norm, layers.Dense(2)]))]
    )


@pytest.mark.parametrize(
    ("make", "x", "mask"),
    [
        (around, MANY, None),
        (partial(around, shape=(None, 4)), MANY, None),
        (lambda norm: around(norm, layers.Masking(0.0)), PADDED, COUNTED),
        (in_time, MANY, None),
        (in_time_of_any_length, MANY, None),
        (in_a_part_in_time, MANY, None),
        (in_time_and_masked, PADDED, COUNTED),
        (own, MANY, None),
    ],
)
@pytest.mark.parametrize("options", [{}, {"synchronized": True}])
def test_remeasure_pools_all_that_a_layer_saw(make, x, mask, options):
    norm = layers.BatchNormalization(momentum=0.9, **options)
    model = make(norm)
    remeasure(model, x)
    expected = batch_statistics(x, mask=mask)
    np.testing.assert_allclose(current_statistics(norm), expected, rtol=1e-4, atol=1e-4)
    assert norm.momentum == 0.9 and "call" not in vars(norm)


def test_remeasure_weighs_the_inputs_of_a_shared_layer_by_their_numbers():
    left, right, norm = keras.Input((4,)), keras.Input((6, 4)), layers.BatchNormalization()
    inner = keras.Sequential([layers.Reshape((1, 4)), norm, layers.Reshape((4,))])
    model = keras.Model([left, right], [inner(left), norm(right)])
    alone = np.random.default_rng(6).normal(-5, 1, (40, 4))
    remeasure(model, [alone, MANY])
    expected = batch_statistics(np.concatenate([alone, MANY.reshape(-1, 4)]))
    np.testing.assert_allclose(current_statistics(norm), expected, rtol=1e-4)


def test_remeasure_changes_no_other_weight():
    """SpectralNormalization divides its kernel in training mode: a learned weight."""
    spectral = layers.SpectralNormalization(layers.Dense(4))
    model = around(layers.BatchNormalization(name="norm"), spectral, layers.Dropout(0.5))
    before = snapshot(model)
    remeasure(model, MANY)
    seed, *moved = compare(before).moved
    assert moved == ["around/norm/moving_mean", "around/norm/moving_variance"]
    assert seed.endswith("seed_generator_state")


class Inference(keras.Model):
    """Normalises twice, the second time never in training mode."""

    def __init__(self, norm):
        super().__init__(name="inference")
        self.first, self.norm = layers.BatchNormalization(), norm

    def call(self, x, training=False):
        return self.norm(self.first(x, training=training), training=False)


class Cell(layers.Layer):
    """An RNN's cell that normalises what comes in."""

    state_size = output_size = 4

    def __init__(self, norm):
        super().__init__()
        self.norm = norm

    def build(self, shape):
        self.norm.build(shape)

    def call(self, x, states, training=None):
        x = self.norm(x, training=training)
        return x, [x]


@pytest.mark.parametrize(
    ("make", "options", "said"),
    [
        (Inference, {}, "norm cannot be measured: a call of 'inference' in training mode"),
        (lambda norm: around(layers.RNN(Cell(norm), name="rnn")), {}, "'norm' is part of .* 'rnn'"),
        (around, {"renorm": True}, "'norm' has renorm=True"),
    ],
)
def test_remeasure_refuses_what_it_cannot_measure_and_leaves_all_as_it_was(make, options, said):
    norm = layers.BatchNormalization(name="norm", **options)
    model = make(norm)
    model(MANY)
    before = snapshot(model)
    with pytest.raises(ValueError, match=said):
        remeasure(model, MANY)
    assert compare(before).verdict() == "nothing moved"
    assert norm.momentum == 0.99 and "call" not in vars(norm)


class Halved(layers.BatchNormalization):
    def call(self, inputs, training=None, mask=None):
        return super().call(inputs / 2, training=training, mask=mask)


@pytest.mark.parametrize("ask", [lambda norm: remeasure(around(norm), MANY), Recorder])
def test_a_norm_with_a_call_of_its_own_is_refused(ask):
    norm = Halved(name="norm")
    norm.build((None, 6, 4))
    with pytest.raises(ValueError, match="'norm' is a Halved with a `call` of its own"):
        ask(norm)


@pytest.mark.parametrize(
    ("before", "x", "dtype"),
    [
        ([], MANY[:0], "float32"),
        ([layers.Masking(0.0)], 0 * MANY, "float32"),
        ([], np.where(MANY > 3, np.nan, MANY), "float32"),
        ([], 300 * MANY, "float16"),
    ],
    ids=["empty", "masked", "NaN", "too large"],
)
def test_remeasure_refuses_a_batch_without_statistics(before, x, dtype):
    model = around(layers.BatchNormalization(name="norm", dtype=dtype), *before)
    start = snapshot(model)
    with pytest.raises(ValueError, match="norm cannot be measured: all that goes into it is"):
        remeasure(model, x)
    assert compare(start).verdict() == "nothing moved"


class Tied(layers.BatchNormalization):
    def build(self, input_shape):
        super().build(input_shape)
        self.moving_mean = self.other[0].moving_mean


def test_two_norms_with_one_moving_mean_are_both_found():
    first, second = layers.BatchNormalization(name="a"), Tied(name="b")
    second.other = (first,)
    model = keras.Sequential([keras.Input((6, 4)), first, second])
    assert set(freeze_batchnorm(model).frozen) == {"a", "b"}


def test_a_keras_that_does_not_know_renorm_is_served():
    """Before version 3.14 the layer has no such attribute; the matrix runs lessons on one."""
    assert not renormalizes(layers.Layer()) and not renormalizes(layers.BatchNormalization())


def test_layers_that_share_their_statistics_are_refused():
    class Borrows(layers.BatchNormalization):
        def build(self, shape):
            super().build(shape)
            self.moving_mean = lender.moving_mean

    lender = layers.BatchNormalization(name="lender")
    model = around(lender, shape=(6, 4))
    model = keras.Sequential([model.layers[0], layers.Rescaling(2, 7), Borrows()])
    model.build((None, 6, 4))
    before = snapshot(model)
    with pytest.raises(ValueError, match="several layers hold one moving mean"):
        remeasure(model, MANY)
    assert compare(before).moved == []
