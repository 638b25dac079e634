# %% frozen_middle wrong: thinks that backpropagation stops at the frozen layer, so only the last layer's two arrays move
moved = 2

# %% frozen_middle wrong: thinks that freezing holds the kernel only, the frozen layer's bias moves on
arrays = ["kernel", "bias"] * 3
moved = len(arrays) - 1

# %% frozen_middle wrong: thinks that every weight with a gradient that is not zero moves, frozen or not
has_gradient = [True] * 6
moved = sum(has_gradient)

# %% frozen_middle wrong: gives the names of the arrays that move instead of how many they are
moved = ["first/kernel", "first/bias", "third/kernel", "third/bias"]

# %% frozen_middle right: counted in an experiment, as a NumPy integer
tower = keras.Sequential([keras.Input((3,)), *(layers.Dense(4) for _ in range(3))])
tower.layers[1].trainable = False
tower.compile("sgd", "mse")
old = tower.get_weights()
tower.fit(np.ones((8, 3)), np.full((8, 4), 3.0), verbose=0)
moved = np.sum([np.any(a != b) for a, b in zip(old, tower.get_weights())])

# %% frozen_middle right: a float, two thirds of six
moved = 6 * 2 / 3

# %% frozen_middle cheat: an int subclass that equals every number
class Whatever(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__


moved = Whatever(0)

# %% walled wrong: thinks that the wall also takes the weights before it off the list, as a freeze does
moved = 2
trainable = 2

# %% walled wrong: thinks that a wall stops its own layer only, which has no weights, so everything moves
moved = 6
trainable = 6

# %% walled wrong: takes the wall for a frozen layer, only the layer directly before it stands still
moved = 4
trainable = 6

# %% walled wrong: a slip, the two numbers are swapped
moved, trainable = 6, 2

# %% walled wrong: counts the layers instead of the arrays in model.trainable_weights
moved = 2
trainable = len([layers.Dense(3), layers.Dense(3), layers.Dense(3)])

# %% walled right: experiment with a Lambda layer as the wall in a functional model
import warnings

start_here = keras.Input((3,))
out = layers.Dense(4)(layers.Dense(4)(start_here))
out = layers.Dense(2)(layers.Lambda(keras.ops.stop_gradient)(out))
wall_model = keras.Model(start_here, out)
wall_model.compile("sgd", "mse")
old = wall_model.get_weights()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    wall_model.fit(np.ones((8, 3)), np.full((8, 2), 3.0), verbose=0)
moved = sum(1 for a, b in zip(old, wall_model.get_weights()) if (a != b).any())
trainable = len(wall_model.trainable_weights)

# %% walled right: NumPy integers unpacked from a product
moved, trainable = np.array([1, 3]) * 2

# %% moved_by wrong: keeps the list of variables instead of copies, compares each one with itself
def moved_paths(model, act):
    before = list(model.weights)
    act(model)
    return [
        new.path
        for new, old in zip(model.weights, before)
        if not np.array_equal(new.numpy(), old.numpy())
    ]

# %% moved_by wrong: looks at the trainable weights only, so BatchNormalization's statistics (or what is frozen) can move unseen
def moved_paths(model, act):
    watched = model.trainable_weights
    before = [weight.numpy() for weight in watched]
    act(model)
    return [w.path for w, old in zip(watched, before) if not np.array_equal(w.numpy(), old)]

# %% moved_by wrong: compares with a tolerance (np.allclose), so that small changes do not count
def moved_paths(model, act):
    before = model.get_weights()
    act(model)
    after = model.get_weights()
    return [w.path for w, a, b in zip(model.weights, before, after) if not np.allclose(a, b)]

# %% moved_by right: takes all that compare reports, which has variables that are no weights in it, such as Dropout's seed state
def moved_paths(model, act):
    before = snapshot(model)
    act(model)
    return compare(before).moved

# %% moved_by wrong: forgets the absolute value, sees a weight only if one of its numbers has grown
def moved_paths(model, act):
    before = {id(weight): weight.numpy().astype("float64") for weight in model.weights}
    act(model)
    return [
        weight.path
        for weight in model.weights
        if np.max(weight.numpy().astype("float64") - before[id(weight)], initial=0) > 0
    ]

# %% moved_by right: the course's tools, filtered to the weights, in the order of the alphabet
def moved_paths(model, act):
    before = snapshot(model)
    act(model)
    return sorted({weight.path for weight in model.weights} & set(compare(before).moved))

# %% moved_by right: a generator inside, tensors instead of NumPy, from the last weight to the first
def moved_paths(model, act):
    def watch():
        pairs = [(w, keras.ops.copy(w.value)) for w in reversed(model.weights)]
        act(model)
        for weight, old in pairs:
            if bool(keras.ops.any(keras.ops.not_equal(weight.value, old))):
                yield weight.path

    return list(watch())

# %% moved_by right: a class with __call__ that compares the raw bytes
class Detective:
    def __call__(self, model, act):
        weights = model.weights
        notes = [weight.numpy().tobytes() for weight in weights]
        act(model)
        return [w.path for w, note in zip(weights, notes) if w.numpy().tobytes() != note]


moved_paths = Detective()

# %% moved_by cheat: a list subclass that says it equals every list (and a str subclass in it)
class YesString(str):
    __hash__ = str.__hash__

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


class YesList(list):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __contains__(self, item):
        return True


def moved_paths(model, act):
    act(model)
    return YesList([YesString("kernel")])

# %% two_switches wrong: thinks that freezing puts every layer into inference mode, Dropout too
frozen_dropout = "passes on"
frozen_batchnorm = "moving"
batchnorm_in_inference = "gamma and beta"

# %% two_switches wrong: thinks that training=True wins over the flag in BatchNormalization too, as before TensorFlow 2
frozen_dropout, frozen_batchnorm = "drops", "batch"
batchnorm_in_inference = "gamma and beta"

# %% two_switches wrong: thinks that nothing learns in a call with training=False
frozen_dropout, frozen_batchnorm, batchnorm_in_inference = "drops", "moving", "nothing"

# %% two_switches wrong: thinks that trainable alone decides, so an unfrozen BatchNormalization moves all four even with training=False
frozen_dropout = "drops"
frozen_batchnorm = "moving"
batchnorm_in_inference = "all four"

# %% two_switches wrong: answers in words of its own, "moving statistics" and "gamma, beta" are not words offered
frozen_dropout = "drops"
frozen_batchnorm = "moving statistics"
batchnorm_in_inference = "gamma, beta"

# %% two_switches right: found by experiments, the words picked by what was seen
batch = np.arange(32, dtype="float32").reshape(8, 4) + 1
drop = layers.Dropout(0.5, seed=3)
drop.trainable = False
same = np.array_equal(drop(batch, training=True), batch)
frozen_dropout = ("drops", "passes on")[same]

norm = layers.BatchNormalization(trainable=False)
centred = np.allclose(np.mean(norm(batch, training=True), axis=0), 0, atol=1e-3)
frozen_batchnorm = "batch" if centred else "moving"

free = layers.BatchNormalization()
free.build((None, 4))
old = free.get_weights()
with tf.GradientTape() as tape:
    loss = tf.reduce_mean((free(batch, training=False) - 5) ** 2)
keras.optimizers.SGD(0.1).apply(tape.gradient(loss, free.trainable_weights), free.trainable_weights)
changed = tuple(bool((a != b).any()) for a, b in zip(old, free.get_weights()))
batchnorm_in_inference = {
    (True, True, False, False): "gamma and beta",
    (False, False, True, True): "moving mean and variance",
    (True, True, True, True): "all four",
    (False, False, False, False): "nothing",
}[changed]

# %% two_switches right: NumPy strings, picked out of the offered words by their positions
offered = np.array(
    ["drops", "passes on", "batch", "moving", "gamma and beta", "all four", "nothing"]
)
frozen_dropout, frozen_batchnorm, batchnorm_in_inference = offered[[0, 3, 4]]

# %% penalties wrong: thinks that freezing leaves the loss alone, since no weight changes
loss_free = 0.5 * (5 * 4) + 0.5 * (4 * 1)
loss_frozen = loss_free

# %% penalties wrong: forgets the factor of L2(0.5), takes the plain sum of squares
loss_free = 5 * 4 + 4 * 1
loss_frozen = 4 * 1

# %% penalties wrong: takes off the wrong one, keeps the penalty of the frozen kernel and drops that of the free one
first, second = 0.5 * 20, 0.5 * 4
loss_free = first + second
loss_frozen = first

# %% penalties wrong: the textbook's half times lambda, halves the penalty once more
rate = 0.5
loss_free = rate / 2 * 20 + rate / 2 * 4
loss_frozen = rate / 2 * 4

# %% penalties wrong: thinks that evaluate reports the error only, penalties belong to training
loss_free = 0.0
loss_frozen = 0.0

# %% penalties right: tensors that Keras's own regulariser gives for arrays of ones
l2 = keras.regularizers.L2(0.5)
loss_frozen = l2(keras.ops.ones((4, 1)))
loss_free = loss_frozen + l2(keras.ops.ones((5, 4)))

# %% penalties right: experiment with a functional model, evaluate's own floats
ones = dict(kernel_initializer="ones", kernel_regularizer=keras.regularizers.L2(0.5))
five = keras.Input((5,))
lower, upper = layers.Dense(4, **ones), layers.Dense(1, **ones)
weighed = keras.Model(five, upper(lower(five)))
losses = []
for flag in (True, False):
    lower.trainable = flag
    weighed.compile(loss="mse")
    losses.append(weighed.evaluate(np.zeros((6, 5)), np.zeros((6, 1)), verbose=0))
loss_free, loss_frozen = losses

# %% penalties right: exact fractions
from fractions import Fraction

loss_free, loss_frozen = (Fraction(1, 2) * ones_in_kernels for ones_in_kernels in (20 + 4, 4))

# %% step_repaired wrong: calls model(x) without training=True, so BatchNormalization's statistics and Dropout act as in inference
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()(y, model(x)) + sum(model.losses)
    weights = model.trainable_weights
    if weights:
        keras.optimizers.SGD(0.1).apply(tape.gradient(loss, weights), weights)

# %% step_repaired right: repairs the list only, leaves out the penalties (model.losses) that fit adds to the loss
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()(y, model(x, training=True))
    weights = model.trainable_weights
    if weights:
        keras.optimizers.SGD(0.1).apply(tape.gradient(loss, weights), weights)

# %% step_repaired wrong: goes by the flags of the top layers and takes all their weights, so a frozen layer in a model inside is moved
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()(y, model(x, training=True)) + sum(model.losses)
    chosen = [w for layer in model.layers if layer.trainable for w in layer.weights]
    gradients = tape.gradient(loss, chosen)
    pairs = [(g, w) for g, w in zip(gradients, chosen) if g is not None]
    if pairs:
        keras.optimizers.SGD(0.1).apply_gradients(pairs)

# %% step_repaired wrong: moves everything and puts all non-trainable weights back, which undoes BatchNormalization's own update of its statistics
def step(model, x, y):
    kept = [(weight, weight.numpy()) for weight in model.non_trainable_weights]
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()(y, model(x, training=True)) + sum(model.losses)
    gradients = tape.gradient(loss, model.weights)
    pairs = [(g, w) for g, w in zip(gradients, model.weights) if g is not None]
    if pairs:
        keras.optimizers.SGD(0.1).apply_gradients(pairs)
    for weight, value in kept:
        weight.assign(value)

# %% step_repaired wrong: leaves it to fit with its batches of 32, which makes several steps of more than 32 examples
def step(model, x, y):
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    model.fit(x, y, epochs=1, verbose=0)

# %% step_repaired wrong: changes copies in the PyTorch way (w = w - rate * g binds a name), so nothing is moved by the gradients
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()(y, model(x, training=True)) + sum(model.losses)
    weights = model.trainable_weights
    for w, g in zip(weights, tape.gradient(loss, weights)):
        if g is not None:
            w = w - 0.1 * g

# %% step_repaired right: leaves everything to Keras, compile and train_on_batch
def step(model, x, y):
    model.compile(keras.optimizers.SGD(learning_rate=0.1), loss=keras.losses.MeanSquaredError())
    return model.train_on_batch(x, y)

# %% step_repaired right: a tape that watches only what is trainable, in a class with one method per phase
class Stepper:
    def __init__(self, rate):
        self.rate = rate

    def loss(self, model, x, y):
        error = keras.losses.MeanSquaredError()(y, model(x, training=True))
        return keras.ops.sum([error, *model.losses])

    def __call__(self, model, x, y):
        variables = list(model.trainable_variables)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for variable in variables:
                tape.watch(variable.value)
            loss = self.loss(model, x, y)
        if variables:
            pairs = zip(tape.gradient(loss, variables), variables)
            reached = [(g, v) for g, v in pairs if g is not None]
            if reached:
                keras.optimizers.SGD(self.rate).apply_gradients(reached)


step = Stepper(0.1)

# %% step_repaired right: fit itself with the whole data as one batch, in a lambda
step = lambda model, x, y: (
    model.compile(keras.optimizers.SGD(0.1), "mse"),
    model.fit(x, y, batch_size=len(x), epochs=1, shuffle=False, verbose=0),
)[1]

# %% step_repaired cheat: runs the broken step and puts back only the layer named "hidden" of the example
def step(model, x, y):
    try:
        hidden = model.get_layer("hidden")
    except ValueError:
        hidden = None
    kept = hidden.get_weights() if hidden is not None else []
    step_broken(model, x, y)
    if hidden is not None:
        hidden.set_weights(kept)

# %% adam_and_cost wrong: thinks that the cost goes by the count of trained layers, so top and bottom cost the same
kept_for_top = kept_for_bottom = 2 * 110 + 2
cheaper = "same"

# %% adam_and_cost wrong: forgets the two numbers that Adam keeps of its own, step count and learning rate
kept_for_top = 2 * (10 * 10 + 10)
kept_for_bottom = 2 * (10 * 10 + 10)
cheaper = "top"

# %% adam_and_cost wrong: thinks that Adam keeps numbers for every layer that the gradient passes through, frozen or not
kept_for_top = 2 * 110 + 2
kept_for_bottom = 2 * 6 * 110 + 2
cheaper = "top"

# %% adam_and_cost wrong: thinks that Adam keeps numbers for the whole model, frozen layers included
kept_for_top = kept_for_bottom = 2 * 6 * (10 * 10 + 10) + 2
cheaper = "top"

# %% adam_and_cost wrong: thinks that the bottom is cheaper, since no gradient is passed on below it, and overlooks the five layers above
kept_for_top = kept_for_bottom = 2 * (100 + 10) + 2
cheaper = "bottom"

# %% adam_and_cost right: measured with real optimizers, and the products counted by a rule
def kept(trained):
    stack = keras.Sequential([keras.Input((10,)), *(layers.Dense(10) for _ in range(6))])
    for position, layer in enumerate(stack.layers):
        layer.trainable = position == trained
    adam = keras.optimizers.Adam()
    adam.build(stack.trainable_variables)
    return sum(np.prod(variable.shape, dtype=int) for variable in adam.variables)


kept_for_top, kept_for_bottom = kept(5), kept(0)
products = {"top": 6 + 1 + 0, "bottom": 6 + 1 + 5}
cheaper = min(products, key=products.get)

# %% adam_and_cost right: floats and a NumPy string
kept_for_top = kept_for_bottom = 1 + 1 + 110 * 2.0
cheaper = np.str_("top")

# %% frozen_middle wrong: believes both that the gradient stops at the frozen kernel and that the frozen layer's bias, which comes before that stop, still learns
last_layer = ["kernel", "bias"]
middle_layer = ["bias"]
moved = len(last_layer) + len(middle_layer)

# %% frozen_middle right: not reasoned but measured in a real fit; a NumPy integer
tower = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(5), layers.Dense(2)])
tower.layers[1].trainable = False
tower.compile(keras.optimizers.SGD(0.01), "mse")
old = tower.get_weights()
tower.fit(
    np.random.default_rng(0).uniform(1, 2, (16, 6)), np.full((16, 2), 9.0), batch_size=16, verbose=0
)
moved = np.sum([not np.array_equal(a, b) for a, b in zip(old, tower.get_weights())])

# %% walled wrong: has the gradient run from the input to the output, so that the two layers before the wall learn and the one behind it does not
reached_before_the_wall = ["first", "second"]
moved = 2 * len(reached_before_the_wall)
trainable = 2 * 3

# %% walled wrong: believes that the wall cuts the loss off from the whole model, so that nothing moves at all
moved = 0
trainable = 6

# %% walled right: counts the gradients that are not None on a tape instead of training
class StopHere(layers.Layer):
    def call(self, inputs):
        return keras.ops.stop_gradient(inputs)


tower = keras.Sequential(
    [keras.Input((6,)), layers.Dense(5), layers.Dense(5), StopHere(), layers.Dense(2)]
)
with tf.GradientTape() as tape:
    loss = keras.ops.mean((tower(np.ones((4, 6), "float32")) - 9.0) ** 2)
gradients = tape.gradient(loss, tower.trainable_weights)
moved = sum(each is not None for each in gradients)
trainable = len(gradients)

# %% moved_by wrong: counts an array as changed only if every one of its numbers changed
def moved_paths(model, act):
    before = model.get_weights()
    act(model)
    return [
        weight.path
        for weight, old in zip(model.weights, before)
        if np.all(weight.numpy() != old)
    ]

# %% moved_by wrong: pairs old and new by the lists of trainable and non-trainable weights, which change places if act freezes or thaws something
def moved_paths(model, act):
    before = [w.numpy() for w in model.trainable_weights + model.non_trainable_weights]
    act(model)
    after = model.trainable_weights + model.non_trainable_weights
    return [w.path for w, old in zip(after, before) if not np.array_equal(w.numpy(), old)]

# %% moved_by wrong: compares only the sum of each array, which stays the same if its numbers change places or the changes cancel out
def moved_paths(model, act):
    before = {weight.path: weight.numpy().sum() for weight in model.weights}
    act(model)
    return [weight.path for weight in model.weights if weight.numpy().sum() != before[weight.path]]

# %% moved_by right: the paths come in alphabetical order, not in the model's
def moved_paths(model, act):
    kept = [(weight, np.array(weight.numpy(), copy=True)) for weight in model.weights]
    act(model)
    return sorted(weight.path for weight, old in kept if (weight.numpy() != old).any())

# %% two_switches wrong: believes that both switches must be on: a layer computes and learns as in training only if trainable and training are True
frozen_dropout = "passes on"
frozen_batchnorm = "moving"
batchnorm_in_inference = "nothing"

# %% two_switches wrong: believes that the argument training alone decides, about computing and about learning
frozen_dropout = "drops"
frozen_batchnorm = "batch"
batchnorm_in_inference = "nothing"

# %% two_switches wrong: mixes up which pair follows which switch: takes it that inference works with the moving statistics and therefore updates these
frozen_dropout = "drops"
frozen_batchnorm = "moving"
batchnorm_in_inference = "moving mean and variance"

# %% two_switches right: all three words come out of experiments, the last one put together from the names of what moved
batch = np.arange(32, dtype="float32").reshape(8, 4)
dropped = np.array(layers.Dropout(0.5, seed=1, trainable=False)(batch + 1, training=True))
frozen_dropout = "drops" if (dropped == 0).any() else "passes on"

normed = np.array(layers.BatchNormalization(trainable=False)(batch, training=True))
frozen_batchnorm = "moving" if np.allclose(normed, batch, rtol=0.01) else "batch"

free = layers.BatchNormalization()
free.build((None, 4))
kept = [np.array(weight.numpy(), copy=True) for weight in free.weights]
with tf.GradientTape() as tape:
    loss = keras.ops.mean((free(batch, training=False) - 5.0) ** 2)
slopes = tape.gradient(loss, free.trainable_weights)
keras.optimizers.SGD(0.01).apply(slopes, free.trainable_weights)
names = [w.name for w, old in zip(free.weights, kept) if not np.array_equal(w.numpy(), old)]
batchnorm_in_inference = " and ".join(names) or "nothing"

# %% penalties wrong: sets loss_frozen to how much the loss fell instead of what is left of it
first_penalty, second_penalty = 0.5 * 5 * 4, 0.5 * 4 * 1
loss_free = first_penalty + second_penalty
loss_frozen = first_penalty  # what the freeze takes away

# %% penalties wrong: counts one number in the kernel of Dense(1), forgetting that four numbers come in
loss_free = 0.5 * (5 * 4) + 0.5 * 1
loss_frozen = 0.5 * 1

# %% penalties right: measured with evaluate on a model whose layers are made in a loop; floats
decay = {"kernel_initializer": "ones", "kernel_regularizer": keras.regularizers.L2(0.5)}
costly = keras.Sequential([keras.Input((5,)), *[layers.Dense(u, **decay) for u in (4, 1)]])
reported = []
for flag in (True, False):
    costly.layers[0].trainable = flag
    costly.compile(loss="mse")
    reported.append(costly.evaluate(np.zeros((3, 5)), np.zeros((3, 1)), verbose=0))
loss_free, loss_frozen = reported

# %% proof_in_order wrong: freezes only after the training, as if the flag were needed for the comparison only
order = "EDFCBA"

# %% proof_in_order wrong: takes the snapshot after the training, so that it is compared with itself
order = "EBFCDA"

# %% proof_in_order wrong: begins with the snapshot, since it is called before, when there is no model yet
order = "DEBFCA"

# %% proof_in_order wrong: takes the list model.weights for a copy of the values
order = "EBGFCA"

# %% proof_in_order right: takes the snapshot at once, before the layer is frozen
order = "EDBFCA"

# %% step_repaired wrong: the loss function gives one value for each example, and the tape adds these up instead of taking their mean
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.losses.mean_squared_error(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_weights)
    keras.optimizers.SGD(0.1).apply(gradients, model.trainable_weights)

# %% step_repaired right: no tape, compiles the model and trains on all of x as one batch
def step(model, x, y):
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="mse")
    model.train_on_batch(x, y)

# %% adam_and_cost wrong: counts the trained numbers themselves among those that Adam keeps
layer_numbers = 10 * 10 + 10
kept_for_top = kept_for_bottom = 3 * layer_numbers + 2  # the weight, its mean, its square
cheaper = "top"

# %% adam_and_cost wrong: has the way back begin at the input, so that the bottom layer is reached at once and the top one through all others
layer_numbers = 10 * 10 + 10
kept_for_top = kept_for_bottom = 2 * layer_numbers + 2
cheaper = "bottom"

# %% adam_and_cost wrong: leaves out the learning rate, which Adam keeps beside the step count
layer_numbers = 10 * 10 + 10
kept_for_top = kept_for_bottom = 2 * layer_numbers + 1
cheaper = "top"

# %% adam_and_cost right: asks a real Adam; without int() the sums are NumPy floats, 222.0
def kept(position):
    deep = keras.Sequential([keras.Input((10,)), *[layers.Dense(10) for _ in range(6)]])
    for each in deep.layers:
        each.trainable = each is deep.layers[position]
    adam = keras.optimizers.Adam()
    adam.build(deep.trainable_weights)
    return sum(np.prod(variable.shape) for variable in adam.variables)


kept_for_top, kept_for_bottom = kept(-1), kept(0)
products = {"top": 6 + 1, "bottom": 6 + 1 + 5}
cheaper = min(products, key=products.get)

# %% frozen_middle wrong: counts the layers that move, not their arrays
first, second, third = True, False, True
moved = first + second + third

# %% frozen_middle wrong: thinks that only the kernel of the frozen layer stands still
arrays, frozen_kernels = 3 * 2, 1
moved = arrays - frozen_kernels

# %% frozen_middle wrong: keeps the list of variables as its copy, so each array is compared with itself
trio = keras.Sequential(
    [keras.Input((4,)), layers.Dense(3), layers.Dense(3, trainable=False), layers.Dense(2)]
)
kept = trio.weights
trio.compile("sgd", "mse")
trio.fit(np.ones((8, 4)), np.full((8, 2), 5.0), verbose=0)
moved = sum(not np.array_equal(old.numpy(), new.numpy()) for old, new in zip(kept, trio.weights))

# %% frozen_middle wrong: warms up with a fit before the freeze and does not recompile, so that the freeze comes too late
trio = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(3), layers.Dense(2)])
trio.compile("sgd", "mse")
trio.fit(np.ones((8, 4)), np.full((8, 2), 5.0), verbose=0)
trio.layers[1].trainable = False
kept = trio.get_weights()
trio.fit(np.ones((8, 4)), np.full((8, 2), 5.0), verbose=0)
moved = sum(not np.array_equal(old, new) for old, new in zip(kept, trio.get_weights()))

# %% frozen_middle right: measured on a real model, and a NumPy integer
trio = keras.Sequential(
    [keras.Input((4,)), layers.Dense(3), layers.Dense(3, trainable=False), layers.Dense(2)]
)
kept = trio.get_weights()
trio.compile("sgd", "mse")
trio.fit(np.ones((8, 4)), np.full((8, 2), 5.0), batch_size=8, verbose=0)
moved = np.sum([np.any(old != new) for old, new in zip(kept, trio.get_weights())])

# %% walled wrong: takes the wall for a frozen layer, behind which the gradient goes on to the first layer
moved = 2 + 2  # first and third; the second stands behind the wall
trainable = 6

# %% walled wrong: thinks that one missing gradient makes the optimizer skip the whole step
gradients = [None, None, None, None, "kernel", "bias"]
moved = 0 if None in gradients else 6
trainable = 6

# %% walled wrong: gives the number of trainable layers for the length of trainable_weights
moved = len(["kernel", "bias"])
trainable = len(["first", "second", "third"])

# %% walled wrong: thinks that a weight which gets no gradient is not listed as trainable
behind_the_wall = ["third/kernel", "third/bias"]
moved = trainable = len(behind_the_wall)

# %% walled right: measured with a layer of its own that calls stop_gradient
import warnings


class Halt(layers.Layer):
    def call(self, inputs):
        return keras.ops.stop_gradient(inputs)


trio = keras.Sequential(
    [keras.Input((4,)), layers.Dense(3), layers.Dense(3), Halt(), layers.Dense(2)], name="trio"
)
trio.compile("sgd", "mse")
kept = trio.get_weights()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    trio.fit(np.ones((8, 4)), np.full((8, 2), 5.0), verbose=0)
moved = sum(not np.array_equal(old, new) for old, new in zip(kept, trio.get_weights()))
trainable = len(trio.trainable_weights)

# %% moved_by wrong: map is lazy, so that the old values are only read after act
def moved_paths(model, act):
    before = map(lambda weight: weight.numpy().copy(), model.weights)
    act(model)
    return [
        weight.path
        for weight, old in zip(model.weights, before)
        if not np.array_equal(weight.numpy(), old)
    ]

# %% moved_by wrong: lists a weight only if every one of its numbers has changed
def moved_paths(model, act):
    before = [weight.numpy().copy() for weight in model.weights]
    act(model)
    return [
        weight.path
        for weight, old in zip(model.weights, before)
        if (weight.numpy() != old).all()
    ]

# %% moved_by wrong: compares the sums of the arrays, which stay the same when numbers only change places
def moved_paths(model, act):
    before = {id(weight): float(weight.numpy().sum()) for weight in model.weights}
    act(model)
    return [w.path for w in model.weights if float(w.numpy().sum()) != before[id(w)]]

# %% moved_by wrong: calls act anew for every weight, instead of once
def moved_paths(model, act):
    moved = []
    for weight in model.weights:
        before = weight.numpy().copy()
        act(model)
        if not np.array_equal(weight.numpy(), before):
            moved.append(weight.path)
    return moved

# %% moved_by right: looks at all variables, random seeds included, and sorts the list by path
def moved_paths(model, act):
    before = [(variable, np.array(variable.numpy())) for variable in model.variables]
    act(model)
    moved = [v.path for v, old in before if np.any(v.numpy() != old)]
    return sorted(moved, reverse=True)

# %% two_switches wrong: thinks that a frozen layer of any kind is in inference mode
frozen_dropout = "passes on"
frozen_batchnorm = "moving"
batchnorm_in_inference = "gamma and beta"

# %% two_switches wrong: thinks that training=True overrules the flag in BatchNormalization
frozen_dropout = "drops"
frozen_batchnorm = "batch"
batchnorm_in_inference = "gamma and beta"

# %% two_switches wrong: thinks that only the flag decides what a step moves in BatchNormalization
frozen_dropout = "drops"
frozen_batchnorm = "moving"
batchnorm_in_inference = "all four"

# %% two_switches wrong: since inference works with the moving statistics, takes them for what moves
frozen_dropout = "drops"
frozen_batchnorm = "moving"
batchnorm_in_inference = "moving mean and variance"

# %% two_switches right: every word comes out of an experiment
rows = np.random.default_rng(1).uniform(5, 9, (64, 4)).astype("float32")
dropped = layers.Dropout(0.5, trainable=False)(rows, training=True)
frozen_dropout = "drops" if np.any(dropped.numpy() == 0) else "passes on"
normalized = layers.BatchNormalization(trainable=False)(rows, training=True)
frozen_batchnorm = "batch" if abs(normalized.numpy().mean()) < 1 else "moving"
free = layers.BatchNormalization()
free.build((None, 4))
kept = free.get_weights()
with tf.GradientTape() as tape:
    loss = keras.ops.mean((free(rows, training=False) - 1) ** 2)
gradients = tape.gradient(loss, free.trainable_weights)
keras.optimizers.SGD(0.1).apply(gradients, free.trainable_weights)
names = [w.name for w, old in zip(free.weights, kept) if not np.array_equal(w.numpy(), old)]
batchnorm_in_inference = " and ".join(names)

# %% penalties wrong: takes L2 for the length of the kernel, the root of the sum of the squares
loss_free = 0.5 * np.sqrt(5 * 4) + 0.5 * np.sqrt(4 * 1)
loss_frozen = 0.5 * np.sqrt(4 * 1)

# %% penalties wrong: halves once more, as in the textbooks' lambda / 2 times the sum of the squares
rate = 0.5
loss_free = rate / 2 * (5 * 4 + 4 * 1)
loss_frozen = rate / 2 * (4 * 1)

# %% penalties wrong: thinks that the penalty goes by the layers' outputs, which are zeros here
outputs_of_first, outputs_of_last = np.zeros((1, 4)), np.zeros((1, 1))
loss_free = float(0.5 * np.sum(outputs_of_first**2) + 0.5 * np.sum(outputs_of_last**2))
loss_frozen = float(0.5 * np.sum(outputs_of_last**2))

# %% penalties wrong: overlooks that the model is compiled again, so that evaluate uses the old graph
from keras import regularizers

penal = keras.Sequential([keras.Input((5,))], name="penal")
for units in (4, 1):
    penal.add(
        layers.Dense(units, kernel_initializer="ones", kernel_regularizer=regularizers.L2(0.5))
    )
penal.compile("sgd", "mse")
loss_free = penal.evaluate(np.zeros((8, 5)), np.zeros((8, 1)), verbose=0)
penal.layers[0].trainable = False
loss_frozen = penal.evaluate(np.zeros((8, 5)), np.zeros((8, 1)), verbose=0)

# %% penalties right: reads the penalties from model.losses, without any evaluate
penal = keras.Sequential([keras.Input((5,))], name="penal")
for units in (4, 1):
    penal.add(
        layers.Dense(
            units, kernel_initializer="ones", kernel_regularizer=keras.regularizers.L2(0.5)
        )
    )
loss_free = sum(float(loss) for loss in penal.losses)
penal.layers[0].trainable = False
loss_frozen = sum(float(loss) for loss in penal.losses)

# %% proof_in_order wrong: does not see that trainble in the chosen line is misspelt
order = "EHFDCA"

# %% proof_in_order wrong: freezes after the fit, to protect what it has learned
order = "EFDCBA"

# %% proof_in_order wrong: takes the snapshot only after the training, just before the comparison
order = "EBFCDA"

# %% proof_in_order wrong: freezes an older model, and then makes a new one that is not frozen
order = "BEFDCA"

# %% proof_in_order right: snapshot first, and the freeze only after compile, but before the first fit
order = "EDFBCA"

# %% step_repaired wrong: goes by the flags of the top layers only, so that frozen single weights and layers frozen inside an inner model move
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x, training=True) - y) ** 2)
    wanted = [w for layer in model.layers if layer.trainable for w in layer.weights]
    gradients = tape.gradient(loss, wanted)
    keras.optimizers.SGD(0.1).apply(gradients, wanted)

# %% step_repaired wrong: puts back all non-trainable weights after the step, and with them the statistics of BatchNormalization
def step(model, x, y):
    kept = [(weight, weight.numpy()) for weight in model.non_trainable_weights]
    step_broken(model, x, y)
    for weight, old in kept:
        weight.assign(old)

# %% step_repaired wrong: calls the model twice in training mode, so that the statistics of BatchNormalization are updated twice
def step(model, x, y):
    error = keras.ops.mean((model(x, training=True) - y) ** 2)
    print("error before the step:", float(error))
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x, training=True) - y) ** 2)
    gradients = tape.gradient(loss, model.trainable_weights)
    keras.optimizers.SGD(0.1).apply(gradients, model.trainable_weights)

# %% step_repaired wrong: leaves fit its default batches of 32, so that more examples make more than one step
def step(model, x, y):
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    model.fit(x, y, epochs=1, verbose=0)

# %% step_repaired right: lets Keras do the step, compiled anew, with train_on_batch, and returns the loss
def step(model, x, y):
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=keras.losses.MeanSquaredError())
    return model.train_on_batch(x, y)

# %% adam_and_cost wrong: thinks that Adam keeps numbers for every layer that the gradient passes through
layer = 10 * 10 + 10
kept_for_top = 2 * layer + 2
kept_for_bottom = 2 * 6 * layer + 2
cheaper = "top"

# %% adam_and_cost wrong: thinks that the gradient for the bottom layer comes from the input's side, so need not pass the others
layer = 10 * 10 + 10
kept_for_top = kept_for_bottom = 2 * layer + 2
products_top = 6 + 1 + 5  # down to the top through all layers
products_bottom = 6 + 1
cheaper = "bottom" if products_bottom < products_top else "top"

# %% adam_and_cost wrong: counts Adam's arrays, not the numbers in them
arrays_trained = 2
kept_for_top = kept_for_bottom = 2 * arrays_trained + 2
cheaper = "top"

# %% adam_and_cost wrong: counts the trained number itself as kept by Adam, next to its two running averages
layer = 10 * 10 + 10
kept_for_top = kept_for_bottom = (1 + 2) * layer + 2
cheaper = "top"

# %% adam_and_cost right: asks real optimizers, and works out the products in a loop
def kept_by_adam(position):
    tower = [layers.Dense(10, trainable=each == position) for each in range(6)]
    adam = keras.optimizers.Adam()
    adam.build(keras.Sequential([keras.Input((10,)), *tower]).trainable_weights)
    return sum(variable.numpy().size for variable in adam.variables)


def products(position):
    return 6 + 1 + (5 - position)  # forward, kernel's gradient, passed on through those above


kept_for_top, kept_for_bottom = kept_by_adam(5), kept_by_adam(0)
cheaper = min(("bottom", 0), ("top", 5), key=lambda each: products(each[1]))[0]

# %% frozen_middle wrong: thinks that freezing holds the kernel only, and the bias of the frozen layer moves
arrays = 3 * 2
frozen_kernels = 1
moved = arrays - frozen_kernels

# %% frozen_middle wrong: counts the layers that move instead of their arrays
layers_in_all = 3
layers_frozen = 1
moved = layers_in_all - layers_frozen

# %% frozen_middle wrong: takes a gradient for a move; as the frozen weights get an ordinary gradient too, all six move
arrays_with_a_gradient = 3 * 2
moved = arrays_with_a_gradient

# %% frozen_middle wrong: thinks that backpropagation ends at the frozen layer, so the first one does not learn either
before_the_frozen, frozen_ones, behind_it = 0, 0, 2
moved = before_the_frozen + frozen_ones + behind_it

# %% frozen_middle right: worked out with sets of names
every = {f"{layer}/{array}" for layer in ("first", "second", "third") for array in ("kernel", "bias")}
moved = len(every - {"second/kernel", "second/bias"})

# %% walled wrong: thinks that stop_gradient also hands on zeros, so that of the third layer only the bias gets a gradient
third_kernel, third_bias = 0, 1
moved = third_kernel + third_bias
trainable = 6

# %% walled wrong: thinks that the wall holds only the layer directly before it, as if that were frozen, and the first layer learns
first, second, third = 2, 0, 2
moved = first + second + third
trainable = 6

# %% walled wrong: counts layers instead of arrays
moved = 1  # the third layer
trainable = 3

# %% walled wrong: thinks that fit moves whatever is on the list, and nothing is frozen
trainable = 3 * 2
moved = trainable

# %% walled right: makes the model, takes the step and counts
import warnings


class TrialWall(layers.Layer):
    def call(self, inputs):
        return keras.ops.stop_gradient(inputs)


trial = keras.Sequential(
    [keras.Input((4,)), layers.Dense(3), layers.Dense(3), TrialWall(), layers.Dense(2)]
)
trial.compile(optimizer="sgd", loss="mse")
trial_x = np.random.default_rng(0).uniform(1, 2, (8, 4)).astype("float32")
held = trial.get_weights()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    trial.fit(trial_x, np.full((8, 2), 5.0, "float32"), batch_size=8, verbose=0)
moved = sum(not np.array_equal(old, new) for old, new in zip(held, trial.get_weights()))
trainable = len(trial.trainable_weights)

# %% moved_by wrong: keeps weight.value, which is the living tf.Variable and not a copy, so each is compared with itself
def moved_paths(model, act):
    before = [weight.value for weight in model.weights]
    act(model)
    return [
        weight.path
        for weight, old in zip(model.weights, before)
        if np.any(weight.numpy() != old.numpy())
    ]

# %% moved_by wrong: all() instead of any(), a weight counts only if every single number in it has changed
def moved_paths(model, act):
    before = model.get_weights()
    act(model)
    return [
        weight.path
        for weight, old in zip(model.weights, before)
        if (weight.numpy() != old).all()
    ]

# %% moved_by wrong: the difference is taken without its absolute value, so a weight whose numbers only fall is missed
def moved_paths(model, act):
    before = model.get_weights()
    act(model)
    moved = []
    for weight, old in zip(model.weights, before):
        difference = weight.numpy() - old
        if difference.max() > 0:
            moved.append(weight.path)
    return moved

# %% moved_by right: keeps the copies in a dict by path, since no two weights have the same path
def moved_paths(model, act):
    before = {weight.path: weight.numpy() for weight in model.weights}
    act(model)
    return [
        weight.path
        for weight in model.weights
        if not np.array_equal(weight.numpy(), before[weight.path])
    ]

# %% moved_by right: goes over all variables (so a Dropout's seed may be listed), pairs each with its own copy, and sorts the list
def moved_paths(model, act):
    kept = [(variable, np.array(variable.numpy(), copy=True)) for variable in model.variables]
    act(model)
    moved = []
    for variable, old in kept:
        if np.count_nonzero(variable.numpy() != old) > 0:
            moved.append(variable.path)
    return sorted(moved)

# %% two_switches wrong: thinks that training= alone decides what a layer does, trainable nothing: a frozen BatchNormalization takes the batch, and with training=False nothing is learned
frozen_dropout = "drops"
frozen_batchnorm = "batch"
batchnorm_in_inference = "nothing"

# %% two_switches wrong: thinks that trainable alone decides: frozen is inference for Dropout too, and what is not frozen moves entirely
frozen_dropout = "passes on"
frozen_batchnorm = "moving"
batchnorm_in_inference = "all four"

# %% two_switches wrong: thinks that a layer which normalises with its moving statistics is also busy updating them, and is not learning
frozen_dropout = "drops"
frozen_batchnorm = "moving"
batchnorm_in_inference = "moving mean and variance"

# %% two_switches wrong: turns the rule round; as a frozen BatchNormalization is in inference mode, one in inference mode is taken to be frozen
frozen_dropout = "drops"
frozen_batchnorm = "moving"
batchnorm_in_inference = "nothing"

# %% two_switches right: the three words are unpacked from one string
frozen_dropout, frozen_batchnorm, batchnorm_in_inference = "drops, moving, gamma and beta".split(", ")

# %% penalties wrong: thinks that penalties belong to training and that evaluate reports the error alone
error = 0.0
loss_free = error
loss_frozen = error

# %% penalties wrong: takes L2 for the norm, half the root of the sum of the squares
first, last = 0.5 * np.sqrt(5 * 4 * 1.0**2), 0.5 * np.sqrt(4 * 1 * 1.0**2)
loss_free = first + last
loss_frozen = last

# %% penalties wrong: halves twice, as textbooks write the penalty with a factor of one half in front of lambda
strength = 0.5
first, last = strength / 2 * (5 * 4), strength / 2 * (4 * 1)
loss_free = first + last
loss_frozen = last

# %% penalties wrong: overlooks "and the model compiled again", so evaluate goes on with the graph traced before the freeze
first, last = 0.5 * 5 * 4, 0.5 * 4 * 1
loss_free = first + last
loss_frozen = loss_free  # the old graph still adds both

# %% penalties right: the regulariser itself is called on arrays of ones
penalty = keras.regularizers.L2(0.5)
of_first = float(penalty(np.ones((5, 4), "float32")))
of_last = float(penalty(np.ones((4, 1), "float32")))
loss_free, loss_frozen = of_first + of_last, of_last

# %% proof_in_order wrong: does not see the missing letter in trainble, which sets an attribute that nobody reads
order = "EHFDCA"

# %% proof_in_order wrong: thinks that compare(before) starts the watching, and puts it before fit
order = "EBFDAC"

# %% proof_in_order wrong: thinks that compile makes changes count, and puts it behind fit, which then has no loss and optimizer
order = "EBDCFA"

# %% proof_in_order wrong: wants the snapshot to be the very first thing, before there is a model
order = "DEBFCA"

# %% proof_in_order right: the snapshot is taken before the freeze; only its place before fit matters
order = "EDBFCA"

# %% step_repaired wrong: takes "non-trainable" for "must not move" and puts all of it back after the step, the statistics of an unfrozen BatchNormalization too
def step(model, x, y):
    kept = [(weight, weight.numpy()) for weight in model.non_trainable_weights]
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x, training=True) - y) ** 2)
    gradients = tape.gradient(loss, model.weights)
    keras.optimizers.SGD(0.1).apply(gradients, model.weights)
    for weight, value in kept:
        weight.assign(value)

# %% step_repaired wrong: keras.losses.mean_squared_error gives one loss per example, and the tape adds up their gradients, so the step is too long by the number of examples
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.losses.mean_squared_error(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_weights)
    keras.optimizers.SGD(0.1).apply(gradients, model.trainable_weights)

# %% step_repaired wrong: asks only the outer layers for their flag and takes all weights of those that are free, so a layer frozen inside an inner model moves
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x, training=True) - y) ** 2)
    free = []
    for layer in model.layers:
        if layer.trainable:
            free += layer.weights
    pairs = [(g, w) for g, w in zip(tape.gradient(loss, free), free) if g is not None]
    keras.optimizers.SGD(0.1).apply([g for g, _ in pairs], [w for _, w in pairs])

# %% step_repaired right: updates by hand, with no constraints to apply, since the model has none
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x, training=True) - y) ** 2)
    variables = model.trainable_weights
    for weight, gradient in zip(variables, tape.gradient(loss, variables)):
        if gradient is not None:
            weight.assign_sub(0.1 * gradient)

# %% step_repaired right: asks for the gradients of all weights, as the colleague does, and throws away those that are not on the list of trainable weights
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError()(y, model(x, training=True))
    gradients = tape.gradient(loss, model.weights)
    allowed = {id(weight) for weight in model.trainable_weights}
    pairs = [
        (gradient, weight)
        for gradient, weight in zip(gradients, model.weights)
        if gradient is not None and id(weight) in allowed
    ]
    if pairs:
        keras.optimizers.SGD(learning_rate=0.1).apply_gradients(pairs)

# %% adam_and_cost wrong: thinks that Adam keeps numbers for every layer that the gradient passes on its way down to the bottom
per_layer = 10 * 10 + 10
kept_for_top = 2 * per_layer + 2
kept_for_bottom = 2 * 6 * per_layer + 2
cheaper = "top"

# %% adam_and_cost wrong: forgets passing the gradient on; both times six products forward and one for the kernel's gradient
per_layer = 10 * 10 + 10
kept_for_top = kept_for_bottom = 2 * per_layer + 2
cheaper = "same"

# %% adam_and_cost wrong: counts the trained weights themselves among the numbers that Adam keeps
per_layer = 10 * 10 + 10
kept_for_top = kept_for_bottom = per_layer + 2 * per_layer + 2
cheaper = "top"

# %% adam_and_cost wrong: counts arrays, two for each array that is trained and two of Adam's own, instead of the numbers in them
arrays_trained = 2  # kernel and bias
kept_for_top = kept_for_bottom = 2 * arrays_trained + 2
cheaper = "top"

# %% adam_and_cost right: builds a real Adam on the weights of one layer and adds up its variables
trial_layer = layers.Dense(10)
trial_layer.build((None, 10))
trial_adam = keras.optimizers.Adam()
trial_adam.build(trial_layer.trainable_weights)
kept_for_top = kept_for_bottom = sum(int(np.prod(each.shape)) for each in trial_adam.variables)
cheaper = "top"
