# %% late_orders wrong: believes the rule of Keras 2 word for word, that a freeze after compile has no effect even before the first fit
freeze_before_fit = "moved"
freeze_after_fit = "moved"
freeze_recompile = "still"
thaw_after_fit = "still"
thaw_reuse = "error"

# %% late_orders wrong: thinks that training asks the flags anew in every fit, as the summary does
freeze_before_fit = "still"
freeze_after_fit = "still"
freeze_recompile = "still"
thaw_after_fit = "moved"
thaw_reuse = "error"

# %% late_orders wrong: takes the outcomes of the PyTorch backend (late freeze honoured, late thaw an error)
freeze_before_fit, freeze_after_fit, freeze_recompile = "still", "still", "still"
thaw_after_fit, thaw_reuse = "error", "error"

# %% late_orders wrong: thinks that any second compile makes a thaw work, also with the same optimizer object
freeze_before_fit = "still"
freeze_after_fit = "moved"
freeze_recompile = "still"
thaw_after_fit = "still"
thaw_reuse = "moved"

# %% late_orders wrong: answers what the first fit of each order does, not the last
freeze_before_fit = "still"
freeze_after_fit = "moved"
freeze_recompile = "moved"
thaw_after_fit = "still"
thaw_reuse = "still"

# %% late_orders right: NumPy strings, unpacked from an array
freeze_before_fit, freeze_after_fit, freeze_recompile, thaw_after_fit, thaw_reuse = np.array(
    ["still", "moved", "still", "still", "error"]
)

# %% late_orders right: every order is really run, and the outcome taken from a snapshot
def run_order(steps):
    points, targets = np.ones((64, 4)), np.ones((64, 2))
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="hidden"), layers.Dense(2, name="head")]
    )
    hidden, outcome, optimizer = model.get_layer("hidden"), None, None
    for step in steps.split():
        if step == "freeze":
            hidden.trainable = False
        elif step == "unfreeze":
            hidden.trainable = True
        elif step == "compile":
            optimizer = keras.optimizers.Adam(0.01)
            model.compile(optimizer, "mse")
        elif step == "same":
            model.compile(optimizer, "mse")
        else:
            old = snapshot(hidden)
            try:
                model.fit(points, targets, verbose=0)
            except ValueError:
                outcome = "error"
            else:
                outcome = "moved" if compare(old).moved else "still"
    return outcome


freeze_before_fit = run_order("compile freeze fit")
freeze_after_fit = run_order("compile fit freeze fit")
freeze_recompile = run_order("compile fit freeze compile fit")
thaw_after_fit = run_order("freeze compile fit unfreeze fit")
thaw_reuse = run_order("freeze compile fit unfreeze same fit")

# %% late_orders cheat: a str subclass that says yes to every comparison
class Agreeable(str):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = str.__hash__


freeze_before_fit = freeze_after_fit = freeze_recompile = Agreeable("moved")
thaw_after_fit = thaw_reuse = Agreeable("moved")

# %% lie_detector wrong: forgets the two more that Adam keeps, its step count and its learning rate
optimizer_numbers = 2 * 47
in_sync = 2 * 12

# %% lie_detector wrong: counts arrays (weights) instead of numbers
optimizer_numbers = 2 * 4 + 2
in_sync = 2 * 2 + 2

# %% lie_detector wrong: thinks that the optimizer drops the frozen layer's numbers as soon as the flag is set
optimizer_numbers = 26
in_sync = 26

# %% lie_detector wrong: takes the numbers of the frozen layer for those that are still trainable
optimizer_numbers = 2 * 47 + 2
in_sync = 2 * 35 + 2

# %% lie_detector wrong: forgets the biases of the two Dense layers
optimizer_numbers = 2 * (6 * 5 + 5 * 2) + 2
in_sync = 2 * (5 * 2) + 2

# %% lie_detector wrong: gives the summary's total, the model's own numbers and the optimizer's together
optimizer_numbers = 47 + 96
in_sync = 47 + 26

# %% lie_detector right: counted with NumPy in the variables of two real Adams, so NumPy integers
model = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(2)])
old_adam, new_adam = keras.optimizers.Adam(), keras.optimizers.Adam()
old_adam.build(model.trainable_weights)
model.layers[0].trainable = False
new_adam.build(model.trainable_weights)
optimizer_numbers, in_sync = (
    np.sum([np.size(v.numpy()) for v in adam.variables]) for adam in (old_adam, new_adam)
)

# %% lie_detector right: floats, from a formula in a lambda
adam_keeps = lambda *shapes: 2 * (sum((i + 1) * o for i, o in shapes) + 1) / 1
optimizer_numbers, in_sync = adam_keeps((6, 5), (5, 2)), adam_keeps((5, 2))

# %% whose_flag wrong: overlooks the veto: thinks that a thawed layer counts in a base that is frozen itself
own = 4
outer = 6
after_true = 4
functional = 2

# %% whose_flag wrong: thinks that the veto of the frozen base holds in the outer model as well, so that only the head is left
own = 0
outer = 2
after_true = 4
functional = 2

# %% whose_flag wrong: thinks that base.trainable = True reaches every layer, though the base's own flag is True already
own = 0
outer = 6
after_true = 6
functional = 2

# %% whose_flag wrong: overlooks that a functional model lists its InputLayer
own = 0
outer = 6
after_true = 4
functional = 4

# %% whose_flag wrong: counts layers instead of arrays
own = 0
outer = 3
after_true = 2
functional = 1

# %% whose_flag wrong: forgets the two weights of the head in outer
own = 0
outer = 4
after_true = 4
functional = 2

# %% whose_flag right: lengths of the lists of real models
def three():
    return keras.Sequential(
        [keras.Input((4,)), *[layers.Dense(3, name=n) for n in ("low", "high", "top")]]
    )


thawed = three()
thawed.trainable = False
for part in thawed.layers[:2]:
    part.trainable = True
own = len(thawed.trainable_weights)
outer = len(
    keras.Sequential([keras.Input((4,)), thawed, layers.Dense(2)]).trainable_weights
)
again = three()
again.layers[0].trainable = False
again.trainable = True
after_true = len(again.trainable_weights)
entry = keras.Input((4,))
deep = entry
for part in three().layers:
    deep = part(deep)
deep = keras.Model(entry, deep)
for part in deep.layers[:2]:
    part.trainable = False
functional = len(deep.non_trainable_weights)

# %% whose_flag right: NumPy integers, two for every layer that is asked for
own, outer, after_true, functional = 2 * np.array([0, 3, 2, 1], "int8")

# %% six_lines wrong: leaves out the second compile and takes the learning rate for a new start, so the old training step moves hidden as well
order = "DGICAH"

# %% six_lines wrong: takes the comparison hidden.trainable == False for an assignment
order = "DBECAH"

# %% six_lines wrong: takes model.get_weights() for a snapshot that compare understands
order = "DGEFAH"

# %% six_lines wrong: the snapshot is taken after the training
order = "DGEACH"

# %% six_lines wrong: compiles after the fit instead of before it
order = "DGCAEH"

# %% six_lines wrong: hidden is used before it is defined
order = "GDECAH"

# %% six_lines right: compiles before the flag, which the first fit after a compile still honours
order = "EDGCAH"

# %% six_lines right: the snapshot comes first of all
order = "CDGEAH"

# %% six_lines right: compile stands between looking the layer up and freezing it, snapshot in between, put together from parts
order = "".join(["D", "C", "E", "G"] + ["A", "H"])

# %% fine_tuned wrong: compiles after the fit, too late for it
def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    model.fit(x, y, epochs=2, verbose=0)
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model

# %% fine_tuned wrong: freezes the whole model and thaws the head, but the model's own False is a veto: nothing is trained
def fine_tune(model, x, y):
    model.trainable = False
    model.get_layer("head").trainable = True
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned wrong: trains a clone, not the model that it is given
def fine_tune(model, x, y):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.get_layer("hidden").trainable = False
    copy.compile(keras.optimizers.Adam(0.01), "mse")
    copy.fit(x, y, epochs=2, verbose=0)
    return copy

# %% fine_tuned wrong: freezes only the kernel of hidden, so that its bias goes on learning
def fine_tune(model, x, y):
    model.get_layer("hidden").kernel.trainable = False
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned wrong: forgets to return the model
def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x, y, epochs=2, verbose=0)

# %% fine_tuned wrong: no compile, relies on a new trace for another batch size, which there is not if the model was trained with a partial last batch
def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    model.fit(x, y, epochs=2, batch_size=16, verbose=0)
    return model

# %% fine_tuned right: compiles with the same optimizer object, which after a freeze knows all variables
def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    model.compile(model.optimizer, model.loss)
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned right: no compile, but a new training step by make_train_function(force=True)
def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    model.make_train_function(force=True)
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned right: compiles first and freezes by the weights' own flags
def fine_tune(model, x, y):
    model.compile(optimizer="sgd", loss="mean_squared_error")
    for weight in model.get_layer("hidden").weights:
        weight.trainable = False
    model.fit(x, y, epochs=1, verbose=0)
    return model

# %% fine_tuned right: a training loop of its own, whose optimizer is given only the head
def fine_tune(model, x, y):
    import tensorflow as tf

    model.get_layer("hidden").trainable = False
    head = model.get_layer("head").trainable_weights
    sgd = keras.optimizers.SGD(0.001)
    inputs, targets = tf.constant(x, tf.float32), tf.constant(y, tf.float32)
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(inputs, training=True) - targets) ** 2)
        sgd.apply_gradients(zip(tape.gradient(loss, [w.value for w in head]), head))
    return model

# %% fine_tuned cheat: trains everything and puts the old numbers of hidden back afterwards
def fine_tune(model, x, y):
    hidden = model.get_layer("hidden")
    numbers = hidden.get_weights()
    hidden.trainable = False
    model.fit(x, y, epochs=2, verbose=0)
    hidden.set_weights(numbers)
    return model

# %% thawed wrong: compiles with "adam", which trains at the default rate of 0.001
def thaw(model):
    model.get_layer("hidden").trainable = True
    model.compile("adam", "mse")
    return model

# %% thawed wrong: leaves model.trainable = True, which is True on True and reaches no layer
def thaw(model):
    model.trainable = True
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    return model

# %% thawed wrong: lowers the rate of the old optimizer and compiles with it, which does not know the thawed variables
def thaw(model):
    model.get_layer("hidden").trainable = True
    model.optimizer.learning_rate = 0.0001
    model.compile(model.optimizer, "mse")
    return model

# %% thawed wrong: clones the model to get rid of the old state, and so loses the weights that it has
def thaw(model):
    model = keras.models.clone_model(model)
    for layer in model.layers:
        layer.trainable = True
    model.compile(keras.optimizers.Adam(learning_rate=0.0001), "mse")
    return model

# %% thawed wrong: trains the model as well, though thaw should only prepare it
def thaw(model):
    model.get_layer("hidden").trainable = True
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    model.fit(x, y, verbose=0)
    return model

# %% thawed wrong: uses Keras 2's argument lr, which Keras 3 refuses
def thaw(model):
    model.get_layer("hidden").trainable = True
    model.compile(keras.optimizers.Adam(lr=0.0001), "mse")
    return model

# %% thawed right: a new optimizer from the old one's configuration
def thaw(model):
    for layer in model.layers:
        layer.trainable = True
    config = dict(model.optimizer.get_config(), learning_rate=1e-4)
    model.compile(type(model.optimizer).from_config(config), model.loss)
    return model

# %% thawed right: switches the flags of the single weights; the layer's own flag stays False
def thaw(model):
    for weight in model.weights:
        weight.trainable = True
    model.compile(keras.optimizers.SGD(1e-4), loss=keras.losses.MeanSquaredError())
    return model

# %% thawed right: compiles first, gives the rate afterwards, then off and on
def thaw(model):
    model.compile(loss="mse", optimizer="rmsprop")
    model.optimizer.learning_rate = 0.0001
    model.trainable = False
    model.trainable = True
    return model

# %% first_layers wrong: takes the first n of model.layers, inputs and activations included
def freeze_first(model, n):
    for layer in model.layers[:n]:
        layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: asks for a kernel, so that BatchNormalization, Embedding and models inside are passed over
def freeze_first(model, n):
    having = [layer for layer in model.layers if hasattr(layer, "kernel")]
    for layer in having[:n]:
        layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: counts down and stops at 0 after freezing, so that n = 0 freezes everything
def freeze_first(model, n):
    for layer in model.layers:
        if layer.weights:
            layer.trainable = False
            n -= 1
            if n == 0:
                break
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: asks for trainable_weights, so that a layer that arrives frozen does not count
def freeze_first(model, n):
    having = [layer for layer in model.layers if layer.trainable_weights]
    for layer in having[:n]:
        layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: compiles only a model that was never compiled, so that a trained one keeps its old training step
def freeze_first(model, n):
    for layer in [layer for layer in model.layers if layer.weights][:n]:
        layer.trainable = False
    if not model.compiled:
        model.compile("sgd", "mse")
    return model

# %% first_layers wrong: goes into a model inside the model and counts its layers one by one
def freeze_first(model, n):
    def leaves(part):
        for layer in part.layers:
            if isinstance(layer, keras.Model):
                yield from leaves(layer)
            elif layer.weights:
                yield layer

    for layer in list(leaves(model))[:n]:
        layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: asks for variables instead of weights, so that Dropout with its seed state counts
def freeze_first(model, n):
    for layer in [layer for layer in model.layers if len(layer.variables) > 0][:n]:
        layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers right: islice of a filter, compiled before the flags are set
def freeze_first(model, n):
    from itertools import islice

    model.compile("sgd", "mse")
    for layer in islice(filter(lambda layer: layer.weights, model.layers), n):
        layer.trainable = False
    return model

# %% first_layers right: a running count with NumPy, and keyword arguments in the other order
def freeze_first(model, n):
    has = np.array([len(layer.weights) > 0 for layer in model.layers])
    for index in np.flatnonzero(has & (np.cumsum(has) <= n)):
        model.layers[int(index)].trainable = False
    model.compile(loss="mse", optimizer="sgd")
    return model

# %% first_layers right: recursive, and on and off so that the False reaches everything inside
def freeze_first(model, n):
    def freeze(rest, left):
        if left and rest:
            first, *others = rest
            if first.weights:
                first.trainable = True
                first.trainable = False
                left -= 1
            freeze(others, left)

    freeze(list(model.layers), n)
    model.compile("sgd", "mse")
    return model

# %% biases wrong: thinks that only whole layers can be frozen, so that the kernels beside the biases stop as well
def freeze_biases(model):
    for layer in model._flatten_layers(include_self=False):
        if getattr(layer, "bias", None) is not None:
            layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% biases wrong: looks only at the outermost layers, not into models inside the model
def freeze_biases(model):
    for layer in model.layers:
        if getattr(layer, "bias", None) is not None:
            layer.bias.trainable = False
    model.compile("sgd", "mse")
    return model

# %% biases wrong: a layer with use_bias=False has a bias that is None, and the program stops
def freeze_biases(model):
    def visit(part):
        for layer in part.layers:
            if isinstance(layer, keras.Model):
                visit(layer)
            elif hasattr(layer, "bias"):
                layer.bias.trainable = False

    visit(model)
    model.compile("sgd", "mse")
    return model

# %% biases wrong: searches "bias" in the whole path, so that the kernel of a layer with bias in its name is frozen too
def freeze_biases(model):
    for weight in model.weights:
        if "bias" in weight.path:
            weight.trainable = False
    model.compile("sgd", "mse")
    return model

# %% biases wrong: compares with the names of Keras 2 ("bias:0"), so that nothing is frozen
def freeze_biases(model):
    for weight in model.weights:
        if weight.name.endswith("bias:0"):
            weight.trainable = False
    model.compile("sgd", "mse")
    return model

# %% biases wrong: takes every weight with one axis for a bias, also gamma and beta of BatchNormalization
def freeze_biases(model):
    for weight in model.weights:
        if len(weight.shape) == 1:
            weight.trainable = False
    model.compile("sgd", "mse")
    return model

# %% biases wrong: switches the model off and on afterwards, so that all kernels learn, which forgets the flags of single weights
def freeze_biases(model):
    for weight in model.weights:
        if weight.name == "bias":
            weight.trainable = False
    model.trainable = False
    model.trainable = True
    model.compile("sgd", "mse")
    return model

# %% biases right: compiles first, and takes the last part of the path
def freeze_biases(model):
    model.compile("sgd", "mse")
    for weight in model.weights:
        weight.trainable = weight.trainable and weight.path.split("/")[-1] != "bias"
    return model

# %% biases right: a lambda with setattr in a list
freeze_biases = lambda model: (
    [setattr(weight, "trainable", False) for weight in model.weights if weight.name == "bias"],
    model.compile(optimizer="sgd", loss="mse"),
    model,
)[-1]

# %% biases right: walks through all layers, also those inside of layers, and asks each for its own bias
class BiasFreezer:
    def __call__(self, model):
        for part in model._flatten_layers():
            bias = getattr(part, "bias", None)
            if isinstance(bias, keras.Variable) and bias.name == "bias":
                bias.trainable = False
        model.compile("sgd", "mse")
        return model


freeze_biases = BiasFreezer()

# %% biases cheat: freezes nothing, a constraint puts each bias back after every update
def freeze_biases(model):
    for weight in model.weights:
        if weight.name == "bias":
            weight.constraint = lambda bias, held=weight.numpy(): held
    model.compile("sgd", "mse")
    return model

# %% late_orders wrong: takes the late thaw for the "Unknown variable" error, though the old trace never shows the optimizer the thawed weights
freeze_before_fit = "still"
freeze_after_fit = "moved"
freeze_recompile = "still"
thaw_after_fit = "error"
thaw_reuse = "error"

# %% late_orders wrong: believes that an optimizer built for the head silently skips the variables it does not know, instead of stopping
freeze_before_fit = "still"
freeze_after_fit = "moved"
freeze_recompile = "still"
thaw_after_fit = "still"
thaw_reuse = "still"

# %% late_orders wrong: believes that a late flag can take weights out of training (so a late freeze works) but cannot add any
freeze_before_fit = "still"
freeze_after_fit = "still"
freeze_recompile = "still"
thaw_after_fit = "still"
thaw_reuse = "error"

# %% late_orders right: really runs the five orders and reads the words off the result
def last_fit(steps):
    net = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="hidden"), layers.Dense(2, name="head")]
    )
    hidden, optimizer, outcome = net.get_layer("hidden"), None, None
    source = np.random.default_rng(1)
    given, wanted = source.uniform(1, 2, (64, 4)), source.uniform(5, 9, (64, 2))
    for step in steps.split():
        if step in ("freeze", "unfreeze"):
            hidden.trainable = step == "unfreeze"
        elif step in ("compile", "recompile"):
            optimizer = keras.optimizers.Adam()
            net.compile(optimizer, "mse")
        elif step == "reuse":
            net.compile(optimizer, "mse")
        else:
            seen = snapshot(hidden)
            try:
                net.fit(given, wanted, verbose=0)
                outcome = "moved" if compare(seen).moved else "still"
            except ValueError:
                outcome = "error"
    return outcome


freeze_before_fit, freeze_after_fit, freeze_recompile, thaw_after_fit, thaw_reuse = map(
    last_fit,
    [
        "compile freeze fit",
        "compile fit freeze fit",
        "compile fit freeze recompile fit",
        "freeze compile fit unfreeze fit",
        "freeze compile fit unfreeze reuse fit",
    ],
)

# %% lie_detector wrong: adds the step count but forgets that the learning rate is one of Adam's numbers, too
optimizer_numbers = 2 * (6 * 5 + 5 + 5 * 2 + 2) + 1
in_sync = 2 * (5 * 2 + 2) + 1

# %% lie_detector wrong: takes the frozen layer's numbers off only once, though Adam keeps two for each of them
optimizer_numbers = 2 * 47 + 2
in_sync = optimizer_numbers - 35

# %% lie_detector wrong: slip, feeds the six inputs into both Dense layers, so that the second has 6 * 2 + 2 numbers
optimizer_numbers = 2 * ((6 * 5 + 5) + (6 * 2 + 2)) + 2
in_sync = 2 * (6 * 2 + 2) + 2

# %% lie_detector right: builds, trains and freezes the model and counts NumPy integers off the real optimizer and off a second one
net = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(2)])
net.compile("adam", "mse")
net.fit(np.ones((32, 6)), np.ones((32, 2)), verbose=0)
net.layers[0].trainable = False
anew = keras.optimizers.Adam()
anew.build(net.trainable_variables)
optimizer_numbers, in_sync = (
    np.sum([np.prod(variable.shape, dtype=int) for variable in adam.variables])
    for adam in (net.optimizer, anew)
)

# %% whose_flag wrong: takes "an outer model hears no veto" to mean that the whole base is trained, also top, whose own flags are False
own = 0
outer = 8
after_true = 4
functional = 2

# %% whose_flag right: builds the four models and counts with len and sum
def dense_three():
    return [layers.Dense(3, name=name) for name in ("low", "high", "top")]


stack_of_three = keras.Sequential([keras.Input((4,)), *dense_three()], name="base")
stack_of_three.trainable = False
for name in ("low", "high"):
    stack_of_three.get_layer(name).trainable = True
own = len(stack_of_three.trainable_weights)

around = keras.Sequential([keras.Input((4,)), stack_of_three, layers.Dense(2, name="head")])
outer = len(around.trainable_weights)

second = keras.Sequential([keras.Input((4,)), *dense_three()], name="base")
second.get_layer("low").trainable = False
second.trainable = True
after_true = sum(weight.trainable for weight in second.weights)

entrance = keras.Input((4,))
exit_ = entrance
for dense in dense_three():
    exit_ = dense(exit_)
third = keras.Model(entrance, exit_)
for one in third.layers[:2]:
    one.trainable = False
functional = len(third.non_trainable_weights)

# %% six_lines right: snapshot first of all, then compile, and the freeze only after compile (honoured, as no fit came in between)
order = "CEDGAH"

# %% fine_tuned wrong: exchanges the optimizer without a compile, so the old trace, and with it the old update of hidden, goes on
def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    model.optimizer = keras.optimizers.Adam(0.01)
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned right: touches no flag; trains the shared head alone, in a small model of its own, on what hidden answers
def fine_tune(model, x, y):
    features = model.get_layer("hidden")(x).numpy()
    tail = keras.Sequential([keras.Input(features.shape[1:]), model.get_layer("head")])
    tail.compile(keras.optimizers.Adam(0.01), "mse")
    tail.fit(features, y, epochs=20, verbose=0)
    return model

# %% thawed wrong: sets the rate by optimizer.lr, Keras 2's name, which in Keras 3 is an attribute that nobody reads; the rate stays 0.001
def thaw(model):
    model.trainable = False
    model.trainable = True
    optimizer = keras.optimizers.Adam()
    optimizer.lr = 0.0001
    model.compile(optimizer, "mse")
    return model

# %% thawed wrong: keeps the old optimizer and calls build for all weights, which does nothing on one that is built; the fit says Unknown variable
def thaw(model):
    model.get_layer("hidden").trainable = True
    model.optimizer.learning_rate = 0.0001
    model.optimizer.build(model.trainable_variables)
    model.compile(model.optimizer, "mse")
    return model

# %% thawed wrong: makes the new optimizer from the old one's configuration and so keeps its rate of 0.01
def thaw(model):
    model.get_layer("hidden").trainable = True
    optimizer = keras.optimizers.Adam.from_config(model.optimizer.get_config())
    model.compile(optimizer, "mse")
    return model

# %% thawed right: compiles first, with an optimizer remade from the old one's configuration at the new rate, and switches the flag off and on afterwards
def thaw(model):
    old = model.optimizer
    config = {**old.get_config(), "learning_rate": 0.0001}
    model.compile(type(old).from_config(config), "mse")
    model.trainable = False
    model.trainable = True
    return model

# %% first_layers wrong: clears the flag of each single weight; a BatchNormalization so "frozen" still moves its statistics
def freeze_first(model, n):
    with_weights = [layer for layer in model.layers if layer.weights]
    for layer in with_weights[:n]:
        for weight in layer.weights:
            weight.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: takes "inputs and activations" for the complete list, so Flatten, Dropout or pooling counts as a layer with weights
def freeze_first(model, n):
    without = (layers.InputLayer, layers.Activation, layers.ReLU, layers.LeakyReLU, layers.Softmax)
    counted = [layer for layer in model.layers if not isinstance(layer, without)]
    for layer in counted[:n]:
        layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers right: on and off reaches a thawed child of a frozen model, but not if the flag stops deeper: an inner layer that is False, with a thawed child or weight, in a model that is True
def freeze_first(model, n):
    with_weights = [layer for layer in model.layers if layer.weights]
    for layer in with_weights[:n]:
        layer.trainable = True
        layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers right: compiles first, and switches every layer inside on and off by itself, then each weight
def freeze_first(model, n):
    model.compile("sgd", "mse")
    for layer in [layer for layer in model.layers if len(layer.weights) > 0][:n]:
        for inner in layer._flatten_layers():
            inner.trainable = True
            inner.trainable = False
        for weight in layer.weights:
            weight.trainable = False
    return model

# %% biases wrong: sets the flag of every weight by its name, and so thaws kernels that were frozen already
def freeze_biases(model):
    for weight in model.weights:
        weight.trainable = weight.name != "bias"
    model.compile("sgd", "mse")
    return model

# %% biases wrong: asks each layer for its attribute bias and looks into models only; the biases in an LSTM's cell or in a wrapper (TimeDistributed, Bidirectional) are missed
def freeze_biases(model):
    def visit(layer):
        if isinstance(layer, keras.Model):
            for inner in layer.layers:
                visit(inner)
        elif getattr(layer, "bias", None) is not None:
            layer.bias.trainable = False

    visit(model)
    model.compile("sgd", "mse")
    return model

# %% biases right: compiles first, and finds biases by the last part of their path
def freeze_biases(model):
    model.compile("sgd", "mse")
    biases = (w for w in model.weights if w.path.rsplit("/", 1)[-1] == "bias")
    for weight in biases:
        setattr(weight, "trainable", False)
    return model

# %% late_orders wrong: thinks that every fit goes by the flags of that moment, as the summary does
freeze_before_fit = "still"
freeze_after_fit = "still"
freeze_recompile = "still"
thaw_after_fit = "moved"
thaw_reuse = "moved"

# %% late_orders wrong: answers for JAX, where a flag changed after a fit is an error, not for TensorFlow
freeze_before_fit = "still"
freeze_after_fit = "error"
freeze_recompile = "still"
thaw_after_fit = "error"
thaw_reuse = "error"

# %% late_orders wrong: thinks that the old optimizer silently passes over variables that it does not know
freeze_before_fit = "still"
freeze_after_fit = "moved"
freeze_recompile = "still"
thaw_after_fit = "still"
thaw_reuse = "still"

# %% late_orders wrong: the rule of Keras 2, by which compile alone fixes the choice, whatever the optimizer
by_compile = {"frozen at compile": "still", "free at compile": "moved"}
freeze_before_fit = by_compile["free at compile"]
freeze_after_fit = by_compile["free at compile"]
freeze_recompile = by_compile["frozen at compile"]
thaw_after_fit = by_compile["frozen at compile"]
thaw_reuse = by_compile["free at compile"]

# %% late_orders right: runs all five orders
def last_fit(order):
    tiny = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)])
    switched, outcome = tiny.layers[0], None
    for act in order.split():
        if act == "compile":
            tiny.compile(keras.optimizers.Adam(0.01), "mse")
        elif act == "reuse":
            tiny.compile(tiny.optimizer, "mse")
        elif act in ("freeze", "thaw"):
            switched.trainable = act == "thaw"
        else:
            old = switched.get_weights()
            try:
                tiny.fit(np.ones((32, 4)), np.full((32, 2), 5.0), verbose=0)
            except ValueError:
                outcome = "error"
                continue
            same = all(map(np.array_equal, old, switched.get_weights()))
            outcome = "still" if same else "moved"
    return outcome


freeze_before_fit, freeze_after_fit, freeze_recompile, thaw_after_fit, thaw_reuse = map(
    last_fit,
    [
        "compile freeze fit",
        "compile fit freeze fit",
        "compile fit freeze compile fit",
        "freeze compile fit thaw fit",
        "freeze compile fit thaw reuse fit",
    ],
)

# %% lie_detector wrong: measures the new optimizer after compile but before a fit, when it has only its own two numbers
liar = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(2)], name="liar")
liar.compile("adam", "mse")
liar.fit(np.ones((8, 6)), np.ones((8, 2)), verbose=0)
liar.layers[0].trainable = False
optimizer_numbers = sum(int(np.prod(v.shape)) for v in liar.optimizer.variables)
liar.compile("adam", "mse")
in_sync = sum(int(np.prod(v.shape)) for v in liar.optimizer.variables)

# %% lie_detector wrong: subtracts the frozen numbers once, though Adam keeps two for each
first, second = 6 * 5 + 5, 5 * 2 + 2
optimizer_numbers = 2 * (first + second) + 2
in_sync = optimizer_numbers - first

# %% lie_detector wrong: gives the summary's total, model and optimizer together, for the optimizer's numbers
first, second = 6 * 5 + 5, 5 * 2 + 2
model_numbers = first + second
optimizer_numbers = model_numbers + 2 * model_numbers + 2
in_sync = model_numbers + 2 * second + 2

# %% lie_detector wrong: thinks that Adam drops its numbers for a layer as soon as the layer is frozen
second = 5 * 2 + 2
optimizer_numbers = in_sync = 2 * second + 2

# %% lie_detector right: counts a trained Adam, and builds a second one for the trainable weights of now
liar = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(2)], name="liar")
liar.compile("adam", "mse")
liar.fit(np.ones((8, 6)), np.ones((8, 2)), verbose=0)
liar.layers[0].trainable = False
honest = keras.optimizers.Adam()
honest.build(liar.trainable_weights)
optimizer_numbers, in_sync = (
    np.sum([v.numpy().size for v in adam.variables]) for adam in (liar.optimizer, honest)
)

# %% whose_flag wrong: thinks that the veto of base also holds in the outer model
own = 0
outer = 2  # the head alone
after_true = 4
functional = 2

# %% whose_flag wrong: does not start afresh, so that base.trainable = True follows on a False and is passed on
def three(name):
    return layers.Dense(3, name=name)


base_ = keras.Sequential([keras.Input((4,)), three("low"), three("high"), three("top")])
base_.trainable = False
base_.get_layer("low").trainable = base_.get_layer("high").trainable = True
own = len(base_.trainable_weights)
outer_ = keras.Sequential([keras.Input((4,)), base_, layers.Dense(2)])
outer = len(outer_.trainable_weights)
base_.get_layer("low").trainable = False
base_.trainable = True
after_true = len(base_.trainable_weights)
entry = keras.Input((4,))
model_ = keras.Model(entry, three("top")(three("high")(three("low")(entry))))
for layer in model_.layers[:2]:
    layer.trainable = False
functional = len(model_.non_trainable_weights)

# %% whose_flag wrong: forgets that a functional model lists its InputLayer first
own = 0
outer = 4 + 2
after_true = 4
functional = 2 * 2

# %% whose_flag wrong: counts in the outer model only the thawed weights of base, without those of the head
own = 0
outer = 2 + 2  # low and high
after_true = 4
functional = 2

# %% whose_flag right: counted in four fresh models, once by the flags of the weights and once as a difference
def stack():
    return [layers.Dense(units, name=name) for units, name in ((7, "low"), (5, "high"), (3, "top"))]


def frozen_and_thawed():
    made = keras.Sequential([keras.Input((4,)), *stack()], name="base")
    made.trainable = False
    for layer in made.layers[:2]:
        layer.trainable = True
    return made


own = len(frozen_and_thawed().trainable_weights)
outer = len(
    keras.Sequential([keras.Input((4,)), frozen_and_thawed(), layers.Dense(2)]).trainable_weights
)
third = keras.Sequential([keras.Input((4,)), *stack()], name="base")
third.get_layer("low").trainable = False
third.trainable = True
after_true = sum(weight.trainable for weight in third.weights)
tensor = entry = keras.Input((4,))
for layer in stack():
    tensor = layer(tensor)
fourth = keras.Model(entry, tensor)
for layer in fourth.layers[:2]:
    layer.trainable = False
functional = 6 - len(fourth.trainable_weights)

# %% six_lines wrong: compiles anew, but freezes only after the fit that follows
order = "DCEAGH"

# %% six_lines wrong: takes the snapshot after the training, so that the verdict finds that nothing moved
order = "DGEACH"

# %% six_lines wrong: does not see that hidden.trainable == False compares and sets nothing
order = "DBECAH"

# %% six_lines wrong: takes the list of get_weights for a snapshot that compare understands
order = "DGEFAH"

# %% six_lines right: compiles and takes the snapshot first, and freezes last, just before the first fit after the compile
order = "ECDGAH"

# %% fine_tuned wrong: freezes the whole model and thaws the head, but the model's own flag is a veto and nothing learns
def fine_tune(model, x, y):
    model.trainable = False
    model.get_layer("head").trainable = True
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned wrong: freezes the kernel of hidden alone; its bias goes on learning
def fine_tune(model, x, y):
    model.get_layer("hidden").kernel.trainable = False
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned wrong: trains and returns a copy, so that the head of the model that was given never learns
def fine_tune(model, x, y):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.get_layer("hidden").trainable = False
    copy.compile(keras.optimizers.Adam(0.01), "mse")
    copy.fit(x, y, epochs=2, verbose=0)
    return copy

# %% fine_tuned wrong: returns the History of fit instead of the model
def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model = model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned right: no second compile, but a new training step by make_train_function(force=True)
def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    model.make_train_function(force=True)
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% thawed wrong: sets the rate on the old optimizer before the compile, which then makes a new Adam at 0.001
def thaw(model):
    model.trainable = False
    model.trainable = True
    model.optimizer.learning_rate = 0.0001
    model.compile("adam", "mse")
    return model

# %% thawed wrong: makes a clone to get rid of the old optimizer, and so loses the weights
def thaw(model):
    fresh = keras.models.clone_model(model)
    for layer in fresh.layers:
        layer.trainable = True
    fresh.compile(keras.optimizers.Adam(0.0001), "mse")
    return fresh

# %% thawed wrong: builds the old optimizer once more for all weights, which does nothing, so that fit stops at an unknown variable
def thaw(model):
    model.get_layer("hidden").trainable = True
    optimizer = model.optimizer
    optimizer.learning_rate = 0.0001
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, "mse")
    return model

# %% thawed wrong: does the next fit itself, though thaw should only prepare it
def thaw(model):
    model.trainable = False
    model.trainable = True
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    model.fit(x, y, verbose=0)
    return model

# %% thawed right: a new optimizer from the old one's configuration, with the rate changed in it
def thaw(model):
    for layer in model.layers:
        layer.trainable = True
    config = model.optimizer.get_config()
    config["learning_rate"] = 1e-4
    model.compile(type(model.optimizer).from_config(config), loss="mse")
    return model

# %% first_layers wrong: counts layers that have trainable weights, so that one that is frozen already is passed over
def freeze_first(model, n):
    with_weights = [layer for layer in model.layers if layer.trainable_weights]
    for layer in with_weights[:n]:
        layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: sets the flag of every layer, and so thaws later layers that were frozen already
def freeze_first(model, n):
    with_weights = [layer for layer in model.layers if layer.weights]
    for position, layer in enumerate(with_weights):
        layer.trainable = position >= n
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: switches the flags of the weights only, so that BatchNormalization goes on updating its statistics
def freeze_first(model, n):
    with_weights = [layer for layer in model.layers if layer.weights]
    for layer in with_weights[:n]:
        for weight in layer.weights:
            weight.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: freezes before it looks whether it has enough, so that n = 0 freezes all
def freeze_first(model, n):
    for layer in model.layers:
        if layer.weights:
            layer.trainable = False
            n -= 1
            if n == 0:
                break
    model.compile("sgd", "mse")
    return model

# %% first_layers right: lazy, with islice, and compiles before it freezes, which the first fit after it honours
def freeze_first(model, n):
    from itertools import islice

    model.compile(loss="mse", optimizer="sgd")
    for layer in islice((each for each in model.layers if len(each.weights) > 0), n):
        layer.trainable = False
    return model

# %% biases wrong: looks for the word in the whole path, so that all of a layer that is named after it is frozen
def freeze_biases(model):
    for weight in model.weights:
        if "bias" in weight.path:
            weight.trainable = False
    model.compile("sgd", "mse")
    return model

# %% biases wrong: goes down into inner models only, and misses the biases of layers inside a layer
def freeze_biases(model):
    def visit(part):
        for layer in part.layers:
            if isinstance(layer, keras.Model):
                visit(layer)
            elif getattr(layer, "bias", None) is not None:
                layer.bias.trainable = False

    visit(model)
    model.compile("sgd", "mse")
    return model

# %% biases wrong: sets the flag of every weight by its name, and so thaws what was frozen already
def freeze_biases(model):
    for weight in model.weights:
        weight.trainable = weight.name != "bias"
    model.compile("sgd", "mse")
    return model

# %% biases wrong: takes every array with one axis for a bias, also gamma and beta, and misses biases with two axes
def freeze_biases(model):
    for weight in model.weights:
        if len(weight.shape) == 1:
            weight.trainable = False
    model.compile("sgd", "mse")
    return model

# %% biases right: goes by the last part of the path, over the non-trainable weights too, and compiles first
def freeze_biases(model):
    model.compile(optimizer="sgd", loss="mse")
    for weight in (*model.non_trainable_weights, *model.trainable_weights):
        weight.trainable &= weight.path.rpartition("/")[-1] != "bias"
    return model

# %% late_orders wrong: answers for the order as a whole, not for its last fit (the first fit moved the layer)
freeze_before_fit = "still"
freeze_after_fit = "moved"
freeze_recompile = "moved"
thaw_after_fit = "still"
thaw_reuse = "error"

# %% late_orders wrong: answers for PyTorch (late freeze honoured, late thaw refused) instead of TensorFlow
freeze_before_fit = "still"
freeze_after_fit = "still"
freeze_recompile = "still"
thaw_after_fit = "error"
thaw_reuse = "error"

# %% late_orders wrong: believes that an optimizer passes over the variables it was not built for, silently
freeze_before_fit = "still"
freeze_after_fit = "moved"
freeze_recompile = "still"
thaw_after_fit = "still"
thaw_reuse = "still"

# %% late_orders wrong: believes that only freezing can come too late, and that gradients follow a thaw at once
freeze_before_fit = "still"
freeze_after_fit = "moved"
freeze_recompile = "still"
thaw_after_fit = "moved"
thaw_reuse = "error"

# %% late_orders right: no prediction, a loop that really runs all five orders and compares the kernels


def run_order(steps):
    small = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="hidden"), layers.Dense(2, name="head")]
    )
    hidden = small.get_layer("hidden")
    generator = np.random.default_rng(1)
    points, targets = generator.uniform(1, 2, (64, 4)), generator.uniform(5, 9, (64, 2))
    outcome = None
    for step in steps.split():
        if step == "freeze":
            hidden.trainable = False
        elif step == "unfreeze":
            hidden.trainable = True
        elif step == "compile":
            small.compile(keras.optimizers.Adam(0.01), "mse")
        elif step == "reuse":
            small.compile(small.optimizer, "mse")
        else:
            old = np.array(hidden.kernel)
            try:
                small.fit(points, targets, verbose=0)
                outcome = "still" if np.array_equal(old, np.array(hidden.kernel)) else "moved"
            except ValueError:
                outcome = "error"
    return outcome


freeze_before_fit = run_order("compile freeze fit")
freeze_after_fit = run_order("compile fit freeze fit")
freeze_recompile = run_order("compile fit freeze compile fit")
thaw_after_fit = run_order("freeze compile fit unfreeze fit")
thaw_reuse = run_order("freeze compile fit unfreeze reuse fit")

# %% lie_detector wrong: takes Adam's learning rate for a plain setting, so adds one for the step count only
everything = 6 * 5 + 5 + 5 * 2 + 2
head_only = 5 * 2 + 2
optimizer_numbers = 2 * everything + 1  # 95
in_sync = 2 * head_only + 1  # 25

# %% lie_detector wrong: believes that Adam keeps a step count and a learning rate for each layer
first = 2 * (6 * 5 + 5) + 2
second = 2 * (5 * 2 + 2) + 2
optimizer_numbers = first + second  # 98
in_sync = second  # 26

# %% lie_detector wrong: gives the summary's "Total params" (the weights included) instead of the optimizer's
weights_in_all = 6 * 5 + 5 + 5 * 2 + 2  # 47
optimizer_numbers = weights_in_all + 2 * 47 + 2  # 143
in_sync = weights_in_all + 2 * 12 + 2  # 73

# %% lie_detector wrong: believes that freezing a layer stops its kernel, while its bias goes on learning
optimizer_numbers = 2 * (6 * 5 + 5 + 5 * 2 + 2) + 2  # 96
still_trainable = 5 + (5 * 2 + 2)  # the first layer's bias, and the second layer
in_sync = 2 * still_trainable + 2  # 36

# %% lie_detector right: both counted on real optimizers, the second on a fresh Adam that is built for the flags
six_numbers = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(2)])
six_numbers.compile("adam", "mse")
six_numbers.fit(np.ones((32, 6)), np.ones((32, 2)), verbose=0)
six_numbers.layers[0].trainable = False
ideal = keras.optimizers.Adam()
ideal.build(six_numbers.trainable_variables)
optimizer_numbers = sum(int(np.prod(v.shape)) for v in six_numbers.optimizer.variables)
in_sync = sum(int(np.prod(v.shape)) for v in ideal.variables)

# %% whose_flag wrong: counts layers instead of weights (arrays)
own = 0
outer = 3  # low, high and the head
after_true = 2  # high and top
functional = 1  # low

# %% whose_flag wrong: believes that the new model's flag, True, is passed on and thaws all that is put into it
own = 0
outer = 3 * 2 + 2
after_true = 4
functional = 2

# %% whose_flag wrong: slip, counts for outer only what comes from base and forgets the head's two weights
own = 0
outer = 4
after_true = 4
functional = 2

# %% whose_flag wrong: counts in the last case, too, what is left trainable, but there the frozen are asked for
own = 0
outer = 4 + 2
after_true = 4
functional = 6 - 2

# %% whose_flag right: every case built and counted in code, the frozen ones as a difference


def three_layers():
    return [layers.Dense(3, name=name) for name in ("low", "high", "top")]


vetoed = keras.Sequential([keras.Input((4,)), *three_layers()])
vetoed.trainable = False
for layer in vetoed.layers[:2]:
    layer.trainable = True
own = len(vetoed.trainable_weights)
around = keras.Sequential([keras.Input((4,)), vetoed, layers.Dense(2)])
outer = len(around.trainable_weights)

unmoved = keras.Sequential([keras.Input((4,)), *three_layers()])
unmoved.layers[0].trainable = False
unmoved.trainable = True
after_true = len(unmoved.trainable_weights)

tensor = beginning = keras.Input((4,))
for layer in three_layers():
    tensor = layer(tensor)
graph = keras.Model(beginning, tensor)
for layer in graph.layers[:2]:
    layer.trainable = False
functional = len(graph.weights) - len(graph.trainable_weights)

# %% six_lines wrong: puts the fit first, as phase one, and freezes and compiles for a phase that never comes
order = "DCAGEH"

# %% six_lines wrong: takes hidden for a name that exists, and fetches it only after it has been frozen
order = "GDECAH"

# %% six_lines wrong: asks for the verdict before the fit, as if the comparison went on watching
order = "DGECHA"

# %% six_lines wrong: seven lines, not six: it also sets the learning rate again after the compile
order = "DGEICAH"

# %% six_lines right: compile and snapshot come first, the flag only then, but before the first fit on this compile
order = "ECDGAH"

# %% fine_tuned wrong: trains and returns a copy, so that the given model's own head learns nothing


def fine_tune(model, x, y):
    tuned = keras.models.clone_model(model)
    tuned.set_weights(model.get_weights())
    tuned.get_layer("hidden").trainable = False
    tuned.compile(keras.optimizers.Adam(0.01), "mse")
    tuned.fit(x, y, epochs=2, verbose=0)
    return tuned

# %% fine_tuned wrong: freezes the whole model and thaws the head in it, but the model's own flag vetoes the head


def fine_tune(model, x, y):
    model.trainable = False
    model.get_layer("head").trainable = True
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned wrong: calls make_train_function without force, which keeps the training step that is there


def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    model.make_train_function()
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned wrong: counts the Input as layers[0] of the Sequential, so that layers[1], the head, is frozen


def fine_tune(model, x, y):
    model.layers[1].trainable = False  # layers[0] is the Input
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x, y, epochs=2, verbose=0)
    return model

# %% fine_tuned right: no flag is touched; the head is trained by itself, on what hidden answers


def fine_tune(model, x, y):
    features = np.array(model.get_layer("hidden")(x))
    head_alone = keras.Sequential([keras.Input(features.shape[1:]), model.get_layer("head")])
    head_alone.compile(keras.optimizers.Adam(0.01), "mse")
    head_alone.fit(features, y, epochs=2, verbose=0)
    return model

# %% thawed wrong: sets the low rate before it compiles with "adam", which puts the rate back to 0.001


def thaw(model):
    model.trainable = False
    model.trainable = True
    model.optimizer.learning_rate = 0.0001
    model.compile("adam", "mse")
    return model

# %% thawed wrong: builds the old optimizer again for all weights, but build does nothing on a built optimizer


def thaw(model):
    model.get_layer("hidden").trainable = True
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    optimizer.learning_rate = 0.0001
    model.compile(optimizer, "mse")
    return model

# %% thawed wrong: trains the model for one epoch, to have the optimizer built, though it should not train


def thaw(model):
    model.get_layer("hidden").trainable = True
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    model.fit(x, y, verbose=0)
    return model

# %% thawed wrong: makes a clone to be rid of the old optimizer, and a clone has new random weights


def thaw(model):
    fresh = keras.models.clone_model(model)
    fresh.get_layer("hidden").trainable = True
    fresh.compile(keras.optimizers.Adam(0.0001), "mse")
    return fresh

# %% thawed right: compile comes first, then the flags (off and on) and the rate of the new optimizer


def thaw(model):
    model.compile("adam", "mse")
    model.trainable = False
    model.trainable = True
    model.optimizer.learning_rate = 0.0001
    return model

# %% first_layers wrong: sets the flags of the weights, not of the layers; BatchNormalization's statistics still move


def freeze_first(model, n):
    with_weights = [layer for layer in model.layers if layer.weights]
    for layer in with_weights[:n]:
        for weight in layer.weights:
            weight.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: asks for variables instead of weights, so that a Dropout (a random seed) counts as a layer


def freeze_first(model, n):
    having = [layer for layer in model.layers if len(layer.variables) > 0]
    for layer in having[:n]:
        layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: stops only after it has frozen a layer, so that n = 0 never stops and freezes them all


def freeze_first(model, n):
    count = 0
    for layer in model.layers:
        if layer.weights:
            layer.trainable = False
            count += 1
            if count == n:
                break
    model.compile("sgd", "mse")
    return model

# %% first_layers wrong: counts only layers with trainable weights, so that one already frozen is passed over


def freeze_first(model, n):
    candidates = [layer for layer in model.layers if layer.trainable_weights]
    for layer in candidates[:n]:
        layer.trainable = False
    model.compile("sgd", "mse")
    return model

# %% first_layers right: compiles first and flags afterwards, chooses by count_params and goes through each layer's depths
from itertools import islice


def freeze_first(model, n):
    model.compile(loss="mse", optimizer="sgd")
    chosen = islice((layer for layer in model.layers if layer.count_params()), n)
    for layer in list(chosen):
        layer.trainable = False
        for weight in layer.weights:
            weight.trainable = False
    return model

# %% biases wrong: takes BatchNormalization's and LayerNormalization's beta for a bias and freezes it as well


def freeze_biases(model):
    for weight in model.weights:
        if weight.name in ("bias", "beta"):
            weight.trainable = False
    model.compile("sgd", "mse")
    return model

# %% biases wrong: goes into models (.layers) but not into layers inside a layer (LSTM's cell, wrappers, attention)


def freeze_biases(model):
    def visit(part):
        for layer in part.layers:
            if hasattr(layer, "layers"):
                visit(layer)
            elif getattr(layer, "bias", None) is not None:
                layer.bias.trainable = False

    visit(model)
    model.compile("sgd", "mse")
    return model

# %% biases wrong: writes every weight's flag, so that all that was frozen and is no bias is thawed


def freeze_biases(model):
    for weight in model.weights:
        weight.trainable = weight.name != "bias"
    model.compile("sgd", "mse")
    return model

# %% biases wrong: looks for "bias" anywhere in the path, so that a layer or model with bias in its name is frozen whole


def freeze_biases(model):
    for weight in model.weights:
        if "bias" in weight.path:
            weight.trainable = False
    model.compile("sgd", "mse")
    return model

# %% biases right: compiles first, and tells a bias by the last part of its path
def freeze_biases(model):
    model.compile(optimizer="sgd", loss="mse")
    for weight in model.weights:
        *_, called = weight.path.split("/")
        if called == "bias":
            weight.trainable = False
    return model
