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
        ("moved", "moved", "still", "still", "error"),
        ("error", "moved", "still", "still", "error"),
        ("still", "still", "still", "moved", "moved"),
        ("still", "error", "still", "still", "error"),
        ("still", "moved", "moved", "still", "error"),
        ("still", "moved", "error", "still", "error"),
        ("still", "moved", "still", "moved", "error"),
        ("still", "moved", "still", "error", "error"),
        ("still", "moved", "still", "still", "moved"),
        ("still", "moved", "still", "still", "still"),
        (False, "moved", "still", "still", "error"),
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
        (26, 26),
        (94, 24),
        (47, 12),
        (49, 14),
        (143, 26),
        (72, 26),
        (12, 26),
        (24, 26),
        (96, 96),
        (96, 24),
        (96, 12),
        (96, 14),
        (96, 2),
        (96, 72),
        (96, 70),
        (96, 47),
        (95, 26),
        (82, 26),  # without the biases
        (80, 26),
        (10, 26),  # arrays
        (141, 26),
        (70, 26),
        (96, 25),
        (96, 22),
        (96, 6),
        (96, 73),
        (96, 61),  # the frozen numbers taken off once
        (100, 30),  # six numbers into the second layer
        (96, 38),
        (97, 26),
        (98, 26),  # Adam's own numbers for each layer
        (96, 36),  # with the frozen layer's biases
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
        (4, 6, 4, 2),
        (2, 6, 4, 2),
        (6, 6, 4, 2),
        (0, 2, 4, 2),
        (0, 4, 4, 2),
        (0, 8, 4, 2),
        (0, 0, 4, 2),
        (0, 1, 4, 2),
        (0, 3, 2, 1),
        (0, 3, 4, 2),
        (0, 6, 6, 2),
        (0, 6, 2, 2),
        (0, 6, 0, 2),
        (0, 6, 3, 2),
        (0, 6, 4, 4),
        (0, 6, 4, 1),
        (0, 6, 4, 0),
        (0, 6, 4, 3),
        (0, 6, 4, 6),
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
        ("DBECAH",),
        ("DGCAHE",),
        ("DGICAH",),
        ("DGCAH",),
        ("DECAH",),
        ("DGCAEH",),
        ("DGECHA",),
        ("DGEAH",),
        ("CGEAH",),
        ("DECAGH",),
        ("DGEACH",),
        ("DGECH",),
        ("DGECA",),
        ("DGEFAH",),
        ("GDECAH",),
        ("DGECAHI",),
        ("DGECAX",),
        ("DDGECAH",),
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
            model.compile(*(compiled() if callable(compiled) else compiled))
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


def set_to_a_text(model):
    model.get_layer("hidden").trainable = "False"


def compare_only(model, x, y):
    model.get_layer("hidden").trainable == False
    model.compile("adam", "mse")
    model.fit(x, y, epochs=2, verbose=0)
    return model


def freeze_all_but_the_head(model):
    model.trainable = False
    model.get_layer("head").trainable = True


def fitted_before_the_compile(model, x, y):
    freeze_hidden(model)
    model.fit(x, y, verbose=0)
    model.compile(*SGD)
    model.fit(x, y, verbose=0)
    return model


def set_back_afterwards(model, x, y):
    hidden = model.get_layer("hidden")
    numbers = hidden.get_weights()
    model.fit(x, y, epochs=2, verbose=0)
    hidden.set_weights(numbers)
    return model


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


fine_tuned = Bank(
    tasks.fine_tuned,
    solution=(fine_tune_with(freeze_hidden),),
    mistakes=[
        # ask: "`hidden` stays as it is"
        (fine_tune_with(freeze_hidden, compiled=None),),
        (set_back_afterwards,),
        (late_with_a_batch_size_of_its_own,),
        (recompiled_after_the_fit,),
        (frozen_after_the_fit,),
        (fine_tune_with(misspelt),),
        (fine_tune_with(set_to_a_text),),
        (compare_only,),
        (fitted_before_the_compile,),
        # ask: "It trains the head of the model that it is given"
        (fine_tune_with(freeze_hidden, epochs=0),),
        (fine_tune_with(freeze_all),),
        (fine_tune_with(freeze_all_but_the_head),),
        (fine_tune_with(freeze_head),),
        (fine_tune_with(freeze_hidden, compiled=lambda: (keras.optimizers.SGD(0.0), "mse")),),
        # ask: "error on `x` and `y` falls"
        (fine_tune_with(freeze_hidden, compiled=lambda: (keras.optimizers.SGD(-0.001), "mse")),),
        (fine_tune_with(freeze_hidden, compiled=lambda: (keras.optimizers.SGD(10.0), "mse")),),
        (fine_tune_with(freeze_kernel_only),),
        (freeze_all_and_the_head_of_a_clone,),
        # ask: "and returns the model"
        (lambda model, x, y: model.fit(x, y, verbose=0),),
        (lambda model, x, y: freeze_hidden(model),),
    ],
    variants=[
        (fine_tune_with(between=freeze_hidden),),  # compile first, honoured before the first fit
        (fine_tune_with(by_weights),),
        (by_hand,),
        (in_small_steps,),
        (fine_tune_with(freeze_hidden, compiled=lambda: (keras.optimizers.SGD(0.001), "mae")),),
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


def thaw_misspelt(model):
    model.get_layer("hidden").trainble = True
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    return model


def thaw_with_the_name_of_keras_2(model):
    thaw_hidden(model)
    model.compile(keras.optimizers.Adam(lr=0.0001), "mse")
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


def rate_set_by_the_name_of_keras_2(model):
    thaw_hidden(model)
    optimizer = keras.optimizers.Adam()
    optimizer.lr = 0.0001
    model.compile(optimizer, "mse")
    return model


def thaw_a_clone(model):
    clone = keras.models.clone_model(model)
    thaw_hidden(clone)
    clone.compile(keras.optimizers.Adam(0.0001), "mse")
    return clone


thawed = Bank(
    tasks.thawed,
    solution=(thaw_with(thaw_hidden),),
    mistakes=[
        # ask: "trains *everything*"
        (thaw_with(thaw_model),),
        (thaw_misspelt,),
        (thaw_with(),),
        # ask: "its next `fit`"
        (thaw_with(thaw_hidden, optimizer=None),),
        (same_optimizer,),
        # ask: "at a learning rate of 0.0001"
        (thaw_with(thaw_hidden, optimizer=lambda: "adam"),),
        (thaw_with_the_name_of_keras_2,),
        (rate_set_by_the_name_of_keras_2,),
        (thaw_with(thaw_hidden, optimizer=lambda: "sgd"),),
        (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.Adam(0.00001)),),
        (thaw_with(freeze_all),),
        (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.SGD(0.0)),),
        (lambda model: keras.Sequential(model.layers),),
        (thaw_with(lambda model: setattr(model.layers[0].kernel, "trainable", True)),),
        (thaw_the_wrong_way_round,),
        # ask: "does not train it"
        (thaw_and_train,),
        # ask: "from the weights that it has"
        (thaw_a_clone,),
        # ask: "It returns the model"
        (lambda model: model.get_layer("hidden"),),
        (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.Adam(-1e-4)),),
        (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.Adam(0.9)),),
        (thaw_with(thaw_hidden, optimizer=lambda: keras.optimizers.Adam(2e-4)),),
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
    model.fit(np.ones((8, 4)), np.ones((8, model.output_shape[1])), verbose=0)
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


def counting_down(model, n):
    for layer in weighty(model):
        layer.trainable = False
        n -= 1
        if n == 0:
            break
    model.compile(*SGD)
    return model


def thaw_the_others(model, n):
    for number, layer in enumerate(weighty(model)):
        layer.trainable = number >= n
    model.compile(*SGD)
    return model


def compiled_otherwise(optimizer, loss):
    def freeze_first(model, n):
        for layer in weighty(model)[:n]:
            layer.trainable = False
        model.compile(optimizer() if callable(optimizer) else optimizer, loss)
        return model

    return freeze_first


def compiled_only_if_needed(model, n):
    for layer in weighty(model)[:n]:
        layer.trainable = False
    if not model.compiled:
        model.compile(*SGD)
    return model


def by_kernel_of_every_layer(model, n):
    for layer in model.layers[:n]:
        layer.kernel.trainable = False
    model.compile(*SGD)
    return model


def off_after_on(model, n):
    for layer in weighty(model)[:n]:
        layer.trainable = True
        layer.trainable = False
    model.compile(*SGD)
    return model


def freeze_all_but_the_later(model, n):
    model.trainable = False
    for layer in weighty(model)[n:]:
        layer.trainable = True
    model.compile(*SGD)
    return model


def is_dense(layer):
    return isinstance(layer, keras.layers.Dense)


def flattened(model, n):
    return [layer for layer in all_layers(model) if layer.weights][:n]


first_layers = Bank(
    tasks.first_layers,
    solution=(freeze_with(lambda model, n: weighty(model)[:n]),),
    mistakes=[
        # ask: "that have"
        (freeze_with(lambda model, n: model.layers[:n]),),
        (freeze_with(lambda model, n: [x for x in model.layers if x.variables][:n]),),
        (freeze_with(lambda model, n: [x for x in model.layers if hasattr(x, "kernel")][:n]),),
        (freeze_with(lambda model, n: [x for x in model.layers if len(x.weights) == 2][:n]),),
        # ask: "a model inside the model counts as one layer"
        (freeze_with(flattened),),
        # ask: "freezes the first `n` layers of `model.layers`"
        (freeze_with(lambda model, n: weighty(model)[: max(n - 1, 0)]),),
        (
            freeze_with(
                lambda model, n: sorted(weighty(model), key=lambda x: -x.count_params())[:n]
            ),
        ),
        (freeze_with(lambda model, n: weighty(model)[n:]),),
        (freeze_with(lambda model, n: weighty(model)[n : n + 1]),),
        (freeze_with(lambda model, n: weighty(model)[1 : n + 1]),),
        (freeze_with(lambda model, n: model.weights[:n]),),
        (by_kernel_of_every_layer,),
        # ask: "that no number of these layers moves in the next `fit`"
        (freeze_weight_by_weight,),
        # ask: "With `n = 0` it freezes nothing"
        (counting_down,),
        (freeze_with(lambda model, n: weighty(model)[: max(n, 1)]),),
        # ask: "all other flags, and all numbers, stay as they are"
        (thaw_the_others,),
        # ask: "The model may have been trained before"
        (freeze_with(lambda model, n: weighty(model)[:n], compiled=False),),
        (compiled_only_if_needed,),
        # ask: "It compiles the model with"
        (compiled_otherwise("adam", "mse"),),
        (compiled_otherwise("sgd", "mae"),),
        (compiled_otherwise("sgd", None),),
        (freeze_with(lambda model, n: weighty(model)[n - 1 : n]),),
        (freeze_with(kernels_of_the_first),),
        (freeze_first_and_train,),
        (freeze_with(lambda model, n: model.layers[1 : n + 1]),),
        (freeze_misspelt,),
        (freeze_with(lambda model, n: weighty(model)[-n:]),),
        (freeze_with(lambda model, n: weighty(model)[: n + 1]),),
        (freeze_all_but_the_later,),
        (freeze_with(lambda model, n: [x for x in model.layers if x.trainable_weights][:n]),),
        (freeze_with(lambda model, n: [x for x in model.layers if is_dense(x)][:n]),),
        (lambda model, n: keras.models.clone_model(model),),
    ],
    variants=[
        (freeze_by_counting,),
        (off_after_on,),
        (compiled_otherwise(lambda: keras.optimizers.SGD(0.1), "mean_squared_error"),),
        (compiled_otherwise("sgd", keras.losses.MeanSquaredError()),),
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


def freeze_in_all_layers(model):
    for layer in model._flatten_layers():
        if getattr(layer, "bias", None) is not None:
            layer.bias.trainable = False
    model.compile(*SGD)
    return model


def whole_layers_of_models(model):
    for layer in all_layers(model):
        if getattr(layer, "bias", None) is not None:
            layer.trainable = False
    model.compile(*SGD)
    return model


def dense_layers_of_models(model):
    for layer in all_layers(model):
        if is_dense(layer) and layer.use_bias:
            layer.bias.trainable = False
    model.compile(*SGD)
    return model


def toggled_afterwards(model):
    freeze_recursively(model)
    for layer in all_layers(model):
        layer.trainable = False
        layer.trainable = True
    return model


def one_step_into_models(model):
    for part in model.layers:
        for layer in [part, *getattr(part, "layers", [])]:
            if getattr(layer, "bias", None) is not None:
                layer.bias.trainable = False
    model.compile(*SGD)
    return model


def whole_layers(model):
    for layer in model._flatten_layers():
        if getattr(layer, "bias", None) is not None:
            layer.trainable = False
    model.compile(*SGD)
    return model


def thaw_all_but_biases(model):
    for weight in model.weights:
        weight.trainable = weight.name != "bias"
    model.compile(*SGD)
    return model


def names_of_keras_2(model):
    for weight in model.weights:
        if weight.name == "bias:0":
            weight.trainable = False
    model.compile(*SGD)
    return model


def without_asking_for_none(model):
    for layer in all_layers(model):
        if hasattr(layer, "bias"):
            layer.bias.trainable = False
    model.compile(*SGD)
    return model


def constrained(model):
    for weight in model.weights:
        if weight.name == "bias":
            numbers = weight.numpy()
            weight.constraint = lambda bias, held=numbers: held
    model.compile(*SGD)
    return model


def biases_compiled_with(optimizer, loss):
    def freeze_biases(model):
        for weight in model.weights:
            if weight.name == "bias":
                weight.trainable = False
        model.compile(optimizer() if callable(optimizer) else optimizer, loss)
        return model

    return freeze_biases


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
        # ask: "freezes every weight that is called `bias`"
        (toggled_afterwards,),
        (names_of_keras_2,),
        (constrained,),
        (freeze_weights(lambda weight: weight.name == "kernel"),),
        # ask: "also in models inside"
        (freeze_top_level_biases,),
        (one_step_into_models,),
        # ask: "and in layers inside a layer"
        (freeze_recursively,),
        (whole_layers_of_models,),
        (dense_layers_of_models,),
        # ask: "and nothing else"
        (freeze_weights(lambda weight: len(weight.shape) == 1),),
        (freeze_weights(lambda weight: "bias" in weight.path),),
        (freeze_weights(lambda weight: weight.name in ("bias", "beta")),),
        # ask: "what is frozen already stays frozen"
        (thaw_all_but_biases,),
        # ask: "all other weights go on"
        (whole_layers,),
        # ask: "Some layers have no bias"
        (without_asking_for_none,),
        # ask: "It compiles the model with"
        (biases_compiled_with("adam", "mse"),),
        (biases_compiled_with("sgd", "mae"),),
        (freeze_weights(lambda weight: weight.name == "bias", compiled=False),),
        (without_asking,),
        (freeze_everything,),
        (every_second,),
        (last_of_each,),
    ],
    variants=[
        (freeze_in_all_layers,),
        (freeze_weights(lambda weight: weight.path.endswith("/bias")),),
        (biases_compiled_with(lambda: keras.optimizers.SGD(0.001), "MSE"),),
    ],
)
