"""Judging a function that freezes a part of a model: what it leaves trainable, and what moves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import keras
import numpy as np

from helpers.tasks.answers import joined
from helpers.tasks.core import Wrong
from helpers.tasks.flag_watch import FlagWatch, watched_flags
from helpers.tasks.training import movement_of_fit, prepared_model, training_data
from helpers.tasks.when_freezing_takes_effect._flags import why_not_set

# What a way of choosing would freeze in a model, for the same arguments as the learner's function.
Selection = Callable[..., Iterable[keras.layers.Layer | keras.Variable]]


@dataclass
class _FreezeCase:
    """One model that is handed to a learner's function, as it was before and as it came back.

    Sets hold the ids of weights: `every` of which could be trainable, `trainable` those that were
    when it came, `wanted` those that should be afterwards, `moving` those that a fit should then
    move, `left` those that are left.
    """

    shown: str
    model: keras.Model
    step: object
    optimizer: object
    paths: dict[int, str]
    every: set[int]
    trainable: set[int]
    wanted: set[int]
    moving: set[int]
    by_mistake: dict[str, set[int]]
    returned: keras.Model | None = None
    watch: FlagWatch = field(default_factory=FlagWatch)
    left: set[int] = field(default_factory=set)

    def named(self, ids: set[int]) -> str:
        return joined([path for key, path in self.paths.items() if key in ids], most=2)


def expect_frozen(
    name: str,
    function: object,
    cases: Iterable[tuple],
    right: Selection,
    mistakes: Mapping[str, Selection],
    errors: Mapping[str, str],
) -> None:
    """Pass if the function freezes what was asked and nothing else, and compiles with sgd and mse.

    Args:
        cases: a model each, and what else the function takes.
        right: what should be frozen.
        mistakes: for each message, what a learner who deserves it freezes in every case.
        errors: what an error of the learner's code contains, and what to say of it.
    """
    tried = []
    stopped = None
    for model, *arguments in cases:
        case = _freeze_case(model, arguments, right, mistakes)
        tried.append(case)
        try:
            with watched_flags() as case.watch:
                case.returned = prepared_model(name, function, model, *arguments)
        except Wrong as wrong:
            known = next((text for part, text in errors.items() if part in str(wrong)), "")
            message = f"{case.shown}, {str(wrong).removeprefix('your ')} {known}".strip()
            stopped = Wrong(message, wrong.diagnosed)
            tried.pop()
            break
        case.left = set(map(id, case.returned.trainable_weights))
    if any(case.left != case.wanted for case in tried):
        raise _cause(function, tried)
    if stopped:
        raise stopped
    for case in tried:
        _expect_sgd_and_mse(case)
        if case.step is not None or case.paths.keys() != case.every:
            _expect_movement(case)  # in the other cases flags tell all, and take no time


def _freeze_case(
    model: keras.Model, arguments: list, right: Selection, mistakes: Mapping[str, Selection]
) -> _FreezeCase:
    trainable = set(map(id, model.trainable_weights))

    def without(choice: Selection) -> set[int]:
        return trainable - _ids(choice(model, *arguments))

    frozen = _ids(right(model, *arguments))
    statistics = {
        id(weight)
        for layer in model._flatten_layers()
        if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable
        for weight in (layer.moving_mean, layer.moving_variance)
    }
    shown = f"with the layers {_layer_names(model)}" + "".join(f" and n = {n}" for n in arguments)
    return _FreezeCase(
        shown,
        model,
        model.train_function,
        getattr(model, "optimizer", None),
        {id(weight): weight.path for weight in model.weights},
        {id(weight) for weight in model.weights if not weight.name.startswith("moving_")},
        trainable,
        trainable - frozen,
        (trainable | statistics) - frozen,
        {message: without(choice) for message, choice in mistakes.items()},
    )


def _ids(parts: Iterable[keras.layers.Layer | keras.Variable]) -> set[int]:
    """The ids of these weights, and of all weights of these layers."""
    found = [p.weights if isinstance(p, keras.layers.Layer) else [p] for p in parts]
    return {id(weight) for weights in found for weight in weights}


def _layer_names(model: keras.Model) -> str:
    """The names of the layers, in brackets of their own where they are a model's."""
    names = []
    for layer in model.layers:
        inner = _layer_names(layer) if isinstance(layer, keras.Model) else layer.name
        names += [inner + " (frozen)" * (bool(layer.weights) and not layer.trainable_weights)]
    return f"[{', '.join(names)}]"


def _cause(function: object, tried: list[_FreezeCase]) -> Wrong:
    """Why a case has other flags than was asked, as far as that can be told."""
    case = next(case for case in tried if case.left != case.wanted)
    seen = [
        f"{case.named(ids)} {text}"
        for ids, text in (
            (case.left - case.wanted, "should be frozen and can still learn"),
            (case.wanted - case.left, "should learn and cannot"),
        )
        if ids
    ]
    shown = f"{case.shown}, {'; '.join(seen)}."
    for message in case.by_mistake:
        if all(each.left == each.by_mistake[message] for each in tried):
            return Wrong(f"{shown} {message}")
    if case.returned is not None and not case.returned.trainable:
        return Wrong(f"{shown} The model's own flag is False, a veto over all that is in it.")
    if all(each.left == each.trainable for each in tried):
        return why_not_set(f"{shown} ", function, case.watch, case.model, _NO_FLAG_SET)
    if all(each.left == each.every for each in tried):
        return Wrong(
            f"{shown} Every flag is True in the end, also those that came False: the True of a "
            "layer or model sets the flags of all weights in it."
        )
    if case.left - case.trainable and case.left & case.trainable == case.wanted:
        return Wrong(f"{shown} What came frozen should stay frozen.")
    return Wrong(shown, diagnosed=False)


_NO_FLAG_SET = (
    "No flag is False that was True before. Is `trainable` set, on the model's own layers and "
    "weights? Is it switched on again afterwards, by a layer or model around?"
)


def _expect_sgd_and_mse(case: _FreezeCase) -> None:
    model = case.returned or case.model
    if not model.compiled:
        raise Wrong(f"{case.shown}, the model comes back without having been compiled.")
    optimizer = type(model.optimizer).__name__
    if model.optimizer is case.optimizer:
        raise Wrong(
            f"{case.shown}, the model came compiled, and was not compiled anew: its optimizer is "
            f"still the {optimizer} that it came with, and its training step may be an old one."
        )
    if not isinstance(model.optimizer, keras.optimizers.SGD):
        raise Wrong(f'{case.shown}, the optimizer is {optimizer}; "sgd" was asked for.')
    x, y = training_data(model, 4)
    try:
        loss = float(keras.Model.compute_loss(model, x=x, y=y, y_pred=y + 2))
    except Exception:
        raise Wrong(f'{case.shown}, the model has no loss; "mse" was asked for.') from None
    if not np.isclose(loss, 4):
        raise Wrong(
            f'{case.shown}, the loss is another one than "mse": for guesses that are all off by 2, '
            f"it is {loss:.3g}, not 4."
        )


def _expect_movement(case: _FreezeCase) -> None:
    """Pass if the next fit moves what should learn, all of it and nothing else."""
    model = case.returned or case.model
    old_step = case.step is not None and model.train_function is case.step
    model.run_eagerly = True  # but where there is a training step already, Keras uses that
    variables = list(model.variables)
    try:
        movement = movement_of_fit(model, training_data(model, 16))
    except Wrong as wrong:
        raise Wrong(f"{case.shown}, {wrong}", wrong.diagnosed) from None
    pairs = zip(variables, movement.changes, strict=True)
    moved = {id(variable) for variable, change in pairs if change.moved} & case.paths.keys()
    if moved == case.moving:
        return
    loose, still = moved - case.moving, case.moving - moved
    shown = f"{case.shown}, the flags are right, and yet {case.named(loose or still)} "
    shown += "moved in the next fit." if loose else "did not move in the next fit."
    if old_step:
        raise Wrong(
            f"{shown} The fit used the training step that the model brought along, which was made "
            "when other weights were trainable."
        )
    if loose and loose.isdisjoint(case.trainable):
        raise Wrong(
            f"{shown} No gradient moves these: a BatchNormalization goes on counting until the "
            "flag of the layer itself is False."
        )
    raise Wrong(shown, diagnosed=False)
