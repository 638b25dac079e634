"""The comparisons of lesson 6: what to do with a pretrained network and few labels.

The lesson runs one seed of some of them in the open; `python -m tools.measure transfer` runs the
rest with the functions here and stores the results.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import keras
import numpy as np
from keras import layers

from helpers._arguments import of_type, shaped
from helpers.batchnorm import freeze_batchnorm, remeasure
from helpers.datasets import Labelled, as_mnist, digits, mnist_test
from helpers.networks import efficientnet_lite0, mini_googlenet

FIRST_TWO = ("conv1", "norm1", "conv2", "norm2")
EPOCHS, BATCH = 20, 10


class Recipe(NamedTuple):
    """Which weights a network starts with, which of its layers are frozen, and in which order."""

    pretrained: bool
    frozen: str  # "nothing", "first two" or "all but the head"
    head_first: bool = False  # then the rest at a small rate, the statistics kept still


class Tuning(NamedTuple):
    """How a network is tuned after its head."""

    still: bool  # are the statistics kept?
    rate: float | None  # None: not at all
    measured_first: bool = False  # the statistics measured on the new images before the head


RECIPES: Mapping[str, Recipe] = {
    "from scratch": Recipe(False, "nothing"),
    "head only": Recipe(True, "all but the head"),
    "first two frozen": Recipe(True, "first two"),
    "everything tuned": Recipe(True, "nothing"),
    "control: random, first two frozen": Recipe(False, "first two"),
}
FINE_TUNINGS: Mapping[str, Tuning] = {
    "head only": Tuning(True, None),
    "statistics still, rate 0.0001": Tuning(True, 1e-4),
    "statistics still, rate 0.001": Tuning(True, 1e-3),
    "statistics still, rate 0.01": Tuning(True, 1e-2),
    "statistics free, rate 0": Tuning(False, 0.0),
    "statistics free, rate 0.0001": Tuning(False, 1e-4),
    "statistics free, rate 0.001": Tuning(False, 1e-3),
    "statistics free, rate 0.01": Tuning(False, 1e-2),
    "measured first, head only": Tuning(True, None, measured_first=True),
    "measured first, free, rate 0.0001": Tuning(False, 1e-4, measured_first=True),
}
EMOJI_RECIPES: Mapping[str, Recipe] = {
    "from scratch": Recipe(False, "nothing"),
    "head only": Recipe(True, "all but the head"),
    "everything tuned": Recipe(True, "nothing"),
    "head first, then everything": Recipe(True, "nothing", head_first=True),
    "control: random, head only": Recipe(False, "all but the head"),
}


def large_digits() -> Labelled:
    """UCI's digits in the size of MNIST's, (examples, 28, 28, 1)."""
    small = digits()
    return replace(
        small, train_images=as_mnist(small.train_images), test_images=as_mnist(small.test_images)
    )


def _new_head(model: keras.Model, seed: int) -> None:
    """Give the model's layer "head" fresh start values, as a new task needs."""
    head = model.get_layer("head")
    head.kernel.assign(keras.initializers.GlorotUniform(seed)(head.kernel.shape))
    head.bias.assign(np.zeros(head.bias.shape))


def _compiled(model: keras.Model, rate: float = 0.003) -> keras.Model:
    """Compile with a new Adam; by XLA such a network takes longer to build than to train."""
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"], jit_compile=False)
    return model


def recipe_network(recipe: Recipe, seed: int) -> keras.Model:
    """The small GoogLeNet with a new head, frozen as the recipe says and compiled.

    Raises:
        ValueError: the recipe freezes something unknown.
    """
    keras.utils.set_random_seed(seed)
    model = mini_googlenet("mnist" if recipe.pretrained else None)
    _new_head(model, seed)
    frozen = {
        "nothing": (),
        "first two": FIRST_TWO,
        "all but the head": [layer.name for layer in model.layers if layer.name != "head"],
    }
    if recipe.frozen not in frozen:
        raise ValueError(f"frozen should be one of {', '.join(frozen)}, not {recipe.frozen!r}")
    for name in frozen[recipe.frozen]:
        model.get_layer(name).trainable = False
    return _compiled(model)


def right(scores: np.ndarray, labels: np.ndarray) -> float:
    """The share of rows whose highest score is at the label.

    Raises:
        TypeError, ValueError: scores are not (rows, classes), or labels not one for each row.
    """
    rows = len(shaped("scores", scores, "an array of numbers (rows, classes)", (None, None)))
    shaped("labels", labels, f"one number for each of {rows} rows", (rows,))
    return round(float(np.mean(np.argmax(scores, axis=1) == labels)), 4)


def recipe_accuracy(recipe: Recipe, per_class: int, seed: int, labelled: Labelled) -> float:
    """Test accuracy after training by this recipe with so many labels of each class."""
    images, labels = labelled.few(per_class, seed)
    if recipe.frozen == "all but the head":  # quicker on its features, and the same
        model = head_first(images, labels, seed).model
    else:
        model = recipe_network(recipe, seed)
        model.fit(images, labels, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return right(model.predict(labelled.test_images, verbose=0), labelled.test_labels)


class Transferred(NamedTuple):
    """A pretrained base under two heads: MNIST's own and a new one, trained on the new digits."""

    base: keras.Model
    old_head: layers.Dense
    model: keras.Model  # the base and the new head

    def accuracies(self, labelled: Labelled) -> tuple[float, float]:
        """On the new digits with the new head, on MNIST with the old head."""
        images, labels = mnist_test()
        old = self.old_head(self.base.predict(images, verbose=0)).numpy()
        new = self.model.predict(labelled.test_images, verbose=0)
        return right(new, labelled.test_labels), right(old, labels)


def head_first(
    images: np.ndarray, labels: np.ndarray, seed: int, measured_first: bool = False
) -> Transferred:
    """Train a new head on the features of the frozen base, computed once.

    Args:
        images, labels: of the new task.
        seed: for every random number.
        measured_first: set the base's statistics to those of the images before.
    """
    keras.utils.set_random_seed(seed)
    whole = mini_googlenet()
    base = keras.Model(whole.input, whole.get_layer("pool").output, name="base")
    if measured_first:
        remeasure(base, images)
    head = layers.Dense(10, activation="softmax", name="head")
    _trained_head(keras.Sequential([keras.Input((112,)), head]), base, images, labels)
    inputs = keras.Input((28, 28, 1))
    model = keras.Model(inputs, head(base(inputs, training=False)), name="tuned")
    return Transferred(base, whole.get_layer("head"), model)


def _trained_head(
    head: keras.Model, base: keras.Model, images: np.ndarray, labels: np.ndarray
) -> None:
    """Fit the head on the base's features; alone it stands a larger rate and more epochs."""
    features = base.predict(images, verbose=0)
    _compiled(head, 0.01).fit(features, labels, batch_size=BATCH, epochs=2 * EPOCHS, verbose=0)


def fine_tuning_accuracies(seed: int, labelled: Labelled) -> dict[str, tuple[float, float]]:
    """After each of FINE_TUNINGS: the accuracy on the new digits and on the old ones."""
    images, labels = labelled.few(5, seed)
    after_head = {first: head_first(images, labels, seed, first) for first in (False, True)}
    values = {first: each.model.get_weights() for first, each in after_head.items()}
    found = {}
    for name, (still, rate, measured_first) in FINE_TUNINGS.items():
        transferred = after_head[measured_first]
        base, _, model = transferred
        model.set_weights(values[measured_first])
        base.trainable = False  # so that True, below, reaches every layer
        base.trainable = True
        if still:
            freeze_batchnorm(base)
        keras.utils.set_random_seed(seed)
        if rate is not None:
            _compiled(model, rate).fit(images, labels, batch_size=BATCH, epochs=EPOCHS, verbose=0)
        found[name] = transferred.accuracies(labelled)
    return found


def emoji_accuracies(
    recipe: Recipe, per_class: int, seed: int, labelled: Labelled
) -> dict[str, float]:
    """Test accuracy of EfficientNet-lite0 on emoji of 112 pixels, trained by this recipe.

    Returns:
        one accuracy, "as trained"; a second one, "measured anew", if the statistics were free:
        after setting them to those of the training images, and nothing else.
    """
    keras.utils.set_random_seed(seed)
    base = efficientnet_lite0("imagenet" if recipe.pretrained else None, image_size=112)
    images, labels = labelled.few(per_class, seed)
    images, test_images = enlarged(images), enlarged(labelled.test_images)
    if not recipe.pretrained:
        remeasure(base, images)  # or the features of a random base would be nearly zero
    pooled = layers.GlobalAveragePooling2D(name="pool")(base.output)
    describe = keras.Model(base.input, pooled)
    scaled = scaling(describe.predict(images, verbose=0))
    dense = layers.Dense(len(labelled.names), activation="softmax", name="head")
    head = keras.Sequential([keras.Input((112,)), scaled, dense])
    head_alone = recipe.frozen == "all but the head"
    if head_alone or recipe.head_first:
        _trained_head(head, describe, images, labels)
    model = keras.Model(base.input, head(pooled))
    if recipe.head_first:
        freeze_batchnorm(model)
    if not head_alone:
        _compiled(model, 1e-4 if recipe.head_first else 0.001)
        model.fit(images, labels, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    found = {"as trained": right(model.predict(test_images, verbose=0), labelled.test_labels)}
    if not (head_alone or recipe.head_first):
        remeasure(model, images)  # 100 steps of momentum 0.99 leave a third of the start value
        scores = model.predict(test_images, verbose=0)
        found["measured anew"] = right(scores, labelled.test_labels)
    return found


def enlarged(images: np.ndarray) -> np.ndarray:
    """Every pixel two by two: (examples, height, width, 3) to twice the height and width.

    Raises:
        TypeError, ValueError: not such an array.
    """
    expected = "an array of numbers (examples, height, width, 3)"
    of_type("images", images, np.ndarray, expected)
    shaped("images", images, expected, (None, None, None, 3))
    return images.repeat(2, axis=1).repeat(2, axis=2)


def scaling(features: np.ndarray) -> layers.Normalization:
    """A layer that gives each feature mean 0 and variance 1 on the given (examples, features)."""
    layer = layers.Normalization(name="scaling")
    layer.adapt(features)
    return layer
