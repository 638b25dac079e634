"""What lesson 2 teaches, and how to make it false."""

import warnings
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from tools.claims import Patch

Context = AbstractContextManager[Any]
ONES = np.ones((2, 3), "float32")


# --- what is false inside of the context ----------------------------------------------------------


def _dropout_stops_when_frozen() -> Context:
    call = layers.Dropout.call

    def still(self: Any, inputs: Any, training: bool = False) -> Any:
        return call(self, inputs, training=training and self.trainable)

    return patch.object(layers.Dropout, "call", still)


def _frozen_batchnorm_keeps_updating() -> Context:
    call = layers.BatchNormalization.call

    def updating(self: Any, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        frozen = call(self, inputs, training=False, mask=mask)
        if not training:
            return frozen
        flag, self._trainable = self._trainable, True
        free = call(self, inputs, training=True, mask=mask)
        self._trainable = flag
        return free if flag else frozen

    return patch.object(layers.BatchNormalization, "call", updating)


def _frozen_batchnorm_uses_the_batch() -> Context:
    call = layers.BatchNormalization.call

    def by_batch(self: Any, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if not training or self.trainable:
            return call(self, inputs, training=training, mask=mask)
        mean, variance = ops.moments(inputs, axes=[0])
        return self.gamma * (inputs - mean) / ops.sqrt(variance + self.epsilon) + self.beta

    return patch.object(layers.BatchNormalization, "call", by_batch)


def _inference_stops_gamma() -> Context:
    call = layers.BatchNormalization.call

    def stopped(self: Any, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        outputs = call(self, inputs, training=training, mask=mask)
        return outputs if training else ops.stop_gradient(outputs)

    return patch.object(layers.BatchNormalization, "call", stopped)


def _frozen_layer_stops_the_gradient() -> Context:
    call = layers.Dense.call

    def stopping(self: Any, inputs: Any, training: bool | None = None) -> Any:
        outputs = call(self, inputs, training=training)
        return outputs if self.trainable else ops.stop_gradient(outputs)

    return patch.object(layers.Dense, "call", stopping)


def _frozen_kernel_has_no_gradient() -> Context:
    call = layers.Dense.call

    def without(self: Any, inputs: Any, training: bool | None = None) -> Any:
        if self.trainable:
            return call(self, inputs, training=training)
        return self.activation(ops.matmul(inputs, ops.stop_gradient(self.kernel)) + self.bias)

    return patch.object(layers.Dense, "call", without)


def _wall_lets_through() -> Context:
    return patch.object(keras.ops, "stop_gradient", lambda variable: variable)


def _frozen_stays_listed() -> Context:
    return patch.object(layers.Layer, "trainable_weights", property(lambda self: self.weights))


def _nothing_said_is_training() -> Context:
    call = keras.Sequential.__call__

    def in_training(self: Any, *inputs: Any, **options: Any) -> Any:
        return call(self, *inputs, **{"training": True, **options})

    return patch.object(keras.Sequential, "__call__", in_training)


def _flip_needs_a_word() -> Context:
    call = layers.RandomFlip.call

    def off(self: Any, data: Any, training: bool = False) -> Any:
        return call(self, data, training=training)

    return patch.object(layers.RandomFlip, "call", off)


def _missing_gradients_pass_in_silence() -> Context:
    apply = keras.optimizers.Optimizer.apply

    def silent(self: Any, grads: Any, trainable_variables: Any = None) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return apply(self, grads, trainable_variables)

    return patch.object(keras.optimizers.Optimizer, "apply", silent)


def _missing_gradients_are_zero() -> Context:
    apply = keras.optimizers.Optimizer.apply

    def filled(self: Any, grads: Any, trainable_variables: Any = None) -> Any:
        pairs = list(zip(grads, trainable_variables, strict=True))
        zeros = [ops.zeros(v.shape) if g is None else g for g, v in pairs]
        warnings.warn("Gradients do not exist for variables [...]", stacklevel=2)
        return apply(self, zeros, trainable_variables)

    return patch.object(keras.optimizers.Optimizer, "apply", filled)


def _adamw_spares_zero_gradients() -> Context:
    apply = keras.optimizers.AdamW.apply

    def sparing(self: Any, grads: Any, trainable_variables: Any = None) -> Any:
        pairs = [(g, v) for g, v in zip(grads, trainable_variables, strict=True) if g is not None]
        old = [ops.copy(v.value) for _, v in pairs]
        apply(self, grads, trainable_variables)
        for (gradient, variable), value in zip(pairs, old, strict=True):
            variable.assign(ops.where(ops.equal(gradient, 0), value, variable.value))

    return patch.object(keras.optimizers.AdamW, "apply", sparing)


def _global_length_is_each_length() -> Context:
    init = keras.optimizers.SGD.__init__

    def each(self: Any, *values: Any, **options: Any) -> None:
        options["clipnorm"] = options.pop("global_clipnorm", None)
        init(self, *values, **options)

    return patch.object(keras.optimizers.SGD, "__init__", each)


def _frozen_penalty_counts() -> Context:
    def all_penalties(self: Any) -> list:
        return [w.regularizer(w) for w in self.weights if w.regularizer is not None]

    return patch.object(layers.Layer, "losses", property(all_penalties))


def _evaluate_reads_the_flags() -> Context:
    evaluate = keras.Model.evaluate

    def afresh(self: Any, *values: Any, **options: Any) -> Any:
        self.test_function = None
        return evaluate(self, *values, **options)

    return patch.object(keras.Model, "evaluate", afresh)


def _frozen_output_costs_nothing() -> Context:
    losses = layers.Layer.losses.fget

    def of_free_layers(self: Any) -> list:
        return losses(self) if self.trainable else []

    return patch.object(layers.Layer, "losses", property(of_free_layers))


def _fit_needs_no_argument() -> Context:
    def told(self: Any, data: Any) -> Any:
        x, y = data[0], data[1]
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, layers.Layer.__call__(self, x, training=True))
        weights = self.trainable_weights
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return {"loss": loss}

    return patch.object(keras.Model, "train_step", told)


# --- small experiments that show whether it is ----------------------------------------------------


def _dropped_while_frozen() -> bool:
    dropout = layers.Dropout(0.5, seed=1)
    dropout.trainable = False
    return bool(np.any(dropout(np.ones((1, 100)), training=True) == 0))


def _batchnorm(trainable: bool) -> layers.BatchNormalization:
    norm = layers.BatchNormalization(trainable=trainable)
    norm.build((None, 3))
    return norm


def _frozen_mean_after_a_call() -> list[float]:
    norm = _batchnorm(False)
    norm(ONES, training=True)
    return norm.moving_mean.numpy().tolist()


def _frozen_output() -> float:
    return float(_batchnorm(False)(ONES, training=True)[0, 0])


def _two_dense(**options: Any) -> tuple[layers.Dense, layers.Dense]:
    pair = (layers.Dense(3, kernel_initializer="ones"), layers.Dense(3, **options))
    for layer in pair:
        layer.build((None, 3))
    return pair


def _has_gradient(of: str) -> bool:
    first, second = _two_dense(trainable=False)
    norm = _batchnorm(True)
    with tf.GradientTape(persistent=True) as tape:
        through = ops.sum(second(first(ONES)) ** 2)
        walled = ops.sum(keras.ops.stop_gradient(first(ONES)) ** 2)
        scaled = ops.sum(norm(ONES, training=False) ** 2)
    loss, variable = {
        "the layer before": (through, first.kernel),
        "a frozen kernel": (through, second.kernel),
        "gamma in inference": (scaled, norm.gamma),
        "what stands before a wall": (walled, first.kernel),
    }[of]
    return tape.gradient(loss, variable) is not None


def _listed_of_a_frozen_layer() -> int:
    return len(_two_dense(trainable=False)[1].trainable_weights)


def _model(*stack: layers.Layer) -> keras.Sequential:
    return keras.Sequential([keras.Input((3,)), *stack])


def _mean_after_a_call_without_a_word() -> list[float]:
    norm = _batchnorm(True)
    _model(norm)(ONES)
    return norm.moving_mean.numpy().tolist()


def _flipped_without_a_word() -> bool:
    images = np.arange(32 * 16, dtype="float32").reshape(32, 4, 4, 1)
    return not np.array_equal(layers.RandomFlip(seed=1)(images), images)


def _warnings_of_a_missing_gradient() -> int:
    known, missing = (keras.Variable(ONES) for _ in range(2))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        keras.optimizers.SGD(0.5).apply([ops.ones((2, 3)), None], [known, missing])
    return len(caught)


def _decayed(gradient: Any) -> float:
    known, variable = (keras.Variable(ONES) for _ in range(2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        adamw = keras.optimizers.AdamW(0.5, weight_decay=0.25)
        adamw.apply([ops.ones((2, 3)), gradient], [known, variable])
    return float(variable.numpy()[0, 0])


def _clipped_beside_a_large_one() -> float:
    small, large = (keras.Variable(ONES) for _ in range(2))
    sgd = keras.optimizers.SGD(1.0, global_clipnorm=1.0)
    sgd.apply([ops.ones((2, 3)) * 0.1, ops.ones((2, 3)) * 100], [small, large])
    return float(small.numpy()[0, 0])


def _penalties_of_a_frozen_layer(**options: Any) -> int:
    frozen = layers.Dense(3, trainable=False, **options)
    frozen(ONES)
    return len(frozen.losses)


def _evaluated_after_a_freeze() -> float:
    layer = layers.Dense(1, kernel_initializer="ones", kernel_regularizer="l2")
    model = _model(layer)
    model.compile("sgd", "mse")
    zeros = np.zeros((2, 3)), np.zeros((2, 1))
    model.evaluate(*zeros, verbose=0)
    layer.trainable = False
    return float(model.evaluate(*zeros, verbose=0))


class _Untold(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="untold")
        self.norm = layers.BatchNormalization()

    def call(self, inputs: Any) -> Any:
        return self.norm(inputs)


def _mean_after_a_fit_untold() -> list[float]:
    model = _Untold()
    model(ONES)
    model.compile("sgd", "mse")
    model.fit(ONES, ONES, verbose=0)
    return model.norm.moving_mean.numpy().tolist()


PATCHES = [
    Patch(
        "dropout stops when frozen",
        "A frozen Dropout layer still drops in training mode.",
        _dropout_stops_when_frozen,
        _dropped_while_frozen,
    ),
    Patch(
        "frozen batchnorm keeps updating",
        "The statistics of a frozen BatchNormalization stay still, even in training mode.",
        _frozen_batchnorm_keeps_updating,
        _frozen_mean_after_a_call,
        also=(5, 6),
    ),
    Patch(
        "frozen batchnorm uses the batch",
        "A frozen BatchNormalization normalises with its moving statistics, even in training mode.",
        _frozen_batchnorm_uses_the_batch,
        _frozen_output,
        also=(5,),
    ),
    Patch(
        "inference stops gamma",
        "A BatchNormalization that is called in inference mode, but not frozen, learns its gamma.",
        _inference_stops_gamma,
        lambda: _has_gradient("gamma in inference"),
    ),
    Patch(
        "frozen layer stops the gradient",
        "The layers before a frozen layer learn.",
        _frozen_layer_stops_the_gradient,
        lambda: _has_gradient("the layer before"),
    ),
    Patch(
        "frozen kernel has no gradient",
        "On TensorFlow, the tape gives an ordinary gradient for a frozen kernel.",
        _frozen_kernel_has_no_gradient,
        lambda: _has_gradient("a frozen kernel"),
    ),
    Patch(
        "wall lets through",
        "No gradient comes back through stop_gradient.",
        _wall_lets_through,
        lambda: _has_gradient("what stands before a wall"),
    ),
    Patch(
        "missing gradients pass in silence",
        "Keras warns when a listed weight gets no gradient.",
        _missing_gradients_pass_in_silence,
        _warnings_of_a_missing_gradient,
    ),
    Patch(
        "frozen stays listed",
        "A frozen weight is not in trainable_weights.",
        _frozen_stays_listed,
        _listed_of_a_frozen_layer,
    ),
    Patch(
        "nothing said is training",
        "A model that is called without a word about training computes as in inference.",
        _nothing_said_is_training,
        _mean_after_a_call_without_a_word,
    ),
    Patch(
        "fit needs no argument",
        "fit cannot put a model into training mode whose call has no argument `training`.",
        _fit_needs_no_argument,
        _mean_after_a_fit_untold,
    ),
    Patch(
        "flip needs a word",
        "RandomFlip flips images unless it is told `training=False`.",
        _flip_needs_a_word,
        _flipped_without_a_word,
    ),
    Patch(
        "global length is each length",
        "With global_clipnorm, every array's step depends on the gradients of all the others.",
        _global_length_is_each_length,
        _clipped_beside_a_large_one,
    ),
    Patch(
        "frozen penalty counts",
        "The penalty on a frozen kernel is not among a model's losses.",
        _frozen_penalty_counts,
        lambda: _penalties_of_a_frozen_layer(kernel_regularizer="l2"),
    ),
    Patch(
        "evaluate reads the flags",
        "On TensorFlow, evaluate learns of a freeze at the next compile.",
        _evaluate_reads_the_flags,
        _evaluated_after_a_freeze,
    ),
    Patch(
        "frozen output costs nothing",
        "A penalty on a layer's output stays when the layer is frozen.",
        _frozen_output_costs_nothing,
        lambda: _penalties_of_a_frozen_layer(activity_regularizer="l2"),
    ),
    Patch(
        "missing gradients are zero",
        "AdamW does not decay a weight whose gradient is None.",
        _missing_gradients_are_zero,
        lambda: _decayed(None),
    ),
    Patch(
        "adamw spares zero gradients",
        "AdamW decays a number whose gradient is zero.",
        _adamw_spares_zero_gradients,
        lambda: _decayed(ops.zeros((2, 3))),
    ),
]
