"""Findings about layers that are in training mode when they should not be, or the reverse."""

import inspect
from collections.abc import Iterator

import keras

from helpers.batchnorm import current_statistics
from helpers.diagnosis._evidence import Evidence
from helpers.diagnosis._map import Place
from helpers.diagnosis._private import arguments_in_graph
from helpers.diagnosis.finding import Finding, lines

NORM = keras.layers.BatchNormalization
DROPS = (
    keras.layers.Dropout,
    keras.layers.SpatialDropout1D,
    keras.layers.SpatialDropout2D,
    keras.layers.SpatialDropout3D,
    keras.layers.GaussianDropout,
    keras.layers.AlphaDropout,
)


def far_moved(e: Evidence, place: Place) -> str:
    layer = place.layer
    sizes = {
        name: e.own.moved.get(id(getattr(layer, name)), 0.0)
        for name in ("moving_mean", "moving_variance")
    }
    name = max(sizes, key=lambda key: sizes[key])
    return f"{name} moved by {sizes[name]:.2g}"


def at_start(layer: keras.layers.Layer) -> bool:
    mean, variance = current_statistics(layer)
    return not mean.any() and bool((variance == 1).all())


def overruled(e: Evidence) -> dict[Place, Place]:
    """BatchNormalization that measured, by the layer that was called with training=False."""
    found: dict[Place, Place] = {}
    for model in e.where.of_type(keras.Model):
        for layer, kwargs in arguments_in_graph(model.layer):
            called = e.where.places.get(id(layer))
            if called is None or kwargs.get("training") is not False:
                continue
            for place in e.measuring():
                if place is called or called in place.parents:
                    found[place] = called
    return found


def overruled_mode(e: Evidence) -> Iterator[Finding]:
    """`training=` written into a functional model, which fit or predict overrides."""
    by_call: dict[int, list[Place]] = {}
    found = overruled(e)
    for place, called in found.items():
        by_call.setdefault(id(called.layer), []).append(place)
    for places in by_call.values():
        called = found[places[0]]
        yield Finding(
            "training=False is overridden",
            called.name,
            f"{called.name} was called with training=False, and {places[0].name}'s "
            f"{far_moved(e, places[0])} in {e.data.steps} steps ({len(places)} such layers)",
            "in a functional model, fit's own training=True takes the place of what you wrote",
            lines([f"{p.code}.trainable = False" for p in places]) + "\n# then compile",
            5,
        )
    for model in e.where.of_type(keras.Model):
        for layer, kwargs in arguments_in_graph(model.layer):
            found_at = e.where.places.get(id(layer))
            calls = e.in_inference.get(id(layer))
            meant = isinstance(layer, DROPS) and layer.rate > 0 and kwargs.get("training") is True
            if found_at and meant and calls and not any(calls.training):
                yield Finding(
                    "training=True is overridden",
                    found_at.name,
                    f"{found_at.name} (rate {layer.rate:g}) was called with training=True, and "
                    f"in predict is called with {calls.training[0]}",
                    "in a functional model, predict's training=False takes the place of what "
                    "you wrote",
                    "model(x, training=True)  # drops, and lets BatchNormalization measure",
                    5,
                )


def wrong_mode(e: Evidence) -> Iterator[Finding]:
    """Dropout or BatchNormalization that does in fit what it should do in predict, or reverse."""
    blind = "training" not in inspect.signature(e.model.call).parameters
    idle: list[Place] = []
    for place in e.where.of_type((NORM, *DROPS)):
        layer, training = place.layer, e.in_training.get(id(place.layer))
        inference = e.in_inference.get(id(layer))
        works = layer.trainable if isinstance(layer, NORM) else layer.rate > 0
        if works and training and not any(training.training):
            if blind:
                idle.append(place)
            elif _told_directly(e, place) and (isinstance(layer, DROPS) or at_start(layer)):
                yield _idle(place, "it is called with training=False", f"{place.code}(inputs)")
        if works and inference and any(inference.training) and not blind:
            yield _busy(place)
    if idle:
        yield _idle(
            idle[0],
            f"{e.model.name}'s call has no argument `training`, so fit cannot pass it on "
            f"({len(idle)} such layers)",
            "def call(self, inputs, training=None):  # Keras passes it on by itself",
        )


def _told_directly(e: Evidence, place: Place) -> bool:
    """The layer itself was told so, not a model around it, which may be meant."""
    around = [e.in_training.get(id(parent.layer)) for parent in place.parents[1:]]
    return not any(calls and False in calls.training for calls in around)


def _idle(place: Place, why: str, repair: str) -> Finding:
    norm = isinstance(place.layer, NORM)
    seen = (
        "in a training step it is in inference mode, and its moving_mean moved by 0"
        if norm
        else f"in a training step it drops 0 of its inputs, though its rate is {place.layer.rate:g}"
    )
    return Finding("inference mode in training", place.name, seen, why, repair, 5 if norm else 2)


def _busy(place: Place) -> Finding:
    norm = isinstance(place.layer, NORM)
    seen = (
        "in inference it takes the batch's own mean and variance, and its statistics go on moving"
        if norm
        else f"in inference it drops {place.layer.rate:.0%} of its inputs: no two answers are alike"
    )
    meant = "" if norm else ". (If you mean this, as in Monte Carlo dropout, all is well.)"
    return Finding(
        "training mode in inference",
        place.name,
        seen,
        f"it is called with training=True, whatever the model is told{meant}",
        f"{place.code}(inputs, training=training)  # in call(self, inputs, training=None)",
        5 if norm else 2,
    )
