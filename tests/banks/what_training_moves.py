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
    mistakes=[
        (
            (2,),
            "`moved` is 2. That is the last layer alone; the gradient does not stop at the "
            "frozen one.",
        ),
        (
            (6,),
            "`moved` is 6. The frozen layer has two of the six arrays, and they are left out of "
            "the update.",
        ),
        ((0,), "`moved` is 0. Only one of the three layers is frozen; the others learn."),
        (
            (3,),
            "`moved` is 3. A Dense layer has two arrays, kernel and bias, and a freeze takes both.",
        ),
        ((5,), "`moved` is 5. A freeze takes the whole layer, its kernel *and* its bias."),
        ((1,), "`moved` is 1. Count arrays: every Dense layer has a kernel and a bias."),
        (
            (40,),
            "`moved` is 40. There are only 6 in all. There are six arrays; which of them does the "
            "optimizer update?",
        ),
    ],
    variants=[(np.int64(4),), (4.0,), (tensor(4),), (np.array(4),)],
)

walled = Bank(
    tasks.walled,
    solution=(2, 6),
    mistakes=[
        (
            (4, 6),
            "`moved` is 4. That would be a frozen layer. No gradient passes a wall, so the first "
            "layer gets none.",
        ),
        ((6, 6), "`moved` is 6. Being on the list is not enough: no gradient passes the wall."),
        (
            (0, 6),
            "`moved` is 0. The last layer stands between the wall and the loss: it gets its "
            "gradient.",
        ),
        ((3, 6), "`moved` is 3. A Dense layer has two arrays; count them by layers."),
        ((1, 6), "`moved` is 1. The last layer has two arrays, a kernel and a bias."),
        (
            (2, 2),
            "`trainable` is 2. Those are the ones that move; the list follows the flags, and no "
            "flag was changed.",
        ),
        ((2, 4), "`trainable` is 4. No flag was changed, so no layer left the list."),
        ((2, 3), "`trainable` is 3. Those are layers; each has two arrays."),
        ((2, 0), "`trainable` is 0. No flag was changed, so all layers are on the list."),
    ],
    variants=[(np.int8(2), 6.0), (tensor(2), tensor(6)), (np.array(2.0), 6)],
)

two_switches = Bank(
    tasks.two_switches,
    solution=("drops", "moving", "gamma and beta"),
    mistakes=[
        (
            ("passes on", "moving", "gamma and beta"),
            "`frozen_dropout` is 'passes on'. Freezing is not inference mode: Dropout looks only "
            "at `training`.",
        ),
        (
            ("drops", "batch", "gamma and beta"),
            "`frozen_batchnorm` is 'batch'. So it was before TensorFlow 2. A frozen "
            "BatchNormalization uses its moving statistics even with `training=True`.",
        ),
        (
            ("drops", "moving", "nothing"),
            "`batchnorm_in_inference` is 'nothing'. `training=False` says how to compute; the "
            "layer is not frozen, so gamma and beta are still on the list.",
        ),
        (
            ("drops", "moving", "all four"),
            "`batchnorm_in_inference` is 'all four'. Its moving statistics are updated only when "
            "it computes as in training.",
        ),
        (
            ("drops", "moving", "moving mean and variance"),
            "`batchnorm_in_inference` is 'moving mean and variance'. Those are updated only when "
            "it computes as in training; gamma and beta are on the optimizer's list.",
        ),
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
        ((24, 2), "`loss_free` is 24. L2(0.5) adds *half* the sum of the squares."),
        (
            (0, 2),
            "`loss_free` is 0. The error is 0, but the penalties are part of the reported loss.",
        ),
        (
            (10, 2),
            "`loss_free` is 10. That is the first kernel alone; the second has a penalty, too.",
        ),
        ((2, 2), "`loss_free` is 2. That is the second kernel alone; nothing is frozen yet."),
        (
            (14, 2),
            "`loss_free` is 14. You gave the biases a penalty; only the kernels have one (and "
            "biases start at 0).",
        ),
        (
            (11.5, 2),
            "`loss_free` is 11.5; an even number of ones, each costing 0.5, is never that.",
        ),
        ((12, 12), "`loss_frozen` is 12. A frozen layer's penalty leaves the loss."),
        (
            (12, 10),
            "`loss_frozen` is 10. That is the *frozen* layer's penalty: it is the one that goes.",
        ),
        (
            (12, 0),
            "`loss_frozen` is 0. Only the first layer is frozen; the penalty of the second stays.",
        ),
        ((12, 4), "`loss_frozen` is 4. L2(0.5) adds *half* the sum of the squares."),
        (
            (8.0, 2.0),
            "`loss_free` is 8. It fits a slip on the right way: a minus stands in the place of a "
            "plus. Count the ones in the kernels; every one of them costs 0.5.",
        ),
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
        (
            (220, 222, "top"),
            "`kept_for_top` is 220. The two numbers for each weight are there; Adam "
            "also keeps its step count and rate.",
        ),
        (
            (222, 1322, "top"),
            "`kept_for_bottom` is 1,322. That is for all six layers; Adam keeps "
            "numbers only for what is on the list.",
        ),
        (
            (221, 222, "top"),
            "`kept_for_top` is 221. That is one too few: of its own, Adam keeps a step "
            "count *and* a rate.",
        ),
        (
            (112, 222, "top"),
            "`kept_for_top` is 112. Adam keeps *two* numbers for each trainable one.",
        ),
        (
            (110, 222, "top"),
            "`kept_for_top` is 110. That is the layer's own size; Adam keeps two "
            "numbers for each of them, and two more.",
        ),
        (
            (222, 202, "top"),
            "`kept_for_bottom` is 202. That is the kernel alone; the layer has a bias, too.",
        ),
        (
            (222, 1102, "top"),
            "`kept_for_bottom` is 1,102. That is for the five *frozen* layers; Adam "
            "keeps numbers only for the trained one.",
        ),
        (
            (222, 222, "bottom"),
            "`cheaper` is 'bottom'. To reach the bottom, the gradient must come "
            "down through all the layers above.",
        ),
        (
            (222, 222, "same"),
            "`cheaper` is 'same'. The memory is the same, the time is not: how far "
            "does the gradient have to go?",
        ),
        (
            (224, 222, "top"),
            "`kept_for_top` is 224. It fits a slip on the right way: brackets are missing, or "
            "stand elsewhere. How many numbers are on the list, and what does Adam keep for each, "
            "and for itself?",
        ),
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


NUDGED = (
    "for `nudge_one_number`, `moved_paths` gives 0 path(s). One number changed, and only a little: "
    "compare all of them, exactly."
)
moved_by = Bank(
    tasks.moved_by,
    solution=(by_snapshot,),
    mistakes=[
        (
            (aliased,),
            "for `fit_once`, `moved_paths` gives 0 path(s). That is nothing at all. A list of "
            "weights is not a copy of them: were the *values* copied, and before `act`?",
        ),
        (
            (lambda model, act: [],),
            "`moved_paths` calls `act(model)` 0 times; it should do so once.",
        ),
        ((twice,), "`moved_paths` calls `act(model)` 2 times; it should do so once."),
        (
            (on_a_clone,),
            "`moved_paths` calls `act` on another model; call it on the one that is given.",
        ),
        ((changed_by(lambda a, b: (a != b).all()),), NUDGED),
        ((changed_by(lambda a, b: not np.allclose(a, b)),), NUDGED),
        ((changed_by(lambda a, b: a.flat[0] != b.flat[0]),), NUDGED),
        (
            (listed_and_changed,),
            "for `fit_once`, `moved_paths` gives 5 path(s). You looked at the "
            "trainable weights only; a fit moves statistics, too.",
        ),
        (
            (every_path,),
            "for `fit_once`, `moved_paths` gives 9 path(s). That is every weight, changed or not.",
        ),
        (
            (the_list,),
            "for `fit_once`, `moved_paths` gives 5 path(s). Those are the trainable ones. "
            "What moves is a matter of the values, not of the flags.",
        ),
        (
            (the_still_ones,),
            "for `fit_once`, `moved_paths` gives 2 path(s). Those are the ones that "
            "did *not* move.",
        ),
        (
            (by_sums,),
            "for `swap_two_numbers`, `moved_paths` gives 0 path(s). Its numbers changed "
            "places: sums and means do not see that.",
        ),
        (
            (names_only,),
            "for `fit_once`, `moved_paths` gives 6 path(s). Those are names; give each "
            "weight's `path`, which tells layers apart.",
        ),
        (
            (lambda model, act: act(model) or act,),
            "`moved_paths` should return a list of paths; it returns a function.",
        ),
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
        (
            ("EHFDCA",),
            "your proof says: everything moved. `hidden` was not frozen in this fit: see how "
            "the flag is set, and when.",
        ),
        (
            ("EFDCBA",),
            "your proof says: everything moved. `hidden` was not frozen in this fit: see how "
            "the flag is set, and when.",
        ),
        (
            ("EBFCDA",),
            "your proof says: nothing moved. The snapshot has to be taken before the fit, "
            "the comparison after it.",
        ),
        (
            ("EBFDAC",),
            "your proof says: nothing moved. The snapshot has to be taken before the fit, "
            "the comparison after it.",
        ),
        (("EBFDC",), "after your lines there is no `movement`: which line makes it?"),
        (
            ("EBFGCA",),
            "`order`: in the order E B F G C A, line A stops with TypeError: compare() needs "
            "what snapshot(model) gave, not list.",
        ),
        (
            ("BEFDCA",),
            "`order`: in the order B E F D C A, line B stops with NameError: name 'model' is "
            "not defined.",
        ),
        (("EEBFDCA",), "`order` uses a line twice: E E B F D C A."),
        (
            ("EBFGDCA",),
            "the proof holds, but line G is a trap to leave out: it keeps the variables "
            "themselves, not copies of their values.",
        ),
        (
            (list("ehbfdca"),),
            "the proof holds, but line H is a trap to leave out: its misspelt "
            "attribute freezes nothing, and nobody complains.",
        ),
        (("EBFDCZ",), "`order` has Z; the lines are A, B, C, D, E, F, G, H."),
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


OFF_COURSE = (
    "your step has another direction than one step of plain SGD: is the loss the mean of the "
    "*squared* errors, and the rate the same for all?"
)
LEARNED = (
    "only model/first/kernel, model/norm/gamma, model/norm/beta, "
    "model/last/kernel and model/last/bias moved"
)
AFTER_MIDDLE = (
    "only model/norm/gamma, model/norm/beta, model/norm/moving_mean, model/norm/moving_variance, "
    "model/last/kernel and model/last/bias moved"
)


def trainable(model):
    return model.trainable_weights


step_repaired = Bank(
    tasks.step_repaired,
    solution=(step_with(trainable),),
    mistakes=[
        (
            (step_with(lambda model: model.weights),),
            "after your step, everything moved. `middle` is "
            "frozen: update what is in `trainable_weights`.",
        ),
        (
            (step_with(trainable, training=False),),
            f"after your step, {LEARNED}. The statistics of "
            "`norm` should move in a training step: call the model with `training=True`.",
        ),
        (
            (no_step,),
            "after your step, nothing moved. Is there an `apply`, and does the list hold anything?",
        ),
        (
            (step_with(lambda model: model.trainable_weights[1:]),),
            f"after your step, {AFTER_MIDDLE}. Every weight in `trainable_weights` should move.",
        ),
        (
            (by_adam,),
            "every number moved by 0.1, whatever its gradient: that is Adam's way. SGD was "
            "asked for.",
        ),
        ((step_with(trainable, reduce=lambda errors: ops.mean(errors**2)),), OFF_COURSE),
        ((at_two_rates,), OFF_COURSE),
        (
            (by_an_old_optimizer,),
            "`step` stopped with 'Unknown variable': its optimizer has worked "
            "for another model. Make a new one inside `step`.",
        ),
        (([1],), "`step` should be a function; yours is a list of 1."),
        (
            (step_with(trainable, rate=-0.1),),
            "your step goes uphill: subtract the gradient, do not add it.",
        ),
        (
            (step_with(trainable, rate=0.01),),
            "your step is 0.1 times as long as it should be: the "
            "rate is 0.1, and the loss the *mean* of the squared errors.",
        ),
        (
            (called_twice,),
            "the statistics of `norm` do not move as in one step: call the model once, "
            "with all of `x`.",
        ),
        (
            (freezes_all,),
            "your step leaves other layers frozen than before: do not touch the flags.",
        ),
    ],
    variants=[(by_hand,), (by_train_on_batch,), (by_layers,), (with_momentum,)],
)
