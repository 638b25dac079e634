# %% [markdown]
# # 2 · What one training step moves
#
# *What does freezing do, and what does it not do?*
#
# **Time:** {minutes}. **You need:** [lesson 1](01_counting_weights.ipynb): weights, roles and
# the ledger. The first cell takes 10 to 20 seconds.
#
# **Afterwards you will be able to**
#
# - prove, for any model, which weights a training step changed and which it did not;
# - say what happens to the layers before and after a frozen one;
# - tell apart two switches that are easily confused, `trainable` and `training`;
# - name what a freeze changes besides the update, what it saves, and what it cannot save.

# %%
from helpers import Table, compare, progress, snapshot, start

start()  # quiet logs, checked versions, fixed random numbers

import warnings
from itertools import product

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from helpers.predictions import what_training_moves as predictions

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answers. The cell after them asks again what surprised you in the
# lesson before.
#
# 1. A Dense layer has 5 inputs and 3 units. How many numbers are in it?
# 2. A summary says "Non-trainable params: 64", and nothing is frozen. What are they?
# 3. Why is the summary's total larger after a `fit` with Adam?
#
# <details><summary>Answers</summary>
#
# 1. 5 · 3 + 3 = 18: a kernel and a bias.
# 2. Numbers that a layer keeps for itself, such as the two statistics of a BatchNormalization with 32
#    features.
# 3. It counts the optimizer's numbers as well. The model has not grown.
#
# (All three are from [lesson 1](01_counting_weights.ipynb).)
#
# </details>

# %%
predictions.lesson.again()

# %% [markdown]
# ## Snapshot, step, compare
#
# Three Dense layers in a row will be our test object. The data are 32 random examples, and one batch
# of 32 makes one epoch exactly one **step**: one forward pass, one set of gradients, one update.


# %%
def make_tower(middle=None, behind=(), **first_options):
    """Dense `first` and `last` around a `middle`; other layers may stand behind that."""
    return keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(5, name="first", **first_options),
            middle or layers.Dense(5, name="middle"),
            *behind,
            layers.Dense(2, name="last"),
        ],
        name="tower",
    )


# %%
rng = np.random.default_rng(0)
x = rng.uniform(0.5, 2.5, (32, 6)).astype("float32")
y = rng.uniform(1, 2, (32, 2)).astype("float32")


def train_one_step(model, **options):
    model.compile(optimizer=keras.optimizers.SGD(0.01, **options), loss="mse")
    model.fit(x, y, batch_size=32, verbose=0)


# %% [markdown]
# **Predict.** Nothing is frozen. The tower has six arrays. How many of them will one step change: 0,
# 2, 3 or 6?

# %%
my_moved = ...

# %% [markdown]
# **Run.** `snapshot` copies the value of every variable; `compare` looks again and reports what is no
# longer the same, however little it changed.

# %%
tower = make_tower()
before = snapshot(tower)
train_one_step(tower)
movement = compare(before)
assert len(movement.moved) == len(movement.changes) == 6
movement

# %%
predictions.one_step.reveal(said=my_moved, seen=len(movement.moved))

# %% [markdown]
# **Explain.** All six: each is on the optimizer's list, the learning rate is not 0, and each got a
# gradient that is not 0. That is not always so. Below, nothing is frozen either, but `first` has a
# relu and biases of -100: it is "dead", and hands on nothing but zeros.

# %%
dead = make_tower(activation="relu", bias_initializer=keras.initializers.Constant(-100))
before = snapshot(dead)
train_one_step(dead)
print(compare(before).verdict())
assert compare(before).moved == ["tower/middle/bias", "tower/last/bias"]
assert len(dead.trainable_weights) == 6

# %% [markdown]
# So look at the values. But beware of the obvious way: to keep `tower.weights`, train, and compare.

# %%
old, copies = tower.weights, tower.get_weights()
train_one_step(tower)
seen = sum(not np.array_equal(w.numpy(), o.numpy()) for w, o in zip(tower.weights, old))
true = sum(not np.array_equal(w.numpy(), c) for w, c in zip(tower.weights, copies))
print("changed:", seen, "by the list of weights,", true, "by the copies")
assert (seen, true) == (0, 6)

# %% [markdown]
# `tower.weights` is a list of *variables*, not of values: each was compared with itself. You need
# copies, as `get_weights()` gives them. `snapshot` adds the names, the roles, and the variables that
# are not weights.
#
# ## A frozen layer in the middle
#
# Many explanations say that backpropagation "stops" at a frozen layer. Now `middle` is frozen.
#
# **Predict.** `first` stands before it, `last` behind it. Which of the three layers will one step move:
# `"first"`, `"last"`, `"first and last"` or `"all three"`?

# %%
my_moved_layers = ...

# %%
tower = make_tower()
tower.get_layer("middle").trainable = False
before = snapshot(tower)
train_one_step(tower)
movement = compare(before)
assert movement.still == ["tower/middle/kernel", "tower/middle/bias"]
assert len(movement.moved) == 4 and movement.moved[0] == "tower/first/kernel"
movement

# %%
names = dict.fromkeys(path.split("/")[1] for path in movement.moved)
predictions.frozen_middle.reveal(said=my_moved_layers, seen=" and ".join(names))

# %%
from helpers.figures import cost_bars, how_far

how_far(movement, title="One step of SGD, middle frozen")

# %% [markdown]
# **Explain.** `first` learns as before. The chain rule asks how the loss depends on the *output* of
# `middle`, and how that depends on its *input*; for this it needs the kernel of `middle`, but need not
# change it. The gradient passes through.
#
# Do the others notice? We train twice from the same start, once with `middle` free and once frozen,
# and compare where the four arrays of `first` and `last` end.
#
# **Predict.** In how many of the four do the two runs differ
#
# 1. after one step of plain SGD,
# 2. after two steps,
# 3. after one step with `global_clipnorm=1`: all gradients are shortened together, to a common length
#    of at most 1,
# 4. after one plain step, if `middle` is a BatchNormalization?

# %%
my_one_step, my_two_steps, my_clipnorm, my_batchnorm = ..., ..., ..., ...


# %%
def differences(batchnorm=False, steps=1, **options):
    ends = []
    for frozen in (False, True):
        keras.utils.set_random_seed(2)  # the same start values every time
        model = make_tower(layers.BatchNormalization(name="middle") if batchnorm else None)
        model.get_layer("middle").trainable = not frozen
        for _ in range(steps):
            train_one_step(model, **options)
        ends.append([w.numpy() for w in model.weights if "middle" not in w.path])
    return sum(not np.allclose(a, b, rtol=1e-6, atol=1e-7) for a, b in zip(*ends))


# %% [markdown]
# **Run.** This takes about five seconds.

# %%
cases = {
    "one step": {},
    "two steps": {"steps": 2},
    "global_clipnorm": {"global_clipnorm": 1.0},
    "BatchNormalization": {"batchnorm": True},
}
differ = {case: differences(**cases[case]) for case in progress(list(cases), "training")}
print(differ)
assert list(differ.values()) == [0, 4, 4, 4]

# %%
said = my_one_step, my_two_steps, my_clipnorm, my_batchnorm
predictions.noticed.reveal(said=said, seen=list(differ.values()))

# %% [markdown]
# **Explain.** In one plain step the others did not notice the freeze at all; after it the two `middle`
# layers differ, so from the second step on everything does. But a frozen weight adds nothing to the length
# that `global_clipnorm` looks at: the other gradients are shortened less, and each of the four arrays
# takes a *different* step. And BatchNormalization looks at the flag itself (more of that below). So freezing leaves a layer
# out of the *update*; whether it changes the rest of the step, too, depends on what else in the step looks at the flag.
#
# ## A wall in the middle
#
# There *is* a way to stop a gradient: `keras.ops.stop_gradient` hands its input on and lets no
# gradient come back. We put it, as a layer, behind `middle`, and freeze nothing.


# %%
class Wall(layers.Layer):
    def call(self, inputs):
        return keras.ops.stop_gradient(inputs)


# %% [markdown]
# **Predict.** Which of the six arrays will move? (A list of layers or arrays, such as `["first",
# "middle/bias"]`; `[]` for none.) How many will Keras list as trainable: 2, 4 or 6?

# %%
my_moved, my_trainable = ..., ...

# %%
walled = make_tower(behind=[Wall(name="wall")])
before = snapshot(walled)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", UserWarning)
    train_one_step(walled)
movement = compare(before)
movement

# %%
print(len(walled.trainable_weights), "arrays are listed as trainable")
told = {str(each.message).partition(" [")[0] for each in caught}
print("Keras says:", *told)
assert movement.moved == ["tower/last/kernel", "tower/last/bias"]
assert len(walled.trainable_weights) == 6 and "Gradients do not exist for variables" in told

# %%
seen = movement.moved, len(walled.trainable_weights)
predictions.wall.reveal(said=(my_moved, my_trainable), seen=seen)

# %% [markdown]
# **Explain.** Everything before the wall stood still, though every role in the table says *learned*.
# Keras at least warned. Keep the two apart:
#
# | what | the Dense layer itself | Dense layers before it | in the list of trainable weights |
# |---|---|---|---|
# | frozen layer | stands still | learn | no |
# | wall behind a layer | does not learn | do not learn | yes |
#
# ## Is there a gradient for a frozen weight?
#
# To see, we write the training step ourselves. A **GradientTape** records what TensorFlow computes,
# then gives the gradient of the loss for variables that we ask for.


# %%
def gradients_for(model, variables, inputs=x, targets=y, **call):
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(inputs, **call) - targets) ** 2)
    return tape.gradient(loss, variables)


def step_by_hand(model, variables, **options):
    gradients = gradients_for(model, variables, **options)
    keras.optimizers.SGD(0.01).apply(gradients, variables)


# %% [markdown]
# **Predict.** `middle` is frozen, and we ask for the gradient of its kernel. Do we get `"None"`, an
# array of `"zeros"`, or an `"ordinary"` gradient? (In quotes.)

# %%
my_gradient = ...

# %%
tower = make_tower(layers.Dense(5, name="middle", trainable=False))
middle = tower.get_layer("middle")
(gradient,) = gradients_for(tower, [middle.kernel])
assert gradient is not None
print("shape:", tuple(gradient.shape), " zeros in it:", int(np.sum(gradient.numpy() == 0)))
assert gradient.shape == (5, 5) and np.all(gradient.numpy() != 0)

# %%
told = "None" if gradient is None else "ordinary" if np.any(gradient) else "zeros"
predictions.gradient.reveal(said=my_gradient, seen=told)

# %% [markdown]
# **Explain.** An ordinary gradient. (Many answers on the web promise `None`, and with PyTorch's
# `requires_grad=False` that is so.) With Keras 3 on TensorFlow, the flag of a layer does not reach
# the tape. It is otherwise with a weight that its layer *made* as non-trainable, such as the statistics
# of BatchNormalization: the tape does not watch it, even where the output depends on it.

# %%
norm = layers.BatchNormalization(name="middle")
both = gradients_for(make_tower(norm), [norm.gamma, norm.moving_mean], training=False)
shapes = [None if gradient is None else tuple(gradient.shape) for gradient in both]
print("gamma:", shapes[0], " moving mean:", shapes[1])
assert shapes == [(5,), None]

# %% [markdown]
# What keeps `middle` still, then, is that nobody uses its gradient: `fit` asks for
# `model.trainable_weights`, and a frozen weight is not on that list. In your own loop *you* write the
# list. Here are two loops, one over `weights`, one over `trainable_weights`.

# %%
before = snapshot(tower)
step_by_hand(tower, tower.weights)
print("weights:          ", compare(before).verdict())
assert compare(before).still == [] and len(tower.non_trainable_weights) == 2

# %%
before = snapshot(tower)
step_by_hand(tower, tower.trainable_weights)
movement = compare(before)
print("trainable_weights:", ", ".join(movement.still), "stood still")
assert movement.still == ["tower/middle/kernel", "tower/middle/bias"]

# %% [markdown]
# **Explain.** The first one trained the frozen layer without an error or a warning. The flag is a note,
# and a training loop has to read it. **Frozen means: not in `trainable_weights`.** Whatever
# goes by that list skips the weight: the update, but also `global_clipnorm`, as you saw.
#
# ## Two switches: `trainable` and `training`
#
# `layer.trainable` says whether the optimizer may update a layer's weights. The argument `training`,
# in `layer(inputs, training=True)`, says how the layer should *compute* in this call: as during
# training (**training mode**), which `fit` asks for, or as in **inference** (use), which `predict` and
# `evaluate` ask for. Three kinds of layer respond in three ways.
#
# **Predict.** Three questions before the table, each `True` or `False`.
#
# 1. Does a frozen Dropout with `training=True` still drop numbers at random?
# 2. Does a frozen BatchNormalization with `training=True` still update its statistics?
# 3. Does an *unfrozen* BatchNormalization with `training=False` learn its gamma and beta?

# %%
my_dropout_drops, my_norm_updates, my_norm_learns = ..., ..., ...

# %% [markdown]
# **Run.** Each of twelve experiments takes one step by hand, sees what moved, and asks of the output:
# do two calls on the same batch agree? Does the first row of the batch come out the same when the
# *other* rows change?

# %%
rows = rng.uniform(0.5, 2.5, (8, 4)).astype("float32")
other_mates = np.concatenate([rows[:1], rows[1:] + 1])


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
    step_by_hand(layer, layer.trainable_weights, inputs=rows, targets=5.0, training=training)
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

# %%
moved, outputs = zip(*found.values())
dense, dropout, norm = moved[:4], moved[4:8], moved[8:]
assert dense == ("kernel, bias", "kernel, bias", "nothing", "nothing")
assert dropout == ("seed_generator_state", "nothing", "seed_generator_state", "nothing")
assert norm == ("gamma, beta, moving_mean, moving_variance", "gamma, beta", "nothing", "nothing")
assert outputs[4:9] == ("random", "fixed", "random", "fixed", "depends on the batch")
assert {*outputs[:4], *outputs[9:]} == {"fixed"}
for layer in (layers.Dense(4), layers.BatchNormalization(trainable=False)):
    assert np.allclose(layer(rows, training=True), layer(rows, training=False))

# %%
said = my_dropout_drops, my_norm_updates, my_norm_learns
seen = outputs[6] == "random", "moving_mean" in norm[2], "gamma" in norm[1]
predictions.two_switches.reveal(said=said, seen=seen)

# %% [markdown]
# **Explain.**
#
# - **Dense** looks only at `trainable`. It computes the same either way.
# - **Dropout** looks only at `training`: a frozen Dropout goes on dropping. What moves is the state of
#   its random generator, a variable, but not a weight.
# - **BatchNormalization** looks at both. Frozen, it computes as in inference *even with*
#   `training=True`, and its statistics keep still. Not frozen, but with `training=False`, it still
#   learns gamma and beta.
#
# So "frozen" is not "in inference mode", BatchNormalization apart. (Advice from before TensorFlow 2
# says otherwise. Keras 2.1.3, in January 2018, stopped the statistics of a frozen one from updating;
# TensorFlow 2 made it normalise as in inference. Lesson 5 has more.)
#
# Which calls are in training mode? The statistics and the random generator tell.
#
# **Predict.** A loop of your own calls `model(x)` and says nothing about `training`. Does Dropout drop,
# `True` or `False`?

# %%
my_drops_unsaid = ...

# %%
drop = layers.Dropout(0.5, seed=1, name="drop")
full = make_tower(layers.BatchNormalization(name="middle"), behind=[drop])
full.compile(optimizer="sgd", loss="mse")
calls = {
    "model(x)": lambda: full(x),
    "model(x, training=True)": lambda: full(x, training=True),
    "model.fit": lambda: full.fit(x, y, verbose=0),
    "model.evaluate": lambda: full.evaluate(x, y, verbose=0),
    "model.predict": lambda: full.predict(x, verbose=0),
}
records = [*full.get_layer("middle").non_trainable_variables, *drop.variables]

# %%
moved = {}
for name, call in calls.items():
    before = [each.numpy() for each in records]
    call()
    moved[name] = sum(not np.array_equal(e.numpy(), old) for e, old in zip(records, before))
    print(f"{name:24} {moved[name]} of 3 records moved")
assert list(moved.values()) == [0, 3, 3, 0, 0]

# %%
predictions.unsaid.reveal(said=my_drops_unsaid, seen=moved["model(x)"] > 0)

# %% [markdown]
# **Explain.** If nothing is said, these layers compute as in inference: Dropout drew no random numbers,
# and the statistics stayed where they were. Nobody warns. `fit` says it for you; in a loop of your own,
# write `model(x, training=True)`. (Other layers have another default: see *Dig deeper*.)
#
# ## Penalties on frozen weights
#
# A **regulariser** adds a penalty for large weights to the loss. L2(0.5), for example, adds half the
# sum of the squares. Take kernels full of ones: 4 · 3 ones cost 6, and 3 · 2 ones cost 3. On inputs of
# zeros and targets of zeros, the error is 0 and the loss is the penalty.

# %%
ones = {"kernel_initializer": "ones", "kernel_regularizer": keras.regularizers.L2(0.5)}
first = layers.Dense(3, name="first", **ones)
last = layers.Dense(2, name="last", **ones)
penalized = keras.Sequential([keras.Input((4,)), first, last], name="penalized")
zeros = np.zeros((8, 4)), np.zeros((8, 2))

# %% [markdown]
# **Predict.** `evaluate` says 9. Then you freeze `first`, and call `evaluate` again. Then you compile
# again, and call it a third time. What does it say the second and the third time?

# %%
my_second, my_third = ..., ...

# %%
penalized.compile(optimizer="sgd", loss="mse")
reported = [penalized.evaluate(*zeros, verbose=0)]
first.trainable = False
reported.append(penalized.evaluate(*zeros, verbose=0))
penalized.compile(optimizer="sgd", loss="mse")
reported.append(penalized.evaluate(*zeros, verbose=0))
print(reported)
assert reported == [9.0, 9.0, 3.0] and len(penalized.losses) == 1

# %%
predictions.penalties.reveal(said=(my_second, my_third), seen=reported[1:])

# %% [markdown]
# **Explain.** Keras adds up the penalties of the weights in `trainable_weights`, so that of the frozen
# kernel drops out, though no weight changed: the losses are not comparable. But `evaluate` goes on with
# the graph that it made (*traced*) at its first call, until the next compile
# ([lesson 3](03_when_freezing_takes_effect.ipynb)).
#
# ## What does weight decay shrink?
#
# **Weight decay**, as in the optimizer AdamW, shrinks weights a little in each step, apart from any
# gradient. Which ones? Take three kernels full of ones. `cut` stands before a wall: its gradient is
# `None`. `frozen` is frozen. `head` sees two numbers of which the second is always 0: the second row
# of its kernel has a gradient of exactly 0.
#
# **Predict.** One step of plain SGD, then one of AdamW with learning rate 0.5 and decay 0.25. Are `cut`
# and `frozen` still 1 at the end, `True` or `False`? And what number is the second row of `head`?

# %%
my_cut, my_frozen, my_row = ..., ..., ...

# %%
ones = {"kernel_initializer": "ones", "use_bias": False}
cut = layers.Dense(2, name="cut", **ones)
frozen = layers.Dense(2, name="frozen", trainable=False, **ones)
blank = layers.Rescaling([1.0, 0.0], name="blank")  # the second number times 0
head = layers.Dense(1, name="head", **ones)
decayed = keras.Sequential(
    [keras.Input((2,)), cut, Wall(name="wall"), frozen, blank, head], name="decayed"
)

# %%
row = {}
for optimizer in (keras.optimizers.SGD(0.5), keras.optimizers.AdamW(0.5, weight_decay=0.25)):
    decayed.compile(optimizer, loss="mse")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that `cut` gets no gradient
        history = decayed.fit(np.ones((4, 2)), np.full((4, 1), 9.0), verbose=0)
    row[type(optimizer).__name__] = float(head.kernel.numpy()[1, 0])
print("cut:", cut.kernel.numpy().ravel(), " frozen:", frozen.kernel.numpy().ravel())
print("second row of head:", row)
assert np.all(cut.kernel.numpy() == 1) and np.all(frozen.kernel.numpy() == 1)
assert row == {"SGD": 1.0, "AdamW": 1 - 0.5 * 0.25}

# %%
still = [bool(np.all(layer.kernel.numpy() == 1)) for layer in (cut, frozen)]
predictions.decay.reveal(said=(my_cut, my_frozen, my_row), seen=(*still, row["AdamW"]))

# %% [markdown]
# **Explain.** AdamW works on the list, and skips weights whose gradient is `None`. But a gradient of 0
# is a gradient: that row shrank to 1 - 0.5 · 0.25 = 0.875. So setting a gradient to zero, often
# recommended for freezing *part* of an array, is not freezing. It holds with plain SGD, and breaks on
# the day that somebody switches to AdamW.
#
# ## What freezing saves
#
# Adam keeps two numbers for each number on the list ([lesson 1](01_counting_weights.ipynb)), so
# freezing saves memory, wherever the layer stands. What of the work? In a row of Dense layers it is
# mostly products of two matrices. Going forward, each layer takes one. Going back, each takes one for
# the gradient of its kernel, if that is wanted, and one to pass the gradient on, if anybody before it
# wants it. Six layers, all trained, make 6 + 6 + 5 = 17 products a step.
#
# **Predict.** How many products does a step take if the five lower layers are frozen and only the
# top is trained? And if only the *bottom* layer is trained and the five above it are frozen?

# %%
my_top_only, my_bottom_only = ..., ...


# %%
def make_deep(width, trained):
    dense = [layers.Dense(width, activation="relu", name=f"dense_{i}") for i in range(6)]
    for position, layer in enumerate(dense):
        layer.trainable = position in trained
    return keras.Sequential([keras.Input((width,)), *dense], name="deep")


# %% [markdown]
# **Run.** TensorFlow notes the operations of a step in a *graph* before it runs them. We keep those
# that the gradients need, and count the products.


# %%
def needed_operations(model, width):
    batch = tf.ones((2, width))
    step = tf.function(lambda: gradients_for(model, model.trainable_weights, batch, batch))
    graph = step.get_concrete_function().graph
    wanted = [tensor.op.name for tensor in graph.outputs]
    return tf.compat.v1.graph_util.extract_sub_graph(graph.as_graph_def(), wanted).node


# %%
ways = {"all layers": range(6), "only the top": [5], "only the bottom": [0]}
needed = {way: needed_operations(make_deep(8, trained), 8) for way, trained in ways.items()}
counted = {way: [each.op for each in needed[way]].count("MatMul") for way in ways}
print(counted)
assert counted == {"all layers": 6 + 6 + 5, "only the top": 6 + 1, "only the bottom": 6 + 1 + 5}

# %%
seen = counted["only the top"], counted["only the bottom"]
predictions.products.reveal(said=(my_top_only, my_bottom_only), seen=seen)

# %% [markdown]
# **Explain.** In both cases one layer is trained and five are frozen. But to train the top, the
# gradient need not go anywhere else, while to train the bottom it must come down through all the
# others. Of the products, a frozen layer *above* a trained one saves only that for its own kernel's
# gradient.
#
# ## What did you expect?
#
# Here is what became of your predictions. Whatever surprised you is asked again at the beginning of
# the next lesson.

# %%
predictions.tally()

# %% [markdown]
# ## In short
#
# - **Snapshot, step, compare** proves what moved. A list of weights is not a copy of them.
# - A frozen layer is left out of the update. Gradients pass *through* it, and the layers before it
#   learn. `stop_gradient` is a wall: no gradient of the error reaches the layers before it, which
#   still count as trainable.
# - **Frozen means not in `trainable_weights`.** The gradient exists; a loop over `weights` uses it.
# - `trainable` is about updates, `training` about how a layer computes. A frozen Dropout still
#   drops; a frozen BatchNormalization goes into inference mode. A loop of your own must *say*
#   `training=True`.
# - A freeze can change more than the update: with `global_clipnorm` the steps of all others, and the
#   reported loss: a frozen weight's penalty no longer counts (in a step traced earlier it does, until
#   the next compile).
# - Weight decay spares what is frozen, but not a number whose gradient is zero.
# - Of equal layers, freezing the *bottom* ones saves the most work: the gradient need not go there.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A training loop runs over `model.weights`, and the "frozen" layers drift. Or it calls `model(x)`,
#   and the network is trained without its Dropout.
# - Somebody freezes a model to get repeatable features and calls it with `training=True`: Dropout makes
#   them different every time.
# - A report compares losses from before and after freezing; the drop is only a penalty that is no
#   longer counted.
# - Part of an embedding is "frozen" by zeroing its gradient; with AdamW it fades away.

# %% [markdown]
# ## Dig deeper: which penalties reach a weight, and which stay?
#
# Before a wall no gradient of the *error* arrives. A penalty needs no path through the model.
#
# **Predict.** `first` has an L2 penalty on its kernel, and a wall stands behind `middle`. Nothing is
# frozen. Which arrays move? (A list, as above.)

# %%
my_moved = ...

# %%
walled = make_tower(behind=[Wall(name="wall")], kernel_regularizer="l2")
before = snapshot(walled)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    train_one_step(walled)
print(compare(before).verdict())
assert compare(before).moved == ["tower/first/kernel", "tower/last/kernel", "tower/last/bias"]

# %%
predictions.penalty_before_a_wall.reveal(said=my_moved, seen=compare(before).moved)

# %% [markdown]
# **Explain.** The penalty drew the kernel of `first` towards zero, wall or no wall. A wall keeps a
# weight from *learning from the data*; a freeze keeps it from every update by the optimizer in `fit`.
#
# A penalty on a layer's *output* does not go by the list. It is added in every call, even if all is
# frozen and nobody can do anything about it.

# %%
keeps = layers.Dense(
    3, name="keeps", kernel_regularizer="l2", activity_regularizer="l2", trainable=False
)
keeps(np.ones((2, 4)))
print(len(keeps.losses), "penalty left of two")
assert len(keeps.losses) == 1 and float(keeps.losses[0]) != 0

# %% [markdown]
# ## Dig deeper: who decides about training mode?
#
# Here is a subclassed model, `Own`. Its `call` has no argument `training`.


# %%
class Own(keras.Model):
    def __init__(self):
        super().__init__(name="own")
        self.norm = layers.BatchNormalization(name="norm")
        self.head = layers.Dense(2, name="head")

    def call(self, inputs):
        return self.head(self.norm(inputs))


class Told(Own):
    def call(self, inputs, training=False):
        return super().call(inputs)


# %% [markdown]
# **Predict.** `Told` differs from `Own` only by an argument that it does not even use. One step of
# `fit`: do the statistics of `norm` move in `Own`? In `Told`? (`True` or `False`.)

# %%
my_own, my_told = ..., ...

# %%
moved = {}
for kind in (Own, Told):
    model = kind()
    model(x)  # makes the weights
    before = snapshot(model)
    train_one_step(model)
    moved[kind.__name__] = [path for path in compare(before).moved if "moving" in path]
print(moved)
assert moved == {"Own": [], "Told": ["own/norm/moving_mean", "own/norm/moving_variance"]}

# %%
seen = [len(paths) > 0 for paths in moved.values()]
predictions.an_unused_argument.reveal(said=(my_own, my_told), seen=seen)

# %% [markdown]
# **Explain.** `fit` passes `training=True` to a model whose own `call` takes it; from there Keras hands
# it on to the layers inside. `Own` does not take it, so `fit` says nothing, without a warning, and these
# layers compute as in inference: a Dropout in it would not drop, either. Sequential and functional models
# take the argument; give it to the `call` of every model that you fit. It is `fit` that keeps silent: a
# call with `training=True` reaches `norm`, and so does the fit of a model around `Own`.

# %%
own = Own()
own(x)
before = snapshot(own)
own(x, training=True)
print("own(x, training=True):", compare(before).verdict())
assert compare(before).moved == ["own/norm/moving_mean", "own/norm/moving_variance"]
before = snapshot(own)
train_one_step(keras.Sequential([keras.Input((6,)), own]))
print("fit of a model around it:", compare(before).verdict())
assert compare(before).still == []

# %% [markdown]
# If nobody says anything, the layer's own default holds. Layers that augment images are in training
# mode then: `model(images)` flips some of them, and only `training=False` leaves them alone. (In a model like
# `Own` such a layer goes on flipping even in `predict`.)

# %%
flip = layers.RandomFlip(seed=1, name="flip")
flipping = keras.Sequential([keras.Input((4, 4, 1)), flip], name="flipping")
images = rng.uniform(size=(32, 4, 4, 1)).astype("float32")
changed = {
    "nothing said": not np.array_equal(flipping(images), images),
    "training=False": not np.array_equal(flipping(images, training=False), images),
}
print("images changed:", changed)
assert changed == {"nothing said": True, "training=False": False}

# %% [markdown]
# ## Dig deeper: what does a freeze save on your computer?
#
# The counts of "What freezing saves" were 17, 7 and 12 products. The second cell takes some steps of
# each kind, in turns, and keeps the fastest, in about five seconds. It counts CPU time, so that other
# programs disturb it less.

# %%
from time import process_time

WIDTH = 512
deep = {way: make_deep(WIDTH, trained) for way, trained in ways.items()}
batch = rng.normal(size=(256, WIDTH)).astype("float32")
for model in deep.values():
    model.compile(optimizer="adam", loss="mse", jit_compile=False)  # the products as counted


def seconds(model):
    began = process_time()
    model.train_on_batch(batch, batch)
    return process_time() - began


# %%
times = {way: [] for way in deep}
for _ in progress(range(13), "steps"):  # the first one also builds the graph
    for way, model in deep.items():
        times[way].append(seconds(model))
measured = {way: min(each) for way, each in times.items()}
cost_bars(counted, measured, title="Cost of a training step of six Dense layers")

# %% [markdown]
# **Explain.** Do your measured bars follow the counted ones? Roughly they should. They are often
# shorter, one reason being the optimizer's own work, which freezing saves as well.
#
# However deep the tower, freezing all but the bottom saves less than a third of the products. And
# where the lower layers are the costly ones, it saves hardly anything: of two layers, let the lower
# one cost nine times as much as the upper one.

# %%
for depth in range(2, 1000):
    everything = depth + depth + (depth - 1)  # forward, kernels' gradients, passing on
    assert depth - 1 < everything / 3  # what freezing all but the bottom saves

lower, upper = 9, 1
everything = (lower + upper) + (lower + upper) + upper
only_the_lower = (lower + upper) + lower + upper
print(only_the_lower, "instead of", everything)
assert only_the_lower / everything > 0.95

# %% [markdown]
# And memory? Here is Adam's part: two numbers for each trained one, and two of its own.

# %%
slots = {}
for way, trained in ways.items():
    adam = keras.optimizers.Adam()
    adam.build(make_deep(8, trained).trainable_weights)
    slots[way] = sum(int(np.prod(variable.shape)) for variable in adam.variables)
print("numbers kept by Adam:", slots)
assert list(slots.values()) == [2 * 6 * 72 + 2, 2 * 72 + 2, 2 * 72 + 2]  # 8 · 8 + 8 a layer

# %% [markdown]
# The outputs of the layers are another part: what the backward pass needs of them must be kept until
# that pass has used it. In the graphs they are what the operations of the gradient take from a relu.

# %%
outputs = {}
for way, operations in needed.items():
    back = [each for each in operations if each.name.startswith("gradient_tape")]
    outputs[way] = len({name for each in back for name in each.input if name.endswith("Relu")})
print("outputs kept for the way back:", outputs)
assert outputs == {"all layers": 6, "only the top": 2, "only the bottom": 6}

# %% [markdown]
# In this tower, training only the bottom keeps as many outputs as training everything: the gradient of
# a relu needs the relu's output, frozen or not. (Without an activation, a frozen Dense needs only its
# kernel to pass the gradient on.)

# %% [markdown]
# ## Next
#
# Now do [exercise 2](../exercises/02_what_training_moves/02_what_training_moves.ipynb). Nearly
# everything here froze a layer first and compiled after it; whether that order matters is the subject
# of [lesson 3, when a freeze takes effect](03_when_freezing_takes_effect.ipynb). You come from
# [lesson 1, counting weights](01_counting_weights.ipynb).
#
# ## Sources
#
# - Keras documentation: [transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/)
#   (`trainable`, and the exception for BatchNormalization),
#   [writing a training loop from scratch in TensorFlow](https://keras.io/guides/writing_a_custom_training_loop_in_tensorflow/),
#   [BatchNormalization layer](https://keras.io/api/layers/normalization_layers/batch_normalization/).
# - What a frozen BatchNormalization did before: the sources of Keras
#   [2.1.2](https://github.com/keras-team/keras/tree/2.1.2), [2.1.3](https://github.com/keras-team/keras/tree/2.1.3)
#   (`Layer.updates`) and [2.3.1](https://github.com/keras-team/keras/tree/2.3.1), and
#   [Keras pull request 13892](https://github.com/keras-team/keras/pull/13892).
# - A `call` without `training`: [keras-hub issue 1500](https://github.com/keras-team/keras-hub/issues/1500).
# - Weight decay apart from the gradient: I. Loshchilov and F. Hutter,
#   [Decoupled Weight Decay Regularization](https://arxiv.org/abs/1711.05101), 2019.
# - TensorFlow documentation: [tf.GradientTape](https://www.tensorflow.org/api_docs/python/tf/GradientTape).
