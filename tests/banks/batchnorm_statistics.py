"""Answers to exercise 5, BatchNormalization's statistics."""

from decimal import Decimal
from fractions import Fraction
from functools import cache

import keras
import numpy as np
from keras import layers, ops

from banks import Bank
from helpers.batchnorm import batchnorm_layers, expected_moving, freeze_batchnorm, remeasure
from helpers.tasks import batchnorm_statistics as tasks

# --- numbers and words --------------------------------------------------------------------------

four_arrays = Bank(
    tasks.four_arrays,
    solution=(96, 48, 96),
    mistakes=[
        (48, 48, 96),
        (24, 48, 96),
        (72, 48, 96),
        (4, 48, 96),
        (56, 48, 96),
        (40, 48, 96),
        (13_440, 48, 96),
        (96, 0, 96),
        (96, 24, 96),
        (96, 96, 96),
        (96, 72, 96),
        (96, 2, 96),
        (96, 28, 96),
        (96, 20, 96),
        (96, 48, 48),
        (96, 48, 0),
        (96, 48, 24),
        (96, 48, 72),
        (96, 48, 4),
        (100, 48, 96),
        (120, 48, 96),
        (3360, 48, 96),
        (560, 48, 96),
        (96, 6720, 96),
        (96, 48, 144),
    ],
    variants=[
        (96.0, np.int64(48), ops.convert_to_tensor(96)),
        (Fraction(96), np.float32(48), np.array(96)),
        (np.prod([4, 24]), 24 + 24, 0x60),
    ],
)

one_step = Bank(
    tasks.one_step,
    solution=(0.5, 1.4),
    mistakes=[
        (4.5, 4.6),
        (5, 1.4),
        (0, 1.4),
        (1.4, 1.4),
        (0.05, 1.04),
        (5.5, 1.4),
        (0.5, 4.6),
        (0.5, 0.9 + 0.1 * 20 / 3),
        (0.5, 0.9 + 0.1 * 5**0.5),
        (0.5, 0.9 + 0.1 * (20 / 3) ** 0.5),
        (0.5, 0.5),
        (0.5, 5),
        (0.5, 1),
        (0.5, 1.04),
        (0.5, 2.9),
        (0.5, 3.9),
        (0.5, 0.1 + 0.9 * 20 / 3),
        (0.5, 2.4),
        (1.4, 0.5),
        (2, 1.4),
        (0.5, 0.1 * 20 / 3),
        (0.5, 0.9),
        (0.5, 5.9),
        (0.5, 1.5),
        (0.5, 0.9 + 0.1 * 25.25),
        (0.5, 0.99 + 0.01 * 20 / 3),
        ((0, 5), (1, 4)),
        ("0.5", "1.4"),
    ],
    variants=[
        (Fraction(1, 2), Fraction(7, 5)),
        (Decimal("0.5"), [1.4]),
        (np.array([0.5]), np.float32(1.4)),
        (ops.convert_to_tensor(0.5), 0.9 * 1 + 0.1 * np.var([2, 4, 6, 8])),
        expected_moving((0, 1), [[2], [4], [6], [8]], 0.9),
    ],
)

steps_left = Bank(
    tasks.steps_left,
    solution=(45,),
    mistakes=[
        (44,),
        (np.log(0.1) / np.log(0.95),),
        (229,),
        (230,),
        (22,),
        (58,),
        (59,),
        (90,),
        (2,),
        (3,),
        (1,),
        (18,),
        (20,),
        (14,),
        (21,),
        (47,),
        (54,),
        (56,),
    ],
    variants=[
        ([45],),
        (np.ceil(np.log(0.1) / np.log(0.95)),),
        (45.0,),
        (ops.convert_to_tensor(45),),
    ],
)

which_statistics = Bank(
    tasks.which_statistics,
    solution=("batch", "moving", "moving", "batch"),
    mistakes=[
        ("moving", "batch", "moving", "batch"),
        ("batch", "batch", "moving", "batch"),
        ("batch", "moving", "batch", "batch"),
        ("batch", "moving", "moving", "moving"),
        ("batch", "moving", "batch", "moving"),
        ("batch", "running", "moving", "batch"),
        ("batch", "moving_mean", "moving", "batch"),
    ],
    variants=[
        ("Batch", " moving ", "MOVING", "batch"),
        (np.str_("batch"), "moving", "moving", "batch"),
        ("batch", "Moving", "moving\n", "BATCH"),
    ],
)

# --- formulas and layers ------------------------------------------------------------------------


def norm(momentum, epsilon, **others):
    return layers.BatchNormalization(momentum=momentum, epsilon=epsilon, **others)


class OwnNorm(layers.BatchNormalization):
    def __init__(self, momentum, epsilon):
        super().__init__(momentum=1 - momentum, epsilon=epsilon)


def built_norm(momentum, epsilon):
    layer = norm(1 - momentum, epsilon)
    layer.build((None, 1))
    return layer


ONE_LAYER = layers.BatchNormalization()


def like_pytorch_again(torch_momentum, torch_epsilon):
    ONE_LAYER.momentum, ONE_LAYER.epsilon = 1 - torch_momentum, torch_epsilon
    return ONE_LAYER


@cache
def like_pytorch_kept(torch_momentum, torch_epsilon):
    return norm(1 - torch_momentum, torch_epsilon)


like_pytorch = Bank(
    tasks.like_pytorch,
    solution=(lambda m, e: norm(1 - m, e),),
    mistakes=[
        # ask: "with that behaviour"
        (lambda m, e: norm(m, e),),
        # ask: "returns a new Keras BatchNormalization layer"
        (like_pytorch_again,),
        (like_pytorch_kept,),
        (lambda m, e: norm(0.7, 0.02),),
        (lambda m, e: layers.BatchNormalization(-1, e, 1 - m),),
        (lambda m, e: norm(e, m),),
        (lambda m, e: norm(1 - m, max(e, 1e-3)),),
        (lambda m, e: layers.BatchNormalization(momentum=m),),
        (lambda m, e: layers.BatchNormalization(epsilon=e),),
        (lambda m, e: layers.BatchNormalization(),),
        (lambda m, e: layers.BatchNormalization(momentum=1 - m),),
        (lambda m, e: norm(1 - m, 1e-5),),
        (lambda m, e: norm(0.9, 1e-5),),
        (lambda m, e: norm(0.9, e),),
        (lambda m, e: norm(1 - m, 5 * e),),
        (lambda m, e: norm(1 - m, e, gamma_initializer="zeros"),),
        (lambda m, e: norm(1 - m, 1e-6),),
        (lambda m, e: layers.BatchNormalization(1 - m, epsilon=e),),
        (lambda m, e: norm(1 - e, m),),
        (lambda m, e: norm(1 - m, e, trainable=False),),
        (lambda m, e: layers.LayerNormalization(epsilon=e, name="n"),),
        (lambda m, e: layers.BatchNormalization(momentum=1 + m, epsilon=e),),
    ],
    variants=[
        (OwnNorm,),
        (built_norm,),
        (lambda m, e: norm(1 - m, e, axis=1, name="torch"),),
        (lambda m, e: norm(1 - np.float32(m), np.float32(e), dtype="float32"),),
    ],
)


def mix(old, new, momentum):
    return momentum * old + (1 - momentum) * new


def others(batch):
    return tuple(range(batch.ndim - 1))


def update(mean_of, variance_of, mixed=mix):
    return lambda a, b, x, m: (mixed(a, mean_of(x), m), mixed(b, variance_of(x), m))


def mean(x):
    return x.mean(axis=others(x))


def var(x):
    return x.var(axis=others(x))


def sample(x):
    return x.var(axis=others(x), ddof=1)


def by_keras(a, b, x, m):
    layer = layers.BatchNormalization(momentum=m)
    layer.build(x.shape)
    layer.moving_mean.assign(a)
    layer.moving_variance.assign(b)
    layer(x, training=True)
    return layer.moving_mean, layer.moving_variance


def by_ops(a, b, x, m):
    new_mean, new_variance = ops.moments(x, axes=list(others(x)))
    return [a + (1 - m) * (new_mean - a), b + (1 - m) * (new_variance - b)]


def by_rows(a, b, x, m):
    rows = x.reshape(-1, x.shape[-1])
    spread = (rows**2).mean(axis=0) - rows.mean(axis=0) ** 2
    return mix(a, rows.mean(axis=0), m).tolist(), mix(b, spread, m).tolist()


def in_place(a, b, x, m):
    a *= m
    a += (1 - m) * mean(x)
    b *= m
    b += (1 - m) * var(x)
    return a, b


def stacked(a, b, x, m):
    return np.stack(update(mean, var)(a, b, x, m))


def reverse(old, new, momentum):
    return mix(new, old, momentum)


def examples_kept(x):
    return tuple(range(1, x.ndim))


def channel_rows(x):
    return x.reshape(x.shape[-1], -1)


update_rule = Bank(
    tasks.update_rule,
    solution=(update(mean, var),),
    mistakes=[
        # ask: "the rule by which Keras updates the statistics in one training step"
        (update(mean, var, reverse),),
        (update(mean, sample, reverse),),
        (update(mean, sample),),
        (update(mean, lambda x: x.var(axis=others(x), ddof=int(x.ndim == 4))),),
        (update(mean, lambda x: x.var(axis=others(x), ddof=int(x.ndim > 2))),),
        (update(mean, lambda x: x.std(axis=others(x))),),
        # ask: "it may have two, three or four axes"
        (update(lambda x: x.mean(axis=0), lambda x: x.var(axis=0)),),
        (update(lambda x: x.mean(axis=(0, 1)), lambda x: x.var(axis=(0, 1))),),
        (update(lambda x: x.mean(axis=(0, 1, 2)), lambda x: x.var(axis=(0, 1, 2))),),
        (update(lambda x: x.mean(axis=(1, 2)), lambda x: x.var(axis=(1, 2))),),
        (update(lambda x: x.mean(axis=examples_kept(x)), lambda x: x.var(axis=examples_kept(x))),),
        (update(mean, lambda x: x.var(axis=0).mean(axis=tuple(range(x.ndim - 2)))),),
        # ask: "hold one number per channel"
        (update(np.mean, np.var),),
        # ask: "whose last axis is the channels"
        (update(lambda x: x.mean(axis=-1), lambda x: x.var(axis=-1)),),
        (update(lambda x: channel_rows(x).mean(axis=1), lambda x: channel_rows(x).var(axis=1)),),
        (lambda a, b, x, m: (mix(0, mean(x), m), mix(1, var(x), m)),),
        (lambda a, b, x, m: (mean(x), var(x)),),
        (lambda a, b, x, m: update(mean, var)(a, b, x, 0.99),),
        (lambda a, b, x, m: update(mean, var)(a, b, x, 0.9),),
        (lambda a, b, x, m: (m * a + mean(x), m * b + var(x)),),
        # ask: "Return the two new values, mean first."
        (lambda a, b, x, m: update(mean, var)(a, b, x, m)[::-1],),
        (lambda a, b, x, m: (mix(a, mean(x), m), mix(b, mean((x - a) ** 2), m)),),
        (lambda a, b, x, m: (mix(a, mean(x), m), mix(b, mean((x - mix(a, mean(x), m)) ** 2), m)),),
        (lambda a, b, x, m: (mix(a, mean(x), m), b),),
        (lambda a, b, x, m: (mix(mean(x), a, m), mix(b, var(x), m)),),
        (lambda a, b, x, m: (mix(a, mean(x), m), mix(var(x), b, m)),),
        (update(mean, lambda x: mean(x**2)),),
        (update(mean, lambda x: var(x) + 1e-3),),
        (lambda a, b, x, m: mix(a, mean(x), m).tolist()[:3],),
        (lambda a, b, x, m: (m * a - (1 - m) * x.mean(tuple(range(x.ndim - 1))), b),),
    ],
    variants=[
        (by_keras,),
        (by_ops,),
        (by_rows,),
        (in_place,),
        (stacked,),
        (lambda *a: ops.stack(by_ops(*a)),),
        (lambda a, b, x, m: update(mean, var)(a, b, x.astype("float32"), m),),
    ],
)


def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    return gamma * (x - moving_mean) / np.sqrt(moving_variance + epsilon) + beta


def output_by_keras(x, gamma, beta, moving_mean, moving_variance, epsilon):
    return ops.batch_normalization(
        ops.cast(x, "float32"),
        moving_mean.astype("float32"),
        moving_variance.astype("float32"),
        axis=-1,
        offset=beta.astype("float32"),
        scale=gamma.astype("float32"),
        epsilon=epsilon,
    )


def folded(x, gamma, beta, moving_mean, moving_variance, epsilon):
    slope = gamma * (moving_variance + epsilon) ** -0.5
    return (slope * x + (beta - slope * moving_mean)).tolist()


def output_of_batch(x, g, b, m, v, e):
    return output(x, g, b, mean(x), var(x), e)


output_rule = Bank(
    tasks.output_rule,
    solution=(output,),
    mistakes=[
        # ask: "what BatchNormalization gives for `x` in *inference* mode"
        (output_of_batch,),
        # ask: "The check compares with a real layer."
        (lambda x, g, b, m, v, e: output(x, g, b, m, v, 0),),
        (lambda x, g, b, m, v, e: g * (x - m) / (np.sqrt(v) + e) + b,),
        (lambda x, g, b, m, v, e: output(x, g, b, m, v, 1e-3),),
        (lambda x, g, b, m, v, e: g * (x - m) / (v + e) + b,),
        (lambda x, g, b, m, v, e: output(x, g, b, m, v, e**2),),
        (lambda x, g, b, m, v, e: output(x, 1, 0, m, v, e),),
        (lambda x, g, b, m, v, e: output(x, g, b, mean(x), v, e),),
        (lambda x, g, b, m, v, e: g * (x - m) / (np.sqrt(v) + np.sqrt(e)) + b,),
        (lambda x, g, b, m, v, e: g * (x - m / np.sqrt(v + e)) + b,),
        (lambda x, g, b, m, v, e: output(x, g, -b, m, v, e),),
        (lambda x, g, b, m, v, e: output(x, 1, b, m, v, e),),
        (lambda x, g, b, m, v, e: output(x, g, 0, m, v, e),),
        (lambda x, g, b, m, v, e: output(x, b, g, m, v, e),),
        (lambda x, g, b, m, v, e: output(x, g, b, v, m, e),),
        (lambda x, g, b, m, v, e: g * x - m / np.sqrt(v + e) + b,),
        (lambda x, g, b, m, v, e: output(x, g, b, 0, v, e),),
        (lambda x, g, b, m, v, e: output(x, g, b, -m, v, e),),
        (lambda x, g, b, m, v, e: g * ((x - m) / np.sqrt(v + e) + b),),
        (lambda x, g, b, m, v, e: output(x, g, b, m, v, 1e-5),),
        (lambda x, g, b, m, v, e: g * (x - m) * np.sqrt(v + e) + b,),
    ],
    variants=[(output_by_keras,), (folded,), (lambda *a: output(*a).astype("float32"),)],
)

# --- code that measures, freezes and trains -----------------------------------------------------


def measure_as_they_are(model, images):
    norms = batchnorm_layers(model)
    momenta = [norm.momentum for norm in norms]
    for one in norms:
        one.momentum = 0.0
    model(images, training=True)
    for one, momentum in zip(norms, momenta, strict=True):
        one.momentum = momentum


def thawed(measuring):
    """The same, with frozen layers thawed meanwhile."""

    def measure_thawed(model, images):
        frozen = [norm for norm in batchnorm_layers(model) if not norm.trainable]
        for one in frozen:
            one.trainable = True
        measuring(model, images)
        for one in frozen:
            one.trainable = False

    return measure_thawed


measure = thawed(measure_as_they_are)


def measure_left_thawed(model, images):
    for one in batchnorm_layers(model):
        one.trainable = True
    measure(model, images)


def measure_all_thawed(model, images):
    for layer in model._flatten_layers():
        layer.trainable = False
        layer.trainable = True
    measure(model, images)


def measure_gamma_thawed(model, images):
    for one in batchnorm_layers(model):
        was = one.trainable
        one.trainable = False
        one.trainable = True
        measure(model, images)
        one.trainable = was


def measure_shifted(model, images):
    measure(model, images)
    for one in batchnorm_layers(model):
        one.beta.assign_add(one.moving_mean)


def measure_a_copy(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    measure(copy, images)
    for one, other in zip(batchnorm_layers(model), batchnorm_layers(copy)):
        one.moving_mean.assign(other.moving_mean)
        one.moving_variance.assign(other.moving_variance)


def measure_in_steps(model, images):
    for _ in range(300):
        model(images, training=True)


def measure_in_batches(model, images):
    rng = np.random.default_rng(0)
    half = len(images) // 2
    for _ in range(200):  # an average over batches of half the images
        model(images[rng.permutation(2 * half)[:half]], training=True)


def measure_by_fit(model, images):
    """An optimizer that does nothing, and the compiled state put back."""
    model.compile(keras.optimizers.SGD(0.0), "mse")
    size = len(images)
    model.fit(images, np.zeros((size, 2)), batch_size=size, epochs=90, verbose=0)


def measure_and_forget(model, images):
    for one in batchnorm_layers(model):
        one.momentum = 0.0
    model(images, training=True)


def measure_frozen(model, images):
    measure(model, images)
    freeze_batchnorm(model)


def measure_outer(model, images):
    one = model.get_layer("norm1")
    one.momentum = 0.0
    model(images, training=True)
    one.momentum = 0.95


def measure_by_training(model, images):
    model.fit(images, np.zeros((len(images), 2)), verbose=0)


def measure_by_keeping(model, images):
    for one in batchnorm_layers(model):
        one.momentum = 1.0
    model(images, training=True)


def measure_first_only(model, images):
    one = model.get_layer("norm1")
    kept = [weight.numpy() for weight in batchnorm_layers(model)[1].weights]
    measure(model, images)
    batchnorm_layers(model)[1].set_weights(kept)
    assert one.momentum == 0.95


def measure_one_momentum(model, images):
    measure(model, images)
    for one in batchnorm_layers(model):
        one.momentum = 0.95


def measure_dense_frozen(model, images):
    measure(model, images)
    model.get_layer("head").trainable = False


def measure_last_half(model, images):
    """With momentum 0 only the last batch counts."""
    for half in np.split(images, 2):
        measure(model, half)


def measure_stale(model, images):
    """Each layer while the others still have their old statistics."""
    norms = batchnorm_layers(model)
    old, new = model.get_weights(), []
    for one in norms:
        for other in norms:
            other.trainable = one is other
        measure_as_they_are(model, images)
        new.append(one.get_weights())
        model.set_weights(old)
    for one, weights in zip(norms, new):
        one.trainable = True
        one.set_weights(weights)


measured_anew = Bank(
    tasks.measured_anew,
    solution=(measure,),
    mistakes=[
        # ask: "makes the statistics of *all* its BatchNormalization layers those of"
        (lambda model, images: model(images),),
        (lambda model, images: model.predict(images, verbose=0),),
        (measure_by_keeping,),
        # ask: "leaves everything else as it was: the learned weights"
        (measure_by_training,),
        (measure_shifted,),
        (lambda model, images: model(images, training=True),),
        # ask: "some sit in models inside the model"
        (measure_outer,),
        (measure_first_only,),
        # ask: "the layers' momentum"
        (measure_and_forget,),
        # ask: "The layers have different momenta"
        (measure_one_momentum,),
        # ask: "flags"
        (measure_frozen,),
        (measure_dense_frozen,),
        (measure_left_thawed,),
        (measure_all_thawed,),
        (measure_gamma_thawed,),
        # ask: "some may arrive"
        (measure_as_they_are,),
        (remeasure,),
        (measure_last_half,),
        (measure_stale,),
        (7,),
    ],
    variants=[
        (thawed(remeasure),),
        (thawed(measure_in_steps),),
        (thawed(measure_by_fit),),
        (thawed(measure_in_batches),),
        (measure_a_copy,),
    ],
)


def with_head(base, **call):
    inputs = keras.Input((6,))
    return keras.Model(inputs, layers.Dense(2, name="head")(base(inputs, **call)), name="tuned")


def compiled(model, rate=0.01):
    model.compile(keras.optimizers.SGD(rate), "mse")
    return model


def prepare(base):
    base.trainable = True
    freeze_batchnorm(base)
    return compiled(with_head(base))


def prepare_by_loop(base):
    for layer in [*base.layers, *base.get_layer("inner").layers]:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    base.trainable = base.get_layer("inner").trainable = True  # True before: changes nothing
    base.get_layer("norm1").trainable = base.get_layer("inner").get_layer("norm2").trainable = False
    model = keras.Sequential([keras.Input((6,)), base, layers.Dense(2)])
    model.compile("adam", "mse")
    return model


class Tuned(keras.Model):
    """In a call of its own, training=False is respected."""

    def __init__(self, base):
        super().__init__()
        self.base, self.head = base, layers.Dense(2)

    def call(self, x):
        return self.head(self.base(x, training=False))


def prepare_subclass(base):
    base.trainable = True
    return compiled(Tuned(base))


def prepare_flags_late(base):
    model = compiled(with_head(base))
    base.trainable = True
    freeze_batchnorm(base)
    return model  # before the first fit this still counts


def prepare_with_gamma(base):
    """Gamma and beta learn with fixed statistics."""
    base.trainable = True
    for one in batchnorm_layers(base):
        one.trainable = False
        one.gamma.trainable = one.beta.trainable = True
    return compiled(with_head(base))


def prepare_by_call(base):
    base.trainable = True
    return compiled(with_head(base, training=False))


def prepare_undone(base):
    freeze_batchnorm(base)
    base.trainable = True
    return compiled(with_head(base))


def prepare_outer_only(base):
    base.trainable = True
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    return compiled(with_head(base))


def prepare_variables(base):
    base.trainable = True
    for one in batchnorm_layers(base):
        one.gamma.trainable = one.beta.trainable = False
    return compiled(with_head(base))


def prepare_after_fit(base):
    base.trainable = True
    model = compiled(with_head(base))
    model.fit(*tasks.targets(), batch_size=8, verbose=0)
    freeze_batchnorm(base)
    return model


def prepare_thawed_late(base):
    """A first phase with the head alone, and no compile after the thaw."""
    model = compiled(with_head(base))
    model.fit(*tasks.targets(), verbose=0)
    base.trainable = True
    freeze_batchnorm(base)
    return model


def prepare_reset(base):
    for one in batchnorm_layers(base):
        one.moving_mean.assign(ops.zeros_like(one.moving_mean))
    return prepare(base)


def prepare_trained(base):
    base.trainable = True
    compiled(with_head(base)).fit(*tasks.targets(), verbose=0)
    return prepare(base)


def prepare_frozen(base):
    return compiled(with_head(base))


def prepare_inner_frozen(base):
    base.trainable = True
    freeze_batchnorm(base)
    base.get_layer("inner").trainable = False
    return compiled(with_head(base))


def prepare_clone(base):
    copy = keras.models.clone_model(base)
    copy.trainable = True
    freeze_batchnorm(copy)
    return compiled(with_head(copy))


def prepare_uncompiled(base):
    base.trainable = True
    freeze_batchnorm(base)
    return with_head(base)


def prepare_no_head(base):
    base.trainable = True
    freeze_batchnorm(base)
    return compiled(base)


def prepare_head_frozen(base):
    base.trainable = True
    freeze_batchnorm(base)
    model = with_head(base)
    model.get_layer("head").trainable = False
    return compiled(model)


def prepare_with_norm(base):
    base.trainable = True
    freeze_batchnorm(base)
    inputs = keras.Input((6,))
    hidden = layers.BatchNormalization(name="extra")(base(inputs))
    return compiled(keras.Model(inputs, layers.Dense(2, name="head")(hidden)))


def prepare_deep_head(base):
    base.trainable = True
    freeze_batchnorm(base)
    return compiled(keras.Sequential([keras.Input((6,)), base, layers.Dense(8), layers.Dense(2)]))


def prepare_three_outputs(base):
    base.trainable = True
    freeze_batchnorm(base)
    return compiled(keras.Sequential([keras.Input((6,)), base, layers.Dense(3)]))


def prepare_uphill(base):
    return compiled(prepare(base), rate=-0.01)


def prepare_too_fast(base):
    return compiled(prepare(base), rate=1000.0)


def prepare_by_text(base):
    base.trainable = True
    for one in batchnorm_layers(base):
        one.trainable = "False"
    return compiled(with_head(base))


def prepare_misspelt(base):
    base.trainable = True
    for one in batchnorm_layers(base):
        one.trainabel = False
    return compiled(with_head(base))


def prepare_masked(base):
    base.trainable = True
    model = compiled(with_head(base))

    def fit(*args, **kwargs):
        kept = [one.moving_mean.numpy() for one in batchnorm_layers(base)]
        keras.Model.fit(model, *args, **kwargs)
        for one, values in zip(batchnorm_layers(base), kept):
            one.moving_mean.assign(values)

    model.fit = fit
    return model


def prepare_by_momentum(base, momentum=1.0):
    base.trainable = True
    for one in batchnorm_layers(base):
        one.momentum = momentum
    return compiled(with_head(base))


def prepare_by_no_momentum(base):
    return prepare_by_momentum(base, 0.0)


statistics_kept = Bank(
    tasks.statistics_kept,
    solution=(prepare,),
    mistakes=[
        # ask: "no moving mean and no moving"
        (prepare_by_call,),
        (prepare_undone,),
        (prepare_outer_only,),
        (prepare_variables,),
        (prepare_by_no_momentum,),
        (prepare_by_text,),
        (prepare_misspelt,),
        (prepare_masked,),
        (prepare_with_norm,),
        (prepare_after_fit,),
        (prepare_thawed_late,),
        (prepare_reset,),
        (prepare_trained,),
        # ask: "In a fit, the base's kernels and the head should learn"
        (prepare_frozen,),
        (prepare_inner_frozen,),
        (prepare_head_frozen,),
        (prepare_uphill,),
        (prepare_too_fast,),
        # ask: "the base it is given, followed by"
        (prepare_clone,),
        (prepare_deep_head,),
        # ask: "`Dense(2)`"
        (prepare_no_head,),
        (prepare_three_outputs,),
        # ask: "which returns a compiled model"
        (prepare_uncompiled,),
        (lambda base: compiled(with_head(base)).summary(print_fn=lambda *_, **__: None),),
    ],
    variants=[
        (prepare_by_loop,),
        (prepare_subclass,),
        (prepare_flags_late,),
        (prepare_with_gamma,),
        (prepare_by_momentum,),
    ],
)

in_order = Bank(
    tasks.in_order,
    solution=("ABCD",),
    mistakes=[
        ("ABC",),
        ("AECD",),
        ("ACD",),
        ("ACDB",),
        ("BACD",),
        ("BCD",),
        ("ABD",),
        ("ABDC",),
        ("BCDA",),
        ("ABFCD",),
        ("ABCX",),
        ("CDABD",),
        ("ACDBD",),
    ],
    variants=[
        (["a", "b", "c", "d"],),
        ("A, E, B, C, D",),
        ("FABCD",),
        ("ABCDD",),
        (np.array(list("ABCD")),),
        ("ACBD",),  # before the first fit after compile a flag still counts
    ],
)
