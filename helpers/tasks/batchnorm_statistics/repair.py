"""Tasks of exercise 5 that ask for code which trains, measures or freezes."""

import keras
import numpy as np
from keras import layers

from helpers.batchnorm import batchnorm_layers, current_statistics, remeasure
from helpers.ledger import Role
from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import built_model, call, expect_function
from helpers.tasks.batchnorm_statistics.bases import pretrained_base, targets
from helpers.tasks.core import Wrong, described_error, task

# Of the layers whose statistics are measured anew; not Keras's default.
OWN_MOMENTA = {"norm1": 0.95, "norm2": 0.9}


def reader() -> keras.Model:
    """Two BatchNormalization layers, one in an inner block, each with a momentum of its own."""

    def norm(name):
        return layers.BatchNormalization(momentum=OWN_MOMENTA[name], name=name)

    def dense(units, name):
        return layers.Dense(units, name=name)

    inner = keras.Sequential([keras.Input((4,)), dense(5, "deep"), norm("norm2")], name="inner")
    outer = [dense(4, "first"), norm("norm1"), inner, dense(2, "head")]
    model = keras.Sequential([keras.Input((3,)), *outer], name="reader")
    rng = np.random.default_rng(8)
    model.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in model.weights])
    model.compile(keras.optimizers.SGD(0.05), "mse")
    return model


@task(
    "Measure anew",
    why="With momentum 0 the new batch counts fully; one call in training mode sets the statistics "
    "and touches no learned weight.",
    hints=(
        "In which mode does a BatchNormalization layer write its statistics down?",
        "What does the rule give for momentum = 0? Which layers need it, at any depth?",
        "For every layer of `batchnorm_layers(model)`, remember its momentum and set it to 0; call "
        "`model(images, training=True)`; put the momenta back.",
    ),
)
def measured_anew(measure):
    """measure(model, images): the statistics become those of images, all else stays."""
    expect_function("measure", measure)
    model = reader()
    images = np.random.default_rng(9).normal(5, 2, (64, 3)).astype("float32")
    start = snapshot(model)
    remeasure(model, images)
    targets = [statistics_of(layer) for layer in batchnorm_layers(model)]
    start.restore()
    begun = [statistics_of(layer) for layer in batchnorm_layers(model)]
    try:
        measure(model, images)
    except Exception as error:
        raise Wrong(f"`measure` stopped with {described_error(error)}.") from None
    movement = compare(start)
    learned = [c.path for c in movement.changes if c.moved and c.role != Role.STATISTIC]
    if learned:
        raise Wrong(
            f"`measure` moved learned weights, too, such as {learned[0]}: call the model in "
            "training mode instead of training it."
        )
    if not movement.moved:
        raise Wrong(
            "`measure` moved nothing: predict, evaluate and a call without training=True only "
            "*use* the statistics, and momentum 1 keeps the old ones."
        )
    for layer, old, goal in zip(batchnorm_layers(model), begun, targets, strict=True):
        refuse_far_from(goal, old, layer)
    for layer in batchnorm_layers(model):
        momentum = OWN_MOMENTA[layer.name]
        if layer.momentum != momentum:
            raise Wrong(
                f"the statistics are right, but {layer.name} is left with momentum "
                f"{layer.momentum:g} instead of {momentum:g}: in a later training it would "
                "forget differently. Put it back."
            )
        if not layer.trainable:
            raise Wrong(f"the statistics are right, but {layer.name} is left frozen.")
    frozen = [change.path for change in compare(start).changes if change.role == Role.FROZEN]
    if frozen:
        raise Wrong(f"the statistics are right, but {frozen[0]} is left frozen.")


def statistics_of(layer) -> np.ndarray:
    return np.stack(current_statistics(layer))


def refuse_far_from(goal: np.ndarray, old: np.ndarray, layer) -> None:
    """Raise Wrong unless mean and variance are each within 5 % of their way to the goal."""
    way = goal - old
    gone = float(np.sum((statistics_of(layer) - old) * way) / np.sum(way**2))
    left = np.linalg.norm(goal - statistics_of(layer), axis=1) / np.linalg.norm(way, axis=1)
    rest = float(left.max())
    if rest <= 0.05:
        return
    if abs(gone) < 1e-6:
        raise Wrong(f"the statistics of {layer.name} did not move: is that layer left out?")
    momentum = OWN_MOMENTA[layer.name]
    if abs(gone - (1 - momentum)) < 0.01:
        raise Wrong(
            f"{layer.name} went {gone:.0%} of the way, one step with its own momentum "
            f"{momentum:g}: take many steps, or set the momentum of *every* layer to 0."
        )
    if rest > 1:
        raise Wrong(
            f"{layer.name} is farther off than before: what reaches it depends on the layers "
            "before it, so measure when their statistics are right."
        )
    raise Wrong(
        f"{layer.name} is not there yet: {rest:.0%} of the way to what the images say is left."
    )


@task(
    "Bug hunt: statistics that should stay",
    why="Unfreeze, then freeze each BatchNormalization at any depth, then compile: the kernels "
    "learn and no statistic moves.",
    hints=(
        "Look at the movement above: which arrays should have stayed, and why did they not?",
        "The base arrives frozen. Unfreeze it, then freeze each BatchNormalization - also in inner.",
        "base.trainable = True; freeze_batchnorm(base); and `model.compile(...)` as the last step.",
    ),
)
def statistics_kept(prepare):
    """prepare(base) -> compiled model; a fit moves base's kernels and head, no statistic."""
    base = pretrained_base()
    given = [statistics_of(norm) for norm in batchnorm_layers(base)]
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
    refuse_drift(compare(before), model, base)
    for norm, kept in zip(batchnorm_layers(base), given, strict=True):
        if not np.array_equal(statistics_of(norm), kept):
            raise Wrong(
                f"`prepare` itself changed the statistics of {norm.name}: does it fit before it "
                "freezes, or set them?"
            )


def refuse_drift(movement: Movement, model, base) -> None:
    """Raise Wrong with the probable reason unless kernels moved and statistics did not."""
    moved = {
        id(weight)
        for weight, change in zip(model.variables, movement.changes, strict=True)
        if change.moved
    }

    def has_moved(*weights):
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
