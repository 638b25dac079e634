"""Promise: movement reports exactly which variables changed, and by how much."""

import keras
import numpy as np
import pytest
from keras import layers

from helpers.ledger import Role
from helpers.movement import compare, snapshot


def stack(*middle, shape=(4,), **dtype):
    """Linear layers, so that every healthy weight must move on any data that is not zero."""
    first, last = layers.Dense(3, name="a", **dtype), layers.Dense(2, name="b", **dtype)
    return keras.Sequential([keras.Input(shape), first, *middle, last], name="m")


def step(model, rate=0.1):
    """One optimizer step on data whose mean and targets are far from zero."""
    rng = np.random.default_rng(0)
    shape = (16, *model.input_shape[1:]) if hasattr(model, "input_shape") else (16, 4)
    # Eager, because a traced step would take longer to build than to run.
    model.compile(keras.optimizers.SGD(rate), "mse", run_eagerly=True)
    model.train_on_batch(rng.normal(3, 1, shape), rng.normal(9, 1, (16, 2)))


def moved_by_a_step(model, rate=0.1):
    before = snapshot(model)
    step(model, rate)
    return compare(before)


def test_a_snapshot_is_a_copy():
    model = stack()
    before = snapshot(model)
    kept = [value.copy() for value in before.values]
    step(model)
    assert all(np.array_equal(a, b) for a, b in zip(kept, before.values, strict=True))
    now = [variable.numpy() for variable in before.variables]
    assert not any(np.array_equal(a, b) for a, b in zip(now, kept, strict=True))


def test_verdicts():
    model = stack()
    assert compare(snapshot(model)).verdict() == "nothing moved"
    assert moved_by_a_step(model).verdict() == "everything moved"
    model.get_layer("b").trainable = False
    frozen = moved_by_a_step(model)
    assert frozen.verdict() == "only m/a/kernel and m/a/bias moved"
    assert frozen.still == ["m/b/kernel", "m/b/bias"]
    assert [change.role for change in frozen.changes] == 2 * [Role.LEARNED] + 2 * [Role.FROZEN]


def test_verdict_of_one_and_of_three():
    model = stack()
    before = snapshot(model)
    model.weights[0].assign_add(np.ones((4, 3)))
    assert compare(before).verdict() == "only m/a/kernel moved"
    for weight in model.weights[1:3]:
        weight.assign_add(np.ones(weight.shape))
    assert compare(before).verdict() == "only m/a/kernel, m/a/bias and m/b/kernel moved"


def test_batchnorm_statistics_move_at_learning_rate_zero():
    movement = moved_by_a_step(stack(layers.BatchNormalization(name="bn")), rate=0.0)
    assert movement.verdict() == "only m/bn/moving_mean and m/bn/moving_variance moved"


def test_a_frozen_batchnorm_keeps_still():
    movement = moved_by_a_step(stack(layers.BatchNormalization(name="bn", trainable=False)))
    assert not [path for path in movement.moved if "/bn/" in path]
    assert len(movement.moved) == 4


def test_the_seed_of_a_dropout_is_listed_and_moves():
    movement = moved_by_a_step(stack(layers.Dropout(0.5, name="drop")), rate=0.0)
    (seed,) = [change for change in movement.changes if change.moved]
    assert seed.path.endswith("seed_generator_state")
    assert seed.role == Role.OTHER_STATE


def test_nested_models():
    base = stack()
    base.layers[0].trainable = False
    outer = keras.Sequential([keras.Input((4,)), base, layers.Dense(2, name="head")], name="outer")
    movement = moved_by_a_step(outer)
    assert movement.verdict() == (
        "only m/b/kernel, m/b/bias, outer/head/kernel and outer/head/bias moved"
    )


def test_a_shared_layer_is_listed_once():
    inputs, tower = keras.Input((4,)), layers.Dense(4, name="tower")
    movement = moved_by_a_step(
        keras.Model(inputs, layers.Dense(2, name="head")(tower(tower(inputs))))
    )
    assert movement.verdict() == "everything moved"
    assert len(movement.changes) == 4


def test_layers_of_the_same_name_are_told_apart():
    def part(name):
        inputs = keras.Input((4,))
        return keras.Model(inputs, layers.Dense(4, name="same")(inputs), name=name)

    first, second, inputs = part("first"), part("second"), keras.Input((4,))
    first.trainable = False
    model = keras.Model(inputs, layers.Dense(2)(second(first(inputs))))
    movement = moved_by_a_step(model)
    assert [c.moved for c in movement.changes] == [False, False, True, True, True, True]


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__(name="sub")
        self.parts = [layers.Dense(3, trainable=False), layers.Dense(2)]
        self.calls = self.add_weight(
            name="calls", shape=(), dtype="int32", trainable=False, initializer="zeros"
        )

    def call(self, x):
        self.calls.assign_add(1)
        return self.parts[1](self.parts[0](x))


def test_subclassed_models_and_whole_numbers():
    model = Subclassed()
    model(np.zeros((1, 4)))
    movement = moved_by_a_step(model)
    assert [c.moved for c in movement.changes] == [c.role != "frozen" for c in movement.changes]
    (calls,) = [c for c in movement.changes if c.path.endswith("calls")]
    assert (calls.largest, calls.relative, calls.role) == (1.0, 1.0, Role.OTHER_STATE)


def test_mixed_precision():
    movement = moved_by_a_step(stack(dtype="mixed_float16"), rate=0.01)
    assert movement.verdict() == "everything moved"


def changed(old, new, dtype="float32"):
    """The one change of a layer whose only weight went from old to new."""
    layer = layers.Layer(name="one")
    weight = layer.add_weight(name="w", shape=np.shape(old), dtype=dtype)
    layer.built = True
    weight.assign(np.array(old))
    before = snapshot(layer)
    weight.assign(np.array(new))
    (change,) = compare(before).changes
    return change


NAN = float("nan")


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize(
    ("old", "new", "moved", "largest", "relative"),
    [
        ([1.0, -4.0], [1.5, -6.0], True, 2.0, 2.0 / 4.0),
        ([0.0, 0.0], [0.0, 3.0], True, 3.0, None),  # nothing to be relative to
        ([1.0, 2.0], [1.0, 2.0], False, 0.0, 0.0),
        ([NAN, 2.0], [NAN, 2.0], False, 0.0, 0.0),  # a NaN that stays is not a movement,
        ([NAN, 2.0], [NAN, 3.0], True, 1.0, 0.5),  # nor does it hide how far others went
        ([float("inf"), 2.0], [float("inf"), 3.0], True, 1.0, 0.0),
    ],
)
def test_how_far_by_hand(old, new, moved, largest, relative, dtype):
    change = changed(old, new, dtype)
    assert (change.moved, change.largest, change.relative) == (moved, largest, relative)


@pytest.mark.parametrize(("old", "new"), [([1.0, 2.0], [NAN, 2.0]), ([NAN, 2.0], [1.0, 2.0])])
def test_a_number_that_becomes_nan_or_stops_being_nan_has_moved(old, new):
    change = changed(old, new)
    assert change.moved
    assert np.isnan(change.largest)


def test_an_empty_weight_is_still():
    assert not changed(np.zeros((0, 3)), np.zeros((0, 3))).moved


def test_table_says_moved_in_words_and_rounds_to_one_digit():
    model = stack()
    before = snapshot(model)
    model.weights[1].assign(np.full(3, 0.25))
    table = compare(before).table(how_far=True)
    assert table.caption == "1 of 4 variables moved"
    assert table.rows[0] == ("m/a/kernel", "learned", "–", "0", "0")
    assert table.rows[1] == ("m/a/bias", "learned", "moved", "2e-01", "–")
    assert len(compare(before).table().header) == 3


def test_variables_that_appeared_are_listed():
    model = stack()
    before = snapshot(model)
    model.get_layer("a").enable_lora(2)
    with pytest.raises(ValueError, match=r"appeared \['m/a/lora_kernel_a', 'm/a/lora_kernel_b'\]"):
        compare(before)


def test_variables_that_vanished_are_listed():
    model = stack()
    before = snapshot(model)
    model.pop()
    with pytest.raises(ValueError, match=r"vanished \['m/b/kernel', 'm/b/bias'\]"):
        compare(before)


@pytest.mark.parametrize("thing", [None, [], "before", np.ones(2)], ids=repr)
def test_wrong_types_are_named(thing):
    with pytest.raises(TypeError, match=f"not {type(thing).__name__}$"):
        compare(thing)
    with pytest.raises(TypeError, match=f"not {type(thing).__name__}$"):
        snapshot(thing)


def test_restore_puts_everything_back():
    model = stack(layers.BatchNormalization(), layers.Dropout(0.5))
    before = snapshot(model)
    step(model)
    assert compare(before).verdict() == "everything moved"
    before.restore()
    assert compare(before).verdict() == "nothing moved"
