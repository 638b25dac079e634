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
# course teaches. Run the cells in order with Shift-Enter. The first one takes 10 to 20 seconds, until
# it says "Ready".

# %%
from helpers import Table, by_role, ledger, start, summary_counts

start()  # quiet logs, checked versions, fixed random numbers

import warnings

import keras
import numpy as np
from keras import layers

from helpers.predictions import counting_weights as predictions

# %% [markdown]
# ## How many numbers are there in a small model?
#
# Here is the classifier with which this course begins: 100 numbers go in, a hidden layer of 32 units
# follows, and 10 outputs come out. A **weight** is an array of numbers that a layer keeps and
# lists under `weights`. A **Dense** layer has, unless told otherwise, two: a **kernel** with one number
# for every pair of (input, unit), and a **bias** with one number for every unit.


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

# %%
counts = [summary_counts(classifier)[line] for line in ("hidden", "output", "Total")]
predictions.sizes.reveal(said=(my_hidden, my_output, my_total), seen=counts)

# %% [markdown]
# **Explain.** The kernel of `hidden` has 100 · 32 numbers and its bias has 32; `output` sees the 32
# numbers that `hidden` gives. The activations, `relu` and `sigmoid`, are fixed functions without
# weights. Keras says "params", for *parameters*; this course calls the arrays *weights* and says
# *numbers* when it counts what is in them. (`summary_counts` reads the summary's counts, so that the
# `assert` below would stop this cell if they were different.)

# %%
hidden, output = 100 * 32 + 32, 32 * 10 + 10
print(hidden, "+", output, "=", hidden + output)
last_lines = {"Total": 3562, "Trainable": 3562, "Non-trainable": 0}
assert summary_counts(classifier) == {"hidden": hidden, "output": output, **last_lines}
assert classifier.count_params() == hidden + output == 3562

# %% [markdown]
# ## Arrays, numbers and bytes
#
# Three different things are easily called "the size of the model".
#
# **Predict.** What is `len(classifier.weights)`: 2, 4, 42 or 3562?

# %%
my_length = ...

# %%
for weight in classifier.weights:
    print(f"{weight.path:26} {tuple(weight.shape)}")
print(len(classifier.weights), "arrays")

# %%
predictions.length.reveal(said=my_length, seen=len(classifier.weights))

# %% [markdown]
# **Explain.** `weights` is a list of arrays: a kernel and a bias for each of two layers. Multiply
# each shape out to count the numbers. A number of type float32 takes four bytes, which makes the
# figure in brackets behind the summary's total.

# %%
numbers = sum(int(np.prod(weight.shape)) for weight in classifier.weights)
size = sum(weight.numpy().nbytes for weight in classifier.weights)
print(f"{numbers} numbers, {size} bytes, {size / 1024:.2f} KB")
seen = []
classifier.summary(print_fn=seen.append)
assert "Total params: 3,562 (13.91 KB)" in seen[0] and size == 4 * numbers == 14_248
shapes = [tuple(weight.shape) for weight in classifier.weights]
assert shapes == [(100, 32), (32,), (32, 10), (10,)]

# %% [markdown]
# ## What does freezing change?
#
# Every layer has a **flag**, `trainable`. Setting it to False **freezes** the layer: the optimizer will
# leave its weights alone.
#
# **Predict.** After the next cell has frozen `hidden`: what are the total, the trainable and the
# non-trainable count?

# %%
my_total, my_trainable, my_non_trainable = ..., ..., ...

# %%
frozen = make_classifier()
frozen.get_layer("hidden").trainable = False
frozen.summary()

# %%
counts = [summary_counts(frozen)[line] for line in ("Total", "Trainable", "Non-trainable")]
predictions.after_freeze.reveal(said=(my_total, my_trainable, my_non_trainable), seen=counts)

# %% [markdown]
# **Explain.** Nothing was added and nothing removed. Freezing moved 3,232 numbers from one line of
# the summary to the other. Behind the two lines stand two lists, and the whole layer went over, its
# bias included.

# %%
trainable = [weight.path for weight in frozen.trainable_weights]
non_trainable = [weight.path for weight in frozen.non_trainable_weights]
print("trainable:    ", trainable)
print("non-trainable:", non_trainable)
last_lines = {"Total": 3562, "Trainable": 330, "Non-trainable": 3232}
assert summary_counts(frozen) == {"hidden": 3232, "output": 330, **last_lines}
assert trainable == ["classifier/output/kernel", "classifier/output/bias"]
assert non_trainable == ["classifier/hidden/kernel", "classifier/hidden/bias"]

# %% [markdown]
# The summary only *reports*. Does the freeze hold when the model is trained? Copy the weights, and
# train for six steps on random examples. (All 64 are one batch, so each epoch is one step.)
#
# **Predict.** Will the loss fall, with nine tenths of the numbers frozen, `True` or `False`? And which
# of the four arrays will have changed? (A list of paths such as `"output/bias"`; `[]` for none.)

# %%
my_loss_falls, my_changed = ..., ...

# %%
rng = np.random.default_rng(0)
x, y = rng.normal(size=(64, 100)), rng.integers(0, 2, size=(64, 10))
before = frozen.get_weights()
frozen.compile(optimizer=keras.optimizers.SGD(1.0), loss="binary_crossentropy")
history = frozen.fit(x, y, batch_size=64, epochs=6, verbose=0)
losses = history.history["loss"]
print("loss before each step:", [round(loss, 2) for loss in losses])

# %%
changed = [int((weight.numpy() != old).sum()) for weight, old in zip(frozen.weights, before)]
for weight, count in zip(frozen.weights, changed):
    print(f"{weight.path:26} {count:3} numbers changed")

# %%
paths = [weight.path for weight, count in zip(frozen.weights, changed) if count]
falls = losses[-1] < losses[0]
predictions.frozen_step.reveal(said=(my_loss_falls, my_changed), seen=(falls, paths))

# %% [markdown]
# **Explain.** The frozen layer is, bit for bit, what it was. The loss fell all the same, step by step:
# the optimizer moved the 330 numbers that it may move, each time a little in the direction that lowers
# the loss. If that is all, the loss must be back where it began as soon as these two arrays are.

# %%
losses.append(frozen.evaluate(x, y, batch_size=64, verbose=0))  # after the sixth step
frozen.get_layer("output").set_weights(before[2:])
loss_again = frozen.evaluate(x, y, batch_size=64, verbose=0)
print("loss with the old numbers in output:", round(loss_again, 2))
assert changed == [0, 0, 320, 10] and max(np.diff(losses)) < -0.003
assert abs(loss_again - losses[0]) < 1e-5

# %% [markdown]
# (Here the flag came first, then `compile`. Whether that order matters is the subject of lesson 3; how
# to compare more comfortably, of lesson 2.)
#
# ## A layer that is frozen from the start
#
# The flag can also be given where the layer is made. And an activation may be a layer of its own.

# %%
born_frozen = keras.Sequential(
    [
        keras.Input((100,)),
        layers.Dense(32, trainable=False, name="hidden"),
        layers.Dense(10, name="output"),
        layers.Activation("sigmoid", name="squash"),
    ],
    name="born_frozen",
)
born_frozen.summary()
assert summary_counts(born_frozen) == {"hidden": 3232, "output": 330, "squash": 0, **last_lines}
born_frozen.get_layer("hidden").trainable = True
assert summary_counts(born_frozen)["Trainable"] == 3562  # thawed like any other

# %% [markdown]
# The same three counts, and the same flag: `trainable = True` thaws this layer like any other. A
# *pretrained* network is already made when you get it, so there you set the attribute
# ([lesson 6](06_pretrained_networks.ipynb)).
#
# In old answers on the web, this model begins with `Dense(32, input_dim=100, trainable=False)` and goes on with
# `Dense(output_dim=10)`.
#
# **Predict.** Does Keras 3 still take each of these two spellings, `True` or `False`?

# %%
my_input_dim_works, my_output_dim_works = ..., ...

# %%
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    first = layers.Dense(32, input_dim=100, trainable=False, name="hidden")
    old_style = keras.Sequential([first, layers.Dense(10, name="output")])
print(old_style.count_params(), "numbers, and", *[each.category.__name__ for each in warned])
refused = ""
try:
    layers.Dense(output_dim=10)
except TypeError as error:
    refused = str(error)
print("TypeError:", refused)

# %%
said = my_input_dim_works, my_output_dim_works
predictions.old_spellings.reveal(said=said, seen=(old_style.built, not refused))

# %% [markdown]
# **Explain.** `input_dim` still works, but Keras warns: write `keras.Input((100,))` as the first entry
# instead. `output_dim` was Dense's name for `units` in Keras 1: write `Dense(10)`. (Of an Embedding,
# both are the right names today.)

# %%
assert len(warned) == 1 and "prefer using an `Input(shape)`" in str(warned[0].message)
assert summary_counts(old_style) == {"hidden": 3232, "output": 330, **last_lines}
assert "missing 1 required positional argument: 'units'" in refused
assert layers.Embedding(input_dim=1000, output_dim=8).output_dim == 8

# %% [markdown]
# ## What does the summary say if nothing is frozen?
#
# Now let us freeze nothing, and put a **BatchNormalization** layer between the two. Inception has many.


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
# **Predict.** What is the non-trainable count: 0, 32, 64 or 128?

# %%
my_non_trainable = ...

# %%
normalized = make_normalized()
normalized.summary()
assert all(layer.trainable for layer in normalized.layers)

# %%
counts = summary_counts(normalized)
predictions.nothing_frozen.reveal(said=my_non_trainable, seen=counts["Non-trainable"])

# %% [markdown]
# **Explain.** It is 64, although every layer says `trainable = True`. BatchNormalization keeps four
# arrays of 32 numbers, one number per feature. Two of them, *gamma* and *beta*, are learned like
# any kernel. The other two, the **moving mean** and the **moving variance**, are its record of what
# the data looked like. The layer made them as non-trainable from the start.

# %%
norm = normalized.get_layer("norm")
print("trainable:    ", [weight.name for weight in norm.trainable_weights])
print("non-trainable:", [weight.name for weight in norm.non_trainable_weights])
assert [weight.name for weight in norm.trainable_weights] == ["gamma", "beta"]
assert [tuple(weight.shape) for weight in norm.weights] == 4 * [(32,)]
last_lines = {"Total": 3690, "Trainable": 3626, "Non-trainable": 64}
assert summary_counts(normalized) == {"hidden": 3232, "norm": 128, "output": 330, **last_lines}

# %% [markdown]
# Does non-trainable mean that they never change? Let us train with a learning rate of **zero**: the
# optimizer does its work, but moves nothing.
#
# **Predict.** Of the eight arrays of this model, which will change? Write a list of paths such as
# `"norm/gamma"`; `[]` for none.

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

# %%
predictions.rate_zero.reveal(said=my_changed, seen=changed)

# %% [markdown]
# **Explain.** Exactly the two non-trainable arrays changed. The optimizer does not touch them; the
# layer itself updates them in every training step, with the mean and the variance of the batch that
# passes through. So *non-trainable* says **who does not** change a weight (the optimizer), not **that
# nobody does**. Lesson 5 computes this update by hand.

# %%
assert changed == ["normalized/norm/moving_mean", "normalized/norm/moving_variance"]
assert len(normalized.weights) == 8

# %% [markdown]
# ## The ledger: every weight and its role
#
# The summary's last line adds up two very different things. The course's first instrument, the
# **ledger**, keeps them apart. It lists every weight of a model with its **role**:
#
# | role | who changes it | how it came about |
# |---|---|---|
# | *learned* | the optimizer | the normal case |
# | *frozen* | not the optimizer, and hardly anybody else (lesson 7 shows a layer that does) | made to be learned, then switched off, as a rule by you |
# | *statistic* | BatchNormalization, in training, unless it is frozen (lesson 5) | made by the layer as non-trainable |
# | *other state* | depends on the layer (lesson 7) | made by any other layer as non-trainable |
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
counts = book.count("frozen"), book.count("statistic")
predictions.two_reasons.reveal(said=(my_frozen, my_statistic), seen=counts)

# %%
print(book.non_trainable, "=", book.count("frozen"), "frozen +", book.count("statistic"), "kept")
assert book.non_trainable == 3296 == summary_counts(normalized)["Non-trainable"]
assert (book.count("frozen"), book.count("statistic")) == (3232, 64)
assert book.total == normalized.count_params() == 3690

# %% [markdown]
# The same as a picture. What is frozen and what is a statistic differ in colour and in pattern.

# %%
by_role(normalized)

# %% [markdown]
# **Explain.** "Non-trainable params: 3,296" in this summary is the sum of 3,232 numbers that stay
# constant because you chose so, and of 64 numbers that training keeps changing without you.
#
# ## What does the summary say after training?
#
# A puzzle that sends many people searching: you train the frozen classifier with Adam and ask for the
# summary again, and its total is not the 3,562 of before.
#
# **Predict.** Is it `"smaller"`, `"equal"`, `"larger by about 660"` or `"larger by about 7,000"`?

# %%
my_new_total = ...

# %%
frozen.compile(optimizer="adam", loss="mse")
history = frozen.fit(x, y, verbose=0)
frozen.summary()

# %%
grown = summary_counts(frozen)["Total"] - frozen.count_params()
assert grown == 2 * 330 + 2
told = f"larger by about {round(grown, -1):,}" if grown > 0 else "equal"
predictions.new_total.reveal(said=my_new_total, seen=told)

# %% [markdown]
# **Explain.** The model has not grown. Adam keeps two running numbers for each number that it
# trains, 2 · 330, and two of its own, the step count and the learning rate. After a fit the summary
# adds these "Optimizer params" to the total. They belong to the optimizer, not to the model:
# `count_params()` is unmoved. The 3,232 frozen numbers cost the optimizer nothing.

# %%
optimizer_numbers = sum(int(np.prod(v.shape)) for v in frozen.optimizer.variables)
print(optimizer_numbers, "= 2 · 330 +", [v.name for v in frozen.optimizer.variables[:2]])
print(3562 + optimizer_numbers, "in the summary,", frozen.count_params(), "in the model")
assert optimizer_numbers == 2 * 330 + 2 and frozen.count_params() == 3562
assert [v.name for v in frozen.optimizer.variables[:2]] == ["iteration", "learning_rate"]
last_lines = {"Total": 4224, "Trainable": 330, "Non-trainable": 3232, "Optimizer": 662}
assert summary_counts(frozen) == {"hidden": 3232, "output": 330, **last_lines}

# %% [markdown]
# That learning rate is a **hyperparameter**: a choice that you make before training, like the number
# of units. Some answers on the web take "non-trainable parameters" for such choices. But even the
# learning rate, which the summary does count, is one of the optimizer's numbers, not of the model's.

# %%
rate = frozen.optimizer.learning_rate
kept_by = {"optimizer": frozen.optimizer.variables, "model": frozen.variables}
found = {name: sum(v is rate for v in variables) for name, variables in kept_by.items()}
print("learning rate found:", found)
assert found == {"optimizer": 1, "model": 0}

# %% [markdown]
# ## Weights and variables
#
# Keras has a wider word than weight. A **variable** is an array that it keeps from one call to the
# next: every weight is one, and there are more. **Dropout**, for example, learns nothing, but has to
# remember where it is in its sequence of random numbers.
#
# **Predict.** How many weights and how many variables does a Dropout layer have?

# %%
my_weights, my_variables = ..., ...

# %%
dropout = layers.Dropout(0.5, seed=1, name="dropout")
dropping = keras.Sequential([keras.Input((32,)), dropout], name="dropping")
print(len(dropout.weights), "weights,", dropout.count_params(), "numbers counted")
print(len(dropout.variables), "variable:", *[v.name for v in dropout.variables])

# %%
counts = len(dropout.weights), len(dropout.variables)
predictions.dropout.reveal(said=(my_weights, my_variables), seen=counts)

# %% [markdown]
# **Explain.** The state of the random generator is a variable, and a non-trainable one, but it is
# not a weight: neither `weights` nor `count_params()` nor the summary mentions it. From here on,
# `model.weights` is what we count; lesson 7 returns to the rest.

# %%
assert dropout.weights == [] and dropout.count_params() == 0
assert [v.name for v in dropout.non_trainable_variables] == ["seed_generator_state"]
assert len(dropout.variables) == 1
assert set(summary_counts(dropping).values()) == {0}

# %% [markdown]
# ## What did you expect?
#
# Here is what became of your predictions. Whatever surprised you is worth a second look: it is asked
# again at the beginning of the next lesson.

# %%
predictions.tally()

# %% [markdown]
# ## In short
#
# - The **total** counts the numbers in all weights of the model: 3,562 here, frozen or not. After a
#   fit, the summary's total also counts the optimizer's.
# - **Trainable** numbers are those that the optimizer is given to update. **Non-trainable** ones it
#   leaves alone, for one of two common reasons: *you* froze them, or *the layer* keeps them for
#   itself, as BatchNormalization keeps its statistics, which change, but not by backpropagation.
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

# %% [markdown]
# ## Dig deeper: how many numbers do other layers have?
#
# The counts follow from the shapes of the arrays. Each row below pairs a layer with a formula.
#
# | layer | formula | because |
# |---|---|---|
# | Conv2D | height · width · in · filters + filters | a filter reaches through all input channels; the image's size plays no part |
# | Embedding | rows · length | a table, no bias |
# | BatchNormalization | 4 · channels | gamma, beta, and two statistics (Inception's have no gamma) |
# | LayerNormalization | 2 · features | gamma and beta; it keeps no statistics |
# | LSTM | 4 · ((in + units) · units + units) | three gates and a candidate, each with kernel, recurrent kernel and bias |
# | GRU | 3 · ((in + units) · units + **2** · units) | two gates and a candidate; by default with two biases each |
# | MultiHeadAttention | 3 · (in + 1) · heads · size + (heads · size + 1) · in | query, key and value, if all have one size, and the way out |
#
# **Predict.** Take the two that are easiest to get wrong: a GRU with 8 units on 4 inputs, and
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
    "MultiHeadAttention(2, 3)": (3 * (8 + 1) * 2 * 3 + (2 * 3 + 1) * 8, 0),
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

# %%
counts = by_keras["GRU(8)"][0], by_keras["MultiHeadAttention(2, 3)"][0]
predictions.gru_attention.reveal(said=(my_gru, my_attention), seen=counts)

# %% [markdown]
# **Explain.** All formulas hold. Of the seven, only BatchNormalization has a non-trainable part:
# LayerNormalization looks alike but measures each example afresh, so it has nothing to remember.
# A GRU has 336 numbers, not the 312 of many textbooks, because Keras's default (`reset_after=True`)
# has a second bias; with `reset_after=False` the textbook is right. And an attention whose values
# have another size than its keys needs the sum in full.

# %%
textbook_gru = keras_counts(layers.GRU(8, reset_after=False), (None, 5, 4))
wide = keras_counts(layers.MultiHeadAttention(2, 3, value_dim=4), text, text)
print(textbook_gru[0], "with one bias,", wide[0], "with values of size 4")
assert textbook_gru[0] == 3 * ((4 + 8) * 8 + 8) == 312
assert wide[0] == 2 * (8 + 1) * 2 * 3 + (8 + 1) * 2 * 4 + (2 * 4 + 1) * 8
smaller = keras_counts(layers.Conv2D(16, (3, 5)), (None, 9, 7, 3))
assert smaller == by_keras["Conv2D(16, (3, 5))"]

# %% [markdown]
# ## Next
#
# Now do [exercise 1](../exercises/01_counting_weights/01_counting_weights.ipynb): eight checked tasks that
# tell you what you thought. Then go on to
# [lesson 2, what one training step moves](02_what_training_moves.ipynb).
#
# ## Sources
#
# - The two questions behind this lesson: "Why is the non-trainable count 0 in my model but not in an
#   Inception model?" and "How do I block the first layers of a pretrained GoogLeNet?"
#   [Two questions](../docs/two-questions.md) goes through their answers sentence by sentence.
# - Keras documentation: [transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/),
#   [GRU layer](https://keras.io/api/layers/recurrent_layers/gru/),
#   [MultiHeadAttention layer](https://keras.io/api/layers/attention_layers/multi_head_attention/).
