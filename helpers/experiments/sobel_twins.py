"""Twins: classifiers that differ in their first layer only, trained on the same few labels.

The first layer has four 3×3 maps, no bias, no padding. It starts as Sobel or at random, and is
frozen or learned; so there are four twins. With the same seed, all else about them is the same: the
start of the other layers, the images, their order. Each is tested under several lightings.
"""

from collections.abc import Mapping

import keras
import numpy as np
from keras import layers

from helpers._arguments import of_type, one_of, shaped, shown, whole
from helpers.datasets import Labelled
from helpers.filters import sobel_x, sobel_y, stack

TWINS: Mapping[str, tuple[bool, bool]] = {  # name: (starts as Sobel, frozen)
    "Sobel, frozen": (True, True),
    "Sobel, learned": (True, False),
    "random, frozen": (False, True),
    "random, learned": (False, False),
}


def four_edges() -> np.ndarray:
    """(3, 3, 1, 4): Sobel x and y, and both with the opposite sign (for the ReLU that follows)."""
    sobel = stack(sobel_x(), sobel_y())
    return stack(sobel, -sobel) / 8  # 8: so that a gray value's full range gives at most 1/2


def make_twin(name: str, seed: int, classes: int = 10, padding: str = "valid") -> keras.Model:
    """A compiled classifier of 28×28 gray images with the first layer of that name.

    Args:
        name: one of TWINS.
        seed: a whole number from 0; decides every random start value.
        classes: how many scores, from 1 to 1,000.
        padding: "valid", or "same": a frame of zeros around what the first layer sees.

    Raises:
        TypeError, ValueError: there is no such twin or padding, or seed or classes is no such
            number.
    """
    one_of("name", name, TWINS)
    one_of("padding", padding, ("valid", "same"))
    seed = whole("seed", seed, "a whole number from 0 to 2**32 - 1", range(2**32))
    classes = whole("classes", classes, "a whole number from 1 to 1,000", range(1, 1001))
    sobel, frozen = TWINS[name]
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(
                4,
                3,
                use_bias=False,
                activation="relu",
                padding=padding,
                trainable=not frozen,
                name="first",
            ),
            layers.MaxPooling2D(2, name="pool_1"),
            layers.Conv2D(16, 3, activation="relu", name="second"),
            layers.MaxPooling2D(2, name="pool_2"),
            layers.Flatten(name="flat"),
            layers.Dense(classes, name="scores"),
        ],
        name="twin",
    )
    if sobel:  # only now, so that the other layers draw the same start values as in every twin
        model.get_layer("first").set_weights([four_edges()])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # Compiled by XLA, a network of this size takes longer to build than to train.
    model.compile(keras.optimizers.Adam(0.003), loss, metrics=["accuracy"], jit_compile=False)
    return model


def lightings(images: np.ndarray) -> dict[str, np.ndarray]:
    """The same images under other light; all changes are exact in float32 (steps of 1/256).

    Offsets are added without clipping, as a raised black level does; the gradient adds 0 at the
    left edge and 1/64 more with every pixel to the right.

    Raises:
        TypeError, ValueError: not an array of numbers (images, height, width, channels).
    """
    expected = "an array (images, height, width, channels)"
    of_type("images", images, np.ndarray, expected)
    shaped("images", images, expected, (None,) * 4)
    ramp = (np.arange(images.shape[2], dtype="float32") / 64)[:, None]
    return {
        "clean": images,
        "offset +1/4": images + np.float32(0.25),
        "offset +1/2": images + np.float32(0.5),
        "light from the right": images + ramp,
        "inverted": np.float32(1) - images,
    }


def train(model: keras.Model, images: object, labels: object, epochs: int) -> None:
    """Fit with batches of 20, in an order that the seed of `make_twin` has fixed.

    Raises:
        TypeError, ValueError: the model cannot be trained, images or labels do not fit it or each
            other, or epochs is not a whole number from 1 to 1,000.
    """
    images = _images_for(model, images)
    if not model.compiled:
        raise ValueError(f"model should be compiled, not as {shown(model)} is")
    count, classes = len(images), model.output_shape[-1]
    expected = f"one whole number from 0 to {classes - 1} for each of {count} images"
    if not np.isin(shaped("labels", labels, expected, (count,)), range(classes)).all():
        raise ValueError(f"labels should be {expected}, not {shown(labels)}")
    epochs = whole("epochs", epochs, "a whole number from 1 to 1,000", range(1, 1001))
    model.fit(images, np.asarray(labels), batch_size=20, epochs=epochs, verbose=0)


def predicted(model: keras.Model, images: object) -> np.ndarray:
    """The class that the model finds most likely for each image.

    Raises:
        TypeError, ValueError: the model has not one input, or the images do not fit it.
    """
    images = _images_for(model, images)
    return np.argmax(model.predict(images, batch_size=250, verbose=0), axis=1)


def _images_for(model: keras.layers.Layer, images: object) -> np.ndarray:
    """The images as an array, if they can go into the model; else TypeError or ValueError."""
    shape = getattr(model, "input_shape", None) if isinstance(model, keras.Model) else None
    if not isinstance(shape, tuple):
        raise TypeError(f"model should be a built Keras model with one input, not {shown(model)}")
    shape = (None, *shape[1:])
    shaped("images", images, f"an array of numbers, {shape}", shape)
    return np.asarray(images)


def accuracies(model: keras.Model, labelled: Labelled) -> dict[str, float]:
    """For each lighting, the share of test images that the model gets right."""
    return {
        name: float(np.mean(predicted(model, images) == labelled.test_labels))
        for name, images in lightings(labelled.test_images).items()
    }
