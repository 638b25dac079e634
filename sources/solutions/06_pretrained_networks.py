# %% [markdown]
# # Exercise 6 · Pretrained networks
#
# *Can you count what a pretrained network keeps, freeze the part you mean, and fine-tune it safely?*
#
# **Time:** about 40 minutes. **You need:** [lesson 6](../../notebooks/06_pretrained_networks.ipynb).
#
# Each task has a cell for your answer, in which you replace `pass  # your code here`, and below it a
# cell that checks the answer. A check never counts tries, and hints are free: call
# `tasks.inception.hint()` (with the task's name) in a cell of your own. The first cell takes 10 to 20
# seconds.

# %%
from helpers import compare, freeze_batchnorm, mini_googlenet, snapshot, start

start()

import math

import keras

from helpers.tasks import pretrained_networks as tasks

# %% [markdown]
# ## Task 1: a fresh Inception
#
# InceptionV3, built with `weights=None`, has 94 BatchNormalization layers with 17,216 channels in all.
# They are made with `scale=False`: they have no gamma, but everything else. How many of the network's
# 23,851,784 numbers are non-trainable in the `fresh` network? And how many, if just these 94 layers are
# frozen (`norms_frozen`)?

# %% answer inception
fresh = norms_frozen = ...
### BEGIN SOLUTION
fresh = 2 * 17_216  # moving mean and moving variance
norms_frozen = 3 * 17_216  # and beta
### END SOLUTION

# %% check inception 1
tasks.inception.check(fresh, norms_frozen)

# %% [markdown]
# ## Task 2: three counts of mini_googlenet
#
# The course's `mini_googlenet` has twenty convolutions, all without bias, each with a
# BatchNormalization layer behind it; these twenty have 388 channels in all. `conv1` has 16 filters of
# 3 × 3 on gray images, `conv2` has 32 filters of 3 × 3 on the maps of `conv1`. How many of its 47,850
# numbers are non-trainable
#
# - if nothing is frozen (`fresh_googlenet`);
# - if `conv1` and `conv2` are frozen and nothing else (`convolutions_frozen`);
# - if `conv1`, `norm1`, `conv2` and `norm2` are frozen (`four_frozen`)?

# %% answer googlenet
fresh_googlenet = convolutions_frozen = four_frozen = ...
### BEGIN SOLUTION
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 3 * 3 * 1 * 16 + 3 * 3 * 16 * 32
four_frozen = convolutions_frozen + 2 * (16 + 32)  # gamma and beta; the rest was counted already
### END SOLUTION

# %% check googlenet 2
tasks.googlenet.check(fresh_googlenet, convolutions_frozen, four_frozen)

# %% [markdown]
# ## Task 3: freeze the first two
#
# Write `freeze_first_two(model)`. The check gives it a pretrained `mini_googlenet()`, and you return the
# same model, in which the first two convolutions *and the BatchNormalization layer behind each of them*
# are frozen, and nothing else. You set flags only; the check compiles the model and trains it.


# %% answer by_name
def freeze_first_two(model):
    ### BEGIN SOLUTION
    for name in ("conv1", "norm1", "conv2", "norm2"):
        model.get_layer(name).trainable = False
    return model
    ### END SOLUTION


# %% check by_name 1
tasks.by_name.check(freeze_first_two)

# %% [markdown]
# ## Task 4: freeze everything before a block
#
# Write `freeze_before(model, block)`. The check gives it a `mini_googlenet()` and the letter of one of
# its blocks, `"a"`, `"b"` or `"c"`. Everything that the block's input comes from should stand still: the first two convolutions
# with their BatchNormalization layers, and all earlier blocks. The block itself and everything after it
# learns. Again set flags only, and return the model.


# %% answer by_block
def freeze_before(model, block):
    ### BEGIN SOLUTION
    names = [layer.name for layer in model.layers]
    first = next(i for i, name in enumerate(names) if f"_{block}" in name)  # of any branch
    for layer in model.layers[:first]:
        layer.trainable = False
    return model
    ### END SOLUTION


# %% check by_block 2
tasks.by_block.check(freeze_before)

# %% [markdown]
# ## Task 5: fine-tune from a layer on
#
# Here the pretrained base is *one* layer of the model, called `"base"`, as `tasks.on_top` puts it:

# %%
model = tasks.on_top(tasks.small_base())
print([layer.name for layer in model.layers])
print([layer.name for layer in model.get_layer("base").layers])

# %% [markdown]
# Write `fine_tune_from(model, name)`. In the base, all layers before the layer `name` should stand still;
# that layer, all later ones and the head should learn (BatchNormalization is a layer like any other
# here). It has to work no matter how the base arrives: frozen as a whole (`base.trainable = False`) or
# layer by layer (some or all of the layers' flags), functional or Sequential. Return the model; the check compiles it.


# %% answer from_layer
def fine_tune_from(model, name):
    ### BEGIN SOLUTION
    base = model.get_layer("base")
    base.trainable = False  # so that True, in the next line, reaches every layer
    base.trainable = True
    position = [layer.name for layer in base.layers].index(name)
    for layer in base.layers[:position]:
        layer.trainable = False
    return model
    ### END SOLUTION


# %% check from_layer 2
tasks.from_layer.check(fine_tune_from)

# %% [markdown]
# ## Task 6: what still learns?
#
# Somebody hands you a model, with other models inside it and flags set here and there. Write
# `what_learns(model)`, which returns a dict: for the `path` of each weight that the optimizer would
# update, how many numbers it holds. Try it on `tasks.partly_frozen()`.


# %% answer still_learning
def what_learns(model):
    ### BEGIN SOLUTION
    return {weight.path: math.prod(weight.shape) for weight in model.trainable_weights}
    ### END SOLUTION


# %% check still_learning 2
tasks.still_learning.check(what_learns)

# %% [markdown]
# ## Task 7: choose the recipe under a budget
#
# These are the course's stored measurements (`helpers/data/transfer.json`). The words in the first column
# are your choices.

# %%
tasks.measured()

# %%
tasks.tunings()

# %% [markdown]
# - `digits`: the new digits, ten labels a class, `mini_googlenet`. The best accuracy counts. Which
#   recipe?
# - `phone`: emoji, ten labels a group, EfficientNet-lite0 on a phone that can only run the network
#   forwards; nothing can be sent back through it. Which recipe?
# - `compare_with`: how much of what "first two" reaches is due to the pretrained *values*? Which recipe
#   do you compare it with?
# - `second_phase`: after the head, the base should be tuned, and the old head should still read MNIST.
#   Which row of the second table?

# %% answer recipe
digits = phone = compare_with = second_phase = ...
### BEGIN SOLUTION
digits = "first two"
phone = "head"
compare_with = "control"
second_phase = "still 0.0001"
### END SOLUTION

# %% check recipe 2
tasks.recipe.check(digits, phone, compare_with, second_phase)

# %% [markdown]
# ## Task 8: features, once
#
# You want only the head to learn. Then the base, in inference mode, gives the same image the same
# features in every epoch. Write `scores_by_features(base, head, images, labels, new_images)`: it gives
# the base each image once, trains `head` on the features for 3 epochs in batches of 4 with
# `shuffle=False`, and returns the scores of the head for `new_images`, (images, classes). The head
# arrives compiled; it takes features, not images. The base is pretrained and has BatchNormalization;
# no value in it may change.


# %% answer features_once
def scores_by_features(base, head, images, labels, new_images):
    ### BEGIN SOLUTION
    features = base.predict(images, verbose=0)  # in inference mode
    head.fit(features, labels, epochs=3, batch_size=4, shuffle=False, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0)
    ### END SOLUTION


# %% check features_once 2
tasks.features_once.check(scores_by_features)

# %% [markdown]
# ## Task 9: repair the second phase
#
# In a first phase, the head of such a model was trained on a frozen base with `Adam(0.01)`; that is what
# `tasks.after_first_phase()` gives. Now a colleague wants to fine-tune the base, at a small rate and with
# its statistics kept. Run this, and look at what moves.


# %%
def broken_second_phase(model):
    model.get_layer("base").trainable = True
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    return model


broken = broken_second_phase(tasks.after_first_phase())
print("learning rate:", round(float(broken.optimizer.learning_rate), 6))
before = snapshot(broken)
images, labels = tasks.pictures()
history = broken.fit(images, labels, batch_size=16, verbose=0)
compare(before)

# %% [markdown]
# Write `start_second_phase(model)`, which prepares such a model and returns it compiled. In the next fit
# the base's convolutions and the head should learn, every BatchNormalization layer should stand still,
# all four arrays of it, and the learning rate should be 0.0001, with a new optimizer. It also has to work
# if the first phase froze the base's layers one by one
# (`tasks.after_first_phase(one_by_one=True)`). The loss is `"sparse_categorical_crossentropy"`.


# %% answer second_phase
def start_second_phase(model):
    ### BEGIN SOLUTION
    base = model.get_layer("base")
    base.trainable = False  # so that True, in the next line, reaches every layer
    base.trainable = True
    freeze_batchnorm(base)
    model.compile(keras.optimizers.Adam(1e-4), "sparse_categorical_crossentropy")
    return model
    ### END SOLUTION


# %% check second_phase 3
tasks.second_phase.check(start_second_phase)

# %% [markdown]
# ## Task 10: put the lines in order
#
# `base` is a pretrained base whose flags are all True, `model` is the base and a new head, never
# compiled. First only the head should be trained, at the learning rate 0.01; then the base as well, at
# 0.0001, with its statistics kept. Choose from these lines and put them in order; not all are needed.
#
# | letter | line |
# |---|---|
# | A | `model.compile(Adam(0.0001), loss)` |
# | B | `base.trainable = True` |
# | C | `model.compile(Adam(0.01), loss)` |
# | D | `model.fit(x, y, epochs=3, verbose=0)` |
# | E | `model.trainable = True` |
# | F | `base.trainable = False` |
# | G | `base(x, training=False)` |
# | H | `model.fit(x, y, epochs=2, verbose=0)` |
# | I | `freeze_batchnorm(base)` |
# | J | `model.compile(model.optimizer, loss)` |
# | K | `model.compile("adam", loss)` |
#
# Set `order` to the letters, for example `order = "KED"`. The check really runs your lines.

# %% answer whole_order
order = ...
### BEGIN SOLUTION
order = "FCDBIAH"
### END SOLUTION

# %% check whole_order 2
tasks.whole_order.check(order)

# %% [markdown]
# ## Task 11: explain
#
# A colleague writes: *"With few labels, our network whose first two convolutions are pretrained and
# frozen reaches 84 %; trained from scratch it reaches 80 %. So the pretrained convolutions have learned
# something useful."* Which control is missing, what could it show, and what would you conclude in either
# case? Answer in three to five sentences. This task is not checked by the notebook; compare your answer
# with the one in the solutions.

# %% [markdown] essay explain_control 3
# **A model answer.** Two things differ between the two networks: the first has pretrained values, and
# it has fewer weights to learn from few labels. To tell the two apart, one needs a third network that
# shares all but the values: the same two convolutions *random* and frozen, trained on the same labels
# with the same seeds, and several seeds, since a few points may be chance. If this control also reaches
# 84 %, the gain came from freezing, not from what the values know; if it stays at about 80 %, the
# pretrained values earned the difference. The claim should be "better than the same freeze with random
# values", not "better than from scratch".
#
# **For the teacher, one point each:** the two causes, values and freeze, are told apart; the control
# has random values and is alike in everything else; several seeds, and a conclusion for either outcome.

# %% [markdown]
# ## What you have done

# %%
tasks.scoreboard()
