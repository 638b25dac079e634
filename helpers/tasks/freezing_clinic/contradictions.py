"""Exercise 8, task 3: an instrument that finds what contradicts its role."""

from collections.abc import Callable, Sequence
from itertools import product

import keras
import numpy as np

from helpers.ledger import Role
from helpers.movement import Change, Movement, compare, snapshot
from helpers.tasks.answers import call, described, plain
from helpers.tasks.core import Wrong, task
from helpers.tasks.freezing_clinic._clinic_models import network, trained
from helpers.tasks.training import fit_quietly, training_data

_KINDS_OF_CHANGE = [(str(role), moved) for role, moved in product(Role, (True, False))]
_ODD = [("learned", False), ("frozen", True)]
_WRONG_RULES: dict[str, Callable[[list[str], list[str], list[str], list[str]], list[str]]] = {
    "your list ends with its first path, wherever there are more: a `return` or `break` inside the "
    "loop ends it.": lambda whole, *_: whole[:1],
    "your list has the last path alone, wherever there are more: let it grow.": (
        lambda whole, *_: whole[-1:]
    ),
    "your list has at most the last of all changes: it is made anew for every one. Make it once, "
    "before the loop.": lambda whole, still, moved, last: last,
    "what is frozen and moved is left out wherever something learned stood still as well; the list "
    "should have both. (`or` gives one of two lists, + joins them.)": (
        lambda whole, still, moved, last: still or moved
    ),
    "what is learned and stood still is left out wherever something frozen moved as well; the list "
    "should have both. (`or` gives one of two lists, + joins them.)": (
        lambda whole, still, moved, last: moved or still
    ),
}
_KIND_WORDS = {
    ("learned", True): "what is learned and moved, as it should be",
    ("learned", False): "what is learned and stood still",
    ("frozen", True): "what is frozen and moved",
    ("frozen", False): "what is frozen and stood still, as it should be",
    ("statistic", True): "statistics that moved",
    ("statistic", False): "statistics that stood still",
    ("other state", True): "other state that moved",
    ("other state", False): "other state that stood still",
}


def _frozen_after_a_fit() -> Movement:
    """The base is frozen after a fit, low not: frozen arrays move."""
    model = trained(network())
    model.get_layer("base").get_layer("high").trainable = False
    before = snapshot(model)
    fit_quietly(model, *training_data(model, examples=36))
    return compare(before)


def _with_random_state() -> Movement:
    """low frozen in time, behind a wall; a Dropout draws random numbers."""
    model = network(wall=True)
    model.get_layer("base").get_layer("low").trainable = False
    dropped = keras.layers.Dropout(0.1, seed=1, name="drop")(model.output)
    model = keras.Model(model.input, dropped, name="network")
    model.compile("sgd", "mse", run_eagerly=True)
    before = snapshot(model)
    fit_quietly(model, *training_data(model, examples=8))
    return compare(before)


def _any_movement(rng: np.random.Generator, size: int) -> Movement:
    """Variables of any role that moved or not, in any order."""
    kinds = [_KINDS_OF_CHANGE[at] for at in rng.integers(len(_KINDS_OF_CHANGE), size=size)]
    names = rng.permutation(100)
    sizes = 3 * 10.0 ** -(names % 10)  # of movements, down to a tiny one
    changes = [
        Change(f"{role[:2]}_{name}/kernel", Role(role), moved, far * moved, None if moved else 0.0)
        for (role, moved), name, far in zip(kinds, names, sizes.tolist(), strict=False)
    ]
    return Movement(tuple(changes))


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
    rng = np.random.default_rng(2)
    movements = [_frozen_after_a_fit(), _with_random_state()]
    movements += [_any_movement(rng, size) for size in (1, 2, 5, 12, 40, 40)]
    given = [_paths_in(call("contradictions", contradictions, each)) for each in movements]
    for movement, paths in zip(movements, given, strict=True):
        if set(paths) != set(_listed(movement, _ODD)):
            raise Wrong(*_said_of(movements, given, movement, paths))
    if _paths_in(call("contradictions", contradictions, Movement(()))):
        raise Wrong("your list is not empty where there was no change.")


def _listed(movement: Movement, kinds: Sequence[tuple[str, bool]]) -> list[str]:
    return [change.path for change in movement.changes if (change.role, change.moved) in kinds]


def _paths_in(answer: object) -> list[str]:
    """The paths that a learner's function gave, in any collection."""
    if isinstance(answer, np.ndarray) and answer.ndim == 1 and answer.size < 1000:
        answer = answer.tolist()
    kinds = list | tuple | set | frozenset | dict
    if not isinstance(answer, kinds) or len(answer) > 1000:
        raise Wrong(
            f"`contradictions` should return a list of paths; it returned {described(answer)}."
        )
    paths = [plain(path) for path in list(answer)]
    for path in paths:
        if not isinstance(path, str):
            raise Wrong(
                f"`contradictions` should return paths, texts such as 'base/low/kernel'; yours "
                f"holds {described(path)}."
            )
    return paths


def _said_of(
    movements: Sequence[Movement],
    given: Sequence[list[str]],
    movement: Movement,
    paths: Sequence[str],
) -> tuple[str, bool]:
    """The message about the first list that is wrong, and whether it names the mistake."""
    known = {change.path for change in movement.changes}
    unknown = sorted(set(paths) - known)
    if unknown:
        part = any(unknown[0] in path for path in known)
        how = "which is only a part of a path" if part else "which is the path of no variable"
        return f"your list has {unknown[0][:60]!r}, {how}.", part
    odd = [
        [*(_listed(each, kinds) for kinds in (_ODD, _ODD[:1], _ODD[1:])), _listed(last, _ODD)]
        for each, last in ((each, Movement(each.changes[-1:])) for each in movements)
    ]
    for message, rule in _WRONG_RULES.items():
        if all(rule(*each) == list(one) for each, one in zip(odd, given, strict=True)):
            return message, True
    if any(_listed_beyond(far, movements, given) for far in 10.0 ** -np.arange(10)):
        return (
            "what moved by little counts as still in your list: a threshold hides it. `moved` "
            "says whether a weight has changed at all."
        ), True
    listed = {kind for kind in _KINDS_OF_CHANGE if _listed_of(movements, given, kind) == {True}}
    left_out = {kind for kind in _KINDS_OF_CHANGE if _listed_of(movements, given, kind) == {False}}
    missing = [_KIND_WORDS[kind] for kind in _ODD if kind in left_out]
    extra = [_KIND_WORDS[kind] for kind in _KINDS_OF_CHANGE if kind in listed and kind not in _ODD]
    for did, so in (("moved", True), ("stood still", False)):
        if {kind for kind in _KINDS_OF_CHANGE if kind[1] is so} <= listed:
            also = f" The list leaves out {missing[0]}." if missing else ""
            return (
                f"everything that {did} is in your list: its role makes no difference there.{also} "
                '(A text alone, such as "frozen" after an `or`, is always true.)'
            ), True
    if missing or extra:
        some = [kind for kind in _KINDS_OF_CHANGE if kind not in listed | left_out]
        missing += [f"some of {_KIND_WORDS[kind]}" for kind in some if kind in _ODD]
        extra += [f"some of the {_KIND_WORDS[kind]}" for kind in some if kind not in _ODD]
        parts = [f"your list leaves out {' and '.join(missing)}"] if missing else []
        parts += [f"your list has what contradicts nothing: {', '.join(extra)}"] if extra else []
        roles = " The roles are called 'learned', 'frozen', 'statistic' and 'other state'."
        return f"{'; and '.join(parts)}.{roles if missing or some else ''}", True
    right = set(_listed(movement, _ODD))
    lost, more = sorted(right - set(paths)), sorted(set(paths) - right)
    kinds = {
        change.path: _KIND_WORDS[str(change.role), change.moved] for change in movement.changes
    }
    if lost:
        return f"your list leaves out {lost[0]}, of {kinds[lost[0]]}.", False
    return f"your list has {more[0]}, of {kinds[more[0]]}.", False


def _listed_beyond(far: float, movements: Sequence[Movement], given: Sequence[list[str]]) -> bool:
    """Whether these are the lists of somebody who takes what moved by less for still."""
    return all(
        set(paths) == {c.path for c in each.changes if (c.role, c.largest > far) in _ODD}
        for each, paths in zip(movements, given, strict=True)
    )


def _listed_of(
    movements: Sequence[Movement], given: Sequence[list[str]], kind: tuple[str, bool]
) -> set[bool]:
    """Whether the paths of this kind are listed: always, never, or now so, now so."""
    return {
        path in paths
        for movement, paths in zip(movements, given, strict=True)
        for path in _listed(movement, [kind])
    }
