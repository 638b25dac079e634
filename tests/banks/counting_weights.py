"""Answers to exercise 1, counting weights."""

import math
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
        (
            (784 * 64,),
            "`total` is 50,176. That is the kernel alone: each of the 64 units also has a bias.",
        ),
        (
            (784 * 64 + 784,),
            "`total` is 50,960. You gave each *input* a bias; there is one per *unit*.",
        ),
        (
            (784 + 64,),
            "`total` is 848. You added inputs and units; "
            "the kernel has one number for every *pair* of them.",
        ),
        (
            (784 + 64 + 64,),
            "`total` is 912. You added inputs and units; "
            "the kernel has one number for every *pair* of them.",
        ),
        (
            (2,),
            "`total` is 2. That is the number of arrays (kernel and bias); "
            "count the numbers in them.",
        ),
        ((64,), "`total` is 64. That is the bias alone; the kernel is missing."),
        (
            (785 * 65,),
            "`total` is 51,025. You gave the input a bias as well: only the units have one.",
        ),
        (("50240",), "`total` is text, '50240'; give the number without quotes."),
        ((True,), "`total` is True; a whole number was expected, not a yes or no."),
        ((50240.5,), "`total` is 50240.5; a whole number was expected."),
        (([50240],), "`total` should be one whole number; yours is a list of 1."),
        (
            (np.zeros((784, 64)),),
            "`total` should be one whole number; yours is an array of shape (784, 64).",
        ),
        (
            (51_024,),
            "`total` is 51,024. It fits a slip on the right way: 65 stands in the place of the "
            "first 64. Think of the kernel's shape, (inputs, units), and of the bias.",
        ),
        (
            (-50_240,),
            "`total` is -50,240. It fits a slip on the right way: a sign is turned round. Think of"
            " the kernel's shape, (inputs, units), and of the bias.",
        ),
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
    ],
)

three_layers = Bank(
    tasks.three_layers,
    solution=(222, 154, 68),
    mistakes=[
        (
            (200, 136, 64),
            "You gave 200 in all, 136 trainable and 64 non-trainable. "
            "The kernels are right; every layer has a bias, too.",
        ),
        (
            (222, 68, 154),
            "You gave 222 in all, 68 trainable and 154 non-trainable. "
            "The last two are swapped: frozen means *non*-trainable.",
        ),
        (
            (222, 78, 144),
            "You gave 222 in all, 78 trainable and 144 non-trainable. "
            "That is with the *first* layer frozen; the middle one has 68.",
        ),
        (
            (222, 212, 10),
            "You gave 222 in all, 212 trainable and 10 non-trainable. "
            "That is with the *last* layer frozen; the middle one has 68.",
        ),
        (
            (222, 222, 0),
            "You gave 222 in all, 222 trainable and 0 non-trainable. "
            "That is before anything is frozen.",
        ),
        (
            (154, 154, 68),
            "You gave 154 in all, 154 trainable and 68 non-trainable. "
            "Frozen weights still belong to the model: they count in the total.",
        ),
        (
            (154, 154, 0),
            "You gave 154 in all, 154 trainable and 0 non-trainable. "
            "Frozen weights still belong to the model: they count in the total.",
        ),
        (
            (222, 222, 68),
            "You gave 222 in all, 222 trainable and 68 non-trainable. "
            "A frozen weight is no longer trainable: the two lines add up to the total.",
        ),
        (
            (6, 4, 2),
            "You gave 6 in all, 4 trainable and 2 non-trainable. "
            "Those are arrays; count the numbers in them.",
        ),
        (
            (3, 2, 1),
            "You gave 3 in all, 2 trainable and 1 non-trainable. "
            "Those are layers; count the numbers in them.",
        ),
        (
            (222, 150, 68),
            "You gave 222 in all, 150 trainable and 68 non-trainable. "
            "Trainable and non-trainable must add up to the total.",
        ),
        (
            (223, 155, 68),
            "You gave 223 in all, 155 trainable and 68 non-trainable. It fits a slip on the right "
            "way: 17 stands in the place of the second 16. Count one layer at a time: inputs · "
            "units + units.",
        ),
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
        (
            (96, 0),
            "`total` is 96. Two arrays of 48: that is LayerNormalization, which keeps no "
            "statistics. BatchNormalization has four arrays.",
        ),
        ((48, 24), "`total` is 48. That is one of its four arrays."),
        (
            (4 * 32, 2 * 32),
            "`total` is 128. You took the height, 32; "
            "it keeps one set of numbers per *channel*, the last axis.",
        ),
        (
            (4 * 20, 2 * 20),
            "`total` is 80. You took the width, 20; "
            "it keeps one set of numbers per *channel*, the last axis.",
        ),
        (
            (4 * 32 * 20 * 48, 0),
            "`total` is 122,880. You counted per pixel; "
            "all pixels of a channel share four numbers.",
        ),
        ((4, 2), "`total` is 4. That is the number of arrays; count the numbers in them."),
        (
            (3 * 48, 96),
            "`total` is 144. Three arrays of 48: "
            "one of gamma, beta, moving mean and moving variance is missing.",
        ),
        (
            (192, 0),
            "`non_trainable` is 0. Its moving mean and variance are kept by the layer, "
            "not learned by the optimizer.",
        ),
        (
            (192, 192),
            "`non_trainable` is 192. Gamma and beta are learned like any kernel; "
            "only half is non-trainable.",
        ),
        (
            (192, 48),
            "`non_trainable` is 48. There are two statistics per channel: "
            "a moving mean *and* a moving variance.",
        ),
        (
            (192, 64),
            "`non_trainable` is 64. Per *channel*, the last axis, not per row of the image.",
        ),
        (
            (192, 40),
            "`non_trainable` is 40. Per *channel*, the last axis, not per column of the image.",
        ),
        (
            (192, 2),
            "`non_trainable` is 2. That is the number of arrays; count the numbers in them.",
        ),
        (
            (192, 144),
            "`non_trainable` is 144. Only two of its four arrays are non-trainable: "
            "gamma *and* beta are learned.",
        ),
        (
            (4 * 47, 96),
            "`total` is 188. It fits a slip on the right way: 47 stands in the place of 48. Count "
            "arrays, then numbers per array.",
        ),
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
        (
            ("learned", "learned", "statistic", "learned"),
            "`hidden_bias` is 'learned'. "
            "Freezing a layer freezes its bias together with its kernel.",
        ),
        (
            ("statistic", "learned", "statistic", "learned"),
            "`hidden_bias` is 'statistic'. "
            "Nothing is measured here: it was made to be learned and then switched off.",
        ),
        (
            ("other state", "learned", "statistic", "learned"),
            "`hidden_bias` is 'other state'. "
            "It was made to be learned and then switched off: there is a word for that.",
        ),
        (
            ("frozen", "statistic", "statistic", "learned"),
            "`norm_gamma` is 'statistic'. "
            "Gamma is not measured from the data: the optimizer learns it.",
        ),
        (
            ("frozen", "frozen", "statistic", "learned"),
            "`norm_gamma` is 'frozen'. Only the hidden layer was switched off; gamma is in another "
            "layer.",
        ),
        (
            ("frozen", "other_state", "statistic", "learned"),
            "`norm_gamma` is 'other state'. "
            "Gamma is trained like a kernel: the optimizer updates it.",
        ),
        (
            ("frozen", "learned", "learned", "learned"),
            "`norm_moving_variance` is 'learned'. "
            "No gradient reaches it: the layer itself measures it on every batch.",
        ),
        (
            ("frozen", "learned", "frozen", "learned"),
            "`norm_moving_variance` is 'frozen'. "
            "It keeps changing during training, so it is not frozen; who changes it?",
        ),
        (
            ("frozen", "learned", "Other State", "learned"),
            "`norm_moving_variance` is 'other state'. "
            "BatchNormalization measures it from the data: there is a word for that.",
        ),
        (
            ("frozen", "learned", "statistic", "frozen"),
            "`head_kernel` is 'frozen'. Freezing the hidden layer does not freeze the layers after "
            "it.",
        ),
        (
            ("frozen", "learned", "statistic", "statistic"),
            "`head_kernel` is 'statistic'. "
            "A kernel is not measured from the data: the optimizer learns it.",
        ),
        (
            ("frozen", "learned", "statistic", "other state"),
            "`head_kernel` is 'other state'. A kernel is trained: the optimizer updates it.",
        ),
        (
            (1, "learned", "statistic", "learned"),
            "`hidden_bias` should be one of the words offered; yours is 1.",
        ),
        (
            ("froze", "learned", "statistic", "learned"),
            "`hidden_bias` is 'froze', which is none of: frozen, learned, other state, statistic. "
            "Is it misspelt?",
        ),
    ],
    variants=[
        (Role.FROZEN, Role.LEARNED, Role.STATISTIC, Role.LEARNED),
        (" Frozen ", "LEARNED", "statistic\n", "Learned"),
        tuple(np.array(["frozen", "learned", "statistic", "learned"])),
    ],
)

total_after_fit = Bank(
    tasks.total_after_fit,
    solution=(19 + 2 * 4 + 2, 19),
    mistakes=[
        (
            (19, 19),
            "`summary_total` is 19. So it was before `fit`; the summary now adds what the "
            "optimizer keeps.",
        ),
        (
            (19 + 2 * 4, 19),
            "`summary_total` is 27. The two numbers per trainable weight are there; "
            "Adam also keeps its step count and its learning rate.",
        ),
        (
            (19 + 2 * 19 + 2, 19),
            "`summary_total` is 59. You gave the frozen weights optimizer slots; "
            "Adam keeps them only for the 4 trainable.",
        ),
        (
            (19 + 2 * 19, 19),
            "`summary_total` is 57. You gave the frozen weights optimizer slots; "
            "Adam keeps them only for the 4 trainable.",
        ),
        (
            (2 * 4 + 2, 19),
            "`summary_total` is 10. That is the optimizer's part alone; the total holds the model, "
            "too.",
        ),
        (
            (19 + 4, 19),
            "`summary_total` is 23. That is one number per trainable weight; Adam keeps two, and "
            "two of its own.",
        ),
        (
            (19 + 4 + 2, 19),
            "`summary_total` is 25. That is one number per trainable weight; Adam keeps two per "
            "weight.",
        ),
        (
            (19 + 2, 19),
            "`summary_total` is 21. That is plain SGD's two numbers; Adam also keeps two per "
            "trainable weight.",
        ),
        ((4, 19), "`summary_total` is 4. That is the trainable part of the model alone."),
        (
            (29, 29),
            "`count_params` is 29. `count_params()` counts the model alone, without what the "
            "optimizer keeps.",
        ),
        ((29, 4), "`count_params` is 4. `count_params()` counts frozen weights, too."),
        ((29, 15), "`count_params` is 15. That is the frozen layer alone."),
        (
            (29, 10),
            "`count_params` is 10. Those are the optimizer's numbers; `count_params()` counts the "
            "model.",
        ),
        (
            (26, 19),
            "`summary_total` is 26. It fits a slip on the right way: 3 is left out. Start from 19 "
            "weights, then add what Adam keeps.",
        ),
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


def off_by_one(height, width, channels_in, filters, use_bias):
    raise IndexError("list index out of range")


conv2d_count = Bank(
    tasks.conv2d_count,
    solution=(conv2d,),
    mistakes=[
        (
            (lambda h, w, c, f, b: h * w * c * f,),
            "`conv2d_weights(3, 3, 3, 8, True)` gives 216. "
            "You left out the biases: one per filter when `use_bias` is True.",
        ),
        (
            (lambda h, w, c, f, b: h * w * c * f + f,),
            "`conv2d_weights(5, 2, 4, 6, False)` gives 246. "
            "You added the biases even when `use_bias` is False.",
        ),
        (
            (lambda h, w, c, f, b: h * w * f + f * b,),
            "`conv2d_weights(3, 3, 3, 8, True)` gives 80. "
            "You left out the input channels: every filter reaches through all of them.",
        ),
        (
            (lambda h, w, c, f, b: h * w * c * f + c * b,),
            "`conv2d_weights(3, 3, 3, 8, True)` gives 219. "
            "You gave each *input channel* a bias; there is one per *filter*.",
        ),
        (
            (lambda h, w, c, f, b: h * h * c * f + f * b,),
            "`conv2d_weights(5, 2, 4, 6, False)` gives 600. "
            "You used the height twice; a kernel need not be square.",
        ),
        (
            (lambda h, w, c, f, b: w * w * c * f + f * b,),
            "`conv2d_weights(5, 2, 4, 6, False)` gives 96. "
            "You used the width twice; a kernel need not be square.",
        ),
        (
            (lambda h, w, c, f, b: h * w * c + f * b,),
            "`conv2d_weights(3, 3, 3, 8, True)` gives 35. "
            "You left out the filters: each has a kernel of its own.",
        ),
        (
            (lambda h, w, c, f, b: h * w * c * f + b,),
            "`conv2d_weights(3, 3, 3, 8, True)` gives 217. "
            "You added a single bias; there is one per filter.",
        ),
        (
            (lambda h, w, c, f, b: h * w * c * f * (1 + b),),
            "`conv2d_weights(3, 3, 3, 8, True)` gives 432. "
            "You counted one bias per kernel number; there is one per filter.",
        ),
        ((224,), "`conv2d_weights` should be a function; yours is 224."),
        (
            (lambda h, w, c, f, b: print(end=""),),
            "`conv2d_weights` returned nothing: is there a `return` at its end?",
        ),
        ((off_by_one,), "`conv2d_weights` stopped with IndexError: list index out of range."),
        (
            (lambda h, w, c, f, b: h * w * c * f - f * b,),
            "`conv2d_weights(3, 3, 3, 8, True)` gives 208; Keras counts 224. It fits a slip on the"
            " right way: a minus stands in the place of a plus.",
        ),
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


count_repaired = Bank(
    tasks.count_repaired,
    solution=(count_trainable,),
    mistakes=[
        (
            (lambda model: len(model.trainable_weights),),
            "`count_trainable` gives 2 for the model 'plain'. "
            "You counted arrays; count the numbers in each of them.",
        ),
        (
            (lambda model: len(model.weights),),
            "`count_trainable` gives 4 for the model 'plain'. "
            "You counted all arrays, trained or not; count the numbers in the trained ones.",
        ),
        (
            (lambda model: model.count_params(),),
            "`count_trainable` gives 47 for the model 'plain'. "
            "That is every weight, frozen ones and statistics included.",
        ),
        (
            (lambda model: sum(w.numpy().size for w in model.non_trainable_weights),),
            "`count_trainable` gives 35 for the model 'plain'. That is the non-trainable part.",
        ),
        (
            (by_layer_flag,),
            "`count_trainable` gives 63 for the model 'nested'. A layer's flag speaks for the "
            "whole layer: it misses a frozen layer inside a nested model and counts "
            "BatchNormalization's statistics.",
        ),
        (
            (with_slots,),
            "`count_trainable` gives 65 for the model 'fitted'. "
            "You included the optimizer's own numbers, which are not the model's weights.",
        ),
        (
            (lambda model: sum(len(w.numpy()) for w in model.trainable_weights),),
            "`count_trainable` gives 7 for the model 'plain'. "
            "You counted rows (the first axis of each shape); multiply all axes.",
        ),
        (
            (lambda model: sum(sum(w.shape) for w in model.trainable_weights),),
            "`count_trainable` gives 9 for the model 'plain'. "
            "You added up the axes of each shape; multiply them.",
        ),
        (
            (lambda model: sum(layer.trainable for layer in model.layers),),
            "`count_trainable` gives 1 for the model 'plain'. "
            "You counted layers; count the numbers in their trained weights.",
        ),
        (
            (lambda model: sum(w.numpy().nbytes for w in model.trainable_weights),),
            "`count_trainable` gives 48 for the model 'plain'. "
            "Those are bytes (four per number); count the numbers.",
        ),
        (
            (lambda model: sum(w.numpy().size for w in model.trainable_weights if w.ndim > 1),),
            "`count_trainable` gives 10 for the model 'plain'. "
            "You left out the biases: shapes with one axis count, too.",
        ),
        (
            (lambda model: model.trainable_weights,),
            "`count_trainable(model)` should be one whole number; yours is a list of 2.",
        ),
        (
            (lambda model: _count_of(model.trainable_weights[1:]),),
            "`count_trainable` gives 2 for the model 'plain'. That is without the first of its "
            "trained weights.",
        ),
        (
            (lambda model: _count_of(model.trainable_weights[:-1]),),
            "`count_trainable` gives 10 for the model 'plain'. That is without the last of its "
            "trained weights.",
        ),
        (
            (lambda model: _count_of(model.trainable_weights[:1]),),
            "`count_trainable` gives 10 for the model 'plain'. That is the first trained weight "
            "alone: does a `return` come too early?",
        ),
        (
            (lambda model: max(_count_of([w]) for w in model.trainable_weights),),
            "`count_trainable` gives 10 for the model 'plain'. That is the first trained weight "
            "alone: does a `return` come too early?",
        ),
        (
            (lambda model: sum(len(w.shape) for w in model.trainable_weights),),
            "`count_trainable` gives 3 for the model 'plain'. You counted axes; count the numbers:"
            " multiply the lengths of the axes.",
        ),
        (
            (lambda model: sum(max(w.shape) for w in model.trainable_weights),),
            "`count_trainable` gives 7 for the model 'plain'. You took the longest axis of each "
            "shape; multiply all of them.",
        ),
    ],
    variants=[
        (lambda model: ledger(model).trainable,),
        (lambda model: ledger(model).count("learned"),),
        (lambda model: np.sum([np.prod(tuple(w.shape)) for w in model.trainable_weights]),),
        (lambda model: sum(ops.size(w) for w in model.trainable_weights),),
        (lambda model: sum(w.numpy().size for w in model.weights if w.trainable),),
        (partial(count_above, 0),),
    ],
)

# --- models -------------------------------------------------------------------------------------


def built_to_order_model(*extra, freeze=(0,), norm=layers.BatchNormalization, width=8):
    """The solution, or it with other layers after the norm, frozen or another norm."""
    stack = [layers.Dense(width), norm(), *extra, layers.Dense(3)]
    model = keras.Sequential([keras.Input((10,)), *stack])
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


def yours(learned, frozen, statistic, rest):
    return (
        f"yours has {learned} learned, {frozen} frozen, {statistic} statistic, "
        f"0 other state. {rest}"
    )


nothing_frozen = yours(
    131,
    0,
    16,
    "Nothing is frozen: check the spelling of `trainable`, and that it is set on the Dense layer "
    "of the model that you return (layers[0] may be the InputLayer).",
)

built_to_order = Bank(
    tasks.built_to_order,
    solution=(built_to_order_model,),
    mistakes=[
        ((frozen_by_a_misspelt_name,), nothing_frozen),
        ((frozen_input_layer,), nothing_frozen),
        (
            (frozen_as_a_whole,),
            yours(0, 131, 16, "Everything is frozen: freeze one layer, not the model."),
        ),
        (
            (partial(built_to_order_model, freeze=[2]),),
            yours(104, 27, 16, "You froze the last layer; 88 is the size of the first."),
        ),
        (
            (partial(built_to_order_model, freeze=[1]),),
            yours(
                115,
                16,
                16,
                "You froze BatchNormalization; 88 is the size of the first Dense layer.",
            ),
        ),
        (
            (partial(built_to_order_model, freeze=[0, 1]),),
            yours(
                27,
                104,
                16,
                "You froze BatchNormalization, too: its gamma and beta should be learned.",
            ),
        ),
        (
            (partial(built_to_order_model, freeze=[0, 2]),),
            yours(16, 115, 16, "You froze both Dense layers; the last one should be learned."),
        ),
        (
            (partial(built_to_order_model, norm=layers.LayerNormalization),),
            yours(
                43,
                88,
                0,
                "There are no statistics: LayerNormalization keeps none, BatchNormalization does.",
            ),
        ),
        ((no_norm,), yours(27, 88, 0, "There are no statistics: is BatchNormalization missing?")),
        (
            (not_built,),
            "`build()` gives a model that is not built: start it with keras.Input(...).",
        ),
        (
            (wrong_input,),
            "your model maps (None, 28) to (None, 3); (None, 10) to (None, 3) was asked.",
        ),
        (
            (lambda: layers.Dense(8, name="lonely"),),
            "`build()` should give a Keras model; it gives the layer or model 'lonely'.",
        ),
        (
            (partial(subclassed, NormAlwaysInInference),),
            "the counts are right, but one training step moved only: learned.",
        ),
    ],
    variants=[
        (functional,),
        (functional_around_a_frozen_base,),
        (subclassed,),
        (built_to_order_model(),),  # the model itself instead of the function
        (compiled_and_fitted,),
        (each_variable_frozen,),
        (partial(built_to_order_model, layers.Activation("relu"), layers.Dropout(0.3)),),
    ],
)
