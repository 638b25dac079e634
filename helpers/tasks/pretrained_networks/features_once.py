"""Exercise 6, task 8: train a head on features that are computed once."""

import keras
import numpy as np
from keras import layers

from helpers.movement import compare, snapshot
from helpers.tasks.answers import call, expect_function
from helpers.tasks.arrays import number_array
from helpers.tasks.core import Wrong, task
from helpers.tasks.pretrained_networks._small_base import LOSS, pictures, small_base

_EPOCHS, _BATCH = 3, 4
_IMAGES, _NEW = 18, 7  # the last batch is smaller than the others


class Counter(layers.Layer):
    """Passes images through and counts them, untrained; a learner may see its name."""

    def build(self, shape: tuple) -> None:
        self.images = self.add_weight(name="images", initializer="zeros", trainable=False)

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        self.images.assign_add(keras.ops.cast(keras.ops.shape(images)[0], "float32"))
        return images


def _counting_base() -> keras.Model:
    """The small base behind a layer that counts the images it is given."""
    base = small_base()
    inputs = keras.Input((8, 8, 1))
    base = keras.Model(inputs, base(Counter(name="counter")(inputs)), name="base")
    base.run_eagerly, base.jit_compile = True, False  # for two batches no graph is worth its making
    return base


class _Head(keras.Sequential):
    """Keeps what it is trained on, batch by batch."""

    def __init__(self, *parts: object, **options: object):
        super().__init__(*parts, **options)
        self.batches: list[np.ndarray] = []

    def call(
        self, inputs: keras.KerasTensor, training: bool | None = None, **mask: object
    ) -> object:
        if training and hasattr(inputs, "numpy"):
            self.batches.append(keras.ops.convert_to_numpy(inputs))
        return super().call(inputs, training=training, **mask)


def _untrained_head() -> _Head:
    """A compiled softmax head for the six features of the base, always with the same values."""
    start = keras.initializers.GlorotUniform(1)
    dense = layers.Dense(3, activation="softmax", kernel_initializer=start, name="dense")
    head = _Head([keras.Input((6,)), dense], name="head")
    head.compile(keras.optimizers.SGD(0.1), LOSS, run_eagerly=True, jit_compile=False)
    return head


def _right_scores(features: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """What a new head says of the new features after such a training, without shuffling."""
    head = _untrained_head()
    head.fit(features, labels, epochs=_EPOCHS, batch_size=_BATCH, shuffle=False, verbose=0)
    return head.predict(new, verbose=0)


@task(
    "Features, once",
    why="In inference mode a frozen base gives an image the same features in every epoch, so "
    "compute them once: the scores equal those of the whole model with this base frozen.",
    hints=(
        "What does a frozen base give for the same image in epoch 1 and in epoch 3?",
        "`base.predict(images, verbose=0)` gives the features, in inference mode. The head is a "
        "model of its own.",
        "head.fit(features, labels, ...) on the features; then return "
        "head.predict(base.predict(new_images, verbose=0), verbose=0).",
    ),
)
def features_once(scores_by_features: object) -> None:
    """scores_by_features(base, head, images, labels, new_images) -> scores, the base run once."""
    expect_function("scores_by_features", scores_by_features)
    together = pictures(_IMAGES + _NEW)
    images, labels, new_images = together[0][:_IMAGES], together[1][:_IMAGES], together[0][_IMAGES:]
    base, head = _counting_base(), _untrained_head()
    features, new = (base.predict(x, verbose=0) for x in (images, new_images))
    counter = base.get_layer("counter").images
    counter.assign(0)
    before, untrained = snapshot(base), snapshot(head)
    arrays = [array.copy() for array in (images, labels, new_images)]
    optimizer = head.optimizer
    try:
        result = call("scores_by_features", scores_by_features, base, head, *arrays)
    except Wrong as wrong:
        if "Invalid input shape" not in str(wrong):
            raise
        raise Wrong(
            "a model was given what it does not take: the base takes images, (8, 8, 1), the "
            "head their 6 features."
        ) from None
    given = number_array("the scores", result)
    changes = compare(before).changes
    changed = [c for c in changes if c.moved and not c.path.endswith("counter/images")]
    if changed:
        kinds = {c.path.rpartition("/")[2] for c in changed}
        if kinds <= {"moving_mean", "moving_variance"}:
            raise Wrong(
                f"the base's statistics moved, such as {changed[0].path}: call the base in "
                "inference mode, by predict or with training=False outside of fit."
            )
        raise Wrong(
            f"values of the base changed, such as {changed[0].path}: only the head should learn."
        )
    seen = int(keras.ops.convert_to_numpy(counter.value))
    if not seen:
        raise Wrong("the base was never given an image: its features are what the head needs.")
    if not compare(untrained).moved:
        raise Wrong("the head that was given did not learn: fit it on the features.")
    right = _right_scores(features, labels, new)
    if given.shape != right.shape:
        raise Wrong(
            f"the scores have the shape {given.shape}; {_NEW} new images and three "
            f"classes make {right.shape}."
        )
    if not np.allclose(given, right, atol=1e-4):
        if head.optimizer is not optimizer:
            raise Wrong(
                "the head arrives compiled; yours was compiled anew, and trained to other scores."
            )
        _refuse_scores(given, right, features, new, head)
    if seen != _IMAGES + _NEW:
        raise Wrong(
            f"the scores are right, but the base was given {seen} images; each of the {_IMAGES} "
            f"and the {_NEW} new ones once is enough. Compute the features before the fit, and "
            "keep them."
        )


def _refuse_scores(
    given: np.ndarray, right: np.ndarray, features: np.ndarray, new: np.ndarray, head: "_Head"
) -> None:
    """Raise Wrong with the reason for other scores than the right ones."""
    batches = list(head.batches)  # before the head is asked for more
    if not np.allclose(given.sum(axis=1), 1, atol=1e-3):
        raise Wrong("the scores of an image do not add up to 1: return what the head predicts.")
    if not np.allclose(head.predict(new, verbose=0), right, atol=1e-4):
        _refuse_training(batches, features)
        raise Wrong(
            f"the first score is {given[0, 0]:.4f} and differs from that of the whole model with a "
            "frozen base. 3 epochs, batches of 4, shuffle=False? Do the labels belong to the "
            "images?",
            diagnosed=False,
        )
    others = {
        "of the head before it was trained": _untrained_head().predict(new, verbose=0),
        "after a second softmax; the head has one": keras.ops.softmax(right),
        "of the first training images; those of `new_images` were asked for": head(features[:_NEW]),
        "of the last training images; those of `new_images` were asked for": head(features[-_NEW:]),
    }
    for what, scores in others.items():
        if np.allclose(given, scores, atol=1e-4):
            raise Wrong(f"these are the scores {what}.")
    raise Wrong(
        "the head is trained as asked for, but what is returned is not what it says of the base's "
        "features of `new_images`.",
        diagnosed=False,
    )


def _features_in_training(size: int) -> np.ndarray:
    """What the base gives for so many images at once in training mode."""
    images = pictures(_IMAGES + _NEW)[0][:_IMAGES]
    at_once = [images[start : start + size] for start in range(0, _IMAGES, size)]
    return np.concatenate([small_base()(some, training=True) for some in at_once])


def _refuse_training(batches: list[np.ndarray], features: np.ndarray) -> None:
    """Raise Wrong if the head was trained on other batches than those asked for."""
    if not batches:
        return
    rows, images = np.concatenate(batches), np.arange(_IMAGES)
    same = np.isclose(rows[:, None], features, rtol=1e-3, atol=1e-4).all(axis=2)
    if not same.any(axis=1).all():
        others = {
            ", but on scaled ones": (features - features.mean(axis=0)) / features.std(axis=0),
            " in inference mode, but on those of training mode, in which it uses the statistics of "
            "the batch": _features_in_training(_IMAGES),
            " in inference mode, but on those of training mode, in which it uses the statistics of "
            f"each {_BATCH} images": _features_in_training(_BATCH),
        }
        found = (how for how, other in others.items() if np.allclose(rows[0], other[0], atol=1e-3))
        raise Wrong(
            f"the head was not trained on the features that the base gives{next(found, '')}."
        )
    if (used := len(set(same.argmax(axis=1)))) < _IMAGES:
        raise Wrong(
            f"the head was trained on {used} of the {_IMAGES} images alone, as with a "
            "validation_split, which keeps the others back; all were asked for."
        )
    if len(rows) % _IMAGES:
        raise Wrong(
            f"the head was given {len(rows)} images; {_EPOCHS} epochs of all {_IMAGES} make "
            f"{_EPOCHS * _IMAGES}."
        )
    epochs, size = len(rows) // _IMAGES, len(batches[0])
    if (epochs, size) != (_EPOCHS, _BATCH):
        at_once = ", all at once, as with fit's default of 32" if size == _IMAGES else ""
        raise Wrong(
            f"the head was trained for {epochs} epoch(s) in batches of {size}{at_once}; {_EPOCHS} "
            f"epochs in batches of {_BATCH} were asked for."
        )
    if not np.array_equal(same.argmax(axis=1), np.tile(images, _EPOCHS)):
        raise Wrong(
            "the head was given the images in another order than that of `images`: a fit shuffles "
            "them unless it has shuffle=False."
        )
