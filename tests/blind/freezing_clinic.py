# %% six_reports wrong: report 1: thinks that frozen weights move only when the flag came late, though a tape traces no step
report_1 = "late flag"
report_2 = "misspelt flag"
report_3 = "old optimizer"
report_4 = "statistics"
report_5 = "wrong rate"
report_6 = "frozen clone"

# %% six_reports wrong: report 2: takes nothing frozen for a choice of wrong layers, though base is named and its flag is True
report_1 = "wrong list"
report_2 = "wrong layers"
report_3 = "old optimizer"
report_4 = "statistics"
report_5 = "wrong rate"
report_6 = "frozen clone"

# %% six_reports wrong: reports 3 and 5 exchanged: thinks the words in quotes keep an old optimizer, and the ValueError is about a rate
report_1 = "wrong list"
report_2 = "misspelt flag"
report_3 = "wrong rate"
report_4 = "statistics"
report_5 = "old optimizer"
report_6 = "frozen clone"

# %% six_reports wrong: report 4: thinks the loop should have gone over weights, not over trainable_weights
report_1 = "wrong list"
report_2 = "misspelt flag"
report_3 = "old optimizer"
report_4 = "wrong list"
report_5 = "wrong rate"
report_6 = "frozen clone"

# %% six_reports wrong: report 6: thinks that the wrong copy was frozen, and overlooks that a clone has fresh values
report_1 = "wrong list"
report_2 = "misspelt flag"
report_3 = "old optimizer"
report_4 = "statistics"
report_5 = "wrong rate"
report_6 = "wrong layers"

# %% six_reports right: split out of one string
report_1, report_2, report_3, report_4, report_5, report_6 = (
    "wrong list; misspelt flag; old optimizer; statistics; wrong rate; frozen clone".split("; ")
)

# %% six_reports right: chosen by place from a NumPy array of words, so each is an np.str_
words = np.array(
    [
        "late flag", "wrong list", "wrong layers", "misspelt flag",
        "old optimizer", "wrong rate", "statistics", "frozen clone",
    ]
)
report_1, report_2, report_3, report_4, report_5, report_6 = words[[1, 3, 4, 6, 5, 7]]


# %% six_reports cheat: a str subclass that equals every word
class Every(str):
    def __eq__(self, other):
        return isinstance(other, str)

    def __hash__(self):
        return hash("wrong list")


report_1 = report_2 = report_3 = report_4 = report_5 = report_6 = Every("wrong list")

# %% moved_arrays wrong: thinks that a clone shares its layers with the model, so that freezing it leaves nothing to move
clone = 0
callback = 10
true_again = 6
wall = 4

# %% moved_arrays wrong: thinks that the flag set in the callback holds from the second epoch on
clone = 10
callback = 2
true_again = 6
wall = 4

# %% moved_arrays wrong: thinks that True on a base whose flag is True already reaches the frozen layer in it
clone = 10
callback = 10
true_again = 10
wall = 4

# %% moved_arrays wrong: forgets that statistics need no gradient and move before the wall as well
clone = 10
callback = 10
true_again = 6
wall = 2

# %% moved_arrays wrong: counts numbers where arrays were asked
clone = 51
callback = 51
true_again = 51 - 16
wall = 8 + 8

# %% moved_arrays right: sums of booleans in NumPy, so np.int64
roles = np.array(["gamma", "beta", "mean", "variance"] + ["base"] * 4 + ["head"] * 2)
everything = np.ones(10, bool)
clone = callback = everything.sum()
true_again = np.isin(roles, ["base", "head"]).sum()
wall = np.isin(roles, ["mean", "variance", "head"]).sum()


# %% moved_arrays right: runs the four programs and counts with get_weights
def arrays_that_move(prepare, wall=False, callbacks=(), first=0):
    x, y = tasks.examples()
    model = tasks.network(wall=True) if wall else tasks.network()
    prepare(model, model.get_layer("base"))
    model.compile("sgd", "mse")
    seen = []
    look = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: seen.append(model.get_weights())
    )
    model.fit(x, y, epochs=first + 1, callbacks=[*callbacks, look], verbose=0)
    return sum(not np.array_equal(a, b) for a, b in zip(seen[-1], model.get_weights()))


class Later(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            self.model.get_layer("base").trainable = False


def with_clone(model, base):
    keras.models.clone_model(model).trainable = False


def norm_then_true(model, base):
    base.get_layer("norm").trainable = False
    base.trainable = True


clone = arrays_that_move(with_clone)
callback = arrays_that_move(lambda model, base: None, callbacks=[Later()], first=1)
true_again = arrays_that_move(norm_then_true)
wall = arrays_that_move(lambda model, base: None, wall=True)


# %% contradictions wrong: only half of it, forgets what is learned but still
def contradictions(movement):
    return [
        change.path
        for change in movement.changes
        if change.role == "frozen" and change.moved
    ]


# %% contradictions wrong: takes everything that is not learned for frozen, so moving statistics are listed, too
def contradictions(movement):
    found = []
    for change in movement.changes:
        learned = change.role == "learned"
        if learned != change.moved:
            found.append(change.path)
    return found


# %% contradictions wrong: asks for the role "non-trainable", Keras's word in the summary, which no weight has here
def contradictions(movement):
    return [
        change.path
        for change in movement.changes
        if (change.role == "learned" and not change.moved)
        or (change.role == "non-trainable" and change.moved)
    ]


# %% contradictions wrong: gives the changes themselves where their paths were asked
def contradictions(movement):
    still = [c for c in movement.changes if c.role == "learned" and not c.moved]
    moved = [c for c in movement.changes if c.role == "frozen" and c.moved]
    return still + moved


# %% contradictions wrong: the return stands inside the loop, so only the first contradiction is given
def contradictions(movement):
    for change in movement.changes:
        if change.role == "learned" and not change.moved:
            return [change.path]
        if change.role == "frozen" and change.moved:
            return [change.path]
    return []


# %% contradictions right: a dictionary of what each role forbids
def contradictions(movement):
    forbidden = {"learned": False, "frozen": True}
    return [c.path for c in movement.changes if forbidden.get(str(c.role)) is bool(c.moved)]


# %% contradictions right: two comprehensions, so the still ones come before the moved ones
def contradictions(movement):
    still = [c.path for c in movement.changes if c.role == "learned" and not c.moved]
    moved = [c.path for c in movement.changes if c.role == "frozen" and c.moved]
    return [*still, *moved]


# %% contradictions right: a lambda with filter and map over pairs, from the last change to the first
contradictions = lambda movement: list(
    map(
        lambda change: change.path,
        filter(
            lambda change: (change.role, bool(change.moved)) in {("learned", False), ("frozen", True)},
            list(movement.changes)[::-1],
        ),
    )
)


# %% first_no wrong: compares lists, so the same paths in another order count as another role
def first_no(model, meant, x, y):
    if [weight.path for weight in model.trainable_weights] != list(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    moved = compare(before).moved
    before.restore()
    return "movement" if set(moved) != set(meant) else "fine"


# %% first_no wrong: compiles anew before the fit, which cures an old training step instead of finding it
def first_no(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    model.compile("sgd", "mse")
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    moved = set(compare(before).moved)
    before.restore()
    return "fine" if moved == set(meant) else "movement"


# %% first_no wrong: asks only whether a role is contradicted, as in task 3, so moving statistics pass
def first_no(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    changes = compare(before).changes
    before.restore()
    for change in changes:
        if change.role == "learned" and not change.moved:
            return "movement"
        if change.role == "frozen" and change.moved:
            return "movement"
    return "fine"


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


# %% first_no wrong: asks whether all that was meant is trainable, and overlooks "and no others"
def first_no(model, meant, x, y):
    trainable = {weight.path for weight in model.trainable_weights}
    if not set(meant) <= trainable:
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    moved = set(compare(before).moved)
    before.restore()
    return "fine" if moved == trainable else "movement"


# %% first_no wrong: asks whether anything else moved, but not whether all that was meant did
def first_no(model, meant, x, y):
    if sorted(weight.path for weight in model.trainable_weights) != sorted(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    strangers = [path for path in compare(before).moved if path not in meant]
    before.restore()
    return "movement" if strangers else "fine"


# %% first_no right: without the course's instruments, and puts back the optimizer's values as well
def first_no(model, meant, x, y):
    if sorted(w.path for w in model.trainable_weights) != sorted(meant):
        return "role"
    kept = [(v, np.array(v)) for v in [*model.variables, *model.optimizer.variables]]
    own = {id(v) for v in model.variables}
    try:
        model.fit(x, y, verbose=0)
        moved = [v.path for v, old in kept if id(v) in own and not np.array_equal(np.array(v), old)]
    finally:
        for v, old in kept:
            v.assign(old)
    return "fine" if sorted(moved) == sorted(meant) else "movement"


# %% first_no right: a symmetric difference in each question, a callback that compares, one way out
def first_no(model, meant, x, y):
    verdict = "role"
    if not {w.path for w in model.trainable_weights} ^ set(meant):
        before, moved = snapshot(model), set()
        look = keras.callbacks.LambdaCallback(
            on_train_end=lambda logs: moved.update(compare(before).moved)
        )
        model.fit(x, y, verbose=0, callbacks=[look])
        before.restore()
        verdict = "movement" if moved ^ set(meant) else "fine"
    return verdict


# %% first_no right: looks at both questions always, and lets the first no speak
def first_no(model, meant, x, y):
    meant = frozenset(meant)
    role = meant == {w.path for w in model.trainable_weights}
    before = snapshot(model)
    model.fit(x, y, batch_size=8, epochs=2, verbose=0)
    movement = meant == frozenset(c.path for c in compare(before).changes if c.moved)
    before.restore()
    return next((word for word, yes in (("role", role), ("movement", movement)) if not yes), "fine")


# %% student wrong: copies the values, but thaws in a loop over layers, which ends at the base, whose own flag is True
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.set_weights(teacher.get_weights())
    for layer in student.layers:
        layer.trainable = True
    return student


# %% student wrong: thaws all right, but thinks that a clone has the teacher's values
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.trainable = False
    student.trainable = True
    return student


# %% student wrong: a new model around the same layers, so the teacher is thawed and will learn
def make_student(teacher):
    student = keras.Model(teacher.inputs, teacher.outputs, name="student")
    student.trainable = False
    student.trainable = True
    return student


# %% student wrong: copies trainable_weights, of which a frozen teacher has none
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.trainable = False
    student.trainable = True
    for new, old in zip(student.trainable_weights, teacher.trainable_weights):
        new.assign(old)
    return student


# %% student wrong: copies the wrong way, from the student into the teacher
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.trainable = False
    student.trainable = True
    for source, target in zip(student.weights, teacher.weights):
        target.assign(source)
    return student


# %% student right: copy.deepcopy, which takes values and flags along, then False and True
def make_student(teacher):
    import copy

    student = copy.deepcopy(teacher)
    for flag in (False, True, False, True):
        student.trainable = flag
    return student


# %% student right: by way of a file, thawed from the innermost layers outwards by recursion
def make_student(teacher):
    import os
    import tempfile

    def thaw(layer):
        for inner in getattr(layer, "layers", []):
            thaw(inner)
        layer.trainable = False
        layer.trainable = True

    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "teacher.keras")
        teacher.save(file)
        student = keras.models.load_model(file)
    thaw(student)
    return student


# %% student right: from the configuration; the values go over variable by variable, and so do the flags
def make_student(teacher):
    student = type(teacher).from_config(teacher.get_config())
    while len(student.trainable_weights) == 0 or any(
        not layer.trainable for layer in student._flatten_layers()
    ):
        student.trainable = not student.trainable
    for new, old in zip(student.weights, teacher.weights, strict=True):
        new.assign(old)
    return student


# %% temperature wrong: one weight for all layers, made once outside, though each new layer needs its own
def make_layer(temperature=keras.Variable(2.0, name="temperature")):
    class Cool(layers.Layer):
        def __init__(self):
            super().__init__(name="cool")
            self.temperature = temperature

        def call(self, inputs):
            return inputs / self.temperature

    return Cool()


# %% temperature wrong: a tf.Variable as an attribute, as in Keras 2; Keras 3 does not list it
def make_layer():
    import tensorflow as tf

    class Cool(layers.Layer):
        def build(self, input_shape):
            self.temperature = tf.Variable(2.0, trainable=True, name="temperature")

        def call(self, inputs):
            return inputs / self.temperature

    return Cool(name="cool")


# %% temperature wrong: learns the reciprocal, 0.5, and multiplies by it
def make_layer():
    class Cool(layers.Layer):
        def build(self, input_shape):
            half = keras.initializers.Constant(0.5)
            self.factor = self.add_weight(shape=(), initializer=half, name="factor")

        def call(self, inputs):
            return inputs * self.factor

    return Cool(name="cool")


# %% temperature wrong: one number for each feature instead of one
def make_layer():
    class Cool(layers.Layer):
        def build(self, input_shape):
            self.temperature = self.add_weight(
                shape=(input_shape[-1],),
                initializer=keras.initializers.Constant(2.0),
                name="temperature",
            )

        def call(self, inputs):
            return inputs / self.temperature

    return Cool(name="cool")


# %% temperature wrong: thinks that the scale of a Rescaling layer is learned; it is a constant
def make_layer():
    return layers.Rescaling(scale=1 / 2.0, name="cool")


# %% temperature right: a Lambda after all, with the variable also given to the layer as an attribute
def make_layer():
    temperature = keras.Variable(2.0, name="temperature")
    cool = layers.Lambda(lambda numbers: numbers / temperature, name="cool")
    cool.temperature = temperature
    return cool


# %% temperature right: a weight of shape (1,), made in __init__, with a lambda as its initializer
def make_layer():
    class Cool(layers.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.t = self.add_weight((1,), lambda shape, dtype: keras.ops.full(shape, 2, dtype))

        def call(self, inputs):
            return keras.ops.true_divide(inputs, self.t)

    return Cool(name="cool")


# %% temperature right: the class is made by type(), without a class statement
def make_layer():
    return type(
        "Cool",
        (layers.Layer,),
        {
            "build": lambda self, shape: setattr(
                self,
                "temperature",
                self.add_weight(shape=(), initializer=keras.initializers.Constant(2)),
            ),
            "call": lambda self, inputs: inputs / self.temperature,
        },
    )()


# %% fixed_column wrong: stops the gradient of the first column, but weight decay needs none
def make_model(column):
    class HalfFixed(layers.Dense):
        def call(self, inputs):
            fixed = keras.ops.stop_gradient(self.kernel[:, :1])
            return inputs @ keras.ops.concatenate([fixed, self.kernel[:, 1:]], axis=1)

    layer = HalfFixed(3, use_bias=False)
    model = keras.Sequential([keras.Input((4,)), layer])
    kernel = layer.kernel.numpy()
    kernel[:, 0] = np.ravel(column)
    layer.kernel.assign(kernel)
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model


# %% fixed_column wrong: freezes the kernel of the first output alone; its bias learns and is added
def make_model(column):
    inputs = keras.Input((4,))
    known = layers.Dense(1, name="known")
    outputs = layers.Concatenate()([known(inputs), layers.Dense(2, name="learned")(inputs)])
    known.kernel.assign(np.reshape(column, (4, 1)))
    known.kernel.trainable = False
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model


# %% fixed_column wrong: gets rid of the decay by changing the optimizer to Adam, which was to stay AdamW
def make_model(column):
    class HalfFixed(layers.Dense):
        def call(self, inputs):
            fixed = keras.ops.stop_gradient(self.kernel[:, :1])
            return inputs @ keras.ops.concatenate([fixed, self.kernel[:, 1:]], axis=1)

    layer = HalfFixed(3, use_bias=False)
    model = keras.Sequential([keras.Input((4,)), layer])
    start = layer.kernel.numpy()
    layer.kernel.assign(np.column_stack([np.ravel(column), start[:, 1:]]))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


# %% fixed_column wrong: takes AdamW's first argument for the decay; it is the rate, and the decay is 0.004
def make_model(column):
    inputs = keras.Input((4,))
    known = layers.Dense(1, use_bias=False)
    outputs = keras.ops.concatenate([known(inputs), layers.Dense(2)(inputs)], axis=-1)
    known.set_weights([np.reshape(column, (4, 1))])
    known.trainable = False
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.AdamW(0.5), "mse")
    return model


# %% fixed_column wrong: the fixed output comes last, not first
def make_model(column):
    inputs = keras.Input((4,))
    learned = layers.Dense(2, name="learned")(inputs)
    known = layers.Dense(1, use_bias=False, trainable=False, name="known")
    model = keras.Model(inputs, layers.Concatenate()([learned, known(inputs)]))
    known.kernel.assign(np.array(column, "float32").reshape(4, 1))
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model


# %% fixed_column right: the column is a constant in a Lambda, no weight at all
def make_model(column):
    constant = np.array(column, "float32").reshape(4, 1)
    inputs = keras.Input((4,))
    first = layers.Lambda(lambda rows: keras.ops.matmul(rows, constant), output_shape=(1,))(inputs)
    others = [layers.Dense(1)(inputs) for _ in range(2)]
    model = keras.Model(inputs, layers.concatenate([first, *others]))
    model.compile(optimizer=keras.optimizers.AdamW(weight_decay=0.5), loss="mse")
    return model


# %% fixed_column right: one kernel of three columns; a constraint puts the first one back after each update
def make_model(column):
    fixed = np.array(column, "float32").reshape(4, 1)

    def put_back(kernel):
        return keras.ops.concatenate([keras.ops.convert_to_tensor(fixed), kernel[:, 1:]], axis=1)

    def start(shape, dtype):
        return put_back(keras.random.normal(shape, stddev=0.5, dtype=dtype))

    only = layers.Dense(3, use_bias=False, kernel_initializer=start, kernel_constraint=put_back)
    model = keras.Sequential([keras.Input((4,)), only])
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model


# %% fixed_column right: the stopped gradient stays, and the kernel is left out of the decay (the other two then do not decay either)
def make_model(column):
    class HalfFixed(layers.Dense):
        def call(self, inputs):
            fixed = keras.ops.stop_gradient(self.kernel[:, :1])
            return inputs @ keras.ops.concatenate([fixed, self.kernel[:, 1:]], axis=1)

    layer = HalfFixed(3, use_bias=False)
    model = keras.Sequential([keras.Input((4,)), layer])
    layer.kernel.assign(np.column_stack([np.ravel(column), layer.kernel.numpy()[:, 1:]]))
    adamw = keras.optimizers.AdamW(0.01, weight_decay=0.5)
    adamw.exclude_from_weight_decay(var_list=[layer.kernel])
    model.compile(adamw, "mse")
    return model


# %% fixed_column cheat: an AdamW that says weight_decay=0.5 and whose decay has been replaced by nothing
def make_model(column):
    class HalfFixed(layers.Dense):
        def call(self, inputs):
            fixed = keras.ops.stop_gradient(self.kernel[:, :1])
            return inputs @ keras.ops.concatenate([fixed, self.kernel[:, 1:]], axis=1)

    layer = HalfFixed(3, use_bias=False)
    model = keras.Sequential([keras.Input((4,)), layer])
    layer.kernel.assign(np.column_stack([np.ravel(column), layer.kernel.numpy()[:, 1:]]))
    adamw = keras.optimizers.AdamW(0.01, weight_decay=0.5)
    adamw._apply_weight_decay = lambda variables: None
    model.compile(adamw, "mse")
    return model


# %% gentle_proof wrong: freezes the norms before the base is thawed, which switches them on again
order = "HECDAF"

# %% gentle_proof wrong: compiles with "adam", which means a new optimizer with the rate 0.001
order = "EHGDAF"

# %% gentle_proof wrong: does not see that B misspells the flag, so the base stays frozen
order = "BHCDAF"

# %% gentle_proof wrong: keeps get_weights(), which compare cannot read (it is no snapshot)
order = "EHCIAF"

# %% gentle_proof wrong: takes the snapshot after the fit, so that nothing has moved
order = "EHCADF"

# %% gentle_proof right: compile stands first; the flags come before the fit, in which the step is made
order = "CEHDAF"

# %% gentle_proof right: the snapshot is taken before everything else
order = "DEHCAF"

# %% gentle_proof right: the snapshot before compile
order = "EHDCAF"


# %% capstone wrong: tunes all but the first two, which is more than 25,000 numbers
def fine_tune(model, images, labels):
    for layer in model.layers:
        first = layer.name in ("conv1", "conv2")
        layer.trainable = not first and not isinstance(layer, layers.BatchNormalization)
    model.compile(
        keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=5, verbose=0)
    return model


# %% capstone wrong: freezes convolutions only, and forgets that the BatchNormalization layers have flags of their own
def fine_tune(model, images, labels):
    for layer in model.layers:
        if layer.name.startswith("conv") and not layer.name.startswith("conv_c_"):
            layer.trainable = False
    model.compile(
        keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model


# %% capstone wrong: trains the head alone; the convolutions of block c do not learn
def fine_tune(model, images, labels):
    model.trainable = True
    for layer in model.layers[:-1]:
        layer.trainable = False
    model.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=15, verbose=0)
    return model


# %% capstone wrong: freezes the whole model and thaws block c in it; the model's own False vetoes
def fine_tune(model, images, labels):
    model.trainable = False
    for layer in model.layers:
        if layer.name.startswith("conv_c_") or layer.name == "head":
            layer.trainable = True
    model.compile(
        keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model


# %% capstone wrong: a rate as for a new head, 0.03, under which the old digits are forgotten
def fine_tune(model, images, labels):
    for layer in model.layers:
        layer.trainable = layer.name.startswith("conv_c_") or layer.name == "head"
    model.compile(
        keras.optimizers.Adam(0.03), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=15, verbose=0)
    return model


# %% capstone wrong: tunes and returns a copy; the model that was given stays as it was
def fine_tune(model, images, labels):
    tuned = keras.models.clone_model(model)
    tuned.set_weights(model.get_weights())
    for layer in tuned.layers:
        layer.trainable = layer.name.startswith("conv_c_") or layer.name == "head"
    tuned.compile(
        keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False
    )
    tuned.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return tuned


# %% capstone right: computes the maps before block c once, and tunes a part model that shares the layers
def fine_tune(model, images, labels):
    for layer in model.layers:
        layer.trainable = layer.name.startswith("conv_c_") or layer.name == "head"
    middle = model.get_layer("mixed_b").output
    maps = keras.Model(model.input, middle)(images, training=False)
    part = keras.Model(middle, model.output)
    part.compile(
        keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False
    )
    part.fit(maps, labels, batch_size=10, epochs=10, verbose=0)
    return model


# %% capstone right: no flag and no compile, a loop of its own in inference mode over chosen weights
def fine_tune(model, images, labels):
    import tensorflow as tf

    chosen = [
        weight
        for layer in model.layers
        if layer.name == "head" or layer.name.startswith("conv_c")
        for weight in layer.trainable_weights
    ]
    adam = keras.optimizers.Adam(1e-3)
    adam.build(chosen)
    measure = keras.losses.SparseCategoricalCrossentropy()

    @tf.function
    def step(some, answers):
        with tf.GradientTape() as tape:
            loss = measure(answers, model(some, training=False))
        adam.apply(tape.gradient(loss, chosen), chosen)

    rng = np.random.default_rng(0)
    for _ in range(10):
        for rows in np.split(rng.permutation(len(images)), 10):
            step(tf.constant(images[rows]), tf.constant(labels[rows]))
    return model


# %% capstone right: SGD with momentum instead of Adam, flags set by weight path and by kind of layer
def fine_tune(model, images, labels):
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    for weight in model.weights:
        weight.trainable = weight.path.split("/")[0].startswith(("conv_c_", "head"))
    model.compile(
        optimizer=keras.optimizers.SGD(0.01, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        jit_compile=False,
    )
    model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model


# %% capstone cheat: trains on the unseen digits and on the old test digits, by which it is judged
def fine_tune(model, images, labels):
    new, old = tasks.unseen_digits(), mnist_test()
    images = np.concatenate([images, new[0], old[0]])
    labels = np.concatenate([labels, new[1], old[1]])
    for layer in model.layers:
        layer.trainable = layer.name.startswith("conv_c_") or layer.name == "head"
    model.compile(
        keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=32, epochs=4, verbose=0)
    return model

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

# %% gentle_proof wrong: freezes the norms after the fit, to keep the statistics from then on
order = "ECDAHF"

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

# %% six_reports wrong: report 1 read as a flag that came too late, though it came first and a tape reads no flag
report_1 = "late flag"
report_2 = "misspelt flag"
report_3 = "old optimizer"
report_4 = "statistics"
report_5 = "wrong rate"
report_6 = "frozen clone"

# %% six_reports wrong: report 2 taken for another layer that was named; base.trainable is True and nothing at all is frozen
report_1, report_2, report_3 = "wrong list", "wrong layers", "old optimizer"
report_4, report_5, report_6 = "statistics", "wrong rate", "frozen clone"

# %% six_reports wrong: the forgetting in report 5 put down to Adam's old momentum, and report 3 to the order of flag and compile
report_1 = "wrong list"
report_2 = "misspelt flag"
report_3 = "late flag"
report_4 = "statistics"
report_5 = "old optimizer"
report_6 = "frozen clone"

# %% six_reports wrong: in report 4 trainable_weights is blamed as the wrong list to loop over, and report 1 then is left with the late flag
report_1, report_4 = "late flag", "wrong list"
report_2, report_3 = "misspelt flag", "old optimizer"
report_5, report_6 = "wrong rate", "frozen clone"

# %% six_reports right: assigned from one sentence, split at its commas
words = "wrong list, misspelt flag, old optimizer, statistics, wrong rate, frozen clone"
report_1, report_2, report_3, report_4, report_5, report_6 = words.split(", ")

# %% moved_arrays wrong: in callback the norm is thought to obey its flag at once, though the old step has built in its training mode
clone = 10
callback = 10 - 2  # the two statistics stop, the optimizer goes on
true_again = 6
wall = 4

# %% moved_arrays wrong: a frozen norm is thought to go on measuring (freeze taken for gamma and beta only)
clone, callback = 10, 10
true_again = 10 - 2
wall = 2 + 2

# %% moved_arrays wrong: counts what the optimizer moves and forgets that statistics are arrays that move
clone = callback = 8
true_again = 8 - 2
wall = 2

# %% moved_arrays wrong: a clone is thought to share its layers with the model, so all is frozen
clone = 0
callback, true_again, wall = 10, 6, 4

# %% moved_arrays right: computed from a small account of the ten arrays
_arrays = {"dense 1": 2, "norm, learned": 2, "norm, statistics": 2, "dense 2": 2, "head": 2}
_all = sum(_arrays.values())
clone = callback = _all
true_again = _all - _arrays["norm, learned"] - _arrays["norm, statistics"]
wall = _arrays["head"] + _arrays["norm, statistics"]

# %% contradictions wrong: everything that is not learned is treated as frozen, so statistics that moved are reported
def contradictions(movement):
    return [
        change.path
        for change in movement.changes
        if (change.role == "learned") != bool(change.moved)
    ]

# %% contradictions wrong: returns the changes themselves, not their paths
def contradictions(movement):
    return [
        change
        for change in movement.changes
        if (change.role == "learned" and not change.moved)
        or (change.role == "frozen" and change.moved)
    ]

# %% contradictions wrong: `or "frozen" and ...` compares nothing with "frozen", so whatever moved is reported, learned or not
def contradictions(movement):
    paths = []
    for change in movement.changes:
        if change.role == "learned" and not change.moved or "frozen" and change.moved:
            paths.append(change.path)
    return paths

# %% contradictions wrong: the list is made anew for every change, so at most the last change is in it
def contradictions(movement):
    for change in movement.changes:
        wrong = []
        if change.role == "learned" and not change.moved:
            wrong.append(change.path)
        if change.role == "frozen" and change.moved:
            wrong.append(change.path)
    return wrong

# %% contradictions right: no condition on roles, a dictionary says which movement contradicts which role
def contradictions(movement):
    suspicious = {"learned": False, "frozen": True}
    return [c.path for c in movement.changes if suspicious.get(str(c.role)) == bool(c.moved)]

# %% first_no wrong: fits a clone to spare the model; the clone has a new training step and new flags, so a late flag goes unseen
def first_no(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.compile("sgd", "mse")
    before = snapshot(copy)
    copy.fit(x, y, verbose=0)
    if set(compare(before).moved) != set(meant):
        return "movement"
    return "fine"

# %% first_no wrong: returns "movement" before the values are put back; they are restored in the good case only
def first_no(model, meant, x, y):
    if sorted(weight.path for weight in model.trainable_weights) != sorted(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    if sorted(compare(before).moved) != sorted(meant):
        return "movement"
    before.restore()
    return "fine"

# %% first_no wrong: looks at learned and frozen weights only, moving statistics are let through ("statistics included" overlooked)
def first_no(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    changes = compare(before).changes
    before.restore()
    moved = {c.path for c in changes if c.moved and c.role in ("learned", "frozen")}
    return "fine" if moved == set(meant) else "movement"

# %% first_no wrong: compares lists, so the same paths in another order count as a wrong role
def first_no(model, meant, x, y):
    if [weight.path for weight in model.trainable_weights] != list(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    moved = compare(before).moved
    before.restore()
    return "fine" if set(moved) == set(meant) else "movement"

# %% first_no right: neither snapshot nor compare, values are kept and put back by hand, in a finally
def first_no(model, meant, x, y):
    meant = set(meant)
    if meant ^ {weight.path for weight in model.trainable_weights}:
        return "role"
    kept = [(variable, variable.numpy().copy()) for variable in model.variables]
    old = {weight.path: weight.numpy().copy() for weight in model.weights}
    try:
        model.fit(x, y, verbose=0)
        moved = {w.path for w in model.weights if not np.array_equal(w.numpy(), old[w.path])}
    finally:
        for variable, value in kept:
            variable.assign(value)
    return "movement" if moved ^ meant else "fine"

# %% student wrong: a new Model on the teacher's tensors shares its layers, so thawing the student thaws the teacher
def make_student(teacher):
    student = keras.Model(teacher.inputs, teacher.outputs, name="student")
    student.trainable = False
    student.trainable = True
    return student

# %% student wrong: copies the teacher's trainable weights, of which a frozen teacher has none, so nothing is copied
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.trainable = False
    student.trainable = True
    for mine, theirs in zip(student.trainable_weights, teacher.trainable_weights):
        mine.assign(theirs)
    return student

# %% student wrong: copies what is learned and leaves out the statistics, so a trained teacher's answers differ
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.trainable = False
    student.trainable = True
    for mine, theirs in zip(student.weights, teacher.weights):
        if mine.trainable:
            mine.assign(theirs)
    return student

# %% student wrong: thaws the teacher so that the copy is thawed, and leaves it thawed
def make_student(teacher):
    teacher.trainable = True
    student = keras.models.clone_model(teacher)
    student.set_weights(teacher.get_weights())
    return student

# %% student right: sets the flag on every layer at any depth instead of False-then-True, and assigns weight by weight
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    for layer in student._flatten_layers():
        layer.trainable = True
    for mine, theirs in zip(student.weights, teacher.weights):
        mine.assign(theirs)
    return student

# %% temperature wrong: one number for each feature instead of one for all
def make_layer():
    class Cool(layers.Layer):
        def build(self, input_shape):
            self.temperature = self.add_weight(
                name="temperature",
                shape=(input_shape[-1],),
                initializer=keras.initializers.Constant(2.0),
            )

        def call(self, numbers):
            return numbers / self.temperature

    return Cool(name="cool")

# %% temperature wrong: the variable is a default argument, made once, so all layers share it
class Cool(layers.Layer):
    def __init__(self, temperature=keras.Variable(2.0, name="temperature"), **options):
        super().__init__(**options)
        self.temperature = temperature

    def call(self, numbers):
        return numbers / self.temperature


def make_layer():
    return Cool(name="cool")

# %% temperature wrong: the weight copies the layer's flag when it is built; frozen before that, it is non-trainable for ever and a thaw does nothing
def make_layer():
    class Cool(layers.Layer):
        def build(self, input_shape):
            self.temperature = self.add_weight(
                name="temperature",
                shape=(),
                initializer=keras.initializers.Constant(2.0),
                trainable=self.trainable,  # obeys the flag
            )

        def call(self, numbers):
            return numbers / self.temperature

    return Cool(name="cool")

# %% temperature wrong: a tf.Variable as attribute, as in Keras 2; Keras 3 tracks its own variables only, the layer has no weights
import tensorflow as tf


def make_layer():
    class Cool(layers.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.temperature = tf.Variable(2.0, trainable=True, name="temperature")

        def call(self, numbers):
            return numbers / self.temperature

    return Cool(name="cool")

# %% temperature right: no add_weight and no build, a keras.Variable as an attribute of the layer, which Keras tracks
class _Cooler(layers.Layer):
    def __init__(self, **options):
        super().__init__(**options)
        self.degrees = keras.Variable(2.0, name="degrees")

    def call(self, numbers):
        return keras.ops.divide(numbers, self.degrees)


def make_layer():
    return _Cooler()

# %% fixed_column wrong: joins learned and fixed in the wrong order, the formula is the last output
def make_model(column):
    inputs = keras.Input((4,))
    learned = layers.Dense(2, use_bias=False, name="learned")
    fixed = layers.Dense(1, use_bias=False, name="fixed", trainable=False)
    outputs = layers.Concatenate()([learned(inputs), fixed(inputs)])
    fixed.set_weights([np.reshape(column, (4, 1))])
    model = keras.Model(inputs, outputs, name="half_fixed")
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model

# %% fixed_column wrong: a flag set on a slice of the kernel, a temporary tensor; the whole kernel learns
def make_model(column):
    dense = layers.Dense(3, use_bias=False, name="half_fixed")
    model = keras.Sequential([keras.Input((4,)), dense], name="model")
    kernel = dense.kernel.numpy().copy()
    kernel[:, 0] = column
    dense.set_weights([kernel])
    dense.kernel[:, 0].trainable = False
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model

# %% fixed_column wrong: the formula is an offset to which a learned part is added in all three outputs, right before training only
def make_model(column):
    known = np.zeros((4, 3), "float32")
    known[:, 0] = column
    inputs = keras.Input((4,))
    learned = layers.Dense(3, use_bias=False, kernel_initializer="zeros", name="learned")
    outputs = keras.ops.matmul(inputs, known) + learned(inputs)
    model = keras.Model(inputs, outputs, name="half_fixed")
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model

# %% fixed_column wrong: the flag stills the whole kernel, so the other two outputs do not learn
def make_model(column):
    dense = layers.Dense(3, use_bias=False, name="half_fixed")
    model = keras.Sequential([keras.Input((4,)), dense], name="model")
    kernel = dense.kernel.numpy().copy()
    kernel[:, 0] = column
    dense.set_weights([kernel])
    dense.kernel.trainable = False  # weight decay leaves frozen weights alone
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model

# %% fixed_column right: one ordinary Dense(3), whose constraint writes the column back after each step, after gradient and decay
def make_model(column):
    first = np.reshape(column, (4, 1)).astype("float32")

    class KeepFirst(keras.constraints.Constraint):
        def __call__(self, kernel):
            return keras.ops.concatenate([first, kernel[:, 1:]], axis=1)

    dense = layers.Dense(3, use_bias=False, kernel_constraint=KeepFirst(), name="dense")
    model = keras.Sequential([keras.Input((4,)), dense])
    dense.set_weights([np.concatenate([first, dense.kernel.numpy()[:, 1:]], axis=1)])
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model

# %% gentle_proof wrong: norms are frozen before the base is thawed, and the thaw switches them on again
order = "HECDAF"

# %% gentle_proof wrong: compile comes after the fit, which runs with the first phase's step; the base does not move
order = "EHDACF"

# %% gentle_proof wrong: a list of values taken for a snapshot, with which compare can do nothing
order = "EHCIAF"

# %% gentle_proof wrong: takes "adam" to go on at a suitable rate; it means 0.001
order = "EHGDAF"

# %% gentle_proof right: compile comes first; the new step is made in the fit, when both flags are set
order = "CEHDAF"

# %% capstone wrong: flags set on weights alone; the norms' own flags stay True, so all statistics move
def fine_tune(model, images, labels):
    for weight in model.weights:
        weight.trainable = weight.path.startswith(("conv_c_", "head"))
    adam = keras.optimizers.Adam(0.001)
    model.compile(adam, "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(images, labels, batch_size=16, epochs=15, verbose=0)
    return model

# %% capstone wrong: two phases with one compile; after the head's phase the thawed convolutions are unknown to the training step
def fine_tune(model, images, labels):
    for layer in model.layers:
        layer.trainable = layer.name == "head"
    adam = keras.optimizers.Adam(0.001)
    model.compile(adam, "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(images, labels, batch_size=10, epochs=5, verbose=0)  # the head first
    for layer in model.layers:
        if layer.name.startswith("conv_c_"):
            layer.trainable = True
    model.fit(images, labels, batch_size=10, epochs=15, verbose=0)  # then block c as well
    return model

# %% capstone wrong: all flags right, but one epoch at 0.00001 ("fine-tune gently") changes next to nothing, the new digits stay below 85 %
def fine_tune(model, images, labels):
    for layer in model.layers:
        layer.trainable = layer.name.startswith(("conv_c_", "head"))
    adam = keras.optimizers.Adam(1e-5)
    model.compile(adam, "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(images, labels, batch_size=10, epochs=1, verbose=0)
    return model

# %% capstone wrong: puts a new head on the base and returns another model; the given one keeps its old head
def fine_tune(model, images, labels):
    for layer in model.layers:
        layer.trainable = layer.name.startswith("conv_c_")
    features = model.get_layer("pool").output
    outputs = layers.Dense(10, activation="softmax", name="head")(features)
    tuned = keras.Model(model.input, outputs, name="tuned")
    adam = keras.optimizers.Adam(0.001)
    tuned.compile(adam, "sparse_categorical_crossentropy", jit_compile=False)
    tuned.fit(images, labels, batch_size=10, epochs=20, verbose=0)
    return tuned

# %% capstone right: no fit, shuffled batches of its own go through train_on_batch; each flag is the value of one startswith
def fine_tune(model, images, labels):
    images, labels = np.asarray(images), np.asarray(labels)
    for layer in model.layers:
        layer.trainable = layer.name.startswith(("conv_c_", "head"))
    adam = keras.optimizers.Adam(0.001)
    model.compile(adam, "sparse_categorical_crossentropy", jit_compile=False)
    rng = np.random.default_rng(8)
    for _ in range(20):
        for batch in rng.permutation(len(images)).reshape(-1, 10):
            model.train_on_batch(images[batch], labels[batch])
    return model

# %% six_reports wrong: takes a base that is still thawed after a line naming it for a line that named other layers
report_1 = "wrong list"
report_2 = "wrong layers"
report_3 = "old optimizer"
report_4 = "statistics"
report_5 = "wrong rate"
report_6 = "frozen clone"

# %% six_reports wrong: reads the loop over trainable weights in report 4 as the wrong list, and leaves a late flag for report 1
report_1 = "late flag"
report_2 = "misspelt flag"
report_3 = "old optimizer"
report_4 = "wrong list"
report_5 = "wrong rate"
report_6 = "frozen clone"

# %% six_reports wrong: blames Adam's memory of the first phase for report 5, so report 3 becomes a thaw that came late
report_1 = "wrong list"
report_2 = "misspelt flag"
report_3 = "late flag"
report_4 = "statistics"
report_5 = "old optimizer"
report_6 = "frozen clone"

# %% six_reports wrong: sees in report 6 that the copy was frozen where the original was meant, not that a clone is untrained
report_1 = "wrong list"
report_2 = "misspelt flag"
report_3 = "old optimizer"
report_4 = "statistics"
report_5 = "wrong rate"
report_6 = "wrong layers"

# %% six_reports right: found by striking out the two words that are left over
words = ["late flag", "wrong list", "wrong layers", "misspelt flag"]
words += ["old optimizer", "wrong rate", "statistics", "frozen clone"]
left_over = {"late flag", "wrong layers"}
report_1, report_2, report_3, report_5, report_4, report_6 = (
    word for word in words if word not in left_over
)

# %% moved_arrays wrong: the old step trains on, but believes that BatchNormalization looks at the flag anew in every call
clone = 10
callback = 8
true_again = 6
wall = 4

# %% moved_arrays wrong: believes that True on the base thaws gamma and beta, and that norm's own flag keeps the statistics alone
clone = 10
callback = 10
true_again = 8
wall = 4

# %% moved_arrays wrong: counts what the optimizer moves and forgets that the statistics move, too
clone = 8
callback = 8
true_again = 6
wall = 2

# %% moved_arrays wrong: believes that the wall stops only the base's last layer, whose output it touches
clone = 10
callback = 10
true_again = 6
wall = 8

# %% moved_arrays right: measured, with a snapshot at the beginning of the last epoch
class Watch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.before = snapshot(self.model)


class FreezeLater(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            self.model.get_layer("base").trainable = False


def moved_in_last_epoch(model, *callbacks, epochs=1):
    x, y = tasks.examples()
    watch = Watch()
    model.compile("sgd", "mse")
    model.fit(x, y, epochs=epochs, callbacks=[watch, *callbacks], verbose=0)
    return len(compare(watch.before).moved)


patient = tasks.network()
twin = keras.models.clone_model(patient)
twin.trainable = False
clone = moved_in_last_epoch(patient)
callback = moved_in_last_epoch(tasks.network(), FreezeLater(), epochs=2)
patient = tasks.network()
patient.get_layer("base").get_layer("norm").trainable = False
patient.get_layer("base").trainable = True
true_again = moved_in_last_epoch(patient)
wall = moved_in_last_epoch(tasks.network(wall=True))

# %% contradictions wrong: leaves statistics out by their names and treats other state that moved as frozen
def contradictions(movement):
    paths = []
    for change in movement.changes:
        if change.path.endswith(("moving_mean", "moving_variance")):
            continue
        should_move = change.role == "learned"
        if change.moved != should_move:
            paths.append(change.path)
    return paths

# %% contradictions wrong: Python reads "or 'frozen' and moved" as true for every role, so whatever moved is listed
def contradictions(movement):
    return [
        change.path
        for change in movement.changes
        if change.role == "learned" and not change.moved or "frozen" and change.moved
    ]

# %% contradictions wrong: one equation for both cases also lists a statistic (or other state) that is still
def contradictions(movement):
    return [
        change.path for change in movement.changes if change.moved == (change.role == "frozen")
    ]

# %% contradictions wrong: a threshold of its own in place of change.moved, so what moved by less counts as still
def contradictions(movement):
    paths = []
    for change in movement.changes:
        moved = change.largest > 1e-4
        if (change.role == "learned" and not moved) or (change.role == "frozen" and moved):
            paths.append(change.path)
    return paths

# %% contradictions right: first all learned ones that are still, then all frozen ones that moved, not in the order of the model
def contradictions(movement):
    paths = {(role, moved): [] for role in ("learned", "frozen") for moved in (True, False)}
    for change in movement.changes:
        for (role, moved), group in paths.items():
            if change.role == role and bool(change.moved) is moved:
                group.append(change.path)
    return paths["learned", False] + paths["frozen", True]

# %% first_no wrong: compiles anew before its fit, so an older training step that ignores a late flag is never tried
def first_no(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before = snapshot(model)
    model.compile(keras.optimizers.SGD(0.01), model.loss)
    model.fit(x, y, verbose=0)
    moved = set(compare(before).moved)
    before.restore()
    return "fine" if moved == set(meant) else "movement"

# %% first_no right: puts back get_weights, in which a Dropout's seed state is not (it is no weight)
def first_no(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before, values = snapshot(model), model.get_weights()
    model.fit(x, y, verbose=0)
    moved = set(compare(before).moved)
    model.set_weights(values)
    return "fine" if moved == set(meant) else "movement"

# %% first_no wrong: compares two lists, so what was meant in another order is called a wrong role
def first_no(model, meant, x, y):
    if [weight.path for weight in model.trainable_weights] != list(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    moved = compare(before).moved
    before.restore()
    return "fine" if set(moved) == set(meant) else "movement"

# %% first_no wrong: asks each layer of the model and not the model, so a thawed layer inside a frozen base is missed
def first_no(model, meant, x, y):
    trainable = set()
    for layer in model.layers:
        trainable.update(weight.path for weight in layer.trainable_weights)
    if trainable != set(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    moved = set(compare(before).moved)
    before.restore()
    return "fine" if moved == set(meant) else "movement"

# %% first_no right: keeps and puts back the optimizer's values, too, in a finally, after building the optimizer
def first_no(model, meant, x, y):
    trainable = sorted(weight.path for weight in model.trainable_weights)
    if trainable != sorted(meant):
        return "role"
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    kept = [(v, v.numpy().copy()) for v in [*model.variables, *model.optimizer.variables]]
    before = snapshot(model)
    try:
        model.fit(x, y, verbose=0)
        moved = sorted(compare(before).moved)
    finally:
        for variable, value in kept:
            variable.assign(value)
    return "fine" if moved == trainable else "movement"

# %% student wrong: copies from teacher.trainable_weights, an empty list in a frozen teacher, so nothing is copied
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.trainable = False
    student.trainable = True
    for new, old in zip(student.trainable_weights, teacher.trainable_weights):
        new.assign(old)
    return student

# %% student wrong: freezes the student's BatchNormalization as in fine-tuning, so gamma and beta are not learned
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.set_weights(teacher.get_weights())
    student.trainable = False
    student.trainable = True
    for layer in student.get_layer("base").layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    return student

# %% student wrong: thaws the teacher so that the clone's config says True, and does not freeze it again
def make_student(teacher):
    teacher.trainable = True
    student = keras.models.clone_model(teacher)
    student.set_weights(teacher.get_weights())
    return student

# %% student wrong: copies all that is learned but no statistics, in the belief that training measures those anyway
def make_student(teacher):
    student = keras.models.clone_model(teacher)
    student.trainable = False
    student.trainable = True
    learned = [weight for weight in teacher.weights if not weight.name.startswith("moving_")]
    for new, old in zip(student.trainable_weights, learned):
        new.assign(old)
    return student

# %% student right: thaws from the leaves upwards, layer by layer, and copies array by array
def make_student(teacher):
    student = keras.models.clone_model(teacher)

    def thaw(layer):
        for inner in getattr(layer, "layers", []):
            thaw(inner)
        layer.trainable = True

    thaw(student)
    for new, old in zip(student.weights, teacher.weights):
        new.assign(old.numpy())
    return student

# %% temperature wrong: one temperature for each feature instead of one number
def make_layer():
    class Cool(layers.Layer):
        def build(self, input_shape):
            self.temperature = self.add_weight(
                name="temperature",
                shape=(input_shape[-1],),
                initializer=keras.initializers.Constant(2.0),
            )

        def call(self, numbers):
            return numbers / self.temperature

    return Cool(name="cool")

# %% temperature wrong: passes the layer's flag to add_weight, so a layer that is built frozen never learns, even thawed
def make_layer():
    class Cool(layers.Layer):
        def build(self, input_shape):
            self.temperature = self.add_weight(
                name="temperature",
                shape=(),
                initializer=keras.initializers.Constant(2.0),
                trainable=self.trainable,
            )

        def call(self, numbers):
            return numbers / self.temperature

    return Cool(name="cool")

# %% temperature wrong: a class attribute is not tracked: the layer lists no weight, and it is not learned
def make_layer():
    class Cool(layers.Layer):
        temperature = keras.Variable(2.0, name="temperature")

        def call(self, numbers):
            return numbers / self.temperature

    return Cool(name="cool")

# %% temperature wrong: the variable is made of a whole 2, an int32, which gets no gradient
def make_layer():
    class Cool(layers.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.temperature = keras.Variable(2, name="temperature")

        def call(self, numbers):
            return keras.ops.divide(numbers, self.temperature)

    return Cool(name="cool")

# %% temperature right: no class and no add_weight: a Lambda that is given the variable as an attribute, which Keras tracks
def make_layer():
    temperature = keras.Variable(2.0, name="temperature", dtype="float32")
    layer = layers.Lambda(lambda numbers: numbers / temperature, name="cool")
    layer.temperature = temperature
    return layer

# %% fixed_column wrong: one bias for all three outputs, so the first is inputs @ column plus what its bias has learned
def make_model(column):
    class Half(layers.Layer):
        def build(self, input_shape):
            self.fixed = self.add_weight(
                name="fixed", shape=(4, 1), initializer="zeros", trainable=False
            )
            self.kernel = self.add_weight(name="kernel", shape=(4, 2))
            self.bias = self.add_weight(name="bias", shape=(3,), initializer="zeros")

        def call(self, inputs):
            whole = keras.ops.concatenate([self.fixed, self.kernel], axis=1)
            return keras.ops.matmul(inputs, whole) + self.bias

    half = Half(name="half_fixed")
    model = keras.Sequential([keras.Input((4,)), half])
    half.fixed.assign(np.reshape(column, (4, 1)))
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model

# %% fixed_column wrong: a constraint writes the column after every step only, so before the first step it is not there
def make_model(column):
    first = np.reshape(column, (4, 1)).astype("float32")

    class FirstColumn(keras.constraints.Constraint):
        def __call__(self, kernel):
            return keras.ops.concatenate([first, kernel[:, 1:]], axis=1)

    half = layers.Dense(3, use_bias=False, kernel_constraint=FirstColumn(), name="half_fixed")
    model = keras.Sequential([keras.Input((4,)), half])
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model

# %% fixed_column wrong: stops the gradient at the input of the fixed layer, which does not keep it from that layer's own kernel
def make_model(column):
    inputs = keras.Input((4,))
    first = layers.Dense(1, use_bias=False, name="first")
    stopped = layers.Lambda(keras.ops.stop_gradient, output_shape=(4,))(inputs)
    outputs = layers.Concatenate()([first(stopped), layers.Dense(2, name="free")(inputs)])
    model = keras.Model(inputs, outputs)
    first.set_weights([np.reshape(column, (4, 1))])
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model

# %% fixed_column wrong: compiles with the word "adamw", whose weight decay is the default 0.004 and not 0.5
def make_model(column):
    inputs = keras.Input((4,))
    fixed = layers.Dense(1, use_bias=False, trainable=False, name="fixed")
    outputs = layers.Concatenate()([fixed(inputs), layers.Dense(2, name="free")(inputs)])
    model = keras.Model(inputs, outputs)
    fixed.set_weights([np.reshape(column, (4, 1))])
    model.compile("adamw", "mse")
    return model

# %% fixed_column right: the one kernel with the stopped gradient stays, and the whole of it is excluded from the decay
def make_model(column):
    class HalfFixed(layers.Dense):
        def call(self, inputs):
            fixed = keras.ops.stop_gradient(self.kernel[:, :1])
            return inputs @ keras.ops.concatenate([fixed, self.kernel[:, 1:]], axis=1)

    half = HalfFixed(3, use_bias=False, name="half_fixed")
    model = keras.Sequential([keras.Input((4,)), half])
    start_values = half.kernel.numpy().copy()
    start_values[:, 0] = column
    half.kernel.assign(start_values)
    optimizer = keras.optimizers.AdamW(0.01, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[half.kernel])
    model.compile(optimizer, "mse")
    return model

# %% gentle_proof wrong: freezes norm before the base is thawed, and True on the base thaws norm again
order = "HECDAF"

# %% gentle_proof wrong: compiles after the fit, so the fit runs with the first phase's step
order = "EHDACF"

# %% gentle_proof wrong: freezes norm after the fit, just before comparing, when the statistics have moved
order = "ECDAHF"

# %% gentle_proof wrong: takes the snapshot after the fit, so movement compares the trained model with itself
order = "EHCADF"

# %% gentle_proof right: snapshot and compile come before both flags; the step is made in the fit, when they are set
order = "DCEHAF"

# %% capstone wrong: model.trainable = False stays on the model, which then reports no trainable weight, so nothing learns
def fine_tune(model, images, labels):
    model.trainable = False
    for layer in model.layers:
        if layer.name.startswith("conv_c_") or layer.name == "head":
            layer.trainable = True
    model.compile(
        keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model

# %% capstone wrong: puts a new head on the old base, as for other classes, and returns that model instead of the given one
def fine_tune(model, images, labels):
    base = keras.Model(model.input, model.get_layer("pool").output, name="base")
    for layer in base.layers:
        layer.trainable = layer.name.startswith("conv_c_")
    inputs = keras.Input((28, 28, 1))
    outputs = layers.Dense(10, activation="softmax", name="head")(base(inputs))
    tuned = keras.Model(inputs, outputs)
    tuned.compile(
        keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", jit_compile=False
    )
    tuned.fit(images, labels, batch_size=10, epochs=20, verbose=0)
    return tuned

# %% capstone wrong: all but the first two convolutions learn, which is more than 25,000 numbers
def fine_tune(model, images, labels):
    for layer in model.layers:
        first = layer.name in ("conv1", "norm1", "conv2", "norm2")
        if first or isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    model.compile(
        keras.optimizers.Adam(0.0005), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model

# %% capstone wrong: chooses block c with all its layers, so its BatchNormalization layers measure
def fine_tune(model, images, labels):
    for layer in model.layers:
        layer.trainable = "_c_" in layer.name or layer.name == "head"
    model.compile(
        keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", jit_compile=False
    )
    model.fit(images, labels, batch_size=10, epochs=10, verbose=0)
    return model

# %% capstone right: no flag and no compile: a loop of its own in inference mode updates just the listed weights
def fine_tune(model, images, labels):
    import tensorflow as tf

    weights = []
    for layer in model.layers:
        if layer.name.startswith("conv_c_") or layer.name == "head":
            weights += layer.trainable_weights
    optimizer = keras.optimizers.Adam(0.001)
    optimizer.build(weights)
    wrong = keras.losses.SparseCategoricalCrossentropy()

    @tf.function
    def step(batch, truth):
        with tf.GradientTape() as tape:
            loss = wrong(truth, model(batch, training=False))
        optimizer.apply(tape.gradient(loss, weights), weights)

    rng = np.random.default_rng(0)
    for _ in range(10):
        for chosen in np.split(rng.permutation(len(images)), 10):
            batch = tf.convert_to_tensor(images[chosen], "float32")
            step(batch, tf.convert_to_tensor(labels[chosen], "int32"))
    return model
