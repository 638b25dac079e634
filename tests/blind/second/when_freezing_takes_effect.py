# %% late_orders wrong: takes the late thaw for the "Unknown variable" error, though the old trace never shows the optimizer the thawed weights
freeze_before_fit = "still"
freeze_after_fit = "moved"
freeze_recompile = "still"
thaw_after_fit = "error"
thaw_reuse = "error"

# %% late_orders wrong: judges the whole order by its first fit, overlooking "the last fit", so the layer frozen and recompiled counts as moved
freeze_before_fit = "still"
freeze_after_fit = "moved"
freeze_recompile = "moved"
thaw_after_fit = "still"
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

# %% lie_detector wrong: counts Adam's variables (arrays: 2 for each of 4, or of 2, and 2 more) instead of the numbers in them
optimizer_numbers = 2 * 4 + 2
in_sync = 2 * 2 + 2

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

# %% whose_flag wrong: lets the veto of a frozen base hold for the model around it as well, so only the head is left
own = 0
outer = 2
after_true = 4
functional = 2

# %% whose_flag wrong: takes "an outer model hears no veto" to mean that the whole base is trained, also top, whose own flags are False
own = 0
outer = 8
after_true = 4
functional = 2

# %% whose_flag wrong: counts only the thawed arrays inside of base for outer and forgets outer's own head
own = 0
outer = 4
after_true = 4
functional = 2

# %% whose_flag wrong: counts layers in all four cases, not arrays
own = 0
outer = 3
after_true = 2
functional = 1

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

# %% six_lines wrong: believes that touching the optimizer (a new learning rate) renews the training step, and leaves compile out
order = "DGICAH"

# %% six_lines wrong: compiles after the fit, as if compile sealed the freeze afterwards; the old trace trains hidden
order = "DGCAEH"

# %% six_lines wrong: takes the snapshot after the fit, so that the verdict compares the trained model with itself
order = "DGEACH"

# %% six_lines wrong: takes get_weights, a list without names, for a snapshot that compare can use
order = "DGEFAH"

# %% six_lines right: snapshot first of all, then compile, and the freeze only after compile (honoured, as no fit came in between)
order = "CEDGAH"

# %% fine_tuned wrong: freezes the model as a whole and thaws the head; the model's own flag is a veto and nothing is trained
def fine_tune(model, x, y):
    model.trainable = False
    model.get_layer("head").trainable = True
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x, y, epochs=2, verbose=0)
    return model


# %% fine_tuned wrong: freezes only hidden's kernel; its bias goes on learning
def fine_tune(model, x, y):
    model.get_layer("hidden").kernel.trainable = False
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x, y, epochs=2, verbose=0)
    return model


# %% fine_tuned wrong: exchanges the optimizer without a compile, so the old trace, and with it the old update of hidden, goes on
def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    model.optimizer = keras.optimizers.Adam(0.01)
    model.fit(x, y, epochs=2, verbose=0)
    return model


# %% fine_tuned wrong: trains and returns a copy (clone and weights); the head of the model that was given stays untrained
def fine_tune(model, x, y):
    model.get_layer("hidden").trainable = False
    fresh = keras.models.clone_model(model)
    fresh.set_weights(model.get_weights())
    fresh.compile(keras.optimizers.Adam(0.01), "mse")
    fresh.fit(x, y, epochs=2, verbose=0)
    return fresh


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


# %% thawed wrong: trains inside of thaw, to see that it works, though the ask says that it does not train
def thaw(model):
    model.trainable = False
    model.trainable = True
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    print(compare(before).verdict())
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


# %% first_layers wrong: counts up and compares with n only after a layer has been frozen, so n = 0 freezes every layer of a Sequential
def freeze_first(model, n):
    frozen = 0
    for layer in model.layers:
        if not layer.weights:
            continue
        layer.trainable = False
        frozen += 1
        if frozen == n:
            break
    model.compile("sgd", "mse")
    return model


# %% first_layers wrong: on and off reaches a thawed child of a frozen model, but not if the flag stops deeper: an inner layer that is False, with a thawed child or weight, in a model that is True
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


# %% biases wrong: looks for "bias" anywhere in the path, so a kernel in a layer or model whose name contains "bias" is frozen as well
def freeze_biases(model):
    for weight in model.weights:
        if "bias" in weight.path:
            weight.trainable = False
    model.compile("sgd", "mse")
    return model


# %% biases wrong: takes every one-dimensional weight for a bias, and so freezes gamma and beta of a normalization
def freeze_biases(model):
    for weight in model.weights:
        if len(weight.shape) == 1:
            weight.trainable = False
    model.compile("sgd", "mse")
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
