"""Exercise 1: the repair of a function that counts what is trainable."""

from collections.abc import Callable, Iterable, Iterator
from random import sample

import keras
import numpy as np

from helpers.tasks.answers import call, expect_function, whole_number
from helpers.tasks.core import Wrong, task
from helpers.tasks.counting_weights._models import models_to_count
from helpers.tasks.mistakes import expect_in_every_case, wrong_ways

Count = Callable[[keras.Model], int | None]


def _count_of(weights: Iterable[keras.Variable]) -> int:
    return sum(int(np.prod(tuple(weight.shape))) for weight in weights)


def _count_of_statistics(model: keras.layers.Layer) -> int:
    norms = filter(_is_norm, model._flatten_layers())
    return _count_of(w for norm in norms for w in (norm.moving_mean, norm.moving_variance))


def _is_norm(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.layers.BatchNormalization)


def _innermost(model: keras.Model) -> Iterator[keras.layers.Layer]:
    """The layers that are no models, each as often as it is found."""
    for layer in model.layers:
        yield from _innermost(layer) if isinstance(layer, keras.Model) else [layer]


def _slots(model: keras.Model) -> int:
    optimizer = getattr(model, "optimizer", None)  # a model never compiled has no such attribute
    return _count_of(optimizer.variables) if optimizer else 0


_COME_BOTH = "A model and the layers in it come both, so that weights are counted several times."
_WAYS_TO_COUNT: dict[str, Count] = {
    "": lambda m: _count_of(m.trainable_weights),
    "You counted arrays; count the numbers in each of them.": lambda m: len(m.trainable_weights),
    "You counted all arrays, trained or not; count the numbers in the trained ones.": (
        lambda m: len(m.weights)
    ),
    "Those are all numbers, frozen ones and statistics included.": lambda m: m.count_params(),
    "That is the non-trainable part.": lambda m: _count_of(m.non_trainable_weights),
    "Statistics are left out, but frozen numbers are not trained either.": (
        lambda m: m.count_params() - _count_of_statistics(m)
    ),
    "Every weight's own flag is not enough: a frozen model overrules what was thawed inside it.": (
        lambda m: _count_of(w for w in m.weights if w.trainable)
    ),
    "Ask the model, not layer after layer: it may have weights of its own, and be frozen as a "
    "whole.": lambda m: _count_of(
        {id(w): w for layer in m.layers for w in layer.trainable_weights}.values()
    ),
    "You left out the layers that are frozen at the top: statistics are not trained either, nor "
    "what is frozen further inside.": lambda m: (
        m.count_params() - sum(layer.count_params() for layer in m.layers if not layer.trainable)
    ),
    "You counted Dense layers at the top only.": lambda m: sum(
        layer.count_params()
        for layer in m.layers
        if layer.trainable and isinstance(layer, keras.layers.Dense)
    ),
    "That is the last layer alone.": lambda m: m.layers[-1].count_params(),
    "You included the optimizer's own numbers, which are not the model's weights.": (
        lambda m: _count_of(m.trainable_weights) + _slots(m)
    ),
    "A Dropout's random seed is a variable and not a weight: `non_trainable_weights` leaves it "
    "out.": lambda m: m.count_params() - _count_of(m.non_trainable_variables),
    "A Dropout's random seed is a variable and not a weight.": (
        lambda m: _count_of(m.variables) - _count_of(m.non_trainable_weights)
    ),
    "Several weights have the same name: a dictionary keeps the last of them only.": (
        lambda m: sum({w.name: _count_of([w]) for w in m.trainable_weights}.values())
    ),
    "Several weights have the same size: a set keeps one of them only.": (
        lambda m: sum({_count_of([w]) for w in m.trainable_weights})
    ),
    "You counted rows (the first axis of each shape); multiply all axes.": (
        lambda m: sum(w.shape[0] for w in m.trainable_weights)
    ),
    "You took the last axis of each shape; multiply all axes.": (
        lambda m: sum(w.shape[-1] for w in m.trainable_weights)
    ),
    "You took the longest axis of each shape; multiply all of them.": (
        lambda m: sum(max(w.shape) for w in m.trainable_weights)
    ),
    "You multiplied the first two axes of each shape; a kernel of Conv2D has four.": (
        lambda m: sum(int(np.prod(tuple(w.shape)[:2])) for w in m.trainable_weights)
    ),
    "You added up the axes of each shape; multiply them.": (
        lambda m: sum(sum(w.shape) for w in m.trainable_weights)
    ),
    "You counted axes; count the numbers: multiply the lengths of the axes.": (
        lambda m: sum(len(w.shape) for w in m.trainable_weights)
    ),
    "You counted layers; count the numbers in their trained weights.": (
        lambda m: sum(layer.trainable for layer in m.layers)
    ),
    "Those are bytes; count the numbers.": (
        lambda m: sum(w.numpy().nbytes for w in m.trainable_weights)
    ),
    "Those are bytes, at four for each number; count the numbers.": (
        lambda m: 4 * _count_of(m.trainable_weights)
    ),
    "You left out the biases: shapes with one axis count, too.": (
        lambda m: _count_of(w for w in m.trainable_weights if len(w.shape) > 1)
    ),
    "You left out the biases: they are trained, too.": (
        lambda m: _count_of(w for w in m.trainable_weights if w.name != "bias")
    ),
    "You counted half of each BatchNormalization; it may be frozen, or lack gamma or beta. Ask "
    "`trainable_weights`.": lambda m: sum(
        layer.count_params() // (1 + _is_norm(layer)) for layer in _innermost(m) if layer.trainable
    ),
    "A layer that several models share has its weights once.": lambda m: sum(
        _count_of(layer.trainable_weights) for layer in _innermost(m) if m.trainable
    ),
    "Those are the kernels alone: biases are trained, and gamma and beta.": (
        lambda m: _count_of(w for w in m.trainable_weights if w.name == "kernel")
    ),
    "You looked for kernels and biases by name; other layers have other weights.": (
        lambda m: _count_of(w for w in m.trainable_weights if w.name in ("kernel", "bias"))
    ),
    "That is the first trained weight alone: does a `return` come too early?": (
        lambda m: _count_of(m.trainable_weights[:1]) if m.trainable_weights else None
    ),
    "That is the first trained weight alone; add all of them up.": (
        lambda m: _count_of(m.trainable_weights[:1])
    ),
    "That is the last trained weight alone: does the sum begin anew with each?": (
        lambda m: _count_of(m.trainable_weights[-1:])
    ),
    "That is the largest weight alone; add them up.": (
        lambda m: max((_count_of([w]) for w in m.trainable_weights), default=0)
    ),
    "That is without the first of its trained weights.": lambda m: _count_of(
        m.trainable_weights[1:]
    ),
    "That is without the last of its trained weights.": lambda m: _count_of(
        m.trainable_weights[:-1]
    ),
    "You read the number only up to the comma that a summary sets at a thousand.": (
        lambda m: int(f"{_count_of(m.trainable_weights):,}".split(",")[0])
    ),
    "That is the product of all trained weights' sizes; add them up.": lambda m: int(
        np.prod([_count_of([w]) for w in m.trainable_weights])
    ),
}

# Functions that ask layers, and add up: which they ask, and what they count of each.
_ASKED_LAYERS = (
    ("", lambda m: [m]),
    (
        "Ask the model, not layer after layer: a layer may be used in several places, a model may "
        "have weights of its own, and be frozen as a whole.",
        lambda m: m.layers,
    ),
    (
        "Ask the model, not the layers inside it one by one: it may have weights of its own, and "
        "be frozen as a whole.",
        lambda m: [x for x in m._flatten_layers() if not isinstance(x, keras.Model)],
    ),
    (
        "Ask the model, not the layers inside it one by one: a layer may be used in several "
        "places, a model may have weights of its own, and be frozen as a whole.",
        _innermost,
    ),
    (_COME_BOTH, lambda m: m._flatten_layers()),
    (_COME_BOTH, lambda m: m._flatten_layers(include_self=False)),
)
_COUNTED = {
    "": lambda x: _count_of(x.trainable_weights),
    "A layer's flag speaks for the whole layer: it misses a frozen layer inside a nested model "
    "and counts BatchNormalization's statistics.": lambda x: x.trainable and x.count_params(),
    "A layer's flag speaks for the whole layer: a weight of it may be frozen by itself, and so may "
    "a layer inside a nested model.": lambda x: (
        x.trainable and x.count_params() - _count_of_statistics(x)
    ),
    "Of BatchNormalization's numbers half are trainable only if it has both gamma and beta.": (
        lambda x: (
            x.count_params() // 2 if x.trainable and _is_norm(x) else _count_of(x.trainable_weights)
        )
    ),
}


@task(
    "Bug hunt: count what is trainable",
    why="Numbers, not arrays, in `trainable_weights`: it already knows about frozen layers, "
    "nested models and BatchNormalization's statistics.",
    hints=(
        "What does `len` of a list of arrays count?",
        "Each weight has a shape; how many numbers does a shape (6, 5) hold?",
        "Sum `math.prod(weight.shape)` over `model.trainable_weights`.",
    ),
)
def count_repaired(count_trainable: object) -> None:
    """count_trainable(model) on models with frozen, nested and optimizer state."""
    cases = models_to_count()

    def ways(count: Count) -> tuple[int | None, ...]:
        return tuple(map(count, cases.values()))

    def counted(model: keras.Model) -> int | None:
        function = expect_function("count_trainable", count_trainable)
        (answer,) = call("count_trainable", lambda model: [function(model)], model)
        if answer is None and not model.trainable_weights:
            return None  # as of a loop that ends before its `return`
        answer = call("count_trainable", lambda: answer)
        return whole_number("count_trainable(model)", answer)

    def added_up(asked: Callable, counted: Callable) -> tuple[int | None, ...]:
        return ways(lambda model: sum(map(counted, asked(model))))

    right = ways(_WAYS_TO_COUNT[""])
    mistakes = wrong_ways(added_up, _ASKED_LAYERS, _COUNTED) | wrong_ways(ways, _WAYS_TO_COUNT)
    given = ways(counted)
    if len(set(given)) == 1:
        mistakes[given] = "It gives that for every model: does it look at `model`, or at another?"
    for case in sample(range(len(given)), len(given)):  # in an order that nobody knows by heart
        if counted([*cases.values()][case]) != given[case]:
            raise Wrong("asked again about the same model, `count_trainable` gives another number.")
    expect_in_every_case(list(cases), given, right, mistakes, _told_of_count)


def _told_of_count(given: int | None, right: int) -> str:
    shown = "nothing" if given is None else f"{given:,}"
    return f"`count_trainable` gives {shown}; {right:,} of its numbers are trainable"
