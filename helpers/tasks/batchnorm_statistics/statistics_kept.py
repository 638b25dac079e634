"""Exercise 5, task 9: a fine-tuning, repaired, so that statistics stay."""

from math import isfinite

import keras
import numpy as np

from helpers.batchnorm import batchnorm_layers
from helpers.movement import snapshot
from helpers.tasks.answers import built_model, call, joined
from helpers.tasks.batchnorm_statistics._pretrained_base import pretrained_base, targets
from helpers.tasks.core import Wrong, task
from helpers.tasks.flag_watch import FlagWatch, watched_flags
from helpers.tasks.training import fit_quietly, moved_since, movement_of_fit


@task(
    "Bug hunt: statistics that should stay",
    why="Unfreeze, then freeze each BatchNormalization at any depth, then compile: the kernels "
    "learn and no statistic moves.",
    hints=(
        "Look at the movement above: which arrays should have stayed, and why did they not?",
        "The base arrives frozen. Unfreeze it, then freeze each BatchNormalization - also in "
        "inner.",
        "base.trainable = True; freeze_batchnorm(base); and `model.compile(...)` as the last step.",
    ),
)
def statistics_kept(prepare: object) -> None:
    """prepare(base) -> compiled model; a fit moves base's kernels and head, no statistic."""
    base = pretrained_base()
    given = snapshot(base)
    x, y = targets()
    with watched_flags() as watch:
        model = call("prepare", prepare, base)
        if isinstance(model, keras.Model) and not model.built:
            model(x)
    model = built_model("prepare(base)", model)
    _refuse_other_model(model, base, x)
    statistics = [path for path in moved_since(given) if "/moving_" in path]
    if statistics:
        raise Wrong(
            f"`prepare` itself changed {joined(statistics)}: it should only prepare the model, "
            "and the statistics are to be kept."
        )
    norms = batchnorm_layers(model)
    before = snapshot(model)
    movement = movement_of_fit(model, (x, y), epochs=3)
    pairs = zip(before.variables, movement.changes, strict=True)
    moved = {id(variable) for variable, change in pairs if change.moved}
    drifting = [n for n in norms if {id(n.moving_mean), id(n.moving_variance)} & moved]
    if drifting:
        _refuse_drifting(drifting, norms, base, watch)
    kernels = [weight for weight in base.weights if weight.name == "kernel"]
    still = [weight for weight in kernels if id(weight) not in moved]
    if still:
        _refuse_still(still, kernels, base, model)
    inside = {id(weight) for weight in base.weights}
    head = [weight for weight in model.weights if id(weight) not in inside]
    if not all(id(weight) in moved for weight in head):
        raise Wrong("the base learns and its statistics stay, but the new head does not learn.")
    _refuse_rising_loss(model, x, y)


def _refuse_other_model(model: keras.Model, base: keras.Model, x: np.ndarray) -> None:
    """Raise Wrong unless it is compiled, and the base with a Dense(2) behind it."""
    inside, owned = {id(weight) for weight in base.weights}, {id(w) for w in model.weights}
    if not inside <= owned:
        raise Wrong(
            "the model that `prepare` returns does not contain the base it was given: a clone or a "
            "new base has weights of its own."
        )
    if not model.compiled:
        raise Wrong("the model that `prepare` returns is not compiled: compile it at the end.")
    shape = tuple(model(x).shape)
    if shape != (32, 2):
        raise Wrong(f"the model gives {shape[1:]} for an example; a Dense(2) head was asked for.")
    norms = [norm.name for norm in batchnorm_layers(model) if id(norm.moving_mean) not in inside]
    if norms:
        raise Wrong(
            f"the model has a BatchNormalization of its own, {joined(norms)}, whose statistics "
            "would move; the base and a Dense(2) were asked for."
        )
    head = {w.path.rpartition("/")[2]: tuple(w.shape) for w in model.weights if id(w) not in inside}
    if head not in ({"kernel": (4, 2)}, {"kernel": (4, 2), "bias": (2,)}):
        raise Wrong(
            "behind the base, whose 4 outputs it takes, one Dense(2) was asked for; the model has "
            f"{len(owned - inside)} weights there."
        )


def _refuse_drifting(drifting: list, norms: list, base: keras.Model, watch: FlagWatch) -> None:
    """Raise Wrong with what the flags, and what was done to them, say about the statistics."""
    names = joined(norm.name for norm in drifting)
    shown = f"in a fit the statistics of {names} moved. "
    watch.refuse_slips(shown)
    if not any(norm.gamma.trainable or norm.beta.trainable for norm in drifting):
        raise Wrong(
            f"{shown}Only gamma and beta are frozen, which is not enough: the layer looks at its "
            "own flag."
        )
    if drifting == [norms[-1]] and len(norms) == 2:
        raise Wrong(
            f"{shown}Its flag is True: it sits in the inner block. A loop over base.layers does "
            "not come to it, and to thaw the block is to thaw it."
        )
    if any(watch.thawed_again(norm) for norm in drifting):
        raise Wrong(
            f"{shown}They were frozen first and thawed then: `base.trainable = True` sets the "
            "flags of all layers in it."
        )
    if not all(norm.trainable for norm in drifting):
        raise Wrong(f"{shown}Was their flag set after a fit?", diagnosed=False)
    for norm in drifting:
        if norm.momentum != keras.layers.BatchNormalization().momentum:
            raise Wrong(
                f"{shown}Momentum is the share of the *old* value: with {norm.momentum:g}, every "
                f"batch has a share of {1 - norm.momentum:g}. Freeze the layers."
            )
    raise Wrong(
        f"{shown}The flags of the layers are True; where a call has training=False, that does not "
        "protect them under fit on this Keras."
    )


def _refuse_still(still: list, kernels: list, base: keras.Model, model: keras.Model) -> None:
    """Raise Wrong with why these kernels of the base stood still."""
    shown = f"no statistic moved, but {joined(weight.path for weight in still)} did not learn"
    learning = {id(weight) for weight in model.trainable_weights}
    if not float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)):
        raise Wrong(f"{shown}: the learning rate is 0.")
    if any(id(weight) in learning for weight in still):
        raise Wrong(
            f"{shown}. It can learn now, but a fit before has made the training step without it: "
            "compile again, as the last step."
        )
    if not model.trainable:
        raise Wrong(f"{shown}: the flag of the whole model is False.")
    if len(still) == len(kernels) and not base.trainable:
        raise Wrong(f"{shown}: the base arrives frozen, and its flag is still False.")
    raise Wrong(f"{shown}: it is still frozen, by a flag on it or on what it sits in.")


def _refuse_rising_loss(model: keras.Model, x: np.ndarray, y: np.ndarray) -> None:
    """Raise Wrong unless the loss on these images is lower after a fit, and a number."""

    def loss() -> float:
        return float(keras.Model.evaluate(model, x, y, verbose=0, return_dict=True)["loss"])

    before = loss()
    fit_quietly(model, x, y, epochs=3)
    after = loss()
    if not after < before:
        rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
        how = "gets no lower" if isfinite(after) else "is no number any more"
        raise Wrong(
            f"everything moves as it should, but the loss {how} after a fit at the learning rate "
            f"{rate:g}: that is not learning."
        )
