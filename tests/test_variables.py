"""Promise: `observe` tells the truth about variables whose behaviour is known beforehand.

Every answer that the table can give is provoked here by a layer or an optimizer written for it, so
that a wrong rule in helpers/experiments/variables makes a test fail.
"""

import dataclasses

import keras
import numpy as np
import pytest
from keras import layers

from helpers.experiments.variables import (
    KINDS,
    Specimen,
    _actions,
    model_of,
    observe,
    overview,
    weight,
)


@keras.saving.register_keras_serializable("test_state")
class Ticking(layers.Layer):
    """Adds one to a weight of its own in the situations that it is told."""

    def __init__(self, in_training=True, in_inference=False, heeds_flag=False, **options):
        super().__init__(**options)
        self.when = {True: in_training, False: in_inference}
        self.heeds_flag = heeds_flag

    def build(self, input_shape):
        self.ticks = self.add_weight(name="ticks", shape=(), trainable=False, initializer="zeros")

    def call(self, inputs, training=False):
        if self.when[bool(training)] and (self.trainable or not self.heeds_flag):
            self.ticks.assign_add(1)
        return inputs

    def get_config(self):
        return super().get_config() | {"in_inference": self.when[False]}


@keras.saving.register_keras_serializable("test_state")
class Forgetful(Ticking):
    """Its state is in no file."""

    def save_own_variables(self, store):
        pass

    def load_own_variables(self, store):
        pass


@keras.saving.register_keras_serializable("test_state")
class Fillable(Ticking):
    """May also be filled from outside: two masters."""

    def adapt(self, data):
        self.ticks.assign(100)


def ticking(kind=Ticking, **options):
    return Specimen(
        "ticks", "tick", lambda: model_of(kind(name="tick", **options)), weight("tick", "ticks")
    )


@pytest.mark.parametrize(
    ("options", "who", "when", "frozen"),
    [
        ({}, "layer", "training", True),
        ({"heeds_flag": True}, "layer", "training", False),
        ({"in_inference": True}, "layer", "every call", True),
        ({"in_training": False}, "nobody", "never", False),
    ],
)
def test_a_layer_that_writes_is_found_out(options, who, when, frozen):
    seen = observe(ticking(**options))
    assert (seen.who, seen.when, seen.moved["fit, layer frozen"]) == (who, when, frozen)
    assert seen.in_weights and seen.in_variables and seen.in_summary == "non-trainable"
    assert seen.in_keras and seen.in_weights_h5


def test_what_a_layer_does_not_save_does_not_come_back():
    seen = observe(ticking(Forgetful))
    assert (seen.in_keras, seen.in_weights_h5) == (False, False)


@pytest.fixture(scope="module")
def table():
    return {kind.name: observe(kind) for kind in KINDS}


KNOWN = {  # from how Keras says it works: who, when, frozen, weights, variables, summary, saved
    "Dense, kernel": ("optimizer", "fit", False, True, True, "trainable", True),
    "Dense with LoRA, kernel": ("nobody", "never", False, True, True, "non-trainable", True),
    "Dense with LoRA, B": ("optimizer", "fit", False, True, True, "trainable", False),
    "BatchNormalization, mean": ("layer", "training", False, True, True, "non-trainable", True),
    "Normalization, mean": ("adapt", "adapt", False, True, True, "non-trainable", True),
    "SpectralNormalization, kernel": (
        "layer and optimizer",
        "training",
        True,
        True,
        True,
        "trainable",
        True,
    ),
    "Dropout, seed state": ("layer", "training", True, False, True, "no", False),
    "SimpleRNN, state": ("layer", "every call", True, False, False, "no", False),
    "Adam, momentum": ("optimizer", "fit", None, False, False, "optimizer", True),
    "loss, total": ("metric", "fit and evaluate", True, False, False, "no", False),
}


@pytest.mark.parametrize("name", KNOWN)
def test_every_kind_of_the_lesson(table, name):
    seen = table[name]
    frozen = seen.moved["fit, layer frozen"]
    lists = seen.in_weights, seen.in_variables, seen.in_summary
    assert (seen.who, seen.when, frozen, *lists, seen.in_keras) == KNOWN[name]
    assert seen.in_weights_h5 == seen.in_keras


def test_every_kind_is_tested():
    assert sorted(KNOWN) == sorted(kind.name for kind in KINDS)


def test_adapt_and_a_layer_may_both_be_named():
    assert observe(ticking(Fillable)).who == "adapt and layer"


def test_the_overview_has_a_row_for_each_and_says_what_is_gone(table):
    text = repr(overview([table["Adam, momentum"], table["Dense, kernel"]]))
    assert text.splitlines()[2].split("  ")[0] == "Adam, momentum" and "is gone" in text
    assert len(text.splitlines()) == 4


def test_an_observation_shows_each_action(table):
    text = repr(table["Normalization, mean"])
    assert text.splitlines()[-1].split() == ["adapt", "moved"]
    assert "cannot be done" in repr(table["Dense, kernel"])
    assert 'scope="col"' in table["Dense, kernel"]._repr_html_()


def test_a_variable_that_is_not_there_is_said():
    nothing = dataclasses.replace(ticking(), find=lambda model: None)
    with pytest.raises(ValueError, match="'ticks': find gives no variable of a fresh model"):
        observe(nothing)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", None, "name should be a text, not None"),
        ("layer", "", "layer should be a text, not the empty ''"),
        ("make", model_of(), "make should be a function, not <Sequential"),  # instead of a lambda
        ("find", "ticks", "find should be a function, not 'ticks'"),
        ("optimizer", "sgd", "optimizer should be a function, not 'sgd'"),
    ],
)
def test_a_specimen_refuses_what_does_not_belong_there(field, value, said):
    with pytest.raises((TypeError, ValueError), match=said):
        dataclasses.replace(ticking(), **{field: value})


def test_a_summary_that_counts_otherwise_is_not_trusted(monkeypatch):
    model = _actions.fresh_model(ticking())
    monkeypatch.setattr(
        type(model), "summary", lambda self, print_fn: print_fn(" Trainable params: 7 (28 B)")
    )
    with pytest.raises(AssertionError, match="the summary counts 7 trainable, not 10"):
        _actions.line_of_summary(model, model.weights[0])


def test_specimens_start_alike():
    specimen = KINDS[0]
    first, second = (specimen.find(_actions.fresh_model(specimen)).numpy() for _ in range(2))
    assert np.array_equal(first, second)


def test_variables_are_told_apart_by_identity():
    first, second = (keras.Variable(1.0, name="twin") for _ in range(2))
    assert _actions.is_in(first, [second, first])
    assert not _actions.is_in(first, [second])
