# %% [markdown]
# # 4 · A Sobel filter that stays put
#
# *How do I give a convolution a fixed filter that training will not change?*
#
# **Time:** {minutes}. **You need:** lessons [1](01_counting_weights.ipynb),
# [2](02_what_training_moves.ipynb) and [3](03_when_freezing_takes_effect.ipynb); to have seen a
# convolution before; no GPU, no network.
#
# **Afterwards you will be able to**
#
# - put any filter you like into a Keras convolution, in five ways, and avoid three that go wrong;
# - keep it there through training, saving and loading, and prove it;
# - say what a weight that does not learn is good for, and what not.

# %%
from helpers import (
    Spread, Table, compare, fashion, figures, gray, ledger, photograph, snapshot, start, stored,
)

start()  # quiet logs, checked versions, fixed random numbers

import keras
import numpy as np
from keras import layers

# %% [markdown]
# ## Three questions first
#
# Answer from memory, then open the answers.
#
# 1. Lesson 1: which two common reasons are there for a weight to be non-trainable?
# 2. Lesson 2: a frozen layer stands in the middle of a model. Do the layers before it still learn?
# 3. Lesson 3: in which order do `compile`, `fit` and setting the flag go?
#
# <details><summary>Answers</summary>
#
# 1. You froze it (then it stays constant), or the layer keeps it for itself, as BatchNormalization
#    does with its statistics (then it changes, but not by backpropagation).
# 2. Yes. Gradients flow through the frozen layer; it is merely left out of the update.
# 3. Flag, compile, fit; after any change of a flag, compile again with a new optimizer.
#
# </details>
#
# This lesson adds a third reason: a weight that nobody wants to learn, since *we know what it
# should be*.
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
# left to right? Do they differ from row to row?

# %%
my_answers = ..., ..., ...


# %%
def filter_by_hand(image, kernel):
    height, width = image.shape[0] - 2, image.shape[1] - 2
    patches = [[image[r : r + 3, c : c + 3] for c in range(width)] for r in range(height)]
    return np.array([[np.sum(patch * kernel) for patch in row] for row in patches])


print(filter_by_hand(image, SOBEL_X))
assert (filter_by_hand(image, SOBEL_X) == [0, 4, 4]).all()

# %% [markdown]
# **Explain.** The patch on the left is flat, and the kernel's numbers add up to 0: the answer is 0,
# however bright the patch is. The other two patches are brighter on their right side: 1 + 2 + 1 = 4.
# Every row is the same.
#
# **Predict.** What does the same kernel answer to the *transposed* image, dark above and bright
# below? And what to the image mirrored, bright on the left?

# %%
my_transposed, my_mirrored = ..., ...

# %%
print(filter_by_hand(image.T, SOBEL_X))
print(filter_by_hand(image[:, ::-1], SOBEL_X))
assert (filter_by_hand(image.T, SOBEL_X) == 0).all()
assert (filter_by_hand(image[:, ::-1], SOBEL_X) == [-4, -4, 0]).all()

# %% [markdown]
# **Explain.** Sobel-x sees only what changes *along x*, from left to right: vertical edges. For the
# others there is Sobel-y, its transpose. The sign tells the direction: plus where the image gets
# brighter to the right, minus where it gets darker. Keep the names apart: Sobel-**x** finds
# **vertical** edges.
#
# ## Convolution that is none
#
# In mathematics, a *convolution* turns the kernel by 180° before it multiplies. What a Keras
# `Conv2D` does has another name: *cross-correlation*, without the turn. With a kernel that is
# learned nobody notices, because training would find the turned one instead. With one you write
# yourself it decides the sign.
#
# **Predict.** A `Conv2D` with SOBEL_X gets the dark-to-bright image. Is its answer 4 or −4?

# %%
my_sign = ...

# %%
conv = layers.Conv2D(1, 3, use_bias=False, name="conv")
conv.build((None, 5, 5, 1))
conv.set_weights([SOBEL_X.reshape(3, 3, 1, 1)])
answer = conv(image.reshape(1, 5, 5, 1)).numpy()[0, :, :, 0]
print(answer)
assert (answer == filter_by_hand(image, SOBEL_X)).all()

# %% [markdown]
# **Explain.** It is 4: just what you did by hand. NumPy has both operations, in one dimension, and
# shows the difference. So when a recipe from a signal-processing text tells you to flip the kernel
# first, do not do it for Keras.

# %%
row, difference = [0, 0, 1], [-1, 0, 1]
print("correlate:", np.correlate(row, difference, "valid"))
print("convolve: ", np.convolve(row, difference, "valid"))
turned = SOBEL_X[::-1, ::-1]
assert (filter_by_hand(image, turned) == -answer).all()

# %% [markdown]
# ## The shape of a kernel
#
# Above, `reshape(3, 3, 1, 1)` turned the table into what the layer wanted. The four axes are
# **(height, width, channels in, filters out)**.
#
# **Predict.** Which shape does the kernel of `Conv2D(8, 3)` have on colour images? And that of a
# `DepthwiseConv2D(3, depth_multiplier=2)`, which filters each channel by itself and gives two
# answers for each?

# %%
my_conv_shape, my_depthwise_shape = ..., ...

# %%
colour = layers.Conv2D(8, 3, name="colour")
depthwise = layers.DepthwiseConv2D(3, depth_multiplier=2, name="depthwise")
for layer in (colour, depthwise):
    layer.build((None, 32, 32, 3))
    print(f"{layer.name:10}", tuple(layer.kernel.shape))
assert tuple(colour.kernel.shape) == (3, 3, 3, 8)
assert tuple(depthwise.kernel.shape) == (3, 3, 3, 2)

# %% [markdown]
# **Explain.** Channels in come third, filters last. PyTorch stores the same kernel as (out, in,
# height, width), so Sobel-x is (1, 1, 3, 3) there. A transposition of axes brings it over.

# %%
from_pytorch = SOBEL_X.reshape(1, 1, 3, 3)
for_keras = np.transpose(from_pytorch, (2, 3, 1, 0))
print(from_pytorch.shape, "->", for_keras.shape)
assert (for_keras[:, :, 0, 0] == SOBEL_X).all()

# %% [markdown]
# From here on, `helpers.filters` provides the tables in Keras's shape, so that nobody has to retype
# them. `stack` puts Sobel-x and Sobel-y side by side as two filters of one layer.

# %%
from helpers.filters import (
    gaussian, laplacian, magnitude, orientation, per_channel, prewitt_x, respond, scharr_x, sobel_x,
    sobel_y, stack,
)

sobel = stack(sobel_x(), sobel_y())
print(sobel.shape, "x:", sobel[:, :, 0, 0].tolist())
assert (sobel[:, :, 0, 0] == SOBEL_X).all()
assert (sobel[:, :, 0, 1] == SOBEL_X.T).all()

# %% [markdown]
# ## Five ways to set a kernel
#
# 1. An initializer: `Constant` accepts an array of the kernel's own shape.
# 2. Any function of `(shape, dtype)` will do as an initializer.
# 3. Build the layer, then `set_weights`; or
# 4. `assign` to the variable.


# %%
def by_constant():
    start_value = keras.initializers.Constant(sobel)
    return layers.Conv2D(2, 3, use_bias=False, kernel_initializer=start_value)


def by_function():
    def given(shape, dtype=None):
        return keras.ops.array(sobel, dtype)

    return layers.Conv2D(2, 3, use_bias=False, kernel_initializer=given)


# %%
def by_set_weights():
    layer = layers.Conv2D(2, 3, use_bias=False)
    layer.build((None, 5, 5, 1))
    layer.set_weights([sobel])
    return layer


def by_assign():
    layer = layers.Conv2D(2, 3, use_bias=False)
    layer.build((None, 5, 5, 1))
    layer.kernel.assign(sobel)
    return layer


# %% [markdown]
# 5. A layer of your own, in which the kernel is no weight at all but a constant.


# %%
class FixedSobel(layers.Layer):
    def call(self, images):
        return keras.ops.conv(images, keras.ops.array(sobel), padding="valid")


# %% [markdown]
# **Predict.** All five give the same answer. How many of the five have numbers that training
# *would* change, as they stand?

# %%
my_number_of_learners = ...

# %%
ways = {
    "Constant": by_constant(),
    "function": by_function(),
    "set_weights": by_set_weights(),
    "assign": by_assign(),
    "constant in call": FixedSobel(),
}
small = image.reshape(1, 5, 5, 1)
reference = by_constant()(small).numpy()
same = {way: bool((layer(small).numpy() == reference).all()) for way, layer in ways.items()}
Table(
    ("way", "same answer", "numbers", "learned"),
    [(way, same[way], ledger(x).total, ledger(x).trainable) for way, x in ways.items()],
)

# %%
assert all(same.values())
assert [ledger(layer).trainable for layer in ways.values()] == [18, 18, 18, 18, 0]

# %% [markdown]
# **Explain.** Four. *Setting* a kernel decides where training starts, not where it ends: none of
# the four is frozen. The fifth has nothing to train and nothing to show: no weight, no row in the
# ledger, and no way to let it learn later. Note `use_bias=False` in the first four: Sobel has no
# bias, and one that is left on can be learned.
#
# ## Two that fail and one that is silently wrong
#
# **Predict.** Two of these three lines stop with an error. Which one runs?

# %%
my_line_that_runs = ...

# %%
attempts = {
    "weights=[sobel]": lambda: layers.Conv2D(2, 3, use_bias=False, weights=[sobel]),
    "set_weights, not built": lambda: layers.Conv2D(2, 3, use_bias=False).set_weights([sobel]),
    "Constant(SOBEL_X)": lambda: layers.Conv2D(
        3, 3, use_bias=False, kernel_initializer=keras.initializers.Constant(SOBEL_X)
    )(np.ones((1, 5, 5, 3), "float32")),
}
outcomes = {}
for name, attempt in attempts.items():
    try:
        attempt()
        outcomes[name] = "runs"
    except ValueError:
        outcomes[name] = "ValueError"
print(outcomes)

# %% [markdown]
# **Explain.** `weights=` was an argument of the first Keras versions and still stands in many web
# answers; today's `Conv2D` does not know it. And a layer that is not **built** has no weights yet
# that could be set: build it, or call it, first.
#
# The third one runs, and that is the dangerous one. The table has the shape (3, 3) and the kernel
# (3, 3, 3, 3). `Constant` stretches a smaller array over the *last* axes, and those are channels and
# filters, not height and width.
#
# **Predict.** What does `kernel[:, :, 0, 0]` look like: Sobel, or something else?

# %%
my_kernel = ...

# %%
wrong = layers.Conv2D(
    3, 3, use_bias=False, kernel_initializer=keras.initializers.Constant(SOBEL_X)
)
wrong.build((None, 5, 5, 3))
kernel = wrong.kernel.numpy()
print(kernel[:, :, 0, 0])
print(kernel[:, :, 1, 2])
assert list(outcomes.values()) == ["ValueError", "ValueError", "runs"]
assert all((kernel[:, :, i, o] == SOBEL_X[i, o]).all() for i in range(3) for o in range(3))

# %% [markdown]
# **Explain.** Every 3 × 3 window is filled with one number: this is a blur that mixes colours, not
# an edge filter. No error, no warning, a believable picture. On one gray channel the same mistake at
# least stops with an error, though only when the layer is called. The remedy is the same for both:
# give the array all four axes, and look at `kernel[:, :, 0, 0]` before you trust it.

# %%
on_gray = layers.Conv2D(
    1, 3, use_bias=False, kernel_initializer=keras.initializers.Constant(SOBEL_X)
)
try:
    on_gray(np.ones((1, 5, 5, 1), "float32"))
    gray_outcome = "runs"
except Exception:  # each backend has its own kind of error here
    gray_outcome = "an error"
print("on gray:", gray_outcome)
assert gray_outcome == "an error"

# %% [markdown]
# ## Setting is one step, freezing another
#
# Now put the two steps in one table. Here are four models: the kernel set or not, frozen or not.


# %%
def make_model(kernel_set, frozen):
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(2, 3, use_bias=False, trainable=not frozen, name="edges"),
            layers.Flatten(name="flat"),
            layers.Dense(1, name="head"),
        ],
        name="model",
    )
    if kernel_set:
        model.get_layer("edges").set_weights([sobel])
    return model


# %% [markdown]
# **Predict.** For each of the four, after one epoch: is the kernel Sobel?

# %%
my_set_and_frozen, my_set_only, my_frozen_only, my_neither = ..., ..., ..., ...

# %%
rng = np.random.default_rng(0)
x, y = rng.uniform(1, 2, (32, 8, 8, 1)), rng.uniform(size=(32, 1))
is_sobel = {}
for name in ("set and frozen", "set only", "frozen only", "neither"):
    model = make_model("set" in name, "frozen" in name)
    model.compile(keras.optimizers.SGD(0.001), "mse", jit_compile=False)
    model.fit(x, y, verbose=0)
    is_sobel[name] = bool((model.get_layer("edges").kernel.numpy() == sobel).all())
print(is_sobel)

# %%
assert list(is_sobel.values()) == [True, False, False, False]

# %% [markdown]
# **Explain.** Only the first. "Set only" starts as Sobel and drifts away, without a word; "frozen
# only" faithfully keeps the random numbers it was born with. The flag protects whatever is there;
# it does not know what you meant.
#
# **Predict.** The set and frozen model is saved and loaded. Does the loaded one have the kernel? Is
# it still frozen?

# %%
my_kernel_kept, my_flag_kept = ..., ...

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

with TemporaryDirectory() as folder:
    path = Path(folder) / "model.keras"
    make_model(True, True).save(path)
    loaded = keras.models.load_model(path)
edges = loaded.get_layer("edges")
kernel_kept, flag_kept = bool((edges.kernel.numpy() == sobel).all()), not edges.trainable
print("kernel:", kernel_kept, " frozen:", flag_kept)
assert kernel_kept and flag_kept

# %% [markdown]
# **Explain.** Both are in the `.keras` file. (A `.weights.h5` file holds the kernel alone.) And a
# frozen kernel can be let go: set the flag, compile with a new optimizer, fit, as in
# [lesson 3](03_when_freezing_takes_effect.ipynb). The proof tool is that of lesson 2.

# %%
edges.trainable = True
loaded.compile(keras.optimizers.SGD(0.001), "mse", jit_compile=False)
before = snapshot(loaded)
history = loaded.fit(x, y, verbose=0)
print(compare(before).verdict())
assert compare(before).verdict() == "everything moved"

# %% [markdown]
# ## On a photograph
#
# Time for a real image: Chelsea the cat, in shades of gray from 0 to 255. Here is the layer that
# this lesson is named after, set *and* frozen.


# %%
def fixed_sobel(name="sobel"):
    return layers.Conv2D(
        2, 3, use_bias=False, trainable=False,
        kernel_initializer=keras.initializers.Constant(sobel), name=name,
    )


# %%
cat = gray(photograph())  # (300, 451), float32
answers = fixed_sobel()(cat[None, :, :, None]).numpy()[0]
gx, gy = answers[:, :, 0], answers[:, :, 1]
print(cat.shape, "->", answers.shape)
assert answers.shape == (300 - 2, 451 - 2, 2)

# %% [markdown]
# Two answers for each pixel, and each has a sign. How *steep* the image is at a pixel, whichever
# way, is the length of the arrow (gx, gy): the **magnitude**, √(gx² + gy²).
#
# **Predict.** The cat's whiskers run mostly from left to right. In which of gx and gy are they
# easier to see?

# %%
my_whiskers = ...

# %%
figures.images(
    {"gray": cat, "gx": gx, "gy": gy, "magnitude": magnitude(gx, gy)},
    "A photograph and its edges",
    "The gray photograph of a cat; gx and gy, orange where the image gets brighter to the right or "
    "downwards, purple where darker; and the magnitude, bright along eyes, whiskers and fur.",
)

# %% [markdown]
# **Explain.** A line from left to right changes the gray along *y*: look at gy. The plain sum
# gx + gy is no magnitude: where one is +5 and the other −5, the sum is 0 on a perfectly good edge.
#
# The arrow has a direction, too: the way in which the image gets brighter.

# %%
figures.edge_directions(magnitude(gx, gy), orientation(gx, gy), "The cat's edges by direction")

# %%
assert magnitude(np.float32(5), np.float32(-5)) > 7 and 5 + -5 == 0
assert orientation(np.float32(4), np.float32(0)) == 0  # brighter to the right
assert orientation(np.float32(0), np.float32(4)) == np.float32(np.pi / 2)  # brighter downwards

# %% [markdown]
# ## The border
#
# A 3 × 3 kernel has no place on the outermost pixels. The layer above left them out: 298 × 449
# answers for 300 × 451 pixels (`padding="valid"`, the default). `padding="same"` keeps the size; it
# puts a frame of zeros around the image first.
#
# **Predict.** A perfectly flat image, 100 everywhere, passes through Sobel-x with
# `padding="same"`. Is the answer 0 everywhere?

# %%
my_flat_answer = ...

# %%
same_size = layers.Conv2D(2, 3, padding="same", use_bias=False, name="same_size")
same_size.build((None, 5, 5, 1))
same_size.set_weights([sobel])
flat = same_size(np.full((1, 5, 5, 1), 100.0)).numpy()[0, :, :, 0]
print(flat)
assert (flat[:, 1:-1] == 0).all() and (np.abs(flat[:, [0, -1]]) >= 300).all()

# %% [markdown]
# **Explain.** The zeros outside are black, so Keras sees a sharp edge all around. If you need the
# full size, extend the image yourself, with something that looks like the image, and filter it with
# `"valid"`. A mirror is the usual choice. With the right mirror, your layer agrees *exactly*, bit
# for bit, with TensorFlow's own `tf.image.sobel_edges`, which gives y before x.

# %%
import tensorflow as tf

mirrored = np.pad(cat, 1, mode="reflect")  # mirrors without repeating the outermost pixel
ours = fixed_sobel()(mirrored[None, :, :, None]).numpy()[0]
theirs = tf.image.sobel_edges(tf.constant(cat[None, :, :, None])).numpy()[0, :, :, 0]
print(ours.shape, theirs.shape)
assert (ours[..., 0] == theirs[..., 1]).all() and (ours[..., 1] == theirs[..., 0]).all()

# %% [markdown]
# **Predict.** Why a layer of our own, then? `keras.Input` is what a functional model is put together
# from. Can `tf.image.sobel_edges` be called on it?

# %%
my_outcome = ...


# %%
class SobelEdges(layers.Layer):
    def call(self, images):
        return tf.image.sobel_edges(images)


images_to_come = keras.Input((8, 8, 1), name="images")
try:
    tf.image.sobel_edges(images_to_come)
    called_directly = "runs"
except (AttributeError, ValueError):  # which of the two is up to the version
    called_directly = "an error"
print("called directly:", called_directly)
print("inside a layer: ", SobelEdges(name="edges")(images_to_come).shape)
assert called_directly == "an error"

# %% [markdown]
# **Explain.** An `Input` has a shape, but no numbers yet. Keras's layers and `keras.ops` can note down
# what is to be done later; a function of TensorFlow wants numbers at once. Inside `call` it gets them,
# so wrap it in a layer. That layer has no weights, hence nothing that could be learned.
#
# `scipy.ndimage.sobel` agrees exactly as well, with `np.pad(..., mode="symmetric")`, and
# scikit-image up to its factor of 4: this course's tests compare all three.
#
# ## Colour
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

# %% [markdown]
# **Explain.** One channel, and 12: a `Conv2D` filters every channel and *adds up*. Two edges of
# opposite sign in two colours would cancel. To keep the colours apart use `DepthwiseConv2D`.
#
# **Predict.** Snippets on the web hand it Sobel as `kernel_initializer` and read the result from
# `depthwise_kernel`. Which of the two names does today's layer know?

# %%
my_known_names = ...

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
# **Explain.** Neither. The argument is called `depthwise_initializer`, and the array, as in `Conv2D`,
# simply `kernel`.

# %%
def colour_sobel():
    return layers.DepthwiseConv2D(
        3, depth_multiplier=2, use_bias=False, trainable=False, name="colour_sobel",
        depthwise_initializer=keras.initializers.Constant(per_channel(sobel, 3)),
    )


photo = photograph().astype("float32")
by_colour = colour_sobel()(photo[None]).numpy()[0]
print(by_colour.shape)

# %% [markdown]
# **Predict.** Six channels. In which order: all three gx first, or gx and gy of red first?

# %%
my_order = ...

# %%
red, green = (fixed_sobel()(photo[None, :, :, c, None]).numpy()[0] for c in (0, 1))
assert (by_colour[..., 0:2] == red).all()
assert (by_colour[..., 2:4] == green).all()
print("gx red, gy red, gx green, gy green, gx blue, gy blue")

# %% [markdown]
# ## More filters, and what their sum says
#
# Sobel is one of a family. All of these are a weighted average across the edge times a difference
# along it (Prewitt weighs 1, 1, 1; Sobel 1, 2, 1; Scharr 3, 10, 3), except the last two. White is 0.

# %%
family = {
    "Sobel x": sobel_x(),
    "Sobel y": sobel_y(),
    "Prewitt x": prewitt_x(),
    "Scharr x": scharr_x(),
    "Laplacian": laplacian(),
    "Gaussian · 16": 16 * gaussian(sigma=0.85, size=3),
}
figures.kernel_maps(family, "Six kernels, written out")

# %% [markdown]
# **Predict.** An image is made brighter: every pixel gets 50 more. Which of these filters answer
# exactly as before?

# %%
my_unmoved = ...

# %%
for name, kernel in family.items():
    change = respond(cat + 50, kernel) - respond(cat, kernel)
    unmoved = bool(np.abs(change).max() < 1e-3)
    print(f"{name:14} sum {round(float(kernel.sum())):3}   unmoved by +50: {unmoved}")
    assert unmoved == (round(float(kernel.sum())) == 0)

# %% [markdown]
# **Explain.** A constant that is added to all pixels adds *constant times the sum of the kernel* to
# the answer. A kernel whose numbers add up to 0 cannot see brightness at all, only differences.
# Remember this sum: soon it will be the whole point. (The Gaussian, a blur, adds up to 1 so that it
# keeps the brightness; it is multiplied by 16 above only to be comparable by eye.)
#
# ## In a classifier: does it stay put?
#
# The frozen layer becomes the first layer of a classifier of clothes, on small gray images from
# Fashion-MNIST. Between `sobel` and the rest stands a ReLU, which drops negative answers; therefore
# the layer gets each kernel with both signs: four filters.

# %%
from helpers.experiments.sobel_twins import four_edges, lightings, make_twin, predicted, train

clothes = fashion()
images, labels = clothes.few(per_class=10, seed=0)
print(images.shape, "to learn from,", clothes.test_images.shape, "to test on")
print(four_edges().shape, "adds up to", four_edges().sum(axis=(0, 1, 2)).tolist())
assert (four_edges().sum(axis=(0, 1, 2)) == 0).all()

# %% [markdown]
# `make_twin` builds such a classifier: the convolution `first`, then a second one, and a Dense
# layer for the ten scores. The ledger shows it all.

# %%
frozen_twin = make_twin("Sobel, frozen", seed=0)
ledger(frozen_twin)

# %% [markdown]
# **Predict.** After 20 epochs, which of the five arrays will have moved?

# %%
my_moved = ...

# %%
before = snapshot(frozen_twin)
train(frozen_twin, images, labels, epochs=20)
compare(before)

# %%
assert compare(before).still == ["twin/first/kernel"]
assert (frozen_twin.get_layer("first").kernel.numpy() == four_edges()).all()

# %% [markdown]
# **Explain.** Everything learned except the filter, which is still Sobel to the last bit.
#
# ## Does it help?
#
# The interesting question is not whether one can freeze a filter, but why one would. So let two
# **twins** of the classifier run beside it, alike in everything but the first layer, trained on the
# same 100 images: one *starts* as Sobel but is learned, one is learned from random numbers.
#
# **Predict.** Which of the three is best on test images? By a lot? And which is best if the test
# images are taken in brighter light, with 1/2 added to every pixel (black is 0, white is 1)?

# %%
my_best, my_best_in_bright_light = ..., ...

# %%
twins = {"Sobel, frozen": frozen_twin}
for name in ("Sobel, learned", "random, learned"):
    twins[name] = make_twin(name, seed=0)
    train(twins[name], images, labels, epochs=20)

# %%
light = lightings(clothes.test_images)
at_first, lost, changed = {}, {}, {}
for name, twin in twins.items():
    clean, bright = predicted(twin, light["clean"]), predicted(twin, light["offset +1/2"])
    right = [np.mean(guess == clothes.test_labels) for guess in (clean, bright)]
    lost[name], changed[name] = 100 * (right[0] - right[1]), int(np.sum(clean != bright))
    at_first[name] = right[0]
print("answers changed by the light, frozen Sobel:", changed["Sobel, frozen"], "of", len(clean))

# %%
assert lost["Sobel, frozen"] == changed["Sobel, frozen"] == 0
assert min(at_first.values()) > 0.55
assert max(at_first.values()) - min(at_first.values()) < 0.1
assert changed["Sobel, learned"] > 20
assert lost["random, learned"] > 5
print("random, learned: loses more than 5 points")

# %% [markdown]
# **Explain.** On clean images all three are about equally good: the filter brings *no* advantage
# there. In bright light the twins drift apart. The frozen one gives the same answer to every single
# one of the 1,000 images, and not by luck: its kernel adds up to 0 and *stays so*, so the offset
# never gets past the first layer. The one that merely started as Sobel had that property and lost
# it, because nothing in the training asked for it.

# %%
drift = {
    name: np.abs(twin.get_layer("first").kernel.numpy().sum(axis=(0, 1, 2))).max()
    for name, twin in twins.items()
}
print("largest sum of a kernel, frozen Sobel:", float(drift["Sobel, frozen"]))
assert drift["Sobel, frozen"] == 0
assert drift["Sobel, learned"] > 0.01

# %% [markdown]
# One run proves the guarantee, but says little about averages. `python -m tools.measure sobel_twins`
# has done it for five seeds, with 10 and with 50 images a class, and with a fourth twin as a control:
# *random and frozen*. Each bar below reaches from the worst seed to the best.

# %%
accuracy = stored("sobel_twins")["results"]["accuracy"]
figures.twins_chart(accuracy["10"], "10 images a class, five seeds")

# %%
figures.twins_chart(accuracy["50"], "50 images a class, five seeds")


# %%
def mean_and_spread(shares):
    return f"{Spread.of(100 * np.array(shares)):.1f}"


Table(
    ("images a class", "twin", *light),
    [
        (count, name, *(mean_and_spread(by_light[one]) for one in light))
        for count, rows in accuracy.items()
        for name, by_light in rows.items()
    ],
    caption="Right on 1,000 test images, in %: mean and standard deviation of five seeds",
)

# %% [markdown]
# **Explain.** Read the table column by column.
#
# - *Clean:* with 10 images a class all four are equal within their spread, even the *random frozen*
#   one. With 50 they lie within a point or so of each other. If you hoped that a wise filter saves
#   labels: here it does not.
# - *Offset:* frozen Sobel has the same numbers as on clean images, exactly. All the others lose,
#   the two that start at random most of all, and nobody can tell beforehand how much: look at the
#   length of their bars.
# - *Light from the right:* a slope is not a constant, so Sobel's guarantee does not cover it. It
#   shifts gx by a constant and costs less than a point all the same.
# - *Inverted:* nobody survives, frozen Sobel included. No sum protects from a change of sign.
#
# That is the honest answer. A weight that does not learn is not there to be *better*. It is there
# to be **known**: what you can prove about it before training still holds after it.

# %%
mean = {
    (count, name, one): np.mean(shares)
    for count, rows in accuracy.items()
    for name, by_light in rows.items()
    for one, shares in by_light.items()
}
for count, rows in accuracy.items():
    clean = [mean[count, name, "clean"] for name in rows]
    assert max(clean) - min(clean) < 0.015
    assert max(mean[count, name, "inverted"] for name in rows) < 0.35

# %%
for count, rows in accuracy.items():
    sure = rows["Sobel, frozen"]
    assert sure["clean"] == sure["offset +1/4"] == sure["offset +1/2"]
    assert np.mean(sure["clean"]) - np.mean(sure["light from the right"]) < 0.01
    loss = {name: mean[count, name, "clean"] - mean[count, name, "offset +1/2"] for name in rows}
    assert 0 < loss["Sobel, learned"] < min(loss["random, frozen"], loss["random, learned"])

# %% [markdown]
# The guarantee has its limits, too. It holds for an offset that is *added*; a camera that clips at
# white, or a light that multiplies, is another story.

# %%
clipped = np.minimum(light["offset +1/2"], 1)
guesses = predicted(frozen_twin, clipped), predicted(frozen_twin, light["clean"])
print("with clipping, answers change:", bool((guesses[0] != guesses[1]).any()))
assert (guesses[0] != guesses[1]).sum() > 10

# %% [markdown]
# ## Can training find the filter by itself?
#
# A last experiment turns the lesson around. Suppose you did not know Sobel's numbers, but had
# images and their edges. A free 3 × 3 kernel learns from the pairs. Its bias is frozen at 0, as
# [lesson 3](03_when_freezing_takes_effect.ipynb) showed for a single weight.
#
# **Predict.** Will gradient descent arrive at Sobel's numbers, or at other ones that work as well?

# %%
my_destination = ...


# %%
def make_learner(frozen=False):
    keras.utils.set_random_seed(1)
    conv = layers.Conv2D(1, 3, trainable=not frozen, name="free")
    model = keras.Sequential([keras.Input((16, 16, 1)), conv], name="learner")
    conv.bias.trainable = False
    model.compile(keras.optimizers.SGD(0.25), "mse", jit_compile=False)
    return model


# %%
snow = rng.choice([-1.0, 1.0], size=(64, 16, 16, 1)).astype("float32")
edges_of_snow = np.stack([respond(one, sobel_x()) for one in snow])
learner, history = make_learner(), {}
for step in range(33):
    if step in (0, 1, 2, 4, 32):
        history[f"step {step}"] = learner.get_layer("free").kernel.numpy()
    learner.train_on_batch(snow, edges_of_snow)
history["Sobel x"] = sobel_x()

# %%
figures.kernel_maps(history, "A free kernel learns from pairs (image, its edges)", digits=2)

# %%
found = learner.get_layer("free").kernel.numpy()
distance = np.abs(found - sobel_x()).max()
print("within 0.01 of Sobel:", bool(distance < 0.01))
assert distance < 0.01

# %% [markdown]
# **Explain.** It finds exactly Sobel: the answer is linear in nine numbers, and there is one lowest
# point. The images were television snow, dots at random, on purpose. In a photograph neighbours look
# alike, so that many kernels give nearly the same edges, and the way down is long and flat. The same
# number of steps on patches of the cat does not get there.

# %%
corners = [(r, c) for r in range(0, 280, 35) for c in range(0, 430, 54)]
patches = np.stack([cat[r : r + 16, c : c + 16] for r, c in corners])[..., None] / 128 - 1
edges_of_cat = np.stack([respond(one, sobel_x()) for one in patches])
slow = make_learner()
slow.compile(keras.optimizers.SGD(0.05), "mse", jit_compile=False)
for step in range(33):
    slow.train_on_batch(patches, edges_of_cat)
distance_on_cat = np.abs(slow.get_layer("free").kernel.numpy() - sobel_x()).max()
print("within 0.01 of Sobel:", bool(distance_on_cat < 0.01))
assert distance_on_cat > 0.5

# %% [markdown]
# And a kernel that is frozen at random numbers? It never gets there, however long it is trained:
# the optimizer is not even told about it. (So that the optimizer has anything to do at all, the model
# gets one more number here, a learned factor behind the kernel.)

# %%
stuck = make_learner(frozen=True)
stuck.add(layers.Dense(1, use_bias=False, name="scale"))
stuck.compile(keras.optimizers.SGD(0.01), "mse", jit_compile=False)
before = snapshot(stuck)
for step in range(33):
    stuck.train_on_batch(snow, edges_of_snow)
print(compare(before).verdict())
assert compare(before).moved == ["learner/scale/kernel"]

# %% [markdown]
# ## In short
#
# - A Keras kernel has the axes (height, width, in, out). Keras correlates: it does not turn the
#   kernel, and Sobel-x is positive where the image gets brighter to the right.
# - **Setting** a kernel and **freezing** it are two steps. Set only: training moves it. Frozen only:
#   it keeps random numbers. Prove both with `movement`. Saving to `.keras` keeps both.
# - `Constant` with a 3 × 3 table is wrong: give all four axes. Leave the bias off.
# - `Conv2D` adds up the channels, `DepthwiseConv2D` keeps them apart. `padding="same"` makes false
#   edges at the border.
# - A frozen Sobel layer was no better on clean images. What it gives is a guarantee: its sum is 0
#   and stays 0, so a brightness offset changes nothing at all.
#
# The words of this lesson are explained in the [glossary](../docs/glossary.md).
#
# ## Where this bites in real projects
#
# - A filter is set with care and never frozen; after the first epoch it is some other filter.
# - A 3 × 3 `Constant` is given to a colour layer; the model trains, and nobody looks at the kernel.
# - A kernel comes from a PyTorch checkpoint or a signal-processing text, with axes or sign turned.
# - `padding="same"` lets a network learn where the border is, from edges that are not there.
#
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
#   [initializers](https://keras.io/api/layers/initializers/).
# - Learning a kernel from examples: A. Zhang and others, *Dive into Deep Learning*,
#   [convolutions for images](https://d2l.ai/chapter_convolutional-neural-networks/conv-layer.html).
