# %% four_arrays wrong: thinks that there is one set of numbers for every pixel and channel, not one per channel
places = 14 * 10 * 24
total, learned, non_trainable_if_frozen = 4 * places, 2 * places, 4 * places

# %% four_arrays wrong: thinks that the statistics, too, are learned, since training changes all four arrays
channels = 24
total = 4 * channels
learned = total  # training changes all four
non_trainable_if_frozen = total

# %% four_arrays wrong: does not count the statistics as numbers of the layer; only gamma and beta
gamma = beta = 24
total = gamma + beta
learned = gamma + beta
non_trainable_if_frozen = gamma + beta

# %% four_arrays wrong: gives how many numbers the freeze adds to the non-trainable ones, and forgets that the statistics are non-trainable already
total = 4 * 24
learned = 2 * 24
non_trainable_if_frozen = learned  # what was learned is now frozen

# %% four_arrays wrong: counts the arrays and not the numbers in them
arrays = ["gamma", "beta", "moving_mean", "moving_variance"]
total = len(arrays)
learned = len(arrays[:2])
non_trainable_if_frozen = len(arrays)

# %% four_arrays right: builds the layer and lets NumPy count (np.int64)
asked = layers.BatchNormalization()
asked.build((None, 14, 10, 24))


def numbers(weights):
    return np.sum([np.prod(weight.shape) for weight in weights])


total, learned = numbers(asked.weights), numbers(asked.trainable_weights)
asked.trainable = False
non_trainable_if_frozen = numbers(asked.non_trainable_weights)

# %% four_arrays right: three floats, unpacked from a generator
total, learned, non_trainable_if_frozen = (24.0 * arrays for arrays in (4, 2, 4))

# %% one_step wrong: takes the sample variance (divides by N - 1), as PyTorch does
batch = np.array([2, 4, 6, 8])
moving_mean = 0.9 * 0 + 0.1 * batch.mean()
moving_variance = 0.9 * 1 + 0.1 * batch.var(ddof=1)

# %% one_step wrong: takes the momentum for the share of the new value, as in PyTorch
batch = np.array([2, 4, 6, 8])
moving_mean = (1 - 0.9) * 0 + 0.9 * batch.mean()
moving_variance = (1 - 0.9) * 1 + 0.9 * batch.var()

# %% one_step wrong: lets the moving variance start at 0, like the moving mean
batch = np.array([2, 4, 6, 8])
moving_mean = 0.1 * batch.mean()
moving_variance = 0.1 * batch.var()

# %% one_step wrong: averages the standard deviation instead of the variance
batch = np.array([2, 4, 6, 8])
moving_mean = 0.9 * 0 + 0.1 * batch.mean()
moving_variance = 0.9 * 1 + 0.1 * batch.std()

# %% one_step wrong: gives the statistics of the batch themselves, without any moving average
batch = np.array([2, 4, 6, 8])
moving_mean, moving_variance = batch.mean(), batch.var()

# %% one_step right: the layer's own two variables after a real call, not numbers
fresh = layers.BatchNormalization(momentum=0.9)
fresh(np.array([[2], [4], [6], [8]], "float32"), training=True)
moving_mean, moving_variance = fresh.moving_mean, fresh.moving_variance

# %% one_step right: exact fractions
from fractions import Fraction

keep = Fraction(9, 10)
moving_mean = (1 - keep) * 5
moving_variance = keep + (1 - keep) * 5

# %% one_step right: arrays of one number
numbers = np.array([[2.0], [4.0], [6.0], [8.0]])
moving_mean = 0.1 * numbers.mean(axis=0)
moving_variance = 0.9 + 0.1 * numbers.var(axis=0)

# %% steps_left wrong: rounds down; after 44 steps a little more than 10 % is still left
steps = int(np.log(0.1) / np.log(0.95))

# %% steps_left wrong: answers after how many steps 10 % of the way is done, not 10 % left
steps = 1
while 1 - 0.95**steps < 0.10:
    steps += 1

# %% steps_left wrong: thinks that every step takes away the same 5 % of the start value (linear decay)
left, steps = 100, 0
while left > 10:
    left -= 5
    steps += 1

# %% steps_left wrong: takes the momentum for the share of the new value (PyTorch), so that 5 % of the old one stays per step
left, steps = 1.0, 0
while left > 0.1:
    left *= 1 - 0.95
    steps += 1

# %% steps_left wrong: calculates with Keras's default momentum 0.99 instead of the one in the ask
steps = int(np.ceil(np.log(0.1) / np.log(0.99)))

# %% steps_left right: a float that holds a whole number, from np.ceil
steps = np.ceil(np.log(0.10) / np.log(0.95))

# %% steps_left right: looks it up in a table of powers (np.int64)
steps = np.flatnonzero(0.95 ** np.arange(1000) <= 0.1)[0]

# %% steps_left right: lets a real layer step, from a moving variance of 1 on data of variance 0, and counts
stepping = layers.BatchNormalization(momentum=0.95)
zeros = np.zeros((2, 1), "float32")
stepping.build(zeros.shape)
steps = 0
while float(stepping.moving_variance[0]) > 0.1:
    stepping(zeros, training=True)
    steps += 1

# %% which_statistics wrong: thinks that training=True beats the layer's flag, as with a frozen Dropout
training = "batch"
inference = "moving"
frozen_training = "batch"
gamma_beta_frozen_training = "batch"

# %% which_statistics wrong: thinks that a layer whose trainable weights are all frozen one by one is a frozen layer
training = "batch"
inference = "moving"
frozen_training = "moving"
gamma_beta_frozen_training = "moving"

# %% which_statistics wrong: thinks that inference normalises what it is given with that batch's own statistics
training = "batch"
inference = "batch"
frozen_training = "moving"
gamma_beta_frozen_training = "batch"

# %% which_statistics wrong: thinks that training normalises with the moving averages that it keeps up to date
training = "moving"
inference = "moving"
frozen_training = "moving"
gamma_beta_frozen_training = "moving"

# %% which_statistics wrong: answers with the names of the arrays instead of the two words that the ask allows
training = "batch"
inference = "moving_mean"
frozen_training = "moving_mean"
gamma_beta_frozen_training = "batch"

# %% which_statistics right: found by calling four real layers on one row, which only the batch's own statistics turn into 0
def used(mode, freeze=lambda layer: None):
    layer = layers.BatchNormalization()
    layer.build((None, 1))
    freeze(layer)
    result = layer(np.array([[3.0]], "float32"), training=mode).numpy()
    return "batch" if np.allclose(result, 0) else "moving"


def one_by_one(layer):
    layer.gamma.trainable = layer.beta.trainable = False


training, inference = used(True), used(False)
frozen_training = used(True, lambda layer: setattr(layer, "trainable", False))
gamma_beta_frozen_training = used(True, one_by_one)

# %% which_statistics right: NumPy strings out of an array
words = np.array(["moving", "batch"])
training, inference, frozen_training, gamma_beta_frozen_training = words[[1, 0, 0, 1]]

# %% which_statistics cheat: strings that claim to equal everything
class Yes(str):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return hash("batch")


training = inference = frozen_training = gamma_beta_frozen_training = Yes("batch")

# %% like_pytorch wrong: copies PyTorch's momentum, although it is the share of the new value there and of the old one here
def like_pytorch(torch_momentum, torch_epsilon):
    return layers.BatchNormalization(momentum=torch_momentum, epsilon=torch_epsilon)

# %% like_pytorch wrong: leaves epsilon at Keras's default
def like_pytorch(torch_momentum, torch_epsilon):
    return layers.BatchNormalization(momentum=1 - torch_momentum)

# %% like_pytorch wrong: writes the example's numbers down instead of using the arguments
def like_pytorch(torch_momentum, torch_epsilon):
    return layers.BatchNormalization(momentum=0.7, epsilon=0.02)

# %% like_pytorch wrong: gives the settings by position in PyTorch's order (eps before momentum), so that the two are exchanged
def like_pytorch(torch_momentum, torch_epsilon):
    return layers.BatchNormalization(-1, torch_epsilon, 1 - torch_momentum)

# %% like_pytorch wrong: returns one and the same layer every time instead of a new one
translated = layers.BatchNormalization()


def like_pytorch(torch_momentum, torch_epsilon):
    translated.momentum = 1 - torch_momentum
    translated.epsilon = torch_epsilon
    return translated

# %% like_pytorch right: a subclass of BatchNormalization in place of a function
class like_pytorch(layers.BatchNormalization):
    def __init__(self, torch_momentum, torch_epsilon):
        super().__init__(momentum=1 - torch_momentum, epsilon=torch_epsilon)

# %% like_pytorch right: a lambda that goes through from_config
like_pytorch = lambda m, e: layers.BatchNormalization.from_config(
    {**layers.BatchNormalization().get_config(), "name": "translated", "momentum": 1 - m, "epsilon": e}
)

# %% like_pytorch right: makes a layer with Keras's defaults and sets the two attributes afterwards
def like_pytorch(torch_momentum, torch_epsilon):
    layer = layers.BatchNormalization()
    layer.momentum, layer.epsilon = 1.0 - torch_momentum, torch_epsilon
    return layer

# %% like_pytorch cheat: a layer that carries the right settings but does not compute with them; it passes its input on and measures nothing
class Dressed(layers.BatchNormalization):
    def call(self, inputs, training=None, mask=None):
        return inputs


def like_pytorch(torch_momentum, torch_epsilon):
    return Dressed(momentum=1 - torch_momentum, epsilon=torch_epsilon)

# %% update_rule wrong: averages over the examples only, not over the places as well (right for two axes only)
def update(moving_mean, moving_variance, batch, momentum):
    mean, variance = batch.mean(axis=0), batch.var(axis=0)
    return (
        momentum * moving_mean + (1 - momentum) * mean,
        momentum * moving_variance + (1 - momentum) * variance,
    )

# %% update_rule wrong: takes the sample variance, as PyTorch does
def update(moving_mean, moving_variance, batch, momentum):
    axes = tuple(range(batch.ndim - 1))
    mean, variance = batch.mean(axis=axes), batch.var(axis=axes, ddof=1)
    return (
        momentum * moving_mean + (1 - momentum) * mean,
        momentum * moving_variance + (1 - momentum) * variance,
    )

# %% update_rule wrong: takes the momentum for the share of the new value, as in PyTorch
def update(moving_mean, moving_variance, batch, momentum):
    axes = tuple(range(batch.ndim - 1))
    new_mean = (1 - momentum) * moving_mean + momentum * batch.mean(axis=axes)
    new_variance = (1 - momentum) * moving_variance + momentum * batch.var(axis=axes)
    return new_mean, new_variance

# %% update_rule wrong: measures the distances from the new moving mean instead of the batch's own mean
def update(moving_mean, moving_variance, batch, momentum):
    axes = tuple(range(batch.ndim - 1))
    new_mean = momentum * moving_mean + (1 - momentum) * batch.mean(axis=axes)
    spread = ((batch - new_mean) ** 2).mean(axis=axes)
    new_variance = momentum * moving_variance + (1 - momentum) * spread
    return new_mean, new_variance

# %% update_rule wrong: reshapes to (channels, rest), which mixes the channels because they are the last axis
def update(moving_mean, moving_variance, batch, momentum):
    per_channel = batch.reshape(batch.shape[-1], -1)
    new_mean = momentum * moving_mean + (1 - momentum) * per_channel.mean(axis=1)
    new_variance = momentum * moving_variance + (1 - momentum) * per_channel.var(axis=1)
    return new_mean, new_variance

# %% update_rule right: lets a real layer do it and returns its two arrays (float32)
def update(moving_mean, moving_variance, batch, momentum):
    layer = layers.BatchNormalization(momentum=momentum, center=False, scale=False)
    layer.build((None, *batch.shape[1:]))
    layer.set_weights([np.asarray(moving_mean), np.asarray(moving_variance)])
    layer(np.asarray(batch, "float32"), training=True)
    return layer.get_weights()

# %% update_rule right: a generator over the channels with the statistics module; two tuples of floats
import statistics


def update(moving_mean, moving_variance, batch, momentum):
    def steps():
        for channel, old_mean, old_variance in zip(
            np.moveaxis(batch, -1, 0), moving_mean, moving_variance
        ):
            values = [float(value) for value in channel.ravel()]
            yield (
                old_mean + (statistics.fmean(values) - old_mean) * (1 - momentum),
                old_variance + (statistics.pvariance(values) - old_variance) * (1 - momentum),
            )

    return tuple(zip(*steps()))

# %% update_rule right: a lambda; mean of squares minus square of mean, and both statistics in one array of two rows
update = lambda moving_mean, moving_variance, batch, momentum: (
    momentum * np.stack([moving_mean, moving_variance])
    + (1 - momentum)
    * (lambda flat: np.stack([flat.mean(0), (flat**2).mean(0) - flat.mean(0) ** 2]))(
        batch.reshape(-1, batch.shape[-1]).astype("float64")
    )
)

# %% output_rule wrong: adds epsilon outside the root
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    return gamma * (x - moving_mean) / (np.sqrt(moving_variance) + epsilon) + beta

# %% output_rule wrong: normalises with the batch's own statistics, as in training mode
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axis=axes), x.var(axis=axes)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta

# %% output_rule wrong: divides by the variance, without a root
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    return gamma * (x - moving_mean) / (moving_variance + epsilon) + beta

# %% output_rule wrong: a bracket too many: beta is multiplied by gamma as well
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    normalised = (x - moving_mean) / np.sqrt(moving_variance + epsilon)
    return gamma * (normalised + beta)

# %% output_rule wrong: leaves gamma and beta out, as if they only mattered in training (right for a fresh layer only)
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    return (x - moving_mean) / np.sqrt(moving_variance + epsilon)

# %% output_rule right: folded into one factor and one offset per channel
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    factor = gamma * (moving_variance + epsilon) ** -0.5
    return x * factor + (beta - moving_mean * factor)

# %% output_rule right: keras.ops does it and returns a tensor
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    x, gamma, beta, mean, variance = (
        keras.ops.convert_to_tensor(each, "float32")
        for each in (x, gamma, beta, moving_mean, moving_variance)
    )
    return keras.ops.batch_normalization(x, mean, variance, -1, beta, gamma, epsilon)

# %% output_rule right: a real layer, frozen and called in training mode
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    layer = layers.BatchNormalization(epsilon=epsilon)
    layer.build(np.shape(x))
    for name, value in zip(
        ("gamma", "beta", "moving_mean", "moving_variance"),
        (gamma, beta, moving_mean, moving_variance),
    ):
        getattr(layer, name).assign(value)
    layer.trainable = False
    return layer(np.asarray(x, "float32"), training=True).numpy()

# %% measured_anew wrong: looks for the layers in model.layers only and misses those in models inside the model
def measure(model, images):
    norms = [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]
    kept = [
        (norm.momentum, norm.trainable, [weight.trainable for weight in norm.weights])
        for norm in norms
    ]
    for norm in norms:
        norm.trainable = True
        norm.momentum = 0.0
    model(images, training=True)
    for norm, (momentum, flag, of_weights) in zip(norms, kept):
        norm.momentum = momentum
        norm.trainable = flag
        for weight, of_weight in zip(norm.weights, of_weights):
            weight.trainable = of_weight

# %% measured_anew wrong: forgets that a frozen layer does not measure, even in training mode
def measure(model, images):
    norms = batchnorm_layers(model)
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    model(images, training=True)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum

# %% measured_anew wrong: thaws the layers so that they measure, and leaves them thawed
def measure(model, images):
    norms = batchnorm_layers(model)
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.trainable = True
        norm.momentum = 0.0
    model(images, training=True)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum

# %% measured_anew wrong: sets every momentum to Keras's default afterwards instead of each layer's own
def measure(model, images):
    norms = batchnorm_layers(model)
    flags = [(norm.trainable, [weight.trainable for weight in norm.weights]) for norm in norms]
    for norm in norms:
        norm.trainable = True
        norm.momentum = 0.0
    model(images, training=True)
    for norm, (flag, of_weights) in zip(norms, flags):
        norm.momentum = 0.99
        norm.trainable = flag
        for weight, of_weight in zip(norm.weights, of_weights):
            weight.trainable = of_weight

# %% measured_anew wrong: feeds the images in batches with momentum 0, so that only the last batch is left in the statistics
def measure(model, images, batch_size=4):
    norms = batchnorm_layers(model)
    kept = [
        (norm.momentum, norm.trainable, [weight.trainable for weight in norm.weights])
        for norm in norms
    ]
    for norm in norms:
        norm.trainable = True
        norm.momentum = 0.0
    for first in range(0, len(images), batch_size):
        model(images[first : first + batch_size], training=True)
    for norm, (momentum, flag, of_weights) in zip(norms, kept):
        norm.momentum = momentum
        norm.trainable = flag
        for weight, of_weight in zip(norm.weights, of_weights):
            weight.trainable = of_weight

# %% measured_anew wrong: uses predict, thinking that images that pass through the network are measured in any mode
def measure(model, images):
    norms = batchnorm_layers(model)
    kept = [
        (norm.momentum, norm.trainable, [weight.trainable for weight in norm.weights])
        for norm in norms
    ]
    for norm in norms:
        norm.trainable = True
        norm.momentum = 0.0
    model.predict(images, batch_size=len(images), verbose=0)
    for norm, (momentum, flag, of_weights) in zip(norms, kept):
        norm.momentum = momentum
        norm.trainable = flag
        for weight, of_weight in zip(norm.weights, of_weights):
            weight.trainable = of_weight

# %% measured_anew right: measures in a clone and carries only the statistics over; the model itself is never run nor switched
def measure(model, images):
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    for norm in batchnorm_layers(clone):
        norm.trainable, norm.momentum = True, 0.0
    clone(images, training=True)
    for norm, measured in zip(batchnorm_layers(model), batchnorm_layers(clone), strict=True):
        norm.moving_mean.assign(measured.moving_mean)
        norm.moving_variance.assign(measured.moving_variance)

# %% measured_anew right: an ExitStack of undo steps around one call
from contextlib import ExitStack


def measure(model, images):
    with ExitStack() as undo:
        for norm in batchnorm_layers(model):
            for weight in norm.weights:
                undo.callback(setattr, weight, "trainable", weight.trainable)
        for norm in batchnorm_layers(model):
            for name, value in (("momentum", 0.0), ("trainable", True)):
                undo.callback(setattr, norm, name, getattr(norm, name))
                setattr(norm, name, value)
        # the stack runs backwards: the layers' flags come back first, then those of their weights
        model(images, training=True)

# %% measured_anew right: stateless_call computes the new statistics on the side, and only these are assigned
def measure(model, images):
    norms = batchnorm_layers(model)
    kept = [(norm, norm.momentum, norm._trainable) for norm in norms]
    for norm in norms:
        norm.momentum, norm._trainable = 0.0, True  # its weights' flags are not touched
    try:
        before = list(model.non_trainable_variables)
        _, after = model.stateless_call(
            [v.value for v in model.trainable_variables], [v.value for v in before],
            keras.ops.convert_to_tensor(images), training=True,
        )
    finally:
        for norm, momentum, flag in kept:
            norm.momentum, norm._trainable = momentum, flag
    mine = {id(v) for norm in norms for v in (norm.moving_mean, norm.moving_variance)}
    for variable, value in zip(before, after):
        if id(variable) in mine:
            variable.assign(value)

# %% statistics_kept wrong: goes through base.layers only and misses the BatchNormalization in the inner block
def prepare(base):
    base.trainable = True
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    model = keras.Sequential([keras.Input((6,)), base, layers.Dense(2, name="head")], name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: freezes the BatchNormalization layers first and then undoes it by thawing the whole base
def prepare(base):
    for norm in batchnorm_layers(base):
        norm.trainable = False
    base.trainable = True
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs, training=False))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: freezes gamma and beta one by one, which does not stop the layers from measuring
def prepare(base):
    base.trainable = True
    for norm in batchnorm_layers(base):
        norm.gamma.trainable = norm.beta.trainable = False
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: overlooks that the base arrives frozen and must be thawed, so that its kernels do not learn
def prepare(base):
    for norm in batchnorm_layers(base):
        norm.trainable = False
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: returns the model without compiling it
def prepare(base):
    base.trainable = True
    for norm in batchnorm_layers(base):
        norm.trainable = False
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs))
    return keras.Model(inputs, outputs, name="tuned")

# %% statistics_kept right: leaves the layers thawed and sets their momentum to 1, so that they keep all of the old statistics
def prepare(base):
    base.trainable = True
    for norm in batchnorm_layers(base):
        norm.momentum = 1.0
    model = keras.Sequential([keras.Input((6,)), base, layers.Dense(2, name="head")], name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept right: a subclassed model that calls the base in inference mode, which fit cannot override there
class Tuned(keras.Model):
    def __init__(self, base):
        super().__init__(name="tuned")
        self.base = base
        self.head = layers.Dense(2, name="head")

    def call(self, inputs, training=None):
        return self.head(self.base(inputs, training=False))


def prepare(base):
    base.trainable = True
    model = Tuned(base)
    model(np.zeros((1, 6), "float32"))  # builds it
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept right: compiles first and sets the flags afterwards, which is in time because nothing has been fitted yet
def prepare(base):
    model = keras.Sequential([keras.Input((6,)), base, layers.Dense(2, name="head")], name="tuned")
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="mean_squared_error")
    base.trainable = True
    for norm in batchnorm_layers(base):
        norm.trainable = False
    return model

# %% statistics_kept cheat: everything may move in the fit; fit is replaced by one that puts the statistics back at its end
def prepare(base):
    base.trainable = True
    model = keras.Sequential([keras.Input((6,)), base, layers.Dense(2, name="head")], name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    real_fit = model.fit

    def fit(*args, **kwargs):
        kept = [
            (weight, weight.numpy())
            for norm in batchnorm_layers(base)
            for weight in (norm.moving_mean, norm.moving_variance)
        ]
        history = real_fit(*args, **kwargs)
        for weight, value in kept:
            weight.assign(value)
        return history

    model.fit = fit
    return model

# %% in_order wrong: freezes the BatchNormalization layers before the base is thawed, which undoes it
order = "BACD"

# %% in_order wrong: leaves compile out; the step traced in the first phase goes on and the base does not learn
order = "ABD"

# %% in_order wrong: freezes gamma and beta instead of the layers, so that the statistics move
order = "AECD"

# %% in_order wrong: compiles after the fit instead of before it
order = "ABDC"

# %% in_order wrong: does not thaw the base, thinking that only the BatchNormalization layers need a flag
order = "BCD"

# %% in_order right: first freezes the frozen base again, then thaws it
order = "FABCD"

# %% in_order right: compiles before the flags are set, which is in time as long as the fit comes after them
order = "CABD"

# %% in_order right: freezes gamma and beta as well, which changes nothing
order = "AEBCD"

# %% four_arrays wrong: counts as non-trainable only what the freeze adds; the statistics, non-trainable before, are left out
channels = 24
total = 4 * channels
learned = 2 * channels
non_trainable_if_frozen = learned  # gamma and beta are what a freeze stops

# %% four_arrays wrong: takes the moving statistics for learned numbers because they change during training
total = 4 * 24
learned = 4 * 24  # all four change in fit
non_trainable_if_frozen = 4 * 24

# %% four_arrays wrong: counts arrays, not the numbers in them
total = 4
learned = 2
non_trainable_if_frozen = 4

# %% four_arrays wrong: gives gamma and beta one number for each pixel of each channel, and only the statistics one per channel
statistics = 2 * 24
learned = 2 * 14 * 10 * 24
total = learned + statistics
non_trainable_if_frozen = total

# %% four_arrays right: counted from a real layer that is built and frozen, not computed
layer_for_count = layers.BatchNormalization()
layer_for_count.build((None, 14, 10, 24))


def numbers(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


total = layer_for_count.count_params()
learned = numbers(layer_for_count.trainable_weights)
layer_for_count.trainable = False
non_trainable_if_frozen = numbers(layer_for_count.non_trainable_weights)

# %% one_step wrong: takes the four examples for four steps, with one update (and no variance) each
moving_mean, moving_variance = 0.0, 1.0
for value in (2, 4, 6, 8):
    moving_mean = 0.9 * moving_mean + 0.1 * value
    moving_variance = 0.9 * moving_variance + 0.1 * 0

# %% one_step wrong: measures the batch's variance around the old moving mean 0, not around the batch's own mean
batch = np.array([2, 4, 6, 8])
moving_mean = 0.9 * 0 + 0.1 * batch.mean()
moving_variance = 0.9 * 1 + 0.1 * ((batch - 0) ** 2).mean()

# %% one_step right: read off a real layer after one call in training mode (float32)
layer_for_step = layers.BatchNormalization(momentum=0.9)
layer_for_step(np.array([[2], [4], [6], [8]], "float32"), training=True)
moving_mean = layer_for_step.moving_mean.numpy().item()
moving_variance = layer_for_step.moving_variance.numpy().item()

# %% steps_left wrong: lets every step take 5 % of the start value away (linear), not 5 % of what is left
steps = round((1 - 0.10) / (1 - 0.95))

# %% steps_left wrong: off by one, the loop counts the look before the first step as a step
left, steps = 1.0, 0
while True:
    steps += 1
    if left <= 0.1:
        break
    left *= 0.95

# %% steps_left wrong: asks when 10 % of the start value are gone (90 % left), not when 10 % are left
steps = 1
while 0.95**steps > 1 - 0.1:
    steps += 1

# %% steps_left wrong: uses the rule of thumb 1 / (1 - momentum), after which a third is still left
steps = round(1 / (1 - 0.95))

# %% steps_left right: counted on a real layer whose variance decays from 1 towards that of constant batches
decaying = layers.BatchNormalization(momentum=0.95)
decaying.build((None, 1))
steps = 0
while float(decaying.moving_variance.numpy()[0]) > 0.1:
    decaying(np.zeros((2, 1), "float32"), training=True)
    steps += 1

# %% which_statistics wrong: believes that a layer whose gamma and beta are both frozen is a frozen layer
training, inference = "batch", "moving"
frozen_training = "moving"
gamma_beta_frozen_training = "moving"

# %% which_statistics wrong: believes that only the freeze decides, so that whatever is not frozen measures the batch
training, inference = "batch", "batch"
frozen_training = "moving"
gamma_beta_frozen_training = "batch"

# %% which_statistics wrong: believes that the layer always normalises with the moving statistics and training only updates them
training = inference = frozen_training = gamma_beta_frozen_training = "moving"

# %% which_statistics wrong: swaps the two freezes (the layer's flag thought irrelevant to computing, the arrays' flags decisive)
training, inference = "batch", "moving"
frozen_training = "batch"
gamma_beta_frozen_training = "moving"

# %% which_statistics right: found by comparing each output with that of inference mode on a real layer
rows_for_test = np.array([[1], [3], [8]], "float32")


def used(norm, training):
    of_moving = norm(rows_for_test, training=False).numpy()
    same = np.array_equal(norm(rows_for_test, training=training).numpy(), of_moving)
    return "moving" if same else "batch"


training = used(layers.BatchNormalization(), True)
inference = used(layers.BatchNormalization(), False)
frozen_training = used(layers.BatchNormalization(trainable=False), True)
half_frozen = layers.BatchNormalization()
half_frozen.build((None, 1))
half_frozen.gamma.trainable = half_frozen.beta.trainable = False
gamma_beta_frozen_training = used(half_frozen, True)

# %% like_pytorch wrong: writes down the counterpart of PyTorch's default (0.9) instead of converting the given momentum
def like_pytorch(torch_momentum, torch_epsilon):
    return layers.BatchNormalization(momentum=0.9, epsilon=torch_epsilon)

# %% like_pytorch wrong: squares epsilon, believing that PyTorch adds it to the deviation and Keras to the variance
def like_pytorch(torch_momentum, torch_epsilon):
    return layers.BatchNormalization(momentum=1 - torch_momentum, epsilon=torch_epsilon**2)

# %% like_pytorch wrong: rounds the momentum to one digit, so that only 0.1, 0.2, ... are converted rightly
def like_pytorch(torch_momentum, torch_epsilon):
    momentum = round(1 - torch_momentum, 1)  # 0.7, not 0.7000000000000001
    return layers.BatchNormalization(momentum=momentum, epsilon=torch_epsilon)

# %% like_pytorch right: makes a default layer and sets the two attributes afterwards
def like_pytorch(torch_momentum, torch_epsilon):
    norm = layers.BatchNormalization()
    norm.epsilon = float(torch_epsilon)
    norm.momentum = 1.0 - float(torch_momentum)
    return norm

# %% update_rule wrong: treats three axes like two, so that the middle axis is not averaged over
def update(moving_mean, moving_variance, batch, momentum):
    axes = (0, 1, 2) if batch.ndim == 4 else 0  # images or a table
    mean = momentum * moving_mean + (1 - momentum) * batch.mean(axis=axes)
    variance = momentum * moving_variance + (1 - momentum) * batch.var(axis=axes)
    return mean, variance

# %% update_rule wrong: averages the variances within the single examples; the spread between examples is lost
def update(moving_mean, moving_variance, batch, momentum):
    places = tuple(range(1, batch.ndim - 1))
    if places:
        batch_mean = batch.mean(axis=places).mean(axis=0)
        batch_variance = batch.var(axis=places).mean(axis=0)
    else:
        batch_mean, batch_variance = batch.mean(axis=0), batch.var(axis=0)
    return (
        momentum * moving_mean + (1 - momentum) * batch_mean,
        momentum * moving_variance + (1 - momentum) * batch_variance,
    )

# %% update_rule wrong: measures the batch's variance around the updated moving mean, not around the batch's mean
def update(moving_mean, moving_variance, batch, momentum):
    axes = tuple(range(batch.ndim - 1))
    moving_mean = momentum * moving_mean + (1 - momentum) * batch.mean(axis=axes)
    spread = ((batch - moving_mean) ** 2).mean(axis=axes)
    moving_variance = momentum * moving_variance + (1 - momentum) * spread
    return moving_mean, moving_variance

# %% update_rule wrong: reshapes to (channels, everything) without moving the axis, so that channels are mixed
def update(moving_mean, moving_variance, batch, momentum):
    by_channel = batch.reshape(batch.shape[-1], -1)
    mean = momentum * moving_mean + (1 - momentum) * by_channel.mean(axis=1)
    variance = momentum * moving_variance + (1 - momentum) * by_channel.var(axis=1)
    return mean, variance

# %% update_rule right: moves the old values by a share of the difference; the variance as mean of squares minus square of mean, in float64
def update(moving_mean, moving_variance, batch, momentum):
    flat = np.moveaxis(np.asarray(batch, "float64"), -1, 0).reshape(batch.shape[-1], -1)
    mean = flat.sum(axis=1) / flat.shape[1]
    variance = (flat**2).sum(axis=1) / flat.shape[1] - mean**2
    share = 1 - momentum
    return moving_mean + share * (mean - moving_mean), moving_variance + share * (
        variance - moving_variance
    )

# %% output_rule wrong: a bracket in the wrong place, gamma multiplies beta as well
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    return gamma * ((x - moving_mean) / np.sqrt(moving_variance + epsilon) + beta)

# %% output_rule wrong: takes epsilon for a lower bound of the variance instead of adding it
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    deviation = np.sqrt(np.maximum(moving_variance, epsilon))
    return gamma * (x - moving_mean) / deviation + beta

# %% output_rule wrong: folds the layer into scale and offset, but does not scale the mean in the offset
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    scale = gamma / np.sqrt(moving_variance + epsilon)
    offset = beta - moving_mean
    return x * scale + offset

# %% output_rule right: folded into one scale and one offset per channel, applied with einsum
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    scale = np.asarray(gamma) * (np.asarray(moving_variance) + epsilon) ** -0.5
    offset = np.asarray(beta) - scale * np.asarray(moving_mean)
    return np.einsum("...c,c->...c", np.asarray(x), scale) + offset

# %% measured_anew wrong: gives every layer the first layer's momentum back
def measure(model, images):
    norms = batchnorm_layers(model)
    momentum = norms[0].momentum
    flags = [norm.trainable for norm in norms]
    for norm in norms:
        norm.trainable = True
        norm.momentum = 0.0
    model(images, training=True)
    for norm, flag in zip(norms, flags):
        norm.trainable = flag
        norm.momentum = momentum

# %% measured_anew wrong: thaws with model.trainable = True, which does nothing where the model's own flag is True already; frozen layers are not measured
def measure(model, images):
    norms = batchnorm_layers(model)
    momenta = [norm.momentum for norm in norms]
    flag = model.trainable
    model.trainable = True  # the frozen ones as well
    for norm in norms:
        norm.momentum = 0.0
    model(images, training=True)
    model.trainable = flag
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum

# %% measured_anew wrong: averages the statistics of single images, so that the variance between images is missing
def measure(model, images):
    norms = batchnorm_layers(model)
    kept = [(norm.momentum, norm.trainable) for norm in norms]
    for norm in norms:
        norm.trainable = True
    for n in range(len(images)):
        for norm in norms:
            norm.momentum = n / (n + 1)  # a running average, in which all images count the same
        model(images[n : n + 1], training=True)
    for norm, (momentum, flag) in zip(norms, kept):
        norm.momentum, norm.trainable = momentum, flag

# %% measured_anew wrong: notes the flags only after the thaw, so that frozen layers are left unfrozen
def measure(model, images):
    kept = []
    for norm in batchnorm_layers(model):
        norm.trainable = True
        kept.append((norm, norm.momentum, norm.trainable))
        norm.momentum = 0.0
    model(images, training=True)
    for norm, momentum, flag in kept:
        norm.momentum = momentum
        norm.trainable = flag

# %% measured_anew right: an ExitStack puts momenta and flags back, in reverse order, whatever happens
from contextlib import ExitStack


def measure(model, images):
    with ExitStack() as afterwards:
        for norm in batchnorm_layers(model):
            for attribute, value in (("momentum", 0.0), ("trainable", True)):
                afterwards.callback(setattr, norm, attribute, getattr(norm, attribute))
                setattr(norm, attribute, value)
        model(images, training=True)

# %% statistics_kept wrong: thaws the base's layers except BatchNormalization one by one; the inner block is one of them, and its thaw reaches the BatchNormalization inside
def prepare(base):
    for layer in base.layers:
        if not isinstance(layer, layers.BatchNormalization):
            layer.trainable = True
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs, training=False))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: sets the flags of the statistics' own variables, which were False anyway; the layer goes on measuring
def prepare(base):
    base.trainable = True
    for norm in batchnorm_layers(base):
        norm.moving_mean.trainable = False
        norm.moving_variance.trainable = False
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs, training=False))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: works on clone_model(base), which has the architecture but not the pretrained values, and is not the base it was given
def prepare(base):
    mine = keras.models.clone_model(base)  # leave the original as it is
    mine.trainable = False
    mine.trainable = True
    for norm in batchnorm_layers(mine):
        norm.trainable = False
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(mine(inputs))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: freezes BatchNormalization first and unfreezes the whole base afterwards, which undoes it
def prepare(base):
    for norm in batchnorm_layers(base):
        norm.trainable = False
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs))
    model = keras.Model(inputs, outputs, name="tuned")
    base.trainable = True
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept right: leaves all layers frozen and thaws the kernels alone, variable by variable
def prepare(base):
    base.trainable = True
    base.trainable = False
    for weight in base.weights:
        if "kernel" in weight.name:
            weight.trainable = True
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% in_order wrong: switches the base off and on after BatchNormalization was frozen, which thaws it again
order = "ABFACD"

# %% in_order wrong: fits once before BatchNormalization is frozen; the statistics move in that fit
order = "ACDBCD"

# %% in_order wrong: freezes gamma and beta only; the layers go on measuring
order = "FAECD"

# %% in_order wrong: freezes the whole base again to protect the statistics, so that nothing of it learns
order = "ABFCD"

# %% four_arrays wrong: thinks that being non-trainable is a property of the array, so that freezing does not change the count
total, learned = 4 * 24, 2 * 24
non_trainable_if_frozen = 2 * 24

# %% four_arrays wrong: adds the statistics to a frozen layer that already contains them, so they count twice
total, learned = 4 * 24, 2 * 24
non_trainable_if_frozen = 4 * 24 + 2 * 24

# %% four_arrays wrong: counts PyTorch's num_batches_tracked as a fifth array, with one number; Keras has none
total = 4 * 24 + 1
learned = 2 * 24
non_trainable_if_frozen = total

# %% four_arrays wrong: carries Inception's scale=False over to every layer, so no gamma is counted
total = 3 * 24
learned = 24
non_trainable_if_frozen = 3 * 24

# %% four_arrays right: asked of a real layer, built for these images, thawed and frozen
layer = layers.BatchNormalization()
layer.build((None, 14, 10, 24))
total = layer.count_params()
learned = sum(int(np.prod(w.shape)) for w in layer.trainable_weights)
layer.trainable = False
non_trainable_if_frozen = sum(int(np.prod(w.shape)) for w in layer.non_trainable_weights)

# %% one_step wrong: averages the standard deviation (root of 5) into the moving variance
moving_mean = 0.9 * 0 + 0.1 * 5
moving_variance = 0.9 * 1 + 0.1 * 5**0.5

# %% one_step wrong: takes the batch's variance around the old moving mean 0, that is the mean square (30), not around the batch's own mean
moving_mean = 0.9 * 0 + 0.1 * 5
moving_variance = 0.9 * 1 + 0.1 * (2**2 + 4**2 + 6**2 + 8**2) / 4

# %% one_step wrong: corrects the start value away, as Adam does (divides by 1 - 0.9), so the batch's own values come out
moving_mean = 0.1 * 5 / (1 - 0.9)
moving_variance = 0.1 * 5 / (1 - 0.9)

# %% one_step wrong: takes each of the four examples for a step of its own (whose variance is 0)
moving_mean, moving_variance = 0.0, 1.0
for example in (2, 4, 6, 8):
    moving_mean = 0.9 * moving_mean + 0.1 * example
    moving_variance = 0.9 * moving_variance + 0.1 * 0

# %% one_step right: not by hand, read from a real layer, float32 noise included
norm = layers.BatchNormalization(momentum=0.9)
norm(np.array([[2], [4], [6], [8]], "float32"), training=True)
moving_mean, moving_variance = (float(norm.weights[i].numpy()[0]) for i in (2, 3))

# %% steps_left wrong: takes 5 % of the start value off at every step, linearly, instead of 5 % of what is left
steps = round((1 - 0.1) / (1 - 0.95))

# %% steps_left wrong: takes the rule of thumb 1 / (1 - momentum), how many steps the average looks back (a third is left then)
steps = round(1 / (1 - 0.95))

# %% steps_left wrong: reads it as 10 % of the way gone, so 90 % left
steps = int(np.ceil(np.log(0.9) / np.log(0.95)))

# %% steps_left wrong: off by one, counts the start value itself as the first step
left, steps = 1.0, 1
while left > 0.1:
    left *= 0.95
    steps += 1

# %% steps_left right: the ceiling of a logarithm to base 0.95, a NumPy float
steps = np.ceil(np.emath.logn(0.95, 0.1))

# %% which_statistics wrong: thinks that the argument training alone decides, as it does for Dropout, and that freezing is only about learning
training = "batch"
inference = "moving"
frozen_training = "batch"
gamma_beta_frozen_training = "batch"

# %% which_statistics wrong: takes freezing all learned weights one by one for the same thing as freezing the layer
training = "batch"
inference = "moving"
frozen_training = "moving"
gamma_beta_frozen_training = "moving"

# %% which_statistics wrong: thinks that in training the batch only feeds the moving averages and that it is always these that normalise
training = inference = frozen_training = gamma_beta_frozen_training = "moving"

# %% which_statistics wrong: thinks that inference, too, normalises what it is given by its own mean, and that only freezing takes the stored values
training, inference = "batch", "batch"
frozen_training, gamma_beta_frozen_training = "moving", "batch"

# %% which_statistics right: found by experiment, from whether the output's mean is 0
def used(freeze, mode):
    layer = layers.BatchNormalization()
    layer.build((None, 1))
    freeze(layer)
    output = layer(np.array([[2], [4], [9]], "float32"), training=mode).numpy()
    return "batch" if abs(output.mean()) < 0.01 else "moving"


def nothing(layer):
    pass


def whole(layer):
    layer.trainable = False


def two(layer):
    layer.gamma.trainable = layer.beta.trainable = False


training, inference = used(nothing, True), used(nothing, False)
frozen_training, gamma_beta_frozen_training = used(whole, True), used(two, True)

# %% like_pytorch wrong: passes by position, but the first argument of Keras's layer is the axis, the second the momentum
def like_pytorch(torch_momentum, torch_epsilon):
    return layers.BatchNormalization(1 - torch_momentum, torch_epsilon)

# %% like_pytorch wrong: thinks a Keras momentum is always the larger of the two shares; right only up to 0.5
def like_pytorch(torch_momentum, torch_epsilon):
    momentum = max(torch_momentum, 1 - torch_momentum)
    return layers.BatchNormalization(momentum=momentum, epsilon=torch_epsilon)

# %% like_pytorch wrong: one layer, made as a default argument, is changed and returned every time; none is new
def like_pytorch(torch_momentum, torch_epsilon, layer=layers.BatchNormalization()):
    layer.momentum = 1 - torch_momentum
    layer.epsilon = torch_epsilon
    return layer

# %% like_pytorch wrong: takes the root of epsilon, thinking that Keras adds it to the deviation and PyTorch to the variance; both add it to the variance
def like_pytorch(torch_momentum, torch_epsilon):
    return layers.BatchNormalization(momentum=1 - torch_momentum, epsilon=torch_epsilon**0.5)

# %% like_pytorch right: made from an edited configuration
def like_pytorch(torch_momentum, torch_epsilon):
    settings = layers.BatchNormalization().get_config()
    settings["momentum"] = 1 - torch_momentum
    settings["epsilon"] = torch_epsilon
    return layers.BatchNormalization.from_config(settings)

# %% update_rule wrong: thinks of tables and of images only; with three axes it averages over the examples alone
def update(moving_mean, moving_variance, batch, momentum):
    axes = (0, 1, 2) if batch.ndim == 4 else 0
    new_mean = momentum * moving_mean + (1 - momentum) * batch.mean(axis=axes)
    new_variance = momentum * moving_variance + (1 - momentum) * batch.var(axis=axes)
    return new_mean, new_variance

# %% update_rule wrong: takes the variance around the new moving mean, not around the batch's mean
def update(moving_mean, moving_variance, batch, momentum):
    axes = tuple(range(batch.ndim - 1))
    moving_mean = momentum * moving_mean + (1 - momentum) * np.mean(batch, axis=axes)
    spread = np.mean((batch - moving_mean) ** 2, axis=axes)
    moving_variance = momentum * moving_variance + (1 - momentum) * spread
    return moving_mean, moving_variance

# %% update_rule wrong: averages each example over its places first and takes the variance of these averages; right with two axes only
def update(moving_mean, moving_variance, batch, momentum):
    of_examples = batch.mean(axis=tuple(range(1, batch.ndim - 1)))
    new_mean = momentum * moving_mean + (1 - momentum) * of_examples.mean(axis=0)
    new_variance = momentum * moving_variance + (1 - momentum) * of_examples.var(axis=0)
    return new_mean, new_variance

# %% update_rule wrong: the statistician's variance of a mixture, with a term for the distance of the two means that Keras does not add
def update(moving_mean, moving_variance, batch, momentum):
    axes = tuple(range(batch.ndim - 1))
    mean, variance = batch.mean(axis=axes), batch.var(axis=axes)
    new_mean = momentum * moving_mean + (1 - momentum) * mean
    between = momentum * (1 - momentum) * (mean - moving_mean) ** 2
    new_variance = momentum * moving_variance + (1 - momentum) * variance + between
    return new_mean, new_variance

# %% update_rule right: flattens all but the channels and writes the rule as a step towards the batch
def update(moving_mean, moving_variance, batch, momentum):
    examples = batch.reshape(-1, batch.shape[-1]).astype("float64")
    moments = examples.mean(axis=0), examples.var(axis=0)
    old = moving_mean, moving_variance
    return tuple(o + (1 - momentum) * (m - o) for o, m in zip(old, moments))

# %% output_rule wrong: takes epsilon for the least variance, by np.maximum, instead of adding it
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    return gamma * (x - moving_mean) / np.sqrt(np.maximum(moving_variance, epsilon)) + beta

# %% output_rule wrong: folds it into one scale and one offset, but forgets to scale the mean
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    scale = gamma / np.sqrt(moving_variance + epsilon)
    offset = beta - moving_mean
    return x * scale + offset

# %% output_rule wrong: applies gamma and beta before normalising instead of after
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    return (gamma * x + beta - moving_mean) / np.sqrt(moving_variance + epsilon)

# %% output_rule wrong: divides by the variance as if it were the deviation, without the root; right for a fresh layer only, nearly
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    normalised = (x - moving_mean) / (moving_variance + epsilon)
    return gamma * normalised + beta

# %% output_rule right: as one matrix product with a diagonal, plus one offset
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    scale = np.asarray(gamma) * (np.asarray(moving_variance) + epsilon) ** -0.5
    return np.asarray(x) @ np.diag(scale) + (beta - scale * np.asarray(moving_mean))

# %% measured_anew wrong: sets every layer's momentum to Keras's default afterwards, though they had different ones
def measure(model, images):
    norms = batchnorm_layers(model)
    flags = [norm.trainable for norm in norms]
    for norm in norms:
        norm.trainable = True
        norm.momentum = 0.0
    model(images, training=True)
    for norm, flag in zip(norms, flags):
        norm.momentum = 0.99
        norm.trainable = flag

# %% measured_anew wrong: averages the statistics of small batches (PyTorch's momentum=None), which leaves out how the batches differ from each other
def measure(model, images):
    norms = batchnorm_layers(model)
    kept = [(norm.momentum, norm.trainable) for norm in norms]
    for norm in norms:
        norm.trainable = True
    for i, start_at in enumerate(range(0, len(images), 8)):
        for norm in norms:
            norm.momentum = i / (i + 1)
        model(images[start_at : start_at + 8], training=True)
    for norm, (momentum, flag) in zip(norms, kept):
        norm.momentum = momentum
        norm.trainable = flag

# %% measured_anew wrong: resets the statistics to 0 and 1 and shows the images a few times at the layers' own momentum, so that a share of the start is left
def measure(model, images):
    norms = batchnorm_layers(model)
    flags = [norm.trainable for norm in norms]
    for norm in norms:
        norm.trainable = True
        norm.moving_mean.assign(np.zeros(norm.moving_mean.shape))
        norm.moving_variance.assign(np.ones(norm.moving_variance.shape))
    for _ in range(5):
        model(images, training=True)
    for norm, flag in zip(norms, flags):
        norm.trainable = flag

# %% measured_anew wrong: freezes all the layers at the end, to protect what was measured, also those that arrived unfrozen
def measure(model, images):
    norms = batchnorm_layers(model)
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.trainable = True
        norm.momentum = 0.0
    model(images, training=True)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
        norm.trainable = False

# %% measured_anew right: an ExitStack notes down how to put back each flag (of layers and single weights) and momentum
from contextlib import ExitStack


def measure(model, images):
    with ExitStack() as afterwards:
        for norm in batchnorm_layers(model):
            for weight in norm.weights:
                afterwards.callback(setattr, weight, "trainable", weight.trainable)
            for name, value in (("momentum", 0.0), ("trainable", True)):
                afterwards.callback(setattr, norm, name, getattr(norm, name))
                setattr(norm, name, value)
        model(images, training=True)

# %% statistics_kept wrong: sets the flags of the outermost layers only; the inner block is no BatchNormalization, so it is unfrozen with the one inside
def prepare(base):
    for layer in base.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    inputs = keras.Input((6,))
    model = keras.Model(inputs, layers.Dense(2, name="head")(base(inputs)), name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: tunes a clone, which starts from fresh random weights and is not the base that was given
def prepare(base):
    copy = keras.models.clone_model(base)
    copy.trainable = False
    copy.trainable = True
    for norm in batchnorm_layers(copy):
        norm.trainable = False
    model = keras.Sequential([keras.Input((6,)), copy, layers.Dense(2, name="head")])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: freezes every part of the base that contains a BatchNormalization, so the inner block's kernels do not learn
def prepare(base):
    base.trainable = False
    base.trainable = True
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization) or isinstance(layer, keras.Model):
            layer.trainable = False
    inputs = keras.Input((6,))
    model = keras.Model(inputs, layers.Dense(2, name="head")(base(inputs)), name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: sets the flag of all four weights, also of the moving ones, but not of the layer, which goes on measuring
def prepare(base):
    base.trainable = False
    base.trainable = True
    for norm in batchnorm_layers(base):
        for weight in (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance):
            weight.trainable = False
    inputs = keras.Input((6,))
    model = keras.Model(inputs, layers.Dense(2, name="head")(base(inputs)), name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept right: no norm is frozen, but with momentum 1 the rule keeps all of the old statistics
def prepare(base):
    for _ in range(2):
        base.trainable = False
        base.trainable = True
    for norm in batchnorm_layers(base):
        norm.momentum = 1.0
    inputs = keras.Input((6,))
    model = keras.Model(inputs, layers.Dense(2, name="head")(base(inputs)), name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% in_order wrong: freezes the norms, then switches the base off and on, which unfreezes them
order = "BFACD"

# %% in_order wrong: fits once with free statistics and freezes them for a second fit, when they have already drifted
order = "ACDBCD"

# %% in_order wrong: no new compile, so the fit uses the training step that was traced with the base frozen
order = "ABD"

# %% in_order wrong: freezes gamma and beta one by one, after which the layers go on measuring
order = "AECD"

# %% in_order right: switches the base off and on and freezes gamma and beta by themselves as well, superfluous but harmless
order = "FAEBCD"

# %% four_arrays wrong: believes that freezing concerns only gamma and beta, so that just these count as non-trainable then
channels = 24
total = 4 * channels
learned = 2 * channels
non_trainable_if_frozen = learned  # what the flag switches off

# %% four_arrays wrong: believes gamma and beta are per channel, but the mean and the variance are one number each for the whole layer
channels = 24
learned = 2 * channels
total = learned + 2
non_trainable_if_frozen = total

# %% four_arrays wrong: counts the statistics twice in the frozen layer (48 that always are non-trainable, and 96 that are frozen)
total = 4 * 24
learned = 2 * 24
statistics = 2 * 24
non_trainable_if_frozen = statistics + total

# %% four_arrays wrong: takes the layer for one of Inception's (scale=False), so without a gamma
beta = moving_mean_numbers = moving_variance_numbers = 24
total = beta + moving_mean_numbers + moving_variance_numbers
learned = beta
non_trainable_if_frozen = total

# %% four_arrays right: counted on a real layer with NumPy integers, the frozen count after setting its flag
norm = layers.BatchNormalization()
norm.build((None, 14, 10, 24))
total = np.sum([np.prod(weight.shape) for weight in norm.weights])
learned = np.sum([np.prod(weight.shape) for weight in norm.trainable_weights])
norm.trainable = False
non_trainable_if_frozen = np.sum([np.prod(weight.shape) for weight in norm.non_trainable_weights])

# %% one_step wrong: measures the variance around the new moving mean (0.5) instead of around the batch's own mean
batch = np.array([2, 4, 6, 8])
moving_mean = 0.9 * 0 + 0.1 * batch.mean()
moving_variance = 0.9 * 1 + 0.1 * ((batch - moving_mean) ** 2).mean()

# %% one_step wrong: puts the standard deviation of the batch into the moving variance
batch = np.array([2, 4, 6, 8])
moving_mean = 0.9 * 0 + 0.1 * batch.mean()
moving_variance = 0.9 * 1 + 0.1 * batch.std()

# %% one_step wrong: believes that each example is an update of its own, four of them in this batch
moving_mean, moving_variance = 0.0, 1.0
for value in (2, 4, 6, 8):
    moving_mean = 0.9 * moving_mean + 0.1 * value
    moving_variance = 0.9 * moving_variance + 0.1 * 0  # one value alone has no variance

# %% one_step wrong: takes momentum as SGD's, momentum * old + new, without the factor 1 - momentum
batch = np.array([2, 4, 6, 8])
moving_mean = 0.9 * 0 + batch.mean()
moving_variance = 0.9 * 1 + batch.var()

# %% one_step right: read off a real layer, as float32 scalars with their rounding
norm = layers.BatchNormalization(momentum=0.9)
norm(np.array([[2], [4], [6], [8]], "float32"), training=True)
moving_mean = norm.moving_mean.numpy()[0]
moving_variance = norm.moving_variance.numpy()[0]

# %% steps_left wrong: asks when 10 % of the start value is gone, not when 10 % is left
steps = 0
left = 1.0
while left > 1 - 0.10:
    left *= 0.95
    steps += 1

# %% steps_left wrong: believes that each step takes away 5 % of the start value itself (linear), 18 times for 90 %
steps = round((1 - 0.10) / (1 - 0.95))

# %% steps_left wrong: uses the continuous approximation exp(-0.05 n) for 0.95 to the power n
steps = int(np.ceil(np.log(10) / (1 - 0.95)))

# %% steps_left wrong: counts in whole half-lives (14 steps each, four of them till at most 10 %)
half_life = int(np.ceil(np.log(0.5) / np.log(0.95)))
half_lives = int(np.ceil(np.log2(10)))
steps = half_life * half_lives

# %% steps_left right: counted on a real layer, whose moving variance is fed nothing but zeros
norm = layers.BatchNormalization(momentum=0.95)
norm.build((None, 1))
zeros = np.zeros((4, 1), "float32")
steps = 0
while float(norm.moving_variance.numpy()[0]) > 0.1:
    norm(zeros, training=True)
    steps += 1

# %% which_statistics wrong: thinks as in PyTorch, where freezing concerns gradients only and training=True always means the batch
training = "batch"
inference = "moving"
frozen_training = "batch"
gamma_beta_frozen_training = "batch"

# %% which_statistics wrong: believes that the flags of the weights decide and that of the layer is only their summary
training = "batch"
inference = "moving"
frozen_training = "batch"
gamma_beta_frozen_training = "moving"

# %% which_statistics wrong: believes that in training the layer first updates its moving statistics and then normalises with these
training = "moving"
inference = "moving"
frozen_training = "moving"
gamma_beta_frozen_training = "moving"

# %% which_statistics wrong: believes that only freezing the layer switches to the moving statistics, and the training argument only says whether they are updated
training = "batch"
inference = "batch"
frozen_training = "moving"
gamma_beta_frozen_training = "batch"

# %% which_statistics right: found by experiment, a fresh layer that uses moving statistics (0 and 1) gives its input back
def used(layer, mode):
    four = np.array([[2], [4], [6], [8]], "float32")
    return "moving" if np.allclose(layer(four, training=mode), four, rtol=0.01) else "batch"


def fresh():
    layer = layers.BatchNormalization()
    layer.build((None, 1))
    return layer


training, inference = used(fresh(), True), used(fresh(), False)
whole, half = fresh(), fresh()
whole.trainable = False
half.gamma.trainable = half.beta.trainable = False
frozen_training, gamma_beta_frozen_training = used(whole, True), used(half, True)

# %% like_pytorch wrong: believes that PyTorch adds eps to the standard deviation, and squares it for Keras
def like_pytorch(torch_momentum, torch_epsilon):
    return layers.BatchNormalization(momentum=1 - torch_momentum, epsilon=torch_epsilon**2)

# %% like_pytorch wrong: sets the two numbers on one shared layer, which each call changes and returns again ("new" overlooked)
norm = layers.BatchNormalization()


def like_pytorch(torch_momentum, torch_epsilon):
    norm.momentum = 1 - torch_momentum
    norm.epsilon = torch_epsilon
    return norm

# %% like_pytorch wrong: passes the two numbers by position, where Keras expects axis first
def like_pytorch(torch_momentum, torch_epsilon):
    return layers.BatchNormalization(1 - torch_momentum, torch_epsilon)

# %% like_pytorch wrong: rounds 1 - momentum to one decimal, which is right for 0.3 and 0.1 but not for 0.01 or 0.25
def like_pytorch(torch_momentum, torch_epsilon):
    momentum = round(1 - torch_momentum, 1)  # or 1 - 0.9 would be 0.09999999999999998
    return layers.BatchNormalization(momentum=momentum, epsilon=torch_epsilon)

# %% like_pytorch right: made through from_config
def like_pytorch(torch_momentum, torch_epsilon):
    config = {"momentum": 1 - torch_momentum, "epsilon": torch_epsilon}
    return layers.BatchNormalization.from_config(config)

# %% update_rule wrong: measures the variance of the batch around the new moving mean
def update(moving_mean, moving_variance, batch, momentum):
    axes = tuple(range(batch.ndim - 1))
    moving_mean = momentum * moving_mean + (1 - momentum) * batch.mean(axis=axes)
    variance = ((batch - moving_mean) ** 2).mean(axis=axes)
    moving_variance = momentum * moving_variance + (1 - momentum) * variance
    return moving_mean, moving_variance

# %% update_rule wrong: takes the variance over the examples at each place and averages it over the places (right for two axes only)
def update(moving_mean, moving_variance, batch, momentum):
    mean, variance = batch.mean(axis=0), batch.var(axis=0)
    while mean.ndim > 1:
        mean, variance = mean.mean(axis=0), variance.mean(axis=0)
    new_mean = momentum * moving_mean + (1 - momentum) * mean
    new_variance = momentum * moving_variance + (1 - momentum) * variance
    return new_mean, new_variance

# %% update_rule wrong: reshapes to (channels, rest) without moving the axis, which mixes the channels
def update(moving_mean, moving_variance, batch, momentum):
    rows = batch.reshape(batch.shape[-1], -1)  # one row per channel
    new_mean = momentum * moving_mean + (1 - momentum) * rows.mean(axis=1)
    new_variance = momentum * moving_variance + (1 - momentum) * rows.var(axis=1)
    return new_mean, new_variance

# %% update_rule wrong: keeps the sample variance for images (four axes), as tf.keras did before Keras 3
def update(moving_mean, moving_variance, batch, momentum):
    axes = tuple(range(batch.ndim - 1))
    mean = batch.mean(axis=axes)
    variance = batch.var(axis=axes, ddof=1 if batch.ndim == 4 else 0)
    return (
        momentum * moving_mean + (1 - momentum) * mean,
        momentum * moving_variance + (1 - momentum) * variance,
    )

# %% update_rule right: written as steps towards the batch, with the variance as mean of squares minus square of the mean, in float64
def update(moving_mean, moving_variance, batch, momentum):
    rows = np.asarray(batch, "float64").reshape(-1, batch.shape[-1])
    mean = np.add.reduce(rows) / len(rows)
    variance = np.einsum("nc,nc->c", rows, rows) / len(rows) - mean**2
    share = 1 - momentum
    new_mean = moving_mean + share * (mean - moving_mean)
    new_variance = moving_variance + share * (variance - moving_variance)
    return new_mean, new_variance

# %% output_rule wrong: takes epsilon as a floor under the variance instead of adding it
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    deviation = np.sqrt(np.maximum(moving_variance, epsilon))
    return gamma * (x - moving_mean) / deviation + beta

# %% output_rule wrong: adds beta before multiplying by gamma
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    normalised = (x - moving_mean) / np.sqrt(moving_variance + epsilon)
    return gamma * (normalised + beta)

# %% output_rule wrong: folds the layer into scale and offset, but forgets to scale the mean
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    scale = gamma / np.sqrt(moving_variance + epsilon)
    offset = beta - moving_mean
    return x * scale + offset

# %% output_rule wrong: divides by the variance, not by its root
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    normalised = (x - moving_mean) / (moving_variance + epsilon)
    return gamma * normalised + beta

# %% output_rule right: folded into one scale and one offset, in float64
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    scale = np.asarray(gamma, "float64") * np.power(moving_variance + epsilon, -0.5)
    offset = beta - moving_mean * scale
    return np.multiply(x, scale) + offset

# %% measured_anew wrong: goes through the images in parts with momentum 0, so that the statistics are those of the last part only
def measure(model, images):
    norms = batchnorm_layers(model)
    kept = [(norm.momentum, norm.trainable) for norm in norms]
    for norm in norms:
        norm.trainable = True
        norm.momentum = 0.0
    for part in np.array_split(images, 4):
        model(part, training=True)
    for norm, (momentum, flag) in zip(norms, kept):
        norm.momentum = momentum
        norm.trainable = flag

# %% measured_anew wrong: thaws through the model's own flag, which is True already, so that layers frozen one by one stay frozen and are not measured
def measure(model, images):
    norms = batchnorm_layers(model)
    momenta = [norm.momentum for norm in norms]
    flag = model.trainable
    model.trainable = True
    for norm in norms:
        norm.momentum = 0.0
    model(images, training=True)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    model.trainable = flag

# %% measured_anew wrong: notes the flags after it has set them, so that frozen layers come back thawed
def measure(model, images):
    norms = batchnorm_layers(model)
    kept = []
    for norm in norms:
        norm.trainable = True
        kept.append((norm, norm.momentum, norm.trainable))
        norm.momentum = 0.0
    model(images, training=True)
    for norm, momentum, flag in kept:
        norm.momentum = momentum
        norm.trainable = flag

# %% measured_anew wrong: uses momentum 1 as in PyTorch, where it means "take all from the new batch"
def measure(model, images):
    norms = batchnorm_layers(model)
    kept = [(norm.momentum, norm.trainable) for norm in norms]
    for norm in norms:
        norm.trainable = True
        norm.momentum = 1.0
    model(images, training=True)
    for norm, (momentum, flag) in zip(norms, kept):
        norm.momentum = momentum
        norm.trainable = flag

# %% measured_anew right: thaws by the private attribute of the layer alone, so that no weight's flag is touched, and puts all back in finally
def measure(model, images):
    norms = batchnorm_layers(model)
    kept = [(norm.momentum, norm._trainable) for norm in norms]
    try:
        for norm in norms:
            norm.momentum, norm._trainable = 0.0, True
        model(images, training=True)
    finally:
        for norm, (norm.momentum, norm._trainable) in zip(norms, kept):
            pass

# %% statistics_kept wrong: sets the flags of moving mean and moving variance to False, which they are anyway; the layer goes on measuring
def prepare(base):
    base.trainable = True
    for norm in batchnorm_layers(base):
        norm.moving_mean.trainable = False
        norm.moving_variance.trainable = False
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs, training=False))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: freezes the whole inner block to reach the BatchNormalization in it, so that the block's kernel does not learn
def prepare(base):
    base.trainable = True
    for layer in base.layers:
        if isinstance(layer, (layers.BatchNormalization, keras.Model)):
            layer.trainable = False
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs, training=False))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: sets the momentum to 0 and takes that for "no movement"; it means "only the last batch"
def prepare(base):
    base.trainable = True
    for norm in batchnorm_layers(base):
        norm.momentum = 0.0
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept wrong: works on a clone, to leave the colleague's base alone, which does not take over the pretrained values
def prepare(base):
    own = keras.models.clone_model(base)
    own.trainable = True
    for norm in batchnorm_layers(own):
        norm.trainable = False
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(own(inputs))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% statistics_kept right: leaves every layer frozen and thaws only the kernels as weights; the outer model asks the weights
def prepare(base):
    for weight in base.weights:
        if weight.name == "kernel":
            weight.trainable = True
    inputs = keras.Input((6,))
    outputs = layers.Dense(2, name="head")(base(inputs))
    model = keras.Model(inputs, outputs, name="tuned")
    model.compile(keras.optimizers.SGD(0.01), "mse")
    return model

# %% in_order wrong: switches the whole base off and on after freezing the norms, "to make sure", and so thaws them again
order = "ABFACD"

# %% in_order wrong: first fits once with everything free and freezes the norms only then, when the statistics have drifted
order = "ACDBCD"

# %% in_order wrong: believes that statistics are kept only in a frozen base, so that the base does not learn
order = "ABFCD"

# %% in_order wrong: compiles after the fit, which still runs the training step of the first phase
order = "ABDC"

# %% in_order right: all six lines, the superfluous ones (F, E) where they do no harm
order = "FAEBCD"
