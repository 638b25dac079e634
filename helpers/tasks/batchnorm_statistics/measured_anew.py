"""Exercise 5, task 8: a program that measures statistics anew."""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from helpers.batchnorm import batchnorm_layers, current_statistics
from helpers.movement import compare, snapshot
from helpers.tasks.answers import expect_function
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.flag_watch import watched_flags
from helpers.tasks.training import flags

# Of the layers whose statistics are measured anew; not Keras's default.
_OWN_MOMENTA = {"norm1": 0.95, "norm2": 0.9, "norm3": 0.8}


def _reader(partly_frozen: bool = False) -> keras.Model:
    """Three BatchNormalization layers with momenta of their own, in a model in a model in a model.

    Args:
        partly_frozen: norm1, norm3 and the head are frozen, and of norm2 only gamma.
    """

    def norm(name: str) -> layers.Layer:
        return layers.BatchNormalization(momentum=_OWN_MOMENTA[name], name=name)

    def chain(inputs: int, name: str, *parts: layers.Layer) -> keras.Model:
        return keras.Sequential([keras.Input((inputs,)), *parts], name=name)

    innermost = chain(5, "innermost", layers.Dense(3, name="deepest"), norm("norm3"))
    inner = chain(4, "inner", layers.Dense(5, name="deep"), norm("norm2"), innermost)
    outer = [layers.Dense(4, name="first"), norm("norm1"), inner, layers.Dense(2, name="head")]
    model = chain(3, "reader", *outer)
    rng = np.random.default_rng(8)
    model.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in model.weights])
    if partly_frozen:
        for layer in (model.get_layer("norm1"), innermost.get_layer("norm3"), model.layers[-1]):
            layer.trainable = False
        inner.get_layer("norm2").gamma.trainable = False
    model.compile(keras.optimizers.SGD(0.05), "mse")
    return model


@task(
    "Measure anew",
    why="With momentum 0 the new batch counts fully; one call in training mode sets the statistics "
    "and touches no learned weight. A frozen layer has to be thawed for the call.",
    hints=(
        "In which mode does a BatchNormalization layer write its statistics down, and does a "
        "frozen one?",
        "What does the rule give for momentum = 0? Which layers need it, at any depth?",
        "For every layer of `batchnorm_layers(model)`, remember its momentum and its flag, and set "
        "them to 0 and True; call `model(images, training=True)`; put both back.",
    ),
)
def measured_anew(measure: Callable) -> None:
    """measure(model, images): the statistics become those of images, all else stays."""
    expect_function("measure", measure)
    rng = np.random.default_rng(9)
    for partly_frozen, examples in ((False, 64), (True, 72)):
        images = rng.normal(5, 2, (examples, 3)).astype("float32")
        _judge(measure, _reader(partly_frozen), images)


def _judge(measure: Callable, model: keras.Model, images: np.ndarray) -> None:
    """Raise Wrong unless measure does what it should with this model and these images."""
    norms = batchnorm_layers(model)
    start, begun, flags_before = snapshot(model), _statistics(norms), flags(model)
    shown = "on a model in which norm1 and norm3 are frozen, " if not norms[0].trainable else ""
    try:
        with watched_flags() as watch:
            measure(model, np.array(images))
    except Exception as error:
        raise Wrong(f"{shown}`measure` stopped with {described_error(error)}.") from None
    changes = compare(start).changes
    moved = [change for change in changes if change.moved]
    learned = [change.path for change in moved if not change.path.endswith(("_mean", "_variance"))]
    if learned:
        raise Wrong(
            f"{shown}`measure` moved learned weights, too, such as {learned[0]}. A call in "
            "training mode moves none; a fit or a training step does."
        )
    if not moved:
        raise Wrong(
            f"{shown}`measure` moved nothing: predict, evaluate and a call without training=True "
            "only *use* the statistics, and momentum 1 keeps the old ones."
        )
    asleep = " A frozen layer does not measure, even with training=True."
    if any(layer is model and value for layer, value in watch.settings):
        asleep += " `model.trainable = True` thaws nothing where that flag is True already."
    _refuse_other_statistics(shown, norms, begun, images, asleep)
    for layer in norms:
        momentum = _OWN_MOMENTA[layer.name]
        if layer.momentum != momentum:
            others = {value: name for name, value in _OWN_MOMENTA.items()}
            whose = f" That is {others[layer.momentum]}'s." if layer.momentum in others else ""
            raise Wrong(
                f"{shown}the statistics are right, but {layer.name} is left with momentum "
                f"{layer.momentum:g} instead of {momentum:g}: in a later training it would "
                f"forget differently.{whose} Put each layer's own back."
            )
    flags_now = flags(model)
    changed = [name for name, flag in flags_before.items() if flags_now.get(name) != flag]
    if changed:
        how = "thawed" if flags_now.get(changed[0]) else "frozen"
        raise Wrong(
            f"{shown}the statistics are right, but {changed[0].partition(': ')[2]} is left {how}; "
            "every flag should be as it was."
        )


def _statistics(norms: list[keras.layers.BatchNormalization]) -> list[np.ndarray]:
    return [np.stack(current_statistics(layer)) for layer in norms]


def _measured(images: np.ndarray, at_once: bool = True) -> list[np.ndarray]:
    """The statistics of the images in every layer.

    Args:
        at_once: each layer after those before it; else each one while they have their old ones.
    """
    model = _reader()
    norms = batchnorm_layers(model)
    start, found = snapshot(model), []
    for norm in norms:
        norm.momentum = 0.0
    for norm in norms:
        for other in norms:
            other.trainable = at_once or other is norm
        model(images, training=True)
        found.append(np.stack(current_statistics(norm)))
        start.restore()
    return found


def _refuse_other_statistics(
    shown: str, norms: list, begun: list[np.ndarray], images: np.ndarray, asleep: str
) -> None:
    """Raise Wrong unless each mean and variance is within 5 % of its way to the images'."""
    now, goals = _statistics(norms), _measured(images)
    done = [_rest(*each) <= 0.05 for each in zip(now, begun, goals, strict=True)]
    if all(done):
        return
    place = done.index(False)
    layer, own, old, goal = norms[place], now[place], begun[place], goals[place]
    others = [norm.name for norm, right in zip(norms, done, strict=True) if right]
    momentum = _OWN_MOMENTA[layer.name]
    deep = (
        " Does a loop over `model.layers` miss it? It sits in a model inside the model."
        if place and others
        else ""
    )
    if np.array_equal(own, old):
        why = deep
        if shown and layer.name != "norm2":
            why = asleep
        raise Wrong(f"{shown}the statistics of {layer.name} did not move.{why}")
    fresh = np.stack([np.zeros_like(old[0]), np.ones_like(old[1])])
    for start, what in ((old, "what it held"), (fresh, "0 and 1, to which it was reset,")):
        left = float(np.vdot(own - goal, start - goal) / np.vdot(start - goal, start - goal))
        if not (0 < left < 1 and np.allclose(own, left * start + (1 - left) * goal, rtol=1e-3)):
            continue
        calls, steps = round(float(np.log(left) / np.log(momentum))), ""
        if np.isclose(left, momentum**calls, rtol=1e-3):
            steps = f", as {calls} step(s) with its own momentum {momentum:g} leave"
        raise Wrong(
            f"{shown}{layer.name} holds {left:.0%} of {what} and the rest of what the images say"
            f"{steps}.{deep or ' With momentum 0 one step leaves nothing.'}"
        )
    if np.allclose(own, _measured(images, at_once=False)[place], rtol=1e-3):
        raise Wrong(
            f"{shown}{layer.name} was measured while the layers before it had their old "
            "statistics; what reaches it changes with them."
        )
    if place == 0 and (part := _part_of_images(own, images)):
        raise Wrong(f"{shown}{layer.name} holds {part}")
    rest = _rest(own, old, goal)
    text = f"{rest:.0%} of the way to what the images say is left"
    if rest > 1:
        text = "it is farther from what the images say than before"
    raise Wrong(f"{shown}{layer.name} is not there: {text}.", diagnosed=False)


def _part_of_images(own: np.ndarray, images: np.ndarray) -> str:
    """Of which images, or groups of them, these are the statistics in the first layer."""
    values = keras.ops.convert_to_numpy(_reader().get_layer("first")(images))

    def are(parts: list[np.ndarray]) -> bool:
        mean = np.mean([[part.mean(axis=0), part.var(axis=0)] for part in parts], axis=0)
        return np.allclose(own, mean, rtol=1e-3, atol=1e-5)

    for size in range(1, len(values)):
        if are([values[-size:]]):
            return (
                f"the statistics of the last {size} images alone: with momentum 0 only the last "
                "batch counts."
            )
        if are([values[at : at + size] for at in range(0, len(values), size)]):
            return (
                f"the average of what batches of {size} image(s) say: their variances lack the "
                "spread between the batches. Call the model on all images at once."
            )
    return ""


def _rest(now: np.ndarray, old: np.ndarray, goal: np.ndarray) -> float:
    """The greater share of mean and variance that is left of the way from old to goal."""
    left = np.linalg.norm(goal - now, axis=1) / np.linalg.norm(goal - old, axis=1)
    return float(left.max())
