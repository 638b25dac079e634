# %% frozen_middle wrong: concludes from "no gradient is zero" that the frozen layer, which has a gradient, moves as well
arrays_with_a_gradient = 3 * 2  # none of them is zero
moved = arrays_with_a_gradient

# %% frozen_middle wrong: believes that freezing keeps the kernel still and the bias goes on learning
moved = 3 * 2 - 1

# %% frozen_middle wrong: believes both that the gradient stops at the frozen kernel and that the frozen layer's bias, which comes before that stop, still learns
last_layer = ["kernel", "bias"]
middle_layer = ["bias"]
moved = len(last_layer) + len(middle_layer)

# %% frozen_middle wrong: believes that backpropagation ends at a frozen layer, so that only the layer behind it learns
layers_behind_it = 1
moved = 2 * layers_behind_it

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

# %% walled wrong: gives the number of trainable layers where the length of a list of arrays was asked
moved = 2
trainable = len(["first", "second", "third"])

# %% walled wrong: believes that stop_gradient concerns only the layer that calls it, and that one has no weights
arrays = {"first": 2, "second": 2, "wall": 0, "third": 2}
moved = trainable = sum(arrays.values())

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

# %% moved_by wrong: takes the largest difference without its absolute value, so misses arrays whose numbers all became smaller
def moved_paths(model, act):
    before = model.get_weights()
    act(model)
    moved = []
    for weight, old in zip(model.weights, before):
        largest_change = np.max(weight.numpy() - old)
        if largest_change > 0:
            moved.append(weight.path)
    return moved

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

# %% two_switches wrong: believes that the flag trainable alone decides: frozen is in inference mode, not frozen is trained in full
frozen_dropout = "passes on"
frozen_batchnorm = "moving"
batchnorm_in_inference = "all four"

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

# %% penalties wrong: takes L2(0.5) as half of 0.5 times the sum of the squares, as in textbooks
strength = 0.5
loss_free = strength / 2 * (5 * 4 + 4 * 1)
loss_frozen = strength / 2 * (4 * 1)

# %% penalties wrong: believes that penalties are part of the loss in training only and evaluate reports the error alone
error = 0.0
loss_free = loss_frozen = error

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

# %% step_repaired wrong: leaves the step to fit with its batches of 32, so that more than 32 examples make several steps
def step(model, x, y):
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    model.fit(x, y, epochs=1, verbose=0)

# %% step_repaired wrong: moves everything and then puts all non-trainable weights back, the statistics of BatchNormalization included, which fit would have updated
def step(model, x, y):
    kept = [(w, np.array(w.numpy(), copy=True)) for w in model.non_trainable_weights]
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x, training=True) - y) ** 2)
    gradients = tape.gradient(loss, model.weights)
    keras.optimizers.SGD(0.1).apply(gradients, model.weights)
    for weight, value in kept:
        weight.assign(value)

# %% step_repaired wrong: the loss function gives one value for each example, and the tape adds these up instead of taking their mean
def step(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.losses.mean_squared_error(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_weights)
    keras.optimizers.SGD(0.1).apply(gradients, model.trainable_weights)

# %% step_repaired wrong: asks only the outermost layers for their flag, so that a frozen layer inside a model inside this one moves
def step(model, x, y):
    free = [weight for layer in model.layers if layer.trainable for weight in layer.weights]
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x, training=True) - y) ** 2)
    gradients = tape.gradient(loss, free)
    keras.optimizers.SGD(0.1).apply(gradients, free)

# %% step_repaired right: no tape, compiles the model and trains on all of x as one batch
def step(model, x, y):
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="mse")
    model.train_on_batch(x, y)

# %% adam_and_cost wrong: believes that Adam keeps numbers for all layers that the gradient passes on its way down to the bottom one
layer_numbers = 10 * 10 + 10
kept_for_top = 2 * layer_numbers + 2
kept_for_bottom = 2 * 6 * layer_numbers + 2
cheaper = "top"

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
