# %% dense_layer wrong: forgets the bias, counts only one number per pair of input and unit
inputs, units = 28 * 28, 64
total = inputs * units

# %% dense_layer wrong: gives every input a bias instead of every unit
pixels = 784
units = 64
kernel = pixels * units
bias = pixels
total = kernel + bias

# %% dense_layer wrong: counts the arrays (kernel and bias), not the numbers in them
layer = layers.Dense(64)
layer.build((None, 784))
total = len(layer.weights)

# %% dense_layer wrong: takes the image as 28 rows of 28, so that Dense acts on the last axis with 28 inputs only
picture = keras.Sequential([keras.Input((28, 28)), layers.Dense(64)])
total = picture.count_params()

# %% dense_layer wrong: gives the size in bytes (the figure in brackets of the summary) instead of the count of numbers
layer = layers.Dense(64)
layer.build((None, 784))
total = sum(weight.numpy().nbytes for weight in layer.weights)

# %% dense_layer right: a NumPy integer, with the bias as one more row of the kernel
total = np.prod([784 + 1, 64])

# %% dense_layer right: a scalar tensor, summed up by keras.ops over a real layer's weights
flat = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(64)])
total = sum(keras.ops.size(weight) for weight in flat.weights)

# %% dense_layer right: a float whose value is the whole number
total = 64 * (784.0 + 1.0)

# %% dense_layer cheat: an int subclass that says it equals whatever it is compared with
class Agreeable(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__


total = Agreeable(1)

# %% three_layers wrong: forgets the biases of all three layers
first, middle, last = 8 * 16, 16 * 4, 4 * 2
total = first + middle + last
trainable = first + last
non_trainable = middle

# %% three_layers wrong: thinks that freezing freezes the kernel only and the bias goes on learning
total = (8 * 16 + 16) + (16 * 4 + 4) + (4 * 2 + 2)
non_trainable = 16 * 4
trainable = total - non_trainable

# %% three_layers wrong: thinks that frozen numbers leave the total
first, middle, last = 8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2
total = first + last
trainable = first + last
non_trainable = middle

# %% three_layers wrong: thinks that the layer before a frozen one cannot be trained either and is counted as non-trainable
first, middle, last = (8 + 1) * 16, (16 + 1) * 4, (4 + 1) * 2
total = first + middle + last
non_trainable = first + middle
trainable = last

# %% three_layers wrong: a slip, trainable and non_trainable are swapped
sizes = [8, 16, 4, 2]
counts = [a * b + b for a, b in zip(sizes, sizes[1:])]
total = sum(counts)
non_trainable = counts[0] + counts[2]
trainable = counts[1]

# %% three_layers right: unpacked from a NumPy array, so the names hold NumPy integers
sizes = np.array([8, 16, 4, 2])
counts = (sizes[:-1] + 1) * sizes[1:]
total, trainable, non_trainable = counts.sum(), counts @ [1, 0, 1], counts @ [0, 1, 0]

# %% three_layers right: read off a real functional model whose middle layer was made frozen
entry = keras.Input((8,))
exit_ = layers.Dense(2)(layers.Dense(4, trainable=False)(layers.Dense(16)(entry)))
asked = keras.Model(entry, exit_)
total = asked.count_params()
trainable = sum(weight.numpy().size for weight in asked.trainable_variables)
non_trainable = sum(weight.numpy().size for weight in asked.non_trainable_variables)

# %% conv2d_count wrong: operator precedence, without a bias the function gives 0 in all
def conv2d_weights(height, width, channels_in, filters, use_bias):
    return height * width * channels_in * filters + filters if use_bias else 0

# %% conv2d_count wrong: adds one bias for the whole layer (True counts as 1) instead of one per filter
def conv2d_weights(height, width, channels_in, filters, use_bias):
    return height * width * channels_in * filters + use_bias

# %% conv2d_count wrong: thinks that a filter is a flat pattern shared by all input channels, channels_in is left out
def conv2d_weights(height, width, channels_in, filters, use_bias):
    per_filter = height * width + (1 if use_bias else 0)
    return per_filter * filters

# %% conv2d_count wrong: square kernels only, width is ignored
def conv2d_weights(height, width, channels_in, filters, use_bias):
    kernel = height**2 * channels_in * filters
    if use_bias:
        return kernel + filters
    return kernel

# %% conv2d_count wrong: takes height and width for those of the image and a kernel of 3 x 3 for granted
def conv2d_weights(height, width, channels_in, filters, use_bias):
    # height and width of the picture do not matter, a convolution is 3 x 3
    kernel = 3 * 3 * channels_in * filters
    return kernel + filters if use_bias else kernel

# %% conv2d_count right: a lambda that treats the bias as one more input number of each filter
conv2d_weights = lambda height, width, channels_in, filters, use_bias: filters * (
    height * width * channels_in + bool(use_bias)
)

# %% conv2d_count right: builds a real layer on an image of unknown size and adds up the shapes of its weights
def conv2d_weights(height, width, channels_in, filters, use_bias):
    layer = layers.Conv2D(filters, kernel_size=(height, width), use_bias=use_bias)
    layer.build((None, None, None, channels_in))
    return sum(np.prod(tuple(weight.shape)) for weight in layer.weights)

# %% conv2d_count right: an object of a class with __call__ that counts by adding one filter after another
class FilterCounter:
    def __call__(self, height, width, channels_in, filters, use_bias):
        count = 0
        for _ in range(filters):
            for _ in range(channels_in):
                count += height * width
            if use_bias:
                count += 1
        return count


conv2d_weights = FilterCounter()

# %% batchnorm_counts wrong: thinks that each pixel of each channel is normalised by itself, with four numbers of its own
features = 32 * 20 * 48
total = 4 * features
non_trainable = 2 * features

# %% batchnorm_counts wrong: thinks that nothing is non-trainable if nothing is frozen
total = 4 * 48
non_trainable = 0

# %% batchnorm_counts wrong: channels-first habit of PyTorch, takes the first number of the image's shape (32) for the channels
norm = layers.BatchNormalization(axis=1)
norm.build((None, 32, 20, 48))
total = norm.count_params()
non_trainable = total // 2

# %% batchnorm_counts wrong: counts num_batches_tracked as well, a buffer that PyTorch has and Keras has not
channels = 48
learned = 2 * channels
buffers = 2 * channels + 1
total = learned + buffers
non_trainable = buffers

# %% batchnorm_counts wrong: counts arrays instead of the numbers in them
norm = layers.BatchNormalization()
norm.build((None, 32, 20, 48))
total = len(norm.weights)
non_trainable = len(norm.non_trainable_weights)

# %% batchnorm_counts right: a real layer in a model, counted as the elements of the values of get_weights
photo = keras.Sequential([keras.Input((32, 20, 48)), layers.BatchNormalization()])
arrays = photo.get_weights()
total = np.concatenate(arrays).size
non_trainable = np.stack(arrays)[2:].size

# %% batchnorm_counts right: from a dictionary of names, with a share taken by exact fractions
from fractions import Fraction

numbers = {name: 48 for name in ("gamma", "beta", "moving_mean", "moving_variance")}
total = sum(numbers.values())
non_trainable = total * Fraction(2, 4)

# %% count_repaired wrong: goes by the flag of each top layer and counts the whole layer, so statistics and what is frozen in a model inside count as trained
def count_trainable(model):
    return sum(layer.count_params() for layer in model.layers if layer.trainable)

# %% count_repaired wrong: goes by the flag of each weight alone, overlooks that a frozen model overrules a layer thawed inside it
def count_trainable(model):
    count = 0
    for weight in model.weights:
        if weight.trainable:
            count += int(np.prod(weight.shape))
    return count

# %% count_repaired wrong: takes the summary's total less the non-trainable, overlooks that after a fit that total has the optimizer's numbers in it
def count_trainable(model):
    import re

    lines = []
    model.summary(print_fn=lines.append)
    text = "\n".join(lines)
    total, kept = (
        int(re.search(name + r" params: ([\d,]+)", text).group(1).replace(",", ""))
        for name in ("Total", "Non-trainable")
    )
    return total - kept

# %% count_repaired wrong: collects the counts in a dict by weight.name, which several layers share, so that later kernels replace earlier ones
def count_trainable(model):
    sizes = {weight.name: int(np.prod(weight.shape)) for weight in model.trainable_weights}
    return sum(sizes.values())

# %% count_repaired wrong: takes off the statistics of BatchNormalization only, forgets that frozen layers are non-trainable too
def count_trainable(model):
    statistics = 0
    for layer in model._flatten_layers():
        if isinstance(layer, layers.BatchNormalization):
            statistics += keras.ops.size(layer.moving_mean) + keras.ops.size(layer.moving_variance)
    return model.count_params() - int(statistics)

# %% count_repaired right: everything less the non-trainable, never looks at the trainable list
def count_trainable(model):
    return model.count_params() - sum(each.numpy().size for each in model.non_trainable_weights)

# %% count_repaired right: reads the "Trainable params" line of the summary's text
def count_trainable(model):
    import re

    pages = []
    model.summary(print_fn=lambda text, **options: pages.append(text))
    (found,) = re.findall(r"(?m)^ *Trainable params: ([0-9,]+)", "".join(pages))
    return int(found.replace(",", ""))

# %% count_repaired right: one reduce over trainable_variables, which are the same as the trainable weights, in a callable object
import functools
import math


class Counter:
    def __init__(self, attribute):
        self.attribute = attribute

    def __call__(self, model):
        return functools.reduce(
            lambda so_far, variable: so_far + math.prod(variable.shape),
            getattr(model, self.attribute),
            0,
        )


count_trainable = Counter("trainable_variables")

# %% count_repaired cheat: returns an int subclass that equals every number, whatever the model
class Any(int):
    __hash__ = int.__hash__

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __sub__(self, other):
        return 0

    __rsub__ = __sub__


def count_trainable(model):
    return Any(12)

# %% two_reasons wrong: thinks that freezing concerns the kernel only, so the bias goes on learning
hidden_bias = "learned"
norm_gamma = "learned"
norm_moving_variance = "statistic"
head_kernel = "learned"

# %% two_reasons wrong: thinks that all four arrays of BatchNormalization are statistics, gamma too
hidden_bias, norm_gamma, norm_moving_variance, head_kernel = (
    "frozen",
    "statistic",
    "statistic",
    "learned",
)

# %% two_reasons wrong: thinks that non-trainable always means frozen, also for the moving variance
roles = {weight.path: "learned" for weight in example.trainable_weights}
roles |= {weight.path: "frozen" for weight in example.non_trainable_weights}
hidden_bias = roles["example/hidden/bias"]
norm_gamma = roles["example/norm/gamma"]
norm_moving_variance = roles["example/norm/moving_variance"]
head_kernel = roles["example/head/kernel"]

# %% two_reasons wrong: thinks that a state kept by a layer is "other state", overlooks that BatchNormalization has a role of its own
hidden_bias = "frozen"
norm_gamma = "learned"
norm_moving_variance = "other state"
head_kernel = "learned"

# %% two_reasons wrong: answers with the lists of Keras (trainable, non-trainable) instead of the four words offered
hidden_bias, norm_gamma = "non-trainable", "trainable"
norm_moving_variance, head_kernel = "non-trainable", "trainable"

# %% two_reasons right: members of a StrEnum, which are strings
import enum


class Role(enum.StrEnum):
    LEARNED = "learned"
    FROZEN = "frozen"
    STATISTIC = "statistic"
    OTHER = "other state"


hidden_bias = Role.FROZEN
norm_gamma = head_kernel = Role.LEARNED
norm_moving_variance = Role("statistic")

# %% two_reasons right: worked out from the model by a function of its own, flags and list of the layer
def role(layer_name, weight_name):
    layer = example.get_layer(layer_name)
    (weight,) = [each for each in layer.weights if each.name == weight_name]
    if weight.trainable:
        return "learned"
    if "moving" in weight.name and isinstance(layer, layers.BatchNormalization):
        return "statistic"
    return "other state" if layer.trainable else "frozen"


asked = [("hidden", "bias"), ("norm", "gamma"), ("norm", "moving_variance"), ("head", "kernel")]
hidden_bias, norm_gamma, norm_moving_variance, head_kernel = (role(*each) for each in asked)

# %% two_reasons right: NumPy strings from an array
hidden_bias, norm_gamma, norm_moving_variance, head_kernel = np.array(
    ["frozen", "learned", "statistic", "learned"]
)

# %% two_reasons cheat: a str subclass that equals every role
class Chameleon(str):
    def __eq__(self, other):
        return isinstance(other, str)

    def __ne__(self, other):
        return not isinstance(other, str)

    def __hash__(self):
        return hash("learned")


hidden_bias = norm_gamma = norm_moving_variance = head_kernel = Chameleon("learned")

# %% total_after_fit wrong: thinks that the summary counts the model only, before and after a fit
summary_total = count_params = (4 * 3 + 3) + (3 * 1 + 1)

# %% total_after_fit wrong: thinks that Adam keeps its two numbers for the frozen numbers too
model_numbers = 15 + 4
summary_total = model_numbers + 2 * model_numbers + 2
count_params = model_numbers

# %% total_after_fit wrong: forgets the two numbers that Adam keeps of its own, step count and learning rate
frozen_part, trained_part = 15, 4
count_params = frozen_part + trained_part
summary_total = count_params + 2 * trained_part

# %% total_after_fit wrong: thinks that count_params() counts the optimizer's numbers as the summary does
adam = 2 * 4 + 2
summary_total = 15 + 4 + adam
count_params = 15 + 4 + adam

# %% total_after_fit wrong: thinks that count_params() leaves out what is frozen
trained = 3 * 1 + 1
summary_total = 15 + trained + 2 * trained + 2
count_params = trained

# %% total_after_fit right: does the experiment and reads the total off the summary's text
grown = keras.Sequential([keras.Input((4,)), layers.Dense(3, trainable=False), layers.Dense(1)])
grown.compile("adam", "mse")
grown.fit(np.zeros((8, 4)), np.ones((8, 1)), epochs=1, verbose=0)
page = []
grown.summary(print_fn=page.append)
summary_total = int(page[0].split("Total params: ")[1].split()[0].replace(",", ""))
count_params = grown.count_params()

# %% total_after_fit right: from an Adam that was only built, never used; NumPy integers
lone = layers.Dense(1)
lone.build((None, 3))
still = layers.Dense(3, trainable=False)
still.build((None, 4))
adam = keras.optimizers.Adam()
adam.build(lone.trainable_weights)
count_params = np.sum([np.prod(w.shape) for w in lone.weights + still.weights], dtype="int64")
summary_total = count_params + np.sum([np.prod(v.shape) for v in adam.variables], dtype="int64")

# %% built_to_order wrong: in a functional model layers[0] is the InputLayer, so nothing with weights is frozen
def build():
    inputs = keras.Input((10,))
    x = layers.Dense(8, activation="relu")(inputs)
    x = layers.BatchNormalization()(x)
    outputs = layers.Dense(3)(x)
    model = keras.Model(inputs, outputs)
    model.layers[0].trainable = False
    return model

# %% built_to_order wrong: freezes BatchNormalization together with the Dense before it, so gamma and beta are not learned
def build():
    model = keras.Sequential(
        [keras.Input((10,)), layers.Dense(8), layers.BatchNormalization(), layers.Dense(3)]
    )
    for layer in model.layers[:-1]:
        layer.trainable = False
    return model

# %% built_to_order wrong: no Input, the model is not built and has no weights yet
def build():
    hidden = layers.Dense(8, activation="relu")
    hidden.trainable = False
    return keras.Sequential([hidden, layers.BatchNormalization(), layers.Dense(3)])

# %% built_to_order wrong: makes the 16 statistics in a layer of its own, so they are other state and not kept by BatchNormalization
class Standardize(layers.Layer):
    def build(self, shape):
        size = (shape[-1],)
        self.mean = self.add_weight(shape=size, initializer="zeros", trainable=False, name="mean")
        self.var = self.add_weight(shape=size, initializer="ones", trainable=False, name="var")
        self.gamma = self.add_weight(shape=size, initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=size, initializer="zeros", name="beta")

    def call(self, inputs):
        scaled = (inputs - self.mean) / keras.ops.sqrt(self.var + 1e-3)
        return scaled * self.gamma + self.beta


def build():
    hidden = layers.Dense(8)
    hidden.trainable = False
    return keras.Sequential([keras.Input((10,)), hidden, Standardize(), layers.Dense(3)])

# %% built_to_order wrong: build shows the summary of the right model but returns nothing
def build():
    model = keras.Sequential(
        [
            keras.Input((10,)),
            layers.Dense(8, trainable=False),
            layers.BatchNormalization(),
            layers.Dense(3),
        ]
    )
    model.summary()

# %% built_to_order right: two branches with two small BatchNormalizations, frozen weight by weight
def build():
    inputs = keras.Input((10,))
    branches = []
    for _ in range(2):
        dense = layers.Dense(4)
        branches.append(layers.BatchNormalization()(dense(inputs)))
        for weight in dense.weights:
            weight.trainable = False
    return keras.Model(inputs, layers.Dense(3)(layers.Concatenate()(branches)))

# %% built_to_order right: BatchNormalization without gamma, the missing 8 learned numbers are in a PReLU; dropout besides
def build():
    model = keras.Sequential(
        [
            keras.Input((10,), name="ten"),
            layers.Dense(8, trainable=False),
            layers.BatchNormalization(scale=False),
            layers.PReLU(),
            layers.Dropout(0.1),
            layers.Dense(3),
            layers.Softmax(),
        ]
    )
    return model

# %% built_to_order right: a subclassed model around a frozen model, built by calling it once
class Ordered(keras.Model):
    def __init__(self):
        super().__init__()
        self.base = keras.Sequential([keras.Input((10,)), layers.Dense(8, activation="tanh")])
        self.base.trainable = False
        self.top = keras.Sequential([layers.BatchNormalization(), layers.Dense(3)])

    def call(self, inputs, training=False):
        return self.top(self.base(inputs), training=training)


def build():
    model = Ordered()
    model(np.zeros((1, 10), "float32"))
    return model

# %% built_to_order cheat: a small model that only claims the counts, with replaced properties and a replaced count_params
class Claims(keras.Sequential):
    @property
    def trainable_weights(self):
        return [keras.Variable(np.zeros(43), name="learned")]

    @property
    def non_trainable_weights(self):
        return [
            keras.Variable(np.zeros(88), name="kernel", trainable=False),
            keras.Variable(np.zeros(8), name="moving_mean", trainable=False),
            keras.Variable(np.zeros(8), name="moving_variance", trainable=False),
        ]

    @property
    def weights(self):
        return self.trainable_weights + self.non_trainable_weights

    def count_params(self):
        return 147


def build():
    return Claims([keras.Input((10,)), layers.Dense(3)])

# %% dense_layer wrong: one single bias number for the whole layer instead of one for every unit
connections = 784 * 64
total = connections + 1  # every pair (input, unit), and the layer's bias

# %% dense_layer wrong: adds the "plus one for the bias" on both sides, input and output
total = (784 + 1) * (64 + 1)

# %% dense_layer wrong: takes the 28 pixels of a row for the inputs, because Dense acts on the last axis, although 784 numbers come in
rows, columns = 28, 28
total = columns * 64 + 64

# %% dense_layer wrong: gives the bytes of the weights (four for each float32) instead of the numbers
numbers = 784 * 64 + 64
total = numbers * 4

# %% dense_layer right: counted from a layer built without any model; a NumPy integer
layer = layers.Dense(64)
layer.build((None, 28 * 28))
total = np.sum([np.prod(weight.shape) for weight in layer.weights])

# %% three_layers wrong: believes that a frozen layer leaves the summary's total, which then counts only what is trained
first, middle, last = 8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2
trainable = first + last
non_trainable = middle
total = trainable

# %% three_layers wrong: believes that backpropagation stops at the frozen layer, so that the layer before it counts as non-trainable too
first, middle, last = 8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2
total = first + middle + last
non_trainable = first + middle
trainable = last

# %% three_layers wrong: freezes layers[1] of a functional model, which is Dense(16), since layers[0] is the InputLayer
inputs = keras.Input((8,))
hidden = layers.Dense(4)(layers.Dense(16)(inputs))
three = keras.Model(inputs, layers.Dense(2)(hidden))
three.layers[1].trainable = False  # 0, 1, 2: the middle one
total = three.count_params()
trainable = sum(int(np.prod(weight.shape)) for weight in three.trainable_weights)
non_trainable = total - trainable

# %% three_layers wrong: takes the weights on the way out of a layer for that layer's own, so counts those of Dense(2) as frozen
into_16, into_4, into_2 = 8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2
total = into_16 + into_4 + into_2
non_trainable = into_2  # what the frozen layer sends on
trainable = total - non_trainable

# %% three_layers right: a functional model whose layer is born frozen, counted by NumPy from the values
inputs = keras.Input((8,))
frozen_one = layers.Dense(4, trainable=False)
three = keras.Model(inputs, layers.Dense(2)(frozen_one(layers.Dense(16)(inputs))))
trainable = sum(weight.numpy().size for weight in three.trainable_variables)
non_trainable = sum(array.size for array in frozen_one.get_weights())
total = trainable + non_trainable

# %% conv2d_count wrong: gives every slice of a filter (each input channel) a bias of its own
def conv2d_weights(height, width, channels_in, filters, use_bias):
    slice_of_a_filter = height * width + (1 if use_bias else 0)
    return slice_of_a_filter * channels_in * filters

# %% conv2d_count wrong: believes that one flat filter is slid over each input channel in turn, so that the number of channels plays no part
def conv2d_weights(height, width, channels_in, filters, use_bias):
    one_filter = height * width
    if use_bias:
        one_filter += 1
    return one_filter * filters

# %% conv2d_count right: no formula at all, builds a real layer on an image as small as the filter and asks it
def conv2d_weights(height, width, channels_in, filters, use_bias):
    layer = layers.Conv2D(filters, (height, width), use_bias=use_bias)
    layer.build((None, height, width, channels_in))
    return layer.count_params()

# %% batchnorm_counts wrong: gamma and beta for each channel, but only one mean and one variance for the whole layer
channels = 48
learned = 2 * channels
non_trainable = 2  # the mean and the variance
total = learned + non_trainable

# %% batchnorm_counts wrong: normalises along the first axis of the image (32) instead of the last one, the channels
features = 32
total = 4 * features
non_trainable = 2 * features

# %% batchnorm_counts wrong: takes the statistics for something beside the layer's numbers, so leaves them out of the total
channels = 48
total = 2 * channels  # gamma and beta
non_trainable = 2 * channels  # and, apart from them, mean and variance

# %% batchnorm_counts wrong: believes that the statistics are kept for each position in the image, and only gamma and beta for each channel
pixels, channels = 32 * 20, 48
non_trainable = 2 * pixels * channels
total = 2 * channels + non_trainable

# %% batchnorm_counts right: counted from a built layer, NumPy integers, the non-trainable part as a difference
norm = layers.BatchNormalization()
norm.build((None, 32, 20, 48))
total = np.sum([np.prod(weight.shape) for weight in norm.weights])
non_trainable = total - norm.gamma.numpy().size - norm.beta.numpy().size

# %% count_repaired wrong: subtracts non_trainable_variables, which hold a Dropout's random seed that count_params does not count
def count_trainable(model):
    fixed = sum(int(np.prod(v.shape)) for v in model.non_trainable_variables)
    return model.count_params() - fixed

# %% count_repaired wrong: asks layer by layer, so misses a layer that was thawed inside a frozen model and is trained by the outer one
def count_trainable(model):
    count = 0
    for layer in model.layers:
        for weight in layer.trainable_weights:
            count += int(np.prod(weight.shape))
    return count

# %% count_repaired wrong: goes by each weight's own flag and not the model's, so counts a layer thawed inside a model that is itself frozen, where nothing is trained
def count_trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.weights if weight.trainable)

# %% count_repaired wrong: multiplies only the first two sizes of a shape, right for Dense, too small for the kernel of a convolution
def count_trainable(model):
    count = 0
    for weight in model.trainable_weights:
        rows = weight.shape[0]
        columns = weight.shape[1] if len(weight.shape) > 1 else 1
        count += rows * columns
    return count

# %% count_repaired right: the other way round, everything minus the non-trainable weights (not variables)
def count_trainable(model):
    count = model.count_params()
    for weight in model.non_trainable_weights:
        count -= weight.numpy().size
    return count

# %% two_reasons wrong: takes gamma, a scale, for something measured from the data, because it belongs to BatchNormalization
hidden_bias = "frozen"
norm_gamma = "statistic"
norm_moving_variance = "statistic"
head_kernel = "learned"

# %% two_reasons wrong: calls the moving variance learned because training changes it and nobody froze it
hidden_bias = "frozen"
norm_gamma = norm_moving_variance = head_kernel = "learned"

# %% two_reasons wrong: takes "other state" for all that is non-trainable and was not frozen by you
made_non_trainable = "other state"
hidden_bias = "frozen"
norm_gamma = head_kernel = "learned"
norm_moving_variance = made_non_trainable

# %% two_reasons right: not written down but worked out from the model's list and the weight's name
def role(weight):
    if any(weight is each for each in example.trainable_weights):
        return "learned"
    return "statistic" if weight.name.startswith("moving_") else "frozen"


norm = example.get_layer("norm")
hidden_bias, norm_gamma, norm_moving_variance, head_kernel = map(
    role,
    (
        example.get_layer("hidden").bias,
        norm.gamma,
        norm.moving_variance,
        example.get_layer("head").kernel,
    ),
)

# %% total_after_fit wrong: leaves the learning rate out of the optimizer's own numbers, since it is a hyperparameter
count_params = (4 * 3 + 3) + (3 * 1 + 1)
adam = 2 * (3 * 1 + 1) + 1  # two for each trained number, and the step count
summary_total = count_params + adam

# %% total_after_fit wrong: counts beta_1, beta_2 and epsilon among the numbers that Adam keeps
count_params = (4 * 3 + 3) + (3 * 1 + 1)
settings = len(["iteration", "learning_rate", "beta_1", "beta_2", "epsilon"])
summary_total = count_params + 2 * (3 * 1 + 1) + settings

# %% total_after_fit wrong: takes count_params() for the count of the trainable numbers only
frozen_numbers, trained_numbers = 4 * 3 + 3, 3 * 1 + 1
summary_total = frozen_numbers + trained_numbers + 2 * trained_numbers + 2
count_params = trained_numbers

# %% total_after_fit wrong: lets Adam keep two numbers for each trained array (kernel, bias) instead of each trained number
count_params = (4 * 3 + 3) + (3 * 1 + 1)
arrays = 2
summary_total = count_params + 2 * arrays + 2

# %% total_after_fit right: not predicted but measured, after an epoch of real training
grown = keras.Sequential(
    [keras.Input((4,)), layers.Dense(3, trainable=False), layers.Dense(1)], name="grown"
)
grown.compile(optimizer="adam", loss="mse")
grown.fit(np.ones((8, 4)), np.zeros((8, 1)), epochs=1, verbose=0)
count_params = grown.count_params()
summary_total = count_params + sum(v.numpy().size for v in grown.optimizer.variables)

# %% built_to_order right: calls BatchNormalization with training=False, which fit overrules on this Keras: its statistics change
def build():
    inputs = keras.Input((10,))
    hidden = layers.Dense(8, activation="relu", trainable=False)(inputs)
    norm = layers.BatchNormalization()(hidden, training=False)
    return keras.Model(inputs, layers.Dense(3)(norm))

# %% built_to_order wrong: freezes the whole model and thaws two layers, but not the model, whose own flag keeps its list empty
def build():
    model = keras.Sequential(
        [
            keras.Input((10,)),
            layers.Dense(8, activation="relu", name="hidden"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(3, name="head"),
        ]
    )
    model.trainable = False
    for name in ("norm", "head"):
        model.get_layer(name).trainable = True
    return model

# %% built_to_order wrong: puts stop_gradient behind BatchNormalization, so that its gamma and beta are listed but no step moves them
def build():
    inputs = keras.Input((10,))
    hidden = layers.Dense(8, trainable=False, name="hidden")(inputs)
    norm = layers.BatchNormalization(name="norm")(hidden)
    kept = keras.ops.stop_gradient(norm)  # no gradient may reach the frozen part
    return keras.Model(inputs, layers.Dense(3, name="head")(kept))

# %% built_to_order wrong: a model of one's own whose call takes no training argument, so that fit leaves the statistics as they are
class Ordered(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(8, activation="relu", trainable=False)
        self.norm = layers.BatchNormalization()
        self.head = layers.Dense(3)

    def call(self, inputs):
        return self.head(self.norm(self.hidden(inputs)))


def build():
    model = Ordered()
    model(np.zeros((1, 10), "float32"))  # makes the weights
    return model

# %% built_to_order right: BatchNormalization without gamma and beta; a LayerNormalization has the 16 learned numbers instead
def build():
    inputs = keras.Input((10,))
    h = layers.Dense(8, trainable=False)(inputs)  # 88 frozen
    h = layers.BatchNormalization(center=False, scale=False)(h)  # 16 statistics
    h = layers.LayerNormalization()(h)  # 16 learned
    return keras.Model(inputs, layers.Dense(3)(h))  # 27 learned

# %% dense_layer wrong: thinks that every input, not every unit, has a bias of its own
inputs, units = 28 * 28, 64
kernel, bias = inputs * units, inputs
total = kernel + bias

# %% dense_layer wrong: thinks that the layer has a single bias for all of its units
weights_per_unit = 28 * 28
total = 64 * weights_per_unit + 1

# %% dense_layer wrong: applies Dense to the unflattened 28 x 28 image, so that the kernel only spans the last axis
layer = layers.Dense(64)
layer.build((None, 28, 28))
total = layer.count_params()

# %% dense_layer wrong: counts bytes, not numbers
layer = layers.Dense(64)
layer.build((None, 784))
total = sum(weight.numpy().nbytes for weight in layer.weights)

# %% dense_layer right: bias as an extra row of the kernel, and a NumPy integer instead of an int
total = np.prod([28 * 28 + 1, 64])

# %% three_layers wrong: thinks that a frozen layer stops training of all that comes before it
first, middle, last = 8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2
total = first + middle + last
trainable = last
non_trainable = first + middle

# %% three_layers wrong: thinks that only the kernel of a frozen layer is frozen and its bias goes on learning
first, kernel, bias, last = 8 * 16 + 16, 16 * 4, 4, 4 * 2 + 2
total = first + kernel + bias + last
non_trainable = kernel
trainable = total - non_trainable

# %% three_layers wrong: takes layers[1] of a functional model for the middle one, but layers[0] is the InputLayer
entry = keras.Input((8,))
trio = keras.Model(entry, layers.Dense(2)(layers.Dense(4)(layers.Dense(16)(entry))))
trio.layers[1].trainable = False
total = trio.count_params()
trainable = sum(int(np.prod(w.shape)) for w in trio.trainable_weights)
non_trainable = sum(int(np.prod(w.shape)) for w in trio.non_trainable_weights)

# %% three_layers wrong: thinks that the total leaves out what is frozen
first, middle, last = 8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2
trainable = first + last
non_trainable = middle
total = trainable

# %% three_layers right: a functional model in which each weight of the middle layer is frozen, not the layer
entry = keras.Input((8,))
centre = layers.Dense(4)
trio = keras.Model(entry, layers.Dense(2)(centre(layers.Dense(16)(entry))))
for weight in centre.weights:
    weight.trainable = False
total, trainable, non_trainable = (
    sum(weight.numpy().size for weight in each)
    for each in (trio.weights, trio.trainable_weights, trio.non_trainable_weights)
)

# %% conv2d_count wrong: precedence slip, the conditional swallows the whole sum, so that the answer is 0 without a bias
def conv2d_weights(height, width, channels_in, filters, use_bias):
    return height * width * channels_in * filters + filters if use_bias else 0

# %% conv2d_count wrong: gives Keras only the height as kernel size, so it is right for square filters only
def conv2d_weights(height, width, channels_in, filters, use_bias):
    layer = layers.Conv2D(filters, kernel_size=height, padding="same", use_bias=use_bias)
    layer.build((None, 32, 32, channels_in))
    return layer.count_params()

# %% conv2d_count wrong: thinks that a filter has one bias for each input channel
def conv2d_weights(height, width, channels_in, filters, use_bias):
    per_channel = height * width + (1 if use_bias else 0)
    return per_channel * channels_in * filters

# %% conv2d_count wrong: takes height and width for the size of the image and assumes filters of 3 x 3
def conv2d_weights(height, width, channels_in, filters, use_bias):
    # the size of the image plays no part in a convolution
    kernel = 3 * 3 * channels_in * filters
    return kernel + filters if use_bias else kernel

# %% conv2d_count right: counts the bias as one more row of the kernel, with True as the number 1, and returns a NumPy integer
def conv2d_weights(height, width, channels_in, filters, use_bias):
    rows = np.prod((height, width, channels_in)) + use_bias  # the bias is one more row
    return rows * filters

# %% batchnorm_counts wrong: takes the images as channels first, so that the layer's last axis is the 20 pixels
norm = layers.BatchNormalization()
norm.build((None, 48, 32, 20))
total = norm.count_params()
non_trainable = sum(int(np.prod(w.shape)) for w in norm.non_trainable_weights)

# %% batchnorm_counts wrong: gives the non-trainable part as a number of arrays, not of numbers
norm = layers.BatchNormalization()
norm.build((None, 32, 20, 48))
total = norm.count_params()
non_trainable = len(norm.non_trainable_weights)

# %% batchnorm_counts wrong: takes the hyperparameters momentum and epsilon for the non-trainable numbers
gamma, beta = 48, 48
momentum, epsilon = 1, 1
total = gamma + beta + momentum + epsilon
non_trainable = momentum + epsilon

# %% batchnorm_counts wrong: thinks that every position of the image has its own statistics, while gamma and beta are per channel
gamma = beta = 48
moving_mean = moving_variance = 32 * 20 * 48
total = gamma + beta + moving_mean + moving_variance
non_trainable = moving_mean + moving_variance

# %% batchnorm_counts right: a real layer on channels-first images with axis=1
norm = layers.BatchNormalization(axis=1)
norm.build((None, 48, 32, 20))
sizes = [weight.numpy().size for weight in norm.weights]
total, non_trainable = sum(sizes), sum(sizes) - 2 * norm.gamma.shape[0]

# %% count_repaired wrong: adds up over all nested layers, so that what is in a model inside the model is counted twice
def count_trainable(model):
    return sum(
        int(np.prod(weight.shape))
        for layer in model._flatten_layers(include_self=False)
        for weight in layer.trainable_weights
    )

# %% count_repaired wrong: reads the number in the summary only up to the thousands comma
def count_trainable(model):
    import re

    said = []
    model.summary(print_fn=said.append)
    found = re.search(r" Trainable params: (\d+)", "\n".join(said))
    return int(found.group(1))

# %% count_repaired wrong: takes half of BatchNormalization's numbers for trainable, which fails without gamma or beta
def count_trainable(model):
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            total += count_trainable(layer)
        elif not layer.trainable:
            continue
        elif isinstance(layer, layers.BatchNormalization):
            total += layer.count_params() // 2
        else:
            total += sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
    return total

# %% count_repaired wrong: asks each top layer for its own list, so a thawed layer inside a frozen inner model, which the model does train, is missed
def count_trainable(model):
    total = 0
    for layer in model.layers:
        for weight in layer.trainable_weights:
            total += int(np.prod(weight.shape))
    return total

# %% count_repaired right: subtracts what is not trainable from the total of the model
def count_trainable(model):
    rest = sum(weight.numpy().size for weight in model.non_trainable_weights)
    return model.count_params() - rest

# %% two_reasons wrong: thinks that freezing a layer freezes its kernel only
hidden_bias = "learned"
norm_gamma = "learned"
norm_moving_variance = "statistic"
head_kernel = "learned"

# %% two_reasons wrong: takes everything that a layer itself made as non-trainable for other state
hidden_bias = "frozen"
norm_gamma = "learned"
norm_moving_variance = "other state"
head_kernel = "learned"

# %% two_reasons wrong: takes gamma, the scale, for the measured standard deviation
hidden_bias = "frozen"
norm_gamma = norm_moving_variance = "statistic"
head_kernel = "learned"

# %% two_reasons wrong: reads the role off the weight's flag, so that everything non-trainable is called frozen
def role(weight):
    return "learned" if weight.trainable else "frozen"


norm = example.get_layer("norm")
hidden_bias = role(example.get_layer("hidden").bias)
norm_gamma, norm_moving_variance = role(norm.gamma), role(norm.moving_variance)
head_kernel = role(example.get_layer("head").kernel)

# %% two_reasons right: works the roles out from the flags and from the layer's own list
def role(name, attribute):
    layer = example.get_layer(name)
    weight = getattr(layer, attribute)
    if weight.trainable:
        return "learned"
    return "statistic" if attribute.startswith("moving_") else "frozen"


hidden_bias, norm_gamma, norm_moving_variance, head_kernel = (
    role(*words.split())
    for words in ("hidden bias", "norm gamma", "norm moving_variance", "head kernel")
)

# %% total_after_fit wrong: thinks that Adam keeps two numbers for the frozen ones, too
count_params = 4 * 3 + 3 + 3 * 1 + 1
summary_total = count_params + 2 * count_params + 2

# %% total_after_fit wrong: counts two for each trained array, not for each trained number
count_params = 4 * 3 + 3 + 3 * 1 + 1
trained_arrays = 2  # kernel and bias of Dense(1)
summary_total = count_params + 2 * trained_arrays + 2

# %% total_after_fit wrong: thinks that count_params gives only what is trained
frozen, trained = 4 * 3 + 3, 3 * 1 + 1
summary_total = frozen + trained + 2 * trained + 2
count_params = trained

# %% total_after_fit wrong: thinks that Adam also stores beta_1 and beta_2 as numbers of its own
count_params = 4 * 3 + 3 + 3 * 1 + 1
own = len(["iteration", "learning_rate", "beta_1", "beta_2"])
summary_total = count_params + 2 * (3 + 1) + own

# %% total_after_fit right: really trained, and added up from the variables
grown = keras.Sequential(
    [keras.Input((4,)), layers.Dense(3, trainable=False), layers.Dense(1)], name="grown"
)
grown.compile("adam", "mse")
grown.fit(np.ones((8, 4)), np.ones((8, 1)), epochs=1, verbose=0)
count_params = sum(np.prod(weight.shape, dtype=int) for weight in grown.weights)
summary_total = count_params + sum(v.numpy().size for v in grown.optimizer.variables)

# %% built_to_order wrong: thinks that Input is layers[0] of a Sequential, so that BatchNormalization is frozen as well
def build():
    model = keras.Sequential(
        [
            keras.Input((10,)),
            layers.Dense(8, activation="tanh"),
            layers.BatchNormalization(),
            layers.Dense(3),
        ]
    )
    for layer in model.layers[:2]:  # the input and the first Dense
        layer.trainable = False
    return model

# %% built_to_order right: calls BatchNormalization with training=False, which the model's own training=True overrules in a fit, so that its statistics change
def build():
    inputs = keras.Input((10,))
    features = layers.Dense(8, trainable=False)(inputs)
    normalized = layers.BatchNormalization()(features, training=False)
    return keras.Model(inputs, layers.Dense(3)(normalized))

# %% built_to_order wrong: freezes the whole model and thaws two layers, but the model's own flag is a veto
def build():
    norm, head = layers.BatchNormalization(), layers.Dense(3)
    model = keras.Sequential([keras.Input((10,)), layers.Dense(8), norm, head])
    model.trainable = False
    norm.trainable = True
    head.trainable = True
    return model

# %% built_to_order wrong: gives trainable=False to the constructor of an inner model, which does not pass it on
def build():
    base = keras.Sequential([keras.Input((10,)), layers.Dense(8)], trainable=False, name="base")
    return keras.Sequential(
        [keras.Input((10,)), base, layers.BatchNormalization(), layers.Dense(3)]
    )

# %% built_to_order right: two BatchNormalizations of four features each, side by side
def build():
    inputs = keras.Input((10,))
    features = layers.Dense(8, trainable=False)(inputs)
    left = layers.BatchNormalization()(features[:, :4])
    right = layers.BatchNormalization()(features[:, 4:])
    both = layers.Concatenate()([left, right])
    return keras.Model(inputs, layers.Dense(3)(both))

# %% dense_layer wrong: lets Dense act on the rows of the 28 x 28 image, as Keras does if nothing flattens it, so it counts 28 inputs, not 784
row = 28
units = 64
total = row * units + units

# %% dense_layer wrong: gives the incoming numbers a bias each as well, not only the units
kernel = 784 * 64
biases = 784 + 64
total = kernel + biases

# %% dense_layer wrong: answers with the bytes that the numbers take, not with how many there are
numbers = 784 * 64 + 64
total = numbers * 4  # float32

# %% dense_layer wrong: takes the bias for one number of the whole layer, not one per unit
kernel = 784 * 64
bias = 1
total = kernel + bias

# %% dense_layer right: the bias is seen as one more input that is always 1, and the total is a numpy integer
total = np.prod([784 + 1, 64])

# %% three_layers wrong: thinks that a frozen layer stops the gradient, so that the layer before it is non-trainable too
first, middle, last = 8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2
total = first + middle + last
trainable = last
non_trainable = first + middle

# %% three_layers wrong: thinks that freezing holds the kernel only and the frozen layer's bias goes on learning
kernels = [8 * 16, 16 * 4, 4 * 2]
biases = [16, 4, 2]
total = sum(kernels) + sum(biases)
non_trainable = kernels[1]
trainable = total - non_trainable

# %% three_layers wrong: thinks that frozen numbers are left out of the total
first, middle, last = 8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2
trainable = first + last
non_trainable = middle
total = trainable

# %% three_layers wrong: counts the input as a layer, so that number 1 of the list, Dense(16), is frozen as the middle one
sizes = [8, 16, 4, 2]
counts = [0] + [a * b + b for a, b in zip(sizes, sizes[1:])]
total = sum(counts)
non_trainable = counts[1]
trainable = total - non_trainable

# %% three_layers right: a real model, its middle layer made frozen by the constructor, counted array by array
trial = keras.Sequential(
    [
        keras.Input((8,)),
        layers.Dense(16),
        layers.Dense(4, trainable=False),
        layers.Dense(2),
    ]
)


def numbers_in(arrays):
    return sum(array.numpy().size for array in arrays)


total = numbers_in(trial.weights)
trainable = numbers_in(trial.trainable_weights)
non_trainable = numbers_in(trial.non_trainable_weights)

# %% conv2d_count wrong: operator precedence, without a bias the conditional expression throws the kernel away too and gives 0
def conv2d_weights(height, width, channels_in, filters, use_bias):
    return height * width * channels_in * filters + filters if use_bias else 0

# %% conv2d_count wrong: gives each filter a bias for each input channel, one for each of its two-dimensional slices
def conv2d_weights(height, width, channels_in, filters, use_bias):
    one_slice = height * width + (1 if use_bias else 0)
    return one_slice * channels_in * filters

# %% conv2d_count wrong: the bias has a number per input channel instead of per filter
def conv2d_weights(height, width, channels_in, filters, use_bias):
    numbers = height * width * channels_in * filters
    if use_bias:
        numbers += channels_in
    return numbers

# %% conv2d_count wrong: answers for SeparableConv2D, one spatial filter per channel and then a mixing of the channels
def conv2d_weights(height, width, channels_in, filters, use_bias):
    spatial = height * width * channels_in
    mixing = channels_in * filters
    return spatial + mixing + (filters if use_bias else 0)

# %% conv2d_count right: makes the two arrays of the layer as numpy arrays and asks for their sizes
def conv2d_weights(height, width, channels_in, filters, use_bias):
    kernel = np.zeros((height, width, channels_in, filters), "float32")
    bias = np.zeros(filters if use_bias else 0, "float32")
    return kernel.size + bias.size

# %% batchnorm_counts wrong: also counts a counter of batches, as PyTorch's BatchNorm keeps one (num_batches_tracked)
channels = 48
gamma, beta, mean, variance = [channels] * 4
batches_seen = 1
total = gamma + beta + mean + variance + batches_seen
non_trainable = mean + variance + batches_seen

# %% batchnorm_counts wrong: leaves gamma out, as in Inception's layers (scale=False), though by default there is one
channels = 48
beta, mean, variance = [channels] * 3
total = beta + mean + variance
non_trainable = mean + variance

# %% batchnorm_counts wrong: thinks that there is one mean and one variance for all channels together
channels = 48
gamma = beta = channels
mean = variance = 1
total = gamma + beta + mean + variance
non_trainable = mean + variance

# %% batchnorm_counts wrong: thinks that the total holds only what is learned and the statistics are reported beside it
channels = 48
gamma = beta = mean = variance = channels
total = gamma + beta
non_trainable = mean + variance

# %% batchnorm_counts right: a real layer is built on an image of unknown height and width, since they play no part
norm_trial = layers.BatchNormalization()
norm_trial.build((None, None, None, 48))
sizes = {weight.name: weight.numpy().size for weight in norm_trial.weights}
total = sum(sizes.values())
non_trainable = sum(size for name, size in sizes.items() if name.startswith("moving"))

# %% count_repaired wrong: adds up layer by layer, so a layer thawed inside a frozen sub-model (which fit does train) is not seen
def count_trainable(model):
    total = 0
    for layer in model.layers:
        if layer.trainable:
            total += sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights)
    return total

# %% count_repaired wrong: takes half of every BatchNormalization, which fails for one without gamma or without beta
def count_trainable(model):
    total = 0
    for layer in model.layers:
        if hasattr(layer, "layers"):  # a model inside the model
            total += count_trainable(layer)
        elif isinstance(layer, layers.BatchNormalization):
            total += layer.count_params() // 2 if layer.trainable else 0
        elif layer.trainable:
            total += layer.count_params()
    return total

# %% count_repaired wrong: asks each weight for its own flag, so it counts a layer thawed inside a model that is itself frozen, of which fit trains nothing
def count_trainable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.weights if weight.trainable)

# %% count_repaired wrong: walks down into the models inside and counts a layer twice that two of them share
def count_trainable(model):
    if not model.trainable:
        return 0

    def walk(layer):
        inside = getattr(layer, "layers", None)
        if inside:
            return sum(walk(each) for each in inside)
        return sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights)

    return walk(model)

# %% count_repaired right: reads the line "Trainable params" off the text of the summary
def count_trainable(model):
    import re

    lines = []
    model.summary(print_fn=lambda text, **options: lines.append(text))
    found = re.findall(r"(?<!-)\bTrainable params: ([\d,]+)", "\n".join(lines))
    return int(found[-1].replace(",", ""))

# %% two_reasons wrong: thinks that whatever changes in every fit is learned, so the moving variance, not being frozen, is too
hidden_bias = "frozen"
norm_gamma = "learned"
norm_moving_variance = "learned"
head_kernel = "learned"

# %% two_reasons wrong: takes the BatchNormalization for a part of the frozen layer whose output it normalises, so gamma is frozen with it
hidden_bias = "frozen"
norm_gamma = "frozen"
norm_moving_variance = "statistic"
head_kernel = "learned"

# %% two_reasons wrong: thinks that freezing a layer freezes its kernel and that the bias learns on
hidden_bias = "learned"
norm_gamma = "learned"
norm_moving_variance = "statistic"
head_kernel = "learned"

# %% two_reasons wrong: takes "statistic" for the mean only, and what else the layer keeps as non-trainable for other state
hidden_bias = "frozen"
norm_gamma = "learned"
norm_moving_variance = "other state"
head_kernel = "learned"

# %% two_reasons right: the roles are worked out from the flags of the model itself
def role_of(layer_name, weight_name):
    layer = example.get_layer(layer_name)
    (weight,) = [each for each in layer.weights if each.name == weight_name]
    if any(weight is each for each in example.trainable_weights):
        return "learned"
    if weight_name.startswith("moving"):
        return "statistic"
    return "frozen" if not layer.trainable else "other state"


hidden_bias = role_of("hidden", "bias")
norm_gamma = role_of("norm", "gamma")
norm_moving_variance = role_of("norm", "moving_variance")
head_kernel = role_of("head", "kernel")

# %% total_after_fit wrong: thinks that Adam keeps its two numbers for the frozen ones too
model_numbers = (4 * 3 + 3) + (3 * 1 + 1)
adam = 2 * model_numbers + 2
summary_total = model_numbers + adam
count_params = model_numbers

# %% total_after_fit wrong: thinks that the learning rate, a hyperparameter, is not among the numbers counted, so Adam has only the step count of its own
frozen, trained = 4 * 3 + 3, 3 * 1 + 1
step_count = 1
summary_total = frozen + trained + 2 * trained + step_count
count_params = frozen + trained

# %% total_after_fit wrong: thinks that Adam's beta_1 and beta_2 are counted like its learning rate
frozen, trained = 4 * 3 + 3, 3 * 1 + 1
own = len(["iteration", "learning_rate", "beta_1", "beta_2"])
summary_total = frozen + trained + 2 * trained + own
count_params = frozen + trained

# %% total_after_fit wrong: thinks that count_params() counts only what is trained
frozen, trained = 4 * 3 + 3, 3 * 1 + 1
summary_total = frozen + trained + 2 * trained + 2
count_params = trained

# %% total_after_fit right: does it with a real model and reads the total off the text of the summary
import re

grown = keras.Sequential([keras.Input((4,)), layers.Dense(3, trainable=False), layers.Dense(1)])
grown.compile(optimizer="adam", loss="mse")
grown.fit(np.ones((8, 4)), np.ones((8, 1)), verbose=0)
text = []
grown.summary(print_fn=lambda line, **options: text.append(line))
summary_total = int(re.search(r"Total params: ([\d,]+)", "\n".join(text)).group(1).replace(",", ""))
count_params = grown.count_params()

# %% built_to_order wrong: sets the flag on the output tensor of the layer, not on the layer, so nothing is frozen
def build():
    inputs = keras.Input((10,))
    hidden = layers.Dense(8, activation="relu")(inputs)
    hidden.trainable = False
    normed = layers.BatchNormalization()(hidden)
    outputs = layers.Dense(3)(normed)
    return keras.Model(inputs, outputs)

# %% built_to_order right: switches the whole model to trainable at the end, which passes nothing on, since it is True already
def build():
    model = keras.Sequential(
        [
            keras.Input((10,)),
            layers.Dense(8, name="hidden"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(3, name="head"),
        ]
    )
    model.get_layer("hidden").trainable = False
    model.trainable = True  # so that the others are learned
    return model

# %% built_to_order wrong: a subclassed model whose call does not take training, so in fit the statistics stand still
def build():
    class Ordered(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = layers.Dense(8, trainable=False)
            self.norm = layers.BatchNormalization()
            self.head = layers.Dense(3)

        def call(self, inputs):
            return self.head(self.norm(self.hidden(inputs)))

    model = Ordered()
    model(np.zeros((1, 10), "float32"))  # makes the weights
    return model

# %% built_to_order wrong: the frozen kernel is full of zeros for ever, so gamma gets no gradient and the moving mean stays 0
def build():
    model = keras.Sequential(
        [
            keras.Input((10,)),
            layers.Dense(8, kernel_initializer="zeros", name="hidden"),  # not trained: any values will do
            layers.BatchNormalization(name="norm"),
            layers.Dense(3, name="head"),
        ]
    )
    model.get_layer("hidden").trainable = False
    return model

# %% built_to_order right: the frozen part is a model inside the model, and the 16 learned numbers of gamma and beta belong to a LayerNormalization, the BatchNormalization having neither
def build():
    base = keras.Sequential([keras.Input((10,)), layers.Dense(8)], name="base")
    base.trainable = False
    inputs = keras.Input((10,))
    signal = base(inputs)
    signal = layers.BatchNormalization(center=False, scale=False)(signal)
    signal = layers.LayerNormalization()(signal)
    return keras.Model(inputs, layers.Dense(3)(signal))
