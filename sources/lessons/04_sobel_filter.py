# %% [markdown]
# # 4 · A Sobel filter that stays put
#
# *How do I give a convolution a fixed filter that training will not change?*
#
# **Time:** {minutes}. The first cell alone takes 10 to 20 seconds. **You need:** lessons
# [1](01_counting_weights.ipynb), [2](02_what_training_moves.ipynb) and
# [3](03_when_freezing_takes_effect.ipynb); to have seen a convolution before; no GPU, no network.
#
# **Afterwards you will be able to**
#
# - put any filter you like into a Keras convolution, in five ways, and avoid those that go wrong;
# - keep it there through training, saving and loading, and prove it;
# - say what a weight that does not learn is good for, and what not.

# %%
from helpers import (
    Spread, Table, compare, fashion, figures, gray, ledger, photograph, progress, snapshot, start,
    stored,
)

start()

from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np
from keras import layers

from helpers.predictions import sobel_filter as predictions

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answers. What surprised you in lesson 3 is asked again below.
#
# 1. Lesson 1: which two common reasons are there for a weight to be non-trainable?
# 2. Lesson 2: a frozen layer stands in the middle of a model. Do the layers before it still learn?
# 3. Lesson 3: in which order do `compile`, `fit` and setting the flag go?
#
# <details><summary>Answers</summary>
#
# 1. You froze it, so that the optimizer leaves it alone; or the layer keeps it for itself, as
#    BatchNormalization does with its statistics (then it changes, but not by backpropagation).
# 2. Yes. Gradients flow through the frozen layer; it is merely left out of the update.
# 3. Flag, compile, fit; after any change of a flag, compile again with a new optimizer.
#
# </details>

# %%
predictions.lesson.again()

# %% [markdown]
# This lesson freezes, too, but with a motive of its own: nobody wants the weight to learn, since *we
# know what it should be*.
#
# ## An edge, by hand
#
# Here is an image of 5 × 5 pixels, dark on the left and bright on the right, and a **kernel**, a
# small table of numbers: the one with which Irwin Sobel and Gary Feldman looked for edges in 1968.
# To **filter** an image, lay the kernel over each 3 × 3 patch of it, multiply number by number, and
# add up the nine products.

# %%
image = np.array([[0, 0, 0, 1, 1]] * 5, dtype="float32")
SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype="float32")
print(image)

# %% [markdown]
# **Predict.** There are 3 × 3 places for the kernel. What are the three answers along a row, from
# left to right? Do they differ from row to row, `True` or `False`?

# %%
my_left, my_middle, my_right, my_rows_differ = ..., ..., ..., ...


# %%
def filter_by_hand(image, kernel):
    patches = [[image[r : r + 3, c : c + 3] for c in range(3)] for r in range(3)]
    return np.array([[np.sum(patch * kernel) for patch in row] for row in patches])


by_hand = filter_by_hand(image, SOBEL_X)
print(by_hand)
assert (by_hand == [0, 4, 4]).all()

# %%
said, differ = (my_left, my_middle, my_right, my_rows_differ), bool(by_hand.std(axis=0).any())
predictions.by_hand.reveal(said=said, seen=(*by_hand[0], differ))

# %% [markdown]
# **Explain.** The patch on the left is flat, and the kernel's numbers add up to 0: the answer is 0.
# The other two patches are brighter on their right side: 1 + 2 + 1 = 4. Every row is the same.
#
# **Predict.** The answer in the middle was 4. What is it if the image is *transposed*, dark above and
# bright below: 0, 4 or -4? If it is mirrored, bright on the left: 0, 4 or -4? And if 5 is added to
# every pixel: 4, 9 or 49?

# %%
my_transposed, my_mirrored, my_brighter = ..., ..., ...

# %%
variants = {"transposed": image.T, "mirrored": image[:, ::-1], "brighter": image + 5}
rows = {name: filter_by_hand(one, SOBEL_X) for name, one in variants.items()}
print({name: row[0].tolist() for name, row in rows.items()})
assert (rows["transposed"] == 0).all() and (rows["mirrored"] == [-4, -4, 0]).all()
assert (rows["brighter"] == [0, 4, 4]).all() and SOBEL_X.sum() == 0

# %%
said, middles = (my_transposed, my_mirrored, my_brighter), [int(row[1, 1]) for row in rows.values()]
predictions.variants.reveal(said=said, seen=middles)

# %% [markdown]
# **Explain.** Sobel-x sees what changes *along x*, from left to right: Sobel-**x** finds **vertical**
# edges. For the others there is Sobel-y, its transpose. The sign tells the direction: plus where the
# image gets brighter to the right, minus where it gets darker. And a constant that is added to all
# pixels adds *the constant times the sum of the kernel* to each answer. Remember this sum, 0: it will
# be the whole point.
#
# ## Does Keras turn the kernel?
#
# In mathematics, a *convolution* turns the kernel by 180° before it multiplies. Without the turn, the
# operation is called *cross-correlation*. With a kernel that is learned nobody notices which of the
# two a library computes, because training would find the turned one instead. With one you write
# yourself it matters; for Sobel it decides the sign.
#
# **Predict.** A `Conv2D` with SOBEL_X gets the dark-to-bright image. Is its answer 4 or -4?

# %%
my_sign = ...

# %%
conv = layers.Conv2D(1, 3, use_bias=False, name="conv")
conv.build((None, 5, 5, 1))
conv.set_weights([SOBEL_X.reshape(3, 3, 1, 1)])
answer = conv(image.reshape(1, 5, 5, 1)).numpy()[0, :, :, 0]
print(answer)
assert np.array_equal(answer, by_hand)
assert (filter_by_hand(image, SOBEL_X[::-1, ::-1]) == -answer).all()

# %%
predictions.sign.reveal(said=my_sign, seen=int(answer[1, 1]))

# %% [markdown]
# **Explain.** It is 4, just what you did by hand: Keras's convolution is a cross-correlation. It
# does not turn the kernel. To get what a signal-processing text's *convolution* gives, turn the kernel
# yourself; to get what you did by hand, do not.
#
# ## In which order are the axes?
#
# Above, `reshape(3, 3, 1, 1)` turned the table into what the layer wanted. So a kernel has four axes.
#
# **Predict.** `Conv2D(8, (1, 5))` has eight filters, each one pixel high and five wide. Is its kernel's
# shape on colour images `"(1, 5, 3, 8)"`, `"(8, 3, 1, 5)"`, `"(1, 5, 8, 3)"` or `"(1, 5, 8)"`?
# `DepthwiseConv2D((1, 5), depth_multiplier=2)` filters each channel by itself and gives two answers
# for each: `"(1, 5, 3, 2)"`, `"(1, 5, 3, 6)"`, `"(1, 5, 1, 6)"` or `"(1, 5, 3)"`?

# %%
my_conv_shape, my_depthwise_shape = ..., ...

# %%
colour = layers.Conv2D(8, (1, 5), name="colour")
depthwise = layers.DepthwiseConv2D((1, 5), depth_multiplier=2, name="depthwise")
for layer in (colour, depthwise):
    layer.build((None, 32, 32, 3))
shapes = {x.name: [tuple(w.shape) for w in x.weights] for x in (colour, depthwise)}
print(shapes)
assert shapes == {"colour": [(1, 5, 3, 8), (8,)], "depthwise": [(1, 5, 3, 2), (6,)]}
assert colour.bias.trainable and depthwise.bias.trainable

# %%
kernels = [str(shape[0]) for shape in shapes.values()]
predictions.shapes.reveal(said=(my_conv_shape, my_depthwise_shape), seen=kernels)

# %% [markdown]
# **Explain.** **(height, width, channels in, filters)**; in a depthwise kernel the last axis counts
# the filters of each channel. And unless you say otherwise, there is a bias. PyTorch stores the same
# kernel as (filters, channels in, height, width). Here are Sobel-x and Sobel-y in that order; one
# transposition brings them over.

# %%
from_pytorch = np.stack([SOBEL_X, SOBEL_X.T])[:, None]
sobel = np.transpose(from_pytorch, (2, 3, 1, 0))
print(from_pytorch.shape, "->", sobel.shape)
assert (sobel[:, :, 0, 0] == SOBEL_X).all() and (sobel[:, :, 0, 1] == SOBEL_X.T).all()

# %% [markdown]
# ## Five ways to set a kernel
#
# 1. An initializer: `Constant` with an array of the kernel's own shape. That works in Keras 3.15,
#    though its documentation allows single numbers only: do not count on it for years.
# 2. Any function of `(shape, dtype)` will do as an initializer.

# %%
assert "Only scalar values are allowed" in keras.initializers.Constant.__doc__
constant = keras.initializers.Constant(sobel)
by_constant = layers.Conv2D(2, 3, use_bias=False, kernel_initializer=constant)


def given(shape, dtype=None):
    return keras.ops.array(sobel, dtype)


by_function = layers.Conv2D(2, 3, use_bias=False, kernel_initializer=given)

# %% [markdown]
# 3. Build the layer, then `set_weights`; or
# 4. `assign` to the variable.
# 5. A layer of your own, in which the kernel is no weight at all but a constant.

# %%
by_set_weights = layers.Conv2D(2, 3, use_bias=False)
by_set_weights.build((None, 5, 5, 1))
by_set_weights.set_weights([sobel])

by_assign = layers.Conv2D(2, 3, use_bias=False)
by_assign.build((None, 5, 5, 1))
by_assign.kernel.assign(sobel)


class FixedSobel(layers.Layer):
    def call(self, images):
        return keras.ops.conv(images, keras.ops.array(sobel), padding="valid")


# %% [markdown]
# **Predict.** All five give the same answers. How many of them have numbers that training *would*
# change, as they stand? And how many come back when a model with them is saved to a `.keras` file and
# loaded?

# %%
my_number_of_learners, my_number_that_load = ..., ...


# %%
def loads(layer, **known):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        keras.Sequential([keras.Input((5, 5, 1)), layer]).save(path)
        try:
            loaded = keras.models.load_model(path, custom_objects=known)
        except TypeError:
            return "TypeError"
    return "yes" if (loaded(small).numpy() == reference).all() else "with other numbers"


# %%
ways = {
    "1 Constant": by_constant,
    "2 function": by_function,
    "3 set_weights": by_set_weights,
    "4 assign": by_assign,
    "5 constant in call": FixedSobel(),
}
small = image.reshape(1, 5, 5, 1)
reference = by_set_weights(small).numpy()
same = {way: bool((layer(small).numpy() == reference).all()) for way, layer in ways.items()}
numbers = {way: (ledger(layer).total, ledger(layer).trainable) for way, layer in ways.items()}
back = {way: loads(layer) for way, layer in ways.items()}
Table(
    ("way", "same answers", "numbers", "learned", "loads"),
    [(way, same[way], *numbers[way], back[way]) for way in ways],
)

# %%
assert all(same.values()) and list(numbers.values()) == [(18, 18)] * 4 + [(0, 0)]
assert list(back.values()) == ["yes", "TypeError", "yes", "yes", "TypeError"]
assert loads(by_function, given=given) == loads(FixedSobel(), FixedSobel=FixedSobel) == "yes"

# %%
counts = sum(learned > 0 for _, learned in numbers.values()), list(back.values()).count("yes")
predictions.ways.reveal(said=(my_number_of_learners, my_number_that_load), seen=counts)

# %% [markdown]
# **Explain.** Four learn. *Setting* a kernel decides where training starts, not where it ends: none
# of the four is frozen. The fifth has nothing to train and nothing to show: no weight, no row in the
# ledger, and no way to let it learn later.
#
# Three load. All five are *saved* without a word, but for your own function or class the file holds
# only the name (for a layer also the configuration), not the code. Whoever loads it has to bring the code, as the last line does with `loads`:
# `load_model(path, custom_objects={"given": given})`. So this lesson uses way 3 from now on. Note
# `use_bias=False`: Sobel has no bias, and one that is left on learns, unless the layer is frozen.
#
# ## Four more ways: which of them run?
#
# Here are four more, as one meets them in programs and in answers on the web.


# %%
def by_table(filters, channels):
    table = keras.initializers.Constant(SOBEL_X)  # 3 × 3
    layer = layers.Conv2D(filters, 3, use_bias=False, kernel_initializer=table)
    layer(np.ones((1, 5, 5, channels), "float32"))
    return layer


attempts = {
    "1 weights=[sobel]": lambda: layers.Conv2D(2, 3, use_bias=False, weights=[sobel]),
    "2 set_weights, not built": lambda: layers.Conv2D(2, 3, use_bias=False).set_weights([sobel]),
    "3 a table, 1 channel, 1 filter": lambda: by_table(1, 1),
    "4 a table, 3 channels, 3 filters": lambda: by_table(3, 3),
}

# %% [markdown]
# **Predict.** Three of the four stop with an error. Which one runs, 1, 2, 3 or 4? And what does the
# window `kernel[:, :, 1, 2]` of its kernel hold: `"SOBEL_X"`, `"all 0"` or `"all 2"`?

# %%
my_line_that_runs, my_window = ..., ...

# %%
outcomes = {}
for name, attempt in attempts.items():
    try:
        attempt()
        outcomes[name] = "runs"
    except Exception:  # of which kind is up to the backend
        outcomes[name] = "an error"
for name, outcome in outcomes.items():
    print(f"{name:32} {outcome}")
assert list(outcomes.values()) == ["an error", "an error", "an error", "runs"]

# %%
kernel = by_table(3, 3).kernel.numpy()
print(kernel[:, :, 0, 0])
print(kernel[:, :, 1, 2])
assert all((kernel[:, :, i, o] == SOBEL_X[i, o]).all() for i in range(3) for o in range(3))

# %%
runs = next(name for name, outcome in outcomes.items() if outcome == "runs")
window = f"all {kernel[0, 0, 1, 2]:.0f}" if np.ptp(kernel[:, :, 1, 2]) == 0 else "SOBEL_X"
predictions.attempts.reveal(said=(my_line_that_runs, my_window), seen=(runs, window))

# %% [markdown]
# **Explain.** `weights=` was an argument of every layer up to Keras 2 and still stands in many web
# answers; in Keras 3 a `Conv2D` no longer takes it (an `Embedding` still does). A layer that is not **built** has no weights yet that could be
# set: build it, or call it, first. And a table is no kernel, since four axes are needed. The last way
# makes the same mistake, and runs, because `Constant` stretches a smaller array over the *last* axes.
# Those are channels and filters, not height and width.
#
# So every 3 × 3 window is filled with one number: these are blurs that mix colours (and one filter of
# zeros), not edge filters. No error, no warning. Give an array all four axes, and look at `kernel[:, :, 0, 0]`
# before you trust it.
#
# ## Set, frozen, or both?
#
# Here are four models: the kernel set or not, frozen or not.


# %%
def make_model(kernel_set, frozen):
    keras.utils.set_random_seed(0)
    edges = layers.Conv2D(2, 3, use_bias=False, trainable=not frozen, name="edges")
    head = [layers.Flatten(name="flat"), layers.Dense(1, name="head")]
    model = keras.Sequential([keras.Input((8, 8, 1)), edges, *head], name="model")
    if kernel_set:
        edges.set_weights([sobel])
    return model


# %% [markdown]
# **Predict.** What is each of the four kernels after one epoch: `"still Sobel"`, `"still random"`, or
# has it `"moved"`?

# %%
my_set_and_frozen, my_set_only, my_frozen_only, my_neither = ..., ..., ..., ...

# %%
rng = np.random.default_rng(0)
x, y = rng.uniform(1, 2, (32, 8, 8, 1)), rng.uniform(size=(32, 1))
found = {}
for name in ("set and frozen", "set only", "frozen only", "neither"):
    model = make_model("set" in name, "frozen" in name)
    model.compile(keras.optimizers.SGD(0.001), "mse", jit_compile=False)
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    is_sobel = bool((model.get_layer("edges").kernel.numpy() == sobel).all())
    found[name] = ("model/edges/kernel" in compare(before).moved, is_sobel)
Table(("kernel", "moved", "is Sobel"), [(name, *each) for name, each in found.items()])

# %%
moved, is_sobel = zip(*found.values(), strict=True)
assert moved == (False, True, False, True) and is_sobel == (True, False, False, False)

# %%
said = my_set_and_frozen, my_set_only, my_frozen_only, my_neither
ends = ["moved" if m else "still Sobel" if s else "still random" for m, s in found.values()]
predictions.set_or_frozen.reveal(said=said, seen=ends)

# %% [markdown]
# **Explain.** "Set only" starts as Sobel and drifts away, without a word; "frozen only" faithfully
# keeps the random numbers it was born with. The flag protects whatever is there; it does not know
# what you meant. A `.keras` file keeps both, the numbers and the flag (what forgets the flag stands in
# [lesson 3](03_when_freezing_takes_effect.ipynb)):

# %%
with TemporaryDirectory() as folder:
    make_model(True, True).save(Path(folder) / "model.keras")
    edges = keras.models.load_model(Path(folder) / "model.keras").get_layer("edges")
print(edges.kernel.numpy()[:, :, 0, 0], "trainable:", edges.trainable)
assert (edges.kernel.numpy() == sobel).all() and not edges.trainable

# %% [markdown]
# ## What does it see in a photograph?
#
# Here is the layer that this lesson is named after, set *and* frozen; and Chelsea the cat, in shades
# of gray from 0 to 255.


# %%
def fixed_sobel(name="sobel"):
    layer = layers.Conv2D(2, 3, use_bias=False, trainable=False, name=name)
    layer.build((None, None, None, 1))  # any height and width, one channel
    layer.set_weights([sobel])
    return layer


# %%
from helpers.filters import (
    gaussian, laplacian, magnitude, orientation, per_channel, prewitt_x, respond, scharr_x, sobel_x,
    sobel_y,
)

cat = gray(photograph())  # (300, 451), float32
answers = fixed_sobel()(cat[None, :, :, None]).numpy()[0]
gx, gy = answers[:, :, 0], answers[:, :, 1]
print(cat.shape, "->", answers.shape)
assert answers.shape == (300 - 2, 451 - 2, 2)  # no answer where the kernel would stick out

# %% [markdown]
# Two answers for each pixel, and each has a sign. How *steep* the image is at a pixel, whichever
# way, is the length of the arrow (gx, gy): the **magnitude**, √(gx² + gy²).
#
# **Predict.** The cat's whiskers run mostly from left to right. In which are they easier to see:
# `"gx"`, `"gy"`, or `"both"` alike?

# %%
my_whiskers = ...

# %%
figures.images(
    {"gray": cat, "gx": gx, "gy": gy, "magnitude": magnitude(gx, gy)},
    "A photograph and what Sobel answers",
    "The gray photograph of a cat; gx and gy, orange where the image gets brighter to the right or "
    "downwards, purple where darker; and the magnitude, bright along eyes, whiskers and fur.",
)

# %%
by_x, by_y = (np.abs(each[215:290, 20:150]).mean() for each in (gx, gy))  # below the left eye
clearer = "gy" if by_y > 1.2 * by_x else "gx" if by_x > 1.2 * by_y else "both"
predictions.whiskers.reveal(said=my_whiskers, seen=clearer)

# %% [markdown]
# **Explain.** A line from left to right changes the gray along *y*: look at gy. In the magnitude, all
# edges are bright, whichever way they run.
#
# ## In a classifier: does it stay put?
#
# The frozen layer becomes the first layer of a classifier of clothes, on small gray images from
# Fashion-MNIST. `make_twin` builds it: the convolution `first`, a ReLU, which drops negative answers
# (therefore `first` gets each kernel with both signs: four filters), then a second convolution, and
# a Dense layer for the ten scores.

# %%
from helpers.experiments.sobel_twins import four_edges, lightings, make_twin, predicted, train

clothes = fashion()
images, labels = clothes.few(per_class=10, seed=0)
frozen_twin = make_twin("Sobel, frozen", seed=0)
print(images.shape, "to learn from,", clothes.test_images.shape, "to test on")
ledger(frozen_twin)

# %% [markdown]
# **Predict.** After 20 epochs (a second or two), which of the five arrays will have moved? (A
# list of names such as `"scores/bias"`, or `"scores"` for all of the layer; or `[]`.)

# %%
my_moved = ...

# %%
before = snapshot(frozen_twin)
train(frozen_twin, images, labels, epochs=20)
compare(before)

# %%
assert len(compare(before).moved) == 4 and compare(before).still == ["twin/first/kernel"]
assert (frozen_twin.get_layer("first").kernel.numpy() == four_edges()).all()

# %%
predictions.stays_put.reveal(said=my_moved, seen=compare(before).moved)

# %% [markdown]
# **Explain.** Everything learned except the filter, which is still Sobel to the last bit.
#
# ## Does it help?
#
# The interesting question is not whether one can freeze a filter, but why one would. So let two
# **twins** of the classifier run beside it, trained on the same 100 images in the same order. One
# *starts* as Sobel but is learned, one is learned from random numbers; all else starts alike.
#
# They are tested under several lights. On all five pictures black is 0 and white is 3/2.

# %%
light = lightings(clothes.test_images)
figures.images(
    {name: np.vstack(each[[0, 500], :, :, 0]) for name, each in light.items()},
    "Two test images under each light",
    "The same two garments five times: as they are, on black; brighter by 1/4 and by 1/2, with the "
    "ground; brighter towards the right; and inverted, dark on a bright ground.",
    per_row=5,
    white=1.5,
)

# %% [markdown]
# **Predict.** Which twin is best on clean test images, `"Sobel, frozen"`, `"Sobel, learned"` or
# `"random, learned"`, or are they `"alike"`, to the nearest 10 %? Then 1/2 is added to every pixel: how
# many of the 1,000 answers of each Sobel change, 0, `"some"` or `"most"`? (Training takes a few seconds.)

# %%
my_best, my_frozen_changes, my_learned_changes = ..., ..., ...

# %%
twins = {"Sobel, frozen": frozen_twin}
for name in progress(("Sobel, learned", "random, learned"), "training"):
    twins[name] = make_twin(name, seed=0)
    train(twins[name], images, labels, epochs=20)

# %%
rows, changed = [], {}
for name, twin in twins.items():
    clean, bright = predicted(twin, light["clean"]), predicted(twin, light["offset +1/2"])
    right = [np.mean(guess == clothes.test_labels) for guess in (clean, bright)]
    changed[name] = int(np.sum(clean != bright))
    rows.append((name, *(f"about {10 * round(10 * share)} %" for share in right)))
    assert abs(right[0] - 0.7) < 0.05
about = [f"about {round(count, -2)}" if count else "0" for count in changed.values()]
Table(
    ("twin", "right, clean", "right, brighter", "answers changed, of 1,000"),
    [(*row, count) for row, count in zip(rows, about, strict=True)],
)

# %%
best = max(rows, key=lambda row: row[1])[0] if len({row[1] for row in rows}) > 1 else "alike"
seen = best, *[predictions.how_many(count) for count in list(changed.values())[:2]]
predictions.twins.reveal(said=(my_best, my_frozen_changes, my_learned_changes), seen=seen)

# %% [markdown]
# **Explain.** On clean images the three are alike, to the nearest 10 %. In the brighter light the frozen one
# gives the same answer to every single image, and not by luck: an offset adds *offset times sum of
# the kernel*, which is 0 and *stays so*; it never gets past the first layer. (Exactly so because gray
# values here are multiples of 1/256, which nothing rounds, and because the layer leaves the border
# out.) The twin that merely started as Sobel lost that property, because nothing in the training asked
# for it. Here are the sums.

# %%
sums = {
    name: twin.get_layer("first").kernel.numpy().sum(axis=(0, 1, 2)) for name, twin in twins.items()
}
largest = {name: float(np.abs(each).max()) for name, each in sums.items()}
print({name: "0" if each == 0 else f"up to {each:.1f}" for name, each in largest.items()})
assert changed["Sobel, frozen"] == largest["Sobel, frozen"] == 0
assert changed["Sobel, learned"] > 20 and largest["Sobel, learned"] > 0.2

# %% [markdown]
# One run shows the guarantee, but says little about averages. `python -m tools.measure sobel_twins`
# has done the same for ten seeds, and with a fourth twin as a control: *random and frozen*. Each bar
# reaches from the worst seed to the best.

# %%
accuracy = stored("sobel_twins")["results"]["accuracy"]
rows = accuracy["10"]["20"]
figures.twins_chart(rows, "10 images a class, 20 epochs, ten seeds")

# %%
mean = {name: {one: np.mean(each[one]) for one in light} for name, each in rows.items()}
sure, *others = mean.values()
assert rows["Sobel, frozen"]["clean"] == rows["Sobel, frozen"]["offset +1/2"]
assert sure["clean"] - sure["light from the right"] < 0.01 and sure["inverted"] < 0.35
assert all(0 < sure["clean"] - other["clean"] < 0.025 for other in others)
assert np.mean(accuracy["50"]["20"]["Sobel, frozen"]["clean"]) - sure["clean"] > 0.075
assert all(other["clean"] - other["offset +1/2"] > 0.05 for other in others)

# %% [markdown]
# **Explain.** Light by light:
#
# - *Clean:* frozen Sobel is ahead, but by about 2 points at most, and these depend on the recipe (see "Dig
#   deeper"). A well-chosen filter does not replace labels: five times as many images bring 8 points.
# - *Offset:* frozen Sobel has the same numbers as on clean images, exactly. All others lose, and
#   nobody can tell beforehand how much: look at the length of their bars.
# - *Light from the right:* a slope is not a constant, so the guarantee does not cover it. It shifts gx
#   by a constant, and costs less than a point all the same.
# - *Inverted:* nobody survives: frozen Sobel falls to about 30 %, the others to guessing. No sum
#   protects from a change of sign.
#
# That is the honest answer. A weight that does not learn is hardly there to be *better*. It is there
# to be **known**: what you can prove about it before training still holds after it.

# %% [markdown]
# ## What did you expect?
#
# Here is what became of your predictions. Whatever surprised you is asked again at the beginning of the
# next lesson.

# %%
predictions.tally()

# %% [markdown]
# ## In short
#
# - A Keras kernel has the axes (height, width, channels in, filters). Keras correlates: it does not
#   turn the kernel, and Sobel-x is positive where the image gets brighter to the right.
# - **Setting** a kernel and **freezing** it are two steps. Set only: training moves it. Frozen only: it
#   keeps random numbers. Prove both: look at the kernel, and compare with a snapshot.
# - A `.keras` file keeps both. Of a function or class of your own it does not keep the code.
# - A 3 × 3 table is no kernel: give all four axes. Leave the bias off.
# - A frozen Sobel layer was a little better on clean images, if at all. What it gives is a guarantee:
#   its numbers add up to 0 and always will, so that, with `padding="valid"`, an offset in brightness
#   changes nothing (but for rounding).
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A filter is set with care and never frozen; after the first epoch it is some other filter.
# - A 3 × 3 `Constant` goes into a layer from three channels to three, and nobody looks at the kernel.
# - A kernel comes from a PyTorch checkpoint or a signal-processing text, with axes or sign turned.
# - A model with a layer of one's own is saved, and does not load in the program that was to use it.
# - `padding="same"` makes edges at the border that are not there, and they depend on the brightness.

# %% [markdown]
# ## Dig deeper: is the lead on clean images real?
#
# `python -m tools.measure sobel_twins` has also trained the twins with 50 images a class, and for 60
# epochs. Since their bars overlap, compare twins of the same seed: how many points is frozen Sobel
# ahead of each, on the mean of ten seeds? After ± stands the standard error of this mean (standard
# deviation / √10): a lead of less than twice as much may well be chance.
#
# **Predict.** There are four recipes and three twins to beat. In how many of the twelve places is
# frozen Sobel ahead? In how many by two standard errors?

# %%
my_ahead, my_clearly_ahead = ..., ...


# %%
def lead(rows, twin):
    ahead = 100 * (np.array(rows["Sobel, frozen"]["clean"]) - rows[twin]["clean"])
    return Spread.of(ahead).mean, Spread.of(ahead).deviation / np.sqrt(len(ahead))


names = ("Sobel, learned", "random, frozen", "random, learned")
recipes = [(count, epochs) for count in ("10", "50") for epochs in ("20", "60")]
leads = {key: [lead(accuracy[key[0]][key[1]], name) for name in names] for key in recipes}
Table(
    ("images a class", "epochs", *names),
    [(*key, *(f"{mean:+.1f} ± {error:.1f}" for mean, error in row)) for key, row in leads.items()],
    caption="Clean test images: by how many points frozen Sobel is ahead of each twin",
)

# %%
means, errors = np.array(list(leads.values())).transpose(2, 0, 1)
print("ahead in", (means > 0).sum(), "of 12, by two standard errors in", (means > 2 * errors).sum())
assert (means > 0).all() and means.max() < 2.5 and (means > 2 * errors).sum() == 4
assert means[0, 1] > 2 and means[1, 1] < 1 and means[2, 2] < 1 and means[3, 2] > 2

# %%
counts = (means > 0).sum(), (means > 2 * errors).sum()
predictions.lead.reveal(said=(my_ahead, my_clearly_ahead), seen=counts)

# %% [markdown]
# **Explain.** Ahead everywhere, but in eight of twelve places by so little that ten seeds cannot tell
# it from nothing. The two largest leads come and go with the recipe. With 10 images a class, a frozen
# random layer is 2 points behind after 20 epochs and hardly after 60; with 50 images, a learned random
# layer falls behind only after 60. All twins learn at the same rate (Adam, 0.003); with another one
# the small differences may come out otherwise.
#
# ## Dig deeper: where does the guarantee end?
#
# It is about an offset that is *added*, with nothing rounded.
#
# **Predict.** Now 0.1 is added, which is no multiple of 1/256. Or the brighter images are clipped at
# white, 1, as by a camera. Or the light multiplies, by 1/2. How many of the 1,000 answers of frozen
# Sobel change: `"hardly any"`, `"some"` or `"most"`?

# %%
my_by_tenth, my_clipped, my_half_as_bright = ..., ..., ...

# %%
others = {
    "brighter by 0.1": light["clean"] + np.float32(0.1),
    "clipped at 1": np.minimum(light["offset +1/2"], 1),
    "half as bright": light["clean"] / 2,
}
clean = predicted(frozen_twin, light["clean"])
changes = {name: np.sum(predicted(frozen_twin, each) != clean) for name, each in others.items()}
for name, count in changes.items():
    print(name, "changes", f"about {round(int(count), -2)}" if count else "0", "answers")
assert changes["brighter by 0.1"] < 3 and changes["clipped at 1"] > 20 < changes["half as bright"]

# %%
said = my_by_tenth, my_clipped, my_half_as_bright
seen = [predictions.how_many(count, few=2) for count in changes.values()]
predictions.other_lights.reveal(said=said, seen=seen)

# %% [markdown]
# **Explain.** Rounding shifts an answer by so little that only an image on the very edge between two
# classes could change sides. What clips or multiplies is another story.
#
# ## Dig deeper: what happens at the border?
#
# A 3 × 3 kernel has no place on the outermost pixels. `fixed_sobel` leaves them out: 298 × 449
# answers for 300 × 451 pixels (`padding="valid"`, the default). `padding="same"` keeps the size; it
# puts a frame of zeros around the image first.
#
# **Predict.** A perfectly flat image, 100 everywhere, passes through Sobel-x with
# `padding="same"`. Is the answer 0 everywhere, `True` or `False`?

# %%
my_flat_answer = ...

# %%
same_size = layers.Conv2D(2, 3, padding="same", use_bias=False, name="same_size")
same_size.build((None, 5, 5, 1))
same_size.set_weights([sobel])
flat = same_size(np.full((1, 5, 5, 1), 100.0)).numpy()[0, :, :, 0]
print(flat)
assert (flat[:, 1:-1] == 0).all() and (np.abs(flat[:, [0, -1]]) >= 300).all()

# %%
predictions.flat.reveal(said=my_flat_answer, seen=bool((flat == 0).all()))

# %% [markdown]
# **Explain.** The zeros outside are black, so Keras sees a sharp edge all around: gx shows it at the
# left and right, gy would above and below. That breaks the guarantee, too: an image gets brighter, its frame of zeros does not. Here is a twin whose frozen Sobel
# layer has `padding="same"`, in the light that is brighter by 1/2.

# %%
border_twin = make_twin("Sobel, frozen", seed=0, padding="same")
train(border_twin, images, labels, epochs=20)
clean, bright = (predicted(border_twin, light[name]) for name in ("clean", "offset +1/2"))
print("answers changed: about", 50 * round(np.sum(clean != bright) / 50), "of 1,000")
assert np.sum(clean != bright) > 20

# %% [markdown]
# If you need the full size, extend the image yourself, with something that looks like
# the image, and filter it with `"valid"`. A mirror is the usual choice. With the right mirror, your
# layer agrees with TensorFlow's own `tf.image.sobel_edges`, which gives y before x; here to the last
# bit, since these gray values are multiples of 1/8. (With the mirror that NumPy calls "symmetric" it
# agrees with `scipy.ndimage.sobel`, and up to a factor of 4 with scikit-image: this course's tests
# compare all three.)

# %%
import tensorflow as tf

mirrored = np.pad(cat, 1, mode="reflect")  # mirrors without repeating the outermost pixel
ours = fixed_sobel()(mirrored[None, :, :, None]).numpy()[0]
theirs = tf.image.sobel_edges(tf.constant(cat[None, :, :, None])).numpy()[0, :, :, 0]
print("largest difference:", np.abs(ours - theirs[..., ::-1]).max())
assert ours.shape == (*cat.shape, 2) and (ours == theirs[..., ::-1]).all()

# %% [markdown]
# Why a layer of our own, then?
#
# **Predict.** A functional model starts from `keras.Input`. Can
# `tf.image.sobel_edges` be called on it, `True` or `False`? And inside of a layer's `call`?

# %%
my_directly, my_inside = ..., ...


# %%
class SobelEdges(layers.Layer):
    def call(self, images):
        self.got_numbers = hasattr(images, "numpy")
        return tf.image.sobel_edges(images)


images_to_come = keras.Input((8, 8, 1), name="images")
try:
    tf.image.sobel_edges(images_to_come)
    called_directly = "runs"
except (AttributeError, ValueError):  # which of the two is up to the version
    called_directly = "an error"
edges = SobelEdges(name="edges")
print("called directly:", called_directly)
print("inside a layer: ", edges(images_to_come).shape, " with numbers:", edges.got_numbers)
assert called_directly == "an error" and not edges.got_numbers and not edges.weights

# %%
outcomes = called_directly == "runs", edges.built
predictions.on_an_input.reveal(said=(my_directly, my_inside), seen=outcomes)

# %% [markdown]
# **Explain.** Keras's `Input` has a shape, but no numbers, and TensorFlow's function does not know what
# to do with it. Keras's layers and `keras.ops` can note down what is to be done later. Inside
# `call`, TensorFlow gets a tensor of its own. As a rule that one has no numbers yet, either, as here,
# but TensorFlow's functions can deal with it. So wrap them in a layer. This one has no weights, hence
# nothing that could be learned.
#
# ## Dig deeper: which way does an edge point?
#
# The arrow (gx, gy) has a direction: that in which the image gets brighter.

# %%
figures.edge_directions(magnitude(gx, gy), orientation(gx, gy), "The cat's edges by direction")

# %%
assert orientation(np.float32(4), np.float32(0)) == 0  # brighter to the right
assert orientation(np.float32(0), np.float32(4)) == np.float32(np.pi / 2)  # brighter downwards

# %% [markdown]
# ## Dig deeper: what becomes of colours?
#
# A colour image has three channels.
#
# **Predict.** Take a gray image and store it as colour, with red, green and blue alike. A
# `Conv2D` with one Sobel-x filter (kernel shape (3, 3, 3, 1)) sees the dark-to-bright edge of the
# beginning, which was worth 4. How many channels come out, and what is the answer now?

# %%
my_channels, my_answer = ..., ...

# %%
tinted = np.stack([image] * 3, axis=-1)[None]
summing = layers.Conv2D(1, 3, use_bias=False, name="summing")
summing.build((None, 5, 5, 3))
summing.set_weights([per_channel(sobel_x(), 3)])
print(summing(tinted).shape, summing(tinted).numpy()[0, 0, :, 0])
assert (summing(tinted).numpy()[0, :, :, 0] == [0, 12, 12]).all()

# %%
seen = summing(tinted).shape[-1], summing(tinted).numpy().max()
predictions.colours.reveal(said=(my_channels, my_answer), seen=seen)

# %% [markdown]
# **Explain.** One channel, and 12: a `Conv2D` filters every channel and *adds up*. Two edges of
# opposite sign in two colours would cancel. To keep the colours apart use `DepthwiseConv2D`.
#
# Snippets on the web hand it Sobel as `kernel_initializer` and read the result from `depthwise_kernel`.
# Keras 3 knows neither: the argument is called `depthwise_initializer`, and the array, as in `Conv2D`,
# simply `kernel`.

# %%
try:
    layers.DepthwiseConv2D(3, kernel_initializer="zeros")
    initializer_outcome = "accepted"
except ValueError:
    initializer_outcome = "ValueError"
has = {name: hasattr(depthwise, name) for name in ("depthwise_kernel", "kernel")}
print("kernel_initializer:", initializer_outcome, has)
assert initializer_outcome == "ValueError" and has == {"depthwise_kernel": False, "kernel": True}

# %% [markdown]
# **Predict.** With gx and gy of each colour, six channels come out. In which order: `"all gx first"`,
# or gx and gy of `"red first"`?

# %%
my_order = ...

# %%
colour_sobel = layers.DepthwiseConv2D(
    3, depth_multiplier=2, use_bias=False, trainable=False, name="colour_sobel"
)
colour_sobel.build((None, None, None, 3))
colour_sobel.set_weights([per_channel(sobel, 3)])
photo = photograph().astype("float32")
by_colour = colour_sobel(photo[None]).numpy()[0]
of_each = [fixed_sobel()(photo[None, :, :, c, None]).numpy()[0] for c in range(3)]
print(by_colour.shape, "gx red, gy red, gx green, gy green, gx blue, gy blue")
assert (by_colour == np.concatenate(of_each, axis=-1)).all()

# %%
second_is_red = (by_colour[..., 1] == of_each[0][..., 1]).all()
predictions.order.reveal(said=my_order, seen="red first" if second_is_red else "all gx first")

# %% [markdown]
# ## Dig deeper: which filters do not see brightness?
#
# Sobel is one of a family. The first four are the difference −1, 0, 1 *across* the edge, smoothed
# *along* it: Prewitt smooths with 1, 1, 1, Sobel with 1, 2, 1, Scharr with 3, 10, 3. In these pictures white
# means 0, orange more, purple less.

# %%
family = {
    "Sobel x": sobel_x(),
    "Sobel y": sobel_y(),
    "Prewitt x": prewitt_x(),
    "Scharr x": scharr_x(),
    "Laplacian": laplacian(),
    "Gaussian · 16": 16 * gaussian(sigma=0.85, size=3),
}
for name, smooth in {"Prewitt x": [1, 1, 1], "Sobel x": [1, 2, 1], "Scharr x": [3, 10, 3]}.items():
    assert (family[name][:, :, 0, 0] == np.outer(smooth, [-1, 0, 1])).all()  # down, across
figures.kernel_maps(family, "Six kernels, written out")

# %% [markdown]
# **Predict.** An image is made brighter: every pixel gets 50 more. By how much does the answer of
# Sobel x change, of the Laplacian, of the Gaussian · 16?

# %%
my_sobel, my_laplacian, my_gaussian = ..., ..., ...

# %%
by_50 = {}
for name, kernel in family.items():
    change = respond(cat + 50, kernel) - respond(cat, kernel)
    by_50[name] = round(float(np.abs(change).max()))
    print(f"{name:14} sum {kernel.sum():2.0f}   change by {by_50[name]:3}")
    assert np.allclose(change, 50 * kernel.sum(), atol=1e-3)

# %%
seen = [by_50[name] for name in ("Sobel x", "Laplacian", "Gaussian · 16")]
predictions.by_50.reveal(said=(my_sobel, my_laplacian, my_gaussian), seen=seen)

# %% [markdown]
# **Explain.** By 50 times the sum of the kernel. One whose numbers add up to 0 sees only differences;
# what protects from an offset is the sum 0, not Sobel's shape. (The Gaussian, a blur, adds up to 1 so that
# it keeps the brightness; here it is multiplied by 16 to be comparable by eye.)
#
# ## Dig deeper: must the kernel be frozen for that?
#
# One could let the kernel learn and keep its sum at 0: a *constraint* is a function that Keras applies to a weight after each update.
#
# **Predict.** A twin that starts as Sobel learns under such a constraint. Does its kernel move, `True`
# or `False`? How many of its 1,000 answers change when 1/2 is added: `"hardly any"`, `"some"` or
# `"most"`? (Training takes a second or two.)

# %%
my_kernel_moves, my_answers_that_change = ..., ...


# %%
class SumZero(keras.constraints.Constraint):
    def __call__(self, kernel):
        return kernel - keras.ops.mean(kernel, axis=(0, 1, 2), keepdims=True)


held_twin = make_twin("Sobel, learned", seed=0)
held_twin.get_layer("first").kernel.constraint = SumZero()
before = snapshot(held_twin)
train(held_twin, images, labels, epochs=20)
clean, bright = (predicted(held_twin, light[name]) for name in ("clean", "offset +1/2"))
sums = held_twin.get_layer("first").kernel.numpy().sum(axis=(0, 1, 2))
print(f"{compare(before).verdict()}, answers changed: {np.sum(clean != bright)}")
assert compare(before).verdict() == "everything moved" and np.sum(clean != bright) < 3
assert np.abs(sums).max() < 1e-5

# %%
said = my_kernel_moves, my_answers_that_change
few = predictions.how_many(np.sum(clean != bright), few=2)
predictions.constraint.reveal(said=said, seen=("twin/first/kernel" in compare(before).moved, few))

# %% [markdown]
# **Explain.** It learns and keeps the property, up to rounding. So freezing is not the only way to a
# guarantee. It is the plainest: it keeps *every* property of the kernel, not one that you thought of.
#
# ## Dig deeper: can training find the filter by itself?
#
# Suppose you did not know Sobel's numbers, but had images and their edges. A free 3 × 3 kernel learns
# from the pairs, on two kinds of images: television snow, dots at random, and patches of the cat.
#
# **Predict.** After 33 steps, on which images is the kernel nearer to Sobel's numbers: on `"snow"`, on
# the `"cat"`, or are they `"alike"`? (Four trials take a few seconds.)

# %%
my_nearer = ...


# %%
def learn_from(pictures, rate):
    keras.utils.set_random_seed(1)
    conv = layers.Conv2D(1, 3, use_bias=False, name="free")
    model = keras.Sequential([keras.Input((16, 16, 1)), conv], name="learner")
    model.compile(keras.optimizers.SGD(rate), "mse", jit_compile=False)
    edges = np.stack([respond(picture, sobel_x()) for picture in pictures])
    for step in range(33):
        model.train_on_batch(pictures, edges)
    errors = model.predict(pictures, verbose=0) - edges
    return conv.kernel.numpy(), float(np.mean(errors**2) / np.mean(edges**2))


snow = np.random.default_rng(0).choice([-1.0, 1.0], size=(64, 16, 16, 1))
corners = [(r, c) for r in range(0, 280, 35) for c in range(0, 430, 54)]
patches = np.stack([cat[r : r + 16, c : c + 16] for r, c in corners])[..., None] / 128 - 1

# %%
trials = {
    "snow, rate 1/4": (snow, 0.25),
    "cat, rate 1/4": (patches, 0.25),
    "cat, rate 3/2": (patches, 1.5),
    "cat, rate 3": (patches, 3.0),
}
learned, wrong = {}, {}
for name in progress(tuple(trials), "learning"):
    learned[name], wrong[name] = learn_from(*trials[name])
far = {name: float(np.abs(kernel - sobel_x()).max()) for name, kernel in learned.items()}
assert far["snow, rate 1/4"] < 0.01 < 0.7 < far["cat, rate 3/2"] < far["cat, rate 1/4"]
assert wrong["snow, rate 1/4"] < 1e-6
assert 4 * wrong["cat, rate 3/2"] < wrong["cat, rate 1/4"]  # squares
assert far.pop("cat, rate 3") > 1e6  # one kernel ran away
for name, distance in far.items():
    edges = 10 * round(10 * wrong[name] ** 0.5)
    print(f"{name:14}  kernel off by about {distance:.0f}, edges wrong by about {edges:2} %")
print("cat, rate 3     ran away")

# %%
maps = {name: learned[name] for name in far} | {"Sobel x": sobel_x()}
figures.kernel_maps(maps, "A free kernel after 33 steps, and what it should find", digits=2)

# %%
nearest = min(far, key=far.get).split(",")[0] if np.ptp(list(far.values())) > 0.1 else "alike"
predictions.nearer.reveal(said=my_nearer, seen=nearest)

# %% [markdown]
# **Explain.** From snow it finds Sobel: the answer is linear in nine numbers, and there is one lowest
# point. In a photograph neighbours look alike, so that very different kernels give similar edges: at
# rate 3/2 the edges are more than twice as good as at 1/4, though the kernel is still off by 1. And the rate cannot be raised much further: at 3 every step overshoots more than the
# one before.

# %% [markdown]
# ## Next
#
# Now do [exercise 4](../exercises/04_sobel_filter/04_sobel_filter.ipynb). Back to
# [lesson 3, when a freeze takes effect](03_when_freezing_takes_effect.ipynb), or on to
# [lesson 5, BatchNormalization's statistics](05_batchnorm_statistics.ipynb).
#
# ## Sources
#
# - I. Sobel and G. Feldman presented the operator in 1968, at the Stanford Artificial Intelligence
#   Project. J. Prewitt: "Object enhancement and extraction" (1970). H. Scharr: "Optimale Operatoren
#   in der digitalen Bildverarbeitung" (2000).
# - Fashion-MNIST: H. Xiao, K. Rasul, R. Vollgraf, [arXiv 1708.07747](https://arxiv.org/abs/1708.07747),
#   MIT licence. Chelsea: photograph by Stéfan van der Walt, CC0, from scikit-image.
# - Keras documentation: [Conv2D](https://keras.io/api/layers/convolution_layers/convolution2d/),
#   [DepthwiseConv2D](https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/),
#   [initializers](https://keras.io/api/layers/initializers/) ("Only scalar values are allowed", says
#   `Constant`), [saving layers of your own](https://keras.io/guides/serialization_and_saving/).
# - Learning a kernel from examples: A. Zhang and others, *Dive into Deep Learning*,
#   [convolutions for images](https://d2l.ai/chapter_convolutional-neural-networks/conv-layer.html).
