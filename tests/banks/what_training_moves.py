"""Answers to the tasks of exercise 2: right, unusual and right, wrong."""

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from banks import Bank
from helpers.movement import compare, snapshot
from helpers.tasks import what_training_moves as tasks


def tensor(value):
    return ops.convert_to_tensor(value)


frozen_middle = Bank(
    tasks.frozen_middle,
    solution=(4,),
    mistakes=[(2,), (6,), (0,), (3,), (5,), (1,), (40,)],
    variants=[(np.int64(4),), (4.0,), (tensor(4),), (np.array(4),)],
)

walled = Bank(
    tasks.walled,
    solution=(2, 6),
    mistakes=[(4, 6), (6, 6), (0, 6), (3, 6), (1, 6), (2, 2), (2, 4), (2, 3), (2, 0)],
    variants=[(np.int8(2), 6.0), (tensor(2), tensor(6)), (np.array(2.0), 6)],
)

two_switches = Bank(
    tasks.two_switches,
    solution=("drops", "moving", "gamma and beta"),
    mistakes=[
        ("passes on", "moving", "gamma and beta"),
        ("drops", "batch", "gamma and beta"),
        ("drops", "moving", "nothing"),
        ("drops", "moving", "all four"),
        ("drops", "moving", "moving mean and variance"),
    ],
    variants=[
        ("Drops", "MOVING", "Gamma and Beta"),
        (" drops ", "moving", "gamma_and_beta"),
        (np.str_("drops"), np.str_("moving"), np.str_("gamma and beta")),
    ],
)

penalties = Bank(
    tasks.penalties,
    solution=(12.0, 2.0),
    mistakes=[
        (24, 2),
        (0, 2),
        (10, 2),
        (2, 2),
        (14, 2),
        (11.5, 2),
        (12, 12),
        (12, 10),
        (12, 0),
        (12, 4),
        (8.0, 2.0),
    ],
    variants=[
        (12, 2),
        (12.000001, np.float64(2)),
        (np.float32(12), np.array(2)),
        (tensor(12.0), tensor(2.0)),
    ],
)

adam_and_cost = Bank(
    tasks.adam_and_cost,
    solution=(222, 222, "top"),
    mistakes=[
        (220, 222, "top"),
        (222, 1322, "top"),
        (221, 222, "top"),
        (112, 222, "top"),
        (110, 222, "top"),
        (222, 202, "top"),
        (222, 1102, "top"),
        (222, 222, "bottom"),
        (222, 222, "same"),
        (224, 222, "top"),
    ],
    variants=[
        (222.0, np.int32(222), "TOP"),
        (tensor(222), 222, " top"),
        (222, np.array(222), "Top"),
    ],
)


# --- moved_paths(model, act) ---------------------------------------------------------------------


def by_snapshot(model, act):
    before = snapshot(model)
    act(model)
    return compare(before).moved


def as_a_set_of_bytes(model, act):
    old = {weight.path: weight.numpy().tobytes() for weight in model.weights}
    act(model)
    return {weight.path for weight in model.weights if weight.numpy().tobytes() != old[weight.path]}


def by_get_weights(model, act, exact=True):
    old = model.get_weights()
    act(model)
    new = model.get_weights()
    return tuple(w.path for w, a, b in zip(model.weights, old, new, strict=True) if (a != b).any())


def by_largest_change(model, act):
    old = [ops.copy(weight.value) for weight in model.weights]
    act(model)
    pairs = zip(model.weights, old, strict=True)
    return [weight.path for weight, value in pairs if float(ops.max(ops.abs(weight - value))) > 0]


def aliased(model, act):
    old = model.weights
    act(model)
    pairs = zip(model.weights, old, strict=True)
    return [w.path for w, o in pairs if not np.array_equal(w.numpy(), o.numpy())]


def every_path(model, act):
    act(model)
    return [weight.path for weight in model.weights]


def the_list(model, act):
    act(model)
    return [weight.path for weight in model.trainable_weights]


def the_still_ones(model, act):
    moved = by_snapshot(model, act)
    return [weight.path for weight in model.weights if weight.path not in moved]


def by_sums(model, act):
    old = [float(weight.numpy().astype("float64").sum()) for weight in model.weights]
    act(model)
    pairs = zip(model.weights, old, strict=True)
    return [w.path for w, o in pairs if abs(float(w.numpy().astype("float64").sum()) - o) > 1e-9]


def names_only(model, act):
    return [path.rpartition("/")[2] for path in by_snapshot(model, act)]


def twice(model, act):
    act(model)
    return by_snapshot(model, act)


def on_a_clone(model, act):
    return by_snapshot(keras.models.clone_model(model), act)


def tidy(model, act):
    before = snapshot(model)
    act(model)
    moved = compare(before).moved
    before.restore()
    return moved


def changed_by(differ):
    def moved_paths(model, act):
        old = model.get_weights()
        act(model)
        pairs = zip(model.weights, old, strict=True)
        return [weight.path for weight, value in pairs if differ(weight.numpy(), value)]

    return moved_paths


def listed_and_changed(model, act):
    listed = [weight.path for weight in model.trainable_weights]
    return [path for path in by_snapshot(model, act) if path in listed]


def one_by_one(model, act):
    yield from by_snapshot(model, act)


moved_by = Bank(
    tasks.moved_by,
    solution=(by_snapshot,),
    mistakes=[
        (aliased,),
        (lambda model, act: [],),
        (twice,),
        (on_a_clone,),
        (changed_by(lambda a, b: (a != b).all()),),
        (changed_by(lambda a, b: not np.allclose(a, b)),),
        (changed_by(lambda a, b: a.flat[0] != b.flat[0]),),
        (listed_and_changed,),
        (every_path,),
        (the_list,),
        (the_still_ones,),
        (by_sums,),
        (names_only,),
        (lambda model, act: act(model) or act,),
    ],
    variants=[
        (as_a_set_of_bytes,),
        (by_get_weights,),
        (by_largest_change,),
        (partial(by_get_weights, exact=True),),
        (tidy,),
        (one_by_one,),
    ],
)

proof_in_order = Bank(
    tasks.proof_in_order,
    solution=("EBFDCA",),
    mistakes=[
        ("EHFDCA",),
        ("EFDCBA",),
        ("EBFCDA",),
        ("EBFDAC",),
        ("EBFDC",),
        ("EBFGCA",),
        ("BEFDCA",),
        ("EEBFDCA",),
        ("EBFGDCA",),
        (list("ehbfdca"),),
        ("EBFDCZ",),
    ],
    variants=[
        (["E", "B", "F", "D", "C", "A"],),
        ("e b f d c a",),
        ("E, F, B, D, C, A",),  # the first fit comes after the flag: nothing is wrong with it
        ("EBDFCA",),  # compile changes no weight
    ],
)


# --- step(model, x, y) ---------------------------------------------------------------------------


def step_with(choose, training=True, rate=0.1, reduce=ops.mean):
    def step(model, x, y):
        with tf.GradientTape() as tape:
            loss = reduce((model(x, training=training) - y) ** 2)
        chosen = choose(model)
        gradients = tape.gradient(loss, chosen)
        pairs = [(g, v) for g, v in zip(gradients, chosen, strict=True) if g is not None]
        keras.optimizers.SGD(abs(rate)).apply(
            [g if rate > 0 else -g for g, _ in pairs], [v for _, v in pairs]
        )

    return step


def by_hand(model, x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
    learned = model.trainable_variables
    for gradient, variable in zip(tape.gradient(loss, learned), learned, strict=True):
        variable.assign_sub(0.1 * gradient)


def by_train_on_batch(model, x, y):
    model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
    return model.train_on_batch(x, y)


def by_layers(model, x, y):
    return step_with(lambda m: [w for layer in m.layers for w in layer.trainable_weights])(
        model, x, y
    )


def called_twice(model, x, y):
    model(x, training=True)
    step_with(trainable)(model, x, y)


def freezes_all(model, x, y):
    step_with(trainable)(model, x, y)
    model.trainable = False


def with_momentum(model, x, y):
    """Its first step is that of plain SGD."""
    with tf.GradientTape() as tape:
        loss = ops.mean(ops.square(model(x, training=True) - y))
    learned = model.trainable_weights
    gradients = tape.gradient(loss, learned)
    keras.optimizers.SGD(0.1, momentum=0.9).apply_gradients(zip(gradients, learned, strict=True))


def no_step(model, x, y):
    return model(x)


def by_adam(model, x, y):
    model.compile(keras.optimizers.Adam(0.1), "mse", run_eagerly=True)
    model.train_on_batch(x, y)


def at_two_rates(model, x, y):
    """Right for the last layer, ten times too slow before it."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
    learned = model.trainable_variables
    for gradient, variable in zip(tape.gradient(loss, learned), learned, strict=True):
        variable.assign_sub((0.1 if "last" in variable.path else 0.01) * gradient)


def by_an_old_optimizer(model, x, y):
    sgd = keras.optimizers.SGD(0.1)
    sgd.build(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).trainable_weights)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
    sgd.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)


def trainable(model):
    return model.trainable_weights


step_repaired = Bank(
    tasks.step_repaired,
    solution=(step_with(trainable),),
    mistakes=[
        (step_with(lambda model: model.weights),),
        (step_with(trainable, training=False),),
        (no_step,),
        (step_with(lambda model: model.trainable_weights[1:]),),
        (by_adam,),
        (step_with(trainable, reduce=lambda errors: ops.mean(errors**2)),),
        (at_two_rates,),
        (by_an_old_optimizer,),
        ([1],),
        (step_with(trainable, rate=-0.1),),
        (step_with(trainable, rate=0.01),),
        (called_twice,),
        (freezes_all,),
    ],
    variants=[(by_hand,), (by_train_on_batch,), (by_layers,), (with_momentum,)],
)
