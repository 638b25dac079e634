"""Promise: whatever Keras can build, the instruments count it right and see what moved, or refuse.

Truth is found without them: `count_params()`, sums over `get_weights()`, and `np.array_equal` on
copies that the test takes itself.
"""

import os
import re
from itertools import pairwise
from math import prod

import keras
import numpy as np
import pytest
from keras import layers

from helpers.batchnorm import batchnorm_layers, freeze_batchnorm, remeasure
from helpers.experiments.clinic import moved_parts
from helpers.figures import by_role, how_far, model_map
from helpers.ledger import Role, ledger
from helpers.movement import compare, snapshot
from helpers.summary import summary_counts

RNG = np.random.default_rng(0)


def numbers(variables):
    return sum(prod(map(int, variable.shape)) for variable in variables)


def copies(model):
    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in model.variables]


def count_is_right(model):
    """Total, trainable and bytes, against Keras's own and against the arrays themselves."""
    book, arrays = ledger(model), [weight.numpy() for weight in model.weights]
    assert book.total == model.count_params() == sum(array.size for array in arrays)
    assert book.trainable == numbers(model.trainable_weights)
    assert book.non_trainable == numbers(model.non_trainable_weights)
    assert sum(book.count(role) for role in Role) == book.total
    assert sum(counts.total() for counts in book.by_layer().values()) == book.total
    assert [row.bytes for row in book.weights] == [array.nbytes for array in arrays]
    assert len({row.path for row in book.weights}) == len(arrays), "two rows look alike"
    norms = [each for each in model.weights if each.name.startswith(("moving_", "renorm_"))]
    assert book.count(Role.STATISTIC) == numbers(norms)


def movement_is_right(model, act):
    """What `act` changed, variable by variable, against copies compared by NumPy."""
    before, old = snapshot(model), copies(model)
    act()
    movement, new = compare(before), copies(model)
    moved = [not np.array_equal(a, b, equal_nan=True) for a, b in zip(old, new, strict=True)]
    assert [change.moved for change in movement.changes] == moved
    assert len({change.path for change in movement.changes}) == len(moved)
    for change, a, b in zip(movement.changes, old, new, strict=True):
        if change.moved and a.dtype.kind in "fc":
            wide = np.result_type(a.dtype, "float64")
            assert change.largest == np.max(np.abs(b.astype(wide) - a.astype(wide)))
    before.restore()
    assert all(map(np.array_equal, old, copies(model)))
    return movement


# --- keras.applications ---------------------------------------------------------------------------

EVERY = sorted(name for name in dir(keras.applications) if name[0].isupper())
# One of each family: all 40 take minutes, on a machine of two cores. `EVERY_NETWORK=1` tries all.
FAMILIES = ["ConvNeXtTiny", "DenseNet121", "EfficientNetV2B0", "InceptionV3", "MobileNetV2"]
FAMILIES += ["MobileNetV3Small", "NASNetMobile", "ResNet50", "ResNet50V2", "VGG16", "Xception"]
SMALLEST = {"InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71}


def test_a_network_of_each_family_is_tried():
    assert len(EVERY) == 40 and set(FAMILIES) <= set(EVERY)


@pytest.mark.parametrize("name", EVERY if os.environ.get("EVERY_NETWORK") else FAMILIES)
def test_published_networks(name):
    size = SMALLEST.get(name, 32)
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3))
    count_is_right(model)
    drawn = by_role(model)
    (axes,) = drawn.figure.axes
    shown = {bars.get_label(): sum(bar.get_width() for bar in bars) for bars in axes.containers}
    book = ledger(model)
    assert shown == {role.value: book.count(role) for role in Role if book.count(role)}
    assert drawn.figure.get_figheight() * 144 < 4000 and len(drawn.caption) <= 1000
    model.trainable = False
    frozen = ledger(model)
    assert (frozen.trainable, frozen.count("frozen")) == (0, book.trainable)


# --- everything else ------------------------------------------------------------------------------


def sequence(*stack, shape=(6, 4), name="m"):
    return keras.Sequential([keras.Input(shape), *stack], name=name)


class Held(keras.Model):
    """A model that holds its layers in a list, a dict, a tuple or one in another."""

    def __init__(self, holder):
        super().__init__(name="held")
        self.holder = holder

    def call(self, x):
        for layer in inside(self.holder):
            x = layer(x)
        return x


def inside(holder):
    if isinstance(holder, layers.Layer):
        return [holder]
    parts = holder.values() if isinstance(holder, dict) else holder
    return [layer for part in parts for layer in inside(part)]


def held(holder):
    model = Held(holder)
    model(np.zeros((1, 6, 4), "float32"))
    return model


def dense(units=4, **named):
    return layers.Dense(units, **named)


def shared():
    inputs, tower = keras.Input((6, 4)), dense(4, name="tower")
    return keras.Model(inputs, tower(tower(inputs)))


def siamese():
    left, right = keras.Input((6, 4)), keras.Input((6, 4))
    tower = sequence(dense(3), layers.BatchNormalization())
    return keras.Model([left, right], layers.Subtract()([tower(left), tower(right)]))


class Untied(layers.Layer):
    """Maps back with the kernel of another layer, which is then in both."""

    def __init__(self, other):
        super().__init__(name="back")
        self.other = other

    def build(self, shape):
        self.kernel = self.other.kernel
        self.bias = self.add_weight(name="bias", shape=(self.kernel.shape[0],))

    def call(self, x):
        return keras.ops.matmul(x, keras.ops.transpose(self.kernel)) + self.bias


def tied():
    there = dense(3, name="there")
    return sequence(there, Untied(there))


def twins():
    """A teacher and a student whose layers have the same paths."""
    both = []
    for name in ("teacher", "student"):
        inputs = keras.Input((6, 4))
        both.append(keras.Model(inputs, dense(4, name="same")(inputs), name=name))
    both[0].trainable = False
    inputs = keras.Input((6, 4))
    return keras.Model(inputs, layers.Subtract()([each(inputs) for each in both]))


def with_lora(layer, shape=(6, 4)):
    model = sequence(layer, shape=shape)
    layer.enable_lora(2)
    return model


def quantized(mode):
    model = sequence(dense(8), dense(4), name=mode)
    model.quantize(mode)
    return model


def averaged():
    model = sequence(dense(4))
    model.compile(keras.optimizers.SGD(0.1, use_ema=True), "mse")
    model.train_on_batch(np.ones((2, 6, 4)), np.ones((2, 6, 4)))
    return model


def named_anew():
    """Two weights of one layer with the same name, and one that is complex."""
    layer = layers.Layer(name="own")
    for dtype in ("float32", "float32", "complex64", "bool", "uint8", "bfloat16"):
        layer.add_weight(name="w", shape=(2,), dtype=dtype, initializer="zeros")
    layer.built = True
    return layer


MODELS = {
    "SimpleRNN": lambda: sequence(layers.SimpleRNN(3)),
    "LSTM with dropout": lambda: sequence(layers.LSTM(3, dropout=0.1)),
    "GRU": lambda: sequence(layers.GRU(3)),
    "RNN of two cells": lambda: sequence(layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)])),
    "Bidirectional": lambda: sequence(layers.Bidirectional(layers.LSTM(3))),
    "Bidirectional of two": lambda: sequence(
        layers.Bidirectional(layers.GRU(3), backward_layer=layers.GRU(3, go_backwards=True))
    ),
    "ConvLSTM": lambda: sequence(layers.ConvLSTM1D(2, 2), shape=(3, 5, 4)),
    "TimeDistributed": lambda: sequence(
        layers.TimeDistributed(sequence(dense(3), layers.BatchNormalization(), shape=(4,)))
    ),
    "a list": lambda: held([dense(3), layers.BatchNormalization()]),
    "a dict": lambda: held({"one": dense(3), "two": dense(2)}),
    "a tuple": lambda: held((dense(3), dense(2))),
    "a dict of lists of tuples": lambda: held({"a": [(dense(3), dense(2)), dense(1)]}),
    "shared": shared,
    "siamese": siamese,
    "tied": tied,
    "teacher and student": twins,
    "LoRA, Dense": lambda: with_lora(dense(5)),
    "LoRA, EinsumDense": lambda: with_lora(
        layers.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d")
    ),
    "LoRA, Embedding": lambda: with_lora(layers.Embedding(10, 5), shape=(6,)),
    "LoRA, Conv2D": lambda: with_lora(layers.Conv2D(5, 2), shape=(6, 6, 3)),
    "int8": lambda: quantized("int8"),
    "int4": lambda: quantized("int4"),
    "float8": lambda: quantized("float8"),
    "mixed precision": lambda: sequence(dense(4, dtype="mixed_float16")),
    "bfloat16": lambda: sequence(dense(4, dtype="bfloat16"), layers.BatchNormalization()),
    "SpectralNormalization": lambda: sequence(layers.SpectralNormalization(dense(4))),
    "renorm": lambda: sequence(layers.BatchNormalization(renorm=True)),
    "MultiHeadAttention": lambda: attentive(),
    "exponential moving average": averaged,
    "own weights of one name": named_anew,
}


def attentive():
    inputs = keras.Input((6, 4))
    return keras.Model(inputs, layers.MultiHeadAttention(2, 3, dropout=0.1)(inputs, inputs))


each_model = pytest.mark.parametrize("build", MODELS.values(), ids=MODELS)


@each_model
def test_counts(build):
    count_is_right(build())


@each_model
def test_paths_are_keras_s_own_where_no_two_are_equal(build):
    """A weight that two layers hold, such as SpectralNormalization's kernel, is its maker's."""
    model = build()
    paths = [weight.path for weight in model.weights]
    if len(set(paths)) == len(paths):
        assert [weight.path for weight in ledger(model).weights] == paths


@each_model
def test_one_changed_number_is_seen_where_it_is(build):
    """Each variable in turn, so that no two can be taken for each other."""
    model = build()
    for place, variable in enumerate(model.variables):
        if not prod(variable.shape):
            continue
        kind = keras.backend.standardize_dtype(variable.dtype)

        def change_it(variable=variable, kind=kind):
            value = np.array(variable.numpy())
            last = value.reshape(-1)[-1:]
            last += (
                np.array(1j if kind == "complex64" else 1, last.dtype) if kind != "bool" else ~last
            )
            variable.assign(value)

        movement = movement_is_right(model, change_it)
        assert [at for at, change in enumerate(movement.changes) if change.moved] == [place]


def inputs_of(model, examples=8):
    inputs = getattr(model, "inputs", None) or [keras.Input((6, 4))]
    whole = [
        RNG.integers(0, 9, (examples, *each.shape[1:]))
        if "int" in each.dtype or len(each.shape) == 2
        else RNG.normal(3, 2, (examples, *each.shape[1:])).astype("float32")
        for each in inputs
    ]
    return whole if len(whole) > 1 else whole[0]


TRAINABLE = {name: build for name, build in MODELS.items() if not name.startswith(("own", "int"))}


@pytest.mark.parametrize("build", TRAINABLE.values(), ids=TRAINABLE)
def test_a_training_step_moves_what_numpy_says(build):
    model = build()
    x = inputs_of(model)
    y = RNG.normal(9, 1, tuple(model(x).shape))
    eager = model.name != "float8"  # whose gradients need a traced step
    model.compile(keras.optimizers.SGD(0.01), "mse", run_eagerly=eager)
    movement = movement_is_right(model, lambda: model.train_on_batch(x, y))
    assert movement.moved
    assert not [c for c in movement.changes if c.role is Role.FROZEN and c.moved]


def roles_by_hand(build, **expected):
    book = ledger(build())
    assert {str(role).replace(" ", "_"): book.count(role) for role in Role} == {
        **dict.fromkeys(("learned", "frozen", "statistic", "other_state"), 0),
        **expected,
    }


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        # 4 inputs, 5 outputs: kernel 20, bias 5, adapters 4 · 2 and 2 · 5
        ("LoRA, Dense", {"learned": 5 + 8 + 10, "frozen": 20}),
        ("LoRA, EinsumDense", {"learned": 5 + 8 + 10, "frozen": 20}),
        ("LoRA, Embedding", {"learned": 10 * 2 + 2 * 5, "frozen": 50}),
        ("LoRA, Conv2D", {"learned": 5 + 2 * 2 * 3 * 2 + 2 * 5, "frozen": 2 * 2 * 3 * 5}),
        # a bias each; kernels 4 · 8 and 8 · 4 with a scale per output
        ("int8", {"learned": 8 + 4, "other_state": 32 + 8 + 32 + 4}),
        ("siamese", {"learned": 4 * 3 + 3 + 3 + 3, "statistic": 3 + 3}),
        ("tied", {"learned": 4 * 3 + 3 + 4}),
        ("teacher and student", {"learned": 20, "frozen": 20}),
        ("SpectralNormalization", {"learned": 4 * 4 + 4, "other_state": 4}),
        ("renorm", {"learned": 8, "statistic": 5 * 4}),
    ],
)
def test_roles_by_hand(name, roles):
    roles_by_hand(MODELS[name], **roles)


def test_a_tied_weight_stands_once_with_the_layer_that_made_it():
    assert {name: c.total() for name, c in ledger(tied()).by_layer().items()} == {
        "m/there": 4 * 3 + 3,
        "m/back": 4,
    }


def test_layers_of_one_path_have_a_number_everywhere():
    model = twins()
    before = snapshot(model)
    model.get_layer("student").weights[0].assign(np.ones((4, 4)))
    movement = compare(before)
    assert list(ledger(model).by_layer()) == ["same", "same (2)"]
    assert movement.moved == ["same (2)/kernel"]
    assert movement.still == ["same/kernel", "same/bias", "same (2)/bias"]
    assert moved_parts(movement) == "same (2) (kernel)"
    assert "Moved: same (2)/kernel." in how_far(movement).caption


# --- refused --------------------------------------------------------------------------------------


class Parts(keras.Model):
    """`build(shape)` calls this model built, and leaves its parts without weights."""

    def __init__(self):
        super().__init__(name="parts")
        self.first, self.norm = dense(4, name="first"), layers.BatchNormalization(name="norm")
        self.head = keras.Sequential([dense(1, name="head")], name="end")
        self.spare = dense(2, name="spare")

    def call(self, x, training=False, spare=True):
        x = self.head(self.norm(self.first(x), training=training))
        return self.spare(x) if spare else x


@pytest.mark.parametrize(
    "ask",
    [
        ledger,
        snapshot,
        batchnorm_layers,
        freeze_batchnorm,
        by_role,
        lambda model: remeasure(model, np.ones((4, 3))),
    ],
)
@pytest.mark.filterwarnings("ignore:`build:UserWarning")
def test_layers_without_weights_are_named(ask):
    model = Parts()
    model.build((None, 3))
    assert model.built and model.count_params() == 0, "Keras says so"
    with pytest.raises(ValueError, match="not built yet: .*first") as refused:
        ask(model)
    for name in ("norm", "head", "spare"):
        assert name in str(refused.value)
    assert "build(" not in str(refused.value)
    model(np.ones((2, 3)), spare=False)
    with pytest.raises(ValueError, match="not built yet: spare[.]"):
        ask(model)
    model(np.ones((2, 3)))
    ask(model)
    assert ledger(model).total == 3 * 4 + 4 + 16 + 4 + 1 + 2 + 2 or not model.norm.trainable


def test_what_is_unbuilt_and_has_no_weights_is_no_reason_to_refuse():
    words = layers.TextVectorization(vocabulary=["a", "b"])
    inputs = keras.Input((1,), dtype="string")
    model = keras.Model(inputs, layers.Embedding(9, 3)(words(inputs)))
    assert ledger(model).total == 27


def of_keras_2(module, name="Sequential"):
    return type(name, (), {"__module__": module})()


@pytest.mark.parametrize(
    "module",
    [
        "tf_keras.src.engine.sequential",
        "keras.src.engine.sequential",
        "keras.engine.sequential",
        "tensorflow.python.keras.engine.sequential",
    ],
)
@pytest.mark.parametrize("ask", [ledger, snapshot, summary_counts, by_role])
def test_a_model_of_keras_2_is_named_as_such(ask, module):
    with pytest.raises(TypeError, match=f"a Sequential of Keras 2 .{module}"):
        ask(of_keras_2(module))


def test_a_class_that_inherits_from_keras_2_is_named_too():
    inherited = type("Mine", (type(of_keras_2("tf_keras.src.models")),), {"__module__": "mine"})
    with pytest.raises(TypeError, match="a Mine of Keras 2"):
        ledger(inherited())


def test_one_number_is_one_number():
    model = sequence(layers.Dense(1, use_bias=False), shape=(1,))
    assert ledger(model).table().caption.startswith("1 number: learned 1")
    assert compare(snapshot(model)).table().caption == "0 of 1 variable moved"


@pytest.mark.parametrize(
    "name", ["BertBackbone", "GPT2Backbone", "OPTBackbone", "RobertaBackbone", "T5Backbone"]
)
def test_a_model_of_keras_hub(name):
    hub = pytest.importorskip(
        "keras_hub", reason="KerasHub is not installed: pip install --group hub"
    )
    model = getattr(hub.models, name)(
        vocabulary_size=20, num_layers=2, num_heads=2, hidden_dim=8, intermediate_dim=16
    )
    count_is_right(model)
    words = {each.name: np.ones((2, 5), "int32") for each in model.inputs}
    assert movement_is_right(model, lambda: model.predict(words, verbose=0)).moved == []
    assert f"· {model.count_params():,} numbers" in model_map(model).svg
    assert by_role(model).figure.get_figheight() * 144 < 4000


# --- what only some models have -------------------------------------------------------------------


class OwnWeights(keras.Model):
    """Has weights beside those of its layers, if it has layers."""

    def __init__(self, *held, **named):
        super().__init__(**named)
        self.held = held
        self.scale = self.add_weight(name="scale", shape=(7,))
        self.count = self.add_weight(name="count", shape=(5,), trainable=False)

    def call(self, x):
        for layer in self.held:
            x = layer(x)
        return x * self.scale[0]


def test_a_class_may_list_weights_that_are_new_at_each_look():
    class Views(keras.Model):
        @property
        def weights(self):
            return [keras.Variable(np.zeros(3), name=name) for name in ("left", "right")]

        def call(self, x):
            return x

    assert ledger(called(Views())).total == 6


class Beside(keras.Model):
    """A graph, and a layer that is not in it."""

    def __init__(self):
        inputs = keras.Input((4,))
        super().__init__(inputs, dense(2)(inputs))
        self.spare = dense(3)
        self.spare.build((None, 2))


def called(model):
    model(np.zeros((1, 4), "float32"))
    return model


def in_each_other(depth=30):
    model = sequence(dense(4), shape=(4,))
    for _ in range(depth):
        model = sequence(model, dense(4), shape=(4,))
    return model


@pytest.mark.parametrize(
    ("build", "numbers"),
    [
        (lambda: called(OwnWeights(dense(2))), 10 + 12),
        (lambda: called(OwnWeights()), 12),
        (lambda: sequence(OwnWeights(dense(2)), shape=(4,)), 10 + 12),
        (Beside, 10 + 9),
        (in_each_other, 31 * 20),
    ],
)
def test_a_map_holds_every_number_on_one_page(build, numbers):
    model = build()
    drawn = model_map(model).svg
    assert model.count_params() == numbers and f"· {numbers} numbers" in drawn
    assert int(re.search(r'height="(\d+)"', drawn)[1]) < 4000


class Rivals(keras.Model):
    """As a GAN: trained by a step of its own, and never called."""

    def __init__(self):
        super().__init__(name="rivals")
        self.maker, self.judge = sequence(dense(3), name="maker"), sequence(dense(1), name="judge")


def test_a_model_that_is_never_called_has_the_weights_of_its_parts():
    model = Rivals()
    assert not model.built
    assert ledger(model).total == (4 * 3 + 3) + (4 + 1)
    model.judge.trainable = False
    assert ledger(model).count("frozen") == 5
    movement_is_right(model, lambda: model.maker.weights[0].assign(np.ones((4, 3))))


def test_a_summary_is_read_whatever_the_names_are():
    names = ["Total", "my layer", "1", "1 (2)", "ab " * 90, "$[bold]"]
    found = summary_counts(sequence(*(dense(at, name=n) for at, n in enumerate(names, 1))))
    expected = [(a + 1) * b for a, b in pairwise([4, 1, 2, 3, 4, 5, 6])]
    assert list(found.values())[:6] == expected and found["Total"] == sum(expected)
    alike = summary_counts(held([dense(3, name="same"), dense(2, name="same")]))
    assert (alike["same"], alike["same (2)"]) == (15, 8)
    with pytest.raises(ValueError, match="cannot be read: a name in it has lines or │"):
        summary_counts(sequence(dense(2, name="x │ 5 │")))


def test_a_weight_without_numbers():
    layer = layers.Layer(name="own")
    layer.add_weight(name="none", shape=(0,))
    layer.built = True
    assert ledger(layer).total == 0
    with pytest.raises(ValueError, match="no weights with numbers"):
        by_role(layer)
    words = layers.Layer(name="words")
    words.add_weight(
        name="w", shape=(), dtype="string", initializer=lambda *_, **__: "x", trainable=False
    )
    words.built = True
    with pytest.raises(ValueError, match="w is a weight that holds text"):
        ledger(words)


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.layers[0].quantize("int8"),
        lambda model: model.layers[0].enable_lora(2),
        lambda model: model.add(dense(2)),
        lambda model: (model.pop(), model.add(dense(4))),
    ],
    ids=["quantized", "LoRA", "a layer more", "another layer"],
)
def test_what_has_other_variables_is_not_restored_in_silence(change):
    model = sequence(dense(4))
    before = snapshot(model)
    change(model)
    for ask in (before.restore, lambda: compare(before)):
        with pytest.raises(ValueError, match="variables are not those of the snapshot: appeared"):
            ask()


def test_normalization_computes_with_what_is_restored():
    scale = layers.Normalization()
    model, x = sequence(scale), RNG.normal(3, 2, (8, 6, 4)).astype("float32")
    scale.adapt(x)
    before, answers = snapshot(model), np.array(model(x))
    scale.adapt(7 * x)
    assert not np.array_equal(model(x), answers)
    before.restore()
    assert np.array_equal(model(x), answers)


@pytest.mark.parametrize(
    ("dtype", "old", "new", "largest"),
    [
        ("int64", 2**60, 2**60 + 1, 1.0),
        ("uint64", 2**63 + 1, 2**63, 1.0),
        ("float64", 0, 1e308, 1e308),
        ("float64", 0, 5e-324, 5e-324),
        ("float32", np.nan, 1, np.nan),
    ],
)
@pytest.mark.filterwarnings("error::UserWarning", "error::RuntimeWarning")
def test_the_smallest_and_the_largest_steps(dtype, old, new, largest):
    layer = layers.Layer(name="own")
    weight = layer.add_weight(name="w", shape=(2,), dtype=dtype, initializer="zeros")
    layer.built = True
    weight.assign(np.array([old, 0], dtype))
    before = snapshot(layer)
    weight.assign(np.array([new, 0], dtype))
    (change,) = compare(before).changes
    assert change.moved and np.array_equal(change.largest, largest, equal_nan=True)
    word = how_far(compare(before)).figure.axes[0].texts[0].get_text()
    unending = ": from or to what is no finite number"
    assert word.strip() == "moved" + ("" if largest == largest else unending)
