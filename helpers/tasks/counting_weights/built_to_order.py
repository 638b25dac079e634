"""Exercise 1: a model whose weights hold so many learned, frozen and statistic numbers."""

import keras
import numpy as np

from helpers.ledger import Ledger, Role, ledger
from helpers.movement import compare, snapshot
from helpers.tasks.answers import built_model
from helpers.tasks.core import Wrong, described_error, task


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
    shapes = _mapped_shapes(model)
    if shapes != ((None, 10), (None, 3)):
        raise Wrong(
            f"your model maps {shapes[0]} to {shapes[1]}; (None, 10) to (None, 3) was asked."
        )
    book = ledger(model)
    found = {role: book.count(role) for role in Role}
    shown = "yours has " + ", ".join(f"{count:,} {role}" for role, count in found.items()) + ". "
    if found != {Role.LEARNED: 43, Role.FROZEN: 88, Role.STATISTIC: 16, Role.OTHER_STATE: 0}:
        raise Wrong(*_cause_of_counts(book, shown))
    before = snapshot(model)
    model.compile(keras.optimizers.SGD(0.01), "mse")
    rng = np.random.default_rng(0)
    model.fit(rng.normal(3, 1, (32, 10)), rng.normal(0, 1, (32, 3)), verbose=0)
    moved = {change.role for change in compare(before).changes if change.moved}
    moved -= {Role.OTHER_STATE}  # no weight has this role here: it is the seed of a Dropout
    before.restore()
    if moved != {Role.LEARNED, Role.STATISTIC}:
        roles = " and ".join(sorted(moved)) or "nothing"
        raise Wrong(f"the counts are right, but one training step moved only: {roles}.")


def _mapped_shapes(model: keras.Model) -> tuple[tuple, tuple]:
    """The shapes a model takes and gives; a subclassed model must show it on two examples."""
    try:
        return tuple(model.input_shape), tuple(model.output_shape)
    except AttributeError:
        pass
    try:
        return (None, 10), (None, *model(np.zeros((2, 10))).shape[1:])
    except Exception as error:
        raise Wrong(
            f"your model cannot be called on 10 numbers: {described_error(error)}."
        ) from None


def _cause_of_counts(book: Ledger, shown: str) -> tuple[str, bool]:
    """What a learner with these counts probably did, and whether that is known."""
    causes = {
        (131, 0, 16): "Nothing is frozen: check the spelling of `trainable`, and that it is set "
        "on the Dense layer of the model that you return (layers[0] may be the InputLayer).",
        (0, 131, 16): "Everything is frozen: freeze one layer, not the model.",
        (104, 27, 16): "You froze the last layer; 88 is the size of the first.",
        (115, 16, 16): "You froze BatchNormalization; 88 is the size of the first Dense layer.",
        (27, 104, 16): "You froze BatchNormalization, too: its gamma and beta should be learned.",
        (16, 115, 16): "You froze both Dense layers; the last one should be learned.",
        (43, 88, 0): "There are no statistics: LayerNormalization keeps none, "
        "BatchNormalization does.",
        (27, 88, 0): "There are no statistics: is BatchNormalization missing?",
    }
    counts = tuple(book.count(role) for role in (Role.LEARNED, Role.FROZEN, Role.STATISTIC))
    if counts in causes:
        return shown + causes[counts], True
    if counts[:2] in ((47, 88), (33, 88)) and counts[2]:
        return (
            shown + "The Dense layers are right; BatchNormalization stands in another place: it "
            "should normalise the 8 features between them.",
            True,
        )
    if book.total != 147:
        if counts[0] and all(counts) and counts[1] % 11 == 0 and counts[2] == 2 * counts[1] // 11:
            units = counts[1] // 11
            return (
                shown + f"The kinds are right, but the first Dense layer has {units} unit(s): "
                "88 frozen are 10 inputs for each, and a bias.",
                True,
            )
        return shown + f"That is {book.total:,} in all; 147 were asked for.", False
    return shown + "Asked: 43 learned, 88 frozen, 16 statistic.", False
