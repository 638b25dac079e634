# %% [markdown]
# # 6 · Why Inception says 34,432
#
# *Why is a fresh Inception's non-trainable count not zero, and how do I freeze its first layers?*
#
# **Time:** {minutes}. **You need:** lessons [1](01_counting_weights.ipynb),
# [2](02_what_training_moves.ipynb), [3](03_when_freezing_takes_effect.ipynb) and
# [5](05_batchnorm_statistics.ipynb); no GPU, no network.
#
# **Afterwards you will be able to**
#
# - explain the non-trainable count of any `keras.applications` network to the last number;
# - freeze the first layers of a pretrained network and prove that just those stayed still;
# - say whether pretraining helped, with a control that could have said no;
# - fine-tune in four steps, and say what leaving one out costs.

# %%
from helpers import (
    Spread, Table, claim, compare, efficientnet_lite0, emoji, freeze_batchnorm, ledger,
    mini_googlenet, mnist_test, photograph, snapshot, start, stored,
)

start()

import keras
import numpy as np
from keras import layers

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answer.
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
#
# ## A fresh Inception
#
# "Why is *non-trainable* 0 in my model, but not in an Inception model?" is one of the two questions
# from which this course began. The usual answer names two kinds of non-trainable weights: those that
# you chose to keep constant, and those that are updated, but not by backpropagation.
#
# **Predict.** Below is InceptionV3 with random weights; nothing has been trained, nothing frozen. Its
# 94 BatchNormalization layers have 17,216 channels together. What is its non-trainable count?

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
assert book.count("frozen") == 0

# %% [markdown]
# **Explain.** Two statistics for each channel: 2 · 17,216 = 34,432. All of them are of the second
# kind, and none of the first. Your own model says 0 because it has no layer that keeps such state.
#
# (You might expect four numbers a channel to be learned or measured. These layers are made with
# `scale=False`, so they have no gamma: one learned number and two statistics.)

# %%
assert all(not layer.scale and len(layer.trainable_weights) == 1 for layer in norms)
del inception, norms

# %% [markdown]
# ## Ten networks
#
# **Predict.** All are fresh. Which of these three has no non-trainable number at all: VGG16, ResNet50,
# ConvNeXtTiny? (More than one may.)

# %%
my_zero = ...

# %%
NETWORKS = ("InceptionV3", "VGG16", "ResNet50", "ConvNeXtTiny", "EfficientNetB0",
            "MobileNet", "MobileNetV2", "MobileNetV3Small", "Xception", "DenseNet121")


def counted(name):
    """Build, count, drop. VGG16 without its huge Dense layers, to spare your memory."""
    options = {"include_top": False} if name == "VGG16" else {}
    book = ledger(getattr(keras.applications, name)(weights=None, **options))
    return name, book.trainable, book.count("statistic"), book.count("other state")


# %%
rows = [counted(name) for name in NETWORKS[:5]]

# %%
rows += [counted(name) for name in NETWORKS[5:]]
by_statistics = sorted(rows, key=lambda row: row[2])
assert [row[0] for row in by_statistics if row[2] == 0] == ["VGG16", "ConvNeXtTiny"]
Table(("network", "trainable", "statistics", "other state"), by_statistics)

# %% [markdown]
# **Explain.** VGG16 is older than batch normalization. ConvNeXt normalises too, but with
# *Layer*Normalization, which measures anew for every example and keeps nothing. All others have two
# numbers a channel, and one network has seven more. Those are no BatchNormalization:

# %%
network = keras.applications.EfficientNetB0(weights=None)
others = [weight for weight in ledger(network).weights if weight.role == "other state"]
print([(weight.path, weight.shape) for weight in others])
assert [weight.count for weight in others] == [3, 3, 1]
del network

# %% [markdown]
# A `Normalization` layer holds a mean and a variance for red, green and blue, and a count. It is
# measured by `adapt`, not by training; [lesson 7](07_other_state.ipynb) takes it up.
#
# ## A pretrained network in a drawer
#
# The second question was: "How do I block the first layers of a pretrained GoogLeNet?" The course
# brings a small network in GoogLeNet's manner: two convolutions, three inception blocks, 20
# BatchNormalization layers. It has learned to read MNIST's digits, and its weights lie in
# `helpers/data`, so there is nothing to download.

# %%
from helpers.figures import images, recipe_dots, time_bars
from helpers.experiments.transfer import enlarged, large_digits, right

pretrained = mini_googlenet(weights="mnist")
book = ledger(pretrained)
counts = {role: book.count(role) for role in ("learned", "statistic")}
print(len(pretrained.layers), "layers,", len(book.weights), "weights,", counts)
mnist_images, mnist_labels = mnist_test()
assert right(pretrained.predict(mnist_images, verbose=0), mnist_labels) > 0.95

# %% [markdown]
# Above 95 % on MNIST digits that it has not seen. Now there is a new kind: the digits of
# [lesson 5](05_batchnorm_statistics.ipynb), from other writers and another scanner, 8 × 8 pixels
# enlarged to MNIST's size. We have only **five labels of each class**.

# %%
digits = large_digits()
new_images, new_labels = digits.few(per_class=5, seed=0)
images(
    {
        "MNIST 3": mnist_images[150, ..., 0], "MNIST 8": mnist_images[400, ..., 0],
        "new 3": digits.test_images[digits.test_labels == 3][0, ..., 0],
        "new 8": digits.test_images[digits.test_labels == 8][0, ..., 0],
    },
    "Two kinds of digits",
    "A 3 and an 8 of each kind; the new ones are made of coarse squares and touch the border",
    per_row=4,
)

# %% [markdown]
# **Predict.** Unchanged, how many of the new digits does the network read: about 98 %, 70 % or 10 %?

# %%
my_accuracy = ...

# %%
unchanged = right(pretrained.predict(digits.test_images, verbose=0), digits.test_labels)
print("between 55 % and 80 %:", 0.55 < unchanged < 0.8)
assert 0.55 < unchanged < 0.8

# %% [markdown]
# ## Block the first two layers
#
# The short answer to the second question is "set `trainable = False` on the layers that you want to
# keep". The question is which ones those are. Many recipes count: "the first two".
#
# **Predict.** `for layer in model.layers[:2]: layer.trainable = False`. Which convolutions of this
# functional model are frozen by that?

# %%
my_frozen = ...

# %%
by_index = mini_googlenet(weights="mnist")
for layer in by_index.layers[:2]:
    layer.trainable = False
print([layer.name for layer in by_index.layers[:14]])
assert {weight.layer for weight in ledger(by_index).weights if weight.role == "frozen"} == {"conv1"}

# %% [markdown]
# **Explain.** One only. Place 0 is the InputLayer, which has no weights, so `[:2]` reaches one
# convolution; `[:3]` would reach its BatchNormalization, not the second convolution. Deeper in, where
# the branches run side by side, the list does not even follow the blocks. **Freeze by name.**
#
# Do the two BatchNormalization layers belong to it? If you want the first two steps to keep computing
# what they compute, yes: an unfrozen one would go on measuring.

# %%
FIRST_TWO = ("conv1", "norm1", "conv2", "norm2")


def with_first_two_frozen():
    model = mini_googlenet(weights="mnist")
    for name in FIRST_TWO:
        model.get_layer(name).trainable = False
    return model


def compiled(model, rate):
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"], jit_compile=False)
    return model


# %% [markdown]
# **Predict.** We train for 20 epochs on our 50 images. How many of the 102 weights do *not* move?
# (A convolution here has no bias.)

# %%
my_still = ...

# %%
keras.utils.set_random_seed(0)
blocked = compiled(with_first_two_frozen(), rate=0.003)
before = snapshot(blocked)
history = blocked.fit(new_images, new_labels, batch_size=10, epochs=20, verbose=0)
blocked_movement = compare(before)
print(len(blocked_movement.still), "still:", blocked_movement.still)
assert {path.split("/")[0] for path in blocked_movement.still} == set(FIRST_TWO)

# %%
assert len(blocked_movement.still) == 10 and len(blocked_movement.moved) == 92
after = right(blocked.predict(digits.test_images, verbose=0), digits.test_labels)
print("10 points better than unchanged:", after > unchanged + 0.1)
assert after > unchanged + 0.1

# %% [markdown]
# **Explain.** Two kernels, and gamma, beta and two statistics of each of two layers: 2 + 2 · 4 = 10
# arrays stayed as they were, to the last bit. The other 92 moved. That is the whole answer to the
# second question, and the proof that many answers leave out.
#
# ## Did it help?
#
# From about 70 % to well above 80 %, with 50 labels. But *what* helped: the pretraining, the freezing,
# or the training? One run cannot say. Below are five recipes, five seeds each. The last one is a
# **control**: its first two layers are frozen as well, but at *random* values.
#
# **Predict.** Put them in order: from scratch, head only, first two frozen, everything tuned, control.

# %%
my_order = ...

# %%
results = stored("transfer")["results"]
five_labels = results["recipes"]["5"]
recipe_dots(
    five_labels, "New digits, five labels a class", chance=0.1,
    finding="The three pretrained recipes lie close together, well above from scratch and control.",
)

# %%
mean = {name: np.mean(accuracies) for name, accuracies in five_labels.items()}
head, first_two = mean["head only"], mean["first two frozen"]
scratch, control = mean["from scratch"], mean["control: random, first two frozen"]
pretrained_means = (head, first_two, mean["everything tuned"])
assert min(pretrained_means) > max(scratch, control) + 0.05
assert abs(first_two - mean["everything tuned"]) < 0.03 and abs(scratch - control) < 0.06

# %% [markdown]
# **Explain.** Whatever is pretrained wins clearly. With the first two frozen the network does about
# as well as with everything tuned. And the random network with two frozen layers does about as well as the
# one that learns from scratch: so it was not the freezing that helped, but what the network had learned
# before. (In which of its layers? This control does not say; another one would be needed.)
#
# Run the control whenever you claim that a pretrained layer helps: it is the only row here that could
# have said no. And say for how many labels; with ten a class there is less to gain:

# %%
ten_labels = results["recipes"]["10"]
rows = [(name, Spread.of(five_labels[name]), Spread.of(ten_labels[name])) for name in five_labels]
gains = [
    np.mean(recipes["first two frozen"]) - np.mean(recipes["from scratch"])
    for recipes in (five_labels, ten_labels)
]
assert gains[1] < gains[0]
Table(
    ("recipe", "5 labels a class", "10 labels a class"),
    rows,
    caption="Accuracy on new digits, mean ± standard deviation over five seeds",
)

# %% [markdown]
# ## Head first
#
# A new task usually has other classes, so it needs a new head. The pretrained part without its head
# is the **base**. As long as the whole base is frozen, its answer to an image never changes: compute
# these **features** once, and train the head on them alone.

# %%
whole = mini_googlenet(weights="mnist")
base = keras.Model(whole.input, whole.get_layer("pool").output, name="base")
features = base.predict(new_images, verbose=0)
print("images", new_images.shape, "features", features.shape)

keras.utils.set_random_seed(0)
head = layers.Dense(10, activation="softmax", name="head")
on_features = compiled(keras.Sequential([keras.Input((112,)), head]), rate=0.01)
history = on_features.fit(features, new_labels, batch_size=10, epochs=40, verbose=0)

# %% [markdown]
# The base ran once; the forty epochs ran through nothing but a Dense layer. Put together again, base
# and head are an ordinary model; the base is **nested**: one layer among three.
#
# **Predict.** What is in `tuned.layers[:-1]`, "everything but the head"? How many layers of the base
# would a loop over it visit?

# %%
my_visited = ...

# %%
inputs = keras.Input((28, 28, 1), name="image")
tuned = keras.Model(inputs, head(base(inputs, training=False)), name="tuned")
print([layer.name for layer in tuned.layers], "with", len(base.layers), "layers inside the base")
assert [layer.name for layer in tuned.layers[:-1]] == ["image", "base"]
both = tuned.predict(new_images, verbose=0), on_features.predict(features, verbose=0)
same = np.allclose(*both, atol=1e-5)
print("same answers as the head on features:", same)
assert same

# %% [markdown]
# **Explain.** The loop would visit the input and the base as *one* layer. To reach the base's own
# layers, loop over `base.layers`. Setting `base.trainable` does reach them all, mostly. Here is the
# exception, into which the author of this lesson fell:
#
# **Predict.** Every layer of a base is frozen one by one. Then comes `base.trainable = True`. How many
# trainable weights does the base have?

# %%
my_trainable = ...

# %%
for layer in base.layers:
    layer.trainable = False
base.trainable = True  # "unfreeze everything"
once = len(base.trainable_weights)
claim("model.trainable = True does nothing if the model's own flag is True already.", once == 0)
base.trainable = False
base.trainable = True
then = len(base.trainable_weights)
print("trainable weights after True:", once, " after False, then True:", then)
assert then == 60

# %% [markdown]
# **Explain.** The base's own flag was True all the time; only its layers' flags were False. Setting it
# to the value that it had did nothing. `False`, then `True`, passes the value down, since the base's
# flag changes twice. Look at the number of trainable weights before you trust an unfreeze.
#
# ## Fine-tuning done right
#
# The head is trained. Now the base may move a little as well: **fine-tuning**. Four steps, each for a
# reason that you know:
#
# 1. **unfreeze** the base, and look at the count;
# 2. **freeze its BatchNormalization layers**, so that the statistics stay (lesson 5);
# 3. **compile** with a *new* optimizer and a *small* learning rate: `compile("adam")` would silently
#    return to 0.001;
# 4. **fit**, and prove what moved.
#
# As a measure of what is forgotten, the base under its *old* head reads MNIST.

# %%
kept = snapshot(tuned)
old_head = whole.get_layer("head")


def accuracies():
    """On the new digits with the new head, on MNIST with the old one."""
    old = old_head(base.predict(mnist_images, verbose=0)).numpy()
    new = tuned.predict(digits.test_images, verbose=0)
    return right(new, digits.test_labels), right(old, mnist_labels)


head_only = accuracies()
print("new digits above 80 %:", head_only[0] > 0.8, " MNIST above 95 %:", head_only[1] > 0.95)
assert head_only[0] > 0.8 and head_only[1] > 0.95

# %% [markdown]
# **Predict.** After steps 1 to 4, how many statistics have moved? Is MNIST still read?

# %%
my_moved, my_mnist = ..., ...

# %%
frozen_norms = freeze_batchnorm(base)  # step 1 was done above
compiled(tuned, rate=0.0001)
tuned.fit(new_images, new_labels, batch_size=10, epochs=10, verbose=0)
still_movement, still = compare(kept), accuracies()
moved_statistics = [path for path in still_movement.moved if "/moving_" in path]
print(len(still_movement.moved), "arrays moved,", len(moved_statistics), "of them statistics")
print("lost at most 3 points on new digits:", still[0] > head_only[0] - 0.03)
print("lost at most 3 points on MNIST:     ", still[1] > head_only[1] - 0.03)
assert not moved_statistics and min(np.subtract(still, head_only)) > -0.03

# %% [markdown]
# **Explain.** The twenty kernels of the base and the head's two arrays moved, no statistic did, and the
# old task is as good as before. On the new one the gain over the head alone is small, as the table
# below will show: this head was trained longer than in the table above (40 epochs at a rate of 0.01),
# and has most of what 50 labels can give. Fine-tuning is no duty.
#
# ## Fine-tuning done wrong
#
# Now the recipe that stands in many guides, Keras's own among them: the base has been called with
# `training=False` (look above, we did), so it is said to be safe to unfreeze everything.
#
# **Predict.** Same start, same rate, same images; only step 2 is left out. What happens to the new
# digits: better, the same, or worse by more than five points?

# %%
my_guess = ...

# %%
kept.restore()
base.trainable = False
base.trainable = True  # everything, BatchNormalization too
compiled(tuned, rate=0.0001)
tuned.fit(new_images, new_labels, batch_size=10, epochs=10, verbose=0)
moved_statistics = [path for path in compare(kept).moved if "/moving_" in path]
drifted = len(moved_statistics) == 40
claim("Under fit, training=False in a functional model does not keep statistics still.", drifted)

# %%
free = accuracies()
worse = free[0] < head_only[0] - 0.05
print("statistics moved:", drifted, " worse on new digits by 5 points or more:", worse)
assert worse == drifted

# %% [markdown]
# **Explain.** All 40 statistics moved: `fit` overrode the `False`. Each step now normalises by the ten
# images of its batch, while the head had been trained on features made with the moving statistics; the
# moving statistics run after, and the pieces no longer fit together. Fine-tuning has made the network
# *worse than not fine-tuning it*, at a learning rate that was right.
#
# Five seeds, and two learning rates:

# %%
ways = results["fine_tuning"]
new = {way: np.mean(each["new"]) for way, each in ways.items()}
old = {way: np.mean(each["old"]) for way, each in ways.items()}
Table(
    ("after the head alone", "new digits", "MNIST, old head"),
    [(way, Spread.of(each["new"]), Spread.of(each["old"])) for way, each in ways.items()],
    caption="Accuracy, mean ± standard deviation over five seeds",
)

# %%
start_at, *_ = new
still_small, free_small, still_large, free_large = list(new)[1:]
assert new[still_small] > new[start_at] - 0.02 and old[still_small] > old[start_at] - 0.02
assert new[free_small] < new[start_at] - 0.05
assert new[still_large] < 0.5 and new[free_large] > 0.7
assert old[still_large] < 0.5 and old[free_large] < 0.8

# %% [markdown]
# **Explain.** Read it twice, for it is not one-sided. With a small rate, still statistics are right and
# free ones harmful. With a rate a hundred times larger, the network with *still* statistics falls
# apart, nearly to guessing, while the one with free statistics finds a way and reads the new digits,
# at the price of MNIST: normalising anew holds the layers in range while the kernels move far. So
# "keep the statistics still" goes together with "small learning rate"; one without the other fails.
#
# ## What freezing saves
#
# **Predict.** The optimizer Adam keeps two numbers for each trainable one, and two of its own. How
# many does it keep for the head alone (112 · 10 + 10)? And about what fraction of the time does an
# epoch of the head alone take, once the features are there?

# %%
my_slots, my_fraction = ..., ...

# %%
models = {"everything": tuned, "first two frozen": blocked, "head on features": on_features}
for way, model in models.items():
    trainable = ledger(model).trainable
    slots = sum(int(np.prod(v.shape)) for v in model.optimizer.variables)
    print(f"{way:16}  trainable {trainable:6,}  kept by Adam {slots:6,}")
    assert slots == 2 * trainable + 2

# %%
from time import process_time


def seconds(model, inputs):
    began = process_time()
    four_times = np.concatenate([inputs] * 4), np.concatenate([new_labels] * 4)
    model.fit(*four_times, batch_size=10, verbose=0)
    return process_time() - began


times = {way: [] for way in models}
for _ in range(3):  # in turns, so that a busy moment meets all of them
    for way, model in models.items():
        times[way].append(seconds(model, features if "features" in way else new_images))
time_bars({way: min(each) for way, each in times.items()}, "Cost of an epoch of twenty steps")

# %% [markdown]
# **Explain.** Freezing the first two saves little here: their numbers are few, and the images still
# have to pass through them. Freezing the whole base saves most of the time, even though this base is
# small, if you compute its features once. The memory for the optimizer follows the trainable numbers
# exactly.
#
# ## A network that has seen the world
#
# The last network is a real one: EfficientNet-lite0, trained by its authors on the 1.3 million
# photographs of ImageNet and shipped here up to its fifth stage.

# %%
imagenet = efficientnet_lite0(weights="imagenet", image_size=112)
book = ledger(imagenet)
norms = [layer for layer in imagenet.layers if isinstance(layer, layers.BatchNormalization)]
print(f"learned {book.count('learned'):,}, statistics {book.count('statistic'):,}, "
      f"{len(norms)} BatchNormalization layers")
assert (book.count("learned"), book.count("statistic"), len(norms)) == (700_768, 16_160, 33)
assert norms[0].moving_variance.numpy().max() > 10

# %% [markdown]
# Its first statistics are far from the start value 1: they were measured on photographs. Does it see
# anything in ours? Three pieces of the photograph of [lesson 4](04_sobel_filter.ipynb):

# %%
cat = photograph().astype("float32")
pieces = {
    "forehead": cat[0:112, 170:282], "fur and eye": cat[59:171, 184:296],
    "blurred room": cat[180:292, 339:451],
}
images({name: piece.astype("uint8") for name, piece in pieces.items()},
       "Three pieces of one photograph", "Two show the striped fur of a cat, one a blurred room",
       per_row=3)

# %% [markdown]
# Averaged over all places, the last feature maps are a description of the image by 112 numbers. Two
# descriptions are alike if they point in the same direction: the cosine of the angle between them is
# then near 1.
#
# **Predict.** Which two pieces does the network describe most alike? And the same network with
# *random* weights: does it tell the pieces apart at all?

# %%
my_pair, my_random_tells_apart = ..., ...


# %%
def describer(weights):
    base = efficientnet_lite0(weights=weights, image_size=112)
    return keras.Model(base.input, layers.GlobalAveragePooling2D(name="pool")(base.output))


def likenesses(describe):
    """The cosines for the pairs (0, 1), (0, 2) and (1, 2)."""
    described = describe.predict(np.stack([*pieces.values()]), verbose=0)
    unit = described / np.linalg.norm(described, axis=1, keepdims=True)
    return (unit @ unit.T)[[0, 0, 1], [1, 2, 2]]


keras.utils.set_random_seed(0)
describe, random_describe = describer("imagenet"), describer(None)

# %%
fur_and_fur, *with_room = likenesses(describe)
print("the two pieces of fur, above 0.75: ", fur_and_fur > 0.75)
print("fur and room, both below 0.65:     ", max(with_room) < 0.65)
print("random weights, all above 0.95:    ", min(likenesses(random_describe)) > 0.95)
assert fur_and_fur > 0.75 and max(with_room) < 0.65 and min(likenesses(random_describe)) > 0.95

# %% [markdown]
# **Explain.** The pretrained network finds the two pieces of fur alike and the room different; to the
# random one everything looks the same. What makes the difference are 716,928 numbers in a file, and we
# have trained none of them.
#
# Now a task with few labels that it was not made for: emoji in five groups, ten labels a class.

# %%
pictures = emoji()
few_images, few_labels = pictures.few(per_class=10, seed=0)
shown = {name: pictures.test_images[pictures.test_labels == k][0].astype("uint8")
         for k, name in enumerate(pictures.names)}
images(
    shown, "One emoji of each group", "An animal, a food, a vehicle, a piece of clothing, a face",
    per_row=5,
)

# %% [markdown]
# **Predict.** Guessing gives 20 %. With everything frozen and a head trained on 50 features, what do you
# expect on unseen emoji? And with the same network at *random* values?

# %%
my_imagenet, my_random = ..., ...

# %%
keras.utils.set_random_seed(0)
known = describe.predict(enlarged(few_images), verbose=0)
unseen = describe.predict(enlarged(pictures.test_images), verbose=0)
scaling = layers.Normalization(name="scaling")
scaling.adapt(known)
reader = keras.Sequential(
    [keras.Input((112,)), scaling, layers.Dense(5, activation="softmax", name="head")],
    name="reader",
)
history = compiled(reader, rate=0.01).fit(known, few_labels, batch_size=10, epochs=40, verbose=0)
emoji_accuracy = right(reader.predict(unseen, verbose=0), pictures.test_labels)
print("above 55 %:", emoji_accuracy > 0.55)
assert emoji_accuracy > 0.55

# %% [markdown]
# And over five seeds: from scratch; the head alone; everything tuned at once, with an untrained head,
# free statistics and a rate of 0.001; by the four steps above, head first; and the control.
#
# **Predict.** Which of the two ways to tune everything does better than the head alone: at once, in four
# steps, both or none?

# %%
my_better = ...

# %%
recipe_dots(
    results["emoji"], "Emoji in five groups, ten labels a class", chance=0.2,
    finding="Head only, with or without the other three steps after it, is far above all others.",
)

# %%
mean = {name: np.mean(accuracies) for name, accuracies in results["emoji"].items()}
for name, value in mean.items():
    print(f"{name:28} {value:.2f}")
scratch, head, at_once, in_steps, control = mean.values()
assert min(head, in_steps) > max(scratch, at_once, control) + 0.05
assert abs(in_steps - head) < 0.04 and abs(scratch - control) < 0.06

# %% [markdown]
# **Explain.** Tuned all at once, the network does worse than its own frozen features with a head of 565
# numbers. It is not the number of weights that does the harm: in four steps all kernels move, too, and
# nothing is lost. Little is gained either, at many times the cost. So begin with everything frozen; it
# may be all you need. The control says that this is the pretraining's merit: the same head on random
# features stays far below, about where the network ends that learns from scratch.
#
# ## In short
#
# - A fresh Inception has 34,432 non-trainable numbers: two statistics for each of 17,216 channels.
#   VGG16 and ConvNeXt have none; EfficientNet's extra seven belong to a `Normalization` layer.
# - Freeze by name and prove it by movement. In a functional model `layers[0]` is the input, parallel
#   branches are interleaved, and a nested base is *one* layer.
# - `base.trainable = True` does nothing if the flag is True already. Count the trainable weights.
# - Fine-tuning: head first; unfreeze; BatchNormalization still; compile with a new optimizer and a
#   small rate; fit; prove. Small rate and still statistics belong together.
# - Freezing saves optimizer memory exactly, and time if the whole base is frozen and its features are
#   computed once.
# - Say "pretraining helped" only beside a control with random weights.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A fine-tuned classifier is worse than the frozen one, and nobody knows why: the guide's
#   `training=False` did not hold the statistics.
# - "Unfreeze the top 30 layers" is copied to another network, where the last 30 layers are other ones.
# - A paper reports that frozen pretrained layers help; a frozen random layer would have done as well.
# - After the head, `compile("adam")` puts the rate back to 0.001, and the first epoch spoils what took
#   others a week of GPUs to learn.
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
#   [transfer learning and fine-tuning](https://keras.io/guides/transfer_learning/); the bug:
#   [keras#20285](https://github.com/keras-team/keras/issues/20285).
# - J. Yosinski and others (2014),
#   [How transferable are features in deep neural networks?](https://arxiv.org/abs/1411.1792): the
#   model for freezing the first layers, with random controls.
# - MNIST, the new digits, the emoji and the weights: sources and licences stand in
#   [helpers/data](../helpers/data/README.md).
