"""Tasks of exercise 8 in which a program is repaired."""

import warnings

import keras
import numpy as np
from keras import layers

from helpers.ledger import Role
from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.behaviour import made_layer, training_data
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.freezing_clinic.patients import examples, network


def fitted(name: str, model: keras.Model, optimizer=None) -> Movement:
    """What moves when the model is compiled anew and fitted; a failing fit is the learner's."""
    try:
        model.compile(optimizer or keras.optimizers.SGD(0.01), "mse", jit_compile=False)
        before = snapshot(model)
        with warnings.catch_warnings():  # that something has no gradient, which the movement tells
            warnings.simplefilter("ignore")
            model.fit(*training_data(model, examples=36), batch_size=8, verbose=0)
    except Exception as error:
        raise Wrong(f"what `{name}` returns does not train: {described_error(error)}.") from None
    return compare(before)


@task(
    "Repair: the frozen clone",
    why="A clone has the flags of its model, but values of its own: copy the values, and switch "
    "the flag off and on, since the clone's own flag is True already while its layers are frozen.",
    hints=(
        "Two things are wrong. What does `clone_model` keep, the values or the flags?",
        "`student.set_weights(teacher.get_weights())` copies the values. And what does "
        "`student.trainable = True` do if that flag is True already?",
        "After copying the values: `student.trainable = False`, then `student.trainable = True`.",
    ),
)
def student(make_student):
    """make_student(teacher) -> another model, same answers, all of it learns; teacher stays."""
    teacher = network()
    for weight in teacher.weights:  # other values than those of a new network
        weight.assign(weight.value * 0.7 + 0.1)
    teacher.trainable = False
    at_start = snapshot(teacher)
    x, _ = examples()
    pupil = call("make_student", make_student, teacher)
    if not isinstance(pupil, keras.Model) or not pupil.built:
        raise Wrong(f"`make_student` should return a built model; it returned {described(pupil)}.")
    if compare(at_start).moved:
        raise Wrong("`make_student` itself changed the teacher's values.")
    shared = {id(weight) for weight in teacher.weights} & {id(weight) for weight in pupil.weights}
    if shared:
        raise Wrong(
            f"the student shares {len(shared)} of its arrays with the teacher: it should "
            "be a model of its own."
        )
    refuse_other_answers(pupil, teacher, x)
    movement = fitted("make_student", pupil)
    refuse_still_student(pupil, movement)
    if teacher.trainable_weights:
        raise Wrong("the student learns, but the teacher is not frozen any more: leave its flags.")
    if compare(at_start).moved:
        raise Wrong("the teacher moved while the student was trained.")


def refuse_other_answers(pupil: keras.Model, teacher: keras.Model, x: np.ndarray) -> None:
    """Raise Wrong unless the student begins with the teacher's answers."""
    try:
        answers = keras.ops.convert_to_numpy(pupil(x, training=False))
    except Exception as error:
        raise Wrong(f"the student cannot be called: {described_error(error)}.") from None
    expected = keras.ops.convert_to_numpy(teacher(x, training=False))
    if answers.shape != expected.shape:
        raise Wrong(f"the student gives the shape {answers.shape}, the teacher {expected.shape}.")
    if np.allclose(answers, expected, rtol=1e-4, atol=1e-4):
        return
    if pupil.compiled and int(pupil.optimizer.iterations):
        raise Wrong(
            "the student answers differently at the start, since it has been trained: "
            "return it untrained."
        )
    learned = [weight for weight in pupil.weights if not weight.name.startswith("moving")]
    known = [weight for weight in teacher.weights if not weight.name.startswith("moving")]
    copied = [
        a.shape == b.shape and np.array_equal(a.numpy(), b.numpy())
        for a, b in zip(learned, known, strict=False)
    ]
    if copied and all(copied):
        raise Wrong(
            "the student answers differently at the start: the kernels are copied, but not "
            "the statistics. Copy *all* weights."
        )
    raise Wrong(
        "the student answers differently at the start: a clone or a new network has values "
        "of its own. Copy the teacher's."
    )


def refuse_still_student(pupil: keras.Model, movement: Movement) -> None:
    """Raise Wrong unless every learned weight of the student moved."""
    still = [c.path for c in movement.changes if not c.moved and c.role != Role.STATISTIC]
    if not still:
        return
    shown = f"in a fit of the student, {movement.verdict()}. "
    if not movement.moved and pupil.trainable:
        raise Wrong(
            shown + "Its own flag is True, but its layers came frozen from the teacher, "
            "and True on top of True passes nothing on."
        )
    if not movement.moved:
        raise Wrong(shown + "It came frozen from the teacher: a copy keeps the flags.")
    if still[0].startswith("head"):
        raise Wrong(
            shown + f"{still[0]} did not: a copy keeps the flags, and that of the head is "
            "still False."
        )
    raise Wrong(
        shown + f"{still[0]} did not: a copy keeps the flags, and those inside the base "
        "are still False. Off and on passes nothing on where a flag has that value "
        "already: switch `base` itself off and on, too."
    )


@task(
    "Repair: a number that Keras does not know",
    why="What a layer makes with add_weight is in the ledger, obeys the flag and is saved.",
    hints=(
        "Which line makes the number, and who is told of it?",
        "`self.add_weight(shape=(), initializer=..., name='temperature')` in `build` or "
        "`__init__`; the start value 2 is `keras.initializers.Constant(2.0)`.",
        "class Temperature(layers.Layer) with such a weight, and `call(self, numbers)` that "
        "returns `numbers / self.temperature`; `make_layer` returns `Temperature()`.",
    ),
)
def temperature(make_layer):
    """make_layer() -> a new layer x / t with one learned number t, 2 at first; obeys the flag."""
    x, _ = examples()
    try:
        layer = made_layer("make_layer", make_layer)
        out = called(layer, x)
    except Wrong as wrong:
        if "initializer identifier" not in str(wrong):
            raise
        raise Wrong(f"{wrong} Write keras.initializers.Constant(2.0).") from None
    refuse_wrong_weights(layer)
    refuse_wrong_output(out, x)
    for frozen in (False, True):
        layer = call("make_layer", make_layer)
        movement = fitted("make_layer", model_with(layer, frozen))
        number = layer.weights[0]
        if (number.path in movement.moved) == frozen:
            raise Wrong(
                "with the layer frozen, its number moved: it does not obey the flag."
                if frozen
                else "in a fit, the number did not move: is it used in `call`, "
                "and made to be trained?"
            )


def called(layer: layers.Layer, x: np.ndarray) -> np.ndarray:
    try:
        return keras.ops.convert_to_numpy(layer(x))
    except Exception as error:
        raise Wrong(f"the layer cannot be called on numbers: {described_error(error)}.") from None


def model_with(layer: layers.Layer, frozen: bool) -> keras.Model:
    inputs = keras.Input((4,))
    try:
        model = keras.Model(inputs, layers.Dense(2, name="head")(layer(inputs)))
    except Exception as error:
        raise Wrong(f"the layer cannot stand in a model: {described_error(error)}.") from None
    layer.trainable = not frozen
    return model


def refuse_wrong_output(out: np.ndarray, x: np.ndarray) -> None:
    """Raise Wrong unless the layer gives x / 2 at first."""
    if out.shape != x.shape:
        raise Wrong(
            f"for numbers of the shape {x.shape} the layer gives {out.shape}; it should "
            "divide each by the same number."
        )
    if np.allclose(out, x / 2, rtol=1e-4):
        return
    known = {
        "Does the temperature start at 1, or is it not used?": x,
        "It multiplies by 2 instead of dividing.": 2 * x,
    }
    with np.errstate(all="ignore"):
        ratio = x / out
    for message, values in known.items():
        if np.allclose(out, values, rtol=1e-4):
            raise Wrong(f"for {x[0, 0]:.2f} the layer gives {out[0, 0]:.2f}. {message}")
    if not np.isfinite(out).all():
        raise Wrong("the layer gives numbers that are not finite: does the temperature start at 0?")
    if np.allclose(ratio, ratio.flat[0], rtol=1e-3):
        raise Wrong(
            f"the layer divides by {ratio.flat[0]:.4g} at the start; 2 was asked for. "
            "Without an initializer, a weight starts at random."
        )
    raise Wrong(f"for {x[0, 0]:.2f} the layer gives {out[0, 0]:.2f}; half of it was asked for.")


def refuse_wrong_weights(layer: layers.Layer) -> None:
    """Raise Wrong unless the layer has one weight of one number, made to be trained."""
    if not layer.weights:
        raise Wrong(
            "the layer has no weight: a Python number, a tf.Variable, or a variable inside "
            "a Lambda's function is unknown to Keras. Use self.add_weight."
        )
    count = sum(int(np.prod(weight.shape)) for weight in layer.weights)
    if count != 1:
        raise Wrong(f"the layer has {count} numbers; one for all was asked for.")
    if not layer.trainable_weights:
        raise Wrong("the number is listed, but not as trainable: it was made with trainable=False.")
