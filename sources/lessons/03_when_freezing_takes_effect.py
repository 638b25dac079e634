# %% [markdown]
# # 3 · When a freeze takes effect
#
# *Is it true that `trainable` must be set before `compile`?*
#
# **Time:** {minutes}. **You need:** [lesson 1](01_counting_weights.ipynb) and
# [lesson 2](02_what_training_moves.ipynb); no GPU, no network. The first cell takes 10 to 20 seconds.
#
# **Afterwards you will be able to**
#
# - put flag, `compile` and `fit` in an order that works, and prove that it worked;
# - tell when a summary is no description of what the next `fit` will do;
# - freeze a part of a nested model or of a layer, and know what forgets the freeze.

# %%
from helpers import Table, claim, compare, progress, snapshot, start, stored

start()

import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
from keras import layers

from helpers.predictions import when_freezing_takes_effect as predictions

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answers. The cell after them asks again what surprised you in the
# lesson before.
#
# 1. Adam trains 100 numbers. How many numbers does Adam keep?
# 2. The layer in the middle of three is frozen. Does the first one still learn?
# 3. What proves that a `fit` left a layer as it was?
#
# <details><summary>Answers</summary>
#
# 1. 2 · 100 + 2 = 202: two for each number that it trains, its step count and its learning rate
#    ([lesson 1](01_counting_weights.ipynb)).
# 2. Yes. Gradients flow through a frozen layer; it is only left out of the update
#    ([lesson 2](02_what_training_moves.ipynb)).
# 3. A snapshot before and a comparison after. (Not *why* it did not move: at a learning rate of 0
#    nothing does.)
#
# </details>

# %%
predictions.lesson.again()

# %% [markdown]
# ## Every order, really run
#
# *Set `trainable` before `compile`, otherwise it has no effect*, say most answers on the web. That was
# true, word for word, of Keras 2, and the documentation of `compile` still says so. You can do better
# than to believe it: there are only a few orders of *compile*, *freeze* and *fit*, so let us run them.
# `hidden` is the layer whose flag is switched.
#
# **Predict.** What does the **last** fit do to `hidden`: is it `"moved"` or `"still"`?

# %%
my_freeze_after_compile = ...  # compile, freeze, fit
my_freeze_after_fit = ...  # compile, fit, freeze, fit
my_thaw_after_fit = ...  # freeze, compile, fit, unfreeze, fit
my_freeze_and_recompile = ...  # compile, fit, freeze, recompile, fit

# %% [markdown]
# **Run.** `run_orders` makes a fresh tiny model for each order (23 numbers, of which `hidden` holds
# 15) and really does the steps. "Recompile" means a second `compile`, with a new optimizer. A ✗ marks
# an order in which the last fit did not do what the summary said.

# %%
from helpers.experiments.orders import COMMON_ORDERS, backends_table, order_table, run_orders

outcomes = run_orders(COMMON_ORDERS)
order_table(outcomes)

# %%
said = my_freeze_after_compile, my_freeze_after_fit, my_thaw_after_fit, my_freeze_and_recompile
seen = [outcomes[row].fit for row in (1, 3, 4, 5)]
predictions.orders.reveal(said=said, seen=seen)

# %% [markdown]
# **Explain.** The common rule is half true.
#
# - *Compile, freeze, first fit*: the freeze **is** honoured. Training does not use what `compile`
#   saw of the flags.
# - *Freeze after a fit*: the freeze is **silently ignored**. So is the opposite, **thawing** (or
#   unfreezing) after a fit.
# - *Flag, compile with a new optimizer, fit* is right in every row that ends so. That is the rule
#   to keep.

# %%
assert [outcome.trainable for outcome in outcomes] == [8, 8, 23, 8, 23, 8, 23]
seen = {outcome.name: (outcome.summary, outcome.fit) for outcome in outcomes}
for name in ("flag first", "frozen and recompiled"):
    assert seen[name] == ("frozen", "still")
for name in ("changed my mind", "thawed and recompiled"):
    assert seen[name] == ("learned", "moved")
early = seen["compile first"] == ("frozen", "still")
claim("A freeze after compile, before the first fit, is honoured.", early)
ignored = seen["frozen too late"] == ("frozen", "moved")
claim("On TensorFlow, the training step of an earlier fit silently ignores a freeze.", ignored)
ignored = seen["thawed too late"] == ("learned", "still")
claim("On TensorFlow, the training step of an earlier fit silently ignores a thaw.", ignored)

# %% [markdown]
# ## Does the summary tell the truth?
#
# Look closely at the row *frozen too late*, with the classifier of lesson 1: train it, freeze
# `hidden`, and ask for a summary.


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


rng = np.random.default_rng(0)
x, y = rng.uniform(0.5, 2.5, (128, 100)), rng.uniform(0, 1, (128, 10))

# %%
model = make_classifier()
model.compile("adam", "mse")
model.fit(x, y, verbose=0)
model.get_layer("hidden").trainable = False
said = []
model.summary(print_fn=said.append)
print(said[0])
assert " Trainable params: 330 " in said[0] and "Non-trainable params: 3,232 " in said[0]
assert "Optimizer params: 7,126 " in said[0] and "Total params: 10,688 " in said[0]

# %% [markdown]
# 3,232 non-trainable params, just as you wished. Train again, and listen for a warning:

# %%
before = snapshot(model)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    model.fit(x, y, verbose=0)
print(compare(before).verdict(), "·", len(caught), "warnings")
ignored = compare(before).verdict() == "everything moved"
claim("On TensorFlow, the training step of an earlier fit silently ignores a freeze.", ignored)
claim("Nothing warns when a flag has changed since the first fit.", caught == [])

# %% [markdown]
# **Explain.** Everything moved, and nobody said a word. `trainable_weights`, and with it the
# summary, is worked out from the flags whenever you ask. The training step is not: it was made in
# the first `fit` and still updates the four arrays that were trainable then. (Keras 3.15 does note
# the flags in `compile`, so as to warn you, but the line that would warn stands behind a `raise`. A
# later Keras may speak up.) The cure is a second `compile`:

# %%
model.compile("adam", "mse")
before = snapshot(model)
model.fit(x, y, verbose=0)
print(compare(before).verdict())
assert compare(before).moved == ["classifier/output/kernel", "classifier/output/bias"]

# %% [markdown]
# ## Can the optimizer's size give it away?
#
# "Optimizer params: 7,126" in that summary is suspicious. The first fit made Adam's numbers, two for
# each trainable one and two more: 2 · 3,562 + 2. For 330 trainable numbers there would be 662. A
# tempting test: *if they differ, the flags have changed; if not, all is well*.
#
# **Predict.** `first` and `second` have 12 numbers each. `first` is frozen, Adam trains; then
# `first` is thawed and `second` frozen. How many numbers does Adam keep, and how many should it keep
# by the flags? Which of the two does the next `fit` move: `"first"`, `"second"`, `"first and
# second"` or `"neither"`?

# %%
my_kept, my_in_sync, my_moving = ..., ..., ...


# %%
def numbers(variables):
    return sum(int(np.prod(variable.shape)) for variable in variables)


pair = keras.Sequential(
    [keras.Input((3,)), layers.Dense(3, name="first"), layers.Dense(3, name="second")], name="pair"
)
three = rng.uniform(1, 2, (128, 3))
pair.get_layer("first").trainable = False
pair.compile("adam", "mse")
history = pair.fit(three, three, verbose=0)

# %%
pair.get_layer("first").trainable = True
pair.get_layer("second").trainable = False
kept, in_sync = numbers(pair.optimizer.variables), 2 * numbers(pair.trainable_weights) + 2
before = snapshot(pair)
pair.fit(three, three, verbose=0)
print("kept:", kept, "· in sync:", in_sync, "·", compare(before).verdict())
assert kept == in_sync == 26 and compare(before).moved == ["pair/second/kernel", "pair/second/bias"]

# %%
names = sorted({path.split("/")[1] for path in compare(before).moved})
seen = kept, in_sync, " and ".join(names) or "neither"
predictions.optimizer_size.reveal(said=(my_kept, my_in_sync, my_moving), seen=seen)

# %% [markdown]
# **Explain.** 26 and 26, and the frozen one learns: equal counts prove nothing. Nor does a difference.
# These two are made for the same 24 numbers:

# %%
plain, amsgrad = keras.optimizers.Adam(), keras.optimizers.Adam(amsgrad=True)
for adam in (plain, amsgrad):
    adam.build(pair.weights)
print("plain:", numbers(plain.variables), "· amsgrad:", numbers(amsgrad.variables))
assert (numbers(plain.variables), numbers(amsgrad.variables)) == (50, 74)

# %% [markdown]
# With plain Adam a difference is a *hint*. The proof is the snapshot.
#
# ## If not `compile`, what fixes the choice?
#
# Keras turns the training step into a TensorFlow graph when it meets the first batch. This is called
# **tracing**. The graph contains an update for every weight that is trainable at that moment, and is
# used again for all batches that fit it.
#
# **Predict.** A model is trained on 128 examples in batches of 16. Then `hidden` is frozen, without
# recompiling. Three more fits follow, in batches of 16, of 32, and of 16 again. Is `hidden`
# `"moved"` or `"still"` in each?

# %%
my_16, my_32, my_16_again = ..., ..., ...


# %%
class Traced(keras.Sequential):
    def train_step(self, data):
        traces.append(data[0].shape[0])  # Python comes by only while a trace is made
        return super().train_step(data)


def late_freeze(examples):
    traces.clear()
    model, moved = Traced([keras.Input((100,)), *make_classifier().layers]), []
    inputs, targets = rng.uniform(0.5, 2.5, (examples, 100)), rng.uniform(0, 1, (examples, 10))
    model.compile("adam", "mse")
    for batch_size in (16, 16, 32, 16):
        before = snapshot(model.get_layer("hidden"))
        model.fit(inputs, targets, batch_size=batch_size, verbose=0)
        moved.append("moved" if compare(before).moved else "still")
        model.get_layer("hidden").trainable = False
    return moved[1:], list(dict.fromkeys(traces))


# %%
traces = []
moved, sizes = late_freeze(128)
print("hidden:", moved, "· traced for batches of", sizes)
retraced = moved == ["moved", "still", "moved"] and sizes == [16, None]
claim("On TensorFlow, a trace for arrays in batches of one size is not used for another.", retraced)

# %%
predictions.traced_for_one_size.reveal(said=(my_16, my_32, my_16_again), seen=moved)

# %% [markdown]
# **Explain.** 128 = 8 · 16, so the first trace is for batches of 16 only. For 32 the step was traced
# anew, this time for any size (`None`), and the new trace sees the new flag. The old one is still
# there for batches of 16. (So with arrays. A `tf.data.Dataset` leaves the size open, so that
# 128 behaves as 130 does below; with `drop_remainder=True` the size is fixed, as with arrays.)
#
# **Predict.** And with 130 examples instead of 128?

# %%
my_16, my_32, my_16_again = ..., ..., ...

# %%
moved, sizes = late_freeze(130)
print("hidden:", moved, "· traced for batches of", sizes)
relaxed = moved == ["moved", "moved", "moved"] and sizes == [None]
claim("On TensorFlow, a partial last batch makes the first trace one for any size.", relaxed)

# %%
predictions.traced_for_any_size.reveal(said=(my_16, my_32, my_16_again), seen=moved)

# %% [markdown]
# **Explain.** 130 = 8 · 16 + 2: the last batch is a partial one, so Keras announces batches of any
# size from the start. One trace serves them all, and it was made before the freeze. Many data sets
# end so; then a late freeze is ignored at every batch size. Nobody wants a freeze that depends on two
# examples, hence: recompile, which throws all traces away.
#
# ## What a second compile keeps, and what it forgets
#
# **Predict.** A model was compiled with `"adam"` and trained for four steps; its learning rate was
# then lowered to 0.0001. After a second `model.compile("adam", "mse")`: how many of its arrays have
# changed? What does the optimizer's step count say? What is the learning rate?

# %%
my_changed, my_steps, my_rate = ..., ..., ...


# %%
def steps_and_rate(optimizer):
    return int(optimizer.iterations), round(float(optimizer.learning_rate), 6)


model = make_classifier()
model.compile("adam", "mse")
model.fit(x, y, verbose=0)
model.optimizer.learning_rate = 0.0001
before, old = snapshot(model), steps_and_rate(model.optimizer)
model.compile("adam", "mse")
new = steps_and_rate(model.optimizer)
print(compare(before).verdict(), "· steps and rate before:", old, "after:", new)
assert compare(before).verdict() == "nothing moved" and old == (4, 0.0001) and new[0] == 0
claim("compile('adam') puts the learning rate back to 0.001.", new[1] == 0.001)

# %%
seen = len(compare(before).moved), *new
predictions.recompiled.reveal(said=(my_changed, my_steps, my_rate), seen=seen)

# %% [markdown]
# **Explain.** The weights stay as they are. It is the *optimizer* that is new: its count and its
# running averages start from zero, and `"adam"` means Adam at the default rate of 0.001. After
# thawing a pretrained model you want a lower one: `model.compile(keras.optimizers.Adam(0.0001), ...)`.
#
# **Predict.** Can you keep the old optimizer? `hidden` is frozen, the model trained, `hidden`
# thawed, and the model compiled again with *the same* optimizer object. The next `fit`: `"trains
# hidden"`, `"leaves hidden"` as it is, or `"stops"` with an error? With Adam, and with SGD?

# %%
my_with_adam, my_with_sgd = ..., ...


# %%
def told_by_fit(model):
    try:
        model.fit(x, y, verbose=0)
    except ValueError as error:
        return str(error).split(":")[0]
    return "trained"


told = {}
for optimizer in (keras.optimizers.Adam(), keras.optimizers.SGD()):
    model = make_classifier()
    model.get_layer("hidden").trainable = False
    model.compile(optimizer, "mse")
    model.fit(x, y, verbose=0)
    model.get_layer("hidden").trainable = True
    model.compile(optimizer, "mse")
    told[type(optimizer).__name__] = told_by_fit(model)
print(told)
refused = set(told.values()) == {"Unknown variable"}
claim("The same optimizer object after thawing gives a ValueError, Unknown variable.", refused)

# %%
seen = ["trains hidden" if each == "trained" else "stops" for each in told.values()]
predictions.same_optimizer.reveal(said=(my_with_adam, my_with_sgd), seen=seen)

# %% [markdown]
# **Explain.** It stops: every optimizer keeps a list of the variables that it was built for, even
# SGD, which keeps no numbers for them. "Unknown variable" is the message that brings many people to
# this topic. The cure is the same: compile with a *new* optimizer, or with its name.
#
# ## Whose flag wins
#
# The *when* is settled; now the *where*. A model is a layer too, and may contain models. Setting its
# flag passes it on to all that is inside, down to the weights (those that a layer made as
# non-trainable stay so). Here the whole of `base` is frozen, and then its first layer thawed.


# %%
def make_base():
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="low"), layers.Dense(3, name="high")], name="base"
    )


base = make_base()
low = base.get_layer("low")
base.trainable = False
low.trainable = True

# %% [markdown]
# **Predict.** How many trainable weights (arrays) does `base` have now: 0, 2 or 4? A model `outer` is
# built of `base` and a Dense head: has it 0, 2, 4 or 6?

# %%
my_base, my_outer = ..., ...

# %%
outer = keras.Sequential([keras.Input((4,)), base, layers.Dense(2, name="head")], name="outer")
print("base: ", [weight.path for weight in base.trainable_weights])
print("outer:", [weight.path for weight in outer.trainable_weights])

# %%
points, targets = rng.uniform(0.5, 2.5, (128, 4)), rng.uniform(5, 9, (128, 2))
outer.compile("sgd", "mse")
before = snapshot(outer)
outer.fit(points, targets, verbose=0)
print(compare(before).verdict())
vetoed = base.trainable_weights == []
claim("A frozen model vetoes its children: its own trainable_weights is empty.", vetoed)
overruled = compare(before).still == ["base/high/kernel", "base/high/bias"]
claim("An outer model trains a thawed layer inside a frozen model.", overruled)

# %%
seen = len(base.trainable_weights), len(outer.trainable_weights)
predictions.whose_flag.reveal(said=(my_base, my_outer), seen=seen)

# %% [markdown]
# **Explain.** Asked itself, `base` says none: its own flag is a **veto** over all that is in it. Yet
# `outer`, whose own flag is True, asks every *weight* inside for its flag, and hears no veto in
# between, not even that of a layer:

# %%
low.trainable = False
low.kernel.trainable = True
print("outer:", [weight.path for weight in outer.trainable_weights])
assert low.trainable_weights == [] and outer.trainable_weights[:-2] == [low.kernel]

# %% [markdown]
# Never leave parent and child in contradiction. Does setting the parent once more repair it?
#
# **Predict.** Two fresh bases. `one` is frozen, its `low` thawed, and then comes `one.trainable =
# False` again. In `other` only `low` is frozen, and then comes `other.trainable = True`. What does
# `low.trainable` say in each, `True` or `False`?

# %%
my_after_false, my_after_true = ..., ...

# %%
one, other = make_base(), make_base()
one.trainable = False
one.get_layer("low").trainable = True
one.trainable = False
other.get_layer("low").trainable = False
other.trainable = True
found = one.get_layer("low").trainable, other.get_layer("low").trainable
print("after False on False:", found[0], "· after True on True:", found[1])
claim("model.trainable = False does nothing if the model's own flag is False already.", found[0])
claim("model.trainable = True does nothing if the model's own flag is True already.", not found[1])

# %%
predictions.parent_again.reveal(said=(my_after_false, my_after_true), seen=found)

# %% [markdown]
# **Explain.** On the TensorFlow backend, Keras skips an assignment of what is there already: a flag is
# passed down only as far as the first layer or model that has this value already. So a loop over the
# layers is no cure: an inner model that has the value passes nothing on. **Switch the flag to the other value and back**: off and on to thaw, on and
# off to freeze. That reaches what is inside, unless a deeper model stops the flag on its way, because
# it holds that value already; so look at `trainable_weights` afterwards.

# %%
nested = keras.Sequential([keras.Input((4,)), other, layers.Dense(2, name="head")], name="nested")
for layer in nested.layers:
    layer.trainable = True
looped = len(nested.trainable_weights)
nested.trainable = False
nested.trainable = True
print("trainable after the loop:", looped, "· after off and on:", len(nested.trainable_weights))
assert looped == 4 and len(nested.trainable_weights) == 6

# %% [markdown]
# ## What remembers the flag
#
# You freeze a layer of a Sequential model, or only its bias (a single weight has a flag, too), and
# then save, load or clone the model.
#
# **Predict.** In which of the six is it still frozen in the model that you get back? Write a list of
# some of `"layer/.keras"`, `"layer/.weights.h5"`, `"layer/clone_model"`, and the same with `"bias/"`.

# %%
my_remembered = ...


# %%
def copies(model, folder):
    model.save(Path(folder) / "model.keras")
    model.save_weights(Path(folder) / "model.weights.h5")
    fresh = make_base()
    fresh.load_weights(Path(folder) / "model.weights.h5")
    yield ".keras file", keras.models.load_model(Path(folder) / "model.keras")
    yield ".weights.h5 into a fresh model", fresh
    yield "clone_model", keras.models.clone_model(model)


one_layer, one_bias = make_base(), make_base()
one_layer.get_layer("low").trainable = False
one_bias.get_layer("low").bias.trainable = False
with tempfile.TemporaryDirectory() as folder:
    by_layer = {way: len(copy.trainable_weights) == 2 for way, copy in copies(one_layer, folder)}
    by_bias = {way: len(copy.trainable_weights) == 3 for way, copy in copies(one_bias, folder)}

# %%
survives = list(by_layer.values()) == [True, False, True]
claim("A layer's flag survives .keras and clone_model, not .weights.h5.", survives)
lost = not any(by_bias.values())
claim("A flag that you set on a Dense layer's single weight is lost in a file and a clone.", lost)
clone = keras.models.clone_model(one_layer)
assert not np.array_equal(clone.get_weights()[0], one_layer.get_weights()[0])
said = {True: "remembered", False: "forgotten"}
Table(
    ("copied by", "flag of a layer", "flag of one weight"),
    [(way, said[by_layer[way]], said[by_bias[way]]) for way in by_layer],
)

# %%
seen = [f"layer/{way.split()[0]}" for way in by_layer if by_layer[way]]
seen += [f"bias/{way.split()[0]}" for way in by_bias if by_bias[way]]
predictions.remembered.reveal(said=my_remembered, seen=seen)

# %% [markdown]
# **Explain.** A layer writes its flag into its configuration, which a `.keras` file and
# `clone_model` carry. A weights file holds values only, and a flag that you set on a single weight is in
# no configuration at all. So set the flags again after loading, in code. (`clone_model` keeps flags but
# no values: a clone of a pretrained model has learned nothing.)
#
# **Predict.** A classifier is trained with `hidden` frozen, and saved. You load it, thaw `hidden`
# and go on. What does its *first* fit since then do with the thaw: `"honours it"`, `"ignores it"`, or
# `"stops"` with an error?

# %%
my_thaw_after_loading = ...

# %%
model = make_classifier()
model.get_layer("hidden").trainable = False
model.compile("adam", "mse")
model.fit(x, y, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    model.save(Path(folder) / "model.keras")
    loaded = keras.models.load_model(Path(folder) / "model.keras")
loaded.get_layer("hidden").trainable = True
told = told_by_fit(loaded)
print(told)
refused = told == "Unknown variable"
claim("A compiled model that is loaded and thawed stops: Unknown variable.", refused)

# %%
seen = "honours it" if told == "trained" else "stops"
predictions.thawed_after_loading.reveal(said=my_thaw_after_loading, seen=seen)

# %% [markdown]
# **Explain.** A `.keras` file brings the optimizer along, built for what was trainable when it was
# saved. So after loading, too: flag, compile with a new one, fit.
#
# ## What did you expect?
#
# Here is what became of your predictions. Whatever surprised you is asked again at the beginning of
# the next lesson.

# %%
predictions.tally()

# %% [markdown]
# ## In short
#
# - **Flag, then compile with a new optimizer, then fit.** *Must be set before compile* is the safe
#   habit, not the mechanism: on TensorFlow a trace fixes what is trained.
# - After a fit, a changed flag shows in the summary and is usually ignored by training, without a
#   warning. The optimizer's size is a hint, a snapshot the proof.
# - Recompiling keeps the weights; with a new optimizer, its state and the learning rate start afresh.
# - A frozen parent vetoes its children, but an outer model asks every weight. To reach what is
#   inside, switch a flag to the other value and back, and look.
# - In a Sequential or functional model, `.keras` and `clone_model` remember a layer's flag (a
#   subclassed model forgets it); a weights file holds no flags; and none of the three remembers a flag
#   that you set on a single weight.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A notebook is run out of order: the cell that freezes is run after the one that trains.
# - Fine-tuning "in two phases" forgets the second `compile`; the second phase trains the head alone
#   and looks merely disappointing.
# - Thawing with `compile("adam")` lifts the learning rate to 0.001, which may wreck the pretrained
#   weights.
# - In a frozen backbone one layer is thawed, say for `enable_lora`. `backbone.trainable = False`
#   should undo it, and is not passed on: the backbone reports 0 trainable, and LoRA's arrays and the bias train.

# %% [markdown]
# ## Dig deeper: do the other backends agree?
#
# Keras also runs on PyTorch and on JAX. Your machine need not have them: the table was stored by
# `python -m tools.measure orders`, which runs `run_orders` once for each. It has five orders more
# than yours above. A * marks what differs from the summary.

# %%
backends = stored("orders")["results"]
backends_table(backends)

# %% [markdown]
# **Explain.** The good rows agree everywhere: flag first, or flag and then a compile with a new
# optimizer. Where the flag comes too late, TensorFlow usually ignores it, PyTorch honours a freeze
# and stops at a thaw, and JAX stops at both. (With `run_eagerly=True`, TensorFlow traces nothing and
# does as PyTorch, except in the row *thawed after evaluate*.) On PyTorch and JAX, an `evaluate` before the first fit is enough to make thawing an
# error. On JAX the failed fit also leaves a model that has lost its weights, so that even the good
# order comes too late (the last row).

# %%
for run in backends.values():
    assert run["outcomes"]["flag first"] == ["frozen", "still"]
    assert run["outcomes"]["frozen and recompiled"] == ["frozen", "still"]
    assert run["outcomes"]["thawed and recompiled"] == ["learned", "moved"]
frozen_late = [run["outcomes"]["frozen too late"][1] for run in backends.values()]
thawed_late = [run["outcomes"]["thawed too late"][1] for run in backends.values()]
evaluated = [run["outcomes"]["thawed after evaluate"][1] for run in backends.values()]
assert evaluated == ["moved", "moved", "ValueError", "ValueError"]
differ = frozen_late == ["moved", "still", "still", "ValueError"]
claim("A late freeze: ignored by TensorFlow, honoured by PyTorch, an error on JAX.", differ)
differ = thawed_late == ["still", "ValueError", "ValueError", "ValueError"]
claim("A late thaw: ignored by TensorFlow, an error on PyTorch and on JAX.", differ)
lost = backends["JAX"]["outcomes"]["recompiled after a lost fit"][1] == "TypeError"
claim("On JAX a model whose fit failed cannot be rescued by a second compile.", lost)
(eager,) = run_orders({"late": COMMON_ORDERS["frozen too late"]}, run_eagerly=True)
claim("With run_eagerly=True, a freeze after a fit is honoured.", eager.fit == "still")

# %% [markdown]
# ## Dig deeper: can a callback freeze or thaw?
#
# Gradual unfreezing is often written as a callback that switches a flag in the middle of a `fit`.
#
# **Predict.** This one does so before the third of four epochs. Does a freeze work, `True` or `False`?
# A thaw? (The training takes some four seconds.)

# %%
my_freeze, my_thaw = ..., ...


# %%
class Switch(keras.callbacks.Callback):
    def __init__(self, flag, force):
        super().__init__()
        self.flag, self.force, self.seen = flag, force, []

    def on_epoch_begin(self, epoch, logs=None):
        hidden = self.model.get_layer("hidden")
        if epoch == 2:
            hidden.trainable = self.flag
            if self.force:
                self.model.make_train_function(force=True)
        self.before = snapshot(hidden)

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append("moved" if compare(self.before).moved else "still")


# %%
def four_epochs(flag, force, built_for_all=False):
    model, optimizer, switch = make_classifier(), keras.optimizers.Adam(), Switch(flag, force)
    if built_for_all:
        optimizer.build(model.weights)
    model.get_layer("hidden").trainable = not flag
    model.compile(optimizer, "mse")
    try:
        model.fit(x, y, epochs=4, callbacks=[switch], verbose=0)
    except ValueError:
        switch.seen.append("ValueError")
    return ", ".join(switch.seen)


# %%
ways = {
    "freeze": {"flag": False, "force": False},
    "freeze and make_train_function(force=True)": {"flag": False, "force": True},
    "thaw": {"flag": True, "force": False},
    "thaw and make_train_function(force=True)": {"flag": True, "force": True},
    "the same, optimizer built for all": {"flag": True, "force": True, "built_for_all": True},
}
rows = [(way, four_epochs(**ways[way])) for way in progress(ways, "training")]
found = [row[1] for row in rows]
assert found[:2] == ["moved, moved, moved, moved", "moved, moved, still, still"]
assert found[2:4] == ["still, still, still, still", "still, still, ValueError"]
assert found[4] == "still, still, moved, moved"
Table(("before the third epoch", "what four epochs did to hidden"), rows)

# %%
seen = found[0].endswith("still"), found[2].endswith("moved")
predictions.callback.reveal(said=(my_freeze, my_thaw), seen=seen)

# %% [markdown]
# **Explain.** The flag alone comes too late, like any flag after a first step. `make_train_function`
# makes a new training step, as the documentation of `trainable` asks; but a thaw then meets the old
# optimizer, unless that one was built for all weights at the start. What needs no such care is one
# `fit` for each phase: flag, compile, fit.

# %%
model, arrays = make_classifier(), []
for thawed in (False, True):
    model.get_layer("hidden").trainable = thawed
    model.compile(keras.optimizers.Adam(0.0001), "mse")
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    arrays.append(len(compare(before).moved))
print("arrays moved in each phase:", arrays)
assert arrays == [2, 4]

# %% [markdown]
# ## Dig deeper: does a freeze reach inside a wrapper?
#
# Bidirectional holds two LSTMs, TimeDistributed a layer that it applies at each moment.
#
# **Predict.** A Bidirectional LSTM has six arrays. How many of them does a model train if the flag
# of the wrapper is set to False: 0, 3 or 6? How many if the wrapper was made with `trainable=False`?

# %%
my_set, my_made = ..., ...


# %%
def moved_inside(wrapper, set_false=False):
    model = keras.Sequential(
        [keras.Input((5, 3)), wrapper, layers.Flatten(name="flat"), layers.Dense(1, name="head")],
        name="sequences",
    )
    if set_false:
        wrapper.trainable = False
    model.compile("sgd", "mse")
    before = snapshot(wrapper)
    model.fit(rng.uniform(1, 2, (64, 5, 3)), np.ones((64, 1)), verbose=0)
    return len(wrapper.trainable_weights), len(compare(before).moved)


def both_ways(**options):
    return layers.Bidirectional(layers.LSTM(2, name="lstm"), name="both_ways", **options)


def each_moment(**options):
    return layers.TimeDistributed(layers.Dense(2, name="dense"), name="each_moment", **options)


# %%
rows = [
    ("Bidirectional", "set to False", *moved_inside(both_ways(), set_false=True)),
    ("Bidirectional", "trainable=False", *moved_inside(both_ways(trainable=False))),
    ("TimeDistributed", "set to False", *moved_inside(each_moment(), set_false=True)),
    ("TimeDistributed", "trainable=False", *moved_inside(each_moment(trainable=False))),
]
assert [row[2:] for row in rows] == [(0, 0), (0, 6), (0, 0), (0, 2)]
Table(("wrapper", "how it was frozen", "it says trainable", "arrays that moved"), rows)

# %%
predictions.wrapper.reveal(said=(my_set, my_made), seen=(rows[0][3], rows[1][3]))

# %% [markdown]
# **Explain.** Set on the wrapper, the flag is passed on. Given to its constructor it is only *stored*,
# and never passed on: the wrapper says 0, and the model, which asks every weight, trains all. It is the
# same with a model made with `trainable=False`, and with every layer that is built of layers and does
# not hand the flag on: a MultiHeadAttention trains all its 8 arrays. (An LSTM does hand it to the cell
# in it.) Worse, a later `wrapper.trainable = False`, or that of the model, does nothing: the wrapper's
# flag is False already. On and off again helps. (What counts is the very same object: NumPy's `np.False_` is passed on.)

# %%
wrapper = both_ways(trainable=False)
inside = keras.Sequential([keras.Input((5, 3)), wrapper], name="inside")
lstm = wrapper.forward_layer
wrapper.trainable = False
inside.trainable = False
free = lstm.trainable
claim("A wrapper's trainable=False in the constructor freezes nothing inside of it.", free)
wrapper.trainable = True
wrapper.trainable = False
assert not lstm.trainable
lstm.trainable = True
wrapper.trainable = np.False_
assert not lstm.trainable
base = keras.Sequential([keras.Input((5, 3)), layers.Dense(2, name="low")], trainable=False)
assert len(keras.Sequential([base], name="around").trainable_weights) == 2
lstm = layers.LSTM(2, trainable=False, name="lstm")
assert keras.Sequential([keras.Input((5, 3)), lstm]).trainable_weights == []
attention, vectors = layers.MultiHeadAttention(2, 3, trainable=False), keras.Input((5, 8))
assert len(keras.Model(vectors, attention(vectors, vectors)).trainable_weights) == 8

# %% [markdown]
# ## Dig deeper: which are "the first two layers"?
#
# **Predict.** The same two Dense layers, once as a Sequential and once as a functional model. After
# freezing `model.layers[:2]`, how many arrays are frozen in each?

# %%
my_sequential, my_functional = ..., ...


# %%
def make_functional():
    inputs = keras.Input((4,), name="inputs")
    outputs = layers.Dense(3, name="high")(layers.Dense(3, name="low")(inputs))
    return keras.Model(inputs, outputs, name="functional")


frozen = {}
for model in (make_base(), make_functional()):
    for layer in model.layers[:2]:
        layer.trainable = False
    frozen[model.name] = len(model.non_trainable_weights)
    print(f"{model.name:10} {[layer.name for layer in model.layers]}  frozen: {frozen[model.name]}")
assert frozen == {"base": 4, "functional": 2}

# %%
predictions.first_two.reveal(said=(my_sequential, my_functional), seen=list(frozen.values()))

# %% [markdown]
# **Explain.** A functional model lists its InputLayer, a Sequential does not; and a model inside a
# model counts as *one* layer. Choose layers by name, or among those that have weights. And mind a
# layer that is used in two models: it is one layer and has one flag, for both.

# %%
base = make_base()
other = keras.Sequential([keras.Input((4,)), base.get_layer("low")], name="other")
base.get_layer("low").trainable = False
print("trainable in the other model:", len(other.trainable_weights))
assert other.trainable_weights == []

# %% [markdown]
# ## Dig deeper: can I freeze less than a layer?
#
# "You can only freeze whole layers" is another answer that you will find. But a single weight has a
# flag as well.

# %%
base = make_base()
low = base.get_layer("low")
low.bias.trainable = False
base.compile("sgd", "mse")
before = snapshot(base)
base.fit(points, np.ones((128, 3)), verbose=0)
print(compare(before).verdict())
honoured = compare(before).still == ["base/low/bias"]
claim("The flag of a single weight is honoured.", honoured)

# %% [markdown]
# Handle such a flag with care: switching the *layer's* flag off and on again overwrites it.

# %%
low.trainable = False
low.trainable = True
forgot = low.bias.trainable
print("bias trainable:", forgot)
claim("Switching a layer off and on again forgets the flags of its single weights.", forgot)

# %% [markdown]
# An Embedding is one array, so its rows have no flag; nor have the filters of a convolution. If a
# part should stay, make it **a layer of its own**. Here **one filter** stays and three learn, and their
# outputs are put side by side.


# %%
def make_filters():
    image = keras.Input((6, 6, 1), name="image")
    fixed = layers.Conv2D(1, 3, trainable=False, name="fixed")(image)
    free = layers.Conv2D(3, 3, name="free")(image)
    both = layers.Concatenate(name="both")([fixed, free])
    mean = layers.GlobalAveragePooling2D(name="mean")(both)
    return keras.Model(image, layers.Dense(1, name="head")(mean), name="filters")


filters = make_filters()
filters.compile("sgd", "mse")
before = snapshot(filters)
filters.fit(rng.uniform(1, 2, (128, 6, 6, 1)), np.ones((128, 1)), verbose=0)
print(filters.get_layer("both").output.shape[-1], "maps;", compare(before).still, "stood still")
assert compare(before).still == ["fixed/kernel", "fixed/bias"]

# %% [markdown]
# The words 0 to 3 look up their vectors in a frozen table, the words 4 and 5 in one that learns:


# %%
def make_reader():
    words = keras.Input((2,), dtype="int32", name="words")
    known = layers.Embedding(4, 3, trainable=False, name="known")(keras.ops.minimum(words, 3))
    new = layers.Embedding(2, 3, name="new")(keras.ops.maximum(words - 4, 0))
    vectors = keras.ops.where(keras.ops.expand_dims(words < 4, -1), known, new)
    return keras.Model(words, layers.Dense(1, name="head")(layers.Flatten(name="flat")(vectors)))


reader = make_reader()
reader.compile("sgd", "mse")
before = snapshot(reader)
reader.fit(rng.integers(0, 6, (128, 2)), np.ones((128, 1)), verbose=0)
print(compare(before).still, "stood still")
assert compare(before).still == ["known/embeddings"]

# %% [markdown]
# ## Dig deeper: does every kind of model remember?
#
# Above, a layer of a Sequential was frozen. Here are two kinds more, and the flag of the model itself.
#
# **Predict.** Which of these flags does a `.keras` file forget? Write a list such as
# `["Sequential/low", "functional/own"]`: `low` is the frozen layer, `own` the flag of the model itself.
# The third kind is `subclassed`.

# %%
my_forgotten = ...


# %%
class Reader(keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.low, self.high = layers.Dense(3, name="low"), layers.Dense(3, name="high")

    def call(self, inputs):
        return self.high(self.low(inputs))


def make_subclassed():
    model = Reader(name="subclassed")
    model(np.ones((1, 4)))  # builds its layers
    return model


def after_loading(model):
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.keras")
        return keras.models.load_model(Path(folder) / "model.keras", {"Reader": Reader})


# %%
kinds = {"Sequential": make_base, "functional": make_functional, "subclassed": make_subclassed}
rows = []
for kind, make in kinds.items():
    one_layer, whole = make(), make()
    one_layer.get_layer("low").trainable = False
    whole.trainable = False
    loaded, all_loaded = after_loading(one_layer), after_loading(whole)
    arrays = len(loaded.trainable_weights), len(all_loaded.trainable_weights)
    rows.append((kind, *arrays, str(all_loaded.trainable)))
assert [row[1:3] for row in rows] == [(2, 0), (2, 0), (4, 0)]
assert [row[3] for row in rows] == ["True", "False", "False"]
Table(
    ("model", "trainable, low frozen", "trainable, all frozen", "own flag, all frozen"),
    rows,
    caption="Arrays that are trainable after loading (of 4), and the model's own flag",
)

# %%
seen = [f"{row[0]}/low" for row in rows if row[1] == 4]
seen += [f"{row[0]}/own" for row in rows if row[3] == "True"]
predictions.forgotten.reveal(said=my_forgotten, seen=seen)

# %% [markdown]
# **Explain.** A subclassed model makes its layers anew in its own `__init__`, which knows of no
# flags: all 4 are trainable again. The 0 in the next column deceives: only the model's *own* False came
# back, as an argument of its constructor, so a model around it trains all 4. A Sequential forgets its
# *own* False, while its layers keep theirs. Then `loaded.trainable = True` is True on True, and thaws
# nothing; off and on does.

# %%
claim("A subclassed model forgets its layers' flags in a .keras file.", rows[2][1] == 4)
whole = make_subclassed()
whole.trainable = False
around = keras.Sequential([keras.Input((4,)), after_loading(whole)], name="around")
print("trained by a model around it:", len(around.trainable_weights))
assert len(around.trainable_weights) == 4

# %%
whole = make_base()
whole.trainable = False
loaded = after_loading(whole)
loaded.trainable = True
print("trainable arrays after True:", len(loaded.trainable_weights))
assert loaded.trainable and loaded.trainable_weights == []

# %% [markdown]
# ## Dig deeper: which GAN recipes survive?
#
# In a GAN, a *discriminator* learns to tell real points from those of a *generator*, and the
# generator learns to deceive it. Countless tutorials for Keras 2 use one trick: compile the
# discriminator while it is trainable, freeze it, then compile both together as `gan`.


# %%
def make_players():
    dense = layers.Dense(1, activation="sigmoid", name="decide")
    discriminator = keras.Sequential([keras.Input((2,)), dense], name="discriminator")
    dense = layers.Dense(2, name="paint")
    generator = keras.Sequential([keras.Input((3,)), dense], name="generator")
    gan = keras.Sequential([keras.Input((3,)), generator, discriminator], name="gan")
    return discriminator, gan


def moved_by(model, batch):
    """Which players a training step of the discriminator, or of the gan, moves."""
    before = snapshot(gan)
    model.train_on_batch(batch, np.ones((len(batch), 1)))
    players = {path.split("/")[0] for path in compare(before).moved}
    return " and ".join(sorted(players)) or "nobody"


real, noise = rng.uniform(0.5, 2.5, (128, 2)), rng.normal(size=(128, 3))
loss, rows = "binary_crossentropy", []

# %%
discriminator, gan = make_players()
discriminator.compile("adam", loss)
discriminator.trainable = False
gan.compile("adam", loss)

# %% [markdown]
# **Predict.** A recipe is `"sound"` if a step of the discriminator moves the discriminator, and a step of
# `gan` the generator alone. Else the first moves `"nobody"`, or the second `"both"`. What is this one?
# And three variants that are in use: one step of the discriminator before it is frozen; freeze and
# compile the gan first, then thaw and compile the discriminator; set the flag before every step?

# %%
my_recipe, my_one_step_first, my_gan_first, my_flag_each_step = ..., ..., ..., ...

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", UserWarning)
    own_step = moved_by(discriminator, real)
print("Keras says:", *[str(warning.message) for warning in caught])
assert str(caught[0].message) == "The model does not have any trainable weights."
claim("The GAN recipe of Keras 2 no longer trains the discriminator.", own_step == "nobody")
rows.append(("the recipe of Keras 2", own_step, moved_by(gan, noise)))

# %%
discriminator, gan = make_players()
discriminator.compile("adam", loss)
discriminator.train_on_batch(real, np.ones((128, 1)))
discriminator.trainable = False
gan.compile("adam", loss)
rows.append(("one step first", moved_by(discriminator, real), moved_by(gan, noise)))
with warnings.catch_warnings():  # that nothing is trainable
    warnings.simplefilter("ignore")
    smaller = moved_by(discriminator, real[:64])
print("one step first, then a batch of 64 examples:", smaller)
assert smaller == "nobody"

# %%
discriminator, gan = make_players()
discriminator.trainable = False
gan.compile("adam", loss)
discriminator.trainable = True
discriminator.compile("adam", loss)
rows.append(("gan first, then thaw", moved_by(discriminator, real), moved_by(gan, noise)))

# %%
discriminator, gan = make_players()
discriminator.compile("adam", loss)
gan.compile("adam", loss)
discriminator.trainable = True
own_step = moved_by(discriminator, real)
discriminator.trainable = False
rows.append(("flag before each step", own_step, moved_by(gan, noise)))
assert [row[1] for row in rows] == ["nobody", *["discriminator"] * 3]
gan_steps = [row[2] for row in rows]
assert gan_steps == ["generator", "generator", "discriminator and generator", "generator"]
Table(("recipe", "the discriminator's step moves", "the gan's step moves"), rows)

# %%
said = my_recipe, my_one_step_first, my_gan_first, my_flag_each_step
seen = []
for _, own, both in rows:
    seen.append("nobody" if own == "nobody" else "both" if "and" in both else "sound")
predictions.gan_recipes.reveal(said=said, seen=seen)

# %% [markdown]
# **Explain.** The first is the row *compile, freeze, fit*: when the first training step is made, the
# discriminator is frozen. (All its weights are, so here Keras does warn.) "One step first" lives on
# the old trace: it is a late freeze, ignored as it should be here, but only until a batch of another
# size makes a new trace: then the discriminator stands still. "Gan first" fails the other way
# round: the discriminator helps to deceive itself. The last is sound, since each step finds the
# flag as it needs it. Better still is a `train_step` of your own, which needs no flag: two optimizers,
# each given only the weights that it may move, as in [Keras's own
# example](https://keras.io/examples/generative/dcgan_overriding_train_step/).

# %% [markdown]
# ## Next
#
# Now do [exercise
# 3](../exercises/03_when_freezing_takes_effect/03_when_freezing_takes_effect.ipynb): nine tasks (eight
# of them checked), among them two programs to repair. Before this came [lesson 2](02_what_training_moves.ipynb); next
# is [lesson 4, a Sobel filter that stays put](04_sobel_filter.ipynb).
#
# ## Sources
#
# - Keras documentation: [transfer learning and
#   fine-tuning](https://keras.io/guides/transfer_learning/), which asks for a `compile` after every
#   change of a flag, and [`compile`](https://keras.io/api/models/model_training_apis/), which says
#   that "trainable variables are determined at `compile()` time"; the first table above says more
#   exactly when it matters.
# - On flags changed after `compile`: in Keras 2, keras issue
#   [#8121](https://github.com/keras-team/keras/issues/8121); the warning of Keras 3.15 that never
#   comes, pull request [#22787](https://github.com/keras-team/keras/pull/22787). On a frozen model
#   with thawed layers, a maintainer's answer in
#   [#18092](https://github.com/keras-team/keras/issues/18092).
# - That an assignment of the same object is skipped:
#   [`trackable.py`](https://github.com/keras-team/keras/blob/master/keras/src/backend/tensorflow/trackable.py)
#   of the TensorFlow backend.
# - How the GAN recipe was meant in Keras 2:
#   [Keras-GAN #22](https://github.com/eriklindernoren/Keras-GAN/issues/22).
# - TensorFlow: [better performance with tf.function](https://www.tensorflow.org/guide/function), on
#   tracing, and [`tf.function`](https://www.tensorflow.org/api_docs/python/tf/function), on
#   `reduce_retracing`.
