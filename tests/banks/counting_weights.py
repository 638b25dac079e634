"""Answers to exercise 1, counting weights."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from functools import partial, reduce
from operator import mul

import keras
import numpy as np
from keras import layers, ops

from banks import Bank
from helpers.ledger import Role, ledger
from helpers.tasks import counting_weights as tasks
from helpers.tasks.counting_weights.count_repaired import _count_of

# --- numbers and words --------------------------------------------------------------------------

dense_layer = Bank(
    tasks.dense_layer,
    solution=(784 * 64 + 64,),
    mistakes=[
        (784 * 64,),
        (784 * 64 + 784,),
        (784 + 64,),
        (784 + 64 + 64,),
        (2,),
        (64,),
        (785 * 65,),
        ("50240",),
        (True,),
        (50240.5,),
        ((50, 240),),
        (28 * 64 + 64,),
        (28 * 64,),
        (4 * 50_240,),
        (784 * 64 + 1,),
        (784 * 64 + 784 + 64,),
        (3 * 784 * 64 + 64,),
        (3 * 50_240 + 2,),
        (784,),
        (785,),
        (np.zeros((784, 64)),),
        (785 * 64 + 64,),
    ],
    variants=[
        (np.int64(50_240),),
        (np.float32(50_240),),
        (50_240.0,),
        (np.array(50_240),),
        (ops.convert_to_tensor(50_240),),
        (keras.Variable(50_240, dtype="int32"),),
        (Fraction(100_480, 2),),
        (np.prod((785, 64)),),
        ([50240],),
        (Decimal(50_240),),
    ],
)

three_layers = Bank(
    tasks.three_layers,
    solution=(222, 154, 68),
    mistakes=[
        (200, 136, 64),
        (222, 68, 154),
        (222, 78, 144),
        (222, 212, 10),
        (222, 222, 0),
        (154, 154, 68),
        (154, 154, 0),
        (222, 222, 68),
        (6, 4, 2),
        (3, 2, 1),
        (222, 158, 64),
        (222, 10, 212),
        (222, 144, 78),
        (222, 0, 222),
        (228, 148, 80),
        (203, 138, 65),
        (198, 162, 36),
        (888, 616, 272),
        (200, 64, 136),
        (200, 200, 0),
        (6, 2, 4),
        (222, 150, 68),
        (223, 155, 68),
    ],
    variants=[
        (np.int32(222), np.uint8(154), np.int64(68)),
        (222.0, np.array(154), ops.convert_to_tensor(68)),
        (keras.Variable(222.0), 222 - 68, 16 * 4 + 4),
    ],
)

batchnorm_counts = Bank(
    tasks.batchnorm_counts,
    solution=(4 * 48, 2 * 48),
    mistakes=[
        (96, 0),
        (48, 24),
        (4 * 32, 2 * 32),
        (4 * 20, 2 * 20),
        (4 * 32 * 20 * 48, 0),
        (4, 2),
        (3 * 48, 96),
        (192, 0),
        (192, 192),
        (192, 48),
        (192, 64),
        (192, 40),
        (192, 2),
        (192, 144),
        (4 * 47, 96),
        (193, 97),
        (192, 97),
        (96, 192),
        (4 * 32 * 48, 2 * 32 * 48),
        (4 * 32 * 20, 2 * 32 * 20),
        (48 * 48 + 48, 0),
        (4 * 192, 2 * 192),
        (2, 1),
        (2 * 48 + 2, 2),
        (194, 96),
        (192, 98),
    ],
    variants=[
        (np.int64(192), np.int64(96)),
        (192.0, ops.convert_to_tensor(96)),
        (np.array(192), keras.Variable(96.0)),
    ],
)

two_reasons = Bank(
    tasks.two_reasons,
    solution=("frozen", "learned", "statistic", "learned"),
    mistakes=[
        ("learned", "learned", "statistic", "learned"),
        ("statistic", "learned", "statistic", "learned"),
        ("other state", "learned", "statistic", "learned"),
        ("frozen", "statistic", "statistic", "learned"),
        ("frozen", "frozen", "statistic", "learned"),
        ("frozen", "other_state", "statistic", "learned"),
        ("frozen", "learned", "learned", "learned"),
        ("frozen", "learned", "frozen", "learned"),
        ("frozen", "learned", "Other State", "learned"),
        ("frozen", "learned", "statistic", "frozen"),
        ("frozen", "learned", "statistic", "statistic"),
        ("frozen", "learned", "statistic", "other state"),
        ("non-trainable", "trainable", "non-trainable", "trainable"),
        ("frozen", "trainable", "statistic", "trainable"),
        ("frozen", "learned", "statistics", "learned"),
        (1, "learned", "statistic", "learned"),
        ("froze", "learned", "statistic", "learned"),
    ],
    variants=[
        (Role.FROZEN, Role.LEARNED, Role.STATISTIC, Role.LEARNED),
        (" Frozen ", "LEARNED", "statistic\n", "Learned"),
        tuple(np.array(["frozen", "learned", "statistic", "learned"])),
        (["frozen"], np.array(["learned"]), ("statistic",), "learned"),
    ],
)

total_after_fit = Bank(
    tasks.total_after_fit,
    solution=(19 + 2 * 4 + 2, 19),
    mistakes=[
        (19, 19),
        (19 + 2 * 4, 19),
        (19 + 2 * 19 + 2, 19),
        (19 + 2 * 19, 19),
        (2 * 4 + 2, 19),
        (19 + 4, 19),
        (19 + 4 + 2, 19),
        (19 + 2, 19),
        (4, 19),
        (29, 29),
        (29, 4),
        (29, 15),
        (29, 10),
        (28, 19),
        (31, 19),
        (33, 19),
        (51, 19),
        (14, 19),
        (15, 19),
        (19, 29),
        (23, 15),
        (26, 18),
        (26, 16),
        (59, 59),
        (27, 4),
        (30, 20),
        (19 + 2 * 4 + 5, 19),
        (19 + 2 * 4 + 3, 19),
        (9, 19),
    ],
    variants=[
        (np.int64(29), np.int32(19)),
        (29.0, np.array(19.0)),
        (keras.Variable(29, dtype="int32"), ops.convert_to_tensor(19)),
    ],
)

# --- functions ----------------------------------------------------------------------------------


def conv2d(height, width, channels_in, filters, use_bias):
    return height * width * channels_in * filters + (filters if use_bias else 0)


class ConvFormula:
    """An object that can be called is as good as a function."""

    def __call__(self, *sizes):
        return reduce(mul, sizes[:4]) + sizes[3] * sizes[4]


def conv2d_asked_of_keras(height, width, channels_in, filters, use_bias):
    layer = layers.Conv2D(filters, (height, width), use_bias=use_bias)
    layer.build((1, 9, 9, channels_in))
    return ledger(layer).total


def with_default_bias(bias_size, height, width, channels_in, filters, use_bias):
    return (height * width * channels_in + bias_size * bool(use_bias)) * filters


conv2d_count = Bank(
    tasks.conv2d_count,
    solution=(conv2d,),
    mistakes=[
        # ask: "how many numbers there are in the weights of a Conv2D layer"
        (lambda h, w, c, f, b: h * w * c * f,),
        # ask: "`use_bias` is"
        (lambda h, w, c, f, b: h * w * c * f + f,),
        (lambda h, w, c, f, b: h * w * f + f * b,),
        (lambda h, w, c, f, b: h * w * c * f + c * b,),
        (lambda h, w, c, f, b: h * h * c * f + f * b,),
        (lambda h, w, c, f, b: w * w * c * f + f * b,),
        (lambda h, w, c, f, b: h * w * c + f * b,),
        (lambda h, w, c, f, b: h * w * c * f + b,),
        (lambda h, w, c, f, b: h * w * c * f * (1 + b),),
        (lambda h, w, c, f, b: h * w * c * f + f if b else 0,),
        (lambda h, w, c, f, b: 9 * c * f + f * b,),
        (lambda h, w, c, f, b: (h + w) * c * f + f * b,),
        (lambda h, w, c, f, b: h * w * (c + f) + f * b,),
        (lambda h, w, c, f, b: h * w + f * b,),
        (lambda h, w, c, f, b: c * f + f * b,),
        (lambda h, w, c, f, b: h * w * c + c * f + f * b,),
        (lambda h, w, c, f, b: h * w * f + f,),
        (lambda h, w, c, f, b: h * h * c * f,),
        (lambda h, w, c, f, b: h * w * c * f + f * (not b),),
        (lambda h, w, c, f, b: h * w * c * f + h * w * f * b,),
        (lambda h, w, c, f, b: h * w * c * f + 1,),
        (lambda h, w, c, f, b: f if b else 0,),
        (lambda h, w, c, f, b: 2 if b else 1,),
        (lambda h, w, c, f: h * w * c * f,),
        # ask: "Write a function"
        (224,),
        (lambda h, w, c, f, b: print(end=""),),
        (lambda h, w, c, f, b: (h * w * c * f, f * b),),
        (lambda h, w, c, f, b: h * w * c * f - f * b,),
    ],
    variants=[
        (lambda h, w, c, f, b: (h * w * c + b) * f,),
        (partial(with_default_bias, 1),),
        (ConvFormula(),),
        (conv2d_asked_of_keras,),
        (lambda *sizes: np.prod(sizes[:4]) + np.where(sizes[4], sizes[3], 0),),
        (lambda h, w, c, f, b: ops.prod((h, w, c, f)) + f * int(b),),
        (lambda h, w, c, f, b: float(h * w * c * f) + f * b,),
    ],
)


def count_trainable(model):
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def count_above(start, model):
    return start + count_trainable(model)


def with_slots(model):
    slots = model.optimizer.variables if model.compiled else []
    return count_trainable(model) + sum(v.numpy().size for v in slots)


def by_layer_flag(model):
    return sum(layer.count_params() for layer in model.layers if layer.trainable)


def by_layers(model):
    return sum(_count_of(layer.trainable_weights) for layer in model.layers)


def by_layers_without_repetition(model):
    found = {id(w): w for layer in model.layers for w in layer.trainable_weights}
    return _count_of(found.values())


def without_statistics(model):
    every = model._flatten_layers()
    norms = [each for each in every if isinstance(each, layers.BatchNormalization)]
    kept = [w for norm in norms for w in (norm.moving_mean, norm.moving_variance)]
    return model.count_params() - _count_of(kept)


def from_the_summary(model, asked="Trainable"):
    pages = []
    model.summary(print_fn=lambda text, **options: pages.append(text))
    found = re.search(rf"(?m)^ *{asked} params: ([\d,]+)", "\n".join(pages))
    return int(found[1].replace(",", ""))


def total_less_the_rest(model):
    return from_the_summary(model, "Total") - from_the_summary(model, "Non-trainable")


def by_recursion(model):
    """Right: a frozen model is asked first, then what is in it."""
    return sum(math.prod(w.shape) for w in model.weights if w.trainable) if model.trainable else 0


def by_leaves(model):
    parts = [each for each in model._flatten_layers() if not isinstance(each, keras.Model)]
    return sum(_count_of(part.trainable_weights) for part in parts)


def by_all_parts(model):
    return sum(_count_of(part.trainable_weights) for part in model._flatten_layers())


def by_halves(model):
    """Of each layer's numbers: of BatchNormalization's half."""
    found = 0
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += by_halves(layer)
        elif isinstance(layer, layers.BatchNormalization) and layer.trainable:
            found += layer.count_params() // 2
        else:
            found += _count_of(layer.trainable_weights)
    return found


def by_halves_of_all_numbers(model):
    found = 0
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += by_halves_of_all_numbers(layer)
        elif layer.trainable:
            half = isinstance(layer, layers.BatchNormalization)
            found += layer.count_params() // (2 if half else 1)
    return found


def by_places(model):
    """A layer counts in every model that it is in."""

    def places(part):
        inside = getattr(part, "layers", None)
        return sum(map(places, inside)) if inside else _count_of(part.trainable_weights)

    return places(model) if model.trainable else 0


def less_frozen_layers(model):
    frozen = [layer for layer in model.layers if not layer.trainable]
    return model.count_params() - sum(layer.count_params() for layer in frozen)


def only_dense(model):
    chosen = [each for each in model.layers if isinstance(each, layers.Dense) and each.trainable]
    return sum(each.count_params() for each in chosen)


def returns_too_early(model):
    for weight in model.trainable_weights:
        return math.prod(weight.shape)


def nothing_for_nothing(model):
    return count_trainable(model) or None


def of_another(model):
    other = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(2)])
    other.layers[0].trainable = False
    return count_trainable(other)


count_repaired = Bank(
    tasks.count_repaired,
    solution=(count_trainable,),
    mistakes=[
        (lambda model: len(model.trainable_weights),),
        (lambda model: len(model.weights),),
        # ask: "with frozen layers"
        (lambda model: model.count_params(),),
        (without_statistics,),
        (lambda model: sum(w.numpy().size for w in model.non_trainable_weights),),
        # ask: "models inside models"
        (by_layer_flag,),
        # ask: "which is right for *every* built model"
        (by_layers,),
        (by_layers_without_repetition,),
        (by_leaves,),
        (by_all_parts,),
        (by_halves,),
        (by_halves_of_all_numbers,),
        (by_places,),
        (less_frozen_layers,),
        (only_dense,),
        (lambda model: model.layers[-1].count_params(),),
        (returns_too_early,),
        (nothing_for_nothing,),
        (lambda model: sum(w.numpy().size for w in model.weights if w.trainable),),
        (of_another,),
        # ask: "with BatchNormalization"
        (
            lambda model: _count_of(
                w for w in model.trainable_weights if w.name in ("kernel", "bias")
            ),
        ),
        # ask: "after a `fit`"
        (with_slots,),
        (total_less_the_rest,),
        (lambda model: model.count_params() - _count_of(model.non_trainable_variables),),
        (lambda model: _count_of(model.variables) - _count_of(model.non_trainable_weights),),
        (
            lambda model: sum(
                {w.name: math.prod(w.shape) for w in model.trainable_weights}.values()
            ),
        ),
        (lambda model: sum({math.prod(w.shape) for w in model.trainable_weights}),),
        (lambda model: sum(len(w.numpy()) for w in model.trainable_weights),),
        (lambda model: sum(w.shape[-1] for w in model.trainable_weights),),
        (lambda model: sum(math.prod(w.shape[:2]) for w in model.trainable_weights),),
        (lambda model: sum(sum(w.shape) for w in model.trainable_weights),),
        (lambda model: sum(layer.trainable for layer in model.layers),),
        (lambda model: sum(w.numpy().nbytes for w in model.trainable_weights),),
        (lambda model: 4 * count_trainable(model),),
        (lambda model: sum(w.numpy().size for w in model.trainable_weights if w.ndim > 1),),
        (lambda model: _count_of(w for w in model.trainable_weights if w.name != "bias"),),
        (lambda model: model.trainable_weights,),
        (lambda model: _count_of(model.trainable_weights[1:]),),
        (lambda model: _count_of(model.trainable_weights[:-1]),),
        (lambda model: _count_of(model.trainable_weights[:1]),),
        (lambda model: _count_of(model.trainable_weights[-1:]),),
        (lambda model: max((_count_of([w]) for w in model.trainable_weights), default=0),),
        (lambda model: sum(len(w.shape) for w in model.trainable_weights),),
        (lambda model: sum(max(w.shape) for w in model.trainable_weights),),
    ],
    variants=[
        (lambda model: ledger(model).trainable,),
        (lambda model: ledger(model).count("learned"),),
        (lambda model: np.sum([np.prod(tuple(w.shape)) for w in model.trainable_weights]),),
        (lambda model: sum(ops.size(w) for w in model.trainable_weights),),
        (lambda model: model.count_params() - _count_of(model.non_trainable_weights),),
        (by_recursion,),
        (from_the_summary,),
        (partial(count_above, 0),),
    ],
)

# --- models -------------------------------------------------------------------------------------


def built_to_order_model(*extra, freeze=(0,), norm=layers.BatchNormalization, width=8, batch=None):
    """The solution, or it with other layers after the norm, frozen or another norm."""
    stack = [layers.Dense(width), norm(), *extra, layers.Dense(3)]
    model = keras.Sequential([keras.Input((10,), batch_size=batch), *stack])
    for index in freeze:
        stack[index].trainable = False
    return model


def frozen_as_a_whole():
    model = built_to_order_model(freeze=())
    model.trainable = False
    return model


def frozen_by_a_misspelt_name():
    model = built_to_order_model(freeze=())
    model.layers[0].trainble = False
    return model


def frozen_input_layer():
    inputs = keras.Input((10,))
    x = layers.BatchNormalization()(layers.Dense(8)(inputs))
    model = keras.Model(inputs, layers.Dense(3)(x))
    model.layers[0].trainable = False  # in a functional model this is the InputLayer
    return model


def frozen_dropout():
    model = built_to_order_model(layers.Dropout(0.3), freeze=())
    model.layers[2].trainable = False
    return model


def frozen_elsewhere():
    model = built_to_order_model(freeze=())
    keras.models.clone_model(model).layers[0].trainable = False
    return model


def frozen_with_a_text():
    model = built_to_order_model(freeze=())
    model.layers[0].trainable = "False"
    return model


def frozen_by_an_argument():
    base = keras.Sequential([keras.Input((10,)), layers.Dense(8)], trainable=False, name="base")
    stack = [base, layers.BatchNormalization(), layers.Dense(3)]
    return keras.Sequential([keras.Input((10,)), *stack])


def statistics_of_its_own():
    class Standardize(layers.Layer):
        def build(self, shape):
            for name in ("mean", "variance"):
                self.add_weight(shape=shape[1:], trainable=False, name=name)
            self.gamma = self.add_weight(shape=shape[1:], name="gamma")
            self.beta = self.add_weight(shape=shape[1:], name="beta")

        def call(self, x):
            return x * self.gamma + self.beta

    return built_to_order_model(norm=Standardize)


def not_built():
    return keras.Sequential([layers.Dense(8), layers.BatchNormalization(), layers.Dense(3)])


def no_norm():
    stack = [keras.Input((10,)), layers.Dense(8, trainable=False), layers.Dense(3)]
    return keras.Sequential(stack)


def wrong_input():
    return keras.Sequential([keras.Input((28,)), layers.Dense(3)])


def functional():
    inputs = keras.Input(shape=(10,), name="ten_numbers")
    x = layers.Dense(8, activation="tanh", trainable=False, name="first")(inputs)
    x = layers.BatchNormalization(momentum=0.5)(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x), name="mine")


def functional_around_a_frozen_base():
    base = keras.Sequential([keras.Input((10,)), layers.Dense(8)], name="base")
    base.trainable = False
    inputs = keras.Input((10,))
    x = layers.BatchNormalization()(base(inputs))
    return keras.Model(inputs, layers.Dense(3)(x))


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.last = layers.Dense(8, trainable=False), layers.Dense(3)
        self.norm = layers.BatchNormalization()

    def call(self, x, training=False):
        return self.last(self.norm(self.first(x), training=training))


class NormAlwaysInInference(Subclassed):
    def call(self, x):
        return self.last(self.norm(self.first(x), training=False))


def no_gradient_behind_norm():
    inputs = keras.Input((10,))
    x = layers.BatchNormalization(name="norm")(layers.Dense(8, trainable=False)(inputs))
    return keras.Model(inputs, layers.Dense(3)(ops.stop_gradient(x)))


def thawed_inside():
    model = built_to_order_model(freeze=())
    model.trainable = False
    for layer in model.layers[1:]:
        layer.trainable = True
    return model


def subclassed(kind=Subclassed):
    model = kind()
    model(np.zeros((1, 10)))
    return model


def compiled_and_fitted():
    model = built_to_order_model()
    model.compile("adam", "mse", run_eagerly=True)
    model.fit(np.ones((2, 10)), np.ones((2, 3)), verbose=0)
    return model


def each_variable_frozen():
    model = built_to_order_model(freeze=())
    for weight in model.layers[0].weights:
        weight.trainable = False
    return model


def norm_first():
    stack = [layers.BatchNormalization(), layers.Dense(8, trainable=False), layers.Dense(3)]
    return keras.Sequential([keras.Input((10,)), *stack])


def two_branches():
    inputs = keras.Input((10,))
    parts = [layers.BatchNormalization()(layers.Dense(4, trainable=False)(inputs)) for _ in "12"]
    return keras.Model([inputs], layers.Dense(3)(layers.Concatenate()(parts)))


built_to_order = Bank(
    tasks.built_to_order,
    solution=(built_to_order_model,),
    mistakes=[
        # ask: "88 frozen by you"
        (frozen_by_a_misspelt_name,),
        (frozen_input_layer,),
        (frozen_dropout,),
        (frozen_elsewhere,),
        (frozen_with_a_text,),
        (frozen_by_an_argument,),
        (frozen_as_a_whole,),
        (partial(built_to_order_model, freeze=[2]),),
        # ask: "43 learned"
        (partial(built_to_order_model, freeze=[1]),),
        (partial(built_to_order_model, freeze=[0, 1]),),
        (partial(built_to_order_model, freeze=[0, 2]),),
        # ask: "weights hold 147 numbers"
        (partial(built_to_order_model, width=9),),
        (partial(built_to_order_model, layers.Dense(8)),),
        # ask: "16 statistics kept by"
        (partial(built_to_order_model, norm=layers.LayerNormalization),),
        (statistics_of_its_own,),
        (no_norm,),
        (norm_first,),
        # ask: "returns a model"
        (not_built,),
        (lambda: layers.Dense(8, name="lonely"),),
        (lambda: built_to_order_model().summary(print_fn=str),),
        # ask: "from vectors of 10 numbers to vectors of 3"
        (wrong_input,),
        # ask: "all its statistics change"
        (partial(subclassed, NormAlwaysInInference),),
        # ask: "In a `fit`, all its learned arrays"
        (no_gradient_behind_norm,),
        (thawed_inside,),
    ],
    variants=[
        (functional,),
        (functional_around_a_frozen_base,),
        (subclassed,),
        (built_to_order_model(),),  # the model itself instead of the function
        (compiled_and_fitted,),
        (each_variable_frozen,),
        (partial(built_to_order_model, layers.Activation("relu"), layers.Dropout(0.3)),),
        (partial(built_to_order_model, batch=32),),
        (two_branches,),
    ],
)
