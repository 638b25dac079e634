# %% [markdown]
# # 6 · Why is Inception's count not zero?
#
# *Why is a fresh Inception's non-trainable count not zero, and how do I freeze its first layers?*
#
# **Time:** {minutes}. **You need:** lessons [1](01_counting_weights.ipynb),
# [2](02_what_training_moves.ipynb), [3](03_when_freezing_takes_effect.ipynb) and
# [5](05_batchnorm_statistics.ipynb); no GPU, no network.
#
# **Afterwards you will be able to**
#
# - explain the non-trainable count of a network from `keras.applications` to the last number;
# - freeze the first layers of a pretrained network and prove that just those stayed still;
# - say whether pretraining helped, with a control that could have said no;
# - fine-tune in four steps, and say what leaving one out costs.
#
# The first cell takes 10 to 20 seconds.

# %%
from helpers import (
    Spread, Table, claim, compare, efficientnet_lite0, emoji, freeze_batchnorm, ledger,
    mini_googlenet, mnist_test, photograph, progress, remeasure, snapshot, start, stored,
)

start()

import keras
import numpy as np
from keras import layers

from helpers.predictions import pretrained_networks as predictions

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answer. Below it, what surprised you in the lesson before is asked
# again.
#
# 1. You have set a convolution's kernel to Sobel's numbers, and nothing else. What does it hold after
#    a fit?
# 2. In which order do flag, compile and fit belong, and what is special about the optimizer?
# 3. Somebody calls a base with `training=False` when building a functional model. Does that keep its
#    statistics still under `fit` on Keras 3.15?
#
# <details><summary>Answers</summary>
#
# 1. Other numbers: values and flag are two separate steps, and without the flag the kernel learns.
#    [Lesson 4](04_sobel_filter.ipynb).
# 2. Flag, compile, fit; compile with a *new* optimizer.
#    [Lesson 3](03_when_freezing_takes_effect.ipynb).
# 3. No: `fit` overrides it. Freeze each BatchNormalization layer instead.
#    [Lesson 5](05_batchnorm_statistics.ipynb).
# </details>

# %%
predictions.lesson.again()

# %% [markdown]
# ## A fresh Inception
#
# "Why is *non-trainable* 0 in my model, but not in an Inception model?" is one of the two questions
# from which this course began. The usual answer names two kinds of non-trainable weights: those that
# you chose to keep constant, and those that are updated, but not by backpropagation.
#
# **Predict.** Below is InceptionV3 with random weights; nothing has been trained, nothing frozen. Its
# 94 BatchNormalization layers have 17,216 channels together. What is its non-trainable count: 0,
# 188, 17216, 34432 or 68864? (The cell takes a few seconds.)

# %%
my_non_trainable = ...

# %%
inception = keras.applications.InceptionV3(weights=None)
norms = [layer for layer in inception.layers if isinstance(layer, layers.BatchNormalization)]
channels = sum(layer.moving_mean.shape[0] for layer in norms)
book = ledger(inception)
print(f"{len(norms)} BatchNormalization layers, {channels:,} channels")
print(f"total {book.total:,}  trainable {book.trainable:,}  non-trainable {book.non_trainable:,}")
assert book.non_trainable == book.count("statistic") == 2 * channels == 34_432
assert book.total == inception.count_params() == 23_851_784 and book.count("frozen") == 0
assert {weight.name for layer in norms for weight in layer.trainable_weights} == {"beta"}

# %%
predictions.fresh_count.reveal(said=my_non_trainable, seen=book.non_trainable)

# %% [markdown]
# **Explain.** Two numbers for each channel, its moving mean and its moving variance: 2 · 17,216 =
# 34,432. All are of the second kind. The count of a model of Dense layers is 0 because they keep
# nothing of this sort.
#
# (Learned is one number a channel, not two: these layers are made with `scale=False` and so have a beta
# and no gamma.)
#
# **Predict.** All of the next networks are fresh, too. Which of these three has no non-trainable
# number at all: `"VGG16"`, `"ResNet50"`, `"ConvNeXtTiny"`? (A list; it may be more than one. It takes
# some five seconds.)

# %%
my_zero = ...

# %%
books = {}
names = ["VGG16", "ResNet50", "ConvNeXtTiny", "EfficientNetB0"]
for name in progress(names, "building networks"):
    options = {"include_top": False} if name == "VGG16" else {}  # without its huge Dense layers
    books[name] = ledger(getattr(keras.applications, name)(weights=None, **options))
columns = ("learned", "statistic", "other state")
rows = [(name, *map(book.count, columns)) for name, book in books.items()]
assert [row[1] for row in rows] == [14_714_688, 25_583_592, 28_589_128, 5_288_548]
assert [row[2:] for row in rows] == [(0, 0), (53_120, 0), (0, 0), (42_016, 7)]
Table(("network", *columns), rows, caption="Numbers by role in fresh networks")

# %%
without = [name for name, learned, *others in rows[:3] if not any(others)]
predictions.without.reveal(said=my_zero, seen=without)

# %% [markdown]
# **Explain.** VGG16 is older than batch normalization. ConvNeXt normalises too, but with
# *Layer*Normalization, which measures anew for every example and keeps no statistics: its gamma and beta
# are learned. The other two
# have two numbers a channel, and one of them seven more. Those are no BatchNormalization's:

# %%
others = [w for w in books["EfficientNetB0"].weights if w.role == "other state"]
print([(weight.path, weight.shape) for weight in others])
assert [weight.count for weight in others] == [3, 3, 1]
scale = layers.Normalization()
scale.adapt(np.ones((8, 3)))
claim("Normalization has a count, which nothing counts up.", int(scale.count) == 0)

# %% [markdown]
# A `Normalization` layer keeps a mean and a variance for red, green and blue, measured by `adapt`
# ([lesson 7](07_other_state.ipynb)). The seventh number is called `count`, and stays 0: Keras 3 makes it
# and never writes it.
#
# ## A pretrained network in a drawer
#
# The second question was: "How do I block the first layers of a pretrained GoogLeNet?" The course
# brings a small network in GoogLeNet's manner, which has learned to read MNIST's digits: two
# convolutions, three inception blocks, 20 BatchNormalization layers. (GoogLeNet itself, as old as VGG16,
# had none; its successors have.)

# %%
from helpers.figures import images, recipe_dots
from helpers.experiments.transfer import enlarged, large_digits, right

pretrained = mini_googlenet(weights="mnist")
book = ledger(pretrained)
counts = {role: book.count(role) for role in ("learned", "statistic")}
print(len(pretrained.layers), "layers,", len(book.weights), "weights; numbers:", counts)
mnist_images, mnist_labels = mnist_test()
assert right(pretrained(mnist_images, training=False).numpy(), mnist_labels) > 0.95

# %% [markdown]
# It reads more than 95 % of MNIST digits that it has not seen. Now there is a new kind: the digits of
# lesson 5, from other writers and another scanner, 8 × 8 pixels enlarged to MNIST's size. We have only
# five labels of each class.

# %%
digits = large_digits()
new_images, new_labels = digits.few(per_class=5, seed=0)
shown = {"MNIST 3": mnist_images[150], "MNIST 8": mnist_images[400]}
for label in (3, 8):
    shown[f"new {label}"] = digits.test_images[digits.test_labels == label][0]
images({name: image[..., 0] for name, image in shown.items()}, "Two kinds of digits",
       "A 3 and an 8 of each kind; the new ones are made of coarse squares and touch the border",
       per_row=4)

# %% [markdown]
# **Predict.** Unchanged, how many of the new digits does the network read: `"95 %"`, `"70 %"` or `"10 %"`?

# %%
my_accuracy = ...


# %%
def about(share):
    """In steps of 10 %: finer ones differ between computers."""
    return f"about {10 * round(10 * share)} %"


unchanged = right(pretrained(digits.test_images, training=False).numpy(), digits.test_labels)
print(about(unchanged))
assert 0.65 < unchanged < 0.75

# %%
predictions.unchanged.reveal(said=my_accuracy, seen=about(unchanged).removeprefix("about "))

# %% [markdown]
# ## Block the first two layers
#
# The short answer is "set `trainable = False` on the layers that you want to keep". But which ones are
# those? Many recipes count: "the first two".
#
# **Predict.** `for layer in model.layers[:2]: layer.trainable = False`. Which convolutions of this
# functional model are frozen by that: `"none"`, `"conv1"` or `"conv1 and conv2"`?

# %%
my_frozen = ...

# %%
by_index = mini_googlenet(weights="mnist")
for layer in by_index.layers[:2]:
    layer.trainable = False
frozen = [weight.path for weight in ledger(by_index).weights if weight.role == "frozen"]
names = [layer.name for layer in by_index.layers]
print("frozen:", frozen)
print("layers:", *names[:3], "...", *names[16:19], "...")
assert frozen == ["conv1/kernel"] and names[0] == "image"
blocks = [name.split("_")[1] for name in names if "_" in name]
assert blocks == sorted(blocks)

# %%
held = " and ".join(path.partition("/")[0] for path in frozen)
predictions.two_places.reveal(said=my_frozen, seen=held)

# %% [markdown]
# **Explain.** One only. Place 0 is the InputLayer, which has no weights, so `[:2]` reaches one
# convolution; `[:3]` would reach its BatchNormalization, not the second convolution. Deeper in, the
# blocks follow each other, but the branches of a block lie mixed: a cut at a number goes through some
# of them. **Freeze by name.**
#
# Do their two BatchNormalization layers count as well? If you want the first two steps to keep computing
# what they compute, yes: an unfrozen one would go on measuring.

# %%
FIRST_TWO = ("conv1", "norm1", "conv2", "norm2")
LOSS = "sparse_categorical_crossentropy"


def train(model, rate, epochs):
    """With a new Adam, and without a graph: to make one takes longer than so few steps."""
    model.compile(keras.optimizers.Adam(rate), LOSS, run_eagerly=True)
    for _ in progress(range(epochs), "training"):
        model.fit(new_images, new_labels, batch_size=10, verbose=0)


# %% [markdown]
# **Predict.** We train for an epoch on our 50 images (some three seconds). How many of the 102 weights do
# *not* move? (A convolution here has no bias.)

# %%
my_still = ...

# %%
keras.utils.set_random_seed(0)
blocked = mini_googlenet(weights="mnist")
for name in FIRST_TWO:
    blocked.get_layer(name).trainable = False
before = snapshot(blocked)
train(blocked, rate=0.003, epochs=1)
movement = compare(before)
print(len(movement.still), "still:")
print(*movement.still, sep="\n")
assert {path.split("/")[0] for path in movement.still} == set(FIRST_TWO)
assert len(movement.still) == 10 and len(movement.moved) == 92

# %%
predictions.still.reveal(said=my_still, seen=len(movement.still))

# %% [markdown]
# **Explain.** Two kernels, and gamma, beta and two statistics of each of two layers: 2 + 2 · 4 = 10
# arrays stayed as they were, to the last bit. The other 92 moved. That is the whole answer to the
# second question, and the proof that many answers leave out.
#
# ## Did it help?
#
# Trained for 20 epochs with the first two frozen, the network reads about 90 % of the new digits, with 50
# labels, even if its head starts anew. But *what* helped: the pretraining, the freezing, or the training?
# One run cannot say. Below are five recipes, five seeds each, all with a *new* head (a head alone is
# trained for 40 epochs, at a larger rate). The last one is a
# **control**: a network of *random* values throughout, whose first two layers are frozen as well.
#
# **Predict.** With five labels a class: is one of `"head only"`, `"first two frozen"` and
# `"everything tuned"` clearly ahead of the other two, or `"none"`? And is the control near `"scratch"`,
# near these `"pretrained"` ones, `"between"` or `"below"` all?

# %%
my_ahead, my_control = ..., ...

# %%
results = stored("transfer")["results"]
five_labels = results["recipes"]["5"]
recipe_dots(
    five_labels, "New digits, five labels a class", chance=0.1,
    finding="The three pretrained recipes lie close together, well above from scratch and control.",
)

# %%
for labels, recipes in results["recipes"].items():
    scratch, *from_mnist, control = (np.mean(each) for each in recipes.values())
    won = 100 * np.subtract(recipes["first two frozen"], recipes["head only"])
    print(f"{labels} labels a class; first two frozen against head only, seed by seed: "
          f"{won.round().astype(int).tolist()} points")
    assert min(from_mnist) > max(scratch, control) + 0.02 and abs(scratch - control) < 0.02
    assert (won > 0).sum() == {"5": 3, "10": 5}[labels]
scratch, *three, control = (np.mean(each) for each in five_labels.values())
Table(
    ("recipe", "5 labels a class", "10 labels a class"),
    [(name, *(Spread.of(each[name]) for each in results["recipes"].values())) for name in recipes],
    caption="Accuracy on new digits, mean ± standard deviation over five seeds",
)

# %%
ahead = list(five_labels)[1 + np.argmax(three)] if np.ptp(three) > 0.02 else "none"
near = "scratch" if abs(control - scratch) < 0.03 else "between"
predictions.did_it_help.reveal(said=(my_ahead, my_control), seen=(ahead, near))

# %% [markdown]
# **Explain.** Whatever is pretrained wins. With five labels a class it does not matter much what else is
# trained; with ten, training all but the first two beats the head alone in every seed, in one by a point
# only. And the control does about as well as training from scratch: so it was not the freezing that
# helped, but what the network had learned before. (In which of its layers? Another control would have to
# say.) Run one whenever you claim that a pretrained layer helps. "From scratch" differs from "first two
# frozen" in two things, start values and freeze; the control only in the start values.
#
# ## Head first
#
# A new task usually has other classes, so it needs a new head. The pretrained part without its head
# is the **base**. As long as the whole base is frozen and in inference mode, its answer to an image
# never changes: compute these **features** once, and train the head on them alone, in some three
# seconds. (In training mode a frozen Dropout would still drop: [lesson 2](02_what_training_moves.ipynb).)

# %%
whole = mini_googlenet(weights="mnist")
base = keras.Model(whole.input, whole.get_layer("pool").output, name="base")
features = base(new_images, training=False).numpy()
print("images", new_images.shape, "features", features.shape)
assert np.any(layers.Dropout(0.5, trainable=False)(np.ones((9, 9)), training=True) == 0)

# %%
keras.utils.set_random_seed(0)
head = layers.Dense(10, activation="softmax", name="head")
on_features = keras.Sequential([keras.Input((112,)), head])
on_features.compile(keras.optimizers.Adam(0.01), LOSS, jit_compile=False)
for _ in progress(range(4), "training the head"):
    on_features.fit(features, new_labels, batch_size=10, epochs=10, verbose=0)
inputs = keras.Input((28, 28, 1), name="image")
tuned = keras.Model(inputs, head(base(inputs, training=False)), name="tuned")
names = [layer.name for layer in tuned.layers]
print(names, "with", len(base.layers), "layers inside the base")
assert names == ["image", "base", "head"] and len(base.layers) == 70
assert np.allclose(tuned(new_images, training=False), on_features(features), atol=1e-5)

# %% [markdown]
# The base ran once; the forty epochs ran through nothing but a Dense layer. Put together, base and
# head are an ordinary model with the same answers; the base is **nested**: one layer among three, so
# that a loop over `tuned.layers[:-1]`, "everything but the head", visits the input and the base, and
# none of the 70 layers inside. Setting `base.trainable` reaches them, with one exception, a trap into
# which the author of this lesson fell:
#
# **Predict.** Every layer of a base is frozen one by one. Then comes `base.trainable = True`. How many
# of its 100 weights are trainable: 0, 60 or 100?

# %%
my_trainable = ...

# %%
for layer in base.layers:
    layer.trainable = False
base.trainable = True  # "unfreeze everything"
once = len(base.trainable_weights)
claim("On TensorFlow, a flag that is set to the value that it has reaches no layer.", once == 0)
base.trainable = False
base.trainable = True
then = len(base.trainable_weights)
print("trainable weights after True:", once, " after False, then True:", then)
assert then == 60 and ledger(base).count("frozen") == 0

# %%
predictions.true_again.reveal(said=my_trainable, seen=once)

# %% [markdown]
# **Explain.** The base's own flag was True all the time; only its layers' flags were False. A flag that
# is set to the value that it has, True or False, does nothing on TensorFlow. So set the other value
# first, False, then True, and look at the count: one round was enough here; models inside models can
# need another ("Dig deeper" below shows one).
#
# ## Fine-tuning in four steps
#
# The head is trained. Now the base may move a little as well: **fine-tuning**, in four steps:
#
# 1. **unfreeze** the base, and look at the count;
# 2. **freeze its BatchNormalization layers**, so that the statistics stay (lesson 5);
# 3. **compile** with a *new* optimizer and a *small* learning rate: `compile("adam")` would silently
#    return to 0.001;
# 4. **fit**, and prove what moved.
#
# As a measure of what is forgotten, the base under its *old* head reads MNIST. The next two cells take
# some seconds.

# %%
kept = snapshot(tuned)
old_head = whole.get_layer("head")


def accuracies():
    """On the new digits with the new head, on MNIST with the old one."""
    old = old_head(base(mnist_images, training=False)).numpy()
    new = tuned(digits.test_images, training=False).numpy()
    return np.array([right(new, digits.test_labels), right(old, mnist_labels)])


head_only = accuracies()
assert np.isclose(float(keras.optimizers.get("adam").learning_rate), 0.001)
print("new digits:", about(head_only[0]), " MNIST, per cent:", round(100 * head_only[1], 1))

# %%
freeze_batchnorm(base)  # step 1 was done above
train(tuned, rate=0.0001, epochs=1)
moved = compare(kept).moved
lost = 100 * (head_only - accuracies())
print(len(moved), "arrays moved, of them statistics:", sum("/moving_" in path for path in moved))
print("points lost on new digits and on MNIST, in steps of 5:", [5 * round(p / 5) for p in lost])
assert {path.split("/")[-1] for path in moved} == {"kernel", "bias"} and len(moved) == 22
assert abs(lost).max() < 2.5

# %% [markdown]
# **Explain.** The twenty kernels of the base and the head's two arrays moved, no statistic did, and both
# tasks are as good as before, within 2.5 points. (More epochs win a point at most: see the table below. Fine-tuning is no
# duty.)
#
# ## And with free statistics?
#
# Keras's guide names two ways to keep the statistics: freeze each BatchNormalization, or call the base
# with `training=False`. We did the second as well (look above). So leave step 2 out. To see what
# the statistics do alone, the learning rate is 0: the optimizer can move nothing.
#
# **Predict.** How many arrays move in two epochs (some five seconds)? And the new digits: `"better"`,
# the `"same"` or `"worse"`?

# %%
my_free_moved, my_free = ..., ...

# %%
kept.restore()
base.trainable = False
base.trainable = True  # everything, BatchNormalization too
train(tuned, rate=0.0, epochs=2)
moved, free = compare(kept).moved, accuracies()
drifted = len(moved) == 40 and all("/moving_" in path for path in moved)
claim("Under fit, training=False in a functional model does not keep statistics still.", drifted)
print(len(moved), "arrays moved; new digits:", about(head_only[0]), "→", about(free[0]))
assert (free[0] < head_only[0] - 0.08) == drifted

# %%
change = "worse" if free[0] < head_only[0] - 0.05 else "same"
predictions.free_statistics.reveal(said=(my_free_moved, my_free), seen=(len(moved), change))

# %% [markdown]
# **Explain.** All 40 statistics moved, and nothing else: `fit` overrode the `False`. Nothing was
# learned, and yet the network is worse than before: the head was trained on features made with the
# old statistics, and now gets others.
#
# Are the *new* statistics bad, or is the *exchange*? Measure them on the 50 images first, as in
# [lesson 5](05_batchnorm_statistics.ipynb), and train the head after that.
#
# **Predict.** Is such a head as `"bad"` as after the exchange, or nearly as `"good"` as with the old
# statistics? And if nothing is measured first, with which learning rate do free statistics make up
# for *all* of the harm to the new digits: 0.0001, 0.001 or 0.01?

# %%
my_measured_first, my_rate = ..., ...

# %%
ways = results["fine_tuning"]
Table(
    ("after the head", "new digits", "MNIST, old head"),
    [(way, Spread.of(each["new"]), Spread.of(each["old"])) for way, each in ways.items()],
    caption="Accuracy after 20 more epochs (head only: none), five seeds",
)

# %%
new, old = ([np.mean(each[task]) for each in ways.values()] for task in ("new", "old"))
head_alone, still, free, measured_first = new[0], new[1:4], new[4:8], new[8:]
assert free[0] < head_alone - 0.15 and min(measured_first) > head_alone - 0.03
assert free[0] < free[1] - 0.1 < head_alone - 0.15 and min(still[1], free[2]) > head_alone
assert 0 < still[0] - head_alone < 0.015
assert still[2] < 0.4 and free[3] > 0.8 and old[3] < 0.2 and old[7] < 0.6
assert old[1] > 0.97 > 0.96 > max(old[2:])

# %%
value = "good" if measured_first[0] > head_alone - 0.05 else "bad"
rate = list(ways)[4 + np.argmax(free)].split()[-1]
predictions.exchange.reveal(said=(my_measured_first, my_rate), seen=(value, rate))

# %% [markdown]
# **Explain.** The exchange is bad, not the new statistics: measured first, they cost a point or two
# on the new digits (and five on MNIST, whose statistics they are not). And weights that may move make up
# for the exchange on the new digits: at 0.0001 for more than half of the points lost, at
# 0.001 for all of them. At 0.01 the network with *still* statistics falls apart, while the
# one with free statistics reads the new digits, at the price of MNIST. So still statistics with a small
# rate are not the only way; they are the one that leaves the old task nearly as it was.
#
# ## What did you expect?
#
# Here is what became of your predictions. What surprised you is asked again at the beginning of the
# next lesson.

# %%
predictions.tally()

# %% [markdown]
# ## In short
#
# - A fresh Inception has 34,432 non-trainable numbers: a moving mean and a moving variance for each of
#   17,216 channels. VGG16 and ConvNeXt have none; EfficientNet's extra seven belong to a
#   `Normalization` layer.
# - Freeze by name and prove it by movement. In a functional model `layers[0]` is the input, the
#   branches of a block lie mixed, and a nested base is *one* layer.
# - On TensorFlow, a flag that is set to the value that it has does nothing. False, then True, until
#   nothing is frozen.
# - Statistics that are exchanged under a trained head spoil it, without any learning. Keep them, or
#   measure them *before* the head is trained.
# - Say "pretraining helped" only beside a control with random weights.
#
# **With a pretrained network, what do I normally do?** Three lines:
#
# 1. Freeze the whole base, compute its features once, and train a new head on them.
# 2. If you need more: unfreeze the base, freeze its BatchNormalization, compile anew at a hundredth of
#    the head's learning rate, fit for a few epochs.
# 3. Compare: what moved, against a snapshot; what it is worth, against the head alone, on images that
#    were not trained on.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A fine-tuned classifier is worse than the frozen one, and nobody knows why: `training=False` did not
#   hold the statistics.
# - "Unfreeze the top 30 layers" is copied to another network, where the last 30 layers are other ones.
# - A paper reports that frozen pretrained layers help; nobody tried frozen random layers.
# - After the head, `compile("adam")` puts the rate back to 0.001, whatever it was, and nothing says so.
#
# ## Dig deeper: how far does a flag reach?
#
# Models inside models, four deep. A block was frozen, a part of it thawed for a while, and one layer in
# that part frozen again.

# %%
low = layers.Dense(2, name="low")
part = keras.Sequential([keras.Input((3,)), low], name="part")
block = keras.Sequential([keras.Input((3,)), part], name="block")
nested = keras.Sequential([keras.Input((3,)), block], name="base")
block.trainable = False
part.trainable = True
low.trainable = False
print([layer.trainable for layer in (nested, block, part, low)])

# %% [markdown]
# **Predict.** Now `nested.trainable = False`, then `nested.trainable = True`: how many of its two weights
# are trainable? And after a second such round?

# %%
my_one_round, my_two_rounds = ..., ...

# %%
found = []
for _ in range(2):
    nested.trainable = False
    nested.trainable = True
    found.append(len(nested.trainable_weights))
print("trainable weights after one round and after two:", found)
claim("False stops at a flag that is False, True at one that is True.", found == [0, 2])

# %%
predictions.rounds.reveal(said=(my_one_round, my_two_rounds), seen=found)

# %% [markdown]
# **Explain.** `False` came as far as `block`, which had it already; `True` came from there to `part`,
# which had it already, and `low` below kept its False. The second round found the way free. Repeat it
# until `ledger(model).count("frozen")` is 0: each round gets at least one flag further down. To freeze
# all, take True, then False, and look at the *outer* model's trainable weights
# ([lesson 3](03_when_freezing_takes_effect.ipynb)).
#
# ## Dig deeper: what did `load_weights` really load?
#
# Your network has another head, or one layer more, and `load_weights(path, skip_mismatch=True)` loads
# "what fits", with a warning that lists what failed. It does not say where the rest went: snapshot and
# compare do.


# %%
from tempfile import TemporaryDirectory
from warnings import catch_warnings, simplefilter


# %%
def reader(*added, classes=10):
    dense = [layers.Dense(4, name="first"), *added, layers.Dense(4, name="second")]
    model = keras.Sequential([keras.Input((4,)), *dense, layers.Dense(classes, name="head")])
    for weight in model.weights:  # biases too: what is equal before cannot move
        weight.assign(keras.random.normal(weight.shape))
    return model


# %%
def load(model, donor):
    """The layers of which something moved when the model took what fits from the donor's file."""
    before = snapshot(model)
    with TemporaryDirectory() as folder, catch_warnings(record=True) as said:
        simplefilter("always")
        donor.save_weights(f"{folder}/donor.weights.h5")
        model.load_weights(f"{folder}/donor.weights.h5", skip_mismatch=True)
    assert any("could not be loaded" in str(each.message) for each in said)
    return sorted({path.split("/")[-2] for path in compare(before).moved})


# %% [markdown]
# **Predict.** Into which layers does the file of a network with 10 classes go, if yours has 5? And if
# yours has the same 10, but one layer more, `added` between `first` and `second`? (Lists of layers' names;
# `[]` for none.)

# %%
my_other_head, my_added = ..., ...

# %%
donor, longer = reader(), reader(layers.Dense(4, name="added"))
loaded = load(reader(classes=5), donor), load(longer, donor)
print("another head:", loaded[0], " one layer more:", loaded[1])
same = np.array_equal(longer.get_layer("added").kernel, donor.get_layer("second").kernel)
claim("Weight files match layers by kind and place, not by name.", same)
assert loaded == (["first", "second"], ["added", "first"])

# %%
predictions.loaded.reveal(said=(my_other_head, my_added), seen=loaded)

# %% [markdown]
# **Explain.** With another head all is well. With one layer more, `added` has taken the values of
# `second`, since from a `.weights.h5` file layers of a kind are loaded by their place, whatever their
# names; `second` and `head` got nothing. The warning told of the two that failed, not of the one that was
# mistaken. To be safe, load the old network whole and take over each layer by its name
# (`new.get_layer(name).set_weights(old.get_layer(name).get_weights())`).
#
# ## Dig deeper: what does freezing save?
#
# **Predict.** The optimizer Adam keeps two numbers for each trainable one, and two of its own. How
# many does it keep for the head alone (112 · 10 + 10)? The first two of the twenty convolutions have
# 11 % of the kernels' numbers. What share of the multiplications for an image is theirs?

# %%
my_slots, my_multiplications = ..., ...

# %%
models = {"everything": tuned, "first two frozen": blocked, "head on features": on_features}
for way, model in models.items():
    trainable = ledger(model).trainable
    slots = sum(int(np.prod(v.shape)) for v in model.optimizer.variables)
    print(f"{way:16}  trainable {trainable:6,}  kept by Adam {slots:6,}")
    assert slots == 2 * trainable + 2

# %%
convolutions = [layer for layer in whole.layers if isinstance(layer, layers.Conv2D)]
numbers = np.array([np.prod(layer.kernel.shape) for layer in convolutions])
work = numbers * [np.prod(layer.output.shape[1:3]) for layer in convolutions]  # at every place
print(f"first two: {numbers[:2].sum() / numbers.sum():.0%} of the kernels' numbers, "
      f"{work[:2].sum() / work.sum():.0%} of their multiplications")
print(f"multiplications for an image: head {112 * 10:,}, convolutions {work.sum():,}")
assert work[:2].tolist() == [28 * 28 * 144, 14 * 14 * 4_608] and work.sum() == 3_829_056

# %%
share = work[:2].sum() / work.sum()
predictions.savings.reveal(said=(my_slots, my_multiplications), seen=(slots, share))

# %% [markdown]
# **Explain.** The memory for the optimizer follows the trainable numbers exactly. Freezing the first two
# saves their gradients; but the images still have to pass through them. A head on features that were
# computed once needs next to nothing. (What that means in seconds:
# [lesson 2](02_what_training_moves.ipynb).)
#
# ## Dig deeper: does a network that has seen the world know your emoji?
#
# EfficientNet-lite0 was trained by its authors on the 1.3 million photographs of ImageNet; it is
# shipped here up to its fifth stage. Averaged over all places, its last feature maps describe an image
# by 112 numbers. Two descriptions are alike if they point in the same direction: the cosine of the
# angle between them is then near 1. Three pieces of the photograph of lesson 4:

# %%
cat = photograph().astype("float32")
pieces = {"forehead": cat[0:112, 170:282], "cheek": cat[100:212, 0:112],
          "blurred room": cat[180:292, 339:451]}  # no two share a pixel
images({name: piece.astype("uint8") for name, piece in pieces.items()},
       "Three pieces of one photograph", "Two show the striped fur of a cat, one a blurred room",
       per_row=3)

# %% [markdown]
# **Predict.** Which two pieces does the network describe most alike: `"forehead and cheek"`,
# `"forehead and room"` or `"cheek and room"`? And the same network at *random* values, its statistics
# measured on the three pieces?

# %%
my_pair, my_random_pair = ..., ...


# %%
def describer(weights):
    maps = efficientnet_lite0(weights=weights, image_size=112)
    pooled = layers.GlobalAveragePooling2D(name="pool")(maps.output)
    return keras.Model(maps.input, pooled)


describe = describer("imagenet")
keras.utils.set_random_seed(0)
random_describe = describer(None)
three, alike = np.stack([*pieces.values()]), []
remeasure(random_describe, three)
for values, model in (("ImageNet", describe), ("random", random_describe)):
    described = model(three, training=False).numpy()
    unit = described / np.linalg.norm(described, axis=1, keepdims=True)
    furs, *with_room = cosines = (unit @ unit.T)[[0, 0, 1], [1, 2, 2]]
    alike.append(("forehead and cheek", "forehead and room", "cheek and room")[cosines.argmax()])
    print(f"{values:8}  fur and fur {furs:.1f}, fur and room", *(f"{c:.1f}" for c in with_room))
    assert (furs > max(with_room) + 0.1) == (values == "ImageNet")

# %%
predictions.fur.reveal(said=(my_pair, my_random_pair), seen=alike)

# %% [markdown]
# **Explain.** ImageNet's network finds the two pieces of fur most alike; this random one puts the cheek
# beside the room. But three pieces make three pairs: another random network may guess right. What was
# learned has to show in a task.
#
# Now a task with few labels that it was not made for: emoji in five groups, ten labels a class.

# %%
pictures = emoji()
few_images, few_labels = pictures.few(per_class=10, seed=0)
shown = {name: pictures.test_images[pictures.test_labels == k][3 if name == "clothing" else 0]
         for k, name in enumerate(pictures.names)}
images(
    {name: image.astype("uint8") for name, image in shown.items()}, "One emoji of each group",
    "An animal, a food, a vehicle, a dress, a face",
    per_row=5,
)

# %% [markdown]
# **Predict.** Guessing gives 20 %. With everything frozen and a head trained on the features of 50 emoji,
# how many per cent of unseen ones do you expect? (It takes some five seconds.)

# %%
my_imagenet = ...

# %%
keras.utils.set_random_seed(0)
known, unseen = (
    describe.predict(enlarged(each), batch_size=25, verbose=0)
    for each in (few_images, pictures.test_images)
)
scaling = layers.Normalization(name="scaling")
scaling.adapt(known)
answer = layers.Dense(5, activation="softmax", name="head")
labeller = keras.Sequential([keras.Input((112,)), scaling, answer])
labeller.compile(keras.optimizers.Adam(0.01), LOSS, jit_compile=False)
for _ in progress(range(4), "training the head"):
    labeller.fit(known, few_labels, batch_size=10, epochs=5, verbose=0)
reached = right(labeller(unseen, training=False).numpy(), pictures.test_labels)
print(about(reached))
assert reached > 0.6

# %%
predictions.emoji_head.reveal(said=my_imagenet, seen=about(reached))

# %% [markdown]
# And over five seeds: from scratch; the head alone; everything tuned at once, with an untrained head,
# free statistics and a rate of 0.001; by the four steps above, head first; and a control: the head
# alone on a *random* base with measured statistics. All have the scaling under the head. Where statistics
# were free in training, the network is tested as trained, and after measuring them anew on the 50
# training images.
#
# **Predict.** Is everything tuned at once `"better"` than the head alone, about the `"same"` or
# `"worse"`: as trained, and measured anew?

# %%
my_at_once, my_measured_anew = ..., ...

# %%
recipe_dots(
    results["emoji"], "Emoji in five groups, ten labels a class", chance=0.2,
    finding="What is pretrained is far above the rest, unless its statistics are stale.",
)

# %%
mean = {name: np.mean(accuracies) for name, accuracies in results["emoji"].items()}
for name, value in mean.items():
    print(f"{name:32} {100 * value:.0f} %")
scratch_stale, scratch, head_alone, stale, at_once, in_steps, control = mean.values()
assert stale < head_alone - 0.08 and 0.85 < (at_once - stale) / (head_alone - stale) < 0.95
assert at_once < head_alone < in_steps < head_alone + 0.03
assert scratch_stale < scratch - 0.15 and min(head_alone, at_once) > max(scratch, control) + 0.15

# %%
gaps = stale - head_alone, at_once - head_alone
seen = ["same" if abs(gap) < 0.03 else "worse" if gap < 0 else "better" for gap in gaps]
predictions.at_once.reveal(said=(my_at_once, my_measured_anew), seen=seen)

# %% [markdown]
# **Explain.** As trained, the network tuned at once is much worse than a head on the frozen features; but
# nine tenths of that are stale statistics. A hundred steps with momentum 0.99 leave more than a third of
# the old ones in them (0.99¹⁰⁰ = 0.37). Measured anew, with no weight moved, it nearly equals the head alone, and
# the network from scratch gains even more. The four steps win a point or two at many times the
# cost: begin with everything frozen; it may be all you need. The control shows
# that the pretraining did it: the same head on random features stays far below.
#
# ## Next
#
# Now do [exercise 6](../exercises/06_pretrained_networks/06_pretrained_networks.ipynb). The lesson
# before this one is [BatchNormalization's statistics](05_batchnorm_statistics.ipynb); the next one is
# [everything else training leaves alone](07_other_state.ipynb).
#
# ## Sources
#
# - C. Szegedy and others (2014), [Going Deeper with Convolutions](https://arxiv.org/abs/1409.4842).
# - M. Tan and Q. Le (2019), [EfficientNet](https://arxiv.org/abs/1905.11946).
# - Keras documentation: [applications](https://keras.io/api/applications/),
#   [transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/); that
#   `training=False` does not hold: [keras#20285](https://github.com/keras-team/keras/issues/20285),
#   whereupon the guide was amended to name both ways
#   ([PR 20298](https://github.com/keras-team/keras/pull/20298)).
# - J. Yosinski and others (2014),
#   [How transferable are features in deep neural networks?](https://arxiv.org/abs/1411.1792): the
#   model for freezing the first layers, with random controls.
# - MNIST, the new digits, the emoji and the weights: sources and licences stand in
#   [the data](../docs/data.md).
