"""Who changes a variable, when, and is it saved? Each answer comes from trying it out.

`observe` makes a specimen's model several times, does one thing to it each time, and looks whether
the variable has moved; then it saves and loads the model and looks whether the value came back.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from helpers._arguments import of_type, several
from helpers.experiments.variables._actions import (
    ACTIONS,
    adapt,
    before_and_after,
    comes_back,
    differs,
    fresh_model,
    is_in,
    line_of_summary,
)
from helpers.experiments.variables._specimens import Specimen
from helpers.tables import Table


@dataclass(frozen=True)
class Observation:
    """What became of one variable.

    `moved` holds, for each action, whether the variable had moved after it, or None where the
    action cannot be done; `by_optimizer` whether the learning rate made a difference to it.
    """

    name: str
    moved: dict[str, bool | None]
    by_optimizer: bool
    in_weights: bool
    in_variables: bool
    in_summary: str
    in_keras: bool
    in_weights_h5: bool

    @property
    def who(self) -> str:
        """Whose code changes it."""
        found = []
        if self.moved["adapt"]:
            found.append("adapt")
        if self.moved["call in training mode"]:
            found.append("layer")
        elif self.moved["evaluate"]:
            found.append("metric")
        if self.by_optimizer:
            found.append("optimizer")
        return " and ".join(found) or "nobody"

    @property
    def when(self) -> str:
        """The least that changes it."""
        if self.moved["call in inference mode"]:
            return "every call"
        if self.moved["call in training mode"]:
            return "training"
        if self.moved["evaluate"]:
            return "fit and evaluate"
        if self.moved["fit"]:
            return "fit"
        return "adapt" if self.moved["adapt"] else "never"

    def table(self) -> Table:
        """Each action, and whether the variable had moved after it."""
        words = {True: "moved", False: "–", None: "cannot be done"}
        rows = [(action, words[moved]) for action, moved in self.moved.items()]
        return Table(("action on a fresh model", self.name), rows)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def observe(specimen: Specimen) -> Observation:
    """Do everything to the specimen's model, each time to a fresh one, and look at the variable.

    The same random numbers start every model, so that two of them differ only by the action.

    Raises:
        TypeError: not a Specimen.
        ValueError: the specimen's model has no such variable.
    """
    of_type("specimen", specimen, Specimen, "a Specimen")
    model = fresh_model(specimen)
    variable = specimen.find(model)
    if variable is None:
        raise ValueError(f"{specimen.name!r}: find gives no variable of a fresh model")
    can_adapt = any(hasattr(layer, "adapt") for layer in model.layers)
    after = {
        name: before_and_after(specimen, *action) if action[0] is not adapt or can_adapt else None
        for name, action in ACTIONS.items()
    }
    moved = {name: None if values is None else differs(*values) for name, values in after.items()}
    if moved["fit at rate 0"] and not moved["evaluate"] and not moved["call in training mode"]:
        by_optimizer = True  # nothing but a step of the optimizer is left to explain it
    else:
        trained, at_rate_0 = after["fit"], after["fit at rate 0"]
        by_optimizer = bool(trained and at_rate_0 and differs(trained[1], at_rate_0[1]))
    return Observation(
        specimen.name,
        moved,
        by_optimizer,
        in_weights=is_in(variable, model.weights),
        in_variables=is_in(variable, model.variables),
        in_summary=line_of_summary(model, variable),
        in_keras=comes_back(specimen, "model.keras"),
        in_weights_h5=comes_back(specimen, "model.weights.h5"),
    )


def overview(observations: Iterable[Observation]) -> Table:
    """One row for each variable: who changes it, when, where it is listed, where it is saved.

    Raises:
        TypeError, ValueError: they are none of `observe`.
    """
    observations = several("observations", observations, Observation, "what observe() gave")
    header = (
        "variable",
        "who changes it",
        "when",
        "moves in fit if frozen?",
        "weights?",
        "variables?",
        "summary",
        ".keras",
        ".weights.h5",
    )
    yes = {True: "yes", False: "no", None: "is gone"}
    rows = [
        (
            seen.name,
            seen.who,
            seen.when,
            yes[seen.moved["fit, layer frozen"]],
            yes[seen.in_weights],
            yes[seen.in_variables],
            seen.in_summary,
            yes[seen.in_keras],
            yes[seen.in_weights_h5],
        )
        for seen in observations
    ]
    return Table(header, rows)
