"""Promise: `diagnose` finds each planted fault, in every kind of model, and names it."""

import keras
import numpy as np
import pytest
from keras import layers

from helpers import diagnose

RNG = np.random.default_rng(0)
X = RNG.normal(1, 1, (40, 4)).astype("float32")
Y = (X @ RNG.normal(0, 1, (4, 2)) + 1).astype("float32")


class Sub(keras.Model):
    """low, (middle), head; subclassed, so Keras knows no graph of it."""

    def __init__(self, *stack):
        super().__init__(name="sub")
        self.stack = list(stack)
        self.head = layers.Dense(2, name="head")

    def call(self, inputs, training=None):
        for layer in self.stack:
            takes = layer._call_has_training_arg
            inputs = layer(inputs, training=training) if takes else layer(inputs)
        return self.head(inputs)


def sequential(*stack):
    return keras.Sequential([keras.Input((4,)), *stack, layers.Dense(2, name="head")], name="m")


def functional(*stack):
    inputs = hidden = keras.Input((4,))
    for layer in stack:
        hidden = layer(hidden)
    return keras.Model(inputs, layers.Dense(2, name="head")(hidden), name="m")


def subclassed(*stack):
    model = Sub(*stack)
    model(X[:2])
    return model


def nested(*stack):
    inner = keras.Sequential([keras.Input((4,)), *stack], name="base")
    return functional(inner)


KINDS = (sequential, functional, subclassed, nested)


def find(model, name):
    """The layer of this name, at any depth."""
    return next(layer for layer in model._flatten_layers() if layer.name == name)


def dense(name="low", units=5, **given):
    return layers.Dense(units, name=name, **given)


def norm(**given):
    return layers.BatchNormalization(name="norm", **given)


def fitted(model, optimizer="adam", x=X, y=Y, eagerly=False, **options):
    model.compile(optimizer, "mse", run_eagerly=eagerly)  # eager steps need no graph first
    model.fit(x, y, verbose=0, **options)
    return model


def compiled(model, optimizer="sgd", **options):
    model.compile(optimizer, "mse", **options)
    return model


# --- each plants one fault in a model of any kind ------------------------------------------------


def frozen_too_late(make):
    model = fitted(make(dense()))
    find(model, "low").trainable = False
    return model


def thawed_too_late(make):
    model = make(dense())
    find(model, "low").trainable = False
    fitted(model)
    find(model, "low").trainable = True
    return model


def frozen_too_late_on_a_schedule(make):
    """A schedule without get_config cannot be written down; a step made anew still needs it."""

    class Falling(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.1 / (1 + keras.ops.cast(step, "float32"))

    model = fitted(make(dense()), keras.optimizers.Adam(Falling()))
    find(model, "low").trainable = False
    return model


def old_optimizer(make):
    model = make(dense())
    find(model, "low").trainable = False
    fitted(model)
    find(model, "low").trainable = True
    model.compile(model.optimizer, "mse")
    return model


def everything_frozen(make):
    model = make(dense())
    for layer in model.layers:
        layer.trainable = False
    return compiled(model)


def own_flag_false(make):
    model = make(dense())
    model.trainable = False
    return compiled(model)


def rate_zero(make):
    return compiled(make(dense()), keras.optimizers.SGD(0.0))


def misspelt(make):
    model = make(dense())
    find(model, "low").trainble = False
    return compiled(model)


def capital(make):
    model = make(dense())
    find(model, "low").Trainable = False
    return model


def borrowed(make):
    model = make(dense())
    find(model, "low").requires_grad = False
    return model


def hidden_factor(make):
    factor = keras.Variable(1.0, name="factor")
    return compiled(make(layers.Lambda(lambda t: t * factor, name="scaled")))


def hidden_layer(make):
    inner = dense("inner")
    inner.build((None, 4))
    return make(layers.Lambda(lambda t: inner(t), name="scaled"))


def hidden_default(make):
    factor = keras.Variable([1.0, 2.0, 1.0, 1.0])
    return make(layers.Lambda(lambda t, by=factor: t * by, name="scaled"))


def dead_relu(make):
    bias = keras.initializers.Constant(-100.0)
    return compiled(make(dense(), dense("middle", 3, activation="relu", bias_initializer=bias)))


def a_wall(make):
    stop = layers.Lambda(lambda t: keras.ops.stop_gradient(t), name="wall")
    return compiled(make(dense(), stop))


def rounded(make):
    return make(
        dense(), layers.Lambda(lambda t: keras.ops.cast(keras.ops.round(t), "int32"), name="wall")
    )


def far_behind(make):
    model = make(norm(), dense())
    return fitted(model, x=X + 50, epochs=4, eagerly=True), X + 50, Y


def one_row(make):
    return compiled(make(dense(), norm())), X, Y, {"batch_size": 1}


def four_rows(make):
    model = fitted(make(dense(), norm()), batch_size=4, eagerly=True)
    return model, X, Y


def half(make):
    return compiled(make(dense(), norm(dtype="float16")))


def idle_penalty(make):
    model = make(dense(kernel_regularizer="l2"))
    find(model, "low").trainable = False
    return compiled(model)


def decays(make):
    bias = keras.initializers.Constant(-100.0)
    model = make(dense(activation="relu", bias_initializer=bias))
    return compiled(model, keras.optimizers.AdamW(1e-2, weight_decay=0.1))


def overrun(make):
    model = make(dense("low", 16, activation="tanh"))
    fitted(model, keras.optimizers.Adam(2e-2), epochs=40, batch_size=40)
    return compiled(model, keras.optimizers.Adam(0.3))


def wrapper_flag(make):
    around = layers.TimeDistributed(layers.Dense(3, name="in"), trainable=False, name="around")
    return compiled(make(layers.Reshape((2, 2)), around, layers.Flatten()))


def still_no_more(make):
    class Walker(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")

        def call(self, inputs):
            self.scale.assign_add(0.5)
            return inputs * self.scale

    return compiled(make(Walker(name="walker", trainable=False)))


def counts_on(make):
    class Counter(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")
            self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")

        def call(self, inputs):
            self.seen.assign_add(1.0)
            return inputs * self.scale

    return compiled(make(Counter(name="walker", trainable=False)))


def norms_by_weight(make):
    """Everything but the head frozen weight by weight, as a loop over weights does it."""
    model = make(dense(), norm(), dense("high"))
    for layer in ("low", "norm", "high"):
        for weight in find(model, layer).trainable_weights:
            weight.trainable = False
    return compiled(model)


PLANTED = {
    frozen_too_late: ("frozen after the training step was made", "low"),
    frozen_too_late_on_a_schedule: ("frozen after the training step was made", "low"),
    thawed_too_late: ("thawed after the training step was made", "low"),
    old_optimizer: ("the optimizer was built for other variables", ""),
    everything_frozen: ("nothing learns", ""),
    own_flag_false: ("nothing learns", ""),
    rate_zero: ("nothing learns", ""),
    misspelt: ("a misspelt flag", "low"),
    capital: ("a misspelt flag", "low"),
    borrowed: ("a misspelt flag", "low"),
    hidden_factor: ("a variable that the model does not know", "scaled"),
    hidden_layer: ("a variable that the model does not know", "scaled"),
    hidden_default: ("a variable that the model does not know", "scaled"),
    dead_relu: ("learned, but no gradient arrives", "middle"),
    a_wall: ("learned, but no gradient arrives", "wall"),
    rounded: ("learned, but no gradient arrives", "wall"),
    far_behind: ("BatchNormalization is far behind", "norm"),
    one_row: ("batches too small for BatchNormalization", "norm"),
    four_rows: ("batches too small for BatchNormalization", "norm"),
    half: ("statistics in half precision", "norm"),
    idle_penalty: ("a penalty on frozen weights", "low"),
    decays: ("weight decay on what gets no gradient", "low"),
    overrun: ("steps so long that what was learned is overrun", ""),
    wrapper_flag: ("a flag that reaches no layer (False on False)", "around"),
    still_no_more: ("a frozen layer does not stand still", "walker"),
    counts_on: ("a frozen layer does not stand still", "walker"),
    norms_by_weight: ("statistics move in a base that is otherwise frozen", ""),
}


# These are slow, and do not depend on how a model is built.
@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(plant, make):
    keras.utils.set_random_seed(1)
    given = plant(make)
    model, x, y, options = given if isinstance(given, tuple) and len(given) == 4 else (
        (*given, {}) if isinstance(given, tuple) else (given, X, Y, {}))  # fmt: skip
    kind, where = PLANTED[plant]
    found = diagnose(model, x, y, **options)
    assert kind in found.kinds, str(found)
    finding = found.findings[found.kinds.index(kind)]
    assert finding.where.endswith(where) and finding.why and finding.repair and finding.evidence
    others = set(found.kinds) - {kind, *ALSO.get(plant, ())}
    assert not others, str(found)


ALSO = {
    decays: ["learned, but no gradient arrives"],
    one_row: ["learned, but no gradient arrives"],
    four_rows: ["BatchNormalization is far behind"],
}


# --- faults of a certain kind of model, or against what was meant --------------------------------


def base(*extra):
    stack = [layers.Dense(3, name=name) for name in ("low", "mid", "high")]
    return keras.Sequential([keras.Input((4,)), *extra, *stack], name="base")


def on(inner, **call):
    inputs = keras.Input((4,), name="inputs")
    return keras.Model(inputs, layers.Dense(2, name="head")(inner(inputs, **call)), name="model")


class Around(keras.Model):
    """Calls its base, a Dropout and a BatchNormalization as it was told when it was made."""

    def __init__(self, inner=None, **modes):
        super().__init__(name="around")
        self.base, self.modes = inner or layers.Dense(4, name="base"), modes
        self.drop, self.norm = layers.Dropout(0.5, name="drop"), norm()
        self.head = layers.Dense(2, name="head")

    def call(self, inputs, training=None):
        drop, normal = (self.modes.get(key, training) for key in ("drop", "norm"))
        return self.head(self.norm(self.drop(self.base(inputs), training=drop), training=normal))


class Blind(Around):
    def call(self, inputs):
        return self.head(self.norm(self.drop(self.base(inputs))))


def made(kind, *args, **modes):
    model = kind(*args, **modes)
    model(X[:2])
    return compiled(model)


class OwnStep(keras.Model):
    def train_step(self, data):
        import tensorflow as tf

        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        self.optimizer.apply(tape.gradient(loss, self.weights), self.weights)
        return {"loss": loss}


def own_step(inner):
    inputs = keras.Input((4,))
    model = OwnStep(inputs, layers.Dense(2, name="head")(inner(inputs)))
    model.get_layer(inner.name).trainable = False
    return compiled(model)


def vetoed(thawed="high", model=None):
    model = model or on(base())
    inner = find(model, "base")
    inner.trainable = False
    find(model, thawed).trainable = True
    return compiled(model)


def false_on_false():
    model = on(base())
    inner = find(model, "base")
    inner.trainable = False
    for layer in inner.layers:
        layer.trainable = True
    inner.trainable = False
    return compiled(model)


def norm_forgotten(wrap=on):
    inner = base(norm(momentum=0.9))
    for name in ("low", "mid", "high"):
        inner.get_layer(name).trainable = False
    return compiled(wrap(inner))


def dropping_in_predict():
    inputs = keras.Input((4,))
    hidden = layers.Dropout(0.5, name="drop")(inputs, training=True)
    return keras.Model(inputs, layers.Dense(2, name="head")(hidden))


def twice_nested(inner):
    return on(keras.Sequential([keras.Input((4,)), inner], name="middle"))


class Wrapping(keras.Model):
    def __init__(self, inner):
        super().__init__(name="wrapping")
        self.base, self.head = inner, layers.Dense(2, name="head")

    def call(self, inputs, training=None):
        return self.head(self.base(inputs, training=training))


def wrapped(inner):
    model = Wrapping(inner)
    model(X[:2])
    return model


VETO, FALSE = "a parent's veto", "a flag that reaches no layer (False on False)"
FORGOTTEN = "statistics move in a base that is otherwise frozen"
OVERRIDDEN, DROPS = "training=False is overridden", "training=True is overridden"
IDLE, BUSY = "inference mode in training", "training mode in inference"
MOVES = "a frozen layer does not stand still"
SPECIAL = {
    "veto": (vetoed, VETO, "base/high"),
    "veto, first layer": (lambda: vetoed("low"), VETO, "base/low"),
    "veto, subclassed": (lambda: vetoed("mid", wrapped(base())), VETO, "base/mid"),
    "veto, twice nested": (lambda: vetoed("mid", twice_nested(base())), VETO, "middle/base/mid"),
    "False on False": (false_on_false, FALSE, "base"),
    "bidirectional": (
        lambda: compiled(
            sequential(
                layers.Reshape((2, 2)),
                layers.Bidirectional(layers.SimpleRNN(2), trainable=False, name="both"),
            )
        ),
        FALSE,
        "both",
    ),
    "norm forgotten": (norm_forgotten, FORGOTTEN, "base"),
    "norm forgotten, subclassed": (lambda: norm_forgotten(wrapped), FORGOTTEN, "base"),
    "norm forgotten, twice nested": (lambda: norm_forgotten(twice_nested), FORGOTTEN, "middle"),
    "norm forgotten, sequential": (
        lambda: norm_forgotten(lambda inner: sequential(inner)),
        FORGOTTEN,
        "base",
    ),
    "override": (lambda: compiled(on(base(norm()), training=False)), OVERRIDDEN, "base"),
    "override, sequential inside": (
        lambda: compiled(sequential(on(base(norm()), training=False))),
        OVERRIDDEN,
        "model/base",
    ),
    "override, one layer": (
        lambda: compiled(functional(lambda t: norm()(t, training=False))),
        OVERRIDDEN,
        "norm",
    ),
    "override, not compiled": (lambda: on(base(norm()), training=False), OVERRIDDEN, "base"),
    "dropout override": (dropping_in_predict, DROPS, "drop"),
    "blind": (lambda: made(Blind), IDLE, "drop"),
    "blind around a model": (
        lambda: made(Blind, base(layers.Dropout(0.3, name="inner"))),
        IDLE,
        "base/inner",
    ),
    "idle dropout": (lambda: made(Around, drop=False), IDLE, "drop"),
    "idle norm": (lambda: made(Around, norm=False), IDLE, "norm"),
    "busy dropout": (lambda: made(Around, drop=True), BUSY, "drop"),
    "busy norm": (lambda: made(Around, norm=True), BUSY, "norm"),
    "own step": (lambda: own_step(base()), MOVES, "base"),
    "own step, one layer": (lambda: own_step(dense()), MOVES, "low"),
    "own step, subclassed inside": (lambda: own_step(wrapped(base())), MOVES, "wrapping"),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_a_special_fault_is_found(name):
    keras.utils.set_random_seed(1)
    plant, kind, where = SPECIAL[name]
    found = diagnose(plant(), X, Y)
    assert found.kinds == [kind], str(found)
    assert found.findings[0].where == where


def clone_frozen():
    model = on(base())
    clone = keras.models.clone_model(find(model, "base"))
    clone.trainable = False
    return compiled(model), [clone], "this layer object is not in the model", "base"


def rebuilt():
    model, other = sequential(dense()), dense()
    other.trainable = False
    return compiled(model), [other], "this layer object is not in the model", "low"


def rebuilt_subclassed():
    model, other = subclassed(dense()), dense()
    other.trainable = False
    return compiled(model), [other], "this layer object is not in the model", "low"


def no_such_name():
    return compiled(sequential(dense())), ["lo"], "no layer of this name in the model", "lo"


def name_in_a_nested_model():
    return compiled(on(base())), ["low"], "meant to be frozen, and learned", "base/low"


def name_in_a_subclass():
    return compiled(wrapped(base())), ["mid"], "meant to be frozen, and learned", "base/mid"


def left_out():
    model = on(base())
    find(model, "low").trainable = False
    return (
        compiled(model),
        ["low", find(model, "high")],
        "meant to be frozen, and learned",
        "base/high",
    )


def a_bias_left_out():
    model = sequential(dense())
    return compiled(model), [find(model, "low").bias], "meant to be frozen, and learned", "low"


def one_too_few():
    model = functional(dense("one"), dense("two"), dense("three"))
    for layer in model.layers[:2]:
        layer.trainable = False
    return compiled(model), ["one", "two"], "meant to be frozen, and learned", "two"


def one_too_many():
    model = sequential(dense("one"), dense("two"), dense("three"))
    for layer in model.layers[:3]:
        layer.trainable = False
    return compiled(model), ["one", "two"], "frozen, and not on your list", "three"


def a_whole_base():
    model = on(base())
    for layer in model.layers[:2]:
        layer.trainable = False
    return compiled(model), ["low", "mid"], "frozen, and not on your list", "base/high"


def true_on_true():
    model = on(base())
    for layer in find(model, "base").layers:
        layer.trainable = False
    find(model, "base").trainable = True
    return compiled(model), [], "frozen, and not on your list", "base/low, base/mid and base/high"


MEANT = (
    clone_frozen,
    rebuilt,
    rebuilt_subclassed,
    no_such_name,
    name_in_a_nested_model,
    name_in_a_subclass,
    left_out,
    a_bias_left_out,
    one_too_few,
    one_too_many,
    a_whole_base,
    true_on_true,
)


@pytest.mark.parametrize("plant", MEANT, ids=lambda plant: plant.__name__)
def test_what_was_meant_is_compared_with_what_is(plant):
    model, wish, kind, where = plant()
    found = diagnose(model, X, Y, frozen=wish)
    assert found.kinds == [kind] and found.findings[0].where == where, str(found)
    words = {one_too_few: "off by one", one_too_many: "off by one", true_on_true: "True on True"}
    assert words.get(plant, "") in found.findings[0].why
    if "nested" in plant.__name__ or (
        "subclass" in plant.__name__ and "rebuilt" not in plant.__name__
    ):
        assert "inside of the model" in found.findings[0].why


def test_as_meant_is_nothing_found():
    model = on(base())
    find(model, "base").trainable = False
    compiled(model)
    for wish in (
        ["base"],
        [find(model, "base")],
        ["low", "mid", "high"],
        [find(model, "base")] * 2,
    ):
        assert diagnose(model, X, Y, frozen=wish).kinds == []
    assert diagnose(model, X, Y, frozen=[]).kinds == ["frozen, and not on your list"]


@pytest.mark.parametrize("name", ["a misspelt flag", "a parent's veto", "frozen after"])
def test_the_repair_repairs(name):
    """Run the code of the finding, as a reader would; then nothing is found."""
    plant = {
        "a mis": lambda: misspelt(nested),
        "a par": vetoed,
        "froze": lambda: frozen_too_late(nested),
    }
    model = plant[name[:5]]()
    found = diagnose(model, X, Y)
    assert found.kinds[0].startswith(name)
    exec(found.findings[0].repair, {"model": model, "keras": keras})
    if name == "a misspelt flag":
        del find(model, "low").trainble
    assert diagnose(model, X, Y).kinds == []


# --- words --------------------------------------------------------------------------------------


def test_the_report_says_everything_in_both_forms():
    found = diagnose(misspelt(nested), X, Y)
    (finding,) = found.findings
    for part in (finding.kind, finding.where, finding.evidence, finding.why):
        assert part in " ".join(str(found).split())
    assert max(map(len, str(found).splitlines())) < 100
    assert all(line in str(found) for line in finding.repair.splitlines())
    assert repr(found) == str(found) and str(found).startswith("1 finding\n")
    html = found._repr_html_()
    assert "✗" in html and "color" not in html and "<pre>" in html
    assert "3_when_freezing" in html and found.tried in html


def test_nothing_found_says_what_trains_what_not_and_what_was_tried():
    model = nested(dense(), norm())
    found = diagnose(model, X, Y)
    assert str(found).startswith(
        "nothing found\n\ntrains:   47 numbers in base/low, base/norm and head"
    )
    assert "does not: 10 statistic, in base/norm" in str(found)
    assert "3 steps on 32 rows each: SGD at rate 0.01 with loss 'mse'" in found.tried
    assert "nothing found" in found._repr_html_()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"model": 3}, TypeError, r"diagnose\(\) needs a Keras model, not int"),
        ({"model": dense()}, TypeError, "needs a Keras model, not Dense"),
        ({"model": keras.Sequential([dense()], name="u")}, ValueError, "'u' is not built"),
        ({"model": Sub()}, ValueError, "'sub' is not built"),
        ({"x": None}, TypeError, "x should be an array"),
        ({"x": "rows"}, TypeError, "one row per example"),
        ({"x": X[:0], "y": Y[:0]}, ValueError, "same number of rows, at least 1"),
        ({"y": Y[:5]}, ValueError, r"same number of rows, at least 1, not \[5, 40\]"),
        ({"x": X[:, :3]}, ValueError, r"x should be rows for 'm', which cannot take .*\(40, 3\)"),
        (
            {"y": Y[:, :1]},
            ValueError,
            r"y has shape \(None, 1\) where the model answers \(None, 2\)",
        ),
        ({"y": None}, ValueError, "y has 0 arrays, the model 1 output"),
        ({"frozen": 3}, TypeError, "frozen should be a list of layers"),
        ({"frozen": [3]}, TypeError, r"frozen should be .* not \[3\], which holds 3"),
        ({"batch_size": 0}, ValueError, "batch_size should be a whole number from 1, not 0"),
    ],
)
def test_bad_input_gets_one_clear_sentence(change, error, words):
    given = {"model": sequential(dense()), "x": X, "y": Y, **change}
    with pytest.raises(error, match=words):
        diagnose(given.pop("model"), given.pop("x"), given.pop("y"), **given)


def test_a_keras_2_model_is_named_as_such():
    class Model:
        pass

    Model.__module__ = "tf_keras.src.engine.training"
    with pytest.raises(TypeError, match="not a Model of Keras 2"):
        diagnose(Model(), X, Y)


# --- the table of an Embedding --------------------------------------------------------------------


def words_read(make, vectors=50, **given):
    """A model of each kind that reads three word numbers."""
    table = layers.Embedding(vectors, 4, name="table", **given)
    stack = [table, layers.Flatten(name="flat"), layers.Dense(2, name="head")]
    inputs = keras.Input((3,), dtype="int32")
    if make == "sequential":
        return compiled(keras.Sequential([inputs, *stack]))
    if make == "nested":
        base = keras.Sequential([keras.Input((3,), dtype="int32"), *stack[:2]], name="base")
        return compiled(keras.Model(inputs, stack[2](base(inputs))))
    model = Sub(*stack[:2])
    model(np.zeros((1, 3), "int32"))
    return compiled(model)


@pytest.mark.parametrize("make", ["sequential", "nested", "subclassed"])
def test_vectors_that_no_example_names_are_found(make):
    words = RNG.integers(0, 20, (400, 3))  # the fourth batch and later, too, name none of the rest
    found = diagnose(words_read(make), words, np.zeros((400, 2)))
    assert found.kinds == ["learned, but no gradient arrives"], str(found)
    (finding,) = found.findings
    assert finding.where.endswith("table")
    assert "30 of 50 vectors are in none of the 1,200 places" in finding.evidence


def test_few_examples_are_no_fault_of_the_table_and_are_told():
    words = np.arange(96).reshape(32, 3)
    found = diagnose(words_read("sequential", 1000), words, np.zeros((32, 2)))
    assert found.kinds == []
    assert "904 of the 1,000 vectors of table got no gradient from the rows tried" in found.trains


def test_words_that_come_later_than_the_trial_are_no_fault():
    """Sorted rows: the steps of the trial see two of nine words."""
    words = np.sort(RNG.integers(0, 9, (600, 3)), axis=None).reshape(600, 3)
    assert diagnose(words_read("sequential", 9), words, np.zeros((600, 2))).kinds == []


def test_a_table_that_also_gives_the_answers_learns_everywhere():
    class Tied(keras.Model):
        def __init__(self):
            super().__init__()
            self.table = layers.Embedding(50, 4, name="table")

        def call(self, words):
            means = keras.ops.mean(self.table(words), axis=1)
            return keras.ops.matmul(means, keras.ops.transpose(self.table.embeddings))

    model = Tied()
    words = RNG.integers(0, 5, (400, 3))
    model(words)
    found = diagnose(compiled(model), words, RNG.normal(size=(400, 50)))
    assert found.kinds == [] and "vectors" not in found.trains
