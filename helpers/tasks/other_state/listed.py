"""Exercise 7, task 3: in which of a model's lists a variable is."""

from helpers.tasks.answers import choice
from helpers.tasks.core import task


@task(
    "In which list?",
    why="Weights are what the summary counts; `variables` has the seed states as well. A stateful "
    "layer's memory, the optimizer's slots and what a Lambda hides are in neither list.",
    hints=(
        "Three of the six belong to the layers of the model and are meant to be seen by it.",
        "`weights` holds what layers made with add_weight. Seed states are variables, not weights.",
        "Only the two means are weights, and only the seed state is in `variables` alone.",
    ),
)
def listed(
    moving_mean: object,
    normalization_mean: object,
    seed_state: object,
    lstm_memory: object,
    adam_momentum: object,
    lambda_factor: object,
) -> None:
    """In model.weights, only in model.variables, or in neither."""
    statistic = (
        "A layer made it with add_weight(trainable=False): a non-trainable weight, and `weights` "
        "lists those, too."
    )
    _expect_list("moving_mean", moving_mean, "weights", statistic, statistic)
    _expect_list("normalization_mean", normalization_mean, "weights", statistic, statistic)
    _expect_list(
        "seed_state",
        seed_state,
        "variables",
        "Dropout has no weights: the summary counts 0 for it.",
        "The layer has one variable, the state of its random numbers.",
    )
    memory = "Neither list shows a stateful layer's memory; only its attribute `states` does."
    seed = f"{memory} (The variable of an LSTM that is no weight is a seed state.)"
    _expect_list("lstm_memory", lstm_memory, "neither", memory, seed)
    slot = "It belongs to the optimizer: model.optimizer.variables lists it."
    _expect_list("adam_momentum", adam_momentum, "neither", slot, slot)
    hidden = "A layer does not look into a function: the variable is unknown to the model."
    _expect_list("lambda_factor", lambda_factor, "neither", hidden, hidden)


def _expect_list(name: str, answer: object, right: str, not_first: str, not_second: str) -> None:
    """One of the three words; the reason against each of the other two, in their order."""
    others = [word for word in ("weights", "variables", "neither") if word != right]
    choice(name, answer, right, dict(zip(others, (not_first, not_second), strict=True)))
