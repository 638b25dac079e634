"""Findings about what reaches the weights: gradients, steps too long, decay, penalties."""

import math
from collections.abc import Callable, Iterator

import keras

from helpers.diagnosis._evidence import OVERRUN, Evidence
from helpers.diagnosis._map import Owned
from helpers.diagnosis._steps import compile_anew
from helpers.diagnosis.finding import Finding, lines, named

LOST = 0.25  # of what the model knew
MORE = 2.0  # times as far as meant
KNOWS = 0.5  # its loss, against that of answers to other rows' questions


def no_gradient(e: Evidence) -> Iterator[Finding]:
    """Learned, and not one gradient: whole layers, and single weights that are not connected.

    A number without a gradient is normal (an unused row of an Embedding, a dead unit among
    others), and so is a bias whose true gradient is 0. A whole layer is not.
    """
    dead = e.without_gradient()
    mine = [w for w in e.learned if id(w.variable) in e.gradients]
    places = {id(w.place.layer): w.place for w in dead}
    alive = {w.place for w in mine if e.gradients[id(w.variable)]}
    whole = [place for place in places.values() if place not in alive]
    single = [w for w in dead if w.place not in whole and e.gradients[id(w.variable)] is None]
    groups: dict[int, list[Owned]] = {}
    for place in whole:
        wall = e.walls.get(id(place.layer))
        key = id(wall.place.layer) if wall else 0
        groups.setdefault(key, []).extend(w for w in dead if w.place is place)
    for weights in groups.values():
        wall = e.walls.get(id(weights[0].place.layer))
        names = list(dict.fromkeys(w.place.name for w in weights))
        if wall:
            where, seen = wall.place.name, wall.text
            why = f"the gradient ends at {where}: {seen}"
        else:
            after = _next_with_gradient(e, weights)
            where = names[-1]
            why = (
                f"the gradient ends between {where} and {after}"
                if after
                else ("nothing that the loss depends on uses it")
            )
        yield Finding(
            "learned, but no gradient arrives",
            where,
            f"{named(w.path for w in weights)}: {_size(e, weights[0])} on {_rows_seen(e)} rows"
            + _pushed(e, weights),
            why,
            _mended(wall.text if wall else "", wall.place.code if wall else weights[-1].place.code),
            8,
        )
    for weight in single:
        yield Finding(
            "learned, but no gradient arrives",
            weight.place.name,
            f"{weight.path}: {_size(e, weight)} on {_rows_seen(e)} rows" + _pushed(e, [weight]),
            "the layer does not use it on the way to the loss",
            f"{weight.code}.trainable = False  # or use it in call()",
            8,
        )


def _rows_seen(e: Evidence) -> int:
    return e.data.rows * e.data.full


def _size(e: Evidence, weight: Owned) -> str:
    size = e.gradients[id(weight.variable)]
    return "gradient None" if size is None else "gradient 0"


def _pushed(e: Evidence, weights: list[Owned]) -> str:
    moved = [w for w in weights if id(w.variable) in e.own.moved]
    if not moved:
        return ""
    far = e.own.moved[id(moved[0].variable)]
    return f"; a penalty or weight decay alone moves it by {far:.1g}"


def _next_with_gradient(e: Evidence, weights: list[Owned]) -> str:
    order = e.where.weights
    later = order[max(order.index(w) for w in weights) + 1 :]
    return next((w.place.name for w in later if e.gradients.get(id(w.variable))), "")


def _mended(seen: str, code: str) -> str:
    if "dead relu" in seen:
        return f'{code}.bias.assign(0 * {code}.bias)  # or activation="leaky_relu"'
    if "softmax" in seen:
        return 'keras.layers.Dense(1, activation="sigmoid")  # and loss "binary_crossentropy"'
    return f"# look at what {code} is given and gives; nothing behind it may cut the gradient"


def overrun(e: Evidence) -> Iterator[Finding]:
    """The loss rises, and would have fallen with steps a hundredth as long."""
    before, after, cautious = e.losses.before, e.losses.after, e.losses.cautious
    if not e.compiled or before is None or after is None or cautious is None:
        return
    blown = not math.isfinite(after) or after > OVERRUN * before
    if not blown or not math.isfinite(before) or cautious > before:
        return
    nothing = e.losses.shuffled
    if nothing is None or not before < KNOWS * nothing:
        return  # nothing is learned yet that could be lost
    share = min((after - before) / (nothing - before), 1) if math.isfinite(after) else 1
    if share < LOST:
        return
    lost = f"; of what it knew about these rows, {share:.0%} is gone"
    moved = [w for w in e.learned if id(w.variable) in e.own.moved]
    if not moved:
        return
    far = max(moved, key=lambda w: e.own.moved[id(w.variable)])
    rate = e.optimizers[0].learning_rate if e.optimizers else None
    yield Finding(
        "steps so long that what was learned is overrun",
        e.model.name,
        f"loss {before:.3g} before, {after:.3g} after {e.data.steps} steps ({cautious:.3g} with "
        f"steps a hundredth as long); {far.path} moved by {e.own.moved[id(far.variable)]:.1g}"
        + lost,
        "the learning rate is too high for weights that are good already"
        + (f": {_float(rate):.1g}" if rate is not None else "")
        + '; compile("adam") begins at 0.001 again, whatever it was before',
        _gentle(e, 0.01),
        6,
    )


def farther_than(meant: float) -> Callable[[Evidence], Iterator[Finding]]:
    """The check whether a step moves learned numbers as far as its author meant."""

    def check(e: Evidence) -> Iterator[Finding]:
        moved = [w for w in e.learned if id(w.variable) in e.own.moved]
        if not moved or not (e.compiled or e.looped):
            return  # the rate of the trial is nobody's
        far = max(moved, key=lambda w: e.own.moved[id(w.variable)])
        each = e.own.moved[id(far.variable)] / e.own.count
        if each > MORE * meant:
            rate = f" {_float(e.optimizers[0].learning_rate):.1g}" if e.optimizers else ""
            yield Finding(
                "moved farther than you meant",
                far.place.name,
                f"{far.path} moved by {each:.1g} a step, and you meant {meant:.1g}",
                f"the learning rate{rate} is too high for that; compile with an optimizer's name "
                'alone, such as "adam", begins at its default again, whatever it was before',
                _gentle(e, meant / each),
                3,
            )

    return check


def _float(value: object) -> float:
    return float(keras.ops.convert_to_numpy(value))


def _gentle(e: Evidence, share: float) -> str:
    """The line that compiles with so much of the rate."""
    if not e.optimizers:
        return "# a lower learning rate in your train_step"
    optimizer = getattr(e.optimizers[0], "inner_optimizer", e.optimizers[0])
    rate = _float(optimizer.learning_rate) * share
    loss = repr(e.model.loss) if isinstance(e.model.loss, str) else "loss"
    return f"model.compile(keras.optimizers.{type(optimizer).__name__}({rate:.1g}), {loss})"


def decay_alone(e: Evidence) -> Iterator[Finding]:
    decays = [getattr(o, "inner_optimizer", o) for o in e.optimizers]
    decays = [o for o in decays if o.weight_decay]
    pulled = {w.place for w in e.learned if e.gradients.get(id(w.variable))}
    whole = [
        w
        for w in e.without_gradient()
        if e.gradients[id(w.variable)] is not None
        and id(w.variable) in e.own.moved
        and w.place not in pulled  # an idle bias among others is normal
    ]
    if decays and whole:
        first = whole[0]
        yield Finding(
            "weight decay on what gets no gradient",
            named(w.place.name for w in whole),
            f"{named(w.path for w in whole)}: gradient 0, and {first.path} moved by "
            f"{e.own.moved[id(first.variable)]:.1g}",
            f"{type(decays[0]).__name__} takes {decays[0].weight_decay:g} of the rate off every "
            "learned weight at each step; without a gradient it goes to 0",
            lines([f"{w.place.code}.trainable = False" for w in whole]) + f"\n{compile_anew(e)}",
            2,
        )


def idle_penalty(e: Evidence) -> Iterator[Finding]:
    idle = [w for w in e.held if getattr(w.variable, "regularizer", None) is not None]
    if idle:
        first = idle[0]
        cost = _float(first.variable.regularizer(first.variable))
        yield Finding(
            "a penalty on frozen weights",
            named(w.place.name for w in idle),
            f"{first.path} is frozen and has a penalty of {cost:.3g}, which the loss no longer "
            f"counts ({len(idle)} weights in all)",
            "Keras asks only learned weights for their penalty: freezing changes the loss that "
            "evaluate gives, with no weight changed; compare losses of one phase only",
            "# nothing to repair if you know; to take it off:\n"
            + lines([f"{w.code}.regularizer = None" for w in idle], 2),
            2,
        )
