"""The models on which functions of exercise 1 count, each with a property that others have not."""

import keras
import numpy as np
from keras import layers


def models_to_count() -> dict[str, keras.Model]:
    """Built models under what is special about each of them."""
    makers = (
        *(_frozen_layer, _frozen_inside, _normalised, _once_fitted, _vetoed, _frozen_whole),
        *(_frozen_bias, _shared, _nested_twice, _convolution, _with_own_weight, _equal_layers),
    )
    made = [make() for make in makers]
    return {str(model.name).replace("_", " "): model for model in made}


def _dense(name: str, *units: int) -> keras.Sequential:
    return keras.Sequential([keras.Input((6,)), *map(layers.Dense, units)], name=name)


def _frozen_layer() -> keras.Model:
    model = _dense("a_model_with_its_first_layer_frozen", 5, 2)
    model.layers[0].trainable = False
    return model


def _frozen_inside() -> keras.Model:
    base = _dense("base", 4, 3)
    base.layers[0].trainable = False
    stack = [keras.Input((6,)), base, layers.Dropout(0.1), layers.Dense(2)]
    return keras.Sequential(stack, name="a_model_that_holds_a_model_with_a_frozen_layer")


def _normalised() -> keras.Model:
    frozen = layers.BatchNormalization(trainable=False)
    stack = [layers.Dense(3), layers.BatchNormalization(scale=False), layers.Dense(2), frozen]
    return keras.Sequential([keras.Input((6,)), *stack], name="a_model_with_BatchNormalization")


def _once_fitted() -> keras.Model:
    stack = [keras.Input((3,)), layers.Dense(4), layers.Dropout(0.5), layers.Dense(1)]
    model = keras.Sequential(stack, name="a_model_after_a_fit")
    model.compile("adam", "mse", metrics=["mae"], run_eagerly=True)
    model.fit(np.ones((2, 3)), np.ones((2, 1)), verbose=0)
    return model


def _vetoed() -> keras.Model:
    base = _dense("base", 7, 3)
    base.trainable = False
    base.layers[1].trainable = True
    stack = [keras.Input((6,)), base, layers.Dense(2)]
    return keras.Sequential(stack, name="a_model_that_holds_a_frozen_model_with_a_thawed_layer")


def _frozen_whole() -> keras.Model:
    model = _dense("a_frozen_model_with_a_thawed_layer", 3, 2)
    model.trainable = False
    model.layers[1].trainable = True  # the frozen model that is asked overrules
    return model


def _frozen_bias() -> keras.Model:
    model = _dense("a_model_of_which_a_single_bias_is_frozen", 3, 4)
    model.layers[1].bias.trainable = False
    return model


def _shared() -> keras.Model:
    inputs, shared = keras.Input((4,)), layers.Dense(4)
    base = keras.Model(inputs, layers.Dense(4)(shared(inputs)))
    outputs = layers.Dense(1)(shared(base(base(inputs))))
    return keras.Model(inputs, outputs, name="a_model_that_uses_a_layer_in_several_places")


def _nested_twice() -> keras.Model:
    inner = _dense("inner", 5, 6)
    inner.layers[1].trainable = False
    middle = keras.Sequential([keras.Input((6,)), inner, layers.Dense(3)], name="middle")
    stack = [keras.Input((6,)), middle, layers.Dense(2)]
    return keras.Sequential(stack, name="a_model_that_holds_a_model_that_holds_a_model")


def _convolution() -> keras.Model:
    stack = [layers.Conv2D(4, (2, 3)), layers.Flatten(), layers.Dense(2, dtype="float16")]
    return keras.Sequential([keras.Input((4, 5, 2)), *stack], name="a_model_with_Conv2D")


class _OwnWeight(keras.Model):
    """Its scale is the model's own, and in none of its layers."""

    def __init__(self) -> None:
        super().__init__(name="a_subclassed_model_with_a_weight_of_its_own")
        self.dense = layers.Dense(3)

    def build(self, shape: tuple) -> None:
        self.dense.build(shape)
        self.scale = self.add_weight(shape=(3,), initializer="ones", name="scale")

    def call(self, inputs: object) -> object:
        return self.dense(inputs) * self.scale


def _with_own_weight() -> keras.Model:
    model = _OwnWeight()
    model(np.zeros((1, 6)))
    return model


def _equal_layers() -> keras.Model:
    """Of over a thousand numbers, which a summary shows with a comma."""
    return _dense("a_model_with_equal_layers,_none_of_them_frozen", 24, 24, 24)
