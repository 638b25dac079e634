# %% [markdown]
# # 7 · Everything else training leaves alone
#
# *Is BatchNormalization the only layer with non-trainable state?*
#
# **Time:** {minutes}. **You need:** [lesson 2](02_what_training_moves.ipynb), of
# [lesson 3](03_when_freezing_takes_effect.ipynb) the rule "flag, compile, fit", and
# [lesson 5](05_batchnorm_statistics.ipynb); no GPU, no network.
#
# **Afterwards you will be able to**
#
# - say of any variable of a model who changes it, when, and whether it is saved, and prove it;
# - name layers that go on changing although they are frozen;
# - fine-tune with LoRA: predict the counts, avoid its traps, merge the result;
# - read a PyTorch freeze in Keras's words.

# %%
from helpers import Table, claim, compare, digits, ledger, snapshot, start

start()

import keras
import numpy as np
from keras import layers

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answer.
#
# 1. Which variable of a Dropout layer is not a weight?
# 2. Of BatchNormalization's four arrays, which change in a fit if the layer is frozen?
# 3. A weight's gradient is always zero. Which optimizer changes it all the same?
#
# <details><summary>Answers</summary>
#
# 1. The state of its random numbers ([lesson 1](01_counting_weights.ipynb)).
# 2. None: frozen, this layer is in inference mode ([lesson 5](05_batchnorm_statistics.ipynb)).
# 3. One with weight decay, such as AdamW ([lesson 2](02_what_training_moves.ipynb)).
#
# </details>
#
# ## A layer that you fill yourself
#
# Keras's guide to transfer learning says that BatchNormalization is the only built-in layer with
# non-trainable weights. Here is a counter-example. A **Normalization** layer stands at the entrance
# of many models: `adapt` measures the data once, and from then on the layer subtracts the mean and
# divides by the standard deviation.
#
# **Predict.** After `adapt` on data with 4 features: how many numbers does the layer have, and how
# many of them are trainable?

# %%
my_numbers, my_trainable = ..., ...

# %%
samples = np.array([[1, 10, 0, 5], [3, 30, 1, 7], [5, 20, 2, 6]], "float32")
scale = layers.Normalization(name="scale")
scale.adapt(samples)
assert scale.count_params() == 2 * 4 + 1 and not scale.trainable_weights
ledger(scale)

# %% [markdown]
# **Explain.** Mean and variance have one number per feature, and a third array counts what was
# measured: 2C + 1 numbers, none of them trainable. Their role in the ledger is *other state*: made
# by a layer as non-trainable, and not by BatchNormalization. This is also why EfficientNetB0, which
# begins with such a layer for three colours, has 7 more non-trainable numbers than its
# BatchNormalization layers explain.
#
# If you *tell* the layer its mean and variance, it keeps them as constants instead:

# %%
told = layers.Normalization(mean=[3, 20, 1, 6], variance=[1, 1, 1, 1], name="told")
told.build((None, 4))
print(told.count_params(), "numbers")
assert told.count_params() == 0

# %% [markdown]
# ## A layer of your own
#
# Your own layers may keep state, too. This one counts the batches that it has seen in training
# mode; `trainable=False` tells Keras that the optimizer has no business with the counter. (The
# first line lets Keras find the class when it loads a saved model.)


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


def compile_and_fit(model, optimizer="sgd", **options):
    model.compile(optimizer, "mse")
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
print(said)
assert said == [4, 4, 8]

# %% [markdown]
# **Explain.** `predict` and `evaluate` call the model in inference mode, in which this layer does
# not count. The freeze made no difference. `trainable = False` takes weights off the optimizer's
# list and does nothing else; the counter was never on it. What a layer writes in its own `call`
# goes on, unless the layer looks at its own flag. Of Keras's layers, BatchNormalization is the one
# that does.
#
# ## Frozen, and its kernel moves
#
# **SpectralNormalization** wraps another layer and keeps its kernel tame: in every training step it
# divides the kernel by its largest singular value, the most by which it can stretch an input. An
# auxiliary vector `vector_u` helps to estimate that value.
#
# **Predict.** Such a layer is frozen before compile. Which of its three arrays move in a fit: the
# kernel, the bias, `vector_u`?

# %%
my_moved = ...


# %%
def make_spectral():
    wrapped = layers.SpectralNormalization(layers.Dense(3, name="inner"), name="spectral")
    return keras.Sequential([keras.Input((4,)), wrapped, layers.Dense(2, name="head")], name="m")


tame = make_spectral()
tame.get_layer("spectral").trainable = False
movement = compile_and_fit(tame)
assert {"m/spectral/inner/kernel", "m/spectral/vector_u"} < set(movement.moved)
assert "m/spectral/inner/bias" in movement.still
movement

# %% [markdown]
# **Explain.** The *frozen kernel moved*. No gradient did it: the layer itself divided it. "Frozen"
# means that the optimizer leaves a weight alone, and here somebody else does not. Only inference
# mode stops it:

# %%
before = snapshot(tame)
tame(x, training=False)
print("a call in inference mode:", compare(before).verdict())
assert compare(before).verdict() == "nothing moved"
stretch = np.linalg.norm(make_spectral().get_layer("spectral").layer.kernel.numpy(), 2)
tamed = np.linalg.norm(tame.get_layer("spectral").layer.kernel.numpy(), 2)
print(f"largest singular value after the fit: {tamed:.1f}")
assert abs(tamed - 1) < 0.04 < abs(stretch - 1)

# %% [markdown]
# ## Variables that are no weights
#
# A variable is anything that a model remembers; weights are those variables that `weights` lists
# ([lesson 1](01_counting_weights.ipynb)). Random layers keep a seed state: Dropout, noise and
# augmentation layers, and recurrent layers, which have a dropout inside.
#
# A recurrent layer with `stateful=True` remembers more: where the last batch ended, the next one
# goes on.
#
# **Predict.** For Dropout and for a stateful LSTM: how many weights, how many variables? And is the
# LSTM's memory of the last batch among them?

# %%
my_dropout, my_lstm, my_memory_is_listed = ..., ..., ...

# %%
dropout = layers.Dropout(0.5, name="dropout")
lstm = layers.LSTM(3, stateful=True, name="lstm")
sequences = rng.normal(size=(2, 5, 4)).astype("float32")
dropout(sequences)
lstm(sequences)
states = {"dropout": [], "lstm": lstm.states}
rows = [
    (layer.name, len(layer.weights), len(layer.variables), len(states[layer.name]))
    for layer in (dropout, lstm)
]
listed = any(variable is state for variable in lstm.variables for state in lstm.states)
assert rows == [("dropout", 0, 1, 0), ("lstm", 3, 4, 2)] and not listed
Table(("layer", "weights", "variables", "states of its own"), rows)

# %% [markdown]
# **Explain.** The LSTM's fourth variable is a seed state. Its two arrays of memory are in no list
# of the layer or model; only `states` shows them. So neither the ledger nor a snapshot sees them,
# and still they change the answer, frozen or not, in training or not:

# %%
lstm.trainable = False
first, second = lstm(sequences).numpy(), lstm(sequences).numpy()
lstm.reset_state()
third = lstm(sequences).numpy()
lstm.reset_state()
fourth = lstm(sequences).numpy()
print("same input, same answer:", np.array_equal(first, second))
print("after reset_state:      ", np.array_equal(third, fourth))
assert not np.array_equal(first, second) and np.array_equal(third, fourth)

# %% [markdown]
# `compile` brings variables as well: the metrics' running totals, and whatever the optimizer keeps
# for each weight that it trains, called its **slots**. They belong to the metric and the optimizer.
#
# One optimizer's slots reach back into the model. With `use_ema=True` it keeps an **exponential
# moving average** of every weight that it trains, by the same rule as BatchNormalization's moving
# mean.
#
# **Predict.** After a fit with `use_ema=True`: does the kernel hold what the last step made of it,
# or something else?

# %%
my_kernel = ...

# %%
averaging = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
plain = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="head")], name="plain")
kernel, after_steps = plain.get_layer("head").kernel, []
remember = keras.callbacks.LambdaCallback(
    on_train_batch_end=lambda batch, logs: after_steps.append(kernel.numpy())
)
compile_and_fit(plain, averaging, callbacks=[remember])
average = after_steps[0]  # the first step's weights start the average
for weights in after_steps[1:]:
    average = 0.5 * average + 0.5 * weights
print("as the last step left it:", np.allclose(kernel.numpy(), after_steps[-1]))
print("the moving average:      ", np.allclose(kernel.numpy(), average, atol=1e-5))
assert not np.allclose(kernel.numpy(), after_steps[-1], atol=1e-5)
assert np.allclose(kernel.numpy(), average, atol=1e-5)

# %% [markdown]
# **Explain.** When `fit` ends, Keras puts the averages in place of the weights. That is the purpose
# of this option, and a surprise to whoever compares weights step by step.
#
# ## A variable that nobody knows
#
# **Predict.** A Lambda layer multiplies by a Keras variable that was made outside. How many weights
# does the layer have? Will the variable be trained?

# %%
my_weights, my_trained = ..., ...

# %%
factor = keras.Variable(2.0, name="factor")
hidden_factor = keras.Sequential(
    [
        keras.Input((4,)),
        layers.Lambda(lambda numbers: numbers * factor, name="scaled"),
        layers.Dense(2, name="head"),
    ],
    name="m",
)
compile_and_fit(hidden_factor)
scaled = hidden_factor.get_layer("scaled")
print(len(scaled.weights), "weights; the factor is", float(factor.numpy()))
assert not scaled.variables and float(factor.numpy()) == 2.0

# %% [markdown]
# **Explain.** A layer knows the variables that it made or was given as attributes. It does not look
# into a function. The factor is used in every step, and is not counted, not trained, not saved. For
# a number that should learn, write a layer and call `add_weight`.
#
# ## Some rows of an array
#
# An **Embedding** is one array with a row for each word. It is trainable as a whole; a row has no
# flag ([lesson 3](03_when_freezing_takes_effect.ipynb) used two layers instead). But in one fit
# only some words occur.
#
# **Predict.** 10 rows; only the words 1, 2 and 3 occur. Which rows move with SGD? And with AdamW?

# %%
my_rows_sgd, my_rows_adamw = ..., ...


# %%
def rows_moved(optimizer):
    words = layers.Embedding(10, 4, name="words")
    reader = keras.Sequential(
        [keras.Input((3,), dtype="int32"), words, layers.Flatten(), layers.Dense(1, name="head")]
    )
    reader.compile(optimizer, "mse")
    before = words.embeddings.numpy()
    reader.fit(np.array([[1, 2, 3], [3, 2, 1]]), np.ones((2, 1)), verbose=0)
    return np.flatnonzero((words.embeddings.numpy() != before).any(axis=1)).tolist()


print("SGD:  ", rows_moved(keras.optimizers.SGD(0.1)))
print("AdamW:", rows_moved(keras.optimizers.AdamW(0.1)))
assert rows_moved(keras.optimizers.SGD(0.1)) == [1, 2, 3]
assert rows_moved(keras.optimizers.AdamW(0.1)) == list(range(10))

# %% [markdown]
# **Explain.** The gradient of a word that does not occur is zero, so SGD leaves its row alone: *not
# trained for lack of data*, which is no freeze. Weight decay needs no gradient and shrinks every
# row.
#
# ## LoRA: freezing's modern form
#
# Large networks are fine-tuned today by freezing nearly everything and training a little beside it.
# **LoRA** (low-rank adaptation) leaves a kernel of shape (in, out) as it is and adds the product of
# two thin arrays, A of shape (in, r) and B of shape (r, out). The small number r is the **rank**.
# Keras has it built in, as `enable_lora` of Dense, Embedding, EinsumDense and convolutions.
#
# **Predict.** `Dense(32)` on 100 inputs, with `enable_lora(4)`: how many numbers are frozen, and
# how many are learned? (Answers on the web say "only A and B".)

# %%
my_frozen, my_learned = ..., ...

# %%
dense = layers.Dense(32, name="dense")
dense.build((None, 100))
dense.enable_lora(4)
assert (ledger(dense).non_trainable, ledger(dense).trainable) == (3200, 32 + 400 + 128)
ledger(dense)

# %% [markdown]
# **Explain.** A has 100 · 4 numbers and B has 4 · 32: 528. But `enable_lora` freezes the *kernel*;
# the bias, 32 numbers more, goes on learning. (Freeze `dense.bias` on its own if you want it
# still.) For a table of 1,000 words with 16 numbers each it is 16,000 frozen and 4,064 learned:

# %%
table = layers.Embedding(1000, 16, name="table")
table.build()
table.enable_lora(4)
print(ledger(table).count("frozen"), "frozen,", ledger(table).trainable, "learned")
assert (ledger(table).count("frozen"), ledger(table).trainable) == (16_000, 1000 * 4 + 4 * 16)

# %% [markdown]
# Now for real. A small network reads upright digits. Then all pictures are tipped over: rows become
# columns. The new task is learned with LoRA of rank 4 on the hidden layer; all else stays frozen.

# %%
data = digits()
upright, upright_test = (i.reshape(-1, 64) for i in (data.train_images, data.test_images))
tipped, tipped_test = (
    images.transpose(0, 2, 1, 3).reshape(-1, 64) for images in (data.train_images, data.test_images)
)


def make_reader():
    hidden = layers.Dense(32, activation="relu", name="hidden")
    output = layers.Dense(10, activation="softmax", name="output")
    return keras.Sequential([keras.Input((64,)), hidden, output], name="reader")


def train(model, images, epochs=10):
    adam = keras.optimizers.Adam(0.02)
    model.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    model.fit(images, data.train_labels, batch_size=64, epochs=epochs, verbose=0)


# %% [markdown]
# **Predict.** How many numbers are trained in the second phase, of the reader's 2,410? And how well
# does the reader do on tipped digits, before and after?

# %%
my_trained, my_before, my_after = ..., ..., ...

# %%
keras.utils.set_random_seed(0)
reader = make_reader()
train(reader, upright)
before = reader.evaluate(tipped_test, data.test_labels, verbose=0)[1]
reader.get_layer("output").trainable = False
reader.get_layer("hidden").enable_lora(4)
start_point = snapshot(reader)
train(reader, tipped)  # compiles anew
after = reader.evaluate(tipped_test, data.test_labels, verbose=0)[1]
print(ledger(reader).trainable, "numbers trained")
print("tipped digits before, below 30 %:", before < 0.3, "· after, above 60 %:", after > 0.6)
assert ledger(reader).trainable == 64 * 4 + 4 * 32 + 32 and before < 0.3 and after > 0.6
compare(start_point)

# %% [markdown]
# **Explain.** 416 numbers did it, and the kernel of 2,048 has not moved. B starts at zero, so LoRA
# changes nothing until it is trained. To give the change away you need only the small arrays; and
# when the training is done, you can **merge**: add A · B to the kernel (scaled, if you gave a
# `lora_alpha`). `layer.kernel` is that sum, and an ordinary layer with it gives the same answers,
# at no extra cost.

# %%
merged = make_reader()
for name in ("hidden", "output"):
    lora, ordinary = reader.get_layer(name), merged.get_layer(name)
    ordinary.set_weights([keras.ops.convert_to_numpy(lora.kernel), lora.bias.numpy()])
difference = np.abs(merged.predict(tipped_test, verbose=0) - reader.predict(tipped_test, verbose=0))
print(merged.count_params(), "numbers, same answers:", difference.max() < 1e-5)
assert merged.count_params() == 2410 and difference.max() < 1e-5

# %% [markdown]
# Saving does the same without asking: a file of a model with LoRA holds the *sum*. After loading,
# the sum is the frozen kernel. The old kernel is gone, unless you kept it.
#
# **Predict.** What do A and B hold in the loaded model? And if it is trained on: which of the four
# arrays of its hidden layer move?

# %%
my_a, my_b, my_moved = ..., ..., ...

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

with TemporaryDirectory() as folder:
    reader.save(Path(folder) / "reader.keras")
    loaded = keras.models.load_model(Path(folder) / "reader.keras")


def array(model, name):
    return next(w for w in model.get_layer("hidden").weights if w.name == name).numpy()


product = array(reader, "lora_kernel_a") @ array(reader, "lora_kernel_b")
assert np.allclose(array(loaded, "kernel"), array(reader, "kernel") + product, atol=1e-5)

# %%
a_and_b = [array(loaded, "lora_kernel_a"), array(loaded, "lora_kernel_b")]
start_point = snapshot(loaded)
train(loaded, upright, epochs=1)
after_loading = compare(start_point)
print("A and B are zero:", not any(map(np.any, a_and_b)))
print(after_loading.verdict())
claim(
    "After loading, A and B of LoRA are both zero, and neither learns any more.",
    not any("lora" in path for path in after_loading.moved) and not any(map(np.any, a_and_b)),
)

# %% [markdown]
# **Explain.** Fresh LoRA has a zero B and a random A, so that B can learn at once. Loaded, *both*
# are zero on this Keras, and then neither can: the gradient of A is a multiple of B, and that of B
# a multiple of A. They are on the optimizer's list, they get a step every time, and the step is
# zero. So finish the training before you save; or load into an ordinary model, which is now merged,
# and call `enable_lora` anew.

# %% [markdown]
# ## Three more traps of LoRA
#
# Each of these three models has `enable_lora(2)` on its hidden layer, in a slightly wrong way.
#
# **Predict.** In each: which arrays of the hidden layer move in the fit that follows: kernel, bias,
# A, B?
#
# 1. LoRA is switched on *after* a fit, and the model is not compiled again.
# 2. LoRA is switched on, then the layer is frozen and thawed, as for a first phase.
# 3. The layer is frozen, then LoRA is switched on.

# %%
my_late, my_thawed, my_frozen = ..., ..., ...


# %%
def make_small():
    hidden, head = layers.Dense(3, name="hidden"), layers.Dense(2, name="head")
    return keras.Sequential([keras.Input((4,)), hidden, head], name="small")


def hidden_moves(movement):
    return [path.rpartition("/")[2] for path in movement.moved if "/hidden/" in path]


late = make_small()
compile_and_fit(late)
late.get_layer("hidden").enable_lora(2)
before = snapshot(late)
late.fit(x, y, batch_size=16, verbose=0)  # not compiled again
late_moves = hidden_moves(compare(before))

# %%
thawed = make_small()
thawed.get_layer("hidden").enable_lora(2)
thawed.get_layer("hidden").trainable = False
thawed.get_layer("hidden").trainable = True
thawed_moves = hidden_moves(compile_and_fit(thawed))

frozen = make_small()
frozen.get_layer("hidden").trainable = False
frozen.get_layer("hidden").enable_lora(2)
frozen_moves = hidden_moves(compile_and_fit(frozen))

# %%
moves = {"1 late": late_moves, "2 thawed": thawed_moves, "3 frozen": frozen_moves}
assert frozen_moves == [] and "kernel" in thawed_moves and "lora_kernel_b" in thawed_moves
Table(("trap", "moved in the hidden layer"), [(k, ", ".join(v) or "–") for k, v in moves.items()])

# %% [markdown]
# **Explain.** Not one of them warns.
#
# 1. On TensorFlow the training step of the first fit goes on ([lesson
#    3](03_when_freezing_takes_effect.ipynb)): it trains the kernel that should be still, and does
#    not know A and B.
# 2. Setting the layer's flag from False to True switches *everything* in it on, the kernel
#    included.
# 3. On a frozen layer nothing is trained, A and B neither; and thawing it leads to trap 2.
#
# The order that works: freeze all *other* layers, `enable_lora` on layers that are not frozen,
# compile, fit; then compare.

# %%
claim(
    "On TensorFlow, LoRA switched on after a fit trains the kernel, not A and B.",
    late_moves == ["kernel", "bias"],
)
right = make_small()
right.get_layer("head").trainable = False
right.get_layer("hidden").enable_lora(2)
movement = compile_and_fit(right)
print(movement.verdict())
assert "small/hidden/kernel" in movement.still and "small/head/kernel" in movement.still

# %% [markdown]
# ## Whole numbers cannot learn
#
# To run large networks on small machines, their kernels are **quantised**: rounded to whole numbers
# from -127 to 127, with one scale for each unit.
#
# **Predict.** The classifier of lesson 1 has 3,562 numbers, 3,520 of them in kernels. Both layers
# are quantised to int8. How many numbers can still be trained?

# %%
my_still_trainable = ...

# %%
classifier = keras.Sequential(
    [
        keras.Input((100,)),
        layers.Dense(32, activation="relu", name="hidden"),
        layers.Dense(10, activation="sigmoid", name="output"),
    ],
    name="classifier",
)
for layer in classifier.layers:
    layer.quantize("int8")
assert ledger(classifier).trainable == 32 + 10
ledger(classifier)

# %% [markdown]
# **Explain.** Only the biases. A small step of a gradient would be lost in rounding, so Keras makes
# the kernels and their scales non-trainable. The bytes fall to about a quarter. (By chance the
# non-trainable count is 3,562, the classifier's old total: 3,520 whole numbers and 42 scales.)
# Fine-tuning goes *beside* the kernel: LoRA on top of a quantised layer is known as QLoRA.

# %%
classifier.get_layer("hidden").enable_lora(4)
book = ledger(classifier)
print(book.trainable, "numbers can be trained now")
assert book.trainable == 42 + 528

# %% [markdown]
# ## One table for everything
#
# Who changes a variable, when, and is it saved? You can find out for any variable, without reading
# Keras's source. Make the model afresh for each action, do one thing to it, and look whether the
# variable moved:
#
# - It moves in a call in training mode: its *layer* changes it.
# - Not in a call, but in `evaluate`: a *metric*.
# - Only in `fit`, or in `fit` otherwise than at learning rate 0: the *optimizer*.
# - Only in `adapt`: you do, with *adapt*.
#
# And to see whether it is saved: change its value by one, save, load, and look whether it comes
# back. `observe` does these experiments. It needs a **specimen**: a function that makes a small
# model, and one that finds the variable in it. Here is one for your own counter.

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
# momentum. Which of them does a `.keras` file hold? And a file of `save_weights`?

# %%
my_in_keras, my_in_weights_h5 = ..., ...

# %% [markdown]
# Now the other kinds of variables of this course, one specimen each; they are made in
# `helpers/experiments/variables/`. The two cells take some seconds, since they make more than a
# hundred small models.

# %%
first_half = [observe(kind) for kind in KINDS[:6]]

# %%
observations = [*first_half, *map(observe, KINDS[6:]), seen_counter]
overview(observations)

# %% [markdown]
# **Explain.** Read the columns downwards.
#
# - *Who*: the optimizer, the layer, a metric, you, or nobody. SpectralNormalization's kernel has
#   two masters.
# - *Moves if frozen?* says whether it changes although its layer is frozen. Where "its layer"
#   changes it, BatchNormalization is the only "no": no other layer here looks at its own flag.
#   Frozen weights get no optimizer slots at all.
# - *Weights* are what the summary counts, after a fit together with the optimizer's variables.
# - *Saved*: all weights, and, what few expect, the optimizer's slots, even in a `.weights.h5` if
#   the model was compiled and trained. Not saved: seed states, memories of stateful layers, running
#   totals of metrics. LoRA's B is not saved *as such*, but merged.

# %%
table = {seen.name: seen for seen in observations}
layers_own = [seen for seen in table.values() if "its layer" in seen.who]
stop_when_frozen = [seen.name for seen in layers_own if not seen.moved["fit, layer frozen"]]
lost = [seen.name for seen in table.values() if not seen.in_keras]
assert stop_when_frozen == ["BatchNormalization, mean"]
assert table["SpectralNormalization, kernel"].who == "its layer and the optimizer"
assert table["Adam, momentum"].moved["fit, layer frozen"] is None  # there is none
assert all(seen.in_keras == seen.in_weights_h5 for seen in table.values())
print("not in a .keras file:", "; ".join(lost))

# %% [markdown]
# ## The same in PyTorch's words
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
# | seed state: one per layer | one generator for all, saved by `torch.get_rng_state()` |
#
# **Predict.** A PyTorch program freezes a network with `requires_grad_(False)`, but forgets
# `eval()`. Which of BatchNormalization's arrays move in training? What would they do in Keras after
# `trainable = False`?

# %%
my_in_pytorch, my_in_keras = ..., ...

# %% [markdown]
# <details><summary>Answer</summary>
#
# In PyTorch the running mean and the running variance move; weight and bias do not. In Keras
# nothing moves, since a frozen BatchNormalization layer is in inference mode. It is the row most
# often lost in translation.
#
# </details>
#
# (PyTorch is not needed here. Where it is installed, the course's tests run every row of this
# table.)
#
# ## In short
#
# - BatchNormalization is **not** the only layer with non-trainable state: Normalization (2C + 1),
#   SpectralNormalization, quantised layers and layers of your own have it, too.
# - **Freezing takes weights off the optimizer's list, and no more.** What a layer writes itself
#   goes on: your counter, Dropout's seed, even a frozen kernel inside SpectralNormalization.
# - Not every variable is a weight: seed states, optimizer slots, metrics; a stateful layer's memory
#   is in no list at all, and a variable inside a Lambda is unknown to Keras.
# - **LoRA** freezes the kernel, not the bias; enable it on layers that are not frozen, then
#   compile; do not switch the layer's flag afterwards. Saving merges it, and after loading A and B
#   are dead.
# - int8 kernels cannot be trained.
# - Of any variable, ask: who changes it, when, and is it saved? Then try it out.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A "frozen" feature extractor with SpectralNormalization gives other features after every
#   training, and everyone looks for a bug in the flags.
# - A model is served with a stateful recurrent layer: one customer's answer depends on the customer
#   before. Nothing in the weights has changed.
# - `save_weights` writes a file three times as large as expected: Adam's slots are in it.
# - LoRA is switched on for a base that was frozen first, as habit wants it: the loss stays flat.
# - A temperature or a scale inside a Lambda "does not learn".
#
# ## Next
#
# Now do [exercise 7](../exercises/07_other_state/07_other_state.ipynb). The lesson before this one
# is [why Inception says 34,432](06_pretrained_networks.ipynb); the next one is [the freezing
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
#   models](https://keras.io/guides/making_new_layers_and_models_via_subclassing/).
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
