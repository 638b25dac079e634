"""Exercise 6, task 5: fine-tune a base that is one layer of a model from a layer on."""

import keras

from helpers.tasks.answers import expect_function, joined
from helpers.tasks.core import Wrong, task
from helpers.tasks.pretrained_networks._movement_by_layer import (
    MovementByLayer,
    layers_with_weights,
    moved_by_one_update,
    prepared,
    refuse_halves,
)
from helpers.tasks.pretrained_networks._small_base import (
    freeze_one_by_one,
    on_top,
    pictures,
    small_base,
)


@task(
    "Fine-tune from a layer on",
    why="Every flag inside the base is set, True or False, so that nothing depends on how the base "
    "arrived.",
    hints=(
        "The base is *one* layer of the model. Where are its own layers?",
        "`names = [layer.name for layer in base.layers]` and `names.index(name)` give the "
        "position, with or without an InputLayer.",
        "First `base.trainable = False`, then `base.trainable = True`; then for each layer in "
        "`base.layers[:position]`: `layer.trainable = False`. Return the model.",
    ),
)
def from_layer(fine_tune_from: object) -> None:
    """fine_tune_from(model, name): in "base", the layers before `name` still, all else learns."""
    expect_function("fine_tune_from", fine_tune_from)
    for sequential, name in ((False, "norm2"), (True, "conv3"), (True, "pool")):
        base = small_base(sequential)
        model = on_top(base)
        if sequential:
            base.trainable = False
            arrival = "frozen as a whole"
        else:
            freeze_one_by_one(base)
            arrival = "frozen layer by layer"
        returned = prepared("fine_tune_from", fine_tune_from, model, name)
        moved = moved_by_one_update(returned, *pictures())
        position = [layer.name for layer in base.layers].index(name)
        wanted = [layer.name for layer in base.layers[:position] if layer.weights]
        if list(moved.still) != wanted or moved.halves:
            kind = "Sequential" if sequential else "functional"
            shown = f"with a {kind} base that arrives {arrival}, and {name!r}: "
            _refuse_cut(shown, moved, base, wanted, name, returned)


def _refuse_cut(
    shown: str,
    moved: MovementByLayer,
    base: keras.Model,
    before: list[str],
    name: str,
    model: keras.Model,
) -> None:
    """Raise Wrong with the probable reason."""
    still = [layer for layer in moved.still if layer not in moved.moved]
    names = layers_with_weights(base)
    if not model.trainable:
        raise Wrong(
            f"{shown}the flag of the whole model is False, and vetoes all inside: "
            "nothing is trained."
        )
    refuse_halves(moved, shown)
    if not moved.moved:
        raise Wrong(
            f"{shown}nothing moved, the head included: a loop over `model.layers` takes "
            "base and head; the base's own layers are in `base.layers`."
        )
    if "head" in still:
        raise Wrong(
            f"{shown}the head stood still; it should learn, too."
            + (" The base learned instead." if still == ["head"] else "")
        )
    if still == names and not base.trainable:
        raise Wrong(
            f"{shown}the whole base stood still. The base is one layer of the model: a loop over "
            "`model.layers` or `base.trainable = False` takes all of it."
        )
    if still == names:
        raise Wrong(
            f"{shown}the whole base stood still. Its own flag is True, so `base.trainable = True` "
            "changes nothing: layers frozen one by one stay frozen. Set it to False first, or set "
            "every layer's flag."
        )
    if not still:
        raise Wrong(
            f"{shown}everything learned: no layer before {name} stood still. Does a later line "
            "switch them on again, or is the cut counted in `model.layers`?"
        )
    if still == [*before, name]:
        raise Wrong(
            f"{shown}{name} itself stood still: off by one, since a slice [:n] ends before n."
        )
    if still == before[:-1]:
        raise Wrong(
            f"{shown}{before[-1]} learned: off by one. A functional model lists its InputLayer as "
            "layers[0], a Sequential one does not."
        )
    if still == names[len(before) :]:
        raise Wrong(
            f"{shown}{joined(still)} stood still and what comes before learned: it is the "
            "other way round."
        )
    if set(before) < set(still):
        extra = [layer for layer in still if layer not in before]
        raise Wrong(
            f"{shown}{joined(extra)} stood still, too: from {name} on, every layer learns, "
            "whatever its flag was before."
        )
    if set(still) < set(before):
        loose = [layer for layer in before if layer not in still]
        raise Wrong(f"{shown}{joined(loose)} learned, though before {name}.")
    raise Wrong(f"{shown}{joined(still)} stood still; {joined(before)} should.", diagnosed=False)
