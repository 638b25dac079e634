"""Promise: `diagnose` finds the cause of each clinic program that a model in hand can show."""

import tempfile

import keras
import numpy as np
import pytest
from keras import layers

from helpers import diagnose

RNG = np.random.default_rng(0)
X = RNG.uniform(1, 2, (64, 4)).astype("float32")
Y = RNG.uniform(5, 9, (64, 2)).astype("float32")


def with_head(norm=False, **call):
    """Lesson 8's patient: a base of three Dense layers and a head on top of it."""
    stack = [layers.Dense(3, name=name) for name in ("low", "mid", "high")]
    if norm:
        stack.insert(0, layers.BatchNormalization(name="norm"))
    base = keras.Sequential([keras.Input((4,)), *stack], name="base")
    inputs = keras.Input((4,), name="inputs")
    return keras.Model(inputs, layers.Dense(2, name="head")(base(inputs, **call)), name="model")


def compiled(model, fit=False):
    model.compile("sgd", "mse")
    if fit:
        model.fit(X, Y, verbose=0)
    return model


def program_1():
    model = compiled(with_head(), fit=True)
    model.get_layer("base").trainable = False
    return model


def program_2():
    model = with_head()
    for layer in model.layers[:2]:
        layer.trainable = False
    return compiled(model)


def program_3():
    return compiled(with_head(norm=True, training=False))


def program_4():
    model = with_head()
    model.get_layer("base").trainable = False
    compiled(model, fit=True)
    model.get_layer("base").trainabe = True
    return compiled(model)


def program_6():
    factor = keras.Variable(1.0, name="factor")
    inputs = keras.Input((4,))
    scaled = layers.Lambda(lambda numbers: numbers * factor, name="scaled")(inputs)
    return compiled(keras.Model(inputs, layers.Dense(2)(scaled)))


def program_7():
    model = with_head()
    model.get_layer("head").bias.trainable = False
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model.keras")
        return compiled(keras.models.load_model(f"{folder}/model.keras"))


def program_8():
    model = with_head()
    base = model.get_layer("base")
    base.trainable = False
    base.get_layer("high").trainable = True
    return compiled(model)


def program_9():
    judge = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="decide")], name="judge")
    compiled(judge).trainable = False
    return judge


def program_11():
    bias = keras.initializers.Constant(-100.0)
    middle = layers.Dense(3, activation="relu", bias_initializer=bias, name="middle")
    stack = [keras.Input((4,)), layers.Dense(3, name="low"), middle, layers.Dense(2, name="head")]
    return compiled(keras.Sequential(stack))


@pytest.mark.parametrize(
    ("program", "wish", "kind", "where"),
    [
        (program_1, None, "frozen after the training step was made", "base"),
        (program_2, ["low", "mid"], "frozen, and not on your list", "base/high"),
        (program_3, None, "training=False is overridden", "base"),
        (program_4, None, "a misspelt flag", "base"),
        (program_6, None, "a variable that the model does not know", "scaled"),
        (program_7, ["head/bias"], "meant to be frozen, and learned", "head"),
        (program_8, None, "a parent's veto", "base/high"),
        (program_9, None, "nothing learns", "judge"),
        (program_11, None, "learned, but no gradient arrives", "middle"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_clinic_program_is_diagnosed(program, wish, kind, where):
    found = diagnose(program(), X, Y, frozen=wish)
    assert found.kinds == [kind] and found.findings[0].where == where, str(found)


def test_program_10_is_diagnosed_where_the_distance_that_was_meant_is_said():
    model = with_head()
    model.get_layer("base").trainable = False
    model.compile(keras.optimizers.Adam(1e-5), "mse")
    model.fit(X, Y, verbose=0)
    model.get_layer("base").trainable = True
    model.compile("adam", "mse")
    found = diagnose(model, X, Y, farthest=1e-5)
    assert found.kinds == ["moved farther than you meant"], str(found)
    (finding,) = found.findings
    assert "moved by 0.001 a step, and you meant 1e-05" in finding.evidence
    exec(finding.repair)
    assert 0.5e-5 < float(model.optimizer.learning_rate) < 1.1e-5
    assert diagnose(model, X, Y, farthest=1e-5).kinds == []


def test_without_it_nothing_is_known_of_what_was_meant():
    model = with_head()
    model.compile("adam", "mse")
    assert diagnose(model, X, Y).kinds == []


@pytest.mark.parametrize(
    ("given", "error"),
    [(0, ValueError), (-1e-5, ValueError), ("far", TypeError), (True, TypeError)],
)
def test_a_distance_that_is_none_is_refused(given, error):
    with pytest.raises(error, match="farthest should be a number above 0"):
        diagnose(compiled(with_head()), X, Y, farthest=given)
