"""Tasks of exercise 1 that ask for code."""

import keras
import numpy as np
from keras import layers

from helpers.ledger import Role, ledger
from helpers.movement import compare, snapshot
from helpers.tasks.answers import built_model, call, expect_formula, whole_number
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.slips import slips


@task(
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
        "You added the biases even when `use_bias` is False.": lambda h, w, c, f, b: (
            h * w * c * f + f
        ),
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
        "You added a single bias; there is one per filter.": lambda h, w, c, f, b: (
            h * w * c * f + b
        ),
        "You counted one bias per kernel number; there is one per filter.": (
            lambda h, w, c, f, b: h * w * c * f * (1 + b)
        ),
    }
    cases = [(3, 3, 3, 8, True), (5, 2, 4, 6, False), (1, 7, 2, 3, True), (3, 3, 16, 1, False)]
    names = ("height", "width", "channels_in", "filters", "use_bias")
    way = "height * width * channels_in * filters + (filters if use_bias else 0)"
    slipped = slips(way, *names)
    expect_formula("conv2d_weights", conv2d_weights, cases, keras_count, mistakes, slipped)


def numbers(weights) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def counting_models() -> list[keras.Model]:
    """Models on which the usual wrong ways of counting give different numbers."""
    plain = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(2)], name="plain")
    plain.layers[0].trainable = False

    base = keras.Sequential([keras.Input((6,)), layers.Dense(4), layers.Dense(3)], name="base")
    base.layers[0].trainable = False
    nested = keras.Sequential(
        [
            keras.Input((6,)),
            base,
            layers.BatchNormalization(),
            layers.Dropout(0.1),
            layers.Dense(2),
        ],
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


@task(
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
        "That is the first trained weight alone: does a `return` come too early?": (
            lambda m: numbers(m.trainable_weights[:1])
        ),
        "That is without the first of its trained weights.": (
            lambda m: numbers(m.trainable_weights[1:])
        ),
        "That is without the last of its trained weights.": (
            lambda m: numbers(m.trainable_weights[:-1])
        ),
        "That is the largest weight alone; add them up.": (
            lambda m: max(numbers([w]) for w in m.trainable_weights)
        ),
        "You counted axes; count the numbers: multiply the lengths of the axes.": (
            lambda m: sum(len(w.shape) for w in m.trainable_weights)
        ),
        "You took the longest axis of each shape; multiply all of them.": (
            lambda m: sum(max(w.shape) for w in m.trainable_weights)
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


@task(
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
        raise Wrong(
            f"your model maps {shapes[0]} to {shapes[1]}; (None, 10) to (None, 3) was asked."
        )
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
        pass
    try:
        return (None, 10), (None, *model(np.zeros((2, 10))).shape[1:])
    except Exception as error:
        raise Wrong(
            f"your model cannot be called on 10 numbers: {described_error(error)}."
        ) from None


def probable_cause(book, shown: str) -> tuple[str, bool]:
    """What a learner with these counts probably did, and whether that is known."""
    causes = {
        (131, 0, 16): "Nothing is frozen: check the spelling of `trainable`, and that it is set "
        "on the Dense layer of the model that you return (layers[0] may be the InputLayer).",
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
    if counts[:2] in ((47, 88), (33, 88)) and counts[2]:
        return (
            shown + "The Dense layers are right; BatchNormalization stands in another place: it "
            "should normalise the 8 features between them.",
            True,
        )
    if book.total != 147:
        if counts[0] and all(counts) and counts[1] % 11 == 0 and counts[2] == 2 * counts[1] // 11:
            units = counts[1] // 11
            return (
                shown + f"The kinds are right, but the first Dense layer has {units} unit(s): "
                "88 frozen are 10 inputs for each, and a bias.",
                True,
            )
        return shown + f"That is {book.total:,} in all; 147 were asked for.", False
    return shown + "Asked: 43 learned, 88 frozen, 16 statistic.", False
