"""Findings about BatchNormalization's statistics."""

import math
from collections.abc import Iterator

import keras
import numpy as np

from helpers.batchnorm import Moving, current_statistics, renormalizes, steps_until
from helpers.diagnosis._evidence import Evidence
from helpers.diagnosis._map import Owned, Place
from helpers.diagnosis._modes import NORM, at_start, far_moved, overruled
from helpers.diagnosis.finding import Finding, lines, named

BEHIND = 3.0  # standard deviations of the batches between their mean and the moving mean
WORSE = 1.5  # times the loss of training mode
CLOSE = 0.05  # how near the statistics should come
FEW, TOO_FEW = 8, 2  # numbers per channel that a batch is measured on


def statistics_of_a_frozen_base(e: Evidence) -> Iterator[Finding]:
    """Everything around a BatchNormalization is frozen, and it measures."""
    measuring = [p for p in e.measuring() if p not in overruled(e)]
    told: set[int] = set()
    for base in e.where.places.values():
        inside = [p for p in measuring if base in p.parents and id(p.layer) not in told]
        if not inside or base is e.where.root:
            continue
        others = [w for w in e.where.inside(base) if w.made and not isinstance(w.place.layer, NORM)]
        if others and _all_frozen(e, others):
            told |= {id(p.layer) for p in inside}
            yield _forgotten(e, inside, f"all other layers of {base.name} are frozen", base)
    inside = [p for p in measuring if id(p.layer) not in told and _between_frozen(e, p)]
    if inside:
        yield _forgotten(e, inside, "the layers before and after are frozen", inside[0])
    elif not e.learned and (rest := [p for p in measuring if id(p.layer) not in told]):
        yield _forgotten(e, rest, "no weight of the model is learned", rest[0])


def _all_frozen(e: Evidence, weights: list[Owned]) -> bool:
    return not any(id(w.variable) in e.learned_ids for w in weights)


def _between_frozen(e: Evidence, place: Place) -> bool:
    """Gamma and beta frozen or absent; in its parent, all before it and what follows is frozen.

    With a gamma that learns, someone may mean to train the norms of a frozen network alone.
    """
    if not place.parents or not _all_frozen(e, e.where.inside(place)):
        return False
    siblings = e.where.siblings(place)
    heavy = []
    for number, sibling in enumerate(siblings):
        made = [
            w for w in e.where.inside(sibling) if w.made and not isinstance(w.place.layer, NORM)
        ]
        if made:
            heavy.append((number, _all_frozen(e, made)))
    at = siblings.index(place)
    before, after = [f for n, f in heavy if n < at], [f for n, f in heavy if n > at]
    return bool(before) and all(before) and bool(after) and after[0]


def _forgotten(e: Evidence, places: list[Place], seen: str, where: Place) -> Finding:
    first = places[0]
    frozen = not any(w.made and id(w.variable) in e.learned_ids for w in e.where.inside(first))
    far = far_moved(e, first)
    return Finding(
        "statistics move in a base that is otherwise frozen",
        where.name,
        f"{first.name}'s {far} in {e.data.steps} steps ({len(places)} such layers); {seen}",
        "BatchNormalization measures in training mode unless its own flag is False"
        + ("; that its gamma and beta are frozen does not stop it" if frozen else "")
        + ". What the frozen layers learned was with the old statistics",
        lines([f"{p.code}.trainable = False" for p in places]) + "\n# then compile",
        5,
    )


def far_behind(e: Evidence) -> Iterator[Finding]:
    """After training, moving statistics that are not those of the data; evaluate shows it."""
    loss, in_training = e.losses.before, e.losses.in_training
    if loss is None or in_training is None or not loss > WORSE * in_training:
        return
    trained = any(int(keras.ops.convert_to_numpy(o.iterations)) for o in e.optimizers)
    behind = []
    for place in e.measuring():
        calls = e.in_training.get(id(place.layer))
        if (
            not calls
            or not calls.measured
            or place.layer.momentum >= 1
            or renormalizes(place.layer)
        ):
            continue
        if at_start(place.layer) and not trained:
            continue
        distance = _distance(current_statistics(place.layer), calls.measured)
        if distance > BEHIND:
            behind.append((distance, place))
    if behind:
        distance, place = max(behind, key=lambda pair: pair[0])
        momentum = float(place.layer.momentum)
        missing = steps_until(min(CLOSE / distance, 0.5), momentum)
        yield Finding(
            "BatchNormalization is far behind",
            named(p.name for _, p in behind),
            f"{place.name}'s statistics are {distance:.2g} standard deviations from those of the "
            f"batches; about {missing} steps are missing. Loss {loss:.3g} in inference mode, "
            f"{in_training:.3g} in training mode",
            f"with momentum {momentum:g} each step covers {1 - momentum:.2g} of the way, and "
            "evaluate uses the moving statistics",
            "from helpers import remeasure\n"
            "remeasure(model, x)  # or train on, or a lower momentum",
            5,
        )


def _distance(now: Moving, measured: list[Moving]) -> float:
    """The largest of all channels: of the means in deviations, of the deviations as a ratio."""
    mean = np.mean([m.mean for m in measured], axis=0)
    variance = np.mean([m.variance for m in measured], axis=0)
    used = variance > 1e-6  # a channel that is constant in these rows says nothing
    if not used.any():
        return 0.0
    means = np.abs(mean - now.mean)[used] / np.sqrt(variance[used])
    ratio = np.abs(np.log(np.sqrt((now.variance[used] + 1e-6) / variance[used])) / math.log(2))
    return float(max(means.max(), ratio.max() if ratio.max() > 1 else 0.0))


def small_batches(e: Evidence) -> Iterator[Finding]:
    few = []
    for place in e.measuring():
        calls = e.in_training.get(id(place.layer))
        if calls and calls.values:
            count = min(calls.values)
            if count <= TOO_FEW or (count < FEW and not e.data.assumed):
                few.append((count, place))
    if few:
        count, place = min(few, key=lambda pair: pair[0])
        yield Finding(
            "batches too small for BatchNormalization",
            named(p.name for _, p in few),
            f"{place.name} measures each channel on {count} number{'' if count == 1 else 's'} "
            f"({e.data.rows} rows in a step)",
            "a mean and a variance of so few numbers are chance"
            + (", and of one number the answer is always beta" if count == 1 else ""),
            "model.fit(x, y, batch_size=32)  # or GroupNormalization, which needs no batch",
            5,
        )


def half_precision(e: Evidence) -> Iterator[Finding]:
    half = [
        p for p in e.where.of_type(NORM)
        if keras.backend.standardize_dtype(p.layer.moving_mean.dtype) in ("float16", "bfloat16")
    ]  # fmt: skip
    if half:
        dtype = keras.backend.standardize_dtype(half[0].layer.moving_mean.dtype)
        gap = 2.0**-10 if dtype == "float16" else 2.0**-7
        yield Finding(
            "statistics in half precision",
            named(p.name for p in half),
            f"{half[0].name}'s moving_mean is {dtype}: next to 1 it holds steps of {gap:.1g}",
            f"a step adds {1 - float(half[0].layer.momentum):.2g} of a difference, which is often "
            "rounded to nothing; a variance above 65,504 is infinite in float16",
            'keras.layers.BatchNormalization(dtype="mixed_float16")  # keeps all four in float32',
            5,
        )
