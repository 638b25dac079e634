"""Answers to exercise 3, when a freeze takes effect."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from banks import Bank
from helpers.tasks import when_freezing_takes_effect as tasks

SGD = ("sgd", "mse")

# --- predictions --------------------------------------------------------------------------------

late_orders = Bank(
    tasks.late_orders,
    solution=("still", "moved", "still", "still", "error"),
    mistakes=[
        (
            ("moved", "moved", "still", "still", "error"),
            "`freeze_before_fit` is 'moved'. That was Keras 2's rule. Now `compile` reads no "
            "flags; the first fit does.",
        ),
        (
            ("error", "moved", "still", "still", "error"),
            "`freeze_before_fit` is 'error'. Nothing has been trained yet, so nothing contradicts "
            "the new flag.",
        ),
        (
            ("still", "still", "still", "moved", "moved"),
            "`freeze_after_fit` is 'still'. So the summary says. But the training step was made in "
            "the first fit, with `hidden` in it, and is used again.",
        ),
        (
            ("still", "error", "still", "still", "error"),
            "`freeze_after_fit` is 'error'. So it is on JAX. TensorFlow goes on with the training "
            "step it has.",
        ),
        (
            ("still", "moved", "moved", "still", "error"),
            "`freeze_recompile` is 'moved'. A second compile throws the old training step away; "
            "the next one sees the flag.",
        ),
        (
            ("still", "moved", "error", "still", "error"),
            "`freeze_recompile` is 'error'. A new optimizer starts afresh, so there is nothing to "
            "contradict.",
        ),
        (
            ("still", "moved", "still", "moved", "error"),
            "`thaw_after_fit` is 'moved'. The training step of the first fit is used again, and "
            "`hidden` is not in it.",
        ),
        (
            ("still", "moved", "still", "error", "error"),
            "`thaw_after_fit` is 'error'. So it is on PyTorch and JAX. TensorFlow uses the "
            "training step it has.",
        ),
        (
            ("still", "moved", "still", "still", "moved"),
            "`thaw_reuse` is 'moved'. The new training step asks the optimizer to update weights "
            "for which it has made no numbers.",
        ),
        (
            ("still", "moved", "still", "still", "still"),
            "`thaw_reuse` is 'still'. The compile did make a new training step, and `hidden` is in "
            "it; can the old optimizer serve it?",
        ),
        (
            (False, "moved", "still", "still", "error"),
            "`freeze_before_fit` should be one of the words offered; yours is False.",
        ),
    ],
    variants=[
        ("Still", "MOVED", "still ", " still", "Error"),
        ("STILL", "Moved", "Still", "Still", "ERROR"),
        (np.str_("still"), "moved", "still", "still\n", "error"),
    ],
)

lie_detector = Bank(
    tasks.lie_detector,
    solution=(96, 26),
    mistakes=[
        (
            (26, 26),
            "`optimizer_numbers` is 26. So many there would be if the model had been frozen before "
            "the fit.",
        ),
        (
            (94, 24),
            "`optimizer_numbers` is 94. Twice the trainable numbers; Adam also keeps its step "
            "count and its rate.",
        ),
        (
            (47, 12),
            "`optimizer_numbers` is 47. That is the model itself; Adam keeps two numbers for each.",
        ),
        ((49, 14), "`optimizer_numbers` is 49. That is one number per weight; Adam keeps two."),
        (
            (143, 26),
            "`optimizer_numbers` is 143. That is the summary's total: the model and the optimizer "
            "together.",
        ),
        (
            (72, 26),
            "`optimizer_numbers` is 72. Those are the numbers for the frozen layer alone; all were "
            "trained in that fit.",
        ),
        (
            (12, 26),
            "`optimizer_numbers` is 12. Those are the trainable numbers now; what was trainable in "
            "the fit?",
        ),
        (
            (24, 26),
            "`optimizer_numbers` is 24. Those are twice the trainable numbers now; what was "
            "trainable in the fit?",
        ),
        (
            (96, 96),
            "`in_sync` is 96. That is what is there. In sync, Adam has numbers for the trainable "
            "weights only.",
        ),
        (
            (96, 24),
            "`in_sync` is 24. Twice the trainable numbers; Adam also keeps its step count and "
            "its rate.",
        ),
        ((96, 12), "`in_sync` is 12. Those are the trainable numbers; Adam keeps two for each."),
        ((96, 14), "`in_sync` is 14. That is one number per trainable weight; Adam keeps two."),
        (
            (96, 72),
            "`in_sync` is 72. You took the frozen layer; in sync, Adam has numbers for the "
            "other one.",
        ),
        (
            (96, 70),
            "`in_sync` is 70. You took the frozen layer; in sync, Adam has numbers for the "
            "other one.",
        ),
        ((96, 47), "`in_sync` is 47. That is the model itself; this is about what Adam keeps."),
        (
            (95, 26),
            "`optimizer_numbers` is 95. It fits a slip on the right way: 1 stands in the place of "
            "the fourth 2. Count the numbers that were trainable during the fit: biases, too.",
        ),
    ],
    variants=[
        (np.int64(96), 26.0),
        (ops.convert_to_tensor(96), np.array(26)),
        (2 * (7 * 5 + 6 * 2) + 2, keras.Variable(26, dtype="int32")),
    ],
)

whose_flag = Bank(
    tasks.whose_flag,
    solution=(0, 6, 4, 2),
    mistakes=[
        (
            (4, 6, 4, 2),
            "`own` is 4. `low` and `high` do say True, but the flag of `base` is a veto over all "
            "that is in it.",
        ),
        (
            (2, 6, 4, 2),
            "`own` is 2. Not even one layer: the flag of `base` is a veto over all that is in it.",
        ),
        (
            (6, 6, 4, 2),
            "`own` is 6. `base` was frozen with everything in it, and its own flag is still False.",
        ),
        (
            (0, 2, 4, 2),
            "`outer` is 2. The veto counts when `base` is asked; `outer` asks the layers in it.",
        ),
        ((0, 4, 4, 2), "`outer` is 4. You left out the head."),
        ((0, 8, 4, 2), "`outer` is 8. `top` is still frozen: only `low` and `high` were thawed."),
        ((0, 0, 4, 2), "`outer` is 0. The flag of `outer` is True, and its head was never frozen."),
        ((0, 3, 4, 2), "`outer` is 3. Those are layers; each Dense layer has two arrays."),
        (
            (0, 6, 6, 2),
            "`after_true` is 6. The flag of `base` was True already, so setting it to True passes "
            "nothing on.",
        ),
        ((0, 6, 2, 2), "`after_true` is 2. Only `low` is frozen: two layers of two arrays remain."),
        (
            (0, 6, 0, 2),
            "`after_true` is 0. Only `low` is frozen; `high` and `top` were never touched.",
        ),
        ((0, 6, 3, 2), "`after_true` is 3. Those are layers; each Dense layer has two arrays."),
        (
            (0, 6, 4, 4),
            "`functional` is 4. `layers[0]` of a functional model is its InputLayer, which has no "
            "weights.",
        ),
        ((0, 6, 4, 1), "`functional` is 1. That is a layer; a Dense layer has two arrays."),
        ((0, 6, 4, 0), "`functional` is 0. `layers[:2]` is the InputLayer and `low`."),
        (
            (0, 6, 4, 3),
            "`functional` is 3. Each Dense layer has a kernel and a bias, so the number is even.",
        ),
        ((0, 6, 4, 6), "`functional` is 6. `layers[:2]` takes two of the four entries."),
        ((1, 6, 4, 2), "`own` is 1. Kernel and bias come together here: it is a multiple of 2."),
        (
            (0, 10, 4, 2),
            "`outer` is 10. There are only 8 in all. Count arrays: two for each Dense layer.",
        ),
    ],
    variants=[
        (len([]), 2 * 3, 4.0, np.int8(2)),
        (np.float32(0), ops.convert_to_tensor(6), np.array(4), 2),
        (keras.Variable(0, dtype="int32"), 6, 4, 2),
    ],
)

# --- a program put in order ---------------------------------------------------------------------

six_lines = Bank(
    tasks.six_lines,
    solution=("DGECAH",),
    mistakes=[
        (
            ("DBECAH",),
            "`order` is D B E C A H. Everything moved, and the flag is still True: line B only "
            "compares.",
        ),
        (
            ("DGCAHE",),
            "`order` is D G C A H E. Everything moved: the fit used the training step of an "
            "earlier fit, in which `hidden` was trainable.",
        ),
        (
            ("DGICAH",),
            "`order` is D G I C A H. Everything moved: the fit used the training step of an "
            "earlier fit, in which `hidden` was trainable.",
        ),
        (("DECAGH",), "`order` is D E C A G H. Everything moved: the flag was set after the fit."),
        (
            ("DGEACH",),
            "`order` is D G E A C H. Nothing moved, since no fit stands between `snapshot` and "
            "`compare`.",
        ),
        (("DGECH",), "`order` is D G E C H. Nothing moved: there is no fit, so nothing is proved."),
        (
            ("DGECA",),
            "`order` is D G E C A. It leaves no `verdict`: nothing is proved without line H.",
        ),
        (
            ("DGEFAH",),
            "`order`: in the order D G E F A H, line H stops with TypeError: compare() needs what "
            "snapshot(model) gave, not list.",
        ),
        (
            ("GDECAH",),
            "`order`: in the order G D E C A H, line G stops with NameError: name 'hidden' is not "
            "defined.",
        ),
        (("DGECAHI",), "`order` is D G E C A H I. It works, but with 7 lines; six are enough."),
        (("DGECAX",), "`order` has X; the lines are A, B, C, D, E, F, G, H, I."),
        (("DDGECAH",), "`order` uses a line twice: D D G E C A H."),
    ],
    variants=[
        ("CDGEAH",),  # the snapshot first
        ("EDGCAH",),  # compiled first: the first fit after it reads the flag
        (["d", "g", "e", "c", "a", "h"],),
        ("D -> G -> C -> E -> A -> H",),
    ],
)

# --- a freeze that comes too late ---------------------------------------------------------------


def fine_tune_with(before_compile=None, compiled=SGD, between=None, epochs=2):
    """A fine_tune that does something to the model, compiles (or not), and fits (or not)."""

    def fine_tune(model, x, y):
        if before_compile:
            before_compile(model)
        if compiled:
            model.compile(*compiled)
        if between:
            between(model)
        if epochs:
            model.fit(x, y, epochs=epochs, verbose=0)
        return model

    return fine_tune


def freeze_hidden(model):
    model.get_layer("hidden").trainable = False


def freeze_all(model):
    model.trainable = False


def freeze_all_and_the_head_of_a_clone(model, x, y):
    clone = keras.models.clone_model(model)
    freeze_hidden(clone)
    clone.compile(*SGD)
    clone.fit(x, y, verbose=0)
    return clone


def freeze_head(model):
    model.get_layer("head").trainable = False


def misspelt(model):
    model.get_layer("hidden").trainble = False


def freeze_kernel_only(model):
    model.get_layer("hidden").kernel.trainable = False


def by_weights(model):
    for weight in model.get_layer("hidden").weights:
        weight.trainable = False


def recompiled_after_the_fit(model, x, y):
    freeze_hidden(model)
    model.fit(x, y, verbose=0)
    model.compile(*SGD)
    return model


def frozen_after_the_fit(model, x, y):
    model.compile(*SGD)
    model.fit(x, y, verbose=0)
    freeze_hidden(model)
    return model


def late_with_a_batch_size_of_its_own(model, x, y):
    freeze_hidden(model)
    model.fit(x, y, batch_size=16, epochs=2, verbose=0)
    return model


def new_head(model, x, y):
    model.pop()
    model.add(keras.layers.Dense(2))
    return model


def by_hand(model, x, y):
    """Not fit, but a loop of one's own over the head's weights."""
    head = model.get_layer("head")
    sgd = keras.optimizers.SGD(0.01)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - tf.cast(y, "float32")) ** 2)
    sgd.apply(tape.gradient(loss, head.trainable_weights), head.trainable_weights)
    return model


def in_small_steps(model, x, y):
    freeze_hidden(model)
    model.compile("adam", "mse", run_eagerly=True)
    for start in range(0, 16, 8):
        model.train_on_batch(x[start : start + 8], y[start : start + 8])
    return model


EVERYTHING = "after your `fine_tune`, everything moved. "
fine_tuned = Bank(
    tasks.fine_tuned,
    solution=(fine_tune_with(freeze_hidden),),
    mistakes=[
        (
            (fine_tune_with(freeze_hidden, compiled=None),),
            EVERYTHING + "The flag says frozen, but the fit used the training step that the model "
            "brought along.",
        ),
        (
            (late_with_a_batch_size_of_its_own,),
            EVERYTHING + "The flag says frozen, but the fit used the training step that the model "
            "brought along.",
        ),
        (
            (recompiled_after_the_fit,),
            EVERYTHING + "The compile came after the fit: first the flag, then compile, then fit.",
        ),
        (
            (frozen_after_the_fit,),
            EVERYTHING + "A fit came before the flag: first the flag, then compile, then fit.",
        ),
        (
            (fine_tune_with(misspelt),),
            EVERYTHING + "Nothing was frozen: check the spelling, and that it is `=`, not `==`.",
        ),
        (
            (fine_tune_with(lambda model: model.get_layer("hidden").trainable is False),),
            EVERYTHING + "Nothing was frozen: check the spelling, and that it is `=`, not `==`.",
        ),
        (
            (fine_tune_with(freeze_hidden, epochs=0),),
            "after your `fine_tune`, nothing moved. Does it call `fit`, at a learning rate "
            "above 0?",
        ),
        (
            (fine_tune_with(freeze_all, epochs=0),),
            "after your `fine_tune`, nothing moved. You froze the whole model; its head "
            "should learn.",
        ),
        (
            (fine_tune_with(freeze_head),),
            "after your `fine_tune`, only tiny/hidden/kernel and tiny/hidden/bias moved. The "
            "wrong layer is frozen: `hidden` should stay, the head learn.",
        ),
        (
            (fine_tune_with(freeze_kernel_only),),
            "after your `fine_tune`, only tiny/hidden/bias, tiny/head/kernel and tiny/head/bias "
            "moved. Both the kernel and the bias of `hidden` should stay.",
        ),
        (
            (freeze_all_and_the_head_of_a_clone,),
            "`fine_tune` returned a model with other weights than the one it was given: a clone or "
            "a new model has learned nothing.",
        ),
        (
            (new_head,),
            "`fine_tune` returned a model with other weights than the one it was given: a clone or "
            "a new model has learned nothing.",
        ),
        (
            (lambda model, x, y: model.fit(x, y, verbose=0),),
            "`fine_tune` should return the model; it returned a History.",
        ),
        (
            (lambda model, x, y: freeze_hidden(model),),
            "`fine_tune` returned nothing: is there a `return` at its end?",
        ),
    ],
    variants=[
        (fine_tune_with(between=freeze_hidden),),  # compile first, honoured before the first fit
        (fine_tune_with(by_weights),),
        (by_hand,),
        (in_small_steps,),
    ],
)

# --- a thaw with three bugs ---------------------------------------------------------------------


def thaw_with(before=None, optimizer=lambda: keras.optimizers.Adam(0.0001)):
    """A thaw that does something to the model and compiles it (unless optimizer is None)."""

    def thaw(model):
        if before:
            before(model)
        if optimizer:
            model.compile(optimizer(), "mse")
        return model

    return thaw


def thaw_hidden(model):
    model.get_layer("hidden").trainable = True


def thaw_model(model):
    model.trainable = True


def off_and_on(model):
    model.trainable = False
    model.trainable = True


def thaw_and_train(model):
    thaw_hidden(model)
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    model.fit(np.ones((32, 4)), np.ones((32, 2)), batch_size=8, verbose=0)
    return model


def thaw_the_wrong_way_round(model):
    model.layers[0].trainable, model.layers[1].trainable = True, False
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    return model


def thaw_inside_another_model(model):
    thaw_hidden(model)
    outer = keras.Sequential([keras.Input((4,)), model])
    outer.compile(keras.optimizers.Adam(0.0001), "mse")
    return outer


def same_optimizer(model):
    thaw_hidden(model)
    model.compile(model.optimizer, "mse")
    return model


def rate_set_afterwards(model):
    thaw_hidden(model)
    model.compile("adam", "mse")
    model.optimizer.learning_rate = 1e-4
    return model


def thaw_a_clone(model):
    clone = keras.models.clone_model(model)
    thaw_hidden(clone)
    clone.compile(keras.optimizers.Adam(0.0001), "mse")
    return clone


ONLY_HEAD = "in the next fit, only tiny/head/kernel and tiny/head/bias moved. "
ALL_BUT_RATE = "everything is trained, but the learning rate is "
thawed = Bank(
    tasks.thawed,
    solution=(thaw_with(thaw_hidden),),
    mistakes=[
        (
            (thaw_with(thaw_model),),
            ONLY_HEAD + "`hidden` is still frozen: `model.trainable = True` passes nothing on, "
            "since the model's own flag is True already.",
        ),
        (
            (thaw_with(thaw_hidden, optimizer=None),),
            ONLY_HEAD + "`hidden` is thawed, but the old training step is still in use.",
        ),
        (
            (same_optimizer,),
            "the next fit stops with 'Unknown variable': the optimizer was made while `hidden` was "
            "frozen, and has no numbers for it.",
        ),
        (
            (thaw_with(thaw_hidden, optimizer=lambda: "adam"),),
            ALL_BUT_RATE + "0.001. That is the default: `compile('adam')` and `Adam()` go "
            "back to it.",
        ),
        (
            (thaw_with(thaw_hidden, optimizer=lambda: "sgd"),),
            ALL_BUT_RATE + "0.01. That is the rate the model came with: SGD's default, or the old "
            "optimizer's.",
        ),
        (
            (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.Adam(0.00001)),),
            ALL_BUT_RATE + "1e-05. That is ten times too low: one zero less.",
        ),
        (
            (thaw_with(freeze_all),),
            "in the next fit, nothing moved. The whole model is frozen: a parent's False vetoes "
            "its layers.",
        ),
        (
            (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.SGD(0.0)),),
            "in the next fit, nothing moved. All is thawed; is the learning rate 0?",
        ),
        (
            (lambda model: keras.Sequential(model.layers),),
            "`thaw` returned a model that is not built: return the one it was given.",
        ),
        (
            (thaw_with(lambda model: setattr(model.layers[0].kernel, "trainable", True)),),
            "in the next fit, only tiny/hidden/kernel, tiny/head/kernel and tiny/head/bias moved. "
            "Both the kernel and the bias of `hidden` should learn.",
        ),
        (
            (thaw_the_wrong_way_round,),
            "in the next fit, only tiny/hidden/kernel and tiny/hidden/bias moved. The head should "
            "go on learning, too.",
        ),
        (
            (thaw_and_train,),
            "your `thaw` itself changed weights: everything moved. It should only prepare the "
            "model; the checker trains it.",
        ),
        (
            (thaw_a_clone,),
            "`thaw` returned a model with other weights than the one it was given: a clone or a "
            "new model has learned nothing.",
        ),
        (
            (lambda model: model.get_layer("hidden"),),
            "`thaw` should return the model; it returned the layer or model 'hidden'.",
        ),
        (
            (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.Adam(-1e-4)),),
            "everything is trained, but the learning rate is -0.0001: below 0 the steps go uphill,"
            " and the model gets worse.",
        ),
        (
            (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.Adam(0.9)),),
            "everything is trained, but the learning rate is 0.9: that is no gentle training. "
            "0.0001 was asked for.",
        ),
        (
            (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.Adam(2e-4)),),
            "everything is trained, but the learning rate is 0.0002, 2 times the 0.0001 that was "
            "asked for.",
        ),
    ],
    variants=[
        (thaw_with(off_and_on),),
        (rate_set_afterwards,),
        (thaw_inside_another_model,),
        (
            thaw_with(
                thaw_hidden,
                optimizer=lambda: keras.optimizers.Adam(
                    keras.optimizers.schedules.ExponentialDecay(1e-4, 1000, 0.9)
                ),
            ),
        ),
        (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.RMSprop(1e-4)),),
        (
            thaw_with(
                thaw_hidden,
                optimizer=lambda: keras.optimizers.Adam(
                    keras.optimizers.schedules.PiecewiseConstantDecay([1000], [1e-4, 1e-5])
                ),
            ),
        ),
    ],
)

# --- functions of one's own ---------------------------------------------------------------------


def freeze_with(choose, compiled=True):
    """A freeze_first that freezes the layers that choose(model, n) gives."""

    def freeze_first(model, n):
        for layer in choose(model, n):
            layer.trainable = False
        if compiled:
            model.compile(*SGD)
        return model

    return freeze_first


def weighty(model):
    return [layer for layer in model.layers if layer.weights]


def kernels_of_the_first(model, n):
    """Weights have flags as well, but a layer is more than its kernel."""
    return [w for layer in weighty(model)[:n] for w in layer.weights if w.name == "kernel"]


def freeze_first_and_train(model, n):
    freeze_with(lambda model, n: weighty(model)[:n])(model, n)
    model.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
    return model


def freeze_misspelt(model, n):
    for layer in weighty(model)[:n]:
        layer.trainable_ = False
    model.compile(*SGD)
    return model


def freeze_by_counting(model, n):
    for layer in model.layers:
        if layer.count_params() and n > 0:
            n -= 1
            layer.trainable = False
    model.compile(keras.optimizers.SGD(0.01), "mse", run_eagerly=True)
    return model


def freeze_weight_by_weight(model, n):
    model.compile(*SGD)
    for layer in weighty(model)[:n]:
        for weight in layer.weights:
            weight.trainable = False
    return model


def freeze_then_wrap(model, n):
    for layer in weighty(model)[:n]:
        layer.trainable = False
    wrapped = keras.Sequential([keras.Input((4,)), *weighty(model)])
    wrapped.compile(*SGD)
    return wrapped


def freeze_all_but_the_later(model, n):
    model.trainable = False
    for layer in weighty(model)[n:]:
        layer.trainable = True
    model.compile(*SGD)
    return model


def is_dense(layer):
    return isinstance(layer, keras.layers.Dense)


def flattened(model, n):
    inner = [*model.layers[0].layers] if model.name == "nested" else weighty(model)
    return inner[:n]


OF_A = "`freeze_first` of the model 'functional' with n = 2: "
OF_B = "`freeze_first` of the model 'nested' with n = 1: "
first_layers = Bank(
    tasks.first_layers,
    solution=(freeze_with(lambda model, n: weighty(model)[:n]),),
    mistakes=[
        (
            (freeze_with(lambda model, n: model.layers[:n]),),
            OF_A + "a stood still. `layers[0]` of a functional model is its InputLayer, and an "
            "activation has no weights either: count only layers that have some.",
        ),
        (
            (freeze_with(lambda model, n: weighty(model)[: n - 1]),),
            OF_A + "a stood still. That is one layer too few: does the count include layers "
            "without weights, or does a `return` or `break` come too early?",
        ),
        (
            (freeze_with(lambda model, n: model.layers[: n - 1]),),
            OF_A + "every layer moved. What you froze has no weights: count only layers that have "
            "some.",
        ),
        (
            (freeze_with(lambda model, n: [weighty(model)[n - 1]]),),
            OF_A + "b stood still. That is the second layer alone; the first two were asked for.",
        ),
        (
            (freeze_with(kernels_of_the_first),),
            OF_A + "a/bias and b/bias moved. Freeze whole layers.",
        ),
        (
            (freeze_first_and_train,),
            "your `freeze_first` itself changed weights: only c/kernel and c/bias moved. It should "
            "only prepare the model; the checker trains it.",
        ),
        (
            (freeze_with(lambda model, n: model.layers[1 : n + 1]),),
            OF_A + "a stood still. `layers[0]` of a functional model is its InputLayer, and an "
            "activation has no weights either: count only layers that have some.",
        ),
        (
            (freeze_with(lambda model, n: weighty(model)[:n], compiled=False),),
            OF_A + "every layer moved. The flags are right, but the model had been trained before: "
            "the old training step is still in use.",
        ),
        (
            (freeze_misspelt,),
            OF_A + "every layer moved. Nothing was frozen: check the spelling of `trainable`, "
            "and `=`.",
        ),
        (
            (freeze_with(lambda model, n: weighty(model)[-n:]),),
            OF_A + "b, c stood still. Those are the last layers; the first were asked for.",
        ),
        (
            (freeze_with(flattened),),
            OF_B + "p stood still. A model inside a model counts as one layer here: freeze "
            "all of it.",
        ),
        (
            (freeze_with(lambda model, n: weighty(model)[: n + 1]),),
            OF_A + "a, b, c stood still. Everything is frozen; only the first 2 should be.",
        ),
        (
            (freeze_all_but_the_later,),
            OF_A + "a, b, c stood still. The model's own flag is False, and vetoes its layers.",
        ),
        (
            (freeze_with(lambda model, n: [x for x in model.layers if x.trainable_weights][:n]),),
            "`freeze_first` of the model 'functional' with n = 1: a, b stood still. a was frozen "
            "already, and is the first layer all the same: count layers that *have* weights.",
        ),
        (
            (freeze_with(lambda model, n: weighty(model)[: min(n, 2)]),),
            "`freeze_first` of the model 'functional' with n = 3: a, b stood still. All three were "
            "asked for: does the last layer come by?",
        ),
        (
            (freeze_with(lambda model, n: [x for x in model.layers if is_dense(x)][:n]),),
            OF_B + "r stood still. The model inside this model has weights, too: it is the first "
            "layer.",
        ),
        (
            (lambda model, n: keras.models.clone_model(model),),
            "`freeze_first` returned a model with other weights than the one it was given: a clone "
            "or a new model has learned nothing.",
        ),
    ],
    variants=[
        (freeze_by_counting,),
        (freeze_weight_by_weight,),
        (freeze_then_wrap,),
        (freeze_with(lambda model, n: [x for x in model.layers if len(x.get_weights())][:n]),),
    ],
)


def freeze_weights(wanted, compiled=True):
    """A freeze_biases that sets the flag of the weights for which wanted(weight) is true."""

    def freeze_biases(model):
        for weight in model.weights:
            if wanted(weight):
                weight.trainable = False
        if compiled:
            model.compile(*SGD)
        return model

    return freeze_biases


def all_layers(model):
    for layer in model.layers:
        yield from all_layers(layer) if isinstance(layer, keras.Model) else [layer]


def freeze_layers_with_a_bias(model):
    for layer in all_layers(model):
        if getattr(layer, "bias", None) is not None:
            layer.trainable = False
    model.compile(*SGD)
    return model


def freeze_top_level_biases(model):
    for layer in model.layers:
        if getattr(layer, "bias", None) is not None:
            layer.bias.trainable = False
    model.compile(*SGD)
    return model


def freeze_recursively(model):
    for layer in all_layers(model):
        if getattr(layer, "bias", None) is not None:
            layer.bias.trainable = False
    model.compile(*SGD)
    return model


def toggled_afterwards(model):
    freeze_recursively(model)
    for layer in all_layers(model):
        layer.trainable = False
        layer.trainable = True
    return model


def freeze_one_layer(model):
    model.layers[1].trainable = False
    model.compile(*SGD)
    return model


def every_second(model):
    for weight in model.weights[1::2]:
        weight.trainable = False
    model.compile(*SGD)
    return model


def last_of_each(model):
    for layer in model.layers:
        for weight in layer.weights[-1:]:
            weight.trainable = False
    model.compile(*SGD)
    return model


def freeze_everything(model, n=None):
    model.trainable = False
    model.compile(*SGD)
    return model


def without_asking(model):
    for layer in model.layers:
        layer.bias.trainable = False
    return model


biases = Bank(
    tasks.biases,
    solution=(freeze_weights(lambda weight: weight.name == "bias"),),
    mistakes=[
        (
            (toggled_afterwards,),
            "of the model 'functional', everything moved. No bias was frozen: set the flag on the "
            "bias itself, with `=`, and do not switch the layer off and on afterwards.",
        ),
        (
            (freeze_weights(lambda weight: weight.name == "kernel"),),
            "of the model 'functional', only a/bias, b/bias and c/bias moved. It is the other way "
            "round: the biases should stay.",
        ),
        (
            (freeze_top_level_biases,),
            "of the model 'nested', only inner/p/kernel, inner/p/bias, inner/q/kernel and "
            "nested/r/kernel moved. These biases moved, too: inner/p/bias. Every layer counts, "
            "also one inside a nested model.",
        ),
        (
            (without_asking,),
            "`freeze_biases` stopped with AttributeError: 'InputLayer' object has no attribute "
            "'bias'.",
        ),
        (
            (freeze_everything,),
            "of the model 'functional', nothing moved. The kernels did not move either: a layer's "
            "flag takes them along.",
        ),
        (
            (every_second,),
            "of the model 'nested', only inner/p/kernel, inner/q/kernel and nested/r/bias moved. "
            "These kernels stood still, too: nested/r/kernel. Set the flag on each "
            "bias, not on its layer, and do not go by position.",
        ),
        (
            (last_of_each,),
            "of the model 'nested', only inner/p/kernel, inner/p/bias and nested/r/kernel moved. "
            "These kernels stood still, too: inner/q/kernel. Set the flag on each bias, not on "
            "its layer, and do not go by position.",
        ),
        (
            (freeze_one_layer,),
            "of the model 'functional', only b/kernel, b/bias, c/kernel and c/bias moved. These "
            "kernels stood still, too: a/kernel. Set the flag on each bias, not on its layer, and "
            "do not go by position.",
        ),
    ],
    variants=[
        (freeze_recursively,),
        (freeze_weights(lambda weight: len(weight.shape) == 1),),
        (freeze_weights(lambda weight: weight.path.endswith("/bias")),),
    ],
)
