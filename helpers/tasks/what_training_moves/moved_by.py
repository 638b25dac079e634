"""Exercise 2: a function that tells which weights another function moves."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from random import sample

import keras
import numpy as np

from helpers.movement import Movement, Snapshot, snapshot
from helpers.tasks.answers import call, described, joined, plain
from helpers.tasks.core import Wrong, task
from helpers.tasks.mistakes import expect_in_every_case, wrong_ways
from helpers.tasks.what_training_moves._acts import ACTS, Act
from helpers.tasks.what_training_moves._models import make_varied

Paths = tuple[str, ...]


@dataclass(frozen=True)
class _AroundAct:
    """One weight around an act: its values and whether it was listed as trainable."""

    path: str
    old: np.ndarray
    new: np.ndarray
    was_listed: bool
    is_listed: bool

    @property
    def moved(self) -> bool:
        return not np.array_equal(self.old, self.new)


_RULES_OF_WEIGHTS: dict[str, Callable[[_AroundAct], bool]] = {
    "": lambda w: w.moved,
    "That is nothing at all, whatever the act. Were the *values* copied, and before `act`? (A list "
    "of weights is no copy of them.)": lambda w: False,
    "That is every weight, changed or not.": lambda w: True,
    "Those are the trainable ones. What moves is a matter of the values, not of the flags.": (
        lambda w: w.is_listed
    ),
    "Those are the ones that were trainable. What moves is a matter of the values, not of the "
    "flags.": lambda w: w.was_listed,
    "Those are the ones whose flag has changed; asked are those whose values have.": (
        lambda w: w.is_listed != w.was_listed
    ),
    "You looked at the trainable weights only; a fit moves statistics, too, and an act may change "
    "what is frozen.": lambda w: w.moved and w.was_listed,
    "You looked at those weights only that are trainable after the act; a fit moves statistics, "
    "too, and an act may change what is frozen.": lambda w: w.moved and w.is_listed,
    "Statistics are missing: they are weights that a fit moves, too.": (
        lambda w: w.moved and "moving" not in w.path
    ),
    "Those are the ones that did *not* move.": lambda w: not w.moved,
    "You compare sums or means: when numbers change places, those stay.": (
        lambda w: w.old.sum() != w.new.sum()
    ),
    "You compare sizes without signs: a number may turn its sign.": (
        lambda w: not np.array_equal(abs(w.old), abs(w.new))
    ),
    "You compare norms: when numbers change places or signs, those stay.": (
        lambda w: (w.old**2).sum() != (w.new**2).sum()
    ),
    "You compare with a tolerance: small changes are changes, too.": (
        lambda w: not np.allclose(w.old, w.new)
    ),
    "You ask whether *all* numbers of a weight changed; one is enough.": (
        lambda w: bool((w.old != w.new).all())
    ),
    "You look at the first number of each weight only.": lambda w: w.old.flat[0] != w.new.flat[0],
    "You look at the last number of each weight only.": lambda w: w.old.flat[-1] != w.new.flat[-1],
    "You see a weight only if one of its numbers has grown; it may also fall.": (
        lambda w: bool((w.new > w.old).any())
    ),
    "You see a weight only if one of its numbers has fallen; it may also grow.": (
        lambda w: bool((w.new < w.old).any())
    ),
    "You ask whether a weight's numbers have grown in all; they may fall, or change places.": (
        lambda w: (w.new - w.old).sum() > 0
    ),
    "You compare the largest numbers: others may change.": lambda w: w.old.max() != w.new.max(),
}


def _moved_in_pairs(now: Iterable[_AroundAct], copies: Iterable[_AroundAct]) -> Iterable[str]:
    """What seems to have moved if the weights are compared with these copies, one by one."""
    pairs = zip(now, copies, strict=False)
    return (w.path for w, other in pairs if not np.array_equal(w.new, other.old))


_OF_ALL: dict[str, Callable[[list[_AroundAct]], Iterable[str]]] = {
    "Those are the weights' names; give the `path` of each, which tells them apart.": (
        lambda weights: (w.path.split("/")[-1] for w in weights if w.moved)
    ),
    "Those are layers; give the `path` of each weight.": (
        lambda weights: (w.path.split("/")[-2] for w in weights if w.moved)
    ),
    "Those are the model's layers; give the `path` of each weight.": (
        lambda weights: (w.path.removeprefix("model/").split("/")[0] for w in weights if w.moved)
    ),
    "That is the first weight that moved, alone: does a `return` come too early?": (
        lambda weights: [w.path for w in weights if w.moved][:1]
    ),
    "That is the last weight that moved, alone: is the list begun anew for each?": (
        lambda weights: [w.path for w in weights if w.moved][-1:]
    ),
    "An act may change flags, and with them the lists of trainable and of other weights: here a "
    "weight is compared with the copy of another. Pair them in the order of `model.weights`.": (
        lambda weights: _moved_in_pairs(
            sorted(weights, key=lambda w: not w.is_listed),
            sorted(weights, key=lambda w: not w.was_listed),
        )
    ),
    "An act may change flags, and with them the list of trainable weights: here a weight is "
    "compared with the copy of another, and the frozen ones are left out.": (
        lambda weights: _moved_in_pairs(
            (w for w in weights if w.is_listed), (w for w in weights if w.was_listed)
        )
    ),
    "You compare the trainable weights with copies of all weights: two lists that go apart.": (
        lambda weights: _moved_in_pairs((w for w in weights if w.is_listed), weights)
    ),
}


@task(
    "Which weights does it move?",
    why="Copy the values first, act, and compare each weight with its own copy.",
    hints=(
        "What do you have to keep before `act(model)`: the variables, or copies of their values?",
        "`weight.numpy()` is a copy. Keep one for each weight, call `act(model)`, then compare.",
        "`np.array_equal(old, weight.numpy())` for each weight; return the paths where it is "
        "False.",
    ),
)
def moved_by(moved_paths: object) -> None:
    """moved_paths(model, act) -> the paths of the weights that act(model) changes."""
    given, seen = zip(*(_watched_call(moved_paths, act) for act in ACTS.values()), strict=True)

    def ways(rule: Callable[[_AroundAct], bool]) -> tuple[Paths, ...]:
        return tuple(tuple(sorted(w.path for w in weights if rule(w))) for weights in seen)

    right = ways(_RULES_OF_WEIGHTS[""])
    mistakes = wrong_ways(ways, _RULES_OF_WEIGHTS)
    for said, changed in _OF_ALL.items():
        mistakes[tuple(tuple(sorted(set(changed(weights)))) for weights in seen)] = said
    expect_in_every_case(list(ACTS), given, right, mistakes, _told_of_paths)
    for case in sample(range(len(ACTS)), 3):  # which nobody knows by heart
        if _watched_call(moved_paths, [*ACTS.values()][case])[0] != right[case]:
            raise Wrong("asked again about the same act, `moved_paths` gives other paths.")


def _told_of_paths(given: Paths, right: Paths) -> str:
    """What is too much or too little in an answer."""
    missing = joined((path for path in right if path not in given), most=2)
    extra = joined((path for path in given if path not in right), most=2)
    shown = [f"`moved_paths` leaves out {missing}"] if missing else []
    shown += [f"{'' if missing else '`moved_paths` '}gives {extra}"] if extra else []
    shown += ["where nothing moved"] if not right else []
    return ", ".join(shown)


def _watched_call(function: object, act: Act) -> tuple[Paths, list[_AroundAct]]:
    """The paths that the learner's function gives, and the weights before and after its `act`.

    Raises Wrong unless it calls act(model) exactly once.
    """
    name, model = "moved_paths", make_varied(dropout=True)
    before, listed = snapshot(model), set(map(id, model.trainable_weights))
    seeds = {each.path for each in model.variables} - {each.path for each in model.weights}
    seen: list[list[_AroundAct]] = []
    others: list[object] = []

    def watched_act(given: keras.Model) -> None:
        act(given)
        if given is model:
            seen.append(_seen(before, listed))
        else:
            others.append(given)

    # Read at once: a generator acts only then.
    answer = _sorted_paths(call(name, function, model, watched_act))
    if others:
        raise Wrong(f"`{name}` calls `act` on another model; call it on the one that is given.")
    if len(seen) != 1:
        raise Wrong(f"`{name}` calls `act(model)` {len(seen)} times; it should do so once.")
    return tuple(path for path in answer if path not in seeds), seen[0]


def _seen(before: Snapshot, listed: set[int]) -> list[_AroundAct]:
    now = set(map(id, before.model.trainable_weights))
    weights = set(map(id, before.model.weights))
    return [
        _AroundAct(
            variable.path,
            old.astype("float64"),
            variable.numpy().astype("float64"),
            id(variable) in listed,
            id(variable) in now,
        )
        for variable, old in zip(before.variables, before.values, strict=True)
        if id(variable) in weights
    ]


def _sorted_paths(answer: object) -> list[str]:
    """A collection or a generator of texts, sorted, without repetitions."""
    if isinstance(answer, Movement):
        raise Wrong("`moved_paths` returns what `compare` gives; its `moved` is the list of paths.")
    if isinstance(answer, dict) and not all(map(np.any, answer.values())):
        raise Wrong("`moved_paths` returns a dict of all paths; give a list of those that moved.")
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise Wrong(f"`moved_paths` should return a list of paths; it returns {described(answer)}.")
    read = list(islice(answer, 1000))  # more than are here, should it never end
    if any(isinstance(path, keras.Variable) for path in read):
        raise Wrong("`moved_paths` returns the weights themselves; give the `path` of each.")
    read = list(map(plain, read))
    if not all(isinstance(path, str) for path in read):
        raise Wrong(
            "`moved_paths` should return paths, which are texts such as 'model/first/kernel'."
        )
    return sorted(set(read))
