# %% [markdown]
# # Exercise 8 · The freezing clinic
#
# *Can you diagnose, repair and prove, and fine-tune a network under constraints?*
#
# **Time:** about 40 minutes. **You need:** [lesson 8](../../notebooks/08_freezing_clinic.ipynb),
# and for the capstone [lesson 6](../../notebooks/06_pretrained_networks.ipynb).
#
# Each task has a cell for your answer, in which you replace `pass  # your code here`, and below it
# a cell that checks the answer. A check never counts tries, and hints are free: call
# `tasks.six_reports.hint()` (with the task's name) in a cell of your own. The first cell takes 10 to
# 20 seconds.

# %%
from helpers import compare, ledger, mini_googlenet, mnist_test, snapshot, start

start()

import keras
import numpy as np
from keras import layers

from helpers.tasks import freezing_clinic as tasks

# %% [markdown]
# ## Task 1: six reports
#
# Six people have a base of three Dense layers (39 numbers) with a head (8 numbers), and used the
# instruments of lesson 8. What is the cause in each case?
#
# 1. The base was to be frozen before anything else. The ledger says *learned 8 · frozen 39*. After
#    twenty steps of a GradientTape, all four layers have moved.
# 2. The base was to be frozen, by a line that names it, with a `compile` after it. The ledger says
#    *learned 47 · frozen 0*. `base.trainable` is True.
# 3. A frozen base was thawed, and the model compiled again. The ledger says *learned 47 · frozen
#    0*. `fit` stops with *ValueError: Unknown variable*.
# 4. *This base also has a BatchNormalization.* It was frozen with `weight.trainable = False` for
#    each of its trainable weights. A fit moves the head and two arrays of the base, neither of them
#    a kernel or a bias.
# 5. In a first phase with `Adam(1e-5)` the base was frozen. In a second phase, after
#    `compile("adam")`, all four layers moved, as they should, and the network forgot what it knew.
# 6. To keep the original safe, somebody copied the pretrained base with `clone_model`, froze the
#    copy and put a head on it. Nothing in the copy moves, and its features were useless from the
#    start.
#
# Set each name to one of the words `"late flag"`, `"wrong list"`, `"wrong layers"`, `"misspelt
# flag"`, `"old optimizer"`, `"wrong rate"`, `"statistics"`, `"frozen clone"`. Two of them are left
# over.

# %% answer six_reports
report_1 = report_2 = report_3 = report_4 = report_5 = report_6 = ...
### BEGIN SOLUTION
report_1 = "wrong list"  # the loop goes over weights, not over trainable_weights
report_2 = "misspelt flag"  # not even the flag itself has changed
report_3 = "old optimizer"  # it was made while the base was frozen
report_4 = "statistics"  # the layer's own flag is still True
report_5 = "wrong rate"  # "adam" means 0.001
report_6 = "frozen clone"  # a clone keeps the flags, not the values
### END SOLUTION

# %% check six_reports 2
tasks.six_reports.check(report_1, report_2, report_3, report_4, report_5, report_6)

# %% [markdown]
# ## Task 2: how many arrays move?
#
# `tasks.network()` is the patient of this exercise: a base of three layers and a head, ten arrays.

# %%
ledger(tasks.network())

# %% [markdown]
# Each program starts with `x, y = tasks.examples()`, a fresh `model = tasks.network()`, in which
# nothing is frozen, and `base = model.get_layer("base")`. **How many of the model's ten arrays does
# its last epoch move?**
#
# `clone`:
#
# ```python
# clone = keras.models.clone_model(model)
# clone.trainable = False
# model.compile("sgd", "mse")
# model.fit(x, y)
# ```
#
# `callback`:
#
# ```python
# class FreezeLater(keras.callbacks.Callback):
#     def on_epoch_begin(self, epoch, logs=None):
#         if epoch == 1:  # counted from 0: the second epoch
#             self.model.get_layer("base").trainable = False
#
# model.compile("sgd", "mse")
# model.fit(x, y, epochs=2, callbacks=[FreezeLater()])
# ```
#
# `true_again`:
#
# ```python
# base.get_layer("norm").trainable = False
# base.trainable = True
# model.compile("sgd", "mse")
# model.fit(x, y)
# ```
#
# `wall`, with a network that has a `keras.ops.stop_gradient` between base and head:
#
# ```python
# model = tasks.network(wall=True)
# model.compile("sgd", "mse")
# model.fit(x, y)
# ```

# %% answer moved_arrays
clone = callback = true_again = wall = ...
### BEGIN SOLUTION
clone = 10  # a clone is another model
callback = 10  # the training step was made in the first epoch
true_again = 6  # base's own flag was True already: norm stays frozen
wall = 2 + 2  # the head learns, and norm goes on measuring
### END SOLUTION

# %% check moved_arrays 2
tasks.moved_arrays.check(clone, callback, true_again, wall)

# %% [markdown]
# ## Task 3: what contradicts its role?
#
# A movement knows, for each variable, its role and whether it moved: `for change in
# movement.changes` gives a `change.path`, a `change.role` (such as `"learned"`) and a
# `change.moved`. Write a function that returns the list of the paths whose movement contradicts
# their role: *learned* but still, or *frozen* but moved. (Statistics and other state may do
# either.)


# %% answer contradictions
def contradictions(movement):
    ### BEGIN SOLUTION
    odd = (("learned", False), ("frozen", True))
    return [change.path for change in movement.changes if (change.role, change.moved) in odd]
    ### END SOLUTION


# %% check contradictions 2
tasks.contradictions.check(contradictions)

# %% [markdown]
# ## Task 4: the first no
#
# Now automate the first two questions of the chart. `model` is compiled, and may have been trained
# before; `meant` is a list of the paths of the weights that should learn, and no others. Write a
# function that returns
#
# - `"role"` if the model's trainable weights are not those that were meant;
# - else `"movement"` if a fit on `x` and `y` moves anything else than exactly those (statistics
#   included);
# - else `"fine"`.
#
# An instrument must not change what it measures: afterwards every weight of the model has the value
# that it had before. (`before.restore()` puts the values of a snapshot back.)


# %% answer first_no
def first_no(model, meant, x, y):
    ### BEGIN SOLUTION
    if {weight.path for weight in model.trainable_weights} != set(meant):
        return "role"
    before = snapshot(model)
    model.fit(x, y, verbose=0)
    moved = compare(before).moved
    before.restore()
    return "fine" if set(moved) == set(meant) else "movement"
    ### END SOLUTION


# %% check first_no 3
tasks.first_no.check(first_no)

# %% [markdown]
# ## Task 5: the frozen clone
#
# A teacher is trained and frozen. A student should begin as its exact copy and then learn, while
# the teacher stays as it is. Run the attempt below. Two things are wrong.


# %%
def make_student_broken(teacher):
    student = keras.models.clone_model(teacher)
    student.trainable = True
    return student


teacher = tasks.network()
teacher.trainable = False
x, y = tasks.examples()
attempt = make_student_broken(teacher)
print("same answers at the start:", np.allclose(attempt(x), teacher(x)))
print(ledger(attempt).table().caption)

# %% [markdown]
# Write `make_student(teacher)`, which returns a student with the teacher's answers, all of whose
# weights are learned once it is compiled and trained. The teacher's values and flags stay.


# %% answer student
def make_student(teacher):
    ### BEGIN SOLUTION
    student = keras.models.clone_model(teacher)
    student.set_weights(teacher.get_weights())  # a clone has values of its own,
    student.trainable = False  # and the flags of its teacher; True on top of True does nothing
    student.trainable = True
    return student
    ### END SOLUTION


# %% check student 2
tasks.student.check(make_student)

# %% [markdown]
# ## Task 6: a number that Keras does not know
#
# The layer below divides by a *temperature*, one number that starts at 2 and should be learned. It
# computes as it should, but the ledger lists nothing.


# %%
def make_layer_broken():
    temperature = keras.Variable(2.0, name="temperature")
    return layers.Lambda(lambda numbers: numbers / temperature, name="cool")


broken = make_layer_broken()
print(broken(np.array([[3.0, 5.0]])).numpy(), "weights:", broken.weights)

# %% [markdown]
# Write `make_layer()`, which returns a new layer each time: it divides its input by one number, 2
# at the start, which is learned, and which obeys the layer's `trainable` flag: while the layer is
# frozen, it goes on dividing by what has been learned until then.


# %% answer temperature
def make_layer():
    ### BEGIN SOLUTION
    class Temperature(layers.Layer):
        def build(self, input_shape):
            start = keras.initializers.Constant(2.0)
            self.temperature = self.add_weight(shape=(), initializer=start, name="temperature")

        def call(self, numbers):
            return numbers / self.temperature

    return Temperature()
    ### END SOLUTION


# %% check temperature 2
tasks.temperature.check(make_layer)

# %% [markdown]
# ## Task 7: a bug hunt
#
# A kernel has three columns. The first is a formula that is known and should stay; the other two
# learn. The gradient of the first is stopped, and yet it moves. (After a question on
# [Stack Overflow](https://stackoverflow.com/questions/56907142).) Run this and look at the ratio.


# %%
class HalfFixed(layers.Dense):
    def call(self, inputs):
        fixed = keras.ops.stop_gradient(self.kernel[:, :1])
        return inputs @ keras.ops.concatenate([fixed, self.kernel[:, 1:]], axis=1)


layer = HalfFixed(3, use_bias=False, kernel_initializer="ones", name="half_fixed")
broken = keras.Sequential([keras.Input((4,)), layer], name="broken")
broken.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
x, y = tasks.examples()
broken.fit(x, np.ones((36, 3)), batch_size=9, epochs=5, verbose=0)
print("first column after 20 steps, before: 1:", layer.kernel.numpy()[:, 0].round(2))

# %% [markdown]
# Write `make_model(column)`, which returns a compiled model for inputs of 4 numbers with 3 outputs.
# The first output is always `inputs @ column`, where `column` is an array of 4 numbers, however
# long the model is trained; the other two learn. The optimizer stays AdamW with `weight_decay=0.5`.


# %% answer fixed_column
def make_model(column):
    ### BEGIN SOLUTION
    inputs = keras.Input((4,))
    known = layers.Dense(1, use_bias=False, trainable=False, name="known")
    free = layers.Dense(2, name="free")
    outputs = layers.Concatenate(name="both")([known(inputs), free(inputs)])
    known.set_weights([np.reshape(column, (4, 1))])
    model = keras.Model(inputs, outputs, name="half_fixed")
    model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.5), "mse")
    return model
    ### END SOLUTION


# %% check fixed_column 3
tasks.fixed_column.check(make_model)

# %% [markdown]
# ## Task 8: put the lines in order
#
# `model` is base and head, `norms` lists the BatchNormalization layers of the base. In a first
# phase the base was frozen, and the head was trained. Now the base should be fine-tuned at a rate
# of 0.00001, its statistics should stay, and `movement` should prove it. Six of these nine lines do
# it.

# %%
tasks.lines()

# %% [markdown]
# Set `order` to the letters, for example `order = "IGFEDC"`. The check really runs your lines.

# %% answer gentle_proof
order = ...
### BEGIN SOLUTION
order = "EHCDAF"
### END SOLUTION

# %% check gentle_proof 2
tasks.gentle_proof.check(order)

# %% [markdown]
# ## Task 9: the capstone
#
# The network that ships with the course reads MNIST's digits. You have 100 labelled digits of
# another kind: UCI's, enlarged, from other pens and another scanner. How well does the network read
# them, and its own?

# %%
network = mini_googlenet(weights="mnist")
images, labels = tasks.new_digits()
print("100 new digits:", images.shape)
new, old = tasks.accuracy(network, *tasks.unseen_digits()), tasks.accuracy(network, *mnist_test())
print(f"unseen new digits: below 75 %: {new < 0.75}; old digits: above 95 %: {old > 0.95}")
print([layer.name for layer in network.layers if layer.name.startswith(("conv", "head"))])

# %% [markdown]
# Write `fine_tune(model, images, labels)`, which tunes the model it is given (do not replace it)
# and returns it. The check calls it with a fresh network and the 100 digits, and verifies each
# constraint by what happened:
#
# 1. `conv1`, `norm1`, `conv2` and `norm2` do not move.
# 2. All convolutions of block c (`conv_c_...`) and the head learn.
# 3. No statistic moves, in any of the 20 BatchNormalization layers.
# 4. The weights that moved hold at most 25,000 numbers.
# 5. At least 85 % of the *unseen* new digits are read correctly afterwards.
# 6. At least 85 % of the *old* digits still are.
#
# A few seconds of training are enough. Give `compile` the argument `jit_compile=False`: for a small
# network the compiler takes longer than the training. The check calls your function and reads many
# digits: on a slow computer it takes 5 to 15 seconds.


# %% answer capstone
def fine_tune(model, images, labels):
    ### BEGIN SOLUTION
    for layer in model.layers:  # so every BatchNormalization is frozen, too
        layer.trainable = layer.name == "head" or layer.name.startswith("conv_c")
    adam = keras.optimizers.Adam(0.002)
    model.compile(adam, "sparse_categorical_crossentropy", jit_compile=False)
    model.fit(images, labels, batch_size=20, epochs=8, verbose=0)
    return model
    ### END SOLUTION


# %% check capstone 3
tasks.capstone.check(fine_tune)

# %% [markdown]
# ## Task 10: explain
#
# A colleague writes: *"I fine-tune a pretrained network. `base.trainable = False` stands in my
# program, the summary says 'Non-trainable params: 23 million', and the loss falls nicely. Still the
# base's features change from epoch to epoch. Is freezing broken in Keras?"* Write an answer of four
# to six sentences: what you would ask for or run, in which order, and what each result would tell
# you. This task is not checked by the notebook; compare your answer with the one in the solutions.

# %% [markdown] essay explain_clinic 3
# **A model answer.** The summary answers only the first question: the roles are right now, though
# it says nothing about what training does. So take a snapshot, train for one epoch, and compare. If
# frozen weights moved in `fit`, the training step is older than the flag: compile with a new
# optimizer after the flag. If they moved in a loop of your own, the loop goes over `weights`
# instead of `trainable_weights`. If no weight of the base moved but its moving means and variances
# did, then its BatchNormalization layers are not frozen as layers (for instance only their
# variables are): freeze each layer itself. If nothing in the base moved at all, the features differ
# because of how they are computed: a frozen Dropout still drops in training mode, so compare
# features with `training=False`.
#
# **For the teacher, one point each:** the summary (or ledger) is told apart from what training
# does, and a snapshot with a comparison is asked for; at least two results are each tied to their
# cause; each cause is tied to its repair.

# %% [markdown]
# ## What you have done

# %%
tasks.scoreboard()
