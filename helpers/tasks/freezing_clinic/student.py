"""Exercise 8, task 5: a frozen clone, repaired."""

import keras
import numpy as np

from helpers.ledger import Role
from helpers.movement import Movement, compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.freezing_clinic._clinic_models import examples, movement_when_refitted, network


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
    _refuse_other_answers(pupil, teacher, x)
    movement = movement_when_refitted("make_student", pupil)
    _refuse_still_student(pupil, movement)
    if teacher.trainable_weights:
        raise Wrong("the student learns, but the teacher is not frozen any more: leave its flags.")
    if compare(at_start).moved:
        raise Wrong("the teacher moved while the student was trained.")


def _refuse_other_answers(pupil: keras.Model, teacher: keras.Model, x: np.ndarray) -> None:
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


def _refuse_still_student(pupil: keras.Model, movement: Movement) -> None:
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
