"""Exercise 3: a function that freezes the first layers that have weights."""

import keras

from helpers.tasks.answers import expect_function
from helpers.tasks.core import Wrong, task
from helpers.tasks.training import movement_of_fit, prepared_model
from helpers.tasks.when_freezing_takes_effect._models import functional_model, nested_model


@task(
    "Write: the first layers that have weights",
    why="Layers without weights are skipped, a model inside a model is one layer, and the compile "
    "comes after the flags.",
    hints=(
        "Print `[layer.name for layer in model.layers]`: which of them have something to freeze?",
        "`[layer for layer in model.layers if layer.weights]` leaves out inputs and activations.",
        "Take the first n of that list, set each flag to False, compile, return the model.",
    ),
)
def first_layers(freeze_first: object) -> None:
    """freeze_first(model, n) -> the model, compiled; the next fit moves only the later layers."""
    expect_function("freeze_first", freeze_first)
    cases = [
        (_after_a_fit(functional_model()), 2, ["a", "b"]),
        (nested_model(), 1, ["p", "q"]),
        (_begun_model(), 1, ["a"]),
        (functional_model(), 3, ["a", "b", "c"]),
    ]
    for model, n, wanted in cases:
        returned = prepared_model("freeze_first", freeze_first, model, n)
        movement = movement_of_fit(returned)
        still = _layers_of(movement.still)
        shown = f"`freeze_first` of the model {model.name!r} with n = {n}: {_held(still)}. "
        if still != wanted:
            raise Wrong(*_cause_in_freeze_first(model, n, still, wanted, shown))
        halves = [path for path in movement.moved if _layer_of(path) in wanted]
        if halves:
            raise Wrong(
                f"`freeze_first` of the model {model.name!r} with n = {n}: "
                f"{' and '.join(halves)} moved. Freeze whole layers."
            )


def _begun_model() -> keras.Model:
    """The functional model with its first layer frozen already."""
    model = functional_model()
    model.get_layer("a").trainable = False
    return model


def _after_a_fit(model: keras.Model) -> keras.Model:
    """The model as somebody leaves it who has trained it: its training step exists."""
    model.compile("sgd", "mse", jit_compile=False)
    movement_of_fit(model)
    return model


def _layers_of(paths: list[str]) -> list[str]:
    """The layers of these weights, each named once, in order."""
    return list(dict.fromkeys(map(_layer_of, paths)))


def _layer_of(path: str) -> str:
    return path.split("/")[-2]


def _held(still: list[str]) -> str:
    return f"{', '.join(still)} stood still" if still else "every layer moved"


def _cause_in_freeze_first(
    model: keras.Model, n: int, still: list[str], wanted: list[str], shown: str
) -> tuple[str, bool]:
    """What probably went wrong, and whether that is known."""
    own = [layer.name for layer in model.layers if layer.weights]
    frozen = [layer.name for layer in model.layers if layer.weights and not layer.trainable_weights]
    everything = ["a", "b", "c"] if model.name == "functional" else ["p", "q", "r"]
    if wanted == ["a"] and still == ["a", "b"]:
        return (
            shown + "a was frozen already, and is the first layer all the same: count layers that "
            "*have* weights.",
            True,
        )
    if wanted == everything:
        return shown + "All three were asked for: does the last layer come by?", True
    if still == everything and not model.trainable and frozen != own:
        return shown + "The model's own flag is False, and vetoes its layers.", True
    if still == everything:
        return shown + f"Everything is frozen; only the first {n} should be.", True
    if not still and frozen == own[:n]:
        return (
            shown + "The flags are right, but the model had been trained before: the old "
            "training step is still in use.",
            True,
        )
    weightless = any(not layer.weights and not layer.trainable for layer in model.layers)
    if not still and weightless:
        return shown + "What you froze has no weights: count only layers that have some.", True
    if not still and not frozen:
        return shown + "Nothing was frozen: check the spelling of `trainable`, and `=`.", True
    if still == ["b"]:
        return shown + "That is the second layer alone; the first two were asked for.", True
    if still == ["a"] and not weightless:
        return (
            shown + "That is one layer too few: does the count include layers without weights, "
            "or does a `return` or `break` come too early?",
            True,
        )
    if still == ["a"]:
        return (
            shown + "`layers[0]` of a functional model is its InputLayer, and an activation "
            "has no weights either: count only layers that have some.",
            True,
        )
    if still == ["p"]:
        return shown + "A model inside a model counts as one layer here: freeze all of it.", True
    if still == ["r"]:
        return shown + "The model inside this model has weights, too: it is the first layer.", True
    if still == everything[-len(still) :]:
        return shown + "Those are the last layers; the first were asked for.", True
    return shown + f"{' and '.join(wanted)} should stand still, and no other.", False
