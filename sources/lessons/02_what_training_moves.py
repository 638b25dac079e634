# %% [markdown]
# # 2 · What one training step moves
#
# *What does freezing do, and what does it not do?*
#
# **Time:** {minutes}. **You need:** [lesson 1](01_counting_weights.ipynb): weights, roles and
# the ledger.
#
# **Afterwards you will be able to**
#
# - prove, for any model, which weights a training step changed and which it did not;
# - say what happens to the layers before and after a frozen one;
# - tell apart two switches that are easily confused, `trainable` and `training`;
# - name what freezing saves, and what it cannot save.

# %%
from helpers import Table, compare, snapshot, start

start()  # quiet logs, checked versions, fixed random numbers

import warnings
from itertools import product

import keras
import numpy as np
import tensorflow as tf
from keras import layers

# %% [markdown]
# ## Snapshot, step, compare
#
# Three Dense layers in a row will be our test object. They have no activation function, so that no
# unit can be "dead": whatever may learn here, will. The data are 32 random examples, and one batch
# of 32 makes one epoch exactly one **step**: one forward pass, one set of gradients, one update.


# %%
def make_tower(*extra, **first_options):
    """Dense first, middle and last; extra layers stand between middle and last."""
    return keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(5, name="first", **first_options),
            layers.Dense(5, name="middle"),
            *extra,
            layers.Dense(2, name="last"),
        ],
        name="tower",
    )


# %%
rng = np.random.default_rng(0)
x = rng.uniform(0.5, 2.5, (32, 6)).astype("float32")
y = rng.uniform(1, 2, (32, 2)).astype("float32")


def train_one_step(model):
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    model.fit(x, y, batch_size=32, verbose=0)


# %% [markdown]
# **Predict.** Nothing is frozen. The tower has six arrays. How many of them will one step change?

# %%
my_moved = ...

# %% [markdown]
# **Run.** The tool of this lesson has two parts. `snapshot` copies the value of every variable;
# `compare` looks again and reports what is no longer the same, down to the last bit.

# %%
tower = make_tower()
before = snapshot(tower)
train_one_step(tower)
movement = compare(before)
movement

# %%
assert len(movement.moved) == 6
print(movement.verdict())

# %% [markdown]
# **Explain.** All six: a single step moves every array that the optimizer is in charge of, if only a
# little. How little differs from array to array. The figure shows the largest change in each.

# %%
from helpers.figures import cost_bars, how_far

how_far(movement, title="One step of SGD, nothing frozen")

# %% [markdown]
# Why a tool for this? Because the obvious way is a trap.
#
# **Predict.** Somebody keeps `old = tower.weights`, trains, and compares `old` with
# `tower.weights`. How many of the six arrays will look changed?

# %%
my_seen = ...

# %%
old = tower.weights
train_one_step(tower)
seen = [w.path for w, o in zip(tower.weights, old) if not np.array_equal(w.numpy(), o.numpy())]
print(len(seen), "of 6 look changed")
assert seen == [] and all(w is o for w, o in zip(tower.weights, old))

# %% [markdown]
# **Explain.** None, although all six moved. `tower.weights` is a list of *variables*, and the
# variables in both lists are the same objects: the comparison holds each of them against itself.
# What you need is a copy of the values. `get_weights()`, used in lesson 1, gives copies, too;
# `snapshot` adds the names, the roles, and the variables that are not weights.
#
# ## A frozen layer in the middle
#
# Now `middle` is frozen. Many explanations of freezing say that backpropagation "stops" at a frozen
# layer.
#
# **Predict.** `first` stands before the frozen layer, `last` behind it. Which of the three layers
# will one step move?

# %%
my_moved_layers = ...

# %%
tower = make_tower()
tower.get_layer("middle").trainable = False
before = snapshot(tower)
train_one_step(tower)
movement = compare(before)
movement

# %%
assert movement.still == ["tower/middle/kernel", "tower/middle/bias"]
assert movement.moved[:2] == ["tower/first/kernel", "tower/first/bias"]

# %%
how_far(movement, title="One step of SGD, middle frozen")

# %% [markdown]
# **Explain.** `first` learns as before. The chain rule asks how the loss depends on the *output* of
# `middle`, and then how that output depends on its *input*; for this it needs the kernel of `middle`,
# but it does not need to change it. The gradient passes through. Does it even notice? Let us do the
# same step twice from the same start, with `middle` frozen and not, and compare where `first` and
# `last` end.
#
# **Predict.** Will `first` and `last` end at the same values in both runs, or at others?

# %%
my_same = ...


# %%
def weights_after(steps, freeze_middle):
    keras.utils.set_random_seed(2)  # the same start values every time
    model = make_tower()
    model.get_layer("middle").trainable = not freeze_middle
    for _ in range(steps):
        train_one_step(model)
    return {weight.path: weight.numpy() for weight in model.weights}


def same_in_both(steps):
    free, frozen = weights_after(steps, False), weights_after(steps, True)
    return [p for p in free if np.allclose(free[p], frozen[p], rtol=1e-6, atol=1e-7)]


print("the same after one step: ", ", ".join(same_in_both(steps=1)))
print("the same after two steps:", ", ".join(same_in_both(steps=2)) or "none")

# %%
first_and_last = [weight.path for weight in tower.weights if "middle" not in weight.path]
assert same_in_both(steps=1) == first_and_last
assert same_in_both(steps=2) == []

# %% [markdown]
# **Explain.** The same. In this one step the rest of the model did not notice the freeze at all.
# With the second step they part, since by then the two `middle` layers differ. Freezing leaves a
# layer out of the *update*, and changes nothing else about the step.
#
# ## A wall in the middle
#
# There *is* a way to stop a gradient, and it is another one: `keras.ops.stop_gradient` hands its
# input on and lets no gradient come back. We put it, as a layer, behind `middle`, and freeze nothing.


# %%
class Wall(layers.Layer):
    def call(self, inputs):
        return keras.ops.stop_gradient(inputs)


# %% [markdown]
# **Predict.** Which of the six arrays will move, and how many will Keras list as trainable?

# %%
my_moved, my_trainable = ..., ...

# %%
walled = make_tower(Wall(name="wall"))
before = snapshot(walled)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    train_one_step(walled)
movement = compare(before)
movement

# %%
print(len(walled.trainable_weights), "arrays are listed as trainable")
warned = any("Gradients do not exist" in str(warning.message) for warning in caught)
print("Keras warned:", warned)
assert movement.moved == ["tower/last/kernel", "tower/last/bias"]
assert len(walled.trainable_weights) == 6 and warned

# %% [markdown]
# **Explain.** Everything before the wall stood still, though every role in the table says *learned*
# and the summary would count it as trainable. Keras at least warned (we caught the warning) that
# some trainable variables got no gradient. So keep the two apart:
#
# | what | the layer itself | layers before it | in the list of trainable weights |
# |---|---|---|---|
# | frozen layer | stands still | learn | no |
# | wall behind a layer | stands still | stand still | yes |
#
# ## Frozen means: not on the list
#
# If the gradient passes through a frozen layer, does it exist *for* that layer? To see, we write the
# training step ourselves. A **GradientTape** records what TensorFlow computes, then gives the
# gradient of the loss for any variables that we ask for.


# %%
def gradients_for(model, variables, training=True, inputs=x, targets=y):
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(inputs, training=training) - targets) ** 2)
    return tape.gradient(loss, variables)


def step_by_hand(model, variables, **options):
    if variables:
        gradients = gradients_for(model, variables, **options)
        keras.optimizers.SGD(0.01).apply(gradients, variables)


# %% [markdown]
# **Predict.** `middle` is frozen, and we ask for the gradient of its kernel. Do we get `None`, an
# array of zeros, or an ordinary gradient?

# %%
my_gradient = ...

# %%
tower = make_tower()
middle = tower.get_layer("middle")
middle.trainable = False
(gradient,) = gradients_for(tower, [middle.kernel])
print("None:", gradient is None)
print("shape:", tuple(gradient.shape), " all zero:", not np.any(gradient.numpy()))
assert gradient is not None and np.all(gradient.numpy() != 0)

# %% [markdown]
# **Explain.** An ordinary gradient. (Older answers on the web promise `None`, and with PyTorch's
# `requires_grad=False` that is so; with Keras 3 on TensorFlow, the flag does not reach the tape.)
# What keeps a frozen layer still is only that nobody uses this gradient. Keras's own `fit` asks for
# `model.trainable_weights`, and the frozen layer is not on that list. In your own loop *you* write
# the list.
#
# **Predict.** `middle` is still frozen. Which layers move if the loop says `tower.weights`? Which if
# it says `tower.trainable_weights`?

# %%
my_moved_by_weights, my_moved_by_trainable_weights = ..., ...

# %%
before = snapshot(tower)
step_by_hand(tower, tower.weights)
print("weights:          ", compare(before).verdict())
assert compare(before).still == []

# %%
before = snapshot(tower)
step_by_hand(tower, tower.trainable_weights)
movement = compare(before)
print("trainable_weights:", ", ".join(movement.still), "stood still")
assert movement.still == ["tower/middle/kernel", "tower/middle/bias"]

# %% [markdown]
# **Explain.** A loop over `weights` trains the frozen layer without a word of warning: no error, and
# a summary that still says non-trainable. The flag is a note on the layer, and a training loop has to
# read it. **Frozen means: not in `trainable_weights`. Nothing more, nothing less.**
#
# ## Two switches: `trainable` and `training`
#
# `layer.trainable` says whether the optimizer may update a layer's weights. The argument `training`,
# in `layer(inputs, training=True)`, says how the layer should *compute* in this call: as during
# training, which `fit` asks for, or as in **inference** (use), which `predict` and `evaluate` ask
# for. Two switches make four settings, and three kinds of layer respond in three ways.
#
# **Predict.** Four questions before the table. Both switches are independent, or are they?
#
# 1. Does a frozen Dropout with `training=True` still drop numbers at random?
# 2. Does a frozen BatchNormalization with `training=True` still update its statistics?
# 3. Does an *unfrozen* BatchNormalization with `training=False` learn its gamma and beta?
# 4. Does `training` change anything about a Dense layer?

# %%
my_answers = ..., ..., ..., ...

# %% [markdown]
# **Run.** One experiment function, twelve experiments. It takes one step by hand, sees what moved,
# and then asks of the output: do two calls on the same batch agree? Does the first row of the batch
# come out the same when the *other* rows change?

# %%
rows = rng.uniform(0.5, 2.5, (8, 4)).astype("float32")
other_mates = np.concatenate([rows[:1], rows[1:] + 1])
targets = np.full((8, 4), 5, "float32")


def kind_of_output(layer, training):
    once, again, among_others = (
        layer(batch, training=training).numpy() for batch in (rows, rows, other_mates)
    )
    if not np.allclose(once, again):
        return "random"
    return "fixed" if np.allclose(once[0], among_others[0]) else "depends on the batch"


# %%
def experiment(layer, trainable, training):
    layer.build((None, 4))
    layer.trainable = trainable
    before = snapshot(layer)
    step_by_hand(
        layer, layer.trainable_weights, training=training, inputs=rows, targets=targets
    )
    layer(rows, training=training)  # a step calls the layer, even if nothing is to be updated
    moved = [path.rpartition("/")[2] for path in compare(before).moved]
    return ", ".join(moved) or "nothing", kind_of_output(layer, training)


# %%
kinds = {
    "Dense": lambda: layers.Dense(4),
    "Dropout": lambda: layers.Dropout(0.5, seed=1),
    "BatchNormalization": lambda: layers.BatchNormalization(),
}
found = {
    (kind, trainable, training): experiment(kinds[kind](), trainable, training)
    for kind, trainable, training in product(kinds, (True, False), (True, False))
}
header = ("layer", "trainable", "training", "moved by a step", "output of a row")
Table(header, [(*settings, *result) for settings, result in found.items()])

# %% [markdown]
# **Explain.** Read it layer by layer.
#
# - **Dense** looks only at `trainable`. It computes the same either way.
# - **Dropout** looks only at `training`. It has nothing to freeze: a frozen Dropout goes on dropping.
#   What moves is the state of its random generator, which is a variable, but not a weight.
# - **BatchNormalization** looks at both, and there `trainable` is more than a note: frozen, it
#   computes as in inference *even with* `training=True`, and its statistics keep still. Keras makes
#   this one exception so that a frozen BatchNormalization can really be relied on. Not frozen, but
#   with `training=False`, it still learns gamma and beta.

# %%
for training in (True, False):
    assert found["Dense", True, training] == ("kernel, bias", "fixed")
    assert found["Dense", False, training] == ("nothing", "fixed")
    assert found["BatchNormalization", False, training] == ("nothing", "fixed")
for trainable in (True, False):
    assert found["Dropout", trainable, True] == ("seed_generator_state", "random")
    assert found["Dropout", trainable, False] == ("nothing", "fixed")
learned, kept = "gamma, beta", "moving_mean, moving_variance"
assert found["BatchNormalization", True, True] == (f"{learned}, {kept}", "depends on the batch")
assert found["BatchNormalization", True, False] == (learned, "fixed")

# %% [markdown]
# So "frozen" is not the same as "in inference mode", and the second is not something that
# `trainable = False` gives you, BatchNormalization apart. (That exception came with TensorFlow 2.
# Advice older than that says a frozen BatchNormalization keeps updating. Lesson 5 has more.)
#
# ## Penalties on frozen weights
#
# A **regulariser** adds a penalty for large weights to the loss. L2(0.5), for example, adds half the
# sum of the squares. The model below starts with kernels full of ones, so we can do it in the head:
# 4 · 3 ones cost 6, and 3 · 2 ones cost 3.


# %%
def make_penalized(freeze_first):
    options = {"kernel_initializer": "ones", "kernel_regularizer": keras.regularizers.L2(0.5)}
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, name="first", **options),
            layers.Dense(2, name="last", **options),
        ],
        name="penalized",
    )
    model.get_layer("first").trainable = not freeze_first
    return model


# %% [markdown]
# **Predict.** On inputs of zeros and targets of zeros, the error is 0 and the loss is the penalty:
# 9. What does `evaluate` say of the *same* weights when `first` is frozen?

# %%
my_loss = ...

# %%
losses = {}
for freeze_first in (False, True):
    model = make_penalized(freeze_first)
    model.compile(optimizer="sgd", loss="mse")
    losses[freeze_first] = model.evaluate(np.zeros((8, 4)), np.zeros((8, 2)), verbose=0)
    loss = losses[freeze_first]
    print(f"first frozen: {freeze_first!s:5}  penalties: {len(model.losses)}  loss: {loss:.1f}")
assert losses == {False: 9.0, True: 3.0}

# %% [markdown]
# **Explain.** A frozen layer's penalty drops out of `model.losses`: nothing could be done about it,
# so it is not counted. Two reported losses of the same model are therefore not comparable if
# something was frozen in between. Only the penalty on *weights* goes. A penalty on a layer's
# *output* stays, since the layers before it can still do something about that.

# %%
keeps = layers.Dense(3, name="keeps", kernel_initializer="ones", activity_regularizer="l2")
keeps.trainable = False
keeps(np.ones((1, 4)))
print(len(keeps.losses), "penalty left: the one on the output")
assert len(keeps.losses) == 1

# %% [markdown]
# The wall is different once more. Behind it no gradient of the *error* arrives, but the penalty needs
# no path through the model.
#
# **Predict.** `first` has an L2 penalty on its kernel, and a wall stands behind `middle`. Nothing is
# frozen. Which arrays move?

# %%
my_moved = ...

# %%
walled = make_tower(Wall(name="wall"), kernel_regularizer="l2")
before = snapshot(walled)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    train_one_step(walled)
print(compare(before).verdict())
assert compare(before).moved == ["tower/first/kernel", "tower/last/kernel", "tower/last/bias"]

# %% [markdown]
# **Explain.** The penalty drew the kernel of `first` towards zero, wall or no wall. A wall keeps a
# weight from *learning from the data*; only freezing keeps it still.
#
# ## Weight decay and a gradient of zero
#
# **Weight decay**, as in the optimizer AdamW, shrinks every weight a little in each step, apart from
# any gradient. Here are two layers of ones. `frozen` is frozen; `head` sees two numbers of which the
# second is always 0, so the second row of its kernel has a gradient of exactly 0.
#
# **Predict.** After one step with learning rate 0.5 and decay 0.5: is the kernel of `frozen` still
# full of ones? Is the second row of `head` still 1?

# %%
my_frozen_still, my_row_still = ..., ...

# %%
ones = {"kernel_initializer": "ones", "use_bias": False}
frozen = layers.Dense(2, name="frozen", trainable=False, **ones)
blank = layers.Rescaling([1.0, 0.0], name="blank")  # the second number times 0
head = layers.Dense(1, name="head", **ones)
decayed = keras.Sequential([keras.Input((2,)), frozen, blank, head], name="decayed")
decayed.compile(keras.optimizers.AdamW(0.5, weight_decay=0.5), loss="mse")
history = decayed.fit(np.ones((4, 2)), np.full((4, 1), 9.0), verbose=0)

# %%
print("frozen kernel:      ", frozen.kernel.numpy().ravel())
print("second row of head: ", head.kernel.numpy()[1])
assert np.all(frozen.kernel.numpy() == 1)
assert head.kernel.numpy()[1] == 1 - 0.5 * 0.5

# %% [markdown]
# **Explain.** AdamW leaves the frozen kernel alone, decay included: it works on the same list of
# trainable weights. But the row without a gradient shrank to 1 - 0.5 · 0.5 = 0.75. So setting a
# gradient to zero, which is often recommended for freezing *part* of an array, is not freezing. It
# holds with plain SGD, and breaks on the day that somebody switches to AdamW.
#
# ## What freezing saves
#
# The dearest operation in a tower of equally wide Dense layers is the product of two matrices. Going
# forward, each layer takes one. Going back, each layer takes one for the gradient of its kernel, if
# that is wanted, and one to pass the gradient on to the layer before it, if anybody there wants it.
# Take six layers. With all of them trained that makes 6 + 6 + 5 = 17 products a step: the first
# layer has nobody to pass anything on to.
#
# **Predict.** How many products does a step take if the five lower layers are frozen and only the
# top is trained? And if only the *bottom* layer is trained and the five above it are frozen?

# %%
my_top_only, my_bottom_only = ..., ...


# %%
def make_deep(width, trained=range(6)):
    model = keras.Sequential(
        [keras.Input((width,)), *(layers.Dense(width, name=f"dense_{i}") for i in range(6))],
        name="deep",
    )
    for position, layer in enumerate(model.layers):
        layer.trainable = position in trained
    return model


# %% [markdown]
# **Run.** TensorFlow notes the operations of a step in a *graph* before it runs them. The function
# below follows the graph from the gradients backwards and counts the products that they need.


# %%
def products_in_a_step(model, width):
    batch = tf.ones((2, width))
    step = tf.function(
        lambda: gradients_for(model, model.trainable_weights, inputs=batch, targets=batch)
    )
    graph = step.get_concrete_function().graph
    needed, to_visit = {}, [tensor.op for tensor in graph.outputs]
    while to_visit:
        operation = to_visit.pop()
        if operation.name not in needed:
            needed[operation.name] = operation.type
            to_visit += [tensor.op for tensor in operation.inputs]
    return list(needed.values()).count("MatMul")


# %%
ways = {"all layers": range(6), "only the top": [5], "only the bottom": [0]}
counted = {way: products_in_a_step(make_deep(8, trained), 8) for way, trained in ways.items()}
print(counted)
assert counted == {"all layers": 6 + 6 + 5, "only the top": 6 + 1, "only the bottom": 6 + 1 + 5}

# %% [markdown]
# **Explain.** In both cases one layer is trained and five are frozen; the summary would not show any
# difference in cost. But to train the top, the gradient need not go anywhere else, while to train the
# bottom it must come down through all the others. Frozen layers *above* a trained one save only their
# own kernel's gradient.
#
# Is that what your computer feels? The next cell takes some steps of each kind, in turns, and keeps
# the fastest; it counts CPU time, so that other programs disturb it less.


# %%
from time import process_time

WIDTH = 512
deep = {way: make_deep(WIDTH, trained) for way, trained in ways.items()}
batch = rng.normal(size=(256, WIDTH)).astype("float32")
for model in deep.values():
    model.compile(optimizer="adam", loss="mse", jit_compile=False)
    model.train_on_batch(batch, batch)  # the first step also builds the graph


def seconds(model):
    began = process_time()
    model.train_on_batch(batch, batch)
    return process_time() - began


# %%
times = {way: [] for way in deep}
for _ in range(12):
    for way, model in deep.items():
        times[way].append(seconds(model))
measured = {way: min(each) for way, each in times.items()}
cost_bars(counted, measured, title="Cost of a training step of six Dense layers")

# %% [markdown]
# **Explain.** The measured bars follow the counted ones roughly. They are often shorter, one reason
# being the optimizer's own work, which freezing saves as well. Both cases train one layer of six, and
# yet the top is much the cheaper: **freezing the bottom saves most of this step; freezing all but the
# bottom saves less than a third of its products**, however deep the tower is. And where the lower
# layers are the costly ones, as in many convolutional networks, it saves hardly anything: of two
# layers, let the lower one cost nine times as much as the upper one.

# %%
for depth in range(2, 1000):
    everything = depth + depth + (depth - 1)  # forward, kernels' gradients, passing on
    assert depth - 1 < everything / 3  # what freezing all but the bottom saves
assert counted["only the top"] < counted["all layers"] / 2 < counted["only the bottom"]

lower, upper = 9, 1
everything = (lower + upper) + (lower + upper) + upper
only_the_lower = (lower + upper) + lower + upper
print(only_the_lower, "instead of", everything)

# %% [markdown]
# Memory behaves more simply. The optimizer's numbers follow the list of trainable weights, whichever
# layers those are: two for each trainable number with Adam, and two of its own.

# %%
for way, model in deep.items():
    slots = sum(int(np.prod(v.shape)) for v in model.optimizer.variables)
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    print(f"{way:15}  trainable {trainable:9,}  kept by Adam {slots:9,}")
    assert slots == 2 * trainable + 2
    assert trainable == len(ways[way]) * (WIDTH * WIDTH + WIDTH)

# %% [markdown]
# ## In short
#
# - **Snapshot, step, compare** proves what moved. A list of weights is not a copy of them.
# - A frozen layer is left out of the update. Gradients pass *through* it, and the layers before it
#   learn. `stop_gradient` is a wall: it stops the layers before it, which still count as trainable.
# - **Frozen means not in `trainable_weights`.** The gradient of a frozen weight exists; a loop of
#   your own over `weights` would use it.
# - `trainable` is about updates, `training` about how a layer computes. A frozen Dropout still
#   drops. Only BatchNormalization, once frozen, goes into inference mode by itself.
# - A frozen layer's weight penalty leaves the loss, and weight decay spares it. A weight whose
#   gradient is zero is *not* frozen: AdamW shrinks it.
# - Freezing the bottom of a network saves most of a step; freezing everything above a trained bottom
#   saves less than a third of the products, and hardly anything if the bottom is the costly part.
#   The optimizer's memory shrinks in both cases.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A training loop copied from a tutorial runs over `model.weights` or a hand-made list, and the
#   "frozen" layers drift.
# - Somebody freezes a whole model to get repeatable features and calls it with `training=True`:
#   Dropout makes them different every time.
# - Two losses from before and after freezing are compared in a report, and the drop is only a penalty
#   that is no longer counted.
# - Part of an embedding is "frozen" by zeroing its gradient; months later the optimizer becomes AdamW
#   and the part fades away.
#
# ## Next
#
# Now do [exercise 2](../exercises/02_what_training_moves/02_what_training_moves.ipynb). Everything
# here froze a layer first and compiled after it; whether that order matters is the subject of
# [lesson 3, when a freeze takes effect](03_when_freezing_takes_effect.ipynb). You come from
# [lesson 1, counting weights](01_counting_weights.ipynb).
#
# ## Sources
#
# - Keras documentation: [transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/)
#   (`trainable`, and the exception for BatchNormalization),
#   [writing a training loop from scratch in TensorFlow](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/),
#   [BatchNormalization layer](https://keras.io/api/layers/normalization_layers/batch_normalization/).
# - Weight decay apart from the gradient: I. Loshchilov and F. Hutter,
#   [Decoupled Weight Decay Regularization](https://arxiv.org/abs/1711.05101), 2019.
# - TensorFlow documentation: [tf.GradientTape](https://www.tensorflow.org/api_docs/python/tf/GradientTape).
