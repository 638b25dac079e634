"""What a learner's function did to the model it was given, apart from flags and compile."""

import keras

from helpers.movement import compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.core import Wrong


def returned_model(
    name: str, function: object, model: keras.Model, *arguments: object
) -> keras.Model:
    """Call a learner's function on a model and check that the answer has the model's weights.

    Raises:
        Wrong: it stopped, or returned no model, one not built, or one with other weights.
    """
    given = list(model.weights)  # now, since the function may replace layers; kept, so are the ids
    returned = call(name, function, model, *arguments)
    if not isinstance(returned, keras.Model):
        raise Wrong(f"`{name}` should return the model; it returned {described(returned)}.")
    if not returned.built:
        raise Wrong(f"`{name}` returned a model that is not built: return the one it was given.")
    if {id(weight) for weight in returned.weights} != {id(weight) for weight in given}:
        raise Wrong(
            f"`{name}` returned a model with other weights than the one it was given: a clone or a "
            "new model has learned nothing."
        )
    return returned


def prepared_model(
    name: str, function: object, model: keras.Model, *arguments: object
) -> keras.Model:
    """As `returned_model`, of a function that must leave the values as they are."""
    before = snapshot(model)
    returned = returned_model(name, function, model, *arguments)
    changed = compare(before)
    if changed.moved:
        raise Wrong(
            f"your `{name}` itself changed weights: {changed.verdict()}. It should only "
            "prepare the model; the checker trains it."
        )
    return returned
