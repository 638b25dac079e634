# %% [markdown]
# # 3 · When a freeze takes effect
#
# *Is it true that `trainable` must be set before `compile`?*
#
# **Time:** {minutes}. **You need:** [lesson 1](01_counting_weights.ipynb) and
# [lesson 2](02_what_training_moves.ipynb); no GPU, no network.
#
# **Afterwards you will be able to**
#
# - put flag, `compile` and `fit` in an order that always works, and prove that it worked;
# - say when a summary is wrong about what the next `fit` will do, and notice it;
# - freeze a part of a nested model, of a layer, or of one array, and know what forgets the freeze.

# %%
from helpers import Table, claim, compare, snapshot, start, stored

start()

import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answers.
#
# 1. Adam trains a model of which 330 numbers are trainable. How many numbers does Adam keep?
# 2. The layer in the middle of three is frozen. Does the first one still learn?
# 3. What proves that a layer was frozen during a `fit`?
#
# <details><summary>Answers</summary>
#
# 1. 2 · 330 + 2 = 662: two for each number that it trains, its step count and its learning rate
#    ([lesson 1](01_counting_weights.ipynb)).
# 2. Yes. Gradients flow through a frozen layer; it is only left out of the update
#    ([lesson 2](02_what_training_moves.ipynb)).
# 3. A snapshot before and a comparison after. The flag and the summary prove nothing, as this
#    lesson will show.
#
# </details>
#
# ## Every order, really run
#
# Most answers on the web say: *set `trainable` before `compile`, otherwise it has no effect*. That
# was true, word for word, of Keras 2. You can do better than to believe it: there are only a few
# orders of *compile*, *freeze* and *fit*, so let us run them. In each of these four, `hidden` is
# the layer whose flag is switched.
#
# **Predict.** What does the **last** fit do to `hidden`: is it `"moved"` or `"still"`?

# %%
my_compile_freeze_fit = ...
my_compile_fit_freeze_fit = ...
my_freeze_compile_fit_unfreeze_fit = ...
my_compile_fit_freeze_recompile_fit = ...

# %% [markdown]
# **Run.** `run_orders` makes a fresh tiny model for each order and really does the steps. The model
# has 23 numbers, of which `hidden` holds 15, so a summary of the frozen model says 8 trainable.
# "Recompile" means a second `compile`, with a new optimizer. A ✗ marks an order in which the last
# fit did not do what the summary said.

# %%
from helpers.experiments.orders import backends_table, order_table, run_orders

outcomes = run_orders()
order_table(outcomes)

# %% [markdown]
# **Explain.** The common rule is half true.
#
# - *Compile, then freeze, then the first fit*: the freeze **is** honoured. `compile` does not read
#   the flags.
# - *Freeze after a fit*: the freeze is **silently ignored**. So is the opposite, **thawing** (or
#   unfreezing) after a fit.
# - *Flag, then compile with a new optimizer, then fit* is right in every row in which it occurs,
#   whatever happened before. That is the rule to keep.
#
# Two rows look odd: the one with `evaluate` and the last one. They matter on other backends.

# %%
seen = {outcome.name: (outcome.summary, outcome.fit) for outcome in outcomes}
for name in ("flag first", "frozen and recompiled"):
    assert seen[name] == ("frozen", "still")
assert seen["thawed and recompiled"] == ("learned", "moved")
early = seen["compile first"] == ("frozen", "still")
claim("A freeze after compile, before the first fit, is honoured.", early)
ignored = seen["frozen too late"] == ("frozen", "moved")
claim("On TensorFlow, a freeze after a fit is silently ignored.", ignored)
ignored = seen["thawed too late"] == ("learned", "still")
claim("On TensorFlow, thawing after a fit is silently ignored.", ignored)

# %% [markdown]
# ## The summary that lies
#
# Look at the mistake closely, with the classifier of lesson 1: train it, freeze `hidden`, and go
# on.


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
model.summary()

# %% [markdown]
# The summary says 3,232 non-trainable params, just as you wished.
#
# **Predict.** Will the next `fit` move `hidden`? Will Keras warn you?

# %%
my_moves, my_warns = ..., ...

# %%
before = snapshot(model)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    model.fit(x, y, verbose=0)
print(compare(before).verdict())
print(len(caught), "warnings")

# %% [markdown]
# **Explain.** Everything moved, and nobody said a word. `trainable_weights`, and with it the
# summary, is computed afresh from the flags whenever you ask. The training step is not: it was made
# in the first `fit` and still updates the four arrays that were trainable at that time.

# %%
ignored = compare(before).verdict() == "everything moved"
claim("On TensorFlow, a freeze after a fit is silently ignored.", ignored)
claim("Nothing warns when a flag has changed since the first fit.", caught == [])
assert len(model.trainable_weights) == 2 and len(compare(before).moved) == 4

# %% [markdown]
# ## A lie detector in one line
#
# The last line of that summary, "Optimizer params", gives the mistake away. The optimizer made its
# numbers in the first fit. With Adam they are twice the trainable numbers, and two more.
#
# **Predict.** The summary says 330 trainable. If training agrees, how many optimizer numbers should
# there be? How many are there?

# %%
my_should_be, my_are = ..., ...


# %%
def numbers(variables):
    return sum(int(np.prod(variable.shape)) for variable in variables)


print("should be:", 2 * numbers(model.trainable_weights) + 2)
print("are:      ", numbers(model.optimizer.variables))

# %% [markdown]
# **Explain.** 7,126 is 2 · 3,562 + 2: this optimizer was made for the whole model. After any fit
# with Adam, compare the two. If they differ, the flags have changed since; recompile.

# %%
assert numbers(model.optimizer.variables) == 2 * 3562 + 2
model.compile("adam", "mse")
before = snapshot(model)
model.fit(x, y, verbose=0)
print(compare(before).verdict())
assert numbers(model.optimizer.variables) == 2 * numbers(model.trainable_weights) + 2 == 662
assert compare(before).moved == ["classifier/output/kernel", "classifier/output/bias"]

# %% [markdown]
# ## Not `compile`: the first trace
#
# What fixes the choice, then? Keras turns the training step into a TensorFlow graph the first time
# that it meets a batch of a given shape. This is called **tracing**. The graph contains an update
# for every weight that was trainable at that moment, and is used again for every batch of that
# shape.
#
# **Predict.** A model is trained with batches of 16. Then `hidden` is frozen, without recompiling.
# Three more fits follow, with batches of 16, of 32, and of 16 again. Which of them move `hidden`?

# %%
my_16, my_32, my_16_again = ..., ..., ...

# %%
model = make_classifier()
hidden = model.get_layer("hidden")
model.compile("adam", "mse")
model.fit(x, y, batch_size=16, verbose=0)
hidden.trainable = False
moved = []
for batch_size in (16, 32, 16):
    before = snapshot(hidden)
    model.fit(x, y, batch_size=batch_size, verbose=0)
    moved.append(compare(before).moved != [])
    print(f"batches of {batch_size}: hidden moved: {moved[-1]}")

# %% [markdown]
# **Explain.** A new shape needs a new trace, and the new trace sees the new flag; the old graph is
# still there for the old shape. A program whose freezing depends on the batch size is not one that
# anybody wants, hence: recompile, which throws all graphs away. (`compile(run_eagerly=True)` traces
# nothing, so there a freeze is honoured at once.)

# %%
retraced = moved == [True, False, True]
claim("On TensorFlow, a new batch shape is traced anew and picks the changed flag up.", retraced)
late = {"frozen too late": ("compile", "fit", "freeze", "fit")}
honoured = run_orders(late, run_eagerly=True)[0].fit == "still"
claim("With run_eagerly=True, a freeze after a fit is honoured.", honoured)

# %% [markdown]
# ## What a second compile keeps, and what it forgets
#
# "Recompile" frightens people: does it not reset the model?
#
# **Predict.** A model was compiled with `"adam"` and trained for four steps; its learning rate was
# then lowered to 0.0001. After a second `model.compile("adam", "mse")`: how many arrays of the
# model have changed? What does the optimizer's step count say? What is the learning rate?

# %%
my_changed, my_steps, my_rate = ..., ..., ...

# %%
model = make_classifier()
model.compile("adam", "mse")
model.fit(x, y, verbose=0)
model.optimizer.learning_rate = 0.0001
before = snapshot(model)
print("steps before:", int(model.optimizer.iterations))
model.compile("adam", "mse")
steps, rate = int(model.optimizer.iterations), round(float(model.optimizer.learning_rate), 6)
print(compare(before).verdict(), "· steps:", steps, "· learning rate:", rate)

# %% [markdown]
# **Explain.** The weights stay as they are. It is the *optimizer* that is new: its count and its
# running averages start from zero, and `"adam"` means Adam with the default rate of 0.001. For a
# pretrained model that has just been thawed, a much lower rate is advised; write it out:
# `model.compile(keras.optimizers.Adam(0.0001), ...)`. (If the rate is all you want to change, set
# `model.optimizer.learning_rate`; that takes effect without a compile, as the next cell asserts.)

# %%
assert compare(before).verdict() == "nothing moved" and steps == 0
claim("compile('adam') puts the learning rate back to 0.001.", rate == 0.001)
model.fit(x, y, verbose=0)
model.optimizer.learning_rate = 0.0
before = snapshot(model)
model.fit(x, y, verbose=0)
assert compare(before).verdict() == "nothing moved"

# %% [markdown]
# Can you keep the old optimizer, then?
#
# **Predict.** `hidden` is frozen, the model trained, `hidden` thawed, and the model compiled again
# with *the same* optimizer object. What does the next `fit` do?

# %%
my_next_fit = ...

# %%
model = make_classifier()
model.get_layer("hidden").trainable = False
adam = keras.optimizers.Adam()
model.compile(adam, "mse")
model.fit(x, y, verbose=0)
model.get_layer("hidden").trainable = True
model.compile(adam, "mse")
try:
    model.fit(x, y, verbose=0)
    told = "trained"
except ValueError as error:
    told = str(error).split(":")[0]
print(told)
refused = told == "Unknown variable"
claim("The same optimizer object after thawing gives a ValueError, Unknown variable.", refused)

# %% [markdown]
# **Explain.** It stops: the old optimizer has no numbers for the thawed weights. "Unknown variable"
# is the message that brings many people to this topic. The cure is the same: compile with a *new*
# optimizer, or with its name.
#
# ## The other backends
#
# Keras also runs on PyTorch and on JAX. Your machine need not have them: the table below was stored
# by `python -m tools.measure orders`, which runs the same function, `run_orders`, once for each. Its
# caption says with which versions and when. A * marks what differs from the summary.

# %%
backends = stored("orders")["results"]
backends_table(backends)

# %% [markdown]
# **Explain.** The good rows agree everywhere: flag first, or flag and then a compile with a new
# optimizer. Where the flag comes too late, TensorFlow ignores it, PyTorch honours a freeze and
# stops at a thaw, and JAX stops at both. On these two, an `evaluate` before the first fit is enough
# to make thawing an error. On JAX the failed fit also leaves a model that has lost its weights, so
# that recompiling does not rescue it (the last row).

# %%
for run in backends.values():
    assert run["outcomes"]["flag first"] == ["frozen", "still"]
    assert run["outcomes"]["frozen and recompiled"] == ["frozen", "still"]
    assert run["outcomes"]["thawed and recompiled"] == ["learned", "moved"]
frozen_late = [run["outcomes"]["frozen too late"][1] for run in backends.values()]
thawed_late = [run["outcomes"]["thawed too late"][1] for run in backends.values()]
differ = frozen_late == ["moved", "still", "still", "ValueError"]
claim("A late freeze: ignored by TensorFlow, honoured by PyTorch, an error on JAX.", differ)
differ = thawed_late == ["still", "ValueError", "ValueError", "ValueError"]
claim("A late thaw: ignored by TensorFlow, an error on PyTorch and on JAX.", differ)
lost = backends["JAX"]["outcomes"]["recompiled after a lost fit"][1] == "TypeError"
claim("On JAX a model whose fit failed cannot be rescued by a second compile.", lost)

# %% [markdown]
# ## Whose flag wins
#
# The *when* is settled; now the *where*. A model is a layer too, and it may contain models. Setting
# `trainable` on a model sets it on everything inside. Here the whole of `base` is frozen, and then
# its first layer thawed.


# %%
def make_base():
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, name="low"),
            layers.Dense(3, name="high"),
        ],
        name="base",
    )


base = make_base()
base.trainable = False
base.get_layer("low").trainable = True

# %% [markdown]
# **Predict.** How many trainable weights (arrays) does `base` have now? A model `outer` is built of
# `base` and a Dense head: how many has it?

# %%
my_base, my_outer = ..., ...

# %%
outer = keras.Sequential([keras.Input((4,)), base, layers.Dense(2, name="head")], name="outer")
print("base: ", [weight.path for weight in base.trainable_weights])
print("outer:", [weight.path for weight in outer.trainable_weights])

# %% [markdown]
# **Explain.** Asked itself, `base` says none: its own flag is a **veto** over all that is in it.
# Yet `outer`, whose own flag is True, asks the *layers* and does not hear the veto: it trains
# `low`. Never leave a parent and its children in contradiction. Set the parent to True first, then
# the children one by one.

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

# %% [markdown]
# Parent first, then the children: no contradiction is left, and both models say the same of `base`.

# %%
base.trainable = True
base.get_layer("high").trainable = False
print("base: ", [weight.path for weight in base.trainable_weights])
assert base.trainable_weights == outer.trainable_weights[:2] == base.get_layer("low").weights

# %% [markdown]
# ### A True that does nothing
#
# **Predict.** `low` is frozen, and then `base.trainable = True` should thaw everything. Does it?

# %%
my_thawed = ...

# %%
base = make_base()
base.get_layer("low").trainable = False
base.trainable = True
print("low trainable:", base.get_layer("low").trainable)
no_effect = not base.get_layer("low").trainable
claim("model.trainable = True does nothing if the model's own flag is True already.", no_effect)

# %% [markdown]
# **Explain.** The flag of `base` itself was never False, so setting it to True changes nothing and
# is not passed on. (This is checked for the TensorFlow backend.) Loop over the layers instead: `for
# layer in base.layers: layer.trainable = True`.
#
# ### "The first two layers"
#
# **Predict.** The same two Dense layers, once as a Sequential and once as a functional model. After
# freezing `model.layers[:2]`, how many arrays are frozen in each?

# %%
my_sequential, my_functional = ..., ...

# %%
inputs = keras.Input((4,), name="inputs")
outputs = layers.Dense(3, name="high")(layers.Dense(3, name="low")(inputs))
functional = keras.Model(inputs, outputs, name="functional")
frozen = {}
for model in (make_base(), functional):
    for layer in model.layers[:2]:
        layer.trainable = False
    frozen[model.name] = len(model.non_trainable_weights)
    print(f"{model.name:10} {[layer.name for layer in model.layers]}  frozen: {frozen[model.name]}")
assert frozen == {"base": 4, "functional": 2}

# %% [markdown]
# **Explain.** A functional model lists its InputLayer, a Sequential does not; and a model inside a
# model counts as *one* layer. Choose layers by name, or among those that have weights.
#
# ### One layer in two models
#
# **Predict.** `shared` (4 · 3 + 3 = 15 numbers) is used in two models, each with a head of
# 3 + 1 = 4. It is frozen through the first. How many numbers are trainable in the second?

# %%
my_second = ...

# %%
inputs = keras.Input((4,), name="inputs")
features = layers.Dense(3, name="shared")(inputs)
first = keras.Model(inputs, layers.Dense(1, name="price")(features), name="first")
second = keras.Model(inputs, layers.Dense(1, name="rent")(features), name="second")
first.get_layer("shared").trainable = False
print(numbers(second.trainable_weights))
assert numbers(second.trainable_weights) == 4

# %% [markdown]
# **Explain.** 4: there is one layer, hence one flag, for both models.
#
# ## Finer than a layer
#
# "You can only freeze whole layers" is another answer that you will find. A single weight has a
# flag as well.
#
# **Predict.** With the flag of the bias of `low` set to False, which arrays will move?

# %%
my_moving = ...

# %%
base = make_base()
base.get_layer("low").bias.trainable = False
base.compile("sgd", "mse")
before = snapshot(base)
base.fit(points, np.ones((128, 3)), verbose=0)
print(compare(before).verdict())
honoured = compare(before).still == ["base/low/bias"]
claim("The flag of a single weight is honoured.", honoured)

# %% [markdown]
# **Explain.** Only the bias stood still. Handle such a flag with care: switching the *layer's* flag
# off and on again overwrites it.

# %%
base.get_layer("low").trainable = False
base.get_layer("low").trainable = True
print("bias trainable:", base.get_layer("low").bias.trainable)
forgot = base.get_layer("low").bias.trainable
claim("Switching a layer off and on again forgets the flags of its single weights.", forgot)

# %% [markdown]
# A weight is the finest thing that has a flag. An Embedding is one array, so its rows have none;
# nor have the filters of a convolution. If a part should stay, make it **a layer of its own**.
# Below, the words 0 to 3 look up their vectors in a frozen table, the words 4 and 5 in one that
# learns.


# %%
def make_reader():
    words = keras.Input((2,), dtype="int32", name="words")
    known = layers.Embedding(4, 3, trainable=False, name="known")(keras.ops.minimum(words, 3))
    new = layers.Embedding(2, 3, name="new")(keras.ops.maximum(words - 4, 0))
    is_known = keras.ops.expand_dims(words < 4, -1)
    vectors = layers.Flatten(name="flat")(keras.ops.where(is_known, known, new))
    return keras.Model(words, layers.Dense(1, name="head")(vectors), name="reader")


reader = make_reader()
reader.compile("sgd", "mse")
before = snapshot(reader)
reader.fit(rng.integers(0, 6, (128, 2)), np.ones((128, 1)), verbose=0)
print(compare(before).still, "stood still")
assert compare(before).still == ["known/embeddings"]

# %% [markdown]
# The same for **one filter** of four: a convolution of one filter that stays, a second one of three
# that learn, and their outputs side by side.


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
# ## What remembers the flag
#
# You freeze a layer (or a single bias) and then save, load or clone the model.
#
# **Predict.** In which of these six cases is it still frozen in the model that you get back?

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

# %%
with tempfile.TemporaryDirectory() as folder:
    by_layer = {way: len(copy.trainable_weights) == 2 for way, copy in copies(one_layer, folder)}
    by_bias = {way: len(copy.trainable_weights) == 3 for way, copy in copies(one_bias, folder)}

# %%
survives = list(by_layer.values()) == [True, False, True]
claim("A layer's flag survives .keras and clone_model, not .weights.h5.", survives)
lost = not any(by_bias.values())
claim("The flag of a single weight survives no saving and no cloning.", lost)
said = {True: "remembered", False: "forgotten"}
Table(
    ("copied by", "flag of a layer", "flag of one weight"),
    [(way, said[by_layer[way]], said[by_bias[way]]) for way in by_layer],
)

# %% [markdown]
# **Explain.** A layer writes its flag into its configuration, which a `.keras` file and
# `clone_model` carry. A weights file holds values only, and the flag of a single weight is in no
# configuration at all. So set the flags again after loading, in code, and then compile. (One more
# trap: `clone_model` keeps the flags but not the values. A clone of a pretrained model has learned
# nothing.)

# %%
clone = keras.models.clone_model(one_layer)
same = np.array_equal(clone.get_weights()[0], one_layer.get_weights()[0])
print("the clone has the same kernel:", same)
assert not same

# %% [markdown]
# ## A famous recipe that broke
#
# In a GAN, a *discriminator* learns to tell real points from those of a *generator*, and the
# generator learns to deceive it. Countless tutorials for Keras 2 use one trick: compile the
# discriminator while it is trainable, freeze it, then compile both together as `gan`.


# %%
def make_players():
    generator = keras.Sequential(
        [keras.Input((3,)), layers.Dense(2, name="paint")], name="generator"
    )
    discriminator = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(8, activation="tanh", name="look"),
            layers.Dense(1, activation="sigmoid", name="decide"),
        ],
        name="discriminator",
    )
    return generator, discriminator


# %%
generator, discriminator = make_players()
discriminator.compile("adam", "binary_crossentropy")
discriminator.trainable = False
gan = keras.Sequential([keras.Input((3,)), generator, discriminator], name="gan")
gan.compile("adam", "binary_crossentropy")

# %% [markdown]
# **Predict.** In Keras 2, `discriminator.train_on_batch` trained the discriminator, because its
# `compile` came before the freeze. And now?

# %%
my_discriminator_moves = ...

# %%
before = snapshot(gan)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in range(4):
        discriminator.train_on_batch(points[:, :2], np.ones((128, 1)))
print(compare(before).verdict())
print("Keras says:", str(caught[0].message) if caught else "nothing")
broken = compare(before).verdict() == "nothing moved"
claim("The GAN recipe of Keras 2 no longer trains the discriminator.", broken)

# %% [markdown]
# **Explain.** It is the row *compile → freeze → fit*: `compile` fixes nothing, the first training
# step does, and by then the discriminator was frozen. (Here all weights are frozen, so Keras does
# warn.) The generator then plays against an opponent that never learns.
#
# The repair needs no flag at all. A `train_step` of your own has two optimizers, and each is given
# only the weights that it may move.


# %%
class GAN(keras.Model):
    def __init__(self, generator, discriminator):
        super().__init__(name="gan")
        self.generator, self.discriminator = generator, discriminator
        self.paints, self.judges = keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01)

    def train_step(self, real):
        noise = keras.random.normal((tf.shape(real)[0], 3))
        truth = keras.losses.binary_crossentropy
        with tf.GradientTape(persistent=True) as tape:
            yes, no = self.discriminator(real), self.discriminator(self.generator(noise))
            judged = truth(tf.ones_like(yes), yes) + truth(tf.zeros_like(no), no)
            painted = truth(tf.ones_like(no), no)
        ours, theirs = self.discriminator.trainable_weights, self.generator.trainable_weights
        self.judges.apply(tape.gradient(judged, ours), ours)
        self.paints.apply(tape.gradient(painted, theirs), theirs)
        return {"judged": tf.reduce_mean(judged), "painted": tf.reduce_mean(painted)}


# %%
generator, discriminator = make_players()
gan = GAN(generator, discriminator)
gan.compile()
before = snapshot(generator), snapshot(discriminator)
gan.fit(points[:, :2].astype("float32"), verbose=0)
for player in before:
    print(player.model.name + ":", compare(player).verdict())
    assert compare(player).verdict() == "everything moved"
assert numbers(gan.judges.variables) == 2 * numbers(discriminator.trainable_weights) + 2
assert numbers(gan.paints.variables) == 2 * numbers(generator.trainable_weights) + 2

# %% [markdown]
# **Explain.** Both learn, in the same step, and the lie detector confirms that each optimizer holds
# numbers for its own player only.
#
# ## In short
#
# - **Flag, then compile with a new optimizer, then fit.** That order works on every backend and
#   after any history. *Must be set before compile* is the safe habit, not the mechanism: on
#   TensorFlow the first trace fixes what is trained.
# - After a fit, a changed flag shows in the summary and is ignored by training, without a warning.
#   With Adam, compare the optimizer's numbers with 2 · trainable + 2.
# - Recompiling keeps the weights; optimizer state and learning rate start afresh.
# - A frozen parent vetoes its children, but an outer model may overrule it. `model.trainable =
#   True` may do nothing. `layers[0]` may be an InputLayer. A shared layer has one flag.
# - Below the layer there is a flag for each weight; below the weight, use two layers.
# - `.keras` and `clone_model` remember a layer's flag, a weights file does not, and a single
#   weight's flag is remembered nowhere.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A notebook is run out of order: the cell that freezes is run after the one that trains.
# - Fine-tuning "in two phases" forgets the second `compile`; the second phase trains the head alone
#   and looks merely disappointing.
# - Thawing with `compile("adam")` lifts the learning rate to 0.001 and wrecks the pretrained
#   weights.
# - A GAN written for Keras 2 runs without an error, and its discriminator never learns.
#
# ## Next
#
# Now do [exercise
# 3](../exercises/03_when_freezing_takes_effect/03_when_freezing_takes_effect.ipynb): eight tasks,
# among them three programs to repair. Before this came [lesson 2](02_what_training_moves.ipynb); next
# is [lesson 4, a Sobel filter that stays put](04_sobel_filter.ipynb).
#
# ## Sources
#
# - Keras documentation:
#   [transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/), which asks for a
#   `compile` after every change of a flag; the table above says more exactly when it matters.
# - On flags changed after `compile` in Keras 2, keras issue
#   [#8121](https://github.com/keras-team/keras/issues/8121); on a frozen model with thawed layers, a
#   maintainer's answer in [#18092](https://github.com/keras-team/keras/issues/18092).
# - How the GAN recipe was meant in Keras 2:
#   [Keras-GAN #22](https://github.com/eriklindernoren/Keras-GAN/issues/22).
# - TensorFlow guide: [better performance with tf.function](https://www.tensorflow.org/guide/function),
#   on tracing.
