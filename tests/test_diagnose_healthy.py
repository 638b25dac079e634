"""Promise: `diagnose` finds nothing in a healthy model, whatever it is built of."""

import warnings

import keras
import numpy as np
import pytest
from keras import layers

from helpers import diagnose

RNG = np.random.default_rng(0)
X = RNG.normal(1, 1, (40, 4)).astype("float32")
Y = (X @ RNG.normal(0, 1, (4, 2)) + 1).astype("float32")
SERIES = RNG.normal(0, 1, (40, 6, 4)).astype("float32")
IMAGES = RNG.uniform(0, 1, (40, 8, 8, 3)).astype("float32")
WORDS = RNG.integers(0, 20, (40, 6))
CLASSES = RNG.integers(0, 3, 40)


def flat(*stack, shape=(4,), out=2):
    return keras.Sequential([keras.Input(shape), *stack, layers.Dense(out, name="head")], name="m")


def functional(build, shape=(4,), **given):
    inputs = keras.Input(shape, **given)
    return keras.Model(inputs, build(inputs), name="m")


def base(norm=True, shape=(4,)):
    stack = [
        keras.Input(shape),
        layers.Dense(6, name="low"),
        layers.BatchNormalization(name="norm"),
    ]
    stack += [layers.Activation("tanh"), layers.Dense(5, name="high")]
    return keras.Sequential(stack if norm else [stack[0], stack[1], stack[-1]], name="base")


def on(base, **call):
    return functional(lambda i: layers.Dense(2, name="head")(base(i, **call)))


def vec(model):
    return model, X, Y


def fitted(model, x=X, y=Y, **options):
    model.compile("adam", "mse", run_eagerly="epochs" in options)
    model.fit(x, y, verbose=0, **options)
    return model, x, y


class Sub(keras.Model):
    def __init__(self, inner=None, mode=None):
        super().__init__(name="sub")
        self.inner, self.mode = inner or layers.Dense(5, activation="tanh"), mode
        self.drop, self.norm = layers.Dropout(0.2), layers.BatchNormalization()
        self.heads = [layers.Dense(3, activation="tanh"), layers.Dense(2)]

    def call(self, inputs, training=None):
        hidden = self.inner(inputs) if self.mode is None else self.inner(inputs, training=self.mode)
        hidden = self.norm(self.drop(hidden, training=training), training=training)
        for head in self.heads:
            hidden = head(hidden)
        return hidden


def called(model, x=X):
    model(x[:2])
    return model


class Residual(layers.Layer):
    """Its last layer begins at 0, so in the first step the first gets no gradient."""

    def __init__(self):
        super().__init__()
        self.one = layers.Dense(4, activation="tanh")
        self.two = layers.Dense(4, kernel_initializer="zeros")

    def build(self, shape):
        self.one.build(shape)
        self.two.build(shape)

    def call(self, inputs):
        return inputs + self.two(self.one(inputs))


class Gated(layers.Layer):
    def build(self, shape):
        self.gate = self.add_weight(shape=(shape[-1],), initializer="zeros", name="gate")
        self.seen = self.add_weight(shape=(), trainable=False, initializer="zeros", name="seen")

    def call(self, inputs):
        self.seen.assign_add(1.0)
        return inputs * (1 + self.gate)


class Gan(keras.Model):
    def __init__(self):
        super().__init__(name="gan")
        self.painter = keras.Sequential([keras.Input((4,)), layers.Dense(4)], name="painter")
        self.judge = keras.Sequential([keras.Input((4,)), layers.Dense(1)], name="judge")
        self.built = True

    def compile(self, painter_optimizer, judge_optimizer):
        super().compile()
        self.painter_optimizer, self.judge_optimizer = painter_optimizer, judge_optimizer

    def call(self, inputs):
        return self.judge(self.painter(inputs))

    def train_step(self, data):
        import tensorflow as tf

        x = data[0] if isinstance(data, tuple) else data
        for player, optimizer, sign in (
            (self.judge, self.judge_optimizer, 1), (self.painter, self.painter_optimizer, -1)
        ):  # fmt: skip
            with tf.GradientTape() as tape:
                loss = sign * tf.reduce_mean(self.judge(self.painter(x)) - self.judge(x))
                loss += tf.reduce_mean(tf.square(self.judge(x)))
            weights = player.trainable_weights
            optimizer.apply(tape.gradient(loss, weights), weights)
        return {"loss": loss}


def gan():
    model = Gan()
    model.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    return model, X, None


def frozen(model, *names):
    for name in names:
        model.get_layer(name).trainable = False
    return model


def compiled(model, optimizer="adam", loss="mse", **options):
    model.compile(optimizer, loss, **options)
    return model


def two_in_two_out():
    one, two = keras.Input((4,), name="one"), keras.Input((4,), name="two")
    both = layers.Concatenate()([layers.Dense(3)(one), layers.Dense(3)(two)])
    outputs = {"a": layers.Dense(2, name="a")(both), "b": layers.Dense(1, name="b")(both)}
    return (
        keras.Model({"one": one, "two": two}, outputs),
        {"one": X, "two": X},
        {"a": Y, "b": Y[:, :1]},
    )


def listed_inputs():
    one, two = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([one, two], layers.Dense(2)(layers.Add()([one, two])))
    return compiled(model), [X, X], Y


def siamese():
    shared = keras.Sequential([keras.Input((4,)), layers.Dense(3)], name="shared")
    one, two = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([one, two], layers.Dense(2)(shared(one) - shared(two)))
    return compiled(model), [X, X[::-1].copy()], Y


def attention(inputs):
    hidden = layers.MultiHeadAttention(2, 4, name="mha")(inputs, inputs)
    hidden = layers.LayerNormalization()(inputs + hidden)
    return layers.Dense(2)(layers.GlobalAveragePooling1D()(hidden))


def causal_transformer():
    inputs = keras.Input((6,), dtype="int32")
    hidden = layers.Embedding(20, 8, mask_zero=True)(inputs)
    hidden = hidden + layers.MultiHeadAttention(2, 4)(hidden, hidden, use_causal_mask=True)
    hidden = hidden + layers.Dense(8, activation="gelu")(layers.LayerNormalization()(hidden))
    model = keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling1D()(hidden)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(model, keras.optimizers.AdamW(1e-3, weight_decay=0.01), loss), WORDS, CLASSES


def lora(compile_it):
    model = flat(layers.Dense(8, name="wide"))
    model.get_layer("wide").enable_lora(2)
    return vec(compiled(model) if compile_it else model)


def ema():
    return vec(compiled(flat(layers.Dense(5)), keras.optimizers.Adam(use_ema=True)))


def half_frozen_after_fit():
    model, *_ = fitted(on(base(norm=False)))
    model.get_layer("base").trainable = False
    return vec(compiled(model))


def thawed_with_norms_frozen():
    inner = base()
    model = on(inner)
    inner.trainable = False
    fitted(model)
    inner.trainable = True
    inner.get_layer("norm").trainable = False
    return vec(compiled(model, keras.optimizers.Adam(1e-5)))


def only_norms_learn():
    model = flat(layers.Dense(4, name="a"), layers.BatchNormalization(), layers.Dense(4, name="b"))
    return vec(compiled(frozen(model, "a", "b")))


def new_norm_behind_a_frozen_base():
    inner = base(norm=False)
    inner.trainable = False
    return vec(compiled(flat(inner, layers.BatchNormalization(), layers.Dense(3))))


def adapted():
    norm = layers.Normalization()
    norm.adapt(X)
    return vec(compiled(flat(norm, layers.Dense(4))))


def moments_kept():
    model = on(base(norm=False))
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    model.get_layer("base").trainable = False
    return vec(model)


def warm_up():
    rate = keras.optimizers.schedules.CosineDecay(0.0, 100, warmup_target=1e-3, warmup_steps=10)
    return vec(compiled(flat(layers.Dense(4)), keras.optimizers.Adam(rate)))


class OwnSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """Without get_config, as in many tutorials: it cannot be written down."""

    def __call__(self, step):
        return 1e-3 * keras.ops.minimum(keras.ops.cast(step, "float32") / 100, 1)


def own_schedule(make=keras.optimizers.SGD):
    return vec(compiled(flat(layers.Dense(4)), make(OwnSchedule())))


class Teacher(keras.Model):
    """A frozen teacher follows its student by a train_step's own assignment."""

    def __init__(self):
        super().__init__(name="pair")
        self.student, self.teacher = layers.Dense(2), layers.Dense(2, trainable=False)

    def call(self, inputs):
        return self.student(inputs) + 0 * self.teacher(inputs)

    def train_step(self, data):
        logs = super().train_step(data)
        for slow, fast in zip(self.teacher.weights, self.student.weights, strict=True):
            slow.assign(0.9 * slow + 0.1 * fast)
        return logs


def nested_twice():
    inner = keras.Sequential([keras.Input((4,)), base()], name="outer_base")
    return vec(compiled(on(inner)))


def multi_output_norms():
    return fitted(
        functional(lambda i: layers.Dense(2)(layers.BatchNormalization()(layers.Dense(4)(i)))),
        epochs=3,
    )


def image(*stack):
    return keras.Sequential(
        [keras.Input((8, 8, 3)), *stack, layers.Flatten(), layers.Dense(3)], name="m"
    )


def image_case(*stack, **options):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(image(*stack), "adam", loss, **options), IMAGES, CLASSES


def series(*stack):
    return compiled(flat(*stack, shape=(6, 4))), SERIES, Y


def mobile_net():
    model = keras.applications.MobileNet((32, 32, 3), alpha=0.25, weights=None, classes=3)
    pictures = RNG.uniform(0, 1, (16, 32, 32, 3)).astype("float32")
    return compiled(model, "sgd", "sparse_categorical_crossentropy"), pictures, CLASSES[:16]


def frozen_mobile_net():
    inner = keras.applications.MobileNetV3Small(
        (32, 32, 3), weights=None, include_top=False, pooling="avg"
    )
    inner.trainable = False
    model = functional(
        lambda i: layers.Dense(3)(layers.Dropout(0.2)(inner(i, training=False))), (32, 32, 3)
    )
    pictures = RNG.uniform(0, 255, (16, 32, 32, 3)).astype("float32")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(model, "adam", loss), pictures, CLASSES[:16]


def dead_units():
    bias = keras.initializers.Constant([-100.0, 1, 1, 1])
    return vec(compiled(flat(layers.Dense(4, activation="relu", bias_initializer=bias))))


def some_frozen_by_weight():
    model = flat(layers.Dense(4, name="a"))
    model.get_layer("a").bias.trainable = False
    return vec(compiled(model))


def spectral():
    return vec(compiled(flat(layers.SpectralNormalization(layers.Dense(4)))))


def trained_then_everything_same():
    model, *_ = fitted(flat(layers.Dense(8, "tanh"), layers.Dropout(0.3)), epochs=10, batch_size=40)
    return vec(model)


def recompiled():
    model, *_ = fitted(flat(layers.Dense(8, "tanh")), epochs=10, batch_size=40)
    return vec(compiled(model, keras.optimizers.Adam(1e-4)))


def partial_last_batch():
    model = compiled(flat(layers.Dense(4), layers.BatchNormalization()))
    model.fit(X[:37], Y[:37], batch_size=16, verbose=0)
    return model, X[:37], Y[:37]


def unfrozen_in_a_subclass():
    return vec(compiled(called(Sub(base(), mode=False))))


def lambda_with_a_known_variable():
    table = layers.Dense(3, name="table")
    return vec(
        compiled(
            functional(
                lambda i: layers.Dense(2)(
                    layers.Lambda(lambda t: t * keras.ops.mean(table.bias))(table(i))
                )
            )
        )
    )


def saved_and_loaded():
    import tempfile

    model, *_ = fitted(on(frozen(base(), "low", "norm", "high")))
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/m.keras")
        return vec(keras.models.load_model(f"{folder}/m.keras"))


def mixed():
    stack = [
        layers.Dense(8, dtype="mixed_float16"),
        layers.BatchNormalization(dtype="mixed_float16"),
    ]
    return vec(compiled(flat(*stack), keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam())))


def mixed_model():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = compiled(flat(layers.Dense(8), layers.Dropout(0.1)))
    finally:
        keras.config.set_dtype_policy("float32")
    return vec(model)


def bfloat():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = compiled(flat(layers.Dense(8), layers.BatchNormalization()))
    finally:
        keras.config.set_dtype_policy("float32")
    return vec(model)


def int8():
    model = flat(layers.Dense(8, name="wide"), layers.Dense(8))
    model.get_layer("wide").quantize("int8")
    return vec(compiled(model))


def gradual(steps):
    return vec(
        compiled(flat(layers.Dense(4)), keras.optimizers.Adam(gradient_accumulation_steps=steps))
    )


HEALTHY = {
    "one Dense": lambda: vec(flat()),
    "not compiled": lambda: vec(flat(layers.Dense(8, "relu"), layers.BatchNormalization())),
    "not compiled, classes": lambda: (flat(layers.Dense(8), out=3), X, CLASSES),
    "dense relu": lambda: vec(compiled(flat(layers.Dense(32, "relu"), layers.Dense(32, "relu")))),
    "sgd with momentum": lambda: vec(
        compiled(flat(layers.Dense(8)), keras.optimizers.SGD(0.01, 0.9))
    ),
    "rmsprop": lambda: vec(compiled(flat(layers.Dense(8)), "rmsprop")),
    "adamw": lambda: vec(compiled(flat(layers.Dense(8)), keras.optimizers.AdamW(weight_decay=0.1))),
    "clipped": lambda: vec(
        compiled(flat(layers.Dense(8)), keras.optimizers.Adam(global_clipnorm=1.0))
    ),
    "metrics": lambda: vec(
        compiled(flat(layers.Dense(8)), metrics=["mae"], weighted_metrics=["mse"])
    ),
    "run eagerly": lambda: vec(compiled(flat(layers.Dense(8)), run_eagerly=True)),
    "several steps per execution": lambda: vec(
        compiled(flat(layers.Dense(8)), steps_per_execution=4)
    ),
    "jit": lambda: vec(compiled(flat(layers.Dense(8)), jit_compile=True)),
    "dropout and norm": lambda: vec(
        compiled(flat(layers.Dropout(0.5), layers.BatchNormalization()))
    ),
    "layer norm": lambda: vec(compiled(flat(layers.Dense(8), layers.LayerNormalization()))),
    "group norm": lambda: vec(compiled(flat(layers.Dense(8), layers.GroupNormalization(2)))),
    "unit norm": lambda: vec(compiled(flat(layers.Dense(8), layers.UnitNormalization()))),
    "noise": lambda: vec(compiled(flat(layers.GaussianNoise(0.1), layers.Dense(8)))),
    "penalties": lambda: vec(compiled(flat(layers.Dense(8, kernel_regularizer="l2")))),
    "constraint": lambda: vec(compiled(flat(layers.Dense(8, kernel_constraint="max_norm")))),
    "prelu": lambda: vec(compiled(flat(layers.Dense(8), layers.PReLU()))),
    "dead units": dead_units,
    "zero residual": lambda: vec(compiled(flat(Residual()))),
    "a gate and a counter": lambda: vec(compiled(flat(Gated()))),
    "zero last layer": lambda: vec(
        compiled(
            keras.Sequential(
                [keras.Input((4,)), layers.Dense(8), layers.Dense(2, kernel_initializer="zeros")]
            )
        )
    ),
    "spectral normalisation": spectral,
    "adapted normalisation": adapted,
    "rescaling": lambda: vec(compiled(flat(layers.Rescaling(0.5), layers.Dense(4)))),
    "discretised": lambda: vec(
        compiled(flat(layers.Discretization([0.0, 1.0]), layers.Embedding(3, 4), layers.Flatten()))
    ),
    "lora": lambda: lora(True),
    "lora, not compiled": lambda: lora(False),
    "moving averages of weights": ema,
    "gradient accumulation": lambda: gradual(8),
    "much accumulation": lambda: gradual(100),
    "warm-up": warm_up,
    "a schedule of its own": own_schedule,
    "a schedule of its own, scaled": lambda: own_schedule(
        lambda rate: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(rate))
    ),
    "a teacher": lambda: vec(compiled(called(Teacher()))),
    "mixed precision": mixed,
    "mixed precision, whole": mixed_model,
    "mixed bfloat16": bfloat,
    "int8": int8,
    "frozen base": lambda: vec(compiled(on(frozen(functional(lambda i: base()(i)), "base")))),
    "frozen base, inference": lambda: vec(
        compiled(on(frozen(base(), "low", "norm", "high"), training=False))
    ),
    "frozen layer by layer": lambda: vec(compiled(on(frozen(base(), "low", "norm", "high")))),
    "first layer frozen": lambda: vec(compiled(frozen(flat(layers.Dense(8, name="a")), "a"))),
    "norms frozen": lambda: vec(compiled(on(frozen(base(), "norm")))),
    "norm frozen, called in inference": lambda: vec(
        compiled(on(frozen(base(), "norm"), training=False))
    ),
    "thawed, norms frozen": thawed_with_norms_frozen,
    "frozen after a fit, compiled": half_frozen_after_fit,
    "only norms learn": only_norms_learn,
    "new norm behind a frozen base": new_norm_behind_a_frozen_base,
    "moments kept": moments_kept,
    "a frozen bias": some_frozen_by_weight,
    "saved and loaded": saved_and_loaded,
    "fitted": lambda: fitted(flat(layers.Dense(8, "relu"))),
    "fitted with norms": multi_output_norms,
    "trained long": trained_then_everything_same,
    "trained, compiled gently": recompiled,
    "partial last batch": partial_last_batch,
    "nested": lambda: vec(compiled(on(base()))),
    "nested twice": nested_twice,
    "subclassed": lambda: vec(compiled(called(Sub()))),
    "subclassed, not compiled": lambda: vec(called(Sub())),
    "subclassed, fitted": lambda: fitted(called(Sub())),
    "subclassed around a model": lambda: vec(compiled(called(Sub(base())))),
    "subclassed, inference base": unfrozen_in_a_subclass,
    "dicts in and out": lambda: (compiled(two_in_two_out()[0]), *two_in_two_out()[1:]),
    "lists in": listed_inputs,
    "siamese": siamese,
    "a GAN of its own": gan,
    "lambda": lambda: vec(compiled(flat(layers.Lambda(lambda t: t * 2)))),
    "lambda with a known variable": lambda_with_a_known_variable,
    "conv": lambda: image_case(layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D()),
    "conv with norms": lambda: image_case(
        layers.Conv2D(4, 3, use_bias=False), layers.BatchNormalization(), layers.ReLU()
    ),
    "conv bias before a norm": lambda: image_case(layers.Conv2D(4, 3), layers.BatchNormalization()),
    "separable": lambda: image_case(layers.SeparableConv2D(4, 3), layers.SpatialDropout2D(0.2)),
    "depthwise": lambda: image_case(layers.DepthwiseConv2D(3), layers.Conv2DTranspose(4, 3)),
    "augmented": lambda: image_case(
        layers.RandomFlip(), layers.RandomRotation(0.1), layers.Conv2D(4, 3)
    ),
    "fixed filter": lambda: image_case(
        layers.Conv2D(4, 3, use_bias=False, trainable=False), layers.Conv2D(4, 3)
    ),
    "embedding with unused rows": lambda: (
        compiled(flat(layers.Embedding(1000, 4), layers.Flatten(), shape=(6,))),
        WORDS,
        Y,
    ),
    "embedding, frozen": lambda: (
        compiled(flat(layers.Embedding(20, 4, trainable=False), layers.Flatten(), shape=(6,))),
        WORDS,
        Y,
    ),
    "embedding, adamw, masked": causal_transformer,
    "lstm": lambda: series(layers.LSTM(3)),
    "lstm with dropout": lambda: series(layers.LSTM(3, dropout=0.1, recurrent_dropout=0.1)),
    "gru stack": lambda: series(layers.GRU(3, return_sequences=True), layers.GRU(3)),
    "simple rnn": lambda: series(layers.SimpleRNN(3)),
    "bidirectional": lambda: series(layers.Bidirectional(layers.LSTM(3))),
    "time distributed": lambda: series(layers.TimeDistributed(layers.Dense(3)), layers.Flatten()),
    "convolved series": lambda: series(
        layers.Conv1D(3, 2), layers.BatchNormalization(), layers.Flatten()
    ),
    "attention": lambda: (compiled(functional(attention, (6, 4))), SERIES, Y),
    "mobile net": mobile_net,
    "frozen mobile net": frozen_mobile_net,
}


@pytest.mark.parametrize("name", HEALTHY)
def test_nothing_is_found_in_a_healthy_model(name):
    keras.utils.set_random_seed(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, x, y = HEALTHY[name]()
        found = diagnose(model, x, y)
    assert found.kinds == [], str(found)


def test_there_are_at_least_sixty():
    assert len(HEALTHY) >= 60
