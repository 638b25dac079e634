"""Tasks of exercise 2 that ask for code."""

from collections.abc import Callable, Iterable

import keras
import numpy as np
from keras import layers, ops

from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.behaviour import run_in_order
from helpers.tasks.core import Wrong, described_error, task

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
LAST_KERNEL = 7  # its position among the nine weights of make_frozen_middle()


def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    x = rng.uniform(0.5, 2.5, (32, 4)).astype("float32")
    return x, rng.uniform(4, 8, (32, 2)).astype("float32")


def make_model() -> keras.Model:
    stack = [keras.Input((4,)), layers.Dense(3, name="hidden"), layers.Dense(2, name="head")]
    return keras.Sequential(stack, name="model")


def make_frozen_middle() -> keras.Model:
    """Every role that a step treats differently: learned, frozen, statistic.

    `first` has no bias: BatchNormalization would cancel it, and its gradient would be noise.
    """
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, use_bias=False, name="first"),
            layers.Dense(3, name="middle", trainable=False),
            layers.BatchNormalization(name="norm", momentum=0.5),
            layers.Dense(2, name="last"),
        ],
        name="model",
    )


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
        "That is nothing at all. A list of weights is not a copy of them: were the values copied "
        "before `act`, and was `act` called?": lambda right, every, listed: [],
        "That is every weight, changed or not.": lambda right, every, listed: every,
        "Those are the trainable ones. What moves is a matter of the values, not of the flags.": (
            lambda right, every, listed: listed
        ),
        "Those are the ones that did *not* move.": (
            lambda right, every, listed: [path for path in every if path not in right]
        ),
    }
    acts = (fit_once, fit_at_rate_zero, swap_two_numbers, shift_nothing)
    given, right, every, listed = [], [], [], []
    for act in acts:
        model = make_frozen_middle()
        before = snapshot(model)
        given.append(paths(call("moved_paths", moved_paths, model, act)))
        right.append(sorted(compare(before).moved))
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
    if set(given[0]) == {path.rpartition("/")[2] for path in right[0]}:
        raise Wrong(f"{shown}. Those are names; give each weight's `path`, which tells layers apart.")
    raise Wrong(f"{shown}; {len(right[first])} weights moved.", diagnosed=False)


def paths(answer) -> list[str]:
    """A collection of texts, sorted, without repetitions."""
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise Wrong(f"`moved_paths` should return a list of paths; it returns {described(answer)}.")
    if not hasattr(answer, "__len__"):
        raise Wrong(f"`moved_paths` should return a list of paths; it returns {described(answer)}.")
    if not all(isinstance(path, str) for path in answer):
        raise Wrong("`moved_paths` should return paths, which are texts such as 'model/first/kernel'.")
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
        raise Wrong(shown + "`hidden` was not frozen in this fit: see how the flag is set, and when.")


# --- a training step to repair -------------------------------------------------------------------------


@task(
    "Repair the training step",
    why="The loop decides what is trained: ask for `trainable_weights`, with `training=True`.",
    hints=(
        "The flag does not reach the tape. Who decides which variables are updated?",
        "Replace the list, in both places where it is used. Leave `training=True` as it is.",
        "`weights = model.trainable_weights`; the rest of the function can stay.",
    ),
)
def step_repaired(step):
    """step(model, x, y): one step of SGD(0.1) on the mean squared error that honours flags."""
    x, y = data()
    model, reference = make_frozen_middle(), make_frozen_middle()
    reference.set_weights(model.get_weights())
    reference.compile(keras.optimizers.SGD(0.1), "mse")
    before, expected = snapshot(model), snapshot(reference)
    reference.fit(x, y, batch_size=len(x), verbose=0)
    try:
        step(model, ops.convert_to_tensor(x), ops.convert_to_tensor(y))
    except Exception as error:
        raise Wrong(f"`step` stopped with {described_error(error)}.") from None
    movement = compare(before)
    shown = f"after your step, {movement.verdict()}. "
    if any("middle" in path for path in movement.moved):
        raise Wrong(shown + "`middle` is frozen: update what is in `trainable_weights`.")
    if not movement.moved:
        raise Wrong(shown + "Is there an `apply`, and does the list hold anything?")
    if not any("moving" in path for path in movement.moved):
        raise Wrong(
            shown + "The statistics of `norm` should move in a training step: call the model with "
            "`training=True`."
        )
    if movement.moved != compare(expected).moved:
        raise Wrong(shown + "Every weight in `trainable_weights` should move.")
    judge_size(before, expected)


def judge_size(before, expected) -> None:
    """Compare each learned weight's change with that of Keras's own step."""
    ours, right = (
        moment.model.get_layer("last").kernel.numpy() - moment.values[LAST_KERNEL]
        for moment in (before, expected)
    )
    factor = float(np.vdot(ours, right) / np.vdot(right, right))
    if factor < 0:
        raise Wrong("your step goes uphill: subtract the gradient, do not add it.")
    if not np.allclose(ours, right, rtol=1e-3, atol=1e-5):
        raise Wrong(
            f"your step is {factor:.3g} times as long as it should be: the rate is 0.1, and the "
            "loss the *mean* of the squared errors."
        )
