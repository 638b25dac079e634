"""The networks that the tasks of exercise 6 hand to a learner's function, and what training moves.

Small networks have the names of `mini_googlenet`, so that a check takes a second, not ten.
"""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from helpers.batchnorm import batchnorm_layers
from helpers.ledger import owned_variables
from helpers.movement import compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.behaviour import listed
from helpers.tasks.core import Wrong, described_error

# One batch: on TensorFlow another batch size would be traced anew, and forgive a late flag.
EXAMPLES = 16


def small_base(sequential: bool = False, blocks: int = 3) -> keras.Model:
    """Gray images (8, 8, 1) to features: `blocks` times convolution, BatchNormalization, ReLU.

    Its statistics are far from their start values, as after a training.

    Args:
        sequential: made by `keras.Sequential`, whose `layers` do not list the InputLayer.
        blocks: 1 to 3; the last of three gives 6 features.
    """
    rng = np.random.default_rng(6)
    made: list[layers.Layer] = []
    for number, filters in ((1, 4), (2, 5), (3, 6))[:blocks]:
        made.append(layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{number}"))
        made.append(layers.BatchNormalization(momentum=0.9, name=f"norm{number}"))
        made.append(layers.ReLU(name=f"relu{number}"))
    made.append(layers.GlobalAveragePooling2D(name="pool"))
    inputs = keras.Input((8, 8, 1), name="image")
    if sequential:
        base = keras.Sequential([inputs, *made], name="base")
    else:
        maps = inputs
        for layer in made:
            maps = layer(maps)
        base = keras.Model(inputs, maps, name="base")
    for norm in batchnorm_layers(base):
        norm.moving_mean.assign(rng.uniform(-0.5, 0, norm.moving_mean.shape))
        norm.moving_variance.assign(rng.uniform(1, 2, norm.moving_variance.shape))
    for layer in base.layers:
        if layer.name.startswith("conv"):  # no dead ReLU, whatever the seed
            layer.kernel.assign(rng.normal(0.05, 0.25, layer.kernel.shape))
    return base


def on_top(base: keras.Model) -> keras.Model:
    """The base as one layer, and a head for three classes."""
    inputs = keras.Input((8, 8, 1), name="images")
    outputs = layers.Dense(3, activation="softmax", name="head")(base(inputs))
    return keras.Model(inputs, outputs, name="model")


def pictures(examples: int = EXAMPLES) -> tuple[np.ndarray, np.ndarray]:
    """Images (examples, 8, 8, 1) and labels 0 to 2 (bright), on which every weight moves."""
    rng = np.random.default_rng(66)
    labels = np.arange(examples) * 7 % 3
    bright = 0.3 + 0.35 * labels[:, None, None, None]
    return (rng.uniform(0, bright, (examples, 8, 8, 1))).astype("float32"), labels


def freeze_one_by_one(base: keras.Model) -> None:
    """Every layer frozen, and the base's own flag still True."""
    for layer in base.layers:
        layer.trainable = False


def prepared(name: str, function, model: keras.Model, *arguments) -> keras.Model:
    """Call a learner's function, which should set flags and return the model with all its values.

    Raises:
        Wrong: it stopped, returned something else, or changed weights.
    """
    before, given = snapshot(model), {id(weight) for weight in model.weights}
    returned = call(name, function, model, *arguments)
    if not isinstance(returned, keras.Model):
        raise Wrong(f"`{name}` should return the model; it returned {described(returned)}.")
    if not returned.built:
        raise Wrong(f"`{name}` returned a model that is not built: return the one it was given.")
    owned = {id(weight) for weight in returned.weights}
    if owned < given:
        raise Wrong(
            f"`{name}` returned a part of the model, with {len(owned)} of its "
            f"{len(given)} weights: return the whole model."
        )
    if owned != given:
        raise Wrong(
            f"`{name}` returned a model with other weights than the one it was given: a "
            "clone or a new model is not frozen in its place."
        )
    changes = compare(before)
    if changes.moved:
        raise Wrong(
            f"`{name}` itself changed {listed(changes.moved, 2)}. It should only "
            "prepare the model; the check trains it."
        )
    return returned


@dataclass(frozen=True)
class Moved:
    """What an update did, by the name of the layer: its weights that moved, and those that did not.

    A layer in `moved` and in `still` was frozen in part.
    """

    moved: dict[str, list[str]]
    still: dict[str, list[str]]

    @property
    def halves(self) -> list[str]:
        return [name for name in self.still if name in self.moved]

    @property
    def measured(self) -> list[str]:
        """The layers whose statistics moved."""
        statistics = {"moving_mean", "moving_variance"}
        return [layer for layer, names in self.moved.items() if statistics & set(names)]


def by_layer(model: keras.Model, moved_ids: set[int]) -> Moved:
    """Sort the model's weights by layer and by whether they are among those that moved."""
    owners = {id(variable): layer.name for variable, layer, _ in owned_variables(model)}
    found = Moved({}, {})
    for weight in model.weights:
        place = found.moved if id(weight) in moved_ids else found.still
        place.setdefault(owners[id(weight)], []).append(weight.name)
    return found


def one_update(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> Moved:
    """Compile anew, train one step without building a graph, put the values back; what moved."""
    before = snapshot(model)
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.SGD(0.05), loss, run_eagerly=True, jit_compile=False)
    if not model.trainable_weights:  # nothing to fit, about which TensorFlow would warn
        model(images, training=True)
    else:
        model.train_on_batch(images, labels)
    return finished(model, before)


def fitted(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> Moved:
    """Fit as compiled, by the training step that the model has; put the values back; what moved.

    Raises:
        Wrong: it does not train.
    """
    before = snapshot(model)
    model.jit_compile = False  # by XLA, a step of this size takes longer to build than to run
    try:
        model.fit(images, labels, batch_size=EXAMPLES, verbose=0)
    except Exception as error:
        cause = described_error(error)
        raise Wrong(f"your model does not train: fit stopped with {cause}.") from None
    return finished(model, before)


def finished(model: keras.Model, before) -> Moved:
    changes = compare(before).changes
    moved = {id(v) for v, c in zip(before.variables, changes, strict=True) if c.moved}
    before.restore()
    return by_layer(model, moved)
