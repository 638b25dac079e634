"""Tasks of exercise 1: counting weights."""

import keras
import numpy as np
from keras import layers

from helpers.ledger import Role, ledger
from helpers.movement import compare, snapshot
from helpers.tasks.answers import (
    built_model,
    call,
    choice,
    expect_formula,
    expect_number,
    whole_number,
)
from helpers.tasks.core import Exercise, Wrong

exercise = Exercise("Exercise 1, counting weights")
scoreboard = exercise.scoreboard


@exercise.task(
    "One Dense layer",
    why="784 · 64 = 50,176 in the kernel and 64 in the bias: 50,240.",
    hints=(
        "How many arrays does a Dense layer have, and what shape has each?",
        "The kernel has one number per pair (input, unit); the bias has one number per unit.",
        "784 · 64 + 64.",
    ),
)
def dense_layer(total):
    """Numbers in Dense(64) on 784 inputs."""
    mistakes = {
        50_176: "That is the kernel alone: each of the 64 units also has a bias.",
        50_960: "You gave each *input* a bias; there is one per *unit*.",
        848: "You added inputs and units; the kernel has one number for every *pair* of them.",
        912: "You added inputs and units; the kernel has one number for every *pair* of them.",
        2: "That is the number of arrays (kernel and bias); count the numbers in them.",
        64: "That is the bias alone; the kernel is missing.",
        51_025: "You gave the input a bias as well: only the units have one.",
    }
    otherwise = "Think of the kernel's shape, (inputs, units), and of the bias."
    expect_number("total", total, 50_240, mistakes, otherwise=otherwise)


@exercise.task(
    "Three layers, the middle one frozen",
    why="144 + 68 + 10 = 222 in all; freezing moves 68 of them from one line to the other.",
    hints=(
        "Count each of the three Dense layers first, biases included.",
        "The layers have 144, 68 and 10. Which of them does the optimizer leave alone?",
        "Freezing never changes the total: trainable + non-trainable is still 222.",
    ),
)
def three_layers(total, trainable, non_trainable):
    """Dense 8 -> 16 -> 4 -> 2 with the middle layer frozen: 222, 154, 68."""
    given = [
        whole_number(name, answer)
        for name, answer in zip(
            ("total", "trainable", "non_trainable"), (total, trainable, non_trainable), strict=True
        )
    ]
    shown = "You gave {:,} in all, {:,} trainable and {:,} non-trainable. ".format(*given)
    if given == [222, 154, 68]:
        return
    mistakes = {
        (200, 136, 64): "The kernels are right; every layer has a bias, too.",
        (222, 68, 154): "The last two are swapped: frozen means *non*-trainable.",
        (222, 78, 144): "That is with the *first* layer frozen; the middle one has 68.",
        (222, 212, 10): "That is with the *last* layer frozen; the middle one has 68.",
        (222, 222, 0): "That is before anything is frozen.",
        (154, 154, 68): "Frozen weights still belong to the model: they count in the total.",
        (154, 154, 0): "Frozen weights still belong to the model: they count in the total.",
        (222, 222, 68): "A frozen weight is no longer trainable: the two lines add up to the total.",
        (6, 4, 2): "Those are arrays; count the numbers in them.",
        (3, 2, 1): "Those are layers; count the numbers in them.",
    }
    if tuple(given) in mistakes:
        raise Wrong(shown + mistakes[tuple(given)])
    if given[0] != given[1] + given[2]:
        raise Wrong(shown + "Trainable and non-trainable must add up to the total.")
    raise Wrong(
        shown + "Count one layer at a time: inputs · units + units.", diagnosed=False
    )


@exercise.task(
    "A formula for Conv2D",
    why="One small kernel per pair (input channel, filter), one bias per filter; "
    "the size of the image plays no part.",
    hints=(
        "A filter looks at *all* input channels at once. What is the shape of one filter?",
        "One filter has height · width · channels_in numbers. Then multiply, then the biases.",
        "height * width * channels_in * filters, plus filters if use_bias.",
    ),
)
def conv2d_count(conv2d_weights):
    """conv2d_weights(height, width, channels_in, filters, use_bias) against Keras itself."""

    def keras_count(height, width, channels_in, filters, use_bias):
        layer = layers.Conv2D(filters, (height, width), use_bias=use_bias)
        layer.build((None, 32, 32, channels_in))
        return layer.count_params()

    mistakes = {
        "You left out the biases: one per filter when `use_bias` is True.": (
            lambda h, w, c, f, b: h * w * c * f
        ),
        "You added the biases even when `use_bias` is False.": lambda h, w, c, f, b: h * w * c * f + f,
        "You left out the input channels: every filter reaches through all of them.": (
            lambda h, w, c, f, b: h * w * f + f * b
        ),
        "You gave each *input channel* a bias; there is one per *filter*.": (
            lambda h, w, c, f, b: h * w * c * f + c * b
        ),
        "You used the height twice; a kernel need not be square.": (
            lambda h, w, c, f, b: h * h * c * f + f * b
        ),
        "You used the width twice; a kernel need not be square.": (
            lambda h, w, c, f, b: w * w * c * f + f * b
        ),
        "You left out the filters: each has a kernel of its own.": (
            lambda h, w, c, f, b: h * w * c + f * b
        ),
        "You added a single bias; there is one per filter.": lambda h, w, c, f, b: h * w * c * f + b,
        "You counted one bias per kernel number; there is one per filter.": (
            lambda h, w, c, f, b: h * w * c * f * (1 + b)
        ),
    }
    cases = [(3, 3, 3, 8, True), (5, 2, 4, 6, False), (1, 7, 2, 3, True), (3, 3, 16, 1, False)]
    expect_formula("conv2d_weights", conv2d_weights, cases, keras_count, mistakes)


@exercise.task(
    "BatchNormalization's four arrays",
    why="Four arrays of 48: gamma and beta are learned, moving mean and moving variance are not.",
    hints=(
        "How many arrays does the layer have, and over which axis does it normalise?",
        "One number per *channel* in each array: the height and width do not matter.",
        "4 · 48 in all; half of the arrays are statistics.",
    ),
)
def batchnorm_counts(total, non_trainable):
    """BatchNormalization on images of 32 x 20 pixels with 48 channels: 192 and 96."""
    totals = {
        96: "Two arrays of 48: that is LayerNormalization, which keeps no statistics. "
        "BatchNormalization has four arrays.",
        48: "That is one of its four arrays.",
        128: "You took the height, 32; it keeps one set of numbers per *channel*, the last axis.",
        80: "You took the width, 20; it keeps one set of numbers per *channel*, the last axis.",
        4 * 32 * 20 * 48: "You counted per pixel; all pixels of a channel share four numbers.",
        4: "That is the number of arrays; count the numbers in them.",
        144: "Three arrays of 48: one of gamma, beta, moving mean and moving variance is missing.",
    }
    kinds = {
        0: "Its moving mean and variance are kept by the layer, not learned by the optimizer.",
        192: "Gamma and beta are learned like any kernel; only half is non-trainable.",
        48: "There are two statistics per channel: a moving mean *and* a moving variance.",
        64: "Per *channel*, the last axis, not per row of the image.",
        40: "Per *channel*, the last axis, not per column of the image.",
        2: "That is the number of arrays; count the numbers in them.",
        144: "Only two of its four arrays are non-trainable: gamma *and* beta are learned.",
    }
    expect_number("total", total, 192, totals, otherwise="Count arrays, then numbers per array.")
    otherwise = "Which of its arrays does the optimizer leave alone?"
    expect_number("non_trainable", non_trainable, 96, kinds, otherwise=otherwise)


def numbers(weights) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def counting_models() -> list[keras.Model]:
    """Models on which the usual wrong ways of counting give different numbers."""
    plain = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(2)], name="plain")
    plain.layers[0].trainable = False

    base = keras.Sequential([keras.Input((6,)), layers.Dense(4), layers.Dense(3)], name="base")
    base.layers[0].trainable = False
    nested = keras.Sequential(
        [keras.Input((6,)), base, layers.BatchNormalization(), layers.Dropout(0.1), layers.Dense(2)],
        name="nested",
    )

    fitted = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(1)], name="fitted")
    fitted.compile("adam", "mse")
    fitted.optimizer.build(fitted.trainable_weights)  # as fit would, without its time
    return [plain, nested, fitted]


def top_layers_by_flag(model) -> int:
    return sum(layer.count_params() for layer in model.layers if layer.trainable)


def with_optimizer(model) -> int:
    optimizer = getattr(model, "optimizer", None)  # a model never compiled has no such attribute
    slots = optimizer.variables if optimizer else []
    return numbers(model.trainable_weights) + numbers(slots)


@exercise.task(
    "Bug hunt: count what is trainable",
    why="Numbers, not arrays, in `trainable_weights`: it already knows about frozen layers, "
    "nested models and BatchNormalization's statistics.",
    hints=(
        "What does `len` of a list of arrays count?",
        "Each weight has a shape; how many numbers does a shape (6, 5) hold?",
        "Sum `math.prod(weight.shape)` over `model.trainable_weights`.",
    ),
)
def count_repaired(count_trainable):
    """count_trainable(model) on models with frozen, nested and optimizer state."""
    mistakes = {
        "You counted arrays; count the numbers in each of them.": (
            lambda m: len(m.trainable_weights)
        ),
        "You counted all arrays, trained or not; count the numbers in the trained ones.": (
            lambda m: len(m.weights)
        ),
        "That is every weight, frozen ones and statistics included.": lambda m: m.count_params(),
        "That is the non-trainable part.": lambda m: numbers(m.non_trainable_weights),
        "A layer's flag speaks for the whole layer: it misses a frozen layer inside a nested model "
        "and counts BatchNormalization's statistics.": top_layers_by_flag,
        "You included the optimizer's own numbers, which are not the model's weights.": with_optimizer,
        "You counted rows (the first axis of each shape); multiply all axes.": (
            lambda m: sum(w.shape[0] for w in m.trainable_weights)
        ),
        "You added up the axes of each shape; multiply them.": (
            lambda m: sum(sum(w.shape) for w in m.trainable_weights)
        ),
        "You counted layers; count the numbers in their trained weights.": (
            lambda m: sum(layer.trainable for layer in m.layers)
        ),
        "Those are bytes (four per number); count the numbers.": (
            lambda m: 4 * numbers(m.trainable_weights)
        ),
        "You left out the biases: shapes with one axis count, too.": (
            lambda m: numbers(w for w in m.trainable_weights if len(w.shape) > 1)
        ),
    }
    models = counting_models()
    right = [numbers(model.trainable_weights) for model in models]
    given = [
        whole_number("count_trainable(model)", call("count_trainable", count_trainable, model))
        for model in models
    ]
    if given == right:
        return
    first = next(i for i in range(len(models)) if given[i] != right[i])
    shown = f"`count_trainable` gives {given[first]:,} for the model {models[first].name!r}"
    for message, wrong_count in mistakes.items():
        if given == [wrong_count(model) for model in models]:
            raise Wrong(f"{shown}. {message}")
    raise Wrong(f"{shown}, which has {right[first]:,} trainable numbers.", diagnosed=False)


@exercise.task(
    "Two reasons for non-trainable",
    why="Frozen by you, or kept by the layer: two reasons for one number in the summary.",
    hints=(
        "For each weight: was it made to be learned? Is it switched off?",
        "A frozen layer freezes its kernel *and* its bias; gamma and beta are learned.",
        "The hidden layer's bias is frozen, gamma is learned, the moving variance is a statistic, "
        "the head's kernel is learned.",
    ),
)
def two_reasons(hidden_bias, norm_gamma, norm_moving_variance, head_kernel):
    """The role of four weights of Dense (frozen) -> BatchNormalization -> Dense."""
    choice("hidden_bias", hidden_bias, "frozen", {
        "learned": "Freezing a layer freezes its bias together with its kernel.",
        "statistic": "Nothing is measured here: it was made to be learned and then switched off.",
        "other state": "It was made to be learned and then switched off: there is a word for that.",
    })  # fmt: skip
    choice("norm_gamma", norm_gamma, "learned", {
        "statistic": "Gamma is not measured from the data: the optimizer learns it.",
        "frozen": "Only the hidden layer was switched off; gamma is in another layer.",
        "other state": "Gamma is trained like a kernel: the optimizer updates it.",
    })  # fmt: skip
    choice("norm_moving_variance", norm_moving_variance, "statistic", {
        "learned": "No gradient reaches it: the layer itself measures it on every batch.",
        "frozen": "It keeps changing during training, so it is not frozen; who changes it?",
        "other state": "BatchNormalization measures it from the data: there is a word for that.",
    })  # fmt: skip
    choice("head_kernel", head_kernel, "learned", {
        "frozen": "Freezing the hidden layer does not freeze the layers after it.",
        "statistic": "A kernel is not measured from the data: the optimizer learns it.",
        "other state": "A kernel is trained: the optimizer updates it.",
    })  # fmt: skip


@exercise.task(
    "The total that grew",
    why="The summary adds what the optimizer keeps: two numbers per *trainable* weight and two "
    "of its own, 2 · 4 + 2 = 10. The model still has 19 weights.",
    hints=(
        "`fit` did not change the model. Who else keeps numbers during training?",
        "Adam keeps two numbers for each weight it updates, and its step count and learning rate.",
        "19 + 2 · 4 + 2 for the summary; `count_params()` counts the model alone.",
    ),
)
def total_after_fit(summary_total, count_params):
    """Dense 4 -> 3 (frozen) -> 1 after fit with Adam: 29 in the summary, 19 weights."""
    summaries = {
        19: "So it was before `fit`; the summary now adds what the optimizer keeps.",
        27: "The two numbers per trainable weight are there; Adam also keeps its step count and "
        "its learning rate.",
        59: "You gave the frozen weights optimizer slots; Adam keeps them only for the 4 trainable.",
        57: "You gave the frozen weights optimizer slots; Adam keeps them only for the 4 trainable.",
        10: "That is the optimizer's part alone; the total holds the model, too.",
        23: "That is one number per trainable weight; Adam keeps two, and two of its own.",
        25: "That is one number per trainable weight; Adam keeps two per weight.",
        21: "That is plain SGD's two numbers; Adam also keeps two per trainable weight.",
        4: "That is the trainable part of the model alone.",
    }
    counts = {
        29: "`count_params()` counts the model alone, without what the optimizer keeps.",
        4: "`count_params()` counts frozen weights, too.",
        15: "That is the frozen layer alone.",
        10: "Those are the optimizer's numbers; `count_params()` counts the model.",
    }
    otherwise = "Start from 19 weights, then add what Adam keeps."
    expect_number("summary_total", summary_total, 29, summaries, otherwise=otherwise)
    otherwise = "Which of the three parts (learned, frozen, optimizer) belong to the model?"
    expect_number("count_params", count_params, 19, counts, otherwise=otherwise)


@exercise.task(
    "Build to order",
    why="88 frozen by you, 16 statistics kept by BatchNormalization, 43 learned: 147.",
    hints=(
        "Dense(8) on 10 inputs has 88 weights; BatchNormalization on 8 features has 32.",
        "88 + 32 + 27 = 147: the last layer is Dense(3). Which layer do you freeze?",
        "Input((10,)), Dense(8), BatchNormalization(), Dense(3); then "
        "`model.layers[0].trainable = False` and `return model`.",
    ),
)
def built_to_order(build):
    """build() -> 10 in, 3 out, 147 weights: 43 learned, 88 frozen, 16 statistics."""
    model = built_model("build", build)
    shapes = mapped_shapes(model)
    if shapes != ((None, 10), (None, 3)):
        raise Wrong(f"your model maps {shapes[0]} to {shapes[1]}; (None, 10) to (None, 3) was asked.")
    book = ledger(model)
    found = {role: book.count(role) for role in Role}
    shown = "yours has " + ", ".join(f"{count:,} {role}" for role, count in found.items()) + ". "
    if found != {Role.LEARNED: 43, Role.FROZEN: 88, Role.STATISTIC: 16, Role.OTHER_STATE: 0}:
        raise Wrong(*probable_cause(book, shown))
    before = snapshot(model)
    model.compile(keras.optimizers.SGD(0.01), "mse")
    rng = np.random.default_rng(0)
    model.fit(rng.normal(3, 1, (32, 10)), rng.normal(0, 1, (32, 3)), verbose=0)
    moved = {change.role for change in compare(before).changes if change.moved}
    moved -= {Role.OTHER_STATE}  # no weight has this role here: it is the seed of a Dropout
    before.restore()
    if moved != {Role.LEARNED, Role.STATISTIC}:
        roles = " and ".join(sorted(moved)) or "nothing"
        raise Wrong(f"the counts are right, but one training step moved only: {roles}.")


def mapped_shapes(model) -> tuple[tuple, tuple]:
    """The shapes a model takes and gives; a subclassed model must show it on two examples."""
    try:
        return tuple(model.input_shape), tuple(model.output_shape)
    except AttributeError:
        return (None, 10), (None, *model(np.zeros((2, 10))).shape[1:])


def probable_cause(book, shown: str) -> tuple[str, bool]:
    """What a learner with these counts probably did, and whether that is known."""
    causes = {
        (131, 0, 16): "Nothing is frozen: check the spelling of `trainable`, and that it is set "
        "on a layer of the model that you return.",
        (0, 131, 16): "Everything is frozen: freeze one layer, not the model.",
        (104, 27, 16): "You froze the last layer; 88 is the size of the first.",
        (115, 16, 16): "You froze BatchNormalization; 88 is the size of the first Dense layer.",
        (27, 104, 16): "You froze BatchNormalization, too: its gamma and beta should be learned.",
        (16, 115, 16): "You froze both Dense layers; the last one should be learned.",
        (43, 88, 0): "There are no statistics: LayerNormalization keeps none, "
        "BatchNormalization does.",
        (27, 88, 0): "There are no statistics: is BatchNormalization missing?",
    }
    counts = tuple(book.count(role) for role in (Role.LEARNED, Role.FROZEN, Role.STATISTIC))
    if counts in causes:
        return shown + causes[counts], True
    if book.total != 147:
        return shown + f"That is {book.total:,} in all; 147 were asked for.", False
    return shown + "Asked: 43 learned, 88 frozen, 16 statistic.", False


__all__ = [*(task.name for task in exercise.tasks), "scoreboard"]
