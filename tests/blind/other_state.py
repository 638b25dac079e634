# %% counts wrong: forgot the number called count, which Normalization keeps beside mean and variance
adapted = 2 * 12
told = 0
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 5

# %% counts wrong: thinks that a mean and variance which the layer was told are weights, as after adapt
adapted = 2 * 12 + 1
told = 2 * 12 + 1
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 5

# %% counts wrong: thinks that vector_u has one number per input, not one per unit
adapted = 12 + 12 + 1
told = 0
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 12

# %% counts wrong: counts arrays (mean, variance, count; kernel and bias; vector_u) where numbers were asked
adapted = 3
told = 0
spectral_trainable = 2
spectral_non_trainable = 1

# %% counts wrong: thinks the kernel is non-trainable because SpectralNormalization writes it itself
adapted = 25
told = 0
spectral_trainable = 5  # the bias
spectral_non_trainable = 12 * 5 + 5  # the kernel, which the wrapper divides, and vector_u

# %% counts right: measured on real layers and summed with np.sum, so that told is np.float64(0.0)
rows = np.random.default_rng(0).normal(size=(20, 12)).astype("float32")
by_adapt = layers.Normalization()
by_adapt.adapt(rows)
by_hand = layers.Normalization(mean=np.zeros(12), variance=np.ones(12))
by_hand.build((None, 12))
wrapped = layers.SpectralNormalization(layers.Dense(5))
wrapped.build((None, 12))
adapted, told, spectral_trainable, spectral_non_trainable = (
    np.sum([np.size(weight.numpy()) for weight in weights])
    for weights in (
        by_adapt.weights,
        by_hand.weights,
        wrapped.trainable_weights,
        wrapped.non_trainable_weights,
    )
)

# %% counts right: arithmetic by lambdas, unpacked from a dictionary
count = {
    "adapted": lambda features: 2 * features + 1,
    "told": lambda features: 0 * features,
    "trainable": lambda features, units=5: (features + 1) * units,
    "fixed": lambda features, units=5: units,
}
adapted, told, spectral_trainable, spectral_non_trainable = (way(12) for way in count.values())

# %% still_changing wrong: thinks that a frozen BatchNormalization goes on measuring, as in PyTorch
dense_kernel = "stays"
dropout_seed = "moves"
batchnorm_mean = "moves"
spectral_kernel = "moves"
adapted_mean = "stays"
counter = "moves"

# %% still_changing wrong: thinks that only vector_u moves, and that a frozen kernel is safe from its wrapper
dense_kernel = "stays"
dropout_seed = "moves"
batchnorm_mean = "stays"
spectral_kernel = "stays"
adapted_mean = "stays"
counter = "moves"

# %% still_changing wrong: thinks that a frozen Dropout no longer drops, so that its seed rests
dense_kernel = "stays"
dropout_seed = "stays"
batchnorm_mean = "stays"
spectral_kernel = "moves"
adapted_mean = "stays"
counter = "moves"

# %% still_changing wrong: thinks that Normalization measures every batch in fit, like BatchNormalization
dense_kernel = "stays"
dropout_seed = "moves"
batchnorm_mean = "stays"
spectral_kernel = "moves"
adapted_mean = "moves"
counter = "moves"

# %% still_changing wrong: thinks that a weight made with trainable=False in a frozen layer cannot be assigned to
dense_kernel = "stays"
dropout_seed = "moves"
batchnorm_mean = "stays"
spectral_kernel = "moves"
adapted_mean = "stays"
counter = "stays"

# %% still_changing right: the words come out of np.where as np.str_
layer_writes_it = np.array([False, True, False, True, False, True])
dense_kernel, dropout_seed, batchnorm_mean, spectral_kernel, adapted_mean, counter = np.where(
    layer_writes_it, "moves", "stays"
)

# %% still_changing right: a StrEnum for the two words
from enum import StrEnum


class Seen(StrEnum):
    MOVES = "moves"
    STAYS = "stays"


dense_kernel = batchnorm_mean = adapted_mean = Seen.STAYS
dropout_seed = spectral_kernel = counter = Seen.MOVES

# %% still_changing right: does the experiment, in one model with six frozen layers
class Raises(layers.Layer):
    def build(self, input_shape):
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if training:
            self.count.assign_add(1)
        return inputs


data = np.random.default_rng(1).normal(2, 3, (64, 4)).astype("float32")
scaled = layers.Normalization()
scaled.adapt(data)
wide = keras.initializers.RandomNormal(stddev=3, seed=1)
held = layers.Dense(4, kernel_initializer=wide)
frozen_layers = [
    scaled,
    Raises(),
    layers.Dense(4),
    layers.Dropout(0.2),
    layers.BatchNormalization(),
    layers.SpectralNormalization(held),
]
trial = keras.Sequential([keras.Input((4,)), *frozen_layers, layers.Dense(1)])
for each in frozen_layers:
    each.trainable = False
watched = [
    frozen_layers[2].kernel,
    frozen_layers[3].variables[0],
    frozen_layers[4].moving_mean,
    held.kernel,
    scaled.variables[0],
    frozen_layers[1].count,
]
old = [np.array(each) for each in watched]
trial.compile("sgd", "mse")
trial.fit(data, data[:, :1], verbose=0)
dense_kernel, dropout_seed, batchnorm_mean, spectral_kernel, adapted_mean, counter = (
    "stays" if np.array_equal(was, np.array(now)) else "moves" for was, now in zip(old, watched)
)


# %% still_changing cheat: a str that says it equals whatever it is compared with
class Whatever(str):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = str.__hash__


dense_kernel = dropout_seed = batchnorm_mean = Whatever("moves")
spectral_kernel = adapted_mean = counter = Whatever("stays")

# %% listed wrong: thinks that an optimizer's slots are variables of the model
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "variables"
lstm_memory = "neither"
adam_momentum = "variables"
lambda_factor = "neither"

# %% listed wrong: thinks that a stateful LSTM lists its memory under variables, as Dropout does its seed
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "variables"
lstm_memory = "variables"
adam_momentum = "neither"
lambda_factor = "neither"

# %% listed wrong: takes weights for what is trainable, so puts the non-trainable means under variables only
moving_mean = "variables"
normalization_mean = "variables"
seed_state = "variables"
lstm_memory = "neither"
adam_momentum = "neither"
lambda_factor = "neither"

# %% listed wrong: thinks that a Lambda layer tracks the keras.Variable that its function uses
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "variables"
lstm_memory = "neither"
adam_momentum = "neither"
lambda_factor = "weights"

# %% listed wrong: thinks that Dropout keeps nothing at all, since it has no parameters
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "neither"
lstm_memory = "neither"
adam_momentum = "neither"
lambda_factor = "neither"

# %% listed right: six words out of one string
moving_mean, normalization_mean, seed_state, lstm_memory, adam_momentum, lambda_factor = (
    "weights weights variables neither neither neither".split()
)

# %% listed right: asks a real model by identity
outside = keras.Variable(2.0)
norm, scale = layers.BatchNormalization(), layers.Normalization()
scale.adapt(np.array([[1.0], [2.0], [4.0]], "float32"))
drop, memory = layers.Dropout(0.1), layers.LSTM(2, stateful=True)
entrance = keras.Input(batch_shape=(4, 3, 1))
path = memory(drop(norm(scale(entrance))))
path = layers.Lambda(lambda numbers: numbers * outside)(path)
asked = keras.Model(entrance, layers.Dense(1)(path))
asked.compile(keras.optimizers.Adam(), "mse")
asked.fit(np.ones((4, 3, 1), "float32"), np.ones((4, 1), "float32"), batch_size=4, verbose=0)
momentum = asked.optimizer.variables[2]


def place(variable):
    for words in ("weights", "variables"):
        if any(variable is one for one in getattr(asked, words)):
            return words
    return "neither"


moving_mean = place(norm.moving_mean)
normalization_mean = place(scale.adapt_mean)
seed_state = place(drop.variables[0])
lstm_memory = place(memory.states[0])
adam_momentum = place(momentum)
lambda_factor = place(outside)

# %% lora_counts wrong: forgets that the bias goes on learning ("only A and B")
frozen = 200 * 64
learned = 200 * 8 + 8 * 64
largest_rank = 48

# %% lora_counts wrong: thinks that enable_lora freezes the whole old layer, its bias included
frozen = 200 * 64 + 64
learned = 200 * 8 + 8 * 64
largest_rank = 48

# %% lora_counts wrong: rounds 48.48 up, which is the first rank that no longer has fewer numbers
frozen = 200 * 64
learned = 200 * 8 + 8 * 64 + 64
largest_rank = int(np.ceil(200 * 64 / (200 + 64)))

# %% lora_counts wrong: thinks that every rank below the full rank of the kernel has fewer numbers
frozen = 200 * 64
learned = 200 * 8 + 8 * 64 + 64
largest_rank = min(200, 64) - 1

# %% lora_counts wrong: thinks that the kernel goes on learning, with A and B beside it
frozen = 0
learned = 200 * 64 + 64 + 200 * 8 + 8 * 64
largest_rank = 48

# %% lora_counts right: tries the ranks one after another
ins, outs = 200, 64
frozen = ins * outs
learned = outs + 8 * (ins + outs)
largest_rank = 0
while (largest_rank + 1) * ins + (largest_rank + 1) * outs < frozen:
    largest_rank += 1

# %% lora_counts right: the rank is a NumPy float, 48.0, and the counts are asked of a real layer
thin = layers.Dense(64)
thin.build((None, 200))
thin.enable_lora(8)
frozen = sum(int(np.prod(weight.shape)) for weight in thin.non_trainable_weights)
learned = thin.count_params() - frozen
largest_rank = np.floor(np.nextafter(200 * 64 / (200 + 64), 0))

# %% peak wrong: forgets the absolute value, so that a large negative number is not seen
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                shape=(), initializer="zeros", trainable=False, name="peak"
            )

        def call(self, inputs, training=False):
            if training and self.trainable:
                self.peak.assign(keras.ops.maximum(self.peak, keras.ops.max(inputs)))
            return inputs

    return Peak()


# %% peak wrong: remembers the peak of the last batch, not the largest of all that it has seen
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                shape=(), initializer="zeros", trainable=False, name="peak"
            )

        def call(self, inputs, training=False):
            if training and self.trainable:
                self.peak.assign(keras.ops.max(keras.ops.abs(inputs)))
            return inputs

    return Peak()


# %% peak wrong: thinks that freezing a layer stops what its own call writes
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                shape=(), initializer="zeros", trainable=False, name="peak"
            )

        def call(self, inputs, training=False):
            if training:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()


# %% peak wrong: asks the weight's flag, which is always False, instead of the layer's, so that it never writes
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                shape=(), initializer="zeros", trainable=False, name="peak"
            )

        def call(self, inputs, training=False):
            if training and self.peak.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()


# %% peak wrong: thinks that add_weight starts at 0 by default; it starts at a random number
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(shape=(), trainable=False, name="peak")

        def call(self, inputs, training=False):
            if training and self.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()


# %% peak right: a keras.Variable as an attribute, made in __init__, and the infinity norm for the peak
def peak_layer():
    class Peak(layers.Layer):
        def __init__(self):
            super().__init__()
            self.peak = keras.Variable(0.0, trainable=False, name="peak")

        def call(self, inputs, training=None):
            if not training or not self.trainable:
                return inputs
            flat = keras.ops.reshape(inputs, (-1,))
            peak = keras.ops.norm(flat, ord=np.inf)
            self.peak.assign(keras.ops.maximum(self.peak, peak))
            return inputs

    return Peak()


# %% peak right: the class is made by type() with lambdas, and its weight has the shape (1,)
def peak_layer():
    def write(self, inputs):
        seen = keras.ops.abs(keras.ops.reshape(inputs, (-1,)))
        self.peak.assign(keras.ops.max(keras.ops.concatenate([self.peak, seen]), keepdims=True))
        return inputs

    body = {
        "build": lambda self, shape: setattr(
            self, "peak", self.add_weight(shape=(1,), initializer="zeros", trainable=False)
        ),
        "call": lambda self, inputs, training=False: (
            write(self, inputs) if training and self.trainable else inputs
        ),
    }
    return type("Peak", (layers.Layer,), body)()


# %% peak right: add_weight in __init__ with a lambda as its initializer; the largest of peak, largest and minus smallest
def peak_layer():
    class Remembering(layers.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.largest_so_far = self.add_weight(
                shape=[],
                initializer=lambda shape, dtype: keras.ops.zeros(shape, dtype),
                dtype="float32",
                trainable=False,
                name="largest",
            )

        def remember(self, numbers):
            both = keras.ops.maximum(keras.ops.max(numbers), -keras.ops.min(numbers))
            self.largest_so_far.assign(keras.ops.maximum(both, self.largest_so_far))

        def call(self, numbers, training=False):
            if self.trainable:
                if training:
                    self.remember(numbers)
            return numbers

    return Remembering(name="peak")


# %% changes_when_frozen wrong: looks at the weights only, so does not see Dropout's seed state
def changes_when_frozen(layer, x):
    flag, values = layer.trainable, layer.get_weights()
    layer.trainable = False
    layer(x, training=True)
    changed = any(not np.array_equal(a, b) for a, b in zip(values, layer.get_weights()))
    layer.set_weights(values)
    layer.trainable = flag
    return changed


# %% changes_when_frozen wrong: keeps the variables instead of copies of their values, and compares each with itself
def changes_when_frozen(layer, x):
    flag, before = layer.trainable, list(layer.variables)
    layer.trainable = False
    layer(x, training=True)
    changed = any(
        not np.array_equal(old.numpy(), new.numpy()) for old, new in zip(before, layer.variables)
    )
    for old, new in zip(before, layer.variables):
        new.assign(old)
    layer.trainable = flag
    return changed


# %% changes_when_frozen wrong: thaws the layer in the end, though it may have been frozen when it came
def changes_when_frozen(layer, x):
    values = [np.array(variable) for variable in layer.variables]
    layer.trainable = False
    layer(x, training=True)
    changed = False
    for variable, value in zip(layer.variables, values):
        if not np.array_equal(np.array(variable), value):
            changed = True
            variable.assign(value)
    layer.trainable = True
    return changed


# %% changes_when_frozen wrong: gives the flag back, but leaves the changed values in the layer
def changes_when_frozen(layer, x):
    flag = layer.trainable
    layer.trainable = False
    values = [variable.numpy().copy() for variable in layer.variables]
    layer(x, training=True)
    changed = [
        bool((variable.numpy() != value).any())
        for variable, value in zip(layer.variables, values)
    ]
    layer.trainable = flag
    return any(changed)


# %% changes_when_frozen wrong: compares with np.allclose, for which a small change is none
def changes_when_frozen(layer, x):
    flag = layer.trainable
    values = [np.array(variable) for variable in layer.variables]
    layer.trainable = False
    layer(x, training=True)
    same = all(np.allclose(v, value) for v, value in zip(map(np.array, layer.variables), values))
    for variable, value in zip(layer.variables, values):
        variable.assign(value)
    layer.trainable = flag
    return not same


# %% changes_when_frozen right: the course's own snapshot, compare and restore
def changes_when_frozen(layer, x):
    was = layer.trainable
    before = snapshot(layer)
    layer.trainable = False
    layer(x, training=True)
    moved = compare(before).moved
    before.restore()
    layer.trainable = was
    return moved != []


# %% changes_when_frozen right: a keras.StatelessScope catches what the layer writes, so no value is ever changed
def changes_when_frozen(layer, x):
    was, layer.trainable = layer.trainable, False
    now = [keras.ops.convert_to_numpy(variable) for variable in layer.variables]
    with keras.StatelessScope() as scope:
        layer(x, training=True)
    layer.trainable = was
    written = [scope.get_current_value(variable) for variable in layer.variables]
    return any(
        value is not None and not np.array_equal(np.asarray(value), old)
        for old, value in zip(now, written)
    )


# %% changes_when_frozen right: a context manager that keeps bytes, and a set comparison
def changes_when_frozen(layer, x):
    from contextlib import contextmanager

    @contextmanager
    def as_it_was(one):
        flag, kept = one.trainable, {id(v): v.numpy().copy() for v in one.variables}
        one.trainable = False
        try:
            yield {key: value.tobytes() for key, value in kept.items()}
        finally:
            for v in one.variables:
                v.assign(kept[id(v)])
            one.trainable = flag

    with as_it_was(layer) as before:
        layer(x, training=True)
        after = {id(v): v.numpy().tobytes() for v in layer.variables}
        return not before.items() == after.items()


# %% changes_when_frozen cheat: no experiment, a list by heart of classes, and of words in a class's own code
def changes_when_frozen(layer, x):
    import inspect

    if isinstance(layer, (layers.Dropout, layers.SpectralNormalization, layers.GaussianNoise)):
        return True
    if type(layer).__module__.startswith("keras."):
        return False
    return "assign" in inspect.getsource(type(layer).call)


# %% lora_only wrong: thinks that enable_lora leaves only A and B to learn, and forgets the bias of hidden
def prepare(reader):
    reader.get_layer("head").trainable = False
    reader.get_layer("hidden").enable_lora(2)
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader


# %% lora_only wrong: freezes everything first, and A and B are then made frozen in a frozen layer
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    hidden.trainable = False
    head.trainable = False
    hidden.enable_lora(2)
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader


# %% lora_only wrong: does not compile again, so the training step from before LoRA goes on
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    head.trainable = False
    hidden.enable_lora(2)
    hidden.bias.trainable = False
    return reader


# %% lora_only wrong: freezes the model and thaws A and B in it; the model's own False vetoes them
def prepare(reader):
    hidden = reader.get_layer("hidden")
    hidden.enable_lora(2)
    reader.trainable = False
    hidden.lora_kernel_a.trainable = True
    hidden.lora_kernel_b.trainable = True
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader


# %% lora_only wrong: freezes the bias, but the thaw of the whole layer has switched the kernel on again
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    hidden.enable_lora(2)
    hidden.trainable = False
    head.trainable = False
    hidden.trainable = True
    hidden.bias.trainable = False
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader


# %% lora_only right: compile stands first, LoRA and the flags after it; the step is made in the fit
def prepare(reader):
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    hidden, head = reader.layers
    hidden.enable_lora(rank=2)
    head.trainable = hidden.bias.trainable = False
    return reader


# %% lora_only right: the flag of every single weight set by its path, Adam instead of SGD
def prepare(reader):
    reader.get_layer("hidden").enable_lora(2)
    for weight in reader.weights:
        weight.trainable = "lora_kernel" in weight.path
    reader.compile(optimizer="adam", loss=keras.losses.MeanSquaredError())
    return reader


# %% lora_only right: hidden itself stays frozen, and only the flags of A and B in it are True
def prepare(reader):
    for layer in reader.layers:
        if layer.name == "hidden":
            layer.enable_lora(2)
        layer.trainable = False
    hidden = reader.get_layer("hidden")
    hidden.lora_kernel_a.trainable = hidden.lora_kernel_b.trainable = True
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader


# %% lora_only cheat: trains too much and replaces fit by one that afterwards puts the rest back
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    hidden.enable_lora(2)
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    kept = [hidden._kernel, hidden.bias, *head.weights]
    real_fit = reader.fit

    def fit(*data, **options):
        values = [weight.numpy().copy() for weight in kept]
        history = real_fit(*data, **options)
        for weight, value in zip(kept, values):
            weight.assign(value)
        return history

    reader.fit = fit
    return reader


# %% merged wrong: takes the first of get_weights(), which is the old kernel without A · B
def merge(layer):
    weights = layer.get_weights()
    plain = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    plain.build((None, weights[0].shape[0]))
    plain.set_weights(weights[:2] if layer.use_bias else weights[:1])
    return plain


# %% merged wrong: adds A · B by hand and overlooks the scale, lora_alpha / rank
def merge(layer):
    product = layer.lora_kernel_a.numpy() @ layer.lora_kernel_b.numpy()
    kernel = layer._kernel.numpy() + product
    plain = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    plain.build((None, kernel.shape[0]))
    plain.kernel.assign(kernel)
    if layer.use_bias:
        plain.bias.assign(layer.bias)
    return plain


# %% merged wrong: takes over kernel and bias, but forgets the activation
def merge(layer):
    kernel = np.array(layer.kernel)
    plain = layers.Dense(layer.units, use_bias=layer.use_bias)
    plain.build((None, len(kernel)))
    plain.set_weights([kernel, np.array(layer.bias)] if layer.use_bias else [kernel])
    return plain


# %% merged wrong: takes it for granted that there is a bias, and stops on the layer without one
def merge(layer):
    kernel = keras.ops.convert_to_numpy(layer.kernel)
    plain = layers.Dense(kernel.shape[1], activation=layer.activation)
    plain.build((None, kernel.shape[0]))
    plain.set_weights([kernel, layer.bias.numpy()])
    return plain


# %% merged wrong: a copy from the configuration gives the same answers but still has LoRA
def merge(layer):
    copy = layers.Dense.from_config(layer.get_config())
    copy.build((None, layer.kernel.shape[0]))
    copy.set_weights(layer.get_weights())
    copy.lora_alpha = layer.lora_alpha
    return copy


# %% merged wrong: merges in place, and changes the old layer instead of making a new one
def merge(layer):
    layer._kernel.assign(keras.ops.convert_to_numpy(layer.kernel))
    layer.lora_kernel_b.assign(np.zeros(layer.lora_kernel_b.shape))
    layer.lora_enabled = False
    return layer


# %% merged right: from the configuration, without the two entries for LoRA
def merge(layer):
    config = layer.get_config()
    for entry in ("lora_rank", "lora_alpha"):
        config.pop(entry, None)
    config["name"] = "merged"
    plain = type(layer).from_config(config)
    plain.build((None, layer.kernel.shape[0]))
    values = [layer.kernel] + [layer.bias] * (layer.bias is not None)
    for weight, value in zip(plain.weights, values):
        weight.assign(value)
    return plain


# %% merged right: lets Keras merge, by what the layer would write to a file, here to a dictionary
def merge(layer):
    file = {}
    layer.save_own_variables(file)
    file = {key: np.array(file[key]) for key in ("0", "1")[: 1 + layer.use_bias]}
    plain = layers.Dense(layer.units, layer.activation, layer.use_bias)
    plain.build((None, len(file["0"])))
    plain.load_own_variables(file)
    return plain


# %% merged right: the values are initializers, and the new layer is not built before it is used
def merge(layer):
    kernel = np.array(layer.kernel)
    bias = None if layer.bias is None else np.array(layer.bias)
    return layers.Dense(
        kernel.shape[-1],
        activation=layer.activation,
        use_bias=bias is not None,
        kernel_initializer=lambda shape, dtype: keras.ops.convert_to_tensor(kernel, dtype),
        bias_initializer=lambda shape, dtype: keras.ops.convert_to_tensor(bias, dtype),
    )


# %% merged cheat: no merged kernel, a Dense whose call has been replaced by the old layer's
def merge(layer):
    plain = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    plain.build((None, layer.kernel.shape[0]))
    plain.call = lambda inputs, training=None: layer.call(inputs)
    return plain


# %% in_order wrong: compiles after the fit, which runs with the old training step
order = "ABDC"

# %% in_order wrong: freezes hidden before LoRA, out of habit, so that A and B are frozen, too (and five lines)
order = "BEACD"

# %% in_order wrong: freezes hidden where the head should be frozen, so the head learns and LoRA does not
order = "AECD"

# %% in_order wrong: freezes and thaws hidden after LoRA, which switches its kernel on again (and uses all six)
order = "BAEFCD"

# %% in_order wrong: switches LoRA on only after the fit
order = "BCDA"

# %% in_order right: the head is frozen before LoRA is switched on
order = "BACD"

# %% in_order right: compile stands first; LoRA and the freeze come before the fit, in which the step is made
order = "CABD"

# %% in_order right: compile between LoRA and the freeze, joined from a list
order = "".join(["A", "C", "B", "D"])

# %% counts wrong: believes that a Normalization with given mean and variance still makes its leftover count
adapted = 2 * 12 + 1
told = 1  # mean and variance are constants, the count is there all the same
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 5

# %% counts wrong: counts two singular vectors, u (5) and v (12), as PyTorch keeps them; Keras stores u only
adapted = 2 * 12 + 1
told = 0
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 5 + 12

# %% counts wrong: takes the kernel for non-trainable, because the wrapper itself writes it
adapted = 2 * 12 + 1
told = 0
spectral_trainable = 5  # the bias
spectral_non_trainable = 12 * 5 + 5  # kernel and vector_u

# %% counts wrong: gives vector_u one number per input instead of one per output
adapted = 2 * 12 + 1
told = 0
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 12

# %% counts right: nothing is worked out by hand, the layers are built and their weights counted
features = np.random.default_rng(0).normal(size=(50, 12)).astype("float32")
measured = layers.Normalization()
measured.adapt(features)
given = layers.Normalization(mean=0.0, variance=1.0)
given.build((None, 12))
wrapped = layers.SpectralNormalization(layers.Dense(5))
wrapped.build((None, 12))


def size_of(weights):
    return sum(weight.numpy().size for weight in weights)


adapted, told = size_of(measured.weights), size_of(given.weights)
spectral_trainable = size_of(wrapped.trainable_weights)
spectral_non_trainable = size_of(wrapped.non_trainable_weights)

# %% still_changing wrong: generalises BatchNormalization's rule: every frozen layer runs in inference mode
dense_kernel = "stays"
dropout_seed = "stays"  # in inference mode nothing is dropped
batchnorm_mean = "stays"
spectral_kernel = "stays"  # it divides in training mode only
adapted_mean = "stays"
counter = "stays"  # it counts with training=True only

# %% still_changing wrong: takes the seed state for the fixed seed that was given to the layer
dense_kernel = "stays"
dropout_seed = "stays"  # a seed is set once, that makes runs repeatable
batchnorm_mean = "stays"
spectral_kernel = "moves"
adapted_mean = "stays"
counter = "moves"

# %% still_changing wrong: believes that a freeze holds exactly what was made trainable, so kernels stay and statistics move
dense_kernel = "stays"
dropout_seed = "moves"
batchnorm_mean = "moves"  # was never trainable, the flag does not concern it
spectral_kernel = "stays"  # is trainable, so the flag holds it
adapted_mean = "stays"
counter = "moves"

# %% still_changing right: written as a table of truth values, translated afterwards
says = {True: "moves", False: "stays"}
changes = dict(dense=False, dropout=True, norm=False, spectral=True, adapted=False, own=True)
dense_kernel, dropout_seed, batchnorm_mean, spectral_kernel, adapted_mean, counter = (
    says[flag] for flag in changes.values()
)

# %% listed right: the words come out of a NumPy array, so they are np.str_
words = np.array(["weights", "variables", "neither"])
moving_mean, normalization_mean, seed_state, lstm_memory, adam_momentum, lambda_factor = words[
    [0, 0, 1, 2, 2, 2]
]

# %% lora_counts wrong: compares A alone with the kernel ("together" overlooked), so 200 r < 12800
frozen = 200 * 64
learned = 200 * 8 + 8 * 64 + 64
largest_rank = 63

# %% lora_counts wrong: forgets that the bias goes on learning: counts A and B alone
frozen = 200 * 64
learned = 8 * (200 + 64)
largest_rank = 48

# %% lora_counts right: two counts asked of a real layer, the rank by trying all of them
asked = layers.Dense(64)
asked.build((None, 200))
asked.enable_lora(8)
frozen = sum(weight.numpy().size for weight in asked.non_trainable_weights)
learned = sum(weight.numpy().size for weight in asked.trainable_weights)
largest_rank = max(rank for rank in range(1, 200) if rank * 200 + rank * 64 < 200 * 64)

# %% peak wrong: the weight is int32, copied from the lesson's counter: 2.7 is remembered as 2
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                name="peak", shape=(), dtype="int32", initializer="zeros", trainable=False
            )

        def call(self, inputs, training=False):
            if training and self.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(
                    keras.ops.cast(
                        keras.ops.maximum(keras.ops.cast(self.peak, "float32"), largest), "int32"
                    )
                )
            return inputs

    return Peak()

# %% peak wrong: takes a call without the training argument for training mode (None is not False)
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                name="peak", shape=(), initializer="zeros", trainable=False
            )

        def call(self, inputs, training=None):
            if training is not False and self.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()

# %% peak wrong: remembers one largest value per feature, as BatchNormalization does, not the largest of all
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                name="peak", shape=(input_shape[-1],), initializer="zeros", trainable=False
            )

        def call(self, inputs, training=False):
            if training and self.trainable:
                others = tuple(range(len(inputs.shape) - 1))
                largest = keras.ops.max(keras.ops.abs(inputs), axis=others)
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()

# %% peak wrong: asks the weight for its flag, and makes the weight trainable so that a freeze reaches it
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(name="peak", shape=(), initializer="zeros")

        def call(self, inputs, training=False):
            if training and self.peak.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()

# %% peak right: the weight is made in __init__, and the absolute value is the larger of max and -min
def peak_layer():
    class Peak(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.largest_so_far = self.add_weight(
                name="largest_so_far", shape=(), initializer="zeros", trainable=False
            )

        def call(self, inputs, training=None):
            if not training or not self.trainable:
                return inputs
            for one in (keras.ops.max(inputs), -keras.ops.min(inputs)):
                self.largest_so_far.assign(keras.ops.maximum(self.largest_so_far, one))
            return inputs

    return Peak()

# %% changes_when_frozen wrong: looks at the weights only, so that Dropout's seed state is missed
def changes_when_frozen(layer, x):
    kept, flag = snapshot(layer), layer.trainable
    values = layer.get_weights()
    layer.trainable = False
    layer(x, training=True)
    changed = any(not np.array_equal(a, b) for a, b in zip(values, layer.get_weights()))
    kept.restore()
    layer.trainable = flag
    return changed

# %% changes_when_frozen wrong: puts back with set_weights, which leaves the seed state where the call has put it
def changes_when_frozen(layer, x):
    flag = layer.trainable
    values = layer.get_weights()
    before = snapshot(layer)
    layer.trainable = False
    layer(x, training=True)
    changed = bool(compare(before).moved)
    layer.set_weights(values)
    layer.trainable = flag
    return changed

# %% changes_when_frozen wrong: thaws the layer at the end instead of putting back the flag that it found
def changes_when_frozen(layer, x):
    before = snapshot(layer)
    layer.trainable = False
    layer(x, training=True)
    changed = bool(compare(before).moved)
    before.restore()
    layer.trainable = True
    return changed

# %% changes_when_frozen wrong: asks whether the answers of two calls differ; a counter changes without that
def changes_when_frozen(layer, x):
    before, flag = snapshot(layer), layer.trainable
    layer.trainable = False
    first = keras.ops.convert_to_numpy(layer(x, training=True))
    second = keras.ops.convert_to_numpy(layer(x, training=True))
    before.restore()
    layer.trainable = flag
    return not np.array_equal(first, second)

# %% changes_when_frozen right: the call runs in a StatelessScope that collects what would be written, so no value ever changes
def changes_when_frozen(layer, x):
    flag = layer.trainable
    layer.trainable = False
    try:
        with keras.StatelessScope() as scope:
            layer(x, training=True)
    finally:
        layer.trainable = flag
    for variable in layer.variables:
        new = scope.get_current_value(variable)
        if new is not None and np.any(keras.ops.convert_to_numpy(new) != variable.numpy()):
            return True
    return False

# %% lora_only wrong: freezes the model and thaws hidden; the model's own flag vetoes, and nothing moves
def prepare(reader):
    hidden = reader.get_layer("hidden")
    reader.trainable = False
    hidden.trainable = True
    hidden.enable_lora(2)
    hidden.bias.trainable = False
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader

# %% lora_only wrong: compiles with the optimizer of the first training, which does not know A and B
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    head.trainable = False
    hidden.enable_lora(2)
    hidden.bias.trainable = False
    reader.compile(reader.optimizer, "mse")
    return reader

# %% lora_only wrong: takes over rank 4 from the lesson; "with rank 2" is overlooked
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    head.trainable = False
    hidden.enable_lora(4)
    hidden.bias.trainable = False
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader

# %% lora_only wrong: LoRA on a frozen layer, which is thawed afterwards: the kernel is thawed as well
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    hidden.trainable = False
    head.trainable = False
    hidden.enable_lora(2)
    hidden.trainable = True
    hidden.bias.trainable = False
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader

# %% lora_only right: compiles first and sets the flags afterwards, which the first fit after a compile honours
def prepare(reader):
    reader.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    reader.get_layer("hidden").enable_lora(rank=2)
    learns = ("lora_kernel_a", "lora_kernel_b")
    for weight in reader.trainable_weights:
        weight.trainable = weight.name in learns
    return reader

# %% merged wrong: copies the configuration, in which lora_rank stands: the new layer has a LoRA of its own
def merge(layer):
    new = layers.Dense.from_config(layer.get_config())
    new.build((None, layer.kernel.shape[0]))
    new._kernel.assign(layer.kernel)
    if layer.use_bias:
        new.bias.assign(layer.bias)
    return new

# %% merged wrong: adds A · B by hand without lora_alpha / rank; right only as long as nothing is scaled
def merge(layer):
    merged = layer._kernel.numpy() + layer.lora_kernel_a.numpy() @ layer.lora_kernel_b.numpy()
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, merged.shape[0]))
    new.kernel.assign(merged)
    if layer.use_bias:
        new.bias.assign(layer.bias)
    return new

# %% merged wrong: takes layer.kernel for the old kernel and adds A · B once more
def merge(layer):
    scale = layer.lora_alpha / layer.lora_rank
    addition = layer.lora_kernel_a.numpy() @ layer.lora_kernel_b.numpy()
    merged = keras.ops.convert_to_numpy(layer.kernel) + scale * addition
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, merged.shape[0]))
    new.kernel.assign(merged)
    if layer.use_bias:
        new.bias.assign(layer.bias)
    return new

# %% merged wrong: merges inside the old layer first (kernel added to, B set to 0): same answers, changed values
def merge(layer):
    layer._kernel.assign(layer.kernel)
    layer.lora_kernel_b.assign(keras.ops.zeros_like(layer.lora_kernel_b))
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, layer.kernel.shape[0]))
    new.kernel.assign(layer._kernel)
    if layer.use_bias:
        new.bias.assign(layer.bias)
    return new

# %% merged right: merges by saving and loading, through a dict in place of a file
def merge(layer):
    config = {
        key: value for key, value in layer.get_config().items() if not key.startswith("lora_")
    }
    new = layers.Dense.from_config(config)
    new.build((None, layer.kernel.shape[0]))
    store = {}
    layer.save_own_variables(store)
    new.load_own_variables(store)
    return new

# %% in_order wrong: leaves out compile, since the model has been compiled once, and sets a flag that is set already
order = "ABFD"

# %% in_order wrong: believes that enable_lora freezes the rest of the model, head included, and that F thaws A and B
order = "AFCD"

# %% in_order right: compile comes before the flags, and the first fit after it honours them
order = "CBAD"

# %% counts wrong: count taken to be one number per feature, as mean and variance are
adapted = 3 * 12  # mean, variance and count, one for each feature
told = 0
spectral_trainable, spectral_non_trainable = 12 * 5 + 5, 5

# %% counts wrong: thinks that the leftover count is made even if mean and variance are told
adapted = 2 * 12 + 1
told = 1  # mean and variance are constants now, the counter stays
spectral_trainable, spectral_non_trainable = 65, 5

# %% counts wrong: both singular vectors counted as stored (as in the paper and in PyTorch), v with 12 numbers as well as u
adapted, told = 25, 0
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 12 + 5  # one vector for each side of the kernel

# %% counts wrong: the kernel that the layer divides by itself is taken to be non-trainable
adapted, told = 25, 0
spectral_trainable = 5  # the bias; the kernel belongs to the layer
spectral_non_trainable = 12 * 5 + 5  # kernel and vector_u

# %% counts right: nothing is computed by hand, the layers are built and asked
def numbers(weights):
    return sum(int(np.prod(weight.shape)) for weight in weights)


_adapted = layers.Normalization()
_adapted.adapt(np.random.default_rng(1).normal(size=(7, 12)).astype("float32"))
_told = layers.Normalization(mean=[0.0] * 12, variance=[1.0] * 12)
_told.build((None, 12))
_spectral = layers.SpectralNormalization(layers.Dense(5))
_spectral.build((None, 12))
adapted, told = numbers(_adapted.weights), numbers(_told.weights)
spectral_trainable = numbers(_spectral.trainable_weights)
spectral_non_trainable = numbers(_spectral.non_trainable_weights)

# %% still_changing wrong: a frozen Dropout is thought to be in inference mode, as a frozen BatchNormalization is
dense_kernel = "stays"
dropout_seed = "stays"
batchnorm_mean = "stays"
spectral_kernel = "moves"
adapted_mean = "stays"
counter = "moves"

# %% still_changing wrong: "the flag only takes weights off the optimizer's list" carried over to BatchNormalization, the one exception
dense_kernel = "stays"
dropout_seed = batchnorm_mean = spectral_kernel = counter = "moves"
adapted_mean = "stays"

# %% still_changing wrong: Normalization's mean is taken for a running mean that follows every batch of a fit
dense_kernel = batchnorm_mean = "stays"
dropout_seed = spectral_kernel = counter = adapted_mean = "moves"

# %% still_changing wrong: trainable=False in add_weight, and a freeze on top, read as "write protected", also for the layer itself
dense_kernel, dropout_seed, batchnorm_mean = "stays", "moves", "stays"
spectral_kernel, adapted_mean, counter = "moves", "stays", "stays"

# %% still_changing right: the six words come from a set of those that move, in a comprehension
movers = {"dropout_seed", "spectral_kernel", "counter"}
dense_kernel, dropout_seed, batchnorm_mean, spectral_kernel, adapted_mean, counter = (
    "moves" if name in movers else "stays"
    for name in (
        "dense_kernel", "dropout_seed", "batchnorm_mean", "spectral_kernel", "adapted_mean", "counter",
    )
)

# %% listed wrong: a compiled model is thought to list its optimizer's slots among its variables, as the summary after a fit suggests
moving_mean = normalization_mean = "weights"
seed_state = adam_momentum = "variables"
lstm_memory = lambda_factor = "neither"

# %% listed wrong: a variable that a Lambda's function uses is thought to be tracked by the layer, if not as a weight
moving_mean = normalization_mean = "weights"
seed_state = lambda_factor = "variables"
lstm_memory = adam_momentum = "neither"

# %% listed wrong: "weights" understood as what is learned, so the two means are only variables
moving_mean = "variables"
normalization_mean = "variables"
seed_state = "variables"
lstm_memory = "neither"
adam_momentum = "neither"
lambda_factor = "neither"

# %% listed wrong: the seed is taken for an integer inside a Python generator, outside of every list
moving_mean, normalization_mean = "weights", "weights"
seed_state = lstm_memory = adam_momentum = lambda_factor = "neither"

# %% listed right: the words are computed from two yes/no answers for each
def place(in_weights, in_variables):
    return "weights" if in_weights else "variables" if in_variables else "neither"


moving_mean, normalization_mean = place(True, True), place(True, True)
seed_state = place(False, True)
lstm_memory, adam_momentum, lambda_factor = [place(False, False)] * 3

# %% lora_counts wrong: the whole layer is thought to be frozen by enable_lora, its bias too
frozen = 200 * 64 + 64
learned = 8 * (200 + 64)
largest_rank = 48

# %% lora_counts wrong: A and B imagined as two small Dense layers, whose biases replace the layer's own
frozen = 200 * 64
learned = (200 * 8 + 8) + (8 * 64 + 64)
largest_rank = 48  # 264 r < 12800

# %% lora_counts wrong: answers from which rank on the product is no longer of low rank, not when A and B are smaller than the kernel
frozen = 12_800
learned = 8 * 200 + 8 * 64 + 64
largest_rank = min(200, 64) - 1

# %% lora_counts wrong: B thought to be as large as A (rank by inputs), in the count and in the rank
frozen = 200 * 64
learned = 2 * 8 * 200 + 64
largest_rank = (200 * 64 - 1) // (2 * 200)

# %% lora_counts right: the counts are read off a real layer, the rank is found by trying
_layer = layers.Dense(64)
_layer.build((None, 200))
_layer.enable_lora(8)
frozen = sum(weight.numpy().size for weight in _layer.non_trainable_weights)
learned = sum(weight.numpy().size for weight in _layer.trainable_weights)
largest_rank = max(r for r in range(1, 200) if 200 * r + r * 64 < 200 * 64)

# %% peak wrong: takes the absolute value of the largest number, so a large negative one is not seen (wrong order of max and abs)
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(shape=(), initializer="zeros", trainable=False, name="peak")

        def call(self, inputs, training=False):
            if training and self.trainable:
                self.peak.assign(keras.ops.maximum(self.peak, keras.ops.abs(keras.ops.max(inputs))))
            return inputs

    return Peak()

# %% peak wrong: asks the weight's flag instead of the layer's; it is False from the beginning, so nothing is ever written
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(shape=(), initializer="zeros", trainable=False, name="peak")

        def call(self, inputs, training=False):
            if training and self.peak.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()

# %% peak wrong: the flag is read once, when the layer is made; a later freeze is not noticed
def peak_layer():
    class Peak(layers.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.may_write = self.trainable

        def build(self, input_shape):
            self.peak = self.add_weight(shape=(), initializer="zeros", trainable=False, name="peak")

        def call(self, inputs, training=False):
            if training and self.may_write:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak(name="peak")

# %% peak wrong: the weight is a trainable one, chosen so that the layer's flag reaches it; the ask wants it non-trainable
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(shape=(), initializer="zeros", name="peak")

        def call(self, inputs, training=False):
            if training and self.peak.trainable:  # False while the layer is frozen
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()

# %% peak right: the weight is made in __init__, no abs is used (largest of max and -min), and the write comes after an early return
class _Highest(layers.Layer):
    def __init__(self, **options):
        super().__init__(**options)
        self.highest = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, signal, training=None):
        if not training or not self.trainable:
            return signal
        for extreme in (keras.ops.max(signal), -keras.ops.min(signal)):
            self.highest.assign(keras.ops.maximum(self.highest, extreme))
        return signal


def peak_layer():
    return _Highest()

# %% changes_when_frozen wrong: looks at all variables, but puts back the weights only, so a Dropout's seed state stays changed
def changes_when_frozen(layer, x):
    flag = layer.trainable
    weights = layer.get_weights()
    before = [variable.numpy().copy() for variable in layer.variables]
    layer.trainable = False
    layer(x, training=True)
    after = [variable.numpy() for variable in layer.variables]
    changed = any(not np.array_equal(a, b) for a, b in zip(before, after))
    layer.set_weights(weights)
    layer.trainable = flag
    return changed

# %% changes_when_frozen wrong: returns as soon as a change is found, before flag and values are put back
def changes_when_frozen(layer, x):
    flag = layer.trainable
    before = [variable.numpy().copy() for variable in layer.variables]
    layer.trainable = False
    layer(x, training=True)
    for variable, old in zip(layer.variables, before):
        if not np.array_equal(variable.numpy(), old):
            return True
    for variable, old in zip(layer.variables, before):
        variable.assign(old)
    layer.trainable = flag
    return False

# %% changes_when_frozen wrong: the answer is overwritten in the loop, so the last variable alone decides (a bias, in SpectralNormalization)
def changes_when_frozen(layer, x):
    flag = layer.trainable
    before = [variable.numpy().copy() for variable in layer.variables]
    layer.trainable = False
    layer(x, training=True)
    changed = False
    for variable, old in zip(layer.variables, before):
        changed = not np.array_equal(variable.numpy(), old)
        variable.assign(old)
    layer.trainable = flag
    return changed

# %% changes_when_frozen wrong: thaws the layer at the end instead of giving it the flag it had, wrong for one that came frozen
def changes_when_frozen(layer, x):
    before = [variable.numpy().copy() for variable in layer.variables]
    layer.trainable = False
    layer(x, training=True)
    changed = any(
        not np.array_equal(variable.numpy(), old) for variable, old in zip(layer.variables, before)
    )
    for variable, old in zip(layer.variables, before):
        variable.assign(old)
    layer.trainable = True
    return changed

# %% changes_when_frozen right: returns from inside a try whose finally tidies up, and treats the flags of every inner layer and weight
def changes_when_frozen(layer, x):
    parts = [(part, part.trainable) for part in layer._flatten_layers()]
    kept = [(v, v.numpy().copy(), v.trainable) for v in layer.variables]
    try:
        for part, _ in parts:
            part.trainable = False
        layer(x, training=True)
        return any(v.numpy().tobytes() != old.tobytes() for v, old, _ in kept)
    finally:
        for part, flag in parts:
            part.trainable = flag
        for v, old, flag in kept:
            v.assign(old)
            v.trainable = flag

# %% lora_only wrong: with LoRA, hidden.kernel is a computed tensor; a flag set on it never reaches the stored kernel, which the thaw switched on
def prepare(reader):
    hidden = reader.get_layer("hidden")
    hidden.enable_lora(2)
    for layer in reader.layers:
        layer.trainable = False
    hidden.trainable = True
    hidden.kernel.trainable = False
    hidden.bias.trainable = False
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader

# %% lora_only wrong: compiled with the old optimizer, which does not know A and B, so the fit stops
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    head.trainable = False
    hidden.enable_lora(2)
    hidden.bias.trainable = False
    reader.compile(reader.optimizer, "mse")  # go on with what it was trained with
    return reader

# %% lora_only wrong: the model itself was frozen first and its own flag stays False, so it has no trainable weights at all
def prepare(reader):
    hidden = reader.get_layer("hidden")
    reader.trainable = False  # everything
    hidden.trainable = True  # but not this layer
    hidden.enable_lora(2)
    hidden.bias.trainable = False
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader

# %% lora_only wrong: LoRA now comes after the thaw, so the kernel is still; but the bias was frozen before the thaw, which switched it on again
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    hidden.bias.trainable = False
    hidden.trainable = False
    head.trainable = False
    hidden.trainable = True
    hidden.enable_lora(2)
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader

# %% lora_only right: no layer's flag is touched, each weight of the model gets its own by its path
def prepare(reader):
    reader.get_layer("hidden").enable_lora(2)
    for weight in reader.weights:
        weight.trainable = "lora_kernel" in weight.path
    reader.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse")
    return reader

# %% merged wrong: layer.kernel holds A · B already; it is added a second time
def merge(layer):
    scale = layer.lora_alpha / layer.lora_rank
    kernel = layer.kernel + scale * (layer.lora_kernel_a.numpy() @ layer.lora_kernel_b.numpy())
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, kernel.shape[0]))
    values = [np.array(kernel)]
    if layer.use_bias:
        values.append(layer.bias.numpy())
    new.set_weights(values)
    return new

# %% merged wrong: right for layers with a bias only, without one there are two values for one weight
def merge(layer):
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, layer.kernel.shape[0]))
    new.set_weights([np.array(layer.kernel), np.array(layer.bias)])
    return new

# %% merged wrong: the config holds lora_rank, so the new layer has LoRA too (same answers, not an ordinary layer)
def merge(layer):
    new = layers.Dense.from_config(layer.get_config())
    new.build((None, layer.kernel.shape[0]))
    new._kernel.assign(layer.kernel)
    if layer.bias is not None:
        new.bias.assign(layer.bias)
    return new

# %% merged wrong: merges into the old layer's own kernel first and copies from there; the new layer is right, the old one now counts A · B twice
def merge(layer):
    layer._kernel.assign(layer.kernel)
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, layer._kernel.shape[0]))
    new.set_weights(layer.get_weights()[: len(new.weights)])
    return new

# %% merged right: uses what Keras writes into a file (the merged kernel) with a dict as the file, and the config without its two LoRA entries
def merge(layer):
    config = layer.get_config()
    for entry in ("lora_rank", "lora_alpha"):
        config.pop(entry, None)
    new = layers.Dense.from_config(config)
    new.build((None, layer.kernel.shape[0]))
    file = {}
    layer.save_own_variables(file)
    new.load_own_variables(file)
    return new

# %% in_order wrong: thinks that a flag True on one layer means that this one alone learns; the head is not frozen
order = "AFCD"

# %% in_order wrong: compiles after the fit, as if that applied the flags; the old training step knows no A and B
order = "ABDC"

# %% in_order wrong: takes the model's earlier compile to be enough, and thaws the layer where a compile is needed
order = "ABFD"

# %% in_order wrong: freezes hidden first to protect its kernel; A and B, made in a frozen layer, are frozen too
order = "BEACD"

# %% in_order right: compile comes first; the step is made in the first fit after it, when LoRA and the flag are there
order = "CBAD"

# %% counts wrong: believes that a told Normalization still makes its count, since only mean and variance are constants
adapted = 2 * 12 + 1
told = 1
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 5

# %% counts wrong: believes that both singular vectors, u (5) and v (12), are kept
adapted = 2 * 12 + 1
told = 0
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 5 + 12

# %% counts wrong: takes the kernel for non-trainable because the wrapper writes it itself
adapted = 2 * 12 + 1
told = 0
spectral_trainable = 5
spectral_non_trainable = 12 * 5 + 5

# %% counts wrong: counts arrays where the ask wants numbers
adapted = 3  # mean, variance, count
told = 0
spectral_trainable = 2  # kernel, bias
spectral_non_trainable = 1  # vector_u

# %% counts right: measured on built layers, with sums of np.prod (25.0 is a float, since np.prod(()) is 1.0)
def numbers(weights):
    return sum(np.prod(tuple(weight.shape)) for weight in weights)


normalization = layers.Normalization()
normalization.adapt(np.random.default_rng(0).normal(size=(20, 12)))
adapted = numbers(normalization.weights)
normalization = layers.Normalization(mean=[0.0] * 12, variance=[1.0] * 12)
normalization.build((None, 12))
told = numbers(normalization.weights)
wrapped = layers.SpectralNormalization(layers.Dense(5))
wrapped.build((None, 12))
spectral_trainable = numbers(wrapped.trainable_weights)
spectral_non_trainable = numbers(wrapped.non_trainable_weights)

# %% still_changing wrong: believes that any frozen layer is in inference mode, as BatchNormalization is
dense_kernel = "stays"
dropout_seed = "stays"
batchnorm_mean = "stays"
spectral_kernel = "stays"
adapted_mean = "stays"
counter = "moves"  # that one asks for training=True itself

# %% still_changing wrong: believes that the flag reaches gamma and beta only, and the statistics go on as in PyTorch
dense_kernel = "stays"
dropout_seed = "moves"
batchnorm_mean = "moves"
spectral_kernel = "moves"
adapted_mean = "stays"
counter = "moves"

# %% still_changing wrong: takes Normalization's mean for a running mean that every batch of a fit updates
dense_kernel = "stays"
dropout_seed = "moves"
batchnorm_mean = "stays"
spectral_kernel = "moves"
adapted_mean = "moves"
counter = "moves"

# %% still_changing wrong: believes that trainable=False in add_weight makes a weight that obeys the layer's freeze
dense_kernel = "stays"
dropout_seed = "moves"
batchnorm_mean = "stays"
spectral_kernel = "moves"
adapted_mean = "stays"
counter = "stays"

# %% still_changing right: the six words come out of np.where and are numpy strings
layer_writes_it_even_if_frozen = [False, True, False, True, False, True]
dense_kernel, dropout_seed, batchnorm_mean, spectral_kernel, adapted_mean, counter = np.where(
    layer_writes_it_even_if_frozen, "moves", "stays"
)

# %% listed wrong: takes "weights" for what an optimizer may learn, and puts the non-trainable ones under "variables"
moving_mean = "variables"
normalization_mean = "variables"
seed_state = "variables"
lstm_memory = "neither"
adam_momentum = "neither"
lambda_factor = "neither"

# %% listed wrong: reasons that whatever a layer carries on from batch to batch must be one of its variables
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "variables"
lstm_memory = "variables"
adam_momentum = "neither"
lambda_factor = "neither"

# %% listed wrong: the compiled model owns its optimizer, and the summary counts the slots, so model.variables lists them
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "variables"
lstm_memory = "neither"
adam_momentum = "variables"
lambda_factor = "neither"

# %% listed wrong: believes that Dropout's seed belongs to Keras's global generator and not to the model
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "neither"
lstm_memory = "neither"
adam_momentum = "neither"
lambda_factor = "neither"

# %% listed right: looked up by identity in a real trained model that holds all six
rng = np.random.default_rng(0)
texts = rng.normal(size=(4, 5, 4)).astype("float32")
factor = keras.Variable(2.0, name="factor")
scale, norm = layers.Normalization(), layers.BatchNormalization()
drop, memory = layers.Dropout(0.5), layers.LSTM(3, stateful=True)
scale.adapt(texts)
inputs = keras.Input(batch_shape=(2, 5, 4))
hidden_values = drop(norm(scale(inputs)))
hidden_values = layers.Lambda(lambda numbers: numbers * factor)(hidden_values)
everything = keras.Model(inputs, layers.Dense(1)(memory(hidden_values)))
everything.compile(keras.optimizers.Adam(), "mse", jit_compile=False)
everything.fit(texts, np.ones((4, 1), "float32"), batch_size=2, verbose=0)


def where(variable):
    if any(variable is one for one in everything.weights):
        return "weights"
    return "variables" if any(variable is one for one in everything.variables) else "neither"


moving_mean = where(norm.moving_mean)
normalization_mean = where(scale.weights[0])
seed_state = where(drop.seed_generator.state)
lstm_memory = where(memory.states[0])
adam_momentum = where(everything.optimizer._momentums[0])
lambda_factor = where(factor)

# %% lora_counts wrong: believes that enable_lora freezes the whole old layer, bias included
frozen = 200 * 64 + 64
learned = 200 * 8 + 8 * 64
largest_rank = 48

# %% lora_counts wrong: rounds the quotient 48.48 up, to the first rank with which A and B are no longer fewer
frozen = 200 * 64
learned = 200 * 8 + 8 * 64 + 64
largest_rank = int(np.ceil(200 * 64 / (200 + 64)))

# %% lora_counts wrong: compares A alone and B alone with the kernel, not both together
frozen = 200 * 64
learned = 200 * 8 + 8 * 64 + 64
largest_rank = min((200 * 64 - 1) // 200, (200 * 64 - 1) // 64)

# %% lora_counts wrong: takes lora_alpha for one more learned number
frozen = 200 * 64
learned = 200 * 8 + 8 * 64 + 64 + 1
largest_rank = 48

# %% lora_counts right: measured on a layer, and the rank searched one by one
lora = layers.Dense(64)
lora.build((None, 200))
lora.enable_lora(8)
frozen = sum(int(np.prod(weight.shape)) for weight in lora.non_trainable_weights)
learned = lora.count_params() - frozen
largest_rank = 0
while (largest_rank + 1) * (200 + 64) < frozen:
    largest_rank += 1

# %% peak wrong: no initializer is given, so the one number starts at a random value (glorot) and not at 0
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(name="peak", shape=(), trainable=False)

        def call(self, inputs, training=False):
            if training and self.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()

# %% peak wrong: reads the flag once, when the layer is built, so a later freeze is not heard
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                name="peak", shape=(), initializer="zeros", trainable=False
            )
            self.writes = self.trainable

        def call(self, inputs, training=False):
            if training and self.writes:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()

# %% peak wrong: remembers the value whose absolute value is largest with its sign, -7 instead of 7
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                name="peak", shape=(), initializer="zeros", trainable=False
            )

        def call(self, inputs, training=False):
            if training and self.trainable:
                flat = keras.ops.reshape(inputs, (-1,))
                extreme = keras.ops.take(flat, keras.ops.argmax(keras.ops.abs(flat)))
                larger = keras.ops.abs(extreme) > keras.ops.abs(self.peak)
                self.peak.assign(keras.ops.where(larger, extreme, self.peak))
            return inputs

    return Peak()

# %% peak wrong: the weight is made trainable, so that the freeze of the layer should reach it
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(name="peak", shape=(), initializer="zeros")

        def call(self, inputs, training=False):
            if training and self.peak.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()

# %% peak right: the weight has shape (1,), is made in __init__, and the largest comes from max and min
class LargestSeen(layers.Layer):
    def __init__(self, **options):
        super().__init__(**options)
        self.largest = self.add_weight(
            shape=(1,), initializer="zeros", trainable=False, name="largest"
        )

    def call(self, inputs, training=None):
        if not training or not self.trainable:
            return inputs
        high, low = keras.ops.max(inputs), keras.ops.min(inputs)
        candidates = keras.ops.stack([self.largest[0], high, -low])
        self.largest.assign(keras.ops.max(candidates, keepdims=True))
        return inputs


def peak_layer():
    return LargestSeen()

# %% changes_when_frozen wrong: freezes each weight and not the layer, so BatchNormalization still measures
def changes_when_frozen(layer, x):
    flags = [weight.trainable for weight in layer.weights]
    for weight in layer.weights:
        weight.trainable = False
    before = [variable.numpy().copy() for variable in layer.variables]
    layer(x, training=True)
    changed = any(
        not np.array_equal(variable.numpy(), old)
        for variable, old in zip(layer.variables, before)
    )
    for variable, old in zip(layer.variables, before):
        variable.assign(old)
    for weight, flag in zip(layer.weights, flags):
        weight.trainable = flag
    return changed

# %% changes_when_frozen wrong: keeps variable.value, which on TensorFlow is the living variable and no copy
def changes_when_frozen(layer, x):
    flag = layer.trainable
    layer.trainable = False
    before = [variable.value for variable in layer.variables]
    layer(x, training=True)
    changed = not all(
        np.array_equal(variable.numpy(), old.numpy())
        for variable, old in zip(layer.variables, before)
    )
    for variable, old in zip(layer.variables, before):
        variable.assign(old)
    layer.trainable = flag
    return changed

# %% changes_when_frozen wrong: returns at the first change, before the other values and the flag are put back
def changes_when_frozen(layer, x):
    flag = layer.trainable
    layer.trainable = False
    before = [variable.numpy().copy() for variable in layer.variables]
    layer(x, training=True)
    for variable, old in zip(layer.variables, before):
        if not np.array_equal(variable.numpy(), old):
            variable.assign(old)
            return True
    layer.trainable = flag
    return False

# %% changes_when_frozen wrong: toggles the flag, so a layer that comes in frozen is measured thawed
def changes_when_frozen(layer, x):
    layer.trainable = not layer.trainable
    before = [variable.numpy().copy() for variable in layer.variables]
    layer(x, training=True)
    after = [variable.numpy().copy() for variable in layer.variables]
    for variable, old in zip(layer.variables, before):
        variable.assign(old)
    layer.trainable = not layer.trainable
    return any(not np.array_equal(old, new) for old, new in zip(before, after))

# %% changes_when_frozen right: calls the layer in a StatelessScope, where what it would write is only noted
def changes_when_frozen(layer, x):
    flag = layer.trainable
    layer.trainable = False
    try:
        with keras.StatelessScope() as scope:
            layer(x, training=True)
    finally:
        layer.trainable = flag
    written = [(variable, scope.get_current_value(variable)) for variable in layer.variables]
    return any(
        new is not None and not np.array_equal(keras.ops.convert_to_numpy(new), variable.numpy())
        for variable, new in written
    )

# %% lora_only wrong: believes that hidden.use_bias = False takes the bias of a built layer out of training
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    head.trainable = False
    hidden.use_bias = False
    hidden.enable_lora(2)
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader

# %% lora_only wrong: starts A at zero like B, to begin exactly at the old model, and then neither gets a gradient
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    head.trainable = False
    hidden.enable_lora(2, a_initializer="zeros", b_initializer="zeros")
    hidden.bias.trainable = False
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader

# %% lora_only wrong: keeps the old optimizer at compile, which does not know A and B
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    head.trainable = False
    hidden.enable_lora(2)
    hidden.bias.trainable = False
    reader.compile(reader.optimizer, "mse")
    return reader

# %% lora_only wrong: works on a clone, to spare the original, and the clone has lost what was trained
def prepare(reader):
    copy = keras.models.clone_model(reader)
    hidden, head = copy.get_layer("hidden"), copy.get_layer("head")
    head.trainable = False
    hidden.enable_lora(2)
    hidden.bias.trainable = False
    copy.compile(keras.optimizers.SGD(0.01), "mse")
    return copy

# %% lora_only right: both layers stay frozen by their flags, and A and B alone are thawed as variables, which the model asks
def prepare(reader):
    hidden = reader.get_layer("hidden")
    for layer in (hidden, reader.get_layer("head")):
        layer.trainable = False
    hidden.enable_lora(2)
    for thin in (hidden.lora_kernel_a, hidden.lora_kernel_b):
        thin.trainable = True
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader

# %% merged wrong: makes the new layer from the old one's config, which holds lora_rank, so it has A and B again
def merge(layer):
    new = layers.Dense.from_config(layer.get_config())
    new.build((None, layer.kernel.shape[0]))
    new._kernel.assign(layer.kernel)
    if layer.bias is not None:
        new.bias.assign(layer.bias)
    return new

# %% merged wrong: copies the first arrays of get_weights, believing that the trained kernel already holds A · B
def merge(layer):
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, layer.kernel.shape[0]))
    new.set_weights(layer.get_weights()[: len(new.weights)])
    return new

# %% merged wrong: adds the scaled A · B to layer.kernel, in which it is already, so it counts twice
def merge(layer):
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, layer.kernel.shape[0]))
    scale = layer.lora_alpha / layer.lora_rank
    product = keras.ops.matmul(layer.lora_kernel_a, layer.lora_kernel_b)
    new.kernel.assign(layer.kernel + scale * product)
    if layer.use_bias:
        new.bias.assign(layer.bias)
    return new

# %% merged wrong: folds A · B into the old layer first and switches its LoRA off, so the old one is not left as it was
def merge(layer):
    layer._kernel.assign(layer.kernel)
    layer.lora_enabled = False
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, layer.kernel.shape[0]))
    new.kernel.assign(layer.kernel)
    if layer.use_bias:
        new.bias.assign(layer.bias)
    return new

# %% merged right: the values come in through initializers when the new layer is built, nothing is assigned
def merge(layer):
    kernel = keras.ops.convert_to_numpy(layer.kernel)
    options = {}
    if layer.bias is None:
        options["use_bias"] = False
    else:
        bias = keras.ops.convert_to_numpy(layer.bias)
        options["bias_initializer"] = lambda shape, dtype=None: keras.ops.convert_to_tensor(
            bias, dtype=dtype
        )
    merged = layers.Dense(
        kernel.shape[1],
        activation=layer.activation,
        kernel_initializer=lambda shape, dtype=None: keras.ops.convert_to_tensor(
            kernel, dtype=dtype
        ),
        **options,
    )
    merged.build((None, kernel.shape[0]))
    return merged

# %% in_order wrong: freezes hidden first to protect its kernel (A and B are frozen with it) and thinks the head is safe
order = "EACD"

# %% in_order wrong: compiles after the fit, as if compile sealed what was set; the old training step runs
order = "ABDC"

# %% in_order wrong: believes that flags and LoRA need no compile, and protects the kernel with the layer's flag
order = "BEAD"

# %% in_order wrong: believes that LoRA freezes the rest of the model, too, and thaws hidden for its bias
order = "AFCD"

# %% in_order right: compiles between the flag and LoRA; the step is made in the fit, when A and B are there
order = "BCAD"
