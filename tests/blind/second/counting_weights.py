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

# %% conv2d_count wrong: the conditional expression takes in the whole sum, so that without a bias the result is 0
def conv2d_weights(height, width, channels_in, filters, use_bias):
    return height * width * channels_in * filters + filters if use_bias else 0

# %% conv2d_count wrong: adds use_bias itself, that is 1 for the layer instead of 1 for every filter
def conv2d_weights(height, width, channels_in, filters, use_bias):
    return height * width * channels_in * filters + use_bias

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

# %% two_reasons wrong: believes that freezing fixes the kernel of a layer only, and its bias goes on learning
hidden_bias = "learned"
norm_gamma = "learned"
norm_moving_variance = "statistic"
head_kernel = "learned"

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

# %% built_to_order wrong: calls BatchNormalization with training=False, so that fit never changes its statistics
def build():
    inputs = keras.Input((10,))
    hidden = layers.Dense(8, activation="relu", trainable=False)(inputs)
    norm = layers.BatchNormalization()(hidden, training=False)  # statistics are not trained
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
