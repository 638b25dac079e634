"""Exercise 2: a function that tells which weights another function moves."""

from collections.abc import Callable, Iterable
from itertools import islice

import keras

from helpers.movement import compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.core import Wrong, task
from helpers.tasks.what_training_moves._acts import (
    Act,
    fit_at_rate_zero,
    fit_once,
    nudge_one_number,
    shift_nothing,
    swap_two_numbers,
)
from helpers.tasks.what_training_moves._models import make_frozen_middle


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
    mistakes: dict[str, Callable[[list[str], list[str], list[str]], list[str]]] = {
        "That is nothing at all. A list of weights is not a copy of them: were the *values* "
        "copied, and before `act`?": lambda right, every, listed: [],
        "That is every weight, changed or not.": lambda right, every, listed: every,
        "Those are the trainable ones. What moves is a matter of the values, not of the flags.": (
            lambda right, every, listed: listed
        ),
        "You looked at the trainable weights only; a fit moves statistics, too.": (
            lambda right, every, listed: [path for path in right if path in listed]
        ),
        "Those are the ones that did *not* move.": (
            lambda right, every, listed: [path for path in every if path not in right]
        ),
    }
    acts = (fit_once, fit_at_rate_zero, swap_two_numbers, shift_nothing, nudge_one_number)
    given, right, every, listed = [], [], [], []
    for act in acts:
        model = make_frozen_middle()
        answer, moved = _watched_call("moved_paths", moved_paths, model, act)
        given.append(answer)
        right.append(sorted(moved))
        every.append(sorted(weight.path for weight in model.weights))
        listed.append(sorted(weight.path for weight in model.trainable_weights))
    if given == right:
        return
    first = next(i for i in range(len(acts)) if given[i] != right[i])
    shown = f"for `{acts[first].__name__}`, `moved_paths` gives {len(given[first])} path(s)"
    for message, mistake in mistakes.items():
        if given == [sorted(mistake(*each)) for each in zip(right, every, listed, strict=True)]:
            raise Wrong(f"{shown}. {message}")
    if acts[first] is swap_two_numbers and not given[first]:
        raise Wrong(f"{shown}. Its numbers changed places: sums and means do not see that.")
    if acts[first] is nudge_one_number:
        raise Wrong(
            f"{shown}. One number changed, and only a little: compare all of them, exactly."
        )
    if set(given[0]) == {path.rpartition("/")[2] for path in right[0]}:
        raise Wrong(
            f"{shown}. Those are names; give each weight's `path`, which tells layers apart."
        )
    missing = [path for path in right[first] if path not in given[first]]
    if missing and set(given[first]) < set(right[first]):
        raise Wrong(f"{shown}. {missing[0]} moved as well: do all weights come by, to the last?")
    still = [path for path in given[first] if path in every[first] and path not in right[first]]
    if still:
        raise Wrong(
            f"{shown}. {still[0]} did not move: is each weight compared with its *own* copy?"
        )
    raise Wrong(f"{shown}; {len(right[first])} weights moved.", diagnosed=False)


def _watched_call(
    name: str, function: object, model: keras.Model, act: Act
) -> tuple[list[str], list[str]]:
    """The paths that the learner's function gives, and which had moved when its `act` was done.

    Raises Wrong unless it calls act(model) exactly once.
    """
    before = snapshot(model)
    moved: list[list[str]] = []
    others: list[list[str]] = []

    def watched_act(given: keras.Model) -> None:
        act(given)
        (moved if given is model else others).append(compare(before).moved)

    # Read at once: a generator acts only then.
    answer = _sorted_paths(call(name, function, model, watched_act))
    if others:
        raise Wrong(f"`{name}` calls `act` on another model; call it on the one that is given.")
    if len(moved) != 1:
        raise Wrong(f"`{name}` calls `act(model)` {len(moved)} times; it should do so once.")
    return answer, moved[0]


def _sorted_paths(answer: object) -> list[str]:
    """A collection or a generator of texts, sorted, without repetitions."""
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise Wrong(f"`moved_paths` should return a list of paths; it returns {described(answer)}.")
    answer = list(islice(answer, 1000))  # more than any model here has, should it never end
    if not all(isinstance(path, str) for path in answer):
        raise Wrong(
            "`moved_paths` should return paths, which are texts such as 'model/first/kernel'."
        )
    return sorted(set(answer))
