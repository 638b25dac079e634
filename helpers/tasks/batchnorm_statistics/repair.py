"""Tasks of exercise 5 that ask for code which trains, measures or freezes."""

import keras
import numpy as np
from keras import layers

from helpers.batchnorm import batchnorm_layers, current_statistics, remeasure
from helpers.ledger import Role
from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import built_model, call, described
from helpers.tasks.batchnorm_statistics.bases import pretrained_base, targets
from helpers.tasks.behaviour import run_in_order
from helpers.tasks.core import Wrong, described_error, task

OWN_MOMENTUM = 0.95  # of the layers whose statistics are measured anew; not Keras's default


def reader() -> keras.Model:
    """Two BatchNormalization layers, one of them in an inner block, with a momentum of its own."""

    def norm(name):
        return layers.BatchNormalization(momentum=OWN_MOMENTUM, name=name)

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
    if not callable(measure):
        raise Wrong(f"`measure` should be a function; yours is {described(measure)}.")
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
        if layer.momentum != OWN_MOMENTUM:
            raise Wrong(
                f"the statistics are right, but {layer.name} is left with momentum "
                f"{layer.momentum:g} instead of {OWN_MOMENTUM:g}: in a later training it would "
                "forget differently. Put it back."
            )
        if not layer.trainable:
            raise Wrong(f"the statistics are right, but {layer.name} is left frozen.")


def statistics_of(layer) -> np.ndarray:
    return np.stack(current_statistics(layer))


def refuse_far_from(goal: np.ndarray, old: np.ndarray, layer) -> None:
    """Raise Wrong unless the layer's statistics are within 5 % of the way to the goal."""
    way = goal - old
    gone = float(np.sum((statistics_of(layer) - old) * way) / np.sum(way**2))
    rest = float(np.linalg.norm(goal - statistics_of(layer)) / np.linalg.norm(way))
    if rest <= 0.05:
        return
    if abs(gone) < 1e-6:
        raise Wrong(f"the statistics of {layer.name} did not move: is that layer left out?")
    if abs(gone - (1 - OWN_MOMENTUM)) < 0.01:
        raise Wrong(
            f"{layer.name} went {gone:.0%} of the way, one step with its own momentum "
            f"{OWN_MOMENTUM:g}: take many steps, or set the momentum of *every* layer to 0."
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
    shape = tuple(model(x).shape)
    if shape != (32, 2):
        raise Wrong(f"the model gives {shape[1:]} for an example; a Dense(2) head was asked for.")
    before = snapshot(model)
    try:
        model.fit(x, y, batch_size=8, verbose=0)
    except Exception as error:
        raise Wrong(f"your model does not train: fit stopped with {described_error(error)}.") from None
    refuse_drift(compare(before), model, base)


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


LINES = {
    "A": "base.trainable = True",
    "B": "for norm in norms: norm.trainable = False",
    "C": 'model.compile(keras.optimizers.SGD(0.01), "mse")',
    "D": "model.fit(x, y, verbose=0)",
    "E": "for norm in norms: norm.gamma.trainable = norm.beta.trainable = False",
    "F": "base.trainable = False",
}


@task(
    "Put the lines in order",
    why="Unfreeze (A), freeze each BatchNormalization (B), compile (C), fit (D).",
    hints=(
        "Four of the six lines are needed. Which two look alike to two others, but do less or the "
        "opposite?",
        "A after B would undo it; C tells the optimizer what there is to train.",
        "Unfreeze, freeze each BatchNormalization, compile, fit.",
    ),
)
def in_order(order):
    """Fine-tuning after a first phase with a frozen base; right is ABCD."""
    run_in_order("order", order, dict.fromkeys(LINES, "pass"), {})  # are these letters at all?
    base = pretrained_base()
    model = keras.Sequential([keras.Input((6,)), base, layers.Dense(2, name="head")], name="tuned")
    x, y = targets()
    model.compile(keras.optimizers.SGD(0.01), "mse")
    model.fit(x, y, verbose=0)  # the first phase: only the head learns
    before = snapshot(model)
    names = {"base": base, "model": model, "x": x, "y": y, "keras": keras}
    names["norms"] = batchnorm_layers(base)
    run_in_order("order", order, LINES, names)
    movement = compare(before)
    letters = [letter for letter in "".join(order).upper() if letter in LINES]
    shown = f"in the order {' '.join(letters) or '(nothing)'} "
    drifted = [change.path for change in movement.changes if change.role == Role.STATISTIC]
    drifted = [path for path in drifted if path in movement.moved]

    def late(first, second):  # True if both are there, and first comes after second
        return {first, second} <= set(letters) and letters.index(first) > letters.index(second)

    if "D" not in letters:
        raise Wrong(shown + "nothing is trained: line D is missing.")
    if drifted:
        reasons = {
            "E is no substitute for B: with gamma and beta frozen the layer still measures.": (
                "E" in letters and "B" not in letters
            ),
            "nothing freezes the BatchNormalization layers: B is missing.": "B" not in letters,
            "B comes after the fit, too late.": late("B", "D"),
            "A comes after B and switches every layer on again.": late("A", "B"),
        }
        reason = next((text for text, holds in reasons.items() if holds), "")
        raise Wrong(f"{shown}statistics moved: {reason}", diagnosed=bool(reason))
    if not any("first/kernel" in path for path in movement.moved):
        reasons = {
            "A is missing.": "A" not in letters,
            "C is missing, and the first phase's training step goes on.": "C" not in letters,
            "C comes after the fit, too late.": late("C", "D"),
            "A comes after the fit, too late.": late("A", "D"),
            "F freezes it again.": "F" in letters,
        }
        reason = next((text for text, holds in reasons.items() if holds), "")
        raise Wrong(f"{shown}the base does not learn: {reason}", diagnosed=bool(reason))
