# %% [markdown]
# # 8 · The freezing clinic
#
# *My freeze does not work: how do I find out why?*
#
# **Time:** {minutes}. **You need:** lessons [1](01_counting_weights.ipynb) to
# [5](05_batchnorm_statistics.ipynb): roles and the ledger, snapshot and compare, the order "flag,
# compile, fit", and BatchNormalization's statistics.
#
# **Afterwards you will be able to**
#
# - go from a symptom to its cause with three questions and two instruments;
# - recognise eleven ways in which other weights learn than you meant, nine of them from questions that
#   people asked;
# - prove that a repair works, instead of believing it.
#
# The first cell takes 10 to 20 seconds.

# %%
from helpers import Table, claim, compare, diagnose, ledger, snapshot, start

start()

import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from helpers.experiments.clinic import branches, diagnoses, moved_parts, suspects_table

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answer.
#
# 1. A frozen layer stands in the middle of a model. Does a GradientTape have a gradient for it?
# 2. You set `model.trainable = True`, but a layer in it stays frozen. How can that be?
# 3. Gamma and beta of a BatchNormalization layer are frozen one by one. What can still move in it?
#
# <details><summary>Answers</summary>
#
# 1. Yes, an ordinary one: on TensorFlow the flag does not reach the tape, it takes weights off
#    `trainable_weights` ([lesson 2](02_what_training_moves.ipynb)).
# 2. The model's own flag was True already, and on TensorFlow Keras then does nothing at all
#    ([lesson 3](03_when_freezing_takes_effect.ipynb)).
# 3. The moving mean and the moving variance: the layer's own flag is still True
#    ([lesson 5](05_batchnorm_statistics.ipynb)).
#
# </details>
#
# ## How this clinic works
#
# Eleven programs come in, each with a complaint; nine touch a real question, which is linked. Earlier
# lessons have explained nearly all of the causes. What you practise here is *finding out*, with three questions, always in
# this order:
#
# 1. **Before the fit: has every weight the role you meant?** `ledger(model)` answers.
# 2. **After one fit: did exactly those weights move that you meant?** `snapshot` and `compare` answer.
# 3. **Did they move as far as you meant?** `compare` gives the largest change.
#
# The first "no" leads to the cause. A repair counts only when the same instrument proves it.
#
# Most programs have the same patient: a base of three Dense layers and a head on top of it.


# %%
def make_base(norm=False):
    """Dense low, mid and high; with norm, a BatchNormalization layer before them."""
    stack = [layers.Dense(3, name=name) for name in ("low", "mid", "high")]
    if norm:
        stack.insert(0, layers.BatchNormalization(name="norm"))
    return keras.Sequential([keras.Input((4,)), *stack], name="base")


def with_head(base):
    inputs = keras.Input((4,), name="inputs")
    return keras.Model(inputs, layers.Dense(2, name="head")(base(inputs)), name="model")


# %% [markdown]
# `fit_and_compare` trains for one epoch of four steps and says which layers moved. In `proved` you
# keep, for each program, what moved before and after the repair.

# %%
rng = np.random.default_rng(0)
x = rng.uniform(1, 2, (128, 4)).astype("float32")
y = rng.uniform(5, 9, (128, 2)).astype("float32")
proved = {}


def fit_and_compare(model):
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    movement = compare(before)
    print("moved:", moved_parts(movement))
    return movement


# %% [markdown]
# These are the eleven causes. Each fits one of the programs.

# %%
suspects_table()

# %% [markdown]
# ## 1 · "I froze the base, and it still learns"
#
# Only the head should learn in the second phase. (Close to
# [KerasGAN#10](https://github.com/osh/KerasGAN/issues/10).)

# %%
model = with_head(make_base())
model.compile("sgd", "mse")
model.fit(x, y, verbose=0)  # first phase
model.get_layer("base").trainable = False
broken = fit_and_compare(model)  # second phase

# %% [markdown]
# **Predict.** Which of the suspects is it? Give its letter.

# %%
my_cause_1 = ...

# %% [markdown]
# **Diagnose.** The first question: has every weight the role that was meant?

# %%
print(ledger(model).table().caption)
late = ledger(model).count("frozen") == 39 and "low" in moved_parts(broken)
claim("On TensorFlow, the training step of an earlier fit silently ignores a freeze.", late)

# %% [markdown]
# **Explain.** The roles are right: 39 numbers frozen, 8 learned. Yet frozen weights moved, in Keras's
# own `fit`: the second answer is no. The training step is older than the flag
# ([lesson 3](03_when_freezing_takes_effect.ipynb)).
#
# **Repair and prove.** Compile again, after the flag, with a new optimizer.

# %%
model.compile("sgd", "mse")
mended = fit_and_compare(model)
proved[1] = moved_parts(broken), moved_parts(mended)
assert mended.moved == ["head/kernel", "head/bias"]

# %% [markdown]
# ## 2 · "Half of my network does not learn"
#
# The first two layers, `low` and `mid`, should be frozen; `high` and the head should learn. (How
# flags reach layers inside a model is also the subject of
# [keras#4510](https://github.com/keras-team/keras/issues/4510).)

# %%
model = with_head(make_base())
for layer in model.layers[:2]:
    layer.trainable = False
model.compile("sgd", "mse")
broken = fit_and_compare(model)

# %% [markdown]
# **Predict.** Which suspect?

# %%
my_cause_2 = ...

# %% [markdown]
# **Diagnose.** The first question again, this time layer by layer.

# %%
for name, counts in ledger(model).by_layer().items():
    print(name, {str(role): count for role, count in counts.items()})
print("model.layers:", [layer.name for layer in model.layers])
assert [layer.name for layer in model.layers[:2]] == ["inputs", "base"]

# %% [markdown]
# **Explain.** `high` is frozen, too. `layers[:2]` took an InputLayer, which has nothing to freeze,
# and `base`, which is *one* layer here with all that is in it.
#
# **Repair and prove.** Choose layers by name, in the model that holds them.

# %%
model = with_head(make_base())
for name in ("low", "mid"):
    model.get_layer("base").get_layer(name).trainable = False
model.compile("sgd", "mse")
mended = fit_and_compare(model)
proved[2] = moved_parts(broken), moved_parts(mended)
assert moved_parts(mended) == "high, head" and moved_parts(broken) == "head"

# %% [markdown]
# ## 3 · "Fine-tuning ruins what the base knew"
#
# The base's kernels should learn, and its statistics stay as they are; that is why it is called
# with `training=False`, as in the code of Keras's guide. (Close to
# [keras#20285](https://github.com/keras-team/keras/issues/20285).)

# %%
base = make_base(norm=True)
inputs = keras.Input((4,), name="inputs")
outputs = layers.Dense(2, name="head")(base(inputs, training=False))
model = keras.Model(inputs, outputs, name="model")
model.compile("sgd", "mse")
broken = fit_and_compare(model)

# %% [markdown]
# **Predict.** Which suspect?

# %%
my_cause_3 = ...

# %% [markdown]
# **Diagnose.** The roles are right: nothing was to be frozen. The second question: the statistics were
# to stay; did anything move without being learned?

# %%
others = [change.path for change in broken.changes if change.moved and change.role != "learned"]
print("moved without being learned:", others)
drift = others == ["base/norm/moving_mean", "base/norm/moving_variance"]
claim("Under fit, training=False in a functional model does not keep statistics still.", drift)

# %% [markdown]
# **Explain.** Two statistics moved as well: `fit` overrode `training=False`, and the layer measured
# ([lesson 5](05_batchnorm_statistics.ipynb)).
#
# **Repair and prove.** Freeze the BatchNormalization layer itself, then compile.

# %%
base.get_layer("norm").trainable = False
model.compile("sgd", "mse")
mended = fit_and_compare(model)
proved[3] = moved_parts(broken), moved_parts(mended)
assert moved_parts(mended) == "low, mid, high, head"

# %% [markdown]
# ## 4 · "I thawed the base, and it does not learn"
#
# Here the base was frozen for the first phase and should learn in the second. It was even compiled
# again. (Close to what was mended in [SwAV-TF#13](https://github.com/ayulockin/SwAV-TF/pull/13).)

# %%
model = with_head(make_base())
base = model.get_layer("base")
base.trainable = False
model.compile("sgd", "mse")
model.fit(x, y, verbose=0)  # first phase: the head
base.trainabe = True
model.compile("sgd", "mse")
broken = fit_and_compare(model)  # second phase: everything

# %% [markdown]
# **Predict.** Which suspect?

# %%
my_cause_4 = ...

# %% [markdown]
# **Diagnose.** Ask the ledger, and then the flag itself.

# %%
print(ledger(model).table().caption)
print("base.trainable:", base.trainable)
assert ledger(model).count("frozen") == 39 and not base.trainable

# %% [markdown]
# **Explain.** The flag is still False. Look at the line that thaws, letter by letter: `trainabe`.
# Python lets you set any attribute on a layer, so a misspelt flag is accepted without a word.
#
# **Repair and prove.** Spell it right, and assert what you have set.

# %%
base.trainable = True
assert base.trainable_weights, "the base is still frozen"
model.compile("sgd", "mse")
mended = fit_and_compare(model)
proved[4] = moved_parts(broken), moved_parts(mended)
assert broken.moved == ["head/kernel", "head/bias"] and mended.still == []

# %% [markdown]
# ## 5 · "Frozen before anything else, and it moves"
#
# No fit came before, the spelling is right, and there is no `compile` that could be missing. (Close
# to [keras#10222](https://github.com/keras-team/keras/issues/10222).)

# %%
model = with_head(make_base())
model.get_layer("base").trainable = False


def train_by_hand(model, weights, steps=4):
    optimizer = keras.optimizers.SGD(0.01)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((model(x, training=True) - y) ** 2)
        optimizer.apply(tape.gradient(loss, weights), weights)


before = snapshot(model)
train_by_hand(model, model.weights)
broken = compare(before)
print("moved:", moved_parts(broken))

# %% [markdown]
# **Predict.** Which suspect?

# %%
my_cause_5 = ...

# %% [markdown]
# **Diagnose.** What does the ledger call the weights that moved?

# %%
moved_roles = [str(change.role) for change in broken.changes if change.moved]
print({role: moved_roles.count(role) for role in ("learned", "frozen")})
assert ledger(model).count("frozen") == 39 and broken.still == []

# %% [markdown]
# **Explain.** Six *frozen* arrays moved. The flag is a note on the layer; a loop that updates
# `weights` does not read it ([lesson 2](02_what_training_moves.ipynb)).
#
# **Repair and prove.** One word.

# %%
before = snapshot(model)
train_by_hand(model, model.trainable_weights)
mended = compare(before)
print("moved:", moved_parts(mended))
proved[5] = moved_parts(broken), moved_parts(mended)
assert mended.moved == ["head/kernel", "head/bias"]

# %% [markdown]
# ## 6 · "My scale factor does not learn"
#
# One number should scale the input, and be learned with the rest. (Close to
# [keras#11430](https://github.com/keras-team/keras/issues/11430).)

# %%
factor = keras.Variable(1.0, name="factor")
inputs = keras.Input((4,), name="inputs")
scaled = layers.Lambda(lambda numbers: numbers * factor, name="scaled")(inputs)
model = keras.Model(inputs, layers.Dense(2, name="head")(scaled), name="model")
model.compile("sgd", "mse")
broken = fit_and_compare(model)
print("the factor is", float(factor.value))

# %% [markdown]
# **Predict.** Which suspect? And how many numbers will the ledger list, 10 or 11?

# %%
my_cause_6, my_numbers = ..., ...

# %% [markdown]
# **Diagnose.** The first question.

# %%
assert ledger(model).count("learned") == model.count_params() == 4 * 2 + 2
ledger(model)

# %% [markdown]
# **Explain.** Ten: the factor is not in the list. A Lambda is only a function; Keras does not see
# what the function uses. The factor does not belong to the model: no `fit` updates it, no file
# holds it.
#
# **Repair and prove.** What a layer should learn, it has to make itself, with `add_weight`.


# %%
class Scale(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(shape=(), initializer="ones", name="factor")

    def call(self, numbers):
        return numbers * self.factor


inputs = keras.Input((4,), name="inputs")
outputs = layers.Dense(2, name="head")(Scale(name="scaled")(inputs))
model = keras.Model(inputs, outputs, name="model")
model.compile("sgd", "mse")
mended = fit_and_compare(model)
proved[6] = moved_parts(broken), moved_parts(mended)
assert float(factor.value) == 1 and moved_parts(mended) == "scaled, head"

# %% [markdown]
# ## 7 · "Yesterday it was frozen"
#
# The head's bias was set by hand, for example to the frequencies of the classes, and should stay.
# The model was saved with everything in place.

# %%
model = with_head(make_base())
model.get_layer("head").bias.trainable = False
print("saved: ", ledger(model).table().caption)
with tempfile.TemporaryDirectory() as folder:
    model.save(Path(folder) / "model.keras")
    loaded = keras.models.load_model(Path(folder) / "model.keras")
loaded.compile("sgd", "mse")
broken = fit_and_compare(loaded)

# %% [markdown]
# **Predict.** Which suspect?

# %%
my_cause_7 = ...

# %% [markdown]
# **Diagnose.** The same question, asked of the model that was trained.

# %%
print("loaded:", ledger(loaded).table().caption)
clone = keras.models.clone_model(model)
print("clone: ", ledger(clone).table().caption)
lost = ledger(loaded).count("frozen") == ledger(clone).count("frozen") == 0
assert ledger(model).count("frozen") == 2
claim("A flag that you set on a Dense layer's single weight is lost in a file and a clone.", lost)

# %% [markdown]
# **Explain.** Two numbers were frozen, now none is. A file or a clone does not hold the flag that you
# set on a single weight ([lesson 3](03_when_freezing_takes_effect.ipynb)). (What a layer sets by
# itself comes back: LoRA does.)
#
# **Repair and prove.** Set such flags again after loading, then compile.

# %%
loaded.get_layer("head").bias.trainable = False
loaded.compile("sgd", "mse")
mended = fit_and_compare(loaded)
proved[7] = moved_parts(broken), moved_parts(mended)
assert mended.still == ["head/bias"]

# %% [markdown]
# ## 8 · "Keras says that nothing in the base is trainable"
#
# The whole base should be frozen. Somebody had tried something with `high` before. (Close to
# [keras#18092](https://github.com/keras-team/keras/issues/18092).)

# %%
base = make_base()
model = with_head(base)
base.trainable = False
base.get_layer("high").trainable = True  # left from an experiment
model.compile("sgd", "mse")
broken = fit_and_compare(model)
print("base.trainable:", base.trainable, "- trainable weights of base:", base.trainable_weights)

# %% [markdown]
# **Predict.** Which suspect?

# %%
my_cause_8 = ...

# %% [markdown]
# **Diagnose.** Two models hold the same layer. Ask both.

# %%
of_base, of_model = (ledger(each).by_layer()["base/high"] for each in (base, model))
print("high, asked of base: ", {str(role): count for role, count in of_base.items()})
print("high, asked of model:", {str(role): count for role, count in of_model.items()})
overruled = of_base["frozen"] == of_model["learned"] == 12
claim("An outer model trains a thawed layer inside a frozen model.", overruled)

# %% [markdown]
# **Explain.** They disagree. Asked itself, the frozen base vetoes; the outer model asks each
# variable and does not hear the veto. What counts is the ledger of *the model that is trained*.
#
# **Repair and prove.** Leave no contradiction. To freeze all: False on each layer of this base,
# which holds no further models. To fine-tune `high`: the parent to True first, then the others to
# False.

# %%
for layer in base.layers:
    layer.trainable = False
model.compile("sgd", "mse")
mended = fit_and_compare(model)
proved[8] = moved_parts(broken), moved_parts(mended)
assert moved_parts(broken) == "high, head" and moved_parts(mended) == "head"

# %% [markdown]
# ## 9 · "The judge never gets any better"
#
# In a GAN, a judge learns to tell real from painted, and should stand still while the painter
# learns. This recipe stands in many tutorials. (Close to
# [keras#8585](https://github.com/keras-team/keras/issues/8585).)

# %%
painter = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="paint")], name="painter")
decide = layers.Dense(1, activation="sigmoid", name="decide")
judge = keras.Sequential([keras.Input((4,)), decide], name="judge")
judge.compile("adam", "binary_crossentropy")
judge.trainable = False
gan = keras.Sequential([keras.Input((4,)), painter, judge], name="gan")
gan.compile("adam", "binary_crossentropy")
before = snapshot(gan)
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    judge.train_on_batch(x, np.ones((128, 1)))
broken = compare(before)
print("moved:", moved_parts(broken))

# %% [markdown]
# **Predict.** Which suspect? The judge *was* compiled while its flag was True.

# %%
my_cause_9 = ...

# %% [markdown]
# **Diagnose.** The first question, asked of the judge, just before its own training step.

# %%
print("judge:", ledger(judge).table().caption)
still = ledger(judge).trainable == 0 and broken.moved == []
claim("The GAN recipe of Keras 2 no longer trains the discriminator.", still)
assert any("not have any trainable weights" in str(each.message) for each in warned)

# %% [markdown]
# **Explain.** The judge should learn in this step, and is frozen: the training step is made in the
# first `train_on_batch`, and by then the flag is False. (Of this program Keras warns; we kept the
# warning out of sight.)
#
# **Repair and prove.** Let the role be right when each player's own step is made: True before the
# judge's first, False before the painter's. [Lesson 3](03_when_freezing_takes_effect.ipynb) has the
# other recipes.

# %%
judge.trainable = True
judge.compile("adam", "binary_crossentropy")
before = snapshot(gan)
judge.train_on_batch(x, np.ones((128, 1)))
mended = compare(before)
judge.trainable = False
before = snapshot(gan)
gan.train_on_batch(x, np.ones((128, 1)))
painted = moved_parts(compare(before))
print("moved by the judge's step:", moved_parts(mended), "· by the painter's:", painted)
proved[9] = moved_parts(broken), moved_parts(mended)
assert (moved_parts(mended), painted) == ("decide", "paint")

# %% [markdown]
# ## 10 · "As soon as I thaw the base, everything collapses"
#
# Thawed, compiled again: all by the rules. (What a second `compile` keeps is asked in [Stack Overflow
# 47995324](https://stackoverflow.com/questions/47995324).)

# %%
model = with_head(make_base())
model.get_layer("base").trainable = False
model.compile(keras.optimizers.Adam(1e-5), "mse")  # gently
model.fit(x, y, verbose=0)
model.get_layer("base").trainable = True
model.compile("adam", "mse")
broken = fit_and_compare(model)

# %% [markdown]
# **Predict.** Which suspect?

# %%
my_cause_10 = ...

# %% [markdown]
# **Diagnose.** The right roles, and exactly those moved that should. The third question: how far? The
# first steps of Adam change a number by about the learning rate each, so divide the largest change
# by the four steps.


# %%
def change_per_step(movement, steps=4):
    return max(change.largest for change in movement.changes) / steps


rate = float(model.optimizer.learning_rate)
print(f"{change_per_step(broken):.3f} a step; the rate is {rate:.3f}")
claim("compile('adam') puts the learning rate back to 0.001.", round(rate, 6) == 0.001)

# %% [markdown]
# **Explain.** A hundred times the 0.00001 of the first phase: `"adam"` as a word means a new
# optimizer with its default rate ([lesson 3](03_when_freezing_takes_effect.ipynb)).
#
# **Repair and prove.** Write the rate out, in every `compile`.

# %%
model.compile(keras.optimizers.Adam(1e-5), "mse")
mended = fit_and_compare(model)
proved[10] = tuple(f"{change_per_step(each):.0e} a step" for each in (broken, mended))
print(proved[10])
assert 0.0005 < change_per_step(broken) < 0.002
assert 0.000005 < change_per_step(mended) < 0.00002

# %% [markdown]
# ## 11 · "Nothing was ever frozen, and two layers stand still"
#
# Everything should learn. The bias of `middle` begins at −100, a number that somebody took over from
# another model.


# %%
def with_relu(bias):
    start_at = keras.initializers.Constant(bias)
    middle = layers.Dense(3, activation="relu", bias_initializer=start_at, name="middle")
    stack = [keras.Input((4,)), layers.Dense(3, name="low"), middle, layers.Dense(2, name="head")]
    return keras.Sequential(stack, name="model")


model = with_relu(bias=-100.0)
model.compile("sgd", "mse")
broken = fit_and_compare(model)

# %% [markdown]
# **Predict.** Which suspect? And how many of the 384 numbers that `middle` gives for our 128 rows
# are not zero?

# %%
my_cause_11, my_not_zero = ..., ...

# %% [markdown]
# **Diagnose.** All 35 numbers are learned. In the second question something *learned* stood still,
# so ask for its gradient.

# %%
with tf.GradientTape() as tape:
    loss = keras.ops.mean((model(x) - y) ** 2)
gradients = tape.gradient(loss, model.trainable_weights)
reached = [w.path for w, g in zip(model.trainable_weights, gradients) if np.any(g)]
given = keras.Sequential(model.layers[:2])(x).numpy()
print("not zero:", np.count_nonzero(given), "of", given.size)
print("reached by a gradient:", reached)
assert ledger(model).count("learned") == 35 and np.count_nonzero(given) == 0
assert broken.moved == reached == ["model/head/bias"]

# %% [markdown]
# **Explain.** What enters this relu is −100 plus something small. Below zero a relu gives zero and
# passes no gradient: a *dead relu*.
# `stop_gradient`, `argmax` and a detour through NumPy cut it off, too. The ledger says who may learn,
# not whom a gradient reaches.
#
# **Repair and prove.** Begin where the relu is alive, and look whether it stays alive: a long first step
# may kill it again.

# %%
model = with_relu(bias=3.0)
model.compile("sgd", "mse")
mended = fit_and_compare(model)
alive = np.count_nonzero(keras.Sequential(model.layers[:2])(x))
print("not zero: about", 50 * round(alive / 50), "of 384")
proved[11] = moved_parts(broken), moved_parts(mended)
assert moved_parts(mended) == "low, middle, head" and alive > 200

# %% [markdown]
# ## The chart
#
# Now the eleven cases in the order of the three questions. Begin at the top left. The first "no"
# leads to the right: to what you see, its cause, and its repair. The number in brackets is the
# program above. To print it: [one page](../docs/freezing_chart.pdf).

# %%
from helpers.figures import diagnostic_chart

diagnostic_chart()

# %% [markdown]
# A chart is a claim, too. Here is what you have proved for each branch:

# %%
assert list(proved) == [branch.program for branch in branches()] == list(range(1, 12))
assert all(broken != mended for broken, mended in proved.values())
Table(
    ("program", "cause", "before", "after the repair"),
    [(b.program, b.cause, *proved[b.program]) for b in branches()],
)

# %% [markdown]
# And your diagnoses, beside the right letters:

# %%
diagnoses(
    {
        1: my_cause_1, 2: my_cause_2, 3: my_cause_3, 4: my_cause_4, 5: my_cause_5,
        6: my_cause_6, 7: my_cause_7, 8: my_cause_8, 9: my_cause_9, 10: my_cause_10,
        11: my_cause_11,
    }
)

# %% [markdown]
# And if all three answers are yes? Then the freeze works, and the trouble lies elsewhere: in
# statistics of other data ([lesson 5](05_batchnorm_statistics.ipynb)), in a frozen Dropout, which
# still drops ([lesson 2](02_what_training_moves.ipynb)), in the data …

# %% [markdown]
# ## In short
#
# - Three questions, in this order: right role? right movement? right distance? The first "no" leads
#   to the cause.
# - Wrong role: look at the line that sets the flag (spelling, layer, model, before or after loading),
#   and at whether Keras knows the weight at all.
# - Right role, wrong movement: something does not read the flag (an older training step, a loop of
#   your own), an unfrozen BatchNormalization goes on measuring, or no gradient arrives.
# - Right movement, bad result: measure how far, and look at the learning rate.
# - Ask the ledger of the model that is trained, just before it is trained.
# - `diagnose(model, x, y)` asks all three questions of any model; see below.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - None of the eleven programs stops with an error, and one of them warns: hardly anything tells you
#   that something is wrong, unless you ask.
# - A training script that takes a snapshot before *each phase*, and asserts after its first epoch that
#   exactly the weights on *your* list moved, catches all but the tenth; that needs a look at how far.
# - A bug report "freezing does not work" is answered fastest with the ledger before and the verdict
#   after: they say which question failed.

# %% [markdown]
# ## Dig deeper: can a tool ask the three questions?
#
# You have asked the three questions by hand. `diagnose(model, x, y)` asks them of any model: it takes
# three real steps with the model's own training step, looks at what moved and why, and puts everything
# back. Here is the first patient again, as it came in.

# %%
model = with_head(make_base())
model.compile("sgd", "mse")
model.fit(x, y, verbose=0)
model.get_layer("base").trainable = False
before = snapshot(model)
found = diagnose(model, x, y)
assert found.kinds == ["frozen after the training step was made"]
assert compare(before).moved == []
print(found.findings[0])

# %% [markdown]
# The repair is a line of code; after it, nothing is found.

# %%
model.compile("sgd", "mse")
assert diagnose(model, x, y).kinds == []
print(diagnose(model, x, y).verdict)

# %% [markdown]
# Some patients look healthy unless you say what you meant. Program 2 froze `high` as well, program 7
# forgot a bias: no tool can know that this was not the plan. `frozen=[...]` tells it the plan.
#
# **Predict.** How many findings has program 2 without its plan, and how many with it?

# %%
my_without, my_with = ..., ...

# %%
model = with_head(make_base())
for layer in model.layers[:2]:
    layer.trainable = False
model.compile("sgd", "mse")
without = diagnose(model, x, y)
planned = diagnose(model, x, y, frozen=["low", "mid"])
assert without.kinds == [] and planned.kinds == ["frozen, and not on your list"]
print(len(without.findings), "without,", len(planned.findings), "with the plan:")
print(planned.findings[0].evidence)

# %% [markdown]
# A loop of your own, as in program 5, is not in the model. Give it as `step`, a function that takes one
# step on a batch; then that is tried.


# %%
def my_step(batch, truth):
    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(batch, training=True) - truth) ** 2)
    weights = getattr(model, updated)
    keras.optimizers.SGD(0.01).apply(tape.gradient(loss, weights), weights)


model = with_head(make_base())
model.get_layer("base").trainable = False
for updated in ("weights", "trainable_weights"):
    found = diagnose(model, x, y, step=my_step)
    print(f"{updated}:", found.kinds)
    assert found.kinds == ["a frozen layer does not stand still"] * (updated == "weights")

# %% [markdown]
# What the model was before it cannot see, such as the gentler rate of program 10. Say how far you meant
# a step to move a number, and it asks the third question too.

# %%
model = with_head(make_base())
model.compile("adam", "mse")
found = diagnose(model, x, y, farthest=1e-5)
assert diagnose(model, x, y).kinds == []
assert found.kinds == ["moved farther than you meant"]
print(found.findings[0].evidence)

# %% [markdown]
# ## Next
#
# Now do [exercise 8](../exercises/08_freezing_clinic/08_freezing_clinic.ipynb): other patients, a
# detector of your own, and the capstone, in which you fine-tune the pretrained network under six
# constraints. The lesson before this one is [everything else that training leaves
# alone](07_other_state.ipynb). This is the last lesson. Where you are not sure whether a weight
# learns, you can now find out.
#
# ## Sources
#
# - The threads that the programs touch: keras
#   [#4510](https://github.com/keras-team/keras/issues/4510),
#   [#20285](https://github.com/keras-team/keras/issues/20285),
#   [#10222](https://github.com/keras-team/keras/issues/10222),
#   [#11430](https://github.com/keras-team/keras/issues/11430),
#   [#18092](https://github.com/keras-team/keras/issues/18092),
#   [#8585](https://github.com/keras-team/keras/issues/8585);
#   [KerasGAN#10](https://github.com/osh/KerasGAN/issues/10);
#   [SwAV-TF#13](https://github.com/ayulockin/SwAV-TF/pull/13); [Stack Overflow
#   47995324](https://stackoverflow.com/questions/47995324). The programs are our own, made as small
#   as the mistake allows.
# - Keras documentation:
#   [transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/).
