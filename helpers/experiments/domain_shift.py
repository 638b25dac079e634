"""The same digits under other light: shifted copies of images, and what adapting to them does.

A domain is where images come from. Here every domain is a function of clean images with gray
values from 0 to 1; the labels stay.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from statistics import mean, stdev

import keras
import numpy as np
from keras import layers

from helpers._arguments import of_type, one_of, several
from helpers.batchnorm import check_momentum, remeasure
from helpers.datasets import digits, stored_domain_shift

NOISE = 0.5  # standard deviation of the noise, in gray values


def noisy(images: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, NOISE, images.shape)
    return images + noise.astype("float32")


SHIFTS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "none (x)": lambda images: images,  # the control: a fresh measurement and nothing else
    "dim (x · 0.3)": lambda images: images * 0.3,
    "bright (x + 0.5)": lambda images: images + 0.5,
    "low contrast (x · 0.25 + 0.375)": lambda images: images * 0.25 + 0.375,
    "noisy": noisy,
    "inverted (1 - x)": lambda images: 1 - images,
}


def digit_reader(momentum: float = 0.9) -> keras.Model:
    """A small network for 8 x 8 gray images: two convolutions, each with BatchNormalization.

    Raises:
        TypeError, ValueError: the momentum is not a number from 0 to 1.
    """
    check_momentum(momentum)

    def block(filters: int, number: int) -> list:
        return [
            layers.Conv2D(filters, 3, use_bias=False, name=f"conv{number}"),
            layers.BatchNormalization(momentum=momentum, name=f"norm{number}"),
            layers.ReLU(name=f"relu{number}"),
        ]

    head = [
        layers.GlobalAveragePooling2D(name="pool"),
        layers.Dense(10, activation="softmax", name="head"),
    ]
    first = keras.Input((8, 8, 1))
    return keras.Sequential([first, *block(16, 1), *block(32, 2), *head], name="reader")


def ready(model: keras.Model) -> keras.Model:
    """The model, compiled as all experiments on the digits do it.

    Raises:
        TypeError: not a Keras model.
    """
    of_type("model", model, keras.Model, "a Keras model")
    model.compile(
        keras.optimizers.Adam(0.005), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


@dataclass(frozen=True)
class Adapted:
    """Accuracies from 0 to 1 of one network: unseen shifted images before and after its
    statistics were measured anew on shifted images, and clean images afterwards."""

    shift: str
    seed: int
    clean_before: float
    shifted_before: float
    shifted_after: float
    clean_after: float


ACCURACIES = tuple(field.name for field in fields(Adapted) if field.type is float)


def adapt_to_shifts(seed: int, epochs: int = 15) -> list[Adapted]:
    """Train one network on clean digits; then for each shift adapt its statistics alone.

    The shifted images that are measured are the training images without labels; accuracies are
    those on the test images.
    """
    data = digits()
    keras.utils.set_random_seed(seed)
    model = ready(digit_reader())
    model.fit(data.train_images, data.train_labels, batch_size=64, epochs=epochs, verbose=0)
    trained = model.get_weights()

    def accuracy(images):
        return float(model.evaluate(images, data.test_labels, verbose=0)[1])

    clean_before, rows = accuracy(data.test_images), []
    for name, shift in SHIFTS.items():
        shifted = shift(data.test_images)
        before = accuracy(shifted)
        remeasure(model, shift(data.train_images))
        after = accuracy(shifted), accuracy(data.test_images)
        rows.append(Adapted(name, seed, clean_before, before, *after))
        model.set_weights(trained)
    return rows


def as_records(rows: list[Adapted]) -> list[dict]:
    """For a JSON file: accuracies to three decimals."""
    return [
        {key: round(value, 3) if isinstance(value, float) else value for key, value in row.items()}
        for row in map(asdict, rows)
    ]


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation over seeds."""

    mean: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.deviation:.2f}"


def over_seeds(rows: list[Adapted], shift: str, what: str) -> Spread:
    """Mean and standard deviation of one accuracy, such as "shifted_after", of one shift.

    Raises:
        TypeError, ValueError: rows are no results, do not hold two seeds of this shift, or have
            no such accuracy.
    """
    rows = several("rows", rows, Adapted, "results, such as stored() gives")
    one_of("shift", shift, dict.fromkeys(row.shift for row in rows))
    one_of("what", what, ACCURACIES)
    values = [getattr(row, what) for row in rows if row.shift == shift]
    if len(values) < 2:
        raise ValueError(f"rows should hold at least two seeds of {shift!r}, not {len(values)}")
    return Spread(mean(values), stdev(values))


def stored() -> list[Adapted]:
    """The results over five seeds that `python -m tools.measure domain_shift` wrote.

    Raises:
        FileNotFoundError: the file is missing.
    """
    return [Adapted(**record) for record in stored_domain_shift()]
