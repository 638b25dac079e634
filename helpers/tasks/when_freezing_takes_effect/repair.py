"""Tasks of exercise 3 in which a program is put in order or repaired."""

import keras

from helpers.experiments.orders import data, make_model
from helpers.movement import Movement, compare, snapshot
from helpers.tables import Table
from helpers.tasks.answers import call, described, expect_function
from helpers.tasks.behaviour import movement_of_fit, run_in_order
from helpers.tasks.core import Wrong, task

HIDDEN = ["tiny/hidden/kernel", "tiny/hidden/bias"]
HEAD = ["tiny/head/kernel", "tiny/head/bias"]

LINES = {
    "A": "model.fit(x, y, batch_size=8, verbose=0)",
    "B": "hidden.trainable == False",
    "C": "before = snapshot(model)",
    "D": "hidden = model.get_layer('hidden')",
    "E": "model.compile('sgd', 'mse')",
    "F": "before = model.get_weights()",
    "G": "hidden.trainable = False",
    "H": "verdict = compare(before).verdict()",
    "I": "model.optimizer.learning_rate = 0.01",
}


def shown_lines() -> Table:
    """The lines of the Parsons problem, with their letters."""
    return Table(("letter", "line"), tuple(LINES.items()))


def trained_model(hidden_frozen: bool = False) -> keras.Model:
    """The tiny model (layers hidden and head) after a fit with Adam at a rate of 0.01.

    Its last batch is smaller than the others, after which TensorFlow's graph takes batches of any
    size: a learner's batch size cannot bring a late flag into force by being traced anew.
    """
    model = make_model()
    model.get_layer("hidden").trainable = not hidden_frozen
    model.compile(keras.optimizers.Adam(0.01), "mse", jit_compile=False)
    model.fit(*data(68), batch_size=8, verbose=0)
    return model


def returned_model(name: str, function, model: keras.Model, *arguments) -> keras.Model:
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


def prepared_model(name: str, function, model: keras.Model, *arguments) -> keras.Model:
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


@task(
    "Six lines in order",
    why="Flag, compile, snapshot, fit, compare. The snapshot may stand anywhere before the fit; "
    "the compile may not be left out, since the model had been trained before.",
    hints=(
        "The model has been trained, so its training step exists. Which line throws it away?",
        "Of each pair leave one out: `=` or `==`; `snapshot` or `get_weights`; `compile` or a new "
        "learning rate.",
        "Get the layer, flag, compile, snapshot, fit, compare: D, then G, then four more.",
    ),
)
def six_lines(order):
    """Order six of nine lines so that the verdict proves that only the head moved."""
    given = {"model": None, "snapshot": snapshot, "compare": compare}
    given["x"], given["y"] = data()
    if isinstance(order, str | list | tuple) and len(order):
        given["model"] = trained_model()
    names = run_in_order("order", order, LINES, given)
    used = [letter for part in order for letter in part.upper() if letter in LINES]
    shown = f"`order` is {' '.join(used)}. "
    if "verdict" not in names:
        raise Wrong(shown + "It leaves no `verdict`: nothing is proved without line H.")
    verdict, hidden = names["verdict"], names["model"].get_layer("hidden")
    if verdict == "everything moved" and hidden.trainable:
        raise Wrong(shown + "Everything moved, and the flag is still True: line B only compares.")
    if verdict == "everything moved" and used.index("G") > used.index("A"):
        raise Wrong(shown + "Everything moved: the flag was set after the fit.")
    if verdict == "everything moved":
        raise Wrong(
            shown + "Everything moved: the fit used the training step of an earlier fit, "
            "in which `hidden` was trainable."
        )
    if verdict == "nothing moved" and "A" not in used:
        raise Wrong(shown + "Nothing moved: there is no fit, so nothing is proved.")
    if verdict == "nothing moved":
        raise Wrong(shown + "Nothing moved, since no fit stands between `snapshot` and `compare`.")
    if len(used) > 6:
        raise Wrong(shown + f"It works, but with {len(used)} lines; six are enough.")


@task(
    "Repair: frozen too late",
    why="A model that arrives trained brings its training step along; compile after the flag.",
    hints=(
        "What was trainable when this model's training step was made?",
        "Something between the flag and `fit` must throw the old training step away.",
        "Between the two lines: `model.compile('sgd', 'mse')`.",
    ),
)
def fine_tuned(fine_tune):
    """fine_tune(model, x, y) trains a model that was trained before; only the head may move."""
    expect_function("fine_tune", fine_tune)
    model = trained_model()
    before, brought = snapshot(model), model.optimizer
    returned_model("fine_tune", fine_tune, model, *data(128))
    moved = compare(before)
    if moved.still == HIDDEN:
        return
    raise Wrong(*cause_in_fine_tune(moved, model, brought))


def cause_in_fine_tune(moved: Movement, model, brought) -> tuple[str, bool]:
    """What probably went wrong, and whether that is known."""
    shown = f"after your `fine_tune`, {moved.verdict()}. "
    hidden, head = model.get_layer("hidden"), model.get_layer("head")
    if not moved.moved and not model.trainable_weights:
        return shown + "You froze the whole model; its head should learn.", True
    if not moved.moved:
        return shown + "Does it call `fit`, at a learning rate above 0?", True
    late = not moved.still and not hidden.trainable_weights
    if late and model.optimizer is not brought and int(model.optimizer.iterations):
        return shown + "A fit came before the flag: first the flag, then compile, then fit.", True
    if late and model.optimizer is not brought:
        return (
            shown + "The compile came after the fit: first the flag, then compile, then fit.",
            True,
        )
    if late:
        return (
            shown + "The flag says frozen, but the fit used the training step that the model "
            "brought along.",
            True,
        )
    if not moved.still:
        return shown + "Nothing was frozen: check the spelling, and that it is `=`, not `==`.", True
    if moved.still == HEAD and not head.trainable:
        return shown + "The wrong layer is frozen: `hidden` should stay, the head learn.", True
    if moved.still in (HIDDEN[1:], HIDDEN[:1]):
        return shown + "Both the kernel and the bias of `hidden` should stay.", True
    return shown + "Only the head's kernel and bias should.", False


@task(
    "Repair: three bugs in a thaw",
    why="The flag on the layer itself, a new optimizer, and its rate written out.",
    hints=(
        "The model's own flag was never False. What does setting it to True do?",
        "Once `hidden` is really thawed, the old optimizer has no numbers for it. Which rate does "
        "a new one have?",
        "Set the flag of the layer `hidden`, then "
        "`model.compile(keras.optimizers.Adam(0.0001), 'mse')`.",
    ),
)
def thawed(thaw):
    """thaw(model) -> the same model; its next fit moves everything, at a rate of 0.0001."""
    expect_function("thaw", thaw)
    model = trained_model(hidden_frozen=True)
    hidden = model.get_layer("hidden")
    returned = prepared_model("thaw", thaw, model)
    moved = next_fit(returned)
    shown = f"in the next fit, {moved.verdict()}. "
    if not moved.moved and not returned.trainable_weights:
        raise Wrong(shown + "The whole model is frozen: a parent's False vetoes its layers.")
    if not moved.moved:
        raise Wrong(shown + "All is thawed; is the learning rate 0?")
    if moved.still in (HIDDEN[:1], HIDDEN[1:]):
        raise Wrong(shown + "Both the kernel and the bias of `hidden` should learn.")
    if moved.still == HEAD:
        raise Wrong(shown + "The head should go on learning, too.")
    if moved.still and not hidden.trainable:
        raise Wrong(
            shown + "`hidden` is still frozen: `model.trainable = True` passes nothing on, "
            "since the model's own flag is True already."
        )
    if moved.still == HIDDEN:
        raise Wrong(shown + "`hidden` is thawed, but the old training step is still in use.")
    if moved.still:
        raise Wrong(shown + "Everything should move.", diagnosed=False)
    expect_rate(float(returned.optimizer.learning_rate))


def next_fit(model) -> Movement:
    try:
        return movement_of_fit(model)
    except Wrong as stopped:
        if "Unknown variable" not in str(stopped):
            raise
        raise Wrong(
            "the next fit stops with 'Unknown variable': the optimizer was made while "
            "`hidden` was frozen, and has no numbers for it."
        ) from None


def expect_rate(rate: float) -> None:
    """Raise Wrong unless the learning rate is 0.0001."""
    causes = {
        0.001: "That is the default: `compile('adam')` and `Adam()` go back to it.",
        0.01: "That is the rate the model came with: SGD's default, or the old optimizer's.",
        0.00001: "That is ten times too low: one zero less.",
    }
    for wrong, cause in causes.items():
        if abs(rate - wrong) <= wrong / 1e4:
            raise Wrong(f"everything is trained, but the learning rate is {wrong:g}. {cause}")
    if rate < 0:
        raise Wrong(
            f"everything is trained, but the learning rate is {rate:g}: below 0 the steps "
            "go uphill, and the model gets worse."
        )
    if rate >= 0.1:
        raise Wrong(
            f"everything is trained, but the learning rate is {rate:g}: that is no gentle "
            "training. 0.0001 was asked for."
        )
    if abs(rate - 0.0001) > 1e-6:  # a schedule may have lowered it a little
        raise Wrong(
            f"everything is trained, but the learning rate is {rate:g}, "
            f"{rate / 0.0001:.3g} times the 0.0001 that was asked for."
        )
