"""Answers to exercise 8, the freezing clinic."""

import copy
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from banks import Bank
from helpers.ledger import ledger
from helpers.movement import compare, snapshot
from helpers.tasks import freezing_clinic as tasks

# --- diagnoses and predictions ------------------------------------------------------------------

CAUSES = (
    "wrong list",
    "misspelt flag",
    "old optimizer",
    "statistics",
    "wrong rate",
    "frozen clone",
)


def but(place, word):
    """The right diagnoses, but for one report (counted from 1)."""
    return (*CAUSES[: place - 1], word, *CAUSES[place:])


six_reports = Bank(
    tasks.six_reports,
    solution=CAUSES,
    mistakes=[
        but(1, "late flag"),
        but(1, "misspelt flag"),
        but(1, "wrong layers"),
        but(1, "old optimizer"),
        but(2, "late flag"),
        but(2, "wrong layers"),
        but(2, "frozen clone"),
        but(3, "late flag"),
        but(3, "wrong rate"),
        but(4, "late flag"),
        but(4, "wrong layers"),
        but(4, "wrong list"),
        but(4, "misspelt flag"),
        but(5, "late flag"),
        but(5, "old optimizer"),
        but(5, "statistics"),
        but(6, "late flag"),
        but(6, "statistics"),
        but(6, "misspelt flag"),
        but(6, "wrong layers"),
        but(3, 4),
        CAUSES[::-1],
    ],
    variants=[
        tuple(cause.upper() for cause in CAUSES),
        tuple(cause.replace(" ", "_") for cause in CAUSES),
        tuple(np.str_(f" {cause}\n") for cause in CAUSES),
    ],
)

moved_arrays = Bank(
    tasks.moved_arrays,
    solution=(10, 10, 6, 4),
    mistakes=[
        (0, 10, 6, 4),
        (2, 10, 6, 4),
        (8, 10, 6, 4),
        (4, 10, 6, 4),
        (10, 2, 6, 4),
        (10, 0, 6, 4),
        (10, 8, 6, 4),
        (10, 4, 6, 4),
        (51, 10, 6, 4),
        (10, 10, 35, 4),
        (10, 10, 6, 16),
        (10, 10, 3, 4),
        (10, 10, 4, 4),
        (10, 10, 10, 4),
        (10, 10, 8, 4),
        (10, 10, 2, 4),
        (10, 10, 6, 2),
        (10, 10, 6, 10),
        (10, 10, 6, 8),
        (10, 10, 6, 6),
        (10, 10, 6, 0),
    ],
    variants=[
        (10.0, np.int64(10), np.array(6), 4),
        (ops.convert_to_tensor(10), 2 + 4 + 2 + 2, np.float32(6), 2 + 2),
        (5 * 2, 0xA, 6, ops.convert_to_tensor(4)),
    ],
)

# --- instruments --------------------------------------------------------------------------------

ODD = (("learned", False), ("frozen", True))


def odd_ones(movement, odd=ODD):
    return [change.path for change in movement.changes if (change.role, change.moved) in odd]


def returns_in_the_loop(movement):
    for change in movement.changes:
        if (change.role, change.moved) in ODD:
            return [change.path]
    return []


def overwrites(movement):
    found = []
    for change in movement.changes:
        if (change.role, change.moved) in ODD:
            found = [change.path]
    return found


def all_but_learned(movement):
    """Takes whatever is not learned for frozen."""
    return [c.path for c in movement.changes if (c.role == "learned") != c.moved]


def all_but_statistics_by_name(movement):
    odd = all_but_learned(movement)
    return [path for path in odd if not path.endswith(("moving_mean", "moving_variance"))]


def beyond_a_threshold(movement):
    return [c.path for c in movement.changes if (c.role, c.largest > 1e-4) in ODD]


contradictions = Bank(
    tasks.contradictions,
    solution=(odd_ones,),
    mistakes=[
        # ask: "*learned* but still, or *frozen* but moved"
        (lambda m: [c.path for c in m.changes if (c.role == "trainable") != c.moved],),
        (lambda m: [c.path for c in m.changes if c.role == "non-trainable" and c.moved],),
        # ask: "returns the list of the paths"
        (returns_in_the_loop,),
        (overwrites,),
        # ask: "(Statistics and other state may do"
        (all_but_learned,),
        (all_but_statistics_by_name,),
        (beyond_a_threshold,),
        (lambda m: odd_ones(m, (*ODD, ("other state", True))),),
        (lambda m: odd_ones(m, ODD[1:]),),
        (lambda m: odd_ones(m, ODD[:1]),),
        (lambda m: odd_ones(m, (("learned", True), ("frozen", False))),),
        (lambda m: odd_ones(m, (*ODD, ("learned", True))),),
        (lambda m: odd_ones(m, (*ODD, ("frozen", False))),),
        (lambda m: odd_ones(m, (*ODD, ("statistic", True))),),
        (lambda m: odd_ones(m, (*ODD, ("statistic", False))),),
        (lambda m: m.moved,),
        (lambda m: [],),
        (lambda m: [c for c in m.changes if (c.role, c.moved) in ODD],),
        (lambda m: len(odd_ones(m)),),
        (lambda m: bool(odd_ones(m)),),
        (lambda m: ", ".join(odd_ones(m)),),
        (lambda m: [path.rpartition("/")[2] for path in odd_ones(m)],),
        (lambda m: [path.rpartition("/")[0] for path in odd_ones(m)],),
        (lambda m: [c.path for c in m.changes if c.trainable and not c.moved],),
        (lambda m: filter(None, odd_ones(m)),),
    ],
    variants=[
        (lambda m: set(odd_ones(m)),),
        (lambda m: tuple(odd_ones(m)[::-1]),),
        (lambda m: np.array(odd_ones(m)),),
        (lambda m: {c.path: c.role for c in m.changes if (c.role, c.moved) in ODD},),
        (lambda m: 2 * odd_ones(m),),
        (
            lambda m: [
                c.path
                for c in m.changes
                if (c.role.value == "learned" and c.largest == 0)
                or (c.role.name == "FROZEN" and c.largest > 0)
            ],
        ),
    ],
)


def checked(roles=set.__ne__, moves=set.__ne__, *, fit=True, compiles=False, statistics=True):
    """A `first_no` with other comparisons, or with something left out."""

    def first_no(model, meant, x, y):
        if roles({weight.path for weight in model.trainable_weights}, set(meant)):
            return "role"
        before = snapshot(model)
        if compiles:
            model.compile("sgd", "mse")
        if fit:
            model.fit(x, y, verbose=0)
        movement = compare(before)
        before.restore()
        counted = [c for c in movement.changes if statistics or c.role == "learned"]
        moved = {change.path for change in counted if change.moved}
        return "movement" if moves(moved, set(meant)) else "fine"

    return first_no


def asks_layers(model, meant, x, y):
    if {w.path for layer in model.layers for w in layer.trainable_weights} != set(meant):
        return "role"
    return checked(roles=never)(model, meant, x, y)


def asks_weights(model, meant, x, y):
    if {weight.path for weight in model.weights if weight.trainable} != set(meant):
        return "role"
    return checked(roles=never)(model, meant, x, y)


def never(learned, meant):
    return False


def without_restore(model, meant, x, y):
    before = snapshot(model)
    answer = checked()(model, meant, x, y)
    if answer != "role":
        model.fit(x, y, verbose=0)
        compare(before)
    return answer


def restores_too_early(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    before.restore()
    return "fine" if set(compare(before).moved) == set(meant) else "movement"


def leaves_flags(model, meant, x, y):
    answer = checked()(model, meant, x, y)
    model.trainable = False
    return answer


def by_lists(model, meant, x, y):
    if [weight.path for weight in model.trainable_weights] != meant:
        return "role"
    return checked()(model, meant, x, y)


def on_a_clone(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    clone.compile("sgd", "mse")
    return checked()(clone, [weight.path for weight in clone.trainable_weights], x, y)


def by_values(model, meant, x, y):
    if sorted(weight.path for weight in model.trainable_weights) != sorted(meant):
        return "role"
    old = model.get_weights()
    model.fit(x, y, epochs=2, batch_size=4, verbose=0)
    pairs = zip(model.weights, old, model.get_weights(), strict=True)
    moved = sorted(weight.path for weight, a, b in pairs if not np.array_equal(a, b))
    model.set_weights(old)
    return "fine" if moved == sorted(meant) else "movement"


def by_ledger(model, meant, x, y):
    if {row.path for row in ledger(model).weights if row.role == "learned"} ^ set(meant):
        return np.str_("Role")
    before = snapshot(model)
    model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(8), verbose=0)
    still = set(compare(before).still)
    before.restore()
    right = still == {weight.path for weight in model.weights} - set(meant)
    return np.str_("Fine" if right else "Movement")


def movement_first(model, meant, x, y):
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    moved = set(compare(before).moved)
    before.restore()
    if moved != set(meant):
        return "movement"
    return "fine" if {w.path for w in model.trainable_weights} == set(meant) else "role"


def returns_before_restore(model, meant, x, y):
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    if set(compare(before).moved) != set(meant):
        return "movement"
    before.restore()
    return "fine"


def on_a_batch(model, meant, x, y):
    """As by hand, in a step of its own."""
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before = snapshot(model)
    sgd = keras.optimizers.SGD(0.01)
    with tf.GradientTape() as tape:
        loss = ops.mean((model(x, training=True) - y) ** 2)
    gradients = tape.gradient(loss, model.trainable_weights)
    sgd.apply(gradients, model.trainable_weights)
    moved = set(compare(before).moved)
    before.restore()
    return "fine" if moved == set(meant) else "movement"


first_no = Bank(
    tasks.first_no,
    solution=(checked(),),
    mistakes=[
        # ask: "if the model's trainable weights are not those that were meant"
        (checked(roles=set.__lt__),),
        (checked(roles=lambda a, b: not b <= a),),
        (asks_layers,),
        (asks_weights,),
        (movement_first,),
        # ask: "moves anything else than exactly those"
        (checked(moves=lambda a, b: not b <= a),),
        (on_a_batch,),
        (checked(moves=set.__eq__),),
        # ask: "every weight of the model has the value"
        (returns_before_restore,),
        (checked(roles=never),),
        (checked(roles=set.__gt__),),
        (checked(roles=lambda a, b: len(a) != len(b)),),
        (checked(moves=never),),
        (checked(fit=False),),
        (checked(compiles=True),),
        # ask: "included);"
        (checked(statistics=False),),
        (checked(moves=lambda a, b: not a <= b),),
        (checked(moves=lambda a, b: len(a) != len(b)),),
        (on_a_clone,),
        (by_lists,),
        (without_restore,),
        (restores_too_early,),
        (leaves_flags,),
        # ask: "else `"fine"`"
        (lambda *given: "fine",),
        (lambda *given: "movement",),
        (checked(lambda a, b: True),),
        (lambda *given: False,),
        (lambda model: "fine",),
    ],
    variants=[(by_values,), (by_ledger,), (lambda *given: checked()(*given).upper(),)],
)

# --- repairs ------------------------------------------------------------------------------------


def clone_of(teacher, *, values=True, flags=(False, True)):
    student = keras.models.clone_model(teacher)
    if values:
        student.set_weights(teacher.get_weights())
    for flag in flags:
        student.trainable = flag
    return student


def loop_thaws(teacher):
    student = clone_of(teacher, flags=())
    for layer in student.layers:
        layer.trainable = True
    return student


def thaws_teacher(teacher):
    teacher.trainable = True
    return clone_of(teacher, flags=())


def no_statistics(teacher):
    student = clone_of(teacher, values=False)
    learned = [weight for weight in teacher.weights if not weight.name.startswith("moving")]
    for mine, hers in zip(student.trainable_weights, learned, strict=True):
        mine.assign(hers)
    return student


def trains_student(teacher):
    student = clone_of(teacher)
    student.compile("sgd", "mse")
    student.fit(*tasks.examples(), verbose=0)
    return student


def swaps_arguments(teacher):
    student = clone_of(teacher, values=False)
    teacher.set_weights(student.get_weights())
    return student


def thaws_weights(teacher):
    student = clone_of(teacher, flags=())
    for layer in student._flatten_layers():
        off_and_on(layer)
    for weight in student.weights:
        weight.trainable = not weight.name.startswith("moving")
    return student


def off_and_on(layer):
    layer.trainable = False
    layer.trainable = True
    return layer


def thaws_base_only(teacher):
    student = copy.deepcopy(teacher)
    student.trainable = True
    for layer in student.get_layer("base")._flatten_layers():
        off_and_on(layer)
    student.get_layer("head").trainable = teacher.get_layer("head").trainable
    return student


def reloaded(teacher):
    with tempfile.TemporaryDirectory() as folder:
        teacher.save(f"{folder}/teacher.keras")
        return keras.models.load_model(f"{folder}/teacher.keras")


def loaded(teacher):
    student = reloaded(teacher)
    for layer in student._flatten_layers(include_self=False):
        layer.trainable = False
        layer.trainable = True
    student.trainable = True
    return student


def thawed_while_cloned(teacher):
    flags = [(layer, layer.trainable) for layer in teacher._flatten_layers()]
    off_and_on(teacher)
    student = clone_of(teacher, flags=())
    for layer, flag in flags:
        layer.trainable = flag
    for layer, flag in flags[::-1]:
        layer.trainable = flag
    return student


def halves(teacher):
    """Copies half of the values."""
    student = clone_of(teacher, values=False)
    pairs = list(zip(student.weights, teacher.weights))
    for mine, hers in pairs[: len(pairs) // 2]:
        mine.assign(hers)
    return student


def wraps(teacher):
    student = keras.Model(teacher.inputs, teacher.outputs)
    return off_and_on(student)


def copies_what_is_trainable(teacher):
    student = clone_of(teacher, values=False)
    for mine, hers in zip(student.trainable_weights, teacher.trainable_weights):
        mine.assign(hers)
    return student


def rebuilt(teacher):
    student = type(teacher).from_config(teacher.get_config())
    for layer in student._flatten_layers():
        off_and_on(layer)
    for mine, hers in zip(student.weights, teacher.weights, strict=True):
        mine.assign(hers.numpy())
    student.compile("adam", "mse")
    return student


def thaws_one_level(teacher):
    """Right for a base; a base in the base stays frozen."""
    student = clone_of(teacher, flags=(True,))
    for layer in student.layers:
        for inner in getattr(layer, "layers", []):
            inner.trainable = True
        layer.trainable = True
    return student


student = Bank(
    tasks.student,
    solution=(clone_of,),
    mistakes=[
        # ask: "with the teacher's answers"
        (lambda t: clone_of(t, values=False),),
        (copies_what_is_trainable,),
        (halves,),
        # ask: "all of whose"
        (thaws_one_level,),
        (lambda t: clone_of(t, flags=()),),
        (lambda t: clone_of(t, flags=(False,)),),
        (loop_thaws,),
        (lambda t: off_and_on(copy.deepcopy(t)),),
        (lambda t: off_and_on(reloaded(t)),),
        (thaws_base_only,),
        (lambda t: tasks.network(),),
        # ask: "The teacher's values and flags stay."
        (thaws_teacher,),
        (wraps,),
        (no_statistics,),
        (trains_student,),
        (swaps_arguments,),
        (lambda t: t,),
        (lambda t: keras.Sequential([keras.Input((4,)), t]),),
        (lambda t: clone_of(t).get_layer("base"),),
        (lambda t: t.get_weights(),),
        (lambda: 1,),
    ],
    variants=[
        (lambda t: thaws_base_only(off_and_on(copy.deepcopy(t))),),
        (thaws_weights,),
        (loaded,),
        (thawed_while_cloned,),
        (rebuilt,),
    ],
)


def layer_class(compute=lambda layer, numbers: numbers / layer.temperature, make=None, **options):
    """The class of a layer that divides by its temperature, unless told otherwise."""
    options = {"shape": (), "initializer": keras.initializers.Constant(2.0)} | options

    class Temperature(layers.Layer):
        def build(self, input_shape):
            self.temperature = make() if make else self.add_weight(name="temperature", **options)

        def call(self, numbers):
            return compute(self, numbers)

    return Temperature


def in_a_lambda():
    temperature = keras.Variable(2.0)
    return layers.Lambda(lambda numbers: numbers / temperature)


def updates_itself(layer, numbers):
    layer.temperature.assign(layer.temperature * 0.999999)
    return numbers / layer.temperature


class MadeAtOnce(layers.Layer):
    def __init__(self):
        super().__init__()
        self.temperature = self.add_weight(shape=(), initializer=2.0)


class OfTheClass(layers.Layer):
    number = keras.Variable(2.0)

    def call(self, numbers):
        return numbers / self.number


class Shared(layers.Layer):
    number = keras.Variable(2.0)

    def __init__(self):
        super().__init__()
        self.temperature = self.number

    def call(self, numbers):
        return numbers / self.temperature


def frozen_at_once():
    layer = layer_class()()
    layer.trainable = False
    return layer


class ForgetsWhenFrozen(layer_class()):
    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if name == "trainable" and not value:
            self.temperature.assign(2.0)


ONE_LAYER = layer_class()()

temperature = Bank(
    tasks.temperature,
    solution=(layer_class(),),
    mistakes=[
        # ask: "returns a new layer each time"
        (Shared,),
        # ask: "it divides its input by one number"
        (
            layer_class(
                lambda layer, numbers: numbers * layer.temperature,
                initializer=keras.initializers.Constant(0.5),
            ),
        ),
        (
            layer_class(
                lambda layer, numbers: numbers * ops.exp(-layer.temperature),
                initializer=keras.initializers.Constant(float(np.log(2))),
            ),
        ),
        (layer_class(lambda layer, n: n / layer.temperature**2),),
        (layer_class(lambda layer, n: ops.softmax(n / layer.temperature)),),
        (layer_class(lambda layer, n: ops.abs(n) / layer.temperature),),
        # ask: "which is learned"
        (frozen_at_once,),
        (in_a_lambda,),
        (OfTheClass,),
        (layer_class(make=lambda: keras.Variable(2)),),
        (layer_class(make=lambda: tf.Variable(2.0)),),
        (layer_class(make=lambda: 2.0),),
        (layer_class(trainable=False),),
        # ask: "at the start"
        (layer_class(initializer=None),),
        (layer_class(initializer="ones"),),
        (layer_class(initializer="zeros"),),
        (layer_class(initializer=keras.initializers.Constant(0.5)),),
        (layer_class(shape=(4,)),),
        (layer_class(lambda layer, numbers: numbers * layer.temperature),),
        (layer_class(lambda layer, numbers: numbers - layer.temperature),),
        (layer_class(lambda layer, numbers: numbers / 2),),
        (layer_class(lambda layer, n: n / ops.stop_gradient(layer.temperature)),),
        (layer_class(lambda layer, numbers: ops.sum(numbers) / layer.temperature),),
        # ask: "obeys the layer's `trainable` flag"
        (layer_class(updates_itself),),
        (lambda: layers.Dense(4),),
        (lambda: layers.Rescaling(0.5),),
        (lambda: ONE_LAYER,),
        (lambda: layer_class(),),
        (lambda: "a layer",),
        (ONE_LAYER,),
        (layer_class(initializer=2.0),),
        (MadeAtOnce,),
        # ask: "while the layer is frozen, it goes on dividing by what has been learned until then"
        (layer_class(lambda layer, n: n / (layer.temperature if layer.trainable else 2)),),
        (ForgetsWhenFrozen,),
    ],
    variants=[
        (layer_class(shape=(1,)),),
        (layer_class(make=lambda: keras.Variable(2.0, name="temperature")),),
        (layer_class(initializer=lambda shape, dtype=None: 2 * ops.ones(shape, dtype)),),
        (layer_class(lambda layer, n: n * ops.reciprocal(layer.temperature)),),
    ],
)


def adamw(**options):
    return keras.optimizers.AdamW(**{"learning_rate": 0.01, "weight_decay": 0.5, **options})


def side_by_side(
    column, *, known=None, set_values=True, order=(0, 1), free=2, optimizer=None, frozen=False
):
    """A frozen Dense(1) beside a Dense(2), unless told otherwise."""
    inputs = keras.Input((4,))
    known = layers.Dense(1, **{"use_bias": False, "trainable": False, **(known or {})})
    parts = [known(inputs), layers.Dense(free)(inputs)]
    model = keras.Model(inputs, layers.Concatenate()([parts[k] for k in order]))
    if set_values:
        known.kernel.assign(np.reshape(column, (4, 1)))
    if frozen:
        model.trainable = False
    model.compile(optimizer or adamw(), "mse")
    return model


def uncompiled(column):
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(3)(inputs))


class HalfFixed(layers.Dense):
    def call(self, inputs):
        fixed = ops.stop_gradient(self.kernel[:, :1])
        return inputs @ ops.concatenate([fixed, self.kernel[:, 1:]], axis=1)


def half_fixed(column, layer=HalfFixed, optimizer=None, **options):
    layer = layer(3, use_bias=False, **options)
    model = keras.Sequential([keras.Input((4,)), layer])
    kernel = layer.get_weights()[0]
    kernel[:, 0] = column
    layer.set_weights([kernel])
    model.compile(optimizer or adamw(), "mse")
    return model


def excluded(column):
    optimizer = adamw()
    optimizer.exclude_from_weight_decay(var_names=["kernel"])
    return half_fixed(column, optimizer=optimizer)


def constrained(column):
    class Keep(keras.constraints.Constraint):
        def __call__(self, kernel):
            return ops.concatenate([column[:, None], kernel[:, 1:]], axis=1)

    return half_fixed(column, layers.Dense, kernel_constraint=Keep())


def by_formula(column):
    inputs = keras.Input((4,))
    first = ops.sum(inputs * column, axis=1, keepdims=True)
    model = keras.Model(inputs, layers.Concatenate()([first, layers.Dense(2)(inputs)]))
    model.compile(adamw(), "mse")
    return model


def subclassed(column):
    class Both(keras.Model):
        def __init__(self):
            super().__init__()
            self.known = layers.Dense(1, use_bias=False, trainable=False)
            self.known.build((None, 4))
            self.known.set_weights([column.reshape(4, 1)])
            self.free = layers.Dense(2)

        def call(self, inputs):
            return ops.concatenate([self.known(inputs), self.free(inputs)], axis=1)

    model = Both()
    model.compile(adamw(), "mse")
    return model


def with_flag_of_the_weight(column):
    model = side_by_side(column, known={"trainable": True})
    model.weights[0].trainable = False
    return model


def kernel_alone(column):
    """The bias of the first output learns."""
    model = side_by_side(column, known={"use_bias": True, "trainable": True})
    model.weights[0].trainable = False
    model.compile(adamw(), "mse")
    return model


def decay_replaced(column):
    optimizer = adamw()
    optimizer._apply_weight_decay = lambda variables: None
    return half_fixed(column, optimizer=optimizer)


def nothing_learns(column):
    """The other two lose their gradients as well, and only decay."""
    inputs = keras.Input((4,))
    known = layers.Dense(1, use_bias=False, trainable=False)
    parts = [known(inputs), layers.Dense(2)(inputs)]
    outputs = layers.Lambda(ops.stop_gradient, output_shape=(3,))(layers.Concatenate()(parts))
    model = keras.Model(inputs, outputs)
    known.kernel.assign(np.reshape(column, (4, 1)))
    model.compile(adamw(), "mse")
    return model


fixed_column = Bank(
    tasks.fixed_column,
    solution=(side_by_side,),
    mistakes=[
        # ask: "however long the model is trained"
        (half_fixed,),
        (kernel_alone,),
        (lambda c: half_fixed(c, optimizer=adamw(learning_rate=1e-7)),),
        (lambda c: half_fixed(c, layers.Dense),),
        (lambda c: side_by_side(c, known={"trainable": True}),),
        (lambda c: side_by_side(c, known={"use_bias": True, "bias_initializer": "ones"}),),
        # ask: "The first output is always `inputs @ column`"
        (lambda c: side_by_side(c, set_values=False),),
        (lambda c: side_by_side(c[::-1]),),
        (lambda c: side_by_side([0.5, 2, -1, 1]),),
        (lambda c: side_by_side(c, known={"activation": "relu"}),),
        (lambda c: side_by_side(c, order=(1, 0)),),
        # ask: "with 3 outputs"
        (lambda c: side_by_side(c, free=1),),
        # ask: "the other two learn"
        (lambda c: side_by_side(c, frozen=True),),
        (nothing_learns,),
        # ask: "The optimizer stays AdamW with"
        (lambda c: side_by_side(c, optimizer=keras.optimizers.Adam(0.01)),),
        (lambda c: side_by_side(c, optimizer=keras.optimizers.AdamW(0.5)),),
        (decay_replaced,),
        (lambda c: side_by_side(c, optimizer=adamw(weight_decay=0.0)),),
        (lambda c: half_fixed(c, optimizer=adamw(weight_decay=1e-7)),),
        (lambda c: half_fixed(c, optimizer=adamw(learning_rate=0.0)),),
        (lambda c: side_by_side(c, optimizer=adamw(learning_rate=-0.01)),),
        # ask: "returns a compiled model"
        (uncompiled,),
        (lambda c: HalfFixed(3, name="half_fixed"),),
    ],
    variants=[
        (excluded,),
        (constrained,),
        (by_formula,),
        (subclassed,),
        (with_flag_of_the_weight,),
    ],
)

gentle_proof = Bank(
    tasks.gentle_proof,
    solution=("EHCDAF",),
    mistakes=[
        ("EHDAF",),
        ("BHCDAF",),
        ("HCDAF",),
        ("EHGDAF",),
        ("EHCIAF",),
        ("HECDAF",),
        ("ECDAF",),
        ("ECDAHF",),
        ("DAEHCF",),
        ("EHDACF",),
        ("EHCADF",),
        ("EHCDFA",),
        ("EHCDF",),
        ("EHCDA",),
        ("HDAF",),
        ("BDAHF",),
        ("EHCAF",),
        ("EHCDAFB",),
        ("EHCDAFF",),
        ("XYZ",),
    ],
    variants=[("DEHCAF",), ("e, h, d, c, a, f",), (list("EDHCAF"),), ("CEHDAF",)],
)

# --- the capstone -------------------------------------------------------------------------------


def of_block_c(name):
    return name == "head" or name.startswith("conv_c")


def fine_tune(model, images, labels, *, learns=of_block_c, rate=0.002, epochs=8, late=False):
    if late:
        model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
        model.fit(images[:40], labels[:40], batch_size=20, verbose=0)
    for layer in model.layers:
        layer.trainable = learns(layer.name)
    adam = keras.optimizers.Adam(rate)
    if not late:
        model.compile(adam, "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(images, labels, batch_size=20, epochs=epochs, verbose=0)
    return model


def briefly(**options):
    return lambda model, images, labels: fine_tune(model, images, labels, epochs=1, **options)


def a_clone(model, images, labels):
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    return clone


def a_new_head(model, images, labels):
    outputs = layers.Dense(10, activation="softmax")(model.get_layer("pool").output)
    return keras.Model(model.input, outputs)


def vetoed(model, images, labels):
    model.trainable = False
    for layer in model.layers:
        if of_block_c(layer.name):
            layer.trainable = True
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(images, labels, batch_size=20, verbose=0)
    return model


def shuffled_labels(model, images, labels):
    return fine_tune(model, images, np.roll(labels, 1), epochs=3)


def to_nan(model, images, labels):
    return fine_tune(model, images * np.float32("nan"), labels, epochs=1)


def too_fast(model, images, labels):
    return fine_tune(model, images, labels, rate=0.03, epochs=15)


def always_three(model, images, labels):
    """Moves what should move, and says "three" to everything."""
    for layer in model.layers:
        if of_block_c(layer.name):
            layer.set_weights([value * 0 for value in layer.get_weights()])
    model.get_layer("head").bias.assign(np.eye(10)[3])
    return model


def two_phases(model, images, labels):
    fine_tune(model, images, labels, learns=lambda name: name == "head", rate=0.01, epochs=3)
    return fine_tune(model, images, labels)


def gamma_and_beta_too(model, images, labels):
    for layer in model.layers:
        layer.trainable = of_block_c(layer.name)
        if layer.name.startswith("norm_c"):
            layer.gamma.trainable = layer.beta.trainable = True
    adam = keras.optimizers.Adam(0.002)
    model.compile(adam, "categorical_crossentropy", jit_compile=False)
    model.fit(images, np.eye(10)[labels], batch_size=20, epochs=8, verbose=0)
    return keras.Sequential([keras.Input((28, 28, 1)), model])


def by_hand(model, images, labels):
    weights = [w for layer in model.layers if of_block_c(layer.name) for w in layer.weights]
    adam = keras.optimizers.Adam(0.002)
    adam.build(weights)

    @tf.function
    def step(some, answers):
        with tf.GradientTape() as tape:
            said = model(some, training=False)
            loss = ops.mean(keras.losses.sparse_categorical_crossentropy(answers, said))
        adam.apply(tape.gradient(loss, weights), weights)

    for _ in range(8):
        for start in range(0, 100, 20):
            step(*(tf.constant(each[start : start + 20]) for each in (images, labels)))
    return model


capstone = Bank(
    tasks.capstone,
    solution=(fine_tune,),
    mistakes=[
        (lambda model, images, labels: model,),
        (briefly(rate=0.0),),
        (vetoed,),
        # ask: "No statistic moves"
        (briefly(late=True),),
        (briefly(learns=lambda name: name == "head" or "_c" in name),),
        # ask: "do not move"
        (briefly(learns=lambda name: of_block_c(name) or name == "conv1"),),
        # ask: "All convolutions of block c"
        (briefly(learns=lambda name: name == "head"),),
        (briefly(learns=lambda name: of_block_c(name) and name != "conv_c_pool"),),
        # ask: "at most 25,000 numbers"
        (briefly(learns=lambda name: of_block_c(name) or name.startswith("conv_b")),),
        # ask: "*unseen* new digits are read correctly"
        (briefly(rate=1e-7),),
        (always_three,),
        (shuffled_labels,),
        (to_nan,),
        # ask: "*old* digits still are"
        (too_fast,),
        # ask: "tunes the model it is given"
        (a_clone,),
        (a_new_head,),
        # ask: "and returns it"
        (lambda model, images, labels: model.count_params(),),
        (lambda model, images, labels: model.get_layer("pool"),),
    ],
    variants=[(two_phases,), (gamma_and_beta_too,), (by_hand,)],
)
