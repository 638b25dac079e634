"""Exercise 1: a model whose weights hold so many learned, frozen and statistic numbers."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

import keras
import numpy as np

from helpers.ledger import Ledger, Role, ledger
from helpers.tasks.answers import built_model, joined
from helpers.tasks.core import Slip, Wrong, described_error, task
from helpers.tasks.training import movement_of_fit

_COUNTS_ASKED = {Role.LEARNED: 43, Role.FROZEN: 88, Role.STATISTIC: 16, Role.OTHER_STATE: 0}
_WHY_STILL = {
    Role.LEARNED: "Is their layer used in your model, and does a gradient reach it?",
    Role.STATISTIC: "Does the call of your model use their layer, as in training?",
}


@task(
    "Build to order",
    why="88 frozen by you, 16 statistics kept by BatchNormalization, 43 learned: 147.",
    hints=(
        "Dense(8) on 10 inputs has 88 numbers; BatchNormalization on 8 features has 32.",
        "88 + 32 + 27 = 147: the last layer is Dense(3). Which layer do you freeze?",
        "Input((10,)), Dense(8), BatchNormalization(), Dense(3); then "
        "`model.layers[0].trainable = False` and `return model`.",
    ),
)
def built_to_order(build: object) -> None:
    """build() -> 10 in, 3 out, 147 numbers: 43 learned, 88 frozen, 16 statistics."""
    model = built_model("build", build)
    rows = _expect_shapes(model)
    book = ledger(model)
    if {role: book.count(role) for role in Role} != _COUNTS_ASKED:
        raise _what_is_off(model, book)
    rng = np.random.default_rng(0)
    data = rng.uniform(0.5, 2.5, (2 * rows, 10)), rng.uniform(0.1, 0.9, (2 * rows, 3))
    keras.Model.compile(model, keras.optimizers.SGD(0.01), "mse", run_eagerly=True)
    changes = movement_of_fit(model, data, epochs=2, batch_size=rows).changes
    for role, question in _WHY_STILL.items():
        still = [each.path for each in changes if each.role == role and not each.moved]
        if still:
            names = joined("/".join(map(_short, path.split("/")[-2:])) for path in still)
            raise Slip(f"the counts are right, but a fit leaves {names} as they were. {question}")


def _expect_shapes(model: keras.Model) -> int:
    """How many examples the model takes at once, once it is known to map 10 numbers to 3."""
    try:
        shapes = tuple(model.input_shape), tuple(model.output_shape)
    except AttributeError:  # a subclassed model, which must show it on two examples
        shapes = (None, 10), (None, *_called_on_tens(model).shape[1:])
    taken, given = (each[0] if isinstance(each[0], tuple) else each for each in shapes)
    if (taken[1:], given[1:]) != ((10,), (3,)):
        raise Wrong(f"your model maps {taken} to {given}; (None, 10) to (None, 3) was asked.")
    return taken[0] or 8


def _called_on_tens(model: keras.Model) -> np.ndarray:
    try:
        return keras.ops.convert_to_numpy(model(np.zeros((2, 10), "float32")))
    except Exception as error:
        raise Wrong(
            f"your model cannot be called on 10 numbers: {described_error(error)}.", diagnosed=False
        ) from None


def _what_is_off(model: keras.Model, book: Ledger) -> Wrong:
    """What is seen to be wrong with a model that has other counts."""
    held = joined(
        (
            f"{_short(layer)}: {', '.join(f'{count:,} {role}' for role, count in roles.items())}"
            for layer, roles in book.by_layer().items()
        ),
        most=6,
    )
    counts = ", ".join(f"{book.count(role):,} {role}" for role in Role)
    shown = f"yours has {counts} ({held or 'no weights'})."
    if reason := next(_reasons(model, book), ""):
        return Wrong(f"{shown} {reason}")
    if not book.count(Role.FROZEN):
        return Slip(
            f"{shown} Nothing is frozen. Is `trainable` set to False, and on a layer of the model "
            "that you return? (The text 'False' counts as True.)"
        )
    asked = ", ".join(f"{count} {role}" for role, count in _COUNTS_ASKED.items() if count)
    return Wrong(f"{shown} Asked are {asked}.", diagnosed=False)


def _reasons(model: keras.Model, book: Ledger) -> Iterator[str]:
    """What is known to be off, the most telling first."""
    layers = list(model._flatten_layers(include_self=False))
    yield from (
        f"The layer {_short(layer.name)!r} has an attribute `{name}`, which freezes nothing: the "
        "flag is spelt `trainable`."
        for layer in (model, *layers)
        for name in vars(layer)
        if not name.startswith("_") and get_close_matches(name, ["trainable"], cutoff=0.75)
    )
    if not book.count(Role.FROZEN):
        yield from (
            f"You froze the layer {_short(layer.name)!r}, which has no weights."
            for layer in layers
            if not layer.trainable and not layer.weights
        )
        yield from (
            f"The flag of {_short(layer.name)!r} is False, but the flags in it are True, and a "
            "model around it asks every weight. Setting a flag passes it on to the layers that "
            "are in it by then; giving a model the argument `trainable` passes nothing on."
            for layer in layers
            if not layer.trainable and layer.weights
        )
    norms = [each for each in layers if isinstance(each, keras.layers.BatchNormalization)]
    if not norms:
        others = [_short(each.name) for each in layers if "Normalization" in type(each).__name__]
        keeps = f": {joined(others)} keeps none" if others else ""
        yield f"There is no BatchNormalization in it, which keeps the statistics{keeps}."
    yield from _reasons_of_frozen(model, norms, book)
    if norms and book.count(Role.STATISTIC) != 16:
        features = " and ".join(str(norm.moving_mean.shape[0]) for norm in norms)
        yield f"BatchNormalization keeps two statistics for each feature; it has {features} here."
    if book.count(Role.OTHER_STATE):
        yield "Only what BatchNormalization keeps is a statistic; the rest is other state."
    if book.count(Role.FROZEN) == 88 and book.count(Role.STATISTIC) == 16:
        yield "Frozen numbers and statistics are right; 43 learned ones were asked."


def _reasons_of_frozen(
    model: keras.Model, norms: list[keras.layers.Layer], book: Ledger
) -> Iterator[str]:
    """What is frozen that should not be."""
    if not book.count(Role.FROZEN):
        return
    if not book.trainable:
        if any(layer.trainable_weights for layer in model.layers):
            yield "The model's own flag is False: nothing in it is trained, whatever was thawed."
        yield "Everything is frozen; only 88 numbers should be."
    if any(not norm.trainable for norm in norms):
        yield "BatchNormalization is frozen; its gamma and beta should be learned."
    if book.count(Role.FROZEN) != 88:
        frozen = joined(
            f"{roles[Role.FROZEN]:,} in {_short(layer)}"
            for layer, roles in book.by_layer().items()
            if roles[Role.FROZEN]
        )
        yield f"You froze {frozen}; 88 were asked, as in a Dense(8) on 10 numbers."


def _short(name: str) -> str:
    """A layer's name without the model's, and without the number that Keras gives to each anew."""
    return re.sub(r"_\d+$", "", name.rpartition("/")[2])
