"""Orders: what really happens when compile, freeze and fit come in one order or another.

An order is a tuple of steps. `run_order` makes a tiny model, really does the steps one by one on
the backend that is loaded, and reports two things about the layer whose flag was switched: what
the summary says of it, and what the last fit did to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers

from helpers._arguments import labelled, one_of, several, shown, text, true_or_false, whole
from helpers.movement import compare, snapshot
from helpers.tables import Table

Order = tuple[str, ...]

COMMON_ORDERS: Mapping[str, Order] = {
    "flag first": ("freeze", "compile", "fit"),
    "compile first": ("compile", "freeze", "fit"),
    "changed my mind": ("compile", "freeze", "unfreeze", "fit"),
    "frozen too late": ("compile", "fit", "freeze", "fit"),
    "thawed too late": ("freeze", "compile", "fit", "unfreeze", "fit"),
    "frozen and recompiled": ("compile", "fit", "freeze", "recompile", "fit"),
    "thawed and recompiled": ("freeze", "compile", "fit", "unfreeze", "recompile", "fit"),
}

ORDERS: Mapping[str, Order] = {
    **COMMON_ORDERS,
    "frozen too late, new batch size": ("compile", "fit", "freeze", "fit another batch size"),
    "frozen too late, partial batch": (
        "compile",
        "fit with a partial batch",
        "freeze",
        "fit another batch size",
    ),
    "thawed after evaluate": ("freeze", "compile", "evaluate", "unfreeze", "fit"),
    "thawed, old optimizer": (
        "freeze",
        "compile",
        "fit",
        "unfreeze",
        "recompile, same optimizer",
        "fit",
    ),
    "recompiled after a lost fit": ("compile", "fit", "freeze", "fit", "recompile", "fit"),
}

_STEPS = (
    "compile",
    "recompile",
    "recompile, same optimizer",
    "freeze",
    "unfreeze",
    "evaluate",
    "fit",
    "fit another batch size",
    "fit with a partial batch",
)


@dataclass(frozen=True)
class Outcome:
    """What one order led to.

    `summary` is "frozen" or "learned", read off the trainable count before the last fit;
    `trainable` is that count. `fit` says what the last fit did to the layer: "still", "moved", or
    the name of the error that it raised.
    """

    name: str
    steps: Order
    trainable: int
    summary: str
    fit: str

    @property
    def honest(self) -> bool:
        """Whether the last fit did what the summary said."""
        return (self.summary, self.fit) in {("frozen", "still"), ("learned", "moved")}


def make_model() -> keras.Model:
    """Dense(3), called hidden, then Dense(2): 15 + 8 = 23 numbers, all linear."""
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="hidden"), layers.Dense(2, name="head")],
        name="tiny",
    )


def run_orders(
    orders: Mapping[str, Order] = ORDERS, *, run_eagerly: bool = False
) -> tuple[Outcome, ...]:
    """Really run each order on a fresh tiny model; one Outcome per order.

    Raises:
        TypeError, ValueError: before any is run: see `run_order`.
    """
    orders = labelled("orders", orders, "orders")
    checked = {name: _checked_order(name, steps) for name, steps in orders.items()}
    eagerly = true_or_false("run_eagerly", run_eagerly)
    return tuple(run_order(name, steps, run_eagerly=eagerly) for name, steps in checked.items())


def run_order(name: str, steps: Sequence[str], *, run_eagerly: bool = False) -> Outcome:
    """Run the steps on a fresh tiny model, freezing and unfreezing its layer `hidden`.

    Args:
        name: what to call this order.
        steps: words such as "compile", "freeze" and "fit" (another is refused with all of them
            named), the last of them a fit, with a compile before it.
        run_eagerly: passed to `compile`: Python runs every step, nothing is traced.

    Raises:
        TypeError, ValueError: the steps are not such an order. (An error of `fit` is a result, not
            raised.)
    """
    steps = _checked_order(name, steps)
    model = make_model()
    hidden = model.get_layer("hidden")
    trainable, fit = 0, ""
    for step in steps:
        if step in ("freeze", "unfreeze"):
            hidden.trainable = step == "unfreeze"
        elif step in ("compile", "recompile"):
            _compile_with(model, keras.optimizers.SGD(0.01), run_eagerly)
        elif step == "recompile, same optimizer":
            _compile_with(model, model.optimizer, run_eagerly)
        elif step == "evaluate":
            model.evaluate(*data(), batch_size=8, verbose=0)
        else:
            trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
            fit = _effect_of_fit(
                model,
                hidden,
                batch_size=4 if step == "fit another batch size" else 8,
                examples=34 if step == "fit with a partial batch" else 32,
            )
    return Outcome(name, steps, trainable, "learned" if trainable == 23 else "frozen", fit)


def _checked_order(name: str, steps: Sequence[str]) -> Order:
    steps = several(f"the order {name!r}", steps, str, "a tuple of steps")
    unknown = [step for step in steps if step not in _STEPS]
    if unknown:
        words = ", ".join(_STEPS)
        raise ValueError(f"the order {name!r} has {shown(unknown)}; the steps are {words}")
    if not steps[-1].startswith("fit"):
        raise ValueError(f"the order {name!r} should end with a fit, to have an effect")
    first_use = next(i for i, step in enumerate(steps) if step not in ("freeze", "unfreeze"))
    if steps[first_use] != "compile":
        raise ValueError(f"the order {name!r} needs 'compile' before {steps[first_use]!r}")
    return steps


def _compile_with(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, run_eagerly: bool
) -> None:
    # Compiled by XLA, a TensorFlow step of this size takes longer to build than to run.
    jit = False if run_eagerly or keras.backend.backend() == "tensorflow" else "auto"
    model.compile(optimizer, "mse", run_eagerly=run_eagerly, jit_compile=jit)


def data(examples: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets, positive and far from zero, on which every healthy weight must move.

    Give each fit four batches: TensorFlow warns about a function traced at every other call.

    Raises:
        TypeError, ValueError: examples is not a whole number from 1 to a million.
    """
    whole("examples", examples, "a whole number from 1 to a million", range(1, 10**6 + 1))
    rng = np.random.default_rng(0)
    return rng.uniform(1, 2, (examples, 4)), rng.uniform(5, 9, (examples, 2))


def _effect_of_fit(
    model: keras.Model, layer: keras.layers.Layer, batch_size: int, examples: int
) -> str:
    """Fit for one epoch: "moved" or "still" for the layer, or the name of the error."""
    try:
        before = snapshot(layer)
        model.fit(*data(examples), batch_size=batch_size, verbose=0)
        return "moved" if compare(before).moved else "still"
    except (ValueError, RuntimeError, TypeError) as error:
        # TypeError: after a fit that failed on JAX, the model's variables hold no values any more.
        return type(error).__name__


def order_table(outcomes: Sequence[Outcome]) -> Table:
    """The order table: each order, what the summary says, what the last fit really did.

    Raises:
        TypeError, ValueError: outcomes are none of `run_orders`.
    """
    outcomes = several("outcomes", outcomes, Outcome, "what run_orders() gave")
    rows = [
        (o.name, " → ".join(o.steps), o.trainable, o.summary, o.fit, "" if o.honest else "✗")
        for o in outcomes
    ]
    header = ("name", "order", "trainable", "summary says", "last fit", "differs")
    odd = sum(not outcome.honest for outcome in outcomes)
    return Table(header, rows, caption=f"{len(rows)} orders; {odd} do not do what the summary says")


def backends_table(runs: Mapping[str, dict], names: Sequence[str] = tuple(ORDERS)) -> Table:
    """Orders down, stored runs across: what the last fit did; * where the summary differs.

    Raises:
        TypeError, ValueError: they are no such runs, or a name is none of their orders.
    """
    names = several("names", names, str, "names of orders")
    for title, run in labelled("runs", runs, "stored('orders')['results']").items():
        _check_run(f"runs[{title!r}]", run, names)

    def cell(run: dict, name: str) -> str:
        says, does = run["outcomes"][name]
        return does + ("" if Outcome(name, (), 0, says, does).honest else " *")

    rows = [(name, *(cell(run, name) for run in runs.values())) for name in names]
    made = "; ".join(
        f"{title}: {', '.join(f'{k} {v}' for k, v in run['versions'].items())}, {run['date']}"
        for title, run in runs.items()
    )
    return Table(("order", *runs), rows, caption=f"What the last fit did to the layer. {made}")


def _check_run(run_name: str, run: Any, names: Sequence[str]) -> None:
    """Raise TypeError or ValueError unless it is a stored run of at least the orders named."""
    labelled(run_name, run, "versions, date and outcomes")
    labelled(f"{run_name}['versions']", run.get("versions"), "versions")
    text(f"{run_name}['date']", run.get("date"))
    outcomes = labelled(f"{run_name}['outcomes']", run.get("outcomes"), "outcomes")
    for name in names:
        outcome = outcomes[one_of("each of names", name, outcomes)]
        if len(several(f"the outcome of {name!r}", outcome, str, "two words")) != 2:
            raise ValueError(f"the outcome of {name!r} should be two words, not {shown(outcome)}")
