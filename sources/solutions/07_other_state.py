# %% [markdown]
# # Exercise 7 · Everything else training leaves alone
#
# *Can you say who changes a variable, when, and what a freeze does about it?*
#
# **Time:** about 35 minutes. **You need:** [lesson 7](../../notebooks/07_other_state.ipynb). The first
# cell takes 10 to 20 seconds.
#
# Each task has a cell for your answer, in which you replace `pass  # your code here`, and below it
# a cell that checks the answer. A check never counts tries, and hints are free: call
# `tasks.counts.hint()` (with the task's name) in a cell of your own.

# %%
from helpers import compare, snapshot, start

start()

import keras
import numpy as np
from keras import layers

from helpers.tasks import other_state as tasks

# %% [markdown]
# ## Task 1: counts
#
# - `adapted`: how many numbers does a Normalization layer have after `adapt` on data with 12
#   features?
# - `told`: how many, if it was made with `Normalization(mean=..., variance=...)` instead?
# - `spectral_trainable`, `spectral_non_trainable`: how many trainable and non-trainable numbers has
#   `SpectralNormalization(Dense(5))` on 12 inputs?

# %% answer counts
adapted = told = spectral_trainable = spectral_non_trainable = ...
### BEGIN SOLUTION
adapted = 2 * 12 + 1  # mean, variance, and `count`, which nothing writes
told = 0
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 5  # vector_u, one number per unit
### END SOLUTION

# %% check counts 1
tasks.counts.check(adapted, told, spectral_trainable, spectral_non_trainable)

# %% [markdown]
# ## Task 2: frozen, and still changing?
#
# Each of these layers is frozen before `compile`; only a head after them learns. Then comes a fit.
# Set each name to `"moves"` or `"stays"`:
#
# - `dense_kernel`: the kernel of a Dense layer;
# - `dropout_seed`: the seed state of a Dropout layer;
# - `batchnorm_mean`: the moving mean of a BatchNormalization layer;
# - `spectral_kernel`: the kernel of a Dense layer inside SpectralNormalization;
# - `adapted_mean`: the mean of a Normalization layer that has been adapted;
# - `counter`: a weight that a layer of your own makes with `trainable=False`, and raises by one in
#   every call with `training=True`.

# %% answer still_changing
dense_kernel = dropout_seed = batchnorm_mean = spectral_kernel = adapted_mean = counter = ...
### BEGIN SOLUTION
dense_kernel = "stays"
dropout_seed = "moves"  # a frozen Dropout goes on dropping
batchnorm_mean = "stays"  # the one layer that looks at its own flag
spectral_kernel = "moves"  # the layer itself divides it
adapted_mean = "stays"  # only adapt changes it
counter = "moves"  # the optimizer never touched it
### END SOLUTION

# %% check still_changing 2
tasks.still_changing.check(
    dense_kernel, dropout_seed, batchnorm_mean, spectral_kernel, adapted_mean, counter
)

# %% [markdown]
# ## Task 3: in which list?
#
# A model has been compiled with Adam and trained. Where do you find each of these? Set each name to
# `"weights"` if `model.weights` lists it, to `"variables"` if only `model.variables` does, and to
# `"neither"` if neither does.
#
# - `moving_mean`: of a BatchNormalization layer;
# - `normalization_mean`: of an adapted Normalization layer;
# - `seed_state`: the seed state of a Dropout layer;
# - `lstm_memory`: what an LSTM with `stateful=True` carries on to the next batch;
# - `adam_momentum`: one of Adam's slots;
# - `lambda_factor`: a `keras.Variable`, made outside, that the function of a Lambda layer uses.

# %% answer listed
moving_mean = normalization_mean = seed_state = lstm_memory = adam_momentum = lambda_factor = ...
### BEGIN SOLUTION
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "variables"
lstm_memory = "neither"  # only the layer's attribute `states` shows it
adam_momentum = "neither"  # model.optimizer.variables
lambda_factor = "neither"  # unknown to the model
### END SOLUTION

# %% check listed 2
tasks.listed.check(
    moving_mean, normalization_mean, seed_state, lstm_memory, adam_momentum, lambda_factor
)

# %% [markdown]
# ## Task 4: LoRA by hand
#
# `Dense(64)` on 200 inputs, then `enable_lora(8)`. How many numbers are `frozen`, how many are
# `learned`? And what is the `largest_rank` with which A and B together still have *fewer* numbers
# than the kernel?

# %% answer lora_counts
frozen = learned = largest_rank = ...
### BEGIN SOLUTION
frozen = 200 * 64  # the kernel
learned = 200 * 8 + 8 * 64 + 64  # A, B and the bias
largest_rank = max(rank for rank in range(1, 65) if rank * (200 + 64) < 200 * 64)
### END SOLUTION

# %% check lora_counts 1
tasks.lora_counts.check(frozen, learned, largest_rank)

# %% [markdown]
# ## Task 5: a layer that remembers
#
# Write a function that returns a new layer of your own. The layer gives its input back unchanged
# and remembers the largest **absolute** value that it has ever seen, in one non-trainable weight
# that starts at 0. It writes in training mode only, and not while it is frozen. (The class may
# stand inside the function.)


# %% answer peak
def peak_layer():
    ### BEGIN SOLUTION
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                name="peak", shape=(), initializer="zeros", trainable=False
            )

        def call(self, inputs, training=False):
            if training and self.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak(name="peak")
    ### END SOLUTION


# %% check peak 3
tasks.peak.check(peak_layer)

# %% [markdown]
# ## Task 6: which layers change although frozen?
#
# Instead of learning a list by heart, write the experiment: does any variable of this layer change
# in a call in training mode, although the layer is frozen? Return True or False, and leave the
# layer as you found it: its flag, and the values of its variables. The layer is built already; `x`
# is a batch for it.


# %% answer changes_when_frozen
def changes_when_frozen(layer, x):
    ### BEGIN SOLUTION
    flag, before = layer.trainable, snapshot(layer)
    layer.trainable = False
    layer(x, training=True)
    changed = bool(compare(before).moved)
    layer.trainable = flag
    before.restore()
    return changed
    ### END SOLUTION


# %% check changes_when_frozen 2
tasks.changes_when_frozen.check(changes_when_frozen)

# %% [markdown]
# ## Task 7: a bug hunt
#
# `tasks.trained_reader()` gives a small model that has been trained: 6 numbers in, a Dense layer
# `hidden` with 5 units, a Dense layer `head` with 2. A colleague wants to adapt it to a new task,
# and train *A and B of `hidden` alone*, with rank 2. Run this, and look at what moved.


# %%
def prepare_broken(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    hidden.enable_lora(2)
    hidden.trainable = False  # first everything still,
    head.trainable = False
    hidden.trainable = True  # then the one layer that should learn
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader


broken = prepare_broken(tasks.trained_reader())
before = snapshot(broken)
x, y = tasks.new_task()
broken.fit(x, y, verbose=0)
compare(before)

# %% [markdown]
# Write `prepare(reader)`, which returns the model, compiled, so that a fit moves A and B of
# `hidden` and nothing else.


# %% answer lora_only
def prepare(reader):
    ### BEGIN SOLUTION
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    head.trainable = False
    hidden.enable_lora(2)  # freezes the kernel by itself,
    hidden.bias.trainable = False  # but not the bias
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader
    ### END SOLUTION


# %% check lora_only 3
tasks.lora_only.check(prepare)

# %% [markdown]
# ## Task 8: merge
#
# `layer` is a Dense layer on which LoRA was enabled and trained. Write `merge(layer)`, which
# returns a *new, ordinary* Dense layer without LoRA that gives the same answers, and leaves the old
# one as it was. The check gives it layers with other activations, one without a bias, and one in
# which A · B is scaled (`lora_alpha`); `layer.kernel` always is the kernel that counts.


# %% answer merged
def merge(layer):
    ### BEGIN SOLUTION
    plain = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    plain.build((None, layer.kernel.shape[0]))
    plain.set_weights([layer.kernel, layer.bias] if layer.use_bias else [layer.kernel])
    return plain
    ### END SOLUTION


# %% check merged 2
tasks.merged.check(merge)

# %% [markdown]
# ## Task 9: put the lines in order
#
# `model` is the trained reader of task 7, compiled and fitted once; `hidden` and `head` are its
# layers. Now it should learn a new task with LoRA on `hidden`. The kernel of `hidden` and the whole
# head must stay as they are; the bias of `hidden` may learn. Four of these six lines do it.
#
# | letter | line |
# |---|---|
# | A | `hidden.enable_lora(2)` |
# | B | `head.trainable = False` |
# | C | `model.compile(keras.optimizers.SGD(0.01), "mse")` |
# | D | `model.fit(x, y, verbose=0)` |
# | E | `hidden.trainable = False` |
# | F | `hidden.trainable = True` |
#
# Set `order` to the letters, for example `order = "FED"`. The check really runs your lines.

# %% answer in_order
order = ...
### BEGIN SOLUTION
order = "BACD"
### END SOLUTION

# %% check in_order 2
tasks.in_order.check(order)

# %% [markdown]
# ## Task 10: explain
#
# A colleague writes: *"My feature extractor is completely frozen: every layer says trainable=False,
# and the summary shows 0 trainable params. So it must give the same features before and after I
# have trained a head on it. It does not: they differ a little after every fit, and differently each
# time I call it with training=True. This must be a bug in TensorFlow."* Name three things that may
# change the features of a frozen model, and one experiment that finds the culprit. Three to six
# sentences. This task is not checked by the notebook; compare your answer with the one in the
# solutions.

# %% [markdown] essay explain_other_state 3
# **A model answer.** It need not be a bug: `trainable=False` takes weights off the optimizer's
# list, and does not stop a layer from writing its own variables. Candidates are
# SpectralNormalization, whose layer divides even a frozen kernel in every step in training mode; a
# layer of one's own that updates a weight in `call`; and a stateful recurrent layer, whose memory
# is in no list of the model. Dropout and noise layers explain the differences from call to call:
# frozen, they still draw random numbers with `training=True`. BatchNormalization can be ruled out,
# since frozen it is in inference mode. The experiment: take a snapshot of all variables (not of the
# weights alone), call the model on one batch in training mode, and compare; then the same in
# inference mode. For features, use inference mode.
#
# **For the teacher, one point each:** a freeze does not stop what a layer writes itself; two or more
# layers that change all the same, with what changes in them; an experiment that compares variables
# around a call in training mode, or the cure by inference mode.

# %% [markdown]
# ## What you have done

# %%
tasks.scoreboard()
