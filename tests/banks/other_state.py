"""Answers to exercise 7, everything else training leaves alone."""

import copy
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np
from keras import layers, ops

from banks import Bank
from helpers.movement import compare, snapshot
from helpers.tasks import other_state as tasks

# --- numbers and words --------------------------------------------------------------------------

counts = Bank(
    tasks.counts,
    solution=(25, 0, 65, 5),
    mistakes=[
        (24, 0, 65, 5),
        (12, 0, 65, 5),
        (13, 0, 65, 5),
        (36, 0, 65, 5),
        (48, 0, 65, 5),
        (49, 0, 65, 5),
        (26, 0, 65, 5),
        (37, 0, 65, 5),
        (1, 0, 65, 5),
        (3, 0, 65, 5),
        (2, 0, 65, 5),
        (0, 0, 65, 5),
        (25, 24, 65, 5),
        (25, 25, 65, 5),
        (25, 12, 65, 5),
        (25, 2, 65, 5),
        (25, 1, 65, 5),
        (25, 3, 65, 5),
        (25, 0, 60, 5),
        (25, 0, 70, 5),
        (25, 0, 72, 5),
        (25, 0, 17, 5),
        (25, 0, 22, 5),
        (25, 0, 3, 5),
        (25, 0, 5, 5),
        (25, 0, 2, 5),
        (25, 0, 0, 5),
        (25, 0, 77, 5),
        (25, 0, 65, 0),
        (25, 0, 65, 1),
        (25, 0, 65, 2),
        (25, 0, 65, 6),
        (25, 0, 65, 12),
        (25, 0, 65, 17),
        (25, 0, 65, 10),
        (25, 0, 65, 60),
        (25, 0, 65, 65),
        (25, 0, 65, 70),
    ],
    variants=[
        (25.0, np.int64(0), ops.convert_to_tensor(65), np.array(5)),
        (Fraction(25), 0.0, np.float32(65), 5),
        (2 * 12 + 1, 0, np.prod([12, 5]) + 5, len(range(5))),
    ],
)

FROZEN = ("stays", "moves", "stays", "moves", "stays", "moves")

still_changing = Bank(
    tasks.still_changing,
    solution=FROZEN,
    mistakes=[
        ("moves", "moves", "stays", "moves", "stays", "moves"),
        ("stays", "stays", "stays", "moves", "stays", "moves"),
        ("stays", "moves", "moves", "moves", "stays", "moves"),
        ("stays", "moves", "stays", "stays", "stays", "moves"),
        ("stays", "moves", "stays", "moves", "moves", "moves"),
        ("stays", "moves", "stays", "moves", "stays", "stays"),
    ],
    variants=[
        ("Stays", "MOVES", " stays ", "moves\n", "stays", "Moves"),
        tuple(map(np.str_, FROZEN)),
        tuple(word.upper() for word in FROZEN),
    ],
)

LISTS = ("weights", "weights", "variables", "neither", "neither", "neither")

listed = Bank(
    tasks.listed,
    solution=LISTS,
    mistakes=[
        ("variables", "weights", "variables", "neither", "neither", "neither"),
        ("neither", "weights", "variables", "neither", "neither", "neither"),
        ("weights", "variables", "variables", "neither", "neither", "neither"),
        ("weights", "neither", "variables", "neither", "neither", "neither"),
        ("weights", "weights", "weights", "neither", "neither", "neither"),
        ("weights", "weights", "neither", "neither", "neither", "neither"),
        ("weights", "weights", "variables", "weights", "neither", "neither"),
        ("weights", "weights", "variables", "variables", "neither", "neither"),
        ("weights", "weights", "variables", "neither", "weights", "neither"),
        ("weights", "weights", "variables", "neither", "variables", "neither"),
        ("weights", "weights", "variables", "neither", "neither", "weights"),
        ("weights", "weights", "variables", "neither", "neither", "variables"),
    ],
    variants=[
        ("Weights", "WEIGHTS", " variables", "neither ", "Neither", "neither"),
        tuple(map(np.str_, LISTS)),
        tuple(f"\t{word}\n" for word in LISTS),
    ],
)

lora_counts = Bank(
    tasks.lora_counts,
    solution=(12_800, 2_176, 48),
    mistakes=[
        (12_864, 2_176, 48),
        (0, 2_176, 48),
        (64, 2_176, 48),
        (2_112, 2_176, 48),
        (2_176, 2_176, 48),
        (264, 2_176, 48),
        (14_976, 2_176, 48),
        (12_800, 2_112, 48),
        (12_800, 1_600, 48),
        (12_800, 512, 48),
        (12_800, 2_120, 48),
        (12_800, 2_312, 48),
        (12_800, 264, 48),
        (12_800, 14_912, 48),
        (12_800, 1_664, 48),
        (12_800, 576, 48),
        (12_800, 64, 48),
        (12_800, 12_864, 48),
        (12_800, 14_976, 48),
        (12_800, 12_800, 48),
        (12_800, 102_400, 48),
        (12_800, 2_176, 49),
        (12_800, 2_176, 47),
        (12_800, 2_176, 24),
        (12_800, 2_176, 64),
        (12_800, 2_176, 63),
        (12_800, 2_176, 200),
        (12_800, 2_176, 199),
        (12_800, 2_176, 8),
        (12_800, 2_176, 12_800 / 264),
    ],
    variants=[
        (200 * 64, 64 + 8 * 264, 12_800 // 264),
        (np.float64(12_800), ops.convert_to_tensor(2_176), np.floor(12_800 / 264)),
        (12_800.0, Fraction(2_176), np.array(48)),
    ],
)

# --- a layer that remembers ---------------------------------------------------------------------


def largest(inputs):
    return ops.max(ops.abs(inputs))


def keep(self, inputs):
    self.peak.assign(ops.maximum(self.peak, largest(inputs)))


def wanted(self, training):
    return training and self.trainable


def peak_of(write=keep, when=wanted, gives=lambda self, x: x, **weight):
    """A function that makes layers of a class with these parts."""
    options = {"shape": (), "initializer": "zeros", "trainable": False, "name": "peak"} | weight

    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(**options)

        def call(self, inputs, training=False):
            if when(self, training):
                write(self, inputs)
            return gives(self, inputs)

    return lambda: Peak(name="peak")


class Unknown(layers.Layer):
    """Keeps a Python number."""

    def __init__(self):
        super().__init__()
        self.peak = 0.0

    def call(self, inputs, training=False):
        if training and self.trainable:
            self.peak = max(self.peak, float(largest(inputs)))
        return inputs


class InInit(layers.Layer):
    def __init__(self):
        super().__init__()
        self.largest = self.add_weight(shape=(1,), initializer="zeros", trainable=False)

    def call(self, inputs, training=None):
        if training and self.trainable:
            self.largest.assign(ops.maximum(self.largest, ops.max(ops.absolute(inputs))))
        return inputs


class WithoutIf(layers.Layer):
    def build(self, input_shape):
        self.value = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        take = ops.cast(bool(training) and self.trainable, "float32")
        seen = ops.maximum(ops.max(inputs), -ops.min(inputs))
        self.value.assign(ops.maximum(self.value, take * seen))
        return inputs


class OwnVariable(layers.Layer):
    def __init__(self):
        super().__init__()
        self.value = keras.Variable(0.0, trainable=False, name="value")

    def call(self, inputs, training=False):
        if not training or not self.trainable:
            return inputs
        flat = ops.reshape(inputs, (-1,))
        self.value.assign(ops.maximum(self.value, ops.norm(flat, ord=np.inf)))
        return inputs


class TrainingUnlessTold(InInit):
    def call(self, inputs, training=True):
        return super().call(inputs, training)


class ByRoots(layers.Layer):
    """Numbers that float32 rounds, and a copy of the input."""

    def build(self, input_shape):
        self.value = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if training and self.trainable:
            seen = ops.sqrt(ops.max(inputs**2) + self.value * 0)
            self.value.assign(ops.maximum(self.value, seen))
        return ops.copy(inputs)


def built():
    layer = peak_of()()
    layer.build((None, 3))
    return layer


def by_if(self, inputs):
    if largest(inputs) > self.peak:
        self.peak.assign(largest(inputs))


def keeps_the_sign(self, inputs):
    flat = ops.reshape(inputs, (-1,))
    extreme = flat[ops.argmax(ops.abs(flat))]
    self.peak.assign(ops.where(ops.abs(extreme) > ops.abs(self.peak), extreme, self.peak))


def keeps_the_sign_or_more(self, inputs):
    flat = ops.reshape(inputs, (-1,))
    self.peak.assign(ops.maximum(self.peak, flat[ops.argmax(ops.abs(flat))]))


ONE_LAYER = peak_of()()


class Shared(layers.Layer):
    """One number for all layers of the class."""

    number = keras.Variable(0.0, trainable=False)

    def __init__(self):
        super().__init__()
        self.peak = self.number

    def call(self, inputs, training=False):
        if training and self.trainable:
            self.peak.assign(ops.maximum(self.peak, largest(inputs)))
        return inputs


class FlagAtBuild(layers.Layer):
    def build(self, input_shape):
        self.peak = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.writes = self.trainable

    def call(self, inputs, training=False):
        if training and self.writes:
            self.peak.assign(ops.maximum(self.peak, largest(inputs)))
        return inputs


def no_freeze_no_sign(self, inputs):
    self.peak.assign(ops.maximum(self.peak, ops.max(inputs)))


peak = Bank(
    tasks.peak,
    solution=(peak_of(),),
    mistakes=[
        # ask: "remembers the largest **absolute** value"
        (peak_of(no_freeze_no_sign),),
        (peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, ops.abs(ops.max(x))))),),
        (peak_of(keeps_the_sign),),
        (peak_of(keeps_the_sign_or_more),),
        (peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, -ops.min(x)))),),
        (peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, ops.max(x**2)))),),
        (peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, largest(x[0])))),),
        (peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, ops.mean(ops.abs(x))))),),
        (peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, ops.abs(ops.sum(x))))),),
        # ask: "it has ever seen"
        (peak_of(lambda s, x: s.peak.assign(largest(x))),),
        (peak_of(lambda s, x: s.peak.assign_add(largest(x))),),
        (peak_of(lambda s, x: s.peak.assign(ops.where(s.peak == 0, largest(x), s.peak))),),
        # ask: "It writes in training mode only"
        (peak_of(when=lambda s, training: s.trainable),),
        (peak_of(when=lambda s, training: not training and s.trainable),),
        (peak_of(when=lambda s, training: True),),
        (TrainingUnlessTold,),
        # ask: "and not while it is frozen"
        (peak_of(when=lambda s, training: training),),
        (peak_of(no_freeze_no_sign, when=lambda s, training: training),),
        (peak_of(when=lambda s, training: training and not s.trainable),),
        (FlagAtBuild,),
        # ask: "that starts at 0"
        (peak_of(initializer=keras.initializers.Constant(-0.25)),),
        (peak_of(initializer="ones"),),
        (peak_of(initializer=None),),
        # ask: "in one non-trainable weight"
        (peak_of(trainable=True),),
        (peak_of(shape=(3,)),),
        (Unknown,),
        (lambda: layers.Identity(),),
        (
            peak_of(
                lambda s, x: s.peak.assign(ops.maximum(s.peak, ops.cast(largest(x), "int32"))),
                dtype="int32",
            ),
        ),
        (peak_of(lambda s, x: setattr(s, "peak", largest(x))),),
        (peak_of(lambda s, x: None),),
        (peak_of(when=lambda s, training: training and s.peak.trainable),),
        # ask: "gives its input back unchanged"
        (peak_of(gives=lambda s, x: x / ops.maximum(s.peak, 1)),),
        (peak_of(gives=lambda s, x: ops.abs(x)),),
        (peak_of(gives=lambda s, x: s.peak),),
        (peak_of(gives=lambda s, x: None),),
        (peak_of(by_if),),
        (peak_of(lambda s, x: s.peak.assign(max(s.peak, largest(x)))),),
        (peak_of(lambda s, x: s.peak.assign(max(float(s.peak), float(largest(x))))),),
        (peak_of(lambda s, x: s.peak.assign(max(s.peak, np.abs(x.numpy()).max()))),),
        (peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, np.max(np.abs(x))))),),
        # ask: "returns a new layer of your own"
        (Shared,),
        (ONE_LAYER,),
        (lambda: ONE_LAYER,),
        (lambda: InInit,),
        (lambda: 3,),
    ],
    variants=[
        (InInit,),
        (WithoutIf,),
        (OwnVariable,),
        (ByRoots,),
        (built,),
        (peak_of(dtype="float64"),),
        (peak_of(lambda s, x: s.peak.assign(ops.max(ops.append(ops.abs(x), s.peak)))),),
    ],
)

# --- the experiment on frozen layers ------------------------------------------------------------


def experiment(freeze=True, training=True, restore=True, thaw=None, weights=False, calls=1):
    """changes_when_frozen with one of its parts changed; `thaw` is the flag it leaves."""

    def changes(layer, x):
        flag, before = layer.trainable, snapshot(layer)
        old = [weight.numpy() for weight in layer.weights]
        if freeze:
            layer.trainable = False
        for _ in range(calls):
            layer(x, training=training)
        pairs = zip(layer.weights, old, strict=True)
        changed = (
            any((weight.numpy() != value).any() for weight, value in pairs)
            if weights
            else bool(compare(before).moved)
        )
        layer.trainable = flag if thaw is None else thaw
        if restore:
            before.restore()
        return changed

    return changes


def by_hand(layer, x):
    flag = layer.trainable
    old = [ops.convert_to_numpy(variable).copy() for variable in layer.variables]
    layer.trainable = False
    layer(x, training=True)
    layer.trainable = flag
    changed = False
    for variable, value in zip(layer.variables, old, strict=True):
        changed |= not np.array_equal(ops.convert_to_numpy(variable), value)
        variable.assign(value)
    return changed


def with_finally(layer, x):
    flag, before = layer.trainable, snapshot(layer)
    try:
        layer.trainable = False
        layer(x, training=True)
        return compare(before).verdict() != "nothing moved"
    finally:
        layer.trainable = flag
        before.restore()


def by_fit(layer, x):
    flag, before = layer.trainable, snapshot(layer)
    layer.trainable = False
    model = keras.Sequential([keras.Input(x.shape[1:]), layer, layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, np.ones((len(x), 1)), verbose=0)
    changed = len(compare(before).moved) > 0
    layer.trainable = flag
    before.restore()
    return changed


def on_a_clone(layer, x):
    """Never touches the layer it is given."""
    clone = type(layer).from_config(layer.get_config())
    clone(x)
    clone.trainable = False
    before = snapshot(clone)
    clone(x, training=True)
    return bool(compare(before).moved)


def on_a_copy(layer, x):
    """Knows whether a copy changes; as `on_a_clone`, without building it anew."""
    twin = copy.deepcopy(layer)
    twin.trainable = False
    before = snapshot(twin)
    twin(x, training=True)
    return bool(compare(before).moved)


def without_copies(layer, x):
    flag, before = layer.trainable, list(layer.variables)
    layer.trainable = False
    layer(x, training=True)
    layer.trainable = flag
    return any(old is not new for old, new in zip(before, layer.variables, strict=True))


def by_allclose(layer, x):
    before = snapshot(layer)
    old = [ops.convert_to_numpy(variable).copy() for variable in layer.variables]
    flag, layer.trainable = layer.trainable, False
    layer(x, training=True)
    new = [ops.convert_to_numpy(variable).copy() for variable in layer.variables]
    layer.trainable = flag
    before.restore()
    return not all(map(np.allclose, old, new))


def compares_variables(layer, x):
    """Each with itself."""
    flag, before = layer.trainable, list(layer.variables)
    layer.trainable = False
    layer(x, training=True)
    layer.trainable = flag
    return any((old.numpy() != new.numpy()).any() for old, new in zip(before, layer.variables))


def restores_too_soon(layer, x):
    flag, before = layer.trainable, snapshot(layer)
    layer.trainable = False
    layer(x, training=True)
    layer.trainable = flag
    before.restore()
    return bool(compare(before).moved)


def by_words(layer, x):
    """No experiment: right for the layers that it knows."""
    names = [type(one).__name__ for one in layer._flatten_layers()]
    known = ("Dropout", "SpectralNormalization", "Tally", "GaussianNoise", "Drift")
    return any(name in known for name in names)


changes_when_frozen = Bank(
    tasks.changes_when_frozen,
    solution=(experiment(),),
    mistakes=[
        # ask: "does any variable of this layer change"
        (by_allclose,),
        (compares_variables,),
        (restores_too_soon,),
        # ask: "write the experiment"
        (by_words,),
        (lambda layer, x: True,),
        (lambda layer, x: len(layer.weights) > 0,),
        (lambda layer, x: False,),
        (experiment(weights=True),),
        # ask: "in a call in training mode"
        (experiment(training=False),),
        (without_copies,),
        # ask: "although the layer is frozen"
        (experiment(freeze=False),),
        (lambda layer, x: "Dropout" in type(layer).__name__,),
        (lambda layer, x: type(layer).__name__ in ("Dropout", "SpectralNormalization"),),
        (
            lambda layer, x: (
                not isinstance(layer, keras.Model)
                and type(layer).__name__ in ("Dropout", "SpectralNormalization", "Tally")
            ),
        ),
        (lambda layer, x: "ormalization" in type(layer).__name__ or by_hand(layer, x),),
        (lambda layer, x: type(layer) is layers.Normalization or by_hand(layer, x),),
        # ask: "its flag"
        (experiment(thaw=False),),
        (experiment(thaw=True),),
        # ask: "the values of its variables"
        (experiment(restore=False),),
        # ask: "Return True or False"
        (lambda layer, x: compare(snapshot(layer)).moved,),
        (lambda layer, x: int(by_hand(layer, x)),),
        (lambda layer, x: print(end=""),),
    ],
    variants=[
        (by_hand,),
        (with_finally,),
        (by_fit,),
        (on_a_clone,),
        (on_a_copy,),
        (experiment(calls=3),),
        (lambda layer, x: np.bool_(by_hand(layer, x)),),
        (lambda layer, x: ops.any([by_hand(layer, x)]),),
        (lambda layer, x: by_hand(layer, ops.convert_to_tensor(x[:2])),),
    ],
)

# --- LoRA ---------------------------------------------------------------------------------------


def compiled(model, optimizer="sgd", **options):
    model.compile(optimizer, "mse", **options)
    return model


def prepare(reader, rank=2, head=False, bias=False, on="hidden", frozen_first=False, toggled=False):
    """A and B of hidden alone, not compiled; `head` and `bias` are flags to leave there."""
    hidden = reader.get_layer("hidden")
    hidden.trainable = not frozen_first
    reader.get_layer(on).enable_lora(rank)
    if toggled:
        hidden.trainable = False
        hidden.trainable = True
    reader.get_layer("head").trainable = head
    hidden.bias.trainable = bias
    return reader


def prepared(**parts):
    return lambda reader: compiled(prepare(reader, **parts))


def thawed_afterwards(reader):
    reader.get_layer("hidden").trainable = False
    reader.get_layer("hidden").enable_lora(2)
    reader.get_layer("hidden").trainable = True
    reader.get_layer("head").trainable = False
    return compiled(reader)


def freezes_the_sum(reader):
    """`kernel` of a layer with LoRA is a tensor: its flag is nobody's."""
    prepare(reader, toggled=True).get_layer("hidden").kernel.trainable = False
    return compiled(reader)


def frozen_afterwards(reader):
    prepare(reader).trainable = False
    return compiled(reader)


def fitted(reader):
    compiled(prepare(reader)).fit(*tasks.new_task(), verbose=0)
    return reader


def kept_clone(reader):
    clone = keras.models.clone_model(reader)
    clone.set_weights(reader.get_weights())
    return compiled(prepare(clone))


def flags_of_weights(reader):
    """Also repairs what a toggled layer has switched on."""
    prepare(reader, toggled=True)
    for weight in reader.weights:
        weight.trainable = "lora" in weight.name
    return compiled(reader, keras.optimizers.Adam(0.01))


def functional(reader):
    inputs = keras.Input((6,))
    hidden, head = reader.layers
    return compiled(prepare(keras.Model(inputs, head(hidden(inputs)))))


def in_a_sequential(reader):
    return compiled(keras.Sequential([keras.Input((6,)), prepare(reader)]))


def own_lora(reader):
    """LoRA by hand, around the frozen layer."""

    class Beside(layers.Layer):
        def __init__(self, dense):
            super().__init__()
            self.dense = dense
            self.a = self.add_weight(name="a", shape=(6, 2), initializer="he_uniform")
            self.b = self.add_weight(name="b", shape=(2, 5), initializer="zeros")

        def call(self, x):
            kernel = self.dense.kernel + self.a @ self.b
            return self.dense.activation(ops.matmul(x, kernel) + self.dense.bias)

    hidden, head = reader.layers
    hidden.trainable = head.trainable = False
    return compiled(keras.Sequential([keras.Input((6,)), Beside(hidden), head]))


def saved_and_loaded(reader):
    """Loaded, A and B are both zero on this Keras, and dead."""
    compiled(prepare(reader))
    with TemporaryDirectory() as folder:
        reader.save(Path(folder) / "m.keras")
        loaded = keras.models.load_model(Path(folder) / "m.keras")
    loaded.get_layer("hidden").bias.trainable = False
    return compiled(loaded)


def vetoed(reader):
    """The model's own False, under which A and B are switched on."""
    hidden = prepare(reader).get_layer("hidden")
    reader.trainable = False
    hidden.lora_kernel_a.trainable = hidden.lora_kernel_b.trainable = True
    return compiled(reader)


def thawed_weights(reader):
    prepare(reader)
    for weight in reader.get_layer("hidden").weights:
        weight.trainable = True
    return compiled(reader)


lora_only = Bank(
    tasks.lora_only,
    solution=(prepared(),),
    mistakes=[
        # ask: "so that a fit moves A and B of"
        (vetoed,),
        (thawed_weights,),
        (prepared(bias=True, head=True),),
        (lambda reader: compiled(prepare(reader), keras.optimizers.SGD(1e30)),),
        (prepared(toggled=True),),
        (prepared(toggled=True, bias=True),),
        (thawed_afterwards,),
        (freezes_the_sum,),
        # ask: "`hidden` and nothing else"
        (prepared(bias=True),),
        (prepared(head=True),),
        # ask: "returns the model, compiled"
        (prepare,),
        (prepared(frozen_first=True),),
        (frozen_afterwards,),
        (lambda reader: compiled(prepare(reader), keras.optimizers.SGD(0.0)),),
        (saved_and_loaded,),
        (lambda reader: compiled(prepare(reader), keras.optimizers.SGD(-0.01)),),
        # ask: "with rank 2"
        (prepared(rank=4),),
        (prepared(on="head"),),
        (lambda reader: reader,),
        (lambda reader: compiled(prepare(keras.models.clone_model(reader))),),
        (fitted,),
        (
            lambda reader: compiled(
                keras.Sequential([keras.Input((6,)), prepare(reader).get_layer("hidden")])
            ),
        ),
        (lambda reader: keras.Sequential([keras.Input((6,)), prepare(reader)]),),
        (lambda reader: compiled(keras.Sequential([layers.Dense(2)])),),
        (lambda reader: prepare(reader).get_layer("hidden"),),
        (lambda reader: compiled(prepare(reader)) and None,),
    ],
    variants=[
        (kept_clone,),
        (flags_of_weights,),
        (functional,),
        (in_a_sequential,),
        (own_lora,),
        (lambda reader: prepare(compiled(reader)),),  # flags before the first step
        (lambda reader: compiled(prepare(reader), "adam", run_eagerly=True),),
    ],
)


def arrays(layer):
    return {weight.name: weight.numpy() for weight in layer.weights}


def product(layer):
    return arrays(layer)["lora_kernel_a"] @ arrays(layer)["lora_kernel_b"]


def ordinary(layer, kernel=None, activation=None, bias=None):
    kernel = layer.kernel if kernel is None else kernel
    plain = layers.Dense(layer.units, activation or layer.activation, layer.use_bias)
    plain.build((None, layer.kernel.shape[0]))
    bias = layer.bias if bias is None else bias
    plain.set_weights([kernel, bias] if layer.use_bias else [kernel])
    return plain


def from_config(layer):
    config = layer.get_config()
    plain = layers.Dense.from_config({k: v for k, v in config.items() if "lora" not in k})
    plain.build((None, layer.kernel.shape[0]))
    plain.kernel.assign(layer.kernel)
    if layer.use_bias:
        plain.bias.assign(layer.bias)
    return plain


def from_config_with_lora(layer):
    plain = layers.Dense.from_config(layer.get_config())
    plain.build((None, layer.kernel.shape[0]))
    plain.set_weights(layer.get_weights())
    return plain


def by_initializers(layer):
    def constant(value):
        return keras.initializers.Constant(ops.convert_to_numpy(value))

    options = {"bias_initializer": constant(layer.bias)} if layer.use_bias else {}
    kernel = constant(layer.kernel)
    return layers.Dense(
        layer.units, layer.activation, layer.use_bias, kernel_initializer=kernel, **options
    )


def scaled_by_hand(layer):
    scale = (layer.lora_alpha or layer.lora_rank) / layer.lora_rank
    return ordinary(layer, arrays(layer)["kernel"] + scale * product(layer))


def by_a_file(layer):
    inputs = layer.kernel.shape[0]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "m.weights.h5"
        keras.Sequential([keras.Input((inputs,)), layer]).save_weights(file)
        plain = layers.Dense(layer.units, layer.activation, layer.use_bias)
        keras.Sequential([keras.Input((inputs,)), plain]).load_weights(file)
    return plain


def by_einsum(layer):
    axes = "c" if layer.use_bias else None
    plain = layers.EinsumDense("ab,bc->ac", layer.units, layer.activation, axes)
    plain.build((None, layer.kernel.shape[0]))
    plain.set_weights([layer.kernel, layer.bias] if layer.use_bias else [layer.kernel])
    return plain


def and_clears_the_old(layer):
    plain = ordinary(layer)
    for weight in layer.weights:
        if "lora" in weight.name:
            weight.assign(ops.zeros_like(weight))
    return plain


def and_freezes_the_old(layer):
    plain = ordinary(layer)
    layer.trainable = not layer.trainable
    return plain


def and_switches_off(layer):
    plain = ordinary(layer)
    layer.lora_enabled = False
    return plain


def without_bias(layer):
    plain = layers.Dense(layer.units, layer.activation, use_bias=False)
    plain.build((None, layer.kernel.shape[0]))
    plain.set_weights([layer.kernel])
    return plain


def with_a_bias_of_zeros(layer):
    plain = layers.Dense(layer.units, layer.activation)
    plain.build((None, layer.kernel.shape[0]))
    plain.set_weights([layer.kernel, layer.bias if layer.use_bias else np.zeros(layer.units)])
    return plain


def not_built(layer):
    plain = layers.Dense(layer.units, layer.activation, layer.use_bias, name="plain")
    plain.set_weights([layer.kernel, layer.bias])
    return plain


def bias_of_none(layer):
    plain = layers.Dense(layer.units, layer.activation, layer.use_bias, name="plain")
    plain.build((None, layer.kernel.shape[0]))
    plain.set_weights([layer.kernel, layer.bias])
    return plain


def six_to_five(layer):
    plain = layers.Dense(5, layer.activation, layer.use_bias, name="plain")
    plain.build((None, 6))
    plain.set_weights([layer.kernel, layer.bias] if layer.use_bias else [layer.kernel])
    return plain


def asks_the_old(layer):
    plain = ordinary(layer, arrays(layer)["kernel"])
    plain.call = lambda inputs, training=None: layer.call(inputs)
    return plain


class Around(layers.Layer):
    """Hides the old layer in a function, and has one number of its own."""

    def __init__(self, old):
        super().__init__()
        self.answers = lambda inputs: old(inputs)
        self.one = self.add_weight(shape=(), initializer="ones")

    def call(self, inputs):
        return self.answers(inputs) * self.one


def alpha_alone(layer):
    return ordinary(layer, arrays(layer)["kernel"] + layer.lora_alpha * product(layer))


def by_rank(layer):
    return ordinary(layer, arrays(layer)["kernel"] + product(layer) / layer.lora_rank)


def nothing_of_a_bias(layer):
    zeros = np.zeros(layer.units) if layer.use_bias else None
    return ordinary(layer, arrays(layer)["kernel"], bias=zeros)


merged = Bank(
    tasks.merged,
    solution=(ordinary,),
    mistakes=[
        # ask: "gives the same answers"
        (lambda layer: ordinary(layer, arrays(layer)["kernel"]),),
        (lambda layer: ordinary(layer, product(layer)),),
        (lambda layer: ordinary(layer, arrays(layer)["kernel"] + product(layer)),),
        (alpha_alone,),
        (by_rank,),
        (lambda layer: ordinary(layer, layer.kernel + product(layer)),),
        (lambda layer: ordinary(layer, arrays(layer)["kernel"] - product(layer)),),
        (lambda layer: ordinary(layer, activation="linear"),),
        (lambda layer: ordinary(layer, activation="relu"),),
        (lambda layer: ordinary(layer, bias=np.zeros(layer.units)),),
        (lambda layer: ordinary(layer, activation="linear", bias=np.zeros(layer.units)),),
        (nothing_of_a_bias,),
        (without_bias,),
        (lambda layer: ordinary(layer, arrays(layer)["kernel"], "linear"),),
        (not_built,),
        (bias_of_none,),
        (six_to_five,),
        # ask: "without LoRA"
        (from_config_with_lora,),
        (copy.deepcopy,),
        # ask: "leaves the old"
        (and_clears_the_old,),
        (and_freezes_the_old,),
        (and_switches_off,),
        (asks_the_old,),
        # ask: "a *new, ordinary* Dense layer"
        (lambda layer: layer,),
        (lambda layer: keras.Sequential([keras.Input((layer.kernel.shape[0],)), layer]),),
        (lambda layer: layers.Lambda(lambda x: layer(x)),),
        (by_einsum,),
        (Around,),
        (lambda layer: layers.Dense(6),),
        (lambda layer: layer.kernel,),
    ],
    variants=[
        (from_config,),
        (by_initializers,),
        (scaled_by_hand,),
        (by_a_file,),
        (with_a_bias_of_zeros,),
    ],
)

in_order = Bank(
    tasks.in_order,
    solution=("BACD",),
    mistakes=[
        ("ABC",),
        ("",),
        ("BCD",),
        ("BAD",),
        ("BADC",),
        ("CDAB",),
        ("BCDA",),
        ("CDA",),
        ("ACDBE",),
        ("AD",),
        ("ACD",),
        ("ACDB",),
        ("BAEFCD",),
        ("EAFBCD",),
        ("EBACD",),
        ("BAECD",),
        ("FBACD",),
        ("BAFCD",),
        ("BACDE",),
        ("EFBACD",),
        ("BEFACD",),
        ("AAD",),
        ("BAXD",),
    ],
    variants=[
        ("abcd",),
        ("A, B, C, D",),
        (["B", "a", "C", "D"],),
        ("B->A->C->D",),
        ("BCAD",),  # the flags before the first step
    ],
)
