# %% [markdown]
# # 1 · Counting weights
#
# *What are "Total params", "Trainable params" and "Non-trainable params"?*
#
# **Time:** {minutes}. **You need:** to have seen a Keras model before; no GPU, no network.
#
# **Afterwards you will be able to**
#
# - predict every number in the last lines of `model.summary()` by hand;
# - name the two common reasons why a weight is non-trainable, and see in one table which applies;
# - say what "non-trainable" does *not* mean.
#
# **How to work:** the lesson asks you to *predict*, then to *run*, then it *explains*. Write the
# prediction down before you run the next cell, even if it is a guess: being surprised is how this
# course teaches. Run the cells in order with Shift-Enter.

# %%
from helpers import Table, by_role, ledger, start

start()  # quiet logs, checked versions, fixed random numbers

import keras
import numpy as np
from keras import layers

# %% [markdown]
# ## A model with 3,562 numbers
#
# Here is the small classifier that this whole course begins with: 100 numbers go in, a hidden
# layer of 32 units follows, and 10 outputs come out. A **weight** is an array of numbers that a
# layer keeps. A **Dense** layer has two of them: a **kernel** with one number for every pair of
# (input, unit), and a **bias** with one number for every unit.


# %%
def make_classifier():
    return keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(32, activation="relu", name="hidden"),
            layers.Dense(10, activation="sigmoid", name="output"),
        ],
        name="classifier",
    )


# %% [markdown]
# **Predict.** How many numbers are there in `hidden`, in `output`, and in all? Put your numbers in
# place of the dots.

# %%
my_hidden, my_output, my_total = ..., ..., ...

# %% [markdown]
# **Run.** `summary()` is Keras's own account of a model.

# %%
classifier = make_classifier()
classifier.summary()

# %% [markdown]
# **Explain.** The kernel of `hidden` has 100 · 32 numbers and its bias has 32; `output` sees the 32
# numbers that `hidden` gives. The activations (`relu`, `sigmoid`) are fixed functions: they have no
# weights at all. Keras calls these numbers "params", for *parameters*; this course calls the arrays
# *weights* and says *numbers* when it counts what is in them.

# %%
hidden = 100 * 32 + 32
output = 32 * 10 + 10
print(hidden, "+", output, "=", hidden + output)
assert hidden + output == classifier.count_params()

# %% [markdown]
# ## Arrays, numbers and bytes
#
# Three different things are easily called "the size of the model".
#
# **Predict.** `len(classifier.weights)` is not 3,562. What is it?

# %%
my_length = ...

# %%
for weight in classifier.weights:
    print(f"{weight.path:26} {tuple(weight.shape)}")
print(len(classifier.weights), "arrays")

# %% [markdown]
# **Explain.** `weights` is a list of arrays: two layers with a kernel and a bias each. Multiply out
# the shapes to count the numbers; every number of type float32 takes four bytes. That is the
# figure behind the number in the summary's last lines (13.91 KB is 14,248 divided by 1,024).

# %%
numbers = sum(int(np.prod(weight.shape)) for weight in classifier.weights)
print(numbers, "numbers,", 4 * numbers, "bytes")
assert numbers == classifier.count_params()
assert round(4 * numbers / 1024, 2) == 13.91

# %% [markdown]
# ## The first reason: you froze it
#
# Setting `trainable = False` on a layer **freezes** it: the optimizer will leave its weights alone.
#
# **Predict.** After the next cell has frozen `hidden`: what are the total, the trainable and the
# non-trainable count?

# %%
my_total, my_trainable, my_non_trainable = ..., ..., ...

# %%
frozen = make_classifier()
frozen.get_layer("hidden").trainable = False
frozen.summary()

# %% [markdown]
# **Explain.** Nothing was added and nothing removed: 3,562 is still the total. Freezing moved 3,232
# numbers from one line of the summary to the other. Behind the two lines stand two lists, and the
# whole layer went over, its bias included.

# %%
print("trainable:    ", [weight.path for weight in frozen.trainable_weights])
print("non-trainable:", [weight.path for weight in frozen.non_trainable_weights])
assert frozen.count_params() == classifier.count_params() == 3562

# %% [markdown]
# The summary only *reports*. Does the freeze really hold when the model is trained? Copy the
# weights, train for one epoch on random data, and compare.
#
# **Predict.** Which of the four arrays will have changed?

# %%
my_changed = ...

# %%
rng = np.random.default_rng(0)
x, y = rng.normal(size=(64, 100)), rng.normal(size=(64, 10))
before = frozen.get_weights()
frozen.compile(optimizer="sgd", loss="mse")
history = frozen.fit(x, y, verbose=0)

# %%
for weight, old in zip(frozen.weights, before):
    changed = not np.array_equal(weight.numpy(), old)
    print(f"{weight.path:26} changed: {changed}")
    assert changed == weight.path.startswith("classifier/output")

# %% [markdown]
# **Explain.** The frozen layer is exactly, bit for bit, what it was; the other one learned. (Here
# the flag was set first and `compile` came second. Whether that order matters is the subject of
# lesson 3; how to compare more comfortably, of lesson 2.)
#
# ## The second reason: the layer keeps it for itself
#
# Many people first meet non-trainable weights in a large network in which nobody has frozen
# anything. So let us freeze nothing, and put a **BatchNormalization** layer between the two.


# %%
def make_normalized():
    return keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(32, activation="relu", name="hidden"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(10, activation="sigmoid", name="output"),
        ],
        name="normalized",
    )


# %% [markdown]
# **Predict.** Nothing is frozen. Is the non-trainable count 0?

# %%
my_non_trainable = ...

# %%
normalized = make_normalized()
normalized.summary()
assert all(layer.trainable for layer in normalized.layers)

# %% [markdown]
# **Explain.** It is 64, although every layer says `trainable = True`. BatchNormalization keeps four
# arrays of 32 numbers, one number per feature. Two of them, *gamma* and *beta*, are learned like
# any kernel. The other two, the **moving mean** and the **moving variance**, are its record of what
# the data looked like. The layer made them as non-trainable from the start.

# %%
norm = normalized.get_layer("norm")
print("trainable:    ", [weight.name for weight in norm.trainable_weights])
print("non-trainable:", [weight.name for weight in norm.non_trainable_weights])
assert norm.count_params() == 4 * 32

# %% [markdown]
# Does non-trainable mean that they never change? Let us train with a learning rate of **zero**: the
# optimizer does its work, but moves nothing.
#
# **Predict.** Of the eight arrays of this model, which will change?

# %%
my_changed = ...

# %%
before = normalized.get_weights()
normalized.compile(optimizer=keras.optimizers.SGD(learning_rate=0.0), loss="mse")
history = normalized.fit(x, y, verbose=0)
changed = [
    weight.path
    for weight, old in zip(normalized.weights, before)
    if not np.array_equal(weight.numpy(), old)
]
print(changed)

# %% [markdown]
# **Explain.** Exactly the two non-trainable arrays changed, and nothing else. The optimizer does not
# touch them; the layer itself updates them in every training step, with the mean and the variance of
# the batch that passes through. So *non-trainable* says **who does not** change a weight (the
# optimizer), not **that nobody does**. Lesson 5 computes this update by hand.

# %%
assert changed == ["normalized/norm/moving_mean", "normalized/norm/moving_variance"]
assert len(normalized.weights) == 8

# %% [markdown]
# ## The ledger: every weight and its role
#
# The summary's last line adds up two very different things. The course's first instrument keeps
# them apart. The **ledger** lists every weight of a model with its **role**:
#
# | role | who changes it | how it came about |
# |---|---|---|
# | *learned* | the optimizer | the normal case |
# | *frozen* | nobody | made to be learned, then switched off by you |
# | *statistic* | BatchNormalization, during training | made by the layer as non-trainable |
# | *other state* | depends on the layer | made by any other layer as non-trainable (lesson 7) |
#
# Here is the ledger of the frozen classifier. It sums up to the same 3,562.

# %%
ledger(frozen)

# %% [markdown]
# **Predict.** In the model with BatchNormalization, `hidden` will now be frozen as well. What is the
# non-trainable count, and how much of it is there for which reason?

# %%
my_frozen, my_statistic = ..., ...

# %%
normalized.get_layer("hidden").trainable = False
book = ledger(normalized)
book

# %%
print("non-trainable:", book.non_trainable)
print("  frozen by you:     ", book.count("frozen"))
print("  kept by the layer: ", book.count("statistic"))
assert book.non_trainable == 3232 + 64
assert book.total == normalized.count_params()

# %% [markdown]
# The same as a picture. What is frozen and what is a statistic differ in colour and in pattern.

# %%
by_role(normalized)

# %% [markdown]
# **Explain.** "Non-trainable params: 3,296" in a summary is the sum of 3,232 numbers that stay
# constant because you chose so, and of 64 numbers that keep changing without you.
#
# ## The total that grows
#
# Here is a puzzle that sends many people searching. You train the frozen classifier with Adam, ask
# for the summary again, and the total is a different one.
#
# **Predict.** Will it be larger or smaller than 3,562? By roughly how much?

# %%
my_new_total = ...

# %%
frozen.compile(optimizer="adam", loss="mse")
history = frozen.fit(x, y, verbose=0)
frozen.summary()

# %% [markdown]
# **Explain.** The model has not grown. Adam keeps two running numbers for each number that it
# trains, 2 · 330, and two of its own, the step count and the learning rate. After a fit the summary
# adds these "Optimizer params" to the total. They belong to the optimizer, not to the model:
# `count_params()` is unmoved. Note also that the 3,232 frozen numbers cost the optimizer nothing.

# %%
optimizer_numbers = sum(int(np.prod(v.shape)) for v in frozen.optimizer.variables)
print(optimizer_numbers, "=", 2 * 330 + 2)
print(3562 + optimizer_numbers, "in the summary,", frozen.count_params(), "in the model")
assert optimizer_numbers == 2 * ledger(frozen).trainable + 2 == 662

# %% [markdown]
# ## Weights and variables
#
# Keras has a wider word than weight. A **variable** is anything that a model remembers between two
# calls. Dropout, for example, learns nothing, but has to remember where it is in its sequence of
# random numbers.
#
# **Predict.** How many weights and how many variables does a Dropout layer have?

# %%
my_weights, my_variables = ..., ...

# %%
dropout = layers.Dropout(0.5, seed=1)
dropout.build((None, 32))
print(len(dropout.weights), "weights,", dropout.count_params(), "numbers counted")
print(len(dropout.variables), "variable:", dropout.variables[0].dtype)
assert dropout.weights == [] and len(dropout.variables) == 1

# %% [markdown]
# **Explain.** The state of the random generator is a variable, and a non-trainable one, but it is
# not a weight: neither `weights` nor `count_params()` nor the summary mentions it. From here on,
# `model.weights` is what we count; lesson 7 returns to the rest.
#
# Nor is any of this a *hyperparameter*. The number of units, the dropout rate and the learning rate
# are choices that you make before training; none of them is among the weights.

# %%
print("choices:", {key: dropout.get_config()[key] for key in ("rate", "seed")})
print("weights:", [weight.name for weight in classifier.weights])
assert not any("rate" in weight.name for weight in classifier.weights)

# %% [markdown]
# ## A formula for every layer
#
# The counts of other layers follow from the shapes of their arrays. Each row below pairs a layer
# with a formula; the cells after it put the formula beside what Keras says.
#
# | layer | formula | because |
# |---|---|---|
# | Conv2D | height · width · in · filters + filters | a filter reaches through all input channels; the image's size plays no part |
# | Embedding | rows · length | a table, no bias |
# | BatchNormalization | 4 · channels | gamma, beta, and two statistics |
# | LayerNormalization | 2 · features | gamma and beta; it keeps no statistics |
# | LSTM | 4 · ((in + units) · units + units) | four gates with kernel, recurrent kernel and bias |
# | GRU | 3 · ((in + units) · units + **2** · units) | three gates; by default with two biases each |
# | MultiHeadAttention | 3 · (in · heads · key + heads · key) + (heads · key · in + in) | query, key, value and the way out |
#
# **Predict.** Take the two that are most often wrong on the web: a GRU with 8 units on 4 inputs, and
# a MultiHeadAttention with 2 heads of size 3 on vectors of length 8.

# %%
my_gru, my_attention = ..., ...


# %%
def keras_counts(layer, *shapes):
    layer.build(*shapes)
    book = ledger(layer)
    return book.trainable, book.non_trainable


# %%
image, text = (None, 28, 28, 3), (None, 5, 8)
by_hand = {
    "Conv2D(16, (3, 5))": (3 * 5 * 3 * 16 + 16, 0),
    "BatchNormalization": (2 * 3, 2 * 3),
    "LayerNormalization": (2 * 3, 0),
    "Embedding(1000, 8)": (1000 * 8, 0),
    "LSTM(8)": (4 * ((4 + 8) * 8 + 8), 0),
    "GRU(8)": (3 * ((4 + 8) * 8 + 2 * 8), 0),
    "MultiHeadAttention(2, 3)": (3 * (8 * 2 * 3 + 2 * 3) + (2 * 3 * 8 + 8), 0),
}

# %%
by_keras = {
    "Conv2D(16, (3, 5))": keras_counts(layers.Conv2D(16, (3, 5)), image),
    "BatchNormalization": keras_counts(layers.BatchNormalization(), image),
    "LayerNormalization": keras_counts(layers.LayerNormalization(), image),
    "Embedding(1000, 8)": keras_counts(layers.Embedding(1000, 8), (None, 5)),
    "LSTM(8)": keras_counts(layers.LSTM(8), (None, 5, 4)),
    "GRU(8)": keras_counts(layers.GRU(8), (None, 5, 4)),
    "MultiHeadAttention(2, 3)": keras_counts(layers.MultiHeadAttention(2, 3), text, text),
}
assert by_hand == by_keras
Table(("layer", "trainable", "non-trainable"), [(k, *v) for k, v in by_keras.items()])

# %% [markdown]
# **Explain.** All formulas hold. Of the seven, only BatchNormalization has a non-trainable part:
# LayerNormalization looks alike but measures each example afresh, so it has nothing to remember.
# A GRU has 336 numbers, not the 312 of many textbooks, because Keras's default (`reset_after=True`)
# gives each gate a second bias; with `reset_after=False` the textbook is right.

# %%
textbook_gru = keras_counts(layers.GRU(8, reset_after=False), (None, 5, 4))
print(textbook_gru[0], "with one bias per gate")
assert textbook_gru[0] == 3 * ((4 + 8) * 8 + 8) == 312

# %% [markdown]
# ## In short
#
# - The **total** counts the numbers in all weights of the model: 3,562 here, frozen or not. After a
#   fit, the summary's total also counts the optimizer's.
# - **Trainable** numbers are those the optimizer updates. **Non-trainable** ones it leaves alone, for
#   one of two common reasons: *you* froze them (then they stay constant), or *the layer* keeps them
#   for itself, as BatchNormalization keeps its statistics (then they change, but not by
#   backpropagation).
# - Non-trainable does not mean "never changes", and it has nothing to do with hyperparameters.
# - `summary()` gives the sum; the **ledger** tells which weight has which role.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A report quotes "4,224 parameters" for a model that has 3,562, since it was read off after `fit`.
# - Somebody looks for the frozen layer in a network whose non-trainable count is not 0, and there is
#   none: it is BatchNormalization.
# - Somebody freezes 3,232 numbers, sees 3,296 in the summary and suspects a bug.
#
# ## Next
#
# Now do [exercise 1](../exercises/01_counting_weights/01_counting_weights.ipynb): eight tasks that
# tell you what you thought. Then go on to
# [lesson 2, what one training step moves](02_what_training_moves.ipynb).
#
# ## Sources
#
# - The two questions behind this lesson: "Why is the non-trainable count 0 in my model but not in an
#   Inception model?" and "How do I block the first layers of a pretrained GoogLeNet?" Their example,
#   Dense(32) on 100 inputs and Dense(10), is the classifier above; [lesson 6](06_pretrained_networks.ipynb) takes
#   up Inception.
# - Keras documentation: [transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/),
#   [GRU layer](https://keras.io/api/layers/recurrent_layers/gru/),
#   [MultiHeadAttention layer](https://keras.io/api/layers/attention_layers/multi_head_attention/).
