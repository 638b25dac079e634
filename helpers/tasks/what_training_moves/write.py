"""Tasks of exercise 2 that ask for code."""

from collections.abc import Callable, Iterable
from itertools import islice

import keras
import numpy as np
from keras import ops

from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.behaviour import run_in_order
from helpers.tasks.core import Wrong, task
from helpers.tasks.what_training_moves.examples import data, make_frozen_middle, make_model

PROOF_LINES = {
    "A": "movement = compare(before)",
    "B": 'model.get_layer("hidden").trainable = False',
    "C": "model.fit(x, y, verbose=0)",
    "D": "before = snapshot(model)",
    "E": "model = make_model()",
    "F": 'model.compile("sgd", "mse")',
    "G": "before = model.weights",
    "H": 'model.get_layer("hidden").trainble = False',
}
TRAPS = {
    "G": "it keeps the variables themselves, not copies of their values.",
    "H": "its misspelt attribute freezes nothing, and nobody complains.",
}


# --- what does this function move? -----------------------------------------------------------------


def swap_two_numbers(model) -> None:
    """A change that leaves every sum and mean as it was."""
    kernel = model.weights[0]
    kernel.assign(ops.flip(kernel.value, axis=0))


def fit_at_rate_zero(model) -> None:
    x, y = data()
    model.compile(keras.optimizers.SGD(0.0), "mse")
    model.fit(x, y, batch_size=32, verbose=0)


def fit_once(model) -> None:
    x, y = data()
    model.compile(keras.optimizers.SGD(0.001), "mse")
    model.fit(x, y, batch_size=32, verbose=0)


def nudge_one_number(model) -> None:
    """The smallest change that there is, of the last number of a kernel."""
    kernel = model.weights[0]
    values = kernel.numpy().copy()
    values[-1, -1] = np.nextafter(values[-1, -1], np.float32(9))
    kernel.assign(values)


def shift_nothing(model) -> None:
    """Touches every weight and changes none."""
    for weight in model.weights:
        weight.assign(weight.value)


@task(
    "Which weights does it move?",
    why="Copy the values first, act, and compare each weight with its own copy.",
    hints=(
        "What do you have to keep before `act(model)`: the variables, or copies of their values?",
        "`weight.numpy()` is a copy. Keep one for each weight, call `act(model)`, then compare.",
        "`np.array_equal(old, weight.numpy())` for each weight; return the paths where it is False.",
    ),
)
def moved_by(moved_paths):
    """moved_paths(model, act) -> the paths of the weights that act(model) changes."""
    mistakes: dict[str, Callable[[list[str], list[str], list[str]], list[str]]] = {
        "That is nothing at all. A list of weights is not a copy of them: were the *values* copied, "
        "and before `act`?": lambda right, every, listed: [],
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
        answer, moved = watched("moved_paths", moved_paths, model, act)
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


def watched(name: str, function, model, act) -> tuple[list[str], list[str]]:
    """The paths that the learner's function gives, and which paths had moved when its `act` was done.

    Raises Wrong unless it calls act(model) exactly once.
    """
    before, moved, others = snapshot(model), [], []

    def watched_act(given) -> None:
        act(given)
        (moved if given is model else others).append(compare(before).moved)

    answer = paths(
        call(name, function, model, watched_act)
    )  # a generator acts only when it is read
    if others:
        raise Wrong(f"`{name}` calls `act` on another model; call it on the one that is given.")
    if len(moved) != 1:
        raise Wrong(f"`{name}` calls `act(model)` {len(moved)} times; it should do so once.")
    return answer, moved[0]


def paths(answer) -> list[str]:
    """A collection or a generator of texts, sorted, without repetitions."""
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise Wrong(f"`moved_paths` should return a list of paths; it returns {described(answer)}.")
    answer = list(islice(answer, 1000))  # more than any model here has, should it never end
    if not all(isinstance(path, str) for path in answer):
        raise Wrong(
            "`moved_paths` should return paths, which are texts such as 'model/first/kernel'."
        )
    return sorted(set(answer))


# --- a proof in the right order ----------------------------------------------------------------------


@task(
    "A proof in the right order",
    why="Model, freeze, compile, snapshot, fit, compare: hidden stood still and head moved.",
    hints=(
        "Two of the eight lines are traps. What does line G keep, and how is line H spelled?",
        "The snapshot belongs directly before the fit, the comparison after it.",
        "E B F D C A.",
    ),
)
def proof_in_order(order):
    """Letters of PROOF_LINES in an order that freezes `hidden` and proves it."""
    x, y = data()
    start = {"make_model": make_model, "snapshot": snapshot, "compare": compare, "x": x, "y": y}
    names = run_in_order("order", order, PROOF_LINES, start)
    movement = names.get("movement")
    if not isinstance(movement, Movement):
        raise Wrong("after your lines there is no `movement`: which line makes it?")
    moved = [path.split("/")[1] for path in movement.moved]
    shown = f"your proof says: {movement.verdict()}. "
    if not moved:
        raise Wrong(shown + "The snapshot has to be taken before the fit, the comparison after it.")
    if "hidden" in moved:
        raise Wrong(
            shown + "`hidden` was not frozen in this fit: see how the flag is set, and when."
        )
    for letter in sorted(TRAPS.keys() & set("".join(order).upper())):
        raise Wrong(f"the proof holds, but line {letter} is a trap to leave out: {TRAPS[letter]}")
