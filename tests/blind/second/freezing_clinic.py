# %% six_reports wrong: takes an early flag that is not obeyed for a late one; a loop of your own never reads it
report_1 = "late flag"
report_2 = "misspelt flag"
report_3 = "old optimizer"
report_4 = "statistics"
report_5 = "wrong rate"
report_6 = "frozen clone"

# %% six_reports wrong: concludes from base.trainable being True that another layer was named; the line names the base
report_1 = "wrong list"
report_2 = "wrong layers"
report_3 = "old optimizer"
report_4 = "statistics"
report_5 = "wrong rate"
report_6 = "frozen clone"

# %% six_reports wrong: blames the list trainable_weights, which lacks the statistics, and so the tape's list goes to the flag
report_1 = "late flag"
report_2 = "misspelt flag"
report_3 = "old optimizer"
report_4 = "wrong list"
report_5 = "wrong rate"
report_6 = "frozen clone"

# %% six_reports wrong: believes the optimizer of the first phase survives compile("adam") and is what ruins the second
report_1 = "wrong list"
report_2 = "misspelt flag"
report_3 = "late flag"
report_4 = "statistics"
report_5 = "old optimizer"
report_6 = "frozen clone"

# %% six_reports right: picked by index from a list of all eight words
causes = "late flag, wrong list, wrong layers, misspelt flag, old optimizer, wrong rate, statistics, frozen clone"
causes = causes.split(", ")
report_1, report_2, report_3, report_4, report_5, report_6 = (causes[i] for i in (1, 3, 4, 6, 5, 7))

# %% moved_arrays wrong: believes that the late freeze is ignored for weights but read by BatchNormalization in every call
clone = 10
callback = 10 - 2  # moving mean and variance stop
true_again = 6
wall = 4

# %% moved_arrays wrong: believes that a frozen BatchNormalization goes on measuring, as in PyTorch
clone = 10
callback = 10
true_again = 10 - 2  # only gamma and beta stand still
wall = 4

# %% moved_arrays wrong: counts the arrays that the optimizer moves and forgets the statistics
clone = 8
callback = 8
true_again = 8 - 2
wall = 2

# %% moved_arrays wrong: believes that True on the base reaches norm, though the base's flag is True already
clone = 10
callback = 10
true_again = 10
wall = 4

# %% moved_arrays right: put together from the arrays of the parts of a real network
patient = tasks.network()
norm = patient.get_layer("base").get_layer("norm")
clone = callback = len(patient.weights)
true_again = clone - len(norm.weights)
wall = len(patient.layers[-1].weights) + len(norm.non_trainable_weights)


# %% contradictions wrong: anything that moved without being learned counts, statistics and other state as well
def contradictions(movement):
    return [change.path for change in movement.changes if (change.role == "learned") != change.moved]


# %% contradictions wrong: `or "frozen" and ...`: a text is always true, so everything that moved is listed
def contradictions(movement):
    return [
        change.path
        for change in movement.changes
        if change.role == "learned" and not change.moved or "frozen" and change.moved
    ]


# %% contradictions wrong: everything that is not frozen is expected to move, still statistics are listed
def contradictions(movement):
    found = []
    for change in movement.changes:
        if change.moved:
            if change.role == "frozen":
                found.append(change.path)
        elif change.role != "frozen":
            found.append(change.path)
    return found


# %% contradictions wrong: joins the two lists with `or`, so that moved frozen weights are lost if a learned one is still
def contradictions(movement):
    still = [c.path for c in movement.changes if c.role == "learned" and not c.moved]
    moved = [c.path for c in movement.changes if c.role == "frozen" and c.moved]
    return still or moved


# %% contradictions right: a dictionary says what each role demands; a role that demands nothing demands what it sees
def contradictions(movement):
    demanded = {"learned": True, "frozen": False}
    found = []
    for change in movement.changes:
        seen = bool(change.moved)
        if demanded.get(str(change.role), seen) is not seen:
            found.append(change.path)
    return found


# %% first_no wrong: compiles anew before its fit, which cures the late flag that it should find
def first_no(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before = snapshot(model)
    model.compile(keras.optimizers.SGD(0.01), "mse")
    model.fit(x, y, verbose=0)
    moved = set(compare(before).moved)
    before.restore()
    return "fine" if moved == set(meant) else "movement"


# %% first_no wrong: uses the contradictions of task 3, in which moving statistics are allowed; here they are not
def first_no(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    changes = compare(before).changes
    before.restore()
    against = [
        change.path
        for change in changes
        if (change.role == "learned" and not change.moved)
        or (change.role == "frozen" and change.moved)
    ]
    return "movement" if against else "fine"


# %% first_no wrong: compares lists, so that the same paths in another order are called a wrong role
def first_no(model, meant, x, y):
    if [weight.path for weight in model.trainable_weights] != list(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    moved = compare(before).moved
    before.restore()
    return "fine" if sorted(moved) == sorted(meant) else "movement"


# %% first_no wrong: returns "movement" before the values are put back
def first_no(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    if set(compare(before).moved) != set(meant):
        return "movement"
    before.restore()
    return "fine"


# %% first_no right: symmetric differences of sets, and the optimizer's numbers are put back as well
def first_no(model, meant, x, y):
    meant = set(meant)
    if meant ^ {weight.path for weight in model.trainable_weights}:
        return "role"
    before = snapshot(model)
    kept = [(variable, variable.numpy()) for variable in model.optimizer.variables]
    try:
        model.fit(x, y, verbose=0)
        return "movement" if meant ^ set(compare(before).moved) else "fine"
    finally:
        before.restore()
        for variable, value in kept:
            variable.assign(value)


# %% student wrong: copies the values of what is trained only; the statistics stay at 0 and 1
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.trainable = False
    student.trainable = True
    for mine, given in zip(student.weights, teacher.weights):
        if mine.trainable:
            mine.assign(given)
    return student


# %% student wrong: pairs the trainable weights, of which a frozen teacher has none: nothing is copied
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.trainable = False
    student.trainable = True
    for mine, given in zip(student.trainable_weights, teacher.trainable_weights):
        mine.assign(given)
    return student


# %% student wrong: switches the flag of the base off and on; the head of the clone stays frozen
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.set_weights(teacher.get_weights())
    base = student.get_layer("base")
    base.trainable = False
    base.trainable = True
    return student


# %% student wrong: a new Model around the same layers is no copy: the teacher is thawed and learns as well
def make_student(teacher):
    student = keras.Model(teacher.inputs, teacher.outputs, name="student")
    student.trainable = False
    student.trainable = True
    return student


# %% student right: goes through JSON and writes true in place of false in every layer's configuration
def make_student(teacher):
    told = teacher.to_json().replace('"trainable": false', '"trainable": true')
    student = keras.models.model_from_json(told)
    student.set_weights(teacher.get_weights())
    return student


# %% temperature wrong: multiplies by a learned 0.5: the same answers at first, but the number is not a divisor that is 2
def make_layer():
    class Cool(layers.Layer):
        def build(self, input_shape):
            half = keras.initializers.Constant(0.5)
            self.temperature = self.add_weight(shape=(), initializer=half, name="temperature")

        def call(self, numbers):
            return numbers * self.temperature

    return Cool(name="cool")


# %% temperature wrong: a temperature for each feature, not one number
def make_layer():
    class Cool(layers.Layer):
        def build(self, input_shape):
            two = keras.initializers.Constant(2.0)
            self.temperature = self.add_weight(
                shape=(input_shape[-1],), initializer=two, name="temperature"
            )

        def call(self, numbers):
            return numbers / self.temperature

    return Cool(name="cool")


# %% temperature wrong: obeys the flag by going back to 2 while frozen, instead of keeping what was learned
def make_layer():
    class Cool(layers.Layer):
        def build(self, input_shape):
            two = keras.initializers.Constant(2.0)
            self.temperature = self.add_weight(shape=(), initializer=two, name="temperature")

        def call(self, numbers):
            return numbers / (self.temperature if self.trainable else 2.0)

    return Cool(name="cool")


# %% temperature wrong: a tf.Variable as an attribute, which Keras 3 does not list
def make_layer():
    import tensorflow as tf

    class Cool(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.temperature = tf.Variable(2.0, trainable=True, name="temperature")

        def call(self, numbers):
            return numbers / self.temperature

    return Cool(name="cool")


# %% temperature right: still a Lambda; the variable is set as an attribute of the layer, so that Keras tracks it
def make_layer():
    temperature = keras.Variable(2.0, name="temperature")
    layer = layers.Lambda(lambda numbers: numbers / temperature, name="cool")
    layer.temperature = temperature
    return layer


# %% fixed_column wrong: freezes the kernel of the fixed part only, whose bias is learned and shifts the first output
def make_model(column):
    inputs = keras.Input((4,))
    fixed, free = layers.Dense(1, name="fixed"), layers.Dense(2, name="free")
    outputs = layers.Concatenate()([fixed(inputs), free(inputs)])
    fixed.kernel.assign(np.reshape(column, (4, 1)))
    fixed.kernel.trainable = False
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model


# %% fixed_column wrong: freezes the model and thaws the free part; the model's own flag vetoes, nothing learns
def make_model(column):
    inputs = keras.Input((4,))
    fixed = layers.Dense(1, use_bias=False, name="fixed")
    free = layers.Dense(2, use_bias=False, name="free")
    model = keras.Model(inputs, layers.Concatenate()([fixed(inputs), free(inputs)]))
    fixed.set_weights([np.reshape(column, (4, 1)).astype("float32")])
    model.trainable = False
    free.trainable = True
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model


# %% fixed_column wrong: a constraint puts the column back after every step, but it is not there before the first one
def make_model(column):
    wanted = np.reshape(column, (4, 1)).astype("float32")

    def with_column(kernel):
        return keras.ops.concatenate([wanted, kernel[:, 1:]], axis=1)

    dense = layers.Dense(3, use_bias=False, kernel_constraint=with_column)
    model = keras.Sequential([keras.Input((4,)), dense])
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model


# %% fixed_column wrong: cures it by switching off the weight decay, which should stay 0.5
def make_model(column):
    class HalfFixed(layers.Dense):
        def call(self, inputs):
            fixed = keras.ops.stop_gradient(self.kernel[:, :1])
            return inputs @ keras.ops.concatenate([fixed, self.kernel[:, 1:]], axis=1)

    layer = HalfFixed(3, use_bias=False)
    model = keras.Sequential([keras.Input((4,)), layer])
    kernel = layer.kernel.numpy()
    kernel[:, 0] = column
    layer.kernel.assign(kernel)
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.0), "mse")
    return model


# %% fixed_column right: the whole kernel is trained, and a constraint writes the column back after every step
def make_model(column):
    wanted = np.reshape(column, (4, 1)).astype("float32")

    def with_column(kernel):
        return keras.ops.concatenate([wanted, kernel[:, 1:]], axis=1)

    dense = layers.Dense(3, use_bias=False, kernel_constraint=with_column)
    model = keras.Sequential([keras.Input((4,)), dense])
    dense.kernel.assign(with_column(dense.kernel))
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model


# %% gentle_proof wrong: freezes the norms before the base is thawed, which thaws them again
order = "HECDAF"

# %% gentle_proof wrong: takes the copies of get_weights for a snapshot, which compare cannot read
order = "EHCIAF"

# %% gentle_proof wrong: takes the snapshot after the fit, so that it holds what it should be compared with
order = "EHCADF"

# %% gentle_proof wrong: freezes the norms after the fit, to keep the statistics from then on
order = "ECDAHF"

# %% gentle_proof right: compile comes before both flags; the first fit after it honours them
order = "CEHDAF"


# %% capstone wrong: picks block c by "_c_", which thaws its BatchNormalization layers, too: their statistics move
def fine_tune(model, images, labels):
    for layer in model.layers:
        layer.trainable = "_c_" in layer.name or layer.name.startswith("head")
    model.compile(
        keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model


# %% capstone wrong: freezes gamma and beta one by one, so that the BatchNormalization layers go on measuring
def fine_tune(model, images, labels):
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.gamma.trainable = False
            layer.beta.trainable = False
        elif not layer.name.startswith(("conv_c", "head")):
            layer.trainable = False
    model.compile(
        keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model


# %% capstone wrong: freezes the model and thaws block c and head; the model's own flag vetoes, nothing learns
def fine_tune(model, images, labels):
    model.trainable = False
    for layer in model.layers:
        if layer.name.startswith(("conv_c", "head")):
            layer.trainable = True
    model.compile(
        keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model


# %% capstone wrong: freezes only what constraints 1 and 3 name; blocks a and b learn too, more than 25,000 numbers
def fine_tune(model, images, labels):
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization) or layer.name in ("conv1", "conv2"):
            layer.trainable = False
    model.compile(
        keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model


# %% capstone right: two phases, head first, and convolutions frozen by the flags of their kernels, not of the layers
def fine_tune(model, images, labels):
    block_c = []
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
        elif layer.name.startswith("conv"):
            layer.kernel.trainable = False
            if layer.name.startswith("conv_c_"):
                block_c.append(layer.kernel)
    for thawed in (False, True):
        for kernel in block_c:
            kernel.trainable = thawed
        model.compile(
            keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", jit_compile=False
        )
        model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model
