"""What lesson 5 teaches, and how to make it false."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from unittest.mock import patch

import keras
import numpy as np
from keras import layers, ops
from keras.src.models import functional

from tools.claims import Patch

Norm = layers.BatchNormalization
CALL, BUILD, OPERATION = Norm.call, Norm.build, functional.operation_fn
BATCH = np.array([[1, 10], [2, 20], [3, 30], [6, 20]], "float32")


def _of_batch(inputs):  # type: ignore[no-untyped-def]
    """Mean and variance over all axes but the last."""
    return ops.moments(inputs, axes=list(range(len(inputs.shape) - 1)))


def _normalised(norm, inputs, mean, variance, divisor=None):  # type: ignore[no-untyped-def]
    result = (inputs - mean) / (divisor or (lambda v, e: ops.sqrt(v + e)))(variance, norm.epsilon)
    result = result if norm.gamma is None else result * norm.gamma
    return result if norm.beta is None else result + norm.beta


def _mixed_in(norm, mean, variance):  # type: ignore[no-untyped-def]
    for kept, new in ((norm.moving_mean, mean), (norm.moving_variance, variance)):
        kept.assign(norm.momentum * kept + (1 - norm.momentum) * new)


def _called(instead: Callable) -> Callable[[], AbstractContextManager]:
    """Patch the layer's call; `instead` gets the layer, its inputs, `training` and the mask."""

    def call(self, inputs, training=None, mask=None):  # type: ignore[no-untyped-def]
        return instead(self, inputs, training, mask)

    return lambda: patch.object(Norm, "call", call)


def _built(change: Callable) -> Callable[[], AbstractContextManager]:
    """Change the layer right after it has made its weights."""

    def build(self, input_shape):  # type: ignore[no-untyped-def]
        BUILD(self, input_shape)
        change(self)

    return lambda: patch.object(Norm, "build", build)


def _reversed(norm, inputs, training, mask):  # type: ignore[no-untyped-def]
    norm.momentum = 1 - norm.momentum
    try:
        return CALL(norm, inputs, training, mask)
    finally:
        norm.momentum = 1 - norm.momentum


def _sample_variance(norm, inputs, training, mask):  # type: ignore[no-untyped-def]
    old = ops.copy(norm.moving_variance)
    result = CALL(norm, inputs, training, mask)
    if training and norm.trainable:
        count = np.prod([size or 2 for size in inputs.shape[:-1]])
        new = norm.moving_variance - norm.momentum * old
        norm.moving_variance.assign(norm.momentum * old + new * float(count / (count - 1)))
    return result


def _epsilon_outside(norm, inputs, training, mask):  # type: ignore[no-untyped-def]
    result = CALL(norm, inputs, training, mask)
    if training and norm.trainable:
        return _normalised(norm, inputs, *_of_batch(inputs), lambda v, e: ops.sqrt(v) + e)
    return result


def _measures_in_inference(norm, inputs, training, mask):  # type: ignore[no-untyped-def]
    result = CALL(norm, inputs, training, mask)
    if not training and not isinstance(inputs, keras.KerasTensor):
        _mixed_in(norm, *_of_batch(inputs))
    return result


def _stopped_with_gamma(norm, inputs, training, mask):  # type: ignore[no-untyped-def]
    frozen = norm.gamma is not None and not norm.gamma.trainable
    return CALL(norm, inputs, training and not frozen, mask)


def _moving_in_training(norm, inputs, training, mask):  # type: ignore[no-untyped-def]
    CALL(norm, inputs, training, mask)
    return CALL(norm, inputs, False, mask)


def _batch_in_inference(norm, inputs, training, mask):  # type: ignore[no-untyped-def]
    if training or isinstance(inputs, keras.KerasTensor):
        return CALL(norm, inputs, training, mask)
    return _normalised(norm, inputs, *_of_batch(inputs))


def _mask_ignored(norm, inputs, training, mask):  # type: ignore[no-untyped-def]
    return CALL(norm, inputs, training, None)


def _asked_once() -> AbstractContextManager:
    """training=False, written into a functional model, is obeyed also under fit."""

    def operation_fn(operation, **context):  # type: ignore[no-untyped-def]
        def call(*args, **kwargs):  # type: ignore[no-untyped-def]
            kept = {name: value for name, value in context.items() if kwargs.get(name) is None}
            return OPERATION(operation, **kept)(*args, **kwargs)

        return call

    return patch.object(functional, "operation_fn", operation_fn)


def _stays_frozen() -> AbstractContextManager:
    flag = keras.Layer.trainable

    def frozen_for_good(self, value):  # type: ignore[no-untyped-def]
        flag.fset(self, bool(value) and flag.fget(self))

    return patch.object(Norm, "trainable", property(flag.fget, frozen_for_good))


def _never_waits() -> AbstractContextManager:
    make = keras.optimizers.SGD.__init__

    def init(self, *args, gradient_accumulation_steps=None, **named):  # type: ignore[no-untyped-def]
        make(self, *args, **named)

    return patch.object(keras.optimizers.SGD, "__init__", init)


def _statistics_are_trained(norm: keras.Layer) -> None:
    norm.moving_mean.trainable = norm.moving_variance.trainable = True


def _small_model(norm: keras.Layer) -> keras.Model:
    inputs = keras.Input((2,))
    inner = keras.Model(inputs, norm(inputs), name="inner")
    outer = keras.Model(inputs, layers.Dense(1, name="head")(inner(inputs, training=False)))
    outer.compile(keras.optimizers.SGD(0.1, gradient_accumulation_steps=2), "mse")
    return outer


def _probe(training: bool = True, fit: bool = False) -> list:
    """The output, the statistics and the trainable weights of a layer after one batch."""
    norm = Norm(name="norm")
    if fit:
        model = _small_model(norm)
        head = model.get_layer("head").bias.numpy()
        model.fit(BATCH, BATCH[:, :1], verbose=0)
        moved = bool(np.any(model.get_layer("head").bias.numpy() != head))
        return [moved, *norm.moving_mean.numpy().tolist()]
    norm.build((None, 2))
    output = norm(BATCH, training=training)
    arrays = [
        ops.convert_to_numpy(each) for each in (output, norm.moving_mean, norm.moving_variance)
    ]
    return [np.round(array, 3).tolist() for array in arrays] + [len(norm.trainable_weights)]


def _half_frozen() -> list:
    norm = Norm(name="norm")
    norm.build((None, 2))
    norm.gamma.trainable = norm.beta.trainable = False
    norm(BATCH, training=True)
    return norm.moving_mean.numpy().tolist()


def _masked() -> list:
    norm = Norm(name="norm")
    norm(BATCH[None], training=True, mask=np.array([[True, True, False, False]]))
    return norm.moving_mean.numpy().tolist()


def _thawed() -> bool:
    norm = Norm(name="norm")
    norm.trainable = False
    norm.trainable = True
    return norm.trainable


PATCHES = [
    Patch(
        "batchnorm momentum reversed",
        "Keras's momentum is the share of the old value.",
        _called(_reversed),
        _probe,
    ),
    Patch(
        "sample variance kept",
        "The moving variance follows the population variance, divided by N.",
        _called(_sample_variance),
        _probe,
    ),
    Patch(
        "epsilon outside the root",
        "Epsilon is added to the variance, inside the root.",
        _called(_epsilon_outside),
        _probe,
    ),
    Patch(
        "moving variance starts at 0",
        "A fresh layer has a moving mean of 0 and a moving variance of 1.",
        _built(lambda norm: norm.moving_variance.assign(ops.zeros_like(norm.moving_variance))),
        _probe,
    ),
    Patch(
        "beta starts at 1",
        "Gamma starts at 1 and beta at 0.",
        _built(lambda norm: norm.center and norm.beta.assign(ops.ones_like(norm.beta))),
        _probe,
    ),
    Patch(
        "statistics move in inference",
        "Only a call in training mode moves the statistics.",
        _called(_measures_in_inference),
        lambda: _probe(training=False),
    ),
    Patch(
        "freezing gamma and beta stops the statistics",
        "With gamma and beta frozen one by one, the layer goes on measuring.",
        _called(_stopped_with_gamma),
        _half_frozen,
    ),
    Patch(
        "training normalises with the moving statistics",
        "In training mode the layer normalises with the statistics of the batch.",
        _called(_moving_in_training),
        _probe,
    ),
    Patch(
        "inference normalises with the batch",
        "evaluate and predict normalise with the moving statistics.",
        _called(_batch_in_inference),
        lambda: _probe(training=False),
    ),
    Patch(
        "batchnorm ignores the mask",
        "What is masked does not count in the statistics.",
        _called(_mask_ignored),
        _masked,
    ),
    Patch(
        "training=False is obeyed under fit",
        "Under fit, training=False in a functional model does not keep statistics still.",
        _asked_once,
        lambda: _probe(fit=True),
        also=(6, 8),
    ),
    Patch(
        "batchnorm stays frozen for good",
        "Switching a base off and on again loses the freeze of the BatchNormalization in it.",
        _stays_frozen,
        _thawed,
    ),
    Patch(
        "accumulation does not wait",
        "With gradient accumulation the weights wait, and the statistics do not.",
        _never_waits,
        lambda: _probe(fit=True),
    ),
    Patch(
        "moving statistics are trainable",
        "Two of the four arrays are trainable, gamma and beta.",
        _built(_statistics_are_trained),
        _probe,
    ),
]
