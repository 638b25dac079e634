"""The task of exercise 8 that automates the first two questions of the chart."""

import keras

from helpers.movement import compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.behaviour import training_data
from helpers.tasks.core import Wrong, task
from helpers.tasks.freezing_clinic.patients import network, trained

HEAD = ["head/kernel", "head/bias"]
LOW, HIGH = (["base/low/kernel", "base/low/bias"], ["base/high/kernel", "base/high/bias"])

Case = tuple[keras.Model, list[str]]  # a compiled model, and the paths that are meant to learn


def compiled(model: keras.Model) -> keras.Model:
    model.compile("sgd", "mse", jit_compile=False)
    return model


def switched(model: keras.Model, **flags: bool) -> keras.Model:
    """The model with these flags set on layers of its base (or on `base` itself)."""
    base = model.get_layer("base")
    for name, flag in flags.items():
        (base if name == "base" else base.get_layer(name)).trainable = flag
    return model


def misspelt() -> Case:
    model = network()
    model.get_layer("base").trainabe = False
    return compiled(model), HEAD


def whole_base_frozen() -> Case:
    return compiled(switched(network(), base=False)), HIGH + HEAD


def mixed_up() -> Case:
    return compiled(switched(network(), norm=False, high=False)), HIGH + HEAD


def frozen_late() -> Case:
    return switched(trained(network()), base=False), HEAD


def thawed_late() -> Case:
    model = trained(switched(network(), norm=False, low=False, high=False))
    return switched(model, low=True, high=True), LOW + HIGH + HEAD


def changed_places() -> Case:
    model = trained(switched(network(), norm=False, low=False))
    return switched(model, low=True, high=False), LOW + HEAD


def measuring() -> Case:
    model = compiled(network())
    return model, [weight.path for weight in model.trainable_weights]


def all_well() -> Case:
    return compiled(switched(network(), base=False)), HEAD[::-1]


CASES = (
    (misspelt, "role", "the flag of base was misspelt"),
    (whole_base_frozen, "role", "high is frozen, too, and should learn"),
    (mixed_up, "role", "high is frozen, where low was meant"),
    (frozen_late, "movement", "base was frozen after a fit"),
    (thawed_late, "movement", "low and high were thawed after a fit"),
    (changed_places, "movement", "low was thawed and high frozen, both after a fit"),
    (measuring, "movement", "nothing is frozen, and norm measures: two statistics move"),
    (all_well, "fine", "base was frozen in time"),
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
def first_no(first_no):
    """first_no(model, meant, x, y) -> 'role', 'movement' or 'fine'; the model stays as it was."""
    for make, right, story in CASES:
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
            raise Wrong(shown + cause(make, given, right))
        if changed := compare(before).moved:
            raise Wrong(
                f"the answer is right, but `first_no` leaves the model changed "
                f"({changed[0]} moved): put the values back."
            )
        if {weight.path for weight in model.trainable_weights} != learned:
            raise Wrong("the answer is right, but `first_no` leaves other flags than it found.")


def cause(make, given: str, right: str) -> str:
    """What probably went wrong."""
    if right == "role" and given == "movement":
        return "The roles come first: they differ from what was meant, whatever then moves."
    if make is misspelt:
        return "More is learned than was meant: compare the roles before the fit."
    if make is whole_base_frozen:
        return "It is not enough that what learns was meant; all that was meant should learn."
    if make is mixed_up:
        return "As many weights learn as were meant, but others: compare paths, not numbers."
    if make is all_well and given == "role":
        return "The learned weights are those that were meant, in another order."
    if right == "movement" and given == "role":
        return "The trainable weights are those that were meant: compare their paths, as sets."
    if make is all_well:
        return "Exactly what was meant moves in a fit. Order: snapshot, fit, compare, then restore."
    if make is frozen_late:
        return (
            "The flags are right, yet a fit moves the base. Do you call fit, on this very model? A "
            "compile, a clone or train_on_batch makes a new training step, and hides it."
        )
    if make is thawed_late:
        return "The flags are right, yet low and high do not move: all that was meant should."
    if make is changed_places:
        return "As many weights move as were meant, but others: compare paths, not numbers."
    return (
        "*Exactly* the learned weights should move: look at all that moved, not only at what was "
        "meant."
    )
