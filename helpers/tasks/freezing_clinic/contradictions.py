"""Exercise 8, task 3: an instrument that finds what contradicts its role."""

from collections.abc import Mapping

import keras
import numpy as np

from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.core import Wrong, task
from helpers.tasks.freezing_clinic._clinic_models import network, trained
from helpers.tasks.training import fit_quietly, training_data


def _movement_in_fit(model: keras.Model, epochs: int) -> Movement:
    before = snapshot(model)
    fit_quietly(model, *training_data(model, examples=36), epochs=epochs)
    return compare(before)


def _frozen_after_a_fit() -> keras.Model:
    """The base is frozen after a fit, low not: frozen arrays move."""
    model = trained(network())
    model.get_layer("base").get_layer("high").trainable = False
    return model


def _behind_a_wall() -> keras.Model:
    """Behind a wall, learned arrays stand still; statistics move, as they should."""
    model = network(wall=True)
    model.compile("sgd", "mse", jit_compile=False)
    return model


def _healthy() -> keras.Model:
    """low frozen in time, the rest learns; norm measures; a Dropout draws random numbers."""
    model = network()
    model.get_layer("base").get_layer("low").trainable = False
    dropped = keras.layers.Dropout(0.1, seed=1, name="drop")(model.output)
    model = keras.Model(model.input, dropped, name="network")
    model.compile("sgd", "mse", jit_compile=False)
    return model


@task(
    "Write: contradictions",
    why="Two things contradict a role: a learned weight that stood still and a frozen one that "
    "moved. Statistics and other state may do either.",
    hints=(
        "Each entry of `movement.changes` has a `path`, a `role` and `moved`. Which pairs of role "
        "and moved contradict each other?",
        "There are two: learned and not moved; frozen and moved.",
        "`[c.path for c in movement.changes if (c.role, c.moved) in (('learned', False), "
        "('frozen', True))]`",
    ),
)
def contradictions(contradictions: object) -> None:
    """contradictions(movement) -> the paths of learned weights that stayed, frozen that moved."""
    cases = (
        (_frozen_after_a_fit, 1),
        (_behind_a_wall, 1),
        (_behind_a_wall, 0),
        (_healthy, 1),
        (_healthy, 0),
    )
    for make, epochs in cases:
        movement = _movement_in_fit(make(), epochs)
        given = _paths_in(call("contradictions", contradictions, movement))
        by_kind = {
            (role, moved): {c.path for c in movement.changes if (c.role, c.moved) == (role, moved)}
            for role in ("learned", "frozen", "statistic", "other state")
            for moved in (True, False)
        }
        right = by_kind["learned", False] | by_kind["frozen", True]
        _refuse_other_paths(given, right, by_kind)


def _paths_in(answer: object) -> set[str]:
    """The paths that a learner's function gave, in any collection."""
    if isinstance(answer, np.ndarray) and answer.ndim == 1 and answer.size < 1000:
        answer = answer.tolist()
    kinds = list | tuple | set | frozenset | dict
    if not isinstance(answer, kinds) or len(answer) > 1000:
        raise Wrong(
            f"`contradictions` should return a list of paths; it returned {described(answer)}."
        )
    if not all(isinstance(path, str) for path in answer):
        first = next(path for path in answer if not isinstance(path, str))
        raise Wrong(
            f"`contradictions` should return paths, texts such as 'base/low/kernel'; yours "
            f"holds {described(first)}."
        )
    return set(answer)


def _refuse_other_paths(
    given: set[str], right: set[str], by_kind: Mapping[tuple[str, bool], set[str]]
) -> None:
    """Raise Wrong unless these are the right paths."""
    unknown = given - set().union(*by_kind.values())
    if unknown:
        raise Wrong(f"your list has {min(unknown)[:60]!r}, which is the path of no variable.")
    reasons = {
        ("frozen", True): "is frozen and moved, and your list leaves it out",
        ("learned", False): "is learned and stood still, and your list leaves it out",
    }
    for kind, reason in reasons.items():
        if by_kind[kind] - given:
            raise Wrong(f"{min(by_kind[kind] - given)} {reason}.")
    extra = given - right
    reasons = {
        ("learned", True): "is learned and moved: that is as it should be",
        ("frozen", False): "is frozen and stood still: that is as it should be",
        ("statistic", True): "is a statistic, and moved: BatchNormalization may do that, no flag "
        "forbids it here",
        ("statistic", False): "is a statistic; that it stood still contradicts nothing",
        ("other state", True): "is other state, here of a random generator; it may move",
        ("other state", False): "is other state, here of a random generator; it may stand still",
    }
    for kind, reason in reasons.items():
        if extra & by_kind[kind]:
            raise Wrong(f"your list has {min(extra & by_kind[kind])}, which {reason}.")
