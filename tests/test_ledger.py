"""Promise: the ledger counts every weight once, with the right role, and changes nothing."""

import keras
import numpy as np
import pytest
from keras import layers

from helpers.ledger import Role, ledger, owned_variables
from helpers.summary import summary_counts

LEARNED, FROZEN, STATISTIC, OTHER = Role


def dense_pair():
    stack = [keras.Input((4,)), layers.Dense(3, name="a"), layers.Dense(2, name="b")]
    return keras.Sequential(stack, name="pair")


def functional():
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, use_bias=False)(inputs)
    x = layers.BatchNormalization()(x)
    return keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))


class Counting(keras.Model):
    """A list of sublayers, and a counter of its own that no optimizer may touch."""

    def __init__(self):
        super().__init__(name="counting")
        self.stack = [layers.Dense(3, name="a"), layers.Dense(3, name="b")]
        self.seen = self.add_weight(name="seen", shape=(), trainable=False, initializer="zeros")

    def call(self, x):
        for layer in self.stack:
            x = layer(x)
        return x


def subclassed():
    model = Counting()
    model(np.zeros((1, 3)))
    return model


def nested():
    base = functional()
    base.trainable = False
    return keras.Sequential([keras.Input((8, 8, 3)), base, layers.Dense(1)], name="nested")


def shared():
    left, right, tower = keras.Input((4,)), keras.Input((4,)), layers.Dense(3)
    return keras.Model([left, right], layers.Add()([tower(left), tower(right)]))


def bidirectional():
    return keras.Sequential([keras.Input((5, 4)), layers.Bidirectional(layers.LSTM(3))])


def built(layer, *shape):
    layer.build((None, *shape))
    return layer


def numbers(weights):
    return sum(int(np.prod(tuple(weight.shape))) for weight in weights)


def roles(model):
    """Role by the last part of a weight's path, for models in which that is unique."""
    return {weight.path.rpartition("/")[2]: weight.role for weight in ledger(model).weights}


BUILDERS = [dense_pair, functional, subclassed, nested, shared, bidirectional]
each_model = pytest.mark.parametrize("build", BUILDERS)


@each_model
def test_totals_are_those_of_keras(build):
    model = build()
    book = ledger(model)
    assert book.total == model.count_params() == sum(book.count(role) for role in Role)
    assert book.trainable == numbers(model.trainable_weights)
    assert book.non_trainable == numbers(model.non_trainable_weights)
    assert sum(sum(counts.values()) for counts in book.by_layer().values()) == book.total


def test_layers_of_the_same_name_in_two_nested_models_are_listed_apart():
    def part(name, units):
        inputs = keras.Input((4,))
        return keras.Model(inputs, layers.Dense(units, name="same")(inputs), name=name)

    inputs = keras.Input((4,))
    model = keras.Model(inputs, part("second", 2)(part("first", 4)(inputs)))
    counted = {layer: sum(counts.values()) for layer, counts in ledger(model).by_layer().items()}
    assert counted == {"same": 4 * 4 + 4, "same (2)": 4 * 2 + 2}


# Each count is written out as the arithmetic that a learner does by hand.
BY_HAND = {
    "Dense": (lambda: built(layers.Dense(7), 5), 5 * 7 + 7, 0),
    "Conv2D": (lambda: built(layers.Conv2D(6, (3, 2)), 8, 8, 4), 3 * 2 * 4 * 6 + 6, 0),
    "DepthwiseConv2D": (
        lambda: built(layers.DepthwiseConv2D(3, depth_multiplier=2), 8, 8, 4),
        3 * 3 * 4 * 2 + 4 * 2,
        0,
    ),
    "Embedding": (lambda: built(layers.Embedding(10, 4)), 10 * 4, 0),
    "BatchNormalization": (lambda: built(layers.BatchNormalization(), 9), 9 + 9, 9 + 9),
    "LayerNormalization": (lambda: built(layers.LayerNormalization(), 9), 9 + 9, 0),
    "LSTM": (lambda: built(layers.LSTM(3), 6, 5), 4 * (5 * 3 + 3 * 3 + 3), 0),
    # Keras's GRU keeps two biases per gate (reset_after=True).
    "GRU": (lambda: built(layers.GRU(3), 6, 5), 3 * (5 * 3 + 3 * 3 + 2 * 3), 0),
    # Query, key and value map 8 features to 2 heads of 3; the output maps them back.
    "MultiHeadAttention": (lambda: attention(), 3 * (8 * 2 * 3 + 2 * 3) + (2 * 3 * 8 + 8), 0),
}


def attention():
    layer = layers.MultiHeadAttention(num_heads=2, key_dim=3)
    layer.build((None, 5, 8), (None, 5, 8))
    return layer


@pytest.mark.parametrize(("build", "learned", "rest"), BY_HAND.values(), ids=BY_HAND)
def test_layers_counted_by_hand(build, learned, rest):
    book = ledger(build())
    assert (book.trainable, book.non_trainable) == (learned, rest)


def test_freezing_a_layer_freezes_its_weights_and_thawing_thaws_them():
    model = dense_pair()
    model.layers[0].trainable = False
    book = ledger(model)
    assert [weight.role for weight in book.weights] == [FROZEN, FROZEN, LEARNED, LEARNED]
    assert (book.trainable, book.non_trainable) == (3 * 2 + 2, 4 * 3 + 3)
    model.layers[0].trainable = True
    assert ledger(model).non_trainable == 0


def test_frozen_in_the_constructor():
    assert set(roles(built(layers.Dense(3, trainable=False), 4)).values()) == {FROZEN}


def test_one_variable_frozen():
    layer = built(layers.Dense(3), 4)
    layer.bias.trainable = False
    assert roles(layer) == {"kernel": LEARNED, "bias": FROZEN}


def test_a_frozen_parent_overrules_its_children():
    model = dense_pair()
    model.trainable = False
    model.layers[1].trainable = True  # a child's flag does not help inside a frozen parent
    assert {weight.role for weight in ledger(model).weights} == {FROZEN}


@pytest.mark.parametrize(("flag", "learnable"), [(True, LEARNED), (False, FROZEN)])
def test_batchnorm_statistics_are_never_called_frozen(flag, learnable):
    layer = built(layers.BatchNormalization(trainable=flag), 5)
    assert roles(layer) == {
        "gamma": learnable,
        "beta": learnable,
        "moving_mean": STATISTIC,
        "moving_variance": STATISTIC,
    }


def test_lora_freezes_the_kernel_and_learns_the_adapter():
    layer = built(layers.Dense(32), 100)
    layer.enable_lora(4)
    assert roles(layer) == {
        "kernel": FROZEN,
        "bias": LEARNED,
        "lora_kernel_a": LEARNED,
        "lora_kernel_b": LEARNED,
    }
    assert ledger(layer).trainable == 100 * 4 + 4 * 32 + 32


def test_state_that_a_layer_keeps_for_itself_is_other_state():
    adapted = layers.Normalization()
    adapted.adapt(np.arange(24.0).reshape(3, 8))
    book = ledger(adapted)  # mean, variance and a count of examples
    assert (book.count(OTHER), book.total) == (8 + 8 + 1, 8 + 8 + 1)
    spectral = ledger(built(layers.SpectralNormalization(layers.Dense(3)), 8))
    assert (spectral.count(LEARNED), spectral.count(OTHER)) == (8 * 3 + 3, 3)
    assert roles(subclassed())["seen"] == OTHER


def test_random_seeds_metrics_and_optimizer_slots_are_not_weights():
    model = keras.Sequential([keras.Input((4,)), layers.Dropout(0.5), layers.Dense(2)])
    model.compile("adam", "mse", metrics=["mae"])
    model.train_on_batch(np.ones((2, 4)), np.ones((2, 2)))
    assert ledger(model).total == 4 * 2 + 2


@pytest.mark.parametrize(
    ("name", "statistic", "other"),
    [("InceptionV3", 34_432, 0), ("EfficientNetB0", 42_016, 7), ("VGG16", 0, 0)],
)
def test_published_networks(name, statistic, other):
    model = getattr(keras.applications, name)(weights=None)
    book = ledger(model)
    assert (book.count(STATISTIC), book.count(OTHER), book.count(FROZEN)) == (statistic, other, 0)
    assert book.total == model.count_params()


def test_bytes_follow_the_dtype_of_each_weight():
    half = ledger(built(layers.Dense(3, dtype="float16"), 4))
    assert {(w.dtype, w.bytes / w.count) for w in half.weights} == {("float16", 2)}
    # A mixed policy computes in 16 bits but keeps its weights in 32.
    mixed = ledger(built(layers.Dense(3, dtype="mixed_float16"), 4))
    assert {(w.dtype, w.bytes / w.count) for w in mixed.weights} == {("float32", 4)}
    layer = built(layers.Dense(3), 4)
    layer.quantize("int8")
    kernel = next(w for w in ledger(layer).weights if w.path.endswith("/kernel"))
    assert (kernel.dtype, kernel.bytes, kernel.role) == ("int8", 4 * 3, OTHER)


@pytest.mark.parametrize(
    "model", [keras.Sequential([layers.Dense(2)], name="empty_yet"), Counting()], ids=type
)
def test_a_model_that_is_not_built_is_named(model):
    with pytest.raises(ValueError, match=f"'{model.name}' is not built"):
        ledger(model)


@pytest.mark.parametrize("thing", [None, 3, "model", [], np.ones(3), keras.Sequential], ids=repr)
def test_what_is_no_model_is_refused_by_its_type(thing):
    with pytest.raises(TypeError, match=f"not {type(thing).__name__}$"):
        ledger(thing)


def test_a_role_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="asleep"):
        ledger(dense_pair()).count("asleep")


@each_model
def test_reading_changes_nothing(build):
    model = build()

    def state():
        flags = [layer.trainable for layer in [model, *model.layers]]
        variables = [(id(v), v.trainable, v.numpy().tobytes()) for v in model.variables]
        return flags, variables, model.built

    before = state()
    repr(ledger(model))
    assert state() == before


@pytest.mark.parametrize(
    "name", ["_flatten_layers", "_trainable_variables", "_non_trainable_variables"]
)
def test_keras_still_has_the_private_attributes_that_the_ledger_reads(name):
    sentence = f"Keras {keras.__version__} has no Layer.{name}: rewrite ledger.owned_variables"
    assert hasattr(dense_pair(), name), sentence


@each_model
def test_owned_variables_still_covers_each_weight_exactly_once(build):
    model = build()
    owned = [id(variable) for variable, _, _ in owned_variables(model)]
    listed = [id(variable) for variable in model.weights]
    sentence = f"Keras {keras.__version__} keeps its weights elsewhere: see ledger.owned_variables"
    assert sorted(owned) == sorted(listed), sentence
    assert len(set(listed)) == len(listed), "Keras lists a weight twice: totals would be wrong"


# --- what Keras's own summary says ----------------------------------------------------------------


def test_a_summary_is_read_with_every_layer_and_every_last_line():
    model = nested()
    assert summary_counts(model) == {
        **{layer.name: layer.count_params() for layer in model.layers},
        "Total": ledger(model).total,
        "Trainable": ledger(model).trainable,
        "Non-trainable": ledger(model).non_trainable,
    }


def test_a_summary_is_read_where_layers_have_long_names_and_several_inputs():
    name = "a_layer_with_a_name_that_" + 10 * "goes_on_and_"
    inputs = keras.Input((4,), name="inputs")
    added = layers.Add(name="3")([inputs, layers.Dense(4, name=name)(inputs)])
    counts = summary_counts(keras.Model(inputs, layers.Dense(1, name="head")(added)))
    last_lines = {"Total": 25, "Trainable": 25, "Non-trainable": 0}
    assert counts == {"inputs": 0, name: 20, "3": 0, "head": 5, **last_lines}


def test_a_summary_after_a_fit_counts_the_optimizer():
    model = dense_pair()
    model.compile("adam", "mse")
    model.fit(np.ones((4, 4)), np.ones((4, 2)), verbose=0)
    counts = summary_counts(model)
    assert counts["Optimizer"] == 2 * counts["Trainable"] + 2
    assert counts["Total"] == counts["Optimizer"] + model.count_params()


def test_only_a_model_has_a_summary():
    with pytest.raises(TypeError, match="needs a Keras model, not Dense"):
        summary_counts(layers.Dense(2))
