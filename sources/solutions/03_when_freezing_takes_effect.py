# %% [markdown]
# # Exercise 3 · When a freeze takes effect
#
# *Can you put flag, compile and fit in an order that works, and repair programs in which they are
# not?*
#
# **Time:** about 30 minutes. **You need:**
# [lesson 3](../../notebooks/03_when_freezing_takes_effect.ipynb). The first cell takes 10 to 20 seconds.
#
# Each task has a cell for your answer, in which you replace `pass  # your code here`, and below it
# a cell that checks the answer. Predict by hand first: the point is to be able to. A check never
# counts tries, and hints are free: call `tasks.late_orders.hint()` (with the task's name) in a cell
# of your own. Programs are judged by what they do: the check trains your model and compares. All
# this is about the TensorFlow backend.

# %%
from helpers import compare, snapshot, start

start()

import keras
import numpy as np
from keras import layers

from helpers.tasks import when_freezing_takes_effect as tasks

# %% [markdown]
# ## Task 1: five orders
#
# What does the **last** fit of each order do to the layer whose flag is switched? Set each name to
# `"moved"`, `"still"` or `"error"`. "Recompile" is a compile with a new optimizer.
#
# | name | order |
# |---|---|
# | `freeze_before_fit` | compile, freeze, fit |
# | `freeze_after_fit` | compile, fit, freeze, fit |
# | `freeze_recompile` | compile, fit, freeze, recompile, fit |
# | `thaw_after_fit` | freeze, compile, fit, unfreeze, fit |
# | `thaw_reuse` | freeze, compile, fit, unfreeze, compile with the *same* optimizer object, fit |

# %% answer late_orders
freeze_before_fit = freeze_after_fit = freeze_recompile = thaw_after_fit = thaw_reuse = ...
### BEGIN SOLUTION
freeze_before_fit = "still"  # training does not use what compile saw of the flags
freeze_after_fit = "moved"  # the old training step is used again
freeze_recompile = "still"
thaw_after_fit = "still"  # the old training step again
thaw_reuse = "error"  # Unknown variable
### END SOLUTION

# %% check late_orders 2
tasks.late_orders.check(
    freeze_before_fit, freeze_after_fit, freeze_recompile, thaw_after_fit, thaw_reuse
)

# %% [markdown]
# ## Task 2: the lie detector
#
# Six numbers go in; then come Dense(5) and Dense(2). The model is compiled with `"adam"` and trained;
# then the first layer is frozen, and nothing else is done. Set `optimizer_numbers` to how many
# numbers Adam keeps at this moment, and `in_sync` to how many it would keep if it had been made for
# what the summary now calls trainable. (That the two differ is a hint, with plain Adam. Equal numbers
# would prove nothing.)

# %% answer lie_detector
optimizer_numbers = in_sync = ...
### BEGIN SOLUTION
first, second = 6 * 5 + 5, 5 * 2 + 2
optimizer_numbers = 2 * (first + second) + 2  # made in the fit, when all were trainable
in_sync = 2 * second + 2
### END SOLUTION

# %% check lie_detector 1
tasks.lie_detector.check(optimizer_numbers, in_sync)

# %% [markdown]
# ## Task 3: whose flag wins
#
# `base` is a Sequential of three Dense layers: `low`, `high` and `top`, with two weights (arrays)
# each. Count arrays in four cases, each of which starts from a fresh model:
#
# - `own`: `base` is frozen as a whole, then `low` and `high` are thawed. How many weights are in
#   `base.trainable_weights`?
# - `outer`: this `base` is followed by a Dense head in a model `outer`. How many weights are in
#   `outer.trainable_weights`?
# - `after_true`: only `low` is frozen, then comes `base.trainable = True`. How many are trainable?
# - `functional`: the same three layers behind `keras.Input` as a *functional* model. How many
#   weights are frozen if `trainable = False` is set on each of `model.layers[:2]`?

# %% answer whose_flag
own = outer = after_true = functional = ...
### BEGIN SOLUTION
own = 0  # the veto of base
outer = 2 + 2 + 2  # low, high and the head: outer asks every weight, and hears no veto
after_true = 4  # base's flag was True already: nothing is passed on
functional = 2  # layers[0] is the InputLayer
### END SOLUTION

# %% check whose_flag 2
tasks.whose_flag.check(own, outer, after_true, functional)

# %% [markdown]
# ## Task 4: six lines in order
#
# `model` is the tiny model of lesson 3 (layers `hidden` and `head`). It **has been compiled and
# trained**. Choose six of the nine lines and put them in an order after which `hidden` is frozen
# and `verdict` proves that training moved only the head. Write their letters, such as `order =
# "ABC"`.

# %%
tasks.lines()

# %% answer six_lines
order = ...
### BEGIN SOLUTION
order = "DGECAH"  # layer, flag, compile, snapshot, fit, compare
### END SOLUTION

# %% check six_lines 2
tasks.six_lines.check(order)

# %% [markdown]
# ## Task 5: repair a program that freezes too late
#
# `fine_tune` is given a model that has been trained. It should train only the head, and does not.
# Run it: everything moves.


# %%
def make_trained(hidden_frozen=False):
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="hidden"), layers.Dense(2, name="head")],
        name="tiny",
    )
    model.get_layer("hidden").trainable = not hidden_frozen
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(x, y, verbose=0)
    return model


rng = np.random.default_rng(0)
x, y = rng.uniform(1, 2, (128, 4)), rng.uniform(5, 9, (128, 2))


# %%
def fine_tune_broken(model, x, y):
    model.get_layer("hidden").trainable = False
    model.fit(x, y, epochs=2, verbose=0)
    return model


model = make_trained()
before = snapshot(model)
fine_tune_broken(model, x, y)
print(compare(before).verdict())

# %% [markdown]
# Write the repaired `fine_tune(model, x, y)`. It trains the head of the model that it is given, so
# that the model's error on `x` and `y` falls, and returns the model. `hidden` stays as it is.


# %% answer fine_tuned
def fine_tune(model, x, y):
    ### BEGIN SOLUTION
    model.get_layer("hidden").trainable = False
    model.compile("adam", "mse")  # a new training step, which sees the flag
    model.fit(x, y, epochs=2, verbose=0)
    return model
    ### END SOLUTION


# %% check fine_tuned 2
tasks.fine_tuned.check(fine_tune)

# %% [markdown]
# ## Task 6: repair a thaw with three bugs
#
# This model was trained with `hidden` frozen. `thaw` should prepare it so that its next `fit`
# trains *everything*, gently: at a learning rate of 0.0001, and from the weights that it has. The
# program below does not; when you mend the first bug, you will meet the second, and then the third.


# %%
def thaw_broken(model):
    model.trainable = True
    model.compile(model.optimizer, "mse")
    return model


model = thaw_broken(make_trained(hidden_frozen=True))
before = snapshot(model)
model.fit(x, y, verbose=0)
print(compare(before).verdict())

# %% [markdown]
# Write the repaired `thaw(model)`. It returns the model, compiled, and does not train it.


# %% answer thawed
def thaw(model):
    ### BEGIN SOLUTION
    model.trainable = False
    model.trainable = True  # off and on again: True on True would pass nothing on
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    return model
    ### END SOLUTION


# %% check thawed 3
tasks.thawed.check(thaw)

# %% [markdown]
# ## Task 7: the first layers that have weights
#
# Write `freeze_first(model, n)`. It freezes the first `n` layers of `model.layers` **that have
# weights** (inputs and activations have none; a model inside the model counts as one layer), so
# that no number of these layers moves in the next `fit`. With `n = 0` it freezes nothing. Some
# layers, with all that is in them, or single weights may be frozen already; all other flags, and all
# numbers, stay as they are. It compiles the model with `"sgd"` and `"mse"`, and returns it. The model
# may have been trained before.


# %% answer first_layers
def freeze_first(model, n):
    ### BEGIN SOLUTION
    with_weights = [layer for layer in model.layers if layer.weights]
    for layer in with_weights[:n]:
        layer.trainable = False
    model.compile("sgd", "mse")
    return model
    ### END SOLUTION


# %% check first_layers 2
tasks.first_layers.check(freeze_first)

# %% [markdown]
# ## Task 8: all biases, and nothing else
#
# Write `freeze_biases(model)`. It freezes every weight that is called `bias`, also in models inside
# the model and in layers inside a layer, and nothing else: what is frozen already stays frozen, and
# all other weights go on learning. Some layers have no bias. It compiles the model with `"sgd"` and
# `"mse"` and returns it.


# %% answer biases
def freeze_biases(model):
    ### BEGIN SOLUTION
    for weight in model.weights:
        if weight.name == "bias":
            weight.trainable = False
    model.compile("sgd", "mse")
    return model
    ### END SOLUTION


# %% check biases 2
tasks.biases.check(freeze_biases)

# %% [markdown]
# ## Task 9: explain
#
# A colleague writes: *"I set `trainable = False` after the first training phase. `summary()`
# confirms it: 3,232 non-trainable. So phase two cannot have changed that layer."* Answer in three
# to five sentences: what happened on TensorFlow, why the summary shows something else, how they
# could have noticed, and what to change. This task is not checked by the notebook; compare your
# answer with the one in the solutions, or with a neighbour's.

# %% [markdown] essay explain_late_freeze 4
# **A model answer.** The layer went on learning in phase two. The summary is computed from the
# flags at the moment when you ask, but the training step was made in the first `fit`, when the
# layer was trainable, and was used again. The optimizer's size is a hint (with plain Adam it should
# be twice the trainable numbers, plus two; equality would prove nothing); a snapshot before phase two,
# compared with the weights after it, is the proof. The cure is to compile with a new optimizer after
# the flag and before the `fit`; the weights survive that, the optimizer's state and learning rate
# start afresh.
#
# **For the teacher, one point each:** the layer moved; the summary reads flags, the training step
# is older; a way to notice (the snapshot; the optimizer's size only as a hint); compile again with a
# new optimizer before the fit.

# %% [markdown]
# ## What you have done

# %%
tasks.scoreboard()
