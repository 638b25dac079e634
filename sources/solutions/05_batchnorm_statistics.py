# %% [markdown]
# # Exercise 5 · BatchNormalization's statistics
#
# *Can you predict, compute, measure and protect what BatchNormalization keeps for itself?*
#
# **Time:** about 35 minutes. **You need:** [lesson 5](../../notebooks/05_batchnorm_statistics.ipynb).
#
# Each task has a cell for your answer, in which you replace `pass  # your code here`, and below it a
# cell that checks the answer. A check never counts tries, and hints are free: call
# `tasks.four_arrays.hint()` (with the task's name) in a cell of your own. The first cell takes 10 to
# 20 seconds.

# %%
from helpers import compare, snapshot, start

start()

import keras
import numpy as np
from keras import layers

from helpers.tasks import batchnorm_statistics as tasks

# %% [markdown]
# ## Task 1: four arrays
#
# Images of 14 × 10 pixels with 24 channels pass through a BatchNormalization layer. How many numbers
# does the layer have (`total`), and how many of them are `learned`? And if the layer is frozen, how
# many are then non-trainable (`non_trainable_if_frozen`)?

# %% answer four_arrays
total = learned = non_trainable_if_frozen = ...
### BEGIN SOLUTION
total = 4 * 24  # gamma, beta, moving mean, moving variance
learned = 2 * 24  # gamma and beta
non_trainable_if_frozen = 4 * 24
### END SOLUTION

# %% check four_arrays 1
tasks.four_arrays.check(total, learned, non_trainable_if_frozen)

# %% [markdown]
# ## Task 2: one step by hand
#
# A fresh BatchNormalization layer for one feature, with `momentum=0.9`, sees the batch 2, 4, 6, 8 in
# training mode. What are its `moving_mean` and its `moving_variance` afterwards?

# %% answer one_step
moving_mean = moving_variance = ...
### BEGIN SOLUTION
mean = (2 + 4 + 6 + 8) / 4  # 5
variance = (9 + 1 + 1 + 9) / 4  # 5, divided by N
moving_mean = 0.9 * 0 + 0.1 * mean
moving_variance = 0.9 * 1 + 0.1 * variance
### END SOLUTION

# %% check one_step 1
tasks.one_step.check(moving_mean, moving_variance)

# %% [markdown]
# ## Task 3: how many steps?
#
# A layer has `momentum=0.95`. After how many training steps is, for the first time, at most 10 % of
# the start value left in its statistics? Set `steps`.

# %% answer steps_left
steps = ...
### BEGIN SOLUTION
steps = 0
while 0.95**steps > 0.10:
    steps += 1
### END SOLUTION

# %% check steps_left 1
tasks.steps_left.check(steps)

# %% [markdown]
# ## Task 4: whose statistics?
#
# A BatchNormalization layer is called in four situations. With which statistics does it normalise?
# Set each name to `"batch"` or `"moving"`.
#
# - `training`: nothing is frozen, called with `training=True`;
# - `inference`: nothing is frozen, called with `training=False`;
# - `frozen_training`: the layer is frozen (`layer.trainable = False`), called with `training=True`;
# - `gamma_beta_frozen_training`: only gamma and beta are frozen, one by one
#   (`layer.gamma.trainable = False` and the same for beta), called with `training=True`.

# %% answer which_statistics
training = inference = frozen_training = gamma_beta_frozen_training = ...
### BEGIN SOLUTION
training = "batch"
inference = "moving"
frozen_training = "moving"  # the flag of the layer beats training=True
gamma_beta_frozen_training = "batch"  # the layer's own flag is still True
### END SOLUTION

# %% check which_statistics 2
tasks.which_statistics.check(training, inference, frozen_training, gamma_beta_frozen_training)

# %% [markdown]
# ## Task 5: the layer in PyTorch's terms
#
# A paper gives its settings as PyTorch does, for example `momentum=0.3, eps=0.02`. Write a function
# that returns a new Keras BatchNormalization layer with that behaviour. (Leave aside that PyTorch
# keeps the sample variance.)


# %% answer like_pytorch
def like_pytorch(torch_momentum, torch_epsilon):
    ### BEGIN SOLUTION
    return layers.BatchNormalization(momentum=1 - torch_momentum, epsilon=torch_epsilon)
    ### END SOLUTION


# %% check like_pytorch 1
tasks.like_pytorch.check(like_pytorch)

# %% [markdown]
# ## Task 6: the update rule
#
# Write the rule by which Keras updates the statistics in one training step. `batch` is a NumPy array
# whose last axis is the channels; it may have two, three or four axes. `moving_mean` and
# `moving_variance` hold one number per channel. Return the two new values, mean first.


# %% answer update_rule
def update(moving_mean, moving_variance, batch, momentum):
    ### BEGIN SOLUTION
    axes = tuple(range(batch.ndim - 1))  # all but the channels
    new_mean = momentum * moving_mean + (1 - momentum) * batch.mean(axis=axes)
    new_variance = momentum * moving_variance + (1 - momentum) * batch.var(axis=axes)
    return new_mean, new_variance
    ### END SOLUTION


# %% check update_rule 2
tasks.update_rule.check(update)

# %% [markdown]
# ## Task 7: the output in inference mode
#
# Write what BatchNormalization gives for `x` in *inference* mode. Again the last axis of `x` is the
# channels. The check compares with a real layer.


# %% answer output_rule
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    ### BEGIN SOLUTION
    return gamma * (x - moving_mean) / np.sqrt(moving_variance + epsilon) + beta
    ### END SOLUTION


# %% check output_rule 2
tasks.output_rule.check(output)

# %% [markdown]
# ## Task 8: measure anew
#
# A model's weights are good, but its statistics are those of other images. Write
# `measure(model, images)`, which makes the statistics of *all* its BatchNormalization layers those of
# `images`, and leaves everything else as it was: the learned weights, the layers' momentum, their
# flags. The layers have different momenta, some sit in models inside the model, and some may arrive
# frozen; `batchnorm_layers(model)` lists them all.

# %%
from helpers.batchnorm import batchnorm_layers


# %% answer measured_anew
def measure(model, images):
    ### BEGIN SOLUTION
    norms = batchnorm_layers(model)
    momenta = [norm.momentum for norm in norms]
    frozen = [norm for norm in norms if not norm.trainable]
    for norm in frozen:
        norm.trainable = True  # or it would measure nothing
    for norm in norms:
        norm.momentum = 0.0  # the new batch counts fully
    model(images, training=True)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    for norm in frozen:
        norm.trainable = False
    ### END SOLUTION


# %% check measured_anew 3
tasks.measured_anew.check(measure)

# %% [markdown]
# ## Task 9: a bug hunt
#
# `tasks.pretrained_base()` gives a small pretrained base, all of it frozen: 6 numbers in, 4 out, with
# a BatchNormalization layer of its own and another one in an inner block. A colleague wants to
# fine-tune its kernels with a new head for two outputs, but keep all its statistics. Run this, and
# look at what moved.


# %%
def prepare_broken(base):
    base.trainable = True
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs, training=False))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model


broken = prepare_broken(tasks.pretrained_base())
before = snapshot(broken)
x, y = tasks.targets()
broken.fit(x, y, verbose=0)
compare(before)

# %% [markdown]
# Write `prepare(base)`, which returns a compiled model: the base it is given, followed by
# `Dense(2)`. In a fit, the base's kernels and the head should learn; no moving mean and no moving
# variance may change.


# %% answer statistics_kept
def prepare(base):
    ### BEGIN SOLUTION
    base.trainable = True  # unfreeze,
    for norm in batchnorm_layers(base):
        norm.trainable = False  # then freeze each BatchNormalization,
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")  # then compile
    return model
    ### END SOLUTION


# %% check statistics_kept 3
tasks.statistics_kept.check(prepare)

# %% [markdown]
# ## Task 10: put the lines in order
#
# In a first phase, a head has been trained on a frozen base. The second phase should fine-tune the
# base, but keep its statistics. `norms` lists all BatchNormalization layers of the base, `model` is
# base and head, already compiled and fitted once. Choose from these lines and put them in order; not
# all are needed.
#
# | letter | line |
# |---|---|
# | A | `base.trainable = True` |
# | B | `for norm in norms: norm.trainable = False` |
# | C | `model.compile(keras.optimizers.SGD(0.01), "mse")` |
# | D | `model.fit(x, y, verbose=0)` |
# | E | `for norm in norms: norm.gamma.trainable = norm.beta.trainable = False` |
# | F | `base.trainable = False` |
#
# Set `order` to the letters, for example `order = "FED"`. The check really runs your lines.

# %% answer in_order
order = ...
### BEGIN SOLUTION
order = "ABCD"
### END SOLUTION

# %% check in_order 2
tasks.in_order.check(order)

# %% [markdown]
# ## Task 11: explain
#
# A colleague writes: *"My model reaches 97 % in `fit` after 100 steps, but `evaluate` says 12 % on
# the very same images. So it overfits. And its moving averages can't be the reason, since they are
# non-trainable."* Answer in three to five sentences, with one experiment that would convince them.
# This task is not checked by the notebook; compare your answer with the one in the solutions.

# %% [markdown] essay explain_statistics 3
# **A model answer.** It cannot be overfitting, since both numbers are measured on the same images.
# `fit` normalises each batch with the batch's own mean and variance, `evaluate` with the moving ones.
# Non-trainable only means that the optimizer does not update them; the layer does, by
# new = momentum · old + (1 − momentum) · batch, and with the default momentum 0.99 they have gone
# only 63 % of the way after 100 steps. The experiment: leave every learned weight as it is, measure
# the statistics anew (one call in training mode with momentum 0), and evaluate again; or compare with
# the accuracy of `model(x, training=True)`. A lower momentum or more steps would also do.
#
# **For the teacher, one point each:** overfitting is ruled out because the images are the same; the
# two kinds of statistics, and which one is used when, are named; the experiment changes or bypasses
# the statistics alone.

# %% [markdown]
# ## What you have done

# %%
tasks.scoreboard()
