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

# %% one_step wrong: updates the moving variance with the standard deviation of the batch
batch = np.array([2, 4, 6, 8])
moving_mean = 0.9 * 0 + 0.1 * batch.mean()
moving_variance = 0.9 * 1 + 0.1 * batch.std()

# %% one_step wrong: takes the four examples for four steps, with one update (and no variance) each
moving_mean, moving_variance = 0.0, 1.0
for value in (2, 4, 6, 8):
    moving_mean = 0.9 * moving_mean + 0.1 * value
    moving_variance = 0.9 * moving_variance + 0.1 * 0

# %% one_step wrong: measures the batch's variance around the old moving mean 0, not around the batch's own mean
batch = np.array([2, 4, 6, 8])
moving_mean = 0.9 * 0 + 0.1 * batch.mean()
moving_variance = 0.9 * 1 + 0.1 * ((batch - 0) ** 2).mean()

# %% one_step wrong: lets the moving variance start at 0 like the moving mean
batch = np.array([2, 4, 6, 8])
moving_mean = 0.1 * batch.mean()
moving_variance = 0.1 * batch.var()

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

# %% like_pytorch wrong: changes and returns one and the same layer in every call, not a new one
translated = layers.BatchNormalization()


def like_pytorch(torch_momentum, torch_epsilon):
    translated.momentum = 1 - torch_momentum
    translated.epsilon = torch_epsilon
    return translated

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

# %% output_rule wrong: divides by the variance, no root
def output(x, gamma, beta, moving_mean, moving_variance, epsilon):
    return gamma * (x - moving_mean) / (moving_variance + epsilon) + beta

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

# %% in_order right: freezes the base once more before it is unfrozen, against layers that were frozen one by one
order = "FABCD"
