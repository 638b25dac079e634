"""Answers to exercise 5, BatchNormalization's statistics."""

from fractions import Fraction

import keras
import numpy as np
from keras import layers, ops

from banks import Bank
from helpers.batchnorm import batchnorm_layers, expected_moving, freeze_batchnorm, remeasure
from helpers.tasks import batchnorm_statistics as tasks
from helpers.tasks.batchnorm_statistics._array_answers import first_difference
from helpers.tasks.batchnorm_statistics.output_rule import output_cases
from helpers.tasks.batchnorm_statistics.update_rule import update_cases

# --- numbers and words --------------------------------------------------------------------------

four_arrays = Bank(
    tasks.four_arrays,
    solution=(96, 48, 96),
    mistakes=[
        (
            (48, 48, 96),
            "`total` is 48. That is 2C, two arrays of 24; BatchNormalization has two learned "
            "arrays *and* two statistics.",
        ),
        ((24, 48, 96), "`total` is 24. That is one of its four arrays."),
        (
            (72, 48, 96),
            "`total` is 72. That is three arrays of 24; one of gamma, beta, mean and variance is "
            "missing.",
        ),
        ((4, 48, 96), "`total` is 4. That is the number of arrays; count the numbers in them."),
        (
            (56, 48, 96),
            "`total` is 56. You took the height, 14; there is one number per *channel*, the last "
            "axis.",
        ),
        (
            (40, 48, 96),
            "`total` is 40. You took the width, 10; there is one number per *channel*, the last "
            "axis.",
        ),
        (
            (13_440, 48, 96),
            "`total` is 13,440. You counted per pixel; all pixels of a channel share four numbers.",
        ),
        (
            (96, 0, 96),
            "`learned` is 0. You counted gamma and beta as non-trainable: the optimizer learns "
            "them like a kernel.",
        ),
        ((96, 24, 96), "`learned` is 24. Gamma *and* beta are learned, 24 numbers each."),
        (
            (96, 96, 96),
            "`learned` is 96. The moving mean and moving variance are kept by the layer, not "
            "learned.",
        ),
        (
            (96, 72, 96),
            "`learned` is 72. The moving mean *and* the moving variance are kept by the layer, not "
            "learned.",
        ),
        ((96, 2, 96), "`learned` is 2. That is the number of arrays; count the numbers in them."),
        (
            (96, 28, 96),
            "`learned` is 28. You took the height, 14; there is one number per *channel*, the last "
            "axis.",
        ),
        (
            (96, 20, 96),
            "`learned` is 20. You took the width, 10; there is one number per *channel*, the last "
            "axis.",
        ),
        (
            (96, 48, 48),
            "`non_trainable_if_frozen` is 48. So it is before the freeze; the freeze adds gamma "
            "and beta to the statistics.",
        ),
        (
            (96, 48, 0),
            "`non_trainable_if_frozen` is 0. Frozen is the opposite of trainable: now nothing of "
            "the layer is trained.",
        ),
        (
            (96, 48, 24),
            "`non_trainable_if_frozen` is 24. Count all arrays that the optimizer leaves alone: "
            "after the freeze, every one.",
        ),
        ((96, 48, 72), "`non_trainable_if_frozen` is 72. A freeze switches off gamma *and* beta."),
        (
            (96, 48, 4),
            "`non_trainable_if_frozen` is 4. That is the number of arrays; count the numbers in "
            "them.",
        ),
        (
            (100, 48, 96),
            "`total` is 100. It fits a slip on the right way: 25 stands in the place of 24. Count "
            "arrays, then numbers per array.",
        ),
    ],
    variants=[
        (96.0, np.int64(48), ops.convert_to_tensor(96)),
        (Fraction(96), np.float32(48), np.array(96)),
        (np.prod([4, 24]), 24 + 24, 0x60),
    ],
)

REVERSED = "You turned the momentum round: in Keras it is the weight of the *old* value."

one_step = Bank(
    tasks.one_step,
    solution=(0.5, 1.4),
    mistakes=[
        ((4.5, 4.6), f"`moving_mean` is 4.5. {REVERSED}"),
        (
            (5, 1.4),
            "`moving_mean` is 5. That is the mean of the batch; the step goes only a part of the "
            "way to it.",
        ),
        ((0, 1.4), "`moving_mean` is 0. That is the start value; the step moves it."),
        (
            (1.4, 1.4),
            "`moving_mean` is 1.4. You started at 1, as the variance does; the moving mean starts "
            "at 0.",
        ),
        (
            (0.05, 1.04),
            "`moving_mean` is 0.05. That is with Keras's default momentum, 0.99; here it is 0.9.",
        ),
        (
            (5.5, 1.4),
            "`moving_mean` is 5.5. You started at the batch's mean and added; a fresh layer starts "
            "at 0.",
        ),
        ((0.5, 4.6), f"`moving_variance` is 4.6. {REVERSED}"),
        (
            (0.5, 0.9 + 0.1 * 20 / 3),
            "`moving_variance` is 1.567. You used the sample variance, divided by N - 1 = 3 as "
            "PyTorch does; Keras divides by N = 4.",
        ),
        (
            (0.5, 0.9 + 0.1 * 5**0.5),
            "`moving_variance` is 1.124. You used the standard deviation; the layer keeps the "
            "*variance*.",
        ),
        (
            (0.5, 0.9 + 0.1 * (20 / 3) ** 0.5),
            "`moving_variance` is 1.158. You used the standard deviation, and divided by N - 1; "
            "the layer keeps the variance, divided by N.",
        ),
        (
            (0.5, 0.5),
            "`moving_variance` is 0.5. You started at 0, as the mean does; the moving variance "
            "starts at 1.",
        ),
        (
            (0.5, 5),
            "`moving_variance` is 5. That is the variance of the batch, or a start at it; a fresh "
            "layer starts at 1.",
        ),
        ((0.5, 1), "`moving_variance` is 1. That is the start value; the step moves it."),
        (
            (0.5, 1.04),
            "`moving_variance` is 1.04. That is with Keras's default momentum, 0.99; here it is "
            "0.9.",
        ),
        (
            (0.5, 2.9),
            "`moving_variance` is 2.9. You forgot to divide the sum of squares, 20, by the number "
            "of examples.",
        ),
        (
            (0.5, 3.9),
            "`moving_variance` is 3.9. That is the mean of the squares; subtract the mean of the "
            "batch first.",
        ),
        (
            (0.5, 0.1 + 0.9 * 20 / 3),
            "`moving_variance` is 6.1. You turned the momentum round, and divided by N - 1.",
        ),
        (
            (0.5, 2.3),
            "`moving_variance` is 2.3. It fits a slip on the right way: 1.8 stands in the place of"
            " 0.9.",
        ),
    ],
    variants=[
        (Fraction(1, 2), Fraction(7, 5)),
        (np.array([0.5]), np.float32(1.4)),
        (ops.convert_to_tensor(0.5), 0.9 * 1 + 0.1 * np.var([2, 4, 6, 8])),
        expected_moving((0, 1), [[2], [4], [6], [8]], 0.9),
    ],
)

OTHER_MOMENTUM = "That is with Keras's default momentum, 0.99; here it is 0.95."
FIVE_PER_CENT = "That is until 5 % are left; 10 % were asked for."
GONE = "That is until 10 % are *gone*; 10 % should be *left*."

steps_left = Bank(
    tasks.steps_left,
    solution=(45,),
    mistakes=[
        ((44,), "`steps` is 44. 0.95⁴⁴ is 0.105, still more than a tenth: round *up*."),
        (
            (np.log(0.1) / np.log(0.95),),
            "`steps` is 44.89; steps come whole: the first with at most 10 % left.",
        ),
        ((229,), f"`steps` is 229. {OTHER_MOMENTUM}"),
        ((230,), f"`steps` is 230. {OTHER_MOMENTUM}"),
        (
            (22,),
            "`steps` is 22. That is with PyTorch's default, 0.9 in Keras's terms; here it is 0.95.",
        ),
        ((58,), f"`steps` is 58. {FIVE_PER_CENT}"),
        ((59,), f"`steps` is 59. {FIVE_PER_CENT}"),
        ((90,), "`steps` is 90. That is until 1 % is left; 10 % were asked for."),
        ((2,), f"`steps` is 2. {GONE}"),
        ((3,), f"`steps` is 3. {GONE}"),
        (
            (1,),
            "`steps` is 1. You took the momentum for the weight of the *new* value: 0.05 would be "
            "left at once.",
        ),
        (
            (18,),
            "`steps` is 18. Each step takes 5 % of what is *left*, not of the whole way: it slows "
            "down.",
        ),
        (
            (20,),
            "`steps` is 20. 1 / (1 - momentum) is a rule of thumb: 36 % are still left after 20 "
            "steps.",
        ),
        ((30,), "`steps` is 30: then 21% of the start value are left, more than 10 %."),
        (
            (46,),
            "`steps` is 46: then 9.45% are left, but it was not the first time that at most 10 % "
            "were.",
        ),
    ],
    variants=[(np.ceil(np.log(0.1) / np.log(0.95)),), (45.0,), (ops.convert_to_tensor(45),)],
)

which_statistics = Bank(
    tasks.which_statistics,
    solution=("batch", "moving", "moving", "batch"),
    mistakes=[
        (
            ("moving", "batch", "moving", "batch"),
            "`training` is 'moving'. In training mode the layer normalises with the batch's own "
            "statistics; the moving ones are only written down.",
        ),
        (
            ("batch", "batch", "moving", "batch"),
            "`inference` is 'batch'. In inference mode no batch mate may matter: it uses what it "
            "wrote down.",
        ),
        (
            ("batch", "moving", "batch", "batch"),
            "`frozen_training` is 'batch'. A frozen BatchNormalization layer is in inference mode, "
            "even with training=True.",
        ),
        (
            ("batch", "moving", "moving", "moving"),
            "`gamma_beta_frozen_training` is 'moving'. Freezing only gamma and beta is not enough: "
            "the layer's own flag is still True, so it measures every batch and uses what it "
            "measured.",
        ),
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


def acts(momentum, epsilon, message):
    return (
        f"`like_pytorch(0.3, 0.02)` acts with momentum {momentum} and epsilon {epsilon}. {message}"
    )


like_pytorch = Bank(
    tasks.like_pytorch,
    solution=(lambda m, e: norm(1 - m, e),),
    mistakes=[
        (
            (lambda m, e: norm(m, e),),
            acts(
                0.3,
                0.02,
                "You copied the momentum; PyTorch's is the weight of the *new* value, "
                "Keras's of the old.",
            ),
        ),
        (
            (lambda m, e: layers.BatchNormalization(momentum=m),),
            acts(0.3, 0.001, "You copied the momentum, and left Keras's default epsilon."),
        ),
        (
            (lambda m, e: layers.BatchNormalization(epsilon=e),),
            acts(
                0.99, 0.02, "That is Keras's default momentum; it should follow from the argument."
            ),
        ),
        (
            (lambda m, e: layers.BatchNormalization(),),
            acts(0.99, 0.001, "Those are Keras's defaults; both should follow from the arguments."),
        ),
        (
            (lambda m, e: layers.BatchNormalization(momentum=1 - m),),
            acts(
                0.7, 0.001, "The momentum is right; epsilon is Keras's default, not the argument."
            ),
        ),
        (
            (lambda m, e: norm(1 - m, 1e-5),),
            acts(
                0.7,
                "1e-05",
                "The momentum is right; epsilon is PyTorch's default, not the argument.",
            ),
        ),
        (
            (lambda m, e: norm(0.9, 1e-5),),
            acts(
                0.9, "1e-05", "Those are PyTorch's defaults; both should follow from the arguments."
            ),
        ),
        (
            (lambda m, e: norm(0.9, e),),
            acts(
                0.9,
                0.02,
                "The momentum does not follow from the argument; it is PyTorch's default.",
            ),
        ),
        (
            (lambda m, e: norm(1 - m, 5 * e),),
            acts(0.7, 0.1, "The momentum is right; epsilon is not the argument."),
        ),
        (
            (lambda m, e: norm(1 - m, e, gamma_initializer="zeros"),),
            "the layer gives the same output for different inputs: is its gamma 0?",
        ),
        (
            (lambda m, e: norm(1 - m, 1e-6),),
            acts(0.7, "1e-06", "The momentum is right; epsilon is not the argument."),
        ),
        (
            (lambda m, e: layers.BatchNormalization(1 - m, epsilon=e),),
            "`like_pytorch` gives a layer with axis=0: the first argument of "
            "BatchNormalization is `axis`, so give momentum= and epsilon= by name.",
        ),
        ((lambda m, e: norm(1 - e, m),), acts(0.98, 0.3, "You exchanged momentum and epsilon.")),
        (
            (lambda m, e: norm(1 - m, e, trainable=False),),
            acts(1, 0.02, "Its statistics do not move in training: is the layer frozen?"),
        ),
        (
            (lambda m, e: layers.LayerNormalization(epsilon=e, name="n"),),
            "`like_pytorch` should return a BatchNormalization layer; yours is the layer or model "
            "'n'.",
        ),
        (
            (lambda m, e: layers.BatchNormalization(momentum=1 + m, epsilon=e),),
            "`like_pytorch(0.3, 0.02)` acts with momentum 1.3 and epsilon 0.02. It fits a slip on "
            "the right way: a plus stands in the place of a minus.",
        ),
    ],
    variants=[(OwnNorm,), (built_norm,), (lambda m, e: norm(1 - m, e, axis=1, name="torch"),)],
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


def first_wrong(function, case=0):
    """The start of the message: what this wrong function gives for the first case it misses."""
    arguments = update_cases()[case]
    a, b, x, m = arguments
    given = [np.asarray(value) for value in function(a.copy(), b.copy(), x, m)]
    return first_difference(
        ("the moving mean", "the moving variance"), given, expected_moving((a, b), x, m), arguments
    )


def wrong_update(function, message, case=0):
    return (function,), f"{first_wrong(function, case)} {message}"


def reverse(old, new, momentum):
    return mix(new, old, momentum)


update_rule = Bank(
    tasks.update_rule,
    solution=(update(mean, var),),
    mistakes=[
        wrong_update(update(mean, var, reverse), REVERSED),
        wrong_update(
            update(mean, sample, reverse),
            "That is PyTorch's rule: momentum for the *new* value, and the variance divided by "
            "N - 1.",
        ),
        wrong_update(
            update(mean, sample), "You used the sample variance (N - 1); Keras divides by N."
        ),
        wrong_update(
            update(mean, lambda x: x.std(axis=others(x))),
            "You mixed in the standard deviation; the layer keeps the *variance*.",
        ),
        (
            (update(lambda x: x.mean(axis=0), lambda x: x.var(axis=0)),),
            "for a batch of shape (3, 2, 5, 4), the moving mean has the shape (2, 5, 4), not (4,). "
            "You averaged over the first axis only; for images, height and width belong to it, "
            "too.",
        ),
        wrong_update(
            update(np.mean, np.var),
            "You averaged over everything; each channel has numbers of its own.",
        ),
        wrong_update(
            update(lambda x: x.mean(axis=-1), lambda x: x.var(axis=-1)),
            "You averaged over the channels (the last axis); average over all *other* axes.",
        ),
        wrong_update(
            lambda a, b, x, m: (mix(0, mean(x), m), mix(1, var(x), m)),
            "You started afresh from 0 and 1; go on from the old values that are given.",
        ),
        wrong_update(
            lambda a, b, x, m: (mean(x), var(x)),
            "You returned the batch's own statistics; they should be mixed with the old ones.",
        ),
        wrong_update(
            lambda a, b, x, m: update(mean, var)(a, b, x, 0.99),
            "You used Keras's default momentum, 0.99, not the argument.",
        ),
        wrong_update(
            lambda a, b, x, m: update(mean, var)(a, b, x, 0.9),
            "You used the momentum 0.9, not the argument.",
        ),
        wrong_update(
            lambda a, b, x, m: (m * a + mean(x), m * b + var(x)),
            "The new value lacks its weight, 1 - momentum.",
        ),
        wrong_update(
            lambda a, b, x, m: update(mean, var)(a, b, x, m)[::-1],
            "You exchanged the two results: first the mean, then the variance.",
        ),
        wrong_update(
            lambda a, b, x, m: (mix(a, mean(x), m), mix(b, mean((x - a) ** 2), m)),
            "You measured the variance around the *moving* mean; it is around the batch's own.",
        ),
        wrong_update(
            lambda a, b, x, m: (mix(a, mean(x), m), mix(b, mean((x - mix(a, mean(x), m)) ** 2), m)),
            "You measured it around the mean just updated; it is around the batch's own.",
        ),
        wrong_update(
            lambda a, b, x, m: (mix(a, mean(x), m), b),
            "You left the variance as it was; it is updated like the mean.",
        ),
        wrong_update(
            lambda a, b, x, m: (mix(mean(x), a, m), mix(b, var(x), m)),
            "The variance is right, but the mean's momentum is turned round.",
        ),
        wrong_update(
            lambda a, b, x, m: (mix(a, mean(x), m), mix(var(x), b, m)),
            "The mean is right, but the variance's momentum is turned round.",
        ),
        wrong_update(
            update(mean, lambda x: mean(x**2)),
            "You mixed in the mean of the squares; the variance is around the batch's mean.",
        ),
        wrong_update(
            update(mean, lambda x: var(x) + 1e-3),
            "You mixed in the variance plus epsilon; epsilon belongs to the output alone.",
        ),
        (
            (lambda a, b, x, m: mix(a, mean(x), m).tolist()[:3],),
            "`update` should return the moving mean and the moving variance; it gives a list of 3.",
        ),
        (
            (lambda a, b, x, m: (m * a - (1 - m) * x.mean(tuple(range(x.ndim - 1))), b),),
            "for a batch of shape (4, 4), the moving mean holds 0.5611 instead of 1.494. It fits a"
            " slip on the right way: a minus stands in the place of a plus.",
        ),
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


def wrong_output(function, message):
    case = output_cases()[0]
    shown = first_difference(("the output",), [function(*case)], [output(*case)], case)
    return (function,), f"{shown} {message}"


output_rule = Bank(
    tasks.output_rule,
    solution=(output,),
    mistakes=[
        wrong_output(lambda x, g, b, m, v, e: output(x, g, b, m, v, 0), "Epsilon is missing."),
        wrong_output(
            lambda x, g, b, m, v, e: g * (x - m) / (np.sqrt(v) + e) + b,
            "Epsilon stands outside the root; it belongs inside, beside the variance.",
        ),
        wrong_output(
            lambda x, g, b, m, v, e: output(x, g, b, m, v, 1e-3),
            "That is Keras's default epsilon, 0.001, not the argument.",
        ),
        wrong_output(
            lambda x, g, b, m, v, e: g * (x - m) / (v + e) + b,
            "You divided by the variance; divide by its root.",
        ),
        wrong_output(
            lambda x, g, b, m, v, e: output(x, g, b, m, v, e**2),
            "You squared epsilon; it is added to the variance as it is.",
        ),
        wrong_output(
            output_of_batch, "You used the batch's own statistics: that is training mode."
        ),
        wrong_output(lambda x, g, b, m, v, e: output(x, 1, b, m, v, e), "Gamma is missing."),
        wrong_output(lambda x, g, b, m, v, e: output(x, g, 0, m, v, e), "Beta is missing."),
        wrong_output(
            lambda x, g, b, m, v, e: output(x, b, g, m, v, e),
            "You exchanged gamma (which scales) and beta (which shifts).",
        ),
        wrong_output(
            lambda x, g, b, m, v, e: output(x, g, b, v, m, e),
            "You exchanged the moving mean and the moving variance.",
        ),
        wrong_output(
            lambda x, g, b, m, v, e: g * x - m / np.sqrt(v + e) + b,
            "You divided before you subtracted: x - moving_mean needs brackets.",
        ),
        wrong_output(
            lambda x, g, b, m, v, e: output(x, g, b, 0, v, e), "The moving mean is not subtracted."
        ),
        wrong_output(
            lambda x, g, b, m, v, e: output(x, g, b, -m, v, e),
            "The moving mean is added; subtract it.",
        ),
        wrong_output(
            lambda x, g, b, m, v, e: g * ((x - m) / np.sqrt(v + e) + b),
            "Beta is added before gamma scales; it comes last.",
        ),
        wrong_output(
            lambda x, g, b, m, v, e: output(x, g, b, m, v, 1e-5),
            "That is PyTorch's default epsilon, 0.00001, not the argument.",
        ),
        (
            (lambda x, g, b, m, v, e: g * (x - m) * np.sqrt(v + e) + b,),
            "for a batch of shape (5, 3), the output holds -1.882 instead of -12.21. It fits a "
            "slip on the right way: a product stands in the place of a division.",
        ),
    ],
    variants=[(output_by_keras,), (folded,), (lambda *a: output(*a).astype("float32"),)],
)

# --- code that measures, freezes and trains -----------------------------------------------------


def measure(model, images):
    norms = batchnorm_layers(model)
    momenta = [norm.momentum for norm in norms]
    for one in norms:
        one.momentum = 0.0
    model(images, training=True)
    for one, momentum in zip(norms, momenta, strict=True):
        one.momentum = momentum


def measure_in_steps(model, images):
    for _ in range(300):
        model(images, training=True)


def measure_in_batches(model, images):
    rng = np.random.default_rng(0)
    for _ in range(200):  # an average over batches of half the images
        model(images[rng.permutation(64)[:32]], training=True)


def measure_by_fit(model, images):
    """An optimizer that does nothing, and the compiled state put back."""
    model.compile(keras.optimizers.SGD(0.0), "mse")
    model.fit(images, np.zeros((64, 2)), batch_size=64, epochs=90, verbose=0)


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
    model.fit(images, np.zeros((64, 2)), verbose=0)


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
    """Both layers at once, the second while the first still has its old statistics."""
    inner = model.get_layer("inner")
    first = model.get_layer("first")(images)
    deep = inner.get_layer("deep")(model.get_layer("norm1")(first))
    for one, values in zip(batchnorm_layers(model), (first, deep), strict=True):
        one.moving_mean.assign(ops.mean(values, axis=0))
        one.moving_variance.assign(ops.var(values, axis=0))


NOTHING = (
    "`measure` moved nothing: predict, evaluate and a call without training=True only *use* the "
    "statistics, and momentum 1 keeps the old ones."
)

measured_anew = Bank(
    tasks.measured_anew,
    solution=(measure,),
    mistakes=[
        ((lambda model, images: model(images),), NOTHING),
        ((lambda model, images: model.predict(images, verbose=0),), NOTHING),
        ((measure_by_keeping,), NOTHING),
        (
            (measure_by_training,),
            "`measure` moved learned weights, too, such as reader/first/kernel: call the model in "
            "training mode instead of training it.",
        ),
        (
            (lambda model, images: model(images, training=True),),
            "norm1 went 5% of the way, one step with its own momentum 0.95: take many steps, or "
            "set the momentum of *every* layer to 0.",
        ),
        (
            (measure_outer,),
            "norm2 went 10% of the way, one step with its own momentum 0.9: take many steps, or "
            "set the momentum of *every* layer to 0.",
        ),
        ((measure_first_only,), "the statistics of norm2 did not move: is that layer left out?"),
        (
            (measure_and_forget,),
            "the statistics are right, but norm1 is left with momentum 0 instead of 0.95: in a "
            "later training it would forget differently. Put it back.",
        ),
        ((measure_frozen,), "the statistics are right, but norm1 is left frozen."),
        (
            (measure_one_momentum,),
            "the statistics are right, but norm2 is left with momentum 0.95 instead of 0.9: in a "
            "later training it would forget differently. Put it back.",
        ),
        (
            (measure_dense_frozen,),
            "the statistics are right, but reader/head/kernel is left frozen.",
        ),
        (
            (measure_last_half,),
            "norm1 is not there yet: 7% of the way to what the images say is left.",
        ),
        (
            (measure_stale,),
            "norm2 is farther off than before: what reaches it depends on the layers before it, so "
            "measure when their statistics are right.",
        ),
        ((7,), "`measure` should be a function; yours is 7."),
    ],
    variants=[(remeasure,), (measure_in_steps,), (measure_by_fit,), (measure_in_batches,)],
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


DRIFT = "in a fit the statistics of norm1 and norm2 moved. "
OWN_FLAG = (
    "Its own flag is True: training=False does not protect it under fit on this Keras, and setting "
    "base.trainable to True later undoes an earlier freeze."
)

statistics_kept = Bank(
    tasks.statistics_kept,
    solution=(prepare,),
    mistakes=[
        ((prepare_by_call,), DRIFT + OWN_FLAG),
        ((prepare_undone,), DRIFT + OWN_FLAG),
        (
            (prepare_outer_only,),
            "in a fit the statistics of norm2 moved. It sits in the inner block: a loop over "
            "base.layers misses it.",
        ),
        (
            (prepare_variables,),
            DRIFT + "Gamma and beta stayed: freezing these two is not enough, since the layer "
            "looks at its own flag.",
        ),
        (
            (prepare_after_fit,),
            DRIFT + "The flag is set, but after the model had been trained: freeze first, then "
            "compile, then fit.",
        ),
        (
            (prepare_thawed_late,),
            "the flags changed after a fit, and the optimizer knows only what was learned then: "
            "compile again, as the last step.",
        ),
        *[
            (
                (mistake,),
                "`prepare` itself changed the statistics of norm1: does it fit before it freezes, "
                "or set them?",
            )
            for mistake in (prepare_reset, prepare_trained)
        ],
        (
            (prepare_frozen,),
            "no statistic moved, but no kernel of the base either: the base is still frozen, or "
            "was unfrozen only after a fit (or the learning rate is 0).",
        ),
        (
            (prepare_inner_frozen,),
            "no statistic moved, but inner/deep/kernel did not learn either: it is still frozen.",
        ),
        (
            (prepare_clone,),
            "the model that `prepare` returns does not contain the base it was given.",
        ),
        (
            (prepare_uncompiled,),
            "the model that `prepare` returns is not compiled: compile it at the end.",
        ),
        ((prepare_no_head,), "the model gives (4,) for an example; a Dense(2) head was asked for."),
        (
            (prepare_head_frozen,),
            "the base learns and its statistics stay, but the new head does not learn.",
        ),
        (
            (lambda base: compiled(with_head(base)).summary(print_fn=lambda *_, **__: None),),
            "`prepare` returned nothing: is there a `return` at its end?",
        ),
    ],
    variants=[
        (prepare_by_loop,),
        (prepare_subclass,),
        (prepare_flags_late,),
        (prepare_with_gamma,),
    ],
)


in_order = Bank(
    tasks.in_order,
    solution=("ABCD",),
    mistakes=[
        (("ABC",), "in the order A B C nothing is trained: line D is missing."),
        (
            ("AECD",),
            "in the order A E C D statistics moved: E is no substitute for B: with gamma and beta "
            "frozen the layer still measures.",
        ),
        (
            ("ACD",),
            "in the order A C D statistics moved: nothing freezes the BatchNormalization layers: "
            "B is missing.",
        ),
        (("ACDB",), "in the order A C D B statistics moved: B comes after the fit, too late."),
        (
            ("BACD",),
            "in the order B A C D statistics moved: A comes after B and switches every layer on "
            "again.",
        ),
        (("BCD",), "in the order B C D the base does not learn: A is missing."),
        (
            ("ABD",),
            "in the order A B D the base does not learn: C is missing, and the first phase's "
            "training step goes on.",
        ),
        (
            ("ABDC",),
            "in the order A B D C the base does not learn: C comes after the fit, too late.",
        ),
        (
            ("BCDA",),
            "in the order B C D A the base does not learn: A comes after the fit, too late.",
        ),
        (("ABFCD",), "in the order A B F C D the base does not learn: F freezes it again."),
        (("ABCX",), "`order` has X; the lines are A, B, C, D, E, F."),
        (("ABCDD",), "`order` uses a line twice: A B C D D."),
    ],
    variants=[
        (["a", "b", "c", "d"],),
        ("A, E, B, C, D",),
        ("FABCD",),
        ("ACBD",),  # before the first fit after compile a flag still counts
    ],
)
