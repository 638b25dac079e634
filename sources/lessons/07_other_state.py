# %% [markdown]
# # 7 · Everything else training leaves alone
#
# *Is BatchNormalization the only layer with non-trainable state?*
#
# **Time:** {minutes}. **You need:** [lesson 2](02_what_training_moves.ipynb), of
# [lesson 3](03_when_freezing_takes_effect.ipynb) the rule "flag, compile, fit", and
# [lesson 5](05_batchnorm_statistics.ipynb); no GPU, no network. The first cell takes 10 to 20
# seconds.
#
# **Afterwards you will be able to**
#
# - say of any variable of a model who changes it, when, and whether it is saved, and prove it;
# - name layers that go on changing although they are frozen;
# - fine-tune with LoRA: predict the counts and avoid its traps;
# - say what can still be trained in a quantised model.

# %%
from helpers import Table, claim, compare, digits, ledger, progress, snapshot, start

start()

import keras
import numpy as np
from keras import layers

from helpers.predictions import other_state as predictions

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answer. Below it, what surprised you in the lesson before is
# asked again.
#
# 1. What is the fourth role in the ledger, beside learned, frozen and statistic?
# 2. Of BatchNormalization's four arrays, which change in a fit if the layer is frozen?
# 3. A weight's gradient is always zero. Which optimizer changes it all the same?
#
# <details><summary>Answers</summary>
#
# 1. Other state: whatever a layer that is no BatchNormalization keeps for itself
#    ([lesson 1](01_counting_weights.ipynb)).
# 2. None: frozen, this layer is in inference mode ([lesson 5](05_batchnorm_statistics.ipynb)).
# 3. One with weight decay, such as AdamW ([lesson 2](02_what_training_moves.ipynb)).
#
# </details>

# %%
predictions.lesson.again()

# %% [markdown]
# ## A layer that you fill yourself
#
# Keras's guide to transfer learning says that BatchNormalization is the only built-in layer with
# non-trainable weights. Try it on a **Normalization** layer, which stands at the entrance of many
# models: `adapt` measures the data once, and then the layer subtracts the mean and divides by the
# standard deviation.
#
# **Predict.** After `adapt` on data with 4 features: how many numbers does the layer have (0, 2, 8, 9
# or 16), and how many of them are trainable (0, 8 or 9)?

# %%
my_numbers, my_trainable = ..., ...

# %%
samples = np.array([[1, 10, 0, 5], [3, 30, 1, 7], [5, 20, 2, 6]], "float32")
scale = layers.Normalization(name="scale")
scale.adapt(samples)
assert scale.count_params() == 2 * 4 + 1 and not scale.trainable_weights
ledger(scale)

# %%
book = ledger(scale)
said = my_numbers, my_trainable
predictions.normalization.reveal(said=said, seen=(book.total, book.trainable))

# %% [markdown]
# **Explain.** Nine, and none is trainable: their role is *other state*. Mean and variance have one
# number per feature. (EfficientNetB0 begins with such a layer for three colours, hence the 7
# numbers in [lesson 6](06_pretrained_networks.ipynb).) The ninth is a leftover: Keras 3 makes
# `count` so that older files can be loaded, and nothing writes it.

# %%
mean, variance, count = (weight.numpy() for weight in scale.weights)
print("mean:", mean, " count:", count)
assert np.array_equal(mean, samples.mean(axis=0)) and np.allclose(variance, samples.var(axis=0))
assert count == 0
told = layers.Normalization(mean=[3, 20, 1, 6], variance=[1, 1, 1, 1], name="told")
told.build((None, 4))
print("told its mean and variance:", told.count_params(), "numbers")
assert told.count_params() == 0

# %% [markdown]
# A layer that you *tell* its mean and variance keeps them as constants.
#
# ## A layer of your own
#
# Your own layers may keep state, too. This one counts the batches that it has seen in training
# mode. (The first line lets Keras find the class when it loads a saved model.)


# %%
@keras.saving.register_keras_serializable("course")
class BatchCounter(layers.Layer):
    def build(self, input_shape):
        self.batches = self.add_weight(
            name="batches", shape=(), dtype="int32", initializer="zeros", trainable=False
        )

    def call(self, inputs, training=False):
        if training:
            self.batches.assign_add(1)
        return inputs


# %% [markdown]
# **Predict.** A model with this layer sees 64 examples in batches of 16. What does the counter say
# after `fit`? After `predict` and `evaluate`? And after the counter has been *frozen*, the model
# compiled anew and fitted once more?

# %%
my_after_fit, my_after_predict, my_after_frozen_fit = ..., ..., ...

# %%
rng = np.random.default_rng(0)
x, y = rng.normal(2, 1, (64, 4)).astype("float32"), rng.normal(size=(64, 2)).astype("float32")
counter = BatchCounter(name="counter")
counting = keras.Sequential([keras.Input((4,)), counter, layers.Dense(2, name="head")], name="m")


def compile_and_fit(model, **options):
    model.compile("sgd", "mse")
    before = snapshot(model)
    model.fit(x, y, batch_size=16, verbose=0, **options)
    return compare(before)


# %%
said = []
compile_and_fit(counting)
said.append(int(counter.batches.numpy()))
counting.predict(x, verbose=0)
counting.evaluate(x, y, verbose=0)
said.append(int(counter.batches.numpy()))
counter.trainable = False
compile_and_fit(counting)
said.append(int(counter.batches.numpy()))
print("after fit, after predict and evaluate, after the frozen fit:", *said)
assert said == [4, 4, 8]

# %%
mine = my_after_fit, my_after_predict, my_after_frozen_fit
predictions.counter.reveal(said=mine, seen=said)

# %% [markdown]
# **Explain.** `predict` and `evaluate` call the model in inference mode, in which this layer does
# not count. The freeze made no difference: `trainable = False` takes weights off the optimizer's
# list, and the counter was never on it. What a layer writes in its own `call` goes on, unless that
# `call` looks at the flag. Of the layers in this lesson, BatchNormalization alone does.
#
# ## Can a frozen kernel move?
#
# **SpectralNormalization** wraps another layer and keeps its kernel tame: in training mode it
# divides the kernel by its largest singular value, the most by which it can stretch an input. A
# vector, `vector_u`, helps to estimate that value.
#
# **Predict.** Such a layer is frozen before compile. Which of its three arrays move in a fit:
# `"none"`, `"vector_u"`, `"kernel and vector_u"` or `"all three"`? (The third is the bias.)

# %%
my_moved = ...

# %%
wild = keras.initializers.RandomNormal(stddev=3, seed=0)
inner = layers.Dense(3, kernel_initializer=wild, name="inner")
spectral = layers.SpectralNormalization(inner, name="spectral")
tame = keras.Sequential([keras.Input((4,)), spectral, layers.Dense(2, name="head")], name="m")
spectral.trainable = False
stretch = [np.linalg.norm(inner.kernel.numpy(), 2)]
movement = compile_and_fit(tame)
stretch.append(np.linalg.norm(inner.kernel.numpy(), 2))
assert movement.still == ["m/spectral/inner/bias"]
movement

# %%
moved = [path.split("/")[-1] for path in movement.moved if "spectral/" in path]
predictions.frozen_kernel.reveal(said=my_moved, seen=" and ".join(moved) or "none")

# %% [markdown]
# **Explain.** The *frozen kernel moved*. No gradient did it: the layer itself divided it. "Frozen"
# means that the optimizer leaves a weight alone, and here somebody else does not. (A step divides
# by an estimate, which gets better from step to step.) Inference mode stops it:

# %%
before = snapshot(tame)
tame(x, training=False)
print("a call in inference mode:", compare(before).verdict())
assert compare(before).verdict() == "nothing moved"
tame.fit(x, y, epochs=20, verbose=0)
stretch.append(np.linalg.norm(inner.kernel.numpy(), 2))
print("largest singular value at first, after 4 and 44 steps:", *(f"{s:.2f}" for s in stretch))
assert stretch[0] > 2 and abs(stretch[2] - 1) < 0.001

# %% [markdown]
# ## Is every variable a weight?
#
# A variable is anything that a model remembers; weights are those that `weights` lists ([lesson
# 1](01_counting_weights.ipynb)). Take two layers: a Dropout, and an LSTM with `stateful=True`, which
# remembers where the last batch ended and goes on there.
#
# **Predict.** How many variables has each of the two that are no weights? Is the LSTM's memory of the
# last batch among them, `True` or `False`? And do two calls on the same input give the same answer, if
# it is frozen?

# %%
my_dropout, my_lstm, my_memory_is_listed, my_same_answer = ..., ..., ..., ...

# %%
dropout = layers.Dropout(0.5, name="dropout")
lstm = layers.LSTM(3, stateful=True, name="lstm")
sequences = rng.normal(0, 0.5, (2, 5, 4)).astype("float32")
dropout(sequences)
lstm(sequences)
listed = [state for state in lstm.states if any(state is one for one in lstm.variables)]
rows = [(layer.name, len(layer.weights), len(layer.variables)) for layer in (dropout, lstm)]
print("arrays of memory:", len(lstm.states), "· listed:", len(listed))
assert rows == [("dropout", 0, 1), ("lstm", 3, 4)] and len(lstm.states) == 2 and not listed
Table(("layer", "weights", "variables"), rows)

# %%
lstm.trainable = False
lstm.reset_state()
first, second = lstm(sequences).numpy(), lstm(sequences).numpy()
lstm.reset_state()
third = lstm(sequences).numpy()
print(f"second call: the answer differs by up to {np.abs(second - first).max():.2f}")
print(f"after reset_state: by {np.abs(third - first).max():.2f}")
assert np.abs(second - first).max() > 0.01 and np.array_equal(third, first)

# %%
said = my_dropout, my_lstm, my_memory_is_listed, my_same_answer
found = *(variables - weights for name, weights, variables in rows), bool(listed)
predictions.not_weights.reveal(said=said, seen=(*found, np.array_equal(first, second)))

# %% [markdown]
# **Explain.** Dropout's variable, and the fourth of the LSTM, is a **seed state**: where the layer
# is in its sequence of random numbers. (A recurrent layer has a dropout inside.) The LSTM's two
# arrays of memory are in no list; only its `states` shows them. Neither ledger nor snapshot sees
# them, and still they change the answer, frozen or not, in training mode or not.
#
# `compile` and the first `fit` bring variables as well: the metrics' running totals, and whatever the optimizer keeps
# for each weight that it trains, called its **slots**.
#
# ## LoRA: freezing's modern form
#
# Large networks are fine-tuned by freezing nearly everything and training a little beside it.
# **LoRA** (low-rank adaptation) leaves a kernel of shape (in, out) as it is and adds the product of
# two thin arrays, A of shape (in, r) and B of shape (r, out) (times `lora_alpha` / r, which is 1 unless
# you set it). The small number r is the **rank**.
# In Keras, `enable_lora` does it.
#
# **Predict.** `Dense(32)` on 100 inputs, with `enable_lora(4)`: how many numbers are frozen, and
# how many are learned? (Answers on the web say "only A and B".)

# %%
my_frozen, my_learned = ..., ...

# %%
dense = layers.Dense(32, name="dense")
dense.build((None, 100))
dense.enable_lora(4)
assert (ledger(dense).count("frozen"), ledger(dense).trainable) == (3200, 32 + 400 + 128)
ledger(dense)

# %%
counts = ledger(dense).count("frozen"), ledger(dense).trainable
predictions.lora.reveal(said=(my_frozen, my_learned), seen=counts)

# %% [markdown]
# **Explain.** A has 100 · 4 numbers and B has 4 · 32: 528. But `enable_lora` freezes the *kernel*;
# the bias, 32 numbers more, goes on learning. (Freeze `dense.bias` on its own if you want it
# still.)
#
# Now for real. A small network reads upright digits.

# %%
data = digits()
upright = data.train_images.reshape(-1, 64)


def make_reader():
    hidden = layers.Dense(32, activation="relu", name="hidden")
    output = layers.Dense(10, activation="softmax", name="output")
    return keras.Sequential([keras.Input((64,)), hidden, output], name="reader")


def train(model, images, epochs=10):
    adam = keras.optimizers.Adam(0.02)
    model.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(images, data.train_labels, batch_size=64, epochs=epochs, verbose=0)


# %%
keras.utils.set_random_seed(0)
reader = make_reader()
train(reader, upright)
learned = reader.get_weights()

# %% [markdown]
# Then all pictures are tipped over: rows become columns. The new task is to be learned in the
# hidden layer, while its kernel and the whole output layer stay as they are: once with the bias
# alone, once with LoRA of rank 4 beside the kernel.
#
# **Predict.** The reader has 2,410 numbers. How many are trained with LoRA (and the bias)? And of 100
# tipped digits, about how many are read: by the reader as it is, with a new bias, with LoRA?

# %%
my_trained, my_before, my_bias, my_lora = ..., ..., ..., ...

# %% [markdown]
# The first of these two cells trains both, for about 4 seconds.

# %%
tipped, tipped_test = (
    images.transpose(0, 2, 1, 3).reshape(-1, 64) for images in (data.train_images, data.test_images)
)
biased, adapted = make_reader(), make_reader()
for model in (biased, adapted):
    model.set_weights(learned)
    model.get_layer("output").trainable = False
biased.get_layer("hidden").kernel.trainable = False
adapted.get_layer("hidden").enable_lora(4)
start_point = snapshot(adapted)
for model in progress((biased, adapted), "training"):
    train(model, tipped)

# %%
cases = {"as it is": (reader, 0), "new bias": (biased, 32), "LoRA and bias": (adapted, 416)}
read = {
    name: model.evaluate(tipped_test, data.test_labels, verbose=0)[1]
    for name, (model, _) in cases.items()
}
assert read["as it is"] < 0.2 < read["new bias"] < 0.4 < 0.6 < read["LoRA and bias"]
assert ledger(biased).trainable == 32 and ledger(adapted).trainable == 64 * 4 + 4 * 32 + 32
assert compare(start_point).verdict() == (
    "only reader/hidden/bias, reader/hidden/lora_kernel_a and reader/hidden/lora_kernel_b moved"
)
rows = [(name, n, f"about {10 * round(10 * read[name])}") for name, (_, n) in cases.items()]
Table(("reader", "numbers trained", "of 100 tipped digits it reads"), rows)

# %%
counts = ledger(adapted).trainable, *(10 * round(10 * share) for share in read.values())
predictions.tipped.reveal(said=(my_trained, my_before, my_bias, my_lora), seen=counts)

# %% [markdown]
# **Explain.** 416 numbers did it, and the kernel of 2,048 has not moved. The bias alone is the
# control: it helps, but less.
#
# In the end you can **merge**: `layer.kernel` is the old kernel plus A · B, and an ordinary layer
# with that kernel gives the same answers, at no extra cost.
#
# ## Three traps of LoRA
#
# Three models have `enable_lora(2)` on their hidden layer, each in a slightly wrong way.
#
# **Predict.** Which arrays of the hidden layer move in the fit that follows? (Three lists of `"kernel"`,
# `"bias"`, `"A"` and `"B"`; `[]` for none.)
#
# 1. LoRA is switched on *after* a fit, and the model is not compiled again.
# 2. LoRA is switched on, then the layer is frozen and thawed, as for a first phase.
# 3. The layer is frozen, then LoRA is switched on.

# %%
my_late, my_thawed, my_frozen = ..., ..., ...


# %%
def make_small():
    hidden, head = layers.Dense(3, name="hidden"), layers.Dense(2, name="head")
    return keras.Sequential([keras.Input((4,)), hidden, head], name="small"), hidden


def hidden_moves(movement):
    return [path.rpartition("/")[2] for path in movement.moved if "hidden/" in path]


def short(names):
    return [name.removeprefix("lora_kernel_") for name in names]


late, hidden = make_small()
compile_and_fit(late)
hidden.enable_lora(2)
before = snapshot(late)
late.fit(x, y, batch_size=16, verbose=0)  # not compiled again
late_moves = hidden_moves(compare(before))

# %%
thawed, hidden = make_small()
hidden.enable_lora(2)
hidden.trainable = False
hidden.trainable = True
thawed_moves = hidden_moves(compile_and_fit(thawed))

frozen, hidden = make_small()
hidden.trainable = False
hidden.enable_lora(2)
frozen_moves = hidden_moves(compile_and_fit(frozen))

# %%
moves = {"1 late": late_moves, "2 thawed": thawed_moves, "3 frozen": frozen_moves}
ignored = late_moves == ["kernel", "bias"]
claim("On TensorFlow, a traced step trains the kernel, not A and B of a later LoRA.", ignored)
assert thawed_moves == ["kernel", "bias", "lora_kernel_a", "lora_kernel_b"] and frozen_moves == []
Table(("trap", "moved in the hidden layer"), [(k, ", ".join(v) or "–") for k, v in moves.items()])

# %%
found = [short(names) for names in moves.values()]
predictions.traps.reveal(said=(my_late, my_thawed, my_frozen), seen=found)

# %% [markdown]
# **Explain.** Not one of them warns.
#
# 1. On TensorFlow the training step of the first fit goes on ([lesson
#    3](03_when_freezing_takes_effect.ipynb)), and does not know A and B. (Batches of another size may
#    make a new step; that one stops with an error, since the optimizer does not know them.)
# 2. Thawing a layer switches on *everything* that was made to be learned, its kernel included.
# 3. In a frozen layer A and B are made frozen, too; and thawing it leads to trap 2.
#
# The order that works is that of `adapted` above: freeze all *other* layers, `enable_lora` on layers
# that are not frozen, compile, fit; then compare.

# %% [markdown]
# ## Can whole numbers learn?
#
# To run large networks on small machines, their kernels are **quantised**: rounded to few values,
# with scales beside them. `int8` are whole numbers from -127 to 127, `int4` from -8 to 7, two to a
# byte; `float8` have a point, and 8 bits.
#
# **Predict.** The classifier of lesson 1 has 3,562 numbers, 3,520 of them in kernels. Both layers
# are quantised. How many numbers can still be trained with int8, int4, float8: 0, 42, 3562 or
# `"more"`?

# %%
my_int8, my_int4, my_float8 = ..., ..., ...


# %%
def classifier(mode=None):
    hidden = layers.Dense(32, activation="relu", name="hidden")
    output = layers.Dense(10, activation="sigmoid", name="output")
    model = keras.Sequential([keras.Input((100,)), hidden, output], name="classifier")
    for layer in model.layers if mode else []:
        layer.quantize(mode)
    return model


books = {mode: ledger(classifier(mode)) for mode in (None, "int8", "int4", "float8")}
rows = []
for mode, book in books.items():
    kernels = [weight for weight in book.weights if weight.path.endswith("/kernel")]
    entries, size = sum(w.count for w in kernels), sum(w.bytes for w in kernels)
    rows.append((mode or "as it was", book.trainable, entries, size))
assert [row[1] for row in rows] == [3562, 32 + 10, 32 + 10, 3562 + 2 * (3 * 1024 + 3)]
assert [row[2:] for row in rows] == [(3520, 14080), (3520, 3520), (1760, 1760), (3520, 14080)]
assert books["int8"].non_trainable == 3562 and books["int4"].non_trainable in (1976, 1802)
Table(("mode", "trainable numbers", "entries of the kernels", "bytes"), rows)

# %%
as_it_was, *counts = [row[1] for row in rows]
found = ["more" if count > as_it_was else count for count in counts]
predictions.quantised.reveal(said=(my_int8, my_int4, my_float8), seen=found)

# %% [markdown]
# **Explain.** Whole numbers have no gradient, and a small step would be lost in rounding: with int8
# and int4 the biases alone can learn. The scales are not trainable either, nor what int4, which
# packs two numbers into an entry, keeps beside them (1,976 non-trainable numbers on Keras 3.15, 1,802 on 3.13).
#
# float8 is a way to *train*. The kernels stay as they were and are rounded on the way; to choose
# the scales, each layer keeps 3 scales and 3 histories of 1,024 numbers, and Keras makes those
# 6,150 numbers trainable. No gradient teaches them (see "Dig deeper" below).
#
# Whole numbers are fine-tuned *beside* the kernel, with LoRA. (QLoRA, the best known method of this
# kind, uses a 4-bit format of its own, NF4.)

# %%
small_and_tuned = classifier("int8")
small_and_tuned.get_layer("hidden").enable_lora(4)
print(ledger(small_and_tuned).trainable, "numbers can be trained now")
assert ledger(small_and_tuned).trainable == 42 + 528

# %% [markdown]
# ## One table for everything
#
# Who changes a variable, when, and is it saved? Do one thing to a fresh model, and look whether the
# variable moved:
#
# - It moves in a call in training mode: its *layer* changes it.
# - Not in a call, but in `evaluate`: a *metric*.
# - Only in `fit`, or differently in `fit` than in `fit` at learning rate 0: the *optimizer*.
# - Only in `adapt`: you do, with *adapt*.
#
# And is it saved? Add 1 to it, save, load, and see whether the new value comes back. `observe` does
# all this. It needs a **specimen**: a function that makes a small model, and one that finds the
# variable in it. Here is one for your own counter.

# %%
from helpers.experiments.variables import KINDS, Specimen, model_of, observe, overview, weight

mine = Specimen(
    "BatchCounter, batches",
    layer="counter",
    make=lambda: model_of(BatchCounter(name="counter")),
    find=weight("counter", "batches"),
)
seen_counter = observe(mine)
seen_counter

# %% [markdown]
# **Predict.** Take three variables: Dropout's seed state, a stateful layer's memory and Adam's
# momentum. Which of them does a `.keras` file hold? And a file of `save_weights`? (Two lists of
# `"seed"`, `"memory"` and `"momentum"`.)

# %%
my_in_keras, my_in_weights_h5 = ..., ...

# %% [markdown]
# Now ten kinds of variables of this course, whose specimens are in `helpers/experiments/variables/`.
# Each of the two cells makes some fifty small models, in about 5 seconds.

# %%
first_half = [observe(kind) for kind in progress(KINDS[:5], "observing")]

# %%
second_half = [observe(kind) for kind in progress(KINDS[5:], "observing")]
table = overview([*first_half, *second_half, seen_counter])
table

# %%
asked = dict(zip(("seed", "memory", "momentum"), table.rows[6:9]))
found = [[name for name, row in asked.items() if row[place] == "yes"] for place in (-2, -1)]
predictions.in_files.reveal(said=(my_in_keras, my_in_weights_h5), seen=found)

# %% [markdown]
# **Explain.** Read the columns downwards.
#
# - *Who*: SpectralNormalization's kernel has two masters.
# - *Moves in fit if frozen?*: where the layer changes it, BatchNormalization is the only "no". Frozen
#   weights get no optimizer slots at all.
# - *Summary*: it counts the weights, and after a fit the optimizer's variables.
# - *Saved*: the weights, and, what few expect, the optimizer's slots, even in a `.weights.h5` if
#   the model was compiled and trained. Not saved: seed states, memories of stateful layers, running
#   totals of metrics. LoRA's B is not saved *as such*, but merged.

# %%
def column(title):
    return ", ".join(row[table.header.index(title)] for row in table.rows)


print("in no file:", "; ".join(row[0] for row in table.rows if row[-1] == "no"))
assert column(".keras") == "yes, yes, no, yes, yes, yes, no, no, yes, no, yes"
assert column(".weights.h5") == column(".keras")
assert column("weights?") == "yes, yes, yes, yes, yes, yes, no, no, no, no, yes"
assert column("variables?") == "yes, yes, yes, yes, yes, yes, yes, no, no, no, yes"
assert column("moves in fit if frozen?") == "no, no, no, no, no, yes, yes, yes, is gone, yes, yes"
who = "optimizer, nobody, optimizer, layer, adapt, layer and optimizer, layer, layer, optimizer, "
assert column("who changes it") == who + "metric, layer"
when = "fit, never, fit, training, adapt, training, training, every call, fit, fit and evaluate, "
assert column("when") == when + "training"
line = "trainable, {0}, trainable, {0}, {0}, trainable, no, no, optimizer, no, {0}"
assert column("summary") == line.format("non-trainable")

# %% [markdown]
# ## What did you expect?
#
# Here is what became of your predictions. What surprised you is asked again at the beginning of the
# next lesson.

# %%
predictions.tally()

# %% [markdown]
# ## In short
#
# - BatchNormalization is **not** the only layer with non-trainable state: Normalization (2C + 1),
#   SpectralNormalization, quantised layers and layers of your own have it, too.
# - **Freezing takes weights off the optimizer's list.** What a layer writes itself goes on: your
#   counter, Dropout's seed, even a frozen kernel inside SpectralNormalization.
# - Not every variable is a weight: seed states, optimizer slots, metrics. A stateful layer's memory
#   is in no list of the model at all.
# - **LoRA** freezes the kernel, not the bias. Enable it on layers that are not frozen, then
#   compile; do not switch the layer's flag afterwards.
# - Kernels of whole numbers (int8, int4) cannot be trained; float8 is a way to train.
# - Of any variable, ask: who changes it, when, and is it saved? Then try it out.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A "frozen" feature extractor with SpectralNormalization may give other features after its first
#   training, and everyone looks for a bug in the flags.
# - A model is served with a stateful recurrent layer: one customer's answer depends on the customer
#   before. Nothing in the weights has changed.
# - `save_weights` writes a file three times as large as expected: Adam's slots are in it.
# - LoRA is switched on for a base that was frozen first, as habit wants it: only the head learns.

# %% [markdown]
# ## Dig deeper: what becomes of LoRA in a file?
#
# A file of a model with LoRA holds the *merged* kernel. Here it is loaded twice: `load_model` brings
# LoRA back, `load_weights` fills an ordinary reader.
#
# **Predict.** How many numbers has the ordinary reader, and on how many of the 397 tipped digits do
# the two models disagree: `"none"`, `"some"` or `"most"`? What do A and B hold in the one from
# `load_model`: `"what they learned"`, `"start values"` or `"zeros"`? And which arrays of its hidden layer
# move if it is compiled anew and trained on (a list of `"kernel"`, `"bias"`, `"A"` and `"B"`)?

# %%
my_numbers, my_disagree, my_a_and_b, my_moved = ..., ..., ..., ...

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

ordinary = make_reader()
with TemporaryDirectory() as folder:
    file = Path(folder) / "reader.keras"
    adapted.save(file)
    loaded, going_on = (keras.models.load_model(file) for _ in range(2))
    ordinary.load_weights(file)
read = [model.predict(tipped_test, verbose=0).argmax(axis=1) for model in (ordinary, loaded)]
disagree = (read[0] != read[1]).sum()
print(ordinary.count_params(), "numbers; the two disagree on", disagree, "digits")
assert ordinary.count_params() == 2410 and disagree == 0
assert np.allclose(ordinary.get_layer("hidden").kernel, adapted.get_layer("hidden").kernel)

# %%
hidden = loaded.get_layer("hidden")
a_and_b = [keras.ops.convert_to_numpy(w) for w in (hidden.lora_kernel_a, hidden.lora_kernel_b)]
print("numbers in A and B other than 0:", *map(np.count_nonzero, a_and_b))
before = snapshot(loaded)
train(loaded, tipped, epochs=1)
moved = hidden_moves(compare(before))
print(compare(before).verdict(), "(a loaded layer's path lacks the model's name)")
claim(
    "After loading and a new compile, A and B of LoRA are both zero, and neither learns.",
    not any(map(np.any, a_and_b)) and moved == ["bias"],
)
before = snapshot(going_on)
going_on.fit(tipped, data.train_labels, verbose=0)
print("without a new compile:", ", ".join(hidden_moves(compare(before))))
assert hidden_moves(compare(before)) == ["bias", "lora_kernel_a", "lora_kernel_b"]

# %%
hold = ("zeros", "start values", "what they learned")[sum(map(np.any, a_and_b))]
found = ordinary.count_params(), "some" if disagree else "none", hold, short(moved)
predictions.lora_file.reveal(said=(my_numbers, my_disagree, my_a_and_b, my_moved), seen=found)

# %% [markdown]
# **Explain.** Fresh LoRA has a zero B and a random A, so that B can learn at once. Loaded, *both*
# are zero on this Keras, and then neither gets a gradient: that of A is a multiple of B, and that of B a
# multiple of A. (*Without* a new compile, Adam's old momentum pushes both off zero, in a
# direction that belongs to their old values.) So finish the training before you save; or make an
# *ordinary* model, `load_weights`, and only then `enable_lora`:

# %%
ordinary.get_layer("output").trainable = False
hidden = ordinary.get_layer("hidden")
hidden.enable_lora(4)
assert hidden.lora_kernel_a.numpy().all() and not hidden.lora_kernel_b.numpy().any()
before = snapshot(ordinary)
train(ordinary, tipped, epochs=1)
print(compare(before).verdict())
assert hidden_moves(compare(before)) == ["bias", "lora_kernel_a", "lora_kernel_b"]

# %% [markdown]
# ## Dig deeper: does LoRA learn in a frozen base?
#
# A base was frozen for a first phase. For the second, one of its layers is thawed and gets LoRA;
# then, to be on the safe side, the base is frozen once more.
#
# **Predict.** How many numbers does the base report as trainable at the end? Which arrays of it
# move in a model around it? (A list, as before.)

# %%
my_reported, my_moved = ..., ...

# %%
base, hidden = make_small()
base.trainable = False  # the first phase
hidden.trainable = True  # the second
hidden.enable_lora(2)
base.trainable = False  # to be on the safe side
around = keras.Sequential([keras.Input((4,)), base, layers.Dense(2, name="top")], name="around")
moved = hidden_moves(compile_and_fit(around))
print("the base reports", ledger(base).trainable, "trainable numbers; moved:", ", ".join(moved))
claim(
    "A flag set to False where it is False reaches no layer.",
    moved == ["bias", "lora_kernel_a", "lora_kernel_b"],
)
assert ledger(base).trainable == 0

# %%
found = ledger(base).trainable, short(moved)
predictions.lora_in_frozen.reveal(said=(my_reported, my_moved), seen=found)

# %% [markdown]
# **Explain.** On TensorFlow a flag that is set to what it is already reaches no layer inside
# ([lesson 3](03_when_freezing_takes_effect.ipynb)). The base vetoes its own list; but the model
# around it asks each weight. Count in the model that you train, and compare.
#
# ## Dig deeper: does a trainable weight need a learning rate?
#
# float8 has added six arrays to each layer, all trainable.
#
# **Predict.** An SGD at learning rate 0 gets a gradient of sevens for each of the 8 arrays of a
# layer, and makes a step. How many of them move: 0, 2, 6 or 8?

# %%
my_eight_moved = ...

# %%
floating = classifier("float8").get_layer("hidden")
before = snapshot(floating)
gradients = [keras.ops.full(weight.shape, 7.0) for weight in floating.trainable_weights]
keras.optimizers.SGD(0.0).apply(gradients, floating.trainable_weights)
sevens = [weight.name for weight in floating.weights if (weight.numpy() == 7).all()]
print("all sevens now:", *sevens, sep="\n  ")
assert hidden_moves(compare(before)) == sevens == [w.name for w in floating.weights[2:]]

# %%
predictions.float8_scales.reveal(said=my_eight_moved, seen=len(sevens))

# %% [markdown]
# **Explain.** The six are trainable, and no loss teaches them. In training they get their next
# value in place of a gradient (the largest number of each of the last steps, and a scale that
# follows), and the optimizer *writes it over* the old one, at any learning rate.
#
# ## Dig deeper: what does `fit` leave behind when the optimizer averages?
#
# With `use_ema=True` an optimizer keeps an **exponential moving average** of every weight that it
# trains, by the same rule as BatchNormalization's moving mean: here 0.75 of the old and 0.25 of the
# new. It starts as what the first step made.
#
# **Predict.** The steps of a fit leave a weight at 1, 2, 3 and 4. What does it hold after the fit?

# %%
my_weight = ...

# %%
one = layers.Dense(1, use_bias=False, kernel_initializer="zeros", name="one")
stepping, seen = keras.Sequential([keras.Input((1,)), one]), []
remember = keras.callbacks.LambdaCallback(
    on_train_batch_end=lambda batch, logs: seen.append(one.kernel.numpy().item())
)
averaging = keras.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.75)
stepping.compile(averaging, loss=lambda wanted, given: -given)  # whose gradient is always -1
stepping.fit(np.ones((4, 1)), np.ones((4, 1)), batch_size=1, verbose=0, callbacks=[remember])
average = seen[0]
for value in seen[1:]:
    average = 0.75 * average + 0.25 * value
print("after the steps:", seen, "· after the fit:", one.kernel.numpy().item())
assert seen == [1, 2, 3, 4] and one.kernel.numpy().item() == average == 2.265625

# %%
predictions.averaged.reveal(said=my_weight, seen=one.kernel.numpy().item())

# %% [markdown]
# **Explain.** When `fit` ends, Keras puts the averages in place of the weights: a surprise to
# whoever compares weights step by step.
#
# ## Dig deeper: does a variable inside a Lambda learn?
#
# **Predict.** A Lambda layer multiplies by a Keras variable that was made outside, 2. How many
# weights does the layer have: 0, 1 or 2? And has the variable changed after a fit, `True` or `False`?

# %%
my_weights, my_changed = ..., ...

# %%
factor = keras.Variable(2.0, name="factor")
scaled = layers.Lambda(lambda numbers: numbers * factor, name="scaled")
head = layers.Dense(2, name="head")
hidden_factor = keras.Sequential([keras.Input((4,)), scaled, head], name="m")
movement = compile_and_fit(hidden_factor)
print(len(scaled.weights), "weights; the factor is", float(factor.numpy()))
assert movement.moved == ["m/head/kernel", "m/head/bias"]
assert not scaled.variables and float(factor.numpy()) == 2.0

# %%
found = len(scaled.weights), float(factor.numpy()) != 2
predictions.in_a_lambda.reveal(said=(my_weights, my_changed), seen=found)

# %% [markdown]
# **Explain.** Keras does not look into a function: the factor is not counted and not trained. For a
# number that should learn, write a layer and call `add_weight`.
#
# ## Dig deeper: which rows of an Embedding move?
#
# An **Embedding** is one array with a row for each word. It is trainable as a whole; a row has no
# flag ([lesson 3](03_when_freezing_takes_effect.ipynb) used two layers instead). But in one fit
# only some words occur.
#
# **Predict.** 10 rows; only the words 1, 2 and 3 occur. Which rows move with SGD? And with AdamW?
# (Two lists; `list(range(10))` has all.)

# %%
my_rows_sgd, my_rows_adamw = ..., ...


# %%
def rows_moved(optimizer):
    words = layers.Embedding(10, 4, name="words")
    head = layers.Dense(1, name="head")
    texts = keras.Sequential([keras.Input((3,), dtype="int32"), words, layers.Flatten(), head])
    texts.compile(optimizer, "mse")
    before = words.embeddings.numpy()
    texts.fit(np.array([[1, 2, 3], [3, 2, 1]]), np.ones((2, 1)), verbose=0)
    return np.flatnonzero((words.embeddings.numpy() != before).any(axis=1)).tolist()


with_sgd, with_adamw = map(rows_moved, (keras.optimizers.SGD(0.1), keras.optimizers.AdamW(0.1)))
print("SGD:", with_sgd, "· AdamW:", with_adamw)
assert with_sgd == [1, 2, 3] and with_adamw == list(range(10))

# %%
predictions.rows.reveal(said=(my_rows_sgd, my_rows_adamw), seen=(with_sgd, with_adamw))

# %% [markdown]
# **Explain.** The gradient of a word that does not occur is zero, so SGD leaves its row alone: *not
# trained for lack of data*, which is no freeze. Weight decay comes on top of the gradient: it
# shrinks every row of the array, even where the gradient is zero.
#
# ## Dig deeper: how does PyTorch say it?
#
# **Predict.** A PyTorch program freezes a network with `requires_grad_(False)`, but forgets
# `eval()`. Which of BatchNormalization's arrays move in training: `"gamma"`, `"beta"`, `"moving_mean"`,
# `"moving_variance"`? (A list.) And in Keras after `trainable = False`?

# %%
my_in_pytorch, my_in_keras = ..., ...

# %% [markdown]
# PyTorch is not needed: its flag belongs to a parameter, and Keras's variables have one like it.

# %%
moves = []
for way in ("parameters", "layer"):
    norm = layers.BatchNormalization(name="norm")
    model = keras.Sequential([keras.Input((4,)), norm, layers.Dense(2, name="head")], name="m")
    for owner in (norm.gamma, norm.beta) if way == "parameters" else (norm,):
        owner.trainable = False
    moved = compile_and_fit(model).moved
    moves.append([path.rpartition("/")[2] for path in moved if "norm/" in path])
    print(f"frozen by the flag of the {way}:", ", ".join(moves[-1]) or "nothing", "moved")
assert moves == [["moving_mean", "moving_variance"], []]

# %%
predictions.in_pytorch.reveal(said=(my_in_pytorch, my_in_keras), seen=moves)

# %% [markdown]
# **Explain.** The first line is PyTorch's way: running mean and running variance move, and there a count
# of the batches, too. The second is Keras's: nothing moves, since a frozen BatchNormalization *layer* is
# in inference mode. It is the row most often lost in translation.
#
# And the rest of the dictionary:
#
# | Keras 3 | PyTorch |
# |---|---|
# | weight that is learned | `Parameter` with `requires_grad=True` |
# | `variable.trainable = False` | `parameter.requires_grad = False` |
# | `layer.trainable = False` | `module.requires_grad_(False)` |
# | `add_weight(trainable=False)` | `register_buffer(...)` |
# | `model.weights` | `state_dict()`: parameters and buffers |
# | call with `training=False` | `module.eval()`, which stays until `module.train()` |
# | frozen BatchNormalization: in inference mode | statistics **go on moving** until `eval()` |
# | frozen Dropout drops in training mode | the same, until `eval()` |
# | gradient of a frozen weight: exists on TensorFlow | is `None` |
# | optimizer takes `trainable_weights` when it is built | takes the list that you give it |
# | variable hidden in a Lambda: unknown | tensor that is only an attribute: unknown |
# | seed state: one per layer | one generator per device; the CPU's is saved by `torch.get_rng_state()` |
#
# (Where PyTorch is installed, the course's tests run every row of this table.)
#
# ## Next
#
# Now do [exercise 7](../exercises/07_other_state/07_other_state.ipynb). The lesson before this one
# asks [why Inception's count is not zero](06_pretrained_networks.ipynb); the next one is [the freezing
# clinic](08_freezing_clinic.ipynb), where freezes that do not work are cured.
#
# ## Sources
#
# - Keras documentation: [transfer learning and
#   fine-tuning](https://keras.io/guides/transfer_learning/) (with the sentence on
#   BatchNormalization),
#   [Normalization](https://keras.io/api/layers/preprocessing_layers/numerical/normalization/),
#   [SpectralNormalization](https://keras.io/api/layers/normalization_layers/spectral_normalization/),
#   [making new layers and
#   models](https://keras.io/guides/making_new_layers_and_models_via_subclassing/),
#   [quantization](https://keras.io/guides/quantization_overview/).
# - T. Miyato and others (2018),
#   [Spectral Normalization for Generative Adversarial Networks](https://arxiv.org/abs/1802.05957).
# - E. Hu and others (2021),
#   [LoRA: Low-Rank Adaptation of Large Language Models](https://arxiv.org/abs/2106.09685).
# - T. Dettmers and others (2023),
#   [QLoRA: Efficient Finetuning of Quantized LLMs](https://arxiv.org/abs/2305.14314).
# - Merging by saving, in a maintainer's words: keras issue
#   [23244](https://github.com/keras-team/keras/issues/23244). (That a reloaded model has "no LoRA
#   weights" is not what the cell above shows on this Keras: it has them, and they are zero.)
# - PyTorch documentation:
#   [autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html) (on
#   `requires_grad` and `eval`),
#   [Module](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html).
# - The digits: E. Alpaydin and C. Kaynak (1998),
#   [Optical Recognition of Handwritten Digits](https://archive.ics.uci.edu/dataset/80), UCI Machine
#   Learning Repository, CC BY 4.0.
