"""Tasks of exercise 3 that ask for a function of your own."""

import keras
from keras import layers

from helpers.tasks.answers import expect_function
from helpers.tasks.behaviour import movement_of_fit
from helpers.tasks.core import Wrong, task
from helpers.tasks.when_freezing_takes_effect.repair import prepared_model


def functional_model() -> keras.Model:
    """Functional, with an InputLayer and an activation layer between the three Dense layers."""
    inputs = keras.Input((4,), name="inputs")
    x = layers.Dense(3, name="a")(inputs)
    x = layers.Activation("linear", name="plain")(x)
    x = layers.Dense(3, name="b")(x)
    return keras.Model(inputs, layers.Dense(2, name="c")(x), name="functional")


def begun_model() -> keras.Model:
    """The functional model with its first layer frozen already."""
    model = functional_model()
    model.get_layer("a").trainable = False
    return model


def nested_model() -> keras.Model:
    """Sequential: a model of two Dense layers (the second without a bias), then a Dense layer."""
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="p"), layers.Dense(3, use_bias=False, name="q")],
        name="inner",
    )
    return keras.Sequential([keras.Input((4,)), inner, layers.Dense(2, name="r")], name="nested")


def after_a_fit(model: keras.Model) -> keras.Model:
    """The model as somebody leaves it who has trained it: its training step exists."""
    model.compile("sgd", "mse", jit_compile=False)
    movement_of_fit(model)
    return model


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
def first_layers(freeze_first):
    """freeze_first(model, n) -> the model, compiled; the next fit moves only the later layers."""
    expect_function("freeze_first", freeze_first)
    cases = [
        (after_a_fit(functional_model()), 2, ["a", "b"]),
        (nested_model(), 1, ["p", "q"]),
        (begun_model(), 1, ["a"]),
        (functional_model(), 3, ["a", "b", "c"]),
    ]
    for model, n, wanted in cases:
        returned = prepared_model("freeze_first", freeze_first, model, n)
        movement = movement_of_fit(returned)
        still = layers_of(movement.still)
        shown = f"`freeze_first` of the model {model.name!r} with n = {n}: {held(still)}. "
        if still != wanted:
            raise Wrong(*cause_in_freeze_first(model, n, still, wanted, shown))
        halves = [path for path in movement.moved if layer_of(path) in wanted]
        if halves:
            raise Wrong(
                f"`freeze_first` of the model {model.name!r} with n = {n}: "
                f"{' and '.join(halves)} moved. Freeze whole layers."
            )


def layers_of(paths: list[str]) -> list[str]:
    """The layers of these weights, each named once, in order."""
    return list(dict.fromkeys(map(layer_of, paths)))


def layer_of(path: str) -> str:
    return path.split("/")[-2]


def held(still: list[str]) -> str:
    return f"{', '.join(still)} stood still" if still else "every layer moved"


def cause_in_freeze_first(model, n, still, wanted, shown) -> tuple[str, bool]:
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


@task(
    "Write: all biases, and nothing else",
    why="A single weight has a flag, too. It is set on the weight, in nested models as well, and "
    "not on the layer, which would take the kernel along.",
    hints=(
        "`layer.trainable` speaks for kernel and bias together. What else has a flag?",
        "`model.weights` lists all weights, those of nested models included; each has a `name`.",
        "For each weight in `model.weights` whose name is 'bias': `weight.trainable = False`; then "
        "compile and return.",
    ),
)
def biases(freeze_biases):
    """freeze_biases(model) -> the model, compiled; the next fit moves every kernel and no bias."""
    for model in (functional_model(), nested_model()):
        returned = prepared_model("freeze_biases", freeze_biases, model)
        movement = movement_of_fit(returned)
        still = {kind(path) for path in movement.still}
        moved = {kind(path) for path in movement.moved}
        shown = f"of the model {model.name!r}, {movement.verdict()}. "
        if (still, moved) == ({"bias"}, {"kernel"}):
            continue
        if not movement.still:
            raise Wrong(
                shown + "No bias was frozen: set the flag on the bias itself, with `=`, "
                "and do not switch the layer off and on afterwards."
            )
        if not movement.moved:
            raise Wrong(shown + "The kernels did not move either: a layer's flag takes them along.")
        if (still, moved) == ({"kernel"}, {"bias"}):
            raise Wrong(shown + "It is the other way round: the biases should stay.")
        if still == {"bias"}:
            loose = [path for path in movement.moved if kind(path) == "bias"]
            raise Wrong(
                shown + f"These biases moved, too: {', '.join(loose)}. Every layer counts, "
                "also one inside a nested model."
            )
        tied = [path for path in movement.still if kind(path) == "kernel"]
        raise Wrong(
            shown + f"These kernels stood still, too: {', '.join(tied)}. Set the flag on "
            "each bias, not on its layer, and do not go by position."
        )


def kind(path: str) -> str:
    return path.rpartition("/")[2]
