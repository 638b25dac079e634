# %% [markdown]
# # Exercise 2 · What one training step moves
#
# *Can you say, and prove, what a training step changes?*
#
# **Time:** about 30 minutes. **You need:** [lesson 2](../../notebooks/02_what_training_moves.ipynb).
#
# As in exercise 1: replace `pass  # your code here`, run the check below it, and ask for a hint with
# `tasks.frozen_middle.hint()` (with the task's name) whenever you like. Predict before you try out.
# The first cell takes 10 to 20 seconds, and then says that it is ready.

# %%
from helpers import compare, snapshot, start

start()

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from helpers.tasks import what_training_moves as tasks

# %% [markdown]
# ## Task 1: a frozen layer in the middle
#
# A model has three Dense layers, each with kernel and bias. The second one is frozen, and no gradient
# happens to be zero. How many of the six arrays does one step of `fit` move? Set `moved`.

# %% answer frozen_middle
moved = ...
### BEGIN SOLUTION
moved = 2 + 2  # the gradient passes through the frozen layer
### END SOLUTION

# %% check frozen_middle 1
tasks.frozen_middle.check(moved)

# %% [markdown]
# ## Task 2: a wall in the middle
#
# Again three Dense layers. Nothing is frozen and nothing has a penalty, but a layer that calls
# `keras.ops.stop_gradient` stands between the second and the third. Set `moved` to the number of
# arrays that a step of `fit` moves, and `trainable` to the length of `model.trainable_weights`.

# %% answer walled
moved = trainable = ...
### BEGIN SOLUTION
moved = 2  # only the last layer gets a gradient
trainable = 6  # and yet no flag was changed
### END SOLUTION

# %% check walled 1
tasks.walled.check(moved, trainable)

# %% [markdown]
# ## Task 3: which weights does it move?
#
# Write `moved_paths(model, act)`. It calls `act(model)` once, a function that does something to the
# model, and returns the list of the paths (`weight.path`) of those weights whose values have changed,
# however little, frozen or not. No two weights of the model have the same path. The course's
# `snapshot` and `compare` are allowed, but try it without them. (`compare` also lists a Dropout's
# random seed, which is no weight; on your list it may stay or not.)


# %% answer moved_by
def moved_paths(model, act):
    ### BEGIN SOLUTION
    old = [weight.numpy().copy() for weight in model.weights]
    act(model)
    return [
        weight.path
        for weight, value in zip(model.weights, old)
        if not np.array_equal(weight.numpy(), value)
    ]
    ### END SOLUTION


# %% check moved_by 2
tasks.moved_by.check(moved_paths)

# %% [markdown]
# ## Task 4: two switches
#
# Three layers are called as `layer(batch, training=...)`. Set each name to one of the words offered.
#
# - `frozen_dropout`: a frozen Dropout, called with `training=True`. `"drops"` or `"passes on"`?
# - `frozen_batchnorm`: a frozen BatchNormalization, called with `training=True`. Does it normalise
#   with the statistics of this `"batch"`, or with its `"moving"` statistics?
# - `batchnorm_in_inference`: a BatchNormalization that is not frozen is called with `training=False`
#   in a training step. The step moves `"gamma and beta"`, `"moving mean and variance"`,
#   `"all four"`, or `"nothing"`?

# %% answer two_switches
frozen_dropout = frozen_batchnorm = batchnorm_in_inference = ...
### BEGIN SOLUTION
frozen_dropout = "drops"  # it looks only at `training`
frozen_batchnorm = "moving"  # frozen, it computes as in inference
batchnorm_in_inference = "gamma and beta"  # not frozen, so on the optimizer's list
### END SOLUTION

# %% check two_switches 1
tasks.two_switches.check(frozen_dropout, frozen_batchnorm, batchnorm_in_inference)

# %% [markdown]
# ## Task 5: the loss that fell by itself
#
# Five numbers go in; then come Dense(4) and Dense(1). Both kernels are full of ones and carry the
# penalty L2(0.5); the biases are zeros. `evaluate` is called with inputs and targets of zeros, so the
# error is 0. Set `loss_free` to the loss that it reports. Then the first layer is frozen *and the model
# compiled again*: set `loss_frozen` to what `evaluate` reports now.

# %% answer penalties
loss_free = loss_frozen = ...
### BEGIN SOLUTION
loss_free = 0.5 * (5 * 4) + 0.5 * (4 * 1)
loss_frozen = 0.5 * (4 * 1)  # since the second compile, the frozen layer's penalty is not counted
### END SOLUTION

# %% check penalties 1
tasks.penalties.check(loss_free, loss_frozen)

# %% [markdown]
# ## Task 6: a proof in the right order
#
# These lines freeze the layer `hidden`, train the model once, and prove that `hidden` stood still
# while `head` moved. They have been shuffled, and two of them are traps that must be left out.

# %%
for letter, line in tasks.PROOF_LINES.items():
    print(letter, " ", line)

# %% [markdown]
# Set `order` to the letters of the six good lines in an order that works, such as `"ABCDEF"`.

# %% answer proof_in_order
order = ...
### BEGIN SOLUTION
order = "EBFDCA"
### END SOLUTION

# %% check proof_in_order 1
tasks.proof_in_order.check(order)

# %% [markdown]
# ## Task 7: repair the training step
#
# A colleague wrote this training step. Run it: `hidden` is frozen, and moves all the same.


# %%
def step_broken(model, x, y):
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x, training=True) - y) ** 2)
    gradients = tape.gradient(loss, model.weights)
    keras.optimizers.SGD(0.1).apply(gradients, model.weights)


small = keras.Sequential(
    [keras.Input((4,)), layers.Dense(3, name="hidden"), layers.Dense(2, name="head")], name="small"
)
small.get_layer("hidden").trainable = False
before = snapshot(small)
step_broken(small, np.ones((8, 4), "float32"), np.full((8, 2), 5, "float32"))
print(compare(before).verdict())

# %% [markdown]
# Write `step(model, x, y)`: one step of SGD with the rate 0.1 on the mean squared error of all of `x`,
# which leaves alone what is frozen, and is otherwise what `fit` would do. The model has no penalties,
# no constraints and no Dropout. It need not return anything.


# %% answer step_repaired
def step(model, x, y):
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(x, training=True) - y) ** 2)
    learned = model.trainable_weights  # the list decides, not the tape
    keras.optimizers.SGD(0.1).apply(tape.gradient(loss, learned), learned)
    ### END SOLUTION


# %% check step_repaired 2
tasks.step_repaired.check(step)

# %% [markdown]
# ## Task 8: what freezing saves
#
# Ten numbers go in and pass six layers Dense(10), each with a bias. Once only the *top* layer is
# trained, once only the *bottom* layer, both times with Adam. Set `kept_for_top` and
# `kept_for_bottom` to how many numbers Adam keeps, and `cheaper` to `"top"`, `"bottom"` or `"same"`:
# in which case does a step take fewer products of matrices?

# %% answer adam_and_cost
kept_for_top = kept_for_bottom = cheaper = ...
### BEGIN SOLUTION
one_layer = 10 * 10 + 10
kept_for_top = kept_for_bottom = 2 * one_layer + 2
cheaper = "top"  # to the bottom, the gradient must come down through all the others
### END SOLUTION

# %% check adam_and_cost 1
tasks.adam_and_cost.check(kept_for_top, kept_for_bottom, cheaper)

# %% [markdown]
# ## Task 9: explain
#
# You read in a forum: *"Freezing a layer stops backpropagation there, so nothing before it can
# learn, and its gradient is None."* Answer in two to four sentences, with one experiment. This task
# is not checked by the notebook.

# %% [markdown] essay explain_frozen_middle 3
# **A model answer.** Freezing leaves a layer's weights out of the update; it does not stop the
# gradient, which passes through the layer to those before it, so they learn. On TensorFlow the
# gradient of the frozen kernel exists as well; it is just not used, because `fit` asks only for
# `trainable_weights`. The experiment: freeze the middle one of three layers, compile, take a snapshot,
# train one step and compare; the first and the last layer have moved. What does keep gradients from
# the layers before it is `stop_gradient`, and that is something else.
#
# **For the teacher, one point each:** frozen means left out of the update; layers before it learn;
# the experiment compares values before and after a step.

# %% [markdown]
# ## What you have done

# %%
tasks.scoreboard()
