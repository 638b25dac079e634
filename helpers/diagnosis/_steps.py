"""Findings about the training step: it knows other flags or variables than the model now has."""

import math
from collections.abc import Iterator
from typing import Any

import keras

from helpers.diagnosis import _private
from helpers.diagnosis._evidence import Evidence
from helpers.diagnosis._map import Owned, Place
from helpers.diagnosis.finding import Finding, named


def compile_anew(e: Evidence) -> str:
    """The line that compiles again, with a new optimizer of the same settings."""
    if e.looped:
        return "# then make your step anew, with a new optimizer"
    if not e.compiled:
        return "model.compile(...)  # with a new optimizer"
    optimizer = getattr(e.model.optimizer, "inner_optimizer", e.model.optimizer)
    rate = optimizer.learning_rate
    number = f"{float(keras.ops.convert_to_numpy(rate)):.3g}" if hasattr(rate, "dtype") else "..."
    loss = repr(e.model.loss) if isinstance(e.model.loss, str) else "loss"
    return f"model.compile(keras.optimizers.{type(optimizer).__name__}({number}), {loss})"


def other_optimizer(e: Evidence) -> Iterator[Finding]:
    if e.own.error and e.unknown:
        paths = [w.path for w in e.unknown]
        yield Finding(
            "the optimizer was built for other variables",
            e.model.name,
            f"the step stops: its list and what is learned now differ by {len(paths)} weight"
            f"{'' if len(paths) == 1 else 's'}, {named(paths)}",
            "an optimizer keeps the list of the variables it was first used for; the flags were "
            "others then, or it belonged to another model",
            compile_anew(e) + "  # a new one, not the old object",
            3,
        )


def nothing_learns(e: Evidence) -> Iterator[Finding]:
    frozen, learned = e.held, e.learned
    if frozen and not learned:
        root = e.where.root
        count = sum(1 for w in frozen if w.place.layer.trainable)
        if not e.model.trainable:
            why = (
                "the model's own flag is False, and it vetoes all in it. If it was True when you "
                "compiled: the training step is made in the first fit, and by then it was False"
            )
            repair = "model.trainable = True"
        else:
            why = (
                "every layer in it is frozen, though the model's own flag is True: on TensorFlow, "
                "True on True passes nothing down"
            )
            repair = "model.trainable = False\nmodel.trainable = True  # now it reaches all layers"
        yield Finding(
            "nothing learns",
            root.name,
            f"0 of {len(frozen)} weights made to be learned are learned, such as {frozen[0].path}"
            + (f"; {count} of them are in layers whose own flag is True" if count else ""),
            why,
            f"{repair}\n{compile_anew(e)}",
            3,
        )
    moving = [w for w in learned if id(w.variable) in e.own.moved]
    pulled = [w for w in learned if e.gradients.get(id(w.variable))]
    rates = [_rate(optimizer) for optimizer in e.optimizers]
    if pulled and not moving and rates and not any(rates):
        yield Finding(
            "nothing learns",
            e.where.root.name,
            f"{pulled[0].path} has a gradient (up to {e.gradients[id(pulled[0].variable)]:.1g}), "
            "but moved by 0",
            "the learning rate is 0",
            "model.optimizer.learning_rate = 1e-3",
            2,
        )


def _rate(optimizer: Any) -> float:
    """The learning rate; NaN for a schedule, which may begin at 0 and rise."""
    rate = _private.given_rate(optimizer)
    return float(keras.ops.convert_to_numpy(rate)) if isinstance(rate, keras.Variable) else math.nan


def stale_step(e: Evidence) -> Iterator[Finding]:
    """The training step of an earlier fit and one made now move different weights."""
    if e.anew is None:
        return
    old, new = e.own.moved, e.anew.moved
    late = [w for w in e.held if id(w.variable) in old and id(w.variable) not in new]
    thawed = [w for w in e.learned if id(w.variable) in new and id(w.variable) not in old]
    if late:
        far = f"is frozen, and moved by up to {old[id(late[0].variable)]:.1g}"
        yield _stale(e, late, "frozen", f"{far}; a step made anew leaves it alone")
    if thawed and not e.own.error and not e.skips_steps():
        far = f"a step made anew moves it by {new[id(thawed[0].variable)]:.1g}"
        yield _stale(e, thawed, "thawed", f"is learned, and moved by 0; {far}")


def _stale(e: Evidence, weights: list[Owned], what: str, seen: str) -> Finding:
    return Finding(
        f"{what} after the training step was made",
        _common(weights).name,
        f"{weights[0].path} ({len(weights)} weights in all) {seen}",
        "on TensorFlow the step of an earlier fit keeps the flags of its time, without a word",
        compile_anew(e) + "  # after the flag, with a new optimizer",
        3,
    )


def does_not_stand_still(e: Evidence) -> Iterator[Finding]:
    """Frozen, the training step knows it, and it moves all the same."""
    late = set() if e.anew is None else set(e.own.moved) - set(e.anew.moved)
    moved = [w for w in e.held if id(w.variable) in e.own.moved]
    causes: dict[tuple[str, str, int], list[Owned]] = {}
    for w in moved:
        if id(w.variable) not in late and (cause := _mover(e, w)):
            causes.setdefault(cause, []).append(w)
    for (why, repair, lesson), weights in causes.items():
        first = weights[0]
        yield Finding(
            "a frozen layer does not stand still",
            _common(weights).name,
            f"{first.path} is frozen, and moved by up to {e.own.moved[id(first.variable)]:.1g} "
            f"({len(weights)} weights in all)",
            why,
            repair,
            lesson,
        )
    ids = {id(w.variable) for w in e.held} | e.learned_ids
    for w in e.where.weights:
        state = not w.made and not isinstance(w.place.layer, keras.layers.BatchNormalization)
        if state and not w.place.layer.trainable and id(w.variable) in e.by_itself:
            if not any(id(v.variable) in ids for v in e.where.inside(w.place)):
                continue
            yield Finding(
                "a frozen layer does not stand still",
                w.place.name,
                f"{w.path} moved by up to {e.by_itself[id(w.variable)]:.1g} in a frozen layer",
                "the flag keeps the optimizer away; what a layer updates in its own call goes on",
                f"{w.place.code}(inputs, training=False)  # where it is called",
                7,
            )


def _mover(e: Evidence, w: Owned) -> tuple[str, str, int] | None:
    """(why, repair, lesson): what moved a frozen weight.

    None for what a train_step sets itself, past its optimizer: a teacher follows its student so.
    """
    if id(w.variable) in e.by_itself:
        return (
            "its layer sets it in every training call; the flag stops the optimizer, no layer",
            f"{w.place.code}.trainable = False  # and in its call: if self.trainable:",
            7,
        )
    if e.looped:
        return (
            "your step moves it: a loop over `weights`, or over a list or in a tf.function made "
            "before the flag, does not read the flag. (If it sets it on purpose, as a teacher "
            "that follows its student, all is well.)",
            "weights = model.trainable_weights  # asked in the step, after all flags\n"
            "optimizer.apply(tape.gradient(loss, weights), weights)",
            2,
        )
    if id(w.variable) in e.gradients:
        return (
            "the model's own train_step gives frozen weights to its optimizer: it updates "
            "`weights` or a fixed list where it should ask for `trainable_weights`",
            "gradients = tape.gradient(loss, self.trainable_weights)\n"
            "self.optimizer.apply(gradients, self.trainable_weights)",
            2,
        )
    return None


def _common(weights: list[Owned]) -> Place:
    """The innermost layer that holds all of these weights."""
    chains = [(*w.place.parents, w.place) for w in weights]
    return [place for place in chains[0] if all(place in chain for chain in chains)][-1]
