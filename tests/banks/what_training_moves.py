"""Answers to the tasks of exercise 2: right, unusual and right, wrong."""

from fractions import Fraction
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
    mistakes=[(2,), (6,), (0,), (3,), (5,), (1,), (["kernel", "bias"],), ("4",)],
    variants=[(np.int64(4),), (4.0,), (tensor(4),), (np.array(4),), ([4],)],
)

walled = Bank(
    tasks.walled,
    solution=(2, 6),
    mistakes=[
        (4, 6),
        (6, 6),
        (0, 6),
        (3, 6),
        (1, 6),
        (5, 6),
        (6, 2),
        (2, 2),
        (2, 4),
        (2, 3),
        (2, 0),
        (2, 1),
        (2, 7),
    ],
    variants=[(np.int8(2), 6.0), (tensor(2), tensor(6)), (np.array(2.0), 6)],
)

two_switches = Bank(
    tasks.two_switches,
    solution=("drops", "moving", "gamma and beta"),
    mistakes=[
        ("passes on", "moving", "gamma and beta"),
        ("drops", "batch", "gamma and beta"),
        ("drops", "running", "gamma and beta"),
        ("drops", "moving statistics", "gamma and beta"),
        ("drop", "moving", "gamma and beta"),
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
        (14.5, 2),
        (24, 4),
        (6, 1),
        (0, 0),
        (2.5, 0.5),
        (10.5, 0.5),
        (3.236, 1),
        (4.5, 2),
        (1, 0.5),
        (2, 12),
        (24, 24),
        (10, 0),
        (12, 12),
        (12, 10),
        (12, 0),
        (12, 4),
    ],
    variants=[
        (12, 2),
        (12.000001, np.float64(2)),
        (np.float32(12), np.array(2)),
        (tensor(12.0), tensor(2.0)),
        (Fraction(12), [2.00001]),
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
        (222, 1320, "top"),
        (222, 332, "top"),
        (222, 660, "top"),
        (222, 2, "top"),
        (222, 0, "top"),
        (222, 42, "top"),
        (4, 4, "same"),
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
    return [path.rpartition("/")[2] for path in only_weights(model, act)]


def layers_only(model, act):
    return [path.split("/")[-2] for path in only_weights(model, act)]


def the_weights_themselves(model, act):
    moved = by_snapshot(model, act)
    return [weight for weight in model.weights if weight.path in moved]


def all_of_compare(model, act):
    before = snapshot(model)
    act(model)
    return compare(before)


def whose_flag_changed(model, act):
    old = [path_and_flag(weight) for weight in model.weights]
    act(model)
    new = [path_and_flag(weight) for weight in model.weights]
    return [path for path, flag in set(new) - set(old)]


def path_and_flag(weight):
    return weight.path, weight.trainable


def listed_after_and_changed(model, act):
    moved = by_snapshot(model, act)
    return [weight.path for weight in model.trainable_weights if weight.path in moved]


def without_statistics(model, act):
    return [path for path in by_snapshot(model, act) if "moving" not in path]


def first_alone(model, act):
    old = model.get_weights()
    act(model)
    for weight, value in zip(model.weights, old, strict=True):
        if not np.array_equal(weight.numpy(), value):
            return [weight.path]
    return []


def last_alone(model, act):
    moved = by_snapshot(model, act)
    return [weight.path for weight in model.weights if weight.path in moved][-1:]


def lists_that_go_apart(model, act):
    old = model.get_weights()
    act(model)
    pairs = zip(model.trainable_weights, old)
    return [weight.path for weight, value in pairs if not np.array_equal(weight.numpy(), value)]


def top_layers(model, act):
    old = {layer.name: layer.get_weights() for layer in model.layers}
    act(model)

    def moved(layer):
        pairs = zip(layer.weights, old[layer.name], strict=True)
        return any((weight.numpy() != value).any() for weight, value in pairs)

    return [layer.name for layer in model.layers if moved(layer)]


def path_to_yes_or_no(model, act):
    moved = by_snapshot(model, act)
    return {weight.path: weight.path in moved for weight in model.weights}


def never_acts(model, act):
    return [weight.path for weight in model.weights]


def only_weights(model, act):
    paths = {weight.path for weight in model.weights}
    return sorted(paths & set(by_snapshot(model, act)), reverse=True)


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


def lists_by_flag(model, act):
    before = [w.numpy().copy() for w in model.trainable_weights + model.non_trainable_weights]
    act(model)
    after = model.trainable_weights + model.non_trainable_weights
    return [
        w.path for w, old in zip(after, before, strict=True) if not np.array_equal(w.numpy(), old)
    ]


def trainable_lists(model, act):
    before = [w.numpy().copy() for w in model.trainable_weights]
    act(model)
    pairs = zip(model.trainable_weights, before, strict=False)
    return [w.path for w, old in pairs if not np.array_equal(w.numpy(), old)]


moved_by = Bank(
    tasks.moved_by,
    solution=(by_snapshot,),
    mistakes=[
        # ask: "whose values have changed"
        (aliased,),
        (lambda model, act: [],),
        (every_path,),
        (the_list,),
        (the_still_ones,),
        (whose_flag_changed,),
        # ask: "It calls `act(model)` once"
        (twice,),
        (never_acts,),
        (on_a_clone,),
        # ask: "however little"
        (changed_by(lambda a, b: not np.allclose(a, b)),),
        (changed_by(lambda a, b: (a != b).all()),),
        (changed_by(lambda a, b: a.flat[0] != b.flat[0]),),
        (changed_by(lambda a, b: a.flat[-1] != b.flat[-1]),),
        (changed_by(lambda a, b: (a > b).any()),),
        (changed_by(lambda a, b: (a < b).any()),),
        (changed_by(lambda a, b: (abs(a) != abs(b)).any()),),
        (changed_by(lambda a, b: np.linalg.norm(a) != np.linalg.norm(b)),),
        (changed_by(lambda a, b: a.max() != b.max()),),
        (changed_by(lambda a, b: (a - b).sum() > 0),),
        (lists_that_go_apart,),
        (lists_by_flag,),
        (trainable_lists,),
        (changed_by(lambda a, b: a.mean() != b.mean()),),
        (by_sums,),
        # ask: "frozen or not"
        (listed_and_changed,),
        (listed_after_and_changed,),
        (without_statistics,),
        # ask: "returns the list of the paths (`weight.path`)"
        (names_only,),
        (layers_only,),
        (top_layers,),
        (first_alone,),
        (last_alone,),
        (path_to_yes_or_no,),
        (the_weights_themselves,),
        (all_of_compare,),
        (lambda model, act: act(model) or 3,),
    ],
    variants=[
        (as_a_set_of_bytes,),
        (by_get_weights,),
        (by_largest_change,),
        (partial(by_get_weights, exact=True),),
        (tidy,),
        (one_by_one,),
        (only_weights,),
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
        ("EBCFDA",),
        ("EFDCA",),
        ("EBDCA",),
        ("BFDCA",),
        ("EBFCA",),
        ("EBFDA",),
        ("ACDFBE",),
        (["E", 2],),
    ],
    variants=[
        (["E", "B", "F", "D", "C", "A"],),
        ("e b f d c a",),
        ("E, F, B, D, C, A",),  # the first fit comes after the flag: nothing is wrong with it
        ("EBDFCA",),  # compile changes no weight
        ("EDBFCA",),  # nor does a flag
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


def two_epochs(model, x, y):
    model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
    model.fit(x, y, batch_size=len(x), epochs=2, verbose=0)


def other_list_for_the_update(model, x, y):
    with tf.GradientTape() as tape:
        loss = ops.mean((model(x, training=True) - y) ** 2)
    gradients = tape.gradient(loss, model.trainable_weights)
    keras.optimizers.SGD(0.1).apply(gradients, model.weights[: len(gradients)])


def freezes_by_name(model, x, y):
    model.get_layer("hidden").trainable = False
    step_with(trainable)(model, x, y)


def loss_outside_the_tape(model, x, y):
    with tf.GradientTape() as tape:
        pass
    loss = ops.mean((model(x, training=True) - y) ** 2)
    learned = model.trainable_weights
    keras.optimizers.SGD(0.1).apply(tape.gradient(loss, learned), learned)


def only_calls(model, x, y):
    return model(x, training=True)


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


def with_loss(loss):
    """The step with another loss of the targets and of what the model gives."""

    def step(model, x, y):
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=True))
        learned = model.trainable_weights
        keras.optimizers.SGD(0.1).apply(tape.gradient(value, learned), learned)

    return step


def mean_of_all(y, given):
    return ops.mean((y - given) ** 2)


def in_batches_of_fit(model, x, y):
    model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
    model.fit(x, y, verbose=0)


def fit_in_one_batch(model, x, y):
    model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
    model.fit(x, y, batch_size=len(x), verbose=0)


def twice_over(model, x, y):
    for _ in range(2):
        step_with(trainable)(model, x, y)


def new_names(model, x, y):
    with tf.GradientTape() as tape:
        loss = ops.mean((model(x, training=True) - y) ** 2)
    for w, g in zip(
        model.trainable_weights, tape.gradient(loss, model.trainable_weights), strict=True
    ):
        w = w - 0.1 * g


def puts_back(model, x, y):
    kept = [(w, w.numpy()) for w in model.non_trainable_weights]
    step_with(lambda m: m.weights)(model, x, y)
    for weight, value in kept:
        weight.assign(value)


def statistics_from_another_call(model, x, y):
    model(x, training=True)
    step_with(trainable, training=False)(model, x, y)


def trainable(model):
    return model.trainable_weights


def by_flags_of_top_layers(model):
    return [w for layer in model.layers if layer.trainable for w in layer.weights]


def by_flags_of_layers(model):
    inner = [
        each for each in model._flatten_layers() if each.trainable and not hasattr(each, "fit")
    ]
    return [w for each in inner for w in each.weights if "moving" not in w.path]


step_repaired = Bank(
    tasks.step_repaired,
    solution=(step_with(trainable),),
    mistakes=[
        # ask: "which leaves alone what is frozen"
        (step_with(lambda model: model.weights),),
        (step_with(by_flags_of_top_layers),),
        (step_with(by_flags_of_layers),),
        # ask: "is otherwise what `fit` would do"
        (step_with(trainable, training=False),),
        (statistics_from_another_call,),
        (puts_back,),
        (freezes_all,),
        (called_twice,),
        # ask: "one step of SGD"
        (no_step,),
        (only_calls,),
        (new_names,),
        (step_with(lambda model: model.trainable_weights[1:]),),
        (by_adam,),
        (in_batches_of_fit,),
        (two_epochs,),
        (other_list_for_the_update,),
        (freezes_by_name,),
        (loss_outside_the_tape,),
        (twice_over,),
        (step_with(trainable, rate=-0.1),),
        (at_two_rates,),
        (by_an_old_optimizer,),
        ([1],),
        # ask: "with the rate 0.1"
        (step_with(trainable, rate=0.01),),
        (step_with(trainable, rate=1.0),),
        # ask: "mean squared error of all of `x`"
        (step_with(trainable, reduce=lambda errors: ops.mean(ops.sqrt(errors))),),
        (step_with(trainable, reduce=ops.sum),),
        (step_with(trainable, reduce=lambda errors: ops.sum(ops.mean(errors, axis=1))),),
        (step_with(trainable, reduce=lambda errors: ops.mean(ops.sum(errors, axis=1))),),
        (step_with(trainable, reduce=lambda errors: ops.mean(errors) / 2),),
        (step_with(trainable, reduce=lambda errors: ops.sqrt(ops.mean(errors))),),
        (with_loss(keras.losses.mean_squared_error),),
    ],
    variants=[
        (by_hand,),
        (by_train_on_batch,),
        (by_layers,),
        (with_momentum,),
        (with_loss(mean_of_all),),
        (with_loss(keras.losses.MeanSquaredError()),),
        (fit_in_one_batch,),
    ],
)
