"""Exercise 5, task 9: a fine-tuning, repaired, so that statistics stay."""

import keras
import numpy as np

from helpers.batchnorm import batchnorm_layers, current_statistics
from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import built_model, call
from helpers.tasks.batchnorm_statistics._pretrained_base import pretrained_base, targets
from helpers.tasks.core import Wrong, described_error, task


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
    given = [current_statistics(norm) for norm in batchnorm_layers(base)]
    model = call("prepare", prepare, base)
    x, y = targets()
    if isinstance(model, keras.Model) and not model.built:
        model(x)
    model = built_model("prepare(base)", model)
    owned = {id(weight) for weight in model.weights}
    if not all(id(weight) in owned for weight in base.weights):
        raise Wrong("the model that `prepare` returns does not contain the base it was given.")
    if not model.compiled:
        raise Wrong("the model that `prepare` returns is not compiled: compile it at the end.")
    rate = float(model.optimizer.learning_rate)
    if rate < 0:
        raise Wrong(f"the learning rate is {rate:g}: below 0, every step makes the model worse.")
    shape = tuple(model(x).shape)
    if shape != (32, 2):
        raise Wrong(f"the model gives {shape[1:]} for an example; a Dense(2) head was asked for.")
    before = snapshot(model)
    try:
        model.fit(x, y, batch_size=8, verbose=0)
    except Exception as error:
        late = "Unknown variable" in str(error)  # the optimizer was built for other weights
        raise Wrong(
            "the flags changed after a fit, and the optimizer knows only what was learned then: "
            "compile again, as the last step."
            if late
            else f"your model does not train: fit stopped with {described_error(error)}."
        ) from None
    _refuse_drift(compare(before), model, base)
    for norm, kept in zip(batchnorm_layers(base), given, strict=True):
        if not np.array_equal(current_statistics(norm), kept):
            raise Wrong(
                f"`prepare` itself changed the statistics of {norm.name}: does it fit before it "
                "freezes, or set them?"
            )


def _refuse_drift(movement: Movement, model: keras.Model, base: keras.Model) -> None:
    """Raise Wrong with the probable reason unless kernels moved and statistics did not."""
    moved = {
        id(weight)
        for weight, change in zip(model.variables, movement.changes, strict=True)
        if change.moved
    }

    def has_moved(*weights: keras.Variable) -> list[bool]:
        return [id(weight) in moved for weight in weights]

    norms = batchnorm_layers(base)
    drifting = [n for n in norms if any(has_moved(n.moving_mean, n.moving_variance))]
    if drifting:
        names = " and ".join(norm.name for norm in drifting)
        shown = f"in a fit the statistics of {names} moved. "
        if not any(norm.trainable for norm in drifting):
            raise Wrong(
                shown + "The flag is set, but after the model had been trained: freeze first, "
                "then compile, then fit."
            )
        if [norm.name for norm in drifting] == ["norm2"]:
            raise Wrong(shown + "It sits in the inner block: a loop over base.layers misses it.")
        if not any(has_moved(*(w for n in drifting for w in (n.gamma, n.beta)))):
            raise Wrong(
                shown + "Gamma and beta stayed: freezing these two is not enough, since the "
                "layer looks at its own flag."
            )
        raise Wrong(
            shown + "Its own flag is True: training=False does not protect it under fit on this "
            "Keras, and setting base.trainable to True later undoes an earlier freeze."
        )
    kernels = [w for w in base.weights if w.name == "kernel"]
    if not any(has_moved(*kernels)):
        raise Wrong(
            "no statistic moved, but no kernel of the base either: the base is still frozen, or "
            "was unfrozen only after a fit (or the learning rate is 0)."
        )
    if not all(has_moved(*kernels)):
        still = next(w.path for w, did in zip(kernels, has_moved(*kernels), strict=True) if not did)
        raise Wrong(f"no statistic moved, but {still} did not learn either: it is still frozen.")
    inside = {id(weight) for weight in base.weights}
    head = [weight for weight in model.weights if id(weight) not in inside]
    if not any(has_moved(*head)):
        raise Wrong("the base learns and its statistics stay, but the new head does not learn.")
