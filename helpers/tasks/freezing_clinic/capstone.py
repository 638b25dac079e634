"""Exercise 8, task 9: fine-tune a pretrained network under constraints."""

from math import floor

import keras
import numpy as np

from helpers.datasets import mnist_test
from helpers.experiments.transfer import large_digits
from helpers.ledger import Role
from helpers.movement import Movement, compare, snapshot
from helpers.networks import mini_googlenet
from helpers.tasks.answers import call, described, joined
from helpers.tasks.core import Slip, Wrong, described_error, task
from helpers.tasks.parsons import first_reason

_MOST_TRAINED = 25_000  # numbers
_NEW_AT_LEAST = _OLD_AT_LEAST = 0.85  # accuracies; the untouched network has .69 and .976
_UNTOUCHED = 0.69  # its accuracy on unseen new digits
_KEPT = ("conv1/", "norm1/", "conv2/", "norm2/")  # where the paths begin that must not move
_LEARNING = ("conv_c", "head/")  # and of those that must
_PER_CLASS, _SEED = 10, 8


def new_digits() -> tuple[np.ndarray, np.ndarray]:
    """100 labelled digits of the new kind, 10 of each: images (100, 28, 28, 1), labels."""
    return large_digits().few(_PER_CLASS, _SEED)


def unseen_digits() -> tuple[np.ndarray, np.ndarray]:
    """397 digits of the new kind, of other writers: images (397, 28, 28, 1), labels."""
    data = large_digits()
    return data.test_images, data.test_labels


def accuracy(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> float:
    """The share of images for which the model's largest output is that of the label.

    Raises:
        Wrong: the model cannot be used, or its outputs are not ten for each image.
    """
    try:
        parts = [images[i : i + 100] for i in range(0, len(images), 100)]
        given = np.concatenate([np.asarray(model(part, training=False)) for part in parts])
    except Exception as error:
        raise Wrong(f"the returned model cannot be used: {described_error(error)}.") from None
    if given.shape != (len(images), 10):
        raise Wrong(
            f"the returned model gives {given.shape} for {len(images)} images; ten outputs "
            "for each were expected."
        )
    return float(np.mean(np.argmax(given, axis=1) == labels))


def _rounded_down(share: float) -> str:
    """Rounded down, so that what falls short of a limit does not read as if it met it."""
    return f"{floor(100 * share + 1e-9)}%"


@task(
    "Capstone: fine-tune under constraints",
    why="Few numbers, no statistic, and a gentle rate: the network learns the new digits and keeps "
    "the old ones.",
    hints=(
        "Which layers may learn? Print their names and `count_params()`; block c's names begin "
        "with conv_c. Which layers must be frozen although they belong to block c?",
        "Set the flag of every layer in one loop, True only for the convolutions of block c and "
        "the head; so every BatchNormalization is frozen. Then compile with a rate, then fit.",
        "`layer.trainable = layer.name == 'head' or layer.name.startswith('conv_c')`; "
        "`model.compile(keras.optimizers.Adam(0.002), 'sparse_categorical_crossentropy', "
        "jit_compile=False)`; about 8 epochs with batches of 20; return the model.",
    ),
)
def capstone(fine_tune: object) -> None:
    """fine_tune(model, images, labels) -> the model: new digits learned, constraints kept."""
    model = mini_googlenet(weights="mnist")
    given, before = list(model.weights), snapshot(model)
    images, labels = new_digits()
    keras.utils.set_random_seed(_SEED)  # the same answer gets the same verdict
    returned = call("fine_tune", fine_tune, model, images.copy(), labels.copy())
    if not isinstance(returned, keras.Model):
        raise Wrong(f"`fine_tune` should return the model; it returned {described(returned)}.")
    if {id(weight) for weight in returned.weights} != {id(weight) for weight in given}:
        raise Wrong(
            "`fine_tune` returned a model with other weights than those of the model it "
            "was given: tune that one, not a clone or a new head."
        )
    movement = compare(before)
    if not all(np.isfinite(change.largest) for change in movement.changes):
        raise Slip("the training has made weights NaN or infinite: is the rate too high?")
    _refuse_moved(movement, model)
    new = accuracy(returned, *unseen_digits())
    if new < _NEW_AT_LEAST:
        seen = accuracy(returned, images, labels)
        said = _said_of_low_accuracy(new, seen, movement)
        raise Slip(said) if "?" in said else Wrong(said)
    old = accuracy(returned, *mnist_test())
    if old < _OLD_AT_LEAST:
        raise Wrong(
            f"the new digits are learned ({_rounded_down(new)}), but on the old ones the accuracy "
            f"has fallen to {_rounded_down(old)}; at least {_OLD_AT_LEAST:.0%} should be kept. "
            "Train more gently: at a lower rate, or for fewer epochs."
        )


def _said_of_low_accuracy(new: float, seen: float, movement: Movement) -> str:
    """What the accuracies and the distances show, and questions."""
    shown = (
        f"the constraints on movement hold, but {_rounded_down(new)} of the unseen new digits are "
        f"read; {_NEW_AT_LEAST:.0%} was asked for. It was {_UNTOUCHED:.0%} before. Of the 100 "
        f"digits that it was given, the network now reads {_rounded_down(seen)}, and "
    )
    kernels = [
        c.relative for c in movement.changes if c.moved and c.relative and "kernel" in c.path
    ]
    far = max(kernels, default=0.0)
    shown += f"no kernel has moved further than {far:.1g} of its largest number"
    if new < _UNTOUCHED - 0.03:
        return (
            f"{shown}. Is the rate too high? Or do images and labels not belong together, or are "
            "the images not as the network knows them, from 0 to 1?"
        )
    if far < 0.01:
        return f"{shown}. It has hardly learned: it takes more steps, or a higher rate."
    if seen < 0.95:
        return f"{shown}. More epochs, or a higher rate? Do images and labels belong together?"
    return f"{shown}. What it was given it knows by heart: was it trained for too long?"


def _refuse_moved(movement: Movement, model: keras.Model) -> None:
    """Raise Wrong unless exactly what may move did, and everything that should learn did."""
    paths = movement.moved
    flags = {weight.path: weight.trainable for weight in model.weights}
    if not paths:
        raise _nothing_moved(model)
    statistics = [c.path for c in movement.changes if c.moved and c.role == Role.STATISTIC]
    if statistics:
        raise Wrong(_said_of_statistics(statistics, model))
    kept = [path for path in paths if path.startswith(_KEPT)]
    if kept:
        late = "" if flags[kept[0]] else " It is frozen by now, but was not when it was trained."
        raise Wrong(
            f"{kept[0]} moved: the first two convolutions and their norms should stay.{late}"
        )
    sizes = {weight.path: int(np.prod(weight.shape)) for weight in model.weights}
    missing = [path for path in sizes if path.startswith(_LEARNING) and path not in paths]
    if missing:
        off = "" if flags[missing[0]] else " Its flag is False."
        if not off and missing[0] not in _of_optimizer(model):
            off = " Its flag is True by now, but the optimizer was built without it: compile anew."
        raise Wrong(
            f"{missing[0]} did not learn: all convolutions of block c and the head should.{off}"
        )
    numbers = sum(sizes.get(path, 0) for path in paths)
    if numbers > _MOST_TRAINED:
        more = [path for path in paths if not path.startswith(_LEARNING)]
        besides = f" Besides block c and the head, {joined(more, 2)} moved." if more else ""
        raise Wrong(f"{numbers:,} numbers were trained; {_MOST_TRAINED:,} are the limit.{besides}")


def _of_optimizer(model: keras.Model) -> set[str]:
    """The paths of the weights for which the model's optimizer was built, or of all weights."""
    built = model.optimizer is not None and model.optimizer.built
    return {w.path for w in (model.optimizer._trainable_variables if built else model.weights)}


def _nothing_moved(model: keras.Model) -> Wrong:
    """What to say where nothing moved."""
    reasons = {
        "the model's own flag is False, and vetoes all that is in it": not model.trainable,
        "every weight is frozen": not any(weight.trainable for weight in model.weights),
        "the model is not compiled, so it was not fitted": not model.compiled,
        "since the last compile, no step was made": model.compiled
        and not int(model.optimizer.iterations),
        "the learning rate is 0": model.compiled and not float(model.optimizer.learning_rate),
    }
    reason = first_reason(reasons)
    if reason:
        return Wrong(f"nothing moved: {reason}.")
    return Slip("nothing moved: does `fine_tune` call fit, and is anything trainable?")


def _said_of_statistics(statistics: list[str], model: keras.Model) -> str:
    """Which statistics moved, and what the flags of their layers are now."""
    some = "" if len(statistics) == 40 else " (not all: some are frozen)"
    shown = f"{len(statistics)} statistics moved, such as {statistics[0]}{some}"
    layer = model.get_layer(statistics[0].split("/")[0])
    if not layer.trainable:
        return (
            f"{shown}, though {layer.name} is frozen by now: its flag came after the training step "
            "was made, or the step is one of your own and calls the model with training=True."
        )
    return f"{shown}: freeze every BatchNormalization layer itself, before the compile."
