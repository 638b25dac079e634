"""Exercise 8, task 5: a frozen clone, repaired."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import layers

from helpers.ledger import Role
from helpers.movement import Movement, snapshot
from helpers.tasks.answers import call, described, joined
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.flag_watch import FlagWatch, watched_flags
from helpers.tasks.freezing_clinic._clinic_models import movement_when_refitted, network
from helpers.tasks.training import flags, inference_outputs, moved_since, training_data


def _teachers() -> dict[str, keras.Model]:
    """Trained and frozen: by the flag of the model; layer by layer, with a base in its base."""
    whole = network()
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="deep")], name="inner")
    base = keras.Sequential(
        [keras.Input((3,)), layers.BatchNormalization(name="norm"), inner], name="base"
    )
    nested = keras.Sequential(
        [keras.Input((3,)), base, layers.ReLU(), layers.Dense(1, name="head")], name="teacher"
    )
    rng = np.random.default_rng(8)
    for weight in (*whole.weights, *nested.weights):  # as after a training
        weight.assign(rng.uniform(0.2, 0.9, tuple(weight.shape)))
    whole.trainable = False
    for layer in (nested.get_layer("head"), inner.get_layer("deep"), base.get_layer("norm"), base):
        layer.trainable = False
    return {"the teacher of ten arrays": whole, "a teacher with a base in its base": nested}


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
def student(make_student: object) -> None:
    """make_student(teacher) -> another model, same answers, all of it learns; teacher stays."""
    for title, teacher in _teachers().items():
        try:
            _refuse_other_student(make_student, teacher)
        except Wrong as wrong:
            raise Wrong(f"for {title}: {wrong}", diagnosed=wrong.diagnosed) from None


def _refuse_other_student(make_student: object, teacher: keras.Model) -> None:
    x, _ = training_data(teacher)
    at_start, old_flags = snapshot(teacher), flags(teacher)
    wanted = inference_outputs(teacher, x)
    with watched_flags() as watch:
        pupil = call("make_student", make_student, teacher)
    if not isinstance(pupil, keras.Model) or not pupil.built:
        raise Wrong(f"`make_student` should return a built model; it returned {described(pupil)}.")
    shared = {id(weight) for weight in at_start.variables} & {id(w) for w in pupil.weights}
    if shared:
        raise Wrong(
            f"the student shares {len(shared)} of its arrays with the teacher: it should "
            "be a model of its own."
        )
    if moved_since(at_start):
        copied = "" if _unlike(pupil, teacher) else ": they are the student's now"
        raise Wrong(f"`make_student` itself changed the teacher's values{copied}.")
    if flags(teacher) != old_flags:
        raise Wrong("`make_student` left other flags in the teacher than it found: leave them.")
    _refuse_other_answers(pupil, teacher, x, wanted)
    _refuse_still_student(pupil, movement_when_refitted("make_student", pupil), watch)
    if moved_since(at_start):
        raise Wrong("the teacher moved while the student was trained.")


def _refuse_other_answers(
    pupil: keras.Model, teacher: keras.Model, x: np.ndarray, wanted: np.ndarray
) -> None:
    """Raise Wrong unless the student begins with the teacher's answers."""
    try:
        answers = inference_outputs(pupil, x)
    except Exception as error:
        raise Wrong(
            f"the student cannot be called: {described_error(error)}.", diagnosed=False
        ) from None
    if answers.shape != wanted.shape:
        raise Wrong(f"the student gives the shape {answers.shape}, the teacher {wanted.shape}.")
    if np.allclose(answers, wanted, rtol=1e-4, atol=1e-4):
        return
    shown = "the student answers differently at the start"
    if pupil.compiled and int(pupil.optimizer.iterations):
        raise Wrong(f"{shown}, since it has been trained: return it untrained.")
    if [weight.shape for weight in pupil.weights] != [weight.shape for weight in teacher.weights]:
        raise Wrong(f"{shown}: its arrays are not of the teacher's shapes.", diagnosed=False)
    other = _unlike(pupil, teacher)
    if not other:
        raise Wrong(f"{shown}, though all its values are the teacher's.", diagnosed=False)
    if all(weight.name.startswith("moving") for weight in other):
        raise Wrong(f"{shown}: it lacks the teacher's statistics alone. Copy *all* weights.")
    if len(other) < len(teacher.weights):
        names = joined(weight.path for weight in other)
        raise Wrong(f"{shown}: it lacks the teacher's values in {names}. Copy *all* weights.")
    raise Wrong(
        f"{shown}: no array has the teacher's values. A clone or a new network has values of its "
        "own: copy the teacher's. (A frozen teacher has weights, but no trainable_weights.)"
    )


def _unlike(pupil: keras.Model, teacher: keras.Model) -> list[keras.Variable]:
    """The student's weights that have other values than the teacher's, those of no shape too."""
    pairs = zip(pupil.weights, teacher.weights, strict=False)
    return [mine for mine, hers in pairs if not _same_values(mine, hers)]


def _same_values(mine: keras.Variable, hers: keras.Variable) -> bool:
    arrays = [keras.ops.convert_to_numpy(weight.value) for weight in (mine, hers)]
    return np.array_equal(*arrays)


def _refuse_still_student(pupil: keras.Model, movement: Movement, watch: FlagWatch) -> None:
    """Raise Wrong unless every learned weight of the student moved."""
    still = [c.path for c in movement.changes if not c.moved and c.role != Role.STATISTIC]
    still += [c.path for c in movement.changes if not c.moved and c.role == Role.STATISTIC]
    if not still:
        return
    shown = f"in a fit of the student, {movement.verdict()}."
    off = [layer for layer in pupil._flatten_layers() if not layer.trainable]
    names = joined(layer.name for layer in off if layer.weights)
    if pupil in off:
        raise Wrong(f"{shown} The student's own flag is False.")
    if not off:
        frozen = [weight.path for weight in pupil.weights if weight.path in still]
        raise Wrong(
            f"{shown} {joined(frozen)} stood still, though no layer's flag is False.",
            diagnosed=False,
        )
    set_on = [layer for layer, flag in watch.settings if flag]
    over = [layer for layer in set_on if _is_over(layer, off)]
    shown += f" Still frozen by a flag: {names}."
    if any(layer is one for layer in set_on for one in off):
        raise Wrong(f"{shown} It was switched on, and then off again.")
    if over:
        raise Wrong(
            f"{shown} A copy keeps the flags; that of {over[-1].name} is True already, and True on "
            "top of True passes nothing on."
        )
    raise Wrong(f"{shown} A copy keeps the flags, and no line switches that on.")


def _is_over(layer: keras.layers.Layer, others: Sequence[keras.layers.Layer]) -> bool:
    """Whether one of the others lies in this layer."""
    inside = {id(each) for each in layer._flatten_layers(include_self=False)}
    return any(id(other) in inside for other in others)
