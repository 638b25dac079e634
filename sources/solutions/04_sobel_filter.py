# %% [markdown]
# # Exercise 4 · A Sobel filter that stays put
#
# *Can you put a filter into a layer, keep it there, and prove it?*
#
# **Time:** about 30 minutes. **You need:** [lesson 4](../../notebooks/04_sobel_filter.ipynb).
#
# Each task has a cell for your answer, in which you replace `pass  # your code here`, and below it a
# cell that checks the answer. Where a task asks for a function that returns a layer, the check calls
# it more than once, shows the layers images (several at a time, with fractions and negative numbers,
# too), and trains them for a few steps. A check never counts tries, and hints are free: call
# `tasks.edge_by_hand.hint()` (with the task's name) in a cell of your own. The first cell takes 10
# to 20 seconds and then says that it is ready.

# %%
from helpers import start

start()

import keras
import numpy as np
from keras import layers

from helpers.filters import per_channel, sobel_x, sobel_y, stack
from helpers.tasks import sobel_filter as tasks

# %% [markdown]
# ## Task 1: an edge by hand
#
# This image has 4 × 4 pixels, and Keras filters it with Sobel-x, without padding. What are the
# answers? Set `answers` to a table (a list of rows), worked out by hand.
#
#     0  0  0  0
#     0  0  3  3
#     0  0  3  3
#     0  0  3  3

# %% answer edge_by_hand
answers = ...
### BEGIN SOLUTION
# above: a row of 0, then 3 · 2 and 3 · 1; below: 3 · 1, 3 · 2 and 3 · 1
answers = [[9, 9], [12, 12]]
### END SOLUTION

# %% check edge_by_hand 1
tasks.edge_by_hand.check(answers)

# %% [markdown]
# ## Task 2: the shape of a kernel
#
# Colour images (three channels) go into a `Conv2D(16, (5, 3))`; and into a
# `DepthwiseConv2D((5, 3), depth_multiplier=2)`. Which shapes do their kernels have? Set `conv` and
# `depthwise` to tuples.

# %% answer kernel_shapes
conv = depthwise = ...
### BEGIN SOLUTION
conv = (5, 3, 3, 16)  # height, width, channels in, filters out
depthwise = (5, 3, 3, 2)  # height, width, channels in, filters for each
### END SOLUTION

# %% check kernel_shapes 1
tasks.kernel_shapes.check(conv, depthwise)

# %% [markdown]
# ## Task 3: write a kernel
#
# Write **Sobel-y** as an array that one filter of a `Conv2D` on gray images can use as its kernel. It
# should be positive where the image gets brighter *downwards*. Write the numbers yourself.

# %% answer sobel_y_kernel
kernel = ...
### BEGIN SOLUTION
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32").reshape(3, 3, 1, 1)
### END SOLUTION

# %% check sobel_y_kernel 1
tasks.sobel_y_kernel.check(kernel)

# %% [markdown]
# ## Task 4: a bug hunt
#
# A book shows this table, with which an image looks like a relief that is lit from above left. "Lay
# it over each patch, multiply and add", says the book. A colleague put it into a layer.

# %%
RELIEF = np.array([[-2, -2, 0], [-1, 1, 1], [0, 1, 2]], "float32")


def relief_layer_broken():
    turned = RELIEF.T[::-1, ::-1]  # "a convolution turns the kernel, and x comes first"
    given = keras.initializers.Constant(turned.reshape(3, 3, 1, 1))
    return layers.Conv2D(1, 3, use_bias=False, trainable=False, kernel_initializer=given)


# %% [markdown]
# By the book, a single bright pixel in the last column of the first row counts 0 times, and one in
# the middle of the first row −2 times. Run it: the layer says otherwise.

# %%
one_pixel = np.zeros((1, 3, 3, 1), "float32")
one_pixel[0, 0, 1, 0] = 1
print("by the book:", RELIEF[0, 1])
print("the layer:  ", relief_layer_broken()(one_pixel).numpy()[0, 0, 0, 0])

# %% [markdown]
# Write `relief_layer()`, which returns a fresh layer (or model) for gray images that does what the
# book says, without padding, and stays so in training.


# %% answer relief_repaired
def relief_layer():
    ### BEGIN SOLUTION
    given = keras.initializers.Constant(RELIEF.reshape(3, 3, 1, 1))
    return layers.Conv2D(1, 3, use_bias=False, trainable=False, kernel_initializer=given)
    ### END SOLUTION


# %% check relief_repaired 2
tasks.relief_repaired.check(relief_layer)

# %% [markdown]
# ## Task 5: the magnitude
#
# Write a function that gives the magnitude of the edges from the arrays `gx` and `gy`, pixel by pixel.


# %% answer steepness
def edge_magnitude(gx, gy):
    ### BEGIN SOLUTION
    return np.sqrt(gx**2 + gy**2)
    ### END SOLUTION


# %% check steepness 1
tasks.steepness.check(edge_magnitude)

# %% [markdown]
# ## Task 6: the border
#
# Write a function that filters a gray image, (height, width), with Sobel-y and returns an array
# (height, width) of the *same* height and width. At the border the image should be mirrored without
# repeating its outermost pixels (NumPy calls this `"reflect"`).


# %% answer mirrored_border
def sobel_y_same_size(image):
    ### BEGIN SOLUTION
    mirrored = np.pad(image, 1, mode="reflect")
    layer = layers.Conv2D(
        1, 3, use_bias=False, kernel_initializer=keras.initializers.Constant(sobel_y())
    )
    return keras.ops.convert_to_numpy(layer(mirrored[None, :, :, None]))[0, :, :, 0]
    ### END SOLUTION


# %% check mirrored_border 2
tasks.mirrored_border.check(sobel_y_same_size)

# %% [markdown]
# ## Task 7: a Sobel layer that stays put
#
# Write a function that returns a fresh layer (or model), a new one each time. It takes gray images
# and answers with two channels: Sobel-x first, then Sobel-y; no padding. Training must never change
# its answer.
# `sobel_x()`, `sobel_y()` and `stack` are there to be used.


# %% answer fixed_sobel
def sobel_layer():
    ### BEGIN SOLUTION
    given = keras.initializers.Constant(stack(sobel_x(), sobel_y()))
    return layers.Conv2D(2, 3, use_bias=False, trainable=False, kernel_initializer=given)
    ### END SOLUTION


# %% check fixed_sobel 2
tasks.fixed_sobel.check(sobel_layer)

# %% [markdown]
# ## Task 8: colour by colour
#
# Write a function that returns a fresh layer (or model) for colour images. It answers with three
# channels, Sobel-x of the red, of the green and of the blue channel; no padding, unchanged by training.


# %% answer colour_edges
def colour_layer():
    ### BEGIN SOLUTION
    given = keras.initializers.Constant(per_channel(sobel_x(), 3))
    return layers.DepthwiseConv2D(
        3, use_bias=False, trainable=False, depthwise_initializer=given
    )
    ### END SOLUTION


# %% check colour_edges 2
tasks.colour_edges.check(colour_layer)

# %% [markdown]
# ## Task 9: set, freeze, prove
#
# Put lines into order so that the model below is trained with a frozen Sobel kernel and the names in
# `moved` prove it. Two lines are wrong and are left out; every other line is used once.
#
# | letter | line |
# |---|---|
# | A | `model.get_layer("edges").trainable = False` |
# | B | `model.compile("sgd", "mse", jit_compile=False)` |
# | C | `before = snapshot(model)` |
# | D | `model.fit(x, y, verbose=0)` |
# | E | `moved = compare(before).moved` |
# | F | `model.get_layer("edges").set_weights([sobel])` |
# | G | `model.get_layer("edges").set_weights([sobel[:, :, 0, 0]])` |
# | H | `model.get_layer("edges").trainble = False` |
#
# The model is a `Conv2D(2, 3, use_bias=False, name="edges")` with random numbers, then Flatten and
# Dense; `sobel` is `stack(sobel_x(), sobel_y())`. Set `order` to a text of letters, such as `"ABC"`.

# %% answer proof_in_order
order = ...
### BEGIN SOLUTION
order = "FABCDE"  # set and flag, compile, snapshot, fit, compare
### END SOLUTION

# %% check proof_in_order 2
tasks.proof_in_order.check(order)

# %% [markdown]
# ## Task 10: a blur that stays put
#
# Write a function that returns a fresh layer (or model) for gray images that blurs with a
# **Gaussian** of 5 × 5 numbers: proportional to exp(−(dx² + dy²) / (2 σ²)) with σ = 1.5 pixels,
# where dx and dy are the distances from the middle, and divided by the sum of all 25, so that
# brightness stays. No padding, unchanged by training.


# %% answer fixed_blur
def blur_layer():
    ### BEGIN SOLUTION
    distance = np.arange(5) - 2
    bell = np.exp(-(distance**2) / (2 * 1.5**2))
    table = np.outer(bell, bell)
    given = keras.initializers.Constant((table / table.sum()).reshape(5, 5, 1, 1))
    return layers.Conv2D(1, 5, use_bias=False, trainable=False, kernel_initializer=given)
    ### END SOLUTION


# %% check fixed_blur 2
tasks.fixed_blur.check(blur_layer)

# %% [markdown]
# ## Task 11: explain
#
# A colleague writes: *"I put a Sobel filter into the first layer and froze it, because good features
# make a better classifier. But accuracy on the test images is the same as without. So freezing was
# pointless."* Answer in three to five sentences: what does the frozen filter give, what not, and how
# would you show it? This task is not checked by the notebook; compare your answer with the one in
# the solutions, or with a neighbour's.

# %% [markdown] essay explain_guarantee 3
# **A model answer.** Hardly any gain on clean images is what lesson 4 measured, too: frozen Sobel was
# at most two points ahead of its twins, even of one whose first layer was random *and* frozen. What
# freezing gives is a property that holds for sure. Sobel's numbers add up to 0, so a constant added to
# all pixels changes nothing (without padding), and since the kernel cannot move, this is as true after
# training as before. To show it, add an offset to the test images: the frozen model gives the same
# answers, while a twin that only started as Sobel changes some of its answers and one from random
# numbers loses accuracy. It does not protect from everything: inverted images defeat all of them.
#
# **For the teacher, one point each:** hardly any gain on clean images is accepted as a result; the
# guarantee is named, with its reason (the sum is 0 and stays 0); the experiment compares with a twin
# that is not frozen, or a limit of the guarantee is named.

# %% [markdown]
# ## What you have done

# %%
tasks.scoreboard()
