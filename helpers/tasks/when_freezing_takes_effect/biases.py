"""Exercise 3: a function that freezes every weight named bias and no kernel."""

from helpers.tasks.core import Wrong, task
from helpers.tasks.training import movement_of_fit, prepared_model
from helpers.tasks.when_freezing_takes_effect._models import functional_model, nested_model


@task(
    "Write: all biases, and nothing else",
    why="A single weight has a flag, too. It is set on the weight, in nested models as well, and "
    "not on the layer, which would take the kernel along.",
    hints=(
        "`layer.trainable` speaks for kernel and bias together. What else has a flag?",
        "`model.weights` lists all weights, those of nested models included; each has a `name`.",
        "For each weight in `model.weights` whose name is 'bias': `weight.trainable = False`; then "
        "compile and return.",
    ),
)
def biases(freeze_biases: object) -> None:
    """freeze_biases(model) -> the model, compiled; the next fit moves every kernel and no bias."""
    for model in (functional_model(), nested_model()):
        returned = prepared_model("freeze_biases", freeze_biases, model)
        movement = movement_of_fit(returned)
        still = {_weight_name(path) for path in movement.still}
        moved = {_weight_name(path) for path in movement.moved}
        shown = f"of the model {model.name!r}, {movement.verdict()}. "
        if (still, moved) == ({"bias"}, {"kernel"}):
            continue
        if not movement.still:
            raise Wrong(
                shown + "No bias was frozen: set the flag on the bias itself, with `=`, "
                "and do not switch the layer off and on afterwards."
            )
        if not movement.moved:
            raise Wrong(shown + "The kernels did not move either: a layer's flag takes them along.")
        if (still, moved) == ({"kernel"}, {"bias"}):
            raise Wrong(shown + "It is the other way round: the biases should stay.")
        if still == {"bias"}:
            loose = [path for path in movement.moved if _weight_name(path) == "bias"]
            raise Wrong(
                shown + f"These biases moved, too: {', '.join(loose)}. Every layer counts, "
                "also one inside a nested model."
            )
        tied = [path for path in movement.still if _weight_name(path) == "kernel"]
        raise Wrong(
            shown + f"These kernels stood still, too: {', '.join(tied)}. Set the flag on "
            "each bias, not on its layer, and do not go by position."
        )


def _weight_name(path: str) -> str:
    return path.rpartition("/")[2]
