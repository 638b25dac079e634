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
# - go from a symptom to its cause with three questions;
# - recognise eleven ways in which other weights learn than you meant;
# - repair them, and prove that the repair works.
#
# The first cell takes 10 to 20 seconds.

# %%
from helpers import Table, claim, compare, diagnose, figures, ledger, snapshot, start

start()

import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from helpers.experiments.clinic import branches, letter_of, moved_parts, repaired, suspects_table
from helpers.predictions import freezing_clinic as predictions

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answer. The cell after it asks again what surprised you in lesson 7.
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

# %%
predictions.lesson.again()

# %% [markdown]
# ## How this clinic works
#
# Eleven programs come in, each with a complaint; nine are close to a question that people asked, which
# is linked. You practise *finding out*, with three questions, always in this order:
#
# 1. **Before the fit: has every weight the role you meant?** `ledger(model)` answers.
# 2. **After one fit: did exactly those weights move that you meant?** `snapshot` and `compare` answer.
# 3. **Did they move as far as you meant?** `compare` gives the largest change.
#
# The first "no" leads to the cause. A repair counts only when the same instrument proves it.
#
# Most programs have this patient:


# %%
def make_base(norm=False):
    """Dense low, mid and high; with norm, a BatchNormalization layer before them."""
    stack = [layers.Dense(3, name=name) for name in ("low", "mid", "high")]
    if norm:
        stack.insert(0, layers.BatchNormalization(name="norm"))
    return keras.Sequential([keras.Input((4,)), *stack], name="base")


def with_head(base, **call):
    inputs = keras.Input((4,), name="inputs")
    return keras.Model(inputs, layers.Dense(2, name="head")(base(inputs, **call)), name="model")


# %% [markdown]
# `fit_and_compare` trains for one epoch of four steps and says which layers moved. `proved` keeps what
# moved before and after each repair.

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
# These are the suspects. Each program has one cause; some of the suspects fit no program.

# %%
suspects_table()

# %% [markdown]
# ## 1 · "I froze the base, and it still learns"
#
# Only the head should learn in the second phase.
# ([KerasGAN#10](https://github.com/osh/KerasGAN/issues/10))

# %%
model = with_head(make_base())
model.compile("sgd", "mse")
model.fit(x, y, verbose=0)  # first phase
model.get_layer("base").trainable = False
broken = fit_and_compare(model)  # second phase

# %% [markdown]
# **Predict.** Which suspect is it? Give its letter, such as `"A"`.

# %%
my_cause_1 = ...

# %% [markdown]
# **Diagnose.** The first question: has every weight the role that was meant?

# %%
print(ledger(model).table().caption)
late = ledger(model).count("frozen") == 39 and "low" in moved_parts(broken)
claim("On TensorFlow, the training step of an earlier fit silently ignores a freeze.", late)

# %%
predictions.cause_1.reveal(said=my_cause_1, seen=letter_of(1))

# %% [markdown]
# **Explain.** The roles are right, yet frozen weights moved, in Keras's own `fit`: the second answer
# is no. The training step is older than the flag ([lesson 3](03_when_freezing_takes_effect.ipynb)).
#
# **Repair and prove.** Compile again, after the flag, with a new optimizer.

# %%
model.compile("sgd", "mse")
proved[1] = moved_parts(broken), moved_parts(fit_and_compare(model))
assert proved[1] == ("low, mid, high, head", "head")

# %% [markdown]
# ## 2 · "Half of my network does not learn"
#
# The first two layers, `low` and `mid`, should be frozen; `high` and the head should learn.
# ([keras#4510](https://github.com/keras-team/keras/issues/4510))

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

# %%
predictions.cause_2.reveal(said=my_cause_2, seen=letter_of(2))

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
proved[2] = moved_parts(broken), moved_parts(fit_and_compare(model))
assert proved[2] == ("head", "high, head")

# %% [markdown]
# ## 3 · "Fine-tuning ruins what the base knew"
#
# The base's kernels should learn, and its statistics stay; hence it is called with `training=False`, as
# in the code of Keras's guide. ([keras#20285](https://github.com/keras-team/keras/issues/20285))

# %%
base = make_base(norm=True)
model = with_head(base, training=False)
model.compile("sgd", "mse")
broken = fit_and_compare(model)

# %% [markdown]
# **Predict.** Which suspect?

# %%
my_cause_3 = ...

# %% [markdown]
# **Diagnose.** The roles are right: nothing was to be frozen. The second question: did anything move
# without being learned?

# %%
others = [change.path for change in broken.changes if change.moved and change.role != "learned"]
print("moved without being learned:", others)
drift = others == ["base/norm/moving_mean", "base/norm/moving_variance"]
claim("Under fit, training=False in a functional model does not keep statistics still.", drift)

# %%
predictions.cause_3.reveal(said=my_cause_3, seen=letter_of(3))

# %% [markdown]
# **Explain.** Two statistics did: `fit` overrode `training=False`, and the layer measured
# ([lesson 5](05_batchnorm_statistics.ipynb)).
#
# **Repair and prove.** Freeze the BatchNormalization layer itself, then compile.

# %%
base.get_layer("norm").trainable = False
model.compile("sgd", "mse")
proved[3] = moved_parts(broken), moved_parts(fit_and_compare(model))
assert proved[3] == ("norm, low, mid, high, head", "low, mid, high, head")

# %% [markdown]
# ## 4 · "I thawed the base, and it does not learn"
#
# The base should learn in the second phase, and the model was even compiled again.
# ([SwAV-TF#13](https://github.com/ayulockin/SwAV-TF/pull/13))

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

# %%
predictions.cause_4.reveal(said=my_cause_4, seen=letter_of(4))

# %% [markdown]
# **Explain.** The flag is still False. Look at the line that thaws: `trainabe`. Python lets you set any
# attribute on a layer, so a misspelt flag is accepted without a word.
#
# **Repair and prove.** Spell it right, and assert what you have set.

# %%
base.trainable = True
assert base.trainable_weights, "the base is still frozen"
model.compile("sgd", "mse")
proved[4] = moved_parts(broken), moved_parts(fit_and_compare(model))
assert proved[4] == ("head", "low, mid, high, head")

# %% [markdown]
# ## 5 · "Frozen before anything else, and it moves"
#
# No fit came before, and no `compile` is missing.
# ([keras#10222](https://github.com/keras-team/keras/issues/10222))

# %%
model = with_head(make_base())
model.get_layer("base").trainable = False


def train_by_hand(model, weights):
    before, optimizer = snapshot(model), keras.optimizers.SGD(0.01)
    for _ in range(4):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((model(x, training=True) - y) ** 2)
        optimizer.apply(tape.gradient(loss, weights), weights)
    return compare(before)


broken = train_by_hand(model, model.weights)
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

# %%
predictions.cause_5.reveal(said=my_cause_5, seen=letter_of(5))

# %% [markdown]
# **Explain.** Six *frozen* arrays moved. The flag is a note on the layer; a loop that updates
# `weights` does not read it ([lesson 2](02_what_training_moves.ipynb)).
#
# **Repair and prove.** One word.

# %%
mended = train_by_hand(model, model.trainable_weights)
proved[5] = moved_parts(broken), moved_parts(mended)
print("moved:", proved[5][1])
assert proved[5] == ("low, mid, high, head", "head")

# %% [markdown]
# ## 6 · "My scale factor does not learn"
#
# One number should scale the input, and be learned with the rest.
# ([keras#11430](https://github.com/keras-team/keras/issues/11430))

# %%
factor = keras.Variable(1.0, name="factor")
model = with_head(layers.Lambda(lambda numbers: numbers * factor, name="scaled"))
model.compile("sgd", "mse")
broken = fit_and_compare(model)
print("the factor is", float(factor.value))

# %% [markdown]
# **Predict.** Which suspect? And how many learned numbers has the ledger, 10 or 11?

# %%
my_cause_6, my_numbers = ..., ...

# %% [markdown]
# **Diagnose.** The first question.

# %%
learned = ledger(model).count("learned")
assert learned == model.count_params() == 4 * 2 + 2
ledger(model)

# %%
predictions.cause_6.reveal(said=(my_cause_6, my_numbers), seen=(letter_of(6), learned))

# %% [markdown]
# **Explain.** The factor is not in the list. Keras does not see what the function of a Lambda uses: no
# `fit` updates it, no file holds it.
#
# **Repair and prove.** What a layer should learn, it has to make itself, with `add_weight`.


# %%
class Scale(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(shape=(), initializer="ones", name="factor")

    def call(self, numbers):
        return numbers * self.factor


model = with_head(Scale(name="scaled"))
model.compile("sgd", "mse")
proved[6] = moved_parts(broken), moved_parts(fit_and_compare(model))
assert float(factor.value) == 1 and proved[6] == ("head", "scaled, head")

# %% [markdown]
# ## 7 · "Yesterday it was frozen"
#
# The head's bias was set by hand, and should stay. The model was saved with everything in place.

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
# **Predict.** Which suspect? And how many numbers are frozen in a clone of `model`, 0 or 2?

# %%
my_cause_7, my_in_clone = ..., ...

# %% [markdown]
# **Diagnose.** The same question, asked of the model that was trained, and of a clone.

# %%
print("loaded:", ledger(loaded).table().caption)
clone = keras.models.clone_model(model)
in_clone = ledger(clone).count("frozen")
print("clone: ", ledger(clone).table().caption)
lost = ledger(loaded).count("frozen") == in_clone == 0
assert ledger(model).count("frozen") == 2
claim("A flag that you set on a Dense layer's single weight is lost in a file and a clone.", lost)

# %%
predictions.cause_7.reveal(said=(my_cause_7, my_in_clone), seen=(letter_of(7), in_clone))

# %% [markdown]
# **Explain.** A file or a clone does not hold the flag that you set on a single weight
# ([lesson 3](03_when_freezing_takes_effect.ipynb)).
#
# **Repair and prove.** Set such flags again after loading, then compile.

# %%
loaded.get_layer("head").bias.trainable = False
loaded.compile("sgd", "mse")
proved[7] = moved_parts(broken), moved_parts(fit_and_compare(loaded))
assert proved[7] == ("low, mid, high, head", "low, mid, high, head (kernel)")

# %% [markdown]
# ## 8 · "Keras says that nothing in the base is trainable"
#
# The whole base should be frozen. Somebody had tried something with `high` before.
# ([keras#18092](https://github.com/keras-team/keras/issues/18092))


# %%
def patient_8():
    base = make_base()
    model = with_head(base)
    base.trainable = False
    base.get_layer("high").trainable = True  # left from an experiment
    model.compile("sgd", "mse")
    return base, model


base, model = patient_8()
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

# %%
predictions.cause_8.reveal(said=my_cause_8, seen=letter_of(8))

# %% [markdown]
# **Explain.** They disagree. Asked itself, the frozen base vetoes; the outer model asks each
# variable and does not hear the veto. What counts is the ledger of *the model that is trained*.
#
# **Repair.** Write what leaves only the head to learn. The next cell trains a new patient before and
# after it.


# %%
def my_repair_8(base, model):
    ...


# %%
print(repaired(patient_8, my_repair_8, lambda base, model: fit_and_compare(model), "head"))

# %% [markdown]
# **Prove.** Ours leaves no contradiction: False on each layer of this base, which holds no further
# models. (To fine-tune `high`: first the parent to True, then the others to False.)

# %%
for layer in base.layers:
    layer.trainable = False
model.compile("sgd", "mse")
proved[8] = moved_parts(broken), moved_parts(fit_and_compare(model))
assert proved[8] == ("high, head", "head")

# %% [markdown]
# ## 9 · "The judge never gets any better"
#
# In a GAN, a judge learns to tell real from painted, and should stand still while the painter
# learns. Many tutorials have this recipe.
# ([keras#8585](https://github.com/keras-team/keras/issues/8585))


# %%
def patient_9():
    paint, decide = layers.Dense(4, name="paint"), layers.Dense(1, "sigmoid", name="decide")
    judge = keras.Sequential([keras.Input((4,)), decide], name="judge")
    judge.compile("adam", "binary_crossentropy")
    judge.trainable = False
    gan = keras.Sequential([keras.Input((4,)), paint, judge], name="gan")
    gan.compile("adam", "binary_crossentropy")
    return judge, gan


def step(player, gan):
    before = snapshot(gan)
    player.train_on_batch(x, np.ones((128, 1)))
    return compare(before)


# %%
judge, gan = patient_9()
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    broken = step(judge, gan)
print("moved by the judge's step:", moved_parts(broken))

# %% [markdown]
# **Predict.** Which suspect? The judge *was* compiled while its flag was True. And does Keras warn,
# `True` or `False`?

# %%
my_cause_9, my_warns = ..., ...

# %% [markdown]
# **Diagnose.** The first question, asked of the judge, before its own training step.

# %%
print("judge:", ledger(judge).table().caption)
still = ledger(judge).trainable == 0 and broken.moved == []
claim("The GAN recipe of Keras 2 no longer trains the discriminator.", still)
warns = any("not have any trainable weights" in str(each.message) for each in warned)
assert warns

# %%
predictions.cause_9.reveal(said=(my_cause_9, my_warns), seen=(letter_of(9), warns))

# %% [markdown]
# **Explain.** The training step is made in the first `train_on_batch`, and by then the flag is False.
# (Of this program Keras warns; we kept the warning out of sight.)
#
# **Repair.** Write what the judge needs to learn in its own step.


# %%
def my_repair_9(judge, gan):
    ...


# %%
print(repaired(patient_9, my_repair_9, step, "decide"))

# %% [markdown]
# **Prove.** Ours lets the role be right when each player's step is made, the painter's too. [Lesson
# 3](03_when_freezing_takes_effect.ipynb) has other recipes.

# %%
judge.trainable = True
judge.compile("adam", "binary_crossentropy")
proved[9] = moved_parts(broken), moved_parts(step(judge, gan))
judge.trainable = False
painted = moved_parts(step(gan, gan))
print("moved by the judge's step:", proved[9][1], "· by the painter's:", painted)
assert proved[9] == ("nothing", "decide") and painted == "paint"

# %% [markdown]
# ## 10 · "As soon as I thaw the base, everything collapses"
#
# Thawed, compiled again: all by the rules. ([Stack Overflow
# 47995324](https://stackoverflow.com/questions/47995324) asks what a second `compile` keeps.)


# %%
def patient_10():
    model = with_head(make_base())
    model.get_layer("base").trainable = False
    model.compile(keras.optimizers.Adam(1e-5), "mse")  # gently
    model.fit(x, y, verbose=0)
    model.get_layer("base").trainable = True
    model.compile("adam", "mse")
    return model


model = patient_10()
broken = fit_and_compare(model)

# %% [markdown]
# **Predict.** Which suspect?

# %%
my_cause_10 = ...

# %% [markdown]
# **Diagnose.** The right roles, the right movement. The third question: how far? The first steps of Adam
# change a number by about the learning rate each: divide the largest change by the four steps.


# %%
def change_per_step(movement, steps=4):
    return max(change.largest for change in movement.changes) / steps


rate = float(model.optimizer.learning_rate)
print(f"{change_per_step(broken):.3f} a step; the rate is {rate:.3f}")
claim("compile('adam') puts the learning rate back to 0.001.", round(rate, 6) == 0.001)

# %%
predictions.cause_10.reveal(said=my_cause_10, seen=letter_of(10))

# %% [markdown]
# **Explain.** A hundred times the 0.00001 of the first phase: `"adam"` as a word means a new
# optimizer with its default rate ([lesson 3](03_when_freezing_takes_effect.ipynb)).
#
# **Repair.** Write what makes all four layers learn, each step as gentle as in the first phase.


# %%
def my_repair_10(model):
    ...


# %%
meant = "low, mid, high, head"
print(repaired(patient_10, my_repair_10, fit_and_compare, meant, farthest=4 * 0.00001))

# %% [markdown]
# **Prove.** Ours: write the rate out, in every `compile`.

# %%
model.compile(keras.optimizers.Adam(1e-5), "mse")
mended = fit_and_compare(model)
proved[10] = tuple(f"{change_per_step(each):.0e} a step" for each in (broken, mended))
print(proved[10])
assert 0.0005 < change_per_step(broken) < 0.002 and 0.000005 < change_per_step(mended) < 0.00002

# %% [markdown]
# ## 11 · "Nothing was ever frozen, and two layers stand still"
#
# Everything should learn. The bias of `middle` begins at −100, taken over from another model.


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
# **Predict.** Which suspect? And how many of the 384 numbers that `middle` gives for our 128 rows are
# not zero: 0, about 192, or 384?

# %%
my_cause_11, my_not_zero = ..., ...

# %% [markdown]
# **Diagnose.** All 35 numbers are learned. Something *learned* stood still: ask for its gradient.

# %%
with tf.GradientTape() as tape:
    loss = keras.ops.mean((model(x) - y) ** 2)
gradients = tape.gradient(loss, model.trainable_weights)
reached = [w.path for w, g in zip(model.trainable_weights, gradients) if np.any(g)]
given = keras.Sequential(model.layers[:2])(x).numpy()
not_zero = np.count_nonzero(given)
print("not zero:", not_zero, "of", given.size, "- reached by a gradient:", reached)
assert ledger(model).count("learned") == 35 and not_zero == 0
assert broken.moved == reached == ["model/head/bias"]

# %%
predictions.cause_11.reveal(said=(my_cause_11, my_not_zero), seen=(letter_of(11), not_zero))

# %% [markdown]
# **Explain.** What enters this relu is −100 plus something small. Below zero a relu gives zero and
# passes no gradient: a *dead relu*. (`stop_gradient` and `argmax` cut it off, too.) The ledger says who
# may learn, not whom a gradient reaches.
#
# **Repair and prove.** Begin where the relu is alive, and look whether it stays alive: a long first step
# may kill it again.

# %%
model = with_relu(bias=3.0)
model.compile("sgd", "mse")
proved[11] = moved_parts(broken), moved_parts(fit_and_compare(model))
alive = np.count_nonzero(keras.Sequential(model.layers[:2])(x))
print("not zero: about", 50 * round(alive / 50), "of 384")
assert proved[11] == ("head (bias)", "low, middle, head") and alive > 200

# %% [markdown]
# ## The chart
#
# Begin at the top left. The first "no" leads to the right: to what you see, its cause, its repair [and
# the program above]. To print it: [one page](../docs/freezing_chart.pdf).

# %%
figures.diagnostic_chart()

# %% [markdown]
# A chart is a claim, too. This was proved for each branch:

# %%
assert list(proved) == [branch.program for branch in branches()] == list(range(1, 12))
assert all(broken != mended for broken, mended in proved.values())
Table(
    ("program", "cause", "before", "after the repair"),
    [(b.program, b.cause, *proved[b.program]) for b in branches()],
)

# %% [markdown]
# And if all three answers are yes? Then the freeze works. Look at statistics of other data
# ([lesson 5](05_batchnorm_statistics.ipynb)), at a frozen Dropout, which still drops
# ([lesson 2](02_what_training_moves.ipynb)), at the data …
#
# ## What did you expect?
#
# Here is what became of your predictions, with the way back to each surprise.

# %%
predictions.tally()

# %% [markdown]
# ## In short
#
# - Three questions, in this order: right role? right movement? right distance?
# - Wrong role: look at the line that sets the flag, and at whether Keras knows the weight at all.
# - Right role, wrong movement: something does not read the flag (an older training step, a loop of
#   your own), an unfrozen BatchNormalization measures, or no gradient arrives.
# - Right movement, bad result: measure how far, and look at the learning rate.
# - Ask the ledger of the model that is trained, just before it is trained.
# - `diagnose(model, x, y)` asks all three questions of any model; see below.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - None of the eleven programs stops with an error, and one of them warns: you must ask.
# - A script that takes a snapshot before *each phase*, and asserts after its first epoch that exactly
#   the weights on *your* list moved, catches all but the tenth; that needs a look at how far.
# - "Freezing does not work" is answered fastest by the ledger before and the verdict after.

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
# **Predict.** How many findings has program 2 without its plan, 0 or 1? And with it: 0, 1 or 2?

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

# %%
counts = len(without.findings), len(planned.findings)
predictions.plan.reveal(said=(my_without, my_with), seen=counts)

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
# constraints. The lesson before is [everything else that training leaves alone](07_other_state.ipynb).
# This is the last one: whether a weight learns, you can now find out.
#
# ## Sources
#
# - The threads are linked where a program touches them. The programs are our own, made as small as the
#   mistake allows.
# - Keras documentation:
#   [transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/).
