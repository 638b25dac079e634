# %% [markdown]
# # Exercise 1 · Counting weights
#
# *Can you predict what a model's summary will say, and why?*
#
# **Time:** about 25 minutes. **You need:** [lesson 1](../../notebooks/01_counting_weights.ipynb).
#
# Each task has a cell for your answer, in which you replace `pass  # your code here`, and below it a
# cell that checks the answer. Predict numbers by hand first: the point is to be able to. A check
# never counts tries, and hints are free: call `tasks.dense_layer.hint()` (with the task's name) in a
# cell of your own. You may build models and look at their summaries wherever you like. The first cell
# takes 10 to 20 seconds, until it says "Ready".

# %%
from helpers import start

start()

import keras
import numpy as np
from keras import layers

from helpers.tasks import counting_weights as tasks

# %% [markdown]
# ## Task 1: one Dense layer
#
# A Dense layer with 64 units gets 784 numbers (an image of 28 × 28 pixels). How many numbers are
# there in its weights? Set `total`.

# %% answer dense_layer
total = ...
### BEGIN SOLUTION
total = 784 * 64 + 64
### END SOLUTION

# %% check dense_layer 1
tasks.dense_layer.check(total)

# %% [markdown]
# ## Task 2: three layers, the middle one frozen
#
# Eight numbers go in; then come Dense(16), Dense(4) and Dense(2). Before training, the *middle*
# layer is frozen. Set `total`, `trainable` and `non_trainable` to what the summary will say.

# %% answer three_layers
total = trainable = non_trainable = ...
### BEGIN SOLUTION
first, middle, last = 8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2
total = first + middle + last
trainable = first + last
non_trainable = middle
### END SOLUTION

# %% check three_layers 1
tasks.three_layers.check(total, trainable, non_trainable)

# %% [markdown]
# ## Task 3: a formula for Conv2D
#
# Write a function that says how many numbers there are in the weights of a Conv2D layer. `use_bias` is
# True or False.
# The check compares it with real Conv2D layers.


# %% answer conv2d_count
def conv2d_weights(height, width, channels_in, filters, use_bias):
    ### BEGIN SOLUTION
    kernel = height * width * channels_in * filters
    return kernel + (filters if use_bias else 0)
    ### END SOLUTION


# %% check conv2d_count 1
tasks.conv2d_count.check(conv2d_weights)

# %% [markdown]
# ## Task 4: BatchNormalization's four arrays
#
# Images of 32 × 20 pixels with 48 channels pass through a BatchNormalization layer. Nothing is
# frozen. How many numbers does the layer have, and how many of them are non-trainable? Set `total`
# and `non_trainable`.

# %% answer batchnorm_counts
total = non_trainable = ...
### BEGIN SOLUTION
total = 4 * 48  # gamma, beta, moving mean, moving variance; one number per channel
non_trainable = 2 * 48  # the two statistics
### END SOLUTION

# %% check batchnorm_counts 1
tasks.batchnorm_counts.check(total, non_trainable)

# %% [markdown]
# ## Task 5: a bug hunt
#
# A colleague wrote this function to find out how many numbers of a model will be trained. Run it:
# the model has 5 · 2 + 2 = 12 trainable numbers, and the function does not say 12.


# %%
def count_trainable_broken(model):
    return len(model.trainable_weights)


small = keras.Sequential([keras.Input((6,)), layers.Dense(5), layers.Dense(2)], name="small")
small.layers[0].trainable = False
print(count_trainable_broken(small))

# %% [markdown]
# Write `count_trainable(model)`, which is right for *every* built model: with frozen layers, with
# models inside models, with BatchNormalization, and after a `fit`.


# %% answer count_repaired
def count_trainable(model):
    ### BEGIN SOLUTION
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    ### END SOLUTION


# %% check count_repaired 2
tasks.count_repaired.check(count_trainable)

# %% [markdown]
# ## Task 6: two reasons for non-trainable
#
# In this model, `hidden` is frozen and nothing else is.

# %%
example = keras.Sequential(
    [
        keras.Input((10,)),
        layers.Dense(8, name="hidden"),
        layers.BatchNormalization(name="norm"),
        layers.Dense(3, name="head"),
    ],
    name="example",
)
example.get_layer("hidden").trainable = False

# %% [markdown]
# What is the role of four of its weights: the bias of `hidden`, gamma and the moving variance of
# `norm`, and the kernel of `head`? Set each name below to one of `"learned"`, `"frozen"`,
# `"statistic"` and `"other state"`.

# %% answer two_reasons
hidden_bias = norm_gamma = norm_moving_variance = head_kernel = ...
### BEGIN SOLUTION
hidden_bias = "frozen"  # a frozen layer is frozen with all its weights
norm_gamma = "learned"
norm_moving_variance = "statistic"
head_kernel = "learned"
### END SOLUTION

# %% check two_reasons 1
tasks.two_reasons.check(hidden_bias, norm_gamma, norm_moving_variance, head_kernel)

# %% [markdown]
# ## Task 7: the total that grew
#
# Four numbers go in; then come Dense(3), which is frozen, and Dense(1). The model is compiled with
# Adam, trained for an epoch, and asked again. Set `summary_total` to the "Total params" of its
# summary, and `count_params` to what `model.count_params()` gives.

# %% answer total_after_fit
summary_total = count_params = ...
### BEGIN SOLUTION
frozen, learned = 4 * 3 + 3, 3 * 1 + 1
count_params = frozen + learned
summary_total = count_params + 2 * learned + 2  # Adam's numbers, its step count, its rate
### END SOLUTION

# %% check total_after_fit 1
tasks.total_after_fit.check(summary_total, count_params)

# %% [markdown]
# ## Task 8: build to order
#
# Write a function `build()` that returns a model from vectors of 10 numbers to vectors of 3, whose
# weights hold 147 numbers: 43 learned, 88 frozen by you, and 16 statistics kept by
# BatchNormalization. In a `fit`, all its learned arrays and all its statistics change.


# %% answer built_to_order
def build():
    ### BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input((10,)),
            layers.Dense(8, name="hidden"),  # 10 · 8 + 8 = 88
            layers.BatchNormalization(name="norm"),  # 4 · 8 = 32, half of them statistics
            layers.Dense(3, name="head"),  # 8 · 3 + 3 = 27
        ]
    )
    model.get_layer("hidden").trainable = False
    return model
    ### END SOLUTION


# %% check built_to_order 2
tasks.built_to_order.check(build)

# %% [markdown]
# ## Task 9: explain
#
# A colleague writes: *"The non-trainable parameters are the hyperparameters. They never change."*
# Answer in two to four sentences, with one experiment that would convince them. This task is not
# checked by the notebook; compare your answer with the one in the solutions, or with a neighbour's.

# %% [markdown] essay explain_non_trainable 3
# **A model answer.** Hyperparameters, such as the number of units or the learning rate, are choices
# made before training; they are not among a model's weights at all. Non-trainable weights are arrays
# that the optimizer does not update, either because somebody froze them, and then they usually stay
# constant, or because a layer keeps them for itself. BatchNormalization's moving mean and moving
# variance are of the second kind. The experiment: train lesson 1's model with BatchNormalization with
# a learning rate of 0; exactly those two arrays change.
#
# **For the teacher, one point each:** weights are told apart from hyperparameters; both reasons for
# non-trainable are named; the experiment shows a non-trainable weight that changes.

# %% [markdown]
# ## What you have done

# %%
tasks.scoreboard()
