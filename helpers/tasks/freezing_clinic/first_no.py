"""Exercise 8, task 4: an instrument that asks the chart's first two questions."""

from collections.abc import Callable

import keras

from helpers.movement import compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.core import Wrong, task
from helpers.tasks.freezing_clinic._clinic_models import network, trained
from helpers.tasks.training import training_data

_HEAD = ["head/kernel", "head/bias"]
_LOW = ["base/low/kernel", "base/low/bias"]
_HIGH = ["base/high/kernel", "base/high/bias"]
_Case = tuple[keras.Model, list[str]]  # a compiled model, and the paths that are meant to learn


def _compiled_anew(model: keras.Model) -> keras.Model:
    model.compile("sgd", "mse", jit_compile=False)
    return model


def _with_flags(model: keras.Model, **flags: bool) -> keras.Model:
    """The model with these flags set on layers of its base (or on `base` itself)."""
    base = model.get_layer("base")
    for name, flag in flags.items():
        (base if name == "base" else base.get_layer(name)).trainable = flag
    return model


def _misspelt() -> _Case:
    model = network()
    model.get_layer("base").trainabe = False
    return _compiled_anew(model), _HEAD


def _whole_base_frozen() -> _Case:
    return _compiled_anew(_with_flags(network(), base=False)), _HIGH + _HEAD


def _mixed_up() -> _Case:
    return _compiled_anew(_with_flags(network(), norm=False, high=False)), _HIGH + _HEAD


def _frozen_late() -> _Case:
    return _with_flags(trained(network()), base=False), _HEAD


def _thawed_late() -> _Case:
    model = trained(_with_flags(network(), norm=False, low=False, high=False))
    return _with_flags(model, low=True, high=True), _LOW + _HIGH + _HEAD


def _changed_places() -> _Case:
    model = trained(_with_flags(network(), norm=False, low=False))
    return _with_flags(model, low=True, high=False), _LOW + _HEAD


def _measuring() -> _Case:
    model = _compiled_anew(network())
    return model, [weight.path for weight in model.trainable_weights]


def _all_well() -> _Case:
    return _compiled_anew(_with_flags(network(), base=False)), _HEAD[::-1]


_CASES = (
    (_misspelt, "role", "the flag of base was misspelt"),
    (_whole_base_frozen, "role", "high is frozen, too, and should learn"),
    (_mixed_up, "role", "high is frozen, where low was meant"),
    (_frozen_late, "movement", "base was frozen after a fit"),
    (_thawed_late, "movement", "low and high were thawed after a fit"),
    (_changed_places, "movement", "low was thawed and high frozen, both after a fit"),
    (_measuring, "movement", "nothing is frozen, and norm measures: two statistics move"),
    (_all_well, "fine", "base was frozen in time"),
)


@task(
    "Write: the first no",
    why="First the roles, then the movement of one fit; and the model is left as it was, since an "
    "instrument must not change what it measures.",
    hints=(
        "Two comparisons of sets: the paths of `model.trainable_weights` with `meant`; then the "
        "paths that a fit moved with `meant`.",
        "Return 'role' before any training if the first differs. Else snapshot, fit, compare, "
        "`before.restore()`.",
        "`return 'fine' if set(moved) == set(meant) else 'movement'`, where `moved = "
        "compare(before).moved`, read before the values are put back.",
    ),
)
def first_no(first_no: object) -> None:
    """first_no(model, meant, x, y) -> 'role', 'movement' or 'fine'; the model stays as it was."""
    for make, right, story in _CASES:
        model, meant = make()
        learned = {weight.path for weight in model.trainable_weights}
        before = snapshot(model)
        data = training_data(model, examples=36)
        given = call("first_no", first_no, model, list(meant), *data)
        if not isinstance(given, str) or given.strip().lower() not in ("role", "movement", "fine"):
            raise Wrong(
                f"`first_no` should return 'role', 'movement' or 'fine'; it returned "
                f"{described(given)}."
            )
        given = given.strip().lower()
        if given != right:
            shown = f"in the case that {story}, `first_no` says {given!r}. "
            raise Wrong(shown + _probable_cause(make, given, right))
        if changed := compare(before).moved:
            raise Wrong(
                f"the answer is right, but `first_no` leaves the model changed "
                f"({changed[0]} moved): put the values back."
            )
        if {weight.path for weight in model.trainable_weights} != learned:
            raise Wrong("the answer is right, but `first_no` leaves other flags than it found.")


def _probable_cause(make: Callable[[], _Case], given: str, right: str) -> str:
    """What probably went wrong."""
    if right == "role" and given == "movement":
        return "The roles come first: they differ from what was meant, whatever then moves."
    if make is _misspelt:
        return "More is learned than was meant: compare the roles before the fit."
    if make is _whole_base_frozen:
        return "It is not enough that what learns was meant; all that was meant should learn."
    if make is _mixed_up:
        return "As many weights learn as were meant, but others: compare paths, not numbers."
    if make is _all_well and given == "role":
        return "The learned weights are those that were meant, in another order."
    if right == "movement" and given == "role":
        return "The trainable weights are those that were meant: compare their paths, as sets."
    if make is _all_well:
        return "Exactly what was meant moves in a fit. Order: snapshot, fit, compare, then restore."
    if make is _frozen_late:
        return (
            "The flags are right, yet a fit moves the base. Do you call fit, on this very model? A "
            "compile, a clone or train_on_batch makes a new training step, and hides it."
        )
    if make is _thawed_late:
        return "The flags are right, yet low and high do not move: all that was meant should."
    if make is _changed_places:
        return "As many weights move as were meant, but others: compare paths, not numbers."
    return (
        "*Exactly* the learned weights should move: look at all that moved, not only at what was "
        "meant."
    )
